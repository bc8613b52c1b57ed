"""Step 0, conditions: the economic climate and the drift of need (model page, Submodels).

With ρ = ``climate_persistence`` and σ = ``climate_sd``: a ← ρ·a + √(1-ρ²)·σ·shock, from 0. Every
output of the month is multiplied by the weather, exp(a - σ²/2). e_k ← e_k + ``need_drift``·shock,
from 0; inflow_k = ``need_inflow``·C·exp(e_k)/Σexp(e).

Why this form: good and bad times last, which a first-order autoregression with one number says; the
logarithm keeps output above 0, and the correction by σ²/2 keeps its mean near what it would be
without weather. Drift moves need between objectives and never its sum, so that no arm is helped by
an area that shrinks or grows. Expert assumption.
"""

import math

from cgsim.compiler import rule
from cgsim.rules.elementary import exp


@rule
def change_conditions(parameters, shocks, month, state):
    """Move the climate and the mix of need on by a month; return the weather.

    a_t = persistence * a_(t-1) + sqrt(1 - persistence^2) * sd * climate_t, and every output of the
    month is multiplied by the weather exp(a_t - sd^2 / 2), which is 1 on average.
    e_k += ``need_drift`` * drift_tk, and the inflow of need, ``need_inflow`` * capacity in all, is
    divided over an area's objectives in proportion to exp(e_k).
    """
    persistence = parameters.climate_persistence
    sd = parameters.climate_sd
    innovation = math.sqrt(1.0 - persistence * persistence) * sd * shocks.climate[month]
    state.climate[0] = persistence * state.climate[0] + innovation

    trend = state.need_trend
    areas = state.total_capacity.shape[0]
    objectives = trend.shape[0] // areas
    for area in range(areas):
        first, last = area * objectives, (area + 1) * objectives
        highest = -math.inf
        for stock in range(first, last):
            trend[stock] += parameters.need_drift * shocks.drift[month, stock]
            highest = max(highest, trend[stock])
        total = 0.0
        for stock in range(first, last):
            # Measured from the highest, so that a long run cannot overflow.
            state.inflow[stock] = exp(trend[stock] - highest)
            total += state.inflow[stock]
        scale = parameters.need_inflow * state.total_capacity[area] / total
        for stock in range(first, last):
            state.inflow[stock] *= scale

    return exp(state.climate[0] - 0.5 * sd * sd)
