/**
 * What every room is handed: the store, the study, and what they stand for now.
 *
 * @module
 */

import { MINUS } from "../answer/formats.js";

/**
 * @typedef {object} Side a scenario that stands beside this one
 * @property {string} letter what it is called: B or C
 * @property {"other" | "third"} key where it stands in the address
 * @property {import("../state/address.js").Chosen} chosen
 * @property {any} given the case as the page was given it
 * @property {import("../scenario/tables.js").Tables} tables
 * @property {import("../engine/study.js").Result} result
 */
/**
 * @typedef {object} Page
 * @property {import("../state/store.js").Store} store
 * @property {import("../state/address.js").State} state
 * @property {import("../engine/study.js").Study} study
 * @property {import("../engine/lectures.js").Lectures} lectures what lessons show
 * @property {import("../engine/survey.js").Survey} survey what partners answered, and what comes of it
 * @property {import("../engine/plays.js").Plays} plays of the game
 * @property {import("../engine/clearing.js").Clearing} clearing which groups could go
 * @property {import("../engine/study.js").Result} result of the scenario as it stands
 * @property {import("../engine/study.js").Result} shown the same, or what was seen before while nothing is known of it
 * @property {boolean} [old] whether what is shown is of before the last change
 * @property {any} data
 * @property {any} kit the compiled engine and its description; null until it is there
 * @property {import("../answer/results.js").Kitchen} kitchen
 * @property {import("../answer/formats.js").Catalogue} say
 * @property {any} given the case as the page was given it
 * @property {import("../scenario/tables.js").Tables} tables with the reader's edits
 * @property {Side[]} others what it is compared with
 * @property {Before | null} before the answer before the last change
 * @property {Record<string, import("../engine/study.js").Curve>} curves by lever, the last that were known of this case
 * @property {[number, number]} reach of all dots that were shown of this case
 */

/** @typedef {{answer: any, about: import("../answer/results.js").About, tables: import("../scenario/tables.js").Tables, key: string}} Before an answer, and of what */

/** Statements of a headline whose ids begin so. @param {any} answer @param {string[]} families */
export function said(answer, families) {
  return answer.headline.filter((/** @type {any} */ one) => families.includes(one.id.split(".")[0]));
}

/** @param {any[]} statements @returns {string} */
export const joinedText = (statements) => statements.map((one) => one.text).join(" ");

/** A number and its sign for per cent stay on one line. @param {string} text */
export const kept = (text) => text.replaceAll(" %", "\u00a0%");

/** What writes the ticks of an axis of gains: no digit that is 0 anyway. @param {{signed: (value: number) => string}} say @returns {(value: number) => string} */
export const ticksIn = (say) => (value) => kept(say.signed(value).replace(/\.0(?= %)/, ""));

/** An effect as it is written, as a number: what is told beside others must add up with them. @param {import("../answer/formats.js").Catalogue} say @param {number} value */
export const printed = (say, value) => Number(say.signed(value).replace(/ %$/, "").replace(MINUS, "-")) / 100;
