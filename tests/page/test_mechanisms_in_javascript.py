"""A mechanism that is chosen on the page is the scenario that Python makes with it."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

import cgsim
from cgsim.mechanisms import KINDS
from cgsim.page.tables import tables

NODE = shutil.which("node")


@pytest.mark.skipif(NODE is None, reason="Node is missing")
def test_every_mechanism_is_laid_over_a_scenario_as_python_does():
    own = cgsim.load("korsakoff")
    other = cgsim.load("korsakoff", ["production=ces", "joining=invitation", "hearsay=0.3"])
    chosen = [(kind, place) for kind in KINDS for place in kind.numbers]
    given = {
        "rows": tables()["parameters"],
        "bases": [own.to_dict(), other.to_dict()],
        "sets": [{kind.name: place} for kind, place in chosen],
    }
    script = Path(__file__).with_name("mechanisms_in_node.mjs")
    done = subprocess.run(
        [NODE, script], input=json.dumps(given), capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    wanted = []
    for base in (own, other):
        for kind, place in chosen:
            made = base.replace(f"{kind.name}={kind.names[place]}").to_dict()
            wanted.append([made["title"], made.get("mechanisms")])
    assert json.loads(done.stdout) == wanted
