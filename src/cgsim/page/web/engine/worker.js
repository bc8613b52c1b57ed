/** A worker's whole program: it lives pieces of what it is asked for, and says what came of them. */
import { Kept } from "../model/kept.js";
import { Landscapes } from "../model/landscapes.js";
import { Lives, Without, buys } from "../model/lived.js";

/** @typedef {import("./crew.js").Piece} Piece */
/** @typedef {import("./crew.js").Packed} Packed */

const KEPT = 10; // batches stay, each with its room: an answer, its reasons, its draws and five curves come again

/** @type {import("../../../portable/engine.js").Kit | undefined} */
let kit;
/** @type {any} */
let lists;
/** @type {Map<number, Packed>} what rooms are of, until that may be forgotten */
const known = new Map();
/** @type {Map<string, Lives | Without | Landscapes>} by kind and sizes, and which arms they live */
const batches = new Map();
/** @type {Kept | null} */
let kept = null;
/** @type {Piece[]} what is asked for and not begun, in order */
let asked = [];
let going = false;

// Between two pieces the page is heard: what it drops is not lived.
const turn = new MessageChannel();
turn.port1.onmessage = () => {
  const piece = asked.shift();
  if (piece) live(piece);
  going = asked.length > 0;
  if (going) turn.port2.postMessage(null);
};

/** @param {Piece} piece @returns {any} what lives it */
function batchFor({ room, kind, most }) {
  const packed = /** @type {Packed} */ (known.get(room));
  const landscapes = kind === "landscape" || kind === "landscapes";
  const key = JSON.stringify([kind === "lived" ? "measures" : kind, packed.sizes, (kind === "without" || landscapes) && buys(packed, lists)]);
  const had = batches.get(key);
  // The look of a curve may have been of fewer replicates than there is room for now.
  const open = had && had.piece >= most ? had : null;
  batches.delete(key);
  const given = /** @type {import("../../../portable/engine.js").Kit} */ (kit);
  const begun = () => {
    if (kind === "without") return new Without(given, packed, lists, { piece: most, kept });
    if (landscapes) return new Landscapes(given, packed, lists, { piece: most, whole: kind === "landscape" });
    return new Lives(given, packed, lists, { piece: most, kept: kind === "draws" ? null : kept });
  };
  const made = open ?? begun();
  if (made.scenario !== packed) made.turnTo(packed);
  batches.set(key, made);
  if (batches.size > KEPT) batches.delete(/** @type {string} */ (batches.keys().next().value));
  return made;
}

/** @param {Piece} piece */
function live(piece) {
  const { number, kind, first, count, point } = piece;
  const seed = BigInt(piece.seed);
  try {
    const batch = batchFor(piece);
    if (kind === "without") {
      const without = batch.changes(first, count, seed, piece.known);
      postMessage({ number, without }, { transfer: [without.buffer] });
      return;
    }
    const { measures, width, lived } = batch.live(first, count, seed, point, kind === "lived");
    const moved = [measures.buffer, ...Object.values(lived ?? {}).map((/** @type {any} */ array) => array.buffer)];
    postMessage({ number, measures, width, lived }, { transfer: moved });
  } catch (error) {
    batches.clear();
    postMessage({ number, failed: String(error) });
  }
}

/** Begin with what is asked for, where there is something to live it with. */
function go() {
  if (going || !kit || !asked.length) return;
  going = true;
  turn.port2.postMessage(null);
}

onmessage = ({ data }) => {
  if (data.lists) {
    lists = data.lists;
    kept = new Kept(lists);
  } else if (data.kit) kit = data.kit;
  else if ("forget" in data) known.delete(data.forget);
  else if (data.drop) {
    const dropped = new Set(data.drop);
    const left = asked.filter(({ number }) => !dropped.has(number));
    for (const { number } of asked) if (dropped.has(number)) postMessage({ number, dropped: true });
    asked = left;
  } else {
    if (data.packed) known.set(data.room, data.packed);
    asked.push({ ...data, packed: null });
  }
  go();
};
