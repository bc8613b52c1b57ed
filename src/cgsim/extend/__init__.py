"""Changing the model in a file of your own.

A file declares what it adds with the names below; nothing happens until it is used:
``cgsim run baseline --with my_rules.py``, or ``cgsim.use("my_rules.py")``. The page "Extend the
model" walks through one.

step        a step of the month in the place of another, before it or after it
rule        a function that steps call
parameter   a number that scenarios set
column      a state variable that steps write, recorded every month
measure     a number that is read off each run, in plain Python
recruitment a way in which a partnership's first members are chosen
network     a kind of network
ending      a reason for which a partnership ends
uniform     luck for a recruitment or a network
Lived       what a measure is given
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cgsim.lazy import lazily

if TYPE_CHECKING:
    from cgsim.extend.declared import (
        column,
        ending,
        measure,
        network,
        parameter,
        recruitment,
        rule,
        step,
    )
    from cgsim.extend.lived import Lived
    from cgsim.extend.luck import uniform

_DECLARED = (
    *("column", "ending", "measure", "network", "parameter", "recruitment", "rule", "step"),
)
_HOMES = {"Lived": "lived", "uniform": "luck", **dict.fromkeys(_DECLARED, "declared")}

__all__ = [
    "Lived",
    "column",
    "ending",
    "measure",
    "network",
    "parameter",
    "recruitment",
    "rule",
    "step",
    "uniform",
]

__getattr__ = lazily(__name__, _HOMES)
