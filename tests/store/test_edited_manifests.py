"""A manifest that was edited is read, or told in a line that names the file and the key."""

import copy as copying
import json
import random
import shutil

import pytest

from cgsim.experiment.records import hash_of
from cgsim.running.batch import run_experiment
from cgsim.scenario import ScenarioError
from cgsim.store.folder import Store
from cgsim.store.manifests import (
    ALWAYS,
    EXPERIMENT,
    RECORD,
    WHEN_COMPLETE,
)
from small_batches import cgsim_here, small_experiment

VALUES = (
    None,
    True,
    False,
    0,
    1,
    -1,
    2.5,
    1e308,
    float("nan"),
    "",
    "x",
    "1",
    "\ud800",
    [],
    {},
    [1],
)


def manifest_of(folder):
    return json.loads((folder / "manifest.json").read_text())


def refused(folder, manifest):
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(ScenarioError) as caught:
        Store(folder).manifest()
    (line,) = str(caught.value).splitlines()
    assert line.startswith(f"{folder}: manifest.json: ")
    return line.removeprefix(f"{folder}: manifest.json: ")


@pytest.mark.parametrize("key", [*ALWAYS, *WHEN_COMPLETE, "schema"])
def test_a_missing_key_is_named(key, copy):
    manifest = manifest_of(copy)
    del manifest[key]
    assert refused(copy, manifest).startswith(f"{key}: got nothing; allowed ") or key == "schema"


@pytest.mark.parametrize("key", EXPERIMENT)
def test_a_missing_key_of_the_experiment_is_named(key, copy):
    manifest = manifest_of(copy)
    manifest["experiment"][f"{key}z"] = manifest["experiment"].pop(key)
    told = refused(copy, manifest)
    assert told.startswith(f"experiment.{key}: got nothing; allowed ")
    assert f'(did you mean "{key}z"?)' in told


@pytest.mark.parametrize("key", [*ALWAYS, *WHEN_COMPLETE])
def test_a_wrong_type_is_named(key, copy):
    manifest = manifest_of(copy)
    manifest[key] = [[1]]
    assert refused(copy, manifest).startswith(f"{key}: got a list of 1; allowed ")


def test_a_changed_value_of_what_decides_the_rows_is_found_out(copy):
    manifest = manifest_of(copy)
    for edit in ({"seed": 2}, {"replicates": 41}, {"luck": "own"}):
        edited = {**manifest, "experiment": {**manifest["experiment"], **edit}}
        assert refused(copy, edited).startswith("input_sha256: got ")
    assert refused(copy, {**manifest, "points": 7}).startswith("input_sha256: got ")


def test_a_manifest_with_a_hash_of_its_own_is_still_checked(copy, monkeypatch, capsys):
    manifest = manifest_of(copy)
    for edit in (
        {"design": "list", "points": 5},
        {"arms": ["nobody"]},
        {"factors": {"size": {"lo": 1}}},
        {"windows": {"w": {}}},
        {"precision": {}},
        {"scenarios": {}},
        {"scenarios": {"x": {"world": 5}}},
    ):
        edited = {**manifest, "experiment": {**manifest["experiment"], **edit}}
        edited["input_sha256"] = hash_of({k: edited[k] for k in RECORD if k in edited})
        (copy / "manifest.json").write_text(json.dumps(edited))
        code = cgsim_here(monkeypatch, "status", copy)
        said = capsys.readouterr()
        assert code == 2, (edit, said)
        assert "defect" not in said.err


def test_a_byte_order_mark_is_read(copy):
    path = copy / "manifest.json"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert Store(copy).manifest()["complete"]


def test_what_is_no_plain_file_is_not_waited_for(copy):
    import os

    (copy / "manifest.json").unlink()
    os.mkfifo(copy / "manifest.json")
    with pytest.raises(ScenarioError, match="named pipe"):
        Store(copy).manifest()


def test_a_batch_is_not_gone_on_with_over_an_edited_manifest(copy):
    manifest = manifest_of(copy)
    manifest["input_sha256"] = 5
    (copy / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(ScenarioError, match="input_sha256: got 5; allowed 64 hexadecimal digits"):
        run_experiment(small_experiment(), copy)


def places(value, path=()):
    yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from places(inner, (*path, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from places(inner, (*path, number))


def edited(manifest, seed):
    """Return a manifest with one random edit, and what was done."""
    luck = random.Random(seed)
    manifest = copying.deepcopy(manifest)
    path = luck.choice([p for p in places(manifest) if p and (len(p) < 4 or luck.random() < 0.05)])
    inner = manifest
    for key in path[:-1]:
        inner = inner[key]
    way = luck.choice(("set", "set", "delete", "rename"))
    if way == "set":
        inner[path[-1]] = luck.choice(VALUES)
    elif way == "delete":
        del inner[path[-1]]
    elif isinstance(inner, dict):
        inner[f"{path[-1]}x"] = inner.pop(path[-1])
    return manifest, (way, path)


def must_be_read_or_refused(folder, original, seed, monkeypatch, capsys):
    manifest, done = edited(original, seed)
    (folder / "manifest.json").write_text(json.dumps(manifest))
    for command in (("status", folder), ("verify", folder, "--quick")):
        code = cgsim_here(monkeypatch, *command)
        said = capsys.readouterr()
        assert "Traceback" not in said.err, done
        assert "defect" not in said.err, (done, said.err)
        assert code in (0, 1, 2), done
        if code == 2:
            assert "manifest.json: " in said.err, (done, said.err)
            assert "allowed" in said.err, (done, said.err)
        if code == 1:
            assert "WRONG" in said.out, (done, said)


def test_edited_manifests_are_read_or_refused(whole_batch, tmp_path, monkeypatch, capsys):
    folder = shutil.copytree(whole_batch, tmp_path / "batch")
    original = manifest_of(folder)
    for seed in range(30):
        must_be_read_or_refused(folder, original, seed, monkeypatch, capsys)


@pytest.mark.soak
def test_a_thousand_edits(whole_batch, tmp_path, monkeypatch, capsys):
    folder = shutil.copytree(whole_batch, tmp_path / "batch")
    original = manifest_of(folder)
    for seed in range(1000):
        must_be_read_or_refused(folder, original, 1000 + seed, monkeypatch, capsys)
