"""Every step by which cgsim writes a file, as a place where something may go wrong."""

import os
import re
from contextlib import contextmanager

from cgsim import whole
from cgsim.store import folder as store


class Steps:
    """Tells of every step: ``reach`` is called with its name and what it is about."""

    def __init__(self, reach):
        self._reach = reach

    def reach(self, step, path):
        self._reach(step, kind_of(path), str(path))

    def opening(self, path, mode="r", *more, **settings):
        if "w" not in mode:
            return open(path, mode, *more, **settings)
        self.reach("before the file is there", path)
        return _Stream(self, open(path, mode, *more, **settings), path)

    def __getattr__(self, name):  # what else `os` has
        return getattr(os, name)

    def fsync(self, handle):
        path = os.readlink(f"/proc/self/fd/{handle}")
        os.fsync(handle)
        self.reach(f"after the {'folder' if os.path.isdir(path) else 'file'} is synced", path)

    def replace(self, source, target):
        os.replace(source, target)
        self.reach("after the file has its name", target)


class _Stream:
    def __init__(self, steps, stream, path):
        self._steps, self._stream, self._path = steps, stream, path

    def write(self, data):
        half = len(data) // 2
        self._stream.write(data[:half])
        self._stream.flush()
        self._steps.reach("in the middle of writing", self._path)
        self._stream.write(data[half:])
        self._stream.flush()
        self._steps.reach("after writing", self._path)
        return len(data)

    def __getattr__(self, name):
        return getattr(self._stream, name)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self._stream.close()


def kind_of(path):
    """What a file is for, whatever it is called while it is written."""
    folder, name = os.path.split(str(path))
    if os.path.basename(folder) in ("runs", "months", "boards", "aside"):
        return os.path.basename(folder)
    return re.sub(r"^\.(.*)\.\d+\.part$", r"\1", name) if name.endswith(".part") else name


@contextmanager
def watched(reach):
    """Have every step told while files are written by cgsim."""
    steps = Steps(reach)
    whole.os = store.os = steps
    whole.open = steps.opening
    try:
        yield
    finally:
        whole.os = store.os = os
        del whole.open
