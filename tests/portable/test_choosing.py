"""Nobody waits for a compiler: which engine answers, and when it is changed."""

import os
import subprocess
import sys

import numba
import numpy as np
import pytest
import wasmtime

import cgsim
from cgsim import measures
from cgsim.compiler import rule
from cgsim.engine.batch import new_chunk
from cgsim.portable import choice, host
from cgsim.rules.state import Shape
from cgsim.running.results import run_many

pytestmark = pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="nothing is compiled")


class Maker:
    """Stands for the process that compiles: done, or given up, when the test says so."""

    def __init__(self):
        self.code = None
        self.started = 0

    def __call__(self):
        self.started += 1
        return self

    def poll(self):
        return self.code


@pytest.fixture
def auto(monkeypatch):
    """A process that has computed nothing so far, and the one that compiles for it."""
    maker = Maker()
    monkeypatch.setenv(choice.VARIABLE, "auto")
    monkeypatch.setattr(choice, "_native", choice._Native())
    monkeypatch.setattr(choice, "native_is_kept", lambda: False)
    monkeypatch.setattr(choice, "_start_making", maker)
    return maker


@pytest.fixture
def calls(monkeypatch):
    """The names of the entry points that the portable engine was asked for."""
    seen = []
    real = host.Memory.call

    def call(self, name, arguments):
        seen.append(name)
        real(self, name, arguments)

    monkeypatch.setattr(host.Memory, "call", call)
    return seen


def test_a_short_run_stays_portable_and_compiles_nothing(auto, calls):
    run_many([cgsim.load("baseline")], 5, 1)
    assert "run_batch" in calls
    assert auto.started == 0


def test_where_all_is_compiled_the_first_run_is_native(auto, calls, monkeypatch):
    monkeypatch.setattr(choice, "native_is_kept", lambda: True)
    run_many([cgsim.load("baseline")], 5, 1)
    assert calls == []
    assert auto.started == 0


def test_a_long_batch_changes_over_between_two_chunks_and_nobody_can_tell(auto, calls, monkeypatch):
    monkeypatch.setattr(choice, "PATIENCE", 0.0)
    monkeypatch.setattr("cgsim.engine.run.MOST_RUNS_A_CHUNK", 4)
    scenario = cgsim.load("baseline")
    done = []

    def progress(lived, of):
        done.append(lived)
        if len(done) == 2:
            auto.code = 0

    mixed = run_many([scenario], 60, 1, workers=1, progress=progress)[0]
    assert auto.started == 1
    assert 0 < calls.count("run_batch") < 15
    monkeypatch.setenv(choice.VARIABLE, "native")
    assert np.array_equal(mixed.measures, run_many([scenario], 60, 1)[0].measures, equal_nan=True)


def test_where_native_code_cannot_be_kept_it_stays_portable(auto, calls, monkeypatch):
    monkeypatch.setattr(choice, "PATIENCE", 0.0)
    auto.code = 1
    for _ in range(3):
        run_many([cgsim.load("baseline")], 3, 1)
    assert auto.started == 1
    assert calls.count("run_batch") == 3


@pytest.mark.parametrize("trouble", ["wasmtime cannot be imported", "built from other sources"])
def test_without_a_portable_engine_auto_is_native(auto, calls, monkeypatch, trouble):
    monkeypatch.setattr(host, "trouble", lambda: trouble)
    run_many([cgsim.load("baseline")], 3, 1)
    assert calls == []
    with pytest.raises(choice.EngineError, match=trouble):
        cgsim.use_engine("wasm")


@rule
def twice(month, column, start):
    """A rule of one's own: totals that are twice what they are."""
    found = 0.0
    for place in range(start, month.shape[0]):
        found += 2.0 * month[place, column]
    return found


def totals():
    chunk = new_chunk(1, 1, Shape(2, 2, 2, 2, 0, 1, 0, 0, 0, 0, 1, 2))
    chunk.month[:] = 1.0
    out = np.zeros((1, 1, chunk.month.shape[-1]))
    measures.total_arms(chunk, out)
    return out[0, 0, 0]


@pytest.mark.parametrize("engine", ["auto", "wasm"])
def test_a_changed_rule_runs_natively(engine, auto, calls, monkeypatch):
    """The module holds the rules as they stand in the files."""
    monkeypatch.setenv(choice.VARIABLE, engine)
    assert (totals(), calls) == (2.0, ["total_arms"])
    monkeypatch.setattr(measures, "total", twice)
    monkeypatch.setattr("cgsim.compiler._told", {"compiling", "not kept"})
    assert (totals(), calls) == (4.0, ["total_arms"])
    monkeypatch.undo()


def test_arrays_of_another_type_or_shape_are_refused(auto):
    chunk = new_chunk(1, 1, Shape(2, 2, 2, 2, 0, 1, 0, 0, 0, 0, 1, 2))
    columns = chunk.month.shape[-1]
    for wrong in (np.zeros((1, 1, columns), np.float32), np.zeros((1, columns))):
        with pytest.raises(TypeError, match=r"total_arms: out: got float.* axes; allowed float64"):
            host.memory().call("total_arms", (chunk, wrong))


@pytest.fixture
def asked_anew():
    host.trouble.cache_clear()
    yield
    host.trouble.cache_clear()


def test_a_module_that_gets_no_memory_is_no_engine(auto, calls, monkeypatch, asked_anew):
    """As under a limit of addresses, which schedulers of clusters set."""

    def none(*_):
        raise wasmtime.WasmtimeError("mmap failed to reserve 0x104000000 bytes")

    monkeypatch.setattr(wasmtime, "Instance", none)
    monkeypatch.setattr(host._of_thread, "memory", None, raising=False)
    assert "gets no memory (mmap failed" in host.trouble()
    assert not choice.is_portable()
    with pytest.raises(choice.EngineError, match="gets no memory"):
        cgsim.use_engine("wasm")


def test_runs_that_get_no_room_in_the_module_are_lived_natively(auto, calls, monkeypatch):
    def none(*_):
        raise wasmtime.WasmtimeError("failed to grow memory by 70000 pages")

    assert choice.is_portable()
    monkeypatch.setattr(wasmtime.Memory, "grow", none)
    room = (np.zeros(10_000_000),)
    assert choice.settled(room) == (None, room)
    assert not choice.is_portable()


def test_another_module_than_the_one_that_is_described_is_not_run(monkeypatch, asked_anew):
    monkeypatch.setattr(host, "_binary", lambda: b"\0asm of another build")
    assert "not the one that is described" in host.trouble()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing forks here")
def test_a_forked_process_does_not_take_its_parents_compiler_for_done(auto):
    choice._native.maker, choice._native.spent = auto, 2 * choice.PATIENCE
    choice._begin_anew()
    assert (choice._native.maker, choice._native.spent) == (None, 0.0)
    child = os.fork()
    if child == 0:
        os._exit(0 if choice._native.maker is None else 1)
    assert os.waitpid(child, 0)[1] == 0


def cli(*arguments, cache, **environment):
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "cgsim", *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, "CGSIM_CACHE_DIR": str(cache), **environment},
        timeout=120,
    )


def test_the_first_run_of_a_fresh_install_compiles_nothing_and_leaves_nothing(tmp_path):
    done = cli("run", "baseline", "--replicates", "20", cache=tmp_path, CGSIM_ENGINE="auto")
    assert (done.returncode, done.stderr) == (0, "")
    assert "working together met" in done.stdout
    assert not [path for path in tmp_path.rglob("*") if path.stat().st_size > 10_000]


WITHOUT_WAITING = """
import os, sys, time
from pathlib import Path
import cgsim
from cgsim.portable import choice

choice.PATIENCE = 0.0
first = cgsim.run("baseline", 20)
print(first.headline())
assert choice._native.maker.poll() is None, "nothing is being compiled"
assert choice.is_portable()
assert "numba" not in sys.modules
"""
ENDS_IT = """
try:
    for _ in range(1200):
        if [*Path(os.environ["CGSIM_CACHE_DIR"]).glob("*/.compiling.lock")]:
            break
        time.sleep(0.1)
    else:
        raise AssertionError("the process that compiles has not begun")
finally:
    choice._native.maker.kill()
"""
WAITS_FOR_IT = """
assert choice._native.maker.wait() == 0
cgsim.run("baseline", 2)  # after this call it is seen that the other engine is there
assert not choice.is_portable()
again = cgsim.run("baseline", 20)
assert "numba" in sys.modules
assert again.replicates.equals(first.replicates)
"""


def without_waiting(cache, then):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", WITHOUT_WAITING + then],
        capture_output=True,
        text=True,
        env={**os.environ, "CGSIM_CACHE_DIR": str(cache), choice.VARIABLE: "auto"},
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "working together met" in done.stdout


def test_the_first_answer_is_there_while_the_compiler_is_at_work(tmp_path):
    without_waiting(tmp_path, ENDS_IT)


@pytest.mark.soak
def test_what_was_compiled_meanwhile_takes_over_in_the_same_process(tmp_path):
    without_waiting(tmp_path, WAITS_FOR_IT)


@pytest.mark.parametrize("how", ["option", "variable"])
def test_an_engine_that_there_is_not_is_one_line(how, tmp_path):
    if how == "option":
        done = cli("--engine", "wasn", "run", "baseline", cache=tmp_path)
    else:
        done = cli("run", "baseline", cache=tmp_path, CGSIM_ENGINE="wasn")
    assert done.returncode == 2
    assert done.stderr == "--engine: got 'wasn'; allowed auto, native, wasm\n"


@pytest.mark.soak
def test_a_process_of_its_own_compiles_what_later_ones_find(tmp_path):
    environment = {**os.environ, "CGSIM_CACHE_DIR": str(tmp_path), choice.VARIABLE: "native"}
    for _ in range(2):
        done = subprocess.run([sys.executable, "-m", "cgsim.entries"], env=environment)
        assert done.returncode == 0
    done = cli("run", "baseline", "--replicates", "5", cache=tmp_path, CGSIM_ENGINE="native")
    assert (done.returncode, done.stderr) == (0, "")
