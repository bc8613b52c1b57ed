/** A lesson that is held: one step at a time, by buttons, arrow keys or a presenter's remote. */
import { html, useEffect, useLayoutEffect, useRef, useState } from "../../parts/html.js";
import { AnswerStep } from "./answer.js";
import { betsIn, counted } from "./bets.js";
import { BetStep } from "./bet.js";
import { PlayStep, RestsStep, NotesStep } from "./more.js";
import { livesOf, stepsOf } from "./steps.js";
import { TryStep } from "./try.js";

/** @typedef {import("../../parts/page.js").Page} Page */
/** @typedef {import("../../answer/results.js").Results} Results */
/** @typedef {import("./steps.js").Step} Step */
/**
 * @typedef {object} Held what every step is handed
 * @property {Page} page
 * @property {any} lesson
 * @property {any} measure that the question is about
 * @property {(Results | null)[]} cases
 * @property {number[]} guess
 * @property {(change: (guess: number[]) => number[]) => void} onGuess is given the bets as they are
 */

const TYPED = "input, select, textarea, summary";

/** @param {{page: Page, lesson: any}} given */
export function Stage({ page, lesson }) {
  const { say, store, lectures, kitchen } = page;
  const steps = stepsOf(lesson, say);
  /** Where the lesson stands: keys may come faster than the page is drawn. */
  const standing = () => {
    const { guess, panel } = store.state;
    const bets = betsIn(lesson, guess);
    const asked = steps.find((one) => one.id === panel) ?? steps[0];
    const now = asked.covered && !bets ? steps[1] : asked;
    return { guess, bets, now, at: steps.indexOf(now) };
  };
  const { guess, bets, now, at } = standing();
  const [shown, setShown] = useState(/** @type {number[]} */ ([]));
  const uncovered = useRef(shown);
  uncovered.current = shown;
  const [hint, setHint] = useState("");
  const heading = useRef(/** @type {any} */ (null));
  const moved = useRef(false);
  const row = useRef(/** @type {any} */ (null));
  // On a phone the row of steps is wider than the screen.
  useEffect(() => row.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" }), [now.id]);
  const open = bets > 0 && (now.covered || now.id === "notes");
  const lives = livesOf(lesson, -1);
  const cases = lives.map((/** @type {any} */ one) => lectures.results(lesson, one));
  const all = cases.every(Boolean);
  useEffect(() => lectures.want(lesson, lives, { whole: true }), [lesson]);
  useEffect(() => {
    // What may be asked for next is lived when there is something to show.
    if (!open || !all) return;
    if (lesson.frictions) lectures.want(lesson, [lives[lesson.answer.of]], { reasons: true });
    lectures.want(lesson, lesson.options.flatMap((/** @type {any} */ _, /** @type {number} */ option) => livesOf(lesson, option)));
  }, [open, all]);
  const go = (/** @type {number} */ to) => {
    const step = steps[to];
    if (!step) return;
    const here = standing();
    if (step.covered && !here.bets) {
      setHint(say.word("live_teach.first"));
      if (here.at !== 1) store.set({ panel: "bet" });
      return;
    }
    setHint("");
    moved.current = true;
    store.set({ panel: step.id });
  };
  const show = (/** @type {number} */ option) => {
    uncovered.current = [...uncovered.current, option];
    setShown(uncovered.current);
  };
  const onGuess = (/** @type {(guess: number[]) => number[]} */ change) => {
    setHint("");
    store.set({ guess: change(store.state.guess) }, { step: false });
  };
  const forward = () => {
    const here = standing();
    const { option } = here.now;
    if (option !== undefined && !uncovered.current.includes(option)) show(option);
    else go(here.at + 1);
  };
  useEffect(() => {
    scrollTo({ top: 0 });
    if (moved.current) heading.current?.focus({ preventScroll: true });
  }, [now.id]);
  // What is seen listens: keys count from the moment in which the step stands there.
  useLayoutEffect(() => {
    const keys = (/** @type {KeyboardEvent} */ event) => {
      const target = /** @type {Element} */ (event.target);
      if (event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented || target.closest?.(TYPED) || document.querySelector("#meaning:popover-open")) return;
      const digit = Number(event.key) - 1;
      if (event.key === "ArrowRight" || (event.key === "PageDown" && atEnd())) forward();
      else if (event.key === "ArrowLeft" || (event.key === "PageUp" && scrollY < 4)) go(standing().at - 1);
      else if (standing().now.id === "bet" && digit >= 0 && digit < lesson.bet.choices.length) onGuess((old) => counted(lesson, old, digit, 1));
      else return;
      event.preventDefault();
    };
    addEventListener("keydown", keys);
    return () => removeEventListener("keydown", keys);
  }, [lesson]);
  /** @type {Held} */
  const held = {
    page,
    lesson,
    measure: kitchen.measure(lesson.answer.measure),
    cases,
    guess,
    onGuess,
  };
  const anew = () => {
    setShown([]);
    setHint("");
    store.set({ panel: "", guess: [] });
  };
  // On paper stands what has been shown so far, and nothing that has not.
  const seen = steps.filter((one) => one === now || (open ? one.option === undefined || shown.includes(one.option) : one === steps[0] || one === steps[1]));
  return html`<div class="stage">
    <nav class="steps" aria-label="Steps" ref=${row}><ol>
      ${steps.map((one, place) => html`<li key=${one.id}><button aria-current=${one === now ? "step" : undefined} onClick=${() => go(place)}>${one.name}</button></li>`)}
    </ol></nav>
    ${seen.map((one) => html`<section key=${one.id} class=${`step ${one.id.split("_")[0]} ${one === now ? "now" : ""}`} aria-label=${one.name}>
      ${one.id !== "situation" && html`<h2 tabindex="-1" ref=${one === now ? heading : undefined}>${one.name}</h2>`}
      <${Part} step=${one} held=${held} shown=${shown} hint=${hint} onReveal=${() => go(2)} onShow=${show} />
    </section>`)}
    <p class="row between onward">
      <span class="row"><a class="button" href="#room=teach">${say.word("live_teach.all")}</a><button onClick=${anew}>${say.word("live_teach.anew")}</button></span>
      <span class="row"><button disabled=${at === 0} onClick=${() => go(at - 1)} aria-label=${say.word("live_tour.back")}>←</button>
        <button class=${now.id === "bet" ? "" : "main"} disabled=${at === steps.length - 1} onClick=${forward}>${say.word("live_tour.next")} →</button></span>
    </p>
    <p class="quiet small keys-told">${say.word("live_teach.keys")}</p>
  </div>`;
}

/** Whether the end of the page is in sight. */
const atEnd = () => scrollY + innerHeight >= document.documentElement.scrollHeight - 4;

/** @param {{step: Step, held: Held, shown: number[], hint: string, onReveal: () => void, onShow: (option: number) => void}} given */
function Part({ step, held, shown, hint, onReveal, onShow }) {
  const { lesson } = held;
  if (step.id === "situation") return html`${lesson.situation.map((/** @type {string} */ text) => html`<p class="lead">${text}</p>`)}`;
  if (step.id === "bet") return html`<${BetStep} held=${held} hint=${hint} onReveal=${onReveal} />`;
  if (step.id === "answer") return html`<${AnswerStep} held=${held} />`;
  if (step.id === "why") return html`${lesson.explanation.map((/** @type {string} */ text) => html`<p class="lead">${text}</p>`)}<p class="quiet then">${lesson.source}</p>`;
  if (step.option !== undefined) return html`<${TryStep} held=${held} option=${step.option} shown=${shown.includes(step.option)} onShow=${onShow} />`;
  if (step.id === "play") return html`<${PlayStep} held=${held} />`;
  if (step.id === "rests") return html`<${RestsStep} held=${held} />`;
  return html`<${NotesStep} notes=${lesson.notes} />`;
}
