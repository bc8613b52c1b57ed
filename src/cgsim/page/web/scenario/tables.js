/**
 * A scenario as plain tables: complete, as Python's `Scenario.to_dict` writes it.
 *
 * @module
 */

/** @typedef {Record<string, number | boolean | string>} Group a section of parameters by name */
/**
 * @typedef {object} Agency what is missing is drawn
 * @property {string} name
 * @property {number} [capacity] hours a month
 * @property {string} [home] a skill's name
 * @property {number[]} [skills] shares, summing to 1
 * @property {number[]} [goals] weights, summing to 1
 * @property {number} [senior]
 * @property {number} [operational]
 */
/**
 * @typedef {object} Partnership besides its levers, which stand beside these by name
 * @property {string} name
 * @property {string} recruit
 * @property {number} [size]
 * @property {number} [area] from 1; 1 where it is not said
 * @property {string[]} [members]
 * @property {string} [lead]
 * @property {string[]} focus
 */
/** @typedef {Partnership & Record<string, any>} Joined with its levers */
/**
 * @typedef {object} Change
 * @property {number} month
 * @property {string | string[]} [partnership]
 * @property {Record<string, number | boolean | string | string[]>} set parameters; `lead`, an agency, and `focus`, objectives
 */
/**
 * @typedef {object} Tables
 * @property {string} title
 * @property {string} [summary]
 * @property {string} [happened]
 * @property {string} [assumed]
 * @property {string} [look_for]
 * @property {string} [source]
 * @property {string[]} [needs] the extensions that the page has in it
 * @property {string[]} [known] uncertain inputs whose values stand, and are not drawn
 * @property {Group} world
 * @property {Group} [mechanisms] those that are not the model's own, and what only they read
 * @property {{name: string}[]} [skill]
 * @property {{name: string, crosscut?: number, mix?: number[]}[]} [objective]
 * @property {Agency[]} [agency]
 * @property {Joined[]} [partnership]
 * @property {Change[]} [change]
 */

/** What is told of a scenario as its file has it, and of no other values. */
export const TEXTS = ["summary", "happened", "assumed", "look_for", "source"];
const CHANGED = " (changed)";
const LONGEST_TITLE = 80;

/** The title of a scenario whose values were changed, and that got none of its own. @param {string} title @returns {string} */
export function changedTitle(title) {
  return title.endsWith(CHANGED) ? title : [...title].slice(0, LONGEST_TITLE - CHANGED.length).join("").trimEnd() + CHANGED;
}

/** What a scenario is lived by: its tables without what is told of it. @template {Record<string, any>} T @param {T} tables @returns {T} */
export function withoutTexts(tables) {
  return /** @type {T} */ (Object.fromEntries(Object.entries(tables).filter(([key]) => !TEXTS.includes(key))));
}

/** The month that never comes, as the engine holds it. */
export const NEVER = 1_000_000;

/**
 * @param {Tables} tables
 * @param {string} name a parameter of the whole area
 * @returns {number}
 */
export function valueOf(tables, name) {
  for (const group of Object.values(tables)) {
    if (group && typeof group === "object" && !Array.isArray(group) && name in group) {
      return Number(/** @type {Group} */ (group)[name]);
    }
  }
  throw new RangeError(`there is no ${name}`);
}

/** @param {string} kind @param {{name: string}[]} given @param {number} count @returns {string[]} */
function numbered(kind, given, count) {
  const names = given.map((one) => one.name);
  let number = given.length;
  while (names.length < count) {
    number += 1;
    if (!names.includes(`${kind} ${number}`)) names.push(`${kind} ${number}`);
  }
  return names;
}

/** @param {Tables} tables @returns {string[]} */
export function agencyNames(tables) {
  const given = (tables.agency ?? []).map((agency) => agency.name);
  const count = valueOf(tables, "agencies");
  for (let place = given.length; place < count; place += 1) given.push(`agency ${place + 1}`);
  return given;
}

/** @param {Tables} tables @returns {string[]} */
export function skillNames(tables) {
  return numbered("skill", tables.skill ?? [], valueOf(tables, "skills"));
}

/** @param {Tables} tables @returns {string[]} */
export function objectiveNames(tables) {
  return numbered("objective", tables.objective ?? [], valueOf(tables, "objectives"));
}

/** @param {Tables} tables @returns {Joined[]} */
export function partnershipsOf(tables) {
  return tables.partnership ?? [];
}

/**
 * @param {Tables} tables
 * @returns {number[]} the number of the first agency of each area, and how many there are in all;
 *   national ones come before the first
 */
export function firstLocal(tables) {
  const agencies = valueOf(tables, "agencies");
  const areas = Number(tables.world.areas ?? 1);
  const national = areas > 1 ? Math.floor(Number(tables.world.national_share) * agencies + 0.5) : 0;
  return Array.from({ length: areas + 1 }, (_, d) => national + Math.floor(((agencies - national) * d) / areas));
}

/** The area a partnership works in, from 0. @param {Partnership} partnership @returns {number} */
export const areaOf = (partnership) => (partnership.area ?? 1) - 1;

/** How many agencies there are in an area, national ones with it. @param {Tables} tables @param {number} area @returns {number} */
export function countIn(tables, area) {
  const first = firstLocal(tables);
  return first[0] + first[area + 1] - first[area];
}

/**
 * @param {Tables} tables
 * @param {Partnership} partnership
 * @returns {number} how many founding members it has
 */
export function sizeOf(tables, partnership) {
  if (partnership.recruit === "names") return partnership.members?.length ?? 0;
  if (partnership.recruit === "all") return countIn(tables, areaOf(partnership));
  return partnership.size ?? 0;
}

/** @param {unknown} value @returns {number} a value as the engine takes it */
export function asNumber(value) {
  return value === "never" ? NEVER : Number(value);
}
