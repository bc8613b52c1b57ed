"""What the points of an experiment came to, in statements: which is best, and how they spread."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from cgsim.answer.build import claim
from cgsim.answer.catalogue import term
from cgsim.answer.record import Statement
from cgsim.statistics import Estimate

if TYPE_CHECKING:
    import pandas as pd


def statements(rows: pd.DataFrame, measure: str, *, sampled: bool) -> list[Statement]:
    """Say which points are highest and lowest, or how the points of a sample are spread.

    ``rows`` has a row a point: label, estimate, low, high, words and unit of the measure.
    """
    known = rows.dropna(subset=["estimate"]).sort_values("estimate", kind="stable")
    if known.empty:
        return []
    words, unit = str(rows["words"].iloc[0]), str(rows["unit"].iloc[0])
    if sampled:
        low, middle, high = known["estimate"].quantile([0.05, 0.5, 0.95])
        above = float((known["estimate"] > 0).mean())
        ends = {
            "low": {"value": low, "low": math.nan, "high": math.nan, "unit": unit},
            "high": {"value": high, "low": math.nan, "high": math.nan, "unit": unit},
        }
        estimate = Estimate(middle, math.nan, math.nan, len(known))
        return [
            claim(
                "points.sample",
                measure,
                "",
                estimate,
                unit=unit,
                words=term(words),
                least=ends["low"],
                most=ends["high"],
                above=above,
            )
        ]
    best, worst = known.iloc[-1], known.iloc[0]
    return [
        claim(
            f"points.{kind}",
            measure,
            "",
            Estimate(row["estimate"], row["low"], row["high"], int(row["replicates"])),
            unit=unit,
            words=term(words),
            label=str(row["label"]),
        )
        for kind, row in (("highest", best), ("lowest", worst))
    ]
