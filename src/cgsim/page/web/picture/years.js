/**
 * A few lines by month that are told apart by colour, dash and name: what each is ahead of a base.
 *
 * @module
 */
import { scaleLinear } from "d3-scale";
import { line } from "d3-shape";
import { html } from "../parts/html.js";
import { useWidth } from "../parts/width.js";
import { years } from "./fan.js";

const HEIGHT = 260;
const LEFT = 58;
const NARROW = 560;
const APART = 16; // pixels between two names

/** @typedef {{id: string, name: string, values: number[], colour: string, dash: string, width: number}} Line */

/** Heights of names, so that none stands on another. @param {number[]} heights @returns {number[]} */
export function apart(heights) {
  const order = heights.map((_, place) => place).sort((a, b) => heights[a] - heights[b]);
  const made = [...heights];
  for (let round = 0; round < 2; round += 1) {
    order.forEach((place, at) => {
      if (at) made[place] = Math.max(made[place], made[order[at - 1]] + APART);
    });
    const over = made[order[order.length - 1]] - HEIGHT + 30;
    if (over > 0) order.forEach((place) => (made[place] -= over));
  }
  return made;
}

/** @param {{lines: Line[], base: string, money: number[], label: string, number: (value: number) => string}} given `money`: months in which hours were bought */
export function Years({ lines, base, money, label, number }) {
  const [reference, width] = useWidth(640);
  const months = lines[0].values.length;
  const named = width >= NARROW; // else the names stand below
  const right = named ? 150 : 12;
  const values = lines.flatMap((one) => one.values);
  const x = scaleLinear([0, months], [LEFT, width - right]);
  const y = scaleLinear([Math.min(0, ...values), Math.max(1, ...values)], [HEIGHT - 26, 10]).nice(4);
  const path = (/** @type {number[]} */ row) => line().x((_, t) => x(t)).y((_, t) => y(t ? row[t - 1] : 0))(/** @type {any} */ ([0, ...row])) ?? "";
  const names = [...lines.map((one) => ({ ...one, at: y(one.values[months - 1]) })), { id: "base", name: base, colour: "var(--money)", dash: "", width: 1.5, at: y(0) }];
  const heights = apart(names.map((one) => one.at));
  return html`<div ref=${reference}>
    <svg role="img" aria-label=${label} width=${width} height=${HEIGHT}>
      ${money.map((month) => html`<rect key=${month} x=${x(month)} y="10" width=${x(1) - x(0) + 0.5} height=${HEIGHT - 36} fill="var(--money-soft)" />`)}
      ${y.ticks(4).map((value) => html`<g key=${value}>${value !== 0 && html`<line x1=${LEFT} x2=${width - right} y1=${y(value)} y2=${y(value)} stroke="var(--line)" />`}<text x=${LEFT - 8} y=${y(value) + 4} text-anchor="end">${number(value)}</text></g>`)}
      <line x1=${LEFT} x2=${width - right} y1=${y(0)} y2=${y(0)} stroke="var(--money)" stroke-width="1.5" />
      ${[...lines].reverse().map((one) => html`<path key=${one.id} d=${path(one.values)} fill="none" stroke=${one.colour} stroke-width=${one.width} stroke-dasharray=${one.dash} />`)}
      ${named && names.map((one, place) => html`<text key=${one.id} x=${width - right + 6} y=${heights[place] + 4} style=${{ fill: one.colour, fontWeight: 650 }}>${one.name}</text>`)}
      ${years(months + 1, width - right + LEFT).map((one) => html`<text key=${one.month} x=${x(one.month)} y=${HEIGHT - 6} text-anchor=${one.month === 0 ? "start" : one.month === months ? "end" : "middle"}>${one.words}</text>`)}
    </svg>
    ${!named && html`<ul class="keys">${names.map((one) => html`<li key=${one.id}><svg width="26" height="10" aria-hidden="true"><line x2="26" y1="5" y2="5" stroke=${one.colour} stroke-width=${one.width} stroke-dasharray=${one.dash} /></svg>${one.name}</li>`)}</ul>`}
  </div>`;
}
