"""Where a batch stands: what is stored, what is missing, and how precisely it is known by now."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

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


def state_of(done: Batch) -> dict[str, Any]:
    """Return where a batch stands: what is stored, missing, damaged, failed, and who is at work."""
    manifest = done.manifest
    experiment = done.experiment
    parts = done.store.files()
    missing = sum(part.runs for part in done.store.missing())
    lacks = any(done.store.missing(kind) for kind in experiment.kinds)
    torn = done.store.torn(experiment.kinds)
    expected = manifest["points"] * experiment.replicates
    stored = sum(part.runs for part in parts)
    return {
        "folder": str(done.folder),
        "experiment": manifest["name"],
        "question": manifest["question"],
        "complete": bool(manifest["complete"] and not lacks and not torn),
        "points": manifest["points"],
        "replicates_stored": stored,
        "replicates_planned": None if experiment.precision else expected,
        "replicates_missing": missing,
        "parts": len(parts),
        "parts_damaged": len(torn),
        "failed": len(done.failures),
        "running": done.store.holder(),
        "began": manifest["began"],
        "ended": manifest.get("ended"),
    }
