"""Advice on a design: what it rests on, when it is not to form a partnership, and the command."""

import dataclasses
import json

import numpy as np
import pandas as pd
import pytest

import cgsim
from cgsim.advice import designs as advice
from cgsim.answer import names
from cgsim.answer.advice import statements, table
from cgsim.answer.compare import BY_AREA, BY_FOUNDERS
from cgsim.scenario import ScenarioError, library
from small_batches import run_cgsim

SETTINGS = [{"size": size, "meetings": 1, "lead_strength": 0.6, "fund": 0} for size in (3, 5, 8)]
PRESENT = {
    "size": 5.0,
    "meetings": 1.0,
    "lead_strength": 0.6,
    "fund": 0.0,
    "p25": 0.0,
    "loses": 0.5,
}


def weighed(gains, hours=(10.0, 20.0, 30.0), present=None, lines=None):
    points = [{"crosscut": x, "ambient": 0.1} for x in np.linspace(0, 1, len(gains))]
    present = np.zeros(len(gains)) if present is None else present
    return advice.weigh(
        SETTINGS,
        gains,
        np.array(hours),
        present,
        PRESENT,
        points,
        4,
        lines={"size": gains if lines is None else lines},
    )


def said_of(found):
    return [statement.text for statement in statements(found)]


def noise(seed, draws=200):
    return np.random.default_rng(seed).normal(size=draws)


def test_the_design_with_the_best_lowest_quarter_is_advised_and_not_the_best_mean():
    steady = 0.05 + 0.001 * noise(1)
    daring = 0.10 + 0.20 * noise(2)
    found = weighed(np.column_stack([daring, steady, steady - 0.03]))
    row = found.designs.iloc[0]
    assert row["size"] == 5
    assert found.verdict == advice.FORM
    assert row.p25 == pytest.approx(np.quantile(steady, 0.25))
    assert found.designs.like_best.sum() == 1
    assert found.change.value == pytest.approx(steady.mean())
    assert "kept to a robust design" in said_of(found)[0]


def test_of_designs_that_cannot_be_told_apart_the_one_with_fewer_hours_is_advised():
    same = 0.05 + 0.01 * noise(3)
    found = weighed(np.column_stack([same, same, same - 1.0]), hours=(20.0, 10.0, 5.0))
    assert found.designs.iloc[0]["size"] == 5
    assert found.designs.like_best.sum() == 2


def test_where_most_draws_lose_under_every_design_the_advice_is_not_to_form():
    found = weighed(np.column_stack([noise(n) * 0.01 - 0.02 for n in (4, 5, 6)]))
    assert found.verdict == advice.DO_NOT_FORM
    assert said_of(found)[0].startswith("Do not form a partnership")


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
    every, present, *alone = advice.plan(cgsim.load("baseline", ["crosscut=0"]), 20, 2, 1)
    drawn = {f.key for f in every.factors}
    assert "crosscut" in drawn
    assert {f.key for f in present.factors} == drawn - set(advice.LEVERS)
    assert [p["crosscut"] for p in every.points[::72]] == [p["crosscut"] for p in present.points]
    assert [one.in_a_row for one in alone] == [4, 3, 3, 2]
    assert all(
        [p["crosscut"] for p in one.points[:: one.in_a_row]]
        == [p["crosscut"] for p in present.points]
        for one in alone
    )


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
    said = " ".join(said_of(found))
    assert "The advised design gains 3.59 percentage points more than this one" in said
    assert "paired draw by draw" in said
    assert "of what all agencies met alone" in said
    worse = weighed(np.column_stack([change, change - 1, change - 1]), present=change + 0.02)
    assert "gains 2.0 percentage points less than this one" in " ".join(said_of(worse))


def test_it_says_which_values_of_the_scenario_are_not_used():
    inertia = cgsim.load("inertia")
    assert advice.drawn_anew(cgsim.load("baseline")) == ()
    assert set(advice.drawn_anew(inertia)) == {
        "alignment",
        "issue_hours",
        "expectation",
    }
    found = weighed(np.column_stack([0.05 + 0.01 * noise(n) for n in (1, 2, 3)]))
    assert (
        "drawn anew over its whole range, unless the scenario says that it is known. "
        in (said_of(found)[1])
    )
    own = dataclasses.replace(found, drawn_anew=advice.drawn_anew(inertia), known=inertia.known)
    assert (
        "(here it has values of its own for how far goals agree from the start, how many hours "
        "issues take to settle and what members expect at the start, and they are drawn)"
        in said_of(own)[1]
    )
    assert said_of(own)[2] == (
        "Known in the scenario, and not drawn: how long disappointed members stay."
    )


def test_it_says_what_was_tried_and_when_the_advised_design_is_at_the_edge():
    good, bad = 0.05 + 0.001 * noise(1), -0.05 + 0.001 * noise(2)
    inside = " ".join(said_of(weighed(np.column_stack([bad, good, bad]))))
    assert "Tried were members: 3, 5 and 8; meetings a month: 1; lead strength" in inside
    assert "edge" not in inside
    smallest = " ".join(said_of(weighed(np.column_stack([good, bad, bad]))))
    assert "The advised design has the fewest members of these: it is at the edge" in smallest
    largest = " ".join(said_of(weighed(np.column_stack([bad, bad, good]))))
    assert "The advised design has the most members of these: it is at the edge" in largest


def test_the_table_follows_the_one_rule_that_orders_the_designs():
    """The first design with a lever's value is the advised one wherever it has that value."""
    steady = 0.05 + 0.01 * noise(3)
    rare = steady.copy()
    rare[np.argsort(steady)[:12]] = -0.3  # loses more often; the same lowest quarter
    found = weighed(np.column_stack([rare, steady, steady - 1.0]), hours=(1.0, 20.0, 5.0))
    assert found.designs.like_best.tolist() == [True, True, False]
    row = found.designs.iloc[0]
    assert row["size"] == 5
    told = found.by_lever().set_index(["lever", "value"])
    for key in ("size", "meetings", "lead_strength", "fund"):
        assert told.loc[(key, row[key]), "loses"] == row.loses
    heads, rows = table(found)
    assert {cells[0]: cells[2] for cells in rows}["5 members"] == "0 %"
    assert len(heads) == 3


def test_neighbours_stand_beside_what_is_advised_and_no_difference_is_said():
    steady = 0.05 + 0.01 * noise(3)
    alike = steady + 0.001 * noise(4) - 0.0001 * np.sign(steady.mean())
    found = weighed(np.column_stack([alike - alike.mean() + steady.mean(), steady, steady - 0.1]))
    assert [one.value for one in found.beside] in ([3.0, 8.0], [5.0])
    said = said_of(found)
    row = found.designs.iloc[0]["size"]
    other = 3 if row == 5 else 5
    (line,) = (t for t in said if t.startswith(f"Beside it: {other} members in place of {row:g}"))
    assert "makes no difference to the mean gain that can be told from chance" in line
    clear = said_of(weighed(np.column_stack([steady - 0.2, steady, steady - 0.1])))
    (line,) = (t for t in clear if t.startswith("Beside it: 8 members in place of 5 members"))
    assert "changes the mean gain by −10.0 points, of what all agencies met alone" in line
    assert "it loses in 100 % of draws" in line


def test_the_advice_is_joined_to_what_the_lever_does_alone():
    steady = 0.05 + 0.001 * noise(1)
    gains = np.column_stack([steady - 0.1, steady, steady - 0.1])
    own = {3: 0.01, 5: 0.02, 8: 0.06}
    lines = np.column_stack([np.full(200, v) + 0.001 * noise(n) for n, v in own.items()])
    (curve,) = weighed(gains, lines=lines).curves
    assert (curve.values[curve.advised], curve.values[curve.best]) == (5.0, 8.0)
    assert curve.lead.value == pytest.approx(0.04, abs=0.001)
    assert curve.switched.value == pytest.approx(-0.1)
    said = " ".join(said_of(weighed(gains, lines=lines)))
    assert "“members” is best elsewhere: 8 members has the highest mean gain, 6.0 %" in said
    assert "would change the mean by −10.0 points" in said
    alone = " ".join(said_of(weighed(gains, lines=lines[:, [0, 2, 1]])))
    assert "“members” is best at what is advised, too: 5 members" in alone
    flat = np.column_stack([noise(n) * 0.01 for n in (1, 2, 3)])
    said = " ".join(said_of(weighed(gains, lines=flat)))
    assert "is best at what is advised" in said or "makes no difference between what" in said


def test_designs_of_different_members_are_ranked_by_the_gain_of_the_area():
    assert advice.measure_of({"size": (3, 5), "fund": (0,)}) == BY_AREA
    assert advice.measure_of({"fund": (0, 100)}) == BY_FOUNDERS
    assert BY_AREA in advice.plan(cgsim.load("baseline"), 20, 2, 1)[0].measures


def test_a_design_is_told_with_its_scales_and_in_months():
    design = {"size": 3.0, "meetings": 0.5, "lead_strength": 0.3, "fund": 100.0}
    assert names.design(design) == (
        "3 members, one meeting every 2 months, a lead of strength 0.3 (0 to 1), "
        "a fund of 100 hours a month"
    )
    assert names.design({"meetings": 2.0, "fund": 0.0}) == "2 meetings a month, no fund"


def test_the_command_tells_it_in_words_a_table_a_picture_and_as_data(tmp_path):
    ask = ["advise", "baseline", "--draws", 20, "--replicates", 2, "--out", "advice"]
    words = " ".join(run_cgsim(*ask, cwd=tmp_path)[0].split())
    assert "a lead of strength 0.9 (0 to 1)" in words
    assert "The design that is advised" in words
    assert "72 designs on the same draws and luck" in words
    assert len(pd.read_csv(tmp_path / "advice/advice.csv")) == 72
    assert "<svg" in (tmp_path / "advice/advice.svg").read_text()
    record = json.loads(run_cgsim(*ask, "--json", cwd=tmp_path)[0])
    assert record["advised"]["p25"] is not None
    assert record["measure"] == "area_gain_over_equal_money"
    assert record["statements"][2]["text"] in words
