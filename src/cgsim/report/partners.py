"""Each named partner's own gain: need met, weighted by its goals, against working alone."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cgsim import statistics
from cgsim.engine.run import ARMS, Progress, Runs, simulate
from cgsim.measures import LEAST_GAIN, MEMBERS
from cgsim.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

MOST_PARTNERS = 40


def partners_of(scenario: Scenario) -> list[int]:
    """Return the numbers of the agencies that a scenario names as members, from 0.

    Others are drawn anew in every replicate, so that a mean over replicates says nothing of them.
    """
    named = {number for p in scenario.partnerships for number in p.members}
    if any(p.recruit == "all" for p in scenario.partnerships):
        named.update(range(len(scenario.agencies)))
    return sorted(named)[:MOST_PARTNERS]


def own_gains(
    scenario: Scenario,
    replicates: int,
    seed: int,
    *,
    workers: int | None = None,
    progress: Progress | None = None,
) -> NDArray[np.float64]:
    """Return each named partner's own gain in each replicate, (R, partners), as a share.

    As the measure ``better_off`` counts it: need met of each objective, weighted by the partner's
    goals, from the month in which the first partnership begins; 0 where none begins.
    """
    partners = partners_of(scenario)
    gains = np.zeros((replicates, len(partners)))

    def reduce(runs: Runs) -> NDArray[np.float64]:
        chunk = runs.chunk
        alive = (chunk.board[:, 0, :, :, MEMBERS] > 0.0).any(axis=2)  # (R, T)
        begun = np.maximum.accumulate(alive, axis=1)
        met = np.einsum("rt,ratk->rak", begun, chunk.met_by_objective[:, :2])
        valued = np.einsum("rnk,rak->ran", chunk.world.goal[:, partners], met)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(valued[:, 1] > 0.0, valued[:, 0] / valued[:, 1] - 1.0, 0.0)

    places = np.arange(replicates)
    for where, part in simulate(
        [scenario],
        np.zeros(replicates, np.int64),
        places,
        seed,
        reduce,
        arms=ARMS[:2],
        workers=workers,
        progress=progress,
    ):
        gains[where] = part
    return gains


def partners_table(scenario: Scenario, gains: NDArray[np.float64]) -> pd.DataFrame:
    """Return a row a named partner: its mean own gain with interval, and how often it loses."""
    import pandas as pd

    rows = []
    for place, number in enumerate(partners_of(scenario)):
        gain = statistics.mean(gains[:, place])
        loses = statistics.share((gains[:, place] < -LEAST_GAIN).astype(np.float64))
        rows.append(
            {
                "label": scenario.agency_names[number],
                "estimate": gain.value,
                "low": gain.low,
                "high": gain.high,
                "loses": loses.value if loses.count else math.nan,
                "loses_low": loses.low,
                "loses_high": loses.high,
                "replicates": gain.count,
            }
        )
    return pd.DataFrame(rows)
