/** Three questions and homework, answered here and taken away as a file. */
import { save } from "../../parts/drawing.js";
import { html } from "../../parts/html.js";
import { fresh, written } from "../../state/address.js";
import { betsIn } from "./bets.js";

/** @typedef {import("./stage.js").Held} Held */

const LONGEST = 4000;

/** What was asked here, the homework last: each a text. @param {any} lesson @returns {string[]} */
export const askedIn = (lesson) => [...lesson.questions, ...(lesson.homework ? [lesson.homework.task.join("\n\n")] : [])];

/**
 * What is handed in: the decision, the bet and why, and a reply to each question, as plain text.
 *
 * @param {Held} held
 * @returns {string}
 */
export function handedIn({ page: { say }, lesson, pick, guess, desk }) {
  const { choices, unit } = lesson.bet;
  const one = betsIn(lesson, guess) === 1;
  const bet = choices.length ? choices[guess.indexOf(1)] : `${guess[0]} ${unit}`;
  const parts = [
    lesson.title,
    ...(pick === null ? [] : [`${lesson.decision.ask}\n${lesson.decision.picks[pick].label}`]),
    ...(one ? [`${lesson.question}\n${bet}`, `${say.word("live_teach.why")}\n${desk.why}`] : []),
    ...askedIn(lesson).map((asked, place) => `${asked}\n${desk.replies[place] ?? ""}`),
  ];
  return `${parts.join("\n\n")}\n`;
}

/** @param {{held: Held}} given */
export function TasksStep({ held }) {
  const { page, lesson, desk, room } = held;
  const { say, lectures, data } = page;
  const { questions, homework } = lesson;
  const life = lesson.lives.find((/** @type {any} */ one) => one.option === -1 && one.case === lesson.answer.of);
  const write = (/** @type {number} */ place, /** @type {string} */ text) => {
    const replies = askedIn(lesson).map((_, at) => (at === place ? text : desk.replies[at] ?? ""));
    lectures.write(lesson, { replies });
  };
  const box = (/** @type {number} */ place, /** @type {string} */ label) => !room && html`<textarea class="screen" aria-label=${label} rows="3" maxlength=${LONGEST} value=${desk.replies[place] ?? ""} onInput=${(/** @type {any} */ event) => write(place, event.currentTarget.value)}></textarea>
    ${desk.replies[place] && html`<p class="printed">${desk.replies[place]}</p>`}`;
  return html`<div class="to-do">
    <ol class="to-answer">${questions.map((/** @type {string} */ text, /** @type {number} */ place) => html`<li key=${text}><p>${text}</p>${box(place, text)}</li>`)}</ol>
    ${homework && html`<h3>${say.word("live_teach.homework")}</h3>
      ${homework.task.map((/** @type {string} */ text) => html`<p key=${text}>${text}</p>`)}
      ${data.cases.some((/** @type {any} */ one) => one.name === life.base) && html`<p class="row"><a class="button" href=${`#${written(fresh(life.base))}`}>${say.word("live_teach.levers")}</a></p>`}
      ${box(questions.length, say.word("live_teach.homework"))}`}
    ${!room && html`<p class="row"><button class="main" onClick=${() => save(`${lesson.name}.txt`, new Blob([handedIn(held)], { type: "text/plain;charset=utf-8" }))}>${say.word("live_teach.hand_in")}</button><span class="quiet small">${say.word("live_teach.hand_in_how")}</span></p>`}
  </div>`;
}
