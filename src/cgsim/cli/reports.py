"""Commands that make pages and figures to take away: report."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from cgsim.cli.library import Set, With
from cgsim.cli.runs import Given, Workers
from cgsim.whole import STANDARD_OUTPUT

if TYPE_CHECKING:
    from cgsim.report.document import Document
    from cgsim.running.batch import Batch
    from cgsim.running.sources import RunSource
    from cgsim.scenario import Scenario

PLAYING = ("gif", "mp4")
FORMATS = ("html", "md", "xlsx", "svg", "png", "pdf", *PLAYING)
ENDINGS = {
    ".html": "html",
    ".htm": "html",
    ".md": "md",
    ".xlsx": "xlsx",
    ".svg": "svg",
    ".png": "png",
    ".pdf": "pdf",
    ".gif": "gif",
    ".mp4": "mp4",
}
REPLICATES, SEED = 1000, 1


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command()(report)


def report(
    target: Annotated[
        str,
        typer.Argument(help="A results folder, a scenario or an experiment, by name or file."),
    ],
    out: Annotated[Path, typer.Option("-o", "--out", help="The file to write, or write anew.")],
    replicates: Annotated[
        int | None, typer.Option(min=1, max=10**8, help="How many; 1000, or as an experiment says.")
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(min=0, max=2**63 - 1, help="The seed; 1, or as an experiment says."),
    ] = None,
    set: Set = None,
    format: Annotated[
        str | None,
        typer.Option(
            metavar="|".join(FORMATS),
            help="What to write: a page, Markdown, its tables for Excel, the main figure, or a "
            "film of one replicate. By the file's ending if not given. mp4 needs ffmpeg.",
        ),
    ] = None,
    replicate: Annotated[
        int,
        typer.Option(min=0, max=2**63 - 1, help="The replicate shown as the example; not in HTML."),
    ] = 0,
    given: Given = None,
    workers: Workers = None,
    extensions: With = None,
) -> None:
    """Make one file to take away: a page, a figure or a film.

    A page says what came of it, with intervals, and all that it rests on. That of a scenario holds
    the model, too: its levers work. It is one file that works without a network.

    Example: cgsim report baseline -o page.html
    """
    kind = _kind_of(out, format)
    refuse_what_cannot_be_written(out)
    asked = _Asked(target, tuple(set or ()), replicates, seed, replicate, workers, out, kind, given)
    from cgsim.answer.catalogue import word
    from cgsim.cli import output

    failed = 0
    with output.nothing_written():
        if kind in PLAYING:
            if given is not None:
                raise typer.BadParameter("one replicate has no doubt: --given does not fit")
            _write_replicate(asked, kind)
        else:
            failed = _write_report(asked)
    output.wrote(out, word("progress.wrote", path=out))
    if failed:
        raise typer.Exit(5)


class _Asked(NamedTuple):
    """What the command line asks for."""

    target: str
    set: tuple[str, ...]
    replicates: int | None
    seed: int | None
    replicate: int
    workers: int | None
    out: Path
    kind: str
    given: Path | None = None

    @property
    def is_page(self) -> bool:
        return self.kind == "html"

    @property
    def is_folder(self) -> bool:
        return Path(self.target).is_dir()

    @property
    def command(self) -> str:
        from cgsim.tables import EXTENSIONS

        words = ["cgsim", "report", self.target]
        for name, value in (("--replicates", self.replicates), ("--seed", self.seed)):
            words += [name, str(value)] if value is not None else []
        for assignment in self.set:
            words += ["--set", assignment]
        for extension in EXTENSIONS:
            words += ["--with", extension.name]
        words += [] if self.given is None else ["--given", str(self.given)]
        return shlex.join([*words, "-o", self.out.name])


def _kind_of(out: Path, format: str | None) -> str:
    if format is not None and format not in FORMATS:
        raise typer.BadParameter(f"--format: got {format!r}; allowed {', '.join(FORMATS)}")
    if str(out) in STANDARD_OUTPUT:
        if format is None or format in ("gif", "mp4"):
            allowed = ", ".join(f for f in FORMATS if f not in ("gif", "mp4"))
            raise typer.BadParameter(f"to standard output --format is needed; allowed {allowed}")
        return format
    by_ending = ENDINGS.get(out.suffix.lower())
    if format is None and by_ending is None:
        raise typer.BadParameter(
            f"{out.name}: the ending says what to write; allowed {', '.join(ENDINGS)}"
        )
    wanted = format or str(by_ending)
    if ENDINGS.get(out.suffix.lower()) != wanted:
        raise typer.BadParameter(
            f"{out.name}: --format {wanted} needs a name that ends in .{wanted}"
        )
    return wanted


def refuse_what_cannot_be_written(out: Path) -> None:
    """Say so before the runs, not after them."""
    from cgsim.whole import CannotWrite

    if str(out) in STANDARD_OUTPUT:
        return
    if out.is_dir():
        raise CannotWrite(f"{out} is a folder; a file is needed")
    if not out.parent.is_dir():
        raise CannotWrite(f"{out} cannot be written: there is no folder {out.parent}")


def _is_experiment(target: str) -> bool:
    """Tell whether a name or file is an experiment: scenarios ask no question."""
    from cgsim.experiment.files import names
    from cgsim.scenario import library
    from cgsim.scenario.files import is_file, read
    from cgsim.scenario.outside import is_stream

    if target in library.every():
        return False
    if target in names():
        return True
    there = is_file(Path(target)) or is_stream(target)
    return there and "question" in read(Path(target)).tables


def _write_report(asked: _Asked) -> int:
    """Write the report, and return how many runs failed in what was run for it."""
    from cgsim.running.sources import RunSource

    made, failed = _made(asked)
    if isinstance(made, RunSource):
        if asked.is_page:
            _write_page(asked, made)
            return failed
        from cgsim.report.run_document import run_document

        made = run_document(made)
    from cgsim.report.page import write_report

    write_report(made, asked.out, asked.kind)
    return failed


def _write_page(asked: _Asked, source: RunSource) -> None:
    """Write the page that carries the model, with the results in it."""
    from cgsim.page import one_file
    from cgsim.whole import write_text

    try:
        text = one_file.page_of([source])
    except one_file.CannotHold as error:
        raise one_file.CannotHold(f"{error.faults[0].message}; take .md") from None
    write_text(asked.out, text, replace=True)


def _made(asked: _Asked) -> tuple[RunSource | Document, int]:
    if asked.is_folder:
        return _of_folder(asked), 0
    if _is_experiment(asked.target):
        return _of_experiment(asked)
    return _of_scenario(asked), 0


def _of_folder(asked: _Asked) -> RunSource | Document:
    from cgsim.cli import output
    from cgsim.experiment.posterior import given_for
    from cgsim.running import sources
    from cgsim.running.batch import open_batch

    if asked.set or asked.replicates is not None or asked.seed is not None:
        raise typer.BadParameter(
            "a results folder holds runs that are done: --set, --replicates and --seed do not fit"
        )
    batch = open_batch(asked.target)
    _refuse_damaged(batch)
    if not sources.holds_one_run(batch):
        from cgsim.report.experiment_page import experiment_document

        _refuse_given(asked)
        return experiment_document(batch, sources.origin_of(batch))
    _refuse_an_example(asked)
    _have_engine(asked)
    with output.progress(asked.target) as progress:
        return sources.run_in_folder(
            batch,
            months=not asked.is_page,
            example=None if asked.is_page else asked.replicate,
            given=given_for(asked.given, [batch.experiment.scenario_at(0)]),
            workers=asked.workers,
            progress=progress,
        )


def _have_engine(asked: _Asked) -> None:
    """Have the engine that a page holds, so that what cannot be built is told before the runs."""
    if asked.is_page:
        from cgsim import building

        building.engine()


def _refuse_an_example(asked: _Asked) -> None:
    """Say that a page shows any run, not one."""
    if asked.is_page and asked.replicate:
        raise typer.BadParameter(
            f"--replicate: got {asked.replicate}; a page plays any run, under Watch: open it with "
            f"#room=watch&run={asked.replicate} at the end of its address"
        )


def _refuse_given(asked: _Asked) -> None:
    """An experiment says itself what it draws from."""
    if asked.given is not None:
        raise typer.BadParameter(
            'an experiment says itself what it draws: design = "draws" takes the posterior.parquet '
            "of cgsim calibrate, --given does not fit"
        )


def _refuse_damaged(batch: Batch) -> None:
    """Say so where parts are missing or damaged: no page is made of the rest as if it were all."""
    from cgsim.answer.catalogue import word
    from cgsim.cli import output
    from cgsim.running.checking import damage

    faults = damage(batch.folder)
    if faults:
        told = {"folder": batch.folder, "fault": faults[0], "mend": word("batch.mend")}
        kind = "damaged_more" if len(faults) > 1 else "damaged"
        output.note(word(f"fault.{kind}", **told, more=len(faults) - 1))
        raise typer.Exit(1)


def _of_experiment(asked: _Asked) -> tuple[Document, int]:
    import tempfile
    from dataclasses import replace

    from cgsim.cli import output
    from cgsim.experiment.files import load_experiment
    from cgsim.report.experiment_page import experiment_document
    from cgsim.running import sources
    from cgsim.running.batch import run_experiment

    _refuse_given(asked)
    planned = load_experiment(asked.target, asked.set, replicates=asked.replicates, seed=asked.seed)
    with (
        tempfile.TemporaryDirectory(prefix="cgsim-") as folder,
        output.progress(planned.name) as progress,
    ):
        batch = run_experiment(
            planned, Path(folder) / "results", workers=asked.workers, progress=progress
        )
        origin = replace(sources.origin_of(batch), commands=(asked.command,))
        return experiment_document(batch, origin), len(batch.failures)


def _of_scenario(asked: _Asked) -> RunSource:
    from cgsim.cli import output
    from cgsim.experiment.posterior import given_for
    from cgsim.running import sources
    from cgsim.scenario import load

    _refuse_an_example(asked)
    loaded = load(asked.target, asked.set)
    given = given_for(asked.given, [loaded])
    _have_engine(asked)
    replicates = asked.replicates if asked.replicates is not None else REPLICATES
    seed = asked.seed if asked.seed is not None else SEED
    full = asked._replace(replicates=replicates, seed=seed)
    with output.progress(loaded.name) as progress:
        return sources.run_scenario(
            loaded,
            replicates,
            seed,
            [full.command],
            months=not asked.is_page,
            example=None if asked.is_page else asked.replicate,
            given=given,
            workers=asked.workers,
            progress=progress,
        )


def _write_replicate(asked: _Asked, kind: str) -> None:
    from cgsim.cli import output
    from cgsim.report import film

    scenario, seed = _scenario_of(asked)
    write = {"gif": film.write_gif, "mp4": film.write_film}[kind]
    try:
        if kind == "mp4":
            film.find_ffmpeg()  # say so before the run, not after it
        write(scenario, seed, asked.replicate, asked.out)
    except film.NoFfmpeg as error:
        output.note(f"cgsim: {error}")
        raise typer.Exit(2) from None


def _scenario_of(asked: _Asked) -> tuple[Scenario, int]:
    """Return the scenario and the seed of which one replicate is to be shown."""
    from cgsim.running.batch import open_batch
    from cgsim.running.sources import holds_one_run
    from cgsim.scenario import load

    if asked.is_folder:
        batch = open_batch(asked.target)
        if not holds_one_run(batch):
            raise typer.BadParameter("an experiment has many scenarios; one replicate is of one")
        return batch.experiment.scenario_at(0), batch.experiment.seed
    if _is_experiment(asked.target):
        raise typer.BadParameter("an experiment has many scenarios; one replicate is of one")
    return load(asked.target, asked.set), asked.seed if asked.seed is not None else SEED
