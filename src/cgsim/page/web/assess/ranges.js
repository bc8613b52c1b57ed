/**
 * Ranges that answers leave, and what several of them have in common: `cgsim.assess.questions`.
 *
 * @module
 */

/** @typedef {number | boolean | string} Value */
/**
 * @typedef {object} Factor values to choose from, or a low and a high end to draw between
 * @property {string} key a parameter, or "agenda"
 * @property {Value[]} [values]
 * @property {number} [low]
 * @property {number} [high]
 * @property {string | null} [times] the range is a multiple of this parameter's value
 */
/** @typedef {{id: string, text: string, leaves: Record<string, Factor>}} Answer */
/** @typedef {{id: string, theme: string, text: string, why: string, source: string, topic: string, answers: Answer[]}} Question */
/** @typedef {{id: string, kind: string, text: string, assumed: string, set: Record<string, Step>}} Change */
/** @typedef {{to?: Value, times?: number, at_least?: number, at_most?: number}} Step */
/**
 * @typedef {object} Asked what `cgsim.page.questions` gave
 * @property {Question[]} questions
 * @property {Change[]} changes
 * @property {Record<string, Factor>} wide what each parameter is drawn from where nothing is known
 * @property {Record<string, string>} owners the question that each parameter is told under
 * @property {Record<string, string>} topics of parameters that no question is about
 * @property {Record<string, number>} words places among the addresses of draws, by key
 * @property {any} settings
 * @property {{name: string, title: string, tables: any}} base the area where there is no case of one's own
 */

/** @param {Factor} first @param {Factor} second @returns {Factor | null} what both allow */
export function meet(first, second) {
  if (first.values) {
    const values = first.values.filter((value) => second.values?.includes(value));
    return values.length ? { key: first.key, values } : null;
  }
  const low = Math.max(Number(first.low), Number(second.low));
  const high = Math.min(Number(first.high), Number(second.high));
  return low <= high ? { key: first.key, low, high, times: first.times } : null;
}

/** @param {Factor} first @param {Factor} second @returns {Factor} the smallest that holds both */
export function hull(first, second) {
  if (first.values) {
    const more = (second.values ?? []).filter((value) => !first.values?.includes(value));
    return { key: first.key, values: [...first.values, ...more] };
  }
  return { key: first.key, low: Math.min(Number(first.low), Number(second.low)), high: Math.max(Number(first.high), Number(second.high)), times: first.times };
}

/**
 * What several ranges leave, and whether they contradict each other: then their hull is taken.
 *
 * @param {Factor[]} ranges
 * @returns {[Factor, boolean]}
 */
export function narrowed(ranges) {
  /** @type {Factor | null} */
  let left = ranges[0];
  for (const other of ranges.slice(1)) left = left && meet(left, other);
  return left ? [left, false] : [ranges.reduce(hull), true];
}

/** The value that lies at a share from 0 to 1. @param {Factor} factor @param {number} share @param {boolean} whole @returns {Value} */
export function valueAt({ values, low, high }, share, whole) {
  if (values) return values[Math.min(values.length - 1, Math.trunc(share * values.length))];
  const [from, to] = [Number(low), Number(high)];
  if (whole) return Math.min(Math.trunc(to), Math.trunc(from + share * (to - from + 1)));
  return from + share * (to - from);
}

/** @param {Factor} factor @returns {string} as a reader understands it: `0.3 to 0.5`, `1 or 2` */
export function rangeInWords({ values, low, high }) {
  if (values) return values.map((value) => (value === true ? "yes" : value === false ? "no" : String(value))).join(" or ");
  return low === high ? String(low) : `${low} to ${high}`;
}
