"""The library of scenarios that comes with cgsim."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def folder() -> Path:
    """Return the folder of the library: in a wheel inside the package, in a checkout beside src."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "library"
    return installed if installed.is_dir() else package.parents[1] / "scenarios"


@cache
def names() -> tuple[str, ...]:
    """Return the names of all library scenarios; ``baseline`` first, the others by name."""
    found = sorted(path.stem for path in folder().glob("*.toml"))
    return tuple(sorted(found, key=lambda name: name != "baseline"))


def path(name: str) -> Path:
    """Return the file of a library scenario."""
    return folder() / f"{name}.toml"
