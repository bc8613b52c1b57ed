/** Every figure of a partnership, each to be taken as a picture with its source. */
import { eventsOf, lifeOf, monthInWords } from "../../engine/life.js";
import { html, useMemo } from "../../parts/html.js";
import { Drawing } from "../../parts/drawing.js";
import { kept, ticksIn } from "../../parts/page.js";
import { Network } from "../../picture/network.js";
import { TwoLines } from "../../picture/lines.js";
import { Range } from "../../picture/range.js";
import { LEVERS, isMixed, standsAt } from "../../scenario/levers.js";
import { pack } from "../../scenario/pack.js";
import { Doubts } from "../answer/answer.js";
import { domainOf, note } from "../answer/levers.js";
import { Life } from "../answer/life.js";
import { Changes, Hours } from "../answer/reasons.js";
import { Difference } from "../compare/room.js";
import { Gains, ranked } from "../members/room.js";

/** @typedef {import("../../parts/page.js").Page} Page */

/** @param {{page: Page, name: string, compared: boolean}} given `compared`: whether what stands beside it belongs to it */
export function Figures({ page, name, compared }) {
  const { result, say, data, others } = page;
  const named = useMemo(() => ranked(page).length > 0, [result.members]);
  const of = { title: result.answer.title, runs: result.answer.runs, seed: data.seed, version: data.lists.version };
  const every = say.word("live_take.source", of);
  const titles = [result, ...others.map((side) => side.result)].map((one) => one.answer?.title ?? "…").join("”, “");
  const draw = (/** @type {string} */ part, /** @type {any} */ inside, source = every) => html`<${Drawing} name=${`${name}-${part}`} words=${say.word(`live_take.drawing_${part}`)} source=${source} say=${say}>${inside}<//>`;
  return html`${draw("months", html`<${Life} page=${page} />`)}
    ${draw("doubts", html`<section class="card"><${Doubts} page=${page} /></section>`)}
    ${compared && others.length > 0 && draw("difference", html`<${Difference} page=${page} />`, say.word("live_take.source", { ...of, title: titles }))}
    <${Curves} page=${page} draw=${draw} of=${of} />
    <div class="pair">
      ${result.answer.account && draw("hours", html`<${Hours} page=${page} />`)}
      ${draw("changes", html`<${Changes} page=${page} />`)}
    </div>
    ${named && draw("members", html`<${Gains} page=${page} />`)}
    ${page.kit && html`<${Watched} page=${page} draw=${draw} of=${of} />`}`;
}

/** @typedef {(part: string, inside: any, source?: string) => any} Draw */

/** The gain over each lever's range. @param {{page: Page, draw: Draw, of: any}} given */
function Curves({ page, draw, of }) {
  const { result, say, tables, study } = page;
  const known = LEVERS.filter((lever) => !lever.why(tables) && result.curves[lever.name]);
  if (!known.length) return null;
  const runs = result.curves[known[0].name].runs;
  const domain = domainOf(Object.values(result.curves));
  const tick = ticksIn(say);
  const inside = html`<section class="card" aria-label=${say.word("live_take.drawing_levers")}>
    <h2>${say.word("live_take.drawing_levers")}</h2>
    <div class="ranges">${known.map((lever) => {
      const curve = result.curves[lever.name];
      const place = isMixed(lever, tables) ? -1 : curve.values.indexOf(lever.value(tables));
      const measure = say.term(study.measureOf(lever).of);
      const told = kept(note(lever, curve, place, page, measure));
      return html`<div key=${lever.name}>
        <h3>${lever.label}: ${standsAt(lever, tables, say)}</h3>
        <${Range} stops=${curve.values.map((value) => lever.words(value, tables))} values=${curve.means} place=${place} domain=${domain} tick=${tick} label=${`${lever.label}: ${told}`} />
        <p class="small quiet">${told}</p>
      </div>`;
    })}</div>
    <p class="small quiet">${say.word("live.scale", { runs })}</p>
  </section>`;
  return draw("levers", inside, say.word("live_take.source_curves", { ...of, runs }));
}

/** The run and the month that are looked at in Watch. @param {{page: Page, draw: Draw, of: any}} given */
function Watched({ page, draw, of }) {
  const { kit, result, given, data, state, say, store } = page;
  const life = useMemo(() => lifeOf(kit, pack([result.tables], data.lists, given.ties), result.about.agency_names, data.seed, state.run), [kit, result.key, state.run]);
  const events = useMemo(() => eventsOf(life, say, result.about.partnerships.map((one) => one.name)), [life]);
  const month = Math.min(state.month ?? events[0]?.month ?? 0, life.months.length - 1);
  const [together, alone] = [life.months.map((one) => one.row.met), life.months.map((one) => one.alone.met)];
  const source = say.word("live_take.source_run", { ...of, run: state.run });
  const words = monthInWords(life, month, say);
  const go = (/** @type {number} */ to) => store.set({ month: to }, { step: false });
  return html`<div class="pair">
    ${draw("network", html`<section class="card" aria-label=${say.word("live_take.drawing_network")}>
      <h2>${say.word("live_take.network", { month })}</h2>
      <${Network} life=${life} month=${month} followed=${state.agency} onAgency=${() => {}} label=${`${say.word("live_take.network", { month })}. ${words}`} />
    </section>`, source)}
    ${draw("together", html`<section class="card" aria-label=${say.word("live_take.drawing_together")}>
      <h2>${say.word("live_take.together")}</h2>
      <${TwoLines} together=${together} alone=${alone} month=${month} events=${events} label=${words} onMonth=${go} />
      <p class="small" style=${{ marginTop: "8px" }}>${kept(words)}</p>
    </section>`, source)}
  </div>`;
}
