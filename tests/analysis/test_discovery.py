"""Scenario discovery over one's own batch: a planted box is found, and nothing is found in luck."""

import json
import shutil
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests import program

import cgsim
from cgsim.analysis.discovery import NothingToFind, cases_of, discover_in
from cgsim.experiment.files import load_experiment
from cgsim.experiment.restriction import NotUnderstood

WHERE = "gain < 0"


def planted(seed, count=600, wrong=0.05):
    """Inputs of every kind, and answers that are yes in one box of them, but for a few."""
    rng = np.random.default_rng(seed)
    inputs = pd.DataFrame(
        {
            "size": rng.integers(2, 17, count).astype(float),
            "share": rng.random(count),
            "network": rng.choice(["ring", "random", "none"], count),
            "idle": rng.random(count),
            "flag": rng.choice(["True", "False"], count),
        }
    )
    within = (inputs["size"] >= 9) & (inputs["share"] < 0.5) & (inputs["network"] != "none")
    return inputs, (within.to_numpy() ^ (rng.random(count) < wrong))


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 2**32))
def test_a_planted_box_is_found_and_judged_on_points_kept_back(seed):
    inputs, answers = planted(seed)
    found = discover_in(inputs, answers, WHERE)
    box = {limit.key: limit for limit in found.box.limits}
    assert all(limit.luck <= 0.05 for limit in found.box.limits)
    assert {"size", "share"} <= set(box)
    assert 7 <= box["size"].low <= 10
    assert 0.4 <= box["share"].high <= 0.6
    assert "none" not in box["network"].values if "network" in box else True
    assert found.kept_back == 200
    assert found.box.density.low > found.base.value
    assert found.box.density.count == found.box.within <= found.kept_back
    best = found.leaves[0]
    assert {"size", "share"} <= {limit.key for limit in best.limits}
    assert best.density.value > 2 * found.base.value
    assert sum(leaf.within for leaf in found.leaves) == found.kept_back  # leaves are apart
    assert "size is " in found.sentences()[1]


def test_the_numbers_told_are_those_of_the_points_kept_back():
    inputs, answers = planted(3)
    found = discover_in(inputs, answers, WHERE, seed=5)
    back = np.random.default_rng(5).permutation(600) < 200  # each point is a draw of its own
    held, yes = inputs[back], answers[back]
    within = np.ones(200, bool)
    for limit in found.box.limits:
        column = held[limit.key]
        if limit.values:
            within &= [value in limit.values for value in column]
        else:
            within &= [limit.low <= value <= limit.high for value in column]
    assert found.box.within == within.sum()
    assert found.box.density.value == pytest.approx(yes[within].mean())
    assert found.box.coverage.value == pytest.approx(within[yes].mean())
    assert found.base.value == pytest.approx(answers.mean())


def test_where_answers_are_luck_the_words_do_not_tell_a_box():
    told = 0
    for seed in range(20):
        inputs, _ = planted(seed, 200)
        answers = np.random.default_rng(seed).random(200) < 0.3
        told += discover_in(inputs, answers, WHERE, seed=seed).sentences()[1].startswith("Where ")
    assert told <= 3  # an interval of 95 % leaves out one in forty on this side


def test_points_of_one_draw_are_kept_back_together_and_count_once_in_the_interval():
    inputs, answers = planted(7, 100)
    many = pd.concat([inputs] * 9, ignore_index=True)
    draws = np.tile(np.arange(100), 9)
    found = discover_in(many, np.tile(answers, 9), WHERE, draws)
    once = discover_in(inputs, answers, WHERE)
    assert found.kept_back == 9 * once.kept_back
    ends = [(one.base.value, one.base.low, one.base.high) for one in (found, once)]
    assert ends[0] == pytest.approx(ends[1])
    # What is luck in a draw is no less luck for being told nine times.
    luck = np.random.default_rng(7).random(100) < 0.4
    told = discover_in(many, np.tile(luck, 9), WHERE, draws).sentences()[1]
    assert told.startswith("No part of the inputs")


def test_too_few_points_one_answer_only_and_steps_that_are_not_there_are_refused():
    inputs, answers = planted(1, 59)
    with pytest.raises(NothingToFind, match="got 59 design points"):
        discover_in(inputs, answers, WHERE)
    inputs, answers = planted(1, 300)
    with pytest.raises(NothingToFind, match="answer no at nearly every point"):
        discover_in(inputs, answers & False, WHERE)
    with pytest.raises(NothingToFind, match="got box 500; allowed 0 to"):
        discover_in(inputs, answers, WHERE, box=500)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A batch over the priors and the size, small enough for a test."""
    there = tmp_path_factory.mktemp("priors") / "out"
    changes = {"months": 24, "agencies": 16}
    planned = load_experiment("prior-predictive", [f"{k}={v}" for k, v in changes.items()])
    cgsim.run_experiment(planned.__class__(**vars(planned) | {"replicates": 2}), there)
    return there


def test_a_batch_is_asked_in_python_and_answers_are_those_of_its_runs(folder):
    batch = cgsim.open_batch(folder)
    inputs, answers = cases_of(batch, "gain < 0")
    means = batch.runs(["gain"]).groupby("point")["gain"].mean()
    assert (answers == (means < 0).to_numpy()).all()
    assert "size" in inputs
    assert set(inputs.columns) <= set(batch.points.columns) - {"point"}
    assert all(inputs[key].astype(str).nunique() > 1 for key in inputs)
    with pytest.raises(NotUnderstood, match="gainn"):
        cases_of(batch, "gainn < 0")
    with pytest.raises(NotUnderstood, match="a condition on measures"):
        cases_of(batch, "1 < 2")


def test_the_command_prints_what_python_finds_and_saves_tables_and_a_picture(folder, tmp_path):
    out = tmp_path / "found"
    asked = ("discover", folder, "--where", "gain < 0", "--out", out)
    text = program.run(*asked).stdout
    found = cgsim.discover(cgsim.open_batch(folder), "gain < 0")
    flat = " ".join(text.split())
    for sentence in found.sentences():
        assert sentence in flat
    assert {path.name for path in out.iterdir()} == {
        "box.csv",
        "path.csv",
        "tree.csv",
        "discovery.svg",
        "discovery.xlsx",
    }
    assert len(pd.read_csv(out / "path.csv")) == len(found.path)
    told = json.loads(program.run("discover", folder, "--where", "gain < 0", "--json").stdout)
    assert told["points"] == found.points
    assert told["box"]["within"] == found.box.within


def test_bad_questions_get_one_line(folder, tmp_path):
    done = program.run("discover", folder, "--where", "gian < 0")
    wrong = done.stderr
    assert done.returncode == 2
    assert wrong.count("\n") == 1
    assert "--where" in wrong
    assert 'did you mean "gain"?' in wrong


def test_what_is_missing_of_a_batch_is_told_and_a_tree_alone_is_saved(folder, tmp_path):
    there, out = tmp_path / "batch", tmp_path / "found"
    shutil.copytree(folder, there)
    sorted((there / "runs").iterdir())[-1].unlink()
    batch = cgsim.open_batch(there)
    left = len(batch.points) - batch.runs(["gain"])["point"].nunique()
    assert left > 0
    asked = ("discover", there, "--where", "gain < 0", "--no-box")
    done = program.run(*asked, "--out", out)
    assert f"Left out, as no run of theirs has a value: {left}" in " ".join(done.stdout.split())
    assert {path.name for path in out.iterdir()} == {"tree.csv", "discovery.xlsx"}
    done = program.run(*asked, "--box", 2)
    assert done.returncode == 2
    assert "got box 2 and no box" in done.stderr


def test_without_the_workbench_the_tree_is_still_there(folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "ema_workbench", None)
    monkeypatch.setitem(sys.modules, "ema_workbench.analysis", None)
    batch = cgsim.open_batch(folder)
    with pytest.raises(ModuleNotFoundError, match=r'pip install "cgsim\[discover\]"'):
        cgsim.discover(batch, "gain < 0")
    assert cgsim.discover(batch, "gain < 0", with_box=False).leaves
