"""What the program is connected to: terminals of any kind, readers that go away, signals.

``guarded`` puts a thin layer over stdout and stderr. Characters that do not show never reach a
terminal raw, since some of them move its cursor or turn the writing round; marks that its encoding
lacks become plain ones. A reader who has gone, or a full disk, becomes an error of its own that no
library takes for something else; of stderr nothing is ever an error, since there is nobody to tell.
"""

from __future__ import annotations

import codecs
import os
import re
import signal
import sys
import threading
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from cgsim.errors import CANNOT_WRITE, CgsimError

READER_GONE = 141
"""As other programs end whose reader has gone: 128 and the number of that signal."""

UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\ud800-\udfff\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
"""What does not show, or acts: controls, marks of direction or no width, halves of characters."""

_PLAIN = {
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb", '"'),
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032", "'"),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2500", "-"),
    "\u2026": "...",
    "\u00d7": "x",
    "\u00b1": "+/-",
    "\u00b7": ".",
    "\u2022": "*",
    "\u2192": "->",
    "\u2264": "<=",
    "\u2265": ">=",
    "\u00a3": "GBP ",
    "\u20ac": "EUR ",
    "\u00df": "ss",
}


class ReaderGone(CgsimError):
    """Whoever read stdout has gone: there is nobody left to tell."""

    exit_code = READER_GONE
    line = ""


class CannotPrint(CgsimError):
    """Stdout cannot be written; the text says why."""

    exit_code = CANNOT_WRITE

    @property
    def line(self) -> str:
        """Which of the files it is, which has no name."""
        return f"cgsim: standard output cannot be written: {self}"


class Ended(KeyboardInterrupt):
    """A signal to end has come; ``code`` is the program's exit code."""

    def __init__(self, number: int) -> None:
        """Keep what follows from a signal's number."""
        self.code = 128 + number
        super().__init__(number)


def code_of(stopped: KeyboardInterrupt) -> int:
    """Return the exit code of whoever is stopped: 130 by Ctrl-C, else 128 and the signal."""
    return stopped.code if isinstance(stopped, Ended) else 130


def visible(text: str) -> str:
    """Return a text in which every character that does not show is written out."""
    return UNSEEN.sub(lambda found: ascii(found.group())[1:-1], text)


def _in_plain_marks(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    made = []
    for char in error.object[error.start : error.end]:
        plain = _PLAIN.get(char)
        if plain is None:
            parts = unicodedata.normalize("NFKD", char)
            plain = "".join(c for c in parts if c.isascii()) or ascii(char)[1:-1]
        made.append(plain)
    return "".join(made), error.end


codecs.register_error("cgsim.plain", _in_plain_marks)


class Guarded:
    """A text stream that writes what its terminal can show, and whose errors are our own."""

    def __init__(self, stream: Any, *, silent: bool, trusting: bool = False) -> None:
        """Stand before a stream, None where it is closed; ``silent`` for stderr.

        ``trusting`` lets characters pass that do not show: those that set colours.
        """
        self._stream, self._silent, self._trusting = stream, silent, trusting
        self.encoding = getattr(stream, "encoding", None) or "utf-8"
        self.errors = "strict"

    def trusting(self) -> Guarded:
        """Return the same stream for a library that moves the cursor and sets colours."""
        return Guarded(self._stream, silent=self._silent, trusting=True)

    def write(self, text: str) -> int:
        """Write a text."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        fitting = text if self._trusting else visible(text)
        plain = fitting.encode(self.encoding, "cgsim.plain").decode(self.encoding)
        self._try(lambda: self._stream.write(plain))
        return len(text)

    def writelines(self, lines: Any) -> None:
        """Write texts."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Hand over what is written."""
        if self._stream is not None:
            self._try(self._stream.flush)

    def write_bytes(self, data: bytes) -> None:
        """Write bytes as they are, after the texts that went before."""
        self.flush()
        under = getattr(self._stream, "buffer", None)
        if self._stream is not None and under is None:
            self._try(lambda: self._stream.write(data.decode("utf-8")))
        else:
            self._try(lambda: under.write(data))  # type: ignore[union-attr]
            self.flush()

    def isatty(self) -> bool:
        """Tell whether it is a terminal."""
        try:
            return bool(self._stream is not None and self._stream.isatty())
        except (OSError, ValueError):
            return False

    def _try(self, write: Callable[[], Any]) -> None:
        try:
            if self._stream is None:
                raise OSError(0, "it is closed")
            write()
        except BrokenPipeError:
            if not self._silent:
                raise ReaderGone from None
        except (OSError, ValueError) as error:  # a closed stream gives a ValueError
            if not self._silent:
                reason = getattr(error, "strerror", None) or "it is closed"
                raise CannotPrint(reason) from None

    def __getattr__(self, name: str) -> Any:
        """Return whatever else the stream has, but no way to write beside this one."""
        if name in ("buffer", "detach", "reconfigure"):
            raise AttributeError(name)
        return getattr(self._stream, name)


@contextmanager
def guarded() -> Iterator[None]:
    """Put the layer over stdout and stderr while the program runs."""
    for number in range(3):
        # A file that is opened next would else take the place of a stream that is closed.
        try:
            os.fstat(number)
        except OSError:
            with suppress(OSError):
                os.open(os.devnull, os.O_RDWR)
    before = sys.stdout, sys.stderr
    sys.stdout = Guarded(sys.stdout, silent=False)  # type: ignore[assignment]
    sys.stderr = Guarded(sys.stderr, silent=True)  # type: ignore[assignment]
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


def let_go(stream: Any) -> None:
    """Let what cannot be written go nowhere, so that nothing is said of it at the very end."""
    with suppress(Exception):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


@contextmanager
def signals_heard() -> Iterator[None]:
    """Let a signal to end or a terminal that hangs up stop the program as Ctrl-C does.

    What is ignored stays ignored: ``nohup`` asks for that.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: Any) -> None:
        raise Ended(number)

    before = {}
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            before[number] = signal.signal(number, stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
