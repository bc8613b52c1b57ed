"""A whole run: one arm of one replicate, from the first month to the last.

The batch engine lives a run at one go; the Mesa model begins it and steps through it.
"""

from cgsim.compiler import kernel, rule
from cgsim.rules.changes import take_effect
from cgsim.rules.month import live_month
from cgsim.rules.start import start


@rule
def live_scheduled_month(
    settings, levers, asks, agendas, regime, switches, world, shocks, grants, month, record, state
):
    """Let the month's scheduled changes take effect, then live it.

    ``settings`` (G,) and ``levers`` (G, B): the values in force under each of G regimes (a regime
    begins where a scheduled change takes effect), ``agendas`` (G, B, K) likewise; ``asks`` (G, B)
    what is asked for once, in a regime's first month; ``regime`` (T,) which is in force each month;
    ``grants`` (T, N) hours given to agencies.
    """
    now = regime[month]
    before = regime[max(0, month - 1)]
    if month == 0 or now != before:
        take_effect(settings[now], levers[before], levers[now], asks[now], agendas[now], state)
    live_month(
        settings[now],
        levers[now],
        switches,
        world,
        shocks,
        grants[month],
        month,
        record,
        state,
    )


@kernel
def live_arm(
    settings, levers, asks, agendas, regime, switches, world, shocks, grants, state, record
):
    """Live every month of one run. The state is started anew; the record is filled."""
    start(settings[0], world, state)
    for month in range(regime.shape[0]):
        live_scheduled_month(
            settings,
            levers,
            asks,
            agendas,
            regime,
            switches,
            world,
            shocks,
            grants,
            month,
            record,
            state,
        )


@kernel
def begin_run(settings, world, state):
    """Set a run's state to what it is before month 0."""
    start(settings[0], world, state)


@kernel
def step_run(
    settings, levers, asks, agendas, regime, switches, world, shocks, grants, month, record, state
):
    """Live one month of a run that has been begun."""
    live_scheduled_month(
        settings,
        levers,
        asks,
        agendas,
        regime,
        switches,
        world,
        shocks,
        grants,
        month,
        record,
        state,
    )
