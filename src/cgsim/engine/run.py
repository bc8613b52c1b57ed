"""Running many replicates of many scenarios over the cores of this machine."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from cgsim.compiler import changed_rules
from cgsim.engine.batch import (
    ALONE,
    EQUAL_MONEY,
    TOGETHER,
    Chunk,
    Design,
    brief_of,
    draw_run,
    first_start,
    new_chunk,
    new_workspace,
    run_batch,
)
from cgsim.engine.life import live_arm
from cgsim.engine.plan import (
    MOST_BYTES_A_RUN,
    GivenNetwork,
    bytes_of,
    given_network,
    plan,
    shape_of,
)
from cgsim.errors import CgsimError
from cgsim.portable import choice
from cgsim.rules.state import FRICTIONS, MONTH_COLUMNS, Shape, Switches, World, new_record
from cgsim.scenario.errors import Fault, ScenarioError
from cgsim.scenario.model import Scenario

R = TypeVar("R")

Progress = Callable[[int, int], None]


class Bar:
    """A bar on standard error, or in a notebook's cell, that says how many runs are lived."""

    def __init__(self) -> None:
        """Begin with nothing to show: the bar comes with the first runs."""
        self._bar: Any = None

    def __call__(self, done: int, total: int) -> None:
        """Show how many of how many are done; close it at the end."""
        from tqdm import tqdm

        if self._bar is None:
            self._bar = tqdm(total=total, unit=" runs")
        self._bar.update(done - self._bar.n)
        if done >= total:
            self._bar.close()
            self._bar = None


def progress_of(given: Progress | bool | None) -> Progress | None:
    """Return what is told how far it is: ``True`` stands for a bar."""
    if isinstance(given, bool):
        return Bar() if given else None
    return given


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
"""The three arms of every comparison (model page, Arms)."""


class TooLittleMemory(CgsimError, MemoryError):
    """The machine has no room for what was asked; the text says what to lower."""

    @property
    def line(self) -> str:
        """What there is too little of, before anything else."""
        return f"cgsim: too little memory; {self}"


LOWER = "lower --workers or --replicates, or the agencies and months of the scenario"


def start(pool: ThreadPoolExecutor, work: Callable[..., R], *arguments: Any) -> Future[R]:
    """Give work to a pool; raise ``TooLittleMemory`` where it cannot start a thread for it."""
    try:
        return pool.submit(work, *arguments)
    except RuntimeError as error:
        if "thread" not in str(error):
            raise
        raise TooLittleMemory(f"no thread can be started: {LOWER}") from None


@dataclass(frozen=True)
class Runs:
    """One chunk's runs and what came of them. Its room is used again: copy what you keep."""

    places: NDArray[np.int64]  #: (R,) each run's place among all runs asked for
    points: NDArray[np.int64]  #: (R,) each run's place among all scenarios
    replicates: NDArray[np.int64]  #: (R,)
    chunk: Chunk
    local_points: NDArray[np.int64]  #: (R,) each run's place within ``design``
    design: Design
    met_by_each: NDArray[np.float64] | None = None
    """(R, B) need met by the joint work of each partnership, together, units; if it was asked."""


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


class Task(NamedTuple):
    """Runs of one shape that are lived in one go."""

    shape: Shape
    design: Design
    first: NDArray[np.int64]  #: (P,) where each scenario stands in the design, -1 for not
    places: NDArray[np.int64]  #: (R,)
    size: int  #: for how many runs there has to be room
    network: GivenNetwork


def drawn_from(design: Design, point: int) -> bytes:
    """Return what the worlds and the luck of a point are drawn from (``draw_run``), as bytes."""
    brief = getattr(brief_of, "py_func", brief_of)(design, point)
    levers = getattr(first_start, "py_func", first_start)(design.levers[point])
    joining = design.settings[point]["joining"]
    return b"".join(
        np.asarray(part).tobytes() for part in (*brief, design.asks[point], joining, levers)
    )


class Simulation:
    """Runs to be lived in every arm, cut into chunks that can be lived in any order.

    ``points`` (R,) says which scenario each run lives, ``replicates`` (R,) which replicate. A run's
    numbers depend on neither the order, the chunk nor the number of workers.
    """

    def __init__(
        self,
        scenarios: Sequence[Scenario],
        points: NDArray[np.int64],
        replicates: NDArray[np.int64],
        seed: int,
        arms: Sequence[Arm] = ARMS,
        *,
        each: bool = False,
        keeps: bool = False,
    ) -> None:
        """Keep what is to be lived; nothing is computed yet.

        ``each`` also keeps what every partnership met, which takes another life together. With
        ``keeps`` a chunk is of one scenario, and those of the same replicates come one after the
        other: worlds and luck that the next has too are not drawn again.
        """
        self.each = each
        self.keeps = keeps
        self.scenarios = scenarios
        self.points = points
        self.replicates = replicates
        self.seed = seed
        self.rows = np.array([arm.row for arm in arms], np.int64)
        self._rooms = threading.local()

    def tasks(self) -> Iterator[Task]:
        """Yield the chunks: points of one shape share a design."""
        groups: dict[tuple[Shape, int], list[int]] = {}
        for number, scenario in enumerate(self.scenarios):
            # Points whose ties are given share them only where these are the very same.
            groups.setdefault((shape_of(scenario), id(scenario.given_network)), []).append(number)
        for (shape, _), members in groups.items():
            design = plan([self.scenarios[number] for number in members])
            network = given_network(self.scenarios[members[0]])
            first = np.full(len(self.scenarios), -1, np.int64)
            first[members] = np.arange(len(members))
            if self.keeps:
                members.sort(key=lambda number: drawn_from(design, int(first[number])))
                rows = [np.flatnonzero(self.points == number) for number in members]
            else:
                rows = [np.flatnonzero(first[self.points] >= 0)]
            most = max(map(len, rows))
            fitting = BYTES_A_CHUNK // bytes_of(shape, len(self.rows))
            size = int(max(1, min(MOST_RUNS_A_CHUNK, fitting, most)))
            for start in range(0, most, size):
                for row in rows:
                    if len(places := row[start : start + size]):
                        yield Task(shape, design, first, places, size, network)

    def live(self, task: Task) -> Runs:
        """Live one chunk in this thread."""
        workspace, chunk = self._room_for(task.shape, task.size)
        places = task.places
        count = len(places)
        if count < task.size:
            world = {k: v[:count] for k, v in chunk.world._asdict().items()}
            chunk = Chunk(
                chunk.world._replace(**world),
                chunk.month[:count],
                chunk.board[:count],
                chunk.own_met[:count],
                chunk.met_by_objective[:count],
            )
        points, replicates = self.points[places], self.replicates[places]
        local_points = task.first[points]
        if self.keeps:
            drawn = drawn_from(task.design, int(local_points[0])), replicates.tobytes()
            workspace.known[:] = drawn == self._rooms.drawn and task.network is self._rooms.network
            self._rooms.drawn, self._rooms.network = drawn, task.network
        run_batch(
            task.design,
            local_points,
            replicates,
            np.uint64(self.seed),
            *task.network,
            self.rows,
            workspace,
            chunk,
        )
        runs = Runs(places, points, replicates, chunk, local_points, task.design)
        return replace(runs, met_by_each=self._met_by_each(runs, task)) if self.each else runs

    def _met_by_each(self, runs: Runs, task: Task) -> NDArray[np.float64]:
        """Return what each partnership met by joint work in the first arm together, (R, B), units.

        The record tells it for all together. The state has it for each at the end of a life, so
        where there are several the arm is lived once more.
        """
        chunk, count = runs.chunk, task.shape.partnerships
        arm = int(np.argmax(self.rows[:, 0] == TOGETHER))
        if count < 2:
            joint = chunk.month[:, arm, :, MONTH_COLUMNS.index("joint_met")]
            return np.repeat(joint.sum(axis=1)[:, None], count, axis=1)
        met = np.zeros((len(runs.places), count))
        workspace = self._rooms.room[0]
        switches = Switches(*(bool(on) for on in self.rows[arm, 1:]))
        record = new_record(task.shape)
        for run, point in enumerate(runs.local_points):
            world = World(*(array[run] for array in chunk.world))
            number, seed = int(runs.replicates[run]), np.uint64(self.seed)
            shocks = workspace.shocks
            draw_run(task.design, int(point), seed, number, *task.network, world, shocks, workspace)
            live_arm(
                task.design.settings[point],
                task.design.levers[point],
                task.design.asks[point],
                task.design.agendas[point],
                task.design.regime[point],
                switches,
                world,
                shocks,
                workspace.no_grants,
                workspace.together,
                record,
            )
            met[run] = workspace.together.partnership["delivered"]
        return met

    def _room_for(self, shape: Shape, runs: int) -> tuple[Any, Chunk]:
        key = (shape, runs)
        if getattr(self._rooms, "key", None) != key:
            kept = runs if self.keeps else 0
            room = new_workspace(shape, kept), new_chunk(runs, len(self.rows), shape)
            self._rooms.memory, self._rooms.room = choice.settled(room)
            self._rooms.key, self._rooms.drawn, self._rooms.network = key, None, None
        choice.prefer(self._rooms.memory)
        return self._rooms.room  # type: ignore[no-any-return]


def simulate(
    scenarios: Sequence[Scenario],
    points: NDArray[np.int64],
    replicates: NDArray[np.int64],
    seed: int,
    reduce: Callable[[Runs], R],
    *,
    arms: Sequence[Arm] = ARMS,
    each: bool = False,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Iterator[tuple[NDArray[np.int64], R]]:
    """Live runs over threads, and yield what ``reduce`` makes of each chunk, as chunks finish.

    Arguments as for ``Simulation``. Yields (places of the runs, reduced result) in any order.
    """
    changed_rules()  # tells of them
    simulation = Simulation(scenarios, points, replicates, seed, arms, each=each)
    count = workers or cores()
    pool = ThreadPoolExecutor(count, thread_name_prefix="cgsim")
    waiting: dict[Future[R], NDArray[np.int64]] = {}
    lived = 0
    patient = True

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
        for task in simulation.tasks():
            future = start(pool, lambda task: reduce(simulation.live(task)), task)
            waiting[future] = task.places
            if len(waiting) > 2 * count:
                yield from finished()
        while waiting:
            yield from finished()
    except KeyboardInterrupt:
        patient = False  # whoever interrupts does not wait for a long chunk, or for the compiler
        raise
    finally:
        pool.shutdown(wait=patient, cancel_futures=True)
