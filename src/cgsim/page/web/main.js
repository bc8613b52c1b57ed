/**
 * The page: reads what it was given, starts the crew, and shows rooms.
 *
 * @module
 */
import { answerOf } from "./engine/interim.js";
import { Crew } from "./engine/crew.js";
import { Study } from "./engine/study.js";
import { html, render } from "./parts/html.js";

const text = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id)).textContent ?? "";
const data = JSON.parse(text("data"));
const kit = JSON.parse(text("engine"));
data.measures = kit.description.names.measures;
data.parameter = (/** @type {string} */ name) => data.parameters[name];
const bytes = Uint8Array.from(atob(kit.bytes), (letter) => letter.charCodeAt(0));
const program = URL.createObjectURL(new Blob([text("worker")], { type: "text/javascript" }));
const crew = new Crew(() => new Worker(program), 2, { bytes, description: kit.description });
crew.onTrouble = (/** @type {string} */ trouble) => console.error(trouble);
const study = new Study(crew, data, answerOf(data), show);

function show() {
  const result = study.want(data.cases[0].tables, data.cases[0].ties);
  render(html`<h1>${data.cases[0].title}</h1><p id="figure">${result.answer?.values[0].value}</p><p>${result.answer?.runs} ${result.state} ${Object.keys(result.curves).join(" ")}</p>`, /** @type {HTMLElement} */ (document.getElementById("page")));
  /** @type {any} */ (globalThis).result = result;
}
const place = /** @type {HTMLElement} */ (document.getElementById("page"));
place.replaceChildren();
show();
