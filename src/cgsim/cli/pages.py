"""The command that makes the page that carries the model: page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cgsim.cli.library import Set, With
from cgsim.cli.runs import Given


def register(app: typer.Typer) -> None:
    """Add this group's command."""
    app.command()(page)


def page(
    scenarios: Annotated[
        list[str] | None,
        typer.Argument(help="Scenarios of the library, or files; the whole library if none."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="The file to write, or write anew.")
    ] = None,
    site: Annotated[
        Path | None,
        typer.Option(help="A folder to write a static site into: the same, for any web server."),
    ] = None,
    game: Annotated[
        bool, typer.Option("--game", help="Open at the game: you lead a partnership, three years.")
    ] = False,
    seed: Annotated[int, typer.Option(min=0, max=2**53 - 1, help="The seed of all runs.")] = 1,
    set: Set = None,
    given: Given = None,
    extensions: With = None,
) -> None:
    """Make one file with the model and its levers, or a site.

    It needs no network, no install and no server, and sends nothing anywhere. On a site each
    scenario, each lesson, the game and the questionnaire have an address of their own.
    --with FILE.py puts what the file changes into the page's engine (pip install "cgsim[wasm]").

    Example: cgsim page korsakoff -o korsakoff.html
    """
    from cgsim import building
    from cgsim.answer.catalogue import word
    from cgsim.cli import output
    from cgsim.experiment.posterior import given_for
    from cgsim.page import one_file
    from cgsim.page import site as sites
    from cgsim.scenario import load
    from cgsim.scenario.errors import Fault, ScenarioError
    from cgsim.scenario.library import names
    from cgsim.whole import write_text

    def refused(key: str, message: str) -> ScenarioError:
        return ScenarioError([Fault(key, None, "", message)])

    if (out is None) == (site is None):
        raise typer.BadParameter("one of -o FILE.html and --site FOLDER is needed")
    if out is not None and out.suffix.lower() not in (".html", ".htm"):
        raise refused("--out", f"got {out.name}; allowed a name that ends in .html")
    if site is not None and site.exists() and not site.is_dir():
        raise refused("--site", f"got {site.name}, a file; allowed a folder, or a name for one")
    if game and (scenarios or set or given or extensions or site is not None):
        besides = "got a scenario, --set, --given, --with or --site besides"
        raise refused("--game", f"{besides}; allowed -o and --seed alone, as it has its own cases")
    asked = scenarios or names()
    if len(asked) > one_file.MOST_SCENARIOS:
        most = one_file.MOST_SCENARIOS
        raise refused("SCENARIO", f"got {len(asked)} scenarios; allowed {most} at most")
    loaded = [] if game else [load(name, set or ()) for name in asked]
    twice = {s.name for s in loaded if sum(t.name == s.name for t in loaded) > 1}
    if twice:
        raise refused("SCENARIO", f"got {sorted(twice)[0]} twice; allowed each name once")
    posterior = given_for(given, loaded)
    building.engine()  # what cannot be built is told before the runs
    with output.nothing_written(), output.progress(word("progress.page")) as progress:
        if game:
            text = one_file.game_page(seed)
        elif site is None:
            text = one_file.page(loaded, seed, posterior, progress)
        else:
            try:
                files = sites.site(loaded, seed, posterior, progress)
            except one_file.CannotHold as error:
                raise refused("--site", error.faults[0].message) from None
    if site is not None:
        _write_site(site, files)
    elif out is not None:
        write_text(out, text, replace=True)
        print(word("live_site.wrote_page", path=out, size=f"{len(text.encode()) / 1e6:.1f}"))


def _write_site(folder: Path, files: dict[str, str]) -> None:
    from cgsim.answer.catalogue import word
    from cgsim.whole import make_folder, write_text

    for name, text in files.items():
        path = folder / name
        make_folder(path.parent)
        write_text(path, text, replace=True)
    size = sum(len(text.encode()) for text in files.values()) / 1e6
    print(word("live_site.wrote", folder=folder, files=len(files), size=f"{size:.1f}"))
