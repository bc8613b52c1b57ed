/** Declutter: which groups could go, or be merged, worked out while one looks. */
import { signedUnits } from "../../answer/formats.js";
import { asTable, groupRows, mergeRows, overlapTable, pathRows } from "../../declutter/tables.js";
import { aloneStatements, doneWords, kindOf, likeWords, nowStatement, pathStatements, ranked, restsStatement, stepWords, takenStatements, toldPoints } from "../../declutter/words.js";
import { Drawing, save } from "../../parts/drawing.js";
import { html, useEffect } from "../../parts/html.js";
import { joinedText, kept } from "../../parts/page.js";
import { Words } from "../../parts/words.js";
import { Matrix } from "../../picture/matrix.js";
import { Worth, reachOf } from "../../picture/worth.js";
import { edited } from "../../scenario/edits.js";
import { partnershipsOf } from "../../scenario/tables.js";
import { command, fileOf, toToml } from "../../scenario/written.js";
import { ownOf } from "../../state/address.js";
import { toCsv } from "../take_away/files.js";

/** @typedef {import("../../parts/page.js").Page} Page */
/** @typedef {import("../../declutter/search.js").Decluttered} Decluttered */
/** @typedef {import("../../declutter/search.js").Taken} Taken */
/** @typedef {import("../../engine/clearing.js").Landscape} Landscape */
/** @typedef {import("../../scenario/edits.js").Stepped} Stepped */

const MOST_PAIRS = 20; // are listed

/** The landscape that is searched: with the reader's levers, and all its groups. @param {Page} page */
function searched({ given, state, data }) {
  return edited(given.tables, { ...ownOf(state), set: state.set, steps: [] }, data.parameter);
}

/** What gives the same numbers. @param {Page} page */
export function declutterCommand(page) {
  const { given, state, data, clearing } = page;
  return { letter: "A", ...command(given, { ...state, steps: [] }, data, searched(page), "", { name: "declutter", runs: clearing.replicates }) };
}

/** Which groups are closed or merged in what is shown, and the way back. @param {{page: Page}} given */
export function Stepped({ page }) {
  const { state, store, say } = page;
  return html`<div class="told stepped" role="note">
    <p>${say.word("live_declutter.stepped", { done: doneWords(say, state.steps.map(([first, other]) => (other === undefined ? [first] : [first, other]))) })}</p>
    <button onClick=${() => store.set({ steps: [] })}>${say.word("live_declutter.all_back")}</button>
  </div>`;
}

/** @param {{page: Page}} given */
export function DeclutterRoom({ page }) {
  const { given, say, data, clearing } = page;
  const tables = searched(page);
  const groups = partnershipsOf(tables).length;
  const { most_groups: most } = data.lists.declutter;
  if (groups < 2 || groups > most) {
    const words = groups < 2 ? say.word(groups ? "live_declutter.one" : "live_declutter.none") : say.word("live_declutter.many", { groups, most });
    return html`<section class="card" aria-label=${say.word("live_declutter.title")}><h2>${say.word("live_declutter.title")}</h2><p>${words}</p>${groups > most && html`<pre tabindex="0">${declutterCommand(page).line}</pre>`}</section>`;
  }
  const names = partnershipsOf(tables).map(({ name }) => name);
  return html`<${Searched} key=${given.name} page=${page} one=${clearing.known(tables, given.ties)} names=${names} />`;
}

/** @param {{page: Page, one: Landscape, names: string[]}} given `names`: of the groups, in the order of the scenario */
function Searched({ page, one, names }) {
  const { say, clearing, kitchen } = page;
  const { found } = one;
  useEffect(() => {
    clearing.begin(one);
    return () => clearing.leave();
  }, [one]);
  return html`<div class="stack declutter" data-declutter=${found?.stage ?? "waits"}>
    <section class="card answer" aria-label=${say.word("live_declutter.title")}>
      <h2>${say.word("live_declutter.title")}</h2>
      <p class="first">${found ? html`<${Words} text=${nowStatement(kitchen, found).text} />` : "…"}</p>
      <p class="then">${say.word("live_declutter.lead")}${String(names) === String(one.tables.partnership?.map(({ name }) => name)) ? "" : ` ${say.word("live_declutter.order")}`}</p>
      <${Progress} page=${page} one=${one} />
    </section>
    ${found && html`<${Alone} page=${page} one=${one} found=${found} />
      <${Overlaps} page=${page} found=${found} />
      <${Path} page=${page} one=${one} found=${found} />
      <${Files} page=${page} found=${found} />`}
  </div>`;
}

/** How far it has come, and whether it goes on. @param {{page: Page, one: Landscape}} given */
function Progress({ page, one }) {
  const { say, clearing } = page;
  const { found, stopped } = one;
  const stage = stopped ? "stopped" : found?.stage ?? "first";
  const all = found ? [...found.groups, ...found.merges] : [];
  const known = all.filter(Boolean).length;
  const words = stage === "each" ? say.word("live_declutter.tried", { known, all: all.length }) : say.word("live_declutter.lived", { runs: one.runs, steps: found?.steps.length ?? 0 });
  return html`<div class="row then">
    <span role="status">${say.word(`live_declutter.stage_${stage}`)}</span>
    ${stage === "each" && html`<progress max=${all.length} value=${known} aria-label=${say.word("live_declutter.progress")} />`}
    <span class="small quiet">${words}</span>
    ${stage !== "done" && html`<button onClick=${() => clearing.stop(one, !stopped)}>${say.word(stopped ? "live_declutter.go_on" : "live_declutter.stop")}</button>`}
  </div>`;
}

/** What a picture of this is of. @param {Page} page @param {Decluttered} found */
function sourceOf({ say, data }, found) {
  return say.word("live_take.source", { title: found.tables.title, runs: found.replicates, seed: data.seed, version: data.lists.version });
}

/** The name of a file that is taken away. @param {Page} page */
const nameOf = (page) => fileOf(page.given, searched(page));

/** Open the landscape after some steps, where its answer is. @param {Page} page @param {Stepped[]} steps */
function open({ store }, steps) {
  store.set({ steps, room: "answer", panel: "" });
  scrollTo(0, 0);
  document.getElementById("room")?.focus({ preventScroll: true });
}

/** Each group left out alone, the best to close first. @param {{page: Page, one: Landscape, found: Decluttered}} given */
function Alone({ page, found }) {
  const { say, kitchen, state } = page;
  const rows = ranked(found.groups);
  const waiting = found.names.filter((_, place) => !found.groups[place]);
  const domain = reachOf(rows.map(({ change }) => change.gain));
  const closed = new Set(state.steps.map((step) => (step.length > 1 ? step[1] : step[0])));
  const words = say.word("live_declutter.alone");
  return html`<${Drawing} name=${`${nameOf(page)}-alone`} words=${words} source=${sourceOf(page, found)} say=${say}><section class="card" aria-label=${words}>
    <h2>${words}</h2>
    ${!waiting.length && html`<p>${kept(joinedText(aloneStatements(kitchen, rows)))}</p>`}
    <p class="small quiet">${say.word("live_declutter.key")}</p>
    <ul class="worths">
      ${rows.map((row) => {
        const { group, change } = row;
        const like = likeWords(say, row);
        const more = say.word("live_declutter.row", { interval: say.pointsInterval(change.gain), freed: signedUnits(-change.overhead_hours.value), own: signedUnits(change.own_hours.value), others: signedUnits(row.other_joint_hours) });
        return html`<${Worth} key=${group} name=${group} estimate=${change.gain} told=${kept(toldPoints(say, change.gain))} domain=${domain}>
          <span class="more small quiet"><b class="kind">${say.word(`live_declutter.kind_${kindOf(change.gain)}`)}</b> ${kept(more)}${like && ` ${say.word("live_declutter.most_like", { like })}`}</span>
          <button class="small" disabled=${closed.has(group)} aria-label=${say.word("live_declutter.open_without", { group })} onClick=${() => open(page, [...state.steps, [group]])}>${say.word(closed.has(group) ? "live_declutter.is_closed" : "live_declutter.open")}</button>
        <//>`;
      })}
      ${waiting.map((name) => html`<${Worth} key=${name} name=${name} estimate=${null} told="" domain=${domain} />`)}
    </ul>
  </section><//>`;
}

/** Who shares seats with whom. @param {{page: Page, found: Decluttered}} given */
function Overlaps({ page, found }) {
  const { say } = page;
  const { names, order, overlaps } = found;
  const pairs = names.flatMap((_, a) => names.flatMap((__, b) => (b > a && overlaps[a][b] > 0 ? [{ a, b, share: overlaps[a][b] }] : []))).sort((one, other) => other.share - one.share);
  const words = say.word("live_declutter.map");
  const first = pairs[0];
  const told = first ? say.word("live_declutter.map_most", { one: names[first.a], other: names[first.b], share: say.points(first.share, 0), pairs: pairs.length }) : say.word("live_declutter.map_none");
  return html`<${Drawing} name=${`${nameOf(page)}-overlaps`} words=${words} source=${sourceOf(page, found)} say=${say}><section class="card" aria-label=${words}>
    <h2>${words}</h2>
    <p>${told}</p>
    ${first && html`<div class="map"><${Matrix} names=${names} order=${order} shares=${overlaps} words=${(/** @type {number} */ share) => say.points(share, 0)} label=${`${words}. ${told}`} /></div>
      <p class="small quiet">${say.word("live_declutter.map_key", { share: say.points(first.share, 0) })}</p>
      <details>
        <summary>${say.word(pairs.length > MOST_PAIRS ? "live_declutter.first_pairs" : "live_declutter.pairs", { most: MOST_PAIRS })}</summary>
        <div class="scroll"><table>
          <thead><tr><th scope="col">${say.word("declutter.head_group")}</th><th scope="col">${say.word("live_declutter.head_with")}</th><th scope="col" class="number">${say.word("live_declutter.head_shared")}</th></tr></thead>
          <tbody>${pairs.slice(0, MOST_PAIRS).map(({ a, b, share }) => html`<tr key=${`${a} ${b}`}><td>${names[a]}</td><td>${names[b]}</td><td class="number">${say.points(share, 0)}</td></tr>`)}</tbody>
        </table></div>
      </details>`}
  </section><//>`;
}

/** What of the path can be opened: its first steps. @param {Taken[]} steps @returns {Stepped[]} */
const toSteps = (steps) => steps.map(({ words, size }) => /** @type {Stepped} */ (size === null ? words : [...words, size]));

/** Step by step. @param {{page: Page, one: Landscape, found: Decluttered}} given */
function Path({ page, one, found }) {
  const { say, kitchen, state } = page;
  const { steps, stage } = found;
  const domain = reachOf(steps.map(({ whole }) => whole));
  const done = stage === "done";
  const words = say.word("live_declutter.path");
  const sofar = done ? pathStatements(kitchen, found) : takenStatements(kitchen, found);
  const here = JSON.stringify(state.steps);
  const waits = stage === "each" ? say.word("live_declutter.path_waits") : one.stopped ? say.word("live_declutter.path_stopped") : say.word("live_declutter.path_goes_on", { next: steps.length + 1 });
  return html`<${Drawing} name=${`${nameOf(page)}-path`} words=${words} source=${sourceOf(page, found)} say=${say}><section class="card" aria-label=${words}>
    <h2>${words}</h2>
    ${sofar.length > 0 && html`<p>${kept(joinedText(sofar))}</p>`}
    ${!done && html`<p class="quiet">${waits}</p>`}
    ${steps.length > 0 && html`<p class="small quiet">${say.word("live_declutter.path_key")}</p>
    <ol class="worths">
      ${steps.map((taken, place) => {
        const opens = toSteps(steps.slice(0, place + 1));
        const isHere = JSON.stringify(opens) === here;
        const told = say.word("live_declutter.step", { gain: toldPoints(say, taken.gain), gain_interval: say.pointsInterval(taken.gain), whole_interval: say.pointsInterval(taken.whole), freed: signedUnits(-taken.overhead_hours.value), own: signedUnits(taken.own_hours.value), joint: signedUnits(taken.joint_hours.value), left: taken.left });
        return html`<${Worth} key=${place} name=${`${place + 1}. ${stepWords(say, taken)}`} estimate=${taken.whole} told=${kept(toldPoints(say, taken.whole))} domain=${domain}>
          <span class="more small quiet">${kept(told)}</span>
          <button class="small" disabled=${isHere} aria-label=${say.word("live_declutter.open_after", { step: place + 1 })} onClick=${() => open(page, opens)}>${say.word(isHere ? "live_declutter.is_open" : "live_declutter.open_here")}</button>
        <//>`;
      })}
    </ol>`}
    ${done && html`<p class="small quiet">${restsStatement(kitchen, found).text}</p>`}
  </section><//>`;
}

/** What is taken away as tables. @param {{page: Page, found: Decluttered}} given */
function Files({ page, found }) {
  const { say } = page;
  const name = nameOf(page);
  const tables = searched(page);
  const text = (/** @type {string} */ ending, /** @type {string} */ content, type = "text/csv") => save(`${name}${ending}`, new Blob([content], { type: `${type};charset=utf-8` }));
  const csv = (/** @type {string} */ part, /** @type {unknown[][]} */ table) => text(`-${part}.csv`, `\ufeff${toCsv(table)}`);
  const whole = !found.groups.includes(null) && !found.merges.includes(null);
  const done = found.stage === "done";
  return html`<section class="card" aria-label=${say.word("live_declutter.files")}>
    <h2>${say.word("live_declutter.files")}</h2>
    <div class="row">
      <button disabled=${!whole} onClick=${() => csv("groups", asTable(groupRows(found)))}>${say.word("live_declutter.file_groups")}</button>
      <button disabled=${!whole || !found.merges.length} onClick=${() => csv("merges", asTable(mergeRows(found)))}>${say.word("live_declutter.file_merges")}</button>
      <button disabled=${!done || !found.steps.length} onClick=${() => csv("path", asTable(pathRows(found)))}>${say.word("live_declutter.file_path")}</button>
      <button onClick=${() => csv("overlaps", overlapTable(found))}>${say.word("live_declutter.file_overlaps")}</button>
      <button onClick=${() => text(".toml", toToml(tables), "application/toml")}>${say.word("live_declutter.file_scenario")}</button>
    </div>
  </section>`;
}
