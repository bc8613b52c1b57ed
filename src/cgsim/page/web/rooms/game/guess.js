/** After months 6 and 18: what a player thinks the gain is, and why. */
import { addressOf } from "../../game/standing.js";
import { GUESSES, guessSays } from "../../game/words.js";
import { html, useEffect, useRef, useState } from "../../parts/html.js";
import { Known, QuarterHead, useSeen } from "./seen.js";

const LONGEST = 500;

/** @param {{page: import("../../parts/page.js").Page, standing: import("../../game/standing.js").Standing, place: number}} given */
export function Guess({ page, standing, place }) {
  const { plays, say, store } = page;
  const { game } = plays;
  const seen = useSeen(page, standing);
  const [units, setUnits] = useState(/** @type {number | null} */ (null));
  const [why, setWhy] = useState(plays.reasons[place]);
  const heading = useRef(/** @type {any} */ (null));
  useEffect(() => {
    scrollTo({ top: 0 });
    heading.current?.focus({ preventScroll: true });
  }, []);
  const keep = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (units === null) return;
    plays.reasons[place] = why.trim();
    const guesses = standing.play.guesses.map((guess, number) => (number === place ? units : guess));
    store.set(addressOf(game, { ...standing, play: { ...standing.play, guesses } }), { step: false });
  };
  const skip = () => {
    plays.skipped.add(place);
    store.tell();
  };
  return html`<div class="game quarter">
    <${QuarterHead} page=${page} standing=${standing} seen=${seen} heading=${heading} />
    <div class="quarter-parts">
      <${Known} page=${page} standing=${standing} seen=${seen} few=${true} />
      <form class="card stack tight" onSubmit=${keep}>
        <h3>${say.word("live_game.guess_now")}</h3>
        <fieldset class="guesses-of"><legend>${say.word("live_game.guess_question")}</legend>
          ${GUESSES.map((one) => html`<label key=${one.id} class="answer-of"><input type="radio" name="guess" value=${one.units} checked=${units === one.units} onChange=${() => setUnits(one.units)} /><span>${guessSays(say, one.units)}</span></label>`)}
        </fieldset>
        <div class="entry"><label for="why">${say.word("live_game.guess_why")}</label>
          <textarea id="why" rows="3" maxlength=${LONGEST} value=${why} onInput=${(/** @type {any} */ event) => setWhy(event.currentTarget.value)}></textarea></div>
        <p class="row"><button class="main big" disabled=${units === null}>${say.word("live_game.guess_keep")}</button><button type="button" onClick=${skip}>${say.word("live_game.guess_skip")}</button></p>
      </form>
    </div>
  </div>`;
}
