"""Step 5, settle issues: joint work raises them, meetings settle them (model page, Submodels).

Joint work raises issues between people. For two agencies:

    d_ij = ½·Σ_k |v_ik - v_jk|
    hard_ij = (1 - trust_relief·max(protocols, (τ_ij + τ_ji)/2))·(1 + disagreement·d_ij)

Inside: Σ over pairs of members of z_bi·z_bj·hard_ij. Across: for every other living partnership a,
½·(``coupling`` + (1 - ``coupling``)·overlap) times Σ of z_bi·z_aj·hard_ij over i in b and j in a, j
≠ i. Overlap is the two agendas' intersection over their union.

    load = issue_hours·(1 + experience/12)^(-learning)·(inside + across) + backlog
    supply = meetings·hours·(facilitation0 + (1 - facilitation0)·L)
             · authority^(max(2, consent·n) - 1)
    settled φ = min(load, supply)/load  (1 if load = 0)
    backlog ← carry·(load - min(load, supply))

Only the meeting settles issues: one person speaks at a time, and every affected representative must
be able to commit.

Why this form: issues lie between pairs, and pairs grow with the square of members (Steiner 1972;
Brooks 1975). In proportion to what both give, since those who give nothing have nothing to settle.
Trust saves transaction costs (Dyer & Chu 2003: about five times as much among the least trusted);
practice saves by a power of time (Wright 1936, the learning curve). That one speaks at a time
bounds a meeting (Diehl & Stroebe 1987). The chance that all affected can commit is the product of
their chances, taken as independent: expert assumption, as are ``issue_hours``, ``consent``,
``carry`` and ``coupling``.
"""

from cgsim.compiler import rule
from cgsim.rules.elementary import power
from cgsim.rules.state import LEAST


@rule
def disagreement_between(first, second, view):
    """Return how far two agencies' views differ: half the sum of differences, 0 to 1."""
    difference = 0.0
    for objective in range(view.shape[0]):
        difference += abs(view[objective, first] - view[objective, second])
    return 0.5 * difference


@rule
def weigh_pair(parameters, first, second, state):
    """Work out how far two agencies differ, and how hard an issue between them is to settle.

    Hardness is relative to strangers who agree: (1 - ``trust_relief`` * max(``protocols``, mean
    trust of the two)) * (1 + ``disagreement`` * d).
    """
    trust = 0.5 * (state.trust[first, second] + state.trust[second, first])
    relief = parameters.trust_relief * max(parameters.protocols, trust)
    difference = disagreement_between(first, second, state.views)
    hardness = (1.0 - relief) * (1.0 + parameters.disagreement * difference)
    state.difference[first, second] = difference
    state.difference[second, first] = difference
    state.hardness[first, second] = hardness
    state.hardness[second, first] = hardness


@rule
def weigh_pairs(parameters, state):
    """Weigh, once a month, every two agencies that are in any partnership."""
    partnerships = state.partnership.shape[0]
    for b in range(partnerships):
        for a in range(b, partnerships):
            for place in range(state.partnership[b].members):
                first = state.roster[b, place]
                first_other = place + 1 if a == b else 0
                for other_place in range(first_other, state.partnership[a].members):
                    second = state.roster[a, other_place]
                    if first != second:
                        weigh_pair(parameters, first, second, state)


@rule
def raise_issues(parameters, b, state):
    """Return the hours of issues that a partnership's work raises, before experience and backlog.

    Inside: the sum over pairs of members of z_bi * z_bj * hardness. Across: with every other
    living partnership, half of (``coupling`` + (1 - ``coupling``) * agendas' overlap) times the
    same sum over pairs of a member of each.
    """
    partnership = state.partnership[b]
    commitment, roster = state.commitment, state.roster
    inside = 0.0
    for place in range(partnership.members):
        first = roster[b, place]
        with_others = 0.0
        for other_place in range(place + 1, partnership.members):
            second = roster[b, other_place]
            with_others += commitment[b, second] * state.hardness[first, second]
        inside += commitment[b, first] * with_others
    across = 0.0
    for a in range(state.partnership.shape[0]):
        if a == b or not state.partnership[a].alive:
            continue
        between = 0.0
        for place in range(partnership.members):
            first = roster[b, place]
            with_others = 0.0
            for other_place in range(state.partnership[a].members):
                second = roster[a, other_place]
                if second != first:
                    with_others += commitment[a, second] * state.hardness[first, second]
            between += commitment[b, first] * with_others
        nearness = parameters.coupling + (1.0 - parameters.coupling) * state.overlap[b, a]
        across += 0.5 * nearness * between
    return inside + across


@rule
def settle_issues(parameters, levers, switches, b, state):
    """Settle as many of a partnership's issues as its meetings have time and authority for.

    load = ``issue_hours`` * (1 + experience / 12) ^ -``learning`` * (inside + across) + backlog.
    supply = meetings * ``hours`` * (``facilitation0`` + (1 - ``facilitation0``) * L)
    * ``authority`` ^ (max(2, ``consent`` * n) - 1): every representative affected must be able to
    commit. Settled phi = min(load, supply) / load; ``carry`` of the rest is next month's backlog.
    With the friction ``coordination`` off everything is settled at once.
    """
    partnership = state.partnership[b]
    practice = power(1.0 + partnership.experience / 12.0, -parameters.learning)
    load = parameters.issue_hours * practice * raise_issues(parameters, b, state)
    load += partnership.backlog
    facilitation = levers.facilitation0 + (1.0 - levers.facilitation0) * partnership.lead_effect
    affected = max(2.0, parameters.consent * partnership.members)
    supply = partnership.meetings * levers.hours * facilitation
    supply *= power(levers.authority, affected - 1.0)
    partnership.load = load
    partnership.supply = supply
    if not switches.coordination:
        partnership.settled = 1.0
        partnership.backlog = 0.0
        return
    done = min(load, supply)
    partnership.settled = done / load if load > LEAST else 1.0
    partnership.backlog = parameters.carry * (load - done)
