"""What nobody knows: counts of worlds, and the inputs that they turn on."""

import numpy as np
import pytest
from scipy import stats

from cgsim.answer.doubt import Drawn, turns_on, weigh

CHANCE = np.random.default_rng(3)
LINES = dict(zip(("carry", "senior", "skills"), CHANCE.normal(size=(3, 61)), strict=True))


def test_worlds_are_counted():
    values = np.array([0.1, 0.5, -0.5, 0.0, 2.0])
    found = weigh(values, Drawn(values, values, values, {"carry": values}, 4))
    assert (found.draws, found.runs_each, found.gains, found.loses) == (5, 4, 3, 1)
    assert found.values == (0.1, 0.5, -0.5, 0.0, 2.0)
    assert all(type(value) is float for value in found.values)
    assert found.turns_on == ()


def test_it_turns_on_the_inputs_with_the_strongest_rank_correlation():
    gain = -2 * LINES["senior"] + LINES["carry"] + 0.1 * LINES["skills"]
    first, second = turns_on(gain, LINES)
    assert (first.input, second.input) == ("senior", "carry")
    for turn in (first, second):
        rank = stats.spearmanr(LINES[turn.input], gain)
        assert turn.correlation == pytest.approx(rank.statistic)
        order = np.argsort(LINES[turn.input])
        assert turn.lower == pytest.approx(gain[order[:20]].mean())
        assert turn.upper == pytest.approx(gain[order[-20:]].mean())
        assert turn.stands_out
    assert first.correlation < 0 < second.correlation
    assert weigh(gain, Drawn(gain, gain, gain, LINES, 4)).turns_on == (first, second)


def near_a_border():
    """Return lines of which Spearman's test has a chance between 1 in 60 and 1 in 20."""
    for seed in range(1000):
        lines = np.random.default_rng(seed).normal(size=(2, 30))
        if 0.03 < stats.spearmanr(*lines).pvalue < 0.045:
            return lines
    raise AssertionError


def test_an_input_stands_out_where_chance_among_all_of_them_would_seldom_show_as_much():
    gain, line = near_a_border()
    (alone,) = turns_on(gain, {"carry": line})
    assert alone.stands_out
    beside = turns_on(gain, {"carry": line, "senior": np.arange(30.0) % 7})
    assert not next(turn for turn in beside if turn.input == "carry").stands_out
    # One that never varies is not among those that could have shown it.
    (again,) = turns_on(gain, {"carry": line, "senior": np.full(30, 0.5)})
    assert again == alone
    (upside_down,) = turns_on(gain, {"carry": -line})
    assert upside_down.stands_out
    assert upside_down.correlation == pytest.approx(-alone.correlation)


def test_the_test_is_that_of_spearmans_coefficient():
    for seed, count in enumerate(np.repeat([7, 12], 300)):
        lines = np.random.default_rng(seed).normal(size=(2, count))
        (turn,) = turns_on(lines[0], {"carry": lines[1]})
        assert turn.stands_out == (stats.spearmanr(*lines).pvalue < 0.05), seed


def test_few_draws_or_draws_without_a_difference_turn_on_nothing():
    line = np.arange(6.0)
    assert turns_on(line[:5], {"carry": line[:5]}) == ()
    (perfect,) = turns_on(line, {"carry": line})
    assert perfect.correlation == pytest.approx(1.0)
    assert perfect.stands_out
    assert (perfect.lower, perfect.upper) == (0.5, 4.5)
    assert turns_on(np.full(6, 0.1), {"carry": line}) == ()
    assert turns_on(line / 20, {"carry": line}) != ()


def test_ties_among_inputs_keep_the_order_of_the_draws():
    gain = np.array([3.0, 1.0, 2.0, 9.0, 7.0, 8.0, 0.0])
    (turn,) = turns_on(gain, {"carry": np.array([0.0, 0, 0, 0, 1, 1, 1])})
    assert (turn.lower, turn.upper) == (2.0, 4.0)
