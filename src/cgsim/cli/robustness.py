"""The command that asks whether a result rests on one mechanism: robustness."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cgsim.cli.batches import at_work_in, refuse_if_in_use
from cgsim.cli.library import Json, Set, With
from cgsim.cli.runs import Seed, Workers

if TYPE_CHECKING:
    from cgsim.evidence.robustness import ClaimRobustness, Robustness


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command()(robustness)


def robustness(
    what: Annotated[
        str,
        typer.Argument(
            metavar="SCENARIO|CLAIM", help="A library scenario, a file, or a claim such as A4."
        ),
    ],
    out: Annotated[
        Path | None, typer.Option(help="A folder for the table, the picture and a record.")
    ] = None,
    kind: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KIND",
            help="Exchange mechanisms of this kind only, such as production; again for more.",
        ),
    ] = None,
    all: Annotated[
        bool, typer.Option("--all", help="Every combination, not only of one kind or two at once.")
    ] = False,
    replicates: Annotated[
        int | None,
        typer.Option(
            min=2, max=10**6, help="Runs of a combination (200), or of each draw of a claim (12)."
        ),
    ] = None,
    draws: Annotated[
        int | None, typer.Option(min=2, max=10**6, help="Draws from the priors, for a claim (40).")
    ] = None,
    seed: Seed = 1,
    set: Set = None,
    workers: Workers = None,
    json: Json = False,
    extensions: With = None,
) -> None:
    """Ask whether a result rests on one mechanism.

    The gain over the same money, or a claim's verdict, under other mechanisms, each alone and any
    two together, on the same luck.

    Example: cgsim robustness baseline --out results/robustness
    """
    from cgsim.answer.catalogue import word
    from cgsim.cli import output
    from cgsim.evidence import robustness as asking
    from cgsim.evidence.register import FEWER_DRAWS
    from cgsim.scenario.errors import Fault, ScenarioError

    refuse_if_in_use(out)
    asking.chosen_kinds(kind or ())
    of_claim = asking.is_claim(what)
    if draws is not None and not of_claim:
        message = f"got {draws}; allowed with a claim: a scenario has its own values"
        raise ScenarioError([Fault("--draws", None, "", message)])
    with at_work_in(out):
        with output.progress(word("robust.running")) as progress:
            found = asking.robustness(
                what,
                kinds=kind or (),
                every=all,
                replicates=replicates,
                draws=FEWER_DRAWS if draws is None else draws,
                seed=seed,
                set=set or (),
                out=out,
                workers=workers,
                progress=progress,
            )
        if out is not None:
            asking.save(found, out)
    if json:
        output.as_json(found.record())
        return
    _print(found)
    output.tell_of_changes()
    if out is not None:
        print("\n" + word("robust.saved_claim" if of_claim else "robust.saved", folder=out))


def _print(found: Robustness | ClaimRobustness) -> None:
    from cgsim.answer import robust
    from cgsim.answer.catalogue import word
    from cgsim.cli import output
    from cgsim.evidence.robustness import ClaimRobustness

    output.say(" ".join(found.sentences()))
    print()
    heads = robust.heads(found)
    if isinstance(found, ClaimRobustness):
        columns: tuple[str, ...] = ("verdict", "share", "interval")
        rows, first = robust.rows_of_claim(found), len(heads) + 1
    else:
        columns = ("gain", "interval", "change", "way")
        rows, first = robust.rows_of_scenario(found), len(heads)
    heads += [word(f"robust.head_{name}") for name in columns]
    output.table(heads, rows, right=range(first, first + len(columns) - 1))
    if not isinstance(found, ClaimRobustness):
        print()
        output.say(word("robust.points"))
    if len(rows) < len(found.combinations):
        print()
        output.say(word("robust.some_rows", rows=len(rows), count=len(found.combinations)))
