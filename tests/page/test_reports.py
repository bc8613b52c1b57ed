"""The page with results in it: a report says what was reported, at once, and its levers work."""

import dataclasses
import json
import math
import re

import pytest
from playwright.sync_api import expect
from tests.browsing import picture

import cgsim
from cgsim.page import one_file
from cgsim.page.contents import MOST_RUNS
from cgsim.running import sources
from cgsim.scenario.parameters import PARAMETERS

from .looking import plain, settled

RUNS, SEED = 40, 3
COMMAND = "cgsim report korsakoff --replicates 40 --seed 3 -o report.html"


def reported(scenario, runs=RUNS, **more):
    return sources.run_scenario(scenario, runs, SEED, [COMMAND], months=False, example=None, **more)


def write(path, source):
    path.write_text(one_file.page_of([source]), "utf-8")
    return path


@pytest.fixture(scope="module")
def source():
    return reported(cgsim.load("korsakoff"))


@pytest.fixture(scope="module")
def report(source, tmp_path_factory):
    return write(tmp_path_factory.mktemp("report") / "report.html", source)


def test_what_was_reported_stands_there_before_any_engine(visit, report, source):
    for script in (True, False):
        page = visit(file=report, java_script_enabled=script, behind=True)
        if script:
            settled(page, "all")
        said = plain(page.inner_text("main"))
        for statement in source.answer.headline:
            assert statement.text in said
    assert page.title() == source.answer.title


def test_what_the_page_lives_is_what_was_reported(browser, report, source):
    """The answer that came with the page, and the same lived by the page itself."""
    page = browser.new_page()
    page.goto(report.as_uri())
    settled(page, "all")
    told = page.inner_text("main .stack")
    text = report.read_text()
    data = json.loads(re.search(r'id="data">(.*?)</script>', text).group(1))
    answer = data["cases"][0].pop("told")
    assert answer["answer"] == json.loads(json.dumps(source.answer.to_dict()))
    held = text.replace('"told":{', '"told":null,"kept":{', 1)
    assert held != text
    path = report.with_name("lived.html")
    path.write_text(held)
    page.goto(path.as_uri())
    settled(page, "all")
    assert page.inner_text("main .stack") == told
    page.close()


def test_its_levers_work(visit, report):
    page = visit(file=report, behind=True)
    settled(page, "all")
    before = plain(page.inner_text(".figure"))
    page.get_by_label("Meetings", exact=True).press("ArrowRight")
    settled(page)
    results = cgsim.run("korsakoff", RUNS, SEED, {"meetings": 1.5})
    value = results.estimate("gain_over_equal_money").value
    assert plain(page.inner_text(".figure")) == cgsim.answer.formats.signed(value)
    assert plain(page.inner_text(".was")).startswith(f"was {before}, ")
    page.get_by_role("link", name="Take away").click()
    expect(page.get_by_role("region", name="What it rests on")).to_contain_text(
        "cgsim run korsakoff --set meetings=1.5 --replicates 40 --seed 3"
    )


def test_it_says_what_it_rests_on_and_how_to_get_it_again(visit, report, source):
    page = visit("#room=take", file=report, behind=True)
    settled(page)
    rests = page.get_by_role("region", name="What it rests on")
    assumed = sum(one.basis == "assumption" for one in PARAMETERS)
    of_them = f"{assumed} of them are expert assumptions"
    for told in (COMMAND, of_them, "compatible with", "Meetings: once"):
        expect(rests).to_contain_text(told)
    assert "proves" not in rests.inner_text()
    rests.locator("summary").first.click()
    rows = rests.locator("tbody tr").all_inner_texts()
    assert "fund\t0\t120\ta choice that the scenario makes" in rows
    for fact in source.origin.facts.values():
        expect(rests).to_contain_text(fact)


def test_on_paper_everything_is_open_and_nothing_is_a_button(visit, report, source):
    page = visit(file=report, width=720)
    settled(page, "all")
    data = page.pdf(prefer_css_page_size=True)
    assert b"/MediaBox [0 0 594" in data or b"/MediaBox [0 0 595" in data  # A4
    assert 3 <= data.count(b"/Type /Page\n") + data.count(b"/Type /Page ") <= 9
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    picture(page, "page-report-print")
    said = plain(page.inner_text("body"))
    for statement in source.answer.headline:
        assert statement.text in said
    for told in (COMMAND, "All the numbers", "months that gained nothing", "compatible with"):
        assert told in said
    assert page.locator("button:not(.mark):visible").count() == 0
    marks = page.locator("button.mark:visible")  # words, on paper without their marks
    shown = marks.evaluate_all("all => all.map((e) => getComputedStyle(e, '::after').content)")
    assert set(shown) == {"none"}
    assert page.get_by_role("navigation").count() == 0
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("main details[open]").count() == 0


def test_pictures_are_not_cut_where_paper_is_narrower_than_the_screen(visit, report):
    page = visit(file=report, width=1280)
    settled(page, "all")
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    # Paper is laid out without a word to the page: nothing is drawn anew before it is measured.
    sizes = page.evaluate(
        """() => {
           for (const card of document.querySelectorAll(".card")) card.style.width = "400px";
           return [...document.querySelectorAll("main svg[viewBox]")].map((drawing) => {
             const { width, height } = drawing.getBoundingClientRect();
             return [width, height, drawing.viewBox.baseVal.width, drawing.viewBox.baseVal.height];
           }).filter(([width]) => width > 0); }"""
    )
    assert len(sizes) >= 3
    for width, height, whole, high in sizes:
        assert width <= 400
        assert height / width == pytest.approx(high / whole, rel=0.02)
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("main svg[width][viewBox]").count() == 0


def nobody():
    return cgsim.loads('title = "Nobody together"\npartnerships = "none"\n', file="none.toml")


ODD = {
    "one run": (lambda: cgsim.load("baseline"), 1),
    "one month": (lambda: cgsim.load("baseline", ["months=1"]), 2),
    "never begun": (lambda: cgsim.load("korsakoff", ["start=1000"]), 3),
    "nobody": (nobody, 3),
    "several": (lambda: cgsim.load("cluttered"), 4),
    "long": (lambda: cgsim.load("baseline", ["months=150"]), 2),
}


ORDINARY = ("one run", "nobody", "several")
every_kind = pytest.mark.parametrize(
    "name", [pytest.param(n, marks=[] if n in ORDINARY else pytest.mark.soak) for n in ODD]
)


@every_kind
def test_odd_runs_are_told_as_they_are(visit, tmp_path, name):
    scenario, runs = ODD[name][0](), ODD[name][1]
    source = reported(scenario, runs)
    page = visit("#room=take", file=write(tmp_path / "odd.html", source))
    settled(page, "all")
    said = plain(page.inner_text("body"))
    for statement in source.answer.headline:
        assert statement.text in said
    assert "runs are few" in said
    assert not re.search(r"NaN|undefined|null|Infinity", said)
    for room in ("Watch", "Members", "What nobody knows", "The answer"):
        page.get_by_role("link", name=room, exact=True).click()
        settled(page, "all")
        assert not re.search(r"NaN|undefined|Infinity", page.inner_text("main"))


def test_runs_that_failed_are_told_and_nothing_that_is_not_known_is_drawn(visit, tmp_path, source):
    results = dataclasses.replace(source.results, lived=None)
    note = "Some runs failed, so figures by month and reasons are left out."
    failed = dataclasses.replace(
        source, results=results, notes=(note,), failures=({"error": "x"},) * 2, drawn=None
    )
    page = visit(file=write(tmp_path / "failed.html", failed), behind=True)
    settled(page, "all")
    told = page.get_by_role("note")
    for text in (note, "2 runs failed and are left out.", "are lived anew by the version"):
        expect(told).to_contain_text(text)
    assert failed.answer.headline[0].text in plain(page.inner_text("main"))
    expect(page.get_by_role("region", name="Month by month")).to_have_count(0)


def test_of_very_many_runs_the_page_lives_the_first(visit, tmp_path):
    many = reported(cgsim.load("baseline", ["months=8", "start=2"]), MOST_RUNS + 1, doubt=False)
    page = visit(file=write(tmp_path / "many.html", many), behind=True)
    settled(page, "all")
    expect(page.get_by_role("note")).to_contain_text("the first 1,000 runs of these")
    assert "In 1,001 runs of" in page.inner_text("main")
    page.get_by_label("Meetings", exact=True).press("ArrowRight")
    settled(page, "runs")
    before = cgsim.answer.formats.signed(many.answer.values[0].value)
    assert plain(page.inner_text(".was")) == f"was {before} in 1,001 runs"


def test_changed_rules_are_told(monkeypatch, source):
    from cgsim.page.contents import notes

    changed = dataclasses.replace(source.results, changed_rules=("trust.judge_promises",))
    told = " ".join(notes(dataclasses.replace(source, results=changed)))
    assert "With a changed rule: trust.judge_promises." in told
    assert "without that change" in told


def test_what_a_page_cannot_hold_is_refused(source):
    seeded = dataclasses.replace(source.results, seed=2**53)
    with pytest.raises(one_file.CannotHold, match="a page holds seeds up to"):
        one_file.page_of([dataclasses.replace(source, results=seeded)])
    none = dataclasses.replace(source.results, measures=source.results.measures[:0])
    with pytest.raises(one_file.CannotHold, match="a page holds seeds up to"):
        one_file.assess_page(cgsim.load("baseline"), seed=2**53)
    with pytest.raises(one_file.CannotHold, match="there is no run"):
        one_file.page_of([dataclasses.replace(source, results=none)])


def test_values_that_are_no_numbers_are_null_in_the_file(tmp_path):
    text = one_file.page_of([reported(cgsim.load("baseline"), 1)])
    data = json.loads(re.search(r'id="data">(.*?)</script>', text).group(1))
    values = data["cases"][0]["told"]["answer"]["values"]
    assert [v["low"] for v in values if v["measure"] == "gain"] == [None]
    assert all(v["value"] is None or math.isfinite(v["value"]) for v in values)
