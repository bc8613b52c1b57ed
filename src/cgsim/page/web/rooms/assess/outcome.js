/** What answers lead to: the forecast, what to talk about first, what would help, what it turns on. */
import { quantilesOf } from "../../answer/statistics.js";
import { drawsAgainst, sideOf } from "../../answer/way.js";
import { allAsToml } from "../../assess/answers.js";
import { allTried } from "../../assess/assessment.js";
import { rangeInWords } from "../../assess/ranges.js";
import { agreed, answerText, asSeen, changes, doubt, furthestApart, gaps, headlines, money, risk, table, textOf, topicOf, worth } from "../../assess/words.js";
import { Drawing, save } from "../../parts/drawing.js";
import { html } from "../../parts/html.js";
import { kept, ticksIn } from "../../parts/page.js";
import { Words } from "../../parts/words.js";
import { Dots } from "../../picture/dots.js";
import { Intervals, endsOf } from "../../picture/intervals.js";
import { toToml } from "../../scenario/written.js";
import { fresh, needsFile, written } from "../../state/address.js";
import { toCsv } from "../take_away/files.js";

/** @typedef {import("../../parts/page.js").Page} Page */
/** @typedef {import("../../assess/assessment.js").Assessment} Assessment */
/** @typedef {import("../../assess/words.js").With} With */

const DOTS = 50;
const FIRST = 3;

/** @param {{page: Page}} given */
export function Outcome({ page }) {
  const { say, survey, kitchen } = page;
  const { found, asked } = survey;
  if (!found?.forecast) return html`<p class="lead" role="status">${say.word("live_assess.working", { done: 0, all: found?.all ?? 1 })}</p>`;
  /** @type {With} */
  const given = { say, asked, kitchen };
  const several = found.drawn.answers.heard.length > 1;
  const source = say.word("live_take.source_draws", { title: found.drawn.answers.title, draws: found.drawn.count, runs: found.replicates, seed: survey.seed, version: page.data.lists.version });
  const draw = (/** @type {string} */ name, /** @type {string} */ words, /** @type {any} */ inside) => html`<${Drawing} name=${`assessed-${name}`} words=${say.word(`live_assess.${words}`)} source=${source} say=${say}>${inside}<//>`;
  return html`${draw("forecast", "forecast", html`<${Forecast} page=${page} given=${given} found=${found} title=${found.drawn.answers.title} />`)}
    <div class="pair">
      <div class="stack">
        ${several && html`<${Talk} given=${given} found=${found} />`}
        ${found.byPartner.length > 0 && draw("partners", "seen", html`<${Seen} given=${given} found=${found} />`)}
        ${draw("doubt", "doubt", html`<${FindOut} given=${given} found=${found} />`)}
      </div>
      ${draw("helps", "helps", html`<${Helps} given=${given} found=${found} />`)}
    </div>
    <${Take} page=${page} found=${found} />
    <${Assumed} given=${given} />`;
}

/** Of which base the figures are: in words, as members may have been entered in another room. @param {Page} page @param {Assessment} found */
function basis({ say, data, state }, { drawn: { start } }) {
  const known = start.own && data.cases.find((/** @type {any} */ one) => one.name === start.name);
  const of = known ? say.word("live_assess.based", { title: `“${known.title}”` }) : say.word("live_assess.based_general");
  return needsFile(state) || Object.keys(state.set).length ? `${of} ${say.word("live_assess.based_without")}` : of;
}

/** @param {{page: Page, given: With, found: Assessment, title: string}} given */
function Forecast({ page, given, found, title }) {
  const { say } = given;
  const { means } = /** @type {any} */ (found.present);
  const { median } = /** @type {any} */ (found.forecast);
  const sorted = Float64Array.from(means).sort();
  const dots = quantilesOf(sorted, Array.from({ length: DOTS }, (_, place) => (place + 0.5) / DOTS));
  const tick = ticksIn(say);
  const figure = say.signed(median);
  const side = sideOf(figure);
  const signs = { draws: sorted.length, gains: sorted.filter((value) => value > 0).length, loses: sorted.filter((value) => value < 0).length };
  const kind = side && drawsAgainst(given.kitchen, side, signs);
  const count = (/** @type {number} */ sign) => dots.filter((value) => Math.sign(value) === sign).length;
  const left = gaps(given, found);
  const [first, ...more] = headlines(given, found);
  const then = [more.join(" "), risk(given, found), ...money(given, found)];
  return html`<section class="card answer" aria-label=${say.word("live_assess.forecast")}>
    <h2>${title}: ${say.word("live_assess.forecast").toLowerCase()}. ${say.word("assess.label")}</h2>
    <div class="say">
      <div><p class=${`figure ${kind ? "" : side}`}>${kept(figure)}</p>${kind && html`<p class="way">${say.word(`live_way.${kind}`, signs)}</p>`}</div>
      <div>
        <p class="first"><${Words} text=${first} skip=${["need"]} /></p>
        ${then.map((text) => html`<p key=${text} class="then"><${Words} text=${text} skip=${["gain", "draw", "partnership", "founder", "95 % interval"]} /></p>`)}
      </div>
    </div>
    <${Dots} values=${dots} domain=${[Math.min(...dots, -0.01), Math.max(...dots, 0.01)]} tick=${tick} height=${130} label=${say.word("live_assess.dots", { draws: found.drawn.count, gains: count(1), loses: count(-1) })} />
    <p class="small">${basis(page, found)}</p>
    <p class="quiet small">${say.word("live_assess.drawn", { runs: found.replicates })}</p>
    ${left.length > 0 && html`<details><summary>${say.word("live_assess.more")}</summary>${left.map((text) => html`<p key=${text}>${kept(text)}</p>`)}</details>`}
  </section>`;
}

/** Where colleagues disagree most. @param {{given: With, found: Assessment}} given */
function Talk({ given, found }) {
  const { say, asked } = given;
  const { answers } = found.drawn;
  const apart = furthestApart(found).slice(0, FIRST);
  const shares = new Map(found.disputes.map(({ name, estimate }) => [name, estimate]));
  const head = say.word(`live_assess.talk_${apart.length}`);
  return html`<section class="card" aria-label=${head}>
    <h2>${head}</h2>
    ${apart.length > 0 && html`<p class="quiet small">${say.word("live_assess.talk_how")}</p>`}
    <ol class="talk">
      ${apart.map((question) => {
        /** @type {Map<string, string[]>} */
        const said = new Map();
        for (const [who, answer] of answers.given(question)) said.set(answer, [...(said.get(answer) ?? []), who]);
        const share = shares.get(question);
        return html`<li key=${question}><b>${asked.questions.find(({ id }) => id === question)?.text}</b>
          <ul>${[...said].map(([answer, who]) => html`<li key=${answer}>${who.join(", ")}: “${answerText(asked, question, answer)}”</li>`)}</ul>
          ${share && share.low > 0 && html`<p class="quiet small">${kept(say.word("live_assess.worth", { share: share.value }))}</p>`}
        </li>`;
      })}
    </ol>
    <p class="small quiet">${kept([agreed(given, found), worth(given, found)].filter(Boolean).join(" "))}</p>
  </section>`;
}

/** What the doubt comes from. @param {{given: With, found: Assessment}} given */
function FindOut({ given, found }) {
  const { say, asked } = given;
  const shown = found.shares.filter(({ estimate }) => estimate.value > 0 && estimate.low > 0).slice(0, 8);
  const most = Math.max(0.01, ...shown.map(({ estimate }) => estimate.value));
  return html`<section class="card" aria-label=${say.word("live_assess.doubt")}>
    <h2>${say.word("live_assess.doubt")}</h2>
    ${found.shares.length === 0
      ? html`<p class="quiet">…</p>`
      : html`<ul class="bars">
            ${shown.map(({ name, estimate }) => html`<li key=${name}><span>${topicOf(asked, name)}</span><span>${kept(say.percent(estimate.value, 0))}</span>
              <svg class="bar" width="100%" height="8" aria-hidden="true"><rect width=${`${(100 * estimate.value) / most}%`} height="8" rx="4" fill="var(--money)" /></svg></li>`)}
          </ul>
          ${doubt(given, found).map((text) => html`<p key=${text} class="small" style=${{ marginTop: "6px" }}>${kept(text)}</p>`)}`}
  </section>`;
}

/** @param {{given: With, found: Assessment}} given */
function Helps({ given, found }) {
  const { say } = given;
  const tried = allTried(found);
  const rows = tried.map((one) => ({ label: one.changes.length === 1 ? textOf(one) : say.word("assess.best_at_once"), estimate: one.effect, from: NaN, to: NaN })).sort((a, b) => b.estimate.value - a.estimate.value);
  const words = (/** @type {any} */ row) => kept(say.formats.points_value({ ...row.estimate, unit: "share" }));
  const label = tried.map((one) => `${one.changes.length === 1 ? textOf(one) : say.word("assess.best_at_once")}: ${say.formats.points_value({ ...one.effect, unit: "share" })}`).join("; ");
  const [heads, cells] = table(given, found);
  return html`<section class="card" aria-label=${say.word("live_assess.helps")}>
    <h2>${say.word("live_assess.helps")}</h2>
    <p class="quiet small">${say.word("live_assess.helps_how")}</p>
    ${!found.ready && html`<p role="status">${say.word("live_assess.working", { done: found.done, all: found.all })}</p>`}
    ${rows.length > 0 && html`<${Intervals} rows=${rows} domain=${endsOf(rows)} axis=${say.word("assess.column_gain")} words=${words} label=${label} />`}
    ${found.ready && changes(given, found).map((text) => html`<p key=${text} class="small" style=${{ marginTop: "8px" }}>${kept(text)}</p>`)}
    ${found.settled.length > 0 && html`<p class="quiet small" style=${{ marginTop: "8px" }}>${say.word("live_assess.settled", { names: found.settled.map((change) => change.text.toLowerCase()).join("; ") })}</p>`}
    ${found.ready &&
    html`<details><summary>${say.word("live_assess.table")}</summary><div class="scroll" tabindex="0"><table>
      <thead><tr>${heads.map((head, place) => html`<th key=${place} scope="col" class=${place ? "number" : ""}>${head}</th>`)}</tr></thead>
      <tbody>${cells.map((row) => html`<tr key=${row[0]}>${row.map((cell, place) => html`<td key=${place} class=${place ? "number" : ""}>${kept(cell)}</td>`)}</tr>`)}</tbody>
    </table></div></details>`}
  </section>`;
}

/** @param {{given: With, found: Assessment}} given */
function Seen({ given, found }) {
  const { say } = given;
  const everybody = say.word("live_assess.seen_all");
  const row = (/** @type {string} */ label, /** @type {any} */ { median, nine_in_ten: [from, to] }) => ({ label, estimate: { value: median, low: NaN, high: NaN }, from, to });
  const rows = [...found.byPartner.map(({ voice, forecast }) => row(voice.partner, forecast)), row(everybody, found.forecast)];
  return html`<section class="card" aria-label=${say.word("live_assess.seen")}>
    <h2>${say.word("live_assess.seen")}</h2>
    <${Intervals} rows=${rows} domain=${endsOf(rows)} axis=${say.word("lesson.axis_gain")} words=${(/** @type {any} */ one) => kept(say.percent(one.estimate.value))} label=${asSeen(given, found).join(" ")} />
    <p class="quiet small">${say.word("live_assess.seen_how", { all: everybody })}</p>
  </section>`;
}

/** @param {{page: Page, found: Assessment}} given */
function Take({ page, found }) {
  const { say, data, survey } = page;
  const { drawn } = found;
  const { start } = drawn;
  const middle = drawn.medians();
  const ways = data.parameter("recruit").choices;
  const set = Object.fromEntries(Object.entries(middle).map(([key, value]) => [key, key === "recruit" ? ways.indexOf(value) : Number(value)]));
  // What an answer is about is no longer known: here stands the middle of its range.
  const known = start.known.filter((name) => !(name in middle));
  const own = known.length === start.known.length ? null : known;
  const there = data.cases.some((/** @type {any} */ one) => one.name === start.name);
  const text = (/** @type {string} */ name, /** @type {string} */ content, /** @type {string} */ type) => save(name, new Blob([content], { type: `${type};charset=utf-8` }));
  const changesTable = () => {
    const head = ["change", "effect", "low", "high", "helps", "hours_a_year", "bought_hours_a_year"];
    const rows = allTried(found).map((one) => [one.changes.map(({ id }) => id).join(" + "), one.effect.value, one.effect.low, one.effect.high, one.helps.value, one.hours.value, one.bought.value]);
    return toCsv([head, ...rows]);
  };
  const drawsTable = () => {
    const keys = Object.keys(drawn.points[0]);
    return toCsv([["draw", "gain", ...keys], ...drawn.points.map((point, draw) => [draw, /** @type {any} */ (found.present).means[draw], ...keys.map((key) => point[key])])]);
  };
  const scenario = start.own ? ["--scenario", start.name] : [];
  const command = ["cgsim", "assess", "answers.toml", ...scenario, "--draws", survey.draws, "--replicates", found.replicates, "--seed", survey.seed].join(" ");
  return html`<section class="card" aria-label=${say.word("live_assess.take")}>
    <h2>${say.word("live_assess.take")}</h2>
    <p class="row">
      ${there && html`<a class="button main" href=${`#${written({ ...fresh(start.name), set, known: own })}`}>${say.word("live_assess.open")}</a>`}
      <span class="quiet small">${say.word(`live_assess.${there ? "open_how" : survey.cases.length ? "choose_open" : "no_open"}`)}</span>
    </p>
    <p class="row" style=${{ marginTop: "10px" }}>
      <button onClick=${() => text("assessed.toml", toToml({ ...start.at(middle), known: known.length ? known : undefined, title: drawn.answers.title, summary: "", happened: "", assumed: say.word("live_assess.open_how"), look_for: "", source: "" }), "application/toml")}>${say.word("live_assess.scenario_file")}</button>
      <button onClick=${() => (text("answers.toml", allAsToml(drawn.answers), "application/toml"), survey.filed("all"))}>${say.word("live_assess.answers_file")}</button>
      <button disabled=${!found.ready} onClick=${() => text("changes.csv", `\ufeff${changesTable()}`, "text/csv")}>${say.word("live_assess.changes_file")}</button>
      <button onClick=${() => text("draws.csv", `\ufeff${drawsTable()}`, "text/csv")}>${say.word("live_assess.draws_file")}</button>
    </p>
    ${!drawn.kept && html`<p class="small" style=${{ marginTop: "10px" }}>${say.word("live_assess.same")} <code>${command}</code></p>`}
  </section>`;
}

/** @param {{given: With}} given */
function Assumed({ given }) {
  const { say, asked } = given;
  return html`<section class="card"><details>
    <summary>${say.word("live_assess.assumed")}</summary>
    <p class="quiet small">${say.word("live_assess.assumed_how")}</p>
    <div class="scroll" tabindex="0"><table>
      <thead><tr>${["question", "answer", "leaves"].map((head) => html`<th key=${head} scope="col">${say.word(`live_assess.${head}`)}</th>`)}</tr></thead>
      <tbody>${asked.questions.flatMap(({ id, text, answers }) => answers.map((answer) => html`<tr key=${`${id}-${answer.id}`}><td>${text}</td><td>${answer.text}</td><td>${Object.entries(answer.leaves).map(([key, factor]) => `${key} ${rangeInWords(factor)}`).join("; ")}</td></tr>`))}</tbody>
    </table></div>
  </details></section>`;
}
