/**
 * A whole assessment: the forecast, what its doubt comes from, and the changes that help most. What
 * `cgsim.assess.assess` makes of the same answers, draws and seed; told as it becomes known.
 *
 * @module
 */
import { tQuantile } from "../answer/statistics.js";
import { aboutOf } from "../scenario/about.js";
import { Answers } from "./answers.js";
import { Drawn, Start, samePoint } from "./drawn.js";
import { afterMoney, forecastOf, paysAnywhere, settingOf } from "./setting.js";
import { sharesOf } from "./shares.js";

/** @typedef {import("./ranges.js").Asked} Asked */
/** @typedef {import("./ranges.js").Change} Change */
/** @typedef {import("./drawn.js").Point} Point */
/** @typedef {import("./setting.js").Setting} Setting */
/** @typedef {import("./shares.js").Share} Share */
/** @typedef {import("../answer/statistics.js").Estimate} Estimate */
/**
 * @typedef {object} Tried a change, or several at once, against the present state
 * @property {Change[]} changes
 * @property {Setting} setting
 * @property {Estimate} effect on the gain of the area over the same money, paired by draw
 * @property {Estimate} helps share of draws that gain more with it
 * @property {Estimate} hours overhead a year
 * @property {Estimate} bought hours a year
 * @property {boolean} clear whether it helps beyond doubt, as many as were tried
 */
/** @typedef {(name: string, points: Point[], drawn: Drawn, whole: boolean) => Promise<import("./setting.js").Lived | null>} Live has draws lived; null where it was dropped */
/**
 * @typedef {object} Assessment what is known so far
 * @property {Drawn} drawn
 * @property {number} replicates
 * @property {Setting | null} present
 * @property {import("./setting.js").Forecast | null} forecast
 * @property {ReturnType<typeof afterMoney>} after
 * @property {{voice: import("./answers.js").Voice, forecast: import("./setting.js").Forecast}[]} byPartner
 * @property {Share[]} shares by question, or by the parameter that no question is about
 * @property {Share[]} disputes what the partners' disagreement is worth
 * @property {Tried[]} tried the largest effect first
 * @property {Change[]} settled not tried, as it is so already
 * @property {Tried | null} together the best ones at once
 * @property {number} done settings
 * @property {number} all settings
 * @property {boolean} ready whether all is known
 */

export const DISAGREEMENT = "disagreement";

/**
 * The scenario that answers are laid over: a case of the page, or the area of the baseline.
 *
 * @param {any} data
 * @param {string} name of a case; "" for none of one's own
 * @returns {Start}
 */
export function startOf(data, name) {
  const own = name !== "";
  const given = own ? data.cases.find((/** @type {any} */ one) => one.name === name) : data.assess.base;
  return new Start({ name: given.name, tables: given.tables, ties: given.ties, own, about: aboutOf(given.name, given.tables, data.lists), data });
}

/** Up to three changes that help beyond doubt, each of its own kind, the best first. @param {Tried[]} tried @param {number} most @returns {Tried[]} */
export function bestOf(tried, most) {
  /** @type {Map<string, Tried>} */
  const found = new Map();
  for (const one of [...tried].sort((a, b) => b.effect.value - a.effect.value)) {
    const [{ kind }] = one.changes;
    if (one.clear && !found.has(kind)) found.set(kind, one);
  }
  return [...found.values()].slice(0, most);
}

/** Whether it is likely to lose as it is and with every change. @param {Assessment} found */
export function advisedAgainst(found) {
  const settings = [found.present, ...allTried(found).map((one) => one.setting)];
  return settings.every((/** @type {any} */ { means }) => mean(means) < 0 && mean(means.map((/** @type {number} */ one) => Number(one > 0))) < 0.5);
}

/** @param {Assessment} found @returns {Tried[]} */
export const allTried = (found) => [...found.tried, ...(found.together ? [found.together] : [])];

/** @param {number[]} values */
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** @param {number[]} values @param {number} level @returns {number} the lower end of Student's t interval */
function lowerEnd(values, level) {
  const middle = mean(values);
  const variance = values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1);
  return middle - tQuantile(values.length - 1, level) * Math.sqrt(variance / values.length);
}

/** @param {any} statistics @param {Change[]} changes @param {Setting} setting @param {Setting} present @param {number} [among] @returns {Tried} */
function triedOf(statistics, changes, setting, present, among = 1) {
  const less = (/** @type {number[]} */ one, /** @type {number[]} */ other) => one.map((value, draw) => value - other[draw]);
  const more = less(setting.areaMeans, present.areaMeans);
  return {
    changes,
    setting,
    effect: statistics.mean(more),
    helps: statistics.share(more.map((value) => Number(value > 0))),
    hours: statistics.mean(less(setting.hours, present.hours)),
    bought: statistics.mean(less(setting.bought, present.bought)),
    clear: lowerEnd(more, 1 - (1 - statistics.settings.level) / among) > 0,
  };
}

/** What varies between draws, by question, or by parameter where none is about it. @param {Asked} asked @param {Drawn} drawn */
function groupsOf(asked, drawn) {
  /** @type {Record<string, any[][]>} */
  const found = {};
  for (const key of Object.keys(drawn.points[0])) {
    const column = drawn.points.map((point) => point[key]);
    if (new Set(column).size > 1) (found[asked.owners[key] ?? key] ??= []).push(column);
  }
  return found;
}

/** Who disagrees, by question, and in all where there are several. @param {Drawn} drawn */
function disputesOf(drawn) {
  /** @type {Record<string, any[][]>} */
  const groups = {};
  for (const question of drawn.answers.disputed) {
    const given = drawn.answers.given(question).map(([, answer]) => answer);
    groups[question] = [drawn.picks[question].map((place) => given[place])];
  }
  if (Object.keys(groups).length > 1) groups[DISAGREEMENT] = Object.values(groups).map(([one]) => one);
  return groups;
}

/** Exhaust what works a piece at a time. @template T @param {AsyncGenerator<void, T>} work @param {() => Promise<boolean>} pause @returns {Promise<T | null>} */
async function all(work, pause) {
  for (;;) {
    const { done, value } = await work.next();
    if (done) return /** @type {T} */ (value);
    if (!(await pause())) return null;
  }
}

/**
 * Assess, and tell what is known whenever there is more.
 *
 * @param {{asked: Asked, answers: Answers, start: Start, draws: number, replicates: number, seed: number,
 *   kept?: import("./drawn.js").Kept | null, kitchen: any, live: Live, tell: (found: Assessment) => void, pause: () => Promise<boolean>}} given
 *   `pause` lets the page breathe, and says whether it is still wanted
 * @returns {Promise<Assessment | null>} null where it was dropped
 */
export async function assess({ asked, answers, start, draws, replicates, seed, kept = null, kitchen, live, tell, pause }) {
  const { statistics } = kitchen;
  const { settings } = asked;
  const drawn = new Drawn({ asked, answers, start, count: draws, seed, kept });
  const fitting = [];
  const settled = [];
  for (const change of asked.changes) {
    const points = drawn.changed([change]);
    const moved = mean(points.map((point, draw) => Number(!samePoint(point, drawn.points[draw]))));
    if (moved >= settings.often_enough) fitting.push({ change, points });
    else settled.push(change);
  }
  // Records leave draws of what all said; one partner's own would be others.
  const voices = !kept && answers.heard.length > 1 && answers.heard.length <= settings.most_side_by_side ? answers.heard : [];
  const fund = drawn.points.map((point) => Number(point.fund ?? start.value("fund")));
  const pays = paysAnywhere(drawn);
  /** @type {Assessment} */
  const found = { drawn, replicates, present: null, forecast: null, after: null, byPartner: [], shares: [], disputes: [], tried: [], settled, together: null, done: 0, all: 1 + Number(pays) + voices.length + fitting.length + 1, ready: false };
  const run = async (/** @type {string} */ name, /** @type {Point[]} */ points, /** @type {Drawn} */ of = drawn, whole = false) => {
    const lived = await live(name, points, of, whole);
    if (!lived) return null;
    found.done += 1;
    return settingOf(name, of, points, lived, kitchen, replicates, settings.after);
  };
  const present = await run("present", drawn.points, drawn, pays);
  if (!present) return null;
  found.present = present;
  found.forecast = forecastOf(present, statistics, settings.clear_loss);
  tell(found);
  for (const [groups, name] of /** @type {[Record<string, any[][]>, "shares" | "disputes"][]} */ ([[disputesOf(drawn), "disputes"], [groupsOf(asked, drawn), "shares"]])) {
    const shares = await all(sharesOf(present.means, groups, statistics, settings), pause);
    if (!shares) return null;
    found[name] = shares;
    tell(found);
  }
  if (pays) {
    const without = await run("without-the-money", drawn.points.map((point) => ({ ...point, fund: 0 })), drawn, true);
    if (!without) return null;
    found.after = afterMoney(present, without, fund, statistics);
    tell(found);
  }
  for (const voice of voices) {
    const own = new Drawn({ asked, answers: answers.alone(voice), start, count: draws, seed });
    const alone = await run(`partner ${voice.partner}`, own.points, own);
    if (!alone) return null;
    found.byPartner = [...found.byPartner, { voice, forecast: forecastOf(alone, statistics, settings.clear_loss) }];
    tell(found);
  }
  for (const { change, points } of fitting) {
    const setting = await run(`change ${change.id}`, points);
    if (!setting) return null;
    // In the order of the list where two are equal, as Python sorts.
    const tried = [...found.tried, triedOf(statistics, [change], setting, present, fitting.length)];
    found.tried = tried.sort((a, b) => b.effect.value - a.effect.value);
    tell(found);
  }
  const best = bestOf(found.tried, settings.best).map((one) => one.changes[0]);
  if (best.length > 1) {
    const setting = await run("best-changes-together", drawn.changed(best));
    if (!setting) return null;
    found.together = triedOf(statistics, best, setting, present);
  }
  found.done = found.all;
  found.ready = true;
  tell(found);
  return found;
}
