"""Learning from records: summaries learned on the bank, and the lives that come nearest.

Regressions on the recorded lives learn what records say about each unknown and about the gain
ahead: a gradient-boosted one of trees for the gain and for how far it is off, a small network for
all unknowns at once. Every life's summary comes from regressions that have not seen it
(cross-fitting), so it is as blurred as that of the real records. The lives with the nearest
summaries are kept as they were lived; nothing is adjusted afterwards, since that made intervals
that were sharp and false (docs/decisions/0010).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cgsim.engine.run import cores
from cgsim.statistics import BOOTSTRAP_SEED

Values = NDArray[np.float64]

FOLDS = 2
KEPT = 0.01
FEWEST_KEPT = 100
FEWEST_LIVES = 1500
"""Fewer lives that lasted as long as the partnership teach too little."""
LEARNT = 0.25
"""An unknown counts for a distance, and can be learnt, where records explain so much of it."""
GOAL_WEIGHT = 4.0
"""The forecast is what calibration is for: its summaries weigh so much beside the unknowns'."""
SCALE = 0.02
"""Gains are looked at as asinh(gain / SCALE), or a few very large ones would be all that counts."""
LEAST_OFF = 0.05
OFF_SPREAD = 1.0
"""The logarithm of how far off a regression is scatters by about so much."""


def squeezed(gain: Values) -> Values:
    """Return gains on the scale that they are learned on."""
    return np.asarray(np.arcsinh(gain / SCALE))


@dataclass(frozen=True)
class Standard:
    """Centre and spread of columns."""

    centre: Values
    spread: Values

    @staticmethod
    def of(values: Values) -> Standard:
        """Return the standard of columns (L, F); what never varies has a spread of 1."""
        spread = values.std(axis=0)
        return Standard(values.mean(axis=0), np.where(spread > 1e-9, spread, 1.0))

    def __call__(self, values: Values) -> Values:
        """Return values in standard deviations from the centre."""
        return np.asarray((values - self.centre) / self.spread)


@dataclass
class Learned:
    """Summaries of every life, and the regressions that make them of other records."""

    names: tuple[str, ...]  #: the unknowns
    features: Standard
    fits: list[tuple[Any, Any, Any]]  #: by fold: of the gain, of how far it is off, of all unknowns
    fold: NDArray[np.int64]  #: (L,) the fold that a life is in; -1 for lives that were held out
    summary: Values  #: (L, S) of lives not held out, by fits that have not seen them
    scale: Values  #: (S,) what a summary is divided by for a distance

    def of(self, records: Values) -> list[Values]:
        """Return the summaries of other records (R, F), by fold, (R, S) each."""
        x = self.features(records)
        return [_summary(fit, x) for fit in self.fits]

    def nearest(self, records: Values, share: float = KEPT) -> NDArray[np.int64]:
        """Return the nearest lives of each of some records (R, F), as places, (R, kept).

        Each fold's lives are compared through the regressions that have not seen them, and as many
        are taken of each.
        """
        from sklearn.neighbors import NearestNeighbors

        found = []
        for number, summary in enumerate(self.of(records)):
            mine = np.flatnonzero(self.fold == number)
            count = max(FEWEST_KEPT // FOLDS, round(share * len(mine)))
            trees = NearestNeighbors(n_neighbors=min(count, len(mine)))
            trees.fit(self.summary[mine] / self.scale)
            found.append(mine[trees.kneighbors(summary / self.scale, return_distance=False)])
        return np.concatenate(found, axis=1)


def _summary(fit: tuple[Any, Any, Any], x: Values) -> Values:
    gain, off, all_of_them = fit
    unknowns = all_of_them.predict(x)
    goal = 0.5 * (gain.predict(x) + unknowns[:, 0])
    return np.column_stack([goal, off.predict(x), unknowns[:, 1:]])


def trees(seed: int, quick: bool = False) -> Any:
    """Return a boosted regression of trees, not fitted yet; ``quick`` takes longer steps."""
    from sklearn.ensemble import HistGradientBoostingRegressor

    return HistGradientBoostingRegressor(
        max_iter=60 if quick else 300,
        learning_rate=0.15 if quick else 0.05,
        max_leaf_nodes=12,
        min_samples_leaf=40,
        max_features=0.5,
        l2_regularization=1.0,
        early_stopping=True,
        random_state=seed,
    )


def _network(seed: int) -> Any:
    from sklearn.neural_network import MLPRegressor

    return MLPRegressor(
        hidden_layer_sizes=(64, 64),
        early_stopping=True,
        max_iter=40,
        batch_size=512,
        alpha=1e-3,
        random_state=seed,
    )


def learn(
    records: Values,
    gain: Values,
    unknowns: Mapping[str, Values],
    held_out: NDArray[np.int64],
    seed: int,
    jobs: int | None = None,
    aside: Collection[str] = (),
) -> Learned:
    """Learn summaries from recorded lives (L, F), their gain ahead (L,) and unknowns (L,) each.

    Lives that are ``held_out`` take no part. Unknowns ``aside`` do not count for a distance.
    """
    import warnings

    from sklearn.exceptions import ConvergenceWarning
    from threadpoolctl import threadpool_limits

    names = tuple(unknowns)
    used = np.ones(len(records), bool)
    used[held_out] = False
    features = Standard.of(records[used])
    x = features(records)
    goal = squeezed(gain)
    goal = goal / goal[used].std()
    targets = np.column_stack([goal, *(unknowns[name] for name in names)])
    targets = Standard.of(targets[used])(targets)
    targets[:, 0] = goal
    fold = np.full(len(records), -1)
    fold[used] = np.arange(int(used.sum())) % FOLDS
    summary = np.zeros((len(records), 2 + len(names)))
    folds = range(FOLDS)

    def expected(number: int) -> tuple[Any, Any, Values]:
        """Fit a fold's regressions on the other lives, and say how far off they are on its own."""
        others, mine = used & (fold != number), fold == number
        network = _network(seed).fit(x[others], targets[others])
        mean = trees(seed).fit(x[others], goal[others])
        missed = 0.5 * (mean.predict(x[mine]) + network.predict(x[mine])[:, 0]) - goal[mine]
        return mean, network, np.log(np.abs(missed) + LEAST_OFF)

    def spread(number: int) -> Any:
        """Learn how far off a fold is from another's lives, so that it has not seen its own."""
        other = number - 1 if number else FOLDS - 1
        return trees(seed).fit(x[fold == other], means[other][2])

    # One core a fit, and the folds side by side: their own threads wait for each other too long.
    with (
        threadpool_limits(1),
        warnings.catch_warnings(),
        ThreadPoolExecutor(min(FOLDS, jobs or cores())) as pool,
    ):
        warnings.simplefilter("ignore", ConvergenceWarning)  # the network is stopped early
        means = list(pool.map(expected, folds))
        spreads = list(pool.map(spread, folds))
        done = [(means[n][0], spreads[n], means[n][1]) for n in folds]
        for number in folds:
            mine = fold == number
            summary[mine] = _summary(done[number], x[mine])
    known = summary[used]
    left = (targets[used, 1:] - known[:, 2:]).std(axis=0)
    # What records say nothing about would only blur the rest.
    counts = 1.0 - left**2 >= LEARNT
    counts &= [name not in aside for name in names]
    off_goal = (goal[used] - known[:, 0]).std() / GOAL_WEIGHT
    off_spread = OFF_SPREAD / GOAL_WEIGHT
    unknown = np.where(counts, np.maximum(left, 0.1), np.inf)
    scale = np.concatenate([[max(off_goal, 1e-6), off_spread], unknown])
    return Learned(names, features, done, fold, summary, scale)


def r2(truth: Values, said: Values) -> Values:
    """Return the share of the variance that is explained, by column; 0 where nothing varies."""
    total = truth.var(axis=0)
    left = np.square(truth - said).mean(axis=0)
    return np.asarray(1.0 - np.divide(left, total, out=np.ones_like(left), where=total > 0.0))


def crps(sample: Values, truth: float) -> float:
    """Return the continuous ranked probability score of a sample: 0 is perfect, in its unit.

    Mean distance to the truth less half the mean distance of two of the sample (Gneiting & Raftery
    2007), which is fair to a sample of any size.
    """
    ordered = np.sort(sample)
    count = len(ordered)
    places = 2.0 * np.arange(1, count + 1) - count - 1.0
    apart = float((places * ordered).sum()) / (count * max(1, count - 1))
    return float(np.abs(ordered - truth).mean()) - apart


def ranks(samples: Sequence[Values], truths: Values) -> Values:
    """Return the share of each sample that lies below its truth, (R,).

    The truth's place among equal values is drawn, always alike: of whole numbers the ranks would
    else crowd in the middle.
    """
    share = np.random.default_rng(BOOTSTRAP_SEED).random(len(truths))
    return np.array(
        [
            float((s < t).mean() + u * (s == t).mean())
            for s, t, u in zip(samples, truths, share, strict=True)
        ]
    )
