/**
 * Draws of what nobody knows: Python's `drawn_many`, over the uniforms that stand in the page.
 *
 * @module
 */
import { edited, Fault } from "../scenario/edits.js";
import { pack } from "../scenario/pack.js";
import { valueOf } from "../scenario/tables.js";

/** @typedef {import("../scenario/tables.js").Tables} Tables */
/** @typedef {{key: string, low: number, high: number, times: string | null, whole: boolean, shares: number[]}} Prior */

/** @param {Tables} tables @returns {boolean} whether its own names settle how many skills there are */
function namesSkills(tables) {
  const numbered = (tables.skill ?? []).every((skill, place) => skill.name === `skill ${place + 1}`);
  return (
    !numbered ||
    (tables.objective ?? []).some((objective) => objective.mix !== undefined) ||
    (tables.agency ?? []).some((agency) => agency.home !== undefined || agency.skills !== undefined)
  );
}

/**
 * @param {Tables} tables
 * @param {any} data
 * @returns {Record<string, number>[]} values of every uncertain input
 */
export function points(tables, data) {
  const priors = /** @type {Prior[]} */ (data.priors).filter((prior) => prior.key !== "skills" || !namesSkills(tables));
  return Array.from({ length: data.draws }, (_, number) => {
    /** @type {Record<string, number>} */
    const point = {};
    for (const { key, low, high, whole, shares } of priors) {
      const share = shares[number];
      point[key] = whole ? Math.min(high, Math.trunc(low + share * (high - low + 1))) : low + share * (high - low);
    }
    for (const { key, times } of priors) {
      if (!times) continue;
      const allowed = data.parameter(key);
      point[key] = Math.min(allowed.high, Math.max(allowed.low, point[key] * point[times]));
    }
    return point;
  });
}

/** @param {Tables} tables @param {Record<string, number>} point @param {any} data @returns {Tables} */
export function at(tables, point, data) {
  const { skills, ...free } = point;
  const wide = skills === undefined ? tables : { ...tables, world: { ...tables.world, skills } };
  return edited(wide, { set: free, seats: null }, data.parameter);
}

/**
 * Live the draws, a few runs each, every draw with luck of its own.
 *
 * @param {import("./study.js").Study} study
 * @param {import("./study.js").Result} result
 * @param {number[] | undefined} ties
 * @param {number} urgency
 * @returns {Promise<Partial<import("./study.js").Result> | null>} null where it was dropped
 */
export async function draws(study, result, ties, urgency) {
  const { data } = study;
  const made = points(result.tables, data);
  let all;
  try {
    all = made.map((point) => at(result.tables, point, data));
  } catch (error) {
    if (error instanceof Fault) return { whyNot: error.message };
    throw error;
  }
  const names = ["gain", "gain_over_equal_money", "area_gain_over_equal_money"];
  const columns = names.map((name) => data.measures.indexOf(name));
  const means = names.map(() => new Float64Array(made.length));
  /** @type {Map<number, number[]>} */
  const shapes = new Map();
  all.forEach((tables, number) => {
    const skills = valueOf(tables, "skills");
    shapes.set(skills, [...(shapes.get(skills) ?? []), number]);
  });
  const work = [...shapes].map(([skills, numbers]) =>
    study.crew.live(
      {
        room: `${result.key}|draws|${skills}`,
        packed: pack(numbers.map((number) => all[number]), data.order, ties),
        arms: data.arms.three,
        seed: data.seed,
        parts: numbers.map((number, point) => ({ point, first: number * data.ownLuckStep, count: data.runsEach })),
        urgency,
        topic: result.key,
      },
      ({ part, count, measures, width }) => {
        columns.forEach((column, place) => {
          let sum = 0;
          for (let run = 0; run < count; run += 1) sum += measures[run * width + column];
          means[place][numbers[part]] = sum / count;
        });
      },
    ),
  );
  if ((await Promise.all(work)).includes(false)) return null;
  const inputs = Object.fromEntries(Object.keys(made[0] ?? {}).map((key) => [key, made.map((point) => point[key])]));
  const [gain, over_money, area] = means.map((row) => [...row]);
  return { drawn: { gain, over_money, area, inputs, runs_each: data.runsEach } };
}
