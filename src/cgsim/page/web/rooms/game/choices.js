/** What may be decided this quarter: in plain words, with the price beside it. */
import { decisionSays, priceSays, standing as standingOf } from "../../game/words.js";
import { asksOf } from "../../game/lives.js";
import { html, useMemo, useState } from "../../parts/html.js";

/** @typedef {import("../../parts/page.js").Page} Page */
/** @typedef {import("../../game/game.js").Decision} Decision */

/**
 * @param {{page: Page, standing: import("../../game/standing.js").Standing, seen: import("../../game/lives.js").Seen,
 *   pending: Decision[], onDecide: (pending: Decision[]) => void}} given
 */
export function Choices({ page, standing, seen, pending, onDecide }) {
  const { plays, say } = page;
  const { game } = plays;
  const { play, lived } = standing;
  const [open, setOpen] = useState("");
  const one = game.cases[play.case];
  const before = play.decisions.filter((made) => made.quarter < lived);
  const now = standingOf(game, one, before, seen);
  const left = game.settings.a_quarter - pending.length;
  const taken = (/** @type {string} */ name) => before.some((made) => made.action === game.number[name]);
  const chosen = (/** @type {string} */ name) => pending.find((made) => made.action === game.number[name]);
  const offered = game.actions.filter(({ name, once }) => !(once && taken(name)) && !(name === "more_money" && !taken("grant") && !chosen("grant")));
  const choose = (/** @type {string} */ name, /** @type {number} */ level) => onDecide([...pending.filter((made) => made.action !== game.number[name]), game.to(name, lived, level)]);
  /** Choose, and fold the row that it was chosen from. @param {string} name @param {number} level */
  const take = (name, level) => {
    document.getElementById(`do-${name}`)?.focus();
    setOpen("");
    choose(name, level);
  };
  const undo = (/** @type {Decision} */ made) => {
    // A button that goes takes the focus with it.
    document.getElementById(`do-${game.actions[made.action].name}`)?.focus();
    onDecide(game.without(pending, pending.indexOf(made)));
  };
  /** Levels that are not as it is already. @param {import("../../game/game.js").Action} action */
  const others = ({ levels }) => levels.map((sets, level) => ({ sets, level })).filter(({ sets }) => Object.entries(sets).some(([key, value]) => key === "review_months" || Number(value) !== now[key]) || !Object.keys(sets).length);
  const price = (/** @type {string} */ name, /** @type {number} */ level) => priceSays(game, one, say, now, name, level);
  return html`<section class="stack tight choices-of" aria-label=${say.word("live_game.decide")}>
    <h3 class="row between"><span>${say.word("live_game.decide")}</span><span role="status" class="left">${say.word(`live_game.left_${left}`)}</span></h3>
    <ul class="decisions">
      ${offered.map((action) => {
        const { name } = action;
        const made = chosen(name);
        const levels = others(action);
        const full = left === 0 && !made;
        const single = levels.length === 1;
        const spread = !single && open === name && !full;
        const says = (/** @type {number} */ level) => decisionSays(game, say, { quarter: lived, action: game.number[name], level });
        const as = action.levels.findIndex((sets) => Object.keys(sets).length > 0 && Object.entries(sets).every(([key, value]) => Number(value) === now[key]));
        const press = () => {
          if (full) return;
          if (made && single) undo(made);
          else if (single) choose(name, levels[0].level);
          else setOpen(open === name ? "" : name);
        };
        return html`<li key=${name} class=${`card decision ${made ? "made" : ""} ${full ? "full" : ""}`}>
          <div class="row between top">
            <button class="plainly" id=${`do-${name}`} aria-disabled=${full ? "true" : undefined} aria-expanded=${single ? undefined : spread} aria-pressed=${single ? Boolean(made) : undefined} onClick=${press}>
              <b>${made ? says(made.level) : single ? says(levels[0].level) : say.word(`game_action.${name}`)}</b>
              <span class="quiet small price">${made ? price(name, made.level) : single ? price(name, levels[0].level) : name === "members" ? say.formats.count(now.size) : as >= 0 ? says(as) : say.word("live_game.as_it_is")}</span>
            </button>
            ${made && html`<button onClick=${() => undo(made)} aria-label=${`${say.word("live_game.undo")}: ${says(made.level)}`}>${say.word("live_game.undo")}</button>`}
          </div>
          ${made && name === "members" && html`<${Who} page=${page} standing=${{ lived, play: { ...play, decisions: before } }} made=${made} />`}
          ${spread && (name === "members"
            ? html`<div class="levels"><label class="small" for="how-many">${say.word("live_game.how_many")}</label>
              <select id="how-many" value=${made ? String(made.level) : ""} onChange=${(/** @type {any} */ event) => event.currentTarget.value && choose(name, Number(event.currentTarget.value))}>
                <option value="">–</option>
                ${levels.map(({ level, sets }) => html`<option key=${level} value=${String(level)}>${sets.size}</option>`)}
              </select>${!made && html`<span class="quiet small">${price(name, levels[0].level)}</span>`}</div>`
            : html`<ul class="levels">${levels.map(({ level }) => html`<li key=${level}><button aria-pressed=${made?.level === level} onClick=${() => (made?.level === level ? undo(made) : take(name, level))}><span>${says(level)}</span><span class="quiet small price">${price(name, level)}</span></button></li>`)}</ul>`)}
        </li>`;
      })}
    </ul>
  </section>`;
}

/** Whom a number of members means. @param {{page: Page, standing: import("../../game/standing.js").Standing, made: Decision}} given */
function Who({ page, standing: { play }, made }) {
  const { plays, kit, data, say } = page;
  const who = useMemo(() => asksOf(plays.game, kit, data.lists, play, made), [made.level, JSON.stringify(play.decisions), play.luck, play.case]);
  return html`<p class="small who" role="status">${/** @type {("come" | "go")[]} */ (["come", "go"]).map((way) => (who[way].length ? say.word(`game_seen.${way}`, { who: say.formats.joined(who[way]) }) : "")).join(" ")}</p>`;
}
