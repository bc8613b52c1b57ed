"""What each partnership of each run came to: when it began and ended, and what it gave and took."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cgsim.engine.batch import Chunk
from cgsim.measures import OUTCOME_OF_ENDING, OUTCOMES
from cgsim.rules.state import BOARD_COLUMNS, ENDINGS, LEAST
from cgsim.tables import Rows


class Life(NamedTuple):
    """A column of what is kept of a partnership: what it says, its unit, and of what a share is."""

    words: str
    unit: str
    of: str = ""


LIFE = {
    "begun": Life("month in which it began, from 0", "months"),
    "ended": Life("month in which it had ended", "months"),
    "ending": Life("why it ended", ""),
    "months": Life("months in which it lived", "months"),
    "founders": Life("founding members", "agencies"),
    "members": Life("members, mean over the months in which it lived", "agencies"),
    "last_members": Life("members in the last month in which it lived", "agencies"),
    "commitment": Life("members' mean commitment while it lived", "share", "of free hours"),
    "trust": Life("mean trust between members while it lived", "share", "of full trust"),
    "appeal": Life("remembered return of joint work, over that of own work, while it lived", ""),
    "joint_met": Life("need met by its joint work", "units"),
    "joint_hours": Life("hours that members gave to its joint work", "hours"),
    "overhead_hours": Life("hours of overhead that it asked of its members", "hours"),
    "bought_hours": Life("hours bought for it with money from outside", "hours"),
    "founders_gain": Life(
        "founding members' own goals, met more than apart since it began", "share", "of apart"
    ),
    "founders_gain_over_equal_money": Life(
        "founding members' own goals, met more than with the same money spent on services since it "
        "began",
        "share",
        "of what that met",
    ),
}
"""What is kept of each partnership of a run, in the arm together. An area is another column."""
COLUMN = {name: place for place, name in enumerate(LIFE)}

ALIVE = "alive"
"""How a partnership came out that had not ended with the last month."""


def ways_among(outcomes: Sequence[str]) -> tuple[str, ...]:
    """Return how one of several partnerships can come out, of how runs can: see ``WAYS``."""
    endings = OUTCOME_OF_ENDING[1 : len(ENDINGS.own)]
    further = outcomes[len(OUTCOMES.own) :]
    return (outcomes[0], ALIVE, *(outcomes[number] for number in endings), *further)


WAYS: Sequence[str] = Rows(lambda: ways_among(OUTCOMES))
"""How one of several partnerships can come out: it never began, it lives, or why it ended."""

OF_PARTNERSHIPS = "of partnerships, each in each run"
"""What their shares are of, as ``measures.OF_RUNS``."""

Lives = NDArray[np.float64]
"""(R, B, 16) by run, partnership and ``LIFE``; not a number where it does not apply."""


def read_lives(
    chunk: Chunk,
    met_by_each: NDArray[np.float64],
    together: int = 0,
    alone: int = 1,
    equal_money: int = -1,
) -> Lives:
    """Return what each partnership of the runs of a chunk came to, (R, B, 16).

    ``together``, ``alone`` and ``equal_money`` say where these arms stand, -1 for one that was not
    lived; ``met_by_each`` (R, B) units.
    """
    board = chunk.board[:, together]
    runs, months, count = board.shape[:3]
    place = {name: number for number, name in enumerate(BOARD_COLUMNS)}
    lives = np.full((runs, count, len(LIFE)), np.nan)

    def put(name: str, values: NDArray[np.float64]) -> None:
        lives[:, :, COLUMN[name]] = values

    ended = board[..., place["ended"]]
    living = _living(board)
    has_ended = ended[:, -1] > 0.0
    began = living.any(axis=1) | has_ended
    gone = (ended > 0.0).argmax(axis=1).astype(np.float64)
    # It may never meet, and lose all members in its first month: then it ended in the next.
    first = np.where(living.any(axis=1), living.argmax(axis=1), gone - 1.0)
    put("begun", np.where(began, first, np.nan))
    put("ended", np.where(has_ended, gone, np.nan))
    put("ending", np.where(began, ended[:, -1], np.nan))
    lived = np.where(began, np.where(has_ended, gone, months) - first, 0.0)
    put("months", lived)
    founders = chunk.world.founder.sum(axis=2).astype(np.float64)
    put("founders", founders)
    peopled = board[..., place["members"]] > 0.0
    peopled_months = peopled.sum(axis=1)
    put("members", _over(board[..., place["members"]].sum(axis=1), lived))
    last = np.clip(np.where(has_ended, gone, months).astype(int) - 1, 0, months - 1)
    at_last = np.take_along_axis(board[..., place["members"]], last[:, None, :], axis=1)[:, 0]
    put("last_members", np.where(began, at_last, np.nan))
    for name in ("commitment", "trust", "appeal"):
        values = np.where(peopled, board[..., place[name]], 0.0).sum(axis=1)
        put(name, _over(values, peopled_months))
    put("joint_met", met_by_each)
    for name in ("joint_hours", "overhead_hours", "bought_hours"):
        put(name, board[..., place[name]].sum(axis=1))
    begun = np.where(began, first, months).astype(int)
    for name, other in (("founders_gain", alone), ("founders_gain_over_equal_money", equal_money)):
        if other >= 0:
            put(name, _founders_gain(chunk, chunk.met_by_objective[:, [together, other]], begun))
    return lives


def _over(above: NDArray[Any], below: NDArray[Any]) -> NDArray[np.float64]:
    return np.divide(above, below, out=np.full(np.shape(above), np.nan), where=below > 0)


def _founders_gain(
    chunk: Chunk, met: NDArray[np.float64], begun: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the founders' mean gain by own goals from the month it began on, (R, B), a share.

    ``met`` (R, 2, T, U) by objective, together and in the arm that it is held against.
    """
    runs, count, _ = chunk.world.founder.shape
    gains = np.full((runs, count), np.nan)
    weighed = weights(chunk)
    for run in range(runs):
        which, agency = np.nonzero(chunk.world.founder[run])
        # Need met from each month to the last; nothing after it.
        ahead = np.cumsum(met[run, :, ::-1], axis=1)[:, ::-1]
        ahead = np.concatenate([ahead, np.zeros_like(ahead[:, :1])], axis=1)
        goal = weighed[run, agency]
        together, other = (
            np.einsum("mu,mu->m", goal, ahead[arm, begun[run, which]]) for arm in (0, 1)
        )
        counts = other > LEAST
        gain = together[counts] / other[counts] - 1.0
        total = np.bincount(which[counts], gain, count)
        gains[run] = _over(total, np.bincount(which[counts], minlength=count))
    return gains


def _living(board: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell in which months each partnership lives, (R, T, B); ``board`` (R, T, B, P).

    A partnership ends at the beginning of the month after its last one, so one that has lost its
    members still lives. Its meetings tell: they are written in every month that it lives.
    """
    meetings, members = (board[..., BOARD_COLUMNS.index(n)] for n in ("meetings", "members"))
    return (meetings > 0.0) | (members > 0.0)


def ways_in(board: NDArray[np.float64]) -> NDArray[np.int8]:
    """Return how each partnership of each run came out, (R, B), positions in ``WAYS``.

    ``board`` (R, T, B, P) of the arm together.
    """
    ended = board[:, -1, :, BOARD_COLUMNS.index("ended")]
    return np.where(ended > 0.0, ended + 1.0, _living(board).any(axis=1)).astype(np.int8)


def ways_of(lives: Lives) -> NDArray[np.int64]:
    """Return how each partnership of each run came out, (R, B), positions in ``WAYS``."""
    ending = lives[:, :, COLUMN["ending"]]
    return np.where(np.isnan(ending), 0, np.nan_to_num(ending).astype(np.int64) + 1)


def weights(chunk: Chunk) -> NDArray[np.float64]:
    """Return how much each agency cares for every area's objectives, (R, N, U)."""
    goal, first = chunk.world.goal, chunk.world.first_local
    areas = first.shape[1] - 1
    if areas == 1:
        return goal
    agency, own = np.arange(goal.shape[1]), first[:, None, :]
    here = (own[..., :-1] <= agency[:, None]) & (agency[:, None] < own[..., 1:])
    here |= (agency < first[:, :1])[..., None]
    return (here[..., None] * goal[:, :, None, :]).reshape(*goal.shape[:2], -1)
