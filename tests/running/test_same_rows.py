"""The rows of a batch depend on its input alone: not on who computes them, how cut or how often."""

import math
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cgsim
from cgsim.experiment.design import Experiment
from cgsim.experiment.records import hash_of
from cgsim.running import computing as parts
from cgsim.running import saving
from cgsim.running.batch import open_batch, run_experiment
from cgsim.running.computing import compute, job_of
from cgsim.scenario.parameters import BY_NAME, FREE
from cgsim.scenario.writing import toml_value
from cgsim.store.folder import Store, input_of
from cgsim.store.parts import Part, divide, part_named
from small_batches import TINY, cgsim_here, precise_experiment, small_experiment, table_of


@pytest.fixture(scope="module")
def usual(tmp_path_factory):
    return run_experiment(small_experiment(), tmp_path_factory.mktemp("usual") / "batch")


def content(done):
    return done.manifest["content_sha256"]


def cut_into(size, monkeypatch):
    monkeypatch.setattr(parts, "FEWEST_RUNS_A_PART", size)
    monkeypatch.setattr(parts, "MOST_RUNS_A_PART", size)


class Shuffled:
    """Computes parts one after the other, in any order."""

    def __init__(self, count=None):
        self.chance = random.Random(count)

    def compute(self, jobs):
        waiting = list(jobs)
        self.chance.shuffle(waiting)
        for job in waiting:
            yield job.part, compute(job)

    def close(self):
        pass


@pytest.mark.parametrize("workers", [1, 2, 8])
def test_any_number_of_workers_gives_the_same_bytes(workers, usual, tmp_path):
    run_experiment(small_experiment(), tmp_path, workers=workers)
    assert table_of(tmp_path) == table_of(usual.folder)


@pytest.mark.parametrize("size", [7, 32, 120, 4096])
def test_any_cut_into_parts_gives_the_same_rows(size, usual, tmp_path, monkeypatch):
    cut_into(size, monkeypatch)
    done = run_experiment(small_experiment(), tmp_path)
    counts = {7: 36, 32: 12, 120: 2, 4096: 1}
    assert len(done.store.files()) == counts[size]
    assert content(done) == content(usual)
    assert done.summary.equals(usual.summary)
    assert done.runs(arm="all").equals(usual.runs(arm="all"))


@pytest.mark.parametrize("order", [1, 2, 3])
def test_any_order_of_parts_gives_the_same_bytes(order, usual, tmp_path, monkeypatch):
    monkeypatch.setattr("cgsim.running.workers.Threads", Shuffled)
    run_experiment(small_experiment(), tmp_path, workers=order)
    assert table_of(tmp_path) == table_of(usual.folder)


@pytest.mark.parametrize("size", [16, 64])
def test_resumed_again_and_again_and_cut_otherwise_it_is_the_same(
    size, usual, tmp_path, monkeypatch
):
    def interrupted(done, total):
        if done > computed[0] + 30:
            computed[0] = done
            raise KeyboardInterrupt

    computed = [0]
    cut_into(16, monkeypatch)
    for _ in range(3):
        with pytest.raises(KeyboardInterrupt):
            run_experiment(small_experiment(), tmp_path, workers=1, progress=interrupted)
    kept = sum(part.runs for part in Store(tmp_path).files())
    assert 90 <= kept < 240
    cut_into(size, monkeypatch)
    done = run_experiment(small_experiment(), tmp_path)
    # What was cut otherwise counts for nothing; what was not is kept.
    assert done.computed == (240 - kept if size == 16 else 240)
    assert content(done) == content(usual)
    assert done.summary.equals(usual.summary)


def test_a_job_that_is_computed_alone_is_the_file_that_is_stored(usual):
    experiment = small_experiment()
    input_hash = hash_of(input_of(experiment))
    for part, path in usual.store.files().items():
        assert compute(job_of(experiment, part, input_hash)).runs == path.read_bytes()


def test_months_and_fewer_arms_change_no_row_of_the_others(usual, tmp_path):
    with_months = run_experiment(small_experiment(months=True), tmp_path / "months")
    assert content(with_months) == content(usual)
    arms = small_experiment().arms[:2]
    two = run_experiment(small_experiment(arms=arms), tmp_path / "two")
    rows = usual.runs(["gain", "met", "overhead_hours"], arm="all")
    expected = rows[rows["arm"] != "equal_money"].reset_index(drop=True)
    found = two.runs(["gain", "met", "overhead_hours"], arm="all").reset_index(drop=True)
    assert list(found["arm"].unique()) == ["together", "alone"]
    assert found.drop(columns="arm").equals(expected.drop(columns="arm"))


def test_months_add_up_to_their_runs(tmp_path):
    done = run_experiment(small_experiment(months=True, replicates=5), tmp_path)
    months = done.months
    assert len(months) == 6 * 5 * 3 * 24
    sums = months.groupby(["point", "replicate", "arm"], observed=True)["met"].sum()
    runs = done.runs(["met"], arm="all").set_index(["point", "replicate", "arm"])["met"]
    np.testing.assert_allclose(sums.sort_index(), runs.sort_index(), rtol=1e-12)


def test_fewer_replicates_are_the_first_of_more(usual, tmp_path):
    few = run_experiment(small_experiment(replicates=9), tmp_path)
    np.testing.assert_array_equal(few.matrix("gain"), usual.matrix("gain")[:, :9])


def test_the_luck_is_common_or_own_as_asked(usual, tmp_path, monkeypatch):
    own = run_experiment(small_experiment(luck="own"), tmp_path / "own")
    assert np.array_equal(own.matrix("gain")[0], usual.matrix("gain")[0])
    assert not np.any(own.matrix("gain")[1] == usual.matrix("gain")[1])
    cut_into(25, monkeypatch)
    again = run_experiment(small_experiment(luck="own"), tmp_path / "again")
    assert content(again) == content(own)


def test_a_saved_run_is_a_batch_of_one_point(tmp_path):
    scenario = cgsim.load("baseline", TINY)
    results = cgsim.run(scenario, 100, seed=3, months=True)
    saving.save(results, tmp_path / "run")
    one = Experiment(scenarios={"baseline": scenario}, replicates=100, seed=3, months=True)
    done = run_experiment(one, tmp_path / "batch")
    assert content(done) == content(open_batch(tmp_path / "run"))
    saved = [p.name.split("_")[:2] for p in sorted((tmp_path / "run" / "runs").iterdir())]
    assert saved == [p.name.split("_")[:2] for p in sorted((tmp_path / "batch/runs").iterdir())]
    gain = done.summary.set_index("measure").loc["gain", "estimate"]
    assert gain == pytest.approx(results.estimate("gain").value, rel=1e-12)


def test_a_run_by_the_program_is_a_point_of_the_batch(usual, tmp_path, monkeypatch):
    assignments = [part for text in (*TINY[:2], "size=3") for part in ("--set", text)]
    command = ["run", "baseline", *assignments, "--replicates", 40, "--out", tmp_path / "run"]
    assert cgsim_here(monkeypatch, *command) == 0
    found = open_batch(tmp_path / "run").runs(arm="all").drop(columns="point")
    rows = usual.runs(arm="all").query("point == 2")  # three members, one meeting
    expected = rows.drop(columns=["point", "size", "meetings"]).reset_index(drop=True)
    assert found.reset_index(drop=True).equals(expected)


def test_a_resumed_batch_with_a_precision_takes_the_same_steps(tmp_path):
    run_experiment(precise_experiment(), tmp_path / "usual")

    def interrupted(done, total):
        if done >= 200:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_experiment(precise_experiment(), tmp_path / "resumed", progress=interrupted)
    kept = len(Store(tmp_path / "resumed").files())
    done = run_experiment(precise_experiment(), tmp_path / "resumed")
    assert 0 < kept < len(done.store.files())
    assert table_of(tmp_path / "resumed") == table_of(tmp_path / "usual")


@given(
    count=st.integers(1, 40),
    first=st.integers(0, 50),
    replicates=st.integers(1, 60),
    size=st.integers(1, 200),
)
def test_a_cut_holds_every_run_exactly_once_and_in_order(count, first, replicates, size):
    cut = list(divide(range(count), first, first + replicates - 1, size))
    runs = [
        (point, replicate)
        for part in cut
        for point in range(part.first_point, part.last_point + 1)
        for replicate in range(part.first_replicate, part.last_replicate + 1)
    ]
    expected = [(p, r) for p in range(count) for r in range(first, first + replicates)]
    assert runs == expected
    assert cut == sorted(cut) == sorted(cut, key=lambda part: part.name)
    assert all(0 < part.runs <= size for part in cut)
    assert [part_named(part.name) for part in cut] == cut


BASES = [cgsim.load("baseline", TINY), cgsim.load("community-safety")]


def value_of(name, share):
    """A value of a parameter that lies at this share of its range."""
    parameter = BY_NAME[name]
    value = parameter.low + share * (parameter.high - parameter.low)
    if parameter.kind == "flag":
        return share >= 0.5
    return round(value) if parameter.kind == "whole" else value


@pytest.mark.parametrize("base", BASES, ids=lambda scenario: scenario.name)
@pytest.mark.parametrize("name", sorted(FREE))
def test_the_quick_way_to_a_scenario_is_the_checked_one(name, base):
    for share in (0.0, 1 / 3, 1.0):
        value = value_of(name, share)
        quick = base.with_numbers({name: float(value)})
        assert quick == base.replace(f"{name}={toml_value(value)}")
        assert quick.to_dict() == base.replace(f"{name}={toml_value(value)}").to_dict()


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(FREE)), st.floats(0, 1), min_size=2, max_size=20))
def test_the_quick_way_does_for_many_values_at_once(shares):
    values = {name: value_of(name, share) for name, share in shares.items()}
    texts = [f"{name}={toml_value(value)}" for name, value in values.items()]
    numbers = {name: float(value) for name, value in values.items()}
    for base in BASES:
        assert base.with_numbers(numbers) == base.replace(*texts)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(FREE)), st.floats(allow_nan=True, allow_infinity=True))
def test_the_quick_way_refuses_what_the_checked_one_refuses(name, value):
    parameter = BY_NAME[name]
    fits = math.isfinite(value) and parameter.low <= value <= parameter.high
    if fits and parameter.kind in ("whole", "flag"):
        fits = value == int(value)
    if fits:
        assert BASES[0].with_numbers({name: value})
    else:
        with pytest.raises(ValueError, match=f"{name}: got .*; allowed "):
            BASES[0].with_numbers({name: value})


def test_names_that_something_else_has_to_fit_take_the_checked_way():
    for name in set(BY_NAME) - FREE:
        with pytest.raises(ValueError, match=name):
            BASES[0].with_numbers({name: BY_NAME[name].low})


def test_a_part_knows_how_many_runs_it_holds():
    assert Part(2, 4, 10, 19).runs == 30
    assert Part(2, 4, 10, 19).name == "p0000002-0000004_r000000010-000000019"
