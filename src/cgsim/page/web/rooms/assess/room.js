/** Ask your partners: questions to answer, answers that come together, and what they lead to. */
import { html, useEffect, useState } from "../../parts/html.js";
import { MOST_PACKED, readAnswers, readWorkbook } from "../../assess/answers.js";
import { Fault } from "../../scenario/edits.js";
import { textIn } from "../../scenario/texts.js";
import { isWorkbook } from "../../scenario/workbooks.js";
import { Form } from "./form.js";
import { Outcome } from "./outcome.js";

/** @typedef {import("../../parts/page.js").Page} Page */

/** @param {{page: Page}} given */
export function AssessRoom({ page }) {
  const { say, store, state, survey } = page;
  useEffect(() => survey.begin(), [survey.voices, survey.scenario]);
  if (state.panel === "form") return html`<${Form} page=${page} />`;
  const { questions } = survey.asked;
  const begun = Object.keys(survey.draft.answers).length > 0;
  const used = survey.voices.some(({ partner }) => partner === survey.usedAs) ? survey.usedAs : "";
  const ask = () => store.set({ panel: "form" });
  return html`<div class="stack assess">
    <p class="lead">${say.word("live_assess.lead", { questions: questions.length })}</p>
    <div class="pair">
      <section class="card" aria-label=${say.word("live_assess.answer_head")}>
        <h2>${say.word("live_assess.answer_head")}</h2>
        <p>${say.word("live_assess.answer_how")}</p>
        <p class="row" style=${{ marginTop: "10px" }}>
          ${used && html`<button onClick=${() => (survey.another(), ask())}>${say.word("live_assess.another")}</button>`}
          <button class=${survey.voices.length ? "" : "main"} onClick=${ask}>${used ? say.word("live_assess.change", { partner: used }) : say.word(begun ? "live_assess.answer_on" : "live_assess.answer_now")}</button>
        </p>
      </section>
      <${Voices} page=${page} />
    </div>
    ${survey.voices.length > 0 && html`<${Outcome} page=${page} />`}
  </div>`;
}

/** Who has answered; files of answers are read here. @param {{page: Page}} given */
function Voices({ page }) {
  const { say, survey } = page;
  const [fault, setFault] = useState("");
  const [over, setOver] = useState(false);
  const { questions } = survey.asked;
  const read = async (/** @type {FileList} */ files) => {
    // Every file is read before any is used: all of them count, or none does.
    const names = survey.called([...files].map(({ name }) => name));
    const found = await Promise.allSettled([...files].map((file, place) => answersIn(survey.asked, file, names[place])));
    const came = found.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    try {
      const faults = found.flatMap((one) => (one.status === "rejected" ? [messageOf(one.reason)] : []));
      if (faults.length) throw new Fault([...faults, ...(came.length ? [say.word("live_assess.none_taken")] : [])].join("\n"));
      survey.bring(came);
      setFault("");
    } catch (error) {
      setFault(messageOf(error));
    }
  };
  return html`<section class=${`card ${over ? "asked" : ""}`} aria-label=${say.word("live_assess.bring_head")}
    onDragOver=${(/** @type {DragEvent} */ event) => (event.preventDefault(), setOver(true))} onDragLeave=${() => setOver(false)}
    onDrop=${(/** @type {DragEvent} */ event) => {
      event.preventDefault();
      setOver(false);
      if (event.dataTransfer?.files.length) read(event.dataTransfer.files);
    }}>
    <h2>${say.word("live_assess.bring_head")}</h2>
    <p>${say.word("live_assess.bring_how")}</p>
    <p class="row" style=${{ marginTop: "10px" }}>
      <label class="button">${say.word("live_assess.bring")}<input class="hidden" type="file" multiple accept=".toml,.csv,.tsv,.txt,.xlsx,.xlsm" onChange=${async (/** @type {any} */ event) => {
        const field = event.currentTarget;
        await read(field.files);
        field.value = "";
      }} /></label>
      <span class="quiet small">${say.word("live_assess.drop")}</span>
    </p>
    ${fault && html`<p class="fault" role="alert">${fault}</p>`}
    ${survey.voices.length === 0
      ? html`<p class="quiet" style=${{ marginTop: "10px" }}>${say.word("live_assess.nobody")}</p>`
      : html`<ul class="voices">
            ${survey.voices.map((voice) => html`<li key=${voice.partner}>
              <span>${say.word("live_assess.who", { partner: voice.partner, answered: Object.keys(voice.answers).length, questions: questions.length })} ${survey.files.has(voice) && html`<span class="quiet small">${say.word("live_assess.in_file", { file: survey.files.get(voice) })}</span>`}</span>
              <button class="small" aria-label=${say.word("live_assess.remove", { partner: voice.partner })} onClick=${() => survey.set({ voices: survey.voices.filter((one) => one !== voice) })}>×</button>
            </li>`)}
          </ul>
          ${survey.cases.length > 0 &&
          html`<p class="row"><label for="own-case" class="small">${say.word("live_assess.case")}</label>
            <select id="own-case" value=${survey.scenario} onChange=${(/** @type {any} */ event) => survey.set({ scenario: event.currentTarget.value })}>
              <option value="">${say.word("live_assess.no_case")}</option>
              ${survey.cases.map((one) => html`<option key=${one.name} value=${one.name}>${one.title}</option>`)}
            </select></p>
            <p class="quiet small">${say.word("live_assess.case_how")}</p>`}`}
  </section>`;
}

/** What a fault says; what is none is thrown on. @param {unknown} error @returns {string} */
function messageOf(error) {
  if (!(error instanceof Fault)) throw error;
  return error.message;
}

/** @param {import("../../assess/ranges.js").Asked} asked @param {File} file @param {string} name that it has here */
async function answersIn(asked, file, name) {
  if (file.size > MOST_PACKED) throw new Fault(`${name}: got ${file.size} bytes; allowed ${MOST_PACKED}`);
  const bytes = new Uint8Array(await file.arrayBuffer());
  // By what it holds: a name may end in anything.
  if (isWorkbook(bytes)) return { file: name, ...(await readWorkbook(asked, bytes, name)) };
  const text = await textIn(file).catch((error) => {
    throw new Fault(`${name}: ${messageOf(error)} (in Excel: save as .xlsx or as CSV UTF-8)`);
  });
  return { file: name, ...readAnswers(asked, text, name) };
}
