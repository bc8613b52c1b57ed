/**
 * A scenario with other values: what `--set` does, on what the engine is given.
 *
 * Ranges and the words for them come from the parameter table (`tables.parameters`). Nothing is
 * clamped: what cannot be is refused, with all that is wrong with it.
 *
 * @module
 */

/** @typedef {import("../answer/results.js").Model} Model */
/** @typedef {import("../answer/results.js").About} About */
/** @typedef {{key: string, message: string}} Fault */
/**
 * @typedef {object} Parameter a row of `tables.parameters`
 * @property {string} name
 * @property {string} section
 * @property {number | string} default
 * @property {number} low
 * @property {number} high
 * @property {string} kind "number", "whole", "flag" or "choice"
 * @property {string[]} choices
 * @property {string} allowed the range in words
 * @property {[number, number] | null} prior
 * @property {string | null} prior_times
 * @property {number | null} prior_key
 */

/** What was asked for and cannot be; one line each. */
export class LeverError extends Error {
  /** @param {Fault[]} faults */
  constructor(faults) {
    super(faults.map(({ key, message }) => `${key}: ${message}`).join("\n"));
    this.name = "LeverError";
    this.faults = faults;
  }
}

/** The parameter table by name. @param {any} tables @returns {Map<string, Parameter>} */
export function parametersOf(tables) {
  return new Map(tables.parameters.map((/** @type {Parameter} */ row) => [row.name, row]));
}

/**
 * What a key says now; of a lever, what it says for the first partnership that it is meant for.
 *
 * @param {Model} model
 * @param {string} key
 * @returns {number | string | boolean | undefined}
 */
export function valueOf({ about }, key) {
  if (key === "network") return about.network;
  if (key in about.values) return about.values[key];
  const [numbers, name] = meant(about, key);
  const partnership = about.partnerships[numbers[0]];
  if (!partnership) return undefined;
  if (name === "size" || name === "recruit") return partnership[name];
  if (name === "focus") return partnership.focus.length;
  return partnership.levers[name];
}

/**
 * Which partnerships a key is meant for, and the lever: `meetings` for all of them,
 * `partnership.2.meetings` or `partnership.NAME.meetings` for one.
 *
 * @param {About} about
 * @param {string} key
 * @returns {[number[], string]}
 */
function meant(about, key) {
  const found = /^partnership\.(?:(.+)\.)?(\w+)$/s.exec(key);
  const all = about.partnerships.map((_, place) => place);
  if (!found) return [all, key];
  const [, which, name] = found;
  if (which === undefined) return [all, name];
  const number = /^\d{1,5}$/.test(which) ? Number(which) : 0;
  if (number >= 1 && number <= all.length) return [[number - 1], name];
  return [all.filter((place) => about.partnerships[place].name === which), name];
}

/**
 * The model with other values, by key: every number of the parameter table, flags, `last` also as
 * "never", `network` and `recruit`, and `focus` as the first so many objectives. The model itself
 * stays as it is.
 *
 * @param {Model} model
 * @param {any} tables
 * @param {Record<string, number | boolean | string>} values
 * @returns {Model}
 * @throws {LeverError}
 */
export function withLevers(model, tables, values) {
  const parameters = parametersOf(tables);
  const about = structuredClone(model.about);
  /** @type {Fault[]} */
  const faults = [];
  const fault = (/** @type {string} */ key, /** @type {any} */ got, /** @type {string} */ allowed) =>
    faults.push({ key, message: `got ${shown(got)}; allowed ${allowed}` });
  /** @type {Set<number>} */
  const sized = new Set();
  for (const [key, value] of Object.entries(values)) {
    const short = /^(\w+)\.(\w+)$/.exec(key);
    const plain = short && short[1] !== "partnership" ? short[2] : key;
    const [numbers, name] = meant(about, plain);
    const parameter = parameters.get(name);
    if (name === "focus" && (!short || short[1] === "partnership")) {
      const most = about.values.objectives;
      if (!(Number.isInteger(value) && Number(value) >= 1)) {
        fault(key, value, `a whole number from 1 to ${most}`);
        continue;
      }
      for (const b of numbers) about.partnerships[b].focus = firstOf(Number(value));
      continue;
    }
    if (!parameter || (short && short[1] !== "partnership" && short[1] !== parameter.section)) {
      fault(key, key, "a parameter");
      continue;
    }
    if (!numbers.length && parameter.section === "partnership") {
      const none = "no lever: there is no partnership";
      fault(key, key, about.partnerships.length ? "a partnership's number or name" : none);
      continue;
    }
    const number = numberOf(parameter, value, tables);
    if (number === undefined) {
      fault(key, value, parameter.allowed);
      continue;
    }
    if (parameter.section !== "partnership") {
      if (name === "network") about.network = /** @type {string} */ (number);
      else about.values[name] = /** @type {number} */ (number);
      continue;
    }
    for (const b of numbers) {
      const partnership = about.partnerships[b];
      if (name === "size") {
        partnership.size = /** @type {number} */ (number);
        sized.add(b);
      } else if (name === "recruit") {
        const was = partnership.recruit;
        partnership.recruit = /** @type {string} */ (number);
        if (was === "all" && number !== "all" && !sized.has(b)) {
          partnership.size = /** @type {number} */ (parameters.get("size")?.default);
        }
      } else {
        partnership.levers[name] = /** @type {number} */ (number);
      }
    }
  }
  checkTogether(model, about, sized, fault);
  if (faults.length) throw new LeverError(faults);
  return filled(model, about, tables);
}

/** @param {any} value @returns {string} */
function shown(value) {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

/** @param {number} count @returns {number[]} */
function firstOf(count) {
  return Array.from({ length: count }, (_, place) => place);
}

/**
 * A value as the engine takes it; nothing where it is not allowed.
 *
 * @param {Parameter} parameter
 * @param {unknown} value
 * @param {any} tables
 * @returns {number | string | undefined}
 */
function numberOf({ name, kind, low, high, choices }, value, tables) {
  if (kind === "choice") {
    return typeof value === "string" && choices.includes(value) ? value : undefined;
  }
  if (kind === "flag") {
    if (value === true || value === 1) return 1;
    return value === false || value === 0 ? 0 : undefined;
  }
  if (name === "last" && value === "never") return tables.settings.never;
  if (typeof value !== "number" || !(value >= low && value <= high)) return undefined;
  return kind === "whole" && !Number.isInteger(value) ? undefined : value;
}

/**
 * What must fit together.
 *
 * @param {Model} model
 * @param {About} about with the new values
 * @param {Set<number>} sized partnerships of which the size was set
 * @param {(key: string, got: any, allowed: string) => void} fault
 */
function checkTogether(model, about, sized, fault) {
  const { agencies, objectives, neighbours } = about.values;
  for (const name of ["agencies", "objectives", "skills", "months"]) {
    const value = about.values[name];
    const was = model.about.values[name];
    if (value !== was && about.fixed.includes(name)) {
      fault(name, value, `${was}: what is given for each of them settles how many there are`);
    } else if (value < about.fewest[name]) {
      fault(name, value, `at least ${about.fewest[name]}: the scenario names so many`);
    }
  }
  if ((about.network === "file") !== (model.about.network === "file")) {
    fault("network", about.network, '"file" where ties are given by a file, and only there');
  }
  if (about.network === "small_world" && neighbours >= agencies) {
    fault("neighbours", neighbours, `fewer than the ${agencies} agencies`);
  }
  about.partnerships.forEach((partnership, b) => {
    const was = model.about.partnerships[b].recruit;
    if ((was === "names") !== (partnership.recruit === "names")) {
      fault("recruit", partnership.recruit, '"names" where members are given');
    } else if (partnership.recruit === "names") {
      if (sized.has(b) && partnership.size !== partnership.members.length) {
        fault("size", partnership.size, `${partnership.members.length}, the number of its members`);
      }
      partnership.size = partnership.members.length;
    } else if (partnership.recruit === "all") {
      partnership.size = agencies;
    } else if (partnership.size > agencies) {
      fault("size", partnership.size, `at most ${agencies}, all the agencies`);
    }
    if (partnership.focus.length && Math.max(...partnership.focus) >= objectives) {
      fault("focus", partnership.focus.length, `at most ${objectives}, all the objectives`);
    }
  });
}

/**
 * What the engine is given, from values: as `cgsim.engine.plan` does.
 *
 * @param {Model} model
 * @param {About} about
 * @param {any} tables
 * @returns {Model}
 */
function filled(model, about, tables) {
  const { values, partnerships, changes, regimes } = about;
  const old = model.sizes;
  if (old.P !== 1) throw new RangeError("levers are laid over one scenario at a time");
  const sizes = {
    ...old,
    T: values.months,
    N: values.agencies,
    K: values.objectives,
    S: values.skills,
  };
  const { columns } = tables;
  const own = (/** @type {string[]} */ names, /** @type {Record<string, number>} */ from) =>
    names.map((name) => from[name]);
  /** @type {number[]} */
  const settings = [];
  /** @type {number[]} */
  const levers = [];
  for (const since of regimes) {
    const now = { ...values };
    const local = partnerships.map((partnership) => ({ ...partnership.levers }));
    for (const change of changes) {
      if (change.month > since) continue;
      for (const [key, value] of Object.entries(change.set)) {
        if (columns.settings.includes(key)) now[key] = value;
        else for (const b of change.partnerships) local[b][key] = value;
      }
    }
    settings.push(...own(columns.settings, now));
    for (const one of local) levers.push(...own(columns.levers, one));
  }
  const regime = Array.from(
    { length: sizes.T },
    (_, month) => regimes.filter((since) => since <= month).length - 1,
  );
  const resized = (/** @type {string} */ name, /** @type {[string, string?]} */ axes, rest = null) => {
    const [rows, inner] = axes;
    const [width, was] = inner ? [sizes[inner], old[inner]] : [1, 1];
    if (sizes[rows] === old[rows] && width === was) return model.design[name];
    const kept = Math.min(width, was);
    return Array.from({ length: sizes[rows] * width }, (_, place) => {
      const [row, at] = [Math.floor(place / width), place % width];
      return row < old[rows] && at < kept ? model.design[name][row * was + at] : rest;
    });
  };
  const unknown = /** @type {any} */ (-1);
  const agenda = partnerships.flatMap(({ focus }) =>
    firstOf(sizes.K).map((objective) => Number(focus.includes(objective))),
  );
  const named = partnerships.flatMap(({ members }) =>
    firstOf(sizes.N).map((agency) => Number(members.includes(agency))),
  );
  const grown = sizes.N - old.N;
  const names = about.agency_names.slice(0, sizes.N);
  for (let number = names.length; number < sizes.N; number += 1) names.push(`agency ${number + 1}`);
  return {
    ...model,
    sizes,
    about: {
      ...about,
      agency_names: names,
      skill_names: counted(about.skill_names, sizes.S, "skill"),
      objective_names: counted(about.objective_names, sizes.K, "objective"),
    },
    design: {
      ...model.design,
      settings,
      levers,
      regime,
      world_settings: own(columns.world_settings, values),
      network: [tables.network_numbers[about.network]],
      capacity: resized("capacity", ["N"]),
      home: resized("home", ["N"], unknown),
      skill: resized("skill", ["N", "S"]),
      goal: resized("goal", ["N", "K"]),
      senior: resized("senior", ["N"]),
      operational: resized("operational", ["N"]),
      crosscut: resized("crosscut", ["K"]),
      mix: resized("mix", ["K", "S"]),
      agenda,
      recruitment: partnerships.map(({ recruit }) => tables.recruitment.indexOf(recruit)),
      size: partnerships.map(({ size }) => size),
      named,
      lead: partnerships.map(({ lead }) => lead ?? -1),
    },
    hour_cost: [values.hour_cost],
    given_ties: grown ? new Array(sizes.N * sizes.N).fill(0) : model.given_ties,
  };
}

/** @param {string[]} names @param {number} count @param {string} kind @returns {string[]} */
function counted(names, count, kind) {
  const kept = names.slice(0, count);
  let number = kept.length;
  while (kept.length < count) {
    number += 1;
    if (!kept.includes(`${kind} ${number}`)) kept.push(`${kind} ${number}`);
  }
  return kept;
}

/**
 * Several models of one shape as the points of one scenario, for the engine.
 *
 * @param {Model[]} models
 * @returns {import("../../../portable/engine.js").Scenario}
 */
export function stacked(models) {
  const [{ sizes, design, given_ties: ties }] = models;
  return {
    sizes: { ...sizes, P: models.length },
    design: Object.fromEntries(
      Object.keys(design).map((name) => [name, models.flatMap((model) => model.design[name])]),
    ),
    hour_cost: models.flatMap((model) => model.hour_cost),
    given_ties: ties,
  };
}
