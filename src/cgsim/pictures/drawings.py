"""Figures of one scenario's results. Each draws a tidy table of ``tables`` on axes.

from cgsim.pictures import drawings, figures, tables

with figures.house_style():
    figure = figures.new_figure()
    drawings.draw_outcomes(figure.subplots(), tables.outcomes_table(results))
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np

from cgsim.answer import names
from cgsim.answer.catalogue import MINUS, term, word
from cgsim.answer.formats import percent
from cgsim.measures import BY_NAME
from cgsim.pictures.figures import (
    ALONE,
    INK,
    MONEY,
    PALE,
    TOGETHER,
    WARM,
    apart,
    cut,
    folded,
    is_narrow,
)
from cgsim.pictures.tables import some_share

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from cgsim.evidence.robustness import ClaimRobustness, Robustness

ARM_STYLES: dict[str, tuple[str, str]] = {
    "together": (TOGETHER, "-"),
    "alone": (ALONE, "--"),
    "equal_money": (MONEY, ":"),
}
ARM_LABELS = {"equal_money": "equal_money_short"}
"""Arms that have another text where there is little room."""
MOST_BARS = 40
EDGED_MONTHS = 120
MOST_LABELS = 40


def draw_over_time(axes: Axes, table: pd.DataFrame) -> None:
    """Draw need met by month in each arm: the mean, and the middle 90 % of runs.

    ``table`` of ``tables.over_time``.
    """
    ends = []
    for arm, (colour, line) in ARM_STYLES.items():
        rows = table[table["arm"] == arm]
        if rows.empty:
            continue
        alone = "o" if len(rows) == 1 else ""  # a line of one month would not be seen
        axes.plot(rows["month"], rows["mean"], line, color=colour, linewidth=2.2, marker=alone)
        ends.append((arm, float(rows["mean"].iloc[-1])))
        if arm == "equal_money":  # a third band would hide the other two
            continue
        axes.fill_between(
            rows["month"], rows["low"], rows["high"], color=colour, alpha=0.16, linewidth=0
        )
        for edge in ("low", "high") if len(rows) <= EDGED_MONTHS else ():
            axes.plot(rows["month"], rows[edge], line, color=colour, linewidth=0.7, alpha=0.8)
    last = float(table["month"].max())
    places = apart(axes, [value for _, value in ends])
    for (arm, _), place in zip(ends, places, strict=True):
        axes.annotate(
            word(f"arm.{ARM_LABELS.get(arm, arm)}"),
            (last, place),
            xytext=(6, 0),
            textcoords="offset points",
            color=INK,
            fontweight="bold",
            va="center",
            annotation_clip=False,
        )
    _by_month(axes, table)
    axes.set_ylabel(word("drawing.met"))


def draw_so_far(axes: Axes, table: pd.DataFrame, until: int) -> None:
    """Draw need met by month in one run, up to a month; limits are to be set before.

    ``table`` has arm, month and mean.
    """
    for arm, (colour, line) in ARM_STYLES.items():
        rows = table[(table["arm"] == arm) & (table["month"] <= until)]
        axes.plot(rows["month"], rows["mean"], line, color=colour, linewidth=1.8)
    for arm, place in (("together", 0.97), ("alone", 0.9)):
        colour, line = ARM_STYLES[arm]
        axes.plot([0.03, 0.12], [place] * 2, line, color=colour, transform=axes.transAxes)
        label = word(f"arm.{arm}")
        axes.text(0.15, place, label, color=colour, va="center", transform=axes.transAxes)
    axes.set_xlabel(word("drawing.month"))
    axes.set_ylabel(word("drawing.met"))


def draw_gain_so_far(axes: Axes, table: pd.DataFrame, over_money: bool = False) -> None:
    """Draw the gain that has come together by each month, with its 95 % interval.

    ``table`` of ``tables.gain_so_far``; ``over_money`` where that is over the same money.
    """
    mean = 100 * table["mean"]
    axes.axhline(0.0, color=INK, linewidth=0.8)
    axes.fill_between(
        table["month"],
        100 * table["low"],
        100 * table["high"],
        color=TOGETHER,
        alpha=0.25,
        linewidth=0,
    )
    axes.plot(table["month"], mean, color=TOGETHER, linewidth=2.2)
    axes.annotate(
        percent(float(table["mean"].iloc[-1])),
        (float(table["month"].iloc[-1]), float(mean.iloc[-1])),
        xytext=(6, 0),
        textcoords="offset points",
        color=TOGETHER,
        fontweight="bold",
        va="center",
        annotation_clip=False,
    )
    _by_month(axes, table)
    axes.set_ylabel(word("drawing.so_far_money" if over_money else "drawing.so_far"))


def draw_spread(axes: Axes, shares: NDArray[np.float64], label: str = "", below: str = "") -> None:
    """Draw how a measure is spread over runs; those below 0 apart from the others.

    ``shares`` (R,): the measure, a share; one that is not known is left out. ``label``: what is
    spread, under the axis, shown in per cent; the collaborative gain if not given. ``below``: what
    a run below 0 does; it loses if not given.
    """
    values = 100 * shares[~np.isnan(shares)]
    mean = float(values.mean())
    edges = _edges_with_zero(values)
    counts, _ = np.histogram(values, edges)
    loses = edges[1:] <= 1e-12
    width = edges[1] - edges[0]
    for chosen, colour, hatch in ((~loses, TOGETHER, ""), (loses, WARM, "////")):
        axes.bar(
            edges[:-1][chosen],
            100 * counts[chosen] / len(values),
            width,
            align="edge",
            color=colour,
            edgecolor="white",
            linewidth=0.5,
            hatch=hatch,
        )
    axes.axvline(0.0, color=INK, linewidth=0.8)
    axes.axvline(mean, color=INK, linewidth=1.2, linestyle="--")
    top = axes.get_ylim()[1]
    # On a narrow figure the two labels stand one above the other.
    axes.set_ylim(0.0, (1.32 if is_narrow(axes) else 1.18) * top)
    reach = edges[-1] - edges[0]
    right = mean < edges[0] + 0.6 * reach
    axes.annotate(
        word("drawing.mean", value=percent(mean / 100)),
        (mean, 1.14 * top),
        xytext=(5 if right else -5, 0),
        textcoords="offset points",
        ha="left" if right else "right",
        va="top",
    )
    if (values < 0).any():
        aside = mean < edges[0] + 0.4 * reach  # out of the way of the mean
        lose = some_share(float((values < 0).mean()))
        axes.annotate(
            word("drawing.below", share=lose, below=below or word("drawing.lose")),
            (0.0, 0.0),
            xytext=(0.99 if aside else 0.01, 0.99),
            textcoords="axes fraction",
            color=WARM,
            fontweight="bold",
            ha="right" if aside else "left",
            va="top",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.0},
        )
    axes.set_xlabel(folded(label or word("drawing.gain"), 36 if is_narrow(axes) else 80))
    axes.set_ylabel(word("drawing.runs"))


def draw_frictions(axes: Axes, table: pd.DataFrame) -> None:
    """Draw the steps from the possible gain down to the one that is left, with intervals.

    ``table`` of ``tables.frictions_table``.
    """
    level = 0.0
    rows = np.arange(len(table))[::-1]
    edges = [0.0]
    for row, step in zip(rows, table.to_dict("records"), strict=True):
        value, low, high = (100 * float(step[key]) for key in ("value", "low", "high"))
        whole = step["step"] in ("possible", "left")
        start = 0.0 if whole else level
        colour = (TOGETHER if whole else WARM) if value >= 0 or not whole else WARM
        if not whole and value > 0:
            colour = MONEY
        hatch = "" if whole else ("////" if value <= 0 else "....")
        axes.barh(row, value, left=start, color=colour, height=0.62, hatch=hatch, edgecolor="white")
        axes.plot([start + low, start + high], [row, row], color=INK, linewidth=1.6)
        if not whole or step["step"] == "possible":
            level = start + value
            axes.plot([level, level], [row - 0.31, row - 0.69], color=INK, linewidth=0.8)
        outer = max(start, start + value, start + high)
        edges += [start, start + value, start + low, start + high]
        rounded = round(value, 1)
        sign = MINUS if rounded < 0 else ("" if whole or rounded == 0 else "+")
        axes.annotate(
            f"{sign}{abs(value):.1f}",
            (outer, row),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            fontweight="bold" if whole else "normal",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.0},
        )
    axes.axvline(0.0, color=INK, linewidth=0.8)
    width = 18 if is_narrow(axes) else 42
    axes.set_yticks(rows, [folded(str(text), width) for text in table["words"]])
    low, high = min(edges), max(edges)
    reach = max(high - low, 1e-6)
    axes.set_xlim(low - 0.03 * reach, high + 0.14 * reach)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(word("drawing.steps_narrow" if is_narrow(axes) else "drawing.steps"))


def draw_outcomes(axes: Axes, table: pd.DataFrame) -> None:
    """Draw how often the runs came out in each way; ways that never came are left out.

    ``table`` of ``tables.outcomes_table``.
    """
    shown = table[table["share"] > 0].sort_values("share", kind="stable")
    rows = np.arange(len(shown))
    share = 100 * shown["share"].to_numpy()
    low, high = 100 * shown["low"].to_numpy(), 100 * shown["high"].to_numpy()
    axes.barh(rows, share, color=TOGETHER, height=0.6)
    axes.hlines(rows, low, high, color=INK, linewidth=1.6)
    for row, value, end in zip(rows, share, np.maximum(share, np.nan_to_num(high)), strict=True):
        axes.annotate(
            percent(value / 100, 0) if value >= 1 else some_share(value / 100),
            (end, row),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
        )
    if is_narrow(axes):
        labels = [folded(str(name), 14) for name in shown["name"]]
    else:
        pairs = zip(shown["name"], shown["words"], strict=True)
        labels = [f"{name}\n{folded(str(words), 44)}" for name, words in pairs]
    axes.set_yticks(rows, labels)
    axes.set_xlim(0, 112)
    axes.set_ylim(-0.6, len(shown) - 0.4)
    axes.set_xticks([0, 25, 50, 75, 100])
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel(word(f"page.outcomes_axis{'_each' if table.attrs.get('each') else ''}"))


def draw_survival(axes: Axes, table: pd.DataFrame) -> None:
    """Draw the share of partnerships that still live at each age, with its 95 % interval.

    ``table`` has age, alive, low, high and at_risk, as ``Results.survival``. How many were seen
    stands below the axis: where they are few, the curve says little.
    """
    age = table["age"].to_numpy(float)
    alive = 100 * table["alive"].to_numpy(float)
    # Where no interval can be had, there is none to be drawn.
    low, high = 100 * table["low"].to_numpy(float), 100 * table["high"].to_numpy(float)
    axes.fill_between(age, low, high, step="post", color=TOGETHER, alpha=0.22, linewidth=0)
    axes.step(age, alive, where="post", color=TOGETHER, linewidth=2.2)
    last = float(age.max()) if len(age) else 1.0
    axes.set_xlim(0, max(last, 1.0))
    axes.set_ylim(0, 103)
    step = next(s for s in (1, 3, 6, 12, 24, 48, 120) if last / s <= (4 if is_narrow(axes) else 7))
    ticks = np.arange(0, last + 1, step)
    seen = table["at_risk"].to_numpy()
    labels = [
        f"{tick:.0f}\n{word('drawing.at_risk', count=f'{seen[int(tick)]:,}')}" for tick in ticks
    ]
    axes.set_xticks(ticks, labels)
    axes.set_yticks([0, 25, 50, 75, 100])
    axes.set_xlabel(word("drawing.age"))
    axes.set_ylabel(word("drawing.alive"))


def draw_network(axes: Axes, agencies: pd.DataFrame, ties: pd.DataFrame) -> None:
    """Draw who is in the partnership and how far members trust each other, at one moment.

    ``agencies`` has x, y, number, capacity (hours a month), member (flag) and lead (flag); ``ties``
    has x0, y0, x1, y1, trust (0 to 1) and joint (flag: between two members).
    """
    from matplotlib.collections import LineCollection

    for joint, colour in ((False, PALE), (True, TOGETHER)):
        chosen = ties[ties["joint"] == joint]
        ends = chosen[["x0", "y0", "x1", "y1"]].to_numpy(float).reshape(-1, 2, 2)
        widths = 0.4 + 3.6 * chosen["trust"].to_numpy(float) ** 2 if joint else 0.8
        drawn = LineCollection(list(ends), colors=colour, linewidths=widths, zorder=1)
        drawn.set_alpha(0.7 if joint else 1.0)
        axes.add_collection(drawn)
    narrow = is_narrow(axes)
    largest = max(1e-9, float(agencies["capacity"].max()))
    room = (150 if narrow else 420) * min(1.0, 22 / max(1, len(agencies)))
    sizes = room * (0.45 + 0.55 * agencies["capacity"] / largest)
    for member in (False, True):
        for lead in (False, True):
            rows = (agencies["member"] == member) & (agencies["lead"] == lead)
            axes.scatter(
                agencies.loc[rows, "x"],
                agencies.loc[rows, "y"],
                s=sizes[rows],
                color=TOGETHER if member else "white",
                edgecolors=INK if member else ALONE,
                linewidths=2.2 if lead else 0.9,
                marker="s" if lead else "o",
                zorder=2,
            )
    for agency in agencies.to_dict("records"):
        axes.annotate(
            str(agency["number"]),
            (agency["x"], agency["y"]),
            ha="center",
            va="center",
            fontsize=6 if narrow else 8,
            color="white" if agency["member"] else INK,
            zorder=3,
        )
    axes.set_aspect("equal")
    axes.set_xlim(-1.12, 1.12)
    axes.set_ylim(-1.12, 1.12)
    axes.set_axis_off()


def draw_points(axes: Axes, table: pd.DataFrame, scale: float, label: str) -> None:
    """Draw estimates with their 95 % intervals, a row each, from the top down.

    ``table`` has label, estimate, low and high; values are multiplied by ``scale``.
    """
    rows = np.arange(len(table))[::-1]
    many = len(table) > MOST_LABELS
    middle = scale * table["estimate"].to_numpy()
    low, high = scale * table["low"].to_numpy(), scale * table["high"].to_numpy()
    above = middle > 0
    for chosen, colour, marker in ((above, TOGETHER, "o"), (~above, WARM, "s")):
        axes.hlines(rows[chosen], low[chosen], high[chosen], color=colour, linewidth=1.6)
        axes.plot(
            middle[chosen], rows[chosen], marker, color=colour, markersize=3.0 if many else 6.0
        )
    axes.axvline(0.0, color=INK, linewidth=0.8)
    if many:
        axes.set_yticks([])
        axes.set_ylabel(word("experiment.by_estimate"))
    else:
        width = 18 if is_narrow(axes) else 40
        axes.set_yticks(rows, [folded(str(text), width) for text in table["label"]])
        axes.tick_params(axis="y", length=0)
    axes.set_ylim(-0.7, len(table) - 0.3)
    axes.set_xlabel(cut(label))


def draw_robustness(axes: Axes, found: Robustness | ClaimRobustness) -> None:
    """Draw a result under each combination of mechanisms, with its 95 % interval.

    The scenario's own stands at the top. Of many combinations a row stands for a mechanism, with
    those that have it, the same under each of its kind. A claim's share of draws has the borders
    between verdicts.
    """
    from cgsim.answer import robust

    borders = getattr(found, "borders", ())
    name = "share" if borders else "gain"
    told = word("robust.axis_claim") if borders else ""
    told = told or word("robust.axis", of=term(BY_NAME[robust.MEASURE].of))
    if len(found.combinations) > robust.MOST_ROWS:
        _draw_by_mechanism(axes, found, name)
        label = word("robust.axis_dots", axis=told)
    else:
        table = found.table.rename(
            columns={name: "estimate", f"{name}_low": "low", f"{name}_high": "high"}
        )
        table.insert(0, "label", robust.short_labels(found))
        draw_points(axes, table, 100.0, "")
        axes.axhline(len(table) - 1.5, color=PALE, linewidth=0.8)
        label = word("robust.axis_borders" if borders else "robust.axis_rows", axis=told)
    axes.set_xlabel(textwrap.fill(label, 26 if is_narrow(axes) else 70))
    for border in borders:
        axes.axvline(100 * border, color=ALONE, linewidth=0.8, linestyle="--")
    if borders:
        axes.set_xlim(0.0, 100.0)


def _draw_by_mechanism(axes: Axes, found: Robustness | ClaimRobustness, name: str) -> None:
    """Draw a row a mechanism: each combination that has it, and their mean."""
    from cgsim.answer import robust

    table, own = found.table, found.combinations[0]
    labels: dict[float, str] = {}
    row = 0.0
    for kind in found.kinds:
        held = table.iloc[robust.comparable(found, kind)]
        for mechanism in dict.fromkeys(held[kind]):
            values = 100 * held.loc[held[kind] == mechanism, name].to_numpy(float)
            axes.plot(values, [row] * len(values), "o", color=ALONE, markersize=3, alpha=0.35)
            mean = float(values.mean())
            axes.plot(mean, row, "o" if mean > 0 else "s", color=TOGETHER if mean > 0 else WARM)
            labels[row] = f"{names.plain(kind)}: {names.plain(mechanism)}"
            row -= 1.0
        row -= 0.6
    axes.set_yticks(list(labels), list(labels.values()))
    axes.tick_params(axis="y", length=0)
    axes.axvline(0.0, color=INK, linewidth=0.8)
    as_it_is = table[(table[list(own)] == list(own.values())).all(axis=1)]
    axes.axvline(100 * float(as_it_is[name].iloc[0]), color=INK, linewidth=0.8, linestyle=":")


def _by_month(axes: Axes, table: pd.DataFrame) -> None:
    first, last = float(table["month"].min()), float(table["month"].max())
    axes.set_xlim(first, max(last, first + 1))
    if last <= 240:
        step = next(s for s in (1, 6, 12, 24, 48) if last / s <= (5 if is_narrow(axes) else 9))
        axes.set_xticks(np.arange(0, last + 1, step))
    axes.set_xlabel(word("drawing.month"))


def _edges_with_zero(values: Any) -> Any:
    """Return the edges of bars of one width, one of them at 0, so that no bar mixes signs."""
    low, high = min(0.0, float(values.min())), max(0.0, float(values.max()))
    bars = min(MOST_BARS, max(8.0, 3.0 * len(values) ** (1 / 3)))
    width = max((high - low) / bars, 0.01)
    first, last = int(np.floor(low / width)), int(np.ceil(high / width + 1e-9))
    return width * np.arange(first, last + 1)
