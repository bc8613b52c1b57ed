/**
 * What is taken away as tables.
 *
 * @module
 */
import { rows, valueWords } from "../../answer/build.js";

/** @param {unknown} value @returns {string} a cell; a text that a spreadsheet would run is left a text */
function cell(value) {
  if (typeof value === "number") return Number.isNaN(value) ? "" : String(value);
  const text = String(value ?? "");
  const safe = /^ *[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** @param {unknown[][]} table @returns {string} */
export const toCsv = (table) => `${table.map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;

/** A table in which every row says with which extensions it was made, where the page has any. @param {unknown[][]} table @param {any} lists @returns {unknown[][]} */
function made([head, ...lines], { extensions }) {
  if (!extensions) return [head, ...lines];
  return [[...head, "with"], ...lines.map((line) => [...line, extensions.names.join(" ")])];
}

/** Every measure with its interval. @param {any} answer @param {any} lists what `cgsim.page.tables.tables()` gave @returns {unknown[][]} */
export function summary(answer, lists) {
  const head = ["measure", "words", "unit", "of", "estimate", "low", "high", "runs"];
  const lines = answer.values.map((/** @type {any} */ v) => [v.measure, v.words, v.unit, v.of, v.value ?? NaN, v.low ?? NaN, v.high ?? NaN, v.count]);
  return made([head, ...lines], lists);
}

/** A row a run. @param {import("../../answer/results.js").Results} results @param {any} lists what `cgsim.page.tables.tables()` gave @returns {unknown[][]} */
export function perRun(results, lists) {
  const names = results.kitchen.measures.map((measure) => measure.name);
  const lines = [];
  for (let run = 0; run < results.count; run += 1) {
    lines.push([run, ...names.map((name) => (name === "outcome" ? lists.outcomes[results.column(name)[run]] : results.column(name)[run]))]);
  }
  return made([["replicate", ...names], ...lines], lists);
}

/** The table that stands on the page, as a spreadsheet's two sheets. @param {any} kitchen @param {any} answer */
export const shownRows = (kitchen, answer) => rows("run", answer).map(([value]) => valueWords(kitchen, value));
