"""A whole run: one arm of one replicate, from the first month to the last."""

from cgsim.compiler import rule
from cgsim.rules.changes import take_effect
from cgsim.rules.month import live_month
from cgsim.rules.start import start


@rule
def live(settings, levers, regime, switches, world, shocks, grants, state, record):
    """Live every month of one run. The state is started anew; the record is filled.

    ``settings`` (G,) and ``levers`` (G, B): the values in force under each of G regimes (a regime
    begins where a scheduled change takes effect); ``regime`` (T,) which is in force each month;
    ``grants`` (T, N) hours given to agencies.
    """
    start(settings[0], world, state)
    for month in range(regime.shape[0]):
        now = regime[month]
        if month > 0 and now != regime[month - 1]:
            take_effect(levers[regime[month - 1]], levers[now], state)
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
