"""Seven small worlds with their right results, worked out by another program."""

from pathlib import Path

import pytest

from cgsim.engine.replay import TOLERANCE, differences, read_world

WORLDS = sorted((Path(__file__).parents[1] / "vectors").glob("*.json"))


def test_all_seven_worlds_are_here():
    assert len(WORLDS) == 7


@pytest.mark.uncompiled
@pytest.mark.parametrize("path", WORLDS, ids=lambda path: path.stem)
def test_the_engine_gives_the_results_of_the_reference_world(path):
    found = list(differences(read_world(path)))
    assert len(found) == 3 * (9 + 12 + 2)
    arm, column, size = max(found, key=lambda row: row[2])
    assert size <= TOLERANCE, (arm, column, size)
