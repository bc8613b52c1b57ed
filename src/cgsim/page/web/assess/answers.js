/**
 * Answers of one partner or several, read from files on this machine and written to them.
 *
 * A TOML file holds `[answers]`, or `[partners."NAME"]` for each of several; a table (CSV, or with
 * semicolons or tabs) holds a line a question. What is not answered, or "unknown", leaves open what
 * was open before. What is wrong is told with its line: nothing is misread in silence.
 *
 * @module
 */
import { cellsOf } from "../scenario/cells.js";
import { Fault } from "../scenario/edits.js";
import { tomlValue } from "../scenario/written.js";

/** @typedef {import("./ranges.js").Asked} Asked */
/** @typedef {{partner: string, answers: Record<string, string>}} Voice the answer's id by question */
/** @typedef {{voices: Voice[], title: string, unnamed?: boolean}} Read `unnamed`: its partner is called after the file */

export const UNKNOWN = "unknown";
export const MOST_VOICES = 100;
export const MOST_BYTES = 128 * 1024;
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
  if (text.startsWith("PK") || /[\u0000-\u0008\u000e-\u001f]/.test(text)) throw new Fault(`${file}: got what is no text; allowed answers as .toml or .csv (save a workbook as CSV first)`);
  const clean = text.replace(/^\ufeff/, "").replaceAll(/\r\n?/g, "\n");
  const first = clean.replace(SEP, "").split("\n").find((line) => line.trim()) ?? "";
  const found = /^\s*"?question"?\s*[,;|\t]/i.test(first) ? readTable(asked, clean, file) : readToml(asked, clean, file);
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
  let rows;
  try {
    rows = cellsOf(text, mark);
  } catch (error) {
    throw new Fault(`${file}, ${/** @type {Error} */ (error).message}`);
  }
  const [head, ...rest] = said ? rows.slice(1) : rows;
  const names = head.cells.slice(1).map((name) => name.trim());
  while (names.length && !names.at(-1)) names.pop();
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
    if (cells.slice(names.length + 1).some((cell) => cell.trim())) throw wrong(`got ${cells.length - 1} answers; allowed ${names.length}, one for each partner`);
    if (seen.has(plain(question))) throw wrong(`${question}: it is there twice`);
    seen.add(plain(question));
    kept.forEach((answers, place) => {
      const fault = take(asked, answers, question, cells[place + 1] ?? "");
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
