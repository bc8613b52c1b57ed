"""A batch: an experiment's runs, computed part by part into a folder that can always be resumed."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cgsim.analysis.summary import no_summary, summarise
from cgsim.answer.catalogue import word
from cgsim.engine.run import Progress, progress_of
from cgsim.errors import SOME_FAILED, CgsimError
from cgsim.experiment.design import Experiment, Precision
from cgsim.experiment.precision import enough, half_widths, next_count
from cgsim.experiment.records import hash_of
from cgsim.running.computing import (
    Job,
    OtherSource,
    job_of,
    runs_a_part,
)
from cgsim.running.forecast import cost_of, shown_counts
from cgsim.running.workers import Workers, crew_of, refuse_vain_patience
from cgsim.scenario.errors import Fault, ScenarioError, hint, safe, shown
from cgsim.store.folder import (
    Aside,
    Store,
    about_part,
    hash_file,
    in_arm,
    input_of,
    read_part,
)
from cgsim.store.parts import Computed, Part, divide
from cgsim.store.writing import write_csv
from cgsim.whole import CannotWrite, write_text

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WORTH_ESTIMATING = 20_000
"""Batches of fewer runs are begun without asking whether the disk has room."""


class SomeFailed(CgsimError, RuntimeError):
    """A run failed, and the batch was to stop at the first."""

    exit_code = SOME_FAILED


@dataclass(frozen=True)
class Batch:
    """A results folder, to be read: tables come as pandas data frames."""

    store: Store
    set_aside: tuple[Aside, ...] = ()
    computed: int = 0  #: runs that were computed this time, not found done

    @property
    def folder(self) -> Path:
        """Where it is."""
        return self.store.folder

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """The resolved input, seed, versions and hashes."""
        return self.store.manifest()

    @cached_property
    def experiment(self) -> Experiment:
        """The experiment, from the manifest."""
        return self.store.experiment()

    @cached_property
    def points(self) -> pd.DataFrame:
        """A row a design point: its number and the values of what varies."""
        return self.store.points()

    @cached_property
    def summary(self) -> pd.DataFrame:
        """A row a design point and measure, with its 95 % interval."""
        import pandas as pd

        complete = self.manifest["complete"]
        table = pd.read_csv(self.folder / "summary.csv") if complete else summarise(self.store)
        further = [key for key in self.points if key not in table]
        if not further or "point" not in table:
            return table
        merged = self.points[["point", *further]].merge(table, on="point", how="right")
        keys = [key for key in self.points if key in merged]
        return merged[[*keys, *(name for name in table if name not in keys)]]

    @property
    def failures(self) -> list[dict[str, Any]]:
        """The runs that failed, with their seed and cause."""
        return self.store.failures()

    def runs(self, columns: Sequence[str] | None = None, arm: str = "together") -> pd.DataFrame:
        """Return a row a replicate in one arm, with the values of its design point.

        ``columns`` names those wanted; all if not given. ``arm="all"`` gives every arm's rows.
        """
        import pandas as pd

        wanted = ["point", "replicate", "arm", *columns] if columns is not None else None
        frames = []
        for _, table in self.store.tables(wanted):
            frame = table.to_pandas()
            frames.append(frame if arm == "all" else frame[frame["arm"] == arm])
        if not frames:
            return pd.DataFrame()
        return self.points.merge(pd.concat(frames), on="point", how="right")

    @cached_property
    def months(self) -> pd.DataFrame:
        """A row a run, arm and month, where months were kept."""
        return self._all_of("months")

    @cached_property
    def boards(self) -> pd.DataFrame:
        """A row a run, month and partnership in the arm together, where boards were kept.

        ``members`` is 0 where a partnership does not live; what is then not defined is missing.
        ``ended`` says why it ended, in the months since then.
        """
        return self._all_of("boards")

    @cached_property
    def partnerships(self) -> pd.DataFrame:
        """A row a run and partnership, where partnerships were kept: what it came to.

        ``begun`` and ``ended`` are missing where it never did; ``ending`` says why it ended.
        """
        return self._all_of("partnerships")

    def _all_of(self, kind: str) -> pd.DataFrame:
        import pandas as pd

        frames = [table.to_pandas() for _, table in self.store.tables(kind=kind)]
        return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()

    def plot(self, measure: str | None = None, figure: Figure | None = None) -> list[Axes]:
        """Draw a measure over the design points in the way that fits the design.

        Returns the axes, one a panel. ``measure``: that of the precision asked for, or what points
        are ranked by, if not given. ``figure``: a new one of ``pyplot`` if not given. Raises
        ``ValueError`` for a measure that the batch does not have.
        """
        from cgsim.analysis.views import View, drawing_of, measure_of
        from cgsim.pictures.figures import drawn_in

        there = list(dict.fromkeys(self.summary["measure"])) if len(self.summary) else []
        wanted = measure_of(self) if measure is None else measure
        if wanted not in there:
            known = ", ".join(there) or "none: no run is there yet"
            raise ValueError(f"got {shown(wanted)}; allowed {known}{hint(wanted, there)}")
        return drawn_in(drawing_of(View(self, wanted)).draw, figure)

    def __repr__(self) -> str:
        """Tell what it is of, and how much of it there is."""
        state = "complete" if self.manifest["complete"] else "not finished"
        return f"<Batch of {self.experiment.name}: {len(self.points)} design points, {state}>"

    def _repr_html_(self) -> str:
        """Return its question and the first rows of its summary, as notebooks show them."""
        from cgsim.pictures import in_notebooks

        experiment = self.experiment
        title = experiment.title or experiment.name
        return in_notebooks.batch(title, experiment.question, self.summary)

    def matrix(self, measure: str = "gain") -> NDArray[np.float64]:
        """Return a measure as (points, replicates); NaN where a run failed or is not there.

        ``outcome_inert`` and the like are 1 where a replicate came out so, else 0.
        """
        parts = self.store.files()
        replicates = 1 + max((part.last_replicate for part in parts), default=-1)
        values = np.full((self.manifest["points"], replicates), np.nan)
        for point, replicate, numbers in self._columns(measure):
            values[point, replicate] = numbers
        return values

    def _columns(self, measure: str) -> Iterator[tuple[Any, Any, Any]]:
        kind = measure.removeprefix("outcome_").replace("_", " ")
        column = "outcome" if measure.startswith("outcome_") else measure
        for _, table in self.store.tables(["point", "replicate", "arm", column]):
            rows = in_arm(table)
            point, replicate, values = (
                table.column(name).to_numpy(zero_copy_only=False)[rows]
                for name in ("point", "replicate", column)
            )
            yield point, replicate, values == kind if column == "outcome" else values


def open_batch(folder: str | Path) -> Batch:
    """Return the batch in a results folder; raise ``ScenarioError`` where there is none."""
    store = Store(folder)
    store.manifest()
    return Batch(store)


def run_experiment(
    experiment: Experiment | str | Path,
    folder: str | Path,
    *,
    workers: int | None = None,
    scheduler: Any = None,
    patience: float | None = None,
    progress: Progress | bool | None = None,
    retry_failed: bool = False,
    fail_fast: bool = False,
    replicates: int | None = None,
    summarised: bool = True,
) -> Batch:
    """Run an experiment into a folder, or what is missing of it there, and return the batch.

    ``experiment`` may be a file. ``workers`` counts threads; ``scheduler`` is the address of a Dask
    scheduler, or a ``dask.distributed.Client``, that computes instead; for ``patience`` seconds it
    may have no worker (60 if not given). The rows depend on neither. ``progress=True`` shows a bar.
    A run that fails is recorded and the rest goes on; ``retry_failed`` computes such runs' parts
    again, ``fail_fast`` raises ``SomeFailed`` at the first. Without ``summarised`` the summary is
    left empty: of very many points with a replicate each it says nothing and takes long.
    Raises ``ScenarioError`` where the folder was begun with another input, ``OutputInUse``,
    ``CannotWrite`` and ``ClusterLost``.
    """
    from cgsim.experiment.files import load_experiment

    refuse_vain_patience(scheduler, patience)
    if not isinstance(experiment, Experiment):
        experiment = load_experiment(experiment, replicates=replicates)
    store = Store(folder)
    with store.held():
        store.begin(experiment)
        crew = crew_of(workers, scheduler, patience)
        try:
            driver = _Driver(experiment, store, crew, progress_of(progress), fail_fast, summarised)
            return driver.run(retry_failed)
        finally:
            crew.close()


class _Driver:
    """Computes what is missing, round by round, and finishes the folder."""

    def __init__(
        self,
        experiment: Experiment,
        store: Store,
        crew: Workers,
        progress: Progress | None,
        fail_fast: bool,
        summarised: bool,
    ) -> None:
        self.experiment = experiment
        self.store = store
        self.crew = crew
        self.progress = progress
        self.fail_fast = fail_fast
        self.summarised = summarised
        record = input_of(experiment)
        self.input_hash = hash_of(record)
        self.source = record["source"]
        runs = experiment.replicates * len(experiment.points)
        self.size = runs_a_part(experiment.scenario, len(experiment.arms), runs)

    def run(self, retry_failed: bool) -> Batch:
        began = time.monotonic()
        store, experiment = self.store, self.experiment
        self.done = set(store.sound_parts(self.input_hash, experiment.kinds))
        if retry_failed:
            self._set_failed_aside()
        self.computed = 0
        if experiment.precision:
            rounds = self._rounds_to_precision(experiment.precision)
        else:
            numbers = range(len(experiment.points))
            rounds = iter([list(divide(numbers, 0, experiment.replicates - 1, self.size))])
        wanted: set[Part] = set()
        for parts in rounds:
            wanted.update(parts)
            self._compute(parts, wanted)
        store.set_strangers_aside(wanted, experiment.kinds)
        self._finish(time.monotonic() - began)
        return Batch(store, tuple(store.aside), self.computed)

    def _compute(self, parts: Sequence[Part], wanted: set[Part]) -> None:
        missing = [part for part in parts if part not in self.done]
        self._refuse_without_room(sum(part.runs for part in missing))
        total = sum(part.runs for part in wanted)
        lived = total - sum(part.runs for part in missing)
        jobs = (job_of(self.experiment, part, self.input_hash, self.source) for part in missing)
        if self.progress:
            self.progress(lived, total)
        for part, computed in self._computed(jobs):
            self.store.put(part, computed, self.input_hash)
            self.done.add(part)
            lived += part.runs
            self.computed += part.runs
            if self.progress:
                self.progress(lived, total)
            if computed.failed and self.fail_fast:
                first = self.store.failures()[0]
                raise SomeFailed(
                    f"replicate {first['replicate']} of point {first['point']} failed: "
                    f"{first['cause']}"
                )

    def _computed(self, jobs: Iterator[Job]) -> Iterator[tuple[Part, Computed]]:
        """Yield every job's part; a rule that is changed meanwhile ends the batch."""
        try:
            yield from self.crew.compute(jobs)
        except OtherSource as error:
            message = f"this process has {error}; what is stored is kept, and can be gone on with"
            where = safe(str(self.store.folder))
            raise ScenarioError([Fault(where, None, "source", message)]) from None

    def _refuse_without_room(self, runs: int) -> None:
        if runs < WORTH_ESTIMATING:
            return
        points = len(self.experiment.points)
        cost = cost_of(self.experiment, time.perf_counter)
        needed, free = cost.bytes(points, -(-runs // self.size), runs), self.store.room()
        if needed > free:
            raise CannotWrite(
                f"{self.store.folder} has no room: about {needed / 2**20:,.0f} MiB are needed, "
                f"{free / 2**20:,.0f} MiB are free"
            )

    def _set_failed_aside(self) -> None:
        again = {
            part
            for part, path in self.store.files().items()
            if part in self.done and about_part(path).get("failures")
        }
        for kind in reversed(self.experiment.kinds):  # what tells of a failure goes first
            for part, path in self.store.files(kind).items():
                if part in again:
                    self.store.set_aside(path, word("fault.again"))
        self.done -= again

    def _rounds_to_precision(self, wanted: Precision) -> Iterator[list[Part]]:
        """Yield the parts of one round after the other, until every point has enough or no more.

        What comes next depends on the values so far alone, so a resumed batch takes the same steps.
        """
        points = range(len(self.experiment.points))
        self.series = {point: {name: np.zeros(0) for name in wanted.widths} for point in points}
        lived = dict.fromkeys(self.series, 0)
        target = dict.fromkeys(self.series, min(wanted.budget, self.experiment.replicates))
        while target:
            parts = [
                part
                for point, count in target.items()
                for part in divide([point], lived[point], count - 1, self.size)
            ]
            yield parts
            lived.update(target)
            self._read_new(parts, list(wanted.widths))
            following = {}
            for point, count in target.items():
                more = [
                    next_count(reached, width, count, wanted.budget)
                    for name, width in wanted.widths.items()
                    if (reached := enough(self.series[point][name], width)).replicates is None
                ]
                if more and count < wanted.budget:
                    following[point] = max(more)
            target = following

    def _read_new(self, parts: Sequence[Part], measures: Sequence[str]) -> None:
        files = self.store.files()
        for part in sorted(parts):
            table = read_part(files[part], ["arm", *measures])
            rows = in_arm(table)
            known = self.series[part.first_point]
            for name in measures:
                values = table.column(name).to_numpy(zero_copy_only=False)[rows]
                known[name] = np.concatenate([known[name], values])

    def _finish(self, seconds: float) -> None:
        extra: dict[str, Any] = {"seconds": round(seconds, 3)}
        files = {}
        if self.experiment.precision:
            reached, steps = self._precision_tables(self.experiment.precision)
            files = {"precision.csv": reached, "convergence.csv": steps}
            missed = reached[~reached["reached"]]
            extra["points_without_precision"] = int(missed["point"].nunique())
        summary = summarise(self.store) if self.summarised else no_summary()
        finish(self.store, self.experiment, summary, files, extra)

    def _precision_tables(self, wanted: Precision) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return where each point ended, and how each one's interval narrowed."""
        import pandas as pd

        ends, steps = [], []
        for point, known in self.series.items():
            for name, width in wanted.widths.items():
                values = known[name]
                reached = enough(values, width)
                ends.append(
                    {
                        "point": point,
                        "measure": name,
                        "wanted": width,
                        "half_width": reached.half_width,
                        "mean": reached.mean,
                        "replicates": reached.count,
                        "enough": reached.replicates,
                        "reached": reached.replicates is not None,
                    }
                )
                means, widths = half_widths(values)
                shown = shown_counts(len(values))
                steps.append(
                    pd.DataFrame(
                        {
                            "point": point,
                            "measure": name,
                            "replicates": shown,
                            "mean": means[shown - 1],
                            "half_width": widths[shown - 1],
                        }
                    )
                )
        return pd.DataFrame(ends).astype({"enough": "Int64"}), pd.concat(steps, ignore_index=True)


def finish(
    store: Store,
    experiment: Experiment,
    summary: pd.DataFrame,
    files: Mapping[str, pd.DataFrame] = MappingProxyType({}),
    extra: Mapping[str, Any] = MappingProxyType({}),
) -> None:
    """Write what can be told of all parts together, the manifest last."""
    folder = store.folder
    failures = store.failures()
    lines = "".join(json.dumps(f, ensure_ascii=False) + "\n" for f in failures)
    hashes = {
        "points.parquet": hash_file(folder / "points.parquet"),
        "failures.jsonl": write_text(folder / "failures.jsonl", lines, replace=True),
    }
    for name, table in {"summary.csv": summary, **files}.items():
        hashes[name] = write_csv(folder / name, table)
    store.finish(
        {
            "runs": sum(part.runs for part in store.files()) - len(failures),
            "failed": len(failures),
            "content_sha256": store.content_hash(),
            **extra,
            "sha256": hashes,
            "complete": True,
        }
    )
