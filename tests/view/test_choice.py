"""What a visitor sends changes only what it may, whatever it is."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cgsim.scenario.parameters import BY_NAME, PARAMETERS
from cgsim.view.choice import (
    LEVERS,
    MODES,
    MOST_GUESSES,
    MOST_OPENED,
    MOST_PANELS,
    Choice,
    Panel,
    Shelf,
    act,
    clamp,
    key_of,
    offered,
    settable,
)
from cgsim.view.links import from_link, link_of

SHELF = Shelf()
KINDS = ["month", "set", "scenario", "add", "remove", "mode", "seed", "replicate", "agency"]
KINDS += ["people", "predict", "guess", "reveal", "cover", "undo", "open", "none"]
TEXTS = ['title = "Mine"', 'title = "Other"\nextends = "inertia"', "title = 1", ""]
values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=True),
    st.text(max_size=20),
    st.sampled_from([*SHELF.names, *MODES]),
    st.lists(st.integers(), max_size=3),
)
actions = st.fixed_dictionaries(
    {"do": st.sampled_from(KINDS)},
    optional={
        "value": values,
        "panel": st.one_of(st.integers(), st.text(max_size=3)),
        "key": st.sampled_from([p.name for p in PARAMETERS] + ["no such", "title"]),
        "name": st.one_of(st.text(max_size=80), st.integers()),
        "text": st.one_of(st.sampled_from(TEXTS), st.text(max_size=40), st.integers()),
    },
)


@settings(max_examples=150, deadline=None)
@given(st.lists(actions, max_size=12))
def test_no_action_leads_to_a_choice_that_cannot_be_shown(done):
    choice = Choice()
    for action in done:
        choice = act(choice, action, SHELF, 72)
        assert 1 <= len(choice.panels) <= MOST_PANELS
        assert choice.mode in MODES
        assert 0 <= choice.seed <= 10**9
        assert all(-1 <= g <= 2 for g in choice.guesses)
        assert 1 <= choice.people <= MOST_GUESSES
        for panel in choice.panels:
            scenario = SHELF.scenario(panel)
            for key, value in panel.values:
                assert settable(BY_NAME[key])
                assert clamp(BY_NAME[key], value) == value
            assert scenario.values["agencies"] <= 60
        assert len(choice.opened) <= MOST_OPENED
        assert len({key_of(p) for p in choice.opened}) == len(choice.opened)
    again = from_link(link_of(choice, SHELF), SHELF, Choice())
    assert (again.seed, again.replicate, again.mode) == (
        choice.seed,
        choice.replicate,
        choice.mode,
    )
    for mine, theirs in zip(choice.shown, again.panels, strict=True):
        assert SHELF.scenario(mine) == SHELF.scenario(theirs)
    assert not again.error


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_no_link_breaks_the_page(query):
    choice = from_link("?v=1&s=" + query, SHELF, Choice())
    for panel in choice.panels:
        SHELF.scenario(panel)


def test_values_beyond_their_limits_are_kept_within_them():
    choice = act(Choice(), {"do": "set", "key": "meetings", "value": 1e9}, SHELF, 72)
    assert dict(choice.panels[0].values) == {"meetings": 4.0}
    choice = act(choice, {"do": "set", "key": "size", "value": -3}, SHELF, 72)
    assert dict(choice.panels[0].values)["size"] == 2


def test_what_the_page_does_not_offer_is_not_set():
    for key in ("agencies", "months", "network", "skills"):
        choice = act(Choice(), {"do": "set", "key": key, "value": 10}, SHELF, 72)
        assert choice.panels == Choice().panels


def test_a_value_that_does_not_fit_the_scenario_is_told_in_words():
    start = Choice(panels=(Panel("korsakoff"),))
    choice = act(start, {"do": "set", "key": "size", "value": 15}, SHELF, 72)
    assert choice.panels == start.panels
    assert "the number of its members" in choice.error


def test_setting_a_value_back_leaves_nothing_changed():
    choice = act(Choice(), {"do": "set", "key": "size", "value": 12}, SHELF, 72)
    choice = act(choice, {"do": "set", "key": "size", "value": 8}, SHELF, 72)
    assert choice.panels == Choice().panels


def test_every_lever_and_every_offered_parameter_comes_from_the_table():
    assert {lever.key for lever in LEVERS} <= set(BY_NAME)
    for lever in LEVERS:
        assert BY_NAME[lever.key].low <= lever.low < lever.high <= BY_NAME[lever.key].high
    assert len({p.name for p in offered()}) == len(offered()) > 50


@pytest.mark.parametrize("name", SHELF.names)
def test_every_library_scenario_can_be_watched(name):
    assert SHELF.scenario(Panel(name)).name == name
