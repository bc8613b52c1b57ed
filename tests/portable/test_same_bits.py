"""Whichever engine lives them, the same replicates come out to the last bit."""

from pathlib import Path

import numba
import numpy as np
import pytest

import cgsim
from cgsim.engine.replay import TOLERANCE, columns, differences, live_all, read_world
from cgsim.portable import choice
from cgsim.running.results import run_frictions, run_many
from cgsim.scenario.library import names

VECTORS = sorted((Path(__file__).parents[1] / "vectors").glob("*.json"))
compiled = pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="nothing is compiled")


def both(monkeypatch, work):
    results = []
    for engine in ("native", "wasm"):
        monkeypatch.setenv(choice.VARIABLE, engine)
        assert choice.is_portable() == (engine == "wasm")
        results.append(work())
    return results


def assert_same(first, second):
    assert first.shape == second.shape
    assert np.array_equal(first, second, equal_nan=True)


@compiled
@pytest.mark.parametrize("name", names())
def test_measures_totals_and_months_of_the_library(name, monkeypatch):
    scenario = cgsim.load(name)
    native, portable = both(monkeypatch, lambda: run_many([scenario], 12, 3, months=True)[0])
    assert_same(native.measures, portable.measures)
    assert_same(native.totals, portable.totals)
    assert_same(native.month_values, portable.month_values)


@compiled
def test_points_of_several_shapes_in_one_batch(monkeypatch):
    scenarios = [
        cgsim.load("baseline"),
        cgsim.load("baseline", ["agencies=12"]),
        cgsim.load("inertia", ["months=30", "network='small_world'"]),
        cgsim.loads(
            'extends = "baseline"\n[[change]]\nmonth = 20\nset = { size = 14, focus = 3 }\n'
            '[[change]]\nmonth = 40\nset = { size = 4, lead = "agency 2" }\n'
        ),
    ]
    native, portable = both(monkeypatch, lambda: run_many(scenarios, 9, 2**63 - 1))
    for one, other in zip(native, portable, strict=True):
        assert_same(one.measures, other.measures)


@compiled
def test_frictions(monkeypatch):
    scenario = cgsim.load("inertia")
    native, portable = both(monkeypatch, lambda: run_frictions(scenario, 4, 5))
    assert_same(native.replicates, portable.replicates)


@compiled
@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_vectors(path, monkeypatch):
    file = read_world(path)
    native, portable = both(monkeypatch, lambda: live_all(file))
    for arm in native:
        for (column, one), (_, other) in zip(
            columns(native[arm]), columns(portable[arm]), strict=True
        ):
            assert np.array_equal(one, other), (arm, column)
    assert max(off for *_, off in differences(file)) <= TOLERANCE


@compiled
def test_the_mesa_model_month_by_month(monkeypatch):
    def lived():
        model = cgsim.PartnershipModel("cluttered", 4)
        for _ in range(30):
            model.step()
        return model.record.month[:30].copy(), model.by_agency.trust, model.tied.copy()

    native, portable = both(monkeypatch, lived)
    assert native[2].any()
    for one, other in zip(native, portable, strict=True):
        assert_same(one, other)
