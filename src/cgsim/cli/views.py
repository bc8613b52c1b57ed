"""The command that opens Mesa's page: view."""

from __future__ import annotations

from typing import Annotated

import typer

from cgsim.cli.library import Set


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command()(view)


def view(
    scenario: Annotated[
        str, typer.Argument(help="A scenario of the library, or a file.")
    ] = "baseline",
    set: Set = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 for any.")] = 8765,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open the browser.")
    ] = True,
) -> None:
    """Show one run with Mesa's own page: step, play, sliders.

    For people who work with the Mesa model. It listens on this machine only. For everybody else,
    and to send on, there is cgsim page.

    Example: cgsim view korsakoff
    """
    from importlib.util import find_spec

    from cgsim.answer.catalogue import word
    from cgsim.cli import output
    from cgsim.scenario import load
    from cgsim.view import server

    loaded = load(scenario, set or ())
    output.note(word("serving.starting"))
    if find_spec("solara_assets") is None:
        output.note(word("serving.internet"))

    def tell(address: str) -> None:
        print(word("serving.at", address=address), flush=True)
        output.note(word("serving.stop"))

    server.serve(loaded, port, tell, open_browser=browser)
    output.note(word("serving.stopped"))
