"""Recruitment: who founds a partnership, and who leads it (model page, Initialisation)."""

import math

from cgsim.compiler import rule
from cgsim.mechanisms import ALL, AT_RANDOM, BY_NAME, BY_TIES, FIT
from cgsim.rules.areas import agency_of, count_of
from cgsim.rules.joining import average_mix, care, rise_with
from cgsim.rules.production import produce
from cgsim.world import draws


@rule
def founds_any(founder, agency):
    """Tell whether an agency is a founding member of any partnership; ``founder`` (B, N)."""
    for b in range(founder.shape[0]):
        if founder[b, agency]:
            return True
    return False


@rule
def recruit(brief, seed, replicate, b, world, words, room):
    """Choose the founding members and the lead of partnership ``b``.

    Only agencies of its area and national ones can be. The initiator and lead is the one with the
    largest capacity * care (the lower number if equal); among members given by name, the largest of
    those, unless a lead is given too. Then members join one at a time: by fit, at random, those
    tied to the lead first, or all.
    ``room`` is workspace.
    """
    way = brief.recruitment[b]
    world.way[b] = way
    area, first_local = world.area[b], world.first_local
    count = count_of(area, first_local)
    size = min(brief.size[b], count)
    lead = brief.lead[b]
    if lead < 0:
        most = -1.0
        for number in range(count):
            agency = agency_of(number, area, first_local)
            if way == BY_NAME and not brief.named[b, agency]:
                continue
            weight = world.capacity[agency] * care(world.goal[agency], world.agenda[b])
            if weight > most:
                most = weight
                lead = agency
    for agency in range(world.founder.shape[1]):
        world.founder[b, agency] = way == BY_NAME and brief.named[b, agency]
    if way == ALL:
        for number in range(count):
            world.founder[b, agency_of(number, area, first_local)] = True
    world.founding_lead[b] = lead
    if way == FIT:
        recruit_by_fit(size, lead, b, world, room)
    elif way == AT_RANDOM or way == BY_TIES:
        recruit_in_order(way, size, lead, seed, replicate, b, world, words, room)


@rule
def recruit_by_fit(size, lead, b, world, room):
    """Let the agency join that most raises what the members' capacities could produce together.

    The rise is in produce(pooled capacity by skill; the agenda's mean mix, crosscut 1), times the
    square root of the agency's care for the agenda.
    """
    area, first_local = world.area[b], world.first_local
    skills = world.skill.shape[1]
    pooled = room[:skills]
    with_one = room[skills : 2 * skills]
    mean_mix = room[2 * skills : 3 * skills]
    agenda = world.agenda[b]
    average_mix(agenda, world.mix, mean_mix)
    pooled[:] = 0.0
    joining = lead
    for count in range(size):
        if count > 0:
            before = produce(pooled, mean_mix, 1.0)
            best = -math.inf
            for number in range(count_of(area, first_local)):
                agency = agency_of(number, area, first_local)
                if world.founder[b, agency]:
                    continue
                rise = rise_with(agency, before, agenda, world, pooled, with_one, mean_mix)
                if rise > best:
                    best = rise
                    joining = agency
        world.founder[b, joining] = True
        for skill in range(skills):
            pooled[skill] += world.capacity[joining] * world.skill[joining, skill]


@rule
def recruit_in_order(way, size, lead, seed, replicate, b, world, words, room):
    """Let agencies join in a random order; by ties, those tied to the lead come first.

    The order is kept where a change may ask for members.
    """
    area, first_local = world.area[b], world.first_local
    count = count_of(area, first_local)
    order = room[: world.founder.shape[1]]
    if world.order.shape[0] > 0:
        order = world.order[b]
    for number in range(count):
        agency = agency_of(number, area, first_local)
        order[agency] = draws.uniform(seed, replicate, draws.RECRUIT, agency, b, words)
        if way == BY_TIES and not world.tied[lead, agency]:
            order[agency] += 1.0
    order[lead] = -1.0
    for _ in range(size):
        joining = lead
        first = math.inf
        for number in range(count):
            agency = agency_of(number, area, first_local)
            if not world.founder[b, agency] and order[agency] < first:
                first = order[agency]
                joining = agency
        world.founder[b, joining] = True
