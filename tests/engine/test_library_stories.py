"""What a scenario's text tells the reader to look for is what its run shows.

Scenarios are made to show something, and several rest on settings chosen for it. These tests say
that a text is true of its file. They are no evidence for any claim of the study.
"""

import numpy as np
import pytest

from cgsim import load
from cgsim.running.results import run, run_many


def test_inertia_is_alive_and_goes_nowhere():
    results = run("inertia", 200)
    assert results.estimate("alive").low > 0.7
    assert results.estimate("inertia").low > 0.8
    assert results.estimate("gain").high < 0


def test_the_frontier_lies_where_gain_turns_to_loss():
    results = run("frontier", 800)
    assert abs(results.estimate("gain").value) < 0.005
    assert 0.35 < results.estimate("loses").value < 0.65


def test_the_civic_centre_gains_by_freed_hours_and_meets_less():
    from cgsim import PartnershipModel

    with_sharing, without = run_many(
        [load("civic-centre"), load("civic-centre", ["shareable=0"])], 150, 1
    )
    assert with_sharing.estimate("freed_hours").low > 0
    rise = with_sharing.column("gain") - without.column("gain")
    assert np.all(rise > 0)
    model = PartnershipModel("civic-centre")
    model.run_model()
    assert model.board(0, "meetings")[-1] == pytest.approx(1 / 6)


def test_the_money_of_more_choices_brings_commitment_while_it_lasts():
    paid, unpaid = run_many(
        [load("more-choices"), load("more-choices", ["fund=0"])], 100, 1, months=True
    )
    joint = 4
    while_paid = slice(18, 36)
    assert (
        paid.month_values[:, 0, while_paid, joint].mean()
        > unpaid.month_values[:, 0, while_paid, joint].mean()
    )


def test_who_must_stay_stays_and_loses():
    must, may = run_many([load("seen-to-partner"), load("seen-to-partner", ["mandate=0"])], 150, 1)
    assert must.estimate("alive").value == 1.0
    assert may.estimate("alive").value < 0.9
    assert must.column("gain").mean() < may.column("gain").mean()


def test_closing_half_of_a_cluttered_landscape_helps():
    tables = load("cluttered").to_dict()
    del tables["change"]
    closed, kept = run_many([load("cluttered"), load("cluttered").from_dict(tables)], 150, 1)
    difference = closed.column("extra_met") - kept.column("extra_met")
    assert difference.mean() > 0


def test_an_area_gains_more_without_its_task_groups_and_projects():
    area = load("one-area")
    small = [n for n, p in enumerate(area.partnerships, 1) if p.name[:4] in ("Task", "Proj")]
    assert len(small) == 10
    never = [f"partnership.{n}.start=1000" for n in small]
    every, few = run_many([area, load("one-area", never)], 60, 1)
    assert every.estimate("area_gain").low > 0
    assert (few.column("area_gain") - every.column("area_gain")).mean() > 0.03


def test_leadership_that_comes_late_still_helps():
    tables = load("community-safety").to_dict()
    del tables["change"]
    late, never = run_many([load("community-safety"), load("baseline").from_dict(tables)], 100, 1)
    assert (late.column("gain") - never.column("gain")).mean() > 0


def test_one_objective_beats_all_of_them():
    wide, narrow = run_many([load("wide-agenda"), load("wide-agenda", ["focus=1"])], 150, 1)
    assert narrow.estimate("alive").value > wide.estimate("alive").value
