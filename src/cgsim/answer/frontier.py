"""Where gain turns to loss over two levers, in statements."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from cgsim.answer.build import claim
from cgsim.answer.catalogue import term
from cgsim.answer.record import Statement
from cgsim.measures import BY_NAME
from cgsim.statistics import Estimate

if TYPE_CHECKING:
    from cgsim.analysis.frontier import Frontier


def statements(found: Frontier) -> list[Statement]:
    """Say of what the gain is, then where it is gone, a value of the second lever at a time."""
    words = term(BY_NAME[found.measure].words)
    first = _said("frontier.of", found, math.nan, math.nan, math.nan, words=words)
    rows = found.lines.to_dict("records")
    return [first, *(s for row in rows for s in (_ends(found, row), *_begins(found, row)))]


def _said(
    id: str, found: Frontier, value: float, low: float, high: float, **numbers: Any
) -> Statement:
    base = {"along": found.along, "most": (found.along, float(found.along_values[-1]))}
    estimate = Estimate(value, low, high, found.replicates)
    return claim(id, found.measure, "equal_money", estimate, **base, **numbers)


def _ends(found: Frontier, row: Any) -> Statement:
    """Say where the gain ends. Infinity is beyond the highest value; NaN is nowhere."""
    value, low, high = (float(row[name]) for name in ("ends", "ends_low", "ends_high"))
    numbers = {
        "setting": (found.against, float(row[found.against])),
        "at": (found.along, value),
        "least": low,
        "highest": high,
        "reach": (found.along, high),
    }
    if found.replicates < 2:
        kind = "nowhere" if math.isnan(value) else "beyond" if math.isinf(value) else "gone_once"
    elif math.isnan(value):
        kind = "nowhere" if math.isnan(high) else "nowhere_open" if math.isinf(high) else "perhaps"
    elif math.isinf(value):
        kind = "beyond" if math.isinf(low) else "beyond_any" if math.isnan(low) else "beyond_least"
    else:
        kind = "any" if math.isnan(low) else "least"
        kind = f"gone_{kind}{'_open' if math.isinf(high) else ''}"
    return _said(f"frontier.{kind}", found, value, low, high, **numbers)


def _begins(found: Frontier, row: Any) -> list[Statement]:
    """Say below what there is no gain yet, where the lowest values have none."""
    value, low, high = (float(row[name]) for name in ("begins", "begins_low", "begins_high"))
    below = found.gain[found.against_values == row[found.against]][:, found.along_values < value]
    if math.isnan(value) or math.isinf(value) or (below > 0.0).any():
        return []
    numbers = {
        "at": (found.along, value),
        "least": low,
        "highest": high,
        "lowest": float(found.along_values[0]),
    }
    # That there may be none at all is said of the end.
    if found.replicates < 2 or math.isnan(low) or math.isnan(high):
        kind = "begins"
    elif math.isinf(high):
        kind = "begins_any"
    else:
        kind = "begins_open" if math.isinf(low) else "begins_between"
    return [_said(f"frontier.{kind}", found, value, low, high, **numbers)]
