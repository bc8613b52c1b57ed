/**
 * What a run means for each agency: `own_gain` of Python's measures, against the arm alone and over
 * the same money, and the hours it has.
 *
 * @module
 */

/**
 * @param {import("./lived.js").Lives} batch one of which a piece was just lived
 * @param {number} runs
 * @returns {{own_gain: Float64Array, own_gain_over_money: Float64Array, hours: Float64Array}} each runs x agencies
 */
export function members({ room, at }, runs) {
  const [, arms, months, stocks] = room.places["chunk.met_by_objective"].shape;
  const [, agencies, objectives] = room.places["chunk.world.goal"].shape;
  const firstLocal = Array.from(room.whole("chunk.world.first_local"), Number);
  const areas = stocks / objectives;
  const goal = room.floats("chunk.world.goal");
  const met = room.floats("chunk.met_by_objective");
  const board = room.floats("chunk.board");
  const [, , , partnerships, width] = room.places["chunk.board"].shape;
  const column = room.description.names.board.indexOf("members");
  const overAlone = new Float64Array(runs * agencies);
  const overMoney = new Float64Array(runs * agencies);
  for (let run = 0; run < runs; run += 1) {
    const together = (run * arms + at.together) * months;
    const alone = (run * arms + at.alone) * months;
    const money = (run * arms + at.money) * months;
    let start = months;
    for (let t = months - 1; t >= 0; t -= 1) {
      for (let b = 0; b < partnerships; b += 1) {
        if (board[((together + t) * partnerships + b) * width + column] > 0) start = t;
      }
    }
    for (let agency = 0; agency < agencies; agency += 1) {
      let withOthers = 0;
      let byItself = 0;
      let byMoney = 0;
      const [from, to] = wanted(firstLocal.slice(run * (areas + 1), (run + 1) * (areas + 1)), agency);
      for (let t = start; t < months; t += 1) {
        for (let stock = from * objectives; stock < to * objectives; stock += 1) {
          const weight = goal[(run * agencies + agency) * objectives + (stock % objectives)];
          withOthers += weight * met[(together + t) * stocks + stock];
          byItself += weight * met[(alone + t) * stocks + stock];
          byMoney += weight * met[(money + t) * stocks + stock];
        }
      }
      const place = run * agencies + agency;
      overAlone[place] = byItself > 0 ? withOthers / byItself - 1 : 0;
      overMoney[place] = byMoney > 0 ? withOthers / byMoney - 1 : 0;
    }
  }
  return { own_gain: overAlone, own_gain_over_money: overMoney, hours: room.floats("chunk.world.capacity").slice(0, runs * agencies) };
}

/**
 * The areas whose objectives an agency wants: its own, or all of them if it is national.
 *
 * @param {number[]} firstLocal each area's first agency, and where the last area ends
 * @param {number} agency
 * @returns {[number, number]} the first of them, and the one after the last
 */
function wanted(firstLocal, agency) {
  const areas = firstLocal.length - 1;
  if (agency < firstLocal[0]) return [0, areas];
  const own = firstLocal.findLastIndex((first) => first <= agency);
  return [own, own + 1];
}
