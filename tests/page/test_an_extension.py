"""A page with an extension in it, in a browser: what it lives, what it says, what it lets be."""

import json
import shutil

import numba
import numpy as np
import pytest
from playwright.sync_api import expect
from tests import program
from tests.browsing import picture
from tests.extend.examples import example
from tests.extend.test_on_a_page import told_by_node

import cgsim
from cgsim import building
from cgsim.page import one_file
from cgsim.page.tables import tables
from cgsim.running.sources import run_scenario

from .looking import plain, settled

SEED, RUNS = 3, 60
SMALL = ("months=30", "agencies=9")
COMMAND = "cgsim report baseline --with attendance.py --replicates 60 -o page.html"
NOTE = "With {}. What you change on this page is lived that way, too."
ONLY_MEASURES = """from cgsim import extend


@extend.measure("early", words="need met early on", unit="units")
def early(run):
    return run.together.month("met")[:3].sum()
"""
MAKE = """
from pathlib import Path

import cgsim
from cgsim.page import one_file
from cgsim.running.sources import run_scenario

cgsim.use("early.py")
scenario = cgsim.load("baseline", ["months=8", "agencies=8", "start=0"])
made = run_scenario(scenario, 6, 3, (), months=False, example=None, doubt=False)
Path("page.html").write_text(one_file.page_of([made]), "utf-8")
"""


@pytest.fixture(scope="module")
def measuring(tmp_path_factory):
    """A page with an extension that only measures: its engine is the one that is shipped."""
    folder = tmp_path_factory.mktemp("measuring")
    (folder / "early.py").write_text(ONLY_MEASURES)
    (folder / "make.py").write_text(MAKE)
    done = program.run_file("make.py", cwd=folder, fresh=True, NUMBA_DISABLE_JIT="1")
    assert done.returncode == 0, done.stderr
    return folder / "page.html"


def downloaded(page, label):
    with page.expect_download() as found:
        page.get_by_role("button", name=label).click()
    return found.value.path().read_text("utf-8-sig")


def test_a_page_says_by_what_it_was_made_and_has_own_measures_as_given(visit, measuring):
    page = visit(file=measuring, behind=True)
    settled(page, "all")
    expect(page.get_by_role("note")).to_contain_text(NOTE.format("early.py"))
    numbers = page.get_by_role("region", name="All the numbers")
    numbers.locator("summary").click()
    expect(numbers).to_contain_text("need met early on")
    expect(numbers).not_to_contain_text("Only of a scenario as this page was given it")
    page.get_by_label("Meetings", exact=True).press("ArrowRight")
    settled(page)
    expect(numbers.locator("table")).not_to_contain_text("need met early on")
    expect(numbers).to_contain_text(
        "Only of a scenario as this page was given it: need met early on."
    )
    expect(page.locator("footer")).to_contain_text("with early.py; ")
    expect(page.locator("footer")).to_contain_text("--with early.py --replicates 6")
    for room in ("Play", "Teach"):
        expect(page.get_by_role("link", name=room, exact=True)).to_have_count(0)
    picture(page, "page-with-extension")


def test_what_is_taken_away_says_so_too(visit, measuring):
    page = visit("#room=take", file=measuring, behind=True)
    settled(page, "all")
    assert downloaded(page, "Scenario (.toml)").split("\n")[1:3].count('needs = ["early.py"]') == 1
    head, first, *_ = downloaded(page, "Measures (.csv)").splitlines()
    assert (head.rpartition(",")[2], first.rpartition(",")[2]) == ("with", "early.py")
    for part in ("In short, to paste", "A paragraph to paste"):
        expect(page.get_by_role("region", name=part)).to_contain_text(", with early.py")
    with page.expect_download() as found:
        page.get_by_role("button", name="SVG").first.click()
    assert "early.py" in found.value.path().read_text("utf-8").rpartition("seed 3, cgsim")[2]
    with page.expect_download() as found:
        page.get_by_role("button", name="This page, as it stands (.html)").click()
    assert NOTE.format("early.py") in found.value.path().read_text().partition("</main>")[0]
    rests = page.get_by_role("region", name="What it rests on")
    rests.get_by_text("What this page was made with").click()
    digest = tables_of(measuring)["extensions"]["files"][0]["sha256"]
    expect(rests).to_contain_text(digest)


def tables_of(path):
    text = path.read_text()
    return json.loads(text.partition('id="data">')[2].partition("</script>")[0])["lists"]


def test_without_scripts_the_page_says_so_and_the_game_is_refused(visit, measuring):
    page = visit(file=measuring, java_script_enabled=False)
    expect(page.locator("main")).to_contain_text(NOTE.format("early.py"))
    page = visit("#room=game", file=measuring, behind=True)
    expect(page.get_by_role("alert")).to_contain_text(
        "got the game; allowed on a page of the model"
    )


# ---- an extension that is compiled into the engine -----------------------------------------------


@pytest.fixture(scope="module")
def attended(tmp_path_factory):
    """The example of the documents on a page, and what Python lives of it."""
    if numba.config.DISABLE_JIT:
        pytest.skip("nothing is compiled")
    pytest.importorskip("ziglang", reason='what builds is missing: pip install "cgsim[wasm]"')
    folder = tmp_path_factory.mktemp("attended")
    with cgsim.use(example(folder)):
        module, description = building.engine()
        (folder / "engine.wasm").write_bytes(module)
        (folder / "engine.json").write_text(json.dumps(description))
        scenario = cgsim.load("baseline", SMALL)
        source = run_scenario(scenario, RUNS, SEED, [COMMAND], months=False, example=None)
        (folder / "page.html").write_text(one_file.page_of([source]), "utf-8")
        moved = cgsim.run(scenario.replace("stay_away=0.2"), RUNS, SEED, months=True)
        yield folder, source, moved


@pytest.mark.soak
@pytest.mark.skipif(shutil.which("node") is None, reason="Node is missing")
def test_the_engine_of_the_page_lives_what_python_lives(attended, tmp_path):
    folder, source, results = attended
    engine = {"module": str(folder / "engine.wasm"), "description": str(folder / "engine.json")}
    more = {"engine": engine, "runs": RUNS, "set": {"stay_away": 0.2}}
    told = told_by_node(tmp_path, source.results.scenario, **more)["lived"]
    measured = np.array([np.nan if v is None else v for v in told["measures"]])
    own = results.measures[:, : told["width"]]
    assert measured.reshape(RUNS, -1).tobytes() == own.tobytes()
    assert told["width"] == results.measures.shape[1] - 1  # all but mean_attendance
    boards = results.boards[results.boards["replicate"] == 0]
    page = [board["attendance"] for _, board in told["months"] if board["members"] > 0]
    assert page == boards["attendance"].dropna().tolist()
    assert min(page) < 1.0


@pytest.mark.soak
def test_what_the_page_lives_is_printed_as_python_prints_it(visit, attended):
    folder, source, results = attended
    text = (folder / "page.html").read_text()
    held = folder / "lived.html"
    held.write_text(text.replace('"told":{', '"told":null,"kept":{', 1))
    pages = {path: visit(file=folder / path) for path in ("page.html", "lived.html")}
    said = {}
    for path, page in pages.items():
        settled(page, "done")
        said[path] = plain(page.inner_text("main .stack"))
        for statement in source.answer.headline:
            assert statement.text in said[path]
    assert said["page.html"] == said["lived.html"]
    page = pages["page.html"]
    page.goto((folder / "page.html").as_uri() + "#case=baseline&set.stay_away=0.2")
    settled(page)
    signed = cgsim.answer.formats.signed
    measure = results.answer().measure
    assert plain(page.inner_text(".figure")) == signed(results.estimate(measure).value)
    expect(page.get_by_label("Stay away", exact=True)).to_have_count(1)
    expect(page.locator("footer")).to_contain_text("--with attendance.py")
    picture(page, "page-with-attendance")
    page.get_by_role("link", name="Watch", exact=True).click()
    expect(page.locator("dl.facts")).to_contain_text("share of members who come to meetings")
    page.get_by_role("link", name="What nobody knows", exact=True).click()
    settled(page, "done")
    options = page.locator("section[aria-label='One input'] option").all_inner_texts()
    with cgsim.use(folder / "attendance.py"):
        assert tables()["extensions"]["inputs"]["stay_away"] in options
