"""How long anybody waits: help, the first result of a fresh install, and a run after that.

``python benchmarks/start.py [--rounds 5] [--compile]``. Each command is a process of its own, in
turns; the least of all rounds is printed beside its goal. Processor time counts the work of all
threads, so on a quiet machine with two cores a run takes less than that; on a busy one it is the
figure to look at. ``--compile`` also compiles every entry point for this machine, as the process in
the background does: about half a minute.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

RUN = ("run", "baseline", "--replicates", "500")


class Spent(NamedTuple):
    seconds: float  #: by the clock
    processor: float  #: of all threads


class Waited(NamedTuple):
    what: str
    command: tuple[str, ...]
    fresh: bool  #: with nothing kept from before
    goal: float  #: seconds


WAITS = (
    Waited("help", ("--help",), True, 0.5),
    Waited("first result, nothing kept", RUN, True, 3.0),
    Waited("the same again", RUN, False, 2.0),
)


def spent_by(module: str, arguments: tuple[str, ...], cache: Path, engine: str) -> Spent:
    environment = {**os.environ, "CGSIM_CACHE_DIR": str(cache), "CGSIM_ENGINE": engine}
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [sys.executable, "-m", module, *arguments]
    subprocess.run(command, check=True, capture_output=True, env=environment)
    seconds, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Spent(seconds, processor)


def least(spent: list[Spent]) -> Spent:
    return Spent(*(min(column) for column in zip(*spent, strict=True)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--compile", action="store_true", help="compile the native engine as well")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "kept"
        for arguments in {wait.command for wait in WAITS}:  # bytecode, and the files' own cache
            spent_by("cgsim", arguments, kept, "auto")
        found: dict[str, list[Spent]] = {wait.what: [] for wait in WAITS}
        for number in range(options.rounds):
            for place, wait in enumerate(WAITS):
                cache = Path(folder) / f"{number}-{place}" if wait.fresh else kept
                found[wait.what].append(spent_by("cgsim", wait.command, cache, "auto"))
        print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()},")
        print(f"load {os.getloadavg()[0]:.1f}. The least of {options.rounds} rounds, seconds.\n")
        print(f"{'':30}{'clock':>8}{'processor':>11}{'goal':>7}")
        for wait in WAITS:
            spent = least(found[wait.what])
            print(f"{wait.what:30}{spent.seconds:8.2f}{spent.processor:11.2f}{wait.goal:7.1f}")
        if options.compile:
            spent = spent_by("cgsim.entries", (), Path(folder) / "compiled", "native")
            print(f"{'compiling every entry point':30}{spent.seconds:8.1f}{spent.processor:11.1f}")
    print(f"\nThe runs are those of: cgsim {' '.join(RUN)}")


if __name__ == "__main__":
    main()
