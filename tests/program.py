"""cgsim as a program of its own, for tests that only look at what it says, leaves and ends with.

A new process imports everything and loads the compiled engine before it does anything, which takes
far longer than most tests take. Here one process does so once (Python's fork server); each program
is a copy of it, with its own output, folder and end; a warning is an error in it. What is loaded
when, what a signal does, and odd terminals are for tests that start a fresh interpreter.
"""

import multiprocessing
import os
import runpy
import subprocess
import sys
import tempfile
import warnings
from multiprocessing import forkserver
from pathlib import Path

SEEN_LATE = {"COLUMNS", "NO_COLOR", "PYTEST_CURRENT_TEST"}
"""Variables that are looked at when something is printed, or never: a copy heeds them too."""
UNSHOWN = "FigureCanvasAgg is non-interactive"
"""What Matplotlib warns of on a desktop, where a picture is for a file."""
BEGINNING = dict(os.environ)
"""What stood in the environment before any test changed it."""
_server = multiprocessing.get_context("forkserver")
_server.set_forkserver_preload(["tests.program_loaded"])


def run(*arguments, cwd=None, timeout=300, **variables):
    """Run ``cgsim`` with these arguments to its end; return its exit code and what it printed.

    Nothing waits on its standard input. A variable that more than printing may heed, given or set
    by the test before, makes it a fresh interpreter.
    """
    words = [str(word) for word in arguments]
    changed = (os.environ | variables).items() ^ BEGINNING.items()
    if {name for name, _ in changed} <= SEEN_LATE:
        return _copy(_program, words, cwd, timeout, variables)
    return _fresh(["-m", "cgsim", *words], cwd, timeout, variables)


def run_python(code, cwd=None, timeout=300):
    """Run a piece of Python to its end; return its exit code and what it printed."""
    return _copy(_code, [code], cwd, timeout, {})


def run_file(path, *arguments, cwd=None, timeout=300, fresh=False, **variables):
    """Run a file of Python to its end; return its exit code and what it printed.

    Where it is not a fresh interpreter, cgsim and all that it needs are loaded already.
    """
    words = [str(word) for word in (path, *arguments)]
    if fresh:
        return _fresh(["-B", *words], cwd, timeout, variables)
    return _copy(_file, words, cwd, timeout, variables)


def _copy(live, words, cwd, timeout, variables):
    _ensure_it_is_loaded()
    variables = {**os.environ, **variables}
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder, name) for name in ("stdout", "stderr")]
        where = os.fspath(cwd or os.getcwd())
        process = _server.Process(target=_begin, args=(live, words, where, variables, files))
        process.start()
        process.join(timeout)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise subprocess.TimeoutExpired(words, timeout)
        said = [file.read_text(encoding="utf-8") for file in files]
        code = process.exitcode
        process.close()
    return subprocess.CompletedProcess(words, code, *said)


def _ensure_it_is_loaded():
    """Begin the process that has loaded everything as no test has changed its surroundings."""
    now = dict(os.environ)
    try:
        _become(BEGINNING)
        forkserver.ensure_running()
    finally:
        _become(now)


def _become(variables):
    os.environ.clear()
    os.environ.update({name: str(value) for name, value in variables.items()})


def _fresh(words, cwd, timeout, variables):
    return subprocess.run(
        [sys.executable, "-W", "error", "-W", f"ignore:{UNSHOWN}", *words],
        capture_output=True,
        text=True,
        timeout=timeout,
        cwd=cwd,
        env={**os.environ, **{name: str(value) for name, value in variables.items()}},
        stdin=subprocess.DEVNULL,
    )


def _begin(live, words, cwd, variables, files):
    """Become a program of its own, in a copy of the process that has loaded everything."""
    for number, file in enumerate(files, 1):
        opened = os.open(file, os.O_WRONLY | os.O_CREAT, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    # As a fresh interpreter opens them where they are no terminal.
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", closefd=False, buffering=1)  # noqa: SIM115
    os.chdir(cwd)
    _become(variables)
    tempfile.tempdir = None  # is found out anew
    warnings.resetwarnings()
    warnings.simplefilter("error")
    warnings.filterwarnings("ignore", UNSHOWN)
    live(*words)


def _program(*words):
    from cgsim.cli.app import main

    sys.argv = ["cgsim", *words]
    main()


def _file(path, *arguments):
    sys.argv = [path, *arguments]
    sys.path[0] = os.path.dirname(path)
    sys.dont_write_bytecode = True
    runpy.run_path(path, run_name="__main__")


def _code(code):
    exec(compile(code, "<code>", "exec"), {"__name__": "__main__"})
