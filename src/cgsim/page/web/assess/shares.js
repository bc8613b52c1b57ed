/**
 * What the doubt comes from: shares of a variance, by regression on the draws, as
 * `cgsim.assess.shares` estimates them.
 *
 * @module
 */

/** @typedef {import("../answer/statistics.js").Estimate} Estimate */
/** @typedef {{name: string, estimate: Estimate}} Share of the variance between draws */

const Z = 1.959963984540054; // of the normal, for 95 %
const LEAST = 1e-10; // a column that is less than this of its length beside the others tells nothing

/**
 * @param {(number | boolean | string)[]} given
 * @param {{few: number, degree: number}} settings
 * @returns {Float64Array[]} what enters the regression: a column a level, or polynomials
 */
function columnsOf(given, { few, degree }) {
  const levels = [...new Set(given)];
  const numbers = levels.every((level) => typeof level === "number");
  const sorted = numbers ? levels.map(Number).sort((a, b) => a - b) : levels.map(String).sort();
  if (levels.length <= few || !numbers) return sorted.slice(1).map((level) => Float64Array.from(given, (value) => ((numbers ? value : String(value)) === level ? 1 : 0)));
  const [low, high] = [Number(sorted[0]), Number(sorted.at(-1))];
  const scaled = given.map((value) => (2 * (Number(value) - low)) / (high - low) - 1);
  const made = [];
  let [before, now] = [scaled.map(() => 1), scaled];
  for (let n = 1; n <= degree; n += 1) {
    made.push(Float64Array.from(now));
    const next = now.map((value, place) => ((2 * n + 1) * scaled[place] * value - n * before[place]) / (n + 1));
    [before, now] = [now, next];
  }
  return made;
}

/** @param {Float64Array} one @param {Float64Array} other */
function dot(one, other) {
  let sum = 0;
  for (let place = 0; place < one.length; place += 1) sum += one[place] * other[place];
  return sum;
}

/** Take from a column what a basis of columns explains of it, twice for its digits. @param {Float64Array} column @param {Float64Array[]} basis */
function cleared(column, basis) {
  const left = column.slice();
  for (let round = 0; round < 2; round += 1) {
    for (const one of basis) {
      const share = dot(left, one);
      for (let place = 0; place < left.length; place += 1) left[place] -= share * one[place];
    }
  }
  return left;
}

/** The adjusted share of the variance that a linear model explains. @param {Float64Array[]} terms @param {Float64Array} values @returns {number} */
function explained(terms, values) {
  const count = values.length;
  /** @type {Float64Array[]} */
  const basis = [];
  for (const column of [new Float64Array(count).fill(1), ...terms]) {
    const left = cleared(column, basis);
    const [size, whole] = [Math.sqrt(dot(left, left)), Math.sqrt(dot(column, column))];
    if (size > LEAST * whole) basis.push(left.map((value) => value / size));
  }
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const total = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const freedom = count - basis.length;
  if (total === 0 || freedom < 1) return 0;
  const rest = cleared(values, basis);
  return 1 - dot(rest, rest) / freedom / (total / (count - 1));
}

/**
 * The share of the variance of `values` of each group, the largest first; a piece at a time, so that
 * a page stays awake.
 *
 * @param {number[]} values of every draw
 * @param {Record<string, (number | boolean | string)[][]>} groups one or more inputs under each name
 * @param {import("../answer/statistics.js").Statistics} statistics
 * @param {any} settings
 * @returns {AsyncGenerator<void, Share[]>}
 */
export async function* sharesOf(values, groups, statistics, settings) {
  const known = values.map((value, place) => (Number.isFinite(value) ? place : -1)).filter((place) => place >= 0);
  const kept = Float64Array.from(known, (place) => values[place]);
  const count = kept.length;
  const found = [];
  if (count && kept.some((value) => value !== kept[0])) {
    for (const [name, inputs] of Object.entries(groups)) {
      const columns = inputs.flatMap((given) => columnsOf(known.map((place) => given[place]), settings));
      if (!columns.length) continue;
      const share = explained(columns, kept);
      const take = statistics.draws(count);
      const again = [];
      for (let n = 0; n < settings.resamples; n += 1) {
        const places = Array.from({ length: count }, take);
        again.push(explained(columns.map((column) => Float64Array.from(places, (place) => column[place])), Float64Array.from(places, (place) => kept[place])));
      }
      const mean = again.reduce((sum, one) => sum + one, 0) / again.length;
      const half = Z * Math.sqrt(again.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (again.length - 1));
      found.push({ name, estimate: { value: share, low: share - half, high: share + half, count } });
      yield;
    }
  }
  return found.sort((a, b) => b.estimate.value - a.estimate.value);
}
