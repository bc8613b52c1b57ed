/**
 * Whether the mechanisms that a scenario chooses read a parameter, as `is_read` in Python tells.
 *
 * @param {{only_under: [string, string] | null}} parameter
 * @param {Record<string, any>} tables
 * @param {any} lists what `cgsim.page.tables.tables()` gave
 * @returns {boolean}
 */
export function isRead({ only_under: under }, tables, lists) {
  if (!under) return true;
  const [kind, mechanism] = under;
  return (tables.mechanisms?.[kind] ?? lists.parameters.find((/** @type {any} */ one) => one.name === kind).default) === mechanism;
}
