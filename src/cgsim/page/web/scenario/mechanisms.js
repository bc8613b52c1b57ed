/**
 * Which mechanisms a scenario lives by: those that are not the model's own, and what each reads.
 *
 * @module
 */

/** @typedef {import("./tables.js").Tables} Tables */
/** @typedef {{name: string, help: string}} Mechanism */
/** @typedef {{name: string, help: string, mechanisms: Mechanism[]}} Kind the model's own mechanism first */

/** @param {Tables} tables @param {Kind} kind @returns {Mechanism} */
export function chosenOf(tables, { name, mechanisms }) {
  return mechanisms.find((one) => one.name === tables.mechanisms?.[name]) ?? mechanisms[0];
}

/** What is not the model's own. @param {Tables} tables @param {Kind[]} kinds @returns {{kind: Kind, mechanism: Mechanism}[]} */
export function exchangedIn(tables, kinds) {
  return kinds.map((kind) => ({ kind, mechanism: chosenOf(tables, kind) })).filter(({ kind, mechanism }) => mechanism !== kind.mechanisms[0]);
}

/** A name as words. @param {{name: string}} named */
export const plainName = ({ name }) => name.replaceAll("_", " ");

/** What a mechanism is, in a few words. @param {import("../answer/formats.js").Catalogue} say @param {{name: string}} kind @param {{name: string}} mechanism @returns {string} */
export const labelOf = (say, kind, { name }) => say.word(`mechanism.${kind.name}_${name}`);

/** The same beside its name, as it stands in files. @param {import("../answer/formats.js").Catalogue} say @param {Kind} kind @param {Mechanism} mechanism @returns {string} */
export const choiceOf = (say, kind, mechanism) => say.word(mechanism === kind.mechanisms[0] ? "live_mechanisms.own" : "live_mechanisms.choice", { label: labelOf(say, kind, mechanism), name: mechanism.name });

/**
 * Choose a mechanism. As complete tables do, the model's own is not said, nor what no mechanism reads.
 *
 * @param {Tables} tables
 * @param {any} kind its row in the table of parameters; `owns` are the parameters that only one of its mechanisms reads
 * @param {number} place among the choices
 * @param {(name: string) => any} parameter
 * @returns {Tables}
 */
export function withMechanism(tables, kind, place, parameter) {
  const chosen = kind.choices[place];
  const { mechanisms: before = {}, ...rest } = tables;
  /** @type {import("./tables.js").Group} */
  const made = { ...before, [kind.name]: chosen };
  if (chosen === kind.default) delete made[kind.name];
  for (const name of kind.owns) {
    const { only_under: under, default: usual } = parameter(name);
    const value = made[name] ?? usual;
    if (under[1] === chosen || value !== usual) made[name] = value;
    else delete made[name];
  }
  return Object.keys(made).length ? /** @type {any} */ ({ ...tables, mechanisms: made }) : /** @type {any} */ (rest);
}
