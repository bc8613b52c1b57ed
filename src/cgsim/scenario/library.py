"""The library of scenarios that comes with cgsim."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from cgsim import shipped


@cache
def names() -> tuple[str, ...]:
    """Return the names of all library scenarios; ``baseline`` first, the others by name."""
    return tuple(sorted(shipped.names("scenarios"), key=lambda name: name != "baseline"))


def path(name: str) -> Path:
    """Return the file of a library scenario."""
    return shipped.folder("scenarios") / f"{name}.toml"
