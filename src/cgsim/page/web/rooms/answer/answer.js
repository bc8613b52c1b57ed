/** The answer: one figure that can be read across a room, one sentence, two doubts. */
import { html } from "../../parts/html.js";
import { sameFounding } from "../../answer/compare.js";
import { wayOf } from "../../answer/way.js";
import { headValue, valueIn } from "../../answer/record.js";
import { joinedText, kept, printed, said, ticksIn } from "../../parts/page.js";
import { useNarrow } from "../../parts/width.js";
import { Words } from "../../parts/words.js";
import { Exchanged } from "./mechanisms.js";
import { Dots } from "../../picture/dots.js";

/** @typedef {import("../../parts/page.js").Page} Page */

/**
 * The answer's figure, how it looks, and what goes against it: dimmed where it is a first look or of
 * before, and coloured where luck and what nobody knows both bear it out.
 *
 * @param {Page} page
 * @returns {{text: string, looks: string, words?: string}}
 */
function figureOf({ result, old, say, kitchen }) {
  const { answer, state } = result;
  if (!answer) return { text: "…", looks: "look" };
  const value = headValue(answer);
  // A digit that is not yet sure is not shown.
  const text = state !== "look" ? say.signed(value) : `${value > 0 ? "+" : ""}${say.percent(value, 0)}`;
  const { way, words } = state === "look" ? { way: "", words: "" } : wayOf(kitchen, answer);
  return { text: kept(text), words, looks: `${way} ${state === "look" || old ? "look" : ""}` };
}

/** @param {{page: Page}} given */
export function Figure({ page }) {
  const { text, looks, words } = figureOf(page);
  return html`<p class=${`figure ${looks}`}>${text}</p>${words && html`<p class="way"><${Words} text=${words} /></p>`}`;
}

/** The same in small beside the levers, which stay in sight when the answer does not. @param {{page: Page}} given */
export function Glance({ page }) {
  const { text, looks } = figureOf(page);
  return html`<b class=${`glance ${looks}`} aria-hidden="true">${text}</b>`;
}

/** @param {{page: Page}} given */
export function Was({ page }) {
  const { before, result, say } = page;
  const { answer, state } = result;
  if (!answer || page.old) return html`<p class="was">…</p>`;
  if (state === "look") return html`<p class="was">${say.word("live.look", { runs: answer.runs })}</p>`;
  if (!before) return html`<p class="was"></p>`;
  const { measure, runs } = before.answer;
  const was = headValue(before.answer);
  // What the founders met alone means another thing with other founders: then the area tells.
  if (runs === answer.runs && !sameFounders(before, { ...page.result, answer })) {
    const money = [before.answer, answer].some((one) => one.comparison !== "alone");
    const [then, now] = [before.answer, answer].map((one) => Math.round(valueIn(one, money ? "extra_met_over_equal_money_a_year" : "extra_met_a_year").value));
    return html`<p class="was area">${kept(say.word(money ? "live.was_area_money" : "live.was_area", { before: then, now, step: now - then }))}</p>`;
  }
  // Only what is counted alike, on the same luck, has a difference.
  const alike = measure !== answer.measure ? `live.was_${measure}` : runs !== answer.runs ? "live.was_runs" : "live.was";
  const now = headValue(answer);
  return html`<p class="was">${kept(say.word(alike, { before: was, now, runs, step: printed(say, now) - printed(say, was) }))}</p>`;
}

/** Whether the same agencies, as they were, founded both. @param {import("../../parts/page.js").Before} one @param {import("../../parts/page.js").Before} other */
function sameFounders(one, other) {
  const agencies = (/** @type {import("../../parts/page.js").Before} */ { tables }) => JSON.stringify([tables.agency ?? [], tables.world]);
  return sameFounding(one.about, other.about) && agencies(one) === agencies(other);
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
        <p class="first"><${Words} text=${first ? first.text : "…"} /></p>
        ${then.length > 0 && html`<p class="then"><${Words} text=${joinedText(then)} skip=${["run", "founder", "95 % interval", "need"]} /></p>`}
        <${Exchanged} page=${page} />
      </div>
    </div>
    ${answer && html`<${Doubts} page=${page} />`}
  </section>`;
}

/** @param {{page: Page}} given */
export function Doubts({ page }) {
  const { say, result } = page;
  const { answer, dots: luck, drawn } = result;
  const doubt = answer.doubt?.values ?? [];
  const ends = [...luck, ...doubt, ...page.reach, 0];
  const least = 0.01;
  const domain = /** @type {[number, number]} */ ([Math.min(...ends, -least), Math.max(...ends, least)]);
  const tick = ticksIn(say);
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
