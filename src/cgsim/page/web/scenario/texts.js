/**
 * Texts of files on this machine.
 *
 * @module
 */
import { Fault } from "./edits.js";

/** The text of a file in UTF-8: bytes that are none are refused, and not misread. @param {Blob} file @returns {Promise<string>} */
export async function textIn(file) {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer());
  } catch {
    throw new Fault("got bytes that are no text; allowed a text in UTF-8");
  }
}
