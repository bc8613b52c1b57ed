/**
 * The one place where the reader's choice is kept; every change is a step that can be undone.
 *
 * @module
 */
import { Fault } from "../scenario/edits.js";
import { fresh, read, view, written } from "./address.js";

/** @typedef {import("./address.js").State} State */

const MOST_STEPS = 200;

/** What belongs to the model, and not to where one looks at it from. @param {State} state */
const model = (state) => written({ ...state, ...view(fresh("")), month: null, agency: null });

export class Store {
  /**
   * @param {string[]} cases
   * @param {(state: State) => void} check throws `Fault` for what does not fit
   */
  constructor(cases, check) {
    this.cases = cases;
    this.check = check;
    this.refused = "";
    /** @type {State[]} */
    this.past = [];
    /** @type {State[]} */
    this.future = [];
    /** @type {Set<() => void>} */
    this.listeners = new Set();
    this.state = this.fromAddress() ?? read("", cases);
    addEventListener("popstate", () => this.follow());
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
      const state = read(location.hash, this.cases);
      this.check(state);
      return state;
    } catch (error) {
      this.refused = error instanceof Fault ? error.message : "it cannot be read";
      return null;
    }
  }

  /** Take what the address says: somebody went back, or followed a link. */
  follow() {
    if (location.hash.replace(/^#/, "") === written(this.state)) {
      if (!this.refused) return;
      this.refused = "";
      this.tell();
      return;
    }
    const state = this.fromAddress();
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
    const address = `#${written(this.state)}`;
    if (address === location.hash) return;
    if (step) history.pushState(null, "", address);
    else history.replaceState(null, "", address);
  }

  undo() {
    const before = this.past.at(-1);
    if (!before) return;
    this.past = this.past.slice(0, -1);
    this.future = [...this.future, this.state];
    this.go(before);
  }

  redo() {
    const after = this.future.at(-1);
    if (!after) return;
    this.future = this.future.slice(0, -1);
    this.past = [...this.past, this.state];
    this.go(after);
  }

  /** @param {State} state its model, seen from where one is */
  go(state) {
    this.refused = "";
    this.state = { ...state, ...view(this.state) };
    this.write(true);
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
