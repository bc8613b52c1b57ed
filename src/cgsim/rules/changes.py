"""Scheduled changes: the settings in force from some month on (model page, section 3)."""

from cgsim.compiler import rule


@rule
def take_effect(before, now, state):
    """Give living partnerships the meetings that a change sets; all else is read where it is used.

    ``before`` and ``now`` are (B,) levers. Meetings are also state, since an adaptive partnership
    changes its own; a change that leaves ``meetings`` alone leaves that state alone.
    """
    for b in range(state.partnership.shape[0]):
        if now[b].meetings != before[b].meetings:
            state.partnership[b].meetings = now[b].meetings
