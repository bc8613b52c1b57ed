"""A link carries all of a scenario, and harms nothing, however it was tampered with."""

import base64
import random
import zlib

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import cgsim
from cgsim.view.choice import MOST_TEXT, Choice, Panel, Shelf, act, file_name
from cgsim.view.links import LONGEST, from_link, link_of, pack, unpack

SHELF = Shelf()
MINE = """title = "Two towns"
extends = "baseline"
[[agency]]
name = "Müller & Söhne"
[[partnership]]
name = "Town deal"
size = 5
"""


def opened(text=MINE, name="two-towns.toml", start=None):
    choice = act(start or Choice(), {"do": "open", "name": name, "text": text}, SHELF, 72)
    assert choice.error == ""
    return choice


def visited(link):
    """Open a link where nothing is known but the library."""
    return from_link(link, Shelf(), Choice())


def test_a_link_carries_a_file_that_was_opened_to_somebody_who_does_not_have_it():
    choice = opened()
    choice = act(choice, {"do": "set", "key": "meetings", "value": 2}, SHELF, 72)
    there = visited(link_of(choice, SHELF))
    assert there.error == ""
    assert Shelf().scenario(there.panels[0]) == SHELF.scenario(choice.panels[0])
    assert SHELF.scenario(there.panels[0]).agency_names[0] == "Müller & Söhne"
    undone = act(there, {"do": "undo"}, SHELF, 72)
    assert Shelf().scenario(undone.panels[0]) == cgsim.scenario.loads(MINE, file="two-towns.toml")


def test_a_link_carries_the_file_that_the_server_was_started_with(tmp_path):
    (tmp_path / "mine.toml").write_text(MINE, encoding="utf-8")
    shelf = Shelf(cgsim.load(tmp_path / "mine.toml"))
    there = visited(
        link_of(Choice(panels=(Panel("mine"), Panel("inertia")), mode="compare"), shelf)
    )
    assert there.error == ""
    mine, inertia = (Shelf().scenario(panel) for panel in there.panels)
    assert mine == shelf.own
    assert inertia == cgsim.load("inertia")


def test_a_link_carries_the_network_that_was_read_from_a_file(tmp_path):
    (tmp_path / "ties.csv").write_text("from,to\nagency 1,agency 2\n")
    (tmp_path / "mine.toml").write_text(
        'title = "x"\n[world]\nnetwork = "file"\nnetwork_file = "ties.csv"\n'
    )
    shelf = Shelf(cgsim.load(tmp_path / "mine.toml"))
    (tmp_path / "ties.csv").unlink()
    there = visited(link_of(Choice(panels=(Panel("mine"),)), shelf))
    assert there.error == ""
    assert Shelf().scenario(there.panels[0]) == shelf.own


@settings(max_examples=100, deadline=None)
@example(1.0203033347670764e-89)
@example(0.1 + 0.2)
@given(st.floats(0, 2))
def test_a_value_comes_back_to_the_last_digit(value):
    choice = act(Choice(), {"do": "set", "key": "capacity_sd", "value": value}, SHELF, 72)
    assert visited(link_of(choice, SHELF)).panels == choice.panels


def test_a_link_keeps_a_result_covered():
    choice = act(Choice(mode="teach"), {"do": "predict", "value": True}, SHELF, 72)
    there = visited(link_of(choice, SHELF))
    assert there.covered
    assert not visited(link_of(Choice(mode="teach"), SHELF)).covered


def test_every_text_that_is_opened_can_be_linked_or_is_refused_by_its_bytes():
    short = MINE + "# " + "ж" * ((MOST_TEXT - len(MINE.encode()) - 2) // 2)
    assert visited(link_of(opened(short), SHELF)).panels[0].text == short
    long = act(Choice(), {"do": "open", "name": "x.toml", "text": short + "жж"}, SHELF, 72)
    assert "allowed that much" in long.error


def test_links_of_version_1_still_work():
    there = visited("?v=1&s=inertia;meetings=2;size=12&s=baseline&seed=7&replicate=3&mode=compare")
    assert there.error == ""
    assert there.panels == (Panel("inertia", (("meetings", 2.0), ("size", 12))), Panel())
    assert (there.seed, there.replicate, there.mode) == (7, 3, "compare")
    assert link_of(there, SHELF).startswith("?v=1&")


def test_a_scenario_that_is_too_long_for_a_link_gives_none():
    noise = random.Random(1)
    names = ["".join(noise.choices("abcdefghijklmnopqrstuvwxyz", k=60)) for _ in range(60)]
    text = 'title = "Long"\n' + "".join(f'[[agency]]\nname = "{n}"\n' for n in names)
    text += "".join(f"# {noise.random()}\n" for _ in range(500)) + "[world]\nagencies = 60\n"
    head, agencies = text.split("\n", 1)
    world = "[world]\nagencies = 60\n"
    choice = opened(head + "\n" + world + agencies.removesuffix(world))
    assert link_of(choice, SHELF) == ""


def test_the_same_file_twice_on_the_page_is_in_the_link_once():
    choice = act(opened(), {"do": "add"}, SHELF, 72)
    link = link_of(choice, SHELF)
    assert link.count("t=") == 1
    assert len(visited(link).panels) == 2


def test_two_files_of_one_name_are_kept_apart():
    choice = opened(MINE.replace("Two towns", "Three towns"), start=opened())
    assert [panel.name for panel in choice.opened] == ["two-towns", "two-towns-2"]
    back = act(choice, {"do": "scenario", "value": "~two-towns"}, SHELF, 72)
    assert SHELF.scenario(back.panels[0]).title == "Two towns"


def test_what_is_wrong_in_an_opened_file_is_told_with_its_line_and_nothing_changes():
    before = opened()
    bad = {"do": "open", "name": "bad.toml", "text": 'title = "x"\n[world]\nagences = 9\n'}
    after = act(before, bad, SHELF, 72)
    assert after.error.startswith("bad.toml:3: world.agences: ")
    assert "agencies" in after.error
    assert (after.panels, after.opened) == (before.panels, before.opened)


@pytest.mark.parametrize(
    "text",
    [
        'title = "x"\nextends = "../../etc/passwd"',
        'title = "x"\nextends = "/etc/hostname.toml"',
        'title = "x"\n[world]\nnetwork = "file"\nnetwork_file = "/etc/passwd"',
        'title = "x"\n[world]\nagencies = 61',
        'title = "x"\n[world]\nmonths = 241',
        'title = "x"\n[world]\nagencies = 60\nmonths = 240\nskills = 64\nobjectives = 64',
        "# " + "x" * MOST_TEXT,
        'title = "x" # \ud800',
        "",
        "\x00",
    ],
)
def test_a_file_that_reaches_out_or_costs_too_much_is_refused_before_it_runs(text):
    choice = act(Choice(), {"do": "open", "name": "x.toml", "text": text}, SHELF, 72)
    assert choice.error
    assert choice.panels == Choice().panels
    try:
        link = f"?v=2&t=x~{pack(text)}&s=~1"
    except UnicodeEncodeError:
        return
    assert visited(link).error.startswith("The link could not be used: ")
    assert visited(link).panels == Choice().panels


def test_a_few_letters_cannot_unpack_to_a_heap():
    bomb = base64.urlsafe_b64encode(zlib.compress(b"#" * 50_000_000, 9)).decode()
    with pytest.raises(ValueError, match="too long"):
        unpack(bomb)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=2000))
def test_what_is_packed_is_unpacked(text):
    assert unpack(pack(text)) == text


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_anything_that_was_not_packed_is_refused_in_words(text):
    there = visited(f"?v=2&t=x~{text}&s=~1")
    if there.error:
        assert there.error.startswith("The link could not be used: ")
    else:
        assert there == Choice()  # the text made another query of it


LINK = link_of(opened(), SHELF)


@settings(max_examples=300, deadline=None)
@given(st.integers(0, len(LINK) - 1), st.integers(0, 40), st.text(max_size=5))
def test_a_mutilated_link_is_used_as_it_is_or_refused_in_words(place, length, put):
    there = visited(LINK[:place] + put + LINK[place + length :])
    for panel in there.panels:
        Shelf().scenario(panel)
    if there.error:
        assert there.panels == Choice().panels


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200))
def test_a_file_name_is_letters_digits_and_dashes(given):
    name = file_name(given)
    assert 1 <= len(name) <= 60
    assert all(c.isalnum() or c in "-_" for c in name)
    assert file_name(name) == name


def test_a_link_is_never_longer_than_it_may_be():
    for name in SHELF.names:
        text = cgsim.load(name).to_toml()
        link = link_of(opened(text, name), SHELF)
        assert 0 < len(link) <= LONGEST
