"""How a life would have been recorded: the observation model of each kind, and what is made of it.

A record is no look at the model's state. People come to meetings whatever they think, hours are
written down late and rounded, eight people answer a survey, activities are counted by nobody knows
what rule. What a partnership's ways of record-keeping are nobody knows either, so they are drawn
like every other thing that is uncertain (``WAYS``), once for each life. The documents' page on
calibration states every model; ``record`` here is what computes them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cgsim.calibrate.kinds import KINDS
from cgsim.calibrate.records import BEFORE, Series
from cgsim.experiment.design import uniforms

Values = NDArray[np.float64]

FEWEST_FOR_A_SLOPE = 4
"""With fewer values there is no more than their mean and the change from first to last."""
QUARTER = 3
"""Months are looked at by the quarter: a month's noise hides what one month tells."""
_STEPS = (1000.0, 500.0, 100.0, 50.0, 10.0, 5.0, 1.0, 0.5, 0.1)


@dataclass(frozen=True)
class Way:
    """One thing about how records are kept that nobody knows, and its prior range."""

    name: str
    words: str
    low: float
    high: float
    logarithm: bool = False  #: whether its logarithm is uniform, not the number itself

    def at(self, share: Values) -> Values:
        """Return the values at shares from 0 to 1 of the range."""
        if self.logarithm:
            return np.asarray(self.low * (self.high / self.low) ** share)
        return self.low + share * (self.high - self.low)


WAYS = (
    Way("present_anyway", "share of those invited who come at no commitment at all", 0.3, 0.8),
    Way("activity_rate", "activities for each unit of need met jointly", 0.003, 0.3, True),
    Way("hours_written", "share of hours that is written down", 0.8, 1.0),
    Way("hours_error", "error of a month's hours, as a share", 0.05, 0.3),
    Way("survey_spread", "standard deviation between people who answer", 0.1, 0.25),
    Way("appeal_spread", "the same for what joint work seems worth, on a log scale", 0.2, 0.6),
    Way("need_error", "error of a month's need met, as a share", 0.01, 0.1),
    Way("cancelled", "share of meetings that fall out", 0.0, 0.2),
)
"""Ways of record-keeping: expert assumptions, every one of them."""
SURVEY_BIAS = 0.05
"""A survey's scale is off by so much (standard deviation), the same in each of its waves."""
APPEAL_BIAS = 0.1
"""The same for what joint work seems worth, on a log scale."""
LEAST_APPEAL = 0.01


@dataclass(frozen=True)
class Lives:
    """What of many lives can be recorded; L lives over M months from the partnership's first."""

    number: NDArray[np.int64]  #: (L,) the life's number in the bank: the address of its luck
    columns: Mapping[str, NDArray[np.float32]]  #: (L, M) by the name in ``LOOKS``
    before: NDArray[np.float32]  #: (L, BEFORE) need met in the months before the start
    ways: Mapping[str, Values]  #: (L,) by the name in ``WAYS``
    max_share: Values  #: (L,) the most of its free hours that a member can give
    size: NDArray[np.float64]  #: (L,) founding members

    def take(self, rows: NDArray[np.int64]) -> Lives:
        """Return some of the lives."""
        return Lives(
            self.number[rows],
            {name: values[rows] for name, values in self.columns.items()},
            self.before[rows],
            {name: values[rows] for name, values in self.ways.items()},
            self.max_share[rows],
            self.size[rows],
        )


class Luck:
    """Chance in recording, by address: seed, what it is for, month and life."""

    def __init__(self, seed: int, lives: int) -> None:
        """Say how many lives there are in the whole bank."""
        self.seed = seed
        self.lives = lives

    def uniform(self, key: str, number: NDArray[np.int64]) -> Values:
        """Return a uniform for each life, (L,)."""
        return uniforms(self.seed, f"recording: {key}", self.lives)[number]

    def normal(self, key: str, number: NDArray[np.int64]) -> Values:
        """Return a standard normal for each life, (L,)."""
        from scipy.special import ndtri

        return np.asarray(ndtri(self.uniform(key, number)))

    def by_month(
        self, key: str, number: NDArray[np.int64], months: NDArray[np.int64], normal: bool = True
    ) -> Values:
        """Return a number for each life and month, (L, M)."""
        draw = self.normal if normal else self.uniform
        return np.stack([draw(f"{key}, month {month}", number) for month in months], axis=1)


def ways_drawn(seed: int, lives: int) -> dict[str, Values]:
    """Return the ways of record-keeping of every life, drawn from their ranges."""
    return {w.name: w.at(uniforms(seed, f"way of recording: {w.name}", lives)) for w in WAYS}


def record(lives: Lives, series: Series, luck: Luck) -> Values:
    """Return what would have been written down of each life, (L, M), as ``series`` was.

    The months, the numbers asked or invited and any standard errors are those of ``series``; the
    values are in its kind's unit.
    """
    return _MODELS[series.kind.name](lives, series, luck)


def _seen(lives: Lives, name: str, series: Series) -> Values:
    return np.asarray(lives.columns[name][:, series.months], np.float64)


def _counted(lives: Lives, series: Series, chance: Values, luck: Luck) -> Values:
    """Return how many of ``of`` it was, each with the same chance."""
    from scipy.stats import binom

    shares = luck.by_month(series.kind.name, lives.number, series.months, normal=False)
    return np.asarray(binom.ppf(shares, series.of, np.clip(chance, 0.0, 1.0)))


def _present(lives: Lives, series: Series, luck: Luck) -> Values:
    """Each person invited comes with chance a + (1 - a) * commitment / max_share."""
    anyway = lives.ways["present_anyway"][:, None]
    most = np.maximum(lives.max_share, 1e-9)[:, None]
    commitment = np.minimum(1.0, _seen(lives, "commitment", series) / most)
    return _counted(lives, series, anyway + (1.0 - anyway) * commitment, luck)


def _settled(lives: Lives, series: Series, luck: Luck) -> Values:
    """Each issue on the table is settled with the chance that an hour of issues is."""
    return _counted(lives, series, _seen(lives, "settled", series), luck)


def step_of(values: Values) -> float:
    """Return the largest step that all values are whole multiples of; 0 where there is none."""
    for step in _STEPS:
        if np.allclose(values / step, np.round(values / step), atol=1e-9):
            return step
    return 0.0


def _hours(column: str) -> Callable[[Lives, Series, Luck], Values]:
    def hours(lives: Lives, series: Series, luck: Luck) -> Values:
        """A share of them is written down, with an error, rounded as the real ones are."""
        true = lives.ways["hours_written"][:, None] * _seen(lives, column, series)
        normal = luck.by_month(series.kind.name, lives.number, series.months)
        off = lives.ways["hours_error"][:, None]
        # The error is lognormal with mean 1; a standard error that was given is in hours.
        written = true * np.exp(off * normal - 0.5 * off**2)
        given = np.isfinite(series.error)
        written[:, given] = (true + series.error * normal)[:, given]
        step = step_of(series.values)
        written = np.maximum(0.0, written)
        return np.round(written / step) * step if step else written

    return hours


def _survey(column: str) -> Callable[[Lives, Series, Luck], Values]:
    def survey(lives: Lives, series: Series, luck: Luck) -> Values:
        """The mean of those who answer, off by the scale's bias; it stays between 0 and 1."""
        bias = SURVEY_BIAS * luck.normal(f"bias of {series.kind.name}", lives.number)
        error = lives.ways["survey_spread"][:, None] / np.sqrt(series.of)
        error = np.where(np.isfinite(series.error), series.error, error)
        normal = luck.by_month(series.kind.name, lives.number, series.months)
        return np.clip(_seen(lives, column, series) + bias[:, None] + error * normal, 0.0, 1.0)

    return survey


def _appeal(lives: Lives, series: Series, luck: Luck) -> Values:
    """The answers' geometric mean; a standard error that was given is in the ratio's unit."""
    bias = APPEAL_BIAS * luck.normal("bias of appeal", lives.number)
    normal = luck.by_month("appeal", lives.number, series.months)
    error = lives.ways["appeal_spread"][:, None] / np.sqrt(series.of)
    error = np.where(np.isfinite(series.error), series.error / series.values, error)
    felt = np.maximum(LEAST_APPEAL, _seen(lives, "appeal", series))
    return np.maximum(LEAST_APPEAL, felt * np.exp(bias[:, None] + error * normal))


def _activities(lives: Lives, series: Series, luck: Luck) -> Values:
    """Poisson, at a rate for each unit of need met jointly that nobody knows."""
    from scipy.stats import poisson

    mean = lives.ways["activity_rate"][:, None] * _seen(lives, "joint_met", series)
    shares = luck.by_month("activities", lives.number, series.months, normal=False)
    return np.asarray(poisson.ppf(shares, np.maximum(mean, 1e-12)))


def _members(lives: Lives, series: Series, luck: Luck) -> Values:
    """Everybody knows who is a member."""
    return np.asarray(_seen(lives, "members", series).round())


def _left(lives: Lives, series: Series, luck: Luck) -> Values:
    """Everybody knows who has left."""
    members = np.column_stack([lives.size, lives.columns["members"]])
    return np.asarray((members[:, :-1] - members[:, 1:])[:, series.months].round())


def _meetings(lives: Lives, series: Series, luck: Luck) -> Values:
    """As many as the rhythm asks for; each falls out with the same chance."""
    from scipy.stats import binom

    rhythm = _seen(lives, "meetings", series)
    rest = luck.by_month("meetings in the rhythm", lives.number, series.months, normal=False)
    called = np.floor(rhythm) + (rest < rhythm - np.floor(rhythm))
    shares = luck.by_month("meetings held", lives.number, series.months, normal=False)
    kept = 1.0 - lives.ways["cancelled"][:, None]
    return np.asarray(np.where(called > 0, binom.ppf(shares, np.maximum(called, 1), kept), 0.0))


def _need_met(lives: Lives, series: Series, luck: Luck) -> Values:
    """In the model's units, with an error; only what is relative to the time before is used."""
    both = np.column_stack([lives.before, lives.columns["met"]])
    true = both[:, series.months + BEFORE].astype(np.float64)
    off = lives.ways["need_error"][:, None]
    normal = luck.by_month("need_met", lives.number, series.months)
    return np.asarray(true * np.exp(off * normal - 0.5 * off**2))


_MODELS: dict[str, Callable[[Lives, Series, Luck], Values]] = {
    "appeal": _appeal,
    "need_met": _need_met,
    "trust": _survey("trust"),
    "agreement": _survey("clarity"),
    "joint_hours": _hours("joint_hours"),
    "overhead_hours": _hours("overhead_hours"),
    "activities": _activities,
    "present": _present,
    "settled": _settled,
    "members": _members,
    "left": _left,
    "meetings": _meetings,
}
assert set(_MODELS) == set(KINDS)

LOOKS = {
    "members": True,
    "commitment": False,
    "trust": False,
    "settled": False,
    "clarity": False,
    "appeal": False,
    "meetings": False,
    "joint_hours": True,
    "overhead_hours": True,
    "joint_met": True,
    "met": True,
}
"""What is kept of every month of a life, and whether it means something, mostly 0, in a month in
which the partnership does not live."""


def summaries(series: Series, values: Values) -> Values:
    """Return what is compared of records of one kind, (L, F): ``values`` (L, M) as written down.

    Part by part: surveys wave by wave, all else by the quarter. And over the whole: the mean, the
    slope, the end less the beginning, and how much it goes up and down. These follow from the
    parts, but regressions need not find them there. Hours, activities and appeal are compared as
    logarithms, since twice as much is as far from once as once from half; need met against the time
    before.
    """
    return np.concatenate([_parts(series, values), _course(series, values)], axis=1)


def _parts(series: Series, values: Values) -> Values:
    name = series.kind.name
    if series.kind.survey:
        return np.log(values) if name == "appeal" else values
    if name == "need_met":
        before = values[:, series.months < 0].mean(axis=1, keepdims=True)
        return np.log(np.maximum(_by_quarter(series, values / np.maximum(before, 1e-9)), 1e-3))
    if series.kind.of:
        return _by_quarter(series, values / series.of)
    means = _by_quarter(series, values)
    if name in ("joint_hours", "overhead_hours"):
        return np.log(means + 1.0)
    return np.log(means + 0.2) if name == "activities" else means


def _course(series: Series, values: Values) -> Values:
    name = series.kind.name
    if name in ("joint_hours", "overhead_hours", "activities"):
        values = np.log(values + 1.0)
    elif name == "appeal":
        values = np.log(values)
    elif name == "need_met":
        before = values[:, series.months < 0].mean(axis=1, keepdims=True)
        after = values[:, series.months >= 0] / np.maximum(before, 1e-9)
        values = np.log(np.maximum(after, 1e-3))
    elif series.kind.of and not series.kind.survey:
        values = values / series.of
    count = values.shape[1]
    if count < FEWEST_FOR_A_SLOPE:
        # Of two surveys the mean and the change; of one there is no course.
        ends = [values.mean(axis=1), values[:, -1] - values[:, 0]] if count > 1 else []
        return np.stack(ends, axis=1) if ends else np.zeros((len(values), 0))
    away = np.arange(count) - (count - 1) / 2
    some = min(2 * QUARTER, count // 2)
    change = values[:, -some:].mean(axis=1) - values[:, :some].mean(axis=1)
    slope = values @ away / (away @ away)
    unrest = np.diff(values, axis=1).std(axis=1)
    return np.stack([values.mean(axis=1), slope, change, unrest], axis=1)


def _by_quarter(series: Series, values: Values) -> Values:
    """Return means over the months recorded of each quarter, (L, Q)."""
    quarters = series.months // QUARTER
    return np.stack([values[:, quarters == q].mean(axis=1) for q in np.unique(quarters)], axis=1)
