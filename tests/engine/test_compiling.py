"""Whoever waits for the compiler is told why, and nobody else is."""

import os
import shutil
import subprocess
import sys

import numba
import pytest

TOLD = "Compiling the engine: about a minute, once per installed version ...\n"
ENTRY_POINTS = """
from cgsim.compiler import kernel

@kernel
def double(x):
    return 2 * x

@kernel
def half(x):
    return x / 2
"""
USE = "import entry_points; entry_points.double(3); entry_points.half(3)"


def use(folder, cache, code=USE):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=folder,
        env={**os.environ, "CGSIM_CACHE_DIR": str(cache)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == ""
    return done.stderr


@pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="nothing is compiled")
def test_it_is_said_once_wherever_something_has_to_be_compiled(tmp_path):
    here, cache = tmp_path / "here", tmp_path / "cache"
    here.mkdir()
    (here / "entry_points.py").write_text(ENTRY_POINTS)
    assert use(here, cache) == TOLD
    assert use(here, cache) == ""
    # A second installation of the same version uses what the first has compiled.
    there = shutil.copytree(here, tmp_path / "there", ignore=lambda *_: ["__pycache__"])
    assert use(there, cache) == ""
    quiet = "import logging; logging.getLogger('cgsim').setLevel('ERROR'); " + USE
    assert use(here, tmp_path / "another", quiet) == ""
    assert use(here, cache, "import numba; numba.njit(lambda x: x)(1)") == ""
