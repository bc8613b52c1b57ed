/** Where the hours go, and what would change the answer, each alone. */
import { accountStatements, changeStatement, outcomesInWords, rows, valueWords } from "../../answer/build.js";
import { html } from "../../parts/html.js";
import { joinedText, kept, said } from "../../parts/page.js";
import { Mark, Words } from "../../parts/words.js";

/** @typedef {import("../../parts/page.js").Page} Page */

/** @param {{page: Page}} given */
export function Hours({ page }) {
  const { result, say, kitchen } = page;
  const account = result.answer?.account;
  if (!account || account.overhead_share === null) return null;
  const overhead = account.overhead_share;
  return html`<section class="card" aria-label="Where an hour goes">
    <h2>Where an hour that members give goes</h2>
    <svg width="100%" height="30" aria-hidden="true">
      <rect x="0" y="0" width=${`${100 * (1 - overhead)}%`} height="30" fill="var(--gains)" />
      <rect x=${`${100 * (1 - overhead)}%`} y="0" width=${`${100 * overhead}%`} height="30" fill="var(--loses)" />
    </svg>
    <ul class="keys" style=${{ margin: "8px 0" }}>
      <li><span class="swatch" style=${{ background: "var(--gains)" }}></span>${say.word("live_hours.joint", { share: 1 - overhead })}</li>
      <li><span class="swatch" style=${{ background: "var(--loses)" }}></span>${say.word("live_hours.overhead", { share: overhead })}</li>
    </ul>
    <p class="small quiet"><${Words} text=${joinedText(accountStatements(kitchen, account).slice(1))} /> ${account.bought_hours > 0 ? say.word("live_hours.bought", { hours: account.bought_hours }) : ""}</p>
  </section>`;
}

/** @param {{page: Page}} given */
export function Changes({ page }) {
  const { result, say, kitchen } = page;
  const { answer } = result;
  if (!answer) return null;
  const changes = answer.changes;
  const most = Math.max(0.001, ...changes.map((/** @type {any} */ one) => Math.abs(one.value)));
  return html`<section class="card" aria-label="What would change it">
    <h2>What would change it, each alone</h2>
    ${changes.length === 0
      ? html`<p class="quiet">…</p>`
      : html`<p class="small quiet">${say.word(`live_without.points${answer.comparison === "alone" ? "" : "_money"}`)}</p>
          <ul class="bars">
            ${changes.map((/** @type {any} */ one) => {
              const { id, text } = changeStatement(kitchen, one);
              const moves = id === "whatif.better" || id === "whatif.once";
              const still = id === "whatif.unclear" ? "not clear" : "no change";
              return html`<li key=${one.friction}>
                <span>If ${say.word(`without.${one.friction}`)} <${Mark} title=${`If ${say.word(`without.${one.friction}`)}`} text=${say.word(`live_without.${one.friction}`)} /></span>
                <span class=${moves ? (one.value > 0 ? "gains" : "loses") : "quiet small"}>${moves ? kept(say.formats.points_value({ ...one, unit: "share" })) : still}</span>
                <span class="hidden">${text}</span>
                ${moves && html`<svg class="bar" width="100%" height="8" aria-hidden="true"><rect width=${`${(100 * Math.abs(one.value)) / most}%`} height="8" rx="4" fill=${one.value > 0 ? "var(--gains)" : "var(--loses)"} /></svg>`}
              </li>`;
            })}
          </ul>
          <p class="small quiet" style=${{ marginTop: "10px" }}>${kept(joinedText(said(answer, ["reason"])))}</p>`}
  </section>`;
}

/** @param {{page: Page}} given */
export function Numbers({ page }) {
  const { kitchen, result, say } = page;
  const { answer } = result;
  if (!answer) return null;
  return html`<section class="card" aria-label="All the numbers">
    <details>
      <summary>All the numbers, and how runs came out</summary>
      <p style=${{ margin: "8px 0" }}><${Words} text=${outcomesInWords(kitchen, answer)} /></p>
      <div class="scroll"><table class="stacked">
        <thead><tr><th scope="col">${say.word("table.measure")}</th><th scope="col" class="number">${say.word("table.estimate")}</th><th scope="col" class="number"><${Words} text=${say.word("table.interval")} /></th><th scope="col">${say.word("table.of")}</th></tr></thead>
        <tbody>${rows("run", answer).map(([value]) => {
          const [words, estimate, interval, of] = valueWords(kitchen, value);
          return html`<tr key=${words}><td><${Words} text=${words} skip=${["gain", "run"]} /></td><td class="number">${kept(estimate)}</td><td class="number" data-label=${say.word("table.interval")}>${kept(interval)}</td><td class="quiet">${of}</td></tr>`;
        })}</tbody>
      </table></div>
      <${NotHere} page=${page} answers=${[answer]} />
    </details>
  </section>`;
}

/** Measures of the page's extensions, where an answer has none of them: no page works them out. @param {{page: Page, answers: any[]}} given */
export function NotHere({ page, answers }) {
  const own = /** @type {{name: string, words: string}[]} */ (page.data.lists.extensions?.measures ?? []);
  const missing = own.filter(({ name }) => answers.some(({ values }) => !values.some((/** @type {any} */ one) => one.measure === name)));
  if (!missing.length) return null;
  return html`<p class="small quiet" style=${{ marginTop: "8px" }}>${page.say.word("carried.measures", { measures: missing.map(({ words }) => words) })}</p>`;
}
