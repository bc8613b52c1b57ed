"""Which luck a model lives: Mesa's ``rng`` and iterations as a seed number and a replicate.

Mesa seeds a model with ``rng`` (or ``seed``): that is the seed number. An iteration of Mesa's
``batch_run`` is the replicate. So the rows of a batch differ in luck, are the same again tomorrow,
and compare alternatives on the same luck, as all of cgsim does.
"""

from __future__ import annotations

import inspect
import sys
from numbers import Integral
from types import FrameType
from typing import Any

import numpy as np

from cgsim.scenario.errors import Fault, ScenarioError, shown, whole_number

MOST = 2**63 - 1
"""Seed numbers and replicates are addresses of so many bits."""


def luck_of(seed_number: Any, replicate: Any, rng: Any, seed: Any) -> tuple[int, int]:
    """Return the seed number and the replicate as plain integers; 1 and 0 where nothing says.

    None is "not given". Raises ``ScenarioError`` for what is no luck, and for two that disagree.
    """
    if seed is not None:
        if rng is not None:
            _refuse("seed", seed, "either rng or seed, not both")
        rng = seed
    number = None if rng is None else _seed_of(rng)
    if seed_number is not None:
        seed_number = _whole("seed_number", seed_number, MOST)
        if number is not None and number != seed_number:
            _refuse("rng", rng, "either rng or seed_number, not both")
        number = seed_number
    if replicate is None:
        replicate = _iteration()
    return 1 if number is None else number, _whole("replicate", replicate, MOST)


def _whole(name: str, value: Any, most: int) -> int:
    """Return any kind of integer (NumPy's, true and false) as Python's own."""
    if isinstance(value, (bool, np.bool_)):
        value = int(value)
    whole_number(name, value, 0, most)
    return int(value)


def _seed_of(rng: Any) -> int:
    """Return the seed number that stands for whatever Mesa takes as ``rng``.

    A whole number is itself; a generator is asked for one; what else NumPy seeds a generator with
    (longer numbers, a list of them) is hashed to one as NumPy does.
    """
    if isinstance(rng, (bool, np.bool_)) or (isinstance(rng, Integral) and rng <= MOST):
        return _whole("rng", rng, MOST)
    if isinstance(rng, np.random.BitGenerator):
        rng = np.random.Generator(rng)
    if isinstance(rng, np.random.Generator):
        return int(rng.integers(MOST, endpoint=True))
    try:
        sequence = rng if isinstance(rng, np.random.SeedSequence) else np.random.SeedSequence(rng)
    except (TypeError, ValueError):
        _refuse("rng", rng, f"a whole number from 0 to {MOST}, or a generator of NumPy's")
    return int(sequence.generate_state(1, np.uint64)[0] >> np.uint64(1))


def _iteration() -> int:
    """Return the iteration of Mesa's ``batch_run`` that makes this model; 0 outside of one.

    Mesa does not hand the iteration to the model, and on some versions no other luck either: the
    iterations would all be the same run. So we look at who is calling. Where ``batch_run`` was
    given ``rng`` itself, the seeds tell its runs apart, and each is that seed's replicate 0.
    """
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if frame.f_globals.get("__name__") == "mesa.batchrunner" and "run" in frame.f_locals:
            _, iteration, given = frame.f_locals["run"]
            takes_rng = "rng" in inspect.signature(frame.f_globals["batch_run"]).parameters
            return 0 if takes_rng and given.get("rng") is not None else int(iteration)
        frame = frame.f_back
    return 0


def _refuse(name: str, value: Any, allowed: str) -> Any:
    raise ScenarioError([Fault(name, None, "", f"got {shown(value)}; allowed {allowed}")])
