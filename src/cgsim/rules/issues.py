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

*Other mechanisms of coordination* (``[mechanisms] coordination``). With *queue* the issues wait in
line for the meetings, and an agenda has the oldest first: this month's come after all the backlog.
With new = load - backlog:

    settled φ = min(new, max(0, supply - backlog))/new  (1 if new = 0)
    backlog ← (carry + (1 - carry)·agenda_keeps)·(load - min(load, supply))

As above φ is the share of this month's issues that is settled, on which this month's joint work
hangs; above it is the same for old and new ones. Where meetings have time for all, both are alike
to the last bit; where they have not, work stands still once a meeting's time of issues waits. At
``agenda_keeps`` 0 only the order differs.

With *hub* every member settles with the lead what it has to settle with the others, so there are n
- 1 lines in the place of n·(n - 1)/2 pairs, each with what pairs would have on average:

    inside = Σ over members i ≠ lead of z_bi·(mean z of the members other than i)·hard_i,lead

Across, the lead stands for its members: in the sum over i in b there is the lead alone, with their
mean z. Members that are in partnerships of other areas settle these issues as above. Meetings are
held and heard as before, but the lead settles, in the T hours of its talks (step 2):

    supply = T·(facilitation0 + (1 - facilitation0)·L)·authority

as only the lead and one other must be able to commit. In a partnership of two both are alike but
for ``supply``.

Why these forms: problems wait for an occasion at which somebody has energy for them (Cohen and
others 1972), and whoever takes up items one by one has a line before them that grows without limit
where too many come in (Radner 1993). Direct relations grow with the number of people, and cross
relations with its square, which is why one at the centre can have more under it than all could have
among themselves, until its hours are at an end (Graicunas 1937); networks of some size have a lead
organisation for that (Provan & Kenis 2008). That the oldest come first whatever they are worth,
that nothing is lost on the way through a lead, and ``hub_hours`` are expert assumptions.

*Who stays away* (``[mechanisms] meeting``, step 2). With *by_appeal* an issue is settled where both
are there. With ``there``, the share of this month's issues for which they are, that is their sum
with z_bi·a_i in the place of z_bi over the sum itself (1 if that is 0), and with ``there``·load,
``there``·new and ``there``·backlog in the place of load, new and backlog, what is settled is as
above; what is left over of the whole load is carried. In a hub the lead always is there, and so is
the representative of another partnership who is no member.
"""

import numpy as np

from cgsim.compiler import rule
from cgsim.mechanisms import COORDINATION
from cgsim.rules.acquaintance import (
    cell,
    look_up,
    put_away,
    the_other_way,
    trust_in_stranger,
)
from cgsim.rules.elementary import power
from cgsim.rules.hours import BY_APPEAL
from cgsim.rules.state import LEAST

PAIRS, QUEUE, HUB = COORDINATION.numbers
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
def raise_issues(parameters, world, b, giving, state):
    """Return the hours of issues that a partnership's work raises, before experience and backlog.

    ``giving`` (C,) is z of its members by place, or the part of it that is asked about.

    Inside: the sum over pairs of members of z_bi * z_bj * hardness. Across: with every other
    living partnership of the area, half of (``coupling`` + (1 - ``coupling``) * agendas' overlap)
    times the same sum over pairs of a member of each; with those of other areas through members
    that are in both. In a hub they run through the lead (``raise_through_lead``).
    """
    roster = state.roster[b]
    members = state.partnership[b].members
    inside = 0.0
    if parameters.coordination == HUB:
        inside = raise_through_lead(parameters, b, giving, state)
        members = 0  # between them there are no pairs
    for place in range(members):
        first = roster[place]
        with_others = 0.0
        for other in range(place + 1, members):
            trust = mutual_trust(b, place, other, state)
            difference = disagreement_between(first, roster[other], state.views)
            with_others += giving[other] * hardness_of(parameters, trust, difference)
        inside += giving[place] * with_others
    if state.partnership.shape[0] == 1:
        return inside
    return inside + raise_issues_across(parameters, world, b, giving, state)


@rule
def raise_through_lead(parameters, b, giving, state):
    """Return the hours of issues between each member and the lead, *hub*.

    The sum over members i other than the lead of ``giving`` of i * mean z of all but i * hardness
    between i and the lead. Source: Graicunas 1937; Provan & Kenis 2008.
    """
    partnership = state.partnership[b]
    commitment, roster = state.commitment[b], state.roster[b]
    members = partnership.members
    lead_place = 0
    given = 0.0
    for place in range(members):
        given += commitment[place]
        if roster[place] == partnership.lead:
            lead_place = place
    total = 0.0
    for place in range(members):
        if place != lead_place:
            others_give = max(0.0, given - commitment[place]) / (members - 1)
            trust = mutual_trust(b, place, lead_place, state)
            difference = disagreement_between(roster[place], partnership.lead, state.views)
            total += giving[place] * others_give * hardness_of(parameters, trust, difference)
    return total


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
def raise_issues_across(parameters, world, b, giving, state):
    """Return the hours of issues between a partnership and all others."""
    here = raise_issues_in_area(parameters, world, b, giving, state)
    return here + raise_issues_elsewhere(parameters, world, b, giving, state)


@rule
def raise_issues_elsewhere(parameters, world, b, giving, state):
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
                total += giving[place] * state.hard_elsewhere[a, there]
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
def raise_issues_in_area(parameters, world, b, giving, state):
    """Return the hours of issues between a partnership and all others of its area.

    In a hub the lead alone has them, with what the members give on average.
    """
    look_round(parameters, b, state)
    if state.near_count[0] == 0:
        return 0.0
    area = state.partnership[b].area
    begin, end = state.first_beside[area], state.first_beside[area + 1]
    commitment, roster = state.commitment, state.roster
    hub = parameters.coordination == HUB
    for place in range(state.partnership[b].members):
        first = np.int64(roster[b, place])
        gives = giving[place]
        if hub:
            if first != state.partnership[b].lead:
                continue
            gives = mean_commitment(b, state)
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
                state.between[a] += gives * with_others
    across = 0.0
    for number in range(begin, end):
        a = state.beside[number]
        across += 0.5 * state.nearness[a] * state.between[a]
    return across


@rule
def mean_commitment(b, state):
    """Return what the members of one partnership give on average, a share of their free hours."""
    total = 0.0
    for place in range(state.partnership[b].members):
        total += state.commitment[b, place]
    return total / state.partnership[b].members


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
    Other mechanisms of ``coordination`` settle in line, or in the lead's hours, and of ``meeting``
    only between those who come. With the friction ``coordination`` off everything is settled at
    once.
    """
    partnership = state.partnership[b]
    practice = power(1.0 + partnership.experience / 12.0, -parameters.learning)
    raised = raise_issues(parameters, world, b, state.commitment[b], state)
    new = parameters.issue_hours * practice * raised
    waiting = partnership.backlog
    load = new + waiting
    facilitation = levers.facilitation0 + (1.0 - levers.facilitation0) * partnership.lead_effect
    affected = max(2.0, parameters.consent * partnership.members)
    supply = partnership.meetings * levers.hours * facilitation
    supply *= power(levers.authority, affected - 1.0)
    if parameters.coordination == HUB:
        supply = partnership.talks * facilitation * levers.authority
    partnership.load = load
    partnership.supply = supply
    if not switches.coordination:
        partnership.settled = 1.0
        partnership.backlog = 0.0
        return
    there = 1.0
    if parameters.meeting == BY_APPEAL:
        there = share_between_those_there(parameters, raised, world, b, state)
    done = min(there * load, supply)
    carried = parameters.carry
    partnership.settled = done / load if load > LEAST else 1.0
    if parameters.coordination == QUEUE:
        partnership.settled = settled_in_line(there * new, there * waiting, supply, new)
        carried += (1.0 - carried) * parameters.agenda_keeps
    partnership.backlog = carried * (load - done)


@rule
def settled_in_line(new, waiting, supply, of):
    """Return how much of a month's issues is settled after those that waited, *queue*, 0 to 1.

    min(``new``, max(0, ``supply`` - ``waiting``)) / ``of``, all in hours, of the ``new`` ones that
    can be settled ``of`` all the new ones; 1 if there are none. Source: Cohen and others 1972;
    Radner 1993.
    """
    if of <= LEAST:
        return 1.0
    if supply >= new + waiting:
        return new / of
    return min(new, max(0.0, supply - waiting)) / of


@rule
def share_between_those_there(parameters, raised, world, b, state):
    """Return the share of this month's issues whose two sides are both there, *by_appeal*.

    ``raised`` are all of them, as ``raise_issues`` counts; 1 if there are none.
    """
    if raised <= LEAST:
        return 1.0
    for place in range(state.partnership[b].members):
        there = state.comes[b, place]
        state.brought[place] = state.commitment[b, place] * there
    return min(1.0, raise_issues(parameters, world, b, state.brought, state) / raised)
