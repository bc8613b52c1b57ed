"""Commands on designed experiments: experiments, batch, status, verify, reproduce."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Hashable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cgsim.cli.library import Json, Set
from cgsim.cli.runs import Workers
from cgsim.cli.streams import code_of

if TYPE_CHECKING:
    import pandas as pd

    from cgsim.experiment.batch import Batch
    from cgsim.experiment.checking import Reproduced
    from cgsim.experiment.design import Experiment
    from cgsim.experiment.forecast import Forecast

MOST_LINES = 5
MEND = "the same command again computes what is missing or wrong"

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
    int | None, typer.Option(min=1, max=10**8, help="Replicates at every point, not the file's.")
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
    from cgsim.cli import output
    from cgsim.experiment.files import load_experiment, names

    found = [load_experiment(name) for name in names()]
    if json:
        output.as_json(
            [{"name": e.name, "question": e.question, "points": len(e.points)} for e in found]
        )
        return
    rows = [(e.name, e.question, f"{len(e.points):,}") for e in found]
    output.table(["experiment", "question", "points"], rows, right=(2,))
    output.say("\nRun one: cgsim batch NAME --out FOLDER.")


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
            help="Add replicates until the 95 % half-width is reached, such as gain=0.5%; "
            "several times for several measures.",
        ),
    ] = None,
    budget: Annotated[
        int | None, typer.Option(min=2, max=10**8, help="With --precision: most replicates.")
    ] = None,
    boards: Annotated[
        bool, typer.Option("--boards", help="Keep every month of every partnership too.")
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
) -> None:
    """Run a designed experiment into a folder.

    The same command again goes on where it stopped.

    Example: cgsim batch size --out results/size
    """
    from dataclasses import replace

    from cgsim.cli import output
    from cgsim.experiment.batch import run_experiment
    from cgsim.experiment.files import load_experiment
    from cgsim.experiment.forecast import forecast
    from cgsim.experiment.store import MANIFEST

    if not dry_run:
        refuse_if_in_use(out)
    planned = [
        load_experiment(
            name, set or (), replicates=replicates, seed=seed, precision=precision, budget=budget
        )
        for name in experiments
    ]
    if boards:
        planned = [replace(one, boards=True) for one in planned]
    names = [one.name for one in planned]
    if twice := [name for name in names if names.count(name) > 1]:
        raise typer.BadParameter(f"{twice[0]} is given twice: each needs a folder of its own name")
    if dry_run:
        found = [forecast(one, workers) for one in planned]
        if json:
            told = [{"experiment": n, **vars(f)} for n, f in zip(names, found, strict=True)]
            output.as_json(told if len(told) > 1 else vars(found[0]))
            return
        for one, ahead in zip(planned, found, strict=True):
            _print_forecast(one, ahead)
        return
    if out is None:
        raise typer.BadParameter("a folder is needed: --out FOLDER (or --dry-run)")
    folders = [out / name for name in names] if len(names) > 1 else [out]
    for folder in folders:
        refuse_if_in_use(folder)
        if resume and not (folder / MANIFEST).exists():
            raise typer.BadParameter(f"{folder} holds no batch to resume")
    finished = []
    for one, folder in zip(planned, folders, strict=True):
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
        told = [{**_state(d), "summary": d.summary.to_dict("records")} for d in finished]
        output.as_json(told if len(told) > 1 else told[0])
    for done in finished:
        end_with(done)


def end_with(done: Batch) -> None:
    """End with the exit code that tells of failed runs."""
    if done.manifest["failed"]:
        raise typer.Exit(5)


def refuse_if_in_use(out: Path | None) -> None:
    """Refuse a folder that another process is at work in, before anything else is done."""
    if out is not None:
        from cgsim.experiment.store import Store

        Store(out).refuse_if_in_use()


@contextmanager
def resumable(out: Path, *, held: bool = False) -> Iterator[None]:
    """Turn an interruption into two lines, one of them the command that goes on.

    ``held`` keeps the folder to this process for all that is written there.
    """
    from cgsim.experiment.store import Store

    try:
        with Store(out).held() if held else nullcontext():
            yield
    except KeyboardInterrupt as stopped:
        command = shlex.join(["cgsim", *sys.argv[1:]])
        print(f"\ncgsim: stopped; what is done is kept in {out}.", file=sys.stderr)
        print(f"To go on: {command}", file=sys.stderr, flush=True)
        # Threads may be in the middle of a long chunk; they hold nothing that could be lost.
        os._exit(code_of(stopped))


def _print_forecast(experiment: Experiment, found: Forecast) -> None:
    from cgsim.cli import output

    arms = ", ".join(arm.name.replace("_", " ") for arm in experiment.arms)
    per_run = found.seconds / max(1, found.runs)
    output.say(experiment.question)
    print()
    rows = [
        ("design points", f"{found.points:,}"),
        ("runs in all", f"{found.runs:,}"),
        ("arms of each", arms),
        ("time, about", duration(found.seconds)),
        ("stored, about", size(found.bytes)),
    ]
    if found.most_runs > found.runs:
        share = found.most_runs / found.runs
        rows[1] = ("runs in all", f"{found.runs:,} to {found.most_runs:,}")
        rows[3] = (
            "time, about",
            f"{duration(found.seconds)} to {duration(per_run * found.most_runs)}",
        )
        rows[4] = ("stored, about", f"{size(found.bytes)} to {size(int(found.bytes * share))}")
    output.table(["", "this batch"], rows, right=(1,))


def duration(seconds: float) -> str:
    """Write a time as people say it."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"


def size(count: int) -> str:
    """Write a number of bytes."""
    if count < 2**20:
        return f"{max(1, round(count / 2**10)):,} KiB"
    return f"{count / 2**20:,.1f} MiB" if count < 10 * 2**20 else f"{count / 2**20:,.0f} MiB"


def print_batch(done: Batch) -> None:
    """Print what a batch came to: its best and its worst point, what failed, and where it is."""
    from cgsim.cli import output

    experiment, manifest = done.experiment, done.manifest
    output.say(experiment.question)
    print()
    output.say(
        f"{manifest['points']:,} design points, {manifest['runs']:,} runs in all "
        f"({_computed(done)})."
    )
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
        reached = manifest["points"] - missed
        output.say(
            f"\nThe precision asked for was reached at {reached:,} of {manifest['points']:,} points"
            + (
                f"; at {missed:,} it was not, within {experiment.precision.budget:,} runs."
                if missed
                else "."
            )
        )
    for aside in done.set_aside[:MOST_LINES]:
        output.note(f"Set aside: {aside.file} {aside.why}.")
    _print_failures(done)
    parts = ", ".join(f"{kind}/*.parquet" for kind in reversed(experiment.kinds))
    print(f"\nSaved in {done.folder}: manifest.json, summary.csv, points.parquet, {parts}.")


def _computed(done: Batch) -> str:
    """Say how many runs were computed this time."""
    if done.computed == done.manifest["runs"] + done.manifest["failed"]:
        return "all computed now"
    if done.computed == 0:
        return "all of them were there"
    return f"{done.computed:,} computed now, the rest was there"


def _print_points(rows: pd.DataFrame, points: pd.DataFrame) -> None:
    """Print the points with the highest and the lowest estimates."""
    from cgsim.answer.formats import interval, number
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
    heads = ["point", *keys, words, "95 % interval"]
    output.table(heads, cells, right=range(1, len(heads)))
    if many:
        print(
            f"\nThe {MOST_LINES} highest and the {MOST_LINES} lowest of {len(ranked):,} points; "
            "all are in summary.csv."
        )


def _print_spread(rows: pd.DataFrame, keys: list[str]) -> None:
    """Print how a sample's points are spread, for each setting that was crossed with it."""
    from cgsim.answer.formats import number
    from cgsim.cli import output

    words, unit = words_of(rows), str(rows["unit"].iloc[0])
    groups = rows.groupby(keys) if keys else [((), rows)]
    cells = []
    for values, group in groups:
        low, middle, high = group["estimate"].quantile([0.05, 0.5, 0.95])
        above = 100 * float((group["estimate"] > 0).mean())
        cells.append(
            [
                *(_value(v) for v in values),
                number(middle, unit),
                f"{number(low, unit)} to {number(high, unit)}",
                f"{above:.0f} %",
            ]
        )
    output.say(f"The {words} at the points, each the mean of its runs:")
    print()
    heads = [*keys, "median point", "nine points in ten", "points above 0"]
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
    if isinstance(value, float):
        return "as given" if value != value else f"{value:g}"
    return str(value)


def _print_failures(done: Batch) -> None:
    from cgsim.cli import output

    failures = done.failures
    if not failures:
        return
    counted = "1 run" if len(failures) == 1 else f"{len(failures):,} runs"
    print(f"\n{counted} failed; the others are kept. See failures.jsonl.")
    for failure in failures[:MOST_LINES]:
        output.note(
            f"point {failure['point']}, run {failure['replicate']}, seed {failure['seed']}: "
            f"{failure['cause']}"
        )
    if len(failures) > MOST_LINES:
        output.note(f"... and {len(failures) - MOST_LINES:,} more")


def _state(done: Batch) -> dict[str, Any]:
    manifest = done.manifest
    experiment = done.experiment
    parts = done.store.files()
    missing = sum(part.runs for part in done.store.missing())
    lacks = any(done.store.missing(kind) for kind in experiment.kinds)
    expected = manifest["points"] * experiment.replicates
    stored = sum(part.runs for part in parts)
    return {
        "folder": str(done.folder),
        "experiment": manifest["name"],
        "question": manifest["question"],
        "complete": bool(manifest["complete"] and not lacks),
        "points": manifest["points"],
        "replicates_stored": stored,
        "replicates_planned": None if experiment.precision else expected,
        "replicates_missing": missing,
        "parts": len(parts),
        "failed": len(done.failures),
        "running": done.store.holder(),
        "began": manifest["began"],
        "ended": manifest.get("ended"),
    }


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
) -> None:
    """Say where a batch stands.

    What is done, what failed, and who is at work on it.

    Example: cgsim status results/size
    """
    from cgsim.cli import output
    from cgsim.experiment.batch import open_batch
    from cgsim.experiment.files import precision_of
    from cgsim.experiment.standing import standing

    found = open_batch(folder)
    state = _state(found)
    reached = standing(found, precision_of(precision).widths) if precision else ()
    if json and reached:
        state["precision"] = [vars(one) for one in reached]
    if json:
        output.as_json(state)
        return
    planned = state["replicates_planned"]
    progress = f"{state['replicates_stored']:,}"
    if planned:
        progress += f" of {planned:,} ({100 * state['replicates_stored'] / planned:.0f} %)"
    ended = found.manifest["complete"]
    stands = "complete" if state["complete"] else "not finished"
    if ended and not state["complete"]:
        stands = f"parts are missing; {MEND}"
    working = state["running"] or ("nobody" if ended else "nobody; it can be resumed")
    rows = [
        ("experiment", f"{state['experiment']}: {state['question']}"),
        ("state", stands),
        ("design points", f"{state['points']:,}"),
        ("runs stored", progress),
        ("failed runs", f"{state['failed']:,}"),
        ("at work on it", working),
        ("begun", state["began"]),
        ("ended", state["ended"] or "not yet"),
    ]
    if changed := found.manifest.get("changed_rules"):
        rows.append(("with a changed rule", ", ".join(changed)))
    output.table(["", str(folder)], rows)
    if reached:
        from cgsim.answer.formats import number

        cells = [
            (
                one.words,
                f"± {number(one.wanted, one.unit)}",
                f"± {number(one.widest, one.unit)}",
                f"{one.reached:,} of {one.points:,}",
                f"{one.more:,}",
            )
            for one in reached
        ]
        print()
        heads = ["precision of", "wanted", "widest", "points that reach it", "still needed, about"]
        output.table(heads, cells, right=(1, 2, 3, 4))
        output.say("Still needed: further runs, over all points.")
    _print_failures(found)


def verify(
    folder: Folder,
    quick: Annotated[
        bool, typer.Option("--quick", help="Look at the files only; live no run again.")
    ] = False,
    json: Json = False,
) -> None:
    """Check that a batch is whole and comes out again.

    Looks at every byte of its files, and lives some of its runs again.

    Example: cgsim verify results/size
    """
    from cgsim.cli import output
    from cgsim.experiment import checking

    report = checking.verify(folder, again=not quick)
    if json:
        output.as_json(vars(report))
    else:
        print(f"{report.parts:,} parts, {report.runs:,} replicates: every byte looked at.")
        if report.lived_again:
            same = (
                "the same to the last bit"
                if report.largest_difference == 0.0
                else f"largest difference {report.largest_difference:.3g}"
            )
            print(f"{report.lived_again:,} replicates lived again: {same}.")
        for note in report.notes:
            output.say(f"Note: {note}.")
        for fault in report.faults:
            print(f"WRONG: {fault}")
        if report.faults:
            print(f"To mend it: {MEND}.")
        else:
            print("All is as it was written.")
    if report.faults:
        raise typer.Exit(1)


def reproduce(
    folder: Folder,
    out: Out,
    workers: Workers = None,
    json: Json = False,
) -> None:
    """Run a batch anew into another folder, and compare.

    Uses the manifest alone, and compares every row that the old folder holds.

    Example: cgsim reproduce results/size --out results/size-again
    """
    from cgsim.cli import output
    from cgsim.experiment import checking

    with resumable(out), output.progress(str(folder)) as progress:
        found = checking.reproduce(folder, out, workers=workers, progress=progress)
    if json:
        output.as_json(
            {
                "same_rows": found.same_rows,
                "largest_difference": found.largest_difference,
                "replicates_compared": found.compared,
                "replicates_computed": found.batch.computed,
                "faults": found.faults,
                "same_source": found.same_source,
                "content_sha256": found.batch.manifest["content_sha256"],
            }
        )
    else:
        _print_reproduced(found, folder, out)
    if found.faults or (not found.same_rows and not found.largest_difference <= checking.TOLERANCE):
        raise typer.Exit(1)


def _print_reproduced(found: Reproduced, folder: Path, out: Path) -> None:
    """Print what came out again, of what there was to compare."""
    from cgsim.cli import output

    if not found.same_source:
        output.say("Note: this is another version of cgsim than the one that ran the batch.")
    manifest = found.batch.manifest
    for fault in found.faults:
        print(f"WRONG in {folder}: {fault}")
    which = "Every row"
    if found.compared < manifest["runs"]:
        which = f"{folder} holds {found.compared:,} of {manifest['runs']:,} replicates: their rows"
    if not found.same_rows:
        print(f"Rows differ; largest difference {found.largest_difference:.3g}.")
    elif not found.batch.computed:
        output.say(
            f"{which} stood in {out} already, the same to the last bit: nothing was computed now. "
            "Another folder computes all of it."
        )
    else:
        print(f"{which} came out again, to the last bit.")
        if found.batch.computed < manifest["runs"] + manifest["failed"]:
            print(f"{found.batch.computed:,} replicates were computed now, the rest was in {out}.")
    print(f"Saved in {out}.")
