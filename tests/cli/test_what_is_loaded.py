"""A command loads what it uses: nobody waits for a compiler or a library that is not needed."""

import os
import subprocess
import sys

import numba
import pytest

from cgsim import compiler, entries

LOADED = """
import sys
from cgsim.cli.app import main
try:
    main()
except SystemExit as ended:
    assert not ended.code, ended.code
print(*sorted({name.split(".")[0] for name in sys.modules} | set(sys.modules)), file=sys.stderr)
"""
ANALYSES = {
    "matplotlib",
    "mesa",
    "networkx",
    "pandas",
    "pyarrow",
    "SALib",
    "scipy.stats",
    "sklearn",
}
COMPILER = {"llvmlite", "numba"}
NUMBERS = {"numpy", "scipy", "wasmtime"}


def loaded_by(*arguments, cache, kept=None):
    """Return what a command loads; ``kept`` is where compiled code is kept, else nowhere yet."""
    environment = {**os.environ, "CGSIM_CACHE_DIR": str(kept or cache), "PYTHONWARNINGS": "error"}
    environment.pop("CGSIM_ENGINE", None)
    done = subprocess.run(
        [sys.executable, "-c", LOADED, *map(str, arguments)],
        capture_output=True,
        text=True,
        env=environment,
        cwd=cache,
    )
    assert done.returncode == 0, done.stderr
    return set(done.stderr.split())


def test_help_needs_nothing_but_its_words(tmp_path):
    others = ANALYSES | COMPILER | NUMBERS | {"pydantic", "rich"}
    assert not loaded_by("--help", cache=tmp_path) & others


@pytest.mark.parametrize(
    "arguments",
    [
        ("run", "--help"),
        ("scenarios",),
        ("describe", "baseline"),
        ("validate", "baseline"),
        ("diff", "baseline", "inertia"),
        ("new", "mine.toml"),
    ],
    ids=" ".join,
)
def test_what_runs_nothing_needs_neither_numbers_nor_a_compiler(arguments, tmp_path):
    assert not loaded_by(*arguments, cache=tmp_path) & (ANALYSES | COMPILER | NUMBERS)


@pytest.mark.parametrize(
    "arguments",
    [
        ("run", "baseline", "--replicates", "8"),
        ("compare", "baseline", "cluttered", "--replicates", "8"),
        ("frictions", "baseline", "--replicates", "2"),
        ("export-world", "baseline", "-o", "world.json"),
    ],
    ids=lambda arguments: arguments[0],
)
def test_the_first_results_need_no_compiler_and_no_library_of_analyses(arguments, tmp_path):
    loaded = loaded_by(*arguments, cache=tmp_path)
    assert "wasmtime" in loaded
    assert not loaded & (ANALYSES | COMPILER)


def test_a_folder_of_results_needs_no_compiler(tmp_path):
    loaded = loaded_by("run", "baseline", "--replicates", 8, "--out", "results", cache=tmp_path)
    assert "pyarrow" in loaded
    assert not loaded & COMPILER
    loaded = loaded_by("report", "results", "-o", "page.html", cache=tmp_path)
    assert "pyarrow" in loaded
    assert not loaded & (COMPILER | {"matplotlib"})


@pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="nothing is compiled")
def test_where_all_is_compiled_nothing_but_machine_code_is_loaded(tmp_path):
    """The compiler is needed once; after that a process neither compiles nor asks the module."""
    entries.compile_all()
    kept = compiler.kept_folder().parent
    loaded = loaded_by("run", "baseline", "--replicates", 8, cache=tmp_path, kept=kept)
    assert "llvmlite" in loaded
    assert not loaded & (ANALYSES | {"numba", "wasmtime"})
