"""Whoever waits for the compiler is told why, and nobody else is."""

import os
import shutil
import subprocess
import sys

import numba
import pytest

TOLD = (
    "Compiling the engine: about a minute on an idle machine, minutes on a busy one; once per "
    "installed version ...\n"
)
ENTRY_POINTS = """
from cgsim.compiler import kernel

@kernel
def double(x, out):
    out[0] = 2 * x

@kernel
def half(x, out):
    out[0] = x / 2
"""
USE = """
import entry_points, numpy as np
out = np.zeros(1)
entry_points.double(3, out)
assert out[0] == 6.0
entry_points.half(3, out)
assert out[0] == 1.5
"""


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
    quiet = "import logging; logging.getLogger('cgsim').setLevel('ERROR')" + USE
    assert use(here, tmp_path / "another", quiet) == ""
    assert use(here, cache, "import numba; numba.njit(lambda x: x)(1)") == ""


RULES = """
from cgsim.compiler import kernel, rule

@rule
def half(x):
    return x / 2

@rule
def quarter(x):
    return half(half(x))

@kernel
def quarters(x, out):
    out[0] = quarter(x) + quarter(x)
"""
MADE_READY = """
import numpy as np
from numba.core.codegen import JITCodeLibrary
from cgsim.machine_code import EntryLibrary

made = []
def note(kind, step):
    finish = getattr(kind, step)
    def noted(library):
        # and not Numba's own
        made.extend({library.name} & {"half", "quarter", "quarters", "quarters_by_words"})
        finish(library)
    setattr(kind, step, noted)
note(JITCodeLibrary, "_finalize_specific")
note(EntryLibrary, "_finalize_final_module")

import rules
out = np.zeros(1)
rules.quarters(6.0, out)
assert out[0] == 3.0, out
assert made == ["quarters_by_words"], made
assert rules.half(5.0) == 2.5
assert made == ["quarters_by_words", "half"], made
"""


@pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="nothing is compiled")
def test_a_rule_is_made_ready_to_run_in_its_entry_point_and_alone_only_for_python(tmp_path):
    (tmp_path / "rules.py").write_text(RULES)
    assert use(tmp_path, tmp_path / "cache", MADE_READY) == TOLD
