"""What is advised, in statements: the design, its neighbours, and what each lever does alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cgsim.answer import names
from cgsim.answer.build import claim, direction
from cgsim.answer.catalogue import figure, word
from cgsim.answer.formats import joined, nearly, surely_whole
from cgsim.answer.record import DRAWN, Statement
from cgsim.statistics import Estimate

if TYPE_CHECKING:
    from cgsim.advice.designs import Advice, Beside, Curve

_BORDER = re.compile(r"(\w+) (up to|above) (\S+)")


def statements(advice: Advice) -> list[Statement]:
    """Say what is advised and why."""
    return [statement for paragraph in paragraphs(advice) for statement in paragraph]


def paragraphs(advice: Advice) -> Iterator[list[Statement]]:
    """Say the verdict, the design, what was tried, how it stands now, and what each lever does."""
    row = advice.designs.iloc[0]
    design = {key: float(row[key]) for key in advice.levers}
    yield [_said(f"advice.{advice.verdict.replace(' ', '_')}", advice)]
    if advice.given:
        there, given = advice.there, advice.given
        yield [_said("advice.given", advice, draws=advice.draws, there=there, given=given)]
    else:
        drawn = "own_values" if advice.drawn_anew else "drawn"
        known = [_said("advice.known", advice, inputs=advice.known)] if advice.known else []
        yield [_said(f"advice.{drawn}", advice, inputs=advice.drawn_anew), *known]
    yield [
        _said(
            "advice.design" if advice.verdict == "form" else "advice.design_if",
            advice,
            Estimate(row.p25, row.p25_low, row.p25_high, advice.draws),
            design=design,
            middle=float(row["median"]),
            loses={"low": row.loses_low, "high": row.loses_high},
            share=float(row.loses),
        )
    ]
    yield [_tried(advice)]
    others = int(advice.designs.like_best.sum()) - 1
    if others:
        yield [_said("advice.alike", advice, others=others, designs=len(advice.designs) - 1)]
    before = [_said("advice.present_first", advice)] if advice.present_first else []
    yield [_present(advice), _change(advice), *before]
    for key in advice.levers:
        yield [
            *(_beside(advice, one) for one in advice.beside if one.key == key),
            *(_curve(advice, one) for one in advice.curves if one.key == key),
        ]
    for leaf in sorted(advice.depends, key=lambda leaf: -leaf["share"]):
        yield [_where(advice, leaf)]


def _present(advice: Advice) -> Statement:
    now = advice.present
    return _said(
        "advice.present",
        advice,
        design={key: now[key] for key in advice.levers},
        quarter=now["p25"],
        share=now["loses"],
    )


def _change(advice: Advice) -> Statement:
    way = direction(advice.change)
    if way not in ("exact", "more", "less"):
        way = "unclear"
    if way == "less" and advice.present_first:
        way = "less_plain"
    return _said(f"advice.change_{way}", advice, advice.change)


def _said(id: str, advice: Advice, estimate: Estimate | None = None, **numbers: Any) -> Statement:
    nothing = Estimate(float("nan"), float("nan"), float("nan"), 0)
    made = claim(id, advice.measure, "equal_money", estimate or nothing, **numbers)
    return replace(made, holds_for=DRAWN)


def _beside(advice: Advice, one: Beside) -> Statement:
    """Say what a neighbour of the advised design would do."""
    way = "none" if one.change.low <= 0.0 <= one.change.high else "differs"
    return _said(
        f"advice.beside_{way}",
        advice,
        one.change,
        setting=(one.key, one.value),
        advised=(one.key, float(advice.designs.iloc[0][one.key])),
        share=one.loses,
    )


def _curve(advice: Advice, one: Curve) -> Statement:
    """Say what a lever does with all else as it stands, and how the advice fits that."""
    advised, best = one.values[one.advised], one.values[one.best]
    numbers = {
        "lever": one.key,
        "setting": (one.key, advised),
        "best": (one.key, best),
        "mean": one.means[one.best],
    }
    if one.best == one.advised:
        return _said("advice.curve_same", advice, one.lead, **numbers)
    if one.lead.low <= 0.0 or one.switched is None:
        return _said("advice.curve_alike", advice, one.lead, **numbers)
    switched = {
        "value": one.switched.value,
        "low": one.switched.low,
        "high": one.switched.high,
        "unit": "share",
    }
    numbers |= {"switched": switched, "share": one.switched_loses}
    numbers["own_share"] = float(advice.designs.iloc[0].loses)
    return _said("advice.curve_other", advice, one.lead, **numbers)


def _tried(advice: Advice) -> Statement:
    """Say which values of each lever were tried, and where the advised design is at their edge."""
    row = advice.designs.iloc[0]
    values, edges = [], []
    for key in advice.levers:
        tried = sorted(set(advice.designs[key]))
        told = joined([figure(value, "g") for value in tried])
        values.append(word("advice.values", lever=names.axis(key), values=told))
        # Nothing lies beyond no fund, and a lever with one value was not varied.
        if len(tried) > 1 and row[key] in (tried[0], tried[-1]) and row[key] != 0:
            edges.append(word(f"edge.{key}_{'last' if row[key] == tried[-1] else 'first'}"))
    id = "advice.tried_edge" if edges else "advice.tried"
    return _said(id, advice, values="; ".join(values), edges=joined(edges))


def _where(advice: Advice, leaf: Any) -> Statement:
    """Say in what share of draws the advised design gains under some conditions."""
    conditions = []
    for text in leaf["where"]:
        found = _BORDER.fullmatch(text)
        assert found is not None, text
        name, sign, border = found.groups()
        kind = "above" if sign == "above" else "up_to"
        conditions.append(word(f"where.{kind}", input=name, border=border))
    numbers = {key: leaf[key] for key in ("share", "draws")}
    span = {"low": leaf["low"], "high": leaf["high"]}
    return _said("advice.where", advice, conditions=joined(conditions), span=span, **numbers)


def table(advice: Advice) -> tuple[list[str], Iterator[tuple[str, str, str]]]:
    """Return the heads and rows of a table: the first by the rule with each value of a lever."""
    heads = [word(f"advice.head_{name}") for name in ("design", "quarter", "loses")]
    rows = advice.by_lever().to_dict("records")
    return heads, (
        (
            names.setting(row["lever"], float(row["value"])),
            nearly(row["p25"]),
            surely_whole(row["loses"]),
        )
        for row in rows
    )


def footing(advice: Advice) -> Statement:
    """Say what the advice rests on."""
    return _said(
        "advice.rests_on",
        advice,
        draws=advice.draws,
        runs=advice.replicates,
        designs=len(advice.designs),
        given=advice.given,
    )
