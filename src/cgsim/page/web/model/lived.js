/**
 * Runs that are lived for an answer: their measures, and what reasons, accounts and lines by month
 * need besides. What `cgsim.answer.lived` keeps, bit for bit.
 *
 * @module
 */

import { Batch } from "../../../portable/engine.js";
import { pairwiseSum } from "../answer/statistics.js";

/** @typedef {import("../../../portable/engine.js").Kit} Kit */
/** @typedef {import("../../../portable/engine.js").Scenario} Scenario */
/** @typedef {import("../answer/results.js").Lived} Lived */
/** @typedef {{first: number, count: number, measures: Float64Array, lived: Lived}} Part */

const THREE = 3;

/** Replicates of a scenario, lived in the three arms and, for reasons, without each friction. */
export class Lives extends Batch {
  /**
   * @param {Kit} kit
   * @param {Scenario} scenario
   * @param {any} tables of `cgsim.page.tables`
   * @param {{reasons?: boolean, piece?: number}} [options] most replicates at a time
   */
  constructor(kit, scenario, tables, { reasons = true, piece = 25 } = {}) {
    const arms = tables.arms[reasons ? "reasons" : "three"];
    super(kit, scenario, { arms, piece });
    this.tables = tables;
    this.count = arms.length;
    this.sizes = scenario.sizes;
  }

  /**
   * Live some replicates of a point, at most `piece` of them.
   *
   * @param {number} first
   * @param {number} count
   * @param {bigint | number} seed
   * @param {number} [point]
   * @returns {Part & {width: number}}
   */
  live(first, count, seed, point = 0) {
    const { measures, width } = super.live(first, count, seed, point);
    return { first, count, measures, width, lived: this.read(count) };
  }

  /** What is kept of the runs in the room. @param {number} runs @returns {Lived} */
  read(runs) {
    const { T, N, B } = this.sizes;
    const { tables, room, count: arms } = this;
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
    const members = tables.board.indexOf("members");
    const settledAt = tables.board.indexOf("settled");
    const commitmentAt = tables.board.indexOf("commitment");
    const { all_settled: allSettled } = tables.settings;
    const accounts = tables.account.length;
    const off = arms - THREE;
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
      without: new Float64Array(runs * off),
    };
    const alive = new Float64Array(T);
    const lines = Array.from({ length: arms }, () => new Float64Array(T));
    const bases = new Float64Array(T);
    const line = new Float64Array(T);
    const own = new Float64Array(N);
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
      const together = run * arms;
      for (let m = 0; m < T; m += 1) {
        for (let b = 0; b < B; b += 1) {
          const row = ((together * T + m) * B + b) * width;
          if (!(board[row + members] > 0)) continue;
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
      lived.start[run] = start;
      lived.end[run] = end;
      for (let arm = 0; arm < arms; arm += 1) {
        for (let m = 0; m < T; m += 1) {
          lines[arm][m] = m < start ? 0 : month[((run * arms + arm) * T + m) * columns + met];
        }
      }
      let [aloneSoFar, moneySoFar, baseSoFar] = [0, 0, 0];
      for (let m = 0; m < T; m += 1) {
        const place = run * T + m;
        const row = ((together + 1) * T + m) * N;
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
      account.set([pairwiseSum(line), living, settledSum, settledMonths], summed.length);
      const total = pairwiseSum(bases);
      const withAll = pairwiseSum(lines[0]);
      for (let arm = THREE; arm < arms; arm += 1) {
        const change = pairwiseSum(lines[arm]) - withAll;
        lived.without[run * off + arm - THREE] = total > 0 ? change / total : 0;
      }
    }
    return lived;
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
