"""What a page is given as data: scenarios, what stands in Python's tables, and their answers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from cgsim.answer import names
from cgsim.answer.catalogue import word
from cgsim.answer.doubt import Drawn
from cgsim.answer.lived import Lived
from cgsim.answer.record import plain
from cgsim.compiler import words_for
from cgsim.engine.run import Progress
from cgsim.experiment.design import uncertain_in
from cgsim.experiment.doubt import DRAWS
from cgsim.experiment.posterior import Posterior
from cgsim.page.game import played
from cgsim.page.lessons import library_lessons
from cgsim.page.questions import asked
from cgsim.page.tables import tables
from cgsim.page.ties import ties_of
from cgsim.running.sources import RunSource, run_scenario
from cgsim.scenario import load
from cgsim.scenario.errors import Fault, ScenarioError
from cgsim.scenario.library import names as library_names
from cgsim.scenario.model import Scenario

RUNS = 500
MOST_RUNS = 1000
"""So many runs a page lives of what a reader changes, also where more are reported."""
DOTS = 20
START = "room=start"


def answered(
    scenarios: Sequence[Scenario],
    seed: int,
    runs: int = RUNS,
    given: Posterior | None = None,
    progress: Progress | None = None,
) -> list[RunSource]:
    """Return scenarios' results with all that a page says of them.

    ``given`` are draws that take the place of those from the priors; ``progress`` is told after
    each scenario how many are done. Raises ``ScenarioError`` for several areas.
    """
    refuse_areas(scenarios)
    made = []
    for scenario in scenarios:
        source = run_scenario(scenario, runs, seed, (), months=False, example=None, given=given)
        made.append(source)
        if progress is not None:
            progress(len(made), len(scenarios))
    return made


def refuse_areas(scenarios: Sequence[Scenario]) -> None:
    """Raise ``ScenarioError`` for scenarios of several areas: no picture of a page shows them."""
    for scenario in scenarios:
        if scenario.values["areas"] > 1:
            message = f"got {scenario.values['areas']:.0f}; allowed 1 on a page, whose pictures "
            message += (
                f"show one area (leave this scenario out here; cgsim run {scenario.name} lives it)"
            )
            raise ScenarioError([Fault(scenario.name, None, "world.areas", message)])


def contents(
    sources: Sequence[RunSource],
    opens: str = "",
    lessons: dict[str, Any] | None = None,
    answers: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Return all that a page on some results of one seed knows, as JSON can hold it.

    Draws that were given in the place of those from the priors, to all of them the same, travel in
    the page. ``opens`` is the address at which somebody is who brings none; ``lessons`` as
    `lessons_for` gives them, those of the library if they are not given; ``answers`` as
    `questions.given` gives them.
    """
    first, given = sources[0].results, sources[0].given
    return {
        "lessons": library_lessons() if lessons is None else lessons,
        "assess": {**asked(), "given": answers},
        "game": played(),
        "opens": opens,
        "seed": first.seed,
        "runs": min(first.count, MOST_RUNS),
        "lists": tables(),
        "cases": [_case(source) for source in sources],
        **({} if given is None else {"posterior": _posterior(given)}),
    }


def _posterior(given: Posterior) -> dict[str, Any]:
    """Return as many of the draws as are lived, what they rest on, and what the command says."""
    known = uncertain_in(given.points[0])
    strange = [key for key in given.points[0] if key not in known]
    if strange:
        message = "got a draw of it; on a page allowed what has an uncertain range"
        raise ScenarioError([Fault(given.where, None, strange[0], message)])
    return {
        "basis": given.basis,
        "folder": Path(given.where).name,
        "points": [dict(point) for point in given.some(DRAWS)],
    }


def _case(source: RunSource) -> dict[str, Any]:
    """Return one scenario, and what came of it, to be shown before anything is lived."""
    scenario = source.results.scenario
    library = library_names()
    case: dict[str, Any] = {
        "name": scenario.name,
        "title": names.title(scenario),
        "tables": scenario.to_dict(),
        "library": scenario.name in library and scenario == load(scenario.name),
        "shipped": scenario.name in library,
        "told": _told(source),
        "notes": notes(source),
        "commands": list(source.origin.commands),
        "facts": dict(source.origin.facts) if source.origin.commands else {},
    }
    return {**case, **ties_of(scenario)}


def notes(source: RunSource) -> list[str]:
    """Return what has to be said of these results before anybody moves a lever."""
    told = list(source.caveats)
    changed = words_for(source.results.changed_rules)
    if changed:
        told.append(f"{changed} {word('live_notes.rules')}")
    if source.results.lived is None:
        told.append(word("live_notes.anew"))
    if source.results.count > MOST_RUNS:
        told.append(word("live_notes.fewer", runs=MOST_RUNS))
    return told


def _told(source: RunSource) -> dict[str, Any]:
    """Return the answer as Python makes it, and what the first screen draws besides."""
    results, answer = source.results, source.answer
    gains = results.column(answer.measure)
    gains = gains[~np.isnan(gains)]
    shares = (np.arange(DOTS) + 0.5) / DOTS
    begins, ended = (None, None) if results.lived is None else _turns(results.lived)
    return {
        "answer": answer.to_dict(),
        "dots": [float(q) for q in np.quantile(gains, shares)] if len(gains) else [],
        "begins": begins,
        "ended": ended,
        "drawn": _lines(source.drawn),
    }


def _turns(lived: Lived) -> tuple[int | None, int | None]:
    """Return the month in which most runs have begun, and that in which most have ended."""
    months = lived.base.shape[1]
    began = np.sort(lived.start[lived.start < months])
    ended = (lived.start < months) & (lived.end < months)
    most = int(ended.sum()) * 2 > len(ended)
    return (
        int(began[(len(began) - 1) // 2]) if len(began) else None,
        int(np.sort(lived.end)[(len(ended) - 1) // 2]) if most else None,
    )


def _lines(drawn: Drawn | None) -> dict[str, Any] | None:
    """Return the gains of draws; their inputs the page draws by itself."""
    if drawn is None:
        return None
    return {name: plain(getattr(drawn, name).tolist()) for name in ("gain", "over_money", "area")}
