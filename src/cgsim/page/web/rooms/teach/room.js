/** Teach: the lessons as cards; one of them as steps, large, with a bet before anything is shown. */
import { html } from "../../parts/html.js";
import { fresh, written } from "../../state/address.js";
import { Stage } from "./stage.js";

/** @param {{page: import("../../parts/page.js").Page}} given */
export function TeachRoom({ page }) {
  const { data, say, state } = page;
  const { all } = data.lessons;
  const lesson = all.find((/** @type {any} */ one) => one.name === state.lesson);
  if (lesson) return html`<${Stage} key=${lesson.name} page=${page} lesson=${lesson} />`;
  if (!all.length) return html`<p>${say.word("live_teach.not_there")}</p>`;
  return html`<div class="start">
    <p class="lead">${say.word("live_teach.lead")}</p>
    <ul class="cards">
      <li><a class="card task" href=${`#${written({ ...fresh(state.case), room: "game" })}`}><b>${say.word("live_start.game")}</b><span>${say.word("live_start.game_more")}</span></a></li>
      ${all.map((/** @type {any} */ one) => html`<li key=${one.name}><a class="card task" href=${`#${written({ ...fresh(state.case), room: "teach", lesson: one.name })}`}>
        <b>${one.title}</b><span>${one.question}</span>
      </a></li>`)}
    </ul>
  </div>`;
}
