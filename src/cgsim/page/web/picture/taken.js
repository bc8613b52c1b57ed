/**
 * A part of the page as a picture of its own: drawings, words and keys where they stand, and a source.
 *
 * @module
 */
const SPACE = "http://www.w3.org/2000/svg";
const MARGIN = 16;
const SOURCE = 11; // pixels: the size of the lines that say where it is from
/** What is there to be used, not to be looked at. */
const LEFT_OUT = "button:not(.mark), select, details, .screen, .hidden";
/** @typedef {{x: number, right: number, top: number, bottom: number, text: string, style: CSSStyleDeclaration, asked: boolean}} Run words in one line and of one kind */

/** @param {string} tag @param {Record<string, string | number>} given @returns {SVGElement} */
function make(tag, given) {
  const made = document.createElementNS(SPACE, tag);
  for (const [name, value] of Object.entries(given)) made.setAttribute(name, String(value));
  return made;
}

/** A drawing that looks the same without the page's style. @param {SVGElement} drawing */
function alone(drawing) {
  const copy = /** @type {SVGElement} */ (drawing.cloneNode(true));
  const copies = [copy, ...copy.querySelectorAll("*")];
  for (const [place, one] of [drawing, ...drawing.querySelectorAll("*")].entries()) {
    const twin = copies[place];
    if (one.matches(".hidden")) twin.replaceChildren();
    if (one instanceof SVGTextElement) {
      const { fontSize, fontWeight, fill } = getComputedStyle(one);
      for (const [name, value] of [["font-size", fontSize], ["font-weight", fontWeight], ["fill", fill]]) twin.setAttribute(name, value);
      // Where a program draws it over the letters, an edge hides them.
      for (const name of ["stroke", "stroke-width", "stroke-linejoin", "paint-order"]) twin.removeAttribute(name);
    }
    twin.removeAttribute("style");
    twin.removeAttribute("class");
  }
  const { x, y, width, height } = drawing.getBoundingClientRect();
  for (const [name, value] of Object.entries({ x, y, width, height, overflow: "visible" })) copy.setAttribute(name, String(value));
  return copy;
}

/** Where a text's words stand on the screen; a word that is broken is taken apart. @param {Text} text @returns {Run[]} */
function words(text) {
  const parent = /** @type {Element} */ (text.parentElement);
  const style = getComputedStyle(parent);
  const asked = Boolean(parent.closest("button.mark"));
  const range = document.createRange();
  /** @param {number} from @param {number} to @returns {Run[]} */
  const runs = (from, to) => {
    range.setStart(text, from);
    range.setEnd(text, to);
    const [first, ...others] = range.getClientRects();
    if (!first || first.width === 0) return [];
    if (others.length && to - from > 1) return Array.from({ length: to - from }, (_, k) => runs(from + k, from + k + 1)).flat();
    return [{ x: first.left, right: first.right, top: first.top, bottom: first.bottom, text: text.data.slice(from, to), style, asked }];
  };
  // A blank that must not break is part of its word.
  return [...text.data.matchAll(/[^ \t\r\n]+/g)].flatMap((hit) => runs(hit.index, hit.index + hit[0].length));
}

/** What stands in one line and looks alike is one text. @param {Run[]} runs in their order @returns {Run[]} */
function lines(runs) {
  /** @type {Run[]} */
  const made = [];
  for (const run of runs) {
    const last = made.at(-1);
    const gap = last ? run.x - last.right : 0;
    const alike = last && Math.abs(run.bottom - last.bottom) < 2 && last.style.fontSize === run.style.fontSize && last.style.fontWeight === run.style.fontWeight && last.style.color === run.style.color;
    // A word that can be asked for has a small mark after it, which stays behind.
    if (last && alike && gap > -1 && gap < (last.asked ? 20 : 8)) {
      const mark = last.asked && !run.asked && /^[),.;:”]/.test(run.text);
      last.text += gap > 1 && !mark ? ` ${run.text}` : run.text;
      last.right = run.right;
      last.asked = run.asked;
    } else made.push({ ...run });
  }
  return made;
}

/** @param {string} text @param {number} width @param {(text: string) => number} measure @returns {string[]} */
export function wrapped(text, width, measure) {
  const made = [""];
  for (const word of text.split(" ")) {
    const longer = made.at(-1) ? `${made.at(-1)} ${word}` : word;
    if (measure(longer) <= width || !made.at(-1)) made[made.length - 1] = longer;
    else made.push(word);
  }
  return made;
}

/**
 * @param {HTMLElement} part of the page, as it stands there
 * @param {string[]} source what is written under it
 * @returns {{text: string, width: number, height: number}} an SVG in which texts are texts
 */
export function asSvg(part, source) {
  const page = getComputedStyle(document.documentElement);
  const pen = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));
  const family = getComputedStyle(part).fontFamily.replaceAll('"', "'");
  /** @type {SVGElement[]} */
  const made = [];
  const box = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  const holds = (/** @type {{left: number, top: number, right: number, bottom: number}} */ one) => {
    box.left = Math.min(box.left, one.left);
    box.top = Math.min(box.top, one.top);
    box.right = Math.max(box.right, one.right);
    box.bottom = Math.max(box.bottom, one.bottom);
  };
  /** @type {Run[]} */
  const runs = [];
  const walk = document.createTreeWalker(part, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, (node) => {
    if (node instanceof SVGElement) return node instanceof SVGSVGElement && !node.parentElement?.closest("svg") ? NodeFilter.FILTER_ACCEPT : NodeFilter.FILTER_REJECT;
    return node instanceof Element && node.matches(LEFT_OUT) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT;
  });
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    if (node instanceof Text) runs.push(...words(node));
    else if (node instanceof SVGElement) {
      const seen = node.getBoundingClientRect();
      if (!seen.width) continue;
      made.push(alone(node));
      holds(seen);
    } else if (/** @type {Element} */ (node).matches(".swatch")) {
      const seen = /** @type {Element} */ (node).getBoundingClientRect();
      const { backgroundColor, borderTopColor, borderTopWidth, borderTopLeftRadius } = getComputedStyle(/** @type {Element} */ (node));
      const edge = parseFloat(borderTopWidth);
      const round = borderTopLeftRadius === "50%" ? seen.width / 2 : parseFloat(borderTopLeftRadius);
      made.push(make("rect", { x: seen.left + edge / 2, y: seen.top + edge / 2, width: seen.width - edge, height: seen.height - edge, rx: round, fill: /, 0\)$/.test(backgroundColor) ? "none" : backgroundColor, stroke: edge ? borderTopColor : "none", "stroke-width": edge }));
    }
  }
  for (const run of lines(runs)) {
    const { fontSize, fontWeight, color, textAlign } = run.style;
    pen.font = `${fontWeight} ${fontSize} ${family}`;
    const { fontBoundingBoxAscent: above, fontBoundingBoxDescent: below } = pen.measureText(run.text);
    const end = textAlign === "end" || textAlign === "right";
    const text = make("text", { x: end ? run.right : run.x, y: run.top + ((run.bottom - run.top) * above) / (above + below), "font-size": fontSize, "font-weight": fontWeight, fill: color, "text-anchor": end ? "end" : "start" });
    text.textContent = run.text;
    made.push(text);
    holds({ left: run.x, ...run });
  }
  pen.font = `${SOURCE}px ${family}`;
  const under = source.flatMap((line) => wrapped(line, box.right - box.left, (text) => pen.measureText(text).width));
  const width = Math.ceil(box.right - box.left) + 2 * MARGIN;
  const height = Math.ceil(box.bottom - box.top) + 2 * MARGIN + 8 + 15 * under.length;
  const whole = make("svg", { xmlns: SPACE, width, height, viewBox: `${box.left - MARGIN} ${box.top - MARGIN} ${width} ${height}`, "font-family": family });
  whole.append(make("rect", { x: box.left - MARGIN, y: box.top - MARGIN, width, height, fill: "var(--card)" }), ...made);
  under.forEach((line, place) => {
    const text = make("text", { x: box.left, y: box.bottom + 8 + 15 * (place + 1), "font-size": SOURCE, fill: "var(--quiet)" });
    text.textContent = line;
    whole.append(text);
  });
  const text = new XMLSerializer().serializeToString(whole).replaceAll(/var\((--[\w-]+)\)/g, (_, name) => page.getPropertyValue(name).trim());
  return { text, width, height };
}

/** @param {{text: string, width: number, height: number}} drawing @returns {Promise<Blob>} */
export async function asPng({ text, width, height }) {
  const scale = 2;
  const picture = new Image();
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await picture.decode();
  const canvas = document.createElement("canvas");
  canvas.width = width * scale;
  canvas.height = height * scale;
  /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d")).drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/png"));
}
