/**
 * Tables as spreadsheets write them.
 *
 * @module
 */
import { Fault } from "./edits.js";

/** The cells of a table, with quotation marks as spreadsheets write them. @param {string} text @param {string} mark @returns {{line: number, cells: string[]}[]} */
export function cellsOf(text, mark) {
  const rows = [];
  let [cells, cell, inside, line, begun] = [/** @type {string[]} */ ([]), "", false, 1, 1];
  for (let at = 0; at <= text.length; at += 1) {
    const letter = text[at] ?? "\n";
    if (inside) {
      if (letter === '"' && text[at + 1] === '"') (cell += '"'), (at += 1);
      else if (letter === '"') inside = false;
      else cell += letter;
      if (at === text.length) throw new Fault(`line ${begun}: a quotation mark is not closed`);
    } else if (letter === '"' && cell === "") inside = true;
    else if (letter === mark) cells.push(cell), (cell = "");
    else if (letter === "\n") {
      rows.push({ line: begun, cells: [...cells, cell] });
      [cells, cell, begun] = [[], "", line + 1];
    } else cell += letter;
    if (letter === "\n") line += 1;
  }
  return rows.filter((row) => row.cells.some((one) => one.trim()));
}
