"""How the rules are compiled, and where the compiled code is kept.

The rules and the engine are plain Python functions over NumPy arrays. Numba compiles them on first
use and keeps the machine code on disk. Numba's own cache does not notice a change in *another*
file, so the folder it uses here is named by a hash of every source file that ends up in compiled
code: a changed rule can never run as yesterday's machine code.

Set ``NUMBA_DISABLE_JIT=1`` to run everything as plain Python, for debugging and coverage.
Set ``CGSIM_CACHE_DIR`` to keep the compiled code somewhere else.

Whoever waits is told why: the logger ``cgsim`` warns when an entry point is about to be compiled.
``logging.getLogger("cgsim").setLevel("ERROR")`` silences it.
"""

from __future__ import annotations

import hashlib
import logging
import os
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import numba
from numba.core import event

F = TypeVar("F", bound=Callable[..., Any])

COMPILED_PARTS = ("rules", "world", "engine", "measures.py", "compiler.py")
"""The parts of the package whose sources reach compiled code."""


OPTIONS = {"error_model": "numpy", "_nrt": False}
"""Divide as NumPy does, and count no references: compiled code may not allocate (decision 1)."""


@cache
def source_hash() -> str:
    """Return 16 hexadecimal digits that change whenever a source that is compiled changes."""
    package = Path(__file__).parent
    digest = hashlib.sha256()
    for part in COMPILED_PARTS:
        root = package / part
        for path in [root] if root.is_file() else sorted(root.rglob("*.py")):
            digest.update(path.relative_to(package).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


@cache
def cache_folder() -> Path:
    """Return the folder that holds this version's compiled code."""
    chosen = os.environ.get("CGSIM_CACHE_DIR")
    if chosen:
        base = Path(chosen)
    elif sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA", Path.home())) / "cgsim"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "cgsim"
    return base / source_hash()


class _Announcer(event.Listener):  # type: ignore[misc]
    """Says once in a process that an entry point is being compiled.

    Numba itself tells, because what it finds on disk depends on more than the sources' hash: on
    where the package is installed, and on the processor.
    """

    def __init__(self) -> None:
        self.entry_points: set[Callable[..., Any]] = set()
        self.told = False

    def on_start(self, event: event.Event) -> None:
        """Say it, unless it has been said or is about something else."""
        if not self.told and event.data["dispatcher"].py_func in self.entry_points:
            self.told = True
            logging.getLogger("cgsim").warning(
                "Compiling the engine: about a minute, once per installed version ..."
            )

    def on_end(self, event: event.Event) -> None:
        """Say nothing."""


_announcer = _Announcer()
event.register("numba:compile", _announcer)


def rule(function: F) -> F:
    """Compile a piece of the month, to be built into whatever calls it."""
    compiled: F = numba.njit(forceinline=True, **OPTIONS)(function)
    return compiled


def kernel(function: F) -> F:
    """Compile an entry point, keep its machine code on disk, and let other threads run with it."""
    _announcer.entry_points.add(function)
    before = numba.config.CACHE_DIR
    try:
        folder = cache_folder()
        folder.mkdir(parents=True, exist_ok=True)
        numba.config.CACHE_DIR = str(folder)
        compiled: F = numba.njit(nogil=True, cache=True, **OPTIONS)(function)
    except (OSError, RuntimeError):  # no folder can be written: compile anew in every process
        compiled = numba.njit(nogil=True, **OPTIONS)(function)
    finally:
        numba.config.CACHE_DIR = before
    return compiled
