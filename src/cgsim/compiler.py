"""How the rules are compiled, and where the compiled code is kept.

The rules and the engine are plain Python functions over NumPy arrays. Numba compiles them on first
use, and the machine code is kept on disk: in a folder named by a hash of every source file that
ends up in compiled code, under a name with a digest of all that the entry point reaches in memory
(``reached``). So a changed rule can never run as yesterday's machine code, nor pass for the
original tomorrow: what is not as the files say is compiled for this process alone, it is part of
``source_hash``, and ``changed_rules`` tells its name.

Set ``NUMBA_DISABLE_JIT=1`` to run everything as plain Python, for debugging and coverage.
Set ``CGSIM_CACHE_DIR`` to keep the compiled code somewhere else.

Whoever waits is told why: the logger ``cgsim`` warns when an entry point is about to be compiled.
``logging.getLogger("cgsim").setLevel("ERROR")`` silences it.
"""

from __future__ import annotations

import hashlib
import logging
import platform
import threading
from collections.abc import Callable, Iterable
from functools import cache, cached_property
from pathlib import Path
from typing import Any, TypeVar

import llvmlite
import numba
import numpy as np
from numba.core import compiler as numba_compiler
from numba.core import event, serialize
from numba.core.caching import NullCache
from numba.core.compiler_lock import global_compiler_lock
from numba.core.registry import CPUDispatcher

from cgsim.kept import Kept, place
from cgsim.portable import choice, host
from cgsim.reached import Files, Reach, is_being_read, short_name

F = TypeVar("F", bound=Callable[..., Any])

COMPILED_PARTS = ("rules", "world", "engine", "measures.py", "compiler.py")
"""The parts of the package whose sources reach compiled code."""


OPTIONS = {"error_model": "numpy", "_nrt": False}
"""Divide as NumPy does, and count no references: compiled code may not allocate (decision 1)."""

ONCE = "Compiling the engine: about a minute, once per installed version ..."
EVERY_TIME = (
    "Compiling the engine: about a minute, and again in every process: compiled code cannot be "
    "kept{where}. CGSIM_CACHE_DIR may name another folder, with room for 12 MB."
)
NOT_KEPT = (
    "The compiled code could not be kept{where}. Every process compiles anew, about a minute. "
    "CGSIM_CACHE_DIR may name another folder, with room for 12 MB."
)

_log = logging.getLogger("cgsim")
_lock = threading.Lock()
_told: set[str] = set()
_entry_points: list[Any] = []
"""All there are in this process, the package's own and others."""


def _tell_once(kind: str, text: str) -> None:
    if kind not in _told:
        _told.add(kind)
        _log.warning(text)


# ---- which code is in use ----------------------------------------------------------------------


@cache
def _files() -> Files:
    return Files(Path(__file__).parent, COMPILED_PARTS)


class _Program:
    """What the package's entry points reach, and what of it is not as the files say."""

    def __init__(self, roots: list[Any]) -> None:
        self.roots = roots
        self.reach = Reach(roots)
        self.changes = _changes_in(self.reach)


def _changes_in(reach: Reach) -> dict[str, str]:
    """Compare what is reached with the files; where all is as they say, that is remembered."""
    found_sound = f"sound-{reach.digest[:32]}"
    if _kept().read(found_sound) is not None:
        return {}
    changes = _files().changes(reach)
    if not changes:
        _kept().write(found_sound, b"")
    return changes


_program: _Program | None = None


def _changes() -> dict[str, str]:
    """Return what is in use and is not as the files say: a digest by name."""
    global _program
    with _lock:
        package = __name__.partition(".")[0]
        roots = [e for e in _entry_points if str(e.__module__).split(".")[0] == package]
        if _program is None or _program.roots != roots or not _program.reach.holds():
            _program = _Program(roots)
        changes = _program.changes
    if changes:
        line = words_for(changes)
        _tell_once(line, line)
    return changes


def words_for(changed: Iterable[str]) -> str:
    """Return the line that goes with every result of changed rules; nothing where there is none."""
    names = ", ".join(changed)
    return f"With a changed rule: {names}." if names else ""


def changed_rules() -> tuple[str, ...]:
    """Return what is in use and is not as the files say, such as ``trust.judge_promises``.

    These are rules, and constants that rules read, which the entry points loaded so far reach in
    memory at this moment.
    """
    return tuple(_changes())


def source_hash() -> str:
    """Return 16 hexadecimal digits that tell the code in use from any other.

    They hash every source that is compiled, as it was when it was loaded, and whatever in memory
    is not as these say.
    """
    changes = _changes()
    if not changes:
        return _files().hash
    told = repr((_files().hash, sorted(changes.items())))
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def source_told() -> str:
    """Return the hash of the code in use, and which rules are not those of the files."""
    return with_changes(source_hash(), changed_rules())


def with_changes(source: str, changed: Iterable[str]) -> str:
    """Write a hash of the code with the names of changed rules, where there are any."""
    line = words_for(changed)
    return f"{source} ({line[0].lower()}{line[1:-1]})" if line else source


# ---- compiled code on disk ---------------------------------------------------------------------


@cache
def _kept() -> Kept:
    return Kept(place(_files().hash))


def _hindered(sentence: str) -> str:
    """Complete a sentence with where code would be kept, and what hinders it."""
    kept = _kept()
    folder = f" in {kept.folder}" if kept.folder else ""
    return sentence.format(where=f"{folder}: {kept.trouble}")


class _KeptCode(NullCache):  # type: ignore[misc]
    """What Numba asks for an entry point's machine code, and gives it to."""

    def __init__(self, entry_point: EntryPoint) -> None:
        self._entry_point = entry_point

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Return the machine code for a signature; None where it has to be compiled."""
        target_context.refresh()
        data = _kept().read(self._name(sig, target_context.codegen()))
        if data is None:
            return None
        try:
            parts = serialize.loads(data)
            return numba_compiler.CompileResult._rebuild(target_context, *parts)
        except Exception:  # whole, and yet not what this Numba can read
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep machine code for later processes, unless a changed rule is in it."""
        reach = self._entry_point.reach
        if data.library.has_dynamic_globals or not reach.holds() or _changes_in(reach):
            return
        name = self._name(sig, data.codegen)
        if not _kept().write(name, serialize.dumps(data._reduce())):
            _tell_once("not kept", _hindered(NOT_KEPT))

    def _name(self, sig: Any, codegen: Any) -> str:
        told = (
            self._entry_point.reach.digest,
            str(sig),
            codegen.magic_tuple(),
            sorted(self._entry_point.targetoptions.items()),
            (platform.python_implementation(), platform.python_version()),
            (numba.__version__, llvmlite.__version__, np.__version__),
        )
        digest = hashlib.sha256(repr(told).encode()).hexdigest()[:32]
        return f"{self._entry_point.py_func.__name__}-{digest}"


class _Announcer(event.Listener):  # type: ignore[misc]
    """Says once in a process that an entry point is being compiled, and how often that will be."""

    def on_start(self, event: event.Event) -> None:
        """Say it, unless it has been said or is about something else."""
        dispatcher = event.data["dispatcher"]
        if not isinstance(dispatcher, EntryPoint) or "compiling" in _told:
            return
        changes = _changes_in(dispatcher.reach)
        if changes:
            _tell_once(words_for(changes), words_for(changes))
        if changes or not dispatcher.keep:
            _tell_once("compiling", "Compiling the engine: about a minute, for this process ...")
        elif _kept().can_write():
            _tell_once("compiling", ONCE)
        else:
            _told.add("not kept")
            _tell_once("compiling", _hindered(EVERY_TIME))

    def on_end(self, event: event.Event) -> None:
        """Say nothing."""


event.register("numba:compile", _Announcer())


def kept_folder() -> Path | None:
    """Return the folder that compiled code is kept in; None where it cannot be kept."""
    return _kept().folder if _kept().can_write() else None


# ---- compiling ---------------------------------------------------------------------------------


_keeping = True


def machine_code_is_kept(keep: bool) -> None:
    """Say whether entry points that are defined from now on keep their machine code on disk."""
    global _keeping
    _keeping = keep


class EntryPoint(CPUDispatcher):  # type: ignore[misc]
    """A compiled function that Python calls; what it was compiled from is looked at each time."""

    def __init__(self, py_func: Callable[..., Any], *args: Any, **more: Any) -> None:
        """Take what Numba's dispatcher takes."""
        super().__init__(py_func, *args, **more)
        self._reach: Reach | None = None
        self.keep = False

    def enable_caching(self) -> None:
        """Keep machine code on disk, and use what is kept."""
        if not _keeping:
            return
        self.keep = True
        self._cache = _KeptCode(self)

    @property
    def reach(self) -> Reach:
        """What it reaches; walked when it is first needed, since names may be defined later."""
        if self._reach is None:
            self._reach = Reach([self.py_func])
        return self._reach

    def compile(self, sig: Any) -> Any:
        """Compile what is reached now, or load what was kept of it."""
        for space, name in self.reach.uncompiled:
            raise TypeError(
                f"{short_name(space, name)} is a plain function; compiled rules call only what is "
                "compiled as well: cgsim.compiler.rule(function)"
            )
        return super().compile(sig)

    def __call__(self, *args: Any) -> Any:
        """Run it; what was compiled from rules that have been replaced since is not used again."""
        if not self.reach.holds():
            _renew()
        if self._is_portable and choice.is_portable() and not _changes():
            return choice.call(self.py_func.__name__, args)
        return super().__call__(*args)

    def is_kept(self, sig: Any) -> bool:
        """Tell whether machine code for these types is on disk."""
        return self._cache.load_overload(sig, self.targetctx) is not None

    @cached_property
    def _is_portable(self) -> bool:
        """Whether the portable engine has it as well."""
        package = str(self.py_func.__module__).partition(".")[0]
        return package == __name__.partition(".")[0] and (
            not host.trouble() and self.py_func.__name__ in host.description()["entries"]
        )


_retired: list[Any] = []
"""Machine code that is not used again; another thread may still be running it."""


def _renew() -> None:
    """Let go of whatever was compiled from functions that have been replaced since."""
    with global_compiler_lock:
        for entry_point in _entry_points:
            before = entry_point._reach
            if before is not None and not before.holds():
                entry_point._reach = None
                reached = {**before.compiled, **entry_point.reach.compiled}
                for dispatcher in [entry_point, *reached.values()]:
                    _forget(dispatcher)
    _changes()


def _forget(dispatcher: Any) -> None:
    _retired.append(dict(dispatcher.overloads))
    dispatcher._reset_overloads()
    dispatcher._compiler._failed_cache.clear()


def rule(function: F) -> F:
    """Compile a piece of the month, to be built into whatever calls it."""
    if is_being_read(function):
        return function
    compiled: F = numba.njit(forceinline=True, **OPTIONS)(function)
    return compiled


def kernel(function: F, *, keep: bool = True) -> F:
    """Compile an entry point, keep its machine code on disk, and let other threads run with it."""
    if is_being_read(function):
        return function
    _files()  # as they are now that they have been loaded
    compiled: Any = function
    if not numba.config.DISABLE_JIT:
        options = {"nopython": True, "boundscheck": None, "nogil": True, **OPTIONS}
        compiled = EntryPoint(function, targetoptions=options)
        if keep:
            compiled.enable_caching()
    _entry_points.append(compiled)
    return compiled  # type: ignore[no-any-return]
