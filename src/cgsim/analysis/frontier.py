"""Where gain turns to loss, over two levers, with a band."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cgsim.answer.compare import BY_AREA
from cgsim.experiment.design import Experiment
from cgsim.scenario.errors import Fault, ScenarioError, shown
from cgsim.statistics import BOOTSTRAP_SEED, LEVEL
from cgsim.store.folder import Store
from cgsim.store.writing import write_tables

if TYPE_CHECKING:
    import pandas as pd

    from cgsim.running.batch import Batch

RESAMPLES = 1999


@dataclass(frozen=True)
class Frontier:
    """The gain over two levers, and where it is gone along the first for each value of the second.

    ``lines`` has a row a value of ``against``: ``begins`` and ``ends`` are the values of ``along``
    between which the gain is above 0, each with its 95 % interval. Minus infinity for ``begins``
    means from the lowest value on; infinity for ``ends``: up to the highest; NaN: nowhere.
    """

    along: str
    against: str
    along_values: NDArray[np.float64]
    against_values: NDArray[np.float64]
    gain: NDArray[np.float64]  #: (against, along), mean over replicates
    lines: pd.DataFrame
    replicates: int
    measure: str = BY_AREA

    def sentences(self) -> list[str]:
        """Say in words where the gain is gone, a sentence a value of the second lever."""
        from cgsim.answer.frontier import statements

        return [statement.text for statement in statements(self)]

    def record(self) -> dict[str, Any]:
        """Return all that was found, as data and in words."""
        return {
            "measure": self.measure,
            "along": self.along,
            "against": self.against,
            "replicates": self.replicates,
            "lines": self.lines.to_dict("records"),
            "words": self.sentences(),
        }


def save(found: Frontier, store: Store, experiment: Experiment) -> None:
    """Write the lines as CSV and as a workbook, and the picture, into the batch's own folder."""
    from cgsim.pictures import figures

    files = write_tables(store.folder, {"Frontier": found.lines}, "frontier.xlsx")
    width = 2.5 + 0.45 * len(found.along_values)
    figures.save_drawing(
        store.folder / "frontier.svg",
        (max(6.0, width), 1.6 + 0.55 * len(found.against_values)),
        lambda axes: figures.draw_frontier(axes, found),
        experiment.title,
        experiment.seed,
    )
    store.vouch_for([*files, "frontier.svg"])


def check(experiment: Experiment) -> None:
    """Refuse an experiment that is not a factorial of two levers with numbers."""
    factors = experiment.factors
    worded = [f for f in factors if not all(isinstance(v, (int, float)) for v in f.values)]
    count = "1 factor" if len(factors) == 1 else f"{len(factors)} factors"
    got = ""
    if experiment.design != "factorial" or len(factors) != 2:
        got = f"{count} in a {experiment.design} design"
    elif worded:
        values = ", ".join(shown(v) for v in worded[0].values)
        got = f"words and not numbers for {worded[0].key} ({values})"
    elif short := [f.key for f in factors if len(f.values) < 2]:
        got = f"one value for {short[0]}"
    elif experiment.only:
        got = "a grid with points left out"
    if got:
        message = (
            f"got {got}; allowed a factorial of two factors with numbers, at least 2 each: the "
            "first is the one that gain is lost along"
        )
        raise ScenarioError([Fault(experiment.name, None, "factors", message)])


def find_frontier(batch: Batch, measure: str = "") -> Frontier:
    """Return where a measure's mean crosses zero in a finished batch over two levers.

    Without ``measure`` it is the one that its points are ranked by.

    The band is a percentile bootstrap over replicates, which all points share: they are resampled
    together, so the comparison stays paired.
    """
    import pandas as pd

    experiment = batch.experiment
    check(experiment)
    first, second = experiment.factors
    along = np.sort(np.array(first.values, float))
    against = np.sort(np.array(second.values, float))
    places = {
        (float(p[second.key]), float(p[first.key])): number
        for number, p in enumerate(experiment.points)
    }
    order = np.array([[places[b, a] for a in along] for b in against])
    measure = measure or experiment.ranked_by
    values = batch.matrix(measure)
    values = values[:, ~np.isnan(values).any(axis=0)]
    count = values.shape[1]
    gain = values.mean(axis=1)[order]
    rng = np.random.default_rng(BOOTSTRAP_SEED)
    resampled = np.empty((RESAMPLES, *order.shape))
    for number in range(RESAMPLES):
        drawn = rng.multinomial(count, np.full(count, 1.0 / count))
        resampled[number] = (values @ drawn / count)[order]
    tail = (1 - LEVEL) / 2
    rows = []
    for place, value in enumerate(against):
        begins, ends = crossings(along, gain[place])
        many = np.array([crossings(along, row) for row in resampled[:, place]])
        row: dict[str, float] = {second.key: float(value), "begins": begins, "ends": ends}
        for column, name in enumerate(("begins", "ends")):
            low, high = _interval(many[:, column], tail) if count > 1 else (math.nan, math.nan)
            row |= {f"{name}_low": low, f"{name}_high": high}
        row["no_gain_share"] = float(np.mean(np.isnan(many[:, 1])))
        rows.append(row)
    return Frontier(first.key, second.key, along, against, gain, pd.DataFrame(rows), count, measure)


def _interval(values: NDArray[np.float64], tail: float) -> tuple[float, float]:
    """Return percentiles where "nowhere" (NaN) counts as below everything, and stays NaN."""
    ranked = np.concatenate([values[np.isnan(values)], np.sort(values[~np.isnan(values)])])
    last = len(ranked) - 1
    return float(ranked[math.floor(tail * last)]), float(ranked[math.ceil((1 - tail) * last)])


def crossings(along: NDArray[np.float64], gain: NDArray[np.float64]) -> tuple[float, float]:
    """Return between which values the gain is above zero, by straight lines between the points.

    The last fall to zero is the end; the rise before it the beginning. Infinite where the gain is
    above zero up to an end of the range; NaN where it is nowhere above zero.
    """
    above = gain > 0.0
    if not above.any():
        return math.nan, math.nan
    last = int(np.flatnonzero(above)[-1])
    first = last
    while first > 0 and above[first - 1]:
        first -= 1
    begins, ends = -math.inf, math.inf
    if last < len(along) - 1:
        ends = _zero(along, gain, last)
    if first > 0:
        begins = _zero(along, gain, first - 1)
    return begins, ends


def _zero(along: NDArray[np.float64], gain: NDArray[np.float64], left: int) -> float:
    a, b = gain[left], gain[left + 1]
    return float(along[left] + (along[left + 1] - along[left]) * a / (a - b))
