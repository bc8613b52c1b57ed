"""The page on clutter says what is stored, and what is stored comes out again."""

import shutil
from pathlib import Path

import pandas as pd
import pytest
from tests import program

MAKER = Path(__file__).parents[2] / "docs/clutter.py"


def test_page_and_picture_say_what_is_stored():
    done = program.run_file(MAKER, "--check")
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_page_that_is_not_what_is_stored_is_named(tmp_path):
    root = MAKER.parents[1]
    for part in ("docs/clutter.py", "docs/clutter.md", "docs/pictures/clutter.svg"):
        (tmp_path / part).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(root / part, tmp_path / part)
    stored = tmp_path / "experiments/evidence/landscape.csv"
    stored.parent.mkdir(parents=True)
    rows = (root / "experiments/evidence/landscape.csv").read_text().splitlines()
    first = rows[1].split(",")
    first[3] = "0.123"
    stored.write_text("\n".join([rows[0], ",".join(first), *rows[2:]]) + "\n")
    done = program.run_file(tmp_path / "docs/clutter.py", "--check")
    assert done.returncode == 1
    assert "clutter.md is out of date" in done.stdout
    assert "clutter.svg is out of date" in done.stdout


def test_what_the_page_says_in_words_is_what_is_stored():
    found = pd.read_csv(MAKER.parents[1] / "experiments/evidence/landscape.csv")
    another = found[found["what"] == "another"].set_index(["kind", "groups"])
    assert another.loc[("one agenda", 2), "low"] > 0.0
    assert (another.loc["one agenda"].loc[3:, "high"] < 0.0).all()
    own = another.loc["own agendas"]
    assert (own["low"] > 0.0).all()
    assert own["value"].is_monotonic_decreasing


def test_what_the_page_says_of_areas_is_what_is_stored():
    found = pd.read_csv(MAKER.parents[1] / "experiments/evidence/landscape.csv")
    areas = found[found["what"].str.startswith("national ")]
    rows = areas.set_index(["kind", "what", "groups"]).sort_index()
    own, same = rows.loc["own agendas"], rows.loc["one agenda"]
    for share in ("national 0", "national 0.01"):
        assert own.loc[share, "value"].is_monotonic_increasing
        assert (own.loc[share, "low"] > 0.0).all()
    ratio = own.loc["national 0.01", "value"] / own.loc["national 0", "value"]
    assert ratio.between(0.22, 0.3).all()
    assert own.loc["national 0.05", "value"].is_monotonic_decreasing
    assert (own.loc["national 0.05", "high"] < 0.0).all()
    assert same.loc[("national 0", 2), "low"] > 0.0
    for share in ("national 0", "national 0.01", "national 0.05"):
        assert same.loc[share, "value"].is_monotonic_decreasing
        assert same.loc[share].loc[4:, "high"].max() < 0.0


@pytest.mark.soak
def test_the_stored_results_come_out_again():
    done = program.run_file(MAKER, "--run", "--check", timeout=1800)
    assert done.returncode == 0, done.stdout + done.stderr
