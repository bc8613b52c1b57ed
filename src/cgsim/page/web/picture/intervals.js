/**
 * Cases one under the other: the mean, its interval, where nine runs in ten lie, and what was before.
 *
 * @module
 */
import { scaleLinear } from "d3-scale";
import { html } from "../parts/html.js";

/** @typedef {{label: string, estimate: {value: number, low: number, high: number}, from: number, to: number}} Row */

const HEIGHT = 30;
const EDGE = 3; // per cent of the width that is left free at both ends

/** The ends of all that rows show, and 0. @param {Row[]} rows @returns {[number, number]} */
export function endsOf(rows) {
  const ends = rows.flatMap(({ from, to, estimate }) => [from, to, estimate.low, estimate.high]).filter((end) => !Number.isNaN(end));
  const [low, high] = [Math.min(0, ...ends), Math.max(0, ...ends)];
  return high > low ? [low, high] : [low, low + 1e-3];
}

/**
 * @param {{rows: Row[], before?: Row[] | null, domain: [number, number], axis: string,
 *   words: (row: Row) => string, label: string}} given `domain`: the same for pictures to be
 *   compared; `words`: a row's value
 */
export function Intervals({ rows, before = null, domain, axis, words, label }) {
  const x = scaleLinear(domain, [EDGE, 100 - EDGE]);
  const at = (/** @type {number} */ value) => `${x(value)}%`;
  const middle = HEIGHT / 2;
  return html`<div class="intervals" role="img" aria-label=${label}>
    ${rows.map((row, place) => {
      const { value, low, high } = row.estimate;
      const colour = value > 0 ? "var(--gains)" : value < 0 ? "var(--loses)" : "var(--alone)";
      const was = before?.[place].estimate.value;
      return html`<span class="name">${row.label}</span>
        <svg width="100%" height=${HEIGHT} aria-hidden="true">
          <line x1=${at(0)} x2=${at(0)} y1="0" y2=${HEIGHT} stroke="var(--axis)" />
          ${!Number.isNaN(row.from) && html`<line x1=${at(row.from)} x2=${at(row.to)} y1=${middle} y2=${middle} stroke=${colour} stroke-width="1.5" opacity="0.8" />`}
          ${!Number.isNaN(low) && html`<line x1=${at(low)} x2=${at(high)} y1=${middle} y2=${middle} stroke=${colour} stroke-width="6" />`}
          ${was !== undefined && html`<svg x=${at(was)} y=${middle} overflow="visible"><path d="M0,-7 L7,0 L0,7 L-7,0 Z" fill="var(--card)" stroke="var(--alone)" stroke-width="2" /></svg>`}
          ${value > 0 ? html`<circle cx=${at(value)} cy=${middle} r="6.5" fill=${colour} />` : html`<svg x=${at(value)} y=${middle} overflow="visible"><rect x="-6" y="-6" width="12" height="12" fill=${colour} /></svg>`}
        </svg>
        <b class="number" style=${{ color: colour }}>${words(row)}</b>`;
    })}
    <span class="axis quiet">${axis}</span>
  </div>`;
}
