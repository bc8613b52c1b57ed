"""Results made by hand: what every run came to, without a run."""

import math
from typing import ClassVar

import numpy as np

import cgsim
from cgsim.answer.lived import ACCOUNT, Lived
from cgsim.measures import COLUMN, MEASURES, OUTCOMES
from cgsim.rules.state import FRICTIONS
from cgsim.running.results import Results

THRIVING = OUTCOMES.index("thriving")
NEVER = OUTCOMES.index("not begun")
INERT = OUTCOMES.index("inert")


class Few(Results):
    """Results without the table of all measures, of which making the intervals takes long."""

    findings: ClassVar = {}


def results(scenario=None, runs=4, lived=None, whole=False, **columns):
    """Return results; a column that is not given is 0, or unknown where it may be.

    ``whole``: with the table of all measures. An onset that is not known needs no resampling.
    """
    scenario = cgsim.load("baseline") if scenario is None else scenario
    table = np.zeros((runs, len(MEASURES)))
    table[:, COLUMN["outcome"]] = THRIVING
    for name in COLUMN:
        if name.endswith("_paid") or name == "onset":
            table[:, COLUMN[name]] = math.nan
    for name, values in columns.items():
        table[:, COLUMN[name]] = values
    made = Results if whole else Few
    return made(scenario, 7, table, np.zeros((runs, 3, 10)), lived=lived)


def lived(runs=4, months=6, account=None, without=None, **lines):
    """Return what is kept of runs; ``account`` and ``without`` by name, a value or one a run."""
    made = {
        "founders": np.ones((runs, 3), bool),
        "start": np.zeros(runs, np.int64),
        "end": np.full(runs, months, np.int64),
        "beyond_alone": np.zeros((runs, months), np.float32),
        "beyond_money": np.zeros((runs, months), np.float32),
        "base": np.ones((runs, months), np.float32),
        "paid": np.zeros((runs, months), bool),
        "account": np.zeros((runs, len(ACCOUNT))),
        "own_gain": np.zeros((runs, 3), np.float32),
        "own_gain_over_money": np.zeros((runs, 3), np.float32),
        "ways": np.ones((runs, 1), np.int8),
        "without": np.zeros((runs, len(FRICTIONS))),
    } | lines
    for name, value in (account or {}).items():
        made["account"][:, ACCOUNT.index(name)] = value
    for name, value in (without or {}).items():
        made["without"][:, FRICTIONS.index(name)] = value
    if without is None:
        made["without"] = np.zeros((runs, 0))
    return Lived(**made)


def around(centre, runs, step=0.001):
    """Return values around a mean, none of them alike."""
    line = np.arange(runs) - (runs - 1) / 2
    return centre + step * line
