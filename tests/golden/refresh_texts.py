"""Golden texts: what is said of every scenario of the library. ``make golden`` writes them anew."""

from __future__ import annotations

import json
from pathlib import Path

from cgsim.answer import build
from cgsim.experiment.doubt import drawn_many
from cgsim.running.results import run
from cgsim.scenario import library

FILE = Path(__file__).with_name("texts.json")
RUNS, DRAWS, SEED = 30, 20, 2008


def texts() -> dict[str, list[str]]:
    """Return every sentence about a few runs of every scenario."""
    found = {}
    for name in library.names():
        results = run(name, RUNS, SEED, reasons=True)
        answer = results.answer(drawn_many([results.scenario], SEED, draws=DRAWS, runs_each=4)[0])
        said = [statement.text for statement in answer.headline]
        said += [build.change_statement(change).text for change in answer.changes]
        if answer.account is not None:
            said += [statement.text for statement in build.account_statements(answer.account)]
        found[name] = [*said, build.outcomes_in_words(answer)]
    return found


if __name__ == "__main__":
    FILE.write_text(json.dumps(texts(), indent=1, ensure_ascii=False) + "\n")
    print(f"Wrote {FILE.name}. If it changed, read it: every sentence must be true and plain.")
