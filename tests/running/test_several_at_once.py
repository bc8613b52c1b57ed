"""Several measures with a precision each, several experiments in a call, arms as needed."""

import json

import pandas as pd
import pytest

from cgsim.advice.sensitivity import Settings, run_sensitivity
from cgsim.analysis.standing import standing
from cgsim.experiment.design import Experiment, Precision
from cgsim.experiment.files import load_experiment, precision_of
from cgsim.experiment.precision import enough
from cgsim.running.batch import open_batch, run_experiment
from cgsim.scenario import ScenarioError
from small_batches import cgsim_here, precise_experiment, small_experiment, table_of

FILE = """title = "Meetings of a tiny partnership"
question = "How many meetings?"
scenario = "baseline"
replicates = 20
[set]
months = 24
agencies = 8
size = 4
[factors]
meetings = [1, 2]
"""
BOTH = (("inertia", 0.02), ("meeting_cost", 900.0))


@pytest.fixture
def mine(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(FILE)
    return path


@pytest.fixture(scope="module")
def precise(tmp_path_factory):
    precision = Precision("gain", 0.004, 3000, BOTH)
    experiment = precise_experiment()
    experiment = small_experiment(factors=experiment.factors, replicates=64, precision=precision)
    return run_experiment(experiment, tmp_path_factory.mktemp("precise") / "batch")


def test_replicates_are_added_until_every_measure_is_known_well_enough(precise):
    table = pd.read_csv(precise.folder / "precision.csv")
    assert list(zip(table["point"], table["measure"], strict=True)) == [
        (point, name) for point in (0, 1) for name in ("gain", "inertia", "meeting_cost")
    ]
    assert table["reached"].all()
    for row in table.to_dict("records"):
        values = precise.matrix(row["measure"])[row["point"]]
        values = values[values == values]
        assert len(values) == row["replicates"]
        assert enough(values, row["wanted"]).replicates == row["enough"]
    hardest = table.loc[table.groupby("point")["enough"].idxmax(), "measure"]
    assert len(hardest) == 2
    assert precise.manifest["points_without_precision"] == 0
    steps = pd.read_csv(precise.folder / "convergence.csv")
    assert set(steps["measure"]) == {"gain", "inertia", "meeting_cost"}


def test_a_point_counts_once_however_many_measures_it_misses(tmp_path):
    precision = Precision("gain", 1e-9, 80, (("inertia", 1e-9), ("meeting_cost", 1e9)))
    experiment = small_experiment(replicates=64, precision=precision)
    done = run_experiment(experiment, tmp_path)
    assert done.manifest["points_without_precision"] == 6


def test_a_batch_with_several_precisions_is_whole_reads_back_and_goes_on(precise, tmp_path):
    assert precise.store.missing() == []
    again = Experiment.from_dict(json.loads(json.dumps(precise.experiment.to_dict())))
    assert again.precision == precise.experiment.precision
    part = list((precise.folder / "runs").iterdir())[-1]
    before = table_of(precise.folder)
    part.unlink()
    run_experiment(precise.experiment, precise.folder)
    assert table_of(precise.folder) == before


def test_several_precisions_are_given_by_file_or_by_the_command(mine):
    asked = ["gain=0.5%", "meeting_cost=900"]
    wanted = Precision("gain", 0.005, 20_000, (("meeting_cost", 900.0),))
    assert precision_of(asked) == wanted
    assert load_experiment(mine, precision=asked).precision == wanted
    text = 'precision = { gain = "0.5%", meeting_cost = 900, budget = 20000 }'
    mine.write_text(FILE.replace("replicates = 20", text))
    assert load_experiment(mine).precision == wanted
    with pytest.raises(ScenarioError, match='got "gain" twice'):
        precision_of(["gain=1%", "gain=2%"])


def test_status_says_how_precisely_a_batch_is_known_by_now(mine, tmp_path, monkeypatch, capsys):
    out = tmp_path / "out"
    assert cgsim_here(monkeypatch, "batch", mine, "--out", out) == 0
    capsys.readouterr()
    asked = ("--precision", "gain=0.1%", "--precision", "inertia=90%")
    assert cgsim_here(monkeypatch, "status", out, *asked, "--json") == 0
    gain, inertia = json.loads(capsys.readouterr().out)["precision"]
    values = open_batch(out).matrix("gain")
    assert gain["widest"] == pytest.approx(max(enough(v, 1).half_width for v in values))
    assert (gain["reached"], gain["points"]) == (0, 2)
    assert gain["more"] > 0
    assert inertia["wanted"] == 0.9
    monkeypatch.setenv("COLUMNS", "200")  # narrower, and a table folds its words
    assert cgsim_here(monkeypatch, "status", out, *asked) == 0
    text = capsys.readouterr().out
    assert "collaborative gain" in text
    assert "0 of 2" in text
    assert cgsim_here(monkeypatch, "status", out, "--precision", "gane=1%") == 2
    assert 'did you mean "gain"' in capsys.readouterr().err


def test_what_is_still_needed_is_about_what_it_takes(tmp_path):
    few = run_experiment(small_experiment(replicates=200), tmp_path / "few")
    (told,) = standing(few, {"gain": 0.002})
    precision = Precision("gain", 0.002, 5000)
    done = run_experiment(small_experiment(replicates=200, precision=precision), tmp_path / "done")
    taken = pd.read_csv(done.folder / "precision.csv")["enough"].sub(200).clip(lower=0).sum()
    assert taken / 2 <= told.more <= 2 * taken + 6 * 64


def test_several_experiments_have_a_folder_each(mine, tmp_path, monkeypatch, capsys):
    other = tmp_path / "other.toml"
    other.write_text(FILE.replace("[1, 2]", "[1, 3]"))
    out = tmp_path / "out"
    assert cgsim_here(monkeypatch, "batch", mine, other, "--out", out) == 0
    text = capsys.readouterr().out
    assert f"Saved in {out / 'mine'}: " in text
    assert f"Saved in {out / 'other'}: " in text
    assert open_batch(out / "other").points["meetings"].tolist() == [1, 3]
    assert cgsim_here(monkeypatch, "batch", mine, "--out", tmp_path / "alone") == 0
    assert table_of(tmp_path / "alone") == table_of(out / "mine")
    assert cgsim_here(monkeypatch, "batch", mine, other, "--out", out) == 0
    assert capsys.readouterr().out.count("all of them were there") == 2


def test_a_fault_in_one_of_several_leaves_all_unbegun(mine, tmp_path, monkeypatch, capsys):
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(FILE.replace("meetings", "metings"))
    out = tmp_path / "out"
    assert cgsim_here(monkeypatch, "batch", mine, wrong, "--out", out) == 2
    assert "wrong.toml:10: factors.metings" in capsys.readouterr().err
    assert not out.exists()
    (tmp_path / "again").mkdir()
    same = tmp_path / "again/mine.toml"
    same.write_text(FILE)
    assert cgsim_here(monkeypatch, "batch", mine, same, "--out", out) == 2
    assert "mine is given twice" in capsys.readouterr().err
    assert not out.exists()


def test_boards_may_be_asked_for_by_the_command(mine, tmp_path, monkeypatch, capsys):
    out = tmp_path / "out"
    assert cgsim_here(monkeypatch, "batch", mine, "--boards", "--out", out) == 0
    assert "runs/*.parquet, boards/*.parquet." in capsys.readouterr().out
    assert len(open_batch(out).boards) == 2 * 20 * 24


def test_a_measure_brings_the_arm_that_it_needs(mine, tmp_path):
    mine.write_text(
        FILE.replace("[1, 2]", "{ low = 1, high = 3 }")
        .replace("[factors]", "[factors]\nfund = { low = 0, high = 90 }")
        .replace("replicates = 20", 'design = "latin_hypercube"')
    )
    settings = Settings("gain_over_equal_money", trajectories=3, keep=2, base=8, replicates=3)
    found = run_sensitivity(load_experiment(mine), tmp_path / "out", settings)
    assert {"meetings", "fund"} == set(found.sobol["parameter"])
    assert found.variance > 0
    stored = open_batch(tmp_path / "out/sobol")
    assert [arm.name for arm in stored.experiment.arms] == ["together", "alone", "equal_money"]


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ('measures = ["gain", "gain_over_equal_money"]', "measures"),
        ('precision = { gain_over_equal_money = "1%" }', "precision"),
    ],
)
def test_a_measure_without_its_arm_is_refused(mine, line, key):
    mine.write_text(FILE.replace("replicates = 20", line))
    with pytest.raises(ScenarioError) as told:
        load_experiment(mine)
    (fault,) = told.value.faults
    assert (fault.line, fault.key) == (4, key)
    assert 'allowed with "equal_money" among arms' in fault.message
    arms = 'arms = ["together", "alone", "equal_money"]'
    mine.write_text(FILE.replace("replicates = 20", f"{line}\n{arms}"))
    assert load_experiment(mine).points
