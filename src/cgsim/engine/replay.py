"""One replicate's world in and out of a JSON file, so that another program can check this one.

The format is plain: ``world`` and ``shocks`` (arrays by name), ``parameters`` (section 7),
``partnerships`` (levers, a list each), ``focus``, ``members``, ``lead``, ``crosscut``, ``months``,
``switched_off`` (names of frictions), ``expected`` (the results of each arm, by column) and, only
where a scenario has scheduled changes, ``changes``: a list of ``month``, ``parameters`` and
``partnerships`` with the values that hold from then on.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from cgsim.engine.batch import EQUAL_MONEY, TOGETHER, grants_of
from cgsim.engine.life import live_arm
from cgsim.engine.plan import LEVERS, SETTINGS, draw_one, regime_by_month, regime_months
from cgsim.engine.run import ARMS
from cgsim.rules.state import (
    BOARD_COLUMNS,
    FRICTIONS,
    MONTH_COLUMNS,
    Floats,
    Record,
    Shocks,
    Switches,
    Whole,
    World,
    new_record,
    new_state,
)
from cgsim.scenario import outside
from cgsim.scenario.errors import Fault, ScenarioError, hint, shown
from cgsim.scenario.model import Scenario

TOLERANCE = 1e-9
"""Largest difference allowed, relative to max(1, |value|)."""

MOST_BYTES = 256 * 2**20
"""A world file of a thousand agencies takes about a tenth of this."""

REPLAYED = tuple(column for column in MONTH_COLUMNS if column != "understanding")
"""The month columns of the file format."""


@dataclass(frozen=True)
class WorldFile:
    """One replicate's world with all that is needed to live it."""

    name: str
    settings: np.ndarray  #: (G,) of SETTINGS
    levers: np.ndarray  #: (G, B) of LEVERS
    regime: Whole  #: (T,)
    off: tuple[str, ...]
    world: World
    shocks: Shocks
    expected: Mapping[str, Any]


def live_all(file: WorldFile) -> dict[str, Record]:
    """Live a world in all three arms; return each arm's record by name."""
    months, agencies = file.shocks.absence.shape
    objectives, skills = file.world.mix.shape
    partnerships = file.levers.shape[1]
    switches = Switches(*(friction not in file.off for friction in FRICTIONS))
    records: dict[str, Record] = {}
    for arm in ARMS:
        b = partnerships if arm.kind == TOGETHER else 0
        grants = np.zeros((months, agencies))
        if arm.kind == EQUAL_MONEY:
            grants_of(file.world, records["together"], grants)
        record = new_record(months, agencies, objectives, b)
        live_arm(
            file.settings.view(np.recarray),
            file.levers.view(np.recarray),
            file.regime,
            switches,
            file.world,
            file.shocks,
            grants,
            new_state(agencies, objectives, skills, b),
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
        expected = file.expected.get(arm)
        if expected is None:
            continue
        for column, values in columns(record):
            given = _expected_column(expected, column)
            if given is None:
                continue
            try:
                right = np.asarray(given, np.float64).reshape(values.shape)
            except (ValueError, TypeError):
                message = (
                    f"got {shown(given)}; allowed numbers for {' x '.join(map(str, values.shape))}"
                )
                raise ScenarioError(
                    [Fault(file.name, None, f"expected.{arm}.{column}", message)]
                ) from None
            if values.size == 0:
                yield arm, column, 0.0
                continue
            off = np.abs(values - right) / np.maximum(1.0, np.abs(right))
            yield arm, column, float(np.max(np.where(np.isnan(off), np.inf, off)))


def _expected_column(expected: Mapping[str, Any], column: str) -> Any:
    if column.startswith("board."):
        return expected.get("board", {}).get(column.removeprefix("board."))
    return expected.get("month", {}).get(column, expected.get(column))


def read_world(path: str | Path) -> WorldFile:
    """Read a world file; raise ``ScenarioError`` for what it does not give, or gives wrongly."""
    text = outside.read_text(path, MOST_BYTES)
    name = outside.name_of(path)
    try:
        tables = json.loads(text)
    except json.JSONDecodeError as error:
        message = f"got a text that is not JSON ({error.msg}); allowed JSON"
        raise ScenarioError([Fault(name, error.lineno, "", message)]) from None
    except (ValueError, RecursionError):
        message = "got a text that is not JSON; allowed JSON"
        raise ScenarioError([Fault(name, None, "", message)]) from None
    return world_file_of(tables, name)


def world_file_of(tables: Any, name: str = "world") -> WorldFile:
    """Return the world file of parsed tables; raises as ``read_world`` does."""
    return _Reader(name, tables).world_file()


class _Reader:
    """Takes a parsed world file apart, and stops at the first thing that does not fit."""

    def __init__(self, name: str, tables: Any) -> None:
        self.name = name
        if not isinstance(tables, dict):
            self.stop("", shown(tables), "an object with world, shocks, parameters and so on")
        self.tables = tables

    def stop(self, key: str, got: str, allowed: str, near: str = "") -> Any:
        raise ScenarioError([Fault(self.name, None, key, f"got {got}; allowed {allowed}{near}")])

    def part(self, key: str) -> Any:
        if key not in self.tables:
            self.stop(key, "nothing", "it in every world file")
        return self.tables[key]

    def array(self, key: str, given: Any, *shape: int) -> Floats:
        size = " x ".join(map(str, shape))
        try:
            array = np.asarray(given, np.float64)
        except (ValueError, TypeError):
            return self.stop(key, shown(given), f"{size} numbers")  # type: ignore[no-any-return]
        if array.size == 0 and 0 in shape:
            array = array.reshape(shape)
        if array.shape != shape:
            got = " x ".join(map(str, array.shape)) + " numbers"
            self.stop(key, got if array.shape else shown(given), f"{size} numbers")
        if not np.all(np.isfinite(array)):
            self.stop(key, "a number that is not finite", "finite numbers")
        return array.copy()

    def row(self, key: str, table: Any, names: tuple[str, ...]) -> dict[str, Any]:
        if not isinstance(table, dict):
            self.stop(key, shown(table), "an object of numbers by name")
        for name in table:
            if name not in names:
                self.stop(f"{key}.{name}", "an unknown key", "a parameter", hint(name, names))
        return table  # type: ignore[no-any-return]

    def world_file(self) -> WorldFile:
        given = self.row("world", self.part("world"), World._fields)
        for needed in ("capacity", "skill", "goal", "mix", "trust", "senior", "operational"):
            if needed not in given:
                self.stop(f"world.{needed}", "nothing", "it in every world file")
        n = len(given["capacity"]) if isinstance(given["capacity"], list) else 0
        mix = self.array_of_rows("world.mix", given["mix"])
        k, s = mix.shape
        months = self.part("months")
        if not isinstance(months, int) or isinstance(months, bool) or not 1 <= months <= 100_000:
            self.stop("months", shown(months), "a whole number from 1 to 100000")
        members = self.part("members")
        b = len(members) if isinstance(members, list) else 0
        world = World(
            capacity=self.array("world.capacity", given["capacity"], n),
            skill=self.array("world.skill", given["skill"], n, s),
            goal=self.array("world.goal", given["goal"], n, k),
            mix=mix,
            crosscut=self.array("crosscut", self.part("crosscut"), k),
            trust=self.array("world.trust", given["trust"], n, n),
            senior=self.array("world.senior", given["senior"], n),
            operational=self.array("world.operational", given["operational"], n),
            agenda=self.array("focus", self.part("focus"), b, k) != 0,
            founder=self.array("members", members, b, n) != 0,
            founding_lead=self.array("lead", self.part("lead"), b).astype(np.int64),
        )
        if np.any((world.founding_lead < 0) | (world.founding_lead >= max(n, 1))):
            self.stop("lead", "a number that is no agency's", f"0 to {n - 1}")
        drawn = self.row("shocks", self.part("shocks"), Shocks._fields)
        sizes = {"drift": (months, k), "climate": (months,)}
        shocks = Shocks(
            *(
                self.array(f"shocks.{key}", drawn.get(key), *sizes.get(key, (months, n)))
                for key in Shocks._fields
            )
        )
        off = self.tables.get("switched_off", [])
        for friction in off:
            if friction not in FRICTIONS:
                allowed = ", ".join(FRICTIONS)
                self.stop("switched_off", shown(friction), allowed, hint(str(friction), FRICTIONS))
        settings, levers, regime = self.regimes(months, b)
        return WorldFile(
            self.name,
            settings,
            levers,
            regime,
            tuple(off),
            world,
            shocks,
            self.tables.get("expected", {}),
        )

    def array_of_rows(self, key: str, given: Any) -> Floats:
        rows = len(given) if isinstance(given, list) else 0
        width = len(given[0]) if rows and isinstance(given[0], list) else 0
        if rows == 0 or width == 0:
            self.stop(key, shown(given), "rows of numbers")
        return self.array(key, given, rows, width)

    def regimes(self, months: int, b: int) -> tuple[np.ndarray, np.ndarray, Whole]:
        changes = self.tables.get("changes", [])
        starts = sorted({0} | {int(change["month"]) for change in changes})
        settings = np.zeros(len(starts), SETTINGS)
        levers = np.zeros((len(starts), b), LEVERS)
        self.fill("parameters", self.part("parameters"), settings, (), 0, complete=True)
        self.fill("partnerships", self.part("partnerships"), levers, (b,), 0, complete=True)
        for change in changes:
            since = starts.index(int(change["month"]))
            self.fill("changes", change.get("parameters", {}), settings, (), since)
            self.fill("changes", change.get("partnerships", {}), levers, (b,), since)
        return settings, levers, regime_by_month(starts, months)

    def fill(
        self,
        key: str,
        table: Any,
        rows: np.ndarray,
        shape: tuple[int, ...],
        since: int,
        complete: bool = False,
    ) -> None:
        names = rows.dtype.names or ()
        for name, value in self.row(key, table, names).items():
            rows[name][since:] = self.array(f"{key}.{name}", value, *shape)
        missing = [name for name in names if name not in table]
        if complete and missing:
            self.stop(f"{key}.{missing[0]}", "nothing", "it in every world file")


def export_world(scenario: Scenario, seed: int, replicate: int) -> dict[str, Any]:
    """Return one replicate of a scenario as a world file's tables, with this program's results.

    Shocks that no rule reads (slips of agencies that are in no partnership) are 0 there.
    """
    design, world, shocks, _ = draw_one(scenario, seed, replicate)
    settings, levers, regime = design.settings[0], design.levers[0], design.regime[0]
    file = WorldFile(scenario.name, settings, levers, regime, (), world, shocks, {})
    tables: dict[str, Any] = {
        "name": f"{scenario.name}, seed {seed}, replicate {replicate}",
        "months": len(regime),
        "switched_off": [],
        "parameters": _by_name(settings[0]),
        "crosscut": world.crosscut.tolist(),
        "partnerships": _by_name(levers[0]),
        "focus": world.agenda.astype(float).tolist(),
        "members": world.founder.astype(int).tolist(),
        "lead": world.founding_lead.tolist(),
        "world": {
            key: getattr(world, key).tolist()
            for key in ("capacity", "skill", "goal", "mix", "trust", "senior", "operational")
        },
        "shocks": {key: array.tolist() for key, array in shocks._asdict().items()},
    }
    changes = regime_months(scenario)[1:]
    if changes:
        tables["changes"] = [
            {
                "month": month,
                "parameters": _by_name(settings[number]),
                "partnerships": _by_name(levers[number]),
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
