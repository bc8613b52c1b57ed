/**
 * Runs of landscapes with groups left out: what they met over the same money, and what hours did.
 * What `cgsim.advice.landscapes` keeps of a run.
 *
 * @module
 */
import { Batch } from "../../../portable/engine.js";
import { buys } from "./lived.js";

/** @typedef {import("../../../portable/engine.js").Kit} Kit */
/** @typedef {import("../../../portable/engine.js").Scenario} Scenario */

/** What is kept of every run, in this order. */
export const KEPT = /** @type {const} */ (["over_money", "overhead_hours", "joint_hours", "own_hours"]);
/** What is kept of the landscape as it is besides: need met apart since the first group began, and in all months. */
export const APART = /** @type {const} */ (["base", "alone"]);
/** And of each of its groups, in every run. */
export const OF_GROUPS = /** @type {const} */ (["months", "members", "joint_met", "joint_hours"]);

export class Landscapes extends Batch {
  /**
   * @param {Kit} kit
   * @param {Scenario} scenario
   * @param {any} tables of `cgsim.page.tables`
   * @param {{piece?: number, whole?: boolean}} [options] most replicates at a time; whether what is
   *   known of the landscape as it is is wanted besides
   */
  constructor(kit, scenario, tables, { piece = 25, whole = false } = {}) {
    const [together, alone, money] = tables.arms.three;
    const spends = buys(scenario, tables);
    super(kit, scenario, { arms: [together, ...(whole ? [alone] : []), ...(spends ? [money] : [])], piece });
    this.tables = tables;
    this.whole = whole;
    this.spends = spends;
    this.count = 1 + Number(whole) + Number(spends);
  }

  /** Turn to another scenario of the same sizes; where hours are bought other arms are lived. @param {Scenario} scenario */
  turnTo(scenario) {
    if (buys(scenario, this.tables) !== this.spends) throw new RangeError("other arms need a room of their own");
    super.turnTo(scenario);
  }

  /**
   * Live some replicates of a point, at most `piece` of them.
   *
   * @param {number} first
   * @param {number} count
   * @param {bigint | number} seed
   * @param {number} [point]
   * @returns {any} `measures`: a row a run, of what is kept
   */
  live(first, count, seed, point = 0) {
    const { B, N } = this.scenario.sizes;
    const { whole } = this;
    const width = KEPT.length + (whole ? APART.length + OF_GROUPS.length * B : 0);
    const measures = new Float64Array(count * width);
    if (!whole) {
      this.run(first, count, seed, point);
      for (let run = 0; run < count; run += 1) measures.set(this.kept(run), run * width);
      return { measures, width, lived: undefined };
    }
    const founders = new Uint8Array(count * B * N);
    // One at a time: what each group met stands in the state in which a run ends.
    for (let at = 0; at < count; at += 1) {
      this.run(first + at, 1, seed, point);
      const { since, groups } = this.groups();
      const apart = [this.total(0, 1, "met", since), this.total(0, 1, "met")];
      measures.set([...this.kept(0), ...apart, ...groups.flat()], at * width);
      founders.set(this.room.flags("chunk.world.founder").subarray(0, B * N), at * B * N);
    }
    return { measures, width, lived: { founders } };
  }

  /** What is kept of a run that stands in the room. @param {number} run @returns {number[]} */
  kept(run) {
    return KEPT.map((name) => (name === "over_money" ? this.total(run, 0, "met") - (this.spends ? this.total(run, this.count - 1, "met") : 0) : this.total(run, 0, name)));
  }

  /** A column of an arm, added up from a month on. @param {number} run @param {number} arm @param {string} name @param {number} [since] @returns {number} */
  total(run, arm, name, since = 0) {
    const { T } = this.scenario.sizes;
    const { room, tables } = this;
    const columns = tables.month.length;
    const month = room.floats("chunk.month");
    const at = tables.month.indexOf(name);
    let sum = 0;
    for (let m = since; m < T; m += 1) sum += month[((run * this.count + arm) * T + m) * columns + at];
    return sum;
  }

  /** From which month on there are members anywhere in the one run, and what each group came to. @returns {{since: number, groups: number[][]}} `groups`: `OF_GROUPS` of each */
  groups() {
    const { T, B } = this.scenario.sizes;
    const { tables, room } = this;
    const width = tables.board.length;
    const board = room.floats("chunk.board");
    const column = (/** @type {string} */ name) => tables.board.indexOf(name);
    const state = room.records("work.together.partnership");
    const [members, meetings, ended, hours] = ["members", "meetings", "ended", "joint_hours"].map(column);
    let since = T;
    const groups = Array.from({ length: B }, (_, b) => {
      const cell = (/** @type {number} */ m, /** @type {number} */ at) => board[(m * B + b) * width + at];
      let [first, gone, sum, joint] = [-1, -1, 0, 0];
      for (let m = 0; m < T; m += 1) {
        if (cell(m, members) > 0) since = Math.min(since, m);
        if (first < 0 && (cell(m, members) > 0 || cell(m, meetings) > 0)) first = m;
        if (gone < 0 && cell(m, ended) > 0) gone = m;
        sum += cell(m, members);
        joint += cell(m, hours);
      }
      const hasEnded = cell(T - 1, ended) > 0;
      // It may never meet, and lose all members in its first month: then it ended in the next.
      if (first < 0 && hasEnded) first = gone - 1;
      const lived = first < 0 ? 0 : (hasEnded ? gone : T) - first;
      return [lived, lived > 0 ? sum / lived : NaN, state.get(b, "delivered"), joint];
    });
    return { since, groups };
  }
}
