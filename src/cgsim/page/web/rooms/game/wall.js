/** The wall: codes of a room pasted in, and what all these plays say together. */
import { beliefs, endOf, grantFirst, readWall, stuckMonth, sumOf, tableOf, MOST_MARKS, RUBRIC } from "../../game/wall.js";
import { html, useEffect, useRef, useState } from "../../parts/html.js";
import { kept } from "../../parts/page.js";
import { Belief } from "../../picture/belief.js";
import { Ends } from "../../picture/ends.js";
import { Fault } from "../../scenario/edits.js";
import { save } from "../../parts/drawing.js";
import { toCsv } from "../take_away/files.js";

/** @typedef {import("../../parts/page.js").Page} Page */
/** @typedef {import("../../game/wall.js").Row} Row */
/** @typedef {{rows: Row[], faults: {line: number, why: string}[], heading: boolean}} Pasted */

/** @param {{page: Page}} given */
export function Wall({ page }) {
  const { plays, say } = page;
  const { game } = plays;
  const [text, setText] = useState("");
  const [pasted, setPasted] = useState(/** @type {Pasted | null} */ (null));
  const [done, setDone] = useState(0);
  const [fault, setFault] = useState("");
  const latest = useRef(/** @type {Pasted | null} */ (null));
  const show = () => {
    setFault("");
    setDone(0);
    try {
      const read = readWall(game, text);
      latest.current = read;
      setPasted(read);
      if (read.rows.length) plays.wall(read.rows, (count) => latest.current === read && setDone(count));
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      setFault(error.message);
    }
  };
  const clear = () => {
    latest.current = null;
    setPasted(null);
    setText("");
  };
  const rows = pasted?.rows ?? [];
  const lived = rows.length > 0 && rows.every(({ own }) => own);
  const turned = lived && rows.every(({ turn }) => turn);
  return html`<div class="game wall" data-found=${turned ? "all" : lived ? "lives" : "none"}>
    <section class="card stack tight">
      <h2>${say.word("live_wall.title")}</h2>
      <label for="codes">${say.word("live_wall.label")}</label>
      <p class="quiet small">${say.word("live_wall.lead")}</p>
      <textarea id="codes" rows="6" spellcheck="false" value=${text} onInput=${(/** @type {any} */ event) => setText(event.currentTarget.value)}></textarea>
      <p class="row"><button class="main" disabled=${!text.trim()} onClick=${show}>${say.word("live_wall.show")}</button><button disabled=${!text} onClick=${clear}>${say.word("live_wall.clear")}</button><a class="button" href="#room=game">${say.word("live_wall.back")}</a></p>
      ${fault && html`<p class="fault" role="alert">${fault}</p>`}
      <div role="status">
        ${pasted && html`<p>${say.word("live_wall.count", { plays: rows.length })}${rows.length > 0 && !lived && ` · ${say.word("live_wall.living", { done, all: rows.length })}`}</p>`}
        ${pasted?.heading && html`<p class="quiet">${say.word("live_wall.heading")}</p>`}
        ${pasted && pasted.faults.length > 0 && html`<ul class="faults">${pasted.faults.map(({ line, why }) => html`<li key=${line} class="fault">${say.word("live_wall.bad", { line, why })}</li>`)}</ul>`}
      </div>
    </section>
    ${lived && html`<${Together} page=${page} rows=${rows} turned=${turned} />`}
  </div>`;
}

/** @param {{page: Page, rows: Row[], turned: boolean}} given */
function Together({ page, rows, turned }) {
  const { plays, say } = page;
  const { game } = plays;
  const word = (/** @type {string} */ id, numbers = {}) => say.word(`live_wall.${id}`, numbers);
  const signed = (/** @type {number} */ value) => kept(say.formats.signed_units(value));
  const all = rows.map((row) => ({ ...row, life: /** @type {import("../../game/debrief.js").Life} */ (row.own), marked: grantFirst(game, row.play), end: endOf(game, row.play, /** @type {any} */ (row.own)) }));
  const marked = all.filter((row) => row.marked);
  const counts = {
    plays: all.length,
    gains: all.filter(({ life }) => life.score >= 0).length,
    loses: all.filter(({ life }) => life.score < 0).length,
    grants: marked.length,
    grant_loses: marked.filter(({ life }) => life.score < 0).length,
  };
  const how = (/** @type {string} */ kind) => all.filter(({ end }) => end.how === kind).length;
  const title = (/** @type {{line: number, who: string}} */ row) => `${row.who || word("bad", { line: row.line, why: "" }).replace(/:.*/, "")}`;
  const over = all.flatMap((row) => (row.end.month === null ? [] : [{ value: row.end.month, marked: row.end.how === "fell", title: `${title(row)}: ${word("ended_axis")} ${row.end.month}` }]));
  const ended = word("ended_says", { closed: how("closed"), fell: how("fell"), lived: how("lived") });
  const { month, made } = beliefs(game, rows);
  const stuck = turned ? stuckMonth(game, rows) : null;
  const [marks, setMarks] = useState(/** @type {Map<number, import("../../game/wall.js").Marks>} */ (new Map()));
  // Other codes are other plays.
  useEffect(() => setMarks(new Map()), [rows]);
  const table = tableOf(game, rows, say, marks);
  return html`<section class="card stack tight"><h2>${word("ends_head")}</h2>
      <p class="lead">${word("ends_says", counts)}</p>
      <${Ends} ends=${all.map((row) => ({ value: row.life.score, marked: row.marked, title: `${title(row)}: ${signed(row.life.score)}` }))} label=${word("ends_label", counts)} tick=${signed} />
      <${Keys} marked=${word("key_grant")} other=${word("key_other")} axis=${word("ends_axis")} />
    </section>
    <div class="pair">
      <section class="card stack tight"><h2>${word("belief_head", { month })}</h2>
        ${made.length
          ? html`<p>${word("belief_says", { guesses: made.length, high: made.filter((one) => one.guess > one.truth).length, low: made.filter((one) => one.guess < one.truth).length })}</p>
            <${Belief} made=${made.map((one) => ({ ...one, title: `${title(one)}: ${signed(one.guess)} / ${signed(one.truth)}` }))} label=${word("belief_says", { guesses: made.length, high: made.filter((one) => one.guess > one.truth).length, low: made.filter((one) => one.guess < one.truth).length })} across=${word("belief_axis")} up=${word("belief_up")} tick=${signed} />`
          : html`<p>${word("belief_none")}</p>`}
      </section>
      <div class="stack">
        <section class="card stack tight"><h2>${word("turn_head")}</h2>
          <p role="status">${!stuck ? word("turning", { done: plays.looked, all: game.settings.quarters }) : !stuck.losers ? word("turn_none") : stuck.month === null ? word("turn_late", stuck) : word("turn_says", stuck)}</p></section>
        <section class="card stack tight"><h2>${word("ended_head")}</h2>
          <p>${ended}</p>
          ${over.length > 0 && html`<${Ends} ends=${over} within=${[1, game.settings.quarters * game.settings.months_a_quarter]} label=${ended} tick=${String} />
            <${Keys} marked=${word("key_fell")} other=${word("key_closed")} axis=${word("ended_axis")} />`}</section>
      </div>
    </div>
    <${Rubric} page=${page} rows=${rows} marks=${marks} onMark=${(/** @type {number} */ line, /** @type {number} */ place, /** @type {number | null} */ mark) => setMarks((old) => new Map(old).set(line, RUBRIC.map((_, at) => (at === place ? mark : old.get(line)?.[at] ?? null))))} />
    <section class="card stack tight"><h2>${word("table")}</h2>
      <p><button disabled=${!turned} onClick=${() => save("plays.csv", new Blob([toCsv(table)], { type: "text/csv" }))}>${word("save")}</button></p>
      <details><summary>${word("count", { plays: rows.length })}</summary><div class="scroll" tabindex="0" role="region" aria-label=${word("table")}><table>
        <thead><tr>${table[0].map((cell) => html`<th key=${cell} scope="col">${cell}</th>`)}</tr></thead>
        <tbody>${table.slice(1).map((row, at) => html`<tr key=${at}>${row.map((cell, place) => html`<td key=${place} class=${typeof cell === "number" ? "number" : ""}>${typeof cell === "number" ? (place === 5 ? say.percent(cell, 0) : [0, 3].includes(place) ? cell : place === 4 || (place > 8 && place < 13) ? signed(cell) : cell) : cell}</td>`)}</tr>`)}</tbody>
      </table></div></details>
    </section>`;
}

/** What the two kinds of marks are. @param {{marked: string, other: string, axis: string}} given */
function Keys({ marked, other, axis }) {
  return html`<ul class="keys quiet"><li><span class="swatch" style=${{ background: "var(--loses)", borderRadius: 0 }}></span>${marked}</li><li><span class="swatch" style=${{ background: "var(--gains)", borderRadius: "50%" }}></span>${other}</li><li>${axis}</li></ul>`;
}

/**
 * What earns marks, and a place to give them: beside what came with the code, and what was believed.
 *
 * @param {{page: Page, rows: Row[], marks: Map<number, import("../../game/wall.js").Marks>, onMark: (line: number, place: number, mark: number | null) => void}} given
 */
function Rubric({ page, rows, marks, onMark }) {
  const { plays, say } = page;
  const { game } = plays;
  const word = (/** @type {string} */ id, numbers = {}) => say.word(`live_wall.${id}`, numbers);
  const [open, setOpen] = useState(false);
  const signed = (/** @type {number} */ value) => kept(say.formats.signed_units(value));
  const truths = new Map(beliefs(game, rows).made.map((one) => [one.line, `${signed(one.guess)} / ${signed(one.truth)}`]));
  return html`<section class="card stack tight rubric"><h2>${word("rubric_head")}</h2>
    <p class="quiet">${word("rubric_how")}</p>
    <div class="scroll" tabindex="0"><table class="earns">
      <thead><tr><th scope="col">${word("rubric_criterion")}</th><th scope="col">${word("rubric_for")}</th><th scope="col" class="number">${word("rubric_most")}</th></tr></thead>
      <tbody>${RUBRIC.map(({ id, most }) => html`<tr key=${id}><th scope="row">${word(`rubric_${id}`)}</th><td>${word(`rubric_${id}_for`)}</td><td class="number">${word("rubric_range", { most })}</td></tr>`)}</tbody>
    </table></div>
    <details onToggle=${(/** @type {any} */ event) => setOpen(event.currentTarget.open)}><summary>${word("rubric_each")}</summary>
      ${open && html`<div class="scroll" tabindex="0"><table class="marked">
        <thead><tr><th scope="col">${word("rubric_play")}</th><th scope="col" class="number">${word("rubric_truth")}</th>${RUBRIC.map(({ id }) => html`<th key=${id} scope="col">${word(`rubric_${id}`)}</th>`)}<th scope="col" class="number">${word("rubric_sum", { most: MOST_MARKS })}</th></tr></thead>
        <tbody>${rows.map(({ line, who }) => {
          const name = who || `${word("col_line")} ${line}`;
          return html`<tr key=${line}><th scope="row">${name}</th><td class="number">${truths.get(line) ?? ""}</td>
            ${RUBRIC.map(({ id, most }, place) => html`<td key=${id}><select aria-label=${`${word(`rubric_${id}`)} ${name}`} value=${String(marks.get(line)?.[place] ?? "")} onChange=${(/** @type {any} */ event) => onMark(line, place, event.currentTarget.value === "" ? null : Number(event.currentTarget.value))}>
              <option value="">–</option>${Array.from({ length: most + 1 }, (_, mark) => html`<option key=${mark} value=${String(mark)}>${mark}</option>`)}</select></td>`)}
            <td class="number">${sumOf(marks.get(line)) ?? "–"}</td></tr>`;
        })}</tbody>
      </table></div>`}
    </details>
  </section>`;
}
