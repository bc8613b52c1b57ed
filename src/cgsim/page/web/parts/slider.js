/**
 * A slider that tells of every move, and once when a move is done.
 *
 * Firefox tells of no change by a key where the page has drawn the slider's new place meanwhile: so
 * a key that is let go, and leaving, end a move as well.
 *
 * @module
 */
import { html, useRef } from "./html.js";

/**
 * @param {{onMove: (place: number) => void, onDone: (place: number) => void} & Record<string, any>} given
 */
export function Slider({ onMove, onDone, ...more }) {
  const moved = useRef(false);
  const place = (/** @type {any} */ event) => Number(event.currentTarget.value);
  const done = (/** @type {any} */ event) => {
    if (!moved.current) return;
    moved.current = false;
    onDone(place(event));
  };
  return html`<input type="range" step="1" ...${more} onInput=${(/** @type {any} */ event) => {
    moved.current = true;
    onMove(place(event));
  }} onChange=${done} onKeyUp=${done} onBlur=${done} />`;
}
