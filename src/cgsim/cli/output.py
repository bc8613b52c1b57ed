"""What the commands print, and how: results to stdout, progress to stderr."""

from __future__ import annotations

import json
import math
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any


def table(
    headings: Sequence[str], rows: Iterable[Sequence[str]], right: Sequence[int] = ()
) -> None:
    """Print a table; ``right`` names the columns that are set to the right."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    terminal = sys.stdout.isatty()
    console = Console(width=None if terminal else 110, highlight=False, markup=False)
    made = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for place, heading in enumerate(headings):
        made.add_column(heading, justify="right" if place in right else "left", overflow="fold")
    from rich.text import Text

    for row in rows:
        made.add_row(*(Text(cell) for cell in row))
    console.print(made)


def say(text: str) -> None:
    """Print a paragraph, wrapped to the terminal."""
    import shutil
    import textwrap

    width = min(100, shutil.get_terminal_size((100, 24)).columns)
    for paragraph in text.strip().splitlines():
        print(textwrap.fill(paragraph, width) if paragraph.strip() else "")


def note(text: str) -> None:
    """Print a line about the work to stderr."""
    print(text, file=sys.stderr, flush=True)


def as_json(value: Any) -> None:
    """Print a value as JSON; what is not a number becomes null."""
    print(json.dumps(_plain(value), ensure_ascii=False, indent=2, allow_nan=False))


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
    except KeyboardInterrupt:
        note("\nStopped; nothing was written.")
        # Threads may be in the middle of a long chunk; they hold nothing that could be lost.
        os._exit(130)


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
            *columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True
        ) as bar:
            task = bar.add_task(what, total=None)
            yield lambda done, total: bar.update(task, completed=done, total=total)
        return
    yield told_by_stage(what)


def told_by_stage(what: str) -> Callable[[int, int], None]:
    """Return what tells of progress by a line now and then."""
    started = last = time.monotonic()

    def tell(done: int, total: int) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last > 5.0:
            last = now
            note(f"{what}: {done:,} of {total:,} after {now - started:.0f} s")

    return tell
