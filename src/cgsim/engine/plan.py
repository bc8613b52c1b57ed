"""From scenarios to the arrays the engine runs on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cgsim.engine.batch import Design, draw_run, new_workspace
from cgsim.mechanisms import JOINING, NETWORKS, RECRUITMENT
from cgsim.rules.state import BOARD_COLUMNS, MONTH_COLUMNS, Flags, Floats, Shape, Shocks, World
from cgsim.scenario.errors import Fault, ScenarioError
from cgsim.scenario.model import Partnership, Scenario
from cgsim.scenario.parameters import BY_NAME, GENERAL, LEVER_NUMBERS, WORLD_NUMBERS, Parameter
from cgsim.tables import worked_out
from cgsim.world.draw import new_world

MOST_BYTES_A_RUN = 4 * 2**30
SEATS_FOR_ALL = 50
"""Up to so many agencies, every partnership has a seat for everybody."""


def _dtype(parameters: Sequence[Parameter]) -> np.dtype:
    return np.dtype([(p.name, np.float64) for p in parameters])


settings_type = worked_out(lambda: _dtype(GENERAL))
levers_type = worked_out(lambda: _dtype(LEVER_NUMBERS))
_known = worked_out(lambda: frozenset(BY_NAME))
_settings = worked_out(lambda: {p.name: p.number() for p in GENERAL})
_levers = worked_out(lambda: {p.name: p.default for p in LEVER_NUMBERS})
WORLD_SETTINGS = _dtype(WORLD_NUMBERS)
SIZES_OF_A_SHAPE = ("T", "N", "K", "S", "B", "G", "C", "Q", "Y", "J", "D", "U")
"""What the sizes of a ``Shape`` are called where the engine is described."""
ASKS = np.dtype([("members", np.float64), ("lead", np.float64), ("changed", np.float64)])
"""What a change asks of a partnership once: so many members, and 1 + the agency that is to lead.

The last is 1 where the change sets anything of the partnership: it may have its price.
"""


def founders_of(scenario: Scenario, partnership: Partnership) -> int:
    """Return how many founding members a partnership has."""
    agencies = len(scenario.agencies_in(partnership.area))
    if partnership.recruit == "all":
        return agencies
    if partnership.recruit == "names":
        return len(partnership.members)
    return min(partnership.size, agencies)


def seats_of(scenario: Scenario) -> list[int]:
    """Return for how many members each partnership needs room, with those who have left.

    Those are its founders, and as many as every change asks for: nobody joins twice. All of its
    area have one where a mechanism lets others join. Where agencies are few there is a seat for
    everybody, so that designs of other sizes have one shape.
    """
    agencies = int(scenario.values["agencies"])
    if agencies <= SEATS_FOR_ALL:
        return [agencies] * len(scenario.partnerships)
    most = [len(scenario.agencies_in(partnership.area)) for partnership in scenario.partnerships]
    if scenario.mechanisms[JOINING.name] != JOINING.default:
        return most
    seats = [founders_of(scenario, partnership) for partnership in scenario.partnerships]
    asked = {
        (change.month, b): int(change.set["size"])  # of two in a month the last holds
        for change in scenario.changes
        for b in change.partnerships
        if "size" in change.set
    }
    for (_, b), size in asked.items():
        seats[b] += size
    return [min(limit, count) for limit, count in zip(most, seats, strict=True)]


def shape_of(scenario: Scenario, *, any_asked: bool = False) -> Shape:
    """Return a scenario's sizes.

    ``any_asked`` is for a run whose members may be asked for by hand.
    """
    values = scenario.values
    seats = seats_of(scenario)
    asked = any_asked or any("size" in change.set for change in scenario.changes)
    agencies, partnerships = int(values["agencies"]), len(scenario.partnerships)
    return Shape(
        months=int(values["months"]),
        agencies=agencies,
        objectives=int(values["objectives"]),
        skills=int(values["skills"]),
        partnerships=partnerships,
        regimes=len(regime_months(scenario)),
        seats=max(seats, default=0),
        pairs=sum(count * count for count in seats),
        given=agencies if scenario.given_network is not None else 0,
        ordered=partnerships if asked else 0,
        areas=int(values["areas"]),
        stocks=int(values["areas"]) * int(values["objectives"]),
    )


def bytes_of(shape: Shape, arms: int) -> int:
    """Return how many bytes the results and the workspace of one run take, about."""
    z = shape
    t, n, k, b = z.months, z.agencies, z.objectives, z.partnerships
    columns = len(MONTH_COLUMNS) + len(BOARD_COLUMNS) * b + n + z.stocks
    world = n * (n + b) + 8 * z.given**2 + 8 * n * (z.skills + k + 3 + z.ordered)
    design = b * (n + 8 * z.regimes * len(LEVER_NUMBERS))
    state = 8 * (7 * z.pairs + 9 * b * z.seats + n * z.seats + n * (18 * k + 40 + 2 * z.regimes))
    return 8 * arms * t * columns + world + design + 8 * 9 * t * n + state


def regime_months(scenario: Scenario) -> list[int]:
    """Return the months from which other values hold; month 0 first."""
    return sorted({0} | {change.month for change in scenario.changes})


def regime_by_month(starts: Sequence[int], months: int) -> NDArray[np.int64]:
    """Return the number of the regime in force each month, (T,); ``starts`` their first months."""
    return np.searchsorted(starts, np.arange(months), side="right") - 1


class Regimes(NamedTuple):
    """What holds when: G regimes, one from each month with a change on."""

    settings: np.ndarray  #: (G,) of ``settings_type``
    levers: np.ndarray  #: (G, B) of ``levers_type``
    asks: np.ndarray  #: (G, B) of ASKS; 0 where nothing is asked
    agendas: Flags  #: (G, B, K)
    regime: NDArray[np.int64]  #: (T,) the regime in force each month


_WITH = "--with FILE.py, or cgsim.use(...)"


def refuse_what_nobody_reads(scenario: Scenario) -> None:
    """Raise ``ScenarioError`` for a value of an extension that is not in use."""
    known = _known()
    levers, changes = scenario.partnerships, scenario.changes
    for named in (scenario.values, *(p.levers for p in levers), *(c.set for c in changes)):
        for name in named:
            if name not in known:
                message = "is a parameter of an extension that is not in use; allowed with it: "
                message += _WITH
                raise ScenarioError([Fault(scenario.name, None, name, message)])
    chosen = [("network", scenario.network, NETWORKS)]
    chosen += [("recruit", partnership.recruit, RECRUITMENT) for partnership in levers]
    for key, name, ways in chosen:
        if name not in ways:
            message = f'got "{name}" of an extension that is not in use; allowed with it: {_WITH}'
            raise ScenarioError([Fault(scenario.name, None, key, message)])


def fill_regimes(scenario: Scenario) -> Regimes:
    """Return what a scenario sets and changes, by regime."""
    starts = regime_months(scenario)
    count, partnerships = len(starts), len(scenario.partnerships)
    settings = np.zeros(count, settings_type())
    levers = np.zeros((count, partnerships), levers_type())
    asks = np.zeros((count, partnerships), ASKS)
    agendas = np.zeros((count, partnerships, int(scenario.values["objectives"])), np.bool_)
    refuse_what_nobody_reads(scenario)
    plain(settings)[:] = _laid_over(_settings(), scenario.values)
    for b, partnership in enumerate(scenario.partnerships):
        plain(levers)[:, b] = _laid_over(_levers(), partnership.levers)
        agendas[:, b, list(partnership.focus)] = True
    for change in scenario.changes:
        since = starts.index(change.month)
        for key, value in change.set.items():
            if key in settings.dtype.names:  # type: ignore[operator]
                settings[key][since:] = value
                continue
            for b in change.partnerships:
                asks["changed"][since, b] = 1
                if key == "size":
                    asks["members"][since, b] = value
                else:
                    levers[key][since:, b] = value
        for b in change.partnerships:
            if change.lead is not None:
                asks["lead"][since, b] = 1 + change.lead
                asks["changed"][since, b] = 1
            if change.focus is not None:
                asks["changed"][since, b] = 1
                agendas[since:, b] = False
                agendas[since:, b, list(change.focus)] = True
    regime = regime_by_month(starts, int(scenario.values["months"]))
    return Regimes(settings, levers, asks, agendas, regime)


def _laid_over(defaults: Mapping[str, Any], values: Mapping[str, float]) -> tuple[Any, ...]:
    """Return the values by the names and in the order of the defaults."""
    return tuple(map(values.get, defaults, defaults.values()))


def plain(array: np.ndarray) -> np.ndarray:
    """Return an array of records of numbers with an axis more for their fields, in place.

    NumPy copies records field by field, which takes longer than the run that they are for. Any
    other array is returned as it is.
    """
    if array.dtype.names is None:
        return array
    return np.asarray(array).view(np.float64).reshape(*array.shape, len(array.dtype.names))


def new_design(points: int, shape: Shape) -> Design:
    """Return room for the design of some points of one shape, with all of the world to be drawn."""
    p = points
    t, n, k, s, b, g = shape[:6]
    return Design(
        settings=np.zeros((p, g), settings_type()).view(np.recarray),
        levers=np.zeros((p, g, b), levers_type()).view(np.recarray),
        asks=np.zeros((p, g, b), ASKS).view(np.recarray),
        regime=np.zeros((p, t), np.int64),
        world_settings=np.zeros(p, WORLD_SETTINGS).view(np.recarray),
        network=np.zeros((p, 1), np.int64),
        first_local=np.zeros((p, shape.areas + 1), np.int64),
        capacity=np.full((p, n), np.nan),
        home=np.full((p, n), -1, np.int64),
        skill=np.full((p, n, s), np.nan),
        goal=np.full((p, n, k), np.nan),
        senior=np.full((p, n), np.nan),
        operational=np.full((p, n), np.nan),
        crosscut=np.full((p, k), np.nan),
        mix=np.full((p, k, s), np.nan),
        area=np.zeros((p, b), np.int64),
        agendas=np.zeros((p, g, b, k), np.bool_),
        recruitment=np.zeros((p, b), np.int64),
        size=np.zeros((p, b), np.int64),
        named=np.zeros((p, b, n), np.bool_),
        lead=np.full((p, b), -1, np.int64),
        seats=np.zeros((p, b), np.int64),
    )


def plan(scenarios: Sequence[Scenario]) -> Design:
    """Return the design of scenarios of one shape, a point each, in their order."""
    shape = shape_of(scenarios[0])
    design = new_design(len(scenarios), shape)
    regimes = [plain(getattr(design, name)) for name in Regimes._fields]
    for point, scenario in enumerate(scenarios):
        if shape_of(scenario) != shape:
            raise ValueError("the scenarios of one plan must have the same sizes")
        for room, array in zip(regimes, fill_regimes(scenario), strict=True):
            room[point] = plain(array)
        design.world_settings[point] = tuple(scenario.values[q.name] for q in WORLD_NUMBERS)
        design.network[point] = NETWORKS.index(scenario.network)
        design.first_local[point] = scenario.first_local
        for i, agency in enumerate(scenario.agencies):
            given = (
                (design.capacity, agency.capacity),
                (design.home, agency.home),
                (design.skill, agency.skills),
                (design.goal, agency.goals),
                (design.senior, agency.senior),
                (design.operational, agency.operational),
            )
            for array, value in given:
                if value is not None:
                    array[point, i] = value
        for o, objective in enumerate(scenario.objectives):
            if objective.crosscut is not None:
                design.crosscut[point, o] = objective.crosscut
            if objective.mix is not None:
                design.mix[point, o] = objective.mix
        for place, partnership in enumerate(scenario.partnerships):
            design.recruitment[point, place] = RECRUITMENT.index(partnership.recruit)
            design.size[point, place] = partnership.size
            design.area[point, place] = partnership.area
            design.named[point, place, list(partnership.members)] = True
            if partnership.lead is not None:
                design.lead[point, place] = partnership.lead
        design.seats[point] = seats_of(scenario)
    return design


class GivenNetwork(NamedTuple):
    """The network that a scenario gives; Y is N there, and 0 where none is given."""

    ties: Flags  #: (Y, Y), both ways
    trust: Floats  #: (Y, Y) who trusts whom at the start, 0 to 1; NaN where nothing is given


def given_network(scenario: Scenario) -> GivenNetwork:
    """Return the network that a scenario gives."""
    count = shape_of(scenario).given
    ties = np.zeros((count, count), np.bool_)
    trust = np.full((count, count), np.nan)
    if scenario.given_network:
        for i, j in scenario.given_network.tied:
            ties[i, j] = ties[j, i] = True
        for i, j, value in scenario.given_network.starting_trust:
            trust[i, j] = value
    return GivenNetwork(ties, trust)


def packed(scenarios: Sequence[Scenario]) -> dict[str, Any]:
    """Return scenarios of one shape as plain tables, for the engine in JavaScript.

    ``design`` holds every array of a ``Design`` as a flat list; what has to be drawn is None.
    """
    shape = shape_of(scenarios[0])
    design = plan(scenarios)
    network = given_network(scenarios[0])
    return {
        "sizes": {"P": len(scenarios), **dict(zip(SIZES_OF_A_SHAPE, shape, strict=True))},
        "design": {name: _flat(array) for name, array in design._asdict().items()},
        "hour_cost": [scenario.values["hour_cost"] for scenario in scenarios],
        "given_ties": network.ties.astype(int).ravel().tolist(),
        "given_trust": _flat(network.trust),
    }


def _flat(array: np.ndarray) -> list[Any]:
    numbers = plain(array).astype(float).ravel().tolist()
    return [None if value != value else value for value in numbers]


class Drawn(NamedTuple):
    """One replicate of one scenario, drawn and not yet lived."""

    design: Design  #: of one point
    world: World
    shocks: Shocks
    shape: Shape


def draw_one(scenario: Scenario, seed: int, replicate: int) -> Drawn:
    """Draw one replicate's world and shocks: the same as in any batch."""
    shape = shape_of(scenario, any_asked=True)
    design = plan([scenario])
    work = new_workspace(shape)
    world = new_world(shape)
    network = given_network(scenario)
    draw_run(design, 0, np.uint64(seed), replicate, *network, world, work.shocks, work)
    return Drawn(design, world, work.shocks, shape)
