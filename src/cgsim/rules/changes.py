"""Scheduled changes: the settings in force from some month on (model page, section 3)."""

from cgsim.compiler import rule


@rule
def take_effect(parameters, before, now, asked, agenda, state):
    """Give partnerships what a change sets and the rules do not read where it is used.

    ``parameters`` are those from now on; ``before``, ``now`` (B,) levers; ``asked`` (B,) what the
    change asks for once, to be done when the partnership lives; ``agenda`` (B, K) the objectives
    from now on. Meetings are also state, since an adaptive partnership changes its own; a change
    that leaves ``meetings`` alone leaves that state alone.
    """
    for b in range(state.partnership.shape[0]):
        partnership = state.partnership[b]
        if now[b].meetings != before[b].meetings:
            partnership.meetings = now[b].meetings
        if asked[b].members > 0.0:
            partnership.asked_size = int(asked[b].members)
        if asked[b].lead > 0.0:
            partnership.asked_lead = int(asked[b].lead)
        if partnership.alive:
            pay(parameters, before[b], now[b], asked[b], b, state)
        for objective in range(agenda.shape[1]):
            state.agenda[b, objective] = agenda[b, objective]


@rule
def pay(parameters, before, now, asked, b, state):
    """Let the members of a living partnership pay for what is changed.

    Hours, each: ``change_hours`` if anything is set, and ``authority_hours`` for every tenth by
    which authority is raised. For every such tenth their managers lose ``authority_buyin`` of their
    buy-in.
    """
    partnership = state.partnership[b]
    tenths = 10.0 * max(0.0, now.authority - before.authority)
    partnership.price = (
        parameters.change_hours * asked.changed + parameters.authority_hours * tenths
    )
    kept = max(0.0, 1.0 - parameters.authority_buyin * tenths)
    for place in range(partnership.members):
        state.senior[state.roster[b, place]] *= kept
