/**
 * What a lesson's runs come to, in numbers and in the catalogue's sentences.
 *
 * @module
 */
import { answerOf, bought } from "../../answer/build.js";
import { quantilesOf } from "../../answer/statistics.js";

/** @typedef {import("../../answer/results.js").Results} Results */
/** @typedef {import("../../answer/statistics.js").Estimate} Estimate */
/** @typedef {import("../../answer/formats.js").Catalogue} Catalogue */
/** @typedef {{label: string, estimate: Estimate, from: number, to: number, loses: string}} Row a case: its mean, where nine runs in ten lie, and the share of runs below 0 */

const COMPARED = ["gain", "gain_over_equal_money", "area_gain", "area_gain_over_equal_money", "short_term"];
const MIDDLE = [0.05, 0.95];

/** @param {string} text */
export const capital = (text) => text.slice(0, 1).toUpperCase() + text.slice(1);

/** @param {string} measure */
const losing = (measure) => `lesson.losing_${COMPARED.includes(measure) ? measure : "gain"}`;

/** What the lesson's measure is called beside figures. @param {Catalogue} say @param {any} measure */
export const axisOf = (say, measure) =>
  COMPARED.includes(measure.name) ? say.word(`lesson.axis_${measure.name}`) : `${say.term(measure.words)}, ${measure.unit === "share" ? "%" : say.term(measure.unit)}`;

/** The share of those to whom something happened: one that rounds to none is not none. @param {Catalogue} say @param {number} share */
function someShare(say, share) {
  if (share === 0) return say.word("some.none");
  if (share === 1) return say.word("some.all");
  if (share < 0.0005) return say.word("some.under", { share: say.percent(0.001) });
  if (share >= 0.9995) return say.word("some.over", { share: say.percent(0.999) });
  return say.percent(share);
}

/** @param {string} label @param {Results} results @param {string} measure @returns {Row} */
export function rowOf(label, results, measure) {
  const { kitchen } = results;
  const column = results.column(measure);
  const kept = column.filter((value) => !Number.isNaN(value)).sort();
  const [from, to] = kept.length ? quantilesOf(kept, MIDDLE) : [NaN, NaN];
  const least = kitchen.settings.least_gain;
  const share = COMPARED.includes(measure) ? column.filter((value) => value < -least).length / column.length : results.estimate("loses").value;
  return { label, estimate: results.estimate(measure), from, to, loses: someShare(kitchen.say, share) };
}

/** One measure in a sentence: of what it is a share, with its interval; no full stop. @param {Results} results @param {string} name */
function said(results, name) {
  const { say } = results.kitchen;
  const measure = /** @type {any} */ (results.kitchen.measure(name));
  const { value, low, high } = results.estimate(name);
  const numbers = { all: { value, low, high, unit: measure.unit }, of: say.term(measure.of) };
  if (!COMPARED.includes(name)) return say.word("lesson.other", { words: say.term(measure.words), ...numbers });
  const way = value >= 0 ? "more" : "less";
  const unclear = low <= 0 && 0 <= high ? "_unclear" : "";
  return say.word(`lesson.${way}${unclear}`, { against: say.word(`lesson.against_${name}`), ...numbers });
}

/** What a case came to; which one it is, where there are several. @param {any} lesson @param {number} place @param {Results} results */
export function caseSays(lesson, place, results) {
  const { say } = results.kitchen;
  const sentence = said(results, lesson.answer.measure);
  return capital(lesson.cases.length > 1 ? say.word("lesson.case", { label: lesson.cases[place], sentence }) : say.word("lesson.alone", { sentence }));
}

/** What came of what was decided. @param {any} lesson @param {string} label @param {Results} results */
export function pickSays(lesson, label, results) {
  const { say } = results.kitchen;
  return say.word("lesson.decided", { label, sentence: said(results, lesson.answer.measure) });
}

/** What a setting came to. @param {any} lesson @param {string} label @param {Results} results */
export function cellSays(lesson, label, results) {
  const { say } = results.kitchen;
  const { measure } = lesson.answer;
  const row = rowOf(label, results, measure);
  return say.word("lesson.cell", { label: capital(label), sentence: said(results, measure), loses: capital(row.loses), losing: say.word(losing(measure)) });
}

/** How runs differ in a case. @param {Row} row @param {Results} results @param {string} name */
export function spreadSays(row, results, name) {
  const { say } = results.kitchen;
  const { unit } = /** @type {any} */ (results.kitchen.measure(name));
  return say.word("lesson.spread", { low: say.number(row.from, unit), high: say.number(row.to, unit), loses: capital(row.loses), count: results.count, losing: say.word(losing(name)) });
}

/**
 * The number that the question asks for: of one case, or how much one differs from another.
 *
 * @param {any} lesson
 * @param {Results[]} cases
 * @returns {Estimate}
 */
export function verdictOf(lesson, cases) {
  const { measure, difference, of, than } = lesson.answer;
  if (!difference) return cases[of].estimate(measure);
  const [one, other] = [cases[of].column(measure), cases[than].column(measure)];
  return cases[of].kitchen.statistics.mean(one.map((value, run) => value - other[run]));
}

/** The answer with its interval. @param {any} lesson @param {Results[]} cases */
export function answerSays(lesson, cases) {
  const { measure: name, difference, of, than } = lesson.answer;
  const says = caseSays(lesson, of, cases[of]);
  if (!difference) return says;
  const { say } = cases[of].kitchen;
  const { unit } = /** @type {any} */ (cases[of].kitchen.measure(name));
  const { value, low, high } = verdictOf(lesson, cases);
  const id = `lesson.${unit === "share" ? "points" : "units"}_${value >= 0 ? "more" : "less"}`;
  return `${says} ${say.word(id, { all: { value, low, high, unit }, than: lesson.cases[than] })}`;
}

/** Of every case in which hours were bought: what it is over the same money. @param {any} lesson @param {Results[]} cases @returns {string[]} */
export function moneySays(lesson, cases) {
  return cases.flatMap((results, place) => {
    if (!bought(results)) return [];
    const { headline } = answerOf(results);
    const told = headline.filter((/** @type {any} */ one) => one.id.startsWith("money.")).map((/** @type {any} */ one) => one.text);
    return [results.kitchen.say.word("lesson.money", { label: capital(lesson.cases[place]), told: told.join(" ") })];
  });
}
