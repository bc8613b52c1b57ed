/**
 * One run, lived whole and kept month by month: together, and the same area alone.
 *
 * @module
 */
import { figure } from "../answer/formats.js";
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
  const { gap, digits, parts } = accountOf(now, alive.length > 0);
  const way = gap === 0 ? "same" : gap > 0 ? "more" : "less";
  const told = { month, gap: amount(Math.abs(gap), digits) };
  if (!alive.length) return `${say.word("live_month.ended", { month })} ${say.word(`live_month.${way}`, told)}`;
  const cause = gap === 0 ? "" : causeInWords(now, parts.reduce((most, part) => (gap * part.value > gap * most.value ? part : most)), say);
  const first = say.word(`live_month.${way}${cause && "_as"}`, { ...told, cause });
  const members = alive.reduce((sum, board) => sum + board.members, 0);
  const settled = alive.reduce((sum, board) => sum + board.settled, 0) / alive.length;
  const hours = say.word("live_month.hours", { members, joint: now.row.joint_hours, overhead: now.row.overhead_hours, settled });
  const bought = now.row.bought_hours > 0 ? ` ${say.word("live_month.bought", { bought: now.row.bought_hours })}` : "";
  const list = parts.filter(({ value }) => value !== 0).sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
  const facts = factsOf(now, say);
  const made = list.map(({ id, value }) => say.word(`live_month.part_${id}${id === "own" && value > 0 && facts.length ? "_facts" : ""}`, { value: `${value > 0 ? "+" : ""}${amount(value, digits)}`, facts }));
  return `${first} ${hours}${bought}${list.length > 1 ? ` ${say.word("live_month.parts", { parts: made })}` : ""}`;
}

/** @typedef {{id: "joint" | "paid" | "overhead" | "own", value: number}} Part of a month's difference, in units */

const FEW_UNITS = 20; // from so many units on, tenths say nothing
const LEAST_TOLD = 0.5; // hours that are written as none

/** A number of units as it is written. @param {number} value @param {number} digits */
const amount = (value, digits) => figure(value.toLocaleString("en-GB", { minimumFractionDigits: digits, maximumFractionDigits: digits }));

/** What an hour of members' own work met, by what the hours given would have met in it. @param {Month} now */
const ownRate = ({ row }) => (row.joint_met - row.net_yield) / (row.joint_hours + row.overhead_hours);

/**
 * What a month's difference is made of, as written: joint work against the same hours of own work,
 * hours paid for, hours lost to overhead, and what all other own work met more or less than apart.
 *
 * @param {Month} now
 * @param {boolean} lives whether there is a partnership
 * @returns {{gap: number, digits: number, parts: Part[]}} `parts` add up to `gap`
 */
function accountOf(now, lives) {
  const { row, alone } = now;
  const gap = row.met - alone.met;
  const hours = row.joint_hours + row.bought_hours;
  const paid = hours > 0 ? (row.joint_met * row.bought_hours) / hours : 0;
  const rate = ownRate(now);
  const overhead = rate > 0 ? rate * row.overhead_hours : 0;
  /** @type {Part[]} */
  const parts = !lives ? [] : [
    { id: "joint", value: row.net_yield - paid + overhead },
    { id: "paid", value: paid },
    { id: "overhead", value: -overhead },
    { id: "own", value: gap - row.net_yield },
  ];
  const digits = Math.max(Math.abs(gap), ...parts.map(({ value }) => Math.abs(value))) < FEW_UNITS ? 1 : 0;
  const scale = 10 ** digits;
  const whole = Math.round(scale * gap);
  const written = parts.map(({ value }) => Math.round(scale * value));
  // Rounded one by one they may miss their sum: the largest takes that up, where it shows least.
  const largest = written.reduce((most, value, place) => (Math.abs(value) > Math.abs(written[most]) ? place : most), 0);
  if (parts.length) written[largest] += whole - written.reduce((sum, value) => sum + value, 0);
  return { gap: whole / scale, digits, parts: parts.map(({ id }, place) => ({ id, value: written[place] / scale })) };
}

/**
 * The part that made most of a month's difference, as a cause.
 *
 * @param {Month} now
 * @param {Part} part
 * @param {import("../answer/formats.js").Catalogue} say
 * @returns {string}
 */
function causeInWords(now, { id, value }, say) {
  const { row } = now;
  if (id === "paid") return say.word("live_month.as_paid", { bought: row.bought_hours });
  if (id === "overhead") return say.word("live_month.as_overhead", { overhead: row.overhead_hours });
  if (id === "joint") {
    const rate = ownRate(now);
    if (!(rate > 0)) return say.word("live_month.as_joint");
    const ratio = row.joint_met / (row.joint_hours + row.bought_hours) / rate;
    return ratio > 1 ? say.word("live_month.as_joint_more", { ratio: amount(ratio, 1) }) : say.word("live_month.as_joint_less", { share: ratio });
  }
  const facts = factsOf(now, say);
  return say.word(`live_month.as_own_${value < 0 ? "less" : facts.length ? "facts" : "more"}`, { facts });
}

/** Why own work may meet more than apart. @param {Month} now @param {import("../answer/formats.js").Catalogue} say @returns {string[]} */
function factsOf({ row, alone }, say) {
  const facts = [];
  if (row.understanding > alone.understanding) facts.push(say.word("live_month.understood"));
  if (row.saved_hours >= LEAST_TOLD) facts.push(say.word("live_month.freed", { saved: row.saved_hours }));
  return facts;
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
  // Those who work apart have no such money.
  const paid = life.months.slice(begun, month + 1).some(({ row }) => row.bought_hours > 0) ? "_paid" : "";
  return [say.word(`live_agency.goals_${way}${paid}`, { share: Math.abs(share) })];
}
