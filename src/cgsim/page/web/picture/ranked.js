/**
 * Names with a bar and an interval each, from those that gain most to those that lose most.
 *
 * @module
 */
import { scaleLinear } from "d3-scale";
import { html } from "../parts/html.js";
import { useWidth } from "../parts/width.js";

const ROW = 26;

/** @param {{rows: {name: string, value: number, low: number, high: number, words: string}[], label: string}} given */
export function Ranked({ rows, label }) {
  const [reference, width] = useWidth(700);
  const left = Math.min(240, width * 0.42);
  const ends = rows.flatMap((row) => [row.low, row.high, row.value]).filter((end) => !Number.isNaN(end));
  const x = scaleLinear([Math.min(0, ...ends), Math.max(0.001, ...ends)], [left, width - 70]);
  const most = Math.floor(left / 7.6);
  return html`<div ref=${reference}>
    <svg role="img" aria-label=${label} width=${width} height=${rows.length * ROW + 4}>
      ${rows.map((row, place) => {
        const y = place * ROW;
        const colour = row.value > 0 ? "var(--gains)" : row.value < 0 ? "var(--loses)" : "var(--alone)";
        const name = row.name.length > most ? `${row.name.slice(0, most - 1)}…` : row.name;
        return html`<g key=${row.name}>
          <title>${row.name}</title>
          <text x="0" y=${y + 17} style=${{ fill: "var(--ink)" }}>${name}</text>
          <rect x=${Math.min(x(0), x(row.value))} y=${y + 5} width=${Math.abs(x(row.value) - x(0))} height="15" rx="2" fill=${colour} opacity="0.85" />
          ${!Number.isNaN(row.low) && html`<line x1=${x(row.low)} x2=${x(row.high)} y1=${y + 12.5} y2=${y + 12.5} stroke="var(--ink)" stroke-width="2" />`}
          <text x=${width - 62} y=${y + 17} style=${{ fill: colour, fontWeight: 650 }}>${row.words}</text>
        </g>`;
      })}
      <line x1=${x(0)} x2=${x(0)} y1="0" y2=${rows.length * ROW} stroke="var(--axis)" />
    </svg>
  </div>`;
}
