"""Draw the order of a month, read from ``rules/month.py``: docs/pictures/month.svg."""

from __future__ import annotations

import sys
from itertools import groupby
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from cgsim.pictures.figures import STYLE, TOGETHER

sys.path.insert(0, str(Path(__file__).parents[1]))
import model_page

LINE = 0.26
GAP = 0.16


def main() -> None:
    """Draw a box for each step, with its rules; those done for each partnership in turn marked."""
    groups = [(name, list(done)) for name, done in groupby(model_page.order(), lambda d: d.module)]
    steps = model_page.steps()
    height = sum(LINE * (len(done) + 1) + 2 * GAP for _, done in groups) + LINE
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(6.4, height))
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set_axis_off()
        axes.set_xlim(0, 6.4)
        axes.set_ylim(height, 0)
        top = GAP / 2
        for place, (name, done) in enumerate(groups):
            number, title, _ = steps[name]
            tall = LINE * (len(done) + 1) + GAP
            box = FancyBboxPatch(
                (0.15, top),
                6.1,
                tall,
                boxstyle="round,pad=0,rounding_size=0.08",
                fc="none",
                ec="#8c949d",
            )
            axes.add_patch(box)
            line = top + GAP / 2 + LINE / 2
            axes.text(0.3, line, f"{number}  {title}", weight="bold", va="center")
            for rule in done:
                line += LINE
                words = rule.rule.replace("_", " ")
                axes.text(0.6, line, words, va="center")
                if rule.each:
                    told = "each partnership in turn"
                    axes.text(6.1, line, told, va="center", ha="right", color=TOGETHER, size=9)
                if rule.unless:
                    told = f"only without “{rule.unless}”"
                    axes.text(6.1, line, told, va="center", ha="right", color="#5b6470", size=9)
            top += tall
            if place < len(groups) - 1:
                arrow = {"arrowstyle": "-|>", "color": "#8c949d"}
                axes.annotate("", (3.2, top + GAP), (3.2, top), arrowprops=arrow)
            top += GAP
        axes.text(0.15, top + LINE / 2, "then the next month", va="center", color="#5b6470", size=9)
        path = Path(__file__).with_suffix(".svg")
        figure.savefig(path, metadata={"Date": None, "Title": "The order of a month"})


if __name__ == "__main__":
    main()
