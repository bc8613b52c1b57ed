"""Commands that analyse: sensitivity, frontier, advise, declutter."""

from __future__ import annotations

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
    refuse_if_in_use,
    resumable,
)
from cgsim.cli.library import Json, Set, With
from cgsim.cli.runs import Given, Workers
from cgsim.cli.runs import Seed as OneSeed

if TYPE_CHECKING:
    from cgsim.advice.sensitivity import Settings
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
    from cgsim.answer.formats import FORMATS, surely_whole
    from cgsim.cli import output
    from cgsim.experiment.files import load_experiment
    from cgsim.pictures import figures

    refuse_if_in_use(out)
    planned = load_experiment(experiment, set or (), seed=seed)
    asked = {
        "measure": measure,
        "trajectories": trajectories,
        "keep": keep,
        "base": base,
        "replicates": replicates,
    }
    settings = analysis.settings_of(planned, asked)
    if given is not None:
        from cgsim.experiment.posterior import load_posterior

        _refuse_sampling(asked)
        posterior = load_posterior(given)
        posterior.check(planned.scenarios.values())
        told = {"workers": workers, "scheduler": scheduler, "patience": patience}
        _over_draws(planned, out, settings, posterior, told, dry_run=dry_run, json=json)
        return
    forecasts = analysis.forecast_both(planned, settings, workers)
    for name, found in zip(("Morris", "Sobol"), forecasts, strict=True):
        planned_runs = {"points": found.points, "each": settings.replicates, "runs": found.runs}
        output.note(word("sensitivity.planned", name=name, **planned_runs, seconds=found.seconds))
    if dry_run:
        return
    if out is None:
        raise typer.BadParameter("a folder is needed: --out FOLDER (or --dry-run)")
    with resumable(out, held=True):
        result = analysis.run_sensitivity(
            planned,
            out,
            settings,
            workers=workers,
            scheduler=scheduler,
            patience=patience,
            progress=output.told_by_stage,
        )
        with figures.house_style():
            figure = figures.new_figure(7.0, 1.2 + 0.34 * len(result.sobol))
            figures.draw_sensitivity(figure.subplots(), result.sobol)
            about = {"title": planned.title, "seed": str(planned.seed)}
            figures.save_figure(figure, out / "sobol.svg", about)
    if json:
        output.as_json(
            {
                "measure": settings.measure,
                "runs": result.runs,
                "mean": result.mean,
                "variance": result.variance,
                "noise_share_morris": result.morris_noise,
                "noise_share_sobol": result.sobol_noise,
                "morris": result.morris.to_dict("records"),
                "sobol": result.sobol.to_dict("records"),
            }
        )
        return
    output.say(analysis.heading(result))
    print()
    span = FORMATS["span"]
    rows = [
        (
            str(row["parameter"]),
            surely_whole(row["total"]),
            span({"low": row["total_low"], "high": row["total_high"]}),
            surely_whole(row["first"]),
            span({"low": row["first_low"], "high": row["first_high"]}),
        )
        for row in result.sobol.to_dict("records")
    ]
    names = ("parameter", "total", "interval", "first", "interval")
    heads = [word(f"sensitivity.head_{name}") for name in names]
    output.table(heads, rows, right=(1, 2, 3, 4))
    print()
    for sentence in analysis.doubt(result):
        output.say(sentence)
    print("\n" + word("sensitivity.saved", folder=out))
    output.tell_of_changes()


def _refuse_sampling(asked: dict[str, Any]) -> None:
    for name in ("trajectories", "keep", "base"):
        if asked[name] is not None:
            raise typer.BadParameter(
                f"--{name} is about a sample from ranges: it does not fit --given, whose draws are "
                "there already"
            )


def _over_draws(
    planned: Experiment,
    out: Path | None,
    settings: Settings,
    posterior: Posterior,
    told: dict[str, Any],
    *,
    dry_run: bool,
    json: bool,
) -> None:
    """Find what matters over draws that are given in the place of those from the priors."""
    from cgsim.advice import sensitivity as analysis
    from cgsim.answer.catalogue import word
    from cgsim.answer.formats import FORMATS, surely_whole
    from cgsim.cli import output
    from cgsim.pictures import drawings, figures
    from cgsim.running.forecast import forecast

    found = forecast(analysis.over(planned, settings, posterior), told["workers"])
    sizes = {"points": found.points, "each": settings.replicates, "runs": found.runs}
    output.note(word("sensitivity.planned_draws", **sizes, seconds=found.seconds))
    if dry_run:
        return
    if out is None:
        raise typer.BadParameter("a folder is needed: --out FOLDER (or --dry-run)")
    with resumable(out, held=True):
        with output.progress("draws") as progress:
            result = analysis.run_over(planned, out, settings, posterior, progress=progress, **told)
        table = result.table().head(settings.keep)
        with figures.house_style():
            figure = figures.new_figure(7.0, 1.2 + 0.34 * len(table))
            named = table.rename(columns={"parameter": "label", "share": "estimate"})
            label = word("drawing.variance_alone")
            drawings.draw_points(figure.subplots(), named, 100.0, label)
            about = {"title": planned.title, "seed": str(planned.seed)}
            figures.save_figure(figure, out / "shares.svg", about)
    if json:
        output.as_json(
            {
                "measure": settings.measure,
                "given": posterior.about(),
                "draws": result.draws,
                "runs": result.runs,
                "mean": result.mean,
                "variance": result.variance,
                "noise_share": result.noise,
                "shares": result.table().to_dict("records"),
            }
        )
        return
    output.say(analysis.heading_over_draws(result))
    print()
    span = FORMATS["span"]
    rows = [
        (str(row["parameter"]), surely_whole(row["share"]), span(row))
        for row in table.to_dict("records")
    ]
    names = ("parameter", "share", "interval")
    heads = [word(f"sensitivity.head_{name}") for name in names]
    output.table(heads, rows, right=(1, 2))
    print()
    output.say(word("sensitivity.share"))
    output.say(word("sensitivity.noise_of_draws", noise=result.noise))
    print("\n" + word("sensitivity.saved_draws", folder=out))
    output.tell_of_changes()


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
    from cgsim.analysis.frontier import check, find_frontier
    from cgsim.answer.catalogue import word
    from cgsim.cli import output
    from cgsim.cli.batches import end_with
    from cgsim.experiment.files import load_experiment
    from cgsim.pictures import figures
    from cgsim.running.batch import run_experiment
    from cgsim.store.folder import Store
    from cgsim.store.writing import write_csv, write_workbook

    refuse_if_in_use(out)
    planned = load_experiment(experiment, set or (), replicates=replicates, seed=seed)
    check(planned)
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
        found = find_frontier(done)
        write_csv(out / "frontier.csv", found.lines)
        write_workbook(out / "frontier.xlsx", {"Frontier": found.lines})
        with figures.house_style():
            width = 2.5 + 0.45 * len(found.along_values)
            figure = figures.new_figure(max(6.0, width), 1.6 + 0.55 * len(found.against_values))
            figures.draw_frontier(figure.subplots(), found)
            about = {"title": planned.title, "seed": str(planned.seed)}
            figures.save_figure(figure, out / "frontier.svg", about)
        Store(out).vouch_for(["frontier.csv", "frontier.xlsx", "frontier.svg"])
    if json:
        output.as_json(
            {
                "measure": found.measure,
                "along": found.along,
                "against": found.against,
                "replicates": found.replicates,
                "lines": found.lines.to_dict("records"),
                "words": found.sentences(),
            }
        )
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
    from cgsim.answer import advice as wording
    from cgsim.answer.catalogue import word
    from cgsim.answer.record import plain
    from cgsim.cli import output
    from cgsim.experiment.posterior import given_for
    from cgsim.pictures import figures
    from cgsim.store.writing import write_csv, write_workbook

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
            write_csv(out / "advice.csv", found.designs)
            write_workbook(out / "advice.xlsx", {"Designs": found.designs})
            with figures.house_style():
                figure = figures.new_figure(7.0, 4.6)
                figures.draw_designs(figure.subplots(), found)
                about = {"title": f"Advice on {planned.title}", "seed": str(seed)}
                figures.save_figure(figure, out / "advice.svg", about)
    if json:
        output.as_json(
            {
                "verdict": found.verdict,
                "measure": found.measure,
                "given": None if posterior is None else posterior.about(),
                "advised": found.designs.iloc[0].to_dict(),
                "present": dict(found.present),
                "change": vars(found.change),
                "beside": [plain(one) for one in found.beside],
                "curves": [plain(one) for one in found.curves],
                "drawn_anew": list(found.drawn_anew),
                "depends": list(found.depends),
                "designs": found.designs.to_dict("records"),
                "statements": [plain(one) for one in wording.statements(found)],
            }
        )
        return
    for paragraph in wording.paragraphs(found):
        output.say(" ".join(statement.text for statement in paragraph))
        print()
    heads, rows = wording.table(found)
    output.table(heads, list(rows), right=(1, 2))
    print()
    output.say(wording.footing(found).text)
    output.tell_of_changes()
    if out is not None:
        print("\n" + word("advice.saved", folder=out))


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
    from cgsim.answer import clutter as wording
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
    if out is not None:
        print("\n" + word("declutter.saved", folder=out))
