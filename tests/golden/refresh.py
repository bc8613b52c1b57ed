"""Golden results of every library scenario: write them anew with ``make golden``.

A change in them is a change of results: say so in CHANGELOG.md.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from cgsim.evidence import claims
from cgsim.evidence import register as evidence
from cgsim.measures import MEASURES
from cgsim.running.results import run
from cgsim.scenario import library

FILE = Path(__file__).with_name("golden.json")
REPLICATES = 12
SEED = 2008

EVIDENCE_FILE = Path(__file__).with_name("evidence.json")
CLAIMS = ("A3", "A4", "A9", "B2", "B4", "C1", "C4", "D1", "E3", "F3", "F6", "G1", "G3", "G5")
DRAWS, FEW = 24, 6
"""Of claims, at small size: so many draws, so many replicates."""


def small_verdict(name: str, folder: Path) -> dict[str, int]:
    """Return in how many draws a claim's pattern is seen, and how many count."""
    claim = claims.load_claim(name)
    found = evidence.examine(claim, folder / name, draws=DRAWS, replicates=FEW)
    assert found is not None
    return {"seen": round(found.share * found.judged), "judged": found.judged}


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
    import one_hash

    found = results()
    FILE.write_text(json.dumps(found, indent=0) + "\n")
    one_hash.FILE.write_text(one_hash.of_all(found) + "\n")
    with tempfile.TemporaryDirectory() as folder:
        verdicts = {name: small_verdict(name, Path(folder)) for name in CLAIMS}
    EVIDENCE_FILE.write_text(json.dumps(verdicts, indent=1) + "\n")
    print(f"Wrote {FILE.name}, {one_hash.FILE.name} and {EVIDENCE_FILE.name}.")
    print("If they changed, mark the change of results in CHANGELOG.md.")
