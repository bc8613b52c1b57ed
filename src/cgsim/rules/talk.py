"""Step 3, talk: how agencies come to understand clients and each other (model page, section 3)."""

import math

from cgsim.compiler import rule


@rule
def learn_from_own_clients(parameters, state):
    """Let every agency learn about the clients it serves, and forget as clients change.

    g += ``own_learning`` * min(1, K * goal) * (1 - g) - ``volatility`` * g
    """
    understanding = state.understanding
    agencies, objectives = understanding.shape
    for agency in range(agencies):
        for objective in range(objectives):
            known = understanding[agency, objective]
            learning = parameters.own_learning * state.care[agency, objective]
            understanding[agency, objective] = (
                known + learning * (1.0 - known) - parameters.volatility * known
            )


@rule
def share_out_need(state):
    """Write each objective's share of all unmet need; equal shares if none is left."""
    objectives = state.need.shape[0]
    total = 0.0
    for objective in range(objectives):
        total += state.need[objective]
    for objective in range(objectives):
        state.need_share[objective] = (
            state.need[objective] / total if total > 0.0 else 1.0 / objectives
        )


@rule
def talk(parameters, levers, switches, world, b, state):
    """Let the members of one partnership hear each other's views and what each knows of clients.

    Views move towards the other members' (weighted by trust, and pulled to the lead's by half of
    L), towards the evidence of need, and back towards the agency's own goals; then they are cut at
    0 and scaled to sum to 1. Understanding rises towards what the others know, and, for objectives
    on the agenda, through talking to clients. All members move at once. With the friction
    ``alignment`` off every member's view is the evidence itself.
    """
    partnership = state.partnership[b]
    roster = state.roster[b]
    members = partnership.members
    objectives = state.need.shape[0]
    trust, view, understanding = state.trust, state.views, state.understanding
    next_view, next_understanding = state.next_view, state.next_understanding
    contact = partnership.contact
    lead = partnership.lead
    to_lead = 0.5 * partnership.lead_effect
    engaged = parameters.engage_max * (
        1.0 - math.exp(-parameters.engage_hours / parameters.engage_half)
    )
    to_evidence = parameters.evidence + engaged
    self_interest = parameters.self_interest
    sharing = parameters.sharing * contact

    for place in range(members):
        agency = roster[place]
        for objective in range(objectives):
            next_view[agency, objective] = 0.0
            next_understanding[agency, objective] = 0.0
        weight = 0.0
        for other_place in range(members):
            if other_place == place:
                continue
            other = roster[other_place]
            trusted = trust[agency, other]
            weight += trusted
            for objective in range(objectives):
                next_view[agency, objective] += trusted * view[other, objective]
                next_understanding[agency, objective] += trusted * understanding[other, objective]
        total = 0.0
        for objective in range(objectives):
            own = view[agency, objective]
            known = understanding[agency, objective]
            peers = own
            peers_know = known
            if weight > 0.0:
                peers = next_view[agency, objective] / weight
                peers_know = next_understanding[agency, objective] / weight
            peers += to_lead * (view[lead, objective] - peers)
            moved = (
                own
                + contact * (peers - own)
                + to_evidence * (state.need_share[objective] - own)
                + self_interest * (world.goal[agency, objective] - own)
            )
            moved = max(0.0, moved)
            total += moved
            next_view[agency, objective] = moved
            learnt = known + sharing * max(0.0, peers_know - known)
            if world.agenda[b, objective]:
                learnt += engaged * (1.0 - known)
            next_understanding[agency, objective] = learnt
        for objective in range(objectives):
            next_view[agency, objective] /= total

    for place in range(members):
        agency = roster[place]
        for objective in range(objectives):
            understanding[agency, objective] = next_understanding[agency, objective]
            view[agency, objective] = (
                next_view[agency, objective] if switches.alignment else state.need_share[objective]
            )
