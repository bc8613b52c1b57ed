"""What each friction takes of the gain that would be possible (model page, Arms).

Potential is the gain with all five frictions off, realised gain that with all of them on. Between
the two lie 2^5 arms, each with some off. A friction's loss is its Shapley value: its effect on the
gain, averaged over every order in which the five could be added. Potential - losses = realised
gain, exactly (Steiner's identity: actual = potential - process losses; Steiner 1972).
"""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from cgsim.engine.batch import ALONE, TOGETHER
from cgsim.engine.run import Arm
from cgsim.rules.state import FRICTIONS

SUBSETS: tuple[tuple[str, ...], ...] = tuple(
    subset for size in range(len(FRICTIONS) + 1) for subset in combinations(FRICTIONS, size)
)
"""Every choice of frictions to switch off; none first, all last."""

FRICTION_ARMS: tuple[Arm, ...] = (
    Arm("alone", ALONE),
    *(Arm("together without " + (" ".join(off) or "none"), TOGETHER, off) for off in SUBSETS),
)
"""The arm alone, then an arm together for every one of ``SUBSETS``."""


def shapley_losses(gains: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what each friction takes, (R, 5) in the order of ``FRICTIONS``.

    ``gains`` (R, 32) of the arms together, in the order of ``SUBSETS``. The rows sum to
    potential - realised gain.
    """
    place = {frozenset(subset): number for number, subset in enumerate(SUBSETS)}
    count = len(FRICTIONS)
    losses = np.zeros((gains.shape[0], count))
    for number, friction in enumerate(FRICTIONS):
        others = [other for other in FRICTIONS if other != friction]
        for size in range(count):
            weight = math.factorial(size) * math.factorial(count - size - 1) / math.factorial(count)
            for subset in combinations(others, size):
                off = frozenset(subset)
                rise = gains[:, place[off | {friction}]] - gains[:, place[off]]
                losses[:, number] += weight * rise
    return losses
