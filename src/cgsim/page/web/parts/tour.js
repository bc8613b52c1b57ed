/**
 * A look round in four steps: each points at a part of the answer and says what it is.
 *
 * @module
 */
import { html, useEffect, useRef, useState } from "./html.js";

/** What each step points at; the first that is there. */
export const STEPS = [
  { id: "answer", at: [".strip", ".answer .say"] },
  { id: "doubts", at: [".doubts"] },
  { id: "levers", at: [".levers"] },
  { id: "rooms", at: [".tabs"] },
];

/**
 * @param {{say: import("../answer/formats.js").Catalogue, step: number, ready: boolean,
 *   onStep: (step: number | null) => void}} given `ready`: what it points at is there; `onStep`
 *   with null ends it
 */
export function Tour({ say, step, ready, onStep }) {
  const next = useRef(/** @type {any} */ (null));
  const [above, setAbove] = useState(false);
  const { id, at } = STEPS[step];
  useEffect(() => {
    const part = at.map((one) => document.querySelector(one)).find(Boolean);
    next.current?.focus({ preventScroll: true });
    if (!part) return undefined;
    part.classList.add("pointed");
    part.scrollIntoView({ block: part.getBoundingClientRect().height > innerHeight / 2 ? "start" : "center" });
    const box = part.getBoundingClientRect();
    // It stands where it hides nothing of what it points at.
    setAbove(box.top + box.bottom > innerHeight && box.top > innerHeight / 4);
    return () => part.classList.remove("pointed");
  }, [step, ready]);
  const keys = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "Escape") onStep(null);
    else if (event.key === "ArrowRight" && step < STEPS.length - 1) onStep(step + 1);
    else if (event.key === "ArrowLeft" && step > 0) onStep(step - 1);
    else return;
    event.preventDefault();
  };
  useEffect(() => {
    addEventListener("keydown", keys);
    return () => removeEventListener("keydown", keys);
  });
  const last = step === STEPS.length - 1;
  return html`<div class=${`tour card ${above ? "above" : ""}`} role="dialog" aria-label=${say.word("live_tour.label")}>
    <p class="quiet small">${say.word("live_tour.step", { step: step + 1, steps: STEPS.length })}</p>
    <div aria-live="polite"><h3>${say.word(`live_tour.${id}`)}</h3><p>${say.word(`live_tour.${id}_says`)}</p></div>
    <p class="row between">
      <button onClick=${() => onStep(null)}>${say.word("live_tour.skip")}</button>
      <span class="row">
        <button disabled=${step === 0} onClick=${() => onStep(step - 1)}>${say.word("live_tour.back")}</button>
        <button class="main" ref=${next} onClick=${() => onStep(last ? null : step + 1)}>${say.word(last ? "live_tour.done" : "live_tour.next")}</button>
      </span>
    </p>
  </div>`;
}
