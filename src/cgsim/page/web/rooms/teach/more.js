/** The end of a lesson: a table to play with, what it rests on, and the lecturer's notes. */
import { Drawing } from "../../parts/drawing.js";
import { h, html, useState } from "../../parts/html.js";
import { kept, minus } from "../../parts/page.js";
import { Settings } from "../../picture/settings.js";
import { fresh, written } from "../../state/address.js";
import { sourceOf } from "./answer.js";
import { cellSays, rowOf } from "./words.js";

/** @typedef {import("./stage.js").Held} Held */

/** Which cell the picked values are, the last axis running fastest. @param {any[]} axes @param {number[]} picked */
export const cellAt = (axes, picked) => axes.reduce((place, axis, n) => place * axis.names.length + picked[n], 0);

/** What the controls of a cell say. @param {any[]} axes @param {number} cell */
function named(axes, cell) {
  const names = [];
  let rest = cell;
  for (const axis of [...axes].reverse()) {
    names.unshift(axis.names[rest % axis.names.length]);
    rest = Math.floor(rest / axis.names.length);
  }
  return names;
}

/** @param {{held: Held}} given */
export function PlayStep({ held }) {
  const { page, lesson, measure } = held;
  const { say, lectures } = page;
  const { axes, cells } = lesson;
  const [picked, setPicked] = useState(axes.map(() => 0));
  const [shown, setShown] = useState(false);
  const [every, setEvery] = useState(false);
  const cell = cellAt(axes, picked);
  const label = (/** @type {number} */ place) => named(axes, place).join(", ");
  const results = lectures.results(lesson, cells[cell]);
  const show = () => {
    lectures.want(lesson, [cells[cell]]);
    setShown(true);
  };
  const all = every ? cells.map((/** @type {any} */ one) => lectures.results(lesson, one)) : [];
  const done = all.filter(Boolean).length;
  const rows = every && done === cells.length ? all.map((/** @type {any} */ one, /** @type {number} */ place) => rowOf(label(place), one, measure.name)) : null;
  const value = (/** @type {any} */ row) => minus(say.told(row.estimate, measure.unit));
  const best = rows?.reduce((/** @type {number} */ high, /** @type {any} */ row, /** @type {number} */ place) => (row.estimate.value > rows[high].estimate.value ? place : high), 0);
  const tick = (/** @type {number} */ number) => minus(say.percent(number, 0));
  return html`<p class="lead">${say.word("live_teach.play")}</p>
    <p class="row controls">
      ${axes.map((/** @type {any} */ axis, /** @type {number} */ n) => html`<span key=${axis.label}><label for=${`axis-${n}`}>${axis.label}</label>
        <select id=${`axis-${n}`} value=${picked[n]} onChange=${(/** @type {any} */ event) => {
          setPicked(picked.map((/** @type {number} */ old, /** @type {number} */ place) => (place === n ? Number(event.currentTarget.value) : old)));
          setShown(false);
        }}>${axis.names.map((/** @type {string} */ name, /** @type {number} */ place) => html`<option key=${name} value=${place}>${name}</option>`)}</select></span>`)}
      <button class="main" onClick=${show}>${say.word("live_teach.show")}</button>
    </p>
    <p class="says" role="status">${!shown ? say.word("live_teach.guess_first") : results ? kept(cellSays(lesson, label(cell), results)) : say.word("live_teach.living", { done: 0, all: 1 })}</p>
    <details onToggle=${(/** @type {any} */ event) => {
      setEvery(event.currentTarget.open);
      if (event.currentTarget.open) lectures.want(lesson, cells);
    }}>
      <summary>${say.word("live_teach.every")}</summary>
      ${!rows && html`<p role="status">${say.word("live_teach.living", { done, all: cells.length })}</p>`}
      ${rows &&
      html`<${Drawing} name=${`${lesson.name}-settings`} words=${say.word("live_teach.every")} source=${sourceOf(held)} say=${say}><${Settings} axes=${axes} values=${rows.map((/** @type {any} */ row) => row.estimate.value)} chosen=${cell} tick=${tick} label=${say.word("live_teach.highest", { count: rows.length, says: cellSays(lesson, label(best), all[best]) })} />
        <p class="quiet small">${say.word("live_teach.ring")}</p><//>
        <div class="scroll" tabindex="0"><table>
          <thead><tr>${axes.map((/** @type {any} */ axis) => html`<th key=${axis.label} scope="col">${axis.label}</th>`)}<th scope="col" class="number">${say.term(measure.words)}</th><th scope="col" class="number">${say.word("live_teach.table_interval")}</th><th scope="col" class="number">${say.word("live_teach.table_below")}</th></tr></thead>
          <tbody>${rows.map((/** @type {any} */ row, /** @type {number} */ place) => html`<tr key=${place}>${named(axes, place).map((name) => html`<td>${name}</td>`)}<td class="number">${value(row)}</td><td class="number">${kept(say.interval(row.estimate, measure.unit))}</td><td class="number">${kept(row.loses)}</td></tr>`)}</tbody>
        </table></div>`}
    </details>`;
}

/** @param {{held: Held}} given */
export function RestsStep({ held }) {
  const { page, lesson } = held;
  const { say, data } = page;
  const life = lesson.lives.find((/** @type {any} */ one) => one.option === -1 && one.case === lesson.answer.of);
  const label = (/** @type {any} */ one) => [lesson.options[one.option]?.label, lesson.cases[one.case]].filter(Boolean).join("; ");
  return html`<p>${say.word("live_teach.rests")}</p>
    ${lesson.assumed.map((/** @type {[string, string]} */ [title, text]) => html`<p key=${title}><b>${title}.</b> ${text}</p>`)}
    ${data.cases.some((/** @type {any} */ one) => one.name === life.base) && html`<p><a class="button" href=${`#${written(fresh(life.base))}`}>${say.word("live_teach.levers")}</a></p>`}
    ${lesson.reading.length > 0 && html`<h3>${say.word("live_teach.reading")}</h3><ul>${lesson.reading.map((/** @type {string} */ text) => html`<li key=${text}>${text}</li>`)}</ul>`}
    <details><summary>${say.word("live_teach.again")}</summary>
      <p>${say.word("live_teach.commands", { runs: lesson.runs, seed: lesson.seed, version: data.lists.version })}</p>
      <ul>${lesson.lives.map((/** @type {any} */ one) => html`<li key=${one.command}>${label(one)}: <code>${one.command}</code></li>`)}</ul>
    </details>`;
}

const TAGS = new Set("h3 h4 h5 h6 p ul ol li strong em code table thead tbody tr th td hr br".split(" "));

/** A tree of tags that are known, and of texts. @param {any} node @returns {any} */
function drawn(node) {
  if (typeof node === "string") return node;
  const [tag, ...inside] = node;
  return TAGS.has(tag) ? h(tag, null, ...inside.map(drawn)) : inside.map(drawn);
}

/** @param {{notes: any[]}} given */
export function NotesStep({ notes }) {
  return html`<div class="notes-text">${notes.map(drawn)}</div>`;
}
