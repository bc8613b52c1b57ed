"""Advice from gains made by hand: what is advised, by which rule, and what is said of it."""

import dataclasses
import math
import tempfile
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

import numpy as np
import pandas as pd
import pytest

import cgsim
from cgsim import statistics
from cgsim.advice import designs as advice
from cgsim.advice.designs import Advice, Beside, Curve
from cgsim.answer import advice as words
from cgsim.answer.record import DRAWN
from cgsim.experiment.posterior import given_for
from cgsim.scenario import ScenarioError
from cgsim.statistics import Estimate

NAN = math.nan
OVER, OVER_AREA = "gain_over_equal_money", "area_gain_over_equal_money"
AREA = "of what all agencies met alone"
SETTINGS = [{"size": size, "meetings": 1, "lead_strength": 0.6, "fund": 0} for size in (3, 5, 8)]
PRESENT = {
    "size": 5.0,
    "meetings": 1.0,
    "lead_strength": 0.6,
    "fund": 0.0,
    "p25": 0.0,
    "loses": 0.5,
}
DRAWS = 40


def noise(seed, draws=DRAWS):
    return np.random.default_rng(seed).normal(size=draws)


def weighed(gains, hours=(10.0, 20.0, 30.0), present=None, lines=None, settings=SETTINGS, **rest):
    points = [{"crosscut": x, "ambient": 0.1} for x in np.linspace(0, 1, len(gains))]
    present = np.zeros(len(gains)) if present is None else present
    with patch.object(advice, "RESAMPLES", 199):
        return advice.weigh(
            settings,
            gains,
            np.array(hours),
            present,
            PRESENT,
            points,
            4,
            lines={} if lines is None else lines,
            **rest,
        )


def close(estimate, values):
    theirs = statistics.mean(values)
    return (estimate.value, estimate.low, estimate.high, estimate.count) == pytest.approx(
        (theirs.value, theirs.low, theirs.high, theirs.count)
    )


def test_the_design_with_the_best_lowest_quarter_is_advised_and_not_the_best_mean():
    steady, daring = 0.05 + 0.001 * noise(1), 0.10 + 0.20 * noise(2)
    gains = np.column_stack([daring, steady, steady - 0.03])
    found = weighed(gains, present=daring)
    assert found.verdict == advice.FORM == "form"
    assert found.designs["size"].tolist() == [5, 8, 3]
    assert found.designs.like_best.tolist() == [True, False, False]
    assert found.designs.overhead_hours.tolist() == [20.0, 30.0, 10.0]
    for place, line in enumerate((steady, steady - 0.03, daring)):
        row = found.designs.iloc[place]
        quarters = np.quantile(line, [0.25, 0.5, 0.75])
        assert [row.p25, row["median"], row.p75] == pytest.approx(quarters)
        low, high = statistics.wilson_interval(np.array([(line < 0).sum()]), np.array([DRAWS]))
        assert (row.loses, row.loses_low, row.loses_high) == pytest.approx(
            ((line < 0).mean(), low[0], high[0])
        )
        assert row.p25_low < row.p25 < row.p25_high
    assert close(found.change, steady - daring)
    assert (found.draws, found.replicates, found.measure) == (DRAWS, 4, OVER_AREA)
    assert found.present is PRESENT
    assert found.depends == ()
    assert found.drawn_anew == ()
    assert weighed(gains, measure=OVER).measure == OVER


def test_the_interval_of_the_lowest_quarter_is_of_draws_drawn_again():
    gains = np.column_stack([0.05 + 0.01 * noise(n) for n in (1, 2, 3)])
    found = weighed(gains)
    chance = np.random.default_rng(statistics.BOOTSTRAP_SEED)
    many = np.array(
        [np.quantile(gains[chance.integers(0, DRAWS, DRAWS)], 0.25, axis=0) for _ in range(199)]
    )
    for row in found.designs.itertuples():
        place = [3, 5, 8].index(row.size)
        assert (row.p25_low, row.p25_high) == pytest.approx(
            tuple(np.quantile(many[:, place], [0.025, 0.975]))
        )
    best = int(np.quantile(gains, 0.25, axis=0).argmax())
    behind = np.quantile(many[:, [best]] - many, 0.025, axis=0)
    alike = {[3, 5, 8][n] for n in range(3) if behind[n] <= 0}
    assert set(found.designs["size"][found.designs.like_best]) == alike


def test_of_those_that_are_alike_the_one_that_loses_least_then_with_fewer_hours():
    same = 0.05 + 0.01 * noise(3)
    found = weighed(np.column_stack([same, same, same - 1.0]), hours=(20.0, 10.0, 5.0))
    assert found.designs["size"].tolist() == [5, 3, 8]
    assert found.designs.like_best.tolist() == [True, True, False]
    rare = same.copy()
    rare[np.argsort(same)[:4]] = -0.3  # loses more often; the same lowest quarter
    found = weighed(np.column_stack([rare, same, same - 1.0]), hours=(1.0, 20.0, 5.0))
    assert found.designs["size"].tolist() == [5, 3, 8]
    # All alike: kept in the order in which they were tried.
    found = weighed(np.column_stack([same, same, same]), hours=(1.0, 1.0, 1.0))
    assert found.designs["size"].tolist() == [3, 5, 8]
    assert found.designs.index.tolist() == [0, 1, 2]
    # Others follow by their lowest quarter, the best first.
    found = weighed(np.column_stack([same - 2, same, same - 1]))
    assert found.designs["size"].tolist() == [5, 8, 3]
    found = weighed(np.column_stack([same - 1, same, same - 1]))
    assert found.designs["size"].tolist() == [5, 3, 8]


def test_the_present_design_is_held_to_the_same_rule():
    same = 0.05 + 0.01 * noise(3)
    rare = same.copy()
    rare[np.argsort(same)[:4]] = -0.3  # loses more often; the same lowest quarter
    gains = np.column_stack([rare, rare - 1.0, rare - 2.0])
    assert weighed(gains, present=same).present_first
    assert not weighed(gains, present=rare).present_first
    # It ties with the best, and loses as often: fewer hours of overhead decide.
    described = PRESENT | {"overhead_hours": 9.0}
    with patch.dict(PRESENT, described):
        assert weighed(gains, present=rare).present_first
        assert not weighed(gains, present=rare - 0.5).present_first
        assert not weighed(gains, present=rare, hours=(9.0, 1.0, 1.0)).present_first
        assert not weighed(gains, present=rare, hours=(8.0, 1.0, 1.0)).present_first
    # Its lowest quarter can be told from the best: then it may lose as seldom as it will.
    steady = np.full(DRAWS, 0.001)
    assert not weighed(gains, present=steady).present_first
    # One that may lose in a quarter of draws is no tie for one that does not.
    one, two = (np.random.default_rng(n).permutation(QUARTER_AT_0) for n in (1, 2))
    safe = np.column_stack([one + 0.001, two - 9, two - 9])
    fewer = np.where(two < 0, -0.001, two)
    fewer[np.argsort(two)[:2]] = 0.0
    assert np.quantile(fewer, 0.25) <= 0.0
    assert not weighed(safe, present=fewer).present_first
    assert weighed(safe - 0.001, present=fewer).present_first


QUARTER_AT_0 = np.repeat([-1.0, 0.0, 1.0], [9, 5, 26])


def test_a_design_that_may_lose_in_a_quarter_is_no_tie_for_one_that_does_not():
    one, two = (np.random.default_rng(n).permutation(QUARTER_AT_0) for n in (1, 2))
    assert np.quantile(one, 0.25) == 0.0
    found = weighed(np.column_stack([one + 0.001, two, two - 9]), hours=(9.0, 1.0, 1.0))
    assert found.designs["size"].tolist() == [3, 5, 8]
    assert found.designs.like_best.tolist() == [True, False, False]
    # Where none is safe, those that cannot be told apart are ties.
    found = weighed(np.column_stack([one, two, two - 9]), hours=(9.0, 1.0, 1.0))
    assert found.designs["size"].tolist() == [5, 3, 8]
    assert found.designs.like_best.tolist() == [True, True, False]
    found = weighed(np.column_stack([one - 0.1, two - 0.1, two - 9]), hours=(9.0, 1.0, 1.0))
    assert found.designs.like_best.tolist() == [True, True, False]
    # The luck that two designs share is no doubt of which is better.
    found = weighed(np.column_stack([one + 0.1, one + 0.2, one]), hours=(9.0, 1.0, 1.0))
    assert found.designs.like_best.tolist() == [True, False, False]


@pytest.mark.parametrize(
    ("gaining", "verdict"),
    [
        (40, "form"),
        (32, "form"),
        (29, "depends"),
        (24, "depends"),
        (20, "depends"),
        (19, "do not form"),
        (0, "do not form"),
    ],
)
def test_the_verdict_follows_from_how_often_the_advised_design_gains(gaining, verdict):
    line = np.where(np.arange(DRAWS) < gaining, 0.05, -0.05)
    found = weighed(np.column_stack([line - 1, line, line - 1]))
    assert found.verdict == verdict
    assert bool(found.depends) == (verdict == "depends")


def test_no_gain_in_the_lowest_quarter_is_no_reason_to_form():
    line = np.where(np.arange(DRAWS) < 20, 0.05, 0.0)
    found = weighed(np.column_stack([line - 1, line, line - 1]))
    assert found.verdict == "depends"
    assert {leaf["share"] for leaf in found.depends} == {0.0, 1.0}  # 0 is no gain


def test_nothing_gained_and_nothing_lost_is_neither():
    seldom = np.where(np.arange(DRAWS) < 19, 0.05, 0.0)
    found = weighed(np.column_stack([seldom - 1, seldom, 0 * seldom]))
    assert found.verdict == "do not form"
    assert found.designs.set_index("size").loses.to_dict() == {5: 0.0, 8: 0.0, 3: 1.0}
    assert {one.value: one.loses for one in found.beside} == {3.0: 1.0, 8.0: 0.0}
    assert "index" not in found.designs.columns


def test_where_it_depends_the_conditions_are_found():
    planted = np.where(np.linspace(0, 1, 200) > 0.4, 0.05, -0.05)
    found = weighed(np.column_stack([planted, planted - 0.2, planted - 0.2]))
    assert {leaf["share"] for leaf in found.depends} == {0.0, 1.0}
    assert all("crosscut" in " ".join(leaf["where"]) for leaf in found.depends)


def test_neighbours_are_one_step_away_on_each_lever():
    settings = [
        {"size": size, "meetings": often} for size in (3, 5, 8, 12) for often in (0.5, 1.0, 2.0)
    ]
    steady = 0.05 + 0.01 * noise(1)
    lines = [steady - 0.01 * (n + 1) * (1 + 0.1 * noise(n + 9)) for n in range(12)]
    advised = 4  # 5 members, one meeting
    lines[advised] = steady + 1
    found = weighed(np.column_stack(lines), hours=range(12), settings=settings)
    assert [(one.key, one.value) for one in found.beside] == [
        ("size", 3.0),
        ("size", 8.0),
        ("meetings", 0.5),
        ("meetings", 2.0),
    ]
    for one, place in zip(found.beside, (1, 7, 3, 5), strict=True):
        assert close(one.change, lines[place] - lines[advised])
        assert one.loses == (lines[place] < 0).mean()
    lines[advised], lines[0] = lines[0], steady + 1  # at an edge there is one neighbour
    found = weighed(np.column_stack(lines), hours=range(12), settings=settings)
    assert [(one.key, one.value) for one in found.beside] == [("size", 5.0), ("meetings", 1.0)]
    lines[0], lines[11] = lines[11], steady + 1
    found = weighed(np.column_stack(lines), hours=range(12), settings=settings)
    assert [(one.key, one.value) for one in found.beside] == [("size", 8.0), ("meetings", 1.0)]
    # What was not tried is no neighbour.
    some = [*settings[:8], *settings[9:]]
    kept = [*lines[:8], *lines[9:]]
    found = weighed(np.column_stack(kept), hours=range(11), settings=some)
    assert [(one.key, one.value) for one in found.beside] == [("meetings", 1.0)]


def test_each_levers_own_curve_is_joined_to_the_advice():
    steady = 0.05 + 0.001 * noise(1)
    gains = np.column_stack([steady - 0.1, steady, steady - 0.2])
    line = np.column_stack(
        [np.full(DRAWS, v) + 0.03 * noise(n) for n, v in enumerate((0.01, 0.02, 0.06))]
    )
    (curve,) = weighed(gains, lines={"size": line}).curves
    assert curve.key == "size"
    assert curve.values == (3.0, 5.0, 8.0)
    assert curve.means == pytest.approx(line.mean(axis=0))
    assert curve.loses == pytest.approx((line < 0).mean(axis=0))
    assert all(type(v) is float for v in (*curve.means, *curve.loses))
    assert (curve.advised, curve.best) == (1, 2)
    assert close(curve.lead, line[:, 2] - line[:, 1])
    assert close(curve.switched, gains[:, 2] - gains[:, 1])
    assert curve.switched_loses == 1.0
    at_0 = np.zeros((DRAWS, 3))
    (flat,) = weighed(gains * 0 + [0, 1, 0], lines={"size": at_0}).curves
    assert flat.loses == (0.0, 0.0, 0.0)
    assert (flat.best, flat.switched_loses) == (0, 0.0)
    more = [{**s, "meetings": 1 + (s["size"] == 8)} for s in SETTINGS]
    (untried,) = weighed(gains, lines={"size": line}, settings=more).curves
    assert untried.switched is None
    assert math.isnan(untried.switched_loses)


def test_designs_of_different_members_are_ranked_by_the_gain_of_the_area():
    assert advice.measure_of({"size": (3, 5), "fund": (0,)}) == OVER_AREA
    assert advice.measure_of({"fund": (0, 100)}) == OVER


def test_levers_fit_the_scenario():
    assert advice.levers_of(cgsim.load("baseline")) == dict(advice.LEVERS)
    six = advice.levers_of(cgsim.load("baseline", ["agencies=5", "size=4"]))
    assert six["size"] == (3, 5)
    assert "size" not in advice.levers_of(cgsim.load("baseline", ["agencies=2", "size=2"]))
    for recruit in ("all", "names"):
        one = cgsim.load("baseline")
        named = dataclasses.replace(
            one, partnerships=(dataclasses.replace(one.partnerships[0], recruit=recruit),)
        )
        assert list(advice.levers_of(named)) == ["meetings", "lead_strength", "fund"]
    many = cgsim.load("cluttered")
    with pytest.raises(ScenarioError) as told:
        advice.levers_of(many)
    assert str(told.value) == (
        f"{many.name}: partnership: got {len(many.partnerships)} partnerships; allowed a scenario "
        "with one partnership, as the advice is on the design of one"
    )


def test_every_design_lives_the_same_draws_and_luck():
    scenario = cgsim.load("baseline", ["crosscut=0"])
    every, present, *alone = advice.plan(scenario, 4, 2, 9)
    drawn = {f.key for f in present.factors}
    assert "crosscut" in drawn
    assert not drawn & set(advice.LEVERS)
    assert [f.key for f in every.factors][:4] == list(advice.LEVERS)
    assert {f.key for f in every.factors} == drawn | set(advice.LEVERS)
    assert (every.in_a_row, present.in_a_row) == (72, 1)
    assert [one.in_a_row for one in alone] == [4, 3, 3, 2]
    assert [one.factors[0].key for one in alone] == list(advice.LEVERS)
    assert [one.factors[0].values for one in alone] == list(advice.LEVERS.values())
    for one in (every, present, *alone):
        assert (one.design, one.draws, one.replicates, one.seed) == ("priors", 4, 2, 9)
        assert (one.luck, one.name) == ("own", scenario.name)
        assert one.scenarios == {scenario.name: scenario}
        assert one.measures == ("gain", OVER_AREA, "overhead_hours")
        assert one.title == "Advice on A partnership of eight (changed)"
        assert one.question == "Which design is robust over what is uncertain?"
        assert [p["crosscut"] for p in one.points[:: one.in_a_row]] == [
            p["crosscut"] for p in present.points
        ]
    all_in = advice.plan(cgsim.load("baseline", ['recruit="all"']), 4, 2, 9)
    assert all_in[0].measures == ("gain", OVER, "overhead_hours")


def test_it_knows_which_values_of_the_scenario_are_not_used():
    assert advice.drawn_anew(cgsim.load("baseline")) == ()
    inertia = set(advice.drawn_anew(cgsim.load("inertia")))
    assert inertia == {"alignment", "issue_hours", "expectation"}


def test_a_partnerships_own_design_is_read_from_its_levers():
    scenario = cgsim.load("baseline", ["size=7", "meetings=2", "fund=40"])
    assert advice.own_design(scenario, ["size", "meetings", "fund"]) == {
        "size": 7.0,
        "meetings": 2.0,
        "fund": 40.0,
    }


def test_what_was_lived_is_put_together_in_one_advice():
    """Batches made by hand: a gain that says which experiment, draw, design and run it is."""
    scenario = cgsim.load("inertia")
    asked = []

    def lived(experiment, out, *, workers=None, progress=None):
        asked.append((experiment, out.as_posix(), workers, progress))
        number = len(asked)

        def matrix(name):
            count = len(experiment.points)
            assert count % 6 == 0
            rows = np.arange(count)[:, None] + np.array([[0.0, NAN, 2.0]])
            scale = {"overhead_hours": 10.0, OVER_AREA: 0.01}[name]
            return scale * (rows + 100 * (number == 2)) - (0.055 if name == OVER_AREA else 0.0)

        return SimpleNamespace(matrix=matrix)

    with patch.object(advice, "run_experiment", lived), patch.object(advice, "RESAMPLES", 19):
        found = advice.advise(
            scenario, Path("out"), draws=6, replicates=3, seed=5, workers=2, progress="progress"
        )
    assert [out for _, out, _, _ in asked] == [
        "out/designs",
        "out/present",
        *(f"out/{key}-alone" for key in advice.LEVERS),
    ]
    assert [workers for _, _, workers, _ in asked] == [2] * 6
    assert [progress for *_, progress in asked] == ["progress", None, None, None, None, None]
    assert {(e.seed, e.replicates, e.draws) for e, *_ in asked} == {(5, 3, 6)}
    assert found.drawn_anew == advice.drawn_anew(scenario)
    assert (found.draws, found.replicates, found.measure) == (6, 3, OVER_AREA)
    # The last design of each draw has the most: 12 members, 2 meetings, 0.9, 100 hours.
    row = found.designs.iloc[0]
    assert (row["size"], row.meetings, row.lead_strength, row.fund) == (12, 2, 0.9, 100)
    means = np.arange(6 * 72).reshape(6, 72) + 1.0
    assert row.p25 == pytest.approx(np.quantile(0.01 * means[:, -1] - 0.055, 0.25))
    assert row.overhead_hours == pytest.approx(10 * means[:, -1].mean())
    own = 0.01 * (np.arange(6) + 101.0) - 0.055
    assert found.present == pytest.approx(
        {
            **advice.own_design(scenario, advice.LEVERS),
            **advice._spread(own),
            "overhead_hours": 10 * (np.arange(6) + 101.0).mean(),
        }
    )
    assert found.change.value == pytest.approx((0.01 * means[:, -1] - 0.055 - own).mean())
    assert [curve.key for curve in found.curves] == list(advice.LEVERS)
    size = np.arange(24).reshape(6, 4) + 1.0
    assert found.curves[0].means == pytest.approx(0.01 * size.mean(axis=0) - 0.055)
    assert found.curves[0].loses[0] == pytest.approx(((0.01 * size[:, 0] - 0.055) < 0).mean())
    with patch.object(advice, "run_experiment", lived), patch.object(advice, "RESAMPLES", 3):
        asked.clear()
        with patch.object(advice, "DRAWS", 7):
            advice.advise(scenario, Path("out"), draws=6)
    assert (asked[0][0].seed, asked[0][0].replicates, asked[0][2]) == (1, 8, None)


def test_draws_that_are_given_are_those_that_are_lived():
    given = SimpleNamespace(check=lambda scenarios: None, some=lambda draws: range(25))

    class Asked(Exception):
        """What was to be planned."""

    def plan(*arguments):
        raise Asked(*arguments)

    with patch.object(advice, "plan", plan), pytest.raises(Asked) as asked:
        advice.advise(cgsim.load("baseline"), Path("out"), draws=30, given=given)
    assert asked.value.args[1:] == (25, 8, 1, given)


def test_where_it_depends_conditions_are_of_what_was_drawn():
    scenario = cgsim.load("baseline")

    def lived(experiment, out, **_):
        carry = np.array([point["carry"] for point in experiment.points])
        gain = np.where(carry > np.median(carry), 0.05, -0.05)[:, None]
        return SimpleNamespace(matrix=lambda name: gain)

    with patch.object(advice, "run_experiment", lived), patch.object(advice, "RESAMPLES", 9):
        found = advice.advise(scenario, Path("out"), draws=60)
    assert found.verdict == "depends"
    assert {leaf["where"][0].split()[0] for leaf in found.depends} == {"carry"}


def given(text):
    """Return a file of draws by its text."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "draws.csv")
        path.write_text(text)
        yield path


def listed(count, start=0.0, column="carry"):
    return f"{column}\n" + "".join(f"{start + n / 100}\n" for n in range(count))


def test_draws_may_be_given_in_a_file():
    scenario = cgsim.load("inertia")
    for path in given(listed(20)):
        posterior = given_for(path, [scenario])
    draws = posterior.points
    assert draws == tuple({"carry": n / 100} for n in range(20))
    every, present, *alone = advice.plan(scenario, 20, 2, 9, posterior)
    assert (every.in_a_row, present.in_a_row) == (72, 1)
    assert [one.in_a_row for one in alone] == [4, 3, 3, 2]
    for one in (every, present, *alone):
        assert (one.design, one.factors, one.draws) == ("draws", (), len(one.points))
        assert len(one.points) == 20 * one.in_a_row
        assert [p["carry"] for p in one.points[:: one.in_a_row]] == [d["carry"] for d in draws]
        assert (one.replicates, one.seed, one.luck) == (2, 9, "own")
        assert one.given["file"] == "draws.csv"
    assert present.points[0] == {"carry": 0.0}
    first = {"size": 3, "meetings": 0.5, "lead_strength": 0.3, "fund": 0}
    assert every.points[0] == {"carry": 0.0, **first}
    assert every.points[71] == {
        "carry": 0.0,
        "size": 12,
        "meetings": 2,
        "lead_strength": 0.9,
        "fund": 100,
    }
    assert [p["size"] for p in alone[0].points[:5]] == [3, 5, 8, 12, 3]

    def lived(experiment, out, **_):
        gain = np.ones((len(experiment.points), 2)) * 0.05
        return SimpleNamespace(matrix=lambda name: gain)

    with patch.object(advice, "run_experiment", lived), patch.object(advice, "RESAMPLES", 3):
        for path in given(listed(25)):
            posterior = given_for(path, [scenario])
            found = advice.advise(scenario, Path("out"), draws=21, given=posterior)
            every = advice.advise(scenario, Path("out"), draws=99, given=posterior)
    assert (found.draws, found.given, found.drawn_anew) == (21, {"file": "draws.csv"}, ())
    assert every.draws == 25
    assert said(found)["given"].text == (
        "What is uncertain is drawn, by the draws in draws.csv: 21 of the 25 draws that there are. "
        "The advice is as good as they are."
    )
    assert "21 draws of what nobody knows, by the draws in draws.csv, 8 runs each" in (
        words.footing(found).text
    )
    assert not {"drawn", "own_values"} & set(said(found))
    assert about(said(found)["given"]) == WHOLE


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (listed(19), "draws.csv: got 19 draws; allowed 20 or more"),
        (listed(20, 0.9), "draws.csv:13: carry: got 1.01"),
        (listed(20, 0.0, "no_such_key"), "draws.csv:2: no_such_key"),
    ],
)
def test_draws_that_are_few_or_do_not_fit_are_refused(text, told):
    for path in given(text):
        with pytest.raises(ScenarioError) as raised:
            given_for(path, [cgsim.load("baseline")])
    assert told in str(raised.value)


# ---- what is said --------------------------------------------------------------------------------


def designs(sizes=(5, 3, 8), like_best=(True, False, False)):
    return pd.DataFrame(
        {
            "size": sizes,
            "meetings": 1.0,
            "lead_strength": 0.6,
            "fund": 0.0,
            "p25": (0.02, 0.01, -0.03),
            "median": (0.05, 0.04, 0.0),
            "p75": (0.08, 0.07, 0.03),
            "p25_low": (0.01, 0.0, -0.04),
            "p25_high": (0.03, 0.02, -0.02),
            "loses": (0.12, 0.2, 0.6),
            "loses_low": (0.08, 0.1, 0.5),
            "loses_high": (0.17, 0.3, 0.7),
            "overhead_hours": (20.0, 10.0, 30.0),
            "like_best": like_best,
        }
    )


def advised(verdict="form", change=Estimate(0.02, 0.01, 0.03, 100), **rest):
    now = {**PRESENT, "size": 8.0, "p25": -0.03, "loses": 0.6}
    return Advice(
        **{
            "verdict": verdict,
            "designs": designs(),
            "present": now,
            "change": change,
            "depends": (),
            "draws": 100,
            "replicates": 8,
        }
        | rest
    )


def said(found):
    return {s.id.removeprefix("advice."): s for s in words.statements(found)}


def about(statement):
    return statement.measure, statement.comparison, statement.of, statement.holds_for


WHOLE = (OVER_AREA, "equal_money", AREA, DRAWN)


def test_all_of_an_advice_is_said_in_one_order():
    found = said(advised())
    assert list(found) == ["form", "drawn", "design", "tried", "present", "change_more"]
    assert {about(s) for s in found.values()} == {WHOLE}
    assert found["form"].text == (
        "Over what is uncertain, a partnership pays in most cases if it is kept to a robust design."
    )
    assert math.isnan(found["form"].value)
    assert math.isnan(found["form"].low)
    assert math.isnan(found["form"].high)
    assert found["form"].numbers is None
    assert found["design"].text == (
        "The design that is advised: 5 members, one meeting a month, a lead of strength 0.6 (0 to "
        "1), no fund. Over the same money, its gain in the lowest quarter of draws is 2.0 % or "
        f"less, {AREA} (95 % interval 1.0 to 3.0 %), in the middle 5.0 %; it loses in 12 % of "
        "draws (8 to 17 %)."
    )
    assert found["tried"].text == (
        "Tried were members: 3, 5 and 8; meetings a month: 1; lead strength (share, 0 to 1): 0.6; "
        "funded hours a month: 0."
    )
    assert found["present"].text == (
        "As it stands, with 8 members, one meeting a month, a lead of strength 0.6 (0 to 1), no "
        f"fund, the scenario has −3.0 % in the lowest quarter, {AREA}, and loses in 60 % of draws."
    )
    assert found["change_more"].text == (
        "The advised design gains 2.0 percentage points more than this one on average over the "
        f"draws, {AREA} (95 % interval 1.0 to 3.0), paired draw by draw."
    )
    assert [[s.id for s in group] for group in words.paragraphs(advised())][-5:] == [
        ["advice.present", "advice.change_more"],
        [],
        [],
        [],
        [],
    ]
    founders = said(advised(measure=OVER))
    assert founders["present"].of == "of what the founders met alone"


def test_the_design_is_for_one_that_is_to_be_formed_where_it_is_not_advised():
    for verdict, id in (("depends", "depends"), ("do not form", "do_not_form")):
        found = said(advised(verdict))
        assert list(found)[:3] == [id, "drawn", "design_if"]
        assert found["design_if"].text.startswith(
            "The design that is advised if it is to be formed: 5 members"
        )


def test_values_of_its_own_are_named():
    found = said(advised(drawn_anew=("carry", "senior")))
    assert "drawn" not in found
    assert (
        "(here it has values of its own for how many unsettled issues come back and managers' "
        "buy-in, and they are drawn)" in found["own_values"].text
    )


@pytest.mark.parametrize(
    ("value", "low", "high", "way"),
    [
        (0.02, 0.01, 0.03, "more"),
        (-0.02, -0.03, -0.01, "less"),
        (0.0, 0.0, 0.0, "exact"),
        (0.02, -0.01, 0.05, "unclear"),
        (0.0, -0.01, 0.01, "unclear"),
        (0.02, NAN, NAN, "unclear"),
    ],
)
def test_which_way_the_mean_changes_is_said(value, low, high, way):
    estimate = Estimate(value, low, high, 100)
    found = said(advised(change=estimate))[f"change_{way}"]
    assert (found.value, about(found)) == (value, WHOLE)
    if way == "less":
        assert "gains 2.0 percentage points less than this one" in found.text
        assert "(95 % interval 1.0 to 3.0)" in found.text


def test_where_the_present_design_would_stand_first_nothing_speaks_for_changing_it():
    less = Estimate(-0.02, -0.03, -0.01, 100)
    found = said(advised(change=less, present_first=True))
    assert "change_less" not in found
    assert found["change_less_plain"].text.endswith(
        "(95 % interval 1.0 to 3.0), paired draw by draw."
    )
    assert found["present_first"].text.startswith(
        "By the same rule this one would stand before every design that was tried"
    )
    assert about(found["present_first"]) == WHOLE
    more = said(advised(present_first=True))
    assert list(more)[-3:] == ["present", "change_more", "present_first"]
    assert said(advised(change=less))["change_less"].text.endswith("not what has the highest mean.")
    assert "present_first" not in said(advised())


def test_designs_that_are_alike_are_counted():
    found = said(advised(designs=designs(like_best=(True, True, True))))["alike"]
    assert found.text.startswith("2 of the other 2 designs cannot be told from the best")
    one = said(advised(designs=designs(like_best=(True, True, False))))["alike"]
    assert one.numbers == {"others": 1, "designs": 2}


def test_a_design_at_the_edge_of_what_was_tried_is_said_to_be():
    table = designs(sizes=(8, 3, 5))
    assert said(advised(designs=table))["tried_edge"].text.endswith(
        "The advised design has the most members of these: it is at the edge of what was tried, "
        "and what lies beyond may be better or worse."
    )
    table = designs(sizes=(3, 8, 5))
    table["fund"] = (100.0, 0.0, 0.0)
    found = said(advised(designs=table))["tried_edge"]
    assert "The advised design has the fewest members and the largest fund of these" in found.text
    assert "funded hours a month: 0 and 100." in found.text
    table["size"] = (5, 3, 8)
    table["fund"] = (0.0, 100.0, 100.0)  # nothing lies beyond no fund
    assert "tried" in said(advised(designs=table))
    table["fund"] = 50.0
    table["meetings"] = (0.5, 1.0, 2.0)
    assert "has the fewest meetings of these" in said(advised(designs=table))["tried_edge"].text
    table["meetings"] = (1.0, 0.5, 1.0)  # of two values, either is at the edge
    assert "has the most meetings of these" in said(advised(designs=table))["tried_edge"].text


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (
            Estimate(-0.1, -0.11, -0.09, 100),
            f"changes the mean gain by −10.0 points, {AREA} (95 % interval −11.0 to −9.0); it "
            "loses in 42 % of draws.",
        ),
        (
            Estimate(0.001, -0.01, 0.012, 100),
            "makes no difference to the mean gain that can be told from chance (+0.1 points, 95 % "
            "interval −1.0 to 1.2); it loses in 42 % of draws.",
        ),
        (
            Estimate(0.01, 0.0, 0.02, 100),
            "makes no difference to the mean gain that can be told from chance (+1.0 points, 95 % "
            "interval 0.0 to 2.0); it loses in 42 % of draws.",
        ),
        (
            Estimate(-0.01, -0.02, 0.0, 100),
            "makes no difference to the mean gain that can be told from chance (−1.0 points, 95 % "
            "interval −2.0 to 0.0); it loses in 42 % of draws.",
        ),
        (
            Estimate(0.7, 0.5, 0.9, 100),
            f"changes the mean gain by +70.0 points, {AREA} (95 % interval 50.0 to 90.0); it "
            "loses in 42 % of draws.",
        ),
    ],
)
def test_neighbours_stand_beside_what_is_advised(change, text):
    found = advised(beside=(Beside("size", 8.0, change, 0.42),))
    (line,) = (s for s in words.statements(found) if s.id.startswith("advice.beside"))
    assert line.text == f"Beside it: 8 members in place of 5 members {text}"
    assert about(line) == WHOLE


def curve(advised=1, best=2, lead=Estimate(0.04, 0.03, 0.05, 100), switched=True):
    return Curve(
        "size",
        (3.0, 5.0, 8.0),
        (0.01, 0.02, 0.06),
        (0.3, 0.2, 0.1),
        advised,
        best,
        lead,
        Estimate(-0.1, -0.12, -0.08, 100) if switched else None,
        0.31 if switched else NAN,
    )


@pytest.mark.parametrize(
    ("one", "id", "text"),
    [
        (
            curve(),
            "curve_other",
            "is best elsewhere: 8 members has the highest mean gain, 6.0 % {of}, +4.0 points more "
            "than 5 members (95 % interval 3.0 to 5.0). In the advised design that would change "
            "the mean by −10.0 points (95 % interval −12.0 to −8.0), and it would lose in 31 % of "
            "draws in place of 12 %. Designs are ranked by their lowest quarter and then by how "
            "seldom they lose, not by their mean.",
        ),
        (
            curve(advised=2),
            "curve_same",
            "is best at what is advised, too: 8 members has the highest mean gain, 6.0 % {of}.",
        ),
        (
            curve(lead=Estimate(0.04, 0.0, 0.08, 100)),
            "curve_alike",
            "makes no difference between what is advised and what is best: 8 members has the "
            "highest mean gain, 6.0 % {of}, and 5 members cannot be told from that (95 % interval "
            "0.0 to 8.0 points).",
        ),
        (curve(lead=Estimate(0.04, -0.01, 0.09, 100)), "curve_alike", None),
        (curve(switched=False), "curve_alike", None),
        (curve(lead=Estimate(0.7, 0.5, 0.9, 100)), "curve_other", None),
    ],
)
def test_the_advice_is_joined_to_what_the_lever_does_alone(one, id, text):
    (line,) = (s for s in words.statements(advised(curves=(one,))) if "curve" in s.id)
    assert line.id == f"advice.{id}"
    assert about(line) == WHOLE
    if text:
        assert line.text == (
            f"By itself, with all else as it stands, “members” {text.format(of=AREA)}"
        )
    assert (line.value, line.low, line.high) == (one.lead.value, one.lead.low, one.lead.high)


def test_beside_and_curve_of_each_lever_stand_together():
    near = Estimate(-0.1, -0.11, -0.09, 100)
    found = advised(
        beside=(Beside("size", 8.0, near, 0.4), Beside("meetings", 2.0, near, 0.4)),
        curves=(dataclasses.replace(curve(), key="meetings"), curve()),
    )
    told = [
        (s.id.removeprefix("advice."), s.numbers.get("lever", s.numbers.get("setting", "")))
        for s in words.statements(found)[6:]
    ]
    assert told == [
        ("beside_differs", ("size", 8.0)),
        ("curve_other", "size"),
        ("beside_differs", ("meetings", 2.0)),
        ("curve_other", "meetings"),
    ]


def test_conditions_are_told_with_their_draws_the_best_first():
    leaves = (
        {"where": ["carry up to 0.4"], "share": 0.25, "draws": 60, "low": 0.16, "high": 0.37},
        {
            "where": ["carry above 0.4", "senior up to 0.7"],
            "share": 0.9,
            "draws": 40,
            "low": 0.8,
            "high": 0.96,
        },
    )
    first, second = words.statements(advised("depends", depends=leaves))[-2:]
    assert first.text == (
        "Where “how many unsettled issues come back” is above 0.4 and “managers' buy-in” is 0.7 or "
        "less: it gains in 90 % of 40 draws (80 to 96 %)."
    )
    assert second.text == (
        "Where “how many unsettled issues come back” is 0.4 or less: it gains in 25 % of 60 draws "
        "(16 to 37 %)."
    )
    assert about(first) == WHOLE
    broken = ({**leaves[0], "where": ["carry about 0.4"]},)
    with pytest.raises(AssertionError, match="carry about"):
        words.statements(advised("depends", depends=broken))


def test_the_table_has_the_first_design_by_the_rule_with_each_value():
    table = pd.concat([designs(), designs(sizes=(3, 5, 8)).assign(loses=0.99)])
    found = advised(designs=table.reset_index(drop=True))
    heads, rows = words.table(found)
    assert heads == ["the first design by the rule with", "lowest quarter", "draws that lose"]
    assert list(rows) == [
        ("3 members", "1.0 %", "20 %"),
        ("5 members", "2.0 %", "12 %"),
        ("8 members", "−3.0 %", "60 %"),
        ("one meeting a month", "2.0 %", "12 %"),
        ("a lead of strength 0.6 (0 to 1)", "2.0 %", "12 %"),
        ("no fund", "2.0 %", "12 %"),
    ]
    assert found.levers == ["size", "meetings", "lead_strength", "fund"]
    assert found.by_lever().columns.tolist() == ["lever", "value", "p25", "loses"]


def test_it_says_what_it_rests_on():
    foot = words.footing(advised())
    assert foot.text.startswith(
        "100 draws of what nobody knows, 8 runs each, 3 designs on the same draws and luck. "
        f"Designs are ranked by their gain over the same money spent on services, {AREA}. "
    )
    assert about(foot) == WHOLE
