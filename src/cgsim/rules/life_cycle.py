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
"""

from cgsim.compiler import rule
from cgsim.rules.hours import choose_lead
from cgsim.rules.joining import come_to_size, enter, is_member
from cgsim.rules.state import COLLAPSED, COMPLETED, DATED_END, LEAST, NOT_ENDED, REVIEWED_OUT


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
