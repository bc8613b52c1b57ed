/** What can be taken away as a picture: what stands in it, and under it the two buttons. */
import { asPng, asSvg } from "../picture/taken.js";
import { html, useRef, useState } from "./html.js";

/** Hand a file to the reader. @param {string} name @param {Blob} blob */
export function save(name, blob) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/**
 * @param {{name: string, words: string, source: string, say: import("../answer/formats.js").Catalogue, children?: any}} given
 *   `name`: of the file; `words`: what the picture is; `source`: what it is of, written under it
 */
export function Drawing({ name, words, source, say, children }) {
  const reference = useRef(/** @type {any} */ (null));
  const [fault, setFault] = useState("");
  const drawn = () => asSvg(reference.current, [source, say.word("live_take.source_caveat")]);
  const take = async (/** @type {"svg" | "png"} */ kind) => {
    try {
      const made = drawn();
      save(`${name}.${kind}`, kind === "png" ? await asPng(made) : new Blob([made.text], { type: "image/svg+xml" }));
      setFault("");
    } catch (error) {
      setFault(say.word("live_take.cannot_draw", { why: String(error) }));
    }
  };
  return html`<div class="drawing">
    <div ref=${reference}>${children}</div>
    <p class="row screen">
      <span class="small quiet" id=${`take-${name}`}>${words}:</span>
      <button aria-describedby=${`take-${name}`} onClick=${() => take("svg")}>SVG</button>
      <button aria-describedby=${`take-${name}`} onClick=${() => take("png")}>PNG</button>
      ${fault && html`<span class="fault" role="alert">${fault}</span>`}
    </p>
  </div>`;
}
