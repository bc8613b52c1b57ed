"""Draw the mean gain of every library scenario with its interval: docs/pictures/library.svg."""

from __future__ import annotations

from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.figure import Figure

from cgsim.running.results import run
from cgsim.scenario import library

REPLICATES = 1000


def main() -> None:
    """Run the library and draw it."""
    matplotlib.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "cgsim", "font.size": 10})
    results = [run(name, REPLICATES) for name in library.names()]
    results.sort(key=lambda r: r.estimate("gain").value)
    figure = Figure(figsize=(7.5, 4.6), layout="constrained")
    axes = figure.subplots()
    for height, result in enumerate(results):
        gain = result.estimate("gain")
        low, high = np.quantile(result.column("gain"), [0.05, 0.95])
        colour = "#b35806" if gain.high < 0 else "#2166ac" if gain.low > 0 else "#555555"
        axes.plot([100 * low, 100 * high], [height] * 2, color=colour, linewidth=1)
        axes.plot(
            [100 * gain.low, 100 * gain.high],
            [height] * 2,
            color=colour,
            linewidth=7,
            marker="o",
            markersize=5,
        )
        below = gain.value < 0 and gain.high < 0  # its number stands away from the zero line
        axes.annotate(
            f"{100 * gain.value:.1f} %",
            (100 * (min(low, gain.low) if below else max(high, gain.high)), height),
            xytext=(-6 if below else 6, 0),
            textcoords="offset points",
            ha="right" if below else "left",
            va="center",
            color=colour,
        )
    axes.axvline(0, color="black", linewidth=0.8)
    axes.set_yticks(range(len(results)), [r.scenario.name for r in results])
    axes.set_xlabel("collaborative gain, % of what the founding members meet by themselves")
    axes.margins(x=0.14)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0)
    path = Path(__file__).with_suffix(".svg")
    figure.savefig(path, metadata={"Date": None, "Title": "Gain of the library's scenarios"})


if __name__ == "__main__":
    main()
