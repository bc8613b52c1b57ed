"""Two areas and a national agency: small worlds whose right results are worked out here by hand.

The national agency has 80 hours, those of the areas 100 and 60. There is one objective in each
area and one skill, nobody is absent, nothing is lost, and a unit is met by an hour.
"""

from math import exp

import pytest

from cgsim.engine.replay import live_all, world_file_of
from cgsim.rules.state import BOARD_COLUMNS

MONTHS = 3
ALL_MET = 1 - exp(-1)
"""The share of need that is met where there is as much output as need."""
PLAIN = {
    "backlog_months": 1.0,
    "need_inflow": ALL_MET,
    "support": 0.0,
    "ambient": 0.0,
    "targeting": 0.0,
    "absence_sd": 0.0,
    "climate_sd": 0.0,
    "need_drift": 0.0,
    "turnover": 0.0,
}


def world(parameters=(), partnerships=(), **more):
    """Return a world file's tables; nothing happens by chance."""
    rows = [[0.0] * 3] * MONTHS
    shocks = dict.fromkeys(("absence", "slip", "perceive", "observe", "turnover"), rows)
    return {
        "format": 2,
        "months": MONTHS,
        "first_local": [1, 2, 3],
        "parameters": {**PLAIN, **dict(parameters)},
        "crosscut": [0.0],
        "partnerships": dict(partnerships),
        "focus": [],
        "members": [],
        "lead": [],
        "world": {
            "capacity": [80.0, 100.0, 60.0],
            "skill": [[1.0]] * 3,
            "goal": [[1.0]] * 3,
            "mix": [[1.0]],
            "trust": [[0.0, 0.3, 0.1], [0.5, 0.0, 0.2], [0.3, 0.2, 0.0]],
            "senior": [1.0] * 3,
            "operational": [1.0] * 3,
        },
        "shocks": {**shocks, "drift": [[0.0] * 2] * MONTHS, "climate": [0.0] * MONTHS},
        **more,
    }


def boards(*rosters, start=0, **levers):
    """Return what a world has of partnerships, one in each area, given their members."""
    count = len(rosters)
    return {
        "partnerships": {key: [value] * count for key, value in {"start": start, **levers}.items()},
        "focus": [[1]] * count,
        "members": [[int(agency in roster) for agency in range(3)] for roster in rosters],
        "lead": [roster[0] for roster in rosters],
        "area": list(range(count)),
    }


@pytest.mark.uncompiled
def test_own_hours_meet_the_need_of_their_area_and_half_of_the_national_ones_each():
    record = live_all(world_file_of(world()))["alone"]
    # Need is a month of capacity: 100 + 80 / 2 in the first area, 60 + 80 / 2 in the second. As
    # much new need comes as is met, so that every month is as the first.
    for month in range(MONTHS):
        met = record.met_by_objective[month].tolist()
        assert met == pytest.approx([140 * ALL_MET, 100 * ALL_MET], rel=1e-14)
        own = record.own_met[month].tolist()
        assert own == pytest.approx([80 * ALL_MET, 100 * ALL_MET, 60 * ALL_MET], rel=1e-14)
        assert record.month[month, :2].tolist() == pytest.approx([240 * ALL_MET, 240], rel=1e-14)


@pytest.mark.uncompiled
def test_a_joint_hour_meets_need_in_the_area_of_its_partnership_alone():
    # The two of the second area give a tenth of their hours; meetings cost nothing.
    tables = world(
        {"first_share": 0.1, "setup_hours": 0.0, "slip_sd": 0.0},
        **{
            **boards((0, 1), (0, 2), meetings=0.0, lead_hours=0.0),
            "switched_off": ["overhead", "coordination"],
        },
    )
    tables["partnerships"]["start"] = [9, 0]  # the first never begins
    record = live_all(world_file_of(tables))["together"]
    # National: 8 of 80 hours given, 36 left for each area. 100 + 36 hours meet need in the first;
    # 8 + 6 joint hours and 54 + 36 own ones in the second: 104.
    first, second = 140 * (1 - exp(-136 / 140)), 100 * (1 - exp(-104 / 100))
    assert record.met_by_objective[0].tolist() == pytest.approx([first, second], rel=1e-14)
    assert record.month[0, 2] == pytest.approx(second * 14 / 104, rel=1e-14)  # met jointly
    national = 36 * first / 136 + 36 * second / 104
    assert record.own_met[0, 0] == pytest.approx(national, rel=1e-14)


@pytest.mark.uncompiled
@pytest.mark.parametrize("coupling", [0.0, 0.4])
def test_a_member_with_seats_in_two_areas_carries_issues_from_one_to_the_other(coupling):
    parameters = {
        "coupling": coupling,
        "first_share": 0.1,
        "issue_hours": 10.0,
        "trust_relief": 0.5,
        "protocols": 0.0,
        "carry": 1.0,
    }
    shared = world(parameters, **boards((0, 1), (0, 2), meetings=0.0))
    backlog = BOARD_COLUMNS.index("backlog")
    board = live_all(world_file_of(shared))["together"].board[0, :, backlog].tolist()
    # Mutual trust is (0.3 + 0.5) / 2 in the first board and (0.1 + 0.3) / 2 in the second; both
    # members give 0.1, all want the same, and no meeting settles anything.
    here, there = 0.01 * (1 - 0.5 * 0.4), 0.01 * (1 - 0.5 * 0.2)
    half = 0.5 * coupling
    assert board == pytest.approx(
        [10 * (here + half * there), 10 * (there + half * here)], rel=1e-13
    )
