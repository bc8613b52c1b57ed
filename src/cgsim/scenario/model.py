"""A scenario that is loaded, changed and written: what the rest of cgsim works with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any

from cgsim.scenario import files, writing
from cgsim.scenario.data import Change as Change
from cgsim.scenario.data import GivenAgency as GivenAgency
from cgsim.scenario.data import Objective as Objective
from cgsim.scenario.data import Partnership as Partnership
from cgsim.scenario.data import ScenarioData


@dataclass(frozen=True, repr=False)
class Scenario(ScenarioData):
    """A scenario, whole and checked. See ``cgsim.scenario.load``."""

    def replace(self, *assignments: str) -> Scenario:
        """Return the scenario with ``key=value`` assignments made, as ``--set`` does.

        Where that changes a value, its title says so, and what was told of it is gone.
        """
        return files.resolve(self.to_dict(), assignments, self.name, Scenario)

    def to_dict(self) -> dict[str, Any]:
        """Return the scenario as the tables of a scenario file: complete, with no ``extends``."""
        return writing.as_tables(self)

    def to_toml(self) -> str:
        """Return the text of a complete scenario file that loads back as this scenario."""
        return writing.to_toml(self)

    @staticmethod
    def from_dict(tables: Mapping[str, Any], name: str = "scenario") -> Scenario:
        """Return the scenario that ``to_dict`` wrote down."""
        return files.resolve(tables, (), name, Scenario)


def load(name_or_path: str | FilePath, set: files.Settings = ()) -> Scenario:
    """Return the scenario of a library name or a file, with values changed.

    ``set`` holds ``key=value`` texts, or is a mapping such as ``{"meetings": 2}``. Raises
    ``ScenarioError`` with every fault found.
    """
    return files.load(name_or_path, set, Scenario)


def loads(
    text: str, set: files.Settings = (), *, file: str = "scenario", folder: FilePath | None = None
) -> Scenario:
    """Return the scenario of a text. Without a ``folder`` it can extend the library only."""
    return files.loads(text, set, file, folder, Scenario)
