"""Landscapes drawn at random: groups that do good, and one of them there twice."""

import numpy as np

import cgsim
from cgsim.scenario import Scenario

OBJECTIVES = 6
GROUPS = 3


def drawn(number):
    """Return a landscape by its number, and the names of the two groups that are one and the same.

    Three groups of seven to nine agencies, picked for the skills they add, each on two objectives
    of its own. The twin has the agenda, size, rhythm, lead and start of one of them, and so the
    same members in every run.
    """
    rng = np.random.default_rng(number)
    order = list(rng.permutation(OBJECTIVES))
    groups = [
        {
            "name": f"Group {place + 1}",
            "recruit": "fit",
            "size": int(rng.integers(7, 10)),
            "focus": [f"objective {k + 1}" for k in sorted(order[2 * place : 2 * place + 2])],
            "start": int(rng.integers(6, 19)),
            "meetings": float(rng.choice([2.0, 2.5])),
            "lead_strength": float(rng.choice([0.7, 0.9])),
        }
        for place in range(GROUPS)
    ]
    twice = int(rng.integers(GROUPS))
    groups.insert(int(rng.integers(GROUPS + 1)), {**groups[twice], "name": "Twin"})
    tables = cgsim.load("baseline").to_dict()
    tables["world"] |= {"agencies": int(rng.integers(24, 41)), "objectives": OBJECTIVES}
    tables["partnership"] = groups
    tables |= {"title": f"Drawn landscape {number}", "summary": "Drawn."}
    return Scenario.from_dict(tables, f"drawn-{number}"), f"Group {twice + 1}", "Twin"
