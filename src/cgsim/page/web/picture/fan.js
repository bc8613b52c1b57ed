/**
 * A line by month with a fan of what runs did, the time of the money, and what happened on the way.
 *
 * @module
 */
import { scaleLinear } from "d3-scale";
import { area, line } from "d3-shape";
import { html, useState } from "../parts/html.js";
import { useWidth } from "../parts/width.js";

/** @typedef {{month: number, words: string}} Happening */

const LEFT = 58;
const RIGHT = 14;
const FOOT = 26;
const SIDES = [
  ["up", "var(--gains-soft)", "var(--gains-mid)", "var(--gains)"],
  ["down", "var(--loses-soft)", "var(--loses-mid)", "var(--loses)"],
];
let numbers = 0;

/** @param {number} months @param {number} width @returns {{month: number, words: string}[]} */
export function years(months, width) {
  const each = Math.max(1, Math.ceil(months / 12 / Math.max(2, (width - LEFT) / 76)));
  const made = [{ month: 0, words: "start" }];
  for (let year = each; year * 12 < months; year += each) made.push({ month: year * 12, words: `year ${year}` });
  return made;
}

/** Months one after the other, as the first and the last of each time. @param {number[]} months in their order @returns {[number, number][]} */
export function spans(months) {
  /** @type {[number, number][]} */
  const made = [];
  for (const month of months) {
    const last = made.at(-1);
    if (last && last[1] === month - 1) last[1] = month;
    else made.push([month, month]);
  }
  return made;
}

/**
 * @param {{lines: number[][], money: number[], happenings: Happening[], label: string, unit: string,
 *   month: number | null, number: (value: number) => string, onMonth: (month: number) => void}} given
 */
export function Fan({ lines, money, happenings, label, unit, month, number, onMonth }) {
  const [reference, width] = useWidth(760);
  const [name] = useState(() => `fan${(numbers += 1)}`);
  const months = lines[0].length;
  const rows = Math.min(3, happenings.length);
  const top = 8 + rows * 17;
  const height = 196 + rows * 17;
  const x = scaleLinear([0, months - 1], [LEFT, width - RIGHT]);
  const low = Math.min(0, ...lines[0]);
  const high = Math.max(0, ...lines.at(-1) ?? []);
  const y = scaleLinear([low, high === low ? 1 : high], [height - FOOT, top]).nice(4);
  const band = (/** @type {number[]} */ one, /** @type {number[]} */ other) => area().x((_, t) => x(t)).y0((_, t) => y(one[t])).y1((_, t) => y(other[t]))(/** @type {any} */ (one)) ?? "";
  const middle = lines[2];
  const at = (/** @type {any} */ event) => {
    const box = event.currentTarget.getBoundingClientRect();
    return Math.max(0, Math.min(months - 1, Math.round(x.invert(event.clientX - box.left))));
  };
  /** @type {Map<number, number>} */
  const ends = new Map();
  const placed = happenings.map((one) => {
    const start = x(one.month);
    const long = one.words.length * 7.2 + 8;
    const turned = start + long > width;
    let row = 0;
    while (row < 2 && (ends.get(row) ?? -1) > (turned ? start - long : start)) row += 1;
    ends.set(row, turned ? start : start + long);
    return { ...one, row, turned };
  });
  return html`<div ref=${reference}>
    <svg role="img" aria-label=${label} width=${width} height=${height} onClick=${(/** @type {any} */ event) => onMonth(at(event))} style=${{ cursor: "pointer" }}>
      ${spans(money).map(([first, last]) => html`<rect key=${`money${first}`} class="money" x=${x(first)} y=${top} width=${Math.max(2, x(last) - x(first))} height=${height - FOOT - top} fill="var(--money-soft)" />`)}
      ${y.ticks(4).map((value) => html`<g key=${value}><line x1=${LEFT} x2=${width - RIGHT} y1=${y(value)} y2=${y(value)} stroke=${value === 0 ? "var(--axis)" : "var(--line)"} /><text x=${LEFT - 8} y=${y(value) + 4} text-anchor="end">${number(value)}</text></g>`)}
      <clipPath id=${`${name}up`}><rect width=${width} height=${y(0) + 1.5} /></clipPath>
      <clipPath id=${`${name}down`}><rect y=${y(0) + 1.5} width=${width} height=${height} /></clipPath>
      ${SIDES.map(([side, soft, mid, full]) => html`<g key=${side} clip-path=${`url(#${name}${side})`}>
        <path d=${band(lines[0], lines[4])} fill=${soft} />
        <path d=${band(lines[1], lines[3])} fill=${mid} />
        <path d=${line().x((_, t) => x(t)).y((_, t) => y(middle[t]))(/** @type {any} */ (middle))} fill="none" stroke=${full} stroke-width="2.5" />
      </g>`)}
      ${placed.map((one) => html`<g key=${`${one.month} ${one.words}`}><line x1=${x(one.month)} x2=${x(one.month)} y1=${12 + one.row * 17} y2=${height - FOOT} stroke="var(--ink)" stroke-dasharray="3 3" /><text x=${x(one.month) + (one.turned ? -5 : 5)} y=${15 + one.row * 17} text-anchor=${one.turned ? "end" : "start"} class="named">${one.words}</text></g>`)}
      ${month !== null && month < months && html`<circle cx=${x(month)} cy=${y(middle[month])} r="6" fill="var(--card)" stroke="var(--ink)" stroke-width="2.5" />`}
      ${years(months, width).map((one) => html`<text key=${one.month} x=${x(one.month)} y=${height - 6} text-anchor=${one.month === 0 ? "start" : "middle"}>${one.words}</text>`)}
      <text x="0" y=${top - 8 < 12 ? 12 : 12} class="hidden">${unit}</text>
    </svg>
  </div>`;
}
