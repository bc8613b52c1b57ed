/**
 * What lessons show, lived by the crew: each case, and each other thing to try, on the lesson's luck.
 *
 * @module
 */
import { Results } from "../answer/results.js";
import { joined } from "../model/lived.js";
import { aboutOf } from "../scenario/about.js";
import { laid } from "../scenario/laid.js";
import { pack } from "../scenario/pack.js";

/** @typedef {{base: string, laid: import("../scenario/laid.js").Change[]}} Told a scenario, as what differs from a base */
/** @typedef {{results: Results | null, under: boolean}} Heard */
/**
 * @typedef {object} Desk what whoever learns has written, as long as the page is open
 * @property {string} why they think so
 * @property {string[]} replies to the questions, and last the homework
 * @property {{cell: number, guess: number}[]} cells of the table to play with, each guessed before it is shown
 * @property {boolean} unlocked whether the word was given until which answers are held back
 * @property {boolean} room whether a room's bets are counted, of a page that is no lecturer's edition
 * @property {string[]} visited steps that were seen
 * @property {number[]} tried what was decided so far, the last one last
 */

/** @returns {Desk} */
const empty = () => ({ why: "", replies: [], cells: [], unlocked: false, room: false, tried: [], visited: [] });

const URGENCY = -1; // a room that waits for a reveal waits for nothing else

export class Lectures {
  /**
   * @param {import("./crew.js").Crew | null} crew null where nothing can be lived here
   * @param {any} data
   * @param {import("../answer/results.js").Kitchen} kitchen
   * @param {() => void} changed
   */
  constructor(crew, data, kitchen, changed) {
    this.crew = crew;
    this.data = data;
    this.kitchen = kitchen;
    this.changed = changed;
    /** @type {Map<string, Heard>} */
    this.heard = new Map();
    /** @type {Map<string, Desk>} */
    this.desks = new Map();
  }

  /** @param {any} lesson @returns {Desk} */
  desk(lesson) {
    const desk = this.desks.get(lesson.name) ?? empty();
    this.desks.set(lesson.name, desk);
    return desk;
  }

  /** @param {any} lesson @param {Partial<Desk>} change */
  write(lesson, change) {
    this.desks.set(lesson.name, { ...this.desk(lesson), ...change });
    this.changed();
  }

  /** Begin a lesson anew. What was unlocked stays so. @param {any} lesson */
  clear(lesson) {
    const { unlocked, room } = this.desk(lesson);
    this.write(lesson, { ...empty(), unlocked, room });
  }

  /**
   * @param {any} lesson
   * @param {Told} told
   * @param {boolean} reasons
   * @returns {Heard}
   */
  known(lesson, told, reasons = false) {
    const key = JSON.stringify([told.base, told.laid, lesson.seed, lesson.runs, reasons]);
    let heard = this.heard.get(key);
    if (!heard) {
      heard = { results: null, under: false };
      this.heard.set(key, heard);
    }
    return heard;
  }

  /** @param {any} lesson @param {Told} told @param {boolean} [reasons] @returns {Results | null} */
  results(lesson, told, reasons = false) {
    return this.known(lesson, told, reasons).results;
  }

  /**
   * Have scenarios of a lesson lived, those that are not yet.
   *
   * @param {any} lesson
   * @param {Told[]} many in the order in which they are wanted
   * @param {{reasons?: boolean, whole?: boolean}} [how] `whole`: more than measures is kept
   */
  want(lesson, many, { reasons = false, whole = false } = {}) {
    many.forEach((told) => {
      const heard = this.known(lesson, told, reasons);
      if (heard.results || heard.under) return;
      heard.under = true;
      this.live(lesson, told, heard, reasons, whole || reasons).finally(() => (heard.under = false));
    });
  }

  /** @param {any} lesson @param {Told} told @param {Heard} heard @param {boolean} reasons @param {boolean} whole */
  async live(lesson, told, heard, reasons, whole) {
    const base = this.data.lessons.bases[told.base];
    const tables = laid(base.tables, told.laid);
    const packed = pack([tables], this.data.lists, base.ties);
    const { crew } = this;
    const topic = `lesson|${JSON.stringify(told)}|${reasons}`;
    /** @type {any[]} */
    const parts = [];
    const want = { room: topic, packed, seed: lesson.seed, parts: [{ point: 0, first: 0, count: lesson.runs }], urgency: URGENCY, topic };
    if (!(await crew?.live({ ...want, kind: whole ? "lived" : "measures" }, (came) => parts.push({ ...came, lived: came.lived ?? {} })))) return;
    const { measures, lived } = joined(lesson.runs, parts);
    if (reasons) {
      const off = this.data.lists.frictions.length;
      lived.without = new Float64Array(lesson.runs * off);
      const known = { start: lived.start, met: lived.met };
      if (!(await crew?.live({ ...want, room: `${topic}|without`, kind: "without", known }, (came) => lived.without?.set(came.without, came.first * off)))) return;
    }
    const model = { ...packed, about: aboutOf(told.base, tables, this.data.lists) };
    heard.results = new Results(this.kitchen, model, { seed: lesson.seed, measures, lived: whole ? lived : null });
    this.changed();
  }
}
