"""Many partnerships: state by membership gives what a table of all pairs gives, in its room."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from plain import Run

from cgsim import load
from cgsim.engine import plan
from cgsim.engine.life import live_arm
from cgsim.rules.state import Switches, new_record, new_state

QUIET = list(HealthCheck)


def lived(drawn, together=True):
    design, world, shocks, shape = drawn
    own = shape if together else shape.apart
    record = new_record(own)
    live_arm(
        design.settings[0],
        design.levers[0],
        design.asks[0],
        design.agendas[0],
        design.regime[0],
        Switches(),
        world,
        shocks,
        np.zeros((shape.months, shape.agencies)),
        new_state(own),
        record,
    )
    return record


def differing(drawn, together=True):
    record, rows = lived(drawn, together), Run(drawn, together).rows
    return [
        name
        for name, array in record._asdict().items()
        if not np.array_equal(array, np.reshape(rows[name], array.shape))
    ]


def one_of(*what):
    return st.sampled_from(what)


@st.composite
def landscapes(draw):
    """Up to five partnerships of up to nine agencies: overlaps, joiners, leavers, changes."""
    agencies, months = draw(st.integers(3, 9)), draw(st.integers(8, 22))
    count = draw(st.integers(1, 5))
    number = st.integers(2, agencies)
    tables = {
        "world": {
            "agencies": agencies,
            "months": months,
            "objectives": draw(st.integers(1, 3)),
            "skills": 3,
            "network": draw(one_of("random", "core_periphery", "complete", "none", "small_world")),
        },
        "partnership": [
            {
                "name": f"group {b}",
                "size": draw(number),
                "recruit": draw(one_of("fit", "random", "ties", "all")),
                "start": draw(st.integers(0, 6)),
                "focus": 1,
                "last": draw(one_of("never", "never", 9)),
                "adaptive": draw(st.booleans()),
                "fund": draw(one_of(0, 60)),
            }
            for b in range(count)
        ],
        "trust": {"turnover": draw(one_of(0.02, 0.2)), "turnover_loss": draw(one_of(0.5, 0.3))},
        "coordination": {"coupling": draw(one_of(0, 0.2, 1))},
        "commitment": {"patience": draw(one_of(2, 12))},
        "delivery": {"shareable": draw(one_of(0, 0.3))},
        "change": [
            {"month": month, **draw(changes(agencies, count))}
            for month in sorted(draw(st.lists(st.integers(1, months - 1), max_size=5, unique=True)))
        ],
    }
    return load("baseline").from_dict(tables)


def changes(agencies, count):
    of_one = st.one_of(
        st.integers(2, agencies).map(lambda n: {"size": n}),
        st.integers(1, agencies).map(lambda n: {"lead": f"agency {n}"}),
        one_of({"meetings": 2}, {"focus": ["objective 1"]}),
    )
    of_all = one_of({"turnover_loss": 0.7}, {"turnover_loss": 0.3}, {"coupling": 0})
    who = st.integers(0, count - 1).map(lambda b: {"partnership": [f"group {b}"]})
    return st.one_of(
        st.builds(lambda chosen, what: {**chosen, "set": what}, who, of_one),
        of_all.map(lambda what: {"set": what}),
    )


def compare(scenario, replicate, seats_for_all, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(plan, "SEATS_FOR_ALL", seats_for_all)
        assert differing(plan.draw_one(scenario, 5, replicate)) == []


@pytest.mark.uncompiled
@settings(max_examples=200, deadline=None, suppress_health_check=QUIET)
@given(landscapes(), st.integers(0, 10**6), one_of(0, 50))
def test_a_landscape_lives_as_over_a_table_of_all_pairs(monkeypatch, scenario, replicate, seats):
    compare(scenario, replicate, seats, monkeypatch)


@pytest.mark.soak
@settings(max_examples=2000, deadline=None, suppress_health_check=QUIET)
@given(landscapes(), st.integers(0, 10**6), one_of(0, 50))
def test_two_thousand_landscapes_live_so(monkeypatch, scenario, replicate, seats):
    compare(scenario, replicate, seats, monkeypatch)
