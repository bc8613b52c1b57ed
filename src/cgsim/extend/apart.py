"""Code of an extension, kept apart: what it prints is no result, and it ends no program."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_lock = threading.Lock()
_inside = 0
_stdout: Any = None


@contextmanager
def apart() -> Iterator[None]:
    """Let a file's code run: it prints to stderr, and ``sys.exit`` is an error like any other.

    Several threads may be inside at once.
    """
    global _inside, _stdout
    with _lock:
        if _inside == 0:
            _stdout, sys.stdout = sys.stdout, sys.stderr
        _inside += 1
    try:
        yield
    except SystemExit as error:
        message = "it asks for the whole program to end (SystemExit)"
        raise RuntimeError(message).with_traceback(error.__traceback__) from None
    finally:
        with _lock:
            _inside -= 1
            if _inside == 0:
                sys.stdout, _stdout = _stdout, None


def text_of(error: BaseException) -> str:
    """Return an error's text; what makes it may be somebody else's code too, and fail."""
    try:
        return str(error.args[0]) if isinstance(error, KeyError) and error.args else str(error)
    except Exception:
        return ""


def said_by(error: BaseException) -> str:
    """Return an error's kind and the first line of its text."""
    lines = text_of(error).splitlines()
    return f"{type(error).__name__}: {lines[0]}" if lines and lines[0] else type(error).__name__
