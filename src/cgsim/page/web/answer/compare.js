/**
 * How much more one scenario gains than another, and whether that can be told on the same luck.
 *
 * @module
 */

import { claim, direction } from "./build.js";
import { statement } from "./record.js";

/** @typedef {import("./statistics.js").Estimate} Estimate */
/** @typedef {import("./results.js").Results} Results */
/** @typedef {import("./results.js").Model} Model */
/** @typedef {import("./results.js").About} About */
/** @typedef {import("./results.js").Kitchen} Kitchen */
/** @typedef {import("./record.js").Statement} Statement */

/** What the engine is given of an area, beside its sizes. */
const OF_THE_AREA = [
  "network",
  "world_settings",
  "capacity",
  "home",
  "skill",
  "goal",
  "senior",
  "operational",
  "crosscut",
  "mix",
];
const COUNTS = ["agencies", "objectives", "skills", "months"];

/** @param {unknown} one @param {unknown} other @returns {boolean} */
function alike(one, other) {
  return JSON.stringify(one) === JSON.stringify(other);
}

/**
 * Whether two scenarios are set in the same area - agencies, objectives, skills, ties - and lived
 * for as many months.
 *
 * @param {Model} one
 * @param {Model} other
 * @returns {boolean}
 */
export function sameArea(one, other) {
  return alike(named(one), named(other)) && OF_THE_AREA.every((name) => alike(one.design[name], other.design[name]));
}

/** Whether they would be set in the same area if they were lived for as many months. @param {Kitchen} kitchen @param {Model} one @param {Model} other */
function samePlace({ tables }, one, other) {
  const place = tables.columns.world_settings.indexOf("months");
  const months = (/** @type {Model} */ { about, design }) => ({
    about: { ...about, values: { ...about.values, months: 0 } },
    design: { ...design, world_settings: Array.from(design.world_settings).with(place, 0) },
  });
  return sameArea(/** @type {any} */ (months(one)), /** @type {any} */ (months(other)));
}

/** What an area is, by names and counts. @param {Model} model */
function named({ about }) {
  return [
    about.network,
    about.network_file,
    about.skill_names,
    about.objective_names,
    about.agency_names.slice(0, about.given_agencies),
    COUNTS.map((name) => about.values[name]),
  ];
}

/** Whether the same agencies founded the partnerships in every run. @param {Results} one @param {Results} other */
export function sameMembers(one, other) {
  if (one.lived && other.lived) {
    const both = Math.min(one.count, other.count);
    const width = one.lived.founders.length / one.count;
    if (width !== other.lived.founders.length / other.count) return false;
    const [mine, others] = [one.lived.founders, other.lived.founders];
    return mine.subarray(0, both * width).every((founder, place) => founder === others[place]);
  }
  return sameFounding(one.about, other.about);
}

/** Whether partnerships are founded in the same way, so by the same agencies. @param {About} one @param {About} other */
export function sameFounding(one, other) {
  const founding = (/** @type {About} */ { partnerships }) =>
    partnerships.map(({ size, recruit, members, lead, focus }) => [size, recruit, members, lead, focus]);
  return alike(founding(one), founding(other));
}

/** What two are compared by: of the area, unless the same agencies founded both. @param {Results} one @param {Results} other */
export function measureBetween(one, other) {
  const { by_founders: founders, by_area: area } = one.kitchen.settings;
  return sameArea(one.model, other.model) && sameMembers(one, other) ? founders : area;
}

/** How much more one gains than the other. @param {Results} one @param {Results} first @returns {Estimate} */
export function beyond(one, first) {
  const measure = measureBetween(one, first);
  const [mine, others] = [one.column(measure), first.column(measure)];
  const { statistics } = one.kitchen;
  if (!sameArea(one.model, first.model)) return statistics.difference(mine, others);
  const both = Math.min(mine.length, others.length);
  return statistics.mean(mine.subarray(0, both).map((value, run) => value - others[run]));
}

/**
 * How much more one gains than the other, and by what measure, in words.
 *
 * @param {string} label
 * @param {string} firstLabel
 * @param {Results} one
 * @param {Results} first
 * @returns {Statement}
 */
export function beyondStatement(label, firstLabel, one, first) {
  const { kitchen } = one;
  const paired = sameArea(one.model, first.model) ? kitchen.say.word("compare.run_by_run") : "";
  const measure = measureBetween(one, first);
  const why = kitchen.say.word(`compare.${samePlace(kitchen, one.model, first.model) ? "months" : "areas"}`);
  return told(kitchen, label, firstLabel, beyond(one, first), measure, paired, why);
}

/**
 * How much more one gains than another, in words; `paired` how, or "" where they are not, and `why`.
 *
 * @param {Kitchen} kitchen
 * @param {string} label
 * @param {string} first
 * @param {Estimate} estimate
 * @param {string} measure
 * @param {string} paired
 * @param {string} [why]
 * @returns {Statement}
 */
export function told(kitchen, label, first, estimate, measure, paired, why = "") {
  let way = direction(kitchen, estimate);
  if (!["exact", "more", "less"].includes(way)) {
    way = estimate.low > 0 ? "more" : estimate.high < 0 ? "less" : "unclear";
  }
  if (!paired && way === "exact") way = "unclear";
  const id = `compare.${paired ? "" : "apart_"}${way}`;
  return claim(kitchen, id, measure, first, estimate, { label, first, ...(paired ? { paired } : { why }) });
}

/**
 * In how many draws one does better than the other, on the same draws.
 *
 * @param {Kitchen} kitchen
 * @param {string} label
 * @param {string} first
 * @param {import("./doubt.js").Drawn} one
 * @param {import("./doubt.js").Drawn} other
 * @returns {Statement}
 */
export function doubtStatement(kitchen, label, first, one, other) {
  const { by_area: measure, drawn, least_gain: least } = kitchen.settings;
  const step = Array.from(one.area, (value, draw) => value - other.area[draw]);
  const better = step.filter((change) => change > least).length;
  const worse = step.filter((change) => change < -least).length;
  return statement(kitchen, better || worse ? "compare.doubt" : "compare.doubt_same", measure, first, {
    value: step.length ? better / step.length : NaN,
    of: kitchen.measure(measure)?.of,
    holds_for: drawn,
    numbers: { draws: step.length, label, first, better, worse, given: one.given ?? null },
  });
}

/**
 * What one knows and the other has drawn: their draws differ by that.
 *
 * @param {import("./results.js").Kitchen} kitchen
 * @param {string} label
 * @param {string} first
 * @param {{known: string[]}[]} models of both
 * @param {import("./doubt.js").Drawn[]} drawn of both
 * @returns {import("./record.js").Statement[]}
 */
export function knownStatements(kitchen, label, first, [one, other], [drawn, beside]) {
  const sides = /** @type {[string, string, string[], import("./doubt.js").Drawn][]} */ ([[label, first, one.known, beside], [first, label, other.known, drawn]]);
  return sides.flatMap(([mine, theirs, known, of]) => {
    const inputs = known.filter((name) => name in of.inputs);
    return inputs.length ? [statement(kitchen, "compare.known", "", "", { holds_for: kitchen.settings.drawn, numbers: { label: mine, first: theirs, inputs } })] : [];
  });
}
