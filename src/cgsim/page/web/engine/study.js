/**
 * What is worked out for a scenario: first a look, then all runs, what nobody knows, reasons, curves.
 *
 * @module
 */
import { pack } from "../scenario/pack.js";
import { edited } from "../scenario/edits.js";
import { LEVERS } from "../scenario/levers.js";
import { aboutOf } from "../scenario/about.js";
import { answerOf } from "../answer/build.js";
import { Results } from "../answer/results.js";
import { joined } from "../model/lived.js";
import { draws } from "./draws.js";

/** @typedef {import("../scenario/tables.js").Tables} Tables */
/** @typedef {{values: number[], means: number[], low: number[], high: number[], runs: number}} Curve */
/** @typedef {import("../model/lived.js").Part} Part */
/**
 * @typedef {object} Result
 * @property {string} key
 * @property {Tables} tables
 * @property {import("../answer/results.js").About} about
 * @property {any} answer the record of `answerOf`; null until there is one
 * @property {Results | null} runs
 * @property {any} members what a run means for each agency; null until reasons are known
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
   * @param {import("../answer/results.js").Kitchen} kitchen
   * @param {() => void} changed
   */
  constructor(crew, data, kitchen, changed) {
    this.crew = crew;
    this.data = data;
    this.kitchen = kitchen;
    this.changed = changed;
    /** @type {Map<string, Result>} */
    this.results = new Map();
    /** @type {Map<string, {curves: boolean}>} what is under way, by key */
    this.under = new Map();
    /** @type {Map<string, Curve>} */
    this.curves = new Map();
  }

  /**
   * @param {string} name of the scenario that the tables are laid over
   * @param {Tables} tables
   * @param {import("../scenario/pack.js").Ties | undefined} ties
   * @returns {Result} what is known so far
   */
  known(name, tables, ties) {
    const key = JSON.stringify([tables, ties ?? 0]);
    let result = this.results.get(key);
    if (!result) {
      const about = aboutOf(name, tables, this.data.lists);
      result = { key, tables, about, answer: null, runs: null, members: null, drawn: null, whyNot: "", curves: {}, state: "look" };
    }
    // Those that were looked at last are kept.
    this.results.delete(key);
    this.results.set(key, result);
    if (this.results.size > KEPT) {
      for (const old of this.results.keys()) {
        if (this.results.size <= KEPT) break;
        if (!this.under.has(old)) this.results.delete(old);
      }
    }
    return result;
  }

  /**
   * Work out scenarios, and drop what else was under way.
   *
   * @param {{name: string, tables: Tables, ties: import("../scenario/pack.js").Ties | undefined, curves: boolean}[]} scenarios
   * @returns {Result[]}
   */
  want(scenarios) {
    const results = scenarios.map(({ name, tables, ties }) => this.known(name, tables, ties));
    this.crew.drop((topic) => !results.some(({ key }) => key === topic));
    results.forEach((result, place) => {
      const { ties, curves } = scenarios[place];
      const done = result.state === "all" && !(curves && this.missing(result));
      if (done) return;
      const under = this.under.get(result.key);
      if (under) {
        under.curves ||= curves;
        return;
      }
      const plan = { curves };
      this.under.set(result.key, plan);
      this.work(result, ties, plan).finally(() => this.under.delete(result.key));
    });
    return results;
  }

  /** @param {Result} result */
  missing(result) {
    return LEVERS.some((lever) => !lever.why(result.tables) && !result.curves[lever.name]);
  }

  /** @param {Result} result @param {import("../scenario/pack.js").Ties | undefined} ties @param {{curves: boolean}} plan */
  async work(result, ties, plan) {
    const packed = pack([result.tables], this.data.lists, ties);
    const { runs } = this.data;
    /** @type {(reasons: boolean, first: number, count: number, urgency: number) => Promise<Part[] | null>} */
    const live = async (reasons, first, count, urgency) => {
      /** @type {any[]} */
      const parts = [];
      const room = `${result.key}|${reasons}`;
      const want = { room, packed, reasons, seed: this.data.seed, parts: [{ point: 0, first, count }], lived: true, urgency, topic: result.key };
      return (await this.crew.live(want, (came) => parts.push(came))) ? parts : null;
    };
    if (result.state === "look") {
      const look = await live(false, 0, LOOK, COSTS.look);
      if (!look) return;
      this.say(result, ties, look, {});
      const rest = await live(false, LOOK, runs - LOOK, COSTS.runs);
      if (!rest) return;
      this.say(result, ties, [...look, ...rest], { state: "runs" });
    }
    if (!result.drawn && !result.whyNot) {
      const drawn = await draws(this, result, ties, COSTS.draws);
      if (!drawn) return;
      this.say(result, ties, null, drawn);
    }
    if (result.state === "runs") {
      const parts = await live(true, 0, runs, COSTS.reasons);
      if (!parts) return;
      this.say(result, ties, parts, { state: "all" });
    }
    if (!plan.curves) return;
    await Promise.all(LEVERS.filter((lever) => !lever.why(result.tables)).map((lever, place) => this.curve(result, ties, lever, COSTS.curve + place)));
  }

  /**
   * @param {Result} result
   * @param {import("../scenario/pack.js").Ties | undefined} ties
   * @param {Part[] | null} parts of its runs, where there are new ones
   * @param {Partial<Result>} found
   */
  say(result, ties, parts, found) {
    Object.assign(result, found);
    if (parts) {
      const { measures, lived } = joined(parts.reduce((sum, part) => sum + part.count, 0), parts);
      const { own_gain, hours, ...rest } = /** @type {any} */ (lived);
      if (own_gain) result.members = { own_gain, hours };
      const model = { ...pack([result.tables], this.data.lists, ties), about: result.about };
      result.runs = new Results(this.kitchen, model, { seed: this.data.seed, measures, lived: rest });
    }
    if (result.runs) result.answer = answerOf(result.runs, result.drawn, result.whyNot);
    this.changed();
  }

  /**
   * The gain over a lever's whole range, all else as it is, on the same luck.
   *
   * @param {Result} result
   * @param {import("../scenario/pack.js").Ties | undefined} ties
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
    const packed = pack(stops, this.data.lists, ties);
    const gains = values.map(() => new Float64Array(CURVE_RUNS));
    const done = await this.crew.live(
      {
        room: key,
        packed,
        reasons: false,
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
