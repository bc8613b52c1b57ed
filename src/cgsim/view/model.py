"""A run as a Mesa model: agencies and partnerships as agents, one month a step.

    from cgsim import PartnershipModel

    model = PartnershipModel("baseline", seed_number=1, replicate=0)
    model.run_model()
    model.datacollector.get_model_vars_dataframe()

The model walks the very month that the batch engine walks, over the same kind of arrays, so the
same seed and replicate give the same numbers, bit for bit. Agents hold no state of their own: they
are views on rows of the run's arrays.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import mesa
import networkx as nx
import numpy as np

from cgsim.engine.batch import grants_of
from cgsim.engine.life import begin_run, step_run
from cgsim.engine.plan import draw_one, shape_of
from cgsim.engine.run import ARMS, refuse_the_impossible
from cgsim.rules.state import (
    BOARD_COLUMNS,
    ENDINGS,
    FRICTIONS,
    MONTH_COLUMNS,
    Switches,
    new_record,
    new_state,
)
from cgsim.scenario import Scenario, load

ARM_NAMES = tuple(arm.name for arm in ARMS)


class Agency(mesa.Agent):  # type: ignore[misc]
    """An agency: a row of the run's arrays."""

    def __init__(self, model: PartnershipModel, number: int) -> None:
        """Stand for agency ``number`` (from 0) of the model's run."""
        super().__init__(model)
        self.number = number
        self.name = model.spec.agency_names[number]

    @property
    def capacity(self) -> float:
        """Officer-hours a month."""
        return float(self.model.world.capacity[self.number])

    @property
    def memberships(self) -> tuple[int, ...]:
        """The numbers of the partnerships it is a member of."""
        return tuple(int(b) for b in np.flatnonzero(self.model.state.member[:, self.number]))

    @property
    def is_lead(self) -> bool:
        """Whether it leads any of its partnerships."""
        partnerships = self.model.state.partnership
        return any(int(partnerships[b].lead) == self.number for b in self.memberships)

    @property
    def commitment(self) -> float:
        """Share of its free hours that it gives to all its partnerships."""
        return float(self.model.state.commitment[:, self.number].sum())

    @property
    def given_hours(self) -> float:
        """Hours delivered to partnerships this month."""
        return float(self.model.state.given[:, self.number].sum())

    @property
    def own_hours(self) -> float:
        """Hours of its own work this month."""
        return float(self.model.state.own_hours[self.number])

    @property
    def overhead_hours(self) -> float:
        """Hours of overhead this month."""
        return float(self.model.state.overhead[self.number])

    @property
    def own_met(self) -> float:
        """Units of need met by its own work this month."""
        return float(self.model.state.own_met[self.number])

    @property
    def view(self) -> np.ndarray:
        """How it thinks joint effort should be divided, (K,)."""
        return self.model.state.views[:, self.number]

    @property
    def understanding(self) -> np.ndarray:
        """What it understands of client need, (K,), 0 to 1."""
        return self.model.state.understanding[:, self.number]

    @property
    def trust(self) -> np.ndarray:
        """Its trust in every agency, (N,), 0 to 1; 0 for itself."""
        return self.model.state.trust[self.number]

    @property
    def mean_trust(self) -> float:
        """Its mean trust in the other members of its partnerships; 0 if it is in none."""
        others = self.model.state.member[list(self.memberships)].any(axis=0)
        others[self.number] = False
        return float(self.trust[others].mean()) if others.any() else 0.0


class Partnership(mesa.Agent):  # type: ignore[misc]
    """A partnership: a row of the run's arrays."""

    def __init__(self, model: PartnershipModel, number: int) -> None:
        """Stand for partnership ``number`` (from 0) of the model's run."""
        super().__init__(model)
        self.number = number
        self.name = model.spec.partnerships[number].name

    @property
    def _row(self) -> Any:
        return self.model.state.partnership[self.number]

    @property
    def alive(self) -> bool:
        """Whether it has begun and not ended."""
        return bool(self._row.alive)

    @property
    def ended(self) -> str:
        """Why it ended; empty if it has not."""
        return ENDINGS[int(self._row.ended)]

    @property
    def members(self) -> tuple[Agency, ...]:
        """Its members, by number."""
        member = self.model.state.member[self.number]
        return tuple(self.model.agencies[i] for i in np.flatnonzero(member))

    @property
    def lead(self) -> Agency | None:
        """The agency that leads; None if it does not live."""
        return self.model.agencies[int(self._row.lead)] if self.alive else None

    @property
    def joint_hours(self) -> float:
        """Hours its members delivered this month."""
        return float(self._row.joint_hours)

    @property
    def settled(self) -> float:
        """The share of its issues that was settled this month; 1 where it does not live."""
        return float(self._row.settled) if self.alive else 1.0

    @property
    def backlog(self) -> float:
        """Hours of issues left for next month."""
        return float(self._row.backlog)

    @property
    def meetings(self) -> float:
        """Meetings a month; 0 where it does not live."""
        return float(self._row.meetings) if self.alive else 0.0


class PartnershipModel(mesa.Model):  # type: ignore[misc]
    """One replicate of a scenario in one arm, a month a step.

    ``scenario`` a ``Scenario``, a library name or a file; ``seed_number`` and ``replicate`` the
    luck, as in ``cgsim.run``; ``arm`` "together", "alone" or "equal_money"; ``off`` names of
    frictions to switch off; ``collect`` False leaves the data collector empty, which saves most of
    a step's time (the record is kept all the same). ``running`` turns False after the last month.
    """

    def __init__(
        self,
        scenario: Scenario | str | Path = "baseline",
        seed_number: int = 1,
        replicate: int = 0,
        arm: str = "together",
        off: tuple[str, ...] = (),
        collect: bool = True,
    ) -> None:
        """Draw the world and start the run; no month has been lived yet."""
        super().__init__(rng=int(seed_number) % 2**32)
        if arm not in ARM_NAMES:
            raise ValueError(f"arm: got {arm!r}; allowed {', '.join(ARM_NAMES)}")
        unknown = [friction for friction in off if friction not in FRICTIONS]
        if unknown:
            raise ValueError(f"off: got {unknown[0]!r}; allowed {', '.join(FRICTIONS)}")
        self.spec = scenario if isinstance(scenario, Scenario) else load(scenario)
        refuse_the_impossible([self.spec], 1, 1)
        self.arm = arm
        self._collect = collect
        self.seed_number = seed_number
        self.replicate = replicate
        shape = shape_of(self.spec)
        self.months = shape.months
        self._design, self.world, self.shocks, self.tied = draw_one(
            self.spec, seed_number, replicate
        )
        self.switches = Switches(*(friction not in off for friction in FRICTIONS))
        count = shape.partnerships if arm == "together" else 0
        self.grants = np.zeros((shape.months, shape.agencies))
        if arm == "equal_money":
            self._grant(off)
        self.state = new_state(shape.agencies, shape.objectives, shape.skills, count)
        self.record = new_record(shape.months, shape.agencies, shape.objectives, count)
        begin_run(self._design.settings[0], self.world, self.state)
        self.agencies: list[Agency] = [Agency(self, number) for number in range(shape.agencies)]
        self.partnerships: list[Partnership] = [Partnership(self, b) for b in range(count)]
        self.running = True
        boards: dict[type, dict[str, str]] = {}
        if count:
            boards[Partnership] = {n: n for n in ("joint_hours", "settled", "backlog", "meetings")}
        reporters = {name: _month_reporter(name) for name in MONTH_COLUMNS}
        self.datacollector = mesa.DataCollector(
            model_reporters={"month": lambda model: model.month, **reporters},
            agenttype_reporters={
                Agency: {
                    name: name
                    for name in (
                        "commitment",
                        "given_hours",
                        "own_hours",
                        "overhead_hours",
                        "own_met",
                        "mean_trust",
                    )
                },
                **boards,
            },
        )

    def _grant(self, off: tuple[str, ...]) -> None:
        twin = PartnershipModel(self.spec, self.seed_number, self.replicate, off=off, collect=False)
        twin.run_model()
        grants_of(self.world, twin.record, self.grants)
        twin.forget()

    @property
    def month(self) -> int:
        """The last month lived, from 0; -1 before the first."""
        return int(self.steps) - 1

    def step(self) -> None:
        """Live one month. Does nothing once the last month has been lived."""
        month = self.month
        if month >= self.months:
            self.running = False
            return
        step_run(
            self._design.settings[0],
            self._design.levers[0],
            self._design.regime[0],
            self.switches,
            self.world,
            self.shocks,
            self.grants,
            month,
            self.record,
            self.state,
        )
        if self._collect:
            self.datacollector.collect(self)
        self.running = month + 1 < self.months

    def run_model(self) -> None:
        """Live every month that is left."""
        while self.running:
            self.step()

    def column(self, name: str) -> np.ndarray:
        """Return one column of the record so far: a month column (months,)."""
        return self.record.month[: self.month + 1, MONTH_COLUMNS.index(name)]

    def board(self, partnership: int, name: str) -> np.ndarray:
        """Return one column of a partnership's record so far, (months,)."""
        return self.record.board[: self.month + 1, partnership, BOARD_COLUMNS.index(name)]

    def network(self) -> nx.Graph:
        """Return the agencies as a networkx graph: ties, and mean mutual trust as weight."""
        graph = nx.Graph()
        for agency in self.agencies:
            graph.add_node(agency.number, name=agency.name, capacity=agency.capacity)
        trust = self.state.trust
        for first, second in zip(*np.nonzero(np.triu(self.tied)), strict=True):
            weight = 0.5 * float(trust[first, second] + trust[second, first])
            graph.add_edge(int(first), int(second), weight=weight)
        return graph

    def forget(self) -> None:
        """Let go of the model: older versions of Mesa keep every model alive otherwise."""
        getattr(mesa.Agent, "_ids", {}).pop(self, None)


def _month_reporter(name: str) -> Any:
    place = MONTH_COLUMNS.index(name)

    def report(model: PartnershipModel) -> float:
        return float(model.record.month[model.month, place])

    return report
