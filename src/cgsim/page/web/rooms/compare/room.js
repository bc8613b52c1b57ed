/** Compare: this partnership beside another, or beside itself with other levers. */
import { beyondStatement, doubtStatement, sameArea } from "../../answer/compare.js";
import { rows, valueWords } from "../../answer/build.js";
import { html, useState } from "../../parts/html.js";
import { headValue, kept, minus } from "../../parts/page.js";
import { Dots } from "../../picture/dots.js";
import { edited } from "../../scenario/edits.js";
import { LEVERS } from "../../scenario/levers.js";

/** @typedef {import("../../parts/page.js").Page} Page */

/** @param {{page: Page}} given */
export function CompareRoom({ page }) {
  const { state, store, data, tables } = page;
  const [fault, setFault] = useState("");
  const other = state.other;
  const start = (/** @type {string} */ name) => setFault(store.set({ other: { case: name, set: name === state.case ? { ...state.set } : {} } }));
  const second = other ? edited(data.cases.find((/** @type {any} */ one) => one.name === other.case).tables, { set: other.set, seats: null }, data.parameter) : null;
  return html`<div class="stack">
    <section class="card" aria-label="What is compared">
      <h2>What is compared</h2>
      <div class="row">
        <span><b>A</b>: ${page.result.answer?.title ?? tables.title}${Object.keys(state.set).length || state.seats ? ", as you changed it" : ""}</span>
        <label class="row"><b>B</b>
          <select aria-label="What A is compared with" value=${other?.case ?? ""} onChange=${(/** @type {any} */ event) => (event.currentTarget.value ? start(event.currentTarget.value) : store.set({ other: null }))}>
            <option value="">choose …</option>
            ${data.cases.map((/** @type {any} */ one) => html`<option key=${one.name} value=${one.name}>${one.name === state.case ? "this one, with other levers" : one.title}</option>`)}
          </select></label>
        ${other && !state.seats && html`<button onClick=${() => setFault(store.set({ case: other.case, set: other.set, other: { case: state.case, set: state.set } }))}>Swap A and B</button>`}
      </div>
      ${!other && html`<p class="quiet" style=${{ marginTop: "8px" }}>Choose what to set beside it. The levers of both stand in one table below, and only what differs is marked.</p>`}
      ${second &&
      html`<div class="scroll" style=${{ marginTop: "12px" }}><table class="levers-of-two">
        <thead><tr><th scope="col">lever</th><th scope="col">A</th><th scope="col">B</th></tr></thead>
        <tbody>${LEVERS.map((lever) => html`<${Lever} key=${lever.name} lever=${lever} page=${page} second=${second} onFault=${setFault} />`)}</tbody>
      </table></div>`}
      ${fault && html`<p class="fault" role="alert">${fault}</p>`}
    </section>
    ${page.other && html`<${Both} page=${page} />`}
  </div>`;
}

/** @param {{lever: import("../../scenario/levers.js").Lever, page: Page, second: any, onFault: (fault: string) => void}} given */
function Lever({ lever, page, second, onFault }) {
  const { state, store, tables } = page;
  const other = /** @type {NonNullable<typeof state.other>} */ (state.other);
  const cell = (/** @type {any} */ of, /** @type {string} */ side, /** @type {(value: number) => string} */ put) => {
    const why = lever.why(of);
    if (why) return html`<td class="quiet">${why}</td>`;
    const stops = lever.stops(of);
    const value = lever.value(of);
    return html`<td><select aria-label=${`${lever.label}, ${side}`} value=${stops.indexOf(value)} onChange=${(/** @type {any} */ event) => onFault(put(stops[Number(event.currentTarget.value)]))}>
      ${stops.map((stop, place) => html`<option key=${place} value=${place}>${lever.words(stop, of)}</option>`)}
    </select></td>`;
  };
  const differs = lever.value(tables) !== lever.value(second);
  return html`<tr class=${differs ? "differs" : ""}>
    <th scope="row">${lever.label}${differs ? html`<span class="hidden"> differs</span>` : ""}</th>
    ${cell(tables, "A", (value) => store.set({ set: { ...state.set, [lever.name]: value } }))}
    ${cell(second, "B", (value) => store.set({ other: { ...other, set: { ...other.set, [lever.name]: value } } }))}
  </tr>`;
}

/** @param {{page: Page}} given */
function Both({ page }) {
  const { result, say, kitchen } = page;
  const other = /** @type {import("../../engine/study.js").Result} */ (page.other);
  const [a, b] = [result.runs, other.runs];
  if (!a || !b || a.count !== b.count) return html`<p class="quiet">…</p>`;
  const alike = sameArea(/** @type {any} */ (a.model), /** @type {any} */ (b.model));
  const said = [beyondStatement("B", "A", b, a)];
  // Draws from the records and draws from the priors are not the same draws.
  const [mine, others] = [result.drawn, other.drawn];
  const paired = mine && others && JSON.stringify(mine.given) === JSON.stringify(others.given);
  if (paired) said.push(doubtStatement(kitchen, "B", "A", others, mine));
  const sides = [
    { name: "A", side: result, style: "" },
    { name: "B", side: other, style: "second" },
  ];
  const all = sides.flatMap(({ side }) => side.answer.doubt?.values ?? []);
  const least = 0.01;
  const domain = /** @type {[number, number]} */ ([Math.min(-least, ...all), Math.max(least, ...all)]);
  const tick = (/** @type {number} */ value) => minus(say.signed(value).replace(/\.0(?= %)/, ""));
  const table = rows("compare", result.answer, other.answer);
  return html`<section class="card answer" aria-label="The difference">
      <h2>${say.word(alike ? "compare.before" : "compare.before_own", { runs: a.count })}</h2>
      <p class="first" aria-live="polite">${kept(said.map((one) => one.text).join(" "))}</p>
      <div class="sides" style=${{ marginTop: "14px" }}>
        ${sides.map(({ name, side, style }) => {
          const value = headValue(side.answer).value;
          const doubt = side.answer.doubt;
          return html`<div key=${name} class=${`side ${style}`}>
            <h3>${name}: ${side.answer.title}</h3>
            <p class=${`figure ${value > 0 ? "gains" : value < 0 ? "loses" : ""}`}>${minus(say.signed(value))}</p>
            <p class="small">${kept(side.answer.headline[0].text)}</p>
            ${doubt && html`<${Dots} values=${doubt.values} domain=${domain} tick=${tick} beside=${sides.map((one) => one.side.answer.doubt?.values ?? [])} label=${say.word("live_dots.doubt", { draws: doubt.draws, gains: doubt.gains, loses: doubt.loses })} />`}
          </div>`;
        })}
      </div>
    </section>
    <section class="card">
      <details>
        <summary>All the numbers side by side</summary>
        <div class="scroll"><table>
          <thead><tr><th scope="col">${say.word("table.measure")}</th><th scope="col" class="number">A</th><th scope="col" class="number">B</th><th scope="col">${say.word("table.of")}</th></tr></thead>
          <tbody>${table.map((pair) => {
            const told = pair.map((value) => valueWords(kitchen, value));
            return html`<tr key=${told[0][0]}><td>${told[0][0]}</td>${told.map((one, place) => html`<td key=${place} class="number">${kept(one[1])}<br /><span class="small quiet">${kept(one[2])}</span></td>`)}<td class="quiet">${told[0][3]}</td></tr>`;
          })}</tbody>
        </table></div>
      </details>
    </section>`;
}
