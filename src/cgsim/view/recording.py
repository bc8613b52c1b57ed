"""One replicate as people watch it: every month kept, so that the clock runs back as well."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from cgsim.engine.plan import Shape, shape_of
from cgsim.mesa_model.model import PartnershipModel
from cgsim.rules.state import BOARD_COLUMNS, ENDINGS, MONTH_COLUMNS
from cgsim.scenario import Scenario
from cgsim.scenario.errors import Fault, ScenarioError

MOST_AGENCIES = 60
MOST_MONTHS = 240
MOST_PARTNERSHIPS = 12
"""More than that can be run, but not be watched."""
MOST_WORK = 30_000_000
"""Agencies x months x partnerships x (skills x objectives, at least ``FEW_KINDS``).

A world of this size takes some ten seconds of two cores until its frictions are known.
"""
FEW_KINDS = 150
"""Up to so many skills x objectives hardly change how long a run takes (measured)."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Recording:
    """A replicate lived together and alone. Axes: T months, N agencies, B partnerships."""

    scenario: Scenario
    seed: int
    replicate: int
    together: Floats  #: (T, 10), columns MONTH_COLUMNS
    alone: Floats  #: (T, 10)
    board: Floats  #: (T, B, 13), columns BOARD_COLUMNS
    member: NDArray[np.bool_]  #: (T, B, N)
    lead: NDArray[np.int64]  #: (T, B), -1 where the partnership does not live
    commitment: Floats  #: (T, B, N), share of free hours
    appeal: Floats  #: (T, B, N), what it returns for an hour, units of need
    disappointed: Floats  #: (T, B, N), months
    own_return: Floats  #: (T, N), what own work returns for an hour
    given: Floats  #: (T, N), hours
    own_hours: Floats  #: (T, N)
    overhead: Floats  #: (T, N), hours
    meeting_hours: Floats  #: (T,), the part of all overhead that is meetings
    trust: Floats  #: (T, N, N)
    tied: NDArray[np.bool_]  #: (N, N)
    capacity: Floats  #: (N,)

    @property
    def months(self) -> int:
        """How many months there are."""
        return len(self.together)

    @property
    def names(self) -> tuple[str, ...]:
        """The agencies' names."""
        return self.scenario.agency_names

    def column(self, name: str, arm: str = "together") -> Floats:
        """Return a column of the arm's months, (T,)."""
        table: Floats = getattr(self, arm)
        return table[:, MONTH_COLUMNS.index(name)]

    def ended(self, month: int, partnership: int) -> str:
        """Return why a partnership has ended by a month; empty if it has not."""
        number = self.board[month, partnership, BOARD_COLUMNS.index("ended")]
        return ENDINGS[int(number)]

    @cached_property
    def positions(self) -> Floats:
        """Where each agency stands, (N, 2) from -1 to 1: the same every month.

        Agencies that are tied, and those that ever sit together, stand near each other.
        """
        count = len(self.capacity)
        graph = nx.Graph()
        graph.add_nodes_from(range(count))
        together = np.einsum("tbi,tbj->ij", self.member.astype(float), self.member.astype(float))
        weight = 0.3 * self.tied + 1.0 * (together > 0)
        for i, j in zip(*np.nonzero(np.triu(weight, 1)), strict=True):
            graph.add_edge(int(i), int(j), weight=float(weight[i, j]))
        placed = nx.spring_layout(graph, seed=1, k=2.2 / np.sqrt(count), iterations=200)
        points = np.array([placed[n] for n in range(count)])
        return _apart(points)


def _apart(points: Floats) -> Floats:
    """Spread points over the square, and push apart those that would lie on each other."""
    count = len(points)
    span = np.ptp(points, axis=0)
    points = (points - points.min(axis=0)) / np.where(span > 0, span, 1.0) * 2.0 - 1.0
    if count == 1:
        return np.zeros((1, 2))
    least = 1.5 / np.sqrt(count)
    for _ in range(200):
        step = points[:, None] - points[None, :]
        distance = np.sqrt((step**2).sum(axis=2)) + np.eye(count)
        near = np.where(distance < least, (least - distance) / distance, 0.0) * (1 - np.eye(count))
        move = 0.25 * (near[:, :, None] * step).sum(axis=1)
        if not np.abs(move).max() > 1e-4:
            break
        points = np.clip(points + move, -1.0, 1.0)
    return points


def refuse_unwatchable(scenario: Scenario) -> None:
    """Raise ``ScenarioError`` for a scenario that is too large to be watched in a browser."""
    shape = shape_of(scenario)
    limits = (
        ("agencies", shape.agencies, MOST_AGENCIES),
        ("months", shape.months, MOST_MONTHS),
        ("partnerships", shape.partnerships, MOST_PARTNERSHIPS),
    )
    faults = [
        Fault(scenario.name, None, name, f"got {given}; allowed at most {most} in the browser")
        for name, given, most in limits
        if given > most
    ]
    if work_of(shape) > MOST_WORK and not faults:
        message = (
            f"got {shape.skills} skills and {shape.objectives} objectives in a world of this "
            "size; allowed a smaller world in the browser, or any with cgsim run"
        )
        faults.append(Fault(scenario.name, None, "skills", message))
    if faults:
        raise ScenarioError(faults)


def work_of(shape: Shape) -> int:
    """Return what a run's time goes with, in the unit of ``MOST_WORK``."""
    kinds = max(shape.skills * shape.objectives, FEW_KINDS)
    return shape.agencies * shape.months * max(1, shape.partnerships) * kinds


def record(scenario: Scenario, seed: int, replicate: int) -> Recording:
    """Live one replicate together and alone, step by step, and keep every month."""
    refuse_unwatchable(scenario)
    model = PartnershipModel(scenario, seed, replicate, collect=False)
    alone = PartnershipModel(scenario, seed, replicate, "alone", collect=False)
    alone.run_model()
    kept: dict[str, list[Any]] = {
        name: []
        for name in (
            "member",
            "lead",
            "commitment",
            "appeal",
            "disappointed",
            "own_return",
            "given",
            "own_hours",
            "overhead",
            "trust",
        )
    }
    meetings = []
    while model.running:
        model.step()
        state = model.state
        boards: Any = state.partnership
        kept["member"].append(state.member.copy())
        kept["lead"].append(np.where(boards.alive != 0, boards.lead, -1))
        kept["commitment"].append(state.commitment.copy())
        kept["appeal"].append(state.appeal.copy())
        kept["disappointed"].append(state.disappointed.copy())
        kept["own_return"].append(state.own_return.copy())
        kept["given"].append(state.given.sum(axis=0))
        kept["own_hours"].append(state.own_hours.copy())
        kept["overhead"].append(state.overhead.copy())
        kept["trust"].append(state.trust.copy())
        meetings.append(_meeting_hours(model))
    made = Recording(
        scenario=scenario,
        seed=seed,
        replicate=replicate,
        together=model.record.month.copy(),
        alone=alone.record.month.copy(),
        board=model.record.board.copy(),
        meeting_hours=np.array(meetings),
        tied=model.tied.copy(),
        capacity=model.world.capacity.copy(),
        **{name: np.array(values) for name, values in kept.items()},  # type: ignore[arg-type]
    )
    model.forget()
    alone.forget()
    return made


def _meeting_hours(model: PartnershipModel) -> float:
    """Return this month's hours in meetings, of the overhead that was paid."""
    levers = model._design.levers[0][model._design.regime[0][model.month]]
    asked = wanted = 0.0
    for b, row in enumerate(model.state.partnership):
        if row.alive:
            lever = levers[b]
            each = row.meetings * (lever.hours + lever.prep) * lever.reps
            wanted += row.members * each
            asked += row.overhead
    paid = float(model.state.overhead.sum())
    return paid * min(1.0, wanted / asked) if asked > 0.0 else 0.0
