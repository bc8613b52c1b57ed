/** The question and the bet: one's own with a reason, or those of a whole room, one press a bet. */
import { html, useState } from "../../parts/html.js";
import { MOST_BETS, alone, betsIn, counted } from "./bets.js";

/** @typedef {import("./stage.js").Held} Held */

const LONGEST = 1000;

/** @param {{held: Held, hint: string, onReveal: () => void}} given */
export function BetStep({ held, hint, onReveal }) {
  const { page, lesson, guess, room } = held;
  const { say } = page;
  const bets = betsIn(lesson, guess);
  const standing = bets === 0 ? "no_bet" : bets === 1 ? "one_bet" : "bets";
  return html`<p class="question">${lesson.question}</p>
    ${lesson.bet.choices.length > 0 ? html`<${Choices} held=${held} />` : html`<${ANumber} held=${held} />`}
    ${!room && html`<${Why} held=${held} />`}
    <p class="row stands">
      <span role="status">${hint && html`<b class="loses">${hint} </b>`}${room && say.word(`live_teach.${standing}`, { bets })}</span>
      <button class="main" disabled=${!bets} onClick=${onReveal}>${say.word("live_teach.reveal")}</button>
    </p>`;
}

/** Why somebody thinks so, in their own words. @param {{held: Held}} given */
function Why({ held }) {
  const { page, lesson, desk } = held;
  return html`<div class="entry reason"><label for="why">${page.say.word("live_teach.why")}</label>
    <textarea id="why" rows="2" maxlength=${LONGEST} value=${desk.why} onInput=${(/** @type {any} */ event) => page.lectures.write(lesson, { why: event.currentTarget.value })}></textarea></div>`;
}

/** @param {{held: Held}} given */
function Choices({ held }) {
  const { page, lesson, guess, onGuess, room } = held;
  const { say } = page;
  const { choices } = lesson.bet;
  const put = (/** @type {number} */ place, /** @type {number} */ more) => onGuess((old) => counted(lesson, old, place, more));
  if (!room) {
    return html`<ul class="picks">
      ${choices.map((/** @type {string} */ choice, /** @type {number} */ place) => html`<li key=${choice} class="choice-of"><button aria-pressed=${guess[place] === 1} onClick=${() => onGuess(() => alone(lesson, place))}>${choice}</button></li>`)}
    </ul>`;
  }
  return html`<fieldset class="choices">
    <legend>${say.word("live_teach.bet")} <span class="quiet">${say.word("live_teach.bet_how", { choices: choices.length })}</span></legend>
    ${choices.map((/** @type {string} */ choice, /** @type {number} */ place) => {
      const count = guess[place] ?? 0;
      return html`<div key=${choice} class="choice">
        <button onClick=${() => put(place, 1)}><kbd aria-hidden="true">${place + 1}</kbd> ${choice}${count > 0 && html`<span class="hidden"> (${say.word(count === 1 ? "live_teach.one_bet" : "live_teach.bets", { bets: count })})</span>`}</button>
        <button aria-label=${say.word("live_teach.less", { choice })} disabled=${!count} onClick=${() => put(place, -1)}>−</button>
        <b class="count" aria-hidden="true">${count || ""}</b>
      </div>`;
    })}
  </fieldset>`;
}

/** @param {{held: Held}} given */
function ANumber({ held }) {
  const { page, lesson, guess, onGuess, room } = held;
  const { say } = page;
  const { low, high, unit } = lesson.bet;
  const [typed, setTyped] = useState(room || !guess.length ? "" : String(guess[0]));
  const [fault, setFault] = useState("");
  const place = (/** @type {Event} */ event) => {
    event.preventDefault();
    const value = Number(typed);
    if (typed.trim() === "" || !(value >= low && value <= high) || guess.length >= MOST_BETS) {
      setFault(say.word("live_teach.needs_number", { low, high }));
      return;
    }
    setFault("");
    if (room) setTyped("");
    onGuess((old) => (room ? [...old, value] : [value]));
  };
  return html`<form class="a-number" onSubmit=${place} novalidate>
    <label for="a-bet">${say.word(room ? "live_teach.bet_number" : "live_teach.own_bet_number", { low, high, unit })}</label>
    <span class="row">
      <input id="a-bet" type="number" min=${low} max=${high} step="any" inputmode="decimal" autocomplete="off" value=${typed} onInput=${(/** @type {any} */ event) => setTyped(event.currentTarget.value)} />
      <button aria-pressed=${room ? undefined : guess.length > 0 && Number(typed) === guess[0] && typed.trim() !== ""}>${say.word("live_teach.place")}</button>
      ${room && html`<button type="button" disabled=${!guess.length} onClick=${() => onGuess((old) => old.slice(0, -1))}>${say.word("live_teach.take_back")}</button>`}
    </span>
    ${fault && html`<p class="fault" role="alert">${fault}</p>`}
  </form>`;
}
