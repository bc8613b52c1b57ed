"""Step 4, promise and deliver: what members say they will give, and do (model page, Submodels).

    slip = clip((1 - operational)·(1 - accountability·L)·(1 - monitor_cut·M) + slip_sd·shock, 0, 1)
    promised = min(1, ambition·z)·free,   delivered x = z·free·(1 - slip),   H_b = Σ x
    slipped = Σ z·free·slip

Why this form: those who promise are seldom those who deliver, so what slips is what the front line
does not stand behind (study, executive summary: buy-in at managerial and operational levels). Each
safeguard prevents a share of what the others leave, so none alone can do all. Expert assumption.
"""

from cgsim.compiler import rule


@rule
def commit_equally(parameters, state):
    """With the friction ``commitment`` off: divide ``max_share`` over an agency's partnerships."""
    for b in range(state.partnership.shape[0]):
        for place in range(state.partnership[b].members):
            count = state.memberships[state.roster[b, place]]
            state.commitment[b, place] = parameters.max_share / count


@rule
def promise_and_deliver(parameters, switches, world, shocks, month, b, state):
    """Let the members of one partnership promise hours and deliver some of them.

    slip = clip((1 - operational) * (1 - ``accountability`` * L) * (1 - ``monitor_cut`` * M)
    + ``slip_sd`` * slip_t, 0, 1). Promised: min(1, ``ambition`` * z) * free hours. Delivered:
    z * free hours * (1 - slip); what slipped is the rest of z * free hours. With the friction
    ``slippage`` off nothing slips.
    """
    partnership = state.partnership[b]
    held = (1.0 - parameters.accountability * partnership.lead_effect) * (
        1.0 - parameters.monitor_cut * partnership.monitoring
    )
    partnership.givers = partnership.members
    joint_hours = 0.0
    slipped = 0.0
    for place in range(partnership.members):
        agency = state.roster[b, place]
        slip = 0.0
        if switches.slippage:
            slip = (1.0 - world.operational[agency]) * held
            slip += parameters.slip_sd * shocks.slip[month, agency]
            slip = min(1.0, max(0.0, slip))
        commitment = state.commitment[b, place]
        free = state.free[agency]
        state.giver[b, place] = agency
        state.promised[b, place] = min(1.0, parameters.ambition * commitment) * free
        given = commitment * free * (1.0 - slip)
        state.given[b, place] = given
        joint_hours += given
        slipped += commitment * free * slip
    partnership.joint_hours = joint_hours
    partnership.slipped = slipped
