"""How long anybody waits: help, the first result of a fresh install, and a run after that.

``python benchmarks/start.py [--rounds 5] [--replicates 1000] [--against FOLDER]``. Each command is
a process of its own, in turns; the least of all rounds is printed beside its goal. Processor time
counts the work of all threads, so on a quiet machine with two cores a run takes less than that; on
a busy one it is the figure to look at. First every entry point is compiled for this machine, as the
process in the background does: a minute or so. ``--against`` measures another copy of cgsim's
sources (``src``) in the same turns.
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

SOURCES = Path(__file__).parents[1] / "src"


class Spent(NamedTuple):
    seconds: float  #: by the clock
    processor: float  #: of all threads


class Waited(NamedTuple):
    what: str
    command: tuple[str, ...]
    kept: str  #: which folder of compiled code it finds
    engine: str
    goal: float  #: seconds


def waits(replicates: int) -> tuple[Waited, ...]:
    run = ("run", "baseline", "--replicates", str(replicates))
    return (
        Waited("help", ("--help",), "nothing", "auto", 0.5),
        # The portable engine alone: a process that compiles meanwhile would be measured too.
        Waited("first result, nothing kept", run, "nothing", "wasm", 3.0),
        Waited("a run once all is compiled", run, "all", "native", 2.0),
        Waited("five runs, the same", (*run[:3], "5"), "all", "native", 2.0),
    )


def spent_by(
    module: str, arguments: tuple[str, ...], sources: Path, home: Path, kept: str, engine: str
) -> Spent:
    """Run a module of a copy of the sources; bytecode is kept, as an installation does."""
    environment = {
        **os.environ,
        "CGSIM_CACHE_DIR": str(home / kept),
        "CGSIM_ENGINE": engine,
        "PYTHONPATH": str(sources),
        "PYTHONPYCACHEPREFIX": str(home / "bytecode"),
    }
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
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
    parser.add_argument("--replicates", type=int, default=1000)
    parser.add_argument("--against", type=Path, help="the folder src of another version")
    options = parser.parse_args()
    versions = {"now": SOURCES}
    if options.against:
        versions["other"] = options.against.resolve()
    with tempfile.TemporaryDirectory() as folder:
        homes = {name: Path(folder) / name for name in versions}
        for name, sources in versions.items():
            where = (sources, homes[name], "all")
            compiled = spent_by("cgsim.entries", (), *where, "native")
            for wait in waits(options.replicates):  # bytecode, and the files' own cache
                spent_by("cgsim", wait.command, *where, wait.engine)
            seconds, processor = compiled
            print(f"{name}: every entry point compiled in {seconds:.0f} s, {processor:.0f} s of it")
            print("of the processor")
        found: dict[tuple[str, str], list[Spent]] = {}
        for number in range(options.rounds):
            for wait in waits(options.replicates):
                for name, sources in versions.items():
                    kept = wait.kept if wait.kept == "all" else f"{wait.kept}-{number}"
                    where = (sources, homes[name], kept)
                    spent = spent_by("cgsim", wait.command, *where, wait.engine)
                    found.setdefault((wait.what, name), []).append(spent)
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()},")
    print(f"load {os.getloadavg()[0]:.1f}. The least of {options.rounds} rounds, seconds.\n")
    print(f"{'':36}{'clock':>8}{'processor':>11}{'goal':>7}")
    for wait in waits(options.replicates):
        for name in versions:
            spent = least(found[wait.what, name])
            label = f"{wait.what}, {name}"
            print(f"{label:36}{spent.seconds:8.2f}{spent.processor:11.2f}{wait.goal:7.1f}")


if __name__ == "__main__":
    main()
