/** What whoever learns decides in the model, before there is any text: a press, and its months are seen. */
import { html, useEffect, useMemo, useRef, useState } from "../../parts/html.js";
import { kept } from "../../parts/page.js";
import { Slider } from "../../parts/slider.js";
import { Months } from "../../picture/months.js";
import { seenSays, seenUnder } from "./lived.js";

/** @typedef {import("./stage.js").Held} Held */
/** @typedef {import("./lived.js").Seen} Seen */

const MOST_BEFORE = 5; // lives that stay in the picture
const SHORT = 16; // letters of a label, so that two stand side by side on a phone

/** @param {{held: Held, hint: string, onPick: (pick: number) => void}} given */
export function DecideStep({ held, hint, onPick }) {
  const { page, lesson } = held;
  // A lever is lived while it moves; the address has where it is left, as browsers count its changes.
  const [moving, setMoving] = useState(/** @type {number | null} */ (null));
  const pick = moving ?? held.pick;
  const now = { ...held, pick };
  const left = (/** @type {number} */ place) => {
    setMoving(null);
    onPick(place);
  };
  const { say } = page;
  const { opening, ask, picks, lever } = lesson.decision;
  return html`<div class="deciding">
    <div><p class="lead">${opening}</p><p class="question">${ask}</p>
      ${lever ? html`<${Lever} held=${now} onMove=${setMoving} onPick=${left} />` : html`<ul class=${`picks ${picks.every((/** @type {any} */ one) => one.label.length <= SHORT) ? "short" : ""}`}>${picks.map((/** @type {any} */ one, /** @type {number} */ place) => html`<li key=${one.label}><button aria-pressed=${pick === place} onClick=${() => onPick(place)}>${one.label}</button></li>`)}</ul>`}
      ${hint && html`<p role="status"><b class="loses">${hint}</b></p>`}
      <details class="story screen"><summary>${say.word("live_teach.story")}</summary>${lesson.situation.map((/** @type {string} */ text) => html`<p>${text}</p>`)}</details>
      <div class="printed">${lesson.situation.map((/** @type {string} */ text) => html`<p>${text}</p>`)}</div></div>
    ${pick !== null && html`<${Lived} held=${now} />`}
  </div>`;
}

/** A lever that is moved freely; its months are lived while it moves. @param {{held: Held, onMove: (pick: number) => void, onPick: (pick: number) => void}} given */
function Lever({ held: { page, lesson, pick }, onMove, onPick }) {
  const { lever, picks } = lesson.decision;
  const last = picks.length - 1;
  const at = pick ?? Math.floor(last / 2);
  const label = pick === null ? page.say.word("live_teach.not_decided") : picks[pick].label;
  return html`<div class="one-lever">
    <div class="row between"><label for="lever">${lever}</label><b aria-hidden="true">${label}</b></div>
    <${Slider} id="lever" min="0" max=${last} value=${at} aria-valuetext=${label}
      onMove=${onMove} onDone=${onPick} onClick=${(/** @type {any} */ event) => onPick(Number(event.currentTarget.value))} />
    <div class="row between small quiet" aria-hidden="true"><span>${picks[0].label}</span><span>${picks[last].label}</span></div>
  </div>`;
}

/** The months under what is decided, with those that were looked at before. @param {{held: Held, told?: boolean}} given `told`: with what somebody in it does not see */
export function Lived({ held, told = false }) {
  const { page, lesson, desk } = held;
  const { say, kit } = page;
  const { picks, shows } = lesson.decision;
  const pick = /** @type {number} */ (held.pick);
  const [run, setRun] = useState(0);
  const shown = useRef(/** @type {any} */ (null));
  // On a phone the months begin below what was pressed; under a lever that is moved nothing moves.
  useEffect(() => {
    if (!told && desk.tried.length) shown.current?.scrollIntoView({ block: "nearest" });
  }, [desk.tried.join()]);
  const before = told ? [] : desk.tried.filter((place) => place !== pick).slice(-MOST_BEFORE);
  const lives = useMemo(() => (kit ? [...before, pick].map((place) => seenUnder(page, lesson, picks[place], run)) : []), [kit, before.join(), pick, run, lesson]);
  if (!kit) return html`<p role="status">${say.word("live_game.loading")}</p>`;
  const seen = lives[lives.length - 1];
  const { label } = picks[pick];
  const drawn = (/** @type {"members" | "settled" | "met"} */ key) => lives.map((one, place) => (place === lives.length - 1 ? { values: one[key], colour: "var(--ink)", width: 3 } : { values: one[key], colour: "var(--alone)", width: 1.5, dash: "4 3" }));
  const count = say.formats.count;
  const percent = (/** @type {number} */ value) => say.percent(value, 0);
  const title = (/** @type {string} */ key) => say.word(`live_teach.lived_${key}`);
  const most = Math.max(...lives.map(({ founders }) => founders));
  /** @type {Record<string, any>} */
  const panels = {
    members: html`<${Months} title=${title("members")} lines=${drawn("members")} most=${most} number=${count} label=${`${title("members")}: ${label}`} />`,
    settled: html`<${Months} title=${title("settled")} lines=${drawn("settled")} most=${1} number=${percent} label=${`${title("settled")}: ${label}`} />`,
    met: html`<${Months} title=${title("met")} lines=${drawn("met")} least=${Math.min(...seen.met)} number=${count} label=${`${title("met")}: ${label}`} />`,
  };
  return html`<section class="lived" ref=${shown} aria-label=${say.word("live_teach.lived", { label })}>
    <h3>${say.word("live_teach.lived", { label })}</h3>
    <p role="status">${seenSays(say, seen)}</p>
    ${told
      ? html`<${Months} title=${title("apart")} lines=${[{ values: seen.ahead, colour: seen.ahead[seen.ahead.length - 1] < 0 ? "var(--loses)" : "var(--gains)", width: 3 }]} number=${(/** @type {number} */ value) => kept(say.formats.signed_units(value))} label=${`${title("apart")}: ${label}`} />`
      : ""}
    ${(told ? ["members", "settled"] : shows).map((/** @type {string} */ key) => html`<div key=${key}>${panels[key]}</div>`)}
    <p class="row small quiet"><span>${say.word(before.length ? "live_teach.one_life_before" : "live_teach.one_life", { run: run + 1 })}</span>
      <button class="screen" onClick=${() => setRun((run + 1) % lesson.runs)}>${say.word("live_teach.other_life")}</button></p>
  </section>`;
}
