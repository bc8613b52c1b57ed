/**
 * What nobody knows: over draws of it, in how many worlds it gains, and what that turns on.
 *
 * @module
 */

import { tTail } from "./statistics.js";

/**
 * @typedef {object} Drawn the same draws lived by a scenario
 * @property {ArrayLike<number>} gain mean gain of a draw against working alone
 * @property {ArrayLike<number>} over_money over the same money
 * @property {ArrayLike<number>} area of the area, over the same money
 * @property {Record<string, number[]>} inputs values of every input, by draw
 * @property {number} runs_each
 * @property {Record<string, string> | null} [given] what the draws rest on besides the priors
 */
/** @typedef {{input: string, correlation: number, lower: number, upper: number,
 *   stands_out: boolean}} Turn how the answer hangs on one input */
/** @typedef {{draws: number, runs_each: number, gains: number, loses: number, values: number[],
 *   turns_on: Turn[], given: Record<string, string> | null}} Doubt */

/**
 * What draws say of a mean gain a draw.
 *
 * @param {import("./results.js").Kitchen} kitchen
 * @param {ArrayLike<number>} values
 * @param {Drawn} drawn
 * @returns {Doubt}
 */
export function weigh(kitchen, values, drawn) {
  const all = Array.from(values);
  const { least_gain: least } = kitchen.settings;
  return {
    draws: all.length,
    runs_each: drawn.runs_each,
    gains: all.filter((one) => one > least).length,
    loses: all.filter((one) => one < -least).length,
    values: all,
    turns_on: turnsOn(kitchen, all, drawn.inputs),
    given: drawn.given ?? null,
  };
}

/**
 * The inputs with the strongest rank correlation with the gain, strongest first. One stands out
 * where so strong a correlation is met by chance among all of them in fewer than 1 in 20 cases.
 *
 * @param {import("./results.js").Kitchen} kitchen
 * @param {number[]} values
 * @param {Record<string, number[]>} inputs
 * @returns {Turn[]}
 */
export function turnsOn({ settings }, values, inputs) {
  const count = values.length;
  if (count < 6 || !varies(values)) return [];
  const tested = Object.entries(inputs).filter(([, line]) => varies(line));
  const third = Math.floor(count / 3);
  const ranks = ranksOf(values);
  const found = tested.map(([input, line]) => {
    const correlation = correlationOf(ranksOf(line), ranks);
    const order = line.map((_, place) => place).sort((one, other) => line[one] - line[other]);
    const t = correlation * Math.sqrt((count - 2) / Math.max(1e-12, 1 - correlation ** 2));
    const chance = 2 * tTail(Math.abs(t), count - 2) * tested.length;
    const mean = (/** @type {number[]} */ places) =>
      places.reduce((sum, place) => sum + values[place], 0) / third;
    return {
      input,
      correlation,
      lower: mean(order.slice(0, third)),
      upper: mean(order.slice(-third)),
      stands_out: chance < 1 - settings.level,
    };
  });
  found.sort((one, other) => Math.abs(other.correlation) - Math.abs(one.correlation));
  return found.slice(0, settings.named);
}

/** @param {number[]} line @returns {boolean} */
function varies(line) {
  return line.some((one) => one !== line[0]);
}

/** Ranks from 1; equal ones share the mean of theirs. @param {number[]} line @returns {number[]} */
function ranksOf(line) {
  const order = line.map((_, place) => place).sort((one, other) => line[one] - line[other]);
  const ranks = new Array(line.length);
  for (let first = 0; first < order.length; ) {
    let last = first;
    while (last + 1 < order.length && line[order[last + 1]] === line[order[first]]) last += 1;
    for (let at = first; at <= last; at += 1) ranks[order[at]] = (first + last) / 2 + 1;
    first = last + 1;
  }
  return ranks;
}

/** Pearson's coefficient. @param {number[]} one @param {number[]} other @returns {number} */
function correlationOf(one, other) {
  const mean = (/** @type {number[]} */ line) => line.reduce((sum, x) => sum + x, 0) / line.length;
  const [middle, centre] = [mean(one), mean(other)];
  let both = 0;
  let first = 0;
  let second = 0;
  one.forEach((value, place) => {
    const [x, y] = [value - middle, other[place] - centre];
    both += x * y;
    first += x * x;
    second += y * y;
  });
  return Math.min(1, Math.max(-1, both / Math.sqrt(first) / Math.sqrt(second)));
}
