"""The first visit: questions as cards, small answers, a look round, and help on every word."""

import re
from dataclasses import replace

import numpy as np
import pytest
from playwright.sync_api import expect

import cgsim
from cgsim.answer import formats, glossary
from cgsim.answer.build import measure_of
from cgsim.experiment.doubt import drawn_many

from .conftest import make
from .looking import CASES, RUNS, SEED, borne_out, plain, settled, until


@pytest.fixture
def start(visit):
    page = visit("", behind=True)
    page.get_by_role("heading", name="What would you like to know?").wait_for()
    return page


def address(page):
    return page.evaluate("location.hash")


def test_without_an_address_one_is_at_the_start(start):
    expect(start.get_by_role("heading", level=1)).to_have_text("Working together or apart?")
    assert address(start) == "#room=start"
    start.get_by_role("link", name="The answer", exact=True).click()
    settled(start)
    start.go_back()
    expect(start.get_by_role("heading", name="Partnerships to begin from")).to_be_visible()


def test_a_question_opens_the_room_that_answers_it(start):
    def ask(question, where):
        start.locator(".task").filter(has_text=question).click()
        assert address(start) == where

    def back():
        start.go_back()
        start.get_by_role("heading", name="What would you like to know?").wait_for()

    ask("Ask your partners", "#case=korsakoff&room=assess")
    expect(start.get_by_role("button", name="Answer the questions")).to_be_visible()
    back()
    ask("Show it in class", "#case=korsakoff&room=teach")
    expect(start.get_by_role("link", name="More partners, more gain?")).to_be_visible()
    back()
    ask("Model ours", "#case=baseline&room=members&panel=paste")
    expect(start.get_by_label("Rows from a spreadsheet")).to_be_visible()
    back()
    for question, lever in (
        ("How often should we meet?", "meetings"),
        ("Are we too many?", "size"),
    ):
        ask(question, f"#case=baseline&panel={lever}")
        expect(start.locator(f"#lever-{lever}")).to_be_focused()
        back()
    ask("What happens when the money ends?", "#case=korsakoff&panel=life")
    settled(start)
    life = start.get_by_role("region", name="Month by month")
    expect(life).to_be_in_viewport(ratio=0.8)
    expect(life).to_contain_text("money ends")


def test_on_a_phone_a_question_brings_its_lever_up(visit):
    page = visit("", width=390, height=844, has_touch=True, behind=True)
    page.get_by_role("link", name="Are we too many?").click()
    expect(page.locator(".lever")).to_have_count(1)
    expect(page.locator(".lever label")).to_have_text("Members")


def test_without_money_that_ends_the_question_is_what_money_would_do(visit, tmp_path):
    page = visit("", file=make(tmp_path / "one.html", [cgsim.load("baseline")]), behind=True)
    expect(page.get_by_role("heading", name="The partnership on this page")).to_be_visible()
    expect(page.get_by_role("link", name="What happens when the money ends?")).to_have_count(0)
    page.get_by_role("link", name="What would money do?").click()
    assert address(page) == "#case=baseline&panel=fund"
    empty = cgsim.loads('title = "Nobody"\npartnerships = "none"\n', file="nobody.toml")
    page = visit("", file=make(tmp_path / "none.html", [empty]), behind=True)
    expect(page.locator(".gallery a")).to_contain_text("Nobody")
    expect(page.locator(".task")).to_have_text(
        [
            re.compile("Ask your partners"),
            re.compile("What would you decide"),
            re.compile("Show it in class"),
        ]
    )


def test_the_gallery_has_the_answers_of_python(start):
    scenarios = [cgsim.load(name) for name in CASES]
    results = cgsim.running.results.run_many(scenarios, RUNS, SEED)
    for result, drawn in zip(results, drawn_many(scenarios, SEED), strict=True):
        measure = measure_of(result)
        card = start.locator(".gallery").get_by_role("link", name=result.scenario.title)
        told = plain(card.locator(".value").inner_text())
        assert told == formats.signed(result.estimate(measure).value)
        # Coloured as at the answer: where luck and what nobody knows both bear it out.
        side, against = borne_out(result.answer(drawn))
        expect(card.locator(".value")).to_have_class(re.compile(rf"^value ?{side}$"))
        assert [plain(text) for text in card.locator(".way").all_inner_texts()] == [against] * bool(
            against
        )
        dots = np.quantile(result.column(measure), (np.arange(20) + 0.5) / 20)
        expect(card.locator("circle")).to_have_count(20)
        gains = card.locator('circle[fill="var(--gains)"]')
        expect(gains).to_have_count(int((dots > 0).sum()))
    card.click()
    assert address(start) == f"#case={CASES[-1]}"
    expect(start.get_by_role("heading", level=1)).to_have_text(result.scenario.title)


SENTENCE = "Nine bodies run one service, e.g. for people who have nowhere else to go to."
LONG = "Whoever has been asked comes, and " * 6
"""On a card: as many whole sentences as fit, else whole words."""
SUMMARIES = [
    (f"{SENTENCE}\nThey meet.", f"{SENTENCE} They meet."),
    (f"{SENTENCE} {SENTENCE} {LONG}stays.", f"{SENTENCE} {SENTENCE}"),
    (f"{SENTENCE} {LONG}stays.", SENTENCE),
    (f"{LONG}stays.", f"{LONG[:158]}…"),  # to the end of "asked"
    ("x" * 159 + "\U0001f91d" * 9, "x" * 159 + "…"),
]


@pytest.mark.parametrize("width", [390, 1280])
def test_a_card_cuts_no_word(visit, tmp_path, width):
    cases = [
        replace(cgsim.loads(f'title = "No {n}"\nsummary = """{text}"""\n'), name=f"no-{n}")
        for n, (text, _) in enumerate(SUMMARIES)
    ]
    page = visit("", file=make(tmp_path / "cards.html", cases), width=width, behind=True)
    cards = page.locator(".gallery a.card > .small")
    expect(cards).to_have_text([said for _, said in SUMMARIES])
    assert cards.evaluate_all("(all) => all.every((e) => e.scrollHeight <= e.clientHeight + 1)")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("size", [(390, 844), (1280, 900)])
def test_a_look_round_points_at_four_things_and_is_held_by_keyboard(visit, size):
    page = visit("", width=size[0], height=size[1], behind=True)
    page.get_by_role("button", name="Show me round, in four steps").press("Enter")
    settled(page)
    tour = page.get_by_role("dialog", name="A look round")
    seen = []
    for step in range(4):
        expect(tour).to_contain_text(f"Step {step + 1} of 4")
        expect(tour.get_by_role("button").last).to_be_focused()
        pointed = page.locator(".pointed")
        expect(pointed).to_have_count(1)
        expect(pointed).to_be_in_viewport()
        seen.append((pointed.get_attribute("class"), tour.locator("h3").inner_text()))
        if step < 3:
            page.keyboard.press("Enter" if step % 2 else "ArrowRight")
    assert len(set(seen)) == 4
    page.keyboard.press("ArrowLeft")
    expect(tour).to_contain_text("Step 3 of 4")
    page.keyboard.press("Escape")
    expect(tour).to_have_count(0)
    expect(page.locator(".pointed")).to_have_count(0)
    page.get_by_role("button", name="Show me round").click()
    tour.get_by_role("button", name="Skip").click()
    expect(tour).to_have_count(0)


def test_a_word_is_asked_for_by_click_and_by_keyboard(visit):
    page = settled(visit(behind=True))
    means = {entry.word: entry.means for entry in glossary.entries()}
    box = page.get_by_role("dialog", name="What a word means")
    founders = page.get_by_role("button", name="founders: what is that?").first
    expect(box).to_have_count(0)
    founders.click()
    expect(box).to_contain_text(means["founder"])
    assert_inside(page, box)
    page.keyboard.press("Escape")
    expect(box).to_have_count(0)
    expect(founders).to_be_focused()
    page.get_by_role("button", name="What nobody knows: what is that?").press("Enter")
    expect(box).to_contain_text(means["what nobody knows"])
    page.mouse.click(640, 5)
    expect(box).to_have_count(0)
    page.get_by_role("button", name="Who may decide: what is that?").press("Space")
    expect(box).to_contain_text("Of ten things that a meeting settles")
    page.get_by_role("link", name="Members", exact=True).press("Enter")
    expect(box).to_have_count(0)


def assert_inside(page, box):
    found = box.bounding_box()
    width, height = page.viewport_size["width"], page.viewport_size["height"]
    assert found["x"] >= 0
    assert found["y"] >= 0
    assert found["x"] + found["width"] <= width
    assert found["y"] + found["height"] <= height


def test_a_name_in_quotation_marks_is_no_word_to_explain(visit):
    page = settled(visit("#case=baseline", behind=True))
    said = page.locator(".answer .first")
    expect(said).to_contain_text("“A partnership of eight”")
    marked = said.locator("button").all_inner_texts()
    assert marked == ["runs", "need", "working apart", "founders", "95\u00a0% interval"]


def test_words_keep_their_place_when_the_screen_is_small(visit):
    page = settled(visit(width=390, height=844, behind=True))
    page.evaluate("document.querySelector('.then').scrollIntoView()")
    mark = page.locator(".then button").last
    mark.click()
    box = page.get_by_role("dialog", name="What a word means")
    assert_inside(page, box)
    assert mark.evaluate("(e) => e.isConnected")


def test_axe_finds_nothing_in_the_tour_and_in_a_meaning(visit):
    from axe_playwright_python.sync_playwright import Axe

    page = settled(visit(behind=True))
    page.get_by_role("button", name="Show me round").click()
    page.get_by_role("dialog", name="A look round").wait_for()
    found = Axe().run(page).response["violations"]
    page.keyboard.press("Escape")
    page.get_by_role("button", name=re.compile("what is that")).first.click()
    page.get_by_role("dialog", name="What a word means").wait_for()
    found += Axe().run(page).response["violations"]
    assert [(v["id"], v["nodes"][0]["html"]) for v in found if v["impact"] != "minor"] == []


def test_a_panel_that_cannot_be_is_refused(visit):
    page = visit("#room=teach", behind=True)
    for panel in ("Meetings", "<b>", "a b", "x" * 41):
        page.evaluate("(to) => { location.hash = to; }", f"case=baseline&panel={panel}")
        until(page, "refused", "document.body.innerText.includes('panel: got')")
        page.evaluate("() => { location.hash = 'room=teach'; }")
        expect(page.get_by_role("alert")).to_have_count(0)


def test_what_a_page_explains_is_the_glossary_of_the_documents():
    from pathlib import Path

    text = (Path(__file__).parents[2] / "docs" / "glossary.md").read_text("utf-8")
    assert text == "# Glossary\n\n" + glossary.as_markdown()
    words = [entry.word for entry in glossary.entries()]
    assert len(set(words)) == len(words) > 50
