"""What a visitor has chosen, and how each action changes it. Pure: nothing is run here.

Whatever comes from a browser or a link is looked at here: names must be known, values are kept
within their limits, and lists within their length.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from cgsim.experiment.design import Maker
from cgsim.scenario import Scenario, library, load, loads
from cgsim.scenario.errors import Fault, ScenarioError, safe, shown
from cgsim.scenario.parameters import BY_NAME, FREE, NEVER, PARAMETERS, Parameter, plain
from cgsim.view.recording import refuse_unwatchable

MODES = ("watch", "compare", "teach")
MOST_PANELS = 3
MOST_SET = 60
MOST_OPENED = 6
MOST_GUESSES = 500
MOST_REPLICATE = 999
MOST_TEXT = 2**16  #: bytes of an opened scenario file
LONGEST_FILE_NAME = 60
OPENED = "~"
"""What the name of an opened file begins with, so that it is never one of the library."""


@dataclass(frozen=True)
class Lever:
    """How a lever in front is shown: its words, and the ends and steps of its slider."""

    key: str
    words: str
    low: float
    high: float
    step: float
    unit: str


LEVERS = (
    Lever("size", "Members", 2, 20, 1, "agencies"),
    Lever("lead_strength", "Strength of leadership", 0, 1, 0.05, "0 none, 1 full"),
    Lever("fund", "Pump-priming", 0, 400, 20, "paid hours a month"),
    Lever("fund_months", "Pump-priming lasts", 0, 60, 6, "months"),
    Lever("meetings", "Meetings", 0.25, 4, 0.25, "a month"),
    Lever("hours", "Length of a meeting", 0.5, 6, 0.5, "hours"),
)
"""The four levers of the study's question; the ends of the sliders are choices of the page."""
FRONT = {lever.key for lever in LEVERS}

Value = float | int | bool | str


def settable(parameter: Parameter) -> bool:
    """Tell whether the page offers a parameter."""
    return parameter.name in FREE | {"size", "recruit"} and parameter.name != "last"


@dataclass(frozen=True)
class Panel:
    """One scenario on the page: a name, and the values laid over it.

    A file that a visitor opened, or that came with a link, is there as its ``text``.
    """

    name: str = "baseline"
    values: tuple[tuple[str, Value], ...] = ()
    text: str = ""

    @property
    def plain(self) -> Panel:
        """The same scenario with nothing changed."""
        return replace(self, values=())

    def with_value(self, key: str, value: Value) -> Panel:
        """Return the panel with one value changed."""
        kept = {**dict(self.values), key: value}
        return replace(self, values=tuple(sorted(kept.items())))


@dataclass(frozen=True)
class Choice:
    """All that a visitor has chosen."""

    panels: tuple[Panel, ...] = (Panel(),)
    opened: tuple[Panel, ...] = ()  #: files that were opened, unchanged
    mode: str = "watch"
    seed: int = 1
    replicate: int = 0
    month: int = 0
    agency: int | None = None
    predict: bool = False  #: cover the result until it is guessed
    people: int = 1  #: how many are to guess before the result is shown
    guesses: tuple[float, ...] = ()
    revealed: bool = False
    error: str = ""

    @property
    def shown(self) -> tuple[Panel, ...]:
        """The panels that are on the page: several in Compare only, which keeps the others."""
        return self.panels if self.mode == "compare" else self.panels[:1]

    @property
    def covered(self) -> bool:
        """Whether the result is hidden for now."""
        return self.mode == "teach" and self.predict and not self.revealed

    @property
    def everybody_guessed(self) -> bool:
        """Whether there are as many guesses as people."""
        return len(self.guesses) >= self.people


class Shelf:
    """The scenarios that can be chosen: the library, and the file that the page began with."""

    def __init__(self, own: Scenario | None = None) -> None:
        """Add a scenario of one's own to the library."""
        self.own = own
        self._loaded: dict[str, Scenario] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """Their names; one's own first."""
        if self.own is None or self.own.name in library.names():
            return library.names()
        return (self.own.name, *library.names())

    def base(self, panel: Panel) -> Scenario:
        """Return a panel's scenario before any change; raise ``ScenarioError`` if there is none."""
        if panel.text:
            return scenario_of(panel.name, panel.text)
        name = panel.name
        if name not in self.names:
            message = "got a scenario that is not there; allowed one of the library"
            raise ScenarioError([Fault(safe(name), None, "", message)])
        if self.own is not None and name == self.own.name:
            return self.own
        if name not in self._loaded:
            self._loaded[name] = load(name)
        return self._loaded[name]

    def scenario(self, panel: Panel) -> Scenario:
        """Return a panel's scenario, checked, and small enough to be watched."""
        made = Maker({panel.name: self.base(panel)}).scenario(dict(panel.values))
        refuse_unwatchable(made)
        return made

    def carried(self, panel: Panel) -> Panel:
        """Return the panel as a link carries it: with its text where it is not of the library."""
        own = self.own is not None and panel.name == self.own.name and not panel.text
        text = self.base(panel).to_toml() if own else ""
        if not 0 < len(text.encode()) <= MOST_TEXT:
            return panel
        return replace(panel, name=file_name(panel.name), text=text)

    def value(self, panel: Panel, parameter: Parameter) -> Value:
        """Return a parameter's value in a panel; a lever's is that of the first partnership."""
        given = dict(panel.values)
        if parameter.name in given:
            return given[parameter.name]
        base = self.base(panel)
        if parameter.name in base.values:
            return base.values[parameter.name]
        if not base.partnerships:
            return parameter.default
        first = base.partnerships[0]
        if parameter.name == "size":
            return first.size
        return first.recruit if parameter.name == "recruit" else first.levers[parameter.name]


@lru_cache(maxsize=128)
def scenario_of(name: str, text: str) -> Scenario:
    """Return the scenario of an opened text, small enough to be watched; it reads no other file.

    Raises ``ScenarioError`` with lines that begin with the file's name.
    """
    file = f"{name}.toml"
    wrong = ""
    if len(text.encode("utf-8", "surrogatepass")) > MOST_TEXT:
        wrong = f"got more than {MOST_TEXT // 1024} KiB; allowed that much"
    elif not text.strip():
        wrong = "got no text; allowed TOML"
    elif any("\ud800" <= c <= "\udfff" for c in text):  # halves of characters, which no file holds
        wrong = "got characters that are not Unicode; allowed a text file in UTF-8"
    if wrong:
        raise ScenarioError([Fault(safe(file), None, "", wrong)])
    made = loads(text, file=file)
    refuse_unwatchable(made)
    return made


def file_name(given: str) -> str:
    """Return a name of letters, digits and dashes for a file that a visitor opened."""
    stem = given.removesuffix(".toml")
    kept = "".join(c if c.isalnum() or c in "-_" else "-" for c in stem)
    return kept.strip("-")[:LONGEST_FILE_NAME].strip("-") or "scenario"


def clamp(parameter: Parameter, given: Any) -> Value | None:
    """Return a value within a parameter's limits; None for what is no value of it."""
    if parameter.kind == "choice":
        allowed = [c for c in parameter.choices if c != "names"]
        return given if given in allowed else None
    if parameter.kind == "flag":
        return bool(given) if isinstance(given, (bool, int, float)) else None
    if isinstance(given, bool) or not isinstance(given, (int, float)) or math.isnan(given):
        return None
    low, high = parameter.low, min(parameter.high, NEVER)
    for lever in LEVERS:
        if lever.key == parameter.name:
            low, high = max(low, lever.low), min(high, lever.high)
    value = min(high, max(low, given))
    return round(value) if parameter.kind == "whole" else float(value)


def act(choice: Choice, action: Mapping[str, Any], shelf: Shelf, months: int) -> Choice:
    """Return what an action makes of a choice. An action that means nothing changes nothing."""
    before = replace(choice, error="")
    try:
        after = _act(before, action, shelf, months)
        if after.panels != choice.panels:
            for panel in after.panels:
                shelf.scenario(panel)
        return after
    except ScenarioError as error:
        return replace(before, error=_told(error, action.get("do") == "open"))
    except (TypeError, ValueError, KeyError, IndexError, OverflowError):
        return before


def _told(error: ScenarioError, whole: bool) -> str:
    """Return the first thing that is wrong; with its place where it is in a visitor's file."""
    first, more = error.faults[0], len(error.faults) - 1
    if not whole:
        return first.message
    return str(first) + (f" (and {more} more)" if more else "")


def _act(choice: Choice, action: Mapping[str, Any], shelf: Shelf, months: int) -> Choice:
    kind = action.get("do")
    if kind == "month":
        return replace(choice, month=max(0, min(months - 1, int(action["value"]))))
    if kind == "set":
        parameter = BY_NAME[str(action["key"])]
        value = clamp(parameter, action["value"])
        if value is None or not settable(parameter):
            return choice
        said = ""
        if value != action["value"]:
            used = plain(value) if isinstance(value, (int, float)) else str(value)
            said = f"{parameter.name}: {shown(action['value'])} cannot be used; {used} is."
        panel = choice.panels[_place(choice, action)].with_value(parameter.name, value)
        if value == shelf.value(panel.plain, parameter):
            others = tuple(item for item in panel.values if item[0] != parameter.name)
            panel = replace(panel, values=others)
        return replace(_put(choice, action, panel), error=said)
    if kind == "scenario":
        return _show(choice, action, _chosen(choice, str(action["value"])), shelf)
    if kind == "undo":
        return _show(choice, action, choice.panels[_place(choice, action)].plain, shelf)
    if kind == "open":
        return _open(choice, action, shelf)
    if kind == "add" and len(choice.panels) < MOST_PANELS:
        return replace(choice, panels=(*choice.panels, choice.panels[-1]), mode="compare")
    if kind == "remove" and len(choice.panels) > 1:
        gone = _place(choice, action)
        kept = tuple(p for n, p in enumerate(choice.panels) if n != gone)
        return replace(choice, panels=kept)
    if kind == "mode" and action["value"] in MODES:
        wanted = str(action["value"])
        twice = wanted == "compare" and len(choice.panels) == 1
        return replace(choice, mode=wanted, panels=choice.panels * (2 if twice else 1))
    if kind == "seed":
        return replace(choice, seed=max(0, min(10**9, int(action["value"]))), revealed=False)
    if kind == "replicate":
        return replace(choice, replicate=max(0, min(MOST_REPLICATE, int(action["value"]))))
    if kind == "agency":
        value = action["value"]
        return replace(choice, agency=None if value is None else max(0, min(999, int(value))))
    if kind == "predict":
        return replace(choice, predict=bool(action["value"]), revealed=False, guesses=())
    if kind == "guess" and len(choice.guesses) < MOST_GUESSES:
        guess = max(-100.0, min(200.0, float(action["value"]))) / 100.0
        return choice if math.isnan(guess) else replace(choice, guesses=(*choice.guesses, guess))
    if kind == "people":
        return replace(choice, people=max(1, min(MOST_GUESSES, int(action["value"]))))
    if kind == "unguess":
        return replace(choice, guesses=choice.guesses[:-1])
    if kind == "reveal" and choice.everybody_guessed:
        return replace(choice, revealed=True)
    if kind == "cover":
        return replace(choice, revealed=False, guesses=())
    return choice


def _place(choice: Choice, action: Mapping[str, Any]) -> int:
    return max(0, min(len(choice.panels) - 1, int(action.get("panel", 0))))


def _show(choice: Choice, action: Mapping[str, Any], panel: Panel, shelf: Shelf) -> Choice:
    """Return the choice with another scenario in the panel that the action names."""
    last = int(shelf.scenario(panel).values["months"]) - 1
    return replace(_put(choice, action, panel), month=last, agency=None)


def _put(choice: Choice, action: Mapping[str, Any], panel: Panel) -> Choice:
    """Return the choice with a panel where the action says; what was guessed of it is past."""
    place = _place(choice, action)
    panels = (*choice.panels[:place], panel, *choice.panels[place + 1 :])
    return replace(choice, panels=panels, revealed=False, guesses=())


def _chosen(choice: Choice, key: str) -> Panel:
    for panel in choice.opened:
        if key == key_of(panel):
            return panel
    return Panel(key)


def key_of(panel: Panel) -> str:
    """Return what stands for a panel's scenario in the list of scenarios."""
    return OPENED + panel.name if panel.text else panel.name


def _open(choice: Choice, action: Mapping[str, Any], shelf: Shelf) -> Choice:
    """Take in a visitor's own file. Nothing of it is written anywhere on the server."""
    name = file_name(str(action["name"])[:1000])
    text = action["text"] if isinstance(action["text"], str) else ""
    scenario_of(name, text)
    for panel in choice.opened:
        if panel.text == text:
            return _show(choice, action, panel, shelf)
    opened = with_opened(choice, Panel(name, text=text))
    return _show(opened, action, opened.opened[-1], shelf)


def with_opened(choice: Choice, panel: Panel) -> Choice:
    """Return the choice with one more opened file, under a name that no other one has."""
    taken = {other.name for other in choice.opened}
    numbered = (f"{panel.name}-{number}" for number in range(2, MOST_OPENED + 3))
    name = panel.name if panel.name not in taken else next(n for n in numbered if n not in taken)
    shown_now = {key_of(other) for other in choice.panels}
    kept = list(choice.opened)
    if len(kept) >= MOST_OPENED:
        # The oldest that is not on the page makes room; there are fewer panels than places.
        kept.remove(next(other for other in kept if key_of(other) not in shown_now))
    return replace(choice, opened=(*kept, replace(panel, name=name)))


def offered() -> list[Parameter]:
    """Return the parameters that the page folds away behind the levers, in the table's order."""
    return [p for p in PARAMETERS if settable(p) and p.name not in FRONT]
