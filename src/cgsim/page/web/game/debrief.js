/**
 * What a play came to, and what it might have come to: which lives that takes, and its sentences.
 *
 * @module
 */
import { count } from "../answer/formats.js";
import { quantilesOf } from "../answer/statistics.js";
import { decisionSays, monthIn } from "./words.js";

/** @typedef {import("./game.js").Game} Game */
/** @typedef {import("./game.js").Play} Play */
/** @typedef {import("./game.js").Decision} Decision */
/** @typedef {import("./lives.js").Seen} Seen */
/** @typedef {import("../answer/formats.js").Catalogue} Catalogue */
/**
 * @typedef {object} Life what came of decisions on one luck
 * @property {number} score need met over the same money, units a year
 * @property {number} better share of founding members better off by their own goals than with the same money
 * @property {number} end the month of the area after its last; as many as there are if it lives
 * @property {number[]} overMoney need met beyond the same money, added up by month of the game
 * @property {number[]} overAlone the same beyond working alone
 */
/**
 * @typedef {object} Found what is known of a play so far
 * @property {{own: Life, led: Life, best: Life, undone: Life[]} | null} lives on its luck
 * @property {Float64Array | null} lucks scores of its decisions on many lucks
 * @property {{last: number | null} | null} turn the last quarter in which a repair would have turned
 *   it; null where none would
 */

export const LIVES = 400;
const NINE_IN_TEN = [0.05, 0.5, 0.95];
const MONTHS = 12;

/** Which decisions are lived on the play's own luck: as they are, led, the best, each undone. @param {Game} game @param {Play} play @returns {Decision[][]} */
export function livesOf(game, play) {
  const { decisions } = play;
  return [decisions, game.ledFromTheStart(decisions), game.cases[play.case].best.decisions, ...decisions.map((_, place) => game.without(decisions, place))];
}

/** Repairs of one quarter. @param {Game} game @param {Decision[]} decisions @param {number} quarter */
export const repairsOf = (game, decisions, quarter) => game.repairs.map((repair) => game.repaired(decisions, quarter, repair));

/**
 * What the gain was until a month of the game: need met over the same money, units a year.
 *
 * @param {Life} life
 * @param {number} month
 */
export const gainUntil = (life, month) => (life.overMoney[month - 1] * MONTHS) / month;

/** Beyond what, in each year of the game. @param {number[]} line @returns {number[]} */
export const byYear = (line) => line.flatMap((value, month) => ((month + 1) % MONTHS ? [] : [value - (month < MONTHS ? 0 : line[month - MONTHS])]));

/** How a difference between two figures that are shown reads: by what is shown. @param {number} value */
const way = (value) => (count(Math.abs(value)) === "0" ? "same" : value > 0 ? "more" : "less");

/** @param {Catalogue} say @param {Life} own @returns {string[]} */
export function scoreSays(say, own) {
  const months = own.overAlone.length;
  const alone = (own.overAlone[months - 1] * MONTHS) / months;
  return [
    say.word(`game.score_${way(own.score)}`, { score: own.score }),
    // Without money from outside there is no difference between the two.
    ...(own.overAlone.every((value, month) => value === own.overMoney[month]) ? [] : [say.word(`game.alone_${way(alone)}`, { alone })]),
    say.word("game.better", { share: own.better }),
  ];
}

/** @param {Game} game @param {Catalogue} say @param {Play} play @param {Life} own @returns {string[]} one for each guess */
export function guessesSay(game, say, play, own) {
  return game.settings.guess_months.map((/** @type {number} */ month, /** @type {number} */ place) => {
    const guess = play.guesses[place];
    return say.word(guess === null ? "game.no_guess" : "game.guess", { month, guess, truth: gainUntil(own, month) });
  });
}

/**
 * What each decision added to the score, largest first.
 *
 * @param {Game} game
 * @param {Catalogue} say
 * @param {Play} play
 * @param {Life} own
 * @param {Life[]} undone
 * @returns {{words: string, effect: number}[]}
 */
export function effectsOf(game, say, play, own, undone) {
  return play.decisions
    .map((decision, place) => ({
      words: say.word("game.undone", { what: decisionSays(game, say, decision), month: monthIn(game, decision.quarter) }),
      effect: own.score - undone[place].score,
    }))
    .sort((a, b) => Math.abs(b.effect) - Math.abs(a.effect));
}

/** @param {Catalogue} say @param {Life} own @param {Life} led */
export function ledSays(say, own, led) {
  const gap = led.score - own.score;
  return say.word(`game.led_${way(gap)}`, { led: led.score, gap });
}

/** @param {Catalogue} say @param {Life} own @param {Life} best */
export function bestSays(say, own, best) {
  const gap = best.score - own.score;
  return say.word(`game.best_${{ more: "above", less: "below", same: "same" }[way(gap)]}`, { best: best.score, gap });
}

/** @param {Game} game @param {Catalogue} say @param {Play} play @param {Life} own @param {Float64Array} lucks @returns {string[]} */
export function luckSays(game, say, play, own, lucks) {
  const sorted = Float64Array.from(lucks).sort();
  const [low, middle, high] = quantilesOf(sorted, NINE_IN_TEN);
  const lives = lucks.length;
  const mean = lucks.reduce((sum, score) => sum + score, 0) / lives;
  return [
    say.word("game.luck", { lives, low, middle, high }),
    say.word("game.rank", { lives, below: lucks.filter((score) => score < own.score).length }),
    say.word("game.skill", { lives, best: game.cases[play.case].best.score, mean }),
  ];
}

/** @param {Game} game @param {Catalogue} say @param {Life} own @param {{last: number | null}} turn */
export function turnSays(game, say, own, { last }) {
  const repairs = game.repairs.length;
  if (own.score >= 0) return say.word("game.turn_gained");
  if (last === null) return say.word("game.turn_never", { repairs });
  const numbers = { repairs, month: monthIn(game, last), from: monthIn(game, last + 1) };
  return say.word(last === game.settings.quarters - 1 ? "game.turn_end" : "game.turn_until", numbers);
}

/** What is said of a closing; "" where nobody closed. @param {Game} game @param {Catalogue} say @param {Play} play @param {Life} own @param {Life[]} undone */
export function closeSays(game, say, play, own, undone) {
  const place = play.decisions.findIndex((one) => one.action === game.number.close);
  if (place < 0) return "";
  const effect = own.score - undone[place].score;
  return say.word(`game.closed_${{ more: "well", less: "badly", same: "same" }[way(effect)]}`, { month: monthIn(game, play.decisions[place].quarter), effect });
}

/**
 * Three sentences to hand in: what was seen, what it was taken for, what it was.
 *
 * @param {Game} game
 * @param {Catalogue} say
 * @param {Play} play
 * @param {Life} own
 * @param {Seen} seen at that month
 * @param {string} why
 * @returns {string[]}
 */
export function handIn(game, say, play, own, seen, why) {
  const place = lastGuess(play);
  const month = game.settings.guess_months[place];
  const guess = play.guesses[place];
  return [
    seen.ended ? say.word("game.saw_end", { month }) : say.word("game.saw", { month, members: seen.members, settled: seen.settled, hours: seen.hours }),
    guess === null ? say.word("game.thought_not") : say.word(why ? "game.thought_why" : "game.thought", { guess, why }),
    say.word("game.was", { truth: gainUntil(own, month), score: own.score }),
  ];
}

/** Which guess is handed in: the later of those that were made. @param {Play} play @returns {number} */
export const lastGuess = (play) => (play.guesses[1] === null && play.guesses[0] !== null ? 0 : 1);
