/**
 * What is said of a landscape: which groups would be missed, and what closing and merging brings. The
 * statements of `cgsim.answer.clutter`.
 *
 * @module
 */
import { direction } from "../answer/build.js";
import { count, signedUnits } from "../answer/formats.js";
import { statement } from "../answer/record.js";
import { NOTHING } from "../answer/statistics.js";

/** @typedef {import("./search.js").Decluttered} Decluttered */
/** @typedef {import("./search.js").Taken} Taken */
/** @typedef {import("./search.js").Group} Group */
/** @typedef {import("../answer/statistics.js").Estimate} Estimate */
/** @typedef {import("../answer/results.js").Kitchen} Kitchen */
/** @typedef {import("../answer/record.js").Statement} Statement */
/** @typedef {import("../answer/formats.js").Catalogue} Catalogue */

const MEASURE = "area_gain_over_equal_money";

/** @param {Kitchen} kitchen @param {string} id @param {Estimate} estimate @param {Record<string, any>} numbers @returns {Statement} */
function said(kitchen, id, estimate, numbers) {
  const { value, low, high } = estimate;
  return statement(kitchen, `declutter.${id}`, MEASURE, "equal_money", { value, low, high, unit: "share", of: kitchen.settings.of_area, numbers });
}

/** How the landscape as it is stands. @param {Kitchen} kitchen @param {Decluttered} found @returns {Statement} */
export function nowStatement(kitchen, found) {
  const way = direction(kitchen, found.now);
  const id = way === "more" || way === "less" ? way : "unclear";
  return said(kitchen, `now_${id}`, found.now, { title: found.tables.title, count: found.names.length, runs: found.replicates });
}

/** Names in a row; of many the first, and how many others there are. @param {Kitchen} kitchen @param {string[]} groups */
function listed({ say, tables }, groups) {
  const most = tables.declutter.most_named;
  if (groups.length <= most + 1) return say.joined(groups);
  return say.word("declutter.and_others", { names: groups.slice(0, most).join(", "), others: count(groups.length - most) });
}

/** Whether closing a group alone would help, harm, do nothing at all, or nothing to be told. @param {Estimate} estimate @returns {"better" | "missed" | "no_effect" | "unclear"} */
export function kindOf({ value, low, high }) {
  if (low > 0) return "better";
  if (high < 0) return "missed";
  return value === 0 && low === 0 && high === 0 ? "no_effect" : "unclear";
}

/** What is said of each group alone, once all are known. @param {Kitchen} kitchen @param {Group[]} groups @returns {Statement[]} */
export function aloneStatements(kitchen, groups) {
  /** @type {Statement[]} */
  const made = [];
  for (const kind of /** @type {const} */ (["better", "missed", "no_effect", "unclear"])) {
    const some = groups.filter(({ change }) => kindOf(change.gain) === kind);
    if (!some.length) continue;
    some.sort((one, other) => Math.abs(other.change.gain.value) - Math.abs(one.change.gain.value));
    const furthest = Math.max(...some.flatMap(({ change: { gain } }) => [Math.abs(gain.low), Math.abs(gain.high)]));
    // The end that lies furthest from 0 of any of them bounds what all of them do.
    const estimate = kind === "unclear" ? { value: furthest, low: -furthest, high: furthest, count: 0 } : some[0].change.gain;
    const numbers = { count: some.length, names: listed(kitchen, some.map(({ group }) => group)), first: some[0].group };
    made.push(said(kitchen, `alone_${kind}${some.length === 1 ? "_one" : ""}`, estimate, numbers));
  }
  made.push(said(kitchen, "alone_many", NOTHING, { count: groups.length }));
  return made;
}

/** Which groups are closed and merged, in words. @param {Catalogue} say @param {string[][]} steps the names of each @param {(names: string[]) => string} [row] how names are listed */
export function doneWords(say, steps, row = (names) => say.joined(names)) {
  const closed = steps.filter((words) => words.length === 1).map(([name]) => name);
  const merged = steps.filter((words) => words.length > 1).map(([keeper, other]) => say.word("declutter.into", { other, keeper }));
  const done = [];
  if (closed.length) done.push(say.word("declutter.closed", { names: row(closed) }));
  if (merged.length) done.push(say.word("declutter.merged", { names: row(merged) }));
  return done.join("; ");
}

/** Which steps were taken so far, and what they bring in all. @param {Kitchen} kitchen @param {Decluttered} found @returns {Statement[]} */
export function takenStatements(kitchen, found) {
  const { steps, names } = found;
  const { say } = kitchen;
  const last = steps.at(-1);
  if (!last) return [];
  const hours = Object.fromEntries(["overhead", "joint", "own"].map((name) => [name, steps.reduce((sum, taken) => sum + /** @type {any} */ (taken)[`${name}_hours`].value, 0)]));
  return [
    said(kitchen, steps.length === 1 ? "path_one" : "path", last.whole, { count: steps.length, done: doneWords(say, steps.map(({ words }) => words), (some) => listed(kitchen, some)), left: last.left, groups: names.length }),
    said(kitchen, "hours", NOTHING, hours),
  ];
}

/** Which steps were taken, and why the path ends. @param {Kitchen} kitchen @param {Decluttered} found @returns {Statement[]} */
export function pathStatements(kitchen, found) {
  const made = found.steps.length ? takenStatements(kitchen, found) : [said(kitchen, "path_none", NOTHING, {})];
  const { refused, steps } = found;
  if (refused) made.push(said(kitchen, "refused", refused.gain, { change: stepWords(kitchen.say, refused) }));
  else made.push(said(kitchen, !steps.length || steps.at(-1)?.left ? "nothing_better" : "none_left", NOTHING, {}));
  return made;
}

/** @param {Kitchen} kitchen @param {Decluttered} found @returns {Statement} */
export function restsStatement(kitchen, found) {
  return said(kitchen, "rests_on", NOTHING, { runs: found.replicates, tried: found.tried });
}

/** All that is said once all is known, in the order of Python's. @param {Kitchen} kitchen @param {Decluttered} found @returns {Statement[]} */
export function statements(kitchen, found) {
  return [nowStatement(kitchen, found), ...aloneStatements(kitchen, /** @type {Group[]} */ (found.groups)), ...pathStatements(kitchen, found), restsStatement(kitchen, found)];
}

/** What a step does in words. @param {Catalogue} say @param {{words: string[]}} taken */
export function stepWords(say, { words: [first, other] }) {
  return other === undefined ? say.word("declutter.close", { name: first }) : say.word("declutter.merge", { other, keeper: first });
}

/** A change in percentage points, in as many digits as its interval, with its sign. @param {Catalogue} say @param {Estimate} estimate */
export const toldPoints = (say, estimate) => say.pointsValue({ ...estimate, unit: "share" });

/** With whom a group shares most seats, in words; "" where with none. @param {Catalogue} say @param {Group} group */
export const likeWords = (say, { most_like, overlap }) => (most_like === null ? "" : say.word("declutter.like", { name: most_like, overlap: say.points(overlap, 0) }));

/** Known groups, the best to close first. @param {(Group | null)[]} groups @returns {Group[]} */
export const ranked = (groups) => groups.filter((group) => group !== null).sort((one, other) => other.change.gain.value - one.change.gain.value);

/** Heads and rows of the table of groups, as the command prints it. @param {Kitchen} kitchen @param {Decluttered} found @returns {string[][]} */
export function groupsTable({ say }, { groups }) {
  const heads = ["group", "without", "interval", "freed", "own", "other", "most_like"].map((name) => say.word(`declutter.head_${name}`));
  const rows = ranked(groups).map((one) => [
    one.group,
    toldPoints(say, one.change.gain),
    say.pointsInterval(one.change.gain),
    signedUnits(-one.change.overhead_hours.value),
    signedUnits(one.change.own_hours.value),
    signedUnits(one.other_joint_hours),
    likeWords(say, one),
  ]);
  return [heads, ...rows];
}

/** Heads and rows of the table of the path, as the command prints it. @param {Kitchen} kitchen @param {Decluttered} found @returns {string[][]} */
export function pathTable({ say }, { steps }) {
  const heads = ["step", "change", "gain", "interval", "whole", "interval", "left"].map((name) => say.word(`declutter.head_${name}`));
  const rows = steps.map((taken, place) => [String(place + 1), stepWords(say, taken), toldPoints(say, taken.gain), say.pointsInterval(taken.gain), toldPoints(say, taken.whole), say.pointsInterval(taken.whole), String(taken.left)]);
  return [heads, ...rows];
}
