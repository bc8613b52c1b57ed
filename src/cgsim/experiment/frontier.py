"""Where gain turns to loss, over two levers, with a band."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cgsim.answer.formats import meetings_in_words
from cgsim.experiment.batch import Batch
from cgsim.experiment.design import Experiment
from cgsim.scenario.errors import Fault, ScenarioError, shown
from cgsim.scenario.parameters import BY_NAME
from cgsim.statistics import BOOTSTRAP_SEED, LEVEL

if TYPE_CHECKING:
    import pandas as pd

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

    def sentences(self) -> list[str]:
        """Say in words where the gain is gone, a sentence a value of the second lever."""
        return [self._sentence(row) for _, row in self.lines.iterrows()]

    def _sentence(self, row: Any) -> str:
        with_what = _setting(self.against, row[self.against])
        looked_at = f"any {_noun(self.along)} looked at"
        if math.isnan(row["ends"]):
            sentence = f"With {with_what} there is no gain at {looked_at}"
            if math.isnan(row["ends_high"]):
                return sentence + "."
            reach = self._until(row["ends_high"])
            return f"{sentence}; the 95 % interval allows for one that ends at {reach}."
        return f"With {with_what} {self._end(row)}.{self._beginning(row)}"

    def _until(self, value: float) -> str:
        """Write where a gain ends; infinity is beyond the highest value looked at."""
        if math.isinf(value):
            return f"more than {_amount(self.along, self.along_values[-1])}"
        return _amount(self.along, value)

    def _end(self, row: Any) -> str:
        low, high = row["ends_low"], row["ends_high"]
        highest = _amount(self.along, self.along_values[-1])
        nowhere = f"no gain at any {_noun(self.along)}"
        if math.isinf(row["ends"]):
            said = f"the mean gain is still above 0 at {highest}, the most that was looked at"
            if math.isinf(low):
                return said
            least = f"from {nowhere} up" if math.isnan(low) else f"{low:.3g} or more"
            return f"{said}; where it ends: {least} (95 % interval)"
        said = f"the gain is gone above {_amount(self.along, row['ends'])}"
        top = self._until(high) if math.isinf(high) else f"{high:.3g}"
        bottom = f"from {nowhere}" if math.isnan(low) else f"{low:.3g}"
        return f"{said} (95 % interval {bottom} to {top})"

    def _beginning(self, row: Any) -> str:
        """Say below what there is no gain yet, where the lowest values have none."""
        begins = row["begins"]
        below = self.gain[self.against_values == row[self.against]][:, self.along_values < begins]
        if math.isinf(begins) or (below > 0.0).any():
            return ""
        said = f" Below {_amount(self.along, begins)} there is none yet"
        low, high = row["begins_low"], row["begins_high"]
        if math.isnan(low) or math.isnan(high):  # that there may be none at all is said of the end
            return said + "."
        lowest = f"{self.along_values[0]:.3g}"
        bottom, top = (f"less than {lowest}" if math.isinf(v) else f"{v:.3g}" for v in (low, high))
        return f"{said} (95 % interval {bottom} to {top})."


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


def find_frontier(batch: Batch, measure: str = "gain") -> Frontier:
    """Return where a measure's mean crosses zero in a finished batch over two levers.

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
            low, high = _interval(many[:, column], tail)
            row |= {f"{name}_low": low, f"{name}_high": high}
        row["no_gain_share"] = float(np.mean(np.isnan(many[:, 1])))
        rows.append(row)
    return Frontier(first.key, second.key, along, against, gain, pd.DataFrame(rows), count)


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


def _noun(key: str) -> str:
    return {"size": "size", "meetings": "number of meetings"}.get(key, key)


def _amount(key: str, value: float) -> str:
    nouns = {
        "size": "members",
        "meetings": "meetings a month",
        "meeting_hours": "hours a meeting",
        "fund": "hours of funding a month",
    }
    text = f"{value:.3g}"
    return f"{text} {nouns[key]}" if key in nouns else f"{key} = {text}"


def _setting(key: str, value: float) -> str:
    if key == "meetings":
        return meetings_in_words(value)
    if key == "size":
        return f"{value:g} members"
    unit = BY_NAME[key].unit if key in BY_NAME else ""
    return f"{key} = {value:g}" + (f" {unit}" if unit and "share" not in unit else "")
