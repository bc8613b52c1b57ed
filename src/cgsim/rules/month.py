"""The order of a month (model page, Submodels). It stands here once.

The batch engine and the Mesa model both walk this month. A scenario's scheduled changes have been
made before it: ``parameters`` and ``levers`` are those in force this month.
"""

from cgsim.compiler import rule
from cgsim.rules import (
    commitment,
    conditions,
    delivery,
    hours,
    issues,
    learning,
    life_cycle,
    outcomes,
    recording,
    talk,
    trust,
)


@rule
def live_month(parameters, levers, switches, world, shocks, grant, month, record, state):
    """Live one month: the state moves on and the record gets a row.

    ``parameters`` one record of their values; ``levers`` (B,) records, a row a partnership;
    ``grant`` (N,) hours given to each agency (the equal-money arm).
    """
    partnerships = state.partnership.shape[0]

    weather = conditions.change_conditions(parameters, shocks, month, state)

    life_cycle.begin_and_end(parameters, levers, world, month, record, state)
    for b in range(partnerships):
        if state.partnership[b].alive:
            life_cycle.let_in(parameters, world, shocks, month, b, state)

    hours.count_hours(parameters, levers, switches, world, shocks, grant, month, state)

    talk.learn_from_own_clients(parameters, state)
    talk.share_out_need(state)
    for b in range(partnerships):
        if state.partnership[b].alive:
            talk.talk(parameters, levers[b], switches, world, b, state)

    if not switches.commitment:
        delivery.commit_equally(parameters, state)
    for b in range(partnerships):
        if state.partnership[b].alive:
            delivery.promise_and_deliver(parameters, switches, world, shocks, month, b, state)

    issues.begin_to_settle(world, state)
    for b in range(partnerships):
        if state.partnership[b].alive:
            issues.settle_issues(parameters, levers[b], switches, world, b, state)

    for b in range(partnerships):
        if state.partnership[b].alive:
            outcomes.buy_hours(parameters, levers[b], month, b, state)
            outcomes.produce_jointly(parameters, world, weather, b, state)
    outcomes.work_alone(parameters, world, weather, state)
    outcomes.meet_need(world, state)

    learning.learn_own_return(parameters, month, state)
    for b in range(partnerships):
        if state.partnership[b].alive:
            learning.learn_appeal(parameters, shocks, month, b, state)

    for b in range(partnerships):
        if state.partnership[b].alive:
            trust.judge_promises(parameters, shocks, month, b, state)
    trust.let_ties_fade(parameters, state)
    for b in range(partnerships):
        if state.partnership[b].alive:
            trust.carry_news(parameters, world, b, state)
    trust.turn_over_staff(parameters, shocks, month, state)

    for b in range(partnerships):
        if state.partnership[b].alive:
            commitment.reconsider(parameters, world, b, state)
    commitment.save_support(parameters, state)
    for b in range(partnerships):
        if state.partnership[b].alive:
            if switches.commitment:
                commitment.lose_the_disappointed(parameters, shocks, month, b, state)
            commitment.adapt_meetings(levers[b], switches, month, b, state)
    commitment.keep_within_share(parameters, state)

    recording.record_month(parameters, world, month, record, state)
