"""Where gain turns to loss: on lines that are known, and in a batch."""

import math
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cgsim.analysis.frontier import Frontier, check, crossings, find_frontier
from cgsim.experiment.design import Factor
from cgsim.running.batch import run_experiment
from cgsim.scenario import ScenarioError
from small_batches import small_experiment

INF = math.inf
ALONG = np.array([1.0, 2.0, 4.0, 8.0])


@given(st.lists(st.integers(-1000, 1000), min_size=2, max_size=12))
def test_between_the_crossings_there_is_gain_and_beyond_the_end_there_is_none(gains):
    gain = np.array(gains) / 1000
    along = np.arange(len(gain), dtype=float)
    begins, ends = crossings(along, gain)
    if not (gain > 0).any():
        assert math.isnan(begins)
        assert math.isnan(ends)
        return
    assert begins < ends
    assert (gain[(along > begins) & (along < ends)] > 0).all()
    assert (gain[along > ends] <= 0).all()
    if math.isfinite(ends):
        assert np.interp(ends, along, gain) == pytest.approx(0.0, abs=1e-9)


class Known:
    """A batch of which the gain is known: it is gone above 10 - 2 times the meetings."""

    def __init__(self, sizes=(12, 2, 6, 9), meetings=(2.0, 0.5, 1.0), noise=0.02, seed=1, lift=0.0):
        factors = (Factor("size", tuple(sizes)), Factor("meetings", tuple(meetings)))
        self.experiment = small_experiment(factors=factors)
        chance = np.random.default_rng(seed)
        points = self.experiment.points
        gain = np.array([0.5 + lift - 0.05 * p["size"] - 0.1 * p["meetings"] for p in points])
        common = chance.normal(0, 0.05, 50)
        self.values = gain[:, None] + common + chance.normal(0, noise, (len(points), 50))

    def matrix(self, measure):
        assert measure == "area_gain_over_equal_money"
        return self.values


def test_a_known_frontier_is_found_with_a_band_around_it():
    found = find_frontier(Known())
    assert (found.along, found.against) == ("size", "meetings")
    assert list(found.along_values) == [2, 6, 9, 12]
    assert list(found.lines["meetings"]) == [0.5, 1.0, 2.0]
    assert found.gain.shape == (3, 4)
    for row in found.lines.to_dict("records"):
        truth = 10 - 2 * row["meetings"]
        assert row["ends_low"] < row["ends"] < row["ends_high"]
        assert row["ends_low"] - 0.1 < truth < row["ends_high"] + 0.1
        assert row["ends_high"] - row["ends_low"] < 1.5
        assert row["begins"] == -INF
        assert row["no_gain_share"] == 0.0
    assert find_frontier(Known()).lines.equals(found.lines)  # the bootstrap has its own luck


def test_without_luck_the_frontier_is_exact():
    known = Known(noise=0.0)
    known.values = (
        known.values
        - known.values.mean(axis=1, keepdims=True)
        + np.array(
            [[0.5 - 0.05 * p["size"] - 0.1 * p["meetings"]] for p in known.experiment.points]
        )
    )
    found = find_frontier(known)
    np.testing.assert_allclose(found.lines["ends"], [9.0, 8.0, 6.0], rtol=1e-9)


def test_replicates_with_a_run_that_failed_are_left_out_at_every_point():
    known = Known()
    known.values[3, [0, 7]] = np.nan
    found = find_frontier(known)
    assert found.replicates == 48
    kept = np.delete(known.values, [0, 7], axis=1)
    assert found.gain[0, 0] == pytest.approx(kept[4].mean())  # two members, half a meeting


@pytest.mark.parametrize(
    ("lift", "sentence"),
    [
        (
            1.0,
            "With {} the mean gain is still above 0 at 12 members, the most that was looked at.",
        ),
        (-1.0, "With {} there is no gain at any size looked at."),
        (0.0, "With {} the gain is gone above "),
    ],
)
def test_sentences_say_what_was_found(lift, sentence):
    of, *words = find_frontier(Known(lift=lift)).sentences()
    assert of == (
        "Gain here: gain of the area over spending the money on services, of what all agencies met "
        "alone."
    )
    settings = ["one meeting every 2 months", "one meeting a month", "2 meetings a month"]
    assert len(words) == 3
    for said, setting in zip(words, settings, strict=True):
        assert said.startswith(sentence.format(setting))
        assert "nan" not in said
        assert "inf" not in said
    if lift == 0.0:
        assert all("members (95 % interval " in said for said in words)


def sentence_of(gain, **ends):
    """Return the sentence on one line of the surface, with the ends that are given."""
    nothing = {"begins": -INF, "begins_low": -INF, "begins_high": -INF, "ends": INF}
    row = {"meetings": 1.0, **nothing, "ends_low": INF, "ends_high": INF, **ends}
    found = Frontier(
        "size", "meetings", ALONG, np.array([1.0]), np.array([gain]), pd.DataFrame([row]), 50
    )
    said = " ".join(found.sentences()[1:])
    assert "nan" not in said
    assert "inf" not in said
    return said.removeprefix("With one meeting a month ")


NAN = math.nan
GAINS, NONE = (1.0, 1.0, 1.0, 1.0), (-1.0, -1.0, -1.0, -1.0)


@pytest.mark.parametrize(
    ("gain", "ends", "sentence"),
    [
        (
            GAINS,
            {"ends_low": 7.2},
            "the mean gain is still above 0 at 8 members, the most that was looked at; "
            "where it ends: 7.2 or more (95 % interval).",
        ),
        (
            GAINS,
            {"ends_low": NAN},
            "the mean gain is still above 0 at 8 members, the most that was looked at; "
            "where it ends: from no gain at any size up (95 % interval).",
        ),
        (
            (1.0, 1.0, -1.0, -1.0),
            {"ends": 3.0, "ends_low": NAN, "ends_high": 4.5},
            "the gain is gone above 3 members (95 % interval from no gain at any size to 4.5).",
        ),
        (
            (1.0, 1.0, -1.0, -1.0),
            {"ends": 3.0, "ends_low": 2.5, "ends_high": INF},
            "the gain is gone above 3 members (95 % interval 2.5 to more than 8 members).",
        ),
        (
            NONE,
            {"begins": NAN, "ends": NAN, "ends_low": NAN, "ends_high": 3.4},
            "there is no gain at any size looked at; "
            "the 95 % interval allows for one that ends at 3.4 members.",
        ),
        (
            (-1.0, 1.0, 1.0, 1.0),
            {"begins": 1.5, "begins_low": -INF, "begins_high": 1.8},
            "the mean gain is still above 0 at 8 members, the most that was looked at. "
            "Below 1.5 members there is none yet (95 % interval less than 1 to 1.8).",
        ),
        (
            (-1.0, 1.0, 1.0, 1.0),
            {"begins": 1.5, "begins_low": NAN, "begins_high": 1.8},
            "the mean gain is still above 0 at 8 members, the most that was looked at. "
            "Below 1.5 members there is none yet.",
        ),
        (  # below the last stretch of gain there is another, so nothing is said of below
            (1.0, -1.0, 1.0, 1.0),
            {"begins": 3.0, "begins_low": 2.5, "begins_high": 3.5},
            "the mean gain is still above 0 at 8 members, the most that was looked at.",
        ),
    ],
)
def test_no_sentence_contradicts_itself(gain, ends, sentence):
    assert sentence_of(gain, **ends) == sentence


def test_where_small_sizes_lose_it_says_from_where_there_is_a_gain():
    known = Known(meetings=(0.5, 1.0))
    smallest = [p["size"] == 2 for p in known.experiment.points]
    known.values[smallest] -= 1.0
    found = find_frontier(known)
    said = " ".join(found.sentences())
    for row in found.lines.to_dict("records"):
        assert 2 < row["begins"] < row["ends"]
        assert f" Below {row['begins']:.3g} members there is none yet (95 % interval " in said


def test_where_there_is_no_gain_at_all_every_end_is_nowhere():
    lines = find_frontier(Known(lift=-1.0)).lines
    ends = ["begins", "begins_low", "begins_high", "ends", "ends_low", "ends_high"]
    assert lines[ends].isna().all(axis=None)
    assert (lines["no_gain_share"] == 1.0).all()


def test_one_run_has_a_frontier_and_no_interval(tmp_path):
    found = find_frontier(run_experiment(small_experiment(replicates=1), tmp_path))
    ends = ["begins_low", "begins_high", "ends_low", "ends_high"]
    assert found.lines[ends].isna().all(axis=None)
    assert not any("95 % interval" in sentence for sentence in found.sentences())
    known = Known()
    known.values = known.values[:, :1]
    said = " ".join(find_frontier(known).sentences())
    assert "members; one run has no interval." in said


def test_a_small_batch_has_a_frontier(tmp_path):
    done = run_experiment(small_experiment(replicates=20), tmp_path)
    found = find_frontier(done)
    assert found.replicates == 20
    assert np.isfinite(found.gain).all()
    np.testing.assert_allclose(
        found.gain.ravel(order="F"), done.matrix(found.measure).mean(axis=1), rtol=1e-12
    )
    assert len(found.sentences()) >= 3
    other = find_frontier(done, "overhead_hours")
    assert (other.gain > 0).all()
    assert (other.lines["ends"] == INF).all()


@pytest.mark.parametrize(
    ("changes", "got"),
    [
        ({"factors": (Factor("size", (2, 3)),)}, "1 factor in a factorial design"),
        (
            {"factors": (Factor("size", (2, 3)), Factor("recruit", ("fit", "random")))},
            'words and not numbers for recruit ("fit", "random")',
        ),
        (
            {"factors": (Factor("size", (2, 3)), Factor("meetings", (1.0,)))},
            "one value for meetings",
        ),
        ({"design": "list", "factors": ()}, "0 factors in a list design"),
    ],
)
def test_what_has_no_two_levers_has_no_frontier(changes, got):
    told = f"got {got}; allowed a factorial of two factors with numbers"
    with pytest.raises(ScenarioError, match=re.escape(told)):
        check(small_experiment(**changes))


@pytest.mark.soak
def test_nineteen_bands_in_twenty_hold_the_frontier():
    held = []
    for seed in range(300):
        for row in find_frontier(Known(seed=seed)).lines.to_dict("records"):
            held.append(row["ends_low"] <= 10 - 2 * row["meetings"] <= row["ends_high"])
    assert np.mean(held) == pytest.approx(0.95, abs=0.03)
