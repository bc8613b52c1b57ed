/**
 * From the results of one scenario to its answer: the same values, the same statements in the same
 * order and the same words as `cgsim.answer.build` makes.
 *
 * @module
 */

import { weigh } from "./doubt.js";
import { plain, statement, withLater } from "./record.js";
import { NOTHING, ascending, known, middleOf, quantilesOf } from "./statistics.js";

/** @typedef {import("./statistics.js").Estimate} Estimate */
/** @typedef {import("./results.js").Results} Results */
/** @typedef {import("./results.js").Kitchen} Kitchen */
/** @typedef {import("./record.js").Statement} Statement */
/** @typedef {import("./doubt.js").Drawn} Drawn */
/** @typedef {{friction: string, value: number, low: number, high: number,
 *   settled_always: boolean, measure: string}} Change what switching one friction off alone does */

/** What a share is of that there is only where a partnership began. */
const OF_LIVES = ["of the founding members", "of the months in which it lived"];

/** Whether hours were bought in any run. @param {Results} results @returns {boolean} */
export function bought(results) {
  return results.column("bought_hours").some((hours) => hours > 0);
}

/**
 * The measure of the headline: where hours were bought, the gain over that money.
 *
 * @param {Results} results
 * @returns {string}
 */
export function measureOf(results) {
  const over = results.column("gain_over_equal_money");
  return bought(results) && !over.every(Number.isNaN) ? "gain_over_equal_money" : "gain";
}

/**
 * Which way an estimate points: the last part of a statement's id.
 *
 * @param {Kitchen} kitchen
 * @param {Estimate} estimate
 * @param {string} [unit]
 * @returns {string}
 */
export function direction({ say }, { value, low, high }, unit = "share") {
  if (value === 0 && (Number.isNaN(low) || (low === 0 && high === 0))) return "exact";
  if (Number.isNaN(value)) return "unknown";
  if (Number.isNaN(low)) return value > 0 ? "once_more" : "once_less";
  const digits = say.digitsOf({ low, high }, unit);
  if (say.number(Math.abs(value), unit, digits) === say.number(0, unit, digits)) return "tiny";
  if (low > 0) return "more";
  return high < 0 ? "less" : "unclear";
}

/**
 * A statement about a measure; numbers are what else its text names.
 *
 * @param {Kitchen} kitchen
 * @param {string} id
 * @param {string} measure
 * @param {string} comparison
 * @param {Estimate} estimate
 * @param {Record<string, any>} [numbers] `of` is what a share is of, where no measure says
 * @returns {Statement}
 */
export function claim(kitchen, id, measure, comparison, { value, low, high }, numbers = {}) {
  const about = kitchen.measure(measure);
  const { of = about?.of ?? "", ...rest } = numbers;
  return statement(kitchen, id, measure, comparison, {
    value,
    low,
    high,
    unit: about?.unit ?? "share",
    of,
    numbers: Object.keys(rest).length ? rest : null,
  });
}

/**
 * The answer as one plain record, as `cgsim run --json` writes it: of many runs of a scenario, and
 * of draws of what nobody knows. Without `drawn` nothing is said of the second doubt; `whyNot` says
 * why it could not be.
 *
 * @param {Results} results
 * @param {Drawn | null} [drawn]
 * @param {string} [whyNot]
 * @returns {any}
 */
export function answerOf(results, drawn = null, whyNot = "") {
  const { kitchen, about } = results;
  if (drawn && !Object.keys(drawn.inputs).length) return answerOf(results, null, kitchen.say.word("doubt_why.all_known"));
  const measure = measureOf(results);
  const comparison = measure === "gain" ? "alone" : "equal_money";
  const luck = results.once("luck", () => luckOf(results, measure));
  const changes = changesOf(results);
  const doubt = drawn
    ? weigh(kitchen, measure === "gain" ? drawn.gain : drawn.over_money, drawn)
    : null;
  const headline = [
    ...life(results, measure, comparison),
    ...reason(results, changes, measure),
    ...luckWords(luck, measure, comparison, results),
    ...(doubt ? doubtWords(kitchen, doubt, measure, comparison, notItsOwn(results, drawn)) : []),
  ];
  if (whyNot) {
    headline.push(
      statement(kitchen, "doubt.cannot", measure, comparison, {
        holds_for: kitchen.settings.drawn,
        numbers: { why: whyNot },
      }),
    );
  }
  const record = plain({
    scenario: about.name,
    title: results.title,
    seed: Number(results.seed),
    runs: results.count,
    version: kitchen.tables.version,
    measure,
    comparison,
    headline,
    luck,
    doubt,
    changes,
    counted: results.countsEach ? "partnerships" : "runs",
    palette: kitchen.tables.palette,
    text: headline.map(({ text }) => text).join(" "),
  });
  return withLater(record, {
    values: () => results.once("values", () => valuesOf(results)),
    account: () => results.once("account", () => accountOf(results)),
    outcomes: () => results.once("outcomes", () => outcomesOf(results)),
    remarks: () => results.once("remarks", () => remarksOf(results)),
    series: () => results.once("series", () => seriesOf(results, comparison)),
  });
}

/** Every measure with its interval, in the one order. @param {Results} results */
export function valuesOf(results) {
  const { kitchen } = results;
  const { statistics, settings, say } = kitchen;
  /** @type {any[]} */
  const made = [];
  const row = (
    /** @type {string} */ measure,
    /** @type {string} */ words,
    /** @type {any} */ about,
    /** @type {Estimate} */ estimate,
  ) => {
    const { unit = "share", of = "", shown = [], money = false } = about;
    made.push({ measure, words, unit, of, ...estimate, shown, money });
  };
  for (const measure of kitchen.measures) {
    if (measure.name === settings.before_changes) {
      for (const [name, id, month, estimate] of changeValues(results)) {
        const { of = "", shown = [] } = kitchen.measure("gain") ?? {};
        row(name, say.word(`word.${id}`, { month }), { of, shown, money: id.endsWith("_money") }, estimate);
      }
    }
    if (measure.interval !== "class") {
      row(measure.name, measure.words, measure, results.estimate(measure.name));
    }
    if (measure.name === "gain") {
      const spread = statistics.spread(results.column("gain"));
      const about = { of: measure.of, shown: [settings.run] };
      row("gain_sd", say.word("word.spread"), about, spread);
    }
  }
  const each = results.countsEach;
  const { numbers, ways } = results.ways;
  ways.forEach((name, place) => {
    const flags = Float64Array.from(numbers, (way) => Number(way === place));
    const words = say.word(`word.${each ? "each_" : ""}came_out_as`, { outcome: name });
    const key = `outcome_${name.replaceAll(" ", "_")}`;
    const of = each ? settings.of_partnerships : settings.of_runs;
    row(key, words, { of }, each ? ofRuns(results, flags) : statistics.share(flags));
  });
  return made;
}

/** A share of partnerships with its interval over runs, within 0 and 1: those of a run share its luck. @param {Results} results @param {Float64Array} flags R x B */
function ofRuns({ kitchen, count }, flags) {
  const many = flags.length / count;
  const shares = Float64Array.from({ length: count }, (_, run) => flags.subarray(run * many, (run + 1) * many).reduce((sum, flag) => sum + flag, 0) / many);
  const found = kitchen.statistics.mean(shares);
  const low = found.low > 0 ? found.low : 0;
  return { ...found, low, high: found.high < 1 ? found.high : 1 };
}

/** What chance does to a measure of every run. @param {Results} results @param {string} measure */
export function luckOf(results, measure) {
  const { kitchen } = results;
  const kept = known(results.column(measure));
  const { least_gain: least } = kitchen.settings;
  if (!kept.length) return { runs: 0, loses: 0, gains: 0, quantiles: [], spread: NaN };
  const sorted = Float64Array.from(kept).sort();
  return {
    runs: kept.length,
    loses: kept.filter((one) => one < -least).length,
    gains: kept.filter((one) => one > least).length,
    quantiles: quantilesOf(sorted, kitchen.settings.quantiles),
    spread: kitchen.statistics.spread(kept).value,
  };
}

/** @param {Results} results @param {string} measure @param {string} comparison */
function life(results, measure, comparison) {
  const { kitchen, about, began, months } = results;
  const base = { runs: results.count, title: results.title };
  if (!began) {
    if (!about.partnerships.length) {
      return [statement(kitchen, "began.nothing", measure, comparison, { numbers: base })];
    }
    const able = about.partnerships.filter(({ size }) => size > 1).map(({ levers }) => levers.start);
    if (!able.length) {
      return [statement(kitchen, "began.too_few", measure, comparison, { numbers: { ...base, months } })];
    }
    const numbers = { ...base, months, start: Math.trunc(Math.min(...able)) };
    return [statement(kitchen, "began.never", measure, comparison, { numbers })];
  }
  const alone = comparison === "alone";
  const gain = results.estimate(measure);
  const id = `${alone ? "gain" : "money"}.${direction(kitchen, gain)}`;
  const said = [claim(kitchen, id, measure, comparison, gain, base)];
  const name = alone ? "area_gain" : "area_gain_over_equal_money";
  const yearly = alone ? "extra_met_a_year" : "extra_met_over_equal_money_a_year";
  const area = results.estimate(name);
  const way = direction(kitchen, area);
  if (way === "more" || way === "less") {
    const units = results.estimate(yearly).value;
    said.push(claim(kitchen, `area.${way}`, name, comparison, area, { units }));
  }
  if (!alone) {
    const withHours = results.estimate("gain");
    const points = direction(kitchen, withHours);
    const clear = results.count === 1 ? "once" : points === "more" || points === "less" ? points : "unclear";
    said.push(claim(kitchen, `money.with_hours_${clear}`, "gain", "alone", withHours));
    said.push(...whileAndAfter(results));
  }
  said.push(...aroundChanges(results, comparison));
  if (began < results.count) {
    const numbers = { began: [began, results.count] };
    const value = began / results.count;
    said.push(statement(kitchen, "began.some", "outcome", "", { value, numbers }));
  }
  said.push(...ended(results));
  return said;
}

/** @param {Results} results @returns {Statement[]} */
function whileAndAfter(results) {
  const { kitchen, lived, months, count } = results;
  const name = "gain_over_equal_money_while_paid";
  const paid = results.estimate(name);
  const after = results.estimate("gain_over_equal_money_after_paid");
  if (Number.isNaN(paid.low)) return [];
  const bought = !lived ? [] : Array.from({ length: count }, (_, run) => [...lived.paid.subarray(run * months, (run + 1) * months)]);
  const windows = { paid: spanOf(bought.map((flags) => flags.filter(Boolean).length)) };
  if (Number.isNaN(after.low)) {
    return [claim(kitchen, `money.only_while${several(results)}`, name, "equal_money", paid, windows)];
  }
  const id = `money.while_and_after${several(results)}`;
  const later = spanOf(bought.map((flags) => (flags.some(Boolean) ? flags.reverse().findIndex(Boolean) : 0)));
  return [claim(kitchen, id, name, "equal_money", paid, { after: told(after), ...windows, later })];
}

/** The least and the most months of the runs that have such months. @param {number[]} months @returns {[number, number] | null} */
function spanOf(months) {
  const there = months.filter((count) => count > 0);
  return there.length ? [Math.min(...there), Math.max(...there)] : null;
}

/** How the ids end of texts about several partnerships. @param {Results} results */
const several = ({ about }) => (about.partnerships.length > 1 ? "_several" : "");

/** @param {Estimate} estimate @returns {import("./formats.js").Told} */
function told({ value, low, high }) {
  return { value, low, high, unit: "share" };
}

/** Months of scheduled changes that lie within a run. @param {Results} results */
export function changeMonths({ about, months }) {
  const within = about.changes.map(({ month }) => month).filter((m) => m > 0 && m < months);
  return [...new Set(within)].sort(ascending);
}

/**
 * The gain before a scheduled change and from then on, as shares of the base then.
 *
 * @param {Results} results
 * @param {number} month
 * @param {string} comparison
 * @returns {[Estimate, Estimate]}
 */
export function around({ kitchen, lived, months, count }, month, comparison) {
  if (!lived) return [NOTHING, NOTHING];
  const line = comparison === "alone" ? lived.beyond_alone : lived.beyond_money;
  const before = new Float64Array(count);
  const after = new Float64Array(count);
  for (let run = 0; run < count; run += 1) {
    const then = run * months + month - 1;
    const last = (run + 1) * months - 1;
    const own = lived.base[then];
    const later = lived.base[last] - own;
    before[run] = own > 0 ? line[then] / own : NaN;
    after[run] = later > 0 ? (line[last] - line[then]) / later : NaN;
  }
  return [kitchen.statistics.mean(before), kitchen.statistics.mean(after)];
}

/**
 * The gain before and from each scheduled change on, of working alone and over the same money, where
 * lives were kept: its name, the id of its words, the month, and the estimate.
 *
 * @param {Results} results
 * @returns {[string, string, number, Estimate][]}
 */
function changeValues(results) {
  if (!results.lived) return [];
  return changeMonths(results).flatMap((month) =>
    ["alone", "equal_money"].flatMap((comparison) => {
      const [before, after] = around(results, month, comparison);
      const over = comparison === "alone" ? "" : "_money";
      const [early, later] = aroundNames(month, comparison);
      return /** @type {[string, string, number, Estimate][]} */ ([
        [early, `before_change${over}`, month, before],
        [later, `from_change${over}`, month, after],
      ]);
    }),
  );
}

/** What the gain before and from a scheduled change on is called. @param {number} month @param {string} comparison @returns {[string, string]} */
function aroundNames(month, comparison) {
  const gain = comparison === "alone" ? "gain" : "gain_over_equal_money";
  return [`${gain}_before_month_${month}`, `${gain}_from_month_${month}`];
}

/** @param {Results} results @param {string} comparison @returns {Statement[]} */
function aroundChanges(results, comparison) {
  const { kitchen, lived, months } = results;
  /** @type {Statement[]} */
  const said = [];
  if (!lived) return said;
  const start = [...lived.start];
  for (const month of changeMonths(results)) {
    const [before, after] = around(results, month, comparison);
    if (Number.isNaN(before.low) || Number.isNaN(after.low)) continue;
    said.push(
      claim(kitchen, "change.at", aroundNames(month, comparison)[0], comparison, before, {
        after: told(after),
        month,
        early: spanOf(start.map((first) => month - first)),
        later: spanOf(start.map((first) => months - Math.max(month, first))),
        of: kitchen.settings.of_founders,
      }),
    );
  }
  return said;
}

/** @param {Results} results @returns {Statement[]} */
function ended(results) {
  const { kitchen, lived, months, count } = results;
  if (!lived) return [];
  const { start, end } = lived;
  const ends = [...end].filter((month, run) => start[run] < months && month < months);
  const hits = ends.length;
  if (!hits) return [];
  const month = Math.ceil(middleOf(ends.sort(ascending)));
  const kind = count === 1 ? "once" : hits === count ? "every" : hits === 1 ? "one" : "some";
  const id = `ended.${kind}${several(results)}`;
  const numbers = { ended: [hits, count], month };
  return [statement(kitchen, id, "outcome", "", { value: hits / count, numbers })];
}

/** Where the hours went, as totals over all runs; null where not kept. @param {Results} results */
export function accountOf({ kitchen, lived, count }) {
  if (!lived) return null;
  const sums = sumsOf(kitchen, lived.account);
  if (sums.living === 0) return null;
  const gave = sums.overhead + sums.joint_hours;
  const joint = sums.joint_hours + sums.bought;
  const over = (/** @type {number} */ above, /** @type {number} */ below) =>
    below > 0 ? above / below : NaN;
  return {
    overhead_hours: sums.overhead / count,
    joint_hours: sums.joint_hours / count,
    bought_hours: sums.bought / count,
    overhead_share: over(sums.overhead, gave),
    slipped_share: over(sums.slipped, sums.joint_hours + sums.slipped),
    met_per_joint_hour: over(sums.joint_met, joint),
    met_per_given_hour: over(sums.joint_met, joint + sums.overhead),
    met_per_own_hour: over(sums.own_met, sums.own_hours),
    settled: over(sums.settled, sums.living),
    settled_months: over(sums.settled_months, sums.living),
  };
}

/** @param {Kitchen} kitchen @param {Float64Array} rows @returns {Record<string, number>} */
function sumsOf({ tables }, rows) {
  const names = tables.account;
  const sums = new Float64Array(names.length);
  rows.forEach((value, place) => (sums[place % names.length] += value));
  return Object.fromEntries(names.map((/** @type {string} */ n, /** @type {number} */ k) => [n, sums[k]]));
}

/**
 * Where the hours went, in words.
 *
 * @param {Kitchen} kitchen
 * @param {any} account what `accountOf` gave, or an answer's
 * @returns {Statement[]}
 */
export function accountStatements(kitchen, account) {
  const said = [];
  const share = account.overhead_share ?? NaN;
  if (!Number.isNaN(share)) {
    const numbers = { overhead: share, joint: 1 - share };
    said.push(statement(kitchen, "account.gave", "", "", { value: share, numbers }));
  }
  const slipped = account.slipped_share ?? NaN;
  if (!Number.isNaN(slipped)) said.push(statement(kitchen, "account.slipped", "", "", { value: slipped }));
  const met = account.met_per_joint_hour ?? NaN;
  if (!Number.isNaN(met)) {
    const numbers = {
      met,
      given: account.met_per_given_hour,
      own: account.met_per_own_hour ?? NaN,
    };
    said.push(statement(kitchen, "account.yield", "", "", { value: met, numbers }));
  }
  const numbers = { settled: account.settled, months: account.settled_months };
  said.push(statement(kitchen, "account.settled", "", "", { value: account.settled, numbers }));
  return said;
}

/**
 * What each friction switched off alone would change, the largest rise first.
 *
 * @param {Results} results
 * @returns {Change[]}
 */
export function changesOf(results) {
  const { kitchen, lived, count } = results;
  const { frictions } = kitchen.tables;
  const without = lived?.without;
  if (!lived || !without) return [];
  const sums = sumsOf(kitchen, lived.account);
  const measure = measureOf(results);
  const always = sums.living > 0 && sums.settled_months === sums.living;
  return frictions
    .map((/** @type {string} */ friction, /** @type {number} */ place) => {
      const { value, low, high } = kitchen.statistics.mean(lineOf(without, place, count));
      return { friction, value, low, high, settled_always: always && friction === "coordination", measure };
    })
    .sort((/** @type {Change} */ one, /** @type {Change} */ other) => other.value - one.value);
}

/** @param {Float64Array} rows @param {number} column @param {number} count */
function lineOf(rows, column, count) {
  const width = rows.length / count;
  return Float64Array.from({ length: count }, (_, run) => rows[run * width + column]);
}

/** What switching one friction off alone would change. @param {Kitchen} kitchen @param {Change} change */
export function changeStatement(kitchen, change) {
  let way = "unclear";
  if (change.settled_always && change.value === 0) way = "settled";
  else if (Number.isNaN(change.low ?? NaN) && !Number.isNaN(change.value ?? NaN)) way = change.value === 0 ? "exact" : "once";
  else if (change.value === 0 && change.low === 0 && change.high === 0) way = "exact";
  else if (change.low > 0 || change.high < 0) way = "better";
  return aboutChange(kitchen, change, `whatif.${way}`, { friction: change.friction });
}

/**
 * @param {Kitchen} kitchen
 * @param {Change} change
 * @param {string} id
 * @param {Record<string, any>} numbers
 */
function aboutChange(kitchen, { friction, value, low, high, measure }, id, numbers) {
  const estimate = { value, low: low ?? NaN, high: high ?? NaN, count: 0 };
  return claim(kitchen, id, measure, `without ${friction}`, estimate, numbers);
}

/** @param {Results} results @param {Change[]} changes @param {string} measure @returns {Statement[]} */
function reason({ kitchen, lived, began, count }, changes, measure) {
  if (!changes.length || !lived || !began) return [];
  if (count === 1) return [statement(kitchen, "reason.once", measure, "")];
  const [first, second] = changes;
  const without = /** @type {Float64Array} */ (lived.without);
  const { least_change: least } = kitchen.settings;
  const over = measure === "gain" ? "" : "money_";
  if (!(first.low > 0 && first.value >= least) || first.settled_always) {
    return [statement(kitchen, `reason.${over}none`, measure, "")];
  }
  const [one, other] = [first, second].map(({ friction }) =>
    lineOf(without, kitchen.tables.frictions.indexOf(friction), count),
  );
  const step = one.map((value, run) => value - other[run]);
  if (kitchen.statistics.mean(step).low > 0) {
    return [aboutChange(kitchen, first, `reason.${over}largest`, { friction: first.friction })];
  }
  const numbers = { first: first.friction, second: second.friction, other: second.value };
  return [aboutChange(kitchen, first, `reason.${over}close`, numbers)];
}

/**
 * @param {any} luck
 * @param {string} measure
 * @param {string} comparison
 * @param {Results} results
 * @returns {Statement[]}
 */
function luckWords(luck, measure, comparison, { kitchen, began }) {
  if (luck.runs < 2 || !began) return [];
  const { settings } = kitchen;
  const kind = luck.loses === 0 ? "none" : luck.loses === luck.runs ? "every" : "some";
  const said = [
    statement(kitchen, `luck.${comparison === "equal_money" ? "money_" : ""}${kind}`, measure, comparison, {
      value: luck.loses / luck.runs,
      of: kitchen.measure("loses")?.of,
      numbers: { loses: [luck.loses, luck.runs] },
    }),
  ];
  if (luck.runs >= settings.fewest_for_tails) {
    const { quantiles } = luck;
    const low = quantiles[0];
    const high = quantiles[quantiles.length - 1];
    // Both ends in digits that tell them apart, as those of an interval, if any do.
    const [least, most] = [low, high].map((value) => told({ value, low, high, count: 0 }));
    const apart = kitchen.say.told(least, "share") !== kitchen.say.told(most, "share");
    const id = luck.spread === 0 ? "luck.same" : apart ? "luck.spread" : "luck.most";
    said.push(
      statement(kitchen, id, measure, comparison, {
        value: quantiles[2],
        low,
        high,
        unit: "share",
        of: settings.of_founders,
        numbers: { least, most },
      }),
    );
  }
  return said;
}

/**
 * The inputs of which the scenario has values of its own, and the draws do without.
 *
 * @param {Results} results
 * @param {Drawn | null} drawn
 * @returns {Record<string, string[]>}
 */
function notItsOwn({ kitchen, about }, drawn) {
  if (!drawn || drawn.given) return {};
  const usual = new Map(kitchen.tables.parameters.map((/** @type {any} */ one) => [one.name, one.default]));
  const anew = Object.keys(drawn.inputs).filter((name) => name in about.values && about.values[name] !== usual.get(name));
  return { anew, known: about.known };
}

/**
 * @param {Kitchen} kitchen
 * @param {import("./doubt.js").Doubt} doubt
 * @param {string} measure
 * @param {string} comparison
 * @param {Record<string, string[]>} own inputs that are drawn in place of the scenario's own values, and those that it knows
 * @returns {Statement[]}
 */
function doubtWords(kitchen, doubt, measure, comparison, own) {
  const { draws, gains, loses, given } = doubt;
  const holds_for = kitchen.settings.drawn;
  let kind = "some";
  if (gains === draws) kind = "all_gain";
  else if (loses === draws) kind = "all_lose";
  else if (gains === 0 && loses === 0) kind = "none";
  else if (gains + loses < draws) kind = "some_rest";
  const said = [
    statement(kitchen, `doubt.${kind}`, measure, comparison, {
      value: loses / draws,
      holds_for,
      numbers: { draws, gains, loses, given },
    }),
  ];
  if (kind === "none") return said;
  const named = doubt.turns_on.filter((turn) => turn.stands_out).map((turn) => turn.input);
  const id = ["doubt.turns_on_none", "doubt.turns_on_one", "doubt.turns_on_two"][named.length];
  const numbers = Object.fromEntries(named.map((name, place) => [["first", "second"][place], name]));
  said.push(statement(kitchen, id, measure, comparison, { holds_for, numbers }));
  for (const [way, inputs] of Object.entries(own)) if (inputs.length) said.push(statement(kitchen, `doubt.${way}`, "", "", { holds_for, numbers: { inputs } }));
  return said;
}

/** How the runs came out, the most frequent first. @param {Results} results */
export function outcomesOf(results) {
  const { kitchen } = results;
  const { numbers, ways } = results.ways;
  return ways
    .map((outcome, place) => {
      let runs = 0;
      for (let n = 0; n < numbers.length; n += 1) runs += Number(numbers[n] === place);
      const name = kitchen.say.outcome(outcome);
      const words = kitchen.say.outcomeWords(outcome);
      return { outcome, name, words, runs, share: runs / numbers.length };
    })
    .filter(({ runs }) => runs > 0)
    .sort((one, other) => other.runs - one.runs);
}

/** What would surprise beside the headline: inert runs that gain. @param {Results} results */
export function remarksOf(results) {
  const { kitchen, count } = results;
  if (results.countsEach) return [];
  const number = kitchen.tables.outcomes.indexOf("inert");
  const outcomes = results.column("outcome");
  const hits = outcomes.filter((outcome) => outcome === number).length;
  if (!hits) return [];
  const measure = measureOf(results);
  const gains = results.column(measure);
  const { least_gain: least } = kitchen.settings;
  const gained = gains.filter((gain, run) => outcomes[run] === number && gain > least).length;
  const kind = gained === 0 ? "none" : gained === hits ? "all" : "some";
  const [over, other] = measure === "gain" ? ["", "alone"] : ["money_", "equal_money"];
  const numbers = { inert: [hits, count], gained };
  const said = [
    statement(kitchen, "remark.inert", "outcome", "", { value: hits / count, numbers }),
    statement(kitchen, `remark.inert_${over}${kind}`, measure, other, { value: gained / hits, numbers }),
  ];
  if (results.estimate("freed_hours").value > 0) {
    said.push(statement(kitchen, "remark.freed", "freed_hours", ""));
  }
  return said;
}

/** Need met so far beyond working alone with the same money, by month. @param {Results} results @param {string} comparison */
export function seriesOf({ kitchen, lived, months, count }, comparison) {
  if (!lived) return [];
  const { say, settings } = kitchen;
  const line = comparison === "alone" ? lived.beyond_alone : lived.beyond_money;
  /** @type {number[][]} */
  const lines = settings.quantiles.map(() => new Array(months));
  const money = [];
  const month = new Float32Array(count);
  for (let m = 0; m < months; m += 1) {
    let paid = false;
    for (let run = 0; run < count; run += 1) {
      month[run] = line[run * months + m];
      paid ||= lived.paid[run * months + m] !== 0;
    }
    if (paid) money.push(m);
    quantilesOf(month.sort(), settings.quantiles).forEach((value, k) => (lines[k][m] = value));
  }
  const other = say.word(comparison === "alone" ? "word.alone" : "word.same_money");
  return [
    {
      name: "ahead",
      words: say.word("series.ahead", { other }),
      unit: "units",
      quantiles: settings.quantiles,
      lines,
      money,
    },
  ];
}

/**
 * How the runs came out, the most frequent first, and why.
 *
 * @param {Kitchen} kitchen
 * @param {any} answer
 * @returns {string}
 */
export function outcomesInWords({ say }, answer) {
  const list = answer.outcomes
    .map((/** @type {any} */ { outcome, share }) =>
      say.word("outcomes.one", { outcome, share: say.surely(share, 0) }),
    )
    .join("; ");
  const remarks = answer.remarks.map((/** @type {Statement} */ { text }) => text);
  const id = answer.counted === "partnerships" ? "outcomes.told_each" : "outcomes.told";
  return [say.word(id, { list }), ...remarks].join(" ");
}

/** What came of a single run, of which there is no interval. @param {Results} results @param {number} replicate */
export function oneRun(results, replicate) {
  const measure = measureOf(results);
  const value = results.column(measure)[replicate];
  const kind = value === 0 ? "none" : value > 0 ? "more" : "less";
  const family = measure === "gain" ? "one" : "one_money";
  const estimate = { value, low: NaN, high: NaN, count: 1 };
  return claim(results.kitchen, `${family}.${kind}`, measure, "", estimate);
}

/**
 * The rows of a table, a value of each answer; those that tell nothing are left out.
 *
 * @param {string} table
 * @param {any[]} answers
 * @returns {any[][]}
 */
export function rows(table, ...answers) {
  const money = answers.some(({ comparison }) => comparison !== "alone");
  // A share of members or of months tells nothing where no partnership ever began.
  const begun = answers.some(began);
  // By name: of several partnerships the ways to come out are others than of one.
  const kinds = new Map(answers.toReversed().flatMap(({ values }) => values.map((/** @type {any} */ one) => [one.measure, one])));
  return [...kinds]
    .map(([measure, kind]) =>
      answers.map(({ values }) => values.find((/** @type {any} */ one) => one.measure === measure) ?? { ...kind, value: null, low: null, high: null, count: 0 }),
    )
    .filter(
      (/** @type {any[]} */ row) =>
        row[0].shown.includes(table) &&
        (money || !row[0].money) &&
        (begun || !OF_LIVES.includes(row[0].of)) &&
        !row.every(({ value }) => value === null),
    );
}

/**
 * A row of a comparison: each value's words, in digits that tell apart those that differ; or that there is no money,
 * or nothing that began.
 *
 * @param {Kitchen} kitchen
 * @param {any[]} row a value of each answer
 * @param {any[]} answers
 * @returns {[string, string, string, string][]}
 */
export function comparedRow(kitchen, row, answers) {
  const { say } = kitchen;
  const { unit } = row[0];
  const known = [...new Map(row.filter(({ value }) => value !== null).map((one) => [one.value, one])).values()];
  const each = (/** @type {number | undefined} */ digits) =>
    row.map((value, place) => {
      const [words, estimate, interval, base] = valueWords(kitchen, value, digits);
      const none = nothingThere(kitchen, value, answers[place]);
      return /** @type {[string, string, string, string]} */ (none ? [words, none, "", base] : [words, estimate, interval, base]);
    });
  if (new Set(known.map((value) => valueWords(kitchen, value)[1])).size === known.length) return each(undefined);
  const own = known.map(({ low, high }) => say.digitsOf({ low: low ?? NaN, high: high ?? NaN }, unit));
  return each(say.digitsApart(known.map(({ value }) => value), unit, Math.max(...own)));
}

/** Whether any partnership ever began. @param {any} answer @returns {boolean} */
const began = ({ outcomes }) => outcomes.some((/** @type {any} */ one) => one.outcome !== "not begun");

/** Why there is nothing to tell; "" where there is. @param {Kitchen} kitchen @param {any} value @param {any} answer @returns {string} */
function nothingThere({ say }, { of, money, value }, answer) {
  if (OF_LIVES.includes(of) && !began(answer)) return say.outcome("not begun");
  return money && value === null && answer.comparison === "alone" ? say.word("compare.no_money") : "";
}

/**
 * One row of a table: what it is, the estimate, the interval, and of what.
 *
 * @param {Kitchen} kitchen
 * @param {any} value of an answer
 * @param {number} [digits] more than its own
 * @returns {[string, string, string, string]}
 */
export function valueWords({ say }, { words, unit, of, value, low, high }, digits) {
  const estimate = { value: value ?? NaN, low: low ?? NaN, high: high ?? NaN };
  return [
    say.term(words),
    say.told(estimate, unit, digits),
    say.interval(estimate, unit),
    of ? say.term(of) : "",
  ];
}
