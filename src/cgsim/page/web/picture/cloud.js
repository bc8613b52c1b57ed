/**
 * A dot a draw: the value of one input beside the gain it came to.
 *
 * @module
 */
import { scaleLinear } from "d3-scale";
import { html } from "../parts/html.js";
import { useWidth } from "../parts/width.js";

const HEIGHT = 262;
const LEFT = 62;

/** @param {{inputs: number[], gains: number[], label: string, words: string, tick: (value: number) => string}} given */
export function Cloud({ inputs, gains, label, words, tick }) {
  const [reference, width] = useWidth(560);
  const ends = (/** @type {number[]} */ row) => /** @type {[number, number]} */ ([Math.min(...row), Math.max(...row)]);
  const x = scaleLinear(ends(inputs), [LEFT + 10, width - 14]).nice(5);
  const [low, high] = ends([...gains, 0]);
  const y = scaleLinear([low, high === low ? low + 0.01 : high], [HEIGHT - 28, 10]).nice(4);
  return html`<div ref=${reference}>
    <svg role="img" aria-label=${label} width=${width} height=${HEIGHT}>
      ${y.ticks(5).map((value) => html`<g key=${value}><line x1=${LEFT} x2=${width} y1=${y(value)} y2=${y(value)} stroke=${value === 0 ? "var(--axis)" : "var(--line)"} /><text x=${LEFT - 8} y=${y(value) + 4} text-anchor="end">${tick(value)}</text></g>`)}
      ${x.ticks(Math.min(6, width / 90)).map((value) => html`<text key=${value} x=${x(value)} y=${HEIGHT - 8} text-anchor="middle">${Number(value.toPrecision(4))}</text>`)}
      ${gains.map((gain, draw) => html`<circle key=${draw} cx=${x(inputs[draw])} cy=${y(gain)} r="5" fill=${gain > 0 ? "var(--gains)" : gain < 0 ? "var(--loses)" : "var(--alone)"} fill-opacity="0.85" />`)}
    </svg>
    <p class="small" style=${{ textAlign: "center" }}>${words}</p>
  </div>`;
}
