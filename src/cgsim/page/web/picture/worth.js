/**
 * A name, a mean with its interval beside all others', and what more is to be said of it, a row each.
 *
 * @module
 */
import { scaleLinear } from "d3-scale";
import { html } from "../parts/html.js";

/** @typedef {import("../answer/statistics.js").Estimate} Estimate */

const HEIGHT = 22;
const EDGE = 4; // per cent of the width that is left free at both ends

/** The ends of all intervals, and 0. @param {Estimate[]} all @returns {[number, number]} */
export function reachOf(all) {
  const ends = all.flatMap(({ value, low, high }) => [value, low, high]).filter((end) => !Number.isNaN(end));
  const [low, high] = [Math.min(0, ...ends), Math.max(0, ...ends)];
  return high > low ? [low, high] : [low, low + 1e-3];
}

/** What an interval says is not told by its colour alone. @param {Estimate} estimate */
const colourOf = ({ low, high }) => (low > 0 ? "var(--gains)" : high < 0 ? "var(--loses)" : "var(--alone)");

/** @param {{name: string, estimate: Estimate | null, told: string, domain: [number, number], children?: any}} given without an estimate it is not known yet */
export function Worth({ name, estimate, told, domain, children }) {
  const x = scaleLinear(domain, [EDGE, 100 - EDGE]);
  const at = (/** @type {number} */ value) => `${x(value)}%`;
  const middle = HEIGHT / 2;
  const colour = estimate ? colourOf(estimate) : "";
  return html`<li class="worth">
    <span class="name">${name}</span>
    <svg width="100%" height=${HEIGHT} aria-hidden="true">
      <line x1=${at(0)} x2=${at(0)} y1="0" y2=${HEIGHT} stroke="var(--axis)" />
      ${estimate && html`<line x1=${at(estimate.low)} x2=${at(estimate.high)} y1=${middle} y2=${middle} stroke=${colour} stroke-width="5" />
      ${estimate.value > 0 ? html`<circle cx=${at(estimate.value)} cy=${middle} r="6" fill=${colour} />` : html`<svg x=${at(estimate.value)} y=${middle} overflow="visible"><rect x="-5.5" y="-5.5" width="11" height="11" fill=${colour} /></svg>`}`}
    </svg>
    <b class="number" style=${{ color: colour && colour !== "var(--alone)" ? colour : "var(--ink)" }}>${estimate ? told : "…"}</b>
    ${children}
  </li>`;
}
