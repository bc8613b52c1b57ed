/** What nobody knows: uncertain inputs drawn anew, in how many worlds it gains, and what that turns on. */
import { turnsOn } from "../../answer/doubt.js";
import { Drawing } from "../../parts/drawing.js";
import { html, useMemo, useState } from "../../parts/html.js";
import { joinedText, kept, said, ticksIn } from "../../parts/page.js";
import { Mark, Words } from "../../parts/words.js";
import { Cloud } from "../../picture/cloud.js";
import { Dots } from "../../picture/dots.js";
import { fileOf } from "../../scenario/written.js";
import { Know, Known } from "./known.js";

/** What draws rest on, by its name. @param {Record<string, string> | null} basis @returns {{name: string}} */
const name = (basis) => ({ name: basis?.records ?? basis?.file ?? "" });

/** @param {{page: import("../../parts/page.js").Page}} given */
export function UnknownRoom({ page }) {
  const { result, say, data, kitchen } = page;
  const { answer, drawn } = result;
  const [chosen, setChosen] = useState("");
  const values = /** @type {number[]} */ (answer?.doubt?.values ?? []);
  // All inputs, from the one on which it hangs most.
  const turns = useMemo(
    () => (drawn && values.length ? turnsOn(/** @type {any} */ ({ settings: { ...kitchen.settings, named: Infinity } }), values, drawn.inputs) : []),
    [drawn, result.answer],
  );
  if (!answer?.doubt) {
    return html`<div class="stack"><section class="card"><h2>What nobody knows</h2><p>${answer ? joinedText(said(answer, ["doubt"])) || "…" : "…"}</p></section><${Known} page=${page} /></div>`;
  }
  const input = turns.some((turn) => turn.input === chosen) ? chosen : turns[0]?.input ?? "";
  const tick = ticksIn(say);
  const parameter = input ? data.parameter(input) : null;
  const label = say.word("live_dots.doubt", { draws: values.length, gains: answer.doubt.gains, loses: answer.doubt.loses });
  const least = 0.01;
  const source = say.word("live_take.source_draws", { title: answer.title, draws: values.length, runs: answer.doubt.runs_each, seed: data.seed, version: data.lists.version });
  const draw = (/** @type {string} */ part, /** @type {any} */ inside) => html`<${Drawing} name=${`${fileOf(page.given, page.tables)}-${part}`} words=${say.word(`live_take.drawing_${part}`)} source=${source} say=${say}>${inside}<//>`;
  return html`<div class="stack">
    ${draw("draws", html`<section class="card" aria-label="What nobody knows">
      <h2>${values.length} worlds that fit what is known, a dot each</h2>
      <p class="answer"><span class="first"><${Words} text=${joinedText(said(answer, ["doubt"]))} skip=${["world", "gain", "need"]} /></span></p>
      <${Dots} values=${values} domain=${[Math.min(...values, -least), Math.max(...values, least)]} label=${label} tick=${tick} height=${200} />
      <p class="small quiet">${say.word(`live_unknown.${answer.doubt.given ? "given" : page.result.about.known.length ? "drawn_known" : "drawn"}`, { runs: answer.doubt.runs_each, ...name(answer.doubt.given) })}</p>
      ${data.posterior && !answer.doubt.given && html`<p class="small">${say.word("live_unknown.another", name(data.posterior.basis))}</p>`}
    </section>`)}
    ${turns.length > 0 &&
    html`<div class="pair">
      <section class="card" aria-label="What it turns on">
        <h2>What it turns on</h2>
        <ul class="bars tight">
          ${turns.slice(0, 8).map((turn) => html`<li key=${turn.input}>
            <span>${say.input(turn.input)} <${Mark} title=${say.input(turn.input)} text=${data.parameter(turn.input).help} />${turn.stands_out ? "" : html` <span class="small quiet">(may be chance)</span>`}</span>
            <button class="small" aria-pressed=${turn.input === input} onClick=${() => setChosen(turn.input)}>Show</button>
            <span class="more small quiet">${kept(say.word("live_unknown.lower", { gain: turn.lower }))}; ${kept(say.word("live_unknown.upper", { gain: turn.upper }))}</span>
          </li>`)}
        </ul>
      </section>
      ${draw("input", html`<section class="card" aria-label="One input">
        <label class="row"><h2>The gain by</h2>
          <select value=${input} onChange=${(/** @type {any} */ event) => setChosen(event.currentTarget.value)}>
            ${turns.map((turn) => html`<option key=${turn.input} value=${turn.input}>${say.input(turn.input)}</option>`)}
          </select></label>
        <${Cloud} inputs=${drawn.inputs[input]} gains=${values} tick=${tick} words=${`${say.input(input)} (${parameter.unit})`} label=${`The gain of ${values.length} draws by ${say.input(input)}`} />
        <p class="small quiet">${parameter.help} ${parameter.source ? `Range from: ${parameter.source}.` : ""}</p>
        ${!answer.doubt.given && html`<${Know} key=${input} page=${page} input=${input} />`}
      </section>`)}
    </div>`}
    <${Known} page=${page} />
  </div>`;
}
