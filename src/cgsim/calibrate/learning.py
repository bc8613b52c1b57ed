"""Learning from records: summaries learned on the bank, and the lives that come nearest.

Regressions on the recorded lives learn what records say about the gain ahead, about how likely it
is to lie below each of some borders, and about each unknown: small networks for all of these at
once, and a gradient-boosted regression of trees for the gain. Every life's summary comes from
regressions that have not seen it (cross-fitting), so it is as blurred as that of the real records.
The lives with the nearest summaries are kept as they were lived; nothing is adjusted afterwards,
since that made intervals that were sharp and false (docs/decisions/0010).
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

FOLDS = 3
NETWORKS = 2
"""So many networks a fold, from other starting weights: their mean is steadier than one."""
TREES_WEIGHT = 1.0 / 3.0
"""Of the expected gain, what the trees say of it counts so much, the networks the rest."""
KEPT = 0.005
"""The share of lives that is kept, the nearest ones (docs/decisions/0024 has other shares)."""
FEWEST_KEPT = 100
FEWEST_LIVES = 1500
"""Fewer lives that lasted as long as the partnership teach too little."""
LEARNT = 0.25
"""An unknown counts for a distance, and can be learnt, where records explain so much of it."""
GOAL_WEIGHT = 4.0
"""The forecast is what calibration is for: it weighs so much beside an unknown, and so do all its
borders together."""
SCALE = 0.02
"""Gains are looked at as asinh(gain / SCALE), or a few very large ones would be all that counts."""
BORDERS = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)
"""How likely the gain is to lie above these quantiles of all lives is learned too: lives are near
where their whole forecasts are alike, not their expected gains alone."""
ABOVE = 2.0
"""What a life counts above a border, 0 below: so the networks give borders and gain like weight."""


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
    fits: list[Fit]  #: by fold
    fold: NDArray[np.int64]  #: (L,) the fold that a life is in; -1 for lives that were held out
    summary: Values  #: (L, S) of lives not held out, by fits that have not seen them
    scale: Values  #: (S,) what a summary is divided by for a distance; without end: does not count

    def of(self, records: Values) -> list[Values]:
        """Return the summaries of other records (R, F), by fold, (R, S) each."""
        from threadpoolctl import threadpool_limits

        x = self.features(records)
        with threadpool_limits(1):
            return [_summary(fit, x) for fit in self.fits]

    def nearest(self, records: Values, share: float = KEPT) -> NDArray[np.int64]:
        """Return the nearest lives of each of some records (R, F), as places, (R, kept).

        Each fold's lives are compared through the regressions that have not seen them, and as many
        are taken of each.
        """
        from sklearn.neighbors import NearestNeighbors

        found = []
        counts = np.isfinite(self.scale)
        scale = self.scale[counts]
        for number, summary in enumerate(self.of(records)):
            mine = np.flatnonzero(self.fold == number)
            count = max(-(-FEWEST_KEPT // FOLDS), round(share * len(mine)))
            places = NearestNeighbors(n_neighbors=min(count, len(mine)))
            places.fit(self.summary[mine][:, counts] / scale)
            near = places.kneighbors(summary[:, counts] / scale, return_distance=False)
            found.append(mine[near])
        return np.concatenate(found, axis=1)


Fit = tuple[Any, tuple[Any, ...]]
"""Trees for the gain; networks for the gain, the borders and the unknowns, in this order."""


def _summary(fit: Fit, x: Values) -> Values:
    gain, networks = fit
    said = np.mean([network.predict(x) for network in networks], axis=0)
    said[:, 0] += TREES_WEIGHT * (gain.predict(x) - said[:, 0])
    return np.asarray(said)


def one_core_each(workers: int) -> ThreadPoolExecutor:
    """Return threads in which each fit keeps to one core: OpenMP's limit is every thread's own."""
    from threadpoolctl import threadpool_limits

    return ThreadPoolExecutor(workers, initializer=threadpool_limits, initargs=(1, "openmp"))


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
        n_iter_no_change=6,
        max_iter=60,
        batch_size=512,
        alpha=3.0,  # records hold little about most unknowns: weights that say much are noise
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
    above = ABOVE * (gain[:, None] > np.quantile(gain[used], BORDERS))
    others = np.column_stack([unknowns[name] for name in names])
    targets = np.column_stack([goal, above, Standard.of(others[used])(others)])
    fold = np.full(len(records), -1)
    fold[used] = np.arange(int(used.sum())) % FOLDS
    summary = np.zeros(targets.shape)

    def fitted(job: tuple[int, int | None]) -> Any:
        """Fit one regression on the lives outside a fold: a network by its number, or the trees."""
        number, network = job
        apart = used & (fold != number)
        if network is None:
            return trees(seed).fit(x[apart], goal[apart])
        return _network(seed + network).fit(x[apart], targets[apart])

    def said(number: int) -> Fit:
        """Say what a fold's regressions make of its own lives, which they have not seen."""
        fit = made[number, None], tuple(made[number, n] for n in range(NETWORKS))
        mine = fold == number
        summary[mine] = _summary(fit, x[mine])
        return fit

    # One core a fit, and fits side by side: their own threads wait for each other too long. What
    # takes longest comes first, so that no core is left waiting for the last.
    todo = [(number, n) for n in (*range(NETWORKS), None) for number in range(FOLDS)]
    with (
        threadpool_limits(1),
        warnings.catch_warnings(),
        one_core_each(min(len(todo), jobs or cores())) as pool,
    ):
        warnings.simplefilter("ignore", ConvergenceWarning)  # the network is stopped early
        made = dict(zip(todo, pool.map(fitted, todo), strict=True))
        done = list(pool.map(said, range(FOLDS)))
    left = (targets[used] - summary[used]).std(axis=0)
    off, borders, rest = np.split(left, [1, 1 + len(BORDERS)])
    # What records say nothing about would only blur the others.
    counts = 1.0 - rest**2 >= LEARNT
    counts &= [name not in aside for name in names]
    scale = np.concatenate(
        [
            np.maximum(off, 1e-6) / GOAL_WEIGHT,
            np.maximum(borders, 1e-6) * np.sqrt(len(BORDERS)) / GOAL_WEIGHT,
            np.where(counts, np.maximum(rest, 0.1), np.inf),
        ]
    )
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
    """Return the place of each truth in its sample, (R,), from 0 to 1: uniform if alike.

    Of n values and a truth, the truth's place is one of n + 1, and where in that place it lies is
    drawn, always alike, as is its place among equal values: shares of n values fall unevenly into
    bins, and of whole numbers the ranks would crowd in the middle.
    """
    share = np.random.default_rng(BOOTSTRAP_SEED).random(len(truths))
    return np.array(
        [
            float(((s < t).sum() + u * ((s == t).sum() + 1)) / (len(s) + 1))
            for s, t, u in zip(samples, truths, share, strict=True)
        ]
    )
