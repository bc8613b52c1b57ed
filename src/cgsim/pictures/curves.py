"""Figures of designed experiments: curves over a factor, and how sampled points are spread."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cgsim.answer.catalogue import word
from cgsim.pictures.figures import (
    ALONE,
    INK,
    MONEY,
    TOGETHER,
    WARM,
    apart,
    cut,
    folded,
    is_narrow,
    set_ticks,
)

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

LINES = (
    (TOGETHER, "o", "-"),
    (WARM, "s", "--"),
    (MONEY, "^", "-."),
    (ALONE, "D", ":"),
    (INK, "v", "-"),
)
MOST_LINES = len(LINES)


def draw_curves(axes: Axes, table: pd.DataFrame, scale: float = 100.0) -> None:
    """Draw estimates over a factor's values with 95 % intervals, a line a group.

    ``table`` has x, estimate, low, high and group (a label; empty where there is one line only).
    Panels that share their vertical axis need its limits set before (``limits_of``).
    """
    axes.axhline(0.0, color=INK, linewidth=0.8)
    groups = list(dict.fromkeys(table["group"]))
    ends = []
    for group, (colour, marker, line) in zip(groups, LINES, strict=False):
        rows = table[table["group"] == group].sort_values("x")
        middle = scale * rows["estimate"]
        low, high = scale * rows["low"], scale * rows["high"]
        axes.plot(rows["x"], middle, line, marker=marker, color=colour, markersize=4.5)
        axes.vlines(rows["x"], low, high, color=colour, linewidth=1.6)
        if len(groups) == 1:
            axes.fill_between(rows["x"], low, high, color=colour, alpha=0.18, linewidth=0)
        ends.append((str(group), float(middle.iloc[-1])))
    names = [folded(cut(group, 40), 18) for group, _ in ends]
    lines = max(name.count("\n") + 1 for name in names)
    places = apart(axes, [value for _, value in ends], 9.0 * lines)
    last = float(table["x"].max())
    for name, place in zip(names, places, strict=True):
        axes.annotate(
            name,
            (last, place),
            xytext=(6, 0),
            textcoords="offset points",
            color=INK,
            fontweight="bold",
            fontsize=9,
            va="center",
            annotation_clip=False,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5},
        )
    set_ticks(axes, table["x"].to_list())


def draw_path(axes: Axes, path: pd.DataFrame, chosen: int) -> None:
    """Draw PRIM's path: what share of all yes a box holds, against how often it is yes within.

    ``path`` of ``Discovery.path``; ``chosen``: the step whose box is told, which is marked.
    """
    coverage, density = 100 * path["coverage"], 100 * path["density"]
    axes.plot(coverage, density, "-o", color=TOGETHER, markersize=3.5, linewidth=1.4)
    at = (float(coverage.iloc[chosen]), float(density.iloc[chosen]))
    axes.plot(*at, "s", color=WARM, markersize=9)
    axes.annotate(
        word("discover.chosen", step=chosen),
        at,
        xytext=(-10, -4),
        textcoords="offset points",
        color=INK,
        fontweight="bold",
        ha="right",
        va="top",
    )
    axes.set_xlim(-3, 103)
    axes.set_ylim(0, 103)
    axes.set_xlabel(word("discover.coverage"))
    axes.set_ylabel(word("discover.density"))


def limits_of(table: pd.DataFrame, scale: float = 100.0) -> tuple[float, float]:
    """Return limits of the vertical axis that hold every interval, and 0."""
    ends = scale * table[["estimate", "low", "high"]].to_numpy(float)
    low, high = min(0.0, float(np.nanmin(ends))), max(0.0, float(np.nanmax(ends)))
    room = 0.06 * max(high - low, 1e-6)
    return low - room, high + room


def draw_spreads(axes: Axes, table: pd.DataFrame, scale: float = 100.0) -> None:
    """Draw how the points of a sample are spread in each group: dots, nine in ten, the median.

    ``table`` has group (a label) and estimate, a row a point.
    """
    groups = list(dict.fromkeys(table["group"]))
    axes.axhline(0.0, color=INK, linewidth=0.8)
    for place, group in enumerate(groups):
        values = scale * table.loc[table["group"] == group, "estimate"].dropna().to_numpy()
        if not len(values):
            continue
        # Spread sideways evenly in the order of the points, which says nothing.
        aside = place + 0.32 * (((np.arange(len(values)) * 0.618034) % 1.0) - 0.5)
        axes.plot(aside, values, "o", color=ALONE, markersize=2.2, alpha=0.45, zorder=1)
        low, middle, high = np.quantile(values, [0.05, 0.5, 0.95])
        axes.vlines(place, low, high, color=TOGETHER, linewidth=3.0, zorder=2)
        axes.plot(
            place, middle, "D", color="white", markeredgecolor=TOGETHER, markersize=7, zorder=3
        )
    width = 8 if is_narrow(axes) else 14
    axes.set_xticks(range(len(groups)), [folded(str(group), width) for group in groups])
    axes.set_xlim(-0.6, len(groups) - 0.4)
    axes.tick_params(axis="x", length=0)
