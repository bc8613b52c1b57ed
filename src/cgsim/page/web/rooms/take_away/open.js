/** Open: a scenario file of one's own, read in the page; nothing is sent anywhere. */
import { html, useState } from "../../parts/html.js";
import { Fault } from "../../scenario/edits.js";
import { opened } from "../../scenario/opened.js";
import { textIn } from "../../scenario/texts.js";
import { fresh } from "../../state/address.js";

/** @typedef {import("../../parts/page.js").Page} Page */

/** @param {{page: Page}} given */
export function Open({ page }) {
  const { say, store, data } = page;
  const [fault, setFault] = useState("");
  const take = async (/** @type {any} */ event) => {
    const input = event.currentTarget;
    const [file] = input.files;
    if (!file) return;
    try {
      const name = taken(data, file.name, await textOf(file, data.lists.form.most.letters));
      store.knows(name);
      setFault(store.set({ ...fresh(name), room: "answer" }));
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      setFault(error.message.split("\n").map((line) => `${file.name}: ${line}`).join("\n"));
    }
    input.value = ""; // so that the same file can be opened again
  };
  return html`<section class="card screen" aria-label="Open a file">
    <h2>${say.word("live_open.title")}</h2>
    <p>${say.word("live_open.what")}</p>
    <p class="row" style=${{ marginTop: "8px" }}><label class="button">${say.word("live_open.choose")}<input class="hidden" type="file" accept=".toml" aria-label="Scenario file" onChange=${take} /></label></p>
    ${fault && html`<p class="fault" role="alert">${fault}</p>`}
  </section>`;
}

/** @param {File} file @param {number} most bytes @returns {Promise<string>} */
async function textOf(file, most) {
  if (file.size > most) throw new Fault(`got more than ${most / 1024} KiB; allowed ${most / 1024} KiB`);
  return textIn(file);
}

/** Make it a scenario of the page. @param {any} data @param {string} file @param {string} text @returns {string} its name there */
function taken(data, file, text) {
  const tables = opened(text, data.lists, data.cases);
  const written = JSON.stringify(tables);
  const plain = file.replace(/\.toml$/i, "").replace(/[^\w-]+/g, "-").slice(0, 60) || "opened";
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? plain : `${plain}-${number}`;
    const known = data.cases.find((/** @type {any} */ one) => one.name === name);
    if (known && JSON.stringify(known.tables) !== written) continue;
    const { ties } = data.cases.find((/** @type {any} */ one) => one.ties && one.tables.world.network_file === tables.world.network_file) ?? {};
    if (!known) data.cases.push({ name, file, title: tables.title, tables, library: false, told: null, notes: data.lists.extensions ? [data.lists.extensions.note] : [], commands: [], facts: {}, ...(ties ? { ties } : {}) });
    return name;
  }
}
