"""The command line of calibrate: what is typed, what comes out, and how it ends."""

import json
import shutil

import pytest
from made_up import EXAMPLE

from cgsim.calibrate.records import workbook


def test_json_holds_the_answer_and_the_folder_the_same(cgsim, calibration, folder):
    """On the lives that are there already."""
    code, out, _ = cgsim(
        "calibrate", "baseline", EXAMPLE, "--out", folder, "--draws", 2500, "--seed", 3, "--json"
    )
    assert code == 0
    told = json.loads(out)
    assert told["lives_kept"] == len(calibration.numbers)
    assert told["check"]["honest"] is True
    assert told["records"]["kinds"][:2] == ["appeal", "need_met"]
    assert told == json.loads((folder / "calibration.json").read_text(encoding="utf-8"))
    files = {path.name for path in folder.iterdir()}
    assert files == {
        "bank-24-24",
        "posterior.parquet",
        "taught.csv",
        "forecast.csv",
        "calibration.json",
    }


def test_another_seed_on_the_same_lives_is_refused(cgsim, calibration, folder, tmp_path):
    there = shutil.copytree(folder, tmp_path / "copy")
    code, _, told = cgsim(
        "calibrate", "baseline", EXAMPLE, "--out", there, "--draws", 2500, "--seed", 4
    )
    assert code == 2
    assert "seed" in told
    assert told.count("\n") <= 3


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "a scenario and records are needed"),
        (("baseline",), "a scenario and records are needed"),
        (("baseline", "made-up.csv"), "a folder is needed: --out FOLDER"),
        (("baseline", "none.csv", "--out", "x"), "none.csv: No such file"),
        (("--template", "records.doc"), "needs a name that ends in .csv or .xlsx"),
        (("cluttered", str(EXAMPLE), "--out", "x"), "allowed a scenario with one partnership"),
        (("baseline", str(EXAMPLE), "--out", "x", "--draws", "10"), "--draws"),
        (("nowhere", str(EXAMPLE), "--out", "x"), "nowhere"),
    ],
)
def test_bad_input_is_told_and_nothing_is_written(cgsim, tmp_path, words, told):
    code, out, err = cgsim("calibrate", *words)
    assert code == 2
    assert told in out + err
    assert list(tmp_path.iterdir()) == []


def test_files_to_fill_in_and_to_try(cgsim, tmp_path):
    assert cgsim("calibrate", "--template", "ours.csv")[0] == 0
    assert cgsim("calibrate", "--template", "ours.xlsx")[0] == 0
    assert (tmp_path / "ours.xlsx").read_bytes() == workbook()
    assert cgsim("calibrate", "--example", "made-up.csv")[0] == 0
    assert (tmp_path / "made-up.csv").read_text(encoding="utf-8") == EXAMPLE.read_text("utf-8")
    code, _, told = cgsim("calibrate", "--example", "made-up.csv")
    assert code == 3  # nothing is written over
    assert "is there already" in told
