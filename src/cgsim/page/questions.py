"""The questions of a self-assessment as the page is given them, and what it judges answers by."""

from __future__ import annotations

from typing import Any

from cgsim.analysis.shares import DEGREE, FEW, RESAMPLES
from cgsim.assess.answers import TITLE
from cgsim.assess.assessment import (
    BEST,
    DRAWS,
    MOST_SIDE_BY_SIDE,
    OFTEN_ENOUGH,
    RANKED_BY,
    topic_of,
)
from cgsim.assess.draws import Draws, Start
from cgsim.assess.forecast import AFTER
from cgsim.assess.questions import Step, questionnaire
from cgsim.assess.words import ENDED, FRACTIONS, ROUNDING, STANDS_OUT, TIES_NAMED, TOP
from cgsim.experiment.design import Factor, key_word
from cgsim.measures import CLEAR_LOSS
from cgsim.page.ties import ties_of
from cgsim.scenario import load
from cgsim.scenario.model import Scenario
from cgsim.tables import worked_out

PAGE_REPLICATES = 4
"""Runs of each draw where a page is not told how many: a first forecast within seconds."""


@worked_out
def asked() -> dict[str, Any]:
    """Return the questions, the changes that are tried, and the numbers they are judged by."""
    found = questionnaire()
    return {
        "questions": [
            {
                "id": q.id,
                "theme": q.theme,
                "text": q.text,
                "why": q.why,
                "source": q.source,
                "topic": q.topic,
                "answers": [
                    {
                        "id": a.id,
                        "text": a.text,
                        "leaves": {key: _factor(f) for key, f in a.leaves.items()},
                    }
                    for a in q.answers.values()
                ],
            }
            for q in found.questions.values()
        ],
        "changes": [
            {
                "id": change.id,
                "kind": change.kind,
                "text": change.text,
                "assumed": change.assumed,
                "set": {key: _step(step) for key, step in change.set.items()},
            }
            for change in found.changes
        ],
        "wide": {key: _factor(factor) for key, factor in found.wide.items()},
        "owners": found.owners,
        "topics": {key: topic_of(key) for key in found.wide if key not in found.owners},
        "words": {
            key: key_word(key)
            for key in (*found.wide, *(f"voice of {question}" for question in found.questions))
        },
        "settings": {
            "title": TITLE,
            "draws": DRAWS,
            "page_replicates": PAGE_REPLICATES,
            "best": BEST,
            "often_enough": OFTEN_ENOUGH,
            "most_side_by_side": MOST_SIDE_BY_SIDE,
            "after": AFTER,
            "clear_loss": CLEAR_LOSS,
            "ranked_by": RANKED_BY,
            "resamples": RESAMPLES,
            "few": FEW,
            "degree": DEGREE,
            "top": TOP,
            "stands_out": STANDS_OUT,
            "ended": list(ENDED),
            "fractions": list(FRACTIONS),
            "ties_named": TIES_NAMED,
            "rounding": ROUNDING,
        },
        "base": _base(load("baseline")),
    }


def given(drawn: Draws, replicates: int) -> dict[str, Any]:
    """Return answers that a page has inside, with how they were drawn."""
    kept = {"rows": list(drawn.rows), "seed": drawn.drawn_with, "basis": dict(drawn.given)}
    return {
        "title": drawn.answers.title,
        "voices": [
            {"partner": v.partner, "answers": dict(v.answers)} for v in drawn.answers.voices
        ],
        "scenario": drawn.start.scenario.name if drawn.start.own else "",
        "draws": drawn.count,
        "replicates": replicates,
        "seed": drawn.seed,
        "kept": kept if drawn.rows else None,
    }


def _base(scenario: Scenario) -> dict[str, Any]:
    Start(scenario, own=False)  # the questions are about one partnership
    case = {"name": scenario.name, "title": scenario.title, "tables": scenario.to_dict()}
    return {**case, **ties_of(scenario)}


def _factor(factor: Factor) -> dict[str, Any]:
    if factor.values:
        return {"key": factor.key, "values": list(factor.values)}
    return {"key": factor.key, "low": factor.low, "high": factor.high, "times": factor.times}


def _step(step: Step) -> dict[str, Any]:
    return step.model_dump(exclude_none=True)
