"""A lesson's results in plain words."""

from __future__ import annotations

from cgsim.answer.formats import interval, more_or_less, number, percent, points
from cgsim.report.lessons.forms import BY_NAME
from cgsim.report.tables import axis_of
from cgsim.statistics import Estimate

_AGAINST = {
    "gain": "than working apart",
    "gain_over_equal_money": "than the same money would have met in front-line services",
    "short_term": "in the last months than working apart",
}
LOSSES = {
    "gain": "lost by working together",
    "gain_over_equal_money": "did worse than the same money in front-line services",
    "short_term": "met less in their last months than apart",
}
_LABELS = {
    "gain": "collaborative gain, %",
    "gain_over_equal_money": "gain over front-line services, %",
    "short_term": "more need met in the last months, %",
}


def losing(measure: str) -> str:
    """Say what a replicate below 0 did, or one that loses where the measure knows no loss."""
    return LOSSES.get(measure, LOSSES["gain"])


def axis_label(measure: str) -> str:
    """Return what an axis of a measure is called, with its unit; shares are drawn in per cent."""
    return _LABELS.get(measure) or axis_of(BY_NAME[measure].words, BY_NAME[measure].unit)


def said(estimate: Estimate, measure: str) -> str:
    """Say one measure in a sentence with its interval, without a full stop."""
    unit = BY_NAME[measure].unit
    if measure not in _AGAINST:
        words = BY_NAME[measure].words
        return f"{words}: {number(estimate.value, unit)} (95 % interval {interval(estimate, unit)})"
    more, by = more_or_less(estimate)
    sentence = (
        f"working together met {percent(by.value)} {more} need {_AGAINST[measure]} "
        f"(95 % interval {interval(by, 'share')})"
    )
    return sentence + (", which may be no difference at all" if by.low <= 0.0 <= by.high else "")


def difference(estimate: Estimate, measure: str, than: str) -> str:
    """Say by how much one case differs from another, with its interval."""
    more, by = more_or_less(estimate)
    unit = BY_NAME[measure].unit
    values = [
        points(value) if unit == "share" else number(value, "")
        for value in (by.value, by.low, by.high)
    ]
    units = "percentage points" if unit == "share" else unit
    return (
        f"That is {values[0]} {units} {more} than “{than}” "
        f"(95 % interval {values[1]} to {values[2]})."
    )
