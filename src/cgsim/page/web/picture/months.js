/**
 * Lines by month, one quantity above the other: of one life, with others that were looked at before.
 *
 * @module
 */
import { scaleLinear } from "d3-scale";
import { line } from "d3-shape";
import { html } from "../parts/html.js";
import { useWidth } from "../parts/width.js";
import { years } from "./fan.js";

const LEFT = 58;
const RIGHT = 12;
const TOP = 8;
const FOOT = 24;

/** @typedef {{values: (number | null)[], colour: string, width: number, dash?: string}} Line `null`: there is none in that month */

/**
 * @param {{title: string, lines: Line[], most?: number, least?: number, number: (value: number) => string, label: string, height?: number}} given
 *   the last line lies on top; `most` and `least`: what the axis reaches at least
 */
export function Months({ title, lines, most = 0, least = 0, number, label, height = 130 }) {
  const [reference, width] = useWidth(480);
  const months = Math.max(...lines.map((one) => one.values.length));
  const known = lines.flatMap((one) => one.values.flatMap((value) => (value === null ? [] : [value])));
  const x = scaleLinear([0, months - 1], [LEFT, width - RIGHT]);
  const y = scaleLinear([Math.min(least, ...known), Math.max(most, ...known)], [height - FOOT, TOP]).nice(3);
  const path = (/** @type {(number | null)[]} */ values) =>
    line().defined((value) => /** @type {any} */ (value) !== null).x((_, t) => x(t)).y((value) => y(/** @type {any} */ (value)))(/** @type {any} */ (values)) ?? "";
  return html`<figure class="months" ref=${reference}>
    <figcaption>${title}</figcaption>
    <svg role="img" aria-label=${label} width=${width} height=${height}>
      ${y.ticks(3).map((value) => html`<g key=${value}><line x1=${LEFT} x2=${width - RIGHT} y1=${y(value)} y2=${y(value)} stroke="var(--line)" /><text x=${LEFT - 8} y=${y(value) + 4} text-anchor="end">${number(value)}</text></g>`)}
      ${lines.map((one, place) => html`<path key=${place} d=${path(one.values)} fill="none" stroke=${one.colour} stroke-width=${one.width} stroke-dasharray=${one.dash ?? ""} stroke-linejoin="round" />`)}
      ${years(months, width).map((one) => html`<text key=${one.month} x=${x(one.month)} y=${height - 5} text-anchor=${one.month === 0 ? "start" : "middle"}>${one.words}</text>`)}
    </svg>
  </figure>`;
}
