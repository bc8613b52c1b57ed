"""Commands that write into a folder: alone in it, never outside it, gone on with when stopped."""

import os
import resource
import subprocess
import sys

import pytest

import cgsim
from cgsim.engine import run as engine
from cgsim.running import computing as parts
from cgsim.running.batch import run_experiment
from cgsim.running.checking import damage
from cgsim.scenario import ScenarioError
from cgsim.store.folder import OutputInUse, Store
from small_batches import cgsim_here, files_of, run_cgsim, small_experiment, table_of

SMALL = ("--set", "months=24", "--set", "agencies=8", "--set", "size=4")
RUN = ("run", "baseline", "--replicates", "90", *SMALL)
HOLDER = """
import sys
from cgsim.store.folder import Store
with Store(sys.argv[1]).held():
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    path = tmp_path_factory.mktemp("answers") / "answers.toml"
    run_cgsim("assess", "--template", path)
    return path


# ---- one at a time --------------------------------------------------------------------------


@pytest.fixture
def held(tmp_path):
    """A folder that another process is at work in."""
    folder = tmp_path / "held"
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, folder],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "held\n"
    yield folder
    process.stdin.close()
    process.stdout.close()
    process.wait()


def too_late(*arguments, **more):
    raise AssertionError("runs were lived before the folder was looked at")


@pytest.mark.parametrize(
    "command",
    [
        RUN,
        ("batch", "size"),
        ("batch", "size", "size-meetings"),
        ("sensitivity",),
        ("frontier",),
        ("advise", "baseline"),
        ("declutter", "cluttered"),
        ("evidence", "A4"),
        ("assess", "ANSWERS"),
    ],
    ids=lambda command: " ".join(command[:2]),
)
def test_every_command_that_writes_is_refused_where_another_is_at_work(
    held, command, answers, monkeypatch, capsys
):
    before = files_of(held)
    command = [answers if word == "ANSWERS" else word for word in command]
    # A refusal comes before anything that takes time: no run is lived, not even to foretell.
    monkeypatch.setattr(engine.Simulation, "__init__", too_late)
    assert cgsim_here(monkeypatch, *command, "--out", held) == 4
    assert f"{held} is in use by process " in capsys.readouterr().err
    assert files_of(held) == before


def test_what_a_thread_holds_it_may_hold_again_but_no_other_thread(tmp_path):
    from concurrent.futures import ThreadPoolExecutor

    def take():
        with Store(tmp_path).held():
            return True

    with Store(tmp_path).held():
        assert take()
        with ThreadPoolExecutor(1) as pool, pytest.raises(OutputInUse):
            pool.submit(take).result()
        assert Store(tmp_path).holder() is not None
    assert Store(tmp_path).holder() is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("command", "written"),
    [
        (("sensitivity", "--trajectories", "2", "--base", "8", "--keep", "2"), "sensitivity.json"),
        (("advise", "baseline", "--draws", "20", "--replicates", "2"), "advice.csv"),
    ],
    ids=["sensitivity", "advise"],
)
def test_analyses_hold_their_folder_while_they_write(tmp_path, monkeypatch, command, written):
    out = tmp_path / "out"
    seen = []
    real = os.replace

    def replace(source, target, **more):
        if os.path.basename(target) in (written, "sobol.svg", "advice.svg", "sobol.csv"):
            seen.append((out / ".lock").exists())
        return real(source, target, **more)

    monkeypatch.setattr(os, "replace", replace)
    given = (*command, *SMALL) if command[0] == "advise" else (*command, *SMALL[:2])
    assert cgsim_here(monkeypatch, *given, "--out", out) == 0
    assert len(seen) >= 2
    assert all(seen)
    assert not (out / ".lock").exists()


def looked_at_too(out, *names):
    """Check that a change in any of these files of a batch is seen."""
    assert damage(out) == []
    for name in names:
        whole = (out / name).read_bytes()
        (out / name).write_bytes(whole[:-1])
        assert damage(out) == [f"{name} is not what was written: its SHA-256 differs"]
        (out / name).write_bytes(whole)


def test_tables_of_partnerships_are_looked_at_with_the_rest(tmp_path, monkeypatch):
    out = tmp_path / "out"
    run = ("run", "baseline", *SMALL, "--replicates", "3", "--no-doubt", "--partnerships")
    assert cgsim_here(monkeypatch, *run, "--out", out) == 0
    looked_at_too(out, "partnerships.csv", "survival.csv", "hazards.csv", "survival.svg")


# ---- a run that is saved ----------------------------------------------------------------------


def small_files():
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))


def test_a_run_that_may_not_write_ends_with_3_and_the_same_command_goes_on(tmp_path):
    out = tmp_path / "out"
    command = [sys.executable, "-m", "cgsim", *RUN, "--out", str(out)]
    stopped = subprocess.run(command, capture_output=True, text=True, preexec_fn=small_files)
    assert stopped.returncode == 3, stopped.stderr
    assert "cannot be written: File too large" in stopped.stderr
    run_cgsim(*RUN, "--out", out)
    run_cgsim(*RUN, "--out", tmp_path / "whole")
    assert table_of(out) == table_of(tmp_path / "whole")
    assert damage(out) == []


def test_the_same_run_goes_on_and_another_is_refused(tmp_path, monkeypatch, capsys):
    out = tmp_path / "out"
    assert cgsim_here(monkeypatch, *RUN, "--out", out) == 0
    before = table_of(out)
    lost = next((out / "runs").iterdir())
    lost.unlink()
    assert cgsim_here(monkeypatch, *RUN, "--out", out) == 0
    assert table_of(out) == before
    capsys.readouterr()
    before = files_of(out)
    for other in (["--seed", "2"], ["--months"], ["--replicates", "91"]):
        assert cgsim_here(monkeypatch, *RUN, *other, "--out", out) == 2
        assert str(out) in capsys.readouterr().err
    assert files_of(out) == before
    stranger = tmp_path / "stranger"
    stranger.mkdir()
    (stranger / "letter.txt").write_text("dear")
    assert cgsim_here(monkeypatch, *RUN, "--out", stranger) == 2
    assert files_of(stranger) == {"letter.txt": b"dear"}


# ---- links ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "runs",
        "months",
        "boards",
        "aside",
        "points.parquet",
        "manifest.json",
        "summary.csv",
        "failures.jsonl",
        ".lock",
        ".running.json",
    ],
)
@pytest.mark.parametrize("begun", [False, True], ids=["new", "begun"])
def test_a_link_never_leads_out_of_the_folder(tmp_path, name, begun):
    experiment = small_experiment(replicates=2, months=True, boards=True)
    other, mine = tmp_path / "other", tmp_path / "mine"
    run_experiment(small_experiment(replicates=3, months=True, boards=True), other)
    (other / "aside").mkdir()
    for hidden in (".lock", ".running.json"):
        (other / hidden).write_text("another's")
    mine.mkdir()
    if begun:
        run_experiment(experiment, mine)
        if (mine / name).is_dir():
            (mine / name).rename(tmp_path / "away")
        else:
            (mine / name).unlink(missing_ok=True)
    (mine / name).symlink_to(other / name)
    before, inside = files_of(other), sorted(p.name for p in mine.iterdir())
    with pytest.raises(ScenarioError) as told:
        run_experiment(experiment, mine)
    assert f"{mine / name}: got a symbolic link" in str(told.value)
    assert files_of(other) == before
    assert sorted(p.name for p in mine.iterdir()) == inside


def test_a_part_that_is_a_link_is_set_aside_and_what_it_leads_to_stays(tmp_path):
    experiment = small_experiment(replicates=2)
    run_experiment(experiment, tmp_path / "mine")
    part = next((tmp_path / "mine/runs").iterdir())
    elsewhere = tmp_path / "elsewhere.parquet"
    part.rename(elsewhere)
    data = elsewhere.read_bytes()
    part.symlink_to(elsewhere)
    done = run_experiment(experiment, tmp_path / "mine")
    assert [aside.why for aside in done.set_aside] == ["is a symbolic link"]
    assert elsewhere.read_bytes() == data
    assert part.read_bytes() == data
    assert not part.is_symlink()


# ---- too little memory --------------------------------------------------------------------------


def no_memory(*arguments, **more):
    raise MemoryError


def no_thread(*arguments, **more):
    raise RuntimeError("can't start new thread")


@pytest.mark.parametrize("command", [RUN, ("batch", "size", "--replicates", "2")])
@pytest.mark.parametrize("what", ["memory", "thread"])
def test_too_little_memory_is_a_line_that_says_what_to_lower(
    tmp_path, monkeypatch, capsys, command, what
):
    if what == "memory":
        monkeypatch.setattr(engine, "new_chunk", no_memory)
    else:
        monkeypatch.setattr("threading.Thread.start", no_thread)
    assert cgsim_here(monkeypatch, *command, "--out", tmp_path / "out") == 2
    (line,) = [x for x in capsys.readouterr().err.splitlines() if x.startswith("cgsim: ")]
    assert line.startswith("cgsim: too little memory; ")
    assert "lower --workers or --replicates" in line
    assert "defect" not in line


def test_a_run_without_memory_is_no_failed_run(tmp_path, monkeypatch):
    monkeypatch.setattr(engine, "new_chunk", no_memory)
    with pytest.raises(MemoryError):
        parts.compute(parts.job_of(small_experiment(), parts.Part(0, 0, 0, 3), ""))


def test_the_same_results_without_a_folder(tmp_path):
    one = cgsim.run("baseline", 3, set=["months=24"]).replicates
    two = cgsim.run("baseline", 3, set=["months=24"], months=True).replicates
    assert one.equals(two)
