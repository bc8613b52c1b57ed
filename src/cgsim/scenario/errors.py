"""What is wrong with a scenario, in lines that say where and what would be right."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from numbers import Integral

from cgsim.errors import CgsimError

MOST_FAULTS = 20
LONGEST_VALUE = 40
FEW = 6
"""So many of a list are written out."""
MOST_COMPARED = 500  # of very many names only so many are compared


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong: the file, the line (None where there is none), the key, and what it is."""

    file: str
    line: int | None
    key: str
    message: str

    def __str__(self) -> str:
        """Return ``file:line: key: message``, leaving out what there is not."""
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        return ": ".join(part for part in (where, self.key, self.message) if part)


class ScenarioError(CgsimError, ValueError):
    """A scenario that cannot be used. ``faults`` says why, in the order of the file."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        """Keep the faults, ordered by file and line; each is told once."""
        unique = list(dict.fromkeys(faults))
        self.faults = sorted(unique, key=lambda f: (f.file, f.line or 0))
        super().__init__(str(self))

    @property
    def line(self) -> str:
        """The faults themselves: each says where it is."""
        return str(self)

    def __str__(self) -> str:
        """Return one line a fault, and that there are more beyond the first twenty."""
        lines = [str(fault) for fault in self.faults[:MOST_FAULTS]]
        if len(self.faults) > MOST_FAULTS:
            # Who reads a long file stops at the first one too many, and does not know the rest.
            beyond = len(self.faults) - MOST_FAULTS
            lines.append("... and more" if beyond == 1 else f"... and {beyond} more")
        return "\n".join(lines)


def shown(value: object) -> str:
    """Write a value as an error line shows it: short, on one line, with no control characters."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        text = _listed(value)
    elif isinstance(value, dict):
        text = "a table"
    elif isinstance(value, str):
        text = '"' + safe(value) + '"'
    else:
        try:
            text = str(value)
        except ValueError:  # Python refuses to write out numbers of thousands of digits
            text = "a number of very many digits"
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 3] + "..."


def _listed(values: Sequence[object]) -> str:
    """Write a short list of plain values out; of another, tell how long it is."""
    if 0 < len(values) <= FEW and not any(isinstance(v, (list, tuple, dict)) for v in values):
        text = "[" + ", ".join(shown(value) for value in values) + "]"
        if len(text) <= LONGEST_VALUE:
            return text
    return f"a list of {len(values)}"


def safe(text: str, longest: int = 2 * LONGEST_VALUE) -> str:
    """Return text with every character that does not print written out as an escape, and cut.

    A byte of a path that is not UTF-8 is written as that byte, such as ``\\xe9``.
    """
    return "".join(c if c.isprintable() else _escape(c) for c in text[:longest])


def _escape(character: str) -> str:
    # As Python holds bytes of a path that it cannot read: "surrogateescape".
    held = 0xDC80 <= ord(character) <= 0xDCFF
    return f"\\x{ord(character) - 0xDC00:02x}" if held else ascii(character)[1:-1]


def hint(given: str, known: Iterable[str]) -> str:
    """Return `` (did you mean "..."?)`` for the nearest known name, or nothing."""
    nearest = list(islice(known, MOST_COMPARED))
    close = difflib.get_close_matches(given.lower()[:80], nearest, n=1, cutoff=0.6)
    return f' (did you mean "{close[0]}"?)' if close else ""


_COMMA = re.compile(r"([+-]?\d+),(\d+)")
_THOUSAND = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")


def pointed(text: str) -> str:
    """Return `` (did you mean 0.5?)`` for a number with a decimal comma, or nothing.

    A comma before three digits may part thousands, too: then both are said.
    """
    found = _COMMA.fullmatch(text.strip())
    if not found:
        return ""
    numbers = [".".join(found.groups())]
    if _THOUSAND.fullmatch(text.strip()):
        numbers.append("".join(found.groups()))
    return f" (did you mean {' or '.join(numbers)}?)"


def whole_number(name: str, value: object, low: int, high: int) -> None:
    """Raise ``ScenarioError`` where an argument of that name is no whole number in the range."""
    whole = isinstance(value, Integral) and not isinstance(value, bool)
    if not whole or not low <= value <= high:  # type: ignore[operator]
        message = f"got {shown(value)}; allowed a whole number from {low} to {high}"
        raise ScenarioError([Fault(name, None, "", message)])
