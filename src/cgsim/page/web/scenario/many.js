/**
 * Many partnerships in one table of a scenario file: `count`, a pattern for names, and values drawn
 * from ranges, each by its address. As `cgsim.scenario.many` writes them out, to the last bit.
 *
 * @module
 */
import { sha256 } from "./sha256.js";

/** @typedef {import("./opened.js").Path} Path */
/**
 * @typedef {object} Many what Python's `cgsim.page.tables` says of such tables
 * @property {string} number where the number of each stands in a pattern
 * @property {string} area where the number of its area stands, where there are several
 * @property {string[]} counted keys that make a table one of many
 * @property {string[]} ranged levers that may be given as a range
 * @property {number} most_draw
 */
/** @typedef {(path: Path, got: string, allowed: string) => void} Tell */

/** @param {unknown} value @returns {value is Record<string, any>} */
const isTable = (value) => typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
/** @param {any} value @param {number} low @param {number} high */
const wholeWithin = (value, low, high) => typeof value === "bigint" && value >= BigInt(low) && value <= BigInt(high);

/**
 * Tables in which every table of many partnerships is written out; the same ones where there is none.
 *
 * @param {Record<string, any>} tables as they were read: whole numbers are bigint
 * @param {any} lists what `cgsim.page.tables.tables()` gave
 * @param {Tell} fault is told what is wrong
 * @param {(value: unknown) => string} shown
 * @returns {{tables: Record<string, any>, origins: number[]}} `origins`: of each partnership, the table of the file that it is from
 */
export function expanded(tables, lists, fault, shown) {
  /** @type {Many} */
  const many = lists.many;
  const ranged = many.ranged.map((name) => lists.parameters.find((/** @type {any} */ one) => one.name === name));
  const most = lists.form.most.partnership;
  const isMany = (/** @type {any} */ table) => isTable(table) && (many.counted.some((key) => key in table) || [many.number, many.area].some((mark) => String(table.name).includes(mark)) || many.ranged.some((key) => isTable(table[key])));
  const listed = tables.partnership;
  if (!Array.isArray(listed) || !listed.some(isMany)) return { tables, origins: [] };
  /** @type {any[]} */
  const made = [];
  /** @type {number[]} */
  const origins = [];
  /** @type {Map<string, string[]>} */
  const patterns = new Map();
  let wrong = false;
  listed.forEach((table, place) => {
    if (!isMany(table)) {
      origins.push(place);
      return void made.push(table);
    }
    const faults = faultsOf(table, many, ranged, most, shown);
    for (const [key, got, allowed] of faults) fault(["partnership", place, key], got, allowed);
    wrong ||= faults.length > 0;
    // Of so many that none is made, none is made.
    if (wrong || made.length > most) return;
    const all = Array.from({ length: Number(table.count) }, (_, number) => oneOf(table, number + 1, many, ranged));
    patterns.set(table.name, [...(patterns.get(table.name) ?? []), ...all.map(({ name }) => name)]);
    for (const one of all) {
      origins.push(place);
      made.push(one);
    }
  });
  if (wrong) return { tables, origins: [] };
  if (made.length > most) {
    fault(["partnership"], `${made.length.toLocaleString("en-GB")} partnerships in all`, most.toLocaleString("en-GB"));
    return { tables, origins: [] };
  }
  const ofAll = (/** @type {any} */ change) => {
    if (!isTable(change) || !("partnership" in change)) return change;
    const names = [change.partnership].flat();
    const told = names.flatMap((name) => patterns.get(name) ?? [name]);
    return String(told) === String(names) ? change : { ...change, partnership: told };
  };
  return { tables: { ...tables, partnership: made, ...(Array.isArray(tables.change) ? { change: tables.change.map(ofAll) } : {}) }, origins };
}

/** What is wrong with such a table: keys, what was got and what is allowed. @param {Record<string, any>} table @param {Many} many @param {any[]} ranged @param {number} most @param {(value: unknown) => string} shown @returns {[string, string, string][]} */
function faultsOf(table, many, ranged, most, shown) {
  /** @type {[string, string, string][]} */
  const found = [];
  if (table.per_area !== undefined) return [["per_area", shown(table.per_area), "count: on this page there is one area"]];
  const counts = `a whole number from 1 to ${most}`;
  if (table.count === undefined) found.push(["count", "nothing", `${counts}: a table with a range, a draw or ${many.number} in its name stands for so many partnerships`]);
  else if (!wholeWithin(table.count, 1, most)) found.push(["count", shown(table.count), counts]);
  if (table.draw !== undefined && !wholeWithin(table.draw, 0, many.most_draw)) found.push(["draw", shown(table.draw), `a whole number from 0 to ${many.most_draw}`]);
  if (typeof table.name !== "string" || !table.name.includes(many.number)) found.push(["name", table.name === undefined ? "nothing" : shown(table.name), `a name with ${many.number} in it for the number, such as "Group ${many.number}"`]);
  else if (table.name.includes(many.area)) found.push(["name", `${many.area} in ${shown(table.name)}`, `it with per_area; with count the number alone, ${many.number}`]);
  for (const parameter of ranged) {
    const wrong = isTable(table[parameter.name]) && wrongRange(table[parameter.name], parameter, shown);
    if (wrong) found.push([parameter.name, ...wrong]);
  }
  return found;
}

/** @param {Record<string, any>} given @param {any} parameter @param {(value: unknown) => string} shown @returns {[string, string] | null} what was got and what is allowed; null where it is right */
function wrongRange(given, { kind, low, high, allowed }, shown) {
  if (Object.keys(given).sort().join() !== "from,to") return [shown(given), `{ from = ..., to = ... }, each ${allowed}`];
  for (const end of [given.from, given.to]) {
    const right = typeof end === "bigint" || (typeof end === "number" && kind === "number");
    if (!right || !(Number(end) >= low && Number(end) <= high)) return [shown(end), allowed];
  }
  return given.from > given.to ? [`from ${given.from} to ${given.to}`, "a range from less to more"] : null;
}

/** One of many. @param {Record<string, any>} table @param {number} number from 1 @param {Many} many @param {any[]} ranged @returns {Record<string, any>} */
function oneOf(table, number, many, ranged) {
  const one = Object.fromEntries(Object.entries(table).filter(([key]) => !many.counted.includes(key)));
  const numbered = (/** @type {unknown} */ name) => typeof name === "string" ? name.replaceAll(many.number, String(number)) : name;
  one.name = numbered(table.name);
  if (Array.isArray(table.focus)) one.focus = table.focus.map(numbered);
  for (const { name: key } of ranged) {
    if (!isTable(table[key])) continue;
    const { from, to } = table[key];
    const share = uniform(table.name, key, number, table.draw ?? 1n);
    const whole = typeof from === "bigint" && typeof to === "bigint";
    const [low, high] = [Number(from), Number(to)];
    one[key] = whole ? BigInt(low + Math.trunc(share * (high - low + 1))) : low + share * (high - low);
  }
  return one;
}

/** The number from 0 to below 1 at an address: 53 bits of its hash. @param {string} pattern @param {string} key @param {number} number @param {bigint} draw */
function uniform(pattern, key, number, draw) {
  const [high, low] = sha256(new TextEncoder().encode(`${pattern}\n${key}\n${number}\n${draw}`));
  return (high * 2 ** 21 + (low >>> 11)) / 2 ** 53;
}
