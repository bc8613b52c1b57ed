"""Lessons: a question, a bet, and what the runs say. Read from files, run, made into one page.

``forms`` is what a lesson file may say; ``reading`` reads it and tells what is wrong with it;
``results`` runs it and holds what it teaches against the runs; ``words`` and ``pictures`` say and
draw what came out; ``page`` makes the one file to show.

A lesson file is Markdown with a TOML head between lines of ``+++``. The head says what is asked and
what is run; the Markdown below it is for the lecturer. What a lesson teaches stands in the head as
checks on the engine's own results, so a lesson that no longer holds is not made into a page.
"""

from cgsim.report.lessons.forms import Lesson, Run, cell_places
from cgsim.report.lessons.page import as_page
from cgsim.report.lessons.reading import load_lesson, names, read_lesson
from cgsim.report.lessons.results import NoLongerHolds, Played, failing, judge, play

__all__ = [
    "Lesson",
    "NoLongerHolds",
    "Played",
    "Run",
    "as_page",
    "cell_places",
    "failing",
    "judge",
    "load_lesson",
    "names",
    "play",
    "read_lesson",
]
