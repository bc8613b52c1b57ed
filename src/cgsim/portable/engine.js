/**
 * The engine of cgsim in a browser or in Node: the rules that Python runs, with the same bits.
 *
 * Nothing here knows a shape or a name: `engine.json`, which is built with the module, says what
 * each entry point is given. `Room` lays that out in the module's memory, `Batch` lives replicates
 * in all arms and measures them, `Life` steps one replicate month by month, and `Runner` cuts a
 * batch into pieces, over Web Workers where there are any.
 *
 *     const kit = await load(bytes, description);
 *     const batch = new Batch(kit, scenario);            // packed by Python: cgsim.packed([...])
 *     const measures = batch.live(0, 25, 1n).measures;   // replicates 0 to 24 of seed 1
 *
 * @module
 */

/** @typedef {Record<string, number>} Terms a sum of sizes: `{N: 1, S: 3}` is N + 3 S; "1" counts */
/** @typedef {{name: string, type: string, shape?: Terms[], fill?: string}} Given */
/** @typedef {{given: Given[], writes: string[]}} Entry */
/**
 * @typedef {object} Description what `engine.json` says
 * @property {Record<string, Entry>} entries
 * @property {Record<string, Record<string, string>>} records the fields of records, and their types
 * @property {Record<string, string>} sizes
 * @property {Record<string, string[]>} names names of measures, columns, outcomes, frictions
 * @property {Record<string, number[][]>} arms rows of arms: "three" and "frictions"
 * @property {string} module the module's SHA-256
 */
/** @typedef {{module: WebAssembly.Module, description: Description}} Kit */
/** @typedef {Record<string, number>} Sizes */
/** @typedef {Float64Array | BigInt64Array | BigUint64Array | Uint8Array} Numbers */
/**
 * @typedef {object} Scenario one or several design points of one shape, packed by Python
 * @property {Sizes} sizes P, G, T, N, K, S, B, C, Q, Y and J
 * @property {Record<string, (number | null)[]>} design by name, flat; null is to be drawn
 * @property {number[]} hour_cost pounds an hour, by point
 * @property {number[]} given_ties flags, Y x Y; none where the network is not from a file
 * @property {(number | null)[]} given_trust Y x Y, who trusts whom from 0 to 1; null is not given
 */

const GRAIN = 16;
const PAGE = 65536;
const WORD = 8;
const MOST_PAIRS = 4e6; // of seats of a life

/**
 * Compile the module.
 *
 * @param {BufferSource} bytes of `engine.wasm`
 * @param {Description} description what `engine.json` says
 * @returns {Promise<Kit>}
 */
export async function load(bytes, description) {
  return { module: await WebAssembly.compile(bytes), description };
}

/** Rows of records: parameters and levers by name. */
export class Records {
  /**
   * @param {ArrayBuffer} buffer
   * @param {number} place
   * @param {number} length how many records
   * @param {Record<string, string>} fields
   */
  constructor(buffer, place, length, fields) {
    this.length = length;
    /** @type {string[]} */
    this.names = Object.keys(fields);
    this.types = Object.values(fields);
    /** every field of every record, one after the other, as numbers */
    this.numbers = new Float64Array(buffer, place, length * this.names.length);
    this.whole = new BigInt64Array(buffer, place, length * this.names.length);
  }

  /** @param {number} index @param {string} name @returns {number} */
  get(index, name) {
    const place = this.place(index, name);
    const whole = this.types[this.names.indexOf(name)] !== "float64";
    return whole ? Number(this.whole[place]) : this.numbers[place];
  }

  /** @param {number} index @param {string} name @param {number} value */
  set(index, name, value) {
    const place = this.place(index, name);
    if (this.types[this.names.indexOf(name)] === "float64") this.numbers[place] = value;
    else this.whole[place] = BigInt(value);
  }

  /** @param {number} index @param {string} name @returns {number} */
  place(index, name) {
    const field = this.names.indexOf(name);
    if (field < 0 || index < 0 || index >= this.length) {
      throw new RangeError(`there is no ${name} of record ${index}`);
    }
    return index * this.names.length + field;
  }
}

/** An instance of the module, with everything that some of its entry points are given. */
export class Room {
  /**
   * @param {Kit} kit
   * @param {Sizes} sizes one number for each size that the entry points need
   * @param {string[]} entries which entry points
   * @param {Record<string, Sizes>} [others] other sizes for all that belongs to a name: an arm
   *   without partnerships has `{state: {B: 0, C: 0, Q: 0}, record: {B: 0}}`
   */
  constructor(kit, sizes, entries, others = {}) {
    const { description } = kit;
    const { exports } = new WebAssembly.Instance(kit.module, {});
    this.description = description;
    this.exports = /** @type {Record<string, any>} */ (exports);
    /** @type {Record<string, Numbers | Records>} every array by its name */
    this.arrays = {};
    /** @type {Record<string, number | bigint | boolean>} single numbers, to be set before a call */
    this.numbers = {};
    /** @type {Record<string, {place: number, type: string, shape: number[], fill?: string}>} */
    this.places = {};
    let end = Number(this.exports.__heap_base.value);
    const next = (/** @type {number} */ bytes) => {
      const place = Math.ceil(end / GRAIN) * GRAIN;
      end = place + bytes;
      return place;
    };
    let longest = 0;
    for (const entry of entries) {
      let words = 0;
      for (const { name, type, shape, fill } of description.entries[entry].given) {
        words += 1 + (shape?.length ?? 0);
        if (!shape) {
          this.numbers[name] ??= 0;
          continue;
        }
        const mine = { ...sizes, ...others[name.split(".")[0]] };
        const lengths = shape.map((terms) => sum(terms, mine));
        const known = this.places[name];
        if (known) {
          if (String(known.shape) !== String(lengths)) {
            throw new RangeError(`${name} has two shapes; give them rooms of their own`);
          }
          continue;
        }
        const fields = description.records[type];
        const item = fields ? WORD * Object.keys(fields).length : type === "bool" ? 1 : WORD;
        const place = next(item * product(lengths));
        this.places[name] = { place, type, shape: lengths, fill };
      }
      longest = Math.max(longest, words);
    }
    this.table = next(WORD * longest);
    const memory = /** @type {WebAssembly.Memory} */ (this.exports.memory);
    const missing = end - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
    for (const [name, { place, type, shape, fill }] of Object.entries(this.places)) {
      const view = viewOf(memory.buffer, place, product(shape), type, description);
      if (fill && !(view instanceof Records)) {
        if (view instanceof BigInt64Array) view.fill(BigInt(fill));
        else if (view instanceof Float64Array) view.fill(Number(fill === "nan" ? NaN : fill));
      }
      this.arrays[name] = view;
    }
    this.words = new BigInt64Array(memory.buffer, this.table, longest);
    this.bits = new Float64Array(memory.buffer, this.table, longest);
  }

  /**
   * Call an entry point with what stands in this room.
   *
   * @param {string} entry
   */
  call(entry) {
    let word = 0;
    for (const { name, type, shape } of this.description.entries[entry].given) {
      if (shape) {
        const { place, shape: lengths } = this.places[name];
        this.words[word++] = BigInt(place);
        for (const length of lengths) this.words[word++] = BigInt(length);
      } else if (type === "float64") {
        this.bits[word++] = Number(this.numbers[name]);
      } else {
        this.words[word++] = BigInt(this.numbers[name]);
      }
    }
    if (this.exports[entry](this.table) !== 0) throw new Error(`the engine stopped in ${entry}`);
  }

  /** @param {string} name @returns {Float64Array} an array of numbers */
  floats(name) {
    return /** @type {Float64Array} */ (this.arrays[name]);
  }

  /** @param {string} name @returns {BigInt64Array} an array of whole numbers */
  whole(name) {
    return /** @type {BigInt64Array} */ (this.arrays[name]);
  }

  /** @param {string} name @returns {Uint8Array} an array of flags */
  flags(name) {
    return /** @type {Uint8Array} */ (this.arrays[name]);
  }

  /** @param {string} name @returns {Records} an array of records */
  records(name) {
    return /** @type {Records} */ (this.arrays[name]);
  }

  /**
   * Fill an array with flat numbers; null is what has to be drawn.
   *
   * @param {string} name
   * @param {(number | null)[]} values
   */
  fill(name, values) {
    const view = this.arrays[name];
    const target = view instanceof Records ? view.numbers : view;
    if (!target || target.length !== values.length) {
      throw new RangeError(`${name} takes ${target?.length} numbers; got ${values.length}`);
    }
    if (target instanceof BigInt64Array || target instanceof BigUint64Array) {
      values.forEach((value, place) => (target[place] = BigInt(value ?? -1)));
    } else {
      values.forEach((value, place) => (target[place] = value ?? NaN));
    }
  }
}

/** @param {Terms} terms @param {Sizes} sizes @returns {number} */
function sum(terms, sizes) {
  let value = 0;
  for (const [size, count] of Object.entries(terms)) {
    const one = size === "1" ? 1 : sizes[size];
    if (!Number.isSafeInteger(one) || one < 0) throw new RangeError(`size ${size} is missing`);
    value += count * one;
  }
  return value;
}

/** @param {number[]} lengths @returns {number} */
function product(lengths) {
  return lengths.reduce((value, length) => value * length, 1);
}

/**
 * @param {ArrayBuffer} buffer
 * @param {number} place
 * @param {number} length
 * @param {string} type
 * @param {Description} description
 * @returns {Numbers | Records}
 */
function viewOf(buffer, place, length, type, description) {
  const fields = description.records[type];
  if (fields) return new Records(buffer, place, length, fields);
  if (type === "float64") return new Float64Array(buffer, place, length);
  if (type === "int64") return new BigInt64Array(buffer, place, length);
  if (type === "uint64") return new BigUint64Array(buffer, place, length);
  return new Uint8Array(buffer, place, length);
}

/** @param {Room} room @param {Scenario} scenario */
function fillDesign(room, scenario) {
  for (const [name, values] of Object.entries(scenario.design)) room.fill(`design.${name}`, values);
  room.fill("given_ties", scenario.given_ties);
  room.fill("given_trust", scenario.given_trust);
}

/** Replicates of a scenario, lived in all their arms and measured. */
export class Batch {
  /**
   * @param {Kit} kit
   * @param {Scenario} scenario
   * @param {{arms?: "three" | "frictions" | number[][], piece?: number, keeps?: boolean}} [options] the arms
   *   together, alone and equal money, or alone and one for every choice of frictions, or rows of
   *   arms of which those three come first; most replicates at a time; whether worlds and luck stay
   *   in the room run by run, where `work.known` may say that they are there already
   */
  constructor(kit, scenario, { arms = "three", piece = 25, keeps = false } = {}) {
    const rows = typeof arms === "string" ? kit.description.arms[arms] : arms;
    const measure = arms === "frictions" ? "gain_of_arms" : "measure_chunk";
    this.piece = piece;
    this.measure = measure;
    this.points = scenario.sizes.P;
    this.room = new Room(kit, { ...scenario.sizes, R: piece, V: keeps ? piece : 0, A: rows.length }, [
      "run_batch",
      measure,
    ]);
    this.scenario = scenario;
    this.#fill();
    this.room.fill("arms", rows.flat());
    if (measure === "measure_chunk") {
      Object.assign(this.room.numbers, {
        "arms.together": 0,
        "arms.alone": 1,
        "arms.equal_money": 2,
      });
    } else {
      Object.assign(this.room.numbers, { alone: 0, together: 1 });
    }
  }

  /**
   * Turn to another scenario of the same sizes, in the room that is there: a new one would cost as
   * much as some replicates.
   *
   * @param {Scenario} scenario
   */
  turnTo(scenario) {
    if (JSON.stringify(scenario.sizes) !== JSON.stringify(this.scenario.sizes)) {
      throw new RangeError("a scenario of other sizes needs a room of its own");
    }
    this.scenario = scenario;
    this.#fill();
  }

  #fill() {
    fillDesign(this.room, this.scenario);
    if (this.measure === "measure_chunk") this.room.fill("hour_cost", this.scenario.hour_cost);
  }

  /**
   * Live some replicates of a point, at most `piece` of them.
   *
   * @param {number} first the first replicate
   * @param {number} count how many
   * @param {bigint | number} seed
   * @param {number} [point]
   * @returns {{measures: Float64Array, width: number}} a copy, `width` numbers a replicate: the
   *   measures, or the gains of the arms
   */
  live(first, count, seed, point = 0) {
    this.run(first, count, seed, point, [this.measure]);
    const out = this.room.floats("out");
    const width = out.length / this.piece;
    return { measures: out.slice(0, count * width), width };
  }

  /**
   * Live some replicates of a point, and leave what came of them in the room.
   *
   * @param {number} first
   * @param {number} count at most `piece`
   * @param {bigint | number} seed
   * @param {number} [point]
   * @param {string[]} [then] entry points that are called on it
   */
  run(first, count, seed, point = 0, then = []) {
    if (!(count >= 1 && count <= this.piece)) {
      throw new RangeError(`got ${count} replicates; allowed 1 to ${this.piece}`);
    }
    if (!(point >= 0 && point < this.points)) throw new RangeError(`there is no point ${point}`);
    const { room } = this;
    room.whole("points").fill(BigInt(point));
    room.whole("replicates").forEach((_, place, all) => (all[place] = BigInt(first + place)));
    room.numbers.seed = BigInt(seed);
    const shorter = count < this.piece ? this.shortened(count) : null;
    for (const entry of ["run_batch", ...then]) room.call(entry);
    shorter?.();
  }

  /**
   * Let the room be for fewer runs, until what is returned is called.
   *
   * @param {number} count
   * @returns {() => void}
   */
  shortened(count) {
    /** @type {(() => void)[]} */
    const back = [];
    const { places, description } = this.room;
    for (const entry of ["run_batch", this.measure]) {
      for (const { name, shape } of description.entries[entry].given) {
        if (!shape || places[name].shape[0] === count || shape[0]?.R !== 1) continue;
        const lengths = places[name].shape;
        places[name].shape = [count, ...lengths.slice(1)];
        back.push(() => (places[name].shape = lengths));
      }
    }
    return () => back.reverse().forEach((undo) => undo());
  }
}

/** One replicate, lived month by month; what is decided holds from the month it is decided in. */
export class Life {
  /**
   * @param {Kit} kit
   * @param {Scenario} scenario
   * @param {{seed?: bigint | number, replicate?: number, point?: number, alone?: boolean,
   *   off?: string[]}} [options] `alone`: nobody works together; `off`: frictions switched off
   */
  constructor(kit, scenario, options = {}) {
    const { seed = 1n, replicate = 0, point = 0, alone = false, off = [] } = options;
    const { B, N } = scenario.sizes;
    // Anybody may be asked to join, so there is a seat for everybody, while there is room.
    const roomy = B * N * N <= MOST_PAIRS;
    const sizes = roomy ? { ...scenario.sizes, C: N, Q: B * N * N, J: B } : scenario.sizes;
    const months = sizes.T;
    const drawn = new Room(kit, { ...sizes, V: 0 }, ["draw_run"]);
    fillDesign(drawn, scenario);
    const regime = drawn.whole("design.regime").subarray(point * months, (point + 1) * months);
    const rowOf = Array.from(regime, (number) => point * sizes.G + Number(number));
    const asked = drawn.records("design.asks").numbers.slice();
    if (roomy) drawn.whole("design.seats").fill(BigInt(N));
    // Everybody's chance events are drawn.
    drawn.records("design.asks").numbers.fill(1);
    Object.assign(drawn.numbers, { point, seed: BigInt(seed), replicate });
    drawn.call("draw_run");
    // Every month has settings of its own, so that any of them can be decided anew.
    const without = { B: 0, C: 0, Q: 0 };
    /** @type {Record<string, Sizes>} */
    const others = alone ? { state: without, record: without, laid_out: without } : {};
    const entries = ["begin_run", "step_run", "lay_out"];
    const room = new Room(kit, { ...sizes, G: months }, entries, others);
    const frictions = kit.description.names.frictions;
    for (const friction of frictions) {
      room.numbers[`switches.${friction}`] = Number(!off.includes(friction));
    }
    for (const name of Object.keys(room.places)) {
      if (/^(world|shocks)\./.test(name)) {
        /** @type {any} */ (room.arrays[name]).set(/** @type {any} */ (drawn.arrays[name]));
      }
    }
    /** @type {[string, any][]} */
    const rows = [
      ["settings", drawn.records("design.settings").numbers],
      ["levers", drawn.records("design.levers").numbers],
      ["agendas", drawn.flags("design.agendas")],
      ["asks", asked],
    ];
    for (const [name, from] of rows) {
      const array = room.arrays[name];
      const to = array instanceof Records ? array.numbers : /** @type {any} */ (array);
      const row = to.length / months;
      for (let month = 0; month < months; month += 1) {
        if (name === "asks" && month > 0 && rowOf[month] === rowOf[month - 1]) continue;
        to.set(from.subarray(rowOf[month] * row, (rowOf[month] + 1) * row), month * row);
      }
    }
    room.whole("regime").forEach((_, month, all) => (all[month] = BigInt(month)));
    this.room = room;
    this.roomy = roomy;
    this.names = kit.description.names;
    this.months = months;
    this.partnerships = alone ? 0 : sizes.B;
    this.levers = sizes.B;
    /** the month that is lived next */
    this.month = 0;
    room.call("begin_run");
  }

  /**
   * Decide that a value holds from the next month on, until a scheduled change sets another.
   *
   * @param {string} name a parameter, or a lever
   * @param {number} value
   * @param {number} [partnership] for a lever: of which partnership
   */
  decide(name, value, partnership = 0) {
    const isLever = this.room.records("levers").names.includes(name);
    const records = this.room.records(isLever ? "levers" : "settings");
    const at = (/** @type {number} */ month) =>
      isLever ? month * this.levers + partnership : month;
    if (isLever) this.changed(partnership);
    const before = records.get(at(Math.min(this.month, this.months - 1)), name);
    for (let month = this.month; month < this.months; month += 1) {
      if (records.get(at(month), name) !== before) break;
      records.set(at(month), name, value);
    }
  }

  /**
   * Ask in the next month, once, for a number of members or for another lead.
   *
   * @param {"members" | "lead"} what
   * @param {number} value how many; or the agency's number, from 0
   * @param {number} [partnership]
   */
  ask(what, value, partnership = 0) {
    if (what === "members" && !this.roomy) {
      throw new RangeError("nobody can be asked to join by hand: there are too many agencies");
    }
    const at = Math.min(this.month, this.months - 1) * this.levers + partnership;
    this.changed(partnership);
    this.room.records("asks").set(at, what, what === "lead" ? value + 1 : value);
  }

  /** Note that something of a partnership is changed in the next month. @param {number} partnership */
  changed(partnership) {
    if (this.month >= this.months) return;
    this.room.records("asks").set(this.month * this.levers + partnership, "changed", 1);
  }

  /**
   * Decide what a partnership works on from the next month on, until a scheduled change sets
   * another agenda.
   *
   * @param {number[]} objectives their numbers, from 0
   * @param {number} [partnership]
   */
  focus(objectives, partnership = 0) {
    const agendas = this.room.flags("agendas");
    const width = agendas.length / (this.months * this.levers);
    const row = (/** @type {number} */ month) => {
      const at = (month * this.levers + partnership) * width;
      return agendas.subarray(at, at + width);
    };
    this.changed(partnership);
    const before = String(row(Math.min(this.month, this.months - 1)));
    for (let month = this.month; month < this.months && String(row(month)) === before; month += 1) {
      row(month).forEach((_, k, all) => (all[k] = Number(objectives.includes(k))));
    }
  }

  /**
   * Live the next month.
   *
   * @returns {Record<string, number>} the month's row, by the names of the month's columns
   */
  step() {
    if (this.month >= this.months) throw new RangeError("the last month has been lived");
    this.room.numbers.month = this.month;
    this.room.call("step_run");
    this.month += 1;
    return this.row(this.month - 1);
  }

  /**
   * Lay out the state by agency: trust of each in each, and by partnership and agency who is a
   * member, commitments and hours. The rules keep it by membership.
   *
   * @returns {{trust: Float64Array, member: Uint8Array, promised: Float64Array,
   *   given: Float64Array, disappointed: Float64Array}} read it before the next month is lived
   */
  byAgency() {
    this.room.call("lay_out");
    const of = (/** @type {string} */ name) => this.room.floats(`laid_out.${name}`);
    return {
      trust: of("trust"),
      member: this.room.flags("laid_out.member"),
      promised: of("promised"),
      given: of("given"),
      disappointed: of("disappointed"),
    };
  }

  /** @param {number} month @returns {Record<string, number>} a month that has been lived */
  row(month) {
    return named(this.room.floats("record.month"), this.names.month, month);
  }

  /**
   * @param {number} month
   * @param {number} [partnership]
   * @returns {Record<string, number>} a partnership's row of the board
   */
  board(month, partnership = 0) {
    const rows = this.room.floats("record.board");
    return named(rows, this.names.board, month * this.partnerships + partnership);
  }
}

/** @param {Float64Array} rows @param {string[]} names @param {number} row */
function named(rows, names, row) {
  return Object.fromEntries(names.map((name, place) => [name, rows[row * names.length + place]]));
}

/**
 * @typedef {object} Piece what came of some replicates
 * @property {number} first
 * @property {number} count
 * @property {Float64Array} measures
 * @property {number} width
 */
/** @typedef {{finished: Promise<boolean>, stop: () => void}} Job true if all was lived */

/**
 * Answer messages of a `Runner`: the whole of a worker's program.
 *
 * @param {{onmessage: any, postMessage: (message: any) => void}} scope a worker's `self`
 */
export function serve(scope) {
  /** @type {Kit | undefined} */
  let kit;
  /** @type {Batch | undefined} */
  let batch;
  scope.onmessage = (/** @type {{data: any}} */ { data }) => {
    if (data.kit) kit = data.kit;
    if (data.scenario) {
      batch = new Batch(/** @type {Kit} */ (kit), data.scenario, data.options);
    }
    if (data.piece) {
      const { first, count, seed, point } = data.piece;
      const lived = /** @type {Batch} */ (batch).live(first, count, seed, point);
      scope.postMessage({ job: data.job, first, count, ...lived });
    }
  };
}

/** Lives batches in pieces, over workers where there are any; a new one drops what is left. */
export class Runner {
  /**
   * @param {Kit} kit
   * @param {{makeWorker?: () => any, workers?: number}} [options] makes a worker whose program
   *   calls `serve`; without, the pieces are lived here, with pauses between them
   */
  constructor(kit, { makeWorker, workers = 1 } = {}) {
    this.kit = kit;
    /** @type {any[]} */
    this.workers = makeWorker ? Array.from({ length: workers }, makeWorker) : [];
    this.workers.forEach((worker) => worker.postMessage({ kit }));
    /** @type {Job | undefined} */
    this.job = undefined;
    this.number = 0;
  }

  /**
   * Live replicates of a scenario's first point, or another.
   *
   * @param {Scenario} scenario
   * @param {{replicates: number, seed?: bigint | number, point?: number, piece?: number,
   *   arms?: "three" | "frictions"}} what
   * @param {(piece: Piece) => void} take is given every piece, in any order
   * @returns {Job}
   */
  run(scenario, { replicates, seed = 1n, point = 0, piece = 25, arms = "three" }, take) {
    this.job?.stop();
    const job = (this.number += 1);
    let wanted = true;
    let first = 0;
    /** @type {(all: boolean) => void} */
    let settle = () => {};
    /** @type {(error: unknown) => void} */
    let fail = () => {};
    /** @type {Promise<boolean>} */
    const finished = new Promise((resolve, reject) => {
      settle = resolve;
      fail = reject;
    });
    const stop = () => {
      wanted = false;
      settle(false);
    };
    let left = replicates;
    const next = () => {
      if (!wanted || first >= replicates) return undefined;
      const count = Math.min(piece, replicates - first);
      const part = { first, count, seed: BigInt(seed), point };
      first += count;
      return part;
    };
    const hand = (/** @type {Piece} */ lived) => {
      if (!wanted) return;
      left -= lived.count;
      try {
        take(lived);
      } catch (error) {
        wanted = false;
        fail(error);
        return;
      }
      if (left === 0) settle(true);
    };
    if (this.workers.length) {
      for (const worker of this.workers) {
        const more = () => {
          const part = next();
          if (part) worker.postMessage({ job, piece: part });
        };
        worker.onmessage = (/** @type {{data: any}} */ { data }) => {
          if (data.job !== job) return;
          more(); // before the page looks at this one, so that nobody waits
          hand(data);
        };
        worker.onerror = (/** @type {any} */ error) => {
          wanted = false;
          fail(new Error(error.message));
        };
        worker.postMessage({ scenario, options: { arms, piece } });
        more();
      }
    } else {
      const batch = new Batch(this.kit, scenario, { arms, piece });
      const turn = () => {
        const part = next();
        if (!part) return;
        try {
          const { first: from, count } = part;
          hand({ first: from, count, ...batch.live(from, count, part.seed, point) });
        } catch (error) {
          wanted = false;
          fail(error);
        }
        setTimeout(turn);
      };
      setTimeout(turn);
    }
    this.job = { finished, stop };
    return this.job;
  }

  /** Stop, and let the workers go. */
  close() {
    this.job?.stop();
    this.workers.forEach((worker) => worker.terminate());
  }
}

/**
 * What each friction takes of the gain, by the gains of the arms of a batch of frictions: its
 * effect, averaged over every order in which the frictions could be added (Shapley).
 *
 * @param {Description} description
 * @param {ArrayLike<number>} gains of one replicate: alone, then together, by `arms.frictions`
 * @returns {number[]} in the order of the frictions' names; they sum to potential - realised gain
 */
export function shapleyLosses(description, gains) {
  const rows = description.arms.frictions;
  const count = description.names.frictions.length;
  /** @type {Map<string, number>} */
  const place = new Map(rows.map((row, arm) => [String(row), arm]));
  const factorial = (/** @type {number} */ n) => product(Array.from({ length: n }, (_, k) => k + 1));
  const losses = new Array(count).fill(0);
  const [alone] = rows[0]; // the first arm is the one alone, all others are together
  rows.forEach((row, arm) => {
    if (row[0] === alone) return;
    const size = row.slice(1).filter((on) => !on).length;
    for (let friction = 0; friction < count; friction += 1) {
      if (!row[1 + friction]) continue;
      const without = row.map((on, at) => (at === 1 + friction ? 0 : on));
      const weight = (factorial(size) * factorial(count - size - 1)) / factorial(count);
      const other = /** @type {number} */ (place.get(String(without)));
      losses[friction] += weight * (gains[other] - gains[arm]);
    }
  });
  return losses;
}

/**
 * Wilson's interval for a share.
 *
 * @param {number} hits
 * @param {number} of
 * @param {number} [z] the normal quantile; 95 % unless told
 * @returns {[number, number]}
 */
export function wilson(hits, of, z = 1.959963984540054) {
  const share = hits / of;
  const square = (z * z) / of;
  const middle = (share + square / 2) / (1 + square);
  const half = (z / (1 + square)) * Math.sqrt((share * (1 - share)) / of + square / (4 * of));
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}
