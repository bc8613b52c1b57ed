/**
 * From a scenario's tables to the arrays the engine runs on: what Python's `cgsim.packed` makes.
 *
 * @module
 */
import { areaOf, asNumber, agencyNames, countIn, firstLocal, objectiveNames, partnershipsOf, sizeOf, skillNames, valueOf } from "./tables.js";

/** @typedef {import("./tables.js").Tables} Tables */
/** @typedef {{ties: number[], trust: (number | null)[]}} Ties each N x N, flags and trust; null is to be drawn */
/** @typedef {any} Lists what `cgsim.page.tables.tables()` gave */
/** @typedef {import("../../../portable/engine.js").Scenario} Packed */

/**
 * @param {Tables[]} many scenarios of one shape
 * @param {Lists} lists the engine's orders of names are there
 * @param {Ties} [ties] where the network is from a file
 * @returns {Packed}
 */
export function pack(many, lists, ties) {
  const all = many.map((tables) => one(tables, lists));
  const first = all[0];
  for (const other of all) {
    if (JSON.stringify(shared(other.sizes)) !== JSON.stringify(shared(first.sizes))) {
      throw new RangeError("the scenarios of one plan must have the same sizes");
    }
  }
  /** @type {Record<string, (number | null)[]>} */
  const design = {};
  for (const name of Object.keys(first.design)) {
    design[name] = all.flatMap((single) => single.design[name]);
  }
  const most = Object.fromEntries(ROOM.map((size) => [size, Math.max(...all.map((single) => single.sizes[size]))]));
  const cells = first.sizes.Y * first.sizes.Y;
  return {
    sizes: { P: many.length, ...first.sizes, ...most },
    design,
    hour_cost: many.map((tables) => valueOf(tables, "hour_cost")),
    given_ties: ties?.ties ?? new Array(cells).fill(0),
    given_trust: ties?.trust ?? new Array(cells).fill(null),
  };
}

/** Sizes of room that scenarios of one plan share: as much as any of them needs. */
const ROOM = ["C", "Q", "J"];

/** @param {Record<string, number>} sizes */
const shared = (sizes) => Object.entries(sizes).filter(([size]) => !ROOM.includes(size));

/** A setting as the engine takes it; of mechanisms only those are said that are not the model's own. @param {Tables} tables @param {any} row of the table of parameters */
function settingOf(tables, { name, section, kind, choices, default: usual }) {
  if (section !== "mechanisms") return valueOf(tables, name);
  const value = tables.mechanisms?.[name] ?? usual;
  return kind === "choice" ? choices.indexOf(value) : Number(value);
}

/**
 * @param {Tables} tables
 * @param {Lists} lists the engine's orders of names are there
 * @returns {{sizes: Record<string, number>, design: Record<string, (number | null)[]>}}
 */
function one(tables, lists) {
  const { columns } = lists;
  const partnerships = partnershipsOf(tables);
  const changes = [...(tables.change ?? [])].sort((a, b) => a.month - b.month);
  const names = agencyNames(tables);
  const skills = skillNames(tables);
  const objectives = objectiveNames(tables);
  const [T, N, K, S] = [valueOf(tables, "months"), names.length, objectives.length, skills.length];
  const starts = [...new Set([0, ...changes.map((change) => change.month)])].sort((a, b) => a - b);
  const [G, B] = [starts.length, partnerships.length];
  const table = new Map(lists.parameters.map((/** @type {any} */ row) => [row.name, row]));
  const general = columns.settings.map((/** @type {string} */ name) => settingOf(tables, table.get(name)));
  const own = partnerships.map((p) => columns.levers.map((/** @type {string} */ name) => asNumber(p[name])));
  /** @type {number[][]} */
  const settings = starts.map(() => [...general]);
  /** @type {number[][][]} */
  const levers = starts.map(() => own.map((row) => [...row]));
  /** @type {Record<string, number>[][]} what is asked for once, in a regime's first month */
  const asks = starts.map(() => own.map(() => Object.fromEntries(columns.asks.map((/** @type {string} */ name) => [name, 0]))));
  const agendas = starts.map(() => partnerships.map((p) => p.focus));
  for (const change of changes) {
    const since = starts.indexOf(change.month);
    const only = change.partnership === undefined ? null : [change.partnership].flat();
    const { lead, focus, size, ...values } = change.set;
    partnerships.forEach((p, b) => {
      if (only && !only.includes(p.name)) return;
      if (Object.keys(change.set).some((key) => !columns.settings.includes(key))) asks[since][b].changed = 1;
      if (size !== undefined) asks[since][b].members = Number(size);
      if (lead !== undefined) asks[since][b].lead = 1 + names.indexOf(String(lead));
      for (let g = since; focus !== undefined && g < G; g += 1) agendas[g][b] = /** @type {any} */ (focus);
    });
    for (const [key, value] of Object.entries(values)) {
      const setting = columns.settings.indexOf(key);
      const lever = columns.levers.indexOf(key);
      for (let g = since; g < G; g += 1) {
        if (setting >= 0) settings[g][setting] = asNumber(value);
        else {
          partnerships.forEach((p, b) => {
            if (!only || only.includes(p.name)) levers[g][b][lever] = asNumber(value);
          });
        }
      }
    }
  }
  const regime = Array.from({ length: T }, (_, month) => starts.filter((s) => s <= month).length - 1);
  const given = tables.agency ?? [];
  /** @type {<V>(count: number, value: (place: number) => V | undefined, width?: number) => any[]} */
  const rows = (count, value, width = 1) =>
    Array.from({ length: count }, (_, place) => value(place) ?? new Array(width).fill(null)).flat();
  const network = String(tables.world.network);
  const first = firstLocal(tables);
  const seats = partnerships.map((p, b) => {
    if (N <= lists.seats_for_all) return N;
    const most = countIn(tables, areaOf(p));
    if (settingOf(tables, table.get("joining")) !== 0) return most;
    const founders = p.recruit === "names" ? (p.members ?? []).length : Math.min(sizeOf(tables, p), most);
    return Math.min(most, founders + asks.reduce((sum, row) => sum + row[b].members, 0));
  });
  return {
    sizes: {
      T,
      N,
      K,
      S,
      B,
      G,
      C: Math.max(0, ...seats),
      Q: seats.reduce((sum, count) => sum + count * count, 0),
      Y: network === "file" ? N : 0,
      J: changes.some((change) => change.set.size !== undefined) ? B : 0,
      D: first.length - 1,
      U: (first.length - 1) * K,
    },
    design: {
      settings: settings.flat(),
      levers: levers.flat(2),
      asks: asks.flat().flatMap((row) => columns.asks.map((/** @type {string} */ name) => row[name])),
      regime,
      world_settings: columns.world_settings.map((/** @type {string} */ name) => valueOf(tables, name)),
      network: [lists.network_numbers[network]],
      first_local: first,
      capacity: rows(N, (i) => given[i]?.capacity),
      home: Array.from({ length: N }, (_, i) => {
        const home = given[i]?.home;
        return home === undefined ? -1 : skills.indexOf(home);
      }),
      skill: rows(N, (i) => given[i]?.skills, S),
      goal: rows(N, (i) => given[i]?.goals, K),
      senior: rows(N, (i) => given[i]?.senior),
      operational: rows(N, (i) => given[i]?.operational),
      crosscut: rows(K, (k) => tables.objective?.[k]?.crosscut),
      mix: rows(K, (k) => tables.objective?.[k]?.mix, S),
      area: partnerships.map(areaOf),
      agendas: agendas.flat().flatMap((focus) => objectives.map((name) => Number(focus.includes(name)))),
      recruitment: partnerships.map((p) => lists.recruitment.indexOf(p.recruit)),
      size: partnerships.map((p) => sizeOf(tables, p)),
      named: partnerships.flatMap((p) => {
        const members = p.recruit === "names" ? p.members ?? [] : [];
        return names.map((name) => Number(members.includes(name)));
      }),
      lead: partnerships.map((p) => (p.lead === undefined ? -1 : names.indexOf(p.lead))),
      seats,
    },
  };
}
