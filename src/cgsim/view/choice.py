"""What a visitor has chosen, and how each action changes it. Pure: nothing is run here.

Whatever comes from a browser or a link is looked at here: names must be known, values are kept
within their limits, and lists within their length.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, quote, urlencode

from cgsim.experiment.design import Maker
from cgsim.scenario import Scenario, library, load
from cgsim.scenario.errors import Fault, ScenarioError, safe
from cgsim.scenario.parameters import BY_NAME, FREE, NEVER, PARAMETERS, Parameter
from cgsim.view.recording import refuse_unwatchable

MODES = ("watch", "compare", "teach")
MOST_PANELS = 3
MOST_SET = 60
LONGEST_LINK = 4000
MOST_GUESSES = 500
MOST_REPLICATE = 999
LINK_VERSION = "1"


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
    """One scenario on the page: a name, and the values laid over it."""

    name: str = "baseline"
    values: tuple[tuple[str, Value], ...] = ()

    def with_value(self, key: str, value: Value) -> Panel:
        """Return the panel with one value changed."""
        kept = {**dict(self.values), key: value}
        return replace(self, values=tuple(sorted(kept.items())))


@dataclass(frozen=True)
class Choice:
    """All that a visitor has chosen."""

    panels: tuple[Panel, ...] = (Panel(),)
    mode: str = "watch"
    seed: int = 1
    replicate: int = 0
    month: int = 0
    agency: int | None = None
    predict: bool = False  #: cover the result until it is guessed
    guesses: tuple[float, ...] = ()
    revealed: bool = False
    error: str = ""

    @property
    def covered(self) -> bool:
        """Whether the result is hidden for now."""
        return self.mode == "teach" and self.predict and not self.revealed


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

    def base(self, name: str) -> Scenario:
        """Return a scenario by its name; raise ``ScenarioError`` for a name that is not there."""
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
        made = Maker({panel.name: self.base(panel.name)}).scenario(dict(panel.values))
        refuse_unwatchable(made)
        return made

    def value(self, panel: Panel, parameter: Parameter) -> Value:
        """Return a parameter's value in a panel; a lever's is that of the first partnership."""
        given = dict(panel.values)
        if parameter.name in given:
            return given[parameter.name]
        base = self.base(panel.name)
        if parameter.name in base.values:
            return base.values[parameter.name]
        if not base.partnerships:
            return parameter.default
        first = base.partnerships[0]
        if parameter.name == "size":
            return first.size
        return first.recruit if parameter.name == "recruit" else first.levers[parameter.name]


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
        return replace(before, error=error.faults[0].message)
    except (TypeError, ValueError, KeyError, IndexError, OverflowError):
        return before


def _act(choice: Choice, action: Mapping[str, Any], shelf: Shelf, months: int) -> Choice:
    kind = action.get("do")
    if kind == "month":
        return replace(choice, month=max(0, min(months - 1, int(action["value"]))))
    if kind == "set":
        parameter = BY_NAME[str(action["key"])]
        value = clamp(parameter, action["value"])
        if value is None or not settable(parameter):
            return choice
        place = _place(choice, action)
        panels = list(choice.panels)
        panel = panels[place].with_value(parameter.name, value)
        if value == shelf.value(Panel(panel.name), parameter):
            others = tuple(item for item in panel.values if item[0] != parameter.name)
            panel = replace(panel, values=others)
        panels[place] = panel
        return replace(choice, panels=tuple(panels), revealed=False, guesses=())
    if kind == "scenario":
        place = _place(choice, action)
        panels = list(choice.panels)
        panels[place] = Panel(str(action["value"]))
        last = int(shelf.scenario(panels[place]).values["months"]) - 1
        return replace(
            choice, panels=tuple(panels), month=last, agency=None, revealed=False, guesses=()
        )
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
    if kind == "reveal" and choice.guesses:
        return replace(choice, revealed=True)
    if kind == "cover":
        return replace(choice, revealed=False, guesses=())
    return choice


def _place(choice: Choice, action: Mapping[str, Any]) -> int:
    return max(0, min(len(choice.panels) - 1, int(action.get("panel", 0))))


def link_of(choice: Choice) -> str:
    """Return the query of a link that opens the page with these scenarios and this luck."""
    told: list[tuple[str, str]] = [("v", LINK_VERSION)]
    for panel in choice.panels:
        text = ";".join([panel.name, *(f"{k}={_written(v)}" for k, v in panel.values)])
        told.append(("s", text))
    told += [("seed", str(choice.seed)), ("replicate", str(choice.replicate))]
    told.append(("mode", choice.mode))
    return "?" + urlencode(told, quote_via=quote, safe=";=")


def from_link(query: str | None, shelf: Shelf, default: Choice) -> Choice:
    """Return the choice that a link carries; what cannot be used in it is told in ``error``."""
    if not query:
        return default
    try:
        if len(query) > LONGEST_LINK:
            raise ValueError("it is too long")
        told = parse_qs(query.lstrip("?"), max_num_fields=20)
        if "s" not in told and "v" not in told:
            return default
        if told.get("v") != [LINK_VERSION]:
            raise ValueError("it is of another version")
        panels = tuple(_panel(text) for text in told.get("s", [])[:MOST_PANELS])
        for panel in panels:
            shelf.scenario(panel)
        mode = told.get("mode", ["watch"])[0]
        return replace(
            default,
            panels=panels or default.panels,
            seed=max(0, min(10**9, int(told.get("seed", ["1"])[0][:12]))),
            replicate=max(0, min(MOST_REPLICATE, int(told.get("replicate", ["0"])[0][:12]))),
            month=max((int(shelf.scenario(p).values["months"]) for p in panels), default=1) - 1,
            mode=mode if mode in MODES else "watch",
        )
    except ScenarioError as error:
        why = error.faults[0].message
    except ValueError as error:
        why = str(error)
    return replace(default, error=f"The link could not be used: {safe(why)}.")


def _panel(text: str) -> Panel:
    name, *told = text.split(";")
    if len(told) > MOST_SET:
        raise ValueError("it sets too many values")
    panel = Panel(name)
    for item in told:
        key, equals, given = item.partition("=")
        parameter = BY_NAME.get(key)
        if not equals or parameter is None or not settable(parameter):
            raise ValueError("it sets something that the page does not offer")
        value = clamp(parameter, _read(given, parameter))
        if value is None:
            raise ValueError(f"{key} has no such value")
        panel = panel.with_value(key, value)
    return panel


def _read(given: str, parameter: Parameter) -> Any:
    if parameter.kind == "choice":
        return given
    if parameter.kind == "flag":
        return {"true": True, "false": False}.get(given)
    return float(given[:24])


def _written(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else f"{value:.12g}"


def offered() -> list[Parameter]:
    """Return the parameters that the page folds away behind the levers, in the table's order."""
    return [p for p in PARAMETERS if settable(p) and p.name not in FRONT]
