/** A quarter: what is known, two things that may be done, and three months to live. */
import { addressOf, pendingOf } from "../../game/standing.js";
import { html, useEffect, useRef } from "../../parts/html.js";
import { Choices } from "./choices.js";
import { Known, QuarterHead, useSeen } from "./seen.js";

/** @typedef {import("../../parts/page.js").Page} Page */
/** @typedef {import("../../game/standing.js").Standing} Standing */
/** @typedef {import("../../game/game.js").Decision} Decision */

/** @param {{page: Page, standing: Standing}} given */
export function Quarter({ page, standing }) {
  const { plays, say, store } = page;
  const { game } = plays;
  const { play, lived } = standing;
  const seen = useSeen(page, standing);
  const heading = useRef(/** @type {any} */ (null));
  useEffect(() => {
    scrollTo({ top: 0 });
    heading.current?.focus({ preventScroll: true });
  }, []);
  const pending = pendingOf(standing);
  const { quarters } = game.settings;
  const decide = (/** @type {Decision[]} */ now) => {
    // A closing comes last, and money after the grant that it goes on with.
    const order = (/** @type {Decision} */ { action }) => (action === game.number.close ? game.actions.length : action);
    const decisions = [...play.decisions.filter((one) => one.quarter < lived), ...[...now].sort((a, b) => order(a) - order(b))];
    store.set(addressOf(game, { play: { ...play, decisions }, lived }), { step: false });
  };
  const live = () => {
    const closes = pending.some((one) => one.action === game.number.close);
    store.set(addressOf(game, { play, lived: closes || seen.ended ? quarters : lived + 1 }));
  };
  const word = seen.ended || lived === quarters ? "see" : pending.length ? "live" : "live_nothing";
  return html`<div class="game quarter">
    <${QuarterHead} page=${page} standing=${standing} seen=${seen} heading=${heading} />
    <div class="quarter-parts">
      <${Known} page=${page} standing=${standing} seen=${seen} />
      ${!seen.ended && html`<${Choices} page=${page} standing=${standing} seen=${seen} pending=${pending} onDecide=${decide} />`}
    </div>
    <div class="go"><button class="main big" onClick=${live}>${say.word(`live_game.${word}`)}</button></div>
  </div>`;
}
