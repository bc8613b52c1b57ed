/**
 * The record of an answer: plain values that can be written as JSON, as `cgsim.answer.record` does.
 *
 * @module
 */

/**
 * @typedef {object} Statement a claim with its numbers, and the text that the catalogue makes of it
 * @property {string} id
 * @property {string} measure
 * @property {string} comparison
 * @property {number} value
 * @property {number} low
 * @property {number} high
 * @property {string} unit
 * @property {string} of
 * @property {string} holds_for
 * @property {Record<string, any> | null} numbers
 * @property {string} text
 */

/**
 * A statement with its text.
 *
 * @param {import("./results.js").Kitchen} kitchen
 * @param {string} id
 * @param {string} measure
 * @param {string} comparison
 * @param {Partial<Statement>} [rest]
 * @returns {Statement}
 */
export function statement(kitchen, id, measure, comparison, rest = {}) {
  const { value = NaN, low = NaN, high = NaN, unit = "", of = "", numbers = null } = rest;
  const { holds_for = kitchen.settings.here } = rest;
  const text = kitchen.say.word(id, {
    value,
    low,
    high,
    of: of ? kitchen.say.term(of) : "",
    all: { value, low, high, unit },
    ...numbers,
  });
  return { id, measure, comparison, value, low, high, unit, of, holds_for, numbers, text };
}

/** A record as JSON can hold it: what is not a number becomes null. @param {any} value @returns {any} */
export function plain(value) {
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (Array.isArray(value)) return value.map(plain);
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
  }
  return value;
}

/**
 * A record with parts that are made when they are first read: a figure that can be told need not
 * wait for a table.
 *
 * @param {Record<string, any>} record
 * @param {Record<string, () => any>} parts
 * @returns {any} as if they stood in it
 */
export function withLater(record, parts) {
  for (const [name, make] of Object.entries(parts)) {
    Object.defineProperty(record, name, {
      configurable: true,
      enumerable: true,
      get() {
        const value = plain(make());
        Object.defineProperty(record, name, { value, enumerable: true });
        return value;
      },
    });
  }
  return record;
}

/** The value of an answer's measure: its headline tells it where there is one. @param {any} answer @returns {number} NaN where it is not known */
export function headValue(answer) {
  const [first] = answer.headline;
  const told = first?.measure === answer.measure && Number.isFinite(first.value);
  return told ? first.value : valueIn(answer, answer.measure).value ?? NaN;
}

/** One of an answer's values. @param {any} answer @param {string} measure @returns {any} */
export function valueIn(answer, measure) {
  return answer.values.find((/** @type {any} */ value) => value.measure === measure);
}
