"""Areas: which agencies are where, who may be a member, and what does not fit is told in a line."""

import pytest

from cgsim import ScenarioError, load, loads

HEAD = """
title = "Areas"
summary = "Some."
[world]
areas = 4
agencies = 50
national_share = 0.1
"""
GROUPS = """
[[partnership]]
per_area = 2
name = "Group {n} of area {area}"
size = { from = 4, to = 9 }
focus = ["objective {n}"]
start = { from = 6, to = 36 }
"""


def landscape(text=GROUPS, *settings):
    return loads(HEAD + text, settings, file="land.toml")


def sizes(scenario):
    return {p.name: (p.size, p.levers["start"]) for p in scenario.partnerships}


def test_national_agencies_come_first_and_the_rest_are_divided_evenly():
    scenario = landscape()
    assert scenario.first_local == (5, 16, 27, 38, 50)
    assert scenario.agencies_in(1) == (0, 1, 2, 3, 4, *range(16, 27))


def test_a_table_stands_for_so_many_partnerships_in_each_area():
    scenario = landscape()
    assert [p.name for p in scenario.partnerships][:3] == [
        "Group 1 of area 1",
        "Group 2 of area 1",
        "Group 1 of area 2",
    ]
    assert [p.area for p in scenario.partnerships] == [0, 0, 1, 1, 2, 2, 3, 3]
    assert [p.focus for p in scenario.partnerships] == [(0,), (1,)] * 4
    assert len(set(sizes(scenario).values())) > 4, "each draws values of its own"


def test_one_area_more_moves_no_value_that_was_drawn():
    fewer, more = landscape(GROUPS, "areas=3"), landscape(GROUPS, "areas=5")
    assert len(more.partnerships) == 10
    assert sizes(fewer).items() <= sizes(landscape()).items() <= sizes(more).items()


def test_what_is_written_and_read_again_is_the_same():
    scenario = landscape()
    assert scenario.replace() == scenario
    assert loads(scenario.to_toml(), file="land.toml") == scenario
    assert "area" not in load("baseline").to_dict()["partnership"][0]


def test_a_partnership_of_all_agencies_has_those_of_its_area_and_national_ones():
    scenario = landscape('[[partnership]]\nrecruit = "all"\narea = 2')
    assert scenario.partnerships[0].size == 16


ONE = '[[partnership]]\nname = "One"\n'
NAMED = "".join(f'[[agency]]\nname = "a{n}"\n' for n in range(20))
WRONG = {
    ONE + "area = 5": "partnership.1.area: got 5; allowed at most 4, as [world] areas says",
    ONE + "area = 0": "partnership.1.area: got 0; allowed a whole number from 1 to 1000",
    ONE + "size = 17": "size: got 17; allowed at most 16, all the agencies of area 1",
    ONE + "per_area = 2": 'name: got "One"; allowed a name with {n} and {area} in it, such as',
    ONE + "per_area = 1": 'name: got "One"; allowed a name with {area} in it, such as "Group of',
    GROUPS + "area = 2": "area: got 2; allowed either area or per_area",
    GROUPS + "count = 2": "count: got 2; allowed either count or per_area",
    GROUPS.replace("= 2", "= 0"): "per_area: got 0; allowed a whole number from 1 to 10000",
    GROUPS.replace("= 2", "= 2501"): "per_area: got 2501 in each of 4 areas; allowed 10,000 part",
    ONE
    + 'members = ["a1", "a5", "a17"]\n'
    + NAMED: 'members: got "a17"; allowed agencies of area 1',
    ONE + 'lead = "a17"\n' + NAMED: 'lead: got "a17"; allowed an agency of area 1',
    ONE
    + "[[change]]\nmonth = 9\nset = { size = 20 }": "size: got 20; allowed from 2 to 16, all the "
    "agencies of the area",
    ONE + "[[change]]\nmonth = 9\nset = { area = 2 }": "area: got area; allowed no parameter that",
}


@pytest.mark.parametrize("text", WRONG)
def test_what_does_not_fit_is_told_in_one_line(text):
    with pytest.raises(ScenarioError) as caught:
        landscape(text)
    line = str(caught.value).splitlines()[0]
    assert line.startswith("land.toml:")
    assert WRONG[text] in line


def test_every_area_has_an_agency_of_its_own():
    for settings, allowed in (
        (["areas=60"], "at most 45, so that each has an agency of its own: 5 of 50 agencies"),
        (["national_share=1"], "at most 0, so that each has an agency of its own: 50 of 50"),
    ):
        with pytest.raises(ScenarioError, match=allowed):
            landscape(ONE + "size = 2", *settings)


def test_national_agencies_need_several_areas():
    """With one area the share would change nothing, and nobody would say so."""
    with pytest.raises(ScenarioError, match=r"national_share: got 0.5; allowed 0 where .* is 1:"):
        load("baseline", ["national_share=0.5"])
    assert load("baseline", ["national_share=0"]) == load("baseline")


def test_a_last_month_that_is_no_later_than_the_first_is_told_of(caplog):
    """Not of a partnership that never begins: experiments leave a group out like that."""
    for start, told in ((1000, 0), (39, 0), (40, 1)):
        caplog.clear()
        (one,) = landscape(ONE + f"start = {start}\nlast = 40").partnerships
        assert one.levers["last"] == 40
        assert len(caplog.records) == told
    assert "its last month, 40, is no later than its start in month 40" in caplog.text


def test_a_ring_of_neighbours_has_to_fit_into_the_smallest_area():
    with pytest.raises(ScenarioError, match="fewer than the 16 agencies of the smallest area"):
        landscape(ONE, "network=small_world", "neighbours=16")
