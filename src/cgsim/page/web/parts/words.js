/**
 * Help on every word: terms with a small mark beside them, which opens what they mean.
 *
 * @module
 */
import { createContext, html, useContext, useEffect, useMemo, useRef, useState } from "./html.js";
import { kept } from "./page.js";

/** @typedef {{word: string, means: string, also: string[]}} Entry a row of the glossary */
/** @typedef {{title: string, text: string}} Meaning */
/** @typedef {(mark: HTMLElement, meaning: Meaning) => void} Show */

const AWAY = ["resize", "hashchange", "popstate"];
const EDGE = 12; // pixels that a meaning keeps from the screen's edge

const Help = createContext({ entries: /** @type {Map<string, Meaning>} */ (new Map()), found: /** @type {RegExp | null} */ (null), show: /** @type {Show} */ (() => {}) });

/** @param {string} text as a regular expression matches it */
const literal = (text) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** @param {Entry[]} glossary @returns {{entries: Map<string, Meaning>, found: RegExp}} meanings by every form in small letters, and what finds a form in a text */
export function finder(glossary) {
  /** @type {Map<string, Meaning>} */
  const entries = new Map();
  for (const { word, means, also } of glossary) {
    const title = word.replace(/ \(.*\)$/, "");
    for (const form of [title, `${title}s`, ...also]) {
      if (!form.includes(",")) entries.set(form.toLowerCase(), { title, text: means });
    }
  }
  const forms = [...entries.keys()].sort((a, b) => b.length - a.length).map(literal);
  return { entries, found: new RegExp(`(?<![\\p{L}\\p{N}-])(${forms.join("|")})(?![\\p{L}\\p{N}-])`, "giu") };
}

/** What knows the words, and shows one at a time. @param {{glossary: Entry[], children?: any}} given */
export function Explained({ glossary, children }) {
  const found = useMemo(() => finder(glossary), [glossary]);
  const [meaning, setMeaning] = useState(/** @type {Meaning & {mark: HTMLElement} | null} */ (null));
  const box = useRef(/** @type {any} */ (null));
  const help = useMemo(() => ({ ...found, show: (/** @type {HTMLElement} */ mark, /** @type {Meaning} */ one) => setMeaning({ ...one, mark }) }), [found]);
  useEffect(() => {
    const element = box.current;
    if (!meaning || !element.showPopover) return undefined;
    element.showPopover();
    const place = () => {
      if (!meaning.mark.isConnected) return element.hidePopover();
      const at = meaning.mark.getBoundingClientRect();
      const [width, height] = [element.offsetWidth, element.offsetHeight];
      const left = Math.max(EDGE, Math.min(at.left, innerWidth - width - EDGE));
      const below = at.bottom + 6;
      element.style.left = `${left}px`;
      element.style.top = `${below + height > innerHeight - EDGE ? Math.max(EDGE, at.top - height - 6) : below}px`;
    };
    place();
    element.focus({ preventScroll: true });
    // It belongs beside its word: where that goes, it does not stay.
    const away = () => element.hidePopover();
    addEventListener("scroll", away, { passive: true, capture: true });
    for (const what of AWAY) addEventListener(what, away);
    return () => {
      removeEventListener("scroll", away, { capture: true });
      for (const what of AWAY) removeEventListener(what, away);
    };
  }, [meaning]);
  return html`<${Help.Provider} value=${help}>
    ${children}
    <div id="meaning" popover="auto" role="dialog" aria-label="What a word means" tabindex="-1" ref=${box}>
      ${meaning && html`<p><b>${meaning.title}</b></p><p>${kept(meaning.text)}</p>`}
      <p class="quiet small">Escape closes this.</p>
    </div>
  <//>`;
}

/** Whether a place stands in quotation marks: what is quoted is a name. @param {string} text @param {number} place */
const quoted = (text, place) => text.lastIndexOf("“", place) > text.lastIndexOf("”", place);

/** A small mark that opens a text. @param {{title: string, text: string, children?: any}} given with children, they are the mark's own words */
export function Mark({ title, text, children }) {
  const { show } = useContext(Help);
  return html`<button type="button" class="mark" aria-haspopup="dialog" aria-label=${`${children ?? title}: what is that?`} onClick=${(/** @type {any} */ event) => show(event.currentTarget, { title, text })}>${children}</button>`;
}

/**
 * A text in which the first of each of the glossary's words can be asked for.
 *
 * @param {{text: string, skip?: string[]}} given `skip`: words that stand marked elsewhere
 */
export function Words({ text, skip = [] }) {
  const { entries, found } = useContext(Help);
  if (!found) return kept(text);
  const seen = new Set(skip);
  const parts = [];
  let from = 0;
  for (const hit of text.matchAll(found)) {
    const meaning = /** @type {Meaning} */ (entries.get(hit[0].toLowerCase()));
    if (seen.has(meaning.title) || quoted(text, hit.index)) continue;
    seen.add(meaning.title);
    const end = hit.index + hit[0].length;
    // A bracket or a comma stays with its word, which browsers would part from a button.
    const [opens] = text.slice(from, hit.index).match(/[(“]*$/) ?? [""];
    const [closes] = text.slice(end).match(/^[),.;:”]*/) ?? [""];
    const mark = html`<${Mark} title=${meaning.title} text=${meaning.text}>${kept(hit[0])}<//>`;
    parts.push(kept(text.slice(from, hit.index - opens.length)), opens || closes ? html`<span class="together">${opens}${mark}${closes}</span>` : mark);
    from = end + closes.length;
  }
  parts.push(kept(text.slice(from)));
  return parts;
}
