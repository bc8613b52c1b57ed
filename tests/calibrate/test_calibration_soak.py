"""The figures of docs/calibrate.md, measured anew: what they must be, and that they are those kept.

``python tests/calibrate/figures.py`` keeps them where they have changed.
"""

import json

import figures
import pytest

pytestmark = pytest.mark.soak


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    found = figures.measure(tmp_path_factory.mktemp("figures"))
    print(json.dumps(figures.rounded(found), indent=1))
    return found


@pytest.fixture(scope="module")
def kept():
    return json.loads(figures.KEPT.read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", figures.CASES)
def test_answers_are_honest(case, measured, kept):
    """Simulation-based calibration on two thousand partnerships drawn from the priors."""
    found = measured["answers"][case]
    for held, level in zip(found["coverage"], figures.LEVELS, strict=True):
        assert abs(held - level) < 0.04
    for name, (_, eighty, _) in found["unknowns"].items():
        # Lives that are not quite near enough make a range too wide, never too narrow.
        assert -0.04 < eighty - 0.8 < 0.10, name
    assert found["ratio"]["high"] < 1.0
    assert found["contraction"] <= found["r2"] + 0.01  # it claims no more than it knows
    assert found["ratio"]["value"] == pytest.approx(
        kept["answers"][case]["ratio"]["value"], abs=0.02
    )


def test_the_forecast_is_as_sharp_as_is_told(measured, kept):
    found = measured["answers"]["trial"]["over_all"]
    assert found["value"] == pytest.approx(kept["answers"]["trial"]["over_all"]["value"], abs=0.02)


def test_other_rules_are_noticed_or_not(measured):
    """What must be noticed is the gross, not the subtle."""
    rules = measured["other_rules"]
    for case in ("trial", "all"):
        assert rules["own"][case]["refused"] < 0.02
        for name in ("commitment", "overhead"):
            assert rules[name][case]["refused"] > 0.8
        # Nobody who knows the wrong rule tells many of these apart either.
        assert rules["trust"][case]["told_apart"] < 0.2


def test_partnerships_of_another_bank_are_forecast_as_well(measured):
    found = measured["another_bank"]
    assert found["uniform"] > 1e-3
    for held, level in zip(found["coverage"], figures.LEVELS, strict=True):
        assert abs(held - level) < 0.06


def test_it_takes_less_than_two_minutes_and_a_gigabyte(measured):
    cost = measured["cost"]
    assert cost["processor_seconds"] / cost["cores"] < 120
    assert cost["memory_mb"] < 1024
