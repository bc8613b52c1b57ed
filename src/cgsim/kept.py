"""Compiled code kept on disk: in a private folder, whole or not at all, never needed.

What is kept is machine code, and runs as this user. So the folder is this user's alone (mode 0700),
and one that another user owns or may write to is refused. Every file begins with the SHA-256 of the
rest: a torn file is compiled anew and replaced.
Where nothing can be kept the code is compiled for this process alone, and that is said.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import stat
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOM = 12 * 2**20
"""Compiled code of one version takes about a quarter of this."""
_MAGIC = b"cgsim compiled code 2\n"
_ENDING = ".code"
_TEMPORARY = ".part"
_STALE = 3600.0
"""A temporary file this many seconds old was left by a process that was killed."""
_LARGEST = 64 * 2**20
_PRIVATE = 0o700
_OTHERS_MAY_WRITE = stat.S_IWGRP | stat.S_IWOTH
_NO_LINK = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_NO_WAIT = getattr(os, "O_NONBLOCK", 0)


def _unique() -> str:
    """Return what no other process has in a name, also of another machine or container."""
    return f"{os.getpid()}.{secrets.token_hex(4)}"


def place(version: str) -> Path | None:
    """Return the folder for one version's compiled code; None where there is no home for it.

    ``CGSIM_CACHE_DIR`` names it. An empty variable, or an ``XDG_CACHE_HOME`` that is no absolute
    path, counts as not set, as the XDG base directory specification says.
    """
    chosen = os.environ.get("CGSIM_CACHE_DIR")
    if chosen:
        return Path(chosen).absolute() / version
    variable = "LOCALAPPDATA" if sys.platform == "win32" else "XDG_CACHE_HOME"
    given = Path(os.environ.get(variable) or ".")
    try:
        base = given if given.is_absolute() else Path.home() / ".cache"
    except RuntimeError:  # no home is known
        return None
    return base / "cgsim" / version if base.is_absolute() else None


class Refused(OSError):
    """The folder of compiled code is not this user's alone."""


class Kept:
    """One version's compiled code on disk."""

    def __init__(self, folder: Path | None) -> None:
        """Name the folder; nothing is read or made yet."""
        self.folder = folder
        self.trouble = "" if folder else "there is no home folder"
        self.refused = False

    def read(self, name: str) -> bytes | None:
        """Return what was kept under a name; None where that is nothing, or not whole."""
        if self.folder is None or self.refused:
            return None
        try:
            with self._opened() as handle:
                data = self._read(name, handle)
        except FileNotFoundError:
            return None
        except OSError as error:
            self._note(error)
            return None
        start = len(_MAGIC)
        digest, rest = data[start : start + 32], data[start + 32 :]
        whole = data.startswith(_MAGIC) and hashlib.sha256(rest).digest() == digest
        return rest if whole else None

    def _read(self, name: str, folder: int | None) -> bytes:
        path = name + _ENDING if folder is not None else f"{self.folder}/{name}{_ENDING}"
        handle = os.open(path, os.O_RDONLY | _NO_WAIT | _NO_LINK, dir_fd=folder)
        with open(handle, "rb") as stream:
            about = os.fstat(handle)
            if not stat.S_ISREG(about.st_mode) or about.st_size > _LARGEST:
                raise Refused(0, "it holds what is no file of compiled code")
            _refuse_what_others_write(about)
            return stream.read(_LARGEST)

    def write(self, name: str, data: bytes) -> bool:
        """Keep something under a name, for later processes; tell whether that could be done."""
        if self.folder is None or self.refused:
            return False
        text = _MAGIC + hashlib.sha256(data).digest() + data
        temporary = self.folder / f".{name}.{_unique()}{_TEMPORARY}"
        try:
            self._make()
            handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_LINK, 0o600)
            try:
                with open(handle, "wb") as stream:
                    stream.write(text)
                os.replace(temporary, self.folder / f"{name}{_ENDING}")
            except BaseException:
                with suppress(OSError):
                    temporary.unlink()
                raise
        except OSError as error:
            self._note(error)
            return False
        return True

    def can_write(self) -> bool:
        """Tell whether there is room for compiled code; what hinders is noted.

        The room is taken for a moment, since a quota is known to nobody before.
        """
        if self.folder is None or self.refused:
            return False
        probe = self.folder / f".probe.{_unique()}{_TEMPORARY}"
        try:
            self._make()
            handle = os.open(probe, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_LINK, 0o600)
            try:
                if hasattr(os, "posix_fallocate"):
                    os.posix_fallocate(handle, 0, ROOM)
            finally:
                os.close(handle)
                probe.unlink()
        except OSError as error:
            self._note(error)
            return False
        return True

    def _note(self, error: OSError) -> None:
        self.refused = self.refused or isinstance(error, Refused)
        self.trouble = str(error.strerror or error)

    def _make(self) -> None:
        """Make the folder, private; remove what killed processes left."""
        assert self.folder is not None
        if not self.folder.is_dir():
            self.folder.parent.mkdir(parents=True, exist_ok=True)
            self.folder.mkdir(mode=_PRIVATE, exist_ok=True)
        with self._opened():
            pass
        for path in self.folder.glob(f".*{_TEMPORARY}"):
            with suppress(OSError):
                if time.time() - path.lstat().st_mtime > _STALE:
                    path.unlink()

    @contextmanager
    def _opened(self) -> Iterator[int | None]:
        """Open the folder, so that it is this very one that was found to be private."""
        assert self.folder is not None
        if sys.platform == "win32":  # the folder of local data is the user's alone
            yield None
            return
        handle = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY | _NO_LINK)
        try:
            _refuse_what_others_write(os.fstat(handle))
            yield handle
        finally:
            os.close(handle)


def _refuse_what_others_write(about: os.stat_result) -> None:
    """Refuse a file or folder that someone else could have put code into.

    The administrator may have filled it: they may change this program as well.
    """
    if sys.platform == "win32":
        return
    if about.st_uid not in (os.geteuid(), 0):
        raise Refused(0, "it belongs to another user")
    if about.st_mode & _OTHERS_MAY_WRITE:
        raise Refused(0, "other users may write to it")
