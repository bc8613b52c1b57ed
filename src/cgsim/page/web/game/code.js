/**
 * A play as a short code, and back: letter for letter what Python's `cgsim.game.code` writes and
 * reads. A code of a stranger is data: bounded, checked, and refused with one line.
 *
 * @module
 */
import { Fault } from "../scenario/edits.js";

/** @typedef {import("./game.js").Game} Game */
/** @typedef {import("./game.js").Play} Play */

/** What Python's `split` parts at. */
const BLANKS = /[\t-\r\x1c- \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/gu;
/** @type {Record<string, string>} */
const ALIKE = { I: "1", L: "1", O: "0" };
const LETTER = 5;

/** @param {Game} game @param {Play} play @returns {string} the same for the same play */
export function writeCode(game, play) {
  const { form, settings } = game;
  const { bits } = form;
  /** @type {[number, number][]} */
  const fields = [[form.version, bits.version], [play.case, bits.case], [play.luck, bits.luck], [play.decisions.length, bits.count]];
  for (const { quarter, action, level } of play.decisions) [quarter, action, level].forEach((number, place) => fields.push([number, form.decision[place]]));
  for (const guess of play.guesses) fields.push([(guess ?? settings.most_guess + 1) + settings.most_guess, bits.guess]);
  let word = 0n;
  let length = 0;
  for (const [number, wide] of fields) {
    word = (word << BigInt(wide)) | BigInt(number);
    length += wide;
  }
  const padding = (LETTER - (length % LETTER)) % LETTER;
  word <<= BigInt(padding);
  word = (word << BigInt(bits.check)) | checksum(word, bits.check);
  length += padding + bits.check;
  let letters = "";
  for (let at = length - LETTER; at >= 0; at -= LETTER) letters += form.letters[Number((word >> BigInt(at)) & 31n)];
  return (letters.match(new RegExp(`.{1,${form.group}}`, "g")) ?? []).join("-");
}

/**
 * @param {Game} game
 * @param {string} text
 * @returns {Play}
 * @throws {Fault} one line, for what is no play
 */
export function readCode(game, text) {
  const { form, settings } = game;
  const { bits } = form;
  const size = [...text].length;
  if (size > form.longest) throw new Fault(`got ${size} letters; allowed ${form.longest} at most`);
  const letters = [...text.replaceAll(BLANKS, "").replaceAll("-", "").toUpperCase()].map((letter) => ALIKE[letter] ?? letter);
  if (!letters.length) throw new Fault("got nothing; allowed a code");
  for (const letter of letters) if (!form.letters.includes(letter)) throw new Fault(`got ${quoted(letter)} in a code; allowed letters and digits, without U`);
  let word = letters.reduce((all, letter) => (all << 5n) | BigInt(form.letters.indexOf(letter)), 0n);
  let length = LETTER * letters.length - bits.check;
  const check = word & ((1n << BigInt(bits.check)) - 1n);
  word >>= BigInt(bits.check);
  if (length <= 0 || check !== checksum(word, bits.check)) throw new Fault("got a code with a slip in it, or a part of one; copy it whole");
  const take = (/** @type {number} */ wide) => {
    length -= wide;
    if (length < 0) throw new Fault("got a code that ends too early");
    return Number((word >> BigInt(length)) & ((1n << BigInt(wide)) - 1n));
  };
  const version = take(bits.version);
  if (version !== form.version) throw new Fault(`got a code of version ${version}; allowed version ${form.version}`);
  const number = take(bits.case);
  if (number >= game.cases.length) throw new Fault(`got case ${number}; allowed 0 to ${game.cases.length - 1}`);
  const luck = take(bits.luck);
  const decisions = Array.from({ length: take(bits.count) }, () => {
    const [quarter, action, level] = form.decision.map(take);
    return { quarter, action, level };
  });
  const guesses = settings.guess_months.map(() => take(bits.guess) - settings.most_guess);
  if (length >= LETTER || word & ((1n << BigInt(length)) - 1n)) throw new Fault("got a code that goes on after its end");
  const none = settings.most_guess + 1;
  return game.checked({ case: number, luck, decisions, guesses: guesses.map((/** @type {number} */ guess) => (guess === none ? null : guess)) });
}

/** The last bits of the CRC-32 of a word's bytes, the largest first. @param {bigint} word @param {number} wide @returns {bigint} */
function checksum(word, wide) {
  const digits = word.toString(16);
  const even = digits.length % 2 ? `0${digits}` : digits;
  const bytes = Uint8Array.from(even.match(/../g) ?? [], (pair) => parseInt(pair, 16));
  return BigInt(crc32(bytes)) & ((1n << BigInt(wide)) - 1n);
}

/** @param {Uint8Array} bytes @returns {number} as zlib has it */
export function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/** A letter in quotation marks, written as Python's `ascii` does. @param {string} letter */
function quoted(letter) {
  const code = /** @type {number} */ (letter.codePointAt(0));
  const hex = (/** @type {number} */ width) => code.toString(16).padStart(width, "0");
  if (letter === "'") return `"'"`;
  if (letter === "\\") return "'\\\\'";
  if (code >= 32 && code < 127) return `'${letter}'`;
  if (code < 256) return `'\\x${hex(2)}'`;
  return code < 65536 ? `'\\u${hex(4)}'` : `'\\U${hex(8)}'`;
}
