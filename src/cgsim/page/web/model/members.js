/**
 * What a run means for each agency: `own_gain` of Python's measures, and the hours it has.
 *
 * @module
 */

/**
 * @param {import("./lived.js").Lives} batch one of which a piece was just lived
 * @param {number} runs
 * @returns {{own_gain: Float64Array, hours: Float64Array}} each runs x agencies
 */
export function members({ room, at }, runs) {
  const [, arms, months, stocks] = room.places["chunk.met_by_objective"].shape;
  const [, agencies, objectives] = room.places["chunk.world.goal"].shape;
  const firstLocal = room.whole("chunk.world.first_local");
  const areas = stocks / objectives;
  const goal = room.floats("chunk.world.goal");
  const met = room.floats("chunk.met_by_objective");
  const board = room.floats("chunk.board");
  const [, , , partnerships, width] = room.places["chunk.board"].shape;
  const column = room.description.names.board.indexOf("members");
  const made = new Float64Array(runs * agencies);
  for (let run = 0; run < runs; run += 1) {
    const together = (run * arms + at.together) * months;
    const alone = (run * arms + at.alone) * months;
    let start = months;
    for (let t = months - 1; t >= 0; t -= 1) {
      for (let b = 0; b < partnerships; b += 1) {
        if (board[((together + t) * partnerships + b) * width + column] > 0) start = t;
      }
    }
    for (let agency = 0; agency < agencies; agency += 1) {
      let withOthers = 0;
      let byItself = 0;
      const own = (/** @type {number} */ d) => firstLocal[run * (areas + 1) + d] <= agency;
      for (let t = start; t < months; t += 1) {
        for (let stock = 0; stock < stocks; stock += 1) {
          const d = Math.floor(stock / objectives);
          if (own(0) && !(own(d) && !own(d + 1))) continue;
          const weight = goal[(run * agencies + agency) * objectives + (stock % objectives)];
          withOthers += weight * met[(together + t) * stocks + stock];
          byItself += weight * met[(alone + t) * stocks + stock];
        }
      }
      made[run * agencies + agency] = byItself > 0 ? withOthers / byItself - 1 : 0;
    }
  }
  return { own_gain: made, hours: room.floats("chunk.world.capacity").slice(0, runs * agencies) };
}
