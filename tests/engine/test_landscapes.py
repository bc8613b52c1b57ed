"""Many partnerships: state by membership gives what a table of all pairs gives, in its room."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from plain import Run

from cgsim import PartnershipModel, ScenarioError, load, loads, run
from cgsim.engine import plan
from cgsim.engine.life import live_arm
from cgsim.engine.run import refuse_the_impossible
from cgsim.mechanisms import KINDS
from cgsim.rules.state import BOARD_COLUMNS, Switches, new_record, new_state
from cgsim.scenario.data import first_locals
from cgsim.scenario.parameters import PARAMETERS

QUIET = list(HealthCheck)


def lived(drawn, together=True):
    design, world, shocks, shape = drawn
    own = shape if together else shape.apart
    record = new_record(own)
    live_arm(
        design.settings[0],
        design.levers[0],
        design.asks[0],
        design.agendas[0],
        design.regime[0],
        Switches(),
        world,
        shocks,
        np.zeros((shape.months, shape.agencies)),
        new_state(own),
        record,
    )
    return record


def differing(drawn, together=True):
    record, rows = lived(drawn, together), Run(drawn, together).rows
    return [
        name
        for name, array in record._asdict().items()
        if not np.array_equal(array, np.reshape(rows[name], array.shape))
    ]


def one_of(*what):
    return st.sampled_from(what)


@st.composite
def landscapes(draw):
    """Up to five partnerships of up to nine agencies: overlaps, joiners, leavers, changes.

    Or up to fourteen agencies in areas, some of them national.
    """
    areas = draw(st.integers(1, 3))
    agencies = draw(st.integers(5, 9) if areas == 1 else st.integers(3 * areas, 14))
    share = draw(one_of(0, 0.15, 0.3, 0.3)) if areas > 1 else 0
    values = {"agencies": agencies, "areas": areas, "national_share": share}
    first = first_locals(values)
    few = first[0] + min(b - a for a, b in pairwise(first))
    assume(few >= 2)
    months, count = draw(st.integers(8, 20)), draw(st.integers(1, 5))
    number = st.integers(2, few)
    tables = {
        "title": "A landscape",
        "summary": "Drawn.",
        "world": {
            **values,
            "months": months,
            "objectives": draw(st.integers(1, 3)),
            "skills": 3,
            "network": draw(one_of("random", "core_periphery", "complete", "none", "small_world")),
            "neighbours": 2 if few < 5 else 4,
        },
        "partnership": [
            {
                "name": f"group {b}",
                "size": draw(number),
                "recruit": draw(one_of("fit", "random", "ties", "all")),
                "area": draw(st.integers(1, areas)),
                "start": draw(st.integers(0, 6)),
                "trigger": draw(one_of(0, 0, 0.001)),
                "focus": 1,
                "last": draw(one_of("never", "never", 9)),
                "adaptive": draw(st.booleans()),
                "fund": draw(one_of(0, 60)),
            }
            for b in range(count)
        ],
        "trust": {"turnover": draw(one_of(0.02, 0.2)), "turnover_loss": draw(one_of(0.5, 0.3))},
        "coordination": {
            "coupling": draw(one_of(0, 0.2, 1)),
            "issue_hours": draw(one_of(0.8, 0.8, 8)),
        },
        "commitment": {"patience": draw(one_of(2, 12))},
        "delivery": {"shareable": draw(one_of(0, 0.3))},
        "mechanisms": draw(mechanisms()),
        "change": [
            {"month": month, **draw(changes(few, count))}
            for month in sorted(draw(st.lists(st.integers(1, months - 1), max_size=5, unique=True)))
        ],
    }
    return load("baseline").from_dict(tables)


@st.composite
def mechanisms(draw):
    """The model's own as often as not, or any others."""
    chosen = {kind.name: draw(one_of(kind.default, *kind.names)) for kind in KINDS}
    own = [
        p for p in PARAMETERS if p.section == "mechanisms" and p.only_under and draw(st.booleans())
    ]
    return {**chosen, **{p.name: draw(st.floats(p.low, min(p.high, 4.0))) for p in own}}


def changes(agencies, count):
    of_one = st.one_of(
        st.integers(2, agencies).map(lambda n: {"size": n}),
        st.integers(1, agencies).map(lambda n: {"lead": f"agency {n}"}),
        one_of({"meetings": 2}, {"focus": ["objective 1"]}),
    )
    of_all = one_of({"turnover_loss": 0.7}, {"turnover_loss": 0.3}, {"coupling": 0})
    who = st.integers(0, count - 1).map(lambda b: {"partnership": [f"group {b}"]})
    return st.one_of(
        st.builds(lambda chosen, what: {**chosen, "set": what}, who, of_one),
        of_all.map(lambda what: {"set": what}),
    )


def compare(scenario, replicate, seats_for_all, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(plan, "SEATS_FOR_ALL", seats_for_all)
        assert differing(plan.draw_one(scenario, 5, replicate)) == []


@pytest.mark.uncompiled
@settings(max_examples=60, deadline=None, suppress_health_check=QUIET)
@given(landscapes(), st.integers(0, 10**6), one_of(0, 50))
def test_a_landscape_lives_as_over_a_table_of_all_pairs(monkeypatch, scenario, replicate, seats):
    compare(scenario, replicate, seats, monkeypatch)


@pytest.mark.soak
@settings(max_examples=2000, deadline=None, suppress_health_check=QUIET)
@given(landscapes(), st.integers(0, 10**6), one_of(0, 50))
def test_two_thousand_landscapes_live_so(monkeypatch, scenario, replicate, seats):
    compare(scenario, replicate, seats, monkeypatch)


@pytest.mark.uncompiled
def test_trust_from_a_file_is_read_where_two_meet_and_where_they_do_not(tmp_path):
    (tmp_path / "n.csv").write_text("agency 1,agency 2,0.9\nagency 2,agency 1,0.2\n")
    values = [f"network_file={tmp_path / 'n.csv'}", "network=file", "months=38", "patience=3"]
    assert differing(plan.draw_one(load("cluttered", [*values, "start=2"]), 5, 1)) == []


AREAS = """
title = "Areas"
summary = "Three of them."
[world]
areas = 3
national_share = 0.15
agencies = 20
months = 20
objectives = 3
[[partnership]]
per_area = 1
name = "board {area}"
recruit = "all"
start = 2
[[partnership]]
per_area = 2
name = "group {n} of {area}"
size = 3
focus = 1
start = 4
"""


def areas(*settings):
    return loads(AREAS, settings)


@pytest.mark.uncompiled
@pytest.mark.parametrize("coupling", [0, 0.2, 1])
def test_members_with_seats_in_several_areas_carry_issues_between_them(coupling):
    drawn = plan.draw_one(areas(f"coupling={coupling}"), 5, 1)
    assert drawn.world.first_local.tolist() == [3, 8, 14, 20]
    assert differing(drawn) == []
    assert differing(drawn, together=False) == []


def settled_by(scenario):
    return lived(plan.draw_one(scenario, 5, 1)).board[:, :, BOARD_COLUMNS.index("settled")]


def test_only_shared_members_let_partnerships_of_two_areas_touch():
    """Boards of areas without national agencies live as though the other areas were not there."""
    many, later = ["issue_hours=100", "coupling=1"], "partnership.board 2.start=9"
    here = settled_by(areas(*many, "national_share=0"))[:, 0]
    alone = settled_by(areas(*many, "national_share=0", later))[:, 0]
    np.testing.assert_array_equal(here, alone)
    here, alone = settled_by(areas(*many))[:, 0], settled_by(areas(*many, later))[:, 0]
    assert (here[2:9] < alone[2:9]).all()


@pytest.mark.parametrize("network", ["random", "small_world", "core_periphery"])
def test_the_first_of_some_areas_without_national_agencies_lives_as_if_alone(network):
    """Its agencies have the same numbers and so the same luck."""
    many = loads(AREAS, ["national_share=0", "agencies=30", f"network={network}"])
    one = loads(AREAS, ["areas=1", "national_share=0", "agencies=10", f"network={network}"])
    many, one = (lived(plan.draw_one(scenario, 5, 1)) for scenario in (many, one))
    first = [0, 3, 4]  # by table: the boards of all areas, then the groups
    np.testing.assert_array_equal(many.board[:, first], one.board)
    np.testing.assert_array_equal(many.own_met[:, :10], one.own_met)
    np.testing.assert_array_equal(many.met_by_objective[:, :3], one.met_by_objective)


def test_a_model_of_areas_is_the_run_of_a_batch_and_can_be_steered():
    values = ["months=24", "fund=30", "issue_hours=20"]
    many, model = areas(*values), PartnershipModel(areas(*values), 1, 0, collect=False)
    assert [p.area for p in model.partnerships[:4]] == [1, 2, 3, 1]
    model.run_model()
    assert model.gain == run(many, 1, 1, workers=1).column("gain")[0]
    change = '[[change]]\nmonth = 9\npartnership = "group 1 of 2"\nset = { size = 7 }'
    scheduled = PartnershipModel(loads(AREAS + change, values), 1, 0, collect=False)
    steered = PartnershipModel(areas(*values), 1, 0, collect=False)
    for _ in range(9):
        steered.step()
    steered.partnerships[5].size = 7
    for one in (scheduled, steered):
        one.run_model()
    np.testing.assert_array_equal(steered.record.board, scheduled.record.board)
    assert scheduled.record.board[9, 5, 0] == 7
    members = np.flatnonzero(scheduled.by_agency.member[5])
    assert set(members) <= {0, 1, 2, *range(8, 14)}, "of its area, or national"


@pytest.mark.uncompiled
def test_alone_there_is_nobody_to_trust():
    drawn = plan.draw_one(load("baseline", ["months=14", "agencies=9", "size=4"]), 5, 1)
    assert differing(drawn, together=False) == []


# Room.


def crowd(count, agencies, *lines):
    head = f'title = "A crowd"\nsummary = "Many."\n[world]\nagencies = {agencies}\nmonths = 30\n'
    groups = [
        f'[[partnership]]\nname = "group {b}"\nsize = 5\nrecruit = "random"\nfocus = {1 + b % 4}\n'
        for b in range(count)
    ]
    return loads(head + "".join(groups) + "\n".join(lines))


def test_room_grows_with_memberships_and_not_with_pairs_of_agencies():
    few, many = (plan.shape_of(crowd(count, 10 * count)) for count in (20, 200))
    assert (few.seats, few.pairs) == (5, 20 * 25)
    assert (many.seats, many.pairs) == (5, 200 * 25)
    sizes = [
        sum(array.nbytes for array in new_state(shape)) / shape.partnerships
        for shape in (few, many)
    ]
    assert sizes[1] < 1.1 * sizes[0]


def test_two_hundred_partnerships_live_and_each_has_its_rows():
    scenario = crowd(200, 2000, "[coordination]\ncoupling = 0")
    board = lived(plan.draw_one(scenario, 1, 0)).board
    assert board.shape[1] == 200
    np.testing.assert_array_equal(board[13, :, 0], 5)


def test_seats_are_kept_for_all_whom_changes_ask_for():
    change = '[[change]]\nmonth = 15\npartnership = "group 1"\nset = { size = 9 }'
    scenario = crowd(3, 80, change)
    assert plan.seats_of(scenario) == [5, 14, 5]
    board = lived(plan.draw_one(scenario, 1, 0)).board
    assert board[16, :, 0].tolist() == [5, 9, 5]


def test_what_memory_cannot_hold_is_refused_with_an_estimate():
    everybody = crowd(
        20, 10_000, *(f'[[partnership]]\nname = "all {b}"\nrecruit = "all"' for b in range(2))
    )
    with pytest.raises(ScenarioError, match=r"needs about \d+ GiB; allowed 4 GiB: fewer"):
        refuse_the_impossible([everybody], 1, 3)


def test_members_asked_for_by_hand_find_room_among_many_agencies():
    change = '[[change]]\nmonth = 15\npartnership = "group 1"\nset = { size = 9 }'
    scheduled = PartnershipModel(crowd(3, 80, change), 1, 0, collect=False)
    model = PartnershipModel(crowd(3, 80), 1, 0, collect=False)
    for _ in range(15):
        model.step()
    model.partnerships[1].size = 9
    model.run_model()
    scheduled.run_model()
    np.testing.assert_array_equal(model.record.board, scheduled.record.board)


def test_trust_set_by_hand_holds_for_those_met_and_those_not():
    model = PartnershipModel(crowd(3, 80), 1, 0, collect=False)
    for _ in range(15):
        model.step()
    others = model.by_agency.trust
    wished = np.linspace(0.1, 0.9, 80)
    wished[7] = 0.0
    model.agencies[7].trust = wished
    np.testing.assert_array_equal(model.agencies[7].trust, wished)
    rest = np.arange(80) != 7
    np.testing.assert_array_equal(model.by_agency.trust[rest], others[rest])


def test_the_order_of_sizes_in_one_call_does_not_matter():
    small, large = crowd(2, 80), crowd(3, 80)
    both = [run(one, 2, 1, workers=1).column("gain") for one in (small, large)]
    again = [run(one, 2, 1, workers=1).column("gain") for one in (large, small)]
    np.testing.assert_array_equal(both[0], again[1])
    np.testing.assert_array_equal(both[1], again[0])
