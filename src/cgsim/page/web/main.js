/**
 * The page: reads what it was given, starts the crew, and shows rooms.
 *
 * @module
 */
import { Kitchen } from "./answer/results.js";
import { Fault } from "./scenario/edits.js";
import { Crew } from "./engine/crew.js";
import { Study } from "./engine/study.js";
import { html, render } from "./parts/html.js";

const text = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id)).textContent ?? "";
const data = JSON.parse(text("data"));
const kit = JSON.parse(text("engine"));
data.measures = kit.description.names.measures;
const known = new Map(data.lists.parameters.map((/** @type {any} */ row) => [row.name, row]));
data.parameter = (/** @type {string} */ name) => {
  const found = known.get(name);
  if (!found) throw new Fault(`${name}: it is no parameter`);
  return found;
};
const bytes = Uint8Array.from(atob(kit.bytes), (letter) => letter.charCodeAt(0));
const program = URL.createObjectURL(new Blob([text("worker")], { type: "text/javascript" }));
const crew = new Crew(() => new Worker(program), 2, { bytes, description: kit.description, lists: data.lists });
crew.onTrouble = (/** @type {string} */ trouble) => console.error(trouble);
const study = new Study(crew, data, new Kitchen(data.lists), show);

function show() {
  const result = study.want(data.cases[0].name, data.cases[0].tables, data.cases[0].ties);
  render(html`<h1>${data.cases[0].title}</h1><p id="figure">${result.answer?.text}</p><p>${result.answer?.runs} ${result.state} ${Object.keys(result.curves).join(" ")}</p>`, /** @type {HTMLElement} */ (document.getElementById("page")));
  /** @type {any} */ (globalThis).result = result;
}
const place = /** @type {HTMLElement} */ (document.getElementById("page"));
place.replaceChildren();
show();
