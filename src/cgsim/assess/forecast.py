"""The forecast: draws are run, together, alone and with equal money, and what comes of them.

Each setting (the present state, every change) is an experiment of its own: a list of the draws,
with luck of their own. So a draw has the same luck in every setting, and other luck than the other
draws; differences are paired, and intervals over draws hold the luck that is left over.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cgsim import statistics
from cgsim.analysis.variance import noise_share
from cgsim.assess.draws import Draws
from cgsim.engine.run import ARMS, Progress, Runs, simulate
from cgsim.experiment.design import Experiment, Point
from cgsim.experiment.windows import ALIVE, Window, read_all
from cgsim.measures import CLEAR_LOSS, COLUMN, OUTCOMES, Arms, measure_chunk
from cgsim.running.batch import Batch, run_experiment
from cgsim.statistics import Estimate

MEASURES = (
    "gain",
    "gain_over_equal_money",
    "area_gain",
    "area_gain_over_equal_money",
    "inertia",
    "overhead_hours",
    "bought_hours",
    "outcome",
)
AFTER = 24
"""So many months after the money ends it is looked at what is left."""
MONTHS_A_YEAR = 12

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Setting:
    """What came of all draws in one setting; a row a draw."""

    name: str
    gain: Values  #: (D, R) against working alone
    over_money: Values  #: (D, R) over the same money; where it was not lived no hours were bought
    area: Values  #: (D, R) gain of the area, over the same money
    hours: Values  #: (D,) overhead a year
    bought: Values  #: (D,) hours bought a year
    inertia: Values  #: (D,) share of months that gained nothing
    outcomes: dict[str, Values]  #: (D,) share of replicates, by outcome
    windows: dict[str, Values]  #: (D,) by window
    failed: int  #: runs

    @cached_property
    def means(self) -> Values:
        """Each draw's mean gain over the same money, (D,)."""
        return _row_means(self.over_money)

    @cached_property
    def area_means(self) -> Values:
        """Each draw's mean gain of the area over the same money, (D,)."""
        return _row_means(self.area)


@dataclass(frozen=True)
class AfterMoney:
    """What is left two years after money from outside has ended, with and without it."""

    draws: int  #: with money that ends early enough to be seen
    alive_before: Estimate
    alive_after: Estimate
    alive_without: Estimate
    commitment_before: Estimate
    commitment_after: Estimate
    commitment_without: Estimate
    commitment_lasting: Estimate  #: after, with the money less without it, paired


@dataclass(frozen=True)
class Forecast:
    """What the draws came to."""

    median: float
    half: tuple[float, float]  #: half of the draws lie here
    nine_in_ten: tuple[float, float]
    one_partnership: tuple[float, float]  #: nine single replicates in ten, luck and all
    mean: Estimate
    gains: Estimate  #: share of draws with a mean gain above 0
    loses: Estimate  #: share of draws that lose more than 2 %
    outcomes: dict[str, Estimate]
    inertia: Estimate
    with_hours: Estimate | None  #: the mean counted with bought hours; None where none were
    noise: float  #: share of the variance between draws that is luck left over


@dataclass(frozen=True)
class Runner:
    """Runs settings: in memory, or into folders of one folder that go on where they stopped."""

    draws: Draws
    replicates: int
    folder: Path | None = None
    workers: int | None = None
    progress: Callable[[], Progress | None] = lambda: None  #: what to tell of the next setting

    def run(
        self, name: str, points: tuple[Point, ...], what: str = "", *, money: bool = False
    ) -> Setting:
        """Run one setting and return what came of it; ``money`` compares with equal money too.

        So does every setting where there is money in any draw, as gains are told over that money.
        """
        planned = self.experiment(name, points, what, money=money or self._pays)
        shown = self.progress()
        if self.folder is None:
            columns = self._in_memory(planned, shown)
        else:
            batch = run_experiment(
                planned, self.folder / name, workers=self.workers, progress=shown
            )
            columns = self._stored(batch)
        return _setting_of(planned, columns, self._fund_ends(points))

    def experiment(
        self, name: str, points: tuple[Point, ...], what: str = "", *, money: bool = False
    ) -> Experiment:
        """Return a setting as an experiment."""
        scenarios, listed = self.draws.as_experiment_takes_them(points)
        windows = [
            Window(f"{short}_{when}_{end}", column, month, month, dead_count=True)
            for end in sorted({end for end in self._fund_ends(points) if end > 0})
            for when, month in (("before", end - 1), ("after", end + AFTER - 1))
            for short, column in (("alive", ALIVE), ("commitment", "commitment"))
        ]
        return Experiment(
            scenarios,
            design="list",
            listed=listed,
            replicates=self.replicates,
            seed=self.draws.seed,
            luck="own",
            arms=ARMS if money else ARMS[:2],
            measures=MEASURES,
            windows=tuple(windows),
            name=name,
            title=what or name,
            question="What do the answers to the questions of cgsim assess lead to?",
            given=self.draws.given,
        )

    def _fund_ends(self, points: Sequence[Point]) -> list[int]:
        """Return the month in which each draw's money ends; 0 where what follows is not seen."""
        start = self.draws.start
        levers = start.scenario.partnerships[0].levers
        months = start.scenario.values["months"]
        found = []
        for point in points:
            end = max(levers["start"], levers["fund_start"])
            end += point.get("fund_months", levers["fund_months"])
            paid = point.get("fund", levers["fund"]) > 0 or self._pays
            seen = levers["trigger"] == 0 and end + AFTER <= months and not start.scenario.changes
            found.append(int(end) if paid and seen else 0)
        return found

    @cached_property
    def _pays(self) -> bool:
        """Whether there is money in any draw: then it is looked at in all."""
        levers = self.draws.start.scenario.partnerships[0].levers
        return any(point.get("fund", levers["fund"]) > 0 for point in self.draws.points)

    def _in_memory(self, planned: Experiment, shown: Progress | None) -> dict[str, Values]:
        count, replicates = len(planned.points), planned.replicates
        scenarios = [planned.scenario_at(number) for number in range(count)]
        costs = np.array([scenario.values["hour_cost"] for scenario in scenarios])
        numbers = np.arange(replicates)
        arms = Arms(0, 1, 2 if len(planned.arms) > 2 else -1)
        made = np.zeros((count * replicates, len(COLUMN) + len(planned.windows)))

        def reduce(runs: Runs) -> Values:
            measured = np.zeros((len(runs.points), len(COLUMN)))
            measure_chunk(runs.chunk, runs.points, arms, costs, measured)
            looked = read_all(planned.windows, runs.chunk.month, runs.chunk.board)[:, 0]
            return np.column_stack([measured, looked])

        for places, rows in simulate(
            scenarios,
            np.repeat(np.arange(count), replicates),
            np.concatenate([planned.replicate_numbers(p, numbers) for p in range(count)]),
            planned.seed,
            reduce,
            arms=planned.arms,
            workers=self.workers,
            progress=shown,
        ):
            made[places] = rows
        table = made.reshape(count, replicates, -1)
        columns = {name: table[..., COLUMN[name]] for name in MEASURES}
        looked = {w.name: table[..., len(COLUMN) + n] for n, w in enumerate(planned.windows)}
        return columns | looked

    def _stored(self, batch: Batch) -> dict[str, Values]:
        planned = batch.experiment
        names = [*MEASURES, *(w.name for w in planned.windows)]
        frame = batch.runs(names)
        frame["outcome"] = frame["outcome"].map(OUTCOMES.index).astype(float)
        columns = {}
        for name in names:
            values = np.full((len(planned.points), planned.replicates), np.nan)
            values[frame["point"], frame["replicate"]] = frame[name]
            columns[name] = values
        return columns


def _setting_of(planned: Experiment, columns: dict[str, Values], ends: Sequence[int]) -> Setting:
    start = planned.scenario.partnerships[0].levers["start"]
    years = max(1.0, planned.scenario.values["months"] - start) / MONTHS_A_YEAR
    windows = {}
    for when in ("alive_before", "alive_after", "commitment_before", "commitment_after"):
        values = np.full(len(ends), np.nan)
        for end in {end for end in ends if end > 0}:
            rows = np.asarray(ends) == end
            values[rows] = _row_means(columns[f"{when}_{end}"])[rows]
        windows[when] = values
    outcome = columns["outcome"]
    there = np.isfinite(outcome)
    return Setting(
        planned.name,
        columns["gain"],
        _else(columns["gain_over_equal_money"], columns["gain"]),
        _else(columns["area_gain_over_equal_money"], columns["area_gain"]),
        _row_means(columns["overhead_hours"]) / years,
        _row_means(columns["bought_hours"]) / years,
        _row_means(columns["inertia"]),
        {
            kind: _row_means(np.where(there, outcome == number, np.nan))
            for number, kind in enumerate(OUTCOMES)
        },
        windows,
        int(np.count_nonzero(np.isnan(columns["gain"]))),
    )


def _else(values: Values, others: Values) -> Values:
    """Return values, and others where they are not a number."""
    return np.where(np.isnan(values), others, values)


def _row_means(values: Values) -> Values:
    """Return the mean of each row's numbers; NaN where there is none."""
    there = np.isfinite(values)
    total = np.where(there, values, 0.0).sum(axis=1)
    count = there.sum(axis=1)
    return np.asarray(np.divide(total, count, out=np.full(len(values), np.nan), where=count > 0))


def forecast_of(setting: Setting) -> Forecast:
    """Return what a setting's draws came to, with its doubt."""
    means = setting.means[np.isfinite(setting.means)]
    ends = {p: float(np.quantile(means, p)) for p in (0.05, 0.25, 0.5, 0.75, 0.95)}
    single = np.nanquantile(setting.over_money, (0.05, 0.95))
    return Forecast(
        median=ends[0.5],
        half=(ends[0.25], ends[0.75]),
        nine_in_ten=(ends[0.05], ends[0.95]),
        one_partnership=(float(single[0]), float(single[1])),
        mean=statistics.mean(means),
        gains=statistics.share((means > 0.0).astype(float)),
        loses=statistics.share((means < CLEAR_LOSS).astype(float)),
        outcomes={kind: within(v) for kind, v in setting.outcomes.items()},
        inertia=within(setting.inertia),
        with_hours=(
            statistics.mean(_row_means(setting.gain)) if np.any(setting.bought > 0.0) else None
        ),
        noise=noise_share(setting.over_money, common_luck=False),
    )


def within(values: Values) -> Estimate:
    """Return the mean of shares, with an interval that stays between 0 and 1."""
    found = statistics.mean(values)
    return Estimate(found.value, max(0.0, found.low), min(1.0, found.high), found.count)


def after_money(funded: Setting, unfunded: Setting, fund: Values) -> AfterMoney | None:
    """Return what is left when the money ends, over the draws that have money; None for none."""
    seen = (fund > 0.0) & np.isfinite(funded.windows["alive_after"])
    if not seen.any():
        return None

    def of(setting: Setting, window: str) -> Values:
        return setting.windows[window][seen]

    lasting = of(funded, "commitment_after") - of(unfunded, "commitment_after")
    return AfterMoney(
        int(seen.sum()),
        within(of(funded, "alive_before")),
        within(of(funded, "alive_after")),
        within(of(unfunded, "alive_after")),
        within(of(funded, "commitment_before")),
        within(of(funded, "commitment_after")),
        within(of(unfunded, "commitment_after")),
        statistics.mean(lasting),
    )


def values_of(points: Sequence[Point], key: str, default: Any) -> NDArray[Any]:
    """Return one parameter's value in every draw, (D,)."""
    return np.array([point.get(key, default) for point in points])
