"""Landscapes with groups closed and merged: how they are made, and how they are lived.

A group that is left out keeps its place in the table and never begins. So every other draw stays as
it was: the address of who is picked at random holds a partnership's place (decision 2).
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cgsim.answer.lives import Lives, read_lives
from cgsim.compiler import source_hash
from cgsim.engine.run import ARMS, Simulation
from cgsim.extend.in_use import Source, extensions
from cgsim.measures import MEMBERS, MET, total_arms
from cgsim.rules.state import MONTH_COLUMNS
from cgsim.running.computing import OtherSource, Stopped
from cgsim.running.workers import Workers
from cgsim.scenario.model import Change, Partnership, Scenario
from cgsim.scenario.parameters import NEVER
from cgsim.store.folder import NoBatch, Store, read_table
from cgsim.store.parts import encode
from cgsim.whole import make_folder, write_whole

FLAGS_KEPT = 50_000_000
"""Founders are kept, a byte each, of as many runs as make so many flags, and of one at least."""
RUNS_A_JOB = 50
LANDSCAPES_A_FILE = 16
"""So many are kept at a time: where a search is stopped, it goes on behind them."""


class Close(NamedTuple):
    """One group is closed."""

    group: int

    @property
    def groups(self) -> tuple[int, ...]:
        """The groups that it is about."""
        return (self.group,)


class Merge(NamedTuple):
    """One group goes on with the members and agendas of two; the other is closed."""

    keeper: int
    other: int

    @property
    def groups(self) -> tuple[int, ...]:
        """The groups that it is about."""
        return (self.keeper, self.other)


Step = Close | Merge


def natural(name: str) -> tuple[Any, ...]:
    """Return what names are sorted by: numbers in them, of the digits 0 to 9, by their size."""
    parts = re.split(r"([0-9]+)", name)
    return tuple((0, int(p), "") if n % 2 else (1, 0, p) for n, p in enumerate(parts))


def in_order_of_names(scenario: Scenario) -> Scenario:
    """Return a scenario with its partnerships in the order of their names.

    The order of tables is part of what is drawn and of who is asked first. Here names decide, so
    that nothing hangs on how a file is laid out.
    """
    places = sorted(
        range(len(scenario.partnerships)), key=lambda b: natural(scenario.partnerships[b].name)
    )
    now = {old: new for new, old in enumerate(places)}
    return replace(
        scenario,
        partnerships=tuple(scenario.partnerships[b] for b in places),
        changes=tuple(
            replace(change, partnerships=tuple(sorted(now[b] for b in change.partnerships)))
            for change in scenario.changes
        ),
    )


def _never(partnership: Partnership) -> Partnership:
    return replace(partnership, levers={**partnership.levers, "start": float(NEVER)})


def _without(change: Change, group: int) -> Change:
    return replace(change, partnerships=tuple(b for b in change.partnerships if b != group))


def changed(scenario: Scenario, steps: Sequence[Step], founders: Founders) -> Scenario:
    """Return a landscape after some steps, one after the other.

    Of two groups that are merged the keeper goes on with its own levers, lead, money and changes;
    its agenda has the objectives of both. Its members are those of both where both are given by
    name, and all agencies where one has all. Else it finds as many as both have together, on
    average over runs and counted once: in its own way, or by fit where its own are given by name.
    """
    groups, changes = list(scenario.partnerships), scenario.changes
    of = {b: {b} for b in range(len(groups))}
    for step in steps:
        gone = step.groups[-1]
        if isinstance(step, Merge):
            of[step.keeper] |= of[step.other]
            keeper, other = groups[step.keeper], groups[step.other]
            both: dict[str, Any] = {"focus": tuple(sorted({*keeper.focus, *other.focus}))}
            ways = (keeper.recruit, other.recruit)
            if ways == ("names", "names"):
                members = tuple(sorted({*keeper.members, *other.members}))
                both |= {"members": members, "size": len(members)}
            elif "all" in ways:
                both |= {"recruit": "all", "members": ()}
            else:
                way = "fit" if keeper.recruit == "names" else keeper.recruit
                size = founders.together(sorted(of[step.keeper]))
                both |= {"recruit": way, "members": (), "size": size}
            groups[step.keeper] = replace(keeper, **both)
        groups[gone] = _never(groups[gone])
        changes = tuple(_without(change, gone) for change in changes)
    return replace(scenario, partnerships=tuple(groups), changes=changes)


@dataclass(frozen=True)
class Founders:
    """Who founds which group, in some runs."""

    flags: NDArray[np.bool_]  #: (R, B, N)
    agendas: NDArray[np.bool_]  #: (B, K)

    def together(self, groups: Sequence[int]) -> int:
        """Return how many agencies found any of some groups, the mean over runs, rounded."""
        return max(2, round(float(self.flags[:, list(groups)].any(axis=1).sum(axis=1).mean())))

    def overlaps(self, steps: Sequence[Step] = ()) -> NDArray[np.float64]:
        """Return how far groups overlap after some steps, (B, B), from 0 to 1.

        A seat is a member who works on an objective in a group. The overlap is the share of the
        seats of two groups that both have (Jaccard), seats counted as means over runs. It is 0
        with a group that is closed, and of a group with itself.
        """
        flags, agendas = self.flags.copy(), self.agendas.copy()
        for step in steps:
            if isinstance(step, Merge):
                flags[:, step.keeper] |= flags[:, step.other]
                agendas[step.keeper] |= agendas[step.other]
            flags[:, step.groups[-1]] = False
        shared = np.zeros((flags.shape[1],) * 2)
        for one in flags:
            row = one.astype(np.float32)
            shared += row @ row.T
        members = shared / len(flags)
        topics = agendas.astype(np.float64) @ agendas.T.astype(np.float64)
        common = members * topics
        own = np.diag(common)
        either = own[:, None] + own[None, :] - common
        found = np.divide(common, either, out=np.zeros_like(common), where=either > 0.0)
        np.fill_diagonal(found, 0.0)
        return found


class Lived(NamedTuple):
    """What came of one landscape in some runs, (R,) each."""

    over_money: NDArray[np.float64]  #: need met, less what the money bought alone would add, units
    overhead_hours: NDArray[np.float64]
    joint_hours: NDArray[np.float64]
    own_hours: NDArray[np.float64]
    base: NDArray[np.float64]  #: need met by all apart since the first group began; 0 if not lived
    alone: NDArray[np.float64]  #: need met by all apart, all months; 0 if not lived


@dataclass(frozen=True)
class First:
    """What is known of the landscape as it is besides."""

    lives: Lives  #: (R, B, 16)
    flags: NDArray[np.bool_]  #: (some runs, B, N) founders


class Place(NamedTuple):
    """Which runs of which landscape a job lives."""

    landscape: int
    first: int
    runs: int

    @property
    def name(self) -> str:
        """What it is called where it is lost."""
        return f"{self.landscape}/{self.first}"


@dataclass(frozen=True)
class Trial:
    """Runs of one landscape, to be lived anywhere."""

    part: Place
    scenario: Scenario
    seed: int
    luck: int  #: the engine's number of the first replicate
    money: bool  #: whether hours may be bought
    whole: bool  #: whether what ``First`` holds is wanted, and the arm alone
    source: str
    extensions: tuple[Source, ...] = ()  #: with which it is to be computed

    def compute(
        self, stop: threading.Event | None = None
    ) -> tuple[Lived, NDArray[np.float64] | None, NDArray[np.bool_] | None]:
        """Live them; give up once ``stop`` is set."""
        if self.source != source_hash():
            raise OtherSource("another version of cgsim, or another rule, than the landscape")
        count = self.part.runs
        arms = ARMS if self.whole else (ARMS[0], ARMS[2]) if self.money else ARMS[:1]
        numbers = self.luck + self.part.first + np.arange(count)
        simulation = Simulation(
            [self.scenario], np.zeros(count, np.int64), numbers, self.seed, arms, each=self.whole
        )
        made = Lived(*(np.zeros(count) for _ in Lived._fields))
        lives, flags = [], []
        for task in simulation.tasks():
            if stop is not None and stop.is_set():
                raise Stopped
            runs = simulation.live(task)
            totals = np.zeros((len(runs.places), len(arms), len(MONTH_COLUMNS)))
            total_arms(runs.chunk, totals)
            rows = runs.places
            together = totals[:, 0]
            # What money buys in services is what its arm meets; where none may be spent that arm is
            # the arm alone, which is the same for every landscape.
            made.over_money[rows] = together[:, MET]
            if self.money:
                made.over_money[rows] -= totals[:, -1, MET]
            for name in ("overhead_hours", "joint_hours", "own_hours"):
                getattr(made, name)[rows] = together[:, MONTH_COLUMNS.index(name)]
            if self.whole:
                began = np.cumsum((runs.chunk.board[:, 0, :, :, MEMBERS] > 0.0).any(axis=2), axis=1)
                met = runs.chunk.month[:, 1, :, MET]
                made.base[rows] = np.where(began > 0, met, 0.0).sum(axis=1)
                made.alone[rows] = totals[:, 1, MET]
                assert runs.met_by_each is not None
                lives.append(read_lives(runs.chunk, runs.met_by_each))
                flags.append(runs.chunk.world.founder.copy())
        if not self.whole:
            return made, None, None
        return made, np.concatenate(lives), np.concatenate(flags)


@dataclass(frozen=True)
class Field:
    """Lives landscapes on given luck, by workers, and keeps what was lived in a folder."""

    scenario: Scenario  #: as it is, in the order of names
    seed: int
    crew: Workers
    store: Store | None
    told: Any = None  #: called with (runs lived, runs in all) of what is asked for at a time

    @property
    def money(self) -> bool:
        """Whether hours may be bought by any group."""
        return self.scenario.buys

    def first(self, count: int) -> tuple[Lived, First]:
        """Live the landscape as it is, with all that is told of its groups."""
        spans = self._spans([self.scenario], 0, count, whole=True)
        agencies = int(self.scenario.values["agencies"])
        kept = max(1, FLAGS_KEPT // max(1, len(self.scenario.partnerships) * agencies))
        made = Lived(*(np.zeros(count) for _ in Lived._fields))
        lives: list[Any] = [None] * len(spans)
        flags: list[Any] = [None] * len(spans)
        for place, (lived, life, founder) in self._lived(spans, 0, count):
            for name, values in lived._asdict().items():
                getattr(made, name)[place.first : place.first + place.runs] = values
            number = place.first // RUNS_A_JOB
            lives[number] = life
            flags[number] = founder[: max(0, kept - place.first)]
        return made, First(np.concatenate(lives), np.concatenate(flags))

    def live(
        self, name: str, landscapes: Sequence[tuple[str, Scenario]], luck: int, count: int
    ) -> list[Lived]:
        """Live landscapes, each with what it is called, on ``count`` runs from number ``luck`` on.

        What the folder holds of them already is read there. Some are kept at a time, so that little
        is lost where they are many.
        """
        made: list[Lived] = []
        for start in range(0, len(landscapes), LANDSCAPES_A_FILE):
            some = landscapes[start : start + LANDSCAPES_A_FILE]
            made += self._live(name, some, luck, count, start * count, len(landscapes) * count)
        return made

    def _live(
        self,
        name: str,
        landscapes: Sequence[tuple[str, Scenario]],
        luck: int,
        count: int,
        lived: int,
        total: int,
    ) -> list[Lived]:
        """Live landscapes of one file; of ``total`` runs in all ``lived`` are done."""
        scenarios = [scenario for _, scenario in landscapes]
        told = [called for called, _ in landscapes]
        stem = ""
        if self.store is not None:
            # What a landscape is called does not say with how many members a merged group begins.
            rests_on = [s.to_dict() for s in scenarios], told, self.seed, luck, count, source_hash()
            text = json.dumps(rests_on, sort_keys=True, default=str)
            stem = f"{name}_{hashlib.sha256(text.encode()).hexdigest()[:16]}"
            if (kept := self._kept(stem, len(scenarios), count)) is not None:
                return kept
        made = [Lived(*(np.zeros(count) for _ in Lived._fields)) for _ in scenarios]
        spans = self._spans(scenarios, luck, count, whole=False)
        for place, (one, _, _) in self._lived(spans, lived, total):
            for column, values in one._asdict().items():
                rows = slice(place.first, place.first + place.runs)
                getattr(made[place.landscape], column)[rows] = values
        if self.store is not None:
            _write(self.store.folder / "landscapes", stem, told, made)
        return made

    def _kept(self, stem: str, landscapes: int, count: int) -> list[Lived] | None:
        """Return what the folder holds under a name, None for nothing; set aside what is damaged.

        A file says in its name what its SHA-256 begins with.
        """
        assert self.store is not None
        for path in sorted((self.store.folder / "landscapes").glob(f"{stem}_*.parquet")):
            try:
                table = read_table(path, digest=path.stem.removeprefix(f"{stem}_"))
            except NoBatch as damaged:
                self.store.set_aside(path, damaged.faults[0].message)
                continue
            values = {n: table.column(n).to_numpy().reshape(landscapes, count) for n in KEPT}
            nothing = np.zeros(count)
            return [
                Lived(**{n: values[n][number] for n in KEPT}, base=nothing, alone=nothing)
                for number in range(landscapes)
            ]
        return None

    def _spans(
        self, scenarios: Sequence[Scenario], luck: int, count: int, *, whole: bool
    ) -> list[Trial]:
        source = source_hash()
        return [
            Trial(
                Place(number, first, min(RUNS_A_JOB, count - first)),
                scenario,
                self.seed,
                luck,
                self.money,
                whole,
                source,
                extensions(),
            )
            for number, scenario in enumerate(scenarios)
            for first in range(0, count, RUNS_A_JOB)
        ]

    def _lived(self, trials: list[Trial], lived: int, total: int) -> Iterator[tuple[Place, Any]]:
        """Yield what came of trials; of ``total`` runs in all ``lived`` are done before them."""
        for place, found in self.crew.compute(iter(trials)):
            yield place, found
            lived += place.runs
            if self.told:
                self.told(lived, total)


KEPT = ("over_money", "overhead_hours", "joint_hours", "own_hours")


def _write(folder: Path, stem: str, told: Sequence[str], made: Sequence[Lived]) -> None:
    import pyarrow as pa

    count = len(made[0].over_money)
    columns: dict[str, Any] = {
        "landscape": pa.array(np.repeat(np.array(told, object), count)).dictionary_encode(),
        "replicate": pa.array(np.tile(np.arange(count), len(made))),
    }
    for name in KEPT:
        columns[name] = pa.array(np.concatenate([getattr(one, name) for one in made]))
    data = encode(pa.table(columns), {"landscapes": stem})
    digest = hashlib.sha256(data).hexdigest()[:16]
    make_folder(folder)
    write_whole(folder / f"{stem}_{digest}.parquet", lambda stream: stream.write(data))
