/**
 * The gain over a lever's whole range, with its axes: where it stands, where most is gained, where it ends.
 *
 * @module
 */
import { scaleLinear } from "d3-scale";
import { html } from "../parts/html.js";
import { useWidth } from "../parts/width.js";
import { Gain, useName } from "./curve.js";

const HEIGHT = 132;
const LEFT = 58;
const RIGHT = 16;
const FOOT = 24;
const LETTER = 7.4; // pixels: how wide a letter is, about

/**
 * @param {{stops: string[], values: number[], place: number, domain: [number, number], label: string,
 *   tick: (value: number) => string}} given `stops`: the range in words; `place`: where the lever
 *   stands, -1 at no one of them; `domain`: the same for curves to be compared
 */
export function Range({ stops, values, place, domain, label, tick }) {
  const [reference, width] = useWidth(420);
  const name = useName();
  const x = scaleLinear([0, Math.max(1, stops.length - 1)], [LEFT + 10, width - RIGHT]);
  const y = scaleLinear(domain, [HEIGHT - FOOT - 4, 10]).nice(3);
  const best = values.indexOf(Math.max(...values));
  // Its own place first, then the ends, then the best: as many as there is room for.
  /** @type {{stop: number, from: number, to: number, anchor: string}[]} */
  const named = [];
  for (const stop of new Set([place, 0, stops.length - 1, best])) {
    if (stop < 0) continue;
    const long = stops[stop].length * LETTER;
    const [middle, most] = [x(stop), width - 2];
    const anchor = middle - long / 2 < LEFT - 20 ? "start" : middle + long / 2 > most ? "end" : "middle";
    const from = anchor === "start" ? middle - 6 : anchor === "end" ? most - long : middle - long / 2;
    if (named.every((one) => from > one.to + 10 || from + long < one.from - 10)) named.push({ stop, from, to: from + long, anchor });
  }
  return html`<div ref=${reference}>
    <svg role="img" aria-label=${label} width=${width} height=${HEIGHT}>
      ${y.ticks(3).map((value) => html`<g key=${value}><line x1=${LEFT} x2=${width} y1=${y(value)} y2=${y(value)} stroke=${value === 0 ? "var(--axis)" : "var(--line)"} /><text x=${LEFT - 8} y=${y(value) + 4} text-anchor="end">${tick(value)}</text></g>`)}
      <${Gain} name=${name} values=${values} x=${x} y=${y} width=${width} height=${HEIGHT} />
      ${place >= 0 && html`<line x1=${x(place)} x2=${x(place)} y1=${y(values[place])} y2=${HEIGHT - FOOT} stroke="var(--ink)" stroke-width="1.5" /><circle cx=${x(place)} cy=${y(values[place])} r="6.5" fill="var(--card)" stroke="var(--ink)" stroke-width="2.5" />`}
      ${named.map(({ stop, from, to, anchor }) => html`<text key=${stop} x=${anchor === "start" ? from : anchor === "end" ? to : (from + to) / 2} y=${HEIGHT - 6} text-anchor=${anchor} style=${stop === place ? { fill: "var(--ink)", fontWeight: 650 } : {}}>${stops[stop]}</text>`)}
    </svg>
  </div>`;
}
