/** The answer: one figure that can be read across a room, one sentence, two doubts. */
import { html } from "../../parts/html.js";
import { headValue, joinedText, minus, said } from "../../parts/page.js";
import { quantilesOf } from "../../answer/statistics.js";
import { useNarrow } from "../../parts/width.js";
import { Words } from "../../parts/words.js";
import { Dots } from "../../picture/dots.js";

/** @typedef {import("../../parts/page.js").Page} Page */

const LUCK_DOTS = 20;

/** @param {{page: Page}} given */
export function Figure({ page }) {
  const { answer, state } = page.result;
  const value = answer ? headValue(answer).value : page.given.ready.value;
  // A digit that is not yet sure is not shown.
  const text = answer && state !== "look" ? page.say.signed(value) : `${value > 0 ? "+" : ""}${page.say.percent(value, 0)}`;
  const way = text.startsWith("+") ? "gains" : text.startsWith("-") ? "loses" : "";
  return html`<p class=${`figure ${way} ${state === "look" ? "look" : ""}`}>${minus(text)}</p>`;
}

/** @param {{page: Page}} given */
export function Was({ page }) {
  const { before, result, say } = page;
  const { answer, state } = result;
  if (!answer) return html`<p class="was">…</p>`;
  if (state === "look") return html`<p class="was">${say.word("live.look", { runs: answer.runs })}</p>`;
  if (!before) return html`<p class="was"></p>`;
  const step = headValue(answer).value - before.value;
  return html`<p class="was">${minus(say.word("live.was", { before: before.value, step }))}</p>`;
}

/** @param {{page: Page}} given */
export function Answer({ page }) {
  const narrow = useNarrow(); // there the figure stands in the strip above
  const { answer } = page.result;
  const [first, ...then] = answer ? said(answer, ["gain", "money", "area", "began", "change", "ended"]) : [];
  return html`<section class="card answer" aria-label="The answer">
    <div class="say">
      ${!narrow && html`<div><${Figure} page=${page} /><${Was} page=${page} /></div>`}
      <div aria-live="polite">
        <p class="first"><${Words} text=${first ? first.text : page.given.ready.text} /></p>
        ${then.length > 0 && html`<p class="then"><${Words} text=${joinedText(then)} skip=${["run", "founder", "95 % interval", "need"]} /></p>`}
      </div>
    </div>
    ${answer && html`<${Doubts} page=${page} />`}
  </section>`;
}

/** @param {{page: Page}} given */
export function Doubts({ page }) {
  const { say, result } = page;
  const { answer, runs, drawn } = result;
  const values = /** @type {any} */ (runs).column(answer.measure).filter((/** @type {number} */ v) => !Number.isNaN(v));
  const sorted = Float64Array.from(values).sort();
  const luck = sorted.length ? quantilesOf(sorted, Array.from({ length: LUCK_DOTS }, (_, place) => (place + 0.5) / LUCK_DOTS)) : [];
  const doubt = answer.doubt?.values ?? [];
  const ends = [...luck, ...doubt, 0];
  const least = 0.01;
  const domain = /** @type {[number, number]} */ ([Math.min(...ends, -least), Math.max(...ends, least)]);
  const tick = (/** @type {number} */ value) => minus(say.signed(value).replace(/\.0(?= %)/, ""));
  const count = (/** @type {number[]} */ all, /** @type {number} */ sign) => all.filter((v) => Math.sign(v) === sign).length;
  return html`<div class="doubts">
    <div>
      <p><${Words} text=${joinedText(said(answer, ["luck"]))} skip=${["run", "founder"]} /></p>
      ${luck.length > 0 && html`<${Dots} values=${luck} domain=${domain} tick=${tick} beside=${[doubt]} label=${say.word("live_dots.luck", { runs: answer.luck.runs, gains: count(luck, 1), loses: count(luck, -1) })} />`}
    </div>
    <div>
      <p><${Words} text=${joinedText(said(answer, ["doubt"])) || (drawn ? "" : "What nobody knows: …")} skip=${["world", "gain", "need"]} /></p>
      ${doubt.length > 0 && html`<${Dots} values=${doubt} domain=${domain} tick=${tick} beside=${[luck]} label=${say.word("live_dots.doubt", { draws: doubt.length, gains: answer.doubt.gains, loses: answer.doubt.loses })} />`}
    </div>
  </div>`;
}
