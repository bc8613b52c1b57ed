/**
 * What came of all draws in one setting, and the forecast that is made of it: `cgsim.assess.forecast`.
 *
 * @module
 */
import { quantilesOf } from "../answer/statistics.js";

/** @typedef {import("../answer/statistics.js").Estimate} Estimate */
/** @typedef {import("../answer/statistics.js").Statistics} Statistics */
/** @typedef {import("./drawn.js").Point} Point */
/**
 * @typedef {object} Lived what the crew brought of D draws with R runs each, flat
 * @property {Float64Array} measures D x R x M
 * @property {{start: Int32Array, end: Int32Array, commitment: Float64Array, months: number} | null} lives
 */
/**
 * @typedef {object} Setting a row a draw
 * @property {string} name
 * @property {Float64Array[]} gain each draw's runs, against working alone
 * @property {Float64Array[]} overMoney over the same money
 * @property {number[]} means each draw's mean gain over the same money
 * @property {number[]} areaMeans and of the area
 * @property {number[]} hours overhead a year
 * @property {number[]} bought hours bought a year
 * @property {number[]} inertia share of months that gained nothing
 * @property {Record<string, number[]>} outcomes share of runs, by outcome
 * @property {Record<string, number[]>} windows by when and what; NaN where it is not seen
 */

const YEAR = 12;

/** The mean of the numbers among values; NaN where there is none. @param {ArrayLike<number>} values */
function meanOf(values) {
  let [sum, count] = [0, 0];
  for (let place = 0; place < values.length; place += 1) {
    if (Number.isNaN(values[place])) continue;
    sum += values[place];
    count += 1;
  }
  return count ? sum / count : NaN;
}

/**
 * The month in which each draw's money ends; 0 where what follows is not seen.
 *
 * @param {import("./drawn.js").Drawn} drawn
 * @param {Point[]} points
 * @param {number} after months after the end that have to be there
 * @returns {number[]}
 */
export function fundEnds(drawn, points, after) {
  const { start } = drawn;
  const { partnership, tables } = start;
  const months = Number(start.value("months"));
  const pays = paysAnywhere(drawn);
  return points.map((point) => {
    const end = Math.max(Number(partnership.start), Number(partnership.fund_start ?? 0)) + Number(point.fund_months ?? partnership.fund_months);
    const paid = Number(point.fund ?? partnership.fund) > 0 || pays;
    const seen = Number(partnership.trigger) === 0 && end + after <= months && !(tables.change ?? []).length;
    return paid && seen ? Math.trunc(end) : 0;
  });
}

/** Whether there is money in any draw: then it is looked at in all. @param {import("./drawn.js").Drawn} drawn */
export const paysAnywhere = ({ points, start }) => points.some((point) => Number(point.fund ?? start.partnership.fund) > 0);

/**
 * @param {string} name
 * @param {import("./drawn.js").Drawn} drawn
 * @param {Point[]} points
 * @param {Lived} lived
 * @param {any} kitchen
 * @param {number} runs of each draw
 * @param {number} after
 * @returns {Setting}
 */
export function settingOf(name, drawn, points, { measures, lives }, kitchen, runs, after) {
  const width = kitchen.measures.length;
  const rows = (/** @type {string} */ measure) => {
    const column = kitchen.column.get(measure);
    return points.map((_, draw) => Float64Array.from({ length: runs }, (__, run) => measures[(draw * runs + run) * width + column]));
  };
  const otherwise = (/** @type {Float64Array[]} */ one, /** @type {Float64Array[]} */ other) => one.map((row, draw) => row.map((value, run) => (Number.isNaN(value) ? other[draw][run] : value)));
  const [gain, outcome] = [rows("gain"), rows("outcome")];
  const overMoney = otherwise(rows("gain_over_equal_money"), gain);
  const area = otherwise(rows("area_gain_over_equal_money"), rows("area_gain"));
  const years = Math.max(1, Number(drawn.start.value("months")) - Number(drawn.start.partnership.start)) / YEAR;
  /** @type {Record<string, number[]>} */
  const windows = {};
  if (lives) {
    const ends = fundEnds(drawn, points, after);
    const { start, end, commitment, months } = lives;
    const seen = (/** @type {number} */ off, /** @type {(place: number, month: number) => number} */ what) =>
      points.map((_, draw) => (ends[draw] ? meanOf(Array.from({ length: runs }, (__, run) => what(draw * runs + run, ends[draw] + off))) : NaN));
    const alive = (/** @type {number} */ place, /** @type {number} */ month) => Number(start[place] <= month && month < end[place]);
    const given = (/** @type {number} */ place, /** @type {number} */ month) => commitment[place * months + month];
    Object.assign(windows, { alive_before: seen(-1, alive), alive_after: seen(after - 1, alive), commitment_before: seen(-1, given), commitment_after: seen(after - 1, given) });
  }
  const outcomes = Object.fromEntries(kitchen.tables.outcomes.map((/** @type {string} */ kind, /** @type {number} */ number) => [kind, outcome.map((row) => meanOf(row.map((one) => Number(one === number))))]));
  return {
    name,
    gain,
    overMoney,
    means: overMoney.map(meanOf),
    areaMeans: area.map(meanOf),
    hours: rows("overhead_hours").map((row) => meanOf(row) / years),
    bought: rows("bought_hours").map((row) => meanOf(row) / years),
    inertia: rows("inertia").map(meanOf),
    outcomes,
    windows,
  };
}

/** The mean of shares, with an interval that stays between 0 and 1. @param {Statistics} statistics @param {number[]} values @returns {Estimate} */
export function within(statistics, values) {
  const found = statistics.mean(values);
  return { ...found, low: Math.max(0, found.low), high: Math.min(1, found.high) };
}

/** The share of the variance between draws' means that is luck. @param {Float64Array[]} rows */
function noiseOf(rows) {
  const [points, runs] = [rows.length, rows[0].length];
  if (runs < 2 || points < 2) return NaN;
  const means = rows.map(meanOf);
  const middle = meanOf(means);
  const between = means.reduce((sum, mean) => sum + (mean - middle) ** 2, 0) / (points - 1);
  if (between === 0) return NaN;
  let left = 0;
  rows.forEach((row, draw) => row.forEach((value) => (left += Number.isNaN(value) ? 0 : (value - means[draw]) ** 2)));
  return Math.min(1, left / (points * (runs - 1)) / runs / between);
}

/**
 * @param {Setting} setting
 * @param {Statistics} statistics
 * @param {number} clearLoss
 */
export function forecastOf(setting, statistics, clearLoss) {
  const means = setting.means.filter((mean) => Number.isFinite(mean));
  const [low, quarter, median, most, high] = quantilesOf(Float64Array.from(means).sort(), [0.05, 0.25, 0.5, 0.75, 0.95]);
  const single = Float64Array.from(setting.overMoney.flatMap((row) => [...row]).filter((value) => !Number.isNaN(value))).sort();
  const [from, to] = quantilesOf(single, [0.05, 0.95]);
  return {
    median,
    half: [quarter, most],
    nine_in_ten: [low, high],
    one_partnership: [from, to],
    mean: statistics.mean(means),
    gains: statistics.share(means.map((mean) => Number(mean > 0))),
    loses: statistics.share(means.map((mean) => Number(mean < clearLoss))),
    outcomes: Object.fromEntries(Object.entries(setting.outcomes).map(([kind, values]) => [kind, within(statistics, values)])),
    inertia: within(statistics, setting.inertia),
    with_hours: setting.bought.some((hours) => hours > 0) ? statistics.mean(setting.gain.map(meanOf)) : null,
    noise: noiseOf(setting.overMoney),
  };
}

/** @typedef {ReturnType<typeof forecastOf>} Forecast */

/**
 * What is left two years after money has ended, over the draws that have some; null for none.
 *
 * @param {Setting} funded
 * @param {Setting} unfunded
 * @param {number[]} fund of every draw
 * @param {Statistics} statistics
 */
export function afterMoney(funded, unfunded, fund, statistics) {
  const seen = fund.map((hours, draw) => hours > 0 && Number.isFinite(funded.windows.alive_after[draw]));
  if (!seen.includes(true)) return null;
  const of = (/** @type {Setting} */ setting, /** @type {string} */ window) => setting.windows[window].filter((_, draw) => seen[draw]);
  const [kept, without] = [of(funded, "commitment_after"), of(unfunded, "commitment_after")];
  return {
    draws: seen.filter(Boolean).length,
    alive_before: within(statistics, of(funded, "alive_before")),
    alive_after: within(statistics, of(funded, "alive_after")),
    alive_without: within(statistics, of(unfunded, "alive_after")),
    commitment_before: within(statistics, of(funded, "commitment_before")),
    commitment_after: within(statistics, kept),
    commitment_without: within(statistics, without),
    commitment_lasting: statistics.mean(kept.map((value, place) => value - without[place])),
  };
}
