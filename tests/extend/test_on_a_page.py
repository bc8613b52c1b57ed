"""A page whose author has put an extension into it: its engine, its words, what is taken away."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from tests import program

import cgsim
from cgsim import building, compiler
from cgsim.answer import names
from cgsim.experiment.doubt import draws_of
from cgsim.page import one_file
from cgsim.page.questions import asked
from cgsim.page.tables import tables
from cgsim.portable import host
from cgsim.scenario.errors import ScenarioError

NODE = shutil.which("node")
SEED, RUNS = 3, 12
STEP = """
import math

extend.parameter(
    "weariness", section="partnership", default=0.25, low=0, high=1, unit="share",
    prior=(0.1, 0.6), help="How tired {meetings} make. More words.",
)
extend.column("tired", unit="share", help="how tired members are", start=0.0)

@extend.step(after="talk")
def tire(b, levers, state):
    state.partnership[b].tired = levers.weariness
"""
MEASURE = """
@extend.measure("early", words="need met early on", unit="units")
def early(run):
    return run.together.month("met")[:3].sum()
"""


@pytest.fixture
def kept_here(tmp_path, monkeypatch):
    """Nothing has been built, and what is built is kept in the test's folder."""
    folder = tmp_path / "kept"
    folder.mkdir(mode=0o700)
    monkeypatch.setattr(compiler, "kept_folder", lambda: folder)
    monkeypatch.setattr(building, "_built", {})
    return folder


def test_without_the_tools_one_line_says_what_to_install(write, kept_here, monkeypatch):
    monkeypatch.setattr(building, "find_spec", lambda name: None)
    with cgsim.use(write(STEP)), pytest.raises(ScenarioError) as caught:
        building.engine()
    said = str(caught.value)
    assert said.startswith("--with: got mine.py, with which a page's engine has to be compiled")
    assert 'pip install "cgsim[wasm]"' in said
    assert "\n" not in said


def test_what_was_built_is_kept_for_this_text_and_no_other(write, kept_here, monkeypatch):
    made = []

    def built_apart():
        made.append([source.text for source in building.in_use.extensions()])
        return b'{"number":%d}\0module' % len(made)

    monkeypatch.setattr(building, "_built_apart", built_apart)
    monkeypatch.setattr(building, "find_spec", lambda name: True)
    for text, number in ((STEP, 1), (STEP, 1), (STEP.replace("tired =", "tired = 2 *"), 2)):
        building._built.clear()
        with cgsim.use(write(text)):
            assert building.engine() == (b"module", {"number": number})
    assert len(made) == len(list(kept_here.glob("page-*"))) == 2


def test_what_cannot_be_built_is_told_in_all_lines_of_the_process_that_builds(
    write, kept_here, monkeypatch
):
    """Another process builds; all faults that it finds end the command, and no warning of it."""

    def run(command, **more):
        told = b"mine.py:9: step tire: cannot\nmine.py:12: step rest: cannot\n"
        return subprocess.CompletedProcess(command, 2, told, b"a warning\n")

    monkeypatch.setattr(building, "find_spec", lambda name: True)
    monkeypatch.setattr(building.subprocess, "run", run)
    with cgsim.use(write(STEP)), pytest.raises(building.CannotBuild) as caught:
        building.engine()
    assert caught.value.line == "mine.py:9: step tire: cannot\nmine.py:12: step rest: cannot"
    assert not list(kept_here.iterdir())


def test_what_hangs_on_the_machine_is_told_by_its_line(write):
    text = STEP.replace("= levers.weariness", "= math.sin(levers.weariness)")
    with cgsim.use(write(text)):
        error = building._not_there("sin")
    assert re.match(r".*mine\.py:\d+: got sin, which hangs on the machine; allowed", str(error))
    line = int(re.search(r"mine\.py:(\d+)", str(error)).group(1))
    assert "math.sin" in ("from cgsim import extend\n\n" + text).splitlines()[line - 1]


@pytest.mark.parametrize(
    ("symbol", "does", "only_looks_like_it"),
    [
        ("pow", "levers.weariness**0.3", "levers.weariness**2"),
        ("exp", "math.exp(levers.weariness)", "exp(levers.weariness)"),
        ("fmod", "levers.weariness % 0.3", "levers.weariness + 0.3  # % of it"),
    ],
)
def test_what_only_looks_like_it_is_not_named(write, symbol, does, only_looks_like_it):
    allowed = "from cgsim.rules.elementary import exp\n"
    step = STEP.replace("= levers.weariness", f"= {only_looks_like_it}\n    again = {does}")
    with cgsim.use(write(allowed + step)):
        error = building._not_there(symbol)
    line = int(re.search(r"mine\.py:(\d+)", str(error)).group(1))
    lines = ("from cgsim import extend\n\n" + allowed + step).splitlines()
    assert lines[line - 1].strip() == f"again = {does}"


def test_measures_alone_need_no_engine_of_their_own(write, kept_here, monkeypatch):
    monkeypatch.setattr(building, "find_spec", lambda name: None)
    with cgsim.use(write(MEASURE)):
        module, description = building.engine()
    assert description == host.description()
    assert module == host._binary()
    assert not list(kept_here.iterdir())


def test_pages_without_an_extension_know_nothing_of_any(write):
    before = json.dumps([tables(), asked()])
    with cgsim.use(write(STEP + MEASURE)):
        during = json.dumps([tables(), asked()])
    assert "weariness" in during
    assert json.dumps([tables(), asked()]) == before
    for word in ("weariness", "carried.", '"extensions"', "mine.py"):
        assert word not in before


def test_an_uncertain_input_of_an_extension_is_told_by_its_help(write):
    with cgsim.use(write(STEP)):
        assert names.uncertain("weariness") == "how tired {meetings} make"
        assert names.uncertain("skills") == "how many professions there are"


def test_lessons_and_the_game_are_of_the_model_as_it_comes(write):
    from cgsim.lessons import load_lesson
    from cgsim.lessons import names as lessons

    with cgsim.use(write(MEASURE)):
        for make in (lambda: one_file.lesson_page(load_lesson(lessons()[0])), one_file.game_page):
            with pytest.raises(one_file.CannotHold, match="the model as it comes with cgsim"):
                make()


def test_the_game_is_made_by_itself(write, tmp_path):
    made = tmp_path / "game.html"
    done = program.run("page", "--game", "-o", made, "--with", write(MEASURE))
    assert (done.returncode, done.stdout, made.exists()) == (2, "", False)
    assert done.stderr.startswith(
        "--game: got a scenario, --set, --given, --with or --site besides"
    )


def case_of(scenario):
    return {
        "name": scenario.name,
        "tables": {**scenario.to_dict(), "needs": ["mine.py"]},
        "library": True,
        "shipped": True,
        "commands": [],
    }


def told_by_node(tmp_path, scenario, **more):
    job = {
        "package": str(Path(cgsim.__file__).parent),
        "lists": tables(),
        "given": case_of(scenario),
        "seed": SEED,
        "runs": RUNS,
        "set": {},
        "texts": [],
        **more,
    }
    path = tmp_path / "job.json"
    path.write_text(json.dumps(job))
    script = Path(__file__).with_name("in_node.mjs")
    done = subprocess.run([NODE, str(script), str(path)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


OPENED = (
    'title = "Mine"\nextends = "baseline"\nneeds = "mine.py"\n',
    'title = "Mine"\nextends = "baseline"\n[[partnership]]\nweariness = 2\n',
    'title = "Mine"\nextends = "baseline"\nneeds = ["mine.py", "theirs.py"]\n',
)


@pytest.mark.skipif(NODE is None, reason="Node is missing")
def test_a_page_sets_packs_draws_and_takes_away_an_extensions_parameter(write, tmp_path):
    scenario = cgsim.load("baseline")
    with cgsim.use(write(STEP)):
        scenario = cgsim.load("baseline")
        told = told_by_node(tmp_path, scenario, set={"weariness": 0.75}, texts=OPENED)
        python = scenario.replace("weariness=0.75")
        for key, values in cgsim.packed([python])["design"].items():
            assert told["packed"]["design"][key] == values, key
        drawn = draws_of([scenario], 60, SEED)
        (tmp_path / "taken.toml").write_text(told["toml"])
        again = cgsim.load(tmp_path / "taken.toml")
        assert cgsim.packed([again]) == cgsim.packed([python])
        mine, beyond, theirs = told["opened"]
        assert mine["needs"] == ["mine.py"]
        assert mine == {**scenario.to_dict(), **mine}
    assert [point["weariness"] for point in told["points"]] == [p["weariness"] for p in drawn]
    assert 'needs = ["mine.py"]\n' in told["toml"]
    with pytest.raises(ScenarioError, match="needs: got"):
        cgsim.load(tmp_path / "taken.toml")
    assert told["command"] == (
        f"cgsim run baseline --set weariness=0.75 --with mine.py --replicates {RUNS} --seed {SEED}"
    )
    assert beyond == "partnership.1.weariness: got 2; allowed a number from 0 to 1"
    assert "allowed what this page was made with (mine.py)" in theirs
    *_, (name, label, stops, why) = told["levers"]
    assert (name, label, why) == ("weariness", "Weariness", "")
    assert {0, 0.1, 0.6, 0.75, 1} <= set(stops)
    assert told["inputs"] == ["how tired {meetings} make"]
    assert told["summary"][-1] == "with"


@pytest.mark.skipif(NODE is None, reason="Node is missing")
def test_without_an_extension_nothing_says_with(tmp_path):
    told = told_by_node(tmp_path, cgsim.load("baseline"))
    assert "--with" not in told["command"]
    assert "with" not in told["summary"]
