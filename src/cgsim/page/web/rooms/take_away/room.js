/** Take away: a paragraph to paste, files, drawings with their source, and the command. */
import { save } from "../../parts/drawing.js";
import { html, useState } from "../../parts/html.js";
import { inPlainWords } from "../../answer/plain.js";
import { kept } from "../../parts/page.js";
import { command, fileOf, toToml } from "../../scenario/written.js";
import { ownOfSide, written } from "../../state/address.js";
import { movedWords } from "../../scenario/moved.js";
import { Figures } from "./figures.js";
import { perRun, shownRows, summary, toCsv } from "./files.js";
import { Open } from "./open.js";
import { pageFile } from "./page_file.js";
import { Rests } from "./rests.js";
import { workbook } from "./workbook.js";

/** @typedef {import("../../parts/page.js").Page} Page */

/** @param {{page: Page}} given */
export function TakeRoom({ page }) {
  const [letter, setLetter] = useState("A");
  const { others, state } = page;
  const side = others.find((one) => one.letter === letter);
  const of = side ? { ...page, result: side.result, given: side.given, tables: side.tables, state: { ...state, case: side.chosen.case, set: side.chosen.set, ...ownOfSide(side.chosen, state) } } : page;
  return html`<div class="stack">
    ${others.length > 0 &&
    html`<label class="row card">What is taken
      <select value=${side ? letter : "A"} onChange=${(/** @type {any} */ event) => setLetter(event.currentTarget.value)}>
        <option value="A">A: ${page.result.answer?.title ?? page.tables.title}</option>
        ${others.map((one) => html`<option key=${one.letter} value=${one.letter}>${one.letter}: ${one.result.answer?.title ?? one.tables.title}</option>`)}
      </select></label>`}
    <${Taken} key=${side ? letter : "A"} page=${of} whole=${page} letter=${side ? `-${letter}` : ""} />
  </div>`;
}

/** @param {{page: Page, whole: Page, letter: string}} given `whole`: the page with its own choice */
function Taken({ page, whole, letter }) {
  const { result, say, data, given, state, tables, kitchen } = page;
  const { answer } = result;
  if (!answer || result.state === "look") return html`<p class="quiet">…</p>`;
  const moved = movedWords(say, given, tables, state, data.parameter);
  const paragraph = say.word("live_take.paragraph", { text: [answer.text, moved].filter(Boolean).join(" "), version: data.lists.version, seed: data.seed });
  const short = inPlainWords(kitchen, answer, data, moved);
  const name = fileOf(given, tables, letter);
  const early = result.state === "runs" ? say.word("live_take.early") : ""; // what nobody knows is not there yet
  const text = (/** @type {string} */ ending, /** @type {string} */ content, /** @type {string} */ type) => save(`${name}${ending}`, new Blob([content], { type: `${type};charset=utf-8` }));
  const runs = result.runs?.count === data.runs ? result.runs : null;
  const every = () => (runs ? perRun(runs, data.lists) : []);
  const book = () => {
    const told = [[say.word("table.measure"), say.word("table.estimate"), say.word("table.interval"), say.word("table.of")], ...shownRows(kitchen, answer)];
    save(`${name}.xlsx`, workbook({ answer: [[paragraph], [], ...told], measures: summary(answer, data.lists), runs: every() }));
  };
  const sent = () => text(".html", pageFile({ cases: data.cases, opens: written({ ...whole.state, room: "answer" }) }, answer.title, [answer.text, data.lists.extensions?.note].filter(Boolean).join(" ")), "text/html");
  const { line, file } = command(given, state, data, tables, letter);
  const toml = toToml(tables);
  return html`<div class="stack">
    <div class="take">
      <div class="stack">
      <section class="card" aria-label="In short, to paste">
        <h2>In short, to paste</h2>
        <p>${kept(short)}</p>
        <p class="row" style=${{ marginTop: "10px" }}><${Copy} text=${short} label="Copy the short form" wait=${early} /></p>
      </section>
      <section class="card" aria-label="A paragraph to paste">
        <h2>A paragraph to paste</h2>
        <p>${kept(paragraph)}</p>
        <p class="row" style=${{ marginTop: "10px" }}><${Copy} text=${paragraph} label="Copy the paragraph" wait=${early} /></p>
      </section>
      </div>
      <div class="stack">
      <section class="card" aria-label="Files">
        <h2>Files</h2>
        <div class="row">
          <button onClick=${() => save(`${name}.toml`, new Blob([toml], { type: "application/toml;charset=utf-8" }))}>Scenario (.toml)</button>
          <button onClick=${() => text("-measures.csv", `\ufeff${toCsv(summary(answer, data.lists))}`, "text/csv")}>Measures (.csv)</button>
          <button disabled=${!runs} onClick=${() => text("-runs.csv", `\ufeff${toCsv(every())}`, "text/csv")}>${answer.runs > data.runs ? say.word("live_take.first_runs_file", { runs: data.runs }) : say.word("live_take.runs_file")}</button>
          <button disabled=${!runs} onClick=${book}>Workbook (.xlsx)</button>
          <button onClick=${sent}>${say.word("live_take.page")}</button>
          <button onClick=${() => print()}>Print this page</button>
        </div>
        <p style=${{ margin: "12px 0 6px" }}>The same numbers from the command line${file && say.word(`live.beside_${file}`)}:</p>
        <pre tabindex="0">${line}</pre>
        <p class="row" style=${{ marginTop: "8px" }}><${Copy} text=${line} label="Copy the command" /></p>
      </section>
      <${Open} page=${whole} />
      </div>
    </div>
    <${Figures} page=${page} name=${name} compared=${letter === ""} />
    <${Rests} page=${page} />
    <section class="card"><details><summary>The scenario as a file</summary><pre tabindex="0">${toml}</pre></details></section>
  </div>`;
}

/** @param {{text: string, label: string, wait?: string}} given `wait`: why it cannot be copied yet */
function Copy({ text, label, wait = "" }) {
  const [done, setDone] = useState("");
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setDone("copied");
    } catch {
      setDone("select the text and copy it");
    }
  };
  return html`<button disabled=${wait !== ""} onClick=${copy}>${label}</button><span class="small quiet" role="status">${wait || done}</span>`;
}
