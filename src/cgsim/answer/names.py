"""Names that follow from what they name: a partnership's from its size."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from cgsim.answer.catalogue import figure, term, used, word
from cgsim.scenario.model import Scenario
from cgsim.scenario.parameters import BY_NAME

WORDED = ("size", "meetings", "fund", "lead_strength")
"""Levers of which a setting has words of its own."""
CAVEATS = ("compatible", "interval", "luck", "gain", "need")
"""What is to be kept in mind with every result: texts of the catalogue, in their order."""
COUNTED = ("size", "meetings", "fund", "recruit")
"""Levers that an axis has words of its own for."""

NUMBERS = (
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
)
_OF_SIZE = re.compile(rf"(?<=artnership of )({'|'.join(NUMBERS)}|[0-9]+)\b", re.IGNORECASE)


def friction(name: str) -> str:
    """Return a friction in words."""
    return word(f"friction.{name}")


def outcome(name: str) -> str:
    """Return a way to come out, in two or three words."""
    return word(f"outcome.{name.replace(' ', '_')}.name")


def outcome_words(name: str) -> str:
    """Return what a way to come out means."""
    return word(f"outcome.{name.replace(' ', '_')}.words")


def sized(name: str, size: int) -> str:
    """Return a name that tells a size, such as "Partnership of eight", with the size it has."""

    def right(found: re.Match[str]) -> str:
        said = found.group().lower()
        meant = NUMBERS.index(said) if said in NUMBERS else int(said)
        return found.group() if meant == size else str(size)

    return _OF_SIZE.sub(right, name)


def title(scenario: Scenario) -> str:
    """Return a scenario's title; a size that it tells is that of its one partnership."""
    if len(scenario.partnerships) != 1:
        return scenario.title
    return sized(scenario.title, scenario.partnerships[0].size)


def partnership(scenario: Scenario, number: int) -> str:
    """Return a partnership's name; a size that it tells is its own."""
    one = scenario.partnerships[number]
    return sized(one.name, one.size)


def meetings(value: float) -> str:
    """Say how often a partnership meets: ``one meeting every 2 months`` for 0.5 a month."""
    if value == 1:
        return word("word.meeting")
    months = round(1 / value) if 0 < value < 1 else 0
    if months and math.isclose(months * value, 1.0):
        return word("word.meeting_every", months=str(months))
    return word("word.meetings", count=f"{value:g}")


def plain(key: str) -> str:
    """Return a parameter's name as words: ``lead strength``."""
    return term(key.replace("_", " "))


def uncertain(name: str) -> str:
    """Say what an uncertain input is: an extension's in its own words, the first of its help."""
    if f"input.{name}" in used().texts:
        return word(f"input.{name}")
    first, _, _ = BY_NAME[name].help.strip().partition(". ")
    return term(first[:1].lower() + first[1:].rstrip("."))


def axis(key: str) -> str:
    """Return what an axis is called: a parameter's name in words, with its unit."""
    if key in COUNTED:
        return word(f"axis.{key}")
    unit = BY_NAME[key].unit if key in BY_NAME else ""
    return word("axis.unit", name=plain(key), unit=term(unit)) if unit else plain(key)


def value_of(value: Any, key: str = "") -> str:
    """Write a parameter's value: as a file has it, or in words where its ``key`` has words."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return word("lever.as_given")
    if isinstance(value, float):
        return figure(value, "g")
    text = {"True": "true", "False": "false"}.get(str(value), str(value))
    return word(f"recruit.{text}") if key == "recruit" else text


def setting(key: str, value: Any) -> str:
    """Say what a parameter is set to: ``9 members``, ``not independent``, ``carry 0.6``."""
    text = value_of(value, key)
    if text == word("lever.as_given"):
        name = axis(key) if key in COUNTED else plain(key)
        return word("lever.value", name=name, value=text)
    if key == "meetings":
        return meetings(float(value))
    if key in WORDED:
        kind = {("size", "1"): "member", ("fund", "0"): "no_fund"}.get((key, text), key)
        return word(f"lever.{kind}", count=text)
    if key in BY_NAME and BY_NAME[key].kind == "flag":
        return plain(key) if text == "true" else word("lever.not", name=plain(key))
    return text if key == "recruit" else word("lever.value", name=plain(key), value=text)


def design(settings: Mapping[str, Any]) -> str:
    """Return a design in words, a setting after the other."""
    return ", ".join(setting(key, value) for key, value in settings.items())


def amount(key: str, value: float) -> str:
    """Write a value between those that were tried, in three figures: ``8.41 members``."""
    text = figure(value, ".3g")
    if key in AMOUNTS:
        return word(f"amount.{key}", value=text)
    return word("lever.value", name=plain(key), value=text)


AMOUNTS = ("size", "meetings", "meeting_hours", "fund")


def noun(key: str) -> str:
    """Return what a lever's values are: sizes, numbers of meetings."""
    return word(f"noun.{key}") if key in ("size", "meetings") else plain(key)
