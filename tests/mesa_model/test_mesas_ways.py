"""What users of Mesa do with any model: seeds, batches, parameters by keyword, copies, pictures."""

import copy
import inspect
import pickle
import warnings

import mesa
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cgsim
from cgsim import PartnershipModel, ScenarioError, load
from cgsim.engine.life import step_run
from cgsim.scenario.parameters import BY_NAME

TAKES_RNG = "rng" in inspect.signature(mesa.batch_run).parameters


def batch(parameters, **how):
    with warnings.catch_warnings():
        # Newer versions of Mesa do not like `iterations` any more.
        warnings.filterwarnings("ignore", "The `iterations` keyword", DeprecationWarning)
        rows = mesa.batch_run(
            PartnershipModel, parameters, max_steps=200, display_progress=False, **how
        )
    return {row["RunId"]: row for row in rows}


def gains(name, replicates, seed=1, **changes):
    return cgsim.run(name, replicates, seed, changes).replicates["gain"].tolist()


def test_the_iterations_of_a_batch_are_the_replicates_and_their_gain_is_the_engines():
    first = batch({"scenario": "armadale", "meetings": [1, 4]}, iterations=3)
    again = batch({"scenario": "armadale", "meetings": [1, 4]}, iterations=3)
    found = {meetings: [0.0] * 3 for meetings in (1, 4)}
    for run, row in first.items():
        found[row["meetings"]][row["iteration"]] = row["gain"]
        assert again[run]["gain"] == row["gain"]
    assert found == {meetings: gains("armadale", 3, meetings=meetings) for meetings in (1, 4)}
    assert len({row["met"] for row in first.values()}) == 6


def test_a_seed_of_mesas_is_our_seed_number():
    if TAKES_RNG:
        rows = batch({"scenario": "armadale"}, rng=[7, 8])
    else:
        rows = batch({"scenario": "armadale", "rng": [7, 8]})
    assert [row["gain"] for row in rows.values()] == [
        gains("armadale", 1, seed)[0] for seed in (7, 8)
    ]
    both = batch({"scenario": "armadale", "seed": [7, 8]}, iterations=2)
    assert sorted(row["gain"] for row in both.values()) == sorted(
        gains("armadale", 2, 7) + gains("armadale", 2, 8)
    )


def test_a_replicate_that_is_given_is_the_one_that_is_lived():
    rows = batch({"scenario": "armadale", "replicate": [2, 0]}, iterations=1)
    expected = gains("armadale", 3)
    assert [row["gain"] for row in rows.values()] == [expected[2], expected[0]]


class Nested(PartnershipModel):
    """A model of somebody's own, which passes on what it is given."""

    notes = ()

    def __init__(self, **kwargs):
        super().__init__("armadale", **kwargs)
        self.notes = ("begun",)

    def step(self):
        super().step()
        self.notes = (*self.notes, self.month)


def test_a_class_of_ones_own_is_told_the_iteration_too():
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The `iterations` keyword", DeprecationWarning)
        rows = mesa.batch_run(
            Nested, {"meetings": 2}, iterations=2, max_steps=99, display_progress=False
        )
    assert {row["iteration"]: row["gain"] for row in rows} == dict(
        enumerate(gains("armadale", 2, meetings=2))
    )
    model = Nested()
    model.run_model()
    assert model.notes == ("begun", *range(36))


@pytest.mark.parametrize(
    ("rng", "number"),
    [(5, 5), (np.int32(5), 5), (np.uint64(5), 5), (True, 1), (None, 1), (2**63 - 1, 2**63 - 1)],
)
def test_whole_numbers_of_any_kind_are_the_seed(rng, number):
    compiled = len(getattr(step_run, "forms", ()))
    model = PartnershipModel("armadale", rng=rng, replicate=np.int16(2))
    model.step()
    assert (model.seed_number, model.replicate) == (number, 2)
    assert type(model.replicate) is int
    assert len(getattr(step_run, "forms", ())) == max(compiled, 1 if compiled else 0)


@pytest.mark.parametrize("rng", [[1, 2, 3], 2**90, np.random.SeedSequence(4)])
def test_other_seeds_of_numpys_are_hashed_and_repeatable(rng):
    first, second = (PartnershipModel("armadale", rng=rng).seed_number for _ in range(2))
    assert first == second
    assert 0 <= first < 2**63
    assert first != PartnershipModel("armadale", rng=[1, 2, 4]).seed_number


def test_a_generator_is_asked_for_a_seed():
    drawn = [PartnershipModel("armadale", rng=np.random.default_rng(n)).seed_number for n in (1, 2)]
    assert drawn[0] != drawn[1]
    assert drawn[0] == PartnershipModel("armadale", rng=np.random.default_rng(1)).seed_number


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"meetngs": 2}, 'PartnershipModel: meetngs: .*did you mean "meetings"'),
        ({"replicat": 2}, 'PartnershipModel: replicat: .*did you mean "replicate"'),
        ({"meetings": -2}, "meetings: got -2"),
        ({"rng": 1.5}, "rng: got 1.5; allowed a whole number"),
        ({"rng": -1}, "rng: got -1; allowed a whole number"),
        ({"rng": "x"}, 'rng: got "x"'),
        ({"rng": 1, "seed": 2}, "seed: got 2; allowed either rng or seed"),
        ({"rng": 1, "seed_number": 2}, "rng: got 1; allowed either rng or seed_number"),
        ({"seed_number": 1.0}, "seed_number: got 1.0"),
        ({"replicate": -1}, "replicate: got -1"),
    ],
)
def test_what_is_no_luck_and_no_parameter_is_told_in_one_line(given, told):
    with pytest.raises(ScenarioError, match=told) as caught:
        PartnershipModel("armadale", **given)
    assert "\n" not in str(caught.value)


def test_parameters_are_given_as_set_or_by_keyword():
    spec = load("armadale", {"meetings": 3, "turnover": 0.2})
    for model in (
        PartnershipModel("armadale", set={"meetings": 3, "turnover": 0.2}),
        PartnershipModel("armadale", set=["meetings=3"], turnover=np.float64(0.2)),
        PartnershipModel(load("armadale"), meetings=np.int64(3), turnover=0.2),
    ):
        assert model.spec == spec
        assert model.turnover == 0.2
        assert model.partnerships[0].lead_hours == spec.partnerships[0].levers["lead_hours"]


@settings(max_examples=12, deadline=None)
@given(month=st.integers(0, 36), way=st.sampled_from([copy.deepcopy, "pickle"]), hand=st.booleans())
def test_a_copy_lives_on_as_the_run_itself(month, way, hand):
    model = PartnershipModel("armadale", rng=3)
    while model.month + 1 < month:
        model.step()
    if hand and month < 36:
        model.meetings = 3
        model.agencies[1].capacity = 90
    compiled = len(getattr(step_run, "forms", ()))
    other = pickle.loads(pickle.dumps(model)) if way == "pickle" else way(model)
    assert repr(other) == repr(model)
    for run in (other, model):
        run.run_model()
        assert run.steps == 36
    np.testing.assert_array_equal(other.record.month, model.record.month)
    assert other.gain == model.gain
    assert other.agencies[1].trust[0] == other.by_agency.trust[1, 0]
    tables = [run.datacollector.get_model_vars_dataframe() for run in (other, model)]
    assert tables[0].equals(tables[1])
    assert len(getattr(step_run, "forms", ())) <= max(compiled, 1)


def test_every_arm_pickles_with_its_space():
    for arm in ("together", "alone", "equal_money"):
        model = PartnershipModel("korsakoff", arm=arm)
        assert model.grid is not None
        model.step()
        again = pickle.loads(pickle.dumps(model))
        assert len(again.grid.agents) == len(model.agencies)
        again.run_model()


def test_the_gain_is_that_of_the_engine_in_every_arm():
    results = cgsim.run("korsakoff", 3, 2).replicates.iloc[2]
    found = {}
    for arm in ("together", "alone", "equal_money"):
        model = PartnershipModel("korsakoff", 2, 2, arm, collect=False)
        model.run_model()
        found[arm] = model.gain
    assert found["together"] == results["gain"]
    assert found["alone"] == 0.0
    assert found["together"] - found["equal_money"] == pytest.approx(
        results["gain_over_equal_money"], abs=1e-12
    )
    assert found["equal_money"] != 0.0


def test_no_column_hides_a_parameter_in_the_rows_of_a_batch():
    collector = PartnershipModel("armadale").datacollector
    columns = {*collector.model_reporters}
    columns.update(*collector.agenttype_reporters.values())
    arguments = inspect.signature(PartnershipModel).parameters
    assert columns.isdisjoint([*BY_NAME, *arguments, "iteration", "RunId", "Step", "AgentID"])


def test_the_space_is_a_network_of_the_ties():
    model = PartnershipModel("civic-centre")
    assert isinstance(model.grid, mesa.discrete_space.Network)
    assert model.grid.G.number_of_edges() == model.tied.sum() // 2
    assert [agency.cell.coordinate for agency in model.agencies] == list(range(len(model.agencies)))
    assert model.grid is model.grid


def test_a_value_that_is_refused_is_told_by_its_keyword():
    with pytest.raises(ScenarioError) as error:
        PartnershipModel("baseline", meetings=400)
    assert str(error.value).startswith("PartnershipModel: meetings: got 400; allowed ")
    with pytest.raises(ScenarioError) as error:
        PartnershipModel("baseline", meetings=2, set={"meetings": 3})
    told = 'PartnershipModel: got "meetings=3" and "meetings=2"; allowed one of the two'
    assert str(error.value) == told
