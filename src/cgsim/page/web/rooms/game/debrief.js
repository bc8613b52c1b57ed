/** What a play came to, beside what it might have come to on the same luck. */
import { bestSays, byYear, closeSays, effectsOf, guessesSay, ledSays, LIVES, luckSays, scoreSays, turnSays } from "../../game/debrief.js";
import { addressOf } from "../../game/standing.js";
import { decisionSays, monthIn } from "../../game/words.js";
import { html, useEffect, useRef } from "../../parts/html.js";
import { kept } from "../../parts/page.js";
import { Dots } from "../../picture/dots.js";
import { Years } from "../../picture/years.js";
import { quantilesOf } from "../../answer/statistics.js";
import { HandIn } from "./hand_in.js";

/** @typedef {import("../../parts/page.js").Page} Page */
/** @typedef {import("../../game/game.js").Play} Play */
/** @typedef {import("../../game/debrief.js").Found} Found */

const DOTS = 20;

/** @param {{page: Page, play: Play}} given */
export function Debrief({ page, play }) {
  const { plays, say, store } = page;
  const { game } = plays;
  const heading = useRef(/** @type {any} */ (null));
  const { lives, lucks, turn } = plays.debrief(play);
  // The first heading goes when there is something to show, and the focus with it.
  useEffect(() => {
    scrollTo({ top: 0 });
    heading.current?.focus({ preventScroll: true });
  }, [Boolean(lives)]);
  const one = game.cases[play.case];
  const again = (/** @type {number} */ luck) => {
    plays.anew();
    store.set(addressOf(game, { play: { case: play.case, luck, decisions: [], guesses: play.guesses.map(() => null) }, lived: 0 }));
  };
  if (!lives) return html`<div class="game debrief"><h2 tabindex="-1" ref=${heading}>${say.word("live_game.debrief")}</h2><p role="status">${say.word("live_game.living")}</p></div>`;
  const { own, led, best, undone } = lives;
  const closed = closeSays(game, say, play, own, undone);
  return html`<div class="game debrief" data-found=${turn ? "all" : lucks ? "lucks" : "lives"}>
    <section class="card stack tight">
      <h2 tabindex="-1" ref=${heading}>${say.word("live_game.debrief")}</h2>
      <p class=${`figure ${own.score >= 0 ? "gains" : "loses"}`}>${kept(say.formats.signed_units(own.score))}</p>
      <p class="quiet small">${say.word("live_game.score_unit")}</p>
      ${scoreSays(say, own).map((text, place) => html`<p key=${text} class=${place ? "" : "lead"}>${text}</p>`)}
      ${closed && html`<p class="praise">${closed}</p>`}
    </section>
    <section class="card stack tight"><${Lines} page=${page} play=${play} lives=${lives} /></section>
    <div class="pair">
      <section class="card stack tight">
        <h2>${say.word("live_game.words_head")}</h2>
        ${guessesSay(game, say, play, own).map((text, place) => html`<div key=${text}><p>${kept(text)}</p>${plays.reasons[place] && html`<p class="quiet">${say.word("live_game.your_words", { why: plays.reasons[place] })}</p>`}</div>`)}
      </section>
      <section class="card stack tight">
        <h2>${say.word("live_game.turn_head")}</h2>
        <p>${turn ? turnSays(game, say, own, turn) : own.score >= 0 ? turnSays(game, say, own, { last: null }) : say.word("live_game.still")}</p>
        ${own.score < 0 && html`<details><summary>${say.word("live_game.turn_how", { repairs: game.repairs.length })}</summary>
          <ul class="points">${game.repairs.map((repair) => html`<li key=${String(repair)}>${say.formats.joined(repair.map(([name, level]) => decisionSays(game, say, game.to(name, 0, level))))}</li>`)}</ul></details>`}
      </section>
    </div>
    <div class="pair">
      <section class="card stack tight"><${Undone} page=${page} play=${play} lives=${lives} /></section>
      <section class="card stack tight">
        <h2>${say.word("live_game.luck_head")}</h2>
        ${lucks ? html`<${Lucks} page=${page} lucks=${lucks} />${luckSays(game, say, play, own, lucks).map((text) => html`<p key=${text}>${kept(text)}</p>`)}` : html`<p>${say.word("live_game.still")}</p>`}
      </section>
    </div>
    <section class="card stack tight">
      <h2>${say.word("live_game.best_head")}</h2>
      <p>${kept(bestSays(say, own, best))}</p>
      <p>${kept(ledSays(say, own, led))}</p>
      <details><summary>${say.word("live_game.best_how")}</summary><ul class="points">${one.best.decisions.map((made) => html`<li key=${JSON.stringify(made)}>${say.word("game.undone", { what: decisionSays(game, say, made), month: monthIn(game, made.quarter) })}</li>`)}</ul></details>
    </section>
    <${HandIn} page=${page} play=${play} own=${own} />
    <p class="row">
      <button onClick=${() => again((play.luck + 1) % (game.settings.most_luck + 1))}>${say.word("live_game.again")}</button>
      <button onClick=${() => again(play.luck)}>${say.word("live_game.same_again")}</button>
      <a class="button" href="#room=game">${say.word("live_game.others")}</a>
      <a class="button" href="#room=game&panel=wall">${say.word("live_game.to_wall")}</a>
    </p>
  </div>`;
}

/** The years as lines, and as a table. @param {{page: Page, play: Play, lives: NonNullable<Found["lives"]>}} given */
function Lines({ page, play, lives }) {
  const { plays, say } = page;
  const { game } = plays;
  const { own, led, best } = lives;
  const apart = own.overMoney.map((value, month) => value - own.overAlone[month]);
  const signed = say.formats.signed_units;
  const grant = game.first(play.decisions, "grant");
  const last = own.overMoney.length - 1;
  const line = (/** @type {string} */ id, /** @type {number[]} */ values, /** @type {string} */ colour, dash = "", width = 2) => ({ id, name: say.word(`live_game.line_${id}`), values, colour, dash, width });
  const lines = [
    line("you", own.overMoney, own.score >= 0 ? "var(--gains)" : "var(--loses)", "", 3.5),
    line("best", best.overMoney, "var(--ink)", "2 4"),
    line("led", led.overMoney, "var(--focus)", "7 4"),
    // Where no money was taken, alone is the same as the money.
    ...(grant === null ? [] : [line("alone", apart, "var(--alone-text)", "5 4")]),
  ];
  const money = apart.flatMap((value, month) => (value < (month ? apart[month - 1] : 0) ? [month] : []));
  const at = (/** @type {number[]} */ values) => signed(values[last]);
  return html`<h2>${say.word("live_game.years")}</h2>
    <p class="quiet small">${say.word("live_game.years_axis")}</p>
    <${Years} lines=${lines} base=${say.word(grant === null ? "live_game.line_alone" : "live_game.line_money")} money=${money} number=${(/** @type {number} */ value) => kept(signed(value))}
      label=${say.word("live_game.years_label", { you: at(own.overMoney), alone: at(apart), led: at(led.overMoney), best: at(best.overMoney) })} />
    <table class="year-table"><caption class="quiet small">${say.word("live_game.year_table")}</caption>
      <thead><tr><td></td>${byYear(own.overMoney).map((_, year) => html`<th key=${year} scope="col" class="number">${say.word("live_game.year_of", { year: year + 1 })}</th>`)}</tr></thead>
      <tbody>${[["beyond_money", own.overMoney], ["beyond_alone", own.overAlone]].map(([id, values]) => html`<tr key=${id}><th scope="row">${say.word(`live_game.${id}`)}</th>${byYear(/** @type {number[]} */ (values)).map((value, year) => html`<td key=${year} class=${`number ${value < 0 ? "loses" : "gains"}`}>${kept(signed(value))}</td>`)}</tr>`)}</tbody>
    </table>`;
}

/** @param {{page: Page, play: Play, lives: NonNullable<Found["lives"]>}} given */
function Undone({ page, play, lives }) {
  const { plays, say } = page;
  const effects = effectsOf(plays.game, say, play, lives.own, lives.undone);
  const most = Math.max(1, ...effects.map(({ effect }) => Math.abs(effect)));
  // What rounds to nothing neither added nor took.
  const colour = (/** @type {number} */ effect) => (Math.round(effect) === 0 ? "quiet" : effect > 0 ? "gains" : "loses");
  return html`<h2>${say.word("live_game.undone_head")}</h2>
    ${effects.length
      ? html`<p class="quiet small">${say.word("live_game.undone_how")}</p>
      <ul class="bars">${effects.map(({ words, effect }) => html`<li key=${words}><span>${words}</span><b class=${colour(effect)}>${kept(say.formats.signed_units(effect))}</b>
        <svg class="bar" width="100%" height="8" aria-hidden="true"><rect width=${`${(100 * Math.abs(effect)) / most}%`} height="8" rx="4" fill=${`var(--${colour(effect)})`} /></svg></li>`)}</ul>`
      : html`<p>${say.word("game.no_decisions")}</p>`}`;
}

/** @param {{page: Page, lucks: Float64Array}} given */
function Lucks({ page, lucks }) {
  const { say } = page;
  const dots = quantilesOf(Float64Array.from(lucks).sort(), Array.from({ length: DOTS }, (_, place) => (place + 0.5) / DOTS));
  const count = (/** @type {number} */ sign) => dots.filter((dot) => Math.sign(dot) === sign).length;
  const label = say.word("live_game.luck_dots", { lives: LIVES, gains: count(1), loses: count(-1) });
  return html`<${Dots} values=${dots} domain=${[Math.min(...dots, -1), Math.max(...dots, 1)]} label=${label} tick=${(/** @type {number} */ value) => kept(say.formats.signed_units(value))} />
    <p class="quiet small">${label}</p>`;
}
