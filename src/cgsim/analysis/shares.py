"""What the doubt comes from: shares of a variance, from draws that are there anyway.

The share of a group of inputs is the part of the variance that goes when they are known: the first
order index, estimated by regression on given data (Storlie and Helton 2008). Inputs with few
values enter one by one, others as polynomials of the third degree. The estimate is corrected for
what chance alone would explain, so a group that explains nothing comes out at about 0, above or
below it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cgsim.statistics import BOOTSTRAP_SEED, LEVEL, Estimate, normal_quantile

RESAMPLES = 300
DEGREE = 3
FEW = 4
FEWEST_DRAWS = 50


class Share(NamedTuple):
    """What one group of inputs accounts for, of the variance between draws."""

    name: str
    estimate: Estimate


def shares_of(values: NDArray[np.float64], groups: Mapping[str, list[NDArray[Any]]]) -> list[Share]:
    """Return the share of the variance of ``values`` (D,) of each group, the largest first.

    ``groups`` holds one or more inputs (D,) under each name. Inputs that never vary explain
    nothing and are left out, and so are draws without a value. Intervals: 95 %, from the spread of
    bootstrap samples.
    """
    known = np.isfinite(values)
    values = values[known]
    groups = {name: [given[known] for given in inputs] for name, inputs in groups.items()}

    rng = np.random.default_rng(BOOTSTRAP_SEED)
    picks = rng.integers(0, len(values), (RESAMPLES, len(values)))
    z = normal_quantile(0.5 + LEVEL / 2)
    found = []
    for name, inputs in groups.items():
        columns = [part for given in inputs for part in _columns(np.asarray(given))]
        if not columns or float(np.ptp(values)) == 0.0:
            continue
        terms = np.column_stack(columns)
        share = _explained(terms, values)
        half = z * float(np.std([_explained(terms[p], values[p]) for p in picks], ddof=1))
        found.append(Share(name, Estimate(share, share - half, share + half, len(values))))
    return sorted(found, key=lambda s: -s.estimate.value)


def _columns(given: NDArray[Any]) -> list[NDArray[np.float64]]:
    levels, places = np.unique(given, return_inverse=True)
    if len(levels) <= FEW:
        return [(places == level).astype(np.float64) for level in range(1, len(levels))]
    numbers = given.astype(np.float64)
    scaled = 2.0 * (numbers - numbers.min()) / np.ptp(numbers) - 1.0
    return list(np.polynomial.legendre.legvander(scaled, DEGREE).T[1:])


def _explained(terms: NDArray[np.float64], values: NDArray[np.float64]) -> float:
    """Return the adjusted share of the variance that a linear model with these terms explains."""
    count = len(values)
    model = np.column_stack([np.ones(count), terms])
    solved, _, rank, _ = np.linalg.lstsq(model, values, rcond=None)
    total = float(np.sum((values - values.mean()) ** 2))
    freedom = count - int(rank)
    if total == 0.0 or freedom < 1:
        return 0.0
    left = float(np.sum((values - model @ solved) ** 2))
    return 1.0 - (left / freedom) / (total / (count - 1))
