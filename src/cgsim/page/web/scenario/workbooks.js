/**
 * The table in an Excel workbook, by the rules of `cgsim.scenario.sheets`: which sheet is read, what
 * its cells hold, and what is refused. A test keeps both alike.
 *
 * @module
 */
import { Fault } from "./edits.js";
import { crc32 } from "./zipped.js";

/** @typedef {{line: number, cells: string[]}} Row as `cellsOf` gives it */
/** @typedef {{text: string, kind: "text" | "date" | "error" | "formula"}} Cell `formula`: one without a result */
/** @typedef {Map<number, {width: number, cells: Map<number, Cell>}>} Rows by line and column, from 1: what is not empty; `width`: the last cell that is there */
/** @typedef {{name: string, rows: () => Rows}} Sheet */
/** @typedef {{path: string, packed: Uint8Array, method: number, crc: number, size: number}} Part of an archive */

const MOST_PARTS = 2000;
const MOST_COLUMNS = 2000;
const FEW = 4; // names of sheets that are told
const WHAT = "allowed CSV in UTF-8 or an Excel workbook (.xlsx)";
const SAVE = "save it as .xlsx, or as CSV UTF-8";
const MERGED = /<(?:\w+:)?mergeCell\b(?:[^>]*\bref=["']([A-Z]{1,3}\d{1,7}(?::[A-Z]{1,3}\d{1,7})?)["'])?/;
// Declarations can make a small text a huge one; no program writes them here.
const DECLARED = /<!(DOCTYPE|ENTITY)|\0/;
/** Formats of dates and times that need no words of their own, by their numbers. */
const DATES = new Set([14, 15, 16, 17, 18, 19, 20, 21, 22, 45, 46, 47]);
const NO_DATE = /".*?"|\[(?!hh?\]|mm?\]|ss?\])[^\]]*\]/g; // of a format: texts, colours, languages

const broken = () => new Fault(`got an Excel workbook that is damaged or not whole; ${WHAT}: open it and ${SAVE}`);

/** @param {Uint8Array} bytes @param {number[]} marks */
const begins = (bytes, marks) => marks.every((mark, place) => bytes[place] === mark);
const ZIP = [0x50, 0x4b, 3, 4];
const OLE = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];

/** Whether bytes are meant as a workbook or an archive, and not as a text. @param {Uint8Array} bytes */
export const isWorkbook = (bytes) => begins(bytes, ZIP) || begins(bytes, OLE);

/**
 * The rows of a workbook's table that hold something.
 *
 * @param {Uint8Array} bytes
 * @param {string} wanted what the sheet is called, where several hold something
 * @param {(name: string) => boolean} isWanted whether a sheet is called so
 * @param {number} most bytes that it may take unpacked
 * @returns {Promise<Row[]>}
 * @throws {Fault} one line, which begins with `line N: ` where it is about one
 */
export async function rowsOfWorkbook(bytes, wanted, isWanted, most) {
  if (begins(bytes, OLE)) throw new Fault(`got an old Excel workbook (.xls), or one with a password; ${WHAT}: ${SAVE}, without a password`);
  try {
    const book = new Book(await textsIn(bytes, most));
    return rowsOf(chosen(book.sheets(), wanted, isWanted));
  } catch (error) {
    // Of a damaged workbook anything may be missing.
    throw error instanceof Fault ? error : broken();
  }
}

// The archive ---------------------------------------------------------------------------------------

/** What an archive lists. @param {Uint8Array} bytes @returns {Part[]} */
function partsOf(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = bytes.length - 22;
  while (end >= 0 && view.getUint32(end, true) !== 0x06054b50) end -= 1; // a remark may follow
  if (end < 0) throw broken();
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  if (count > MOST_PARTS) throw broken();
  return Array.from({ length: count }, () => {
    const number = (/** @type {number} */ place) => view.getUint16(at + place, true);
    const long = (/** @type {number} */ place) => view.getUint32(at + place, true);
    const locked = number(8) & 1;
    if (long(0) !== 0x02014b50 || locked) throw broken();
    const path = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + number(28)));
    const from = long(42);
    if (view.getUint32(from, true) !== 0x04034b50) throw broken();
    const data = from + 30 + view.getUint16(from + 26, true) + view.getUint16(from + 28, true);
    const packed = bytes.subarray(data, data + long(20));
    const part = { path, packed, method: number(10), crc: long(16), size: long(24) };
    if (packed.length !== long(20)) throw broken();
    at += 46 + number(28) + number(30) + number(32);
    return part;
  });
}

/** The texts of an archive's parts, unpacked to no more than they say. @param {Uint8Array} bytes @param {number} most @returns {Promise<Map<string, string>>} */
async function textsIn(bytes, most) {
  const parts = partsOf(bytes);
  const paths = new Set(parts.map(({ path }) => path));
  if (paths.has("mimetype") && paths.has("content.xml")) throw new Fault(`got an OpenDocument sheet; ${WHAT}: ${SAVE}`);
  if (!paths.has("[Content_Types].xml") || ![...paths].some((path) => path.endsWith("workbook.xml"))) throw new Fault(`got an archive that is no Excel workbook; ${WHAT}: ${SAVE}`);
  const size = most / 2 ** 20;
  if (parts.reduce((sum, part) => sum + part.size, 0) > most) throw new Fault(`got a workbook of more than ${size} MiB when unpacked; allowed ${size} MiB`);
  /** @type {Map<string, string>} */
  const texts = new Map();
  for (const part of parts.filter(({ path }) => /\.(xml|rels)$/.test(path))) {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(await unpacked(part));
    if (DECLARED.test(text)) throw broken();
    const merged = MERGED.exec(text);
    if (merged) throw new Fault(`got merged cells${merged[1] ? ` (${merged[1]})` : ""}, which may stand for one answer or for several; allowed a value in each cell of its own`);
    texts.set(part.path, text);
  }
  return texts;
}

/** @param {Part} part @returns {Promise<Uint8Array>} */
async function unpacked({ packed, method, size, crc }) {
  if (method !== 0 && method !== 8) throw broken();
  const made = method ? await inflated(packed, size) : packed;
  if (made.length !== size || crc32(made) !== crc) throw broken();
  return made;
}

/** @param {Uint8Array} packed @param {number} size that it says it has @returns {Promise<Uint8Array>} */
async function inflated(packed, size) {
  let unpacker;
  try {
    unpacker = new DecompressionStream("deflate-raw");
  } catch {
    throw new Fault("got an Excel workbook, which this browser cannot unpack; allowed CSV in UTF-8: save it as CSV UTF-8");
  }
  const made = new Uint8Array(size);
  let at = 0;
  const reader = new Blob([/** @type {any} */ (packed)]).stream().pipeThrough(unpacker).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return made.subarray(0, at);
    if (at + value.length > size) {
      reader.cancel().catch(() => {});
      throw broken();
    }
    made.set(value, at);
    at += value.length;
  }
}

// What is in it -------------------------------------------------------------------------------------

/** Elements of a name, in whatever namespace. @param {Document | Element} where @param {string} name @returns {Element[]} */
const all = (where, name) => [...where.getElementsByTagNameNS("*", name)];
/** @param {Element} where @param {string} name @returns {Element | undefined} */
const child = (where, name) => [...where.children].find((one) => one.localName === name);

/** Where a part is that another names. @param {string} target @param {string} from */
function resolved(target, from) {
  const steps = target.startsWith("/") ? [] : from.split("/").slice(0, -1);
  for (const step of target.replace(/^\//, "").split("/")) {
    if (step === "..") steps.pop();
    else if (step !== ".") steps.push(step);
  }
  return steps.join("/");
}

/** A text with its parts in several fonts, without how it is spoken. @param {Element} element */
const textOf = (element) => [...element.children].map((one) => (one.localName === "t" ? one.textContent : one.localName === "r" ? child(one, "t")?.textContent : "") ?? "").join("");

/** A workbook whose parts are known. */
class Book {
  /** @param {Map<string, string>} texts */
  constructor(texts) {
    this.texts = texts;
    const main = this.related("", "officeDocument")[0].path;
    this.main = main;
    const shared = this.related(main, "sharedStrings")[0];
    this.shared = shared ? all(this.read(shared.path), "si").map((one) => textOf(one).replaceAll("x005F_", "")) : [];
    const styles = this.related(main, "styles")[0];
    this.dates = styles ? datesOf(this.read(styles.path)) : new Set();
  }

  /** @param {string} path @returns {Document} */
  read(path) {
    const made = new DOMParser().parseFromString(/** @type {string} */ (this.texts.get(path)), "text/xml");
    if (!this.texts.has(path) || all(made, "parsererror").length) throw broken();
    return made;
  }

  /** What a part points at, of a kind. @param {string} from @param {string} kind @returns {{id: string, path: string}[]} */
  related(from, kind) {
    const place = from.lastIndexOf("/") + 1;
    const listed = `${from.slice(0, place)}_rels/${from.slice(place)}.rels`;
    return all(this.read(listed), "Relationship")
      .filter((one) => one.getAttribute("Type")?.endsWith(`/${kind}`))
      .map((one) => ({ id: one.getAttribute("Id") ?? "", path: resolved(one.getAttribute("Target") ?? "", from) }));
  }

  /** Its sheets of cells. @returns {Sheet[]} */
  sheets() {
    const paths = new Map(this.related(this.main, "worksheet").map(({ id, path }) => [id, path]));
    return all(this.read(this.main), "sheet").flatMap((one) => {
      const id = [...one.attributes].find(({ localName, prefix }) => localName === "id" && prefix)?.value ?? "";
      const path = paths.get(id);
      return path === undefined ? [] : [{ name: one.getAttribute("name") ?? "", rows: () => this.rows(this.read(path)) }];
    });
  }

  /** @param {Document} sheet @returns {Rows} */
  rows(sheet) {
    /** @type {Rows} */
    const rows = new Map();
    let line = 0;
    for (const row of all(sheet, "row")) {
      const number = Number(row.getAttribute("r") ?? line + 1);
      if (!Number.isInteger(number) || number <= line) throw broken();
      line = number;
      /** @type {Map<number, Cell>} */
      const cells = new Map();
      let column = 0;
      for (const one of [...row.children].filter(({ localName }) => localName === "c")) {
        const letters = /^([A-Z]{1,3})\d+$/.exec(one.getAttribute("r") ?? "")?.[1];
        column = letters ? [...letters].reduce((sum, letter) => 26 * sum + letter.charCodeAt(0) - 64, 0) : column + 1;
        const cell = this.cell(one);
        if (cell) cells.set(column, cell);
      }
      rows.set(line, { width: column, cells });
    }
    return rows;
  }

  /** @param {Element} one @returns {Cell | null} null where it is empty */
  cell(one) {
    const type = one.getAttribute("t") ?? "n";
    const value = (type !== "inlineStr" && child(one, "v")?.textContent) || null;
    if (type === "inlineStr") {
      const inline = child(one, "is");
      return inline ? { text: textOf(inline), kind: "text" } : null;
    }
    if (value === null) return child(one, "f") ? { text: "", kind: "formula" } : null;
    if (type === "e") return { text: value, kind: "error" };
    if (type === "d") return { text: value, kind: "date" };
    if (type === "s") {
      const text = this.shared[Number(value)];
      if (text === undefined) throw broken();
      return { text, kind: "text" };
    }
    if (type === "str") return { text: value, kind: "text" };
    const number = Number(value);
    if (Number.isNaN(number)) throw broken();
    if (type === "b") return { text: number ? "true" : "false", kind: "text" };
    // As it would be typed: a whole number without a point.
    return { text: /^-?\d+$/.test(value) ? value : String(number), kind: this.dates.has(Number(one.getAttribute("s") ?? 0)) ? "date" : "text" };
  }
}

/** Which formats of cells are those of dates and times. @param {Document} styles @returns {Set<number>} */
function datesOf(styles) {
  const own = new Map(all(styles, "numFmt").map((one) => [Number(one.getAttribute("numFmtId")), one.getAttribute("formatCode") ?? ""]));
  const isDate = (/** @type {number} */ id) => {
    const words = own.get(id);
    return words === undefined ? DATES.has(id) : /(?<![_\\])[dmhys]/i.test(words.split(";")[0].replaceAll(NO_DATE, ""));
  };
  const cells = all(styles, "cellXfs")[0];
  return new Set(cells ? [...cells.children].flatMap((one, place) => (isDate(Number(one.getAttribute("numFmtId") ?? 0)) ? [place] : [])) : []);
}

/** The sheet to read. @param {Sheet[]} sheets @param {string} wanted @param {(name: string) => boolean} isWanted @returns {Rows} */
function chosen(sheets, wanted, isWanted) {
  const called = sheets.filter(({ name }) => isWanted(name));
  if (called.length === 1) return called[0].rows();
  const all = sheets.map(({ name, rows }) => ({ name, rows: rows() }));
  const filled = all.filter(({ rows }) => [...rows.values()].some(({ cells }) => [...cells.values()].some(({ text }) => text !== "")));
  if (filled.length === 1) return filled[0].rows;
  if (!filled.length) throw new Fault("got a workbook with nothing in it");
  const names = filled.slice(0, FEW).map(({ name }) => JSON.stringify(name)).join(", ");
  throw new Fault(`got ${filled.length} sheets (${names}${filled.length > FEW ? " ..." : ""}); allowed one sheet, or one called "${wanted}"`);
}

/** @param {Rows} rows @returns {Row[]} */
function rowsOf(rows) {
  return [...rows].map(([line, { width, cells: found }]) => {
    const wrong = (/** @type {string} */ what) => new Fault(`line ${line}: ${what}`);
    if (width > MOST_COLUMNS) throw wrong(`got ${width} columns; allowed at most ${MOST_COLUMNS}`);
    const cells = new Array(Math.max(1, ...found.keys())).fill("");
    for (const [column, { text, kind }] of found) {
      if (kind === "formula") throw wrong(`got a formula without a result in column ${column}; allowed a value (open and save it once)`);
      if (kind === "error") throw wrong(`got the error ${JSON.stringify(text)} in column ${column}; allowed a value`);
      if (kind === "date") throw wrong(`got a date or time in column ${column}; allowed a number or a text (set the cell's format to Text and type it again)`);
      cells[column - 1] = text;
    }
    return { line, cells };
  });
}
