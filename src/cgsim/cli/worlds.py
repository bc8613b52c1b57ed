"""Commands on one replicate's world: replay, export-world."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cgsim.cli.library import Json, Set
from cgsim.cli.runs import Seed


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command()(replay)
    app.command("export-world")(export_world)


def replay(
    file: Annotated[Path, typer.Argument(help="A world file (JSON).")],
    check: Annotated[
        bool, typer.Option("--check", help="Say nothing but the result of the check.")
    ] = False,
    json: Json = False,
) -> None:
    """Live a file's world, and compare with its results.

    Differences count relative to max(1, |value|). Exit code 1 if one is above 1e-9.

    Example: cgsim replay world.json --check
    """
    from cgsim.answer.catalogue import word
    from cgsim.cli import output
    from cgsim.engine.replay import TOLERANCE, differences, read_world
    from cgsim.scenario.errors import safe

    world = read_world(file)
    found = list(differences(world))
    largest = max((size for _, _, size in found), default=0.0)
    if json:
        output.as_json(
            {
                "file": str(file),
                "largest": largest,
                "agrees": largest <= TOLERANCE,
                "differences": [{"arm": a, "column": c, "difference": d} for a, c, d in found],
            }
        )
    else:
        if not check:
            output.table(
                [word(f"world.head_{name}") for name in ("arm", "column", "difference")],
                [(arm, column, f"{size:.2e}") for arm, column, size in found],
                right=(2,),
            )
        if not found:
            print(word("world.expects_nothing", file=file))
        else:
            verdict = "agrees" if largest <= TOLERANCE else "differs"
            sizes = {"largest": f"{largest:.2e}", "tolerance": f"{TOLERANCE:.0e}"}
            print(word(f"world.{verdict}", file=file, **sizes))
        if world.changed_rules:
            names = ", ".join(map(safe, world.changed_rules))
            output.say(word("world.changed", rules=names))
    if not largest <= TOLERANCE:
        raise typer.Exit(1)


def export_world(
    scenario: Annotated[str, typer.Argument(help="A scenario of the library, or a file.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="The file to write.")],
    replicate: Annotated[int, typer.Option(min=0, max=2**63 - 1, help="Which replicate.")] = 0,
    seed: Seed = 1,
    set: Set = None,
) -> None:
    """Write one replicate's world to a file.

    With its chance events and results, for another program to check.

    Example: cgsim export-world baseline --replicate 3 -o world.json
    """
    import json

    from cgsim.answer.catalogue import word
    from cgsim.cli import output
    from cgsim.engine import replay as engine
    from cgsim.engine.run import refuse_the_impossible
    from cgsim.scenario import load
    from cgsim.whole import write_text

    loaded = load(scenario, set or ())
    refuse_the_impossible([loaded], 1, 3)
    tables = engine.export_world(loaded, seed, replicate)
    write_text(out, json.dumps(tables, allow_nan=False) + "\n")
    output.wrote(out, word("world.wrote", path=out))
