"""From numbers to words: the few formats that templates may ask for."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from cgsim.answer import names
from cgsim.answer.catalogue import MINUS, figure, term, word
from cgsim.statistics import Estimate

MOST_DIGITS = 5
DIGITS_MORE = 2
"""How many more are written so that an end of an interval is not written as 0."""
DIGITS = {"share": 1, "months": 1, "pounds": 0, "units per pound": 4, "": 3}


def percent(value: float, digits: int = 1) -> str:
    """Write a share as per cent: ``11.8 %``, and never ``−0.0 %``."""
    if math.isnan(value):
        return word("word.not_known")
    return f"{figure(round(100 * value, digits) + 0.0, f'.{digits}f')} %"


def nearly(value: float) -> str:
    """Write a share as per cent: ``just above 0 %`` in place of 0.0 % where it is not nothing."""
    return _not_nothing(percent(value), value, percent(0.0, 0))


def _not_nothing(text: str, value: float, nothing: str) -> str:
    """Return a text, unless it writes as nothing what is more or less than that."""
    if math.isnan(value) or value == 0.0 or re.search("[1-9]", text):
        return text
    return word("word.just_above" if value > 0.0 else "word.just_below", nothing=nothing)


def signed(value: float) -> str:
    """Write an effect as per cent with its sign: ``+17.5 %``; one that rounds to 0 has none."""
    text = percent(value)
    return f"+{text}" if value > 0 and text != percent(0.0) else text


def points(value: float, digits: int = 1) -> str:
    """Write a share as percentage points, without the sign for per cent."""
    return percent(value, digits).removesuffix(" %")


def signed_points(value: float) -> str:
    """Write a change as percentage points with its sign: ``+4.1``."""
    return signed(value).removesuffix(" %")


def number(value: float, unit: str, digits: int | None = None) -> str:
    """Write a value with its unit, in as many digits as mean something."""
    if math.isnan(value):
        return word("word.not_known")
    places = DIGITS.get(unit, 0) if digits is None else digits
    if unit == "share":
        return percent(value, places)
    text = figure(round(value, places) + 0.0, f",.{places}f")
    if unit == "pounds":
        return f"{MINUS}£{text[1:]}" if text.startswith(MINUS) else f"£{text}"
    if unit == "units per pound":
        return word("word.per_pound", figure=text)
    return f"{text} {term(unit)}" if unit else text


def interval_sign(half_width: float, unit: str) -> str:
    """Write how far an interval reaches to either side: ``± 0.5 %``."""
    return f"± {number(half_width, unit)}"


def digits_of(estimate: Estimate, unit: str) -> int:
    """Return how many digits tell the ends of an interval apart.

    Where it leaves out 0 they tell the nearer end from that, too, if a few digits more can.
    """
    digits = DIGITS.get(unit, 0)
    if math.isnan(estimate.low) or estimate.low == estimate.high:
        return digits

    def alike(one: float, other: float, digits: int) -> bool:
        return number(one, unit, digits) == number(other, unit, digits)

    while digits < MOST_DIGITS and alike(estimate.low, estimate.high, digits):
        digits += 1
    if alike(estimate.low, estimate.high, digits):
        return DIGITS.get(unit, 0)  # nothing is won by so many
    nearest = max(estimate.low, -estimate.high)  # above 0 where the interval leaves out 0
    if nearest > 0.0:
        for more in range(digits, min(MOST_DIGITS, digits + DIGITS_MORE) + 1):
            # Ends that one digit tells apart may look alike again with the next.
            if not (alike(nearest, 0.0, more) or alike(estimate.low, estimate.high, more)):
                return more
    return digits


def digits_apart(values: Sequence[float], unit: str, digits: int) -> int:
    """Return how many digits, so many at least, tell values apart that differ, if any do."""
    known = {value for value in values if not math.isnan(value)}
    for more in range(digits, MOST_DIGITS + 1):
        if len({number(value, unit, more) for value in known}) == len(known):
            return more
    return digits


def interval(estimate: Estimate, unit: str) -> str:
    """Write an interval, in digits that tell its ends apart: ``11.6 to 11.9 %``."""
    if math.isnan(estimate.low):
        return word("word.not_known")
    digits = digits_of(estimate, unit)
    low, high = number(estimate.low, unit, digits), number(estimate.high, unit, digits)
    if estimate.low > 0.0 or estimate.high < 0.0:
        nothing = number(0.0, unit, 0)
        low = _not_nothing(low, estimate.low, nothing)
        high = _not_nothing(high, estimate.high, nothing)
    if low == high:
        return low
    tail = " %" if unit == "share" else f" {term(unit)}" if unit else ""
    return word("word.to", low=low.removesuffix(tail), high=high)


def told(estimate: Estimate, unit: str, digits: int | None = None) -> str:
    """Write an estimate's value in as many digits as its interval is written in, or more.

    Where the interval leaves out 0, and where there is none, nothing is written as 0 that is not.
    """
    text = number(estimate.value, unit, digits_of(estimate, unit) if digits is None else digits)
    if estimate.low <= 0.0 <= estimate.high:
        return text
    return _not_nothing(text, estimate.value, number(0.0, unit, 0))


def turned(estimate: Estimate) -> Estimate:
    """Return the same estimate counted the other way: a loss for a gain."""
    return Estimate(-estimate.value, -estimate.high, -estimate.low, estimate.count)


def joined(words: Sequence[str]) -> str:
    """Write words in a row: ``a, b and c``."""
    if not words[1:]:
        return "".join(words)
    return word("word.and", most=", ".join(words[:-1]), last=words[-1])


def surely(value: float) -> str:
    """Write a share as per cent: never 0.0 or 100.0 % of what is not none or all."""
    text = percent(value)
    if value < 1.0 and text == percent(1.0):
        return word("word.above", share=percent(0.999))
    if value > 0.0 and text == percent(0.0):
        return word("word.below", share=percent(0.001))
    return text


def surely_whole(value: float) -> str:
    """Write a share as whole per cent: never 0 or 100 % of what is not none or all."""
    text = percent(value, 0)
    if value < 1.0 and text == percent(1.0, 0):
        return word("word.above", share=percent(0.99, 0))
    if value > 0.0 and text == percent(0.0, 0):
        return word("word.below", share=percent(0.01, 0))
    return text


def worlds(count: float) -> str:
    """Write how many worlds: ``1 world``, ``32 worlds``."""
    return word("word.world" if count == 1 else "word.worlds", count=figure(count, ",.0f"))


def signed_units(value: float) -> str:
    """Write whole units with their sign: ``+1,200``, ``−40``; what rounds to 0 has none."""
    return figure(value, "+,.0f") if round(value) else "0"


def few(value: float) -> str:
    """Write an amount of units without its sign: ``435``, ``3.2``, ``less than 0.1``."""
    size = abs(value)
    if size == 0.0 or size >= 9.95:
        return f"{size:,.0f}"
    if size < 0.1:
        return word("word.below", share="0.1")
    return f"{size:.{1 if size >= 1.0 else 2}f}"


def decimal(value: float) -> str:
    """Write a number with two decimals: ``0.85``, ``less than 0.01`` of what is not nothing."""
    if math.isnan(value):
        return word("word.not_known")
    return word("word.below", share="0.01") if 0.0 < value < 0.005 else figure(value, ".2f")


def runs(count: float) -> str:
    """Write how many runs: ``1 run``, ``1,000 runs``."""
    return word("word.run" if count == 1 else "word.runs", count=figure(count, ",.0f"))


def months(span: Sequence[float] | None) -> str:
    """Write a number of months, or the least and the most: ``24 months``, ``20 to 24 months``."""
    if span is None:
        return word("word.some_months")
    least, most = (f"{end:,.0f}" for end in span)
    if least == most == "1":
        return word("word.month")
    both = word("word.to", low=least, high=most)
    return word("word.months", count=most if least == most else both)


def design_points(count: float) -> str:
    """Write how many points of a design: ``1 design point``, ``1,000 design points``."""
    return word("word.point" if count == 1 else "word.points", count=figure(count, ",.0f"))


def parts(count: float) -> str:
    """Write how many parts of a results folder: ``1 part``, ``12 parts``."""
    return word("word.part" if count == 1 else "word.parts", count=figure(count, ",.0f"))


def duration(seconds: float) -> str:
    """Write a time as people say it: ``3 s``, ``12 min``, ``1.5 h``."""
    if seconds < 90:
        return word("word.seconds", count=f"{max(1, round(seconds))}")
    if seconds < 5400:
        return word("word.minutes", count=f"{seconds / 60:.0f}")
    return word("word.hours", count=f"{seconds / 3600:.1f}")


def size_of_file(count: int) -> str:
    """Write a number of bytes: ``120 KiB``, ``1.5 MiB``."""
    if count < 2**20:
        return word("word.kib", count=f"{max(1, round(count / 2**10)):,}")
    digits = 1 if count < 10 * 2**20 else 0
    return word("word.mib", count=f"{count / 2**20:,.{digits}f}")


def of_runs(pair: Sequence[float]) -> str:
    """Say how many of how many runs, counted: ``3 of 100 runs``, ``no run``."""
    hits, count = pair
    if hits in (0, count):
        return word("word.no_run" if hits == 0 else "word.every_run")
    return word("word.of_runs", hits=f"{hits:,.0f}", runs=runs(count))


def given(basis: Mapping[str, str] | None) -> str:
    """Say what draws rest on besides the priors: ``, given the records in made-up.csv``."""
    if not basis:
        return ""
    kind = "records" if "records" in basis else "file"
    return word(f"given.{kind}", name=basis[kind])


def _estimate(record: Mapping[str, Any]) -> tuple[Estimate, str]:
    return Estimate(record["value"], record["low"], record["high"], 0), record["unit"]


def _value(record: Mapping[str, Any]) -> str:
    estimate, unit = _estimate(record)
    return _not_nothing(told(estimate, unit), estimate.value, number(0.0, unit, 0))


def _points_value(record: Mapping[str, Any]) -> str:
    text = _value(record).removesuffix(" %")
    return f"+{text}" if record["value"] > 0.0 and text[0].isdigit() else text


def _size(record: Mapping[str, Any]) -> str:
    estimate, unit = _estimate(record)
    size = abs(estimate.value)
    text = told(replace(estimate, value=size), unit)
    if not size > 0.0 or re.search("[1-9]", text):
        return text
    return word("word.below", share=number(*_least(estimate, unit)))


def _least(estimate: Estimate, unit: str) -> tuple[float, str, int]:
    """Return the least that is written of an estimate, its unit and its digits."""
    digits = digits_of(estimate, unit)
    return 10.0 ** -(digits + (2 if unit == "share" else 0)), unit, digits


def _bound(record: Mapping[str, Any]) -> str:
    estimate, unit = _estimate(record)
    step, _, digits = _least(estimate, unit)
    furthest = max(abs(estimate.low), abs(estimate.high))
    # Rounded up: what is said not to be exceeded is not.
    return number(math.ceil(furthest / step) * step, unit, digits)


def _between(record: Mapping[str, Any]) -> str:
    estimate, unit = _estimate(record)
    return word("word.interval", interval=interval(estimate, unit))


def _between_turned(record: Mapping[str, Any]) -> str:
    estimate, unit = _estimate(record)
    return word("word.interval", interval=interval(turned(estimate), unit))


def points_interval(estimate: Estimate) -> str:
    """Write an interval of shares as percentage points: ``1.2 to 3.4``."""
    return interval(estimate, "share").removesuffix(" %")


def _points_between(record: Mapping[str, Any]) -> str:
    return word("word.interval", interval=points_interval(_estimate(record)[0]))


def _span(record: Mapping[str, Any]) -> str:
    """Two shares in a row: ``40 to 60 %``."""
    low, high = (points(record[end], 0) for end in ("low", "high"))
    return word("word.to", low=low, high=f"{high} %") if low != high else f"{high} %"


def _points_between_turned(record: Mapping[str, Any]) -> str:
    return word("word.interval", interval=points_interval(turned(_estimate(record)[0])))


FORMATS: Mapping[str, Callable[[Any], str]] = {
    "percent": nearly,
    "signed_points": signed_points,
    "signed": signed,
    "count": lambda value: figure(value, ",.0f"),
    "decimal": decimal,
    "surely": surely,
    "surely_whole": surely_whole,
    "bare": points,
    "bare_whole": lambda value: points(value, 0),
    "worlds": worlds,
    "runs": runs,
    "months": months,
    "design_points": design_points,
    "parts": parts,
    "duration": duration,
    "of_runs": of_runs,
    "units": lambda value: f"{abs(value):,.0f}",
    "few": few,
    "signed_units": signed_units,
    "term": term,
    "base": lambda of: word("points.base", of=of) if of else "",
    "joined": joined,
    "given": given,
    "friction": lambda name: word(f"friction.{name}"),
    "without": lambda name: word(f"without.{name}"),
    "outcome": lambda name: word(f"outcome.{name.replace(' ', '_')}.name"),
    "input": names.uncertain,
    "inputs": lambda named: joined([names.uncertain(name) for name in named]),
    "setting": lambda pair: names.setting(*pair),
    "design": names.design,
    "lever": names.axis,
    "noun": names.noun,
    "amount": lambda pair: names.amount(*pair),
    "figure": lambda value: figure(value, ".3g"),
    "value": _value,
    "size": _size,
    "points_value": _points_value,
    "points_size": lambda record: _size(record).removesuffix(" %"),
    "bound": _bound,
    "between": _between,
    "between_turned": _between_turned,
    "points_between": _points_between,
    "span": _span,
    "points_between_turned": _points_between_turned,
}
"""What a template may ask for after the colon. The last ones take a whole statement, as ``all``.

They need value, low, high and unit.
"""
