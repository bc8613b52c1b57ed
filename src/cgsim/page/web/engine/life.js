/**
 * One run, lived whole and kept month by month: together, and the same area alone.
 *
 * @module
 */
import { Life } from "../../../portable/engine.js";

/** @typedef {{members: boolean[][], leads: number[], given: Float64Array, board: Record<string, number>[], row: Record<string, number>, alone: Record<string, number>, trust: Float32Array, agency: Agencies}} Month */
/**
 * @typedef {object} Agencies what a month was for each agency; by partnership and agency where it says so
 * @property {Float64Array} promised hours, by partnership
 * @property {Float64Array} overhead hours
 * @property {Float64Array} own hours of own work
 * @property {Float64Array} disappointed months in a row, by partnership
 * @property {number[]} met need met together, by objective
 * @property {number[]} apart and with everybody working alone
 */
/** @typedef {{months: Month[], names: string[], capacity: Float64Array, skill: Float64Array, goal: Float64Array, skills: number, goals: number}} Lived */

/**
 * @param {import("../../../portable/engine.js").Kit} kit
 * @param {import("../../../portable/engine.js").Scenario} packed
 * @param {string[]} names
 * @param {number} seed
 * @param {number} run
 * @returns {Lived}
 */
export function lifeOf(kit, packed, names, seed, run) {
  const { N, B, K, S } = packed.sizes;
  const together = new Life(kit, packed, { seed, replicate: run });
  const alone = new Life(kit, packed, { seed, replicate: run, alone: true });
  const { room } = together;
  const months = [];
  while (together.month < together.months) {
    const month = together.month;
    const row = together.step();
    const besides = alone.step();
    const partners = B ? room.records("state.partnership") : null;
    const { trust, member, given, promised, disappointed } = together.byAgency();
    const boards = Array.from({ length: B }, (_, b) => together.board(month, b));
    months.push({
      row,
      alone: besides,
      board: boards,
      members: boards.map((board, b) => Array.from({ length: N }, (_, i) => board.members > 0 && member[b * N + i] === 1)),
      leads: boards.map((board, b) => (board.members > 0 ? Number(/** @type {any} */ (partners).get(b, "lead")) : -1)),
      given: given.slice(),
      agency: {
        promised: promised.slice(),
        overhead: room.floats("state.overhead").slice(),
        own: room.floats("state.own_hours").slice(),
        disappointed: disappointed.slice(),
        met: [...room.floats("record.met_by_objective").subarray(month * K, (month + 1) * K)],
        apart: [...alone.room.floats("record.met_by_objective").subarray(month * K, (month + 1) * K)],
      },
      trust: Float32Array.from(trust),
    });
  }
  return {
    months,
    names,
    capacity: room.floats("world.capacity").slice(),
    skill: room.floats("world.skill").slice(),
    goal: room.floats("world.goal").slice(),
    skills: S,
    goals: K,
  };
}

/** @typedef {{month: number, words: string}} Event */

/**
 * What happened in a run, in the order of the months.
 *
 * @param {Lived} life
 * @param {import("../answer/formats.js").Catalogue} say
 * @param {string[]} partnerships what they are called: said of which it is, where there are several
 * @returns {Event[]}
 */
export function eventsOf(life, say, partnerships) {
  /** @type {Event[]} */
  const made = [];
  const { months, names } = life;
  const note = (/** @type {number} */ month, /** @type {string} */ id, numbers = {}) => made.push({ month, words: say.word(`live_happens.${id}`, numbers) });
  let worth = false;
  const paid = (/** @type {number} */ month) => months[month]?.row.bought_hours > 0;
  months.forEach((now, month) => {
    const before = months[month - 1];
    now.board.forEach((board, b) => {
      const of = partnerships.length > 1 ? "_of" : "";
      const told = (/** @type {string} */ id, numbers = {}) => note(month, `${id}${of}`, { ...numbers, partnership: partnerships[b] });
      const was = before?.board[b].members > 0;
      const is = board.members > 0;
      if (is && !was) told("begins");
      if (was && !is) told("ends");
      if (was && is && before) {
        now.members[b].forEach((member, i) => {
          if (member && !before.members[b][i]) told("joined", { name: names[i] });
          if (!member && before.members[b][i]) told("left", { name: names[i] });
        });
        if (now.leads[b] !== before.leads[b]) {
          if (now.leads[b] >= 0) told("lead", { name: names[now.leads[b]] });
          else told("no_lead");
        }
      }
    });
    if (!worth && now.row.net_yield > 0) {
      worth = true;
      note(month, "worth");
    }
    if (!paid(month) && paid(month - 1)) note(month, "money_ends");
    if (paid(month) && month > 0 && !paid(month - 1) && months.slice(0, month).some((one) => one.row.bought_hours > 0)) note(month, "money_again");
  });
  return made;
}

/**
 * Why a month is as it is, in words.
 *
 * @param {Lived} life
 * @param {number} month
 * @param {import("../answer/formats.js").Catalogue} say
 * @returns {string}
 */
export function monthInWords(life, month, say) {
  const now = life.months[month];
  const begun = life.months.slice(0, month + 1).some((one) => one.board.some((board) => board.members > 0));
  const alive = now.board.filter((board) => board.members > 0);
  if (!begun) return say.word("live_month.before", { month });
  const gap = now.row.met - now.alone.met;
  const way = Math.abs(gap) < 0.005 ? "same" : gap > 0 ? "more" : "less";
  const first = say.word(`live_month.${way}`, { month, gap: Math.abs(gap) });
  if (!alive.length) return `${say.word("live_month.ended", { month })} ${first}`;
  const members = alive.reduce((sum, board) => sum + board.members, 0);
  const settled = alive.reduce((sum, board) => sum + board.settled, 0) / alive.length;
  const hours = say.word("live_month.hours", { members, joint: now.row.joint_hours, overhead: now.row.overhead_hours, settled });
  const bought = now.row.bought_hours > 0 ? ` ${say.word("live_month.bought", { bought: now.row.bought_hours })}` : "";
  return `${first} ${hours}${bought} ${worthInWords(now, gap, say)}`;
}

const LEAST_TOLD = 0.5; // units or hours

/**
 * What a month's difference is made of: joint work, what its hours would have met else, and what
 * own work met beyond that. The three add up.
 *
 * @param {Month} now
 * @param {number} gap need met beyond the same month apart
 * @param {import("../answer/formats.js").Catalogue} say
 * @returns {string}
 */
function worthInWords({ row, alone }, gap, say) {
  const forgone = row.joint_met - row.net_yield;
  const hours = row.joint_hours + row.overhead_hours;
  const worth = say.word("live_month.worth", { met: row.joint_met, hours, forgone });
  const rest = gap - row.net_yield;
  if (Math.abs(rest) < LEAST_TOLD) return worth;
  if (rest < 0) return `${worth} ${say.word("live_month.own_less", { rest: -rest })}`;
  const facts = [];
  if (row.understanding > alone.understanding) facts.push(say.word("live_month.understood"));
  if (row.saved_hours >= LEAST_TOLD) facts.push(say.word("live_month.freed", { saved: row.saved_hours }));
  return `${worth} ${say.word(facts.length ? "live_month.own_more_as" : "live_month.own_more", { rest, facts })}`;
}

/**
 * What a month was for one agency, in words.
 *
 * @param {Lived} life
 * @param {number} month
 * @param {number} agency
 * @param {import("../answer/formats.js").Catalogue} say
 * @returns {string}
 */
export function agencyInWords(life, month, agency, say) {
  const now = life.months[month];
  const count = life.names.length;
  const { promised, overhead, own, disappointed } = now.agency;
  const sum = (/** @type {Float64Array} */ rows) => now.board.reduce((total, _, b) => total + rows[b * count + agency], 0);
  const inside = now.members.some((row) => row[agency]);
  const [gave, said] = [sum(now.given), sum(promised)];
  const told = { name: life.names[agency], month, hours: gave + overhead[agency] + own[agency], own: own[agency] };
  if (!inside && gave === 0) return [say.word("live_agency.apart", told), ...goals(life, month, agency, say)].join(" ");
  const words = [say.word("live_agency.gave", { ...told, given: gave, overhead: overhead[agency] })];
  if (said > 0) words.push(say.word(said - gave >= SLIP ? "live_agency.slipped" : "live_agency.kept", { promised: said }));
  if (now.leads.includes(agency)) words.push(say.word("live_agency.leads"));
  if (!inside) words.push(say.word("live_agency.left"));
  const others = now.members.flatMap((row) => (row[agency] ? row.flatMap((is, other) => (is && other !== agency ? [now.trust[other * count + agency]] : [])) : []));
  if (others.length) words.push(say.word("live_agency.trust", { trust: others.reduce((total, one) => total + one, 0) / others.length }));
  const months = Math.max(0, ...now.board.map((_, b) => (now.members[b][agency] ? disappointed[b * count + agency] : 0)));
  if (months > 0) words.push(say.word(months === 1 ? "live_agency.disappointed_once" : "live_agency.disappointed", { months }));
  return [...words, ...goals(life, month, agency, say)].join(" ");
}

const SLIP = 0.5; // hours that are written as none

/** Need met by an agency's own goals, since anybody worked together. @param {Lived} life @param {number} month @param {number} agency @param {import("../answer/formats.js").Catalogue} say @returns {string[]} */
function goals(life, month, agency, say) {
  const begun = life.months.findIndex((one) => one.board.some((board) => board.members > 0));
  if (begun < 0 || begun > month) return [];
  let [met, apart] = [0, 0];
  for (const { agency: of } of life.months.slice(begun, month + 1)) {
    for (let k = 0; k < life.goals; k += 1) {
      const weight = life.goal[agency * life.goals + k];
      met += weight * of.met[k];
      apart += weight * of.apart[k];
    }
  }
  if (!(apart > 0)) return [];
  const share = met / apart - 1;
  const way = Math.abs(share) < 0.0005 ? "same" : share > 0 ? "more" : "less";
  return [say.word(`live_agency.goals_${way}`, { share: Math.abs(share) })];
}
