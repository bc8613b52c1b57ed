"""What is played: worlds, and the grant that is on offer in each."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cgsim.scenario import Scenario, loads

FOLDER = Path(__file__).parent / "cases"
FIRST_MONTH = 12
"""The month of the area in which the game begins, and the partnership with it."""
QUARTERS = 12
MONTHS_A_QUARTER = 3


@dataclass(frozen=True)
class Case:
    """A case: what is told of it, and what it is in the model."""

    number: int  #: its place, by which a code names it
    name: str
    title: str
    brief: str
    set: Mapping[str, float]  #: what differs from the common world
    grant: Mapping[str, float]  #: ``fund`` hours a month for ``fund_months`` months

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario in which nothing has been decided."""
        world = loads((FOLDER / "town.toml").read_text("utf-8"), self.set, file=self.name)
        return Scenario.from_dict({**world.to_dict(), "title": self.title}, name=self.name)


def month_of(quarter: int) -> int:
    """Return the month of the area in which a quarter of the game begins, from 0."""
    return FIRST_MONTH + MONTHS_A_QUARTER * quarter


def _read() -> tuple[Case, ...]:
    tables = tomllib.loads((FOLDER / "cases.toml").read_text("utf-8"))["case"]
    return tuple(
        Case(n, one["name"], one["title"], one["brief"], one.get("set", {}), one["grant"])
        for n, one in enumerate(tables)
    )


CASES = _read()
