/** How things work in the model: which of several mechanisms acts, where the literature knows more than one. */
import { html, useState } from "../../parts/html.js";
import { Words } from "../../parts/words.js";
import { choiceOf, chosenOf, exchangedIn, labelOf, plainName } from "../../scenario/mechanisms.js";

/** @typedef {import("../../parts/page.js").Page} Page */

/** @param {{page: Page}} given */
export function Mechanisms({ page }) {
  const { state, store, say, given, tables, data } = page;
  const [fault, setFault] = useState("");
  const choose = (/** @type {import("../../scenario/mechanisms.js").Kind} */ kind, /** @type {number} */ place) => {
    const { [kind.name]: _, ...others } = state.set;
    // What the scenario has by itself is no change.
    const own = kind.mechanisms.indexOf(chosenOf(given.tables, kind)) === place;
    setFault(store.set({ set: own ? others : { ...others, [kind.name]: place } }));
  };
  return html`<section class="card" aria-label=${say.word("live_mechanisms.title")}>
    <details>
      <summary>${say.word("live_mechanisms.title")}</summary>
      <p class="small quiet" style=${{ margin: "8px 0" }}>${say.word("live_mechanisms.how")}</p>
      <ul class="mechanisms">${data.lists.mechanisms.map((/** @type {any} */ kind) => {
        const chosen = chosenOf(tables, kind);
        return html`<li key=${kind.name}>
          <label><span>${kind.help}</span>
            <select aria-describedby=${`mechanism-${kind.name}`} value=${kind.mechanisms.indexOf(chosen)} onChange=${(/** @type {any} */ event) => choose(kind, Number(event.currentTarget.value))}>
              ${kind.mechanisms.map((/** @type {any} */ one, /** @type {number} */ place) => html`<option key=${one.name} value=${place}>${choiceOf(say, kind, one)}</option>`)}
            </select></label>
          <p class="small quiet" id=${`mechanism-${kind.name}`}><code>${chosen.name}</code>: ${chosen.help}</p>
        </li>`;
      })}</ul>
      ${fault && html`<p class="fault" role="alert">${fault}</p>`}
    </details>
  </section>`;
}

/** Beside the answer: what is not the model's own. @param {{page: Page}} given */
export function Exchanged({ page }) {
  const { say, tables, data } = page;
  const list = exchangedIn(tables, data.lists.mechanisms).map(({ kind, mechanism }) => say.word("live_mechanisms.one", { kind: plainName(kind), mechanism: plainName(mechanism), label: labelOf(say, kind, mechanism) }));
  return list.length > 0 && html`<p class="then exchanged"><${Words} text=${say.word("live_mechanisms.told", { list: list.join(", ") })} /></p>`;
}
