"""Two people at work: one is interrupted and goes on, one reads the folder without cgsim."""

import json
import re
import shlex
import signal
import subprocess
import sys

import pandas as pd
import pytest

from cgsim.running.batch import run_experiment
from small_batches import (
    cgsim_here,
    cgsim_process,
    hidden,
    run_cgsim,
    small_experiment,
    table_of,
    until,
)

FILE = """
title = "Meetings of a tiny partnership"
question = "How many meetings are worth it?"
scenario = "baseline"
replicates = {replicates}
seed = 1

[set]
months = 24
agencies = 8
size = 4

[factors]
meetings = [1, 2, 3, 4]
"""


def stop_with(number, arguments, folder, parts, cwd):
    """Start the program, send it a signal when there are so many parts; return what to type."""
    process = cgsim_process(*arguments, cwd=cwd)
    try:
        until(lambda: len(list((folder / "runs").glob("*.parquet"))) >= parts)
        process.send_signal(number)
        _, err = process.communicate(timeout=30)
    finally:
        process.kill()
    assert process.returncode == 128 + number
    kept, again = err.strip().splitlines()
    assert kept == f"cgsim: stopped; what is done is kept in {arguments[3]}."
    assert again.startswith("To go on: cgsim batch ")
    return shlex.split(again.removeprefix("To go on: cgsim "))


def test_interrupted_twice_and_once_mistaken_it_still_comes_out(tmp_path):
    desk = tmp_path / "my desk"
    desk.mkdir()
    mine, out = desk / "mine.toml", desk / "the results"
    mine.write_text(FILE.format(replicates=1500))
    command = ["batch", mine.name, "--out", out.name, "--workers", "1"]

    again = stop_with(signal.SIGINT, command, out, 1, desk)
    assert again == command
    state = json.loads(run_cgsim("status", out, "--json")[0])
    assert 0 < state["replicates_stored"] < state["replicates_planned"] == 6_000
    assert not state["complete"]
    assert state["running"] is None

    stored = len(list((out / "runs").glob("*.parquet")))
    assert stop_with(signal.SIGTERM, again, out, stored + 1, desk) == command

    mine.write_text(FILE.format(replicates=1500).replace("seed = 1", "seed = 2"))
    _, err = run_cgsim(*again, code=2, cwd=desk)
    assert err.strip() == (
        "the results: experiment.seed: got 2; allowed 1, as this folder was begun with; "
        "or choose another folder"
    )
    mine.write_text(FILE.format(replicates=1500))

    stored = len(list((out / "runs").glob("*.parquet")))
    told, _ = run_cgsim(*again, "--resume", cwd=desk)
    computed = int(re.search(r"\(([\d,]+) computed now", told).group(1).replace(",", ""))
    assert 0 < computed <= 6_000 - 187 * stored
    assert hidden(out) == []

    told, _ = run_cgsim("status", out)
    assert re.search(r"state +complete", told)
    assert "6,000 of 6,000 (100 %)" in told
    told, _ = run_cgsim("verify", out)
    assert " parts, 6,000 runs: every byte looked at." in told
    assert "the same to the last bit" in told
    told, _ = run_cgsim("reproduce", out, "--out", desk / "again", PYTHONHASHSEED="7")
    assert "Every row came out again, to the last bit." in told
    assert table_of(desk / "again").keys() == table_of(out).keys()


def test_resuming_what_was_never_begun_is_a_mistake(tmp_path, monkeypatch, capsys):
    mine = tmp_path / "mine.toml"
    mine.write_text(FILE.format(replicates=10))
    assert cgsim_here(monkeypatch, "batch", mine, "--out", tmp_path / "out", "--resume") == 2
    told = capsys.readouterr().err
    assert "holds no batch to" in " ".join(told.split())
    assert not (tmp_path / "out").exists()


READER = """
import json, sys
from pathlib import Path
import duckdb
import pandas as pd

folder = Path(sys.argv[1])
asked = f\"\"\"
    select p.size, p.meetings, avg(r.gain) as gain, count(*) as replicates
    from '{folder}/runs/*.parquet' r join '{folder}/points.parquet' p using (point)
    where r.arm = 'together' group by all order by all
\"\"\"
by_duckdb = duckdb.sql(asked).fetchall()
runs = pd.read_parquet(folder / "runs")
points = pd.read_parquet(folder / "points.parquet")
together = runs[runs["arm"] == "together"].merge(points, on="point")
by_pandas = together.groupby(["size", "meetings"])["gain"].agg(["mean", "count"]).reset_index()
months = pd.read_parquet(folder / "months")
manifest = json.loads((folder / "manifest.json").read_text())
failures = [json.loads(line) for line in open(folder / "failures.jsonl")]
assert not [name for name in sys.modules if name.split(".")[0] == "cgsim"]
print(json.dumps({
    "duckdb": by_duckdb,
    "pandas": by_pandas.values.tolist(),
    "months": len(months),
    "seed": manifest["experiment"]["seed"],
    "failures": len(failures),
}))
"""


def test_the_folder_is_read_by_duckdb_and_pandas_alone(tmp_path):
    out = tmp_path / "out"
    run_experiment(small_experiment(months=True), out)
    done = subprocess.run(
        [sys.executable, "-c", READER, out], capture_output=True, text=True, check=True, cwd="/"
    )
    found = json.loads(done.stdout)
    summary = pd.read_csv(out / "summary.csv").query("measure == 'gain'")
    expected = summary.sort_values(["size", "meetings"])[
        ["size", "meetings", "estimate", "replicates"]
    ].to_numpy()
    assert len(expected) == 6
    for rows in (found["duckdb"], found["pandas"]):
        for row, wanted in zip(rows, expected, strict=True):
            assert row == pytest.approx(list(wanted), rel=1e-12)
    assert found["months"] == 6 * 40 * 3 * 24
    assert (found["seed"], found["failures"]) == (1, 0)
