"""The command that learns from a partnership's own records: calibrate."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cgsim.cli.batches import Patience, Scheduler, refuse_if_in_use, resumable
from cgsim.cli.library import Json, Set
from cgsim.cli.runs import Seed, Workers

if TYPE_CHECKING:
    from cgsim.calibrate.bank import LeftOpen
    from cgsim.calibrate.calibration import Calibration
    from cgsim.scenario.model import Scenario


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command()(calibrate)


def calibrate(
    scenario: Annotated[
        str | None,
        typer.Argument(help="A library scenario or a file, with one partnership, like yours."),
    ] = None,
    records: Annotated[
        Path | None, typer.Argument(help="What the partnership recorded: .csv or .xlsx.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="The folder for the results; resumed if it is there.")
    ] = None,
    template: Annotated[
        Path | None,
        typer.Option(help="Write a file of records to fill in (.csv or .xlsx), and stop."),
    ] = None,
    example: Annotated[
        Path | None, typer.Option(help="Write made-up records to try it out (.csv), and stop.")
    ] = None,
    draws: Annotated[
        int, typer.Option(min=2_000, max=1_000_000, help="Lives to compare the records with.")
    ] = 50_000,
    ahead: Annotated[
        int, typer.Option(min=1, max=240, help="Months to forecast after the last recorded one.")
    ] = 24,
    answers: Annotated[
        list[Path] | None,
        typer.Option(help="Answers to cgsim assess: draws from what they leave open."),
    ] = None,
    seed: Seed = 1,
    set: Set = None,
    workers: Workers = None,
    scheduler: Scheduler = None,
    patience: Patience = None,
    json: Json = False,
) -> None:
    """Learn from a partnership's own records, and forecast it.

    The forecast comes with its doubt, and with a check of whether that doubt is honest.

    A way to think, not a prediction.

    Example: cgsim calibrate baseline records.csv --out results/calibration
    """
    if template is not None:
        _write_template(template)
        return
    if example is not None:
        _write_example(example)
        return
    if scenario is None or records is None:
        raise typer.BadParameter(
            "a scenario and records are needed (cgsim calibrate --template records.csv makes a "
            "file to fill in)"
        )
    if out is None:
        raise typer.BadParameter("a folder is needed: --out FOLDER")
    from cgsim import load
    from cgsim.answer.catalogue import word
    from cgsim.calibrate import calibration
    from cgsim.calibrate.keeping import keep
    from cgsim.calibrate.records import load_records
    from cgsim.cli import output

    refuse_if_in_use(out)
    given = load_records(records)
    planned = load(scenario, set or ())
    if not answers:
        calibration.check_fund(planned, given)
    left = _left_open(planned, answers or [], draws, seed)
    with resumable(out, held=True):
        with output.progress("lives") as progress:
            found = calibration.calibrate(
                planned,
                given,
                out,
                draws=draws,
                ahead=ahead,
                seed=seed,
                given=left,
                workers=workers,
                scheduler=scheduler,
                patience=patience,
                progress=progress,
            )
        files = keep(found, out)
    if json:
        from cgsim.calibrate.keeping import as_record

        output.as_json(as_record(found))
    else:
        _print(found)
        bank = calibration.bank_folder(given, ahead)
        print("\n" + word("calibrate.saved", folder=out, files=", ".join(files), bank=bank))
    if found.refused:
        raise typer.Exit(REFUSED)


REFUSED = 2
"""Records that the model does not make are no input to learn from."""


def _write_template(path: Path) -> None:
    from cgsim.answer.catalogue import word
    from cgsim.calibrate.records import template, workbook
    from cgsim.whole import write_text, write_whole

    _refuse_other_endings(path, ".csv", ".xlsx")
    if path.suffix.lower() == ".xlsx":
        write_whole(path, lambda stream: stream.write(workbook()))
    else:
        write_text(path, template())
    print(word("calibrate.template", path=path))


def _write_example(path: Path) -> None:
    from cgsim import shipped
    from cgsim.answer.catalogue import word
    from cgsim.whole import write_text

    _refuse_other_endings(path, ".csv")
    made_up = shipped.folder("records") / "made-up.csv"
    write_text(path, made_up.read_text(encoding="utf-8"))
    print(word("calibrate.example", path=path))


def _refuse_other_endings(path: Path, *endings: str) -> None:
    if path.suffix.lower() not in endings:
        allowed = " or ".join(endings)
        message = f"{path.name}: a file of records needs a name that ends in {allowed}"
        raise typer.BadParameter(message)


def _left_open(planned: Scenario, answers: list[Path], draws: int, seed: int) -> LeftOpen | None:
    """Return what answers leave open, or None without answers."""
    if not answers:
        return None
    from cgsim.assess.answers import load_answers
    from cgsim.assess.draws import Draws, Start
    from cgsim.calibrate.bank import LeftOpen

    given = load_answers(answers)
    made = Draws(given, Start(planned, own=True), draws, seed)
    by_partner = {voice.partner: voice.answers for voice in given.voices}
    return LeftOpen(*made.as_experiment_takes_them(made.points), by_partner)


def _print(found: Calibration) -> None:
    from cgsim.calibrate import words
    from cgsim.cli import output

    output.say(f"{found.scenario.title}. {words.label()}")
    for part in words.parts(found):
        print(f"\n{part.heading}")
        for text in part.texts:
            output.say(text.replace(" %", "\u00a0%"))  # a number and its sign on one line
        if part.table is not None:
            heads, rows = part.table.heads, part.table.rows
            output.table(heads, rows, right=range(1, 1 + min(4, len(heads) - 1)))
