"""Is a results folder whole, and do its numbers come out again?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cgsim.answer.catalogue import word
from cgsim.compiler import changed_rules, is_extension, source_hash, words_for
from cgsim.engine.run import Progress
from cgsim.parquet import table_of
from cgsim.running.batch import Batch, run_experiment
from cgsim.running.computing import compute, job_of
from cgsim.scenario.errors import Fault, ScenarioError, safe
from cgsim.store.folder import Store, as_numbers, hash_file, read_part
from cgsim.store.parts import Part

SAMPLE = 8
"""So many parts are looked at again, spread over the batch ..."""
RUNS_AGAIN = 16
"""... and so many replicates of a point of each."""
TOLERANCE = 1e-9
"""Another version of cgsim may move numbers by so much without being another model."""


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
    report.faults, files = _look_at_files(store)
    report.parts = len(files)
    failed = 0
    if not report.faults:
        failed = len(store.failures())
    report.runs = sum(part.runs for part in files) - failed
    if not manifest["complete"]:
        report.notes.append(word("verify.note_not_finished"))
    elif not report.faults and store.content_hash() != manifest["content_sha256"]:
        report.faults.append(word("fault.rows"))
    if again and files:
        _live_again(store, files, report)
    return report


def damage(folder: str | Path) -> list[str]:
    """Return what is wrong with a results folder's files: missing, or not what was written.

    Looks at every byte, but reads no rows. Raises ``ScenarioError`` as ``verify`` does.
    """
    return _look_at_files(Store(folder))[0]


def _look_at_files(store: Store) -> tuple[list[str], dict[Part, Path]]:
    """Return what is wrong with a folder's files, and the parts of runs that are sound."""
    manifest = store.manifest()
    faults = []
    for name, digest in (manifest.get("sha256") or {}).items():
        path = store.folder / name
        if path.is_symlink():
            faults.append(word("fault.name", name=name, why=word("fault.link")))
        elif not path.is_file():
            faults.append(word("fault.name", name=name, why=word("fault.missing")))
        elif hash_file(path) != digest:
            faults.append(word("fault.name", name=name, why=word("fault.other_bytes")))
    sound = []
    for kind in reversed(store.experiment().kinds):
        for path in sorted((store.folder / kind).glob("*.parquet")):
            why = store.fault_of(path, manifest["input_sha256"])
            if why:
                faults.append(word("fault.name", name=f"{kind}/{path.name}", why=why))
            elif kind == "runs":
                sound.append(path)
        faults += [_missing(kind, part) for part in store.missing(kind)]
    return faults, {part: path for part, path in store.files().items() if path in sound}


def _missing(kind: str, part: Part) -> str:
    """Say that a part is missing, and which points and runs it would hold."""
    a, b, c, d = map(str, part)
    points = word(f"fault.{'point' if a == b else 'points'}", first=a, last=b)
    runs = word(f"fault.{'run' if c == d else 'runs'}", first=c, last=d)
    return word("fault.part_missing", kind=kind, points=points, runs=runs)


def _live_again(store: Store, files: dict[Part, Path], report: Report) -> None:
    experiment = store.experiment()
    if experiment.points_hash != store.manifest()["points_sha256"]:
        report.notes.append(word("verify.note_samplers"))
        return
    report.notes += _notes_on_code(store.manifest())
    chosen = np.unique(np.linspace(0, len(files) - 1, SAMPLE).astype(int))
    for part in np.array(list(files), object)[chosen].tolist():
        part = Part(*part)
        last = min(part.last_replicate, part.first_replicate + RUNS_AGAIN - 1)
        small = Part(part.first_point, part.first_point, part.first_replicate, last)
        fresh = table_of(compute(job_of(experiment, small, "")).runs)
        stored = read_part(files[part]).slice(0, fresh.num_rows)
        report.lived_again += small.runs
        difference = _difference(as_numbers(stored), as_numbers(fresh))
        report.largest_difference = max(report.largest_difference, difference)
        if not difference <= TOLERANCE:
            name = files[part].name
            report.faults.append(word("fault.differs", name=name, difference=difference))


def _notes_on_code(manifest: Mapping[str, Any]) -> list[str]:
    """Say where the code in use is not what computed a batch, or is not what the files say."""
    then, now = manifest.get("changed_rules") or [], list(changed_rules())
    notes = []
    for line in words_for(then).rstrip(".").split(". "):
        if line:
            notes.append(word("verify.note_changed", how=line[0].lower() + line[1:]))
    rules = [name for name in now if not is_extension(name)]
    if rules and now != then:
        notes.append(word("verify.note_in_use", rules=", ".join(rules)))
    if manifest["source"] != source_hash() and not then and not now:
        notes.append(word("verify.note_version"))
    elif manifest["source"] != source_hash():
        notes.append(word("verify.note_numbers"))
    return notes


def _difference(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    """Return the largest difference of two tables' numbers, as a share of the larger number."""
    if a.shape != b.shape or not np.array_equal(np.isnan(a), np.isnan(b)):
        return np.inf
    scale = np.maximum(1.0, np.maximum(np.abs(a), np.abs(b)))
    return float(np.max(np.nan_to_num(np.abs(a - b) / scale), initial=0.0))


@dataclass(frozen=True)
class Reproduced:
    """A batch that was run anew from its manifest, beside the one it comes from."""

    batch: Batch
    compared: int  #: replicates of the old folder whose rows were compared
    same_rows: bool  #: whether all of these came out again, to the last bit
    largest_difference: float
    same_source: bool
    faults: tuple[str, ...]  #: what is missing from the old folder, or damaged: not compared

    @property
    def comes_out(self) -> bool:
        """Whether the old folder was whole, and its numbers came out again."""
        return not self.faults and (self.same_rows or self.largest_difference <= TOLERANCE)

    def record(self) -> dict[str, Any]:
        """Return what was compared, and what came of it, as data."""
        return {
            "same_rows": self.same_rows,
            "largest_difference": self.largest_difference,
            "replicates_compared": self.compared,
            "replicates_computed": self.batch.computed,
            "faults": self.faults,
            "same_source": self.same_source,
            "content_sha256": self.batch.manifest["content_sha256"],
        }


def reproduce(
    folder: str | Path,
    out: str | Path,
    *,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Reproduced:
    """Run a batch anew from its manifest into another folder, and compare every row there is.

    What is missing from the old folder, or damaged there, is told and not compared. Raises
    ``ScenarioError`` where both are one folder, and whatever ``run_experiment`` raises.
    """
    store = Store(folder)
    manifest = store.manifest()
    if Path(out).resolve() == store.folder.resolve():
        message = "got the very folder that is to be reproduced; allowed another"
        raise ScenarioError([Fault("--out", None, safe(str(out)), message)])
    faults, files = _look_at_files(store)
    batch = run_experiment(store.experiment(), out, workers=workers, progress=progress)
    fresh = batch.store.files()
    same, largest, rows = True, 0.0, 0
    for part, path in files.items():
        a, b = as_numbers(read_part(path)), _rows_of(part, fresh)
        rows += len(a)
        same = same and a.tobytes() == b.tobytes()
        largest = max(largest, _difference(a, b))
    return Reproduced(
        batch,
        rows // len(batch.experiment.lived_arms),
        same,
        largest,
        manifest["source"] == source_hash(),
        tuple(faults),
    )


def _rows_of(part: Part, files: Mapping[Part, Path]) -> NDArray[np.float64]:
    """Return the rows of a part's runs as numbers, from a folder that may be cut in other parts."""
    if part in files:
        return as_numbers(read_part(files[part]))
    pieces = [np.zeros((0, 0))]
    for other, path in files.items():
        low, high = np.maximum(part, other)[::2], np.minimum(part, other)[1::2]
        if (low <= high).all():
            table = read_part(path)
            point, replicate = (table.column(n).to_numpy() for n in ("point", "replicate"))
            mine = (low[0] <= point) & (point <= high[0])
            mine &= (low[1] <= replicate) & (replicate <= high[1])
            pieces.append(as_numbers(table)[mine])
    return np.concatenate(pieces[1:] or pieces)
