/**
 * Scenarios that are told as what differs from another.
 *
 * @module
 */

/** @typedef {import("./tables.js").Tables} Tables */
/** @typedef {[(string | number)[], any?]} Change a path and its new value; a path alone is gone */

/** @param {Tables} base @param {Change[]} changes @returns {Tables} */
export function laid(base, changes) {
  const made = structuredClone(base);
  for (const change of changes) {
    const [path] = change;
    /** @type {any} */
    let place = made;
    for (const key of path.slice(0, -1)) place = place[key];
    const last = path[path.length - 1];
    if (change.length > 1) place[last] = structuredClone(change[1]);
    else delete place[last];
  }
  return made;
}
