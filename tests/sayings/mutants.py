"""Put faults into what makes sayings, one at a time, and see which of them the tests beside it see.

The faults ("mutants") are mutmut's. It would start a process a fault; here all are tried in one,
by calling the tests that reach the function at fault until one fails. So these tests take nothing
but their parameters. What lives on is held against ``survivors.toml``, where each has a reason.

    python tests/sayings/mutants.py [module ...]

The order is drawn, so the first of them are a fair sample, and the figure of a sample is told with
its 95 % interval. With SAMPLE=500 that many are tried, with MINUTES=10 as many as ten minutes
allow; an interrupt tells what was found by then.
"""

import os

os.environ["NUMBA_DISABLE_JIT"] = "1"

import contextlib
import io
import json
import random
import shutil
import signal
import sys
import time
import tomllib
from collections import defaultdict
from pathlib import Path

import pytest
from mutmut.__main__ import create_mutants
from mutmut.mutation.diff_apply import get_diff_for_mutant
from mutmut.mutation.trampoline import set_mutant_under_test
from mutmut.state import state
from mutmut.utils.file_utils import copy_also_copy_files, copy_src_dir, setup_source_paths
from scipy.stats import binomtest

ROOT = Path(__file__).parents[2]
REASONS = Path(__file__).with_name("survivors.toml")
SECONDS = 10
"""Of computing; a fault that makes a test last longer counts as seen."""


class TooLongError(Exception):
    """A test did not end."""


def too_long(*_):
    raise TooLongError


class Judge:
    """Runs the tests once to see what they reach, then once a fault."""

    def __init__(self, mutants):
        self.mutants, self.tried, self.lived = mutants, set(), {}

    def fails(self, item):
        from cgsim.answer import catalogue

        catalogue.english.cache_clear()
        params = item.callspec.params if hasattr(item, "callspec") else {}
        signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
        try:
            item.obj(**params)
        except (Exception, SystemExit, pytest.fail.Exception):
            return True
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        return False

    def pytest_runtestloop(self, session):
        import cgsim

        assert "mutants" in Path(cgsim.__file__).parts, cgsim.__file__
        signal.signal(signal.SIGVTALRM, too_long)
        reached, took = defaultdict(list), {}
        set_mutant_under_test("stats")
        for item in session.items:
            state()._stats.clear()
            start = time.process_time()
            assert not self.fails(item), f"{item.nodeid} fails without a fault"
            took[item] = time.process_time() - start
            for function in state()._stats:
                reached[function].append(item)
        with contextlib.suppress(KeyboardInterrupt):
            self.try_all(reached, took)
        set_mutant_under_test("")
        return True

    def try_all(self, reached, took):
        until = time.monotonic() + 60 * float(os.environ.get("MINUTES", "inf"))
        most = int(os.environ.get("SAMPLE", len(self.mutants)))
        for number, mutant in enumerate(self.mutants[:most]):
            if time.monotonic() > until:
                break
            if number % 100 == 0:
                seen = number - len(self.lived)
                print(f"{number} of {most} tried, {seen} seen", file=sys.stderr, flush=True)
            set_mutant_under_test(mutant)
            items = sorted(reached[mutant.rpartition("__mutmut_")[0]], key=took.get)
            if not any(self.fails(item) for item in items):
                self.lived[mutant] = len(items)
                print(f"lives on: {mutant}", file=sys.stderr, flush=True)
            self.tried.add(mutant)


def made(only):
    """Make the faults and return their names by module."""
    set_mutant_under_test("mutant_generation")
    shutil.rmtree("mutants", ignore_errors=True)  # a copy that is there is not made anew
    Path("mutants").mkdir()
    with contextlib.redirect_stdout(io.StringIO()):
        copy_src_dir()
        copy_also_copy_files()
        setup_source_paths()
        create_mutants(1)
    names = defaultdict(list)
    for kept in sorted(Path("mutants/src").rglob("*.meta")):
        for name in json.loads(kept.read_text())["exit_code_by_key"]:
            module = name.rpartition(".")[0]
            if not only or any(module.endswith(f"cgsim.{part}") for part in only):
                names[module].append(name)
    return names


def change(mutant):
    """Return what a fault changes: the function, and the lines out and in."""
    lines = get_diff_for_mutant(mutant).splitlines()[2:]
    changed = [line[0] + " ".join(line[1:].split()) for line in lines if line[:1] in ("-", "+")]
    function = mutant.rpartition("__mutmut_")[0].replace(".x_", ".").removeprefix("cgsim.")
    return f"{function}: {' '.join(changed)}"


def main():
    """Try every fault; exit with 1 where one lives on for which there is no reason."""
    os.chdir(ROOT)
    names = made(sys.argv[1:])
    order = [name for listed in names.values() for name in listed]
    random.Random(1).shuffle(order)
    judge = Judge(order)
    os.chdir("mutants")
    asked = ["tests/sayings", "--rootdir=.", "-qs", "-p", "no:cacheprovider", "-p", "no:xdist"]
    ended = pytest.main(asked, plugins=[judge])
    os.chdir(ROOT)
    if ended not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        sys.exit(int(ended))
    reasons = tomllib.loads(REASONS.read_text()) if REASONS.exists() else {}
    known = {text: reason for reason, texts in reasons.items() for text in texts["faults"]}
    unknown = []
    for module, listed in names.items():
        lived = [name for name in listed if name in judge.lived]
        tried = sum(name in judge.tried for name in listed)
        print(f"{module:32} {tried - len(lived):5} of {tried:5} seen")
        unknown += [(name, text) for name in lived if (text := change(name)) not in known]
    tried, lived = len(judge.tried), len(judge.lived)
    print(f"{tried - lived} of {tried} faults are seen: {100 * (1 - lived / max(1, tried)):.1f} %")
    if 0 < tried < len(order):
        found = binomtest(tried - lived, tried).proportion_ci(method="wilson")
        low, high = (100 * end for end in found)
        print(f"a sample of {len(order)}: 95 % interval {low:.1f} to {high:.1f} %")
    for name, text in unknown:
        print(f"no reason: {text}  [{name}, {judge.lived[name]} tests]")
    sys.exit(bool(unknown))


if __name__ == "__main__":
    main()
