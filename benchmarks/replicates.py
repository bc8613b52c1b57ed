"""What a replicate costs: drawing its world against living its arms, one core against all.

Run by ``make bench``.
"""

from __future__ import annotations

import statistics
import time
from functools import partial

import numpy as np

from cgsim.compiler import kernel
from cgsim.engine.batch import draw_run, new_workspace
from cgsim.engine.plan import given_network, plan, shape_of
from cgsim.engine.run import cores
from cgsim.portable.choice import use_engine
from cgsim.running.results import run_many
from cgsim.scenario import load
from cgsim.world.draw import new_world

REPLICATES = 4000
ROUNDS = 5


@partial(kernel, keep=False)
def draw_many(times, design, seed, ties, trust, world, work):
    for replicate in range(times):
        draw_run(design, 0, seed, replicate, ties, trust, world, work.shocks, work)


def time_drawing(scenario) -> float:
    shape = shape_of(scenario)
    work = new_workspace(shape)
    world = new_world(shape)
    given = given_network(scenario)
    arguments = (plan([scenario]), np.uint64(1), *given, world, work)
    draw_many(1, *arguments)
    begun = time.perf_counter()
    draw_many(2000, *arguments)
    return (time.perf_counter() - begun) / 2000


def time_replicates(scenario, workers: int) -> float:
    begun = time.perf_counter()
    run_many([scenario], REPLICATES, 1, workers=workers)
    return (time.perf_counter() - begun) / REPLICATES


def main() -> None:
    use_engine("native")
    # With a fund, so that the arm of equal money is lived and not copied from the arm alone.
    scenario = load("baseline", ["fund=40"])
    run_many([scenario], 2, 1)
    drawing, one, every = [], [], []
    for _ in range(ROUNDS):
        drawing.append(time_drawing(scenario))
        one.append(time_replicates(scenario, 1))
        every.append(time_replicates(scenario, cores()))
    draw, single, many = (statistics.median(x) * 1e6 for x in (drawing, one, every))
    print(f"Baseline with a fund, three arms. Medians of {ROUNDS} rounds.")
    print(f"drawing world and luck      {draw:8.1f} us a replicate")
    print(f"a replicate, one worker     {single:8.1f} us, measures and totals included")
    print(f"drawing / living the arms   {draw / (single - draw):8.2f}")
    print(f"{cores()} workers against one       {single / many:8.2f} times as fast")


if __name__ == "__main__":
    main()
