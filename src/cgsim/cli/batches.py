"""Commands on designed experiments: experiments, batch, status, verify, reproduce."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from cgsim.cli.library import Json, Set, With
from cgsim.cli.runs import Workers
from cgsim.cli.streams import code_of

if TYPE_CHECKING:
    import pandas as pd

    from cgsim.analysis.standing import Standing
    from cgsim.experiment.design import Experiment, Precision
    from cgsim.running.batch import Batch
    from cgsim.running.checking import Report, Reproduced
    from cgsim.running.forecast import Forecast

MOST_LINES = 5

Name = Annotated[str, typer.Argument(help="An experiment that comes with cgsim, or a file.")]
Out = Annotated[Path, typer.Option(help="The folder for the results; resumed if it is there.")]
Folder = Annotated[Path, typer.Argument(help="A results folder.")]
Scheduler = Annotated[
    str | None, typer.Option(metavar="ADDRESS", help="A Dask scheduler that computes instead.")
]
Patience = Annotated[
    float | None,
    typer.Option(
        min=1,
        max=10**7,
        metavar="SECONDS",
        help="With --scheduler: wait so long for workers; 60 s if not given.",
    ),
]
Replicates = Annotated[
    int | None, typer.Option(min=1, max=10**8, help="Runs at every point, not the file's.")
]
Seed = Annotated[int | None, typer.Option(min=0, max=2**63 - 1, help="A seed, not the file's.")]


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command()(experiments)
    app.command()(batch)
    app.command()(status)
    app.command()(verify)
    app.command()(reproduce)


def experiments(json: Json = False) -> None:
    """List the experiments that come with cgsim.

    Example: cgsim experiments
    """
    from cgsim.answer.catalogue import word
    from cgsim.cli import output
    from cgsim.experiment.files import load_experiment, names

    found = [load_experiment(name) for name in names()]
    if json:
        output.as_json(
            [{"name": e.name, "question": e.question, "points": len(e.points)} for e in found]
        )
        return
    rows = [(e.name, e.question, f"{len(e.points):,}") for e in found]
    heads = [word(f"experiments.head_{name}") for name in ("name", "question", "points")]
    output.table(heads, rows, right=(2,))
    print()
    output.say(word("experiments.run_one"))


def batch(
    experiments: Annotated[
        list[str],
        typer.Argument(
            metavar="EXPERIMENT...",
            help="Experiments that come with cgsim, or files. Several: a folder each in --out.",
        ),
    ],
    out: Annotated[
        Path | None, typer.Option(help="The folder for the results; resumed if it is there.")
    ] = None,
    replicates: Replicates = None,
    seed: Seed = None,
    set: Set = None,
    precision: Annotated[
        list[str] | None,
        typer.Option(
            metavar="MEASURE=WIDTH",
            help="Add runs until the 95 % half-width is reached, such as gain=0.5%; "
            "several times for several measures.",
        ),
    ] = None,
    budget: Annotated[
        int | None, typer.Option(min=2, max=10**8, help="With --precision: most runs.")
    ] = None,
    boards: Annotated[
        bool, typer.Option("--boards", help="Keep every month of every partnership too.")
    ] = False,
    partnerships: Annotated[
        bool, typer.Option("--partnerships", help="Keep what every partnership came to, too.")
    ] = False,
    workers: Workers = None,
    scheduler: Scheduler = None,
    patience: Patience = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with a folder; refuse to begin a new one.")
    ] = False,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Compute the parts with failed runs again.")
    ] = False,
    fail_fast: Annotated[
        bool, typer.Option("--fail-fast", help="Stop at the first run that fails.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say how many runs, how long, how many bytes.")
    ] = False,
    json: Json = False,
    extensions: With = None,
) -> None:
    """Run a designed experiment into a folder.

    The same command again goes on where it stopped.

    Example: cgsim batch size --out results/size
    """
    from dataclasses import replace

    from cgsim.analysis.standing import state_of
    from cgsim.cli import output
    from cgsim.experiment.files import load_experiment
    from cgsim.running.batch import run_experiment

    if not dry_run:
        refuse_if_in_use(out)
    loaded = [
        load_experiment(
            name, set or (), replicates=replicates, seed=seed, precision=precision, budget=budget
        )
        for name in experiments
    ]
    planned = [
        replace(one, boards=one.boards or boards, partnerships=one.partnerships or partnerships)
        for one in loaded
    ]
    names = [one.name for one in planned]
    if twice := [name for name in names if names.count(name) > 1]:
        raise typer.BadParameter(f"{twice[0]} is given twice: each needs a folder of its own name")
    if dry_run:
        _foretell(planned, workers, json=json)
        return
    if out is None:
        raise typer.BadParameter("a folder is needed: --out FOLDER (or --dry-run)")
    finished: list[Batch] = []
    for one, folder in zip(planned, _folders_of(names, out, resume=resume), strict=True):
        with resumable(out), output.progress(one.name) as progress:
            done = run_experiment(
                one,
                folder,
                workers=workers,
                scheduler=scheduler,
                patience=patience,
                progress=progress,
                retry_failed=retry_failed,
                fail_fast=fail_fast,
            )
        finished.append(done)
        if not json:
            if len(finished) > 1:
                print()
            print_batch(done)
    if json:
        told = [{**state_of(d), "summary": d.summary.to_dict("records")} for d in finished]
        output.as_json(told if len(told) > 1 else told[0])
    for done in finished:
        end_with(done)


def _folders_of(names: Sequence[str], out: Path, *, resume: bool) -> list[Path]:
    """Return a folder for each experiment, none of them in use; ``resume`` wants a batch there."""
    from cgsim.store.folder import MANIFEST

    folders = [out / name for name in names] if len(names) > 1 else [out]
    for folder in folders:
        refuse_if_in_use(folder)
        if resume and not (folder / MANIFEST).exists():
            raise typer.BadParameter(f"{folder} holds no batch to resume")
    return folders


def _foretell(planned: Sequence[Experiment], workers: int | None, *, json: bool) -> None:
    """Say how many runs there will be, how long they take, and how many bytes."""
    from cgsim.cli import output
    from cgsim.running.forecast import forecast

    found = [forecast(one, workers) for one in planned]
    if json:
        told = [{"experiment": p.name, **vars(f)} for p, f in zip(planned, found, strict=True)]
        output.as_json(told if len(told) > 1 else vars(found[0]))
        return
    for one, ahead in zip(planned, found, strict=True):
        _print_forecast(one, ahead)


def end_with(done: Batch) -> None:
    """End with the exit code that tells of failed runs."""
    if done.manifest["failed"]:
        raise typer.Exit(5)


def refuse_if_in_use(out: Path | None) -> None:
    """Refuse a folder that another process is at work in, before anything else is done."""
    if out is not None:
        from cgsim.store.folder import Store

        Store(out).refuse_if_in_use()


@contextmanager
def at_work_in(out: Path | None) -> Iterator[Path]:
    """Hold a folder while it is written to, as ``resumable``; one for the time being for None."""
    import tempfile

    if out is not None:
        with resumable(out, held=True):
            yield out
        return
    with tempfile.TemporaryDirectory() as room:
        try:
            yield Path(room)
        except KeyboardInterrupt as stopped:
            from cgsim.answer.catalogue import word

            shutil.rmtree(room, ignore_errors=True)
            _end_stopped(stopped, word("batch.stopped_without"))


@contextmanager
def resumable(out: Path, *, held: bool = False) -> Iterator[None]:
    """Turn an interruption into two lines, one of them the command that goes on.

    ``held`` keeps the folder to this process for all that is written there.
    """
    from cgsim.store.folder import Store

    try:
        with Store(out).held() if held else nullcontext():
            yield
    except KeyboardInterrupt as stopped:
        from cgsim.answer.catalogue import word

        command = shlex.join(["cgsim", *sys.argv[1:]])
        _end_stopped(stopped, word("batch.stopped", out=out), word("batch.go_on", command=command))


def _end_stopped(stopped: KeyboardInterrupt, *lines: str) -> NoReturn:
    """Say what was kept, and end at once."""
    print("", *lines, sep="\n", file=sys.stderr, flush=True)
    # Threads may be in the middle of a long chunk; they hold nothing that could be lost.
    os._exit(code_of(stopped))


def _print_forecast(experiment: Experiment, found: Forecast) -> None:
    from cgsim.answer.catalogue import word
    from cgsim.answer.formats import duration, size_of_file
    from cgsim.answer.names import plain
    from cgsim.cli import output

    def least_to_most(least: str, most: str) -> str:
        return least if found.most_runs <= found.runs else word("word.to", low=least, high=most)

    more = max(found.runs, found.most_runs) / max(1, found.runs)
    told = {
        "points": f"{found.points:,}",
        "runs": least_to_most(f"{found.runs:,}", f"{found.most_runs:,}"),
        "arms": ", ".join(plain(arm.name) for arm in experiment.arms),
        "time": least_to_most(duration(found.seconds), duration(more * found.seconds)),
        "stored": least_to_most(size_of_file(found.bytes), size_of_file(int(more * found.bytes))),
    }
    output.say(experiment.question)
    print()
    rows = [(word(f"batch.{name}"), text) for name, text in told.items()]
    output.table(["", word("batch.this")], rows, right=(1,))
    if experiment.precision:
        print()
        output.say(_asked(experiment.precision))


def _asked(precision: Precision) -> str:
    """Return in words which half-widths are to be reached, and how many runs it may take."""
    from cgsim.answer.catalogue import term, word
    from cgsim.answer.formats import interval_sign
    from cgsim.measures import MEASURES

    of = {measure.name: measure for measure in MEASURES}
    widths = [
        word(
            "batch.asked_one", words=term(of[name].words), sign=interval_sign(width, of[name].unit)
        )
        for name, width in precision.widths.items()
    ]
    return word("batch.asked", widths="; ".join(widths), budget=precision.budget)


def print_batch(done: Batch) -> None:
    """Print what a batch came to: its best and its worst point, what failed, and where it is."""
    from cgsim.answer.catalogue import word
    from cgsim.cli import output

    experiment, manifest = done.experiment, done.manifest
    output.say(experiment.question)
    print()
    runs, points = manifest["runs"], manifest["points"]
    output.say(word("batch.came_to", points=points, runs=runs, computed=_computed(done)))
    table = done.summary
    measure = experiment.precision.measure if experiment.precision else experiment.ranked_by
    rows = table[table["measure"] == measure] if "measure" in table else table.head(0)
    if len(rows):
        print()
        if experiment.sampled:
            _print_spread(rows, [f.key for f in experiment.factors if f.values])
        else:
            _print_points(rows, done.points)
    if experiment.precision:
        missed = manifest["points_without_precision"]
        numbers = {"reached": points - missed, "points": points, "missed": missed}
        print()
        kind = "precision_missed" if missed else "precision"
        output.say(_asked(experiment.precision))
        output.say(word(f"batch.{kind}", **numbers, budget=experiment.precision.budget))
    for aside in done.set_aside[:MOST_LINES]:
        output.note(word("batch.set_aside", file=aside.file, why=aside.why))
    _print_failures(done)
    parts = ", ".join(f"{kind}/*.parquet" for kind in reversed(experiment.kinds))
    print("\n" + word("batch.saved", folder=done.folder, parts=parts))
    output.tell_of_changes()


def _computed(done: Batch) -> str:
    """Say how many runs were computed this time."""
    from cgsim.answer.catalogue import word

    if done.computed == done.manifest["runs"] + done.manifest["failed"]:
        return word("batch.computed_all")
    if done.computed == 0:
        return word("batch.computed_none")
    return word("batch.computed_some", computed=done.computed)


def _print_points(rows: pd.DataFrame, points: pd.DataFrame) -> None:
    """Print the points with the highest and the lowest estimates."""
    from cgsim.answer.catalogue import word
    from cgsim.answer.formats import interval, number
    from cgsim.answer.names import plain
    from cgsim.cli import output
    from cgsim.experiment.design import LABEL

    keys = [LABEL] if LABEL in points else [c for c in points.columns if c != "point"][:6]
    words, unit = words_of(rows), str(rows["unit"].iloc[0])
    ranked = rows.sort_values("estimate", ascending=False)
    many = len(ranked) > 2 * MOST_LINES
    best = (ranked.head(MOST_LINES) if many else ranked).to_dict("records")
    cells = [_cells(row, keys, unit, number, interval) for row in best]
    if many:
        cells.append(["..."] * len(cells[0]))
        worst = ranked.tail(MOST_LINES).to_dict("records")
        cells += [_cells(row, keys, unit, number, interval) for row in worst]
    heads = [word("head.point"), *map(plain, keys), words, word("head.interval")]
    output.table(heads, cells, right=range(1, len(heads)))
    if many:
        print()
        output.say(word("batch.ends", most=MOST_LINES, points=len(ranked)))


def _print_spread(rows: pd.DataFrame, keys: list[str]) -> None:
    """Print how a sample's points are spread, for each setting that was crossed with it."""
    from cgsim.answer.catalogue import word
    from cgsim.answer.formats import number, percent
    from cgsim.answer.names import plain
    from cgsim.cli import output

    words, unit = words_of(rows), str(rows["unit"].iloc[0])
    groups = rows.groupby(keys) if keys else [((), rows)]
    cells = []
    for values, group in groups:
        low, middle, high = group["estimate"].quantile([0.05, 0.5, 0.95])
        cells.append(
            [
                *(_value(v) for v in values),
                number(middle, unit),
                word("word.to", low=number(low, unit), high=number(high, unit)),
                percent(float((group["estimate"] > 0).mean()), 0),
            ]
        )
    output.say(word("batch.spread", words=words))
    print()
    columns = ("middle", "nine", "above")
    heads = [*map(plain, keys), *(word(f"batch.head_{name}") for name in columns)]
    output.table(heads, cells, right=range(len(heads)))


def words_of(rows: pd.DataFrame) -> str:
    """Return what the measure of a summary's rows is called, and of what it is a share."""
    from cgsim.answer.catalogue import term
    from cgsim.measures import BY_NAME

    name = str(rows["measure"].iloc[0])
    of = term(BY_NAME[name].of) if name in BY_NAME else ""
    return ", ".join(filter(None, [term(str(rows["words"].iloc[0])), of]))


def _cells(
    row: Mapping[Hashable, Any], keys: list[str], unit: str, number: Any, interval: Any
) -> list[str]:
    from cgsim.statistics import Estimate

    estimate = Estimate(row["estimate"], row["low"], row["high"], int(row["replicates"]))
    values = [_value(row[key]) for key in keys]
    return [str(row["point"]), *values, number(estimate.value, unit), interval(estimate, unit)]


def _value(value: Any) -> str:
    from cgsim.answer.names import value_of

    return value_of(value)


def _print_failures(done: Batch) -> None:
    from cgsim.answer.catalogue import word
    from cgsim.cli import output

    failures = done.failures
    if not failures:
        return
    print()
    output.say(word("batch.failed", failed=len(failures)))
    for failure in failures[:MOST_LINES]:
        numbers = {name: str(failure[name]) for name in ("point", "seed", "cause")}
        output.note(word("batch.failure", run=str(failure["replicate"]), **numbers))
    if len(failures) > MOST_LINES:
        output.note(word("batch.failed_more", more=len(failures) - MOST_LINES))


def status(
    folder: Folder,
    precision: Annotated[
        list[str] | None,
        typer.Option(
            metavar="MEASURE=WIDTH",
            help="Say how far each 95 % half-width is reached, such as gain=0.5%; several times "
            "for several measures.",
        ),
    ] = None,
    json: Json = False,
    extensions: With = None,
) -> None:
    """Say where a batch stands.

    What is done, what failed, and who is at work on it.

    Example: cgsim status results/size
    """
    from cgsim.analysis.standing import standing, state_of
    from cgsim.cli import output
    from cgsim.experiment.files import precision_of
    from cgsim.running.batch import open_batch

    found = open_batch(folder)
    state = state_of(found)
    reached = standing(found, precision_of(precision).widths) if precision else ()
    if json and reached:
        state["precision"] = [vars(one) for one in reached]
    if json:
        output.as_json(state)
        return
    _print_state(found, state)
    if reached:
        _print_standing(reached)
    _print_failures(found)


def _print_state(found: Batch, state: Mapping[str, Any]) -> None:
    from cgsim.answer.catalogue import word
    from cgsim.cli import output
    from cgsim.compiler import is_extension

    planned, stored = state["replicates_planned"], state["replicates_stored"]
    progress = f"{stored:,}"
    if planned:
        progress = word("status.of", stored=stored, planned=planned, share=stored / planned)
    ended = found.manifest["complete"]
    stands = word("status.complete" if state["complete"] else "status.not_finished")
    if ended and not state["complete"]:
        stands = word("status.missing", mend=word("batch.mend"))
    if state["parts_damaged"]:
        stands = word("status.damaged", parts=state["parts_damaged"], mend=word("batch.mend"))
    nobody = word("status.nobody" if ended else "status.nobody_yet")
    told = {
        "experiment": f"{state['experiment']}: {state['question']}",
        "state": stands,
        "points": f"{state['points']:,}",
        "runs": progress,
        "failed": f"{state['failed']:,}",
        "working": state["running"] or nobody,
        "began": state["began"],
        "ended": state["ended"] or word("status.not_yet"),
    }
    changed = found.manifest.get("changed_rules", [])
    for kind, used in (("changed", False), ("with", True)):
        if names := [name for name in changed if is_extension(name) == used]:
            told[kind] = ", ".join(names)
    rows = [(word(f"status.row_{name}"), text) for name, text in told.items()]
    output.table(["", state["folder"]], rows)


def _print_standing(reached: Sequence[Standing]) -> None:
    from cgsim.answer.catalogue import term, word
    from cgsim.answer.formats import interval_sign
    from cgsim.cli import output

    cells = [
        (
            term(one.words),
            interval_sign(one.wanted, one.unit),
            interval_sign(one.widest, one.unit),
            word("status.reached", reached=one.reached, points=one.points),
            f"{one.more:,}",
        )
        for one in reached
    ]
    print()
    columns = ("precision", "wanted", "widest", "reached", "needed")
    heads = [word(f"status.head_{name}") for name in columns]
    output.table(heads, cells, right=(1, 2, 3, 4))
    output.say(word("status.needed"))


def verify(
    folder: Folder,
    quick: Annotated[
        bool, typer.Option("--quick", help="Look at the files only; live no run again.")
    ] = False,
    json: Json = False,
    extensions: With = None,
) -> None:
    """Check that a batch is whole and comes out again.

    Looks at every byte of its files, and lives some of its runs again.

    Example: cgsim verify results/size
    """
    from cgsim.cli import output
    from cgsim.running import checking

    report = checking.verify(folder, again=not quick)
    if json:
        output.as_json(vars(report))
    else:
        _print_report(report)
    if report.faults:
        raise typer.Exit(1)


def _print_report(report: Report) -> None:
    from cgsim.answer.catalogue import word
    from cgsim.cli import output

    print(word("verify.looked_at", parts=report.parts, runs=report.runs))
    if report.lived_again:
        numbers = {"runs": report.lived_again, "difference": report.largest_difference}
        print(word(f"verify.{'same' if report.largest_difference == 0.0 else 'other'}", **numbers))
    for note in report.notes:
        output.say(word("verify.note", note=note))
    for fault in report.faults:
        print(word("verify.wrong", fault=fault))
    if report.faults:
        print(word("verify.mend", mend=word("batch.mend")))
    else:
        print(word("verify.sound"))


def reproduce(
    folder: Folder,
    out: Out,
    workers: Workers = None,
    json: Json = False,
    extensions: With = None,
) -> None:
    """Run a batch anew into another folder, and compare.

    Uses the manifest alone, and compares every row that the old folder holds.

    Example: cgsim reproduce results/size --out results/size-again
    """
    from cgsim.cli import output
    from cgsim.running import checking

    with resumable(out), output.progress(str(folder)) as progress:
        found = checking.reproduce(folder, out, workers=workers, progress=progress)
    if json:
        output.as_json(found.record())
    else:
        _print_reproduced(found, folder, out)
    if not found.comes_out:
        raise typer.Exit(1)


def _print_reproduced(found: Reproduced, folder: Path, out: Path) -> None:
    """Print what came out again, of what there was to compare."""
    from cgsim.answer.catalogue import word
    from cgsim.cli import output

    if not found.same_source:
        output.say(word("reproduce.other_version"))
    manifest = found.batch.manifest
    for fault in found.faults:
        print(word("reproduce.wrong", folder=folder, fault=fault))
    which = word("reproduce.every")
    if found.compared < manifest["runs"]:
        numbers = {"compared": found.compared, "runs": manifest["runs"]}
        which = word("reproduce.some", folder=folder, **numbers)
    if not found.same_rows:
        print(word("reproduce.differ", difference=found.largest_difference))
    elif not found.batch.computed:
        output.say(word("reproduce.there", which=which, out=out))
    else:
        print(word("reproduce.again", which=which))
        if found.batch.computed < manifest["runs"] + manifest["failed"]:
            print(word("reproduce.computed", runs=found.batch.computed, out=out))
    print(word("reproduce.saved", out=out))
