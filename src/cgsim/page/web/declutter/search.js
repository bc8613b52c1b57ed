/**
 * Which groups of a landscape could go, or be merged: each alone, and step by step. The search of
 * `cgsim.advice.declutter`, on the same luck, so that it comes to the same steps and figures.
 *
 * @module
 */
import { pairwiseSum } from "../answer/statistics.js";
import { objectiveNames, partnershipsOf, valueOf } from "../scenario/tables.js";
import { Founders, changed, goneBy } from "./landscapes.js";
import { orderOf } from "./order.js";

/** @typedef {import("./landscapes.js").Step} Step */
/** @typedef {import("../scenario/tables.js").Tables} Tables */
/** @typedef {import("../answer/statistics.js").Estimate} Estimate */
/** @typedef {{over_money: Float64Array, overhead_hours: Float64Array, joint_hours: Float64Array, own_hours: Float64Array}} Lived what came of one landscape in some runs */
/** @typedef {Lived & {base: Float64Array, alone: Float64Array, lives: {months: Float64Array, members: Float64Array, joint_met: Float64Array, joint_hours: Float64Array}[], founders: Uint8Array}} First
 *   the landscape as it is: `lives` of each group, by run; `founders` R x B x N */
/** @typedef {{gain: Estimate, units: number, overhead_hours: Estimate, joint_hours: Estimate, own_hours: Estimate}} Changed
 *   what a change does: its gain a share of what all met apart, units of need a year, hours in a run */
/** @typedef {Changed & {step: Step, words: string[], size: number | null, tried: number, whole: Estimate, left: number}} Taken
 *   a step of the path: `size` members that a merged group looks for, `whole` what all steps so far do */
/** @typedef {{group: string, change: Changed, other_joint_hours: number, its_months: number, its_members: number, its_joint_met: number, its_joint_hours: number, most_like: string | null, overlap: number}} Group */
/** @typedef {{group: string, with: string, overlap: number, change: Changed}} Merging */
/**
 * @typedef {object} Decluttered what is known so far
 * @property {Tables} tables with its groups in the order of their names
 * @property {string[]} names
 * @property {number} seed
 * @property {number} replicates
 * @property {number} tried runs on which each step was chosen
 * @property {Estimate} now what the landscape as it is gains against all agencies apart, a share
 * @property {(Group | null)[]} groups null for one that is not lived yet
 * @property {(Merging | null)[]} merges
 * @property {number[][]} overlaps
 * @property {number[]} order
 * @property {Taken[]} steps
 * @property {Taken | null} refused the best that was left, where it could not be told from no gain
 * @property {"each" | "path" | "done"} stage what is under way
 */
/**
 * @typedef {object} Given
 * @property {Tables} tables with its groups in the order of their names
 * @property {number} seed
 * @property {number} replicates
 * @property {any} lists what `cgsim.page.tables.tables()` gave
 * @property {import("../answer/statistics.js").Statistics} statistics
 * @property {(count: number, kept: number) => Promise<First>} first lives the landscape as it is, and keeps the founders of so many runs
 * @property {(landscapes: {steps: Step[], tables: Tables}[], luck: number, count: number, each?: (place: number, lived: Lived) => void) => Promise<Lived[]>} live
 * @property {(found: Decluttered) => void} tell is told what is known, as it grows
 */

const MONTHS_A_YEAR = 12;

/** What a step is known by. @param {Step} step */
const keyOf = (step) => String(step);
/** @param {ArrayLike<number>} values */
const meanOf = (values) => pairwiseSum(values) / values.length;

/** Search it all, and tell what is known on the way. @param {Given} given @returns {Promise<Decluttered>} */
export const declutter = (given) => new Search(given).run();

class Search {
  /** @param {Given} given */
  constructor(given) {
    this.given = given;
    this.settings = given.lists.declutter;
    this.groups = partnershipsOf(given.tables);
    this.names = this.groups.map(({ name }) => name);
    this.tried = Math.max(this.settings.fewest_tried, Math.floor(given.replicates / this.settings.share_tried));
    this.lucks = 0;
    this.wholeLuck = this.nextLuck();
    /** @type {Lived | null} on that luck */
    this.asIs = null;
    this.base = 1;
    this.years = 1;
    this.founders = new Founders(new Uint8Array(0), [], 1);
    /** @type {any} */
    this.found = null;
  }

  async run() {
    const { given, settings, groups, names } = this;
    const { tables, replicates } = given;
    const objectives = objectiveNames(tables);
    const agencies = valueOf(tables, "agencies");
    const kept = Math.max(1, Math.floor(settings.flags_kept / Math.max(1, groups.length * agencies)));
    const first = await given.first(replicates, kept);
    const agendas = groups.map(({ focus }) => objectives.map((name) => focus.includes(name)));
    this.founders = new Founders(first.founders, agendas, agencies);
    const base = meanOf(first.base.map((value, run) => (value > 0 ? value : first.alone[run])));
    this.base = base > 0 ? base : 1;
    this.years = Math.max(1, valueOf(tables, "months") - Math.min(...groups.map(({ start }) => Number(start)))) / MONTHS_A_YEAR;
    const overlaps = this.founders.overlaps();
    const alone = this.changes([]);
    const merges = alone.filter((step) => step.length > 1);
    // Without a group nothing is gained or lost: the landscape's own gain over all apart.
    const money = groups.some(({ fund }) => Number(fund) !== 0) || (tables.change ?? []).some(({ set }) => Boolean(set.fund));
    const beyond = first.over_money.map((value, run) => (value - (money ? 0 : first.alone[run])) / this.base);
    this.found = {
      tables,
      names,
      seed: given.seed,
      replicates,
      tried: this.tried,
      now: given.statistics.mean(beyond),
      groups: names.map(() => null),
      merges: merges.map(() => null),
      overlaps,
      order: orderOf(overlaps),
      steps: [],
      refused: null,
      stage: "each",
    };
    this.tell();
    /** @type {Map<string, Estimate>} */
    const last = new Map();
    const changes = new Array(alone.length);
    // As it is it has been lived already, on the same luck.
    await this.live(alone.map((step) => [step]), 0, replicates, (place, lived) => {
      const change = this.change(first, lived);
      changes[place] = change;
      const step = alone[place];
      if (step.length > 1) this.found.merges[merges.indexOf(step)] = { group: names[step[0]], with: names[step[1]], overlap: overlaps[step[0]][step[1]], change };
      else this.found.groups[step[0]] = this.group(step[0], change, first, overlaps);
      this.tell();
    });
    alone.forEach((step, place) => last.set(keyOf(step), changes[place].gain));
    this.found.stage = "path";
    this.tell();
    await this.path(alone, last);
    this.found.stage = "done";
    this.tell();
    return this.found;
  }

  tell() {
    this.given.tell(this.found);
  }

  /** @param {number} number @param {Changed} change @param {First} first @param {number[][]} overlaps @returns {Group} */
  group(number, change, first, overlaps) {
    const { names } = this;
    const nearest = overlaps[number].indexOf(Math.max(...overlaps[number]));
    const lives = first.lives[number];
    const known = lives.members.filter((value) => !Number.isNaN(value));
    return {
      group: names[number],
      change,
      // Its own joint work is gone with it; what is left of the change is other groups'.
      other_joint_hours: change.joint_hours.value + meanOf(lives.joint_hours),
      its_months: meanOf(lives.months),
      its_members: known.length ? meanOf(known) : NaN,
      its_joint_met: meanOf(lives.joint_met),
      its_joint_hours: meanOf(lives.joint_hours),
      most_like: overlaps[number][nearest] > 0 ? names[nearest] : null,
      overlap: overlaps[number][nearest],
    };
  }

  /** @param {Step[]} steps @returns {Tables} */
  made(steps) {
    const { tables, lists } = this.given;
    return changed(tables, steps, (groups) => this.founders.together(groups), (key) => lists.columns.settings.includes(key));
  }

  /** What may be changed after some steps: every closing, and merges that overlap. @param {Step[]} steps @returns {Step[]} */
  changes(steps) {
    const gone = new Set(steps.map(goneBy));
    const left = this.groups.flatMap((_, b) => (gone.has(b) ? [] : [b]));
    const overlaps = this.founders.overlaps(steps);
    const pairs = left.flatMap((a, place) => left.slice(place + 1).map((b) => [a, b])).filter(([a, b]) => overlaps[a][b] > 0);
    pairs.sort(([a, b], [c, d]) => overlaps[c][d] - overlaps[a][b]); // the order of names where alike
    const closings = left.map((b) => [b]);
    const closed = new Set(closings.map((step) => this.identity([...steps, step])));
    // To merge two with the same members and agenda is to close one of them.
    const merges = pairs.slice(0, left.length).map(([a, b]) => this.merge(a, b));
    return [...closings, ...merges.filter((step) => !closed.has(this.identity([...steps, step])))];
  }

  /** @param {Step[]} steps */
  identity(steps) {
    return JSON.stringify(partnershipsOf(this.made(steps)).map((p) => [p.recruit, p.recruit === "names" ? 0 : p.size ?? 0, p.members ?? [], p.focus, p.start]));
  }

  /** Who begins first goes on, or comes first by name. @param {number} one @param {number} other @returns {Step} */
  merge(one, other) {
    return Number(this.groups[one].start) <= Number(this.groups[other].start) ? [one, other] : [other, one];
  }

  /** @param {Step[][]} landscapes @param {number} luck @param {number} count @param {(place: number, lived: Lived) => void} [each] */
  live(landscapes, luck, count, each) {
    return this.given.live(landscapes.map((steps) => ({ steps, tables: this.made(steps) })), luck, count, each);
  }

  nextLuck() {
    this.lucks += 1;
    return this.lucks * this.settings.luck_step;
  }

  /** Take the best step after the other; `last` is what each change did alone. @param {Step[]} alone @param {Map<string, Estimate>} last */
  async path(alone, last) {
    const { found } = this;
    /** @type {Step[]} */
    let steps = [];
    for (let screened = true; ; screened = false) {
      const changes = screened ? [...alone] : this.changes(steps);
      if (!changes.length) return;
      const did = (/** @type {Step} */ step) => last.get(keyOf(step))?.value ?? Infinity; // one that is new comes first
      changes.sort((one, other) => (did(one) === did(other) ? 0 : did(other) - did(one)));
      let taken = /** @type {Taken | null} */ (null);
      let refused = /** @type {Taken | null} */ (null);
      for await (const round of this.rounds(steps, changes, last, screened)) {
        taken = await this.takeBest(steps, round, last, changes.length);
        if (taken && taken.gain.low > 0) break;
        if (taken && (!refused || taken.gain.value > refused.gain.value)) refused = taken;
        taken = null;
      }
      if (!taken) {
        found.refused = refused;
        return;
      }
      steps = [...steps, taken.step];
      found.steps = [...found.steps, taken];
      this.tell();
    }
  }

  /**
   * What a step is chosen from: a few that promise most, then all that are left (lazy greedy search:
   * Minoux 1978).
   *
   * @param {Step[]} steps
   * @param {Step[]} changes in the order of what they did
   * @param {Map<string, Estimate>} last what each did when last tried; brought up to date
   * @param {boolean} screened whether it is already
   */
  async *rounds(steps, changes, last, screened) {
    const { most_looked_at: most, a_few: few } = this.settings;
    const value = (/** @type {Step} */ step) => last.get(keyOf(step))?.value ?? Infinity;
    const promised = changes.map(value);
    let tried = screened ? most : 0;
    while (tried < Math.min(most, changes.length)) {
      const some = changes.slice(tried, tried + few);
      await this.try(steps, some, last);
      tried += some.length;
      const best = Math.max(...changes.slice(0, tried).map(value));
      if (tried < changes.length && best >= promised[tried]) break;
    }
    yield changes.slice(0, tried);
    const rest = changes.slice(tried);
    if (!rest.length) return;
    if (!screened) await this.try(steps, rest, last);
    yield rest;
  }

  /** The first of two changes that is confirmed; else the better one, if any gained. @param {Step[]} steps @param {Step[]} changes @param {Map<string, Estimate>} last @param {number} tried @returns {Promise<Taken | null>} */
  async takeBest(steps, changes, last, tried) {
    const did = (/** @type {Step} */ step) => /** @type {Estimate} */ (last.get(keyOf(step)));
    const most = changes.reduce((best, step) => (did(step).value > did(best).value ? step : best));
    const surest = changes.reduce((best, step) => (did(step).low > did(best).low ? step : best));
    /** @type {Taken | null} */
    let taken = null;
    for (const change of new Set([most, surest])) {
      if (!(did(change).value > 0)) continue;
      const found = await this.take(steps, change, tried);
      if (found.gain.low > 0) return found;
      if (!taken || found.gain.value > taken.gain.value) taken = found;
    }
    return taken;
  }

  /** Note the gain of every change after some steps, on a few runs. @param {Step[]} steps @param {Step[]} changes @param {Map<string, Estimate>} last */
  async try(steps, changes, last) {
    const [before, ...after] = await this.live([steps, ...changes.map((step) => [...steps, step])], this.nextLuck(), this.tried);
    changes.forEach((step, place) => last.set(keyOf(step), this.change(before, after[place]).gain));
  }

  /** What a step does on runs that it was not chosen on. @param {Step[]} steps @param {Step} best @param {number} tried @returns {Promise<Taken>} */
  async take(steps, best, tried) {
    const { names, given } = this;
    const all = [...steps, best];
    const [before, after] = await this.live([steps, all], this.nextLuck(), given.replicates);
    const change = this.change(before, after);
    // By luck by which no step was chosen or confirmed.
    const luck = this.wholeLuck;
    if (!this.asIs) [this.asIs] = await this.live([[]], luck, given.replicates);
    const [whole] = await this.live([all], luck, given.replicates);
    const { size } = partnershipsOf(this.made(all))[best[0]];
    return { ...change, step: best, words: best.map((b) => names[b]), size: best.length > 1 ? size ?? null : null, tried, whole: this.change(this.asIs, whole).gain, left: names.length - new Set(all.map(goneBy)).size };
  }

  /** What one landscape does beyond another, run by run. @param {Lived} before @param {Lived} after @returns {Changed} */
  change(before, after) {
    const { statistics } = this.given;
    const beyond = (/** @type {keyof Lived} */ name) => after[name].map((value, run) => value - before[name][run]);
    const extra = beyond("over_money");
    return {
      gain: statistics.mean(extra.map((value) => value / this.base)),
      units: meanOf(extra) / this.years,
      overhead_hours: statistics.mean(beyond("overhead_hours")),
      joint_hours: statistics.mean(beyond("joint_hours")),
      own_hours: statistics.mean(beyond("own_hours")),
    };
  }
}
