"""How a run starts (model page, Initialisation)."""

from cgsim.compiler import rule
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
        for other in range(agencies):
            state.trust[agency, other] = world.trust[agency, other]
        state.trust[agency, agency] = 0.0  # trust in itself never counts
    state.need_trend[:] = 0.0
    state.climate[0] = 0.0
    state.own_return[:] = 0.0
    state.public_return[:] = 0.0
    state.saving[:] = 0.0
    state.commitment[:] = 0.0
    state.appeal[:] = 0.0
    state.disappointed[:] = 0.0
    state.promised[:] = 0.0
    state.given[:] = 0.0
    state.joint_output[:] = 0.0
    state.member[:] = False
    state.joined[:] = False
    for b in range(state.partnership.shape[0]):
        partnership = state.partnership[b]
        partnership.alive = 0
        partnership.ended = 0
        partnership.members = 0
        partnership.asked_size = 0
        partnership.asked_lead = 0
        partnership.price = 0.0
        partnership.bought = 0.0
        partnership.joint_hours = 0.0
        for objective in range(objectives):
            state.agenda[b, objective] = world.agenda[b, objective]
    compare_agendas(state)


@rule
def compare_agendas(state):
    """Work out how far every two partnerships' agendas overlap."""
    for b in range(state.partnership.shape[0]):
        for a in range(state.partnership.shape[0]):
            state.overlap[b, a] = agenda_overlap(state.agenda[b], state.agenda[a])


@rule
def agenda_overlap(first, second):
    """Return the share of two agendas that they have in common: intersection over union."""
    common = 0
    either = 0
    for objective in range(first.shape[0]):
        common += first[objective] and second[objective]
        either += first[objective] or second[objective]
    return common / either if either > 0 else 0.0
