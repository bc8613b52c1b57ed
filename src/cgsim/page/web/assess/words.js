/**
 * An assessment in plain words: the sentences that `cgsim.assess.words` makes, letter for letter.
 *
 * @module
 */
import { direction } from "../answer/build.js";
import { count, fixed, turned } from "../answer/formats.js";
import { DISAGREEMENT, advisedAgainst, allTried, bestOf } from "./assessment.js";
import { questionOf } from "./answers.js";

/** @typedef {import("./assessment.js").Assessment} Assessment */
/** @typedef {import("./assessment.js").Tried} Tried */
/** @typedef {import("./ranges.js").Asked} Asked */
/** @typedef {import("../answer/statistics.js").Estimate} Estimate */
/** @typedef {{say: import("../answer/formats.js").Catalogue, asked: Asked, kitchen: any}} With the catalogue, the questions, and the measures */

const FOUNDERS = "gain";
const NAN = { low: NaN, high: NaN, count: 0 };

/** @param {With} given @param {string} measure @returns {string} of what its shares are */
const baseOf = ({ say, kitchen }, measure) => say.term(kitchen.measure(measure).of);

/** @param {Estimate} estimate */
const record = (estimate) => ({ ...estimate, unit: "share" });

/** @param {With} given @param {[number, number] | number[]} pair */
const ends = ({ say }, [low, high]) => say.word("assess.ends", { low, high });

/** @param {With} given @param {Estimate} share */
function span({ say }, share) {
  const [low, high] = [Math.max(0, share.low), Math.min(1, share.high)];
  return say.between(say.word("word.to", { low: say.points(low, 0), high: say.percent(high, 0) }));
}

/** @param {number} value as a whole number */
const whole = (value) => count(Number(fixed(value, 0)) + 0);

/** The forecast in a few sentences. @param {With} given @param {Assessment} found */
export const headline = (given, found) => headlines(given, found).join(" ");

/** The same apart: what it comes to, how far it spreads, and with the hours that were paid for. @param {With} given @param {Assessment} found @returns {string[]} */
export function headlines(given, found) {
  const { say } = given;
  const forecast = /** @type {any} */ (found.forecast);
  const of = baseOf(given, FOUNDERS);
  const said = say.word("assess.headline", {
    draws: found.drawn.count,
    given: found.drawn.basis,
    other: say.word(forecast.with_hours ? "word.same_money" : "word.alone"),
    middle: record({ value: forecast.median, ...NAN }),
    mean: record(forecast.mean),
    of,
  });
  const spread = say.word("assess.spread", {
    half: ends(given, forecast.half),
    nine: ends(given, forecast.nine_in_ten),
    one: ends(given, forecast.one_partnership),
    gains: forecast.gains.value,
    loses: forecast.loses.value,
  });
  return [said, spread, ...(forecast.with_hours ? [say.word("assess.with_hours", { all: record(forecast.with_hours), of })] : [])];
}

/** How it comes out. @param {With} given @param {Assessment} found */
export function risk({ say, asked }, found) {
  const shares = Object.fromEntries(Object.entries(/** @type {any} */ (found.forecast).outcomes).map(([name, estimate]) => [name, /** @type {any} */ (estimate).value]));
  const ended = asked.settings.ended.reduce((/** @type {number} */ sum, /** @type {string} */ name) => sum + shares[name], 0);
  return say.word("assess.risk", { inert: shares.inert, collapsed: shares.collapsed, thriving: shares.thriving, ended, never: shares["not begun"] });
}

/** What is left when money from outside ends. @param {With} given @param {Assessment} found @returns {string[]} */
export function money({ say, kitchen }, found) {
  const { after } = found;
  if (!after) return found.forecast?.with_hours ? [say.word("assess.money_not_seen")] : [];
  const pointing = direction(kitchen, after.commitment_lasting);
  const way = ["more", "less"].includes(pointing) ? pointing : "none";
  return [
    say.word("assess.money_ends", {
      before: after.alive_before.value,
      after: after.alive_after.value,
      without: after.alive_without.value,
      commitment: after.commitment_before.value,
      commitment_after: after.commitment_after.value,
      commitment_without: after.commitment_without.value,
      lasting: say.word(`assess.lasting_${way}`, { all: record(after.commitment_lasting) }),
    }),
  ];
}

/** What a share is about, to follow "nobody knows". @param {Asked} asked @param {string} name */
export const topicOf = (asked, name) => questionOf(asked, name)?.topic ?? asked.topics[name];

/** What most of the doubt comes from, or that nothing stands out. @param {With} given @param {Assessment} found @returns {string[]} */
export function doubt(given, found) {
  const { say, asked } = given;
  const { top, stands_out: least } = asked.settings;
  const noise = /** @type {any} */ (found.forecast).noise;
  const luck = Number.isFinite(noise) ? say.word("assess.noise", { noise, runs: found.replicates }) : say.word("assess.noise_none");
  const named = found.shares.slice(0, top).filter(({ estimate }) => estimate.value >= least && estimate.low > 0);
  if (!named.length) return [say.word("assess.nothing_stands_out"), luck];
  const isAsked = (/** @type {{name: string}} */ { name }) => Boolean(questionOf(asked, name));
  if (!named.some(isAsked)) named.push(...found.shares.filter((share) => isAsked(share) && share.estimate.low > 0).slice(0, 1));
  return [...named.map((share) => doubtAbout(given, found, share)), luck];
}

/** @param {With} given @param {Assessment} found @param {import("./shares.js").Share} share */
function doubtAbout(given, found, { name, estimate }) {
  const { say, asked } = given;
  const { answers } = found.drawn;
  const kind = !questionOf(asked, name) ? "unasked" : answers.disputed.includes(name) ? "disputed" : answers.missing.includes(name) ? "unknown" : "open";
  const off = (/** @type {number} */ fraction) => Math.abs(fraction / 100 - estimate.value);
  const nearest = asked.settings.fractions.reduce((/** @type {number} */ best, /** @type {number} */ one) => (off(one) < off(best) ? one : best));
  return say.word(`assess.doubt_${kind}`, { topic: topicOf(asked, name), fraction: say.word(`fraction.${nearest}`), share: estimate.value, between: span(given, estimate) });
}

/** What a partner answered to a question, in its words. @param {Asked} asked @param {string} question @param {string} answer */
export const answerText = (asked, question, answer) => /** @type {any} */ (questionOf(asked, question).answers.find((one) => one.id === answer)).text;

/** Questions that colleagues answered differently, those that lie furthest apart first. @param {Assessment} found @returns {string[]} */
export function furthestApart(found) {
  const { answers } = found.drawn;
  const share = Object.fromEntries(found.disputes.map(({ name, estimate }) => [name, estimate.value]));
  const size = (/** @type {string} */ question) => answers.apart(question) ?? 0;
  return answers.disputed.sort((a, b) => size(b) - size(a) || (share[b] ?? 0) - (share[a] ?? 0));
}

/** How far the partners agree. @param {With} given @param {Assessment} found @returns {string[]} */
export function agreement(given, found) {
  if (found.drawn.answers.heard.length < 2) return [];
  return [agreed(given, found), ...differ(given, found), worth(given, found)].filter(Boolean);
}

/** On how many questions they agree. @param {With} given @param {Assessment} found @returns {string} */
export function agreed({ say, asked }, found) {
  const { answers } = found.drawn;
  const both = asked.questions.filter(({ id }) => answers.given(id).length > 1);
  const same = both.filter(({ id }) => !answers.disputed.includes(id));
  const id = both.length === 0 ? "assess.answered" : `assess.agreed${both.length === 1 ? "_one" : ""}`;
  return say.word(id, { partners: answers.heard.length, both: both.length, agreed: same.length });
}

/** On what they differ most. @param {With} given @param {Assessment} found @returns {string[]} */
function differ({ say, asked }, found) {
  const [apart] = furthestApart(found);
  if (!apart) return [];
  const { answers } = found.drawn;
  const told = answers.given(apart).map(([who, answer]) => say.word("assess.quoted", { who, answer: answerText(asked, apart, answer) }));
  const said = [say.word("assess.differ", { topic: topicOf(asked, apart), told: told.join("; ") })];
  const size = (/** @type {string} */ question) => answers.apart(question) ?? 0;
  const asFar = answers.disputed.filter((one) => one !== apart && size(one) >= size(apart) - asked.settings.rounding);
  if (!asFar.length) return said;
  if (asFar.length > asked.settings.ties_named) return [...said, say.word("assess.differ_many", { count: asFar.length })];
  return [...said, say.word("assess.differ_too", { topics: asFar.map((one) => topicOf(asked, one)) })];
}

/** What their disagreement is worth. @param {With} given @param {Assessment} found @returns {string} */
export function worth(given, found) {
  const all = found.disputes.find(({ name }) => name === DISAGREEMENT) ?? found.disputes[0];
  if (!all) return "";
  return given.say.word(`assess.disagreement${all.estimate.low > 0 ? "" : "_none"}`, { share: all.estimate.value, between: span(given, all.estimate) });
}

/** What each partner's own answers lead to. @param {With} given @param {Assessment} found @returns {string[]} */
export function asSeen(given, found) {
  return found.byPartner.map(({ voice, forecast }) => given.say.word("assess.as_seen", { partner: voice.partner, middle: forecast.median, of: baseOf(given, FOUNDERS), nine: ends(given, forecast.nine_in_ten) }));
}

/** What was not answered, what contradicts itself, and what the scenario holds fast. @param {With} given @param {Assessment} found @returns {string[]} */
export function gaps({ say, asked }, found) {
  const { drawn } = found;
  const { answers, start } = drawn;
  const [missing, questions] = [answers.missing.length, asked.questions.length];
  const said = [];
  if (missing === questions) said.push(say.word("assess.gaps_all"));
  else if (missing) said.push(say.word(`assess.gaps${start.own ? "_own" : ""}`, { missing, questions }));
  for (const { partner, first, second } of drawn.contradictions) {
    const { answers: given } = /** @type {any} */ (answers.voices.find((voice) => voice.partner === partner));
    said.push(
      say.word("assess.contradiction", {
        who: answers.voices.length > 1 ? say.word("assess.who", { partner }) : "",
        first: first.text,
        second: second.text,
        first_answer: answerText(asked, first.id, given[first.id]),
        second_answer: answerText(asked, second.id, given[second.id]),
      }),
    );
  }
  if (start.fixed.length) said.push(say.word("assess.note_members"));
  if (start.settled.includes("skills")) said.push(say.word("assess.note_skills"));
  if (start.known.length) said.push(say.word("assess.note_known", { known: start.known }));
  const byHand = start.givenByHand;
  if (byHand.length) said.push(say.word("assess.note_given", { given: byHand }));
  if ((start.tables.change ?? []).length) said.push(say.word("assess.note_changes"));
  return said;
}

/** Which changes help most, or that none does. @param {With} given @param {Assessment} found @returns {string[]} */
export function changes(given, found) {
  const { say, asked } = given;
  const against = advisedAgainst(found);
  const said = against ? [say.word("assess.against")] : [];
  const best = bestOf(found.tried, asked.settings.best);
  const tried = found.tried.length;
  if (!best.length) return [...said, say.word("assess.none_helps", { tried })];
  if (against) said.push(say.word("assess.lose_least"));
  best.forEach((one, place) => said.push(say.word("assess.change", { place: place + 1, effect: effect(given, one), cost: cost(given, one), assumed: one.changes[0].assumed })));
  const of = baseOf(given, asked.settings.ranked_by);
  if (found.together) said.push(say.word("assess.at_once", { all: record(found.together.effect), of, alone: best.reduce((sum, one) => sum + one.effect.value, 0) }));
  return [...said, say.word("assess.tried", { tried, of })];
}

/** @param {Tried} one */
export const textOf = (one) => one.changes.map((change) => change.text).join("; ");

/** What a change does to the gain, or that it makes no difference. @param {With} given @param {Tried} one */
export function effect(given, one) {
  const way = one.effect.low > 0 ? "more" : one.effect.high < 0 ? "less" : "none";
  return given.say.word(`assess.effect_${way}`, { text: textOf(one), all: record(one.effect), of: baseOf(given, given.asked.settings.ranked_by), helps: one.helps.value });
}

/** What a change costs or saves in hours a year, over all partners. @param {With} given @param {Tried} one */
export function cost(given, one) {
  const said = hoursSay(given, given.say.word("assess.overhead"), one.hours);
  return Math.abs(one.bought.value) >= 1 ? `${said} ${hoursSay(given, given.say.word("assess.bought"), one.bought)}` : said;
}

/** @param {With} given @param {string} what @param {Estimate} hours */
function hoursSay({ say }, what, hours) {
  if (Math.abs(hours.value) < 0.5) return say.word("assess.hours_as_now", { what });
  const less = hours.value < 0;
  const unclear = hours.low < 0 && hours.high > 0;
  const by = less && !unclear ? turned(hours) : hours;
  const between = say.between(say.word("word.to", { low: whole(by.low), high: whole(by.high) }));
  if (unclear) return say.word("assess.hours_unclear", { what, between });
  return say.word(`assess.hours_${less ? "less" : "more"}`, { what, hours: by.value, between });
}

/** Heads and rows of a table of all changes that were tried. @param {With} given @param {Assessment} found @returns {[string[], string[][]]} */
export function table(given, found) {
  const { say } = given;
  const heads = ["change", "gain", "interval", "helps", "hours", "interval"].map((name) => say.word(`assess.column_${name}`));
  const rows = allTried(found).map((one) => [
    one.changes.length === 1 ? textOf(one) : say.word("assess.best_at_once"),
    say.points(one.effect.value, say.digitsOf(one.effect, "share")),
    say.pointsInterval(one.effect),
    say.surely(one.helps.value, 0),
    whole(one.hours.value),
    say.word("word.to", { low: whole(one.hours.low), high: whole(one.hours.high) }),
  ]);
  return [heads, rows];
}

/** Every heading with its sentences, in the order in which people ask. @param {With} given @param {Assessment} found @returns {[string, string[]][]} */
export function paragraphs(given, found) {
  const { say } = given;
  /** @type {[string, string[]][]} */
  const made = [
    ["forecast", [headline(given, found), risk(given, found), ...money(given, found)]],
    ["answered", gaps(given, found)],
    ["partners", [...agreement(given, found), ...asSeen(given, found)]],
    ["doubt", doubt(given, found)],
    ["changes", changes(given, found)],
  ];
  return made.filter(([, said]) => said.length).map(([head, said]) => [say.word(`assess.head_${head}`), said]);
}
