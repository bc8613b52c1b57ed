/**
 * Draws of what nobody knows: every uncertain input anew, as `cgsim.experiment.doubt` draws them.
 *
 * The draws depend on the seed and on which inputs are uncertain, and on no lever. Each is uniform
 * over its prior range, at an address of its own (Philox 4x64-10), so draw d is the same in Python.
 *
 * @module
 */

import { Batch } from "../../../portable/engine.js";
import { parametersOf, stacked, withLevers } from "./levers.js";

/** @typedef {import("../answer/results.js").Model} Model */
/** @typedef {import("../answer/doubt.js").Drawn} Drawn */
/** @typedef {Record<string, number>} Point */
/** @typedef {{scenario: import("../../../portable/engine.js").Scenario, draws: number[]}} Worlds
 *   draws of one shape: the points of a scenario, and which draws they are */

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
 * Values of every uncertain input, a point a draw, the same for every lever and every scenario that
 * the same inputs are uncertain in.
 *
 * @param {any} tables
 * @param {{about: {not_drawn: string[]}}[]} models
 * @param {number | bigint} seed
 * @param {number} [draws]
 * @returns {Point[]}
 */
export function drawsOf(tables, models, seed, draws = tables.settings.draws) {
  const settled = new Set(models.flatMap(({ about }) => about.not_drawn));
  const parameters = parametersOf(tables);
  const drawn = [...parameters.values()].filter(({ name, prior }) => prior && !settled.has(name));
  const points = Array.from({ length: draws }, () => /** @type {Point} */ ({}));
  for (const { name, kind, prior, prior_key: key } of drawn) {
    const [low, high] = /** @type {[number, number]} */ (prior);
    const stream = BigInt(tables.settings.prior_stream);
    philox(BigInt(seed), stream, BigInt(/** @type {number} */ (key)), draws).forEach((word, d) => {
      const share = (Number(word >> 12n) + 0.5) * 2 ** -52;
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
 * The worlds of all draws, those of one shape together.
 *
 * @param {Model} model with its levers
 * @param {any} tables
 * @param {Point[]} points
 * @returns {Worlds[]}
 * @throws {import("./levers.js").LeverError} where a draw does not fit the scenario
 */
export function worldsOf(model, tables, points) {
  /** @type {Map<string, number[]>} */
  const shapes = new Map();
  const models = points.map((point) => withLevers(model, tables, point));
  models.forEach(({ sizes }, draw) => {
    const shape = JSON.stringify(sizes);
    shapes.set(shape, [...(shapes.get(shape) ?? []), draw]);
  });
  return [...shapes.values()].map((draws) => ({
    scenario: stacked(draws.map((draw) => models[draw])),
    draws,
  }));
}

/**
 * Live worlds of one shape: for each draw the means of the measures that doubt is made of.
 *
 * @param {import("../../../portable/engine.js").Kit} kit
 * @param {any} tables
 * @param {Worlds} worlds
 * @param {number | bigint} seed
 * @param {number} [runsEach]
 * @returns {{draw: number, means: number[]}[]}
 */
export function liveWorlds(kit, tables, worlds, seed, runsEach = tables.settings.runs_each) {
  const batch = new Batch(kit, worlds.scenario, { piece: runsEach });
  const places = tables.doubt_measures.map((/** @type {string} */ name) =>
    tables.measures.findIndex((/** @type {{name: string}} */ row) => row.name === name),
  );
  return worlds.draws.map((draw, point) => {
    const first = draw * tables.settings.own_luck_step;
    const { measures, width } = batch.live(first, runsEach, seed, point);
    const means = places.map((/** @type {number} */ place) => {
      let sum = 0;
      for (let run = 0; run < runsEach; run += 1) sum += measures[run * width + place];
      return sum / runsEach;
    });
    return { draw, means };
  });
}

/**
 * What came of all draws, for `answerOf`.
 *
 * @param {any} tables
 * @param {Point[]} points
 * @param {{draw: number, means: number[]}[]} lived of every draw, in any order
 * @param {number} [runsEach]
 * @returns {Drawn}
 */
export function drawnFrom(tables, points, lived, runsEach = tables.settings.runs_each) {
  const lines = [0, 1, 2].map(() => new Float64Array(points.length));
  for (const { draw, means } of lived) means.forEach((mean, place) => (lines[place][draw] = mean));
  const inputs = Object.fromEntries(
    Object.keys(points[0]).map((name) => [name, points.map((point) => point[name])]),
  );
  const [gain, over_money, area] = lines;
  return { gain, over_money, area, inputs, runs_each: runsEach };
}
