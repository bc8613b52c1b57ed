"""One part of a batch, computed from first to last, from its job alone.

It does not matter where: on this machine or another. What comes back is the Parquet files that are
to be stored.
"""

from __future__ import annotations

import threading
import traceback
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from cgsim.answer.lives import read_lives
from cgsim.compiler import changed_rules, source_hash, words_for
from cgsim.engine.plan import bytes_of, shape_of
from cgsim.engine.run import Arm, Simulation
from cgsim.experiment.columns import COLUMNS, described
from cgsim.experiment.design import Experiment, Maker, Point
from cgsim.experiment.windows import Window, read_all
from cgsim.extend.apart import apart, said_by
from cgsim.extend.diagnosis import where_it_failed
from cgsim.extend.in_use import Source, extensions
from cgsim.extend.lived import complete_totals, not_numbers, read_measures
from cgsim.measures import COLUMN, MEASURES, Arms, measure_chunk, total_arms
from cgsim.rules.state import MONTH_COLUMNS
from cgsim.scenario.errors import ScenarioError
from cgsim.scenario.model import Scenario
from cgsim.store.parts import (
    Computed,
    Failure,
    Part,
    about,
    boards_table,
    encode,
    months_table,
    nullable,
    partnerships_table,
    runs_table,
)

MOST_RUNS_A_PART = 4096
FEWEST_RUNS_A_PART = 64
PARTS_WANTED = 32
"""A batch of few runs is still cut so that every core has work."""
BYTES_A_PART = 512 * 2**20
"""Parts of large worlds hold fewer runs, so that little is lost with one."""


def runs_a_part(scenario: Scenario, arms: int, runs: int) -> int:
    """Return how many runs a part should hold, by the size of the world and of the batch."""
    fitting = BYTES_A_PART // bytes_of(shape_of(scenario), arms)
    wanted = max(FEWEST_RUNS_A_PART, min(MOST_RUNS_A_PART, runs // PARTS_WANTED))
    return int(max(1, min(wanted, fitting)))


class OtherSource(RuntimeError):
    """The code in use is not what the batch was begun with: another version, or a changed rule."""


@dataclass(frozen=True)
class Job:
    """All that is needed to compute one part, wherever."""

    part: Part
    input_hash: str
    source: str
    scenarios: Mapping[str, Scenario]
    points: tuple[Point, ...]  #: those of the part
    seed: int
    replicate_numbers: NDArray[np.int64]  #: (points, replicates), the engine's
    arms: tuple[Arm, ...]
    columns: tuple[str, ...]
    months: bool
    boards: bool
    windows: tuple[Window, ...] = ()
    extensions: tuple[Source, ...] = ()  #: with which it is to be computed
    partnerships: bool = False

    @cached_property
    def replicates(self) -> NDArray[np.int64]:
        """The replicates of each point, (replicates,)."""
        return np.arange(self.part.first_replicate, self.part.last_replicate + 1)

    def compute(self, stop: threading.Event | None = None) -> Computed:
        """Live the runs of the part: see ``compute``."""
        return compute(self, stop)


def job_of(experiment: Experiment, part: Part, input_hash: str, source: str | None = None) -> Job:
    """Return the job that computes a part of an experiment.

    ``source`` is the hash of the code that the batch was begun with; that in use if not given.
    """
    numbers = range(part.first_point, part.last_point + 1)
    replicates = np.arange(part.first_replicate, part.last_replicate + 1)
    return Job(
        part=part,
        input_hash=input_hash,
        source=source or source_hash(),
        scenarios=experiment.scenarios,
        points=tuple(experiment.points[n] for n in numbers),
        seed=experiment.seed,
        replicate_numbers=np.array([experiment.replicate_numbers(n, replicates) for n in numbers]),
        arms=experiment.lived_arms,
        columns=tuple(c for c in COLUMNS if not experiment.measures or c in experiment.measures),
        months=experiment.months,
        boards=experiment.boards,
        windows=experiment.windows,
        extensions=extensions(),
        partnerships=experiment.partnerships,
    )


class Stopped(Exception):
    """The work was told to stop; nothing of the part is kept."""


@dataclass
class _Lived:
    """What is kept of a part's runs, in their order."""

    totals: NDArray[np.float64]  #: (R, A, 10)
    measures: NDArray[np.float64]  #: (R, M)
    windows: NDArray[np.float64]  #: (R, A, W)
    months: list[NDArray[np.float64] | None]  #: R of (A, T, 10)
    boards: list[NDArray[np.float64] | None]  #: R of (T, B, P), of the arm together
    lives: list[NDArray[np.float64] | None]  #: R of (B, 16), of the arm together
    failed: dict[int, tuple[str, str]]  #: cause and traceback, by run


def compute(job: Job, stop: threading.Event | None = None) -> Computed:
    """Live all runs of a part, one chunk after the other, and return the files to store.

    A run that raises, or whose results are no numbers, is left out and told of; the others stay.
    """
    _refuse_other_code(job)
    maker = Maker(job.scenarios)
    scenarios = [maker.scenario(point) for point in job.points]
    count = len(job.replicates)
    points = np.repeat(np.arange(len(scenarios)), count)
    lived = _Lived(
        np.full((len(points), len(job.arms), len(MONTH_COLUMNS)), np.nan),
        np.full((len(points), len(MEASURES)), np.nan),
        np.full((len(points), len(job.arms), len(job.windows)), np.nan),
        [None] * len(points),
        [None] * len(points),
        [None] * len(points),
        {},
    )
    _live(job, scenarios, points, np.arange(len(points)), lived, stop)
    _refuse_other_code(job)  # it may have been changed meanwhile
    for run in np.flatnonzero(~np.isfinite(lived.measures[:, COLUMN["gain"]])):
        lived.failed.setdefault(int(run), ("the gain is not a number", ""))
    _look_for_the_step(job, scenarios, points, lived.failed)
    failures = [
        Failure(
            job.part.first_point + int(points[run]),
            int(job.replicates[run % count]),
            job.seed,
            cause,
            text,
            dict(job.points[points[run]]),
        )
        for run, (cause, text) in sorted(lived.failed.items())
    ]
    kept = np.array([run not in lived.failed for run in range(len(points))], bool)
    said = about(job.part, job.input_hash, failures)
    where = (job.part.first_point + points, np.tile(job.replicates, len(scenarios)))
    table = runs_table(where, lived.totals, lived.measures, job.arms, job.columns, kept)
    for place, window in enumerate(job.windows):
        values = lived.windows[kept, :, place].ravel()
        table = table.append_column(window.name, nullable(values))
    table = described(table, "runs", [window.measure for window in job.windows])
    months = boards = partnerships = None
    names = [[p.name for p in scenario.partnerships] for scenario in scenarios]
    if job.months:
        months = encode(months_table(where, lived.months, job.arms, kept), said)
    if job.boards:
        boards = encode(boards_table(where, lived.boards, [names[n] for n in points], kept), said)
    if job.partnerships:
        told = partnerships_table(where, lived.lives, [names[n] for n in points], kept)
        partnerships = encode(told, said)
    return Computed(encode(table, said), len(failures), months, boards, partnerships)


def _look_for_the_step(
    job: Job,
    scenarios: Sequence[Scenario],
    points: NDArray[np.int64],
    failed: dict[int, tuple[str, str]],
) -> None:
    """Say in which step of an extension the first run of each kind failed: lived again for it."""
    if not job.extensions:
        return
    numbers, seen = job.replicate_numbers.ravel(), set()
    for run, (cause, text) in sorted(failed.items()):
        if cause not in seen and "measure " not in cause:
            seen.add(cause)
            place = scenarios[points[run]]
            why = where_it_failed(place, job.seed, int(numbers[run]), job.arms)
            failed[run] = (f"{cause}: {why}" if why and why not in cause else cause, text)


def _refuse_other_code(job: Job) -> None:
    if job.source != source_hash():
        told = words_for(changed_rules()).removesuffix(".")
        raise OtherSource(
            "another version of cgsim than the batch was begun with, or another rule"
            + (f" ({told[0].lower()}{told[1:]})" if told else "")
        )


def _live(
    job: Job,
    scenarios: list[Scenario],
    points: NDArray[np.int64],
    wanted: NDArray[np.int64],
    lived: _Lived,
    stop: threading.Event | None,
) -> None:
    """Live some runs; where that raises, halve them until those that raise stand alone."""
    numbers = job.replicate_numbers.ravel()
    names = [arm.name for arm in job.arms]
    places = Arms(*(names.index(a) if a in names else -1 for a in Arms._fields))
    costs = np.array([scenario.values["hour_cost"] for scenario in scenarios])
    simulation = Simulation(
        scenarios, points[wanted], numbers[wanted], job.seed, job.arms, each=job.partnerships
    )
    try:
        for task in simulation.tasks():
            if stop is not None and stop.is_set():
                raise Stopped
            with apart() if job.extensions else nullcontext():
                runs = simulation.live(task)
            count = len(runs.places)
            measures = np.zeros((count, len(MEASURES)))
            totals = np.zeros((count, len(job.arms), len(MONTH_COLUMNS)))
            measure_chunk(runs.chunk, runs.points, places, costs, measures)
            total_arms(runs.chunk, totals)
            for run in wanted[runs.places[not_numbers(runs.chunk)]]:
                lived.failed[int(run)] = ("what was recorded is not a number", "")
            read_measures(runs.chunk, runs.points, scenarios, job.arms, measures)
            complete_totals(runs.chunk.month, totals)
            rows = wanted[runs.places]
            lived.measures[rows] = measures
            lived.totals[rows] = totals
            lived.windows[rows] = read_all(job.windows, runs.chunk.month, runs.chunk.board)
            if job.months:
                for row, month in zip(rows, runs.chunk.month, strict=True):
                    lived.months[row] = month.copy()
            if job.boards:
                for row, board in zip(rows, runs.chunk.board, strict=True):
                    lived.boards[row] = board[places.together].copy()
            if runs.met_by_each is not None:
                met = runs.met_by_each
                lives = read_lives(runs.chunk, met, *places)
                for row, life in zip(rows, lives, strict=True):
                    lived.lives[row] = life
    except (Stopped, ScenarioError, MemoryError):
        raise
    except Exception as error:
        if len(wanted) == 1:
            cause = said_by(error)
            lived.measures[wanted] = np.nan
            lived.failed[int(wanted[0])] = (cause, traceback.format_exc())
            return
        for half in np.array_split(wanted, 2):
            _live(job, scenarios, points, half, lived, stop)
