/**
 * An answer in plain words, for somebody who has a minute and no model: short sentences, all their
 * numbers those of the answer.
 *
 * @module
 */

/** @typedef {import("./results.js").Kitchen} Kitchen */

const WAYS = ["more", "less", "unclear"];

/**
 * @param {Kitchen} kitchen
 * @param {any} answer
 * @param {{seed: number, lists: {version: string}}} data
 * @param {string} moved what was changed, in words; "" for nothing
 * @returns {string} with its caveat
 */
export function inPlainWords({ say }, answer, { seed, lists }, moved) {
  const { headline, luck, doubt, title, values } = answer;
  const [first, ...others] = headline;
  const way = first.id.split(".")[1];
  const said = [];
  if (WAYS.includes(way)) {
    const { value, low, high } = values.find((/** @type {any} */ one) => one.measure === answer.measure);
    const turned = way === "less" ? { low: -high, high: -low } : { low, high };
    const against = say.word(answer.comparison === "alone" ? "live_take.plain_apart" : "live_take.plain_money");
    const interval = say.interval(/** @type {any} */ ({ value, ...turned }), "share");
    said.push(say.word(`live_take.plain_${way}`, { title, against, interval, all: { value, low, high, unit: "share" } }));
  } else said.push(first.text);
  const area = others.find((/** @type {any} */ one) => one.id.startsWith("area."));
  if (area && area.id !== "area.exact") said.push(say.word(`live_take.plain_units_${area.id.split(".")[1]}`, area.numbers));
  if (moved) said.push(moved);
  if (luck.runs > 1 && headline.some((/** @type {any} */ one) => one.id.startsWith("luck."))) said.push(say.word("live_take.plain_luck", { loses: [luck.loses, luck.runs] }));
  if (doubt) {
    said.push(say.word("live_take.plain_doubt", { draws: doubt.draws, gains: doubt.gains, loses: doubt.loses, given: doubt.given }));
    const [one, other] = doubt.turns_on.filter((/** @type {any} */ turn) => turn.stands_out);
    if (one) said.push(say.word(`live_take.plain_turns_${other ? "two" : "one"}`, { first: one.input, second: other?.input }));
  }
  return [...said, say.word("live_take.plain_caveat", { version: lists.version, seed })].join(" ");
}
