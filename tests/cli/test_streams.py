"""Terminals of any kind, readers that go away, full disks, signals, and files that are streams."""

import contextlib
import errno
import io
import json
import os
import re
import signal
import subprocess
import sys
import threading
from types import SimpleNamespace

import pytest

from cgsim.cli import app, output, streams
from cgsim.engine.replay import export_world
from cgsim.scenario import ScenarioError, load, outside

SMALL = 'title = "{title}"\n[world]\nmonths = 3\nagencies = 4\n[[partnership]]\nsize = 3\n'
BOX = "Box \u202e\x1b[31m"


class Stream(io.RawIOBase):
    """A stream below Python's text layer that fails as it is told to."""

    def __init__(self, fault=None):
        self.seen, self.fault = b"", fault

    def writable(self):
        return True

    def write(self, data):
        if self.fault is not None:
            raise OSError(self.fault, os.strerror(self.fault))
        self.seen += bytes(data)
        return len(data)


def text_over(raw, encoding="utf-8"):
    return io.TextIOWrapper(io.BufferedWriter(raw), encoding=encoding, newline="")


def cgsim(*arguments, out=None, err=None, given=None, encoding="utf-8"):
    """Run the program in this process, on streams of the given kind."""
    raw_out, raw_err = out or Stream(), err or Stream()
    saved = sys.argv, sys.stdin, sys.stdout, sys.stderr
    sys.argv = ["cgsim", *map(str, arguments)]
    sys.stdin = io.TextIOWrapper(io.BytesIO((given or "").encode()))
    sys.stdout = None if out == "closed" else text_over(raw_out, encoding)
    sys.stderr = None if err == "closed" else text_over(raw_err, encoding)
    wrapped = sys.stdout, sys.stderr
    code = None
    try:
        app.main()
    except SystemExit as ended:
        code = ended.code or 0
    finally:
        sys.argv, sys.stdin, sys.stdout, sys.stderr = saved
        for stream in wrapped:
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.flush()
                with contextlib.suppress(OSError, ValueError):
                    stream.detach().detach()
    seen = [getattr(raw, "seen", b"") for raw in (raw_out, raw_err)]
    return SimpleNamespace(code=code, out=seen[0], err=seen[1])


@pytest.fixture
def small(tmp_path):
    path = tmp_path / "small.toml"
    path.write_text(SMALL.format(title="Caf\u00e9 \u201cAm Fluß\u201d \u2013 \u0141"))
    return path


COMMANDS = (("scenarios",), ("describe", "issue_hours"), ("validate", "SMALL"), ("--help",))


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "utf-8"])
def test_any_terminal_is_written_to(small, encoding):
    done = cgsim("describe", small, encoding=encoding)
    assert (done.code, done.err) == (0, b"")
    text = done.out.decode(encoding)
    said = {
        "ascii": 'Cafe "Am Fluss" - \\u0141',
        "latin-1": 'Café "Am Fluß" - \\u0141',
        "cp1252": "Café “Am Fluß” – \\u0141",
        "utf-8": "Café “Am Fluß” – Ł",
    }
    assert text.splitlines()[0] == said[encoding]
    assert cgsim("describe", small, encoding=encoding).code == 0


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "utf-16"])
def test_json_is_utf8_whatever_the_terminal(small, encoding):
    done = cgsim("describe", small, "--json", encoding=encoding)
    assert done.code == 0
    assert json.loads(done.out.decode("utf-8"))["title"] == "Café “Am Fluß” – Ł"


def test_json_writes_out_what_does_not_show(capsys):
    output.as_json({"name": BOX + "\udcff\x85\u200b", "number": float("nan")})
    text = capsys.readouterr().out
    assert all(char.isprintable() or char == "\n" for char in text)
    assert json.loads(text) == {"name": BOX + "\udcff\x85\u200b", "number": None}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("fault", [None, "closed", errno.ENOSPC, errno.EPIPE])
def test_a_stderr_that_nobody_has_changes_nothing(small, command, fault):
    def err():
        return fault if fault == "closed" else Stream(fault)

    done = cgsim(*(small if word == "SMALL" else word for word in command), err=err())
    assert done.code == 0
    assert done.out
    assert cgsim("validate", "no-such", "--json", err=err()).code == 2
    assert cgsim("run", "no-such", err=err()).code == 2


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("fault", "code", "said"),
    [
        (errno.EPIPE, 141, b""),
        (errno.ENOSPC, 3, b"cgsim: standard output cannot be written: No space left on device\n"),
        (errno.EIO, 3, b"cgsim: standard output cannot be written: Input/output error\n"),
        ("closed", 3, b"cgsim: standard output cannot be written: it is closed\n"),
    ],
)
def test_a_stdout_that_cannot_be_written_ends_as_published(small, command, fault, code, said):
    words = [small if word == "SMALL" else word for word in command]
    out = fault if fault == "closed" else Stream(fault)
    assert cgsim(*words, out=out) == SimpleNamespace(code=code, out=b"", err=said)
    if command[0] != "--help":
        json_too = (*words, "--json")
        out = fault if fault == "closed" else Stream(fault)
        assert cgsim(*json_too, out=out) == SimpleNamespace(code=code, out=b"", err=said)


def test_bad_input_stays_bad_input_where_nothing_can_be_printed(small):
    small.write_text("title = 3\n")
    assert cgsim("validate", small, out=Stream(errno.EPIPE)).code == 2
    assert cgsim("validate", small, out="closed").code in (2, 3)


def test_the_shells_own_pipes_and_devices():
    command = f"{sys.executable} -m cgsim"
    for end, code in (
        ("scenarios | true", 141),
        ("scenarios > /dev/full", 3),
        ("scenarios >&-", 3),
    ):
        done = subprocess.run(
            ["bash", "-o", "pipefail", "-c", f"{command} {end}"], capture_output=True, text=True
        )
        assert done.returncode == code, end
        assert "defect" not in done.stderr
        assert "Exception ignored" not in done.stderr


def test_what_does_not_show_never_reaches_a_terminal(tmp_path):
    folder = tmp_path / BOX
    folder.mkdir()
    path = folder / "a.toml"
    path.write_text(SMALL.format(title="T"))
    for done in (
        cgsim("validate", path),
        cgsim("validate", path, "--json"),
        cgsim("validate", folder),
        cgsim("run", BOX),
        cgsim("status", folder),
        cgsim("new", path, "--from", BOX),
        cgsim("new", folder / "b.toml"),
        cgsim("report", path, "-o", folder / "no" / "page.html"),
        cgsim("assess", "--template", folder / "answers.pdf"),
        cgsim("run", path, "--" + BOX),
        cgsim(BOX),
    ):
        text = (done.out + done.err).decode()
        assert text
        assert not streams.UNSEEN.search(text), text
        assert "defect" not in text


def test_paths_that_are_not_utf8_are_read_written_and_told(tmp_path):
    name = os.fsencode(str(tmp_path)) + b"/caf\xe9"
    with open(name + b".toml", "w") as stream:
        stream.write(SMALL.format(title="T"))
    path = os.fsdecode(name)
    for words in (
        ("validate", path + ".toml"),
        ("describe", path + ".toml", "--json"),
        ("run", path + ".toml", "--replicates", "2", "--out", path),
        ("status", path),
        ("verify", path),
        ("status", path, "--json"),
        ("run", path + ".toml", "--replicates", "2", "--json"),
        ("export-world", path + ".toml", "-o", path + ".json"),
        ("replay", path + ".json", "--check"),
        ("report", path, "-o", path + ".html"),
        ("report", path, "-o", path + ".xlsx"),
        ("assess", "--template", path + ".csv"),
    ):
        done = cgsim(*words)
        assert done.code == 0, (words, done)
        assert b"\\xe9" in done.out or b"\\udce9" in done.out or words[0] in ("describe", "verify")
    done = cgsim("new", tmp_path / "b.toml", "--from", path + ".toml")
    assert done.code == 2
    assert b"allowed one whose path is plain text" in done.err


HEADS = ("measure", "estimate", "95 % interval")
ROWS = [("collaborative gain", "10.5 %", "-134.8 to 212.3 %"), ("a\nb", "1", "not known")]


@pytest.mark.parametrize("columns", ["20", "26", "40", "60", "110", "0", "-3", "x", "9" * 30])
def test_tables_fold_and_no_number_breaks(monkeypatch, capsys, columns):
    with monkeypatch.context() as here:  # pytest's own lines are not to be so wide
        here.setenv("COLUMNS", columns)
        output.table(HEADS, ROWS, right=(1, 2))
    text = capsys.readouterr().out
    room = int(columns) if columns.isdigit() and 0 < int(columns) < 200 else 110
    assert max(map(len, text.splitlines())) <= room
    words = set(re.findall(r"\S+", " ".join([*HEADS, *(" ".join(row) for row in ROWS)])))
    assert words <= set(re.findall(r"[^\s:]+", text))


def test_a_narrow_terminal_gets_a_row_as_lines(monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "30")
    output.table(HEADS, ROWS[:1])
    assert capsys.readouterr().out == (
        "measure: collaborative gain\n  estimate: 10.5 %\n  95 % interval: -134.8 to\n  212.3 %\n"
    )


def test_a_column_is_not_folded_to_a_word_a_line(monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "40")
    where = "setup hours is 9.5 or less and issue hours is 0.45 to 2.3"
    output.table(("where", "yes at", "of all yes", "95 % interval"), [(where, "12 %", "5 %", "1")])
    assert capsys.readouterr().out.startswith("where: setup hours is 9.5 or less and\n")


def test_help_and_every_listing_fit_a_narrow_terminal(monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    for words in (("--help",), ("run", "--help"), ("scenarios",), ("experiments",), ("lesson",)):
        done = cgsim(*words)
        assert done.code == 0
        if "--help" not in words:
            assert max(map(len, done.out.decode().splitlines())) <= 40


# Streams in the place of files ------------------------------------------------------------------


@pytest.mark.parametrize("name", ["-", "/dev/stdin"])
def test_standard_input_in_the_place_of_a_scenario(name):
    given = SMALL.format(title="From a pipe")
    assert cgsim("validate", name, given=given).out == f"{name}: valid\n".encode()
    assert cgsim("describe", name, given=given).out.startswith(b"From a pipe")
    assert b"Nothing differs" in cgsim("diff", name, name, given=given).out
    told = json.loads(cgsim("run", name, "--replicates", "2", "--json", given=given).out)
    assert (told["scenario"], told["title"]) == ("stdin", "From a pipe")
    assert cgsim("report", name, "-o", "-", "--format", "md", given=given).out.startswith(b"# From")
    wrong = cgsim("validate", name, given="title = 3")
    assert wrong.code == 2
    assert wrong.out.startswith(b"standard input:1: title: got 3")


def test_standard_input_that_is_closed_is_told(monkeypatch):
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(ScenarioError, match="standard input: it is closed"):
        load("-")


def test_standard_input_is_bounded(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"#" * 2**20)))
    with pytest.raises(ScenarioError, match="standard input: got a file of more than 256 KiB"):
        load("-")
    monkeypatch.setattr(sys, "stdin", io.StringIO(SMALL.format(title="T")))
    assert load("-").title == load("-").title == "T"
    assert outside.stem_of("/dev/stdin") == "stdin"


def test_standard_output_in_the_place_of_a_file_gets_the_file_alone(tmp_path, small, monkeypatch):
    monkeypatch.chdir(tmp_path)
    world = cgsim("export-world", small, "-o", "-")
    assert json.loads(world.out) == json.loads(json.dumps(export_world(load(small), 1, 0)))
    assert b"agrees" in cgsim("replay", "-", "--check", given=world.out.decode()).out
    made = cgsim("new", "-")
    assert cgsim("validate", "-", given=made.out.decode()).code == 0
    answers = cgsim("assess", "--template", "-")
    assert answers.out.startswith(b"title = ")
    assert cgsim("assess", "--form", "-").out.startswith(b"<!doctype html>")
    assert (
        cgsim("report", small, "--replicates", "2", "-o", "-", "--format", "xlsx").out[:2] == b"PK"
    )
    for words in (
        ("report", small, "-o", "-"),
        ("report", small, "-o", "-", "--format", "gif"),
        ("assess", "a.toml", "-o", "-"),
    ):
        assert cgsim(*words).code == 2
    assert cgsim("run", small, "--replicates", "2", "--out", "-").code == 3
    assert os.listdir(tmp_path) == ["small.toml"]


def test_a_pipe_or_device_is_written_to_and_stays_what_it_is(tmp_path, small):
    pipe = tmp_path / "pipe.json"
    os.mkfifo(pipe)
    alone = cgsim("export-world", small, "-o", pipe)
    assert alone.code == 3
    assert b"pipe.json cannot be written" in alone.err
    got = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()))
    reader.start()
    while cgsim("export-world", small, "-o", pipe).code == 3:
        pass
    reader.join()
    assert json.loads(got[0])["format"] == 1
    assert pipe.is_fifo()


# Signals ------------------------------------------------------------------------------------------


def sends(number):
    def send(*_, **__):
        signal.raise_signal(number)
        raise AssertionError("the signal was not heard")

    return send


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)]
)
@pytest.mark.parametrize(
    ("words", "where", "said"),
    [
        (("run", "baseline"), "running.results.run_many", "nothing was written"),
        (("frictions", "baseline"), "running.results.run_frictions", "nothing was written"),
        (("report", "baseline", "-o", "a.html"), "running.sources.run_scenario", "nothing was"),
        (("lesson", "more-partners", "-o", "a.html"), "lessons.play", "nothing was written"),
        (("assess", "a.toml"), "assess.assessment.assess", "nothing was written"),
        (("assess", "a.toml", "--out", "o"), "assess.assessment.assess", "To go on: cgsim assess"),
        (("sensitivity", "--out", "o"), "advice.sensitivity.forecast_both", "Stopped."),
        (("sensitivity", "--out", "o"), "experiment.files.load_experiment", "Stopped."),
        (("validate", "baseline"), "scenario.load", "Stopped."),
    ],
)
def test_a_signal_to_end_is_never_without_a_word(
    tmp_path, monkeypatch, number, code, words, where, said
):
    def leave(status):
        raise SystemExit(status)

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "_exit", leave)
    monkeypatch.setattr(f"cgsim.{where}", sends(number))
    before = signal.getsignal(number)
    (tmp_path / "a.toml").write_text('[answers]\nsize = "few"\n')
    done = cgsim(*words)
    assert done.code == code
    assert said in done.err.decode()
    assert done.out == b""
    assert signal.getsignal(number) is before


def test_nohup_is_respected():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with streams.signals_heard():
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
            assert signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL
    finally:
        signal.signal(signal.SIGHUP, before)
