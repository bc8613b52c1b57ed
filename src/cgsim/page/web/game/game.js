/**
 * What is played: Python's cases and decisions, as `cgsim.page.game` gave them, and plays of them.
 *
 * @module
 */
import { laid } from "../scenario/laid.js";
import { Fault } from "../scenario/edits.js";

/** @typedef {import("../scenario/tables.js").Tables} Tables */
/** @typedef {{name: string, levels: Record<string, any>[], once: boolean}} Action */
/** @typedef {{number: number, name: string, title: string, brief: string, tables: Tables, grant: {fund: number, fund_months: number},
 *   best: {decisions: Decision[], score: number}}} Case */
/** @typedef {{quarter: number, action: number, level: number}} Decision */
/**
 * @typedef {object} Play what somebody decided in a case, on which luck
 * @property {number} case its place among the cases
 * @property {number} luck
 * @property {Decision[]} decisions in the order in which they were made
 * @property {(number | null)[]} guesses need met over the same money, units a year; null: none
 */

export class Game {
  /** @param {any} given what `cgsim.page.game.played()` gave */
  constructor(given) {
    this.settings = given.settings;
    this.form = given.code;
    /** @type {Action[]} */
    this.actions = given.actions;
    /** @type {Record<string, number>} */
    this.number = Object.fromEntries(this.actions.map((action, place) => [action.name, place]));
    /** @type {[string, number][][]} strong repairs: an action and its level each */
    this.repairs = given.repairs;
    const decision = (/** @type {number[]} */ [quarter, action, level]) => ({ quarter, action, level });
    /** @type {Case[]} */
    this.cases = given.cases.map((/** @type {any} */ one, /** @type {number} */ number) => ({
      ...one,
      number,
      tables: laid(given.base, one.laid),
      best: { score: one.best.score, decisions: one.best.decisions.map(decision) },
    }));
  }

  /** @param {string} name @param {number} quarter @param {number} [level] @returns {Decision} */
  to(name, quarter, level = 0) {
    return { quarter, action: this.number[name], level };
  }

  /** @param {number} quarter @returns {number} the month of the area in which it begins */
  monthOf(quarter) {
    const { first_month: first, months_a_quarter: months } = this.settings;
    return first + months * quarter;
  }

  /**
   * @param {Play} play
   * @returns {Play} the same
   * @throws {Fault} one line, for what no player can have done
   */
  checked(play) {
    const { most_luck: luck, most_guess: most, guess_months: months } = this.settings;
    if (!(play.luck >= 0 && play.luck <= luck)) throw new Fault(`luck: got ${play.luck}; allowed 0 to ${luck}`);
    if (play.guesses.length !== months.length) throw new Fault(`guesses: got ${play.guesses.length}; allowed ${months.length}`);
    for (const guess of play.guesses) {
      if (guess !== null && !(guess >= -most && guess <= most)) throw new Fault(`guess: got ${guess}; allowed ${-most} to ${most}`);
    }
    this.check(play.decisions);
    return play;
  }

  /** @param {Decision[]} decisions @throws {Fault} one line, for decisions that no player can have made */
  check(decisions) {
    const { quarters, a_quarter: most } = this.settings;
    /** @type {Set<string>} */
    const taken = new Set();
    decisions.forEach(({ quarter, action: number, level }, place) => {
      const where = `decision ${place + 1}`;
      if (!(quarter >= 0 && quarter < quarters)) throw new Fault(`${where}: got quarter ${quarter}; allowed 0 to ${quarters - 1}`);
      if (!(number >= 0 && number < this.actions.length)) throw new Fault(`${where}: got action ${number}; allowed 0 to ${this.actions.length - 1}`);
      const action = this.actions[number];
      if (!(level >= 0 && level < action.levels.length)) throw new Fault(`${where}: got level ${level} of ${action.name}; allowed 0 to ${action.levels.length - 1}`);
      const earlier = decisions.slice(0, place);
      const last = earlier.at(-1);
      if (last && last.quarter > quarter) throw new Fault(`${where}: got quarter ${quarter} after ${last.quarter}`);
      const same = earlier.filter((one) => one.quarter === quarter);
      if (same.length >= most) throw new Fault(`${where}: got more than ${most} in quarter ${quarter}`);
      if (same.some((one) => one.action === number) || (action.once && taken.has(action.name))) throw new Fault(`${where}: got ${action.name} twice`);
      if (taken.has("close")) throw new Fault(`${where}: got ${action.name} after the partnership was closed`);
      if (action.name === "more_money" && !taken.has("grant")) throw new Fault(`${where}: got more_money without a grant`);
      taken.add(action.name);
    });
  }

  /** What a decision sets. @param {Case} one @param {Decision} decision @returns {Record<string, any>} */
  sets(one, { quarter, action: number, level }) {
    const action = this.actions[number];
    const month = this.monthOf(quarter);
    if (action.name === "grant") return { ...one.grant, fund_start: month };
    if (action.name === "more_money") return { fund_months: one.grant.fund_months + this.settings.more_months };
    if (action.name === "close") return { last: month };
    const values = { ...action.levels[level] };
    // A number of aims is the first of them, as scenario files have it.
    if ("focus" in values) values.focus = (one.tables.objective ?? []).slice(0, values.focus).map(({ name }) => name);
    return values;
  }

  /**
   * The case with a scheduled change for each decision, and one that sets nothing for each quarter:
   * so all plays of a case have one shape, and are lived side by side.
   *
   * @param {number} number of the case
   * @param {Decision[]} decisions
   * @returns {Tables}
   */
  tables(number, decisions) {
    const one = this.cases[number];
    const quarters = Array.from({ length: this.settings.quarters }, (_, quarter) => ({ month: this.monthOf(quarter), set: {} }));
    const change = [...quarters, ...decisions.map((decision) => ({ month: this.monthOf(decision.quarter), set: this.sets(one, decision) }))];
    return { ...one.tables, change };
  }

  /** One decision undone, and what cannot be without it. @param {Decision[]} decisions @param {number} place @returns {Decision[]} */
  without(decisions, place) {
    const kept = decisions.filter((_, number) => number !== place);
    return decisions[place].action === this.number.grant ? kept.filter((one) => one.action !== this.number.more_money) : kept;
  }

  /** Most of the lead's hours for leading from month 1 on. @param {Decision[]} decisions @returns {Decision[]} */
  ledFromTheStart(decisions) {
    return [this.to("leading", 0, 2), ...decisions.filter((one) => one.action !== this.number.leading)];
  }

  /** What was decided before a quarter, then a repair, and nothing more. @param {Decision[]} decisions @param {number} quarter @param {[string, number][]} repair @returns {Decision[]} */
  repaired(decisions, quarter, repair) {
    const before = decisions.filter((one) => one.quarter < quarter);
    const closed = before.some((one) => one.action === this.number.close);
    return closed ? before : [...before, ...repair.map(([name, level]) => this.to(name, quarter, level))];
  }

  /** The quarter in which something was decided first; null for never. @param {Decision[]} decisions @param {string} name @returns {number | null} */
  first(decisions, name) {
    return decisions.find((one) => one.action === this.number[name])?.quarter ?? null;
  }
}
