/**
 * Runs that are lived for an answer: their measures, and what reasons, accounts and lines by month
 * need besides. What `cgsim.answer.lived` keeps, bit for bit.
 *
 * @module
 */

import { Batch } from "../../../portable/engine.js";
import { pairwiseSum } from "../answer/statistics.js";
import { Reading } from "./reading.js";

/** @typedef {import("../../../portable/engine.js").Kit} Kit */
/** @typedef {import("../../../portable/engine.js").Scenario} Scenario */
/** @typedef {import("../answer/results.js").Lived} Lived */
/** @typedef {import("./kept.js").Kept} Kept */
/** @typedef {{first: number, count: number, measures: Float64Array, lived: Lived}} Part */
/** @typedef {{start: Int32Array, met: Float64Array}} Known what reasons take from the runs themselves */

const THREE = 3;

/**
 * Whether hours may be bought at a point.
 *
 * @param {Scenario} scenario
 * @param {any} tables of `cgsim.page.tables`
 * @param {number} [point]
 * @returns {boolean}
 */
export function buys({ sizes, design }, { columns }, point = 0) {
  const { G, B } = sizes;
  const { levers } = columns;
  const fund = levers.indexOf("fund");
  for (let row = point * G * B; row < (point + 1) * G * B; row += 1) {
    if (design.levers[row * levers.length + fund] !== 0) return true;
  }
  return false;
}

/** Replicates of a scenario, lived together, alone and with equal money. */
export class Lives extends Batch {
  /**
   * @param {Kit} kit
   * @param {Scenario} scenario
   * @param {any} tables of `cgsim.page.tables`
   * @param {{piece?: number, kept?: Kept | null}} [options] most replicates at a time; what is known
   *   from before, to be taken from and added to
   */
  constructor(kit, scenario, tables, { piece = 25, kept = null } = {}) {
    super(kit, scenario, { arms: tables.arms.three, piece, keeps: Boolean(kept) });
    this.tables = tables;
    this.sizes = scenario.sizes;
    this.kept = kept;
    // Where each arm stands among those of the room; what is known of it is not lived again.
    this.at = { together: 0, alone: 1, money: 2 };
  }

  /**
   * Live some replicates of a point, at most `piece` of them.
   *
   * @param {number} first
   * @param {number} count
   * @param {bigint | number} seed
   * @param {number} [point]
   * @param {boolean} [whole] whether more than measures is read
   * @returns {any} a `Part`, and how wide its measures are; without `lived` where only they are read
   */
  live(first, count, seed, point = 0, whole = true) {
    const [together, alone, money] = this.tables.arms.three;
    const { alone: left } = this.kept ?? {};
    const area = this.kept?.area(this.scenario, point, seed);
    const known = area !== undefined && left?.has(area, first, count);
    const spends = buys(this.scenario, this.tables, point);
    // An arm of equal money without money is the arm alone, number for number.
    if (known) {
      this.at = { together: 0, alone: 2, money: spends ? 1 : 2 };
      this.arms(spends ? [together, money] : [together]);
      left?.put(area, first, count, this.room, this.at.alone);
    } else {
      this.at = { together: 0, alone: 1, money: spends ? 2 : 1 };
      this.arms(spends ? [together, alone, money] : [together, alone]);
    }
    Object.assign(this.room.numbers, { "arms.together": 0, "arms.alone": this.at.alone, "arms.equal_money": this.at.money });
    const live = () => super.live(first, count, seed, point);
    // Those of a curve are many, and are seldom asked for again.
    const { measures, width } = this.kept ? this.kept.upon(this, { first, count, seed, point, again: whole }, live) : live();
    if (this.tables.extensions) this.refuse(first, count);
    if (area !== undefined && !known) left?.take(area, first, count, this.room, this.at.alone);
    return { first, count, measures, width, lived: whole ? new Reading(this, count).read() : undefined };
  }

  /** Stop where an extension has recorded what is not a number: the package's rules record none. @param {number} first @param {number} count */
  refuse(first, count) {
    for (const name of ["chunk.month", "chunk.board"]) {
      const all = this.room.floats(name);
      const [runs] = this.room.places[name].shape;
      const place = all.subarray(0, (all.length / runs) * count).findIndex(Number.isNaN);
      if (place >= 0) throw new RangeError(`${this.tables.extensions.names.join(", ")} recorded what is not a number in run ${first + Math.floor((place * runs) / all.length)}`);
    }
  }

  /** Let the engine live these arms only, in the first places. @param {number[][]} rows */
  arms(rows) {
    const { room } = this;
    rows.flat().forEach((value, place) => (room.whole("arms")[place] = BigInt(value)));
    room.places.arms.shape = [rows.length, rows[0].length];
  }

  /** Whether hours may be bought. @returns {boolean} */
  spends() {
    return buys(this.scenario, this.tables);
  }
}

/** The same replicates together, without each friction in turn. */
export class Without extends Batch {
  /**
   * @param {Kit} kit
   * @param {Scenario} scenario
   * @param {any} tables of `cgsim.page.tables`
   * @param {{piece?: number, kept?: Kept | null}} [options] most replicates at a time; what is known
   *   from before
   */
  constructor(kit, scenario, tables, { piece = 10, kept = null } = {}) {
    const spends = buys(scenario, tables);
    super(kit, scenario, { arms: tables.arms[spends ? "paid_reasons" : "reasons"].slice(THREE), piece, keeps: Boolean(kept) });
    this.kept = kept;
    this.tables = tables;
    this.sizes = scenario.sizes;
    this.spends = spends;
  }

  /**
   * Turn to another scenario of the same sizes; where hours are bought other arms are lived.
   *
   * @param {Scenario} scenario
   */
  turnTo(scenario) {
    if (buys(scenario, this.tables) !== this.spends) throw new RangeError("other arms need a room of their own");
    super.turnTo(scenario);
  }

  /**
   * What switching each friction off alone changes of the gain, as shares: over the same money
   * where hours may be bought, so that an arm of equal money comes after each.
   *
   * @param {number} first
   * @param {number} count
   * @param {bigint | number} seed
   * @param {Known} known of these runs, as `Lives` kept it
   * @returns {Float64Array} runs x frictions
   */
  changes(first, count, seed, known) {
    const live = () => this.run(first, count, seed);
    if (this.kept) this.kept.upon(this, { first, count, seed, again: true }, live);
    else live();
    const { T } = this.sizes;
    const { tables, room } = this;
    const off = tables.frictions.length;
    const step = this.spends ? 2 : 1;
    const columns = tables.month.length;
    const met = tables.month.indexOf("met");
    const month = room.floats("chunk.month");
    const line = new Float64Array(T);
    const made = new Float64Array(count * off);
    for (let run = 0; run < count; run += 1) {
      const [withAll, total] = known.met.subarray(2 * run, 2 * run + 2);
      const metIn = (/** @type {number} */ arm) => {
        for (let m = 0; m < T; m += 1) line[m] = m < known.start[run] ? 0 : month[((run * off * step + arm) * T + m) * columns + met];
        return pairwiseSum(line);
      };
      for (let arm = 0; arm < off; arm += 1) {
        const beyond = metIn(arm * step) - (this.spends ? metIn(arm * step + 1) : 0);
        made[run * off + arm] = total > 0 ? (beyond - withAll) / total : 0;
      }
    }
    return made;
  }
}

/**
 * All runs from parts of them, in the order of their replicates: what `Results` is made of.
 *
 * @param {number} count replicates 0 to count - 1, each in one of the parts
 * @param {Part[]} parts in any order
 * @returns {{measures: Float64Array, lived: Lived}}
 */
export function joined(count, parts) {
  const all = parts.reduce((sum, part) => sum + part.count, 0);
  if (all !== count) throw new RangeError(`got ${all} replicates; allowed all ${count}`);
  /** @type {any} */
  const lived = {};
  const put = (/** @type {(part: Part) => any} */ of) => {
    const sample = of(parts[0]);
    const width = sample.length / parts[0].count;
    const whole = new sample.constructor(count * width);
    for (const part of parts) whole.set(of(part), part.first * width);
    return whole;
  };
  for (const name of Object.keys(parts[0].lived)) {
    lived[name] = put((part) => /** @type {any} */ (part.lived)[name]);
  }
  return { measures: put((part) => part.measures), lived };
}
