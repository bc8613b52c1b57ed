"""The commands, used as a person would: what they print, what they leave, how they end."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pyarrow import parquet
from tests import program
from typer.testing import CliRunner

from cgsim import CgsimError, ScenarioError, load, load_experiment, run
from cgsim.answer import names
from cgsim.cli import app
from cgsim.measures import MONTHS_OF_INERTIA
from cgsim.rules.state import FRICTIONS

ROOT = Path(__file__).parents[2]
SMALL = """
title = "A small one"
question = "How many?"
replicates = 40

[set]
months = 24
agencies = 8

"""


def cgsim(*arguments, code=0, cwd=None, **variables):
    done = program.run(*arguments, cwd=cwd, **{"COLUMNS": "110", **variables})
    assert "Traceback" not in done.stderr
    assert done.returncode == code, done.stdout + done.stderr
    return done


def test_every_command_has_an_example():
    text = cgsim("--help").stdout
    commands = re.findall(r"^  ([a-z-]+)  ", text.split("Commands:")[1], re.MULTILINE)
    assert {"run", "compare", "batch", "frontier", "replay"} < set(commands)
    for command in commands:
        helped = CliRunner().invoke(app.app, [command, "--help"])
        assert helped.exit_code == 0
        assert "Example: cgsim " + command in helped.stdout


def test_no_command_is_cut_short_in_the_list():
    listed = cgsim("--help", COLUMNS="80").stdout.split("Commands:")[1].strip().splitlines()
    assert len(listed) > 20
    assert [line for line in listed if not re.match(r" *[a-z-]+  +[A-Z].*\w\.$", line)] == []


def test_a_run_ends_in_words_a_table_and_a_folder_that_pandas_reads(tmp_path):
    out = tmp_path / "results"
    text = cgsim("run", "armadale", "--replicates", 40, "--out", out, "--months").stdout
    assert "In 40 runs of “Armadale: a short pilot on off-sales”" in text
    assert re.search(r"collaborative gain +−?\d+\.\d % +−?\d+\.\d to −?\d+\.\d %", text)
    manifest = json.loads((out / "manifest.json").read_text())
    assert manifest["experiment"]["replicates"] == 40
    assert sorted(p.name for p in out.rglob("*.part")) == []
    runs = pd.read_parquet(out / "runs")
    assert len(runs) == 40 * 3
    months = pd.read_parquet(out / "months")
    assert len(months) == 40 * 3 * 36
    summary = pd.read_csv(out / "summary.csv").set_index("measure")
    together = runs[runs.arm == "together"]
    assert summary.loc["gain", "estimate"] == pytest.approx(together.gain.mean(), rel=1e-12)
    # The gain again, from the months alone.
    by_arm = months[months.month >= 12].pivot_table("met", "replicate", "arm", aggfunc="sum")
    extra = (by_arm.together - by_arm.alone).to_numpy()
    np.testing.assert_allclose(together.extra_met.to_numpy(), extra, rtol=1e-9, atol=1e-6)
    tables = [
        parquet.read_table(path, page_checksum_verification=True)
        for path in (out / "runs").iterdir()
    ]
    assert sum(table.num_rows for table in tables) == 120
    assert "All is as it was written." in cgsim("verify", out).stdout


def test_what_thriving_and_the_trend_do_not_contradict_is_said_in_words():
    text = cgsim("run", "baseline", "--replicates", 6, "--set", "meetings=2").stdout
    assert re.search(
        rf"runs with a spell of inertia .*\n\({MONTHS_OF_INERTIA} months in a row\)", text
    )
    assert re.search(r"gain an evaluator's trend .*\nline would show \(often wrong\)", text)
    assert re.search(r"spread of the gain \(standard .* to .*\ndeviation\)", text)
    text = cgsim("run", "baseline", "--replicates", 2).stdout
    assert re.search(r"spread of the gain \(standard .* not known .*\ndeviation\)", text)


def test_where_a_run_is_saved_is_told_in_full(tmp_path):
    brief = ("run", "armadale", "--replicates", 2, "--out")
    text = cgsim(*brief, tmp_path / "a").stdout
    assert text.endswith("a: manifest.json, summary.csv, runs/*.parquet.\n")
    text = cgsim(*brief, tmp_path / "b", "--months").stdout
    assert text.endswith(
        "b: manifest.json, summary.csv, runs/*.parquet, months/*.parquet, boards/*.parquet.\n"
    )


def test_a_batch_says_how_much_it_computed_and_how_much_it_shows(tmp_path):
    mine = tmp_path / "mine.toml"
    mine.write_text(SMALL + "[factors]\nsize = [3, 4, 5, 6]\nmeetings = [1, 2, 3]\n")
    command = ("batch", mine, "--out", tmp_path / "out")
    text = cgsim(*command).stdout
    assert "12 design points, 480 runs in all (all computed now).\n" in text
    assert "The 5 highest and the 5 lowest of 12 points; all are in summary.csv.\n" in text
    assert "(all of them were there)" in cgsim(*command).stdout
    next((tmp_path / "out/runs").iterdir()).unlink()
    assert re.search(r"\(\d+ computed now, the rest was there\)", cgsim(*command).stdout)
    mine.write_text(SMALL + "[factors]\nsize = [3, 4]\n")
    assert "summary.csv.\n" not in cgsim("batch", mine, "--out", tmp_path / "few").stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (
            ["run", "baseline", "--months"],
            "--months: got it without --out; allowed with --out FOLDER, where the months are saved",
        ),
        (
            ["batch", "size", "--out", "never", "--budget", "50"],
            "--budget: got it without --precision; allowed with a precision to reach",
        ),
        (["batch", "baseline", "--out", "never"], "that is a scenario: cgsim run baseline"),
        (["batch", "nothere", "--out", "never"], "cgsim experiments lists them"),
        (["run", "size"], "that is an experiment: cgsim batch size"),
        (["frictions", "nothere"], "cgsim scenarios lists them"),
        (["lesson", "list"], "cgsim lesson lists them"),
    ],
)
def test_what_cannot_be_meant_is_one_line_that_helps(arguments, told, tmp_path):
    done = cgsim(*arguments, code=2, cwd=tmp_path)
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert done.stderr.endswith(told + "\n")
    assert list(tmp_path.iterdir()) == []


INTERRUPTED = """
import os, signal, time
from cgsim.cli.app import main
from cgsim.engine.run import Simulation

def live(*_):
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(3600)

signal.signal(signal.SIGINT, signal.default_int_handler)
Simulation.live = live
main()
"""


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "baseline", "--out", "here"],
        ["compare", "baseline", "inertia"],
        ["frictions", "inertia"],
        ["report", "baseline", "-o", "page.html"],
        ["report", "size", "-o", "page.html"],
        ["lesson", "more-partners", "-o", "page.html"],
    ],
)
def test_whoever_stops_a_run_hears_that_nothing_was_written(arguments, tmp_path):
    """In the middle of a long chunk, which is not waited for."""
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED, *arguments],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=60,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    assert (done.returncode, done.stdout) == (130, "")
    assert done.stderr == "\nStopped; nothing was written.\n"
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def interrupt(*_, **__):
    raise KeyboardInterrupt


def test_whoever_stops_anything_else_hears_only_what_is_true(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("cgsim.running.checking.verify", interrupt)
    monkeypatch.setattr("cgsim.running.saving.save", interrupt)
    out = tmp_path / "out"
    for arguments, told in [
        (["verify", tmp_path], "\nStopped.\n"),
        (
            ["run", "baseline", "--replicates", "2", "--out", out],
            f"\nStopped while saving into {out}: the same command goes on.\n",
        ),
    ]:
        monkeypatch.setattr(sys, "argv", ["cgsim", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            app.main()
        assert ended.value.code == 130
        assert capsys.readouterr().err == told


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"replicates": "x"}, 'replicates: got "x"; allowed a whole number from 1 to 100000000'),
        ({"replicates": 0}, "replicates: got 0; allowed a whole number from 1 to 100000000"),
        ({"replicates": 2.5}, "replicates: got 2.5; allowed a whole number from 1 to 100000000"),
        ({"seed": True}, "seed: got true; allowed a whole number from 0 to 9223372036854775807"),
        ({"seed": -1}, "seed: got -1; allowed a whole number from 0 to 9223372036854775807"),
        ({"set": 5}, "--set: got 5; allowed a mapping of keys to values, or key=value"),
        ({"set": [5]}, "--set: got 5; allowed key=value"),
        (
            {"set": {"meetings": 99}},
            "--set: partnership.1.meetings: got 99; allowed a number from 0 to 30",
        ),
    ],
)
def test_in_python_too_what_is_wrong_is_one_sentence(wrong, told):
    with pytest.raises(ValueError) as said:
        run("baseline", **{"replicates": 2, **wrong})
    assert str(said.value) == told
    if "set" not in wrong:
        with pytest.raises(ValueError) as said:
            load_experiment("size", **wrong)
        assert str(said.value) == told


def test_in_python_values_are_changed_by_a_mapping_or_by_texts():
    changes = {"meetings": np.float64(2), "recruit": "random", "partnership.size": 5}
    texts = ["meetings=2", "recruit=random", "partnership.size=5"]
    by_mapping, by_texts = load("baseline", changes), load("baseline", texts)
    assert by_mapping == by_texts != load("baseline")
    found = run(load("baseline"), np.int64(3), set={"meetings": 2})
    assert found.scenario == load("baseline", "meetings=2")
    changed, same, before = (
        load_experiment("size", values).scenarios
        for values in ({"meetings": 2}, ["meetings=2"], ())
    )
    assert changed == same != before
    with pytest.raises(ScenarioError, match=r"meetings: got \[1, 2\]; allowed a number"):
        load("baseline", {"meetings": (1, 2)})


def test_results_never_take_the_place_of_others(tmp_path):
    (tmp_path / "mine.txt").write_text("keep me")
    done = cgsim("run", "baseline", "--replicates", 2, "--out", tmp_path, code=2)
    assert "got a folder that is not empty" in done.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]


def test_what_cannot_be_written_is_one_line_and_exit_3(tmp_path):
    (tmp_path / "file").write_text("")
    done = cgsim("run", "baseline", "--replicates", 2, "--out", tmp_path / "file/x", code=3)
    assert done.stderr.count("\n") == 1
    done = cgsim("export-world", "baseline", "-o", "/dev/full/x.json", code=3)
    assert "cannot be written" in done.stderr


def test_json_is_json_and_the_same_numbers():
    found = json.loads(cgsim("run", "baseline", "--replicates", 30, "--json").stdout)
    again = json.loads(
        cgsim("run", "baseline", "--replicates", 30, "--workers", 1, "--json").stdout
    )
    assert found == again
    gain = found["measures"][0]
    assert gain["measure"] == "gain"
    assert gain["low"] < gain["estimate"] < gain["high"]


def test_compare_says_the_paired_difference():
    text = cgsim("compare", "baseline", "inertia", "--replicates", 60).stdout
    words = " ".join(text.split())
    assert re.search(
        r"inertia and baseline are different areas, so luck does not cancel: inertia gains "
        r"\d+\.\d percentage points less \(95 % interval [^)]*\), "
        r"each of what all agencies met alone\.",
        words,
    )


def test_frictions_add_up_on_the_page():
    found = json.loads(cgsim("frictions", "inertia", "--replicates", 30, "--json").stdout)
    losses = sum(loss["value"] for loss in found["losses"].values())
    assert found["potential"]["value"] - losses == pytest.approx(found["realised"]["value"])
    text = cgsim("frictions", "inertia", "--replicates", 30).stdout
    assert "taken by" not in text
    assert "A plus is a friction that spares more than it costs" in " ".join(text.split())
    assert found["losses"]["coordination"]["value"] > 0 > found["losses"]["commitment"]["value"]
    shown = {
        name: re.search(rf"effect of {names.friction(name)} +(\S+) %", text).group(1)
        for name in FRICTIONS
    }
    assert shown["coordination"].startswith("−")
    assert shown["commitment"].startswith("+")
    for name, loss in found["losses"].items():
        effect = float(shown[name].replace("−", "-"))
        assert effect == pytest.approx(-100 * loss["value"], abs=0.051)
    assert not found["paid_hours_count_as_gain"]
    assert "bought" not in text


def test_an_account_of_frictions_says_that_paid_hours_count_as_gain_in_it():
    found = json.loads(cgsim("frictions", "korsakoff", "--replicates", 5, "--json").stdout)
    assert found["paid_hours_count_as_gain"]
    text = " ".join(cgsim("frictions", "korsakoff", "--replicates", 5).stdout.split())
    assert "it is against working alone without that money" in text


def test_the_help_of_frictions_says_how_its_json_counts():
    told = " ".join(cgsim("frictions", "--help").stdout.split())
    assert "one below 0 adds to it" in told


def test_a_world_goes_out_and_comes_back(tmp_path):
    world = tmp_path / "world.json"
    cgsim("export-world", "community-safety", "--replicate", 5, "-o", world)
    assert "agrees" in cgsim("replay", world, "--check").stdout
    tables = json.loads(world.read_text())
    assert tables["changes"][0]["month"] == 36
    tables["expected"]["together"]["month"]["met"][40] += 1e-3
    world.write_text(json.dumps(tables))
    done = cgsim("replay", world, code=1)
    assert "DIFFERS" in done.stdout
    tables["parameters"]["issue_hour"] = 1
    world.write_text(json.dumps(tables))
    done = cgsim("replay", world, code=2)
    assert 'did you mean "issue_hours"' in done.stderr


def test_diff_writes_as_many_digits_as_tell_two_values_apart(tmp_path):
    for name, rate in (("a", 0.374718212345), ("b", 0.374718212346), ("c", 0.61)):
        text = f'title = "T"\nextends = "baseline"\n[talk]\nview_rate = {rate}\n'
        (tmp_path / f"{name}.toml").write_text(text)

    def told(one, other):
        out = cgsim("diff", tmp_path / f"{one}.toml", tmp_path / f"{other}.toml").stdout
        return out.splitlines()[-1].split()

    assert told("a", "b") == ["talk.view_rate", "0.374718212345", "0.374718212346"]
    assert told("a", "c") == ["talk.view_rate", "0.375", "0.61"]
    assert told("c", "a") == ["talk.view_rate", "0.61", "0.375"]


def test_new_validate_diff(tmp_path):
    mine = tmp_path / "mine.toml"
    cgsim("new", mine, "--from", "korsakoff")
    assert "valid" in cgsim("validate", mine).stdout
    assert "Nothing differs" in cgsim("diff", "korsakoff", mine).stdout
    mine.write_text(mine.read_text().replace("# turnover = 0.015", "turnover = 1.5"))
    line = mine.read_text().splitlines().index("turnover = 1.5") + 1
    done = cgsim("validate", mine, code=2)
    assert done.stdout.strip() == (
        f"{mine}:{line}: trust.turnover: got 1.5; allowed a number from 0 to 1"
    )
    cgsim("new", mine, code=3)


def test_a_misspelt_name_gets_the_nearest_right_one():
    assert 'did you mean "korsakoff"' in cgsim("run", "korsakof", code=2).stderr
    assert 'did you mean "turnover"' in cgsim("describe", "turnovr", code=2).stderr


def test_huge_runs_are_refused_before_memory_is_taken():
    done = cgsim("run", "baseline", "--set", "agencies=10000", "--set", "months=100000", code=2)
    assert "GiB" in done.stderr


def test_the_readmes_python_runs_and_shows_what_was_asked_for(tmp_path):
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    said = [program.run_python(block, cwd=tmp_path) for block in blocks]
    assert len(said) == 2
    for done in said:
        assert done.returncode == 0, done.stderr
        assert re.search(r"\bestimate +low +high\n", done.stdout), done.stdout


def test_the_readmes_commands_exist():
    text = (ROOT / "README.md").read_text()
    block = text.split("## On the command line")[1].split("```")[1]
    for command in set(re.findall(r"^cgsim ([a-z-]+)", block, re.MULTILINE)):
        cgsim(command, "--help")


def test_whatever_cgsim_tells_of_is_one_kind_of_error_in_python():
    with pytest.raises(CgsimError, match="did you mean") as told:
        load("korsakov")
    assert isinstance(told.value, ValueError)
    assert told.value.exit_code == 2
    assert told.value.line == str(told.value)
