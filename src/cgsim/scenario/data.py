"""What a scenario is: every value filled in, nothing left to look up."""

from __future__ import annotations

import html
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NoReturn, Self

from cgsim import mechanisms
from cgsim.scenario.errors import hint, shown
from cgsim.scenario.network import Network
from cgsim.scenario.parameters import BY_NAME, FREE, is_read

TEXTS = ("summary", "happened", "assumed", "look_for", "source")
"""What is told of a scenario as its file has it, and of no other values."""
CHANGED = " (changed)"
"""The end of the title of a scenario whose values were changed."""
LONGEST_TITLE = 80


def changed_title(title: str) -> str:
    """Return the title of a scenario whose values were changed, and that got none of its own."""
    if title.endswith(CHANGED):
        return title
    return title[: LONGEST_TITLE - len(CHANGED)].rstrip() + CHANGED


def first_locals(values: Mapping[str, float]) -> tuple[int, ...]:
    """Return the number of the first agency of each area, and how many agencies there are in all.

    National ones come first: the share of all of them, rounded, and none in one area. The rest are
    divided as evenly as can be.
    """
    agencies, areas = int(values["agencies"]), int(values["areas"])
    national = math.floor(values["national_share"] * agencies + 0.5) if areas > 1 else 0
    return tuple(national + (agencies - national) * d // areas for d in range(areas + 1))


class Values(dict[str, float]):
    """Values by name that cannot be written to: a scenario never changes, ``replace`` makes one."""

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise TypeError("a scenario's values cannot be set; take scenario.replace('key=value')")

    __setitem__ = __delitem__ = __ior__ = _refuse  # type: ignore[assignment]
    update = setdefault = pop = popitem = clear = _refuse  # type: ignore[assignment]

    def __reduce__(self) -> tuple[Any, ...]:
        """Be copied and sent as a whole: the usual way sets item by item."""
        return Values, (dict(self),)


@dataclass(frozen=True)
class Objective:
    """An outcome for the community. What is None is drawn or taken from ``[world]``."""

    name: str
    crosscut: float | None = None
    mix: tuple[float, ...] | None = None  #: share of each skill, summing to 1


@dataclass(frozen=True)
class GivenAgency:
    """An agency given by name. What is None is drawn."""

    name: str
    capacity: float | None = None  #: hours a month
    home: int | None = None  #: a skill's number, from 0
    skills: tuple[float, ...] | None = None  #: shares, summing to 1
    goals: tuple[float, ...] | None = None  #: weights, summing to 1
    senior: float | None = None
    operational: float | None = None


@dataclass(frozen=True)
class Partnership:
    """A partnership: its levers, who founds it and what it works on."""

    name: str
    levers: Mapping[str, float]  #: by parameter name; flags are 0 or 1
    size: int
    recruit: str
    members: tuple[int, ...]  #: agency numbers from 0, where given by name
    lead: int | None
    focus: tuple[int, ...]  #: objective numbers from 0
    area: int = 0  #: the area that it works in, from 0

    def __post_init__(self) -> None:
        """Keep the levers from being written to."""
        object.__setattr__(self, "levers", Values(self.levers))


@dataclass(frozen=True)
class Change:
    """A scheduled change: from this month on these values hold.

    ``size`` among them is asked for once, in this month: agencies join, or members are let go.
    """

    month: int
    partnerships: tuple[int, ...]  #: numbers from 0, for the levers among the values
    set: Mapping[str, float]
    lead: int | None = None  #: the agency that leads from now on, if it is a member
    focus: tuple[int, ...] | None = None  #: the agenda from now on, objective numbers from 0

    def __post_init__(self) -> None:
        """Keep the values from being written to."""
        object.__setattr__(self, "set", Values(self.set))


@dataclass(frozen=True)
class ScenarioData:
    """A scenario, whole and checked, as data. ``Scenario`` reads and writes itself besides."""

    title: str
    values: Mapping[str, float]  #: every number of [world], [money] and the groups between
    network: str
    skill_names: tuple[str, ...]
    objectives: tuple[Objective, ...]
    agencies: tuple[GivenAgency, ...]  #: the first of the area's agencies
    partnerships: tuple[Partnership, ...]
    changes: tuple[Change, ...] = ()
    given_network: Network | None = None  #: what was read where the network is from a file
    known: tuple[str, ...] = ()  #: uncertain inputs whose values stand, and are not drawn
    name: str = "scenario"
    summary: str = ""
    happened: str = ""
    assumed: str = ""
    look_for: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        """Keep the values from being written to."""
        object.__setattr__(self, "values", Values(self.values))

    def __repr__(self) -> str:
        """Tell which it is, not every number."""
        return f"<Scenario {self.name}: {self.title}>"

    def _repr_html_(self) -> str:
        """Return its title and summary, as notebooks show them."""
        return f"<p><b>{html.escape(self.title)}</b></p><p>{html.escape(self.summary)}</p>"

    @cached_property
    def agency_names(self) -> tuple[str, ...]:
        """The names of all agencies; those not given are called "agency 1" and so on."""
        given = tuple(agency.name for agency in self.agencies)
        drawn = range(len(given), int(self.values["agencies"]))
        return given + tuple(f"agency {number + 1}" for number in drawn)

    @cached_property
    def first_local(self) -> tuple[int, ...]:
        """The number of the first agency of each area, and how many agencies there are in all.

        National agencies, of all areas, come before; with one area there are none.
        """
        return first_locals(self.values)

    def agencies_in(self, area: int) -> tuple[int, ...]:
        """Return the numbers of the agencies in an area, from 0: the national ones and its own."""
        first = self.first_local
        return (*range(first[0]), *range(first[area], first[area + 1]))

    @property
    def buys(self) -> bool:
        """Whether any partnership may have hours bought for it, now or after a change."""
        funds = [p.levers.get("fund", 0.0) for p in self.partnerships]
        return any([*funds, *(change.set.get("fund", 0.0) for change in self.changes)])

    @cached_property
    def fixed_counts(self) -> frozenset[str]:
        """The counts that its own names settle: another number would not fit, so none is drawn.

        "skills", where it names skills or says which ones an agency or an objective has.
        """
        numbered = tuple(f"skill {n}" for n in range(1, len(self.skill_names) + 1))
        named = (
            self.skill_names != numbered
            or any(objective.mix is not None for objective in self.objectives)
            or any(a.home is not None or a.skills is not None for a in self.agencies)
        )
        return frozenset({"skills"} if named else ())

    @property
    def known_and_read(self) -> tuple[str, ...]:
        """Those that it knows and that its mechanisms read: they would be drawn otherwise."""
        return tuple(name for name in self.known if is_read(BY_NAME[name], self.values))

    def told_as_changed(self, before: Self | None) -> Self:
        """Return it without the texts that are of other values, where its values are others.

        ``before`` is what it was changed from; None where that could not be. A title of its own
        stays; one that it has from before says "(changed)".
        """
        texts: dict[str, Any] = dict.fromkeys(TEXTS, "")
        if before is None:
            return replace(self, title=changed_title(self.title), **texts)
        if self == replace(before, title=self.title):
            return self
        title = changed_title(self.title) if self.title == before.title else self.title
        return replace(self, title=title, **texts)

    def with_numbers(self, numbers: Mapping[str, float]) -> Self:
        """Return the scenario with other values, by name; a lever's holds for every partnership.

        The quick way for designs of thousands of points: each name must be in ``parameters.FREE``
        and each value in its range (flags are 0 or 1), or ``ValueError`` is raised. What
        ``replace`` would do too, which checks everything.
        """
        for name, value in numbers.items():
            parameter = BY_NAME[name]
            whole = parameter.kind in ("whole", "flag")
            if name not in FREE or not parameter.low <= value <= parameter.high:
                raise ValueError(f"{name}: got {value:g}; allowed {parameter.allowed}")
            if whole and value != int(value):
                raise ValueError(f"{name}: got {value:g}; allowed {parameter.allowed}")
        general = {name: float(numbers[name]) for name in numbers if name in self.values}
        levers = {name: float(numbers[name]) for name in numbers if name not in self.values}
        made = replace(
            self,
            values={**self.values, **general},
            partnerships=tuple(
                replace(p, levers={**p.levers, **levers}) if levers else p
                for p in self.partnerships
            ),
        )
        return made.told_as_changed(self)

    @property
    def mechanisms(self) -> dict[str, str]:
        """The mechanism that it chooses of every kind, by the kind's name."""
        return {k.name: k.names[int(self.values[k.name])] for k in mechanisms.KINDS}

    def with_mechanisms(self, chosen: Mapping[str, str]) -> Self:
        """Return the scenario with other mechanisms, by the names of their kinds.

        What only one mechanism reads keeps its value, whether that one is chosen or not. Raises
        ``ValueError`` for a name that there is not.
        """
        numbers = {}
        for kind, name in chosen.items():
            if kind not in mechanisms.BY_KIND:
                near = hint(kind, mechanisms.BY_KIND)
                raise ValueError(f"got {shown(kind)}; allowed a kind of mechanism{near}")
            known = mechanisms.BY_KIND[kind].names
            if name not in known:
                near = hint(name, known)
                raise ValueError(f"{kind}: got {shown(name)}; allowed {', '.join(known)}{near}")
            numbers[kind] = float(known.index(name))
        return replace(self, values={**self.values, **numbers}).told_as_changed(self)
