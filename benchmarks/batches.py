"""A stored batch beside the engine alone: the same runs, in one go.

2,000 replicates x 50 design points x 2 arms. What a batch needs beyond drawing and living the
worlds (measuring, storing, hashing, summaries) should be less than 15 % of its time.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from cgsim.engine.run import ARMS, Simulation, cores
from cgsim.experiment.design import Experiment, Factor
from cgsim.portable.choice import use_engine
from cgsim.running.batch import run_experiment
from cgsim.running.computing import compute, job_of
from cgsim.scenario import load
from cgsim.store.parts import Part


def experiment(replicates: int) -> Experiment:
    return Experiment(
        scenarios={"baseline": load("baseline")},
        design="factorial",
        factors=(
            Factor("size", (4, 5, 6, 7, 8, 9, 10, 12, 14, 16)),
            Factor("meetings", (0.25, 0.5, 1, 2, 4)),
        ),
        replicates=replicates,
        arms=ARMS[:2],
    )


def engine_alone(planned: Experiment) -> float:
    """Draw and live all runs over all cores, and keep nothing."""
    scenarios = [planned.scenario_at(n) for n in range(len(planned.points))]
    points = np.repeat(np.arange(len(scenarios)), planned.replicates)
    numbers = np.tile(np.arange(planned.replicates), len(scenarios))
    simulation = Simulation(scenarios, points, numbers, planned.seed, planned.arms)
    began = time.perf_counter()
    with ThreadPoolExecutor(cores()) as pool:
        list(pool.map(lambda task: simulation.live(task) and None, simulation.tasks()))
    return time.perf_counter() - began


def stored(planned: Experiment) -> float:
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        run_experiment(planned, Path(folder) / "out")
        return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replicates", type=int, default=2000)
    parser.add_argument("--times", type=int, default=3)
    chosen = parser.parse_args()
    use_engine("native")
    planned = experiment(chosen.replicates)
    compute(job_of(planned, Part(0, 0, 0, 0), ""))
    rows = []
    for number in range(chosen.times):  # turn about, so that a busy machine slows both
        alone, batch = engine_alone(planned), stored(planned)
        rows.append((alone, batch))
        print(f"{number}: engine {alone:.2f} s, batch {batch:.2f} s, {alone / batch:.0%} engine")
    share = statistics.median(a / b for a, b in rows)
    runs = planned.replicates * len(planned.points)
    print(
        f"{runs:,} replicates x 2 arms on {cores()} cores: median {share:.0%} of a batch is engine"
    )


if __name__ == "__main__":
    main()
