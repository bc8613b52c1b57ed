/**
 * A field to type into, which keeps what is typed while the page is drawn anew around it.
 *
 * @module
 */
import { html, useState } from "./html.js";

/**
 * @param {{value: string | number, onDone: (field: HTMLInputElement) => void} & Record<string, any>} given
 *   `onDone` is called when the reader has done with the field
 */
export function Field({ value, onDone, ...more }) {
  const [draft, setDraft] = useState(/** @type {string | null} */ (null));
  return html`<input ...${more} value=${draft ?? value} onInput=${(/** @type {any} */ event) => setDraft(event.currentTarget.value)} onChange=${(/** @type {any} */ event) => {
    onDone(event.currentTarget);
    setDraft(null);
  }} />`;
}
