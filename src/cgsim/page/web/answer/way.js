/**
 * Which way a figure goes, and whether what is known of it bears that out.
 *
 * A figure is coloured as a gain or a loss where its interval is on that side, most runs are, and
 * more than half of the draws of what nobody knows are, as far as so few can tell. Else it stays
 * neutral, and a line says what goes against it.
 *
 * @module
 */

import { MINUS } from "./formats.js";
import { headValue } from "./record.js";

/** @typedef {"gains" | "loses" | ""} Side */
/** @typedef {{way: Side, kind: "" | "never" | "nothing" | "unclear" | "luck" | "open" | "against", words: string}} Way `kind`: what goes against the figure */

const HALF = 0.5;

/** @param {string} text a figure as it is written @returns {Side} */
export const sideOf = (text) => (text.startsWith("+") ? "gains" : text.startsWith(MINUS) ? "loses" : "");

/**
 * Whether draws go one way: with it, against it, or neither as far as so few can tell.
 *
 * @param {import("./results.js").Kitchen} kitchen
 * @param {Side} side
 * @param {{gains: number, loses: number}} draws
 * @returns {"" | "open" | "against"}
 */
export function drawsAgainst({ statistics }, side, { gains, loses }) {
  const [own, other] = side === "gains" ? [gains, loses] : [loses, gains];
  const { low, high } = statistics.share([...new Array(own).fill(1), ...new Array(other).fill(0)]);
  return high < HALF ? "against" : low > HALF ? "" : "open";
}

/**
 * @param {import("./results.js").Kitchen} kitchen
 * @param {any} answer
 * @returns {Way} neutral, and without a word, while draws are still lived
 */
export function wayOf(kitchen, answer) {
  const { say } = kitchen;
  const { headline, luck, doubt } = answer;
  const side = sideOf(say.signed(headValue(answer)));
  const told = (/** @type {Way["kind"]} */ kind, numbers = {}) => ({ way: /** @type {Side} */ (""), kind, words: say.word(`live_way.${kind}`, numbers) });
  const none = /** @type {Way} */ ({ way: "", kind: "", words: "" });
  const months = headline[0].numbers?.months;
  if (["began.never", "began.too_few"].includes(headline[0].id)) return told("never", { months });
  if (headline[0].id === "began.nothing") return told("nothing");
  if (!side) return none;
  if (headline[0].id.endsWith(".unclear")) return told("unclear", { runs: answer.runs });
  const other = side === "gains" ? luck.loses : luck.gains;
  if (other > HALF * luck.runs) return told("luck", { loses: [luck.loses, luck.runs] });
  if (!headline.some((/** @type {any} */ one) => one.id.startsWith("doubt."))) return none;
  const kind = doubt ? drawsAgainst(kitchen, side, doubt) : "";
  return kind ? told(kind, { draws: doubt.draws, gains: doubt.gains, loses: doubt.loses }) : { way: side, kind: "", words: "" };
}
