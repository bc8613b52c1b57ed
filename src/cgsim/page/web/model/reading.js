/**
 * What is kept of a run beside its measures, read from the engine's room: who founded, how long a
 * partnership lived, what was met by month, what hours went into. What `cgsim.answer.lived` keeps,
 * bit for bit.
 *
 * In small steps, since browsers make each function that is often used faster as a whole: one large
 * one kept a processor busy for a second while the reader waited for the first lever.
 *
 * @module
 */

import { pairwiseSum } from "../answer/statistics.js";
import { members } from "./members.js";

/** @typedef {import("../answer/results.js").Lived} Lived */
/** @typedef {import("./lived.js").Lives} Lives */

const THREE = 3;
const SUMMED = ["overhead_hours", "joint_hours", "bought_hours", "joint_met", "own_hours"];

/** Where each column stands, by its name. @param {string[]} names @returns {Record<string, number>} */
const places = (names) => Object.fromEntries(names.map((name, at) => [name, at]));

/** Runs that stand in the engine's room, three arms each, and what is kept of them. */
export class Reading {
  /**
   * @param {Lives} lives of which a piece was just lived
   * @param {number} runs
   */
  constructor(lives, runs) {
    const { room } = lives;
    const { T, N, B } = lives.sizes;
    const { month, board } = lives.tables;
    this.lives = lives;
    this.runs = runs;
    this.T = T;
    this.N = N;
    this.B = B;
    this.month = room.floats("chunk.month");
    this.board = room.floats("chunk.board");
    this.ownMet = room.floats("chunk.own_met");
    this.founder = room.flags("chunk.world.founder");
    this.columns = places(month);
    this.cells = places(board);
    this.columnCount = month.length;
    this.cellCount = board.length;
    this.accounts = lives.tables.account.length;
    this.alive = new Float64Array(T);
    this.lines = Array.from({ length: THREE }, () => new Float64Array(T));
    this.bases = new Float64Array(T);
    this.line = new Float64Array(T);
    this.own = new Float64Array(N);
    this.slipped = new Float64Array(B);
    this.spends = lives.spends();
    this.lived = {
      founders: new Uint8Array(runs * N),
      start: new Int32Array(runs),
      end: new Int32Array(runs),
      beyond_alone: new Float32Array(runs * T),
      beyond_money: new Float32Array(runs * T),
      base: new Float32Array(runs * T),
      paid: new Uint8Array(runs * T),
      commitment: new Float64Array(runs * T),
      account: new Float64Array(runs * this.accounts),
      met: new Float64Array(runs * 2),
      ways: new Uint8Array(runs * B),
    };
  }

  /** What is kept of all runs. @returns {Lived} */
  read() {
    for (let run = 0; run < this.runs; run += 1) this.readRun(run);
    return { ...this.lived, ...members(this.lives, this.runs) };
  }

  /** @param {number} run */
  readRun(run) {
    const { lived, lines, bases, B } = this;
    this.readFounders(run);
    const [living, settled, settledMonths] = this.readMonths(run);
    for (let b = 0; b < B; b += 1) lived.ways[run * B + b] = this.wayOf(run, b);
    const { together, alone, money } = this.lives.at;
    [together, alone, money].forEach((arm, place) => this.metBy(run, arm, lines[place]));
    this.readBases(run);
    this.addUp(run);
    const account = lived.account.subarray(run * this.accounts, (run + 1) * this.accounts);
    SUMMED.forEach((name, place) => (account[place] = this.sumOf(run, name)));
    account.set([this.ownMetSum(run), living, settled, settledMonths, this.slippedSum(run)], SUMMED.length);
    const beyond = pairwiseSum(lines[0]) - (this.spends ? pairwiseSum(lines[2]) : 0);
    lived.met.set([beyond, pairwiseSum(bases)], 2 * run);
  }

  /** Where a partnership's cells of a month of a run together begin. @param {number} run @param {number} m @param {number} b */
  row(run, m, b) {
    return ((run * THREE * this.T + m) * this.B + b) * this.cellCount;
  }

  /** @param {number} run */
  readFounders(run) {
    const { founder, N, B } = this;
    const { founders } = this.lived;
    for (let b = 0; b < B; b += 1) {
      for (let n = 0; n < N; n += 1) founders[run * N + n] |= founder[(run * B + b) * N + n];
    }
  }

  /**
   * Read in which months partnerships live, and with what commitment.
   *
   * @param {number} run
   * @returns {number[]} the months of all partnerships, the settled shares in these added up, and
   *   in how many of them all was settled
   */
  readMonths(run) {
    const { T, B, board, alive, lived } = this;
    const { members: memberCount, commitment, settled: settledAt } = this.cells;
    const { all_settled: allSettled } = this.lives.tables.settings;
    let [living, settledSum, settledMonths] = [0, 0, 0];
    let [start, end] = [T, T];
    for (let m = 0; m < T; m += 1) {
      alive[m] = 0;
      for (let b = 0; b < B; b += 1) {
        const row = this.row(run, m, b);
        if (!(board[row + memberCount] > 0)) continue;
        alive[m] = 1;
        living += 1;
        lived.commitment[run * T + m] += board[row + commitment] / B;
        settledSum += board[row + settledAt];
        if (board[row + settledAt] >= allSettled) settledMonths += 1;
      }
      if (alive[m] && start === T) start = m;
      if (alive[m]) end = m + 1;
    }
    lived.start[run] = start;
    lived.end[run] = end;
    return [living, settledSum, settledMonths];
  }

  /** How a partnership ended, 0 if it never began. @param {number} run @param {number} b @returns {number} */
  wayOf(run, b) {
    const { board, T } = this;
    const { meetings, ended, members: memberCount } = this.cells;
    const way = board[this.row(run, T - 1, b) + ended];
    if (way > 0) return way + 1;
    for (let m = 0; m < T; m += 1) {
      const row = this.row(run, m, b);
      if (board[row + meetings] > 0 || board[row + memberCount] > 0) return 1;
    }
    return way;
  }

  /** Read what is met in an arm by month, from the start on. @param {number} run @param {number} arm @param {Float64Array} line */
  metBy(run, arm, line) {
    const { T, month, columnCount } = this;
    const first = (run * THREE + arm) * T * columnCount + this.columns.met;
    const start = this.lived.start[run];
    for (let m = 0; m < T; m += 1) line[m] = m < start ? 0 : month[first + m * columnCount];
  }

  /** Read what the founders met alone, by month from the start on. @param {number} run */
  readBases(run) {
    const { T, N, ownMet, own, bases } = this;
    const { founders, start } = this.lived;
    for (let m = 0; m < T; m += 1) {
      const row = ((run * THREE + this.lives.at.alone) * T + m) * N;
      for (let n = 0; n < N; n += 1) own[n] = founders[run * N + n] ? ownMet[row + n] : 0;
      bases[m] = m < start[run] ? 0 : pairwiseSum(own);
    }
  }

  /** Add up by month what was met beyond each other arm. @param {number} run */
  addUp(run) {
    const { T, lived, lines, bases, month, columnCount } = this;
    const bought = run * THREE * T * columnCount + this.columns.bought_hours;
    let [alone, money, base] = [0, 0, 0];
    for (let m = 0; m < T; m += 1) {
      const place = run * T + m;
      alone += lines[0][m] - lines[1][m];
      money += lines[0][m] - lines[2][m];
      base += bases[m];
      lived.beyond_alone[place] = alone;
      lived.beyond_money[place] = money;
      lived.base[place] = base;
      lived.paid[place] = Number(month[bought + m * columnCount] > 0);
    }
  }

  /** A column of the arm together, added up over the months. @param {number} run @param {string} name @returns {number} */
  sumOf(run, name) {
    const { T, month, columnCount, line, alive } = this;
    const first = run * THREE * T * columnCount + this.columns[name];
    // Hours were given in the month that a partnership ended in, too: it is not living then.
    const own = name === "own_hours";
    for (let m = 0; m < T; m += 1) line[m] = month[first + m * columnCount] * (own ? alive[m] : 1);
    return pairwiseSum(line);
  }

  /** What agencies met by themselves while a partnership lived. @param {number} run @returns {number} */
  ownMetSum(run) {
    const { T, N, ownMet, line, alive } = this;
    for (let m = 0; m < T; m += 1) line[m] = pairwiseSum(ownMet, (run * THREE * T + m) * N, N) * alive[m];
    return pairwiseSum(line);
  }

  /** The hours that were promised and not given. @param {number} run @returns {number} */
  slippedSum(run) {
    const { T, B, board, line, slipped } = this;
    const { slipped_hours: slippedAt } = this.cells;
    for (let m = 0; m < T; m += 1) {
      for (let b = 0; b < B; b += 1) slipped[b] = board[this.row(run, m, b) + slippedAt];
      line[m] = pairwiseSum(slipped);
    }
    return pairwiseSum(line);
  }
}
