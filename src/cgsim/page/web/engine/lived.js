/**
 * What is kept of each run beside its measures: the twin of Python's `cgsim.answer.lived.read`.
 *
 * @module
 */

/** @typedef {import("../../../portable/engine.js").Batch} Batch */
/**
 * @typedef {object} Lived R runs, T months; lines by month are sums from the month it began
 * @property {Int32Array} start (R,) the month it began; T where none did
 * @property {Int32Array} end (R,) the first month after the last one with members
 * @property {Float32Array} beyond_alone (R, T)
 * @property {Float32Array} beyond_money (R, T)
 * @property {Float32Array} base (R, T)
 * @property {Uint8Array} paid (R, T)
 * @property {Uint8Array} founders (R, N)
 * @property {Float64Array} own_gain (R, N) each agency's own goals, against alone, as a share
 * @property {Float64Array} own_hours (R, N) hours a month that a founder is worth, from its draw
 * @property {Float64Array} account (R, 9)
 * @property {Float64Array} without (R, 5), or (R, 0) where the frictions were not switched off
 */

export const ACCOUNT = [
  "overhead",
  "joint_hours",
  "bought",
  "joint_met",
  "own_hours",
  "own_met",
  "living",
  "settled",
  "settled_months",
];
const ARMS = 3;
const ALL_SETTLED = 1 - 1e-12;

/**
 * @param {Batch} batch one of which a piece was just lived
 * @param {number} runs how many runs that piece held
 * @returns {Lived}
 */
export function lived(batch, runs) {
  const { room } = batch;
  const { month: columns, board: boardColumns } = room.description.names;
  const [A, T, B, N] = [
    batch.arms.length,
    room.places["chunk.month"].shape[2],
    room.places["chunk.board"].shape[3],
    room.places["chunk.own_met"].shape[3],
  ];
  const [M, W] = [columns.length, boardColumns.length];
  const month = room.floats("chunk.month");
  const board = room.floats("chunk.board");
  const own = room.floats("chunk.own_met");
  const founder = room.flags("chunk.world.founder");
  const column = (/** @type {string} */ name) => columns.indexOf(name);
  const [met, overhead, jointHours, bought, jointMet, ownHours] = [
    "met",
    "overhead_hours",
    "joint_hours",
    "bought_hours",
    "joint_met",
    "own_hours",
  ].map(column);
  const members = boardColumns.indexOf("members");
  const settledAt = boardColumns.indexOf("settled");
  const goal = room.floats("chunk.world.goal");
  const capacity = room.floats("chunk.world.capacity");
  const byGoal = room.floats("chunk.met_by_objective");
  const K = room.places["chunk.met_by_objective"].shape[3];
  const off = A > ARMS ? A - ARMS : 0;
  const made = {
    start: new Int32Array(runs),
    end: new Int32Array(runs),
    beyond_alone: new Float32Array(runs * T),
    beyond_money: new Float32Array(runs * T),
    base: new Float32Array(runs * T),
    paid: new Uint8Array(runs * T),
    founders: new Uint8Array(runs * N),
    own_gain: new Float64Array(runs * N),
    own_hours: new Float64Array(runs * N),
    account: new Float64Array(runs * ACCOUNT.length),
    without: new Float64Array(runs * off),
  };
  const C = ACCOUNT.length;
  for (let run = 0; run < runs; run += 1) {
    const together = run * A * T; // a row of the arm together, then of the others
    const mine = made.founders.subarray(run * N, (run + 1) * N);
    for (let b = 0; b < B; b += 1) {
      for (let i = 0; i < N; i += 1) mine[i] |= founder[(run * B + b) * N + i];
    }
    const account = made.account.subarray(run * C, (run + 1) * C);
    const withoutMet = new Float64Array(off);
    let start = T;
    let end = T;
    let alone = 0;
    let money = 0;
    let base = 0;
    let togetherMet = 0;
    for (let t = 0; t < T; t += 1) {
      const row = (together + t) * M;
      let alive = false;
      for (let b = 0; b < B; b += 1) {
        const seat = ((together + t) * B + b) * W;
        if (!(board[seat + members] > 0)) continue;
        alive = true;
        const settled = board[seat + settledAt];
        account[6] += 1;
        account[7] += settled;
        account[8] += Number(settled >= ALL_SETTLED);
      }
      if (alive) {
        if (start === T) start = t;
        end = t + 1;
        account[0] += month[row + overhead];
        account[1] += month[row + jointHours];
        account[2] += month[row + bought];
        account[3] += month[row + jointMet];
        account[4] += month[row + ownHours];
        const from = (together + t) * N;
        for (let i = 0; i < N; i += 1) account[5] += own[from + i];
      }
      if (t >= start) {
        const now = month[row + met];
        togetherMet += now;
        alone += now - month[row + T * M + met];
        money += now - month[row + 2 * T * M + met];
        const from = (together + T + t) * N;
        for (let i = 0; i < N; i += 1) if (mine[i]) base += own[from + i];
        for (let arm = 0; arm < off; arm += 1) withoutMet[arm] += month[row + (ARMS + arm) * T * M + met];
      }
      const at = run * T + t;
      made.beyond_alone[at] = alone;
      made.beyond_money[at] = money;
      made.base[at] = base;
      made.paid[at] = Number(month[row + bought] > 0);
    }
    made.start[run] = start;
    made.end[run] = end;
    for (let arm = 0; arm < off; arm += 1) {
      made.without[run * off + arm] = base > 0 ? (withoutMet[arm] - togetherMet) / base : 0;
    }
    if (!off) continue; // what each member gains is asked for with the reasons
    for (let i = 0; i < N; i += 1) {
      // Need met, weighted by the agency's own goals: `own_gain` of Python's measures.
      let withOthers = 0;
      let byItself = 0;
      for (let t = start; t < T; t += 1) {
        const joint = (together + t) * K;
        for (let k = 0; k < K; k += 1) {
          const weight = goal[(run * N + i) * K + k];
          withOthers += weight * byGoal[joint + k];
          byItself += weight * byGoal[joint + T * K + k];
        }
      }
      made.own_gain[run * N + i] = byItself > 0 ? withOthers / byItself - 1 : 0;
      made.own_hours[run * N + i] = capacity[run * N + i];
    }
  }
  return made;
}
