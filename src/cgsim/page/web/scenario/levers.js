/**
 * The levers that are shown as curves: what each sets, its stops, and its values in words.
 *
 * @module
 */
import { NEVER, partnershipsOf, valueOf, sizeOf } from "./tables.js";

/** @typedef {import("./tables.js").Tables} Tables */
/**
 * @typedef {object} Lever
 * @property {string} name the parameter it sets
 * @property {string} label
 * @property {string} help
 * @property {(tables: Tables) => string} why why it cannot be moved; "" where it can
 * @property {(tables: Tables) => number} value
 * @property {(tables: Tables) => number[]} stops
 * @property {(value: number, tables: Tables, digits?: number) => string} words `digits`: of a number that has no word
 * @property {[number, string][]} [usual] up to three values that have a word of their own, marked on the track
 * @property {boolean} [founders] whether it changes who founds: then the gain is judged by the area
 */

const COUNTED = "none one two three four five six seven eight nine ten eleven twelve".split(" ");

/** @param {number} count @returns {string} */
export function counted(count) {
  return COUNTED[count] ?? String(count);
}

const NEARLY = 0.05; // how far off, as a share, a number of months may be to be told by the whole one

/** @param {number} value meetings a month @param {number} [digits] */
export function often(value, digits) {
  if (value === 0) return "never";
  if (value === 1) return "once a month";
  if (value === 2) return "twice a month (fortnightly)";
  if (value === 4) return "four times a month (weekly)";
  if (value > 1) return Number.isInteger(value) ? `${counted(value)} times a month` : `${short(value, digits)} times a month`;
  const months = 1 / value;
  const whole = Math.round(months);
  if (Math.abs(months - whole) > NEARLY * whole) return `${short(value, digits)} times a month`;
  const words = whole === 12 ? "once a year" : whole === 1 ? "once a month" : whole === 2 ? "every second month" : `every ${counted(whole)} months`;
  return Math.abs(months - whole) > 1e-6 ? `about ${words} (${short(value, digits)} a month)` : words;
}

const FEW_DIGITS = 3;
const ALL_DIGITS = 15;

/** @param {number} value @param {number} [digits] */
const short = (value, digits = FEW_DIGITS) => String(Number(value.toPrecision(digits)));

/** @param {number} value a share @param {Tables} [_] @param {number} [digits] */
function tenths(value, _, digits) {
  const of = value * 10;
  if (Math.abs(of - Math.round(of)) < 1e-9) return `${counted(Math.round(of))} of ten things`;
  return `${short(value * 100, digits)} of 100 things`;
}

/** @param {number} value @param {Tables} [_] @param {number} [digits] */
function strength(value, _, digits) {
  const word = value <= 0 ? "none" : value < 0.25 ? "weak" : value < 0.5 ? "some" : value < 0.75 ? "firm" : value < 1 ? "strong" : "full";
  return value <= 0 || value >= 1 ? word : `${word}, ${short(value, digits)}`;
}

/** @param {string} name @returns {(tables: Tables) => number} */
const own = (name) => (tables) => Number(partnershipsOf(tables)[0]?.[name] ?? 0);

/** @param {string} name @param {number[]} stops @returns {(tables: Tables) => number[]} */
const around = (name, stops) => (tables) =>
  [...new Set([...stops, own(name)(tables)])].sort((a, b) => a - b);

/** @param {Tables} tables */
const nobody = (tables) => (partnershipsOf(tables).length ? "" : "there is no partnership");

/** @param {Tables} tables @returns {number[]} */
function sizes(tables) {
  const most = Math.min(valueOf(tables, "agencies"), 40);
  const now = size(tables);
  const step = most > 24 ? 2 : 1;
  const stops = new Set([now]);
  for (let count = 2; count <= most; count += step) stops.add(count);
  return [...stops].sort((a, b) => a - b);
}

/** @param {Tables} tables */
const size = (tables) => {
  const [first] = partnershipsOf(tables);
  return first ? sizeOf(tables, first) : 0;
};

const TENTHS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];

/** @type {Lever[]} */
export const LEVERS = [
  {
    name: "meetings",
    label: "Meetings",
    help: "How often the partnership meets.",
    why: nobody,
    value: own("meetings"),
    stops: around("meetings", [1 / 12, 1 / 6, 1 / 4, 1 / 3, 1 / 2, 1, 1.5, 2, 3, 4, 6, 8]),
    words: (value, _, digits) => often(value, digits),
    usual: [[1, "monthly"], [2, "fortnightly"], [4, "weekly"]],
  },
  {
    name: "size",
    label: "Members",
    help: "How many found it. Named members are dropped from the last, the lead never; then others of the area join. With other founders, what they met alone is another thing: so the curve is of what all agencies met alone.",
    why: (tables) => {
      const ways = partnershipsOf(tables).map((p) => p.recruit);
      if (ways.includes("all")) return "all agencies of the area are members";
      return nobody(tables);
    },
    value: size,
    stops: sizes,
    words: (count) => counted(count),
    founders: true,
  },
  {
    name: "authority",
    label: "Who may decide",
    help: "Of ten things that a meeting settles, how many a representative may decide without asking at home.",
    why: nobody,
    value: own("authority"),
    stops: around("authority", TENTHS),
    words: tenths,
  },
  {
    name: "lead_strength",
    label: "Strength of the lead",
    help: "How strong leadership is, where it has the hours it needs.",
    why: nobody,
    value: own("lead_strength"),
    stops: around("lead_strength", [0, ...TENTHS]),
    words: strength,
  },
  {
    name: "fund",
    label: "Bought hours",
    help: "Hours a month paid for from outside. The gain is counted over spending the same money on services.",
    why: nobody,
    value: own("fund"),
    stops: around("fund", [0, 20, 40, 60, 80, 120, 160, 200, 300, 400]),
    words: (value, tables, digits) => {
      if (value === 0) return "none";
      const [months, ...others] = new Set(partnershipsOf(tables).map((one) => Number(one.fund_months ?? 0)));
      const until = others.length || months >= NEVER ? "" : months % 12 === 0 ? ` for ${counted(months / 12)} year${months === 12 ? "" : "s"}` : ` for ${short(months)} months`;
      return `${short(value, digits)} a month${until}`;
    },
  },
];

const STOPS = 11;

/** Let the parameters of the page's extensions be levers too. @param {any} lists what `cgsim.page.tables.tables()` gave */
export function offerOwn(lists) {
  for (const name of lists.extensions?.parameters ?? []) {
    LEVERS.push(ownLever(lists.parameters.find((/** @type {any} */ one) => one.name === name)));
  }
}

/** @param {any} parameter a row of the table of parameters @returns {Lever} */
function ownLever({ name, section, low, high, prior, kind, unit, help }) {
  const [first, last] = prior ?? [low, high];
  const whole = kind !== "number";
  const between = Array.from({ length: STOPS }, (_, place) => first + ((last - first) * place) / (STOPS - 1));
  const stops = kind === "flag" ? [0, 1] : [low, high, ...between].map((stop) => (whole ? Math.round(stop) : Number(stop.toPrecision(6))));
  const value = (/** @type {Tables} */ tables) => (section === "partnership" ? own(name)(tables) : valueOf(tables, name));
  return {
    name,
    label: name.replaceAll("_", " ").replace(/^./, (/** @type {string} */ letter) => letter.toUpperCase()),
    help: unit ? `${help} (${unit})` : help,
    why: section === "partnership" ? nobody : () => "",
    value,
    stops: (tables) => [...new Set([...stops, value(tables)])].sort((a, b) => a - b),
    words: (one, _, digits) => (kind === "flag" ? (one ? "yes" : "no") : short(one, digits)),
  };
}

/** The values of all partnerships, in their order. @param {Lever} lever @param {Tables} tables @returns {number[]} */
export function valuesOf({ name }, tables) {
  return partnershipsOf(tables).map((one) => (name === "size" ? sizeOf(tables, one) : Number(one[name] ?? 0)));
}

/** In how many digits values read differently that are not the same. @param {Lever} lever @param {number[]} values @param {Tables} tables */
export function digitsApart(lever, values, tables) {
  const known = [...new Set(values)];
  let digits = FEW_DIGITS;
  while (digits < ALL_DIGITS && new Set(known.map((value) => lever.words(value, tables, digits))).size < known.length) digits += 1;
  return digits;
}

/** Whether scenarios differ in it; of how many partnerships each is, is another thing. @param {Lever} lever @param {Tables[]} many */
export function differsIn(lever, many) {
  const told = (/** @type {Tables} */ tables) => (isMixed(lever, tables) ? valuesOf(lever, tables) : [lever.value(tables)]);
  return new Set(many.map((tables) => String(told(tables)))).size > 1;
}

/** Whether partnerships differ in it: then it has no one value. @param {Lever} lever @param {Tables} tables */
export function isMixed(lever, tables) {
  return new Set(valuesOf(lever, tables)).size > 1;
}

/** What a lever stands at, in words. @param {Lever} lever @param {Tables} tables @param {import("../answer/formats.js").Catalogue} say @param {number} [digits] */
export function standsAt(lever, tables, say, digits) {
  return isMixed(lever, tables) ? say.word("live.mixed") : lever.words(lever.value(tables), tables, digits);
}

/** @param {string} name @returns {Lever} */
export function lever(name) {
  const found = LEVERS.find((one) => one.name === name);
  if (!found) throw new RangeError(`there is no lever ${name}`);
  return found;
}

/** Names of what scheduled changes set, for those that no lever names. */
const KEYS = /** @type {Record<string, string>} */ ({ last: "its end", start: "its start", fund_months: "how long money lasts", fund_start: "when money begins", lead: "who leads", focus: "its agenda" });

/** @param {string} key a parameter @returns {string} what it is called in a list of changes */
export function keyInWords(key) {
  const found = LEVERS.find((one) => one.name === key);
  return KEYS[key] ?? found?.label.toLowerCase() ?? key.replaceAll("_", " ");
}
