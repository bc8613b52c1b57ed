"""Texts by id, with placeholders: the one place where a wording stands.

A template is plain text with ``{name:format}``; ``name`` is a number or a name of a statement, and
``format`` one of ``formats.FORMATS``. A page in another language of programming can use the same
file. Another language of people is another file with the same ids.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cgsim.answer.record import Statement

PLACEHOLDER = re.compile(r"\{(\w+)(?::(\w+))?\}")
MINUS = "\u2212"
"""Before every number below 0 that people read, on paper, pages and terminals alike."""


@dataclass(frozen=True)
class Catalogue:
    """The texts of one language.

    ``terms`` turns English words that stand beside numbers elsewhere, such as the words of a
    measure, into this language; English needs none.
    """

    texts: Mapping[str, str]  #: templates by id
    terms: Mapping[str, str] = field(default_factory=dict)
    unknown: Callable[[str], str] = str  #: what becomes of a term that is not listed

    def term(self, english: str) -> str:
        """Return words of a measure, a unit or a heading in this language."""
        return self.terms.get(english) or self.unknown(english)


@cache
def english() -> Catalogue:
    """Return the texts as they are shipped."""
    tables = tomllib.loads(Path(__file__).with_name("english.toml").read_text("utf-8"))
    return Catalogue(dict(_flat(tables)))


def _flat(table: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{key}.")
        else:
            yield before + key, value


_used: list[Catalogue] = []


def used() -> Catalogue:
    """Return the texts in use."""
    return _used[-1] if _used else english()


@contextmanager
def using(catalogue: Catalogue) -> Iterator[None]:
    """Use other texts for a while."""
    _used.append(catalogue)
    try:
        yield
    finally:
        _used.pop()


FURTHER: dict[str, str] = {}
"""Texts by id of what extensions add. They stay: what was computed with one is told afterwards."""


def word(id: str, /, **numbers: Any) -> str:
    """Return the text of an id, filled in; raise ``KeyError`` for one that is not there."""
    texts = used().texts
    return fill(texts[id] if id in texts else FURTHER[id], numbers)


def figure(value: float, spec: str) -> str:
    """Write a number for people, by a format of Python's: with the sign for minus, no hyphen."""
    text = f"{value:{spec}}"
    if not text.startswith("-"):
        return text
    return MINUS + text[1:] if re.search("[1-9]|inf", text) else text[1:]  # never minus nothing


def term(english: str) -> str:
    """Return words of a measure, a unit or a heading in the language in use."""
    return used().term(english) if english else ""


def fill(template: str, numbers: Mapping[str, Any]) -> str:
    """Fill a template in; a placeholder without a format takes its text, or number, as it is."""

    def filled(found: re.Match[str]) -> str:
        name, how = found.groups()
        if not how:
            value = numbers[name]
            return figure(value, "") if isinstance(value, int | float) else str(value)
        from cgsim.answer.formats import FORMATS  # texts without numbers need no library of numbers

        return FORMATS[how](numbers[name])

    return PLACEHOLDER.sub(filled, template)


def text(statement: Statement) -> str:
    """Return what a statement says."""
    return word(statement.id, **statement.placeholders())
