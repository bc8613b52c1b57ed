"""How a run starts (model page, Initialisation)."""

from cgsim.compiler import rule
from cgsim.rules.acquaintance import FIRST_CELL, ITSELF
from cgsim.rules.production import produce_as_chosen


@rule
def start(parameters, world, state):
    """Set the state to what it is before month 0, and work out what no month changes.

    Views start at the agencies' goals, understanding at ``knowledge0`` * min(1, K * goal), and
    unmet need at ``backlog_months`` of each area's capacity, spread evenly over its objectives.
    """
    agencies, objectives = world.goal.shape
    for agency in range(agencies):
        state.least_skill[agency] = 1.0
        for skill in range(world.skill.shape[1]):
            share = world.skill[agency, skill]
            state.skill[skill, agency] = share
            state.least_skill[agency] = min(state.least_skill[agency], share)
        for objective in range(objectives):
            goal = world.goal[agency, objective]
            care = min(1.0, objectives * goal)
            state.goal[objective, agency] = goal
            state.care[objective, agency] = care
            state.views[objective, agency] = goal
            state.understanding[objective, agency] = parameters.knowledge0 * care
            state.own_rate[objective, agency] = produce_as_chosen(
                parameters, world.skill[agency], world.mix[objective], world.crosscut[objective]
            )
    share_out_capacity(world, state)
    for area in range(state.total_capacity.shape[0]):
        for objective in range(objectives):
            state.need[area * objectives + objective] = (
                parameters.backlog_months * state.total_capacity[area] / objectives
            )
    for agency in range(agencies):
        state.senior[agency] = world.senior[agency]
        state.known[agency] = 0
        state.cell[agency] = 0
        state.passed[agency] = False
        state.memberships[agency] = 0
    state.cells[0] = FIRST_CELL
    state.epoch[0] = -1
    if state.trust.shape[0] > 0:
        state.trust[ITSELF] = 0.0
    state.need_trend[:] = 0.0
    state.climate[0] = 0.0
    state.own_return[:] = 0.0
    state.public_return[:] = 0.0
    state.saving[:] = 0.0
    state.joint_output[:] = 0.0
    list_by_area(world, state)
    first_pair = 0
    for b in range(state.partnership.shape[0]):
        partnership = state.partnership[b]
        partnership.area = world.area[b]
        partnership.alive = 0
        partnership.ended = 0
        partnership.members = 0
        partnership.givers = 0
        partnership.been = 0
        partnership.seats = world.seats[b]
        partnership.first_pair = first_pair
        first_pair += world.seats[b] * world.seats[b]
        partnership.asked_size = 0
        partnership.asked_lead = 0
        partnership.price = 0.0
        partnership.bought = 0.0
        partnership.joint_hours = 0.0
        for objective in range(objectives):
            state.agenda[b, objective] = world.agenda[b, objective]


@rule
def share_out_capacity(world, state):
    """Work out each area's capacity: that of its agencies, and its part of the national ones'."""
    areas = state.total_capacity.shape[0]
    national = world.first_local[0]
    everywhere = 0.0
    for agency in range(national):
        everywhere += world.capacity[agency]
        state.part[agency] = 1.0 / areas
    for area in range(areas):
        total = 0.0
        for agency in range(world.first_local[area], world.first_local[area + 1]):
            total += world.capacity[agency]
            state.part[agency] = 1.0
        state.total_capacity[area] = total + everywhere / areas


@rule
def list_by_area(world, state):
    """List the partnerships of each area, in the order of their numbers."""
    listed = 0
    for area in range(state.total_capacity.shape[0]):
        state.first_beside[area] = listed
        for b in range(world.area.shape[0]):
            if world.area[b] == area and listed < state.beside.shape[0]:
                state.beside[listed] = b
                listed += 1
    state.first_beside[state.total_capacity.shape[0]] = listed
