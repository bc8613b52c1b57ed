/** The bets of a room as a picture: bars by choice, or marks on a line with the answer among them. */
import { scaleLinear } from "d3-scale";
import { figure } from "../../answer/formats.js";
import { html } from "../../parts/html.js";

const HEIGHT = 92;

/**
 * @param {{lesson: any, guess: number[], right: number, say: import("../../answer/formats.js").Catalogue}} given
 */
export function Guesses({ lesson, guess, right, say }) {
  const { choices, low, high, unit, near } = lesson.bet;
  if (choices.length) {
    const most = Math.max(1, ...guess);
    return html`<ul class="bars guesses">
      ${choices.map((/** @type {string} */ choice, /** @type {number} */ place) => {
        const hit = place === lesson.answer.right;
        return html`<li key=${choice}>
          <span class=${hit ? "gains" : ""}>${hit ? html`<b>✓ ${choice}</b>` : choice}</span><b>${guess[place]}</b>
          <svg class="bar" width="100%" height="10" aria-hidden="true"><rect width=${`${(100 * guess[place]) / most}%`} height="10" rx="4" fill=${hit ? "var(--gains)" : "var(--alone)"} /></svg>
        </li>`;
      })}
    </ul>`;
  }
  const x = scaleLinear([low, high], [3, 97]);
  const at = (/** @type {number} */ value) => `${x(Math.max(low, Math.min(high, value)))}%`;
  const from = x(Math.max(low, right - near));
  const ground = HEIGHT - 26;
  /** @type {Map<number, number>} */
  const heaps = new Map();
  return html`<svg role="img" width="100%" height=${HEIGHT} aria-label=${say.word("live_teach.line_label", { low, high, unit, right: figure(right.toFixed(1)) })}>
    <rect x=${`${from}%`} width=${`${x(Math.min(high, right + near)) - from}%`} y="6" height=${ground - 6} fill="var(--gains-soft)" />
    <line x1="0" x2="100%" y1=${ground} y2=${ground} stroke="var(--axis)" />
    <line x1=${at(right)} x2=${at(right)} y1="6" y2=${ground} stroke="var(--gains)" stroke-width="3" />
    ${guess.map((value, place) => {
      const level = heaps.get(value) ?? 0;
      heaps.set(value, level + 1);
      return html`<circle key=${place} cx=${at(value)} cy=${ground - 7 - (level % 4) * 13} r="6" fill=${Math.abs(value - right) <= near ? "var(--gains)" : "var(--ink)"} />`;
    })}
    ${[low, (low + high) / 2, high].map((value) => html`<text key=${value} x=${at(value)} y=${HEIGHT - 8} text-anchor="middle">${figure(String(value))}</text>`)}
  </svg>`;
}
