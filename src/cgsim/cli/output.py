"""What the commands print, and how: results to stdout, progress to stderr."""

from __future__ import annotations

import json
import math
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal

from cgsim.cli.streams import UNSEEN, Guarded, code_of, visible
from cgsim.whole import STANDARD_OUTPUT

ON_PAPER = 110
"""How wide a table is where nobody says how wide the place is that it goes to."""


def table(
    headings: Sequence[str], rows: Iterable[Sequence[str]], right: Sequence[int] = ()
) -> None:
    """Print a table; ``right`` names the columns that are set to the right.

    Its cells fold to the width of the terminal (or ``COLUMNS``). Where that would break words or
    numbers, or leave a word a line, each row is printed as lines of its own, a heading and a cell
    each.
    """
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    heads = [visible(heading) for heading in headings]
    cells = [[visible(cell) for cell in row] for row in rows]
    room = width(ON_PAPER)
    widths = _widths(heads, cells, room - _BETWEEN * (len(heads) - 1), right)
    if widths is None:
        _print_stacked(heads, cells)
        return
    console = Console(file=_trusting(sys.stdout), width=room, highlight=False, markup=False)
    made = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for place, heading in enumerate(heads):
        side: Literal["left", "right"] = "right" if place in right else "left"
        made.add_column(heading, justify=side, overflow="fold", width=widths[place])
    for row in cells:
        made.add_row(*(Text(cell) for cell in row))
    console.print(made)


def width(otherwise: int) -> int:
    """Return how wide a line may be: ``COLUMNS``, or the terminal; else as given."""
    import shutil

    asked = os.environ.get("COLUMNS", "")
    if (asked.isascii() and asked.isdigit() and int(asked)) or sys.stdout.isatty():
        return max(20, min(shutil.get_terminal_size((otherwise, 24)).columns, 10_000))
    return otherwise


LONGEST_UNBROKEN = 24
"""Longer words (paths, mostly) may be broken."""


NARROW, MOST_LINES = 12, 5
"""A column as narrow as a word whose cells would fold to more lines than that is none to read."""


_BETWEEN = 3
"""What a table has between two columns."""


def _widths(
    heads: Sequence[str], rows: Sequence[Sequence[str]], room: int, right: Sequence[int]
) -> list[int] | None:
    """Return how wide each column is to be within so much room; None where words would break.

    A column has room for its longest word. What is left over goes to columns of numbers (those set
    to the right) first, and is shared by those of words so that none is much narrower than others.
    """
    from rich.cells import cell_len

    columns = list(zip(heads, *rows, strict=True))
    wanted = [max(cell_len(line) for cell in c for line in cell.split("\n")) for c in columns]
    if sum(wanted) <= room:
        return wanted
    longest = [
        max((cell_len(word) for cell in c for word in cell.split()), default=1) for c in columns
    ]
    widths = [min(word, LONGEST_UNBROKEN) for word in longest]
    if sum(widths) > room:
        return None
    for column in right:
        widths[column] += min(room - sum(widths), max(0, wanted[column] - widths[column]))
    folded = [place for place in range(len(wanted)) if widths[place] < wanted[place]]
    while folded and sum(widths) < room:
        narrowest = min(folded, key=widths.__getitem__)
        widths[narrowest] += 1
        if widths[narrowest] == wanted[narrowest]:
            folded.remove(narrowest)
    if any(w < NARROW and MOST_LINES * w < most for w, most in zip(widths, wanted, strict=True)):
        return None
    return widths


def _print_stacked(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    for number, row in enumerate(rows):
        if number:
            print()
        for place, (heading, cell) in enumerate(zip(heads, row, strict=True)):
            text = " ".join(cell.split())
            say(f"{heading}: {text}" if heading else text, indent="" if place == 0 else "  ")


def _trusting(stream: Any) -> Any:
    """Return a stream that lets colours pass, where it is one that guards."""
    return stream.trusting() if isinstance(stream, Guarded) else stream


def say(text: str, indent: str = "") -> None:
    """Print a paragraph, wrapped to the terminal."""
    import textwrap

    room = min(100, width(100))
    for paragraph in text.strip().splitlines():
        if not paragraph.strip():
            print()
            continue
        print(textwrap.fill(paragraph, room, initial_indent=indent, subsequent_indent=indent))


def note(text: str) -> None:
    """Print a line about the work to stderr."""
    print(visible(text), file=sys.stderr, flush=True)


def tell_of_changes() -> None:
    """Print with which extensions and changed rules the results above were computed, if any."""
    from cgsim.compiler import changed_rules, words_for

    if line := words_for(changed_rules()):
        say(line)


def as_json(value: Any) -> None:
    """Print a value as JSON, in UTF-8 whatever the terminal; what is not a number becomes null.

    Characters that do not show are written as JSON writes them out. A table says under "with" which
    extensions are in use, where any are.
    """
    loaded = sys.modules.get("cgsim.extend.in_use")
    used = [source.name for source in loaded.extensions()] if loaded else []
    if used and isinstance(value, dict):
        value = {**value, "with": used}
    text = json.dumps(_plain(value), ensure_ascii=False, indent=2, allow_nan=False)
    text = UNSEEN.sub(lambda found: json.dumps(found.group())[1:-1], text) + "\n"
    if isinstance(sys.stdout, Guarded):
        sys.stdout.write_bytes(text.encode())
    else:
        print(text, end="")


def wrote(path: os.PathLike[str] | str, text: str) -> None:
    """Say that a file is written; nothing of what went to standard output."""
    if os.fspath(path) not in STANDARD_OUTPUT:
        print(text)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


@contextmanager
def nothing_written() -> Iterator[None]:
    """End at once on Ctrl-C, and say that nothing was written: for work that ends in one write."""
    try:
        yield
    except KeyboardInterrupt as stopped:
        from cgsim.answer.catalogue import word

        note("\n" + word("progress.nothing_written"))
        # Threads may be in the middle of a long chunk; they hold nothing that could be lost.
        os._exit(code_of(stopped))


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """Show how far the work is: a bar on a terminal, a line now and then elsewhere."""
    if sys.stderr.isatty() and not os.environ.get("CGSIM_QUIET"):
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
        )

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        with Progress(
            *columns,
            TimeRemainingColumn(),
            console=Console(file=_trusting(sys.stderr)),
            transient=True,
        ) as bar:
            task = bar.add_task(visible(what), total=None)
            yield lambda done, total: bar.update(task, completed=done, total=total)
        return
    yield told_by_stage(what)


def told_by_stage(what: str) -> Callable[[int, int], None]:
    """Return what tells of progress by a line now and then."""
    from cgsim.answer.catalogue import word

    started = last = time.monotonic()

    def tell(done: int, total: int) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last > 5.0:
            last = now
            seconds = f"{now - started:.0f}"
            note(word("progress.told", what=what, done=done, total=total, seconds=seconds))

    return tell
