/**
 * Rows and columns from a spreadsheet as members: what is not understood is told with its row and column.
 *
 * @module
 */
import { cellsOf } from "../../scenario/cells.js";
import { Fault, LONGEST_NAME, pointed } from "../../scenario/edits.js";

/** @typedef {import("../../scenario/edits.js").Seat} Seat */
/**
 * @typedef {object} Area what cells are read by
 * @property {string[]} skills
 * @property {string[]} objectives
 * @property {(name: string) => import("../../scenario/edits.js").Parameter} parameter
 */
/** @typedef {{key: string, title: string, objective?: number}} Column */

const MOST_LETTERS = 20_000;
const MOST_TOLD = 8;
export const DRAWN = "drawn";
const ALIKE = "all alike";

/** In the order in which they stand where no row of headings says another. @type {{key: keyof Seat, title: string, heads: RegExp}[]} */
const COLUMNS = [
  { key: "name", title: "name", heads: /^(name|member|agency|agencie|organi[sz]ation|partner)s?$/ },
  { key: "hours", title: "hours a month", heads: /^(hours?|hrs?|capacity)( (a|per) month)?$/ },
  { key: "skill", title: "skill", heads: /^skills?$/ },
  { key: "goals", title: "goal", heads: /^goals?$/ },
  { key: "senior", title: "managers' buy-in", heads: /^(senior|(managers?'?s?|senior) ?buy-?in)$/ },
  { key: "operational", title: "front line's buy-in", heads: /^(operational|(front[ -]?line('s)?|operational) ?buy-?in)$/ },
];

/** @param {string} text */
const shown = (text) => JSON.stringify(text.length > 30 ? `${text.slice(0, 30)}…` : text);

/** @param {string} text */
const plain = (text) => text.trim().replaceAll("’", "'").replace(/\s+/g, " ").toLowerCase();

/** @param {string} cell @param {Area} area @returns {Column | undefined} */
function headed(cell, { objectives }) {
  const head = plain(cell).replace(/[,(]? *0 (to|-|–) 1\)?$/, "").trim();
  const found = COLUMNS.find(({ heads }) => heads.test(head));
  if (found) return found;
  const objective = objectives.findIndex((name) => plain(name) === head);
  return objective < 0 ? undefined : { key: "weight", title: objectives[objective], objective };
}

/**
 * Which column is which, by a row of headings if there is one.
 *
 * @param {{line: number, cells: string[]}[]} rows
 * @param {Area} area
 * @returns {{columns: (Column | undefined)[], rows: {line: number, cells: string[]}[]}}
 */
function columnsOf(rows, area) {
  const [first] = rows;
  const heads = first.cells.map((cell) => headed(cell, area));
  const headings = heads.some((head) => head && head.key !== "weight") && !first.cells.some((cell) => /^\s*\d/.test(cell));
  // A first column of numbers alone holds hours, as no member is called by a number here.
  const bare = rows.every(({ cells }) => !cells[0].trim() || !Number.isNaN(numberOf(cells[0].trim(), "hours")));
  if (!headings) return { columns: bare ? COLUMNS.slice(1) : COLUMNS, rows };
  const allowed = [...COLUMNS.map(({ title }) => title), ...area.objectives].join(", ");
  const faults = new Faults();
  heads.forEach((head, place) => {
    const told = (/** @type {string} */ text) => faults.note(`row ${first.line}, column ${place + 1}: ${text}`);
    if (!head && first.cells[place].trim()) told(`got ${shown(first.cells[place])}; allowed ${allowed}`);
    if (head && heads.findIndex((one) => one?.title === head.title) < place) told(`${head.title} is there twice`);
    if (head?.key === "weight" && heads.some((one) => one?.key === "goals")) told(`got ${shown(head.title)} beside goal; allowed one goal, or a column for each`);
  });
  faults.raise();
  return { columns: heads, rows: rows.slice(1) };
}

/** A number as people type it: thousands apart, "hours" or a sign for per cent after it. @param {string} cell @param {string} key @returns {number} NaN for what is none */
function numberOf(cell, key) {
  const bare = key === "hours" ? cell.replace(/\s*(hours?|hrs?|h)$/i, "").replace(/[\s\u00a0](?=\d{3}\b)/g, "") : cell;
  const share = key !== "hours" && bare.match(/^(.*\d)\s*%$/);
  const figure = share ? share[1] : bare;
  if (/^\d{1,3}(,\d{3})+(\.\d+)?$/.test(figure) && key === "hours") return Number(figure.replaceAll(",", ""));
  // A point before three figures parts thousands in some languages: which is meant cannot be known.
  if (key === "hours" && /^[1-9]\d{0,2}(\.\d{3})+$/.test(figure)) return NaN;
  if (!/^-?\d+(\.\d+)?$/.test(figure)) return NaN;
  return share ? Number(figure) / 100 : Number(figure);
}

/**
 * One cell. @param {string} cell @param {Column} column @param {Area} area
 * @returns {any} what it means for a member; undefined where it is empty
 */
function meaning(cell, { key, objective }, { skills, objectives, parameter }) {
  const said = cell.trim();
  const wrong = (/** @type {string} */ allowed) => new Fault(`got ${shown(said)}; allowed ${allowed}${allowed.includes("number") ? pointed(said) : ""}`);
  if (said === "") return undefined;
  if (key === "name") {
    if (said.length > LONGEST_NAME || /[\u0000-\u001f\u007f]/.test(said)) throw wrong(`1 to ${LONGEST_NAME} printing characters`);
    return said;
  }
  if (objective === undefined && plain(said) === DRAWN) return null;
  if (key === "skill") {
    const found = skills.find((one) => plain(one) === plain(said));
    if (found === undefined) throw wrong([...skills, DRAWN].join(", "));
    return found;
  }
  if (key === "goals") {
    if (plain(said) === ALIKE) return objectives.map(() => 1 / objectives.length);
    const found = objectives.findIndex((one) => plain(one) === plain(said));
    if (found < 0) throw wrong([...objectives, ALIKE, DRAWN].join(", "));
    return objectives.map((_, k) => Number(k === found));
  }
  const value = numberOf(said, key);
  if (key === "weight") {
    if (!(value >= 0)) throw wrong("a number from 0 on, the weight of this goal");
    return value;
  }
  const { low, high, allowed } = parameter(key === "hours" ? "capacity" : key);
  if (!(value >= low && value <= high)) throw wrong(`${allowed}${key === "hours" ? ", as 1040 or 1,040" : ""}`);
  return value;
}

/** One row. @param {{line: number, cells: string[]}} row @param {(Column | undefined)[]} columns @param {Area} area @param {Faults} faults @returns {Partial<Seat>} what it says */
function told({ line, cells }, columns, area, faults) {
  /** @type {any} */
  const seat = {};
  /** @type {Map<number, number>} */
  const weights = new Map();
  cells.forEach((cell, place) => {
    const column = columns[place];
    if (!column) {
      if (cell.trim()) faults.note(`row ${line}, column ${place + 1}: got ${shown(cell.trim())}; allowed ${columns.length} column${columns.length === 1 ? "" : "s"}${columns === COLUMNS ? ` (${COLUMNS.map(({ title }) => title).join(", ")}), or a first row of headings` : ", each under its heading"}`);
      return;
    }
    let value;
    try {
      value = meaning(cell, column, area);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      return faults.note(`row ${line}, ${column.title}: ${error.message}`);
    }
    if (value === undefined) return;
    if (column.objective === undefined) seat[column.key] = value;
    else weights.set(column.objective, value);
  });
  if (weights.size) {
    const sum = [...weights.values()].reduce((a, b) => a + b, 0);
    if (!(sum > 0)) faults.note(`row ${line}, ${area.objectives.join(", ")}: got weights that are all 0; allowed one above 0 at least`);
    else seat.goals = area.objectives.map((_, k) => (weights.get(k) ?? 0) / sum);
  }
  return seat;
}

/** What is wrong with rows: all of it is told at once, row by row. */
class Faults {
  constructor() {
    /** @type {string[]} */
    this.lines = [];
  }

  /** @param {string} line */
  note(line) {
    this.lines.push(line);
  }

  /** @param {string} place @returns {boolean} whether something is wrong there already */
  of(place) {
    return this.lines.some((line) => line.startsWith(place));
  }

  /** @throws {Fault} a line a fault, in the order of the rows, and how many more there are */
  raise() {
    if (!this.lines.length) return;
    const row = (/** @type {string} */ line) => Number(/^row (\d+)/.exec(line)?.[1]);
    const sorted = [...this.lines].sort((a, b) => row(a) - row(b));
    const more = sorted.length - MOST_TOLD;
    throw new Fault([...sorted.slice(0, MOST_TOLD), ...(more > 0 ? [`and ${more} more`] : [])].join("\n"));
  }
}

/**
 * @param {string} text cells with tabs, semicolons or commas between them; a first row of headings
 *   may name the columns
 * @param {Seat[]} seats those that keep what is not pasted; none to begin anew
 * @param {Area} area
 * @returns {{seats: Seat[], rows: number, given: string[], open: string[]}} the table, how many rows were
 *   read, what stood in them, and what in none of them
 */
export function pasted(text, seats, area) {
  if (text.length > MOST_LETTERS) throw new Fault(`got ${text.length} letters; allowed ${MOST_LETTERS}`);
  const clean = text.replaceAll(/\r\n?/g, "\n");
  // A column of "1,040" has no second column: without tabs the first row says what parts cells.
  const first = clean.split("\n").find((line) => line.trim()) ?? "";
  const mark = clean.includes("\t") ? "\t" : [";", ","].find((one) => first.includes(one)) ?? "\t";
  const all = cellsOf(clean, mark);
  if (!all.length) throw new Fault("there is no row");
  const { columns, rows } = columnsOf(all, area);
  if (!rows.length) throw new Fault("there is no row below the headings");
  const named = columns.some((column) => column?.key === "name");
  const above = all[0].line - (rows === all ? 1 : 0); // lines above the first row of members
  const faults = new Faults();
  const made = rows.map((row) => ({ line: row.line, seat: told(row, columns, area, faults) }));
  const given = columns.flatMap((column, place) => (column && rows.some(({ cells }) => cells[place]?.trim()) ? [column] : []));
  const has = (/** @type {string} */ key) => given.some((column) => (column.key === "weight" ? "goals" : column.key) === key);
  const read = {
    rows: rows.length,
    given: given.map(({ title }) => title),
    open: COLUMNS.filter(({ key }) => !has(key)).map(({ title }) => title),
  };
  if (!named) {
    if (!seats.length) throw new Fault(`row ${all[0].line}: no column of names; allowed one, the first or headed name`);
    const count = clean.replace(/\n$/, "").split("\n").length - above;
    if (count !== seats.length) throw new Fault(`got ${count} rows without names; allowed ${seats.length}, one for each row of the table, in its order`);
    faults.raise();
    const below = new Map(made.map(({ line, seat }) => [line - above - 1, seat])); // empty ones keep their place
    return { seats: seats.map((seat, row) => ({ ...seat, ...below.get(row) })), ...read };
  }
  /** @type {Map<string, Partial<Seat>>} */
  const known = new Map();
  for (const { line, seat } of made) {
    const name = seat.name;
    if (name === undefined) {
      if (!faults.of(`row ${line}, name:`)) faults.note(`row ${line}, name: got an empty cell; allowed a name`);
      continue;
    }
    if (known.has(plain(name))) faults.note(`row ${line}, name: got ${shown(name)} twice; allowed each name once`);
    else if (seats.length && !seats.some((one) => plain(one.name) === plain(name))) faults.note(`row ${line}, name: got ${shown(name)}; allowed names that are in the table`);
    known.set(plain(name), seat);
  }
  faults.raise();
  if (!seats.length) {
    const empty = { name: "", hours: null, skill: null, senior: null, operational: null, goals: null, member: true, lead: false };
    return { seats: made.map(({ seat }) => ({ ...empty, ...seat })), ...read };
  }
  return { seats: seats.map((seat) => ({ ...seat, ...known.get(plain(seat.name)), name: seat.name })), ...read };
}
