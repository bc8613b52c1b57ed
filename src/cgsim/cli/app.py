"""The program ``cgsim``: its commands, and what becomes of errors.

Exit codes: 0 done; 1 a difference or a defect; 2 bad input, or too little memory for it; 3 cannot
write; 4 output in use; 5 finished, some runs failed; 6 cluster lost; 130 or 143 interrupted.
"""

from __future__ import annotations

import os
import sys
from typing import Any

import typer
import typer.core

from cgsim import __version__
from cgsim.cli import (
    analyses,
    assess,
    batches,
    evidence,
    lessons,
    library,
    pages,
    reports,
    runs,
    views,
    worlds,
)


class Commands(typer.core.TyperGroup):
    """The commands; whoever stops one that has nothing else to say hears that it has stopped."""

    def invoke(self, ctx: Any) -> Any:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            print("\nStopped.", file=sys.stderr)
            raise typer.Exit(130) from None


app = typer.Typer(
    name="cgsim",
    cls=Commands,
    help="Will working together achieve more than working apart, and if not, what eats the gain?"
    "\n\nExample: cgsim run baseline --replicates 500",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
for group in (
    library,
    runs,
    assess,
    batches,
    analyses,
    evidence,
    pages,
    reports,
    lessons,
    views,
    worlds,
):
    group.register(app)


def show_version(wanted: bool) -> None:
    """Print the version and stop."""
    if wanted:
        print(f"cgsim {__version__}")
        raise typer.Exit


@app.callback()
def about(
    version: bool = typer.Option(
        False, "--version", callback=show_version, is_eager=True, help="Show the version and stop."
    ),
    engine: str = typer.Option(
        None,
        "--engine",
        envvar="CGSIM_ENGINE",
        metavar="auto|native|wasm",
        help="native: compiled for this machine on first use. wasm: there at once, about half as "
        "fast. auto: begin with wasm, change over. All give the same numbers.",
    ),
) -> None:
    """Will working together achieve more than working apart, and if not, what eats the gain?

    Example: cgsim run baseline --replicates 500
    """
    if engine is not None:
        from cgsim.portable import choice

        try:
            choice.use_engine(engine)
        except choice.EngineError as error:
            from cgsim.scenario.errors import Fault, ScenarioError

            raise ScenarioError([Fault("--engine", None, "", str(error))]) from None


def main() -> None:
    """Run the program; turn whatever goes wrong into a line and an exit code."""
    try:
        app(standalone_mode=True)
    except BrokenPipeError:
        # Whoever read the output has gone; there is nobody left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:
        from cgsim.scenario.errors import ScenarioError
        from cgsim.whole import CannotWrite

        if isinstance(error, ScenarioError):
            print(error, file=sys.stderr)
            sys.exit(2)
        if isinstance(error, CannotWrite):
            print(f"cgsim: {error}", file=sys.stderr)
            sys.exit(3)
        if isinstance(error, MemoryError):
            from cgsim.engine.run import LOWER, TooLittleMemory

            told = error if isinstance(error, TooLittleMemory) else f"more is needed: {LOWER}"
            print(f"cgsim: too little memory; {told}", file=sys.stderr)
            sys.exit(2)
        code = {
            "NoBrowserParts": 2,
            "OutputInUse": 4,
            "SomeFailed": 5,
            "ClusterLost": 6,
        }.get(type(error).__name__)
        if code is not None:
            print(f"cgsim: {error}", file=sys.stderr)
            sys.exit(code)
        if os.environ.get("CGSIM_DEBUG"):
            raise
        print(
            f"cgsim: a defect in cgsim, not in your input: {type(error).__name__}: {error}\n"
            "Run it again with CGSIM_DEBUG=1 and please report what it says.",
            file=sys.stderr,
        )
        sys.exit(1)


if __name__ == "__main__":
    main()
