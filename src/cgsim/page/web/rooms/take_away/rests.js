/** What the numbers rest on: what is assumed, what to keep in mind, and how to get them again. */
import { html } from "../../parts/html.js";
import { command } from "../../scenario/written.js";
import { counted, differences } from "../../scenario/assumed.js";
import { LEVERS, standsAt } from "../../scenario/levers.js";
import { hasOwn } from "../../state/address.js";

/** @typedef {import("../../parts/page.js").Page} Page */

/** @param {{page: Page}} given */
export function Rests({ page }) {
  const { say, data, given, tables } = page;
  const { lists } = data;
  const rows = differences(tables, lists);
  const { known } = page.result.about;
  const levers = LEVERS.filter((lever) => !lever.why(tables));
  return html`<section class="card" aria-label="What it rests on">
    <h2>${say.word("assumed.title")}</h2>
    <p>${say.word("assumed.inputs", counted(lists, tables))}${known.length > 0 && ` ${say.word("assumed.known", { inputs: known })}`}</p>
    ${tables.assumed && html`<p class="then">${say.word("assumed.scenario", { text: tables.assumed.trim() })}</p>`}
    ${levers.length > 0 && html`<p class="then">${levers.map((lever) => `${lever.label}: ${standsAt(lever, tables, say)}`).join("; ")}.</p>`}
    ${rows.length === 0
      ? known.length === 0 && html`<p class="then">${say.word("assumed.same")}</p>`
      : html`<details>
          <summary>${say.word("assumed.differs")}</summary>
          <div class="scroll"><table>
            <thead><tr><th scope="col">input</th><th scope="col" class="number">default</th><th scope="col" class="number">here</th><th scope="col">basis</th></tr></thead>
            <tbody>${rows.map((row) => html`<tr key=${row.of + row.name}><td>${row.name}${row.of && html` <span class="quiet">(${row.of})</span>`}</td><td class="number">${row.normal}</td><td class="number">${row.here}</td><td class="quiet">${row.basis}</td></tr>`)}</tbody>
          </table></div>
        </details>`}
    <p class="small quiet">${say.word("assumed.describe")}</p>
    <h3 class="then">${say.word("caveat.title")}</h3>
    <ul class="points">${lists.caveats.map((/** @type {string} */ name) => html`<li key=${name}>${say.word(`caveat.${name}`)}</li>`)}</ul>
    ${lists.extensions && html`<${MadeWith} say=${say} files=${lists.extensions.files} />`}
    ${given.commands.length > 0 && html`<${Again} page=${page} given=${given} />`}
  </section>`;
}

/** The extensions that the page has in it, each with what tells its text. @param {{say: any, files: {name: string, sha256: string}[]}} it */
function MadeWith({ say, files }) {
  return html`<details>
    <summary>${say.word("carried.files")}</summary>
    <p>${say.word("carried.what")}</p>
    <dl class="named">${files.map(({ name, sha256 }) => html`<dt key=${`${name}?`}>${name}</dt><dd key=${name}>${sha256}</dd>`)}</dl>
  </details>`;
}

/** Where the numbers that came with the page are from. @param {{page: Page, given: any}} it */
function Again({ page, given }) {
  const { say, state, data, tables } = page;
  const touched = Object.keys(state.set).length > 0 || hasOwn(state);
  const commands = touched ? [command(given, state, data, tables).line] : given.commands;
  return html`<h3 class="then">${say.word("again.title")}</h3>
    <p>${say.word(commands.length === 1 ? "again.one" : "again.many")}</p>
    <pre tabindex="0">${commands.join("\n")}</pre>
    <details>
      <summary>Where the numbers that came with this page are from</summary>
      <dl class="named">${Object.entries(given.facts).map(([name, fact]) => html`<dt key=${`${name}?`}>${name}</dt><dd key=${name}>${fact}</dd>`)}</dl>
    </details>
    <p class="small quiet">${say.word("again.same")}</p>`;
}
