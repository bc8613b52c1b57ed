"""Step 1, begin and end: when a partnership starts and why it stops (model page, Submodels).

A partnership that has never lived and has two founders or more begins when the month t ≥ ``start``,
and either ``trigger`` = 0, or t ≥ 12 and mean need met of the last 3 months is below (1 -
``trigger``) times that of the last 12. Then its members and lead are the founding ones; z =
``first_share``, but no more than is left of ``max_share`` after other commitments (0 if less than
1e-9 is left); E = ``expectation``·U; experience, backlog, disappointment and need met jointly are
0.

A partnership alive since an earlier month ends, checked in this order: *collapsed* (fewer than 2
members); *dated end* (t ≥ ``last``); *completed* (``target`` > 0 and need met jointly so far ≥
``target``); *reviewed out* (``review_months`` > 0, its age is a multiple of it, and the members'
mean of E/max(U, 1e-9) is below 1). Members, commitments, joint hours and backlog are then cleared
for good. Last, a living partnership does what a change has asked of it.

Why this form: the study names each of these ends (executive summary: one that stops when its
purpose is achieved; literature: one that is abandoned where it does not work; context: one that
lives on because partners need to be seen). A review goes by what members feel, since nobody sees
the true gain. Expert assumption: that a fall in need met sets a partnership off at once.

*Other mechanisms of joining* (``[mechanisms] joining``). Under the model's own, *closed*, nobody
joins but those whom a change asks for. Under the others agencies of the partnership's area and
national ones, which have never been members of it, may join a living partnership in any month
after its first, all at once. With the agency's draw u of step 8, agency i joins where

    |2u - 1| < 1 - e^(-hazard),   hazard = rate·care_i·x_i

care_i is the sum of its goal weights on the agenda, and

    invitation    rate = invitation_rate;  x_i = 1 for the agency that members ask, else 0
    reputation    rate = reputation_rate;  x_i = max(0, members' mean of E/max(U, 1e-9) - 1)
    ties          rate = tie_rate;         x_i = number of members that i has a tie with

Members ask the agency that most raises what their capacity could produce for the agenda as it is
now with κ = 1, times √care: the yardstick of the founding. They ask nobody where this is below
``worth_asking`` times what they can produce so now, over the number of members. Each month they ask
anew, one agency. Who joins begins as one does whom a change asks for, and who was a member once
stays away. An agency has one draw in a month: leaving happens where u is high, turnover where it is
low and joining about the middle, so who joins neither leaves nor loses its people in that month,
unless their chances add up to more than 1; whom two partnerships draw tends to join both at once.

Why these forms: organisations ally with those that have what they lack (Gulati 1995), although
founding teams in fact are more alike than that (Ruef and others 2003). An innovation spreads where
its advantage can be seen (Rogers 2003: relative advantage, observability). People are recruited by
those whom they know already (Snow and others 1980), and so are partners of alliances (Gulati 1995).
That each member who is known asks for itself, that care for the agenda scales all three, that
outsiders hear what members feel, and every rate and border, are expert assumptions.
"""

from cgsim.compiler import rule
from cgsim.mechanisms import JOINING
from cgsim.rules.acquaintance import look_up, put_away, strength_of_tie
from cgsim.rules.areas import agency_of, count_of
from cgsim.rules.elementary import exp
from cgsim.rules.hours import choose_lead
from cgsim.rules.joining import (
    NOBODY,
    care,
    come_to_size,
    enter,
    is_member,
    pass_over_the_known,
    whom_to_ask,
)
from cgsim.rules.state import COLLAPSED, COMPLETED, DATED_END, LEAST, NOT_ENDED, REVIEWED_OUT
from cgsim.rules.trust import CARRYING

CLOSED, INVITATION, REPUTATION, TIES = JOINING.numbers


@rule
def begin_and_end(parameters, levers, world, month, record, state):
    """Let each partnership, in the order listed, begin, end or do what is asked."""
    for b in range(state.partnership.shape[0]):
        partnership = state.partnership[b]
        if partnership.alive:
            reason = why_end(levers[b], month, b, state)
            if reason != NOT_ENDED:
                end(reason, b, state)
        elif partnership.ended == NOT_ENDED and is_time_to_begin(
            levers[b], world.founder[b], partnership.area, state.views.shape[0], month, record
        ):
            begin(parameters, levers[b], world, month, b, state)
        if partnership.alive:
            do_what_is_asked(parameters, world, b, state)


@rule
def is_time_to_begin(levers, founder, area, objectives, month, record):
    """Tell whether a partnership begins: its month has come, and need, if that is its trigger.

    With a trigger it waits until need met over the last 3 months falls below (1 - trigger) of that
    over the last 12, in its area of so many objectives: the usual way in which partnerships are
    called for.
    """
    if month < levers.start:
        return False
    founders = 0
    for agency in range(founder.shape[0]):
        founders += founder[agency]
    if founders < 2:
        return False
    if levers.trigger == 0.0:
        return True
    if month < 12:
        return False
    recent = 0.0
    year = 0.0
    for back in range(1, 13):
        met = 0.0
        for stock in range(area * objectives, (area + 1) * objectives):
            met += record.met_by_objective[month - back, stock]
        year += met
        if back <= 3:
            recent += met
    return recent / 3.0 < (1.0 - levers.trigger) * (year / 12.0)


@rule
def begin(parameters, levers, world, month, b, state):
    """Begin partnership ``b`` with its founding members, each giving a first share of its hours."""
    partnership = state.partnership[b]
    partnership.alive = 1
    partnership.begun = month
    partnership.lead = world.founding_lead[b]
    partnership.experience = 0.0
    partnership.backlog = 0.0
    partnership.delivered = 0.0
    partnership.meetings = levers.meetings
    partnership.members = 0
    for agency in range(world.founder.shape[1]):
        if world.founder[b, agency]:
            enter(parameters, agency, b, world, state)


@rule
def do_what_is_asked(parameters, world, b, state):
    """Let a living partnership have the lead and the number of members that a change asks for.

    Both are asked for once. A lead that is no member, not even of those who join now, is passed
    over; whoever led leads on.
    """
    partnership = state.partnership[b]
    if partnership.asked_size == 0 and partnership.asked_lead == 0:
        return
    choose_lead(world, b, state)
    name_lead(b, state)
    if partnership.asked_size > 0:
        come_to_size(parameters, partnership.asked_size, world, b, state)
        name_lead(b, state)
    partnership.asked_size = 0
    partnership.asked_lead = 0


@rule
def let_in(parameters, world, shocks, month, b, state):
    """Let agencies join partnership ``b`` by the mechanism of ``joining``; none is ``closed``.

    All at once, with chance 1 - e^-hazard; the hazard is a rate * care * what draws them: that they
    are asked, that members do well, or that they have ties with members.
    """
    partnership = state.partnership[b]
    if parameters.joining == CLOSED or partnership.begun == month:
        return
    agenda, first_local = state.agenda[b], world.first_local
    count = count_of(partnership.area, first_local)
    pass_over_the_known(b, True, state)
    asked = NOBODY
    advantage = 0.0
    if parameters.joining == INVITATION:
        asked = whom_to_ask(parameters.worth_asking, world, b, state)
    elif parameters.joining == REPUTATION:
        advantage = advantage_of(b, state)
    for number in range(count):
        agency = agency_of(number, partnership.area, first_local)
        if state.passed[agency]:
            continue
        if parameters.joining == INVITATION:
            hazard = parameters.invitation_rate if agency == asked else 0.0
        elif parameters.joining == REPUTATION:
            hazard = parameters.reputation_rate * advantage
        else:
            ties = ties_with_members(parameters, agency, world, b, state)
            hazard = parameters.tie_rate * ties
        hazard *= care(world.goal[agency], agenda)
        state.passed[agency] = not comes_in(hazard, shocks.turnover[month, agency])
    for number in range(count):
        agency = agency_of(number, partnership.area, first_local)
        if not state.passed[agency]:
            enter(parameters, agency, b, world, state)
        state.passed[agency] = False
    pass_over_the_known(b, False, state)


@rule
def comes_in(hazard, drawn):
    """Tell whether an agency joins this month: with chance 1 - e^-``hazard``.

    ``hazard`` a month, 0 or more; ``drawn`` uniform on 0 to 1, of which those about 1/2 join.
    """
    return abs(2.0 * drawn - 1.0) < 1.0 - exp(-hazard)


@rule
def advantage_of(b, state):
    """Return by how much members find that joint work returns more than their own; 0 if less.

    The mean of E / U over the members, less 1.
    """
    partnership = state.partnership[b]
    worth = 0.0
    for place in range(partnership.members):
        worth += state.appeal[b, place] / max(state.own_return[state.roster[b, place]], 1e-9)
    return max(0.0, worth / max(1, partnership.members) - 1.0)


@rule
def ties_with_members(parameters, agency, world, b, state):
    """Return with how many members of partnership ``b`` an agency has a tie.

    Under ``carrying`` ties that working together has made elsewhere count by their strength.
    """
    roster = state.roster[b]
    carrying = parameters.ties == CARRYING
    if carrying:
        look_up(agency, state)
    ties = 0.0
    for place in range(state.partnership[b].members):
        here = state.cell[roster[place]] if carrying else 0
        ties += strength_of_tie(agency, roster[place], here, world, state)
    if carrying:
        put_away(agency, state)
    return ties


@rule
def name_lead(b, state):
    """Let the agency lead that a change names, if it is a member."""
    partnership = state.partnership[b]
    if partnership.asked_lead > 0 and is_member(partnership.asked_lead - 1, b, state):
        partnership.lead = partnership.asked_lead - 1


@rule
def why_end(levers, month, b, state):
    """Return why a living partnership ends now, or ``NOT_ENDED``: the first reason that holds."""
    partnership = state.partnership[b]
    if partnership.members < 2:
        return COLLAPSED
    if month >= levers.last:
        return DATED_END
    if levers.target > 0.0 and partnership.delivered >= levers.target:
        return COMPLETED
    age = month - partnership.begun
    if levers.review_months > 0.0 and age % int(levers.review_months) == 0:
        worth = 0.0
        for place in range(partnership.members):
            agency = state.roster[b, place]
            worth += state.appeal[b, place] / max(state.own_return[agency], 1e-9)
        if worth / partnership.members < 1.0 - LEAST:
            return REVIEWED_OUT
    return NOT_ENDED


@rule
def end(reason, b, state):
    """End partnership ``b`` for good: members, commitments, joint hours and backlog are cleared."""
    partnership = state.partnership[b]
    partnership.alive = 0
    partnership.ended = reason
    for place in range(partnership.members):
        state.memberships[state.roster[b, place]] -= 1
    partnership.members = 0
    partnership.givers = 0
    partnership.backlog = 0.0
    partnership.bought = 0.0
    partnership.joint_hours = 0.0
    for objective in range(state.joint_output.shape[1]):
        state.joint_output[b, objective] = 0.0
