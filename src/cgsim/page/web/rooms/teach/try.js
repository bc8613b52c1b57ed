/** Something else to try: guessed first, then shown beside the lesson as it was. */
import { html } from "../../parts/html.js";
import { kept } from "../../parts/page.js";
import { Words } from "../../parts/words.js";
import { endsOf } from "../../picture/intervals.js";
import { CasesPicture, Living, rowsOf } from "./answer.js";
import { livesOf } from "./steps.js";
import { caseSays, moneySays } from "./words.js";

/** @typedef {import("../../answer/results.js").Results} Results */

/** @param {{held: import("./stage.js").Held, option: number, shown: boolean, onShow: (option: number) => void}} given */
export function TryStep({ held, option, shown, onShow }) {
  const { page, lesson, measure } = held;
  const { say, lectures } = page;
  if (!shown) {
    return html`<p class="lead">${say.word("live_teach.expect")}</p>
      <p class="quiet">${say.word("live_teach.same_luck")}</p>
      <p><button class="main" onClick=${() => onShow(option)}>${say.word("live_teach.show")}</button></p>`;
  }
  const changed = livesOf(lesson, option).map((/** @type {any} */ one) => lectures.results(lesson, one));
  if (!changed.every(Boolean)) return html`<${Living} held=${{ ...held, cases: changed }} />`;
  const cases = /** @type {Results[]} */ (held.cases);
  const [before, rows] = [rowsOf(lesson, cases), rowsOf(lesson, changed)];
  const money = moneySays(lesson, changed);
  const value = (/** @type {any} */ row) => kept(say.told(row.estimate, measure.unit));
  return html`<p class="says"><${Words} text=${caseSays(lesson, lesson.answer.of, changed[lesson.answer.of])} /></p>
    <div class="beside">
      <div>${lesson.options[option].text.map((/** @type {string} */ text) => html`<p class="lead">${text}</p>`)}
        <p class="quiet small">${say.word("live_teach.same_luck")}</p></div>
      <div>
        <h3>${say.word("live_teach.now_before")}</h3>
        <${CasesPicture} held=${held} rows=${rows} before=${before} domain=${endsOf([...before, ...rows])} />
        <details><summary>${say.word("live_teach.as_table")}</summary>
          <div class="scroll" tabindex="0"><table>
            <thead><tr>${["case", "was", "now", "interval", "below"].map((head, place) => html`<th key=${head} scope="col" class=${place ? "number" : ""}>${say.word(`live_teach.table_${head}`)}</th>`)}</tr></thead>
            <tbody>${rows.map((row, place) => html`<tr key=${row.label}><th scope="row">${row.label}</th><td class="number">${value(before[place])}</td><td class="number">${value(row)}</td><td class="number">${kept(say.interval(row.estimate, measure.unit))}</td><td class="number">${kept(row.loses)}</td></tr>`)}</tbody>
          </table></div>
        </details>
      </div>
      ${money.length > 0 && html`<div class="wide"><h3>${say.word("live_teach.money")}</h3>${money.map((text) => html`<p key=${text}><${Words} text=${text} /></p>`)}</div>`}
    </div>`;
}
