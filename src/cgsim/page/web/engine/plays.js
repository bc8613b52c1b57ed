/**
 * Plays of the game, lived by the crew: what they came to, and what they might have come to.
 *
 * @module
 */
import { LIVES, livesOf, repairsOf } from "../game/debrief.js";
import { writeCode } from "../game/code.js";
import { Game } from "../game/game.js";
import { packed as packedPlays } from "../game/packed.js";

/** @typedef {import("../game/game.js").Play} Play */
/** @typedef {import("../game/game.js").Decision} Decision */
/** @typedef {import("../game/debrief.js").Life} Life */
/** @typedef {import("../game/debrief.js").Found} Found */
/** @typedef {{case: number, decisions: Decision[], luck: number, runs?: number}} Ask `runs`: so many lucks, from `luck` on */
/** @typedef {{play: Play, own: Life | null, turn: {last: number | null} | null}} Shown a play on the wall */

const URGENCY = 0;
const TOGETHER = 60; // plays that travel to a worker at a time
const TOPIC = "game|";

export class Plays {
  /**
   * @param {import("./crew.js").Crew | null} crew null where nothing can be lived here
   * @param {any} data
   * @param {() => void} changed
   */
  constructor(crew, data, changed) {
    this.crew = crew;
    this.lists = data.lists;
    this.columns = ["extra_met_over_equal_money_a_year", "better_off_over_equal_money"].map((name) => data.measures.indexOf(name));
    this.changed = changed;
    this.game = new Game(data.game);
    /** Why a player thinks what they think: kept in this page's memory, and nowhere else. @type {string[]} */
    this.reasons = this.game.settings.guess_months.map(() => "");
    /** Guesses that a player would not make. @type {Set<number>} */
    this.skipped = new Set();
    /** @type {Map<string, Found>} by code */
    this.found = new Map();
    this.turns = 0;
    /** Quarters that were looked at for the wall, from the last one back. */
    this.looked = 0;
  }

  /** Forget what was written of the last play: another begins. */
  anew() {
    this.reasons = this.reasons.map(() => "");
    this.skipped.clear();
  }

  /**
   * Have plays lived, each in the three arms on its luck.
   *
   * @param {Ask[]} asks
   * @param {string} topic
   * @param {(done: number) => void} [tell] is told how many asks are done
   * @returns {Promise<(Life & {scores: Float64Array})[] | null>} null where it was dropped
   */
  async live(asks, topic, tell) {
    const { crew } = this;
    if (!crew) return null;
    /** @type {any[]} */
    const made = new Array(asks.length);
    let done = 0;
    const work = [];
    for (const number of new Set(asks.map((ask) => ask.case))) {
      const mine = asks.map((ask, place) => ({ ...ask, place })).filter((ask) => ask.case === number);
      for (let from = 0; from < mine.length; from += TOGETHER) {
        const some = mine.slice(from, from + TOGETHER);
        // Those who decide alike are one point.
        const points = [...new Set(some.map((ask) => JSON.stringify(ask.decisions)))];
        const packed = packedPlays(this.game, number, points.map((point) => JSON.parse(point)), this.lists);
        const parts = some.map(({ decisions, luck, runs = 1 }) => ({ point: points.indexOf(JSON.stringify(decisions)), first: luck, count: runs }));
        const left = parts.map(({ count }) => count);
        some.forEach(({ place, runs = 1 }) => (made[place] = { scores: new Float64Array(runs) }));
        work.push(
          crew.live({ room: `${topic}|${number}|${from}`, packed, kind: "lived", seed: this.game.settings.seed, parts, urgency: URGENCY, topic }, (came) => {
            const { place, luck } = some[came.part];
            this.put(made[place], came, came.first - luck);
            left[came.part] -= came.count;
            if (left[came.part] === 0) tell?.((done += 1));
          }),
        );
      }
    }
    return (await Promise.all(work)).includes(false) ? null : made;
  }

  /** @param {any} life @param {import("./crew.js").Came} came @param {number} at */
  put(life, { count, measures, width, lived }, at) {
    const [score, better] = this.columns;
    for (let run = 0; run < count; run += 1) life.scores[at + run] = measures[run * width + score];
    if (at > 0) return;
    const months = lived.beyond_money.length / count;
    const first = this.game.settings.first_month;
    Object.assign(life, {
      score: measures[score],
      better: measures[better],
      end: lived.end[0],
      overMoney: Array.from(lived.beyond_money.subarray(first, months)),
      overAlone: Array.from(lived.beyond_alone.subarray(first, months)),
    });
  }

  /** What is known of a play; what is not is worked out. @param {Play} play @returns {Found} */
  debrief(play) {
    const key = writeCode(this.game, { ...play, guesses: [null, null] });
    const known = this.found.get(key);
    if (known) return known;
    /** @type {Found} */
    const found = { lives: null, lucks: null, turn: null };
    this.found.set(key, found);
    // What was dropped, as another room was opened, is asked for again by whoever comes back.
    this.work(play, found, `${TOPIC}${key}`).then((all) => all || this.found.delete(key));
    return found;
  }

  /** @param {Play} play @param {Found} found @param {string} topic @returns {Promise<boolean>} whether all was lived */
  async work(play, found, topic) {
    const { case: number, luck, decisions } = play;
    const here = await this.live(livesOf(this.game, play).map((other) => ({ case: number, luck, decisions: other })), `${topic}|here`);
    if (!here) return false;
    const [own, led, best, ...undone] = here;
    found.lives = { own, led, best, undone };
    this.changed();
    const many = await this.live([{ case: number, luck: 0, decisions, runs: LIVES }], `${topic}|lucks`);
    if (!many) return false;
    found.lucks = many[0].scores;
    this.changed();
    const [turn] = (await this.turned([play], [own], `${topic}|turn`)) ?? [];
    if (!turn) return false;
    found.turn = turn;
    this.changed();
    return true;
  }

  /**
   * The last quarter in which a repair would have brought each play to what the same money meets.
   *
   * @param {Play[]} plays
   * @param {Life[]} own
   * @param {string} topic
   * @param {(done: number) => void} [tell] is told how many quarters were looked at
   * @returns {Promise<{last: number | null}[] | null>} null where it was dropped
   */
  async turned(plays, own, topic, tell) {
    /** @type {{last: number | null}[]} */
    const turns = plays.map(() => ({ last: null }));
    let open = plays.map((_, place) => place).filter((place) => own[place].score < 0);
    const { quarters } = this.game.settings;
    for (let quarter = quarters - 1; quarter >= 0 && open.length; quarter -= 1) {
      const asks = open.flatMap((place) => repairsOf(this.game, plays[place].decisions, quarter).map((decisions) => ({ place, case: plays[place].case, luck: plays[place].luck, decisions })));
      const lived = await this.live(asks, `${topic}|${quarter}`);
      if (!lived) return null;
      asks.forEach(({ place }, number) => {
        if (lived[number].score >= 0) turns[place].last = quarter;
      });
      open = open.filter((place) => turns[place].last === null);
      tell?.(quarters - quarter);
    }
    return turns;
  }

  /**
   * Live the plays of a room, and find when each could no longer be turned.
   *
   * @param {Shown[]} shown is filled in
   * @param {(done: number) => void} tell
   * @returns {Promise<boolean>} false where another room of plays came between
   */
  async wall(shown, tell) {
    this.turns += 1;
    this.looked = 0;
    const topic = `${TOPIC}wall|${this.turns}`;
    this.crew?.drop((one) => one.startsWith(`${TOPIC}wall|`));
    const lives = await this.live(shown.map(({ play }) => play), topic, tell);
    if (!lives) return false;
    shown.forEach((one, place) => (one.own = lives[place]));
    this.changed();
    const turns = await this.turned(shown.map(({ play }) => play), lives, `${topic}|turn`, (looked) => {
      this.looked = looked;
      this.changed();
    });
    if (!turns) return false;
    shown.forEach((one, place) => (one.turn = turns[place]));
    this.changed();
    return true;
  }
}
