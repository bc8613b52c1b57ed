"""Running many replicates of many scenarios over the cores of this machine."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from cgsim.engine.batch import (
    ALONE,
    EQUAL_MONEY,
    TOGETHER,
    Chunk,
    Design,
    new_chunk,
    new_workspace,
    run_batch,
)
from cgsim.engine.plan import MOST_BYTES_A_RUN, bytes_of, plan, shape_of
from cgsim.rules.state import FRICTIONS
from cgsim.scenario.errors import Fault, ScenarioError
from cgsim.scenario.model import Scenario
from cgsim.world.networks import ties_for

R = TypeVar("R")

Progress = Callable[[int, int], None]
"""Called with (runs done, runs in all)."""

MOST_RUNS_A_CHUNK = 256
BYTES_A_CHUNK = 32 * 2**20
MOST_REPLICATES = 10**8


@dataclass(frozen=True)
class Arm:
    """One way to live a replicate: its name, its kind, and which frictions are switched off."""

    name: str
    kind: int
    off: tuple[str, ...] = ()

    @property
    def row(self) -> list[int]:
        """The arm as the engine takes it."""
        return [self.kind, *(int(friction not in self.off) for friction in FRICTIONS)]


ARMS = (Arm("together", TOGETHER), Arm("alone", ALONE), Arm("equal_money", EQUAL_MONEY))
"""The three arms of every comparison (model page, section 4)."""


@dataclass(frozen=True)
class Runs:
    """One chunk's runs and what came of them. Its room is used again: copy what you keep."""

    points: NDArray[np.int64]  #: (R,) each run's place among all scenarios
    replicates: NDArray[np.int64]  #: (R,)
    chunk: Chunk
    local_points: NDArray[np.int64]  #: (R,) each run's place within ``design``
    design: Design


def cores() -> int:
    """Return how many cores this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on every system
        return os.cpu_count() or 1


def refuse_the_impossible(scenarios: Sequence[Scenario], replicates: int, arms: int) -> None:
    """Raise ``ScenarioError`` for what would not fit, before any memory is taken."""
    for scenario in scenarios:
        needed = bytes_of(shape_of(scenario), arms)
        if needed > MOST_BYTES_A_RUN:
            message = (
                f"got a run that needs about {needed / 2**30:.0f} GiB; "
                f"allowed {MOST_BYTES_A_RUN // 2**30} GiB: fewer agencies, months or partnerships"
            )
            raise ScenarioError([Fault(scenario.name, None, "world", message)])
    if replicates > MOST_REPLICATES:
        message = f"got {replicates}; allowed at most {MOST_REPLICATES}"
        raise ScenarioError([Fault("--replicates", None, "", message)])


def simulate(
    scenarios: Sequence[Scenario],
    points: NDArray[np.int64],
    replicates: NDArray[np.int64],
    seed: int,
    reduce: Callable[[Runs], R],
    *,
    arms: Sequence[Arm] = ARMS,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Iterator[tuple[NDArray[np.int64], R]]:
    """Live runs in every arm, and yield what ``reduce`` makes of each chunk, as chunks finish.

    ``points`` (R,) says which scenario each run lives, ``replicates`` (R,) which replicate. Yields
    (places of the runs, reduced result). Chunks come in any order; a run's numbers depend on
    neither the order, the chunk nor the number of workers.
    """
    rows = np.array([arm.row for arm in arms], np.int64)
    shapes = [shape_of(scenario) for scenario in scenarios]
    networks = [scenario.network in ("small_world", "file") for scenario in scenarios]
    local = threading.local()

    def room_for(shape: Any, runs: int) -> tuple[Any, Chunk]:
        key = (shape, runs)
        if getattr(local, "key", None) != key:
            local.room = (
                new_workspace(*shape[:5]),
                new_chunk(runs, len(arms), *shape[:5]),
            )
            local.key = key
        return local.room  # type: ignore[no-any-return]

    def work(
        shape: Any, design: Design, first: NDArray[np.int64], places: NDArray[np.int64], size: int
    ) -> R:
        workspace, chunk = room_for(shape, size)
        count = len(places)
        if count < size:
            chunk = Chunk(
                chunk.world._replace(**{k: v[:count] for k, v in chunk.world._asdict().items()}),
                chunk.tied[:count],
                chunk.month[:count],
                chunk.board[:count],
                chunk.own_met[:count],
                chunk.met_by_objective[:count],
            )
        local_points = first[points[places]]
        one = scenarios[points[places[0]]]
        ties = ties_for(one, seed, replicates[places])
        run_batch(
            design,
            local_points,
            replicates[places],
            np.uint64(seed),
            ties,
            rows,
            workspace,
            chunk,
        )
        return reduce(Runs(points[places], replicates[places], chunk, local_points, design))

    def tasks() -> Iterator[tuple[Any, ...]]:
        # Points of one shape share a design; a point whose ties are given is alone with its own.
        groups: dict[Any, list[int]] = {}
        for number, shape in enumerate(shapes):
            groups.setdefault((shape, number if networks[number] else -1), []).append(number)
        for (shape, _), members in groups.items():
            design = plan([scenarios[number] for number in members])
            first = np.full(len(scenarios), -1, np.int64)
            first[members] = np.arange(len(members))
            mine = np.flatnonzero(first[points] >= 0)
            fitting = BYTES_A_CHUNK // bytes_of(shape, len(arms))
            size = int(max(1, min(MOST_RUNS_A_CHUNK, fitting, len(mine))))
            for start in range(0, len(mine), size):
                yield shape, design, first, mine[start : start + size], size

    count = workers or cores()
    with ThreadPoolExecutor(count, thread_name_prefix="cgsim") as pool:
        waiting: dict[Future[R], NDArray[np.int64]] = {}
        lived = 0

        def finished() -> Iterator[tuple[NDArray[np.int64], R]]:
            nonlocal lived
            done, _ = wait(waiting, return_when=FIRST_COMPLETED)
            for future in done:
                places = waiting.pop(future)
                yield places, future.result()
                lived += len(places)
                if progress:
                    progress(lived, len(points))

        try:
            for task in tasks():
                waiting[pool.submit(work, *task)] = task[3]
                if len(waiting) > 2 * count:
                    yield from finished()
            while waiting:
                yield from finished()
        finally:
            for future in waiting:
                future.cancel()
