"""What a report is made from: results just computed, or those in a results folder."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cgsim import __version__
from cgsim.answer.catalogue import word
from cgsim.answer.doubt import Drawn
from cgsim.answer.record import Answer
from cgsim.compiler import source_told, with_changes
from cgsim.engine.plan import shape_of
from cgsim.engine.run import ARMS, Progress
from cgsim.experiment.doubt import drawn_many
from cgsim.experiment.posterior import Posterior, of_record, told_of
from cgsim.measures import COLUMN, MEASURES, OUTCOMES
from cgsim.rules.state import BOARD_COLUMNS, MONTH_COLUMNS
from cgsim.running.batch import Batch
from cgsim.running.example import Example, live
from cgsim.running.results import Results, run_many
from cgsim.scenario import Scenario
from cgsim.scenario.errors import ScenarioError
from cgsim.store.folder import surroundings

MOST_MONTH_BYTES = 400 * 2**20
FEW = 30
TOLERANCE = 1e-9


@dataclass(frozen=True)
class Origin:
    """Where the numbers come from, and how to get them again."""

    commands: tuple[str, ...]
    facts: Mapping[str, str]  #: seed, version, hashes and so on, by what they are called


@dataclass(frozen=True)
class RunSource:
    """One scenario's results and all that its page shows beside them."""

    results: Results
    origin: Origin
    drawn: Drawn | None = None  #: what draws of what nobody knows came to
    why_not: str = ""  #: why there are none
    given: Posterior | None = None  #: what was drawn from in the place of the priors
    months: NDArray[np.float64] | None = None  #: (R, 3, T, 10), of the first R replicates
    example: Example | None = None
    notes: tuple[str, ...] = ()  #: what could not be shown, and why
    failures: Sequence[Mapping[str, Any]] = field(default_factory=tuple)

    @cached_property
    def answer(self) -> Answer:
        """The answer as one record."""
        return self.results.answer(self.drawn, self.why_not)

    @property
    def caveats(self) -> tuple[str, ...]:
        """What has to be kept in mind with these runs."""
        told = list(self.notes)
        if self.failures:
            told.append(word("page.failed", failed=len(self.failures)))
        if self.results.count < FEW:
            told.append(word("page.few", runs=self.results.count))
        return tuple(told)


def months_that_fit(scenario: Scenario, replicates: int) -> int:
    """Return of how many replicates every month can be held in memory."""
    shape = shape_of(scenario)
    columns = len(ARMS) * len(MONTH_COLUMNS) + shape.partnerships * len(BOARD_COLUMNS)
    size = 8 * shape.months * columns
    return min(replicates, MOST_MONTH_BYTES // size)


def run_scenario(
    scenario: Scenario,
    replicates: int,
    seed: int,
    commands: Sequence[str],
    *,
    months: bool = True,
    example: int | None = 0,
    doubt: bool = True,
    given: Posterior | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> RunSource:
    """Run a scenario, and whatever a report on it needs.

    ``months`` keeps every month, ``example`` is the replicate to be shown, if any; ``doubt`` draws
    what nobody knows, too, and ``given`` are the draws of that, in place of some from the priors.
    """
    fits = not months or months_that_fit(scenario, replicates) == replicates
    results = run_many(
        [scenario],
        replicates,
        seed,
        months=months and fits,
        reasons=True,
        workers=workers,
        progress=progress,
    )[0]
    facts = {
        "version": f"cgsim {__version__}",
        "seed": str(seed),
        "runs": f"{replicates:,}",
        **told_of(given.about() if given else {}),
        "source of the model": source_told(),
        **_machine(surroundings()),
    }
    notes: tuple[str, ...] = ()
    if not fits:
        notes = (word("again.no_months"),)
    made = RunSource(
        results, Origin(tuple(commands), facts), months=results.month_values, notes=notes
    )
    return _with_the_rest(made, example, workers, given, doubt=doubt)


def run_in_folder(
    batch: Batch,
    *,
    months: bool = True,
    example: int | None = 0,
    given: Posterior | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> RunSource:
    """Return the results in a folder of one design point, and whatever a report on it needs.

    ``given`` are draws of what nobody knows in the place of those that the folder holds, if any,
    and of those from the priors. What the folder does not hold (months, accounts, reasons) is lived
    anew, and shown only if the gains that come with it are those in the folder.
    """
    results = results_in(batch)
    if given is None and batch.experiment.given.get("points"):
        given = of_record(batch.experiment.given)
    origin = origin_of(batch)
    origin = replace(origin, facts={**origin.facts, **told_of(given.about() if given else {})})
    failures = tuple(batch.failures)
    stored = results.column("gain")
    if failures or batch.experiment.luck != "common":
        note = word("again.some_failed" if failures else "again.own_luck")
        return RunSource(results, origin, notes=(note,), failures=failures)
    fits = not months or months_that_fit(results.scenario, results.count) == results.count
    again = run_many(
        [results.scenario],
        results.count,
        results.seed,
        months=months and fits,
        reasons=True,
        workers=workers,
        progress=progress,
    )[0]
    if not np.allclose(again.column("gain"), stored, rtol=TOLERANCE, atol=TOLERANCE):
        return RunSource(results, origin, notes=(word("again.other_version"),))
    results = replace(results, lived=again.lived)
    notes = () if fits else (word("again.no_months"),)
    made = RunSource(results, origin, months=again.month_values, notes=notes)
    return _with_the_rest(made, example, workers, given, doubt=True)


def _with_the_rest(
    made: RunSource,
    example: int | None,
    workers: int | None,
    given: Posterior | None,
    *,
    doubt: bool,
) -> RunSource:
    scenario, seed = made.results.scenario, made.results.seed
    drawn, why_not = None, ""
    if doubt:
        try:
            drawn = drawn_many([scenario], seed, given=given, workers=workers)[0]
        except ScenarioError as error:
            why_not = str(error)
    shown = None
    if example is not None and scenario.partnerships:
        last = int(scenario.values["months"]) - 1
        shown = live(scenario, seed, example, {-1, last})
    return replace(made, drawn=drawn, why_not=why_not, given=given, example=shown)


def holds_one_run(batch: Batch) -> bool:
    """Tell whether a folder holds one scenario's run with every measure, not an experiment."""
    experiment = batch.experiment
    return len(experiment.points) == 1 and not experiment.measures and not experiment.factors


def results_in(batch: Batch) -> Results:
    """Return the results in a folder of one design point, as if they had just been computed."""
    experiment = batch.experiment
    rows = batch.runs(arm="all").sort_values(["replicate"], kind="stable")
    together = rows[rows["arm"] == "together"]
    measures = np.full((len(together), len(MEASURES)), math.nan)
    for measure in MEASURES:
        if measure.name not in together:
            continue
        column = together[measure.name]
        if measure.name == "outcome":
            places = {name: place for place, name in enumerate(OUTCOMES)}
            measures[:, COLUMN["outcome"]] = [places[str(name)] for name in column]
        else:
            measures[:, COLUMN[measure.name]] = column.to_numpy(float)
    totals = np.full((len(together), len(ARMS), len(MONTH_COLUMNS)), math.nan)
    for place, arm in enumerate(ARMS):
        mine = rows[rows["arm"] == arm.name]
        if len(mine) == len(together):
            totals[:, place] = mine[list(MONTH_COLUMNS)].to_numpy(float)
    return Results(experiment.scenario_at(0), experiment.seed, measures, totals)


def origin_of(batch: Batch) -> Origin:
    """Return where a folder's numbers come from: what its manifest says."""
    import shlex

    manifest = batch.manifest
    folder, unknown = shlex.quote(str(batch.folder)), word("word.not_known")
    facts = {
        "version": f"cgsim {manifest['cgsim']}",
        "seed": str(batch.experiment.seed),
        "runs": f"{manifest.get('runs', 0):,}",
        "source of the model": with_changes(
            str(manifest["source"]), manifest.get("changed_rules") or ()
        ),
        "hash of the input": str(manifest["input_sha256"]),
        "hash of the rows": str(manifest.get("content_sha256") or word("again.not_finished")),
        "computed": str(manifest.get("ended") or manifest.get("began", unknown)),
        **_machine(manifest),
    }
    commands = (
        f"cgsim verify {folder}",
        f"cgsim reproduce {folder} --out {shlex.quote(str(batch.folder) + '-again')}",
        f"cgsim report {folder} -o report.html",
    )
    return Origin(commands, facts)


def _machine(about: Mapping[str, Any]) -> dict[str, str]:
    versions = about.get("packages")
    named = versions.items() if isinstance(versions, Mapping) else ()
    packages = [f"{name} {number}" for name, number in named]
    unknown = word("word.not_known")
    return {
        "commit": str(about.get("commit") or unknown),
        "computed on": str(about.get("platform", unknown)),
        "Python and packages": ", ".join([str(about.get("python", unknown)), *packages]),
    }
