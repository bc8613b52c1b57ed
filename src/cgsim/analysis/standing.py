"""How precisely the points of a batch are known by now, whatever precision it was begun with."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cgsim.experiment.precision import enough, next_count
from cgsim.measures import COLUMN, MEASURES
from cgsim.scenario.errors import Fault, ScenarioError, shown

if TYPE_CHECKING:
    from cgsim.running.batch import Batch

MOST = 10**8


@dataclass(frozen=True)
class Standing:
    """How far a precision is reached over the points of a batch."""

    measure: str
    words: str
    unit: str
    wanted: float  #: the half-width of the 95 % interval, in the measure's unit
    widest: float  #: of all points; infinite where a point has fewer than two values
    points: int
    reached: int  #: points that have enough replicates
    more: int  #: replicates that the others still need, about


def standing(batch: Batch, widths: Mapping[str, float]) -> tuple[Standing, ...]:
    """Return where each half-width stands by the rule of ``--precision``.

    Raises ``ScenarioError`` for a measure that the batch did not keep.
    """
    kept = batch.experiment.measures
    found = []
    for name, width in widths.items():
        measure = MEASURES[COLUMN[name]]
        if (kept and name not in kept) or (
            measure.arm and measure.arm not in {arm.name for arm in batch.experiment.arms}
        ):
            message = f"got {shown(name)}; allowed a measure that the batch kept"
            raise ScenarioError([Fault("--precision", None, "", message)])
        matrix = batch.matrix(name)
        reached, more, widest = 0, 0, 0.0
        for row in matrix:
            values = row[~np.isnan(row)]
            ends = enough(values, width)
            count = len(values)
            widest = max(widest, ends.half_width if count > 1 else math.inf)
            if ends.replicates is not None:
                reached += 1
            else:
                more += next_count(ends, width, max(2, count), MOST) - count
        found.append(
            Standing(
                name, measure.words, measure.unit, width, widest, len(matrix), reached, int(more)
            )
        )
    return tuple(found)
