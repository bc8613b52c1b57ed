"""What is kept of each run beside its measures: enough for reasons, accounts and lines by month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from cgsim.answer.lives import ways_in, weights
from cgsim.engine.batch import EQUAL_MONEY, TOGETHER, Chunk
from cgsim.engine.run import ARMS, Arm
from cgsim.measures import BOUGHT, JOINT_HOURS, JOINT_MET, MEMBERS, MET, OVERHEAD, OWN_HOURS
from cgsim.rules.state import BOARD_COLUMNS, FRICTIONS
from cgsim.scenario.model import Scenario

OFF_ARMS = tuple(Arm(f"without {name}", TOGETHER, (name,)) for name in FRICTIONS)
"""Each friction switched off alone."""
REASON_ARMS = (*ARMS, *OFF_ARMS)
"""The three arms of every comparison, then those that tell what would change it."""
PAID_REASON_ARMS = (
    *ARMS,
    *(arm for off in OFF_ARMS for arm in (off, Arm(f"{off.name}, same money", EQUAL_MONEY))),
)
"""The same where hours may be bought: without a friction it may be others, or more of them."""

SETTLED = BOARD_COLUMNS.index("settled")
SLIPPED = BOARD_COLUMNS.index("slipped_hours")
ALL_SETTLED = 1.0 - 1e-12
ACCOUNT = (
    "overhead",
    "joint_hours",
    "bought",
    "joint_met",
    "own_hours",
    "own_met",
    "living",
    "settled",
    "settled_months",
    "slipped",
)


Lines = NDArray[np.float32]


@dataclass(frozen=True)
class Lived:
    """R runs, T months. Lines by month are sums from the month it began up to and with each."""

    founders: NDArray[np.bool_]  #: (R, N) who founded any partnership
    start: NDArray[np.int64]  #: (R,) the month it began; T where none did
    end: NDArray[np.int64]  #: (R,) the first month after the last one with members
    beyond_alone: Lines  #: (R, T) need met beyond the arm alone, units
    beyond_money: Lines  #: (R, T) need met beyond the arm of equal money, units
    base: Lines  #: (R, T) need met by the founding members' own work in the arm alone, units
    paid: NDArray[np.bool_]  #: (R, T) whether hours were bought
    account: NDArray[np.float64]  #: (R, 10) columns ACCOUNT; own work over the living months
    own_gain: Lines  #: (R, N) need met, weighted by each agency's goals, beyond alone, a share
    own_gain_over_money: Lines  #: (R, N) the same beyond the arm of equal money
    ways: NDArray[np.int8]  #: (R, B) how each partnership came out, positions in ``lives.WAYS``
    without: NDArray[np.float64]
    """(R, 5) change of the gain, over the same money, with each friction off; (R, 0) if not."""

    @staticmethod
    def joined(count: int, parts: Sequence[tuple[NDArray[np.int64], Lived]]) -> Lived:
        """Return all runs from parts of them, each with its runs' numbers."""
        made = []
        for field in fields(Lived):
            first = getattr(parts[0][1], field.name)
            column = np.zeros((count, *first.shape[1:]), first.dtype)
            for numbers, part in parts:
                column[numbers] = getattr(part, field.name)
            made.append(column)
        return Lived(*made)

    def of(self, rows: NDArray[np.bool_]) -> Lived:
        """Return some of the runs."""
        return Lived(*(getattr(self, field.name)[rows] for field in fields(self)))


def reason_arms(scenarios: Sequence[Scenario]) -> tuple[Arm, ...]:
    """Return the arms that tell what would change scenarios that are lived beside each other."""
    return PAID_REASON_ARMS if any(scenario.buys for scenario in scenarios) else REASON_ARMS


def read(chunk: Chunk, buys: NDArray[np.bool_] | None = None) -> Lived:
    """Return what is kept of the runs of a chunk.

    The first three arms are ``ARMS``; those of ``REASON_ARMS`` or ``PAID_REASON_ARMS`` follow, or
    none. ``buys`` (R,) says of which runs hours may be bought; of none if it is not given.
    """
    month, board = chunk.month, chunk.board
    runs, arms, months = month.shape[:3]
    members = board[:, 0, :, :, MEMBERS] > 0.0
    alive: NDArray[np.bool_] = np.asarray(members.any(axis=2))
    start = np.where(alive.any(axis=1), alive.argmax(axis=1), months)
    end = np.where(alive.any(axis=1), months - alive[:, ::-1].argmax(axis=1), months)
    since = np.arange(months) >= start[:, None]
    founders: NDArray[np.bool_] = np.asarray(chunk.world.founder.any(axis=1))
    own = np.where(founders[:, None, :], chunk.own_met[:, 1], 0.0).sum(axis=2)
    met = np.where(since[:, None, :], month[:, :, :, MET], 0.0)
    base = np.where(since, own, 0.0)
    together = month[:, 0]
    lives = alive.astype(np.float64)
    settled = np.where(members, board[:, 0, :, :, SETTLED], 0.0)
    account = np.stack(
        [
            # Hours were given in the month that a partnership ended in, too: it is not living then.
            *(
                together[:, :, column].sum(axis=1)
                for column in (OVERHEAD, JOINT_HOURS, BOUGHT, JOINT_MET)
            ),
            (together[:, :, OWN_HOURS] * lives).sum(axis=1),
            (chunk.own_met[:, 0].sum(axis=2) * lives).sum(axis=1),
            members.sum(axis=(1, 2)).astype(np.float64),
            settled.sum(axis=(1, 2)),
            (members & (settled >= ALL_SETTLED)).sum(axis=(1, 2)).astype(np.float64),
            board[:, 0, :, :, SLIPPED].sum(axis=2).sum(axis=1),
        ],
        axis=1,
    )
    # As the measure ``better_off`` counts it: 0 where no partnership begins.
    valued = np.einsum(
        "rnu,ratu,rt->ran", weights(chunk), chunk.met_by_objective[:, :3], since, optimize=True
    )
    with_others, others = valued[:, :1], valued[:, 1:]
    own_gain = np.divide(with_others, others, out=np.ones_like(others), where=others > 0.0) - 1.0
    without = np.zeros((runs, 0))
    if arms > len(ARMS):
        total = base.sum(axis=1)[:, None]
        step = 2 if arms == len(PAID_REASON_ARMS) else 1
        totals = met.sum(axis=2)
        change = totals[:, len(ARMS) :: step] - totals[:, :1]
        if step == 2 and buys is not None:
            money = totals[:, len(ARMS) + 1 :: step]
            over = (totals[:, len(ARMS) :: step] - money) - (totals[:, :1] - totals[:, 2:3])
            change = np.where(buys[:, None], over, change)
        without = np.divide(change, total, out=np.zeros_like(change), where=total > 0.0)
    return Lived(
        founders,
        start.astype(np.int64),
        end.astype(np.int64),
        np.cumsum(met[:, 0] - met[:, 1], axis=1).astype(np.float32),
        np.cumsum(met[:, 0] - met[:, 2], axis=1).astype(np.float32),
        np.cumsum(base, axis=1).astype(np.float32),
        together[:, :, BOUGHT] > 0.0,
        account,
        own_gain[:, 0].astype(np.float32),
        own_gain[:, 1].astype(np.float32),
        ways_in(board[:, 0]),
        without,
    )
