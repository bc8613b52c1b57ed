/**
 * Landscapes with groups closed and merged, as tables: what `cgsim.advice.landscapes` makes.
 *
 * A group that is left out keeps its place in the table and never begins, so that every other draw
 * stays as it was.
 *
 * @module
 */
import { NEVER, agencyNames, objectiveNames, partnershipsOf } from "../scenario/tables.js";

/** @typedef {import("../scenario/tables.js").Tables} Tables */
/** @typedef {number[]} Step one group that is closed; or who goes on with the members and agendas of two, and who is closed */

/** Whose place goes with a step. @param {Step} step */
export const goneBy = (step) => /** @type {number} */ (step.at(-1));

/** What names are sorted by: numbers in them by their size. @param {string} name @returns {(string | bigint)[]} */
const natural = (name) => name.split(/([0-9]+)/).map((part, place) => (place % 2 ? BigInt(part) : part));

/** As Python compares: by code points. @param {string} one @param {string} other */
function byPoints(one, other) {
  const [a, b] = [[...one], [...other]];
  const place = a.findIndex((letter, at) => letter !== b[at]);
  if (place < 0) return a.length - b.length;
  return place >= b.length ? 1 : Number(a[place].codePointAt(0)) - Number(b[place].codePointAt(0));
}

/** @param {string} one @param {string} other @returns {number} */
export function compareNames(one, other) {
  const [a, b] = [natural(one), natural(other)];
  // Texts and numbers take turns in both, from a text on.
  for (let place = 0; place < Math.min(a.length, b.length); place += 1) {
    const order = place % 2 ? Number(a[place] > b[place]) - Number(a[place] < b[place]) : byPoints(String(a[place]), String(b[place]));
    if (order) return order;
  }
  return a.length - b.length;
}

/** A scenario with its partnerships in the order of their names, so that nothing hangs on how a file is laid out. @param {Tables} tables @returns {Tables} */
export function inOrderOfNames(tables) {
  return { ...tables, partnership: [...partnershipsOf(tables)].sort((a, b) => compareNames(a.name, b.name)) };
}

/** A change that holds for all but one; two where it is of the area too. @param {import("../scenario/tables.js").Change} change @param {string} gone @param {string[]} names @param {(key: string) => boolean} ofArea whether a key is of the area */
function without(change, gone, names, ofArea) {
  const { partnership, set } = change;
  const rest = (partnership === undefined ? names : [partnership].flat()).filter((name) => name !== gone);
  if (partnership !== undefined) return [{ ...change, partnership: rest }];
  const keys = Object.entries(set);
  const ofAll = keys.filter(([key]) => ofArea(key));
  if (ofAll.length === keys.length) return [change];
  const own = { ...change, partnership: rest, set: Object.fromEntries(keys.filter(([key]) => !ofArea(key))) };
  return ofAll.length ? [{ ...change, set: Object.fromEntries(ofAll) }, own] : [own];
}

/**
 * A landscape after some steps, one after the other.
 *
 * Of two groups that are merged the keeper goes on with its own levers, lead, money and changes; its
 * agenda has the objectives of both. Its members are those of both where both are given by name, and
 * all agencies where one has all. Else it finds as many as both have together: in its own way, or by
 * fit where its own are given by name.
 *
 * @param {Tables} tables
 * @param {Step[]} steps
 * @param {(groups: number[]) => number} together how many agencies found any of some groups
 * @param {(key: string) => boolean} ofArea whether what a change sets is of the area, and of no partnership
 * @returns {Tables}
 */
export function changed(tables, steps, together, ofArea) {
  const groups = [...partnershipsOf(tables)];
  const names = groups.map(({ name }) => name);
  const [agencies, objectives] = [agencyNames(tables), objectiveNames(tables)];
  const ordered = (/** @type {string[]} */ all, /** @type {string[]} */ some) => all.filter((name) => some.includes(name));
  let changes = tables.change;
  const of = groups.map((_, number) => new Set([number]));
  for (const step of steps) {
    const gone = goneBy(step);
    if (step.length > 1) {
      const [at] = step;
      for (const group of of[gone]) of[at].add(group);
      const [keeper, other] = [groups[at], groups[gone]];
      const { members: _, size, ...rest } = keeper;
      const focus = ordered(objectives, [...keeper.focus, ...other.focus]);
      const ways = [keeper.recruit, other.recruit];
      /** @type {any} */
      let made = { ...rest, focus, recruit: keeper.recruit === "names" ? "fit" : keeper.recruit };
      if (ways.every((way) => way === "names")) made = { ...made, recruit: "names", members: ordered(agencies, [...(keeper.members ?? []), ...(other.members ?? [])]) };
      else if (ways.includes("all")) made = { ...made, recruit: "all" };
      else made = { ...made, size: together([...of[at]].sort((a, b) => a - b)) };
      groups[at] = made;
    }
    groups[gone] = { ...groups[gone], start: NEVER };
    changes = changes?.flatMap((change) => without(change, names[gone], names, ofArea));
  }
  return { ...tables, partnership: groups, ...(changes && { change: changes }) };
}

/** Who founds which group, in some runs. */
export class Founders {
  /**
   * @param {Uint8Array} flags R x B x N
   * @param {boolean[][]} agendas B x K
   * @param {number} agencies
   */
  constructor(flags, agendas, agencies) {
    this.flags = flags;
    this.agendas = agendas;
    this.agencies = agencies;
    this.runs = flags.length / (agendas.length * agencies);
  }

  /** Which agencies found any of some groups, in a run. @param {number} run @param {Iterable<number>} groups @returns {Uint8Array} */
  row(run, groups) {
    const { agencies, flags } = this;
    const made = new Uint8Array(agencies);
    for (const b of groups) {
      const from = (run * this.agendas.length + b) * agencies;
      for (let i = 0; i < agencies; i += 1) made[i] |= flags[from + i];
    }
    return made;
  }

  /** How many agencies found any of some groups, the mean over runs, rounded as Python does. @param {number[]} groups @returns {number} */
  together(groups) {
    let all = 0;
    for (let run = 0; run < this.runs; run += 1) all += this.row(run, groups).reduce((sum, one) => sum + one, 0);
    const mean = all / this.runs;
    const low = Math.floor(mean);
    const near = mean - low === 0.5 ? low + (low % 2) : Math.round(mean);
    return Math.max(2, near);
  }

  /**
   * How far groups overlap after some steps: the share of the seats of two that both have, a seat
   * being a member who works on an objective; seats counted as means over runs. 0 with a group that
   * is closed, and of a group with itself.
   *
   * @param {Step[]} [steps]
   * @returns {number[][]}
   */
  overlaps(steps = []) {
    const count = this.agendas.length;
    /** @type {(Set<number> | null)[]} */
    const of = this.agendas.map((_, number) => new Set([number]));
    const agendas = this.agendas.map((row) => [...row]);
    for (const step of steps) {
      const gone = goneBy(step);
      if (step.length > 1) {
        for (const group of of[gone] ?? []) of[step[0]]?.add(group);
        agendas[step[0]] = agendas[step[0]].map((is, k) => is || agendas[gone][k]);
      }
      of[gone] = null;
    }
    const common = Array.from({ length: count }, () => new Array(count).fill(0));
    for (let run = 0; run < this.runs; run += 1) {
      const rows = of.map((groups) => this.row(run, groups ?? []));
      for (let a = 0; a < count; a += 1) {
        for (let b = a; b < count; b += 1) {
          let shared = 0;
          for (let i = 0; i < this.agencies; i += 1) shared += rows[a][i] & rows[b][i];
          common[a][b] += shared;
        }
      }
    }
    for (let a = 0; a < count; a += 1) {
      for (let b = a; b < count; b += 1) {
        const topics = agendas[a].filter((is, k) => is && agendas[b][k]).length;
        common[a][b] = common[b][a] = (common[a][b] / this.runs) * topics;
      }
    }
    return common.map((row, a) =>
      row.map((shared, b) => {
        const either = common[a][a] + common[b][b] - shared;
        return a !== b && either > 0 ? shared / either : 0;
      }),
    );
  }
}
