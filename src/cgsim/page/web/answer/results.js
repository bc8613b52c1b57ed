/**
 * What many runs of one scenario came to, and the estimates that are made of it.
 *
 * @module
 */

import { Catalogue } from "./formats.js";
import { Statistics } from "./statistics.js";

/** @typedef {import("./statistics.js").Estimate} Estimate */
/**
 * @typedef {object} Measure a row of `tables.measures`
 * @property {string} name
 * @property {string} words
 * @property {string} unit
 * @property {string} of
 * @property {string} interval "mean", "share", "median", "ratio" or "class"
 * @property {string} below
 * @property {boolean} bounded
 * @property {string[]} shown
 * @property {boolean} money
 */
/**
 * @typedef {object} About what texts have to know of a scenario
 * @property {string} name
 * @property {string} title
 * @property {Record<string, number>} values
 * @property {string} network
 * @property {string | null} network_file
 * @property {string[]} skill_names
 * @property {string[]} objective_names
 * @property {string[]} agency_names
 * @property {number} given_agencies how many of them the scenario gives by name
 * @property {Partnership[]} partnerships
 * @property {{month: number, partnerships: number[], set: Record<string, number>}[]} changes
 * @property {string[]} known uncertain inputs whose values stand
 * @property {string[]} settled uncertain inputs that its own names settle, or that nothing in it reads
 */
/**
 * @typedef {object} Partnership
 * @property {string} name
 * @property {number} size
 * @property {string} recruit
 * @property {number[]} members
 * @property {number | null} lead
 * @property {number[]} focus
 * @property {Record<string, number>} levers
 */
/** @typedef {import("../../../portable/engine.js").Scenario & {about: About}} Model */
/**
 * @typedef {object} Lived what is kept of R runs of T months beside their measures, each flat
 * @property {Uint8Array} founders R x N: who founded any partnership
 * @property {Int32Array} start the month it began; T where none did
 * @property {Int32Array} end the first month after the last one with members
 * @property {Float32Array} beyond_alone R x T: need met so far beyond the arm alone, units
 * @property {Float32Array} beyond_money R x T: and beyond the arm of equal money
 * @property {Float32Array} base R x T: need met by the founding members alone
 * @property {Uint8Array} paid R x T: whether hours were bought
 * @property {Float64Array} commitment R x T: of members, a mean over partnerships; 0 where none lives
 * @property {Uint8Array} ways R x B: how each partnership came out, places in `tables.came_out`
 * @property {Float64Array} account R x 10: columns `tables.account`
 * @property {Float64Array} met R x 2: need met together, beyond the same money where hours may be
 *   bought, and by the founding members alone, units
 * @property {Float64Array} own_gain R x N: need met by each agency's goals, beyond alone, a share
 * @property {Float64Array} own_gain_over_money R x N: the same beyond the arm of equal money
 * @property {Float64Array} hours R x N: hours a month
 * @property {Float64Array} [without] R x 5: change of the gain, over the same money, with each friction off,
 *   where known
 */

/** What all answers of a page are made with. */
export class Kitchen {
  /** @param {any} tables what `cgsim.page.tables.tables()` gave */
  constructor(tables) {
    this.tables = tables;
    this.settings = tables.settings;
    this.say = new Catalogue(tables);
    this.statistics = new Statistics(tables);
    /** @type {Measure[]} */
    this.measures = tables.measures;
    /** @type {Map<string, number>} */
    this.column = new Map(this.measures.map(({ name }, place) => [name, place]));
  }

  /** @param {string} name @returns {Measure | undefined} */
  measure(name) {
    const place = this.column.get(name);
    return place === undefined ? undefined : this.measures[place];
  }
}

/** Runs of one scenario: replicates 0, 1, ... of a seed. */
export class Results {
  /**
   * @param {Kitchen} kitchen
   * @param {Model} model the scenario that was lived
   * @param {{seed: number | bigint, measures: Float64Array, lived: Lived | null}} what `measures`
   *   is R x M, flat, in the order of `tables.measures`
   */
  constructor(kitchen, model, { seed, measures, lived }) {
    this.kitchen = kitchen;
    this.model = model;
    this.about = model.about;
    this.seed = seed;
    this.measures = measures;
    this.lived = lived;
    this.width = kitchen.measures.length;
    this.count = measures.length / this.width;
    this.months = model.about.values.months;
    /** @type {Map<string, Float64Array>} */
    this.columns = new Map();
    /** @type {Map<string, Estimate>} */
    this.estimates = new Map();
    /** @type {Map<string, any>} */
    this.made = new Map();
  }

  /** What hangs on nothing but the runs: an answer is made anew when reasons come, and this is not. @template T @param {string} name @param {() => T} make @returns {T} */
  once(name, make) {
    if (!this.made.has(name)) this.made.set(name, make());
    return this.made.get(name);
  }

  /** One measure of every run. @param {string} name @returns {Float64Array} */
  column(name) {
    const known = this.columns.get(name);
    if (known) return known;
    const place = this.kitchen.column.get(name);
    if (place === undefined) throw new RangeError(`there is no measure ${name}`);
    const { width, measures } = this;
    const column = new Float64Array(this.count);
    for (let run = 0; run < this.count; run += 1) column[run] = measures[run * width + place];
    this.columns.set(name, column);
    return column;
  }

  /** A measure over all runs with its 95 % interval. @param {string} name @returns {Estimate} */
  estimate(name) {
    const known = this.estimates.get(name);
    if (known) return known;
    const found = this.estimated(/** @type {Measure} */ (this.kitchen.measure(name)));
    this.estimates.set(name, found);
    return found;
  }

  /** @param {Measure} measure @returns {Estimate} */
  estimated(measure) {
    const { statistics } = this.kitchen;
    const values = this.column(measure.name);
    if (measure.interval === "share") return statistics.share(values);
    if (measure.interval === "median") return statistics.median(values);
    if (measure.interval === "ratio") {
      return statistics.ratio(this.column("extra_met"), this.column(measure.below));
    }
    const found = statistics.mean(values);
    if (!measure.bounded) return found;
    // As Python's max and min do, which keep the first where the other is not a number.
    const low = found.low > 0 ? found.low : 0;
    return { ...found, low, high: found.high < 1 ? found.high : 1 };
  }

  /** The title; a size that it tells is that of its one partnership. @returns {string} */
  get title() {
    const { title, partnerships } = this.about;
    return partnerships.length === 1
      ? this.kitchen.say.sized(title, partnerships[0].size)
      : title;
  }

  /** Whether each of several partnerships is counted where it is told how they came out. @returns {boolean} */
  get countsEach() {
    return this.about.partnerships.length > 1 && Boolean(this.lived);
  }

  /** How runs came out, or each of several partnerships in each run, and the ways. @returns {{numbers: ArrayLike<number>, ways: string[]}} */
  get ways() {
    const { tables } = this.kitchen;
    if (this.countsEach && this.lived) return { numbers: this.lived.ways, ways: tables.came_out };
    return { numbers: this.column("outcome"), ways: tables.outcomes };
  }

  /** In how many runs any partnership began. @returns {number} */
  get began() {
    return this.column("outcome").filter((outcome) => outcome !== 0).length;
  }
}
