"""The words of the glossary that a report uses, explained at its end."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from cgsim.answer.glossary import entries
from cgsim.report.document import Block, Facts, Picture, Points, Section, Table, Text


def words_used(words: Sequence[str], sections: Iterable[Section]) -> Table:
    """Return a table of those of the glossary's ``words`` that sections use, and what they mean."""
    read = " ".join(text for section in sections for b in section.blocks for text in _texts(b))
    used = [word for word in words if re.search(rf"\b{word}s?\b", read, re.IGNORECASE)]
    means = {entry.word: entry.means for entry in entries()}
    rows = tuple((word.capitalize(), means[word]) for word in used)
    return Table("What the words mean here", ("word", "what it means"), rows, prose=(1,))


def _texts(block: Block) -> Iterator[str]:
    """Yield what a reader sees of a block that is no code and no file."""
    match block:
        case Text():
            yield block.text
        case Points():
            yield from block.texts
        case Facts():
            yield from (text for row in block.rows for text in row)
        case Picture():
            yield from (block.title, block.note)
        case Table():
            yield from (block.caption, *block.heads, *(cell for row in block.rows for cell in row))
