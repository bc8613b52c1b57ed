/** What a reader knows of what nobody knows in general: its value stands, and is not drawn. */
import { Field } from "../../parts/field.js";
import { html, useState } from "../../parts/html.js";
import { Fault, numberTyped } from "../../scenario/edits.js";

/** @typedef {import("../../parts/page.js").Page} Page */

/** The value of an input, as it stands or as the page was given it. @param {Page} page @param {string} name @param {any} tables @returns {number} */
function valueOf({ data }, name, tables) {
  const { section, default: usual } = data.parameter(name);
  const group = section === "partnership" ? tables.partnership?.[0] : tables[section];
  return group?.[name] ?? usual;
}

/** Those that are known, in the order of the table of parameters. @param {Page} page @param {(name: string) => boolean} isKnown @returns {Partial<import("../../state/address.js").State>} */
function chosen({ data, given }, isKnown) {
  const known = data.lists.parameters.map((/** @type {any} */ one) => one.name).filter(isKnown);
  // What the scenario says by itself is no change.
  return { known: String(known) === String(given.tables.known ?? []) ? null : known };
}

/** A value for an input that a draw would take anew. @param {{page: Page, input: string}} given */
export function Know({ page, input }) {
  const { say, data, tables, given, state, store } = page;
  const [draft, setDraft] = useState(/** @type {string | null} */ (null));
  const [fault, setFault] = useState("");
  const parameter = data.parameter(input);
  const now = valueOf(page, input, tables);
  const keep = () => {
    try {
      const value = numberTyped(input, draft ?? String(now), parameter);
      const { [input]: _, ...others } = state.set;
      const set = value === valueOf(page, input, given.tables) ? others : { ...others, [input]: value };
      const with_ = [...(tables.known ?? []), input, ...parameter.multiples];
      setFault(store.set({ set, ...chosen(page, (name) => with_.includes(name)) }));
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      setFault(error.message);
    }
  };
  return html`<div class="then">
    <h3>${say.word("live_unknown.know")}</h3>
    <p class="small quiet">${say.word("live_unknown.know_how")}${parameter.multiples.length > 0 && ` ${say.word("live_unknown.know_also", { others: parameter.multiples })}`}</p>
    <p class="row"><${Field} type="text" inputmode="decimal" size="8" aria-label=${say.word("live_unknown.know_value", { input: say.input(input) })} value=${draft ?? now} onDone=${(/** @type {HTMLInputElement} */ { value }) => setDraft(value)} />
      <span>${parameter.unit}</span>
      <button onClick=${keep}>${say.word("live_unknown.know_keep")}</button></p>
    ${fault && html`<p class="fault" role="alert">${fault}</p>`}
  </div>`;
}

/** Those that are known, each with the way back. @param {{page: Page}} given */
export function Known({ page }) {
  const { say, data, tables, store } = page;
  /** @type {string[]} */
  const known = tables.known ?? [];
  if (!known.length) return null;
  const words = (/** @type {string} */ name) => `${valueOf(page, name, tables)} ${data.parameter(name).unit}`.trim();
  const bases = (/** @type {string} */ name) => known.filter((one) => data.parameter(one).multiples.includes(name));
  // What is drawn as a multiple of another cannot be drawn without it.
  const draw = (/** @type {string} */ name) => store.set(chosen(page, (one) => known.includes(one) && one !== name && !bases(name).includes(one)));
  return html`<section class="card" aria-label=${say.word("live_unknown.known")}>
    <h2>${say.word("live_unknown.known")}</h2>
    <ul class="bars tight">${known.map((name) => html`<li key=${name}>
      <span>${say.word("live_unknown.known_one", { input: say.input(name), value: words(name) })}${bases(name).length > 0 && html`<span class="more small quiet">${say.word("live_unknown.known_with", { others: bases(name) })}</span>`}</span>
      <button class="small" aria-label=${say.word("live_unknown.known_draw_of", { input: name })} onClick=${() => draw(name)}>${say.word("live_unknown.known_draw")}</button>
    </li>`)}</ul>
  </section>`;
}
