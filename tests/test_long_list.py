"""The list of long tests names tests that there are."""

from pathlib import Path

LISTED = Path(__file__).with_name("long.txt").read_text("utf-8").split()


def test_every_long_test_that_is_listed_is_one():
    here = Path(__file__).parents[1]
    gone = []
    for name in LISTED:
        file, _, function = name.partition("::")
        path = here / file
        if not path.is_file() or (function and f"def {function}(" not in path.read_text("utf-8")):
            gone.append(name)
    assert gone == []
    assert sorted(set(LISTED)) == LISTED
