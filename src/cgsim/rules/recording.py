"""Step 10, record: what a month leaves behind (model page, section 3)."""

from cgsim.compiler import rule
from cgsim.rules.issues import disagreement_between


@rule
def record_month(parameters, world, month, record, state):
    """Write the month's row of every table, in the order of ``MONTH_COLUMNS``."""
    agencies, objectives = world.goal.shape
    met = 0.0
    unmet = 0.0
    for objective in range(objectives):
        met += state.met[objective]
        unmet += state.need[objective]
        record.met_by_objective[month, objective] = state.met[objective]
    overhead_hours = 0.0
    joint_hours = 0.0
    own_hours = 0.0
    saved_hours = 0.0
    forgone = 0.0
    understanding = 0.0
    for agency in range(agencies):
        given = 0.0
        for b in range(state.given.shape[0]):
            given += state.given[b, agency]
        overhead_hours += state.overhead[agency]
        joint_hours += given
        own_hours += state.own_hours[agency]
        saved_hours += world.capacity[agency] * parameters.support * state.saving[agency]
        forgone += state.public_return[agency] * (state.overhead[agency] + given)
        own_met = 0.0
        for objective in range(objectives):
            own_met += state.own_output[agency, objective]
            understanding += world.goal[agency, objective] * state.understanding[agency, objective]
        record.own_met[month, agency] = own_met
    joint_met = 0.0
    bought_hours = 0.0
    for b in range(state.partnership.shape[0]):
        bought_hours += state.partnership[b].bought
        for objective in range(objectives):
            joint_met += state.joint_output[b, objective]
        record_partnership(month, b, record, state)
    row = record.month[month]
    row[0] = met
    row[1] = unmet
    row[2] = joint_met
    row[3] = overhead_hours
    row[4] = joint_hours
    row[5] = own_hours
    row[6] = saved_hours
    row[7] = joint_met - forgone
    row[8] = bought_hours
    row[9] = understanding / agencies


@rule
def record_partnership(month, b, record, state):
    """Write one partnership's row of the board, in the order of ``BOARD_COLUMNS``."""
    partnership = state.partnership[b]
    roster = state.roster[b]
    members = partnership.members
    row = record.board[month, b]
    row[:] = 0.0
    row[3] = 1.0  # settled: nothing is unsettled where no partnership lives
    row[4] = 1.0  # clarity
    row[11] = partnership.ended
    if not partnership.alive:
        return
    commitment = 0.0
    trust = 0.0
    appeal = 0.0
    disagreement = 0.0
    for place in range(members):
        agency = roster[place]
        commitment += state.commitment[b, agency]
        appeal += state.appeal[b, agency] / max(state.own_return[agency], 1e-9)
        for other_place in range(place + 1, members):
            other = roster[other_place]
            trust += 0.5 * (state.trust[agency, other] + state.trust[other, agency])
            disagreement += disagreement_between(agency, other, state.views)
    pairs = 0.5 * members * (members - 1)
    row[0] = members
    if members > 0:
        row[1] = commitment / members
        row[5] = appeal / members
    if pairs > 0:
        row[2] = trust / pairs
        row[4] = 1.0 - disagreement / pairs
    row[3] = partnership.settled
    row[6] = partnership.meetings
    row[7] = partnership.bought
    row[8] = partnership.joint_hours
    row[9] = partnership.backlog
    row[10] = partnership.lead_effect
