"""Figures, each from a tidy table to axes: usable in a notebook as they are in a page.

One house style: few colours, safe for colour-blind people and never the only sign; labels beside
what they name; intervals always.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cgsim.whole import write_whole

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from cgsim.experiment.frontier import Frontier

# Okabe & Ito (2008), a palette for all kinds of colour vision.
TOGETHER = "#0072B2"
ALONE = "#6b6b6b"
WARM = "#D55E00"
MONEY = "#009E73"
PALE = "#d9d9d9"
INK = "#222222"

STYLE: Any = {
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "text.color": INK,
    "text.parse_math": False,  # names are texts, and long ones must not cost seconds
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "xtick.color": INK,
    "ytick.color": INK,
    "figure.dpi": 100,
    "savefig.dpi": 150,
    "svg.fonttype": "none",  # text stays text
    "svg.hashsalt": "cgsim",
    "pdf.fonttype": 42,
}
LONGEST = 80


@contextmanager
def house_style() -> Iterator[None]:
    """Draw in the house style, on no screen."""
    import matplotlib

    with matplotlib.rc_context(STYLE):
        yield


def new_figure(width: float = 7.0, height: float = 4.2) -> Figure:
    """Return an empty figure that no window knows of; sizes in inches."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")


def cut(text: str) -> str:
    """Return a text short enough for a figure."""
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def save_figure(figure: Figure, path: Path, metadata: Mapping[str, str]) -> str:
    """Write a figure as SVG, PNG or PDF, by the path's ending, with metadata inside."""
    kind = path.suffix.lstrip(".")
    about = "; ".join(f"{key}: {value}" for key, value in metadata.items())
    title = cut(metadata.get("title", "cgsim"))
    kinds: dict[str, dict[str, Any]] = {
        "svg": {"Title": title, "Description": about, "Date": None, "Creator": "cgsim"},
        "png": {"Title": title, "Description": about, "Software": "cgsim"},
        "pdf": {"Title": title, "Subject": about, "Creator": "cgsim", "CreationDate": None},
    }
    inside = kinds[kind]
    return write_whole(
        path,
        lambda stream: figure.savefig(stream, format=kind, metadata=inside),
        replace=True,
    )


def draw_frontier(axes: Axes, frontier: Frontier) -> None:
    """Draw the gain over two levers, and the line where it is gone with its 95 % band."""
    import numpy as np
    from matplotlib.colors import TwoSlopeNorm

    x, y = frontier.along_values, frontier.against_values
    rows = np.arange(len(y))
    gain = 100 * frontier.gain
    reach = max(1e-6, float(np.abs(gain).max()))
    # The values of the second lever stand at equal distances: they are choices, not a scale.
    mesh = axes.pcolormesh(
        _edges(x),
        np.arange(len(y) + 1) - 0.5,
        gain,
        cmap="PuOr_r",
        norm=TwoSlopeNorm(0.0, -reach, reach),
        edgecolors="white",
        linewidth=1.0,
    )
    for row in rows:
        for column, value in enumerate(gain[row]):
            pale = abs(value) < 0.6 * reach
            axes.text(
                x[column],
                row - 0.28,
                f"{value + 0.0:.1f}".replace("-0.0", "0.0"),
                ha="center",
                va="center",
                fontsize=7,
                color=INK if pale else "white",
            )
    for row, line in zip(rows, frontier.lines.to_dict("records"), strict=True):
        ends = line["ends"]
        if np.isfinite(ends):
            low = x[0] if not np.isfinite(line["ends_low"]) else line["ends_low"]
            high = _edges(x)[-1] if not np.isfinite(line["ends_high"]) else line["ends_high"]
            axes.plot(
                [low, high], [row + 0.12] * 2, color=INK, linewidth=2.5, solid_capstyle="butt"
            )
            axes.plot(ends, row + 0.12, "o", color="white", markeredgecolor=INK, markersize=6)
    axes.set_yticks(rows, [f"{v:g}" for v in y])
    axes.set_xticks(x, [f"{v:g}" for v in x])
    axes.set_xlabel(label_of(frontier.along))
    axes.set_ylabel(label_of(frontier.against))
    axes.set_title("Gain in per cent; the dot: where it is gone, with its 95 % interval")
    bar = axes.figure.colorbar(mesh, ax=axes, shrink=0.8)
    bar.set_label("collaborative gain, %")
    bar.outline.set_visible(False)  # type: ignore[operator]
    for side in axes.spines.values():
        side.set_visible(False)
    axes.tick_params(length=0)


def draw_sensitivity(axes: Axes, table: pd.DataFrame) -> None:
    """Draw first-order and total indices with their intervals, the largest at the top."""
    import numpy as np

    rows = np.arange(len(table))[::-1]
    for name, colour, shift, marker in (
        ("total", TOGETHER, 0.14, "o"),
        ("first", WARM, -0.14, "s"),
    ):
        below = table[name] - table[f"{name}_low"]
        above = table[f"{name}_high"] - table[name]
        axes.errorbar(
            table[name],
            rows + shift,
            xerr=[below, above],
            fmt=marker,
            color=colour,
            markersize=5,
            linewidth=1.5,
        )
    axes.axvline(0.0, color=INK, linewidth=0.8)
    axes.set_yticks(rows, list(table["parameter"]))
    axes.set_xlabel("share of the variance, with 95 % interval")
    axes.set_title("What the variance rests on")
    handles = [
        axes.plot([], [], "o", color=TOGETHER, label="in all, with what it does through others")[0],
        axes.plot([], [], "s", color=WARM, label="by itself")[0],
    ]
    axes.legend(handles=handles, frameon=False, loc="lower right", fontsize=9)


def label_of(key: str) -> str:
    """Return what an axis is called: a parameter's name in words, with its unit."""
    from cgsim.scenario.parameters import BY_NAME

    words = {"size": "members", "meetings": "meetings a month", "fund": "funded hours a month"}
    if key in words:
        return words[key]
    unit = BY_NAME[key].unit if key in BY_NAME else ""
    return cut(key.replace("_", " ") + (f" ({unit})" if unit else ""))


def _edges(values: Any) -> Any:
    import numpy as np

    middle = (values[1:] + values[:-1]) / 2
    return np.concatenate([[2 * values[0] - middle[0]], middle, [2 * values[-1] - middle[-1]]])
