/**
 * Plays of a room: read from what a learning platform exports, and what they say together.
 *
 * @module
 */
import { Fault } from "../scenario/edits.js";
import { readCode, writeCode } from "./code.js";
import { gainUntil } from "./debrief.js";
import { monthIn } from "./words.js";

/** @typedef {import("./game.js").Game} Game */
/** @typedef {import("./game.js").Play} Play */
/** @typedef {import("./debrief.js").Life} Life */
/** @typedef {{line: number, who: string, play: Play, own: Life | null, turn: {last: number | null} | null}} Row */

export const MOST_LINES = 2000;
export const MOST_LETTERS = 1_000_000;
const FEWEST = 12; // letters that a code has at least, so that words beside it are no codes

/** Cells of a line, at commas, semicolons and tabs; what is in quotation marks stays together. @param {string} line @returns {string[]} */
export function cellsOf(line) {
  const cells = [];
  for (const [, quoted, plain] of line.matchAll(/(?:^|[,;\t])\s*(?:"((?:[^"]|"")*)"|([^,;\t]*))/g)) cells.push((quoted?.replaceAll('""', '"') ?? plain).trim());
  return cells;
}

/** @param {string} cell whether somebody may have meant it as a code */
const codeLike = (cell) => /^['=]?[0-9A-Za-z]{5}[- ]?[0-9A-Za-z]{5}/.test(cell) && /\d/.test(cell);

/**
 * Read plays, one a line. What cannot be read is told with its number, and the rest goes on.
 *
 * @param {Game} game
 * @param {string} text
 * @returns {{rows: Row[], faults: {line: number, why: string}[], heading: boolean}}
 */
export function readWall(game, text) {
  if (text.length > MOST_LETTERS) throw new Fault(`got ${text.length} letters; allowed ${MOST_LETTERS}`);
  const lines = text.replace(/^\ufeff/, "").split(/\r\n|\n|\r/);
  if (lines.length > MOST_LINES) throw new Fault(`got ${lines.length} lines; allowed ${MOST_LINES}`);
  /** @type {Row[]} */
  const rows = [];
  /** @type {{line: number, why: string}[]} */
  const faults = [];
  let heading = false;
  lines.forEach((line, place) => {
    if (!line.trim()) return;
    const cells = cellsOf(line);
    let why = "got no code";
    for (const [at, cell] of cells.entries()) {
      // A spreadsheet may have put a mark before it.
      const bare = cell.replace(/^['=]/, "");
      if (bare.replaceAll(/[- ]/g, "").length < FEWEST) continue;
      try {
        const play = readCode(game, bare);
        const who = cells.filter((one, other) => other !== at && one).join(", ");
        rows.push({ line: place + 1, who, play, own: null, turn: null });
        return;
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        if (codeLike(cell)) why = error.message;
      }
    }
    if (place === 0 && cells.length > 1 && !cells.some(codeLike)) heading = true;
    else faults.push({ line: place + 1, why });
  });
  return { rows, faults, heading };
}

/** Whether somebody took the grant before anybody led: before leading was given some time, or with no such decision. @param {Game} game @param {Play} play */
export function grantFirst(game, { decisions }) {
  const grant = game.first(decisions, "grant");
  const led = decisions.find((one) => one.action === game.number.leading && one.level > 0)?.quarter ?? Infinity;
  return grant !== null && grant < led;
}

/**
 * How and when it ended.
 *
 * @param {Game} game
 * @param {Play} play
 * @param {Life} own
 * @returns {{how: "closed" | "fell" | "lived", month: number | null}} the first month of the game without it
 */
export function endOf(game, play, own) {
  const { first_month: first } = game.settings;
  const month = own.end - first + 1;
  if (month > own.overMoney.length) return { how: "lived", month: null };
  const closed = game.first(play.decisions, "close");
  return { how: closed !== null && monthIn(game, closed) <= month ? "closed" : "fell", month };
}

/** The later of the two guesses that most made, and those who made it. @param {Row[]} rows @param {Game} game */
export function beliefs(game, rows) {
  const place = 1;
  const month = game.settings.guess_months[place];
  const made = rows.flatMap(({ play, own, who, line }) => {
    const guess = play.guesses[place];
    return guess === null || !own ? [] : [{ guess, truth: gainUntil(own, month), who, line }];
  });
  return { month, made };
}

/**
 * The first month from which nine in ten of those who lost could no longer turn it.
 *
 * @param {Game} game
 * @param {Row[]} rows
 * @returns {{losers: number, month: number | null}} null where more than one in ten could to the end
 */
export function stuckMonth(game, rows) {
  const lost = rows.filter(({ own }) => own && own.score < 0);
  const from = lost.map(({ turn }) => (turn?.last ?? -1) + 1).sort((a, b) => a - b);
  const quarter = from[Math.ceil(0.9 * from.length) - 1];
  return { losers: lost.length, month: quarter === undefined || quarter >= game.settings.quarters ? null : monthIn(game, quarter) };
}

/** What earns marks, by what a player is asked: never the score. */
export const RUBRIC = /** @type {const} */ ([
  { id: "saw", most: 2 },
  { id: "meant", most: 2 },
  { id: "was", most: 3 },
  { id: "otherwise", most: 3 },
]);
export const MOST_MARKS = RUBRIC.reduce((sum, { most }) => sum + most, 0);

/** Marks of a play by what is asked; null where nobody has marked it. @typedef {(number | null)[]} Marks */

/** The sum of marks; null until each was given. @param {Marks | undefined} marks @returns {number | null} */
export function sumOf(marks) {
  let sum = 0;
  for (const place of RUBRIC.keys()) {
    const mark = marks?.[place] ?? null;
    if (mark === null) return null;
    sum += mark;
  }
  return sum;
}

/**
 * Every play as a table.
 *
 * @param {Game} game
 * @param {Row[]} rows
 * @param {import("../answer/formats.js").Catalogue} say
 * @param {Map<number, Marks>} marks by the line of a play
 * @returns {unknown[][]}
 */
export function tableOf(game, rows, say, marks) {
  const word = (/** @type {string} */ id, numbers = {}) => say.word(`live_wall.${id}`, numbers);
  const months = game.settings.guess_months;
  const head = [
    ...["line", "who", "case", "luck", "score", "better", "grant", "ended", "how"].map((id) => word(`col_${id}`)),
    ...months.flatMap((/** @type {number} */ month) => [word("col_guess", { month }), word("col_truth", { month })]),
    ...["turn", "code"].map((id) => word(`col_${id}`)),
    ...RUBRIC.map(({ id, most }) => word("col_mark", { criterion: word(`rubric_${id}`), most })),
    word("col_marks", { most: MOST_MARKS }),
  ];
  return [
    head,
    ...rows.map(({ line, who, play, own, turn }) => {
      const life = /** @type {Life} */ (own);
      const end = endOf(game, play, life);
      const last = turn?.last ?? null;
      return [
        line,
        who,
        game.cases[play.case].title,
        play.luck,
        life.score,
        life.better,
        word(grantFirst(game, play) ? "yes" : "no"),
        end.month ?? "",
        end.how === "lived" ? "" : word(end.how),
        ...months.flatMap((/** @type {number} */ month, /** @type {number} */ place) => [play.guesses[place] ?? "", gainUntil(life, month)]),
        last === null ? "" : monthIn(game, last),
        writeCode(game, play),
        ...RUBRIC.map((_, place) => marks.get(line)?.[place] ?? ""),
        sumOf(marks.get(line)) ?? "",
      ];
    }),
  ];
}
