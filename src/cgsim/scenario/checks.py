"""From checked tables to a scenario: the form of each table, then what must fit together."""

from __future__ import annotations

import copy
import logging
import math
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from cgsim.scenario.data import (
    TEXTS,
    Change,
    GivenAgency,
    Objective,
    Partnership,
    ScenarioData,
    first_locals,
)
from cgsim.scenario.errors import MOST_FAULTS, Fault, ScenarioError, hint, pointed, safe, shown
from cgsim.scenario.keys import Path
from cgsim.scenario.network import Network, checked_scale, from_table
from cgsim.scenario.outside import name_of
from cgsim.scenario.parameters import (
    BY_NAME,
    FREE,
    LEVER_NUMBERS,
    PARAMETERS,
    SECTIONS,
    Parameter,
    is_read,
)
from cgsim.tables import EXTENSIONS

if TYPE_CHECKING:
    from cgsim.scenario.files import Draft

_log = logging.getLogger("cgsim")

FEWEST = 2
"""So many members a change asks for at least: fewer are no partnership."""

INDEPENDENT = tuple(name for name in SECTIONS if name not in ("world", "mechanisms", "partnership"))
"""Sections of which no value decides what else may stand in a file."""

S = TypeVar("S", bound=ScenarioData)


def _is_focus(value: Any) -> bool:
    if isinstance(value, list):
        return bool(value) and all(isinstance(name, str) for name in value)
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


NAMED: dict[str, Callable[[Any], bool]] = {
    "lead": lambda value: isinstance(value, str),
    "focus": _is_focus,
}
"""What a change may set besides parameters, and whether a value has the right form."""


def build(draft: Draft, kind: type[S]) -> S:
    """Return the scenario that a draft describes; raise ``ScenarioError`` with all its faults."""
    if faults := needed_faults(draft):
        raise ScenarioError(faults)
    if wrong := form_faults(draft):
        raise ScenarioError([*wrong.values(), *_other_faults(draft, wrong)])
    builder = Builder(draft)
    scenario = builder.scenario(kind)
    if builder.faults:
        raise ScenarioError(builder.faults)
    return scenario


def _other_faults(draft: Draft, wrong: Iterable[Path]) -> list[Fault]:
    """Return what else does not fit, where what has the wrong form is a value that may be any.

    Such a value is looked at as if it had not been given. A wrong name or count may be the reason
    why something else does not fit: beside one, nothing is said of the rest.
    """
    if not all(path[-1] in FREE or path[0] in INDEPENDENT for path in wrong):
        return []
    tables = copy.deepcopy(draft.tables)
    for path in wrong:
        del _value_at(tables, path[:-1])[path[-1]]
    builder = Builder(replace(draft, tables=tables))
    builder.scenario(ScenarioData)
    return builder.faults


def needed_faults(draft: Draft) -> list[Fault]:
    """Return which extensions the scenario says that it needs and that are not in use."""
    given = draft.tables.get("needs", [])
    names = [given] if isinstance(given, str) else given
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        return []  # the form tells
    used = [one.name for one in EXTENSIONS]
    return [
        draft.fault(
            ("needs",),
            f"got {shown(name)}, which is not in use; allowed with it: --with {safe(name)} (it is "
            "code, and none is taken from a scenario file)",
        )
        for name in names
        if name not in used
    ]


def form_faults(draft: Draft) -> dict[Path, Fault]:
    """Return what is wrong with the tables one by one: unknown keys, wrong types, wrong ranges.

    By the path in the tables.
    """
    from pydantic import ValidationError

    from cgsim.scenario import form

    try:
        form.file_form().model_validate(draft.tables)
    except ValidationError as error:
        faults: dict[Path, Fault] = {}
        hints: dict[tuple[Any, ...], str] = {}  # a table that is there many times has one of each
        for item in error.errors(include_url=False, include_context=False, include_input=False):
            path = _path_in(draft.tables, item["loc"])
            if item["type"] == "extra_forbidden":
                known = form.known_keys(path[:-1])
                home = BY_NAME.get(str(path[-1]))
                near = f" (it belongs in [{home.section}])" if home else ""
                if not home:
                    wrong = (str(path[-1]), *known)
                    if wrong not in hints and len(hints) < MOST_FAULTS:
                        hints[wrong] = hint(wrong[0], known)
                    near = hints.get(wrong, "")
                message = "got an unknown key; allowed " + _nearby(known) + near
            elif item["type"] == "missing":
                path = (*path, item["loc"][-1]) if path != item["loc"] else path
                message = f"got nothing; allowed {form.allowed(path)}"
            else:
                value = _value_at(draft.tables, path)
                message = f"got {shown(value)}; allowed {form.allowed(path)}"
                parameter = BY_NAME.get(str(path[-1]))
                if parameter and parameter.kind == "choice" and isinstance(value, str):
                    message += hint(value, parameter.choices)
                elif isinstance(value, str) and "number" in form.allowed(path):
                    message += pointed(value)
            faults.setdefault(path, draft.fault(path, message))
        return faults
    return {}


def _nearby(known: Sequence[str]) -> str:
    """Name a table's keys, if they are few."""
    return ", ".join(known) if len(known) <= 8 else "the keys of this table"


def _path_in(tables: Any, loc: tuple[str | int, ...]) -> Path:
    """Return the part of a pydantic location that is a path in the tables.

    Inside a choice of types pydantic adds the name of the type tried, and inside a list of numbers
    the place: the key that the file's reader sees is what is wanted.
    """
    path: list[str | int] = []
    value = tables
    for part in loc:
        if isinstance(value, dict) and part in value:
            value = value[part]
        elif isinstance(value, list) and isinstance(part, int) and part < len(value):
            if not isinstance(value[part], dict):
                break
            value = value[part]
        elif len(path) < 2 or (len(path) == 2 and isinstance(path[1], int)):
            if part == loc[-1] and isinstance(value, dict):
                path.append(part)
            break
        else:
            break
        path.append(part)
        if len(path) >= 3 or (len(path) == 2 and isinstance(path[1], str)):
            break
    return tuple(path)


def _value_at(tables: Any, path: Path) -> Any:
    for part in path:
        tables = tables[part]
    return tables


class Builder:
    """Puts a scenario together from tables of the right form, and collects what does not fit."""

    def __init__(self, draft: Draft) -> None:
        """Start from a draft whose tables have the right form."""
        self.draft = draft
        self.tables = draft.tables
        self.faults: list[Fault] = []

    def fault(self, path: Path, got: str, allowed: str, near: str = "") -> None:
        """Note one thing that does not fit."""
        fault = self.draft.fault(path, f"got {got}; allowed {allowed}{near}")
        if fault not in self.faults:  # partnerships of one table say the same
            self.faults.append(fault)

    def near(self, given: str, known: Sequence[str]) -> str:
        """Return a hint, for as many faults as are shown: to find one takes time."""
        return hint(given, known) if len(self.faults) < MOST_FAULTS else ""

    def scenario(self, kind: type[S]) -> S:
        """Return the scenario; worth something only if ``faults`` stays empty."""
        world = self.tables.get("world") or {}
        self.values = {
            p.name: p.number((self.tables.get(p.section) or {}).get(p.name))
            for p in PARAMETERS
            if p.section != "partnership" and not p.in_words
        }
        self.tell_of_unread()
        known = self.known()
        self.agency_count = int(self.values["agencies"])
        self.objective_count = int(self.values["objectives"])
        self.skill_count = int(self.values["skills"])
        network = world.get("network") or str(BY_NAME["network"].default)
        self.first_local = first_locals(self.values)
        self.check_areas()
        fewest = min(map(self.count_in, range(self.area_count)))
        if network == "small_world" and self.values["neighbours"] >= fewest:
            self.fault(
                ("world", "neighbours"),
                f"{self.values['neighbours']:.0f}",
                f"fewer than the {fewest} agencies{self.of_area()}",
            )
        self.skill_names = self.names("skill", self.skill_count, "skills")
        objectives = self.objectives()
        self.objective_names = [objective.name for objective in objectives]
        agencies = self.agencies()
        self.agency_names = [agency.name for agency in agencies]
        partnerships = self.partnerships()
        texts = {name: (self.tables.get(name) or "").strip() for name in TEXTS}
        return kind(
            title=self.tables["title"],
            values=self.values,
            network=network,
            skill_names=tuple(self.skill_names),
            objectives=objectives,
            agencies=agencies,
            partnerships=partnerships,
            changes=self.changes(partnerships),
            given_network=self.given_network(network, world),
            known=known,
            name=self.draft.name,
            **texts,
        )

    def known(self) -> tuple[str, ...]:
        """Return the uncertain inputs that are said to be known, in the order of the table."""
        given = self.tables.get("known") or []
        uncertain = [p.name for p in PARAMETERS if p.prior]
        for place, name in enumerate(given):
            if name not in uncertain:
                allowed = "an uncertain input"
                allowed += ": this one is never drawn" if name in BY_NAME else ""
                self.fault(("known",), shown(name), allowed, self.near(name, uncertain))
            elif name in given[:place]:
                self.fault(("known",), f"{shown(name)} twice", "each input once")
        for parameter in PARAMETERS:
            # Its multiples would be drawn of a value that no draw has.
            base = parameter.prior_times
            if base in given and parameter.name not in given:
                both = f"it together with {parameter.name}, which is drawn as a multiple of it"
                self.fault(("known",), shown(base), both)
        return tuple(name for name in uncertain if name in given)

    def tell_of_unread(self) -> None:
        """Say of each parameter that somebody set or knows and no chosen mechanism reads."""
        known = self.tables.get("known") or []
        for parameter in PARAMETERS:
            path: Path = (parameter.section, parameter.name)
            if is_read(parameter, self.values):
                continue
            kind, mechanism = parameter.only_under or ("", "")
            chosen = BY_NAME[kind].choices[int(self.values[kind])]
            message = f'is read only with {kind} = "{mechanism}"; here {kind} is "{chosen}"'
            if path in self.draft.places:
                _log.warning("%s", self.draft.fault(path, message))
            elif parameter.name in known and ("known",) in self.draft.places:
                _log.warning("%s", self.draft.fault(("known",), f"{parameter.name} {message}"))

    @property
    def area_count(self) -> int:
        """Return how many areas there are."""
        return int(self.values["areas"])

    def check_areas(self) -> None:
        """Note areas without an agency of their own, and national agencies of one area."""
        share = (self.tables.get("world") or {}).get("national_share")
        if self.area_count == 1 and share:
            self.fault(
                ("world", "national_share"),
                shown(share),
                "0 where [world] areas is 1: every agency works in that area",
            )
        local = self.agency_count - self.first_local[0]
        if self.area_count > 1 and local < self.area_count:
            national = f"{self.first_local[0]} of {self.agency_count} agencies are national"
            self.fault(
                ("world", "areas"),
                str(self.area_count),
                f"at most {local}, so that each has an agency of its own: {national}",
            )

    def count_in(self, area: int) -> int:
        """Return how many agencies there are in an area, national ones with it."""
        first = self.first_local
        return first[0] + first[area + 1] - first[area]

    def is_in(self, agency: int, area: int) -> bool:
        """Tell whether an agency works in an area: it is of that area, or national."""
        first = self.first_local
        return agency < first[0] or first[area] <= agency < first[area + 1]

    def of_area(self, area: int | None = None) -> str:
        """Return the end of a message on an area's agencies; nothing where there is one area."""
        if self.area_count == 1:
            return ""
        return " of the smallest area" if area is None else f" of area {area + 1}"

    def given_network(self, network: str, world: dict[str, Any]) -> Network | None:
        """Return the network that is read from a file, or was; needs all agencies' names."""
        path: Path = ("world", "network_file")
        given, scale = world.get("network_file"), world.get("network_scale")
        if network != "file":
            for key, value in (("network_file", given), ("network_scale", scale)):
                if value is not None:
                    self.fault(
                        ("world", key), shown(value), f'a {key[8:]} only with network = "file"'
                    )
            return None
        if given is None:
            self.fault(("world", "network"), '"file"', "it together with network_file")
            return None
        names = self.all_agencies()
        if isinstance(given, dict):
            if scale is not None:
                self.fault(("world", "network_scale"), shown(scale), "it inside network_file here")
            try:
                return from_table(given, names)
            except ValueError as error:
                self.faults.append(self.draft.fault(path, str(error)))
                return None
        try:
            ends = None if scale is None else checked_scale(scale)
        except ValueError as error:
            self.faults.append(self.draft.fault(("world", "network_scale"), str(error)))
            return None
        if self.draft.beside is None:
            self.fault(path, shown(given), "no file here: this text stands in no folder")
            return None
        from cgsim.scenario.network_files import read_network

        file = self.draft.beside / given
        if not os.path.exists(file):
            self.fault(path, shown(given), "the path of a file that is there")
            return None
        try:
            found = read_network(file, names, ends)
        except ScenarioError as error:
            self.faults += error.faults
            return None
        if found.notes:
            _log.warning("%s: %s", name_of(file), "; ".join(found.notes))
        return found

    def all_agencies(self) -> tuple[str, ...]:
        """Return the names of all agencies: those given, then numbers."""
        numbered = range(len(self.agency_names) + 1, self.agency_count + 1)
        return (*self.agency_names, *(f"agency {number}" for number in numbered))

    def names(self, table: str, count: int, counted: str) -> list[str]:
        """Return ``count`` names: those given first, numbered ones after; note those twice."""
        given = [entry["name"] for entry in self.tables.get(table) or []]
        self.check_count(table, len(given), count, counted)
        seen: set[str] = set()
        for place, name in enumerate(given):
            if name in seen:
                self.fault((table, place, "name"), shown(name), "each name once")
            seen.add(name)
        number = len(given)
        while len(given) < count:
            number += 1
            if f"{table} {number}" not in seen:
                given.append(f"{table} {number}")
        return given

    def check_count(self, table: str, given: int, count: int, counted: str) -> None:
        """Note if a file names more of something than there is."""
        if given > count:
            self.fault(
                (table, count), f"{given} of them", f"at most {count}, as [world] {counted} says"
            )

    def objectives(self) -> tuple[Objective, ...]:
        """Return all objectives, named or not."""
        given = self.tables.get("objective") or []
        names = self.names("objective", self.objective_count, "objectives")
        result = []
        for place, name in enumerate(names):
            entry = given[place] if place < len(given) else {}
            mix = self.weights(
                ("objective", place, "mix"), entry.get("mix"), self.skill_names, "skill"
            )
            crosscut = entry.get("crosscut")
            result.append(Objective(name, None if crosscut is None else float(crosscut), mix))
        return tuple(result)

    def agencies(self) -> tuple[GivenAgency, ...]:
        """Return the agencies given by name."""
        given = self.tables.get("agency") or []
        names = self.names("agency", len(given), "agencies")
        self.check_count("agency", len(given), self.agency_count, "agencies")
        result = []
        for place, entry in enumerate(given):
            path: Path = ("agency", place)
            home = entry.get("home")
            if home is not None and entry.get("skills") is not None:
                self.fault((*path, "home"), shown(home), "either home or skills, not both")
            number = None
            if home is not None:
                number = self.find((*path, "home"), home, self.skill_names, "skill")
            result.append(
                GivenAgency(
                    names[place],
                    _optional(entry.get("capacity")),
                    number,
                    self.weights((*path, "skills"), entry.get("skills"), self.skill_names, "skill"),
                    self.weights(
                        (*path, "goals"), entry.get("goals"), self.objective_names, "objective"
                    ),
                    _optional(entry.get("senior")),
                    _optional(entry.get("operational")),
                )
            )
        return tuple(result)

    def find(self, path: Path, name: str, names: Sequence[str], kind: str) -> int | None:
        """Return the number of a name, or note that there is none such."""
        if name in names:
            return list(names).index(name)
        few = ", ".join(names[:6]) + (" ..." if len(names) > 6 else "")
        allowed = f"the name of a given {kind}" + (f" ({few})" if names else "")
        self.fault(path, shown(name), allowed, self.near(name, names))
        return None

    def weights(
        self, path: Path, given: Any, names: Sequence[str], kind: str
    ) -> tuple[float, ...] | None:
        """Return weights scaled to sum to 1, from a list or a table by name."""
        if given is None:
            return None
        if isinstance(given, dict):
            row = [0.0] * len(names)
            before = len(self.faults)
            for name, weight in given.items():
                number = self.find((*path, name), name, names, kind)
                if number is not None:
                    row[number] = float(weight)
            if len(self.faults) > before:
                return None
        else:
            row = [float(weight) for weight in given]
            if len(row) != len(names):
                self.fault(path, f"{len(row)} weights", f"{len(names)}, one for each {kind}")
                return None
        total = math.fsum(row)
        if total <= 0.0:
            self.fault(path, "weights that are all 0", "at least one above 0")
            return None
        scaled = tuple(weight / total for weight in row)
        return scaled if abs(math.fsum(row) - 1.0) > 1e-12 else tuple(row)

    def partnerships(self) -> tuple[Partnership, ...]:
        """Return the partnerships: those listed, none if so said, else one with all defaults."""
        listed = self.tables.get("partnership")
        if self.tables.get("partnerships") == "none":
            if listed:
                self.fault(("partnerships",), '"none"', "no [[partnership]] beside it")
            return ()
        result = []
        names: set[str] = set()
        for place, entry in enumerate([{}] if listed is None else listed):
            path: Path = ("partnership", place)
            name = entry.get("name") or f"partnership {place + 1}"
            if name in names:
                self.fault((*path, "name"), shown(name), "each name once")
            names.add(name)
            area = int(entry.get("area") or BY_NAME["area"].default) - 1
            if area >= self.area_count:
                allowed = f"at most {self.area_count}, as [world] areas says"
                self.fault((*path, "area"), str(area + 1), allowed)
                area = 0
            asked = entry.get("members") or []
            members = self.members(path, entry, area)
            recruit = entry.get("recruit") or ("names" if asked else BY_NAME["recruit"].default)
            lead = None
            if entry.get("lead") is not None:
                lead = self.find((*path, "lead"), entry["lead"], self.agency_names, "agency")
                if lead is not None and asked and entry["lead"] not in asked:
                    self.fault((*path, "lead"), shown(entry["lead"]), "one of its members")
                elif lead is not None and not self.is_in(lead, area):
                    self.fault(
                        (*path, "lead"), shown(entry["lead"]), f"an agency{self.of_area(area)}"
                    )
            if recruit == "names" and not asked:
                self.fault((*path, "recruit"), '"names"', "it together with members")
            if recruit != "names" and asked:
                self.fault((*path, "recruit"), shown(recruit), '"names" where members are given')
            size = int(entry.get("size") or BY_NAME["size"].default)
            if recruit == "names":
                if entry.get("size") is not None and size != len(asked):
                    self.fault(
                        (*path, "size"), str(size), f"{len(asked)}, the number of its members"
                    )
                size = len(members)
            elif recruit == "all":
                size = self.count_in(area)
            elif size > self.count_in(area):
                allowed = f"at most {self.count_in(area)}, all the agencies{self.of_area(area)}"
                self.fault((*path, "size"), str(size), allowed)
            levers = {p.name: p.number(entry.get(p.name)) for p in LEVER_NUMBERS}
            start, last = levers["start"], levers["last"]
            if last <= start < self.values["months"]:
                _log.warning(
                    "%s: its last month, %.0f, is no later than its start in month %.0f, "
                    "so it ends in the month after it begins",
                    shown(name),
                    last,
                    start,
                )
            result.append(
                Partnership(
                    name, levers, size, str(recruit), members, lead, self.focus(path, entry), area
                )
            )
        return tuple(result)

    def members(self, path: Path, entry: dict[str, Any], area: int) -> tuple[int, ...]:
        """Return the founding members given by name: of one area, or national."""
        found = []
        for name in entry.get("members") or []:
            number = self.find((*path, "members"), name, self.agency_names, "agency")
            if number is not None and number in found:
                self.fault((*path, "members"), f"{shown(name)} twice", "each member once")
            elif number is not None and not self.is_in(number, area):
                allowed = f"agencies{self.of_area(area)} and national ones"
                self.fault((*path, "members"), shown(name), allowed)
            elif number is not None:
                found.append(number)
        return tuple(sorted(found))

    def focus(self, path: Path, entry: dict[str, Any]) -> tuple[int, ...]:
        """Return the objectives on the agenda; the first two, or all there are, if not given."""
        focus = entry.get("focus")
        if focus is None:
            return tuple(range(min(2, self.objective_count)))
        if isinstance(focus, int):
            if focus > self.objective_count:
                allowed = f"at most {self.objective_count}, all the objectives"
                self.fault((*path, "focus"), str(focus), allowed)
            return tuple(range(focus))
        found = [
            self.find((*path, "focus"), name, self.objective_names, "objective") for name in focus
        ]
        if len(set(focus)) < len(focus):
            self.fault((*path, "focus"), "an objective twice", "each objective once")
        return tuple(sorted(number for number in found if number is not None))

    def changes(self, partnerships: Sequence[Partnership]) -> tuple[Change, ...]:
        """Return the scheduled changes, in the order of their months."""
        from cgsim.scenario import form

        result = []
        names = [partnership.name for partnership in partnerships]
        for place, entry in enumerate(self.tables.get("change") or []):
            path: Path = ("change", place)
            if entry["month"] >= self.values["months"]:
                months = int(self.values["months"])
                self.fault(
                    (*path, "month"),
                    str(entry["month"]),
                    f"0 to {months - 1}, the months there are",
                )
            given = entry.get("partnership")
            chosen = [given] if isinstance(given, str) else given
            numbers: list[int] = list(range(len(names)))
            if chosen is not None:
                found = [self.find((*path, "partnership"), n, names, "partnership") for n in chosen]
                numbers = sorted({n for n in found if n is not None})
            if not entry["set"]:
                self.fault((*path, "set"), "nothing", "at least one parameter and its new value")
            values = {}
            lead = focus = None
            for key, value in entry["set"].items():
                where: Path = (*path, "set", key)
                if key in NAMED:
                    if not NAMED[key](value):
                        self.fault(where, shown(value), form.allowed(("partnership", 0, key)))
                    elif key == "lead":
                        lead = self.find(where, value, self.all_agencies(), "agency")
                    else:
                        focus = self.focus((*path, "set"), entry["set"])
                    continue
                parameter = self.changeable(path, key, chosen is not None)
                most = min((self.count_in(partnerships[n].area) for n in numbers), default=0)
                if parameter is not None and self.fits(where, parameter, value, most):
                    values[key] = parameter.number(value)
            result.append(Change(int(entry["month"]), tuple(numbers), values, lead, focus))
        return tuple(sorted(result, key=lambda change: change.month))

    def changeable(self, path: Path, key: str, for_some: bool) -> Parameter | None:
        """Return the parameter that a change names, if a change may set it."""
        parameter = BY_NAME.get(key)
        where = (*path, "set", key)
        changeable = [p.name for p in PARAMETERS if not p.shapes_world and p.section != "money"]
        changeable += NAMED
        if parameter is None:
            self.fault(where, "an unknown key", "a parameter", self.near(key, changeable))
        elif parameter.name not in changeable:
            self.fault(where, key, "no parameter that is read before the first month")
        elif for_some and parameter.section != "partnership":
            self.fault(where, key, "only levers of a partnership where one is named")
        else:
            return parameter
        return None

    def fits(self, path: Path, parameter: Parameter, value: Any, most: int) -> bool:
        """Tell whether a value is allowed for a parameter; note it if not.

        ``most`` members can be asked for.
        """
        right = isinstance(value, bool) == (parameter.kind == "flag")
        if right and value == "never" and parameter.name == "last":
            return True
        if right and parameter.kind != "flag":
            right = isinstance(value, int if parameter.kind == "whole" else (int, float))
            right = right and parameter.low <= value <= parameter.high
        if not right:
            self.fault(path, shown(value), parameter.allowed)
        elif parameter.name == "size" and not FEWEST <= value <= most:
            there = "" if self.area_count == 1 else " of the area"
            self.fault(path, str(value), f"from {FEWEST} to {most}, all the agencies{there}")
            return False
        return right


def _optional(value: Any) -> float | None:
    return None if value is None else float(value)
