"""The record of an answer: plain values that can be written as JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from cgsim.answer.catalogue import term, text

HERE = "the scenario as it is"
DRAWN = "draws of what nobody knows"
"""The settings that a statement holds for."""

INK, PAPER, GAINS, LOSES, ALONE, MONEY = (
    "#17212b",
    "#f6f5f1",
    "#0f766e",
    "#b4480f",
    "#8c949d",
    "#b7791f",
)
PALETTE = {
    "ink": INK,
    "paper": PAPER,
    "gains": GAINS,
    "loses": LOSES,
    "alone": ALONE,
    "money": MONEY,
}
"""The one palette of page, reports, figures and film."""


@dataclass(frozen=True)
class Value:
    """One measure over all runs: what it says, of what, and its 95 % interval."""

    measure: str
    words: str
    unit: str
    of: str  #: for a share: of what; "" for others
    value: float
    low: float
    high: float
    count: int  #: runs it rests on
    shown: tuple[str, ...] = ()  #: the tables it stands in: "run", "compare"
    money: bool = False  #: whether it tells nothing more where no hours were bought


@dataclass(frozen=True)
class Statement:
    """A claim with its numbers. Its text is made by the catalogue from ``id``."""

    id: str
    measure: str  #: the measure it is about, or ""
    comparison: str  #: what it is compared with: "alone", "equal_money", another scenario, or ""
    value: float = math.nan
    low: float = math.nan
    high: float = math.nan
    unit: str = ""
    of: str = ""
    holds_for: str = HERE
    numbers: Mapping[str, Any] | None = None  #: what else its text names

    def placeholders(self) -> dict[str, Any]:
        """Return what the template of this statement may name."""
        own = {"value": self.value, "low": self.low, "high": self.high, "of": term(self.of)}
        own["all"] = {"value": self.value, "low": self.low, "high": self.high, "unit": self.unit}
        return {**own, **(self.numbers or {})}

    @property
    def text(self) -> str:
        """What it says."""
        return text(self)


@dataclass(frozen=True)
class Account:
    """Where the hours went while a partnership lived: totals and shares, means over runs."""

    overhead_hours: float
    joint_hours: float
    bought_hours: float
    overhead_share: float  #: of the hours that members gave, overhead and joint work
    slipped_share: float  #: of the hours that members meant for joint work
    met_per_joint_hour: float  #: units of need an hour of joint work met, bought hours included
    met_per_given_hour: float  #: the same with the overhead counted too
    met_per_own_hour: float  #: units an hour of own work met in the same months
    settled: float  #: share of a month's issues settled, mean over living months
    settled_months: float  #: share of living months in which all issues were settled


@dataclass(frozen=True)
class Change:
    """What switching one friction off alone does to the gain, on the same luck.

    Over the same money where hours were bought: without a friction it may be more or fewer of them.
    """

    friction: str
    value: float
    low: float
    high: float
    settled_always: bool = False  #: for coordination: issues were settled in every month
    measure: str = "gain"  #: that of the headline


@dataclass(frozen=True)
class Luck:
    """What chance does: in how many runs it loses, and how far runs lie apart."""

    runs: int
    loses: int
    gains: int
    quantiles: tuple[float, ...]  #: 5, 25, 50, 75 and 95 % of runs
    spread: float  #: standard deviation


@dataclass(frozen=True)
class Turn:
    """How the answer hangs on one input that nobody knows."""

    input: str
    correlation: float  #: Spearman's, of the input and the mean gain of a draw
    lower: float  #: mean gain in the third of draws where the input is lowest
    upper: float  #: and where it is highest
    stands_out: bool  #: whether chance among so many inputs would seldom show as much


@dataclass(frozen=True)
class Doubt:
    """What nobody knows does: in how many draws it gains, loses, and what that turns on."""

    draws: int
    runs_each: int
    gains: int
    loses: int
    values: tuple[float, ...]  #: mean gain of every draw
    turns_on: tuple[Turn, ...]  #: the two inputs on which it hangs most
    given: Mapping[str, str] | None = None
    """What the draws rest on besides the priors: the file of "records", or a "file" of draws."""


@dataclass(frozen=True)
class Outcome:
    """One way to come out: how many runs did; of several partnerships, how many of these."""

    outcome: str
    name: str
    words: str
    runs: int  #: or partnerships, each counted in each run: ``Answer.counted`` says which
    share: float


@dataclass(frozen=True)
class Series:
    """A line by month with a fan: what a share of runs lies below."""

    name: str
    words: str
    unit: str
    quantiles: tuple[float, ...]
    lines: tuple[tuple[float, ...], ...]  #: a line for each of ``quantiles``
    money: tuple[int, ...]  #: months in which hours were bought in any run


@dataclass(frozen=True)
class Answer:
    """Everything that is said and shown of one scenario."""

    scenario: str
    title: str
    seed: int
    runs: int
    version: str
    measure: str  #: the measure of the headline; its sign is the answer's
    comparison: str  #: "alone" or "equal_money"
    headline: tuple[Statement, ...]
    values: tuple[Value, ...]
    luck: Luck
    doubt: Doubt | None
    account: Account | None
    changes: tuple[Change, ...]  #: largest first
    outcomes: tuple[Outcome, ...]  #: most frequent first
    remarks: tuple[Statement, ...] = ()  #: what explains the outcomes
    series: tuple[Series, ...] = ()
    counted: str = "runs"  #: what came out so: "runs", or "partnerships" where there are several

    @property
    def text(self) -> str:
        """The headline in words."""
        return " ".join(statement.text for statement in self.headline)

    def to_dict(self) -> dict[str, Any]:
        """Return the record as JSON can hold it, each statement with its text, and the palette."""
        record: dict[str, Any] = plain(self)
        record["palette"] = dict(PALETTE)
        record["text"] = self.text
        return record


def plain(value: Any) -> Any:
    """Return a record as dicts, lists, texts and numbers; what is not a number becomes None."""
    if is_dataclass(value) and not isinstance(value, type):
        made = {f.name: plain(getattr(value, f.name)) for f in fields(value)}
        if isinstance(value, Statement):
            made["text"] = value.text
        return made
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if hasattr(value, "item"):  # a number of NumPy's
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
