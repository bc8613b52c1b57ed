"""A report as Markdown: the same words and numbers, without the figures."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cgsim.answer.catalogue import term, word
from cgsim.pictures.figures import printing, printing_lines
from cgsim.report.document import (
    Block,
    Code,
    Data,
    Document,
    Facts,
    Picture,
    Points,
    Section,
    Table,
    Text,
)

MOST_ROWS = 60
_SIGNS = re.compile(r"([\\`*_{}\[\]<>#|~$])")


def as_markdown(document: Document) -> str:
    """Return a report as Markdown. What a name holds stays text, whatever it is."""
    lines = [f"# {plain(document.title)}", "", plain(document.kind) + ".", ""]
    for section in document.sections:
        lines += _section(section)
    about = "; ".join(f"{term(key)}: {plain(value)}" for key, value in document.about.items())
    return "\n".join([*lines, "---", "", f"{word('report.made')}. {about}", ""])


def plain(text: str) -> str:
    """Return a text in which nothing means anything to Markdown or HTML."""
    text = " ".join(printing(text).split())
    text = _SIGNS.sub(r"\\\1", text.replace("&", "&amp;"))
    text = text.replace("\\<", "&lt;").replace("\\>", "&gt;")
    # A line may not begin as a list or be the underline of a heading.
    text = re.sub(r"^(\d+)([.)])(?=\s|$)", r"\1\\\2", text)
    return re.sub(r"^([-+](?=\s|$)|[-=]+$)", r"\\\1", text)


def _section(section: Section) -> Iterator[str]:
    yield from (f"## {plain(section.heading)}", "")
    for block in section.blocks:
        yield from _block(block)
        yield ""


def _block(block: Block) -> Iterator[str]:
    if isinstance(block, Text):
        yield _text(block)
    elif isinstance(block, Points):
        yield from (f"* {plain(text)}" for text in block.texts)
    elif isinstance(block, Facts):
        for name, fact, more in block.rows:
            yield f"* {plain(name)}: **{plain(fact)}**" + (f" ({plain(more)})" if more else "")
    elif isinstance(block, Table):
        yield from _table(block)
    elif isinstance(block, Picture):
        title = word("report.figure_told", title=plain(block.title))
        yield f"*{title}* {plain(block.description)}"
    elif isinstance(block, Code):
        yield from _code(block)
    elif isinstance(block, Data):
        told = {"name": plain(block.name), "what": plain(block.what)}
        yield "* " + word("report.in_workbook", **told)


def _text(block: Text) -> str:
    text = plain(block.text)
    return {"lead": f"**{text}**", "note": f"*{text}*"}.get(block.kind, text)


def _table(table: Table) -> Iterator[str]:
    yield f"**{plain(table.caption)}**"
    yield ""
    yield "| " + " | ".join(plain(head) for head in table.heads) + " |"
    marks = ("---:" if place in table.right else "---" for place in range(len(table.heads)))
    yield "| " + " | ".join(marks) + " |"
    for row in table.rows[:MOST_ROWS]:
        yield "| " + " | ".join(plain(cell) for cell in row) + " |"
    if len(table.rows) > MOST_ROWS:
        yield ""
        yield f"*{word('report.rows_more', rows=len(table.rows) - MOST_ROWS)}*"


def _code(block: Code) -> Iterator[str]:
    if block.folded:
        yield f"{plain(block.folded)}:"
        yield ""
    # A fence that is longer than any inside cannot be ended from inside.
    longest = max((len(run) for run in re.findall(r"`+", block.text)), default=0)
    fence = "`" * max(3, longest + 1)
    yield fence
    yield printing_lines(block.text.rstrip())
    yield fence
