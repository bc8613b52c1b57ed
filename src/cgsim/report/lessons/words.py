"""A lesson's results in plain words; their texts stand in the catalogue."""

from __future__ import annotations

from cgsim.answer.catalogue import term, word
from cgsim.report.lessons.forms import BY_NAME
from cgsim.report.tables import axis_of
from cgsim.statistics import Estimate

COMPARED = (
    "gain",
    "gain_over_equal_money",
    "area_gain",
    "area_gain_over_equal_money",
    "short_term",
)
"""The measures that are told as more or less need than something; below 0 a run loses."""


def losing(measure: str) -> str:
    """Say what a run below 0 did, or one that loses where the measure knows no loss."""
    return word(f"lesson.losing_{measure if measure in COMPARED else 'gain'}")


def axis_label(measure: str) -> str:
    """Return what an axis of a measure is called, with its unit; shares are drawn in per cent."""
    if measure in COMPARED:
        return word(f"lesson.axis_{measure}")
    return axis_of(BY_NAME[measure].words, BY_NAME[measure].unit)


def _all(estimate: Estimate, unit: str) -> dict[str, object]:
    return {"value": estimate.value, "low": estimate.low, "high": estimate.high, "unit": unit}


def said(estimate: Estimate, measure: str) -> str:
    """Say one measure in a sentence, of what it is a share, with its interval; no full stop."""
    found = BY_NAME[measure]
    numbers = {"all": _all(estimate, found.unit), "of": term(found.of)}
    if measure not in COMPARED:
        return word("lesson.other", words=term(found.words), **numbers)
    way = "more" if estimate.value >= 0 else "less"
    id = f"lesson.{way}_unclear" if estimate.low <= 0.0 <= estimate.high else f"lesson.{way}"
    return word(id, against=word(f"lesson.against_{measure}"), **numbers)


def difference(estimate: Estimate, measure: str, than: str) -> str:
    """Say by how much one case differs from another, with its interval."""
    unit = BY_NAME[measure].unit
    kind = "points" if unit == "share" else "units"
    way = "more" if estimate.value >= 0 else "less"
    return word(f"lesson.{kind}_{way}", all=_all(estimate, unit), than=than)
