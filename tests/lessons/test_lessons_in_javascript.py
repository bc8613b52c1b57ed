"""The page lives a lesson's scenarios as they are in Python, and comes to the same numbers."""

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

import cgsim
from cgsim import lessons
from cgsim.page.lessons import lessons_for
from cgsim.page.tables import tables

from .conftest import other_luck
from .test_lessons import NAMES

NODE = shutil.which("node")
IN_NODE = Path(__file__).parents[1] / "page" / "in_node.mjs"
RUNS = 24
pytestmark = pytest.mark.skipif(NODE is None, reason="Node is missing")


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    """Return what the page's JavaScript makes of every lesson."""
    told = [lessons_for([other_luck(name, RUNS)]) for name in sorted(NAMES)]
    work = {"lessons": [{"bases": t["bases"], "lesson": t["all"][0]} for t in told]}
    job = {"package": str(Path(cgsim.__file__).parent), "tables": tables(), "work": work}
    path = tmp_path_factory.mktemp("node") / "job.json"
    path.write_text(json.dumps(job), "utf-8")
    command = [NODE, str(IN_NODE), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=500)
    assert done.returncode == 0, done.stderr[-2000:]
    return dict(zip(sorted(NAMES), json.loads(done.stdout)["lessons"], strict=True))


@pytest.mark.parametrize("name", sorted(NAMES))
def test_scenarios_are_those_of_python(said, name):
    lesson = lessons.load_lesson(name)
    as_json = [json.loads(json.dumps(s.to_dict())) for s in lesson.runs.values()]
    assert said[name]["lives"] == as_json
    assert said[name]["cells"] == [json.loads(json.dumps(s.to_dict())) for s in lesson.cells]


@pytest.mark.parametrize("name", sorted(NAMES))
def test_numbers_are_those_of_python(said, name):
    result = lessons.play(other_luck(name, RUNS))
    answer = result.lesson.form.answer
    mine = []
    for results in result.results.values():
        found = results.estimate(answer.measure)
        column = results.column(answer.measure)
        ends = np.quantile(column[~np.isnan(column)], (0.05, 0.95))
        mine.append([found.value, found.low, found.high, *ends])
    theirs = [
        [row[k] for k in ("value", "low", "high", "from", "to")] for row in said[name]["rows"]
    ]
    np.testing.assert_allclose(theirs, mine, rtol=0, atol=1e-9)
    right = lessons.judge(answer, result).estimate
    verdict = said[name]["verdict"]
    found = [verdict[k] for k in ("value", "low", "high")]
    np.testing.assert_allclose(found, [right.value, right.low, right.high], rtol=0, atol=1e-9)


def test_what_is_said_is_whole(said):
    for one in said.values():
        assert one["said"].endswith(".")
        assert "{" not in one["said"] + one["axis"]
        assert one["axis"].partition(", ")[2]
