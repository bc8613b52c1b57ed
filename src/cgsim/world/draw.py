"""Drawing one replicate's world and its shocks (model page, Initialisation).

What a scenario gives by hand is taken as given; all else is drawn, each number at its own address,
so that naming one agency changes no other.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cgsim.compiler import rule
from cgsim.mechanisms import COMPLETE, CORE_PERIPHERY, GIVEN_TIES, NO_TIES, SMALL_WORLD
from cgsim.rules.areas import EVERYWHERE, agency_of, area_of, count_of
from cgsim.rules.elementary import exp
from cgsim.rules.state import Flags, Floats, Shape, Shocks, Whole, World
from cgsim.world import draws
from cgsim.world.recruitment import founds_any, recruit


class Brief(NamedTuple):
    """What a scenario says of its world, as arrays. NaN (or -1) stands for "to be drawn"."""

    setting: NDArray[np.void]  #: (1,) a record of the parameters that shape the world
    network: Whole  #: (1,) a position in mechanisms.NETWORKS
    first_local: Whole  #: (D + 1,) the first agency of each area, and N; national ones come before
    capacity: Floats  #: (N,) hours a month
    home: Whole  #: (N,) the skill an agency is at home in
    skill: Floats  #: (N, S) rows sum to 1
    goal: Floats  #: (N, K) rows sum to 1
    senior: Floats  #: (N,)
    operational: Floats  #: (N,)
    crosscut: Floats  #: (K,)
    mix: Floats  #: (K, S) rows sum to 1
    area: Whole  #: (B,) from 0
    agenda: Flags  #: (B, K)
    recruitment: Whole  #: (B,) a position in mechanisms.RECRUITMENT
    size: Whole  #: (B,) how many founding members
    named: Flags  #: (B, N) founding members given by name
    lead: Whole  #: (B,) the lead, if given
    seats: Whole  #: (B,) for how many members there is room


def new_world(shape: Shape) -> World:
    """Return room for one world."""
    n, k, s, b = shape.agencies, shape.objectives, shape.skills, shape.partnerships
    return World(
        capacity=np.zeros(n),
        first_local=np.zeros(shape.areas + 1, np.int64),
        skill=np.zeros((n, s)),
        goal=np.zeros((n, k)),
        mix=np.zeros((k, s)),
        crosscut=np.zeros(k),
        tied=np.zeros((n, n), np.bool_),
        first_trust=np.zeros(2),
        trust=np.zeros((shape.given, shape.given)),
        senior=np.zeros(n),
        operational=np.zeros(n),
        area=np.zeros(b, np.int64),
        agenda=np.zeros((b, k), np.bool_),
        founder=np.zeros((b, n), np.bool_),
        founding_lead=np.zeros(b, np.int64),
        way=np.zeros(b, np.int64),
        order=np.zeros((shape.ordered, n)),
        seats=np.zeros(b, np.int64),
    )


def new_shocks(shape: Shape) -> Shocks:
    """Return room for one replicate's shocks."""
    months, agencies = shape.months, shape.agencies
    return Shocks(
        absence=np.zeros((months, agencies)),
        slip=np.zeros((months, agencies)),
        perceive=np.zeros((months, agencies)),
        observe=np.zeros((months, agencies)),
        turnover=np.zeros((months, agencies)),
        drift=np.zeros((months, shape.stocks)),
        climate=np.zeros(months),
    )


@rule
def clip_share(value):
    """Keep a share between 0 and 1."""
    return min(1.0, max(0.0, value))


@rule
def draw_agencies(brief, seed, replicate, world, words):
    """Draw capacities, home skills and buy-in.

    Skills are dealt in rounds: every round gives each skill once, in an order of its own, so that
    adding agencies leaves the hands already dealt as they are.
    """
    setting = brief.setting[0]
    agencies, skills = world.skill.shape
    deck = world.mix[0]  # drawn later; room for the order of one round
    for agency in range(agencies):
        world.capacity[agency] = brief.capacity[agency]
        if math.isnan(brief.capacity[agency]):
            sd = setting.capacity_sd
            deviate = draws.normal(seed, replicate, draws.CAPACITY, agency, 0, words)
            world.capacity[agency] = setting.capacity * exp(sd * deviate - 0.5 * sd * sd)
        place_in_round = agency % skills
        if place_in_round == 0:
            for skill in range(skills):
                deck[skill] = skill
            for left in range(skills - 1, 0, -1):
                u = draws.uniform(seed, replicate, draws.HOME, agency // skills, left, words)
                chosen = int(u * (left + 1))
                deck[left], deck[chosen] = deck[chosen], deck[left]
        home = brief.home[agency]
        if home < 0:
            home = int(deck[place_in_round])
        for skill in range(skills):
            if math.isnan(brief.skill[agency, skill]):
                world.skill[agency, skill] = setting.generalism / skills
                if skill == home:
                    world.skill[agency, skill] += 1.0 - setting.generalism
            else:
                world.skill[agency, skill] = brief.skill[agency, skill]
        world.senior[agency] = brief.senior[agency]
        if math.isnan(brief.senior[agency]):
            deviate = draws.normal(seed, replicate, draws.SENIOR, agency, 0, words)
            world.senior[agency] = clip_share(setting.senior + setting.buyin_sd * deviate)
        world.operational[agency] = brief.operational[agency]
        if math.isnan(brief.operational[agency]):
            deviate = draws.normal(seed, replicate, draws.OPERATIONAL, agency, 0, words)
            world.operational[agency] = clip_share(setting.operational + setting.buyin_sd * deviate)


@rule
def draw_dirichlet(shape, seed, replicate, purpose, number, row, words):
    """Write a row of Dirichlet weights, all of one parameter, summing to 1."""
    total = 0.0
    for place in range(row.shape[0]):
        row[place] = draws.gamma(shape, seed, replicate, purpose, number, place, words)
        total += row[place]
    for place in range(row.shape[0]):
        row[place] = row[place] / total if total > 0.0 else 1.0 / row.shape[0]


@rule
def draw_goals(brief, seed, replicate, world, words):
    """Draw every agency's goal weights: ``alignment`` in common, the rest Dirichlet."""
    setting = brief.setting[0]
    agencies, objectives = world.goal.shape
    for agency in range(agencies):
        if not math.isnan(brief.goal[agency, 0]):
            for objective in range(objectives):
                world.goal[agency, objective] = brief.goal[agency, objective]
            continue
        goal = world.goal[agency]
        draw_dirichlet(setting.goal_focus, seed, replicate, draws.GOAL, agency, goal, words)
        for objective in range(objectives):
            common = setting.alignment / objectives
            goal[objective] = common + (1.0 - setting.alignment) * goal[objective]


@rule
def draw_objectives(brief, seed, replicate, world, words):
    """Draw the skills that each objective takes, and how far it is cross-cutting."""
    setting = brief.setting[0]
    objectives, skills = world.mix.shape
    for objective in range(objectives):
        world.crosscut[objective] = brief.crosscut[objective]
        if math.isnan(brief.crosscut[objective]):
            world.crosscut[objective] = setting.crosscut
        mix = world.mix[objective]
        if not math.isnan(brief.mix[objective, 0]):
            for skill in range(skills):
                mix[skill] = brief.mix[objective, skill]
            continue
        draw_dirichlet(setting.mix_evenness, seed, replicate, draws.MIX, objective, mix, words)


@rule
def draw_small_world(neighbours, rewire, area, first_local, seed, replicate, tied, words):
    """Write who is tied to whom in an area's small world (Watts & Strogatz 1998) into ``tied``.

    The agencies of an area and the national ones stand in a ring, tied to ``neighbours`` nearest
    (an odd number counts as the even one below it). Every tie is rewired with chance ``rewire``:
    the agency that comes first gives it up for a tie to one that it is not tied to yet, all with
    the same chance; if there is none it keeps it. Nearest ties come first. For every tie each
    agency draws a lot of its own and the lowest wins, so another agency in the area moves a rewired
    tie only by winning it.
    """
    count = count_of(area, first_local)
    ring = area * draws.RING
    for distance in range(1, neighbours // 2 + 1):
        for place in range(count):
            agency = agency_of(place, area, first_local)
            neighbour = agency_of((place + distance) % count, area, first_local)
            tied[agency, neighbour] = True
            tied[neighbour, agency] = True
    for distance in range(1, neighbours // 2 + 1):
        for place in range(count):
            agency = agency_of(place, area, first_local)
            u = draws.uniform(seed, replicate, draws.REWIRE, agency, ring + distance, words)
            if u >= rewire:
                continue
            found = -1
            lowest = 1.0
            drawn = -1
            for number in range(count):
                other = agency_of(number, area, first_local)
                if other // 4 != drawn:
                    drawn = other // 4
                    block = ring + distance * 65536 + drawn
                    draws.philox(seed, replicate, draws.LONG_TIE, agency, block, words)
                lot = draws.as_uniform(words[other % 4])
                if other != agency and not tied[agency, other] and lot < lowest:
                    lowest = lot
                    found = other
            if found >= 0:
                neighbour = agency_of((place + distance) % count, area, first_local)
                tied[agency, neighbour] = False
                tied[neighbour, agency] = False
                tied[agency, found] = True
                tied[found, agency] = True


@rule
def draw_ties(brief, given, given_trust, seed, replicate, world, words, room):
    """Draw who is tied to whom, and set trust: ``trust_stranger``, more by ``trust_tie`` on a tie.

    ``given`` (Y, Y) flags and ``given_trust`` (Y, Y), who trusts whom and NaN where that is not
    known, are read where the network is given: Y is N there, else 0. A random network has every
    pair tied with the same chance (Gilbert 1959). In a core-periphery one every agency is in the
    core with chance ``core_share``; the core are all tied, the periphery tied to the core by
    chance. Only a file ties agencies of two areas.
    """
    setting = brief.setting[0]
    tied = world.tied
    agencies = tied.shape[0]
    network = brief.network[0]
    first_local = world.first_local
    in_core = room
    world.first_trust[0] = clip_share(setting.trust_stranger)
    world.first_trust[1] = clip_share(setting.trust_stranger + setting.trust_tie)
    if network == CORE_PERIPHERY:
        for agency in range(agencies):
            u = draws.uniform(seed, replicate, draws.CORE, agency, 0, words)
            in_core[agency] = 1.0 if u < setting.core_share else 0.0
    if network == SMALL_WORLD:
        neighbours = int(setting.neighbours)
        tied[:] = False
        for area in range(first_local.shape[0] - 1):
            draw_small_world(
                neighbours, setting.rewire, area, first_local, seed, replicate, tied, words
            )
    else:
        tied[:] = False  # row by row: column by column takes most of the time of many areas
    for first in range(agencies):
        met = agencies  # those before it can be met: all in its area, and all for a national one
        area = area_of(first, first_local)
        if area != EVERYWHERE and network != GIVEN_TIES:
            met = first_local[area + 1]
        for second in range(first + 1, met):
            if network == GIVEN_TIES:
                tie = given[first, second]
            elif network == SMALL_WORLD:
                tie = tied[first, second]
            elif network == COMPLETE or network == NO_TIES:
                tie = network == COMPLETE
            else:
                if second % 4 == 0 or second == first + 1:
                    draws.philox(seed, replicate, draws.TIE, first, second // 4, words)
                chance = setting.edge_chance
                if network == CORE_PERIPHERY and in_core[first] == in_core[second]:
                    chance = in_core[first]
                tie = draws.as_uniform(words[second % 4]) < chance
            tied[first, second] = tie
            tied[second, first] = tie
    if network == GIVEN_TIES:
        take_given_trust(given_trust, world)


@rule
def take_given_trust(given_trust, world):
    """Write starting trust, (N, N): what is given, and what ties say where nothing is."""
    for first in range(given_trust.shape[0]):
        for second in range(given_trust.shape[0]):
            trust = given_trust[first, second]
            if first == second or math.isnan(trust):
                trust = world.first_trust[int(world.tied[first, second])]
            world.trust[first, second] = clip_share(trust)


@rule
def draw_world(brief, given_ties, given_trust, seed, replicate, world, words, room):
    """Draw one replicate's world and recruit every partnership's founding members.

    ``given_ties`` (Y, Y) flags and ``given_trust`` (Y, Y), NaN where none is given, are read where
    the network is given. ``words`` (4,) of uint64 and ``room`` (at least N and 3 S) are workspace.
    Source: model page, Initialisation.
    """
    for area in range(world.first_local.shape[0]):
        world.first_local[area] = brief.first_local[area]
    draw_ties(brief, given_ties, given_trust, seed, replicate, world, words, room)
    draw_agencies(brief, seed, replicate, world, words)
    draw_goals(brief, seed, replicate, world, words)
    draw_objectives(brief, seed, replicate, world, words)
    for b in range(world.agenda.shape[0]):
        for objective in range(world.agenda.shape[1]):
            world.agenda[b, objective] = brief.agenda[b, objective]
        world.area[b] = brief.area[b]
        world.seats[b] = brief.seats[b]
        recruit(brief, seed, replicate, b, world, words, room)


@rule
def draw_shocks(seed, replicate, founder, all_may_join, first_month, areas, shocks, words):
    """Draw the chance events of every month.

    Slips and errors of judgement are read for members only. Unless others may join, no agency
    but a founder can be a member, nor anybody before ``first_month``, the first in which any
    partnership may begin: the rest are not drawn. Four months share a block of words.
    """
    months, agencies = shocks.absence.shape
    for agency in range(agencies):
        draw_series(seed, replicate, draws.ABSENCE, agency, 0, shocks.absence[:, agency], words)
        for month in range(months):
            lane = month % 4
            if lane == 0:
                draws.philox(seed, replicate, draws.TURNOVER, agency, month // 4, words)
            shocks.turnover[month, agency] = draws.as_uniform(words[lane])
        if all_may_join or founds_any(founder, agency):
            draw_series(
                seed, replicate, draws.SLIP, agency, first_month, shocks.slip[:, agency], words
            )
            draw_series(
                seed,
                replicate,
                draws.PERCEIVE,
                agency,
                first_month,
                shocks.perceive[:, agency],
                words,
            )
            draw_series(
                seed,
                replicate,
                draws.OBSERVE,
                agency,
                first_month,
                shocks.observe[:, agency],
                words,
            )
    objectives = shocks.drift.shape[1] // areas
    for stock in range(shocks.drift.shape[1]):
        number = stock // objectives * draws.OF_AREA + stock % objectives
        draw_series(seed, replicate, draws.DRIFT, number, 0, shocks.drift[:, stock], words)
    draw_series(seed, replicate, draws.CLIMATE, 0, 0, shocks.climate, words)


@rule
def draw_series(seed, replicate, purpose, number, first_month, series, words):
    """Write a series (T,) of normal deviates from a month on, four months to a block of words."""
    for month in range(first_month, series.shape[0]):
        lane = month % 4
        if lane == 0 or month == first_month:
            draws.philox(seed, replicate, purpose, number, month // 4, words)
        series[month] = draws.as_normal(draws.as_uniform(words[lane]))
