"""After a power cut at any moment only whole files are seen, and the batch goes on from there.

What is written and not synced may be lost or cut short, and a new name may or may not be there. All
that cgsim does to files is recorded, and every state that a cut could leave is made and looked at.
"""

import os
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from cgsim import whole
from cgsim.experiment.records import hash_of
from cgsim.running.batch import run_experiment
from cgsim.store.folder import Store, input_of
from small_batches import hidden, small_experiment, table_of


class Recorder:
    """Stands in for ``os`` and ``open``, and keeps what is done in order."""

    def __init__(self, sync=True):
        self.events = []
        self.files = {}
        self.sync = sync

    def opening(self, path, mode="r", *more, **settings):
        stream = open(path, mode, *more, **settings)  # noqa: SIM115
        if "w" not in mode:
            return stream
        self.files[str(path)] = len(self.events)  # a number of its own
        self.events.append(("create", str(path), len(self.events)))
        return _Stream(self, stream, str(path))

    def __getattr__(self, name):
        return getattr(os, name)

    def fsync(self, handle):
        path = os.readlink(f"/proc/self/fd/{handle}")
        os.fsync(handle)
        if os.path.isdir(path):
            self.events.append(("sync folder", path))
        elif self.sync:
            self.events.append(("sync", self.files[path]))

    def replace(self, source, target):
        os.replace(source, target)
        self.events.append(("rename", str(source), str(target)))


class _Stream:
    def __init__(self, recorder, stream, path):
        self.recorder, self.stream, self.path = recorder, stream, path

    def write(self, data):
        self.recorder.events.append(("write", self.recorder.files[self.path], data))
        return self.stream.write(data)

    def __getattr__(self, name):
        return getattr(self.stream, name)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.stream.close()


@dataclass
class Disk:
    """What a disk holds for certain, and what is still on its way there."""

    written: dict[int, bytes] = field(default_factory=dict)
    synced: dict[int, int] = field(default_factory=dict)  #: bytes for certain
    names: dict[str, int] = field(default_factory=dict)  #: for certain
    waiting: list[tuple] = field(default_factory=list)  #: changes of names, in order

    def take(self, event):
        kind, *about = event
        if kind == "write":
            number, data = about
            self.written[number] = self.written.get(number, b"") + data
        elif kind == "sync":
            self.synced[about[0]] = len(self.written[about[0]])
        elif kind == "sync folder":
            mine = [e for e in self.waiting if os.path.dirname(e[1]) == about[0]]
            self.waiting = [e for e in self.waiting if e not in mine]
            change(self.names, mine)
        else:
            self.waiting.append(event)

    def after_a_cut(self):
        """Yield every state that a cut at this moment may leave: bytes by path."""
        for count in range(len(self.waiting) + 1):
            names = dict(self.names)
            change(names, self.waiting[:count])
            for share in (0.0, 0.5, 1.0):
                yield {path: self.bytes_of(number, share) for path, number in names.items()}

    def bytes_of(self, number, share):
        data = self.written.get(number, b"")
        return data[: max(self.synced.get(number, 0), int(share * len(data)))]


def change(names, events):
    for kind, path, more in events:
        names[path if kind == "create" else more] = more if kind == "create" else names.pop(path)


def record(experiment, folder, monkeypatch, sync=True):
    """Run a batch; return every different state that a cut could leave, and the whole files."""
    recorder = Recorder(sync)
    with monkeypatch.context() as patched:
        patched.setattr(whole, "os", recorder)
        patched.setattr(whole, "open", recorder.opening, raising=False)
        run_experiment(experiment, folder)
    disk, states, complete = Disk(), {}, set()
    for event in [("start",), *recorder.events]:
        if event != ("start",):
            disk.take(event)
        if event[0] == "rename":
            # Names are where they belong now; what they hold was written to its end.
            names = dict(disk.names)
            change(names, disk.waiting)
            complete.add((event[2], disk.written[names[event[2]]]))
        for state in disk.after_a_cut():
            states.setdefault(frozenset(state.items()), state)
    return list(states.values()), complete


def make(state, folder, target):
    """Make the folder as the state has it, in another place."""
    for path, data in state.items():
        place = target / Path(path).relative_to(folder)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)


def torn(state, complete):
    """The files of a state that have their names, but not all they should hold."""
    return [
        path
        for path, data in state.items()
        if not path.endswith(".part") and (path, data) not in complete
    ]


@pytest.mark.parametrize("further", [{}, {"months": True}, {"months": True, "boards": True}])
def test_whatever_the_cut_leaves_only_whole_parts_are_accepted(further, tmp_path, monkeypatch):
    folder = tmp_path / "batch"
    experiment = small_experiment(**further)
    states, complete = record(experiment, folder, monkeypatch)
    assert len(states) > 40
    expected = table_of(folder)
    input_hash = hash_of(input_of(experiment))
    most = 0
    for number, state in enumerate(states):
        assert torn(state, complete) == []
        copy = tmp_path / str(number)
        make(state, folder, copy)
        store = Store(copy)
        accepted = store.sound_parts(input_hash, experiment.kinds)
        most = max(most, len(accepted))
        for path in accepted.values():
            assert path.read_bytes() == expected[f"runs/{path.name}"]
        assert store.aside == []
    assert most == len([name for name in expected if name.startswith("runs/")])


def test_the_batch_goes_on_from_what_a_cut_leaves(tmp_path, monkeypatch):
    folder = tmp_path / "batch"
    experiment = small_experiment()
    states, _ = record(experiment, folder, monkeypatch)
    expected = table_of(folder)
    begun = [s for s in states if str(folder / "manifest.json") in s]
    for number, state in enumerate(begun[:: len(begun) // 12]):
        copy = tmp_path / str(number)
        make(state, folder, copy)
        run_experiment(experiment, copy)
        assert table_of(copy) == expected
        assert hidden(copy) == []


def test_this_would_notice_files_that_are_not_synced(tmp_path, monkeypatch):
    states, complete = record(small_experiment(replicates=4), tmp_path, monkeypatch, sync=False)
    kinds = {Path(path).suffix for state in states for path in torn(state, complete)}
    assert kinds >= {".json", ".parquet", ".csv"}
