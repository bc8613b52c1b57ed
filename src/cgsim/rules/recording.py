"""Step 10, record: what a month leaves behind (model page, Submodels).

Every month: need met and unmet, need met jointly, hours of overhead, joint and own work, hours
saved (Σ c·``support``·saving), hours bought (ΣF), understanding, and

    net_yield = need met jointly - Σ_i V_i·(overhead_i after the cap + Σ_b x_bi)

with V after this month's update; bought hours are not charged. For each partnership: members, mean
commitment, mean trust over ordered pairs, settled φ, clarity (1 - mean d), appeal (mean E/U),
meetings, bought and joint hours, backlog, L, the reason why it ended, the hours of overhead that it
asks for, before any member's cap, the hours that were meant for joint work and slipped, and how
many members are at a meeting (step 2), of those who were members then. One that does not live has
settled and clarity 1 and all else 0. For each agency: need met by own work.
For each objective: need met.

Why this form: ``net_yield`` asks what the same hours would have met apart, at the going rate of
each member. An observer with all the books could work it out, while members cannot. That the going
rate is each member's remembered V, and not that of all, is an expert assumption.
"""

import numpy as np

from cgsim.compiler import rule
from cgsim.rules.columns import IN_BOARD, IN_MONTH
from cgsim.rules.issues import disagreement_between, mutual_trust
from cgsim.rules.production import add_up, add_up_products


@rule
def record_month(parameters, world, month, record, state):
    """Write the month's row of every table, in the order of ``MONTH_COLUMNS``."""
    objectives, agencies = state.goal.shape
    met = 0.0
    unmet = 0.0
    understanding = 0.0
    for stock in range(state.need.shape[0]):
        met += state.met[stock]
        unmet += state.need[stock]
        record.met_by_objective[month, stock] = state.met[stock]
    for objective in range(objectives):
        understanding += add_up_products(state.goal[objective], state.understanding[objective])
    joint_hours = 0.0
    forgone = 0.0
    for b in range(state.partnership.shape[0]):
        given, value = add_up_given(b, state)
        joint_hours += given
        forgone += value
    saved_hours = 0.0
    if state.partnership.shape[0] > 0:
        saved_hours = parameters.support * add_up_products(world.capacity, state.saving)
        forgone += add_up_products(state.overhead, state.public_return)
    own_met = record.own_met[month]
    for agency in range(agencies):
        own_met[agency] = state.own_met[agency]
    joint_met = 0.0
    bought_hours = 0.0
    for b in range(state.partnership.shape[0]):
        bought_hours += state.partnership[b].bought
        for objective in range(objectives):
            joint_met += state.joint_output[b, objective]
        record_partnership(month, b, record, state)
    row = record.month[month]
    row[IN_MONTH.met] = met
    row[IN_MONTH.unmet] = unmet
    row[IN_MONTH.joint_met] = joint_met
    row[IN_MONTH.overhead_hours] = add_up(state.overhead)
    row[IN_MONTH.joint_hours] = joint_hours
    row[IN_MONTH.own_hours] = add_up(state.own_hours)
    row[IN_MONTH.saved_hours] = saved_hours
    row[IN_MONTH.net_yield] = joint_met - forgone
    row[IN_MONTH.bought_hours] = bought_hours
    row[IN_MONTH.understanding] = understanding / agencies


@rule
def add_up_given(b, state):
    """Return the hours given to a partnership this month, and what they are worth elsewhere.

    That is sum x and sum V * x, added in the order in which ``add_up`` adds a row of all agencies.
    """
    whole = state.public_return.shape[0] // 4 * 4
    first = second = third = fourth = 0.0
    first_worth = second_worth = third_worth = fourth_worth = 0.0
    for place in range(state.partnership[b].givers):
        agency = np.int64(state.giver[b, place])
        given = state.given[b, place]
        worth = given * state.public_return[agency]
        lane = agency % 4 if agency < whole else 0
        if lane == 0:
            first += given
            first_worth += worth
        elif lane == 1:
            second += given
            second_worth += worth
        elif lane == 2:
            third += given
            third_worth += worth
        else:
            fourth += given
            fourth_worth += worth
    worth = (first_worth + second_worth) + (third_worth + fourth_worth)
    return (first + second) + (third + fourth), worth


@rule
def record_partnership(month, b, record, state):
    """Write one partnership's row of the board, in the order of ``BOARD_COLUMNS``."""
    partnership = state.partnership[b]
    roster = state.roster[b]
    members = partnership.members
    row = record.board[month, b]
    row[:] = 0.0
    row[IN_BOARD.settled] = 1.0  # nothing is unsettled where no partnership lives
    row[IN_BOARD.clarity] = 1.0
    row[IN_BOARD.ended] = partnership.ended
    if not partnership.alive:
        return
    commitment = 0.0
    trust = 0.0
    appeal = 0.0
    disagreement = 0.0
    for place in range(members):
        agency = roster[place]
        commitment += state.commitment[b, place]
        appeal += state.appeal[b, place] / max(state.own_return[agency], 1e-9)
        for other_place in range(place + 1, members):
            other = roster[other_place]
            trust += mutual_trust(b, place, other_place, state)
            disagreement += disagreement_between(agency, other, state.views)
    pairs = 0.5 * members * (members - 1)
    row[IN_BOARD.members] = members
    if members > 0:
        row[IN_BOARD.commitment] = commitment / members
        row[IN_BOARD.appeal] = appeal / members
    if pairs > 0:
        row[IN_BOARD.trust] = trust / pairs
        row[IN_BOARD.clarity] = 1.0 - disagreement / pairs
    row[IN_BOARD.settled] = partnership.settled
    row[IN_BOARD.meetings] = partnership.meetings
    row[IN_BOARD.bought_hours] = partnership.bought
    row[IN_BOARD.joint_hours] = partnership.joint_hours
    row[IN_BOARD.backlog] = partnership.backlog
    row[IN_BOARD.lead_effect] = partnership.lead_effect
    row[IN_BOARD.overhead_hours] = partnership.overhead
    row[IN_BOARD.slipped_hours] = partnership.slipped
    row[IN_BOARD.present] = partnership.present
