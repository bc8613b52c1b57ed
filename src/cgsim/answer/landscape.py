"""What is said of several partnerships: how each came out, and how they lie apart."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from cgsim import statistics
from cgsim.answer import names
from cgsim.answer.build import measure_of
from cgsim.answer.catalogue import figure as written
from cgsim.answer.catalogue import word
from cgsim.answer.formats import interval, nearly, percent, surely_whole, told
from cgsim.answer.lives import COLUMN, LIFE, Lives, ways_among, ways_of
from cgsim.answer.record import Statement
from cgsim.answer.survival import survival
from cgsim.statistics import Estimate

if TYPE_CHECKING:
    import pandas as pd

    from cgsim.running.results import Results

MEANS = tuple(name for name in LIFE if name not in ("begun", "ended", "ending", "founders"))
SPREADS = ("months", "members", "overhead_hours", "joint_hours", "joint_met")
"""What is told of how partnerships lie apart: their means over runs."""


def by_partnership(results: Results) -> pd.DataFrame:
    """Return a row a partnership: how it came out, in shares of runs, and means over runs.

    ``NAME_low`` and ``NAME_high`` are the ends of a 95 % interval: Wilson's for shares of runs,
    Student's for means.
    """
    import pandas as pd

    lives = results.lives
    assert lives is not None
    ways = ways_of(lives)
    rows = []
    for place, partnership in enumerate(results.scenario.partnerships):
        row: dict[str, Any] = {"partnership": partnership.name}

        def put(name: str, estimate: statistics.Estimate, row: dict[str, Any] = row) -> None:
            row[name], row[f"{name}_low"], row[f"{name}_high"] = (
                estimate.value,
                estimate.low,
                estimate.high,
            )

        for number_of, way in enumerate(ways_among(results.ways)):
            flags = (ways[:, place] == number_of).astype(np.float64)
            put(way.replace(" ", "_"), statistics.share(flags))
        row["founders"] = float(lives[:, place, COLUMN["founders"]].mean())
        for name in MEANS:
            put(name, statistics.mean(lives[:, place, COLUMN[name]]))
        rows.append(row)
    return pd.DataFrame(rows)


def statements(results: Results) -> list[Statement]:
    """Say of several partnerships how they came out, how long they lived, and how they lie apart.

    Nothing is said of one, nor where they were not kept.
    """
    lives = results.lives
    if lives is None or lives.shape[1] < 2:
        return []
    runs, count = lives.shape[:2]
    shares = results.outcomes
    listed = "; ".join(
        word("landscape.one", way=name_of(name), share=surely_whole(shares[name]))
        for name in sorted(shares, key=lambda name: -shares[name])
        if shares[name]
    )
    numbers = {"count": count, "runs": runs, "shares": shares, "list": listed}
    id = "landscape.outcomes_once" if runs == 1 else "landscape.outcomes"
    said = [Statement(id, "outcome", "", numbers=numbers)]
    said += _survival(results, lives)
    table = by_partnership(results)
    apart = []
    for name in SPREADS:
        means = table[name].to_numpy(float)
        known = means[~np.isnan(means)]
        if len(known):
            low, middle, high = (figure(value) for value in np.quantile(known, [0.0, 0.5, 1.0]))
            apart.append(word(f"landscape.{name}", low=low, middle=middle, high=high))
    if apart:
        said.append(Statement("landscape.spread", "", "", numbers={"list": "; ".join(apart)}))
    return said


def figure(value: float) -> str:
    """Write hours, units, months or members: three digits, and all of a whole number."""
    return written(value, ",.0f" if abs(value) >= 100.0 else ".3g")


def name_of(way: str) -> str:
    """Return how a partnership came out, in words."""
    return names.outcome(way)


def _survival(results: Results, lives: Lives) -> list[Statement]:
    """Say by which age half of them had ended, or which share lives at the highest age seen."""
    table = survival(lives, int(results.scenario.values["months"]))
    if len(table) == 0 or bool((table["alive"] == 1.0).all()):
        return []
    below = table[table["alive"] <= 0.5]
    if len(below):
        age = int(below["age"].iloc[0])
        return [Statement("landscape.half", "", "", float(age), numbers={"months": (age, age)})]
    last = table.iloc[-1]
    age = int(last["age"])
    value, low, high = (float(last[name]) for name in ("alive", "low", "high"))
    numbers = {"months": (age, age)}
    return [Statement("landscape.left", "", "", value, low, high, "share", numbers=numbers)]


SHOWN = ("months", "members", "joint_met", "joint_hours", "overhead_hours", "founders_gain")
"""Where hours were bought the founders' gain is the one over that money, as the headline is."""


def table(results: Results) -> tuple[list[str], list[list[str]]]:
    """Return heads and rows: a row a partnership, means over runs, and how it mostly came out."""
    shown = SHOWN
    if measure_of(results) != "gain":
        shown = (*SHOWN[:-1], "founders_gain_over_equal_money")
    heads = [word(f"landscape.head_{name}") for name in ("partnership", "outcome", *shown)]
    rows = []
    for record in results.by_partnership.to_dict("records"):
        way = max(ways_among(results.ways), key=lambda way: record[way.replace(" ", "_")])
        share = surely_whole(record[way.replace(" ", "_")])
        row = [str(record["partnership"]), word("landscape.one", way=name_of(way), share=share)]
        for name in shown:
            unit = LIFE[name].unit
            value = record[name]
            if math.isnan(value):
                row.append(word("word.not_known"))
            elif unit == "share":
                row.append(nearly(value))
            else:
                row.append(figure(value))
        rows.append(row)
    return heads, rows


def hazard_table(results: Results) -> tuple[list[str], list[list[str]]]:
    """Return heads and rows: of 100 partnership-months how many were the last, by size and age."""
    heads = [word(f"landscape.head_{name}") for name in ("group", "hazard", "interval", "lived")]
    rows = []
    for record in results.hazards.to_dict("records"):
        estimate = Estimate(record["hazard"], record["low"], record["high"], 0)
        rows.append(
            [
                group(record["by"], record["first"], record["last"]),
                _told(estimate),
                interval(estimate, "share"),
                f"{record['lived']:,}",
            ]
        )
    return heads, rows


def _told(estimate: Estimate) -> str:
    return told(estimate, "share") if estimate.value else percent(0.0)


def group(by: str, first: float, last: float) -> str:
    """Return a group of founding size or of age in words."""
    if by == "founders":
        id = "founders_open" if math.isnan(last) else "founders"
        return word(f"landscape.{id}", first=f"{first:.0f}", last=f"{last:.0f}")
    id = "years_open" if math.isnan(last) else "years" if last - first > 1 else "year"
    return word(f"landscape.{id}", first=f"{first + 1:.0f}", last=f"{last:.0f}")
