"""What a variance between design points comes from: Morris's measures, Sobol's indices, luck."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cgsim.experiment.design import MORRIS_LEVELS, Factor
from cgsim.statistics import BOOTSTRAP_SEED, LEVEL

if TYPE_CHECKING:
    import pandas as pd

RESAMPLES = 1000


def noise_share(values: NDArray[np.float64], common_luck: bool) -> float:
    """Return the share of the variance between points' means that is luck, from (P, R) values.

    With common luck, what a replicate adds to all points alike cancels between points; what is left
    over is the residual of a two-way table without interaction.
    """
    points, replicates = values.shape
    if replicates < 2 or points < 2:
        return float("nan")
    means = np.nanmean(values, axis=1)
    left = values - means[:, None]
    freedom = points * (replicates - 1)
    if common_luck:
        left = left - np.nanmean(left, axis=0)[None, :]
        freedom = (points - 1) * (replicates - 1)
    between = float(np.var(means, ddof=1))
    if between == 0.0:
        return float("nan")
    return min(1.0, float(np.nansum(left**2)) / freedom / replicates / between)


def analyse_morris(
    factors: tuple[Factor, ...], shares: NDArray[np.float64], values: NDArray[np.float64]
) -> pd.DataFrame:
    """Return Morris's measures of influence (Campolongo and others 2007), largest first."""
    import pandas as pd
    from SALib.analyze import morris

    found: Mapping[str, Any] = morris.analyze(
        _problem(factors),
        shares,
        values,
        num_levels=MORRIS_LEVELS,
        num_resamples=RESAMPLES,
        conf_level=LEVEL,
        seed=BOOTSTRAP_SEED,
    )
    half = np.nan_to_num(np.asarray(found["mu_star_conf"], float))
    centre = np.asarray(found["mu_star"], float)
    table = pd.DataFrame(
        {
            "parameter": [f.key for f in factors],
            "mu_star": centre,
            "low": np.maximum(0.0, centre - half),
            "high": centre + half,
            "mu": np.asarray(found["mu"], float),
            "sigma": np.asarray(found["sigma"], float),
        }
    )
    return table.sort_values("mu_star", ascending=False, kind="stable").reset_index(drop=True)


def analyse_sobol(factors: tuple[Factor, ...], values: NDArray[np.float64]) -> pd.DataFrame:
    """Return Sobol's first-order and total indices with bootstrap intervals, largest total first.

    First order: the share of the variance that goes when this parameter alone is known. Total: the
    share that is left when all others are known (Saltelli et al. 2010; Jansen 1999).
    """
    import pandas as pd
    from SALib.analyze import sobol

    found: Mapping[str, Any] = sobol.analyze(
        _problem(factors),
        values,
        calc_second_order=False,
        num_resamples=RESAMPLES,
        conf_level=LEVEL,
        seed=BOOTSTRAP_SEED,
    )
    columns: dict[str, Any] = {"parameter": [f.key for f in factors]}
    for name, short in (("first", "S1"), ("total", "ST")):
        centre = np.asarray(found[short], float)
        half = np.asarray(found[f"{short}_conf"], float)
        columns |= {name: centre, f"{name}_low": centre - half, f"{name}_high": centre + half}
    table = pd.DataFrame(columns)
    return table.sort_values("total", ascending=False, kind="stable").reset_index(drop=True)


def _problem(factors: tuple[Factor, ...]) -> dict[str, Any]:
    names = [f.key for f in factors]
    return {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}
