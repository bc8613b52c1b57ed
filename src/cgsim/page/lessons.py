"""Lessons as the page is given them: what is asked, and the scenarios that it runs itself."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from cgsim.lessons import Lesson, Run, load_lesson, names
from cgsim.lessons.forms import BY_NAME
from cgsim.lessons.reading import command_of, questions_of
from cgsim.page.ties import ties_of
from cgsim.scenario import load
from cgsim.scenario.model import Scenario
from cgsim.tables import worked_out

if TYPE_CHECKING:
    from markdown_it.tree import SyntaxTreeNode

TAGS = frozenset(
    [
        "h3",
        "h4",
        "h5",
        "h6",
        "p",
        "ul",
        "ol",
        "li",
        "strong",
        "em",
        "code",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "hr",
        "br",
    ]
)
"""What of Markdown a lecturer's notes keep; of all else the text stays."""


def lessons_for(
    lessons: Sequence[Lesson], *, notes: bool = False, word: str | None = None
) -> dict[str, Any]:
    """Return what the page knows of lessons, as JSON can hold it.

    Scenarios are told as what differs from the first of their name. With ``notes`` it is the
    lecturer's edition: it speaks to a room, and has the notes and the homework's answer. With a
    ``word`` answers are held back until somebody types it.
    """
    bases: dict[str, dict[str, Any]] = {}

    def laid(scenario: Scenario) -> dict[str, Any]:
        tables = scenario.to_dict()
        base = bases.setdefault(scenario.name, {"tables": tables, **ties_of(scenario)})
        return {"base": scenario.name, "laid": list(changes(base["tables"], tables))}

    held = None if word is None else zlib.crc32(word.lower().encode())
    all = [{**_lesson(lesson, laid, notes), "word": held} for lesson in lessons]
    return {"bases": bases, "all": all}


@worked_out
def library_lessons() -> dict[str, Any]:
    """Return what every page knows of the lessons that come with cgsim."""
    return lessons_for([load_lesson(name) for name in names()])


def _lesson(lesson: Lesson, laid: Any, notes: bool) -> dict[str, Any]:
    form = lesson.form
    bet, answer = form.bet, form.answer
    labels = [case.label for case in lesson.cases]
    return {
        "name": lesson.name,
        "title": form.title,
        "situation": paragraphs(form.situation),
        "question": form.question.strip(),
        "explanation": paragraphs(form.explanation),
        "source": form.source.strip(),
        "reading": list(form.reading),
        "seed": form.seed,
        "runs": form.replicates,
        "bet": {
            "choices": list(bet.choices),
            "unit": bet.unit,
            "low": bet.low,
            "high": bet.high,
            "near": bet.near,
        },
        "answer": {
            "right": bet.choices.index(answer.choice or "") if bet.choices else None,
            "measure": answer.measure,
            "difference": answer.comparison in ("more", "less", "same"),
            "of": lesson.asked.case,
            "than": None if answer.than is None else labels.index(answer.than),
        },
        "decision": {
            "opening": " ".join(form.decision.opening.split()),
            "ask": " ".join(form.decision.ask.split()),
            "shows": list(form.decision.shows),
            "lever": form.decision.lever and form.decision.lever.label,
            "picks": [{"label": label, **laid(scenario)} for label, scenario in lesson.picks],
        },
        "feedback": {one.choice: " ".join(one.says.split()) for one in form.feedback},
        "questions": questions_of(lesson.notes),
        "homework": _homework(lesson, notes),
        "frictions": form.frictions,
        "cases": labels,
        "lives": [
            {**run._asdict(), **laid(scenario), "command": _command(lesson, run)}
            for run, scenario in lesson.runs.items()
        ],
        "options": [{"label": o.label, "text": paragraphs(o.text)} for o in form.option],
        "axes": [{"label": axis.label, "names": list(axis.names)} for axis in form.axis],
        "cells": [laid(scenario) for scenario in lesson.cells],
        "assumed": [
            [scenario.title, " ".join(scenario.assumed.split())]
            for scenario in map(load, dict.fromkeys(map(lesson.laid_over, lesson.runs)))
            if scenario.assumed.strip()
        ],
        "notes": _notes(lesson.notes) if notes else None,
    }


def _homework(lesson: Lesson, notes: bool) -> dict[str, Any] | None:
    """Return the task alone; with notes, also its number, a model answer and a command."""
    form, task = lesson.form, lesson.form.homework
    if task is None:
        return None
    told: dict[str, Any] = {"task": paragraphs(task.task)}
    if notes:
        told |= {
            "model": paragraphs(task.model),
            "answer": task.answer,
            "near": task.near,
            "unit": BY_NAME[task.measure].unit,
            "command": command_of(task.scenario or form.scenario, form, task.set),
        }
    return told


def paragraphs(text: str) -> list[str]:
    """Part a text at its empty lines."""
    return [" ".join(part.split()) for part in re.split(r"\n\s*\n", text.strip())]


def changes(old: Any, new: Any, path: tuple[str | int, ...] = ()) -> Iterator[list[Any]]:
    """Yield where tables differ: a path and the new value, or a path alone for what is gone."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in old.keys() - new.keys():
            yield [[*path, key]]
        for key, value in new.items():
            if key in old:
                yield from changes(old[key], value, (*path, key))
            else:
                yield [[*path, key], value]
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for place, (was, value) in enumerate(zip(old, new, strict=True)):
            yield from changes(was, value, (*path, place))
    elif old != new or type(old) is not type(new):
        yield [[*path], new]


def _command(lesson: Lesson, run: Run) -> str:
    """Return the command that gives the numbers of a run again."""
    form = lesson.form
    option = form.option[run.option].set if run.option >= 0 else {}
    return command_of(lesson.runs[run].name, form, form.set, lesson.cases[run.case].set, option)


def _notes(text: str) -> list[Any]:
    """Return Markdown as a tree of tags that the page knows: ``[tag, child, ...]``, or a text."""
    from markdown_it import MarkdownIt
    from markdown_it.tree import SyntaxTreeNode

    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    return [made for child in SyntaxTreeNode(reader.parse(text)).children for made in _tree(child)]


def _tree(node: SyntaxTreeNode) -> Iterator[Any]:
    inside = [made for child in node.children for made in _tree(child)]
    if node.type == "heading":
        yield [f"h{min(6, int(node.tag[1]) + 1)}", *inside]
    elif node.type in ("text", "fence", "code_block"):
        yield node.content
    elif node.type in ("softbreak", "hardbreak"):
        yield " "
    elif node.type == "code_inline":
        yield ["code", node.content]
    elif node.tag in TAGS:
        yield [node.tag, *inside]
    else:
        yield from inside
