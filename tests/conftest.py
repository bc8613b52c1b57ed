"""What every run of the tests needs: signals as in a shell, one compile, what is dear made once."""

import contextlib
import os
import signal
import threading
from pathlib import Path

import hypothesis
import numba
import pytest

# The ordinary tests run the native engine; those of the portable one ask for it.
os.environ.setdefault("CGSIM_ENGINE", "native")

HERE = Path(__file__).parent
TOGETHER = ("assess", "calibrate", "lessons")
"""Folders whose tests share a browser, lessons or a bank of lives: one worker takes each whole."""
LONGEST_FIRST = (
    "assess",
    "calibrate",
    "lessons",
    "docs/test_tutorials.py",
    "page/test_tasks.py",
    "page/test_rooms.py",
    "page/test_levers_and_steps.py",
    "page",
    "answer/test_texts_of_commands.py",
    "running/test_cluster.py",
    "running/test_crashes.py",
    "docs/test_documents.py",
    "engine/test_changed_rules.py",
    "docs/test_notebooks.py",
    "docs/test_model_page.py",
    "docs/test_sayings.py",
    "docs/test_measuring_gain.py",
    "cli/test_what_is_loaded.py",
    "running/test_folders_of_commands.py",
    "answer/test_one_place_for_words.py",
    "cli/test_streams.py",
    "engine/test_kept_code.py",
    "advice/test_advice.py",
    "docs/test_gallery.py",
    "engine/test_compiling.py",
)
"""What takes longest, the longest first: begun last, it would keep one worker busy alone.

Files of a folder one after the other share the browser that a worker has open."""

# No test is timed: how long an example takes depends on who else is at work on the machine.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

with contextlib.suppress(ImportError):  # an environment for another Python has no browser
    from playwright.sync_api import expect

    # A page is waited for as long as a machine takes on which another worker is busy too.
    expect.set_options(timeout=30_000)


LONG_LIST = HERE / "long.txt"
A_LONG_CASE = 1.0
"""Seconds: a test of which one case takes longer is among the long ones."""
A_LONG_SETUP = 3.0
"""Seconds: a file is among the long ones, with all its tests, where making what they share takes
longer. Were its first test left out, the next would wait for it."""


def pytest_addoption(parser):
    """Offer to write down anew which tests are long."""
    help = f"write {LONG_LIST.name} anew: tests with a case of more than {A_LONG_CASE} s"
    parser.addoption("--note-long", action="store_true", help=help)


def function_of(nodeid):
    """Return a test without its case."""
    return nodeid.partition("[")[0]


def file_of(nodeid):
    """Return the file of a test."""
    return nodeid.partition("::")[0]


def listed_as_long():
    """Return what the list names: tests, and files with all their tests."""
    return set(LONG_LIST.read_text("utf-8").split())


class NotesLong:
    """Takes down how long every case took, and writes the list of long tests.

    What is listed and was not run stays listed.
    """

    def __init__(self):
        self.seconds = {}
        self.files = set()

    def pytest_runtest_logreport(self, report):
        """Add a step of a case."""
        self.seconds[report.nodeid] = self.seconds.get(report.nodeid, 0.0) + report.duration
        if report.when == "setup" and report.duration > A_LONG_SETUP:
            self.files.add(file_of(report.nodeid))

    def pytest_sessionfinish(self):
        """Write the list, sorted."""
        run = {function_of(case) for case in self.seconds}
        run |= {file_of(case) for case in self.seconds}
        found = {function_of(case) for case, took in self.seconds.items() if took > A_LONG_CASE}
        found |= self.files | (listed_as_long() - run)
        kept = {name for name in found if name in self.files or file_of(name) not in self.files}
        LONG_LIST.write_text("".join(f"{name}\n" for name in sorted(kept)), "utf-8")


def pytest_configure(config):
    """Let programs that the tests start be interrupted, also where the tests run under nohup.

    A signal that is ignored here would be ignored in every program started from here.
    """
    if threading.current_thread() is threading.main_thread():
        if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        hang_up = getattr(signal, "SIGHUP", None)
        if hang_up is not None and signal.getsignal(hang_up) is signal.SIG_IGN:
            signal.signal(hang_up, lambda *_: None)

    if config.option.note_long and not hasattr(config, "workerinput"):
        config.pluginmanager.register(NotesLong())


def pytest_sessionstart(session):
    """Compile the engine before workers start: each would compile it anew at the same time."""
    if getattr(session.config.option, "numprocesses", None) and not numba.config.DISABLE_JIT:
        from cgsim.entries import compile_all

        compile_all()


def scope_of(nodeid):
    """Return the file of a test, or its folder where that is taken whole."""
    parts = Path(nodeid.partition("::")[0]).parts[1:]
    return parts[0] if parts[0] in TOGETHER else "/".join(parts)


def pytest_collection_modifyitems(items):
    """Mark the long tests, and let the longest files come first."""
    long = listed_as_long()
    for item in items:
        if {function_of(item.nodeid), file_of(item.nodeid)} & long:
            item.add_marker(pytest.mark.long)
    place = {scope: number for number, scope in enumerate(LONGEST_FIRST)}

    def turn(item):
        scope = scope_of(item.nodeid)
        return place.get(scope, place.get(scope.partition("/")[0], len(LONGEST_FIRST)))

    items.sort(key=turn)


@pytest.hookimpl(optionalhook=True)  # also where pytest-xdist is not
def pytest_xdist_make_scheduler(config, log):
    """Keep the tests of a file, or of a folder that shares what is dear, in one worker."""
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            return scope_of(nodeid)

    config.option.loadscopereorder = False  # by number of tests, not by how long they take
    return ByFile(config, log)
