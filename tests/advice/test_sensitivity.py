"""Known answers for Morris and Sobol, also where luck is mixed in; and what is done stays done."""

import dataclasses
import json

import numpy as np
import pytest

from cgsim.advice.sensitivity import (
    Settings,
    doubt,
    run_sensitivity,
    screening,
    settings_of,
    sharing,
)
from cgsim.analysis.variance import analyse_morris, analyse_sobol, noise_share
from cgsim.experiment.design import Factor
from cgsim.experiment.files import load_experiment
from cgsim.scenario import ScenarioError
from small_batches import TINY, files_of, hidden, small_experiment

ISHIGAMI = {"x1": (0.314, 0.558), "x2": (0.442, 0.442), "x3": (0.0, 0.244)}
"""First-order and total indices for a = 7, b = 0.1 (Ishigami & Homma 1990)."""

VARIANCE = 7**2 / 8 + 0.1 * np.pi**4 / 5 + 0.1**2 * np.pi**8 / 18 + 0.5


def ishigami(x1, x2, x3):
    return np.sin(x1) + 7.0 * np.sin(x2) ** 2 + 0.1 * x3**4 * np.sin(x1)


def sampled(design, draws, keys=("x1", "x2", "x3"), ends=(-np.pi, np.pi)):
    factors = tuple(Factor(key, low=ends[0], high=ends[1]) for key in keys)
    return small_experiment(design=design, factors=factors, draws=draws)


def columns_of(experiment):
    return [np.array([p[f.key] for p in experiment.points]) for f in experiment.sampled]


@pytest.fixture(scope="module")
def known():
    """Sobol's sample of the known function, and its values."""
    experiment = sampled("sobol", 2048)
    return experiment, ishigami(*columns_of(experiment))


def assert_known_indices(table, tolerance):
    found = table.set_index("parameter")
    for name, (first, total) in ISHIGAMI.items():
        assert found.loc[name, "first"] == pytest.approx(first, abs=tolerance)
        assert found.loc[name, "total"] == pytest.approx(total, abs=tolerance)


def test_sobols_indices_of_a_known_function_come_out(known):
    experiment, values = known
    assert len(values) == 2048 * 5
    assert np.var(values) == pytest.approx(VARIANCE, rel=0.02)
    table = analyse_sobol(experiment.factors, values)
    assert list(table["parameter"]) == ["x1", "x2", "x3"]
    assert_known_indices(table, 0.02)
    for row in table.to_dict("records"):
        first, total = ISHIGAMI[row["parameter"]]
        assert row["first_low"] - 0.01 <= first <= row["first_high"] + 0.01
        assert row["total_low"] - 0.01 <= total <= row["total_high"] + 0.01


def test_sobols_indices_come_out_through_a_little_luck(known):
    experiment, values = known
    chance = np.random.default_rng(5)
    lived = values[:, None] + chance.normal(0, 1.5, (len(values), 20))
    assert noise_share(lived, common_luck=False) < 0.015
    assert_known_indices(analyse_sobol(experiment.factors, lived.mean(axis=1)), 0.04)


@pytest.mark.parametrize("share", [0.05, 0.25, 0.6])
def test_the_share_of_luck_is_known_where_every_point_has_its_own(known, share):
    _, values = known
    chance = np.random.default_rng(6)
    replicates = 8
    spread = np.sqrt(VARIANCE * share / (1 - share) * replicates)
    lived = values[:, None] + chance.normal(0, spread, (len(values), replicates))
    assert noise_share(lived, common_luck=False) == pytest.approx(share, abs=0.02)


@pytest.mark.parametrize("share", [0.05, 0.25, 0.6])
def test_luck_that_all_points_share_is_no_luck_between_them(known, share):
    _, values = known
    chance = np.random.default_rng(7)
    replicates = 8
    spread = np.sqrt(VARIANCE * share / (1 - share) * replicates)
    common = chance.normal(0, 30.0, replicates)
    lived = values[:, None] + common + chance.normal(0, spread, (len(values), replicates))
    assert noise_share(lived, common_luck=True) == pytest.approx(share, abs=0.02)
    assert noise_share(lived, common_luck=False) > 2 * min(share, 0.49)
    assert noise_share(values[:, None] + common, common_luck=True) == pytest.approx(0, abs=1e-12)


def test_the_share_of_luck_needs_two_points_and_two_replicates():
    values = np.random.default_rng(8).normal(size=(30, 6))
    assert np.isnan(noise_share(values[:1], common_luck=True))
    assert np.isnan(noise_share(values[:, :1], common_luck=False))
    assert np.isnan(noise_share(np.ones((5, 5)), common_luck=True))
    assert noise_share(values, common_luck=False) <= 1.0
    some = values.copy()
    some[3, 2] = np.nan
    assert noise_share(some, common_luck=False) == pytest.approx(
        noise_share(values, common_luck=False), abs=0.1
    )


def test_morris_finds_the_slopes_of_a_plane():
    experiment = sampled("morris", 20, ("steep", "none", "gentle"), (0.0, 10.0))
    steep, none, gentle = columns_of(experiment)
    assert len(none) == 20 * 4
    table = analyse_morris(experiment.factors, experiment.shares, 3.0 * steep - 0.5 * gentle)
    assert list(table["parameter"]) == ["steep", "gentle", "none"]
    np.testing.assert_allclose(table["mu_star"], [30.0, 5.0, 0.0], atol=1e-9)
    np.testing.assert_allclose(table["mu"], [30.0, -5.0, 0.0], atol=1e-9)
    np.testing.assert_allclose(table["sigma"], 0.0, atol=1e-9)


def test_morris_tells_what_works_through_something_else():
    experiment = sampled("morris", 40, ("a", "b", "c", "idle"), (0.0, 1.0))
    a, b, c, _ = columns_of(experiment)
    table = analyse_morris(experiment.factors, experiment.shares, 4.0 * b + 2.0 * a * c)
    found = table.set_index("parameter")
    assert found.loc["b", "sigma"] == pytest.approx(0.0, abs=1e-9)
    assert min(found.loc["a", "sigma"], found.loc["c", "sigma"]) > 0.3
    assert found.loc["a", "mu_star"] == pytest.approx(1.0, abs=0.3)
    assert found.loc["idle", "mu_star"] == 0.0
    inside = (found["low"] <= found["mu_star"]) & (found["mu_star"] <= found["high"])
    assert inside.all()


# ---- real runs ------------------------------------------------------------------------------

SETTINGS = Settings(trajectories=2, keep=3, base=8, replicates=3)
RANGES = (
    Factor("turnover", low=0.0, high=0.05),
    Factor("sharing", low=0.0, high=0.5),
    Factor("issue_hours", low=0.0, high=3.0),
    Factor("accountability", low=0.0, high=1.0),
    Factor("hour_cost", low=10.0, high=60.0),
)


@pytest.fixture(scope="module")
def explained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("explained")
    return run_sensitivity(small_experiment(factors=RANGES), folder, SETTINGS), folder


def test_what_morris_keeps_is_what_sobol_looks_at(explained):
    found, folder = explained
    assert found.runs == 3 * (2 * 6 + 8 * 5)
    assert set(found.sobol["parameter"]) == set(found.morris["parameter"].head(3))
    assert found.morris["mu_star"].is_monotonic_decreasing
    assert found.sobol["total"].is_monotonic_decreasing
    assert found.variance > 0
    assert 0 <= found.sobol_noise <= 1
    assert found.morris.set_index("parameter").loc["hour_cost", "mu_star"] == 0.0
    told = json.loads((folder / "sensitivity.json").read_text())
    assert told["runs"] == found.runs
    assert told["noise_share_sobol"] == found.sobol_noise
    assert {"morris", "sobol", "morris.csv", "sobol.csv"} <= {p.name for p in folder.iterdir()}


def test_wide_intervals_are_laid_to_few_base_points_and_narrow_ones_are_not(explained):
    found, _ = explained
    wide = found.sobol.assign(total_low=-0.5, total_high=1.5)
    wide["first"] = wide["total"] = [0.3, 0.2, 0.1]
    means, said, luck = doubt(dataclasses.replace(found, sobol=wide))
    assert "spans 200 percentage points: too few base points" in said
    # Four times as wide as wanted takes sixteen times as many.
    needed = SETTINGS.base * 16
    assert f"{SETTINGS.base} were used, about {needed} are needed to come down to 50" in said
    assert "more runs would lower it" in luck
    narrow = wide.assign(total_low=0.1, total_high=0.4)
    assert doubt(dataclasses.replace(found, sobol=narrow)) == [means, luck]


def test_it_is_said_that_shares_in_all_overlap_and_what_they_come_to(explained):
    found, _ = explained
    rows = len(found.sobol)
    assert rows == 3

    def told(total, first):
        narrow = {"total_low": 0.1, "total_high": 0.4}
        sobol = found.sobol.assign(total=total, first=first, **narrow)
        return doubt(dataclasses.replace(found, sobol=sobol))

    means, *rest = told([0.7, 0.5, 0.25], [0.3, 0.2, 0.1])
    assert "overlap and are no parts of a whole; here they come to 145 % in sum" in means
    assert "these come to 60 % in sum" in means
    chance = "A share below 0, or one by itself that is larger than the share in all, is chance."
    assert chance not in rest
    assert chance in told([0.7, 0.5, -0.02], [0.1, 0.1, -0.03])
    assert chance in told([0.7, 0.5, 0.2], [0.1, 0.1, -0.02])
    assert chance in told([0.7, 0.5, 0.2], [0.1, 0.1, 0.21])
    assert chance not in told([0.7, 0.5, 0.2], [0.1, 0.1, 0.202])


@pytest.mark.parametrize(("stage", "runs_done"), [("morris", 10), ("sobol", 60)])
def test_interrupted_in_either_stage_it_goes_on_and_comes_to_the_same(
    stage, runs_done, explained, tmp_path
):
    def interrupting(name):
        def progress(done, total):
            if name == stage and done >= runs_done:
                raise KeyboardInterrupt

        return progress

    experiment = small_experiment(factors=RANGES)
    with pytest.raises(KeyboardInterrupt):
        run_sensitivity(experiment, tmp_path, SETTINGS, progress=interrupting)
    assert not (tmp_path / "sensitivity.json").exists()
    counted = {}

    def counting(name):
        def progress(done, total):
            counted.setdefault(name, done)

        return progress

    run_sensitivity(experiment, tmp_path, SETTINGS, progress=counting)
    assert counted[stage] > 0
    assert (counted["sobol"] == 0) == (stage == "morris")
    expected = files_of(explained[1])
    for name, data in files_of(tmp_path).items():
        if not name.endswith("manifest.json"):
            assert data == expected[name]
    assert hidden(tmp_path) == []


def test_the_shipped_question_is_planned_as_its_file_says():
    experiment = load_experiment("sensitivity", TINY[:2])
    settings = settings_of(experiment, {"base": 512, "keep": None})
    assert (settings.base, settings.keep, settings.measure) == (512, 12, "gain")
    first = screening(experiment, settings)
    assert len(first.points) == settings.trajectories * (len(first.factors) + 1)
    second = sharing(experiment, dataclasses.replace(settings, base=16), ["turnover", "sharing"])
    assert {f.key for f in second.factors} == {"turnover", "sharing"}
    assert len(second.points) == 16 * 4


@pytest.mark.parametrize(
    ("given", "telling"),
    [
        ({"base": 1000}, "--base: got 1000; allowed a power of 2"),
        ({"measure": "gian"}, 'got "gian"; allowed .*did you mean "gain"'),
        ({"measure": "outcome"}, 'got "outcome"; allowed a measure that is averaged'),
    ],
)
def test_settings_that_cannot_be_are_refused(given, telling):
    with pytest.raises(ScenarioError, match=telling):
        settings_of(small_experiment(), given)


def test_one_range_is_too_few_to_compare():
    with pytest.raises(ScenarioError, match="got 1 ranges to draw from; allowed at least 2"):
        screening(small_experiment(factors=RANGES[:1]), SETTINGS)
