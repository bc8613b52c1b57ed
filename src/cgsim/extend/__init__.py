"""Changing the model in a file of your own: steps of the month, parameters, columns, measures.

A file declares what it adds with the names below; nothing happens until it is used:
``cgsim run baseline --with my_rules.py``, or ``cgsim.use("my_rules.py")``. The page "Extend the
model" walks through one.

step        a step of the month in the place of another, before it or after it
rule        a function that steps call
parameter   a number that scenarios set
column      a state variable that steps write, recorded every month
measure     a number that is read off each run, in plain Python
Lived       what a measure is given
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cgsim.lazy import lazily

if TYPE_CHECKING:
    from cgsim.extend.declared import column, measure, parameter, rule, step
    from cgsim.extend.lived import Lived

__all__ = ["Lived", "column", "measure", "parameter", "rule", "step"]

_HOMES = {
    "Lived": "lived",
    **dict.fromkeys(("column", "measure", "parameter", "rule", "step"), "declared"),
}

__getattr__ = lazily(__name__, _HOMES)
