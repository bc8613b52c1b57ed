/** What you can change: a curve a lever; on a phone one at a time, chosen by chips. */
import { html, useState } from "../../parts/html.js";
import { minus } from "../../parts/page.js";
import { useNarrow } from "../../parts/width.js";
import { Mark } from "../../parts/words.js";
import { partnershipsOf } from "../../scenario/tables.js";
import { CurveSlider } from "../../picture/curve.js";
import { LEVERS, isMixed, standsAt, valuesOf } from "../../scenario/levers.js";

/** @typedef {import("../../parts/page.js").Page} Page */

const LEAST = 0.005; // half a point: what hardly differs

/**
 * @param {{page: Page, onMoving: (set: Record<string, number> | null) => void, open: string,
 *   onOpen: (lever: string) => void}} given
 */
export function Levers({ page, onMoving, open, onOpen }) {
  const narrow = useNarrow();
  const [fault, setFault] = useState("");
  const { say } = page;
  const curves = Object.values(curvesOf(page));
  const ends = curves.flatMap((curve) => curve.means);
  const domain = /** @type {[number, number]} */ ([Math.min(-0.02, ...ends), Math.max(0.05, ...ends)]);
  const shown = narrow ? LEVERS.filter((one) => one.name === open) : LEVERS;
  const runs = curves[0]?.runs;
  const partnerships = partnershipsOf(page.tables).length;
  return html`<section class="card levers" aria-label="What you can change">
    ${(!narrow || !open) && html`<h2>What you can change</h2>`}
    ${narrow &&
    html`<ul class="chips">
      ${LEVERS.map((one) => html`<li key=${one.name}><button aria-pressed=${open === one.name} aria-expanded=${open === one.name} onClick=${() => onOpen(open === one.name ? "" : one.name)}>${one.label}: ${one.why(page.tables) ? "–" : standsAt(one, page.tables, say)}</button></li>`)}
    </ul>`}
    ${partnerships > 1 && html`<p class="small quiet">${say.word("live.for_all", { partnerships })}</p>`}
    ${shown.map((one) => html`<${OneLever} key=${one.name} lever=${one} page=${page} domain=${domain} onMoving=${onMoving} onFault=${setFault} />`)}
    ${fault && html`<p class="fault" role="alert">${fault}</p>`}
    ${!narrow && runs && html`<p class="small quiet" style=${{ marginTop: "8px" }}>${say.word("live.scale", { runs })}</p>`}
  </section>`;
}

/** Curves as they are, and those of before that are not known anew yet. @param {Page} page */
const curvesOf = ({ result, shown }) => ({ ...shown.curves, ...result.curves });

/** @param {import("../../engine/study.js").Curve | undefined} curve @param {number[]} stops */
const fitting = (curve, stops) => (String(curve?.values) === String(stops) ? curve : undefined);

/**
 * @param {{lever: import("../../scenario/levers.js").Lever, page: Page, domain: [number, number],
 *   onMoving: (set: Record<string, number> | null) => void, onFault: (fault: string) => void}} given
 */
function OneLever({ lever, page, domain, onMoving, onFault }) {
  const { tables, result, say, store } = page;
  const why = lever.why(tables);
  const value = lever.value(tables);
  const stops = lever.stops(tables);
  const known = why ? undefined : result.curves[lever.name];
  const curve = why ? undefined : known ?? fitting(page.shown.curves[lever.name], stops);
  const words = why ? "" : standsAt(lever, tables, say);
  // What stands at several values stands at none of the curve's: there all partnerships have the same.
  const mixed = isMixed(lever, tables);
  const place = mixed ? -1 : stops.indexOf(value);
  const gain = curve?.means[place];
  const id = `lever-${lever.name}`;
  const of = say.term(page.study.measureOf(lever).of);
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
            disabled=${false}
            onMove=${(/** @type {number} */ to) => onMoving({ [lever.name]: to })}
            onDone=${(/** @type {number} */ to) => {
              onMoving(null);
              onFault(store.set({ set: { ...page.state.set, [lever.name]: to } }));
            }}
          />
          <p class="note">${minus(note(lever, known, place, tables, say, of))}</p>`}
  </div>`;
}

/**
 * @param {import("../../scenario/levers.js").Lever} lever
 * @param {import("../../engine/study.js").Curve | undefined} curve
 * @param {number} place
 * @param {import("../../scenario/tables.js").Tables} tables
 * @param {import("../../answer/formats.js").Catalogue} say
 * @param {string} of what the gain is a share of
 */
function note(lever, curve, place, tables, say, of) {
  if (!curve) return "…";
  const best = curve.means.indexOf(Math.max(...curve.means));
  const told = { words: lever.words(curve.values[best], tables), gain: curve.means[best] };
  const most = best === place ? say.word("live.most_here") : say.word(curve.means[best] - curve.means[place] < LEAST ? "live.hardly" : "live.most", told);
  // From where on nothing is gained any more, up to the end of the range.
  const gone = curve.means.findLastIndex((mean) => mean > 0) + 1;
  const said = isMixed(lever, tables) ? [say.word("live.mixed_note", { values: valuesOf(lever, tables).map((one) => lever.words(one, tables)).join(", ") }), most] : [most];
  if (gone > best && gone < curve.means.length) said.push(say.word("live.gone", { words: lever.words(curve.values[gone], tables) }));
  if (lever.founders) said.push(say.word("live.by_area", { of }));
  return said.join(" ");
}
