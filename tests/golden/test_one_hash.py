"""A processor that can do less or more gives the same bits: nothing is fused or reordered."""

import os
import subprocess
import sys
from pathlib import Path

import numba
import pytest
from llvmlite.binding import get_host_cpu_name

PROGRAM = Path(__file__).with_name("one_hash.py")
WRITTEN_DOWN = PROGRAM.with_suffix(".txt").read_text().strip()


def hash_on(cache, **environment):
    done = subprocess.run(
        [sys.executable, str(PROGRAM)],
        env={
            **os.environ,
            "CGSIM_ENGINE": "native",
            "CGSIM_CACHE_DIR": str(cache),
            **environment,
        },
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


@pytest.mark.soak
@pytest.mark.parametrize("processor", ["generic", get_host_cpu_name()])
@pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="nothing is compiled")
def test_the_plainest_processor_of_its_kind_and_this_very_one_give_the_same_hash(
    processor, tmp_path
):
    found = hash_on(tmp_path, NUMBA_CPU_NAME=processor)
    assert processor in found
    assert found.split()[0] == WRITTEN_DOWN
