/**
 * What a reader has changed, laid over a scenario of the page.
 *
 * @module
 */
import { namesSkills } from "./about.js";
import { changed } from "../declutter/landscapes.js";
import { withMechanism } from "./mechanisms.js";
import { NEVER, agencyNames, changedTitle, objectiveNames, partnershipsOf, sizeOf, skillNames, valueOf, withoutTexts } from "./tables.js";

/** @typedef {import("./tables.js").Tables} Tables */
/** @typedef {import("./tables.js").Agency} Agency */
/**
 * @typedef {object} Parameter a row of Python's table of parameters
 * @property {string} name
 * @property {string} section
 * @property {number} low
 * @property {number} high
 * @property {string} kind
 * @property {string} unit
 * @property {string} help
 * @property {string} allowed
 * @property {string[]} choices names of its values, where it has any
 * @property {boolean} free whether nothing else in a scenario has to fit it
 */
/**
 * @typedef {object} Seat a row of the table of members
 * @property {string} name
 * @property {number | null} hours a month; null is drawn
 * @property {string | null} skill
 * @property {number | null} senior
 * @property {number | null} operational
 * @property {number[] | null} goals
 * @property {boolean} member
 * @property {boolean} lead
 */
/** @typedef {[string] | [string, string] | [string, string, number]} Stepped a group that is closed; or who goes on
 *   with the members and agendas of two, who is closed, and how many members it looks for */
/** @typedef {{set: Record<string, number>, seats: Seat[] | null, skills?: string[] | null, steps?: Stepped[], known?: string[] | null}} Edits
 *   `skills`: names for all kinds of skill, in their order; `known`: all uncertain inputs that are known */

export const MOST_SEATS = 60;
export const LONGEST_NAME = 80;
export const FEWEST_MEMBERS = 2;

/** A value that cannot be, told in one line. */
export class Fault extends Error {}

/** A hint for a number with a decimal comma; "" for what is none. A comma before three digits may part thousands, too. @param {string} text */
export function pointed(text) {
  const found = /^([+-]?\d+),(\d+)$/.exec(text.trim());
  if (!found) return "";
  const [, whole, part] = found;
  const thousand = /^[+-]?[1-9]\d{0,2}$/.test(whole) && part.length === 3;
  return ` (did you mean ${whole}.${part}${thousand ? ` or ${whole}${part}` : ""}?)`;
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * A number that was typed. Fields for numbers do not do: a browser drops the comma of 0,5 there, and
 * makes it 5.
 *
 * @param {string} name what it is of
 * @param {string} text
 * @param {Parameter} parameter
 * @returns {number}
 */
export function numberTyped(name, text, { allowed }) {
  const said = text.trim();
  if (!NUMBER.test(said)) throw new Fault(`${name}: got ${JSON.stringify(said.slice(0, LONGEST_NAME))}; allowed ${allowed}${pointed(said)}`);
  return Number(said);
}

/**
 * @param {Parameter} parameter
 * @param {number} value
 */
export function check(parameter, value) {
  const { name, low, high, kind, allowed } = parameter;
  const whole = kind === "whole" || kind === "flag";
  if (!(value >= low && value <= high) || (whole && !Number.isInteger(value))) {
    throw new Fault(`${name}: got ${value}; allowed ${allowed}`);
  }
}

/**
 * The order in which members are dropped, from the last, and others added.
 *
 * @param {Tables} tables
 * @param {{members?: string[], lead?: string}} partnership
 * @returns {string[]} the lead, the other members as listed, then the rest of the area
 */
export function joining(tables, partnership) {
  const members = partnership.members ?? [];
  const lead = partnership.lead !== undefined && members.includes(partnership.lead) ? [partnership.lead] : [];
  const others = members.filter((name) => name !== partnership.lead);
  const rest = agencyNames(tables).filter((name) => !members.includes(name));
  return [...lead, ...others, ...rest];
}

/** @param {Tables} tables @param {number} size @param {Parameter} parameter @returns {Tables} */
function withSize(tables, size, parameter) {
  check(parameter, size);
  const agencies = valueOf(tables, "agencies");
  if (size > agencies) throw new Fault(`size: got ${size}; allowed at most ${agencies}, all the agencies`);
  return {
    ...tables,
    partnership: partnershipsOf(tables).map((p) => {
      if (p.recruit === "all") throw new Fault("size: all agencies are members; choose them in Members");
      if (p.recruit !== "names") return { ...p, size };
      const members = joining(tables, p).slice(0, size);
      return { ...p, members };
    }),
  };
}

/** How many objectives the partnership takes on: those it has, then the others of the area. @param {Tables} tables @param {number} count @returns {Tables} */
function withAgenda(tables, count) {
  const all = objectiveNames(tables);
  if (!(Number.isInteger(count) && count >= 1 && count <= all.length)) throw new Fault(`agenda: got ${count}; allowed 1 to ${all.length}, the objectives of the area`);
  return {
    ...tables,
    partnership: partnershipsOf(tables).map((p) => {
      const kept = new Set([...p.focus, ...all.filter((name) => !p.focus.includes(name))].slice(0, count));
      return { ...p, focus: all.filter((name) => kept.has(name)) };
    }),
  };
}

/** How members are found, as the place among the ways there are. @param {Tables} tables @param {number} way @param {any} parameter @returns {Tables} */
function withRecruit(tables, way, parameter) {
  const ways = parameter.choices.filter((/** @type {string} */ one) => one !== "all" && one !== "names");
  if (!Object.hasOwn(ways, way)) throw new Fault(`recruit: got ${way}; allowed 0 to ${ways.length - 1}: ${ways.join(", ")}`);
  if (partnershipsOf(tables).some((p) => ["all", "names"].includes(p.recruit))) throw new Fault("recruit: its members are all or named; change them in Members");
  return { ...tables, partnership: partnershipsOf(tables).map((p) => ({ ...p, recruit: ways[way] })) };
}

/** @param {Tables} tables @returns {Seat[]} the table of members of the first partnership */
export function seatsOf(tables) {
  const [partnership] = partnershipsOf(tables);
  return (tables.agency ?? []).map((agency) => ({
    name: agency.name,
    hours: agency.capacity ?? null,
    skill: agency.home ?? null,
    senior: agency.senior ?? null,
    operational: agency.operational ?? null,
    goals: agency.goals ?? null,
    member: partnership?.recruit === "all" || (partnership?.members ?? []).includes(agency.name),
    lead: partnership?.lead === agency.name,
  }));
}

/** What is wrong with a name; "" where nothing is. @param {string} name @param {Set<string>} seen the names before it */
function wrongWith(name, seen) {
  if (!name.trim()) return "the name is missing";
  if (name.length > LONGEST_NAME) return `a name has at most ${LONGEST_NAME} letters`;
  if (/[\u0000-\u001f\u007f]/.test(name)) return "a name holds no control characters";
  return seen.has(name) ? `${name} is there twice` : "";
}

/** Names for the kinds of skill. @param {Tables} tables @param {string[]} names @returns {Tables} */
function withSkills(tables, names) {
  const before = skillNames(tables);
  if (names.length !== before.length) throw new Fault(`skills: got ${names.length} names; allowed ${before.length}, one for each kind`);
  const seen = new Set();
  names.forEach((name, place) => {
    const wrong = wrongWith(name, seen);
    if (wrong) throw new Fault(`skills, name ${place + 1}: ${wrong}`);
    seen.add(name);
  });
  const named = new Map(before.map((name, place) => [name, names[place]]));
  const agency = (tables.agency ?? []).map((one) => (one.home === undefined ? one : { ...one, home: named.get(one.home) }));
  return { ...tables, skill: names.map((name) => ({ name })), ...(tables.agency && { agency }) };
}

/** @param {Seat[]} seats @param {Tables} tables @param {(name: string) => Parameter} parameter */
export function checkSeats(seats, tables, parameter) {
  const told = (/** @type {number} */ row, /** @type {string} */ text) => {
    throw new Fault(`members, row ${row + 1}: ${text}`);
  };
  if (seats.length > MOST_SEATS) throw new Fault(`members: got ${seats.length} rows; allowed at most ${MOST_SEATS}`);
  const skills = skillNames(tables);
  const seen = new Set();
  seats.forEach((seat, row) => {
    const wrong = wrongWith(seat.name, seen);
    if (wrong) told(row, wrong);
    seen.add(seat.name);
    for (const [key, value] of /** @type {[string, number | null][]} */ ([
      ["capacity", seat.hours],
      ["senior", seat.senior],
      ["operational", seat.operational],
    ])) {
      const { low, high, allowed } = parameter(key);
      if (value !== null && !(value >= low && value <= high)) {
        told(row, `${key === "capacity" ? "hours" : key}: got ${value}; allowed ${allowed}`);
      }
    }
    if (seat.skill !== null && !skills.includes(seat.skill)) told(row, `${seat.skill} is no skill of this area`);
    if (seat.goals !== null && seat.goals.length !== objectiveNames(tables).length) told(row, "a weight for each goal is needed");
    if (seat.goals !== null && !seat.goals.some((weight) => weight > 0)) told(row, "goals: got weights that are all 0; allowed one above 0 at least");
  });
  const members = seats.filter((seat) => seat.member);
  if (members.length < FEWEST_MEMBERS) throw new Fault(`members: got ${members.length}; allowed ${FEWEST_MEMBERS} at least`);
  if (seats.filter((seat) => seat.lead).length > 1) throw new Fault("members: one lead at most");
  if (seats.some((seat) => seat.lead && !seat.member)) throw new Fault("members: the lead has to be a member");
}

/** @param {Tables} tables @param {Seat[]} seats @returns {Tables} */
function withSeats(tables, seats) {
  const [first, ...others] = partnershipsOf(tables);
  if (!first) throw new Fault("members: there is no partnership");
  if (others.length) throw new Fault("members: allowed with one partnership only");
  const { size: _, lead: __, ...rest } = first;
  const lead = seats.find((seat) => seat.lead)?.name;
  const count = Math.max(valueOf(tables, "agencies"), seats.length);
  const known = new Map((tables.agency ?? []).map((agency) => [agency.name, agency]));
  return {
    ...tables,
    world: { ...tables.world, agencies: count },
    agency: seats.map((seat) => {
      /** @type {Agency} */
      const agency = { name: seat.name };
      if (seat.hours !== null) agency.capacity = seat.hours;
      const skills = known.get(seat.name)?.skills;
      if (seat.skill !== null) agency.home = seat.skill;
      else if (skills) agency.skills = skills;
      if (seat.goals) agency.goals = seat.goals;
      if (seat.senior !== null) agency.senior = seat.senior;
      if (seat.operational !== null) agency.operational = seat.operational;
      return agency;
    }),
    partnership: [
      /** @type {any} */ ({
        ...rest,
        recruit: "names",
        members: seats.filter((seat) => seat.member).map((seat) => seat.name),
        ...(lead === undefined ? {} : { lead }),
      }),
    ],
  };
}

/**
 * What is wrong with names of inputs that are said to be known.
 *
 * @param {string[]} names @param {(name: string) => any} find the row of a parameter, if there is one
 * @returns {{name: string, more: string, allowed: string}[]} `more`: what is said of the name
 */
export function wrongWithKnown(names, find) {
  const wrong = (/** @type {string} */ name, /** @type {string} */ allowed, more = "") => [{ name, more, allowed }];
  const each = names.flatMap((name, place) => {
    const row = find(name);
    if (!row?.prior) return wrong(name, `an uncertain input${row ? ": this one is never drawn" : ""}`);
    return names.indexOf(name) < place ? wrong(name, "each input once", " twice") : [];
  });
  const lone = names.flatMap((name) => (find(name)?.multiples ?? []).filter((/** @type {string} */ one) => !names.includes(one)).flatMap((/** @type {string} */ one) => wrong(name, `it together with ${one}, which is drawn as a multiple of it`)));
  return [...each, ...lone];
}

/**
 * Uncertain inputs that are known: their values stand, and are not drawn.
 *
 * @param {Tables} tables @param {string[]} names @param {(name: string) => any} parameter @returns {Tables}
 */
function withKnown(tables, names, parameter) {
  const [wrong] = wrongWithKnown(names, parameter);
  if (wrong) throw new Fault(`known: got ${wrong.name}${wrong.more}; allowed ${wrong.allowed}`);
  const { known: _, ...rest } = tables;
  const known = [...names].sort((one, other) => parameter(one).place - parameter(other).place);
  return known.length ? { ...rest, known } : rest;
}

/** Close a group, or merge two. @param {Tables} tables @param {Stepped} step @param {(name: string) => Parameter} parameter @returns {Tables} */
function withStep(tables, [first, other, size], parameter) {
  const groups = partnershipsOf(tables);
  const at = (/** @type {string} */ name) => {
    const place = groups.findIndex((group) => group.name === name);
    if (place < 0) throw new Fault(`steps: ${JSON.stringify(name)} is no partnership of this scenario`);
    if (groups[place].start === NEVER) throw new Fault(`steps: ${JSON.stringify(name)} is closed already`);
    return place;
  };
  const step = other === undefined ? [at(first)] : [at(first), at(other)];
  if (step[0] === step[1]) throw new Fault(`steps: ${JSON.stringify(first)} cannot be merged with itself`);
  const ways = step.map((place) => groups[place].recruit);
  const drawn = step.length > 1 && !ways.includes("all") && !ways.every((way) => way === "names");
  const most = valueOf(tables, "agencies");
  if (drawn && !(size !== undefined && size >= FEWEST_MEMBERS && size <= most)) throw new Fault(`steps: got ${size ?? "no"} members; allowed a whole number from ${FEWEST_MEMBERS} to ${most}`);
  const own = ["lead", "focus"]; // of no parameter
  return changed(tables, [step], () => size ?? 0, (key) => !own.includes(key) && parameter(key).section !== "partnership");
}

/**
 * Lay edits over a scenario. Where they change it, its title says so, and what is told of it as it
 * was given is gone.
 *
 * @param {Tables} base
 * @param {Edits} edits
 * @param {(name: string) => Parameter} parameter
 * @returns {Tables}
 */
export function edited(base, edits, parameter) {
  let tables = edits.skills ? withSkills(base, edits.skills) : base;
  if (edits.seats) {
    checkSeats(edits.seats, tables, parameter);
    tables = withSeats(tables, edits.seats);
  }
  for (const [name, value] of Object.entries(edits.set)) {
    if (name === "agenda") {
      tables = withAgenda(tables, value);
      continue;
    }
    const known = parameter(name);
    if (known.section === "mechanisms" && known.kind === "choice") {
      if (!Object.hasOwn(known.choices, value)) throw new Fault(`${name}: got ${value}; allowed 0 to ${known.choices.length - 1}: ${known.choices.join(", ")}`);
      tables = withMechanism(tables, known, value, parameter);
      continue;
    }
    if (name === "size" || name === "recruit") {
      tables = (name === "size" ? withSize : withRecruit)(tables, value, known);
      continue;
    }
    const skills = name === "skills" && !namesSkills(tables);
    if (!known.free && !skills) throw new Fault(`${name}: it cannot be changed on this page`);
    check(known, value);
    const written = known.kind === "flag" ? Boolean(value) : value;
    if (known.section === "partnership") {
      tables = { ...tables, partnership: partnershipsOf(tables).map((p) => ({ ...p, [name]: written })) };
    } else {
      const group = /** @type {any} */ (tables)[known.section];
      tables = /** @type {Tables} */ ({ ...tables, [known.section]: { ...group, [name]: written } });
    }
  }
  if (edits.known) tables = withKnown(tables, edits.known, parameter);
  // The last of all: what is set for all partnerships begins none that is closed.
  for (const step of edits.steps ?? []) tables = withStep(tables, step, parameter);
  if (tables === base || JSON.stringify(tables) === JSON.stringify(base)) return base;
  return { ...withoutTexts(tables), title: changedTitle(tables.title) };
}

/** @param {Tables} tables @returns {number} members of the first partnership */
export function membersOf(tables) {
  const [first] = partnershipsOf(tables);
  return first ? sizeOf(tables, first) : 0;
}
