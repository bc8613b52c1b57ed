"""The page on assessing does as it says."""

import re
import shlex
from pathlib import Path

from typer.testing import CliRunner

from cgsim.assess.questions import questionnaire
from cgsim.cli.app import app

PAGE = Path(__file__).parents[2] / "docs" / "assess.md"


def blocks(language):
    parts = PAGE.read_text().split("```")[1::2]  # every second part stands between fences
    return [text for kind, _, text in (part.partition("\n") for part in parts) if kind == language]


def test_every_command_of_the_page_runs_in_its_order(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for text in blocks("toml"):
        Path(re.match(r"# ([a-z.]+)", text)[1]).write_text(text)
    lines = [line for text in blocks("") for line in text.splitlines()]
    assert len(lines) >= 9
    for line in lines:
        program, *words = shlex.split(line)
        assert program == "cgsim"
        runs = words[0] == "assess" and not {"--template", "--form"} & set(words)
        quick = ["--draws", "50", "--replicates", "2"] if runs else []
        done = CliRunner().invoke(app, [*words, *quick])
        assert done.exit_code == 0, (line, done.output)
    made = {path.name for path in tmp_path.iterdir()}
    assert {"questions.html", "safer-streets.html", "safer-streets.toml", "results"} <= made


def test_the_page_holds_every_question_and_answer():
    text = PAGE.read_text()
    for question in questionnaire().questions.values():
        assert f"**{question.text}**" in text
        for answer in question.answers.values():
            assert f"| `{answer.id}` | {answer.text} |" in text


def test_the_page_says_how_many_questions_there_are():
    assert f"asks {len(questionnaire().questions)} plain questions" in PAGE.read_text()
