"""What a partnership can record: each kind, its unit, and what a row of it has to say."""

from __future__ import annotations

from dataclasses import dataclass

BEGAN, ENDED, FUND = "began", "ended", "fund"
ENDINGS = {
    "collapsed": "fewer than two members were left",
    "dated end": "its last month had come",
    "completed": "it had reached its target",
    "reviewed out": "a review ended it",
}
"""Reasons why a partnership ended, as the model knows them."""


@dataclass(frozen=True)
class Kind:
    """One kind of record."""

    name: str
    words: str  #: what it is, for whoever fills it in
    unit: str
    low: float
    high: float
    of: str = ""  #: what its number of people or issues counts; "" where it has none
    error: bool = False  #: whether a standard error may be given, in the kind's unit
    whole: bool = False
    before: bool = False  #: whether months before the start are recorded too
    survey: bool = False

    @property
    def allowed(self) -> str:
        """What a value may be, in words."""
        number = "a whole number" if self.whole else "a number"
        if self.high == 1.0:
            return "a share from 0 to 1, or in per cent with the sign"
        return f"{number} from {self.low:g} to {self.high:g}, with a decimal point if any"


_MUCH = 1e9
KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            "appeal",
            "survey: what an hour of joint work seems worth against an hour of own work "
            "(1 the same, 1.5 half as much again)",
            "ratio",
            0.01,
            100.0,
            of="people who answered",
            error=True,
            survey=True,
        ),
        Kind(
            "need_met",
            "need met in the whole area in the month, in any unit that stays the same "
            "(people helped, cases closed), also for the year before the start",
            "any",
            0.0,
            _MUCH,
            before=True,
        ),
        Kind(
            "trust",
            "survey: mean trust between members, 0 none to 1 full",
            "share",
            0.0,
            1.0,
            of="people who answered",
            error=True,
            survey=True,
        ),
        Kind(
            "agreement",
            "survey: how far members see alike what to do, 0 not at all to 1 fully",
            "share",
            0.0,
            1.0,
            of="people who answered",
            error=True,
            survey=True,
        ),
        Kind(
            "joint_hours",
            "hours that members gave to joint work in the month, meetings left out",
            "hours",
            0.0,
            _MUCH,
            error=True,
        ),
        Kind(
            "overhead_hours",
            "hours that the partnership itself took in the month: meetings with their "
            "preparation, leading, monitoring",
            "hours",
            0.0,
            _MUCH,
            error=True,
        ),
        Kind(
            "activities",
            "services or activities delivered together in the month, counted",
            "number",
            0.0,
            1e6,
            whole=True,
        ),
        Kind(
            "present",
            "people who came to the month's meetings",
            "people",
            0.0,
            1e5,
            of="people invited",
            whole=True,
        ),
        Kind(
            "settled",
            "issues settled in the month, from the minutes; the others were carried over",
            "issues",
            0.0,
            1e5,
            of="issues on the table",
            whole=True,
        ),
        Kind("members", "members at the end of the month", "agencies", 0.0, 1e4, whole=True),
        Kind("left", "members who left in the month", "agencies", 0.0, 1e4, whole=True),
        Kind("meetings", "meetings held in the month", "meetings", 0.0, 100.0, whole=True),
    )
}
"""Every kind that teaches something, those that teach most first."""

FURTHER = {
    BEGAN: "the first month; needed where months are dates",
    ENDED: "the last month; the value says why: " + ", ".join(ENDINGS),
    FUND: "money from outside in the month, in pounds; checked against the scenario",
}
"""What may be in the file besides."""

UNKNOWN_TO_THE_MODEL = {
    "joined": "the model records how many members there are, and not who joins; "
    "give members instead",
    "led": "the model does not record who leads, so nothing can be learnt from it",
}
"""What partnerships record too, and why no row of it is taken."""

ALSO_CALLED = {
    "attendance": "present",
    "attended": "present",
    "hours": "joint_hours",
    "overhead": "overhead_hours",
    "money": FUND,
    "funding": FUND,
    "services": "activities",
    "issues": "settled",
}
"""What people call a kind or write for it, to name the kind that they may mean."""
