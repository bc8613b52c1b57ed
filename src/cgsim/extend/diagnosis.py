"""Where an extension went wrong in a run: the run lived again in plain Python, step by step.

Machine code neither knows the line it is at nor looks whether a number is one. So a run that failed
is lived again by a process of its own without the compiler, a third of a second for a usual run,
and every step of an extension is looked at as it ends.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from typing import Any

import numpy as np

from cgsim.engine.run import ARMS, Arm, Simulation
from cgsim.extend import in_use
from cgsim.extend.apart import apart, said_by
from cgsim.extend.declared import Step
from cgsim.extend.faults import explain, told_at
from cgsim.extend.lived import StepFailed
from cgsim.scenario import Scenario

LONGEST = 120.0
"""Seconds after which the search is given up."""


class _NotANumber(Exception):
    """A step left something behind that is not a number."""


@contextmanager
def told(look: Callable[[], str]) -> Iterator[None]:
    """Turn what is raised while runs are lived into one line, where an extension is in use.

    ``look`` returns where it fails, for an error that does not know its line.
    """
    loaded = in_use.loaded_extensions()
    try:
        with apart() if loaded else nullcontext():
            yield
    except Exception as error:
        found: Exception | None = error if isinstance(error, StepFailed) else None
        if found is None and loaded:
            found = explain(error, loaded)
        if found is None:
            raise
        if isinstance(found, StepFailed) and not re.search(r"\.py:\d+: ", str(found)):
            found = StepFailed(look() or str(found))
        raise found from error


def where_it_failed(
    scenario: Scenario, seed: int, replicate: int, arms: Sequence[Arm] = ARMS
) -> str:
    """Return in one line where an extension goes wrong in a run, and how; "" where none does."""
    asked = {
        "extensions": [source.to_dict() for source in in_use.extensions()],
        "files": {one.name: one.file for one in in_use.loaded_extensions()},
        "scenario": scenario.to_dict(),
        "seed": int(seed),
        "replicate": int(replicate),
        "arms": [[arm.name, arm.kind, list(arm.off)] for arm in arms],
    }
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", __name__],
            input=json.dumps(asked).encode(),
            capture_output=True,
            timeout=LONGEST,
            env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        )
        return str(json.loads(done.stdout)) if done.returncode == 0 else ""
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return ""


def _watched(step: Step, file: str) -> Step:
    """Return a step that fails where it leaves something that is not a number."""
    function: Callable[..., Any] = step.function
    names = step.arguments

    def watched(*arguments: Any) -> Any:
        given = dict(zip(names, arguments, strict=True))
        state = given.get("state")
        before = _not_numbers(state)
        found = function(*arguments)
        new = [name for name in _not_numbers(state) if name not in before]
        if new:
            month = f" in month {given['month']}" if "month" in given else ""
            raise _NotANumber(
                f"{file}:{step.line}: step {step.name}: state.{new[0]} is not a number after "
                f"it{month}"
            )
        return found

    return replace(step, function=watched)


def _not_numbers(state: Any) -> list[str]:
    if state is None:
        return []
    found = []
    for name, array in state._asdict().items():
        if array.dtype.names:
            for inner in array.dtype.names:
                if array.dtype[inner].kind == "f" and np.isnan(array[inner]).any():
                    found.append(f"{name}[b].{inner}")
        elif array.dtype.kind == "f" and np.isnan(array).any():
            found.append(name)
    return found


def _look(asked: dict[str, Any]) -> str:
    sources = tuple(in_use.Source.from_dict(record) for record in asked["extensions"])
    for source in sources:
        in_use.read_from(source, asked["files"][source.name])
    in_use.use_sources(sources)
    for one in in_use.loaded_extensions():
        one.declared.steps[:] = [_watched(step, one.file) for step in one.declared.steps]
    in_use.use_sources(sources)
    scenario = Scenario.from_dict(asked["scenario"])
    arms = [Arm(name, kind, tuple(off)) for name, kind, off in asked["arms"]]
    numbers = np.array([asked["replicate"]])
    simulation = Simulation([scenario], np.zeros(1, np.int64), numbers, asked["seed"], arms)
    try:
        for task in simulation.tasks():
            simulation.live(task)
    except (_NotANumber, StepFailed) as error:
        return str(error)
    except Exception as error:
        files = {one.file: one for one in in_use.loaded_extensions()}
        for place in reversed(traceback.extract_tb(error.__traceback__)):
            if place.filename in files:
                where = told_at(files[place.filename], place.lineno or 0)
                return f"{place.filename}:{place.lineno}: {where}: {said_by(error)}"
        return said_by(error)
    return ""


if __name__ == "__main__":
    with apart():
        found = _look(json.loads(sys.stdin.buffer.read()))
    print(json.dumps(found))
