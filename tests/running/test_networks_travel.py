"""A network that was read from a file is part of the results: nothing needs the file again."""

import json
import shutil

import pytest

import cgsim
from cgsim.experiment.design import Maker
from cgsim.experiment.files import load_experiment
from cgsim.scenario import ScenarioError
from cgsim.store.folder import Store
from small_batches import cgsim_here

SCENARIO = """title = "Ties"
[world]
agencies = 8
months = 24
network = "file"
network_file = "ties.csv"
network_scale = [1, 5]
[[agency]]
name = "Council"
[[agency]]
name = "Police"
[[partnership]]
recruit = "all"
"""
EXPERIMENT = """title = "E"
question = "Q?"
scenario = "s.toml"
replicates = 20
[factors]
meetings = [1, 2]
"""
ONE, OTHER = "Council,Police,5\nPolice,agency 3,2\n", "Council,Police,1\nCouncil,agency 4,5\n"


@pytest.fixture
def program(monkeypatch, capsys):
    """Run the program in this process; return its exit code and what it said."""

    def run(*arguments):
        code = cgsim_here(monkeypatch, *arguments)
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


@pytest.fixture
def begun(tmp_path, monkeypatch):
    """A folder with an experiment on a network file, in which the program is at work."""
    home = tmp_path / "home"
    home.mkdir()
    for name, text in (("s.toml", SCENARIO), ("e.toml", EXPERIMENT), ("ties.csv", ONE)):
        (home / name).write_text(text)
    monkeypatch.chdir(home)
    return home


def test_a_folder_is_enough_by_itself_and_another_file_of_that_name_is_not_taken(
    begun, program, monkeypatch
):
    assert program("batch", "e.toml", "--out", "out")[0] == 0
    away = begun.parent / "away"
    shutil.copytree(begun / "out", away / "out")
    shutil.rmtree(begun)
    monkeypatch.chdir(away)
    (away / "ties.csv").write_text("this is no network\n")
    for command in (
        ("status", "out"),
        ("verify", "out"),
        ("report", "out", "-o", "r.html"),
        ("reproduce", "out", "--out", "again"),
    ):
        code, told, err = program(*command)
        assert code == 0, told + err
    hashes = [Store(away / name).manifest()["content_sha256"] for name in ("again", "out")]
    assert hashes[0] == hashes[1]
    scenario = Store(away / "out").experiment().scenarios["s.toml"]
    assert scenario.given_network.starting_trust == [(0, 1, 1.0), (1, 2, 0.25)]


def test_a_changed_network_is_refused_before_anything_is_computed(begun, program):
    assert program("batch", "e.toml", "--out", "out")[0] == 0
    part = next((begun / "out" / "runs").iterdir())
    part.unlink()  # as if stopped before the end
    held = json.loads((begun / "out" / "manifest.json").read_text())
    (begun / "ties.csv").write_text(OTHER)
    code, _, err = program("batch", "e.toml", "--out", "out")
    assert code == 2
    assert "world.network_file.trust.Council" in err
    assert not part.exists()
    assert json.loads((begun / "out" / "manifest.json").read_text()) == held
    # The same network in other words is the same.
    (begun / "ties.csv").write_text("source;target;trust\nPolice;3;2,0\n1;2;5\n")
    assert program("batch", "e.toml", "--out", "out")[0] == 0
    assert program("verify", "out")[0] == 0


def test_another_content_gives_other_runs_in_the_same_process(begun):
    first = cgsim.run("s.toml", 5).summary
    (begun / "ties.csv").write_text(OTHER)
    assert not cgsim.run("s.toml", 5).summary.equals(first)
    (begun / "ties.csv").write_text(ONE)
    assert cgsim.run("s.toml", 5).summary.equals(first)


def test_a_page_carries_what_was_read(begun, program):
    assert program("report", "s.toml", "--replicates", "5", "-o", "r.html")[0] == 0
    assert "ties.csv" in (begun / "r.html").read_text()
    assert "agency 3" in (begun / "r.html").read_text()


def test_a_network_file_is_no_factor_and_lies_beside_the_experiment(begun, monkeypatch):
    (begun / "other.csv").write_text(OTHER)
    text = EXPERIMENT.replace("meetings = [1, 2]", 'network_file = ["ties.csv", "other.csv"]')
    (begun / "f.toml").write_text(text)
    told = "factors.network_file: got a network file that varies; allowed a scenario file for each"
    with pytest.raises(ScenarioError, match=told):
        load_experiment("f.toml")
    with pytest.raises(ScenarioError, match="got a network file that varies"):
        Maker({"s": cgsim.load("s.toml")}).scenario({"network_file": "other.csv"})
    (begun / "g.toml").write_text(EXPERIMENT + '[set]\nnetwork_file = "other.csv"\n')
    monkeypatch.chdir(begun.parent)
    scenario = load_experiment(begun / "g.toml").scenarios["s.toml"]
    assert scenario.given_network.trust == ((0, 1, 1.0), (0, 3, 5.0))


def test_validate_says_what_it_read(begun, program):
    read = "3 of 8 agencies have ties, 2 ties, weights 2 to 5 taken as trust on a scale of 1 to 5"
    assert program("validate", "s.toml")[:2] == (0, f"s.toml: valid\nties.csv: {read}\n")
    told = json.loads(program("validate", "s.toml", "--json")[1])
    assert told[0]["network"] == f"{read}; 2 pairs with a weight in one direction only"
    (begun / "ties.csv").write_text("Council,Polise,3\n")
    code, out, _ = program("validate", "s.toml")
    assert code == 2
    assert out.startswith('ties.csv:1: got "Polise"; allowed an agency')
