/**
 * All settings of two or three controls: the first across, a line for each value of the second, a
 * panel for each value of the third.
 *
 * @module
 */
import { scaleLinear, scalePoint } from "d3-scale";
import { line } from "d3-shape";
import { html } from "../parts/html.js";
import { useWidth } from "../parts/width.js";

const HEIGHT = 210;
const [LEFT, TOP, FOOT] = [58, 10, 30];
const STYLES = [
  ["var(--gains)", ""],
  ["var(--loses)", "7 4"],
  ["var(--money)", "2 4"],
  ["var(--alone)", "9 3 2 3"],
  ["var(--ink)", "4 2"],
  ["var(--focus)", "1 3"],
];

/** How a line and its dots are drawn. @param {number} place */
const styleOf = (place) => STYLES[place % STYLES.length];

/**
 * @param {{axes: {label: string, names: string[]}[], values: number[], chosen: number,
 *   tick: (value: number) => string, label: string}} given `values`: the last axis runs fastest
 */
export function Settings({ axes, values, chosen, tick, label }) {
  const [reference, width] = useWidth(700);
  const shape = [...axes.map((axis) => axis.names.length), 1].slice(0, 3);
  const narrow = width < 560;
  const each = narrow ? width : width / shape[2];
  const x = scalePoint(axes[0].names.map((_, place) => String(place)), [LEFT, each - 24]).padding(0.3);
  const y = scaleLinear([Math.min(0, ...values), Math.max(1e-3, ...values)], [HEIGHT - FOOT, TOP]).nice(4);
  const at = (/** @type {number} */ a, /** @type {number} */ b, /** @type {number} */ c) => (a * shape[1] + b) * shape[2] + c;
  const across = (/** @type {number} */ place) => x(String(place)) ?? 0;
  return html`<div ref=${reference}>
    <div class="panels" role="img" aria-label=${label}>
      ${Array.from({ length: shape[2] }, (_, panel) => html`<div key=${panel}>
        ${axes[2] && html`<p class="small"><b>${axes[2].names[panel]}</b></p>`}
        <svg width=${each} height=${HEIGHT} aria-hidden="true">
          ${y.ticks(4).map((value) => html`<g key=${value}><line x1=${LEFT} x2=${each - 8} y1=${y(value)} y2=${y(value)} stroke=${value === 0 ? "var(--axis)" : "var(--line)"} /><text x=${LEFT - 6} y=${y(value) + 4} text-anchor="end">${tick(value)}</text></g>`)}
          ${axes[1].names.map((_, b) => {
            const [colour, dash] = styleOf(b);
            const points = axes[0].names.map((__, a) => /** @type {[number, number]} */ ([across(a), y(values[at(a, b, panel)])]));
            return html`<g key=${b}><path d=${line()(points)} fill="none" stroke=${colour} stroke-width="2" stroke-dasharray=${dash} />
              ${points.map(([px, py], a) => html`<g key=${a}><circle cx=${px} cy=${py} r="4" fill=${colour} />${at(a, b, panel) === chosen && html`<circle class="chosen" cx=${px} cy=${py} r="9" fill="none" stroke="var(--ink)" stroke-width="2.5" />`}</g>`)}</g>`;
          })}
          ${axes[0].names.map((name, a) => html`<text key=${a} x=${across(a)} y=${HEIGHT - 8} text-anchor="middle">${name.length > each / 30 ? name.split(" ")[0] : name}</text>`)}
        </svg>
      </div>`)}
    </div>
    <ul class="keys quiet">${axes[1].names.map((name, b) => html`<li key=${b}><svg width="26" height="10" aria-hidden="true"><line x2="26" y1="5" y2="5" stroke=${styleOf(b)[0]} stroke-width="2" stroke-dasharray=${styleOf(b)[1]} /></svg>${name}</li>`)}</ul>
  </div>`;
}
