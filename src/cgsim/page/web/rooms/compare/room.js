/** Compare: this partnership beside another, or beside itself with other levers; two others at most. */
import { beyondStatement, doubtStatement, knownStatements, measureBetween, sameArea } from "../../answer/compare.js";
import { comparedRow, rows } from "../../answer/build.js";
import { wayOf } from "../../answer/way.js";
import { html, useState } from "../../parts/html.js";
import { headValue } from "../../answer/record.js";
import { kept, ticksIn } from "../../parts/page.js";
import { useNarrow } from "../../parts/width.js";
import { Dots } from "../../picture/dots.js";
import { LEVERS, differsIn, digitsApart, isMixed } from "../../scenario/levers.js";
import { choiceOf, chosenOf, exchangedIn, plainName } from "../../scenario/mechanisms.js";
import { hasOwn } from "../../state/address.js";
import { NotHere } from "../answer/reasons.js";

/** @typedef {import("../../parts/page.js").Page} Page */
/** @typedef {import("../../parts/page.js").Side} Side */

/** @param {{page: Page}} given */
export function CompareRoom({ page }) {
  const { state, store, others } = page;
  const [fault, setFault] = useState("");
  const narrow = useNarrow();
  return html`${narrow && others.length > 0 && html`<${Strip} page=${page} />`}
  <div class=${others.length > 0 ? "compare-room" : "stack"}>
    <section class="card" aria-label="What is compared">
      <h2>What is compared</h2>
      <div class="chosen-sides">
        <b>A</b><span>${page.result.answer?.title ?? page.tables.title}</span>
        <${Choice} page=${page} letter="B" onFault=${setFault} />
        ${state.other && html`<${Choice} page=${page} letter="C" onFault=${setFault} />`}
      </div>
      ${state.other && (!hasOwn(state) || state.other.own) && html`<p class="row" style=${{ marginTop: "8px" }}><button onClick=${() => setFault(store.set({ case: state.other?.case, set: state.other?.set, other: { ...state.other, case: state.case, set: state.set }, month: null, agency: null }))}>Swap A and B</button></p>`}
      ${!state.other && html`<p class="quiet" style=${{ marginTop: "8px" }}>Choose what to set beside it. The levers of all stand in one table below, and only what differs is marked.</p>`}
      ${others.length > 0 &&
      html`<table class="levers-of-two" style=${{ marginTop: "12px" }}>
        <thead><tr><th scope="col">lever</th><th scope="col">A</th>${others.map((side) => html`<th key=${side.letter} scope="col">${side.letter}</th>`)}</tr></thead>
        <tbody>${LEVERS.map((lever) => html`<${Lever} key=${lever.name} lever=${lever} page=${page} onFault=${setFault} />`)}<${Mechanisms} page=${page} /></tbody>
      </table>`}
      ${fault && html`<p class="fault" role="alert">${fault}</p>`}
    </section>
    ${others.length > 0 && html`<${Difference} page=${page} /><${Beside} page=${page} />`}
  </div>`;
}

/** @param {{page: Page, letter: "B" | "C", onFault: (fault: string) => void}} given */
function Choice({ page, letter, onFault }) {
  const { state, store, data } = page;
  const key = letter === "B" ? "other" : "third";
  // With members of one's own there are two: these, and those that were given.
  let before = `${state.case} as given`;
  while (data.cases.some((/** @type {any} */ one) => one.name === before)) before += "'";
  const chosen = state[key];
  const value = !chosen ? "" : chosen.case === state.case && hasOwn(state) && !chosen.own ? before : chosen.case;
  const take = (/** @type {string} */ name) => {
    if (name === before) return store.set({ [key]: { case: state.case, set: {} } });
    if (name === state.case) return store.set({ [key]: { case: name, set: { ...state.set }, own: hasOwn(state) } });
    if (name) return store.set({ [key]: { case: name, set: {} } });
    // What is left moves up.
    return store.set(letter === "B" ? { other: state.third, third: null } : { third: null });
  };
  return html`<b aria-hidden="true">${letter}</b>
    <select aria-label=${letter === "B" ? "What A is compared with" : "What else A is compared with"} value=${value} onChange=${(/** @type {any} */ event) => onFault(take(event.currentTarget.value))}>
      <option value="">${letter === "B" ? "choose …" : "nothing else"}</option>
      ${data.cases.map((/** @type {any} */ one) => html`<option key=${one.name} value=${one.name}>${one.name === state.case ? "this one, with other levers" : one.title}</option>`)}
      ${hasOwn(state) && html`<option value=${before}>this one, as it was given</option>`}
    </select>`;
}

/** @param {{lever: import("../../scenario/levers.js").Lever, page: Page, onFault: (fault: string) => void}} given */
function Lever({ lever, page, onFault }) {
  const { state, store, tables, others } = page;
  const sides = [tables, ...others.map((side) => side.tables)];
  const digits = digitsApart(lever, sides.flatMap((of) => (lever.why(of) ? [] : lever.stops(of))), tables);
  const cell = (/** @type {any} */ of, /** @type {string} */ side, /** @type {(value: number) => string} */ put) => {
    const why = lever.why(of);
    if (why) return html`<td key=${side} class="quiet" data-label=${side}>${why}</td>`;
    const stops = lever.stops(of);
    const mixed = isMixed(lever, of);
    const value = lever.value(of);
    return html`<td key=${side} data-label=${side}><select aria-label=${`${lever.label}, ${side}`} value=${mixed ? -1 : stops.indexOf(value)} onChange=${(/** @type {any} */ event) => onFault(put(stops[Number(event.currentTarget.value)]))}>
      ${mixed && html`<option value=${-1} disabled>${page.say.word("live.mixed")}</option>`}
      ${stops.map((stop, place) => html`<option key=${place} value=${place}>${lever.words(stop, of, digits)}</option>`)}
    </select></td>`;
  };
  const differs = differsIn(lever, sides);
  return html`<tr class=${differs ? "differs" : ""}>
    <th scope="row">${lever.label}${differs ? html`<span class="hidden"> differs</span>` : ""}</th>
    ${cell(tables, "A", (value) => store.set({ set: { ...state.set, [lever.name]: value } }))}
    ${others.map(({ key, letter, chosen, tables: of }) => cell(of, letter, (value) => store.set({ [key]: { ...chosen, set: { ...chosen.set, [lever.name]: value } } })))}
  </tr>`;
}

/** Which mechanisms they live by, of those kinds in which one has another than the model's own. @param {{page: Page}} given */
function Mechanisms({ page }) {
  const { say } = page;
  const sides = [{ letter: "A", tables: page.tables }, ...page.others];
  const kinds = page.data.lists.mechanisms.filter((/** @type {any} */ kind) => sides.some(({ tables }) => exchangedIn(tables, [kind]).length));
  return kinds.map((/** @type {any} */ kind) => {
    const names = sides.map(({ tables }) => choiceOf(say, kind, chosenOf(tables, kind)));
    const differs = new Set(names).size > 1;
    return html`<tr key=${kind.name} class=${differs ? "differs" : ""}>
      <th scope="row">${plainName(kind)}${differs ? html`<span class="hidden"> differs</span>` : ""}</th>
      ${names.map((name, place) => html`<td key=${sides[place].letter} data-label=${sides[place].letter}>${name}</td>`)}
    </tr>`;
  });
}

/** What stands side by side, once all runs of each are known. @param {Page} page */
function known({ result, others }) {
  const a = result.runs;
  const sides = others.flatMap(({ letter, result: side }) => (side.runs && side.runs.count === a?.count ? [{ letter, side, runs: side.runs }] : []));
  return a && sides.length === others.length ? { a, others: sides, sides: [{ letter: "A", side: result }, ...sides] } : null;
}

/**
 * The gain of each, all of one base: of what the founders met alone where the same agencies found
 * all, else of what all agencies met alone, as the difference is; and in digits that tell them apart.
 *
 * @param {Page} page
 * @param {NonNullable<ReturnType<typeof known>>} found
 * @returns {{figures: string[], of: string}}
 */
function figuresOf({ result, say, kitchen }, { a, others }) {
  const area = others.some(({ runs }) => measureBetween(runs, a) === kitchen.settings.by_area);
  const measure = area ? kitchen.settings.by_area : kitchen.settings.by_founders;
  const values = area ? [a, ...others.map(({ runs }) => runs)].map((runs) => kitchen.statistics.mean(runs.column(measure)).value) : [result, ...others.map(({ side }) => side)].map((side) => headValue(side.answer));
  const digits = say.digitsApart(values, "share");
  return { figures: values.map((value) => kept(say.signed(value, digits))), of: say.term(kitchen.measure(measure)?.of ?? "") };
}

/** The answers in small, which stay in sight while a lever below is moved. @param {{page: Page}} given */
function Strip({ page }) {
  const { kitchen } = page;
  const found = known(page);
  const figures = found ? figuresOf(page, found).figures : [];
  const sides = found?.sides ?? [];
  return html`<div class="strip" aria-hidden="true">${sides.length > 0 ? sides.map(({ letter, side }, place) => html`<p key=${letter} class="row"><b>${letter}</b> <span class=${`figure ${wayOf(kitchen, side.answer).way}`}>${figures[place]}</span></p>`) : html`<p class="figure">…</p>`}</div>`;
}

/** The difference, the answers, and what nobody knows of each. @param {{page: Page}} given */
export function Difference({ page }) {
  const { result, say, kitchen } = page;
  const found = known(page);
  if (!found) return html`<section class="card answer" aria-label="The difference"><p class="quiet">…</p></section>`;
  const { a, sides } = found;
  const { figures, of } = figuresOf(page, found);
  const said = found.others.flatMap(({ letter, side, runs }) => {
    const made = [beyondStatement(letter, "A", runs, a)];
    // Draws from the records and draws from the priors are not the same draws.
    const [mine, drawn] = [result.drawn, side.drawn];
    const paired = mine && drawn && JSON.stringify(mine.given) === JSON.stringify(drawn.given);
    if (paired) made.push(doubtStatement(kitchen, letter, "A", drawn, mine), ...knownStatements(kitchen, letter, "A", [side.about, result.about], [drawn, mine]));
    return made;
  });
  const all = sides.flatMap(({ side }) => side.answer.doubt?.values ?? []);
  const least = 0.01;
  const domain = /** @type {[number, number]} */ ([Math.min(-least, ...all), Math.max(least, ...all)]);
  const tick = ticksIn(say);
  const alike = found.others.every(({ runs }) => sameArea(/** @type {any} */ (a.model), /** @type {any} */ (runs.model)));
  return html`<section class="card answer" aria-label="The difference">
      <h2>${say.word(alike ? "compare.before" : "compare.before_own", { runs: a.count })}</h2>
      <p class="first" aria-live="polite">${kept(said.map((one) => one.text).join(" "))}</p>
      <div class="sides" style=${{ marginTop: "14px" }}>
        ${sides.map(({ letter, side }, place) => {
          const doubt = side.answer.doubt;
          const { way, words } = wayOf(kitchen, side.answer);
          return html`<div key=${letter} class=${`side ${letter === "A" ? "" : letter === "B" ? "second" : "third"}`}>
            <h3>${letter}: ${side.answer.title}</h3>
            <p class=${`figure ${way}`}>${figures[place]}</p>
            <p class="small base">${of}</p>
            ${words && html`<p class="way">${words}</p>`}
            <p class="small">${kept(side.answer.headline[0].text)}</p>
            ${doubt && html`<${Dots} values=${doubt.values} domain=${domain} tick=${tick} beside=${sides.map((one) => one.side.answer.doubt?.values ?? [])} label=${say.word("live_dots.doubt", { draws: doubt.draws, gains: doubt.gains, loses: doubt.loses })} />
              <p class="small quiet">${say.word("live_dots.doubt", { draws: doubt.draws, gains: doubt.gains, loses: doubt.loses })}</p>`}
          </div>`;
        })}
      </div>
    </section>`;
}

/** @param {{page: Page}} given */
function Beside({ page }) {
  const { say, kitchen } = page;
  const found = known(page);
  if (!found) return null;
  const { sides } = found;
  const answers = sides.map(({ side }) => side.answer);
  const table = rows("compare", .../** @type {[any]} */ (answers));
  return html`<section class="card numbers">
      <details>
        <summary>All the numbers side by side</summary>
        <div class="scroll"><table class="stacked">
          <thead><tr><th scope="col">${say.word("table.measure")}</th>${sides.map(({ letter }) => html`<th key=${letter} scope="col" class="number">${letter}</th>`)}<th scope="col">${say.word("table.of")}</th></tr></thead>
          <tbody>${table.map((many) => {
            const told = comparedRow(kitchen, many, answers);
            return html`<tr key=${told[0][0]}><td>${told[0][0]}</td>${told.map((one, place) => html`<td key=${place} class="number" data-label=${sides[place].letter}>${kept(one[1])}<br /><span class="small quiet">${kept(one[2])}</span></td>`)}<td class="quiet">${told[0][3]}</td></tr>`;
          })}</tbody>
        </table></div>
        <${NotHere} page=${page} answers=${answers} />
      </details>
    </section>`;
}
