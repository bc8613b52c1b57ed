"""Columns averaged over some months, and frictions switched off, in experiment files."""

import numpy as np
import pytest

import cgsim
from cgsim.experiment.design import Experiment
from cgsim.experiment.windows import Window
from cgsim.rules.state import BOARD_COLUMNS
from cgsim.scenario import ScenarioError

FILE = """
title = "W"
question = "Q"
scenario = "inertia"
design = "list"
replicates = 6
months = true
point = [{ set = { size = 5 } }, { set = { size = 14 } }]

[windows]
met_late = { column = "met", months = [40, 71] }
trust_early = { column = "trust", months = [12, 35] }
commitment_end = { column = "commitment", months = [60, 71], dead_count = true }
lives = { column = "alive_partnerships", months = [71, 71] }
"""


@pytest.fixture(scope="module")
def batch(tmp_path_factory):
    folder = tmp_path_factory.mktemp("windows")
    (folder / "w.toml").write_text(FILE)
    return cgsim.run_experiment(folder / "w.toml", folder / "out")


def test_a_column_of_months_is_the_mean_over_them(batch):
    months = batch.months.query("40 <= month <= 71 and arm != 'equal_money'")
    by_hand = months.groupby(["point", "replicate", "arm"], observed=True)["met"].mean()
    runs = batch.runs(["met_late"], arm="all").set_index(["point", "replicate", "arm"])
    for key, value in by_hand.items():
        assert runs.loc[key, "met_late"] == pytest.approx(value)


def test_a_column_of_partnerships_is_that_of_the_run_by_itself(batch):
    runs = batch.runs(["trust_early", "commitment_end", "lives"]).set_index(["point", "replicate"])
    for point in (0, 1):
        model = cgsim.PartnershipModel(
            batch.experiment.scenario_at(point), seed_number=batch.experiment.seed, replicate=3
        )
        model.run_model()
        board = dict(zip(BOARD_COLUMNS, model.record.board[:, 0].T, strict=True))
        month, living = np.arange(72), board["members"] > 0
        early = (month >= 12) & (month <= 35) & living
        found = runs.loc[(point, 3)]
        assert found["trust_early"] == pytest.approx(board["trust"][early].mean())
        counted = np.where(living, board["commitment"], 0.0)[60:]
        assert found["commitment_end"] == pytest.approx(counted.mean(), abs=1e-12)
        assert found["lives"] == float(living[-1])


def test_where_no_partnership_lives_there_is_no_value(batch):
    alone = batch.runs(["trust_early", "lives"], arm="all").query("arm == 'alone'")
    assert alone["trust_early"].isna().all()
    assert (alone["lives"] == 0.0).all()


def test_the_summary_has_them_with_intervals(batch):
    rows = batch.summary.query("measure == 'trust_early'")
    assert rows["words"].tolist() == ["trust, months 12 to 35"] * 2
    assert (rows["low"] < rows["estimate"]).all()


def test_an_experiment_is_read_as_it_was_written(batch):
    again = Experiment.from_dict(batch.experiment.to_dict())
    assert again.windows == batch.experiment.windows
    assert again.to_dict() == batch.experiment.to_dict()
    assert Window.from_dict("x", {"column": "met", "months": [1, 2]}).last == 2


def test_a_friction_switched_off_takes_nothing_and_leaves_the_arm_alone_as_it_is(tmp_path, batch):
    (tmp_path / "w.toml").write_text(FILE.replace("months = true", 'off = ["overhead"]'))
    free = cgsim.run_experiment(tmp_path / "w.toml", tmp_path / "out")
    assert (free.matrix("overhead_hours") == 0.0).all()
    assert (batch.matrix("overhead_hours") > 0.0).all()
    alone = [
        b.runs(["met_late"], arm="all").query("arm == 'alone'")["met_late"].tolist()
        for b in (free, batch)
    ]
    assert alone[0] == alone[1]


def test_everything_off_is_the_potential(tmp_path):
    frictions = cgsim.run_frictions(cgsim.load("baseline"), replicates=20, seed=3)
    every = '["overhead", "coordination", "commitment", "slippage", "alignment"]'
    text = FILE.partition("[windows]")[0].replace("months = true", f"off = {every}\nseed = 3")
    text = text.replace("inertia", "baseline").replace("replicates = 6", "replicates = 20")
    text = text.replace("point = [{ set = { size = 5 } }, { set = { size = 14 } }]", "point = [{}]")
    (tmp_path / "w.toml").write_text(text)
    done = cgsim.run_experiment(tmp_path / "w.toml", tmp_path / "out")
    assert done.matrix("gain").mean() == pytest.approx(frictions.potential.value, rel=1e-9)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('x = { column = "trsut", months = [1, 2] }', "column one of met"),
        ('x = { column = "trust", months = [3, 2] }', "allowed first <= last"),
        ('gain = { column = "trust", months = [1, 2] }', "allowed a new name"),
        ('x = { column = "trust", months = [1] }', "months = [first, last]"),
        ('x = { column = "trust", month = [1, 2] }', 'did you mean "months"'),
        ('x = { column = "trust", months = [12, 72] }', "got months 12 to 72; allowed 0 to 71"),
        ('x = { column = "met", months = [200, 300] }', "got months 200 to 300; allowed 0 to 71"),
    ],
)
def test_a_faulty_window_is_told_in_a_line(tmp_path, line, told):
    (tmp_path / "w.toml").write_text(FILE.partition("met_late")[0] + line + "\n")
    with pytest.raises(ScenarioError) as caught:
        cgsim.load_experiment(tmp_path / "w.toml")
    assert told in str(caught.value)
    assert "w.toml:" in str(caught.value)


def test_a_window_ends_within_the_shortest_point(tmp_path):
    wanted = (
        FILE.partition("[windows]")[0] + '[windows]\nx = { column = "met", months = [0, %d] }\n'
    )
    points = "point = [{ set = { months = 90 } }, { set = { months = 60 } }]"
    text = wanted.replace("point = [{ set = { size = 5 } }, { set = { size = 14 } }]", points)
    path = tmp_path / "w.toml"
    path.write_text(text % 59)
    assert cgsim.load_experiment(path).windows[0].last == 59
    path.write_text(text % 60)
    with pytest.raises(ScenarioError) as caught:
        cgsim.load_experiment(path)
    told = "windows.x: got months 0 to 60; allowed 0 to 59, the months there are at every point"
    assert str(caught.value).endswith(f"w.toml:11: {told}")
    path.write_text(wanted % 71)
    with pytest.raises(ScenarioError, match="allowed 0 to 39, the months there are"):
        cgsim.load_experiment(path, ["months=40"])
