/**
 * Draws that a partnership's records left possible, and whether they hold for tables.
 *
 * They hold where the area is the one that was calibrated: levers may differ, and the months that
 * are simulated, and what is drawn anyway. Python's `posterior.differences` says the same.
 *
 * @module
 */
import { TEXTS, partnershipsOf } from "./tables.js";

/** @typedef {import("./tables.js").Tables} Tables */
/**
 * @typedef {object} Posterior
 * @property {Record<string, string>} basis what the draws rest on: the file of "records", or a "file"
 * @property {string} folder where they came from, for the command
 * @property {Record<string, number>[]} points
 */

/** What has to be the same. @param {Tables} tables @param {Set<string>} drawn @returns {string} */
function area(tables, drawn) {
  /** @type {[string, unknown][]} */
  const kept = Object.entries(tables)
    .filter(([key, value]) => key !== "title" && !TEXTS.includes(key) && value !== undefined)
    .map(([key, value]) => {
      if (key === "partnership") return [key, partnershipsOf(tables).length];
      if (typeof value !== "object" || Array.isArray(value)) return [key, value];
      return [key, Object.entries(value).filter(([name]) => !drawn.has(name)).sort()];
    });
  return JSON.stringify(kept.sort());
}

/**
 * The draws that hold for a scenario as the reader has changed it; null where the page has none, or
 * where it has become another area.
 *
 * @param {any} data
 * @param {string} name of the case that the tables are laid over
 * @param {Tables} tables
 * @returns {Posterior | null}
 */
export function posteriorFor(data, name, tables) {
  /** @type {Posterior | undefined} */
  const posterior = data.posterior;
  const given = data.cases.find((/** @type {any} */ one) => one.name === name);
  if (!posterior || !given) return null;
  const drawn = new Set([...Object.keys(posterior.points[0]), "months"]);
  return area(tables, drawn) === area(given.tables, drawn) ? posterior : null;
}
