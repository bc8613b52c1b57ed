"""The page of patterns says what is stored, and its verdicts follow from their criteria."""

import importlib.util
import math
import shutil
import sys
from pathlib import Path

import pandas as pd
import pytest
from tests import program

from cgsim.mechanisms import KINDS
from cgsim.statistics import Estimate

ROOT = Path(__file__).parents[2]
MAKER = ROOT / "docs/patterns.py"


@pytest.fixture(scope="module")
def maker():
    spec = importlib.util.spec_from_file_location("patterns_page", MAKER)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # its classes are looked up there
    spec.loader.exec_module(module)
    return module


def test_the_page_says_what_is_stored():
    done = program.run_file(MAKER, "--check")
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_page_that_is_not_what_is_stored_is_named(tmp_path):
    for part in ("docs/patterns.py", "docs/patterns.md", "experiments/evidence/patterns.csv"):
        (tmp_path / part).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / part, tmp_path / part)
    stored = tmp_path / "experiments/evidence/patterns.csv"
    rows = stored.read_text().splitlines()
    name, mechanism, _, *rest = rows[1].split(",")
    rows[1] = ",".join([name, mechanism, "0.123", *rest])
    stored.write_text("\n".join(rows) + "\n")
    done = program.run_file(tmp_path / "docs/patterns.py", "--check")
    assert done.returncode == 1
    assert "patterns.md is out of date" in done.stdout


def test_every_pattern_is_measured_under_every_mechanism(maker):
    found = pd.read_csv(maker.STORED)
    mechanisms = 1 + sum(len(kind.names) - 1 for kind in KINDS)
    assert len(found) == mechanisms * len(maker.PATTERNS)
    assert set(found["pattern"]) == {pattern.name for pattern in maker.PATTERNS}
    assert set(found["mechanism"]) == set(maker.choices())


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (0.11, 0.2, "shown"),
        (0.05, 0.2, "open"),
        (0.02, 0.1, "not shown"),
        (0.45, 0.6, "open"),
        (0.5, 0.6, "not shown"),
    ],
)
def test_a_verdict_follows_from_interval_and_criterion(maker, low, high, verdict):
    pattern = maker.Pattern("p", "", "", "", lambda scenario: scenario, low=0.1, high=0.5)
    assert pattern.verdict(Estimate((low + high) / 2, low, high, 40)) == verdict
    nothing = Estimate(math.nan, math.nan, math.nan, 0)
    assert pattern.verdict(nothing) == "nothing to see"


def test_a_mechanism_shows_what_it_was_made_for_and_the_model_by_itself_does_not(maker):
    found = pd.read_csv(maker.STORED).set_index(["pattern", "mechanism"])
    by_name = {pattern.name: pattern for pattern in maker.PATTERNS}
    for name, mechanism in (("leaving", "leaving: gradual"), ("joining", "joining: invitation")):
        rows = {label: found.loc[(name, label)] for label in (maker.OWN, mechanism)}
        verdicts = [
            by_name[name].verdict(Estimate(row["value"], row["low"], row["high"], 1))
            for row in rows.values()
        ]
        assert verdicts == ["not shown", "shown"]


@pytest.mark.soak
def test_the_stored_results_come_out_again():
    done = program.run_file(MAKER, "--run", "--check", timeout=1800)
    assert done.returncode == 0, done.stdout + done.stderr
