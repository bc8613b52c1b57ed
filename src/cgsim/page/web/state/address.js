/**
 * Everything that a reader has chosen, as the part of the address after `#`, and back.
 *
 * An address is data from anywhere: bounded, checked, and refused with one line.
 *
 * @module
 */
import { Fault, LONGEST_NAME, MOST_SEATS } from "../scenario/edits.js";

/** @typedef {import("../scenario/edits.js").Edits} Edits */
/** @typedef {import("../scenario/edits.js").Seat} Seat */
/**
 * @typedef {object} State
 * @property {string} case the name of a scenario of this page
 * @property {string} room
 * @property {string} panel what is looked at in the room: a lever, a card; "" for none
 * @property {Record<string, number>} set
 * @property {Seat[] | null} seats
 * @property {string[] | null} skills names for the kinds of skill
 * @property {string[] | null} known uncertain inputs that are known, where the reader has chosen
 * @property {import("../scenario/edits.js").Stepped[]} steps groups that are closed or merged, one after the other
 * @property {string} lesson the lesson that is held; "" for none
 * @property {number | null} pick what was decided in the lesson; null for nothing yet
 * @property {number[]} guess bets: a number each, or how many on each choice
 * @property {string} play a play of the game, as its code; "" for none
 * @property {number | null} lived how many of its quarters have been lived; null: those that are decided
 * @property {number | null} month
 * @property {number} run which of the runs is watched
 * @property {number | null} agency which agency is followed
 * @property {Chosen | null} other what it is compared with
 * @property {Chosen | null} third and with what else
 */
/** @typedef {{case: string, set: Record<string, number>, own?: boolean}} Chosen `own`: with the members that the reader has entered */

/** @typedef {Pick<State, "seats" | "skills" | "known" | "steps">} Own what a reader says that is no value */

/** What the reader has said. @param {Own} state @returns {Own} */
export const ownOf = ({ seats, skills, known, steps }) => ({ seats, skills, known, steps });

/** Nothing said. @type {Own} */
export const NOTHING = { seats: null, skills: null, known: null, steps: [] };

/** Whether a file alone tells it: members, what their skills are called, or groups that are closed. @param {Own} state */
export const needsFile = ({ seats, skills, steps }) => seats !== null || skills !== null || steps.length > 0;

/** Whether anything is of the reader's own. @param {Own} state */
export const hasOwn = (state) => needsFile(state) || state.known !== null;

/** The same of what stands beside. @param {Chosen} chosen @param {Own & Pick<State, "case">} state */
export const ownOfSide = (chosen, state) => (chosen.own && chosen.case === state.case ? ownOf(state) : NOTHING);

export const ROOMS = /** @type {const} */ ({
  start: "Start",
  answer: "The answer",
  watch: "Watch",
  members: "Members",
  compare: "Compare",
  declutter: "Declutter",
  unknown: "What nobody knows",
  assess: "Ask your partners",
  teach: "Teach",
  game: "Play",
  take: "Take away",
});
/** Rooms that are about no scenario of their own. */
export const GENERAL = new Set(["start", "assess", "teach", "game"]);
const LONGEST = 20_000;
const MOST_SET = 80;
const MOST_SKILLS = 64;
const MOST_STEPS = 100;
const MOST_GUESSES = 400;
const MOST_PICKS = 100;
const MOST_AGENCIES = 100_000;
const MOST_QUARTERS = 1000;
const WATCHED = 1_000_000;
const SAME = "same"; // the members of what stands beside: those of this one

/** @param {string} first the case that is shown first @returns {State} */
export function fresh(first) {
  return { case: first, room: "answer", panel: "", lesson: "", pick: null, guess: [], play: "", lived: null, set: {}, ...NOTHING, month: null, run: 0, agency: null, other: null, third: null };
}

/** Where one looks from, which is no part of the model. @param {State} state */
export const view = ({ room, panel, lesson, pick, guess, play, lived, run }) => ({ room, panel, lesson, pick, guess, play, lived, run });

/** @param {Seat} seat */
const row = (seat) => [seat.name, seat.hours, seat.skill, seat.senior, seat.operational, seat.goals, Number(seat.member), Number(seat.lead)];

/** @param {State} state @returns {string} without the `#` */
export function written(state) {
  const query = new URLSearchParams({ case: state.case });
  if (state.room !== "answer") query.set("room", state.room);
  if (state.panel) query.set("panel", state.panel);
  if (state.lesson) query.set("lesson", state.lesson);
  if (state.pick !== null) query.set("pick", String(state.pick));
  if (state.guess.length) query.set("guess", state.guess.join(","));
  if (state.play) query.set("play", state.play);
  if (state.lived !== null) query.set("lived", String(state.lived));
  for (const [name, value] of Object.entries(state.set)) query.set(`set.${name}`, String(value));
  if (state.skills) query.set("skills", JSON.stringify(state.skills));
  if (state.known) query.set("known", state.known.join(","));
  if (state.seats) query.set("members", JSON.stringify(state.seats.map(row)));
  if (state.steps.length) query.set("steps", JSON.stringify(state.steps));
  if (state.month !== null) query.set("month", String(state.month));
  if (state.run) query.set("run", String(state.run));
  if (state.agency !== null) query.set("agency", String(state.agency));
  for (const [key, chosen] of /** @type {const} */ ([["with", state.other], ["and", state.third]])) {
    if (!chosen) continue;
    query.set(key, chosen.case);
    if (chosen.own) query.set(`${key}.members`, SAME);
    for (const [name, value] of Object.entries(chosen.set)) query.set(`${key}.${name}`, String(value));
  }
  return query.toString();
}

/** @param {string} name @param {string} text @returns {number} */
function number(name, text) {
  if (!/^-?\d+(\.\d+)?(e-?\d+)?$/i.test(text) || text.length > 30) throw new Fault(`${name}: got ${shown(text)}; allowed a number`);
  return Number(text);
}

/** @param {string} name @param {string} text @param {number} most @returns {number} */
function whole(name, text, most) {
  const value = number(name, text);
  if (!Number.isInteger(value) || value < 0 || value > most) throw new Fault(`${name}: got ${shown(text)}; allowed a whole number from 0 to ${most}`);
  return value;
}

/** @param {string} text */
const shown = (text) => JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);

/** @param {string} text @returns {string[]} */
function skillsIn(text) {
  let names;
  try {
    names = JSON.parse(text);
  } catch {
    names = null;
  }
  if (!Array.isArray(names) || names.length > MOST_SKILLS || !names.every((name) => typeof name === "string" && name.length <= LONGEST_NAME)) throw new Fault("skills: got what is no list of names");
  return names;
}

/** @param {string} text @returns {import("../scenario/edits.js").Stepped[]} */
function steps(text) {
  let all;
  try {
    all = JSON.parse(text);
  } catch {
    all = null;
  }
  const name = (/** @type {unknown} */ one) => typeof one === "string" && one.length <= LONGEST_NAME;
  const right = (/** @type {unknown} */ one) => Array.isArray(one) && one.length >= 1 && one.length <= 3 && one.slice(0, 2).every(name) && (one.length < 3 || Number.isInteger(one[2]));
  if (!Array.isArray(all) || all.length > MOST_STEPS || !all.every(right)) throw new Fault("steps: got what is no list of groups that are closed or merged");
  return all;
}

/** @param {string} text @returns {Seat[]} */
function seats(text) {
  let rows;
  try {
    rows = JSON.parse(text);
  } catch {
    throw new Fault("members: got what is no table");
  }
  const share = (/** @type {unknown} */ value) => value === null || (typeof value === "number" && Number.isFinite(value));
  const right = (/** @type {unknown} */ one) =>
    Array.isArray(one) &&
    one.length === 8 &&
    typeof one[0] === "string" &&
    one[0].length <= LONGEST_NAME &&
    share(one[1]) &&
    (one[2] === null || (typeof one[2] === "string" && one[2].length <= LONGEST_NAME)) &&
    share(one[3]) &&
    share(one[4]) &&
    (one[5] === null || (Array.isArray(one[5]) && one[5].length <= 64 && one[5].every((weight) => typeof weight === "number" && weight >= 0))) &&
    [0, 1].includes(one[6]) &&
    [0, 1].includes(one[7]);
  if (!Array.isArray(rows) || rows.length > MOST_SEATS || !rows.every(right)) throw new Fault("members: got what is no table of members");
  return rows.map(([name, hours, skill, senior, operational, goals, member, lead]) => ({
    name,
    hours,
    skill,
    senior,
    operational,
    goals,
    member: Boolean(member),
    lead: Boolean(lead),
  }));
}

/**
 * Read an address. Whether its values fit the scenario is for `edited` to say.
 *
 * @param {string} text with or without its `#`
 * @param {string[]} cases names of the scenarios there are
 * @param {number} longest code of a play, in letters
 * @returns {State}
 */
export function read(text, cases, longest) {
  const state = fresh(cases[0]);
  const clean = text.replace(/^#/, "");
  if (clean.length > LONGEST) throw new Fault(`got ${clean.length} characters; allowed ${LONGEST}`);
  if (!clean) return state;
  /** @type {Record<string, Chosen>} */
  const beside = { with: { case: "", set: {} }, and: { case: "", set: {} } };
  const known = (/** @type {string} */ name) => {
    if (!cases.includes(name)) throw new Fault(`got ${shown(name)}; allowed a scenario of this page (${cases.slice(0, 6).join(", ")}${cases.length > 6 ? " …" : ""})`);
    return name;
  };
  /** @param {string} name of what may be a parameter; no name that every object has @returns {string} */
  const plain = (name) => {
    if (!/^[a-z][a-z0-9_]{0,40}$/.test(name)) throw new Fault(`${shown(name)} is no parameter`);
    return name;
  };
  const seen = new Set();
  for (const [key, value] of new URLSearchParams(clean)) {
    if (seen.has(key)) throw new Fault(`${shown(key)} is there twice`);
    seen.add(key);
    if (key === "case") state.case = known(value);
    else if (key === "room") {
      if (!Object.hasOwn(ROOMS, value)) throw new Fault(`room: got ${shown(value)}; allowed ${Object.keys(ROOMS).join(", ")}`);
      state.room = value;
    } else if (key === "panel") {
      if (!/^[a-z_]{1,40}$/.test(value)) throw new Fault(`panel: got ${shown(value)}; allowed a part of a room`);
      state.panel = value;
    } else if (key === "lesson") {
      if (!value || value.length > LONGEST_NAME) throw new Fault(`lesson: got ${shown(value)}; allowed a lesson of this page`);
      state.lesson = value;
    } else if (key === "pick") state.pick = whole("pick", value, MOST_PICKS);
    else if (key === "guess") {
      const bets = value.split(",");
      if (bets.length > MOST_GUESSES) throw new Fault(`guess: got ${bets.length} numbers; allowed ${MOST_GUESSES}`);
      state.guess = bets.map((one) => number("guess", one));
    } else if (key === "play") {
      if (!value || value.length > longest) throw new Fault(`play: got ${shown(value)}; allowed the code of a play`);
      state.play = value;
    } else if (key === "lived") state.lived = whole("lived", value, MOST_QUARTERS);
    else if (key.startsWith("set.")) state.set[plain(key.slice(4))] = number(key.slice(4), value);
    else if (key === "members") state.seats = seats(value);
    else if (key === "skills") state.skills = skillsIn(value);
    else if (key === "known") state.known = value ? value.split(",").map(plain) : [];
    else if (key === "steps") state.steps = steps(value);
    else if (key === "month") state.month = whole("month", value, 100_000);
    else if (key === "run") state.run = whole("run", value, WATCHED - 1);
    else if (key === "agency") state.agency = whole("agency", value, MOST_AGENCIES - 1);
    else if (key === "with" || key === "and") beside[key].case = known(value);
    else if (key === "with.members" || key === "and.members") {
      if (value !== SAME) throw new Fault(`${key}: got ${shown(value)}; allowed ${SAME}`);
      beside[key === "with.members" ? "with" : "and"].own = true;
    }
    else if (key.startsWith("with.")) beside.with.set[plain(key.slice(5))] = number(key.slice(5), value);
    else if (key.startsWith("and.")) beside.and.set[plain(key.slice(4))] = number(key.slice(4), value);
    else throw new Fault(`got ${shown(key)}, which means nothing here`);
  }
  const sets = [state.set, beside.with.set, beside.and.set];
  if (sets.some((set) => Object.keys(set).length > MOST_SET)) throw new Fault("more values are set than there are");
  const lacks = Object.values(beside).some((one) => !one.case && (one.own || Object.keys(one.set).length));
  if (lacks || (beside.and.case && !beside.with.case)) throw new Fault("what it is compared with is missing");
  if (beside.with.case) state.other = beside.with;
  if (beside.and.case) state.third = beside.and;
  return state;
}
