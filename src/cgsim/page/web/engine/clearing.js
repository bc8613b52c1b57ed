/**
 * Which groups of a landscape could go, lived by the crew as far as somebody looks.
 *
 * What was lived stays in this page's memory, so that a search that was left goes on where it was.
 *
 * @module
 */
import { inOrderOfNames } from "../declutter/landscapes.js";
import { declutter } from "../declutter/search.js";
import { APART, KEPT, OF_GROUPS } from "../model/landscapes.js";
import { pack } from "../scenario/pack.js";
import { partnershipsOf, withoutTexts } from "../scenario/tables.js";

/** @typedef {import("../scenario/tables.js").Tables} Tables */
/** @typedef {import("../scenario/pack.js").Ties} Ties */
/** @typedef {import("../declutter/search.js").Decluttered} Decluttered */
/** @typedef {import("../declutter/search.js").First} First */
/** @typedef {import("../declutter/search.js").Lived} Lived */
/** @typedef {import("../declutter/landscapes.js").Step} Step */
/**
 * @typedef {object} Landscape what is known of one
 * @property {number} number
 * @property {Tables} tables with its groups in the order of their names
 * @property {Ties | undefined} ties
 * @property {Decluttered | null} found
 * @property {First | null} first
 * @property {Map<string, Lived>} lived by luck, runs and steps
 * @property {number} runs that were lived, of all landscapes
 * @property {boolean} stopped by the reader
 */

const URGENCY = 2; // it waits while nobody looks
const TOPIC = "declutter";
const MOST_KEPT = 6; // landscapes

/** What was begun is not wanted any more. */
class Dropped extends Error {}

export class Clearing {
  /**
   * @param {import("./crew.js").Crew | null} crew null where nothing can be lived here
   * @param {any} data
   * @param {import("../answer/results.js").Kitchen} kitchen
   * @param {() => void} changed
   */
  constructor(crew, data, kitchen, changed) {
    this.crew = crew;
    this.data = data;
    this.kitchen = kitchen;
    this.changed = changed;
    /** @type {Map<string, Landscape>} */
    this.landscapes = new Map();
    /** @type {Landscape | null} what is under way */
    this.under = null;
    this.turn = 0;
    this.numbers = 0;
  }

  /** Runs of every landscape: as many as the command takes, and no more than the page's answers rest on. */
  get replicates() {
    const { replicates, fewest_runs: fewest } = this.data.lists.declutter;
    return Math.max(fewest, Math.min(replicates, this.data.runs));
  }

  /** @param {Tables} tables @param {Ties | undefined} ties @returns {Landscape} */
  known(tables, ties) {
    const key = JSON.stringify([withoutTexts(tables), ties ?? 0]);
    const one = this.landscapes.get(key) ?? { number: (this.numbers += 1), tables: inOrderOfNames(tables), ties, found: null, first: null, lived: new Map(), runs: 0, stopped: false };
    this.landscapes.delete(key);
    this.landscapes.set(key, one);
    if (this.landscapes.size > MOST_KEPT) this.landscapes.delete(/** @type {string} */ (this.landscapes.keys().next().value));
    return one;
  }

  /** Begin a search, or go on with it. @param {Landscape} one */
  begin(one) {
    if (!this.crew || this.under === one || one.stopped || one.found?.stage === "done") return;
    this.leave();
    this.under = one;
    const turn = this.turn;
    const wanted = () => {
      if (this.turn !== turn) throw new Dropped();
    };
    const { data, kitchen, replicates } = this;
    const done = declutter({
      tables: one.tables,
      seed: data.seed,
      replicates,
      lists: data.lists,
      statistics: kitchen.statistics,
      first: async (count, kept) => {
        one.first ??= await this.first(one, count, kept);
        wanted();
        return one.first;
      },
      live: async (landscapes, luck, count, each) => {
        const lived = await this.live(one, landscapes, luck, count, each);
        wanted();
        return lived;
      },
      tell: (found) => {
        wanted();
        // What was known before it was left stays to be seen until it is known again.
        if (!one.found || reached(found) >= reached(one.found)) one.found = { ...found, groups: [...found.groups], merges: [...found.merges] };
        this.changed();
      },
    });
    done.catch((error) => {
      if (!(error instanceof Dropped)) throw error;
    }).finally(() => {
      if (this.turn === turn) this.under = null;
      this.changed();
    });
  }

  /** Leave what is under way, so that it can be gone on with. */
  leave() {
    this.turn += 1;
    this.under = null;
    this.crew?.drop((topic) => topic === TOPIC);
  }

  /** @param {Landscape} one @param {boolean} stopped */
  stop(one, stopped) {
    one.stopped = stopped;
    if (stopped && this.under === one) this.leave();
    else this.begin(one);
    this.changed();
  }

  /** @param {Landscape} one @param {number} count @param {number} kept @returns {Promise<First>} */
  async first(one, count, kept) {
    const groups = partnershipsOf(one.tables).length;
    const packed = pack([one.tables], this.data.lists, one.ties);
    const agencies = packed.sizes.N;
    const flags = new Uint8Array(Math.min(kept, count) * groups * agencies);
    const made = /** @type {any} */ (Object.fromEntries([...KEPT, ...APART].map((name) => [name, new Float64Array(count)])));
    made.lives = Array.from({ length: groups }, () => Object.fromEntries(OF_GROUPS.map((name) => [name, new Float64Array(count)])));
    made.founders = flags;
    await this.lived(one, packed, "landscape", [0], 0, count, (_, run, row, founders, at) => {
      [...KEPT, ...APART].forEach((name, place) => (made[name][run] = row[place]));
      for (let b = 0; b < groups; b += 1) OF_GROUPS.forEach((name, place) => (made.lives[b][name][run] = row[KEPT.length + APART.length + b * OF_GROUPS.length + place]));
      const size = groups * agencies;
      if (run < kept) flags.set(founders.subarray(at * size, (at + 1) * size), run * size);
    });
    return made;
  }

  /** @param {Landscape} one @param {{steps: Step[], tables: Tables}[]} landscapes @param {number} luck @param {number} count @param {(place: number, lived: Lived) => void} [each] @returns {Promise<Lived[]>} */
  async live(one, landscapes, luck, count, each) {
    const keys = landscapes.map(({ steps }) => JSON.stringify([luck, count, steps]));
    const missing = keys.flatMap((key, place) => (one.lived.has(key) ? [] : [place]));
    keys.forEach((key, place) => {
      const known = one.lived.get(key);
      if (known) each?.(place, known);
    });
    if (missing.length) {
      const packed = pack(missing.map((place) => landscapes[place].tables), this.data.lists, one.ties);
      const made = missing.map(() => ({ left: count, lived: /** @type {any} */ (Object.fromEntries(KEPT.map((name) => [name, new Float64Array(count)]))) }));
      await this.lived(one, packed, "landscapes", missing.map((_, point) => point), luck, count, (point, run, row) => {
        const { lived } = made[point];
        KEPT.forEach((name, place) => (lived[name][run] = row[place]));
        made[point].left -= 1;
        if (made[point].left) return;
        const place = missing[point];
        one.lived.set(keys[place], lived);
        each?.(place, lived);
      });
    }
    return keys.map((key) => /** @type {Lived} */ (one.lived.get(key)));
  }

  /**
   * Have runs lived, and take each.
   *
   * @param {Landscape} one
   * @param {import("../../../portable/engine.js").Scenario} packed
   * @param {"landscape" | "landscapes"} kind
   * @param {number[]} points
   * @param {number} luck
   * @param {number} count
   * @param {(point: number, run: number, row: Float64Array, founders: Uint8Array, at: number) => void} take
   */
  async lived(one, packed, kind, points, luck, count, take) {
    const crew = /** @type {import("./crew.js").Crew} */ (this.crew);
    const parts = points.map((point) => ({ point, first: luck, count }));
    const want = { room: `${TOPIC}|${(this.numbers += 1)}`, packed, kind, seed: this.data.seed, parts, urgency: URGENCY, topic: TOPIC };
    const done = await crew.live(want, ({ part, first, count: some, measures, width, lived }) => {
      one.runs += some;
      for (let run = 0; run < some; run += 1) take(points[part], first - luck + run, measures.subarray(run * width, (run + 1) * width), lived?.founders, run);
      this.changed();
    });
    if (!done) throw new Dropped();
  }
}

/** How far a search has come. @param {Decluttered} found */
const reached = ({ stage, groups, merges, steps }) => ["each", "path", "done"].indexOf(stage) * 1e6 + steps.length * 1e3 + [...groups, ...merges].filter(Boolean).length;
