"""The command that makes the page: what it writes, and what it refuses in one line."""

import json

import pytest
from typer.testing import CliRunner

import cgsim
from cgsim.cli.app import app, main
from cgsim.page import one_file
from cgsim.page.contents import answered


def run(monkeypatch, capsys, *arguments):
    """Run the program as a shell does; return its exit code and what it says."""
    monkeypatch.setattr("sys.argv", ["cgsim", *map(str, arguments)])
    with pytest.raises(SystemExit) as stopped:
        main()
    said = capsys.readouterr()
    return stopped.value.code or 0, said.out, said.err


def test_a_page_is_written_whole_and_anew(tmp_path, monkeypatch, capsys):
    out = tmp_path / "seen.html"
    out.write_text("an older one")
    code, said, _ = run(
        monkeypatch, capsys, "page", "baseline", "--set", "meetings=2", "--seed", "7", "-o", out
    )
    assert code == 0
    text = out.read_text()
    size = f"{len(text.encode()) / 1e6:.1f} MB"
    assert said == f"{out}: {size}. Open it in a browser, or send it on.\n"
    assert text.startswith("<!doctype html>")
    assert '"meetings":2.0' in text
    assert '"seed":7' in text
    assert [path.name for path in tmp_path.iterdir()] == ["seen.html"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["baselin", "-o", "a.html"], 'baselin: got "baselin"; allowed a library scenario'),
        (["baseline", "-o", "a.pdf"], "--out: got a.pdf; allowed a name that ends in .html"),
        (["baseline", "baseline", "-o", "a.html"], "SCENARIO: got baseline twice"),
        (["baseline", "--set", "meetings=99", "-o", "a.html"], "meetings: got 99; allowed"),
        (
            ["baseline", "--set", "areas=2", "-o", "a.html"],
            "baseline: world.areas: got 2; allowed 1 on a page, whose pictures show one area",
        ),
        (
            ["--game", "baseline", "-o", "a.html"],
            "--game: got a scenario, --set, --given, --with or --site besides",
        ),
        (
            ["--game", "--site", "s"],
            "--game: got a scenario, --set, --given, --with or --site besides",
        ),
        (["baseline"] * 61 + ["-o", "a.html"], "SCENARIO: got 61 scenarios; allowed 60 at most"),
    ],
)
def test_bad_input_is_one_line_and_nothing_is_written(
    arguments, told, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    code, said, wrong = run(monkeypatch, capsys, "page", *arguments)
    assert (code, said) == (2, "")
    assert told in wrong
    assert wrong.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_help_has_an_example():
    said = CliRunner().invoke(app, ["page", "--help"])
    assert "Example: cgsim page korsakoff -o korsakoff.html" in said.output


def test_data_cannot_end_their_element():
    told = {"a": "</script><!--<script>&\u2028 caf\udce9"}
    text = one_file.as_json(told)
    assert not set("<>&\u2028") & set(text)
    assert json.loads(text.encode()) == told


def test_how_far_a_page_is_is_told_by_scenario():
    told = []
    scenarios = [cgsim.load(name) for name in ("baseline", "inertia")]
    sources = answered(scenarios, 1, 2, progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 2), (2, 2)]
    assert [source.results.scenario.name for source in sources] == ["baseline", "inertia"]


def test_the_command_tells_it_on_stderr_and_nothing_else_on_stdout(tmp_path, monkeypatch, capsys):
    """A line now and then where it is piped, as of other long commands."""
    now = iter(range(0, 10_000, 10))
    monkeypatch.setattr("cgsim.cli.output.time.monotonic", lambda: next(now))
    out = tmp_path / "a.html"
    code, said, wrong = run(monkeypatch, capsys, "page", "baseline", "inertia", "-o", out)
    assert code == 0
    assert said.count("\n") == 1
    assert "answers for the page, by scenario: 2 of 2" in wrong


def test_a_scenario_that_no_page_shows_is_named_with_what_to_do(tmp_path, monkeypatch, capsys):
    out = tmp_path / "a.html"
    code, _, wrong = run(monkeypatch, capsys, "page", "baseline", "thirty-two-areas", "-o", out)
    assert code == 2
    assert wrong == (
        "thirty-two-areas: world.areas: got 32; allowed 1 on a page, whose pictures show one area "
        "(leave this scenario out here; cgsim run thirty-two-areas lives it)\n"
    )
