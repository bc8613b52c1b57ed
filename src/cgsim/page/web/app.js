/** The whole page: its head, the rooms as tabs, and the room that is open. */
import { html, useEffect, useLayoutEffect, useRef, useState } from "./parts/html.js";
import { Sideways } from "./parts/sideways.js";
import { Tour } from "./parts/tour.js";
import { useNarrow } from "./parts/width.js";
import { Explained, Words } from "./parts/words.js";
import { AnswerRoom } from "./rooms/answer/room.js";
import { AssessRoom } from "./rooms/assess/room.js";
import { CompareRoom } from "./rooms/compare/room.js";
import { DeclutterRoom, Stepped, declutterCommand } from "./rooms/declutter/room.js";
import { GameRoom } from "./rooms/game/room.js";
import { MembersRoom } from "./rooms/members/room.js";
import { StartRoom } from "./rooms/start/room.js";
import { TeachRoom } from "./rooms/teach/room.js";
import { TakeRoom } from "./rooms/take_away/room.js";
import { UnknownRoom } from "./rooms/unknown/room.js";
import { WatchRoom } from "./rooms/watch/room.js";
import { edited, Fault } from "./scenario/edits.js";
import { LEVERS } from "./scenario/levers.js";
import { partnershipsOf } from "./scenario/tables.js";
import { command } from "./scenario/written.js";
import { GENERAL, NOTHING, ROOMS, fresh, hasOwn, ownOf, ownOfSide, written } from "./state/address.js";

/** @typedef {import("./parts/page.js").Page} Page */

const SETTLE = 120; // milliseconds in which a lever that is dragged comes to rest

/** @type {Record<string, any>} */
const OPEN = { start: StartRoom, answer: AnswerRoom, watch: WatchRoom, members: MembersRoom, compare: CompareRoom, declutter: DeclutterRoom, unknown: UnknownRoom, take: TakeRoom, teach: TeachRoom, game: GameRoom, assess: AssessRoom };

/** Rooms whose own runs come first. */
const OF_THEIR_OWN = new Set(["teach", "assess", "game", "declutter"]);

/** Rooms in which other scenarios stand beside this one. */
const BESIDE = new Set(["compare", "take"]);

/** @param {{store: any, study: any, lectures: any, survey: any, plays: any, clearing: any, data: any, kitchen: any, engine: any, trouble: string}} given */
export function App({ store, study, lectures, survey, plays, clearing, data, kitchen, engine, trouble }) {
  const [moving, setMoving] = useState(/** @type {Record<string, number> | null} */ (null));
  const last = useRef(/** @type {any} */ ({ key: "", value: null, before: null }));
  const seen = useRef(/** @type {any} */ (null));
  const kept = useRef({ case: "", curves: /** @type {Record<string, import("./engine/study.js").Curve>} */ ({}), reach: /** @type {[number, number]} */ ([0, 0]) });
  const move = useRef(/** @type {{lever: string, set: Record<string, number>, before: import("./parts/page.js").Before | null} | null} */ (null));
  const taken = useRef(false); // whether a lever was taken hold of since it was moved last
  const narrow = useNarrow();
  const { state } = store;
  const open = LEVERS.some((lever) => lever.name === state.panel) ? state.panel : ""; // on a phone
  const setOpen = (/** @type {string} */ panel) => store.set({ panel }, { step: false });
  const given = data.cases.find((/** @type {any} */ one) => one.name === state.case);
  let tables;
  try {
    tables = edited(given.tables, { ...ownOf(state), set: { ...state.set, ...moving } }, data.parameter);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    tables = edited(given.tables, { ...ownOf(state), set: state.set }, data.parameter);
  }
  const result = study.known(given.name, tables, given.ties);
  const others = BESIDE.has(state.room) ? sidesOf(state, data, study) : [];
  const every = LEVERS.map((lever) => lever.name);
  const looked = state.room === "take" ? every : state.room === "answer" ? every.filter((name) => !narrow || name === open) : [];
  // As soon as it is drawn, and before anybody sees it: workers begin a frame or two sooner.
  useLayoutEffect(() => {
    if (OF_THEIR_OWN.has(state.room)) return undefined;
    const mine = { name: given.name, tables, ties: given.ties, curves: moving ? [] : looked };
    const go = () => study.want([mine, ...others.map((side) => ({ name: side.given.name, tables: side.tables, ties: side.given.ties, curves: looked }))]);
    if (!moving) return void go();
    const timer = setTimeout(go, SETTLE / 4);
    return () => clearTimeout(timer);
  }, [result.key, Boolean(moving), state.room, others.map((side) => side.result.key).join(), String(looked)]);
  // The answer before the last change stays until the next one.
  const ready = result.answer && result.state !== "look";
  if (ready && last.current.key !== result.key && !moving) {
    const { answer, about } = result;
    const value = { answer, about, tables, key: result.key };
    const same = last.current.case === state.case;
    // A lever that is moved notch by notch is moved once: what was is what was before the first.
    const before = move.current && move.current.set === state.set ? move.current.before : last.current.value;
    last.current = { key: result.key, case: state.case, value, before: same && before?.key !== result.key ? before : null };
  }
  const shows = last.current.key === result.key ? last.current.before : last.current.case === state.case ? last.current.value : null;
  // Until there is a first look, what was seen last stays, dimmed.
  if (result.answer) seen.current = { case: state.case, result };
  const shown = result.answer || seen.current?.case !== state.case ? result : seen.current.result;
  // Curves of before stay, dimmed, until they are known anew; the scale of dots only ever grows.
  if (kept.current.case !== state.case) kept.current = { case: state.case, curves: {}, reach: [0, 0] };
  Object.assign(kept.current.curves, result.curves);
  kept.current.reach = widened(kept.current.reach, result);
  /** @type {Page} */
  const page = { store, state, study, lectures, survey, plays, clearing, result, shown, data, kit: engine, kitchen, say: kitchen.say, given, tables, before: shows, curves: kept.current.curves, reach: kept.current.reach, others };
  const Room = OPEN[state.room] ?? AnswerRoom;
  /** Take what a lever was moved to. @param {string} lever @param {number} to @returns {string} why not; "" where it was done */
  const moved = (lever, to) => {
    const { current } = move;
    const on = !taken.current && current?.lever === lever && current.set === state.set;
    const set = { ...state.set, [lever]: to };
    const before = on ? current.before : last.current.value;
    taken.current = false;
    setMoving(null);
    const why = store.set({ set });
    if (!why) move.current = { lever, set, before };
    return why;
  };
  useEffect(() => {
    // Escape closes what is open last: a line that refuses an address, a lever on a phone, a text that folds.
    const press = (/** @type {KeyboardEvent} */ event) => {
      if (event.key !== "Escape") return;
      const folded = /** @type {HTMLDetailsElement | null} */ (document.activeElement?.closest("details[open]") ?? document.querySelector(".about[open]"));
      if (store.refused) store.close();
      else if (open) setOpen("");
      else if (folded) folded.open = false;
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  });
  const general = GENERAL.has(state.room);
  const lesson = state.room === "teach" && data.lessons.all.find((/** @type {any} */ one) => one.name === state.lesson);
  const title = lesson ? lesson.title : general ? kitchen.say.word(`live_${state.room}.title`) : result.answer?.title ?? tables.title;
  const [step, setStep] = useState(/** @type {number | null} */ (null));
  const within = state.room === "answer" && !narrow; // beside the levers, which would else leave with it
  const tour = () => {
    store.set({ room: "answer", panel: "" });
    setStep(0);
  };
  useEffect(() => {
    document.title = `${ROOMS[/** @type {keyof typeof ROOMS} */ (state.room)]} · ${title}`;
  }, [state.room, title]);
  return html`<${Explained} glossary=${data.lists.glossary}>
    <${Head} page=${page} title=${title} />
    <${Tabs} page=${page} />
    ${(store.refused || trouble) &&
    html`<div class="told" role="alert">
      <p>${trouble ? `The model cannot run here: ${trouble}` : kitchen.say.word(store.afresh ? "live.refused_first" : "live.refused", { why: store.refused, title })}</p>
      ${!trouble && html`<button onClick=${() => store.close()}>Close</button>`}
    </div>`}
    ${(given.notes.length > 0 || state.steps.length > 0) && !general && html`<section aria-label=${kitchen.say.word("caveat.title")}>
      ${given.notes.length > 0 && html`<div class="told notes" role="note">${given.notes.map((/** @type {string} */ note) => html`<p key=${note}>${note}</p>`)}</div>`}
      ${state.steps.length > 0 && html`<${Stepped} page=${page} />`}
    </section>`}
    <main id="room" tabindex="-1" data-state=${stateOf([result, ...others.map((side) => side.result)], moving)}><${Room} page=${page} onMoving=${setMoving} onMoved=${moved} onTake=${() => (taken.current = true)} open=${open} onOpen=${setOpen} onTour=${tour} foot=${within && html`<${Foot} page=${page} onTour=${tour} />`} /></main>
    ${!within && html`<${Foot} page=${page} onTour=${tour} />`}
    ${step !== null && state.room === "answer" && html`<${Tour} say=${kitchen.say} step=${step} ready=${Boolean(result.answer)} onStep=${setStep} />`}
  <//>`;
}

/** @param {{page: Page, title: string}} given */
function Head({ page, title }) {
  const { store, data, state, given, kitchen } = page;
  const [shared, setShared] = useState("");
  const here = location.protocol === "file:"; // the address of a file leads nowhere on another machine
  const share = async () => {
    const address = location.href;
    try {
      await navigator.clipboard.writeText(address);
      setShared(kitchen.say.word("live.address"));
    } catch {
      setShared(kitchen.say.word("live.address_bar"));
    }
    setTimeout(() => setShared(""), here ? 12000 : 4000);
  };
  const general = GENERAL.has(state.room);
  const touched = Object.keys(state.set).length > 0 || hasOwn(state);
  const choice = data.cases.length > 1 && !general;
  return html`<header class="head">
    <div class="name">
      <div class="which"><h1>${title}</h1>
      ${choice &&
      html`<span class="row small quiet chosen"><label for="case-chosen">Partnership</label>
        <select id="case-chosen" value=${state.case} onChange=${(/** @type {any} */ event) => store.set({ ...fresh(event.currentTarget.value), room: state.room })}>
          ${data.cases.map((/** @type {any} */ one) => html`<option key=${one.name} value=${one.name}>${one.title}</option>`)}
        </select></span>`}</div>
      ${given.tables.summary && !general && html`<${About} tables=${given.tables} before=${page.tables === given.tables ? "" : page.say.word("live.before")} />`}
    </div>
    <div class="acts">
      ${!general && html`<button disabled=${!store.past.length} onClick=${() => store.undo()} title="Undo the last change"><span aria-hidden="true">↶</span> Undo</button>
      <button disabled=${!store.future.length} onClick=${() => store.redo()} aria-label="Redo" title="Do it again"><span aria-hidden="true">↷</span></button>
      <button disabled=${!touched} onClick=${() => store.set({ set: {}, ...NOTHING })} title="Back to the scenario as it was given">As given</button>`}
      ${!["start", "assess"].includes(state.room) && html`<button onClick=${share}><span aria-live="polite">${shared || "Share"}</span></button>`}
    </div>
    ${shared && here && html`<p class="small quiet" role="status">${kitchen.say.word("live.address_here")}</p>`}
  </header>`;
}

/** @param {{page: Page}} given */
function Tabs({ page }) {
  const { state } = page;
  const list = useRef(/** @type {any} */ (null));
  const here = location.href.replace(/#.*$/s, ""); // a link that begins with # and is off the screen counts as a skip link
  // On a phone the row is wider than the screen.
  useEffect(() => list.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" }), [state.room]);
  return html`<${Sideways} row=${(/** @type {any} */ reference) => html`<nav class="tabs" aria-label="Rooms" ref=${reference}><ul ref=${list}>
    ${Object.entries(ROOMS).filter(([room]) => (room !== "teach" || page.data.lessons.all.length) && (room !== "game" || !page.data.lists.extensions) && (room !== "declutter" || partnershipsOf(page.given.tables).length > 1)).map(([room, name]) => html`<li key=${room}><a href=${`${here}#${written({ ...state, room, panel: "" })}`} aria-current=${state.room === room ? "page" : undefined}>${name}</a></li>`)}
  </ul></nav>`} />`;
}

/** @param {{page: Page, onTour: () => void}} given */
function Foot({ page, onTour }) {
  const { given, data, say, result, state, tables } = page;
  const clears = state.room === "declutter" && partnershipsOf(page.given.tables).length > 1;
  const runs = clears ? page.clearing.replicates : result.answer?.runs ?? data.runs;
  const sides = [{ letter: "", of: state, given, tables }];
  if (state.room === "compare") for (const side of page.others) sides.push({ letter: side.letter, of: { ...state, ...side.chosen, ...ownOfSide(side.chosen, state) }, given: side.given, tables: side.tables });
  const same = clears ? [declutterCommand(page)] : sides.map(({ letter, of, ...side }) => ({ letter: letter || "A", ...command(side.given, of, data, side.tables, letter && `-${letter}`) }));
  return html`<footer class="foot small quiet">
    <p>Most inputs are <${Words} text="expert assumptions" />: this shows what follows from them, not what will happen. cgsim ${data.lists.version}${GENERAL.has(state.room) ? "" : `; ${say.word("live.lived", { runs, seed: data.seed })}`}. Nothing you do here leaves this page.</p>
    ${!GENERAL.has(state.room) && same.map(({ letter, line, file }) => html`<p key=${letter}>The same numbers${same.length > 1 ? ` of ${letter}` : ""}: <code>${line}</code>${file && say.word(`live.beside_${file}`)}</p>`)}
    <p><button class="plain" onClick=${onTour}>${say.word("live_tour.again")}</button></p>
  </footer>`;
}

/** What this partnership is, and what is assumed of it, as it was given; `before` says that it is so no more. @param {{tables: any, before: string}} given */
function About({ tables, before }) {
  const narrow = useNarrow();
  const more = /** @type {[string, string][]} */ ([
    ["What happened", "happened"],
    ["What is assumed", "assumed"],
    ["What to look for", "look_for"],
    ["Source", "source"],
  ]).filter(([, key]) => tables[key]);
  return html`<details class="about">
    <summary>${narrow ? "About this partnership" : `${before}${tables.summary.trim()}`}</summary>
    ${narrow ? html`<p>${before}${tables.summary.trim()}</p>` : before && html`<p>${before}</p>`}
    ${more.map(([name, key]) => html`<p key=${key}><b>${name}.</b> ${tables[key].trim()}</p>`)}
  </details>`;
}

/** What stands beside the scenario. @param {any} state @param {any} data @param {any} study @returns {import("./parts/page.js").Side[]} */
function sidesOf(state, data, study) {
  return /** @type {const} */ (["other", "third"]).flatMap((key, place) => {
    const chosen = state[key];
    if (!chosen) return [];
    const given = data.cases.find((/** @type {any} */ one) => one.name === chosen.case);
    const tables = edited(given.tables, { set: chosen.set, ...ownOfSide(chosen, state) }, data.parameter);
    return [{ letter: "BC"[place], key, chosen, given, tables, result: study.known(given.name, tables, given.ties) }];
  });
}

/** How far dots reach, with those of a result too. @param {[number, number]} reach @param {import("./engine/study.js").Result} result @returns {[number, number]} */
function widened(reach, { answer, dots }) {
  if (!answer) return reach;
  const all = [...reach, ...dots, ...(answer.doubt?.values ?? [])];
  return [Math.min(...all), Math.max(...all)];
}

/**
 * How far the room that is open has come: nothing known yet, a lever still moving, a first look, all
 * runs, reasons and draws besides, or nothing left to be worked out.
 *
 * @param {import("./engine/study.js").Result[]} shown
 * @param {any} moving
 * @returns {"waits" | "moves" | import("./engine/study.js").State}
 */
function stateOf(shown, moving) {
  if (moving) return "moves";
  if (shown.some((one) => !one.answer)) return "waits";
  const order = /** @type {const} */ (["look", "runs", "all", "done"]);
  return order[Math.min(...shown.map((one) => order.indexOf(one.state)))];
}
