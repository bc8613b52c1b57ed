"""Who computes the parts: threads of this process, or a Dask cluster.

Both take jobs and give back stored parts, in whatever order these are done. What a part holds
depends on its job alone, so a part that is computed twice does no harm.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, ThreadPoolExecutor, wait
from typing import Any, Protocol

from cgsim.engine.run import cores, start
from cgsim.errors import CLUSTER_LOST, CgsimError
from cgsim.extend.in_use import Source, only_with
from cgsim.running.computing import OtherSource
from cgsim.scenario.errors import Fault, ScenarioError

PATIENCE = 60.0
"""For so many seconds a cluster may have no worker at all before it is given up, if not told."""


class ClusterLost(CgsimError, RuntimeError):
    """The cluster cannot go on; what was stored is kept."""

    exit_code = CLUSTER_LOST


class Work(Protocol):
    """A job: all that is needed to compute one part, wherever."""

    @property
    def part(self) -> Any:
        """The part that it computes; it has a ``name``."""
        ...

    @property
    def extensions(self) -> tuple[Source, ...]:
        """With which it is to be computed."""
        ...

    def compute(self, stop: threading.Event | None = None) -> Any:
        """Compute it; give up once ``stop`` is set."""
        ...


def done(job: Work, stop: threading.Event | None = None) -> Any:
    """Return what a job computes."""
    return job.compute(stop)


def done_elsewhere(job: Work) -> Any:
    """Return what a job computes in a worker of a cluster, with the extensions that it brings."""
    with only_with(job.extensions):
        return job.compute()


class Workers(Protocol):
    """Computes parts."""

    def compute(self, jobs: Iterator[Work]) -> Iterator[tuple[Any, Any]]:
        """Yield every job's part as it is done; stop all work when the iterator is closed."""
        ...

    def close(self) -> None:
        """Let go of what was opened."""
        ...


class Threads:
    """Threads of this process: the engine runs without the interpreter's lock."""

    def __init__(self, count: int | None = None) -> None:
        """Use ``count`` threads, or one a core."""
        self.count = count or cores()

    def compute(self, jobs: Iterator[Work]) -> Iterator[tuple[Any, Any]]:
        """Yield every job's part as it is done."""
        stop = threading.Event()
        pool = ThreadPoolExecutor(self.count, thread_name_prefix="cgsim")
        waiting: dict[Future[Any], Any] = {}
        try:
            while True:
                for job in itertools.islice(jobs, 2 * self.count - len(waiting)):
                    waiting[start(pool, done, job, stop)] = job.part
                if not waiting:
                    break
                ended, _ = wait(waiting, return_when=FIRST_COMPLETED)
                for future in ended:
                    yield waiting.pop(future), future.result()
        finally:
            stop.set()
            pool.shutdown(wait=False, cancel_futures=True)

    def close(self) -> None:
        """Threads end with their work."""


class Cluster:
    """A Dask cluster: the parts go there as they are, and come back as files to store."""

    def __init__(self, scheduler: Any, patience: float | None = None) -> None:
        """Use a ``dask.distributed.Client``, or connect to a scheduler's address.

        ``patience`` is for how many seconds the cluster may have no worker: where jobs queue for a
        machine, as long as the queue may take.
        """
        self.patience = PATIENCE if patience is None else patience
        try:
            from distributed import Client
        except ImportError:
            raise ClusterLost(
                'a cluster needs Dask: pip install "cgsim[cluster]", here and on the workers'
            ) from None
        self._ours = not isinstance(scheduler, Client)
        if isinstance(scheduler, Client):
            self.client = scheduler
            return
        try:
            self.client = Client(str(scheduler), timeout=10)
        except (OSError, TimeoutError, ValueError) as error:
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise ClusterLost(f"no scheduler answers at {scheduler}: {reason}") from None

    def compute(self, jobs: Iterator[Work]) -> Iterator[tuple[Any, Any]]:
        """Yield every job's part as it is done; raise ``ClusterLost`` where none will come."""
        from distributed import wait as wait_for

        waiting: dict[Any, Any] = {}
        last_worker = time.monotonic()
        try:
            while True:
                threads = sum(self._workers().values())
                if threads:
                    last_worker = time.monotonic()
                elif time.monotonic() - last_worker > self.patience:
                    raise ClusterLost(
                        f"the cluster has had no worker for {self.patience:.0f} s; "
                        "--patience SECONDS waits longer"
                    )
                room = max(2, 2 * threads) - len(waiting)  # below 0 where workers were lost
                for job in itertools.islice(jobs, max(0, room)):
                    waiting[self.client.submit(done_elsewhere, job, pure=False)] = job.part
                if not waiting:
                    break
                try:
                    ended = wait_for(list(waiting), timeout=1, return_when="FIRST_COMPLETED").done
                except TimeoutError:
                    continue
                except (OSError, CancelledError) as error:
                    raise ClusterLost(f"the scheduler is lost: {_reason(error)}") from None
                for future in ended:
                    part = waiting.pop(future)
                    yield part, self._result(future, part)
        finally:
            if waiting and self.client.status == "running":
                self.client.cancel(list(waiting))

    def _workers(self) -> dict[str, int]:
        """Return the threads of every worker by its address."""
        if self.client.status != "running":
            raise ClusterLost("the connection to the scheduler is lost")
        try:
            found: dict[str, int] = self.client.nthreads()
        except (OSError, TimeoutError) as error:
            raise ClusterLost(f"the scheduler does not answer: {error}") from None
        return found

    def _result(self, future: Any, part: Any) -> Any:
        try:
            computed = future.result(timeout=60)
        except OtherSource as error:
            raise ClusterLost(f"this worker has {error}") from None
        except Exception as error:
            raise ClusterLost(f"part {part.name} was lost: {_reason(error)}") from None
        return computed

    def close(self) -> None:
        """Close the connection, if it was made here."""
        if self._ours:
            self.client.close(timeout=2)


def _reason(error: BaseException) -> str:
    first = str(error).splitlines()[:1]
    return ": ".join([type(error).__name__, *first])


def refuse_vain_patience(scheduler: Any, patience: float | None) -> None:
    """Raise ``ScenarioError`` where a cluster is to be waited for and none is named."""
    if patience is not None and scheduler is None:
        message = "got it without --scheduler; allowed with a cluster to wait for"
        raise ScenarioError([Fault("--patience", None, "", message)])


def crew_of(workers: int | None, scheduler: Any, patience: float | None) -> Workers:
    """Return who computes: so many threads of this process, or the cluster of a scheduler."""
    return Threads(workers) if scheduler is None else Cluster(scheduler, patience)
