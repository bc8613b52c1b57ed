"""Compiled code that cannot be kept, or not be trusted: everything runs, and it is said."""

import errno
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import numba
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests import program

from cgsim import kept
from cgsim.kept import Kept, place

compiled = pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="nothing is compiled")
on_unix = pytest.mark.skipif(sys.platform == "win32", reason="no owners and modes")
ONCE = "once per installed version"
ANEW = "again in every process"
USE = """
import numpy as np
from cgsim import compiler

@compiler.kernel
def double(x, out):
    out[0] = 2 * x

out = np.zeros(1, np.int64)
double(3, out)
print(out[0])
"""
IN_A_COPY = """
from cgsim import compiler

compiler._kept.cache_clear()  # another folder than that of the process it is a copy of,
compiler._told.clear()        # and nothing has been said yet
"""


def can_mount():
    """Tell whether this user may mount file systems of their own."""
    if not shutil.which("unshare"):
        return False
    tried = ["unshare", "-m", "mount", "-t", "tmpfs", "none", "/mnt"]
    return subprocess.run(tried, capture_output=True).returncode == 0


mounts = pytest.mark.skipif(not can_mount(), reason="mounting needs root and unshare")


def use(folder, before=""):
    """Let a process of its own use an entry point; return what it said.

    ``before`` is what a shell does in a space of mounts of its own.
    """
    script = Path(folder).parent / "entry_point.py"
    script.write_text(USE)
    fresh = f'{before or ":"} && exec "$@"'
    command = ["unshare", "-m"] if before else []
    command += ["sh", "-c", fresh, "sh", sys.executable, "-W", "error", str(script)]
    environment = {**os.environ, "CGSIM_CACHE_DIR": str(folder)}
    return said_by(
        subprocess.run(command, cwd=script.parent, env=environment, capture_output=True, text=True)
    )


def use_in_a_copy(folder):
    """The same in a copy of a process that has imported what there is to import."""
    script = Path(folder).parent / "entry_point.py"
    script.write_text(IN_A_COPY + USE)
    return said_by(program.run_file(script, cwd=script.parent, CGSIM_CACHE_DIR=folder))


def said_by(done):
    assert (done.returncode, done.stdout) == (0, "6\n"), done.stderr
    return done.stderr


def files_in(folder):
    return sorted(path for path in Path(folder).rglob("*") if path.is_file())


@compiled
@on_unix
def test_the_folder_is_this_users_alone(tmp_path):
    os.umask(before := os.umask(0))
    try:
        os.umask(0)
        assert ONCE in use(tmp_path / "cache")
    finally:
        os.umask(before)
    (version,) = (tmp_path / "cache").iterdir()
    assert stat.S_IMODE(version.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in version.iterdir()} == {0o600}
    assert use(tmp_path / "cache") == ""


@compiled
@mounts
def test_a_full_quota_costs_a_line_and_leaves_nothing(tmp_path):
    folder = tmp_path / "cache"
    folder.mkdir()
    mount = f"mount -t tmpfs -o size=20k none {folder}"
    said = use(folder, mount)
    assert said.count("Compiling the engine") == 1
    assert ANEW in said
    assert "No space left on device" in said
    assert ONCE not in said


@compiled
@mounts
def test_a_filled_cache_that_may_only_be_read_is_used(tmp_path):
    folder = tmp_path / "cache"
    assert ONCE in use(folder)  # what a copy compiled is not found by a fresh process
    read_only = f"mount --bind {folder} {folder} && mount -o remount,ro,bind {folder}"
    assert use(folder, read_only) == ""
    for path in files_in(folder):
        path.unlink()
    said = use(folder, read_only)
    assert ANEW in said
    assert "Read-only file system" in said
    assert ONCE not in said


DAMAGES = (
    lambda data: b"",
    lambda data: data[: len(data) // 2],
    lambda data: data[:-1] + bytes([data[-1] ^ 1]),
    lambda data: bytes(len(data)),
)


@compiled
def test_torn_code_is_compiled_anew_and_replaced(tmp_path):
    folder = tmp_path / "cache"
    use_in_a_copy(folder)
    (code,) = (path for path in files_in(folder) if path.name.startswith("double"))
    whole = len(code.read_bytes())
    for damage in DAMAGES:
        code.write_bytes(damage(code.read_bytes()))
        assert Kept(code.parent).read(code.stem) is None
        assert ONCE in use_in_a_copy(folder)
        assert len(code.read_bytes()) == whole
        assert Kept(code.parent).read(code.stem) is not None
    assert use_in_a_copy(folder) == ""


@given(cut=st.integers(0, 300), data=st.binary(max_size=200), bit=st.integers(0, 10_000))
@settings(max_examples=200)
def test_what_is_read_is_what_was_written_or_nothing(tmp_path_factory, cut, data, bit):
    store = Kept(tmp_path_factory.mktemp("kept") / "version")
    assert store.write("name", data)
    assert store.read("name") == data
    (path,) = store.folder.iterdir()
    whole = path.read_bytes()
    flipped = bytearray(whole)
    flipped[bit // 8 % len(whole)] ^= 1 << bit % 8
    path.write_bytes(flipped)
    assert store.read("name") is None
    path.write_bytes(whole[:cut])
    assert store.read("name") == (data if cut >= len(whole) else None)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES])
@pytest.mark.parametrize("step", ["open", "replace", "mkdir", "write"])
def test_whatever_step_fails_nothing_is_raised_and_nothing_left(
    number, step, tmp_path, monkeypatch
):
    def fail(*_, **__):
        raise OSError(number, os.strerror(number))

    store = Kept(tmp_path / "base" / "version")
    if step == "mkdir":
        monkeypatch.setattr(Path, "mkdir", fail)
    elif step == "write":

        class Full:
            def __init__(self, handle, *_):
                self.handle = handle

            def __enter__(self):
                return self

            def __exit__(self, *_):
                os.close(self.handle)

            write = fail

        monkeypatch.setattr(kept, "open", Full, raising=False)
    else:
        monkeypatch.setattr(kept.os, step, fail)
    assert not store.write("name", b"code")
    monkeypatch.undo()
    assert store.trouble == os.strerror(number)
    assert files_in(tmp_path) == []
    assert store.read("name") is None


def test_room_is_asked_for_before_an_hour_is_promised(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.EDQUOT, os.strerror(errno.EDQUOT))

    if not hasattr(os, "posix_fallocate"):
        pytest.skip("this system cannot take room")
    store = Kept(tmp_path / "version")
    assert store.can_write()
    monkeypatch.setattr(kept.os, "posix_fallocate", full)
    assert not store.can_write()
    assert store.trouble == os.strerror(errno.EDQUOT)
    assert files_in(tmp_path) == []


@on_unix
@pytest.mark.parametrize("mode", [0o770, 0o777, 0o702, 0o1777])
def test_a_folder_that_others_may_write_to_is_refused(mode, tmp_path):
    store = Kept(tmp_path / "version")
    assert store.write("name", b"code")
    store.folder.chmod(mode)
    assert store.read("name") is None
    assert not store.write("name", b"other")
    assert not store.can_write()
    assert store.trouble == "other users may write to it"


@on_unix
def test_a_file_that_others_may_write_to_is_refused(tmp_path):
    store = Kept(tmp_path / "version")
    assert store.write("name", b"code")
    next(store.folder.iterdir()).chmod(0o666)
    assert store.read("name") is None
    assert store.trouble == "other users may write to it"


@on_unix
def test_another_users_folder_is_refused(tmp_path, monkeypatch):
    store = Kept(tmp_path / "version")
    assert store.write("name", b"code")
    if os.geteuid() == 0:
        os.chown(store.folder, 12345, -1)
    else:
        monkeypatch.setattr(kept.os, "geteuid", lambda: 12345)
    assert store.read("name") is None
    assert not store.write("name", b"other")
    assert store.trouble == "it belongs to another user"


@on_unix
def test_links_and_pipes_are_not_followed(tmp_path):
    store = Kept(tmp_path / "version")
    assert store.write("name", b"code")
    (path,) = store.folder.iterdir()
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    assert store.read("name") is None
    path.unlink()
    os.mkfifo(path)
    assert Kept(store.folder).read("name") is None
    folder = tmp_path / "link"
    folder.symlink_to(store.folder)
    assert not Kept(folder).write("name", b"code")


@compiled
@on_unix
def test_it_is_said_that_a_folder_is_refused(tmp_path):
    folder = tmp_path / "cache"
    use_in_a_copy(folder)
    (version,) = folder.iterdir()
    version.chmod(0o777)
    said = use_in_a_copy(folder)
    assert f"cannot be kept in {version}: other users may write to it" in said
    assert ONCE not in said


@pytest.mark.skipif(sys.platform == "win32", reason="another variable there")
@pytest.mark.parametrize("given", ["", "relative/folder", "."])
def test_an_empty_or_relative_xdg_cache_home_counts_as_not_set(given, monkeypatch, tmp_path):
    monkeypatch.delenv("CGSIM_CACHE_DIR", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", given)
    assert place("v") == tmp_path / ".cache/cgsim/v"
    monkeypatch.setenv("CGSIM_CACHE_DIR", "")
    assert place("v") == tmp_path / ".cache/cgsim/v"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "other"))
    assert place("v") == tmp_path / "other/cgsim/v"
    monkeypatch.setenv("CGSIM_CACHE_DIR", str(tmp_path / "chosen"))
    assert place("v") == tmp_path / "chosen/v"


def test_without_a_home_nothing_is_kept_and_nothing_breaks(monkeypatch):
    def no_home():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("CGSIM_CACHE_DIR", raising=False)
    for variable in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(variable, "")
    monkeypatch.setattr(Path, "home", no_home)
    store = Kept(place("v"))
    assert store.read("name") is None
    assert not store.write("name", b"code")
    assert not store.can_write()
    assert store.trouble == "there is no home folder"


def test_what_a_killed_process_left_is_removed(tmp_path):
    store = Kept(tmp_path / "version")
    assert store.write("name", b"code")
    old, young = (store.folder / f".name.{number}.part" for number in (1, 2))
    for path in (old, young):
        path.write_bytes(b"torn")
    os.utime(old, (0, 0))
    assert store.write("another", b"code")
    assert not old.exists()
    assert young.exists()


AT_ONCE = """
import os
from pathlib import Path

begin, told = os.pipe()
children = []
for _ in range(4):
    child = os.fork()
    if child == 0:
        os.close(told)
        os.read(begin, 1)  # until every one of them is there
        code = 1
        try:
            exec(Path("entry_point.py").read_text())
            code = 0
        finally:
            os._exit(code)
    children.append(child)
os.close(told)
for child in children:
    assert os.waitpid(child, 0)[1] == 0
"""


@compiled
@on_unix
def test_processes_that_compile_at_once_do_not_harm_each_other(tmp_path):
    folder = tmp_path / "cache"
    (tmp_path / "entry_point.py").write_text(USE)
    (tmp_path / "at_once.py").write_text(IN_A_COPY + AT_ONCE)
    done = program.run_file(tmp_path / "at_once.py", cwd=tmp_path, CGSIM_CACHE_DIR=folder)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count(ONCE) == 4
    assert use_in_a_copy(folder) == ""
    assert not [path for path in files_in(folder) if path.name.startswith(".")]
