/** A row that is wider than its place: a mark at either end while there is more that way. */
import { html, useLayoutEffect, useRef, useState } from "./html.js";

const LEAST = 4; // pixels: less hides nothing

/**
 * @param {{row: (reference: any) => any}} given `row`: makes the row that scrolls, with this reference
 */
export function Sideways({ row }) {
  const reference = useRef(/** @type {any} */ (null));
  const [more, setMore] = useState("");
  useLayoutEffect(() => {
    const element = reference.current;
    const look = () => {
      const { scrollLeft, clientWidth, scrollWidth } = element;
      setMore(`${scrollLeft > LEAST ? "left " : ""}${scrollLeft + clientWidth < scrollWidth - LEAST ? "right" : ""}`);
    };
    look();
    element.addEventListener("scroll", look, { passive: true });
    const observer = new ResizeObserver(look);
    for (const one of [element, ...element.children]) observer.observe(one);
    return () => {
      element.removeEventListener("scroll", look);
      observer.disconnect();
    };
  }, []);
  // By keyboard one comes to what is hidden anyway.
  const mark = (/** @type {"left" | "right"} */ side, /** @type {string} */ arrow) =>
    more.includes(side) && html`<button key=${side} type="button" class=${`further ${side}`} aria-hidden="true" tabindex="-1" onClick=${() => reference.current.scrollBy({ left: (side === "left" ? -0.7 : 0.7) * reference.current.clientWidth, behavior: "smooth" })}>${arrow}</button>`;
  return html`<div class="sideways">${row(reference)}${mark("left", "‹")}${mark("right", "›")}</div>`;
}
