/**
 * What answers have to know of a scenario, from its tables.
 *
 * @module
 */
import { isRead } from "./read.js";
import { agencyNames, asNumber, objectiveNames, partnershipsOf, sizeOf, skillNames } from "./tables.js";

/** @typedef {import("./tables.js").Tables} Tables */
/** @typedef {import("../answer/results.js").About} About */

/** @param {Tables} tables @returns {boolean} whether its own names settle how many skills there are */
export function namesSkills(tables) {
  return (
    (tables.skill ?? []).some((skill, place) => skill.name !== `skill ${place + 1}`) ||
    (tables.objective ?? []).some((objective) => objective.mix !== undefined) ||
    (tables.agency ?? []).some((agency) => agency.home !== undefined || agency.skills !== undefined)
  );
}

/**
 * @param {string} name
 * @param {Tables} tables
 * @param {any} lists what `cgsim.page.tables.tables()` gave
 * @returns {About}
 */
export function aboutOf(name, tables, lists) {
  const agencies = agencyNames(tables);
  const objectives = objectiveNames(tables);
  const partnerships = partnershipsOf(tables);
  const all = partnerships.map((_, place) => place);
  /** @type {Record<string, number>} */
  const values = {};
  for (const group of Object.values(tables)) {
    if (!group || typeof group !== "object" || Array.isArray(group)) continue;
    for (const [key, value] of Object.entries(group)) if (typeof value === "number") values[key] = value;
  }
  const changes = (tables.change ?? []).map(({ month, partnership, set }) => {
    const only = partnership === undefined ? null : [partnership].flat();
    const numbers = only ? all.filter((b) => only.includes(partnerships[b].name)) : all;
    const numeric = Object.fromEntries(Object.entries(set).map(([key, value]) => [key, asNumber(value)]));
    return { month, partnerships: numbers, set: numeric };
  });
  /** @type {string[]} */
  const settled = lists.parameters
    .filter((/** @type {any} */ one) => one.prior && (!isRead(one, tables, lists) || (one.name === "skills" && namesSkills(tables))))
    .map((/** @type {any} */ one) => one.name);
  return {
    name,
    title: tables.title,
    values,
    network: String(tables.world.network),
    network_file: tables.world.network_file === undefined ? null : JSON.stringify(tables.world.network_file),
    skill_names: skillNames(tables),
    objective_names: objectives,
    agency_names: agencies,
    given_agencies: (tables.agency ?? []).length,
    partnerships: partnerships.map((p) => ({
      name: p.name,
      size: sizeOf(tables, p),
      recruit: p.recruit,
      members: (p.members ?? []).map((member) => agencies.indexOf(member)).sort((a, b) => a - b),
      lead: p.lead === undefined ? null : agencies.indexOf(p.lead),
      focus: p.focus.map((focus) => objectives.indexOf(focus)).sort((a, b) => a - b),
      levers: Object.fromEntries(lists.columns.levers.map((/** @type {string} */ key) => [key, asNumber(p[key])])),
    })),
    changes: changes.sort((a, b) => a.month - b.month),
    known: (tables.known ?? []).filter((one) => isRead(lists.parameters.find((/** @type {any} */ row) => row.name === one), tables, lists)),
    settled,
  };
}
