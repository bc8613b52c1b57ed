/**
 * What zips are checked by, those that are written and those that are read.
 *
 * @module
 */

/** @param {Uint8Array} bytes @returns {number} */
export function crc32(bytes) {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (0xedb88320 & -(crc & 1));
  }
  return ~crc >>> 0;
}
