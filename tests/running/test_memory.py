"""A hundred times as many runs take hardly more memory."""

import json
import subprocess
import sys

import pytest

from small_batches import HERE

PROGRAM = """
import json, re, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from small_batches import small_experiment
from cgsim import load
from cgsim.running.batch import run_experiment

tiny = load("baseline", ["months=6", "agencies=3", "size=2", "start=0", "objectives=2"])
done = run_experiment(
    small_experiment(
        scenarios={"baseline": tiny}, design="list", factors=(), replicates=int(sys.argv[3])
    ),
    sys.argv[2],
    workers=2,
)
# The most this process ever held, not counting the one that started it.
(peak,) = re.findall(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())
print(json.dumps({"runs": done.manifest["runs"], "mebibytes": int(peak) / 1024}))
"""


def peak(folder, replicates):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, HERE, folder, str(replicates)],
        capture_output=True,
        text=True,
        check=True,
        timeout=1800,
    )
    found = json.loads(done.stdout)
    assert found["runs"] == replicates
    return found["mebibytes"]


@pytest.mark.soak
def test_a_million_runs_take_hardly_more_memory_than_ten_thousand(tmp_path):
    few = peak(tmp_path / "few", 10**4)
    many = peak(tmp_path / "many", 10**6)
    assert many <= 1.15 * few, (few, many)
    assert many <= 400, (few, many)
