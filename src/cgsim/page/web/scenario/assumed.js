/**
 * What a scenario rests on: how many inputs rest on what, and which differ from their defaults.
 *
 * @module
 */
import { isRead } from "./read.js";
import { NEVER, asNumber, partnershipsOf } from "./tables.js";

/** @typedef {import("./tables.js").Tables} Tables */
/** @typedef {{name: string, of: string, normal: string, here: string, basis: string}} Difference */

/** @param {any} lists @param {Tables} tables @returns {Record<string, number>} inputs in all, uncertain ones that are read, and by basis */
export function counted(lists, tables) {
  /** @type {Record<string, number>} */
  const made = { inputs: lists.parameters.length, uncertain: 0 };
  for (const basis of Object.keys(lists.bases)) made[basis] = 0;
  for (const parameter of lists.parameters) {
    made[parameter.basis] += 1;
    made.uncertain += Number(Boolean(parameter.prior) && isRead(parameter, tables, lists));
  }
  return made;
}

/**
 * @param {Tables} tables
 * @param {any} lists
 * @returns {Difference[]} in the order of the table of parameters; `of` which partnership, where there are several
 */
export function differences(tables, lists) {
  const all = partnershipsOf(tables);
  return lists.parameters.flatMap((/** @type {any} */ parameter) => {
    const { name, section, basis } = parameter;
    const groups = section === "partnership" ? all.map((one) => ({ group: one, of: all.length > 1 ? one.name : "" })) : [{ group: /** @type {any} */ (tables)[section], of: "" }];
    return groups
      .filter(({ group }) => group?.[name] !== undefined && written(parameter, group[name]) !== written(parameter, parameter.default))
      .map(({ group, of }) => ({ name, of, normal: written(parameter, parameter.default), here: written(parameter, group[name]), basis: lists.bases[basis] }));
  });
}

/** @param {any} parameter @param {any} value @returns {string} as a scenario file says it */
function written({ kind, name }, value) {
  if (kind === "flag") return value === true || value === 1 ? "yes" : "no";
  if (name === "last" && asNumber(value) === NEVER) return "never";
  return String(value);
}
