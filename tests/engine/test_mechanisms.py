"""Mechanisms to choose from: what each must do whatever the numbers, and how they are chosen."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cgsim import PartnershipModel, ScenarioError, load, loads
from cgsim.engine.life import live_arm
from cgsim.engine.plan import draw_one, fill_regimes, shape_of
from cgsim.engine.replay import export_world
from cgsim.mechanisms import KINDS, combinations
from cgsim.rules import commitment, hours, issues, life_cycle, production, trust
from cgsim.rules.columns import IN_BOARD, IN_MONTH
from cgsim.rules.state import Switches, new_record, new_state
from cgsim.running.results import run_many
from cgsim.scenario.parameters import BY_NAME, PARAMETERS
from cgsim.scenario.writing import differences, template

HOME = {
    "production": production,
    "trusting": trust,
    "giving": commitment,
    "load": commitment,
    "leaving": commitment,
    "coordination": issues,
    "meeting": hours,
    "joining": life_cycle,
    "ties": trust,
}


def test_a_mechanism_is_known_to_its_rules_by_its_place():
    assert HOME.keys() == {kind.name for kind in KINDS}
    for kind in KINDS:
        for number, name in enumerate(kind.names):
            assert vars(HOME[kind.name])[name.upper()] == number
        assert fill_regimes(load("baseline")).settings[kind.name][0] == 0


# ---- production --------------------------------------------------------------------------------


def shares(count):
    """Shares that sum to 1, each above nothing."""
    parts = st.lists(st.floats(0.05, 1.0), min_size=count, max_size=count)
    return parts.map(lambda given: np.array(given) / sum(given))


@st.composite
def works(draw, teams=1, *, all_skills=False):
    """A mix, and hours by skill for some teams; now and then a skill is missing."""
    count = draw(st.integers(1, 6))
    there = st.floats(0.5, 200.0)
    hours = there if all_skills else st.one_of(st.just(0.0), there)
    made = [np.array(draw(st.lists(hours, min_size=count, max_size=count))) for _ in range(teams)]
    assume(all(team.sum() > 0 for team in made))
    return draw(shares(count)), *made


def joined(name, hours, mix, elasticity=1.0):
    total = float(hours.sum())
    if name == "ces":
        return production.produce_ces(hours, total, mix, elasticity)
    return vars(production)[f"produce_{name}"](hours, total, mix)


ELASTICITY = st.floats(0.1, 20.0)


@given(works())
def test_with_an_elasticity_of_one_half_ces_is_the_models_own(work):
    mix, hours = work
    own = production.produce(hours, mix, 1.0)
    # Floors under skills that are missing are taken of the hours in all here, and in hours there.
    assert joined("ces", hours, mix, 0.5) == pytest.approx(own, rel=1e-9, abs=1e-6 * hours.sum())


@given(works())
def test_without_limit_to_its_elasticity_hours_add_up(work):
    mix, hours = work
    assert joined("ces", hours, mix, 1e6) == pytest.approx(hours.sum(), rel=1e-4)


@given(works(all_skills=True))
def test_next_to_no_elasticity_leaves_the_weakest_link(work):
    mix, hours = work
    least = joined("weakest_link", hours, mix)
    # A mean of order rho lies above the least by no more than its weight to the power 1 / rho.
    most = least * mix.min() ** (1 / (1 - 1 / 0.05))
    assert least * (1 - 1e-9) <= joined("ces", hours, mix, 0.05) <= most * (1 + 1e-9)


@given(works(), ELASTICITY, ELASTICITY)
def test_the_more_skills_stand_in_for_each_other_the_more_is_done(work, one, other):
    mix, hours = work
    less, more = sorted((one, other))
    assert joined("ces", hours, mix, less) <= joined("ces", hours, mix, more) * (1 + 1e-9)


@given(works())
def test_near_an_elasticity_of_one_nothing_jumps(work):
    mix, hours = work
    middle = joined("ces", hours, mix, 1.0)
    for near in (1 - 1e-7, 1 + 1e-7, 1 - 1e-9, 1 + 1e-9):
        assert joined("ces", hours, mix, near) == pytest.approx(middle, rel=1e-4)


@given(works(), ELASTICITY)
def test_o_ring_is_never_above_the_weakest_link_nor_that_above_ces_nor_that_above_the_hours(
    work, elasticity
):
    mix, hours = work
    ladder = [
        joined("o_ring", hours, mix),
        joined("weakest_link", hours, mix),
        joined("ces", hours, mix, elasticity),
        float(hours.sum()),
    ]
    assert all(low <= high * (1 + 1e-9) for low, high in pairwise(ladder))


@given(works(teams=2), ELASTICITY)
def test_pooling_never_loses_but_under_the_o_ring(work, elasticity):
    mix, one, other = work
    for name in ("ces", "weakest_link"):
        apart = joined(name, one, mix, elasticity) + joined(name, other, mix, elasticity)
        # A floor is a share of the hours of each team, so that pooling may lose as much as that.
        slack = 1e-8 * (one.sum() + other.sum())
        assert joined(name, one + other, mix, elasticity) >= apart * (1 - 1e-9) - slack


def test_under_the_o_ring_hours_of_a_skill_there_is_enough_of_do_harm():
    mix = np.full(3, 1 / 3)
    even, more = np.full(3, 10.0), np.array([0.0, 0.0, 10.0])
    assert joined("o_ring", even, mix) == pytest.approx(30.0)
    assert joined("o_ring", even + more, mix) == pytest.approx(40 * 0.75**2)
    assert joined("o_ring", even + more, mix) < joined("o_ring", even, mix)


@given(works(), ELASTICITY, st.floats(1e-6, 1e6))
def test_twice_the_hours_do_twice_the_work(work, elasticity, times):
    mix, hours = work
    for name in ("ces", "weakest_link", "o_ring"):
        once = joined(name, hours, mix, elasticity)
        assert joined(name, times * hours, mix, elasticity) == pytest.approx(times * once, rel=1e-9)


@given(shares(4), st.floats(1.0, 100.0), ELASTICITY)
def test_in_the_proportion_that_is_needed_all_do_all_their_hours(mix, hours, elasticity):
    for name in ("ces", "weakest_link", "o_ring"):
        assert joined(name, hours * mix, mix, elasticity) == pytest.approx(hours, rel=1e-9)


def test_a_skill_that_the_objective_does_not_take_decides_nothing():
    mix, hours = np.array([0.5, 0.5, 0.0]), np.array([10.0, 10.0, 0.0])
    for name in ("ces", "weakest_link", "o_ring"):
        assert joined(name, hours, mix, 0.3) == pytest.approx(20.0)


def test_founders_are_the_same_under_every_production():
    names = [c["production"] for c in combinations(["production"])]
    founders = {
        draw_one(load("baseline", [f"production={n}"]), 1, 3).world.founder.tobytes() for n in names
    }
    assert len(founders) == 1


# ---- trust -------------------------------------------------------------------------------------


QUIET = ("turnover=0", "observe_sd=0", "slip_sd=0", "buyin_sd=0", "mandate=1", "start=2")
"""Nobody leaves or is replaced, and promises are seen and kept as they are meant."""


def after(*changes, months):
    """Yield the state after each of some months of one quiet run, and its world."""
    yield from states_of(load("baseline", QUIET).replace(*changes), months)


def states_of(scenario, months, replicate=0):
    """Yield the state after each of some months of one run, and its world."""
    scenario = scenario.replace(f"months={max(20, months[-1])}")
    design, world, shocks, shape = draw_one(scenario, 1, replicate)
    for month in months:
        state = new_state(shape)
        live_arm(
            design.settings[0],
            design.levers[0],
            design.asks[0],
            design.agendas[0],
            design.regime[0][:month],
            Switches(),
            world,
            shocks,
            np.zeros((shape.months, shape.agencies)),
            state,
            new_record(shape),
        )
        yield state, world


def trust_over_time(*changes, months=60):
    """Return what every member trusts every other, month by month, (T, n, n)."""
    pairs = []
    for state, _ in after(*changes, months=range(3, months + 3)):
        one = state.partnership[0]
        cells = state.pair[: one.seats**2].reshape(one.seats, one.seats)
        pairs.append(state.trust[cells[: one.members, : one.members]])
    return np.array(pairs)


def between(pairs):
    return pairs[:, ~np.eye(pairs.shape[1], dtype=bool)].mean(axis=1)


def test_evidence_moves_trust_at_first_as_before_and_then_less_and_less():
    def moved(pairs, months):
        return np.abs(np.diff(pairs[months], axis=0)).mean()

    own, learnt = (
        trust_over_time("slip_sd=0.3"),
        trust_over_time("slip_sd=0.3", "trusting=bayesian"),
    )
    assert moved(learnt, slice(0, 2)) == pytest.approx(moved(own, slice(0, 2)), rel=0.35)
    assert moved(learnt, slice(36, 60)) < 0.5 * moved(own, slice(36, 60))


@pytest.mark.parametrize("operational", [0.2, 0.65, 1.0])
def test_under_conduct_that_stays_the_same_evidence_comes_to_rest_where_trust_did(operational):
    changes = [f"operational={operational}", "lead_strength=0", "monitor_hours=0"]
    changes += ["first_share=0.3", "adapt=0"]  # what is promised stays the same too

    def last(*more, months):
        ((state, _),) = after(*changes, *more, months=[months])
        return state.trust[2 : state.cells[0]].mean()

    rest = 0.2 * operational / (0.2 * operational + 0.4 * (1 - operational))
    assert last(months=1000) == pytest.approx(rest, abs=1e-6)
    assert last("trusting=bayesian", "first_impression=0.01", months=5000) == pytest.approx(
        rest, abs=0.02
    )


def test_a_first_impression_that_counts_for_much_holds():
    firm = between(trust_over_time("trusting=bayesian", "first_impression=1000"))
    open_ = between(trust_over_time("trusting=bayesian", "first_impression=0.1"))
    assert np.ptp(firm) < 0.02 < np.ptp(open_)


def test_hearsay_brings_together_what_members_think_of_the_same_one():
    def apart(pairs):
        """Return how far members differ in their trust of each, on average."""
        last = np.where(np.eye(pairs.shape[1], dtype=bool), np.nan, pairs[5])
        return np.nanstd(last, axis=0).mean()

    alone = apart(trust_over_time("trust_gain=0", "trust_loss=0"))
    heard = apart(trust_over_time("trust_gain=0", "trust_loss=0", "trusting=reputation"))
    assert heard < 0.8 * alone


def test_without_hearsay_reputation_is_the_models_own():
    np.testing.assert_array_equal(
        trust_over_time("trusting=reputation", "hearsay=0"), trust_over_time()
    )


def test_hearsay_needs_somebody_to_hear_it_from():
    np.testing.assert_array_equal(
        trust_over_time("trusting=reputation", "size=2"), trust_over_time("size=2")
    )


# ---- giving and the load --------------------------------------------------------------------


def given_over_time(*changes, months=40):
    """Return what each member gives, month by month, (T, n)."""
    return np.array(
        [
            state.commitment[0, : state.partnership[0].members]
            for state, _ in after(*changes, months=range(3, months + 3))
        ]
    )


def test_without_a_bias_the_self_serving_give_as_others_do():
    same = given_over_time("giving=self_serving", "self_serving_bias=0")
    np.testing.assert_array_equal(same, given_over_time())


@given(st.floats(0, 1), st.floats(0, 1))
def test_the_more_self_serving_members_are_the_less_is_given_in_the_first_month(one, other):
    less, more = sorted((one, other))

    def first(bias):
        return given_over_time("giving=self_serving", f"self_serving_bias={bias}", months=2)[0]

    assert np.all(first(more) <= first(less) + 1e-12)


def test_who_needs_no_others_gives_what_it_wants():
    alone = given_over_time("reciprocity=0")
    np.testing.assert_allclose(
        given_over_time("giving=threshold", "critical_share=0"), alone, rtol=1e-9
    )


def test_below_their_threshold_members_give_nothing_for_others():
    """Where others never give enough it is as if they gave nothing; half a share is the least."""
    never = given_over_time("giving=threshold", "critical_share=10", "first_share=0.01")
    often = given_over_time("giving=threshold", "critical_share=0.2", "first_share=0.01")
    assert np.all(never <= often + 1e-12)
    assert never[-1].mean() < 0.8 * often[-1].mean()


def test_enough_giving_at_the_start_sets_a_partnership_on_another_course():
    """A threshold makes two courses of one partnership: it hangs on how much is given at first."""
    ends = {
        name: [
            given_over_time(f"giving={name}", "critical_share=0.9", f"first_share={first}")[
                5
            ].mean()
            for first in (0.01, 0.6)
        ]
        for name in ("reciprocal", "threshold")
    }
    low, high = ends["threshold"]
    assert high > low


def test_free_riding_takes_more_the_more_members_there_are():
    def share(size):
        changes = (f"size={size}", "reciprocity=0")
        alike = given_over_time(*changes, months=2)[0]
        loafs = given_over_time(*changes, "load=free_riding", "adapt=0.2", months=2)[0]
        # A month moves what is given by adapt of the way, from the first share on.
        return ((loafs - 0.8 * 0.1) / (alike - 0.8 * 0.1)).mean()

    for size in (2, 4, 9):
        assert share(size) == pytest.approx(size**-0.2, rel=1e-6)


def test_who_does_not_loaf_gives_as_alike():
    same = given_over_time("load=free_riding", "loafing=0")
    np.testing.assert_array_equal(same, given_over_time())


def test_the_core_carries_what_the_periphery_leaves():
    changes = ("load=core", "periphery_share=0", "reciprocity=0")
    ((state, world),) = after(*changes, months=[36])
    members = state.roster[0, : state.partnership[0].members]
    care = world.goal[members][:, state.agenda[0]].sum(axis=1)
    shares = state.commitment[0, : len(members)]
    core = care >= care.mean()
    assert 0 < core.sum() < len(members)
    assert shares[core].min() > 10 * shares[~core].max()


def test_a_periphery_that_gives_all_it_wants_is_none():
    same = given_over_time("load=core", "periphery_share=1")
    np.testing.assert_array_equal(same, given_over_time())


def test_members_who_all_care_alike_are_all_of_the_core():
    same = given_over_time("load=core", "alignment=1", "goal_focus=100")
    np.testing.assert_array_equal(same, given_over_time("alignment=1", "goal_focus=100"))


# ---- leaving ---------------------------------------------------------------------------------


@given(st.floats(1e-6, 10), st.floats(0, 50), st.floats(0, 50))
def test_the_longer_without_benefit_the_more_of_all_draws_leave(rate, one, other):
    """The chance of leaving is 1 - e^-hazard, so the border of the draws falls with the time."""
    sooner, later = sorted((one, other))
    for drawn in np.linspace(0.0005, 0.9995, 200):
        early, late = (commitment.gives_up(rate * spent, drawn) for spent in (sooner, later))
        assert early == (drawn > np.exp(-rate * sooner))
        assert late or not early


UNHAPPY = ("exit_ratio=100", "start=1", "months=20", "turnover=0")
"""Nobody ever finds that it is worth its hours, so that every month is one of disappointment."""


def still_there(*changes, runs=400):
    """Return the share of founders who are members after each month of disappointment."""
    scenario = load("baseline", [*UNHAPPY, *changes])
    (lived,) = run_many([scenario], runs, 1, months=True)
    members = lived.board_values[:, 1:, 0, IN_BOARD.members]
    return members.mean(axis=0) / scenario.partnerships[0].size


@pytest.mark.parametrize("mandate", [0.0, 0.5])
def test_members_leave_gradually_from_the_first_month_as_the_formula_says(mandate):
    found = still_there("leaving=gradual", f"mandate={mandate}")[:6]
    months = np.arange(1, 7)
    wanted = np.exp(-0.5 * 0.01 * (1 - mandate) * months * (months + 1))
    # 400 runs of 8 founders: four standard errors of a share.
    assert found == pytest.approx(wanted, abs=4 * 0.5 / np.sqrt(3200))
    assert found[0] < 1


def test_with_patience_nobody_leaves_before_it_is_at_an_end_and_then_all_do():
    found = still_there("leaving=patience", runs=20)
    np.testing.assert_array_equal(found[:11], 1)
    np.testing.assert_array_equal(found[11:], 0)


def test_who_has_to_stay_and_whom_no_hazard_drives_stays():
    for change in ("mandate=1", "exit_hazard=0"):
        np.testing.assert_array_equal(still_there("leaving=gradual", change, runs=20), 1)


# ---- coordination ----------------------------------------------------------------------------


TIGHT = ("issue_hours=5", "size=20")
"""More issues than a month's meetings have time for."""


def lived(*changes, scenario="baseline"):
    """Return the months, the boards and the measures of some runs, as numbers."""
    (found,) = run_many([load(scenario, changes)], 10, 1, months=True)
    return found.month_values, found.board_values, found.measures


def assert_same(one, other):
    for here, there in zip(one, other, strict=True):
        np.testing.assert_array_equal(here, there)


HOURS = st.floats(0.0, 100.0)


@given(HOURS, HOURS, HOURS)
def test_a_meeting_settles_what_waits_and_then_what_is_new(new, waiting, supply):
    share = issues.settled_in_line(new, waiting, supply, new)
    assert 0 <= share <= 1
    if new > 1e-9:
        settled = share * new + min(waiting, supply)
        assert settled == pytest.approx(min(new + waiting, supply), abs=1e-9)
        assert issues.settled_in_line(new, 0.0, supply, new) == min(new, supply) / new
        assert issues.settled_in_line(new, waiting + 1, supply, new) <= share
        assert issues.settled_in_line(new, waiting, supply + 1, new) >= share
    else:
        assert share == 1


def test_a_line_that_never_forms_is_none():
    assert_same(lived("coordination=queue"), lived("coordination=pairs"))
    nothing_waits = ("carry=0", "agenda_keeps=0", *TIGHT)
    assert_same(lived("coordination=queue", *nothing_waits), lived(*nothing_waits))
    assert not np.array_equal(lived("coordination=queue", *TIGHT)[2], lived(*TIGHT)[2])


@pytest.mark.parametrize("keeps", [0.0, 0.5, 1.0])
def test_what_is_raised_is_settled_dropped_or_waits(keeps):
    found = [
        state.partnership[0].copy()
        for state, _ in after(
            "coordination=queue", f"agenda_keeps={keeps}", *TIGHT, months=range(3, 40)
        )
    ]
    load_, supply, waits = (
        np.array([one[name] for one in found]) for name in ("load", "supply", "backlog")
    )
    kept = 0.8 + 0.2 * keeps
    assert np.any(waits > supply)
    np.testing.assert_allclose(waits, kept * (load_ - np.minimum(load_, supply)), rtol=1e-12)
    new = load_ - np.concatenate([[0.0], waits[:-1]])
    settled = new * np.array([one["settled"] for one in found])
    old = np.minimum(load_ - new, supply)
    np.testing.assert_allclose(settled + old, np.minimum(load_, supply), atol=1e-9)
    if keeps == 1:
        raised, done = new.sum(), np.minimum(load_, supply).sum()
        assert raised == pytest.approx(done + waits[-1])


def test_where_too_much_waits_nothing_new_is_settled():
    line, pairs = (lived(f"coordination={name}", *TIGHT)[1] for name in ("queue", "pairs"))
    year = slice(24, 36)
    share = [board[:, year, 0, IN_BOARD.settled] for board in (line, pairs)]
    waits = [board[:, year, 0, IN_BOARD.backlog] for board in (line, pairs)]
    assert share[0].min() == 0 < share[1].min()
    assert np.all(waits[0].max(axis=1) > 0)


ALIKE = ("trust_relief=0", "disagreement=0", "start=2")
"""All issues are equally hard, and in the first month all members give the same."""


def first_month(*changes):
    """Return the state after a partnership's first month, and the world."""
    ((found, world),) = after(*ALIKE, *changes, months=[3])
    return found, world


@pytest.mark.parametrize("size", [2, 4, 9, 16])
def test_in_a_hub_issues_grow_with_members_and_not_with_pairs(size):
    given = 0.1**2 * 0.8  # first_share, issue_hours
    alone, world = first_month(f"size={size}")
    hub, _ = first_month(f"size={size}", "coordination=hub")
    assert world.founder[0].sum() == size
    assert alone.partnership[0].load == pytest.approx(given * size * (size - 1) / 2)
    assert hub.partnership[0].load == pytest.approx(given * (size - 1))


def test_a_partnership_of_two_has_the_same_issues_with_a_hub():
    for months in (3, 20):
        changes = ("size=2", "hub_hours=0", "issue_hours=0.001", "facilitation0=1")
        ((pairs, _),) = after(*changes, months=[3])
        ((hub, _),) = after(*changes, "coordination=hub", months=[3])
        assert hub.partnership[0].load == pytest.approx(pairs.partnership[0].load, rel=1e-12)
        assert months


def test_a_hub_takes_the_leads_hours_and_as_many_of_the_others():
    plain, world = first_month()
    lead, n = int(plain.partnership[0].lead), int(plain.partnership[0].members)
    others = [int(i) for i in plain.roster[0, :n] if i != lead]
    led = 0.6 * 2 * n  # lead_strength, lead_hours
    for hub_hours, talks in ((1.0, n - 1.0), (50.0, 0.2 * world.capacity[lead] - led)):
        hub, _ = first_month("coordination=hub", f"hub_hours={hub_hours}")
        more = hub.overhead - plain.overhead
        assert hub.partnership[0].talks == pytest.approx(talks)
        assert more[lead] == pytest.approx(talks)
        np.testing.assert_allclose(more[others], talks / (n - 1))
        assert hub.partnership[0].overhead - plain.partnership[0].overhead == pytest.approx(
            2 * talks
        )
        # facilitation with the lead there is, and authority
        assert hub.partnership[0].supply == pytest.approx(talks * (0.3 + 0.7 * 0.6) * 0.9)
    shared = ("independent=true", "lead_share=0")
    paid, _ = first_month(*shared)
    hub, _ = first_month(*shared, "coordination=hub", "hub_hours=2")
    talks = 2 * (n - 1)
    more = hub.overhead - paid.overhead
    assert more[lead] == pytest.approx(talks / n)
    np.testing.assert_allclose(more[others], talks / n + 2)


def test_a_lead_without_hours_settles_nothing_and_pays_nothing():
    plain, _ = first_month()
    hub, _ = first_month("coordination=hub", "hub_hours=0")
    assert hub.partnership[0].settled == hub.partnership[0].talks == 0
    np.testing.assert_array_equal(hub.overhead, plain.overhead)


# ---- meeting ---------------------------------------------------------------------------------


@given(st.floats(0, 10), st.floats(0, 10), st.floats(0, 10), st.floats(0, 10), st.floats(0, 10))
def test_the_less_it_is_worth_the_less_a_member_comes(appeal, more, own, absenteeism, higher):
    share = hours.share_attended(appeal, own, absenteeism)
    assert 0 <= share <= 1
    assert hours.share_attended(appeal + more, own, absenteeism) >= share
    assert hours.share_attended(appeal, own, absenteeism + higher) <= share
    if appeal >= own:
        assert share == 1


@pytest.mark.parametrize("trusting", ["linear", "bayesian", "reputation"])
@pytest.mark.parametrize("coordination", ["pairs", "queue", "hub"])
def test_where_nobody_stays_away_everything_is_as_where_everybody_comes(trusting, coordination):
    chosen = (f"trusting={trusting}", f"coordination={coordination}", "issue_hours=5")
    for scenario in ("baseline", "cluttered", "korsakoff"):
        assert_same(
            lived(*chosen, "meeting=by_appeal", "absenteeism=0", scenario=scenario),
            lived(*chosen, scenario=scenario),
        )


@pytest.mark.parametrize("independent", ["true", "false"])
@pytest.mark.parametrize("meeting", ["everybody", "by_appeal"])
@pytest.mark.parametrize("coordination", ["pairs", "queue", "hub"])
def test_all_hours_of_overhead_are_paid_by_somebody(coordination, meeting, independent):
    months, boards, _ = lived(
        f"coordination={coordination}",
        f"meeting={meeting}",
        f"independent={independent}",
        "absenteeism=3",
        "support=0",
        "absence_sd=0",  # so that nobody's overhead is capped
    )
    asked = boards[:, :, 0, IN_BOARD.overhead_hours]
    assert asked.max() > 0
    paid = months[:, 0, :, IN_MONTH.overhead_hours]
    np.testing.assert_allclose(paid, asked, rtol=1e-12)


def test_who_stays_away_spares_those_hours_and_is_not_settled_with():
    """In the first month what a member expects, times its own return, is what it is worth to it."""
    n = 8
    came, _ = first_month("expectation=0.5", "meeting=by_appeal", "absenteeism=0")
    for absenteeism in (0.5, 1.0, 3.0):
        share = 0.5**absenteeism
        state, _ = first_month("expectation=0.5", "meeting=by_appeal", f"absenteeism={absenteeism}")
        one, lead = state.partnership[0], int(state.partnership[0].lead)
        members = [int(i) for i in state.roster[0, :n]]
        spared = (came.overhead - state.overhead)[members]
        wanted = np.where(np.array(members) == lead, 0.0, (1 - share) * 6)  # hours and prep
        np.testing.assert_allclose(spared, wanted, atol=1e-9)
        assert came.partnership[0].overhead - one.overhead == pytest.approx((n - 1) * wanted.max())
        # With the lead every other member has an issue, and with each other two.
        both = (n - 1) * share + (n - 1) * (n - 2) / 2 * share**2
        assert one.settled == pytest.approx(both / (n * (n - 1) / 2))
        assert one.heard == pytest.approx(0.5 * 3 / (1 + (n - 1) * share))


def test_who_is_at_a_meeting_is_recorded_and_is_what_the_hours_of_meetings_are_paid_by():
    """Without leading or anything else to pay, a month's overhead is hours times who comes."""
    bare = ("lead_strength=0", "engage_hours=0", "monitor_hours=0", "protocols=0", "support=0")
    for changes in ((), ("meeting=by_appeal", "expectation=0.7")):
        _, boards, _ = lived(*bare, "absence_sd=0", "prep=1", "hours=3", "reps=2", *changes)
        board = boards[:, :, 0]
        held = board[..., IN_BOARD.meetings] * (board[..., IN_BOARD.members] > 0)
        assert held.max() > 0
        paid = held * (1 + 3) * 2 * board[..., IN_BOARD.present]
        overhead = np.where(held > 0, board[..., IN_BOARD.overhead_hours], 0.0)
        np.testing.assert_allclose(overhead, paid, rtol=1e-9)
        came = board[..., IN_BOARD.present]
        if changes:
            assert np.any(came % 1 > 0)
        else:
            assert np.all(came % 1 == 0)
        assert np.all((came == 0) | (came >= 1))  # the lead always comes


def test_where_only_the_lead_comes_nobody_learns_and_nothing_is_settled():
    nobody = ("expectation=0", "meeting=by_appeal", "absenteeism=10")
    state, _ = first_month(*nobody)
    unmoved, _ = first_month("trust_gain=0", "trust_loss=0")
    np.testing.assert_array_equal(state.trust, unmoved.trust)
    alone, _ = first_month("view_rate=0")
    members = state.roster[0, : state.partnership[0].members].astype(int)
    others = members[members != state.partnership[0].lead]
    np.testing.assert_array_equal(state.views[:, others], alone.views[:, others])
    np.testing.assert_array_equal(state.understanding[:, others], alone.understanding[:, others])
    assert state.partnership[0].settled == pytest.approx(0, abs=1e-12)
    assert state.partnership[0].backlog == pytest.approx(0.8 * state.partnership[0].load)


@pytest.mark.parametrize("coordination", ["pairs", "queue", "hub"])
def test_the_more_stay_away_the_less_is_settled(coordination):
    found = [
        first_month(
            "expectation=0.5",
            "meeting=by_appeal",
            f"absenteeism={absenteeism}",
            f"coordination={coordination}",
        )[0].partnership[0]
        for absenteeism in (0, 0.3, 1, 2, 5)
    ]
    for name in ("settled", "overhead", "talks"):
        steps = np.diff([one[name] for one in found])
        assert np.all(steps <= 0)
        assert np.all(steps < 0) or (name == "talks" and coordination != "hub")


def test_trust_grows_by_the_meetings_that_two_both_come_to():
    changes = ("slip_sd=0", "observe_sd=0", "buyin_sd=0", "operational=1")
    state, _ = first_month(*changes, "expectation=0.5", "meeting=by_appeal")
    unmoved, _ = first_month(*changes, "trust_gain=0", "trust_loss=0")
    one, seats = state.partnership[0], state.partnership[0].seats
    members = one.members
    for place in range(members):
        for other in range(members):
            if place != other:
                here = state.pair[place * seats + other]
                both = state.comes[0, place] * state.comes[0, other]
                contact = 1 - np.exp(-one.heard * both)
                before = unmoved.trust[here]
                kept = state.given[0, other] / state.promised[0, other]
                gained = contact * 0.2 * kept * (1 - before)
                lost = contact * 0.4 * (1 - kept) * before
                assert state.trust[here] - before == pytest.approx(gained - lost, abs=1e-12)


# ---- joining ---------------------------------------------------------------------------------

WAYS_IN = {
    "invitation": ("joining=invitation", "worth_asking=0", "invitation_rate={}"),
    "reputation": ("joining=reputation", "reputation_rate={}"),
    "ties": ("joining=ties", "tie_rate={}"),
}
OPEN_ONCE = ("start=2", "mandate=1", "turnover=0")
"""Nobody leaves, and who joins in month 3, the first in which anybody can, is drawn once."""


def way_in(name, rate):
    return [change.format(rate) for change in WAYS_IN[name]]


def members_after(*changes, months, base="baseline", replicate=0):
    """Return the members of the first partnership after each of some months, as sets."""
    states = list(states_of(load(base).replace(*changes), months, replicate))
    found = [{int(i) for i in s.roster[0, : s.partnership[0].members]} for s, _ in states]
    return found, states[-1][1]


@given(st.floats(0, 20), st.floats(0, 20))
def test_the_higher_the_hazard_the_more_of_all_draws_join_and_as_many_as_it_says(one, other):
    less, more = sorted((one, other))
    drawn = (np.arange(2000) + 0.5) / 2000
    early, late = ([life_cycle.comes_in(rate, u) for u in drawn] for rate in (less, more))
    assert all(then or not now for now, then in zip(early, late, strict=True))
    assert np.mean(early) == pytest.approx(1 - np.exp(-less), abs=1e-3)
    assert not any(life_cycle.comes_in(0.0, u) for u in drawn)


def test_who_joins_neither_leaves_nor_loses_its_people_by_the_same_draw():
    """Turnover takes low draws, leaving high ones and joining those between."""
    for drawn in np.linspace(0.0005, 0.9995, 1000):
        joins, leaves = life_cycle.comes_in(0.5, drawn), commitment.gives_up(0.2, drawn)
        assert not (joins and (leaves or drawn < 0.1))


@pytest.mark.parametrize("base", ["baseline", "cluttered", "west-lothian-chcp"])
@pytest.mark.parametrize("name", WAYS_IN)
def test_at_a_rate_of_0_nobody_joins_and_no_bit_differs(name, base):
    plain = load(base)
    own, none = run_many([plain, plain.replace(*way_in(name, 0))], 10, 1, months=True)
    np.testing.assert_array_equal(own.measures, none.measures)
    np.testing.assert_array_equal(own.month_values, none.month_values)
    np.testing.assert_array_equal(own.board_values, none.board_values)


@given(st.sampled_from(sorted(WAYS_IN)), st.floats(0, 5), st.floats(0, 5), st.integers(0, 20))
def test_who_joins_at_a_low_rate_joins_at_a_high_one(name, one, other, replicate):
    less, more = sorted((one, other))
    changes = (*OPEN_ONCE, "expectation=3", "network=complete")
    (few,), _ = members_after(*changes, *way_in(name, less), months=[4], replicate=replicate)
    (many,), _ = members_after(*changes, *way_in(name, more), months=[4], replicate=replicate)
    (none,), world = members_after(*changes, months=[4], replicate=replicate)
    assert none == set(np.flatnonzero(world.founder[0]))
    assert none <= few <= many


@pytest.mark.parametrize("name", WAYS_IN)
def test_nobody_joins_in_the_first_month_and_all_who_can_in_the_end(name):
    changes = (*OPEN_ONCE, "network=complete", "expectation=10", *way_in(name, 10))
    found, world = members_after(*changes, months=[*range(3, 20)])
    assert found[0] == set(np.flatnonzero(world.founder[0]))
    assert all(before <= now for before, now in pairwise(found))
    assert len(found[-1]) > len(found[0])
    if name != "invitation":
        assert found[-1] == set(range(len(world.capacity)))
    else:  # one is asked in a month
        assert all(len(now) - len(before) <= 1 for before, now in pairwise(found))


def test_members_invite_whom_a_change_of_size_would_bring():
    """Both follow the yardstick of the founding; a rate this high is always taken up."""
    asked = loads(
        'extends = "baseline"\n[[change]]\nmonth = 3\nset = { size = 9 }\n', list(OPEN_ONCE)
    )
    came = 0
    for replicate in range(8):
        (invited,), _ = members_after(
            *OPEN_ONCE, *way_in("invitation", 10), months=[4], replicate=replicate
        )
        by_change = PartnershipModel(asked, replicate=replicate)
        for _ in range(4):
            by_change.step()
        found = {member.number for member in by_change.partnerships[0].members}
        came += invited == found
        assert invited <= found
    assert came > 4


def test_nobody_is_asked_who_adds_too_little():
    most = ("joining=invitation", "invitation_rate=10", "worth_asking=100")
    found, world = members_after(*OPEN_ONCE, *most, months=[19])
    assert found[0] == set(np.flatnonzero(world.founder[0]))


def test_the_better_members_do_the_sooner_others_come():
    def share_that_joined(*changes):
        (lived,) = run_many(
            [load("baseline", [*OPEN_ONCE, *changes, *way_in("reputation", 1), "months=20"])],
            100,
            1,
            months=True,
        )
        return (lived.board_values[:, 3, 0, IN_BOARD.members].mean() - 8) / 12

    none, some, much = (share_that_joined(f"expectation={e}") for e in (0.5, 1.5, 3))
    assert none == 0  # what members hope for in their first month is what outsiders hear
    assert 0 < some < much


def test_only_who_has_ties_with_members_follows_them_in():
    for replicate in range(10):
        changes = (*OPEN_ONCE, *way_in("ties", 10))
        found, world = members_after(*changes, months=[3, 4], replicate=replicate)
        founders, later = found
        known = {i for i in range(len(world.capacity)) if world.tied[i, sorted(founders)].any()}
        assert later - founders <= known
    (alone,), world = members_after(*changes, "network=none", months=[19])
    assert alone == set(np.flatnonzero(world.founder[0]))


def test_ties_bring_in_as_many_as_the_formula_says():
    changes = [*OPEN_ONCE, "months=20", "network=complete", "joining=ties", "tie_rate=0.05"]
    scenario = load("baseline", [*changes, "alignment=1"])
    (lived,) = run_many([scenario], 400, 1, months=True)
    joined = (lived.board_values[:, 3, 0, IN_BOARD.members] - 8).mean() / 12
    # Every agency cares alike for each of its objectives, and knows all eight members.
    care = len(scenario.partnerships[0].focus) / len(scenario.objectives)
    wanted = 1 - np.exp(-0.05 * 8 * care)
    assert joined == pytest.approx(wanted, abs=4 * 0.5 / np.sqrt(400 * 12))


def test_who_has_left_stays_away():
    changes = ("start=2", "patience=2", "exit_ratio=1.2", "mandate=0", *way_in("ties", 0.5))
    found, _ = members_after(*changes, "network=complete", months=[*range(3, 50)])
    gone = set()
    for before, now in pairwise(found):
        gone |= before - now
        assert not gone & now
    assert gone


def test_members_of_other_areas_are_not_drawn_in():
    changes = ["areas=3", "agencies=15", "months=20", *OPEN_ONCE, *way_in("ties", 10)]
    (found,), world = members_after(*changes, "size=3", "network=complete", months=[19])
    local = set(range(world.first_local[1]))
    assert len(found) > 3
    assert found <= local


@pytest.mark.parametrize("name", WAYS_IN)
def test_where_there_are_many_agencies_all_who_may_join_have_a_seat(name):
    """Above some number of agencies seats are for those alone who can be members."""
    changes = ["agencies=60", "months=24", "network=complete", *way_in(name, 10)]
    scenario = load("baseline", changes)
    closed = load("baseline", ["agencies=60", "months=24"])
    assert shape_of(scenario).seats == 60 > shape_of(closed).seats
    (lived,) = run_many([scenario], 3, 1, months=True)
    assert (lived.board_values[:, -1, 0, IN_BOARD.members] > 8).all()


# ---- ties ------------------------------------------------------------------------------------


def made_over_time(*changes, months):
    """Return how far each pair of members has made a tie, month by month, (T, n, n)."""
    pairs = []
    for state, _ in after("ties=carrying", *changes, months=months):
        one = state.partnership[0]
        cells = state.pair[: one.seats**2].reshape(one.seats, one.seats)
        pairs.append(state.tie[cells[: one.members, : one.members]])
    return np.array(pairs)


def test_without_news_ties_carry_nothing():
    np.testing.assert_array_equal(trust_over_time("ties=carrying", "news=0"), trust_over_time())


def test_without_ties_there_is_no_news():
    alone = ("network=none", "tie_growth=0")
    np.testing.assert_array_equal(trust_over_time("ties=carrying", *alone), trust_over_time(*alone))


def test_two_members_have_nobody_to_hear_it_from():
    np.testing.assert_array_equal(
        trust_over_time("ties=carrying", "size=2"), trust_over_time("size=2")
    )


def test_news_travels_where_nobody_meets():
    still = ("view_rate=0", "trust_gain=0", "trust_loss=0")
    own, hearsay, news = (
        trust_over_time(*still, *more, months=30)
        for more in ((), ("trusting=reputation",), ("ties=carrying",))
    )
    np.testing.assert_array_equal(own, hearsay)  # which is heard in meetings
    assert np.abs(news - own).max() > 0.01


@given(st.floats(0, 1), st.sampled_from(["complete", "random", "core_periphery"]))
def test_news_never_leads_beyond_what_anybody_thinks(news, network):
    still = ("trust_gain=0", "trust_loss=0", f"network={network}")
    found = trust_over_time(*still, "ties=carrying", f"news={news}", months=8)
    apart = ~np.eye(found.shape[1], dtype=bool)
    assert np.all(np.diff(found[:, apart].max(axis=1)) <= 1e-12)
    assert np.all(np.diff(found[:, apart].min(axis=1)) >= -1e-12)


def test_the_more_news_the_more_alike_members_judge():
    def apart(news):
        changes = ("slip_sd=0.5", "observe_sd=0.5", "ties=carrying", f"news={news}")
        last = trust_over_time(*changes, months=12)[-1]
        return np.nanstd(np.where(np.eye(len(last), dtype=bool), np.nan, last), axis=0).mean()

    assert apart(0) > apart(0.2) > apart(0.8)


def test_working_together_makes_ties_as_the_formula_says():
    made = made_over_time("tie_growth=0.3", "tie_fade=0.1", months=range(3, 15))
    ((state, _),) = after("ties=carrying", months=[3])
    each = state.partnership[0].contact * 0.3
    wanted, e = [], 0.0
    for _ in range(12):
        e *= 0.9
        e += each * (1 - e)
        wanted.append(e)
    off = ~np.eye(made.shape[1], dtype=bool)
    np.testing.assert_allclose(made[:, off], np.repeat(wanted, off.sum()).reshape(12, -1))


def test_ties_fade_when_the_partnership_is_over_and_with_those_who_held_them():
    ended = [
        state.tie[2 : state.cells[0]]
        for state, _ in after("ties=carrying", "last=10", "tie_fade=0.25", months=[10, 11, 12])
    ]
    assert ended[0].min() > 0
    np.testing.assert_allclose(ended[1], 0.75 * ended[0])
    np.testing.assert_allclose(ended[2], 0.75 * ended[1])
    (stable,), (moved,) = (
        [
            state.tie[2 : state.cells[0]]
            for state, _ in after("ties=carrying", f"turnover={often}", months=[24])
        ]
        for often in (0, 1)
    )
    assert moved.max() < stable.min()


FIRST_TOGETHER = """
extends = "baseline"
agency = [
    { name = "agency 1" }, { name = "agency 2" }, { name = "agency 3" }, { name = "agency 4" },
    { name = "agency 5" },
]
[[partnership]]
name = "first"
recruit = "names"
members = ["agency 1", "agency 2", "agency 3", "agency 4"]
start = 0
last = 12
[[partnership]]
name = "second"
recruit = "names"
members = ["agency 1", "agency 5"]
start = 12
"""


def test_who_has_worked_together_brings_the_others_into_what_comes_next():
    changes = ["network=none", "joining=ties", "tie_rate=10", "months=24", "mandate=1"]
    changes += ["turnover=0"]

    def joined(*more):
        model = PartnershipModel(loads(FIRST_TOGETHER, [*changes, *more]))
        model.run_model()
        (second,) = (one for one in model.partnerships if one.name == "second")
        return {member.name for member in second.members}

    assert joined() == {"agency 1", "agency 5"}
    assert joined("ties=carrying", "tie_growth=0") == {"agency 1", "agency 5"}
    found = joined("ties=carrying", "tie_growth=1")
    assert {"agency 2", "agency 3", "agency 4"} & found
    assert found <= {f"agency {n}" for n in range(1, 6)}


# ---- how they are chosen -----------------------------------------------------------------------


def test_the_models_own_is_what_holds_where_nothing_is_said():
    plain = load("baseline")
    said = load("baseline", [f"mechanisms.{kind.name}={kind.default}" for kind in KINDS])
    assert plain == said
    assert "mechanisms" not in plain.to_dict()
    assert plain.mechanisms == {kind.name: kind.default for kind in KINDS}


def test_a_mechanism_is_chosen_in_a_file_and_by_an_assignment_alike(tmp_path):
    file = tmp_path / "s.toml"
    file.write_text('title = "T"\n[mechanisms]\nproduction = "ces"\nelasticity = 0.8\n')
    given = load(file)
    told = loads('title = "T"', ["mechanisms.production=ces", "mechanisms.elasticity=0.8"])
    assert given.values == told.values
    assert loads('title = "T"', ["production=ces", "elasticity=0.8"]).values == told.values
    assert loads('title = "T"').with_mechanisms({"production": "ces"}).mechanisms == told.mechanisms


@pytest.mark.parametrize("chosen", combinations([kind.name for kind in KINDS])[::7])
def test_whatever_is_chosen_a_written_file_loads_as_the_same(chosen):
    scenario = load("baseline").with_mechanisms(chosen)
    assert loads(scenario.to_toml()).values == scenario.values
    marked = template(scenario, "T", "baseline")
    unmarked = "\n".join(line.removeprefix("# ") for line in marked.splitlines())
    assert loads(unmarked).mechanisms == scenario.mechanisms


def test_a_wrong_name_gets_the_nearest():
    with pytest.raises(ScenarioError) as error:
        load("baseline", ["production=weakest_lnk"])
    assert str(error.value).startswith(
        '--set: mechanisms.production: got "weakest_lnk"; '
        "allowed one of harmonic, ces, weakest_link, o_ring"
    )
    assert 'did you mean "weakest_link"?' in str(error.value)
    with pytest.raises(ValueError, match='did you mean "production"'):
        load("baseline").with_mechanisms({"producton": "ces"})
    with pytest.raises(ValueError, match='did you mean "o_ring"'):
        load("baseline").with_mechanisms({"production": "o_rng"})


def test_a_parameter_that_nothing_reads_is_told_in_one_line(tmp_path, caplog):
    file = tmp_path / "s.toml"
    file.write_text('title = "T"\n[mechanisms]\nelasticity = 0.8\n')
    kept = load(file)
    (said,) = caplog.messages
    assert said == (
        f'{file}:3: mechanisms.elasticity: is read only with production = "ces"; '
        'here production is "harmonic"'
    )
    caplog.clear()
    load("baseline", ["production=ces", "elasticity=0.8"])
    assert not caplog.messages
    load("baseline", ["hearsay=0.5"])
    assert caplog.messages == [
        '--set: mechanisms.hearsay: is read only with trusting = "reputation"; '
        'here trusting is "linear"'
    ]
    caplog.clear()
    again = loads(kept.to_toml())  # what was set is not lost
    assert again.values["elasticity"] == 0.8
    assert caplog.messages
    assert kept.from_dict(kept.to_dict(), "s") == kept


OWN = [p for p in PARAMETERS if p.only_under and p.section == "mechanisms"]


@pytest.mark.parametrize("parameter", OWN, ids=lambda p: p.name)
def test_a_mechanisms_own_parameter_moves_its_results_and_no_others(parameter):
    kind, name = parameter.only_under
    other = 2 * parameter.default
    if other > parameter.high:
        other = 0.5 * parameter.default
    plain = load("baseline", ["issue_hours=4"])  # so that not all can be settled at once
    chosen = plain.replace(f"{kind}={name}")
    lived = run_many(
        [
            plain,
            plain.with_numbers({parameter.name: other}),
            chosen,
            chosen.with_numbers({parameter.name: other}),
        ],
        10,
        1,
    )
    measures = [one.measures for one in lived]
    assert np.array_equal(measures[0], measures[1], equal_nan=True)
    assert not np.array_equal(measures[2], measures[3], equal_nan=True)


def test_every_mechanism_gives_results_of_its_own():
    chosen = [{}, *({kind.name: name} for kind in KINDS for name in kind.names[1:])]
    plain = load("baseline", ["issue_hours=4"])  # so that not all can be settled at once
    lived = run_many([plain.with_mechanisms(one) for one in chosen], 10, 1)
    assert len({one.column("gain").tobytes() for one in lived}) == len(chosen)
    assert all(np.isfinite(one.column("gain")).all() for one in lived)


def test_two_scenarios_of_other_mechanisms_differ_in_these():
    one, other = load("baseline"), load("baseline", ["production=ces", "elasticity=0.8"])
    assert list(differences(one, other)) == [
        ("mechanisms.production", "harmonic", "ces"),
        ("mechanisms.elasticity", "1.4", "0.8"),
    ]


def test_no_change_in_a_run_may_exchange_a_mechanism():
    with pytest.raises(ScenarioError, match="no parameter that is read before the first month"):
        loads('title = "T"\n[[change]]\nmonth = 5\nset = { production = "ces" }\n')
    model = PartnershipModel("baseline", production="ces")
    model.step()
    with pytest.raises(AttributeError, match="is read before the first month"):
        model.production = "harmonic"


def test_the_mesa_model_lives_by_the_mechanism_that_is_chosen():
    scenario = load("baseline", ["production=o_ring", "trusting=reputation"])
    model = PartnershipModel("baseline", production="o_ring", trusting="reputation")
    model.run_model()
    (lived,) = run_many([scenario], 1, 1)
    assert model.gain == lived.column("gain")[0]
    assert model.production == "o_ring"


@pytest.mark.parametrize("trusting", ["linear", "bayesian", "reputation"])
def test_trust_that_is_set_by_hand_has_room_for_what_it_rests_on(trusting):
    model = PartnershipModel("baseline", trusting=trusting, months=16)
    for _ in range(14):
        model.step()
    model.agencies[0].trust = np.where(np.arange(len(model.agencies)) == 0, 0.0, 0.9)
    state = model.state
    assert len(state.evidence) == len(state.trust) == len(state.heard) > state.cells[0] - 1
    model.run_model()
    assert np.isfinite(model.gain)


def test_a_world_file_names_its_mechanisms_and_lives_by_them():
    scenario = load("baseline", ["production=weakest_link", "trusting=bayesian", "months=20"])
    tables = export_world(scenario, 1, 0)
    assert tables["parameters"]["production"] == "weakest_link"
    assert tables["parameters"]["trusting"] == "bayesian"
    assert "production" not in export_world(load("baseline", ["months=20"]), 1, 0)["parameters"]


def test_every_parameter_of_a_mechanism_says_when_it_is_read():
    for parameter in OWN:
        kind, name = parameter.only_under
        assert f'Read only with {kind} = "{name}".' in parameter.help
        assert BY_NAME[kind].section == parameter.section == "mechanisms"
        assert math.isfinite(parameter.default)
