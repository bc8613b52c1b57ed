"""What nobody knows: over draws of it, in how many worlds it gains, and what that turns on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cgsim.answer.record import Doubt, Turn
from cgsim.measures import LEAST_GAIN
from cgsim.statistics import LEVEL, ranks

NAMED = 2
"""How many inputs are named at most."""


@dataclass(frozen=True)
class Drawn:
    """The same draws lived by a scenario: a mean gain and the values of the inputs a draw."""

    gain: NDArray[np.float64]  #: (D,) mean gain against working alone
    over_money: NDArray[np.float64]  #: (D,) over the same money
    area: NDArray[np.float64]  #: (D,) gain of the area over the same money
    inputs: Mapping[str, NDArray[np.float64]]  #: each (D,)
    runs_each: int
    given: Mapping[str, str] | None = None  #: what the draws rest on, where not on the priors alone


def weigh(values: NDArray[np.float64], drawn: Drawn) -> Doubt:
    """Return what draws say of a mean gain a draw, (D,)."""
    return Doubt(
        draws=len(values),
        runs_each=drawn.runs_each,
        gains=int(np.count_nonzero(values > LEAST_GAIN)),
        loses=int(np.count_nonzero(values < -LEAST_GAIN)),
        values=tuple(float(v) for v in values),
        turns_on=turns_on(values, drawn.inputs),
        given=drawn.given,
    )


def turns_on(
    values: NDArray[np.float64], inputs: Mapping[str, NDArray[np.float64]]
) -> tuple[Turn, ...]:
    """Return the inputs with the strongest rank correlation with the gain, strongest first.

    One stands out where so strong a correlation is met by chance among all the inputs in fewer than
    1 in 20 cases (Bonferroni's bound on the test of Spearman's coefficient).
    """
    from scipy import special

    count = len(values)
    if count < 6 or np.ptp(values) == 0.0:
        return ()
    tested = {name: line for name, line in inputs.items() if np.ptp(line) > 0.0}
    found = []
    third = count // 3
    places = ranks(values)
    for name, line in tested.items():
        strength = float(np.corrcoef(ranks(line), places)[0, 1])
        order = np.argsort(line, kind="stable")
        t = strength * np.sqrt((count - 2) / max(1e-12, 1.0 - strength**2))
        chance = 2.0 * float(special.stdtr(count - 2, -abs(t))) * len(tested)
        found.append(
            Turn(
                name,
                strength,
                float(values[order[:third]].mean()),
                float(values[order[-third:]].mean()),
                chance < 1.0 - LEVEL,
            )
        )
    found.sort(key=lambda turn: -abs(turn.correlation))
    return tuple(found[:NAMED])
