"""Fill in what the documents take from the code; ``--check`` only tells what is out of date."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import calibrate_figures
import model_page

from cgsim.answer import glossary
from cgsim.assess.answers import markdown_tables
from cgsim.assess.questions import questionnaire
from cgsim.evidence import claims, exchanged
from cgsim.evidence import register as evidence
from cgsim.experiment import files as experiment_files
from cgsim.report.evidence_page import as_markdown
from cgsim.scenario import form as scenario_form
from cgsim.scenario.parameters import BASES, PARAMETERS, SECTIONS, Parameter, plain

DOCS = Path(__file__).parent
FIGURES = "<!-- figures: begin -->", "<!-- figures: end -->"
FROM_CODE = {
    "patterns": model_page.patterns,
    "schedule": model_page.schedule,
    "submodels": model_page.submodels,
    "mechanisms": model_page.mechanisms,
    "variables": model_page.variables,
}
"""Parts of the model page that the code tells, by the name that stands in their marks."""
QUESTIONS = "<!-- questions: begin -->", "<!-- questions: end -->"


def default_of(parameter: Parameter) -> str:
    """Return a default as a scenario file would write it."""
    if isinstance(parameter.default, str):
        return parameter.default
    if parameter.kind == "flag":
        return "true" if parameter.default else "false"
    return "never" if parameter.name == "last" else plain(parameter.default)


def parameter_table() -> str:
    """Return the parameter table in Markdown."""
    lines = []
    for section, text in SECTIONS.items():
        lines += ["", f"### [{section}]", "", text, ""]
        lines += ["| parameter | default | unit | allowed | basis | uncertain range | meaning |"]
        lines += ["|---|---|---|---|---|---|---|"]
        for p in (p for p in PARAMETERS if p.section == section):
            default = default_of(p)
            prior = " to ".join(plain(x) for x in p.prior) if p.prior else ""
            if p.prior_times:
                prior += f" times `{p.prior_times}`"
            basis = BASES[p.basis] + (f" ({p.source})" if p.source else "")
            cells = (f"`{p.name}`", default, p.unit, p.allowed, basis, prior, p.explained)
            lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def wanted() -> dict[Path, str]:
    """Return the files that hold something from the code, as they should be."""
    model, assess, calibrate = (DOCS / f"{name}.md" for name in ("model", "assess", "calibrate"))
    return {
        model: model_text(model),
        assess: between(assess, *QUESTIONS, markdown_tables(questionnaire())),
        DOCS / "evidence.md": as_markdown(
            evidence.shipped_register(),
            [claims.load_claim(name) for name in claims.names()],
            claims.effects(),
            exchanged.shipped(),
        ),
        calibrate: between(calibrate, *FIGURES, calibrate_figures.figures()),
        DOCS / "glossary.md": "# Glossary\n\n" + glossary.as_markdown(),
        DOCS / "scenario.schema.json": as_text(scenario_form.json_schema()),
        DOCS / "experiment.schema.json": as_text(experiment_files.json_schema()),
    }


def model_text(path: Path) -> str:
    """Return the model page as it should be."""
    text = path.read_text(encoding="utf-8")
    for name, told in {**FROM_CODE, "parameters": parameter_table}.items():
        text = put(text, f"<!-- {name}: begin -->", f"<!-- {name}: end -->", told())
    return text


def between(path: Path, begin: str, end: str, text: str) -> str:
    """Return a document with a text between two of its lines."""
    return put(path.read_text(encoding="utf-8"), begin, end, text)


def put(document: str, begin: str, end: str, text: str) -> str:
    """Return a text with another between two of its lines."""
    head, rest = document.split(begin)
    return head + begin + "\n" + text + "\n" + end + rest.split(end)[1]


def as_text(schema: dict[str, Any]) -> str:
    """Return a JSON Schema as it stands in the documents."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def main() -> int:
    """Write what is out of date, or with ``--check`` only name it."""
    stale = [
        (path, text)
        for path, text in wanted().items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    for path, text in stale:
        if "--check" in sys.argv:
            print(f"{path.name} is out of date: run make docs")
        else:
            path.write_text(text, encoding="utf-8")
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
