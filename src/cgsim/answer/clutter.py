"""What is said of a landscape: which groups would be missed, and what closing and merging brings.

One way is behind every sentence: closing or merging changes the need met in the area, over the same
money, against the landscape before it, on the same luck.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from cgsim import statistics
from cgsim.answer import names
from cgsim.answer.build import direction
from cgsim.answer.catalogue import word
from cgsim.answer.formats import joined, points, points_interval, signed_units
from cgsim.answer.record import Statement
from cgsim.measures import OF_AREA
from cgsim.statistics import Estimate

if TYPE_CHECKING:
    from cgsim.advice.declutter import Decluttered, Taken

MEASURE = "area_gain_over_equal_money"
MOST_NAMED = 6
"""Of more groups the first are named, and how many others there are."""


def statements(found: Decluttered) -> list[Statement]:
    """Say how the landscape stands, who would be missed, which steps help, and what it rests on."""
    return [statement for paragraph in paragraphs(found) for statement in paragraph]


def paragraphs(found: Decluttered) -> Iterator[list[Statement]]:
    """Say how it stands; each group alone; the steps; what hours do instead; what it rests on."""
    yield [_now(found)]
    yield list(_alone(found))
    yield list(_path(found))
    yield [_said("rests_on", runs=found.replicates, tried=found.tried)]


def _said(id: str, estimate: Estimate | None = None, **numbers: Any) -> Statement:
    value = estimate or statistics.NOTHING
    return Statement(
        f"declutter.{id}",
        MEASURE,
        "equal_money",
        value.value,
        value.low,
        value.high,
        "share",
        OF_AREA,
        numbers=numbers,
    )


def _now(found: Decluttered) -> Statement:
    way = direction(found.now)
    id = way if way in ("more", "less") else "unclear"
    title = names.title(found.scenario)
    return _said(f"now_{id}", found.now, title=title, count=len(found.names), runs=found.replicates)


def _listed(groups: Sequence[str]) -> str:
    """Write names in a row; of many the first, and how many others there are."""
    if len(groups) <= MOST_NAMED + 1:
        return joined(groups)
    return word(
        "declutter.and_others",
        names=", ".join(groups[:MOST_NAMED]),
        others=f"{len(groups) - MOST_NAMED:,}",
    )


def _alone(found: Decluttered) -> Iterator[Statement]:
    """Say of each group alone whether closing it would help, harm, or change nothing to be told."""
    table = found.groups
    low, high = table["without_low"].to_numpy(), table["without_high"].to_numpy()
    value = table["without"].to_numpy()
    nothing = (value == 0.0) & (low == 0.0) & (high == 0.0)
    kinds = {
        "better": low > 0.0,
        "missed": high < 0.0,
        "no_effect": nothing,
        "unclear": (low <= 0.0) & (high >= 0.0) & ~nothing,
    }
    for kind, flags in kinds.items():
        places = np.flatnonzero(flags)
        if not len(places):
            continue
        places = places[np.argsort(-np.abs(value[places]), kind="stable")]
        groups = [str(table["group"].iloc[place]) for place in places]
        first = table.iloc[places[0]]
        most = Estimate(first["without"], first["without_low"], first["without_high"], 0)
        furthest = float(np.maximum(np.abs(low), np.abs(high))[places].max())
        numbers = {"count": len(groups), "names": _listed(groups), "first": groups[0]}
        # The end that lies furthest from 0 of any of them bounds what all of them do.
        bound = Estimate(furthest, -furthest, furthest, 0) if kind == "unclear" else most
        id = f"alone_{kind}" + ("_one" if len(groups) == 1 else "")
        yield _said(id, bound, **numbers)
    yield _said("alone_many", count=len(table))


def _path(found: Decluttered) -> Iterator[Statement]:
    """Say which steps were taken, what they bring in all, and why the path ends."""
    if found.steps:
        last = found.steps[-1]
        closed = [t.words[0] for t in found.steps if len(t.words) == 1]
        merged = [
            word("declutter.into", other=t.words[1], keeper=t.words[0])
            for t in found.steps
            if len(t.words) > 1
        ]
        done = []
        if closed:
            done.append(word("declutter.closed", names=_listed(closed)))
        if merged:
            done.append(word("declutter.merged", names=_listed(merged)))
        count = len(found.steps)
        id = "path_one" if count == 1 else "path"
        yield _said(
            id,
            last.whole,
            count=count,
            done="; ".join(done),
            left=last.left,
            groups=len(found.names),
        )
        hours = {
            name: sum(getattr(taken, f"{name}_hours").value for taken in found.steps)
            for name in ("overhead", "joint", "own")
        }
        yield _said("hours", **hours)
    else:
        yield _said("path_none")
    if found.refused is not None:
        yield _said("refused", found.refused.gain, change=step_words(found.refused))
    elif not found.steps or found.steps[-1].left:
        yield _said("nothing_better")
    else:
        yield _said("none_left")


def step_words(taken: Taken) -> str:
    """Return what a step does in words."""
    if len(taken.words) == 1:
        return word("declutter.close", name=taken.words[0])
    return word("declutter.merge", other=taken.words[1], keeper=taken.words[0])


def groups_table(found: Decluttered) -> tuple[list[str], list[list[str]]]:
    """Return heads and rows: a row a group, what closing it alone does, the best to close first."""
    heads = [
        word(f"declutter.head_{name}")
        for name in ("group", "without", "interval", "freed", "own", "other", "most_like")
    ]
    rows = []
    for row in found.groups.sort_values("without", ascending=False, kind="stable").to_dict(
        "records"
    ):
        estimate = Estimate(row["without"], row["without_low"], row["without_high"], 0)
        like = ""
        if isinstance(row["most_like"], str):
            like = word("declutter.like", name=row["most_like"], overlap=points(row["overlap"], 0))
        rows.append(
            [
                str(row["group"]),
                told_points(estimate),
                points_interval(estimate),
                signed_units(-row["overhead_hours"]),
                signed_units(row["own_hours"]),
                signed_units(row["other_joint_hours"]),
                like,
            ]
        )
    return heads, rows


def path_table(found: Decluttered) -> tuple[list[str], list[list[str]]]:
    """Return heads and rows: a row a step, its gain, and that of all steps so far."""
    heads = [
        word(f"declutter.head_{name}")
        for name in ("step", "change", "gain", "interval", "whole", "interval", "left")
    ]
    rows = [
        [
            str(number),
            step_words(taken),
            told_points(taken.gain),
            points_interval(taken.gain),
            told_points(taken.whole),
            points_interval(taken.whole),
            str(taken.left),
        ]
        for number, taken in enumerate(found.steps, 1)
    ]
    return heads, rows


def told_points(estimate: Estimate) -> str:
    """Write a change in percentage points, in as many digits as its interval, with its sign."""
    from cgsim.answer.formats import FORMATS

    record = {**vars(estimate), "unit": "share"}
    return FORMATS["points_value"](record)
