"""The command that asks which inputs go with a result: discover."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cgsim.cli.batches import Folder
from cgsim.cli.library import Json

if TYPE_CHECKING:
    from cgsim.analysis.discovery import Discovery


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command()(discover)


def discover(
    folder: Folder,
    where: Annotated[
        str,
        typer.Option(
            metavar="CONDITION",
            help='A question about a point\'s mean measures, such as "gain < 0 and loses > 0.5"; '
            "that it loses if not given.",
        ),
    ] = "",
    box: Annotated[
        int | None, typer.Option(min=0, help="Which step of the path (path.csv) to tell.")
    ] = None,
    with_box: Annotated[
        bool, typer.Option("--box-too/--no-box", help="Or the tree alone, which needs no extra.")
    ] = True,
    out: Annotated[Path | None, typer.Option(help="A folder for tables and the picture.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Other seed, other points kept back.")] = 1,
    json: Json = False,
) -> None:
    """Find which inputs go with a result, over a batch.

    As a box (PRIM) and as a tree (CART), judged on points that they were not found on.

    Example: cgsim discover results/prior-predictive --where "gain < 0"
    """
    from cgsim.analysis.discovery import NothingToFind
    from cgsim.analysis.discovery import discover as found_in
    from cgsim.cli import output
    from cgsim.experiment.restriction import NotUnderstood
    from cgsim.running.batch import open_batch
    from cgsim.scenario.errors import Fault, ScenarioError

    batch = open_batch(folder)
    try:
        found = found_in(batch, where, box=box, with_box=with_box, seed=seed)
    except (NotUnderstood, NothingToFind, ModuleNotFoundError) as problem:
        key = "--where" if isinstance(problem, NotUnderstood) else ""
        raise ScenarioError([Fault(str(folder), None, key, str(problem))]) from problem
    if out is not None:
        _save(found, out, f"{batch.experiment.title}: {found.where}")
    if json:
        output.as_json(found.record())
        return
    _print(found)
    if out is not None:
        from cgsim.answer.catalogue import word

        print("\n" + word("discover.saved" if found.box else "discover.saved_tree", folder=out))


def _save(found: Discovery, out: Path, title: str) -> None:
    from cgsim.pictures import curves, figures
    from cgsim.store.folder import Store
    from cgsim.store.writing import write_tables

    tables = {"Tree": found.tree}
    if found.box is not None:
        tables = {"Box": found.table, "Path": found.path, **tables}
    with Store(out).held():
        write_tables(out, tables, "discovery.xlsx")
        if found.box is not None:
            with figures.house_style():
                figure = figures.new_figure(6.4, 4.2)
                curves.draw_path(figure.subplots(), found.path, found.chosen)
                figures.save_figure(figure, out / "discovery.svg", {"title": title})


def _print(found: Discovery) -> None:
    from cgsim.answer.catalogue import word
    from cgsim.answer.formats import FORMATS, surely_whole
    from cgsim.cli import output

    for sentence in found.sentences():
        output.say(sentence)
    print()
    output.say(word("discover.tree"))
    span = FORMATS["span"]
    rows = [
        (
            leaf.words,
            surely_whole(leaf.density.value),
            span({"low": leaf.density.low, "high": leaf.density.high}),
            surely_whole(leaf.coverage.value),
            f"{leaf.within:,}",
        )
        for leaf in found.leaves
    ]
    names = ("where", "density", "span", "coverage", "points")
    output.table([word(f"discover.head_{name}") for name in names], rows, right=(1, 2, 3, 4))
