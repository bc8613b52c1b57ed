"""Time and memory of landscapes: 10 to 1,000 partnerships of 8, ten times as many agencies.

Each is lived in a process of its own, 72 months in three arms: seconds of processor time, the peak
of the process, and what it took before. In one area with the issues of all partnerships squared
with all (``coupling`` as it is), in one where nothing but common objectives couples, and in areas
of ten partnerships: with one agency in a hundred national, whose seats grow with the number of
areas, and with none.

``python benchmarks/landscapes.py [--plot FILE]`` prints a table, and draws it. The native engine
is measured, or the one that ``CGSIM_ENGINE`` names.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np

from cgsim.engine.plan import bytes_of, shape_of
from cgsim.engine.run import ARMS, Simulation
from cgsim.portable.choice import use_engine
from cgsim.scenario import load

COUNTS = (10, 30, 100, 300, 1000)
OBJECTIVES = 60
"""So many that most partnerships have agendas apart."""


OF_AN_AREA = 10
"""Partnerships in each of several areas."""


class Kind(NamedTuple):
    """A kind of landscape: what couples, and whether there are areas."""

    label: str
    coupling: float
    in_areas: bool
    national: float = 0.01  #: share of agencies


KINDS = (
    Kind("areas of 10 partnerships, 1 % national", 0.2, True),
    Kind("areas of 10 partnerships, none national", 0.2, True, 0.0),
    Kind("one area, common objectives touch", 0.0, False),
    Kind("one area, all touch", 0.2, False),
)


def landscape(count: int, kind: Kind, folder: Path):
    """Return a scenario of so many partnerships, 60 objectives in all where there is one area."""
    areas = count // OF_AN_AREA if kind.in_areas else 1
    objectives = 4 if kind.in_areas else OBJECTIVES
    lines = ['title = "A landscape"', 'summary = "Many."', "[world]"]
    lines += [f"agencies = {10 * count}", f"objectives = {objectives}"]
    lines += [f"areas = {areas}", f"national_share = {kind.national if areas > 1 else 0}"]
    lines += ["[coordination]", f"coupling = {kind.coupling}"]
    for b in range(count):
        lines += ["[[partnership]]", f'name = "group {b}"', "size = 8", 'recruit = "random"']
        lines += [f'focus = ["objective {1 + b % objectives}"]', f"area = {1 + b * areas // count}"]
    path = folder / "landscape.toml"
    path.write_text("\n".join(lines))
    return load(str(path))


def peak() -> float:
    """Return the most memory that this process took, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def live(scenario) -> None:
    """Live one run in three arms."""
    simulation = Simulation([scenario], np.zeros(1, int), np.arange(1), 1, ARMS)
    for task in simulation.tasks():
        simulation.live(task)


def measure(count: int, kind: Kind) -> None:
    """Measure one landscape in this process, and say it as a line of numbers."""
    use_engine(os.environ.get("CGSIM_ENGINE", "native"))
    live(load("baseline"))
    with tempfile.TemporaryDirectory() as folder:
        scenario = landscape(count, kind, Path(folder))
    before, began = peak(), time.process_time()
    live(scenario)
    seconds = time.process_time() - began
    estimate = bytes_of(shape_of(scenario), len(ARMS)) / 2**20
    print(seconds, peak(), before, estimate)


def draw(rows: list[list[float]], path: Path) -> None:
    """Draw seconds and memory against partnerships; ``rows`` (kind, count, seconds, peak, ...)."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "landscapes"}):
        figure = Figure(figsize=(9, 3.6), layout="constrained")
        for axes, column, label in zip(
            figure.subplots(1, 2), (2, 3), ("processor time, seconds", "peak, MB"), strict=True
        ):
            for number, kind in enumerate(KINDS):
                mine = [row for row in rows if row[0] == number]
                axes.plot([r[1] for r in mine], [r[column] for r in mine], "o-", label=kind.label)
            axes.set(xscale="log", yscale="log", xlabel="partnerships of 8", ylabel=label)
            axes.set_xticks(COUNTS, map(str, COUNTS))
            axes.minorticks_off()
            axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False, loc="upper left")
        figure.savefig(path, metadata={"Date": None})


def main() -> None:
    """Measure every landscape in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--plot", type=Path, help="draw it to this file")
    parser.add_argument("--one", nargs=2, type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        measure(options.one[0], KINDS[options.one[1]])
        return
    print("| landscape | partnerships | seconds | peak, MB | before, MB | estimate, MiB |")
    print("|---|---|---|---|---|---|", flush=True)
    rows = []
    for number, kind in enumerate(KINDS):
        for count in COUNTS:
            command = [sys.executable, __file__, "--one", str(count), str(number)]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            values = [float(word) for word in done.stdout.split()]
            rows.append([number, count, *values])
            seconds, *sizes = values
            told = " | ".join(f"{size:.0f}" for size in sizes)
            print(f"| {kind.label} | {count} | {seconds:.2f} | {told} |", flush=True)
    if options.plot:
        draw(rows, options.plot)


if __name__ == "__main__":
    main()
