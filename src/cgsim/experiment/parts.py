"""The parts of a batch: which runs belong together, and one part computed from first to last.

A part holds either whole design points with all their replicates, or some replicates of one point.
So parts in the order of their names hold the rows in the order of point, replicate and arm, however
the runs are cut. A part is computed from its job alone, on this machine or another, and comes back
as the Parquet file that is to be stored.
"""

from __future__ import annotations

import io
import json
import re
import threading
import traceback
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cgsim.answer.lives import COLUMN as LIFE_COLUMN
from cgsim.answer.lives import LIFE, read_lives
from cgsim.compiler import changed_rules, source_hash, words_for
from cgsim.engine.plan import bytes_of, shape_of
from cgsim.engine.run import Arm, Simulation
from cgsim.experiment.columns import described
from cgsim.experiment.design import Experiment, Maker, Point
from cgsim.experiment.windows import Window, read_all
from cgsim.extend.apart import apart, said_by
from cgsim.extend.diagnosis import where_it_failed
from cgsim.extend.in_use import Source, extensions
from cgsim.extend.lived import complete_totals, not_numbers, read_measures
from cgsim.measures import COLUMN, MEASURES, OUTCOMES, Arms, measure_chunk, total_arms
from cgsim.rules.state import BOARD_COLUMNS, ENDINGS, MONTH_COLUMNS
from cgsim.scenario.errors import ScenarioError
from cgsim.scenario.model import Scenario
from cgsim.tables import Rows

if TYPE_CHECKING:
    import pyarrow as pa

MOST_RUNS_A_PART = 4096
FEWEST_RUNS_A_PART = 64
PARTS_WANTED = 32
"""A batch of few runs is still cut so that every core has work."""
BYTES_A_PART = 512 * 2**20
"""Parts of large worlds hold fewer runs, so that little is lost with one."""

PAIRED = Rows(lambda: (m.name for m in MEASURES if m.name not in MONTH_COLUMNS))
"""Measures that compare arms: they stand in the row of the arm together."""
COLUMNS = Rows(lambda: (*MONTH_COLUMNS, *PAIRED))
ARROW_KEY = b"cgsim"
_NAME = re.compile(r"p(\d{7})-(\d{7})_r(\d{9})-(\d{9})")


class Part(NamedTuple):
    """Replicates ``first_replicate`` to ``last_replicate`` of some design points, ends included."""

    first_point: int
    last_point: int
    first_replicate: int
    last_replicate: int

    @property
    def name(self) -> str:
        """The part's name, which sorts as its rows do."""
        a, b, c, d = self
        return f"p{a:07d}-{b:07d}_r{c:09d}-{d:09d}"

    @property
    def runs(self) -> int:
        """How many replicates it holds, over all its points."""
        points = self.last_point - self.first_point + 1
        return points * (self.last_replicate - self.first_replicate + 1)


def part_named(name: str) -> Part | None:
    """Return the part that has a name, or None."""
    found = _NAME.fullmatch(name)
    return Part(*map(int, found.groups())) if found else None


def runs_a_part(scenario: Scenario, arms: int, runs: int) -> int:
    """Return how many runs a part should hold, by the size of the world and of the batch."""
    fitting = BYTES_A_PART // bytes_of(shape_of(scenario), arms)
    wanted = max(FEWEST_RUNS_A_PART, min(MOST_RUNS_A_PART, runs // PARTS_WANTED))
    return int(max(1, min(wanted, fitting)))


def divide(points: Iterable[int], first: int, last: int, size: int) -> Iterator[Part]:
    """Cut replicates ``first`` to ``last`` of each point into parts of about ``size`` runs."""
    replicates = last - first + 1
    if replicates >= size:
        for point in points:
            for start in range(first, last + 1, size):
                yield Part(point, point, start, min(last, start + size - 1))
        return
    numbers = list(points)
    together = size // replicates
    for start in range(0, len(numbers), together):
        yield Part(numbers[start], numbers[min(len(numbers), start + together) - 1], first, last)


class OtherSource(RuntimeError):
    """The code in use is not what the batch was begun with: another version, or a changed rule."""


@dataclass(frozen=True)
class Failure:
    """A run that failed: what it was, how it failed, and how to get it again."""

    point: int
    replicate: int
    seed: int
    cause: str
    traceback: str
    values: Mapping[str, Any]  #: of the design point


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


class Computed(NamedTuple):
    """A part as it is stored: Parquet files, and how many runs failed."""

    runs: bytes
    failed: int
    months: bytes | None = None
    boards: bytes | None = None
    partnerships: bytes | None = None

    @property
    def size(self) -> int:
        """How many bytes it takes."""
        return sum(
            len(data or b"") for data in (self.runs, self.months, self.boards, self.partnerships)
        )


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
    boards: list[NDArray[np.float64] | None]  #: R of (T, B, 14), of the arm together
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
        table = table.append_column(window.name, _nullable(values))
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


def runs_table(
    where: tuple[NDArray[np.int64], NDArray[np.int64]],
    totals: NDArray[np.float64],
    measures: NDArray[np.float64],
    arms: tuple[Arm, ...],
    columns: Iterable[str] = COLUMNS,
    kept: NDArray[np.bool_] | None = None,
) -> pa.Table:
    """Return a row a run and arm; what compares arms stands in that of the arm together.

    ``where`` holds the point and the replicate of each run, (R,); ``totals`` (R, A, 10);
    ``measures`` (R, M). What is not defined is null, never a number.
    """
    import pyarrow as pa

    rows = slice(None) if kept is None else kept
    points, replicates = (number[rows] for number in where)
    totals, measures = totals[rows], measures[rows]
    runs, count = totals.shape[:2]
    made: dict[str, Any] = {
        "point": pa.array(np.repeat(points, count)),
        "replicate": pa.array(np.repeat(replicates, count)),
        "arm": _names([arm.name for arm in arms], np.tile(np.arange(count), runs)),
    }
    together = [arm.name for arm in arms].index("together")
    elsewhere = np.ones((runs, count), bool)
    elsewhere[:, together] = False
    for name in columns:
        if name in MONTH_COLUMNS:
            made[name] = pa.array(totals[:, :, MONTH_COLUMNS.index(name)].ravel())
            continue
        values = np.repeat(measures[:, COLUMN[name]], count)
        missing = elsewhere.ravel() | np.isnan(values)
        if name == "outcome":
            classes = np.where(missing, 0, values).astype(np.int32)
            made[name] = _names(list(OUTCOMES), classes, missing)
        else:
            made[name] = pa.array(values, mask=missing)
    return described(pa.table(made), "runs")


def _nullable(values: NDArray[np.float64]) -> Any:
    import pyarrow as pa

    return pa.array(values, mask=np.isnan(values))


def months_table(
    where: tuple[NDArray[np.int64], NDArray[np.int64]],
    months: Iterable[NDArray[np.float64] | None],
    arms: tuple[Arm, ...],
    kept: NDArray[np.bool_] | None = None,
) -> pa.Table:
    """Return a row a run, arm and month; ``months`` holds (A, T, 10) of each run."""
    import pyarrow as pa

    columns: dict[str, list[Any]] = {name: [] for name in ("point", "replicate", "arm", "month")}
    blocks = []
    for run, block in enumerate(months):
        if block is None or (kept is not None and not kept[run]):
            continue
        count, horizon, _ = block.shape
        columns["point"].append(np.full(count * horizon, where[0][run]))
        columns["replicate"].append(np.full(count * horizon, where[1][run]))
        columns["arm"].append(np.repeat(np.arange(count), horizon))
        columns["month"].append(np.tile(np.arange(horizon), count))
        blocks.append(block.reshape(-1, len(MONTH_COLUMNS)))
    empty = np.zeros(0, np.int64)
    joined = {name: np.concatenate([empty, *parts]) for name, parts in columns.items()}
    rows = np.concatenate([np.zeros((0, len(MONTH_COLUMNS))), *blocks])
    made: dict[str, Any] = {name: pa.array(values) for name, values in joined.items()}
    made["arm"] = _names([arm.name for arm in arms], joined["arm"])
    made |= {name: pa.array(rows[:, n]) for n, name in enumerate(MONTH_COLUMNS)}
    return described(pa.table(made), "months")


ALWAYS = ("members", "meetings", "ended", "overhead_hours", "joint_hours", "bought_hours")
"""Columns of a partnership that mean something, mostly 0, where it has no members."""


def boards_table(
    where: tuple[NDArray[np.int64], NDArray[np.int64]],
    boards: Iterable[NDArray[np.float64] | None],
    names: Sequence[Sequence[str]],
    kept: NDArray[np.bool_] | None = None,
) -> pa.Table:
    """Return a row a run, month and partnership; ``boards`` holds (T, B, 14) of each run.

    ``names`` are those of each run's partnerships. Trust and the like are null where a partnership
    has no members, and why it ended is a word, null until it has ended.
    """
    import pyarrow as pa

    known = list(dict.fromkeys(name for row in names for name in row))
    columns: dict[str, list[Any]] = {name: [] for name in ("point", "replicate", "month", "named")}
    blocks = []
    for run, block in enumerate(boards):
        if block is None or (kept is not None and not kept[run]):
            continue
        horizon, count, _ = block.shape
        columns["point"].append(np.full(horizon * count, where[0][run]))
        columns["replicate"].append(np.full(horizon * count, where[1][run]))
        columns["month"].append(np.repeat(np.arange(horizon), count))
        columns["named"].append(np.tile([known.index(n) for n in names[run]], horizon))
        blocks.append(block.reshape(-1, len(BOARD_COLUMNS)))
    empty = np.zeros(0, np.int64)
    joined = {
        name: np.concatenate([empty, *parts]).astype(np.int64) for name, parts in columns.items()
    }
    rows = np.concatenate([np.zeros((0, len(BOARD_COLUMNS))), *blocks])
    idle = rows[:, BOARD_COLUMNS.index("members")] == 0.0
    made: dict[str, Any] = {name: pa.array(joined[name]) for name in ("point", "replicate")}
    made |= {"month": pa.array(joined["month"]), "partnership": _names(known, joined["named"])}
    for place, name in enumerate(BOARD_COLUMNS):
        values = rows[:, place]
        if name == "ended":
            numbers = values.astype(np.int64)
            words = np.maximum(0, numbers - 1)
            made[name] = _names(list(ENDINGS[1:]), words, numbers == 0)
        elif name == "members":
            made[name] = pa.array(values.astype(np.int64))
        else:
            made[name] = pa.array(values, mask=None if name in ALWAYS else idle)
    return described(pa.table(made), "boards")


def partnerships_table(
    where: tuple[NDArray[np.int64], NDArray[np.int64]],
    lives: Iterable[NDArray[np.float64] | None],
    names: Sequence[Sequence[str]],
    kept: NDArray[np.bool_] | None = None,
) -> pa.Table:
    """Return a row a run and partnership; ``lives`` holds (B, 16) of each run, columns ``LIFE``.

    ``names`` are those of each run's partnerships. Why one ended is a word, null until it has; what
    is not defined is null.
    """
    import pyarrow as pa

    known = list(dict.fromkeys(name for row in names for name in row))
    place = {name: number for number, name in enumerate(known)}
    columns: dict[str, list[Any]] = {"point": [], "replicate": [], "named": []}
    blocks = []
    for run, block in enumerate(lives):
        if block is None or (kept is not None and not kept[run]):
            continue
        columns["point"].append(np.full(len(block), where[0][run]))
        columns["replicate"].append(np.full(len(block), where[1][run]))
        columns["named"].append(np.array([place[name] for name in names[run]], np.int64))
        blocks.append(block)
    empty = np.zeros(0, np.int64)
    joined = {name: np.concatenate([empty, *parts]) for name, parts in columns.items()}
    rows = np.concatenate([np.zeros((0, len(LIFE))), *blocks])
    made: dict[str, Any] = {name: pa.array(joined[name]) for name in ("point", "replicate")}
    made["partnership"] = _names(known, joined["named"])
    for name, number in LIFE_COLUMN.items():
        values = rows[:, number]
        missing = np.isnan(values)
        if name == "ending":
            numbers = np.where(missing, 0, values).astype(np.int64)
            made[name] = _names(list(ENDINGS[1:]), np.maximum(0, numbers - 1), numbers == 0)
        elif name in WHOLE_OF_A_LIFE:
            made[name] = pa.array(np.where(missing, 0, values).astype(np.int64), mask=missing)
        else:
            made[name] = pa.array(values, mask=missing)
    return described(pa.table(made), "partnerships")


WHOLE_OF_A_LIFE = ("begun", "ended", "months", "founders", "last_members")
"""Columns of a partnership's life that are counts."""


def _names(
    names: list[str], numbers: NDArray[Any], missing: NDArray[np.bool_] | None = None
) -> Any:
    import pyarrow as pa

    return pa.DictionaryArray.from_arrays(
        pa.array(numbers.astype(np.int32), mask=missing), pa.array(names)
    )


def about(part: Part, input_hash: str, failures: Iterable[Failure] = ()) -> dict[str, Any]:
    """Return what a part says of itself in its metadata."""
    told = [asdict(failure) for failure in failures]
    return {"part": part.name, "input": input_hash, "failures": told}


def encode(table: pa.Table, about: Mapping[str, Any]) -> bytes:
    """Return a table as a Parquet file with page checksums; ``about`` goes into its metadata."""
    import pyarrow as pa
    from pyarrow import parquet

    text = json.dumps(about, ensure_ascii=False, sort_keys=True).encode()
    stream = io.BytesIO()
    parquet.write_table(
        table.replace_schema_metadata({ARROW_KEY: text}),
        stream,
        compression="zstd",
        use_dictionary=[
            f.name for f in table.schema if pa.types.is_dictionary(f.type) or f.name == "point"
        ],
        write_page_checksum=True,
    )
    return stream.getvalue()
