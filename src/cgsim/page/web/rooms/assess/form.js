/** The questions, to be answered by one partner: saved as a file, or used here at once. */
import { html, useState } from "../../parts/html.js";
import { Field } from "../../parts/field.js";
import { Mark } from "../../parts/words.js";
import { UNKNOWN, asToml, cleanName } from "../../assess/answers.js";
import { Fault } from "../../scenario/edits.js";
import { save } from "../../parts/drawing.js";

/** @typedef {import("../../parts/page.js").Page} Page */

/** @param {{page: Page}} given */
export function Form({ page }) {
  const { say, store, survey } = page;
  const { asked, draft } = survey;
  const { questions } = asked;
  const [told, setTold] = useState("");
  const [fault, setFault] = useState("");
  const open = questions.filter(({ id }) => !Object.hasOwn(draft.answers, id));
  const done = questions.length - open.length;
  const themes = [...new Set(questions.map((question) => question.theme))];
  const write = (/** @type {any} */ change) => {
    setTold("");
    survey.write(change);
  };
  // As it stands now: a field that a press on a button ends is not drawn anew before the press counts.
  const voice = () => ({
    partner: cleanName(survey.draft.partner, say.word("asking.who")),
    answers: Object.fromEntries(questions.map(({ id }) => [id, survey.draft.answers[id] ?? UNKNOWN]).filter(([, answer]) => answer !== UNKNOWN)),
  });
  const title = () => cleanName(survey.draft.title, survey.title || asked.settings.title);
  const keepFile = () => {
    const { partner } = voice();
    const plain = partner.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");
    const name = `answers-${plain || "partner"}.toml`;
    save(name, new Blob([asToml(asked, voice(), title())], { type: "text/plain;charset=utf-8" }));
    survey.filed("draft");
    setTold(say.word("live_assess.saved", { name }));
  };
  const use = () => {
    try {
      survey.use(voice(), title());
      store.set({ panel: "" });
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      setFault(error.message);
    }
  };
  return html`<div class="stack assess">
    <p><button onClick=${() => store.set({ panel: "" })}>← ${say.word("live_assess.back")}</button></p>
    <section class="card" aria-label=${say.word("live_assess.form_head")}>
      <h2>${say.word("live_assess.form_head")}</h2>
      <p>${say.word("live_assess.form_how")}</p>
      <div class="pair" style=${{ marginTop: "12px" }}>
        <p class="entry"><label for="partner">${say.word("live_assess.partner")}</label><${Field} id="partner" type="text" maxlength="80" autocomplete="organization" value=${draft.partner} onDone=${(/** @type {any} */ field) => write({ partner: field.value })} /></p>
        <p class="entry"><label for="partnership">${say.word("live_assess.partnership")}</label><${Field} id="partnership" type="text" maxlength="80" autocomplete="off" value=${draft.title} onDone=${(/** @type {any} */ field) => write({ title: field.value })} /></p>
      </div>
      <p class="row" style=${{ marginTop: "12px" }}>
        <label class="row"><input type="checkbox" checked=${survey.keeps} onChange=${(/** @type {any} */ event) => {
          const keep = event.currentTarget.checked;
          if (!survey.keep(keep)) {
            event.currentTarget.checked = false;
            setFault(say.word("live_assess.cannot_keep"));
          }
        }} /> ${say.word("live_assess.keep")}</label>
        <button onClick=${() => {
          survey.forget();
          setTold(say.word("live_assess.forgotten"));
        }}>${say.word("live_assess.forget")}</button>
        <span class="quiet small">${say.word("live_assess.keep_how")}</span>
      </p>
    </section>
    ${themes.map((theme) => html`<section key=${theme} class="card" aria-label=${theme}>
      <h2>${theme}</h2>
      ${questions.filter((question) => question.theme === theme).map((question) => html`<fieldset key=${question.id} class="question-of">
        <legend>${question.text} <${Mark} title=${question.text} text=${question.why} /></legend>
        ${[...question.answers, { id: UNKNOWN, text: say.word("live_assess.unknown") }].map(({ id, text }) => html`<label key=${id} class="answer-of">
          <input type="radio" name=${question.id} value=${id} checked=${draft.answers[question.id] === id} onChange=${() => write({ answers: { ...survey.draft.answers, [question.id]: id } })} /> <span>${text}</span></label>`)}
      </fieldset>`)}
    </section>`)}
    <div class="card form-foot">
      <p role="status">${told || say.word(open.length ? "live_assess.open_left" : "live_assess.all_done", { done, questions: questions.length })}</p>
      ${fault && html`<p class="fault" role="alert">${fault}</p>`}
      <p class="row">
        <button class="main" onClick=${keepFile}>${say.word("live_assess.save")}</button>
        <button onClick=${use}>${say.word("live_assess.add")}</button>
        <button disabled=${!open.length} onClick=${() => /** @type {HTMLElement | null} */ (document.querySelector(`input[name="${CSS.escape(open[0].id)}"]`))?.focus()}>${say.word("live_assess.next_open")}</button>
      </p>
    </div>
  </div>`;
}
