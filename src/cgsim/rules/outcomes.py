"""Step 6, produce: joint work, own work, and the need that both meet (model page, Submodels).

For ``fund_months`` months, from ``fund_start`` on or from its beginning if that is later, the fund
buys F = ``fund_efficiency``·``fund`` hours (``matched``: ``fund_efficiency``·min(``fund``, H_b)).
On each objective of the agenda, a member's share is v_ik over the sum of its views on the agenda
(equal shares if that is 0). Hours by skill are Σ x·share·skill, plus F·(members' mean share)·r; h_k
is their total.

    ignorance = Π over members of max(1 - g_ik, 1e-12)^y,   y = 1/n + sharing·(1 - 1/n)
    joint_bk = weather·φ·max(0, h_k - setup_hours)/h_k
               · (1 - targeting·ignorance)·produce(hours; r_k, κ_k)

Own work: the hours left, o_i = free_i - Σ_b x_bi, are divided by w_ik, or for an agency in any
partnership by w_ik + ``spillover``·(v_ik - w_ik). y_ik = weather·(1 - ``targeting``·(1 -
g_ik))·produce. Even apart, services partly combine at the client's door. So every y_ik of objective
k is multiplied by

    (1 - ambient)
    + ambient·weather·produce(Σ_i (1 - targeting·(1 - g_ik))·hours_i; r_k, κ_k) / Σ_i y_ik

(1 if nothing was produced). With O_k all own and joint output: met_k = n_k·(1 - exp(-O_k/n_k)), and
0 if O_k = 0. Every contribution is scaled by met_k/O_k. Then n_k ← n_k + inflow_k - met_k.

Why this form: with little need left, two services reach the same client; if output falls on need at
random, the share reached is 1 - exp(-O/n). The fixed hours of each objective are the study's
critical mass (section ACT). Members know different clients, so ignorance multiplies: with nothing
shared it is their geometric mean, with everything shared their product. What is combined without a
partnership, ``ambient``, is what the arm alone can do by itself; it is an expert assumption and
among the most influential, so results are to be reported at 0 and at 0.5 too. Money buys hours in
the mix that is needed, less what procuring costs: expert assumption.
"""

from cgsim.compiler import rule
from cgsim.rules.elementary import exp, exp_less_one, log
from cgsim.rules.production import (
    HARMONIC,
    LEAST_HOURS,
    add_up,
    add_up_products,
    produce_as_chosen,
    produce_few,
)
from cgsim.rules.state import LEAST

LEAST_IGNORANCE = 1e-12


@rule
def buy_hours(parameters, levers, month, b, state):
    """Pay a partnership's fund, while it lasts: F hours bought, after ``fund_efficiency``."""
    partnership = state.partnership[b]
    fund = 0.0
    first = max(float(partnership.begun), levers.fund_start)
    if first <= month < first + levers.fund_months:
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
        unknown = 1.0 - state.understanding[objective, state.roster[b, place]]
        product *= max(unknown, LEAST_IGNORANCE)
        if product < 1e-280:  # many members who know nearly all: logs keep it from vanishing
            log_product += log(product)
            product = 1.0
    log_product += log(product)
    fraction = 1.0 / partnership.members
    return exp((fraction + parameters.sharing * (1.0 - fraction)) * log_product)


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
        on_agenda += state.agenda[b, objective]
    for place in range(members):
        agency = roster[place]
        total = 0.0
        for objective in range(world.mix.shape[0]):
            if state.agenda[b, objective]:
                total += state.views[objective, agency]
        state.agenda_view[agency] = total

    hours = state.skill_hours
    for objective in range(world.mix.shape[0]):
        state.joint_output[b, objective] = 0.0
        if not state.agenda[b, objective]:
            continue
        hours[:] = 0.0
        shares = 0.0
        for place in range(members):
            agency = roster[place]
            share = 1.0 / on_agenda
            if state.agenda_view[agency] > LEAST:
                share = state.views[objective, agency] / state.agenda_view[agency]
            shares += share
            given = state.given[b, place] * share
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
            * produce_as_chosen(parameters, hours, world.mix[objective], world.crosscut[objective])
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
    objectives, agencies = state.goal.shape
    own_hours, steer = state.own_hours, state.steer
    for agency in range(agencies):
        own_hours[agency] = state.free[agency]
        steer[agency] = 0.0
    for b in range(state.partnership.shape[0]):
        for place in range(state.partnership[b].givers):
            agency = state.giver[b, place]
            own_hours[agency] -= state.given[b, place]
            steer[agency] = parameters.spillover

    targeting = parameters.targeting
    for objective in range(objectives):
        goal, view = state.goal[objective], state.views[objective]
        known, rate = state.understanding[objective], state.own_rate[objective]
        aimed_hours, output = state.aimed_hours[objective], state.own_output[objective]
        least_skill = state.least_skill
        few = 0
        for agency in range(agencies):
            share = goal[agency] + steer[agency] * (view[agency] - goal[agency])
            hours = own_hours[agency] * share * state.part[agency]
            aimed_hours[agency] = (1.0 - targeting * (1.0 - known[agency])) * hours
            output[agency] = weather * (aimed_hours[agency] * rate[agency])
            few += hours * least_skill[agency] < LEAST_HOURS
        if few > 0 and parameters.production == HARMONIC:
            work_few_hours(parameters, world, weather, objective, state)
        for area in range(state.total_capacity.shape[0]):
            add_up_area(parameters, world, weather, area, objective, state)


@rule
def add_up_area(parameters, world, weather, area, objective, state):
    """Add up what is produced apart for one objective of an area, as services partly combine."""
    national = world.first_local[0]
    first, last = world.first_local[area], world.first_local[area + 1]
    output, aimed_hours = state.own_output[objective], state.aimed_hours[objective]
    apart = add_up(output[first:last]) + add_up(output[:national])
    factor = 1.0
    if parameters.ambient > 0.0 and apart > 0.0:
        for skill in range(world.mix.shape[1]):
            shares = state.skill[skill]
            state.skill_hours[skill] = add_up_products(
                aimed_hours[first:last], shares[first:last]
            ) + add_up_products(aimed_hours[:national], shares[:national])
        together = weather * produce_as_chosen(
            parameters, state.skill_hours, world.mix[objective], world.crosscut[objective]
        )
        factor = (1.0 - parameters.ambient) + parameters.ambient * together / apart
    stock = area * state.goal.shape[0] + objective
    state.ambient_factor[stock] = factor
    state.own_total[stock] = factor * apart


@rule
def work_few_hours(parameters, world, weather, objective, state):
    """Work out in full the own output of agencies that give an objective next to no hours."""
    for agency in range(state.goal.shape[1]):
        goal = state.goal[objective, agency]
        share = goal + state.steer[agency] * (state.views[objective, agency] - goal)
        hours = state.own_hours[agency] * share * state.part[agency]
        if hours * state.least_skill[agency] < LEAST_HOURS:
            unknown = 1.0 - state.understanding[objective, agency]
            state.own_output[objective, agency] = (
                weather
                * (1.0 - parameters.targeting * unknown)
                * produce_few(
                    hours,
                    world.skill[agency],
                    world.mix[objective],
                    world.crosscut[objective],
                )
            )


@rule
def meet_need(world, state):
    """Let all output meet need, with less effect the less need is left, and let new need arrive.

    met = n * (1 - exp(-O / n)), and every contribution to O is scaled by met / O.
    """
    for objective in range(state.goal.shape[0]):
        everywhere = 0.0
        for area in range(state.total_capacity.shape[0]):
            everywhere += meet_need_of(world, area, objective, state)
        for agency in range(world.first_local[0]):
            state.own_output[objective, agency] *= everywhere


@rule
def meet_need_of(world, area, objective, state):
    """Let output meet the need of one objective of an area; return by what own output is scaled."""
    stock = area * state.goal.shape[0] + objective
    output = state.own_total[stock]
    begin, end = state.first_beside[area], state.first_beside[area + 1]
    for number in range(begin, end):
        output += state.joint_output[state.beside[number], objective]
    need = state.need[stock]
    met = 0.0
    if output > 0.0 and need > 0.0:
        met = -need * exp_less_one(-output / need)
    scale = met / output if output > 0.0 else 1.0
    for number in range(begin, end):
        b = state.beside[number]
        state.joint_output[b, objective] *= scale
        state.partnership[b].delivered += state.joint_output[b, objective]
    own_scale = scale * state.ambient_factor[stock]
    own_output = state.own_output[objective]
    for agency in range(world.first_local[area], world.first_local[area + 1]):
        own_output[agency] *= own_scale
    state.met[stock] = met
    # Rounding alone could leave a stock a hair below zero.
    state.need[stock] = max(0.0, need - met) + state.inflow[stock]
    return own_scale
