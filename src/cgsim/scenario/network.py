"""A network that was read from a file: who is tied to whom, and who trusts whom how much.

It is part of the scenario. In its tables it stands where the file's path stood, as a table of what
was read, so that nothing that is made from a scenario needs the file again.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from cgsim.scenario.errors import hint, shown

KEYS = ("name", "ties", "trust", "scale", "notes")
LONGEST_NOTE = 200


@dataclass(frozen=True)
class Network:
    """Ties and starting trust, by agencies' numbers from 0."""

    name: str  #: what the file was called
    ties: tuple[tuple[int, int], ...] = ()  #: pairs with no value that makes them a tie
    trust: tuple[tuple[int, int, float], ...] = ()  #: who, whom, and the value given
    scale: tuple[float, float] | None = None  #: the values of no trust and of full trust
    notes: tuple[str, ...] = ()  #: what stood in the file and counts for nothing

    @cached_property
    def tied(self) -> frozenset[tuple[int, int]]:
        """All tied pairs, the lower number first: plain ties, and where a value is above lowest."""
        lowest = self.scale[0] if self.scale else 0.0
        valued = {(min(i, j), max(i, j)) for i, j, value in self.trust if value > lowest}
        return frozenset(valued | set(self.ties))

    @property
    def starting_trust(self) -> list[tuple[int, int, float]]:
        """Who trusts whom how much at the start, from 0 to 1; only pairs with a value."""
        low, high = self.scale or (0.0, 1.0)
        return [(i, j, (value - low) / (high - low)) for i, j, value in self.trust]

    def counts(self, agencies: int) -> str:
        """Return in a sentence what was read, for an area of so many agencies."""
        some = {agency for pair in self.tied for agency in pair}
        count = len(self.tied)
        read = f"{len(some)} of {agencies} agencies have ties, {count} tie{'s' * (count != 1)}"
        if self.trust:
            values = [value for _, _, value in self.trust]
            low, high = self.scale or (0.0, 1.0)
            scale = "" if (low, high) == (0.0, 1.0) else f" on a scale of {low:g} to {high:g}"
            read += f", weights {min(values):g} to {max(values):g} taken as trust{scale}"
        return read

    def words(self, agencies: int) -> str:
        """Return what was read and what of the file counts for nothing."""
        return "; ".join([self.counts(agencies), *self.notes])

    def to_table(self, names: Sequence[str]) -> dict[str, Any]:
        """Return the table that stands for the network in a scenario, by agencies' names."""
        ties: dict[str, list[str]] = {}
        for i, j in self.ties:
            ties.setdefault(names[i], []).append(names[j])
        trust: dict[str, dict[str, float]] = {}
        for i, j, value in self.trust:
            trust.setdefault(names[i], {})[names[j]] = value
        table: dict[str, Any] = {"name": self.name, "ties": ties, "trust": trust}
        table["scale"] = list(self.scale) if self.scale else None
        table["notes"] = list(self.notes)
        return {key: value for key, value in table.items() if value}


def made(
    name: str,
    ties: Iterable[tuple[int, int]],
    trust: Mapping[tuple[int, int], float],
    scale: tuple[float, float] | None,
    notes: Iterable[str] = (),
) -> Network:
    """Return a network in the one order that there is, whatever order it was written in."""
    valued = tuple((i, j, float(value)) for (i, j), value in sorted(trust.items()))
    bare = Network(name, (), valued, scale if valued else None)
    pairs = {(min(i, j), max(i, j)) for i, j in ties} - bare.tied
    return Network(name, tuple(sorted(pairs)), valued, bare.scale, tuple(notes))


class Agencies:
    """Finds agencies by what a file calls them."""

    def __init__(self, names: Sequence[str]) -> None:
        """Take the names of all agencies, in the order of their numbers."""
        self.names = names
        self._numbers: dict[str, list[int]] = {}
        for number, name in enumerate(names):
            self._numbers.setdefault(_key(name), []).append(number)
        self.some_begin_with_hash = any(key.startswith("#") for key in self._numbers)

    def named(self, text: str) -> int | None:
        """Return the number of the agency of that name, from 0; None where there is none, or two.

        Names are compared in Unicode's normal form C, and any run of blanks counts as one.
        """
        found = self._numbers.get(_key(text), ())
        return found[0] if len(found) == 1 else None

    def find(self, text: str) -> int | None:
        """Return the number from 0 of an agency's name or, where none is called so, its number."""
        key = _key(text)
        if key in self._numbers:
            return self.named(text)
        return self._number(key)

    def is_also_a_number(self, text: str) -> bool:
        """Tell whether a name, taken as such, could as well be the number of another agency."""
        named = self.named(text)
        return named is not None and self._number(_key(text)) not in (None, named)

    def _number(self, key: str) -> int | None:
        plain = key.isascii() and key.isdigit() and key[0] != "0" and len(key) < 8
        return int(key) - 1 if plain and int(key) <= len(self.names) else None

    def unknown(self, text: str, near: bool = True, numbers: bool = True) -> str:
        """Return what is wrong with the name of an agency that is not found."""
        if len(self._numbers.get(_key(text), ())) > 1:
            return f"got {shown(text)}, the name of two agencies; allowed names that differ"
        message = f"got {shown(text)}; allowed an agency's name"
        message += ", or its number from 1" if numbers else ""
        return message + (hint(text, self.names) if near else "")


def _key(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def from_table(table: Mapping[str, Any], names: Sequence[str]) -> Network:
    """Return the network that ``to_table`` wrote down; raise ``ValueError`` for what it did not.

    The error's text reads on from "network_file: ".
    """
    for key in table:
        if key not in KEYS:
            raise ValueError(f"got an unknown key {shown(key)}; allowed {', '.join(KEYS)}")
    name = table.get("name")
    if not isinstance(name, str) or not 0 < len(name) <= 1000 or not name.isprintable():
        raise ValueError(f"got {shown(name)} as name; allowed 1 to 1000 printing characters")
    numbers = {agency: number for number, agency in enumerate(names)}

    def number(agency: Any) -> int:
        if agency not in numbers:
            near = hint(agency, names)
            raise ValueError(f"got {shown(agency)}; allowed an agency's name{near}")
        return numbers[agency]

    ties = []
    for first, others in _table(table, "ties").items():
        if not isinstance(others, list) or not all(isinstance(other, str) for other in others):
            raise ValueError(f"got {shown(others)} as ties; allowed a list of agencies' names")
        ties += [(number(first), number(other)) for other in others]
    scale = checked_scale(table["scale"]) if "scale" in table else (0.0, 1.0)
    trust = {}
    for first, values in _table(table, "trust").items():
        if not isinstance(values, dict):
            raise ValueError(f"got {shown(values)} as trust; allowed a table of values by name")
        for other, value in values.items():
            if not _is_number(value) or not scale[0] <= value <= scale[1]:
                allowed = f"a number from {scale[0]:g} to {scale[1]:g}"
                raise ValueError(f"got {shown(value)} as trust; allowed {allowed}")
            trust[number(first), number(other)] = float(value)
    if any(i == j for i, j in [*ties, *trust]):
        raise ValueError("got an agency with itself; allowed pairs of two agencies")
    notes = table.get("notes", [])
    if not isinstance(notes, list) or not all(
        isinstance(n, str) and len(n) <= LONGEST_NOTE and n.isprintable() for n in notes
    ):
        raise ValueError(f"got {shown(notes)} as notes; allowed a list of texts")
    if not ties and not trust:
        raise ValueError('got no tie; allowed ties or trust (network = "none" is how to say none)')
    return made(name, ties, trust, scale, notes)


def _table(table: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    inner = table.get(key, {})
    if not isinstance(inner, dict):
        raise ValueError(f"got {shown(inner)} as {key}; allowed a table by agencies' names")
    return inner


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def checked_scale(given: Any) -> tuple[float, float]:
    """Return the two ends of a scale; raise ``ValueError`` for what is none."""
    right = isinstance(given, list) and len(given) == 2 and all(_is_number(v) for v in given)
    if not right or not -1e6 <= given[0] < given[1] <= 1e6:
        allowed = "the values of no trust and, above it, of full trust, such as [0, 1] or [1, 5]"
        raise ValueError(f"got {shown(given)} as scale; allowed {allowed}")
    return float(given[0]), float(given[1])
