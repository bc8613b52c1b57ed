"""Small experiments, and what a results folder holds, for tests of several folders."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import cgsim
from cgsim.experiment.design import Experiment, Factor, Precision

HERE = Path(__file__).parent
TINY = ("months=24", "agencies=8", "size=4")
BESIDE_THE_POINT = ("began", "ended", "seconds", "commit")
"""What a manifest says of clocks, and of who is at work on cgsim: all else has to be the same."""


def small_experiment(**changes):
    """Six design points of a tiny world: sizes by meetings."""
    settings = {
        "scenarios": {"baseline": cgsim.load("baseline", TINY)},
        "design": "factorial",
        "factors": (Factor("size", (2, 3, 4)), Factor("meetings", (1.0, 2.0))),
        "replicates": 40,
        "name": "small",
        "title": "A small experiment",
        "question": "Does it come out?",
    }
    return Experiment(**{**settings, **changes})


def precise_experiment(**changes):
    """Two design points, lived until the gain is known well enough."""
    factors = (Factor("meetings", (1.0, 2.0)),)
    precision = Precision("gain", 0.002, 2000)
    return small_experiment(factors=factors, replicates=64, precision=precision, **changes)


def files_of(folder):
    """Every file in a folder and those below, by name, with its bytes."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(Path(folder).rglob("*"))
        if path.is_file()
    }


def table_of(folder):
    """What a finished batch tells, the clock left out: names and bytes of its files."""
    found = files_of(folder)
    manifest = json.loads(found.pop("manifest.json"))
    assert manifest["complete"]
    found["manifest"] = {k: v for k, v in manifest.items() if k not in BESIDE_THE_POINT}
    return found


def hidden(folder):
    """What is left in a folder that nobody should see."""
    return sorted(name for name in files_of(folder) if "/." in f"/{name}")


def cgsim_process(*arguments, cwd=None, **environment):
    """Start the program, and return at once."""
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "cgsim", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=cwd,
        env={**os.environ, "COLUMNS": "110", **environment},
    )


def run_cgsim(*arguments, code=0, cwd=None, **variables):
    """Run the program to its end, which has to be the exit code; return (stdout, stderr)."""
    from tests import program  # not where this file is part of a program that is killed

    done = program.run(*arguments, cwd=cwd, timeout=120, **{"COLUMNS": "110", **variables})
    assert "Traceback" not in done.stderr, done.stderr
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout, done.stderr


def cgsim_here(monkeypatch, *arguments):
    """Run the program in this process, where its parts can be replaced; return its exit code."""
    from cgsim.cli import app

    monkeypatch.setattr(sys, "argv", ["cgsim", *map(str, arguments)])
    try:
        app.main()
    except SystemExit as ended:
        return ended.code or 0
    return 0


def until(condition, seconds=30.0):
    """Wait until something is so; fail if it is not in time."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.005)
