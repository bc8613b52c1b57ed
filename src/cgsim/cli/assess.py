"""The command that asks plain questions: assess."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cgsim.cli.batches import refuse_if_in_use, resumable
from cgsim.cli.library import Json
from cgsim.cli.runs import Given, Seed, Workers

if TYPE_CHECKING:
    from cgsim.assess.answers import Answers, Voice
    from cgsim.assess.assessment import Assessment
    from cgsim.experiment.posterior import Posterior

PAGES = (".html", ".htm")
HOW = (
    "cgsim: no answers: name a file (cgsim assess --template answers.toml makes one), "
    "or run it in a terminal to be asked"
)


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command()(assess)


def assess(
    answers: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[ANSWERS]...",
            help="Answers (TOML, CSV or Excel) of one partner or several. Without any: asks.",
        ),
    ] = None,
    scenario: Annotated[
        str | None,
        typer.Option(
            help="The partnership's own case, by name or file: a scenario with one partnership. "
            "Else the baseline's area."
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="A folder that keeps every run.")] = None,
    page: Annotated[
        Path | None,
        typer.Option(
            "-o", "--page", help="Write the page (.html) with the answers and what they lead to."
        ),
    ] = None,
    scenario_file: Annotated[
        Path | None,
        typer.Option(help="Write a scenario file from the middle of what the answers leave."),
    ] = None,
    template: Annotated[
        Path | None, typer.Option(help="Write a file to fill in (.toml, .csv or .xlsx), and stop.")
    ] = None,
    form: Annotated[
        Path | None,
        typer.Option(help="Write a page (.html) to answer in a browser, and stop."),
    ] = None,
    questions: Annotated[
        bool, typer.Option("--questions", help="Print the questions and answers, and stop.")
    ] = False,
    draws: Annotated[
        int, typer.Option(min=50, max=100_000, help="Draws of what the answers leave open.")
    ] = 300,
    replicates: Annotated[int, typer.Option(min=2, max=100_000, help="Runs of each draw.")] = 12,
    given: Given = None,
    seed: Seed = 1,
    workers: Workers = None,
    json: Json = False,
) -> None:
    """Ask plain questions about a partnership, and forecast it.

    The forecast comes with its doubt, and with what would help.

    A way to think, not a prediction.

    Example: cgsim assess council.toml police.toml -o page.html
    """
    if questions:
        _print_questions(json)
        return
    if template is not None:
        _write_template(template)
        return
    if form is not None:
        _write_form(form, scenario)
        return
    from cgsim.answer.catalogue import word
    from cgsim.cli import output
    from cgsim.cli.reports import refuse_what_cannot_be_written
    from cgsim.whole import STANDARD_OUTPUT

    for file in (page, scenario_file):
        if file is not None and str(file) in STANDARD_OUTPUT:
            raise typer.BadParameter("a file is needed: standard output has the forecast")
    if page is not None and page.suffix.lower() not in PAGES:
        raise typer.BadParameter(f"{page.name}: a page needs a name that ends in .html")

    for file in (page, scenario_file):
        if file is not None:
            refuse_what_cannot_be_written(file)
    refuse_if_in_use(out)
    told = _answers(answers or [])
    posterior = None
    if given is not None:
        from cgsim.experiment.posterior import load_posterior

        posterior = load_posterior(given)
    if out is None:
        with output.nothing_written():
            found = _run(told, scenario, draws, replicates, seed, posterior, out, workers)
    else:
        from cgsim.assess.keeping import keep

        with resumable(out, held=True):
            found = _run(told, scenario, draws, replicates, seed, posterior, out, workers)
            keep(found, out)
    if scenario_file is not None:
        from cgsim.whole import write_text

        write_text(scenario_file, found.scenario_file, replace=True)
    if page is not None:
        _write_page(found, page)
    if json:
        output.as_json(found.to_dict())
    else:
        _print(found)
        for what, path in (("page", page), ("scenario", scenario_file), ("runs", out)):
            if path is not None:
                print(word(f"assess.wrote_{what}", path=path))
    if found.failed:
        raise typer.Exit(5)


def _answers(paths: list[Path]) -> Answers:
    from cgsim.assess.answers import load_answers

    if paths:
        return load_answers(paths)
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        print(HOW, file=sys.stderr)
        raise typer.Exit(2)
    return _asked()


def _asked() -> Answers:
    """Ask the questions one by one, and offer to keep the answers."""
    from cgsim.answer.catalogue import word
    from cgsim.assess.answers import Answers, Voice, as_toml
    from cgsim.assess.asking import Stopped, ask
    from cgsim.assess.questions import questionnaire
    from cgsim.cli import output

    given: dict[str, str] = {}
    try:
        ask(questionnaire(), given, _prompt, lambda text: output.say(text) if text else print())
    except Stopped:
        print()
        yes = word("asking.yes")
        if given and _prompt(word("asking.keep_so_far", yes=yes)).lower() == yes:
            _keep(as_toml(Voice(word("asking.who"), given)))
        else:
            output.note(word("asking.not_kept"))
        raise typer.Exit(130) from None
    voice = Voice(word("asking.who"), given)
    _offer_to_keep(voice)
    return Answers((voice,))


def _prompt(text: str) -> str:
    """Ask for a line; the end of input counts as Ctrl-C."""
    try:
        return input(text).strip()
    except EOFError:
        raise KeyboardInterrupt from None


def _offer_to_keep(voice: Voice) -> None:
    from cgsim.answer.catalogue import word
    from cgsim.assess.answers import as_toml
    from cgsim.cli import output

    try:
        name = _prompt(word("asking.keep"))
        if name:
            _keep(as_toml(voice), name)
    except KeyboardInterrupt:
        output.note("\n" + word("asking.not_kept"))


def _keep(text: str, name: str = "") -> None:
    """Write answers to a file that is not there yet; ask again until it can be done."""
    from cgsim.answer.catalogue import word
    from cgsim.whole import CannotWrite, write_text

    while True:
        name = name or _prompt(word("asking.file_name")) or "answers.toml"
        if not name.endswith(".toml"):
            print(word("asking.ending", name=name))
        else:
            try:
                write_text(Path(name), text)
            except CannotWrite as error:
                print(error)
            else:
                print(word("asking.kept", name=name))
                return
        name = ""


def _run(
    answers: Answers,
    scenario: str | None,
    draws: int,
    replicates: int,
    seed: int,
    given: Posterior | None,
    out: Path | None,
    workers: int | None,
) -> Assessment:
    from cgsim.answer.catalogue import word
    from cgsim.assess.assessment import assess as run
    from cgsim.cli import output

    with output.progress(word("progress.assessing")) as progress:
        return run(
            answers,
            scenario,
            draws=draws,
            replicates=replicates,
            seed=seed,
            given=given,
            folder=out,
            workers=workers,
            progress=progress,
        )


def _print(found: Assessment) -> None:
    from cgsim.answer.catalogue import word
    from cgsim.assess import words
    from cgsim.cli import output

    output.say(word("assess.titled", title=found.answers.title, label=words.label()))
    for heading, said in words.paragraphs(found):
        print(f"\n{heading}")
        for text in said:
            output.say(text.replace(" %", "\u00a0%"))  # a number and its sign on one line
    print()
    heads, rows = words.table(found)
    output.table(heads, rows, right=(1, 2, 3, 4, 5))


def _print_questions(json: bool) -> None:
    from cgsim.answer.catalogue import word
    from cgsim.assess.questions import UNKNOWN, questionnaire
    from cgsim.cli import output

    asked = questionnaire()
    if json:
        output.as_json(
            [
                {
                    "id": q.id,
                    "theme": q.theme,
                    "text": q.text,
                    "why": q.why,
                    "source": q.source,
                    "answers": [
                        {
                            "id": a.id,
                            "text": a.text,
                            "leaves": {key: f.to_dict() for key, f in a.leaves.items()},
                        }
                        for a in q.answers.values()
                    ],
                }
                for q in asked.questions.values()
            ]
        )
        return
    theme = ""
    for question in asked.questions.values():
        if question.theme != theme:
            theme = question.theme
            print(f"\n{theme.upper()}")
        print("\n" + word("asking.question", id=question.id, text=question.text))
        for answer in question.answers.values():
            print("    " + word("asking.question", id=answer.id, text=answer.text))
    print("\n" + word("asking.unknown", unknown=UNKNOWN))


def _write_template(path: Path) -> None:
    from cgsim.answer.catalogue import word
    from cgsim.assess.answers import template, workbook
    from cgsim.cli import output
    from cgsim.whole import STANDARD_OUTPUT, write_text, write_whole

    kind = "toml" if str(path) in STANDARD_OUTPUT else path.suffix.lower().lstrip(".")
    if kind not in ("toml", "csv", "xlsx"):
        allowed = "allowed .toml, .csv, .xlsx"
        raise typer.BadParameter(f"{path.name}: the ending says what to write; {allowed}")
    if kind == "xlsx":
        write_whole(path, lambda stream: stream.write(workbook()))
    else:
        write_text(path, template(kind))
    output.wrote(path, word("asking.template", path=path))


def _write_page(found: Assessment, path: Path) -> None:
    from cgsim.assess import words
    from cgsim.page import one_file
    from cgsim.page.questions import given
    from cgsim.whole import write_text

    told = [text for _, said in words.paragraphs(found) for text in said]
    answers = given(found.draws, found.replicates)
    page = one_file.assess_page(found.draws.start.scenario, answers, told, found.draws.seed)
    write_text(path, page, replace=True)


def _write_form(path: Path, scenario: str | None) -> None:
    from cgsim.answer.catalogue import word
    from cgsim.assess.draws import Start
    from cgsim.cli import output
    from cgsim.page import one_file
    from cgsim.scenario import load
    from cgsim.whole import STANDARD_OUTPUT, write_text

    if path.suffix.lower() not in PAGES and str(path) not in STANDARD_OUTPUT:
        raise typer.BadParameter(f"{path.name}: a page needs a name that ends in .html")
    start = Start(load(scenario or "baseline"), own=scenario is not None)
    write_text(path, one_file.assess_page(start.scenario))
    output.wrote(path, word("asking.form", path=path))
