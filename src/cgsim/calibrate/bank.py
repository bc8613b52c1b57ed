"""The bank of lives: the scenario lived many times, each with its own draw and its own luck.

A bank is an experiment like any other, kept in a results folder and resumed from it. Of every life
it keeps what can be recorded in each month, and what came of it in the months ahead in every arm.
It depends on the scenario, the months and the seed, and not on what the records say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cgsim.calibrate.observing import LOOKS, Lives, ways_drawn
from cgsim.calibrate.records import BEFORE, Records
from cgsim.engine.run import ARMS, Progress
from cgsim.experiment.design import Experiment, Point, prior_factors
from cgsim.experiment.windows import ALIVE, Window
from cgsim.running.batch import Batch, run_experiment
from cgsim.scenario.errors import Fault, ScenarioError
from cgsim.scenario.model import Scenario

Values = NDArray[np.float64]

SO_FAR, AHEAD, ALIVE_AHEAD = "met_so_far", "met_ahead", "alive_ahead"
NEAR_END = 6
"""Months by which a life's end may differ from the recorded one."""
FEWEST_BEFORE_START = BEFORE
"""A scenario's partnership has to begin so late that the months before it can be looked at."""


@dataclass(frozen=True)
class LeftOpen:
    """What answers leave open: scenarios by name, draws, and the answers, by partner."""

    scenarios: Mapping[str, Scenario]
    points: tuple[Point, ...]
    answers: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Bank:
    """Lives and what came of them, L of them."""

    experiment: Experiment
    number: NDArray[np.int64]  #: (L,) the draw that each life lived; failed ones are not here
    drawn: Mapping[str, Values]  #: (L,) of every parameter that varies and is a number
    lives: Lives
    met: Mapping[str, Mapping[str, Values]]  #: by arm and window, (L,): need met, units a month
    alive_ahead: Values  #: (L,) whether the partnership lives at the end of the months ahead

    @property
    def count(self) -> int:
        """How many lives there are."""
        return len(self.number)

    def gain(self, window: str, against: str = "alone") -> Values:
        """Return the gain of the area in a window, (L,): need met beyond another arm, as a share.

        The yardstick is what all agencies met in the arm alone (model page, Measures).
        """
        alone = self.met["alone"][window]
        return (self.met["together"][window] - self.met[against][window]) / alone

    def take(self, rows: NDArray[np.int64]) -> Bank:
        """Return some of the lives."""
        return Bank(
            self.experiment,
            self.number[rows],
            {name: values[rows] for name, values in self.drawn.items()},
            self.lives.take(rows),
            {
                arm: {name: values[rows] for name, values in windows.items()}
                for arm, windows in self.met.items()
            },
            self.alive_ahead[rows],
        )


def plan(
    scenario: Scenario,
    records: Records,
    ahead: int,
    draws: int,
    seed: int,
    given: LeftOpen | None = None,
) -> Experiment:
    """Return the experiment that fills the bank.

    ``ahead`` counts the months to forecast after the last recorded one; ``given`` is what to live
    in place of draws from the priors. Raises ``ScenarioError`` for a scenario
    that records cannot be laid beside.
    """
    scenarios = {scenario.name: scenario} if given is None else dict(given.scenarios)
    start = start_of(scenario)
    horizon = start + records.months + ahead
    scenarios = {
        name: one.replace(f"months={max(horizon, _longest_change(one))}")
        for name, one in scenarios.items()
    }
    first = next(iter(scenarios.values()))
    funded = any(one.partnerships[0].levers["fund"] > 0 for one in scenarios.values())
    funded |= given is not None and any(point.get("fund", 0.0) > 0 for point in given.points)
    arms = ARMS if funded else ARMS[:2]
    drawn = prior_factors(scenarios=[first])
    return Experiment(
        scenarios=scenarios,
        design="priors" if given is None else "draws",
        factors=drawn if given is None else (),
        listed=({},) if given is None else given.points,
        draws=draws,
        replicates=1,
        seed=seed,
        luck="own",
        arms=arms,
        measures=("gain",),
        windows=windows(start, records.months, ahead),
        name=scenario.name,
        title=f"Lives of {scenario.title}",
        question="Which lives would have been recorded as this partnership was?",
    )


def start_of(scenario: Scenario) -> int:
    """Return the month in which the partnership begins; refuse where there is not one."""

    def refused(key: str, message: str) -> ScenarioError:
        return ScenarioError([Fault(scenario.name, None, key, message)])

    if len(scenario.partnerships) != 1:
        raise refused(
            "partnership",
            f"got {len(scenario.partnerships)} partnerships; "
            "allowed a scenario with one partnership, as the records are of one",
        )
    levers = scenario.partnerships[0].levers
    if levers["trigger"] > 0.0:
        raise refused(
            "trigger",
            f"got {levers['trigger']:g}; allowed 0: the records say when the partnership began",
        )
    start = int(np.ceil(levers["start"]))
    if start < FEWEST_BEFORE_START:
        raise refused(
            "start",
            f"got {levers['start']:g}; allowed {FEWEST_BEFORE_START} or later, "
            "so that there are months before it to look at",
        )
    return start


def _longest_change(scenario: Scenario) -> int:
    return max((change.month + 1 for change in scenario.changes), default=1)


def windows(start: int, months: int, ahead: int) -> tuple[Window, ...]:
    """Return what is kept of every life."""
    end = start + months
    made = [
        Window(f"{name}_{month}", name, start + month, start + month, dead_count=counts)
        for name, counts in LOOKS.items()
        for month in range(months)
    ]
    made += [Window(f"before_{m}", "met", start - BEFORE + m, start - BEFORE + m)
             for m in range(BEFORE)]  # fmt: skip
    made += [
        Window(SO_FAR, "met", start, end - 1),
        Window(AHEAD, "met", end, end + ahead - 1),
        Window(ALIVE_AHEAD, ALIVE, end + ahead - 1, end + ahead - 1),
    ]
    return tuple(made)


def fill(
    experiment: Experiment,
    months: int,
    folder: Path,
    *,
    workers: int | None = None,
    scheduler: Any = None,
    patience: float | None = None,
    progress: Progress | None = None,
) -> tuple[Bank, Batch]:
    """Live what is missing of a bank in a folder, and return it with the batch that keeps it."""
    batch = run_experiment(
        experiment,
        folder,
        workers=workers,
        scheduler=scheduler,
        patience=patience,
        progress=progress,
        summarised=False,
    )
    return _read(experiment, batch, months), batch


def _read(experiment: Experiment, batch: Batch, months: int) -> Bank:
    from cgsim.store.folder import in_arm

    looked = [f"{name}_{month}" for name in LOOKS for month in range(months)]
    looked += [f"before_{month}" for month in range(BEFORE)]
    totals = [SO_FAR, AHEAD]
    arms = [arm.name for arm in experiment.arms]
    points: list[Any] = []
    blocks: list[NDArray[np.float32]] = []
    met: dict[str, list[Values]] = {arm: [] for arm in arms}
    alive: list[Values] = []
    for _, table in batch.store.tables(["point", "arm", *looked, *totals, ALIVE_AHEAD]):
        rows = np.flatnonzero(in_arm(table))
        points.append(table.column("point").to_numpy()[rows])
        block = np.empty((len(rows), len(looked)), np.float32)
        for place, name in enumerate(looked):
            block[:, place] = table.column(name).to_numpy(zero_copy_only=False)[rows]
        blocks.append(np.nan_to_num(block, copy=False))
        for arm in arms:
            mine = np.flatnonzero(in_arm(table, arm))
            met[arm].append(
                np.column_stack([table.column(n).to_numpy(zero_copy_only=False)[mine]
                                 for n in totals])
            )  # fmt: skip
        alive.append(table.column(ALIVE_AHEAD).to_numpy(zero_copy_only=False)[rows])
    number = np.concatenate(points).astype(np.int64)
    kept = np.concatenate(blocks)
    del blocks
    joined = {arm: np.concatenate(values) for arm, values in met.items()}
    known = batch.points.iloc[number]
    drawn = {
        str(key): known[key].to_numpy(np.float64)
        for key in known
        if key != "point" and known[key].dtype.kind in "if" and known[key].nunique() > 1
    }
    count = len(experiment.points)
    ways = {name: values[number] for name, values in ways_drawn(experiment.seed, count).items()}
    first = experiment.scenario
    most = _of_each(known, number, "max_share", first.values["max_share"])
    sizes = _of_each(known, number, "size", first.partnerships[0].size)
    columns = {
        name: kept[:, place * months : (place + 1) * months] for place, name in enumerate(LOOKS)
    }
    lives = Lives(
        number,
        columns,
        kept[:, -BEFORE:],
        ways,
        most,
        sizes,
    )
    return Bank(
        experiment,
        number,
        drawn | ways,
        lives,
        {arm: dict(zip(totals, values.T, strict=True)) for arm, values in joined.items()},
        np.concatenate(alive),
    )


def _of_each(known: Any, number: NDArray[np.int64], key: str, given: float) -> Values:
    """Return a parameter of each life: as it was drawn, or else as the scenario has it."""
    if key in known:
        return np.asarray(known[key].to_numpy(np.float64))
    return np.full(len(number), float(given))


def alike(bank: Bank, records: Records) -> NDArray[np.int64]:
    """Return the lives whose partnership lived as long as the records say, for sure.

    Of one that ended, those that ended within ``NEAR_END`` months of it.
    """
    members = bank.lives.columns["members"]
    if not records.ended:
        return np.flatnonzero(members[:, records.months - 1] > 0)
    living = (members > 0).sum(axis=1)
    last = records.months - 1
    dead = members[:, last] == 0
    return np.flatnonzero(dead & (living >= last - NEAR_END))
