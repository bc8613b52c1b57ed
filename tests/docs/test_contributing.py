"""CONTRIBUTING.md, walked: what its blocks add is added to a copy of cgsim, and used there."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LEFT_OUT = shutil.ignore_patterns("node_modules", "__pycache__", "*.so")
MOST_FILES = 2
"""Of code in the package, for one thing that is added. All words stand in one catalogue beside."""
CATALOGUE = "src/cgsim/answer/english.toml"


def walks():
    """Return the blocks by what they add: (file, what stands there, what stands there then)."""
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    found = {}
    for name, rest in re.findall(r"^\*\*An? ([^*]+)\.\*\*(.*?)(?=^\*\*|\Z)", text, re.M | re.S):
        for block in re.findall(r"^```diff\n(.*?)^```", rest, re.M | re.S):
            found.setdefault(name.strip("`"), []).extend(hunks(block))
    return found


def hunks(block):
    """Read a block: ``--- file``, then lines as in a diff; ``...`` parts two places of a file."""
    made = []
    for part in re.split(r"^--- ", block, flags=re.M)[1:]:
        path, _, body = part.partition("\n")
        for piece in re.split(r"^\.\.\.\n", body, flags=re.M):
            lines = piece.splitlines()
            before = "\n".join(line[1:] for line in lines if not line.startswith("+"))
            after = "\n".join(line[1:] for line in lines if not line.startswith("-"))
            made.append((path.strip(), before, after))
    return made


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A copy of the package with everything added that the page adds."""
    folder = tmp_path_factory.mktemp("contributing")
    shutil.copytree(ROOT / "src", folder / "src", ignore=LEFT_OUT)
    for name in ("scenarios", "experiments", "lessons", "pyproject.toml"):
        (folder / name).symlink_to(ROOT / name)
    for name, places in walks().items():
        for path, before, after in places:
            text = (folder / path).read_text("utf-8")
            assert text.count(before) == 1, f"{name}: {path} has not once: {before}"
            (folder / path).write_text(text.replace(before, after), "utf-8")
    return folder


def python(copy, *words):
    done = subprocess.run(
        [sys.executable, *words],
        cwd=copy,
        env={
            **os.environ,
            "PYTHONPATH": str(copy / "src"),
            "NUMBA_DISABLE_JIT": "1",
            "CGSIM_ENGINE": "native",
            "COLUMNS": "200",
        },
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_one_of_each_is_walked_through_and_touches_two_files_at_most():
    found = walks()
    listed = {"parameter", "measure", "monthly column", "command"}
    assert listed | {"way of recruitment", "kind of network"} <= set(found)
    assert any(name.startswith("panel") for name in found)
    for name, places in found.items():
        assert 1 <= len({path for path, _, _ in places} - {CATALOGUE}) <= MOST_FILES, name


def test_the_parameter_is_known_read_and_refused_out_of_range(copy):
    told = python(copy, "-m", "cgsim", "describe", "travel_hours")
    assert "Hours on the way to a meeting and back." in told
    program = """
import cgsim
from cgsim.scenario.parameters import BY_NAME
assert cgsim.load("baseline").values["travel_hours"] == 0.0
try:
    cgsim.load("baseline", set={"travel_hours": 1001})
except cgsim.ScenarioError as error:
    print(error)
near, far = (
    cgsim.run("baseline", 1, 1, {"travel_hours": hours}, workers=1) for hours in (0, 5)
)
print(far.estimate("overhead_hours").value > near.estimate("overhead_hours").value)
"""
    said = python(copy, "-c", program)
    assert "travel_hours: got 1001; allowed a number from 0 to 1000" in said
    assert said.splitlines()[-1] == "True"


def test_the_measure_and_the_column_stand_in_results_and_in_files(copy):
    program = """
import cgsim, numpy as np
results = cgsim.run("baseline", 1, 1, {"meetings": 0.25}, months=True, workers=1)
own, alone = (results.estimate(name).value for name in ("own_hours", "own_hours_alone"))
print(0 < own < alone)
from cgsim.experiment.columns import MONTHS
from cgsim.rules.state import MONTH_COLUMNS
print(MONTHS["open_issues"].unit, "open_issues" in MONTH_COLUMNS)
column = list(MONTH_COLUMNS).index("open_issues")
lived = results.month_values[0, 0, :, column]
print(bool(np.all(lived >= 0.0)), bool(lived.max() > 0.0))
"""
    assert python(copy, "-c", program).splitlines() == ["True", "hours True", "True True"]


def test_the_way_of_recruitment_finds_members_and_has_words(copy):
    program = """
import cgsim
from cgsim.answer.names import setting
from cgsim.mesa_model.model import PartnershipModel
model = PartnershipModel("baseline", recruit="largest", size=3, seed=1)
capacity = model.world.capacity
founders = {n for n in range(len(capacity)) if model.world.founder[0, n]}
others = sorted(range(len(capacity)), key=lambda n: -capacity[n])
lead = int(model.world.founding_lead[0])
print(len(founders), founders == {lead, *[n for n in others if n != lead][:2]})
print(setting("recruit", "largest"))
print(cgsim.load("baseline", ["recruit=largest"]).partnerships[0].recruit)
"""
    said = python(copy, "-c", program).splitlines()
    assert said == ["3 True", "the largest agencies", "largest"]


def test_the_kind_of_network_ties_and_is_described(copy):
    program = """
import cgsim
tied = cgsim.PartnershipModel("baseline", network="star", agencies=6, size=3, seed=1).world.tied
print(tied[0].astype(int).tolist(), int(tied.sum()))
"""
    assert python(copy, "-c", program).strip() == "[0, 1, 1, 1, 1, 1] 10"
    assert "All are tied to one" in python(copy, "-m", "cgsim", "describe", "network")


def test_the_command_is_listed_and_runs(copy):
    assert "assumptions" in python(copy, "-m", "cgsim", "--help")
    assert "view_rate" in python(copy, "-m", "cgsim", "assumptions").split()


def test_the_panel_is_shown_with_its_words(copy):
    program = """
from cgsim.answer.catalogue import word
from cgsim.view import components
print(components.COMPONENTS[0] is components.Need, word("view.unmet_need"))
"""
    assert python(copy, "-c", program).startswith("True Units of need not met")
