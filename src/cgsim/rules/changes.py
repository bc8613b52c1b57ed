"""Scheduled changes: the settings in force from some month on (model page, Submodels).

A ``[[change]]`` gives a month and new values of parameters, but not of those that shape the world.
It takes effect at the very beginning of its month, in every arm that has the parameter. It may also
set a partnership's agenda, ``focus``, from then on, and ask for two things once, in its month, or
when the partnership begins if that is later:

* *Members*, ``size``: agencies join, one at a time, or members are let go, until there are so many.
  Who joins follows from how members were found. By fit (also where all or named agencies founded
  it) it is the agency that most raises what the members' capacity could produce for the agenda as
  it is now with κ = 1, times √care; at random and by ties it is the next in the order of the
  founding. Who joins begins as a founder does: a first share z, E = ``expectation``·U, no
  disappointment; trust, view and understanding are its own. Nobody joins twice: who has left or was
  let go stays away, and if nobody else is there, fewer join. The one let go is the member that
  would be asked last: by fit the one without whom that product is lowered least (of two within 1e-9
  the one with the higher number), else the last in the order. The lead stays, and so does one that
  is named in the same month.
* *Another lead*, ``lead``: that agency leads if it is a member, or joins in the same month. If not,
  nothing changes.

Changing may have a price, which the members of a living partnership pay in step 2 of that month:
each ``change_hours`` if anything of the partnership is set, and ``authority_hours`` for every tenth
by which ``authority`` is raised. Their managers' buy-in is multiplied by max(0, 1 -
``authority_buyin`` · tenths), for good. All three are 0 unless a scenario sets them.

Why this form: what can be decided in a meeting is a lever; what an area is like cannot be changed
by a decision, so parameters that shape the world are left out. Who joins is chosen as founders are,
so that a partnership that grows to ten is not another thing than one that was founded by ten.
Prices are expert assumptions: no measurement of what a change of rules costs is known.
"""

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
