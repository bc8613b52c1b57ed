"""Every kind of record is what its observation model says, and nothing of the luck is shared."""

from dataclasses import replace

import numpy as np
import pytest
from made_up import pattern

from cgsim.calibrate.kinds import KINDS
from cgsim.calibrate.observing import (
    LOOKS,
    WAYS,
    Lives,
    Luck,
    record,
    step_of,
    summaries,
    ways_drawn,
)

L, M = 4000, 24


def lives(**columns):
    """Return lives that are all alike in what is given, and in how they are recorded."""
    usual = dict.fromkeys(LOOKS, 0.5) | {"members": 8.0, "meetings": 1.0, "joint_hours": 200.0,
                                         "overhead_hours": 74.0, "joint_met": 300.0,
                                         "met": 900.0, "appeal": 1.3}  # fmt: skip
    ways = {way.name: (way.low + way.high) / 2 for way in WAYS}
    ways |= {name: columns.pop(name) for name in list(columns) if name in ways}
    usual |= columns
    return Lives(
        np.arange(L),
        {name: np.full((L, M), value, np.float32) for name, value in usual.items()},
        np.full((L, 12), 1000.0, np.float32),
        {name: np.full(L, value) for name, value in ways.items()},
        np.full(L, 0.7),
        np.full(L, 8.0),
    )


def written(kind, **columns):
    return record(lives(**columns), pattern(kind), Luck(1, L))


def near(values, wanted, spread):
    """Tell whether a mean is what it should be, within five standard errors."""
    return abs(values.mean() - wanted) <= 5 * spread / np.sqrt(values.size) + 1e-12


def test_people_come_by_commitment_and_anyway():
    values = written("present", commitment=0.35, present_anyway=0.4)
    chance = 0.4 + 0.6 * 0.35 / 0.7
    assert near(values, 8 * chance, 3.0)
    assert abs(values.var() - 8 * chance * (1 - chance)) < 0.05
    assert near(written("present", commitment=0.0, present_anyway=0.4), 3.2, 3.0)
    assert (written("present", commitment=0.9) == 8).all()  # more than the most there is


def test_who_comes_is_told_by_the_most_that_members_of_that_life_can_give():
    alike = lives(commitment=0.35, present_anyway=0.4)
    mixed = replace(alike, max_share=np.where(np.arange(L) < L // 2, 0.35, 0.7))
    values = record(mixed, pattern("present"), Luck(1, L))
    assert (values[: L // 2] == 8).all()  # all that they can give is given
    half = mixed.take(np.arange(L // 2, L))
    assert (record(half, pattern("present"), Luck(1, L)) == values[L // 2 :]).all()
    assert near(values[L // 2 :], 0.7 * 8, 3.0)


def test_issues_are_settled_by_chance():
    values = written("settled", settled=0.8)
    assert near(values, 4.8, 1.0)
    assert abs(values.var() - 6 * 0.8 * 0.2) < 0.05
    assert (written("settled", settled=1.0) == 6).all()


def test_hours_are_written_down_in_part_with_an_error():
    values = written("joint_hours", joint_hours=200, hours_written=0.9, hours_error=0.2)
    assert near(values, 180, 40)
    assert abs(np.log(values).std() - 0.2) < 0.01
    given = replace(pattern("joint_hours"), error=np.full(22, 5.0))
    exact = record(lives(hours_written=1.0), given, Luck(1, L))
    assert near(exact, 200, 5)
    assert abs(exact.std() - 5.0) < 0.1


def test_hours_are_rounded_as_the_real_ones_are():
    assert step_of(np.array([100.0, 250.0, 0.0])) == 50.0
    assert step_of(np.array([100.5, 3.0])) == 0.5
    assert step_of(np.array([1.234, 3.0])) == 0.0
    shape = pattern("overhead_hours")
    tens = replace(shape, values=np.linspace(50, 260, 22).round(-1))
    assert set(record(lives(), tens, Luck(1, L)).ravel() % 10) == {0.0}


@pytest.mark.parametrize(("kind", "column"), [("trust", "trust"), ("agreement", "clarity")])
def test_surveys_have_an_error_of_their_own_and_one_in_common(kind, column):
    values = written(kind, **{column: 0.5}, survey_spread=0.2)
    own = 0.2 / np.sqrt(8)
    assert near(values[:, 0], 0.5, np.hypot(own, 0.05))
    assert abs((values[:, 1] - values[:, 0]).std() - own * np.sqrt(2)) < 0.005
    assert abs(np.cov(values.T)[0, 1] - 0.05**2) < 5e-4  # the scale's bias stays
    assert written(kind, **{column: 1.0}).max() == 1.0


def test_what_joint_work_seems_worth_is_off_in_proportion():
    values = np.log(written("appeal", appeal=1.5, appeal_spread=0.4))
    assert near(values[:, 0], np.log(1.5), np.hypot(0.4 / np.sqrt(8), 0.1))
    assert abs((values[:, 1] - values[:, 0]).std() - 0.4 / 2) < 0.01


def test_activities_come_at_their_own_rate():
    values = written("activities", joint_met=300.0, activity_rate=0.02)
    assert near(values, 6.0, 3.0)
    assert abs(values.var() / 6.0 - 1.0) < 0.05  # Poisson


def test_everybody_knows_the_members():
    assert (written("members", members=7.0) == 7).all()
    left = written("left", members=7.0)
    assert (left[:, 0] == 1).all()  # of eight founders
    assert (left[:, 1:] == 0).all()


def test_meetings_fall_out():
    values = written("meetings", meetings=1.5, cancelled=0.1)
    assert near(values, 1.35, 0.7)
    assert set(np.unique(values)) == {0.0, 1.0, 2.0}
    assert (written("meetings", meetings=1.0, cancelled=0.0) == 1).all()


def test_need_met_has_no_unit():
    shape = pattern("need_met")
    values = written("need_met", met=900.0, need_error=0.05)
    ten = summaries(shape, 10.0 * values)
    assert np.allclose(ten, summaries(shape, values))
    after = ten[:, 4:12]
    assert near(after, np.log(0.9), 0.05)


def test_luck_has_an_address():
    """What one life is recorded as does not depend on the others, nor one kind on another."""
    whole, shape = lives(), pattern("joint_hours")
    some = whole.take(np.array([17, 3]))
    assert (record(some, shape, Luck(1, L)) == record(whole, shape, Luck(1, L))[[17, 3]]).all()
    assert (record(whole, shape, Luck(2, L)) != record(whole, shape, Luck(1, L))).any()
    fewer = replace(shape, months=shape.months[5:7], values=shape.values[5:7], of=shape.of[5:7],
                    error=shape.error[5:7])  # fmt: skip
    again = record(whole, fewer, Luck(1, L))
    assert (again == record(whole, shape, Luck(1, L))[:, 5:7]).all()
    one, other = (record(whole, pattern(k), Luck(1, L)) for k in ("joint_hours", "overhead_hours"))
    assert abs(np.corrcoef(one[:, 4], other[:, 4])[0, 1]) < 0.06


def test_ways_of_recording_stay_in_their_ranges():
    drawn = ways_drawn(1, 20_000)
    for way in WAYS:
        values = drawn[way.name]
        assert way.low <= values.min() < values.max() <= way.high
        middle = np.sqrt(way.low * way.high) if way.logarithm else (way.low + way.high) / 2
        assert abs((values < middle).mean() - 0.5) < 0.02
    assert abs(np.corrcoef(np.array(list(drawn.values()))) - np.eye(len(WAYS))).max() < 0.03


@pytest.mark.parametrize("kind", KINDS)
def test_summaries_are_numbers_by_quarter_or_wave(kind):
    shape = pattern(kind)
    made = summaries(shape, record(lives(), shape, Luck(1, L)))
    parts = 2 if shape.kind.survey else 12 if shape.kind.before else 8
    course = 2 if shape.kind.survey else 4
    assert made.shape == (L, parts + course)
    assert np.isfinite(made).all()


def test_the_course_of_a_record_is_its_mean_slope_change_and_unrest():
    shape = pattern("members", missing=())
    rising = np.tile(np.arange(24.0), (3, 1))
    rising[1] += np.arange(24) % 2
    mean, slope, change, unrest = summaries(shape, rising)[:, -4:].T
    assert mean.tolist() == [11.5, 12.0, 11.5]
    assert slope[0] == pytest.approx(1.0)
    assert change[0] == 18.0  # the last half year less the first
    assert unrest[0] == 0.0 < unrest[1]
    one = pattern("trust")
    first = replace(one, months=one.months[:1], of=one.of[:1], error=one.error[:1])
    assert summaries(first, np.full((3, 1), 0.5)).shape == (3, 1)
    two = summaries(one, np.tile([0.4, 0.7], (3, 1)))
    assert np.allclose(two[0], [0.4, 0.7, 0.55, 0.3])
