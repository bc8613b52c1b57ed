"""Where something holds, as the leaves of a shallow tree over what was drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cgsim import statistics
from cgsim.experiment.design import Point

LEAST_LEAF = 0.1
"""A branch of the tree of conditions holds at least this share of the draws."""


def depends_on(
    draws: Sequence[Point], met: NDArray[np.bool_]
) -> tuple[tuple[dict[str, Any], ...], tuple[float, float]]:
    """Return the leaves of a shallow tree over the drawn parameters, and how well it guesses.

    Each leaf has its conditions in words, its draws and the share of them in which it holds. The
    guesses are cross-validated, beside the share that always saying the same gets right.
    """
    from sklearn.model_selection import StratifiedKFold, cross_val_score
    from sklearn.tree import DecisionTreeClassifier

    keys = [key for key in draws[0] if all(key in draw for draw in draws)]
    values = np.array([[float(draw[key]) for key in keys] for draw in draws])
    tree = DecisionTreeClassifier(
        max_depth=2, min_samples_leaf=max(2, int(LEAST_LEAF * len(met))), random_state=0
    )
    usual = float(max(met.mean(), 1 - met.mean()))
    rarer = int(min(met.sum(), (~met).sum()))
    right = usual
    if rarer > 1:
        folds = StratifiedKFold(min(5, rarer), shuffle=True, random_state=0)
        right = float(cross_val_score(tree, values, met, cv=folds).mean())
    grown = tree.fit(values, met).tree_
    leaves: list[dict[str, Any]] = []

    def walk(node: int, path: tuple[str, ...], inside: NDArray[np.bool_]) -> None:
        if grown.children_left[node] == -1:
            found = statistics.share(met[inside].astype(float))
            leaves.append(
                {
                    "where": list(path),
                    "draws": int(inside.sum()),
                    "share": found.value,
                    "low": found.low,
                    "high": found.high,
                }
            )
            return
        column, border = int(grown.feature[node]), float(grown.threshold[node])
        below = values[:, column] <= border
        for child, side, sign in (
            (grown.children_left[node], below, "up to"),
            (grown.children_right[node], ~below, "above"),
        ):
            # A second border of the same kind is the narrower one.
            others = tuple(part for part in path if not part.startswith(f"{keys[column]} {sign} "))
            walk(int(child), (*others, f"{keys[column]} {sign} {border:.2g}"), inside & side)

    walk(0, (), np.ones(len(met), bool))
    return tuple(leaves), (right, usual)
