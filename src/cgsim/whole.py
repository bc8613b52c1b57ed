"""Files are written whole or not at all."""

from __future__ import annotations

import hashlib
import io
import os
import stat
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from cgsim.errors import CANNOT_WRITE, CgsimError

TEMPORARY = ".part"
"""What the names of files end with that are not whole yet; they begin with a dot."""


STANDARD_OUTPUT = ("-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1")
"""Names of the program's own output in the place of a file's."""


class CannotWrite(CgsimError, OSError):
    """A file or folder cannot be written; the text says which and why."""

    exit_code = CANNOT_WRITE


def write_whole(
    path: Path,
    write: Callable[[BinaryIO], Any],
    *,
    replace: bool = False,
    named: Callable[[str], str] | None = None,
) -> str:
    """Write a file under another name and rename it when it is whole; return its SHA-256.

    ``write`` gets the open file; ``named`` makes the file's last name of the SHA-256 of what it
    holds. The file and its folder are synced, so that what is there after a power cut is whole.
    What is no file but a pipe or a device, such as standard output (``-``), is written to as it is.
    Raises ``CannotWrite`` where the disk is full or the folder cannot be written, or where the file
    is there already and is not to be replaced.
    """
    if str(path) in STANDARD_OUTPUT or _is_stream(path):
        return _write_into(path, write)
    if path.exists() and not replace:
        raise CannotWrite(f"{path} is there already; choose another name or remove it first")
    temporary = path.with_name(f".{path.name}.{os.getpid()}{TEMPORARY}")
    try:
        with open(temporary, "wb") as stream:
            write(stream)
            stream.flush()
            os.fsync(stream.fileno())
        with open(temporary, "rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        os.replace(temporary, path.with_name(named(digest)) if named else path)
        sync_folder(path.parent)
    except BaseException as error:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise CannotWrite(f"{path} cannot be written: {error.strerror or error}") from None
        raise
    return digest


def _is_stream(path: Path) -> bool:
    """Tell whether a path is a pipe or a device: nothing that a file could take the place of."""
    try:
        kind = path.stat().st_mode
    except (OSError, ValueError):
        return False
    return not (stat.S_ISREG(kind) or stat.S_ISDIR(kind))


def _write_into(path: Path, write: Callable[[BinaryIO], Any]) -> str:
    """Write what would be a file into a stream, when it is whole; return its SHA-256."""
    made = io.BytesIO()
    write(made)
    data = made.getvalue()
    if str(path) in STANDARD_OUTPUT:
        out: Any = sys.stdout
        if hasattr(out, "write_bytes"):
            out.write_bytes(data)
        else:
            out.flush()
            out.buffer.write(data)
            out.buffer.flush()
    else:
        try:
            # Without waiting: nobody may ever read what a named pipe gets.
            handle = os.open(path, os.O_WRONLY | getattr(os, "O_NONBLOCK", 0))
            if hasattr(os, "set_blocking"):
                os.set_blocking(handle, True)
            with open(handle, "wb") as stream:
                stream.write(data)
        except OSError as error:
            raise CannotWrite(f"{path} cannot be written: {error.strerror or error}") from None
    return hashlib.sha256(data).hexdigest()


def sync_folder(folder: Path) -> None:
    """Make sure that the names in a folder outlast a power cut, where the system can."""
    with suppress(OSError):  # not every file system knows how
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def write_text(path: Path, text: str, *, replace: bool = False) -> str:
    """Write a text file; return its SHA-256."""
    return write_whole(path, lambda stream: stream.write(text.encode()), replace=replace)


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, or raise ``CannotWrite``."""
    if str(folder) in STANDARD_OUTPUT:
        raise CannotWrite(f"{folder} is standard output; a folder is needed")
    try:
        new = not folder.exists()
        folder.mkdir(parents=True, exist_ok=True)
        if new:
            sync_folder(folder.parent)
    except OSError as error:
        raise CannotWrite(f"{folder} cannot be made: {error.strerror or error}") from None
