/** A worker's whole program: it lives pieces of what it is asked for, and says what came of them. */
import { load } from "../../../portable/engine.js";
import { Lives } from "../model/lived.js";
import { members } from "./members.js";

/** @typedef {import("./crew.js").Piece} Piece */

const KEPT = 6; // rooms stay, as the pieces of a curve come to the same worker again

/** @type {import("../../../portable/engine.js").Kit | undefined} */
let kit;
/** @type {any} */
let lists;
/** @type {Map<string, Lives>} */
const rooms = new Map();

/** @param {Piece} piece @returns {Lives} */
function roomFor(piece) {
  const known = rooms.get(piece.room);
  rooms.delete(piece.room);
  const { packed, reasons, most } = piece;
  const batch = known ?? new Lives(/** @type {any} */ (kit), packed, lists, { reasons, piece: most });
  rooms.set(piece.room, batch);
  if (rooms.size > KEPT) rooms.delete(/** @type {string} */ (rooms.keys().next().value));
  return batch;
}

/** @type {any[]} */
const early = [];

/** @param {Piece} piece */
function live(piece) {
  try {
    const batch = roomFor(piece);
    const { measures, width, lived } = batch.live(piece.first, piece.count, BigInt(piece.seed), piece.point);
    const more = piece.lived ? { ...lived, ...(piece.reasons ? members(batch, piece.count) : {}) } : null;
    const moved = [measures.buffer, ...(more ? Object.values(more).map((array) => array.buffer) : [])];
    postMessage({ number: piece.number, measures, width, lived: more }, { transfer: moved });
  } catch (error) {
    rooms.delete(piece.room);
    postMessage({ number: piece.number, failed: String(error) });
  }
}

onmessage = async ({ data }) => {
  if (data.bytes) {
    lists = data.lists;
    try {
      kit = await load(data.bytes, data.description);
    } catch (error) {
      postMessage({ failed: String(error) });
      return;
    }
    early.splice(0).forEach(live);
  } else if (kit) live(data);
  else early.push(data);
};
