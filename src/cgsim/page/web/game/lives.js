/**
 * One life of a play, month by month: what its lead sees, and nothing that a lead does not see.
 *
 * @module
 */
import { Life } from "../../../portable/engine.js";
import { pack } from "../scenario/pack.js";
import { agencyNames } from "../scenario/tables.js";

/** @typedef {import("./game.js").Game} Game */
/** @typedef {import("./game.js").Play} Play */
/** @typedef {import("../../../portable/engine.js").Kit} Kit */
/**
 * @typedef {object} Seen when a quarter begins: of the three months before
 * @property {number} members
 * @property {string[]} present names of the members
 * @property {string[]} gone names of those who were members and are not any more
 * @property {string[]} left names of those who were members when the quarter before began
 * @property {number} settled share of the issues raised that were settled, mean of the months
 * @property {number} hours given to the partnership, at work and in meetings, a month
 * @property {number} meeting of those, what meetings and other overhead took
 * @property {number} says what members say it is worth to them, 1 being as much as working alone
 * @property {{name: string, says: number} | null} voice one member of them
 * @property {number} meetings a month
 * @property {number} town units of need met in the year before the game, everybody working alone
 * @property {number} moneyLeft hours still to be paid for from outside
 * @property {boolean} ended
 * @property {{trust: number, agree: number} | null} survey what a survey of the quarter says
 */

const LEAST = 1e-9;

/**
 * What a lead sees at the beginning of a quarter. It hangs on what was decided before it alone.
 *
 * @param {Game} game
 * @param {Kit} kit
 * @param {any} lists
 * @param {Play} play
 * @param {number} quarter from 0, before anything was lived, to the number of quarters
 * @returns {Seen}
 */
export function seenAt(game, kit, lists, play, quarter) {
  const tables = game.tables(play.case, play.decisions.filter((one) => one.quarter < quarter));
  const packed = pack([tables], lists);
  const life = new Life(kit, packed, { seed: game.settings.seed, replicate: play.luck });
  const names = agencyNames(tables);
  const members = () => {
    const flags = life.byAgency().member;
    return names.map((_, agency) => flags[agency] === 1);
  };
  const ever = names.map(() => false);
  /** @type {Record<string, number>[]} */
  const boards = [];
  let town = 0;
  let paid = 0;
  let now = ever;
  let then = ever;
  // The partnership begins with the first month of the game: who founds it is known before.
  const months = Math.max(game.monthOf(0) + 1, game.monthOf(quarter));
  while (life.month < months) {
    const { met } = life.step();
    if (life.month <= game.monthOf(0)) town += met;
    const board = life.board(life.month - 1);
    now = board.members > 0 ? members() : names.map(() => false);
    now.forEach((is, agency) => (ever[agency] ||= is));
    if (quarter > 0 && life.month === Math.max(game.monthOf(0) + 1, game.monthOf(quarter - 1))) then = now;
    if (life.month <= game.monthOf(quarter)) {
      if (board.bought_hours > 0) paid += 1;
      if (quarter > 0 && life.month > game.monthOf(quarter - 1)) boards.push(board);
    }
  }
  const mean = (/** @type {(board: Record<string, number>) => number} */ of) => (boards.length ? boards.reduce((sum, board) => sum + of(board), 0) / boards.length : 0);
  const last = boards.at(-1);
  // In the month in which the last go nobody is left, and the record says in the next that it ended.
  const ended = Boolean(last?.ended) || last?.members === 0;
  const { grant } = game.cases[play.case];
  let paidFor = 0;
  for (const one of play.decisions) {
    if (one.quarter >= quarter) continue;
    if (one.action === game.number.grant) paidFor += grant.fund_months;
    if (one.action === game.number.more_money) paidFor += game.settings.more_months;
  }
  const present = names.filter((_, agency) => now[agency]);
  const asked = play.decisions.some((one) => one.quarter === quarter - 1 && one.action === game.number.survey);
  return {
    members: last ? last.members : present.length,
    present,
    gone: names.filter((_, agency) => ever[agency] && !now[agency]),
    left: names.filter((_, agency) => then[agency] && !now[agency]),
    settled: mean((board) => board.settled),
    hours: mean((board) => board.joint_hours + board.overhead_hours),
    meeting: mean((board) => board.overhead_hours),
    says: last ? last.appeal : 0,
    voice: last && present.length ? voiceOf(life, names, now, play.luck + 7 * quarter) : null,
    meetings: last?.meetings ?? Number(tables.partnership?.[0].meetings),
    town,
    moneyLeft: last?.ended ? 0 : (paidFor - paid) * grant.fund,
    ended,
    survey: asked && last && !ended ? { trust: last.trust, agree: last.clarity } : null,
  };
}

/** What one member says, 1 being as much as its own work: others speak in other quarters. @param {Life} life @param {string[]} names @param {boolean[]} now @param {number} turn */
function voiceOf(life, names, now, turn) {
  const own = life.room.floats("state.own_return");
  // By place in the roster, in which members stand in the order of their numbers.
  const appeal = life.room.floats("state.appeal");
  const members = names.flatMap((name, agency) => (now[agency] ? [{ name, agency }] : []));
  const place = turn % members.length;
  const { name, agency } = members[place];
  return { name, says: appeal[place] / Math.max(own[agency], LEAST) };
}

/**
 * Who would come and who would go if a number of members is asked for now: against not asking.
 *
 * @param {Game} game
 * @param {Kit} kit
 * @param {any} lists
 * @param {Play} play what was decided before
 * @param {import("./game.js").Decision} decision
 * @returns {{come: string[], go: string[]}} names
 */
export function asksOf(game, kit, lists, play, decision) {
  const [without, asked] = [play.decisions, [...play.decisions, decision]].map((decisions) => {
    const tables = game.tables(play.case, decisions);
    const life = new Life(kit, pack([tables], lists), { seed: game.settings.seed, replicate: play.luck });
    while (life.month <= game.monthOf(decision.quarter)) life.step();
    const { member } = life.byAgency();
    return agencyNames(tables).filter((_, agency) => member[agency] === 1);
  });
  return { come: asked.filter((name) => !without.includes(name)), go: without.filter((name) => !asked.includes(name)) };
}
