"""Machine code made ready to run: loaded by LLVM alone, without the compiler that made it.

``machine_code`` makes an object file of an entry point. Loading one takes some milliseconds and
importing LLVM's library a tenth of a second; the compiler, Numba, would take more than a second.
"""

from __future__ import annotations

import ctypes
import os
import pickle
import platform
from array import array
from functools import cache
from importlib.metadata import version
from typing import Any

import llvmlite.binding as llvm
import numpy as np

from cgsim.words import kinds_of, leaves, word_of

_FUNCTION = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)
"""Where its result and its trouble go, and the address of its words; a status, 0 if all is well."""


class _Trouble(ctypes.Structure):
    """How compiled code tells what was raised in it, as Numba lays it out."""

    _fields_ = (
        ("text", ctypes.c_void_p),
        ("length", ctypes.c_int32),
        ("more", ctypes.c_void_p),
        ("unpack", ctypes.c_void_p),
        ("count", ctypes.c_int32),  #: of values that are known only where it is raised
    )


@cache
def machine() -> tuple[str, ...]:
    """Return all that machine code depends on besides what it is made of."""
    return (
        llvm.get_process_triple(),
        llvm.get_host_cpu_name(),
        llvm.get_host_cpu_features().flatten(),
        *sorted(f"{k}={v}" for k, v in os.environ.items() if k.startswith("NUMBA_")),
        platform.python_implementation(),
        platform.python_version(),
        *(version(library) for library in ("numba", "llvmlite", "numpy")),
    )


def packed(symbol: str, made: bytes) -> bytes:
    """Return an object file with the name of what is called in it, to be kept."""
    return symbol.encode() + b"\n" + made


class Code:
    """An entry point's machine code, ready to run; other Python threads run meanwhile."""

    def __init__(self, kept: bytes, form: tuple[Any, ...]) -> None:
        """Load what ``packed`` returned of code that was made for arguments of a form (``words``).

        Raises ``RuntimeError`` if this LLVM cannot.
        """
        self._kinds = tuple(kinds_of(form))
        symbol, _, made = kept.partition(b"\n")
        llvm.initialize_native_target()
        llvm.initialize_native_asmprinter()
        target = llvm.Target.from_default_triple()
        machine = target.create_target_machine(jit=True, codemodel="jitdefault", reloc="default")
        self._engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine)
        self._engine.add_object_file(llvm.ObjectFileRef.from_data(made))
        self._engine.finalize_object()
        self.name = symbol.decode()
        address = self._engine.get_function_address(self.name)
        if not address:
            raise RuntimeError(f"{self.name} is not in the machine code")
        self._function = _FUNCTION(address)

    def __call__(self, arguments: tuple[Any, ...]) -> None:
        """Run it with arguments of its form; raise what was raised in it.

        An array with gaps is copied, and what was written is copied back. One that must not be
        written is copied too, and stays as it is.
        """
        words = array("q")
        copies: list[tuple[np.ndarray, np.ndarray]] = []
        places: dict[tuple[Any, ...], np.ndarray] = {}  # an array that is given twice is one array
        for leaf, kind in zip(leaves(arguments), self._kinds, strict=True):
            if not isinstance(leaf, np.ndarray):
                words.append(word_of(leaf, kind))
                continue
            given = leaf
            if not (leaf.flags.c_contiguous and leaf.flags.writeable and leaf.flags.aligned):
                same = (leaf.__array_interface__["data"][0], leaf.shape, leaf.strides)
                if same not in places:
                    places[same] = leaf.copy(order="C")
                    copies.append((leaf, places[same]))
                given = places[same]
            words.append(given.__array_interface__["data"][0])
            words.extend(given.shape)
        result, trouble = ctypes.c_void_p(), ctypes.POINTER(_Trouble)()
        row, _ = words.buffer_info()
        status = self._function(ctypes.byref(result), ctypes.byref(trouble), row)
        for leaf, copied in copies:
            if leaf.flags.writeable:
                leaf[...] = copied
        if status:
            raise self._error(trouble)

    def _error(self, trouble: Any) -> BaseException:
        """Return what was raised, with a note of the line; it is told as Numba wrote it down."""
        if not trouble or not trouble.contents.text:
            return RuntimeError("machine code stopped")
        told = trouble.contents
        kind, values, place = pickle.loads(ctypes.string_at(told.text, told.length))
        error: BaseException = kind(*(values if not told.count else ()))
        if place:
            function, file, line = place
            error.add_note(f'File "{file}", line {line}, in {function}')
        return error
