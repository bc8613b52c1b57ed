"""What is set by hand changes the run, in every arm alike, or refuses: nothing is ignored."""

import numpy as np
import pytest

import cgsim
from cgsim import PartnershipModel, ScenarioError, load
from cgsim.scenario.parameters import GENERAL, LEVER_NUMBERS


def lived(months, scenario="baseline", **how):
    model = PartnershipModel(scenario, **how)
    for _ in range(months):
        model.step()
    return model


def finished(model):
    model.run_model()
    return model


def test_a_lever_that_is_set_is_a_scheduled_change():
    model = lived(30)
    model.meetings = 6
    assert model.meetings == 6
    assert model.partnerships[0].lead_hours == load("baseline").partnerships[0].levers["lead_hours"]
    finished(model)
    (change,) = model.spec.changes
    assert (change.month, dict(change.set)) == (30, {"meetings": 6})
    results = cgsim.run(model.spec, 1, months=True)
    np.testing.assert_array_equal(model.record.month, results.month_values[0, 0])
    assert model.gain == results.replicates["gain"][0]
    assert model.gain_over_equal_money == results.replicates["gain_over_equal_money"][0]
    plain = finished(lived(0))
    np.testing.assert_array_equal(model.record.month[:30], plain.record.month[:30])
    assert model.gain != plain.gain


def test_an_areas_parameter_changes_every_arm():
    model = lived(12, arm="together")
    model.turnover = 0.3
    alone = lived(12, arm="alone")
    alone.turnover = 0.3
    for run in (model, alone):
        finished(run)
    results = cgsim.run(model.spec, 1, months=True).month_values[0]
    np.testing.assert_array_equal(model.record.month, results[0])
    np.testing.assert_array_equal(alone.record.month, results[1])


def test_a_lever_of_one_partnership_is_its_own():
    model = lived(20, "cluttered")
    model.partnerships[1].meetings = 7
    change = next(c for c in model.spec.changes if c.month == 20 and c.set == {"meetings": 7})
    assert change.partnerships == (1,)
    with pytest.raises(AttributeError, match="meetings: ask a partnership"):
        _ = model.meetings


def test_equal_money_follows_what_the_partnership_gets():
    model = lived(4, "korsakoff", arm="equal_money")
    forked = model.fork(set={"fund": 900})
    np.testing.assert_array_equal(forked.record.month[:4], model.record.month[:4])
    assert forked.grants[4:].sum() > model.grants[4:].sum()
    finished(forked)
    results = cgsim.run(forked.spec, 1, months=True).month_values[0, 2]
    np.testing.assert_array_equal(forked.record.month, results)


@pytest.mark.parametrize("what", ["capacity", "trust", "understanding", "view"])
def test_what_is_set_of_an_agency_changes_the_run_and_its_measure(what):
    plain, model = finished(lived(0)), lived(20)
    agency = model.agencies[model.partnerships[0].members[1].number]
    if what == "capacity":
        agency.capacity = 10 * agency.capacity
    elif what == "view":
        agency.view = np.eye(len(agency.view))[0]
    else:
        ones = np.ones_like(getattr(agency, what))
        if what == "trust":
            ones[agency.number] = 0
        setattr(agency, what, ones)
    finished(model)
    np.testing.assert_array_equal(model.record.month[:20], plain.record.month[:20])
    assert not np.array_equal(model.record.month[20:], plain.record.month[20:])
    alone = model._in_arm("alone")
    assert alone.agencies[agency.number].capacity == agency.capacity
    assert model.gain != plain.gain


def test_the_fork_has_the_same_past_and_another_future():
    model = finished(lived(0, rng=4))
    for at in (0, 1, 24, model.months - 1):
        other = model.fork(at=at, set={"meetings": 8})
        assert (other.month, other.seed_number) == (at - 1, 4)
        assert len(other.datacollector.get_model_vars_dataframe()) == at
        finished(other)
        np.testing.assert_array_equal(other.record.month[:at], model.record.month[:at])
        assert not np.array_equal(other.record.month, model.record.month)
    same = finished(model.fork(at=7))
    np.testing.assert_array_equal(same.record.month, model.record.month)


def test_a_fork_keeps_what_was_set_before_and_leaves_out_what_was_set_after():
    model = lived(5)
    model.agencies[0].capacity = 500
    while model.month < 9:
        model.step()
    model.meetings = 9
    finished(model)
    late, early = model.fork(at=12), model.fork(at=8, meetings=1)
    np.testing.assert_array_equal(finished(late).record.month, model.record.month)
    assert [(e.month, e.name) for e in early._events] == [(5, "capacity"), (8, "meetings")]
    assert early.agencies[0].capacity == 500
    again = model.fork(at=10, set=["partnership.1.meetings=9"])
    assert not np.array_equal(again.record.month[:11], model.record.month[:11])


def test_a_fork_is_refused_where_there_is_none():
    model = lived(3)
    for at in (-1, model.months, 2.5):
        with pytest.raises(ScenarioError, match="at: got"):
            model.fork(at=at)
    with pytest.raises(ScenarioError, match=r'metings: .*did you mean "meetings"'):
        model.fork(set={"metings": 2})
    with pytest.raises(ScenarioError, match=r'metings: .*did you mean "meetings"'):
        model.fork(metings=2)
    with pytest.raises(ScenarioError, match="allowed a partnership's number or name"):
        model.fork(set=["partnership.9.meetings=2"])


def test_every_parameter_of_a_month_can_be_set_or_says_why_not():
    for parameter in (*GENERAL, *LEVER_NUMBERS):
        model = lived(0)
        value = parameter.low if parameter.kind != "flag" else True
        if parameter.shapes_world:
            with pytest.raises(AttributeError, match="is read before the first month"):
                setattr(model, parameter.name, value)
            continue
        setattr(model, parameter.name, value)
        assert getattr(model, parameter.name) == float(value)
        beyond = 2 if parameter.kind == "flag" else parameter.high + 1
        with pytest.raises(ScenarioError, match=f"{parameter.name}: got .*; allowed "):
            setattr(model, parameter.name, beyond)


def set_item(array, place, value):
    array[place] = value


REFUSED = {
    'meetngs: .*did you mean "meetings"': lambda m: setattr(m, "meetngs", 2),
    "agencies: belongs to the run": lambda m: setattr(m, "agencies", ()),
    "months: belongs to the run": lambda m: setattr(m, "months", 9),
    "arm: belongs to the run": lambda m: setattr(m, "arm", "alone"),
    "spec: belongs to the run": lambda m: setattr(m, "spec", load("armadale")),
    "state: belongs to the run": lambda m: setattr(m, "state", None),
    "scenario: belongs to the run": lambda m: setattr(m, "scenario", "armadale"),
    "month: belongs to the run": lambda m: setattr(m, "month", 4),
    "steps: belongs to the run": lambda m: setattr(m, "steps", 0),
    "rng: belongs to the run": lambda m: m.reset_rng(4),
    "seed: belongs to the run": lambda m: m.reset_randomizer(4),
    "capacity: is read before the first month": lambda m: setattr(m, "capacity", 4),
    "hour_cost: is read before the first month": lambda m: setattr(m, "hour_cost", 4),
    "turnover: got 2; allowed a number from 0 to 1": lambda m: setattr(m, "turnover", 2),
    "turnover: got nan; allowed": lambda m: setattr(m, "turnover", float("nan")),
    "independent: got 1; allowed true or false": lambda m: setattr(m, "independent", 1),
    "agency 1: cannot be removed": lambda m: m.agencies[0].remove(),
    "cannot be removed": lambda m: m.remove_all_agents(),
    "cannot be added": lambda m: type(m.agencies[0])(m, 0),
    "capacity: got -1; allowed": lambda m: setattr(m.agencies[0], "capacity", -1),
    'capacity: got "big"; allowed': lambda m: setattr(m.agencies[0], "capacity", "big"),
    'capcity: .*did you mean "capacity"': lambda m: setattr(m.agencies[0], "capcity", 1),
    "own_hours: follows from the rules": lambda m: setattr(m.agencies[0], "own_hours", 1),
    "name: follows from the rules": lambda m: setattr(m.agencies[0], "name", "x"),
    r"trust: got \[0, 1\]; allowed": lambda m: setattr(m.agencies[0], "trust", [0, 1]),
    "0 for itself": lambda m: setattr(m.agencies[0], "trust", np.ones(len(m.agencies))),
    "sum to 1": lambda m: setattr(m.agencies[0], "view", np.ones(len(m.spec.objectives))),
    "backlog: follows from the rules": lambda m: setattr(m.partnerships[0], "backlog", 1),
    'meetngs: .*did you mean "meetings"\\?': lambda m: setattr(m.partnerships[0], "meetngs", 1),
    "meetings: got 99; allowed": lambda m: setattr(m.partnerships[0], "meetings", 99),
    "recruit: is read before": lambda m: setattr(m.partnerships[0], "recruit", "ties"),
    "read-only": lambda m: set_item(m.agencies[0].trust, 1, 0.5),
    "is read-only": lambda m: set_item(m.by_agency.trust, (0, 1), 0.5),
    "are read-only|is read-only": lambda m: set_item(m.state.commitment, (0, 1), 0.5),
    "read-onl.": lambda m: set_item(m.world.capacity, 0, 5),
    "values cannot be set": lambda m: set_item(m.spec.values, "turnover", 0.5),
    "values cannot": lambda m: m.spec.partnerships[0].levers.update(meetings=3),
}


@pytest.mark.parametrize("told", REFUSED)
def test_what_would_be_ignored_refuses_in_one_line(told):
    model = lived(6)
    before = finished(lived(0)).record.month
    with pytest.raises((AttributeError, TypeError, ValueError), match=told) as caught:
        REFUSED[told](model)
    assert "\n" not in str(caught.value)
    np.testing.assert_array_equal(finished(model).record.month, before)


def test_nothing_can_be_set_once_the_last_month_is_lived():
    model = finished(lived(0))
    for change in (
        lambda: setattr(model, "meetings", 3),
        lambda: setattr(model.agencies[0], "capacity", 3),
    ):
        with pytest.raises(AttributeError, match="the last month has been lived; fork"):
            change()


def test_a_lever_needs_a_partnership():
    model = lived(3, arm="alone")
    with pytest.raises(AttributeError, match="meetings: there is no partnership in the arm alone"):
        model.meetings = 4
    assert model.fork(set={"meetings": 4}).spec.changes[-1].set == {"meetings": 4}
