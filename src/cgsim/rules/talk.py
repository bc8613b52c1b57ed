"""Step 3, talk: how agencies come to understand clients and each other (model page, Submodels).

First, for every agency, right side from before:

    g ← g + own_learning·min(1, K·w)·(1 - g) - volatility·g

Then for each partnership, with M = 1 - exp(-``monitor_hours``/``monitor_half``) and ε =
``engage_max``·(1 - exp(-``engage_hours``/``engage_half``)), all members at once:

    peer = trust-weighted mean of the other members' views;  peer ← peer + ½·L·(v_lead - peer)
    v_ik ← v_ik + μ·(peer - v_ik) + (evidence + ε)·(n_k/Σn - v_ik) + self_interest·(w_ik - v_ik)
    g_ik ← g_ik + sharing·μ·max(0, trust-weighted mean of the others' g - g_ik)
           [ + ε·(1 - g_ik) on the agenda ]

Views are then cut at 0 and scaled to sum to 1. n_k is the stock of need before this month's inflow;
n_k/Σn is 1/K if no need is left. An agency that trusts nobody hears its own view and its own
understanding. Where not everybody comes to meetings, μ and weights are those of step 2.

Why this form: views move by averaging, each weighted by trust (DeGroot 1974), while everybody stays
tied to their own goals (Friedkin & Johnsen 1990), so that agreement can be reached and lost again.
Knowledge can only be gained from others. That half of a strong lead's view counts, and every rate,
are expert assumptions.
"""

from cgsim.compiler import rule
from cgsim.rules.acquaintance import cell
from cgsim.rules.elementary import exp
from cgsim.rules.hours import BY_APPEAL, contact_of
from cgsim.rules.state import LEAST


@rule
def learn_from_own_clients(parameters, state):
    """Let every agency learn about the clients it serves, and forget as clients change.

    g += ``own_learning`` * min(1, K * goal) * (1 - g) - ``volatility`` * g
    """
    learning, volatility = parameters.own_learning, parameters.volatility
    objectives, agencies = state.understanding.shape
    for objective in range(objectives):
        known = state.understanding[objective]
        care = state.care[objective]
        for agency in range(agencies):
            g = known[agency]
            known[agency] = g + learning * care[agency] * (1.0 - g) - volatility * g


@rule
def share_out_need(state):
    """Write each objective's share of its area's unmet need; equal shares if none is left."""
    objectives = state.views.shape[0]
    for area in range(state.total_capacity.shape[0]):
        first, last = area * objectives, (area + 1) * objectives
        total = 0.0
        for stock in range(first, last):
            total += state.need[stock]
        for stock in range(first, last):
            state.need_share[stock] = (
                state.need[stock] / total if total > LEAST else 1.0 / objectives
            )


@rule
def talk(parameters, levers, switches, world, b, state):
    """Let the members of one partnership hear each other's views and what each knows of clients.

    Views move towards the other members' (weighted by trust, and pulled to the lead's by half of
    L), towards the evidence of need, and back towards the agency's own goals; then they are cut at
    0 and scaled to sum to 1. Understanding rises towards what the others know, and, for objectives
    on the agenda, through talking to clients. All members move at once. With the friction
    ``alignment`` off every member's view is the evidence itself. Where members stay away from
    meetings (``hours.attend``), who is not there neither hears nor is heard.
    """
    partnership = state.partnership[b]
    roster = state.roster[b]
    members = partnership.members
    objectives = state.views.shape[0]
    evidence = partnership.area * objectives  # where the shares of need in its area begin
    to_lead = 0.5 * partnership.lead_effect
    engaged = parameters.engage_max * (1.0 - exp(-parameters.engage_hours / parameters.engage_half))
    to_evidence = parameters.evidence + engaged
    self_interest = parameters.self_interest

    # Everybody speaks before anybody moves. Members stand side by side here, in roster order.
    views_said, knowledge_said = state.views_said, state.knowledge_said
    lead_place = 0
    for place in range(members):
        agency = roster[place]
        if agency == partnership.lead:
            lead_place = place
        for objective in range(objectives):
            views_said[objective, place] = state.views[objective, agency]
            knowledge_said[objective, place] = state.understanding[objective, agency]

    weight = state.weight
    for place in range(members):
        agency = roster[place]
        contact = contact_of(parameters, place, b, state)
        sharing = parameters.sharing * contact
        total_weight = 0.0
        for other in range(members):
            weight[other] = state.trust[cell(b, place, other, state)]  # 0 for itself
            if parameters.meeting == BY_APPEAL:
                weight[other] *= state.comes[b, other]
            total_weight += weight[other]
        share = 1.0 / total_weight if total_weight > LEAST else 0.0
        total = 0.0
        for objective in range(objectives):
            said, known_by = views_said[objective], knowledge_said[objective]
            peers = 0.0
            peers_know = 0.0
            for other in range(members):
                peers += weight[other] * said[other]
                peers_know += weight[other] * known_by[other]
            own, known = said[place], known_by[place]
            peers *= share
            peers_know *= share
            if total_weight <= LEAST:  # it trusts nobody: it hears itself alone
                peers, peers_know = own, known
            peers += to_lead * (said[lead_place] - peers)
            moved = (
                own
                + contact * (peers - own)
                + to_evidence * (state.need_share[evidence + objective] - own)
                + self_interest * (state.goal[objective, agency] - own)
            )
            moved = max(0.0, moved)
            total += moved
            state.views[objective, agency] = moved
            learnt = known + sharing * max(0.0, peers_know - known)
            if state.agenda[b, objective]:
                learnt += engaged * (1.0 - known)
            state.understanding[objective, agency] = learnt
        scale = 1.0 / total
        for objective in range(objectives):
            if switches.alignment:
                state.views[objective, agency] *= scale
            else:
                state.views[objective, agency] = state.need_share[evidence + objective]
