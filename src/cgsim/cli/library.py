"""Commands on scenarios: scenarios, describe, new, validate, diff."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from cgsim.extend.in_use import Use

Json = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Change a value; may be given several times."),
]


_taken: list[Use] = []


def use_extensions(given: list[str] | None) -> list[str] | None:
    """Let extensions be in use before anything else of the command is looked at."""
    if given:
        from cgsim.extend.in_use import use

        _taken.append(use(*given))
    return given


def let_go_of_extensions() -> None:
    """Take back what a command was given, once it has ended."""
    while _taken:
        _taken.pop().stop()


With = Annotated[
    list[str] | None,
    typer.Option(
        "--with",
        metavar="FILE.py",
        is_eager=True,
        callback=use_extensions,
        help="Change the model as a file of your own says, or an extension of an installed "
        "package; a results folder stands for those that it was computed with.",
    ),
]


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command()(scenarios)
    app.command()(describe)
    app.command()(new)
    app.command()(validate)
    app.command()(diff)


def scenarios(json: Json = False) -> None:
    """List the scenarios of the library.

    Example: cgsim scenarios
    """
    from cgsim.answer.catalogue import word
    from cgsim.cli import output
    from cgsim.scenario import library, load

    loaded = [load(name) for name in library.every()]
    if json:
        output.as_json([{"name": s.name, "title": s.title, "summary": s.summary} for s in loaded])
        return
    heads = [word("library.head_name"), word("library.head_title")]
    output.table(heads, [(s.name, s.title) for s in loaded])
    output.say("\n" + word("library.more"))


def describe(
    name: Annotated[str, typer.Argument(help="A scenario of the library, a file, or a parameter.")],
    json: Json = False,
    extensions: With = None,
) -> None:
    """Explain a scenario or a parameter.

    Of a parameter: its unit, range, default, basis and source.

    Example: cgsim describe issue_hours
    """
    from cgsim.cli import output
    from cgsim.scenario import library
    from cgsim.scenario.errors import Fault, ScenarioError, hint, safe, shown
    from cgsim.scenario.files import is_file
    from cgsim.scenario.outside import is_stream
    from cgsim.scenario.parameters import BY_NAME
    from cgsim.scenario.writing import describe_parameter

    if name in BY_NAME:
        rows = describe_parameter(BY_NAME[name])
        if json:
            output.as_json({"name": name, **dict(rows)})
            return
        print(f"{name}\n")
        output.table(["", ""], rows)
        return
    there = name.endswith(".toml") or is_stream(name) or is_file(Path(name))
    if name not in library.every() and not there:
        known = [*library.every(), *BY_NAME]
        message = f"got {shown(name)}; allowed a scenario or a parameter{hint(name, known)}"
        raise ScenarioError([Fault(safe(name), None, "", message)])
    _describe_scenario(name, json)


def _describe_scenario(name: str, json: bool) -> None:
    from cgsim.answer.catalogue import word
    from cgsim.cli import output
    from cgsim.scenario import load, loads
    from cgsim.scenario.files import patterns
    from cgsim.scenario.outside import is_stream
    from cgsim.scenario.writing import differences, written

    scenario = load(name)
    default = loads('title = "Default"')
    changed = list(differences(default, scenario))
    many = [] if is_stream(name) else patterns(name)
    if many:
        changed = [row for row in changed if not row[0].startswith("partnership.")]
    if json:
        output.as_json(scenario.to_dict())
        return
    print(scenario.title)
    if scenario.summary:
        print()
        output.say(scenario.summary)
    for kind in ("happened", "assumed", "look_for", "source"):
        if text := getattr(scenario, kind):
            print()
            output.say(word(f"library.{kind}", text=text))
    if changed:
        print("\n" + word("library.differs") + "\n")
        heads = [word(f"library.head_{name}") for name in ("key", "default", "here")]
        output.table(heads, changed)
    if many:
        print("\n" + word("library.many", count=len(scenario.partnerships)) + "\n")
        print(written(many))


def new(
    file: Annotated[Path, typer.Argument(help="The file to write, ending in .toml.")],
    source: Annotated[
        str, typer.Option("--from", help="The scenario that it starts from.")
    ] = "baseline",
    extensions: With = None,
) -> None:
    """Write a commented scenario file to fill in.

    Example: cgsim new mine.toml --from korsakoff
    """
    from cgsim.answer.catalogue import word
    from cgsim.cli import output
    from cgsim.scenario import library, load
    from cgsim.scenario.errors import Fault, ScenarioError, safe
    from cgsim.scenario.files import patterns
    from cgsim.scenario.outside import is_stream, name_of
    from cgsim.scenario.writing import template
    from cgsim.whole import STANDARD_OUTPUT, write_text

    if file.suffix != ".toml" and str(file) not in STANDARD_OUTPUT:
        raise ScenarioError(
            [Fault(safe(str(file)), None, "", "got another ending; allowed a name with .toml")]
        )
    scenario = load(source)
    parent = source
    if source not in library.every():
        parent = str(Path(source).resolve())
        if is_stream(source) or safe(parent, len(parent)) != parent:
            message = "got a file that no other can name; allowed one whose path is plain text"
            raise ScenarioError([Fault("--from", None, name_of(source), message)])
    title = word("library.my_version", title=scenario.title)[:80]
    write_text(file, template(scenario, title, parent, patterns(source)))
    output.wrote(file, word("library.wrote", path=file))


def validate(
    files: Annotated[list[str], typer.Argument(help="Scenario files.")],
    json: Json = False,
    extensions: With = None,
) -> None:
    """Check scenario files.

    What is wrong is told with file, line, key and what is allowed. An extension's steps are checked
    as well.

    Example: cgsim validate mine.toml
    """
    from cgsim.answer.catalogue import word
    from cgsim.cli import output
    from cgsim.scenario import ScenarioError, load

    if extensions:
        # Imported only with one: what runs nothing needs no compiler.
        from cgsim.extend import in_use

        in_use.check()
    wrong = 0
    report = []
    for file in files:
        try:
            scenario = load(file)
        except ScenarioError as error:
            wrong += 1
            report.append({"file": file, "valid": False, "faults": [str(f) for f in error.faults]})
            if not json:
                print(error)
        else:
            network, agencies = scenario.given_network, len(scenario.agency_names)
            read = {"network": network.words(agencies)} if network else {}
            ending = [p for p in scenario.partnerships if p.levers["last"] < p.levers["start"]]
            notes = [
                word(
                    "library.ends_at_once",
                    file=file,
                    name=p.name,
                    last=int(p.levers["last"]),
                    start=int(p.levers["start"]),
                )
                for p in ending
            ]
            report.append({"file": file, "valid": True, "faults": [], "notes": notes, **read})
            if not json:
                print(word("library.valid", file=file))
                if network:  # its notes have been told where it was read
                    print(word("library.read", file=network.name, read=network.counts(agencies)))
                for note in notes:
                    output.say(note)
    if json:
        output.as_json(report)
    if wrong:
        raise typer.Exit(2)


def diff(
    first: Annotated[str, typer.Argument(help="A scenario.")],
    second: Annotated[str, typer.Argument(help="Another scenario.")],
    json: Json = False,
    extensions: With = None,
) -> None:
    """Show what differs between two scenarios.

    Example: cgsim diff baseline inertia
    """
    from cgsim.answer.catalogue import word
    from cgsim.cli import output
    from cgsim.scenario import load
    from cgsim.scenario.writing import differences

    one, two = load(first), load(second)
    rows = list(differences(one, two))
    if json:
        output.as_json([{"key": key, one.name: left, two.name: right} for key, left, right in rows])
    elif rows:
        output.table([word("library.head_key"), one.name, two.name], rows)
    else:
        print(word("library.same"))
