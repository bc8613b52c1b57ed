"""What a folder of an assessment holds besides the runs: tables for a spreadsheet, and JSON."""

from __future__ import annotations

import json
from pathlib import Path

from cgsim.assess.answers import as_toml
from cgsim.assess.assessment import Assessment
from cgsim.store.writing import write_csv
from cgsim.whole import write_text


def keep(found: Assessment, folder: Path) -> None:
    """Write the assessment, its draws, its answers and its scenario beside the runs."""
    told = json.loads(json.dumps(found.to_dict()), parse_constant=lambda _: None)
    text = json.dumps(told, ensure_ascii=False, indent=2)
    write_text(folder / "assessment.json", text + "\n", replace=True)
    write_csv(folder / "draws.csv", found.draws_table())
    write_text(folder / "scenario.toml", found.scenario_file, replace=True)
    for place, voice in enumerate(found.answers.voices, 1):
        answers = as_toml(voice, found.answers.title)
        write_text(folder / f"answers-{place}.toml", answers, replace=True)
