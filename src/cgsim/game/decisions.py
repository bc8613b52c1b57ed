"""What a lead can decide, and which levers of the model that sets.

An action has a few levels, by number from 0. Nothing here is a rule: every level is what a
``[[change]]`` could set.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cgsim.game.cases import QUARTERS, Case, month_of
from cgsim.scenario.checks import FEWEST

A_QUARTER = 2
"""So many actions a quarter: a lead has other work too."""
MOST_MEMBERS = 20
MORE_MONTHS = 12
"""So many more months of money are fought for."""


@dataclass(frozen=True)
class Action:
    """Something that can be decided: its name, and what each level sets."""

    name: str
    levels: tuple[Mapping[str, Any], ...]  #: empty where it follows from the case
    once: bool = False  #: whether it can be decided one time only


def _steps(key: str, *values: Any) -> tuple[Mapping[str, Any], ...]:
    return tuple({key: value} for value in values)


ACTIONS: tuple[Action, ...] = (
    Action("members", _steps("size", *range(FEWEST, MOST_MEMBERS + 1))),
    Action("agenda", _steps("focus", 1, 2, 3, 4)),
    Action("leading", _steps("lead_strength", 0.3, 0.55, 0.8)),
    Action("mandate", _steps("authority", 0.7, 0.8, 0.9)),
    Action("meetings", _steps("meetings", 0.5, 1, 2)),
    Action("as_needed", _steps("adaptive", False, True)),
    Action("written_rules", _steps("protocols", 0, 0.5, 1)),
    Action("reports", _steps("monitor_hours", 0, 1, 3)),
    Action("clients", _steps("engage_hours", 0, 1, 3)),
    Action("grant", ({},), once=True),
    Action("more_money", ({},), once=True),
    Action("close", ({},), once=True),
    Action("survey", ({"review_months": 0},)),
)
"""All actions. A code names them by their place: append, never reorder.

A survey sets what is so already. In the model that has the price of putting something on the
agenda, an hour of every member, and no other effect; what it buys is what the player is shown.
"""
NUMBER = {action.name: number for number, action in enumerate(ACTIONS)}


REPAIRS: tuple[tuple[tuple[str, int], ...], ...] = (
    (("leading", 2), ("mandate", 2)),
    (("leading", 2), ("as_needed", 1)),
    (("leading", 2), ("meetings", 2)),
    (("leading", 2), ("members", 4)),
    (("leading", 2), ("agenda", 3)),
    (("mandate", 2), ("members", 4)),
    (("close", 0),),
)
"""What a trial found strong: an action and its level each. They are tried from every quarter on."""


@dataclass(frozen=True, order=True)
class Decision:
    """What is decided at the beginning of a quarter (from 0), and on which level."""

    quarter: int
    action: int
    level: int = 0

    @staticmethod
    def to(name: str, quarter: int, level: int = 0) -> Decision:
        """Return a decision by its action's name."""
        return Decision(quarter, NUMBER[name], level)


def check(decisions: Sequence[Decision], most: int = A_QUARTER) -> None:
    """Raise ``ValueError``, in one line, for decisions that no player can have made.

    ``most`` are allowed in a quarter.
    """
    taken: dict[str, int] = {}
    for place, decision in enumerate(decisions):
        quarter, number, level = decision.quarter, decision.action, decision.level
        where = f"decision {place + 1}"
        if not 0 <= quarter < QUARTERS:
            raise ValueError(f"{where}: got quarter {quarter}; allowed 0 to {QUARTERS - 1}")
        if not 0 <= number < len(ACTIONS):
            raise ValueError(f"{where}: got action {number}; allowed 0 to {len(ACTIONS) - 1}")
        action = ACTIONS[number]
        if not 0 <= level < len(action.levels):
            most = len(action.levels) - 1
            raise ValueError(f"{where}: got level {level} of {action.name}; allowed 0 to {most}")
        earlier = decisions[:place]
        if earlier and earlier[-1].quarter > quarter:
            raise ValueError(f"{where}: got quarter {quarter} after {earlier[-1].quarter}")
        same = [one for one in earlier if one.quarter == quarter]
        if len(same) >= most:
            raise ValueError(f"{where}: got more than {most} in quarter {quarter}")
        if any(one.action == number for one in same) or (action.once and action.name in taken):
            raise ValueError(f"{where}: got {action.name} twice")
        if "close" in taken:
            raise ValueError(f"{where}: got {action.name} after the partnership was closed")
        if action.name == "more_money" and "grant" not in taken:
            raise ValueError(f"{where}: got more_money without a grant")
        taken[action.name] = quarter


def changes(case: Case, decisions: Sequence[Decision]) -> Iterator[dict[str, Any]]:
    """Yield the ``[[change]]`` tables that decisions are; they must have been checked."""
    for decision in decisions:
        action, month = ACTIONS[decision.action], month_of(decision.quarter)
        values = dict(action.levels[decision.level])
        if action.name == "grant":
            values = {**case.grant, "fund_start": month}
        elif action.name == "more_money":
            values = {"fund_months": case.grant["fund_months"] + MORE_MONTHS}
        elif action.name == "close":
            values = {"last": month}
        yield {"month": month, "set": values}
