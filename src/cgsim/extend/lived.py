"""What an extension's measure is given: one run, as it was recorded."""

from __future__ import annotations

import math
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cgsim.engine.batch import Chunk
from cgsim.engine.run import Arm
from cgsim.errors import CgsimError
from cgsim.extend.apart import apart, said_by
from cgsim.measures import MEASURES, MEMBERS, Measure
from cgsim.rules.state import BOARD_COLUMNS, MONTH_COLUMNS, VARIABLES, Flags, Floats
from cgsim.scenario import Scenario
from cgsim.scenario.errors import hint, shown
from cgsim.tables import EXTENSIONS

_ARMS = ("together", "alone", "equal_money")


class StepFailed(CgsimError, RuntimeError):
    """An extension failed in a run; one line says where, and how."""


@dataclass(frozen=True)
class LivedArm:
    """One arm of a run. T months, B partnerships, N agencies, K objectives."""

    rows: Floats  #: (T, columns of months)
    boards: Floats  #: (T, B, columns of partnerships)
    own_met: Floats  #: (T, N) units of need met by own work
    met_by_objective: Floats  #: (T, U) units, the objectives of all areas

    def month(self, name: str) -> Floats:
        """Return a column of months, (T,); raise ``KeyError`` for a name that is none."""
        return np.asarray(self.rows[:, _place(name, MONTH_COLUMNS)])

    def board(self, name: str) -> Floats:
        """Return a column of partnerships, (T, B); raise ``KeyError`` for a name that is none."""
        return np.asarray(self.boards[..., _place(name, BOARD_COLUMNS)])

    @property
    def living(self) -> Flags:
        """Which partnerships have members, by month, (T, B)."""
        return np.asarray(self.boards[..., MEMBERS] > 0.0)


def _place(name: str, columns: Sequence[str]) -> int:
    if name not in columns:
        raise KeyError(f"got {shown(name)}; allowed {', '.join(columns)}{hint(name, columns)}")
    return columns.index(name)


@dataclass(frozen=True)
class Lived:
    """One run, in all its arms: ``run.together``, ``run.alone``, ``run.equal_money``.

    An arm that was not lived is None. Arrays are not to be written to.
    """

    scenario: Scenario
    goal: Floats  #: (N, K) each agency's goal weights
    founder: Flags  #: (B, N) founding members
    capacity: Floats  #: (N,) officer-hours a month
    arms: Mapping[str, LivedArm]

    @property
    def together(self) -> LivedArm:
        """The arm in which the partnerships live."""
        return self.arms["together"]

    @property
    def alone(self) -> LivedArm:
        """The arm without partnerships."""
        return self.arms["alone"]

    @property
    def equal_money(self) -> LivedArm | None:
        """The arm without partnerships that is given the same money; None where not lived."""
        return self.arms.get("equal_money")

    @cached_property
    def start(self) -> int:
        """The month in which the first partnership began; the number of months if none did."""
        months = np.flatnonzero(self.together.living.any(axis=1))
        return int(months[0]) if len(months) else len(self.together.rows)


def read_measures(
    chunk: Chunk,
    points: NDArray[np.int64],
    scenarios: Sequence[Scenario],
    arms: Sequence[Arm],
    out: NDArray[np.float64],
) -> None:
    """Write the measures of the extensions in use into the last columns of ``out``, (R, M).

    ``points`` (R,) is the place of each run's scenario. Raises ``StepFailed`` where one fails.
    """
    if not MEASURES.added:
        return
    names = [arm.name for arm in arms]
    first = {name: names.index(name) for name in _ARMS if name in names}
    arrays = [
        _unwritable(array)
        for array in (
            chunk.month,
            chunk.board,
            chunk.own_met,
            chunk.met_by_objective,
            chunk.world.goal,
            chunk.world.founder,
            chunk.world.capacity,
        )
    ]
    month, board, own_met, met, goal, founder, capacity = arrays
    for run in range(len(points)):
        lived = Lived(
            scenarios[points[run]],
            goal[run],
            founder[run],
            capacity[run],
            {
                name: LivedArm(month[run, a], board[run, a], own_met[run, a], met[run, a])
                for name, a in first.items()
            },
        )
        for place, measure in enumerate(MEASURES.added, len(MEASURES.own)):
            out[run, place] = _read(measure, lived)


def not_numbers(chunk: Chunk) -> Flags:
    """Tell in which runs something was recorded that is not a number, (R,).

    Looked at only where an extension is in use: the package's rules leave none.
    """
    runs = len(chunk.month)
    if not EXTENSIONS:
        return np.zeros(runs, bool)
    return np.asarray(
        np.isnan(chunk.month.reshape(runs, -1)).any(axis=1)
        | np.isnan(chunk.board.reshape(runs, -1)).any(axis=1)
    )


def _unwritable(array: Any) -> Any:
    view = array.view()
    view.flags.writeable = False
    return view


def _read(measure: Measure, lived: Lived) -> float:
    assert measure.reads is not None
    try:
        with apart():
            value: Any = measure.reads(lived)
    except Exception as error:
        line = traceback.extract_tb(error.__traceback__)[-1].lineno
        file = measure.reads.__code__.co_filename  # type: ignore[attr-defined]
        for frame in traceback.extract_tb(error.__traceback__):
            line = frame.lineno if frame.filename == file else line
        raise failed(measure, said_by(error), line) from error
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value.item()
    if not isinstance(value, int | float | np.integer | np.floating | np.bool_):
        got = f"an array of shape {value.shape}" if isinstance(value, np.ndarray) else shown(value)
        raise failed(measure, f"got {got}; allowed one number")
    try:
        number = float(value)
    except OverflowError:  # of a whole number beyond all others
        number = math.inf
    if math.isinf(number):
        raise failed(measure, "got infinity; allowed a number, or NaN where it is not defined")
    if measure.interval == "share" and number not in (0.0, 1.0):
        raise failed(measure, f"got {number:g}; allowed 0 or 1, as its interval is of a share")
    if measure.bounded and not 0.0 <= number <= 1.0 and not math.isnan(number):
        raise failed(measure, f"got {number:g}; allowed a number from 0 to 1, as it is bounded")
    return number


def failed(measure: Measure, message: str, line: int | None = None) -> StepFailed:
    """Return the error for a measure that failed in a run."""
    code = measure.reads.__code__  # type: ignore[union-attr]
    place = line or code.co_firstlineno
    return StepFailed(f"{code.co_filename}:{place}: measure {measure.name}: {message}")


def complete_totals(month: NDArray[np.float64], totals: NDArray[np.float64]) -> None:
    """Write what the totals of extensions' columns are that are no sums.

    ``month`` (R, A, T, columns of months) as recorded; ``totals`` (R, A, columns of months).
    """
    for variable in VARIABLES:
        if variable.of == "partnership" or variable.total == "sum":
            continue
        place = MONTH_COLUMNS.index(variable.name)
        values = month[: totals.shape[0], : totals.shape[1], :, place]
        totals[..., place] = values[..., -1] if variable.total == "last" else values.mean(axis=-1)
