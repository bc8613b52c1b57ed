"""How long partnerships live: the curve of Kaplan and Meier, and the hazard by size and age.

A partnership that still lives when a run ends is censored: it would have lived longer, nobody knows
how long. Partnerships of one run share its world and luck, so they do not count as independent:
every interval is a bootstrap over runs (percentiles), not Greenwood's. Where no partnership ended,
or all did, no such interval can be had, and none is given.

Source: Kaplan & Meier 1958, Journal of the American Statistical Association 53, 457-481.
Field & Welsh 2007, Journal of the Royal Statistical Society B 69, 369-390, on resampling clusters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cgsim import statistics
from cgsim.answer.lives import COLUMN, Lives

if TYPE_CHECKING:
    import pandas as pd

RESAMPLES = 999
SIZES = ((2, 3), (4, 5), (6, 8), (9, 12), (13, 20), (21, None))
"""Groups of founding members, ends included."""
YEARS = ((0, 1), (1, 2), (2, 3), (3, 5), (5, None))
"""Groups of age in years, the second end not included."""


def ages(lives: Lives, months: int) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return how many months each partnership was seen to live, and whether it ended then, (R, B).

    One that lives in the last of so many ``months`` of a run may end with it, which is not seen: it
    counts until the month before. One that never began has -1.
    """
    begun, ended = (lives[:, :, COLUMN[name]] for name in ("begun", "ended"))
    ends = ~np.isnan(ended)
    seen = np.where(ends, ended, months - 1.0) - begun
    return np.nan_to_num(seen, nan=-1.0).astype(np.int64), ends


def _counts(
    age: NDArray[np.int64], ends: NDArray[np.bool_], kept: NDArray[np.bool_], months: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return how many ended at each age from 1, and how many could have, each (R, months)."""
    runs = len(age)
    row = np.broadcast_to(np.arange(runs)[:, None], age.shape)
    ended = np.zeros((runs, months + 1))
    last = np.zeros((runs, months + 1))
    at = kept & (age >= 0)
    np.add.at(last, (row[at], age[at]), 1.0)
    at &= ends
    np.add.at(ended, (row[at], age[at]), 1.0)
    risk = np.cumsum(last[:, ::-1], axis=1)[:, ::-1]
    return ended[:, 1:], risk[:, 1:]


def _curve(ended: NDArray[np.float64], risk: NDArray[np.float64]) -> NDArray[np.float64]:
    # Both are counts: where nobody was at risk nobody ended.
    left = 1.0 - ended / np.maximum(risk, 1.0)
    return np.asarray(np.cumprod(left, axis=-1), np.float64)


def survival(lives: Lives, months: int) -> pd.DataFrame:
    """Return the share of partnerships that still live at each age, with its 95 % interval.

    ``lives`` (R, B, 16) of runs of so many ``months``. A row a month of age up to the highest that
    was seen: ``age``, ``alive`` (a share), ``low``, ``high``, and ``at_risk``, how many were seen
    to live so long. Without a partnership that began there is no row.
    """
    import pandas as pd

    age, ends = ages(lives, months)
    ended, risk = _counts(age, ends, np.ones(age.shape, bool), months)
    seen = int(np.count_nonzero(risk.sum(axis=0)))
    ended, risk = ended[:, :seen], risk[:, :seen]
    alive = _curve(ended.sum(axis=0), risk.sum(axis=0))
    low = high = np.full(seen, np.nan)
    if len(lives) >= statistics.FEWEST_RESAMPLED and seen:
        rng = np.random.default_rng(statistics.BOOTSTRAP_SEED)
        times = rng.multinomial(len(lives), np.full(len(lives), 1 / len(lives)), RESAMPLES)
        drawn = _curve(times @ ended, times @ risk)
        tail = (1 - statistics.LEVEL) / 2
        low, high = np.quantile(drawn, [tail, 1 - tail], axis=0)
        known = (alive > 0.0) & (alive < 1.0)
        low, high = np.where(known, low, np.nan), np.where(known, high, np.nan)
    began = float(np.count_nonzero(age >= 0))
    rows = {
        "age": np.arange(seen + 1),
        "alive": np.concatenate([[1.0], alive]),
        "low": np.concatenate([[np.nan], low]),
        "high": np.concatenate([[np.nan], high]),
        "at_risk": np.concatenate([[began], risk.sum(axis=0)]).astype(np.int64),
    }
    table = pd.DataFrame(rows)
    return table if began else table.iloc[:0]


def hazards(lives: Lives, months: int) -> pd.DataFrame:
    """Return the share of partnership-months that were the last, by founding size and by age.

    A row a group: ``by`` ("founders", or "years" of age), ``first`` and ``last`` of the group (no
    number where it is open; the last year not included), ``hazard`` (a share a month) with its
    95 % interval ``low`` and ``high``, ``ends`` and ``lived``, the months that were seen.
    """
    import pandas as pd

    age, ends = ages(lives, months)
    founders = lives[:, :, COLUMN["founders"]]
    every = _counts(age, ends, np.ones(age.shape, bool), months)
    rows = []

    def tell(
        by: str, first: int, last: int | None, ended: NDArray[Any], risk: NDArray[Any]
    ) -> None:
        if risk.sum() > 0.0:
            hazard = statistics.ratio(ended.sum(axis=1), risk.sum(axis=1))
            known = 0.0 < hazard.value < 1.0
            rows.append(
                {
                    "by": by,
                    "first": first,
                    "last": last,
                    "hazard": hazard.value,
                    "low": hazard.low if known else np.nan,
                    "high": hazard.high if known else np.nan,
                    "ends": int(ended.sum()),
                    "lived": int(risk.sum()),
                }
            )

    for first, last in SIZES:
        kept = (founders >= first) & (founders <= (np.inf if last is None else last))
        tell("founders", first, last, *_counts(age, ends, kept, months))
    for first, last in YEARS:
        # Age 1 is the end of the first month: the first year is ages 1 to 12.
        span = slice(12 * first, None if last is None else 12 * last)
        tell("years", first, last, every[0][:, span], every[1][:, span])
    return pd.DataFrame(rows)
