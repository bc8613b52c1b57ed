"""Names that follow from what they name: a partnership's from its size."""

from __future__ import annotations

import re

from cgsim.answer.catalogue import word
from cgsim.scenario.model import Scenario

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
