/**
 * What is taken away of a landscape as tables: the columns of `cgsim declutter`.
 *
 * @module
 */
/** @typedef {import("./search.js").Decluttered} Decluttered */
/** @typedef {import("../answer/statistics.js").Estimate} Estimate */

/** @param {string} name @param {Estimate} estimate @returns {Record<string, number>} */
const told = (name, { value, low, high }) => ({ [name]: value, [`${name}_low`]: low, [`${name}_high`]: high });

/** A row a group: what closing it alone does, what it does, and whom it overlaps. @param {Decluttered} found @returns {Record<string, any>[]} */
export function groupRows({ groups }) {
  return groups.filter((one) => one !== null).map(({ group, change, other_joint_hours, its_months, its_members, its_joint_met, its_joint_hours, most_like, overlap }) => ({
    group,
    ...told("without", change.gain),
    units_a_year: change.units,
    ...told("overhead_hours", change.overhead_hours),
    ...told("own_hours", change.own_hours),
    other_joint_hours,
    its_months,
    its_members,
    its_joint_met,
    its_joint_hours,
    most_like,
    overlap,
  }));
}

/** A row a pair: what merging them alone does. @param {Decluttered} found @returns {Record<string, any>[]} */
export function mergeRows({ merges }) {
  return merges.filter((one) => one !== null).map(({ group, with: other, overlap, change }) => ({ group, with: other, overlap, ...told("gain", change.gain), units_a_year: change.units }));
}

/** A row a step: what is closed or merged, its gain, and that of all steps so far. @param {Decluttered} found @returns {Record<string, any>[]} */
export function pathRows({ steps }) {
  return steps.map((taken, place) => ({
    step: place + 1,
    change: taken.words.length > 1 ? "merge" : "close",
    group: taken.words[0],
    with: taken.words[1] ?? null,
    tried: taken.tried,
    left: taken.left,
    units_a_year: taken.units,
    ...told("gain", taken.gain),
    ...told("whole", taken.whole),
    ...told("overhead_hours", taken.overhead_hours),
    ...told("joint_hours", taken.joint_hours),
    ...told("own_hours", taken.own_hours),
  }));
}

/** The map as a table, in its order. @param {Decluttered} found @returns {unknown[][]} */
export function overlapTable({ names, order, overlaps }) {
  return [["group", ...order.map((b) => names[b])], ...order.map((a) => [names[a], ...order.map((b) => overlaps[a][b])])];
}

/** @param {Record<string, any>[]} rows @returns {unknown[][]} heads, and rows of cells */
export const asTable = (rows) => (rows.length ? [Object.keys(rows[0]), ...rows.map((row) => Object.values(row))] : []);
