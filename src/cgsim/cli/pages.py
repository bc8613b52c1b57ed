"""The command that makes the page that carries the model: page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cgsim.cli.library import Set
from cgsim.cli.runs import Given


def register(app: typer.Typer) -> None:
    """Add this group's command."""
    app.command()(page)


def page(
    out: Annotated[Path, typer.Option("-o", "--out", help="The file to write, or write anew.")],
    scenarios: Annotated[
        list[str] | None,
        typer.Argument(help="Scenarios of the library, or files; the whole library if none."),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, max=2**53 - 1, help="The seed of all runs.")] = 1,
    set: Set = None,
    given: Given = None,
) -> None:
    """Make one file that holds the model, with its levers.

    It needs no network, no install and no server, and sends nothing anywhere.

    Example: cgsim page korsakoff -o korsakoff.html
    """
    from cgsim.cli import output
    from cgsim.experiment.posterior import given_for
    from cgsim.page import one_file
    from cgsim.scenario import load
    from cgsim.scenario.errors import Fault, ScenarioError
    from cgsim.scenario.library import names
    from cgsim.whole import write_text

    if out.suffix.lower() not in (".html", ".htm"):
        message = f"got {out.name}; allowed a name that ends in .html"
        raise ScenarioError([Fault("--out", None, "", message)])
    asked = scenarios or names()
    if len(asked) > one_file.MOST_SCENARIOS:
        message = f"got {len(asked)} scenarios; allowed {one_file.MOST_SCENARIOS} at most"
        raise ScenarioError([Fault("SCENARIO", None, "", message)])
    loaded = [load(name, set or ()) for name in asked]
    twice = {s.name for s in loaded if sum(t.name == s.name for t in loaded) > 1}
    if twice:
        message = f"got {sorted(twice)[0]} twice; allowed each name once"
        raise ScenarioError([Fault("SCENARIO", None, "", message)])
    posterior = given_for(given, loaded)
    with output.nothing_written():
        text = one_file.page(loaded, seed, posterior)
    write_text(out, text, replace=True)
    print(f"{out}: {len(text.encode()) / 1e6:.1f} MB. Open it in a browser, or send it on.")
