"""Full disks, damaged files, two at once: what is stored is kept, and never silently wrong."""

import errno
import io
import json
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd
import pytest
from pyarrow import parquet

from cgsim.experiment.records import hash_of
from cgsim.running import batch
from cgsim.running.batch import open_batch, run_experiment
from cgsim.running.checking import verify
from cgsim.scenario import ScenarioError
from cgsim.store import folder as store
from cgsim.store.folder import OutputInUse, Store, input_of
from cgsim.whole import CannotWrite
from file_steps import watched
from small_batches import (
    HERE,
    cgsim_here,
    files_of,
    hidden,
    run_cgsim,
    small_experiment,
    table_of,
)

FILE = """
title = "Meetings of a tiny partnership"
question = "How many meetings?"
scenario = "baseline"
replicates = {replicates}
seed = {seed}

[set]
months = 24
agencies = 8
size = 4

[factors]
meetings = [1, 2]
"""


@pytest.fixture
def mine(tmp_path):
    """An experiment's file."""
    path = tmp_path / "mine.toml"
    path.write_text(FILE.format(replicates=40, seed=1))
    return path


def parts(folder):
    return sorted((folder / "runs").iterdir())


def without_aside(folder):
    return {k: v for k, v in table_of(folder).items() if not k.startswith("aside/")}


def flip(path, place, bit):
    data = bytearray(path.read_bytes())
    data[place] ^= 1 << bit
    path.write_bytes(data)


# ---- a disk that is full or broken ----------------------------------------------------------


def failing(number, reason):
    """Return a ``reach`` that fails at one step, as the system would."""
    steps = 0

    def reach(step, kind, path):
        nonlocal steps
        steps += 1
        if steps == number:
            raise OSError(reason, os.strerror(reason))

    return reach


def steps_of_a_batch(folder):
    names = []
    with watched(lambda step, kind, path: names.append((step, kind))):
        run_experiment(small_experiment(), folder)
    return names


def fail_and_go_on(steps, reason, folder, expected):
    for number in steps:
        out = folder / str(number)
        before = {}
        with (
            pytest.raises(CannotWrite, match=os.strerror(reason)),
            watched(failing(number, reason)),
        ):
            run_experiment(small_experiment(), out)
        before = files_of(out)
        assert [name for name in before if name.endswith(".part")] == []
        assert {k: v for k, v in before.items() if k.startswith("runs/")}.items() <= (
            expected.items()
        )
        run_experiment(small_experiment(), out)
        assert table_of(out) == expected
        assert hidden(out) == []


def test_a_disk_that_fills_up_ends_the_batch_and_costs_nothing_that_was_written(
    whole_batch, tmp_path
):
    steps = steps_of_a_batch(tmp_path / "steps")
    wanted = [
        number
        for number, (step, kind) in enumerate(steps, 1)
        if step == "in the middle of writing" and kind in ("runs", "summary.csv", "failures.jsonl")
    ]
    last_manifest = max(n for n, s in enumerate(steps, 1) if s[1] == "manifest.json")
    assert len(wanted) > 6
    fail_and_go_on(
        [*wanted[::2], last_manifest - 2], errno.ENOSPC, tmp_path / "full", table_of(whole_batch)
    )


def test_a_disk_that_breaks_ends_the_batch_and_costs_nothing_that_was_written(
    whole_batch, tmp_path
):
    steps = steps_of_a_batch(tmp_path / "steps")
    wanted = [
        number
        for number, (step, kind) in enumerate(steps, 1)
        if kind == "runs" and step != "after the file has its name"
    ]
    fail_and_go_on(wanted[::5], errno.EIO, tmp_path / "broken", table_of(whole_batch))


def test_a_disk_that_is_full_from_the_beginning_leaves_a_folder_to_begin_in(whole_batch, tmp_path):
    steps = steps_of_a_batch(tmp_path / "steps")
    middle = "in the middle of writing"
    wanted = [1 + steps.index((middle, kind)) for kind in ("points.parquet", "manifest.json")]
    fail_and_go_on(wanted, errno.ENOSPC, tmp_path / "full", table_of(whole_batch))


LIMITED = """
import resource, sys
from cgsim.cli.app import main
limit = int(sys.argv.pop(1))
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
main()
"""


def test_a_file_that_may_not_grow_is_one_line_and_exit_3(mine, tmp_path):
    limit = 12_000  # more than a manifest, less than a part
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(limit), "batch", mine, "--out", tmp_path / "out"],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 3
    assert done.stderr.count("\n") == 1
    assert os.strerror(errno.EFBIG) in done.stderr
    assert [n for n in files_of(tmp_path / "out") if n.startswith(("runs/", "."))] == []
    run_experiment(mine, tmp_path / "out")


def test_a_folder_that_cannot_be_made_is_one_line_and_exit_3(mine, tmp_path, monkeypatch, capsys):
    (tmp_path / "file").write_text("mine")
    for place in (tmp_path / "file" / "out", "/proc/cgsim"):
        assert cgsim_here(monkeypatch, "batch", mine, "--out", place) == 3
        told = capsys.readouterr().err
        assert told.count("\n") == 1
        assert str(place) in told


@pytest.fixture
def forbidden():
    """A folder that may be read and not written, also by root, who becomes somebody else."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o555)
    me = os.geteuid()
    if me == 0:
        os.seteuid(65534)
    yield folder
    os.seteuid(me)
    folder.rmdir()


def test_a_folder_without_permission_cannot_be_written(forbidden):
    for folder in (forbidden, forbidden / "out"):
        with pytest.raises(CannotWrite, match=f"{folder} cannot be .*: Permission denied"):
            run_experiment(small_experiment(), folder)


def test_a_disk_that_is_read_only_cannot_be_written(tmp_path, monkeypatch):
    def refused(*_, **__):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr("pathlib.Path.mkdir", refused)
    with pytest.raises(CannotWrite, match="cannot be made: Read-only file system"):
        run_experiment(small_experiment(), tmp_path / "out")


def test_a_batch_that_has_no_room_is_refused_before_it_is_lived(tmp_path, monkeypatch):
    monkeypatch.setattr(batch, "WORTH_ESTIMATING", 100)
    monkeypatch.setattr(Store, "room", lambda self: 50_000)
    with pytest.raises(CannotWrite, match=r"has no room: about .* MiB are needed"):
        run_experiment(small_experiment(), tmp_path)
    assert parts(tmp_path) == []
    monkeypatch.undo()
    run_experiment(small_experiment(), tmp_path)


# ---- files that are not what was written ----------------------------------------------------


def test_no_flipped_bit_is_ever_taken_for_sound(whole_batch, tmp_path):
    chance = random.Random(1)
    input_hash = hash_of(input_of(small_experiment()))
    seen = Store(whole_batch)
    (tmp_path / "runs").mkdir()
    for path in parts(whole_batch):
        data = path.read_bytes()
        anywhere = [chance.randrange(len(data)) for _ in range(60)]
        footer = range(len(data) - 40, len(data))
        for place in [0, *anywhere, *footer]:
            harmed = bytearray(data)
            harmed[place] ^= 1 << chance.randrange(8)
            target = tmp_path / "runs" / path.name
            target.write_bytes(harmed)
            assert "SHA-256 differs" in seen.fault_of(target, input_hash)
        target.write_bytes(data)
        assert seen.fault_of(target, input_hash) is None


def cut_short(folder):
    path = parts(folder)[0]
    path.write_bytes(path.read_bytes()[:-1])
    return [path]


def emptied(folder):
    path = parts(folder)[-1]
    path.write_bytes(b"")
    return [path]


def flipped_data(folder):
    path = parts(folder)[2]
    flip(path, 1000, 3)
    return [path]


def flipped_footer(folder):
    path = parts(folder)[3]
    flip(path, path.stat().st_size - 20, 0)
    return [path]


def swapped(folder):
    a, b = parts(folder)[:2]
    first, second = a.read_bytes(), b.read_bytes()
    a.write_bytes(second)
    b.write_bytes(first)
    return [a, b]


def foreign(folder):
    path = folder / "runs" / "mine.parquet"
    pd.DataFrame({"point": [0], "replicate": [0], "arm": ["together"]}).to_parquet(path)
    return [path]


def foreign_in_disguise(folder):
    """A file of somebody else with a name that a part of this batch would have."""
    plain = folder / "plain"
    pd.DataFrame({"point": [0], "replicate": [0], "gain": [9.9]}).to_parquet(plain)
    old = parts(folder)[0]
    stem = old.name.rpartition("_")[0]
    path = old.with_name(f"{stem}_{store.hash_file(plain)[:16]}.parquet")
    plain.rename(path)
    old.unlink()
    return [path]


def renamed(folder):
    """A sound part under the name of another."""
    first, second = parts(folder)[:2]
    sha = first.stem.rpartition("_")[2]
    path = second.with_name(second.stem.rpartition("_")[0] + f"_{sha}.parquet")
    path.write_bytes(first.read_bytes())
    second.unlink()
    return [path]


def of_another_batch(folder):
    other = folder.parent / "other"
    run_experiment(small_experiment(seed=2), other)
    path = folder / "runs" / parts(other)[0].name
    shutil.copy(parts(other)[0], path)
    return [path]


def another_batchs_under_our_name(folder):
    """A part of another batch that says it is one of ours, with the hash of its own bytes."""
    other = folder.parent / "other"
    run_experiment(small_experiment(seed=2), other)
    theirs, ours = parts(other)[0], parts(folder)[0]
    sha = theirs.stem.rpartition("_")[2]
    path = ours.with_name(ours.stem.rpartition("_")[0] + f"_{sha}.parquet")
    ours.unlink()
    shutil.copy(theirs, path)
    return [path]


def a_folder(folder):
    path = folder / "runs" / "folder.parquet"
    path.mkdir()
    return [path]


HARMS = [
    cut_short,
    emptied,
    flipped_data,
    flipped_footer,
    swapped,
    foreign,
    foreign_in_disguise,
    renamed,
    of_another_batch,
    another_batchs_under_our_name,
    a_folder,
]


@pytest.mark.parametrize("harm", HARMS)
def test_a_part_that_is_not_sound_is_named_set_aside_and_computed_anew(harm, copy):
    expected = table_of(copy)
    harmed = harm(copy)
    report = verify(copy, again=False)
    told = "\n".join(report.faults)
    assert all(path.name in told for path in harmed)
    done = run_experiment(small_experiment(), copy)
    names = {f"runs/{path.name}" for path in harmed}
    assert {aside.file for aside in done.set_aside} == names
    assert all(aside.why for aside in done.set_aside)
    assert {path.name for path in (copy / "aside").iterdir()} == {path.name for path in harmed}
    assert without_aside(copy) == expected
    assert verify(copy).faults == []


def test_a_part_that_is_lost_is_missed_and_computed_anew(copy):
    expected = table_of(copy)
    parts(copy)[1].unlink()
    assert any("a part is missing" in fault for fault in verify(copy, again=False).faults)
    done = run_experiment(small_experiment(), copy)
    assert done.computed == 40
    assert table_of(copy) == expected


@pytest.mark.parametrize("name", ["summary.csv", "failures.jsonl"])
def test_tables_that_were_changed_are_named_and_written_anew(name, copy):
    expected = table_of(copy)
    with open(copy / name, "a") as stream:
        stream.write("0,0,0\n")
    assert verify(copy, again=False).faults == [
        f"{name} is not what was written: its SHA-256 differs"
    ]
    run_experiment(small_experiment(), copy)
    assert table_of(copy) == expected


def test_points_that_were_changed_are_named_and_written_anew(copy):
    expected = table_of(copy)
    flip(copy / "points.parquet", 60, 0)
    assert verify(copy, again=False).faults == [
        "points.parquet is not what was written: its SHA-256 differs"
    ]
    run_experiment(small_experiment(), copy)
    found = table_of(copy)
    assert found.pop("aside/points.parquet")
    assert found == expected


def test_somebody_elses_points_are_never_taken_for_those_of_the_batch(copy):
    expected = table_of(copy)
    points = pd.read_parquet(copy / "points.parquet")
    points["size"] = points["size"] + 1
    points.to_parquet(copy / "points.parquet")
    run_experiment(small_experiment(), copy)
    found = table_of(copy)
    assert found.pop("aside/points.parquet")
    assert found == expected


def test_a_manifest_that_says_another_seed_is_found_out(copy):
    text = (copy / "manifest.json").read_text()
    assert '"seed": 1,' in text
    (copy / "manifest.json").write_text(text.replace('"seed": 1,', '"seed": 2,'))
    with pytest.raises(ScenarioError, match=r"manifest\.json: input_sha256: got .* not as it was"):
        verify(copy)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"schema"', '{"schema": 1}', "\x00"])
def test_a_manifest_that_is_none_is_bad_input(text, copy):
    (copy / "manifest.json").write_text(text)
    for look in (verify, open_batch, lambda folder: run_experiment(small_experiment(), folder)):
        with pytest.raises(ScenarioError, match=r"manifest\.json"):
            look(copy)


def test_reading_a_damaged_part_is_an_error_or_gives_what_was_written(copy):
    chance = random.Random(2)
    expected = open_batch(copy).runs(arm="all")
    path = parts(copy)[1]
    data = path.read_bytes()
    footer = len(data) - 8 - int.from_bytes(data[-8:-4], "little")
    places = [chance.randrange(len(data)) for _ in range(60)]
    places += [chance.randrange(footer, len(data)) for _ in range(120)]
    wrong = []
    for place in places:
        bit = chance.randrange(8)
        flip(path, place, bit)
        try:
            same = open_batch(copy).runs(arm="all").equals(expected)
        except ScenarioError:
            same = True
        except Exception:
            same = False
        if not same:
            wrong.append((place, bit))
        path.write_bytes(data)
    assert wrong == []


# ---- two at once ----------------------------------------------------------------------------

HOLDER = """
import sys
from cgsim.store.folder import Store
with Store(sys.argv[1]).held():
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def held(tmp_path):
    """A folder that another process is at work in."""
    folder = tmp_path / "held"
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, folder],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "held\n"
    yield folder, process
    process.stdin.close()
    process.stdout.close()
    process.wait()


def test_the_second_of_two_does_not_wait_and_names_the_first(held):
    folder, process = held
    before = files_of(folder)
    with pytest.raises(OutputInUse) as told:
        run_experiment(small_experiment(), folder)
    assert process.poll() is None
    assert f"process {process.pid} on {socket.gethostname()} since 20" in str(told.value)
    assert files_of(folder) == before
    assert str(process.pid) in Store(folder).holder()


def test_the_program_says_so_and_ends_with_exit_4(held, mine):
    folder, process = held
    _, err = run_cgsim("batch", mine, "--out", folder, code=4)
    assert process.poll() is None
    assert err.splitlines()[-1].startswith(f"cgsim: {folder} is in use by process {process.pid} ")


def test_a_holder_that_is_killed_holds_nothing_any_more(held):
    folder, process = held
    process.kill()
    process.wait()
    assert Store(folder).holder() is None
    run_experiment(small_experiment(), folder)
    assert hidden(folder) == []


def test_of_many_at_once_one_works_and_the_others_are_told(tmp_path, whole_batch):
    program = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from small_batches import small_experiment\n"
        "from cgsim.running.batch import run_experiment\n"
        "from cgsim.store.folder import OutputInUse\n"
        "try: run_experiment(small_experiment(), sys.argv[2])\n"
        "except OutputInUse: sys.exit(4)\n"
    )
    out = tmp_path / "out"
    many = [subprocess.Popen([sys.executable, "-c", program, HERE, out]) for _ in range(3)]
    codes = [process.wait(timeout=60) for process in many]
    assert set(codes) <= {0, 4}
    assert 0 in codes
    assert table_of(out) == table_of(whole_batch)
    assert hidden(out) == []


# ---- clocks and inputs ----------------------------------------------------------------------


def test_a_clock_that_jumps_changes_nothing(tmp_path, whole_batch, monkeypatch):
    chance = random.Random(3)
    monkeypatch.setattr(time, "time", lambda: chance.uniform(-1e9, 4e9))
    monkeypatch.setattr(store, "now", lambda: f"{chance.randrange(1000, 9999)}-01-01T00:00:00")
    out = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        run_experiment(small_experiment(), out, progress=interrupting(3))
    run_experiment(small_experiment(), out)
    assert table_of(out) == table_of(whole_batch)


def interrupting(calls):
    """Return a ``progress`` that interrupts at one of its calls."""
    told = []

    def progress(done, total):
        told.append(done)
        if len(told) == calls:
            raise KeyboardInterrupt

    return progress


@pytest.mark.parametrize(
    ("changes", "telling"),
    [
        ({"seed": 2}, "experiment.seed: got 2; allowed 1"),
        ({"replicates": 41}, "experiment.replicates: got 41; allowed 40"),
        ({"luck": "own"}, 'experiment.luck: got "own"; allowed "common"'),
        ({"measures": ("gain",)}, 'experiment.measures: got ["gain"]; allowed a list of 0'),
        ({"months": True}, "experiment.months: got true; allowed false"),
    ],
)
def test_another_input_is_refused_with_what_differs(changes, telling, copy):
    before = files_of(copy)
    with pytest.raises(ScenarioError) as told:
        run_experiment(small_experiment(**changes), copy)
    assert len(told.value.faults) == 1
    assert telling in str(told.value)
    assert files_of(copy) == before


def test_another_version_of_the_model_is_refused(copy, monkeypatch):
    monkeypatch.setattr(store, "source_hash", lambda: "0123456789abcdef")
    with pytest.raises(ScenarioError, match='source: got "0123456789abcdef"; allowed "'):
        run_experiment(small_experiment(), copy)


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path):
    (tmp_path / "thesis.docx").write_text("years of work")
    with pytest.raises(ScenarioError, match="got a folder that is not empty"):
        run_experiment(small_experiment(), tmp_path)
    assert files_of(tmp_path) == {"thesis.docx": b"years of work"}


def test_what_cannot_be_read_is_named(copy):
    path = parts(copy)[1]
    flip(path, 1000, 3)
    with pytest.raises(ScenarioError) as told:
        open_batch(copy).runs()
    assert path.name in str(told.value)


def test_the_rows_name_what_they_are_and_carry_checksums(whole_batch):
    for path in parts(whole_batch):
        told = json.loads(parquet.read_metadata(path).metadata[b"cgsim"])
        assert path.name.startswith(told["part"] + "_" + told["input"][:12])
        assert told["failures"] == []
        column = parquet.read_metadata(path).row_group(0).column(0)
        last = column.data_page_offset + column.total_compressed_size
        damaged = bytearray(path.read_bytes())
        damaged[last - 1] ^= 1
        broken = parquet.ParquetFile(io.BytesIO(damaged), page_checksum_verification=True)
        with pytest.raises(OSError, match="CRC"):
            broken.read()
