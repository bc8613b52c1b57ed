"""Looking at some months of a run: trust in the first two years, need met after month 36."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cgsim.experiment.columns import BOARDS, MONTHS
from cgsim.measures import MEMBERS, Measure
from cgsim.rules.state import BOARD_COLUMNS, MONTH_COLUMNS
from cgsim.tables import Rows

ALIVE = "alive_partnerships"
"""The share of partnerships that have members."""

BOARD = Rows(lambda: (name for name in BOARD_COLUMNS if name != "ended"))
COLUMNS = Rows(lambda: (*MONTH_COLUMNS, *BOARD, ALIVE))
_SHARES = ("understanding", "commitment", "trust", "settled", "clarity", ALIVE)
"""Columns that lie between 0 and 1, and so do the intervals of their means."""


@dataclass(frozen=True)
class Window:
    """One column of the months or of the partnerships, averaged over some months of each run.

    A column of partnerships is averaged over those that live and the months in which they do; with
    ``dead_count`` those that do not live count with 0. Months count from 0, as everywhere.
    """

    name: str
    column: str  #: of ``COLUMNS``; a month's column goes before a partnership's of the same name
    first: int
    last: int  #: the end is included
    dead_count: bool = False

    @property
    def measure(self) -> Measure:
        """The window as a measure of a replicate."""
        when = f"month {self.first}" if self.first == self.last else f"{self.first} to {self.last}"
        words = f"{self.column.replace('_', ' ')}, {when if when[0] == 'm' else 'months ' + when}"
        known = {**BOARDS, **MONTHS}
        unit = "share" if self.column == ALIVE else known[self.column].unit
        return Measure(self.name, words, unit, "mean", bounded=self.column in _SHARES)

    def to_dict(self) -> dict[str, Any]:
        """Return the window as an experiment file writes it."""
        record: dict[str, Any] = {"column": self.column, "months": [self.first, self.last]}
        return record | ({"dead_count": True} if self.dead_count else {})

    @staticmethod
    def from_dict(name: str, record: Mapping[str, Any]) -> Window:
        """Return the window that ``to_dict`` wrote down."""
        first, last = record["months"]
        return Window(name, record["column"], first, last, record.get("dead_count", False))

    def read(self, month: NDArray[np.float64], board: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the window's value of every run and arm, (R, A); NaN where nothing is there.

        ``month`` (R, A, T, 10) and ``board`` (R, A, T, B, P) as the engine records them.
        """
        months = slice(self.first, self.last + 1)
        if self.column in MONTH_COLUMNS:
            values = month[:, :, months, MONTH_COLUMNS.index(self.column)]
            return np.asarray(_mean(values, np.ones(values.shape, bool)))
        members = board[:, :, months, :, MEMBERS]
        living = members > 0.0
        everywhere = np.ones(living.shape, bool)
        if self.column == ALIVE:
            return _mean(living.astype(np.float64), everywhere)
        values = board[:, :, months, :, BOARD_COLUMNS.index(self.column)]
        if self.dead_count:
            return _mean(np.where(living, values, 0.0), everywhere)
        return _mean(values, living)


def _mean(values: NDArray[np.float64], counted: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return means over all axes but the first two."""
    axes = tuple(range(2, values.ndim))
    count = counted.sum(axis=axes)
    total = np.where(counted, values, 0.0).sum(axis=axes)
    return np.asarray(np.divide(total, count, out=np.full(count.shape, np.nan), where=count > 0))


def read_all(
    windows: Sequence[Window], month: NDArray[np.float64], board: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return every window's values, (R, A, W)."""
    if not windows:
        return np.zeros((*month.shape[:2], 0))
    return np.stack([window.read(month, board) for window in windows], axis=-1)
