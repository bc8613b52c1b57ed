/**
 * A slider that is a curve: the gain over a lever's whole range, and the handle that rides on it.
 *
 * @module
 */
import { scaleLinear } from "d3-scale";
import { area, line, curveMonotoneX } from "d3-shape";
import { html, useState } from "../parts/html.js";
import { Slider } from "../parts/slider.js";
import { useWidth } from "../parts/width.js";

const EDGE = 10; // half of the range input's thumb, so that both agree where a value stands
const HEIGHT = 48;
const FOOT = 12; // for words under the track
const ASIDE = 14; // how far the outer words reach in, so that all three have room
let numbers = 0;

/** A name for what stands once in a drawing: clips are known by name in the whole page. */
export const useName = () => useState(() => `part${(numbers += 1)}`)[0];

/**
 * A gain over a range: teal above 0, rust below.
 *
 * @param {{name: string, values: number[], x: (stop: number) => number, y: (value: number) => number, width: number, height: number}} given
 */
export function Gain({ name, values, x, y, width, height }) {
  if (!values.length) return null;
  const zero = y(0);
  const at = (/** @type {unknown} */ _, /** @type {number} */ index) => x(index);
  const of = (/** @type {unknown} */ _, /** @type {number} */ index) => y(values[index]);
  const points = /** @type {any} */ (values);
  const shape = area().x(at).y0(zero).y1(of).curve(curveMonotoneX)(points);
  const path = line().x(at).y(of).curve(curveMonotoneX)(points);
  return html`<clipPath id=${`${name}up`}><rect x="-20" y="-20" width=${width + 40} height=${zero + 20} /></clipPath>
    <clipPath id=${`${name}down`}><rect x="-20" y=${zero} width=${width + 40} height=${height + 40} /></clipPath>
    ${["up", "down"].map((side) => html`<g key=${side} clip-path=${`url(#${name}${side})`}>
      <path d=${shape} fill=${side === "up" ? "var(--gains-soft)" : "var(--loses-soft)"} />
      <path d=${path} fill="none" stroke=${side === "up" ? "var(--gains)" : "var(--loses)"} stroke-width="2" />
    </g>`)}`;
}

/**
 * @param {{id: string, value: number, stops: number[], curve: any, old: boolean, domain: [number, number],
 *   words: string, mixed: boolean, usual: [number, string][], disabled: boolean, onTake: () => void, onMove: (value: number) => void, onDone: (value: number) => void}} given
 */
export function CurveSlider({ id, value, stops, curve, old, domain, words, mixed, usual, disabled, onTake, onMove, onDone }) {
  const [reference, width] = useWidth(308);
  const name = useName();
  const [near, setNear] = useState(false);
  const x = scaleLinear([0, Math.max(1, stops.length - 1)], [EDGE, width - EDGE]);
  const y = scaleLinear(domain, [HEIGHT - 8, 12]);
  const place = Math.max(0, stops.indexOf(value));
  const zero = y(0);
  const points = /** @type {number[]} */ (curve?.means ?? []);
  const at = (/** @type {unknown} */ _, /** @type {number} */ index) => x(index);
  const height = points.length ? y(points[place]) : zero;
  const spread = curve && near ? area().x(at).y0((_, i) => y(curve.low[i])).y1((_, i) => y(curve.high[i])).curve(curveMonotoneX)(points.map((v) => [v, v])) : "";
  return html`<div class="track" ref=${reference} onPointerEnter=${() => setNear(true)} onPointerLeave=${() => setNear(false)}>
    <svg class=${old ? "curve old" : "curve"} width=${width} height=${HEIGHT + (usual.length ? FOOT : 0)} aria-hidden="true">
      ${spread && html`<path d=${spread} fill="var(--alone-soft)" opacity="0.7" />`}
      <${Gain} name=${name} values=${points} x=${x} y=${y} width=${width} height=${HEIGHT} />
      <line x1="0" x2=${width} y1=${zero} y2=${zero} stroke="var(--axis)" />
      <g class="marks">${usual.filter(([stop]) => stops.includes(stop)).map(([stop, word], place) => html`<g key=${word}>
        <line x1=${x(stops.indexOf(stop))} x2=${x(stops.indexOf(stop))} y1=${zero - 4} y2=${zero + 4} stroke="var(--axis)" />
        <text x=${x(stops.indexOf(stop))} y=${HEIGHT + FOOT - 3} text-anchor=${["end", "middle", "start"][place]} dx=${[ASIDE, 0, -ASIDE][place]}>${word}</text>
      </g>`)}</g>
      ${!mixed && html`<g class="handle" transform=${`translate(${x(place)},${height})`}>
        <line y1="0" y2=${Math.max(zero - height, 0) + 12} stroke="var(--ink)" stroke-width="1.5" />
        <circle r="7.5" fill="var(--card)" stroke="var(--ink)" stroke-width="2.5" />
      </g>`}
    </svg>
    <${Slider} id=${id} min="0" max=${stops.length - 1} value=${place} disabled=${disabled} aria-valuetext=${words} onFocus=${onTake} onPointerDown=${onTake} onMove=${(/** @type {number} */ at) => onMove(stops[at])} onDone=${(/** @type {number} */ at) => onDone(stops[at])} />
  </div>`;
}
