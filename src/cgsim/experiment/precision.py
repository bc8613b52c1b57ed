"""How many replicates are enough: until the interval of a mean is narrow enough, and stays so.

The sequential rule of Hoad, Robinson & Davies (2010), "Automated selection of the number of
replications for a discrete-event simulation", J. Opl Res. Soc. 61, 1632-1644: after every replicate
the half-width of the interval of the mean is looked at; once it is narrow enough, it has to stay so
for some replicates more (the look-ahead), because early variances are often too small.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cgsim.statistics import LEVEL, t_quantile

LOOK_AHEAD = 5
FEWEST = 3
STEP = 64
"""Replicates are added by multiples of this."""


@dataclass(frozen=True)
class Reached:
    """What the rule says of the replicates so far."""

    replicates: int | None  #: enough from here on, or None where the look-ahead is not through
    mean: float  #: over all replicates so far
    half_width: float  #: of the 95 % interval, over all replicates so far
    count: int


def half_widths(
    values: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the mean and the half-width of its 95 % interval after each replicate, (R,) each."""
    counts = np.arange(1, len(values) + 1)
    # Moments about the first value: differences of nearly equal numbers would lose digits.
    shifted = values - (values[0] if len(values) else 0.0)
    means = np.cumsum(shifted) / counts
    squares = np.cumsum(shifted**2) - counts * means**2
    freedom = np.maximum(counts - 1, 1)
    deviation = np.sqrt(np.maximum(squares, 0.0) / freedom)
    widths = t_quantile(0.5 + LEVEL / 2, freedom) * deviation / np.sqrt(counts)
    widths[:1] = np.inf
    return means + (values[0] if len(values) else 0.0), widths


def look_ahead(replicates: int, limit: int = LOOK_AHEAD) -> int:
    """Return for how many replicates more the half-width has to stay narrow enough."""
    return int(limit / 100 * max(replicates, 100))


def enough(
    values: NDArray[np.float64],
    half_width: float,
    *,
    relative: bool = False,
    fewest: int = FEWEST,
    limit: int = LOOK_AHEAD,
) -> Reached:
    """Apply the rule to a measure's values in the order of replicates, (R,).

    ``half_width`` is in the measure's unit, or with ``relative`` a share of the mean.
    """
    means, widths = half_widths(values)
    targets = half_width * np.abs(means) if relative else np.full(len(values), half_width)
    narrow = widths <= targets
    count = len(values)
    ends = (float(means[-1]), float(widths[-1])) if count else (np.nan, np.inf)
    # Runs of narrow intervals, each from its first replicate to its last.
    edges = np.flatnonzero(np.diff(np.concatenate([[False], narrow, [False]]).astype(np.int8)))
    for first, last in zip(edges[::2], edges[1::2] - 1, strict=True):
        start = max(int(first) + 1, fewest)
        if int(last) + 1 >= start + look_ahead(start, limit):
            return Reached(start, *ends, count)
    return Reached(None, *ends, count)


def next_count(reached: Reached, half_width: float, lived: int, budget: int) -> int:
    """Return how many replicates to have next: as many as seem to be needed, at most doubled.

    ``lived`` is how many there are, those that failed among them; more are always asked for, up to
    ``budget``.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        wanted = lived * (reached.half_width / half_width) ** 2
    if not np.isfinite(wanted):
        wanted = 2 * lived
    ahead = wanted + look_ahead(int(wanted)) + 1
    steps = -(-int(max(min(ahead, 2 * lived), lived + 1)) // STEP)
    return min(budget, steps * STEP)
