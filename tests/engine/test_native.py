"""Machine code that is called by words: what it is given, what it leaves, what is raised in it."""

from pathlib import Path

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests import program

from cgsim.compiler import kernel
from cgsim.words import form_of, form_told

pytestmark = pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="nothing is compiled")

PAIR = np.dtype([("whole", np.int64), ("size_of", np.float64)])


def add_up(numbers, scale, yes, records, pair, out):
    """Write what was given into ``out``, so that nothing can be taken for anything else."""
    for place in range(numbers.shape[0]):
        out[0, place] = numbers[place] * scale
    out[1, 0] = 1.0 if yes else -1.0
    for place in range(records.shape[0]):
        out[1, 1] += records[place].size_of + records[place].whole
    first, (second, third) = pair
    out[1, 2] = first + second[0] + third
    if out[1, 2] > 1e6:
        raise ValueError("more than a million")


add_up_compiled = kernel(add_up, keep=False)


def given_to(**changes):
    usual = {
        "numbers": np.arange(4.0),
        "scale": 0.5,
        "yes": True,
        "records": np.array([(3, 0.25), (4, 0.5)], PAIR).view(np.recarray),
        "pair": (1, (np.array([2.0]), 3)),
        "out": np.zeros((2, 4)),
    }
    return {**usual, **changes}


def both(arguments):
    """Return what Python and machine code write for the same arguments."""
    found = []
    for run in (add_up, add_up_compiled):
        mine = {**arguments, "out": arguments["out"].copy()}
        run(*mine.values())
        found.append(mine["out"])
    return found


numbers = st.floats(-1e3, 1e3)


@given(
    values=st.lists(numbers, min_size=4, max_size=4),
    scale=numbers,
    yes=st.booleans(),
    whole=st.integers(-1000, 1000),
    kind=st.sampled_from([int, np.int8, np.int16, np.int32, np.int64]),
)
@settings(max_examples=50)
def test_it_is_given_what_python_is_given(values, scale, yes, whole, kind):
    whole = int(np.clip(whole, -100, 100))
    arguments = given_to(
        numbers=np.array(values),
        scale=scale,
        yes=yes,
        records=np.array([(whole, scale)], PAIR).view(np.recarray),
        pair=(kind(whole), (np.array(values[:1]), kind(-whole))),
    )
    plain, compiled = both(arguments)
    assert np.array_equal(plain, compiled)
    assert len(add_up_compiled.forms) == 1  # nothing is compiled anew for another kind of number


def test_arrays_with_gaps_are_read_and_written_where_they_lie():
    wide = np.arange(16.0).reshape(8, 2)
    out = np.zeros((4, 4, 3))
    arguments = given_to(numbers=wide[::2, 1], out=out[::2, :, 1])
    add_up_compiled(*arguments.values())
    assert out[0, :, 1].tolist() == [0.5, 2.5, 4.5, 6.5]
    assert out[2, 0, 1] == 1.0
    assert np.delete(out, 1, axis=2).sum() == out[1::2].sum() == 0.0
    assert len(add_up_compiled.forms) == 1


def test_what_must_not_be_written_stays_as_it_is():
    arguments = given_to()
    arguments["out"].flags.writeable = False
    add_up_compiled(*arguments.values())
    assert not arguments["out"].any()


def test_what_is_raised_is_raised_with_its_words_and_its_place():
    with pytest.raises(ValueError, match="more than a million") as caught:
        add_up_compiled(*given_to(pair=(10**7, (np.zeros(1), 1))).values())
    (note,) = caught.value.__notes__
    lines = Path(__file__).read_text("utf-8").splitlines()
    line = 1 + next(n for n, text in enumerate(lines) if "raise ValueError" in text)
    assert note == f'File "{__file__}", line {line}, in add_up'


def test_what_is_no_array_and_no_number_is_refused():
    with pytest.raises(TypeError, match="got str; allowed arrays, single numbers and tuples"):
        add_up_compiled(*given_to(scale="a half").values())


def test_a_form_is_told_alike_in_every_process(tmp_path):
    told = form_told(form_of(tuple(given_to().values())))
    (tmp_path / "told.py").write_text(
        "from tests.engine.test_native import *\n"
        "print(form_told(form_of(tuple(given_to().values()))))\n"
    )
    assert program.run_file(tmp_path / "told.py", cwd=".").stdout == f"{told}\n"
