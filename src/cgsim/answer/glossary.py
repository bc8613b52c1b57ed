"""The words that are used here and what they mean: for the documents, reports and the page."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Entry:
    """A word of the glossary."""

    word: str
    means: str
    also: tuple[str, ...] = ()  #: other forms that stand in sentences, besides one with an s


@cache
def entries() -> tuple[Entry, ...]:
    """Return all words, by the alphabet."""
    tables = tomllib.loads(Path(__file__).with_name("glossary.toml").read_text("utf-8"))
    found = [Entry(row["word"], row["means"], tuple(row.get("also", ()))) for row in tables["word"]]
    return tuple(sorted(found, key=lambda entry: entry.word.casefold()))


def as_markdown() -> str:
    """Return the table of ``docs/glossary.md``."""
    rows = [f"| {entry.word} | {entry.means} |" for entry in entries()]
    return "\n".join(["| word | what it means here |", "|---|---|", *rows]) + "\n"
