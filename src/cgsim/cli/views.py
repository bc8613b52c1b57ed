"""The command that opens the browser: view."""

from __future__ import annotations

from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command()(view)


def view(
    scenario: Annotated[
        str, typer.Argument(help="A scenario of the library, or a file.")
    ] = "baseline",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 for any.")] = 8765,
    host: Annotated[
        str,
        typer.Option(
            help="Where to listen. To let others in, give this machine's own address; they need "
            "the token that is then printed."
        ),
    ] = "127.0.0.1",
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open the browser.")
    ] = True,
) -> None:
    """Open the page for people who do not program.

    It shows together against alone.

    Example: cgsim view korsakoff
    """
    from cgsim.cli import output
    from cgsim.scenario import load
    from cgsim.view import server
    from cgsim.view.recording import refuse_unwatchable

    refuse_unwatchable(load(scenario))
    if host not in server.LOOPBACK:
        output.note(f"Listening on {host}: whoever has the address with its token can look.")
    output.note("Starting the page ...")

    def tell(address: str) -> None:
        print(f"cgsim is at {address}", flush=True)
        output.note("Stop it with Ctrl-C.")

    server.serve(scenario, host, port, tell, open_browser=browser)
    output.note("Stopped.")
