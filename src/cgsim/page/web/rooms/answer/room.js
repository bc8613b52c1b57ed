/** The first room: the answer, the levers beside it, the life, the reasons. */
import { html, useEffect } from "../../parts/html.js";
import { useNarrow } from "../../parts/width.js";
import { Answer, Figure, Was } from "./answer.js";
import { Levers } from "./levers.js";
import { Life } from "./life.js";
import { Changes, Hours, Numbers } from "./reasons.js";

/** @param {{page: import("../../parts/page.js").Page, onMoving: (set: Record<string, number> | null) => void}} given */
export function AnswerRoom({ page, onMoving }) {
  const narrow = useNarrow();
  const { panel } = page.state;
  const ready = panel === "life" ? Boolean(page.result.answer) : true;
  useEffect(() => {
    if (panel === "life") document.getElementById("panel-life")?.scrollIntoView({ block: "center" });
    else if (panel) document.getElementById(`lever-${panel}`)?.focus();
  }, [ready]); // as one comes in; not when a lever is opened here
  return html`${narrow && html`<div class="strip"><${Figure} page=${page} /><${Was} page=${page} /></div>`}
    <div class="answer-room">
      <${Levers} page=${page} onMoving=${onMoving} />
      <div class="stack">
        <${Answer} page=${page} />
        <${Life} page=${page} />
        <div class="pair"><${Hours} page=${page} /><${Changes} page=${page} /></div>
        <${Numbers} page=${page} />
      </div>
    </div>`;
}
