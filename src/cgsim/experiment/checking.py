"""Is a results folder whole, and do its numbers come out again?"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from cgsim.compiler import source_hash
from cgsim.engine.run import Progress
from cgsim.experiment.batch import Batch, run_experiment
from cgsim.experiment.parts import Part, compute, job_of
from cgsim.experiment.store import Store, as_numbers, hash_file, read_part

if TYPE_CHECKING:
    import pyarrow as pa

SAMPLE = 8
"""So many parts are looked at again, spread over the batch ..."""
RUNS_AGAIN = 16
"""... and so many replicates of a point of each."""
TOLERANCE = 1e-9
"""On another kind of machine, or with other versions, numbers agree to this."""


@dataclass
class Report:
    """What was looked at, and what is wrong."""

    parts: int = 0
    runs: int = 0
    lived_again: int = 0
    largest_difference: float = 0.0
    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def verify(folder: str | Path, *, again: bool = True) -> Report:
    """Look at every byte of a results folder, and live some of its runs again.

    Raises ``ScenarioError`` where there is no manifest that can be read.
    """
    store = Store(folder)
    manifest = store.manifest()
    report = Report()
    for name, digest in (manifest.get("sha256") or {}).items():
        path = store.folder / name
        if not path.is_file():
            report.faults.append(f"{name} is missing")
        elif hash_file(path) != digest:
            report.faults.append(f"{name} is not what was written: its SHA-256 differs")
    sound = []
    for kind in ("runs", "months") if manifest["experiment"]["months"] else ("runs",):
        for path in sorted((store.folder / kind).glob("*.parquet")):
            why = store.fault_of(path, manifest["input_sha256"])
            if why:
                report.faults.append(f"{kind}/{path.name} {why}")
            elif kind == "runs":
                sound.append(path)
    files = {part: path for part, path in store.files().items() if path in sound}
    report.parts = len(files)
    failed = 0
    if not report.faults:
        failed = len(store.failures())
    report.runs = sum(part.runs for part in files) - failed
    if not manifest["complete"]:
        report.notes.append("the batch is not finished: run the same command again")
    elif not report.faults and store.content_hash() != manifest["content_sha256"]:
        report.faults.append("the rows together are not those that were written: a part is missing")
    if again and files:
        _live_again(store, files, report)
    return report


def _live_again(store: Store, files: dict[Part, Path], report: Report) -> None:
    from pyarrow import parquet

    experiment = store.experiment()
    if experiment.points_hash() != store.manifest()["points_sha256"]:
        report.notes.append("other versions of the samplers draw other points: none lived again")
        return
    if store.manifest()["source"] != source_hash():
        report.notes.append("this is another version of cgsim than the one that computed the batch")
    chosen = np.unique(np.linspace(0, len(files) - 1, SAMPLE).astype(int))
    for part in np.array(list(files), object)[chosen].tolist():
        part = Part(*part)
        last = min(part.last_replicate, part.first_replicate + RUNS_AGAIN - 1)
        small = Part(part.first_point, part.first_point, part.first_replicate, last)
        fresh = parquet.read_table(io.BytesIO(compute(job_of(experiment, small, "")).runs))
        stored = read_part(files[part]).slice(0, fresh.num_rows)
        report.lived_again += small.runs
        difference = _difference(stored, fresh)
        report.largest_difference = max(report.largest_difference, difference)
        if not difference <= TOLERANCE:
            report.faults.append(
                f"{files[part].name}: lived again, its runs differ by up to {difference:.3g}"
            )


def _difference(stored: pa.Table, fresh: pa.Table) -> float:
    """Return the largest difference of two tables, as a share of the larger number."""
    a, b = as_numbers(stored), as_numbers(fresh)
    if a.shape != b.shape or not np.array_equal(np.isnan(a), np.isnan(b)):
        return np.inf
    scale = np.maximum(1.0, np.maximum(np.abs(a), np.abs(b)))
    return float(np.max(np.nan_to_num(np.abs(a - b) / scale), initial=0.0))


@dataclass(frozen=True)
class Reproduced:
    """A batch that was run anew from its manifest, beside the one it comes from."""

    batch: Batch
    same_rows: bool
    largest_difference: float
    same_source: bool


def reproduce(
    folder: str | Path,
    out: str | Path,
    *,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Reproduced:
    """Run a batch anew from its manifest into another folder, and compare every row."""
    store = Store(folder)
    manifest = store.manifest()
    batch = run_experiment(store.experiment(), out, workers=workers, progress=progress)
    same = batch.manifest["content_sha256"] == manifest.get("content_sha256")
    largest = 0.0
    if not same:
        pairs = zip(store.tables(), batch.store.tables(), strict=False)
        differences = [_difference(a, b) for (_, a), (_, b) in pairs]
        cut_alike = list(store.files()) == list(batch.store.files())
        largest = max(differences, default=np.inf) if cut_alike else np.inf
    return Reproduced(batch, same, largest, manifest["source"] == source_hash())
