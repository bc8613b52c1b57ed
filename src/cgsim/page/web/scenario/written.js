/**
 * Scenarios written down: as a complete file, and as the command that gives the same numbers.
 *
 * @module
 */
import { needsFile } from "../state/address.js";
import { posteriorFor } from "./calibrated.js";
import { partnershipsOf } from "./tables.js";

/** @typedef {import("./tables.js").Tables} Tables */

/** @param {any} value @returns {string} one value as TOML */
export function tomlValue(value) {
  if (typeof value === "boolean") return String(value);
  if (typeof value === "number") return String(value);
  if (typeof value === "string") return JSON.stringify(value).replaceAll("\u007f", "\\u007f");
  if (Array.isArray(value)) return `[${value.map(tomlValue).join(", ")}]`;
  return `{ ${Object.entries(value).map(([key, one]) => `${tomlKey(key)} = ${tomlValue(one)}`).join(", ")} }`;
}

/** @param {string} name */
const tomlKey = (name) => (/^[A-Za-z0-9_-]+$/.test(name) ? name : tomlValue(name));

/** @param {Tables} tables @returns {string} a complete scenario file */
export function toToml(tables) {
  const entries = Object.entries(tables).filter(([, value]) => value !== undefined);
  const lines = (/** @type {Record<string, any>} */ table) => Object.entries(table).filter(([, value]) => value !== undefined).map(([key, value]) => `${tomlKey(key)} = ${tomlValue(value)}`);
  const isTable = (/** @type {[string, any]} */ [, value]) => typeof value === "object" && value !== null && !(Array.isArray(value) && typeof value[0] === "string");
  const blocks = [lines(Object.fromEntries(entries.filter((entry) => !isTable(entry))))];
  for (const [name, value] of entries.filter(isTable)) {
    if (Array.isArray(value)) for (const one of value) blocks.push([`[[${name}]]`, ...lines(/** @type {any} */ (one))]);
    else blocks.push([`[${name}]`, ...lines(/** @type {any} */ (value))]);
  }
  return `${blocks.map((block) => block.join("\n")).join("\n\n")}\n`;
}

/** @param {string} word @returns {string} as a shell reads it */
const quoted = (word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

/** A value as `--set` takes it. @param {any} parameter @param {number} value */
function asTyped({ kind, choices }, value) {
  if (kind === "flag") return Boolean(value);
  return kind === "choice" ? choices[value] : value;
}

/** The name of the file that Take away writes: another one where the scenario was changed. @param {any} given @param {Tables} tables with the reader's edits @param {string} [letter] */
export function fileOf(given, tables, letter = "") {
  const name = given.name.replace(/[^\w-]+/g, "-") || "scenario";
  return `${name}${letter}${tables === given.tables ? "" : "-changed"}`;
}

/**
 * What gives the same numbers, and which file it needs: none, the reader's `own`, or the one that is
 * `taken` away from here.
 *
 * @param {any} given the case, and the name of its file where it was opened here
 * @param {import("../state/address.js").State} state
 * @param {any} data
 * @param {Tables} tables with the reader's edits
 * @param {string} [letter] of what stands beside another
 * @param {{name: string, runs: number}} [does] another command than `run`
 * @returns {{line: string, file: "" | "own" | "taken"}}
 */
export function command(given, state, data, tables, letter = "", does) {
  const named = partnershipsOf(given.tables).some((p) => p.recruit === "names");
  const unsaid = needsFile(state) || (named && "size" in state.set) || "agenda" in state.set;
  const laid = given.commands.length > 0 || given.shipped; // values may have been set on a command line
  if (!does && !given.library && given.commands.length === 1 && tables === given.tables) return { line: given.commands[0], file: "" };
  const file = unsaid || (!given.library && laid) ? "taken" : given.library ? "" : "own";
  const values = () => Object.entries(state.set).map(([name, value]) => `${name}=${asTyped(data.parameter(name), value)}`);
  const known = state.known ? [`known=${tomlValue(state.known)}`] : [];
  const sets = file === "taken" ? [] : [...values(), ...known].flatMap((value) => ["--set", value]);
  const name = { "": given.name, own: given.file ?? `${given.name}.toml`, taken: `${fileOf(given, tables, letter)}.toml` }[file];
  const posterior = does ? null : posteriorFor(data, given.name, tables);
  const rests = posterior ? ["--given", posterior.folder] : [];
  const carried = (data.lists.extensions?.names ?? []).flatMap((/** @type {string} */ one) => ["--with", one]);
  return { line: ["cgsim", does?.name ?? "run", name, ...sets, ...carried, "--replicates", String(does?.runs ?? data.runs), "--seed", String(data.seed), ...rests].map(quoted).join(" "), file };
}
