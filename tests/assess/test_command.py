"""The command as people use it: at a terminal, from files, and in scripts."""

import contextlib
import io
import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from types import SimpleNamespace
from unittest import mock

import pandas as pd
import pytest

from cgsim.assess.answers import as_toml, load_answers
from cgsim.assess.draws import Draws, Start
from cgsim.assess.forecast import Runner
from cgsim.assess.questions import questionnaire
from cgsim.cli.app import main
from cgsim.scenario import load

from .people import BEST, TORN, of

QUICK = ("--draws", "50", "--replicates", "2")


def cgsim(*arguments, code=0, cwd="."):
    """Run the command as its program does, in this process: that saves starting it each time."""
    out, err = io.StringIO(), io.StringIO()
    with (
        contextlib.chdir(cwd),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        mock.patch("sys.argv", ["cgsim", "assess", *map(str, arguments)]),
        mock.patch("sys.stdin", io.StringIO()),
    ):
        try:
            main()
            ended = 0
        except SystemExit as error:
            ended = error.code or 0
    done = SimpleNamespace(stdout=out.getvalue(), stderr=err.getvalue())
    assert ended == code, done
    return done


@pytest.fixture
def council(tmp_path):
    path = tmp_path / "council.toml"
    path.write_text(as_toml(BEST, "Safer streets"))
    return path


def test_answers_from_a_file_end_in_words_a_page_and_a_scenario(council, tmp_path):
    page, case, out = tmp_path / "page.html", tmp_path / "case.toml", tmp_path / "runs"
    done = cgsim(council, *QUICK, "-o", page, "--scenario-file", case, "--out", out)
    text = " ".join(done.stdout.split())
    assert "Safer streets. A way to think, not a prediction." in text
    assert re.search(r"the gain against .* is −?\d+\.\d % in the middle draw and", text)
    for heading in ("Forecast", "What the doubt comes from", "What would help most"):
        assert f"\n{heading}\n" in done.stdout
    assert '"opens":"room=assess"' in page.read_text()
    assert load(case).title == "Safer streets"
    told = json.loads((out / "assessment.json").read_text())
    assert told["answers"]["Council"]["size"] == "middling"
    assert len(pd.read_csv(out / "draws.csv")) == 50
    assert json.loads((out / "present" / "manifest.json").read_text())["complete"]
    assert load_answers([out / "answers-1.toml"]).voices == (BEST,)
    assert load(out / "scenario.toml").title == "Safer streets"


def test_json_holds_numbers_and_nothing_else_goes_to_stdout(council):
    told = json.loads(cgsim(council, *QUICK, "--json").stdout)
    assert told["label"] == "a way to think, not a prediction"
    assert told["forecast"]["nine_in_ten"][0] <= told["forecast"]["median"]
    assert {"effect", "helps", "overhead_hours_a_year"} <= set(told["changes"][0])


def test_without_a_file_or_a_terminal_it_says_how():
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "cgsim", "assess"],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert "cgsim assess --template answers.toml" in done.stderr


def test_bad_input_is_one_line_and_leaves_nothing(tmp_path):
    (tmp_path / "a.toml").write_text('[answers]\nsise = "few"\n')
    done = cgsim("a.toml", "-o", "page.html", "--out", "runs", code=2, cwd=tmp_path)
    assert done.stderr.startswith("a.toml:2: answers.sise: got an unknown question")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.toml"]
    (tmp_path / "a.toml").write_text('[answers]\nsize = "few"\n')
    for arguments, said in (
        (("--scenario", "basline"), 'did you mean "baseline"'),
        (("--scenario", "cluttered"), "allowed a scenario with one partnership"),
        (("-o", "page.md"), "ends in .html"),
        (("--template", "page.html"), "allowed .toml, .csv"),
        (("--form", "page.toml"), "ends in .html"),
    ):
        assert said in " ".join(cgsim("a.toml", *arguments, code=2, cwd=tmp_path).stderr.split())
    assert "no folder" in cgsim("a.toml", "-o", "no/page.html", code=3, cwd=tmp_path).stderr
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.toml"]


def test_a_folder_of_other_answers_is_left_alone(tmp_path):
    draws = Draws(of(BEST), Start(load("baseline"), own=False), 50, 1)
    Runner(draws, 2, tmp_path / "runs").run("present", draws.points, money=True)
    before = (tmp_path / "runs/present/manifest.json").read_text()
    (tmp_path / "torn.toml").write_text(as_toml(TORN))
    assert "runs" in cgsim("torn.toml", *QUICK, "--out", "runs", code=2, cwd=tmp_path).stderr
    assert (tmp_path / "runs/present/manifest.json").read_text() == before
    assert [p.name for p in (tmp_path / "runs").iterdir()] == ["present"]


def test_templates_and_questions(tmp_path):
    for name in ("a.toml", "b.csv"):
        assert "Fill it in" in cgsim("--template", name, cwd=tmp_path).stdout
        assert load_answers([tmp_path / name]).disputed == []
        assert "is there already" in cgsim("--template", name, cwd=tmp_path, code=3).stderr
    text = cgsim("--questions").stdout
    told = json.loads(cgsim("--questions", "--json").stdout)
    assert [q["id"] for q in told] == list(questionnaire().questions)
    for question in questionnaire().questions.values():
        assert question.text in text


class Terminal:
    """The command at a terminal of its own."""

    def __init__(self, folder, *arguments):
        self.pid, self.handle = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            os.environ["COLUMNS"] = "100"
            os.execv(sys.executable, [sys.executable, "-m", "cgsim", "assess", *QUICK, *arguments])
        self.seen = ""
        self.read = 0

    def read_until(self, text, seconds=240):
        """Wait for a text that was not waited for yet."""
        end = time.monotonic() + seconds
        while text not in self.seen[self.read :]:
            assert time.monotonic() < end, self.seen[-2000:]
            self.look()
        self.read = self.seen.index(text, self.read) + len(text)

    def look(self):
        if select.select([self.handle], [], [], 0.1)[0]:
            try:
                self.seen += os.read(self.handle, 65536).decode(errors="replace")
            except OSError:  # the other end is closed
                time.sleep(0.05)

    def type(self, text):
        os.write(self.handle, text.encode())

    def stop(self):
        time.sleep(0.5)  # a person is slower than the line editor; a test would not be
        self.type("\x03")

    def code(self, seconds=240):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                return os.waitstatus_to_exitcode(status)
            self.look()
        os.kill(self.pid, signal.SIGKILL)
        raise AssertionError(self.seen[-2000:])


def test_at_a_terminal_it_asks_goes_back_and_keeps_the_answers(tmp_path):
    count = len(questionnaire().questions)
    terminal = Terminal(tmp_path)
    terminal.read_until("1 of ")
    terminal.read_until("> ")
    terminal.type("9\n")
    terminal.read_until("Please type a number from 1 to 3")
    terminal.read_until("> ")
    terminal.type("1\n")
    terminal.read_until("2 of ")
    terminal.read_until("> ")
    terminal.type("b\n")
    terminal.read_until("1 of ")
    terminal.read_until("> ")
    terminal.type("3\n")
    for number in range(2, count + 1):
        terminal.read_until(f"{number} of {count}")
        terminal.read_until("> ")
        terminal.type("\n")
    terminal.read_until("Keep the answers?")
    terminal.type("mine.toml\n")
    terminal.read_until("A way to think, not a prediction.")
    assert terminal.code() == 0
    (voice,) = load_answers([tmp_path / "mine.toml"]).voices
    assert voice.answers == {"goals": "same"}


def test_stopping_at_a_terminal_loses_nothing_without_saying(tmp_path):
    terminal = Terminal(tmp_path)
    terminal.read_until("> ")
    terminal.type("2\n")
    terminal.read_until("2 of ")
    terminal.read_until("> ")
    terminal.stop()
    terminal.read_until("Keep the answers so far")
    terminal.type("y\n")
    terminal.read_until("File name")
    terminal.type("\n")
    assert terminal.code() == 130
    assert load_answers([tmp_path / "answers.toml"]).voices[0].answers == {"goals": "partly"}
    other = Terminal(tmp_path)
    other.read_until("> ")
    other.stop()
    assert other.code() == 130
    assert "The answers are not kept." in other.seen
