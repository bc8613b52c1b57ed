"""Results in plain words. Every sentence says only what the numbers say."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from cgsim.statistics import Estimate
from cgsim.measures import OUTCOMES

if TYPE_CHECKING:
    from cgsim.experiment.results import Results

FRICTION_WORDS = {
    "overhead": "hours in meetings and other overhead",
    "coordination": "issues that are not settled",
    "commitment": "members giving little, or leaving",
    "slippage": "promises that slip",
    "alignment": "members seeing things differently",
}

OUTCOME_WORDS = {
    "not begun": "it never began",
    "completed": "it reached its target and ended",
    "thriving": "alive, and in most months joint work was worth its hours",
    "inert": "alive, but in half of its months or more joint work was not worth its hours",
    "collapsed": "it fell apart",
    "reviewed out": "it was reviewed and ended",
    "dated end": "it ended on its date",
}
"""What each way to come out means."""


def percent(value: float, digits: int = 1) -> str:
    """Write a share as per cent: ``11.8 %``, and never ``-0.0 %``."""
    if math.isnan(value):
        return "not known"
    return f"{round(100 * value, digits) + 0.0:.{digits}f} %"


def signed(value: float) -> str:
    """Write an effect as per cent with its sign: ``+17.5 %``; one that rounds to 0 has none."""
    text = percent(value)
    return f"+{text}" if value > 0 and text != percent(0.0) else text


def number(value: float, unit: str) -> str:
    """Write a value with its unit, in as many digits as mean something."""
    if math.isnan(value):
        return "not known"
    if unit == "share":
        return percent(value)
    if unit == "pounds":
        return f"£{value:,.0f}"
    if unit == "units per pound":
        return f"{value:.4f} per £"
    if unit == "months":
        return f"{round(value, 1) + 0.0:.1f} months"
    return f"{value:,.0f} {unit}" if unit else f"{value:,.3f}"


def interval(estimate: Estimate, unit: str) -> str:
    """Write an interval: ``11.6 to 11.9 %``."""
    if math.isnan(estimate.low):
        return "not known"
    low, high = number(estimate.low, unit), number(estimate.high, unit)
    if unit == "share":
        low = low.removesuffix(" %")
    elif unit and low.endswith(f" {unit}"):
        low = low.removesuffix(f" {unit}")
    return f"{low} to {high}"


def turned(estimate: Estimate) -> Estimate:
    """Return the same estimate counted the other way: a loss for a gain."""
    return Estimate(-estimate.value, -estimate.high, -estimate.low, estimate.count)


def more_or_less(difference: Estimate) -> tuple[str, Estimate]:
    """Return "more" or "less", and by how much: an estimate whose value is not below 0."""
    return ("more", difference) if difference.value >= 0 else ("less", turned(difference))


def share_of_runs(share: float) -> str:
    """Say how many of many runs: never "0 %" of them where there were some."""
    if share in (0.0, 1.0):
        return "no run" if share == 0.0 else "every run"
    if share < 0.005:
        return "fewer than 1 % of runs"
    return "more than 99 % of runs" if share >= 0.995 else f"{percent(share, 0)} of runs"


def points(value: float) -> str:
    """Write a share as percentage points, without the sign for per cent."""
    return percent(value).removesuffix(" %")


def gain_in_words(gain: Estimate) -> str:
    """Say whether working together met more or less need than working apart."""
    if gain.value == 0.0 and gain.low == gain.high == 0.0:
        return "Working together met exactly as much need as working apart"
    more, by = more_or_less(gain)
    sentence = f"Working together met {percent(by.value)} {more} need than working apart"
    if not math.isnan(by.low):
        sentence += f" (95 % interval {interval(by, 'share')})"
        if by.low <= 0.0 <= by.high:
            sentence += ", which may be no difference at all"
    return sentence


def beyond_in_words(
    label: str, first: str, difference: Estimate, paired: str = "replicate by replicate"
) -> str:
    """Say how much more one scenario gains than another on the same luck."""
    if difference.value == difference.low == difference.high == 0.0:
        return f"{label} gains exactly as much as {first}"
    more, by = more_or_less(difference)
    return (
        f"{label} gains {points(by.value)} percentage points {more} than {first} "
        f"(95 % interval {points(by.low)} to {points(by.high)}), paired {paired}"
    )


def joined(words: Sequence[str]) -> str:
    """Write words in a row: ``a, b and c``."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if words[1:] else words)


def meetings_in_words(value: float) -> str:
    """Say how often a partnership meets: ``one meeting every 2 months`` for 0.5 a month."""
    if value == 1:
        return "one meeting a month"
    months = round(1 / value) if 0 < value < 1 else 0
    if months and math.isclose(months * value, 1.0):
        return f"one meeting every {months} months"
    return f"{value:g} meetings a month"


def headline(results: Results) -> str:
    """Return the answer in three sentences: the gain, who loses, and how it came out."""
    gain = results.estimate("gain")
    loses = results.estimate("loses")
    most = max(OUTCOMES, key=lambda name: results.outcomes[name])
    replicates = "replicate" if results.count == 1 else "replicates"
    return (
        f"In {results.count:,} {replicates} of “{results.scenario.title}”: {gain_in_words(gain)}, "
        f"measured against what its founding members met by themselves. "
        f"{percent(loses.value)} of replicates lost by it. "
        f"Most often the partnership came out as {most} ({percent(results.outcomes[most], 0)})."
    )
