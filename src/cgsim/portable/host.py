"""The portable engine run from Python, through wasmtime.

An entry point is given the address of a row of words: for every array its address in the module's
memory and its lengths, for every single number its bits. Arrays that lie elsewhere are copied into
the memory, and what the entry point writes is copied back; ``Memory.settle`` gives arrays a place
inside, where nothing has to be copied. Every thread has a memory of its own.
"""

from __future__ import annotations

import atexit
import ctypes
import hashlib
import json
import threading
import weakref
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np

from cgsim.portable import sources
from cgsim.words import leaves, word_of

if TYPE_CHECKING:
    import wasmtime

PAGE = 65536
GRAIN = 16
"""Every array begins at a multiple of this."""


@cache
def description() -> dict[str, Any]:
    """Return what is written beside the module: its entry points, and what each is given."""
    return json.loads(files("cgsim.portable").joinpath("engine.json").read_text("utf-8"))


@cache
def trouble() -> str:
    """Return why the portable engine cannot be used; nothing where it can."""
    try:
        import wasmtime  # noqa: F401
    except (ImportError, OSError, RuntimeError):  # no wheel for this system, or a broken one
        return "wasmtime cannot be imported: pip install wasmtime"
    try:
        built = description()["sources"]
    except (OSError, ValueError, KeyError):
        return "the module is missing: install cgsim again"
    if built != sources.digest():
        return "the module was built from other sources: make wasm"
    try:
        if hashlib.sha256(_binary()).hexdigest() != description()["module"]:
            return "the module is not the one that is described beside it: make wasm"
        memory()
    except OSError:
        return "the module is missing: install cgsim again"
    except MemoryError as error:
        return str(error)
    return ""


_making = threading.Lock()
_stores: weakref.WeakSet[Any] = weakref.WeakSet()


@atexit.register
def _let_be() -> None:
    """Leave to the system what is left at the end: wasmtime cannot take itself apart so late."""
    for thing in [*_stores, *(_module() if _module.cache_info().currsize else ())]:
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(thing))


@cache
def _module() -> tuple[Any, Any]:
    import wasmtime

    engine = wasmtime.Engine()
    return engine, wasmtime.Module(engine, _binary())


def _binary() -> bytes:
    return files("cgsim.portable").joinpath("engine.wasm").read_bytes()


class Memory:
    """One instance of the module, with a memory of its own. For one thread at a time."""

    def __init__(self) -> None:
        """Start the module; raise ``MemoryError`` where it gets no room.

        It asks for addresses for all that a memory may ever hold, 4 GiB, also where little is used.
        """
        import wasmtime

        try:
            with _making:
                engine, module = _module()
            self._store = wasmtime.Store(engine)
            _stores.add(self._store)
            exports = wasmtime.Instance(self._store, module, []).exports(self._store)
        except wasmtime.WasmtimeError as error:
            raise MemoryError(
                f"the portable engine gets no memory ({_first_line(error)})"
            ) from None
        self._exports: Any = exports
        self._memory: wasmtime.Memory = exports["memory"]  # type: ignore[assignment]
        self._first = int(exports["__heap_base"].value(self._store))  # type: ignore[union-attr]
        self._settled = self._first
        self._look()

    def _look(self) -> None:
        pointer = self._memory.data_ptr(self._store)
        self._base = ctypes.addressof(pointer.contents)
        self._size = self._memory.data_len(self._store)

    def _make_room(self, end: int) -> None:
        if end <= self._size:
            return
        import wasmtime

        before = self._base
        try:
            self._memory.grow(self._store, -(-(end - self._size) // PAGE))
        except wasmtime.WasmtimeError as error:
            message = f"the portable engine gets no more memory ({_first_line(error)})"
            raise MemoryError(message) from None
        self._look()
        if self._base != before and self._settled > self._first:
            raise MemoryError("the memory of the portable engine has moved")

    def settle(self, tree: Any) -> Any:
        """Return tuples of arrays with all their arrays inside this memory, set to 0.

        What was settled before loses its place.
        """
        self._settled = self._first
        arrays = list(_arrays(tree))
        end = self._first
        places = []
        for array in arrays:
            end = -(-end // GRAIN) * GRAIN
            places.append(end)
            end += array.nbytes
        self._make_room(end)
        self._settled = end
        ctypes.memset(self._base + self._first, 0, end - self._first)
        inside = iter(
            [
                self._view(place, array).view(type(array))
                for place, array in zip(places, arrays, strict=True)
            ]
        )
        return _rebuilt(tree, inside)

    def _view(self, place: int, like: np.ndarray) -> np.ndarray:
        buffer = (ctypes.c_char * max(like.nbytes, 1)).from_address(self._base + place)
        buffer.memory = self  # type: ignore[attr-defined]  # stays as long as the view
        return np.ndarray(like.shape, like.dtype, memoryview(buffer))

    def call(self, name: str, arguments: tuple[Any, ...]) -> None:
        """Call an entry point with the engine's own arguments.

        Raises ``TypeError`` for values of another number, type or number of axes.
        """
        given, written = _given(name)
        flat = list(leaves(arguments))
        if len(flat) != len(given):
            raise TypeError(f"{name} takes {len(given)} values; got {len(flat)}")
        words: list[int] = []
        moved: list[tuple[int, np.ndarray, bool]] = []
        places: dict[tuple[Any, ...], int] = {}  # an array that is given twice is one array
        end = self._settled
        for leaf, (about, kind, axes), writes in zip(flat, given, written, strict=True):
            if not isinstance(leaf, np.ndarray):
                words.append(word_of(leaf, kind))
                continue
            fits = leaf.dtype.names is not None if kind.startswith("record") else leaf.dtype == kind
            if not fits or leaf.ndim != axes:
                got = f"{leaf.dtype} with {leaf.ndim} axes"
                raise TypeError(f"{name}: {about}: got {got}; allowed {kind} with {axes}")
            place = leaf.__array_interface__["data"][0] - self._base
            inside = self._first <= place and place + leaf.nbytes <= self._settled
            if not (inside and leaf.flags.c_contiguous):
                same = (place, leaf.shape, leaf.strides)
                if same not in places:
                    places[same] = -(-end // GRAIN) * GRAIN
                    end = places[same] + leaf.nbytes
                place = places[same]
                moved.append((place, leaf, writes))
            words += (place, *leaf.shape)
        table = -(-end // GRAIN) * GRAIN
        row = np.array(words, np.int64)
        self._make_room(table + row.nbytes)
        for place, leaf, _ in moved:
            _copy(self._base + place, np.ascontiguousarray(leaf))
        _copy(self._base + table, row)
        if self._exports[name](self._store, table) != 0:
            raise RuntimeError(f"the portable engine stopped in {name}")
        for place, leaf, writes in moved:
            if writes:
                leaf[...] = self._view(place, leaf)


def _copy(address: int, array: np.ndarray) -> None:
    ctypes.memmove(address, array.__array_interface__["data"][0], array.nbytes)


def _arrays(tree: Any) -> Iterator[np.ndarray]:
    return (leaf for leaf in leaves(tree) if isinstance(leaf, np.ndarray))


def _rebuilt(tree: Any, arrays: Iterator[np.ndarray]) -> Any:
    if isinstance(tree, tuple):
        parts = [_rebuilt(value, arrays) for value in tree]
        return type(tree)(*parts) if hasattr(tree, "_fields") else tuple(parts)
    return next(arrays)


@cache
def _given(name: str) -> tuple[tuple[tuple[str, str, int], ...], tuple[bool, ...]]:
    """Return names, types and axes of what an entry point is given, and whether it writes each."""
    entry = description()["entries"][name]
    kinds = tuple(
        (value["name"], value["type"], len(value.get("shape", ()))) for value in entry["given"]
    )
    writes = tuple(value["name"].split(".")[0] in entry["writes"] for value in entry["given"])
    return kinds, writes


def _first_line(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0]


_of_thread = threading.local()


def memory() -> Memory:
    """Return this thread's memory."""
    if getattr(_of_thread, "memory", None) is None:
        _of_thread.memory = Memory()
    return _of_thread.memory  # type: ignore[no-any-return]


def prefer(chosen: Memory) -> None:
    """Let this thread's calls run in a memory from now on; arrays settled there are not copied."""
    _of_thread.memory = chosen
