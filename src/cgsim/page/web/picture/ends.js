/**
 * Where many ended, as dots in heaps: two kinds, told apart by colour and by shape.
 *
 * @module
 */
import { scaleLinear } from "d3-scale";
import { html } from "../parts/html.js";
import { useWidth } from "../parts/width.js";
import { heaps } from "./dots.js";

const [EDGE, FOOT] = [26, 26];
const HEIGHT = 220;

/**
 * @param {{ends: {value: number, marked: boolean, title: string}[], label: string, tick: (value: number) => string, within?: [number, number]}} given
 *   `within`: what the axis spans, else all values, nought and a little to both sides
 */
export function Ends({ ends, label, tick, within }) {
  const [reference, width] = useWidth(640);
  const sorted = [...ends].sort((a, b) => a.value - b.value);
  const values = sorted.map((one) => one.value);
  const across = [EDGE, width - EDGE];
  const x = within ? scaleLinear(within, across) : scaleLinear([Math.min(-1, ...values), Math.max(1, ...values)], across).nice(6);
  const high = (/** @type {number} */ size) => Math.max(...heaps(values, x, size).map((dot) => dot.level + 1));
  let step = 18;
  while (step > 5 && high(step) * step > HEIGHT - FOOT - 8) step -= 1;
  const radius = (step - 2) / 2;
  const height = Math.min(HEIGHT, high(step) * step + FOOT + 16);
  const ground = height - FOOT;
  return html`<div ref=${reference}>
    <svg role="img" aria-label=${label} width=${width} height=${height}>
      <line x1="0" x2=${width} y1=${ground + 1} y2=${ground + 1} stroke="var(--axis)" />
      ${!within && html`<line x1=${x(0)} x2=${x(0)} y1="4" y2=${ground + 5} stroke="var(--axis)" stroke-dasharray="3 3" />`}
      ${x.ticks(Math.max(3, Math.min(7, width / 90))).map((value) => html`<text key=${value} x=${x(value)} y=${height - 6} text-anchor="middle">${tick(value)}</text>`)}
      ${heaps(values, x, step).map((dot, place) => {
        const y = ground - radius - 1 - dot.level * step;
        const { marked, title } = sorted[place];
        return html`<g key=${place}><title>${title}</title>${marked ? html`<rect x=${dot.x - radius} y=${y - radius} width=${2 * radius} height=${2 * radius} fill="var(--loses)" />` : html`<circle cx=${dot.x} cy=${y} r=${radius} fill="var(--gains)" />`}</g>`;
      })}
    </svg>
  </div>`;
}
