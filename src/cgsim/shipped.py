"""The files that come with cgsim: scenarios, experiments, lessons, records."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def folder(kind: str) -> Path:
    """Return a folder of shipped files: in a wheel inside the package, in a checkout at the top."""
    package = Path(__file__).resolve().parent
    installed = package / "shipped" / kind
    return installed if installed.is_dir() else package.parents[1] / kind


@cache
def names(kind: str) -> tuple[str, ...]:
    """Return the names of the TOML files in one of these folders."""
    return tuple(sorted(path.stem for path in folder(kind).glob("*.toml")))
