"""Estimates with 95 % intervals: t for means, Wilson for shares, Bonett for spreads.

Medians and ratios have bootstrap intervals.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LEVEL = 0.95
RESAMPLES = 1999
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
    from scipy import stats

    kept = values[~np.isnan(values)]
    count = len(kept)
    if count == 0:
        return NOTHING
    centre = math.fsum(kept) / count
    if count == 1:
        return Estimate(centre, math.nan, math.nan, 1)
    variance = math.fsum((kept - centre) ** 2) / (count - 1)
    half = float(stats.t.ppf(0.5 + LEVEL / 2, count - 1)) * math.sqrt(variance / count)
    return Estimate(centre, centre - half, centre + half, count)


def difference(one: Values, other: Values) -> Estimate:
    """Return the difference of two means of which the values are not paired (Welch 1947)."""
    from scipy import stats

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
        half = float(stats.t.ppf(0.5 + LEVEL / 2, freedom)) * math.sqrt(error)
    centre = means[0] - means[1]
    return Estimate(centre, centre - half, centre + half, count)


def share(flags: Values) -> Estimate:
    """Return a share of replicates with Wilson's interval (Wilson 1927)."""
    from scipy import stats

    kept = flags[~np.isnan(flags)]
    count = len(kept)
    if count == 0:
        return NOTHING
    hits = int(np.count_nonzero(kept))
    interval = stats.binomtest(hits, count).proportion_ci(LEVEL, method="wilson")
    # Rounding alone may put an end a hair inside a share of exactly 0 or 1.
    share_hit = hits / count
    return Estimate(share_hit, min(interval.low, share_hit), max(interval.high, share_hit), count)


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
    from scipy import stats

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
    z = float(stats.norm.ppf(0.5 + LEVEL / 2))
    centre = float(stats.trim_mean(kept, 0.5 / math.sqrt(count - 4)))
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
    from scipy import stats

    count = len(samples[0])
    if count == 0:
        return NOTHING
    value = float(statistic(*samples))
    if count < FEWEST_RESAMPLED:
        return Estimate(value, math.nan, math.nan, count)
    with warnings.catch_warnings():
        # It says of an interval that is not known that it is not known.
        warnings.simplefilter("ignore", stats.DegenerateDataWarning)
        result = stats.bootstrap(
            samples,
            statistic,
            paired=len(samples) > 1,
            vectorized=True,
            n_resamples=RESAMPLES,
            batch=max(1, 4_000_000 // count),
            confidence_level=LEVEL,
            method="percentile",
            rng=np.random.default_rng(BOOTSTRAP_SEED),
        )
    interval = result.confidence_interval
    return Estimate(value, float(interval.low), float(interval.high), count)


def mean_interval(count: Values, mean: Values, squares: Values) -> tuple[Values, Values]:
    """Return both ends of Student's t interval for means of which the moments are known.

    ``squares`` is the sum of squares about the mean. NaN where there are fewer than two values.
    """
    from scipy import stats

    freedom = np.maximum(count - 1, 1)
    deviation = np.sqrt(np.maximum(squares, 0.0) / freedom)
    half = stats.t.ppf(0.5 + LEVEL / 2, freedom) * deviation / np.sqrt(np.maximum(count, 1))
    half = np.where(count > 1, half, np.nan)
    return mean - half, mean + half


def wilson_interval(hits: Values, count: Values) -> tuple[Values, Values]:
    """Return both ends of Wilson's interval for shares (Wilson 1927), many at once.

    ``share`` gives the same for one; SciPy's takes a millisecond each.
    """
    from scipy import stats

    z = float(stats.norm.ppf(0.5 + LEVEL / 2))
    trials = np.where(count > 0, count, np.nan)
    share_hit = np.round(hits) / trials
    centre = share_hit + z**2 / (2 * trials)
    spread_about = z * np.sqrt(share_hit * (1 - share_hit) / trials + z**2 / (4 * trials**2))
    low = (centre - spread_about) / (1 + z**2 / trials)
    high = (centre + spread_about) / (1 + z**2 / trials)
    # Rounding alone may put an end a hair inside a share of exactly 0 or 1.
    return np.minimum(np.maximum(low, 0.0), share_hit), np.maximum(np.minimum(high, 1.0), share_hit)
