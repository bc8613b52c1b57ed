/**
 * The page begins here: it shows what came with it, starts the crew, and shows the rooms.
 *
 * @module
 */
import { load } from "../../portable/engine.js";
import { Kitchen } from "./answer/results.js";
import { App } from "./app.js";
import { Clearing } from "./engine/clearing.js";
import { Crew } from "./engine/crew.js";
import { Lectures } from "./engine/lectures.js";
import { Plays } from "./engine/plays.js";
import { isPatient, Study } from "./engine/study.js";
import { Survey } from "./engine/survey.js";
import { standingOf } from "./game/standing.js";
import { html, render } from "./parts/html.js";
import { checkBets, checkPick } from "./rooms/teach/bets.js";
import { edited, Fault } from "./scenario/edits.js";
import { offerOwn } from "./scenario/levers.js";
import { agencyNames, valueOf } from "./scenario/tables.js";
import { ownOf, ownOfSide } from "./state/address.js";
import { Store } from "./state/store.js";

const MOST_WORKERS = 4;

const text = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id)).textContent ?? "";
const able = typeof WebAssembly !== "undefined";
const data = JSON.parse(text("data"));
const engineGiven = JSON.parse(text("engine"));
const parameters = new Map(data.lists.parameters.map((/** @type {any} */ row) => [row.name, row]));
data.measures = engineGiven.description.names.measures;
data.parameter = (/** @type {string} */ name) => {
  const found = parameters.get(name);
  if (!found) throw new Fault(`${JSON.stringify(name.slice(0, 40))} is no parameter`);
  return found;
};
const caseOf = (/** @type {string} */ name) => data.cases.find((/** @type {any} */ one) => one.name === name);
const place = /** @type {HTMLElement} */ (document.getElementById("page"));

let trouble = able ? "" : "WebAssembly is switched off in this browser. The answers that came with the page stand; nothing can be changed";
/** @type {any} */
let engine = null;
let waiting = false;

/** Draw now. */
function drawn() {
  waiting = false;
  render(html`<${App} store=${store} study=${study} lectures=${lectures} survey=${survey} plays=${plays} clearing=${clearing} data=${data} kitchen=${kitchen} engine=${engine} trouble=${trouble} />`, place);
}

/** Draw once for all that happened since the last frame. */
function draw() {
  if (waiting) return;
  waiting = true;
  // Not by frames alone: a page in the background draws none, and still has to know its answer.
  const now = () => waiting && drawn();
  requestAnimationFrame(now);
  setTimeout(now, 60);
}

/** @param {string} why */
function fail(why) {
  trouble = why;
  draw();
}

/** @param {string} written in base 64 @returns {Uint8Array<ArrayBuffer>} */
function bytesOf(written) {
  const letters = atob(written);
  const bytes = new Uint8Array(letters.length);
  for (let at = 0; at < letters.length; at += 1) bytes[at] = letters.charCodeAt(at);
  return bytes;
}

/** Workers begin while the module is compiled, once for all of them. @returns {Crew} */
function crewed() {
  const program = URL.createObjectURL(new Blob([text("worker")], { type: "text/javascript" }));
  const workers = Math.max(1, Math.min(MOST_WORKERS, navigator.hardwareConcurrency || 1));
  const crew = new Crew(() => new Worker(program), workers, data.lists, { patient: (urgency) => document.hidden && isPatient(urgency) });
  crew.onTrouble = fail;
  document.addEventListener("visibilitychange", () => crew.hand());
  load(bytesOf(engineGiven.bytes), engineGiven.description).then((kit) => {
    engine = kit;
    crew.equip(kit);
    draw();
  }, (error) => fail(String(error)));
  return crew;
}

// Without an address one is at what the page opens with.
if (!location.hash.replace("#", "") && data.opens) history.replaceState(null, "", `#${data.opens}`);
const kitchen = new Kitchen(data.lists);
offerOwn(data.lists);
/** @type {import("./engine/crew.js").Crew | null} */
const crew = able ? crewed() : null;
const plays = new Plays(crew, data, draw);
const store = new Store(
  data.cases.map((/** @type {any} */ one) => one.name),
  (state) => {
    const { room, case: name, set, other, third, month, agency, lesson: called, pick, guess, play, lived } = state;
    if (room === "game" && data.lists.extensions) throw new Fault("room: got the game; allowed on a page of the model as it comes with cgsim, with which its best plays were searched");
    const tables = edited(caseOf(name).tables, { ...ownOf(state), set }, data.parameter);
    const agencies = agencyNames(tables).length;
    if (agency !== null && agency >= agencies) throw new Fault(`agency: got ${agency}; allowed a whole number from 0 to ${agencies - 1}`);
    const months = valueOf(tables, "months");
    if (month !== null && month >= months) throw new Fault(`month: got ${month}; allowed a whole number from 0 to ${months - 1}`);
    const lesson = data.lessons.all.find((/** @type {any} */ one) => one.name === called);
    if (called && !lesson) throw new Fault(`lesson: got ${JSON.stringify(called.slice(0, 40))}; allowed a lesson of this page`);
    if (guess.length && !lesson) throw new Fault("guess: got bets without a lesson");
    if (pick !== null && !lesson) throw new Fault("pick: got a decision without a lesson");
    if (lesson) checkBets(lesson, guess);
    if (lesson) checkPick(lesson, pick);
    standingOf(plays.game, play, lived);
    for (const one of [other, third]) if (one) edited(caseOf(one.case).tables, { set: one.set, ...ownOfSide(one, state) }, data.parameter);
  },
  data.game.code.longest,
);
store.listen(draw);
// Paper is narrower than the screen that pictures were drawn for: there they shrink as a whole.
/** @type {Element[]} */
let shrinks = [];
addEventListener("beforeprint", () => {
  shrinks = [...document.querySelectorAll("svg[width][height]:not([viewBox])")].filter((drawing) => Number(drawing.getAttribute("width")) > 0);
  for (const drawing of shrinks) drawing.setAttribute("viewBox", `0 0 ${drawing.getAttribute("width")} ${drawing.getAttribute("height")}`);
});
addEventListener("afterprint", () => {
  for (const drawing of shrinks) drawing.removeAttribute("viewBox");
});
// Answers that nobody keeps are not lost without a word.
addEventListener("beforeunload", (event) => survey.atRisk && event.preventDefault());
const study = new Study(crew, data, kitchen, draw);
const lectures = new Lectures(crew, data, kitchen, draw);
const survey = new Survey(crew, data, kitchen, draw);
const clearing = new Clearing(crew, data, kitchen, draw);
place.replaceChildren();
drawn();

/** Make what bootstraps draw from, and what reads a title, while there is nothing else to do. */
function prepare() {
  if (!kitchen.statistics.ready(data.runs * data.lists.settings.resamples)) return void idle(prepare);
  kitchen.statistics.places(data.runs);
  kitchen.say.sized(data.cases[0].title, 0);
}
const idle = (/** @type {() => void} */ work) => ("requestIdleCallback" in globalThis ? requestIdleCallback(work) : setTimeout(work, 50));
if (able) idle(prepare);

// On paper nothing can be opened.
addEventListener("beforeprint", () => {
  for (const one of /** @type {NodeListOf<HTMLDetailsElement>} */ (document.querySelectorAll("main details:not([open])"))) {
    one.open = true;
    addEventListener("afterprint", () => (one.open = false), { once: true });
  }
});
