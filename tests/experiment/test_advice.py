"""Advice on a design: what it rests on, when it is not to form a partnership, and the command."""

import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

import cgsim
from cgsim.experiment import advice
from cgsim.scenario import ScenarioError

SETTINGS = [{"size": size, "meetings": 1, "lead_strength": 0.6, "fund": 0} for size in (3, 5, 8)]
PRESENT = {
    "size": 5.0,
    "meetings": 1.0,
    "lead_strength": 0.6,
    "fund": 0.0,
    "p25": 0.0,
    "loses": 0.5,
}


def weighed(gains, hours=(10.0, 20.0, 30.0), present=None):
    points = [{"crosscut": x, "ambient": 0.1} for x in np.linspace(0, 1, len(gains))]
    present = np.zeros(len(gains)) if present is None else present
    return advice.weigh(SETTINGS, gains, np.array(hours), present, PRESENT, points, 4)


def noise(seed, draws=200):
    return np.random.default_rng(seed).normal(size=draws)


def test_the_design_with_the_best_lowest_quarter_is_advised_and_not_the_best_mean():
    steady = 0.05 + 0.001 * noise(1)
    daring = 0.10 + 0.20 * noise(2)
    found = weighed(np.column_stack([daring, steady, steady - 0.03]))
    row = found.designs.iloc[found.advised]
    assert row["size"] == 5
    assert found.verdict == advice.FORM
    assert row.p25 == pytest.approx(np.quantile(steady, 0.25))
    assert found.designs.like_best.sum() == 1
    assert found.change.value == pytest.approx(steady.mean())
    assert "kept to a robust design" in advice.sentences(found)[0]


def test_of_designs_that_cannot_be_told_apart_the_one_with_fewer_hours_is_advised():
    same = 0.05 + 0.01 * noise(3)
    found = weighed(np.column_stack([same, same, same - 1.0]), hours=(20.0, 10.0, 5.0))
    assert found.designs.iloc[found.advised]["size"] == 5
    assert found.designs.like_best.sum() == 2


def test_where_most_draws_lose_under_every_design_the_advice_is_not_to_form():
    found = weighed(np.column_stack([noise(n) * 0.01 - 0.02 for n in (4, 5, 6)]))
    assert found.verdict == advice.DO_NOT_FORM
    assert advice.sentences(found)[0].startswith("Do not form a partnership")


def test_where_it_depends_the_conditions_are_found():
    planted = np.where(np.linspace(0, 1, 200) > 0.4, 0.05, -0.05)
    found = weighed(np.column_stack([planted, planted - 0.2, planted - 0.2]))
    assert found.verdict == advice.DEPENDS
    assert {leaf["share"] for leaf in found.depends} == {0.0, 1.0}
    assert all("crosscut" in " ".join(leaf["where"]) for leaf in found.depends)


def test_the_present_design_is_compared_on_the_same_draws_and_luck(tmp_path):
    scenario = cgsim.load("baseline", ["size=3", "meetings=0.5", "lead_strength=0.3"])
    found = advice.advise(scenario, tmp_path / "one", draws=20, replicates=2, workers=1)
    again = advice.advise(scenario, tmp_path / "two", draws=20, replicates=2, workers=2)
    pd.testing.assert_frame_equal(found.designs, again.designs)
    same = found.designs.query(
        "size == 3 and meetings == 0.5 and lead_strength == 0.3 and fund == 0"
    )
    for key in ("p25", "median", "p75", "loses", "overhead_hours"):
        assert same[key].item() == pytest.approx(found.present[key], abs=1e-12)


def test_what_is_uncertain_is_drawn_whatever_the_scenario_says():
    every, present = advice.plan(cgsim.load("baseline", ["crosscut=0"]), 20, 2, 1)
    drawn = {f.key for f in every.factors}
    assert "crosscut" in drawn
    assert {f.key for f in present.factors} == drawn - set(advice.LEVERS)
    assert [p["crosscut"] for p in every.points[::72]] == [p["crosscut"] for p in present.points]


def test_named_members_and_small_areas_limit_the_sizes():
    assert advice.levers_of(cgsim.load("baseline", ["agencies=6", "size=4"]))["size"] == (3, 5)
    assert "size" not in advice.levers_of(cgsim.load("baseline", ['recruit="all"']))
    with pytest.raises(ScenarioError, match="allowed a scenario with one"):
        advice.levers_of(cgsim.load("cluttered"))


def test_the_command_tells_it_in_words_a_table_a_picture_and_as_data(tmp_path):
    ask = [sys.executable, "-W", "error", "-m", "cgsim", "advise", "baseline"]
    few = ["--draws", "20", "--replicates", "2", "--out", "advice"]
    done = subprocess.run([*ask, *few], cwd=tmp_path, capture_output=True, text=True, check=True)
    words = " ".join(done.stdout.split())
    assert "The design that is advised" in words
    assert "72 designs on the same draws and luck" in words
    assert len(pd.read_csv(tmp_path / "advice/advice.csv")) == 72
    assert "<svg" in (tmp_path / "advice/advice.svg").read_text()
    again = subprocess.run(
        [*ask, *few, "--json"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert json.loads(again.stdout)["advised"]["p25"] is not None
