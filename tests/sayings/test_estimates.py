"""Estimates and their 95 % intervals: against SciPy's own tests, or worked out by hand."""

import math

import numpy as np
import pytest
from scipy import stats

from cgsim import statistics
from cgsim.statistics import NOTHING, Estimate

NAN = math.nan
FEW = np.array([1.0, 2.0, 4.0, 9.0])
MANY = np.array([0.3, -1.2, 2.5, 0.1, 7.9, 1.1, -0.4, 3.3, 0.8, 1.7])
OTHERS = np.array([1.3, 0.2, 2.4, 5.1, 0.9, 1.0, 2.4, 0.7, 6.8, 1.5])


def ends(estimate):
    return estimate.low, estimate.high


def with_gaps(values):
    return np.concatenate([[NAN], values, [NAN]])


def nothing(estimate):
    return estimate.count == 0 and all(map(math.isnan, (estimate.value, *ends(estimate))))


def test_where_there_is_nothing_nothing_is_known():
    assert nothing(NOTHING)
    none = np.array([NAN, NAN])
    for of in (statistics.mean, statistics.share, statistics.median, statistics.spread):
        assert nothing(of(none)), of
        assert nothing(of(np.array([]))), of
    for first, second in ((none, FEW), (FEW, none)):
        assert nothing(statistics.difference(first, second))
    assert nothing(statistics.ratio(none, FEW[:2]))
    assert nothing(statistics.ratio(FEW, np.zeros(4)))


@pytest.mark.parametrize("values", [FEW, MANY, MANY[:2]])
def test_a_mean_has_students_interval(values):
    found = statistics.mean(with_gaps(values))
    assert found.value == pytest.approx(np.mean(values))
    assert found.count == len(values)
    assert ends(found) == pytest.approx(stats.ttest_1samp(values, 0.0).confidence_interval(0.95))


def test_a_mean_of_one_has_no_interval():
    found = statistics.mean(np.array([3.0, NAN]))
    assert (found.value, found.count) == (3.0, 1)
    assert all(map(math.isnan, ends(found)))


def test_a_difference_of_means_has_welchs_interval():
    found = statistics.difference(with_gaps(MANY), with_gaps(FEW))
    assert found.value == pytest.approx(MANY.mean() - FEW.mean())
    assert found.count == 4
    tested = stats.ttest_ind(MANY, FEW, equal_var=False)
    assert ends(found) == pytest.approx(tested.confidence_interval(0.95))


def test_a_difference_of_what_never_varies_is_exact():
    found = statistics.difference(np.full(3, 5.0), np.full(4, 2.0))
    assert found == Estimate(3.0, 3.0, 3.0, 3)


def test_a_difference_with_small_variances_has_its_interval():
    small = statistics.difference(MANY * 1e-3, FEW * 1e-3)
    assert small.high - small.low == pytest.approx(
        1e-3 * (lambda e: e.high - e.low)(statistics.difference(MANY, FEW))
    )


def test_a_difference_from_one_value_has_no_interval():
    for one, other, by in ((FEW, FEW[:1], 3.0), (FEW[:1], FEW, -3.0)):
        found = statistics.difference(one, other)
        assert (found.value, found.count) == (by, 1)
        assert all(map(math.isnan, ends(found)))


@pytest.mark.parametrize(("hits", "count"), [(0, 7), (3, 7), (7, 7), (1, 1), (0, 1), (40, 400)])
def test_a_share_has_wilsons_interval(hits, count):
    found = statistics.share(with_gaps(np.arange(count) < hits))
    assert (found.value, found.count) == (hits / count, count)
    z, p, n = 1.959963984540054, hits / count, count
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    assert ends(found) == pytest.approx((middle - half, middle + half), abs=1e-12)
    assert found.low <= found.value <= found.high


def test_many_shares_at_once_have_the_interval_that_scipy_gives_for_each():
    pairs = [(h, n) for n in (1, 2, 5, 30, 49) for h in range(n + 1)]
    hits, counts = np.array(pairs, float).T
    low, high = statistics.wilson_interval(hits, counts)
    assert ((low >= 0) & (low <= hits / counts) & (hits / counts <= high) & (high <= 1)).all()
    for place, (h, n) in enumerate(pairs):
        theirs = stats.binomtest(h, n).proportion_ci(0.95, method="wilson")
        assert (low[place], high[place]) == pytest.approx(tuple(theirs), abs=1e-12)
        assert (low[place], high[place]) == ends(statistics.share(np.arange(n) < h))
    assert low[hits == 0].tolist() == [0.0] * 5
    assert high[hits == counts].tolist() == [1.0] * 5
    shares_of_none = statistics.wilson_interval(np.array([0.0]), np.array([0.0]))
    assert np.isnan(shares_of_none).all()
    nearly = statistics.wilson_interval(np.array([2.9999999]), np.array([7.0]))
    assert np.ravel(nearly) == pytest.approx(ends(statistics.share(np.arange(7) < 3)))


def test_a_median_has_a_bootstrap_interval_that_is_the_same_every_time():
    found = statistics.median(with_gaps(MANY))
    assert found.value == np.median(MANY)
    assert found.count == 10
    assert found == statistics.median(MANY)
    chance = np.random.default_rng(20081001)
    drawn = MANY[chance.integers(0, 10, (1999, 10))]
    assert ends(found) == pytest.approx(np.percentile(np.median(drawn, axis=1), [2.5, 97.5]))


def test_bootstrap_intervals_are_scipys():
    def theirs(samples, statistic):
        found = stats.bootstrap(
            samples,
            statistic,
            paired=len(samples) > 1,
            vectorized=True,
            n_resamples=1999,
            batch=700,
            method="percentile",
            rng=np.random.default_rng(20081001),
        ).confidence_interval
        return pytest.approx((found.low, found.high), rel=1e-13)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(statistics, "RESAMPLED_AT_ONCE", 7000)  # in three parts
        median, ratio = statistics.median(MANY), statistics.ratio(MANY, OTHERS)
    assert ends(median) == theirs((MANY,), np.median)
    assert ends(ratio) == theirs((MANY, OTHERS), lambda a, b, axis: a.sum(axis) / b.sum(axis))


def test_equal_values_share_their_ranks():
    for values in (MANY, np.round(MANY), np.ones(4), np.array([2.0])):
        assert np.array_equal(statistics.ranks(values), stats.rankdata(values))


def test_a_ratio_of_means_is_resampled_pair_by_pair():
    gap = np.array([NAN, 1.0])
    found = statistics.ratio(np.concatenate([MANY, gap]), np.concatenate([OTHERS, gap[::-1]]))
    assert found.value == pytest.approx(MANY.sum() / OTHERS.sum())
    assert found.count == 10
    chance = np.random.default_rng(20081001)
    drawn = chance.integers(0, 10, (1999, 10))
    many = MANY[drawn].sum(axis=1) / OTHERS[drawn].sum(axis=1)
    assert ends(found) == pytest.approx(np.percentile(many, [2.5, 97.5]))
    # What is below may be 0, or 1, in some of them.
    assert statistics.ratio(FEW, np.array([0.0, 0.0, 0.0, 1.0])).value == 16.0
    assert statistics.ratio(FEW, np.ones(4)).value == 4.0
    many = [np.full(3, 7.0) for _ in range(20)]  # what is left in memory is no ratio
    del many
    assert np.isnan(statistics._ratio(np.ones((3, 2)), np.zeros((3, 2)))).all()
    # A resample of nothing but these has no ratio, so that the interval is not known.
    seldom = statistics.ratio(np.ones(12), np.append(np.zeros(11), 1.0))
    assert seldom.value == 12.0
    assert math.isnan(seldom.low)
    assert math.isnan(seldom.high)


def test_very_few_values_have_no_bootstrap_interval():
    for found in (statistics.median(MANY[:5]), statistics.ratio(MANY[:5], OTHERS[:5])):
        assert found.count == 5
        assert all(map(math.isnan, ends(found)))
        assert not math.isnan(found.value)
    assert not any(map(math.isnan, ends(statistics.median(MANY[:6]))))


def bonett(values):
    """Bonett (2006), formula 4, written anew."""
    n, z = len(values), 1.959963984540054
    trimmed = stats.trim_mean(values, 1 / (2 * math.sqrt(n - 4)))
    fourth = ((values - trimmed) ** 4).sum()
    kurtosis = n * fourth / ((values - values.mean()) ** 2).sum() ** 2
    c = n / (n - z)
    se = c * math.sqrt((kurtosis - (n - 3) / n) / (n - 1))
    log = math.log(c * values.var(ddof=1))
    return math.exp((log - z * se) / 2), math.exp((log + z * se) / 2)


@pytest.mark.parametrize("values", [MANY, MANY[:5], MANY[2:9], np.append(MANY, 80.0)])
def test_a_spread_has_bonetts_interval(values):
    found = statistics.spread(with_gaps(values))
    assert found.value == pytest.approx(values.std(ddof=1))
    assert found.count == len(values)
    assert ends(found) == pytest.approx(bonett(values))


def test_a_spread_of_few_or_of_the_same():
    assert nothing(statistics.spread(np.array([1.0, NAN])))
    few = statistics.spread(FEW)
    assert (few.value, few.count) == (pytest.approx(FEW.std(ddof=1)), 4)
    assert all(map(math.isnan, ends(few)))
    two = statistics.spread(FEW[:2])
    assert (two.value, two.count) == (pytest.approx(math.sqrt(0.5)), 2)
    assert statistics.spread(np.full(6, 0.7)) == Estimate(0.0, 0.0, 0.0, 6)


def test_means_of_which_the_moments_are_known_have_students_interval():
    lines = (MANY, OTHERS, FEW)
    count = np.array([len(line) for line in lines] + [1, 0, 2, 3], float)
    centre = np.array([line.mean() for line in lines] + [5.0, 0.0, 1.5, 1.0])
    squares = np.array([len(line) * line.var() for line in lines] + [0.0, 0.0, 0.5, -1e-18])
    low, high = statistics.mean_interval(count, centre, squares)
    for place, line in enumerate([*lines]):
        assert (low[place], high[place]) == pytest.approx(ends(statistics.mean(line)))
    assert np.isnan([low[3:5], high[3:5]]).all()
    assert (low[5], high[5]) == pytest.approx(ends(statistics.mean(np.array([1.0, 2.0]))))
    assert (low[6], high[6]) == (1.0, 1.0)  # rounding may leave a sum of squares below 0
