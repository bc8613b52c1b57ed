/**
 * From answers to draws: which values of all that is uncertain the answers leave possible. What
 * `cgsim.assess.draws` draws, number for number.
 *
 * @module
 */
import { uniforms } from "../model/draws.js";
import { objectiveNames, partnershipsOf, sizeOf, valueOf } from "../scenario/tables.js";
import { questionOf } from "./answers.js";
import { narrowed, valueAt } from "./ranges.js";

/** @typedef {import("./ranges.js").Asked} Asked */
/** @typedef {import("./ranges.js").Change} Change */
/** @typedef {import("./ranges.js").Factor} Factor */
/** @typedef {import("./ranges.js").Value} Value */
/** @typedef {import("./answers.js").Answers} Answers */
/** @typedef {import("../scenario/tables.js").Tables} Tables */
/** @typedef {Record<string, Value>} Point */
/** @typedef {{rows: number[], seed: number, basis: Record<string, string>}} Kept which draws records left, drawn with which seed, and the records */
/** @typedef {{partner: string, first: import("./ranges.js").Question, second: import("./ranges.js").Question, key: string}} Contradiction */

export const AGENDA = "agenda";
const FOUNDERS = ["size", "recruit"];
const FEWEST = 2;

/** As Python rounds: of two that are as near, the even one. @param {number} value */
const rounded = (value) => {
  const down = Math.floor(value);
  const half = value - down;
  return half > 0.5 || (half === 0.5 && down % 2 !== 0) ? down + 1 : down;
};

/** The scenario that answers are laid over, and whether it is the partnership's own case. */
export class Start {
  /** @param {{name: string, tables: Tables, own: boolean, about: any, data: any, ties?: any}} given */
  constructor({ name, tables, own, about, data, ties }) {
    const [partnership] = partnershipsOf(tables);
    this.name = name;
    this.tables = tables;
    this.own = own;
    this.data = data;
    this.ties = ties;
    this.partnership = partnership;
    /** @type {string[]} */
    this.known = about.known;
    /** @type {string[]} */
    this.settled = about.settled;
    this.openTo = valueOf(tables, "agencies");
    /** @type {string[]} */
    this.fixed = ["all", "names"].includes(partnership.recruit) ? FOUNDERS : [];
    this.objectives = objectiveNames(tables);
  }

  /** What the scenario gives by hand for some, where answers do not reach. @returns {string[]} */
  get givenByHand() {
    const { objective, agency } = this.tables;
    const found = (objective ?? []).some((one) => one.crosscut !== undefined) ? ["crosscut"] : [];
    for (const key of /** @type {const} */ (["operational", "senior"])) if ((agency ?? []).some((one) => one[key] !== undefined)) found.push(key);
    return found;
  }

  /** The scenario's own value of a parameter or lever. @param {string} key @returns {Value} */
  value(key) {
    const { partnership } = this;
    if (key === AGENDA) return partnership.focus.length;
    if (key === "size") return sizeOf(this.tables, partnership);
    if (key in partnership) return partnership[key];
    return valueOf(this.tables, key);
  }

  /** The tables of a draw. @param {Point} point @returns {Tables} */
  at(point) {
    const { [AGENDA]: agenda, ...values } = point;
    const [partnership, ...others] = partnershipsOf(this.tables);
    const changed = { ...partnership };
    /** @type {any} */
    const tables = { ...this.tables, partnership: [changed, ...others] };
    if (agenda !== undefined) {
      const rest = this.objectives.filter((name) => !partnership.focus.includes(name));
      const kept = new Set([...partnership.focus, ...rest].slice(0, Number(agenda)));
      changed.focus = this.objectives.filter((name) => kept.has(name));
    }
    for (const [key, value] of Object.entries(values)) {
      const { section } = this.data.parameter(key);
      if (section === "partnership") changed[key] = value;
      else tables[section] = { ...tables[section], [key]: value };
    }
    return tables;
  }
}

/** Answers laid over a scenario, drawn so many times. */
export class Drawn {
  /**
   * @param {{asked: Asked, answers: Answers, start: Start, count: number, seed: number, kept?: Kept | null}} given
   */
  constructor({ asked, answers, start, count, seed, kept = null }) {
    this.kept = kept;
    this.basis = kept?.basis ?? null;
    this.asked = asked;
    this.answers = answers;
    this.start = start;
    this.count = count;
    this.seed = seed;
    /** @type {Record<string, number[]>} whose answer each draw takes: a place among who answered */
    this.picks = {};
    for (const { id } of asked.questions) {
      const voices = answers.given(id).length;
      if (voices) this.picks[id] = this.shares(`voice of ${id}`).map((share) => Math.trunc(share * voices));
    }
    this.points = this.drawPoints();
  }

  /** @param {string} key @returns {number[]} */
  shares(key) {
    const { prior_stream: stream } = this.start.data.lists.settings;
    const many = (/** @type {number} */ seed, /** @type {number} */ count) => uniforms(BigInt(seed), BigInt(stream), BigInt(this.asked.words[key]), count);
    if (!this.kept) return many(this.seed, this.count);
    const { rows, seed } = this.kept;
    const all = many(seed, Math.max(...rows) + 1);
    return rows.map((row) => all[row]);
  }

  /** Whether only whole numbers will do. @param {string} key */
  isWhole(key) {
    return key !== AGENDA && this.start.data.parameter(key).kind === "whole";
  }

  /** @returns {Point[]} */
  drawPoints() {
    const ranges = Array.from({ length: this.count }, (_, draw) => {
      /** @type {Record<string, string>} */
      const chosen = {};
      for (const [question, picks] of Object.entries(this.picks)) chosen[question] = this.answers.given(question)[picks[draw]][1];
      return this.ranges(chosen);
    });
    /** @type {Record<string, Value[]>} */
    const columns = {};
    for (const key of Object.keys(ranges[0])) {
      const shares = this.shares(key);
      columns[key] = ranges.map((one, draw) => valueAt(one[key], shares[draw], this.isWhole(key)));
    }
    for (const [key, { times }] of Object.entries(ranges[0])) {
      if (!times) continue;
      const { low, high } = this.start.data.parameter(key);
      columns[key] = columns[key].map((value, draw) => Math.min(high, Math.max(low, Number(value) * Number(columns[times][draw]))));
    }
    return Array.from({ length: this.count }, (_, draw) => this.fitting(Object.fromEntries(Object.entries(columns).map(([key, values]) => [key, values[draw]]))));
  }

  /** A point with no more than the area has. @param {Point} point @returns {Point} */
  fitting(point) {
    if ("size" in point) point.size = Math.min(Math.trunc(Number(point.size)), this.start.openTo);
    if (AGENDA in point) point[AGENDA] = Math.min(Math.trunc(Number(point[AGENDA])), this.start.objectives.length);
    return point;
  }

  /** What is drawn from which range, given one answer or none to each question. @param {Record<string, string>} chosen @returns {Record<string, Factor>} */
  ranges(chosen) {
    const left = this.left(chosen);
    return Object.fromEntries(Object.entries(left).filter(([key]) => this.isDrawn(key, Object.keys(chosen))).map(([key, ranges]) => [key, narrowed(ranges)[0]]));
  }

  /** The ranges that answers leave; for those not answered the wide one. @param {Record<string, string>} chosen @returns {Record<string, Factor[]>} */
  left(chosen) {
    /** @type {Record<string, Factor[]>} */
    const found = {};
    for (const [question, answer] of Object.entries(chosen)) {
      const { leaves } = /** @type {any} */ (questionOf(this.asked, question).answers.find((one) => one.id === answer));
      for (const [key, factor] of Object.entries(leaves)) (found[key] ??= []).push(/** @type {Factor} */ (factor));
    }
    return Object.fromEntries(Object.entries(this.asked.wide).map(([key, wide]) => [key, found[key] ?? [wide]]));
  }

  /** @param {string} key @param {string[]} answered */
  isDrawn(key, answered) {
    if (this.start.fixed.includes(key) || this.start.settled.includes(key)) return false;
    if (this.start.known.includes(key) && !this.isAsked(key, answered)) return false; // it stands, unless a partner says otherwise
    return this.isKnownOf(key, answered) || !this.start.own;
  }

  /** @param {string} key @param {string[]} answered */
  isAsked(key, answered) {
    return answered.some((question) => key in questionOf(this.asked, question).answers[0].leaves);
  }

  /** Whether a parameter has a range of its own, or a question about it was answered. @param {string} key @param {string[]} answered */
  isKnownOf(key, answered) {
    const uncertain = key !== AGENDA && Boolean(this.start.data.parameter(key).prior);
    return uncertain || this.isAsked(key, answered);
  }

  /** Answers of one partner that pull apart. @returns {Contradiction[]} */
  get contradictions() {
    /** @type {Contradiction[]} */
    const found = [];
    for (const { partner, answers } of this.answers.voices) {
      for (const [key, ranges] of Object.entries(this.left(answers))) {
        if (!narrowed(ranges)[1]) continue;
        const about = this.asked.questions.filter((one) => Object.hasOwn(answers, one.id) && key in one.answers[0].leaves);
        const leaves = (/** @type {import("./ranges.js").Question} */ one) => /** @type {any} */ (one.answers.find(({ id }) => id === answers[one.id])).leaves[key];
        about.forEach((first, place) => {
          for (const second of about.slice(place + 1)) if (narrowed([leaves(first), leaves(second)])[1]) found.push({ partner, first, second, key });
        });
      }
    }
    return found;
  }

  /** The middle of every parameter's draws; of what is one of several, the commonest. @returns {Point} */
  medians() {
    const answered = Object.keys(this.picks);
    const keys = Object.keys(this.points[0]).filter((key) => this.isKnownOf(key, answered));
    return Object.fromEntries(keys.map((key) => [key, this.middle(key)]));
  }

  /** @param {string} key @returns {Value} */
  middle(key) {
    const values = this.points.map((point) => point[key]);
    if (typeof values[0] !== "number") {
      const counts = new Map();
      for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
      return [...counts].reduce((best, one) => (one[1] > best[1] ? one : best))[0];
    }
    const sorted = Float64Array.from(/** @type {number[]} */ (values)).sort();
    const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
    const whole = this.isWhole(key) || Boolean(this.asked.wide[key].values);
    return whole ? low : (low + high) / 2;
  }

  /** Every draw with changes made, one after the other. @param {Change[]} changes @returns {Point[]} */
  changed(changes) {
    return this.points.map((point) => {
      const made = { ...point };
      for (const change of changes) this.make(change, made);
      return this.fitting(made);
    });
  }

  /** @param {Change} change @param {Point} point */
  make(change, point) {
    for (const [key, step] of Object.entries(change.set)) {
      if (this.start.fixed.includes(key)) continue;
      const before = key in point ? point[key] : this.start.value(key);
      let value = step.to ?? before;
      if (step.times !== undefined) value = Number(value) * step.times;
      if (step.at_least !== undefined) value = Math.max(Number(value), step.at_least);
      if (step.at_most !== undefined) value = Math.min(Number(value), step.at_most);
      if (step.times !== undefined && step.times < 1) value = Math.min(Number(value), Number(before));
      if (key !== AGENDA) {
        const { kind, low, high } = this.start.data.parameter(key);
        if (kind !== "choice") value = Math.min(high, Math.max(low, Number(value)));
        if (kind === "flag") value = Boolean(value);
      }
      if (key === "size") value = Math.max(FEWEST, rounded(Number(value)));
      if (value !== before) point[key] = value;
    }
  }
}

/** Whether two draws are the same. @param {Point} one @param {Point} other */
export function samePoint(one, other) {
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => one[key] === other[key]);
}
