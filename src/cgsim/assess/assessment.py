"""A whole assessment: the forecast, what its doubt comes from, and the changes that help most."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cgsim import statistics
from cgsim.analysis.shares import FEWEST_DRAWS, Share, shares_of
from cgsim.assess.answers import Answers, Voice
from cgsim.assess.draws import Draws, Start, given_draws
from cgsim.assess.forecast import (
    AfterMoney,
    Forecast,
    Runner,
    Setting,
    after_money,
    forecast_of,
    values_of,
)
from cgsim.assess.questions import AGENDA, Change, questionnaire
from cgsim.engine.run import Progress, refuse_the_impossible
from cgsim.experiment.design import Point
from cgsim.experiment.posterior import Posterior
from cgsim.scenario import Scenario, load
from cgsim.scenario.errors import Fault, ScenarioError
from cgsim.scenario.parameters import BY_NAME
from cgsim.scenario.writing import toml_value
from cgsim.statistics import LEVEL, Estimate

if TYPE_CHECKING:
    import pandas as pd

DRAWS, REPLICATES = 300, 12
BEST = 3
OFTEN_ENOUGH = 0.25
"""A change that alters fewer draws than this is not tried: it is so already."""
MOST_SIDE_BY_SIDE = 12
"""Of so many partners each one's own forecast is made."""
DISAGREEMENT = "disagreement"
RANKED_BY = "area_gain_over_equal_money"
"""What changes are ranked by."""
PRESENT, UNFUNDED, TOGETHER = "present", "without-the-money", "best-changes-together"


@dataclass(frozen=True)
class Tried:
    """A change, or several at once, against the present state: the same draws, the same luck."""

    changes: tuple[Change, ...]
    setting: Setting
    effect: Estimate  #: gain of the area over the same money, paired by draw
    helps: Estimate  #: share of draws that gain more with it
    hours: Estimate  #: overhead a year
    bought: Estimate  #: hours bought a year
    clear: bool  #: whether it helps beyond doubt, as many as were tried

    @property
    def text(self) -> str:
        """What is changed, in words."""
        return "; ".join(change.text for change in self.changes)


@dataclass(frozen=True)
class Assessment:
    """All that came of an assessment."""

    draws: Draws
    replicates: int
    present: Setting
    forecast: Forecast
    after: AfterMoney | None
    shares: tuple[Share, ...]  #: by question, or by the parameter that no question is about
    disputes: tuple[Share, ...]  #: what the partners' disagreement is worth, by question
    by_partner: tuple[tuple[Voice, Forecast], ...]
    tried: tuple[Tried, ...]  #: the largest effect first
    settled: tuple[Change, ...]  #: not tried, as it is so already
    together: Tried | None  #: the best ones all at once

    @property
    def answers(self) -> Answers:
        """The answers that it rests on."""
        return self.draws.answers

    @property
    def best(self) -> tuple[Tried, ...]:
        """The changes that help most: up to three, each of its own kind, each beyond doubt."""
        return best_of(self.tried)

    @property
    def advised_against(self) -> bool:
        """Whether it is likely to lose as it is and with every change that was tried."""
        settings = [self.present, *(t.setting for t in self.all_tried)]
        return all(np.mean(s.means) < 0.0 and np.mean(s.means > 0.0) < 0.5 for s in settings)

    @property
    def all_tried(self) -> tuple[Tried, ...]:
        """The changes, and the best ones all at once."""
        return (*self.tried, *([self.together] if self.together else []))

    @property
    def failed(self) -> int:
        """How many runs failed in all."""
        return self.present.failed + sum(t.setting.failed for t in self.all_tried)

    @cached_property
    def scenario(self) -> Scenario:
        """The middle of what the answers leave, as one scenario."""
        start = self.draws.start
        middle = self.draws.medians()
        base = start.with_agenda(middle.pop(AGENDA)) if AGENDA in middle else start.scenario
        made = base.replace(*(f"{key}={toml_value(value)}" for key, value in middle.items()))
        heard = len(self.answers.heard)
        said = {0: "nobody", 1: "one partner"}.get(heard, f"{heard} partners")
        return replace(
            made,
            name="assessed",
            title=self.answers.title,
            # What an answer is about is no longer known: here stands the middle of its range.
            known=tuple(name for name in made.known if name not in middle),
            summary=(
                f"Made from the answers of {said} to the questions of cgsim assess. Every value "
                "that an answer is about or that is uncertain stands in the middle of what the "
                "answers leave possible. A choice that nobody answered about, and what is known, "
                f"has the value of the scenario {start.scenario.name}."
            ),
            happened="",
            assumed=(
                "The answers leave ranges, not values. This file holds their middle, so it shows "
                "one possible case and none of the doubt; cgsim assess shows the doubt."
            ),
            look_for="How the result changes when a value is moved within its range.",
            source="Answers to the questions of cgsim assess.",
        )

    @cached_property
    def scenario_file(self) -> str:
        """The scenario as a file, with a line on top that says what it is."""
        head = (
            "# Written by cgsim assess: the middle of the ranges that the answers leave.\n"
            "# A way to think, not a prediction.\n"
        )
        return head + self.scenario.to_toml()

    def draws_table(self) -> pd.DataFrame:
        """A row a draw: its gain and all its values."""
        import pandas as pd

        table = pd.DataFrame([dict(point) for point in self.draws.points])
        table.insert(0, "gain", self.present.means)
        table.insert(0, "draw", np.arange(len(table)))
        return table

    def to_dict(self) -> dict[str, Any]:
        """Return it all as JSON can hold it."""
        return {
            "label": "a way to think, not a prediction",
            "title": self.answers.title,
            "scenario": self.draws.start.scenario.name,
            "draws": self.draws.count,
            "replicates": self.replicates,
            "seed": self.draws.seed,
            "given": dict(self.draws.given) or None,
            "answers": {v.partner: dict(v.answers) for v in self.answers.voices},
            "not_known": self.answers.missing,
            "apart": {q: self.answers.apart(q) for q in questionnaire().questions},
            "contradictions": [
                {"partner": c.partner, "questions": [c.first.id, c.second.id], "parameter": c.key}
                for c in self.draws.contradictions
            ],
            "forecast": asdict(self.forecast),
            "after_the_money": asdict(self.after) if self.after else None,
            "doubt": [{"from": s.name, **vars(s.estimate)} for s in self.shares],
            "disagreement": [{"question": s.name, **vars(s.estimate)} for s in self.disputes],
            "by_partner": {v.partner: asdict(f) for v, f in self.by_partner},
            "changes": [_tried_dict(t) for t in self.tried],
            "best": [t.changes[0].id for t in self.best],
            "best_together": _tried_dict(self.together) if self.together else None,
            "already_so": [change.id for change in self.settled],
            "advised_against": self.advised_against,
            "failed_runs": self.failed,
        }


def _tried_dict(tried: Tried) -> dict[str, Any]:
    return {
        "changes": [change.id for change in tried.changes],
        "text": tried.text,
        "effect": vars(tried.effect),
        "helps": vars(tried.helps),
        "overhead_hours_a_year": vars(tried.hours),
        "bought_hours_a_year": vars(tried.bought),
        "clear": tried.clear,
    }


def best_of(tried: tuple[Tried, ...]) -> tuple[Tried, ...]:
    """Return up to three changes that help beyond doubt, each of its own kind, the best first."""
    found: dict[str, Tried] = {}
    for one in sorted(tried, key=lambda t: -t.effect.value):
        if one.clear:
            found.setdefault(one.changes[0].kind, one)
    return tuple(found.values())[:BEST]


def assess(
    answers: Answers,
    scenario: Scenario | str | Path | None = None,
    *,
    draws: int = DRAWS,
    replicates: int = REPLICATES,
    seed: int = 1,
    given: Posterior | None = None,
    folder: Path | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Assessment:
    """Return the forecast that answers lead to, what its doubt comes from, and what helps.

    ``scenario`` is the partnership's own case; levers that nobody answered keep its values. Without
    one it is the area of the baseline. ``given`` is what records left of the draws that the same
    answers lead to; then the scenario is the one that was calibrated. ``folder`` keeps every run,
    and goes on where it stopped. ``progress`` is called with (runs done, runs in all).
    """
    if draws < FEWEST_DRAWS:
        message = f"got {draws}; allowed at least {FEWEST_DRAWS}"
        raise ScenarioError([Fault("--draws", None, "", message)])
    loaded = scenario if isinstance(scenario, Scenario) else load(scenario or "baseline")
    drawn = Draws(answers, Start(loaded, own=scenario is not None), draws, seed)
    if given is not None:
        drawn = given_draws(answers, given, draws, seed)
        if scenario is not None:
            given.check([loaded])
            drawn = replace(drawn, start=Start(loaded, own=True))
    refuse_the_impossible([drawn.start.scenario], drawn.count * replicates, 3)
    return _assess(Runner(drawn, replicates, folder, workers), progress)


def _assess(runner: Runner, progress: Progress | None) -> Assessment:
    draws, answers = runner.draws, runner.draws.answers
    fund = values_of(draws.points, "fund", draws.start.value("fund"))
    voices = answers.heard if 1 < len(answers.heard) <= MOST_SIDE_BY_SIDE else ()
    if draws.given:
        voices = ()  # records leave draws of what all said; one partner's own would be others
    fitting, settled = _fitting(draws)
    settings = 1 + bool(np.any(fund > 0)) + len(voices) + len(fitting) + 1
    runner = replace(runner, progress=_by_setting(progress, settings))

    present = runner.run(PRESENT, draws.points, money=True)
    after = None
    if np.any(fund > 0):
        without = tuple({**point, "fund": 0.0} for point in draws.points)
        after = after_money(present, runner.run(UNFUNDED, without), fund)
    by_partner = []
    for place, voice in enumerate(voices, 1):
        own = replace(draws, answers=answers.alone(voice))
        alone = replace(runner, draws=own).run(f"partner-{place}", own.points, money=True)
        by_partner.append((voice, forecast_of(alone)))
    tried = []
    for change, points in fitting:
        setting = runner.run(change.id, points, change.text, money="fund" in change.set)
        tried.append(tried_of((change,), setting, present, len(fitting)))
    tried.sort(key=lambda t: -t.effect.value)
    best = tuple(t.changes[0] for t in best_of(tuple(tried)))
    together = None
    if len(best) > 1:
        paid = any("fund" in change.set for change in best)
        setting = runner.run(TOGETHER, draws.changed(best), money=paid)
        together = tried_of(best, setting, present)
    return Assessment(
        draws,
        runner.replicates,
        present,
        forecast_of(present),
        after,
        tuple(shares_of(present.means, groups_of(draws))),
        tuple(_disputes(draws, present)),
        tuple(by_partner),
        tuple(tried),
        tuple(settled),
        together,
    )


def _fitting(draws: Draws) -> tuple[list[tuple[Change, tuple[Point, ...]]], list[Change]]:
    """Return the changes that alter the draws, with the draws as they are then, and the others."""
    fitting, settled = [], []
    for change in questionnaire().changes:
        points = draws.changed(change)
        moved = np.mean([new != old for new, old in zip(points, draws.points, strict=True)])
        if moved >= OFTEN_ENOUGH:
            fitting.append((change, points))
        else:
            settled.append(change)
    return fitting, settled


def _by_setting(progress: Progress | None, settings: int) -> Callable[[], Progress | None]:
    """Return what makes, for each setting in turn, a teller of how far all of them are."""
    places = itertools.count()

    def following() -> Progress | None:
        place = next(places)
        if progress is None:
            return None
        return lambda done, total: progress(place * total + done, settings * total)

    return following


def tried_of(
    changes: tuple[Change, ...], setting: Setting, present: Setting, among: int = 1
) -> Tried:
    """Return what changes do, draw by draw, against the present state.

    ``among`` says how many were tried at once: the more, the surer one has to be (Bonferroni).
    All are ranked by the gain of the area over the same money: some change who is a member.
    """
    more = setting.area_means - present.area_means
    return Tried(
        changes,
        setting,
        statistics.mean(more),
        statistics.share((more > 0.0).astype(float)),
        statistics.mean(setting.hours - present.hours),
        statistics.mean(setting.bought - present.bought),
        lower_end(more, 1.0 - (1.0 - LEVEL) / among) > 0.0,
    )


def lower_end(values: np.ndarray[Any, np.dtype[np.float64]], level: float) -> float:
    """Return the lower end of Student's t interval of a mean at a level."""
    spread = float(np.std(values, ddof=1)) / math.sqrt(len(values))
    half = float(statistics.t_quantile(0.5 + level / 2, len(values) - 1)) * spread
    return float(np.mean(values)) - half


def groups_of(draws: Draws) -> dict[str, list[np.ndarray[Any, Any]]]:
    """Return what varies between draws, by question, or by parameter where none is about it."""
    owners = questionnaire().owners
    found: dict[str, list[np.ndarray[Any, Any]]] = {}
    for key in draws.points[0]:
        column = values_of(draws.points, key, None)
        if len(np.unique(column)) > 1:
            found.setdefault(owners.get(key, key), []).append(column)
    return found


def _disputes(draws: Draws, present: Setting) -> list[Share]:
    """Return what disagreement is worth, by question, and in all where there are several."""
    groups = {}
    for question in draws.answers.disputed:
        given = np.array(list(draws.answers.given(question).values()))
        groups[question] = [given[draws.picks[question]]]
    if len(groups) > 1:
        groups[DISAGREEMENT] = [one for (one,) in list(groups.values())]
    return shares_of(present.means, groups)


def topic_of(name: str) -> str:
    """Return what a share is about, to follow "nobody knows": a question's topic or a help text."""
    questions = questionnaire().questions
    if name in questions:
        return questions[name].topic
    first = BY_NAME[name].help.split(". ")[0].rstrip(".")
    return first[:1].lower() + first[1:]
