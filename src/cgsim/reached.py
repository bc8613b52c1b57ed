"""Which code is in use: the functions that an entry point reaches, and whether they are the files'.

Numba builds everything that an entry point calls into one piece of machine code, at the moment of
compiling. So what an entry point computes is decided by the functions in memory that it reaches
through the names in its code, and by the constants these read, not by what stands in the files. A
``Reach`` is that: found by walking the names, told apart by its digest, and checked in some
microseconds before every call.
"""

from __future__ import annotations

import hashlib
import operator
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, cached_property
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import module_from_spec
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import numpy as np

PACKAGE = "cgsim"
_LIBRARIES = frozenset({*sys.stdlib_module_names, "numpy", "numba", "llvmlite"})
"""Their versions stand for their functions, which are not looked into."""
_UNSET = object()
_DEEPEST = 8


def plain(value: Any) -> Any:
    """Return the Python function behind a compiled or wrapped one; anything else as it is."""
    for _ in range(_DEEPEST):
        if isinstance(value, FunctionType | ModuleType | type):
            return value
        for name in ("py_func", "__wrapped__"):
            inner = getattr(value, name, None)
            if isinstance(inner, FunctionType):
                value = inner
                break
        else:
            return value
    return value


def _parts_of(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _parts_of(constant)


@cache
def _names_in(code: CodeType) -> tuple[str, ...]:
    """Return every global and attribute name in a function's code, also inside inner functions."""
    return tuple(dict.fromkeys(name for part in _parts_of(code) for name in part.co_names))


@cache
def _code_mark(code: CodeType) -> str:
    """Return a digest of what a code does, wherever it stands in its file."""
    told = [
        code.co_argcount,
        code.co_posonlyargcount,
        code.co_kwonlyargcount,
        code.co_flags,
        code.co_code,
        code.co_exceptiontable,
        code.co_names,
        code.co_varnames,
        code.co_freevars,
        code.co_cellvars,
        [mark(constant) for constant in code.co_consts],
    ]
    return hashlib.sha256(repr(told).encode()).hexdigest()


def _name_of(value: Any) -> str:
    return f"{getattr(value, '__module__', '')}.{getattr(value, '__qualname__', value)}"


def mark(value: Any) -> str:
    """Return a text that tells a value from others; functions are told by their names alone."""
    if isinstance(value, CodeType):
        return _code_mark(value)
    if isinstance(value, ModuleType):
        return f"module {value.__name__}"
    function = plain(value)
    if isinstance(function, FunctionType):
        return f"function {_name_of(function)}"
    if isinstance(value, type):
        return f"class {_name_of(value)} {getattr(value, '_fields', '')}"
    if isinstance(value, np.ndarray):
        return f"array {value.dtype} {value.shape} {hashlib.sha256(value.tobytes()).hexdigest()}"
    if isinstance(value, frozenset | set):
        return f"{type(value).__name__} {sorted(map(mark, value))}"
    if isinstance(value, tuple | list):
        return f"{type(value).__name__} {[mark(item) for item in value]}"
    if isinstance(value, Mapping):
        return f"mapping {[(mark(key), mark(item)) for key, item in value.items()]}"
    if value is None or isinstance(value, bool | int | float | complex | str | bytes | np.generic):
        return f"{type(value).__name__} {value!r}"
    if value is _UNSET:
        return "nothing"
    return f"{type(value).__name__} {_name_of(value) if callable(value) else ''}"


def _function_mark(function: FunctionType) -> str:
    """Return a digest of a function by itself: code, defaults and what it closes over."""
    defaults = (function.__defaults__, function.__kwdefaults__ or {})
    closed = [mark(_content(cell)) for cell in function.__closure__ or ()]
    told = (_code_mark(function.__code__), mark(defaults), closed)
    return hashlib.sha256(repr(told).encode()).hexdigest()


def _content(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:
        return _UNSET


_reading = threading.local()


def is_being_read(function: Any) -> bool:
    """Tell whether a function is of a source that is only read, to be compared."""
    space = getattr(_reading, "space", None)
    return space is not None and function.__globals__ is space


class Reach:
    """All that some functions reach, as it is in memory at this moment."""

    def __init__(self, roots: Iterable[Any]) -> None:
        """Walk the names in the functions' code, and in that of the functions they name."""
        self.functions: dict[FunctionType, None] = {}
        self.reads: dict[tuple[int, str], tuple[dict[str, Any], str, Any]] = {}
        self.compiled: dict[int, Any] = {}
        self.uncompiled: list[tuple[dict[str, Any], str]] = []
        self._cells: list[tuple[Any, Any]] = []
        waiting = [plain(root) for root in reversed(list(roots))]
        while waiting:
            function = waiting.pop()
            if function not in self.functions:
                self.functions[function] = None
                waiting += reversed(list(self._named_by(function)))
        self._codes = [(function, function.__code__) for function in self.functions]
        held: dict[int, tuple[dict[str, Any], list[str], list[Any], list[str]]] = {}
        for space, name, value in self.reads.values():
            _, names, values, missing = held.setdefault(id(space), (space, [], [], []))
            if value is _UNSET:
                missing.append(name)
            else:
                names.append(name)
                values.append(value)
        self._held = [
            (space, names, values, frozenset(missing))
            for space, names, values, missing in held.values()
        ]

    def _named_by(self, function: FunctionType) -> Iterator[FunctionType]:
        """Note what a function reads, and yield the functions among it."""
        space = function.__globals__
        names = _names_in(function.__code__)
        for name in names:
            value = space.get(name, _UNSET)
            yield from self._note(space, name, value)
            if isinstance(value, ModuleType):
                inside = vars(value)
                for inner in names:
                    if inner in inside:
                        yield from self._note(inside, inner, inside[inner])
        for cell in function.__closure__ or ():
            value = _content(cell)
            self._cells.append((cell, value))
            yield from self._follow(value)

    def _note(self, space: dict[str, Any], name: str, value: Any) -> Iterator[FunctionType]:
        if (id(space), name) in self.reads:
            return
        self.reads[id(space), name] = (space, name, value)
        for function in self._follow(value):
            if value is function and str(space.get("__name__")).split(".")[0] == PACKAGE:
                self.uncompiled.append((space, name))
            yield function

    def _follow(self, value: Any) -> Iterator[FunctionType]:
        function = plain(value)
        if isinstance(function, FunctionType):
            if str(function.__module__).split(".")[0] in _LIBRARIES:
                return
            if hasattr(value, "py_func"):
                self.compiled[id(value)] = value
            yield function

    def holds(self) -> bool:
        """Tell whether all of it is still as it was; takes some microseconds."""
        for function, code in self._codes:
            if function.__code__ is not code:
                return False
        for space, names, values, missing in self._held:
            if not (
                all(map(operator.is_, map(space.get, names), values))
                and space.keys().isdisjoint(missing)
            ):
                return False
        return all(_content(cell) is value for cell, value in self._cells)

    @cached_property
    def digest(self) -> str:
        """A digest of the functions, of all they read, and of how they hang together."""
        whole = hashlib.sha256()
        for function in self.functions:
            told = [_name_of(function), _function_mark(function)]
            whole.update(repr(told).encode())
        for space, name, value in self.reads.values():
            whole.update(f"{space.get('__name__')} {name} {mark(value)}\n".encode())
        return whole.hexdigest()


class Files:
    """The package's sources as they were when this process first asked, and what they define."""

    def __init__(self, package: Path, parts: Iterable[str]) -> None:
        """Read every source of some parts of the package."""
        self.texts: dict[str, tuple[Path, bytes]] = {}
        whole = hashlib.sha256()
        for part in parts:
            root = package / part
            for path in [root] if root.is_file() else sorted(root.rglob("*.py")):
                inside = path.relative_to(package)
                data = path.read_bytes()
                whole.update(inside.as_posix().encode())
                whole.update(data)
                names = [PACKAGE, *inside.with_suffix("").parts]
                self.texts[".".join(n for n in names if n != "__init__")] = (path, data)
        self.hash = whole.hexdigest()[:16]
        self._defined: dict[str, Mapping[str, Any]] = {}

    def defines(self, module: str) -> Mapping[str, Any] | None:
        """Return what a module's source defines, worked out apart from the module in memory."""
        if module not in self.texts:
            return None
        if module not in self._defined:
            path, data = self.texts[module]
            loader = _FromText(module, str(path), data)
            fresh = module_from_spec(ModuleSpec(module, loader, origin=str(path)))
            _reading.space = vars(fresh)
            try:
                loader.exec_module(fresh)
            finally:
                _reading.space = None
            self._defined[module] = vars(fresh)
        return self._defined[module]

    def changes(self, reach: Reach, put: Mapping[str, Any]) -> dict[str, str]:
        """Return what is reached and is not what the files define: a digest of each, by name.

        ``put`` holds, by such names, what an extension has put there, which is no change.
        """
        found: dict[str, str] = {}
        spaces = {id(vars(sys.modules[name])): name for name in self.texts if name in sys.modules}
        for space, name, value in reach.reads.values():
            defined = self.defines(spaces.get(id(space), ""))
            if defined is not None and put.get(_short(spaces[id(space)], name), _UNSET) is value:
                continue
            if defined is not None and mark(value) != mark(defined.get(name, _UNSET)):
                found[_short(spaces[id(space)], name)] = _digest_of(value)
        for function in reach.functions:
            defined = self.defines(str(function.__module__))
            if defined is None:
                continue
            original: Any = plain(defined.get(function.__qualname__))
            if not (
                isinstance(original, FunctionType)
                and _function_mark(original) == _function_mark(function)
            ):
                name = _short(str(function.__module__), function.__qualname__)
                found[name] = _digest_of(function)
        return dict(sorted(found.items()))


def _digest_of(value: Any) -> str:
    function = plain(value)
    if isinstance(function, FunctionType):
        return Reach([function]).digest
    return hashlib.sha256(mark(value).encode()).hexdigest()


def _short(module: str, name: str) -> str:
    """Write a name as the order of a month does: ``issues.settle_issues``."""
    return f"{module.rpartition('.')[2]}.{name}"


def short_name(space: Mapping[str, Any], name: str) -> str:
    """Return a name in a module's namespace, as ``Files.changes`` writes it."""
    return _short(str(space.get("__name__", "")), name)


class _FromText(SourceFileLoader):
    """Loads a module from its text alone; compiled files that Python keeps are passed by."""

    def __init__(self, name: str, path: str, data: bytes) -> None:
        super().__init__(name, path)
        self._data = data

    def get_code(self, fullname: str) -> CodeType:
        code: CodeType = self.source_to_code(self._data, self.path)
        return code
