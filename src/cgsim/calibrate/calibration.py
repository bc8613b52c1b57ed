"""A whole calibration: the bank, what the records taught, the forecast, and whether to trust it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cgsim.calibrate.bank import AHEAD, SO_FAR, Bank, LeftOpen, alike, fill, plan, start_of
from cgsim.calibrate.checking import Checked, Distance, Likeness, check
from cgsim.calibrate.kinds import KINDS
from cgsim.calibrate.learning import (
    FEWEST_LIVES,
    LEARNT,
    Standard,
    learn,
    one_core_each,
    r2,
    squeezed,
    trees,
)
from cgsim.calibrate.observing import WAYS, Luck, record, summaries
from cgsim.calibrate.records import BEFORE, Records, Series
from cgsim.engine.run import Progress, cores
from cgsim.experiment.design import Point
from cgsim.mechanisms import JOINING
from cgsim.scenario.errors import Fault, ScenarioError, shown
from cgsim.scenario.model import Scenario
from cgsim.scenario.parameters import BY_NAME

Values = NDArray[np.float64]

DRAWS, AHEAD_MONTHS, CHECKS = 50_000, 24, 200
FEWEST_DRAWS = 2_000
OUTER, INNER = 0.95, 0.5
WORTH_LIVES = 10_000
"""What a further record would teach is learned from so many lives."""
LEFT = "left"
"""The kind of record that is known from the number of members, where nobody joins."""
FUND_OFF = 0.2
"""A month's money may differ by so much from what the scenario's fund pays."""


@dataclass(frozen=True)
class Spread:
    """A range of values, never one of them: the middle half, and 19 in 20."""

    low: float
    lower: float
    upper: float
    high: float
    below_zero: float  #: share of lives

    @staticmethod
    def of(values: Values) -> Spread:
        """Return the range of some values."""
        ends = [(1 - OUTER) / 2, (1 - INNER) / 2, (1 + INNER) / 2, (1 + OUTER) / 2]
        low, lower, upper, high = (float(v) for v in np.quantile(values, ends))
        return Spread(low, lower, upper, high, float(np.mean(values < 0.0)))


@dataclass(frozen=True)
class Taught:
    """What the records taught about one unknown."""

    name: str
    words: str
    before: Spread
    after: Spread
    shrank: float  #: share by which its standard deviation shrank
    r2: float  #: over the checks
    learnt: bool
    of_recording: bool  #: whether it is about how records are kept


@dataclass(frozen=True)
class Kept:
    """One kind of record beside what the kept lives would have written down."""

    kind: str
    months: int
    recorded: float  #: mean over the months
    low: float  #: of the kept lives' means, 95 %
    high: float
    nearer: float  #: share of the model's own lives that are nearer, given the other kinds


@dataclass(frozen=True)
class Worth:
    """What a further kind of record would teach."""

    kind: str
    r2: float  #: of the gain ahead, with it
    narrower: float  #: expected share by which the forecast's spread shrinks


@dataclass(frozen=True)
class Outlook:
    """What lies ahead, or what has been gained so far, with and without the records."""

    name: str
    words: str
    with_records: Spread
    without: Spread
    observed: bool = False  #: no gain ever is


@dataclass(frozen=True)
class Calibration:
    """All that came of a calibration."""

    scenario: Scenario
    records: Records
    ahead: int
    seed: int
    lived: int  #: lives in the bank
    alike: int  #: whose partnership lived as long
    numbers: NDArray[np.int64]  #: draws of the lives that were kept
    distance: Distance
    kept: tuple[Kept, ...]
    taught: tuple[Taught, ...]
    outlook: tuple[Outlook, ...]
    checked: Checked
    r2_now: float  #: of the gain ahead, from what is recorded
    worth: tuple[Worth, ...]
    points: tuple[Point, ...]  #: of the kept lives
    gains: Values  #: (kept,) of the area, in the months ahead
    draws: int  #: draws that were lived, or failed
    answers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  #: what narrowed them

    @property
    def refused(self) -> str:
        """Why nothing is told of what was learnt; "" where there is no reason."""
        return "records" if self.distance.too_far else ""

    @property
    def forecast_refused(self) -> bool:
        """Whether the forecast is not told: it failed its check, or the records did theirs."""
        return bool(self.refused) or not self.checked.honest


@dataclass(frozen=True)
class Compared:
    """Recorded lives and records, as what is compared of them."""

    lives: Values  #: (L, F)
    record: Values  #: (F,)
    kinds: tuple[str, ...]  #: of each column
    written: Mapping[str, NDArray[np.float32]]  #: (L, M) as written down, by kind


def compare(bank: Bank, series: Mapping[str, Series], luck: Luck) -> Compared:
    """Record every life as the partnership was, and make summaries of both."""
    lives, own, kinds, written = [], [], [], {}
    for name, one in series.items():
        made = record(bank.lives, one, luck)
        written[name] = made.astype(np.float32)
        block = summaries(one, made)
        lives.append(block)
        own.append(summaries(one, one.values[None])[0])
        kinds += [name] * block.shape[1]
    return Compared(np.concatenate(lives, axis=1), np.concatenate(own), tuple(kinds), written)


def calibrate(
    scenario: Scenario,
    records: Records,
    folder: Path,
    *,
    draws: int = DRAWS,
    ahead: int = AHEAD_MONTHS,
    seed: int = 1,
    given: LeftOpen | None = None,
    workers: int | None = None,
    scheduler: Any = None,
    patience: float | None = None,
    progress: Progress | None = None,
) -> Calibration:
    """Learn from records, with a bank of lives in ``folder`` that is resumed if there.

    ``given`` is what answers leave open, to live in place of draws from the priors. Raises
    ``ScenarioError`` where the records do not fit the scenario, or where too few lives last as
    long.
    """
    if given is None or not any("fund" in point for point in given.points):
        check_fund(scenario, records)
    check_left(scenario, records)
    experiment = plan(scenario, records, ahead, draws, seed, given)
    whole = fill(
        experiment,
        records.months,
        folder / bank_folder(records, ahead),
        workers=workers,
        scheduler=scheduler,
        patience=patience,
        progress=progress,
    )[0]
    same, prior = alike(whole, records), dict(whole.drawn)
    lived, bank = whole.count, whole.take(same)
    del whole  # most of a calibration's memory
    found = learn_from(bank, prior, lived, scenario, records, ahead, seed, workers)
    return found if given is None else replace(found, answers=given.answers)


def bank_folder(records: Records, ahead: int) -> str:
    """Return what the bank's folder is called: records that go on need another bank."""
    return f"bank-{records.months}-{ahead}"


def learn_from(
    bank: Bank,
    prior: Mapping[str, Values],
    lived: int,
    scenario: Scenario,
    records: Records,
    ahead: int,
    seed: int,
    workers: int | None = None,
) -> Calibration:
    """Return what the records teach, from the lives that lasted as long as the partnership.

    ``prior`` are the unknowns of all lives, ``lived`` of them.
    """
    if bank.count < FEWEST_LIVES:
        how = f"ended as {records.ended} about then" if records.ended else "live so long"
        message = (
            f"got records of {records.months} months; of {lived:,} lives only {bank.count:,} "
            f"{how}; allowed {FEWEST_LIVES:,} or more: raise --draws, or look whether the "
            "scenario is the right one"
        )
        raise ScenarioError([Fault(records.file, None, "", message)])
    luck = Luck(seed, len(bank.experiment.points))
    found = compare(bank, records.series, luck)
    unknowns = {name: values for name, values in bank.drawn.items() if values.std() > 0}
    gain = bank.gain(AHEAD)
    held_out = np.arange(bank.count - CHECKS, bank.count)
    learned = learn(found.lives, gain, unknowns, held_out, seed, workers, _WAYS)
    checked = check(learned, found.lives, gain, bank.gain(SO_FAR), unknowns, held_out)
    used = np.flatnonzero(learned.fold >= 0)
    likeness = Likeness(found.lives[used], found.kinds)
    distance = likeness.of(found.record)
    kept = np.sort(learned.nearest(found.record[None])[0])
    now, further = worth_of(bank, records, found, luck, workers)
    return Calibration(
        scenario=scenario,
        records=records,
        ahead=ahead,
        seed=seed,
        lived=lived,
        alike=bank.count,
        numbers=bank.number[kept],
        distance=distance,
        kept=tuple(_kept(one, found.written[name][kept].astype(np.float64), distance.kinds[name])
                   for name, one in records.series.items()),
        taught=tuple(_taught(name, prior[name], unknowns[name][kept], checked)
                     for name in unknowns),
        outlook=_outlook(bank, kept),
        checked=checked,
        r2_now=now,
        worth=further,
        points=tuple(bank.experiment.points[n] for n in bank.number[kept]),
        gains=gain[kept],
        draws=len(bank.experiment.points),
    )  # fmt: skip


def check_left(scenario: Scenario, records: Records) -> None:
    """Refuse records of who left where others join: the model counts members, not who they are."""
    if LEFT not in records.series:
        return
    chosen = scenario.mechanisms[JOINING.name]
    why = ""
    if chosen != JOINING.default:
        why = f"{JOINING.name} is {shown(chosen)}"
    elif any("size" in change.set for change in scenario.changes):
        why = "a change sets size"
    if why:
        message = f"got records of it, and others may join ({why}); allowed members instead"
        raise ScenarioError([Fault(records.file, None, LEFT, message)])


def check_fund(scenario: Scenario, records: Records) -> None:
    """Refuse records of money that the scenario's fund does not pay: it is no unknown."""
    start_of(scenario)
    levers = scenario.partnerships[0].levers
    cost = scenario.values["hour_cost"]
    faults = []
    for month, pounds in records.fund.items():
        since = month - max(0.0, levers["fund_start"] - levers["start"])
        paid = levers["fund"] * cost if 0 <= since < levers["fund_months"] else 0.0
        # A matched fund pays no more hours than members give, so less is no fault.
        low = 0.0 if levers["matched"] else paid * (1 - FUND_OFF)
        if not low <= pounds <= paid * (1 + FUND_OFF):
            message = (
                f"got £{pounds:,.0f} in month {month + 1}; allowed about £{paid:,.0f}, which the "
                f"scenario pays then (fund {levers['fund']:g} hours at £{cost:g} for "
                f"{levers['fund_months']:g} months): change the scenario, --set fund=... "
                "fund_months=..."
            )
            faults.append(Fault(records.file, records.lines.get(month), "fund", message))
    if any(
        change.set.keys() & {"fund", "fund_months", "fund_start"} for change in scenario.changes
    ):
        faults = []  # what it pays then changes with the months of the area: nothing is compared
    if faults:
        raise ScenarioError(faults)


def _kept(one: Series, written: Values, nearer: float) -> Kept:
    """Lay one kind's records beside those of the kept lives, as means over the months."""

    def mean(values: Values) -> Values:
        if one.kind.name == "need_met":  # it has no unit but against the time before
            before = values[:, one.months < 0].mean(axis=1)
            return np.asarray(values[:, one.months >= 0].mean(axis=1) / np.maximum(before, 1e-9))
        if one.kind.of and not one.kind.survey:
            return np.asarray(values.sum(axis=1) / one.of.sum())
        return np.asarray(values.mean(axis=1))

    low, high = np.quantile(mean(written), [(1 - OUTER) / 2, (1 + OUTER) / 2])
    recorded = float(mean(one.values[None])[0])
    return Kept(one.kind.name, len(one.months), recorded, float(low), float(high), nearer)


_WAYS = {way.name: way for way in WAYS}


def _taught(name: str, before: Values, after: Values, checked: Checked) -> Taught:
    of_recording = name in _WAYS
    parameter = BY_NAME.get(name)
    words = _WAYS[name].words if of_recording else parameter.help if parameter else name
    shrank = 1.0 - float(after.std() / before.std())
    contraction = 1.0 - float(after.var() / before.var())
    return Taught(
        name,
        words,
        Spread.of(before),
        Spread.of(after),
        shrank,
        checked.r2[name],
        checked.r2[name] >= LEARNT and contraction >= LEARNT,
        of_recording,
    )


def _outlook(bank: Bank, kept: NDArray[np.int64]) -> tuple[Outlook, ...]:
    looks = [("gain_ahead", "gain of the area in the months ahead", bank.gain(AHEAD))]
    if "equal_money" in bank.met:
        over = bank.gain(AHEAD, "equal_money")
        looks.append(("gain_ahead_over_equal_money",
                      "the same against spending the money on services", over))  # fmt: skip
    looks.append(("gain_so_far", "gain of the area since the start", bank.gain(SO_FAR)))
    looks.append(("lives_on", "share of lives whose partnership lives on to the end of it",
                  bank.alive_ahead))  # fmt: skip
    return tuple(
        Outlook(name, words, Spread.of(values[kept]), Spread.of(values))
        for name, words, values in looks
    )


def usual(kind: str, records: Records) -> Series:
    """Return the pattern of a further record, as it could have been kept over the same months."""
    about = KINDS[kind]
    months = np.arange(records.months)
    if about.survey:
        months = months[[records.months // 4, records.months * 3 // 4]]
    elif about.before:
        months = np.arange(-BEFORE, records.months)
    people = next((s.of[0] for s in records.series.values() if s.kind.survey), np.nan)
    people = 8.0 if np.isnan(people) else people
    of = people if about.survey or kind == "present" else 6.0 if about.of else np.nan
    return Series(about, months, np.ones(len(months)), np.full(len(months), of),
                  np.full(len(months), np.nan))  # fmt: skip


def worth_of(
    bank: Bank, records: Records, found: Compared, luck: Luck, workers: int | None
) -> tuple[float, tuple[Worth, ...]]:
    """Return r2 of the gain ahead from what is recorded, and what each further kind would add.

    Explained over lives that a regression has not seen, half of them each.
    """
    from threadpoolctl import threadpool_limits

    rows = np.arange(min(WORTH_LIVES, bank.count))
    some = bank.take(rows)
    goal = squeezed(some.gain(AHEAD))
    now = found.lives[rows]
    further = {}
    for kind in KINDS:
        if kind not in records.series and not (records.ended and KINDS[kind].survey):
            one = usual(kind, records)
            block = summaries(one, record(some.lives, one, luck))
            if (block.std(axis=0) > 0).any():
                further[kind] = block

    def explained(columns: Values) -> float:
        x = Standard.of(columns)(columns)
        said = np.zeros(len(goal))
        for half in (0, 1):
            mine = np.arange(len(goal)) % 2 == half
            said[mine] = trees(0, quick=True).fit(x[~mine], goal[~mine]).predict(x[mine])
        return float(r2(goal, said))

    jobs = {"": now, **{k: np.concatenate([now, block], axis=1) for k, block in further.items()}}
    with threadpool_limits(1), one_core_each(workers or cores()) as pool:
        values = dict(zip(jobs, pool.map(explained, jobs.values()), strict=True))
    least = values.pop("")
    made = [
        Worth(kind, value, max(0.0, 1.0 - np.sqrt(max(0.0, 1.0 - value) / (1.0 - least))))
        for kind, value in values.items()
    ]
    return least, tuple(sorted(made, key=lambda worth: -worth.narrower))
