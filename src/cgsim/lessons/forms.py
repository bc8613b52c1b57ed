"""What the head of a lesson file may say. A field's description is what an error line allows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal, NamedTuple, get_args

import numpy as np
from pydantic import Field

from cgsim.engine.run import MOST_REPLICATES
from cgsim.measures import MEASURES, Measure
from cgsim.scenario import Scenario
from cgsim.scenario.form import NAME, TEXT, Form, Name, Text

BY_NAME: dict[str, Measure] = {m.name: m for m in MEASURES if m.interval != "class"}
"""The measures that a lesson may look at."""
MOST_RUNS = min(100_000, MOST_REPLICATES)
Value = bool | int | float | str
Set = dict[str, Value]
Comparison = Literal["above", "below", "between", "more", "less", "same", "highest", "lowest"]
Shown = Literal["members", "settled", "met"]
_Finite = Annotated[float, Field(allow_inf_nan=False)]
_Number = Annotated[_Finite | None, Field(description="a number")]
_Label = Annotated[Name, Field(description=NAME)]
_Named = Annotated[Name | None, Field(description=NAME)]
_Prose = Annotated[Text, Field(description=TEXT)]
_Laid = Annotated[Set, Field(description="a table of keys and their values")]
BET = "choices, or a number with unit, low, high and near"


class CaseForm(Form):
    """One of the settings that the question compares."""

    label: _Label
    scenario: _Named = None
    set: _Laid = Field({})


class CheckForm(Form):
    """Something a lesson teaches, said so that the engine's results can be held against it.

    ``more``, ``less`` and ``same`` compare two cases; in an option without ``than``, the option
    with the lesson as it is. ``highest`` and ``lowest`` compare a case with all others. ``value``
    is the least difference, with ``same`` the largest.
    """

    says: _Prose = ""
    measure: str = Field("gain", description="a measure")
    of: _Named = None
    comparison: Comparison = Field(description=f"one of {', '.join(get_args(Comparison))}")
    value: _Number = None
    to: _Number = None
    than: _Named = None


class AnswerForm(CheckForm):
    """The check that answers the question, and which choice it makes right."""

    choice: _Named = None


class BetForm(Form):
    """What people can bet: one of several choices, or a number."""

    choices: list[Name] = Field([], description="a list of choices")
    unit: _Named = None
    low: _Number = None
    high: _Number = None
    near: Annotated[_Finite, Field(gt=0)] | None = Field(None, description="a number above 0")


class FeedbackForm(CheckForm):
    """What is said to a wrong bet: what the runs say instead, and the check that it stands on."""

    says: _Prose
    choice: _Label = Field(
        description="a choice of the bet that is not the right one, or low or high for a number"
    )


class PickForm(CaseForm):
    """One of the things that can be decided: laid over the lesson, and lived at once."""


class LeverForm(Form):
    """A lever to be moved freely: a key, where it can stand, and what each place is called."""

    key: _Label
    label: _Label
    values: list[Value] = Field(
        min_length=3, max_length=24, description="three to twenty-four values"
    )
    names: list[Name] = Field(description="a name for each value")


class DecisionForm(Form):
    """What whoever learns decides in the model, before there is any text.

    How much of something is decided with a ``lever``, which of several things with ``pick``.
    Without either the cases are what can be decided. ``shows`` is what is seen of the months, as
    somebody in the area sees it; never what the partnership is worth.
    """

    opening: _Prose
    ask: _Prose
    shows: list[Shown] = Field(
        ["members", "settled"],
        min_length=1,
        max_length=2,
        description=f"one or two of {', '.join(get_args(Shown))}",
    )
    pick: list[PickForm] = Field(
        [], max_length=6, description="up to six [[decision.pick]] tables with label and set"
    )
    lever: LeverForm | None = Field(
        None, description="a [decision.lever] table with key, label, values and names"
    )


class HomeworkForm(Form):
    """A task for home that ends in a number, which is held against a run of the model.

    ``answer`` is in per cent where the measure is a share; ``near`` is how far off still counts.
    """

    task: _Prose
    model: _Prose
    scenario: _Named = None
    set: _Laid = Field({})
    measure: str = Field("gain", description="a measure")
    answer: _Finite = Field(description="a number")
    near: Annotated[_Finite, Field(gt=0)] = Field(description="a number above 0")


class OptionForm(Form):
    """Something else to try: laid over the lesson, and over each of its cases."""

    label: _Label
    scenario: _Named = None
    set: _Laid = Field({})
    text: _Prose
    check: list[CheckForm] = Field([], description="[[option.check]] tables with comparison")


class AxisForm(Form):
    """One control of the table to play with: a key, its values, and what they are called."""

    key: _Label
    label: _Label
    values: list[Value] = Field(min_length=2, max_length=6, description="two to six values")
    names: list[Name] = Field(min_length=2, max_length=6, description="two to six names")


class LessonForm(Form):
    """The head of a lesson file."""

    title: _Label
    scenario: _Label = "baseline"
    set: _Laid = Field({})
    replicates: int = Field(
        400, ge=20, le=MOST_RUNS, description=f"a whole number from 20 to {MOST_RUNS}"
    )
    seed: int = Field(1, ge=0, le=2**63 - 1, description=f"a whole number from 0 to {2**63 - 1}")
    frictions: bool = Field(False, description="true or false")
    situation: _Prose
    question: _Prose
    explanation: _Prose
    source: _Prose
    reading: list[Text] = Field([], description="a list of texts")
    decision: DecisionForm = Field(description="a [decision] table with opening and ask")
    bet: BetForm = Field(description=BET)
    feedback: list[FeedbackForm] = Field(
        [], max_length=8, description="[[feedback]] tables with choice, says and comparison"
    )
    homework: HomeworkForm | None = Field(
        None, description="a [homework] table with task, model, set, answer and near"
    )
    answer: AnswerForm = Field(description="a table with comparison")
    case: list[CaseForm] = Field([], description="[[case]] tables with label and set")
    check: list[CheckForm] = Field([], description="[[check]] tables with comparison")
    option: list[OptionForm] = Field(
        min_length=2,
        max_length=4,
        description="two to four [[option]] tables with label, set and text",
    )
    axis: list[AxisForm] = Field(
        [],
        max_length=3,
        description="up to three [[axis]] tables with key, label, values and names",
    )

    @property
    def cases(self) -> list[CaseForm]:
        """The cases; one, the lesson as it is, where none are given."""
        return self.case or [CaseForm(label="as it is", set={})]


def cell_places(form: LessonForm) -> list[tuple[int, ...]]:
    """Return which value of each axis every setting takes, the last axis running fastest."""
    return list(np.ndindex(*(len(axis.values) for axis in form.axis)))


class Run(NamedTuple):
    """Which run of a lesson: the option (-1 for the lesson as it is) and the case."""

    option: int
    case: int


@dataclass(frozen=True)
class Lesson:
    """A lesson whose file is in order, with the scenarios that it runs."""

    name: str
    form: LessonForm
    notes: str  #: Markdown, for the lecturer
    runs: Mapping[Run, Scenario]
    cells: tuple[Scenario, ...]  #: the settings to play with, the last axis running fastest
    picks: tuple[tuple[str, Scenario], ...]  #: what can be decided, with what it is called
    homework: Scenario | None  #: what the homework's number is of

    @property
    def cases(self) -> list[CaseForm]:
        """The cases; one, the lesson as it is, where none are given."""
        return self.form.cases

    def laid_over(self, run: Run) -> str:
        """Return the scenario that a run's values are laid over, by name."""
        option = self.form.option[run.option].scenario if run.option >= 0 else None
        return option or self.cases[run.case].scenario or self.form.scenario

    def case_of(self, check: CheckForm) -> int:
        """Return the case that a check is about; the first one if it does not say."""
        labels = [case.label for case in self.cases]
        return labels.index(check.of) if check.of is not None else 0

    @property
    def asked(self) -> Run:
        """The run that the question is about."""
        return Run(-1, self.case_of(self.form.answer))
