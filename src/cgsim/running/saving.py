"""The results of one run of a scenario, saved as a batch of one design point."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from cgsim.compiler import source_hash
from cgsim.experiment.design import Experiment
from cgsim.experiment.doubt import DRAWS
from cgsim.experiment.posterior import Posterior, as_record
from cgsim.experiment.records import hash_of
from cgsim.running.batch import finish
from cgsim.running.computing import runs_a_part
from cgsim.running.results import Results
from cgsim.scenario import Scenario
from cgsim.scenario.errors import Fault, ScenarioError, safe
from cgsim.store.folder import Store, input_of
from cgsim.store.parts import (
    Computed,
    about,
    boards_table,
    divide,
    encode,
    months_table,
    partnerships_table,
    runs_table,
)
from cgsim.store.writing import write_tables

if TYPE_CHECKING:
    import pandas as pd


def given_of(posterior: Posterior | None) -> dict[str, Any]:
    """Return what a folder of runs holds of draws in the place of those from the priors."""
    return {} if posterior is None else as_record(posterior, DRAWS)


def planned(
    scenario: Scenario,
    replicates: int,
    seed: int,
    *,
    months: bool,
    partnerships: bool = False,
    given: Mapping[str, Any] = MappingProxyType({}),
) -> Experiment:
    """Return a run of a scenario as the experiment of one design point that it is saved as.

    ``given`` is what the doubt about its inputs rests on, where not on the priors.
    """
    return Experiment(
        scenarios={scenario.name: scenario},
        replicates=replicates,
        seed=seed,
        months=months,
        boards=months,
        partnerships=partnerships,
        name=scenario.name,
        title=scenario.title,
        question="Will working together achieve more than working apart?",
        given=given,
    )


def save(
    results: Results,
    folder: Path,
    given: Mapping[str, Any] = MappingProxyType({}),
    *,
    partnerships: bool = False,
) -> None:
    """Write a run's results as a batch would hold them, or what is missing of them there.

    With ``partnerships`` what each of them came to, too; they must have been kept.
    Raises ``ScenarioError`` where the folder holds another run or something else, ``OutputInUse``
    and ``CannotWrite``.
    """
    experiment = planned(
        results.scenario,
        results.count,
        results.seed,
        months=results.month_values is not None,
        partnerships=partnerships,
        given=given,
    )
    if results.source and results.source != source_hash():
        message = "got results of other rules than those in use now; allowed those of these rules"
        raise ScenarioError([Fault("--out", None, safe(str(folder)), message)])
    store = Store(folder)
    input_hash = hash_of(input_of(experiment))
    size = runs_a_part(results.scenario, len(experiment.arms), results.count)
    names = [p.name for p in results.scenario.partnerships]
    with store.held():
        store.begin(experiment)
        there = store.sound_parts(input_hash, experiment.kinds)
        parts = list(divide([0], 0, results.count - 1, size))
        for part in parts:
            if part in there:
                continue
            rows = slice(part.first_replicate, part.last_replicate + 1)
            numbers = np.arange(results.count)[rows]
            where = (np.zeros_like(numbers), numbers)
            said = about(part, input_hash)
            runs = runs_table(where, results.totals[rows], results.measures[rows], experiment.arms)
            months = boards = lives = None
            if results.month_values is not None:
                months = encode(
                    months_table(where, results.month_values[rows], experiment.arms), said
                )
            if results.board_values is not None:
                table = boards_table(where, results.board_values[rows], [names] * len(numbers))
                boards = encode(table, said)
            if partnerships and results.lives is not None:
                table = partnerships_table(where, results.lives[rows], [names] * len(numbers))
                lives = encode(table, said)
            computed = Computed(encode(runs, said), 0, months, boards, lives)
            store.put(part, computed, input_hash)
        store.set_strangers_aside(parts, experiment.kinds)
        finish(store, experiment, results.summary)


def partnerships_of(results: Results) -> dict[str, pd.DataFrame]:
    """Return what partnerships came to, how long they live and what ends them, by its title."""
    return {
        "Partnerships": results.by_partnership,
        "Survival": results.survival,
        "Hazards": results.hazards,
    }


def save_partnerships(results: Results, folder: Path) -> None:
    """Write the tables of partnerships as CSV and workbook, and the survival curve."""
    from cgsim.pictures import drawings, figures

    files = write_tables(folder, partnerships_of(results), "partnerships.xlsx")
    figures.save_drawing(
        folder / "survival.svg",
        (7.0, 4.2),
        lambda axes: drawings.draw_survival(axes, results.survival),
        results.scenario.title,
        results.seed,
    )
    Store(folder).vouch_for([*files, "survival.svg"])
