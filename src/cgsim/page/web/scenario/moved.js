/**
 * What a reader has changed, in plain words: each beside what it was.
 *
 * @module
 */
import { doneWords } from "../declutter/words.js";
import { LEVERS, counted, digitsApart, standsAt } from "./levers.js";
import { partnershipsOf } from "./tables.js";

/** @typedef {import("./tables.js").Tables} Tables */
/** @typedef {import("../answer/formats.js").Catalogue} Catalogue */

/**
 * One sentence; "" where nothing was changed.
 *
 * @param {Catalogue} say
 * @param {any} given the case as the page was given it
 * @param {Tables} tables with the reader's edits
 * @param {Pick<import("../state/address.js").State, "set"> & import("../state/address.js").Own} state
 * @param {(name: string) => any} parameter
 * @returns {string}
 */
export function movedWords(say, given, tables, { set, seats, skills, known, steps }, parameter) {
  const list = Object.keys(set).flatMap((name) => {
    const both = [given.tables, tables];
    const lever = LEVERS.find((one) => one.name === name);
    const digits = lever && digitsApart(lever, both.map((one) => lever.value(one)), tables);
    const [before, now] = both.map((one) => (lever ? standsAt(lever, one, say, digits) : valueIn(say, one, name, parameter)));
    if (before === now) return [];
    const id = `live_moved.${parameter(name).section === "mechanisms" && parameter(name).choices.length ? "mechanism" : name}`;
    return [say.word(id in say.texts ? id : "live_moved.value", { name: name.replaceAll("_", " "), before, now })];
  });
  if (seats) list.push(say.word("live_moved.members"));
  if (skills) list.push(say.word("live_moved.skills"));
  if (known) {
    const before = given.tables.known ?? [];
    const [more, fewer] = [known.filter((name) => !before.includes(name)), before.filter((/** @type {string} */ name) => !known.includes(name))];
    if (more.length) list.push(say.word("live_moved.known", { inputs: more }));
    if (fewer.length) list.push(say.word("live_moved.unknown", { inputs: fewer }));
  }
  if (steps.length) list.push(doneWords(say, steps.map(([first, other]) => (other === undefined ? [first] : [first, other]))));
  return list.length ? say.word("live_moved.told", { list: list.join("; "), title: given.title }) : "";
}

/** What something that is no lever stands at, in words. @param {Catalogue} say @param {Tables} tables @param {string} name @param {(name: string) => any} parameter @returns {string} */
function valueIn(say, tables, name, parameter) {
  const all = partnershipsOf(tables);
  const only = (/** @type {string[]} */ words) => (new Set(words).size > 1 ? say.word("live.mixed") : words[0] ?? "");
  if (name === "agenda") return only(all.map((one) => counted(one.focus.length)));
  if (name === "recruit") return only(all.map((one) => say.word(`recruit.${one.recruit}`)));
  const { section, default: usual } = parameter(name);
  if (section === "partnership") return only(all.map((one) => String(one[name])));
  return String(/** @type {any} */ (tables)[section]?.[name] ?? usual).replaceAll("_", " ");
}
