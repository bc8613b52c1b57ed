"""The parts of a batch: which runs belong together, and the tables that a part is stored as.

A part holds either whole design points with all their replicates, or some replicates of one point.
So parts in the order of their names hold the rows in the order of point, replicate and arm, however
the runs are cut.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cgsim.answer.lives import COLUMN as LIFE_COLUMN
from cgsim.answer.lives import LIFE
from cgsim.experiment.columns import COLUMNS, described
from cgsim.measures import COLUMN, OUTCOMES
from cgsim.rules.state import BOARD_COLUMNS, ENDINGS, MONTH_COLUMNS

if TYPE_CHECKING:
    import pyarrow as pa

    from cgsim.engine.run import Arm

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


@dataclass(frozen=True)
class Failure:
    """A run that failed: what it was, how it failed, and how to get it again."""

    point: int
    replicate: int
    seed: int
    cause: str
    traceback: str
    values: Mapping[str, Any]  #: of the design point


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


def nullable(values: NDArray[np.float64]) -> Any:
    """Return a column that is null where a value is not defined."""
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
    """Return a row a run, month and partnership; ``boards`` holds (T, B, P) of each run.

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
