"""The page on assessing does as it says."""

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cgsim.assess.questions import questionnaire
from cgsim.cli.app import app

PAGE = Path(__file__).parents[2] / "docs" / "assess.md"


def blocks(language):
    parts = PAGE.read_text().split("```")[1::2]  # every second part stands between fences
    return [text for kind, _, text in (part.partition("\n") for part in parts) if kind == language]


def typed():
    """Return the words of every command of the page."""
    lines = [line for text in blocks("") for line in text.splitlines()]
    assert len(lines) >= 9
    for program, *words in map(shlex.split, lines):
        assert program == "cgsim"
        yield words


def test_every_command_of_the_page_is_one_with_such_options():
    for words in typed():
        done = CliRunner().invoke(app, [*words, "--help"])
        assert done.exit_code == 0, (words, done.output)
        assert f"Usage: cgsim {words[0]}" in done.output
    assert CliRunner().invoke(app, ["assess", "--drawz", "5", "--help"]).exit_code == 2


@pytest.mark.soak
def test_every_command_of_the_page_runs_in_its_order(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for text in blocks("toml"):
        Path(re.match(r"# ([a-z.]+)", text)[1]).write_text(text)
    for words in typed():
        runs = words[0] == "assess" and not {"--template", "--form"} & set(words)
        quick = ["--draws", "50", "--replicates", "2"] if runs else []
        done = CliRunner().invoke(app, [*words, *quick])
        assert done.exit_code == 0, (words, done.output)
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
