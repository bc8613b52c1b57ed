"""Estimates with 95 % intervals: t for means, Wilson for shares, Bonett for spreads.

Medians and ratios have bootstrap intervals. Every run of the command line needs these, so they do
without ``scipy.stats``, which takes half a second to load; tests compare them with it.
"""

from __future__ import annotations

import math
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from threading import Thread

import numpy as np
from numpy.typing import NDArray

LEVEL = 0.95
RESAMPLES = 1999
RESAMPLED_AT_ONCE = 4_000_000
"""Values; more would take memory and no less time."""
BOOTSTRAP_SEED = 20081001
"""Bootstrap intervals come out the same every time."""
FEWEST_RESAMPLED = 6
"""All of fewer values lie on one side of their median in more than one case in twenty, so that not
even the whole range of them is a 95 % interval."""
FEWEST_FOR_A_SPREAD = 5
"""With fewer values there is no trimmed mean for Bonett's interval."""

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Estimate:
    """An estimate, its 95 % interval, and from how many replicates. NaN where there is none."""

    value: float
    low: float
    high: float
    count: int


NOTHING = Estimate(math.nan, math.nan, math.nan, 0)


def mean(values: Values) -> Estimate:
    """Return a mean with Student's t interval; values that are not a number are left out.

    The sum is exact (``math.fsum``), so the order of replicates does not matter.
    """
    kept = values[~np.isnan(values)]
    count = len(kept)
    if count == 0:
        return NOTHING
    centre = math.fsum(kept) / count
    if count == 1:
        return Estimate(centre, math.nan, math.nan, 1)
    variance = math.fsum((kept - centre) ** 2) / (count - 1)
    half = float(t_quantile(0.5 + LEVEL / 2, count - 1)) * math.sqrt(variance / count)
    return Estimate(centre, centre - half, centre + half, count)


def difference(one: Values, other: Values) -> Estimate:
    """Return the difference of two means of which the values are not paired (Welch 1947)."""
    kept = [values[~np.isnan(values)] for values in (one, other)]
    if min(map(len, kept)) == 0:
        return NOTHING
    means = [math.fsum(values) / len(values) for values in kept]
    count = min(map(len, kept))
    if count == 1:
        return Estimate(means[0] - means[1], math.nan, math.nan, 1)
    parts = [
        math.fsum((values - centre) ** 2) / (len(values) - 1) / len(values)
        for values, centre in zip(kept, means, strict=True)
    ]
    error = sum(parts)
    half = 0.0
    if error > 0.0:
        freedom = error**2 / sum(
            part**2 / (len(values) - 1) for part, values in zip(parts, kept, strict=True)
        )
        half = float(t_quantile(0.5 + LEVEL / 2, freedom)) * math.sqrt(error)
    centre = means[0] - means[1]
    return Estimate(centre, centre - half, centre + half, count)


def share(flags: Values) -> Estimate:
    """Return a share of replicates with Wilson's interval (Wilson 1927)."""
    kept = flags[~np.isnan(flags)]
    count = len(kept)
    if count == 0:
        return NOTHING
    hits = int(np.count_nonzero(kept))
    low, high = wilson_interval(np.array(float(hits)), np.array(float(count)))
    return Estimate(hits / count, float(low), float(high), count)


def paired_chance(gained: int, lost: int) -> float:
    """Return how often luck alone would part two shares of the same cases at least as far.

    ``gained`` cases count in the first share alone, ``lost`` ones in the second alone; the exact
    binomial test of both sides (McNemar 1947).
    """
    apart = gained + lost
    ways = sum(math.comb(apart, one) for one in range(min(gained, lost) + 1))
    return min(1.0, 2.0 * ways / 2**apart)


def median(values: Values) -> Estimate:
    """Return a median with a percentile bootstrap interval; not known for very few values."""
    kept = values[~np.isnan(values)]
    return _bootstrap((kept,), _median)


def ratio(above: Values, below: Values) -> Estimate:
    """Return the ratio of two means over the same replicates, with a percentile bootstrap.

    The interval is not known with fewer than ``FEWEST_RESAMPLED`` replicates, nor where so many
    have 0 in ``below`` that a resample is of nothing else.
    """
    kept = ~(np.isnan(above) | np.isnan(below))
    if not np.any(below[kept] != 0.0):
        return NOTHING
    return _bootstrap((above[kept], below[kept]), _ratio)


def spread(values: Values) -> Estimate:
    """Return a standard deviation with Bonett's interval (Bonett 2006).

    It allows for tails longer or shorter than those of a normal distribution, and unlike a
    bootstrap it is not too short where there are few values. With fewer than
    ``FEWEST_FOR_A_SPREAD`` the interval is not known.
    """
    kept = values[~np.isnan(values)]
    count = len(kept)
    if count < 2:
        return NOTHING
    squares = math.fsum((kept - math.fsum(kept) / count) ** 2)
    deviation = math.sqrt(squares / (count - 1))
    if count < FEWEST_FOR_A_SPREAD:
        return Estimate(deviation, math.nan, math.nan, count)
    if np.all(kept == kept[0]):
        return Estimate(0.0, 0.0, 0.0, count)
    z = normal_quantile(0.5 + LEVEL / 2)
    cut = int(0.5 / math.sqrt(count - 4) * count)
    centre = float(np.mean(np.sort(kept)[cut : count - cut]))
    kurtosis = count * math.fsum((kept - centre) ** 4) / squares**2
    small = count / (count - z)
    error = small * math.sqrt((kurtosis - (count - 3) / count) / (count - 1))
    middle = deviation * math.sqrt(small)
    low, high = middle * math.exp(-z * error / 2), middle * math.exp(z * error / 2)
    return Estimate(deviation, low, high, count)


def _median(values: Values, axis: int = -1) -> Values:
    return np.asarray(np.median(values, axis=axis))


def _ratio(above: Values, below: Values, axis: int = -1) -> Values:
    over, under = np.sum(above, axis=axis), np.sum(below, axis=axis)
    return np.divide(over, under, out=np.full(np.shape(over), np.nan), where=under != 0.0)


def _bootstrap(samples: tuple[Values, ...], statistic) -> Estimate:  # type: ignore[no-untyped-def]
    count = len(samples[0])
    if count == 0:
        return NOTHING
    value = float(statistic(*samples))
    if count < FEWEST_RESAMPLED:
        return Estimate(value, math.nan, math.nan, count)
    rng = np.random.default_rng(BOOTSTRAP_SEED)
    at_once = max(1, RESAMPLED_AT_ONCE // count)
    found = []
    for start in range(0, RESAMPLES, at_once):
        drawn = rng.integers(0, count, (min(at_once, RESAMPLES - start), count))
        found.append(statistic(*(sample[drawn] for sample in samples)))
    low, high = np.quantile(np.concatenate(found), (0.5 - LEVEL / 2, 0.5 + LEVEL / 2))
    return Estimate(value, float(low), float(high), count)


def load_ahead() -> None:
    """Load what quantiles need in a thread of its own, while something else is worked out.

    SciPy's special functions take a fifth of a second to load, and only the end needs them. Where
    it cannot be done now, who needs them loads them, and tells why it cannot.
    """

    def load() -> None:
        with suppress(Exception):
            import_module("scipy.special")

    with suppress(RuntimeError):  # no memory for a thread
        Thread(target=load, name="cgsim loads").start()


def t_quantile(share: float, freedom: Values | float) -> Values:
    """Return what Student's t with so many degrees of freedom stays below in a share of cases."""
    from scipy import special

    return np.asarray(special.stdtrit(freedom, share))


def normal_quantile(share: float) -> float:
    """Return what a standard normal deviate stays below in a share of cases."""
    from scipy import special

    return float(special.ndtri(share))


def ranks(values: Values) -> Values:
    """Return each value's rank from 1; equal values share the mean of their ranks."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts - 1) / 2)[place]


def mean_interval(count: Values, mean: Values, squares: Values) -> tuple[Values, Values]:
    """Return both ends of Student's t interval for means of which the moments are known.

    ``squares`` is the sum of squares about the mean. NaN where there are fewer than two values.
    """
    freedom = np.maximum(count - 1, 1)
    deviation = np.sqrt(np.maximum(squares, 0.0) / freedom)
    half = t_quantile(0.5 + LEVEL / 2, freedom) * deviation / np.sqrt(np.maximum(count, 1))
    half = np.where(count > 1, half, np.nan)
    return mean - half, mean + half


def wilson_interval(hits: Values, count: Values) -> tuple[Values, Values]:
    """Return both ends of Wilson's interval for shares (Wilson 1927), many at once."""
    z = normal_quantile(0.5 + LEVEL / 2)
    trials = np.where(count > 0, count, np.nan)
    share_hit = np.round(hits) / trials
    centre = share_hit + z**2 / (2 * trials)
    spread_about = z * np.sqrt(share_hit * (1 - share_hit) / trials + z**2 / (4 * trials**2))
    low = (centre - spread_about) / (1 + z**2 / trials)
    high = (centre + spread_about) / (1 + z**2 / trials)
    # Rounding alone may put an end a hair inside a share of exactly 0 or 1.
    return np.minimum(np.maximum(low, 0.0), share_hit), np.maximum(np.minimum(high, 1.0), share_hit)
