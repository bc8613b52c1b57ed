"""The questions, what each answer leaves possible, and the changes that can be tried.

They are data: ``questions.toml`` beside this file, read strictly. A range is a ``Factor``, as in
any experiment: values to choose from, or a low and a high end to draw between.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache, reduce
from pathlib import Path
from typing import Annotated

from pydantic import Field

from cgsim.experiment.design import Factor, prior_factors
from cgsim.scenario.form import Form, Name, Text
from cgsim.scenario.parameters import BY_NAME

AGENDA = "agenda"
"""How many objectives the partnership takes on: no parameter, but a lever all the same."""
UNKNOWN = "unknown"
"""What a file gives as the answer of who does not know."""

_Number = Annotated[float, Field(allow_inf_nan=False)]
_Range = Annotated[list[_Number], Field(min_length=2, max_length=2)]
_Value = bool | int | str


class _AnswerForm(Form):
    id: Name
    text: Text
    ranges: dict[str, _Range] = Field({})
    either: dict[str, list[_Value]] = Field({})


class _QuestionForm(Form):
    id: Name
    theme: Name
    text: Text
    why: Text
    source: Text
    topic: Text
    unknown: dict[str, _Range] = Field({})
    unknown_either: dict[str, list[_Value]] = Field({})
    answer: Annotated[list[_AnswerForm], Field(min_length=3, max_length=5)]


class _ThemeForm(Form):
    id: Name
    title: Name


class Step(Form):
    """What a change does to one value: multiplied first, then kept within limits, or replaced."""

    to: _Value | _Number | None = None
    times: _Number | None = None
    at_least: _Number | None = None
    at_most: _Number | None = None


class Change(Form):
    """Something that the partnership could do differently."""

    id: Name
    kind: Name  #: of changes of one kind only the best is recommended
    text: Text
    assumed: Text
    set: dict[str, Step]


class _File(Form):
    theme: list[_ThemeForm]
    question: list[_QuestionForm]
    change: list[Change]


@dataclass(frozen=True)
class Answer:
    """One of the answers to a question, and the ranges it leaves, by parameter."""

    id: str
    text: str
    leaves: dict[str, Factor]


@dataclass(frozen=True)
class Question:
    """A question in plain words."""

    id: str
    theme: str  #: its title
    text: str
    why: str
    source: str
    topic: str  #: what it is about, to follow "nobody knows"
    answers: dict[str, Answer]
    unknown: dict[str, Factor]  #: what a don't-know leaves, where the parameter has no prior

    @property
    def keys(self) -> tuple[str, ...]:
        """The parameters that its answers narrow."""
        return tuple(next(iter(self.answers.values())).leaves)


@dataclass(frozen=True)
class Questionnaire:
    """All questions in their order, and the changes."""

    questions: dict[str, Question]
    changes: tuple[Change, ...]

    @property
    def wide(self) -> dict[str, Factor]:
        """What each parameter is drawn from where nothing is known: its prior, or what is wide."""
        found = {f.key: f for f in prior_factors()}
        for question in self.questions.values():
            found.update(question.unknown)
        return found

    @property
    def owners(self) -> dict[str, str]:
        """The question that each parameter is told under: the first that narrows it."""
        found: dict[str, str] = {}
        for question in self.questions.values():
            for key in question.keys:
                found.setdefault(key, question.id)
        return found


@cache
def questionnaire() -> Questionnaire:
    """Return the questions and changes that come with cgsim."""
    text = (Path(__file__).parent / "questions.toml").read_text(encoding="utf-8")
    form = _File.model_validate(tomllib.loads(text))
    themes = {theme.id: theme.title for theme in form.theme}
    questions = {
        q.id: Question(
            q.id,
            themes[q.theme],
            q.text,
            q.why,
            q.source,
            q.topic,
            {a.id: Answer(a.id, a.text, _factors(a.ranges, a.either)) for a in q.answer},
            _factors(q.unknown, q.unknown_either),
        )
        for q in form.question
    }
    return Questionnaire(questions, tuple(form.change))


def _factors(ranges: dict[str, list[float]], either: dict[str, list[_Value]]) -> dict[str, Factor]:
    times = {f.key: f.times for f in prior_factors()}
    found = {k: Factor(k, low=r[0], high=r[1], times=times.get(k)) for k, r in ranges.items()}
    return found | {key: Factor(key, tuple(values)) for key, values in either.items()}


def meet(first: Factor, second: Factor) -> Factor | None:
    """Return what two ranges of one parameter have in common, or None."""
    if first.values:
        both = tuple(value for value in first.values if value in second.values)
        return Factor(first.key, both) if both else None
    low, high = max(first.low, second.low), min(first.high, second.high)
    return Factor(first.key, low=low, high=high, times=first.times) if low <= high else None


def hull(first: Factor, second: Factor) -> Factor:
    """Return the smallest range that holds both."""
    if first.values:
        more = tuple(value for value in second.values if value not in first.values)
        return Factor(first.key, first.values + more)
    low, high = min(first.low, second.low), max(first.high, second.high)
    return Factor(first.key, low=low, high=high, times=first.times)


def narrowed(ranges: list[Factor]) -> tuple[Factor, bool]:
    """Return what several ranges leave, and whether they contradict each other.

    Where they have nothing in common nobody can say which is right, so their hull is taken.
    """
    left: Factor | None = ranges[0]
    for other in ranges[1:]:
        left = meet(left, other) if left is not None else None
    return (reduce(hull, ranges), True) if left is None else (left, False)


def in_words(factor: Factor) -> str:
    """Write a range as a reader understands it: ``0.3 to 0.5``, ``1 or 2``."""
    if factor.values:
        return " or ".join(_value_in_words(value) for value in factor.values)
    low, high = f"{factor.low:g}", f"{factor.high:g}"
    return low if low == high else f"{low} to {high}"


def _value_in_words(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def unit_of(key: str) -> str:
    """Return the unit of a parameter."""
    return "objectives" if key == AGENDA else BY_NAME[key].unit
