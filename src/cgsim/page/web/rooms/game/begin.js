/** Where a play begins: a case, a number that settles the luck, one button. */
import { crc32, readCode } from "../../game/code.js";
import { addressOf } from "../../game/standing.js";
import { html, useState } from "../../parts/html.js";
import { Fault } from "../../scenario/edits.js";

/** @typedef {import("../../parts/page.js").Page} Page */

/** Digits of a luck as they are; a longer number is told to one, always the same. @param {string} typed @param {number} most @returns {number | null} */
export function luckOf(typed, most) {
  const digits = typed.trim();
  if (!/^\d{1,20}$/.test(digits)) return null;
  const number = Number(digits);
  return number <= most ? number : crc32(new TextEncoder().encode(digits)) % (most + 1);
}

/** @param {{page: Page}} given */
export function Begin({ page }) {
  const { plays, say, store } = page;
  const { game } = plays;
  const most = game.settings.most_luck;
  const [number, setNumber] = useState(0);
  const [typed, setTyped] = useState(() => String(1 + Math.floor(Math.random() * 9999)));
  const [code, setCode] = useState("");
  const [fault, setFault] = useState("");
  const luck = luckOf(typed, most);
  const one = game.cases[number];
  const begin = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (luck === null) return;
    plays.anew();
    store.set(addressOf(game, { play: { case: number, luck, decisions: [], guesses: game.settings.guess_months.map(() => null) }, lived: 0 }));
  };
  const open = (/** @type {Event} */ event) => {
    event.preventDefault();
    try {
      plays.anew();
      store.set(addressOf(game, { play: readCode(game, code), lived: game.settings.quarters }));
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      setFault(error.message);
    }
  };
  return html`<div class="game begin">
    <form class="card stack" onSubmit=${begin}>
      <p class="lead">${say.word("live_game.lead")} ${one.brief}</p>
      <details><summary>${say.word("live_game.what_wins")}</summary>
        <p>${say.word("live_game.wins")}</p>
        <p>${say.word("live_game.grant", { fund: one.grant.fund, months: one.grant.fund_months, more: game.settings.more_months })}</p>
      </details>
      <div class="entry"><label for="game-case">${say.word("live_game.case")}</label>
        <select id="game-case" value=${String(number)} onChange=${(/** @type {any} */ event) => setNumber(Number(event.currentTarget.value))}>
          ${game.cases.map((each) => html`<option key=${each.name} value=${String(each.number)}>${each.title}</option>`)}
        </select></div>
      <div class="entry"><label for="game-number">${say.word("live_game.number")}</label>
        <input id="game-number" type="text" inputmode="numeric" autocomplete="off" value=${typed} aria-describedby="game-number-how" onInput=${(/** @type {any} */ event) => setTyped(event.currentTarget.value)} />
        <p id="game-number-how" class="quiet small">${say.word("live_game.number_how")}
          ${luck !== null && Number(typed) > most && html` ${say.word("live_game.number_long", { luck })}`}</p>
        ${luck === null && html`<p class="fault" role="alert">${say.word("live_game.number_fault")}</p>`}</div>
      <button class="main big" disabled=${luck === null}>${say.word("live_game.begin")}</button>
    </form>
    <details><summary>${say.word("live_game.open")}</summary>
      <form class="row" onSubmit=${open}>
        <label class="hidden" for="game-code">${say.word("live_game.open_code")}</label>
        <input id="game-code" type="text" autocomplete="off" spellcheck="false" placeholder=${say.word("live_game.open_code")} value=${code} onInput=${(/** @type {any} */ event) => setCode(event.currentTarget.value)} />
        <button>${say.word("live_game.open_now")}</button>
      </form>
      ${fault && html`<p class="fault" role="alert">${fault}</p>`}
    </details>
    <p><a href="#room=game&panel=wall">${say.word("live_game.to_wall")}</a></p>
  </div>`;
}
