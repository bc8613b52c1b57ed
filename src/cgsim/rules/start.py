"""How a run starts (model page, Initialisation)."""

from cgsim.compiler import rule
from cgsim.rules.acquaintance import FIRST_CELL, ITSELF
from cgsim.rules.production import produce


@rule
def start(parameters, world, state):
    """Set the state to what it is before month 0, and work out what no month changes.

    Views start at the agencies' goals, understanding at ``knowledge0`` * min(1, K * goal), and
    unmet need at ``backlog_months`` of the area's capacity spread evenly over the objectives.
    """
    agencies, objectives = world.goal.shape
    total_capacity = 0.0
    for agency in range(agencies):
        total_capacity += world.capacity[agency]
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
            state.own_rate[objective, agency] = produce(
                world.skill[agency], world.mix[objective], world.crosscut[objective]
            )
    state.total_capacity[0] = total_capacity
    state.need[:] = parameters.backlog_months * total_capacity / objectives
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
    first_pair = 0
    for b in range(state.partnership.shape[0]):
        partnership = state.partnership[b]
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
