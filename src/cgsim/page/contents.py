"""What a page is given as data: scenarios, what stands in Python's tables, and first answers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from cgsim.answer import names
from cgsim.answer.build import measure_of
from cgsim.experiment.doubt import DRAWS
from cgsim.experiment.posterior import Posterior
from cgsim.experiment.results import Results, run_many
from cgsim.page.lessons import library_lessons
from cgsim.page.questions import asked
from cgsim.page.tables import tables
from cgsim.page.ties import ties_of
from cgsim.scenario import load
from cgsim.scenario.errors import Fault, ScenarioError
from cgsim.scenario.library import names as library_names
from cgsim.scenario.model import Scenario
from cgsim.scenario.parameters import BY_NAME

RUNS = 500
DOTS = 20
START = "room=start"


def contents(
    scenarios: Sequence[Scenario],
    seed: int,
    runs: int = RUNS,
    given: Posterior | None = None,
    opens: str = START,
    lessons: dict[str, Any] | None = None,
    answers: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Return all that a page with these scenarios knows, as JSON can hold it.

    ``given`` are draws that take the place of those from the priors; they travel in the page.
    ``opens`` is the address at which somebody is who brings none; ``lessons`` as `lessons_for`
    gives them, those of the library if they are not given; ``answers`` as `questions.given` gives
    them.
    """
    results = run_many(scenarios, runs, seed)
    return {
        "lessons": library_lessons() if lessons is None else lessons,
        "assess": {**asked(), "given": answers},
        "opens": opens,
        "seed": seed,
        "runs": runs,
        "lists": tables(),
        "cases": [_case(r) for r in results],
        **({} if given is None else {"posterior": _posterior(given)}),
    }


def _posterior(given: Posterior) -> dict[str, Any]:
    """Return as many of the draws as are lived, what they rest on, and what the command says."""
    strange = [key for key in given.points[0] if key not in BY_NAME or not BY_NAME[key].prior]
    if strange:
        message = "got a draw of it; on a page allowed what has an uncertain range"
        raise ScenarioError([Fault(given.where, None, strange[0], message)])
    return {
        "basis": given.basis,
        "folder": Path(given.where).name,
        "points": [dict(point) for point in given.some(DRAWS)],
    }


def _case(results: Results) -> dict[str, Any]:
    """Return one scenario, with an answer that can be shown before anything is computed."""
    scenario = results.scenario
    library = library_names()
    answer = results.answer()
    gains = results.column(measure_of(results))
    shares = (np.arange(DOTS) + 0.5) / DOTS
    case: dict[str, Any] = {
        "name": scenario.name,
        "title": names.title(scenario),
        "tables": scenario.to_dict(),
        "library": scenario.name in library and scenario == load(scenario.name),
        "ready": {
            "text": answer.text,
            "value": float(np.nanmean(gains)),
            "dots": [float(q) for q in np.nanquantile(gains, shares)],
        },
    }
    return {**case, **ties_of(scenario)}
