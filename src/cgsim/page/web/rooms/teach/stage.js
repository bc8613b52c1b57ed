/** A lesson that is held: one step at a time, by buttons, arrow keys or a presenter's remote. */
import { html, useEffect, useLayoutEffect, useRef, useState } from "../../parts/html.js";
import { AnswerStep } from "./answer.js";
import { alone, betsIn, counted } from "./bets.js";
import { BetStep } from "./bet.js";
import { DecideStep } from "./decide.js";
import { PlayStep, RestsStep, NotesStep } from "./more.js";
import { livesOf, stepsOf } from "./steps.js";
import { TasksStep } from "./tasks.js";
import { TryStep } from "./try.js";
import { WordStep } from "./word.js";

/** @typedef {import("../../parts/page.js").Page} Page */
/** @typedef {import("../../answer/results.js").Results} Results */
/** @typedef {import("./steps.js").Step} Step */
/**
 * @typedef {object} Held what every step is handed
 * @property {Page} page
 * @property {any} lesson
 * @property {any} measure that the question is about
 * @property {(Results | null)[]} cases
 * @property {number | null} pick what was decided
 * @property {import("../../engine/lectures.js").Desk} desk what whoever learns has written
 * @property {boolean} room whether it speaks to a room and counts its bets; else to one who learns
 * @property {boolean} locked whether answers are held back until a word is given
 * @property {number[]} guess
 * @property {(change: (guess: number[]) => number[]) => void} onGuess is given the bets as they are
 */

const TYPED = "input, select, textarea, summary";

/** @param {{page: Page, lesson: any}} given */
export function Stage({ page, lesson }) {
  const { say, store, lectures, kitchen } = page;
  const steps = stepsOf(lesson, say);
  const desk = lectures.desk(lesson);
  const locked = lesson.word !== null && !desk.unlocked;
  const answerStep = /** @type {Step} */ (steps.find((one) => one.id === "answer"));
  /** Where the lesson stands: keys may come faster than the page is drawn. */
  const standing = () => {
    const { guess, panel, pick } = store.state;
    const bets = betsIn(lesson, guess);
    const asked = steps.find((one) => one.id === panel) ?? steps[0];
    const free = asked.id === "notes" || asked === steps[0];
    const now = free ? asked : pick === null ? steps[0] : !asked.covered ? asked : !bets ? steps[1] : locked ? answerStep : asked;
    return { guess, bets, pick, now, at: steps.indexOf(now) };
  };
  const { guess, bets, pick, now, at } = standing();
  const room = Boolean(lesson.notes) || desk.room || bets > 1;
  const [shown, setShown] = useState(/** @type {number[]} */ ([]));
  const uncovered = useRef(shown);
  uncovered.current = shown;
  const [hint, setHint] = useState("");
  const heading = useRef(/** @type {any} */ (null));
  const moved = useRef(false);
  const row = useRef(/** @type {any} */ (null));
  // On a phone the row of steps is wider than the screen.
  useEffect(() => row.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" }), [now.id]);
  const open = pick !== null && bets > 0 && !locked && (now.covered || now.id === "notes");
  const lives = livesOf(lesson, -1);
  const cases = lives.map((/** @type {any} */ one) => lectures.results(lesson, one));
  const all = cases.every(Boolean);
  useEffect(() => lectures.want(lesson, lives, { whole: true }), [lesson]);
  useEffect(() => {
    // What may be asked for next is lived when there is something to show.
    if (!open || !all) return;
    if (lesson.frictions) lectures.want(lesson, [lives[lesson.answer.of]], { reasons: true });
    if (pick !== null) lectures.want(lesson, [lesson.decision.picks[pick]]);
    lectures.want(lesson, lesson.options.flatMap((/** @type {any} */ _, /** @type {number} */ option) => livesOf(lesson, option)));
  }, [open, all, pick]);
  useEffect(() => {
    if (!desk.visited.includes(now.id)) lectures.write(lesson, { visited: [...lectures.desk(lesson).visited, now.id] });
  }, [now.id, lesson]);
  const go = (/** @type {number} */ to) => {
    const step = steps[to];
    if (!step) return;
    const here = standing();
    if (here.pick === null && to > 0 && step.id !== "notes") {
      setHint(say.word("live_teach.decide_first"));
      if (here.at !== 0) store.set({ panel: "" });
      return;
    }
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
  const onPick = (/** @type {number} */ place) => {
    setHint("");
    const { tried } = lectures.desk(lesson);
    lectures.write(lesson, { tried: [...tried.filter((one) => one !== place), place] });
    store.set({ pick: place }, { step: false });
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
      else if (standing().now.id === "decide" && digit >= 0 && digit < lesson.decision.picks.length && !lesson.decision.lever) onPick(digit);
      else if (standing().now.id === "bet" && digit >= 0 && digit < lesson.bet.choices.length) onGuess((old) => (room ? counted(lesson, old, digit, 1) : alone(lesson, digit)));
      else return;
      event.preventDefault();
    };
    addEventListener("keydown", keys);
    return () => removeEventListener("keydown", keys);
  }, [lesson, room]);
  /** @type {Held} */
  const held = {
    page,
    lesson,
    measure: kitchen.measure(lesson.answer.measure),
    cases,
    pick,
    desk,
    room,
    locked,
    guess,
    onGuess,
  };
  const anew = () => {
    setShown([]);
    setHint("");
    lectures.clear(lesson);
    store.set({ panel: "", pick: null, guess: [] });
  };
  // On paper stands what has been shown so far, and nothing that has not; the notes stand alone.
  const paper = (/** @type {Step} */ one) => (open ? desk.visited.includes(one.id) && (one.option === undefined || shown.includes(one.option)) : one === steps[0] || one === steps[1]);
  const seen = now.id === "notes" ? [now] : steps.filter((one) => one === now || (one.id !== "notes" && paper(one)));
  return html`<div class="stage">
    <nav class="steps" aria-label="Steps" ref=${row}><ol>
      ${steps.map((one, place) => html`<li key=${one.id}><button aria-current=${one === now ? "step" : undefined} onClick=${() => go(place)}>${one.name}</button></li>`)}
    </ol></nav>
    ${seen.map((one) => html`<section key=${one.id} class=${`step ${one.id.split("_")[0]} ${one === now ? "now" : ""}`} aria-label=${one.name}>
      <h2 tabindex="-1" ref=${one === now ? heading : undefined}>${one.name}</h2>
      <${Part} step=${one} held=${held} shown=${shown} hint=${hint} onPick=${onPick} onReveal=${() => go(2)} onShow=${show} />
    </section>`)}
    <p class="row between onward">
      <span class="row"><a class="button" href="#room=teach">${say.word("live_teach.all")}</a><button onClick=${anew}>${say.word("live_teach.anew")}</button>
        ${!lesson.notes && (desk.room || bets <= 1) && html`<button class="plain small" onClick=${() => lectures.write(lesson, { room: !desk.room })}>${say.word(desk.room ? "live_teach.bet_alone" : "live_teach.bet_room")}</button>`}</span>
      <span class="row"><button disabled=${at === 0} onClick=${() => go(at - 1)} aria-label=${say.word("live_tour.back")}>←</button>
        <button class=${now.id === "bet" ? "" : "main"} disabled=${at === steps.length - 1} onClick=${forward}>${say.word("live_tour.next")} →</button></span>
    </p>
    ${room && html`<p class="quiet small keys-told">${say.word("live_teach.keys")}</p>`}
  </div>`;
}

/** Whether the end of the page is in sight. */
const atEnd = () => scrollY + innerHeight >= document.documentElement.scrollHeight - 4;

/** @param {{step: Step, held: Held, shown: number[], hint: string, onPick: (pick: number) => void, onReveal: () => void, onShow: (option: number) => void}} given */
function Part({ step, held, shown, hint, onPick, onReveal, onShow }) {
  const { lesson } = held;
  if (step.id === "decide") return html`<${DecideStep} held=${held} hint=${hint} onPick=${onPick} />`;
  if (step.id === "bet") return html`<${BetStep} held=${held} hint=${hint} onReveal=${onReveal} />`;
  if (step.id === "answer" && held.locked) return html`<${WordStep} held=${held} />`;
  if (step.id === "answer") return html`<${AnswerStep} held=${held} />`;
  if (step.id === "why") return html`${lesson.explanation.map((/** @type {string} */ text) => html`<p class="lead">${text}</p>`)}<p class="quiet then">${lesson.source}</p>`;
  if (step.option !== undefined) return html`<${TryStep} held=${held} option=${step.option} shown=${shown.includes(step.option)} onShow=${onShow} />`;
  if (step.id === "play") return html`<${PlayStep} held=${held} />`;
  if (step.id === "tasks") return html`<${TasksStep} held=${held} />`;
  if (step.id === "rests") return html`<${RestsStep} held=${held} />`;
  return html`<${NotesStep} held=${held} />`;
}
