"""The command that makes lessons to show: lesson."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

WORD = re.compile(r"[A-Za-z0-9-]{3,40}")


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
            help="The lecturer's edition: it speaks to a room, counts its bets and has the notes "
            "(aims, plans, answers). Not for handing out.",
        ),
    ] = False,
    held: Annotated[
        str | None,
        typer.Option("--word", help="Hold answers back until somebody types this word."),
    ] = None,
) -> None:
    """Make one page to teach with.

    A question, a bet, and what the runs say. The page is one file that works without a network and
    lives the runs itself. What the lesson teaches is held against them now: where they do not bear
    it out, no page is written.

    Example: cgsim lesson more-partners -o lesson.html
    """
    if name is None:
        _list_lessons()
        return
    from cgsim import lessons
    from cgsim.answer.catalogue import word
    from cgsim.cli import output
    from cgsim.cli.reports import refuse_what_cannot_be_written
    from cgsim.page import one_file
    from cgsim.scenario.errors import Fault, ScenarioError, shown
    from cgsim.whole import write_text

    found = lessons.load_lesson(name)
    if out is None:
        raise typer.BadParameter(f"a file is needed: cgsim lesson {name} -o FILE.html")
    if held is not None and (notes or not WORD.fullmatch(held)):
        got = "it with --notes" if notes else shown(held)
        message = f"got {got}; allowed 3 to 40 letters, digits and hyphens, without --notes"
        raise ScenarioError([Fault("--word", None, "", message)])
    refuse_what_cannot_be_written(out)
    with output.nothing_written(), output.progress(found.name) as progress:
        played = lessons.play(found, progress=progress)
        if wrong := lessons.failing(played):
            output.note(
                f"cgsim: the runs do not bear out what this lesson teaches: {'; '.join(wrong)}"
            )
            raise typer.Exit(1)
        page = one_file.lesson_page(found, notes=notes, held=held)
    write_text(out, page, replace=True)
    output.wrote(out, word("progress.wrote", path=out))
    if notes:
        output.note(word("lessons.not_for_handing_out"))


def _list_lessons() -> None:
    from cgsim import lessons
    from cgsim.answer.catalogue import word
    from cgsim.cli import output

    loaded = [lessons.load_lesson(name) for name in lessons.names()]
    heads = [word("lessons.head_name"), word("lessons.head_title")]
    output.table(heads, [(found.name, found.form.title) for found in loaded])
    output.say("\n" + word("lessons.more"))
