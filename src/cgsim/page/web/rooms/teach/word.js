/** The answer is held back until somebody gives the word. It keeps a class together; it is no lock. */
import { crc32 } from "../../game/code.js";
import { html, useState } from "../../parts/html.js";

/** @typedef {import("./stage.js").Held} Held */

/** @param {{held: Held}} given */
export function WordStep({ held }) {
  const { page, lesson } = held;
  const { say, lectures } = page;
  const [typed, setTyped] = useState("");
  const [wrong, setWrong] = useState(false);
  const give = (/** @type {Event} */ event) => {
    event.preventDefault();
    const right = crc32(new TextEncoder().encode(typed.trim().toLowerCase())) === lesson.word;
    setWrong(!right);
    if (right) lectures.write(lesson, { unlocked: true });
  };
  return html`<form class="stack tight" onSubmit=${give}>
    <p class="lead">${say.word("live_teach.held_back")}</p>
    <p class="row"><label for="the-word">${say.word("live_teach.word")}</label>
      <input id="the-word" type="text" maxlength="40" autocomplete="off" autocapitalize="off" spellcheck="false" value=${typed} onInput=${(/** @type {any} */ event) => setTyped(event.currentTarget.value)} />
      <button class="main" disabled=${!typed.trim()}>${say.word("live_teach.give_word")}</button></p>
    ${wrong && html`<p class="fault" role="alert">${say.word("live_teach.wrong_word")}</p>`}
  </form>`;
}
