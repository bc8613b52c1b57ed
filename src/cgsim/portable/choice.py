"""Which engine runs: the one compiled for this machine, or the portable one.

``native`` is compiled by Numba on first use, about a minute, and is the faster one. ``wasm``
is there at once. ``auto`` is native where all has been compiled and kept. Elsewhere it begins with
the portable one; once a process has spent ``PATIENCE`` seconds in it, a process of its own compiles
the native one, and whatever is called after that runs natively. Both give the same bits, so a batch
may change over between two chunks. Where native code cannot be kept, ``auto`` stays with the
portable one.

The environment variable ``CGSIM_ENGINE`` says which; ``use_engine`` sets it, for this process and
those it starts.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from cgsim.errors import CgsimError

if TYPE_CHECKING:
    from cgsim.portable.host import Memory

T = TypeVar("T")

ENGINES = ("auto", "native", "wasm")
VARIABLE = "CGSIM_ENGINE"
PLAIN = os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0")
"""Whether everything runs as plain Python, whatever is asked for."""
PATIENCE = 3.0
"""Seconds of work of all threads; compiling takes ten times as long or more."""


def _nothing_is_kept() -> bool:
    return False


native_is_kept: Callable[[], bool] = _nothing_is_kept
"""Tells whether the native engine has been compiled for this machine; ``compiler`` says so."""


class EngineError(CgsimError, ValueError):
    """The engine that was asked for cannot be had."""


class _Native:
    """Whether the native engine is ready, and the process that makes it so."""

    def __init__(self) -> None:
        self.ready: bool | None = None  #: None until it has been looked for
        self.spent = 0.0
        self.maker: subprocess.Popen[bytes] | None = None
        self.given_up = False
        self.lock = threading.Lock()

    def is_ready(self) -> bool:
        with self.lock:
            if self.ready is None:
                self.ready = native_is_kept()
            return self.ready

    def look(self) -> None:
        """Start compiling once it pays, and see whether that is done."""
        with self.lock:
            if self.ready or self.given_up or self.spent < PATIENCE:
                return
            if self.maker is None:
                self.maker = _start_making()
            code = self.maker.poll() if self.maker else 1
            self.ready = code == 0
            self.given_up = code not in (0, None)


_native = _Native()


def _begin_anew() -> None:
    """Know nothing of a process that is another's: of a parent's, a child cannot tell the end."""
    global _native
    _native = _Native()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_begin_anew)


def _start_making() -> subprocess.Popen[bytes] | None:
    """Start a process that compiles; it goes on if this one ends, so that the next finds it."""
    if not sys.executable:
        return None
    nothing = subprocess.DEVNULL
    quiet: dict[str, Any] = {"stdin": nothing, "stdout": nothing, "stderr": nothing}
    apart: dict[str, Any] = (
        {"creationflags": 0x4008}  # below normal priority, detached
        if sys.platform == "win32"
        else {"start_new_session": True}
    )
    try:
        return _Apart(
            [sys.executable, "-P", "-m", "cgsim.entries"],  # nothing of the current folder
            env={**os.environ, VARIABLE: "native"},
            **quiet,
            **apart,
        )
    except OSError:
        return None


class _Apart(subprocess.Popen):  # type: ignore[type-arg]
    """A process that nobody waits for."""

    def __del__(self) -> None:  # Python would warn that it still runs, which is meant
        self.returncode = self.returncode or 0
        super().__del__()


def check(engine: str) -> str:
    """Return an engine's name; raise ``EngineError`` for one that there is not, or not here."""
    if engine not in ENGINES:
        raise EngineError(f"got {engine!r}; allowed {', '.join(ENGINES)}")
    if engine == "wasm" and trouble():
        raise EngineError(f"got 'wasm'; allowed where it can run ({trouble()})")
    return engine


def trouble() -> str:
    """Return why the portable engine cannot be used; nothing where it can."""
    from cgsim.portable import host

    return host.trouble()


def use_engine(engine: str) -> None:
    """Say which engine runs, ``auto``, ``native`` or ``wasm``, in this process and its children."""
    os.environ[VARIABLE] = check(engine)


def engine() -> str:
    """Return which engine has been asked for: ``auto`` where nothing was said."""
    return os.environ.get(VARIABLE) or "auto"


def is_portable() -> bool:
    """Tell whether the next call runs in the portable engine."""
    asked = check(engine())
    if asked == "auto":
        return not (PLAIN or _native.is_ready() or trouble())
    return asked == "wasm" and not PLAIN


def settled(room: T) -> tuple[Memory | None, T]:
    """Return room for runs where the engine has it at hand, and the memory it is in, if any."""
    if not is_portable():
        return None, room
    from cgsim.portable import host

    try:
        memory = host.Memory()
        return memory, memory.settle(room)
    except MemoryError:
        if engine() != "auto":
            raise
        _native.ready = True  # what does not fit there may fit here
        return None, room


def prefer(memory: Memory | None) -> None:
    """Let this thread's calls run in a memory."""
    if memory is not None:
        from cgsim.portable import host

        host.prefer(memory)


def call(name: str, arguments: tuple[Any, ...]) -> None:
    """Run an entry point in the portable engine."""
    from cgsim.portable import host

    began = time.perf_counter()
    host.memory().call(name, arguments)
    _native.spent += time.perf_counter() - began
    if engine() == "auto":
        _native.look()
