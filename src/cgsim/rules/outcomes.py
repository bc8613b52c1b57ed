"""Step 6, produce: joint work, own work, and the need that both meet (model page, section 3)."""

import math

from cgsim.compiler import rule
from cgsim.rules.production import produce, produce_alone

LEAST_IGNORANCE = 1e-12


@rule
def buy_hours(parameters, levers, month, b, state):
    """Pay a partnership's fund, while it lasts: F hours bought, after ``fund_efficiency``."""
    partnership = state.partnership[b]
    fund = 0.0
    if month < partnership.begun + levers.fund_months:
        fund = levers.fund
        if levers.matched:
            fund = min(fund, partnership.joint_hours)
    partnership.bought = parameters.fund_efficiency * fund


@rule
def pooled_ignorance(parameters, objective, b, state):
    """Return what the members together do not know of one objective's clients, 0 to 1.

    The product over members of (1 - g)^y with y = 1/n + ``sharing`` * (1 - 1/n): the members'
    geometric mean if they share nothing, what not one of them knows if they share everything.
    """
    partnership = state.partnership[b]
    log_product = 0.0
    product = 1.0
    for place in range(partnership.members):
        unknown = 1.0 - state.understanding[state.roster[b, place], objective]
        product *= max(unknown, LEAST_IGNORANCE)
        if product < 1e-280:  # many members who know nearly all: logs keep it from vanishing
            log_product += math.log(product)
            product = 1.0
    log_product += math.log(product)
    fraction = 1.0 / partnership.members
    return math.exp((fraction + parameters.sharing * (1.0 - fraction)) * log_product)


@rule
def produce_jointly(parameters, world, weather, b, state):
    """Write a partnership's output for every objective on its agenda, before need limits it.

    Members divide their hours over the agenda by their views; bought hours follow the members'
    mean division and the objective's own mix. weather * phi * max(0, h - ``setup_hours``) / h
    * (1 - ``targeting`` * ignorance) * produce(hours; r, kappa).
    """
    partnership = state.partnership[b]
    roster = state.roster[b]
    members = partnership.members
    skills = world.mix.shape[1]
    on_agenda = 0
    for objective in range(world.mix.shape[0]):
        on_agenda += world.agenda[b, objective]
    for place in range(members):
        agency = roster[place]
        total = 0.0
        for objective in range(world.mix.shape[0]):
            if world.agenda[b, objective]:
                total += state.views[agency, objective]
        state.agenda_view[agency] = total

    hours = state.skill_hours
    for objective in range(world.mix.shape[0]):
        state.joint_output[b, objective] = 0.0
        if not world.agenda[b, objective]:
            continue
        hours[:] = 0.0
        shares = 0.0
        for place in range(members):
            agency = roster[place]
            share = 1.0 / on_agenda
            if state.agenda_view[agency] > 0.0:
                share = state.views[agency, objective] / state.agenda_view[agency]
            shares += share
            given = state.given[b, agency] * share
            for skill in range(skills):
                hours[skill] += given * world.skill[agency, skill]
        bought = partnership.bought * (shares / members)
        total_hours = 0.0
        for skill in range(skills):
            hours[skill] += bought * world.mix[objective, skill]
            total_hours += hours[skill]
        if total_hours <= 0.0:
            continue
        ignorance = pooled_ignorance(parameters, objective, b, state)
        after_setup = max(0.0, total_hours - parameters.setup_hours) / total_hours
        state.joint_output[b, objective] = (
            weather
            * partnership.settled
            * after_setup
            * (1.0 - parameters.targeting * ignorance)
            * produce(hours, world.mix[objective], world.crosscut[objective])
        )


@rule
def work_alone(parameters, world, weather, state):
    """Write every agency's output from the hours it has left, before need limits it.

    Hours are divided over objectives by the agency's goals, or, for members of a partnership,
    by goals + ``spillover`` * (view - goals). Each output is multiplied by
    1 - ``targeting`` * (1 - g). Even apart, services partly combine at the client's door: each
    objective's own output is then multiplied by (1 - ``ambient``) + ``ambient`` * (what all these
    hours would produce pooled) / (what they produce apart).
    """
    agencies, objectives = world.goal.shape
    skills = world.mix.shape[1]
    targeting = parameters.targeting
    pooling = parameters.ambient > 0.0
    pooled = state.pooled_hours
    pooled[:] = 0.0
    for agency in range(agencies):
        own_hours = state.free[agency]
        spillover = 0.0
        for b in range(state.member.shape[0]):
            own_hours -= state.given[b, agency]
            if state.member[b, agency]:
                spillover = parameters.spillover
        state.own_hours[agency] = own_hours
        for objective in range(objectives):
            share = world.goal[agency, objective]
            if spillover != 0.0:
                share += spillover * (state.views[agency, objective] - share)
            hours = own_hours * share
            well_aimed = 1.0 - targeting * (1.0 - state.understanding[agency, objective])
            state.own_output[agency, objective] = (
                weather
                * well_aimed
                * produce_alone(
                    hours,
                    world.skill[agency],
                    world.mix[objective],
                    world.crosscut[objective],
                    state.own_rate[agency, objective],
                    state.least_skill[agency],
                )
            )
            if pooling:
                aimed_hours = well_aimed * hours
                for skill in range(skills):
                    pooled[objective, skill] += aimed_hours * world.skill[agency, skill]
    if not pooling:
        return
    for objective in range(objectives):
        apart = 0.0
        for agency in range(agencies):
            apart += state.own_output[agency, objective]
        if apart <= 0.0:
            continue
        together = weather * produce(
            pooled[objective], world.mix[objective], world.crosscut[objective]
        )
        factor = (1.0 - parameters.ambient) + parameters.ambient * together / apart
        for agency in range(agencies):
            state.own_output[agency, objective] *= factor


@rule
def meet_need(state):
    """Let all output meet need, with less effect the less need is left, and let new need arrive.

    met = n * (1 - exp(-O / n)), and every contribution to O is scaled by met / O.
    """
    for objective in range(state.need.shape[0]):
        output = 0.0
        for b in range(state.joint_output.shape[0]):
            output += state.joint_output[b, objective]
        for agency in range(state.own_output.shape[0]):
            output += state.own_output[agency, objective]
        need = state.need[objective]
        met = 0.0
        if output > 0.0 and need > 0.0:
            met = -need * math.expm1(-output / need)
        scale = met / output if output > 0.0 else 1.0
        for b in range(state.joint_output.shape[0]):
            state.joint_output[b, objective] *= scale
        for agency in range(state.own_output.shape[0]):
            state.own_output[agency, objective] *= scale
        state.met[objective] = met
        # Rounding alone could leave a stock a hair below zero.
        state.need[objective] = max(0.0, need - met) + state.inflow[objective]
    for b in range(state.joint_output.shape[0]):
        for objective in range(state.joint_output.shape[1]):
            state.partnership[b].delivered += state.joint_output[b, objective]
