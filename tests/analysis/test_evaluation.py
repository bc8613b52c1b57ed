"""Methods of evaluation, held against series whose answer is known without them."""

import dataclasses
import math
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import cgsim
from cgsim.analysis.evaluation import (
    ADDED,
    METHODS,
    MODELLED,
    NEVER,
    Method,
    areas_of,
    around_start,
    begins,
    evaluate,
    evaluate_batch,
    followed,
    months_by_point,
    others_of,
    pool,
    straight_line,
    tally,
    welch,
)
from cgsim.experiment.design import Factor
from cgsim.running import computing as parts

START, FOLLOW_UP = 48, 36
HORIZON = START + FOLLOW_UP
NAMED = {method.name: method for method in METHODS}
OF_MONTHS = [method for method in METHODS if method.areas == 0]
OF_ANY_AREAS = [method for method in METHODS if method.choice in ("random", "alike")]


def table_of(alone, together=None):
    """A months table of areas (R, T); the arms are the same if not said otherwise."""
    arms = {"alone": alone, "together": alone if together is None else together}
    areas, horizon = alone.shape
    return pd.concat(
        pd.DataFrame(
            {
                "replicate": np.repeat(np.arange(areas), horizon),
                "arm": arm,
                "month": np.tile(np.arange(horizon), areas),
                "met": met.ravel(),
            }
        )
        for arm, met in arms.items()
    )


def noise(areas, horizon, persistence=0.0, sd=1.0, seed=1):
    """An AR(1) series of every area, in its long-run distribution from the first month."""
    draws = np.random.default_rng(seed).normal(size=(areas, horizon))
    values = np.empty_like(draws)
    values[:, 0] = draws[:, 0]
    for month in range(1, horizon):
        step = math.sqrt(1 - persistence**2) * draws[:, month]
        values[:, month] = persistence * values[:, month - 1] + step
    return sd * values


def errors(table, name, case="no gain"):
    """One method's errors in units a month, one an area."""
    rows = table[(table["method"] == name) & (table["case"] == case)]
    return ((rows["estimate"] - rows["truth"]) * rows["alone"]).to_numpy()


# ---- what is known without noise -----------------------------------------------------------------


def test_where_nothing_changes_every_method_finds_the_very_gain():
    alone = np.full((12, HORIZON), 100.0)
    together = alone.copy()
    together[:, START:] = 107.0
    found = evaluate(table_of(alone, together), start=START)
    modelled = found[found["case"] == MODELLED]
    assert set(modelled["method"]) == {m.name for m in METHODS if m.choice != "as bad"}
    assert np.allclose(modelled[["truth", "estimate", "low", "high"]], 0.07, atol=1e-12)
    assert not modelled["reached"].any()
    for case, share in ADDED.items():
        rows = found[found["case"] == case]
        assert np.allclose(rows["truth"], share)
        assert np.allclose(rows["estimate"], share)


def test_a_steady_slope_deceives_before_and_after_alone():
    slope = 0.5
    alone = 100.0 + slope * np.arange(HORIZON) + np.arange(12.0)[:, None]
    found = evaluate(table_of(alone), start=START)
    for method in METHODS:
        if method.choice == "as bad":
            continue
        plain = method.areas == 0 and not method.line
        expected = slope * (method.baseline + FOLLOW_UP) / 2 if plain else 0.0
        assert np.allclose(errors(found, method.name), expected, atol=1e-9), method.name


def test_a_curve_that_flattens_deceives_the_line_and_not_the_areas():
    decline = 100.0 * 0.97 ** np.arange(HORIZON)
    found = evaluate(table_of(np.tile(decline, (12, 1))), start=START)
    for method in METHODS:
        if method.line:
            assert (errors(found, method.name) > 0.5).all()
        elif method.areas and method.choice != "as bad":
            assert np.allclose(errors(found, method.name), 0.0)


def test_the_stretched_target_lies_a_tenth_above_what_was_expected():
    alone = np.full((4, HORIZON), 100.0)
    for met, reached in ((109.99, False), (110.01, True)):
        together = alone.copy()
        together[:, START:] = met
        found = evaluate(table_of(alone, together), start=START, methods=OF_MONTHS)
        assert (found.loc[found["case"] == MODELLED, "reached"] == reached).all()


# ---- noise whose effect can be worked out --------------------------------------------------------


@pytest.fixture(scope="module")
def white():
    """Months that are independent: the case the textbook intervals are made for."""
    return evaluate(table_of(100.0 + noise(4000, HORIZON)), start=START, methods=METHODS[:8])


def spread_of(method):
    """The standard deviation of a method's error in white noise, worked out by hand."""
    months, after = method.baseline, 1.0 / FOLLOW_UP
    if method.line:
        ahead = (months + FOLLOW_UP) / 2
        return math.sqrt(after + 1.0 / months + ahead**2 / (months * (months**2 - 1) / 12))
    return math.sqrt((1 + (1 if method.areas else 0)) * (after + 1.0 / months))


@pytest.mark.parametrize("method", METHODS[:8], ids=lambda method: method.name)
def test_in_white_noise_no_method_errs_on_average_and_spreads_as_worked_out(white, method):
    found = errors(white, method.name)
    wanted = spread_of(method)
    assert abs(found.mean()) < 4 * wanted / math.sqrt(len(found))
    assert found.std() == pytest.approx(wanted, rel=0.05)


# With three months Welch's interval is only an approximation.
@pytest.mark.parametrize("method", METHODS[1:8], ids=lambda method: method.name)
def test_in_white_noise_textbook_intervals_hold_and_claim_as_they_promise(white, method):
    sums = tally(white).set_index(["case", "method"]).loc["no gain", method.name]
    assert sums["held"] / sums["runs"] == pytest.approx(0.95, abs=0.015)
    assert sums["claimed"] / sums["runs"] == pytest.approx(0.025, abs=0.01)


@pytest.mark.parametrize("months", [3, 12, 36])
def test_the_interval_of_before_and_after_is_that_of_scipy(months):
    before, after = noise(20, months), noise(20, FOLLOW_UP, sd=3.0, seed=2)
    wanted = stats.ttest_ind(after, before, axis=1, equal_var=False).confidence_interval()
    assert np.allclose(2 * welch(before, after), wanted.high - wanted.low)


@pytest.mark.parametrize("months", [6, 36])
def test_the_line_and_its_interval_are_those_of_scipy(months):
    before = 100.0 + noise(20, months)
    time = np.arange(months)
    ahead = np.arange(months, months + FOLLOW_UP).mean()
    for row, value, half in zip(before, *straight_line(before, FOLLOW_UP), strict=True):
        line = stats.linregress(time, row)
        assert value == pytest.approx(line.intercept + line.slope * ahead)
        scatter = np.square(row - line.intercept - line.slope * time).sum() / (months - 2)
        at_ahead = line.intercept_stderr**2 + (ahead**2 - 2 * ahead * time.mean()) * line.stderr**2
        wanted = stats.t.ppf(0.975, months - 2) * math.sqrt(scatter / FOLLOW_UP + at_ahead)
        assert half == pytest.approx(wanted)


def test_the_interval_from_ten_areas_holds_though_months_hang_together():
    met = 100.0 + noise(600, HORIZON, persistence=0.9)
    sums = tally(evaluate(table_of(met), start=START)).set_index(["case", "method"]).loc["no gain"]
    held = sums["held"] / sums["runs"]
    assert held["areas-any"] == pytest.approx(0.95, abs=0.03)
    assert held["before-12"] < 0.7
    assert held["trend-12"] < 0.8


# ---- regression to the mean ----------------------------------------------------------------------

PERSISTENCE, SPREAD, TRIGGER = 0.8, 5.0, 0.03


def weights_of(method):
    """The weights with which a method's error adds up the months of one area."""
    weights = np.zeros(HORIZON)
    weights[START:] = 1.0 / FOLLOW_UP
    before = slice(START - method.baseline, START)
    weights[before] -= 1.0 / method.baseline
    if method.line:
        time = np.arange(method.baseline) - (method.baseline - 1) / 2
        weights[before] -= (method.baseline + FOLLOW_UP) / 2 * time / np.square(time).sum()
    return weights


def error_after_a_fall(method):
    """The mean error in areas that fell by the month of the start, for a Gaussian AR(1) series.

    The rule is that z = mean of 3 months - (1 - trigger) x mean of 12 lies below 0, and error and z
    are jointly normal: E[e | z < 0] = cov(e, z) / sd(z) x E[(z - mean) / sd | z < 0].
    """
    rule = np.zeros(HORIZON)
    rule[START - 12 : START] -= (1 - TRIGGER) / 12
    rule[START - 3 : START] += 1.0 / 3
    apart = abs(np.subtract.outer(np.arange(HORIZON), np.arange(HORIZON)))
    covariance = SPREAD**2 * PERSISTENCE**apart
    sd = math.sqrt(rule @ covariance @ rule)
    limit = -100.0 * rule.sum() / sd
    met = -stats.norm.pdf(limit) / stats.norm.cdf(limit)
    return weights_of(method) @ covariance @ rule / sd * met


@pytest.fixture(scope="module")
def fallen():
    # The horizon leaves one month in which a start can be followed: those that fell by then.
    met = 100.0 + noise(20_000, HORIZON, PERSISTENCE, SPREAD)
    return evaluate(table_of(met), start=START, trigger=TRIGGER, methods=OF_MONTHS)


@pytest.mark.parametrize("method", OF_MONTHS, ids=lambda method: method.name)
def test_after_a_fall_the_error_is_what_theory_says(fallen, method):
    found = errors(fallen, method.name)
    assert 1000 < len(found) < 20_000
    assert abs(found.mean() - error_after_a_fall(method)) < 4 * found.std() / math.sqrt(len(found))


def test_theory_says_that_short_lines_flatter_and_the_year_before_does_not():
    assert error_after_a_fall(NAMED["before-3"]) > 1.0
    assert error_after_a_fall(NAMED["trend-6"]) > error_after_a_fall(NAMED["trend-12"]) > 5.0
    assert error_after_a_fall(NAMED["before-12"]) < -0.5
    assert error_after_a_fall(NAMED["trend-24"]) > 1.0


def test_with_a_fixed_date_the_same_series_deceives_no_method():
    met = 100.0 + noise(3000, HORIZON, PERSISTENCE, SPREAD)
    found = evaluate(table_of(met), start=START, methods=OF_MONTHS)
    for method in OF_MONTHS:
        error = errors(found, method.name)
        assert abs(error.mean()) < 4 * error.std() / math.sqrt(len(error))


@pytest.fixture(scope="module")
def waited():
    """Areas that fell for the first time at any moment of two years."""
    met = 100.0 + noise(1000, HORIZON + 24, PERSISTENCE, SPREAD)
    return evaluate(table_of(met), start=START, trigger=TRIGGER)


def test_waiting_for_the_first_fall_turns_the_error_of_longer_lines_round(waited):
    for name, sign in (("trend-6", 1), ("trend-12", 1), ("trend-24", -1), ("trend-36", -1)):
        error = errors(waited, name)
        assert sign * error.mean() > 4 * error.std() / math.sqrt(len(error)), name


def test_areas_that_were_as_bad_remove_what_any_areas_leave(waited):
    any_areas, alike, as_bad = (
        errors(waited, f"areas-{choice}") for choice in ("any", "alike", "as-bad")
    )
    limit = 4 * as_bad.std() / math.sqrt(len(as_bad))
    assert any_areas.mean() < -limit
    assert abs(as_bad.mean()) < limit
    assert abs(alike.mean()) < abs(any_areas.mean())


# ---- which areas, which months -------------------------------------------------------------------


def test_a_partnership_begins_once_the_last_quarter_has_fallen_enough():
    met = np.full((4, 60), 100.0)
    met[0, 30:33] = 95.0
    met[1, 30:33] = 99.0
    met[2, 10:13] = 80.0  # before the earliest start
    met[3, 59:] = 80.0  # seen too late: the horizon ends
    # 95 is 3.8 % below the mean of its year, 98.75; with two such months it is 2.5 %.
    assert begins(met, 20, 0.03).tolist() == [33, NEVER, NEVER, NEVER]
    assert begins(met, 20).tolist() == [20] * 4
    assert begins(met, 60).tolist() == [NEVER] * 4
    assert begins(met, 60, 0.03).tolist() == [NEVER] * 4
    assert begins(met[:, :5], 0, 0.03).tolist() == [NEVER] * 4


def test_other_areas_are_never_the_area_itself():
    met = 100.0 + noise(30, HORIZON + 24, 0.8, 5.0)
    areas = areas_of(table_of(met), start=START, trigger=TRIGGER)
    rows = followed(areas, 36, FOLLOW_UP)
    assert 3 < len(rows) < 30
    for method in METHODS:
        if method.areas == 0:
            continue
        before, after = others_of(areas, method, rows, FOLLOW_UP)
        own = areas.alone[rows[:, None], areas.begun[rows][:, None] + np.arange(FOLLOW_UP)]
        taken = min(method.areas, (len(rows) if method.choice == "as bad" else 30) - 1)
        assert before.shape == (len(rows), taken, method.baseline)
        assert after.shape == (len(rows), taken, FOLLOW_UP)
        assert not (after == own[:, None]).all(axis=2).any()


def test_areas_as_bad_are_counted_from_their_own_fall():
    met = np.full((3, HORIZON + 24), 100.0)
    for area, month in enumerate((48, 55, 60)):
        met[area, month - 3 : month] = 90.0
        met[area, month:] = 101.0 + area
    found = evaluate(table_of(met), start=40, trigger=TRIGGER)
    begun = found.drop_duplicates("replicate").set_index("replicate")["begun"]
    assert begun.tolist() == [47, 54, 59]  # two bad months in the quarter will do
    as_bad = Method("one", "one", 12, areas=1, choice="as bad")
    areas = areas_of(table_of(met), start=40, trigger=TRIGGER)
    _, after = others_of(areas, as_bad, np.arange(3), FOLLOW_UP)
    assert after[:, 0, 1:].mean(axis=1).tolist() == [102.0, 103.0, 102.0]  # the nearest falls


def test_areas_most_alike_are_those_that_went_the_same_way():
    shapes = np.stack([np.zeros(HORIZON), np.arange(HORIZON), np.zeros(HORIZON)])
    met = np.concatenate([(100.0 + shapes) * size for size in (1.0, 3.0)])
    alike = Method("one", "one", 12, areas=1, choice="alike")
    areas = areas_of(table_of(met), start=START)
    before, _ = others_of(areas, alike, np.arange(6), FOLLOW_UP)
    rises = before[:, 0, -1] > before[:, 0, 0]
    assert rises.tolist() == [False, True, False] * 2


# ---- shapes, gaps, refusals ----------------------------------------------------------------------


def test_runs_that_failed_or_lack_a_month_are_left_out_and_change_no_other():
    met = 100.0 + noise(12, HORIZON)
    whole = table_of(met)
    gone = whole[whole["replicate"] != 3]
    broken = whole.copy()
    broken.loc[(broken["replicate"] == 3) & (broken["month"] == 7), "met"] = np.nan
    short = whole[(whole["replicate"] != 3) | (whole["month"] != 7) | (whole["arm"] == "alone")]
    wanted = evaluate(gone, start=START)
    assert set(wanted["replicate"]) == {*range(12)} - {3}
    for table in (broken, short):
        pd.testing.assert_frame_equal(evaluate(table, start=START), wanted)


def test_areas_that_begin_too_early_or_too_late_have_no_row():
    met = 100.0 + noise(6, HORIZON)
    assert set(evaluate(table_of(met), start=20)["method"]).isdisjoint({"trend-24", "trend-36"})
    assert evaluate(table_of(met), start=START + 1).empty
    assert evaluate(table_of(met)[:0], start=START).empty
    assert evaluate(table_of(met), start=START, trigger=0.5).empty
    assert tally(evaluate(table_of(met), start=START + 1)).empty
    assert not evaluate(table_of(met), start=START + 1, follow_up=FOLLOW_UP - 1).empty


@pytest.mark.parametrize(("areas", "of_areas"), [(1, False), (2, True)])
def test_with_no_other_area_there_is_no_comparison(areas, of_areas):
    found = evaluate(table_of(100.0 + noise(areas, HORIZON)), start=START)
    methods = set(found["method"])
    assert {m.name for m in OF_MONTHS} <= methods
    assert ({m.name for m in OF_ANY_AREAS} <= methods) is of_areas
    assert np.isfinite(found[["estimate", "low", "high"]]).all(axis=None)


@pytest.mark.parametrize("name", ["replicate", "arm", "month", "met"])
def test_a_table_without_a_column_is_refused_by_its_name(name):
    table = table_of(100.0 + noise(3, HORIZON)).drop(columns=name)
    with pytest.raises(ValueError, match=f"no column {name}"):
        evaluate(table, start=START)


def test_a_table_without_an_arm_or_of_two_points_is_refused():
    table = table_of(100.0 + noise(3, HORIZON))
    with pytest.raises(ValueError, match="no arm together"):
        evaluate(table[table["arm"] == "alone"], start=START)
    with pytest.raises(ValueError, match="one design point at a time"):
        evaluate(pd.concat([table, table]), start=START)


@settings(max_examples=25, deadline=None)
@given(
    scale=st.floats(0.01, 1000),
    gain=st.floats(-0.5, 0.5),
    seed=st.integers(0, 1000),
    trigger=st.sampled_from([0.0, 0.01]),
)
def test_the_error_is_the_same_whatever_the_unit_and_whatever_the_gain(scale, gain, seed, trigger):
    alone = 100.0 + noise(8, HORIZON + 12, 0.5, 3.0, seed)
    after = np.arange(HORIZON + 12) >= START
    together = np.where(after, alone * (1 + gain), alone)
    one = evaluate(table_of(alone), start=START, trigger=trigger)
    other = evaluate(table_of(scale * alone, scale * together), start=START, trigger=trigger)
    assert len(one) == len(other)
    assert np.allclose(
        one["estimate"] - one["truth"], other["estimate"] - other["truth"], atol=1e-9
    )


# ---- putting draws together ----------------------------------------------------------------------


def test_pooling_weighs_by_need_met_and_takes_its_interval_over_draws():
    rows = []
    for draw, (alone, error) in enumerate(2 * [(100.0, 0.02), (300.0, 0.06), (100.0, 0.02)]):
        table = pd.DataFrame(
            {
                "case": "no gain",
                "method": "m",
                "alone": [alone] * 2,
                "truth": 0.0,
                "estimate": error,
                "low": [-0.1, 0.01],
                "high": 0.1,
                "reached": [True, False],
            }
        )
        rows.append(tally(table).assign(draw=draw, sort="a"))
    found = pool(pd.concat(rows), ["sort"]).set_index("measure")
    assert found.loc["bias", "estimate"] == pytest.approx((2 + 18 + 2) / 500)
    assert found.loc["error", "estimate"] == pytest.approx(math.sqrt((0.02**2 * 2 + 0.06**2) / 3))
    assert found.loc["claimed", "estimate"] == found.loc["reached", "estimate"] == 0.5
    assert found.loc["held", "estimate"] == 0.5
    assert found.loc["truth", "estimate"] == 0.0
    assert (found["draws"] == 6).all()
    assert (found["runs"] == 12).all()
    bias = found.loc["bias"]
    assert 0.02 <= bias["low"] < bias["estimate"] < bias["high"] <= 0.06


def test_months_about_the_start_are_measured_against_the_usual_level():
    met = np.full((5, HORIZON), 50.0)
    met[:, START - 3 : START] = 45.0
    table = around_start(table_of(met), start=START).set_index("month")
    assert (table["runs"] == 5).all()
    assert list(table.index) == [*range(-36, 36)]
    share = table["usual"] / table["runs"]
    assert share[-13] == share[0] == 1.0
    assert share[-3] == share[-1] == pytest.approx(0.9)


# ---- against the engine --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def batch(tmp_path_factory):
    """The shipped experiment, made small: two draws, changeable times, common luck."""
    experiment = cgsim.load_experiment("measuring-gain", replicates=12)
    fixed = {"need_inflow": (0.6,), "climate_sd": (0.1,)}
    small = dataclasses.replace(
        experiment,
        luck="common",
        draws=2,
        factors=tuple(
            Factor(f.key, fixed[f.key]) if f.key in fixed else f for f in experiment.factors
        ),
    )
    return cgsim.run_experiment(small, tmp_path_factory.mktemp("measuring") / "batch")


def each_point(batch):
    points = batch.points.set_index("point")
    for number, months in months_by_point(batch):
        yield number, points.loc[number], months


def test_the_start_is_the_month_in_which_the_engine_lets_it_begin(batch):
    waited = 0
    for _, point, months in each_point(batch):
        if not point["scenario"].endswith("gains.toml"):
            continue
        areas = areas_of(months, start=START, trigger=point["trigger"])
        arms = {
            arm: table.pivot(index="replicate", columns="month", values="met").to_numpy()
            for arm, table in months.groupby("arm", observed=True)
        }
        for row, begun in enumerate(areas.begun):
            differs = np.flatnonzero(arms["together"][row] != arms["alone"][row])
            assert differs[0] == begun
        waited += len({*areas.begun}) > 1
    assert waited == 2  # both draws with a trigger began in different months


def test_truth_and_trend_are_the_measures_that_cgsim_reports(batch):
    runs = batch.runs(["gain", "gain_by_trend"]).set_index(["point", "replicate"])
    whole = Method("all", "all months", START, line=True)
    for number, point, months in each_point(batch):
        if point["trigger"] > 0:
            continue
        horizon = int(months["month"].max()) + 1
        found = evaluate(months, start=START, follow_up=horizon - START, methods=[whole])
        rows = found[found["case"] == MODELLED].set_index("replicate")
        wanted = runs.loc[number]
        assert len(rows) == 12
        assert np.allclose(rows["truth"], wanted["gain"], atol=1e-9)
        assert np.allclose(rows["estimate"], wanted["gain_by_trend"], atol=1e-9)


def test_a_partnership_on_paper_gains_nothing_and_errors_do_not_depend_on_the_partnership(batch):
    found = {}
    for _, point, months in each_point(batch):
        kind = re.search("measured-(.*)[.]toml", point["scenario"])[1]
        table = evaluate(months, start=START, trigger=point["trigger"])
        table = table[table["case"] == MODELLED].set_index(["method", "replicate"])
        found.setdefault((point["trigger"], point["crosscut"]), {})[kind] = table
    assert len(found) == 4
    for kinds in found.values():
        assert set(kinds) == {"gains", "nothing", "loses"}
        assert np.allclose(kinds["nothing"]["truth"], 0.0, atol=1e-12)
        assert (kinds["gains"]["truth"].abs() > 1e-6).all()
        error = {kind: table["estimate"] - table["truth"] for kind, table in kinds.items()}
        assert np.allclose(error["gains"], error["nothing"], atol=1e-9)
        assert np.allclose(error["loses"], error["nothing"], atol=1e-9)


def test_a_batch_is_evaluated_by_its_factors(batch):
    table = evaluate_batch(batch)
    assert set(table["trigger"]) == {0.0, 0.03}
    plain, modelled = table["case"].isin(ADDED), table["case"] == MODELLED
    assert table.loc[modelled, "scenario"].nunique() == 3
    assert table.loc[plain, "scenario"].isna().all()
    counts = table[plain].groupby("trigger")["runs"].max()
    assert counts[0.0] == 2 * 3 * 12
    assert counts[0.03] <= counts[0.0]
    assert (table["draws"] == 2).all()
    nothing = table[modelled & table["scenario"].str.contains("nothing")]
    assert np.allclose(nothing.loc[nothing["measure"] == "truth", "estimate"], 0.0, atol=1e-12)
    path = table[(table["measure"] == "met alone") & (table["trigger"] == 0.03)]
    assert path["month"].tolist() == [*range(-36, 36)]


def test_a_batch_without_months_is_refused(batch, tmp_path):
    bare = dataclasses.replace(batch.experiment, months=False, draws=1, replicates=1)
    with pytest.raises(ValueError, match="kept no months"):
        evaluate_batch(cgsim.run_experiment(bare, tmp_path / "bare"))


def test_a_batch_whose_every_run_failed_is_refused_and_one_run_less_is_not(
    batch, tmp_path, monkeypatch
):
    factors = batch.experiment.factors
    one = dataclasses.replace(
        batch.experiment,
        draws=1,
        replicates=3,
        factors=tuple(Factor(f.key, f.values[:1]) if f.values else f for f in factors),
    )
    measure = parts.measure_chunk

    def failing(bad):
        def measure_some(chunk, points, arms, costs, out):
            measure(chunk, points, arms, costs, out)
            out[bad] = np.nan

        return measure_some

    monkeypatch.setattr(parts, "measure_chunk", failing(slice(None)))
    gone = cgsim.run_experiment(one, tmp_path / "gone", workers=1)
    assert len(gone.failures) == 3
    with pytest.raises(ValueError, match="no run to evaluate"):
        evaluate_batch(gone)
    monkeypatch.setattr(parts, "measure_chunk", failing(slice(1, 2)))
    less = cgsim.run_experiment(one, tmp_path / "less", workers=1)
    assert len(less.failures) == 1
    table = evaluate_batch(less)
    assert table["runs"].max() == 2


def test_a_scenario_of_several_partnerships_is_refused(tmp_path):
    crowd = cgsim.load_experiment("clutter", replicates=1)
    crowd = dataclasses.replace(crowd, months=True, listed=crowd.listed[:1])
    with pytest.raises(ValueError, match="8 partnerships; allowed one"):
        evaluate_batch(cgsim.run_experiment(crowd, tmp_path / "crowd"))
