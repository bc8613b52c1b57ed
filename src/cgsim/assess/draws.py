"""From answers to draws: which values of all that is uncertain the answers leave possible.

Draw d of a parameter uses the same uniform whatever is answered or changed, so two assessments
differ by what differs between them and by nothing else.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cgsim.answer.catalogue import word
from cgsim.assess.answers import Answers
from cgsim.assess.questions import AGENDA, Change, Question, narrowed, questionnaire
from cgsim.experiment.design import SCENARIO, Factor, Point, uniforms
from cgsim.experiment.posterior import Posterior
from cgsim.scenario import Scenario
from cgsim.scenario.errors import Fault, ScenarioError, safe
from cgsim.scenario.parameters import BY_NAME

FOUNDERS = ("size", "recruit")
_Value = bool | int | float | str


@dataclass(frozen=True)
class Contradiction:
    """Two answers of one partner that cannot both hold of one parameter."""

    partner: str
    first: Question
    second: Question
    key: str


@dataclass(frozen=True)
class Start:
    """The scenario that answers are laid over, and whether it is the partnership's own case."""

    scenario: Scenario
    own: bool  #: whether levers that nobody answered keep its values

    def __post_init__(self) -> None:
        """Refuse what the questions do not fit."""
        if len(self.scenario.partnerships) != 1:
            message = (
                f"got {len(self.scenario.partnerships)} partnerships; "
                "allowed a scenario with one partnership, as the questions are about one"
            )
            raise ScenarioError([Fault(self.scenario.name, None, "partnership", message)])

    @property
    def open_to(self) -> int:
        """How many agencies there are that could be members."""
        return int(self.scenario.values["agencies"])

    @property
    def fixed(self) -> tuple[str, ...]:
        """What cannot be asked or changed: members that are all, or that are named."""
        return FOUNDERS if self.scenario.partnerships[0].recruit in ("all", "names") else ()

    @property
    def objectives(self) -> int:
        """How many objectives the area has."""
        return len(self.scenario.objectives)

    def value(self, key: str) -> _Value:
        """Return the scenario's own value of a parameter or lever."""
        partnership = self.scenario.partnerships[0]
        if key == AGENDA:
            return len(partnership.focus)
        if key in FOUNDERS:
            return partnership.size if key == "size" else partnership.recruit
        if key in partnership.levers:
            return partnership.levers[key]
        return self.scenario.values[key]

    def with_agenda(self, count: int) -> Scenario:
        """Return the scenario with a partnership that takes on so many objectives."""
        partnership = self.scenario.partnerships[0]
        others = (k for k in range(self.objectives) if k not in partnership.focus)
        focus = tuple(sorted([*partnership.focus, *others][:count]))
        if focus == tuple(sorted(partnership.focus)):
            return self.scenario
        return replace(
            self.scenario,
            name=f"{self.scenario.name}, agenda of {count}",
            partnerships=(replace(partnership, focus=focus),),
        )

    def notes(self) -> list[str]:
        """Say what the scenario holds fast, whatever is answered."""
        said = []
        if self.fixed:
            said.append(word("assess.note_members"))
        if self.scenario.fixed_counts:
            said.append(word("assess.note_skills"))
        if known := self.scenario.known_and_read:
            said.append(word("assess.note_known", known=list(known)))
        given = (
            {"crosscut"} if any(o.crosscut is not None for o in self.scenario.objectives) else set()
        )
        given |= {
            key
            for key in ("senior", "operational")
            if any(getattr(agency, key) is not None for agency in self.scenario.agencies)
        }
        if given:
            said.append(word("assess.note_given", given=sorted(given)))
        if self.scenario.changes:
            said.append(word("assess.note_changes"))
        return said


@dataclass(frozen=True)
class Draws:
    """Answers laid over a scenario, drawn so many times."""

    answers: Answers
    start: Start
    count: int
    seed: int
    rows: tuple[int, ...] = ()  #: which draws, where records left only some of them
    drawn_with: int | None = None  #: the seed of the draws, where the luck has another
    given: Mapping[str, str] = field(default_factory=dict)  #: the records that left these, hashes

    def _uniforms(self, key: str) -> NDArray[np.float64]:
        """Return a uniform for every draw, (D,): draw d has the same however many there are."""
        seed = self.seed if self.drawn_with is None else self.drawn_with
        if not self.rows:
            return uniforms(seed, key, self.count)
        return uniforms(seed, key, max(self.rows) + 1)[list(self.rows)]

    @cached_property
    def picks(self) -> dict[str, NDArray[np.int64]]:
        """Whose answer each draw takes, by question: a place among those who answered, (D,)."""
        found = {}
        for question in questionnaire().questions:
            voices = len(self.answers.given(question))
            if voices:
                shares = self._uniforms(f"voice of {question}")
                found[question] = (shares * voices).astype(np.int64)
        return found

    @cached_property
    def points(self) -> tuple[Point, ...]:
        """The values of every draw by parameter, as ``--set`` takes them, and the agenda."""
        columns: dict[str, list[Any]] = {}
        ranges = [self._ranges(draw) for draw in range(self.count)]
        for key in ranges[0]:
            shares = self._uniforms(key)
            columns[key] = [r[key].at(shares[[n]])[0] for n, r in enumerate(ranges)]
        for key, factor in ranges[0].items():
            if factor.times:
                columns[key] = factor.multiples(columns[key], columns[factor.times])
        return tuple(
            self.fitting({key: values[d] for key, values in columns.items()})
            for d in range(self.count)
        )

    def fitting(self, point: dict[str, Any]) -> dict[str, Any]:
        """Return a point with whole numbers whole, and no more than the area has."""
        for key, most in (("size", self.start.open_to), (AGENDA, self.start.objectives)):
            if key in point:
                point[key] = min(int(point[key]), most)
        return point

    def _ranges(self, draw: int) -> dict[str, Factor]:
        chosen = {}
        for question, picks in self.picks.items():
            given = list(self.answers.given(question).values())
            chosen[question] = given[picks[draw]]
        return self.ranges(chosen)

    def ranges(self, chosen: Mapping[str, str]) -> dict[str, Factor]:
        """Return what is drawn from which range, given one answer or none to each question."""
        return {k: narrowed(r)[0] for k, r in _left(chosen).items() if self._is_drawn(k, chosen)}

    def _is_drawn(self, key: str, chosen: Mapping[str, str]) -> bool:
        scenario = self.start.scenario
        if key in self.start.fixed or key in scenario.fixed_counts:
            return False
        if key in scenario.known and not _is_asked(key, chosen):
            return False  # it stands, unless a partner says otherwise
        return _is_known_of(key, chosen) or not self.start.own

    @cached_property
    def contradictions(self) -> list[Contradiction]:
        """Answers of one partner that pull apart."""
        questions = questionnaire().questions
        found = []
        for voice in self.answers.voices:
            for key, ranges in _left(voice.answers).items():
                if not narrowed(ranges)[1]:
                    continue
                asked = [questions[q] for q in questions if q in voice.answers]
                pairs = [q for q in asked if key in q.keys]
                for place, one in enumerate(pairs):
                    for other in pairs[place + 1 :]:
                        both = [q.answers[voice.answers[q.id]].leaves[key] for q in (one, other)]
                        if narrowed(both)[1]:
                            found.append(Contradiction(voice.partner, one, other, key))
        return found

    def medians(self) -> dict[str, Any]:
        """Return the middle of every parameter's draws; of what is one of several, the commonest.

        A choice that nobody answered about is left out: nothing says what is in its middle, so the
        scenario's own value stands.
        """
        return {
            key: _middle([p[key] for p in self.points])
            for key in self.points[0]
            if _is_known_of(key, self.picks)
        }

    def changed(self, steps: Change | tuple[Change, ...]) -> tuple[Point, ...]:
        """Return every draw with one change made, or several one after the other."""
        made = []
        for point in self.points:
            new = dict(point)
            for change in (steps,) if isinstance(steps, Change) else steps:
                self._make(change, new)
            made.append(self.fitting(new))
        return tuple(made)

    def _make(self, change: Change, point: dict[str, Any]) -> None:
        for key, step in change.set.items():
            if key in self.start.fixed:
                continue
            before: Any = point[key] if key in point else self.start.value(key)
            value: Any = before if step.to is None else step.to
            if step.times is not None:
                value = value * step.times
            if step.at_least is not None:
                value = max(value, step.at_least)
            if step.at_most is not None:
                value = min(value, step.at_most)
            if step.times is not None and step.times < 1:  # what is to fall never rises
                value = min(value, before)
            if key in BY_NAME and BY_NAME[key].kind != "choice":
                value = min(BY_NAME[key].high, max(BY_NAME[key].low, value))
            if key == "size":
                value = max(2, round(value))
            if value != before:
                point[key] = value

    def as_experiment_takes_them(
        self, points: tuple[Point, ...]
    ) -> tuple[dict[str, Scenario], tuple[Point, ...]]:
        """Return the scenarios, by name, and the points with the agenda as one of them."""
        scenarios = {self.start.scenario.name: self.start.scenario}
        made = []
        for point in points:
            values = {key: value for key, value in point.items() if key != AGENDA}
            if AGENDA in point:
                scenario = self.start.with_agenda(point[AGENDA])
                scenarios.setdefault(scenario.name, scenario)
                values[SCENARIO] = scenario.name
            made.append(values)
        return scenarios, tuple(made)


def given_draws(answers: Answers, given: Posterior, count: int, seed: int) -> Draws:
    """Return the draws that records left of what the same answers leave open, so many at most.

    Raises ``ScenarioError`` where the calibration did not rest on these answers.
    """

    def refused(message: str, key: str = "") -> ScenarioError:
        return ScenarioError([Fault(given.where, None, key, message)])

    if given.scenario is None:
        raise refused("got a table of draws; allowed the folder of a calibration with --answers")
    mine = {voice.partner: dict(voice.answers) for voice in answers.voices}
    theirs = {partner: dict(found) for partner, found in given.answers.items()}
    if mine != theirs:
        differ = [
            f"{partner}, {question}"
            for partner in sorted({*mine, *theirs})
            for question in questionnaire().questions
            if mine.get(partner, {}).get(question) != theirs.get(partner, {}).get(question)
        ]
        others = f", and {len(differ) - 3} more" if len(differ) > 3 else ""
        message = (
            f"got a calibration with other answers ({'; '.join(map(safe, differ[:3]))}{others}); "
            "allowed one with these: cgsim calibrate --answers FILE"
        )
        raise refused(message)
    places = given.places(count)
    made = Draws(
        answers,
        Start(given.scenario, own=True),
        len(places),
        seed,
        tuple(given.kept[place] for place in places),
        given.seed,
        given.about(),
    )
    for place, point in zip(places, made.points, strict=True):
        kept = given.points[place]
        if any(kept.get(key) != value for key, value in point.items() if key in kept):
            raise refused("got draws that these answers do not lead to; calibrate anew")
    return made


def _is_known_of(key: str, answered: Iterable[str]) -> bool:
    """Tell whether a parameter has a prior range, or a question about it was answered."""
    uncertain = key in BY_NAME and BY_NAME[key].prior is not None
    return uncertain or _is_asked(key, answered)


def _is_asked(key: str, answered: Iterable[str]) -> bool:
    return any(key in questionnaire().questions[q].keys for q in answered)


def _left(chosen: Mapping[str, str]) -> dict[str, list[Factor]]:
    """Return the ranges that answers leave, by parameter; for those not answered the wide one."""
    asked = questionnaire()
    found: dict[str, list[Factor]] = {}
    for question, answer in chosen.items():
        for key, factor in asked.questions[question].answers[answer].leaves.items():
            found.setdefault(key, []).append(factor)
    return {key: found.get(key, [wide]) for key, wide in asked.wide.items()}


def _middle(values: list[Any]) -> Any:
    first = values[0]
    if isinstance(first, (bool, str)):
        return max(dict.fromkeys(values), key=values.count)
    if all(isinstance(value, int) for value in values):
        return statistics.median_low(values)
    return float(np.median(values))
