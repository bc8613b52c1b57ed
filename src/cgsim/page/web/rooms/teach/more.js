/** The end of a lesson: a table to play with, what it rests on, and the lecturer's notes. */
import { figure } from "../../answer/formats.js";
import { Drawing } from "../../parts/drawing.js";
import { h, html, useState } from "../../parts/html.js";
import { kept } from "../../parts/page.js";
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

const GUESSES_FIRST = 5;

/** @param {{held: Held}} given */
export function PlayStep({ held }) {
  const { page, lesson, measure, desk } = held;
  const { say, lectures } = page;
  const { axes, cells } = lesson;
  const [picked, setPicked] = useState(axes.map(() => 0));
  const [typed, setTyped] = useState("");
  const [fault, setFault] = useState("");
  const [every, setEvery] = useState(false);
  const cell = cellAt(axes, picked);
  const label = (/** @type {number} */ place) => named(axes, place).join(", ");
  const made = desk.cells;
  const enough = made.length >= GUESSES_FIRST;
  const guess = (/** @type {Event} */ event) => {
    event.preventDefault();
    const value = Number(typed);
    if (typed.trim() === "" || !Number.isFinite(value)) return void setFault(say.word("live_teach.play_number"));
    if (made.some((one) => one.cell === cell)) return void setFault(say.word("live_teach.play_again"));
    setFault("");
    setTyped("");
    lectures.want(lesson, [cells[cell]]);
    lectures.write(lesson, { cells: [...made, { cell, guess: value }] });
  };
  const all = every && enough ? cells.map((/** @type {any} */ one) => lectures.results(lesson, one)) : [];
  const done = all.filter(Boolean).length;
  const rows = every && enough && done === cells.length ? all.map((/** @type {any} */ one, /** @type {number} */ place) => rowOf(label(place), one, measure.name)) : null;
  const value = (/** @type {any} */ row) => kept(say.told(row.estimate, measure.unit));
  const best = rows?.reduce((/** @type {number} */ high, /** @type {any} */ row, /** @type {number} */ place) => (row.estimate.value > rows[high].estimate.value ? place : high), 0);
  const tick = (/** @type {number} */ number) => kept(say.percent(number, 0));
  const unit = measure.unit === "share" ? "%" : say.term(measure.unit);
  const last = enough ? made[made.length - 1] : null;
  const told = last && lectures.results(lesson, cells[last.cell]);
  return html`<p class="lead">${say.word("live_teach.play")}</p>
    <form class="row controls" onSubmit=${guess} novalidate>
      ${axes.map((/** @type {any} */ axis, /** @type {number} */ n) => html`<span key=${axis.label}><label for=${`axis-${n}`}>${axis.label}</label>
        <select id=${`axis-${n}`} value=${picked[n]} onChange=${(/** @type {any} */ event) => {
          setPicked(picked.map((/** @type {number} */ old, /** @type {number} */ place) => (place === n ? Number(event.currentTarget.value) : old)));
          setFault("");
        }}>${axis.names.map((/** @type {string} */ name, /** @type {number} */ place) => html`<option key=${name} value=${place}>${name}</option>`)}</select></span>`)}
      <span><label for="cell-guess">${say.word("live_teach.play_guess", { unit })}</label><input id="cell-guess" type="number" step="any" inputmode="decimal" autocomplete="off" value=${typed} onInput=${(/** @type {any} */ event) => setTyped(event.currentTarget.value)} /></span>
      <button class="main">${say.word("live_teach.play_keep")}</button>
    </form>
    ${fault && html`<p class="fault" role="alert">${fault}</p>`}
    <p class="says" role="status">${!enough ? say.word("live_teach.play_left", { left: GUESSES_FIRST - made.length }) : told ? kept(cellSays(lesson, label(/** @type {any} */ (last).cell), told)) : say.word("live_teach.living", { done: 0, all: 1 })}</p>
    ${made.length > 0 && html`<div class="scroll" tabindex="0"><table class="guessed">
      <thead><tr><th scope="col">${say.word("live_teach.play_setting")}</th><th scope="col" class="number">${say.word("live_teach.play_guessed")}</th><th scope="col" class="number">${say.word("live_teach.play_came")}</th></tr></thead>
      <tbody>${made.map((one) => {
        const came = enough ? lectures.results(lesson, cells[one.cell]) : null;
        return html`<tr key=${one.cell}><td>${label(one.cell)}</td><td class="number">${kept(`${figure(String(one.guess))} ${unit}`)}</td><td class="number">${came ? value(rowOf("", came, measure.name)) : "?"}</td></tr>`;
      })}</tbody></table></div>`}
    ${enough && html`<details onToggle=${(/** @type {any} */ event) => {
      setEvery(event.currentTarget.open);
      if (event.currentTarget.open) lectures.want(lesson, cells);
    }}>
      <summary>${say.word("live_teach.every")}</summary>
      ${!rows && html`<p role="status">${say.word("live_teach.living", { done, all: cells.length })}</p>`}
      ${rows &&
      html`<${Drawing} name=${`${lesson.name}-settings`} words=${say.word("live_teach.every")} source=${sourceOf(held)} say=${say}><${Settings} axes=${axes} values=${rows.map((/** @type {any} */ row) => row.estimate.value)} chosen=${cell} tick=${tick} label=${say.word("live_teach.highest", { count: rows.length, says: cellSays(lesson, label(best), all[best]) })} />
        <p class="quiet small">${say.word("live_teach.ring")}</p><//>
        <div class="scroll" tabindex="0"><table class="every">
          <thead><tr>${axes.map((/** @type {any} */ axis) => html`<th key=${axis.label} scope="col">${axis.label}</th>`)}<th scope="col" class="number">${say.term(measure.words)}</th><th scope="col" class="number">${say.word("live_teach.table_interval")}</th><th scope="col" class="number">${say.word("live_teach.table_below")}</th></tr></thead>
          <tbody>${rows.map((/** @type {any} */ row, /** @type {number} */ place) => html`<tr key=${place}>${named(axes, place).map((name) => html`<td>${name}</td>`)}<td class="number">${value(row)}</td><td class="number">${kept(say.interval(row.estimate, measure.unit))}</td><td class="number">${kept(row.loses)}</td></tr>`)}</tbody>
        </table></div>`}
    </details>`}`;
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

const FAILS = ["projector", "network", "machines", "class", "time"];
const TAGS = new Set("h3 h4 h5 h6 p ul ol li strong em code table thead tbody tr th td hr br".split(" "));

/** A tree of tags that are known, and of texts. @param {any} node @returns {any} */
function drawn(node) {
  if (typeof node === "string") return node;
  const [tag, ...inside] = node;
  return TAGS.has(tag) ? h(tag, null, ...inside.map(drawn)) : inside.map(drawn);
}

/** The lecturer's own: it says on every sheet that it is not for handing out. @param {{held: Held}} given */
export function NotesStep({ held: { page, lesson } }) {
  const { say } = page;
  const { homework } = lesson;
  const answer = homework && kept(figure(homework.unit === "share" ? `${homework.answer.toFixed(1)} %` : `${homework.answer} ${say.term(homework.unit)}`));
  return html`<div class="notes-text"><p class="not-out">${say.word("live_teach.not_out")}</p>
    ${lesson.notes.map(drawn)}
    ${homework && html`<h3>${say.word("live_teach.homework")}</h3>
      ${homework.task.map((/** @type {string} */ text) => html`<p>${text}</p>`)}
      <p><b>${say.word("live_teach.homework_answer", { answer, near: homework.near })}</b> ${homework.model.join(" ")}</p>
      <p><code>${homework.command}</code></p>`}
    <h3>${say.word("live_teach.fails")}</h3>
    <ul>${FAILS.map((what) => html`<li key=${what}>${say.word(`live_teach.fails_${what}`)}</li>`)}</ul>
  </div>`;
}
