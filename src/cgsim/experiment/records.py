"""The form of a record that was written as JSON: looked at whole before any value of it is used.

It may have been edited, or cut by whoever copied it. What does not fit is told by its key.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from cgsim.scenario.errors import hint, shown


class Kind(NamedTuple):
    """What a value may be, in words and as a test."""

    allowed: str
    fits: Callable[[Any], bool]


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _digits(count: int) -> Kind:
    pattern = re.compile(f"[0-9a-f]{{{count}}}")
    return Kind(
        f"{count} hexadecimal digits",
        lambda value: isinstance(value, str) and bool(pattern.fullmatch(value)),
    )


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


DIGITS_16 = _digits(16)
DIGITS_64 = _digits(64)
TEXT = Kind("a text", lambda value: isinstance(value, str))
TEXT_OR_NULL = Kind("a text or null", lambda value: value is None or isinstance(value, str))
WHOLE = Kind("a whole number from 0", _whole)
NUMBER = Kind("a number", _number)
FLAG = Kind("true or false", lambda value: isinstance(value, bool))
TEXTS = Kind("a list of texts", _texts)
WHOLES = Kind(
    "a list of whole numbers from 0",
    lambda value: isinstance(value, list) and all(map(_whole, value)),
)
TABLE = Kind("a table", lambda value: isinstance(value, dict))
TABLES = Kind(
    "a table of tables",
    lambda value: isinstance(value, dict) and all(isinstance(v, dict) for v in value.values()),
)
TEXT_TABLE = Kind(
    "a table of texts",
    lambda value: isinstance(value, dict) and all(isinstance(v, str) for v in value.values()),
)


def fault_of(
    table: Mapping[str, Any], needed: Mapping[str, Kind], more: Mapping[str, Kind]
) -> str | None:
    """Return what is wrong with a table's keys or their kinds, by its key, or None."""
    for key, kind in needed.items():
        if key not in table:
            strangers = [name for name in table if name not in needed and name not in more]
            return f"{key}: got nothing; allowed {kind.allowed}{hint(key, strangers)}"
    for key, kind in {**needed, **more}.items():
        if key in table and not kind.fits(table[key]):
            return f"{key}: got {shown(table[key])}; allowed {kind.allowed}"
    return None


def hash_of(record: Mapping[str, Any]) -> str:
    """Return a hash of a record, whatever the order of its keys."""
    text = json.dumps(record, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
