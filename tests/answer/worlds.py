"""Scenarios of every kind, small enough to live many: for Hypothesis."""

from hypothesis import strategies as st

import cgsim

AREA = """
title = "An area"
[world]
agencies = {agencies}
objectives = {objectives}
skills = 3
months = {months}
crosscut = {crosscut}
[agencies]
ambient = {ambient}
[coordination]
issue_hours = {issue_hours}
"""
PARTNERSHIP = """
[[partnership]]
name = "Partnership {number}"
size = {size}
start = {start}
meetings = {meetings}
fund = {fund}
fund_months = {fund_months}
matched = {matched}
lead_strength = {lead_strength}
authority = {authority}
trigger = {trigger}
target = {target}
review_months = {review}
last = {last}
focus = {focus}
"""
CHANGE = """
[[change]]
month = {month}
[change.set]
{key} = {value}
"""


@st.composite
def partnerships(draw, number, months, agencies, objectives):
    """Return one partnership's table: levers, funds, all ways to end, extremes, never begun."""
    return PARTNERSHIP.format(
        number=number,
        size=draw(st.integers(2, agencies)),
        start=draw(st.sampled_from([0, 1, 3, 6, 6, 6, months - 1, months + 3])),
        meetings=draw(st.sampled_from([0, 0.5, 1, 1, 2, 8])),
        fund=draw(st.sampled_from([0, 0, 0, 40, 400])),
        fund_months=draw(st.sampled_from([3, 12, 60])),
        matched=draw(st.sampled_from(["false", "false", "true"])),
        lead_strength=draw(st.sampled_from([0, 0.3, 0.6, 1])),
        authority=draw(st.sampled_from([0.001, 0.5, 0.9, 1])),
        trigger=draw(st.sampled_from([0, 0, 0, 0.05, 0.9])),
        target=draw(st.sampled_from([0, 0, 0, 50])),
        review=draw(st.sampled_from([0, 0, 6])),
        last=draw(st.sampled_from(['"never"', '"never"', months // 2])),
        focus=draw(st.integers(1, objectives)),
    )


@st.composite
def scenarios(draw):
    """Return one scenario."""
    agencies, objectives = draw(st.integers(3, 8)), draw(st.integers(1, 3))
    months = draw(st.sampled_from([8, 14, 24, 40]))
    text = AREA.format(
        agencies=agencies,
        objectives=objectives,
        months=months,
        crosscut=draw(st.sampled_from([0, 0.65, 1])),
        ambient=draw(st.sampled_from([0, 0.1, 0.6])),
        issue_hours=draw(st.sampled_from([0, 0.3, 0.8, 3])),
    )
    if draw(st.booleans()) and months > 8:
        month = draw(st.integers(1, months - 1))
        key, value = draw(
            st.sampled_from([("meetings", 4), ("fund", 200), ("issue_hours", 2), ("ambient", 0.5)])
        )
        text += CHANGE.format(month=month, key=key, value=value)
    for number in range(draw(st.sampled_from([1, 1, 1, 2]))):
        text += draw(partnerships(number + 1, months, agencies, objectives))
    return cgsim.loads(text)


LEVERS = (
    "meetings=4",
    "authority=0.4",
    "lead_strength=0.9",
    "fund=120",
    "start=2",
    "review_months=6",
)
AREAS = ("crosscut=0.3", "agencies=9", "goal_focus=3")


@st.composite
def pairs(draw):
    """Return a scenario, another made from it, and what they differ in: levers, size or area."""
    scenario = draw(scenarios())
    kind = draw(st.sampled_from(["nothing", "levers", "levers", "size", "area"]))
    change = {
        "nothing": [],
        "levers": [draw(st.sampled_from(LEVERS))],
        "size": [f"size={draw(st.integers(2, int(scenario.values['agencies'])))}"],
        "area": [draw(st.sampled_from(AREAS))],
    }[kind]
    return scenario, scenario.replace(*change), kind
