"""Step 5, settle issues: joint work raises them, meetings settle them (model page, Submodels).

Joint work raises issues between people. For two agencies:

    d_ij = ½·Σ_k |v_ik - v_jk|
    hard_ij = (1 - trust_relief·max(protocols, (τ_ij + τ_ji)/2))·(1 + disagreement·d_ij)

Inside: Σ over pairs of members of z_bi·z_bj·hard_ij. Across: for every other living partnership a
of the area, ½·(``coupling`` + (1 - ``coupling``)·overlap) times Σ of z_bi·z_aj·hard_ij over i in b
and j in a, j ≠ i. Overlap is the two agendas' intersection over their union. For a of another area:
½·``coupling`` times the same sum, over those i only that are members of both.

    load = issue_hours·(1 + experience/12)^(-learning)·(inside + across) + backlog
    supply = meetings·hours·(facilitation0 + (1 - facilitation0)·L)
             · authority^(max(2, consent·n) - 1)
    settled φ = min(load, supply)/load  (1 if load = 0)
    backlog ← carry·(load - min(load, supply))

Only the meeting settles issues: one person speaks at a time, and every affected representative must
be able to commit.

Why this form: issues lie between pairs, and pairs grow with the square of members (Steiner 1972;
Brooks 1975). In proportion to what both give, since those who give nothing have nothing to settle.
Trust saves transaction costs (Dyer & Chu 2003: about five times as much among the least trusted);
practice saves by a power of time (Wright 1936, the learning curve). That one speaks at a time
bounds a meeting (Diehl & Stroebe 1987). The chance that all affected can commit is the product of
their chances, taken as independent: expert assumption, as are ``issue_hours``, ``consent``,
``carry`` and ``coupling``.
"""

import numpy as np

from cgsim.compiler import rule
from cgsim.rules.acquaintance import (
    cell,
    look_up,
    put_away,
    the_other_way,
    trust_in_stranger,
)
from cgsim.rules.elementary import power
from cgsim.rules.state import LEAST

NOT_WEIGHED = -1.0
"""Of a seat whose issues with the others there nobody has asked for this month."""


@rule
def disagreement_between(first, second, view):
    """Return how far two agencies' views differ: half the sum of differences, 0 to 1."""
    difference = 0.0
    for objective in range(view.shape[0]):
        difference += abs(view[objective, first] - view[objective, second])
    return 0.5 * difference


@rule
def mutual_trust(b, place, other, state):
    """Return the mean of two members' trust in each other."""
    here = state.trust[cell(b, place, other, state)]
    there = state.trust[cell(b, other, place, state)]
    return 0.5 * (here + there)


@rule
def hardness_of(parameters, trust, difference):
    """Return how hard an issue between two agencies is to settle, by mutual trust and difference.

    Relative to strangers who agree: (1 - ``trust_relief`` * max(``protocols``, trust)) * (1 +
    ``disagreement`` * d).
    """
    relief = parameters.trust_relief * max(parameters.protocols, trust)
    return (1.0 - relief) * (1.0 + parameters.disagreement * difference)


@rule
def raise_issues(parameters, world, b, state):
    """Return the hours of issues that a partnership's work raises, before experience and backlog.

    Inside: the sum over pairs of members of z_bi * z_bj * hardness. Across: with every other
    living partnership of the area, half of (``coupling`` + (1 - ``coupling``) * agendas' overlap)
    times the same sum over pairs of a member of each; with those of other areas through members
    that are in both.
    """
    commitment, roster = state.commitment[b], state.roster[b]
    members = state.partnership[b].members
    inside = 0.0
    for place in range(members):
        first = roster[place]
        with_others = 0.0
        for other in range(place + 1, members):
            trust = mutual_trust(b, place, other, state)
            difference = disagreement_between(first, roster[other], state.views)
            with_others += commitment[other] * hardness_of(parameters, trust, difference)
        inside += commitment[place] * with_others
    if state.partnership.shape[0] == 1:
        return inside
    return inside + raise_issues_across(parameters, world, b, state)


@rule
def begin_to_settle(world, state):
    """Begin a month: it is not known yet who is near, and no issues between agencies are weighed.

    Nothing that they follow from changes while issues are settled. Every national agency's seats
    are listed, in the order of partnerships.
    """
    state.near_count[0] = -1
    national = world.first_local[0]
    for agency in range(national):
        state.elsewhere[agency] = 0
    if national == 0:
        return
    for b in range(state.partnership.shape[0] - 1, -1, -1):
        for place in range(state.partnership[b].members):
            agency = np.int64(state.roster[b, place])
            if agency >= national:
                break  # rosters are in the order of numbers
            state.next_elsewhere[b, place] = state.elsewhere[agency]
            state.hard_elsewhere[b, place] = NOT_WEIGHED
            state.elsewhere[agency] = 1 + b * state.roster.shape[1] + place


@rule
def raise_issues_across(parameters, world, b, state):
    """Return the hours of issues between a partnership and all others."""
    here = raise_issues_in_area(parameters, world, b, state)
    return here + raise_issues_elsewhere(parameters, world, b, state)


@rule
def raise_issues_elsewhere(parameters, world, b, state):
    """Return the hours of issues that members raise who have seats in other areas too.

    Half of ``coupling`` times the sum over each such seat of z_bi * z_aj * hardness, j being the
    other members there.
    """
    national = world.first_local[0]
    area = state.partnership[b].area
    total = 0.0
    if parameters.coupling == 0.0:
        return total
    for place in range(state.partnership[b].members):
        agency = np.int64(state.roster[b, place])
        if agency >= national:
            break
        seat = state.elsewhere[agency]
        while seat > 0:
            a = (seat - 1) // state.roster.shape[1]
            there = (seat - 1) % state.roster.shape[1]
            if state.partnership[a].area != area:
                if state.hard_elsewhere[a, there] == NOT_WEIGHED:
                    state.hard_elsewhere[a, there] = weigh_seat(parameters, a, there, state)
                total += state.commitment[b, place] * state.hard_elsewhere[a, there]
            seat = state.next_elsewhere[a, there]
    return 0.5 * parameters.coupling * total


@rule
def weigh_seat(parameters, a, there, state):
    """Return the sum over the other members of ``a`` of z_aj * hardness for the member at a place.

    It is the same for every seat that the agency has elsewhere, so it is worked out once a month.
    """
    with_others = 0.0
    for other in range(state.partnership[a].members):
        if other != there:
            trust = mutual_trust(a, there, other, state)
            difference = disagreement_between(
                state.roster[a, there], state.roster[a, other], state.views
            )
            hard = hardness_of(parameters, trust, difference)
            with_others += state.commitment[a, other] * hard
    return with_others


@rule
def raise_issues_in_area(parameters, world, b, state):
    """Return the hours of issues between a partnership and all others of its area."""
    look_round(parameters, b, state)
    if state.near_count[0] == 0:
        return 0.0
    area = state.partnership[b].area
    begin, end = state.first_beside[area], state.first_beside[area + 1]
    commitment, roster = state.commitment, state.roster
    for place in range(state.partnership[b].members):
        first = np.int64(roster[b, place])
        row = first % state.weighed.shape[0]
        if state.weighed[row] != first:
            state.weighed[row] = first
            weigh_with_all_near(parameters, first, state.hardness[row], world, state)
        hardness = state.hardness[row]
        for number in range(begin, end):
            a = state.beside[number]
            if state.nearness[a] > 0.0:
                with_others = 0.0
                for other in range(state.partnership[a].members):
                    with_others += commitment[a, other] * hardness[roster[a, other]]
                state.between[a] += commitment[b, place] * with_others
    across = 0.0
    for number in range(begin, end):
        a = state.beside[number]
        across += 0.5 * state.nearness[a] * state.between[a]
    return across


@rule
def look_round(parameters, b, state):
    """Work out how near each other of its area is to a partnership, and who is in those that touch.

    ``state.nearness`` (B,) is 0 for what does not touch: the partnership itself, those that do not
    live, and without any ``coupling`` those with agendas of their own. With some, all that live
    touch, and who is near is the same for all of them.
    """
    area = state.partnership[b].area
    begin, end = state.first_beside[area], state.first_beside[area + 1]
    for number in range(begin, end):
        a = state.beside[number]
        state.nearness[a] = 0.0
        state.between[a] = 0.0
        if a != b and state.partnership[a].alive:
            overlap = agenda_overlap(state.agenda[b], state.agenda[a])
            state.nearness[a] = parameters.coupling + (1.0 - parameters.coupling) * overlap
    known = state.near_count[0] >= 0 and state.near_area[0] == area
    if known and parameters.coupling > 0.0:
        return
    state.near_area[0] = area
    near = 0
    for number in range(begin, end):
        a = state.beside[number]
        if state.nearness[a] > 0.0 or (a == b and parameters.coupling > 0.0):
            for place in range(state.partnership[a].members):
                agency = state.roster[a, place]
                if not state.passed[agency]:
                    state.passed[agency] = True
                    state.near[near] = agency
                    near += 1
    state.near_count[0] = near
    state.weighed[:] = -1
    for number in range(near):
        agency = state.near[number]
        state.passed[agency] = False
        for objective in range(state.views.shape[0]):
            state.views_said[objective, number] = state.views[objective, agency]


@rule
def weigh_with_all_near(parameters, first, hardness, world, state):
    """Write into ``hardness`` (N,) how hard issues are between an agency and each that is near."""
    near = state.near_count[0]
    difference = state.weight
    for number in range(near):
        difference[number] = 0.0
    for objective in range(state.views.shape[0]):
        own = state.views[objective, first]
        said = state.views_said[objective]
        for number in range(near):
            difference[number] += abs(own - said[number])
    look_up(first, state)
    for number in range(near):
        second = state.near[number]
        here = state.cell[second]
        if here > 0:
            trust = 0.5 * (state.trust[here] + state.trust[the_other_way(here)])
        else:
            trust = trust_in_stranger(first, second, world, state)
            if world.trust.shape[0] > 0:
                trust = 0.5 * (trust + trust_in_stranger(second, first, world, state))
        hardness[second] = hardness_of(parameters, trust, 0.5 * difference[number])
    hardness[first] = 0.0  # an agency in both partnerships has nothing to settle with itself
    put_away(first, state)


@rule
def agenda_overlap(first, second):
    """Return the share of two agendas that they have in common: intersection over union."""
    common = 0
    either = 0
    for objective in range(first.shape[0]):
        common += first[objective] and second[objective]
        either += first[objective] or second[objective]
    return common / either if either > 0 else 0.0


@rule
def settle_issues(parameters, levers, switches, world, b, state):
    """Settle as many of a partnership's issues as its meetings have time and authority for.

    load = ``issue_hours`` * (1 + experience / 12) ^ -``learning`` * (inside + across) + backlog.
    supply = meetings * ``hours`` * (``facilitation0`` + (1 - ``facilitation0``) * L)
    * ``authority`` ^ (max(2, ``consent`` * n) - 1): every representative affected must be able to
    commit. Settled phi = min(load, supply) / load; ``carry`` of the rest is next month's backlog.
    With the friction ``coordination`` off everything is settled at once.
    """
    partnership = state.partnership[b]
    practice = power(1.0 + partnership.experience / 12.0, -parameters.learning)
    load = parameters.issue_hours * practice * raise_issues(parameters, world, b, state)
    load += partnership.backlog
    facilitation = levers.facilitation0 + (1.0 - levers.facilitation0) * partnership.lead_effect
    affected = max(2.0, parameters.consent * partnership.members)
    supply = partnership.meetings * levers.hours * facilitation
    supply *= power(levers.authority, affected - 1.0)
    partnership.load = load
    partnership.supply = supply
    if not switches.coordination:
        partnership.settled = 1.0
        partnership.backlog = 0.0
        return
    done = min(load, supply)
    partnership.settled = done / load if load > LEAST else 1.0
    partnership.backlog = parameters.carry * (load - done)
