/**
 * The answers of a partnership's partners, and what comes of them, lived by the crew.
 *
 * Answers stay in this page's memory. A draft is kept on the device only when that was asked for.
 *
 * @module
 */
import { Answers, MOST_VOICES } from "../assess/answers.js";
import { assess, startOf } from "../assess/assessment.js";
import { pack } from "../scenario/pack.js";
import { Fault } from "../scenario/edits.js";
import { partnershipsOf } from "../scenario/tables.js";

/** @typedef {import("../assess/answers.js").Voice} Voice */
/** @typedef {import("../assess/assessment.js").Assessment} Assessment */
/** @typedef {import("../assess/setting.js").Lived} Lived */
/** @typedef {{partner: string, title: string, answers: Record<string, string>}} Draft */

const TOGETHER = 10; // draws that a worker is given the arrays of at a time
const URGENCY = 2; // it waits while nobody looks
const KEEP = "cgsim: draft of answers";

export class Survey {
  /**
   * @param {import("./crew.js").Crew | null} crew null where nothing can be lived here
   * @param {any} data
   * @param {import("../answer/results.js").Kitchen} kitchen
   * @param {() => void} changed
   */
  constructor(crew, data, kitchen, changed) {
    this.crew = crew;
    this.data = data;
    this.kitchen = kitchen;
    this.changed = changed;
    /** @type {import("../assess/ranges.js").Asked} */
    this.asked = data.assess;
    const given = data.assess.given;
    /** @type {Voice[]} */
    this.voices = given?.voices ?? [];
    this.title = given?.title ?? "";
    /** A case of the page that is the partnership's own; "" for none. */
    this.scenario = given?.scenario ?? "";
    this.draws = given?.draws ?? this.asked.settings.draws;
    this.replicates = given?.replicates ?? this.asked.settings.page_replicates;
    this.seed = given?.seed ?? data.seed;
    this.kept = given?.kept ?? null;
    /** @type {Assessment | null} */
    this.found = null;
    this.running = 0;
    this.turn = 0;
    /** @type {Map<string, Lived>} what was lived for these answers, by setting */
    this.lived = new Map();
    /** @type {Draft} */
    this.draft = this.keptDraft() ?? blank();
    /** Whose answers among all the draft was used as; "" where it was not. */
    this.usedAs = "";
    this.saved = true;
    /** Which file each was read from, as it is told. @type {WeakMap<Voice, string>} */
    this.files = new WeakMap();
    /** Partners who answered on this page, and whose answers are in no file. @type {Set<string>} */
    this.inNoFile = new Set();
  }

  /** Cases of the page that questions about one partnership fit. @returns {any[]} */
  get cases() {
    return this.data.cases.filter((/** @type {any} */ one) => partnershipsOf(one.tables).length === 1);
  }

  /** Take other answers, or another case. @param {{voices?: Voice[], title?: string, scenario?: string}} change */
  set(change) {
    const { voices = this.voices } = change;
    const names = voices.map((voice) => voice.partner);
    const twice = names.find((name, place) => names.indexOf(name) < place);
    if (twice !== undefined) throw new Fault(`${JSON.stringify(twice)} has answered already: remove the one or the other`);
    if (voices.length > MOST_VOICES) throw new Fault(`got ${voices.length} partners; allowed ${MOST_VOICES} at most`);
    Object.assign(this, change);
    // What records left possible was left of these answers alone.
    this.kept = null;
    this.lived.clear();
    this.found = null;
    this.stop();
    this.changed();
  }

  /** What files are called here: of several of one name, which colleagues may well send, the later ones have a number. @param {string[]} names @returns {string[]} */
  called(names) {
    const known = new Set(this.voices.map((voice) => this.files.get(voice)));
    return names.map((name) => {
      let called = name;
      for (let number = 2; known.has(called); number += 1) called = `${name} (${number})`;
      known.add(called);
      return called;
    });
  }

  /** Count the answers of files among all. @param {(import("../assess/answers.js").Read & {file: string})[]} came @throws {Fault} all that is wrong, a line each; then none is taken */
  bring(came) {
    const all = [...this.voices];
    const faults = [];
    /** @type {Map<Voice, string>} */
    const read = new Map();
    for (const { file, voices, unnamed } of came) {
      for (const voice of voices) {
        const where = (/** @type {Voice} */ one) => read.get(one) ?? this.files.get(one) ?? "this page";
        const before = all.find((one) => one.partner === voice.partner);
        // Nobody is named: the same file again is no second partner.
        const same = unnamed && all.find((one) => isNumbered(file, where(one)) && sameAnswers(one, voice));
        if (same) faults.push(`${file}: got the same answers as in ${where(same)}; allowed each partner once (partner = "NAME" says who it is)`);
        else if (before) faults.push(`${file}: ${JSON.stringify(voice.partner)} has answered already, in ${where(before)}: remove the one or the other`);
        all.push(voice);
        read.set(voice, file);
      }
    }
    if (faults.length) throw new Fault(faults.join("\n"));
    this.set({ voices: all, title: this.title || (came.find((one) => one.title)?.title ?? "") });
    for (const [voice, file] of read) this.files.set(voice, file);
  }

  stop() {
    this.turn += 1;
    this.running = 0;
    this.crew?.drop((topic) => topic === "assessment");
  }

  /** Work it out, or go on with it. */
  begin() {
    if (!this.crew || !this.voices.length || this.running || this.found?.ready) return;
    const turn = (this.turn += 1);
    this.running = turn;
    const wanted = () => this.turn === turn;
    assess({
      asked: this.asked,
      answers: new Answers(this.asked, this.voices, this.title),
      start: startOf(this.data, this.scenario),
      draws: this.kept ? this.kept.rows.length : this.draws,
      replicates: this.replicates,
      seed: this.seed,
      kept: this.kept,
      kitchen: this.kitchen,
      live: (name, points, drawn, whole) => this.live(name, points, drawn, whole),
      tell: (found) => {
        if (!wanted()) return;
        this.found = found;
        this.changed();
      },
      pause: async () => {
        await new Promise((go) => setTimeout(go));
        return wanted();
      },
    }).finally(() => {
      if (wanted()) this.running = 0;
    });
  }

  /**
   * @param {string} name of the setting
   * @param {import("../assess/drawn.js").Point[]} points
   * @param {import("../assess/drawn.js").Drawn} drawn
   * @param {boolean} whole whether more than measures is needed
   * @returns {Promise<Lived | null>}
   */
  async live(name, points, drawn, whole) {
    const known = this.lived.get(name);
    if (known) return known;
    const { lists } = this.data;
    const { start } = drawn;
    const [runs, width, months] = [this.replicates, this.data.measures.length, Number(start.value("months"))];
    const measures = new Float64Array(points.length * runs * width);
    const all = points.length * runs;
    const lives = whole ? { start: new Int32Array(all), end: new Int32Array(all), commitment: new Float64Array(all * months), months } : null;
    /** @type {Map<number, number[]>} */
    const shapes = new Map();
    points.forEach((point, draw) => {
      const skills = Number(point.skills ?? start.value("skills"));
      shapes.set(skills, [...(shapes.get(skills) ?? []), draw]);
    });
    const work = [...shapes.values()].flatMap((draws) => {
      const some = [];
      for (let place = 0; place < draws.length; place += TOGETHER) some.push(draws.slice(place, place + TOGETHER));
      return some;
    });
    const done = await Promise.all(
      work.map((draws) =>
        /** @type {import("./crew.js").Crew} */ (this.crew).live(
          {
            room: `assessment|${this.turn}|${name}|${draws[0]}`, // workers keep rooms: other answers are another one
            packed: pack(draws.map((draw) => start.at(points[draw])), lists, start.ties),
            kind: whole ? "lived" : "draws",
            seed: this.seed,
            parts: draws.map((draw, point) => ({ point, first: draw * lists.settings.own_luck_step, count: runs })),
            urgency: URGENCY,
            topic: "assessment",
          },
          ({ part, first, measures: came, lived }) => {
            const draw = draws[part];
            const at = draw * runs + (first - draw * lists.settings.own_luck_step);
            measures.set(came, at * width);
            if (!lives || !lived) return;
            lives.start.set(lived.start, at);
            lives.end.set(lived.end, at);
            lives.commitment.set(lived.commitment, at * months);
          },
        ),
      ),
    );
    if (done.includes(false)) return null;
    const made = { measures, lives };
    this.lived.set(name, made);
    return made;
  }

  /** A draft that was kept on this device, if there is one that can be read. @returns {Draft | null} */
  keptDraft() {
    try {
      const text = localStorage.getItem(KEEP);
      if (text === null) return null;
      const { partner, title, answers } = JSON.parse(text);
      const right = (/** @type {unknown} */ one) => typeof one === "string" && one.length <= 80;
      if (!right(partner) || !right(title) || typeof answers !== "object") return null;
      const known = this.asked.questions.flatMap((one) => {
        const answer = answers?.[one.id];
        const allowed = answer === "unknown" || one.answers.some(({ id }) => id === answer);
        return Object.hasOwn(answers ?? {}, one.id) && allowed ? [[one.id, answer]] : [];
      });
      return { partner, title, answers: Object.fromEntries(known) };
    } catch {
      return null;
    }
  }

  /** Whether a draft is kept on this device. */
  get keeps() {
    try {
      return localStorage.getItem(KEEP) !== null;
    } catch {
      return false;
    }
  }

  /** Whether answers would be lost with the page. */
  get atRisk() {
    return (!this.saved && !this.keeps) || this.voices.some(({ partner }) => this.inNoFile.has(partner) && !(this.keeps && partner === this.usedAs));
  }

  /** Count a draft's answers among all; if they were there before, in their place. @param {Voice} mine @param {string} title */
  use(mine, title) {
    const before = this.voices.find(({ partner }) => partner === this.usedAs);
    this.set({ voices: before ? this.voices.map((one) => (one === before ? mine : one)) : [...this.voices, mine], title });
    if (!this.saved) this.inNoFile.add(mine.partner);
    this.usedAs = mine.partner;
    this.saved = true;
  }

  /** Hand the questions on to another partner. A draft on the device stays until that one answers. */
  another() {
    this.draft = { ...blank(), title: this.draft.title };
    this.usedAs = "";
    this.saved = true;
  }

  /** Say that a file holds the draft, or the answers of all. @param {"draft" | "all"} what */
  filed(what) {
    if (what === "all") this.inNoFile.clear();
    else {
      this.saved = true;
      this.inNoFile.delete(this.usedAs);
    }
  }

  /** Write a draft, and keep it if one is kept. @param {Partial<Draft>} change */
  write(change) {
    this.draft = { ...this.draft, ...change };
    this.saved = false;
    if (this.keeps) this.keep(true);
    this.changed();
  }

  /** Keep the draft on this device, or forget it. @param {boolean} keep @returns {boolean} whether the device did as it was told */
  keep(keep) {
    try {
      if (keep) localStorage.setItem(KEEP, JSON.stringify(this.draft));
      else localStorage.removeItem(KEEP);
      return true;
    } catch {
      return false;
    } finally {
      this.changed();
    }
  }

  /** Take the draft away, from the device too. */
  forget() {
    this.keep(false);
    this.draft = blank();
    this.saved = true;
    this.changed();
  }
}

/** Whether a file is called as another is, but for its number. @param {string} file @param {string} other */
const isNumbered = (file, other) => file !== other && bare(file) === bare(other);
/** @param {string} file */
const bare = (file) => file.replace(/ \(\d+\)$/, "");

/** @param {Voice} one @param {Voice} other */
function sameAnswers({ answers: one }, { answers: other }) {
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => one[key] === other[key]);
}

/** @returns {Draft} */
const blank = () => ({ partner: "", title: "", answers: {} });
