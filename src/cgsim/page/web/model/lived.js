/**
 * Runs that are lived for an answer: their measures, and what reasons, accounts and lines by month
 * need besides. What `cgsim.answer.lived` keeps, bit for bit.
 *
 * @module
 */

import { Batch } from "../../../portable/engine.js";
import { pairwiseSum } from "../answer/statistics.js";
import { members } from "./members.js";

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
    if (area !== undefined && !known) left?.take(area, first, count, this.room, this.at.alone);
    return { first, count, measures, width, lived: whole ? this.read(count) : undefined };
  }

  /** Let the engine live these arms only, in the first places. @param {number[][]} rows */
  arms(rows) {
    const { room } = this;
    rows.flat().forEach((value, place) => (room.whole("arms")[place] = BigInt(value)));
    room.places.arms.shape = [rows.length, rows[0].length];
  }

  /** What is kept of the runs in the room. @param {number} runs @returns {Lived} */
  read(runs) {
    const { T, N, B } = this.sizes;
    const { tables, room, at } = this;
    const columns = tables.month.length;
    const width = tables.board.length;
    const month = room.floats("chunk.month");
    const board = room.floats("chunk.board");
    const ownMet = room.floats("chunk.own_met");
    const founder = room.flags("chunk.world.founder");
    const column = (/** @type {string} */ name) => tables.month.indexOf(name);
    const [met, boughtHours, ownHours] = ["met", "bought_hours", "own_hours"].map(column);
    const summed = ["overhead_hours", "joint_hours", "bought_hours", "joint_met", "own_hours"].map(
      column,
    );
    const memberCount = tables.board.indexOf("members");
    const settledAt = tables.board.indexOf("settled");
    const slippedAt = tables.board.indexOf("slipped_hours");
    const commitmentAt = tables.board.indexOf("commitment");
    const { all_settled: allSettled } = tables.settings;
    const accounts = tables.account.length;
    const lived = {
      founders: new Uint8Array(runs * N),
      start: new Int32Array(runs),
      end: new Int32Array(runs),
      beyond_alone: new Float32Array(runs * T),
      beyond_money: new Float32Array(runs * T),
      base: new Float32Array(runs * T),
      paid: new Uint8Array(runs * T),
      commitment: new Float64Array(runs * T),
      account: new Float64Array(runs * accounts),
      met: new Float64Array(runs * 2),
      ways: new Uint8Array(runs * B),
    };
    const [meetingsAt, endedAt] = ["meetings", "ended"].map((name) => tables.board.indexOf(name));
    const alive = new Float64Array(T);
    const lines = Array.from({ length: THREE }, () => new Float64Array(T));
    const bases = new Float64Array(T);
    const line = new Float64Array(T);
    const own = new Float64Array(N);
    const slipped = new Float64Array(B);
    const spends = buys(this.scenario, tables);
    for (let run = 0; run < runs; run += 1) {
      const founders = lived.founders.subarray(run * N, (run + 1) * N);
      for (let b = 0; b < B; b += 1) {
        for (let n = 0; n < N; n += 1) founders[n] |= founder[(run * B + b) * N + n];
      }
      let living = 0;
      let settledSum = 0;
      let settledMonths = 0;
      let start = T;
      let end = T;
      alive.fill(0);
      const together = run * THREE;
      for (let m = 0; m < T; m += 1) {
        for (let b = 0; b < B; b += 1) {
          const row = ((together * T + m) * B + b) * width;
          if (!(board[row + memberCount] > 0)) continue;
          alive[m] = 1;
          living += 1;
          lived.commitment[run * T + m] += board[row + commitmentAt] / B;
          const settled = board[row + settledAt];
          settledSum += settled;
          if (settled >= allSettled) settledMonths += 1;
        }
        if (alive[m] && start === T) start = m;
        if (alive[m]) end = m + 1;
      }
      for (let b = 0; b < B; b += 1) {
        const cell = (/** @type {number} */ m, /** @type {number} */ at) => board[((together * T + m) * B + b) * width + at];
        let way = cell(T - 1, endedAt);
        if (way > 0) way += 1;
        for (let m = 0; m < T && way === 0; m += 1) way = Number(cell(m, meetingsAt) > 0 || cell(m, memberCount) > 0);
        lived.ways[run * B + b] = way;
      }
      lived.start[run] = start;
      lived.end[run] = end;
      [at.together, at.alone, at.money].forEach((arm, place) => {
        for (let m = 0; m < T; m += 1) {
          lines[place][m] = m < start ? 0 : month[((run * THREE + arm) * T + m) * columns + met];
        }
      });
      let [aloneSoFar, moneySoFar, baseSoFar] = [0, 0, 0];
      for (let m = 0; m < T; m += 1) {
        const place = run * T + m;
        const row = ((run * THREE + at.alone) * T + m) * N;
        for (let n = 0; n < N; n += 1) own[n] = founders[n] ? ownMet[row + n] : 0;
        bases[m] = m < start ? 0 : pairwiseSum(own);
        aloneSoFar += lines[0][m] - lines[1][m];
        moneySoFar += lines[0][m] - lines[2][m];
        baseSoFar += bases[m];
        lived.beyond_alone[place] = aloneSoFar;
        lived.beyond_money[place] = moneySoFar;
        lived.base[place] = baseSoFar;
        lived.paid[place] = Number(month[(together * T + m) * columns + boughtHours] > 0);
      }
      const account = lived.account.subarray(run * accounts, (run + 1) * accounts);
      summed.forEach((at, place) => {
        // Hours were given in the month that a partnership ended in, too: it is not living then.
        const own = at === ownHours;
        for (let m = 0; m < T; m += 1) line[m] = month[(together * T + m) * columns + at] * (own ? alive[m] : 1);
        account[place] = pairwiseSum(line);
      });
      for (let m = 0; m < T; m += 1) line[m] = pairwiseSum(ownMet, (together * T + m) * N, N) * alive[m];
      const ownMetSum = pairwiseSum(line);
      for (let m = 0; m < T; m += 1) {
        for (let b = 0; b < B; b += 1) slipped[b] = board[((together * T + m) * B + b) * width + slippedAt];
        line[m] = pairwiseSum(slipped);
      }
      account.set([ownMetSum, living, settledSum, settledMonths, pairwiseSum(line)], summed.length);
      const beyond = pairwiseSum(lines[0]) - (spends ? pairwiseSum(lines[2]) : 0);
      lived.met.set([beyond, pairwiseSum(bases)], 2 * run);
    }
    return { ...lived, ...members(this, runs) };
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
