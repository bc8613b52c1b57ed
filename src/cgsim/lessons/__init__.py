"""Lessons: a question, a bet, and what the runs say. Read from files and held against the runs.

``forms`` is what a lesson file may say; ``reading`` reads it and tells what is wrong with it;
``results`` runs it and holds what it teaches against the runs. The page that carries the model
shows it.

A lesson file is Markdown with a TOML head between lines of ``+++``. The head says what is asked and
what is run; the Markdown below it is for the lecturer. What a lesson teaches stands in the head as
checks on the engine's own results, so a lesson that no longer holds is not made into a page.
"""

from cgsim.lessons.forms import Lesson, Run, cell_places
from cgsim.lessons.reading import load_lesson, names, read_lesson
from cgsim.lessons.results import Played, failing, homework_number, judge, play

__all__ = [
    "Lesson",
    "Played",
    "Run",
    "cell_places",
    "failing",
    "homework_number",
    "judge",
    "load_lesson",
    "names",
    "play",
    "read_lesson",
]
