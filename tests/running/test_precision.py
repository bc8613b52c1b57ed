"""Enough replicates, and no more than that; intervals that hold what they say they hold."""

import json
import math
from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy import stats
from sim_tools.output_analysis import ReplicationsAlgorithm

from cgsim import statistics
from cgsim.analysis import summary
from cgsim.analysis.summary import Moments
from cgsim.cli.batches import print_batch
from cgsim.experiment.design import Precision
from cgsim.experiment.precision import STEP, Reached, enough, half_widths, look_ahead, next_count
from cgsim.running.batch import run_experiment
from small_batches import precise_experiment, small_experiment

# ---- the rule -------------------------------------------------------------------------------


class Published(ReplicationsAlgorithm):
    """The rule as others wrote it, without a later step that looks but five replicates ahead."""

    def find_position(self, lst):
        return None


class Series:
    """A model that was run already."""

    def __init__(self, values):
        self.values = values

    def single_run(self, replication_number):
        return {"value": self.values[replication_number]}


def normal(chance):
    return chance.normal(10.0, 3.0, 1000)


def lognormal(chance):
    return chance.lognormal(1.0, 0.6, 1000)


@pytest.mark.parametrize("draw", [normal, lognormal])
@pytest.mark.parametrize("share", [0.2, 0.1, 0.05])
def test_enough_is_what_the_published_rule_says(draw, share):
    found = []
    for seed in range(12):
        values = draw(np.random.default_rng(seed))
        rule = Published(half_width_precision=share, replication_budget=900)
        theirs = rule.select(Series(values), ["value"])[0]["value"]
        ours = enough(values, share, relative=True).replicates
        # Beyond 100 theirs looks a little further: 5 % of the replicates by then, not at first.
        means, widths = half_widths(values)
        further = range(ours + look_ahead(ours) + 1, ours + look_ahead(ours + look_ahead(ours)) + 1)
        if all(widths[n - 1] <= share * means[n - 1] for n in further):
            assert ours == theirs
            found.append(theirs)
    assert len(found) >= 11
    assert len(set(found)) > 5  # the rule has something to decide
    assert max(found) > (100 if share == 0.05 else 10)


def test_a_narrow_start_that_widens_again_is_not_enough():
    values = np.array([1.0, 1.0, 1.0, 1.0, 9.0] + [1.0, 9.0] * 2000)
    early = enough(values[:8], 0.1)
    assert early.replicates is None
    later = enough(values, 0.2)
    assert later.replicates is not None
    assert later.replicates > 1000
    _, widths = half_widths(values)
    ahead = look_ahead(later.replicates)
    assert np.all(widths[later.replicates - 1 : later.replicates + ahead] <= 0.2)
    assert widths[later.replicates - 2] > 0.2


def test_half_widths_are_those_of_every_beginning():
    values = np.random.default_rng(4).normal(1e6, 1.0, 60)
    means, widths = half_widths(values)
    assert np.isinf(widths[0])
    for count in range(2, 61):
        some = values[:count]
        expected = stats.t.interval(0.95, count - 1, some.mean(), stats.sem(some))
        assert means[count - 1] == pytest.approx(some.mean(), abs=1e-9)
        assert widths[count - 1] == pytest.approx((expected[1] - expected[0]) / 2, rel=1e-6)


@given(
    st.integers(2, 10**6),
    st.floats(1e-6, 1e6) | st.just(float("inf")) | st.just(float("nan")),
    st.integers(0, 10**6),
)
def test_the_next_count_is_more_at_most_twice_as_many_and_within_the_budget(count, width, more):
    budget = count + 1 + more
    following = next_count(Reached(None, 0.0, width, count), 0.01, count, budget)
    assert count < following <= budget
    assert following <= 2 * count + STEP
    assert following % STEP == 0 or following == budget


# ---- batches with a precision ---------------------------------------------------------------


@pytest.fixture(scope="module")
def precise(tmp_path_factory):
    return run_experiment(precise_experiment(), tmp_path_factory.mktemp("precise") / "batch")


def test_replicates_are_added_until_the_precision_is_reached(precise, tmp_path):
    told = pd.read_csv(precise.folder / "precision.csv")
    assert precise.manifest["points_without_precision"] == 0
    assert told["reached"].all()
    assert (told["half_width"] <= 0.002).all()
    assert told["replicates"].nunique() == 2  # each point has what it needs
    assert (told["replicates"] < 2000).all()
    assert (told["replicates"] >= told["enough"] + told["enough"].map(look_ahead)).all()
    counts = precise.runs(["gain"]).groupby("point")["gain"].count()
    assert list(counts) == list(told["replicates"])
    # The same as if all replicates had been there from the beginning.
    factors, budget = precise_experiment().factors, 600
    full = run_experiment(small_experiment(factors=factors, replicates=budget), tmp_path)
    for row in told.itertuples():
        assert enough(full.matrix("gain")[row.point], 0.002).replicates == row.enough


def test_the_summary_and_the_convergence_end_where_the_precision_was_reached(precise):
    told = pd.read_csv(precise.folder / "precision.csv").set_index("point")
    gain = precise.summary[precise.summary["measure"] == "gain"].set_index("point")
    np.testing.assert_allclose(gain["estimate"], told["mean"], rtol=1e-9)
    np.testing.assert_allclose((gain["high"] - gain["low"]) / 2, told["half_width"], rtol=1e-9)
    assert list(gain["replicates"]) == list(told["replicates"])
    steps = pd.read_csv(precise.folder / "convergence.csv")
    last = steps.groupby("point").last()
    assert list(last["replicates"]) == list(told["replicates"])
    np.testing.assert_allclose(last["half_width"], told["half_width"], rtol=1e-9)
    assert steps.groupby("point")["replicates"].is_monotonic_increasing.all()


def test_a_budget_that_does_not_do_is_said_honestly(tmp_path, capsys):
    experiment = small_experiment(
        factors=precise_experiment().factors,
        replicates=64,
        precision=Precision("gain", 0.0025, 150),
    )
    done = run_experiment(experiment, tmp_path)
    told = pd.read_csv(tmp_path / "precision.csv")
    assert list(told["reached"]) == [True, False]
    assert list(told["replicates"]) == [128, 150]
    assert told["enough"].isna().tolist() == [False, True]
    assert told["half_width"][1] > 0.0025
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    assert manifest["points_without_precision"] == 1
    assert manifest["complete"]
    print_batch(done)
    text = " ".join(capsys.readouterr().out.split())
    assert "was reached at 1 of 2 points; at 1 it was not, within 150 runs." in text


def test_a_budget_below_the_first_round_is_kept_to(tmp_path):
    experiment = precise_experiment()
    small = small_experiment(
        factors=experiment.factors, replicates=64, precision=Precision("gain", 1e-6, 10)
    )
    done = run_experiment(small, tmp_path)
    assert done.manifest["runs"] == 20
    assert done.manifest["points_without_precision"] == 2


# ---- intervals ------------------------------------------------------------------------------

TRIALS = 2000


def held(intervals, truth):
    return np.mean([low <= truth <= high for low, high in intervals])


@pytest.mark.parametrize("count", [5, 40])
def test_nineteen_intervals_of_a_mean_in_twenty_hold_it(count):
    chance = np.random.default_rng(11)
    found = [statistics.mean(chance.normal(0.1, 0.3, count)) for _ in range(TRIALS)]
    assert held([(e.low, e.high) for e in found], 0.1) == pytest.approx(0.95, abs=0.02)


@pytest.mark.parametrize("count", [5, 12, 40, 300])
@pytest.mark.parametrize(
    ("draw", "truth"),
    [
        (lambda chance, count: chance.normal(0.1, 0.3, count), 0.3),
        (lambda chance, count: chance.uniform(0.0, 1.0, count), math.sqrt(1 / 12)),
        (lambda chance, count: chance.standard_t(6, count), math.sqrt(6 / 4)),
    ],
    ids=["normal", "short tails", "long tails"],
)
def test_intervals_of_a_spread_hold_it_even_from_few_values(draw, truth, count):
    chance = np.random.default_rng(14)
    found = [statistics.spread(draw(chance, count)) for _ in range(TRIALS)]
    assert held([(e.low, e.high) for e in found], truth) >= 0.90
    if count >= 12:
        assert held([(e.low, e.high) for e in found], truth) <= 0.98


def test_an_interval_that_too_few_values_cannot_give_is_not_known():
    values = np.array([0.01, 0.05, 0.02, 0.04, 0.03, 0.07])
    for few in range(2, len(values)):
        estimate = statistics.spread(values[:few])
        assert estimate.value == pytest.approx(np.std(values[:few], ddof=1))
        assert math.isnan(estimate.low) == math.isnan(estimate.high) == (few < 5)
        for estimate in (
            statistics.median(values[:few]),
            statistics.ratio(values[:few], 1 + values[:few]),
        ):
            assert math.isnan(estimate.low)
            assert math.isnan(estimate.high)
    assert statistics.median(values).low < 0.035 < statistics.median(values).high
    assert statistics.spread(np.full(9, 0.1)) == statistics.Estimate(0.0, 0.0, 0.0, 9)


@pytest.mark.parametrize(("truth", "count"), [(0.5, 40), (0.2, 100), (0.05, 200)])
def test_nineteen_intervals_of_a_share_in_twenty_hold_it(truth, count):
    @cache
    def interval(hits):
        return statistics.share(np.arange(count) < hits)

    hits = np.random.default_rng(12).binomial(count, truth, TRIALS)
    found = [interval(int(h)) for h in hits]
    assert held([(e.low, e.high) for e in found], truth) == pytest.approx(0.95, abs=0.02)


def test_intervals_where_the_rule_stops_hold_the_mean_nearly_as_often():
    chance = np.random.default_rng(13)
    intervals = []
    for _ in range(TRIALS):
        values = chance.normal(1.0, 0.5, 400)
        stopped = enough(values, 0.07).replicates
        kept = values[: stopped + look_ahead(stopped)]
        estimate = statistics.mean(kept)
        intervals.append((estimate.low, estimate.high))
    assert 0.92 <= held(intervals, 1.0) <= 0.97


def test_intervals_of_many_at_once_are_those_of_one():
    hits = np.array([0, 1, 3, 20, 39, 40, 0, 1], float)
    counts = np.array([40, 40, 40, 40, 40, 40, 1, 1], float)
    low, high = statistics.wilson_interval(hits, counts)
    for place, (hit, count) in enumerate(zip(hits, counts, strict=True)):
        one = statistics.share((np.arange(int(count)) < hit).astype(float))
        assert low[place] == pytest.approx(one.low, abs=1e-12)
        assert high[place] == pytest.approx(one.high, abs=1e-12)
    low, high = statistics.wilson_interval(np.zeros(1), np.zeros(1))
    assert np.isnan(low).all()
    assert np.isnan(high).all()


def test_intervals_from_moments_are_those_of_the_values():
    values = np.random.default_rng(14).gamma(2.0, 3.0, (25, 3))
    values[5:, 1] = np.nan
    values[1:, 2] = np.nan
    moments = Moments(3)
    moments.add(values)
    moments.close()
    low, high = statistics.mean_interval(moments.count, moments.mean, moments.squares)
    for column in range(3):
        one = statistics.mean(values[:, column])
        assert moments.count[column] == one.count
        assert moments.mean[column] == pytest.approx(one.value, rel=1e-12)
        assert low[column] == pytest.approx(one.low, rel=1e-12, nan_ok=True)
        assert high[column] == pytest.approx(one.high, rel=1e-12, nan_ok=True)


NUMBERS = st.floats(-1e6, 1e6, width=32) | st.just(float("nan"))


@given(
    arrays.arrays(np.float64, st.tuples(st.integers(0, 60), st.integers(1, 4)), elements=NUMBERS),
    st.lists(st.integers(0, 60), max_size=5),
    st.sampled_from([0.0, 1e9]),
)
def test_moments_are_those_of_numpy_and_do_not_show_how_rows_came(values, cuts, offset):
    values = values + offset
    rows, columns = values.shape
    before = summary.BLOCK
    summary.BLOCK = 8
    try:
        bits, whole = Moments(columns), Moments(columns)
        for part in np.split(values, sorted(cut for cut in cuts if cut <= rows)):
            bits.add(part)
        bits.close()
        whole.add(values)
        whole.close()
    finally:
        summary.BLOCK = before
    for one, other in zip(vars(bits).values(), vars(whole).values(), strict=True):
        assert one.tobytes() == other.tobytes()
    for column in range(columns):
        kept = values[~np.isnan(values[:, column]), column]
        assert whole.count[column] == len(kept)
        if len(kept):
            spread = np.ptp(kept)
            assert whole.mean[column] == pytest.approx(kept.mean(), rel=1e-12, abs=1e-6)
            expected = np.sum((kept - kept.mean()) ** 2)
            assert whole.squares[column] == pytest.approx(
                expected, rel=1e-6, abs=1e-5 * (1 + spread)
            )
