"""How much more one gains than another: by what measure, whether paired, and which way round."""

import dataclasses
import math
from types import SimpleNamespace

import numpy as np
import pytest
from scipy import stats
from small_lives import around, lived, results

import cgsim
from cgsim.answer import compare
from cgsim.answer.doubt import Drawn
from cgsim.answer.record import DRAWN, HERE
from cgsim.statistics import Estimate

FOUNDERS, AREA = "of what the founders met alone", "of what all agencies met alone"
OVER, OVER_AREA = "gain_over_equal_money", "area_gain_over_equal_money"
BASE = cgsim.load("baseline")


def of(scenario, gain=0.1, area=0.02, runs=24, **given):
    gains = around(gain, runs) if np.isscalar(gain) else gain
    return results(
        scenario, runs, given.pop("lived", None), **{OVER: gains, OVER_AREA: around(area, runs)}
    )


def other(*changes):
    return BASE.replace(*changes)


def test_two_scenarios_are_set_in_one_area_or_not():
    assert compare.same_area(BASE, other("meetings=2", "size=10", "issue_hours=2"))
    for change in (
        "agencies=15",
        "objectives=5",
        "skills=4",
        "crosscut=0.3",
        "months=60",
        "ambient=0.4",
    ):
        alike = compare.same_area(BASE, other(change))
        assert alike == (change == "ambient=0.4" and "ambient" not in WORLD), change
    for change in (
        {"network": "ring"},
        {"given_network": "ties.csv"},
        {"skill_names": ("a", "b")},
        {"objectives": (None,)},
        {"agencies": (None,)},
    ):
        assert not compare.same_area(BASE, dataclasses.replace(BASE, **change)), change
    from cgsim.scenario.parameters import WORLD_NUMBERS

    for parameter in WORLD_NUMBERS:
        if parameter.name in BASE.values:
            values = dict(BASE.values) | {parameter.name: -1}
            changed = dataclasses.replace(BASE, values=values)
            assert not compare.same_area(BASE, changed), parameter.name
            assert not compare.same_area(changed, BASE), parameter.name
    for name in ("months", "agencies", "objectives", "skills"):
        changed = dataclasses.replace(BASE, values=dict(BASE.values) | {name: -1})
        assert not compare.same_area(BASE, changed), name


WORLD = {p.name for p in cgsim.scenario.parameters.WORLD_NUMBERS}


def test_founders_are_the_same_where_they_were_in_every_run_of_both():
    first = of(BASE, lived=lived(24))
    founders = np.ones((24, 3), bool)
    assert compare.same_members(first, of(other("size=10"), lived=lived(24)))
    founders[23, 2] = False
    elsewhere = of(BASE, lived=lived(24, founders=founders))
    assert not compare.same_members(first, elsewhere)
    # Only runs that both have are looked at.
    fewer = of(BASE, runs=20, lived=lived(20))
    assert compare.same_members(fewer, elsewhere)
    assert compare.same_members(elsewhere, fewer)


def test_without_the_lives_founders_are_told_by_how_they_are_found():
    assert compare.same_members(of(BASE), of(other("meetings=2")))
    assert compare.same_members(of(BASE, lived=lived(24)), of(other("meetings=2")))
    assert not compare.same_members(of(BASE, lived=lived(24)), of(other("size=10")))
    assert not compare.same_members(of(BASE), of(other("size=10"), lived=lived(24)))
    one = BASE.partnerships[0]
    for change in (
        {"size": 3},
        {"recruit": "random"},
        {"members": ("a",)},
        {"lead": "a"},
        {"focus": 2},
    ):
        changed = dataclasses.replace(BASE, partnerships=(dataclasses.replace(one, **change),))
        assert not compare.same_members(of(BASE), of(changed)), change


def test_the_measure_is_of_the_area_unless_the_same_agencies_founded_both():
    assert compare.measure_between(of(BASE), of(other("meetings=2"))) == OVER
    assert compare.measure_between(of(BASE), of(other("size=10"))) == OVER_AREA
    assert compare.measure_between(of(BASE), of(other("months=60"))) == OVER_AREA


def test_on_the_same_luck_the_difference_is_taken_run_by_run():
    noise = np.random.default_rng(1).normal(size=24)
    step = around(0.03, 24)
    often, base = of(other("meetings=2"), gain=noise + step), of(BASE, gain=noise)
    said = compare.beyond_statement("often", "base", often, base)
    low, high = stats.ttest_1samp(step, 0.0).confidence_interval(0.95)
    assert (said.value, said.low, said.high) == pytest.approx((0.03, low, high))
    assert said.text == (
        "often gains 3.0 percentage points more than base, of what the founders met alone "
        "(95 % interval 2.7 to 3.3), paired run by run."
    )
    assert (said.id, said.measure, said.comparison) == ("compare.more", OVER, "base")
    assert (said.unit, said.of, said.holds_for) == ("share", FOUNDERS, HERE)
    assert said.numbers == {"label": "often", "first": "base", "paired": "run by run"}
    turned = compare.beyond_statement("base", "often", base, often)
    assert turned.text == (
        "base gains 3.0 percentage points less than often, of what the founders met alone "
        "(95 % interval 2.7 to 3.3), paired run by run."
    )
    few = of(BASE, gain=noise[:20], runs=20)
    assert compare.beyond(often, few).count == 20
    assert compare.beyond(few, often).count == 20
    assert compare.beyond(often, few).value == pytest.approx(step[:20].mean())


def test_between_two_areas_luck_does_not_cancel():
    shorter = of(other("months=60"), area=0.05, runs=20)
    first = of(BASE, area=0.02)
    said = compare.beyond_statement("short", "long", shorter, first)
    tested = stats.ttest_ind(around(0.05, 20), around(0.02, 24), equal_var=False)
    assert (said.low, said.high) == pytest.approx(tuple(tested.confidence_interval(0.95)))
    assert said.text == (
        "short and long are lived for different numbers of months, so luck does not cancel: short "
        "gains 3.0 percentage points more "
        f"(95 % interval {100 * said.low:.1f} to {100 * said.high:.1f}), each {AREA}."
    )
    assert (said.id, said.measure) == ("compare.apart_more", OVER_AREA)
    why = "are lived for different numbers of months"
    assert said.numbers == {"label": "short", "first": "long", "why": why}
    elsewhere = of(other("months=60", "agencies=15"), area=0.05, runs=20)
    said = compare.beyond_statement("elsewhere", "long", elsewhere, first)
    assert said.numbers["why"] == "are different areas"
    assert said.text.startswith("elsewhere and long are different areas, so luck does not cancel: ")


@pytest.mark.parametrize(
    ("value", "low", "high", "way", "apart"),
    [
        (0.03, 0.02, 0.04, "more", "more"),
        (-0.03, -0.04, -0.02, "less", "less"),
        (0.03, -0.02, 0.08, "unclear", "unclear"),
        (0.0, 0.0, 0.0, "exact", "unclear"),
        (1e-5, -1e-3, 1e-3, "unclear", "unclear"),
        (0.0, 1e-9, 0.1, "more", "more"),
        (0.0, -0.1, -1e-9, "less", "less"),
        (0.0, 0.0, 0.1, "unclear", "unclear"),
        (0.0, -0.1, 0.0, "unclear", "unclear"),
        (0.1, math.nan, math.nan, "unclear", "unclear"),
        (0.0, 0.5, 1.5, "more", "more"),
        (0.0, -1.5, 0.5, "unclear", "unclear"),
    ],
)
def test_which_of_two_gains_more(value, low, high, way, apart):
    estimate = Estimate(value, low, high, 9)
    assert compare.told("B", "A", estimate, OVER, "so").id == f"compare.{way}"
    assert compare.told("B", "A", estimate, OVER, "").id == f"compare.apart_{apart}"


def test_what_one_of_two_knows_and_the_other_has_drawn_is_told():
    """Else the same partnership would do worse than itself, and nobody could tell why."""
    here, there = SimpleNamespace(known=("carry", "patience")), SimpleNamespace(known=())
    one, two = (SimpleNamespace(scenario=scenario) for scenario in (here, there))
    line = np.zeros(2)
    knows = Drawn(line, line, line, {"ambient": line}, 4)
    drawn = Drawn(line, line, line, {"ambient": line, "carry": line}, 4)
    (said,) = compare.known_statements("B", "A", one, two, (knows, drawn))
    assert said.text == "Known in B, and drawn for A: how many unsettled issues come back."
    (turned,) = compare.known_statements("B", "A", two, one, (drawn, knows))
    assert turned.text == "Known in A, and drawn for B: how many unsettled issues come back."
    assert compare.known_statements("B", "A", two, two, (drawn, drawn)) == []


def test_in_how_many_draws_one_does_better():
    nothing = np.zeros(4)
    one = Drawn(nothing, nothing, np.array([0.1, 0.2, -1.0, 0.5]), {}, 4)
    two = Drawn(nothing, nothing, np.array([0.0, -0.1, 0.0, 0.5]), {}, 4)
    said = compare.doubt_statement("B", "A", one, two)
    assert said.text == (
        "Over 4 draws of what nobody knows, B does better than A in 2 and worse in 1, by "
        "the gain of the area over the same money."
    )
    assert (said.id, said.measure, said.comparison) == ("compare.doubt", OVER_AREA, "A")
    assert (said.value, said.of, said.holds_for) == (0.5, AREA, DRAWN)
    counts = {"draws": 4, "label": "B", "first": "A", "better": 2, "worse": 1}
    assert said.numbers == {**counts, "given": None}
    same = compare.doubt_statement("B", "A", two, two)
    assert same.id == "compare.doubt_same"
    assert same.text == (
        "Over 4 draws of what nobody knows, B and A come to the same every time, by the gain of "
        "the area over the same money."
    )
    hair = Drawn(nothing, nothing, two.area + 1e-12, {}, 4)  # of rounding
    assert compare.doubt_statement("B", "A", hair, two).id == "compare.doubt_same"
    assert compare.doubt_statement("A", "B", two, hair).id == "compare.doubt_same"
    worse = Drawn(nothing, nothing, two.area - 0.1, {}, 4)
    assert compare.doubt_statement("B", "A", worse, two).id == "compare.doubt"
    assert compare.doubt_statement("A", "B", two, worse).id == "compare.doubt"
    none = Drawn(nothing[:0], nothing[:0], nothing[:0], {}, 4)
    assert math.isnan(compare.doubt_statement("B", "A", none, none).value)
    single = Drawn(nothing[:1], nothing[:1], np.array([0.1]), {}, 4)
    nought = Drawn(nothing[:1], nothing[:1], np.array([0.0]), {}, 4)
    assert compare.doubt_statement("B", "A", single, nought).value == 1.0
