"""A table of many partnerships: a count, a pattern for names, values from ranges."""

import re

import pytest

from cgsim import ScenarioError, loads

HEAD = 'title = "A landscape"\nsummary = "Many."\n[world]\nagencies = 40\n'
GROUPS = """
[[partnership]]
name = "Board"
size = 12

[[partnership]]
count = {count}
name = "Group {{n}}"
size = {{ from = 4, to = 9 }}
meetings = {{ from = 0.5, to = 2.0 }}
start = {{ from = 6, to = 36 }}
focus = 2
"""


def landscape(count=30, *more):
    return loads(HEAD + GROUPS.format(count=count) + "\n".join(more))


def values(scenario):
    return [
        (p.name, p.size, p.levers["meetings"], p.levers["start"]) for p in scenario.partnerships
    ]


def test_one_table_stands_for_thirty_partnerships():
    scenario = landscape()
    names = ["Board", *(f"Group {n}" for n in range(1, 31))]
    assert [p.name for p in scenario.partnerships] == names
    groups = scenario.partnerships[1:]
    assert {p.size for p in groups} == set(range(4, 10)), "every size of the range, and no other"
    assert all(0.5 <= p.levers["meetings"] <= 2.0 for p in groups)
    assert all(p.levers["start"] in range(6, 37) for p in groups), "whole months stay whole"
    assert all(len(p.focus) == 2 for p in groups)
    assert scenario.partnerships[0].size == 12


def test_more_of_them_or_another_range_move_no_value_that_was_drawn():
    few, many = landscape(10), landscape(30)
    assert values(many)[:11] == values(few)
    other = loads(
        HEAD + GROUPS.format(count=10).replace("from = 4, to = 9", "from = 2, to = 3"),
    )
    assert [v[2:] for v in values(other)] == [v[2:] for v in values(few)]
    redrawn = loads(HEAD + GROUPS.format(count=10) + "draw = 2\n")
    assert values(redrawn)[1:] != values(few)[1:]


def test_what_is_written_and_read_again_is_the_same():
    scenario = landscape(5)
    assert values(scenario.from_dict(scenario.to_dict())) == values(scenario)
    assert "count" not in scenario.to_dict()["partnership"][1]


def test_a_change_may_name_all_of_a_pattern_and_a_value_one_of_them():
    change = '[[change]]\nmonth = 40\npartnership = "Group {n}"\nset = { last = 40 }'
    scenario = landscape(4, change)
    assert scenario.changes[0].partnerships == (1, 2, 3, 4)
    one = loads(HEAD + GROUPS.format(count=4), ["partnership.Group 3.size=7"])
    assert one.partnerships[3].size == 7


WRONG = {
    "count = 0": "partnership.2.count: got 0; allowed a whole number from 1 to 10000",
    "count = 2.5": "partnership.2.count: got 2.5; allowed a whole number from 1 to 10000",
    'count = 3\nname = "Group"': 'partnership.2.name: got "Group"; allowed a name with {n} in it',
    "count = 3\nsize = { from = 9, to = 4 }": "size: got from 9 to 4; allowed a range from less",
    "count = 3\nsize = { from = 2.5, to = 4 }": "size: got 2.5; allowed a whole number from 1",
    "count = 3\nsize = { from = 4 }": r"size: got .*; allowed { from = ..., to = ... }, each",
    "count = 3\nmeetings = { from = 0, to = 99 }": "meetings: got 99; allowed a number from 0 to",
    'name = "Group {n}"': "partnership.2.count: got nothing; allowed a whole number from 1 to",
    'count = 3\nname = "{n} of {area}"': "partnership.2.name: got {area} in .* with per_area",
    "draw = 3": "partnership.2.count: got nothing; allowed a whole number from 1 to 10000",
    "count = 3\ndraw = true": "partnership.2.draw: got true; allowed a whole number",
    "count = 10000": "partnership: got 10,001 partnerships in all; allowed 10,000",
    "count = 3\nsise = 4": 'sise: .*did you mean "size"',
}


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong_with_a_table_of_many_is_told_in_one_line(text):
    table = "[[partnership]]\n" + text + ("" if "name" in text else '\nname = "Group {n}"')
    with pytest.raises(ScenarioError) as caught:
        loads(HEAD + '[[partnership]]\nname = "Board"\n' + table, file="land.toml")
    line = str(caught.value).splitlines()[0]
    assert line.startswith("land.toml:")
    assert WRONG[text] in line or re.search(WRONG[text], line), line
