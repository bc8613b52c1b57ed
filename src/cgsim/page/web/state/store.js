/**
 * The one place where the reader's choice is kept; every change is a step that can be undone.
 *
 * @module
 */
import { Fault } from "../scenario/edits.js";
import { fresh, read, view, written } from "./address.js";

/** @typedef {import("./address.js").State} State */

const MOST_STEPS = 200;
const FEW_LETTERS = 1000; // of a refused address, in which the name of a case is looked for
const LONGEST_WAY = 1000; // milliseconds in which a browser has gone back or on

/** What belongs to the model, and not to where one looks at it from. @param {State} state */
const model = (state) => written({ ...state, ...view(fresh("")), month: null, agency: null });

export class Store {
  /**
   * @param {string[]} cases
   * @param {(state: State) => void} check throws `Fault` for what does not fit
   * @param {number} longest code of a play
   */
  constructor(cases, check, longest) {
    this.cases = cases;
    this.longest = longest;
    this.check = check;
    this.refused = "";
    /** @type {State[]} */
    this.past = [];
    /** @type {State[]} */
    this.future = [];
    /** @type {Set<() => void>} */
    this.listeners = new Set();
    const state = this.fromAddress();
    this.state = state ?? this.instead();
    /** Whether it was the first address that was refused: then nothing was shown before. */
    this.afresh = !state;
    /** Addresses of the entries of the browser's history that are known here, by their number. @type {Map<number, string>} */
    this.trail = new Map();
    this.at = 0;
    /** Where it is under way to; null while it is not. @type {number | null} */
    this.heading = null;
    /** What is to be written once travelling is done. @type {"" | "anew" | "step"} */
    this.owed = "";
    this.enter(false);
    addEventListener("popstate", () => this.arrive());
    addEventListener("hashchange", () => this.follow());
  }

  /** @param {string} name of a scenario that has come to the page */
  knows(name) {
    if (!this.cases.includes(name)) this.cases = [...this.cases, name];
  }

  /** @returns {State | null} null where the address is refused; `refused` says why */
  fromAddress() {
    this.refused = "";
    try {
      const state = read(location.hash, this.cases, this.longest);
      this.check(state);
      return state;
    } catch (error) {
      this.refused = error instanceof Fault ? error.message : "it cannot be read";
      return null;
    }
  }

  /** What a first address that is refused leads to: the case that it names, as it was given, else the first. @returns {State} */
  instead() {
    const named = new URLSearchParams(location.hash.slice(1, FEW_LETTERS)).get("case");
    return fresh(named !== null && this.cases.includes(named) ? named : this.cases[0]);
  }

  /** Note the entry of the history that one is at. @returns {boolean} whether it was known; else a link has just made it */
  enter(linked = true) {
    const entry = history.state?.entry;
    const known = Number.isInteger(entry);
    if (known) this.at = entry;
    else {
      if (linked) this.forget(++this.at);
      history.replaceState({ entry: this.at }, "");
    }
    this.trail.set(this.at, location.hash);
    return known;
  }

  /** A new entry ends what lay ahead. @param {number} from */
  forget(from) {
    for (const entry of this.trail.keys()) if (entry >= from) this.trail.delete(entry);
  }

  /** An entry of the history was reached: by Undo's own travelling, or by somebody. */
  arrive() {
    const known = this.enter();
    const { heading } = this;
    this.heading = null;
    if (heading === null || !known) return this.follow();
    if (heading !== this.at) return this.travel(heading);
    this.settle();
  }

  /** Write what changed meanwhile. */
  settle() {
    const { owed } = this;
    this.owed = "";
    this.write(owed === "step");
  }

  /** @param {number} entry where to */
  travel(entry) {
    const going = this.heading !== null;
    this.heading = entry;
    if (going) return;
    history.go(entry - this.at);
    // A browser that does not go there leaves this entry to be written anew.
    setTimeout(() => {
      if (this.heading !== entry) return;
      this.heading = null;
      this.settle();
    }, LONGEST_WAY);
  }

  /** Take what the address says: somebody went back, or followed a link. */
  follow() {
    if (this.heading !== null) return;
    this.enter();
    if (location.hash.replace(/^#/, "") === written(this.state)) {
      if (!this.refused) return;
      this.refused = "";
      this.tell();
      return;
    }
    const state = this.fromAddress();
    this.afresh = false;
    if (state) {
      this.remember(state);
      this.state = state;
    }
    this.tell();
  }

  /** @param {State} next */
  remember(next) {
    if (model(next) === model(this.state)) return;
    this.past = [...this.past.slice(1 - MOST_STEPS), this.state];
    this.future = [];
  }

  /**
   * Change something. What cannot be is refused: nothing changes, and the line is returned.
   *
   * @param {Partial<State>} change
   * @param {{step?: boolean}} [how] without a step, the address is written anew and Back passes it by
   * @returns {string} why not; "" where it was done
   */
  set(change, { step = true } = {}) {
    const next = { ...this.state, ...change };
    try {
      this.check(next);
    } catch (error) {
      if (error instanceof Fault) return error.message;
      throw error;
    }
    this.refused = "";
    this.remember(next);
    this.state = next;
    this.write(step);
    this.tell();
    return "";
  }

  /** Be done with an address that was refused. */
  close() {
    this.refused = "";
    this.write(false);
    this.tell();
  }

  /** @param {boolean} step */
  write(step) {
    if (this.heading !== null) {
      this.owed = step || this.owed === "step" ? "step" : "anew";
      return;
    }
    const address = `#${written(this.state)}`;
    if (address === location.hash) return;
    if (step) {
      this.forget(++this.at);
      history.pushState({ entry: this.at }, "", address);
    } else history.replaceState({ entry: this.at }, "", address);
    this.trail.set(this.at, address);
  }

  undo() {
    const before = this.past.at(-1);
    if (!before) return;
    this.past = this.past.slice(0, -1);
    this.future = [...this.future, this.state];
    this.go(before, -1);
  }

  redo() {
    const after = this.future.at(-1);
    if (!after) return;
    this.future = this.future.slice(0, -1);
    this.past = [...this.past, this.state];
    this.go(after, 1);
  }

  /**
   * Undo or redo leaves no entry behind: the browser goes back or on where the next one is just that,
   * and else the one that it is at is written anew.
   *
   * @param {State} state its model, seen from where one is
   * @param {number} way
   */
  go(state, way) {
    this.refused = "";
    this.state = { ...state, ...view(this.state) };
    const from = this.heading ?? this.at;
    const beside = [from + way, from - way].find((entry) => this.trail.get(entry) === `#${written(this.state)}`);
    if (beside !== undefined && !this.owed) this.travel(beside);
    else this.write(false);
    this.tell();
  }

  /** @param {() => void} listener @returns {() => void} stops it */
  listen(listener) {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  tell() {
    for (const listener of this.listeners) listener();
  }
}
