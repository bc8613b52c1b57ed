"""The Mesa model, used as any Mesa model is."""

import mesa
import numpy as np
import pytest

from cgsim import PartnershipModel, load
from cgsim.running.results import run_many


@pytest.mark.parametrize("name", ["baseline", "cluttered", "korsakoff", "community-safety"])
def test_it_is_the_engines_run_bit_for_bit_in_every_arm(name):
    engine = run_many([load(name)], 3, 5, months=True)[0]
    for place, arm in enumerate(("together", "alone", "equal_money")):
        model = PartnershipModel(name, 5, 2, arm)
        model.run_model()
        np.testing.assert_array_equal(model.record.month, engine.month_values[2, place])
        model.forget()


def test_stepping_collecting_and_stopping():
    model = PartnershipModel("armadale")
    assert isinstance(model, mesa.Model)
    assert model.running
    assert model.month == -1
    model.step()
    assert model.month == 0
    model.run_model()
    assert not model.running
    table = model.datacollector.get_model_vars_dataframe()
    assert len(table) == 36
    assert table["month"].tolist() == list(range(36))
    assert table["met"].iloc[-1] == model.column("met")[-1]
    met = table["met"].copy()
    model.step()  # there is no month left to live
    assert not model.running
    assert model.steps == 36
    assert len(model.datacollector.get_model_vars_dataframe()) == 36
    np.testing.assert_array_equal(model.column("met"), met)


def test_agents_are_views_on_the_runs_arrays():
    model = PartnershipModel("armadale")
    while model.month < 15:
        model.step()
    (pilot,) = model.partnerships
    assert pilot.alive
    assert pilot.lead.name == "Safer Neighbourhood Team"
    assert pilot.lead.is_lead
    assert len(pilot.members) == 4
    given = sum(agency.given_hours for agency in model.agencies)
    assert given == pytest.approx(pilot.joint_hours)
    assert len(model.agents_by_type[type(pilot.lead)]) == 8
    np.testing.assert_array_equal(model.agencies[2].trust, model.by_agency.trust[2])
    model.run_model()
    assert pilot.ended == "dated end"
    assert pilot.members == ()
    assert pilot.lead is None


def test_the_network_has_the_ties_and_the_trust():
    model = PartnershipModel("baseline")
    graph = model.network()
    assert graph.number_of_edges() == model.tied.sum() // 2
    first, second, data = next(iter(graph.edges(data=True)))
    trust = model.by_agency.trust
    assert data["weight"] == pytest.approx((trust[first, second] + trust[second, first]) / 2)


def test_wrong_arms_and_frictions_are_told():
    with pytest.raises(ValueError, match="arm: got 'apart'; allowed together, alone, equal_money"):
        PartnershipModel("baseline", arm="apart")
    with pytest.raises(ValueError, match="off: got 'rain'"):
        PartnershipModel("baseline", off=("rain",))


def test_a_model_and_its_agents_tell_their_names():
    model = PartnershipModel("armadale", seed_number=4, replicate=7)
    assert repr(model) == (
        "<PartnershipModel armadale, together, seed 4, replicate 7, 0 of 36 months lived>"
    )
    assert repr(model.partnerships[0]) == f"<Partnership 0: {model.partnerships[0].name}>"
    assert "Safer Neighbourhood Team" in repr(model.agencies)
