"""Commands that analyse: sensitivity, frontier, advise, declutter."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cgsim.cli.batches import (
    Name,
    Patience,
    Replicates,
    Scheduler,
    Seed,
    at_work_in,
    end_with,
    refuse_if_in_use,
    resumable,
)
from cgsim.cli.library import Json, Set, With
from cgsim.cli.runs import Given, Workers
from cgsim.cli.runs import Seed as OneSeed

if TYPE_CHECKING:
    from cgsim.advice.declutter import Decluttered
    from cgsim.advice.designs import Advice
    from cgsim.experiment.design import Experiment
    from cgsim.experiment.posterior import Posterior

Out = Annotated[
    Path | None, typer.Option(help="The folder for the results; resumed if it is there.")
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Only say how many runs and how long they take.")
]


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command()(sensitivity)
    app.command()(frontier)
    app.command()(advise)
    app.command()(declutter)


def sensitivity(
    experiment: Name = "sensitivity",
    out: Out = None,
    measure: Annotated[
        str | None, typer.Option(help="The measure to explain, such as gain.")
    ] = None,
    trajectories: Annotated[
        int | None, typer.Option(min=2, max=10_000, help="Morris: trajectories.")
    ] = None,
    keep: Annotated[
        int | None, typer.Option(min=1, max=64, help="How many parameters Sobol looks at.")
    ] = None,
    base: Annotated[
        int | None, typer.Option(min=8, max=2**20, help="Sobol: base points, a power of 2.")
    ] = None,
    replicates: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=10**8,
            help="Runs at every point; 20 if not given. A file's number is for batches.",
        ),
    ] = None,
    given: Given = None,
    seed: Seed = None,
    set: Set = None,
    workers: Workers = None,
    scheduler: Scheduler = None,
    patience: Patience = None,
    dry_run: DryRun = False,
    json: Json = False,
    extensions: With = None,
) -> None:
    """Find the uncertain parameters that matter.

    Morris over all of them, then Sobol over those kept. Over draws that records left possible, each
    one's share by itself.

    Example: cgsim sensitivity --out results/sensitivity --dry-run
    """
    from cgsim.advice import sensitivity as analysis
    from cgsim.answer.catalogue import word
    from cgsim.cli import output
    from cgsim.experiment.files import load_experiment

    refuse_if_in_use(out)
    planned = load_experiment(experiment, set or (), seed=seed)
    sample = {"trajectories": trajectories, "keep": keep, "base": base}
    settings = analysis.settings_of(
        planned, {"measure": measure, **sample, "replicates": replicates}
    )
    posterior = _in_place_of_priors(given, sample, planned)
    for sentence in analysis.foretold(planned, settings, workers, posterior):
        output.note(sentence)
    if dry_run:
        return
    if out is None:
        raise typer.BadParameter("a folder is needed: --out FOLDER (or --dry-run)")
    who: dict[str, Any] = {"workers": workers, "scheduler": scheduler, "patience": patience}
    with resumable(out, held=True):
        found: analysis.Sensitivity | analysis.OverDraws
        if posterior is None:
            found = analysis.run_sensitivity(
                planned, out, settings, progress=output.told_by_stage, **who
            )
        else:
            with output.progress("draws") as progress:
                found = analysis.run_over(
                    planned, out, settings, posterior, progress=progress, **who
                )
        analysis.save_picture(found, out, planned)
    if json:
        output.as_json(analysis.record(found))
        return
    output.say(analysis.heading(found))
    print()
    heads, rows = analysis.table(found)
    output.table(heads, rows, right=range(1, len(heads)))
    print()
    for sentence in analysis.doubt(found):
        output.say(sentence)
    saved = "saved" if posterior is None else "saved_draws"
    print("\n" + word(f"sensitivity.{saved}", folder=out))
    output.tell_of_changes()


def _in_place_of_priors(
    given: Path | None, sample: Mapping[str, int | None], planned: Experiment
) -> Posterior | None:
    """Return the draws that are given, checked; raise where a sample from ranges is asked for."""
    if given is None:
        return None
    from cgsim.experiment.posterior import given_for

    for name, asked in sample.items():
        if asked is not None:
            raise typer.BadParameter(
                f"--{name} is about a sample from ranges: it does not fit --given, whose draws are "
                "there already"
            )
    return given_for(given, list(planned.scenarios.values()))


def frontier(
    experiment: Name = "size-meetings",
    out: Out = None,
    replicates: Replicates = None,
    seed: Seed = None,
    set: Set = None,
    workers: Workers = None,
    scheduler: Scheduler = None,
    patience: Patience = None,
    json: Json = False,
    extensions: With = None,
) -> None:
    """Find where gain turns to loss over two levers.

    With a band; as words, data and a picture.

    Example: cgsim frontier size-meetings --out results/frontier
    """
    from cgsim.analysis import frontier as analysis
    from cgsim.answer.catalogue import word
    from cgsim.cli import output
    from cgsim.experiment.files import load_experiment
    from cgsim.running.batch import run_experiment

    refuse_if_in_use(out)
    planned = load_experiment(experiment, set or (), replicates=replicates, seed=seed)
    analysis.check(planned)
    if out is None:
        raise typer.BadParameter("a folder is needed: --out FOLDER")
    with resumable(out, held=True):
        with output.progress(planned.name) as progress:
            done = run_experiment(
                planned,
                out,
                workers=workers,
                scheduler=scheduler,
                patience=patience,
                progress=progress,
            )
        found = analysis.find_frontier(done)
        analysis.save(found, done.store, planned)
    if json:
        output.as_json(found.record())
    else:
        output.say(planned.question)
        print()
        for sentence in found.sentences():
            output.say(sentence)
        print("\n" + word("frontier.saved", folder=out))
        output.tell_of_changes()
    end_with(done)


def advise(
    scenario: Annotated[
        str, typer.Argument(help="A library scenario or a file, with one partnership.")
    ],
    out: Out = None,
    draws: Annotated[
        int,
        typer.Option(
            min=20, max=100_000, help="Draws from the priors; of those that are given, at most."
        ),
    ] = 100,
    replicates: Annotated[int, typer.Option(min=2, max=100_000, help="Runs in every draw.")] = 8,
    given: Given = None,
    seed: OneSeed = 1,
    set: Set = None,
    workers: Workers = None,
    json: Json = False,
    extensions: With = None,
) -> None:
    """Advise on a design, or not to partner at all.

    Over what is uncertain: which size, meetings, lead and funding are robust.

    Example: cgsim advise baseline --out results/advice
    """
    from cgsim import load
    from cgsim.advice import designs as advising
    from cgsim.answer.catalogue import word
    from cgsim.cli import output
    from cgsim.experiment.posterior import given_for

    refuse_if_in_use(out)
    planned = load(scenario, set or ())
    posterior = given_for(given, [planned])
    advising.levers_of(planned)
    with at_work_in(out) as where:
        with output.progress(word("progress.designs")) as progress:
            found = advising.advise(
                planned,
                where,
                draws=draws,
                replicates=replicates,
                seed=seed,
                workers=workers,
                progress=progress,
                given=posterior,
            )
        if out is not None:
            advising.save(found, out, planned, seed)
    if json:
        output.as_json(advising.record(found, posterior))
        return
    _print_advice(found)
    if out is not None:
        print("\n" + word("advice.saved", folder=out))


def _print_advice(found: Advice) -> None:
    """Print the advice in words, and the table of designs."""
    from cgsim.answer import advice as wording
    from cgsim.cli import output

    for paragraph in wording.paragraphs(found):
        output.say(" ".join(statement.text for statement in paragraph))
        print()
    heads, rows = wording.table(found)
    output.table(heads, list(rows), right=(1, 2))
    print()
    output.say(wording.footing(found).text)
    output.tell_of_changes()


def declutter(
    scenario: Annotated[
        str, typer.Argument(help="A library scenario or a file, with two partnerships or more.")
    ],
    out: Out = None,
    replicates: Annotated[
        int, typer.Option(min=8, max=10**6, help="Runs of each landscape that an interval is of.")
    ] = 100,
    seed: OneSeed = 1,
    set: Set = None,
    workers: Workers = None,
    scheduler: Scheduler = None,
    patience: Patience = None,
    json: Json = False,
    csv: Annotated[
        bool, typer.Option("--csv", help="Print the groups as CSV, and nothing else.")
    ] = False,
    extensions: With = None,
) -> None:
    """Find which groups of a landscape could go, or be merged.

    Each left out alone on the same luck, each merge of two that overlap, and step by step what
    helps most, until nothing more does.

    Example: cgsim declutter cluttered --out results/declutter
    """
    from cgsim import load
    from cgsim.advice import declutter as decluttering
    from cgsim.answer.catalogue import word
    from cgsim.cli import output
    from cgsim.running.workers import refuse_vain_patience
    from cgsim.scenario.errors import Fault, ScenarioError

    if json and csv:
        message = "got it with --json; allowed one of the two"
        raise ScenarioError([Fault("--csv", None, "", message)])
    refuse_vain_patience(scheduler, patience)
    refuse_if_in_use(out)
    planned = load(scenario, set or ())
    decluttering.refuse_too_few(planned)
    with at_work_in(out):
        with output.progress(word("declutter.running")) as progress:
            found = decluttering.declutter(
                planned,
                out,
                replicates=replicates,
                seed=seed,
                workers=workers,
                scheduler=scheduler,
                patience=patience,
                progress=progress,
            )
        if out is not None:
            decluttering.save(found, out)
    for aside in found.set_aside:
        output.note(word("batch.set_aside", file=aside.file, why=aside.why))
    if json:
        output.as_json(decluttering.record(found))
        return
    if csv:
        print(decluttering.csv_of(found), end="")
        return
    _print_decluttered(found)
    if out is not None:
        print("\n" + word("declutter.saved", folder=out))


def _print_decluttered(found: Decluttered) -> None:
    """Print what of a landscape could go, the table of its groups, and the path."""
    from cgsim.answer import clutter as wording
    from cgsim.answer.catalogue import word
    from cgsim.cli import output

    for paragraph in wording.paragraphs(found):
        output.say(" ".join(statement.text for statement in paragraph))
        print()
    heads, rows = wording.groups_table(found)
    output.table(heads, rows, right=range(1, 6))
    heads, rows = wording.path_table(found)
    if rows:
        print()
        output.table(heads, rows, right=range(2, 7))
    print()
    output.say(word("declutter.points"))
    output.tell_of_changes()
