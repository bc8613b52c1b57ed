"""The module that is shipped is the one that the sources make."""

import hashlib
import json
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest

from cgsim.entries import what_is_offered
from cgsim.portable import sources
from cgsim.portable.host import description

ROOT = Path(__file__).parents[2]
REMEDY = "the rules have changed since the module was built: make wasm"


def test_it_was_built_from_these_sources():
    assert description()["sources"] == sources.digest(), REMEDY


def test_it_is_the_module_that_is_described():
    module = files("cgsim.portable").joinpath("engine.wasm").read_bytes()
    assert hashlib.sha256(module).hexdigest() == description()["module"]
    assert b"env" not in module[:4096].split(b"memory")[0], "it imports something"


def test_the_layout_is_that_of_the_engines_own_constructors():
    offered = json.loads(json.dumps(what_is_offered()))
    assert {key: description()[key] for key in offered} == offered, REMEDY


def test_every_source_that_defines_an_entry_point_counts():
    """An entry point of a file that is not looked at could change unseen."""
    from cgsim.entries import ENTRIES
    from cgsim.reached import Reach

    package = ROOT / "src" / "cgsim"
    for entry in ENTRIES.values():
        # As it is now: what an entry point noted may be a rule that a test has put back since.
        compiled = getattr(entry.kernel, "py_func", None)
        for function in Reach([compiled]).functions if compiled else ():
            path = Path(function.__code__.co_filename).relative_to(package).as_posix()
            assert path in sources.PARTS or path.split("/")[0] in sources.PARTS, path


@pytest.mark.soak
def test_it_is_built_to_the_same_bytes_again(tmp_path):
    pytest.importorskip("ziglang")
    command = [sys.executable, "-m", "cgsim.building", "--out", str(tmp_path)]
    subprocess.run(command, check=True)
    for name in ("engine.wasm", "engine.json"):
        shipped = files("cgsim.portable").joinpath(name).read_bytes()
        assert (tmp_path / name).read_bytes() == shipped
