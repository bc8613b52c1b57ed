/**
 * The bets of a room: how many for each choice, or a number each; and how they came out.
 *
 * @module
 */
import { Fault } from "../../scenario/edits.js";
import { figure } from "../../answer/formats.js";
import { middleOf } from "../../answer/statistics.js";

export const MOST_BETS = 400;
const MOST_OF_ONE = 999;

/** How many bets there are. @param {any} lesson @param {number[]} guess @returns {number} */
export const betsIn = (lesson, guess) => (lesson.bet.choices.length ? guess.reduce((sum, count) => sum + count, 0) : guess.length);

/** Refuse bets that cannot be, as an address may hold. @param {any} lesson @param {number[]} guess */
export function checkBets(lesson, guess) {
  const { choices, low, high } = lesson.bet;
  if (!guess.length) return;
  const told = `guess: got ${guess.slice(0, 6).join(",")}`;
  if (choices.length) {
    const right = guess.length === choices.length && guess.every((count) => Number.isInteger(count) && count >= 0 && count <= MOST_OF_ONE);
    if (!right) throw new Fault(`${told}; allowed ${choices.length} whole numbers up to ${MOST_OF_ONE}, how many bet on each`);
  } else if (guess.length > MOST_BETS || !guess.every((value) => value >= low && value <= high)) {
    throw new Fault(`${told}; allowed up to ${MOST_BETS} numbers from ${low} to ${high}`);
  }
}

/** Refuse a decision that cannot be taken. @param {any} lesson @param {number | null} pick */
export function checkPick(lesson, pick) {
  const all = lesson.decision.picks.length;
  if (pick !== null && pick >= all) throw new Fault(`pick: got ${pick}; allowed a whole number from 0 to ${all - 1}`);
}

/** Some bets more, or fewer, on a choice. @param {any} lesson @param {number[]} guess @param {number} choice @param {number} more */
export function counted(lesson, guess, choice, more) {
  const all = lesson.bet.choices.map((/** @type {string} */ _, /** @type {number} */ place) => guess[place] ?? 0);
  all[choice] = Math.max(0, Math.min(MOST_OF_ONE, all[choice] + more));
  return all.some(Boolean) ? all : [];
}

/** The number asked for as it was bet: in per cent or points where it is a share. @param {any} lesson @param {number} value @param {string} unit */
export function asBet(lesson, value, unit) {
  const size = lesson.answer.difference ? Math.abs(value) : value;
  return Math.round(10 * (unit === "share" ? 100 * size : size)) / 10 + 0;
}

/** One bet and no other on a choice. @param {any} lesson @param {number} choice @returns {number[]} */
export const alone = (lesson, choice) => lesson.bet.choices.map((/** @type {string} */ _, /** @type {number} */ place) => Number(place === choice));

/**
 * What is said to each wrong bet that was made, by the bet.
 *
 * @param {any} lesson
 * @param {number[]} guess
 * @param {number} right the number asked for, as it was bet
 * @param {import("../../answer/formats.js").Catalogue} say
 * @returns {{bet: string, says: string}[]}
 */
export function feedbackOf(lesson, guess, right, say) {
  const { choices, near } = lesson.bet;
  const told = (/** @type {string} */ key, /** @type {string} */ bet) => (lesson.feedback[key] ? [{ bet, says: lesson.feedback[key] }] : []);
  if (choices.length) return choices.flatMap((/** @type {string} */ choice, /** @type {number} */ place) => (guess[place] && place !== lesson.answer.right ? told(choice, choice) : []));
  return [
    ...(guess.some((one) => one < right - near) ? told("low", say.word("live_teach.too_low")) : []),
    ...(guess.some((one) => one > right + near) ? told("high", say.word("live_teach.too_high")) : []),
  ];
}

/**
 * How the bets came out, in sentences.
 *
 * @param {any} lesson
 * @param {number[]} guess
 * @param {number} right the number asked for, as it was bet
 * @param {import("../../answer/formats.js").Catalogue} say
 * @param {boolean} room whether it is a room's, or one's own
 * @returns {string[]}
 */
export function verdictSays(lesson, guess, right, say, room) {
  const own = room ? "bet" : "own_bet";
  const { choices, unit, near } = lesson.bet;
  const all = betsIn(lesson, guess);
  const hits = choices.length ? guess[lesson.answer.right] : guess.filter((one) => Math.abs(one - right) <= near).length;
  const numbers = { hits, bets: all, near, right: figure(right.toFixed(1)), unit, bet: guess[0] };
  if (choices.length) {
    const told = [say.word("live_teach.right", { choice: choices[lesson.answer.right] })];
    if (all === 1) return [...told, say.word(`live_teach.${own}_${hits ? "right" : "wrong"}`)];
    return [...told, say.word(hits === 1 ? "live_teach.one_right" : "live_teach.many_right", numbers)];
  }
  if (all === 1) return [say.word(`live_teach.${own}_${hits ? "near" : "far"}`, numbers)];
  const sorted = Float64Array.from(guess).sort();
  const spread = { least: sorted[0], most: sorted[sorted.length - 1], middle: middleOf(sorted), unit };
  return [say.word(hits === 1 ? "live_teach.one_near" : "live_teach.many_near", numbers), say.word("live_teach.spread", spread)];
}
