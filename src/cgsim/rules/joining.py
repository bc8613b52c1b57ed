"""Who joins a partnership and who is let go (model page, Submodels, Scheduled changes).

The founding (``world.recruitment``), a change of ``size`` in a run and the members who invite
another (step 1) choose by the same yardstick.
"""

import math

import numpy as np

from cgsim.compiler import rule
from cgsim.mechanisms import AT_RANDOM, BY_TIES
from cgsim.rules.acquaintance import ITSELF, look_up, meet, put_away, the_other_way
from cgsim.rules.areas import agency_of, count_of
from cgsim.rules.production import produce
from cgsim.rules.state import LEAST

NOBODY = -1


@rule
def care(goal, agenda):
    """Return an agency's care for an agenda: its goal weight on it, 0 to 1."""
    total = 0.0
    for objective in range(agenda.shape[0]):
        if agenda[objective]:
            total += goal[objective]
    return total


@rule
def average_mix(agenda, mix, mean_mix):
    """Write the mean of the mixes of skill that the objectives on an agenda take, (S,)."""
    on_agenda = 0
    mean_mix[:] = 0.0
    for objective in range(mix.shape[0]):
        if agenda[objective]:
            on_agenda += 1
            for skill in range(mix.shape[1]):
                mean_mix[skill] += mix[objective, skill]
    for skill in range(mix.shape[1]):
        mean_mix[skill] /= on_agenda


@rule
def pool_members(without, world, b, state, pooled):
    """Write the members' capacities by skill, (S,), all but those of agency ``without``."""
    partnership = state.partnership[b]
    pooled[:] = 0.0
    for place in range(partnership.members):
        agency = state.roster[b, place]
        if agency != without:
            for skill in range(world.skill.shape[1]):
                pooled[skill] += world.capacity[agency] * world.skill[agency, skill]


@rule
def rise_with(agency, before, agenda, world, pooled, other, mean_mix):
    """Return how much an agency raises what the pooled capacities could produce, times √care.

    That is produce(pooled; the agenda's mean mix, crosscut 1), ``before`` without the agency.
    ``other`` (S,) is workspace.
    """
    for skill in range(world.skill.shape[1]):
        other[skill] = pooled[skill] + world.capacity[agency] * world.skill[agency, skill]
    rise = produce(other, mean_mix, 1.0) - before
    return rise * math.sqrt(care(world.goal[agency], agenda))


@rule
def is_member(agency, b, state):
    """Tell whether an agency is a member of partnership ``b``."""
    for place in range(state.partnership[b].members):
        if state.roster[b, place] == agency:
            return True
    return False


@rule
def commitments_of(agency, state):
    """Return what an agency has committed to all its partnerships, a share of its free hours."""
    total = 0.0
    if state.memberships[agency] == 0:
        return total
    for b in range(state.partnership.shape[0]):
        for place in range(state.partnership[b].members):
            if state.roster[b, place] > agency:
                break  # rosters are in the order of numbers
            if state.roster[b, place] == agency:
                total += state.commitment[b, place]
    return total


@rule
def move_seat(place, target, b, state):
    """Let the member at one place of ``b`` stand at another, with all it has but its pairs."""
    state.roster[b, target] = state.roster[b, place]
    state.commitment[b, target] = state.commitment[b, place]
    state.appeal[b, target] = state.appeal[b, place]
    state.disappointed[b, target] = state.disappointed[b, place]


@rule
def enter(parameters, agency, b, world, state):
    """Let an agency become a member of partnership ``b``, giving a first share of its hours.

    It gives no more than is left of ``max_share`` after its other commitments, and expects
    ``expectation`` times its own return.
    """
    partnership = state.partnership[b]
    left = parameters.max_share - commitments_of(agency, state)
    if left < LEAST:
        left = 0.0  # what rounding leaves over is no commitment
    members = partnership.members
    place = members
    while place > 0 and state.roster[b, place - 1] > agency:
        move_seat(place - 1, place, b, state)
        place -= 1
    state.roster[b, place] = agency
    state.commitment[b, place] = min(parameters.first_share, left)
    state.appeal[b, place] = parameters.expectation * state.own_return[agency]
    state.disappointed[b, place] = 0.0
    state.memberships[agency] += 1
    state.been[b, partnership.been] = agency
    partnership.been += 1
    partnership.members += 1
    take_seat(agency, place, b, world, state)


@rule
def take_seat(agency, place, b, world, state):
    """Make room in the square of pairs for who has entered, and let it meet the other members."""
    partnership = state.partnership[b]
    members, seats, first = partnership.members, partnership.seats, partnership.first_pair
    if place < members - 1:
        for old in range(members - 2, -1, -1):
            row = old + (old >= place)
            for old_other in range(members - 2, -1, -1):
                column = old_other + (old_other >= place)
                there = state.pair[first + old * seats + old_other]
                state.pair[first + row * seats + column] = there
    look_up(agency, state)
    for other in range(members):
        there = ITSELF
        back = ITSELF
        if other != place:
            there = state.cell[state.roster[b, other]]
            if there == 0:
                there = meet(agency, np.int64(state.roster[b, other]), world, state)
            back = the_other_way(there)
        state.pair[first + place * seats + other] = there
        state.pair[first + other * seats + place] = back
    put_away(agency, state)


@rule
def leave(agency, b, state):
    """Take one member out of partnership ``b``. Its commitment is 0 at once."""
    partnership = state.partnership[b]
    members, seats, first = partnership.members, partnership.seats, partnership.first_pair
    gone = 0
    while state.roster[b, gone] != agency:
        gone += 1
    for place in range(gone + 1, members):
        move_seat(place, place - 1, b, state)
    for place in range(members):
        if place != gone:
            row = place - (place > gone)
            for other in range(members):
                if other != gone:
                    column = other - (other > gone)
                    there = state.pair[first + place * seats + other]
                    state.pair[first + row * seats + column] = there
    state.memberships[agency] -= 1
    partnership.members = members - 1


@rule
def pass_over_the_known(b, passed, state):
    """Mark all who are members of ``b`` or ever were as not to be asked, or take that back."""
    for number in range(state.partnership[b].been):
        state.passed[state.been[b, number]] = passed


@rule
def whom_to_ask(worth_asking, world, b, state):
    """Return the agency that the members of ``b`` invite, by the yardstick of the founding.

    ``NOBODY`` where all are passed over, or where the best raises what the members can produce
    together by less than ``worth_asking`` times what that is for each of them.
    """
    partnership = state.partnership[b]
    agenda = state.agenda[b]
    pooled = state.pooled[0]
    other = state.pooled[1]
    mean_mix = state.pooled[2]
    average_mix(agenda, world.mix, mean_mix)
    pool_members(NOBODY, world, b, state, pooled)
    before = produce(pooled, mean_mix, 1.0)
    asked = NOBODY
    best = -math.inf
    for number in range(count_of(partnership.area, world.first_local)):
        agency = agency_of(number, partnership.area, world.first_local)
        if not state.passed[agency]:
            worth = rise_with(agency, before, agenda, world, pooled, other, mean_mix)
            if worth > best:
                best = worth
                asked = agency
    if best < worth_asking * (before / max(1, partnership.members)):
        return NOBODY
    return asked


@rule
def come_to_size(parameters, size, world, b, state):
    """Let agencies join partnership ``b``, or let members go, until it has ``size`` of them.

    Who joins follows from how members are found: by fit the agency that most raises what the
    members' capacities could produce together, else the next in the order of the founding. Where
    all agencies or named ones founded it, fit decides. Nobody is asked twice: who has left or was
    let go stays away. Who is let go is whoever would be asked last: by fit the member that raises
    it least, else the last in the order. The lead always stays.
    """
    way = world.way[b]
    by_order = way == AT_RANDOM or way == BY_TIES
    partnership = state.partnership[b]
    agenda = state.agenda[b]
    pooled = state.pooled[0]
    other = state.pooled[1]
    mean_mix = state.pooled[2]
    average_mix(agenda, world.mix, mean_mix)
    pass_over_the_known(b, True, state)
    while partnership.members < size:
        pool_members(NOBODY, world, b, state, pooled)
        before = produce(pooled, mean_mix, 1.0)
        joining = NOBODY
        best = -math.inf
        for number in range(count_of(partnership.area, world.first_local)):
            agency = agency_of(number, partnership.area, world.first_local)
            if state.passed[agency]:
                continue
            if by_order:
                worth = -world.order[b, agency]
            else:
                worth = rise_with(agency, before, agenda, world, pooled, other, mean_mix)
            if worth > best:
                best = worth
                joining = agency
        if joining == NOBODY:
            break  # there is nobody left to ask
        enter(parameters, joining, b, world, state)
        state.passed[joining] = True
    pass_over_the_known(b, False, state)
    while partnership.members > size:
        going = NOBODY
        least = math.inf
        for place in range(partnership.members - 1, -1, -1):
            agency = np.int64(state.roster[b, place])
            if agency == partnership.lead:
                continue
            if by_order:
                worth = -world.order[b, agency]
            else:
                pool_members(agency, world, b, state, pooled)
                before = produce(pooled, mean_mix, 1.0)
                worth = rise_with(agency, before, agenda, world, pooled, other, mean_mix)
            if worth < least - LEAST:  # of two that are alike the one with the higher number goes
                least = worth
                going = agency
        leave(going, b, state)
