"""The results folder: parts that are whole or not there, and a manifest that says what they are.

    manifest.json     the resolved input, seed, versions, hashes; enough to run it all again
    points.parquet    a row a design point
    runs/*.parquet    a row a design point, replicate and arm
    months/*.parquet  a row a run, arm and month, where they were asked for
    boards/*.parquet  a row a run, month and partnership, where they were asked for
    partnerships/*.parquet  a row a run and partnership, where they were asked for
    failures.jsonl    a line a run that failed
    summary.csv       every design point's means with their intervals
    aside/            files that were no part of this batch, or not whole

A part's name says what it holds, of which input, and the SHA-256 of its bytes. So what is done is
read off the folder itself: there is no record of progress that could disagree with it. Files carry
page checksums too; pandas, polars, DuckDB and R read them without cgsim.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import shutil
import socket
import subprocess
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cgsim import __version__
from cgsim.answer.catalogue import word
from cgsim.compiler import changed_rules, source_hash
from cgsim.errors import IN_USE, CgsimError
from cgsim.experiment.columns import described
from cgsim.experiment.design import Experiment, Point
from cgsim.experiment.records import hash_of
from cgsim.extend.in_use import Source, extensions
from cgsim.parquet import table_of
from cgsim.scenario import outside
from cgsim.scenario.errors import Fault, ScenarioError, safe, shown
from cgsim.store.manifests import MOST_BYTES, SCHEMA, fault_in
from cgsim.store.parts import (
    ARROW_KEY,
    Computed,
    Part,
    encode,
    part_named,
)
from cgsim.whole import TEMPORARY, CannotWrite, make_folder, write_text, write_whole

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

LONGEST_PATH = 4096
MOST_DIFFERENCES = 3
"""Where more differs, a folder is of another experiment."""
MANIFEST = "manifest.json"
KINDS = ("months", "boards", "partnerships", "runs")
"""The folders of parts. A part's runs are written last: where they are, the part is whole."""
_LOCK = ".lock"
_HOLDER = ".running.json"
_POINTS = "points.parquet"
_OURS = (
    *KINDS,
    "aside",
    MANIFEST,
    _POINTS,
    "summary.csv",
    "failures.jsonl",
    "precision.csv",
    "convergence.csv",
    _LOCK,
    _HOLDER,
)
_PACKAGES = ("numpy", "numba", "llvmlite", "scipy", "pandas", "pyarrow", "SALib")
_FILE = re.compile(r"(p\d{7}-\d{7}_r\d{9}-\d{9})_([0-9a-f]{12})_([0-9a-f]{16})\.parquet")


class OutputInUse(CgsimError, RuntimeError):
    """Another process is at work in the results folder."""

    exit_code = IN_USE


class NoBatch(ScenarioError):
    """A folder holds no batch, or one that cannot be read."""

    def __init__(self, folder: Path, message: str) -> None:
        """Say which folder, and what is wrong with it."""
        super().__init__([Fault(safe(str(folder), LONGEST_PATH), None, "", message)])


@dataclass(frozen=True)
class Aside:
    """A file that was set aside, and why."""

    file: str
    why: str


_HELD: ContextVar[frozenset[Path]] = ContextVar("held", default=frozenset())
"""The folders that this thread holds: what is done inside one need not wait for itself."""


class Store:
    """One results folder, open for reading; for writing inside ``held()``."""

    def __init__(self, folder: str | Path) -> None:
        """Name the folder; nothing is read or made yet."""
        self.folder = Path(folder)
        self.aside: list[Aside] = []
        self._manifest: tuple[tuple[int, int, int], dict[str, Any]] | None = None

    # ---- the manifest -------------------------------------------------------------------------

    def manifest(self) -> dict[str, Any]:
        """Return the manifest; raise ``NoBatch`` where there is none that can be read."""
        path = self.folder / MANIFEST
        try:
            about = path.stat()
            state = (about.st_ino, about.st_mtime_ns, about.st_size)
            if self._manifest is None or self._manifest[0] != state:
                manifest = json.loads(outside.read_text(path, MOST_BYTES))
                fault = fault_in(manifest)
                if fault is not None:
                    raise NoBatch(self.folder, f"{MANIFEST}: {fault}")
                self._manifest = (state, manifest)
        except FileNotFoundError:
            raise NoBatch(self.folder, "holds no manifest.json; allowed a results folder") from None
        except ScenarioError:
            raise
        except (OSError, ValueError, RecursionError) as error:
            reason = getattr(error, "strerror", None) or "is not whole"
            raise NoBatch(self.folder, f"{MANIFEST} {reason}") from None
        return self._manifest[1]

    def experiment(self) -> Experiment:
        """Return the experiment that the folder holds, from its manifest alone.

        Raises ``ScenarioError`` where the extensions in use are not those that it was computed
        with: what is kept of these is code, which is never run unasked.
        """
        self.refuse_other_extensions()
        try:
            return self._experiment()
        except ScenarioError:
            raise
        except (LookupError, TypeError, ValueError, AttributeError, RuntimeError):
            message = f"{MANIFEST}: experiment: is not as this version of cgsim writes it"
            raise NoBatch(self.folder, message) from None

    def refuse_other_extensions(self) -> None:
        """Raise ``ScenarioError`` where the folder is of other extensions than those in use."""
        kept = [Source.from_dict(record) for record in self.manifest().get("extensions", [])]
        if kept == list(extensions()):
            return
        where = safe(str(self.folder), LONGEST_PATH)
        then = ", ".join(f"{one.name} (sha256 {one.digest[:12]})" for one in kept)
        now = ", ".join(f"{one.name} (sha256 {one.digest[:12]})" for one in extensions())
        message = f"got {now or 'none'}; allowed {then or 'none'}, with which it was computed"
        if kept:
            message += f': --with FILE.py, or --with "{where}", which runs the code that it keeps'
        raise ScenarioError([Fault(where, None, "extensions", message)])

    def _experiment(self) -> Experiment:
        manifest = self.manifest()
        texts = {key: manifest[key] for key in ("name", "title", "question")}
        if manifest["experiment"]["design"] != "draws":
            return Experiment.from_dict(manifest["experiment"], **texts)
        table = read_table(self.folder / _POINTS, digest=self._points_digest())
        given = [
            {key: value for key, value in row.items() if key != "point" and value is not None}
            for row in table.to_pylist()
        ]
        experiment = Experiment.from_dict(manifest["experiment"], given, **texts)
        if experiment.points_hash != manifest["points_sha256"]:
            raise NoBatch(self.folder / _POINTS, "is not what was written: other points")
        return experiment

    def begin(self, experiment: Experiment) -> bool:
        """Write the manifest of a new batch; for one that is there, tell True.

        Raises ``ScenarioError`` with the keys that differ where the folder holds another batch, or
        where it holds something else.
        """
        make_folder(self.folder)
        self.refuse_links()
        self._remove_leftovers()
        record = input_of(experiment)
        if (self.folder / MANIFEST).exists():
            manifest = self.manifest()
            if manifest["input_sha256"] != hash_of(record):
                raise ScenarioError(self._differences(record, manifest))
            self._write_points(experiment)
            for kind in experiment.kinds:
                make_folder(self.folder / kind)
            return True
        if not self._is_unused():
            raise self._not_empty()
        for kind in experiment.kinds:
            make_folder(self.folder / kind)
        self._write_points(experiment)
        began = {
            "schema": SCHEMA,
            "name": experiment.name,
            "title": experiment.title,
            "question": experiment.question,
            "input_sha256": hash_of(record),
            **record,
            **surroundings(),
            "began": now(),
            "complete": False,
        }
        self._write_manifest(began)
        return False

    def _is_unused(self) -> bool:
        """Tell whether a folder without a manifest is new, or a batch stopped before it had one."""
        ours = {_LOCK, _HOLDER, _POINTS, *KINDS}
        inside = [path for kind in KINDS for path in self._listed(self.folder / kind)]
        return not inside and all(
            p.name in ours or (p.name.startswith(".") and p.name.endswith(TEMPORARY))
            for p in self._listed(self.folder)
        )

    def accepts(self, experiment: Experiment) -> None:
        """Raise ``ScenarioError`` where the folder is not this experiment's; write nothing."""
        self.refuse_links()
        if (self.folder / MANIFEST).exists():
            record, manifest = input_of(experiment), self.manifest()
            if manifest["input_sha256"] != hash_of(record):
                raise ScenarioError(self._differences(record, manifest))
        elif not self._is_unused():
            raise self._not_empty()

    def refuse_links(self) -> None:
        """Raise ``ScenarioError`` for a symbolic link in the place of a file or folder of ours.

        Writing through it would move, change or remove what belongs to another folder.
        """
        for path in self._listed(self.folder):
            if path.name in _OURS and path.is_symlink():
                where = safe(str(path), LONGEST_PATH)
                message = "got a symbolic link; allowed a results folder's own files and folders"
                raise ScenarioError([Fault(where, None, "", message)])

    def _not_empty(self) -> ScenarioError:
        message = "got a folder that is not empty; allowed a new or an empty one"
        return ScenarioError([Fault("--out", None, safe(str(self.folder)), message)])

    def _write_points(self, experiment: Experiment) -> None:
        """Write the table of points, unless the very same is there."""
        path = self.folder / _POINTS
        data = points_file(experiment)
        if path.exists():
            if path.read_bytes() == data:
                return
            self.set_aside(path, word("fault.other_points"))
        write_whole(path, lambda stream: stream.write(data))

    def _differences(self, record: Mapping[str, Any], manifest: Mapping[str, Any]) -> list[Fault]:
        new, old = _flat(record), _flat({key: manifest.get(key) for key in record})
        where = safe(str(self.folder))
        faults = [
            Fault(
                where,
                None,
                key,
                f"got {_or_nothing(new, key)}; allowed {_or_nothing(old, key)}, "
                "as this folder was begun with; or choose another folder",
            )
            for key in [*new, *(k for k in old if k not in new)]
            if new.get(key) != old.get(key)
        ]
        faults = [f for f in faults if not f.key.startswith("extensions.") or "sha" in f.key]
        telling = [f for f in faults if f.key != "points_sha256"] or faults
        if len(telling) <= MOST_DIFFERENCES:
            return telling
        message = f"this folder is of another experiment, {shown(manifest.get('name'))}"
        more = f"... and {len(telling) - MOST_DIFFERENCES} more that differ"
        return [
            Fault(where, None, "", f"{message}; choose another folder"),
            *telling[:MOST_DIFFERENCES],
            Fault(where, None, "", more),
        ]

    def finish(self, completed: Mapping[str, Any]) -> None:
        """Write the manifest of a batch that has ended: complete, with what it came to."""
        self._write_manifest({**self.manifest(), **completed, "ended": now()})

    def vouch_for(self, names: Iterable[str]) -> None:
        """Note what further files of a batch that has ended hold, so that it is looked at too."""
        manifest = self.manifest()
        now_there = {name: hash_file(self.folder / name) for name in names}
        noted = {**(manifest.get("sha256") or {}), **now_there}
        self._write_manifest({**manifest, "sha256": noted})

    def _write_manifest(self, manifest: Mapping[str, Any]) -> None:
        text = json.dumps(manifest, ensure_ascii=False, indent=2) + "\n"
        write_text(self.folder / MANIFEST, text, replace=True)

    # ---- parts --------------------------------------------------------------------------------

    def files(self, kind: str = "runs") -> dict[Part, Path]:
        """Return the parts that are there, by their names alone, in the order of their rows."""
        found = {}
        for path in self._listed(self.folder / kind):
            named = _FILE.fullmatch(path.name)
            part = part_named(named.group(1)) if named else None
            if part is not None:
                found[part] = path
        return dict(sorted(found.items()))

    def missing(self, kind: str = "runs") -> list[Part]:
        """Return what a finished batch should hold and does not, by the names of its parts alone.

        Neighbouring points that lack the same replicates are told as one, in whatever parts these
        were. Nothing is missing from a batch that has not ended: it is to be gone on with.
        """
        if not self.manifest()["complete"]:
            return []
        wanted = self._replicates_of_points()
        there: dict[int, list[Part]] = {}
        for part in self.files(kind):
            for point in range(part.first_point, min(part.last_point + 1, len(wanted))):
                there.setdefault(point, []).append(part)
        found: dict[tuple[int, int], list[Part]] = {}
        for point, count in enumerate(wanted):
            begin = 0
            spans = [(part.first_replicate, part.last_replicate) for part in there.get(point, ())]
            for first, last in [*sorted(spans), (count, count)]:
                if first > begin:
                    alike = found.setdefault((begin, first - 1), [])
                    if alike and alike[-1].last_point == point - 1:
                        alike[-1] = alike[-1]._replace(last_point=point)
                    else:
                        alike.append(Part(point, point, begin, first - 1))
                begin = max(begin, last + 1)
        return sorted(part for alike in found.values() for part in alike)

    def torn(self, kinds: Sequence[str] = ("runs",)) -> list[Path]:
        """Return the parts that do not say what their names say: cut, emptied, or of another.

        Their ends alone are read, where a part says what it is. Bits that changed before are seen
        by ``fault_of``, which reads every byte.
        """
        return [
            path
            for kind in kinds
            for part, path in self.files(kind).items()
            if about_part(path).get("part") != part.name and path.exists()
        ]

    def _replicates_of_points(self) -> list[int]:
        """Return how many replicates a finished batch has of each point; none where unknown."""
        experiment = self.experiment()
        if not experiment.precision:
            return [experiment.replicates] * len(experiment.points)
        import pandas as pd

        try:
            table = pd.read_csv(self.folder / "precision.csv")
            counts = table.drop_duplicates("point")["replicates"]  # the same for every measure
            return [int(count) for count in counts]
        except (OSError, ValueError, KeyError):
            return []  # the file is missing or damaged, which is told elsewhere

    def fault_of(self, path: Path, input_hash: str) -> str | None:
        """Return what is wrong with a part's file, or None: every byte is looked at."""
        named = _FILE.fullmatch(path.name)
        if not named:
            return word("fault.no_part")
        if path.is_symlink():
            return word("fault.link")
        if named.group(2) != input_hash[:12]:
            return word("fault.other_batch")
        try:
            digest = hash_file(path)
        except OSError as error:
            return word("fault.unreadable", why=error.strerror)
        if digest[:16] != named.group(3):
            return word("fault.other_bytes")
        about = about_part(path)
        if (about.get("part"), about.get("input")) != (named.group(1), input_hash):
            return word("fault.other_part")
        return None

    def sound_parts(self, input_hash: str, kinds: Sequence[str] = ("runs",)) -> dict[Part, Path]:
        """Return the parts that are whole in all ``kinds``; what else is there is set aside."""
        sound: dict[str, dict[Part, Path]] = {}
        for kind in kinds:
            sound[kind] = {}
            for path in self._listed(self.folder / kind):
                if path.suffix != ".parquet":
                    continue
                why = self.fault_of(path, input_hash)
                named = _FILE.fullmatch(path.name)
                part = part_named(named.group(1)) if named else None
                if why is None and part in sound[kind]:
                    why = word("fault.twice")
                if why is None and part is not None:
                    sound[kind][part] = path
                else:
                    self.set_aside(path, why or word("fault.no_part"))
        whole = set(sound["runs"]).intersection(*sound.values())
        return {part: path for part, path in sorted(sound["runs"].items()) if part in whole}

    def set_aside(self, path: Path, why: str) -> None:
        """Move a file out of the way; nothing is ever deleted."""
        make_folder(self.folder / "aside")
        target = self.folder / "aside" / path.name
        number = 1
        while target.exists():
            number += 1
            target = target.with_name(f"{path.stem}-{number}{path.suffix}")
        try:
            os.replace(path, target)
        except OSError as error:
            raise CannotWrite(f"{path} cannot be moved: {error.strerror}") from None
        self.aside.append(Aside(str(path.relative_to(self.folder)), why))

    def set_strangers_aside(self, wanted: Collection[Part], kinds: Sequence[str]) -> None:
        """Take out parts that this batch does not have: their rows would stand there twice."""
        for kind in reversed(kinds):
            for part, path in self.files(kind).items():
                if part not in wanted:
                    self.set_aside(path, word("fault.in_another"))

    def put(self, part: Part, computed: Computed, input_hash: str) -> None:
        """Store a part; its rows of runs last, so that a part that is there is whole."""
        for kind in KINDS:
            data: bytes | None = getattr(computed, kind)
            if data is None:
                continue
            for old in self._listed(self.folder / kind):
                if old.name.startswith(part.name):  # months whose runs were lost
                    self.set_aside(old, word("fault.anew"))
            stem = f"{part.name}_{input_hash[:12]}"
            write_whole(
                self.folder / kind / f"{stem}.parquet",
                lambda stream, data=data: stream.write(data),  # type: ignore[misc]
                named=lambda digest, stem=stem: f"{stem}_{digest[:16]}.parquet",  # type: ignore[misc]
            )

    # ---- reading ------------------------------------------------------------------------------

    def points(self) -> pd.DataFrame:
        """Return a row a design point: its number, and the value of every key that varies."""
        import pandas as pd

        table = read_table(self.folder / _POINTS, digest=self._points_digest())
        return pd.DataFrame(table.to_pandas())

    def _points_digest(self) -> str | None:
        return (self.manifest().get("sha256") or {}).get(_POINTS)

    def tables(
        self, columns: list[str] | None = None, kind: str = "runs"
    ) -> Iterator[tuple[Part, pa.Table]]:
        """Yield every part's table in the order of point, replicate and arm, checksums verified."""
        for part, path in self.files(kind).items():
            yield part, read_part(path, columns)

    def failures(self) -> list[dict[str, Any]]:
        """Return what is known of every run that failed; of a part that cannot be read, nothing."""
        return [
            failure
            for path in self.files().values()
            for failure in about_part(path).get("failures", ())
        ]

    def content_hash(self) -> str:
        """Return a hash of every row in order, however the rows are cut into parts."""
        digest = hashlib.sha256()
        for _, table in self.tables():
            digest.update(as_numbers(table).tobytes())
        return digest.hexdigest()

    # ---- one process at a time ----------------------------------------------------------------

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep the folder to this process; raise ``OutputInUse`` where another has it.

        The system gives the lock back when a process ends, however it ends. Inside, the same thread
        may hold the folder again.
        """
        from filelock import FileLock, Timeout

        key = self.folder.resolve()
        if key in _HELD.get():
            yield
            return
        make_folder(self.folder)
        self.refuse_links()
        lock = FileLock(self.folder / _LOCK, timeout=0.3)  # `holder` may look at it just now
        holder = self.folder / _HOLDER
        try:
            lock.acquire()
        except Timeout:
            raise self._in_use() from None
        except OSError as error:
            reason = error.strerror or error
            raise CannotWrite(f"{self.folder} cannot be written: {reason}") from None
        before = _HELD.set(_HELD.get() | {key})
        try:
            about = {"process": os.getpid(), "host": socket.gethostname(), "since": now()}
            write_text(holder, json.dumps(about), replace=True)
            yield
        finally:
            _HELD.reset(before)
            with suppress(OSError):
                holder.unlink(missing_ok=True)
            with suppress(OSError):
                (self.folder / _LOCK).unlink(missing_ok=True)
            lock.release()

    def _in_use(self) -> OutputInUse:
        return OutputInUse(f"{self.folder} is in use by {_describe(self.folder / _HOLDER)}")

    def refuse_if_in_use(self) -> None:
        """Raise ``OutputInUse`` where another process has the folder; nothing is made or kept."""
        if self.folder.resolve() not in _HELD.get() and self.holder() is not None:
            raise self._in_use()

    def holder(self) -> str | None:
        """Return who is at work in the folder, or None."""
        from filelock import FileLock, Timeout

        path = self.folder / _LOCK
        if path.is_symlink() or not path.exists():
            return None
        lock = FileLock(self.folder / _LOCK, timeout=0)
        try:
            lock.acquire()
        except Timeout:
            return _describe(self.folder / _HOLDER)
        except OSError:
            return None
        lock.release()
        return None

    def room(self) -> int:
        """Return how many bytes are free where the folder is."""
        folder = self.folder.absolute()
        while not folder.exists():
            folder = folder.parent
        return shutil.disk_usage(folder).free

    def _remove_leftovers(self) -> None:
        for place in (self.folder, *(self.folder / kind for kind in KINDS)):
            for path in self._listed(place):
                if path.name.startswith(".") and path.name.endswith(TEMPORARY):
                    with suppress(OSError):
                        path.unlink()

    @staticmethod
    def _listed(folder: Path) -> list[Path]:
        try:
            return sorted(folder.iterdir())
        except FileNotFoundError:
            return []
        except OSError as error:
            raise CannotWrite(f"{folder} cannot be read: {error.strerror}") from None


def _or_nothing(record: Mapping[str, Any], key: str) -> str:
    return shown(record[key]) if key in record else "nothing"


def read_part(path: Path, columns: list[str] | None = None) -> pa.Table:
    """Return a part's table; raise ``NoBatch`` where its bytes are not those that were written."""
    named = _FILE.fullmatch(path.name)
    return read_table(path, columns, digest=named.group(3) if named else None)


def read_table(
    path: Path, columns: list[str] | None = None, *, digest: str | None = None
) -> pa.Table:
    """Return a Parquet file's table; ``digest`` is what its SHA-256 has to begin with.

    Page checksums do not cover the footer, where the names and types of columns stand. Raises
    ``NoBatch`` where the file is not what was written.
    """
    import pyarrow as pa

    try:
        data = path.read_bytes()
        if digest is not None and not hashlib.sha256(data).hexdigest().startswith(digest):
            raise NoBatch(path, "is not what was written: its SHA-256 differs")
        return table_of(data, columns)
    except MemoryError:
        raise
    except (pa.ArrowException, OSError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise NoBatch(path, f"cannot be read: {reason}") from None


def in_arm(table: pa.Table, arm: str = "together") -> NDArray[np.bool_]:
    """Tell which rows of a table of runs are those of an arm, (rows,)."""
    arms = table.column("arm").combine_chunks()
    names = arms.dictionary.to_pylist()  # empty where the part has no rows
    number = names.index(arm) if arm in names else -1
    return np.asarray(arms.indices.to_numpy(zero_copy_only=False) == number)


def about_part(path: Path) -> dict[str, Any]:
    """Return what a part says of itself in its metadata; nothing where it cannot be read."""
    from pyarrow import ArrowException, parquet

    try:
        with open(path, "rb") as stream:  # Arrow itself opens no path that is not UTF-8
            about = json.loads(parquet.read_metadata(stream).metadata[ARROW_KEY])
    except (ArrowException, OSError, KeyError, TypeError, ValueError):
        return {}
    return about if isinstance(about, dict) else {}


def input_of(experiment: Experiment) -> dict[str, Any]:
    """Return all that decides the rows of a batch: another input is another batch."""
    changed, used = changed_rules(), extensions()
    return {
        "experiment": json.loads(json.dumps(experiment.to_dict())),
        "points_sha256": experiment.points_hash,
        "points": len(experiment.points),
        "source": source_hash(),
        **({"changed_rules": list(changed)} if changed else {}),
        **({"extensions": [one.to_dict() for one in used]} if used else {}),
        "schema": SCHEMA,
    }


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with open(path, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def surroundings() -> dict[str, Any]:
    """Return the versions and the machine that results were computed with."""
    packages = {name: metadata.version(name) for name in _PACKAGES}
    return {
        "cgsim": __version__,
        "commit": _commit(),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "machine": platform.machine(),
        "packages": packages,
    }


def now() -> str:
    """Return the time of day, for people to read; nothing is decided by it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _commit() -> str | None:
    """Return the commit of the source in use, where it is under git itself."""
    here = Path(__file__).resolve()
    try:
        asked = ["git", "-C", str(here.parent)]
        subprocess.run(
            [*asked, "ls-files", "--error-unmatch", here.name],
            check=True,
            capture_output=True,
            timeout=5,
        )
        found = subprocess.run(
            [*asked, "rev-parse", "HEAD"], check=True, capture_output=True, text=True, timeout=5
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return found.stdout.strip()


def points_file(experiment: Experiment) -> bytes:
    """Return the table of points as it is stored."""
    keys = varied_keys(experiment)
    return encode(points_table(experiment.points, keys), {"keys": keys})


def varied_keys(experiment: Experiment) -> list[str]:
    """Return every key that a design point has, in their order."""
    return list(dict.fromkeys(key for point in experiment.points for key in point))


def points_table(
    points: Sequence[Point], keys: list[str], numbers: Sequence[int] | None = None
) -> pa.Table:
    """Return a row a design point: its number, and its value of each key.

    ``numbers`` are those of the points where not all of a design are given.
    """
    import pyarrow as pa

    columns: dict[str, Any] = {"point": pa.array(numbers or range(len(points)), pa.int64())}
    for key in keys:
        values = [point.get(key) for point in points]
        kinds = {type(v) for v in values if v is not None}
        if kinds <= {int, float}:
            kind = pa.int64() if kinds == {int} else pa.float64()
        elif kinds == {bool}:
            kind = pa.bool_()
        else:
            kind = pa.string()
            values = [None if v is None else str(v) for v in values]
        columns[key] = pa.array(values, kind)
    return described(pa.table(columns), "points")


def as_numbers(table: pa.Table) -> NDArray[np.float64]:
    """Return a table as numbers, (rows, columns by name); words become numbers of their own.

    Row after row, so that cuts between parts do not show in its bytes.
    """
    import pyarrow as pa

    columns = []
    for name in sorted(table.column_names):
        column = table.column(name).combine_chunks()
        if pa.types.is_dictionary(column.type):
            words = [
                int(hashlib.sha256(str(w).encode()).hexdigest()[:12], 16)
                for w in column.dictionary.to_pylist()
            ]
            numbers = np.array([*words, 0], np.float64)
            places = column.indices.fill_null(len(words)).to_numpy(zero_copy_only=False)
            columns.append(numbers[places])
        else:
            columns.append(column.to_numpy(zero_copy_only=False).astype(np.float64))
    rows = np.column_stack(columns)
    rows[np.isnan(rows)] = np.nan  # one and the same
    return rows


def _flat(value: Any, path: str = "") -> dict[str, Any]:
    if isinstance(value, Mapping) and value:
        return {
            key: item
            for name, inner in value.items()
            for key, item in _flat(inner, f"{path}.{name}" if path else str(name)).items()
        }
    if isinstance(value, list) and any(isinstance(v, Mapping) for v in value):
        return {
            key: item
            for place, inner in enumerate(value, 1)
            for key, item in _flat(inner, f"{path}.{place}").items()
        }
    return {path: value}


def _describe(holder: Path) -> str:
    try:
        about = json.loads(holder.read_text("utf-8"))
        return f"process {about['process']} on {about['host']} since {about['since']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"
