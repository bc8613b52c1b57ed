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

/** Every measure with its interval. @param {any} answer @returns {unknown[][]} */
export function summary(answer) {
  const head = ["measure", "words", "unit", "of", "estimate", "low", "high", "runs"];
  return [head, ...answer.values.map((/** @type {any} */ v) => [v.measure, v.words, v.unit, v.of, v.value ?? NaN, v.low ?? NaN, v.high ?? NaN, v.count])];
}

/** A row a run. @param {import("../../answer/results.js").Results} results @param {string[]} outcomes @returns {unknown[][]} */
export function perRun(results, outcomes) {
  const names = results.kitchen.measures.map((measure) => measure.name);
  const lines = [];
  for (let run = 0; run < results.count; run += 1) {
    lines.push([run, ...names.map((name) => (name === "outcome" ? outcomes[results.column(name)[run]] : results.column(name)[run]))]);
  }
  return [["replicate", ...names], ...lines];
}

/** The table that stands on the page, as a spreadsheet's two sheets. @param {any} kitchen @param {any} answer */
export const shownRows = (kitchen, answer) => rows("run", answer).map(([value]) => valueWords(kitchen, value));
