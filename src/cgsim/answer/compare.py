"""How much more one scenario gains than another, and whether that can be told on the same luck."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from cgsim import statistics
from cgsim.answer.build import claim, direction
from cgsim.answer.catalogue import word
from cgsim.answer.doubt import Drawn
from cgsim.answer.record import DRAWN, Statement
from cgsim.measures import BY_NAME, LEAST_GAIN
from cgsim.scenario.model import Scenario
from cgsim.scenario.parameters import WORLD_NUMBERS
from cgsim.statistics import Estimate

if TYPE_CHECKING:
    from cgsim.running.results import Results

BY_FOUNDERS = "gain_over_equal_money"
BY_AREA = "area_gain_over_equal_money"
"""What designs of different members are compared and ranked by."""


def same_area(one: Scenario, other: Scenario) -> bool:
    """Tell whether two scenarios are set in the same area, and lived for as many months."""
    return same_place(one, other) and one.values["months"] == other.values["months"]


def same_place(one: Scenario, other: Scenario) -> bool:
    """Tell whether two scenarios have the same agencies, objectives, skills and ties."""
    return (
        all(
            getattr(one, name) == getattr(other, name)
            for name in ("network", "given_network", "skill_names", "objectives", "agencies")
        )
        and all(
            one.values[p.name] == other.values[p.name]
            for p in WORLD_NUMBERS
            if p.name in one.values and p.name != "months"
        )
        and all(
            one.values[name] == other.values[name] for name in ("agencies", "objectives", "skills")
        )
    )


def same_members(one: Results, other: Results) -> bool:
    """Tell whether the same agencies founded the partnerships in every run of both."""
    if one.lived is not None and other.lived is not None:
        both = min(one.count, other.count)
        return np.array_equal(one.lived.founders[:both], other.lived.founders[:both])

    def founding(scenario: Scenario) -> list[Any]:
        return [
            (p.size, p.recruit, p.members, p.lead, p.focus, p.area) for p in scenario.partnerships
        ]

    return founding(one.scenario) == founding(other.scenario)


def measure_between(one: Results, other: Results) -> str:
    """Return what two are compared by: of the area, unless the same agencies founded both."""
    alike = same_area(one.scenario, other.scenario) and same_members(one, other)
    return BY_FOUNDERS if alike else BY_AREA


def beyond(one: Results, first: Results) -> Estimate:
    """Return how much more one gains than the other: run by run, or mean beside mean."""
    measure = measure_between(one, first)
    mine, others = one.column(measure), first.column(measure)
    if same_area(one.scenario, first.scenario):
        both = min(len(mine), len(others))
        return statistics.mean(mine[:both] - others[:both])
    return statistics.difference(mine, others)


def beyond_statement(label: str, first_label: str, one: Results, first: Results) -> Statement:
    """Say how much more one gains than the other, and by what measure."""
    measure = measure_between(one, first)
    estimate = beyond(one, first)
    paired = "" if not same_area(one.scenario, first.scenario) else word("compare.run_by_run")
    why = "months" if same_place(one.scenario, first.scenario) else "areas"
    return told(label, first_label, estimate, measure, paired, word(f"compare.{why}"))


def told(
    label: str, first: str, estimate: Estimate, measure: str, paired: str, why: str = ""
) -> Statement:
    """Say how much more one gains than another.

    ``paired``: how, or "" where they are not, and ``why`` they are not then.
    """
    way = direction(estimate)
    if way != "exact":
        way = "more" if estimate.low > 0.0 else "less" if estimate.high < 0.0 else "unclear"
    if not paired and way == "exact":
        way = "unclear"
    id = f"compare.{'' if paired else 'apart_'}{way}"
    numbers = {"paired": paired} if paired else {"why": why}
    return claim(id, measure, first, estimate, label=label, first=first, **numbers)


def known_statements(
    label: str, first: str, one: Results, other: Results, drawn: tuple[Drawn, Drawn]
) -> list[Statement]:
    """Say what one knows and the other has drawn: their draws differ by that."""
    sides = [(label, first, one, drawn[1]), (first, label, other, drawn[0])]
    made = []
    for mine, theirs, results, beside in sides:
        inputs = tuple(name for name in results.scenario.known if name in beside.inputs)
        if inputs:
            numbers = {"label": mine, "first": theirs, "inputs": inputs}
            made.append(Statement("compare.known", "", "", holds_for=DRAWN, numbers=numbers))
    return made


def doubt_statement(label: str, first: str, one: Drawn, other: Drawn) -> Statement:
    """Say in how many draws one does better than the other, on the same draws."""
    step = one.area - other.area
    better, worse = (int(np.count_nonzero(way * step > LEAST_GAIN)) for way in (1.0, -1.0))
    numbers = {
        "draws": len(step),
        "label": label,
        "first": first,
        "better": better,
        "worse": worse,
        "given": one.given,
    }
    share = better / len(step) if len(step) else math.nan
    return Statement(
        "compare.doubt" if better or worse else "compare.doubt_same",
        BY_AREA,
        first,
        share,
        of=BY_NAME[BY_AREA].of,
        holds_for=DRAWN,
        numbers=numbers,
    )
