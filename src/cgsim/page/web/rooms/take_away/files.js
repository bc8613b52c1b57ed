/**
 * What is taken away as files: tables as text, and drawings as they stand on the page.
 *
 * @module
 */
import { rows, valueWords } from "../../answer/build.js";

/** @param {string} name @param {Blob} blob */
export function save(name, blob) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

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

const NAMES = ["--ink", "--quiet", "--paper", "--card", "--line", "--axis", "--gains", "--gains-soft", "--gains-mid", "--loses", "--loses-soft", "--loses-mid", "--alone", "--alone-soft", "--money", "--money-soft"];

/**
 * A drawing as a file of its own, with its source under it.
 *
 * @param {SVGElement} drawing
 * @param {string[]} source lines
 * @returns {{text: string, width: number, height: number}}
 */
export function asSvg(drawing, source) {
  const style = getComputedStyle(document.documentElement);
  const width = Number(drawing.getAttribute("width"));
  const tall = Number(drawing.getAttribute("height"));
  const height = tall + 20 + 16 * source.length;
  const copy = /** @type {SVGElement} */ (drawing.cloneNode(true));
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", String(width + 32));
  copy.setAttribute("height", String(height + 16));
  copy.setAttribute("viewBox", `-16 -12 ${width + 32} ${height + 16}`);
  copy.setAttribute("font-family", "DejaVu Sans, Verdana, sans-serif");
  copy.removeAttribute("style");
  const make = (/** @type {string} */ tag, /** @type {Record<string, string>} */ given) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(given)) made.setAttribute(name, value);
    return made;
  };
  for (const text of copy.querySelectorAll("text")) {
    text.setAttribute("font-size", "13");
    const own = text.style.fill;
    text.setAttribute("fill", own || "var(--quiet)");
    if (text.style.fontWeight) text.setAttribute("font-weight", text.style.fontWeight);
    text.removeAttribute("style");
  }
  copy.prepend(make("rect", { x: "-16", y: "-12", width: String(width + 32), height: String(height + 16), fill: "var(--card)" }));
  source.forEach((line, place) => {
    const text = make("text", { x: "0", y: String(tall + 20 + 16 * place), "font-size": "11", fill: "var(--quiet)" });
    text.textContent = line;
    copy.append(text);
  });
  let text = new XMLSerializer().serializeToString(copy);
  for (const name of NAMES) text = text.replaceAll(`var(${name})`, style.getPropertyValue(name).trim());
  return { text, width: width + 32, height: height + 16 };
}

/** @param {{text: string, width: number, height: number}} drawing @returns {Promise<Blob>} */
export async function asPng({ text, width, height }) {
  const scale = 2;
  const picture = new Image();
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await picture.decode();
  const canvas = document.createElement("canvas");
  canvas.width = width * scale;
  canvas.height = height * scale;
  /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d")).drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/png"));
}
