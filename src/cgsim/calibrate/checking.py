"""Two checks of every calibration: can the model make such records, and are its answers honest?

The first lays the records beside the model's own lives, all kinds together and each kind given the
others. The second takes lives of the bank that nothing was learned from, pretends that their
records are real, and counts how often the answers hold the truth (simulation-based calibration,
Talts and others 2018).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cgsim import statistics
from cgsim.calibrate.learning import Learned, crps, r2, ranks
from cgsim.statistics import Estimate

Values = NDArray[np.float64]

FARTHEST = 0.99
"""Records are refused that are farther off than so many of the model's own lives."""
LEVELS = (0.5, 0.8, 0.95)
FAILS = 0.01
"""Coverage fails its check where honest answers would be so far off in so few cases, over all
levels together."""
BINS = 10
_RIDGE = 1e-3
_LEAST_SPREAD = 1e-3
_TAIL, _TAIL_NORMAL = 0.95, 1.645
"""Where the spread of a side is read off, and how far that lies out for normal values."""


@dataclass(frozen=True)
class Distance:
    """How far off records are, as shares of the model's own lives that are nearer."""

    whole: float  #: all kinds together
    kinds: Mapping[str, float]  #: each kind, given all others
    worst: float  #: the farthest of these, against each life's own farthest

    @property
    def too_far(self) -> bool:
        """Whether the model makes such records so seldom that nothing can be learned from them."""
        return self.worst > FARTHEST


class Likeness:
    """The model's own records, as a yardstick of others: Mahalanobis distances of normal scores."""

    def __init__(self, records: Values, kinds: Sequence[str]) -> None:
        """Learn from recorded lives (L, F); ``kinds`` says of which kind each column is."""
        self.sorted = np.sort(records, axis=0)
        middle = np.median(records, axis=0)
        tails = np.quantile(records, [1 - _TAIL, _TAIL], axis=0)
        self.spread = np.maximum(np.abs(tails - middle) / _TAIL_NORMAL, _LEAST_SPREAD)
        z = self._normal(records)
        covariance = np.atleast_2d(np.cov(z.T)) + _RIDGE * np.eye(z.shape[1])
        self.precision = np.linalg.inv(covariance)
        self.columns = {
            kind: np.flatnonzero([k == kind for k in kinds]) for kind in dict.fromkeys(kinds)
        }
        own = self._distances(z)
        self.own = np.sort(own, axis=0)
        self.own_worst = np.sort(self._shares(own).max(axis=1))

    def _normal(self, records: Values) -> Values:
        """Return records (R, F) as normal scores among the own ones, column by column.

        A few lives that fall apart would else make anything seem usual. What lies beyond all own
        ones goes on from the last of them, in the spread of its side.
        """
        from scipy.special import ndtri

        count = len(self.sorted)
        made = np.empty(records.shape)
        for place in range(records.shape[1]):
            own, values = self.sorted[:, place], records[:, place]
            below = np.searchsorted(own, values, side="left")
            up_to = np.searchsorted(own, values, side="right")
            under = np.maximum(0.0, own[0] - values) / self.spread[0, place]
            over = np.maximum(0.0, values - own[-1]) / self.spread[1, place]
            share = (0.5 * (below + up_to) + 0.5) / (count + 1.0)
            made[:, place] = ndtri(share) + over - under
        return made

    def _distances(self, z: Values) -> Values:
        """Return squared distances (R, 1 + kinds): of all, and of each kind given the others.

        For normal values the latter would be the exact conditional distance; here each is only
        compared with the same of the model's own lives.
        """
        turned = z @ self.precision
        found = [(turned * z).sum(axis=1)]
        for columns in self.columns.values():
            block = self.precision[np.ix_(columns, columns)]
            mine = turned[:, columns]
            found.append((mine * np.linalg.solve(block, mine.T).T).sum(axis=1))
        return np.column_stack(found)

    def _shares(self, distances: Values) -> Values:
        """Return the share of own lives that are nearer, column by column."""
        count = len(self.own)
        return np.column_stack(
            [
                np.searchsorted(self.own[:, place], distances[:, place], side="left") / count
                for place in range(self.own.shape[1])
            ]
        )

    def of(self, record: Values) -> Distance:
        """Return how far off one record (F,) is."""
        distances = self._distances(self._normal(record[None]))
        shares = self._shares(distances)[0]
        # A record beyond every life is farther than those that are merely the farthest.
        beyond = bool((distances[0] > self.own[-1]).any())
        nearer = np.searchsorted(self.own_worst, shares.max(), side="left") / len(self.own_worst)
        return Distance(
            float(shares[0]),
            dict(zip(self.columns, map(float, shares[1:]), strict=True)),
            1.0 if beyond else float(nearer),
        )


@dataclass(frozen=True)
class Coverage:
    """How often intervals held the truth."""

    level: float
    held: float
    low: float  #: 95 % interval of ``held``, Wilson's
    high: float
    chance: float  #: how often honest intervals would be so far off, or farther


@dataclass(frozen=True)
class Checked:
    """What came of pretending that lives of the bank were real."""

    lives: int
    coverage: tuple[Coverage, ...]  #: of the forecast
    uniform: float  #: chance of ranks so uneven if they are uniform (chi-squared, ten bins)
    score: float  #: CRPS of the forecast with records, mean
    score_prior: float  #: without
    score_copying: float  #: of the gain so far, copied: which nobody can see
    ratio: Estimate  #: of the first to the second, paired by life
    r2: Mapping[str, float]  #: by unknown
    contraction: Mapping[str, float]  #: by unknown: mean share by which the variance shrinks
    uneven: tuple[str, ...]  #: unknowns whose ranks are not uniform

    @property
    def honest(self) -> bool:
        """Whether the forecast's coverage stands its check."""
        return all(c.chance >= FAILS / len(self.coverage) for c in self.coverage)

    @property
    def sharper(self) -> bool:
        """Whether the forecast with records is beyond doubt better than without."""
        return self.ratio.high < 1.0


def check(
    learned: Learned,
    records: Values,
    gain: Values,
    so_far: Values,
    unknowns: Mapping[str, Values],
    held_out: NDArray[np.int64],
) -> Checked:
    """Pretend that the lives ``held_out`` were real; nothing was learned from them."""
    used = np.flatnonzero(learned.fold >= 0)
    kept = learned.nearest(records[held_out])
    samples, truths = gain[kept], gain[held_out]
    with_them = np.array([crps(s, t) for s, t in zip(samples, truths, strict=True)])
    prior = np.sort(gain[used])
    without = np.array([crps(prior, t) for t in truths])
    where = ranks(list(samples), truths)
    found, spread_out = {}, {}
    uneven = []
    for name, values in unknowns.items():
        drawn, true = values[kept], values[held_out]
        found[name] = float(r2(true, drawn.mean(axis=1)))
        total = values[used].var()
        spread_out[name] = 1.0 - float(drawn.var(axis=1).mean() / total) if total > 0 else 0.0
        if uniformity(ranks(list(drawn), true)) < 0.01:
            uneven.append(name)
    return Checked(
        lives=len(held_out),
        coverage=tuple(coverage_of(where, level) for level in LEVELS),
        uniform=uniformity(where),
        score=float(with_them.mean()),
        score_prior=float(without.mean()),
        score_copying=float(np.abs(so_far[held_out] - truths).mean()),
        ratio=ratio_of(with_them, without),
        r2=found,
        contraction=spread_out,
        uneven=tuple(uneven),
    )


def coverage_of(where: Values, level: float) -> Coverage:
    """Return how often central intervals held the truth, from its ranks (R,)."""
    from scipy import stats

    inside = np.abs(where - 0.5) <= level / 2.0
    share = statistics.share(inside.astype(np.float64))
    chance = stats.binomtest(int(inside.sum()), len(inside), level).pvalue
    return Coverage(level, share.value, share.low, share.high, float(chance))


def uniformity(where: Values) -> float:
    """Return the chance of ranks so uneven, were they uniform."""
    from scipy import stats

    counts = np.histogram(where, bins=BINS, range=(0.0, 1.0))[0]
    return float(stats.chisquare(counts).pvalue)


def ratio_of(above: Values, below: Values) -> Estimate:
    """Return the ratio of two means over the same lives, with its 95 % interval (delta method)."""
    ratio = above.mean() / below.mean()
    off = statistics.mean((above - ratio * below) / below.mean())
    half = 0.5 * (off.high - off.low)
    return Estimate(float(ratio), float(ratio - half), float(ratio + half), len(above))
