"""Golden results of every library scenario: write them anew with ``make golden``.

A change in them is a change of results: say so in CHANGELOG.md.
"""

from __future__ import annotations

import json
from pathlib import Path

from cgsim.experiment.results import run
from cgsim.measures import MEASURES
from cgsim.scenario import library

FILE = Path(__file__).with_name("golden.json")
REPLICATES = 12
SEED = 2008


def results() -> dict[str, dict[str, list[float | None]]]:
    """Return every measure of a few replicates of every scenario; None for not a number."""
    found = {}
    for name in library.names():
        table = run(name, REPLICATES, SEED).measures
        found[name] = {
            measure.name: [None if x != x else float(x) for x in table[:, place]]
            for place, measure in enumerate(MEASURES)
        }
    return found


if __name__ == "__main__":
    FILE.write_text(json.dumps(results(), indent=0) + "\n")
    print(f"Wrote {FILE.name}. If it changed, mark the change of results in CHANGELOG.md.")
