"""Luck for an extension's recruitment and networks: uniforms with an address, as all luck here."""

from __future__ import annotations

from typing import Any, NamedTuple

from cgsim.compiler import rule
from cgsim.world import draws

RECRUITING, TYING = 1000, 1001
"""What an extension draws a number for: far from the purposes in ``world.draws``."""


class Luck(NamedTuple):
    """What a number's address begins with; ``uniform`` reads it."""

    seed: Any
    replicate: Any
    purpose: int
    words: Any  #: (4,) workspace


@rule
def uniform(luck: Luck, agency: int, number: int) -> Any:
    """Return a number between 0 and 1: always the same one for a run, an agency and a ``number``.

    ``luck`` is the argument of that name; ``agency`` and ``number`` are whole numbers from 0. All
    arms of a run share it, and another agency or another horizon moves none.
    """
    return draws.uniform(luck.seed, luck.replicate, luck.purpose, agency, number, luck.words)
