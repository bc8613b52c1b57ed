"""The results of one run of a scenario, saved as a batch of one design point."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from cgsim.compiler import source_hash
from cgsim.experiment.batch import finish
from cgsim.experiment.design import Experiment
from cgsim.experiment.parts import (
    Computed,
    about,
    divide,
    encode,
    months_table,
    runs_a_part,
    runs_table,
)
from cgsim.experiment.results import Results
from cgsim.experiment.store import Store, hash_of, input_of
from cgsim.scenario.errors import Fault, ScenarioError, safe
from cgsim.whole import CannotWrite, make_folder


def prepare(folder: Path) -> None:
    """Make the results folder, or refuse one that holds anything."""
    make_folder(folder)
    try:
        if any(folder.iterdir()):
            message = "got a folder that is not empty; allowed a new or an empty one"
            raise ScenarioError([Fault("--out", None, safe(str(folder)), message)])
    except OSError as error:
        raise CannotWrite(f"{folder} cannot be read: {error.strerror or error}") from None


def save(results: Results, folder: Path) -> None:
    """Write a run's results as a batch would hold them: same rows, same files."""
    experiment = Experiment(
        scenarios={results.scenario.name: results.scenario},
        replicates=results.count,
        seed=results.seed,
        months=results.months is not None,
        name=results.scenario.name,
        title=results.scenario.title,
        question="Will working together achieve more than working apart?",
    )
    if results.source and results.source != source_hash():
        message = "got results of other rules than those in use now; allowed those of these rules"
        raise ScenarioError([Fault("--out", None, safe(str(folder)), message)])
    store = Store(folder)
    input_hash = hash_of(input_of(experiment))
    size = runs_a_part(results.scenario, len(experiment.arms), results.count)
    with store.held():
        store.begin(experiment)
        for part in divide([0], 0, results.count - 1, size):
            rows = slice(part.first_replicate, part.last_replicate + 1)
            numbers = np.arange(results.count)[rows]
            where = (np.zeros_like(numbers), numbers)
            said = about(part, input_hash)
            runs = runs_table(where, results.totals[rows], results.measures[rows], experiment.arms)
            months = None
            if results.months is not None:
                months = encode(months_table(where, results.months[rows], experiment.arms), said)
            store.put(part, Computed(encode(runs, said), months, 0), input_hash)
        finish(store, experiment, results.summary())
