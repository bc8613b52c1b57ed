"""A run that raises, or comes to no number, is told of and costs no other run anything."""

import json
import math
import os
import re
import signal
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from cgsim.measures import COLUMN
from cgsim.running import computing as parts
from cgsim.running.batch import SomeFailed, open_batch, run_experiment
from cgsim.running.computing import compute, job_of
from cgsim.store.parts import Part
from small_batches import (
    cgsim_here,
    files_of,
    precise_experiment,
    small_experiment,
    table_of,
)

LIVE = parts.Simulation.live
MEASURE = parts.measure_chunk
POINTS = small_experiment().points
POINT, REPLICATE = 3, 17  # size 3, two meetings


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sound") / "batch"
    return run_experiment(small_experiment(), folder)


def is_meant(scenario, point):
    partnership = scenario.partnerships[0]
    lived = {"size": partnership.size, "meetings": partnership.levers["meetings"]}
    return lived == POINTS[point]


def failing(which):
    """Return a ``live`` that raises where ``which(point, replicate)`` holds."""

    def live(self, task):
        for run in task.places:
            for point in range(6):
                replicate = self.replicates[run]
                if which(point, replicate) and is_meant(self.scenarios[self.points[run]], point):
                    raise ZeroDivisionError(f"replicate {replicate} divides by nothing")
        return LIVE(self, task)

    return live


def failing_everywhere(meant):
    """Return a ``live`` that raises for some replicates of every point."""

    def live(self, task):
        for replicate in self.replicates[task.places]:
            if meant(replicate):
                raise ZeroDivisionError(f"replicate {replicate} divides by nothing")
        return LIVE(self, task)

    return live


@pytest.fixture
def one_fails(monkeypatch):
    """One run of the small experiment raises until ``undo()``."""
    live = failing(lambda point, replicate: (point, replicate) == (POINT, REPLICATE))
    monkeypatch.setattr(parts.Simulation, "live", live)
    return monkeypatch


def rows(batch):
    return batch.runs(arm="all").set_index(["point", "replicate", "arm"])


def test_the_failure_is_a_row_with_all_that_is_needed_and_every_other_row_is_kept(
    one_fails, tmp_path, sound
):
    done = run_experiment(small_experiment(), tmp_path)
    lines = (tmp_path / "failures.jsonl").read_text().splitlines()
    assert len(lines) == 1
    failure = json.loads(lines[0])
    assert (failure["point"], failure["replicate"]) == (POINT, REPLICATE)
    assert failure["seed"] == 1
    assert failure["values"] == {"size": 3, "meetings": 2.0}
    assert failure["cause"] == "ZeroDivisionError: replicate 17 divides by nothing"
    assert "Traceback" in failure["traceback"]
    assert done.manifest["failed"] == 1
    assert done.manifest["runs"] == 6 * 40 - 1
    expected = rows(sound).drop((POINT, REPLICATE))
    assert rows(done).equals(expected)
    gain = done.summary[done.summary["measure"] == "gain"].set_index("point")
    assert list(gain["replicates"]) == [40, 40, 40, 39, 40, 40]
    assert list(gain["failed"]) == [0, 0, 0, 1, 0, 0]
    kept = expected.xs("together", level="arm").loc[POINT, "gain"]
    assert gain.loc[POINT, "estimate"] == pytest.approx(kept.mean(), rel=1e-12)
    matrix = done.matrix("gain")
    assert np.argwhere(np.isnan(matrix)).tolist() == [[POINT, REPLICATE]]


def test_the_failure_comes_again_when_the_run_is_lived_again(one_fails, tmp_path):
    run_experiment(small_experiment(), tmp_path)
    failure = open_batch(tmp_path).failures[0]
    experiment = open_batch(tmp_path).experiment
    again = Part(failure["point"], failure["point"], failure["replicate"], failure["replicate"])
    assert compute(job_of(experiment, again, "")).failed == 1
    one_fails.undo()
    assert compute(job_of(experiment, again, "")).failed == 0


def test_the_same_command_keeps_a_failure_and_retrying_mends_it(one_fails, tmp_path, sound):
    run_experiment(small_experiment(), tmp_path)
    one_fails.undo()
    kept = run_experiment(small_experiment(), tmp_path)
    assert (kept.computed, kept.manifest["failed"]) == (0, 1)
    mended = run_experiment(small_experiment(), tmp_path, retry_failed=True)
    assert (mended.computed, mended.manifest["failed"]) == (40, 0)
    assert [aside.why for aside in mended.set_aside] == [
        "holds runs that failed, to be tried again"
    ]
    found = {k: v for k, v in table_of(tmp_path).items() if not k.startswith("aside/")}
    assert found == table_of(sound.folder)


def test_months_of_failed_runs_are_left_out_and_mended_too(one_fails, tmp_path):
    experiment = small_experiment(months=True)
    done = run_experiment(experiment, tmp_path / "mended")
    assert len(done.months) == (6 * 40 - 1) * 3 * 24
    assert len(done.months.query("point == @POINT and replicate == @REPLICATE")) == 0
    one_fails.undo()
    run_experiment(experiment, tmp_path / "mended", retry_failed=True)
    run_experiment(experiment, tmp_path / "sound")
    found = {k: v for k, v in table_of(tmp_path / "mended").items() if "aside/" not in k}
    assert found == table_of(tmp_path / "sound")


def test_failing_fast_stops_at_the_first_and_can_be_gone_on_from(one_fails, tmp_path, sound):
    with pytest.raises(SomeFailed, match="replicate 17 of point 3 failed: ZeroDivisionError"):
        run_experiment(small_experiment(), tmp_path, fail_fast=True, workers=1)
    assert not open_batch(tmp_path).manifest["complete"]
    one_fails.undo()
    done = run_experiment(small_experiment(), tmp_path, retry_failed=True)
    assert done.manifest["content_sha256"] == sound.manifest["content_sha256"]


def test_many_failures_in_one_part_are_each_told_of(monkeypatch, tmp_path, sound):
    meant = {(1, 0), (1, 1), (1, 39), (4, 20), (5, 5)}
    live = failing(lambda point, replicate: (point, replicate) in meant)
    monkeypatch.setattr(parts.Simulation, "live", live)
    done = run_experiment(small_experiment(), tmp_path)
    assert {(f["point"], f["replicate"]) for f in done.failures} == meant
    assert rows(done).equals(rows(sound).drop(list(meant)))


def test_a_point_of_which_every_run_fails_has_a_line_all_the_same(monkeypatch, tmp_path):
    monkeypatch.setattr(parts.Simulation, "live", failing(lambda point, replicate: point == 2))
    done = run_experiment(small_experiment(), tmp_path)
    assert done.manifest["failed"] == 40
    summary = done.summary.set_index("point")
    assert summary.loc[2, "failed"] == 40
    assert summary.loc[2, "replicates"] == 0
    assert len(summary.loc[1]) > 20


def test_a_batch_of_which_every_run_fails_ends_and_says_so(monkeypatch, tmp_path):
    monkeypatch.setattr(parts.Simulation, "live", failing(lambda point, replicate: True))
    done = run_experiment(small_experiment(replicates=4), tmp_path)
    assert (done.manifest["failed"], done.manifest["runs"]) == (24, 0)
    assert list(done.summary["failed"]) == [4] * 6


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_gain_that_is_no_number_is_a_failure(value, monkeypatch, tmp_path, sound):
    def measure(chunk, points, arms, costs, out):
        MEASURE(chunk, points, arms, costs, out)
        if len(out) > REPLICATE:
            out[REPLICATE, COLUMN["gain"]] = value

    monkeypatch.setattr(parts, "measure_chunk", measure)
    done = run_experiment(small_experiment(), tmp_path)
    assert [(f["point"], f["replicate"]) for f in done.failures] == [(p, 17) for p in range(6)]
    assert {f["cause"] for f in done.failures} == {"the gain is not a number"}
    assert rows(done).equals(rows(sound).drop(17, level="replicate"))


@contextmanager
def at_most(seconds):
    """Fail where something does not come to an end."""

    def too_long(number, frame):
        raise TimeoutError(f"not ended after {seconds} s")

    before = signal.signal(signal.SIGALRM, too_long)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("every", [1, 2, 10])
def test_a_precision_that_runs_fail_on_is_still_come_to_or_given_up(every, monkeypatch, tmp_path):
    meant = {1: lambda r: True, 2: lambda r: r % 2, 10: lambda r: r % 10}[every]
    monkeypatch.setattr(parts.Simulation, "live", failing_everywhere(meant))
    budget = 256
    experiment = precise_experiment()
    experiment = replace(experiment, precision=replace(experiment.precision, budget=budget))
    with at_most(20):
        done = run_experiment(experiment, tmp_path)
    told = pd.read_csv(tmp_path / "precision.csv")
    assert done.manifest["points_without_precision"] == (~told["reached"]).sum() == 2
    lived = done.manifest["runs"] + done.manifest["failed"]
    assert lived == 2 * budget
    expected = sum(not meant(r) for r in range(budget))
    assert list(told["replicates"]) == [expected, expected]


def test_the_program_ends_with_exit_5_and_names_the_runs(one_fails, tmp_path, capsys):
    file = tmp_path / "mine.toml"
    file.write_text(
        'title = "Mine"\nquestion = "Does it?"\nreplicates = 40\n'
        "set = { months = 24, agencies = 8 }\n"
        "factors = { size = [2, 3], meetings = [1.0, 2.0] }\n"
    )
    out = tmp_path / "out"
    assert cgsim_here(one_fails, "batch", file, "--out", out) == 5
    told = capsys.readouterr()
    assert re.search(r"1 runs? failed; the others are kept\. See failures\.jsonl\.", told.out)
    assert "point 3, run 17, seed 1: ZeroDivisionError" in told.err
    assert cgsim_here(one_fails, "batch", file, "--out", out) == 5
    assert cgsim_here(one_fails, "status", out) == 0
    assert "failed runs" in capsys.readouterr().out
    fast = tmp_path / "fast"
    assert cgsim_here(one_fails, "batch", file, "--out", fast, "--fail-fast") == 5
    assert "replicate 17 of point 3 failed" in capsys.readouterr().err
    one_fails.setattr(parts.Simulation, "live", LIVE)
    assert cgsim_here(one_fails, "batch", file, "--out", out, "--retry-failed") == 0
    assert files_of(out)["failures.jsonl"] == b""
    assert os.listdir(out / "aside")
