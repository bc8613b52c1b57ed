"""Which points are kept: a small language that never runs what it reads."""

import operator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cgsim.experiment.files import load_experiment
from cgsim.experiment.restriction import NotUnderstood, Restriction
from cgsim.running.batch import run_experiment
from cgsim.scenario import ScenarioError

POINTS = st.fixed_dictionaries(
    {"size": st.integers(-50, 50), "meetings": st.floats(-4, 4), "fund": st.integers(0, 3)}
)
SIGNS = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
SUMS = {"+": operator.add, "-": operator.sub, "*": operator.mul}
KEYS = ("size", "meetings", "fund")

# Each thing drawn is a text and what it means, worked out without the language.
numbers = st.one_of(
    st.integers(0, 60).map(lambda n: (str(n), lambda p: n)),
    st.floats(0, 5).map(lambda x: (repr(x), lambda p: x)),
    st.sampled_from(KEYS).map(lambda key: (key, lambda p: p[key])),
)
values = st.recursive(
    numbers,
    lambda inner: st.tuples(inner, st.sampled_from(sorted(SUMS)), inner).map(
        lambda t: (
            f"({t[0][0]} {t[1]} {t[2][0]})",
            lambda p: SUMS[t[1]](t[0][1](p), t[2][1](p)),
        )
    ),
    max_leaves=4,
)
comparisons = st.tuples(values, st.sampled_from(sorted(SIGNS)), values).map(
    lambda t: (f"{t[0][0]} {t[1]} {t[2][0]}", lambda p: SIGNS[t[1]](t[0][1](p), t[2][1](p)))
)
listed = st.tuples(st.sampled_from(KEYS), st.lists(st.integers(-5, 9), min_size=1, max_size=4)).map(
    lambda t: (f"{t[0]} in {t[1]}", lambda p: p[t[0]] in t[1])
)
conditions = st.recursive(
    st.one_of(comparisons, listed),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(
            lambda t: (f"({t[0][0]}) and ({t[1][0]})", lambda p: t[0][1](p) and t[1][1](p))
        ),
        st.tuples(inner, inner).map(
            lambda t: (f"({t[0][0]}) or ({t[1][0]})", lambda p: t[0][1](p) or t[1][1](p))
        ),
        inner.map(lambda t: (f"not ({t[0]})", lambda p: not t[1](p))),
    ),
    max_leaves=6,
)


@given(conditions, POINTS)
def test_a_condition_keeps_what_it_says(condition, point):
    text, meaning = condition
    if len(text) <= 500:
        assert Restriction(text, KEYS).keeps(point) == bool(meaning(point))


@given(st.text(max_size=80), POINTS)
def test_any_text_is_a_condition_or_is_refused(text, point):
    try:
        kept = Restriction(text, KEYS).keeps(point)
    except NotUnderstood as told:
        kept = told
    assert kept in (True, False) or str(kept).startswith("got ")
    assert "\n" not in str(kept)


HOSTILE = [
    "__import__('os').system('touch harmed')",
    "open('harmed', 'w')",
    "().__class__.__bases__[0].__subclasses__()",
    "[x for x in (1, 2)]",
    "(lambda: 1)()",
    "size if size else size",
    "(size := 3) > 2",
    "size[0] > 1",
    "size ** 999 > 1",
    "size % 2 == 0",
    "f'{size}' == '3'",
    "size is 3",
    "size",
    "3",
    "size <",
    "size = 3",
    "size > 2; size < 3",
    "sise > 2",
    "size.real > 2",
    "size > '2'",
    "1 / (size - size) > 2",
    "size > True",
    "size < none",
    "size > 3j",
    "size in 3",
    "size in []",
    "size == [1]",
    "",
    "(" * 240 + "size > 1" + ")" * 240,
    "not " * 100 + "size > 1",
    "size > " + "9" * 499,
    "1e400 * size - 1e400 * size > 1 and " + "size + " * 80 + "1 > 0",
    "size\x00 > 1",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_no_condition_is_refused_and_never_run(text, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NotUnderstood):
        Restriction(text, ["size"]).keeps({"size": 4})
    assert not Path("harmed").exists()


def test_a_condition_looks_no_further_than_it_needs():
    only = Restriction("meetings > 0 and 4 / meetings < 3", ["meetings"])
    assert not only.keeps({"meetings": 0})
    assert only.keeps({"meetings": 2})


FILE = """title = "Some of a grid"
question = "Which?"
{design}
replicates = 4
only = '{only}'
[set]
months = 24
agencies = 8
{factors}
"""
GRID = "[factors]\nsize = [2, 4, 6]\nmeetings = [1, 2]"


def written(folder, only, design='design = "factorial"', factors=GRID):
    path = folder / "some.toml"
    path.write_text(FILE.format(design=design, only=only, factors=factors))
    return path


def test_a_grid_keeps_the_points_that_meet_it(tmp_path):
    experiment = load_experiment(written(tmp_path, "size <= 2 or meetings < 2"))
    kept = [(p["size"], p["meetings"]) for p in experiment.points]
    assert kept == [(2, 1), (2, 2), (4, 1), (6, 1)]
    batch = run_experiment(experiment, tmp_path / "out")
    assert len(batch.points) == 4
    assert batch.store.experiment().points == experiment.points


def test_another_condition_is_another_batch(tmp_path):
    run_experiment(load_experiment(written(tmp_path, "size <= 4")), tmp_path / "out")
    with pytest.raises(ScenarioError) as told:
        run_experiment(load_experiment(written(tmp_path, "size < 6")), tmp_path / "out")
    assert any(fault.key == "experiment.only" for fault in told.value.faults)


@pytest.mark.parametrize(
    ("only", "telling"),
    [
        ("sise <= 4", '(did you mean "size"?)'),
        ("size < 1", "which no point meets"),
        ("size <= ", "allowed a condition such as"),
        ('size < "a"', "compared with"),
        ("open(size)", "allowed a condition such as"),
    ],
)
def test_a_wrong_condition_is_told_with_its_line(tmp_path, only, telling):
    with pytest.raises(ScenarioError) as told:
        load_experiment(written(tmp_path, only))
    (fault,) = told.value.faults
    assert (fault.line, fault.key) == (5, "only")
    assert telling in fault.message


def test_points_that_belong_together_are_not_torn_apart(tmp_path):
    factors = "[factors]\nsize = { low = 2, high = 6 }\nmeetings = { low = 1, high = 2 }"
    for design in ("sobol", "morris"):
        with pytest.raises(ScenarioError, match="only: got it with design"):
            load_experiment(
                written(tmp_path, "size < 4", f'design = "{design}"\npoints = 8', factors)
            )


def test_of_priors_only_the_settings_that_are_crossed_with_them_are_restricted(tmp_path):
    design = 'design = "priors"\npoints = 3\nparameters = ["ambient"]'
    experiment = load_experiment(written(tmp_path, "size > 2", design))
    assert len(experiment.points) == 3 * 4
    with pytest.raises(ScenarioError, match="which is drawn"):
        load_experiment(written(tmp_path, "ambient > 0", design))
