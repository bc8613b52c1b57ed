/** The first visit: the questions that people come with, and the partnerships of the page at a glance. */
import { wayOf } from "../../answer/way.js";
import { html } from "../../parts/html.js";
import { headValue } from "../../answer/record.js";
import { kept, ticksIn } from "../../parts/page.js";
import { Words } from "../../parts/words.js";
import { Dots } from "../../picture/dots.js";
import { fresh, written } from "../../state/address.js";
import { brief } from "./brief.js";
import { tasksFor } from "./tasks.js";

/** @typedef {import("../../parts/page.js").Page} Page */

const HEIGHT = 88; // of a small picture
const LEAST = 0.01;

/** @param {{page: Page, onTour: () => void}} given */
export function StartRoom({ page, onTour }) {
  const { data, say } = page;
  return html`<div class="start">
    <div class="row between"><p class="lead">${say.word("live_start.lead")}</p><button onClick=${onTour}>${say.word("live_start.tour")}</button></div>
    <section aria-label=${say.word("live_start.begin")}>
      <h2>${say.word("live_start.begin")}</h2>
      <ul class="cards">
        ${tasksFor(data.cases, data.lessons.all.length > 0, data.lists).map(({ id, room, panel, case: one, general }) => html`<li key=${id}><a class="card task" href=${`#${written({ ...fresh(one.name), room, panel })}`}>
          <b>${say.word(`live_start.${id}`)}</b>
          <span>${say.word(`live_start.${id}_more`)}</span>
          ${data.cases.length > 1 && !general && html`<span class="quiet small">${say.word("live_start.with", { title: one.title })}</span>`}
        </a></li>`)}
      </ul>
    </section>
    <${Gallery} page=${page} />
  </div>`;
}

/** Small answers: a name, a line, and how runs came out. @param {{page: Page}} given */
function Gallery({ page }) {
  const { data, say, kitchen } = page;
  // A scenario that was opened here has no answer that came with the page.
  const all = data.cases.map((/** @type {any} */ one) => one.told?.dots ?? []);
  const ends = all.flat();
  const domain = /** @type {[number, number]} */ ([Math.min(...ends, -LEAST), Math.max(...ends, LEAST)]);
  const tick = ticksIn(say);
  const many = data.cases.length > 1;
  return html`<section aria-label=${say.word(many ? "live_start.gallery" : "live_start.here")}>
    <h2>${say.word(many ? "live_start.gallery" : "live_start.here")}</h2>
    <p class="quiet small"><${Words} text=${say.word("live_start.gallery_of", { runs: data.runs })} /></p>
    <ul class="cards gallery">
      ${data.cases.map((/** @type {any} */ one) => {
        const { answer, dots } = one.told ?? { answer: null, dots: [] };
        const count = (/** @type {number} */ sign) => dots.filter((/** @type {number} */ dot) => Math.sign(dot) === sign).length;
        const told = answer?.runs ? say.signed(headValue(answer)) : "";
        const { way, words } = told ? wayOf(kitchen, answer) : { way: "", words: "" };
        const label = say.word("live_dots.luck", { runs: data.runs, gains: count(1), loses: count(-1) });
        return html`<li key=${one.name}><a class="card" href=${`#${written(fresh(one.name))}`}>
          <span class="row between top"><b>${one.title}</b><b class=${`value ${way}`}>${kept(told)}</b></span>
          ${words && html`<span class="way">${words}</span>`}
          ${one.tables.summary && html`<span class="quiet small">${brief(one.tables.summary)}</span>`}
          ${dots.length > 0 && html`<${Dots} values=${dots} beside=${all} domain=${domain} label=${label} tick=${tick} height=${HEIGHT} />`}
        </a></li>`;
      })}
    </ul>
  </section>`;
}
