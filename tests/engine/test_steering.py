"""What can be steered in a run: members who join or are let go, another lead, another agenda."""

import json

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cgsim import PartnershipModel, load, loads
from cgsim.engine.replay import TOLERANCE, differences, export_world, live_all, world_file_of
from cgsim.rules.issues import agenda_overlap
from cgsim.running.results import run_many
from cgsim.scenario.errors import ScenarioError

START = 12
NAMES = "".join(f'[[agency]]\nname = "{name}"\n' for name in ("Police", "Health", "Housing"))


def changed(*changes, before="", **values):
    """Return the baseline with scheduled changes, each (month, what it sets as TOML)."""
    tables = "".join(f"[[change]]\nmonth = {m}\nset = {{ {text} }}\n" for m, text in changes)
    scenario = loads(f'extends = "baseline"\n{before}\n{tables}')
    return scenario.replace(*(f"{key}={value}" for key, value in values.items()))


def lived(scenario, months=None, replicate=0):
    model = PartnershipModel(scenario, 5, replicate, collect=False)
    while model.running and model.month + 1 != months:
        model.step()
    return model


def members(model):
    return [agency.number for agency in model.partnerships[0].members]


def output(model, group):
    """Return what a group's capacities could produce for the agenda, all skills being needed."""
    world = model.world
    agenda = np.array(model.state.agenda[0])
    mix = world.mix[agenda].mean(axis=0)
    pooled = (world.capacity[group, None] * world.skill[group]).sum(axis=0)
    return 1.0 / (mix**2 / np.maximum(pooled, 1e-9)).sum()


def worth(model, agency, others):
    care = model.world.goal[agency, np.array(model.state.agenda[0])].sum()
    return (output(model, [*others, agency]) - output(model, others)) * np.sqrt(care)


# Who joins.


@pytest.mark.parametrize("recruit", ["fit", "random", "ties"])
@pytest.mark.parametrize("replicate", range(4))
def test_who_joins_at_the_start_is_who_would_have_founded_it(recruit, replicate):
    asked = lived(changed((START, "size = 11"), recruit=recruit, size=7), replicate=replicate)
    founded = lived(load("baseline", [f"recruit={recruit}", "size=11"]), replicate=replicate)
    np.testing.assert_array_equal(asked.record.month, founded.record.month)
    np.testing.assert_array_equal(asked.record.board, founded.record.board)


def test_by_fit_the_agency_joins_that_adds_most_to_those_who_are_members():
    before = lived(load("baseline"), 30)
    after = lived(changed((30, "size = 9")), 31)
    old = members(before)
    (joined,) = set(members(after)) - set(old)
    outside = set(range(20)) - set(old)
    assert joined == max(outside, key=lambda agency: worth(before, agency, old))


def test_who_joins_gives_a_first_share_brings_its_trust_and_pays_its_part():
    still = "adapt = 0, turnover = 0, trust_gain = 0, trust_loss = 0"
    before = lived(load("baseline"), 30)
    control, after = (lived(changed((30, text)), 31) for text in (still, f"size = 10, {still}"))
    joined = sorted(set(members(after)) - set(members(before)))
    assert len(joined) == 2
    np.testing.assert_array_equal(after.by_agency.commitment[0, joined], 0.1)
    assert np.all(after.by_agency.given[0, joined] > 0)
    np.testing.assert_array_equal(after.by_agency.trust[joined], before.by_agency.trust[joined])
    np.testing.assert_array_equal(
        after.by_agency.trust[:, joined], before.by_agency.trust[:, joined]
    )
    each = 1 * (3 + 3) + 1 + 1  # meetings, monitoring and engagement
    led = after.record.board[30, 0, 10] * 2 * 10 - control.record.board[30, 0, 10] * 2 * 8
    more = after.record.board[30, 0, 12] - control.record.board[30, 0, 12]
    assert more == pytest.approx(2 * each + led)


def test_the_past_and_the_luck_stay_as_they_were():
    plain, asked = lived(load("baseline")), lived(changed((30, "size = 12")))
    np.testing.assert_array_equal(plain.record.month[:30], asked.record.month[:30])
    assert np.any(plain.record.month[30:] != asked.record.month[30:])
    founders = np.flatnonzero(plain.world.founder[0])
    for name in ("slip", "perceive", "observe"):
        one, other = getattr(plain.shocks, name), getattr(asked.shocks, name)
        np.testing.assert_array_equal(one[START:, founders], other[START:, founders])
        assert not np.any(one[:, np.setdiff1d(np.arange(20), founders)])
        assert np.all(other[START:] != 0)
    for name in ("absence", "turnover", "drift", "climate"):
        np.testing.assert_array_equal(getattr(plain.shocks, name), getattr(asked.shocks, name))
    for one, other in zip(plain.world, asked.world, strict=True):
        np.testing.assert_array_equal(one, other)


def test_the_arms_that_a_gain_is_measured_against_stay_as_they_were():
    plain, asked = load("baseline"), changed((30, "size = 12"))
    first, second = run_many([plain, asked], 6, 5, months=True)
    np.testing.assert_array_equal(first.month_values[:, 1], second.month_values[:, 1])
    assert np.any(first.column("gain") != second.column("gain"))


# Who is let go.


def test_by_fit_the_member_goes_that_adds_least_and_the_lead_stays():
    before = lived(load("baseline"), 30)
    after = lived(changed((30, "size = 6")), 31)
    left, lead = members(before), before.partnerships[0].lead.number
    while len(left) > 6:
        others = [agency for agency in left if agency != lead]
        left.remove(
            min(others, key=lambda a: worth(before, a, [other for other in left if other != a]))
        )
    assert members(after) == left
    gone = sorted(set(members(before)) - set(left))
    assert not np.any(after.by_agency.commitment[0, gone])
    assert not np.any(after.by_agency.given[0, gone])


@pytest.mark.parametrize("recruit", ["random", "ties"])
def test_in_order_those_go_who_came_last(recruit):
    scenario = changed((START, "size = 5"), recruit=recruit, size=9)
    founded = lived(load("baseline", [f"recruit={recruit}", "size=5"]), START + 1)
    assert members(lived(scenario, START + 1)) == members(founded)


def test_nobody_is_asked_twice():
    first = members(lived(load("baseline"), 20))
    fewer = members(lived(changed((20, "size = 3")), 21))
    again = members(lived(changed((20, "size = 3"), (21, "size = 8")), 22))
    assert set(fewer) < set(again)
    assert len(again) == 8
    assert not (set(again) - set(fewer)) & set(first)
    all_there_are = members(lived(changed((20, "size = 3"), (21, "size = 20")), 22))
    assert len(all_there_are) == 20 - (8 - 3)


# Another lead, another agenda.


def test_another_lead_leads_from_its_month_on():
    before = lived(load("baseline"), 30)
    lead = before.partnerships[0].lead.number
    other = next(agency for agency in members(before) if agency != lead)
    after = lived(changed((30, f'lead = "agency {other + 1}"')), 31)
    assert after.partnerships[0].lead.number == other
    share = 0.2 * after.world.capacity[other] / (2 * len(members(after)))
    assert after.record.board[30, 0, 10] == 0.6 * min(1.0, share)
    np.testing.assert_array_equal(before.record.month[:30], after.record.month[:30])


def test_who_is_no_member_cannot_lead_but_may_join_and_lead():
    before = lived(load("baseline"), 30)
    lead = before.partnerships[0].lead.number
    stranger = next(agency for agency in range(20) if agency not in members(before))
    after = lived(changed((30, f'lead = "agency {stranger + 1}"')), 40)
    assert after.partnerships[0].lead.number == lead
    (joined,) = set(members(lived(changed((30, "size = 9")), 31))) - set(members(before))
    after = lived(changed((30, f'size = 9, lead = "agency {joined + 1}"')), 31)
    assert after.partnerships[0].lead.number == joined


def test_a_lead_that_is_named_is_not_let_go():
    before = lived(load("baseline"), 30)
    for agency in members(before):
        after = lived(changed((30, f'size = 2, lead = "agency {agency + 1}"')), 31)
        assert after.partnerships[0].lead.number == agency
        assert agency in members(after)
        assert len(members(after)) == 2


def test_an_objective_dropped_or_added_is_worked_on_no_more_or_from_then_on():
    before, after = lived(load("baseline"), 31), lived(changed((30, "focus = 1")), 31)
    assert np.all(before.state.joint_output[0, :2] > 0)
    assert after.state.joint_output[0, 0] > 0
    assert not np.any(after.state.joint_output[0, 1:])
    more = lived(changed((30, 'focus = ["objective 1", "objective 2", "objective 4"]')), 31)
    assert list(more.state.joint_output[0] > 0) == [True, True, False, True]
    assert more.partnerships[0].focus == ("objective 1", "objective 2", "objective 4")
    np.testing.assert_array_equal(before.record.month[:30], after.record.month[:30])


def test_two_partnerships_agendas_overlap_as_they_are_now():
    two = "".join(
        f'[[partnership]]\nname = "{name}"\nfocus = ["objective {k}"]\n'
        for k, name in enumerate("ab", 1)
    )
    scenario = changed((20, "focus = 2"), before=two)
    assert agenda_overlap(*lived(scenario, 20).state.agenda) == 0
    assert agenda_overlap(*lived(scenario, 21).state.agenda) == 1


# What holds whatever is asked.


def test_asking_for_what_there_is_changes_nothing():
    plain = lived(load("baseline"))
    lead = plain.world.founding_lead[0] + 1
    same = lived(changed((15, f'size = 8, lead = "agency {lead}", focus = 2')))
    np.testing.assert_array_equal(plain.record.month, same.record.month)
    np.testing.assert_array_equal(plain.record.board, same.record.board)


def test_what_is_asked_before_it_begins_is_done_when_it_begins():
    early, then = lived(changed((3, "size = 10"))), lived(changed((START, "size = 10")))
    np.testing.assert_array_equal(early.record.board, then.record.board)
    first = lived(changed((0, "size = 10")))
    np.testing.assert_array_equal(first.record.board, then.record.board)


@st.composite
def asked(draw):
    months = st.integers(0, 29)
    what = st.one_of(
        st.integers(2, 9).map(lambda n: f"size = {n}"),
        st.integers(1, 9).map(lambda n: f'lead = "agency {n}"'),
        st.integers(1, 4).map(lambda n: f"focus = {n}"),
    )
    changes = draw(st.lists(st.tuples(months, what), max_size=6))
    recruit = draw(st.sampled_from(["fit", "random", "ties", "all"]))
    return changed(*changes, agencies=9, months=30, start=4, size=4, recruit=recruit, patience=3)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(asked(), st.integers(0, 10**6))
def test_whatever_is_asked_hours_add_up_and_a_world_file_replays_it(scenario, replicate):
    model = PartnershipModel(scenario, 2, replicate, collect=False)
    been = np.zeros(9, bool)
    while model.running:
        was = model.by_agency.member[0]
        model.step()
        s, laid_out = model.state, model.by_agency
        now = laid_out.member[0]
        assert not np.any(now & ~was & been)  # nobody comes back
        been |= now
        roster = list(s.roster[0, : s.partnership[0].members])
        assert roster == list(np.flatnonzero(now))
        assert np.all(laid_out.commitment[0][~now] == 0)
        assert np.all((laid_out.commitment >= 0) & (laid_out.commitment <= 0.7 + 1e-9))
        assert np.all(np.isfinite(model.record.month[model.month]))
        np.testing.assert_allclose(s.views.sum(axis=0), 1, atol=1e-9)
    file = world_file_of(json.loads(json.dumps(export_world(scenario, 2, replicate))))
    assert max((off for *_, off in differences(file)), default=0) <= TOLERANCE
    np.testing.assert_array_equal(live_all(file)["together"].month, model.record.month)


# By hand, in Mesa.


def test_what_is_set_by_hand_is_what_a_change_schedules():
    scenario = load("baseline")
    scheduled = changed((20, "size = 11"), (25, "focus = 3"), (28, "size = 6"))
    model = lived(scenario, 20)
    model.size = 11
    assert model.size == 11
    while model.month < 24:
        model.step()
    model.partnerships[0].focus = 3
    while model.month < 27:
        model.step()
    model.partnerships[0].size = 6
    model.run_model()
    whole = lived(scheduled)
    np.testing.assert_array_equal(model.record.month, whole.record.month)
    assert model.gain == whole.gain


def test_a_fork_asks_for_members_a_lead_and_an_agenda():
    model = lived(load("baseline"), 40)
    other = model.partnerships[0].members[-1]
    fork = model.fork(at=20, set={"size": 10, "lead": other.name, "focus": ["objective 3"]})
    fork.run_model()
    text = f'size = 10, lead = "{other.name}", focus = ["objective 3"]'
    whole = lived(changed((20, text)))
    np.testing.assert_array_equal(fork.record.month, whole.record.month)
    by_agent = model.fork(at=20)
    by_agent.partnerships[0].lead = other
    by_agent.step()
    assert by_agent.partnerships[0].lead.number == other.number


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"size": 1}, "size: got 1; allowed from 2 to 20, all the agencies"),
        ({"size": 21}, "size: got 21; allowed from 2 to 20, all the agencies"),
        ({"size": 4.5}, "size: got 4.5; allowed a whole number"),
        ({"lead": "Nobody"}, 'lead: got "Nobody"; allowed the name of a given agency'),
        ({"focus": 9}, "focus: got 9; allowed at most 4, all the objectives"),
        ({"focus": []}, "focus: got a list of 0; allowed a whole number from 1 to 64, or a list"),
    ],
)
def test_by_hand_what_cannot_be_is_told(values, message):
    with pytest.raises(ScenarioError, match=message):
        lived(load("baseline"), 20).fork(set=values)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("size = 1", "change.1.set.size: got 1; allowed from 2 to 20, all the agencies"),
        ("size = 4.5", "change.1.set.size: got 4.5; allowed a whole number from 1"),
        ("lead = 3", "change.1.set.lead: got 3; allowed an agency's name"),
        ('lead = "Healht"', r'change.1.set.lead: got "Healht"; .*\(did you mean "Health"\?\)'),
        ("focus = 0", "change.1.set.focus: got 0; allowed a whole number from 1 to 64"),
        ('focus = ["x"]', 'change.1.set.focus: got "x"; allowed the name of a given objective'),
        (
            'recruit = "ties"',
            "change.1.set.recruit: got recruit; allowed no parameter that is read",
        ),
    ],
)
def test_in_a_file_what_cannot_be_is_told(text, message):
    with pytest.raises(ScenarioError, match=message):
        changed((20, text), before=NAMES)


def test_a_file_keeps_what_it_asks():
    asked_for = changed(
        (20, 'size = 10, lead = "Health", focus = ["objective 2"]'), (30, "focus = 3"), before=NAMES
    )
    again = loads(asked_for.to_toml())
    assert again.changes == asked_for.changes
    assert again.changes[1].focus == (0, 1, 2)


# A grant with a clock of its own.


def bought(model):
    return model.record.board[:, 0, 7]


def test_a_grant_begun_in_month_19_pays_its_months():
    late = lived(changed((19, "fund = 80, fund_start = 19, fund_months = 18")))
    assert list(np.flatnonzero(bought(late))) == list(range(19, 37))
    np.testing.assert_array_equal(bought(late)[19:37], 0.8 * 80)
    without = lived(changed((19, "fund = 80, fund_months = 7")))
    assert not np.any(bought(without))  # that clock began when the partnership did
    plain = lived(load("baseline"))
    np.testing.assert_array_equal(plain.record.month[:19], late.record.month[:19])


@pytest.mark.parametrize("start", [0, 5, START])
def test_a_grant_pays_from_the_beginning_where_it_says_nothing_later(start):
    funded = ("fund=50", "fund_months=9")
    plain = lived(load("baseline", funded))
    assert list(np.flatnonzero(bought(plain))) == list(range(START, START + 9))
    same = lived(load("baseline", [*funded, f"fund_start={start}"]))
    np.testing.assert_array_equal(plain.record.board, same.record.board)


def test_equal_money_follows_the_grants_own_clock():
    scenario = load("baseline", ["fund=50", "fund_months=9", "fund_start=30"])
    grants = PartnershipModel(scenario, 5, 0, "equal_money").grants
    assert list(np.flatnonzero(grants.sum(axis=1))) == list(range(30, 39))


# What changing costs.


def test_by_default_nothing_is_paid_for_a_change():
    one = lived(changed((30, "authority = 0.95")), 31)
    other = lived(load("baseline"), 31)
    np.testing.assert_array_equal(one.record.board[30, 0, 12], other.record.board[30, 0, 12])
    np.testing.assert_array_equal(one.state.senior, one.world.senior)


@pytest.mark.parametrize(
    "text", ["prep = 2.9999999999", "size = 8", "focus = 2", "lead = 'agency 1'", "last = 'never'"]
)
def test_whatever_is_set_of_a_partnership_its_members_pay_once(text):
    free, paid = (
        lived(changed((20, "turnover = 0.015"), (30, text), change_hours=hours)) for hours in (0, 5)
    )
    count = free.record.board[30, 0, 0]
    asked_for = free.record.board[:, 0, 12], paid.record.board[:, 0, 12]
    more = asked_for[1][:31] - asked_for[0][:31]
    assert list(np.flatnonzero(np.abs(more) > 1e-9)) == [30]
    assert more[30] == pytest.approx(5 * count)
    assert paid.record.board[31, 0, 12] < paid.record.board[30, 0, 12]


def test_what_is_set_of_the_area_or_before_the_beginning_costs_nothing():
    for text in ((30, "turnover = 0.02"), (3, "meetings = 2")):
        free, paid = (lived(changed(text, change_hours=hours)) for hours in (0, 5))
        np.testing.assert_array_equal(free.record.month, paid.record.month)


def test_a_mandate_costs_senior_managers_hours_and_buy_in():
    weak = {"authority": 0.7, "authority_hours": 4, "authority_buyin": 0.1}
    plain, raised = (
        lived(load("baseline", weak), 31),
        lived(changed((30, "authority = 0.9"), **weak), 31),
    )
    paid = raised.record.board[30, 0, 12] - plain.record.board[30, 0, 12]
    assert paid == pytest.approx(8 * 2 * 4)
    here = members(plain)
    np.testing.assert_allclose(raised.state.senior[here], 0.8 * plain.state.senior[here])
    others = np.setdiff1d(np.arange(20), here)
    np.testing.assert_array_equal(raised.state.senior[others], plain.state.senior[others])
    np.testing.assert_array_equal(raised.world.senior, plain.world.senior)
    lowered = lived(changed((30, "authority = 0.5"), **weak), 31)
    np.testing.assert_array_equal(lowered.state.senior, lowered.world.senior)


def test_with_overhead_off_changing_costs_no_hours():
    scenario = changed((30, "authority = 0.9"), authority=0.7, authority_hours=4, change_hours=3)
    off = PartnershipModel(scenario, 5, 0, off=("overhead",), collect=False)
    off.run_model()
    assert not np.any(off.record.month[:, 3])
