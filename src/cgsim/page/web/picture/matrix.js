/**
 * Who overlaps with whom, as a square in which those that overlap stand together.
 *
 * @module
 */
import { html } from "../parts/html.js";
import { useWidth } from "../parts/width.js";

const LETTER = 7.4; // pixels, of a name
const FIGURE = 27; // pixels that a figure of two digits needs
const [LOW, HIGH] = [20, 34]; // pixels of a row
const DARK = 0.7; // from so much of the most on, figures are written in the colour of the card

/**
 * @param {{names: string[], order: number[], shares: number[][], words: (share: number) => string, label: string}} given
 *   `shares`: from 0 to 1, by places in `names`; `words`: a share as it is written in a cell
 */
export function Matrix({ names, order, shares, words, label }) {
  const [reference, width] = useWidth(700);
  const count = order.length;
  const longest = Math.max(...names.map((name) => name.length)) * LETTER + 10;
  const left = Math.ceil(Math.min(longest, 260, width * 0.42));
  const size = Math.min((width - left) / count, 2 * HIGH);
  const row = Math.max(LOW, Math.min(HIGH, size));
  const most = Math.max(...shares.flat(), 1e-9);
  const letters = Math.floor((left - 10) / LETTER);
  return html`<div ref=${reference}>
    <svg role="img" aria-label=${label} width=${width} height=${count * row + 2}>
      ${order.map((a, place) => {
        const name = names[a].length > letters ? `${names[a].slice(0, letters - 1)}…` : names[a];
        return html`<g key=${a}>
          <title>${names[a]}</title>
          <text x=${left - 8} y=${place * row + row / 2 + 4.5} text-anchor="end" style=${{ fill: "var(--ink)" }}>${name}</text>
          ${order.map((b, column) => {
            const share = shares[a][b];
            const at = { x: left + column * size, y: place * row, width: Math.max(1, size - 1), height: row - 1 };
            if (a === b) return html`<rect key=${b} ...${at} fill="var(--line)" />`;
            const figure = share > 0 && size >= FIGURE ? words(share) : "";
            return html`<g key=${b}>
              <rect ...${at} fill="var(--gains)" fill-opacity=${0.05 + (0.95 * share) / most}><title>${names[a]}, ${names[b]}: ${words(share)} %</title></rect>
              ${figure && figure !== "0" && html`<text x=${at.x + at.width / 2} y=${at.y + row / 2 + 4.5} text-anchor="middle" style=${{ fill: share > DARK * most ? "var(--card)" : "var(--ink)" }}>${figure}</text>`}
            </g>`;
          })}
        </g>`;
      })}
    </svg>
  </div>`;
}
