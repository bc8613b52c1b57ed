"""Time and memory of landscapes: 10 to 1,000 partnerships of 8, ten times as many agencies.

Each is lived in a process of its own, 72 months in three arms: seconds of processor time, the peak
of the process, and what it took before. Once with the issues of all partnerships squared with all
(``coupling`` as it is), and once where nothing but common objectives couples.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from cgsim.engine.plan import bytes_of, shape_of
from cgsim.engine.run import ARMS, Simulation
from cgsim.portable.choice import use_engine
from cgsim.scenario import load

COUNTS = (10, 30, 100, 300, 1000)
OBJECTIVES = 60
"""So many that most partnerships have agendas apart."""


def landscape(count: int, coupling: float, folder: Path):
    lines = ['title = "A landscape"', 'summary = "Many."', "[world]"]
    lines += [f"agencies = {10 * count}", f"objectives = {OBJECTIVES}"]
    lines += ["[coordination]", f"coupling = {coupling}"]
    for b in range(count):
        lines += ["[[partnership]]", f'name = "group {b}"', "size = 8", 'recruit = "random"']
        lines += [f'focus = ["objective {1 + b % OBJECTIVES}"]']
    path = folder / "landscape.toml"
    path.write_text("\n".join(lines))
    return load(str(path))


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def live(scenario) -> None:
    simulation = Simulation([scenario], np.zeros(1, int), np.arange(1), 1, ARMS)
    for task in simulation.tasks():
        simulation.live(task)


def measure(count: int, coupling: float) -> None:
    use_engine("native")
    live(load("baseline"))
    with tempfile.TemporaryDirectory() as folder:
        scenario = landscape(count, coupling, Path(folder))
    before, began = peak(), time.process_time()
    live(scenario)
    estimate = bytes_of(shape_of(scenario), len(ARMS)) / 2**20
    seconds = time.process_time() - began
    print(
        f"| {count} | {coupling} | {seconds:.2f} | {peak():.0f} | {before:.0f} | {estimate:.0f} |"
    )


def main() -> None:
    if len(sys.argv) > 1:
        measure(int(sys.argv[1]), float(sys.argv[2]))
        return
    print("| partnerships | `coupling` | seconds | peak, MB | before, MB | estimate, MiB |")
    print("|---|---|---|---|---|---|", flush=True)
    for coupling in (0.2, 0.0):
        for count in COUNTS:
            subprocess.run([sys.executable, __file__, str(count), str(coupling)], check=True)


if __name__ == "__main__":
    main()
