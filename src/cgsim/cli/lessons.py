"""The command that makes lessons to show: lesson."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command()(lesson)


def lesson(
    name: Annotated[
        str | None,
        typer.Argument(help="A lesson, by name or file. Without it, the lessons are listed."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="The page to write, or write anew.")
    ] = None,
    notes: Annotated[
        bool,
        typer.Option(
            "--notes",
            help="For the lecturer's own copy: put the notes (aims, plans, discussion) at the end "
            "of the page, covered until asked for, and shown in print.",
        ),
    ] = False,
) -> None:
    """Make one page to teach with.

    A question, a bet, and what the runs say. The page is one file that works without a network. All
    runs are made now, on the same luck.

    Example: cgsim lesson more-partners -o lesson.html
    """
    if name is None:
        _list_lessons()
        return
    from cgsim.cli import output
    from cgsim.cli.reports import refuse_what_cannot_be_written
    from cgsim.report import lessons
    from cgsim.whole import write_text

    found = lessons.load_lesson(name)
    if out is None:
        raise typer.BadParameter(f"a file is needed: cgsim lesson {name} -o FILE.html")
    refuse_what_cannot_be_written(out)
    with output.nothing_written(), output.progress(found.name) as progress:
        played = lessons.play(found, progress=progress)
    try:
        page = lessons.as_page(played, notes=notes)
    except lessons.NoLongerHolds as error:
        output.note(f"cgsim: the runs do not bear out what this lesson teaches: {error}")
        raise typer.Exit(1) from None
    write_text(out, page, replace=True)
    output.wrote(out, f"Wrote {out}.")


def _list_lessons() -> None:
    from cgsim.cli import output
    from cgsim.report import lessons

    loaded = [lessons.load_lesson(name) for name in lessons.names()]
    output.table(["lesson", "title"], [(found.name, found.form.title) for found in loaded])
    output.say("\nMake a page of one of them: cgsim lesson NAME -o lesson.html")
