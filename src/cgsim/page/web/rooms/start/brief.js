/**
 * The beginning of a text that anybody may have written, for a card.
 *
 * @module
 */

const MOST = 160; // letters: a sentence or two, in four lines of a card
const END = /[.!?][)\]"'”’»]*(?=\s)/g;

/** As many whole sentences as a card holds; of a longer one whole words, and a mark that there is more. @param {string} text @returns {string} */
export function brief(text) {
  const plain = text.trim().replace(/\s+/g, " ");
  if (plain.length <= MOST) return plain;
  const ends = [...plain.slice(0, MOST + 1).matchAll(END)].map((end) => end.index + end[0].length);
  const last = ends.at(-1);
  if (last) return plain.slice(0, last);
  const blank = plain.lastIndexOf(" ", MOST);
  // What has no blanks is cut between letters, not within one that takes two places.
  const words = blank > 0 ? plain.slice(0, blank) : plain.slice(0, MOST).replace(/[\ud800-\udbff]$/, "");
  return `${words.replace(/[\s,;:–—-]+$/, "")}…`;
}
