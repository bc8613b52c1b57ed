/**
 * What is worked out for a scenario: first a look, then all runs, what nobody knows, reasons, curves.
 *
 * @module
 */
import { pack } from "../scenario/pack.js";
import { edited } from "../scenario/edits.js";
import { LEVERS } from "../scenario/levers.js";
import { draws } from "./draws.js";

/** @typedef {import("../scenario/tables.js").Tables} Tables */
/** @typedef {import("./lived.js").Lived} Lived */
/** @typedef {{values: number[], means: number[], low: number[], high: number[], runs: number}} Curve */
/** @typedef {{measures: Float64Array, width: number, count: number, lived: Lived, reasons: boolean}} Runs */
/**
 * @typedef {object} Result
 * @property {string} key
 * @property {Tables} tables
 * @property {any} answer the record of `answerOf`; null until there is one
 * @property {Runs | null} runs
 * @property {any} drawn
 * @property {string} whyNot why what nobody knows cannot be drawn
 * @property {Record<string, Curve>} curves
 * @property {"look" | "runs" | "all"} state
 */

const LOOK = 50;
const CURVE_RUNS = 75;
const KEPT = 40;
const COSTS = { look: 0, runs: 1, draws: 2, reasons: 3, curve: 4 };

export class Study {
  /**
   * @param {import("./crew.js").Crew} crew
   * @param {any} data
   * @param {(result: Result) => any} answer
   * @param {() => void} changed
   */
  constructor(crew, data, answer, changed) {
    this.crew = crew;
    this.data = data;
    this.answer = answer;
    this.changed = changed;
    /** @type {Map<string, Result>} */
    this.results = new Map();
    /** @type {Map<string, Promise<void>>} */
    this.under = new Map();
    /** @type {Map<string, Curve>} */
    this.curves = new Map();
  }

  /** @param {Tables} tables @param {number[] | undefined} ties @returns {Result} what is known so far */
  known(tables, ties) {
    const key = JSON.stringify([tables, ties ?? 0]);
    let result = this.results.get(key);
    if (!result) {
      result = { key, tables, answer: null, runs: null, drawn: null, whyNot: "", curves: {}, state: "look" };
      this.results.set(key, result);
      for (const old of this.results.keys()) {
        if (this.results.size <= KEPT) break;
        if (!this.under.has(old)) this.results.delete(old);
      }
    }
    return result;
  }

  /**
   * Work out a scenario, and drop what else was under way, but for those that are kept.
   *
   * @param {Tables} tables
   * @param {number[] | undefined} ties
   * @param {{keep?: string[], curves?: boolean}} [how] keys of other results that go on
   * @returns {Result}
   */
  want(tables, ties, { keep = [], curves = true } = {}) {
    const result = this.known(tables, ties);
    const wanted = [result.key, ...keep];
    this.crew.drop((topic) => !wanted.includes(topic));
    if (!this.under.has(result.key) && (result.state !== "all" || (curves && this.missing(result)))) {
      const work = this.work(result, ties, curves).finally(() => {
        if (this.under.get(result.key) === work) this.under.delete(result.key);
      });
      this.under.set(result.key, work);
    }
    return result;
  }

  /** @param {Result} result */
  missing(result) {
    return LEVERS.some((lever) => !lever.why(result.tables) && !result.curves[lever.name]);
  }

  /** @param {Result} result @param {number[] | undefined} ties @param {boolean} curves */
  async work(result, ties, curves) {
    const { arms } = this.data;
    const packed = pack([result.tables], this.data.order, ties);
    const live = (/** @type {number[][]} */ rows, /** @type {number} */ first, /** @type {number} */ count, /** @type {number} */ urgency, /** @type {Runs} */ into) =>
      this.crew.live(
        { room: `${result.key}|${rows.length}`, packed, arms: rows, seed: this.data.seed, parts: [{ point: 0, first, count }], lived: true, urgency, topic: result.key },
        (came) => take(into, came, packed.sizes),
      );
    const { T, N } = packed.sizes;
    if (result.state === "look") {
      const look = room(LOOK, T, N, 0);
      if (!(await live(arms.three, 0, LOOK, COSTS.look, look))) return;
      this.say(result, { runs: look });
      const all = room(this.data.runs, T, N, 0);
      copy(look, all);
      if (!(await live(arms.three, LOOK, this.data.runs - LOOK, COSTS.runs, all))) return;
      this.say(result, { runs: all, state: "runs" });
    }
    if (!result.drawn && !result.whyNot) {
      const drawn = await draws(this, result, ties, COSTS.draws);
      if (!drawn) return;
      this.say(result, drawn);
    }
    if (result.state === "runs") {
      const reasons = room(this.data.runs, T, N, arms.reasons.length - arms.three.length);
      if (!(await live(arms.reasons, 0, this.data.runs, COSTS.reasons, reasons))) return;
      this.say(result, { runs: reasons, state: "all" });
    }
    if (!curves) return;
    await Promise.all(LEVERS.filter((lever) => !lever.why(result.tables)).map((lever, place) => this.curve(result, ties, lever, COSTS.curve + place)));
  }

  /** @param {Result} result @param {Partial<Result>} found */
  say(result, found) {
    Object.assign(result, found);
    if (result.runs) result.answer = this.answer(result);
    this.changed();
  }

  /**
   * The gain over a lever's whole range, all else as it is, on the same luck.
   *
   * @param {Result} result
   * @param {number[] | undefined} ties
   * @param {import("../scenario/levers.js").Lever} lever
   * @param {number} urgency
   */
  async curve(result, ties, lever, urgency) {
    const values = lever.stops(result.tables);
    const stops = values.map((value) => edited(result.tables, { set: { [lever.name]: value }, seats: null }, this.data.parameter));
    const key = JSON.stringify([lever.name, stops, ties ?? 0]);
    const known = this.curves.get(key);
    if (known) {
      result.curves = { ...result.curves, [lever.name]: known };
      this.changed();
      return;
    }
    const column = this.data.measures.indexOf("gain_over_equal_money");
    const packed = pack(stops, this.data.order, ties);
    const gains = values.map(() => new Float64Array(CURVE_RUNS));
    const done = await this.crew.live(
      {
        room: key,
        packed,
        arms: this.data.arms.three,
        seed: this.data.seed,
        parts: values.map((_, point) => ({ point, first: 0, count: CURVE_RUNS })),
        urgency,
        topic: result.key,
      },
      ({ part, first, count, measures, width }) => {
        for (let run = 0; run < count; run += 1) gains[part][first + run] = measures[run * width + column];
      },
    );
    if (!done) return;
    const made = { values, runs: CURVE_RUNS, ...bands(gains) };
    this.curves.set(key, made);
    if (this.curves.size > 5 * KEPT) this.curves.delete(/** @type {string} */ (this.curves.keys().next().value));
    result.curves = { ...result.curves, [lever.name]: made };
    this.changed();
  }
}

/** @param {Float64Array[]} gains @returns {{means: number[], low: number[], high: number[]}} nine in ten of the runs */
function bands(gains) {
  const sorted = gains.map((row) => Float64Array.from(row).sort());
  const at = (/** @type {Float64Array} */ row, /** @type {number} */ share) => row[Math.round(share * (row.length - 1))];
  return {
    means: gains.map((row) => row.reduce((sum, value) => sum + value, 0) / row.length),
    low: sorted.map((row) => at(row, 0.05)),
    high: sorted.map((row) => at(row, 0.95)),
  };
}

/** @param {number} count @param {number} T @param {number} N @param {number} off @returns {Runs} */
function room(count, T, N, off) {
  return {
    measures: new Float64Array(0),
    width: 0,
    count,
    reasons: off > 0,
    lived: {
      start: new Int32Array(count),
      end: new Int32Array(count),
      beyond_alone: new Float32Array(count * T),
      beyond_money: new Float32Array(count * T),
      base: new Float32Array(count * T),
      paid: new Uint8Array(count * T),
      founders: new Uint8Array(count * N),
      own_gain: new Float64Array(count * N),
      own_hours: new Float64Array(count * N),
      account: new Float64Array(count * 9),
      without: new Float64Array(count * off),
    },
  };
}

/** @param {Runs} into @param {import("./crew.js").Came} came @param {Record<string, number>} sizes */
function take(into, came, sizes) {
  void sizes;
  if (!into.width) {
    into.width = came.width;
    const before = into.measures;
    into.measures = new Float64Array(into.count * came.width);
    into.measures.set(before);
  }
  into.measures.set(came.measures, came.first * came.width);
  for (const [name, part] of Object.entries(/** @type {Lived} */ (came.lived))) {
    const whole = /** @type {any} */ (into.lived)[name];
    whole.set(part, (came.first * whole.length) / into.count);
  }
}

/** @param {Runs} from @param {Runs} into */
function copy(from, into) {
  into.width = from.width;
  into.measures = new Float64Array(into.count * from.width);
  into.measures.set(from.measures);
  for (const [name, part] of Object.entries(from.lived)) /** @type {any} */ (into.lived)[name].set(part);
}
