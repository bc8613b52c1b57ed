"""What must always hold, over random settings."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cgsim import PartnershipModel, load, loads
from cgsim.engine.replay import export_world, live_all, read_world
from cgsim.engine.run import simulate
from cgsim.measures import COLUMN
from cgsim.mechanisms import KINDS
from cgsim.running.results import run_frictions, run_many
from cgsim.scenario.parameters import BY_NAME, GENERAL, LEVER_NUMBERS

STEADY = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))

# Ranges of ordinary scenarios: priors where there are some, else from half to twice the default.
WILD = [
    p
    for p in (*GENERAL, *LEVER_NUMBERS)
    if p.name not in ("start", "last", "trigger", "target", "review_months")
    and p.name not in ("fund_months", "fund_start")
]


def value_of(parameter):
    if parameter.kind == "flag":
        return st.sampled_from(["true", "false"])
    if parameter.kind == "choice":
        return st.sampled_from(parameter.choices)
    if parameter.prior and not parameter.prior_times:
        low, high = parameter.prior
    else:
        low, high = 0.5 * parameter.default, 2.0 * parameter.default + 0.1
    low, high = max(low, parameter.low), min(high, parameter.high)
    return st.floats(low, high).map(lambda x: f"{x:.12g}")


@st.composite
def scenarios(draw, partnerships=2):
    chosen = draw(st.lists(st.sampled_from(WILD), max_size=12, unique_by=lambda p: p.name))
    changes = {p.name: draw(value_of(p)) for p in chosen}
    sizes = [f"agencies={draw(st.integers(2, 14))}", f"objectives={draw(st.integers(1, 4))}"]
    sizes += [f"skills={draw(st.integers(1, 5))}", "months=30", "start=3"]
    scenario = load("baseline", [*sizes, "size=1", "focus=1"])
    tables = scenario.to_dict()
    agencies = int(scenario.values["agencies"])
    tables["partnership"] = [
        {
            "name": f"p{number}",
            "size": draw(st.integers(1, agencies)),
            "recruit": draw(st.sampled_from(["fit", "random", "ties"])),
            "start": draw(st.integers(0, 10)),
            "focus": draw(st.integers(1, int(scenario.values["objectives"]))),
            "review_months": draw(st.sampled_from([0, 6])),
            "target": draw(st.sampled_from([0.0, 500.0])),
        }
        for number in range(draw(st.integers(0, partnerships)))
    ]
    if not tables["partnership"]:
        del tables["partnership"]
        tables["partnerships"] = "none"
        changes = {k: v for k, v in changes.items() if BY_NAME[k].section != "partnership"}
    return scenario.from_dict(tables).replace(*(f"{k}={v}" for k, v in changes.items()))


def model_of(scenario, replicate, arm="together"):
    return PartnershipModel(scenario, 3, replicate, arm)


@STEADY
@given(scenarios(), st.integers(0, 10**9))
def test_every_hour_is_accounted_for_and_every_share_is_a_share(scenario, replicate):
    model = model_of(scenario, replicate)
    values = scenario.values
    while model.running:
        saved = model.state.saving.copy()
        model.step()
        s, laid_out = model.state, model.by_agency
        absence = np.maximum(0, 1 + values["absence_sd"] * model.shocks.absence[model.month])
        capacity = model.world.capacity
        support = values["support"] * capacity * (1 - values["reinvest"] * saved)
        available = np.maximum(0, capacity * absence - support)
        used = s.own_hours + laid_out.given.sum(axis=0) + s.overhead
        np.testing.assert_allclose(used, available, rtol=1e-9, atol=1e-9)
        for shares in (laid_out.trust, s.views, s.understanding, laid_out.commitment):
            assert np.all((shares >= -1e-12) & (shares <= 1 + 1e-12))
        np.testing.assert_allclose(s.views.sum(axis=0), 1, atol=1e-9)
        assert np.all(s.need >= 0)
        assert np.all(np.isfinite(model.record.month[model.month]))
        assert laid_out.commitment.sum(axis=0).max(initial=0) <= values["max_share"] + 1e-9
        for partnership in model.partnerships:
            assert 0 <= partnership.settled <= 1


@STEADY
@given(scenarios(), st.integers(0, 10**6))
def test_one_member_or_no_partnership_is_alone_exactly(scenario, replicate):
    lonely = scenario.replace("size=1") if scenario.partnerships else scenario
    together, alone = model_of(lonely, replicate), model_of(lonely, replicate, "alone")
    together.run_model()
    alone.run_model()
    np.testing.assert_array_equal(together.record.month, alone.record.month)


SUM_OF_PARTS = ("objectives=1", "focus=1", "targeting=0", "shareable=0", "fund=0", "ambient=0.3")


@pytest.mark.parametrize("alike", [("crosscut=0",), ("generalism=1",), ("skills=1",)])
@pytest.mark.parametrize("size", [2, 8, 16])
def test_where_work_only_adds_up_nobody_gains(alike, size):
    results = run_many([load("baseline", [*SUM_OF_PARTS, *alike, f"size={size}"])], 60, 5)[0]
    gain = results.column("gain")
    assert np.all(gain <= 1e-12)
    assert gain.mean() < 0


@pytest.mark.parametrize("size", [2, 7, 15])
def test_without_friction_nobody_loses(size):
    settings_ = ("objectives=1", "focus=1", "targeting=0", "ambient=0", "setup_hours=0", "fund=0")
    found = run_frictions(load("baseline", [*settings_, f"size={size}"]), 40, 5)
    assert np.all(found.replicates[:, 0] >= -1e-12)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 10**6), st.randoms(use_true_random=False))
def test_the_order_of_agencies_means_nothing(replicate, random):
    import json
    import tempfile
    from pathlib import Path

    tables = export_world(load("baseline", ["agencies=9", "size=5", "months=40"]), 2, replicate)
    n = 9
    order = list(range(n))
    random.shuffle(order)
    mixed = json.loads(json.dumps(tables))
    for key in ("capacity", "skill", "goal", "senior", "operational"):
        mixed["world"][key] = [tables["world"][key][i] for i in order]
    mixed["world"]["trust"] = [[tables["world"]["trust"][i][j] for j in order] for i in order]
    for key in ("absence", "slip", "perceive", "observe", "turnover"):
        mixed["shocks"][key] = [[row[i] for i in order] for row in tables["shocks"][key]]
    mixed["members"] = [[row[i] for i in order] for row in tables["members"]]
    mixed["lead"] = [order.index(lead) for lead in tables["lead"]]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "w.json"
        path.write_text(json.dumps(mixed))
        records = live_all(read_world(path))
    expected = np.array(tables["expected"]["together"]["month"]["met"])
    np.testing.assert_allclose(records["together"].month[:, 0], expected, rtol=1e-9)


@pytest.mark.parametrize("kept", [0.3, 0.8, 1.0])
def test_trust_tends_to_its_fixed_point(kept):
    # Nothing slips but a fixed share; nobody leaves; everybody sees clearly.
    assignments = [
        f"ambition={1 / kept}",
        "operational=1",
        "buyin_sd=0",
        "slip_sd=0",
        "observe_sd=0",
        "turnover=0",
        "mandate=1",
        "months=400",
        "start=0",
        "max_share=0.3",
        "first_share=0.3",
        "sensitivity=0",
    ]
    model = PartnershipModel(load("baseline", assignments), 1, 0)
    model.run_model()
    gain, loss = 0.2 * kept, 0.4 * (1 - kept)
    assert model.board(0, "trust")[-1] == pytest.approx(gain / (gain + loss), abs=1e-6)


def test_replicate_731_is_the_same_alone_in_a_batch_and_on_any_number_of_workers():
    scenario = load("baseline", ["fund=40"])
    expected = None
    for workers in (1, 2, 4):
        results = run_many([scenario], 740, 9, workers=workers)[0]
        expected = results.measures if expected is None else expected
        np.testing.assert_array_equal(results.measures, expected)

    def keep(runs):
        return runs.chunk.month.copy()

    (_, alone), *_ = simulate([scenario], np.zeros(1, int), np.array([731]), 9, keep)
    (_, batch), *_ = simulate([scenario], np.zeros(9, int), np.arange(725, 734), 9, keep)
    np.testing.assert_array_equal(alone[0], batch[6])
    model = PartnershipModel(scenario, 9, 731)
    model.run_model()
    np.testing.assert_array_equal(model.record.month, alone[0, 0])
    met = alone[0, 0, 12:, 0].sum() - alone[0, 1, 12:, 0].sum()
    assert expected[731, COLUMN["extra_met"]] == pytest.approx(met, rel=1e-9)


def test_scenarios_of_different_sizes_run_in_one_call_as_they_do_alone():
    first, second = load("baseline", ["agencies=11"]), load("baseline", ["meetings=2"])
    both = run_many([first, second], 30, 4)
    np.testing.assert_array_equal(both[0].measures, run_many([first], 30, 4)[0].measures)
    np.testing.assert_array_equal(both[1].measures, run_many([second], 30, 4)[0].measures)


def test_the_frictions_add_up_to_what_was_possible():
    found = run_frictions(load("baseline"), 50, 2)
    potential, losses, realised = np.split(found.replicates, [1, 6], axis=1)
    np.testing.assert_allclose(potential - losses.sum(axis=1, keepdims=True), realised, atol=1e-12)


MOVED = {
    "shareable": ["shareable=0.5"],
    "reinvest": ["shareable=0.5", "reinvest=0.2"],
    "protocol_hours": ["protocols=0.5", "protocol_hours=9"],
    "secretariat": ["independent=true", "secretariat=90"],
    "fund_efficiency": ["fund=60", "fund_efficiency=0.3"],
    "sweetener": ["fund=60", "sweetener=4"],
    "fund_months": ["fund=60", "fund_months=6"],
    "matched": ["fund=200", "matched=true"],
    "mandate": ["exit_ratio=3", "mandate=1"],
    "patience": ["exit_ratio=3", "patience=3"],
    "exit_ratio": ["exit_ratio=3"],
    "trigger": ["trigger=0.02"],
    "last": ["last=30"],
    "target": ["target=500"],
    "review_months": ["expectation=0.1", "review_months=6"],
    "neighbours": ["network=small_world", "neighbours=8"],
    "rewire": ["network=small_world", "rewire=0.9"],
    "core_share": ["network=core_periphery", "core_share=0.8"],
    "recruit": ["recruit=random"],
    "network": ["network=complete"],
    "edge_chance": ["edge_chance=0.7"],
    "lead_share": ["lead_share=0.05"],
    "fund_start": ["fund=60", "fund_start=20"],
    "national_share": ["areas=2", "national_share=0.4"],
    "area": ["areas=2", "area=2"],
    **{kind.name: [f"{kind.name}={kind.names[-1]}"] for kind in KINDS},
    **{
        own.name: [f"{kind.name}={one.name}", f"{own.name}={2 * own.default}"]
        for kind in KINDS
        for one in kind.mechanisms
        for own in one.parameters
    },
    "agenda_keeps": ["issue_hours=5", "coordination=queue", "agenda_keeps=0.3"],
}
ON_THE_WAY = 'extends = "baseline"\n[[change]]\nmonth = 24\nset = { authority = 0.97 }\n'


@pytest.mark.parametrize("name", [name for name in BY_NAME if name != "coupling"])
def test_every_parameter_moves_something_measured(name):
    parameter = BY_NAME[name]
    changed = MOVED.get(name)
    # With enough issues that not all are settled: at the defaults most months settle all.
    base = changed[:-1] if changed else ["issue_hours=3"] * (name != "issue_hours")
    if changed is None:
        if parameter.kind == "flag":
            changed = [*base, f"{name}=true"]
        elif parameter.kind == "whole":
            changed = [*base, f"{name}={int(parameter.default) + 1}"]
        else:
            span = parameter.prior if not parameter.prior_times else None
            moved = (span[1] if span[1] != parameter.default else span[0]) if span else None
            moved = (
                moved if moved is not None else min(parameter.high, parameter.default * 1.5 + 0.1)
            )
            moved = moved if moved != parameter.default else 0.5 * parameter.default
            changed = [*base, f"{name}={moved}"]
    before, after = loads(ON_THE_WAY, base), loads(ON_THE_WAY, changed)
    assert before != after
    one, two = run_many([before], 20, 1)[0], run_many([after], 20, 1)[0]
    assert not np.array_equal(one.measures, two.measures, equal_nan=True)


def test_coupling_moves_something_where_there_are_two_partnerships():
    tables = load("baseline").to_dict()
    tables["partnership"] = [
        {"name": "one", "focus": ["objective 1"]},
        {"name": "two", "focus": ["objective 2"]},
    ]
    both = load("baseline").from_dict(tables)
    low, high = run_many([both, both.replace("coupling=0.9")], 20, 1)
    assert high.column("gain").mean() < low.column("gain").mean()


def test_a_change_takes_effect_in_its_month_and_not_before():
    tables = load("baseline").to_dict()
    tables["change"] = [{"month": 24, "set": {"meetings": 3.0, "turnover": 0.2}}]
    changed = load("baseline").from_dict(tables)
    plain, other = PartnershipModel("baseline"), PartnershipModel(changed)
    plain.run_model()
    other.run_model()
    np.testing.assert_array_equal(plain.record.month[:24], other.record.month[:24])
    assert set(other.board(0, "meetings")[12:24]) == {1.0}
    assert set(other.board(0, "meetings")[24:]) == {3.0}
    assert not np.array_equal(plain.record.month[24], other.record.month[24])


def test_no_rule_knows_a_good_number_of_members():
    # With nothing to settle and nothing to pay for, more members never hurt on average.
    free = ["issue_hours=0", "hours=0", "prep=0", "engage_hours=0", "monitor_hours=0"]
    free += ["lead_hours=0", "setup_hours=0", "operational=1", "buyin_sd=0", "slip_sd=0"]
    found = run_many([load("baseline", [*free, f"size={n}"]) for n in (4, 8, 14, 20)], 150, 3)
    extra = [r.column("extra_met").mean() for r in found]
    assert extra == sorted(extra)
