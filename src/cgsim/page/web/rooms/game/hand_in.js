/** What a player hands in: three sentences, a code, the same as a square, and a file with the reasons. */
import { writeCode } from "../../game/code.js";
import { handIn, lastGuess } from "../../game/debrief.js";
import { seenAt } from "../../game/lives.js";
import { html, useMemo, useState } from "../../parts/html.js";
import { kept } from "../../parts/page.js";
import { Square } from "../../picture/square.js";
import { save } from "../../parts/drawing.js";

/** @typedef {import("../../parts/page.js").Page} Page */

/** @param {{page: Page, play: import("../../game/game.js").Play, own: import("../../game/debrief.js").Life}} given */
export function HandIn({ page, play, own }) {
  const { plays, say, data } = page;
  const { game } = plays;
  const place = lastGuess(play);
  const month = game.settings.guess_months[place];
  const seen = useMemo(() => seenAt(game, page.kit, data.lists, play, month / game.settings.months_a_quarter), [play.case, play.luck, month]);
  const made = handIn(game, say, play, own, seen, plays.reasons[place]).map(kept).join("\n");
  const [typed, setTyped] = useState(/** @type {string | null} */ (null));
  const [copied, setCopied] = useState("");
  const code = writeCode(game, play);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(code);
      setCopied(say.word("live_game.copied"));
    } catch {
      setCopied(say.word("live_game.copy_by_hand"));
    }
    setTimeout(() => setCopied(""), 4000);
  };
  const file = () => {
    const reasons = plays.reasons.flatMap((why, number) => (why ? [`${say.word("live_game.guess_head", { month: game.settings.guess_months[number] })}\n${why}`] : []));
    save(`play-${code.slice(0, 11)}.txt`, new Blob([[code, typed ?? made, ...reasons, ""].join("\n\n")], { type: "text/plain" }));
  };
  return html`<section class="card stack tight" aria-label=${say.word("live_game.hand_head")}>
    <h2>${say.word("live_game.hand_head")}</h2>
    <p>${say.word("live_game.hand_how")}</p>
    <textarea aria-label=${say.word("live_game.hand_label")} rows="6" maxlength="2000" value=${typed ?? made} onInput=${(/** @type {any} */ event) => setTyped(event.currentTarget.value)}></textarea>
    <div class="code-of">
      <${Square} text=${code} label=${say.word("live_game.qr")} />
      <div class="stack tight"><h3>${say.word("live_game.code")}</h3>
        <p><code class="code">${code}</code></p>
        <p class="quiet small">${say.word("live_game.code_how")}</p>
        <p class="row"><button class="main" onClick=${copy}><span aria-live="polite">${copied || say.word("live_game.copy")}</span></button>
          <button onClick=${file}>${say.word("live_game.file")}</button></p></div>
    </div>
  </section>`;
}
