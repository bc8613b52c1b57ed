"""The figures of a lesson: cases beside each other, and all the settings to play with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cgsim.report.curves import LINES
from cgsim.report.figures import ALONE, INK, NARROW, TOGETHER, WARM, cut, folded, is_narrow
from cgsim.report.lessons.forms import AxisForm
from cgsim.statistics import Estimate

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_STYLES = (*LINES, (INK, "P", "--"))  # as many as an axis can have values


class Row(NamedTuple):
    """One case in a figure or table: what it came to, and where nine runs in ten lie."""

    label: str
    estimate: Estimate
    middle: tuple[float, float]
    loses: str  #: the share of runs below 0, or that lose where the measure knows no loss


def draw_cases(
    axes: Axes,
    rows: Sequence[Row],
    before: Sequence[Row] | None,
    scale: float,
    label: str,
    limits: tuple[float, float],
) -> None:
    """Draw cases from the top down: mean, 95 % interval, and nine runs in ten.

    ``before`` is shown as diamonds, to be compared with.
    """
    places = np.arange(len(rows))[::-1]
    axes.axvline(0.0, color=INK, linewidth=0.8)
    for place, row in zip(places, rows, strict=True):
        found = row.estimate
        value, low, high = (scale * v for v in (found.value, found.low, found.high))
        start, end = (scale * v for v in row.middle)
        colour, marker = (TOGETHER, "o") if value > 0 else (WARM, "s")
        axes.plot([start, end], [place] * 2, color=colour, linewidth=1.4, alpha=0.7)
        axes.plot([low, high], [place] * 2, color=colour, linewidth=5, solid_capstyle="butt")
        axes.plot(value, place, marker, color=colour, markersize=7)
        axes.annotate(
            f"{round(value, 1) + 0.0:.1f}",
            (max(end, high, value), place),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            fontweight="bold",
            color=colour,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.0},
        )
    if before is not None:
        for place, row in zip(places, before, strict=True):
            axes.plot(
                scale * row.estimate.value, place - 0.3, "D", color="white",
                markeredgecolor=ALONE, markeredgewidth=1.4, markersize=6,
            )  # fmt: skip
    width = 16 if is_narrow(axes) else 30
    axes.set_yticks(places, [folded(row.label, width) for row in rows])
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.set_xlim(*limits)
    axes.set_ylim(-0.6, len(rows) - 0.5)
    axes.set_xlabel(folded(label, 34 if is_narrow(axes) else 80))


def draw_cells(
    figure: Figure,
    axis: Sequence[AxisForm],
    estimates: Sequence[Estimate],
    scale: float,
    label: str,
) -> None:
    """Draw every setting to play with: the first axis across, a line for each value of the second.

    A third axis makes panels. ``estimates`` has the last axis running fastest. Each setting has a
    hidden ring; the script of the page shows that of the setting that is chosen.
    """
    shape = (*(len(a.values) for a in axis), 1)[:3]
    table = scale * np.array([(e.value, e.low, e.high) for e in estimates]).reshape(*shape, 3)
    numbers = np.arange(len(estimates)).reshape(shape)
    narrow = figure.get_figwidth() < NARROW
    panels = (shape[2], 1) if narrow else (1, shape[2])
    grid = figure.subplots(*panels, sharex=narrow, sharey=True, squeeze=False).ravel()
    places = np.arange(shape[0])
    styles = _STYLES[: shape[1]]
    for panel, axes in enumerate(grid):
        axes.axhline(0.0, color=INK, linewidth=0.8)
        for line, (colour, marker, dash) in enumerate(styles):
            mean, low, high = table[:, line, panel].T
            axes.plot(places, mean, dash, color=colour, linewidth=1.6, marker=marker, markersize=7)
            axes.vlines(places, low, high, color=colour, linewidth=1.2)
            for place in places:
                ring = axes.plot(
                    place,
                    mean[place],
                    "o",
                    color="none",
                    markeredgecolor=INK,
                    markeredgewidth=2,
                    markersize=15,
                )[0]
                ring.set_gid(f"cell-{numbers[place, line, panel]}")
        axes.set_xticks(places, ["\n".join(cut(name, 30).split(" ", 1)) for name in axis[0].names])
        axes.set_xlim(-0.4, shape[0] - 0.6)
        if len(axis) > 2:
            axes.set_title(cut(axis[2].names[panel], 40), fontsize=10)
    grid[0].set_ylabel(label)
    handles = [
        grid[0].plot([], [], dash, color=colour, marker=marker, label=cut(name, 40))[0]
        for (colour, marker, dash), name in zip(styles, axis[1].names, strict=True)
    ]
    columns = 1 if narrow else len(handles)
    figure.legend(
        handles=handles, loc="outside lower center", ncols=columns, frameon=False, fontsize=9
    )
