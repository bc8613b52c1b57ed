/**
 * Draws of what nobody knows: every uncertain input anew, as `cgsim.experiment.doubt` draws them.
 *
 * The draws depend on the seed and on which inputs are uncertain, and on no lever. Each is uniform
 * over its prior range, at an address of its own (Philox 4x64-10), so draw d is the same in Python.
 *
 * @module
 */

/** @typedef {import("../answer/doubt.js").Drawn} Drawn */
/** @typedef {Record<string, number>} Point */
/**
 * @typedef {object} Uncertain a row of `tables.parameters` with a prior
 * @property {string} name
 * @property {string} kind
 * @property {number} low what is allowed at all
 * @property {number} high
 * @property {[number, number]} prior
 * @property {string | null} prior_times the prior is a multiple of this
 * @property {number} prior_key its place among the addresses of draws
 */

const WORD = (1n << 64n) - 1n;

/**
 * `count` words of 64 bits, as NumPy's `Philox(key, counter=[0, name, 0, 0])` gives them.
 *
 * @param {bigint} seed
 * @param {bigint} stream
 * @param {bigint} name
 * @param {number} count
 * @returns {bigint[]}
 */
function philox(seed, stream, name, count) {
  const words = [];
  for (let block = 1n; words.length < count; block += 1n) {
    let [a, b, c, d] = [block, name, 0n, 0n];
    let [one, two] = [seed & WORD, stream & WORD];
    for (let round = 0; round < 10; round += 1) {
      const left = a * 0xd2e7470ee14c6c93n;
      const right = c * 0xca5a826395121157n;
      [a, b, c, d] = [(right >> 64n) ^ b ^ one, right & WORD, (left >> 64n) ^ d ^ two, left & WORD];
      one = (one + 0x9e3779b97f4a7c15n) & WORD;
      two = (two + 0xbb67ae8584caa73bn) & WORD;
    }
    words.push(a, b, c, d);
  }
  return words.slice(0, count);
}

/**
 * Uniforms strictly between 0 and 1 from the stream of a key, as `cgsim.experiment.design` has them.
 *
 * @param {bigint} seed
 * @param {bigint} stream
 * @param {bigint} name
 * @param {number} count
 * @returns {number[]}
 */
export function uniforms(seed, stream, name, count) {
  return philox(seed, stream, name, count).map((word) => (Number(word >> 12n) + 0.5) * 2 ** -52);
}

/**
 * Values of every uncertain input, a point a draw, the same for every lever and every scenario that
 * the same inputs are uncertain in.
 *
 * @param {any} tables
 * @param {{about: {settled: string[], known: string[]}}[]} models
 * @param {number | bigint} seed
 * @param {number} [draws]
 * @returns {Point[]}
 */
export function drawsOf(tables, models, seed, draws = tables.settings.draws) {
  const settled = new Set(models.flatMap(({ about }) => about.settled));
  const known = (/** @type {string} */ name) => models.length > 0 && models.every(({ about }) => about.known.includes(name));
  /** @type {Uncertain[]} */
  const drawn = tables.parameters.filter(
    (/** @type {Uncertain} */ { name, prior }) => prior && !settled.has(name) && !known(name),
  );
  const points = Array.from({ length: draws }, () => /** @type {Point} */ ({}));
  for (const { name, kind, prior, prior_key: key } of drawn) {
    const [low, high] = prior;
    const stream = BigInt(tables.settings.prior_stream);
    uniforms(BigInt(seed), stream, BigInt(key), draws).forEach((share, d) => {
      points[d][name] =
        kind === "whole"
          ? Math.min(high, Math.trunc(low + share * (high - low + 1)))
          : low + share * (high - low);
    });
  }
  for (const { name, low, high, prior_times: times } of drawn) {
    if (!times) continue;
    for (const point of points) {
      point[name] = Math.min(high, Math.max(low, point[name] * point[times]));
    }
  }
  return points;
}

/**
 * What came of all draws, for `answerOf`.
 *
 * @param {any} tables
 * @param {Point[]} points
 * @param {{draw: number, means: number[]}[]} lived of every draw, in any order
 * @param {number} [runsEach]
 * @param {Record<string, string> | null} [given] what the draws rest on besides the priors
 * @returns {Drawn}
 */
export function drawnFrom(tables, points, lived, runsEach = tables.settings.runs_each, given = null) {
  const lines = [0, 1, 2].map(() => new Float64Array(points.length));
  for (const { draw, means } of lived) means.forEach((mean, place) => (lines[place][draw] = mean));
  const inputs = Object.fromEntries(
    Object.keys(points[0]).map((name) => [name, points.map((point) => point[name])]),
  );
  const [gain, over_money, area] = lines;
  return { gain, over_money, area, inputs, runs_each: runsEach, given };
}
