/**
 * Dots that can be counted: a value each, in heaps, teal where it gains and rust where it loses.
 *
 * @module
 */
import { scaleLinear } from "d3-scale";
import { html } from "../parts/html.js";
import { useWidth } from "../parts/width.js";

const EDGE = 26;
const FOOT = 24;

/**
 * @param {number[]} values
 * @param {(value: number) => number} x
 * @param {number} step how far heaps are apart
 * @returns {{x: number, level: number, value: number}[]} centres, counted from below
 */
export function heaps(values, x, step) {
  /** @type {Map<number, number>} */
  const heights = new Map();
  // A heap never holds gains and losses: the sign of a dot is where it stands.
  const zero = x(0);
  return [...values]
    .sort((a, b) => a - b)
    .map((value) => {
      const off = (x(value) - zero) / step;
      const heap = value === 0 ? 0 : value > 0 ? Math.floor(off) + 0.5 : Math.ceil(off) - 0.5;
      const level = heights.get(heap) ?? 0;
      heights.set(heap, level + 1);
      return { x: zero + heap * step, level, value };
    });
}

/**
 * @param {{values: number[], domain: [number, number], label: string, height?: number,
 *   tick: (value: number) => string, beside?: number[][]}} given `beside`: what is drawn beside these
 *   dots, so that all have one size
 */
export function Dots({ values, domain, label, height = 104, tick, beside = [] }) {
  const [reference, width] = useWidth(360);
  const x = scaleLinear(domain, [EDGE, width - EDGE]).nice(5);
  const room = height - FOOT - 4;
  // Smaller dots where a heap would be higher than there is room.
  const high = (/** @type {number} */ size) => Math.max(0, ...[values, ...beside].flatMap((all) => heaps(all, x, size).map((dot) => dot.level + 1)));
  let step = 15;
  while (step > 5 && high(step) * (step - 0.5) > room) step -= 1;
  const placed = heaps(values, x, step);
  const radius = (step - 1.6) / 2;
  const ground = height - FOOT;
  return html`<div ref=${reference}>
    <svg role="img" aria-label=${label} width=${width} height=${height}>
      <line x1="0" x2=${width} y1=${ground + 1} y2=${ground + 1} stroke="var(--axis)" />
      <line x1=${x(0)} x2=${x(0)} y1=${ground - room} y2=${ground + 5} stroke="var(--axis)" stroke-dasharray="3 3" />
      ${x.ticks(Math.max(3, Math.min(5, width / 100))).map((value) => html`<text key=${value} x=${x(value)} y=${height - 5} text-anchor="middle">${tick(value)}</text>`)}
      ${placed.map((dot, place) => html`<circle key=${place} cx=${dot.x} cy=${ground - radius - dot.level * (step - 0.5)} r=${radius} fill=${dot.value > 0 ? "var(--gains)" : dot.value < 0 ? "var(--loses)" : "var(--alone)"} />`)}
    </svg>
  </div>`;
}
