/**
 * What is worked out for a scenario: first a look, then all runs, reasons, curves, what nobody knows.
 *
 * @module
 */
import { pack } from "../scenario/pack.js";
import { edited } from "../scenario/edits.js";
import { posteriorFor } from "../scenario/calibrated.js";
import { LEVERS } from "../scenario/levers.js";
import { withoutTexts } from "../scenario/tables.js";
import { aboutOf } from "../scenario/about.js";
import { answerOf } from "../answer/build.js";
import { Results } from "../answer/results.js";
import { quantilesOf } from "../answer/statistics.js";
import { drawsOf } from "../model/draws.js";
import { joined } from "../model/lived.js";
import { seen } from "../parts/seen.js";
import { draws } from "./draws.js";

/** @typedef {import("../scenario/tables.js").Tables} Tables */
/** @typedef {import("../scenario/pack.js").Ties} Ties */
/** @typedef {{values: number[], gains: Float64Array[], means: number[], low: number[], high: number[], runs: number}} Curve `gains`: of every run, by value */
/** @typedef {import("../model/lived.js").Part} Part */
/**
 * @typedef {object} Result
 * @property {string} key
 * @property {Tables} tables
 * @property {Ties | undefined} ties
 * @property {import("../answer/results.js").About} about
 * @property {any} answer the record of `answerOf`; null until there is one
 * @property {boolean} told whether the answer came with the page
 * @property {number[]} dots twenty equal parts of the runs of the answer
 * @property {{begins: number | null, ended: number | null}} life in which month most runs begin, and end
 * @property {Results | null} runs
 * @property {any} members what a run means for each agency; null until its runs are known
 * @property {any} drawn
 * @property {string} whyNot why what nobody knows cannot be drawn
 * @property {Record<string, Curve>} curves
 * @property {State} state
 */
/** @typedef {"look" | "runs" | "all" | "done"} State of the answer: a first look, of all runs, with
 *   reasons and draws, and nothing else under way */
/** @typedef {{name: string, tables: Tables, ties: Ties | undefined, curves: string[]}} Wish a scenario,
 *   and the levers whose curves are looked at */

const LOOK = 50;
const SOON = 300; // milliseconds: an answer that is whole by then is not told of a few runs first
const CURVE_LOOK = 5; // of a hundred runs of the answer: 25 of 500
const CURVE_RUNS = 15;
const MOST = 500;
const KEPT = 40;
const DOTS = 20;
const COSTS = { look: 0, runs: 1, reasons: 2, curveLook: 3, draws: 4, curve: 5, rest: 6 };

/** What can wait while nobody looks: all that is not the answer. @param {number} urgency */
export const isPatient = (urgency) => urgency > COSTS.runs;

/** @param {Tables} tables @param {Ties | undefined} ties */
const keyOf = (tables, ties) => JSON.stringify([tables, ties ?? 0]);

/** @param {number} milliseconds @returns {Promise<null>} */
const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds, null));

export class Study {
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
    /** @type {Map<string, Result>} */
    this.results = new Map();
    /** @type {Map<string, {wish: Wish}>} what is under way, by key */
    this.under = new Map();
    /** @type {Map<Result, Wish>} */
    this.wanted = new Map();
    /** @type {Map<string, import("../model/draws.js").Point[]>} */
    this.points = new Map();
    /** @type {Map<string, Curve>} */
    this.curves = new Map();
    /** @type {WeakMap<Result, Map<string, any>>} what curves ask for, by lever */
    this.laid = new WeakMap();
    /** @type {Map<string, any>} answers that came with the page */
    this.told = new Map(data.cases.map((/** @type {any} */ one) => [keyOf(one.tables, one.ties), one.told]));
  }

  /**
   * @param {string} name of the scenario that the tables are laid over
   * @param {Tables} tables
   * @param {Ties | undefined} ties
   * @returns {Result} what is known so far
   */
  known(name, tables, ties) {
    const key = keyOf(tables, ties);
    const result = this.results.get(key) ?? this.begun(key, name, tables, ties);
    // Those that were looked at last are kept.
    this.results.delete(key);
    this.results.set(key, result);
    if (this.results.size > KEPT) {
      for (const old of this.results.keys()) {
        if (this.results.size <= KEPT) break;
        if (!this.under.has(old)) this.results.delete(old);
      }
    }
    return result;
  }

  /** @param {string} key @param {string} name @param {Tables} tables @param {Ties | undefined} ties @returns {Result} */
  begun(key, name, tables, ties) {
    const about = aboutOf(name, tables, this.data.lists);
    /** @type {Result} */
    const result = { key, tables, ties, about, answer: null, told: false, dots: [], life: { begins: null, ended: null }, runs: null, members: null, drawn: null, whyNot: "", curves: {}, state: "look" };
    const told = this.told.get(key);
    if (!told) return result;
    const { answer, dots, begins, ended, drawn } = told;
    const whyNot = answer.headline.find((/** @type {any} */ one) => one.id === "doubt.cannot")?.numbers.why ?? "";
    return { ...result, answer, told: true, dots, life: { begins, ended }, drawn: drawn && { ...drawn, ...this.inputsOf(result) }, whyNot, state: "all" };
  }

  /**
   * Work out scenarios, and drop what else was under way.
   *
   * @param {Wish[]} wishes
   * @returns {Result[]}
   */
  want(wishes) {
    const results = wishes.map(({ name, tables, ties }) => this.known(name, tables, ties));
    const { crew } = this;
    if (!crew) return results;
    this.wanted = new Map(results.map((result, place) => [result, wishes[place]]));
    crew.drop((topic) => !results.some(({ key }) => topic.startsWith(key)));
    for (const [result, wish] of this.wanted) {
      const under = this.under.get(result.key);
      if (!under) this.begin(result, wish);
      else if (String(under.wish.curves) !== String(wish.curves)) {
        // The levers that are looked at are others: their curves come first.
        under.wish = wish;
        crew.drop((topic) => topic === `${result.key}|curves`);
      }
    }
    return results;
  }

  /** @param {Result} result @param {Wish} wish */
  begin(result, wish) {
    if (result.runs?.count === this.data.runs && result.state === "done" && !this.missing(result, wish).length) return;
    const plan = { wish };
    this.under.set(result.key, plan);
    const ends = () => this.under.delete(result.key);
    this.work(result, plan).then(() => {
      ends();
      // It was dropped on the way, and is wanted again since.
      const again = this.wanted.get(result);
      if (again) this.begin(result, again);
    }, (error) => {
      ends();
      throw error;
    });
  }

  /**
   * The draws, and what they rest on besides the priors: those that the records left possible, where
   * they hold for this area; else from the priors, which hang on no lever.
   *
   * @param {Pick<Result, "about" | "tables">} result
   */
  pointsOf({ about, tables }) {
    const posterior = posteriorFor(this.data, about.name, tables);
    if (posterior) return { points: posterior.points, given: posterior.basis };
    const settled = String([about.settled, about.known]);
    const points = this.points.get(settled) ?? drawsOf(this.data.lists, [{ about }], this.data.seed);
    this.points.set(settled, points);
    return { points, given: null };
  }

  /** The values of all uncertain inputs, by draw. @param {Pick<Result, "about" | "tables">} result */
  inputsOf(result) {
    const { points, given } = this.pointsOf(result);
    const inputs = Object.fromEntries(Object.keys(points[0] ?? {}).map((name) => [name, points.map((point) => point[name])]));
    return { inputs, runs_each: this.data.lists.settings.runs_each, given };
  }

  /** @param {Result} result @param {Wish} wish @returns {import("../scenario/levers.js").Lever[]} levers without a whole curve */
  missing(result, wish) {
    return LEVERS.filter((lever) => wish.curves.includes(lever.name) && !lever.why(result.tables) && !this.isWhole(result.curves[lever.name]));
  }

  /** Whether a curve has all its runs, and not only those of a first look. @param {Curve | undefined} curve @returns {curve is Curve} */
  isWhole(curve) {
    return curve !== undefined && curve.runs >= this.shareOfRuns(CURVE_RUNS);
  }

  /** @param {Result} result @param {{wish: Wish}} plan */
  async work(result, plan) {
    const packed = pack([result.tables], this.data.lists, result.ties);
    const { runs } = this.data;
    const model = { ...packed, about: result.about };
    if (!result.told && !(await this.answer(result, model))) return;
    const reasons = result.told ? true : this.reasons(result, packed);
    // What has to be laid out for the rest must not keep the answer from being seen.
    await seen();
    if (!this.wanted.has(result)) return;
    const curves = this.allCurves(result, plan);
    await seen();
    if (!this.wanted.has(result)) return;
    const done = await Promise.all([
      reasons,
      curves,
      result.drawn || result.whyNot ? true : draws(this, result, COSTS.draws).then((drawn) => (drawn ? this.say(result, drawn) : false)),
      result.runs ? true : this.live(result, packed, 0, runs, COSTS.rest).then((parts) => (parts ? this.say(result, this.taken(model, parts)) : false)),
    ]);
    if (done.includes(false)) return;
    result.state = "done";
    this.changed();
  }

  /** @param {Result} result @param {import("../answer/results.js").Model} model @returns {Promise<boolean>} false where it was dropped */
  async answer(result, model) {
    const { runs } = this.data;
    if (result.runs?.count === runs) return true;
    const few = Math.min(LOOK, runs);
    const soon = wait(SOON);
    const first = this.live(result, model, 0, few, COSTS.look);
    // Asked for at once: workers do not wait while the page looks at the first.
    const second = this.live(result, model, few, runs - few, COSTS.runs);
    const look = await first;
    if (!look) return false;
    // To draw what the next moment replaces takes the time of what it waits for, and flickers.
    if (!(await Promise.race([second, soon]))) this.say(result, this.taken(model, look));
    const rest = await second;
    if (!rest) return false;
    this.say(result, { ...this.taken(model, [...look, ...rest]), state: "runs" });
    return true;
  }

  /**
   * @param {Result} result
   * @param {import("../../../portable/engine.js").Scenario} packed
   * @param {number} first
   * @param {number} count
   * @param {number} urgency
   * @returns {Promise<Part[] | null>} null where it was dropped
   */
  async live(result, packed, first, count, urgency) {
    /** @type {any[]} */
    const parts = [];
    const { about: _, ...plain } = /** @type {any} */ (packed);
    const want = { room: result.key, packed: plain, kind: /** @type {const} */ ("lived"), seed: this.data.seed, parts: [{ point: 0, first, count }], urgency, topic: result.key };
    return (await this.crewed.live(want, (came) => parts.push(came))) ? parts : null;
  }

  get crewed() {
    return /** @type {import("./crew.js").Crew} */ (this.crew);
  }

  /** @param {Result} result @param {import("../../../portable/engine.js").Scenario} packed @returns {Promise<boolean>} */
  async reasons(result, packed) {
    const { runs } = result;
    const lived = runs?.lived;
    if (!runs || !lived) return false;
    if (lived.without) return true;
    const off = this.data.lists.frictions.length;
    const without = new Float64Array(runs.count * off);
    const { start, met } = lived;
    const want = { room: `${result.key}|without`, packed, kind: /** @type {const} */ ("without"), seed: this.data.seed, parts: [{ point: 0, first: 0, count: runs.count }], known: { start, met }, urgency: COSTS.reasons, topic: result.key };
    const done = await this.crewed.live(want, (came) => without.set(came.without, came.first * off));
    if (!done) return false;
    lived.without = without;
    return this.say(result, {});
  }

  /** What runs say. @param {import("../answer/results.js").Model} model @param {Part[]} parts @returns {Partial<Result>} */
  taken(model, parts) {
    const { measures, lived } = joined(parts.reduce((sum, part) => sum + part.count, 0), parts);
    const runs = new Results(this.kitchen, model, { seed: this.data.seed, measures, lived });
    return { runs, members: { own_gain: lived.own_gain, own_gain_over_money: lived.own_gain_over_money, hours: lived.hours } };
  }

  /**
   * Take what was found, and answer anew.
   *
   * @param {Result} result
   * @param {Partial<Result>} found
   * @returns {true}
   */
  say(result, found) {
    Object.assign(result, found);
    const { runs } = result;
    if (result.state === "runs" && runs?.lived?.without && (result.drawn || result.whyNot)) result.state = "all";
    if (runs && !result.told) {
      result.answer = answerOf(runs, result.drawn, result.whyNot);
      result.dots = dotsOf(runs, result.answer.measure);
      result.life = lifeOf(runs);
    }
    this.changed();
    return true;
  }

  /** A curve takes a share of the runs of the answer, and no more than of the usual 500. @param {number} share */
  shareOfRuns(share) {
    return Math.ceil((share * Math.min(MOST, this.data.runs)) / 100);
  }

  /** The curves of the levers that are looked at: of few runs first. @param {Result} result @param {{wish: Wish}} plan @returns {Promise<boolean>} */
  async allCurves(result, plan) {
    for (;;) {
      const { wish } = plan;
      const levers = this.missing(result, wish);
      if (!levers.length) return true;
      const looks = await Promise.all(levers.map((lever) => this.curve(result, lever, this.shareOfRuns(CURVE_LOOK), COSTS.curveLook)));
      const all = looks.includes(false) || (await Promise.all(levers.map((lever) => this.curve(result, lever, this.shareOfRuns(CURVE_RUNS), COSTS.curve)))).includes(false);
      // Dropped for good, or for others.
      if (all && plan.wish === wish) return false;
    }
  }

  /**
   * What a curve asks for, made once for its look and its whole.
   *
   * @param {Result} result
   * @param {import("../scenario/levers.js").Lever} lever
   * @returns {{values: number[], key: string, packed: import("../../../portable/engine.js").Scenario}}
   */
  asked(result, lever) {
    const all = this.laid.get(result) ?? new Map();
    this.laid.set(result, all);
    const known = all.get(lever.name);
    if (known) return known;
    const values = lever.stops(result.tables);
    const stops = values.map((value) => edited(result.tables, { set: { [lever.name]: value }, seats: null }, this.data.parameter));
    const made = { values, key: JSON.stringify([lever.name, stops.map((tables) => ({ ...withoutTexts(tables), title: "" })), result.ties ?? 0]), packed: pack(stops, this.data.lists, result.ties) };
    all.set(lever.name, made);
    return made;
  }

  /** What a lever's curve is of: what the founders met alone means another thing with other founders. @param {import("../scenario/levers.js").Lever} lever */
  measureOf({ founders }) {
    const { by_area: area, by_founders: own } = this.kitchen.settings;
    return /** @type {import("../answer/results.js").Measure} */ (this.kitchen.measure(founders ? area : own));
  }

  /**
   * The gain over a lever's whole range, all else as it is, on the same luck.
   *
   * @param {Result} result
   * @param {import("../scenario/levers.js").Lever} lever
   * @param {number} runs
   * @param {number} urgency
   * @returns {Promise<boolean>} false where it was dropped
   */
  async curve(result, lever, runs, urgency) {
    const { values, key, packed } = this.asked(result, lever);
    const show = (/** @type {Curve} */ curve) => {
      result.curves = { ...result.curves, [lever.name]: curve };
      this.changed();
      return true;
    };
    const known = this.curves.get(key);
    if (known && known.runs >= runs) return result.curves[lever.name] === known || show(known);
    const column = this.data.measures.indexOf(this.measureOf(lever).name);
    // Those of the look are among all, and are lived once.
    const seen = known?.runs ?? 0;
    const gains = values.map((_, point) => {
      const all = new Float64Array(runs);
      if (known) all.set(known.gains[point]);
      return all;
    });
    const done = await this.crewed.live(
      {
        room: key,
        packed,
        kind: "measures",
        seed: this.data.seed,
        parts: values.map((_, point) => ({ point, first: seen, count: runs - seen })),
        urgency,
        topic: `${result.key}|curves`,
      },
      ({ part, first, count, measures, width }) => {
        for (let run = 0; run < count; run += 1) gains[part][first + run] = measures[run * width + column];
      },
    );
    if (!done) return false;
    const made = { values, gains, runs, ...bands(gains) };
    this.curves.delete(key);
    this.curves.set(key, made);
    if (this.curves.size > 5 * KEPT) this.curves.delete(/** @type {string} */ (this.curves.keys().next().value));
    return show(made);
  }
}

/** @param {Results} runs @param {string} measure @returns {number[]} */
function dotsOf(runs, measure) {
  const sorted = runs.column(measure).filter((value) => !Number.isNaN(value)).sort();
  return sorted.length ? quantilesOf(sorted, Array.from({ length: DOTS }, (_, place) => (place + 0.5) / DOTS)) : [];
}

/** @param {Results} runs @returns {{begins: number | null, ended: number | null}} */
function lifeOf(runs) {
  const { start, end } = /** @type {import("../answer/results.js").Lived} */ (runs.lived);
  const { months, count } = runs;
  const began = start.filter((month) => month < months).sort();
  const ended = end.filter((month, run) => start[run] < months && month < months).length > count / 2;
  return {
    begins: began.length ? began[(began.length - 1) >> 1] : null,
    ended: ended ? end.slice().sort()[(count - 1) >> 1] : null,
  };
}

/** @param {Float64Array[]} gains @returns {{means: number[], low: number[], high: number[]}} nine in ten of the runs */
function bands(gains) {
  const sorted = gains.map((row) => Float64Array.from(row).sort());
  const at = (/** @type {Float64Array} */ row, /** @type {number} */ share) => row[Math.round(share * (row.length - 1))];
  return {
    means: gains.map((row) => row.reduce((sum, value) => sum + value, 0) / row.length),
    low: sorted.map((row) => at(row, 0.05)),
    high: sorted.map((row) => at(row, 0.95)),
  };
}
