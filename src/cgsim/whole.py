"""Files are written whole or not at all."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO


class CannotWrite(OSError):
    """A file or folder cannot be written; the text says which and why."""


def write_whole(path: Path, write: Callable[[BinaryIO], Any], *, replace: bool = False) -> str:
    """Write a file under another name and rename it when it is whole; return its SHA-256.

    ``write`` gets the open file. Raises ``CannotWrite`` where the disk is full or the folder cannot
    be written, or where the file is there already and is not to be replaced.
    """
    if path.exists() and not replace:
        raise CannotWrite(f"{path} is there already; choose another name or remove it first")
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with open(temporary, "wb") as stream:
            write(stream)
            stream.flush()
            os.fsync(stream.fileno())
        digest = hashlib.sha256(temporary.read_bytes()).hexdigest()
        os.replace(temporary, path)
    except BaseException as error:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise CannotWrite(f"{path} cannot be written: {error.strerror or error}") from None
        raise
    return digest


def write_text(path: Path, text: str) -> None:
    """Write a new text file."""
    write_whole(path, lambda stream: stream.write(text.encode()))
