/** What a lead sees when a quarter begins: who is in, what was settled, hours, money, what one says. */
import { sayingOf } from "../../game/words.js";
import { seenAt } from "../../game/lives.js";
import { html, useMemo } from "../../parts/html.js";
import { kept } from "../../parts/page.js";

/** @typedef {import("../../parts/page.js").Page} Page */
/** @typedef {import("../../game/standing.js").Standing} Standing */
/** @typedef {import("../../game/lives.js").Seen} Seen */

const ALL = 0.9995;
const SEASONS = 4;

/** @param {Page} page @param {Standing} standing @returns {Seen} */
export function useSeen(page, { play, lived }) {
  const before = play.decisions.filter((one) => one.quarter < lived);
  return useMemo(() => seenAt(page.plays.game, page.kit, page.data.lists, { ...play, decisions: before }, lived), [JSON.stringify(before), lived, play.luck, play.case]);
}

/** Two letters for each name, none for two. @param {string[]} names @returns {string[]} */
export function initialsOf(names) {
  /** @type {string[]} */
  const made = [];
  for (const name of names) {
    const [first, second = ""] = name.split(" ");
    const tries = [...(second ? [first[0] + second[0]] : []), ...[...first.slice(1), ..."123456789"].map((letter) => first[0] + letter)];
    made.push((tries.find((two) => !made.includes(two.toUpperCase())) ?? first.slice(0, 2)).toUpperCase());
  }
  return made;
}

/** The head of a quarter: where one stands in the three years, and the money. @param {{page: Page, standing: Standing, seen: Seen, heading: any}} given */
export function QuarterHead({ page, standing, seen, heading }) {
  const { plays, say } = page;
  const { game } = plays;
  const { play, lived } = standing;
  const one = game.cases[play.case];
  const { quarters } = game.settings;
  const months = Math.ceil(seen.moneyLeft / one.grant.fund);
  return html`<header class="quarter-head">
    <div class="row between"><h2 tabindex="-1" ref=${heading}>${whenSays(page, lived)}</h2>
      <p>${months > 0 ? say.word("game_seen.money", { months }) : say.word("game_seen.no_money")}</p></div>
    <p class="hidden">${say.word("live_game.progress", { quarter: lived + 1, quarters })}</p>
    <ol class="quarters" aria-hidden="true">${Array.from({ length: quarters }, (_, quarter) => html`<li key=${quarter} class=${quarter < lived ? "past" : quarter === lived ? "now" : ""}></li>`)}</ol>
  </header>`;
}

/** @param {Page} page @param {number} lived */
export const whenSays = ({ say }, lived) => say.word("live_game.year", { year: Math.floor(lived / SEASONS) + 1, season: say.word(`live_game.season_${lived % SEASONS}`) });

/** @param {{page: Page, standing: Standing, seen: Seen, few?: boolean}} given `few`: no more than facts */
export function Known({ page, standing, seen, few = false }) {
  const { plays, say, data } = page;
  const { play, lived } = standing;
  const all = plays.game.cases[play.case].tables.agency ?? [];
  const initials = initialsOf(all.map((one) => one.name));
  const chips = all.map((one, place) => ({ name: one.name, letters: initials[place] })).filter(({ name }) => seen.present.includes(name) || seen.gone.includes(name));
  const number = (/** @type {number} */ count) => data.lists.number_words[count] ?? String(count);
  const { members } = seen;
  const capital = (/** @type {string} */ text) => text.slice(0, 1).toUpperCase() + text.slice(1);
  const [first, ...others] = seen.left;
  const leftSays = others.length > 1 ? say.word("game_seen.and_more", { who: first, more: number(others.length) }) : say.formats.joined(seen.left);
  const who = seen.ended
    ? say.word("game_seen.ended")
    : seen.left.length
      ? say.word("game_seen.some_left", { members: capital(number(members)), who: leftSays })
      : seen.gone.length
        ? say.word("game_seen.some_in", { members: capital(number(members)), gone: number(seen.gone.length) })
        : say.word("game_seen.all_in", { members: number(members) });
  const tenths = Math.min(9, Math.round(10 * seen.settled));
  return html`<section class="stack tight known" aria-label=${say.word("live_game.know")}>
    <h3 class="hidden">${say.word("live_game.know")}</h3>
    <div class="card"><details class="who-in"><summary>${who}</summary><p>${say.formats.joined(seen.present)}</p></details>
      <ul class="faces">${chips.map(({ name, letters }) => html`<li key=${name} class=${seen.present.includes(name) ? "" : "gone"} title=${name}><span aria-hidden="true">${letters}</span><span class="hidden">${name}</span></li>`)}</ul></div>
    ${lived === 0
      ? html`<div class="card"><p>${say.word("game_seen.town", { met: seen.town })}</p></div>`
      : !seen.ended && html`<div class="card"><p>${seen.settled >= ALL ? say.word("game_seen.settled_all") : say.word("game_seen.settled", { settled: capital(number(tenths)) })}
          <span class="quiet"> ${say.word(few || seen.left.length ? "game_seen.hours_alone" : "game_seen.hours", { hours: seen.hours, meeting: seen.meeting })}</span></p></div>
        ${seen.voice && !few && !seen.survey && html`<div class="card"><p>“${sayingOf(say, seen.voice, lived)}” <span class="quiet">${seen.voice.name}</span></p></div>`}
        ${seen.survey && html`<div class="card survey"><p>${kept(say.word("game_seen.survey", seen.survey))}</p></div>`}`}
  </section>`;
}
