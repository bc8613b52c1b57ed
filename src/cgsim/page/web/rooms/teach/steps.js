/**
 * The steps of a lesson, and which of its runs belong together.
 *
 * @module
 */

/** @typedef {{id: string, name: string, covered: boolean, option?: number}} Step `covered`: there has to be a bet before it */

const LETTERS = "abcd";

/** @param {any} lesson @param {import("../../answer/formats.js").Catalogue} say @returns {Step[]} */
export function stepsOf(lesson, say) {
  const step = (/** @type {string} */ id, covered = true) => ({ id, name: say.word(`live_teach.step_${id}`), covered });
  return [
    step("decide", false),
    step("bet", false),
    step("answer"),
    step("why"),
    ...lesson.options.map((/** @type {any} */ one, /** @type {number} */ option) => ({ id: `try_${LETTERS[option]}`, name: say.word("live_teach.step_try", { label: one.label }), covered: true, option })),
    ...(lesson.axes.length ? [step("play")] : []),
    ...(lesson.questions.length || lesson.homework ? [step("tasks")] : []),
    step("rests"),
    ...(lesson.notes ? [step("notes", false)] : []),
  ];
}

/** The lives of one option, or of the lesson as it is (-1), by case. @param {any} lesson @param {number} option */
export const livesOf = (lesson, option) => lesson.lives.filter((/** @type {any} */ one) => one.option === option);
