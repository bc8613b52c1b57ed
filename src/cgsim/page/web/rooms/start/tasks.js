/**
 * The questions that people come with, and where each of them is answered.
 *
 * @module
 */
import { lever } from "../../scenario/levers.js";
import { partnershipsOf, valueOf } from "../../scenario/tables.js";

/** @typedef {import("../../scenario/tables.js").Tables} Tables */
/** @typedef {{id: string, room: string, panel: string, case: any, general: boolean}} Task `general`: it is about no scenario of its own; `id`: its words in the catalogue */

/** @param {string} name of a lever */
const movable = (name) => (/** @type {Tables} */ tables) => lever(name).why(tables) === "";

/** Whether money from outside ends before the last month. @param {Tables} tables */
const endsItsMoney = (tables) => partnershipsOf(tables).some((p) => Number(p.fund) > 0 && Math.max(Number(p.start ?? 0), Number(p.fund_start ?? 0)) + Number(p.fund_months) < valueOf(tables, "months"));

/** The scenario that shows it best: one of those named, else the first that it fits. */
const TASKS = [
  { id: "meetings", room: "answer", panel: "meetings", best: ["baseline"], fits: movable("meetings") },
  { id: "size", room: "answer", panel: "size", best: ["under-authorised", "baseline"], fits: movable("size") },
  { id: "money", room: "answer", panel: "life", best: ["korsakoff", "more-choices"], fits: endsItsMoney },
  { id: "fund", room: "answer", panel: "fund", best: ["baseline"], fits: movable("fund") },
  { id: "members", room: "members", panel: "paste", best: ["baseline"], fits: (/** @type {Tables} */ tables) => partnershipsOf(tables).length === 1 },
  { id: "declutter", room: "declutter", panel: "", best: ["one-area", "cluttered"], fits: (/** @type {Tables} */ tables, /** @type {any} */ lists) => partnershipsOf(tables).length > 1 && partnershipsOf(tables).length <= lists.declutter.most_groups },
];

/** @param {any[]} cases of the page @param {boolean} lessons whether it has any @param {any} lists what `cgsim.page.tables.tables()` gave @returns {Task[]} those that can be done with them */
export function tasksFor(cases, lessons, lists) {
  /** @type {Task[]} */
  const made = [];
  for (const { id, room, panel, best, fits } of TASKS) {
    const fitting = cases.filter((one) => fits(one.tables, lists));
    const named = best.map((name) => fitting.find((one) => one.name === name)).find(Boolean);
    const found = named ?? fitting[0];
    // Where no money ends there is still the question what money would do.
    if (found && !(id === "fund" && made.some((task) => task.id === "money"))) made.push({ id, room, panel, case: found, general: false });
  }
  made.push({ id: "assess", room: "assess", panel: "", case: cases[0], general: true });
  if (!lists.extensions) made.push({ id: "game", room: "game", panel: "", case: cases[0], general: true });
  if (lessons) made.push({ id: "teach", room: "teach", panel: "", case: cases[0], general: true });
  return made;
}
