/**
 * Plays as the engine takes them, as `pack` makes them; many at a time, and much quicker.
 *
 * All plays of a case are the same world: what a decision changes is written over it.
 *
 * @module
 */
import { pack } from "../scenario/pack.js";
import { asNumber, objectiveNames } from "../scenario/tables.js";

/** @typedef {import("./game.js").Game} Game */
/** @typedef {import("./game.js").Decision} Decision */
/** @typedef {import("../../../portable/engine.js").Scenario} Packed */

/** @type {WeakMap<any, Packed>} what a case is before anything is decided */
const undecided = new WeakMap();

/**
 * @param {Game} game
 * @param {number} number of the case
 * @param {Decision[][]} many
 * @param {any} lists
 * @returns {Packed} a point for each
 */
export function packed(game, number, many, lists) {
  const one = game.cases[number];
  const base = undecided.get(one) ?? pack([game.tables(number, [])], lists);
  undecided.set(one, base);
  /** @type {Record<string, (number | null)[]>} */
  const design = {};
  for (const [name, values] of Object.entries(base.design)) design[name] = many.flatMap(() => values);
  const objectives = objectiveNames(one.tables);
  many.forEach((decisions, point) => {
    for (const decision of decisions) write(decision, point);
  });
  // In some of them people may be asked to join: the order in which they are asked is kept for all.
  return { ...base, sizes: { ...base.sizes, P: many.length, J: base.sizes.B }, design, hour_cost: many.flatMap(() => base.hour_cost) };

  /** @param {Decision} decision @param {number} point */
  function write(decision, point) {
    const since = decision.quarter + 1; // before the first quarter there are months without a partnership
    const { size, focus, ...values } = game.sets(one, decision);
    const { columns } = lists;
    const row = (/** @type {string} */ name, /** @type {number} */ regime) => ((point * base.sizes.G + regime) * base.design[name].length) / base.sizes.G;
    const put = (/** @type {string} */ name, /** @type {number} */ regime, /** @type {number} */ column, /** @type {number} */ value) => (design[name][row(name, regime) + column] = value);
    const ofArea = Object.keys(game.sets(one, decision)).every((key) => columns.settings.includes(key));
    if (!ofArea) put("asks", since, columns.asks.indexOf("changed"), 1);
    if (size !== undefined) put("asks", since, columns.asks.indexOf("members"), Number(size));
    for (let regime = since; regime < base.sizes.G; regime += 1) {
      if (focus !== undefined) objectives.forEach((name, k) => put("agendas", regime, k, Number(focus.includes(name))));
      for (const [key, value] of Object.entries(values)) {
        const name = columns.settings.includes(key) ? "settings" : "levers";
        put(name, regime, columns[name].indexOf(key), asNumber(value));
      }
    }
  }
}
