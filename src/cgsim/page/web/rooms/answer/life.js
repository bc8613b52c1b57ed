/** The life of the partnership, month by month, ahead of working alone with the same money. */
import { figure } from "../../answer/formats.js";
import { html } from "../../parts/html.js";
import { keyInWords } from "../../scenario/levers.js";
import { Fan, spans } from "../../picture/fan.js";

/** @typedef {import("../../parts/page.js").Page} Page */

/** @param {Page} page @returns {import("../../picture/fan.js").Happening[]} */
export function happenings(page) {
  const { result, say } = page;
  const { about, answer, life } = result;
  const months = about.values.months;
  const made = [];
  const several = about.partnerships.length > 1;
  const times = spans(answer.series[0].money);
  if (life.begins !== null) {
    const what = say.word(several ? "live_life.first_begins" : "live_life.begins");
    const paid = times.some(([first]) => first === life.begins);
    made.push({ month: life.begins, words: paid ? say.word("live_life.with_money", { what }) : what });
  }
  for (const [first, last] of times) {
    // Before that only some runs have it: those that begin sooner.
    if (life.begins !== null && first > life.begins) made.push({ month: first, words: say.word("live_life.money_begins") });
    if (last + 1 < months) made.push({ month: last + 1, words: say.word("live_life.money_ends") });
  }
  for (const change of about.changes) {
    if (change.month < 1 || change.month >= months) continue;
    const keys = Object.keys(change.set).map(keyInWords).join(", ");
    made.push({ month: change.month, words: say.word("live_life.changes", { keys }) });
  }
  if (life.ended !== null) made.push({ month: life.ended, words: say.word(several ? "live_life.all_ended" : "live_life.ended") });
  return made.sort((a, b) => a.month - b.month);
}

/** @param {{page: Page}} given */
export function Life({ page }) {
  const { result, say, state, store } = page;
  const { answer } = result;
  const series = answer?.series[0];
  if (!series) return null;
  const made = happenings(page);
  const watch = (/** @type {number} */ month) => store.set({ room: "watch", month });
  const at = series.lines[0].length - 1;
  const label = say.word("live_life.label", { words: series.words, unit: series.unit, value: series.lines[2][at], low: series.lines[0][at], high: series.lines[4][at] });
  const title = series.words[0].toUpperCase() + series.words.slice(1);
  return html`<section class=${`card ${state.panel === "life" ? "asked" : ""}`} id="panel-life" aria-label="Month by month">
    <h2>Month by month: ${title.toLowerCase()} (${series.unit})</h2>
    <${Fan} lines=${series.lines} money=${series.money} happenings=${made} label=${label} unit=${series.unit} month=${state.month} number=${(/** @type {number} */ value) => figure(value.toLocaleString("en-GB"))} onMonth=${watch} />
    <p class="row small" style=${{ marginTop: "10px" }}>
      <span class="quiet">Line: the middle run; bands: half of the runs, nine of ten. <span class="screen">Watch a run:</span></span>
      ${[...new Map(made.map((one) => [one.month, one])).values()].map((one) => html`<button key=${one.month} class="small" onClick=${() => watch(one.month)}>month ${one.month}</button>`)}
    </p>
  </section>`;
}
