"""What an extension that does nothing costs: the same runs with it and without, side by side.

    python benchmarks/extensions.py [REPLICATES] [ROUNDS]

Both engines are compiled first. Then rounds with and without take turns in one process, on one
thread. The least time of the processor that a round took is compared, since other programs only
ever add to it; all numbers have to be the same to the last bit.
"""

import os
import sys
import tempfile
import time
from pathlib import Path

os.environ["CGSIM_ENGINE"] = "native"

import cgsim

NOTHING = """
from cgsim import extend

extend.parameter("idle", section="trust", default=0, low=0, high=1, unit="", help="Nothing.")
extend.column("idleness", unit="", help="nothing")


@extend.step(after="judge_promises")
def do_nothing(parameters, b, state):
    state.partnership[b].idleness = parameters.idle


@extend.step(before="settle_issues")
def do_nothing_before(month):
    return
"""
GOAL = 0.05


def timed(scenario, replicates):
    """Return how long the processor takes for runs, in seconds, and their measures."""
    began = time.process_time()
    results = cgsim.run(scenario, replicates, workers=1)
    return time.process_time() - began, results.measures


def main(replicates=100, rounds=15):
    """Print what each takes, and end with 1 where the goal is missed or a bit differs."""
    scenario = cgsim.load("baseline")
    taken = {"without": [], "with": []}
    same = True
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "nothing.py")
        file.write_text(NOTHING)
        timed(scenario, 1)
        with cgsim.use(file):
            timed(scenario, 1)
        for _ in range(rounds):
            seconds, plain = timed(scenario, replicates)
            taken["without"].append(seconds)
            with cgsim.use(file):
                timed(scenario, 1)
                seconds, extended = timed(scenario, replicates)
            taken["with"].append(seconds)
            same = same and plain.tobytes() == extended.tobytes()
            timed(scenario, 1)
    least = {name: min(seconds) for name, seconds in taken.items()}
    cost = least["with"] / least["without"] - 1
    for name, seconds in least.items():
        print(f"{name:8} {1000 * seconds / replicates:.3f} ms a replicate, least of {rounds}")
    print(f"An extension that does nothing costs {100 * cost:+.1f} % (goal: at most 5 %).")
    print(f"Numbers: {'the same to the last bit' if same else 'OTHER'}.")
    return int(cost > GOAL or not same)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
