"""The portable engine's module where a script of JavaScript finds it, and what Python says."""

import hashlib
import json
import shutil
import subprocess
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

import cgsim
from cgsim.engine.replay import export_world, live_all, world_file_of
from cgsim.running.results import run_many
from cgsim.scenario.library import names

HERE = Path(__file__).parent
SEED, REPLICATES, FEW = 7, 7, 2
NODE = shutil.which("node")


@pytest.fixture(scope="session")
def library():
    return [cgsim.load(name) for name in names()]


@pytest.fixture(scope="session")
def kit(tmp_path_factory):
    """A folder with the module, its description, its JavaScript and the scripts of these tests."""
    folder = tmp_path_factory.mktemp("kit")
    for source in [*files("cgsim.portable").iterdir(), *HERE.iterdir()]:
        if source.name.endswith((".js", ".mjs", ".json", ".wasm", ".html")):
            (folder / source.name).write_bytes(source.read_bytes())
    return folder


@pytest.fixture(scope="session")
def job(library, kit):
    """What is to be lived, as JavaScript reads it."""
    told = {
        "scenarios": [cgsim.packed([scenario]) for scenario in library],
        "seed": SEED,
        "replicates": REPLICATES,
        "few": FEW,
    }
    (kit / "job.json").write_text(json.dumps(told, allow_nan=False))
    return kit / "job.json"


@pytest.fixture(scope="session")
def one_hash(library):
    """The hash that every host must give, worked out by the native engine."""
    parts = []
    for scenario in library:
        parts.append(run_many([scenario], REPLICATES, SEED)[0].measures)
        parts.append(gains(scenario, FEW))
        records = live_all(world_file_of(export_world(scenario, SEED, REPLICATES - 1)))
        parts += [records["together"].month, records["alone"].month]
    whole = np.concatenate([part.ravel() for part in parts])
    whole[np.isnan(whole)] = np.nan
    return hashlib.sha256(whole.tobytes()).hexdigest()


def gains(scenario, replicates):
    """The gains of every arm of the frictions."""
    from cgsim.engine.run import simulate
    from cgsim.frictions import FRICTION_ARMS
    from cgsim.measures import gain_of_arms

    def reduce(runs):
        out = np.zeros((len(runs.points), len(FRICTION_ARMS)))
        gain_of_arms(runs.chunk, 1, 0, out)
        return out

    whole = np.zeros((replicates, len(FRICTION_ARMS)))
    points, numbers = np.zeros(replicates, np.int64), np.arange(replicates)
    for places, part in simulate([scenario], points, numbers, SEED, reduce, arms=FRICTION_ARMS):
        whole[places] = part
    return whole


@pytest.fixture
def in_node(kit):
    """Run a script in Node and return what it says."""
    if NODE is None:
        pytest.skip("Node is missing")

    def run(script, job):
        done = subprocess.run(
            [NODE, str(kit / "in_node.mjs"), script, str(job)],
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run
