"""Step 2, hours: what working together costs before anything is done (model page, Submodels).

If the lead has left, the largest member leads (the lower number if equal). Wanted lead hours W =
``lead_hours``·n; reach = min(1, ``lead_share``·c_lead/W), and 1 if W = 0 or with an independent
secretariat. Leadership in effect L = ``lead_strength``·reach. Contact, the time each member has to
be heard: μ = 1 - exp(-``view_rate``·meetings·``hours``/n).

Each member pays meetings·(``hours`` + ``prep``)·``reps`` + ``monitor_hours`` + ``engage_hours`` +
``protocols``·``protocol_hours``, and the price of what was changed. The lead also pays L·W. With an
independent secretariat every member pays L·(W + ``secretariat``)/n instead. Available hours are
c·max(0, 1 + ``absence_sd``·shock), less support ``support``·c·(1 - ``reinvest``·saving), not below
0, plus any grant. Saving is last month's (step 9). Overhead is capped at the hours available; free
hours are the rest.

Why this form: hours in meetings are people times length, as anybody counts them who keeps minutes;
the study calls them an opportunity cost (executive summary). Leading takes time for each member,
and a lead agency has only so much, so leadership thins out in a large group instead of being a
number that scales for nothing. Time to be heard is shared by all, and more of it tells ever less.
The figures are expert assumptions; none was measured.
"""

from cgsim.compiler import rule
from cgsim.rules.elementary import exp
from cgsim.rules.joining import is_member


@rule
def choose_lead(world, b, state):
    """If the lead has left, let the member with the largest capacity lead from now on."""
    partnership = state.partnership[b]
    if is_member(partnership.lead, b, state):
        return
    successor = state.roster[b, 0]
    for place in range(1, partnership.members):
        agency = state.roster[b, place]
        if world.capacity[agency] > world.capacity[successor]:
            successor = agency
    partnership.lead = successor


@rule
def organise(parameters, levers, world, b, state):
    """Work out what a partnership's leadership, meetings and monitoring amount to this month.

    Wanted lead hours W = ``lead_hours`` * n; a lead agency can give them only up to ``lead_share``
    of its capacity, an independent secretariat always; L = ``lead_strength`` * reach.
    Contact mu = 1 - exp(-``view_rate`` * meetings * ``hours`` / n): time per member to be heard.
    Monitoring M = 1 - exp(-``monitor_hours`` / ``monitor_half``).
    What was changed this month has its price (``changes.pay``), which is paid here.
    Returns the hours each member pays, and the hours the lead pays on top.
    """
    partnership = state.partnership[b]
    members = partnership.members
    wanted = levers.lead_hours * members
    reach = 1.0
    if not levers.independent and wanted > 0.0:
        reach = min(1.0, levers.lead_share * world.capacity[partnership.lead] / wanted)
    lead_effect = levers.lead_strength * reach
    partnership.lead_effect = lead_effect
    heard = parameters.view_rate * partnership.meetings * levers.hours / members
    partnership.contact = 1.0 - exp(-heard)
    partnership.monitoring = 1.0 - exp(-parameters.monitor_hours / parameters.monitor_half)
    each = (
        partnership.meetings * (levers.hours + levers.prep) * levers.reps
        + parameters.monitor_hours
        + parameters.engage_hours
        + parameters.protocols * parameters.protocol_hours
        + partnership.price
    )
    partnership.price = 0.0  # it is paid once
    if levers.independent:
        return each + lead_effect * (wanted + levers.secretariat) / members, 0.0
    return each, lead_effect * wanted


@rule
def count_hours(parameters, levers, switches, world, shocks, grant, month, state):
    """Work out every agency's available hours, overhead and free hours.

    Available: capacity less absence less ``support`` (of which a saving made last month is
    reinvested), not below 0, plus any grant. Overhead is capped at what is available; the rest is
    free. ``grant`` is (N,) hours. With the friction ``overhead`` off, step 2 costs nothing.
    """
    overhead = state.overhead
    overhead[:] = 0.0
    for b in range(state.partnership.shape[0]):
        partnership = state.partnership[b]
        if not partnership.alive:
            continue
        choose_lead(world, b, state)
        each, lead_only = organise(parameters, levers[b], world, b, state)
        partnership.overhead = 0.0
        if switches.overhead:
            partnership.overhead = partnership.members * each + lead_only
            for place in range(partnership.members):
                overhead[state.roster[b, place]] += each
            overhead[partnership.lead] += lead_only
    for agency in range(world.capacity.shape[0]):
        capacity = world.capacity[agency]
        present = max(0.0, 1.0 + parameters.absence_sd * shocks.absence[month, agency])
        support = parameters.support * capacity * (1.0 - parameters.reinvest * state.saving[agency])
        available = max(0.0, capacity * present - support) + grant[agency]
        overhead[agency] = min(overhead[agency], available)
        state.free[agency] = available - overhead[agency]
