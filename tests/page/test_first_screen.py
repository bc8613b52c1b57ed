"""Opened from the disk, the page says what Python says, and asks nobody for anything."""

import re
import zlib

import pytest
from playwright.sync_api import expect
from tests.browsing import picture

import cgsim
from cgsim.answer.build import change_statement, rows, value_words
from cgsim.experiment.doubt import drawn_many
from cgsim.page import one_file
from cgsim.page.contents import answered

from .looking import CASES, CURVE_RUNS, RUNS, SEED, borne_out, plain, settled


@pytest.fixture(scope="module")
def answer():
    scenario = cgsim.load("korsakoff")
    results = cgsim.run(scenario, RUNS, SEED, reasons=True)
    return results.answer(drawn_many([scenario], SEED)[0])


@pytest.fixture(scope="module")
def page(browser, page_file):
    """One page for all that is only looked at."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(page_file.as_uri() + "#case=korsakoff")
    settled(page, "done")
    yield page
    context.close()


def test_something_true_stands_there_at_once(visit, page_file):
    page = visit(java_script_enabled=False)
    for name in CASES:
        scenario = cgsim.load(name)
        expect(page.locator("main")).to_contain_text(
            cgsim.run(scenario, RUNS, SEED).answer().headline[0].text
        )


def test_every_sentence_is_pythons(page, answer):
    said = plain(page.inner_text("main"))
    for statement in answer.headline:
        assert statement.text in said
    figure = plain(page.inner_text(".figure"))
    value = next(v for v in answer.values if v.measure == answer.measure)
    assert figure == cgsim.answer.formats.signed(value.value)


@pytest.mark.parametrize(
    ("case", "changes", "side", "begins"),
    [
        ("baseline", {}, "gains", ""),
        ("cluttered", {}, "loses", ""),
        ("korsakoff", {}, "", "Open: of 60 draws"),
        ("korsakoff", {"meetings": 2}, "", "Doubtful: of 60 draws"),
    ],
)
@pytest.mark.parametrize("width", [390, 1280])
def test_the_figures_colour_agrees_with_both_doubts(visit, case, changes, side, begins, width):
    scenario = cgsim.load(case, [f"{key}={value}" for key, value in changes.items()])
    drawn = drawn_many([scenario], SEED)[0]
    answer = cgsim.run(scenario, RUNS, SEED, reasons=True).answer(drawn)
    assert borne_out(answer)[0] == side
    assert borne_out(answer)[1].startswith(begins)
    sets = "".join(f"&set.{key}={value}" for key, value in changes.items())
    page = settled(visit(f"#case={case}{sets}", width=width), "all")
    figure = page.locator(".figure")
    looks = [look for look in ("gains", "loses") if look in figure.get_attribute("class").split()]
    assert looks == ([side] if side else [])
    if begins:
        assert plain(page.inner_text(".way")).replace("?", "") == borne_out(answer)[1]
    else:
        expect(page.locator(".way")).to_have_count(0)
    if width > 900:
        assert set(looks) == {one for one in ("gains", "loses") if one in glance(page)}


def glance(page):
    return page.locator(".glance").get_attribute("class").split()


def test_the_table_has_the_digits_that_cgsim_run_prints(page, answer):
    page.get_by_text("All the numbers, and how runs came out").click()
    body = page.get_by_role("region", name="All the numbers").locator("tbody tr")
    shown = [[plain(cell) for cell in row.locator("td").all_inner_texts()] for row in body.all()]
    assert shown == [list(value_words(value)) for (value,) in rows("run", answer)]
    page.get_by_text("All the numbers, and how runs came out").click()


def test_what_would_change_it_stands_in_pythons_order_and_words(page, answer):
    region = page.get_by_role("region", name="What would change it")
    said = plain(region.inner_text())
    places = [said.index(change_statement(change).text) for change in answer.changes]
    assert places == sorted(places)


def test_dots_can_be_counted(page, answer):
    luck, doubt = page.locator(".doubts svg").all()
    assert luck.locator("circle").count() == 20
    assert doubt.locator("circle").count() == answer.doubt.draws
    assert doubt.locator('circle[fill="var(--gains)"]').count() == answer.doubt.gains
    assert doubt.locator('circle[fill="var(--loses)"]').count() == answer.doubt.loses


def test_curves_are_what_the_engine_gives(page):
    told = plain(page.get_by_label("Meetings", exact=True).get_attribute("aria-valuetext"))
    right = cgsim.run("korsakoff", CURVE_RUNS, SEED).column("gain_over_equal_money").mean()
    gain = cgsim.answer.formats.signed(right)
    assert told == f"once a month: gain {gain} of what the founders met alone"


def test_the_life_names_what_happens(page):
    life = page.get_by_role("region", name="Month by month")
    expect(life.locator("svg")).to_have_attribute("aria-label", re.compile("by the last month"))
    assert life.locator("svg text.named").all_text_contents() == [
        "begins, and the money with it",
        "money ends",
    ]
    picture(page, "page-answer-1280")


def test_it_says_what_it_is(page):
    foot = page.locator("footer").inner_text()
    assert f"cgsim run korsakoff --replicates {RUNS} --seed 1" in foot
    assert "expert assumptions" in foot
    assert f"cgsim {cgsim.__version__}" in foot


def test_the_policy_lets_nothing_in_and_the_file_is_small(page_file):
    text = page_file.read_text()
    assert len(text.encode()) < 1_500_000
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text).group(1)
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe-inline" not in policy
    assert "connect-src" not in policy
    assert not re.findall(r'(?:src|href)="(?!data:,")', text.split('id="data"')[0])


def test_the_whole_library_fits(monkeypatch):
    from cgsim.scenario.library import names

    scenarios = [cgsim.load(name) for name in names()]
    monkeypatch.setattr(one_file, "answered", lambda s, seed, **more: answered(s, seed, 20, **more))
    text = one_file.page(scenarios)
    assert len(text.encode()) < one_file.MOST_BYTES
    assert len(zlib.compress(text.encode())) < 1_000_000
    monkeypatch.setattr(one_file, "MOST_BYTES", 1000)
    with pytest.raises(one_file.CannotHold, match="name fewer"):
        one_file.page(scenarios[:1])
