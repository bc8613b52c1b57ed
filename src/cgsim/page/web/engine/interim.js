/** @param {any} data @returns {(result: import("./study.js").Result) => any} */
export function answerOf(data) {
  return (result) => {
    const { measures, width, count } = /** @type {any} */ (result.runs);
    const names = data.measures;
    const column = (/** @type {string} */ name) => Array.from({ length: count }, (_, run) => measures[run * width + names.indexOf(name)]);
    const bought = column("bought_hours").some((hours) => hours > 0);
    const measure = bought ? "gain_over_equal_money" : "gain";
    const values = column(measure);
    const value = values.reduce((sum, one) => sum + one, 0) / count;
    return { measure, runs: count, values: [{ measure, value }], luck: values, doubt: result.drawn };
  };
}
