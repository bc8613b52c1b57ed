/**
 * Two lines by month, together and alone, up to a month that is looked at.
 *
 * @module
 */
import { scaleLinear } from "d3-scale";
import { line } from "d3-shape";
import { html } from "../parts/html.js";
import { useWidth } from "../parts/width.js";
import { years } from "./fan.js";

const HEIGHT = 190;
const LEFT = 48;

/**
 * @param {{together: number[], alone: number[], month: number, label: string,
 *   events: {month: number}[], onMonth: (month: number) => void}} given
 */
export function TwoLines({ together, alone, month, label, events, onMonth }) {
  const [reference, width] = useWidth(420);
  const months = together.length;
  const x = scaleLinear([0, Math.max(1, months - 1)], [LEFT, width - 12]);
  const y = scaleLinear([0, Math.max(1, ...together, ...alone)], [HEIGHT - 24, 10]).nice(3);
  const path = (/** @type {number[]} */ row) => line().x((_, t) => x(t)).y((_, t) => y(row[t]))(/** @type {any} */ (row)) ?? "";
  const at = (/** @type {any} */ event) => {
    const box = event.currentTarget.getBoundingClientRect();
    onMonth(Math.max(0, Math.min(months - 1, Math.round(x.invert(event.clientX - box.left)))));
  };
  return html`<div ref=${reference}>
    <svg role="img" aria-label=${label} width=${width} height=${HEIGHT} onClick=${at} style=${{ cursor: "pointer" }}>
      ${y.ticks(3).map((value) => html`<g key=${value}><line x1=${LEFT} x2=${width - 12} y1=${y(value)} y2=${y(value)} stroke="var(--line)" /><text x=${LEFT - 6} y=${y(value) + 4} text-anchor="end">${value.toLocaleString("en-GB")}</text></g>`)}
      ${events.map((one, place) => html`<line key=${place} x1=${x(one.month)} x2=${x(one.month)} y1=${HEIGHT - 24} y2=${HEIGHT - 32} stroke="var(--ink)" />`)}
      <path d=${path(alone)} fill="none" stroke="var(--alone)" stroke-width="2" stroke-dasharray="5 4" />
      <path d=${path(together)} fill="none" stroke="var(--gains)" stroke-width="2.5" />
      <line x1=${x(month)} x2=${x(month)} y1="4" y2=${HEIGHT - 24} stroke="var(--ink)" stroke-width="1.5" />
      <circle cx=${x(month)} cy=${y(together[month])} r="5" fill="var(--card)" stroke="var(--ink)" stroke-width="2" />
      ${years(months, width).map((one) => html`<text key=${one.month} x=${x(one.month)} y=${HEIGHT - 5} text-anchor=${one.month === 0 ? "start" : "middle"}>${one.words}</text>`)}
    </svg>
    <ul class="keys quiet">
      <li><svg width="22" height="8" aria-hidden="true"><line x2="22" y1="4" y2="4" stroke="var(--gains)" stroke-width="2.5" /></svg>together</li>
      <li><svg width="22" height="8" aria-hidden="true"><line x2="22" y1="4" y2="4" stroke="var(--alone)" stroke-width="2" stroke-dasharray="5 4" /></svg>alone</li>
    </ul>
  </div>`;
}
