"""Recruitment: who founds a partnership, and who leads it (model page, section 6)."""

import math

from cgsim.compiler import rule
from cgsim.rules.production import produce
from cgsim.world import draws

WAYS = ("fit", "random", "ties", "all", "names")
"""How founding members are found; the number is the position here."""
FIT, AT_RANDOM, BY_TIES, ALL, BY_NAME = range(len(WAYS))


@rule
def founds_any(founder, agency):
    """Tell whether an agency is a founding member of any partnership; ``founder`` (B, N)."""
    for b in range(founder.shape[0]):
        if founder[b, agency]:
            return True
    return False


@rule
def care(world, b, agency):
    """Return an agency's care for a partnership's agenda: its goal weight on it, 0 to 1."""
    total = 0.0
    for objective in range(world.agenda.shape[1]):
        if world.agenda[b, objective]:
            total += world.goal[agency, objective]
    return total


@rule
def recruit(brief, seed, replicate, b, world, tied, words, room):
    """Choose the founding members and the lead of partnership ``b``.

    The initiator and lead is the agency with the largest capacity * care (the lower number if
    equal); among members given by name, the largest of those, unless a lead is given too. Then
    members join one at a time: by fit, at random, those tied to the lead first, or all.
    ``tied`` (N, N) flags; ``room`` is workspace.
    """
    way = brief.recruitment[b]
    agencies = world.founder.shape[1]
    size = min(brief.size[b], agencies)
    lead = brief.lead[b]
    if lead < 0:
        most = -1.0
        for agency in range(agencies):
            if way == BY_NAME and not brief.named[b, agency]:
                continue
            weight = world.capacity[agency] * care(world, b, agency)
            if weight > most:
                most = weight
                lead = agency
    for agency in range(agencies):
        world.founder[b, agency] = way == ALL or (way == BY_NAME and brief.named[b, agency])
    world.founding_lead[b] = lead
    if way == FIT:
        recruit_by_fit(size, lead, b, world, room)
    elif way == AT_RANDOM or way == BY_TIES:
        recruit_in_order(way, size, lead, seed, replicate, b, world, tied, words, room)


@rule
def recruit_by_fit(size, lead, b, world, room):
    """Let the agency join that most raises what the members' capacities could produce together.

    The rise is in produce(pooled capacity by skill; the agenda's mean mix, crosscut 1), times the
    square root of the agency's care for the agenda.
    """
    agencies, skills = world.skill.shape
    pooled = room[:skills]
    with_one = room[skills : 2 * skills]
    mean_mix = room[2 * skills : 3 * skills]
    on_agenda = 0
    pooled[:] = 0.0
    mean_mix[:] = 0.0
    for objective in range(world.mix.shape[0]):
        if world.agenda[b, objective]:
            on_agenda += 1
            for skill in range(skills):
                mean_mix[skill] += world.mix[objective, skill]
    for skill in range(skills):
        mean_mix[skill] /= on_agenda
    joining = lead
    for count in range(size):
        if count > 0:
            before = produce(pooled, mean_mix, 1.0)
            best = -math.inf
            for agency in range(agencies):
                if world.founder[b, agency]:
                    continue
                for skill in range(skills):
                    hours = world.capacity[agency] * world.skill[agency, skill]
                    with_one[skill] = pooled[skill] + hours
                rise = produce(with_one, mean_mix, 1.0) - before
                rise *= math.sqrt(care(world, b, agency))
                if rise > best:
                    best = rise
                    joining = agency
        world.founder[b, joining] = True
        for skill in range(skills):
            pooled[skill] += world.capacity[joining] * world.skill[joining, skill]


@rule
def recruit_in_order(way, size, lead, seed, replicate, b, world, tied, words, room):
    """Let agencies join in a random order; by ties, those tied to the lead come first."""
    agencies = world.founder.shape[1]
    for agency in range(agencies):
        room[agency] = draws.uniform(seed, replicate, draws.RECRUIT, agency, b, words)
        if way == BY_TIES and not tied[lead, agency]:
            room[agency] += 1.0
    room[lead] = -1.0
    for _ in range(size):
        joining = lead
        first = math.inf
        for agency in range(agencies):
            if not world.founder[b, agency] and room[agency] < first:
                first = room[agency]
                joining = agency
        world.founder[b, joining] = True
