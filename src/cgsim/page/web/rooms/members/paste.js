/**
 * Rows from a spreadsheet as members.
 *
 * @module
 */
import { Fault } from "../../scenario/edits.js";

/** @typedef {import("../../scenario/edits.js").Seat} Seat */

const MOST_LETTERS = 20_000;

/**
 * @param {string} text rows of name, hours and skill, with tabs, semicolons or commas between them
 * @param {Seat[]} seats those that keep what is not pasted; none to begin anew
 * @param {string[]} skills
 * @returns {Seat[]}
 */
export function pasted(text, seats, skills) {
  if (text.length > MOST_LETTERS) throw new Fault(`got ${text.length} letters; allowed ${MOST_LETTERS}`);
  const lines = text.split(/\r?\n/).filter((line) => line.trim());
  const mark = ["\t", ";", ","].find((one) => lines.some((line) => line.includes(one))) ?? "\t";
  const rows = lines.map((line) => line.split(mark).map((cell) => cell.trim().replace(/^"(.*)"$/, "$1")));
  if (rows.length && /^(name|member|agency|organisation)s?$/i.test(rows[0][0])) rows.shift();
  if (!rows.length) throw new Fault("there is no row");
  const made = rows.map(([name, hours = "", skill = ""], row) => {
    // A column of hours may write thousands with a comma or a space, and "hours" after the number.
    const figure = hours.replace(/\s*(hours?|hrs?|h)$/i, "").replace(/[\s\u00a0](?=\d{3}\b)/g, "");
    const grouped = /^\d{1,3}(,\d{3})+$/.test(figure) ? figure.replaceAll(",", "") : figure;
    if (grouped !== "" && !/^\d+(\.\d+)?$/.test(grouped)) throw new Fault(`row ${row + 1}: got ${JSON.stringify(hours.slice(0, 30))}; allowed hours as a number`);
    const found = skill === "" ? null : skills.find((one) => one.toLowerCase() === skill.toLowerCase());
    if (found === undefined) throw new Fault(`row ${row + 1}: got ${JSON.stringify(skill.slice(0, 30))}; allowed ${skills.join(", ")}`);
    return { name, hours: grouped === "" ? null : Number(grouped), skill: found };
  });
  if (!seats.length) {
    return made.map((one) => ({ ...one, senior: null, operational: null, goals: null, member: true, lead: false }));
  }
  const known = new Map(made.map((one) => [one.name.toLowerCase(), one]));
  const unknown = made.find((one) => !seats.some((seat) => seat.name.toLowerCase() === one.name.toLowerCase()));
  if (unknown) throw new Fault(`got ${JSON.stringify(unknown.name.slice(0, 40))}; allowed names that are in the table`);
  return seats.map((seat) => {
    const one = known.get(seat.name.toLowerCase());
    return one ? { ...seat, hours: one.hours ?? seat.hours, skill: one.skill ?? seat.skill } : seat;
  });
}
