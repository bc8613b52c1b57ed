"""What is said of a landscape is what its tables show: made by hand, and read back."""

import re
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from cgsim.advice.declutter import Decluttered, Taken
from cgsim.advice.landscapes import Close, Merge
from cgsim.answer import clutter
from cgsim.statistics import Estimate


def estimate(value, half=0.002):
    return Estimate(value, value - half, value + half, 40)


def row(name, value, half=0.002, like=None):
    return {
        "group": name,
        "without": value,
        "without_low": value - half,
        "without_high": value + half,
        "units_a_year": 100 * value,
        "overhead_hours": -120.4,
        "own_hours": 80.2,
        "other_joint_hours": -3.0,
        "most_like": like,
        "overlap": 0.25 if like else 0.0,
    }


def taken(step, words, gain, whole, left, hours=(-100.0, 40.0, 60.0)):
    return Taken(
        step, words, 7, gain, whole, 12.0, *(Estimate(h, h - 5, h + 5, 40) for h in hours), left
    )


def landscape(rows, steps=(), refused=None, now=estimate(-0.02)):
    names = [r["group"] for r in rows]
    scenario = SimpleNamespace(
        title="A town", partnerships=[SimpleNamespace(name=n, size=4) for n in names]
    )
    return Decluttered(
        scenario,
        1,
        40,
        20,
        now,
        pd.DataFrame(rows),
        pd.DataFrame(),
        np.zeros((len(rows), len(rows))),
        tuple(steps),
        refused,
    )


def said(found):
    return {s.id.removeprefix("declutter."): s.text for s in clutter.statements(found)}


def test_the_landscape_as_it_is_leads():
    rows = [row("One", 0.01), row("Two", -0.01)]
    text = said(landscape(rows))["now_less"]
    assert text == (
        "In 40 runs of “A town”, its 2 groups together meet 2.0 % less need in the area than all "
        "its agencies apart with the same money, of what all agencies met alone (95 % interval "
        "1.8 to 2.2 %)."
    )
    assert "meet 3.0 % more need" in said(landscape(rows, now=estimate(0.03)))["now_more"]
    assert "it is not clear" in said(landscape(rows, now=estimate(0.001)))["now_unclear"]


def test_groups_are_told_apart_by_their_intervals_and_not_by_their_means():
    rows = [
        row("Better", 0.010),
        row("Best", 0.014),
        row("Missed", -0.008),
        row("Perhaps", 0.001),
        row("Nothing", 0.0, 0.0),
        row("Perhaps too", -0.0015),
    ]
    told = said(landscape(rows))
    assert "without 2 of them" in told["alone_better"]
    assert "(Best and Better). Closing Best does most: +1.4 points" in told["alone_better"]
    assert "1.2 to 1.6" in told["alone_better"]
    assert told["alone_missed_one"].startswith("Missed would be missed")
    assert "−0.8 points" in told["alone_missed_one"]
    assert told["alone_no_effect_one"] == "Nothing changes nothing at all, to the last digit."
    # -0.15 less 0.2 is the furthest that any of the two may reach.
    assert "no more than 0.4 % either way" in told["alone_unclear"]  # rounded up
    assert "Perhaps too and Perhaps" in told["alone_unclear"]
    assert told["alone_many"].startswith("Of 6 such intervals one in twenty")


def test_every_statement_is_of_the_area_over_the_same_money():
    for one in clutter.statements(landscape([row("A", 0.01), row("B", -0.01)])):
        assert (one.measure, one.comparison) == ("area_gain_over_equal_money", "equal_money")


@pytest.mark.parametrize("now", [Estimate(0.0, 0.0, 0.0, 40), estimate(1e-9, 1e-6)])
def test_no_way_at_all_is_not_clear(now):
    rows = [row("A", 0.01), row("B", 0.01)]
    assert "it is not clear" in said(landscape(rows, now=now))["now_unclear"]


def test_an_interval_that_ends_at_0_is_in_doubt_and_no_kind_stops_the_others():
    rows = [row("Up", 0.002), row("Down", -0.002), row("Missed", -0.01), row("None", 0.0, 0.0)]
    told = said(landscape(rows))
    assert "(Up and Down)" in told["alone_unclear"]
    assert told["alone_no_effect_one"].startswith("None changes nothing")
    assert "alone_missed_one" in told
    assert "alone_better" not in told


def test_of_eight_groups_two_are_not_named():
    rows = [row(f"Group {n}", 0.010 + 0.001 * n) for n in range(1, 9)]
    assert "Group 3 and 2 others)" in said(landscape(rows))["alone_better"]


def test_the_bound_of_what_is_in_doubt_is_that_of_the_widest_interval():
    rows = [row("Far", 0.0015), row("Wide", 0.0005, 0.0062)]
    text = said(landscape(rows))["alone_unclear"]
    assert text.startswith("Of 2 it cannot be told whether they are missed (Far and Wide)")
    assert "no more than 0.7 % either way" in text


def test_of_groups_that_do_as_much_the_first_stay_first():
    """Of so many that a sort which keeps no order would mix them."""
    rows = [row(f"Group {n}", 0.01) for n in range(1, 41)]
    text = said(landscape(rows))["alone_better"]
    assert "(Group 1, Group 2, Group 3, Group 4, Group 5, Group 6 and 34 others)" in text
    _, lines = clutter.groups_table(landscape(rows))
    assert [line[0] for line in lines] == [one["group"] for one in rows]


def test_of_many_groups_six_are_named():
    rows = [row(f"Group {n}", 0.010 + 0.001 * n) for n in range(1, 10)]
    text = said(landscape(rows))["alone_better"]
    assert "(Group 9, Group 8, Group 7, Group 6, Group 5, Group 4 and 3 others)" in text
    assert "Group 3" not in text
    seven = said(landscape(rows[:7]))["alone_better"]
    assert "and Group 1)" in seven


def test_a_path_says_what_was_done_what_is_left_and_what_it_brings():
    rows = [row(name, 0.01) for name in ("A", "B", "C", "D")]
    steps = [
        taken(Close(0), ("A",), estimate(0.006), estimate(0.006), 3),
        taken(Merge(1, 2), ("B", "C"), estimate(0.005), estimate(0.0107), 2, (10.0, -20.0, 5.0)),
    ]
    refused = taken(Close(3), ("D",), estimate(0.001), estimate(0.01), 1)
    found = landscape(rows, steps, refused)
    told = said(found)
    assert "2 steps help (closed: A; merged: C into B)" in told["path"]
    assert "leave 2 of 4 groups" in told["path"]
    assert "1.1 points more need" in told["path"]
    assert "overhead −90 hours, joint work +20, the agencies' own work +65" in told["hours"]
    assert "close D, cannot be told from no gain (+0.1 points" in told["refused"]
    heads, lines = clutter.path_table(found)
    assert len(heads) == len(lines[0]) == 7
    assert [line[1] for line in lines] == ["close A", "merge C into B"]
    assert [line[-1] for line in lines] == ["3", "2"]
    assert lines[1][2] == "+0.5"
    assert [line[0] for line in lines] == ["1", "2"]
    assert "one step helps" in said(landscape(rows, steps[:1]))["path_one"]
    assert "nothing_better" in said(landscape(rows, steps[:1]))
    assert "none_left" in said(landscape(rows, [taken(Close(0), ("A",), *[estimate(0.1)] * 2, 0)]))
    assert "path_none" in said(landscape(rows))


def test_a_table_has_the_best_to_close_first_and_says_no_likeness_where_there_is_none():
    rows = [row("Kept", -0.01, like="Gone"), row("Gone", 0.02, like="Kept"), row("Apart", 0.0)]
    heads, lines = clutter.groups_table(landscape(rows))
    assert [line[0] for line in lines] == ["Gone", "Apart", "Kept"]
    assert lines[0] == ["Gone", "+2.0", "1.8 to 2.2", "+120", "+80", "−3", "Kept (25 %)"]
    assert lines[1][-1] == ""
    assert len(heads) == 7


def test_it_says_on_how_many_runs_it_rests():
    text = said(landscape([row("A", 0.1), row("B", 0.1)]))["rests_on"]
    assert text.startswith("40 runs for each landscape. A step is chosen on 20 runs")
    assert "from 40 runs on luck" in text


@pytest.mark.parametrize("value", [-0.01, 0.0, 0.01])
def test_no_text_is_left_with_a_place_to_fill(value):
    for text in said(landscape([row("A", value), row("B", value)])).values():
        assert not re.search(r"[{}]|nan", text)
