/**
 * Where a play stands: what an address says of it, and where one is sent on from there.
 *
 * @module
 */
import { Fault } from "../scenario/edits.js";
import { readCode, writeCode } from "./code.js";

/** @typedef {import("./game.js").Game} Game */
/** @typedef {import("./game.js").Play} Play */
/** @typedef {{play: Play, lived: number}} Standing `lived`: so many quarters are behind it */

/**
 * @param {Game} game
 * @param {string} code "" for none
 * @param {number | null} lived null: all, or none where nothing is decided
 * @returns {Standing | null} null where there is no play
 * @throws {Fault}
 */
export function standingOf(game, code, lived) {
  if (!code) {
    if (lived !== null) throw new Fault("lived: got quarters without a play");
    return null;
  }
  const { quarters } = game.settings;
  let play;
  try {
    play = readCode(game, code);
  } catch (error) {
    throw error instanceof Fault ? new Fault(`play: ${error.message}`) : error;
  }
  const behind = lived ?? (play.decisions.length ? quarters : 0);
  if (behind > quarters) throw new Fault(`lived: got ${behind}; allowed 0 to ${quarters}`);
  const ahead = play.decisions.find((one) => one.quarter > behind);
  if (ahead) throw new Fault(`lived: got ${behind} quarters, and a decision in quarter ${ahead.quarter}`);
  return { play, lived: behind };
}

/** A standing as the address has it. @param {Game} game @param {Standing} standing */
export const addressOf = (game, { play, lived }) => ({ room: "game", panel: "", play: writeCode(game, play), lived });

/** Decisions of the quarter that is decided now. @param {Standing} standing */
export const pendingOf = ({ play, lived }) => play.decisions.filter((one) => one.quarter === lived);

/** Which guess is due now; null for none. @param {Game} game @param {Standing} standing @param {Set<number>} skipped @returns {number | null} */
export function guessDue(game, { play, lived }, skipped) {
  const place = game.settings.guess_months.findIndex((/** @type {number} */ month) => month === lived * game.settings.months_a_quarter);
  return place >= 0 && play.guesses[place] === null && !skipped.has(place) ? place : null;
}
