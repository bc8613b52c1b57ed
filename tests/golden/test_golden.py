"""The library's results stay what they were, to the last bit, whatever the machine."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from cgsim.scenario import library

sys.path.insert(0, str(Path(__file__).parent))
import one_hash
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
        found, expected = np.array(now[name][measure], float), np.array(expected, float)
        np.testing.assert_array_equal(found, expected, err_msg=f"{name}: {measure}")


def test_one_hash_holds_for_every_machine(now):
    assert one_hash.of_all(now) == one_hash.FILE.read_text().strip()


def test_one_bit_more_is_another_hash(now):
    before = one_hash.library_numbers(now)
    after = {name: values.copy() for name, values in before.items()}
    after["baseline.gain"][3] = np.nextafter(after["baseline.gain"][3], 1.0)
    assert one_hash.one_hash(before) != one_hash.one_hash(after)
