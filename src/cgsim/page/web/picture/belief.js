/**
 * What people believed against what was: on the line they were right, above it they flattered.
 *
 * @module
 */
import { scaleLinear } from "d3-scale";
import { html } from "../parts/html.js";
import { useWidth } from "../parts/width.js";

const [LEFT, FOOT, TOP] = [58, 44, 22];
const MOST = 520;

/** @param {{made: {guess: number, truth: number, title: string}[], label: string, across: string, up: string, tick: (value: number) => string}} given */
export function Belief({ made, label, across, up, tick }) {
  const [reference, wide] = useWidth(480);
  const width = Math.min(MOST, wide);
  const height = Math.round(width * 0.72);
  const xs = made.map((one) => one.truth);
  const ys = made.map((one) => one.guess);
  const x = scaleLinear([Math.min(-100, ...xs), Math.max(100, ...xs)], [LEFT, width - 16]).nice(5);
  const y = scaleLinear([Math.min(-100, ...ys), Math.max(100, ...ys)], [height - FOOT, TOP]).nice(5);
  const [low, high] = [Math.max(x.domain()[0], y.domain()[0]), Math.min(x.domain()[1], y.domain()[1])];
  return html`<div ref=${reference}>
    <svg role="img" aria-label=${label} width=${width} height=${height}>
      ${y.ticks(5).map((value) => html`<g key=${value}><line x1=${LEFT} x2=${width - 16} y1=${y(value)} y2=${y(value)} stroke=${value === 0 ? "var(--axis)" : "var(--line)"} /><text x=${LEFT - 8} y=${y(value) + 4} text-anchor="end">${tick(value)}</text></g>`)}
      ${x.ticks(Math.max(3, Math.min(6, width / 90))).map((value) => html`<text key=${value} x=${x(value)} y=${height - FOOT + 18} text-anchor="middle">${tick(value)}</text>`)}
      <line x1=${x(0)} x2=${x(0)} y1=${TOP} y2=${height - FOOT} stroke="var(--axis)" />
      <line x1=${x(low)} y1=${y(low)} x2=${x(high)} y2=${y(high)} stroke="var(--ink)" stroke-dasharray="5 4" />
      ${made.map((one, place) => html`<g key=${place}><title>${one.title}</title><circle cx=${x(one.truth)} cy=${y(one.guess)} r="6" fill=${one.guess > one.truth ? "var(--loses)" : "var(--gains)"} fill-opacity="0.75" /></g>`)}
      <text x=${width - 16} y=${height - 6} text-anchor="end">${across} →</text>
      <text x="0" y="12">↑ ${up}</text>
    </svg>
  </div>`;
}
