"""Advice on a design: what it rests on, when it is not to form a partnership, and the command."""

import dataclasses
import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

import cgsim
from cgsim.experiment import advice
from cgsim.scenario import ScenarioError, library

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


@pytest.mark.parametrize("name", library.names())
def test_every_library_scenario_is_advised_on_or_refused_in_words_that_say_why(name):
    scenario = cgsim.load(name)
    if len(scenario.partnerships) != 1:
        with pytest.raises(ScenarioError) as told:
            advice.plan(scenario, 20, 2, 1)
        (line,) = str(told.value).splitlines()
        assert f"got {len(scenario.partnerships)} partnerships; allowed a scenario with one" in line
        return
    for experiment in advice.plan(scenario, 20, 2, 1):
        for number in range(len(experiment.points)):
            assert experiment.scenario_at(number).skill_names[:1] == scenario.skill_names[:1]


def test_skills_are_drawn_only_where_the_scenario_does_not_name_them(tmp_path):
    drawn = [
        {f.key for f in advice.plan(cgsim.load(name), 20, 2, 1)[0].factors}
        for name in ("baseline", "korsakoff")
    ]
    assert drawn[0] - drawn[1] == {"skills", "size"}
    found = advice.advise(cgsim.load("korsakoff"), tmp_path, draws=20, replicates=2)
    assert found.designs["p25"].notna().all()


def test_a_change_of_gain_is_told_in_percentage_points():
    change = np.full(200, 0.036) + 0.001 * noise(7)
    found = weighed(np.column_stack([change, change - 1, change - 1]))
    said = " ".join(advice.sentences(found))
    assert "The advised design gains 3.59 percentage points more than this one" in said
    assert "paired draw by draw" in said
    worse = weighed(np.column_stack([change, change - 1, change - 1]), present=change + 0.02)
    assert "gains 2.0 percentage points less than this one" in " ".join(advice.sentences(worse))


def test_it_says_which_values_of_the_scenario_are_not_used():
    inertia = cgsim.load("inertia")
    assert advice.drawn_anew(cgsim.load("baseline")) == ()
    assert set(advice.drawn_anew(inertia)) == {"alignment", "issue_hours", "expectation"}
    found = weighed(np.column_stack([0.05 + 0.01 * noise(n) for n in (1, 2, 3)]))
    assert (
        "drawn anew over its whole range, whatever the scenario says. "
        in (advice.sentences(found)[1])
    )
    own = dataclasses.replace(found, drawn_anew=advice.drawn_anew(inertia))
    assert (
        "(here it has values of its own for alignment, issue_hours and expectation)"
        in (advice.sentences(own)[1])
    )


def test_it_says_what_was_tried_and_when_the_advised_design_is_at_the_edge():
    good, bad = 0.05 + 0.001 * noise(1), -0.05 + 0.001 * noise(2)
    inside = " ".join(advice.sentences(weighed(np.column_stack([bad, good, bad]))))
    assert "Tried were members: 3, 5 and 8; meetings a month: 1;" in inside
    assert "edge" not in inside
    smallest = " ".join(advice.sentences(weighed(np.column_stack([good, bad, bad]))))
    assert "The advised design has the fewest members of these: it is at the edge" in smallest
    largest = " ".join(advice.sentences(weighed(np.column_stack([bad, bad, good]))))
    assert "The advised design has the most members of these: it is at the edge" in largest


def test_a_design_is_told_with_its_scales_and_in_months():
    design = {"size": 3.0, "meetings": 0.5, "lead_strength": 0.3, "fund": 100.0}
    assert advice.described(design) == (
        "3 members, one meeting every 2 months, a lead of strength 0.3 (0 to 1), "
        "a fund of 100 hours a month"
    )
    assert advice.described({"meetings": 2.0, "fund": 0.0}) == "2 meetings a month, no fund"


def test_the_command_tells_it_in_words_a_table_a_picture_and_as_data(tmp_path):
    ask = [sys.executable, "-W", "error", "-m", "cgsim", "advise", "baseline"]
    few = ["--draws", "20", "--replicates", "2", "--out", "advice"]
    done = subprocess.run([*ask, *few], cwd=tmp_path, capture_output=True, text=True, check=True)
    words = " ".join(done.stdout.split())
    assert "a lead of strength 0.9 (0 to 1)" in words
    assert "The design that is advised" in words
    assert "72 designs on the same draws and luck" in words
    assert len(pd.read_csv(tmp_path / "advice/advice.csv")) == 72
    assert "<svg" in (tmp_path / "advice/advice.svg").read_text()
    again = subprocess.run(
        [*ask, *few, "--json"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert json.loads(again.stdout)["advised"]["p25"] is not None
