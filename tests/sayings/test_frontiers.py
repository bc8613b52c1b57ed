"""Where gain turns to loss, on lines made by hand; and the points of an experiment."""

import math
import re
from types import SimpleNamespace
from unittest.mock import patch

import numpy as np
import pandas as pd
import pytest

import cgsim
from cgsim.analysis import frontier
from cgsim.analysis.frontier import Frontier, check, crossings, find_frontier
from cgsim.answer import frontier as words
from cgsim.answer import points
from cgsim.experiment.design import Experiment, Factor
from cgsim.scenario import ScenarioError
from cgsim.statistics import BOOTSTRAP_SEED

INF, NAN = math.inf, math.nan
ALONG = np.array([1.0, 2.0, 4.0, 8.0])
OVER_AREA, OVER = "area_gain_over_equal_money", "gain_over_equal_money"
AREA = "of what all agencies met alone"


@pytest.mark.parametrize(
    ("gain", "begins", "ends"),
    [
        ([1, 1, 1, 1], -INF, INF),
        ([3, 1, -1, -3], -INF, 3.0),
        ([-1, 1, 1, 1], 1.5, INF),
        ([-1, 3, 1, -3], 1.25, 5.0),
        ([1, -1, -1, -1], -INF, 1.5),
        ([-1, -1, -1, 1], 6.0, INF),
        ([1, -1, 1, -1], 3.0, 6.0),  # the last stretch of gain is the one that counts
        ([1, 1, 0, -1], -INF, 4.0),  # no gain is no gain
        ([0, 1, 1, 0], 1.0, 8.0),
        ([1, 1, 1, -3], -INF, 5.0),
        ([0.5, 0.5, -0.5, -1], -INF, 3.0),
        ([-1, -1, -1, -1], NAN, NAN),
        ([0, 0, 0, 0], NAN, NAN),
    ],
)
def test_crossings_of_known_lines(gain, begins, ends):
    found = crossings(ALONG, np.array(gain, float))
    np.testing.assert_allclose(found, (begins, ends), rtol=1e-12)
    assert [type(end) for end in found] == [float, float]


def factorial(first=("size", (8, 2, 4)), second=("meetings", (2.0, 0.5)), **rest):
    scenario = cgsim.load("baseline")
    return Experiment(
        **{
            "scenarios": {"baseline": scenario},
            "design": "factorial",
            "factors": (Factor(*first), Factor(*second)),
            "replicates": 6,
            "name": "grid",
        }
        | rest
    )


def batch(values, experiment=None):
    """Return a batch of which only a matrix is asked: (points, replicates)."""
    experiment = experiment or factorial()
    table = np.array([values(point) for point in experiment.points], float)

    def matrix(measure):
        assert measure in (OVER, OVER_AREA, "gain")
        return table if measure != "gain" else table + 100

    return SimpleNamespace(experiment=experiment, matrix=matrix)


def known(point):
    """Gain of every run: gone above 5 members with half a meeting, above 3 with 2; some luck."""
    end = 5.0 if point["meetings"] == 0.5 else 3.0
    luck = np.array([-0.02, -0.01, 0.0, 0.0, 0.01, 0.02])
    return 0.1 * (end - point["size"]) + luck * (1 + point["size"]) + (point["size"] == 2) * luck


def found_in(made, resamples=199, **rest):
    with patch.object(frontier, "RESAMPLES", resamples):
        return find_frontier(made, **rest)


def test_a_known_frontier_is_found_with_its_band():
    made = batch(known)
    found = found_in(made)
    assert (found.along, found.against, found.measure) == ("size", "meetings", OVER_AREA)
    assert found.along_values.tolist() == [2.0, 4.0, 8.0]
    assert found.along_values.dtype == found.against_values.dtype == np.float64
    assert found.against_values.tolist() == [0.5, 2.0]
    assert found.replicates == 6
    table = made.matrix(OVER_AREA)
    for row, often in enumerate((0.5, 2.0)):
        for column, size in enumerate((2, 4, 8)):
            number = next(
                n
                for n, p in enumerate(made.experiment.points)
                if (p["size"], p["meetings"]) == (size, often)
            )
            assert found.gain[row, column] == pytest.approx(table[number].mean())
    assert found.lines["meetings"].tolist() == [0.5, 2.0]
    np.testing.assert_allclose(found.lines["ends"], [5.0, 3.0], rtol=1e-9)
    assert found.lines["begins"].tolist() == [-INF, -INF]
    assert list(found.lines.columns) == [
        "meetings",
        "begins",
        "ends",
        "begins_low",
        "begins_high",
        "ends_low",
        "ends_high",
        "no_gain_share",
    ]
    assert found_in(made).lines.equals(found.lines)


def test_the_band_is_of_replicates_drawn_together_at_every_point():
    made = batch(known)
    found = found_in(made)
    chance = np.random.default_rng(BOOTSTRAP_SEED)
    ends = {0.5: [], 2.0: []}
    for _ in range(199):
        weights = chance.multinomial(6, np.full(6, 1 / 6)) / 6
        for often, kept in ends.items():
            line = np.array([known({"size": s, "meetings": often}) @ weights for s in (2, 4, 8)])
            kept.append(crossings(np.array([2.0, 4.0, 8.0]), line)[1])
    for row in found.lines.to_dict("records"):
        ranked = np.sort(ends[row["meetings"]])
        assert (row["ends_low"], row["ends_high"]) == pytest.approx((ranked[4], ranked[194]))
        assert row["begins_low"] == row["begins_high"] == -INF
        assert row["no_gain_share"] == 0.0


def test_whole_numbers_are_numbers_too():
    whole = factorial(second=("meetings", (2, 1)))
    assert found_in(batch(known, whole), 9).against_values.dtype == np.float64


def test_the_band_is_the_same_every_time():
    luck = np.random.default_rng(2).normal(size=40)
    made = batch(lambda p: 0.1 * (5.0 - p["size"]) + luck * (0.1 + 0.01 * p["size"]))
    lines = found_in(made).lines
    assert lines["ends_low"].nunique() == 1  # meetings make no difference here
    assert lines["ends_low"][0] < lines["ends"][0] < lines["ends_high"][0]
    assert found_in(made).lines.equals(lines)


def test_the_measure_may_be_another_and_failed_replicates_are_left_out_everywhere():
    made = batch(known)
    assert found_in(made, 9, measure="gain").measure == "gain"
    assert (found_in(made, 9, measure="gain").lines["ends"] == INF).all()
    founders = factorial(("hour_cost", (10.0, 20.0)))
    assert founders.ranked_by == OVER
    assert found_in(batch(lambda p: np.ones(6), founders), 9).measure == OVER

    def failed(point):
        line = known(point)
        if point == {"size": 2, "meetings": 0.5} or point["size"] == 4:
            line[[0, 3]] = NAN
        return line

    found = found_in(batch(failed), 9)
    assert found.replicates == 4
    kept = np.delete(known({"size": 8, "meetings": 2.0}), [0, 3])
    assert found.gain[1, 2] == pytest.approx(kept.mean())


def test_where_there_is_no_gain_every_end_is_nowhere():
    lines = found_in(batch(lambda p: known(p) - 9), 9).lines
    ends = ["begins", "begins_low", "begins_high", "ends", "ends_low", "ends_high"]
    assert lines[ends].isna().all(axis=None)
    assert lines["no_gain_share"].tolist() == [1.0, 1.0]


def test_where_gain_is_in_doubt_the_band_begins_nowhere():
    luck = np.array([-0.3, -0.3, -0.3, 0.3, 0.3, 0.31])
    found = found_in(batch(lambda p: luck - 0.01 * (p["size"] > 2)))
    for row in found.lines.to_dict("records"):
        assert math.isnan(row["ends_low"])
        assert row["ends_high"] == INF
        assert 0.2 < row["no_gain_share"] < 0.8


def test_percentiles_count_nowhere_as_below_everything():
    many = np.array([5.0, NAN, 3.0, INF, 4.0])
    low, high = frontier._interval(many, 0.25)
    assert (low, high) == (3.0, 5.0)
    low, high = frontier._interval(many, 0.2)
    assert math.isnan(low)
    assert high == INF
    assert frontier._interval(np.arange(41.0), 0.025) == (1.0, 39.0)


def test_of_one_run_there_is_a_frontier_and_no_interval():
    found = found_in(batch(lambda point: known(point)[:1]), resamples=3)
    assert found.lines[["begins", "ends"]].notna().all(axis=None)
    for name in ("begins", "ends"):
        assert found.lines[[f"{name}_low", f"{name}_high"]].isna().all(axis=None)


@pytest.mark.parametrize(
    ("experiment", "got"),
    [
        (factorial(factors=(Factor("size", (2, 3)),)), "1 factor in a factorial design"),
        (
            factorial(factors=tuple(Factor(k, (1, 2)) for k in ("meetings", "fund", "hour_cost"))),
            "3 factors in a factorial design",
        ),
        (
            factorial(second=("recruit", ("fit", "random"))),
            'words and not numbers for recruit ("fit", "random")',
        ),
        (factorial(("recruit", ("fit",))), 'words and not numbers for recruit ("fit")'),
        (factorial(second=("meetings", (1.0,))), "one value for meetings"),
        (factorial(("size", (3,)), ("meetings", (1.0,))), "one value for size"),
        (factorial(only="size > meetings"), "a grid with points left out"),
        (factorial(design="list", factors=()), "0 factors in a list design"),
        (factorial(design="lhs"), "2 factors in a lhs design"),
    ],
)
def test_what_has_no_two_levers_has_no_frontier(experiment, got):
    with pytest.raises(ScenarioError) as told:
        check(experiment)
    assert str(told.value) == (
        f"grid: factors: got {got}; allowed a factorial of two factors with numbers, at least 2 "
        "each: the first is the one that gain is lost along"
    )
    with pytest.raises(ScenarioError):
        find_frontier(SimpleNamespace(experiment=experiment))


def test_two_levers_of_two_numbers_have_one():
    check(factorial(("size", (2, 3)), ("fund", (0, 50.5))))


# ---- what is said --------------------------------------------------------------------------------


def said(gain=(1.0, 1.0, 1.0, 1.0), runs=30, **ends):
    row = {
        "meetings": 1.0,
        "begins": -INF,
        "begins_low": -INF,
        "begins_high": -INF,
        "ends": INF,
        "ends_low": INF,
        "ends_high": INF,
        "no_gain_share": 0.0,
    } | ends
    found = Frontier(
        "size", "meetings", ALONG, np.array([1.0]), np.array([gain]), pd.DataFrame([row]), runs
    )
    statements = words.statements(found)
    assert found.sentences() == [s.text for s in statements]
    for one in statements:
        assert (one.measure, one.comparison, one.of, one.unit) == (
            OVER_AREA,
            "equal_money",
            AREA,
            "share",
        )
        assert one.numbers["along"] == "size"
        assert one.numbers["most"] == ("size", 8.0)
    return statements


WITH = "With one meeting a month "
STILL = f"{WITH}the mean gain is still above 0 at 8 members, the most that was looked at"


@pytest.mark.parametrize(
    ("ends", "kind", "text"),
    [
        ((NAN, NAN, NAN), "nowhere", f"{WITH}there is no gain at any size looked at."),
        (
            (NAN, NAN, INF),
            "nowhere_open",
            f"{WITH}there is no gain at any size looked at; the 95 % interval allows for one that "
            "ends at more than 8 members.",
        ),
        (
            (NAN, NAN, 3.0),
            "perhaps",
            f"{WITH}there is no gain at any size looked at; the 95 % interval allows for one that "
            "ends at 3 members.",
        ),
        ((INF, INF, INF), "beyond", f"{STILL}."),
        (
            (INF, NAN, INF),
            "beyond_any",
            f"{STILL}; where it ends: from no gain at any size up (95 % interval).",
        ),
        (
            (INF, 5.0, INF),
            "beyond_least",
            f"{STILL}; where it ends: 5 or more (95 % interval).",
        ),
        (
            (3.456, 2.0, 5.0),
            "gone_least",
            f"{WITH}the gain is gone above 3.46 members (95 % interval 2 to 5).",
        ),
        (
            (3.0, NAN, 5.0),
            "gone_any",
            f"{WITH}the gain is gone above 3 members (95 % interval from no gain at any size to "
            "5).",
        ),
        (
            (3.0, 2.0, INF),
            "gone_least_open",
            f"{WITH}the gain is gone above 3 members (95 % interval 2 to more than 8 members).",
        ),
        (
            (3.0, NAN, INF),
            "gone_any_open",
            f"{WITH}the gain is gone above 3 members (95 % interval from no gain at any size to "
            "more than 8 members).",
        ),
    ],
)
def test_where_the_gain_ends_is_said(ends, kind, text):
    of, one = said(**dict(zip(("ends", "ends_low", "ends_high"), ends, strict=True)))
    assert of.text == f"Gain here: gain of the area over spending the money on services, {AREA}."
    assert of.id == "frontier.of"
    assert all(map(math.isnan, (of.value, of.low, of.high)))
    assert one.id == f"frontier.{kind}"
    assert one.text == text
    assert (one.value, one.low, one.high) == pytest.approx(ends, nan_ok=True)


@pytest.mark.parametrize(
    ("ends", "text"),
    [
        (NAN, f"{WITH}there is no gain at any size looked at."),
        (INF, f"{STILL}."),
        (3.0, f"{WITH}the gain is gone above 3 members; one run has no interval."),
    ],
)
def test_of_one_run_it_is_said_where_the_gain_ends_without_an_interval(ends, text):
    _, one = said(runs=1, ends=ends, ends_low=NAN, ends_high=NAN)
    assert one.text == text


def test_of_two_runs_there_is_an_interval():
    gain = (-1.0, 1.0, 1.0, 1.0)
    ends = {"ends": 3.0, "ends_low": 2.0, "ends_high": 5.0}
    begins = {"begins": 1.5, "begins_low": 1.2, "begins_high": 1.8}
    _, one, other = said(gain, runs=2, **ends, **begins)
    assert one.id == "frontier.gone_least"
    assert other.id == "frontier.begins_between"


@pytest.mark.parametrize(
    ("begins", "kind", "text"),
    [
        ((1.5, 1.2, 1.8), "begins_between", " (95 % interval 1.2 to 1.8)"),
        ((1.5, -INF, 1.8), "begins_open", " (95 % interval less than 1 to 1.8)"),
        ((1.5, -INF, INF), "begins_any", " (95 % interval less than 1)"),
        ((1.5, NAN, 1.8), "begins", ""),
        ((1.5, 1.2, NAN), "begins", ""),
        ((1.5, NAN, NAN), "begins", ""),
    ],
)
def test_below_what_there_is_none_yet_is_said(begins, kind, text):
    names = ("begins", "begins_low", "begins_high")
    *_, one = said((-1.0, 1.0, 1.0, 1.0), **dict(zip(names, begins, strict=True)))
    assert one.id == f"frontier.{kind}"
    assert one.text == f"Below 1.5 members there is none yet{text}."
    assert (one.value, one.low, one.high) == pytest.approx(begins, nan_ok=True)


@pytest.mark.parametrize(
    ("gain", "begins"),
    [
        ((1.0, -1.0, 1.0, 1.0), 3.0),  # below the last stretch of gain there is another
        ((0.5, -1.0, 1.0, 1.0), 3.0),
        ((1.0, 1.0, 1.0, 1.0), -INF),
        ((-1.0, -1.0, -1.0, -1.0), NAN),
    ],
)
def test_nothing_is_said_of_below_where_that_would_be_wrong(gain, begins):
    assert len(said(gain, begins=begins)) == 2


def test_no_gain_at_all_below_is_none_yet():
    *_, one = said((0.0, 0.0, 1.0, 1.0), begins=2.0, begins_low=1.5, begins_high=2.5)
    assert one.id == "frontier.begins_between"
    # What is above 0 exactly where it begins does not lie below it.
    *_, one = said((-1.0, 1.0, 1.0, 1.0), begins=2.0, begins_low=1.5, begins_high=2.5)
    assert one.id == "frontier.begins_between"


def test_each_value_of_the_second_lever_has_its_sentence():
    base = {"begins": -INF, "begins_low": -INF, "begins_high": -INF, "no_gain_share": 0.0}
    lines = pd.DataFrame(
        [
            {"meetings": 1.0, "ends": 3.0, "ends_low": 2.0, "ends_high": 5.0, **base},
            {"meetings": 2.0, "ends": INF, "ends_low": INF, "ends_high": INF, **base}
            | {"begins": 1.5, "begins_low": 1.2, "begins_high": 1.8},
        ]
    )
    gain = np.array([[1.0, 1, -1, -1], [-1, 1, 1, 1]])
    found = Frontier("size", "meetings", ALONG, np.array([1.0, 2.0]), gain, lines, 30, OVER)
    assert [(s.id, s.numbers.get("setting")) for s in words.statements(found)] == [
        ("frontier.of", None),
        ("frontier.gone_least", ("meetings", 1.0)),
        ("frontier.beyond", ("meetings", 2.0)),
        ("frontier.begins_between", None),
    ]
    assert {s.measure for s in words.statements(found)} == {OVER}


def rows(estimates, unit="share"):
    count = len(estimates)
    return pd.DataFrame(
        {
            "label": [f"point {n}" for n in range(count)],
            "estimate": estimates,
            "low": np.array(estimates) - 0.01,
            "high": np.array(estimates) + 0.01,
            "words": "gain of the area",
            "unit": unit,
            "replicates": 9,
        }
    )


def test_the_highest_and_the_lowest_point_are_told():
    highest, lowest = points.statements(rows([0.02, 0.05, NAN, -0.03]), "area_gain", sampled=False)
    assert highest.id == "points.highest"
    assert highest.text == (
        f"The gain of the area is highest with point 1: 5.0 %, {AREA} (95 % interval 4.0 to 6.0 %)."
    )
    assert lowest.id == "points.lowest"
    assert lowest.text == "It is lowest with point 3: −3.0 % (95 % interval −4.0 to −2.0 %)."
    for one in (highest, lowest):
        assert (one.measure, one.comparison, one.unit) == ("area_gain", "", "share")
    pounds = points.statements(rows([20.0, 5.0], "pounds"), "area_gain", sampled=False)
    assert "point 0: £20" in pounds[0].text
    assert {one.unit for one in pounds} == {"pounds"}
    (alone, _) = points.statements(rows([20.0], "pounds"), "area_gain", sampled=False)
    assert alone.text.startswith("The gain of the area is highest with point 0: £20")
    # What varies may be unknown at a point of which the gain is known.
    varied = rows([0.02, 0.05]).assign(size=[NAN, 8.0], low=NAN)
    assert len(points.statements(varied, "area_gain", sampled=False)) == 2
    assert points.statements(rows([NAN, NAN]), "area_gain", sampled=False) == []
    assert points.statements(rows([NAN, NAN]), "area_gain", sampled=True) == []
    # Of points that are alike, the last is told as highest and the first as lowest.
    alike = points.statements(rows([0.02] * 3), "area_gain", sampled=False)
    assert [s.numbers["label"] for s in alike] == ["point 2", "point 0"]


def test_a_sample_of_points_is_told_by_its_spread():
    estimates = np.append(np.linspace(-0.05, 0.15, 21), NAN)
    (one,) = points.statements(rows(estimates[::-1]), "area_gain", sampled=True)
    assert one.id == "points.sample"
    assert one.text == (
        f"At the middle point the gain of the area is 5.0 %, {AREA}. Nine points in ten lie "
        "between −4.0 % and 14.0 %. At 71 % of the points it is above 0."
    )
    assert (one.measure, one.comparison, one.unit) == ("area_gain", "", "share")
    assert (one.value, math.isnan(one.low), math.isnan(one.high)) == (
        pytest.approx(0.05),
        True,
        True,
    )
    for end, value in (("least", -0.04), ("most", 0.14)):
        told = one.numbers[end]
        assert (told["value"], told["unit"]) == (pytest.approx(value), "share")
        assert math.isnan(told["low"])
        assert math.isnan(told["high"])
    (whole,) = points.statements(rows([0.0, 0.5, 2.0], "pounds"), "area_gain", sampled=True)
    assert whole.numbers["above"] == pytest.approx(2 / 3)
    assert re.search("lie between just above £0 and £2", whole.text)
    assert whole.unit == "pounds"
    from cgsim.answer import catalogue

    other = catalogue.Catalogue(catalogue.english().texts, {"gain of the area": "Gewinn"})
    with catalogue.using(other):
        for sampled in (True, False):
            told = points.statements(rows([0.1, 0.2]), "area_gain", sampled=sampled)
            assert {s.numbers["words"] for s in told} == {"Gewinn"}
