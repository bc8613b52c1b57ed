"""Figures, each from a tidy table to axes: usable in a notebook as they are in a page.

One house style: few colours, those of the one palette, and never the only sign; labels beside what
they name; intervals always.
"""

from __future__ import annotations

import io
import textwrap
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from cgsim.answer import catalogue, names
from cgsim.answer.catalogue import term, word
from cgsim.answer.record import ALONE as ALONE
from cgsim.answer.record import GAINS, LOSES
from cgsim.answer.record import INK as INK
from cgsim.answer.record import MONEY as MONEY
from cgsim.measures import BY_NAME
from cgsim.whole import write_whole

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from cgsim.advice.declutter import Decluttered
    from cgsim.advice.designs import Advice
    from cgsim.analysis.frontier import Frontier

TOGETHER, WARM = GAINS, LOSES
PALE = "#d9d9d9"

STYLE: Any = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans", "Verdana"],  # the second where a reader lacks the first
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
NARROW = 5.0
"""Inches: figures that are less wide are for a telephone, and say less."""

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"


@contextmanager
def house_style(salt: str = "cgsim") -> Iterator[None]:
    """Draw in the house style, on no screen; ``salt`` goes into the ids that an SVG has inside."""
    import matplotlib

    with matplotlib.rc_context({**STYLE, "svg.hashsalt": salt}), warnings.catch_warnings():
        # A name may be in a script that the font lacks; in an SVG the reader's own fonts have it.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        yield


def new_figure(width: float = 7.0, height: float = 4.2) -> Figure:
    """Return an empty figure that no window knows of; sizes in inches."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")


def plotted(draw: Callable[[Axes], None], axes: Axes | None = None) -> Axes:
    """Draw into axes, or in the house style into new ones of ``pyplot``, and return them."""
    if axes is None:
        import matplotlib.pyplot as plt

        with house_style():
            _, axes = plt.subplots(figsize=(7.0, 4.2), layout="constrained")
            draw(axes)
        return axes
    draw(axes)
    return axes


def drawn_in(draw: Callable[[Figure], None], figure: Figure | None = None) -> list[Axes]:
    """Draw into a figure, or in the house style into a new one of ``pyplot``; return its axes."""
    if figure is None:
        import matplotlib.pyplot as plt

        with house_style():
            figure = plt.figure(figsize=(7.4, 4.2), layout="constrained")
            draw(figure)
    else:
        draw(figure)
    return list(figure.axes)


def cut(text: str, longest: int = LONGEST) -> str:
    """Return a text short enough for a figure, with no characters that do not print."""
    text = printing(text[: longest + 1])
    return text if len(text) <= longest else text[: longest - 1] + "…"


def printing(text: str) -> str:
    """Return a text with a space for every character that does not print.

    An XML file may not hold control characters; others turn the direction of what follows.
    """
    return "".join(c if c.isprintable() else " " for c in text)


def printing_lines(text: str) -> str:
    """Return a text of several lines with a space for every other character that does not print."""
    return "\n".join(printing(line) for line in text.split("\n"))


def is_narrow(axes: Axes) -> bool:
    """Tell whether axes stand in a figure for a telephone."""
    figure = axes.get_figure(root=True)
    return figure is not None and figure.get_figwidth() < NARROW


def size_of(axes: Axes) -> tuple[float, float]:
    """Return the width and height of axes in inches, about: before they are laid out."""
    figure = axes.get_figure(root=True)
    if figure is None:
        return 5.0, 3.0
    place = axes.get_position()
    return place.width * figure.get_figwidth(), place.height * figure.get_figheight()


def apart(axes: Axes, values: Sequence[float], size: float = 10.0) -> list[float]:
    """Return heights for labels, moved apart so that texts of ``size`` points do not overlap.

    The limits of the vertical axis are to be set before.
    """
    import numpy as np

    low, high = axes.get_ylim()
    gap = 1.35 * size / 72 * (high - low) / max(0.1, size_of(axes)[1])
    order = np.argsort(values, kind="stable")
    placed = np.array(values, float)[order]
    for _ in range(200):
        lacks = gap - np.diff(placed)
        if not (lacks > 1e-9 * gap).any():
            break
        for lower in np.flatnonzero(lacks > 0):
            lack = gap - (placed[lower + 1] - placed[lower])
            placed[lower] -= max(0.0, lack) / 2
            placed[lower + 1] += max(0.0, lack) / 2
    moved = np.empty(len(placed))
    moved[order] = placed
    return [float(value) for value in moved]


def set_ticks(axes: Axes, given: Any) -> None:
    """Put ticks at the values of a factor, as many as there is room for."""
    import numpy as np
    from matplotlib.ticker import MaxNLocator

    values = np.unique(np.asarray(given, float))
    if len(values) > 30:
        axes.xaxis.set_major_locator(MaxNLocator(6, integer=bool(np.all(values % 1 == 0))))
        return
    span = max(1e-12, float(values[-1] - values[0]))
    width = size_of(axes)[0]
    kept: list[float] = []
    for value in values[::-1]:  # numbers that stand too close hide each other
        longest = max(len(f"{v:g}") for v in [value, *kept[-1:]])
        if not kept or (kept[-1] - value) / span * width >= 0.1 + 0.1 * longest:
            kept.append(float(value))
    axes.set_xticks(kept, [f"{value:g}" for value in kept])


def folded(text: str, width: int) -> str:
    """Return a label broken into lines of about ``width`` characters, three at most."""
    lines = textwrap.wrap(cut(text), width)
    return "\n".join(lines if len(lines) <= 3 else [*lines[:2], lines[2] + " …"])


def as_svg(
    draw: Callable[[Figure], None],
    size: tuple[float, float],
    identity: str,
    title: str,
    description: str,
) -> str:
    """Return a figure as an SVG element to stand in a page, with a title and a description.

    ``identity`` is put before every id inside, so that several figures can share one page.
    """
    stream = io.BytesIO()
    with house_style(identity):
        figure = new_figure(*size)
        draw(figure)
        figure.savefig(stream, format="svg", metadata={"Date": None})
    return _embedded(stream.getvalue(), identity, title, description)


def _embedded(data: bytes, identity: str, title: str, description: str) -> str:
    ElementTree.register_namespace("", SVG)
    root = ElementTree.fromstring(data)  # what matplotlib has just written
    for parent in list(root.iter()):
        for child in list(parent):
            # The style sheet of one figure would hold for the whole page.
            if child.tag == f"{{{SVG}}}metadata" or child.tag == f"{{{SVG}}}style":
                parent.remove(child)
    for element in root.iter():
        for key, value in list(element.attrib.items()):
            if key == "id":
                element.set("id", f"{identity}-{value}")
            elif key == f"{{{XLINK}}}href":
                del element.attrib[key]
                inside = value.startswith("#")
                element.set("href", f"#{identity}-{value[1:]}" if inside else value)
            elif "url(#" in value:
                element.set(key, value.replace("url(#", f"url(#{identity}-"))
    for key in ("width", "height", "version"):
        root.attrib.pop(key, None)
    root.set("role", "img")
    root.set("aria-labelledby", f"{identity}-title {identity}-desc")
    root.set("style", "stroke-linejoin: round; stroke-linecap: butt")
    for place, (tag, text) in enumerate((("title", title), ("desc", description))):
        told = ElementTree.Element(f"{{{SVG}}}{tag}", {"id": f"{identity}-{tag}"})
        told.text = printing(text)
        root.insert(place, told)
    return ElementTree.tostring(root, encoding="unicode")


def save_figure(
    figure: Figure, path: Path, metadata: Mapping[str, str], kind: str | None = None
) -> str:
    """Write a figure as SVG, PNG or PDF, by the path's ending if not said, with metadata inside."""
    kind = kind or path.suffix.lstrip(".").lower()
    about = printing("; ".join(f"{key}: {value}" for key, value in metadata.items()))
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


def save_drawing(
    path: Path, size: tuple[float, float], draw: Callable[[Axes], None], title: str, seed: int
) -> None:
    """Draw a picture of one panel, ``size`` in inches, in the house style, and write it."""
    with house_style():
        figure = new_figure(*size)
        draw(figure.subplots())
        save_figure(figure, path, {"title": title, "seed": str(seed)})


def draw_frontier(axes: Axes, frontier: Frontier) -> None:
    """Draw the gain over two levers, and the line where it is gone with its 95 % band."""
    import numpy as np
    from matplotlib.colors import LinearSegmentedColormap, TwoSlopeNorm

    x, y = frontier.along_values, frontier.against_values
    rows = np.arange(len(y))
    gain = 100 * frontier.gain
    reach = max(1e-6, float(np.abs(gain).max()))
    # The values of the second lever stand at equal distances: they are choices, not a scale.
    mesh = axes.pcolormesh(
        _edges(x),
        np.arange(len(y) + 1) - 0.5,
        gain,
        cmap=LinearSegmentedColormap.from_list("gain", [LOSES, "#ffffff", GAINS]),
        norm=TwoSlopeNorm(0.0, -reach, reach),
        edgecolors="white",
        linewidth=1.0,
    )
    for row in rows:
        for column, value in enumerate(gain[row] if not is_narrow(axes) else ()):
            pale = abs(value) < 0.6 * reach
            axes.text(
                x[column],
                row - 0.28,
                catalogue.figure(value, ".1f"),
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
            if frontier.replicates > 1:
                axes.plot(
                    [low, high], [row + 0.12] * 2, color=INK, linewidth=2.5, solid_capstyle="butt"
                )
            size = 4 if is_narrow(axes) else 6
            axes.plot(ends, row + 0.12, "o", color="white", markeredgecolor=INK, markersize=size)
    axes.set_yticks(rows, [f"{v:g}" for v in y])
    set_ticks(axes, x)
    axes.set_xlabel(cut(names.axis(frontier.along)))
    axes.set_ylabel(cut(names.axis(frontier.against)))
    axes.set_title(word("drawing.frontier"))
    bar = axes.figure.colorbar(mesh, ax=axes, shrink=0.8)
    bar.set_label(word("drawing.measure", words=cut(term(BY_NAME[frontier.measure].words))))
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
    axes.set_xlabel(word("drawing.variance"))
    axes.set_title(word("drawing.variance_title"))
    total, first = word("drawing.variance_total"), word("drawing.variance_first")
    handles = [
        axes.plot([], [], "o", color=TOGETHER, label=total)[0],
        axes.plot([], [], "s", color=WARM, label=first)[0],
    ]
    axes.legend(handles=handles, frameon=False, loc="lower right", fontsize=9)


MOST_NAMED = 40
"""Of more groups the map of overlaps shows no names: they would not be read."""


def draw_overlaps(figure: Figure, found: Decluttered) -> None:
    """Draw which groups overlap, as a matrix, and beside it what closing each alone does.

    Groups stand in the order of ``Decluttered.order``, in which those that overlap are neighbours.
    """
    import numpy as np
    from matplotlib.colors import LinearSegmentedColormap

    order = found.order
    count = len(order)
    shared = 100 * found.overlaps[np.ix_(order, order)]
    np.fill_diagonal(shared, np.nan)
    left, right = figure.subplots(1, 2, sharey=True, width_ratios=(2.2, 1.0))
    both = ["#ffffff", GAINS]
    colours = LinearSegmentedColormap.from_list("shared", both).with_extremes(bad=PALE)
    top = float(np.nanmax(shared, initial=0.0)) or 1.0
    mesh = left.imshow(shared, cmap=colours, vmin=0.0, vmax=top, aspect="auto")
    narrow = is_narrow(left)
    size = 8.0 if count <= 20 else 6.0
    if count <= MOST_NAMED:
        labels = [cut(folded(found.names[b], 16 if narrow else 28), 40) for b in order]
        left.set_yticks(np.arange(count), labels, fontsize=size)
    else:
        left.set_yticks([])
    left.set_xticks([])
    for row in range(count if count <= 12 and not narrow else 0):
        for column in range(count):
            value = shared[row, column]
            if value >= 0.5:
                colour = "white" if value > 0.6 * top else INK
                left.text(
                    column, row, f"{value:.0f}", ha="center", va="center", fontsize=7, color=colour
                )
    bar = figure.colorbar(mesh, ax=left, location="bottom", shrink=0.8)
    bar.set_label(word("drawing.overlap"))
    bar.outline.set_visible(False)  # type: ignore[operator]
    table = found.groups.iloc[order]
    value, low, high = (
        100 * table[name].to_numpy(float) for name in ("without", "without_low", "without_high")
    )
    rows = np.arange(count)
    for chosen, colour, marker in ((value > 0, TOGETHER, "o"), (value <= 0, WARM, "s")):
        right.hlines(rows[chosen], low[chosen], high[chosen], color=colour, linewidth=1.6)
        right.plot(value[chosen], rows[chosen], marker, color=colour, markersize=4.0)
    right.axvline(0.0, color=INK, linewidth=0.8)
    right.set_xlabel(folded(word("drawing.without"), 14 if narrow else 40))
    right.tick_params(axis="y", length=0)
    for axes in (left, right):
        axes.tick_params(axis="y", length=0)
    for side in left.spines.values():
        side.set_visible(False)


def _edges(values: Any) -> Any:
    import numpy as np

    middle = (values[1:] + values[:-1]) / 2
    return np.concatenate([[2 * values[0] - middle[0]], middle, [2 * values[-1] - middle[-1]]])


def draw_designs(axes: Axes, advice: Advice, most: int = 12) -> None:
    """Draw the most robust designs: the middle half of draws, the median, and the advised one."""
    table = advice.designs.head(most)
    for row, design in enumerate(table.to_dict("records")):
        chosen = row == 0
        colour = TOGETHER if chosen else ALONE
        low, middle, high = (100 * design[key] for key in ("p25", "median", "p75"))
        axes.plot([low, high], [row, row], color=colour, linewidth=6 if chosen else 4)
        axes.plot([middle], [row], "|", color=INK, markersize=9)
    designs = [{k: float(d[k]) for k in advice.levers} for d in table.to_dict("records")]
    labels = [names.design(design) for design in designs]
    labels[:1] = [word("advice.is_advised", design=label) for label in labels[:1]]
    axes.set_yticks(range(len(table)), [textwrap.fill(name, 44) for name in labels])
    axes.tick_params(axis="y", labelsize=7)
    axes.invert_yaxis()
    axes.axvline(0.0, color=INK, linewidth=0.8)
    measure = BY_NAME[advice.measure]
    told = {"words": term(measure.words), "of": term(measure.of)}
    axes.set_xlabel(folded(word("drawing.designs", **told), 70))
