"""A Dask cluster computes the same rows; what it loses is computed again, or gone on with."""

import gc
import itertools
import json
import os
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager

import pytest

from small_batches import TINY, files_of, hidden, run_cgsim, small_experiment, table_of, until

distributed = pytest.importorskip("distributed")

import cgsim  # noqa: E402
from cgsim import measures  # noqa: E402
from cgsim.advice import landscapes  # noqa: E402
from cgsim.running import workers  # noqa: E402
from cgsim.running.batch import run_experiment  # noqa: E402
from cgsim.running.workers import Cluster, ClusterLost  # noqa: E402
from cgsim.scenario import ScenarioError  # noqa: E402
from cgsim.store import folder as store  # noqa: E402
from cgsim.store.folder import Store  # noqa: E402

REPLICATES = 400  # 36 parts


def planned():
    return small_experiment(replicates=REPLICATES)


@pytest.fixture(scope="module")
def local(tmp_path_factory):
    """The batch as this machine's threads compute it."""
    folder = tmp_path_factory.mktemp("local") / "batch"
    run_experiment(planned(), folder)
    return table_of(folder)


@pytest.fixture(scope="module")
def client():
    with (
        distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=True,
            dashboard_address="127.0.0.1:0",
            host="127.0.0.1",
            silence_logs=50,
        ) as cluster,
        distributed.Client(cluster) as connected,
    ):
        yield connected


def after(count, what):
    """Return a ``progress`` that does something once, when so many runs are done."""
    done_already = []

    def progress(done, total):
        if count <= done < total and not done_already:
            done_already.append(done)
            what()

    return progress


def test_a_cluster_gives_the_same_bytes(client, local, tmp_path):
    done = run_experiment(planned(), tmp_path, scheduler=client)
    assert done.computed == 6 * REPLICATES
    assert table_of(tmp_path) == local
    assert hidden(tmp_path) == []


def test_workers_are_sent_the_network_and_read_no_file_of_that_name(client, tmp_path):
    folders = [tmp_path / name for name in ("here", "there")]
    for folder, ties in zip(folders, ("1,2,0.9\n", "3,4\n4,5\n"), strict=True):
        folder.mkdir()
        (folder / "ties.csv").write_text(ties)
    changes = {"network": "file", "network_file": str(folders[0] / "ties.csv")}
    scenario = cgsim.load("baseline", [*TINY, *(f"{k}={v}" for k, v in changes.items())])
    (folders[0] / "ties.csv").unlink()
    planned = small_experiment(scenarios={"baseline": scenario}, replicates=20)
    run_experiment(planned, tmp_path / "local")
    before = client.run(os.getcwd)
    try:
        client.run(os.chdir, str(folders[1]))
        run_experiment(planned, tmp_path / "far", scheduler=client)
    finally:
        client.run(os.chdir, next(iter(before.values())))
    assert table_of(tmp_path / "far") == table_of(tmp_path / "local")


def test_a_cluster_finds_the_same_groups_that_could_go(client, tmp_path, monkeypatch):
    """Every landscape is lived there, in parts, and what it gave is kept here."""
    tables = cgsim.load("baseline", TINY).to_dict()
    groups = [{"name": f"Group {n}", "size": 3, "recruit": "random"} for n in range(3)]
    tables["partnership"] = groups
    scenario = cgsim.load("baseline").from_dict(tables)
    with monkeypatch.context() as patch:
        patch.setattr(landscapes.Trial, "compute", None)  # in this process: workers have their own
        far = cgsim.declutter(scenario, tmp_path / "far", replicates=60, scheduler=client)
    here = cgsim.declutter(scenario, tmp_path / "here", replicates=60)
    assert far.groups.equals(here.groups)
    assert far.merges.equals(here.merges)
    assert far.path.equals(here.path)
    kept = [files_of(tmp_path / name / "landscapes") for name in ("far", "here")]
    assert kept[0] == kept[1] != {}
    again = cgsim.declutter(scenario, tmp_path / "far", replicates=60)
    assert again.path.equals(here.path)


@pytest.fixture
def address(client):
    """The scheduler's address; a connection that was made to it and left open is closed."""
    yield client.scheduler_info()["address"]
    for made in connections():
        if made is not client:
            made.close()


def connections():
    """Every connection of this process to a scheduler that is open."""
    return [c for c in gc.get_objects() if type(c) is distributed.Client and c.status == "running"]


def test_a_scheduler_may_be_named_by_its_address(address, local, tmp_path):
    assert address.startswith("tcp://127.0.0.1:")
    run_experiment(planned(), tmp_path, scheduler=address)
    assert table_of(tmp_path) == local


def test_a_connection_that_was_made_is_closed_again(address, client, tmp_path):
    run_experiment(small_experiment(replicates=2), tmp_path, scheduler=address)
    assert connections() == [client]


def test_a_worker_that_is_killed_costs_nothing(client, local, tmp_path):
    until(lambda: len(client.nthreads()) == 2)
    victim = min(client.run(os.getpid).values())

    def kill():
        os.kill(victim, signal.SIGKILL)
        until(lambda: len(client.nthreads()) == 1)

    run_experiment(planned(), tmp_path, scheduler=client, progress=after(1, kill))
    assert table_of(tmp_path) == local
    assert hidden(tmp_path) == []


def test_a_cluster_may_shrink_and_grow(client, local, tmp_path, monkeypatch):
    sizes = itertools.cycle([8, 1, 0, 3])
    monkeypatch.setattr(Cluster, "_workers", lambda self: {"all": next(sizes)})
    run_experiment(planned(), tmp_path, scheduler=client)
    assert table_of(tmp_path) == local


def test_an_interrupted_batch_goes_on_elsewhere(client, local, tmp_path):
    def interrupted():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_experiment(planned(), tmp_path, scheduler=client, progress=after(500, interrupted))
    kept = len(Store(tmp_path).files())
    assert 6 <= kept < 36
    done = run_experiment(planned(), tmp_path, workers=2)
    assert 0 < done.computed < 6 * REPLICATES
    assert table_of(tmp_path) == local
    until(lambda: not client.processing() or not any(client.processing().values()))


def test_work_that_is_cancelled_elsewhere_is_lost_and_can_be_gone_on_with(client, local, tmp_path):
    def cancel():
        client.cancel([distributed.Future(key, client=client) for key in client.futures])

    with pytest.raises(ClusterLost):
        run_experiment(planned(), tmp_path, scheduler=client, progress=after(1, cancel))
    run_experiment(planned(), tmp_path)
    assert table_of(tmp_path) == local


def test_workers_of_another_version_are_refused(client, tmp_path, monkeypatch):
    monkeypatch.setattr(store, "source_hash", lambda: "0123456789abcdef")
    with pytest.raises(ClusterLost, match="this worker has another version of cgsim"):
        run_experiment(planned(), tmp_path, scheduler=client)
    assert Store(tmp_path).files() == {}


def test_workers_without_the_rule_that_was_changed_here_are_refused(client, tmp_path, monkeypatch):
    monkeypatch.setattr(measures, "CLEAR_LOSS", -0.5)
    with pytest.raises(ClusterLost, match=r"this worker has .*, or another rule"):
        run_experiment(planned(), tmp_path, scheduler=client)
    assert Store(tmp_path).files() == {}


def test_a_cluster_that_queues_is_waited_for_as_long_as_asked(local, tmp_path, monkeypatch):
    monkeypatch.setattr(workers, "PATIENCE", 0.0)
    with (
        distributed.LocalCluster(
            n_workers=0,
            threads_per_worker=1,
            processes=False,
            dashboard_address="127.0.0.1:0",
            silence_logs=50,
        ) as cluster,
        distributed.Client(cluster) as connected,
    ):
        coming = threading.Timer(2.0, lambda: cluster.scale(1))
        coming.start()
        run_experiment(planned(), tmp_path, scheduler=connected, patience=100)
        coming.join()
    assert table_of(tmp_path) == local


def test_patience_without_a_cluster_is_refused(tmp_path):
    with pytest.raises(ScenarioError, match="--patience: got it without --scheduler"):
        run_experiment(planned(), tmp_path, patience=100)
    assert list(tmp_path.iterdir()) == []


def test_a_cluster_without_workers_is_given_up_and_what_is_done_is_kept(local, tmp_path):
    with (
        distributed.LocalCluster(
            n_workers=1,
            threads_per_worker=1,
            processes=False,
            dashboard_address="127.0.0.1:0",
            silence_logs=50,
        ) as cluster,
        distributed.Client(cluster) as connected,
    ):
        (worker,) = cluster.workers.values()
        gone = after(300, lambda: connected.sync(worker.close))
        with pytest.raises(ClusterLost, match="the cluster has had no worker for"):
            run_experiment(planned(), tmp_path, scheduler=connected, progress=gone, patience=0.5)
    assert 4 <= len(Store(tmp_path).files()) < 36
    run_experiment(planned(), tmp_path)
    assert table_of(tmp_path) == local


# ---- a scheduler of its own -----------------------------------------------------------------

PROGRAM = """
title = "Meetings of a tiny partnership"
question = "How many meetings?"
scenario = "baseline"
replicates = 20000

[set]
months = 24
agencies = 8
size = 4

[factors]
meetings = [1, 2]
"""


@contextmanager
def scheduler_and_worker(folder):
    """A scheduler and a worker in processes of their own: its address, and its process."""
    told = folder / "scheduler.json"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    program = "from distributed.cli.{} import main; main()"
    first = subprocess.Popen(
        [
            *(sys.executable, "-c", program.format("dask_scheduler"), "--host", "127.0.0.1"),
            *("--port", "0", "--no-dashboard", "--scheduler-file", told),
        ],
        **quiet,
    )
    until(told.exists)
    address = json.loads(told.read_text())["address"]
    second = subprocess.Popen(
        [
            *(sys.executable, "-c", program.format("dask_worker"), address, "--nthreads", "1"),
            *("--host", "127.0.0.1", "--no-dashboard", "--death-timeout", "20"),
        ],
        **quiet,
    )
    try:
        yield address, first
    finally:
        for process in (second, first):
            process.terminate()
            process.wait(timeout=30)


@pytest.mark.soak
def test_a_scheduler_that_is_killed_is_exit_6_and_the_batch_goes_on_without(tmp_path):
    (tmp_path / "mine.toml").write_text(PROGRAM)
    out = tmp_path / "out"
    command = ["batch", tmp_path / "mine.toml", "--out", out]
    for attempt in (1, 2, 3):
        folder = tmp_path / str(attempt)
        folder.mkdir()
        with scheduler_and_worker(folder) as (address, process):
            program = subprocess.Popen(
                [sys.executable, "-m", "cgsim", *command, "--scheduler", address],
                stderr=subprocess.PIPE,
                text=True,
            )
            wanted = len(Store(out).files()) + 2
            until(lambda wanted=wanted: len(Store(out).files()) >= wanted, 60)
            process.kill()
            _, err = program.communicate(timeout=90)
        assert program.returncode == 6
        assert any(line.startswith("cgsim: ") for line in err.splitlines())
    run_cgsim(*command)
    run_cgsim(*command[:3], tmp_path / "local")
    assert table_of(out) == table_of(tmp_path / "local")


@pytest.mark.soak
def test_a_scheduler_that_is_not_there_is_exit_6(tmp_path):
    (tmp_path / "mine.toml").write_text(PROGRAM)
    _, err = run_cgsim(
        *("batch", tmp_path / "mine.toml", "--out", tmp_path / "out"),
        *("--scheduler", "tcp://127.0.0.1:9"),
        code=6,
    )
    assert "cgsim: no scheduler answers at tcp://127.0.0.1:9" in err
    with pytest.raises(ClusterLost, match="no scheduler answers at nonsense"):
        Cluster("nonsense://nowhere")
