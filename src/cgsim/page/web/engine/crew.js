/**
 * Who lives the runs: workers, asked for small pieces in the order in which they are wanted.
 *
 * What is not wanted any more is dropped before it begins.
 *
 * @module
 */

/** @typedef {import("../../../portable/engine.js").Scenario} Packed */
/** @typedef {import("../answer/results.js").Lived} Lived */
/**
 * @typedef {object} Piece what a worker is asked for
 * @property {number} number
 * @property {string} room pieces of one room can share their memory
 * @property {Packed} packed
 * @property {boolean} reasons whether runs are lived without each friction, too
 * @property {number} most replicates at a time
 * @property {number} first
 * @property {number} count
 * @property {string} seed
 * @property {number} point
 * @property {boolean} lived whether more than measures is wanted
 */
/**
 * @typedef {object} Want something to be lived
 * @property {string} room
 * @property {Packed} packed
 * @property {boolean} reasons whether runs are lived without each friction, too
 * @property {number} seed
 * @property {{point: number, first: number, count: number}[]} parts
 * @property {boolean} [lived]
 * @property {number} urgency the lower, the sooner
 * @property {string} topic what it is dropped by
 */
/** @typedef {{part: number, first: number, count: number, measures: Float64Array, width: number, lived: Lived | null}} Came */

const MOST = 25;
const MOST_WITH_REASONS = 10; // they are lived in more arms: a lever that is moved must not wait long
const AHEAD = 2; // a worker has its next piece before it has done with the last

export class Crew {
  /**
   * @param {() => Worker} makeWorker
   * @param {number} count
   * @param {{bytes: Uint8Array, description: any, lists: any}} kit
   */
  constructor(makeWorker, count, kit) {
    /** @type {((trouble: string) => void) | undefined} */
    this.onTrouble = undefined;
    /** @type {{urgency: number, order: number, piece: Piece, job: any, part: number}[]} */
    this.waiting = [];
    /** @type {Map<number, any>} */
    this.asked = new Map();
    this.numbers = 0;
    this.workers = Array.from({ length: count }, () => {
      const worker = makeWorker();
      const hand = { worker, busy: 0 };
      worker.onmessage = ({ data }) => this.hear(hand, data);
      worker.onerror = (event) => this.onTrouble?.(event.message || "a worker cannot be started");
      worker.postMessage(kit);
      return hand;
    });
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
      const job = { topic: want.topic, take, resolve, left: 0, wanted: true };
      const most = want.reasons ? MOST_WITH_REASONS : MOST;
      want.parts.forEach(({ point, first, count }, part) => {
        for (let done = 0; done < count; done += most) {
          const piece = {
            number: (this.numbers += 1),
            room: want.room,
            packed: want.packed,
            reasons: want.reasons,
            most: Math.min(most, count),
            first: first + done,
            count: Math.min(most, count - done),
            seed: String(want.seed),
            point,
            lived: want.lived ?? false,
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
    for (const { job } of this.asked.values()) if (unwanted(job.topic)) jobs.add(job);
    for (const job of jobs) {
      job.wanted = false;
      job.resolve(false);
    }
  }

  hand() {
    for (let ahead = 0; ahead < AHEAD; ahead += 1) {
      for (const hand of this.workers) {
        if (hand.busy > ahead || !this.waiting.length) continue;
        const next = /** @type {any} */ (this.waiting.shift());
        this.asked.set(next.piece.number, next);
        hand.busy += 1;
        hand.worker.postMessage(next.piece);
      }
    }
  }

  /** @param {{worker: Worker, busy: number}} hand @param {any} data */
  hear(hand, data) {
    if (data.failed !== undefined) {
      this.onTrouble?.(data.failed);
      if (data.number === undefined) return;
    }
    hand.busy -= 1;
    const { job, piece, part } = this.asked.get(data.number);
    this.asked.delete(data.number);
    this.hand(); // before the page looks at this piece, so that nobody waits
    if (!job.wanted || data.failed !== undefined) return;
    const { measures, width, lived } = data;
    job.take({ part, first: piece.first, count: piece.count, measures, width, lived });
    job.left -= 1;
    if (job.left === 0) job.resolve(true);
  }
}
