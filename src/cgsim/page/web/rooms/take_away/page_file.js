/**
 * This very page as a file: the model, the scenarios and what the reader chose, to be handed on.
 *
 * @module
 */

/** @param {string} text @returns {string} what cannot end an element, nor begin one */
const escaped = (text) => text.replace(/[&<>"]/g, (mark) => `&#${mark.charCodeAt(0)};`);

/** JSON that cannot end the element in which it stands, as `cgsim.page.one_file` writes it. @param {unknown} data */
const json = (data) => JSON.stringify(data).replace(/[<>&\u2028\u2029\ud800-\udfff]/gu, (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, "0")}`);

/**
 * @param {{cases: any[], opens: string}} change the scenarios it holds, and the address it opens with
 * @param {string} title
 * @param {string} text what is said where scripts are off
 * @returns {string} a page as it was when it was opened, with these
 */
export function pageFile(change, title, text) {
  const whole = /** @type {HTMLElement} */ (document.documentElement.cloneNode(true));
  const part = (/** @type {string} */ id) => /** @type {HTMLElement} */ (whole.querySelector(`#${id}`));
  const data = { ...JSON.parse(part("data").textContent ?? ""), ...change };
  // Markup is written here and nowhere else: it is for a file, and every text in it is escaped.
  const begins = `<main class="ready"><h1>${escaped(title)}</h1><p>${escaped(text)}</p></main>`;
  part("data").textContent = json(data);
  part("page").replaceChildren();
  /** @type {HTMLElement} */ (whole.querySelector("title")).textContent = title;
  return `<!doctype html>\n${whole.outerHTML.replace('<div id="page"></div>', () => `<div id="page">${begins}</div>`)}\n`;
}
