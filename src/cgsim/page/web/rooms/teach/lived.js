/**
 * One life under what was decided in a lesson, month by month: what somebody in it sees.
 *
 * @module
 */
import { lifeOf } from "../../engine/life.js";
import { laid } from "../../scenario/laid.js";
import { pack } from "../../scenario/pack.js";
import { agencyNames } from "../../scenario/tables.js";

/**
 * @typedef {object} Seen of each month
 * @property {(number | null)[]} members null before there is a partnership
 * @property {(number | null)[]} settled share of what came up that was settled, mean of three months; null without a partnership
 * @property {number[]} met need met
 * @property {number[]} ahead need met beyond what would have been met with everybody working alone, added up
 * @property {number} founders members in the first month of the partnership
 * @property {number | null} ended the first month without it, after there was one
 */

const MEAN_OF = 3; // months

/**
 * @param {import("../../parts/page.js").Page} page
 * @param {any} lesson
 * @param {import("../../engine/lectures.js").Told} told
 * @param {number} run of the lesson's luck
 * @returns {Seen}
 */
export function seenUnder({ kit, data }, lesson, told, run) {
  const base = data.lessons.bases[told.base];
  const tables = laid(base.tables, told.laid);
  const { months } = lifeOf(kit, pack([tables], data.lists, base.ties), agencyNames(tables), lesson.seed, run);
  const members = months.map(({ board }) => board.reduce((sum, one) => sum + one.members, 0));
  const each = months.map(({ board }) => board.filter((one) => one.members > 0).map((one) => one.settled));
  const settled = each.map((now, month) => {
    const these = each.slice(Math.max(0, month - MEAN_OF + 1), month + 1).flat();
    return now.length ? these.reduce((sum, one) => sum + one, 0) / these.length : null;
  });
  let sum = 0;
  const ahead = months.map(({ row, alone }) => (sum += row.met - alone.met));
  const begun = members.findIndex((count) => count > 0);
  const ended = begun < 0 ? -1 : members.findIndex((count, month) => month > begun && count === 0);
  return {
    members: members.map((count, month) => (begun < 0 || month < begun ? null : count)),
    settled,
    met: months.map(({ row }) => row.met),
    ahead,
    founders: begun < 0 ? 0 : members[begun],
    ended: ended < 0 ? null : ended,
  };
}

/** What was seen, in words: who is in at the end, and what was settled. @param {import("../../answer/formats.js").Catalogue} say @param {Seen} seen */
export function seenSays(say, { members, settled, founders, ended }) {
  if (!founders) return say.word("live_teach.seen_none");
  if (ended !== null) return say.word("live_teach.seen_ended", { founders, month: ended });
  const last = /** @type {number} */ (settled[settled.length - 1]);
  return say.word("live_teach.seen", { founders, members: members[members.length - 1], settled: last });
}
