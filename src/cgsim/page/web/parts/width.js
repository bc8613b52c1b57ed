import { useLayoutEffect, useRef, useState } from "./html.js";

/**
 * How wide an element is, in pixels; drawings are made to measure.
 *
 * @param {number} first until it is known
 * @returns {[any, number]} a reference for the element, and its width
 */
export function useWidth(first) {
  const reference = useRef(/** @type {HTMLElement | null} */ (null));
  const [width, setWidth] = useState(first);
  useLayoutEffect(() => {
    const element = /** @type {HTMLElement} */ (reference.current);
    const look = () => {
      const now = Math.floor(element.clientWidth);
      if (now > 0) setWidth(now);
    };
    look();
    const observer = new ResizeObserver(look);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [reference, width];
}

/** Whether the page is narrow, as a phone is. @returns {boolean} */
export function useNarrow() {
  const [query] = useState(() => matchMedia("(max-width: 900px)"));
  const [narrow, setNarrow] = useState(query.matches);
  useLayoutEffect(() => {
    const look = () => setNarrow(query.matches);
    query.addEventListener("change", look);
    return () => query.removeEventListener("change", look);
  }, []);
  return narrow;
}
