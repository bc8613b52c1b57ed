/**
 * What runs met with nobody working together, kept for the next time: it hangs on the area and its
 * luck, and on no lever of a partnership.
 *
 * @module
 */

/** @typedef {import("../../../portable/engine.js").Scenario} Scenario */
/** @typedef {import("../../../portable/engine.js").Room} Room */

const MOST = 3_000_000; // numbers, of 8 bytes each
const ROWS = ["chunk.month", "chunk.own_met", "chunk.met_by_objective"];
/** What the arm alone is lived by, beside its luck. */
const OF_THE_AREA = ["settings", "regime", "world_settings", "network", "capacity", "home", "skill", "goal", "senior", "operational", "crosscut", "mix"];

export class Alone {
  constructor() {
    /** @type {Map<string, Map<number, Float64Array>>} rows of every run, by area; those last used stand last */
    this.areas = new Map();
    this.numbers = 0;
    /** @type {WeakMap<Scenario, string[]>} */
    this.names = new WeakMap();
  }

  /** @param {Scenario} scenario @param {number} point @param {bigint | number} seed @returns {string} the area's name */
  area(scenario, point, seed) {
    const known = this.names.get(scenario) ?? [];
    this.names.set(scenario, known);
    const { P, G, T, N, K, S } = scenario.sizes;
    known[point] ??= JSON.stringify([
      [G, T, N, K, S],
      OF_THE_AREA.map((name) => {
        const width = scenario.design[name].length / P;
        return scenario.design[name].slice(point * width, (point + 1) * width);
      }),
      scenario.given_ties,
      scenario.given_trust,
    ]);
    return `${seed} ${known[point]}`;
  }

  /** @param {string} area @param {number} first @param {number} count @returns {boolean} */
  has(area, first, count) {
    const runs = this.areas.get(area);
    if (!runs) return false;
    for (let run = first; run < first + count; run += 1) if (!runs.has(run)) return false;
    return true;
  }

  /** Write what is kept into an arm of a room. @param {string} area @param {number} first @param {number} count @param {Room} room @param {number} arm */
  put(area, first, count, room, arm) {
    const runs = /** @type {Map<number, Float64Array>} */ (this.areas.get(area));
    this.areas.delete(area);
    this.areas.set(area, runs);
    for (let run = 0; run < count; run += 1) {
      const kept = /** @type {Float64Array} */ (runs.get(first + run));
      let from = 0;
      for (const rows of rowsOf(room, run, arm)) {
        rows.set(kept.subarray(from, from + rows.length));
        from += rows.length;
      }
    }
  }

  /** Keep what an arm of a room holds. @param {string} area @param {number} first @param {number} count @param {Room} room @param {number} arm */
  take(area, first, count, room, arm) {
    const runs = this.areas.get(area) ?? new Map();
    this.areas.delete(area);
    this.areas.set(area, runs);
    for (let run = 0; run < count; run += 1) {
      if (runs.has(first + run)) continue;
      const all = rowsOf(room, run, arm);
      const kept = new Float64Array(all.reduce((sum, rows) => sum + rows.length, 0));
      let to = 0;
      for (const rows of all) {
        kept.set(rows, to);
        to += rows.length;
      }
      runs.set(first + run, kept);
      this.numbers += kept.length;
    }
    for (const [name, old] of this.areas) {
      if (this.numbers <= MOST || name === area) break;
      this.areas.delete(name);
      for (const kept of old.values()) this.numbers -= kept.length;
    }
  }
}

/** @param {Room} room @param {number} run @param {number} arm @returns {Float64Array[]} what an arm of a run left */
function rowsOf(room, run, arm) {
  return ROWS.map((name) => {
    const [runs, arms] = room.places[name].shape;
    const all = room.floats(name);
    const width = all.length / (runs * arms);
    const from = (run * arms + arm) * width;
    return all.subarray(from, from + width);
  });
}
