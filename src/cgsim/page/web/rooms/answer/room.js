/** The first room: the answer, the levers beside it, the life, the reasons. */
import { html, useEffect, useMemo, useRef, useState } from "../../parts/html.js";
import { seen } from "../../parts/seen.js";
import { useNarrow } from "../../parts/width.js";
import { Answer, Figure, Was } from "./answer.js";
import { Levers } from "./levers.js";
import { Life } from "./life.js";
import { Rests } from "../take_away/rests.js";
import { Mechanisms } from "./mechanisms.js";
import { Changes, Hours, Numbers } from "./reasons.js";

/**
 * @param {{page: import("../../parts/page.js").Page, onMoving: (set: Record<string, number> | null) => void,
 *   onMoved: (lever: string, to: number) => string, onTake: () => void, open: string, onOpen: (lever: string) => void, foot: any}} given `foot`: what stands at the
 *   page's end; the levers stay in sight down to there
 */
export function AnswerRoom({ page: now, onMoving, onMoved, onTake, open, onOpen, foot }) {
  const narrow = useNarrow();
  const page = { ...now, result: now.shown, old: now.shown !== now.result };
  const { answer } = page.result;
  // The figure is seen first: what stands below an answer just come is drawn a frame later.
  const last = useRef(/** @type {any} */ (null));
  const [drawn, setDrawn] = useState(answer);
  const waits = last.current && drawn !== answer;
  useEffect(() => {
    let wanted = true;
    if (waits) void seen().then(() => wanted && setDrawn(answer));
    return () => void (wanted = false);
  }, [waits, answer]);
  // Drawn again where it is about something else: not with every lever that moves, or curve that comes.
  const below = useMemo(
    () => waits ? last.current : html`<${Life} page=${page} />
      <div class="pair"><${Hours} page=${page} /><${Changes} page=${page} /></div>
      <${Numbers} page=${page} />`,
    [waits, answer, page.state.month, page.state.panel],
  );
  last.current = below;
  const rests = useMemo(() => html`<${Rests} page=${page} />`, [page.result.key, page.state]);
  const { panel } = now.state;
  const ready = panel === "life" ? Boolean(answer) : true;
  useEffect(() => {
    if (panel === "life") document.getElementById("panel-life")?.scrollIntoView({ block: "center" });
    else if (panel) document.getElementById(`lever-${panel}`)?.focus();
  }, [ready]); // as one comes in; not when a lever is opened here
  return html`${narrow && html`<div class="strip"><${Figure} page=${page} /><${Was} page=${page} /></div>`}
    <div class="answer-room">
      <${Levers} page=${now} onMoving=${onMoving} onMoved=${onMoved} onTake=${onTake} open=${open} onOpen=${onOpen} />
      <div>
        <div class=${page.old ? "stack old" : "stack"}>
          <${Answer} page=${page} />
          <div class=${waits ? "stack old" : "stack"}>${below}</div>
          <${Mechanisms} page=${now} />
          <div class="printed">${rests}</div>
        </div>
        ${foot}
      </div>
    </div>`;
}
