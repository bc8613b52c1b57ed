/** What you can change: a curve a lever; on a phone one at a time, chosen by chips. */
import { html, useRef, useState } from "../../parts/html.js";
import { kept } from "../../parts/page.js";
import { Sideways } from "../../parts/sideways.js";
import { useNarrow } from "../../parts/width.js";
import { Mark } from "../../parts/words.js";
import { partnershipsOf } from "../../scenario/tables.js";
import { CurveSlider } from "../../picture/curve.js";
import { LEVERS, isMixed, standsAt, valuesOf } from "../../scenario/levers.js";
import { Glance } from "./answer.js";

/** @typedef {import("../../parts/page.js").Page} Page */

const LEAST = 0.001; // a tenth of a point: what is written as no more

/**
 * @param {{page: Page, onMoving: (set: Record<string, number> | null) => void,
 *   onMoved: (lever: string, to: number) => string, onTake: () => void, open: string, onOpen: (lever: string) => void}} given
 *   `onTake`: a lever is taken hold of, by a pointer or the keyboard; until then moves are one move
 */
export function Levers({ page, onMoving, onMoved, onTake, open, onOpen }) {
  const narrow = useNarrow();
  const [fault, setFault] = useState("");
  const { say } = page;
  const curves = Object.values(curvesOf(page));
  const domain = domainOf(curves);
  const shown = narrow ? LEVERS.filter((one) => one.name === open) : LEVERS;
  const runs = curves[0]?.runs;
  const partnerships = partnershipsOf(page.tables).length;
  return html`<section class="card levers" aria-label="What you can change">
    ${(!narrow || !open) && html`<header class="row between"><h2>What you can change ${runs ? html`<${Mark} title="What you can change" text=${say.word("live.scale", { runs })} />` : ""}</h2>${!narrow && html`<${Glance} page=${{ ...page, result: page.shown, old: page.shown !== page.result }} />`}</header>`}
    ${narrow &&
    html`<${Sideways} row=${(/** @type {any} */ reference) => html`<ul class="chips" ref=${reference}>
      ${LEVERS.map((one) => html`<li key=${one.name}><button aria-pressed=${open === one.name} aria-expanded=${open === one.name} onClick=${() => onOpen(open === one.name ? "" : one.name)}>${one.label}: ${one.why(page.tables) ? "–" : standsAt(one, page.tables, say)}</button></li>`)}
    </ul>`} />`}
    ${partnerships > 1 && html`<p class="small quiet">${say.word("live.for_all", { partnerships })}</p>`}
    ${shown.map((one) => html`<${OneLever} key=${one.name} lever=${one} page=${page} domain=${domain} onMoving=${onMoving} onMoved=${onMoved} onTake=${onTake} onFault=${setFault} />`)}
    ${fault && html`<p class="fault" role="alert">${fault}</p>`}
  </section>`;
}

/** One scale for all curves. @param {import("../../engine/study.js").Curve[]} curves @returns {[number, number]} */
export function domainOf(curves) {
  const ends = curves.flatMap((curve) => curve.means);
  return [Math.min(-0.02, ...ends), Math.max(0.05, ...ends)];
}

/** Curves as they are, and those of before that are not known anew yet. @param {Page} page */
const curvesOf = ({ result, curves }) => ({ ...curves, ...result.curves });

/** @param {import("../../engine/study.js").Curve | undefined} curve @param {number[]} stops */
const fitting = (curve, stops) => (String(curve?.values) === String(stops) ? curve : undefined);

/**
 * @param {{lever: import("../../scenario/levers.js").Lever, page: Page, domain: [number, number],
 *   onMoving: (set: Record<string, number> | null) => void, onMoved: (lever: string, to: number) => string, onTake: () => void, onFault: (fault: string) => void}} given
 */
function OneLever({ lever, page, domain, onMoving, onMoved, onTake, onFault }) {
  const { tables, result, say } = page;
  const why = lever.why(tables);
  const value = lever.value(tables);
  const stops = lever.stops(tables);
  const known = why ? undefined : result.curves[lever.name];
  const curve = why ? undefined : known ?? fitting(page.curves[lever.name], stops);
  const words = why ? "" : standsAt(lever, tables, say);
  // What stands at several values stands at none of the curve's: there all partnerships have the same.
  const mixed = isMixed(lever, tables);
  const place = mixed ? -1 : stops.indexOf(value);
  const gain = curve?.means[place];
  const id = `lever-${lever.name}`;
  const of = say.term(page.study.measureOf(lever).of);
  // What a few runs seem to say changes with the next ones: until all are there the last line stays, dimmed.
  const last = useRef({ case: "", note: "…" });
  const whole = page.study.isWhole(known);
  if (whole) last.current = { case: page.state.case, note: note(lever, known, place, page, of) };
  else if (last.current.case !== page.state.case) last.current = { case: page.state.case, note: "…" };
  return html`<div class=${`lever ${page.state.panel === lever.name ? "asked" : ""}`}>
    <div class="names">
      <span><label for=${id}>${lever.label}</label><${Mark} title=${lever.label} text=${lever.help} /></span>
      <output for=${id}>${words}</output>
    </div>
    ${why
      ? html`<p class="note">${why}</p>`
      : html`<${CurveSlider}
            id=${id}
            value=${value}
            stops=${stops}
            curve=${curve}
            old=${!known}
            domain=${domain}
            words=${gain === undefined ? words : say.word("live.gain_here", { words, gain, of })}
            mixed=${mixed}
            usual=${lever.usual ?? []}
            disabled=${false}
            onTake=${onTake}
            onMove=${(/** @type {number} */ to) => onMoving({ [lever.name]: to })}
            onDone=${(/** @type {number} */ to) => onFault(onMoved(lever.name, to))}
          />
          <p class=${whole ? "note" : "note old"}>${kept(last.current.note)}</p>`}
  </div>`;
}

/**
 * What a curve says, each stop against where the lever stands, run by run: never against the figure,
 * which is of more runs.
 *
 * @param {import("../../scenario/levers.js").Lever} lever
 * @param {import("../../engine/study.js").Curve} curve
 * @param {number} place where it stands; -1 where partnerships differ
 * @param {Page} page
 * @param {string} of what the gain is a share of
 */
export function note(lever, curve, place, { tables, say, kitchen }, of) {
  const { values, means, gains, runs } = curve;
  const inWords = (/** @type {number} */ stop) => lever.words(values[stop], tables);
  const best = means.indexOf(Math.max(...means));
  const none = means[best] <= 0;
  const said = [];
  if (place < 0) {
    const all = valuesOf(lever, tables).map((one) => lever.words(one, tables)).join(", ");
    said.push(say.word("live.mixed_note", { values: all }), say.word("live.most_of_all", { words: inWords(best), gain: means[best], runs }));
  } else if (best === place) said.push(say.word(none ? "live.least_lost" : "live.most_here"));
  else if (means[best] - means[place] < LEAST) said.push(say.word("live.as_good"));
  else {
    const { value, low, high } = kitchen.statistics.mean(gains[best].map((gain, run) => gain - gains[place][run]));
    said.push(say.word(low > 0 ? "live.most" : "live.hardly", { words: inWords(best), all: { value, low, high, unit: "share" } }));
  }
  // From where on no gain can be told from luck any more, up to the end of the range.
  const gone = gains.findLastIndex((stop) => kitchen.statistics.mean(stop).low > 0) + 1;
  if (none) said.push(say.word("live.none"));
  else if (gone > best && gone < means.length) said.push(say.word("live.gone", { words: inWords(gone), runs }));
  if (lever.founders) said.push(say.word("live.by_area", { of }));
  return said.join(" ");
}
