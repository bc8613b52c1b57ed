/** A worker's whole program: it lives pieces of what it is asked for, and says what came of them. */
import { Alone } from "../model/alone.js";
import { Lives, Without } from "../model/lived.js";

/** @typedef {import("./crew.js").Piece} Piece */

const KEPT = 6; // rooms stay, as the pieces of a curve come to the same worker again

/** @type {import("../../../portable/engine.js").Kit | undefined} */
let kit;
/** @type {any} */
let lists;
/** @type {Map<number, import("./crew.js").Packed>} what rooms are of, until that may be forgotten */
const known = new Map();
/** @type {Map<number, Lives | Without>} */
const rooms = new Map();
const alone = new Alone();
/** @type {(Piece | {forget: number})[]} */
const early = [];

/** @param {Piece} piece @returns {any} */
function roomFor({ room, kind, most }) {
  const packed = /** @type {import("./crew.js").Packed} */ (known.get(room));
  const had = rooms.get(room);
  // The look of a curve may have been of fewer replicates than there is room for now.
  const open = had && had.piece >= most ? had : null;
  rooms.delete(room);
  const given = /** @type {import("../../../portable/engine.js").Kit} */ (kit);
  const made = open ?? (kind === "without" ? new Without(given, packed, lists, { piece: most }) : new Lives(given, packed, lists, { piece: most, kept: kind === "draws" ? null : alone }));
  rooms.set(room, made);
  if (rooms.size > KEPT) rooms.delete(/** @type {number} */ (rooms.keys().next().value));
  return made;
}

/** @param {Piece} piece */
function live(piece) {
  const { number, kind, first, count, point } = piece;
  const seed = BigInt(piece.seed);
  try {
    const room = roomFor(piece);
    if (kind === "without") {
      const without = room.changes(first, count, seed, piece.known);
      postMessage({ number, without }, { transfer: [without.buffer] });
      return;
    }
    const { measures, width, lived } = room.live(first, count, seed, point, kind === "lived");
    const moved = [measures.buffer, ...Object.values(lived ?? {}).map((/** @type {any} */ array) => array.buffer)];
    postMessage({ number, measures, width, lived }, { transfer: moved });
  } catch (error) {
    rooms.delete(piece.room);
    postMessage({ number, failed: String(error) });
  }
}

/** @param {Piece | {forget: number}} told */
function hear(told) {
  if ("forget" in told) {
    known.delete(told.forget);
    rooms.delete(told.forget);
    return;
  }
  if (told.packed) known.set(told.room, told.packed);
  live(told);
}

onmessage = ({ data }) => {
  if (data.lists) lists = data.lists;
  else if (data.kit) {
    kit = data.kit;
    early.splice(0).forEach(hear);
  } else if (kit) hear(data);
  else early.push(data);
};
