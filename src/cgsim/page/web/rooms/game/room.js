/** The game: a case and a luck, a quarter a screen, what it came to; and the wall of a room's plays. */
import { guessDue, standingOf } from "../../game/standing.js";
import { html } from "../../parts/html.js";
import { Begin } from "./begin.js";
import { Debrief } from "./debrief.js";
import { Guess } from "./guess.js";
import { Quarter } from "./quarter.js";
import { Wall } from "./wall.js";

/** @typedef {import("../../parts/page.js").Page} Page */

/** @param {{page: Page}} given */
export function GameRoom({ page }) {
  const { plays, state, say } = page;
  const { game, skipped } = plays;
  if (state.panel === "wall") return html`<${Wall} page=${page} />`;
  const standing = standingOf(game, state.play, state.lived);
  if (!standing) return html`<${Begin} page=${page} />`;
  if (!page.kit) return html`<p role="status">${say.word("live_game.loading")}</p>`;
  if (standing.lived === game.settings.quarters) return html`<${Debrief} key=${state.play} page=${page} play=${standing.play} />`;
  const due = guessDue(game, standing, skipped);
  if (due !== null) return html`<${Guess} key=${due} page=${page} standing=${standing} place=${due} />`;
  return html`<${Quarter} key=${standing.lived} page=${page} standing=${standing} />`;
}
