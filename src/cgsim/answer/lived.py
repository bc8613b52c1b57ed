"""What is kept of each run beside its measures: enough for reasons, accounts and lines by month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from cgsim.engine.batch import TOGETHER, Chunk
from cgsim.engine.run import ARMS, Arm
from cgsim.measures import BOUGHT, JOINT_HOURS, JOINT_MET, MEMBERS, MET, OVERHEAD, OWN_HOURS
from cgsim.rules.state import BOARD_COLUMNS, FRICTIONS

OFF_ARMS = tuple(Arm(f"without {name}", TOGETHER, (name,)) for name in FRICTIONS)
"""Each friction switched off alone."""
REASON_ARMS = (*ARMS, *OFF_ARMS)
"""The three arms of every comparison, then those that tell what would change it."""

SETTLED = BOARD_COLUMNS.index("settled")
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
)


@dataclass(frozen=True)
class Lived:
    """R runs; T months; spans are the months between scheduled changes."""

    founders: NDArray[np.bool_]  #: (R, N) who founded any partnership
    start: NDArray[np.int64]  #: (R,) the month it began; T where none did
    end: NDArray[np.int64]  #: (R,) the first month after the last one with members
    ahead: NDArray[np.float64]  #: (R, T) need met so far beyond the arm compared with, units
    paid: NDArray[np.float64]  #: (R, T) hours bought
    spans: NDArray[np.float64]  #: (R, 3, P) by span: beyond alone, beyond equal money, base; units
    account: NDArray[np.float64]  #: (R, 9) columns ACCOUNT, over the living months
    without: NDArray[np.float64]  #: (R, 5) change of the gain with each friction off; (R, 0) if not

    def of(self, rows: NDArray[np.bool_]) -> Lived:
        """Return some of the runs."""
        return Lived(*(getattr(self, f.name)[rows] for f in fields(self)))

    @staticmethod
    def room(runs: int, parts: Sequence[NDArray[np.generic]]) -> Lived:
        """Return room for so many runs of the shape of some."""
        return Lived(*(np.zeros((runs, *part.shape[1:]), part.dtype) for part in parts))


def read(chunk: Chunk, changes: Sequence[int]) -> tuple[NDArray[np.generic], ...]:
    """Return the fields of ``Lived`` for the runs of a chunk.

    The first three arms are ``ARMS``; those of ``OFF_ARMS`` follow or are not there. ``changes``
    are the months of scheduled changes.
    """
    month, board = chunk.month, chunk.board
    runs, arms, months = month.shape[:3]
    members = board[:, 0, :, :, MEMBERS] > 0.0
    alive = members.any(axis=2)
    start = np.where(alive.any(axis=1), alive.argmax(axis=1), months)
    end = np.where(alive.any(axis=1), months - alive[:, ::-1].argmax(axis=1), months)
    since = np.arange(months) >= start[:, None]
    founders = chunk.world.founder.any(axis=1)
    own = np.where(founders[:, None, :], chunk.own_met[:, 1], 0.0).sum(axis=2)
    met = np.where(since[:, None, :], month[:, :, :, MET], 0.0)
    base = np.where(since, own, 0.0)
    beyond = met[:, 0] - met[:, 2]
    borders = [0, *sorted({m for m in changes if 0 < m < months}), months]
    spans = np.stack(
        [
            np.stack(
                [line[:, a:b].sum(axis=1) for a, b in zip(borders[:-1], borders[1:], strict=True)],
                axis=1,
            )
            for line in (met[:, 0] - met[:, 1], beyond, base)
        ],
        axis=1,
    )
    together = month[:, 0]
    lives = alive.astype(np.float64)
    settled = np.where(members, board[:, 0, :, :, SETTLED], 0.0)
    account = np.stack(
        [
            *(
                (together[:, :, column] * lives).sum(axis=1)
                for column in (OVERHEAD, JOINT_HOURS, BOUGHT, JOINT_MET, OWN_HOURS)
            ),
            (chunk.own_met[:, 0].sum(axis=2) * lives).sum(axis=1),
            members.sum(axis=(1, 2)).astype(np.float64),
            settled.sum(axis=(1, 2)),
            (members & (settled >= ALL_SETTLED)).sum(axis=(1, 2)).astype(np.float64),
        ],
        axis=1,
    )
    without = np.zeros((runs, 0))
    if arms > len(ARMS):
        total = base.sum(axis=1)[:, None]
        change = met[:, len(ARMS) :].sum(axis=2) - met[:, :1].sum(axis=2)
        without = np.divide(change, total, out=np.zeros_like(change), where=total > 0.0)
    return (
        founders,
        start.astype(np.int64),
        end.astype(np.int64),
        np.cumsum(beyond, axis=1),
        together[:, :, BOUGHT].copy(),
        spans,
        account,
        without,
    )
