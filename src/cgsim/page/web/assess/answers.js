/**
 * Answers of one partner or several, read from files on this machine and written to them.
 *
 * A TOML file holds `[answers]`, or `[partners."NAME"]` for each of several; a table (CSV, or with
 * semicolons or tabs, or an Excel workbook) holds a line a question. What is not answered, or "unknown", leaves open what
 * was open before. What is wrong is told with its line: nothing is misread in silence.
 *
 * @module
 */
import { cellsOf } from "../scenario/cells.js";
import { rowsOfWorkbook } from "../scenario/workbooks.js";
import { Fault } from "../scenario/edits.js";
import { tomlValue } from "../scenario/written.js";

/** @typedef {import("./ranges.js").Asked} Asked */
/** @typedef {{partner: string, answers: Record<string, string>}} Voice the answer's id by question */
/** @typedef {{voices: Voice[], title: string, unnamed?: boolean}} Read `unnamed`: its partner is called after the file */

export const UNKNOWN = "unknown";
export const MOST_VOICES = 100;
export const MOST_BYTES = 128 * 1024;
export const MOST_PACKED = 2 * 2 ** 20; // bytes of a workbook, which brings its styles along
const MOST_UNPACKED = 32 * 2 ** 20;
const SHEET = "answers";
const QUESTION = "question";
const MOST_LETTERS = 80;
const SEP = /^sep=([,;|\t])[ ,;|\t]*\n/i; // a first line that says what parts cells

/** The order of partners, as Python has it: by code points. @param {string} a @param {string} b */
export function byName(a, b) {
  const [one, other] = [[...a], [...b]];
  for (let place = 0; place < Math.min(one.length, other.length); place += 1) {
    const step = /** @type {number} */ (one[place].codePointAt(0)) - /** @type {number} */ (other[place].codePointAt(0));
    if (step) return step;
  }
  return one.length - other.length;
}

/** All that was answered. */
export class Answers {
  /** @param {Asked} asked @param {Voice[]} voices @param {string} [title] */
  constructor(asked, voices, title = "") {
    this.asked = asked;
    this.voices = voices;
    this.title = title || asked.settings.title;
    this.sorted = [...voices].sort((a, b) => byName(a.partner, b.partner));
  }

  /** Who answered a question, and what. @param {string} question @returns {[string, string][]} */
  given(question) {
    return this.sorted.filter((voice) => Object.hasOwn(voice.answers, question)).map((voice) => [voice.partner, voice.answers[question]]);
  }

  /** Partners who answered anything. @returns {Voice[]} */
  get heard() {
    return this.voices.filter(({ answers }) => Object.keys(answers).length > 0);
  }

  /** Questions that nobody could answer. @returns {string[]} */
  get missing() {
    return this.asked.questions.map(({ id }) => id).filter((id) => !this.given(id).length);
  }

  /** Questions that were answered in more than one way. @returns {string[]} */
  get disputed() {
    return this.asked.questions.map(({ id }) => id).filter((id) => new Set(this.given(id).map(([, answer]) => answer)).size > 1);
  }

  /** How far two partners' answers lie apart on average: 0 the same, 1 at both ends. @param {string} question @returns {number | null} */
  apart(question) {
    const order = questionOf(this.asked, question).answers.map(({ id }) => id);
    const places = this.given(question).map(([, answer]) => order.indexOf(answer) / (order.length - 1));
    let [sum, pairs] = [0, 0];
    places.forEach((one, at) => {
      for (const other of places.slice(at + 1)) {
        sum += Math.abs(one - other);
        pairs += 1;
      }
    });
    return pairs ? sum / pairs : null;
  }

  /** The same as one partner sees it. @param {Voice} voice */
  alone(voice) {
    return new Answers(this.asked, [voice], this.title);
  }
}

/** @param {Asked} asked @param {string} id @returns {import("./ranges.js").Question} */
export function questionOf(asked, id) {
  return /** @type {any} */ (asked.questions.find((one) => one.id === id));
}

const UNSEEN = /[\u00ad\u034f\u061c\u180e\u200b-\u200f\u2060-\u2064\ufeff]/g; // word processors and phones leave them behind
const QUOTES = "\"'`\u00b4\u2018-\u201f\u00ab\u00bb\u2039\u203a"; // of all kinds, within [] of a pattern
const AROUND = new RegExp(`^[\\s${QUOTES}]+|[\\s${QUOTES}]+$`, "g");

/** A text in which case, blanks and typographic marks make no difference, as `plain` of `cgsim.scenario.sheets` has it. @param {string} text */
const plain = (text) =>
  text
    .replaceAll(UNSEEN, "")
    .replaceAll(AROUND, "") // before, since NFKC makes of an acute accent two marks
    .normalize("NFKC")
    .replaceAll(UNSEEN, "")
    .replaceAll(/[\u2010-\u2015\u2212\ufe58\ufe63\uff0d_]/g, "-")
    .replaceAll(AROUND, "")
    .toLowerCase()
    .replaceAll(/[\s-]+/g, "-");

/** A text without the blanks and unseen marks around it. @param {string} text */
const cleaned = (text) => text.replaceAll(EDGES, "").normalize("NFC");
const EDGES = new RegExp(`^(?:\\s|${UNSEEN.source})+|(?:\\s|${UNSEEN.source})+$`, "g");

/** @param {string} text */
const shown = (text) => JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);

/** @param {string} name */
function checkName(name) {
  if (!name.trim() || name.length > MOST_LETTERS || /[\p{C}\u2028\u2029]/u.test(name)) return `got ${shown(name)} as a name; allowed 1 to ${MOST_LETTERS} letters that print`;
  return "";
}

/**
 * Put one answer where it belongs, or say what is wrong with it.
 *
 * @param {Asked} asked
 * @param {Record<string, string>} kept
 * @param {string} question
 * @param {string} answer
 * @returns {string} what is wrong; "" where nothing is
 */
function take(asked, kept, question, answer) {
  const found = asked.questions.find((one) => plain(one.id) === plain(question));
  if (!found) return `got an unknown question ${shown(question)}`;
  const said = plain(answer);
  if (said === "" || said === UNKNOWN) return "";
  const right = found.answers.find((one) => plain(one.id) === said);
  if (!right) return `${found.id}: got ${shown(answer)}; allowed ${[...found.answers.map((one) => one.id), UNKNOWN].join(", ")}`;
  if (Object.hasOwn(kept, found.id)) return `${found.id}: it is there twice`;
  kept[found.id] = right.id;
  return "";
}

/**
 * Read a file of answers.
 *
 * @param {Asked} asked
 * @param {string} text
 * @param {string} file its name: what a partner without a name is called after
 * @returns {Read}
 */
export function readAnswers(asked, text, file) {
  if (text.length > MOST_BYTES) throw new Fault(`${file}: got ${text.length} characters; allowed ${MOST_BYTES}`);
  if (/[\u0000-\u0008\u000e-\u001f]/.test(text)) throw new Fault(`${file}: got what is no text; allowed answers as .toml, .csv or .xlsx`);
  const clean = text.replace(/^\ufeff/, "").replaceAll(/\r\n?/g, "\n");
  const first = clean.replace(SEP, "").split("\n").find((line) => line.trim()) ?? "";
  return checked(/^\s*"?question"?\s*[,;|\t]/i.test(first) ? readTable(asked, clean, file) : readToml(asked, clean, file), file);
}

/** @param {Read} found @param {string} file @returns {Read} the same, if it is answers of somebody and of not too many */
function checked(found, file) {
  if (!found.voices.length) throw new Fault(`${file}: got no answers; allowed [answers] or [partners."NAME"]`);
  if (found.voices.length > MOST_VOICES) throw new Fault(`${file}: got ${found.voices.length} partners; allowed ${MOST_VOICES} at most`);
  return found;
}

/** A text as TOML writes it, in double or single quotes. @param {string} text @returns {string | null} */
function textOf(text) {
  const single = text.match(/^'([^']*)'$/);
  if (single) return single[1];
  if (!/^"(?:[^"\\]|\\.)*"$/.test(text)) return null;
  try {
    return JSON.parse(text.replaceAll(/\\U([0-9a-fA-F]{8})/g, (_, code) => JSON.stringify(String.fromCodePoint(parseInt(code, 16))).slice(1, -1)));
  } catch {
    return null;
  }
}

/** @param {Asked} asked @param {string} text @param {string} file @returns {Read} */
function readToml(asked, text, file) {
  const stem = file.replace(/\.[^.]*?(?=( \(\d+\))?$)/, "") || "a partner"; // of the second of one name, with its number
  /** @type {Map<string, Record<string, string>>} */
  const voices = new Map();
  let [title, partner] = ["", stem];
  /** @type {Record<string, string> | null} */
  let table = null;
  let single = false;
  text.split("\n").forEach((line, place) => {
    const wrong = (/** @type {string} */ what) => new Fault(`${file}, line ${place + 1}: ${what}`);
    const bare = line.trim();
    if (!bare || bare.startsWith("#")) return;
    const head = bare.match(/^\[\s*(?:(answers)|partners\s*\.\s*(.+?))\s*\](?:\s*#.*)?$/);
    if (head) {
      const name = head[1] ? partner : textOf(head[2]) ?? (/^[\w-]+$/.test(head[2]) ? head[2] : null);
      if (name === null) throw wrong(`got ${shown(bare)}; allowed [answers] or [partners."NAME"]`);
      const fault = checkName(name);
      if (fault) throw wrong(fault);
      if (voices.has(name)) throw wrong(`${shown(name)} is there twice`);
      single ||= Boolean(head[1]);
      if (single && voices.size) throw wrong("got [answers] and [partners]; allowed one of them");
      table = Object.create(null);
      voices.set(name, /** @type {any} */ (table));
      return;
    }
    const pair = bare.match(/^("(?:[^"\\]|\\.)*"|'[^']*'|[\w-]+)\s*=\s*("(?:[^"\\]|\\.)*"|'[^']*')\s*(?:#.*)?$/);
    if (!pair) throw wrong(`got ${shown(bare)}; allowed a name, = and a text in quotation marks`);
    const key = /^["']/.test(pair[1]) ? textOf(pair[1]) : pair[1];
    const value = textOf(pair[2]);
    if (key === null || value === null) throw wrong(`got ${shown(bare)}; allowed a text in quotation marks`);
    if (table) {
      const fault = take(asked, table, key, value);
      if (fault) throw wrong(fault);
    } else if (key === "title" || key === "partner") {
      const fault = checkName(value);
      if (fault) throw wrong(fault);
      if (key === "title") title = value;
      else partner = value;
    } else throw wrong(`got an unknown key ${shown(key)}; allowed title, partner`);
  });
  return { voices: [...voices].map(([name, answers]) => ({ partner: name, answers: { ...answers } })), title, unnamed: single && partner === stem };
}

/** @param {Asked} asked @param {string} text @param {string} file @returns {Read} */
function readTable(asked, text, file) {
  const said = text.match(SEP)?.[1];
  const first = text.replace(SEP, "").split("\n").find((line) => line.trim()) ?? "";
  const mark = said ?? [",", ";", "|", "\t"].sort((a, b) => first.split(b).length - first.split(a).length)[0];
  const rows = located(file, () => cellsOf(text, mark));
  return fromRows(asked, said ? rows.slice(1) : rows, file);
}

/**
 * Read a workbook of answers: the sheet called answers, or the only one that holds something.
 *
 * @param {Asked} asked
 * @param {Uint8Array} bytes
 * @param {string} file
 * @returns {Promise<Read>}
 */
export async function readWorkbook(asked, bytes, file) {
  const rows = await rowsOfWorkbook(bytes, SHEET, (name) => plain(name) === SHEET, MOST_UNPACKED).catch((error) => located(file, () => { throw error; }));
  const clean = rows.map(({ line, cells }) => ({ line, cells: cells.map(cleaned) })).filter(({ cells }) => cells.some(Boolean));
  if (plain(clean[0]?.cells[0] ?? "") !== QUESTION) throw new Fault(`${file}, line ${clean[0]?.line ?? 1}: got another first line; allowed: question, then a column for each partner`);
  // A few too many are told one by one; of very many that would take long.
  if (clean.length - 1 > 4 * asked.questions.length) throw new Fault(`${file}, line ${clean[0].line}: got ${clean.length - 1} answers; there are ${asked.questions.length} questions`);
  return checked(fromRows(asked, clean, file), file);
}

/** Do something, and name the file in what is wrong. @template T @param {string} file @param {() => T} work @returns {T} */
function located(file, work) {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    throw new Fault(`${file}${error.message.startsWith("line ") ? ", " : ": "}${error.message}`);
  }
}

/** A row of heads, and below it a row a question. @param {Asked} asked @param {{line: number, cells: string[]}[]} rows @param {string} file @returns {Read} */
function fromRows(asked, rows, file) {
  const [head, ...rest] = rows;
  const width = Math.max(...rows.map(({ cells }) => cells.length));
  const heads = Array.from({ length: width }, (_, column) => cleaned(head.cells[column] ?? ""));
  const filled = (/** @type {number} */ column) => rest.find(({ cells }) => cells[column]?.trim());
  // Columns that are empty throughout are none.
  const columns = heads.flatMap((name, column) => (column > 0 && (name || filled(column)) ? [column] : []));
  const bare = columns.find((column) => !heads[column]);
  const above = bare !== undefined && filled(bare);
  if (above) throw new Fault(`${file}, line ${above.line}: got ${shown(above.cells[bare])} in column ${bare + 1}, over which the first line has no name; allowed a name over it`);
  const names = columns.map((column) => heads[column]);
  /** @type {Record<string, string>[]} */
  const kept = names.map(() => Object.create(null));
  names.forEach((name, place) => {
    const fault = checkName(name) || (names.indexOf(name) < place ? `${shown(name)} is there twice` : "");
    if (fault) throw new Fault(`${file}, line ${head.line}: ${fault}`);
  });
  const seen = new Set();
  for (const { line, cells } of rest) {
    const wrong = (/** @type {string} */ what) => new Fault(`${file}, line ${line}: ${what}`);
    const question = cells[0].trim();
    if (seen.has(plain(question))) throw wrong(`${question}: it is there twice`);
    seen.add(plain(question));
    kept.forEach((answers, place) => {
      const fault = take(asked, answers, question, cells[columns[place]] ?? "");
      if (fault) throw wrong(fault);
    });
  }
  return { voices: names.map((partner, place) => ({ partner, answers: { ...kept[place] } })), title: "" };
}

/** One partner's answers as a file. @param {Asked} asked @param {Voice} voice @param {string} title */
export function asToml(asked, voice, title) {
  const lines = [`title = ${tomlValue(title)}`, `partner = ${tomlValue(voice.partner)}`, "", "[answers]"];
  for (const { id } of asked.questions) lines.push(`${id} = ${tomlValue(voice.answers[id] ?? UNKNOWN)}`);
  return `${lines.join("\n")}\n`;
}

/** The answers of all partners as one file. @param {Answers} answers */
export function allAsToml(answers) {
  const lines = [`title = ${tomlValue(answers.title)}`];
  for (const { partner, answers: given } of answers.voices) {
    lines.push("", `[partners.${tomlValue(partner)}]`);
    for (const [question, answer] of Object.entries(given)) lines.push(`${question} = ${tomlValue(answer)}`);
  }
  return `${lines.join("\n")}\n`;
}

/** A name without what does not print; what it is otherwise. @param {string} text @param {string} otherwise */
export const cleanName = (text, otherwise) => text.replaceAll(/[\p{C}\u2028\u2029]/gu, "").trim().slice(0, MOST_LETTERS) || otherwise;
