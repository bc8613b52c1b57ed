"""The engine's entry points, and what each of them is given: what is compiled beforehand.

``python -m cgsim.entries`` compiles them for this machine, so that later processes find them.

Nothing is stated here but names. Shapes and types are read off the engine's own constructors, which
``layout`` calls with sizes that tell themselves apart.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from cgsim import measures
from cgsim.compiler import EntryPoint
from cgsim.engine import batch, life
from cgsim.engine.plan import SIZES_OF_A_SHAPE, new_design
from cgsim.engine.run import ARMS
from cgsim.frictions import FRICTION_ARMS
from cgsim.rules.state import (
    BOARD_COLUMNS,
    ENDINGS,
    FRICTIONS,
    MONTH_COLUMNS,
    Shape,
    Switches,
    new_record,
    new_state,
)
from cgsim.world.draw import new_shocks, new_world

SIZES: Mapping[str, str] = {
    "P": "design points",
    "G": "regimes: spans of months with settings of their own",
    "T": "months",
    "N": "agencies",
    "K": "objectives of an area",
    "S": "skills",
    "B": "partnerships; 0 in an arm without",
    "R": "runs of the batch",
    "A": "arms",
    "C": "members that any partnership has room for, at most",
    "Q": "pairs of seats: the squares of the partnerships' seats, added up",
    "Y": "agencies of a network that a file gives; 0 without",
    "J": "partnerships for which the order is kept in which agencies are asked; all or 0",
    "D": "areas",
    "U": "objectives of all areas",
    "V": "runs of the batch whose shocks are kept; all or 0",
}
WHOLE = 0
SEED = np.uint64(0)
NUMBER = 0.0
YES = True


class Sizes(NamedTuple):
    """One number for each of ``SIZES``."""

    P: int
    G: int
    T: int
    N: int
    K: int
    S: int
    B: int
    R: int
    A: int
    C: int
    Q: int
    Y: int
    J: int
    D: int
    U: int
    V: int

    @property
    def shape(self) -> Shape:
        """The sizes of a run."""
        return Shape(*(getattr(self, size) for size in SIZES_OF_A_SHAPE))

    @property
    def design(self) -> batch.Design:
        """Room for a design."""
        return new_design(self.P, self.shape)


class Entry(NamedTuple):
    """An entry point, what it is given, by name, and which of that it writes."""

    kernel: Any
    given: Callable[[Sizes], dict[str, Any]]
    writes: tuple[str, ...]


def _given(z: Sizes) -> dict[str, Any]:
    return {
        "given_ties": np.zeros((z.Y, z.Y), np.bool_),
        "given_trust": np.full((z.Y, z.Y), np.nan),
    }


def _whole(*shape: int) -> Any:
    return np.zeros(shape, np.int64)


def _chunk(z: Sizes) -> batch.Chunk:
    return batch.new_chunk(z.R, z.A, z.shape)


def _workspace(z: Sizes) -> batch.Workspace:
    return batch.new_workspace(z.shape, z.V)


def _a_life(z: Sizes) -> dict[str, Any]:
    design = z.design
    return {
        "settings": design.settings[0],
        "levers": design.levers[0],
        "asks": design.asks[0],
        "agendas": design.agendas[0],
        "regime": design.regime[0],
        "switches": Switches(*(YES for _ in Switches._fields)),
        "world": new_world(z.shape),
        "shocks": new_shocks(z.shape),
        "grants": np.zeros((z.T, z.N)),
    }


def _record(z: Sizes) -> Any:
    return new_record(z.shape)


def _state(z: Sizes) -> Any:
    return new_state(z.shape)


ENTRIES: Mapping[str, Entry] = {
    "draw_run": Entry(
        batch.draw_run,
        lambda z: {
            "design": z.design,
            "point": WHOLE,
            "seed": SEED,
            "replicate": WHOLE,
            **_given(z),
            "world": new_world(z.shape),
            "shocks": new_shocks(z.shape),
            "work": _workspace(z),
        },
        ("world", "shocks", "work"),
    ),
    "run_batch": Entry(
        batch.run_batch,
        lambda z: {
            "design": z.design,
            "points": _whole(z.R),
            "replicates": _whole(z.R),
            "seed": SEED,
            **_given(z),
            "arms": _whole(z.A, 1 + len(Switches._fields)),
            "work": _workspace(z),
            "chunk": _chunk(z),
        },
        ("work", "chunk"),
    ),
    "measure_chunk": Entry(
        measures.measure_chunk,
        lambda z: {
            "chunk": _chunk(z),
            "points": _whole(z.R),
            "arms": measures.Arms(WHOLE, WHOLE, WHOLE),
            "hour_cost": np.zeros(z.P),
            "out": np.zeros((z.R, len(measures.MEASURES.own))),  # the others are plain Python
        },
        ("out",),
    ),
    "gain_of_arms": Entry(
        measures.gain_of_arms,
        lambda z: {
            "chunk": _chunk(z),
            "together": WHOLE,
            "alone": WHOLE,
            "out": np.zeros((z.R, z.A)),
        },
        ("out",),
    ),
    "total_arms": Entry(
        measures.total_arms,
        lambda z: {
            "chunk": _chunk(z),
            "out": np.zeros((z.R, z.A, len(MONTH_COLUMNS))),
        },
        ("out",),
    ),
    "live_arm": Entry(
        life.live_arm,
        lambda z: {**_a_life(z), "state": _state(z), "record": _record(z)},
        ("state", "record"),
    ),
    "begin_run": Entry(
        life.begin_run,
        lambda z: {
            "settings": z.design.settings[0],
            "world": new_world(z.shape),
            "state": _state(z),
        },
        ("state",),
    ),
    "step_run": Entry(
        life.step_run,
        lambda z: {**_a_life(z), "month": WHOLE, "record": _record(z), "state": _state(z)},
        ("record", "state"),
    ),
    "lay_out": Entry(
        life.lay_out,
        lambda z: {
            "world": new_world(z.shape),
            "state": _state(z),
            "laid_out": life.new_laid_out(z.N, z.B),
        },
        ("state", "laid_out"),
    ),
    "grant_equal_money": Entry(
        batch.grant_equal_money,
        lambda z: {
            "world": new_world(z.shape),
            "board": _record(z).board,
            "grants": np.zeros((z.T, z.N)),
        },
        ("grants",),
    ),
}


def flat(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Yield what a value is made of, arrays and single numbers, by name."""
    if isinstance(value, tuple):
        for field, inner in zip(value._fields, value, strict=True):  # type: ignore[attr-defined]
            yield from flat(f"{name}.{field}", inner)
    else:
        yield name, value


def _leaves(entry: Entry, sizes: Sizes) -> list[tuple[str, Any]]:
    return [leaf for name, value in entry.given(sizes).items() for leaf in flat(name, value)]


def _type_name(dtype: np.dtype[Any]) -> str:
    return {"bool": "bool", "int64": "int64", "uint64": "uint64", "float64": "float64"}[dtype.name]


class Layout:
    """Every entry's arrays: names, types and shapes, the shapes as sums of sizes."""

    def __init__(self) -> None:
        """Work it all out by calling the constructors."""
        self.records: dict[str, Any] = {}
        self.entries = {name: self._of(entry) for name, entry in ENTRIES.items()}

    def _of(self, entry: Entry) -> dict[str, Any]:
        small = Sizes(*range(2, 2 + len(SIZES)))
        first = _leaves(entry, small)
        moved = {
            size: dict(_leaves(entry, small._replace(**{size: getattr(small, size) + 1})))
            for size in SIZES
        }
        given: list[dict[str, Any]] = []
        for name, value in first:
            if not isinstance(value, np.ndarray):
                kind = {bool: "bool", int: "int64", float: "float64"}.get(type(value), "uint64")
                given.append({"name": name, "type": kind})
                continue
            shape = []
            for axis, length in enumerate(value.shape):
                terms = {s: moved[s][name].shape[axis] - length for s in SIZES}
                terms = {s: count for s, count in terms.items() if count}
                rest = length - sum(count * getattr(small, s) for s, count in terms.items())
                if rest:
                    terms["1"] = rest
                shape.append(terms)
            array = {"name": name, "type": self._type(value.dtype), "shape": shape}
            blank = {repr(number) for number in value.ravel().tolist()}
            if value.dtype.names is None and blank and blank not in ({"0"}, {"0.0"}, {"False"}):
                (array["fill"],) = blank  # what stands for "to be drawn"
            given.append(array)
        return {"given": given, "writes": list(entry.writes)}

    def _type(self, dtype: np.dtype[Any]) -> str:
        if dtype.names is None:
            return _type_name(dtype)
        fields = {n: _type_name(dtype.fields[n][0]) for n in dtype.names}  # type: ignore[index]
        assert dtype.itemsize == 8 * len(fields), "records are rows of words of 8 bytes"
        for name, known in self.records.items():
            if known == fields:
                return name
        name = f"record{len(self.records)}"
        self.records[name] = fields
        return name


def what_is_offered() -> dict[str, Any]:
    """Return what a host without Python has to know: entry points, names, and rows of arms."""
    layout = Layout()
    return {
        "sizes": dict(SIZES),
        "names": {
            "measures": [measure.name for measure in measures.MEASURES.own],
            "outcomes": list(measures.OUTCOMES),
            "frictions": list(FRICTIONS),
            "endings": list(ENDINGS),
            "month": list(MONTH_COLUMNS),
            "board": list(BOARD_COLUMNS),
        },
        "arms": {
            "three": [arm.row for arm in ARMS],
            "frictions": [arm.row for arm in FRICTION_ARMS],
        },
        "records": layout.records,
        "entries": layout.entries,
    }


def compile_all() -> bool:
    """Compile every entry point for this machine, unless it is kept already.

    Return whether all are kept; where code cannot be kept, nothing is compiled.
    """
    from filelock import FileLock

    from cgsim.compiler import kept_folder, note_that_all_is_kept

    sizes = Sizes(*(2 for _ in SIZES))
    missing = []
    for entry in ENTRIES.values():
        if isinstance(entry.kernel, EntryPoint):
            values = tuple(entry.given(sizes).values())
            if not entry.kernel.is_kept(values):
                missing.append((entry.kernel, values))
    if missing:
        folder = kept_folder()
        if folder is None:
            return False
        with FileLock(folder / ".compiling.lock"):
            for kernel, values in missing:
                kernel.prepare(values)
        if not all(kernel.is_kept(values) for kernel, values in missing):
            return False
    note_that_all_is_kept()
    return True


if __name__ == "__main__":
    sys.exit(0 if compile_all() else 1)
