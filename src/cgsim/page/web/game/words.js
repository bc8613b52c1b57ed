/**
 * Decisions, prices and sayings in the catalogue's words.
 *
 * @module
 */
import { partnershipsOf, valueOf } from "../scenario/tables.js";

/** @typedef {import("./game.js").Game} Game */
/** @typedef {import("./game.js").Case} Case */
/** @typedef {import("./game.js").Decision} Decision */
/** @typedef {import("./lives.js").Seen} Seen */
/** @typedef {import("../answer/formats.js").Catalogue} Catalogue */
/** @typedef {{now: number, monthly: number}} Price hours of all members together: once, and every month from then on */

/** What a player may take the gain to be: units of need a year over the same money. */
export const GUESSES = [
  { id: "far_more", units: 1000 },
  { id: "much_more", units: 600 },
  { id: "more", units: 300 },
  { id: "little_more", units: 100 },
  { id: "same", units: 0 },
  { id: "little_less", units: -100 },
  { id: "less", units: -300 },
  { id: "much_less", units: -600 },
];
const BANDS = [0.7, 0.95, 1.2, 1.6]; // of what it is worth to a member, 1 being as much as working alone
const OF_THE_AREA = ["protocols", "monitor_hours", "engage_hours"];

/** The month of the game in which a quarter begins, from 1. @param {Game} game @param {number} quarter */
export const monthIn = (game, quarter) => game.settings.months_a_quarter * quarter + 1;

/** @param {Game} game @param {Catalogue} say @param {Decision} decision */
export function decisionSays(game, say, { action, level }) {
  const { name, levels } = game.actions[action];
  return name === "members" ? say.word("game_do.members", { members: levels[level].size }) : say.word(`game_do.${name}_${level}`);
}

/** @param {Catalogue} say @param {{says: number}} voice @param {number} turn which of its sayings */
export function sayingOf(say, { says }, turn) {
  const band = BANDS.filter((least) => says >= least).length;
  return say.word(`game_says.band_${band}_${turn % 2}`);
}

/**
 * What every lever of a decision stands at before a quarter's own decisions.
 *
 * @param {Game} game
 * @param {Case} one
 * @param {Decision[]} decisions earlier ones
 * @param {Seen} seen
 * @returns {Record<string, number>}
 */
export function standing(game, one, decisions, seen) {
  const [given] = partnershipsOf(one.tables);
  /** @type {Record<string, number>} */
  const now = {};
  for (const { levels } of game.actions) {
    for (const key of Object.keys(levels[0])) {
      now[key] = key === "focus" ? given.focus.length : OF_THE_AREA.includes(key) ? valueOf(one.tables, key) : Number(given[key]);
    }
  }
  for (const { action, level } of decisions) Object.assign(now, game.actions[action].levels[level]);
  return { ...now, size: seen.members, meetings: seen.meetings };
}

/**
 * What a decision costs: of all members together, by the model's own rules of overhead.
 *
 * @param {Game} game
 * @param {Case} one
 * @param {Record<string, number>} now
 * @param {string} name of an action
 * @param {number} level
 * @returns {Price}
 */
export function priceOf(game, one, now, name, level) {
  const [given] = partnershipsOf(one.tables);
  const value = (/** @type {string} */ key) => valueOf(one.tables, key);
  const sets = game.actions[game.number[name]].levels[level];
  const more = (/** @type {string} */ key) => Number(sets[key]) - Number(now[key]);
  const members = now.size;
  const tenths = name === "mandate" ? 10 * Math.max(0, more("authority")) : 0;
  /** @type {Record<string, () => number>} hours a member a month, for each step of a lever */
  const monthly = {
    meetings: () => more("meetings") * (given.hours + given.prep) * given.reps,
    leading: () => more("lead_strength") * given.lead_hours,
    written_rules: () => more("protocols") * value("protocol_hours"),
    reports: () => more("monitor_hours"),
    clients: () => more("engage_hours"),
  };
  // What concerns the area is not put on the partnership's agenda, and changing it has no price.
  const ofArea = Object.keys(sets).length > 0 && Object.keys(sets).every((key) => OF_THE_AREA.includes(key));
  return { now: ofArea ? 0 : members * (value("change_hours") + value("authority_hours") * tenths), monthly: members * (monthly[name]?.() ?? 0) };
}

/** @param {Game} game @param {Case} one @param {Catalogue} say @param {Record<string, number>} now @param {string} name @param {number} level */
export function priceSays(game, one, say, now, name, level) {
  const price = priceOf(game, one, now, name, level);
  const numbers = { hours: price.now, monthly: Math.abs(price.monthly), fund: one.grant.fund };
  if (name === "close") return say.word("game_price.close");
  if (name === "grant") return say.word("game_price.grant", { ...numbers, months: one.grant.fund_months });
  if (name === "more_money") return say.word("game_price.more_money", { ...numbers, months: game.settings.more_months });
  const monthly = Math.abs(price.monthly) < 0.5 ? "" : price.monthly > 0 ? "more" : "saves";
  const told = say.word(`game_price.${price.now ? monthly || "now" : `only_${monthly || "nothing"}`}`, numbers);
  const raised = name === "mandate" && Number(game.actions[game.number.mandate].levels[level].authority) > now.authority;
  return raised ? say.word("game_price.goodwill", { price: told }) : told;
}

/** What a number of units is called, if it is one that can be chosen. @param {Catalogue} say @param {number} units */
export function guessSays(say, units) {
  const found = GUESSES.find((one) => one.units === units);
  return found ? say.word(`game_guess.${found.id}`, { units: Math.abs(units) }) : say.formats.signed_units(units);
}
