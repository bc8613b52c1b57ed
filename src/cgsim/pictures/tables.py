"""Tidy tables for figures and pages, made from results. One row a thing, one column a value."""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cgsim import statistics
from cgsim.answer import names
from cgsim.answer.build import counts_each, measure_of, ways_of
from cgsim.answer.catalogue import term, word
from cgsim.answer.formats import interval, percent, turned
from cgsim.rules.state import MONTH_COLUMNS
from cgsim.statistics import Estimate

if TYPE_CHECKING:
    import pandas as pd

    from cgsim.answer.record import Answer
    from cgsim.running.results import Frictions, Results
    from cgsim.scenario import Scenario

MET = MONTH_COLUMNS.index("met")
MIDDLE = (0.05, 0.95)
"""The middle 90 % of replicates lie between these shares of them."""
MOST_MONTHS = 240
"""Of a longer run every second, third ... month is shown."""
MOST_PARTNERS = 40
LEAST_SEEN = 1e-6
"""Own gains are kept in single precision; what is nearer to none is none."""
MOST_CSV_BYTES = 700_000
"""A page is to stay below 3 MB; of larger tables it holds the first rows."""
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def shown_months(count: int) -> NDArray[np.int64]:
    """Return the months that are shown of so many, the last one always among them."""
    step = max(1, -(-count // MOST_MONTHS))
    return np.arange(count - 1, -1, -step)[::-1]


def over_time(results: Results, months: NDArray[np.float64]) -> pd.DataFrame:
    """Return need met by month and arm, units a month: mean and middle 90 % of replicates.

    ``months`` (R, 3, T, 10). The arm of equal money is there only where money was given.
    """
    import pandas as pd

    names = ["together", "alone"]
    if float(np.nan_to_num(results.column("bought_hours")).sum()) > 0.0:
        names.append("equal_money")
    frames = []
    for place, name in enumerate(names):
        met = months[:, place, :, MET]
        if np.isnan(met).all():
            continue
        low, high = np.quantile(met, MIDDLE, axis=0)
        frame = pd.DataFrame(
            {
                "arm": name,
                "month": np.arange(met.shape[1]),
                "mean": met.mean(axis=0),
                "low": low,
                "high": high,
            }
        )
        frames.append(frame.iloc[shown_months(met.shape[1])])
    return pd.concat(frames, ignore_index=True)


def gain_so_far(results: Results, months: NDArray[np.float64]) -> pd.DataFrame:
    """Return the paired gain that has come together by each month, with its 95 % interval.

    It is the gain of the headline: over the same money where hours were bought. As a share of what
    the founders meet by themselves over the whole run, so the last month shows the gain itself.
    """
    import pandas as pd

    count = len(months)
    gain, extra = results.column("gain")[:count], results.column("extra_met")[:count]
    # Where nothing was gained or lost in all, nothing was in any month: no partnership began.
    scale = np.divide(gain, extra, out=np.zeros(count), where=extra != 0.0)
    other = 1 if measure_of(results) == "gain" else 2
    difference = months[:, 0, :, MET] - months[:, other, :, MET]
    if results.lived is not None:  # before it began the arms may differ in money alone
        began = np.arange(months.shape[2]) >= results.lived.start[:count, None]
        difference = np.where(began, difference, 0.0)
    so_far = np.cumsum(difference, axis=1) * scale[:, None]
    shown = shown_months(so_far.shape[1])
    mean = so_far.mean(axis=0)
    squares = ((so_far - mean) ** 2).sum(axis=0)
    low, high = statistics.mean_interval(np.full(len(mean), float(count)), mean, squares)
    table = pd.DataFrame({"month": np.arange(len(mean)), "mean": mean, "low": low, "high": high})
    return table.iloc[shown].reset_index(drop=True)


def changes_table(answer: Answer) -> pd.DataFrame:
    """Return a row a friction: what its lack alone changes, a share, the largest first."""
    import pandas as pd

    return pd.DataFrame(
        {
            "friction": change.friction,
            "label": word(f"without.{change.friction}"),
            "estimate": change.value,
            "low": change.low,
            "high": change.high,
        }
        for change in answer.changes
    )


def partners_of(scenario: Scenario) -> list[int]:
    """Return the numbers of the agencies that a scenario names as members, from 0.

    Others are drawn anew in every run, so that a mean over runs says nothing of them.
    """
    named = {number for p in scenario.partnerships for number in p.members}
    if any(p.recruit == "all" for p in scenario.partnerships):
        named.update(range(len(scenario.agencies)))
    return sorted(named)[:MOST_PARTNERS]


def partners_table(results: Results) -> pd.DataFrame:
    """Return a row a named partner: its mean own gain with interval, and how often it loses.

    Over the same money where hours were bought, as the headline.
    """
    import pandas as pd

    rows = []
    lived = results.lived
    for number in partners_of(results.scenario) if lived is not None else ():
        assert lived is not None
        own = lived.own_gain if measure_of(results) == "gain" else lived.own_gain_over_money
        gains = own[:, number].astype(np.float64)
        gain = statistics.mean(gains)
        loses = statistics.share((gains < -LEAST_SEEN).astype(np.float64))
        rows.append(
            {
                "label": results.scenario.agency_names[number],
                "estimate": gain.value,
                "low": gain.low,
                "high": gain.high,
                "loses": loses.value,
                "loses_low": loses.low,
                "loses_high": loses.high,
                "replicates": gain.count,
            }
        )
    return pd.DataFrame(rows)


def frictions_table(frictions: Frictions) -> pd.DataFrame:
    """Return the way from the possible gain to the one that is left: a row a step, as shares."""
    import pandas as pd

    rows: list[tuple[str, str, Estimate]] = [
        ("possible", word("shapley.potential"), frictions.potential)
    ]
    rows += [(name, names.friction(name), turned(loss)) for name, loss in frictions.losses.items()]
    rows.append(("left", word("shapley.left"), frictions.realised))
    return pd.DataFrame(
        {"step": step, "words": words, "value": e.value, "low": e.low, "high": e.high}
        for step, words, e in rows
    )


def outcomes_table(results: Results) -> pd.DataFrame:
    """Return the share of replicates in each outcome class, with its interval.

    Of several partnerships each is counted in each replicate: ``attrs`` of the table says so.
    """
    import pandas as pd

    rows = []
    for name in ways_of(results)[1]:
        estimate = results.findings[f"outcome_{name.replace(' ', '_')}"].estimate
        rows.append(
            {
                "outcome": name,
                "name": names.outcome(name),
                "words": names.outcome_words(name),
                "share": estimate.value,
                "low": estimate.low,
                "high": estimate.high,
            }
        )
    table = pd.DataFrame(rows)
    table.attrs["each"] = counts_each(results)
    return table


def csv_text(table: pd.DataFrame) -> str:
    """Return a table as CSV that no spreadsheet takes for formulas.

    Texts that begin with a sign that a spreadsheet computes with get an apostrophe before them.
    """
    safe = table.copy()
    safe.columns = [no_formula(str(name)) for name in table.columns]
    for place, kind in enumerate(table.dtypes):
        if not _is_number(kind):
            texts = [no_formula(v) if isinstance(v, str) else v for v in table.iloc[:, place]]
            safe.isetitem(place, texts)
    return str(safe.to_csv(index=False, lineterminator="\r\n", float_format="%.12g"))


def fitting(table: pd.DataFrame, most: int = MOST_CSV_BYTES) -> int:
    """Return how many rows of a table are at most so many bytes of CSV."""
    rows = len(table)
    while (size := len(csv_text(table.head(rows)).encode())) > most and rows > 1:
        rows = max(1, int(0.95 * rows * most / size))
    return rows


def _is_number(kind: Any) -> bool:
    from pandas.api import types

    return bool(types.is_numeric_dtype(kind))


def no_formula(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return "'" + text if text.lstrip(" ").startswith(FORMULA_SIGNS) else text


def data_link(text: str, kind: str = "text/csv") -> str:
    """Return a data: address that holds a text."""
    return f"data:{kind};charset=utf-8;base64,{base64.b64encode(text.encode()).decode()}"


def thinned(table: pd.DataFrame, most: int) -> tuple[pd.DataFrame, bool]:
    """Return at most so many rows of a table, its first and last ones, and whether it was cut."""
    import pandas as pd

    if len(table) <= most:
        return table, False
    half = most // 2
    return pd.concat([table.head(half), table.tail(most - half)]), True


def capital(text: str) -> str:
    """Return a text that begins with a capital."""
    return text[:1].upper() + text[1:]


def interval_in(row: Mapping[Any, Any], unit: str = "share", of: str = "") -> str:
    """Write the interval in a row's columns low and high; with ``of="x_"``, x_low and x_high."""
    return interval(Estimate(math.nan, row[f"{of}low"], row[f"{of}high"], 0), unit)


def scale_of(unit: str) -> float:
    """Return by what values are multiplied in figures: shares are shown in per cent."""
    return 100.0 if unit == "share" else 1.0


def axis_of(words: str, unit: str, of: str = "") -> str:
    """Return what the axis of a measure is called; ``of``: of what it is a share."""
    unit = "%" if unit == "share" else term(unit)
    return word("drawing.axis_of" if of else "drawing.axis", words=words, unit=unit, of=of)


def some_share(value: float) -> str:
    """Write the share of those to whom something happened: one that rounds to none is not none."""
    if 0.0 < value < 0.0005:
        return word("some.under", share=percent(0.001))
    if 0.9995 <= value < 1.0:
        return word("some.over", share=percent(0.999))
    if value in (0.0, 1.0):
        return word("some.none" if value == 0.0 else "some.all")
    return percent(value)
