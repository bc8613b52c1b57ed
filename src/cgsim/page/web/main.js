/**
 * The page begins here: it reads what it was given, starts the crew, and shows the rooms.
 *
 * @module
 */
import { load } from "../../portable/engine.js";
import { Kitchen } from "./answer/results.js";
import { App } from "./app.js";
import { Crew } from "./engine/crew.js";
import { Lectures } from "./engine/lectures.js";
import { Study } from "./engine/study.js";
import { Survey } from "./engine/survey.js";
import { html, render } from "./parts/html.js";
import { edited, Fault } from "./scenario/edits.js";
import { checkBets } from "./rooms/teach/bets.js";
import { Store } from "./state/store.js";

const MOST_WORKERS = 4;

const text = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id)).textContent ?? "";
const data = JSON.parse(text("data"));
const { bytes: written, description } = JSON.parse(text("engine"));
const bytes = Uint8Array.from(atob(written), (letter) => letter.charCodeAt(0));
const parameters = new Map(data.lists.parameters.map((/** @type {any} */ row) => [row.name, row]));
data.measures = description.names.measures;
data.parameter = (/** @type {string} */ name) => {
  const found = parameters.get(name);
  if (!found) throw new Fault(`${JSON.stringify(name.slice(0, 40))} is no parameter`);
  return found;
};
const caseOf = (/** @type {string} */ name) => data.cases.find((/** @type {any} */ one) => one.name === name);
const place = /** @type {HTMLElement} */ (document.getElementById("page"));

let trouble = "";
/** @type {any} */
let engine = null;
let waiting = false;

/** Draw once for all that happened since the last frame. */
function draw() {
  if (waiting) return;
  waiting = true;
  // Not by frames alone: a page in the background draws none, and still has to know its answer.
  const now = () => {
    if (!waiting) return;
    waiting = false;
    render(html`<${App} store=${store} study=${study} lectures=${lectures} survey=${survey} data=${data} kitchen=${kitchen} engine=${engine} trouble=${trouble} />`, place);
  };
  requestAnimationFrame(now);
  setTimeout(now, 60);
}

/** @param {string} why */
function fail(why) {
  trouble = why;
  draw();
}

// Without an address one is at what the page opens with.
if (!location.hash.replace("#", "") && data.opens) history.replaceState(null, "", `#${data.opens}`);
const kitchen = new Kitchen(data.lists);
const store = new Store(
  data.cases.map((/** @type {any} */ one) => one.name),
  ({ case: name, set, seats, other, lesson: called, guess }) => {
    const lesson = data.lessons.all.find((/** @type {any} */ one) => one.name === called);
    if (called && !lesson) throw new Fault(`lesson: got ${JSON.stringify(called.slice(0, 40))}; allowed a lesson of this page`);
    if (guess.length && !lesson) throw new Fault("guess: got bets without a lesson");
    if (lesson) checkBets(lesson, guess);
    edited(caseOf(name).tables, { set, seats }, data.parameter);
    if (other) edited(caseOf(other.case).tables, { set: other.set, seats: null }, data.parameter);
  },
);
store.listen(draw);
const program = URL.createObjectURL(new Blob([text("worker")], { type: "text/javascript" }));
const workers = Math.max(1, Math.min(MOST_WORKERS, navigator.hardwareConcurrency || 1));
const crew = new Crew(() => new Worker(program), workers, { bytes, description, lists: data.lists });
crew.onTrouble = fail;
const study = new Study(crew, data, kitchen, draw);
const lectures = new Lectures(crew, data, kitchen, draw);
const survey = new Survey(crew, data, kitchen, draw);

if (typeof WebAssembly === "undefined") {
  trouble = "WebAssembly is switched off in this browser. Below are the answers worked out when the page was made.";
} else {
  place.replaceChildren();
  draw();
  load(bytes, description).then((kit) => {
    engine = kit;
    draw();
  }, (error) => fail(String(error)));
}
