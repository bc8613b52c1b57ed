"""Code is part of the result: a rule that is not the one in its file never passes for it."""

import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numba
import numpy as np
import pytest
from tests import program

import cgsim
from cgsim import compiler, measures
from cgsim.cli.runs import print_answer
from cgsim.engine import life
from cgsim.engine.batch import new_chunk
from cgsim.measures import total_arms
from cgsim.rules import issues, month, trust
from cgsim.rules.state import Shape

PACKAGE = Path(cgsim.__file__).parent
compiled = pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="nothing is compiled")
CLEAN = compiler.source_hash()


def python(code, *, home, package=None, **variables):
    """Run a piece of Python in a process of its own; return what it printed and said."""
    environment = {**os.environ, "CGSIM_CACHE_DIR": str(home / "cache"), **variables}
    if package is not None:
        environment["PYTHONPATH"] = str(package.parent)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=home,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip(), done.stderr


def test_rules_as_their_files_say_are_no_changed_rules():
    assert compiler.changed_rules() == ()
    assert CLEAN == compiler.source_hash() == compiler._files().hash


def another_rule(parameters, shocks, month, b, state):
    return None


@compiler.rule
def yet_another_rule(parameters, shocks, month, b, state):
    return 0.0


def with_another_body(monkeypatch):
    function = getattr(trust.judge_promises, "py_func", trust.judge_promises)
    monkeypatch.setattr(function, "__code__", another_rule.__code__)


CHANGES = {
    "a rule replaced": (
        lambda patch: patch.setattr(trust, "judge_promises", yet_another_rule),
        ("trust.judge_promises",),
    ),
    "a rule replaced by another of ours": (
        lambda patch: patch.setattr(issues, "agenda_overlap", issues.disagreement_between),
        ("issues.agenda_overlap",),
    ),
    "a rule's code replaced": (with_another_body, ("trust.judge_promises",)),
    "a rule imported by name": (
        lambda patch: patch.setattr(life, "live_month", yet_another_rule),
        ("life.live_month",),
    ),
    "a module replaced": (lambda patch: patch.setattr(month, "trust", issues), ("month.trust",)),
    "a constant": (lambda patch: patch.setattr(measures, "MET", 3), ("measures.MET",)),
    "a word of Python's own": (
        lambda patch: patch.setattr(issues, "abs", yet_another_rule, raising=False),
        ("issues.abs",),
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_every_way_to_change_a_rule_is_told_and_is_other_code(change, monkeypatch):
    make, names = CHANGES[change]
    with monkeypatch.context() as patch:
        make(patch)
        assert set(names) <= set(compiler.changed_rules())
        changed = compiler.source_hash()
        assert changed != CLEAN
        assert changed == compiler.source_hash()
        assert names[0] in compiler.source_told()
    assert compiler.changed_rules() == ()
    assert compiler.source_hash() == CLEAN


def test_two_changes_of_one_rule_are_told_apart(monkeypatch):
    def forgiving_up_to(share):
        @compiler.rule
        def judge_promises(parameters, shocks, month, b, state):
            return share

        return judge_promises

    hashes = {CLEAN}
    for share in (0.0, 0.1, 0.2):
        with monkeypatch.context() as patch:
            patch.setattr(trust, "judge_promises", forgiving_up_to(share))
            hashes.add(compiler.source_hash())
    assert len(hashes) == 4


def test_a_name_that_no_rule_reads_changes_nothing(monkeypatch):
    monkeypatch.setattr(trust, "a_note_to_myself", 1, raising=False)
    assert compiler.changed_rules() == ()


@compiled
def test_a_plain_function_in_place_of_a_rule_is_refused_by_name(monkeypatch):
    monkeypatch.setattr(measures, "total", another_rule)
    with pytest.raises(TypeError, match=r"measures\.total is a plain function; .*compiler\.rule"):
        total_arms(new_chunk(1, 1, Shape(2, 2, 2, 2, 0, 1, 0, 0, 0, 0, 1, 2)), np.zeros((1, 1, 10)))


TOTALS = """
import sys
import numpy as np
from cgsim import compiler, measures
from cgsim.engine.batch import new_chunk
from cgsim.rules.state import Shape

def totals():
    chunk = new_chunk(1, 1, Shape(2, 2, 2, 2, 0, 1, 0, 0, 0, 0, 1, 2))
    chunk.month[:] = 1.0
    out = np.zeros((1, 1, chunk.month.shape[-1]))
    measures.total_arms(chunk, out)
    return out[0, 0, 0]

@compiler.rule
def twice(month, column, start):
    found = 0.0
    for place in range(start, month.shape[0]):
        found += 2.0 * month[place, column]
    return found
"""


@compiled
def test_a_replaced_rule_is_used_at_once_and_leaves_nothing_behind(tmp_path):
    story = f"""{TOTALS}
original = measures.total
first = totals()
measures.total = twice
assert compiler.changed_rules() == ("measures.total",)
second = totals()
measures.total = original
assert compiler.changed_rules() == ()
print(first, second, totals())
"""
    told, said = python(story, home=tmp_path)
    assert told == "2.0 4.0 2.0"
    assert said.count("With a changed rule: measures.total.") == 1
    (kept,) = (tmp_path / "cache").glob("*/total_arms-*")
    before = kept.read_bytes()
    # Replaced before anything was compiled: other numbers, and nothing of it is kept.
    told, said = python(f"{TOTALS}\nmeasures.total = twice; print(totals())", home=tmp_path)
    assert told == "4.0"
    assert "With a changed rule: measures.total." in said
    assert "for this process" in said
    assert "once per installed version" not in said
    assert list((tmp_path / "cache").glob("*/total_arms-*")) == [kept]
    assert kept.read_bytes() == before
    # And the next process, with the rules as they are, has their numbers without a word.
    assert python(f"{TOTALS}\nprint(totals())", home=tmp_path) == ("2.0", "")


def copy_of_the_package(folder):
    ignored = shutil.ignore_patterns("__pycache__")
    return Path(shutil.copytree(PACKAGE, folder / "cgsim", ignore=ignored))


def edit(package):
    """Let totals begin with 5, in a file of as many bytes."""
    path = package / "measures.py"
    text = path.read_text()
    start = text.index("def total(")
    edited = text[:start] + text[start:].replace("= 0.0", "= 5.0", 1)
    assert edited != text
    path.write_text(edited)
    return path


@compiled
def test_a_source_edited_after_it_was_loaded_never_passes_for_what_was_loaded(tmp_path):
    package = copy_of_the_package(tmp_path / "installed")
    path = package / "measures.py"
    text = path.read_text()
    code = f"{TOTALS}\nprint(totals(), compiler.source_hash(), compiler.changed_rules())"
    before, _ = python(code, home=tmp_path, package=package)
    assert before.startswith("2.0")
    after = edit(package).read_text()
    assert len(after) == len(text)
    path.write_text(text)
    while_running = f"""{TOTALS}
from pathlib import Path
Path({str(path)!r}).write_text({after!r})
print(totals(), compiler.source_hash(), compiler.changed_rules())
"""
    shutil.rmtree(tmp_path / "cache")
    assert python(while_running, home=tmp_path, package=package)[0] == before
    new, _ = python(code, home=tmp_path, package=package)
    assert new.startswith("7.0")
    assert new.split()[1] != before.split()[1]


@compiled
def test_python_running_an_older_compiled_file_is_noticed(tmp_path):
    package = copy_of_the_package(tmp_path / "installed")
    code = f"{TOTALS}\nprint(totals(), *compiler.changed_rules())"
    path = package / "measures.py"
    os.utime(path, (time.time() - 100, time.time() - 100))
    moment = path.stat().st_mtime
    variables = {"PYTHONDONTWRITEBYTECODE": ""}
    assert python(code, home=tmp_path, package=package, **variables)[0] == "2.0"
    edit(package)
    os.utime(path, (moment, moment))  # as many bytes, and the same time: Python runs the old code
    told, said = python(code, home=tmp_path, package=package, **variables)
    assert told == "2.0 measures.total"
    assert "With a changed rule: measures.total." in said


STORY = """
import json, sys
from unittest.mock import patch
import cgsim
from cgsim.compiler import rule
from cgsim.running.batch import run_experiment
from cgsim.experiment.design import Experiment
from cgsim.rules import trust

@rule
def judge_promises(parameters, shocks, month, b, state):
    state.partnership[b].experience += 1.0

scenario = cgsim.load("baseline", ["months=8", "start=0"])
experiment = Experiment(scenarios={"small": scenario}, replicates=2, question="Q?")
"""


@pytest.fixture(scope="module")
def changed_batch(tmp_path_factory):
    """A batch computed with a changed rule, by a process that has ended."""
    home = tmp_path_factory.mktemp("changed")
    code = f"""{STORY}
with patch.object(trust, "judge_promises", judge_promises):
    run_experiment(experiment, "out", workers=1)
    results = cgsim.run(scenario, 2)
print(results.headline())
"""
    told, said = python(code, home=home, NUMBA_DISABLE_JIT="1")
    assert "With a changed rule: trust.judge_promises." in told
    assert "With a changed rule: trust.judge_promises." in said
    return home / "out"


def test_a_folder_says_with_which_changed_rule_it_was_computed(changed_batch):
    manifest = json.loads((changed_batch / "manifest.json").read_text())
    assert manifest["changed_rules"] == ["trust.judge_promises"]
    assert manifest["source"] != CLEAN


def test_verify_status_and_report_tell(changed_batch, tmp_path):
    done = program.run("verify", changed_batch)
    assert done.returncode == 1, done.stderr
    assert "computed with a changed rule: trust.judge_promises" in done.stdout
    assert "to the last bit" not in done.stdout
    done = program.run("status", changed_batch)
    assert "trust.judge_promises" in done.stdout
    done = program.run("report", changed_batch, "-o", tmp_path / "page.html")
    assert done.returncode == 0, done.stderr
    assert "with a changed rule: trust.judge_promises" in (tmp_path / "page.html").read_text()


def test_a_clean_process_does_not_go_on_with_it(changed_batch, tmp_path):
    folder = shutil.copytree(changed_batch, tmp_path / "out")
    next((folder / "runs").glob("*.parquet")).unlink()
    before = sorted(path.name for path in folder.rglob("*"))
    code = f"""{STORY}
from cgsim.scenario.errors import ScenarioError
try:
    run_experiment(experiment, "out", workers=1)
except ScenarioError as error:
    print(error)
"""
    done = program.run_python(code, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "source: got" in done.stdout
    assert sorted(path.name for path in folder.rglob("*")) == before


def test_a_rule_changed_between_two_parts_ends_the_batch(tmp_path, monkeypatch):
    from cgsim.experiment.design import Experiment
    from cgsim.running import batch as batches
    from cgsim.running.workers import Threads
    from cgsim.scenario.errors import ScenarioError
    from cgsim.store.folder import Store

    scenario = cgsim.load("baseline", ["months=6"])
    experiment = Experiment(scenarios={"small": scenario}, replicates=4, question="Q?")
    monkeypatch.setattr(batches, "runs_a_part", lambda *_: 1)
    put = Store.put

    def put_and_change(store, part, computed, input_hash):
        put(store, part, computed, input_hash)
        monkeypatch.setattr(measures, "CLEAR_LOSS", -0.5)

    with monkeypatch.context() as patch:
        patch.setattr(Store, "put", put_and_change)
        patch.setattr(batches, "crew_of", lambda *_: Threads(1))
        with pytest.raises(ScenarioError, match=r"source: this process has .*measures\.CLEAR_LOSS"):
            batches.run_experiment(experiment, tmp_path / "out", workers=1)
    stored = len(list((tmp_path / "out/runs").glob("*.parquet")))
    assert 1 <= stored < 4


def test_a_worker_with_a_changed_rule_refuses_the_work(monkeypatch):
    from cgsim.experiment.design import Experiment
    from cgsim.running.computing import OtherSource, compute, job_of
    from cgsim.store.parts import Part

    experiment = Experiment(
        scenarios={"small": cgsim.load("baseline", ["months=6"])}, replicates=2, question="Q?"
    )
    job = job_of(experiment, Part(0, 0, 0, 1), "")
    monkeypatch.setattr(trust, "judge_promises", yet_another_rule)
    with pytest.raises(OtherSource, match=r"with a changed rule: trust\.judge_promises"):
        compute(job)


def test_results_of_a_changed_rule_are_not_saved_as_those_of_the_rules(tmp_path, monkeypatch):
    from dataclasses import replace

    from cgsim.running import saving
    from cgsim.scenario.errors import ScenarioError

    results = cgsim.run("baseline", 2, set={"months": 6})
    assert results.source == CLEAN
    with pytest.raises(ScenarioError, match="results of other rules"):
        saving.save(replace(results, source="0123456789abcdef"), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_what_is_printed_of_runs_says_so_too(capsys):
    results = replace(cgsim.run("baseline", 2, 1, ["months=14"]), changed_rules=("trust.one",))
    print_answer(results, results.answer())
    printed = " ".join(capsys.readouterr().out.split())
    assert "With a changed rule: trust.one." in printed
