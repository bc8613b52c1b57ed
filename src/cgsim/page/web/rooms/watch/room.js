/** Watch: one run of many, month by month, together beside alone. */
import { figure, fixed } from "../../answer/formats.js";
import { oneRun } from "../../answer/build.js";
import { agencyInWords, eventsOf, lifeOf, monthInWords } from "../../engine/life.js";
import { html, useEffect, useMemo, useState } from "../../parts/html.js";
import { headValue } from "../../answer/record.js";
import { kept } from "../../parts/page.js";
import { Network } from "../../picture/network.js";
import { TwoLines } from "../../picture/lines.js";
import { pack } from "../../scenario/pack.js";

/** @typedef {import("../../parts/page.js").Page} Page */

const BEAT = 350; // milliseconds a month
const FIRST_EVENTS = 14;

/** @param {{page: Page}} given */
export function WatchRoom({ page }) {
  const { kit, result, given, data, state } = page;
  const life = useMemo(() => (kit ? lifeOf(kit, pack([result.tables], data.lists, given.ties), result.about.agency_names, data.seed, state.run) : null), [kit, result.key, state.run]);
  if (!life) return html`<p class="quiet">…</p>`;
  return html`<${Watched} page=${page} life=${life} />`;
}

/** Which runs are worth a look: the middle one, the best and the worst. @param {Page} page */
function chosen(page) {
  const { runs, answer } = page.result;
  if (!runs || runs.count < page.data.runs) return [];
  const gains = runs.column(answer.measure);
  const order = [...gains.keys()].filter((run) => !Number.isNaN(gains[run])).sort((a, b) => gains[a] - gains[b] || a - b);
  if (!order.length) return [];
  return [
    { words: "Middle run", run: order[Math.floor((order.length - 1) / 2)] },
    { words: "Best run", run: /** @type {number} */ (order.at(-1)) },
    { words: "Worst run", run: order[0] },
    { words: "First run", run: 0 },
  ];
}

/** @param {{page: Page, life: import("../../engine/life.js").Lived}} given */
function Watched({ page, life }) {
  const { state, store, say, result, data } = page;
  const months = life.months.length;
  const events = useMemo(() => eventsOf(life, say, result.about.partnerships.map((one) => one.name)), [life]);
  const begin = events[0]?.month ?? 0;
  const month = Math.min(state.month ?? begin, months - 1);
  const [plays, setPlays] = useState(false);
  const [all, setAll] = useState(false);
  const go = (/** @type {number} */ to, step = true) => store.set({ month: Math.max(0, Math.min(months - 1, to)) }, { step });
  useEffect(() => {
    if (!plays) return undefined;
    if (month >= months - 1) return void setPlays(false);
    // Nothing runs while nobody looks.
    const timer = setTimeout(() => (document.hidden ? setPlays(false) : go(month + 1, false)), BEAT);
    return () => clearTimeout(timer);
  }, [plays, month]);
  const play = () => {
    if (!plays && month >= months - 1) go(begin);
    setPlays(!plays);
  };
  const now = life.months[month];
  const words = monthInWords(life, month, say);
  const together = life.months.map((one) => one.row.met);
  const alone = life.months.map((one) => one.alone.met);
  const runs = chosen(page);
  const told = result.runs && state.run < result.runs.count ? oneRun(result.runs, state.run).text : "";
  const members = now.board.reduce((sum, board) => sum + board.members, 0);
  const trust = meanTrust(life, month);
  // Where everybody comes to every meeting, that is told by the members.
  const partly = life.months.some(({ board }) => board.some(({ present }) => !Number.isInteger(present)));
  const own = ownColumns(data.lists.extensions?.columns ?? [], now, say);
  const follow = (/** @type {number | null} */ agency) => store.set({ agency: agency === state.agency ? null : agency });
  useEffect(() => {
    // The blank key plays, unless it is meant for what has the focus.
    const press = (/** @type {KeyboardEvent} */ event) => {
      const on = /** @type {Element} */ (event.target);
      if (event.key !== " " || on.closest("button, select, textarea, summary, a, input:not([type=range])")) return;
      event.preventDefault();
      play();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  });
  const key = (/** @type {any} */ event) => {
    const steps = /** @type {Record<string, number>} */ ({ PageUp: 12, PageDown: -12 });
    if (event.key in steps) {
      event.preventDefault();
      go(month + steps[event.key]);
    }
  };
  return html`<div class="stack">
    <section class="card" aria-label="The month">
      <div class="player">
        <button class="main" onClick=${play} title="Or press the blank key">${plays ? "Pause" : "Play"}</button>
        <button onClick=${() => go(month - 1)} disabled=${month === 0} aria-label="A month back">‹</button>
        <button onClick=${() => go(month + 1)} disabled=${month === months - 1} aria-label="A month on">›</button>
        <input type="range" aria-label="Month" min="0" max=${months - 1} value=${month} aria-valuetext=${`month ${month}`} onKeyDown=${key} onInput=${(/** @type {any} */ event) => { setPlays(false); go(Number(event.currentTarget.value), false); }} />
        <b>month ${month} of ${months - 1}</b>
      </div>
      <p style=${{ marginTop: "10px" }} aria-live=${plays ? "off" : "polite"}>${kept(words)}</p>
    </section>
    <div class="watch-room">
      <section class="card" aria-label="Who works together">
        <h2>Who works together in month ${month}</h2>
        <${Network} life=${life} month=${month} followed=${state.agency} onAgency=${follow} label=${`The network in month ${month}: ${members} members. ${words}`} />
        <label class="row" style=${{ marginTop: "10px" }}>Follow
          <select value=${state.agency ?? ""} onChange=${(/** @type {any} */ event) => store.set({ agency: event.currentTarget.value === "" ? null : Number(event.currentTarget.value) })}>
            <option value="">nobody</option>
            ${life.names.map((name, i) => html`<option key=${name} value=${i}>${name}</option>`)}
          </select></label>
        ${state.agency !== null && html`<p style=${{ marginTop: "8px" }} aria-live=${plays ? "off" : "polite"}>${kept(agencyInWords(life, month, state.agency, say))}</p>`}
      </section>
      <div class="stack">
        <section class="card" aria-label="Together beside alone">
          <h2>Need met a month, together beside alone (units)</h2>
          <${TwoLines} together=${together} alone=${alone} month=${month} events=${events} label=${`Need met in month ${month}: ${say.formats.count(together[month])} units together, ${say.formats.count(alone[month])} alone.`} onMonth=${go} />
          <dl class="facts" style=${{ marginTop: "12px" }}>
            <div><dt>members</dt><dd>${members}</dd></div>
            ${partly && html`<div><dt>at a meeting, on average</dt><dd>${figure(fixed(now.board.reduce((sum, { present }) => sum + present, 0), 1))}</dd></div>`}
            <div><dt>hours of joint work</dt><dd>${say.formats.count(now.row.joint_hours)}</dd></div>
            <div><dt>hours of overhead</dt><dd>${say.formats.count(now.row.overhead_hours)}</dd></div>
            <div><dt>hours bought</dt><dd>${say.formats.count(now.row.bought_hours)}</dd></div>
            <div><dt>trust among members</dt><dd>${Number.isNaN(trust) ? "–" : say.percent(trust, 0)}</dd></div>
            <div><dt>understanding</dt><dd>${say.percent(now.row.understanding, 0)}</dd></div>
            ${own.map(([words, value]) => html`<div key=${words}><dt>${words}</dt><dd>${value}</dd></div>`)}
          </dl>
        </section>
        <section class="card" aria-label="What happened">
          <h2>What happened in this run</h2>
          <ul class="chips">
            ${(all ? events : events.slice(0, FIRST_EVENTS)).map((one, place) => html`<li key=${place}><button aria-pressed=${one.month === month} onClick=${() => go(one.month)}>month ${one.month}: ${one.words}</button></li>`)}
            ${events.length === 0 && html`<li class="quiet">Nothing began.</li>`}
          </ul>
          ${!all && events.length > FIRST_EVENTS && html`<p><button onClick=${() => setAll(true)}>${events.length - FIRST_EVENTS} more</button></p>`}
        </section>
        <section class="card" aria-label="Which run">
          <h2>One run of ${data.runs}</h2>
          <p>${kept(say.word("watch.one", { replicate: state.run, seed: data.seed }))} ${kept(told)}</p>
          <ul class="chips" style=${{ marginTop: "8px" }}>
            ${runs.map((one) => html`<li key=${one.words}><button aria-pressed=${one.run === state.run} onClick=${() => store.set({ run: one.run })}>${one.words}</button></li>`)}
            <li><button onClick=${() => store.set({ run: (state.run + 1) % data.runs })}>Another run</button></li>
          </ul>
          ${result.answer && html`<p class="small quiet" style=${{ marginTop: "8px" }}>${kept(say.word("live.answer_moves", { title: `Over all ${result.answer.runs} runs`, gain: headValue(result.answer) }))}</p>`}
        </section>
      </div>
    </div>
  </div>`;
}

/**
 * What the page's extensions record, in a month: of partnerships the mean over those that live.
 *
 * @param {{name: string, of: string, unit: string, help: string}[]} columns
 * @param {import("../../engine/life.js").Month} now
 * @param {import("../../answer/formats.js").Catalogue} say
 * @returns {[string, string][]} its words, and its value
 */
function ownColumns(columns, { row, board }, say) {
  const alive = board.filter(({ members }) => members > 0);
  return columns.map(({ name, of, unit, help }) => {
    const value = of === "partnership" ? alive.reduce((sum, one) => sum + one[name], 0) / alive.length : row[name];
    const told = unit === "share" ? say.percent(value, 0) : `${figure(String(Number(value.toPrecision(3))))} ${unit}`;
    return [help, Number.isNaN(value) ? "–" : told];
  });
}

/** @param {import("../../engine/life.js").Lived} life @param {number} month @returns {number} NaN with nobody */
function meanTrust(life, month) {
  const { members, trust } = life.months[month];
  const count = life.names.length;
  let sum = 0;
  let pairs = 0;
  for (const row of members) {
    for (let a = 0; a < count; a += 1) {
      for (let b = 0; b < count; b += 1) {
        if (a === b || !row[a] || !row[b]) continue;
        sum += trust[a * count + b];
        pairs += 1;
      }
    }
  }
  return pairs ? sum / pairs : NaN;
}
