/**
 * What is known of runs from before, so that it is neither lived nor drawn again: what they met with
 * nobody working together, and their worlds and luck.
 *
 * @module
 */

/** @typedef {import("../../../portable/engine.js").Scenario} Scenario */
/** @typedef {import("../../../portable/engine.js").Room} Room */

const MOST = 16_000_000; // bytes of each, of one worker
/** What the arm alone is lived by, beside its luck. */
const OF_THE_AREA = ["settings", "regime", "world_settings", "network", "first_local", "capacity", "home", "skill", "goal", "senior", "operational", "crosscut", "mix"];
/** And what a world and its luck are drawn by: `Brief`, what is asked for, when partnerships may begin. */
const OF_THE_PARTNERSHIPS = ["area", "agendas", "recruitment", "size", "named", "lead", "seats", "asks"];
const LEFT_ALONE = ["chunk.month", "chunk.own_met", "chunk.met_by_objective"];

/** Rows of runs by what they hang on. */
class Rows {
  /** @param {(room: Room, run: number, arm: number) => Uint8Array[]} rowsOf */
  constructor(rowsOf) {
    this.rowsOf = rowsOf;
    /** @type {Map<string, Map<number, Uint8Array>>} rows of every run, by name; those last used stand last */
    this.all = new Map();
    this.bytes = 0;
  }

  /** @param {string} name @param {number} first @param {number} count @returns {boolean} */
  has(name, first, count) {
    const runs = this.all.get(name);
    if (!runs) return false;
    for (let run = first; run < first + count; run += 1) if (!runs.has(run)) return false;
    return true;
  }

  /** Write what is kept into a room. @param {string} name @param {number} first @param {number} count @param {Room} room @param {number} arm @returns {boolean[]} of which runs there was something */
  put(name, first, count, room, arm) {
    const runs = this.used(name);
    return Array.from({ length: count }, (_, run) => {
      const kept = runs.get(first + run);
      if (!kept) return false;
      let from = 0;
      for (const rows of this.rowsOf(room, run, arm)) {
        rows.set(kept.subarray(from, from + rows.length));
        from += rows.length;
      }
      return true;
    });
  }

  /** Keep what a room holds, while there is space. @param {string} name @param {number} first @param {number} count @param {Room} room @param {number} arm */
  take(name, first, count, room, arm) {
    const runs = this.used(name);
    for (let run = 0; run < count; run += 1) {
      if (runs.has(first + run)) continue;
      const all = this.rowsOf(room, run, arm);
      const size = all.reduce((sum, rows) => sum + rows.length, 0);
      if (!this.space(name, size)) return;
      const kept = new Uint8Array(size);
      let to = 0;
      for (const rows of all) {
        kept.set(rows, to);
        to += rows.length;
      }
      runs.set(first + run, kept);
      this.bytes += size;
    }
  }

  /** @param {string} name @returns {Map<number, Uint8Array>} */
  used(name) {
    const runs = this.all.get(name) ?? new Map();
    this.all.delete(name);
    this.all.set(name, runs);
    return runs;
  }

  /** Make space for more of one name: of the others what was not used for longest goes. @param {string} name @param {number} size @returns {boolean} */
  space(name, size) {
    for (const [other, old] of this.all) {
      if (this.bytes + size <= MOST || other === name) break;
      this.all.delete(other);
      for (const kept of old.values()) this.bytes -= kept.length;
    }
    return this.bytes + size <= MOST;
  }
}

/** What a worker keeps of the runs that it has lived. */
export class Kept {
  /** @param {any} tables of `cgsim.page.tables` */
  constructor({ columns }) {
    this.levers = /** @type {string[]} */ (columns.levers);
    this.alone = new Rows(leftAlone);
    this.drawn = new Rows(drawnOf);
    /** @type {WeakMap<Scenario, {area: string, partnerships: string}[]>} by point */
    this.names = new WeakMap();
  }

  /** What the arm alone of a point hangs on. @param {Scenario} scenario @param {number} point @param {bigint | number} seed @returns {string} */
  area(scenario, point, seed) {
    return `${seed} ${this.named(scenario, point).area}`;
  }

  /** What the worlds and the luck of a point hang on. @param {Scenario} scenario @param {number} point @param {bigint | number} seed @returns {string} */
  draws(scenario, point, seed) {
    const { area, partnerships } = this.named(scenario, point);
    return `${seed} ${area} ${partnerships}`;
  }

  /**
   * Live some runs of a point: upon their worlds and luck of before where those are known.
   *
   * @template T
   * @param {{room: Room, scenario: Scenario}} batch one that keeps the luck of its runs
   * @param {{first: number, count: number, seed: bigint | number, point?: number, again: boolean}} runs `again`: these will be asked for again
   * @param {() => T} live
   * @returns {T} what `live` gives
   */
  upon({ room, scenario }, { first, count, seed, point = 0, again }, live) {
    const name = this.draws(scenario, point, seed);
    room.flags("work.known").set(this.drawn.put(name, first, count, room, 0).map(Number));
    const lived = live();
    if (again) this.drawn.take(name, first, count, room, 0);
    return lived;
  }

  /** @param {Scenario} scenario @param {number} point */
  named(scenario, point) {
    const known = this.names.get(scenario) ?? [];
    this.names.set(scenario, known);
    return (known[point] ??= named(scenario, point, this.levers));
  }
}

/** @param {Scenario} scenario @param {number} point @param {string[]} levers */
function named({ sizes, design, given_ties: ties, given_trust: trust }, point, levers) {
  const { P, ...shape } = sizes;
  const { G, T, N, K, S } = shape;
  const of = (/** @type {string} */ name) => {
    const width = design[name].length / P;
    return design[name].slice(point * width, (point + 1) * width);
  };
  const start = levers.indexOf("start");
  const starts = of("levers").filter((_, place) => place % levers.length === start);
  return {
    area: JSON.stringify([[G, T, N, K, S], OF_THE_AREA.map(of), ties, trust]),
    partnerships: JSON.stringify([shape, OF_THE_PARTNERSHIPS.map(of), Math.min(...starts.map(Number))]),
  };
}

/** @param {Room} room @param {string} name @param {number} row @param {number} rows @returns {Uint8Array} the bytes of one row of an array */
function bytesOf({ arrays }, name, row, rows) {
  const { buffer, byteOffset, byteLength } = /** @type {Float64Array} */ (arrays[name]);
  const width = byteLength / rows;
  return new Uint8Array(buffer, byteOffset + row * width, width);
}

/** @param {Room} room @param {number} run @param {number} arm @returns {Uint8Array[]} what an arm of a run left */
function leftAlone(room, run, arm) {
  return LEFT_ALONE.map((name) => {
    const [runs, arms] = room.places[name].shape;
    return bytesOf(room, name, run * arms + arm, runs * arms);
  });
}

/** @param {Room} room @param {number} run @returns {Uint8Array[]} the world of a run, and its shocks */
function drawnOf(room, run) {
  const names = Object.keys(room.places).filter((name) => /^(chunk\.world|work\.luck)\./.test(name));
  return names.map((name) => bytesOf(room, name, run, room.places[name].shape[0]));
}
