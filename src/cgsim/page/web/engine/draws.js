/**
 * Draws of what nobody knows: Python's `drawn_many`, lived by the crew.
 *
 * @module
 */
import { drawnFrom } from "../model/draws.js";
import { edited, Fault } from "../scenario/edits.js";
import { pack } from "../scenario/pack.js";
import { valueOf } from "../scenario/tables.js";

/** @typedef {import("../scenario/tables.js").Tables} Tables */
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
 * @param {number} urgency
 * @returns {Promise<Partial<import("./study.js").Result> | null>} null where it was dropped
 */
export async function draws(study, result, urgency) {
  const { data } = study;
  const { settings, doubt_measures: kept } = data.lists;
  const { points, given } = study.pointsOf(result);
  let all;
  try {
    all = points.map((point) => at(result.tables, point, data));
  } catch (error) {
    if (error instanceof Fault) return { whyNot: error.message };
    throw error;
  }
  const columns = kept.map((/** @type {string} */ name) => data.measures.indexOf(name));
  /** @type {{draw: number, means: number[]}[]} */
  const lived = [];
  /** @type {Map<number, number[]>} */
  const shapes = new Map();
  all.forEach((tables, draw) => {
    const skills = valueOf(tables, "skills");
    shapes.set(skills, [...(shapes.get(skills) ?? []), draw]);
  });
  const work = [...shapes].map(([skills, numbers]) =>
    study.crewed.live(
      {
        room: `${result.key}|draws|${skills}`,
        packed: pack(numbers.map((draw) => all[draw]), data.lists, result.ties),
        kind: "draws",
        seed: data.seed,
        parts: numbers.map((draw, point) => ({ point, first: draw * settings.own_luck_step, count: settings.runs_each })),
        urgency,
        topic: result.key,
      },
      ({ part, count, measures, width }) => {
        const means = columns.map((/** @type {number} */ column) => {
          let sum = 0;
          for (let run = 0; run < count; run += 1) sum += measures[run * width + column];
          return sum / count;
        });
        lived.push({ draw: numbers[part], means });
      },
    ),
  );
  if ((await Promise.all(work)).includes(false)) return null;
  return { drawn: drawnFrom(data.lists, points, lived, settings.runs_each, given) };
}
