// Lays mechanisms over scenarios as the page does: JSON on standard input and output.
import { readFileSync } from "node:fs";
import { edited } from "../../src/cgsim/page/web/scenario/edits.js";

const { rows, bases, sets } = JSON.parse(readFileSync(0, "utf8"));
const parameters = new Map(rows.map((row) => [row.name, row]));
const laid = bases.flatMap((base) => sets.map((set) => edited(base, { set, seats: null }, (name) => parameters.get(name))));
console.log(JSON.stringify(laid.map(({ title, mechanisms }) => [title, mechanisms ?? null])));
