"""What a batch will take in time and on the disk, told from a sample of its own runs."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cgsim.analysis.summary import summarise_tables
from cgsim.engine.run import cores
from cgsim.experiment.design import Experiment
from cgsim.parquet import table_of
from cgsim.running.computing import compute, job_of, runs_a_part
from cgsim.store.folder import input_of, points_file, points_table, varied_keys
from cgsim.store.parts import Computed, Part

FEW, MANY = 32, 256
"""Runs of a sampled part: two sizes tell what a part costs besides its runs."""
PATIENCE = 1.5
"""A sample of many runs is taken where it needs no more seconds."""
MOST_SHOWN = 200
"""So many places of each point's convergence are kept."""
BYTES_BESIDE = 3000
"""Of a manifest, besides its input."""
BYTES_A_STEP, BYTES_AN_END = 60, 110
"""A line of ``convergence.csv``, and of ``precision.csv``."""


@dataclass(frozen=True)
class Forecast:
    """What a batch will take, from a timed sample of its runs."""

    points: int
    runs: int  #: replicates over all points; with a precision, those that are sure
    most_runs: int  #: with a precision, those that the budget allows
    seconds: float  #: on the workers asked for
    bytes: int  #: of every file in the folder


@dataclass(frozen=True)
class Cost:
    """What runs, parts and points of an experiment take."""

    seconds_a_run: float  #: on one core
    seconds_a_point: float  #: once, when all is done
    bytes_a_run: float
    bytes_a_part: float
    bytes_a_point: float
    bytes_once: float

    def bytes(self, points: int, parts: int, runs: int) -> int:
        """Return how many bytes a folder of so much takes."""
        stored = runs * self.bytes_a_run + parts * self.bytes_a_part
        return int(stored + points * self.bytes_a_point + self.bytes_once)


def forecast(experiment: Experiment, workers: int | None = None) -> Forecast:
    """Return how many runs a batch has, how long it takes and how many bytes, about."""
    points = len(experiment.points)
    runs = points * experiment.replicates
    most = points * experiment.precision.budget if experiment.precision else runs
    cost = cost_of(experiment, time.perf_counter)
    seconds = runs * cost.seconds_a_run / (workers or cores()) + points * cost.seconds_a_point
    size = cost.bytes(points, parts_of(experiment), runs)
    return Forecast(points, runs, max(runs, most), seconds, size)


def parts_of(experiment: Experiment) -> int:
    """Return into how many parts a batch is cut; with a precision, in its first round."""
    points, replicates = len(experiment.points), experiment.replicates
    size = runs_a_part(experiment.scenario, len(experiment.arms), points * replicates)
    if replicates >= size or experiment.precision:
        return points * -(-replicates // size)
    return -(-points // (size // replicates))


def cost_of(experiment: Experiment, clock: Callable[[], float]) -> Cost:
    """Return what runs, parts and points cost, measured on the first, middle and last points."""
    compute(job_of(experiment, Part(0, 0, 0, 0), ""))  # compiles, and is not timed
    few, spent = _sampled(experiment, FEW, clock)
    runs = sum(part.runs for part, _ in few)
    sample = few
    fixed, a_run = 0.0, _size(few) / runs
    more = _places(experiment, MANY)
    if spent * sum(part.runs for part in more) / runs <= PATIENCE:
        sample, spent = _sampled(experiment, MANY, clock)
    else:
        few, _ = _sampled(experiment, 1, clock)
    many = sum(part.runs for part, _ in sample)
    runs = sum(part.runs for part, _ in few)
    if many > runs:
        a_run = max(0.0, (_size(sample) - _size(few)) / (many - runs))
        fixed = max(0.0, (_size(few) - runs * a_run) / len(few))
    elif many:
        a_run = _size(sample) / many
    _summary_bytes(experiment, few[:1])  # imports what it needs, and is not timed
    began = clock()
    summary, looked_at = _summary_bytes(experiment, sample)
    a_point = (clock() - began) / looked_at
    points = len(experiment.points)
    told = summary / looked_at
    if experiment.precision:
        measures = len(experiment.precision.widths)
        steps = len(shown_counts(experiment.replicates))
        told += measures * (BYTES_A_STEP * steps + BYTES_AN_END)
    record = json.dumps(input_of(experiment), ensure_ascii=False, indent=2).encode()
    once = len(record) + BYTES_BESIDE + len(points_file(experiment))
    return Cost(spent / many, a_point if points > looked_at else 0.0, a_run, fixed, told, once)


def shown_counts(replicates: int) -> NDArray[np.int64]:
    """Return after how many replicates a point's convergence is shown."""
    shown = np.unique(np.geomspace(2, max(2, replicates), MOST_SHOWN).astype(np.int64))
    return np.asarray(shown[shown <= replicates])


def _places(experiment: Experiment, runs: int) -> list[Part]:
    """Return parts like those that the batch will have, cut down to about so many runs."""
    points, replicates = len(experiment.points), experiment.replicates
    size = runs_a_part(experiment.scenario, len(experiment.arms), points * replicates)
    runs = min(runs, size)
    last = min(replicates, runs) - 1
    # Parts of several points are sampled as such: their numbers are compressed together.
    together = 1 if experiment.precision else max(1, runs // replicates)
    starts = {0, max(0, (points - together) // 2), max(0, points - together)}
    return [Part(p, min(points - 1, p + together - 1), 0, last) for p in sorted(starts)]


def _sampled(
    experiment: Experiment, runs: int, clock: Callable[[], float]
) -> tuple[list[tuple[Part, Computed]], float]:
    """Return sampled parts with what they come to, and how long they took."""
    places = _places(experiment, runs)
    began = clock()
    done = [(part, compute(job_of(experiment, part, ""))) for part in places]
    return done, clock() - began


def _size(parts: list[tuple[Part, Computed]]) -> int:
    return sum(computed.size for _, computed in parts)


def _summary_bytes(experiment: Experiment, sample: list[tuple[Part, Computed]]) -> tuple[int, int]:
    """Return the bytes of a summary of the sampled points, and how many these are."""
    seen: set[int] = set()
    tables = []
    for part, computed in sample:
        points = range(part.first_point, part.last_point + 1)
        if seen.isdisjoint(points):
            tables.append(table_of(computed.runs))
            seen.update(points)
    numbers = sorted(seen)
    some = [experiment.points[number] for number in numbers]
    known = points_table(some, varied_keys(experiment), numbers).to_pandas()
    made = summarise_tables(tables, experiment, known, {})
    return len(made.to_csv(index=False).encode()), max(1, len(seen))
