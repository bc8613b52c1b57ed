/**
 * An order of groups in which those that overlap stand together: the same as `order_of` of
 * `cgsim.advice.declutter`, group by group.
 *
 * @module
 */

/**
 * The two rows of groups that overlap most, on average over all their pairs, become one row, until
 * there is one. They are laid end to end in that one of four ways in which the two groups that meet
 * there overlap most. Of what is alike the first counts.
 *
 * @param {number[][]} overlaps
 * @returns {number[]}
 */
export function orderOf(overlaps) {
  const rows = overlaps.map((_, number) => [number]);
  const between = overlaps.map((row) => [...row]);
  const left = rows.map((_, number) => number);
  while (left.length > 1) {
    let [one, other, most] = [left[0], left[1], -1];
    left.forEach((a, place) => {
      for (const b of left.slice(place + 1)) {
        const mean = between[a][b] / (rows[a].length * rows[b].length);
        if (mean > most) [one, other, most] = [a, b, mean];
      }
    });
    const ways = [rows[one], rows[one].slice().reverse()].flatMap((first) => [rows[other], rows[other].slice().reverse()].map((second) => [first, second]));
    const seam = (/** @type {number[][]} */ [first, second]) => overlaps[/** @type {number} */ (first.at(-1))][second[0]];
    rows[one] = ways.reduce((best, way) => (seam(way) > seam(best) ? way : best)).flat();
    for (const number of left) {
      between[one][number] += between[other][number];
      between[number][one] = between[one][number];
    }
    left.splice(left.indexOf(other), 1);
  }
  return left.length ? rows[left[0]] : [];
}
