"""The library of scenarios that comes with cgsim."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from cgsim import shipped

AREAS = "areas"
"""The folder, beside those of one area, of scenarios of several."""


@cache
def names() -> tuple[str, ...]:
    """Return the names of all scenarios of one area; ``baseline`` first, the others by name.

    The page, the gallery and the game show these.
    """
    return tuple(sorted(shipped.names("scenarios"), key=lambda name: name != "baseline"))


@cache
def of_areas() -> tuple[str, ...]:
    """Return the names of all scenarios of several areas."""
    return shipped.names(f"scenarios/{AREAS}")


def every() -> tuple[str, ...]:
    """Return the names of all library scenarios, those of several areas last."""
    return (*names(), *of_areas())


def path(name: str) -> Path:
    """Return the file of a library scenario."""
    folder = f"scenarios/{AREAS}" if name in of_areas() else "scenarios"
    return shipped.folder(folder) / f"{name}.toml"
