"""One replicate lived month by month, to be looked at: who is in, who trusts whom, what is met.

It shows how a run goes. It is never the answer: one replicate is one possible story of many.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cgsim.answer import names
from cgsim.answer.catalogue import word
from cgsim.engine.life import begin_run, first_trust, state_by_agency, step_run
from cgsim.engine.plan import draw_one
from cgsim.engine.run import refuse_the_impossible
from cgsim.rules.state import (
    BOARD_COLUMNS,
    ENDINGS,
    FRICTIONS,
    MONTH_COLUMNS,
    Record,
    State,
    Switches,
    World,
    new_record,
    new_state,
)
from cgsim.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

MOST_DRAWN = 60
"""Of larger areas only those agencies are drawn that are in a partnership at first."""
MET = MONTH_COLUMNS.index("met")


@dataclass(frozen=True)
class Moment:
    """The agencies that are drawn, at one moment: before the first month, or after a month."""

    month: int  #: -1 before the first
    member: NDArray[np.bool_]  #: (D,) whether it is in any partnership
    lead: NDArray[np.bool_]  #: (D,)
    trust: NDArray[np.float64]  #: (D, D) mean of both directions, 0 to 1
    joint: NDArray[np.bool_]  #: (D, D) whether the two are in one partnership
    commitment: NDArray[np.float64]  #: (D,) share of free hours given
    state: str  #: how the partnerships stand, in words
    settled: float  #: share of issues settled, mean over living partnerships; NaN with none


@dataclass(frozen=True)
class Example:
    """One replicate, lived together and alone."""

    scenario: Scenario
    seed: int
    replicate: int
    drawn: NDArray[np.int64]  #: (D,) numbers of the agencies that are drawn, from 0
    capacity: NDArray[np.float64]  #: (D,) hours a month
    tied: NDArray[np.bool_]  #: (D, D) ties from before
    moments: tuple[Moment, ...]
    met: NDArray[np.float64]  #: (T,) need met together, units a month
    met_alone: NDArray[np.float64]  #: (T,)

    @property
    def names(self) -> list[str]:
        """The names of the agencies that are drawn."""
        return [self.scenario.agency_names[number] for number in self.drawn]


def live(scenario: Scenario, seed: int, replicate: int, months: set[int] | None = None) -> Example:
    """Live a replicate together and alone, and keep the moments asked for, or all of them.

    ``months`` holds month numbers; -1 stands for the moment before the first.
    """
    refuse_the_impossible([scenario], 1, 2)
    _, world, _, _ = draw_one(scenario, seed, replicate)
    drawn = _drawn(world)
    moments = []
    record = None
    for month, state, record in _months(scenario, seed, replicate, together=True):
        if months is None or month in months:
            moments.append(_moment(month, world, state, record, drawn))
    *_, (_, _, alone) = _months(scenario, seed, replicate, together=False)
    assert record is not None  # a run has a month at least
    place = np.ix_(drawn, drawn)
    return Example(
        scenario,
        seed,
        replicate,
        drawn,
        world.capacity[drawn],
        np.asarray(world.tied)[place],
        tuple(moments),
        record.month[:, MET].copy(),
        alone.month[:, MET].copy(),
    )


def _months(
    scenario: Scenario, seed: int, replicate: int, *, together: bool
) -> Iterator[tuple[int, State, Record]]:
    """Yield the state before the first month and after each, and the record so far."""
    # Drawn anew for each arm: what a run is lived in is not to be shared.
    design, world, shocks, shape = draw_one(scenario, seed, replicate)
    own = shape if together else shape.apart
    state, record = new_state(own), new_record(own)
    switches = Switches(*(True for _ in FRICTIONS))
    grants = np.zeros((shape.months, shape.agencies))
    begin_run(design.settings[0], world, state)
    yield -1, state, record
    for month in range(shape.months):
        step_run(
            design.settings[0],
            design.levers[0],
            design.asks[0],
            design.agendas[0],
            design.regime[0],
            switches,
            world,
            shocks,
            grants,
            month,
            record,
            state,
        )
        yield month, state, record


def _drawn(world: World) -> NDArray[np.int64]:
    count = len(world.capacity)
    if count <= MOST_DRAWN:
        return np.arange(count)
    return np.flatnonzero(world.founder.any(axis=0))[:MOST_DRAWN]


def _moment(
    month: int, world: World, state: State, record: Record, drawn: NDArray[np.int64]
) -> Moment:
    # Before the first month nobody has met yet: those are shown who will found a partnership.
    now = state_by_agency(world, state)
    member = world.founder if month < 0 else now.member
    alive = state.partnership["alive"].astype(bool)
    leads = world.founding_lead if month < 0 else state.partnership["lead"][alive]
    lead = np.zeros(len(world.capacity), bool)
    lead[np.asarray(leads, np.int64)] = True
    place = np.ix_(drawn, drawn)
    trust = first_trust(world) if month < 0 else now.trust
    settled = math.nan
    if month >= 0 and alive.any():
        settled = float(record.board[month, alive, BOARD_COLUMNS.index("settled")].mean())
    there = np.asarray(member.any(axis=0))[drawn]
    joint = (member.T.astype(np.int64) @ member.astype(np.int64)) > 0
    return Moment(
        month,
        there,
        lead[drawn] & there,
        (0.5 * (trust + trust.T))[place],
        joint[place],
        now.commitment.sum(axis=0)[drawn].copy(),
        _in_words(month, state),
        settled,
    )


def _in_words(month: int, state: State) -> str:
    if month < 0:
        return word("page.example_before")
    alive = int(state.partnership["alive"].sum())
    count = len(state.partnership)
    if count == 0:
        return word("state.none")
    if count > 1:
        return word("state.alive_of", alive=alive, partnerships=count)
    if alive:
        return word("state.alive", size=("size", int(state.partnership["members"][0])))
    return names.outcome(ENDINGS[int(state.partnership["ended"][0])] or "not begun")


def places_of(example: Example) -> NDArray[np.float64]:
    """Return where each agency is drawn, (D, 2): those who are ever in on an inner ring."""
    ever = np.any([moment.member for moment in example.moments], axis=0)
    places = np.zeros((len(example.drawn), 2))
    inner = 0.95 if ever.all() else 0.6 if ever.sum() <= 12 else 0.76
    for chosen, radius in ((ever, inner), (~ever, 1.0)):
        numbers = np.flatnonzero(chosen)
        for place, number in enumerate(numbers):
            angle = math.pi / 2 - 2 * math.pi * (place + 0.5 * (radius == 1.0)) / len(numbers)
            places[number] = radius * math.cos(angle), radius * math.sin(angle)
    return places


def network_tables(example: Example, moment: Moment) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the agencies and the ties of a moment, as ``drawings.draw_network`` takes them."""
    import pandas as pd

    places = places_of(example)
    agencies = pd.DataFrame(
        {
            "x": places[:, 0],
            "y": places[:, 1],
            "number": example.drawn + 1,
            "name": example.names,
            "capacity": example.capacity,
            "member": moment.member,
            "lead": moment.lead,
        }
    )
    first, second = np.nonzero(np.triu(example.tied | moment.joint, 1))
    ties = pd.DataFrame(
        {
            "x0": places[first, 0],
            "y0": places[first, 1],
            "x1": places[second, 0],
            "y1": places[second, 1],
            "trust": moment.trust[first, second],
            "joint": moment.joint[first, second],
        }
    )
    return agencies, ties


def members_table(example: Example) -> pd.DataFrame:
    """Return a row an agency that is in at first or at the end: trust and commitment at both.

    The example has to hold the first and the last moment.
    """
    import pandas as pd

    first, last = example.moments[0], example.moments[-1]
    rows = []
    for place in np.flatnonzero(first.member | last.member):
        rows.append(
            {
                "number": int(example.drawn[place]) + 1,
                "agency": example.names[place],
                "capacity": float(example.capacity[place]),
                "member_at_the_end": bool(last.member[place]),
                "trust_at_first": _mean_trust(first, int(place)),
                "trust_at_the_end": _mean_trust(last, int(place)),
                "commitment_at_the_end": float(last.commitment[place]),
            }
        )
    return pd.DataFrame(rows)


def _mean_trust(moment: Moment, place: int) -> float:
    """Return the mean mutual trust between an agency and those it is in a partnership with."""
    others = moment.joint[place].copy()
    others[place] = False
    return float(moment.trust[place, others].mean()) if others.any() else math.nan
