"""Microseconds per arm, side by side in one run: the engine, a C program, the rules uncompiled.

Run by ``make bench``. Every program lives the same worlds, drawn by the engine. The C program
(``reference/model.c``) was written separately from the same model page, to be as fast as a C
programmer would make it; both are checked against each other on every world that is timed.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent / "reference"))

from cgsim.compiler import kernel
from cgsim.engine import replay
from cgsim.engine.life import live_arm
from cgsim.rules.state import Switches, new_record, new_state
from cgsim.scenario import load

ROUNDS = 9


def repeat(times, *life):
    for _ in range(times):
        live_arm(*life)


compiled_repeat = kernel(repeat, keep=False)


def engine_arguments(file: replay.WorldFile, arm: str) -> tuple:
    months, agencies = file.shocks.absence.shape
    shape = replay.shape_of_world(file)
    own = shape if arm == "together" else shape.apart
    return (
        file.settings.view(np.recarray),
        file.levers.view(np.recarray),
        file.asks.view(np.recarray),
        file.agendas,
        file.regime,
        Switches(),
        file.world,
        file.shocks,
        np.zeros((months, agencies)),
        new_state(own),
        new_record(own),
    )


def time_engine(file: replay.WorldFile, arm: str, seconds: float) -> float:
    arguments = engine_arguments(file, arm)
    compiled_repeat(1, *arguments)
    begun = time.process_time()
    compiled_repeat(1, *arguments)
    once = time.process_time() - begun
    times = max(1, int(seconds / max(once, 1e-6)))
    begun = time.process_time()
    compiled_repeat(times, *arguments)
    return (time.process_time() - begun) / times


def worlds(assignments: list[str], count: int, folder: Path) -> list[tuple[dict, replay.WorldFile]]:
    import json

    made = []
    scenario = load("baseline", assignments)
    for number in range(count):
        tables = replay.export_world(scenario, 1, number)
        path = folder / f"{number}.json"
        path.write_text(json.dumps(tables))
        file = replay.read_world(path)
        largest = max(size for _, _, size in replay.differences(file))
        assert largest == 0.0
        made.append((tables, file))
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.05, help="per timing")
    parser.add_argument("--quick", action="store_true", help="the baseline only")
    parser.add_argument("--uncompiled", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.uncompiled:
        with tempfile.TemporaryDirectory() as folder:
            ((_, file),) = worlds([], 1, Path(folder))
        for arm in ("together", "alone"):
            print(f"{'baseline, uncompiled':26}{arm:10}{time_engine(file, arm, 0) * 1e6:8.0f}us")
        return
    try:
        import reference

        reference.library()
    except (ImportError, OSError) as error:
        reference = None
        print(f"No C program to compare with ({error}).")
    cases = [[]]
    if not options.quick:
        cases += [[f"size={n}", "agencies=40"] for n in (4, 8, 16, 32)]
        cases += [[f"agencies={n}"] for n in (40, 80)]
        cases += [["months=144"]]
    print(f"{platform.processor() or platform.machine()}, Python {platform.python_version()}, ")
    print(f"Numba {version('numba')}. Medians of {ROUNDS} rounds, {options.worlds} worlds each.\n")
    print(f"{'case':26}{'arm':10}{'engine':>10}{'C':>10}{'ratio':>8}")
    for assignments in cases:
        with tempfile.TemporaryDirectory() as folder:
            made = worlds(assignments, options.worlds, Path(folder))
        for arm in ("together", "alone"):
            engine, c = [], []
            for _ in range(ROUNDS):  # taking turns, so that a busy moment hits both
                engine.append(
                    statistics.mean(time_engine(f, arm, options.seconds / 10) for _, f in made)
                )
                if reference:
                    c.append(
                        statistics.mean(
                            reference.seconds_per_arm(
                                t, arm == "together", repeats=3, seconds=options.seconds / 10
                            )[1]
                            for t, _ in made
                        )
                    )
            ours = statistics.median(engine) * 1e6
            line = f"{' '.join(assignments) or 'baseline':26}{arm:10}{ours:8.1f}us"
            if c:
                theirs = statistics.median(c) * 1e6
                line += f"{theirs:8.1f}us{ours / theirs:8.2f}"
            print(line, flush=True)
    print(flush=True)
    subprocess.run(
        [sys.executable, __file__, "--uncompiled"],
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        check=True,
    )


if __name__ == "__main__":
    main()
