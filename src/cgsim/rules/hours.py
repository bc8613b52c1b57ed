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

*Another mechanism of meeting* (``[mechanisms] meeting``). With *by_appeal* the lead, who calls the
meetings, comes to all of them, and every other member i to a share a_i:

    a_i = min(1, max(E_i, 1e-6)/max(U_i, 1e-6))^absenteeism

It pays meetings·(``hours`` + ``prep``)·``reps`` only of those. Members stay away independently of
each other, so that Σa are there on average and share the time to be heard. With h =
``view_rate``·meetings·``hours``/Σa:

* *Talk* (step 3): member i has the contact μ_i = 1 - exp(-h·a_i), and in means of views and of
  understanding another member j counts with τ_ij·a_j: who is not there neither hears nor is heard.
* *Issues* (step 5): an issue can only be settled by two who are both there.
* *Trust* (step 8): i and j learn of each other's promises, and make ties, with contact
  1 - exp(-h·a_i·a_j). Hearsay moves i's trust by μ_i, and teller k counts with τ_ik·a_k.

Monitoring, clients, protocols and leading take the same hours as before. With ``absenteeism`` 0 all
come, and everything is as with *everybody*, to the last bit.

Why this form: whoever is free to come does so as far as it is worth it (Steers & Rhodes 1978 on
work; Prestby and others 1990: members of voluntary organisations take part by benefits and costs).
A ratio of what two uses of an hour are worth needs no units; that nobody stays away from what is
worth as much as own work, and the power, are expert assumptions.

*The lead's hours of a hub* (``[mechanisms] coordination``, step 5). With *hub* the lead talks with
each other member as often as there are meetings, for ``hub_hours`` each:

    T = min(meetings·hub_hours·(Σa - 1), max(0, lead_share·c_lead - L·W))

Σa is n where everybody comes. A lead agency can give no more than what leading leaves of its share;
an independent secretariat has no such bound. The lead pays T, or with a secretariat every member
T/n; the other members pay T too, together and each in proportion to a_i, as a talk takes two.
"""

from cgsim.compiler import rule
from cgsim.mechanisms import COORDINATION, MEETING
from cgsim.rules.elementary import exp, power
from cgsim.rules.joining import is_member
from cgsim.rules.state import LEAST_RETURN

*_, HUB = COORDINATION.numbers
EVERYBODY, BY_APPEAL = MEETING.numbers


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
def attend(parameters, b, state):
    """Return how many members are there at a meeting, on average, by the mechanism of ``meeting``.

    With *by_appeal* write the share of the meetings that each comes to, ``state.comes[b]``.
    """
    partnership = state.partnership[b]
    if parameters.meeting == EVERYBODY:
        return float(partnership.members)
    present = 0.0
    for place in range(partnership.members):
        agency = state.roster[b, place]
        share = 1.0
        if agency != partnership.lead:
            appeal, own_return = state.appeal[b, place], state.own_return[agency]
            share = share_attended(appeal, own_return, parameters.absenteeism)
        state.comes[b, place] = share
        present += share
    return present


@rule
def share_attended(appeal, own_return, absenteeism):
    """Return the share of the meetings that a member comes to, ``by_appeal``, 0 to 1.

    min(1, ``appeal`` / ``own_return``) ^ ``absenteeism``, both in units per hour and at least 1e-6.
    Source: Steers & Rhodes 1978; Prestby and others 1990.
    """
    worth = max(appeal, LEAST_RETURN) / max(own_return, LEAST_RETURN)
    return power(min(1.0, worth), absenteeism)


@rule
def contact_of(parameters, place, b, state):
    """Return a member's contact with the others: 1 - e^-h, of the meetings that it comes to."""
    partnership = state.partnership[b]
    if parameters.meeting == EVERYBODY:
        return partnership.contact
    return 1.0 - exp(-(partnership.heard * state.comes[b, place]))


@rule
def contact_between(place, other, b, state):
    """Return the contact of two members, of the meetings that both come to, ``by_appeal``."""
    both = state.comes[b, place] * state.comes[b, other]
    return 1.0 - exp(-(state.partnership[b].heard * both))


@rule
def hours_of_hub(parameters, levers, world, leading, present, b, state):
    """Return the hours a month in which the lead talks with the other members about issues, *hub*.

    Meetings * ``hub_hours`` * (``present`` - 1), but of a lead agency no more than ``leading``
    hours leave of ``lead_share`` of its capacity. Source: Graicunas 1937.
    """
    partnership = state.partnership[b]
    wanted = partnership.meetings * parameters.hub_hours * max(0.0, present - 1.0)
    if levers.independent:
        return wanted
    left = levers.lead_share * world.capacity[partnership.lead] - leading
    return min(wanted, max(0.0, left))


@rule
def paid_by_each(parameters, levers, attendance, b, state):
    """Return the hours that a member pays who comes to a share of the meetings."""
    partnership = state.partnership[b]
    return (
        partnership.meetings * (levers.hours + levers.prep) * levers.reps * attendance
        + parameters.monitor_hours
        + parameters.engage_hours
        + parameters.protocols * parameters.protocol_hours
        + partnership.price
    )


@rule
def organise(parameters, levers, world, present, b, state):
    """Work out what a partnership's leadership, meetings and monitoring amount to this month.

    Wanted lead hours W = ``lead_hours`` * n; a lead agency can give them only up to ``lead_share``
    of its capacity, an independent secretariat always; L = ``lead_strength`` * reach.
    Contact mu = 1 - exp(-``view_rate`` * meetings * ``hours`` / n): time per member to be heard;
    ``present`` is how many are there, n if everybody comes.
    Monitoring M = 1 - exp(-``monitor_hours`` / ``monitor_half``).
    Returns the hours that leading costs each member, and the hours it costs the lead.
    """
    partnership = state.partnership[b]
    members = partnership.members
    wanted = levers.lead_hours * members
    reach = 1.0
    if not levers.independent and wanted > 0.0:
        reach = min(1.0, levers.lead_share * world.capacity[partnership.lead] / wanted)
    lead_effect = levers.lead_strength * reach
    partnership.lead_effect = lead_effect
    partnership.heard = parameters.view_rate * partnership.meetings * levers.hours / present
    partnership.contact = 1.0 - exp(-partnership.heard)
    partnership.monitoring = 1.0 - exp(-parameters.monitor_hours / parameters.monitor_half)
    leading = lead_effect * wanted
    partnership.talks = 0.0
    if parameters.coordination == HUB:
        partnership.talks = hours_of_hub(parameters, levers, world, leading, present, b, state)
    if levers.independent:
        shared = lead_effect * (wanted + levers.secretariat) + partnership.talks
        return shared / members, 0.0
    return 0.0, leading + partnership.talks


@rule
def charge(parameters, levers, shared, lead_only, present, b, state):
    """Charge the members of one partnership with the hours that working together takes.

    Each pays its meetings and what all pay (``paid_by_each``), ``shared`` hours of a secretariat,
    and in a hub its talks with the lead; the lead pays ``lead_only`` hours on top. What was changed
    this month has its price (``changes.pay``), which is paid here.
    """
    partnership = state.partnership[b]
    members = partnership.members
    each = paid_by_each(parameters, levers, 1.0, b, state) + shared
    talk = 0.0
    if partnership.talks > 0.0:
        talk = partnership.talks / (present - 1.0)
    for place in range(members):
        agency = state.roster[b, place]
        attendance = 1.0
        if parameters.meeting == BY_APPEAL:
            attendance = state.comes[b, place]
            each = paid_by_each(parameters, levers, attendance, b, state) + shared
        state.overhead[agency] += each
        if talk > 0.0 and agency != partnership.lead:
            state.overhead[agency] += talk * attendance
    if parameters.meeting == BY_APPEAL:  # what members pay together is what they would on average
        each = paid_by_each(parameters, levers, present / members, b, state) + shared
    state.overhead[partnership.lead] += lead_only
    partnership.overhead = members * each + lead_only
    if talk > 0.0:
        partnership.overhead += partnership.talks


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
        present = partnership.present = attend(parameters, b, state)
        shared, lead_only = organise(parameters, levers[b], world, present, b, state)
        partnership.overhead = 0.0
        if switches.overhead:
            charge(parameters, levers[b], shared, lead_only, present, b, state)
        partnership.price = 0.0  # it is paid once
    for agency in range(world.capacity.shape[0]):
        capacity = world.capacity[agency]
        present = max(0.0, 1.0 + parameters.absence_sd * shocks.absence[month, agency])
        support = parameters.support * capacity * (1.0 - parameters.reinvest * state.saving[agency])
        available = max(0.0, capacity * present - support) + grant[agency]
        overhead[agency] = min(overhead[agency], available)
        state.free[agency] = available - overhead[agency]
