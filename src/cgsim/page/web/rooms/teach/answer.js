/** What the runs say: the answer, how the room bet, every case, and how runs differ. */
import { changesOf, changeStatement } from "../../answer/build.js";
import { quantilesOf } from "../../answer/statistics.js";
import { Drawing } from "../../parts/drawing.js";
import { html } from "../../parts/html.js";
import { kept, ticksIn } from "../../parts/page.js";
import { Words } from "../../parts/words.js";
import { Dots } from "../../picture/dots.js";
import { Intervals, endsOf } from "../../picture/intervals.js";
import { asBet, feedbackOf, verdictSays } from "./bets.js";
import { Lived } from "./decide.js";
import { Guesses } from "./guesses.js";
import { answerSays, axisOf, moneySays, pickSays, rowOf, spreadSays, verdictOf } from "./words.js";

/** @typedef {import("./stage.js").Held} Held */
/** @typedef {import("./words.js").Row} Row */
/** @typedef {import("../../answer/results.js").Results} Results */

const DOTS = 20;

/** Rows of cases, as they are or with an option. @param {any} lesson @param {Results[]} cases @returns {Row[]} */
export const rowsOf = (lesson, cases) => cases.map((results, place) => rowOf(lesson.cases[place], results, lesson.answer.measure));

/**
 * All cases in one picture, with what each came to in words.
 *
 * @param {{held: Held, rows: Row[], before?: Row[] | null, domain: [number, number]}} given
 */
export function CasesPicture({ held, rows, before = null, domain }) {
  const { page, measure } = held;
  const { say } = page;
  const value = (/** @type {any} */ row) => say.told(row.estimate, measure.unit);
  const label = rows.map((row) => say.word("live_teach.row", { label: row.label, value: value(row), interval: say.interval(row.estimate, measure.unit) })).join("; ");
  return html`<${Intervals} rows=${rows} before=${before} domain=${domain} axis=${axisOf(say, measure)} words=${(/** @type {any} */ row) => kept(value(row))} label=${label} />
    <p class="quiet small">${say.word("live_teach.signs")} ${before ? say.word("live_teach.diamond") : ""}</p>`;
}

/** Where a figure of a lesson is from. @param {Held} held */
export const sourceOf = ({ page: { say, data }, lesson }) => say.word("live_take.source", { title: lesson.title, runs: lesson.runs, seed: lesson.seed, version: data.lists.version });

/** How far the runs are, while they are lived. @param {{held: Held}} given */
export function Living({ held }) {
  const done = held.cases.filter(Boolean).length;
  return html`<p class="lead" role="status">${held.page.say.word("live_teach.living", { done, all: held.cases.length })}</p>`;
}

/** @param {{held: Held}} given */
export function AnswerStep({ held }) {
  const { page, lesson, measure, guess, room, desk } = held;
  const { say, lectures } = page;
  if (!held.cases.every(Boolean)) return html`<${Living} held=${held} />`;
  const cases = /** @type {Results[]} */ (held.cases);
  const rows = rowsOf(lesson, cases);
  const { of } = lesson.answer;
  const asked = cases[of];
  const right = asBet(lesson, verdictOf(lesson, cases).value, measure.unit);
  const money = moneySays(lesson, cases);
  const life = lesson.lives.find((/** @type {any} */ one) => one.option === -1 && one.case === of);
  const feedback = feedbackOf(lesson, guess, right, say);
  const decided = held.pick === null ? null : lesson.decision.picks[held.pick];
  const came = decided && lectures.results(lesson, decided);
  const reasons = lesson.frictions ? lectures.results(lesson, life, true) : null;
  return html`<p class="says"><${Words} text=${answerSays(lesson, cases)} /></p>
    <div class="beside">
      <div>
        <h3>${say.word(room ? "live_teach.how_bet" : "live_teach.your_bet")}</h3>
        ${(room || !lesson.bet.choices.length) && html`<${Guesses} lesson=${lesson} guess=${guess} right=${right} say=${say} />`}
        ${verdictSays(lesson, guess, right, say, room).map((text) => html`<p class="verdict">${text}</p>`)}
        ${!room && feedback.map((one) => html`<p key=${one.bet} class="feedback">${one.says}</p>`)}
        ${room && feedback.length > 0 && html`<details><summary>${say.word("live_teach.to_wrong_bets")}</summary>${feedback.map((one) => html`<p key=${one.bet}><b>${one.bet}:</b> ${one.says}</p>`)}</details>`}
        ${!room && desk.why && html`<p class="quiet">${say.word("live_game.your_words", { why: desk.why })}</p>`}
        ${came && html`<p class="decided"><${Words} text=${pickSays(lesson, decided.label, came)} /></p>`}
      </div>
      <${Drawing} name=${`${lesson.name}-cases`} words=${say.word("live_teach.step_answer")} source=${sourceOf(held)} say=${say}><div class="stack">
      ${cases.length > 1 && html`<div><h3>${say.word("live_teach.cases")}</h3><${CasesPicture} held=${held} rows=${rows} domain=${endsOf(rows)} /></div>`}
      ${measure.unit === "share" && measure.interval === "mean" && html`<${Spread} held=${held} results=${asked} row=${rows[of]} />`}
      ${reasons && html`<${Frictions} results=${reasons} held=${held} />`}
      </div><//>
      ${money.length > 0 && html`<div class="wide"><h3>${say.word("live_teach.money")}</h3>${money.map((text) => html`<p><${Words} text=${text} /></p>`)}</div>`}
      ${held.pick !== null && html`<div class="wide"><${Lived} held=${held} told=${true} /></div>`}
    </div>`;
}

/** How the runs of a case differ, as dots. @param {{held: Held, results: Results, row: Row}} given */
function Spread({ held, results, row }) {
  const { page, lesson } = held;
  const { say } = page;
  const { measure } = lesson.answer;
  const column = results.column(measure).filter((value) => !Number.isNaN(value)).sort();
  const dots = quantilesOf(column, Array.from({ length: DOTS }, (_, place) => (place + 0.5) / DOTS));
  const tick = ticksIn(say);
  return html`<div>
    <h3>${say.word("live_teach.runs_differ", { runs: results.count, label: row.label })}</h3>
    <${Dots} values=${dots} domain=${[Math.min(...dots, -0.01), Math.max(...dots, 0.01)]} tick=${tick} label=${say.word("live_teach.dots", { runs: results.count })} />
    <p>${kept(spreadSays(row, results, measure))}</p>
  </div>`;
}

/** What would change it, each friction alone. @param {{results: Results, held: Held}} given */
function Frictions({ results, held }) {
  const { kitchen, say } = held.page;
  const changes = changesOf(results);
  const most = Math.max(0.001, ...changes.map((one) => Math.abs(one.value)));
  return html`<div>
    <h3>${say.word("live_teach.frictions")}</h3>
    <ul class="bars">
      ${changes.map((one) => html`<li key=${one.friction}>
        <span><${Words} text=${changeStatement(kitchen, one).text} /></span>
        <svg class="bar" width="100%" height="8" aria-hidden="true"><rect width=${`${(100 * Math.abs(one.value)) / most}%`} height="8" rx="4" fill=${one.value > 0 ? "var(--gains)" : "var(--loses)"} /></svg>
      </li>`)}
    </ul>
  </div>`;
}
