"""Scheduled changes: the settings in force from some month on (model page, section 3)."""

from cgsim.compiler import rule
from cgsim.rules.start import compare_agendas


@rule
def take_effect(before, now, asked, agenda, state):
    """Give partnerships what a change sets and the rules do not read where it is used.

    ``before`` and ``now`` are (B,) levers; ``asked`` (B,) what the change asks for once, to be done
    when the partnership lives; ``agenda`` (B, K) the objectives from now on. Meetings are also
    state, since an adaptive partnership changes its own; a change that leaves ``meetings`` alone
    leaves that state alone.
    """
    for b in range(state.partnership.shape[0]):
        partnership = state.partnership[b]
        if now[b].meetings != before[b].meetings:
            partnership.meetings = now[b].meetings
        if asked[b].members > 0.0:
            partnership.asked_size = int(asked[b].members)
        if asked[b].lead > 0.0:
            partnership.asked_lead = int(asked[b].lead)
        for objective in range(agenda.shape[1]):
            state.agenda[b, objective] = agenda[b, objective]
    compare_agendas(state)
