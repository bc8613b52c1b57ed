"""How the rules are compiled, and where the compiled code is kept.

The rules and the engine are plain Python functions over NumPy arrays. Numba compiles them on first
use and keeps the machine code on disk. Numba's own cache does not notice a change in *another*
file, so the folder it uses here is named by a hash of every source file that ends up in compiled
code: a changed rule can never run as yesterday's machine code.

Set ``NUMBA_DISABLE_JIT=1`` to run everything as plain Python, for debugging and coverage.
Set ``CGSIM_CACHE_DIR`` to keep the compiled code somewhere else.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import numba

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


def is_compiled(*kernels: str) -> bool:
    """Tell whether kernels' machine code is already on disk (or not wanted at all).

    A kernel is named as on disk, ``life.step_run``; if none is given, the batch engine is meant.
    """
    if numba.config.DISABLE_JIT:
        return True
    version = f"py{sys.version_info.major}{sys.version_info.minor}"
    return all(
        next(cache_folder().glob(f"**/{name}-*.{version}.*.nbc"), None) is not None
        for name in kernels or ("batch.run_batch",)
    )


def rule(function: F) -> F:
    """Compile a piece of the month, to be built into whatever calls it."""
    compiled: F = numba.njit(forceinline=True, **OPTIONS)(function)
    return compiled


def kernel(function: F) -> F:
    """Compile an entry point, keep its machine code on disk, and let other threads run with it."""
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
