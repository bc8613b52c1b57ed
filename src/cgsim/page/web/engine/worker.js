/** A worker's whole program: it lives pieces of what it is asked for, and says what came of them. */
import { Batch, load } from "../../../portable/engine.js";
import { lived } from "./lived.js";

/** @typedef {import("./crew.js").Piece} Piece */

const KEPT = 6; // rooms stay, as the pieces of a curve come to the same worker again

/** @type {import("../../../portable/engine.js").Kit | undefined} */
let kit;
/** @type {Map<string, Batch>} */
const rooms = new Map();

/** @param {Piece} piece @returns {Batch} */
function roomFor(piece) {
  const known = rooms.get(piece.room);
  rooms.delete(piece.room);
  const batch = known ?? new Batch(/** @type {any} */ (kit), piece.packed, { arms: piece.arms, piece: piece.most });
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
    const came = batch.live(piece.first, piece.count, BigInt(piece.seed), piece.point);
    const more = piece.lived ? lived(batch, piece.count) : null;
    const { measures, width } = came;
    const moved = [measures.buffer, ...(more ? Object.values(more).map((array) => array.buffer) : [])];
    postMessage({ number: piece.number, measures, width, lived: more }, { transfer: moved });
  } catch (error) {
    rooms.delete(piece.room);
    postMessage({ number: piece.number, failed: String(error) });
  }
}

onmessage = async ({ data }) => {
  if (data.bytes) {
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
