"""A run as a Mesa model: agencies and partnerships as agents, one month a step.

    from cgsim import PartnershipModel

    model = PartnershipModel("baseline", seed_number=1, replicate=0, meetings=2)
    model.run_model()
    model.datacollector.get_model_vars_dataframe()

The model walks the very month that the batch engine walks, over the same kind of arrays, so the
same seed and replicate give the same numbers, bit for bit. Agents hold no state of their own: they
are views on rows of the run's arrays.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple, NoReturn, Self, TypeVar

import mesa
import networkx as nx
import numpy as np
from mesa.discrete_space import Network

from cgsim.engine.batch import Chunk, grants_of
from cgsim.engine.life import (
    LaidOut,
    begin_run,
    set_trust,
    state_by_agency,
    step_run,
    with_room,
)
from cgsim.engine.plan import draw_one, settings_type, shape_of
from cgsim.engine.run import ARMS, refuse_the_impossible
from cgsim.measures import COLUMN, MEASURES, Arms, measure_chunk
from cgsim.mesa_model.agents import LEVER_NAMES, Agency, Partnership, read_only
from cgsim.mesa_model.luck import luck_of
from cgsim.rules.state import (
    BOARD_COLUMNS,
    FRICTIONS,
    MONTH_COLUMNS,
    VARIABLES,
    Flags,
    Floats,
    Record,
    Shocks,
    State,
    Switches,
    World,
    new_record,
    new_state,
)
from cgsim.scenario import Scenario, load
from cgsim.scenario.checks import FEWEST, NAMED
from cgsim.scenario.errors import Fault, ScenarioError, hint, shown, whole_number
from cgsim.scenario.files import PARTNERSHIP_EXTRAS, Settings, assignments, value_of
from cgsim.scenario.parameters import BY_NAME

ARM_NAMES = tuple(arm.name for arm in ARMS)
TOGETHER, ALONE, EQUAL_MONEY = ARM_NAMES

_ARGUMENTS = ("scenario", "seed_number", "replicate", "arm", "off", "collect", "set", "rng", "seed")
_MESAS_OWN = ("running", "steps", "time", "datacollector", "agent_id_counter", "step")
_OF_AGENCIES = (
    "commitment",
    "given_hours",
    "own_hours",
    "overhead_hours",
    "own_met",
    "mean_trust",
)
# By column; none is called as a parameter, whose value stands in the same rows of a batch.
_OF_PARTNERSHIPS = {
    "joint_hours": "joint_hours",
    "settled": "settled",
    "backlog": "backlog",
    "meetings_held": "meetings",
}
T = TypeVar("T", bound=tuple[Any, ...])


class Event(NamedTuple):
    """A value that was set by hand, and the month from which it holds."""

    month: int
    name: str  #: a parameter, or what of an agency
    numbers: tuple[int, ...]  #: the partnerships, or the agency
    value: Any


class PartnershipModel(mesa.Model):  # type: ignore[misc]
    """One replicate of a scenario in one arm, a month a step.

    ``scenario`` a ``Scenario``, a library name or a file; ``set`` and any parameter by keyword
    change its values, as in ``cgsim.run`` (``meetings=2``). ``seed_number`` and ``replicate`` the
    luck, as in ``cgsim.run``; Mesa's ``rng`` (or ``seed``) is another name for the seed number, and
    an iteration of ``mesa.batch_run`` is the replicate. ``arm`` "together", "alone" or
    "equal_money"; ``off`` names of frictions to switch off; ``collect`` False leaves the data
    collector empty, which saves most of a step's time (the record is kept all the same).
    ``running`` turns False after the last month. Raises ``ScenarioError`` for what is not allowed.

    A parameter that is set on the model (``model.turnover = 0.1``) holds from the next month on, as
    a scheduled change would; a lever that is set on a partnership holds for that one. So do
    ``size`` (others join, or members are let go), ``lead`` (an agency or its name) and ``focus``
    (the agenda: objectives' names, or the first so many).
    """

    _ready = False

    def __init__(
        self,
        scenario: Scenario | str | Path = "baseline",
        seed_number: int | None = None,
        replicate: int | None = None,
        arm: str = TOGETHER,
        off: tuple[str, ...] = (),
        collect: bool = True,
        set: Settings = (),
        rng: Any = None,
        **kwargs: Any,
    ) -> None:
        """Draw the world and start the run; no month has been lived yet."""
        if _is_mesas(scenario):
            rng, scenario, kwargs = _taken_apart(scenario, rng, kwargs)
        luck = luck_of(seed_number, replicate, rng, kwargs.pop("seed", None))
        super().__init__(rng=luck[0] % 2**32)
        self.seed_number, self.replicate = luck
        if arm not in ARM_NAMES:
            raise ValueError(f"arm: got {arm!r}; allowed {', '.join(ARM_NAMES)}")
        unknown = [friction for friction in off if friction not in FRICTIONS]
        if unknown:
            raise ValueError(f"off: got {unknown[0]!r}; allowed {', '.join(FRICTIONS)}")
        changes = (*assignments(set), *assignments(_known(kwargs)))
        try:
            if isinstance(scenario, Scenario):
                self.spec = scenario.replace(*changes) if changes else scenario
            else:
                self.spec = load(scenario, changes)
        except ScenarioError as error:
            raise ScenarioError(map(_as_keyword, error.faults)) from None
        refuse_the_impossible([self.spec], 1, 1)
        self.arm = arm
        self.off = tuple(off)
        self._collect = collect
        self._given = self.spec
        self._events: list[Event] = []
        self._twins: dict[str, PartnershipModel] = {}
        self._network: Network | None = None
        self._month = -1
        self._design, self._world, self._shocks, shape = draw_one(self.spec, *luck)
        self._switches = Switches(*(friction not in off for friction in FRICTIONS))
        self.months = shape.months
        own = shape if arm == TOGETHER else shape.apart
        count = own.partnerships
        self._grants = np.zeros((shape.months, shape.agencies))
        self._state, self._record = new_state(own), new_record(own)
        begin_run(self._design.settings[0], self._world, self._state)
        self._grant()
        self.agencies = tuple(Agency(self, number) for number in range(shape.agencies))
        self.partnerships = tuple(Partnership(self, b) for b in range(count))
        self.running = True
        self.datacollector = mesa.DataCollector(
            model_reporters={
                "month": "month",
                **{name: partial(_this_month, place=n) for n, name in enumerate(MONTH_COLUMNS)},
                "met_alone": "met_alone",
                "gain": "gain",
            },
            agenttype_reporters={
                Agency: {name: attrgetter(name) for name in _OF_AGENCIES},
                **(
                    {
                        Partnership: {
                            column: attrgetter(of) for column, of in _OF_PARTNERSHIPS.items()
                        }
                        | {
                            v.name: partial(_of_extension, name=v.name)
                            for v in VARIABLES
                            if v.of == "partnership"
                        }
                    }
                    if count
                    else {}
                ),
            },
        )
        self._ready = True

    # What there is to read.

    @property
    def scenario(self) -> Any:
        """None: newer versions of Mesa keep an object of their own here. Ours is ``spec``."""
        return None

    @scenario.setter
    def scenario(self, given: Any) -> None:
        # Mesa makes one for every model. If it could be read back, Mesa's Reset would put a new
        # one in the place of the scenario that the model was made with.
        if self._ready:
            self._refuse("scenario")

    @property
    def month(self) -> int:
        """The last month lived, from 0; -1 before the first."""
        return self._month

    @property
    def state(self) -> State:
        """What changes during the run, to be read."""
        return _read_only(self._state)

    @property
    def world(self) -> World:
        """What there is, to be read."""
        return _read_only(self._world)

    @property
    def shocks(self) -> Shocks:
        """The run's chance events, to be read."""
        return _read_only(self._shocks)

    @property
    def record(self) -> Record:
        """What the run has left behind so far, to be read."""
        return _read_only(self._record)

    @property
    def tied(self) -> Flags:
        """Which agencies know each other, (N, N), to be read."""
        return read_only(self._world.tied)  # type: ignore[no-any-return]

    @property
    def by_agency(self) -> LaidOut:
        """Trust, members, commitments and hours by agency, to be read; ``state`` has them by place.

        ``trust`` is (N, N); all else (B, N), by partnership and agency.
        """
        return _read_only(state_by_agency(self._world, self._state))

    @property
    def grants(self) -> Floats:
        """Hours given to agencies each month, (T, N), to be read."""
        return read_only(self._grants)  # type: ignore[no-any-return]

    @property
    def grid(self) -> Network:
        """The agencies in a network of their ties, for Mesa's pictures of a space."""
        if self._network is None:
            graph: nx.Graph = nx.Graph()
            graph.add_nodes_from(range(len(self.agencies)))
            graph.add_edges_from(zip(*map(np.ndarray.tolist, self._ties()), strict=True))
            self._network = Network(graph, random=self.random)
            for agency in self.agencies:
                agency.cell = self._network[agency.number]
        return self._network

    def column(self, name: str) -> Floats:
        """Return one column of the record so far: a month column (months,)."""
        return self.record.month[: self.month + 1, MONTH_COLUMNS.index(name)]

    def board(self, partnership: int, name: str) -> Floats:
        """Return one column of a partnership's record so far, (months,)."""
        return self.record.board[: self.month + 1, partnership, BOARD_COLUMNS.index(name)]

    def network(self) -> nx.Graph:
        """Return the agencies as a networkx graph: ties, and mean mutual trust as weight."""
        graph: nx.Graph = nx.Graph()
        for agency in self.agencies:
            graph.add_node(agency.number, name=agency.name, capacity=agency.capacity)
        trust = self.by_agency.trust
        for first, second in zip(*self._ties(), strict=True):
            weight = 0.5 * float(trust[first, second] + trust[second, first])
            graph.add_edge(int(first), int(second), weight=weight)
        return graph

    def _ties(self) -> tuple[Any, ...]:
        return np.nonzero(np.triu(self._world.tied))

    @property
    def met_alone(self) -> float:
        """Units of need met in this month of the same run in the arm alone; 0 before the first."""
        return float(self._in_arm(ALONE).column("met")[-1]) if self._month >= 0 else 0.0

    @property
    def gain(self) -> float:
        """The gain of this arm so far against the arm alone, as a share (model page, Measures).

        After the last month it is the ``gain`` of ``cgsim.run``. The other arms are lived when the
        gain is first asked for, on the same luck and with the same values set, and kept.
        """
        if self.arm == ALONE:
            return 0.0
        measured = self._measured(TOGETHER, ALONE, self.arm)
        gain = float(measured[COLUMN["gain"]])
        if self.arm == EQUAL_MONEY:
            gain -= float(measured[COLUMN["gain_over_equal_money"]])
        return gain

    @property
    def gain_over_equal_money(self) -> float:
        """What the arm together gained so far over the same money spent on services, a share.

        As ``gain`` a share of what the founders met alone (model page, Measures); after the last
        month it is the ``gain_over_equal_money`` of ``cgsim.run``. Where no hours were bought it is
        the gain of the arm together.
        """
        measured = self._measured(TOGETHER, ALONE, EQUAL_MONEY)
        return float(measured[COLUMN["gain_over_equal_money"]])

    def _measured(self, *names: str) -> Floats:
        """Return the measures of this run so far, from arms that are lived for them and kept."""
        arms = {name: self._in_arm(name) for name in dict.fromkeys(names)}
        shape = shape_of(self.spec)
        chunk = Chunk(
            World(*(array[None] for array in self._world)),  # type: ignore[arg-type]
            np.stack([arm._record.month for arm in arms.values()])[None],
            np.zeros((1, len(arms), shape.months, shape.partnerships, len(BOARD_COLUMNS))),
            np.stack([arm._record.own_met for arm in arms.values()])[None],
            np.stack([arm._record.met_by_objective for arm in arms.values()])[None],
        )
        chunk.board[0, 0] = arms[TOGETHER]._record.board
        measured = np.zeros((1, len(MEASURES)))
        hour_cost = np.array([self.spec.values["hour_cost"]])
        places = Arms(0, 1, list(arms).index(EQUAL_MONEY) if EQUAL_MONEY in arms else -1)
        measure_chunk(chunk, np.zeros(1, np.int64), places, hour_cost, measured)
        return measured[0]

    def _in_arm(self, name: str) -> PartnershipModel:
        """Return this run in another arm, lived up to the same month."""
        if name == self.arm:
            return self
        if name not in self._twins:
            self._twins[name] = self._begin(arm=name, off=self.off if name == TOGETHER else ())
        twin = self._twins[name]
        twin._follow(self._events, self._month)
        return twin

    def _begin(self, **other: Any) -> PartnershipModel:
        """Return the run as it began, in some respect another; not collecting."""
        how = {"arm": self.arm, "off": self.off, "collect": False, **other}
        begun = PartnershipModel(self._given, self.seed_number, self.replicate, **how)
        begun.forget()
        return begun

    def _follow(self, events: list[Event], month: int) -> None:
        """Live up to a month with what was set by hand along the way."""
        while True:
            for event in events[len(self._events) :]:
                if event.month != self._month + 1:
                    break
                self._make(event)
            if self._month >= month:
                return
            self.step()

    # Living on.

    def step(self) -> None:
        """Live one month. Does nothing once the last month has been lived."""
        month = self._month + 1
        if month >= self.months:
            self.running = False
            return
        step_run(
            self._design.settings[0],
            self._design.levers[0],
            self._design.asks[0],
            self._design.agendas[0],
            self._design.regime[0],
            self._switches,
            self._world,
            self._shocks,
            self._grants,
            month,
            self._record,
            self._state,
        )
        self._month = month
        self.running = month + 1 < self.months
        if self._collect:
            self.datacollector.collect(self)

    def _wrapped_step(self, *args: Any, **kwargs: Any) -> None:
        # Mesa's way to call ``step``: no month, no step, and nothing counted.
        if self._month + 1 < self.months:
            super()._wrapped_step(*args, **kwargs)
        else:
            self.running = False

    def _do_step(self) -> None:
        # The same where newer versions of Mesa run for a time.
        if self._month + 1 < self.months:
            super()._do_step()

    def run_model(self) -> None:
        """Live every month that is left."""
        while self.running:
            self.step()

    def fork(self, at: int | None = None, set: Settings = (), **kwargs: Any) -> Self:
        """Return a run with the same past and luck and, from month ``at`` on, other values.

        ``at`` counts from 0 and is the first month with the new values (the next month if it is not
        given); the months before it have been lived in what is returned, as this run did or would.
        What was set by hand in this run from that month on is left out. Fork every arm alike to
        compare them. Raises ``ScenarioError`` for a value or a month that is not allowed.
        """
        at = self._month + 1 if at is None else at
        whole_number("at", at, 0, self.months - 1)
        changes = list(_read(set, self._given))
        changes += [(name, (), value) for name, value in _known(kwargs).items()]
        other = type(self)(
            self._given, self.seed_number, self.replicate, self.arm, self.off, self._collect
        )
        other._follow([event for event in self._events if event.month < at], at - 1)
        for name, numbers, value in changes:
            other._change(name, value, numbers, of_arm=False)
        return other

    def forget(self) -> None:
        """Let go of the model: older versions of Mesa keep every model alive otherwise."""
        getattr(mesa.Agent, "_ids", {}).pop(self, None)

    # What can be set, and what refuses.

    def __setattr__(self, name: str, value: Any) -> None:
        """Set a parameter from the next month on, or what is Mesa's; refuse the rest."""
        if not self._ready or name.startswith("_") or name == "scenario":
            super().__setattr__(name, value)
        elif name in _MESAS_OWN:
            if name == "steps" and value != self.steps + 1:
                self._refuse(name)
            super().__setattr__(name, value)
        elif name in (*BY_NAME, *NAMED) and name not in ("months", "agencies"):
            self._change(name, value, ())
        elif hasattr(type(self), name) and not hasattr(PartnershipModel, name):
            super().__setattr__(name, value)  # declared by a class of the user's own
        elif name in self.__dict__ or hasattr(PartnershipModel, name):
            self._refuse(name)
        else:
            raise AttributeError(
                f"{name}: got an unknown attribute; allowed a parameter, or a name of your own "
                f"that begins with _{hint(name, BY_NAME)}"
            )

    def __getattr__(self, name: str) -> Any:
        """Return a parameter's value for the next month; a lever's, where all have the same."""
        if name in BY_NAME and self.__dict__.get("_ready"):
            if name in settings_type().names:  # type: ignore[operator]
                value = float(self._design.settings[0][self._regime()][name])
                parameter = BY_NAME[name]
                return parameter.choices[int(value)] if parameter.choices else value
            if name in self.spec.values:
                return self.spec.values[name]
            if name in LEVER_NAMES:
                found = {self._lever(name, b) for b in range(len(self.spec.partnerships))}
                if len(found) == 1:
                    return found.pop()
                raise AttributeError(f"{name}: ask a partnership: {len(found)} values hold")
        raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")

    def _regime(self) -> int:
        return int(self._design.regime[0][min(self._month + 1, self.months - 1)])

    def _lever(self, name: str, partnership: int) -> float | str:
        """Return a lever's value for the next month."""
        given = self.spec.partnerships[partnership]
        if name == "recruit":
            return given.recruit
        if name == "area":
            return given.area + 1
        if name == "size":
            asked = self._design.asks[0]["members"][: self._regime() + 1, partnership]
            return int(asked[asked > 0][-1]) if np.any(asked) else given.size
        return float(self._design.levers[0][self._regime(), partnership][name])

    def _refuse(self, name: str) -> NoReturn:
        raise AttributeError(
            f"{name}: belongs to the run and cannot be set; make a new model, or fork this one"
        )

    def reset_rng(self, rng: Any = None) -> None:
        """Refuse: a run's luck is its seed number and its replicate."""
        self._refuse("rng")

    def reset_randomizer(self, seed: Any = None) -> None:
        """Refuse: a run's luck is its seed number and its replicate."""
        self._refuse("seed")

    def deregister_agent(self, agent: Any) -> None:
        """Let an agent of the user's own go; refuse for agencies and partnerships."""
        if isinstance(agent, (Agency, Partnership)):
            raise ValueError(
                f"{agent.name}: cannot be removed: the rules decide who takes part, and both arms "
                "must hold the same agencies; make a scenario without it"
            )
        super().deregister_agent(agent)

    def register_agent(self, agent: Any) -> None:
        """Take an agent of the user's own; refuse more agencies and partnerships."""
        if self._ready and isinstance(agent, (Agency, Partnership)):
            raise ValueError(
                f"{type(agent).__name__}: cannot be added to a run; make a scenario with more"
            )
        super().register_agent(agent)

    def _change(self, name: str, value: Any, numbers: tuple[int, ...], of_arm: bool = True) -> None:
        """Let a parameter's new value hold from the next month on.

        ``numbers`` the partnerships a lever is set for, all of them if empty; ``of_arm`` says that
        a lever is meant for this arm, which then must have partnerships.
        """
        parameter = BY_NAME.get(name)
        value = value.tolist() if hasattr(value, "tolist") else value
        if name not in NAMED and (
            parameter is None or parameter.shapes_world or parameter.section == "money"
        ):
            raise AttributeError(
                f"{name}: is read before the first month; give it when the model is made: "
                f"{type(self).__name__}(..., {name}=...)"
            )
        self._need_a_month(name)
        if parameter is None:
            self._name(name, value, numbers, of_arm)
            return
        right = isinstance(value, bool) == (parameter.kind == "flag")
        if right and isinstance(value, (int, float)):
            right = parameter.low <= value <= parameter.high
            if name == "size" and right and not FEWEST <= value <= len(self.agencies):
                allowed = f"from {FEWEST} to {len(self.agencies)}, all the agencies"
                raise _fault(self.spec.name, name, value, allowed)
            right = right and (parameter.kind != "whole" or value == int(value))
        elif not (name == "last" and value == "never"):
            right = False
        if not right:
            raise _fault(self.spec.name, name, value, parameter.allowed)
        if parameter.section == "partnership":
            self._need_a_partnership(name, of_arm)
        value = int(value) if parameter.kind == "whole" else value
        self._make(Event(self._month + 1, name, numbers, value))

    def _name(self, name: str, value: Any, numbers: tuple[int, ...], of_arm: bool) -> None:
        """Let another lead or another agenda hold from the next month on."""
        self._need_a_partnership(name, of_arm)
        if isinstance(value, Agency):
            value = value.name
        value = list(value) if isinstance(value, tuple) else value
        try:
            self._make(Event(self._month + 1, name, numbers, value))
        except ScenarioError as error:
            faults = (replace(fault, file=self.spec.name, key=name) for fault in error.faults)
            raise ScenarioError(faults) from None

    def _need_a_partnership(self, name: str, of_arm: bool) -> None:
        if not (self.partnerships if of_arm else self.spec.partnerships):
            where = f"the arm {self.arm}" if self.spec.partnerships else "this scenario"
            raise AttributeError(f"{name}: there is no partnership in {where}")

    def _poke(self, what: str, agency: int, value: Any) -> None:
        """Set something of an agency from the next month on."""
        self._need_a_month(what)
        key = f"{self.agencies[agency].name}: {what}"
        try:
            given = np.array(value, np.float64)
        except (TypeError, ValueError):
            given = np.array(np.nan)
        if what == "capacity":
            parameter = BY_NAME["capacity"]
            if given.shape != () or not parameter.low <= float(given) <= parameter.high:
                raise _fault(self.spec.name, key, value, parameter.allowed)
        else:
            size = len(self.agencies) if what == "trust" else len(self.spec.objectives)
            allowed = f"{size} numbers from 0 to 1"
            right = given.shape == (size,) and bool(np.all((given >= 0.0) & (given <= 1.0)))
            if what == "trust" and right:
                allowed += ", 0 for itself"
                right = given[agency] == 0.0
            elif what == "view" and right:
                allowed += " that sum to 1"
                right = bool(abs(given.sum() - 1.0) < 1e-9)
            if not right:
                raise _fault(self.spec.name, key, value, allowed)
        self._make(Event(self._month + 1, what, (agency,), given))

    def _need_a_month(self, name: str) -> None:
        if self._month + 1 >= self.months:
            raise AttributeError(f"{name}: the last month has been lived; fork the run earlier")

    def _make(self, event: Event) -> None:
        """Make something hold that was set by hand, and remember it for the other arms."""
        if event.name in (*BY_NAME, *NAMED) and event.name != "capacity":
            self.__dict__["spec"] = self._with_change(event)
            drawn = draw_one(self.spec, self.seed_number, self.replicate)
            self._design, self._shocks = drawn.design, drawn.shocks
            seats, regimes = drawn.design.seats[0], drawn.shape.regimes
            self._state = with_room(self._state, seats, regimes)
        elif event.name == "trust":
            (agency,) = event.numbers
            self._state = set_trust(agency, event.value, self._world, self._state)
        else:
            (agency,) = event.numbers
            place: dict[str, Any] = {
                "capacity": self._world.capacity[agency : agency + 1],
                "view": self._state.views[:, agency],
                "understanding": self._state.understanding[:, agency],
            }
            place[event.name][...] = event.value
        self._events.append(event)
        self._grant()

    def _with_change(self, event: Event) -> Scenario:
        """Return the scenario with one more scheduled change, after those of the same month."""
        table: dict[str, Any] = {"month": event.month, "set": {event.name: event.value}}
        if event.numbers:
            table["partnership"] = [self.spec.partnerships[b].name for b in event.numbers]
        tables = self.spec.to_dict()
        tables["change"] = [*tables.get("change", ()), table]
        return Scenario.from_dict(tables, self.spec.name)

    def _grant(self) -> None:
        """Work out what the arm of equal money is given: it follows from the arm together."""
        if self.arm == EQUAL_MONEY:
            together = self._begin(arm=TOGETHER)
            together._follow(self._events, self.months - 1)
            grants_of(together._world, together._record, self._grants)

    def __repr__(self) -> str:
        """Return the scenario, the arm, the luck and the month."""
        return (
            f"<{type(self).__name__} {self.spec.name}, {self.arm}, seed {self.seed_number}, "
            f"replicate {self.replicate}, {self._month + 1} of {self.months} months lived>"
        )


def _read_only(arrays: T) -> T:
    return type(arrays)(*map(read_only, arrays))


def _this_month(model: PartnershipModel, place: int) -> float:
    return float(model._record.month[model._month, place])


def _of_extension(partnership: Partnership, name: str) -> float:
    model = partnership.model
    place = BOARD_COLUMNS.index(name)
    return float(model._record.board[max(0, model._month), partnership.number, place])


def _fault(file: str, key: str, value: Any, allowed: str) -> ScenarioError:
    value = value.tolist() if hasattr(value, "tolist") else value
    return ScenarioError([Fault(file, None, key, f"got {shown(value)}; allowed {allowed}")])


def _as_keyword(fault: Fault) -> Fault:
    """Return the fault of a value that a command would have been given, by its keyword here."""
    if fault.file != "--set":
        return fault
    return replace(fault, file="PartnershipModel", key=fault.key.rpartition(".")[2])


def _known(given: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return parameters given by keyword; refuse a name that is none."""
    extras = (*PARTNERSHIP_EXTRAS, "network_file", "network_scale", "title", "partnerships")
    for name in given:
        if name not in BY_NAME and name not in extras:
            near = hint(name, [*BY_NAME, *extras, *_ARGUMENTS])
            message = f"got an unknown keyword; allowed a parameter{near}"
            raise ScenarioError([Fault("PartnershipModel", None, name, message)])
    return given


def _read(settings: Settings, scenario: Scenario) -> Iterator[tuple[str, tuple[int, ...], Any]]:
    """Yield (parameter, partnerships or none for all, value) of assignments, as ``--set`` reads."""
    names = [partnership.name for partnership in scenario.partnerships]
    for text in assignments(settings):
        key, _, right = text.partition("=")
        parts = key.strip().split(".")
        numbers: tuple[int, ...] = ()
        if len(parts) == 3 and parts[0] == "partnership":
            numbered = [*names, *(str(n + 1) for n in range(len(names)))]
            if parts[1] not in numbered:
                near = hint(parts[1], names)
                message = f"got {shown(parts[1])}; allowed a partnership's number or name{near}"
                raise ScenarioError([Fault("set", None, key, message)])
            numbers = (numbered.index(parts[1]) % len(names),)
        if parts[-1] not in (*BY_NAME, *NAMED):
            known = [*BY_NAME, *NAMED]
            message = "got an unknown key; allowed a parameter" + hint(parts[-1], known)
            raise ScenarioError([Fault("set", None, key, message)])
        yield parts[-1], numbers, value_of(right.strip())


def _is_mesas(scenario: Any) -> bool:
    return any(kind.__module__.startswith("mesa.") for kind in type(scenario).__mro__)


def _taken_apart(scenario: Any, rng: Any, given: dict[str, Any]) -> tuple[Any, Any, dict[str, Any]]:
    """Return the luck, the scenario and the parameters out of a ``Scenario`` of Mesa's own."""
    values = {name: v for name, v in vars(scenario).items() if not name.startswith("_")}
    values.pop("model", None)
    inside = values.pop("rng", None)
    return inside if rng is None else rng, values.pop("scenario", "baseline"), {**values, **given}
