"""Many partnerships in one table: how many, a pattern for names, and values drawn from ranges.

    [[partnership]]
    count = 30
    name = "Group {n}"
    size = { from = 4, to = 12 }
    start = { from = 6, to = 36 }

stands for thirty tables, and

    per_area = 3
    name = "Group {n} of area {area}"

for three in every area. The number may stand in ``focus`` too: ``focus = ["objective {n}"]``. Each
value is drawn uniformly, once for the scenario, by its address: the
pattern of names, the key, the number, the area if there are so many in each, and ``draw`` (another
number draws other values). So one partnership or one area more, or another range elsewhere, moves
nothing.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cgsim.scenario.errors import Fault, ScenarioError, shown
from cgsim.scenario.parameters import LEVERS, MOST_AREAS, MOST_PARTNERSHIPS, Parameter, plain
from cgsim.tables import ByName

if TYPE_CHECKING:
    from cgsim.scenario.files import Draft

NUMBER = "{n}"
"""Where the number of each stands in a pattern."""
AREA = "{area}"
"""Where the number of its area stands."""
COUNTED = ("count", "per_area", "draw")
RANGED = ByName(lambda: {p.name: p for p in LEVERS if p.kind in ("whole", "number")})
"""Levers that may be given as a range."""
MOST_DRAW = 10**6


def expand(draft: Draft, areas: int | None = None) -> Draft:
    """Return a draft with every table of many partnerships written out.

    ``areas`` how many areas there will be, where it is not what ``[world]`` says.

    Raises ``ScenarioError`` with all that is wrong with such tables. What is wrong with values is
    found later, as in tables that were typed.
    """
    listed = draft.tables.get("partnership")
    if not isinstance(listed, list) or not any(map(is_many, listed)):
        return draft
    areas = _areas(draft) if areas is None else areas
    tables: list[Any] = []
    origins: list[int] = []
    patterns: dict[str, list[str]] = {}
    faults: list[Fault] = []
    for place, table in enumerate(listed):
        if not is_many(table):
            tables.append(table)
            origins.append(place)
            continue
        wrong = [
            draft.fault(("partnership", place, key), message) for key, message in _faults(table)
        ]
        faults += wrong
        if wrong:
            continue
        if "per_area" in table and table["per_area"] * areas > MOST_PARTNERSHIPS:
            message = f"got {table['per_area']} in each of {areas} areas; allowed "
            message += f"{MOST_PARTNERSHIPS:,} partnerships in all"
            faults.append(draft.fault(("partnership", place, "per_area"), message))
            continue
        if "per_area" in table:
            counts = range(1, table["per_area"] + 1)
            made = [_one(table, number, area) for area in range(1, areas + 1) for number in counts]
        else:
            made = [_one(table, number) for number in range(1, table["count"] + 1)]
        patterns.setdefault(table["name"], []).extend(one["name"] for one in made)
        tables += made
        origins += [place] * len(made)
    if not faults and len(tables) > MOST_PARTNERSHIPS:
        message = f"got {len(tables):,} partnerships in all; allowed {MOST_PARTNERSHIPS:,}"
        faults = [draft.fault(("partnership",), message)]
    if faults:
        raise ScenarioError(faults)
    places = {p: where for p, where in draft.places.items() if p[:1] != ("partnership",)}
    written: dict[int, list[Any]] = {}
    for path in draft.places:
        if path[:1] == ("partnership",) and len(path) > 1 and isinstance(path[1], int):
            written.setdefault(path[1], []).append(path)
        elif path == ("partnership",):
            places[path] = draft.places[path]
    for number, origin in enumerate(origins):
        for path in written.get(origin, ()):
            places[("partnership", number, *path[2:])] = draft.places[path]
    changed = {**draft.tables, "partnership": tables}
    if isinstance(draft.tables.get("change"), list):
        changed["change"] = [_of_all(change, patterns) for change in draft.tables["change"]]
    return replace(draft, tables=changed, places=places, origins=tuple(origins))


def is_many(table: Any) -> bool:
    """Tell whether a table stands for many."""
    return isinstance(table, dict) and (
        any(key in table for key in COUNTED)
        or any(mark in str(table.get("name")) for mark in (NUMBER, AREA))
        or any(isinstance(table.get(key), dict) for key in RANGED)
    )


def _areas(draft: Draft) -> int:
    """Return how many areas a draft has; what is wrong with that is found later."""
    world = draft.tables.get("world")
    areas = world.get("areas") if isinstance(world, dict) else None
    if isinstance(areas, int) and not isinstance(areas, bool) and 1 <= areas <= MOST_AREAS:
        return areas
    return 1


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _faults(table: dict[str, Any]) -> list[tuple[str, str]]:
    """Return what is wrong with a table of many: keys, and what was got and is allowed."""
    found = []
    counted = "per_area" if "per_area" in table else "count"
    count = table.get(counted)
    allowed = f"a whole number from 1 to {MOST_PARTNERSHIPS}"
    if count is None:
        message = f"got nothing; allowed {allowed}: a table "
        message += f"with a range, a draw or {NUMBER} in its name stands for so many partnerships"
        found.append(("count", message))
    elif not _is_whole(count) or not 1 <= count <= MOST_PARTNERSHIPS:
        found.append((counted, f"got {shown(count)}; allowed {allowed}"))
    if counted == "per_area":
        for key in ("count", "area"):
            if key in table:
                found.append((key, f"got {shown(table[key])}; allowed either {key} or per_area"))
    draw = table.get("draw", 1)
    if not _is_whole(draw) or not 0 <= draw <= MOST_DRAW:
        found.append(("draw", f"got {shown(draw)}; allowed a whole number from 0 to {MOST_DRAW}"))
    name = table.get("name")
    needed = [NUMBER] if counted == "count" else [AREA] if count == 1 else [NUMBER, AREA]
    if not isinstance(name, str) or not all(part in name for part in needed):
        got = "nothing" if name is None else shown(name)
        allowed = f'a name with {NUMBER} in it for the number, such as "Group {NUMBER}"'
        if counted == "per_area":
            allowed = f'a name with {" and ".join(needed)} in it, such as "Group '
            allowed += f'{NUMBER} of area {AREA}"' if count != 1 else f'of area {AREA}"'
        found.append(("name", f"got {got}; allowed {allowed}"))
    elif counted == "count" and AREA in name:
        allowed = f"it with per_area; with count the number alone, {NUMBER}"
        found.append(("name", f"got {AREA} in {shown(name)}; allowed {allowed}"))
    found += [
        (key, message)
        for key, parameter in RANGED.items()
        if isinstance(table.get(key), dict)
        for message in _wrong_range(table[key], parameter)
    ]
    return found


def _wrong_range(given: dict[str, Any], parameter: Parameter) -> list[str]:
    """Return what is wrong with a range; nothing where it is right."""
    allowed = f"{{ from = ..., to = ... }}, each {parameter.allowed}"
    if sorted(given) != ["from", "to"]:
        return [f"got {shown(given)}; allowed {allowed}"]
    low, high = given["from"], given["to"]
    for end in (low, high):
        right = _is_whole(end) or (isinstance(end, float) and parameter.kind == "number")
        if not right or not parameter.low <= end <= parameter.high:
            return [f"got {shown(end)}; allowed {parameter.allowed}"]
    if low > high:
        return [f"got from {plain(low)} to {plain(high)}; allowed a range from less to more"]
    return []


def _one(table: dict[str, Any], number: int, area: int | None = None) -> dict[str, Any]:
    one = {key: value for key, value in table.items() if key not in COUNTED}
    one["name"] = table["name"].replace(NUMBER, str(number))
    address = str(number)
    if area is not None:
        one["name"] = one["name"].replace(AREA, str(area))
        one["area"] = area
        address = f"{number} of area {area}"
    if isinstance(focus := table.get("focus"), list):
        one["focus"] = [
            name.replace(NUMBER, str(number)) if isinstance(name, str) else name for name in focus
        ]
    for key, parameter in RANGED.items():
        if isinstance(value := table.get(key), dict):
            share = uniform(table["name"], key, address, table.get("draw", 1))
            low, high = value["from"], value["to"]
            if parameter.kind == "whole" or (_is_whole(low) and _is_whole(high)):
                one[key] = low + int(share * (high - low + 1))
            else:
                one[key] = low + share * (high - low)
    return one


def uniform(pattern: str, key: str, number: str, draw: int) -> float:
    """Return the number from 0 to below 1 at an address."""
    address = f"{pattern}\n{key}\n{number}\n{draw}".encode()
    return int.from_bytes(hashlib.sha256(address).digest()[:8], "big") // 2**11 / 2**53


def _of_all(change: Any, patterns: dict[str, list[str]]) -> Any:
    """Let a change that names a pattern be one of all partnerships of that pattern."""
    if not isinstance(change, dict) or "partnership" not in change:
        return change
    given = change["partnership"]
    names = given if isinstance(given, list) else [given]
    told = [
        one
        for name in names
        for one in (patterns.get(name, [name]) if isinstance(name, str) else [name])
    ]
    return change if told == names else {**change, "partnership": told}
