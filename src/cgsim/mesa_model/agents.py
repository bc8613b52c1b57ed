"""Agencies and partnerships as Mesa agents: views on rows of the run's arrays.

Agents hold no state of their own. What can be set changes the run from the next month on, in the
arm it is set in and in the arm alone that its gain is measured against; everything else refuses.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NoReturn

import mesa
import numpy as np
from mesa.discrete_space import FixedAgent

from cgsim.rules.acquaintance import write_trust
from cgsim.rules.state import ENDINGS, Floats
from cgsim.scenario.checks import NAMED
from cgsim.scenario.errors import hint
from cgsim.scenario.parameters import LEVERS
from cgsim.tables import Rows

if TYPE_CHECKING:
    from cgsim.mesa_model.model import PartnershipModel

LEVER_NAMES = Rows(lambda: (lever.name for lever in LEVERS))
_MESAS_OWN = ("model", "unique_id", "pos", "cell")


def read_only(array: Any) -> Any:
    """Return a view of an array that cannot be written to."""
    view = array.view()
    view.flags.writeable = False
    return view


class _Row(mesa.Agent):  # type: ignore[misc]
    """A row of the run's arrays."""

    _ready = False
    _settable: tuple[str, ...] = ()
    _can_be_set = ""

    def __init__(self, model: PartnershipModel, number: int, name: str) -> None:
        super().__init__(model)
        self.number = number
        self.name = name
        self._ready = True

    def __setattr__(self, name: str, value: Any) -> None:
        """Set what can be set; refuse the rest with one line."""
        if not self._ready or name.startswith("_") or name in _MESAS_OWN:
            super().__setattr__(name, value)
            return
        known = getattr(type(self), name, None)
        if isinstance(known, property) and known.fset is not None:
            super().__setattr__(name, value)
        elif known is not None and not isinstance(known, property) and not callable(known):
            super().__setattr__(name, value)  # declared by a class of the user's own
        elif known is not None or name in self.__dict__:
            raise AttributeError(
                f"{self.name}: {name}: follows from the rules and cannot be set; "
                f"can be set: {self._can_be_set}"
            )
        else:
            raise AttributeError(
                f"{self.name}: {name}: got an unknown attribute; allowed {self._can_be_set}, or a "
                f"name of your own that begins with _{hint(name, self._settable)}"
            )

    def remove(self) -> NoReturn:
        """Refuse: the rules decide who takes part, and the arms must hold the same agencies."""
        self.model.deregister_agent(self)
        raise AssertionError("the model must refuse")

    def __repr__(self) -> str:
        """Return the kind, the name and the number."""
        return f"<{type(self).__name__} {self.number}: {self.name}>"


class Agency(_Row, FixedAgent):  # type: ignore[misc]
    """An agency: a row of the run's arrays."""

    _settable = ("capacity", "trust", "understanding", "view")
    _can_be_set = ", ".join(_settable)

    def __init__(self, model: PartnershipModel, number: int) -> None:
        """Stand for agency ``number`` (from 0) of the model's run."""
        super().__init__(model, number, model.spec.agency_names[number])

    @property
    def capacity(self) -> float:
        """Officer-hours a month. Can be set; the need of the area stays as it is."""
        return float(self.model._world.capacity[self.number])

    @capacity.setter
    def capacity(self, hours: float) -> None:
        self.model._poke("capacity", self.number, hours)

    @property
    def memberships(self) -> tuple[int, ...]:
        """The numbers of the partnerships it is a member of."""
        return tuple(b for b, _ in self._places())

    def _places(self) -> Iterator[tuple[int, int]]:
        """Yield the partnerships it is a member of, and its place in their rosters."""
        state = self.model._state
        if len(state.partnership):
            count = state.partnership["members"][:, None]
            here = state.roster == self.number
            here &= np.arange(here.shape[1]) < count
            yield from zip(*map(np.ndarray.tolist, np.nonzero(here)), strict=True)

    @property
    def is_lead(self) -> bool:
        """Whether it leads any of its partnerships."""
        partnerships = self.model._state.partnership
        return any(int(partnerships[b].lead) == self.number for b in self.memberships)

    @property
    def commitment(self) -> float:
        """Share of its free hours that it gives to all its partnerships."""
        return float(sum(self.model._state.commitment[place] for place in self._places()))

    @property
    def given_hours(self) -> float:
        """Hours delivered to partnerships this month."""
        state = self.model._state
        if not len(state.partnership):
            return 0.0
        here = state.giver == self.number
        here &= np.arange(here.shape[1]) < state.partnership["givers"][:, None]
        return float(state.given[here].sum())

    @property
    def own_hours(self) -> float:
        """Hours of its own work this month."""
        return float(self.model._state.own_hours[self.number])

    @property
    def overhead_hours(self) -> float:
        """Hours of overhead this month."""
        return float(self.model._state.overhead[self.number])

    @property
    def own_met(self) -> float:
        """Units of need met by its own work this month."""
        return float(self.model._state.own_met[self.number])

    @property
    def view(self) -> Floats:
        """How it thinks joint effort should be divided, (K,), sum 1. Can be set as a whole."""
        return read_only(self.model._state.views[:, self.number])  # type: ignore[no-any-return]

    @view.setter
    def view(self, shares: Any) -> None:
        self.model._poke("view", self.number, shares)

    @property
    def understanding(self) -> Floats:
        """What it understands of client need, (K,), 0 to 1. Can be set as a whole."""
        column = self.model._state.understanding[:, self.number]
        return read_only(column)  # type: ignore[no-any-return]

    @understanding.setter
    def understanding(self, shares: Any) -> None:
        self.model._poke("understanding", self.number, shares)

    @property
    def trust(self) -> Floats:
        """Its trust in every agency, (N,), 0 to 1; 0 for itself. Can be set as a whole."""
        trust = np.zeros(len(self.model.agencies))
        write_trust(self.number, self.model._world, self.model._state, trust)
        return read_only(trust)  # type: ignore[no-any-return]

    @trust.setter
    def trust(self, shares: Any) -> None:
        self.model._poke("trust", self.number, shares)

    @property
    def mean_trust(self) -> float:
        """Its mean trust in the other members of its partnerships; 0 if it is in none."""
        others = {other.number for b in self.memberships for other in _members(self.model, b)}
        others.discard(self.number)
        return float(self.trust[sorted(others)].mean()) if others else 0.0


def _members(model: PartnershipModel, b: int) -> tuple[Agency, ...]:
    state = model._state
    roster = state.roster[b, : int(state.partnership[b].members)]
    return tuple(model.agencies[int(number)] for number in roster)


class Partnership(_Row):
    """A partnership: a row of the run's arrays. Its levers can be set by their names."""

    _settable = (*(n for n in LEVER_NAMES if n not in ("recruit", "area")), *NAMED)
    _can_be_set = "its levers, lead and focus"

    def __init__(self, model: PartnershipModel, number: int) -> None:
        """Stand for partnership ``number`` (from 0) of the model's run."""
        super().__init__(model, number, model.spec.partnerships[number].name)

    def __setattr__(self, name: str, value: Any) -> None:
        """Set a lever from the next month on; refuse what is none."""
        if self._ready and name in (*LEVER_NAMES, *NAMED):
            self.model._change(name, value, (self.number,))
        else:
            super().__setattr__(name, value)

    def __getattr__(self, name: str) -> Any:
        """Return a lever's value for the next month."""
        if name in LEVER_NAMES and self._ready:
            return self.model._lever(name, self.number)
        raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")

    @property
    def _row(self) -> Any:
        return self.model._state.partnership[self.number]

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
        return _members(self.model, self.number)

    @property
    def lead(self) -> Agency | None:
        """The agency that leads; None if it does not live. Can be set, to one of its members."""
        return self.model.agencies[int(self._row.lead)] if self.alive else None

    @property
    def focus(self) -> tuple[str, ...]:
        """The names of the objectives on its agenda. Can be set."""
        agenda = np.flatnonzero(self.model._state.agenda[self.number])
        return tuple(self.model.spec.objectives[k].name for k in agenda)

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
