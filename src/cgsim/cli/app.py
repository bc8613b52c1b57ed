"""The program ``cgsim``: its commands, and what becomes of errors.

Exit codes: 0 done; 1 a difference or a defect; 2 bad input, or too little memory for it; 3 cannot
write; 4 output in use; 5 finished, some runs failed; 6 cluster lost; 129, 130 or 143 stopped; 141
whoever read the output has gone.
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
    calibrate,
    discover,
    evidence,
    lessons,
    library,
    pages,
    reports,
    robustness,
    runs,
    streams,
    views,
    worlds,
)
from cgsim.errors import CANNOT_WRITE, CgsimError


class Commands(typer.core.TyperGroup):
    """The commands; whoever stops one that has nothing else to say hears that it has stopped."""

    def invoke(self, ctx: Any) -> Any:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as stopped:
            print("\nStopped.", file=sys.stderr)
            raise typer.Exit(streams.code_of(stopped)) from None


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
    calibrate,
    batches,
    analyses,
    discover,
    evidence,
    robustness,
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
    stdout = sys.stdout
    with streams.guarded(), streams.signals_heard():
        code = _code_of_the_run()
        unsaid = 0
        try:
            sys.stdout.flush()
        except Exception as error:
            unsaid = code if code in (CANNOT_WRITE, streams.READER_GONE) else _code_of(error)
    if unsaid:
        streams.let_go(stdout)
    sys.exit(code or unsaid)


def _code_of_the_run() -> int:
    try:
        app(standalone_mode=True)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except Exception as error:
        return _code_of(error)
    finally:
        library.let_go_of_extensions()
    return 0


def _code_of(error: Exception) -> int:
    """Say what went wrong, and return the exit code for it."""
    if isinstance(error, MemoryError) and not isinstance(error, CgsimError):
        from cgsim.engine.run import LOWER, TooLittleMemory

        error = TooLittleMemory(f"more is needed: {LOWER}")
    if isinstance(error, CgsimError):
        if error.line:
            print(error.line, file=sys.stderr)
        return error.exit_code
    if os.environ.get("CGSIM_DEBUG"):
        raise error
    print(
        f"cgsim: a defect in cgsim, not in your input: {type(error).__name__}: {error}\n"
        "Run it again with CGSIM_DEBUG=1 and please report what it says.",
        file=sys.stderr,
    )
    return 1


if __name__ == "__main__":
    main()
