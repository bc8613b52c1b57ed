/** A worker's whole program: it lives pieces of what it is asked for, and says what came of them. */
import { Alone } from "../model/alone.js";
import { Lives, Without } from "../model/lived.js";

/** @typedef {import("./crew.js").Piece} Piece */

const KEPT = 6; // rooms stay, as the pieces of a curve come to the same worker again

/** @type {import("../../../portable/engine.js").Kit | undefined} */
let kit;
/** @type {any} */
let lists;
/** @type {Map<string, Lives | Without>} */
const rooms = new Map();
const alone = new Alone();
/** @type {Piece[]} */
const early = [];

/** @param {Piece} piece @returns {any} */
function roomFor({ room, packed, kind, most }) {
  const known = rooms.get(room);
  rooms.delete(room);
  const given = /** @type {import("../../../portable/engine.js").Kit} */ (kit);
  const made = known ?? (kind === "without" ? new Without(given, packed, lists, { piece: most }) : new Lives(given, packed, lists, { piece: most, kept: kind === "draws" ? null : alone }));
  rooms.set(room, made);
  if (rooms.size > KEPT) rooms.delete(/** @type {string} */ (rooms.keys().next().value));
  return made;
}

/** @param {Piece} piece */
function live(piece) {
  const { number, kind, first, count, point, known } = piece;
  const seed = BigInt(piece.seed);
  try {
    const room = roomFor(piece);
    if (kind === "without") {
      const without = room.changes(first, count, seed, known);
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

onmessage = ({ data }) => {
  if (data.lists) lists = data.lists;
  else if (data.kit) {
    kit = data.kit;
    early.splice(0).forEach(live);
  } else if (kit) live(data);
  else early.push(data);
};
