/**
 * A scenario file that a reader opens: parsed here, held to the rules that Python holds files to
 * (`cgsim.scenario.checks`), and made complete. A test keeps both alike.
 *
 * @module
 */
import { parse, TomlError } from "../../built/toml.js";
import { Fault, pointed, wrongWithKnown } from "./edits.js";
import { expanded } from "./many.js";
import { isRead } from "./read.js";
import { NEVER, TEXTS, agencyNames, changedTitle, withoutTexts } from "./tables.js";

/** @typedef {import("./tables.js").Tables} Tables */
/** @typedef {(string | number)[]} Path places in lists count from 0 */

const DEEPEST = 8;
const LONGEST_SHOWN = 40;
const FEW = 6;
const MOST_FAULTS = 20;
const LISTS = ["skill", "objective", "agency", "partnership", "change"];
const PRINTED = /^[^\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\u2028\u2029]*$/;
const LONG = /^[^\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\u2028\u2029]*$/;
const LEAST_CAPACITY = 0.001;
const MOST_CAPACITY = 1e6;
const MOST_WEIGHT = 1e9;
const MOST_MONTH = 100_000;
const LONGEST_PATH = 1000;
const ONE_AREA = "1 on a page, whose pictures show one area: cgsim run lives more";

/** @param {unknown} value */
const isWhole = (value) => typeof value === "bigint";
/** @param {unknown} value @returns {boolean} */
const isNumber = (value) => isWhole(value) || (typeof value === "number" && Number.isFinite(value));
/** @param {unknown} value @returns {value is Record<string, any>} */
const isTable = (value) => typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
/** @param {unknown} value @param {number} low @param {number} high */
const within = (value, low, high) => isNumber(value) && Number(value) >= low && Number(value) <= high;

/** A value as a line shows it: short. @param {unknown} value @returns {string} */
function shown(value) {
  if (Array.isArray(value)) {
    const plain = value.length > 0 && value.length <= FEW && !value.some((one) => Array.isArray(one) || isTable(one));
    const text = plain ? `[${value.map(shown).join(", ")}]` : "";
    return text && text.length <= LONGEST_SHOWN ? text : `a list of ${value.length}`;
  }
  if (isTable(value)) return "a table";
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length <= LONGEST_SHOWN ? text : `${text.slice(0, LONGEST_SHOWN - 3)}...`;
}

/** A path as people type it. @param {Path} path */
const dotted = (path) => path.map((part) => (typeof part === "number" ? part + 1 : part)).join(".");

class Reader {
  /** @param {Record<string, any>} tables @param {any} lists @param {{name: string, tables: Tables}[]} held */
  constructor(tables, lists, held) {
    this.lists = lists;
    this.form = lists.form;
    this.held = held;
    this.tables = tables;
    /** Of each partnership, the table of the file that it is from; empty where each is one of its own. @type {number[]} */
    this.origins = [];
    /** @type {string[]} */
    this.faults = [];
    /** Where each of them is. @type {Path[]} */
    this.places = [];
  }

  /** @param {Path} path @param {string} got @param {string} allowed */
  fault(path, got, allowed) {
    const [table, place, ...rest] = path;
    const written = table === "partnership" && this.origins.length && typeof place === "number" ? [table, this.origins[place], ...rest] : path;
    this.faults.push(`${dotted(written)}: got ${got}; allowed ${allowed}`);
    this.places.push(path);
  }

  // ---- each table by itself ---------------------------------------------------------------------

  /** What may stand at a path, in words. @param {Path} path */
  allowed(path) {
    const key = path.filter((part) => typeof part === "string").slice(0, 2).join(".");
    return this.form.allowed[key] ?? "";
  }

  /** @param {Path} path @param {unknown} value @param {boolean} right */
  hold(path, value, right) {
    const allowed = this.allowed(path);
    const near = typeof value === "string" && allowed.includes("number") ? pointed(value) : "";
    if (!right) this.fault(path, value === undefined ? "nothing" : shown(value), `${allowed}${near}`);
    return right;
  }

  /** @param {unknown} value @returns {value is string} */
  name(value) {
    return typeof value === "string" && value.length >= 1 && [...value].length <= this.form.most.name && PRINTED.test(value);
  }

  /** @param {unknown} value */
  weightsForm(value) {
    const all = Array.isArray(value) ? value : isTable(value) ? Object.values(value) : null;
    return all !== null && all.every((one) => within(one, 0, MOST_WEIGHT)) && (Array.isArray(value) || Object.keys(value ?? {}).every((name) => this.name(name) || name === ""));
  }

  /** @param {any} parameter @param {unknown} value @returns {boolean} */
  fits(parameter, value) {
    const { kind, low, high, choices, name } = parameter;
    if (kind === "choice") return choices.includes(value);
    if (kind === "flag") return typeof value === "boolean";
    if (name === "last" && value === "never") return true;
    return (kind === "whole" ? isWhole(value) : true) && within(value, low, high);
  }

  /** Hold one table's keys to its form. @param {Path} path @param {unknown} value @param {string} kind */
  table(path, value, kind) {
    if (!isTable(value)) {
      this.fault(path, shown(value), path.length > 1 ? "a table" : this.allowed(path));
      return;
    }
    const known = this.form.keys[kind];
    for (const [key, given] of Object.entries(value)) {
      const at = [...path, key];
      if (!known.includes(key)) this.fault(at, "an unknown key", known.length <= 8 ? known.join(", ") : "the keys of this table");
      else this.hold(at, given, this.right(kind, key, given));
    }
    for (const key of { skill: ["name"], objective: ["name"], agency: ["name"], change: ["month", "set"] }[kind] ?? []) {
      if (!(key in value)) this.fault([...path, key], "nothing", this.allowed([...path, key]));
    }
  }

  /** @param {string} kind of table @param {string} key @param {any} value */
  right(kind, key, value) {
    if (kind === "change") {
      if (key === "month") return isWhole(value) && within(value, 0, MOST_MONTH);
      if (key === "set") return isTable(value);
      return this.name(value) || (Array.isArray(value) && value.every((one) => this.name(one)));
    }
    if (key === "name" || key === "lead" || key === "home") return this.name(value);
    if (kind === "agency" || kind === "objective") {
      if (key === "capacity") return within(value, LEAST_CAPACITY, MOST_CAPACITY);
      return ["mix", "skills", "goals"].includes(key) ? this.weightsForm(value) : within(value, 0, 1);
    }
    if (key === "members") return Array.isArray(value) && value.every((one) => this.name(one));
    if (key === "focus") return Array.isArray(value) ? value.length > 0 && value.every((one) => this.name(one)) : isWhole(value) && within(value, 1, this.form.most.objective);
    if (key === "network_file") return isTable(value) || (typeof value === "string" && value.length >= 1 && value.length <= LONGEST_PATH);
    if (key === "network_scale") return Array.isArray(value) && value.every(isNumber);
    return this.fits(this.parameter(key), value);
  }

  /** @param {string} name @returns {any} */
  parameter(name) {
    return this.lists.parameters.find((/** @type {any} */ one) => one.name === name);
  }

  /** Hold all tables to their form. */
  forms() {
    const { tables, form } = this;
    for (const [key, value] of Object.entries(tables)) {
      if (!form.keys[""].includes(key)) this.fault([key], "an unknown key", "the keys of this table");
      else if (LISTS.includes(key)) {
        if (this.hold([key], value, Array.isArray(value) && value.length <= form.most[key])) value.forEach((/** @type {unknown} */ one, /** @type {number} */ place) => this.table([key, place], one, key));
      } else if (key === "title") this.hold([key], value, this.name(value));
      else if (TEXTS.includes(key)) this.hold([key], value, typeof value === "string" && [...value].length <= form.most.text && LONG.test(value));
      else if (key === "partnerships") this.hold([key], value, value === "none");
      else if (key === "extends") this.hold([key], value, this.name(value));
      else if (key === "known") this.hold([key], value, Array.isArray(value) && value.every((one) => this.name(one)));
      else this.table([key], value, key);
    }
    if (!("title" in tables)) this.hold(["title"], undefined, false);
  }

  /**
   * Leave out what has the wrong form, so that the rest is looked at as if it had not been given. A
   * wrong name or count may be the reason why something else does not fit: beside one, nothing is said
   * of the rest.
   *
   * @returns {boolean} whether the rest may be looked at
   */
  withoutWrong() {
    const free = new Set(this.lists.parameters.filter((/** @type {any} */ one) => one.free).map((/** @type {any} */ one) => one.name));
    if (!this.places.every((path) => free.has(path.at(-1)) || this.form.independent.includes(path[0]))) return false;
    this.tables = structuredClone(this.tables);
    for (const path of this.places) {
      const at = path.slice(0, -1).reduce((/** @type {any} */ table, part) => table[part], this.tables);
      delete at[/** @type {string} */ (path.at(-1))];
    }
    return true;
  }

  // ---- what must fit together -------------------------------------------------------------------

  /** @param {any} parameter @param {any} value @returns {any} as a complete file says it */
  written(parameter, value) {
    if (value === undefined) {
      if (parameter.kind === "flag") return Boolean(parameter.default);
      return parameter.name === "last" && Number(parameter.default) === NEVER ? "never" : parameter.default;
    }
    if (parameter.name === "last" && Number(value) === NEVER) return "never";
    return isWhole(value) ? Number(value) : value;
  }

  /** @param {Path} path @param {string} name @param {string[]} names @param {string} kind @returns {boolean} */
  find(path, name, names, kind) {
    if (names.includes(name)) return true;
    const few = `${names.slice(0, FEW).join(", ")}${names.length > FEW ? " ..." : ""}`;
    this.fault(path, shown(name), `the name of a given ${kind}${names.length ? ` (${few})` : ""}`);
    return false;
  }

  /** @param {string} table @param {number} count @param {string} counted @returns {string[]} those given, and numbered ones */
  names(table, count, counted) {
    const names = (this.tables[table] ?? []).map((/** @type {any} */ one) => one.name);
    this.counted(table, names.length, count, counted);
    names.forEach((/** @type {string} */ name, /** @type {number} */ place) => {
      if (names.indexOf(name) < place) this.fault([table, place, "name"], shown(name), "each name once");
    });
    for (let number = names.length + 1; names.length < count; number += 1) {
      if (!names.includes(`${table} ${number}`)) names.push(`${table} ${number}`);
    }
    return names;
  }

  /** @param {string} table @param {number} given @param {number} count @param {string} counted */
  counted(table, given, count, counted) {
    if (given > count) this.fault([table], `${given} of them`, `at most ${count}, as [world] ${counted} says`);
  }

  /** @param {Path} path @param {any} given @param {string[]} names @param {string} kind @returns {number[] | undefined} */
  weights(path, given, names, kind) {
    if (given === undefined) return undefined;
    let row;
    if (Array.isArray(given)) {
      row = given.map(Number);
      if (row.length !== names.length) {
        this.fault(path, `${row.length} weights`, `${names.length}, one for each ${kind}`);
        return undefined;
      }
    } else {
      row = new Array(names.length).fill(0);
      const before = this.faults.length;
      for (const [name, weight] of Object.entries(given)) {
        if (this.find([...path, name], name, names, kind)) row[names.indexOf(name)] = Number(weight);
      }
      if (this.faults.length > before) return undefined;
    }
    const total = row.reduce((sum, one) => sum + one, 0);
    if (total <= 0) {
      this.fault(path, "weights that are all 0", "at least one above 0");
      return undefined;
    }
    return Math.abs(total - 1) > 1e-12 ? row.map((one) => one / total) : row;
  }

  /** @returns {any} complete tables; worth something only without faults */
  complete() {
    const { tables, lists } = this;
    /** @type {any} */
    const made = { title: tables.title };
    for (const name of TEXTS) if (tables[name]?.trim()) made[name] = tables[name].trim();
    const listed = tables.partnership ?? [{}];
    const none = tables.partnerships === "none";
    if (none && tables.partnership?.length) this.fault(["partnerships"], '"none"', "no [[partnership]] beside it");
    if (none || !listed.length) made.partnerships = "none";
    for (const parameter of lists.parameters) {
      const { name, section, kind } = parameter;
      if (section === "partnership" || (kind === "choice" && section !== "mechanisms")) continue;
      const value = this.written(parameter, tables[section]?.[name]);
      if (section !== "mechanisms" || isSaid(parameter, value, tables, lists)) (made[section] ??= {})[name] = value;
    }
    const known = this.known();
    if (known.length) made.known = known;
    if (made.world.areas > 1) this.fault(["world", "areas"], String(made.world.areas), ONE_AREA);
    const { agencies: agencyCount, objectives: objectiveCount, skills: skillCount, neighbours, months } = made.world;
    made.world.network = tables.world?.network ?? this.parameter("network").default;
    if (made.world.network === "small_world" && neighbours >= agencyCount) this.fault(["world", "neighbours"], String(neighbours), `fewer than the ${agencyCount} agencies`);
    const skills = this.names("skill", skillCount, "skills");
    const objectives = this.names("objective", objectiveCount, "objectives");
    /** @type {(kind: string, entries: any[]) => any[]} */
    const unnumbered = (kind, entries) => {
      const plain = (/** @type {any} */ one, /** @type {number} */ count) => JSON.stringify(one) === JSON.stringify({ name: `${kind} ${count}` });
      while (entries.length && plain(entries.at(-1), entries.length)) entries.pop();
      return entries;
    };
    const put = (/** @type {string} */ kind, /** @type {any[]} */ entries) => entries.length && (made[kind] = entries);
    put("skill", unnumbered("skill", skills.map((name) => ({ name }))));
    put("objective", unnumbered("objective", objectives.map((name, k) => {
      const given = tables.objective?.[k] ?? {};
      return some({ name, crosscut: given.crosscut === undefined ? undefined : Number(given.crosscut), mix: this.weights(["objective", k, "mix"], given.mix, skills, "skill") });
    })));
    const given = tables.agency ?? [];
    const named = this.names("agency", given.length, "agencies");
    this.counted("agency", given.length, agencyCount, "agencies");
    put("agency", given.map((/** @type {any} */ one, /** @type {number} */ i) => this.agency(["agency", i], one, skills, objectives)));
    made.world = { ...made.world, ...this.network(made.world.network, agencyNames(made)) };
    put("partnership", none ? [] : this.partnerships(listed, named, objectives, agencyCount));
    put("change", this.changes((made.partnership ?? []).map((/** @type {any} */ one) => one.name), months, agencyNames(made), objectives));
    return made;
  }

  /** Uncertain inputs that are said to be known, in the order of the table. @returns {string[]} */
  known() {
    /** @type {string[]} */
    const given = this.tables.known ?? [];
    for (const { name, more, allowed } of wrongWithKnown(given, (one) => this.parameter(one))) this.fault(["known"], `${shown(name)}${more}`, allowed);
    return this.lists.parameters.map((/** @type {any} */ one) => one.name).filter((/** @type {string} */ name) => given.includes(name));
  }

  /** @param {Path} path @param {any} one @param {string[]} skills @param {string[]} objectives */
  agency(path, one, skills, objectives) {
    if (one.home !== undefined) {
      if (one.skills !== undefined) this.fault([...path, "home"], shown(one.home), "either home or skills, not both");
      this.find([...path, "home"], one.home, skills, "skill");
    }
    const number = (/** @type {string} */ key) => (one[key] === undefined ? undefined : Number(one[key]));
    return some({
      name: one.name,
      capacity: number("capacity"),
      home: one.home,
      skills: this.weights([...path, "skills"], one.skills, skills, "skill"),
      goals: this.weights([...path, "goals"], one.goals, objectives, "objective"),
      senior: number("senior"),
      operational: number("operational"),
    });
  }

  /** A network from a file is one that the page holds. @param {string} network @param {string[]} names */
  network(network, names) {
    const { network_file: file, network_scale: scale } = this.tables.world ?? {};
    if (network !== "file") {
      for (const [key, value] of [["network_file", file], ["network_scale", scale]]) {
        if (value !== undefined) this.fault(["world", key], shown(value), `a ${key.slice(8)} only with network = "file"`);
      }
      return {};
    }
    if (file === undefined) {
      this.fault(["world", "network"], '"file"', "it together with network_file");
      return {};
    }
    const held = this.held.find((one) => JSON.stringify(one.tables.world.network_file) === JSON.stringify(file, plainly) && String(agencyNames(one.tables)) === String(names));
    if (!held) {
      this.fault(["world", "network_file"], shown(file), "a network that this page holds: it reads no other file");
      return {};
    }
    return { network_file: held.tables.world.network_file };
  }

  /** @param {any[]} listed @param {string[]} agencies @param {string[]} objectives @param {number} count */
  partnerships(listed, agencies, objectives, count) {
    const names = listed.map((one, place) => one.name ?? `partnership ${place + 1}`);
    return listed.map((one, place) => {
      /** @type {Path} */
      const path = ["partnership", place];
      if (names.indexOf(names[place]) < place) this.fault([...path, "name"], shown(names[place]), "each name once");
      const members = one.members ?? [];
      members.forEach((/** @type {string} */ name, /** @type {number} */ at) => {
        if (this.find([...path, "members"], name, agencies, "agency") && members.indexOf(name) < at) this.fault([...path, "members"], `${shown(name)} twice`, "each member once");
      });
      const recruit = one.recruit ?? (members.length ? "names" : this.parameter("recruit").default);
      if (one.area !== undefined && one.area > 1n) this.fault([...path, "area"], String(one.area), "at most 1, as [world] areas says");
      if (one.lead !== undefined && this.find([...path, "lead"], one.lead, agencies, "agency") && members.length && !members.includes(one.lead)) this.fault([...path, "lead"], shown(one.lead), "one of its members");
      if (recruit === "names" && !members.length) this.fault([...path, "recruit"], '"names"', "it together with members");
      if (recruit !== "names" && members.length) this.fault([...path, "recruit"], shown(recruit), '"names" where members are given');
      const size = Number(one.size ?? this.parameter("size").default);
      if (recruit === "names" && one.size !== undefined && size !== members.length) this.fault([...path, "size"], String(size), `${members.length}, the number of its members`);
      if (recruit !== "names" && recruit !== "all" && size > count) this.fault([...path, "size"], String(size), `at most ${count}, all the agencies`);
      const levers = this.lists.parameters.filter((/** @type {any} */ row) => row.section === "partnership" && row.kind !== "choice" && !["size", "area"].includes(row.name));
      return some({
        name: names[place],
        size: recruit === "names" || recruit === "all" ? undefined : size,
        recruit,
        members: members.length ? [...members].sort((a, b) => agencies.indexOf(a) - agencies.indexOf(b)) : undefined,
        lead: one.lead,
        focus: this.focus([...path, "focus"], one.focus, objectives),
        ...Object.fromEntries(levers.map((/** @type {any} */ row) => [row.name, this.written(row, one[row.name])])),
      });
    });
  }

  /** @param {Path} path @param {any} focus @param {string[]} objectives @returns {string[]} */
  focus(path, focus, objectives) {
    if (focus === undefined) return objectives.slice(0, 2);
    if (!Array.isArray(focus)) {
      if (Number(focus) > objectives.length) this.fault(path, String(focus), `at most ${objectives.length}, all the objectives`);
      return objectives.slice(0, Number(focus));
    }
    for (const name of focus) this.find(path, name, objectives, "objective");
    if (new Set(focus).size < focus.length) this.fault(path, "an objective twice", "each objective once");
    return objectives.filter((name) => focus.includes(name));
  }

  /** @param {any} value */
  isFocus(value) {
    return Array.isArray(value) ? value.length > 0 && value.every((one) => typeof one === "string") : isWhole(value) && value >= 1n;
  }

  /** @param {string[]} names of partnerships @param {number} months @param {string[]} agencies @param {string[]} objectives */
  changes(names, months, agencies, objectives) {
    return (this.tables.change ?? [])
      .map((/** @type {any} */ one, /** @type {number} */ place) => {
        /** @type {Path} */
        const path = ["change", place];
        const month = Number(one.month);
        if (month >= months) this.fault([...path, "month"], String(month), `0 to ${months - 1}, the months there are`);
        const chosen = one.partnership === undefined ? null : [one.partnership].flat();
        for (const name of chosen ?? []) this.find([...path, "partnership"], name, names, "partnership");
        if (!Object.keys(one.set).length) this.fault([...path, "set"], "nothing", "at least one parameter and its new value");
        /** @type {Record<string, any>} */
        const set = {};
        for (const [key, value] of Object.entries(one.set)) {
          const parameter = this.parameter(key);
          const at = [...path, "set", key];
          if (key === "lead" || key === "focus") {
            if (key === "lead" ? typeof value !== "string" : !this.isFocus(value)) this.fault(at, shown(value), this.allowed(["partnership", key]));
            else if (key === "focus") set[key] = this.focus(at, value, objectives);
            else if (this.find(at, String(value), agencies, "agency")) set[key] = value;
          } else if (!parameter) this.fault(at, "an unknown key", "a parameter");
          else if (!parameter.changeable) this.fault(at, key, "no parameter that is read before the first month");
          else if (chosen && parameter.section !== "partnership") this.fault(at, key, "only levers of a partnership where one is named");
          else if (!this.fits(parameter, value)) this.fault(at, shown(value), parameter.allowed);
          else if (key === "size" && !within(value, this.lists.settings.fewest_members, agencies.length)) this.fault(at, String(value), `from ${this.lists.settings.fewest_members} to ${agencies.length}, all the agencies`);
          else set[key] = this.written(parameter, value);
        }
        const partly = chosen && new Set(chosen).size < names.length && Object.keys(set).every((key) => (this.parameter(key)?.section ?? "partnership") === "partnership");
        return some({ month, partnership: partly ? names.filter((name) => chosen?.includes(name)) : undefined, set });
      })
      .sort((/** @type {any} */ a, /** @type {any} */ b) => a.month - b.month);
  }
}

/**
 * Whether complete tables say a mechanism, or what only one reads: the model's own are not said, nor
 * what no chosen one reads and nobody set.
 *
 * @param {any} parameter @param {any} value @param {Record<string, any>} tables @param {any} lists
 */
function isSaid(parameter, value, tables, lists) {
  return value !== parameter.default || (Boolean(parameter.only_under) && isRead(parameter, tables, lists));
}

/** @param {Record<string, any>} table @returns {any} without what is not there */
const some = (table) => Object.fromEntries(Object.entries(table).filter(([, value]) => value !== undefined));

/** Numbers as JSON has them. @param {string} _ @param {unknown} value */
const plainly = (_, value) => (isWhole(value) ? Number(value) : value);

/** Lay a file over the scenario that it extends; what is told of that is not told of other values. @param {Record<string, any>} parent @param {Record<string, any>} child */
function merged(parent, child) {
  const says = (/** @type {any} */ value) => (isTable(value) ? Object.keys(value).length > 0 : Array.isArray(value) ? value.length > 0 : Boolean(value));
  const own = Object.entries(child).some(([key, value]) => !["extends", "title", ...TEXTS].includes(key) && says(value));
  /** @type {Record<string, any>} */
  const tables = own ? { ...withoutTexts(parent), title: changedTitle(parent.title) } : { ...parent };
  for (const [key, value] of Object.entries(child)) tables[key] = isTable(value) && isTable(tables[key]) ? { ...tables[key], ...value } : value;
  if ("partnership" in child && !("partnerships" in child)) delete tables.partnerships;
  if ("partnerships" in child && !("partnership" in child)) delete tables.partnership;
  delete tables.extends;
  return tables;
}

/** Complete tables as a file has them: whole numbers told from others. @param {any} value @param {any} lists @param {string} [key] @returns {any} */
function asRead(value, lists, key = "") {
  if (Array.isArray(value)) return value.map((one) => asRead(one, lists));
  if (isTable(value)) return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, asRead(one, lists, name)]));
  const whole = key === "month" || lists.parameters.some((/** @type {any} */ one) => one.name === key && one.kind === "whole");
  return whole && Number.isInteger(value) ? BigInt(value) : value;
}

/**
 * Read a scenario file.
 *
 * @param {string} text
 * @param {any} lists what `cgsim.page.tables.tables()` gave
 * @param {any[]} cases of the page: what a file may extend
 * @returns {Tables} complete, as Python's `Scenario.to_dict` writes it
 * @throws {Fault} all that is wrong, a line each, and how many more there are beyond the first twenty
 */
export function opened(text, lists, cases) {
  const { letters } = lists.form.most;
  if (text.length > letters) throw new Fault(`got more than ${letters / 1024} KiB; allowed ${letters / 1024} KiB`);
  const asked = { integersAsBigInt: true, maxDepth: DEEPEST + 2 };
  /** @type {Record<string, any>} */
  let tables;
  try {
    tables = parse(text, /** @type {any} */ (asked));
  } catch (error) {
    const line = error instanceof TomlError ? `line ${error.line}: ` : "";
    const [why] = String(error instanceof Error ? error.message : error).replace(/^Invalid TOML document: /, "").split("\n");
    const comma = error instanceof TomlError && /=\s*([+-]?\d+,\d+)/.exec(text.split("\n")[error.line - 1] ?? "");
    throw new Fault(`${line}got a text that is not TOML (${why}); allowed TOML${comma ? pointed(comma[1]) : ""}`);
  }
  if ("question" in tables) throw new Fault("got an experiment; allowed a scenario");
  /** @type {string[]} */
  const carried = lists.extensions?.names ?? [];
  if (tables.needs !== undefined && ![tables.needs].flat().every((one) => carried.includes(one))) {
    const allowed = carried.length ? `what this page was made with (${carried.join(", ")})` : "nothing";
    throw new Fault(`needs: got ${shown(tables.needs)}; allowed ${allowed}: an extension is code, and no page takes any from a file or a link. cgsim run FILE --with ${[tables.needs].flat().join(" --with ")} lives it`);
  }
  delete tables.needs;
  if (tables.extends !== undefined) {
    const parent = cases.find((one) => one.name === tables.extends && one.library);
    if (!parent) throw new Fault(`extends: got ${shown(tables.extends)}; allowed a scenario of the library that this page holds (${cases.filter((one) => one.library).map((one) => one.name).join(", ") || "none"})`);
    const { needs: _, ...base } = parent.tables;
    tables = merged(asRead(base, lists), tables);
  }
  const reader = new Reader(tables, lists, cases);
  Object.assign(reader, expanded(tables, lists, (path, got, allowed) => reader.fault(path, got, allowed), shown));
  const many = reader.faults.length; // of tables that stand for many: without them nothing else is known
  if (!many) reader.forms();
  const made = !many && (!reader.faults.length || reader.withoutWrong()) ? reader.complete() : null;
  if (reader.faults.length) {
    const told = [...new Set(reader.faults)];
    const more = told.length - MOST_FAULTS;
    throw new Fault([...told.slice(0, MOST_FAULTS), ...(more > 0 ? [`... and ${more === 1 ? "" : `${more} `}more`] : [])].join("\n"));
  }
  return carried.length ? { ...made, needs: carried } : made;
}
