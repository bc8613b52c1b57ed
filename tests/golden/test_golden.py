"""The library's results stay what they were, to 1e-9."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from cgsim.scenario import library

sys.path.insert(0, str(Path(__file__).parent))
import refresh

GOLDEN = json.loads(refresh.FILE.read_text())


@pytest.fixture(scope="module")
def now():
    return refresh.results()


def test_every_scenario_has_its_golden_results():
    assert tuple(GOLDEN) == library.names()


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_results_are_the_golden_ones(name, now):
    for measure, expected in GOLDEN[name].items():
        np.testing.assert_allclose(
            np.array(now[name][measure], float),
            np.array(expected, float),
            rtol=1e-9,
            atol=1e-9,
            err_msg=f"{name}: {measure}",
        )
