"""What a lesson's runs come to, and whether they still bear out what it teaches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cgsim import statistics
from cgsim.answer.formats import interval, number
from cgsim.engine.run import Progress
from cgsim.lessons.forms import BY_NAME, CheckForm, Lesson, Run
from cgsim.running.results import Results, run_many
from cgsim.statistics import Estimate

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Played:
    """A lesson and what its runs came to, all on the same luck."""

    lesson: Lesson
    seed: int
    results: Mapping[Run, Results]
    homework: Results | None  #: of the scenario that the homework's number is of

    @property
    def asked(self) -> Run:
        """The run that the question is about."""
        return self.lesson.asked


def play(
    lesson: Lesson,
    *,
    seed: int | None = None,
    replicates: int | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Played:
    """Run a lesson as it is and with each option: all that its checks are about."""
    count = replicates or lesson.form.replicates
    luck = lesson.form.seed if seed is None else seed
    task = [lesson.homework] if lesson.homework is not None else []
    all = [*lesson.runs.values(), *task]
    results = run_many(all, count, luck, workers=workers, progress=progress)
    runs = dict(zip(lesson.runs, results, strict=False))
    return Played(lesson, luck, runs, results[-1] if task else None)


class Verdict(NamedTuple):
    """What a check came to: the number it is about, and whether the 95 % interval bears it out."""

    estimate: Estimate
    holds: bool


def judge(check: CheckForm, played: Played, option: int = -1) -> Verdict:
    """Hold a check against the results, those of an option if one is given."""
    lesson = played.lesson
    labels = [case.label for case in lesson.cases]
    of = Run(option, lesson.case_of(check))
    column = partial(_column, played, check.measure)
    value = check.value or 0.0
    if check.comparison in ("above", "below", "between"):
        found = played.results[of].estimate(check.measure)
        holds = {
            "above": found.low > value,
            "below": found.high < value,
            "between": found.low >= value and found.high <= (check.to or 0.0),
        }[check.comparison]
        return Verdict(found, bool(holds))
    if check.comparison in ("more", "less", "same"):
        than = Run(-1, of.case) if check.than is None else Run(option, labels.index(check.than))
        found = statistics.mean(column(of) - column(than))
        if check.comparison == "same":
            return Verdict(found, bool(-value <= found.low and found.high <= value))
        if check.comparison == "less":
            return Verdict(found, bool(-found.high > value))
        return Verdict(found, bool(found.low > value))
    sign = 1.0 if check.comparison == "highest" else -1.0
    others = [Run(option, c) for c in range(len(labels)) if c != of.case]
    leads = [statistics.mean(sign * (column(of) - column(other))) for other in others]
    found = played.results[of].estimate(check.measure)
    return Verdict(found, all(bool(lead.low > value) for lead in leads))


def homework_number(played: Played) -> float | None:
    """Return the number that the homework ends in, in per cent where its measure is a share."""
    task = played.lesson.form.homework
    if task is None or played.homework is None:
        return None
    scale = 100.0 if BY_NAME[task.measure].unit == "share" else 1.0
    return scale * played.homework.estimate(task.measure).value


def _column(played: Played, measure: str, run: Run) -> NDArray[np.float64]:
    return played.results[run].column(measure)


def failing(played: Played) -> list[str]:
    """Return what the lesson teaches that its results do not bear out; nothing if all is well."""
    form = played.lesson.form
    checks: list[tuple[str, CheckForm, int]] = [("the answer", form.answer, -1)]
    checks += [(f"check {n}", check, -1) for n, check in enumerate(form.check, 1)]
    checks += [(f"feedback {said.choice!r}", said, -1) for said in form.feedback]
    checks += [
        (f"option {option.label!r}", check, o)
        for o, option in enumerate(form.option)
        for check in option.check
    ]
    found = []
    for what, check, option in checks:
        estimate, holds = judge(check, played, option)
        if not holds:
            unit = BY_NAME[check.measure].unit
            came = f"{number(estimate.value, unit)}, 95 % interval {interval(estimate, unit)}"
            found.append(f"{what}: {check.measure} {check.comparison}: it came to {came}")
    task, came_to = form.homework, homework_number(played)
    if task is not None and came_to is not None and not abs(came_to - task.answer) <= task.near:
        found.append(f"the homework: {task.measure} is not {task.answer:g}: it came to {came_to:g}")
    return found
