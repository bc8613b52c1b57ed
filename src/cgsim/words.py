"""How compiled code is given arguments: as a row of words of 8 bytes, whoever calls it.

An entry point takes arrays, single numbers, and tuples of these, and returns nothing: what it finds
it writes into arrays. An array is given as its address and its lengths, one word each, and lies row
after row without gaps; a single number as its bits. The portable engine and machine code are called
alike, and neither needs to know NumPy or Numba when it runs.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np


def leaves(values: Sequence[Any]) -> Iterator[Any]:
    """Yield the arrays and single numbers that arguments are made of, in order."""
    for value in values:
        if isinstance(value, tuple):
            yield from leaves(value)
        else:
            yield value


def kind_of_number(value: Any) -> str:
    """Return the type of a single number in compiled code; raise ``TypeError`` for anything else.

    Whole numbers of any kind are ``int64``, but for ``uint64``.
    """
    if isinstance(value, bool | np.bool_):
        return "bool"
    if isinstance(value, np.uint64):
        return "uint64"
    if isinstance(value, int | np.integer):
        return "int64"
    if isinstance(value, float | np.floating):
        return "float64"
    got = type(value).__name__
    raise TypeError(f"got {got}; allowed arrays, single numbers and tuples of them")


def word_of(value: Any, kind: str) -> int:
    """Return a single number's 64 bits as a whole number with a sign."""
    if kind == "float64":
        return int(struct.unpack("<q", struct.pack("<d", value))[0])
    number = int(value)
    return number - 2**64 if number >= 2**63 else number


def form_of(values: Sequence[Any]) -> tuple[Any, ...]:
    """Return what tells the types of arguments: code that was made for a form runs for it alone."""
    return tuple(map(_form, values))


def _form(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.dtype, value.ndim
    if isinstance(value, tuple):
        return type(value), *map(_form, value)
    return kind_of_number(value)


def kinds_of(form: tuple[Any, ...]) -> Iterator[str]:
    """Yield the kinds of ``leaves``: that of a single number, and for an array nothing."""
    for part in form:
        if isinstance(part, str):
            yield part
        elif isinstance(part[0], np.dtype):
            yield ""
        else:
            yield from kinds_of(part[1:])


def form_told(form: Any) -> str:
    """Return a form as a text that is the same in every process."""
    if isinstance(form, tuple):
        return f"({', '.join(map(form_told, form))})"
    if isinstance(form, type):
        return f"{form.__name__}{getattr(form, '_fields', '')}"
    if isinstance(form, np.dtype):
        return repr(form.descr if form.names else form.str)
    return str(form)


def source_of_taker(name: str, function: Any, values: Sequence[Any], space: dict[str, Any]) -> str:
    """Return the source of a function that takes another's arguments out of a row and calls it.

    ``name(at)`` is given the row's address. ``space`` gets what its text names, but for
    ``array_at`` and ``as_number`` (``machine_code``).
    """
    lines: list[str] = []
    place = 0

    def word() -> str:
        nonlocal place
        place += 1
        return f"words[{place - 1}]"

    def take(value: Any) -> str:
        if isinstance(value, tuple):
            inner = "".join(f"{take(one)}, " for one in value)
            if not hasattr(value, "_fields"):
                return f"({inner})"
            made = type(value).__name__
            space[made] = type(value)
            return f"{made}({inner})"
        if isinstance(value, np.ndarray):
            local, dtype = f"a{len(lines)}", f"type_{len(space)}"
            space[dtype] = value.dtype
            address = word()
            shape = "".join(f"{word()}, " for _ in range(value.ndim))
            lines.append(f"    {local} = array_at({address}, ({shape}), {dtype})")
            return local
        kind = kind_of_number(value)
        if kind == "bool":
            return f"{word()} != 0"
        if kind == "uint64":
            return f"np.uint64({word()})"
        return word() if kind == "int64" else f"as_number({word()})"

    taken = "".join(f"{take(value)}, " for value in values)
    space.update({f"call_{name}": function, "np": np, "whole": np.dtype(np.int64)})
    head = f"def {name}(at):\n    words = array_at(at, ({place},), whole)\n"
    return head + "\n".join(lines) + f"\n    call_{name}({taken})\n"
