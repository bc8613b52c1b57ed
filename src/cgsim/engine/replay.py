"""One replicate's world in and out of a JSON file, so that another program can check this one.

The format is plain: ``format`` (a number), ``written_by`` (what wrote it), ``name``, ``months``,
``world`` and ``shocks`` (arrays by name), ``parameters``, ``partnerships`` (levers, a
list each), ``focus``, ``members``, ``lead``, ``crosscut``, ``switched_off`` (names of frictions),
``expected`` (the results of each arm, by column) and, only where a scenario has scheduled changes,
``changes``: a list of ``month``, ``parameters``, ``partnerships`` and ``focus`` with the values
that hold from then on, and ``asks``, by partnership: the ``members`` (how many) and the ``lead``
(1 + its number) that are asked for in that month, 0 for none, and ``changed``, 1 where anything of
the partnership is set then; those of month 0 stand beside ``changes``. Who joins then follows from
``recruit`` (how each partnership finds its members) and ``order`` (by partnership and agency, the
lowest first; read where they are found at random or by ties). A parameter or lever that a file does
not give has its default, so that a file stays readable when the model gets another parameter. A
file without ``format`` is of format 1. A mechanism is given by its name. ``world.tied`` (1 where
two agencies have a tie, both ways) is there where a mechanism reads ties after the first month.

Format 2 has areas. ``first_local`` gives the number of the first agency of each area and, last, how
many agencies there are; agencies before the first are national. ``area`` gives the area of each
partnership, from 0. ``shocks.drift`` and ``met_by_objective`` have the objectives of all areas,
those of the first area first. Without ``first_local`` there is one area: such a file is written as
format 1, which older programs read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from cgsim import __version__
from cgsim.compiler import changed_rules, source_hash
from cgsim.engine.batch import EQUAL_MONEY, TOGETHER, grants_of
from cgsim.engine.life import first_trust, live_arm
from cgsim.engine.plan import (
    ASKS,
    MOST_BYTES_A_RUN,
    Regimes,
    bytes_of,
    draw_one,
    levers_type,
    regime_by_month,
    regime_months,
    settings_type,
)
from cgsim.engine.run import ARMS
from cgsim.mechanisms import JOINING, RECRUITMENT, SECTION, TIES
from cgsim.rules.state import (
    BOARD_COLUMNS,
    FRICTIONS,
    MONTH_COLUMNS,
    Flags,
    Floats,
    Record,
    Shape,
    Shocks,
    Switches,
    Whole,
    World,
    new_record,
    new_state,
)
from cgsim.scenario import outside
from cgsim.scenario.errors import Fault, ScenarioError, hint, safe, shown
from cgsim.scenario.model import Scenario
from cgsim.scenario.parameters import (
    GENERAL,
    LEVER_NUMBERS,
    MOST_AGENCIES,
    MOST_AREAS,
    MOST_MONTHS,
    MOST_OBJECTIVES,
    MOST_PARTNERSHIPS,
    MOST_SKILLS,
    Parameter,
    plain,
)
from cgsim.tables import Rows

TOLERANCE = 1e-9
"""Largest difference allowed, relative to max(1, |value|)."""

MOST_BYTES = 256 * 2**20
"""A world file of a thousand agencies takes about a tenth of this."""

FORMAT = 2
"""The newest format; it changes with a rule that a file of before would not replay by."""
WITHOUT_AREAS = 1
"""The format of a file without areas."""
OF_AREAS = ("first_local", "area")

TABLES = (
    "format",
    "written_by",
    "name",
    "months",
    "switched_off",
    "parameters",
    "crosscut",
    "partnerships",
    "focus",
    "members",
    "lead",
    *OF_AREAS,
    "recruit",
    "order",
    "asks",
    "world",
    "shocks",
    "changes",
    "expected",
)
WORLD_TABLES = ("capacity", "skill", "goal", "mix", "trust", "senior", "operational")
TIED = "tied"
"""A table of the world that is there where a mechanism reads it."""
READS_TIES = ((JOINING.name, "ties"), (TIES.name, "carrying"))
"""Mechanisms that read who is tied to whom after the first month; else it only sets trust."""
CHANGING = Rows(lambda: (p for p in GENERAL if not p.shapes_world))
"""The parameters that may change in a run."""
WRITTEN_BY = ("cgsim", "source", "changed_rules")
MOST_LISTED = 15
"""Of more keys only the nearest is told."""
SLACK = 1e-9
"""Numbers of other programs may lie outside a range by a rounding."""

REPLAYED = tuple(column for column in MONTH_COLUMNS if column != "understanding")
"""The month columns of the file format."""


@dataclass(frozen=True)
class WorldFile:
    """One replicate's world with all that is needed to live it."""

    name: str
    settings: np.ndarray  #: (G,) of ``settings_type``
    levers: np.ndarray  #: (G, B) of ``levers_type``
    asks: np.ndarray  #: (G, B) of ASKS
    agendas: Flags  #: (G, B, K)
    regime: Whole  #: (T,)
    off: tuple[str, ...]
    world: World
    shocks: Shocks
    expected: Mapping[str, Mapping[str, Floats]]  #: by arm and column
    changed_rules: tuple[str, ...] = ()  #: rules of whoever wrote it that were not the files'


def shape_of_world(file: WorldFile) -> Shape:
    """Return a world's sizes."""
    months, agencies = file.shocks.absence.shape
    objectives, skills = file.world.mix.shape
    seats = file.world.seats
    return Shape(
        months,
        agencies,
        objectives,
        skills,
        file.levers.shape[1],
        len(file.settings),
        int(seats.max(initial=0)),
        int((seats**2).sum()),
        len(file.world.trust),
        len(file.world.order),
        len(file.world.first_local) - 1,
        file.shocks.drift.shape[1],
    )


def live_all(file: WorldFile) -> dict[str, Record]:
    """Live a world in all three arms; return each arm's record by name."""
    changed_rules()  # tells of them
    months, agencies = file.shocks.absence.shape
    shape = shape_of_world(file)
    switches = Switches(*(friction not in file.off for friction in FRICTIONS))
    records: dict[str, Record] = {}
    for arm in ARMS:
        own = shape if arm.kind == TOGETHER else shape.apart
        grants = np.zeros((months, agencies))
        if arm.kind == EQUAL_MONEY:
            grants_of(file.world, records["together"], grants)
        record = new_record(own)
        live_arm(
            file.settings.view(np.recarray),
            file.levers.view(np.recarray),
            file.asks.view(np.recarray),
            file.agendas,
            file.regime,
            switches,
            file.world,
            file.shocks,
            grants,
            new_state(own),
            record,
        )
        records[arm.name] = record
    return records


def columns(record: Record) -> Iterator[tuple[str, np.ndarray]]:
    """Yield the columns of a record by the names of the file format."""
    for column in REPLAYED:
        yield column, record.month[:, MONTH_COLUMNS.index(column)]
    for place, column in enumerate(BOARD_COLUMNS):
        yield f"board.{column}", record.board[:, :, place]
    yield "own_met", record.own_met
    yield "met_by_objective", record.met_by_objective


def differences(file: WorldFile) -> Iterator[tuple[str, str, float]]:
    """Yield (arm, column, largest difference) between this program and what the file expects.

    A difference counts relative to max(1, |expected value|). Columns the file does not give are
    passed over.
    """
    for arm, record in live_all(file).items():
        expected = file.expected.get(arm, {})
        for column, values in columns(record):
            if column not in expected:
                continue
            right = expected[column]
            off = np.abs(values - right) / np.maximum(1.0, np.abs(right))
            largest = np.max(np.where(np.isnan(off), np.inf, off), initial=0.0)
            yield arm, column, float(largest)


def read_world(path: str | Path) -> WorldFile:
    """Read a world file; raise ``ScenarioError`` for what it does not give, or gives wrongly."""
    text = outside.read_text(path, MOST_BYTES)
    name = outside.name_of(path)
    try:
        tables = json.loads(text, object_pairs_hook=_once_each)
    except json.JSONDecodeError as error:
        message = f"got a text that is not JSON ({error.msg}); allowed JSON"
        raise ScenarioError([Fault(name, error.lineno, "", message)]) from None
    except _Twice as error:
        message = f"{shown(error.key)} stands twice in one object; allowed once"
        raise ScenarioError([Fault(name, None, "", message)]) from None
    except (ValueError, RecursionError):
        message = "got numbers or lists too long to read; allowed the form of a world file"
        raise ScenarioError([Fault(name, None, "", message)]) from None
    return world_file_of(tables, name)


class _Twice(ValueError):
    """An object of a JSON file has a key twice."""

    def __init__(self, key: str) -> None:
        super().__init__()
        self.key = key


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table: dict[str, Any] = {}
    for key, value in pairs:
        if key in table:
            raise _Twice(key)
        table[key] = value
    return table


def world_file_of(tables: Any, name: str = "world") -> WorldFile:
    """Return the world file of parsed tables; raises as ``read_world`` does."""
    return _Reader(name, tables).world_file()


class _Reader:
    """Takes a parsed world file apart, and stops at the first thing that does not fit."""

    def __init__(self, name: str, tables: Any) -> None:
        self.name = name
        self.tables = self.table("", tables, TABLES, "an object with world, shocks and so on")

    def stop(self, key: str, got: str, allowed: str, near: str = "") -> NoReturn:
        raise ScenarioError([Fault(self.name, None, key, f"got {got}; allowed {allowed}{near}")])

    def part(self, key: str) -> Any:
        if key not in self.tables:
            self.stop(key, "nothing", "it in every world file")
        return self.tables[key]

    def table(
        self, key: str, given: Any, names: Sequence[str], allowed: str = "an object of known keys"
    ) -> dict[str, Any]:
        """Return an object that has no other keys than these."""
        if not isinstance(given, dict):
            self.stop(key, shown(given), allowed)
        for name in given:
            if name not in names:
                where = ".".join(filter(None, [key, safe(name)]))
                listed = ", ".join(names) if len(names) <= MOST_LISTED else "a name of the model"
                self.stop(where, "an unknown key", listed, hint(name, names))
        return given

    def items(self, key: str, given: Any, most: int | None = None) -> list[Any]:
        if not isinstance(given, list):
            self.stop(key, shown(given), "a list")
        if most is not None and len(given) > most:
            self.stop(key, f"a list of {len(given):,}", f"at most {most:,}")
        return given

    def whole(self, key: str, given: Any, low: int, high: int) -> int:
        if not isinstance(given, int) or isinstance(given, bool) or not low <= given <= high:
            self.stop(key, shown(given), f"a whole number from {low} to {high}")
        return given

    def text(self, key: str, given: Any) -> str:
        if not isinstance(given, str):
            self.stop(key, shown(given), "a text")
        return given

    def array(
        self,
        key: str,
        given: Any,
        shape: tuple[int, ...],
        low: float = -np.inf,
        high: float = np.inf,
    ) -> Floats:
        """Return numbers of a shape, within a range; its form is looked at before its values."""
        self.form(key, given, shape)
        try:
            array = np.array(given, np.float64).reshape(shape)
        except OverflowError:
            self.stop(key, "a number that is too large", "finite numbers")
        if not np.all(np.isfinite(array)):
            self.stop(key, "a number that is not finite", "finite numbers")
        outside_range = array[(array < low - SLACK * abs(low)) | (array > high + SLACK * abs(high))]
        if outside_range.size:
            numbers = f"numbers from {plain(low)}"
            allowed = numbers + (f" to {plain(high)}" if np.isfinite(high) else " on")
            self.stop(key, shown(float(outside_range[0])), allowed)
        return array

    def form(self, key: str, given: Any, shape: tuple[int, ...]) -> None:
        """Refuse what is not numbers in lists of just these lengths."""
        wanted = " x ".join(map(str, shape)) + " numbers" if shape else "a number"
        if not shape:
            if type(given) not in (int, float):
                self.stop(key, shown(given), wanted)
            return
        if not isinstance(given, list):
            self.stop(key, shown(given), wanted)
        if not given and 0 in shape:
            return
        if len(given) != shape[0]:
            self.stop(key, shown(given), f"a list of {shape[0]}, for {wanted}")
        if len(shape) > 1:
            for place, inner in enumerate(given):
                self.form(f"{key}[{place}]", inner, shape[1:])
        elif not set(map(type, given)) <= {int, float}:
            place = next(p for p, item in enumerate(given) if type(item) not in (int, float))
            self.stop(f"{key}[{place}]", shown(given[place]), "a number")

    def flags(self, key: str, given: Any, shape: tuple[int, ...]) -> Flags:
        array = self.array(key, given, shape)
        other = array[(array != 0.0) & (array != 1.0)]
        if other.size:
            self.stop(key, shown(float(other[0])), "0 or 1")
        return array != 0.0

    def world_file(self) -> WorldFile:
        number = self.whole("format", self.tables.get("format", WITHOUT_AREAS), 1, FORMAT)
        for key in OF_AREAS:
            if key in self.tables and number == WITHOUT_AREAS:
                self.stop(key, "areas in a file of format 1", f"them from format {FORMAT} on")
        self.text("name", self.tables.get("name", ""))
        written = self.table("written_by", self.tables.get("written_by", {}), WRITTEN_BY)
        for key in ("cgsim", "source"):
            self.text(f"written_by.{key}", written.get(key, ""))
        changed = [
            self.text("written_by.changed_rules", rule)
            for rule in self.items("written_by.changed_rules", written.get("changed_rules", []))
        ]
        given = self.table("world", self.part("world"), (*WORLD_TABLES, TIED))
        for needed in WORLD_TABLES:
            if needed not in given:
                self.stop(f"world.{needed}", "nothing", "it in every world file")
        months = self.whole("months", self.part("months"), 1, MOST_MONTHS)
        n = len(self.items("world.capacity", given["capacity"], MOST_AGENCIES))
        if n == 0:
            self.stop("world.capacity", "no agencies", "at least 1")
        k, s = self.size_of_mix(given["mix"])
        b = len(self.items("members", self.part("members"), MOST_PARTNERSHIPS))
        seats = self.seats(b, n)
        first_local = self.first_local(n)
        areas = len(first_local) - 1
        stocks = areas * k
        pairs = sum(c * c for c in seats)
        shape = Shape(months, n, k, s, b, 1, max(seats, default=0), pairs, n, b, areas, stocks)
        needed_bytes = bytes_of(shape, len(ARMS))
        if needed_bytes > MOST_BYTES_A_RUN:
            size = f"a world that needs about {needed_bytes / 2**30:.0f} GiB"
            self.stop("months", size, f"{MOST_BYTES_A_RUN // 2**30} GiB: fewer months or agencies")
        world = World(
            capacity=self.array("world.capacity", given["capacity"], (n,), 0.0),
            first_local=first_local,
            skill=self.array("world.skill", given["skill"], (n, s), 0.0, 1.0),
            goal=self.array("world.goal", given["goal"], (n, k), 0.0, 1.0),
            mix=self.array("world.mix", given["mix"], (k, s), 0.0, 1.0),
            crosscut=self.array("crosscut", self.part("crosscut"), (k,), 0.0, 1.0),
            tied=self.ties(given, n),
            first_trust=np.zeros(2),
            trust=self.array("world.trust", given["trust"], (n, n), 0.0, 1.0),
            senior=self.array("world.senior", given["senior"], (n,), 0.0, 1.0),
            operational=self.array("world.operational", given["operational"], (n,), 0.0, 1.0),
            area=self.areas(b, areas),
            agenda=self.flags("focus", self.part("focus"), (b, k)),
            founder=self.flags("members", self.part("members"), (b, n)),
            founding_lead=self.leads(b, n),
            way=self.ways(b),
            order=self.array("order", self.tables["order"], (b, n))
            if "order" in self.tables
            else np.zeros((b, n)),
            seats=np.array(seats, np.int64),
        )
        for place, lead in enumerate(world.founding_lead):
            if not world.founder[place, lead]:
                self.stop(f"lead[{place}]", f"agency {lead}", f"one of members[{place}]")
        self.refuse_members_from_elsewhere(world)
        drawn = self.table("shocks", self.part("shocks"), Shocks._fields)
        sizes = {"drift": (months, stocks), "climate": (months,)}
        for needed in Shocks._fields:
            if needed not in drawn:
                self.stop(f"shocks.{needed}", "nothing", "it in every world file")
        shocks = Shocks(
            *(
                self.array(f"shocks.{key}", drawn[key], sizes.get(key, (months, n)))
                for key in Shocks._fields
            )
        )
        off = self.items("switched_off", self.tables.get("switched_off", []), len(FRICTIONS))
        for friction in off:
            if friction not in FRICTIONS:
                allowed = ", ".join(FRICTIONS)
                self.stop("switched_off", shown(friction), allowed, hint(str(friction), FRICTIONS))
        regimes = self.regimes(months, world.agenda)
        sizes_of_results = {"own_met": (months, n), "met_by_objective": (months, stocks)}
        expected = self.expected(months, b, sizes_of_results)
        return WorldFile(
            self.name,
            *regimes,
            tuple(off),
            world,
            shocks,
            expected,
            tuple(changed),
        )

    def size_of_mix(self, given: Any) -> tuple[int, int]:
        rows = self.items("world.mix", given, MOST_OBJECTIVES)
        width = len(self.items("world.mix[0]", rows[0], MOST_SKILLS)) if rows else 0
        if width == 0:
            self.stop("world.mix", shown(given), "a row of numbers for each objective")
        return len(rows), width

    def mechanism(self, kind: str) -> Any:
        """Return what a file gives as the mechanism of a kind, or nothing; looked at later."""
        parameters = self.tables.get("parameters")
        return parameters.get(kind) if isinstance(parameters, dict) else None

    def ties(self, given: Mapping[str, Any], n: int) -> Flags:
        """Return who is tied to whom, (N, N); none where no mechanism reads it."""
        key = f"world.{TIED}"
        if TIED not in given:
            for kind, name in READS_TIES:
                if self.mechanism(kind) == name:
                    self.stop(key, "nothing", f"it where {kind} is {shown(name)}")
            return np.zeros((n, n), np.bool_)
        tied = self.flags(key, given[TIED], (n, n))
        one_way = np.argwhere(tied & ~tied.T)
        if len(one_way):
            first, second = one_way[0]
            message = f"a tie of agency {first} with agency {second} alone"
            self.stop(f"{key}[{first}]", message, "ties both ways")
        return tied

    def seats(self, b: int, n: int) -> list[int]:
        """Return for how many members each partnership needs room; asks are looked at later."""
        if self.mechanism(JOINING.name) not in (None, JOINING.default):
            return [n] * b
        changes = self.items("changes", self.tables.get("changes", []))
        asks = [table.get("asks") for table in [self.tables, *changes] if isinstance(table, dict)]
        asked = any(ask and "members" in ask for ask in asks if isinstance(ask, dict))
        if asked:
            return [n] * b
        rows = self.tables["members"]
        return [sum(map(bool, row)) if isinstance(row, list) else 0 for row in rows]

    def first_local(self, n: int) -> Whole:
        """Return the first agency of each area and how many there are; one area if not given."""
        given = self.items("first_local", self.tables.get("first_local", [0, n]), MOST_AREAS + 1)
        if len(given) < 2:
            self.stop("first_local", f"{len(given)} of them", "two or more: one area, and an end")
        for place, first in enumerate(given):
            least = given[place - 1] if place else 0
            self.whole(f"first_local[{place}]", first, least, n)
        if given[-1] != n:
            self.stop(f"first_local[{len(given) - 1}]", str(given[-1]), f"{n}, all the agencies")
        return np.array(given, np.int64)

    def areas(self, b: int, areas: int) -> Whole:
        """Return the area of each partnership, from 0; the first if not given."""
        given = self.items("area", self.tables.get("area", [0] * b))
        if len(given) != b:
            self.stop("area", f"{len(given)} of them", f"{b}, one for each of the members' rows")
        listed = [self.whole(f"area[{p}]", area, 0, areas - 1) for p, area in enumerate(given)]
        return np.array(listed, np.int64)

    def refuse_members_from_elsewhere(self, world: World) -> None:
        """Refuse founders that are neither national nor of their partnership's area."""
        for b, area in enumerate(world.area):
            members = np.flatnonzero(world.founder[b])
            first, last = world.first_local[area], world.first_local[area + 1]
            away = (members >= world.first_local[0]) & ((members < first) | (members >= last))
            if np.any(away):
                allowed = f"agencies of area {area}, from {first} to {last - 1}, and national ones"
                self.stop(f"members[{b}]", f"agency {members[away][0]}", allowed)

    def leads(self, b: int, n: int) -> Whole:
        given = self.items("lead", self.part("lead"))
        if len(given) != b:
            self.stop("lead", f"{len(given)} of them", f"{b}, one for each of the members' rows")
        leads = [self.whole(f"lead[{p}]", lead, 0, n - 1) for p, lead in enumerate(given)]
        return np.array(leads, np.int64)

    def ways(self, b: int) -> Whole:
        given = self.items("recruit", self.tables.get("recruit", [RECRUITMENT[0]] * b))
        if len(given) != b:
            self.stop("recruit", f"{len(given)} of them", f"{b}, one for each of the members' rows")
        for place, way in enumerate(given):
            if way not in RECRUITMENT:
                self.stop(f"recruit[{place}]", shown(way), ", ".join(RECRUITMENT))
        return np.array([RECRUITMENT.index(way) for way in given], np.int64)

    def expected(
        self, months: int, b: int, sizes: Mapping[str, tuple[int, ...]]
    ) -> dict[str, dict[str, Floats]]:
        """Return the results that a file gives, by arm and column."""
        given = self.table("expected", self.tables.get("expected", {}), [a.name for a in ARMS])
        found: dict[str, dict[str, Floats]] = {}
        for arm in ARMS:
            if arm.name not in given:
                continue
            key = f"expected.{arm.name}"
            results = self.table(key, given[arm.name], ("month", "board", *sizes, *REPLAYED))
            arrays: dict[str, Floats] = {}
            boards = b if arm.kind == TOGETHER else 0
            for column, values in self.table(
                f"{key}.board", results.get("board", {}), BOARD_COLUMNS
            ).items():
                where = f"{key}.board.{column}"
                arrays[f"board.{column}"] = self.array(where, values, (months, boards))
            monthly = self.table(f"{key}.month", results.get("month", {}), REPLAYED)
            for column, values in monthly.items():
                arrays[column] = self.array(f"{key}.month.{column}", values, (months,))
            for column in results.keys() - {"month", "board"}:
                shape = sizes.get(column, (months,))
                arrays[column] = self.array(f"{key}.{column}", results[column], shape)
            found[arm.name] = arrays
        return found

    def regimes(self, months: int, agenda: Flags) -> Regimes:
        b, k = agenda.shape
        changes = self.items("changes", self.tables.get("changes", []), months)
        keys = ("month", "parameters", "partnerships", "focus", "asks")
        for place, change in enumerate(changes):
            where = f"changes[{place}]"
            self.table(where, change, keys)
            before = changes[place - 1]["month"] if place else 0
            if "month" not in change:
                self.stop(f"{where}.month", "nothing", "it in every change")
            self.whole(f"{where}.month", change["month"], before + 1, months - 1)
        starts = [0, *(change["month"] for change in changes)]
        settings = np.zeros(len(starts), settings_type())
        levers = np.zeros((len(starts), b), levers_type())
        asks = np.zeros((len(starts), b), ASKS)
        agendas = np.zeros((len(starts), b, k), np.bool_)
        agendas[:] = agenda
        for rows, parameters in ((settings, GENERAL), (levers, LEVER_NUMBERS)):
            rows[:] = tuple(parameter.number() for parameter in parameters)
        self.fill("parameters", self.part("parameters"), GENERAL, settings, ())
        self.fill("partnerships", self.part("partnerships"), LEVER_NUMBERS, levers, (b,))
        for since, change in enumerate(changes, 1):
            where = f"changes[{since - 1}]"
            general, own = change.get("parameters", {}), change.get("partnerships", {})
            self.fill(f"{where}.parameters", general, CHANGING, settings[since:], ())
            self.fill(f"{where}.partnerships", own, LEVER_NUMBERS, levers[since:], (b,))
            if "focus" in change:
                agendas[since:] = self.flags(f"{where}.focus", change["focus"], (b, k))
        for since, table in enumerate([self.tables, *changes]):
            where = f"changes[{since - 1}].asks" if since else "asks"
            for name, value in self.table(where, table.get("asks", {}), ASKS.names or ()).items():
                most = len(self.tables["world"]["capacity"])
                asks[name][since] = self.array(f"{where}.{name}", value, (b,), 0, most)
        return Regimes(settings, levers, asks, agendas, regime_by_month(starts, months))

    def fill(
        self,
        key: str,
        table: Any,
        parameters: Sequence[Parameter],
        rows: np.ndarray,
        shape: tuple[int, ...],
    ) -> None:
        """Write the values that a table gives into all rows; the others stay as they are."""
        by_name = {parameter.name: parameter for parameter in parameters}
        for name, value in self.table(key, table, list(by_name)).items():
            low, high = by_name[name].low, by_name[name].high
            if by_name[name].kind == "choice":
                if value not in by_name[name].choices:
                    self.stop(f"{key}.{name}", shown(value), by_name[name].allowed)
                value = by_name[name].number(value)
            rows[name] = self.array(f"{key}.{name}", value, shape, low, high)


def export_world(scenario: Scenario, seed: int, replicate: int) -> dict[str, Any]:
    """Return one replicate of a scenario as a world file's tables, with this program's results.

    Shocks that no rule reads (slips of agencies that are in no partnership) are 0 there.
    """
    design, world, shocks, _ = draw_one(scenario, seed, replicate)
    trust = first_trust(world)
    settings, levers = design.settings[0], design.levers[0]
    asks, agendas, regime = design.asks[0], design.agendas[0], design.regime[0]
    regimes = Regimes(settings, levers, asks, agendas, regime)
    file = WorldFile(scenario.name, *regimes, (), world, shocks, {})
    tables: dict[str, Any] = {
        "format": FORMAT if len(world.first_local) > 2 else WITHOUT_AREAS,
        "written_by": {
            "cgsim": __version__,
            "source": source_hash(),
            "changed_rules": list(changed_rules()),
        },
        "name": f"{scenario.name}, seed {seed}, replicate {replicate}",
        "months": len(regime),
        "switched_off": [],
        "parameters": _parameters(settings[0], before=True),
        "crosscut": world.crosscut.tolist(),
        "partnerships": _by_name(levers[0]),
        "focus": world.agenda.astype(float).tolist(),
        "members": world.founder.astype(int).tolist(),
        "lead": world.founding_lead.tolist(),
        "world": {
            key: (trust if key == "trust" else getattr(world, key)).tolist() for key in WORLD_TABLES
        },
        "shocks": {key: array.tolist() for key, array in shocks._asdict().items()},
    }
    if any(scenario.mechanisms[kind] == name for kind, name in READS_TIES):
        tables["world"][TIED] = world.tied.astype(int).tolist()
    if tables["format"] == FORMAT:
        tables |= {key: getattr(world, key).tolist() for key in OF_AREAS}
    if any(np.any(asks[0][name]) for name in ASKS.names or ()):
        tables["asks"] = _by_name(asks[0])
    changes = regime_months(scenario)[1:]
    if scenario.changes:
        tables["recruit"] = [RECRUITMENT[way] for way in world.way]
        tables["order"] = world.order.tolist()
    if changes:
        tables["changes"] = [
            {
                "month": month,
                "parameters": _parameters(settings[number], before=False),
                "partnerships": _by_name(levers[number]),
                "focus": agendas[number].astype(float).tolist(),
                "asks": _by_name(asks[number]),
            }
            for number, month in enumerate(changes, 1)
        ]
    tables["expected"] = {}
    for arm, record in live_all(file).items():
        result: dict[str, Any] = {"month": {}, "board": {}}
        for column, values in columns(record):
            if column.startswith("board."):
                result["board"][column.removeprefix("board.")] = values.tolist()
            elif column in REPLAYED:
                result["month"][column] = values.tolist()
            else:
                result[column] = values.tolist()
        tables["expected"][arm] = result
    return tables


def _by_name(row: np.ndarray) -> dict[str, Any]:
    return {name: row[name].tolist() for name in row.dtype.names or ()}


def _parameters(row: np.ndarray, *, before: bool) -> dict[str, Any]:
    """Return settings by name, mechanisms by theirs; ``before`` the first month or in a change.

    What is the model's own mechanism is not said, and what shapes the world not in a change.
    """
    told = _by_name(row)
    for parameter in GENERAL:
        if parameter.section == SECTION and told[parameter.name] == parameter.number():
            del told[parameter.name]
        elif parameter.kind == "choice" and before:
            told[parameter.name] = parameter.choices[int(told[parameter.name])]
        elif parameter.shapes_world and not before:
            del told[parameter.name]
    return told
