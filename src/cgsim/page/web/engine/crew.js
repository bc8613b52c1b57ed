/**
 * Who lives the runs: workers, asked for small pieces in the order in which they are wanted.
 *
 * What is not wanted any more is dropped before it begins, with a worker too.
 *
 * @module
 */

/** @typedef {import("../../../portable/engine.js").Scenario} Packed */
/** @typedef {import("../../../portable/engine.js").Kit} Kit */
/** @typedef {import("../answer/results.js").Lived} Lived */
/** @typedef {import("../model/lived.js").Known} Known */
/**
 * @typedef {object} Piece what a worker is asked for
 * @property {number} number
 * @property {number} room pieces of one room can share their memory
 * @property {Packed | null} packed null where the worker has it
 * @property {Kind} kind
 * @property {number} most replicates at a time
 * @property {number} first
 * @property {number} count
 * @property {string} seed
 * @property {number} point
 * @property {Known | null} known of these runs, where they are lived without each friction
 */
/** @typedef {"lived" | "measures" | "draws" | "without" | "landscape" | "landscapes"} Kind runs with all that
 *   is kept of them, or their measures alone; those of areas that are not met again; runs without each
 *   friction; a landscape with what is known of its groups, and landscapes after some steps */
/**
 * @typedef {object} Want something to be lived
 * @property {string} room names what is packed: what is packed otherwise is another room
 * @property {Packed} packed
 * @property {Kind} kind
 * @property {number} seed
 * @property {{point: number, first: number, count: number}[]} parts
 * @property {Known} [known] of all runs, for `without`
 * @property {number} urgency the lower, the sooner
 * @property {string} topic what it is dropped by
 */
/** @typedef {{part: number, first: number, count: number, measures: Float64Array, width: number,
 *   lived: Lived & {founders: Uint8Array}, without: Float64Array}} Came */

/** @typedef {{worker: Worker, busy: number, rooms: Map<string, number>}} Hand a worker, and the rooms that it has */

const MOST = 25;
const MOST_WITHOUT = 10; // they are lived in more arms: a lever that is moved must not wait long
const MOST_ROOMS = 16; // that a worker is trusted to remember: what is packed is large, and travels once
const AHEAD = 4; // a worker has its next pieces while the page looks at the last, and cannot hand out any

export class Crew {
  /**
   * Workers begin at once; they are given the module, compiled once for all, when it is there.
   *
   * @param {() => Worker} makeWorker
   * @param {number} count
   * @param {any} lists
   * @param {{patient: (urgency: number) => boolean}} manners what waits while nobody looks
   */
  constructor(makeWorker, count, lists, { patient }) {
    /** @type {((trouble: string) => void) | undefined} */
    this.onTrouble = undefined;
    this.patient = patient;
    /** @type {{urgency: number, order: number, piece: Omit<Piece, "room" | "packed">, job: any, part: number}[]} */
    this.waiting = [];
    this.rooms = 0;
    /** @type {Map<number, any>} */
    this.asked = new Map();
    this.numbers = 0;
    const { arms, month, board, account, frictions, settings, columns } = lists;
    this.workers = Array.from({ length: count }, () => {
      const worker = makeWorker();
      /** @type {Hand} */
      const hand = { worker, busy: 0, rooms: new Map() };
      worker.onmessage = ({ data }) => this.hear(hand, data);
      worker.onerror = (event) => this.onTrouble?.(event.message || "a worker cannot be started");
      worker.postMessage({ lists: { arms, month, board, account, frictions, settings, columns } });
      return hand;
    });
  }

  /** @param {Kit} kit */
  equip(kit) {
    for (const { worker } of this.workers) worker.postMessage({ kit });
  }

  /**
   * Have something lived.
   *
   * @param {Want} want
   * @param {(came: Came) => void} take is given every piece, in any order
   * @returns {Promise<boolean>} true if all was lived, false if it was dropped
   */
  live(want, take) {
    return new Promise((resolve) => {
      const job = { topic: want.topic, room: want.room, packed: want.packed, take, resolve, left: 0, wanted: true };
      const most = want.kind === "without" ? MOST_WITHOUT : MOST;
      want.parts.forEach(({ point, first, count }, part) => {
        for (let done = 0; done < count; done += most) {
          const [from, many] = [first + done, Math.min(most, count - done)];
          const piece = {
            number: (this.numbers += 1),
            kind: want.kind,
            most: Math.min(most, count),
            first: from,
            count: many,
            seed: String(want.seed),
            point,
            known: want.known ? { start: want.known.start.slice(from, from + many), met: want.known.met.slice(2 * from, 2 * (from + many)) } : null,
          };
          job.left += 1;
          this.waiting.push({ urgency: want.urgency, order: piece.number, piece, job, part });
        }
      });
      if (!job.left) resolve(true);
      this.waiting.sort((a, b) => a.urgency - b.urgency || a.order - b.order);
      this.hand();
    });
  }

  /**
   * Drop what is not wanted any more.
   *
   * @param {(topic: string) => boolean} unwanted
   */
  drop(unwanted) {
    const jobs = new Set();
    this.waiting = this.waiting.filter(({ job }) => {
      if (unwanted(job.topic)) jobs.add(job);
      return !unwanted(job.topic);
    });
    /** @type {Map<Hand, number[]>} */
    const told = new Map();
    for (const [number, { job, hand }] of this.asked) {
      if (!unwanted(job.topic)) continue;
      jobs.add(job);
      told.set(hand, [...(told.get(hand) ?? []), number]);
    }
    for (const [{ worker }, numbers] of told) worker.postMessage({ drop: numbers });
    for (const job of jobs) {
      job.wanted = false;
      job.resolve(false);
    }
  }

  /** Give the workers what waits. */
  hand() {
    for (let ahead = 0; ahead < AHEAD; ahead += 1) {
      for (const [place, hand] of this.workers.entries()) {
        if (hand.busy > ahead || !this.waiting.length || this.patient(this.waiting[0].urgency)) continue;
        const next = this.next(place);
        this.asked.set(next.piece.number, { ...next, hand });
        hand.busy += 1;
        this.post(hand, next);
      }
    }
  }

  /** Give a worker a piece, and what is packed where the worker has not got it. @param {Hand} hand @param {{piece: any, job: any}} next */
  post({ worker, rooms }, { piece, job }) {
    const has = rooms.get(job.room);
    const room = has ?? (this.rooms += 1);
    rooms.delete(job.room);
    rooms.set(job.room, room);
    worker.postMessage({ ...piece, room, packed: has ? null : job.packed });
    if (rooms.size <= MOST_ROOMS) return;
    const [[oldest, forget]] = rooms;
    rooms.delete(oldest);
    worker.postMessage({ forget });
  }

  /**
   * What waits longest, of the same replicates as before if there is any: a worker knows how those
   * came out alone.
   *
   * @param {number} place of the worker
   */
  next(place) {
    const [{ job }] = this.waiting;
    const own = this.waiting.findIndex((one) => one.job === job && Math.floor(one.piece.first / MOST) % this.workers.length === place);
    return this.waiting.splice(Math.max(0, own), 1)[0];
  }

  /** @param {Hand} hand @param {any} data */
  hear(hand, data) {
    if (data.failed !== undefined) {
      this.onTrouble?.(data.failed);
      if (data.number === undefined) return;
    }
    hand.busy -= 1;
    const { job, piece, part } = this.asked.get(data.number);
    this.asked.delete(data.number);
    this.hand(); // before the page looks at this piece, so that nobody waits
    if (!job.wanted || data.dropped || data.failed !== undefined) return;
    const { measures, width, lived, without } = data;
    job.take({ part, first: piece.first, count: piece.count, measures, width, lived, without });
    job.left -= 1;
    if (job.left === 0) job.resolve(true);
  }
}
