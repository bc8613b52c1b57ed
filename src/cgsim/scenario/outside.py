"""Files from outside: read whole within a bound, or refused in one line.

Every file that a user hands in (scenario, network, answers, world) is read here. What is no plain
file (a folder, a named pipe, a device) is refused before anything is read, since it may never end;
``-`` and ``/dev/stdin`` are standard input, which is read up to the same bound.
"""

from __future__ import annotations

import codecs
import os
import stat
import sys
from pathlib import Path
from typing import Any

from cgsim.scenario.errors import Fault, ScenarioError, safe

STANDARD_INPUT = ("-", "/dev/stdin")
_STREAMS = ("/dev/fd/", "/proc/self/fd/")
"""What a shell hands over for ``<(command)``: open already, so it cannot wait for a writer."""


def name_of(path: str | os.PathLike[str]) -> str:
    """Return what faults call a file."""
    # Whole, however long: a path that is cut at its end no longer says which file is meant.
    text = os.fspath(path)
    return "standard input" if text in STANDARD_INPUT else safe(text, len(text))


def is_stream(path: str | os.PathLike[str]) -> bool:
    """Tell whether a name is that of standard input, or of what a shell hands over."""
    name = os.fspath(path)
    return name in STANDARD_INPUT or name.startswith(_STREAMS)


def stem_of(path: str | os.PathLike[str]) -> str:
    """Return what is called after a file: its name without the ending, in characters that show."""
    text = os.fspath(path)
    return "stdin" if text in STANDARD_INPUT else safe(Path(text).stem)


def _from_standard_input(most: int) -> bytes:
    """Return what standard input holds; the same again to whoever asks again."""
    global _held
    stream = sys.stdin
    if stream is None:
        raise _refused("-", "it is closed; allowed a file, or a text that is piped in")
    if _held is None or _held[0] is not stream:
        under = getattr(stream, "buffer", None)
        data = stream.read(most + 1).encode() if under is None else under.read(most + 1)
        _held = stream, data
    return _held[1]


_held: tuple[Any, bytes] | None = None
"""What was read from standard input: it can be read only once, and some read a file twice."""


def read_bytes(path: str | os.PathLike[str], most: int) -> bytes:
    """Return what a file holds; raise ``ScenarioError`` where it is no plain file or too large.

    ``most`` is in bytes. No more than that is ever read.
    """
    name = os.fspath(path)
    try:
        if name in STANDARD_INPUT:
            return _within(_from_standard_input(most), most, name)
        # Without waiting: opening a named pipe would else hang until somebody writes into it.
        handle = os.open(name, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | _BINARY)
        with open(handle, "rb") as stream:
            kind = os.fstat(handle).st_mode
            if name.startswith(_STREAMS):
                os.set_blocking(handle, True)
            elif not stat.S_ISREG(kind):
                raise _refused(name, f"got {_what(kind)}; allowed a plain file")
            return _within(stream.read(most + 1), most, name)
    except (OSError, ValueError) as error:
        if isinstance(error, ScenarioError):
            raise
        reason = getattr(error, "strerror", None) or "cannot be read"
        raise _refused(name, reason) from None


_BINARY = getattr(os, "O_BINARY", 0)


def _what(kind: int) -> str:
    if stat.S_ISDIR(kind):
        return "a folder"
    return "a named pipe" if stat.S_ISFIFO(kind) else "a device or socket"


def _within(data: bytes, most: int, name: str) -> bytes:
    if len(data) > most:
        unit, size = ("MiB", most // 2**20) if most >= 2**20 else ("KiB", most // 2**10)
        raise _refused(name, f"got a file of more than {size} {unit}; allowed {size} {unit}")
    return data


def _refused(name: str, message: str, line: int | None = None) -> ScenarioError:
    return ScenarioError([Fault(name_of(name), line, "", message)])


_TYPED = (".toml", ".py", ".json", ".graphml", ".xml")
"""Endings of what no spreadsheet writes."""


def text_of(data: bytes, name: str | Path) -> str:
    """Return the text that bytes hold: UTF-8, with or without a mark, or UTF-16 with one.

    Raises ``ScenarioError`` with the line of what is neither, and says what to save instead.
    """
    name = os.fspath(name)
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            return data.decode("utf-16")
        except UnicodeDecodeError:
            raise _refused(
                name, "got bytes that are not UTF-8, nor whole UTF-16; allowed UTF-8"
            ) from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = "got bytes that are not UTF-8; allowed a text in UTF-8 "
        if Path(name).suffix.lower() in _TYPED:
            message += "(it may be Windows-1252: save it as UTF-8)"
        else:
            message += "(a spreadsheet's plain CSV is Windows-1252: save as CSV UTF-8)"
        raise _refused(name, message, line) from None


def read_text(path: str | os.PathLike[str], most: int) -> str:
    """Return the text of a file from outside; raises as ``read_bytes`` and ``text_of`` do."""
    return text_of(read_bytes(path, most), os.fspath(path))
