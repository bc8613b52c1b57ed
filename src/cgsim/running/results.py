"""Running scenarios from Python: replicates in, tables with intervals out.

import cgsim

results = cgsim.run("baseline", replicates=500, seed=1)
print(results.headline())
results.answer()       # the same as one plain record: values, statements, series
results.summary        # a pandas table: every measure with its 95 % interval
results.replicates     # a pandas table: a row a replicate
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cgsim import statistics
from cgsim.answer.catalogue import term, word
from cgsim.answer.lived import Lived, read, reason_arms
from cgsim.answer.lives import LIFE, OF_PARTNERSHIPS, Lives, read_lives
from cgsim.compiler import changed_rules, source_hash, words_for
from cgsim.engine.run import (
    ARMS,
    MOST_REPLICATES,
    Progress,
    Runs,
    progress_of,
    refuse_the_impossible,
    simulate,
)
from cgsim.extend.diagnosis import told, where_it_failed
from cgsim.extend.lived import StepFailed, complete_totals, not_numbers, read_measures
from cgsim.frictions import FRICTION_ARMS, SUBSETS, shapley_losses
from cgsim.measures import (
    BOTH,
    BOUGHT,
    COLUMN,
    MEASURES,
    OF_RUNS,
    OUTCOMES,
    RUN,
    Arms,
    Measure,
    gain_of_arms,
    measure_chunk,
    outcome_shares,
    total_arms,
)
from cgsim.rules.state import BOARD_COLUMNS, FRICTIONS, MONTH_COLUMNS
from cgsim.scenario import Scenario, load
from cgsim.scenario.errors import hint, shown, whole_number
from cgsim.scenario.files import Settings, assignments
from cgsim.statistics import Estimate

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    from matplotlib.axes import Axes

    from cgsim.answer.doubt import Drawn
    from cgsim.answer.record import Answer


class Finding(NamedTuple):
    """One estimate over all replicates, with what it says and its unit."""

    words: str
    unit: str
    estimate: Estimate
    of: str = ""  #: for a share: of what
    shown: tuple[str, ...] = ()  #: the tables it stands in
    money: bool = False  #: whether it tells nothing more where no hours were bought


@dataclass(frozen=True)
class Results:
    """What many replicates of one scenario came to, arm against arm."""

    scenario: Scenario
    seed: int
    measures: NDArray[np.float64]  #: (R, M), columns MEASURES
    totals: NDArray[np.float64]  #: (R, 3, 10) by arm and MONTH_COLUMNS
    month_values: NDArray[np.float64] | None = None  #: (R, 3, T, 10), if they were asked for
    board_values: NDArray[np.float64] | None = None  #: (R, T, B, P) together, with the months
    changed_rules: tuple[str, ...] = ()  #: rules that were not those of their files
    source: str = ""  #: the hash of the code that computed them
    lived: Lived | None = None  #: what the answer needs besides; not kept in a folder
    known: tuple[Measure, ...] = field(default_factory=lambda: tuple(MEASURES))  #: its columns
    ways: tuple[str, ...] = field(default_factory=lambda: tuple(OUTCOMES))  #: to come out
    lives: Lives | None = None  #: (R, B, 16) what each partnership came to, if it was asked for

    @property
    def count(self) -> int:
        """How many replicates there are."""
        return len(self.measures)

    def column(self, name: str) -> NDArray[np.float64]:
        """Return one measure of every replicate, (R,); raise ``ValueError`` for another name."""
        return self.measures[:, self._place(name)]

    def estimate(self, name: str) -> Estimate:
        """Return a measure over all replicates with its 95 % interval.

        Raises ``ValueError`` for a name that is none.
        """
        measure = self.known[self._place(name)]
        return estimate_of(measure, self.measures, self._place(name))

    def _place(self, name: str) -> int:
        names = [measure.name for measure in self.known]
        if name not in names:
            near = hint(name, names)
            raise ValueError(f"got {shown(name)}; allowed the name of a measure{near}")
        return names.index(name)

    def beyond(self, first: Results) -> Estimate:
        """Return how much more it gains than another over the same money.

        Of what the founders met alone where the same agencies founded both, else of what all
        agencies met alone. Run by run, unless the two are different areas.
        """
        from cgsim.answer.compare import beyond

        return beyond(self, first)

    @cached_property
    def outcomes(self) -> dict[str, float]:
        """The share of replicates that came out in each way; of several partnerships, of these."""
        from cgsim.answer.build import counts_each, ways_of

        if not counts_each(self):
            return outcome_shares(self.column("outcome"), self.ways)
        numbers, ways = ways_of(self)
        return {way: float((numbers == place).mean()) for place, way in enumerate(ways)}

    @cached_property
    def replicates(self) -> pd.DataFrame:
        """A row a replicate, a column a measure."""
        import pandas as pd

        table = pd.DataFrame(self.measures, columns=[measure.name for measure in self.known])
        table["outcome"] = [self.ways[int(number)] for number in self.column("outcome")]
        table.insert(0, "replicate", np.arange(self.count))
        return table

    @cached_property
    def arms(self) -> pd.DataFrame:
        """A row a replicate and arm: totals over all months; unmet need is that of the last."""
        import pandas as pd

        rows = self.totals.reshape(-1, len(MONTH_COLUMNS))
        table = pd.DataFrame(rows, columns=list(MONTH_COLUMNS))
        table.insert(0, "arm", [arm.name for arm in ARMS] * self.count)
        table.insert(0, "replicate", np.repeat(np.arange(self.count), len(ARMS)))
        return table

    @cached_property
    def months(self) -> pd.DataFrame:
        """A row a replicate, arm and month: need met, unmet, hours by use and the like.

        Columns as in the folder ``months`` of a saved run. Raises ``ValueError`` where the months
        were not kept (``months=True``).
        """
        from cgsim.store.parts import months_table

        values = _kept(self.month_values)
        return self._frame(months_table(self._where, values, ARMS))

    @cached_property
    def boards(self) -> pd.DataFrame:
        """A row a replicate, month and partnership living together: what minutes hold.

        Columns as in the folder ``boards`` of a saved run. Raises ``ValueError`` where the months
        were not kept (``months=True``).
        """
        from cgsim.store.parts import boards_table

        names = [p.name for p in self.scenario.partnerships]
        values = _kept(self.board_values)
        return self._frame(boards_table(self._where, values, [names] * self.count))

    @cached_property
    def partnerships(self) -> pd.DataFrame:
        """A row a replicate and partnership: when it began and ended, and what it gave and took.

        Columns as in the folder ``partnerships`` of a saved run; the field ``attrs`` of the table
        says what each means. Raises ``ValueError`` where they were not kept
        (``partnerships=True``).
        """
        from cgsim.store.parts import partnerships_table

        names = [p.name for p in self.scenario.partnerships]
        table = self._frame(partnerships_table(self._where, self._lives, [names] * self.count))
        table.attrs = {name: column.words for name, column in LIFE.items()}
        return table

    @cached_property
    def by_partnership(self) -> pd.DataFrame:
        """A row a partnership: how it came out, in shares of runs, and means over runs.

        Every mean and share has its 95 % interval beside it (``_low``, ``_high``); a mean is over
        the runs in which there is a value. Raises ``ValueError`` as ``partnerships``.
        """
        from cgsim.answer.landscape import by_partnership

        return by_partnership(self)

    @cached_property
    def survival(self) -> pd.DataFrame:
        """The share of partnerships that still live at each age, by Kaplan and Meier.

        A row a month of age: ``age`` in months, ``alive`` (a share) with its 95 % interval ``low``
        and ``high``, and ``at_risk``, how many lived that long and were still seen. Raises
        ``ValueError`` as ``partnerships``.
        """
        from cgsim.answer.survival import survival

        return survival(self._lives, int(self.scenario.values["months"]))

    @cached_property
    def hazards(self) -> pd.DataFrame:
        """The share of partnership-months that were the last, by founding size and by age.

        A row a group: ``by`` ("founders" or "years"), ``first`` and ``last`` of the group,
        ``hazard`` (a share a month) with its 95 % interval ``low`` and ``high``, ``ends`` and
        ``lived``, the months that were seen. Raises ``ValueError`` as ``partnerships``.
        """
        from cgsim.answer.survival import hazards

        return hazards(self._lives, int(self.scenario.values["months"]))

    @property
    def _lives(self) -> Lives:
        if self.lives is None:
            raise ValueError("partnerships were not kept: run with partnerships=True")
        return self.lives

    @property
    def _where(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        numbers = np.arange(self.count)
        return np.zeros_like(numbers), numbers

    def _frame(self, table: pa.Table) -> pd.DataFrame:
        import pandas as pd

        return pd.DataFrame(table.drop_columns(["point"]).to_pandas())

    @cached_property
    def findings(self) -> dict[str, Finding]:
        """Every measure, the spread of the gain and the outcome shares, by name, with intervals."""
        from cgsim.answer.build import BEFORE_CHANGES, change_values, counts_each, ways_of

        found = {}
        for measure in self.known:
            if measure.name == BEFORE_CHANGES:
                for name, words, estimate, money in change_values(self):
                    found[name] = Finding(words, "share", estimate, measure.of, BOTH, money)
            if measure.interval != "class":
                estimate = self.estimate(measure.name)
                found[measure.name] = Finding(
                    measure.words,
                    measure.unit,
                    estimate,
                    measure.of,
                    measure.shown,
                    measure.money,
                )
            if measure.name == "gain":
                spread = statistics.spread(self.column("gain"))
                found["gain_sd"] = Finding(word("word.spread"), "share", spread, measure.of, (RUN,))
        each = counts_each(self)
        numbers, ways = ways_of(self)
        for number, name in enumerate(ways):
            flags = (numbers == number).astype(np.float64)
            words = word(f"word.{'each_' if each else ''}came_out_as", outcome=name)
            # Partnerships of a run share its luck: the interval is over runs.
            share = of_runs(flags) if each else statistics.share(flags)
            key = f"outcome_{name.replace(' ', '_')}"
            found[key] = Finding(words, "share", share, OF_PARTNERSHIPS if each else OF_RUNS)
        return found

    @cached_property
    def summary(self) -> pd.DataFrame:
        """Every measure with its 95 % interval, and how many replicates it rests on.

        A ``KeyError`` for a name that is no column names the nearest.
        """
        from cgsim.analysis.named import Named

        return Named(
            {
                "measure": name,
                "words": finding.words,
                "unit": finding.unit,
                "of": finding.of,
                "estimate": finding.estimate.value,
                "low": finding.estimate.low,
                "high": finding.estimate.high,
                "replicates": finding.estimate.count,
            }
            for name, finding in self.findings.items()
        )

    def answer(self, drawn: Drawn | None = None, why_not: str = "") -> Answer:
        """Return the answer as one plain record. ``drawn``: what came of ``doubt.drawn_many``."""
        from cgsim.answer.build import answer_of

        return answer_of(self, drawn, why_not)

    def plot(self, what: str | None = None, axes: Axes | None = None) -> Axes:
        """Draw results into Matplotlib axes, and return them; into new ones if none are given.

        ``what``: a measure that is a share, and how it is spread over the runs; that of the
        headline if not given: the gain, over the same money where hours were bought.
        ``"outcomes"``, how the runs came out; ``"survival"``, how long partnerships live, with
        ``partnerships=True``; ``"months"``, need met by month in each arm, and
        ``"gain so far"``, again of the headline, both with ``months=True``. Raises ``ValueError``
        for anything else.
        """
        from cgsim.answer.build import measure_of
        from cgsim.pictures import drawings, figures, tables

        leading = measure_of(self)
        what = leading if what is None else what
        shares = [measure.name for measure in self.known if measure.unit == "share"]
        whole = {
            "outcomes": lambda axes: drawings.draw_outcomes(axes, tables.outcomes_table(self)),
            "survival": lambda axes: drawings.draw_survival(axes, self.survival),
            "months": lambda axes: drawings.draw_over_time(
                axes, tables.over_time(self, _kept(self.month_values))
            ),
            "gain so far": lambda axes: drawings.draw_gain_so_far(
                axes, tables.gain_so_far(self, _kept(self.month_values)), leading != "gain"
            ),
        }
        if what not in whole and what not in shares:
            known = [*whole, *shares]
            allowed = f"{', '.join(whole)}, gain, or another measure that is a share"
            raise ValueError(f"got {shown(what)}; allowed {allowed}{hint(what, known)}")

        def draw(axes: Axes) -> None:
            if what in whole:
                whole[what](axes)
                return
            measure = self.known[self._place(what)]
            label = "" if what == "gain" else tables.axis_of(term(measure.words), measure.unit)
            drawings.draw_spread(axes, self.column(what), label)

        return figures.plotted(draw, axes)

    def __repr__(self) -> str:
        """Tell what they are of, not every number."""
        return f"<Results of {self.scenario.name}: {self.count} replicates, seed {self.seed}>"

    def _repr_html_(self) -> str:
        """Return the answer and the main measures, as notebooks show them."""
        from cgsim.pictures import in_notebooks

        return in_notebooks.results(self)

    def headline(self) -> str:
        """Return the answer in plain words, and say so where a rule was changed."""
        return self.headline_of(self.answer())

    def headline_of(self, answer: Answer) -> str:
        """Return an answer of these runs in plain words, with what it says of changed rules."""
        return " ".join(filter(None, [answer.text, words_for(self.changed_rules)]))


def of_runs(flags: NDArray[np.float64]) -> Estimate:
    """Return a share of partnerships, (R, B), with Student's interval over runs, within 0 and 1."""
    found = statistics.mean(flags.mean(axis=1))
    return replace(found, low=max(0.0, found.low), high=min(1.0, found.high))


def _kept(values: NDArray[np.float64] | None) -> NDArray[np.float64]:
    if values is None:
        raise ValueError("the months were not kept: run with months=True")
    return values


def estimate_of(measure: Measure, table: NDArray[np.float64], place: int | None = None) -> Estimate:
    """Return one measure of replicates (R, M) with the interval that fits it.

    ``place`` is its column, where the table is not of the measures there are now.
    """
    values = table[:, COLUMN[measure.name] if place is None else place]
    if measure.interval == "share":
        return statistics.share(values)
    if measure.interval == "median":
        return statistics.median(values)
    if measure.interval == "ratio":
        return statistics.ratio(table[:, COLUMN["extra_met"]], table[:, COLUMN[measure.below]])
    estimate = statistics.mean(values)
    if measure.bounded:
        estimate = replace(estimate, low=max(0.0, estimate.low), high=min(1.0, estimate.high))
    return estimate


def run(
    scenario: Scenario | str | Path,
    replicates: int = 1000,
    seed: int = 1,
    set: Settings = (),
    *,
    months: bool = False,
    reasons: bool = False,
    partnerships: bool = False,
    workers: int | None = None,
    progress: Progress | bool | None = None,
) -> Results:
    """Run a scenario, together, alone and with equal money, and return what it came to.

    ``set`` changes values: a mapping such as ``{"meetings": 2}``, or ``key=value`` texts.
    ``months=True`` keeps every month of every arm and partnership; ``reasons=True`` also lives each
    run with every friction switched off alone, so that the answer can tell what would change it.
    ``partnerships=True`` keeps what every partnership came to; where there are several, the arm
    together is lived once more for that.
    ``progress=True`` shows a bar; a function is told how many runs of how many are lived.
    Replicate k of a seed is the same whatever the number of replicates or workers. Raises
    ``ScenarioError`` for what is not allowed.
    """
    return run_many(
        [as_scenario(scenario, set)],
        replicates,
        seed,
        months=months,
        reasons=reasons,
        partnerships=partnerships,
        workers=workers,
        progress=progress,
    )[0]


def as_scenario(scenario: Scenario | str | Path, set: Settings = ()) -> Scenario:
    """Return a scenario given as such, by name or by file."""
    changes = assignments(set)
    if isinstance(scenario, Scenario):
        return scenario.replace(*changes) if changes else scenario
    return load(scenario, changes)


def _check(replicates: int, seed: int) -> None:
    whole_number("replicates", replicates, 1, MOST_REPLICATES)
    whole_number("seed", seed, 0, 2**63 - 1)


def run_many(
    scenarios: Sequence[Scenario],
    replicates: int,
    seed: int,
    *,
    months: bool = False,
    reasons: bool = False,
    partnerships: bool = False,
    workers: int | None = None,
    progress: Progress | bool | None = None,
) -> list[Results]:
    """Run scenarios on common random numbers: replicate k has the same luck in all of them."""
    _check(replicates, seed)
    lived_arms = reason_arms(scenarios) if reasons else ARMS
    buys = np.array([scenario.buys for scenario in scenarios])
    refuse_the_impossible(scenarios, replicates, len(lived_arms))
    points = np.repeat(np.arange(len(scenarios)), replicates)
    numbers = np.tile(np.arange(replicates), len(scenarios))
    hour_costs = np.array([s.values["hour_cost"] for s in scenarios])
    arms = Arms(0, 1, 2)
    changed, source = changed_rules(), source_hash()
    bad: list[tuple[int, int]] = []  # point and replicate of runs that left what is no number

    def reduce(runs: Runs) -> tuple[Any, ...]:
        count = len(runs.points)
        measured = np.zeros((count, len(MEASURES)))
        totals = np.zeros((count, len(ARMS), len(MONTH_COLUMNS)))
        measure_chunk(runs.chunk, runs.points, arms, hour_costs, measured)
        total_arms(runs.chunk, totals)
        for run in np.flatnonzero(not_numbers(runs.chunk)):
            bad.append((int(runs.points[run]), int(runs.replicates[run])))
        read_measures(runs.chunk, runs.points, scenarios, lived_arms, measured)
        complete_totals(runs.chunk.month, totals)
        lives = None
        if runs.met_by_each is not None:
            lives = read_lives(runs.chunk, runs.met_by_each, *arms)
        lived = read(runs.chunk, buys[runs.points])
        if not months:
            return measured, totals, lived, lives
        month = runs.chunk.month[:, : len(ARMS)].copy()
        return measured, totals, lived, lives, month, runs.chunk.board[:, 0].copy()

    measures = np.zeros((len(points), len(MEASURES)))
    totals = np.zeros((len(points), len(ARMS), len(MONTH_COLUMNS)))
    kept: list[NDArray[np.float64]] = []
    boards: list[NDArray[np.float64]] = []
    if months:
        boards = [
            np.zeros((replicates, int(s.values["months"]), len(s.partnerships), len(BOARD_COLUMNS)))
            for s in scenarios
        ]
        kept = [
            np.zeros((replicates, len(ARMS), int(s.values["months"]), len(MONTH_COLUMNS)))
            for s in scenarios
        ]
    lived: list[list[tuple[NDArray[np.int64], Lived]]] = [[] for _ in scenarios]
    lives = [
        np.zeros((replicates, len(s.partnerships), len(LIFE))) if partnerships else None
        for s in scenarios
    ]
    with told(lambda: _look_for_the_step(scenarios, replicates, seed)):
        for places, parts in simulate(
            scenarios,
            points,
            numbers,
            seed,
            reduce,
            arms=lived_arms,
            each=partnerships,
            workers=workers,
            progress=progress_of(progress),
        ):
            measures[places], totals[places] = parts[:2]
            for point in sorted(set(points[places].tolist())):
                mine = points[places] == point
                where = numbers[places[mine]]
                lived[point].append((where, parts[2].of(mine)))
                if (own := lives[point]) is not None:
                    own[where] = parts[3][mine]
                if months:
                    kept[point][where] = parts[4][mine]
                    boards[point][where] = parts[5][mine]
    if bad:
        point, number = min(bad)
        why = where_it_failed(scenarios[point], seed, number)
        words = f"what run {number} left behind is not a number. {words_for(changed)}"
        raise StepFailed(why or words)
    if source_hash() != source:
        raise RuntimeError("a rule was changed while the runs were lived: they are of no one model")
    return [
        Results(
            scenario,
            seed,
            measures[points == number],
            totals[points == number],
            kept[number] if months else None,
            boards[number] if months else None,
            changed,
            source,
            Lived.joined(replicates, lived[number]),
            lives=lives[number],
        )
        for number, scenario in enumerate(scenarios)
    ]


FIRST_RUNS = 3
"""Of so many runs each scenario's are looked through for the step that failed."""


def _look_for_the_step(scenarios: Sequence[Scenario], replicates: int, seed: int) -> str:
    """Return in one line where an extension fails in one of the first runs; "" where in none."""
    for scenario in scenarios:
        for number in range(min(FIRST_RUNS, replicates)):
            if why := where_it_failed(scenario, seed, number):
                return why
    return ""


@dataclass(frozen=True)
class Frictions:
    """What is possible, what each friction takes of it, and what is left."""

    scenario: Scenario
    seed: int
    potential: Estimate
    losses: dict[str, Estimate]
    realised: Estimate
    replicates: NDArray[np.float64]  #: (R, 7): potential, the five losses, realised
    buys: bool = False  #: whether hours were bought in any run; they count as gain here

    def record(self) -> dict[str, Any]:
        """Return the steps as data; a loss above 0 is taken from the gain, one below adds to it."""
        return {
            "scenario": self.scenario.name,
            "seed": self.seed,
            "replicates": len(self.replicates),
            "potential": vars(self.potential),
            "losses": {name: vars(loss) for name, loss in self.losses.items()},
            "realised": vars(self.realised),
            "paid_hours_count_as_gain": self.buys,
        }

    def plot(self, axes: Axes | None = None) -> Axes:
        """Draw the steps from the possible gain to the one that is left, and return the axes."""
        from cgsim.pictures import drawings, figures, tables

        table = tables.frictions_table(self)
        return figures.plotted(lambda axes: drawings.draw_frictions(axes, table), axes)

    def __repr__(self) -> str:
        """Tell what they are of, not every number."""
        count = len(self.replicates)
        return f"<Frictions of {self.scenario.name}: {count} replicates, seed {self.seed}>"

    def _repr_html_(self) -> str:
        """Return the steps as a table, as notebooks show them."""
        from cgsim.pictures import in_notebooks

        return in_notebooks.frictions(self)


def run_frictions(
    scenario: Scenario,
    replicates: int = 500,
    seed: int = 1,
    *,
    workers: int | None = None,
    progress: Progress | bool | None = None,
) -> Frictions:
    """Run a scenario with every choice of frictions switched off, on common random numbers."""
    _check(replicates, seed)
    refuse_the_impossible([scenario], replicates, len(FRICTION_ARMS))
    gains = np.zeros((replicates, len(FRICTION_ARMS)))
    buys = np.zeros(replicates, bool)

    def reduce(runs: Runs) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        out = np.zeros((len(runs.points), len(FRICTION_ARMS)))
        gain_of_arms(runs.chunk, 1, 0, out)
        return out, np.any(runs.chunk.month[:, :, :, BOUGHT] > 0.0, axis=(1, 2))

    for places, part in simulate(
        [scenario],
        np.zeros(replicates, np.int64),
        np.arange(replicates),
        seed,
        reduce,
        arms=FRICTION_ARMS,
        workers=workers,
        progress=progress_of(progress),
    ):
        gains[places], buys[places] = part
    together = gains[:, 1:]
    losses = shapley_losses(together)
    potential, realised = together[:, len(SUBSETS) - 1], together[:, 0]
    return Frictions(
        scenario,
        seed,
        statistics.mean(potential),
        {name: statistics.mean(losses[:, n]) for n, name in enumerate(FRICTIONS)},
        statistics.mean(realised),
        np.column_stack([potential, losses, realised]),
        bool(buys.any()),
    )
