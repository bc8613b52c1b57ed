"""Draws of what nobody knows: every uncertain input anew, a few runs each, in the three arms.

They come from the priors, or from what a partnership's records leave possible.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cgsim.answer.doubt import Drawn
from cgsim.engine.run import ARMS, Progress, Runs, simulate
from cgsim.experiment.design import (
    OWN_LUCK_STEP,
    Experiment,
    Maker,
    Point,
    prior_factors,
    uncertain_in,
)
from cgsim.experiment.posterior import Posterior
from cgsim.measures import COLUMN, MEASURES, Arms, measure_chunk
from cgsim.scenario.model import Scenario

DRAWS, RUNS_EACH = 60, 8
KEPT = ("gain", "gain_over_equal_money", "area_gain_over_equal_money")


def draws_of(scenarios: Sequence[Scenario], draws: int, seed: int) -> tuple[Point, ...]:
    """Return values of every uncertain input that none of the scenarios settles, or knows.

    Each is uniform over its prior range; the draws are those that ``cgsim advise`` makes. Draw d of
    an input is the same whatever else is drawn.
    """
    return Experiment(
        scenarios={s.name: s for s in scenarios[:1]},
        design="priors",
        factors=prior_factors(scenarios=scenarios),
        draws=draws,
        seed=seed,
    ).points


def drawn_many(
    scenarios: Sequence[Scenario],
    seed: int,
    *,
    draws: int = DRAWS,
    runs_each: int = RUNS_EACH,
    given: Posterior | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> list[Drawn]:
    """Live the same draws of what nobody knows, with the same luck, for every scenario.

    A draw has luck of its own. The draws are those that are ``given``, so many of them at most, or
    else from the priors. What a scenario settles or knows is not drawn for it, and is for
    the others: so each comes to the same, by itself or beside others. Raises ``ScenarioError``
    where a draw does not fit a scenario.
    """
    if given is None:
        drawn = [draws_of([scenario], draws, seed) for scenario in scenarios]
    else:
        drawn = [given.some(draws)] * len(scenarios)
    draws = len(drawn[0])
    lived = []
    for scenario, points in zip(scenarios, drawn, strict=True):
        maker = Maker({scenario.name: scenario})
        lived += [maker.scenario(point) for point in points]
    each = np.repeat(np.arange(len(lived)), runs_each)
    number = np.tile(np.arange(runs_each), len(lived)) + each % draws * OWN_LUCK_STEP
    costs = np.array([s.values["hour_cost"] for s in lived])
    columns = [COLUMN[name] for name in KEPT]

    def reduce(runs: Runs) -> NDArray[np.float64]:
        measured = np.zeros((len(runs.points), len(MEASURES)))
        measure_chunk(runs.chunk, runs.points, Arms(0, 1, 2), costs, measured)
        return measured[:, columns]

    kept = np.zeros((len(each), len(KEPT)))
    for places, part in simulate(
        lived, each, number, seed, reduce, arms=ARMS, workers=workers, progress=progress
    ):
        kept[places] = part
    means = kept.reshape(len(scenarios), draws, runs_each, len(KEPT)).mean(axis=2)
    basis = None if given is None else given.basis
    return [
        Drawn(table[:, 0], table[:, 1], table[:, 2], _inputs(points), runs_each, basis)
        for table, points in zip(means, drawn, strict=True)
    ]


def _inputs(points: Sequence[Point]) -> dict[str, NDArray[np.float64]]:
    """Return the drawn values of what nobody knows, by key; a table may hold other columns too."""
    keys = uncertain_in(points[0])
    return {key: np.array([float(point[key]) for point in points]) for key in keys}
