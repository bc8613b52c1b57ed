"""A results folder that is not whole never looks whole: what is missing is named."""

import json

import pytest

from cgsim.running import computing as cutting
from cgsim.running.batch import run_experiment
from cgsim.running.checking import reproduce, verify
from cgsim.scenario import ScenarioError
from cgsim.store.folder import Store
from small_batches import cgsim_here, files_of, precise_experiment, small_experiment

TOLD = "runs: a part is missing, points 1 to 2, runs 0 to 39"
AGAIN = "the same command again computes what is missing or wrong"


@pytest.fixture
def torn(copy):
    """A finished batch of 6 points x 40 replicates from which two parts were lost."""
    for path in sorted((copy / "runs").iterdir())[1:3]:
        path.unlink()
    return copy


def damaged(folder):
    path = sorted((folder / "runs").iterdir())[3]
    data = bytearray(path.read_bytes())
    data[1000] ^= 8
    path.write_bytes(data)
    return path


@pytest.fixture
def cgsim(monkeypatch, capsys):
    """Run the program in this process; return its exit code and what it said."""
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments):
        code = cgsim_here(monkeypatch, *arguments)
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_status_says_that_parts_are_missing(whole_batch, torn, cgsim):
    _, told, _ = cgsim("status", torn)
    assert f"parts are missing; {AGAIN}" in " ".join(told.split())
    assert "160 of 240" in told
    state = json.loads(cgsim("status", torn, "--json")[1])
    assert (state["complete"], state["replicates_missing"]) == (False, 80)
    state = json.loads(cgsim("status", whole_batch, "--json")[1])
    assert (state["complete"], state["replicates_missing"]) == (True, 0)


@pytest.mark.parametrize("left", [0, 300, -1])
def test_status_says_that_a_part_is_cut(copy, cgsim, left):
    path = sorted((copy / "runs").iterdir())[2]
    path.write_bytes(path.read_bytes()[:left])
    _, told, _ = cgsim("status", copy)
    assert f"1 part cannot be read as written; {AGAIN}" in " ".join(told.split())
    state = json.loads(cgsim("status", copy, "--json")[1])
    assert (state["complete"], state["parts_damaged"]) == (False, 1)
    run_experiment(small_experiment(), copy)
    state = json.loads(cgsim("status", copy, "--json")[1])
    assert (state["complete"], state["parts_damaged"]) == (True, 0)


def test_status_says_that_a_part_holds_another(copy, cgsim):
    first, second = sorted((copy / "runs").iterdir())[:2]
    first.write_bytes(second.read_bytes())
    assert "1 part cannot be read as written" in " ".join(cgsim("status", copy)[1].split())


def test_verify_names_what_is_missing_and_the_way_on(torn, cgsim):
    assert verify(torn, again=False).faults == [TOLD]
    code, told, _ = cgsim("verify", torn, "--quick")
    assert code == 1
    assert f"WRONG: {TOLD}\nTo mend it: {AGAIN}.\n" in told
    run_experiment(small_experiment(), torn)
    assert verify(torn).faults == []


def test_no_page_is_made_of_a_folder_that_is_not_whole(torn, copy, tmp_path, cgsim):
    page = tmp_path / "page.html"
    code, told, err = cgsim("report", torn, "-o", page)
    assert (code, told, err) == (1, "", f"cgsim: {torn}: {TOLD}; {AGAIN}\n")
    run_experiment(small_experiment(), torn)
    path = damaged(torn)
    code, told, err = cgsim("report", torn, "-o", page)
    assert (code, told) == (1, "")
    assert err == (
        f"cgsim: {torn}: runs/{path.name} is not what was written: its SHA-256 differs; {AGAIN}\n"
    )
    assert not page.exists()


@pytest.mark.parametrize(
    ("lost", "told"),
    [
        ({0}, ["point 0, runs 0 to 99"]),
        ({0, 1, 5}, ["point 0, runs 0 to 199", "point 2, runs 100 to 199"]),
        ({1, 3}, ["points 0 to 1, runs 100 to 199"]),
        ({0, 1, 2, 3, 4, 5}, ["points 0 to 2, runs 0 to 199"]),
    ],
)
def test_parts_of_points_are_named_by_their_runs(lost, told, tmp_path, monkeypatch):
    monkeypatch.setattr("cgsim.running.batch.runs_a_part", lambda *_: 100)
    out = tmp_path / "out"
    run_experiment(small_experiment(replicates=200, factors=small_experiment().factors[:1]), out)
    for number, path in enumerate(sorted((out / "runs").iterdir())):
        if number in lost:
            path.unlink()
    places = [fault.partition("missing, ")[2] for fault in verify(out, again=False).faults]
    assert places == told


def test_months_and_replicates_towards_a_precision_are_missed_too(tmp_path):
    months, precise = tmp_path / "months", tmp_path / "precise"
    run_experiment(small_experiment(months=True), months)
    sorted((months / "months").iterdir())[0].unlink()
    assert verify(months, again=False).faults == [
        "months: a part is missing, point 0, runs 0 to 39"
    ]
    run_experiment(precise_experiment(), precise)
    assert verify(precise, again=False).faults == []
    last = list(Store(precise).files())[-1]
    Store(precise).files()[last].unlink()
    assert verify(precise, again=False).faults == [
        f"runs: a part is missing, point 1, runs {last.first_replicate} to {last.last_replicate}"
    ]


def test_what_run_wrote_is_mended_by_the_same_command(tmp_path, cgsim):
    out = tmp_path / "my run"
    command = ("run", "baseline", "--replicates", "5", "--set", "months=24", "--out", out)
    assert cgsim(*command)[0] == 0
    before = files_of(out)
    next((out / "runs").iterdir()).unlink()
    assert f"To mend it: {AGAIN}.\n" in cgsim("verify", out, "--quick")[1]
    assert AGAIN in cgsim("report", out, "-o", tmp_path / "page.html")[2]
    assert cgsim(*command)[0] == 0
    assert cgsim("verify", out, "--quick")[0] == 0
    assert files_of(out).keys() == before.keys()


# ---- reproduce ------------------------------------------------------------------------------


def test_a_folder_is_never_reproduced_into_itself(copy, tmp_path, cgsim):
    path = damaged(copy)
    before = files_of(copy)
    link = tmp_path / "link"
    link.symlink_to(copy)
    for folder, out in [(copy, copy), (link, copy), (copy, link), (copy, copy / ".." / "batch")]:
        code, told, err = cgsim("reproduce", folder, "--out", out)
        assert (code, told) == (2, "")
        assert err.endswith(": got the very folder that is to be reproduced; allowed another\n")
        assert err.count("\n") == 1
    assert files_of(copy) == before
    assert path.exists()


def test_what_is_missing_or_damaged_is_told_and_not_said_to_have_come_out_again(
    torn, tmp_path, cgsim
):
    path = torn / "runs" / sorted((torn / "runs").iterdir())[3].name
    damaged(torn)
    code, told, _ = cgsim("reproduce", torn, "--out", tmp_path / "again")
    assert code == 1
    assert told.splitlines()[:3] == [
        f"WRONG in {torn}: runs/{path.name} is not what was written: its SHA-256 differs",
        f"WRONG in {torn}: {TOLD}",
        f"{torn} holds 120 of 240 runs: their rows came out again, to the last bit.",
    ]
    assert "Every row" not in told
    assert verify(tmp_path / "again", again=False).faults == []


def test_rows_that_are_not_those_of_the_manifest_are_found_out(copy, tmp_path):
    """A part of other luck in the place of one of ours, with a name and a record that fit."""
    other = tmp_path / "other"
    run_experiment(small_experiment(seed=2), other)
    ours = sorted((copy / "runs").iterdir())[0]
    input_hash = Store(copy).manifest()["input_sha256"]
    part = next(iter(Store(other).files()))
    computed = cutting.compute(cutting.job_of(small_experiment(seed=2), part, input_hash))
    ours.unlink()
    Store(copy).put(part, computed, input_hash)
    found = reproduce(copy, tmp_path / "again")
    assert found.faults == ()
    assert (found.compared, found.same_rows) == (240, False)
    assert found.largest_difference > 1e-9


def test_other_cuts_into_parts_make_no_difference(copy, tmp_path, monkeypatch):
    for size in (7, 80, 1000):
        monkeypatch.setattr("cgsim.running.batch.runs_a_part", lambda *_, size=size: size)
        found = reproduce(copy, tmp_path / str(size))
        assert found.batch.store.files().keys() != Store(copy).files().keys()
        assert (found.compared, found.same_rows, found.largest_difference) == (240, True, 0.0)


def test_how_much_was_computed_is_said(copy, tmp_path, cgsim):
    again = tmp_path / "again"
    whole = f"Every row came out again, to the last bit.\nSaved in {again}.\n"
    assert cgsim("reproduce", copy, "--out", again)[:2] == (0, whole)
    told = " ".join(cgsim("reproduce", copy, "--out", again)[1].split())
    assert "nothing was computed now" in told
    assert "came out again" not in told
    sorted((again / "runs").iterdir())[0].unlink()
    told = cgsim("reproduce", copy, "--out", again)[1]
    assert f"40 runs were computed now, the rest was in {again}.\n" in told


# ---- a folder of something else -------------------------------------------------------------


def test_a_folder_of_another_experiment_is_told_as_such(copy, tmp_path):
    before = files_of(copy)
    other = precise_experiment(luck="own", name="other", seed=3)
    with pytest.raises(ScenarioError) as told:
        run_experiment(other, copy)
    lines = str(told.value).splitlines()
    assert lines[0] == (
        f'{copy}: this folder is of another experiment, "small"; choose another folder'
    )
    assert len(lines) == 5
    assert lines[-1].endswith(" more that differ")
    assert files_of(copy) == before
