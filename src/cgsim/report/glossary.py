"""The words of ``docs/glossary.md``, for pages that explain those they use."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from cgsim import shipped
from cgsim.report.document import Block, Facts, Picture, Points, Section, Table, Text


@cache
def glossary() -> dict[str, str]:
    """Return what each word means here, as the glossary has it."""
    text = (shipped.folder("docs") / "glossary.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (.+?) \| (.+) \|$", text, re.MULTILINE)
    return {word: meaning for word, meaning in rows if word != "word"}


def words_used(words: Sequence[str], sections: Iterable[Section]) -> Table:
    """Return a table of those of the glossary's ``words`` that sections use, and what they mean."""
    read = " ".join(text for section in sections for b in section.blocks for text in _texts(b))
    used = [word for word in words if re.search(rf"\b{word}s?\b", read, re.IGNORECASE)]
    rows = tuple((word.capitalize(), glossary()[word]) for word in used)
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
