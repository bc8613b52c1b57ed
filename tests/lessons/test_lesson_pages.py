"""The pages of lessons, used as a room would: bets, reveal, alternatives, print, keyboard."""

import json
import re

import pytest

from cgsim.answer.formats import percent, told
from cgsim.report import lessons

from .conftest import picture
from .test_lessons import NAMES, SMALL

pytest.importorskip("playwright")
from playwright.sync_api import expect

HOSTILE = "</script><script>document.title='x'</script><img src=x onerror=alert(1)>{{7*7}}"


def place_bets(page, *bets):
    for bet in bets:
        if page.locator("#number").count():
            page.locator("#number").fill(str(bet))
        else:
            page.get_by_role("radio").nth(bet).check()
        page.get_by_role("button", name="Place this bet").click()


def reveal(page):
    page.get_by_role("button", name="Reveal").click()


@pytest.mark.parametrize("name", sorted(NAMES))
def test_a_bet_a_reveal_and_the_number_of_the_runs(visit, pages, played, name):
    path = pages(name)
    assert path.stat().st_size < 3_000_000
    page = visit(path, width=1920, height=1080)
    result = played(name)
    answer = result.lesson.form.answer
    value = told(result.results[result.asked].estimate(answer.measure), "share").removeprefix("-")
    value = value.replace(" %", "\u00a0%")
    button = page.get_by_role("button", name="Reveal")
    expect(button).to_be_disabled()
    expect(page.locator("svg:visible")).to_have_count(0)
    expect(page.get_by_text("What the runs say", exact=True)).to_be_hidden()
    assert value not in page.locator("body").inner_text()
    place_bets(page, 1)
    expect(button).to_be_enabled()
    reveal(page)
    said = page.locator(".answer")
    expect(said).to_contain_text(value)
    expect(said).to_contain_text("95\u00a0% interval")
    expect(page.locator("#verdict")).to_contain_text("The bet was")
    expect(page.get_by_role("heading", name="What the runs say")).to_be_focused()
    for option in page.locator("button.option").all():
        option.click()
        expect(page.locator(".panel:visible")).to_have_count(1)
        expect(page.locator(".panel:visible figure svg:visible")).to_have_count(1)
    picture(page, f"{name}-1920")


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (1280, 720)])
@pytest.mark.parametrize("name", sorted(NAMES))
def test_each_step_is_seen_at_once_on_a_projector(visit, pages, name, width, height):
    page = visit(pages(name), width=width, height=height)
    asked = page.locator("#question-heading + .lead").first
    bets = page.locator("label.choice, #number")
    assert bets.count() >= 1
    button = page.get_by_role("button", name="Reveal")
    for part in [page.locator("h1"), asked, *bets.all(), button, page.locator("#status")]:
        expect(part).to_be_in_viewport(ratio=1)
    size = asked.evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
    assert size >= height / 30, "read from the back of a room"
    place_bets(page, *range(bets.count()), *range(3))
    expect(button).to_be_in_viewport(ratio=1)
    reveal(page)
    for part in (page.locator(".answer"), page.locator("#verdict")):
        expect(part).to_be_in_viewport(ratio=1)
    beside = page.locator("#result .figures figure:not(:nth-child(n+3)) svg:visible")
    for part in beside.all():
        expect(part).to_be_in_viewport(ratio=1)
    for option in page.locator("button.option").all():
        option.click()
        expect(option).to_be_in_viewport(ratio=1)
        expect(page.locator(".panel:visible h3")).to_be_in_viewport(ratio=1)
        expect(page.locator(".panel:visible svg:visible")).to_be_in_viewport(ratio=1)
    if page.locator("#play").count():
        page.get_by_role("button", name="Show what it came to").click()
        page.locator("#every-cell summary").click()
        for part in [page.locator("#cell"), page.locator("#figure-cells svg:visible")]:
            part.scroll_into_view_if_needed()
            expect(part).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("name", ["more-partners", "who-is-in-charge", "sandbox"])
def test_pages_fit_their_screen(visit, pages, name):
    page = visit(pages(name))
    widths = (400, 1280, 1920)

    def fits(width):
        page.set_viewport_size({"width": width, "height": 900})
        return page.evaluate("document.documentElement.scrollWidth") <= width

    assert all(fits(width) for width in widths)
    place_bets(page, 0)
    reveal(page)
    page.get_by_role("button", name="Show the notes").click()
    for option in page.locator("button.option").all():
        option.click()
        assert all(fits(width) for width in widths)
    fits(400)
    picture(page, f"{name}-400")


@pytest.mark.parametrize("width", [400, 1280, 1920])
@pytest.mark.parametrize("name", ["more-partners", "sandbox"])
def test_no_table_or_command_is_cut_off(visit, pages, name, width):
    page = visit(pages(name), width=width, height=900)
    place_bets(page, 0)
    reveal(page)
    for folded in page.locator("summary").all():
        folded.click()
    assert page.locator("table:visible").count() == (2 if name == "sandbox" else 1)
    cut = page.evaluate(
        """() => [...document.querySelectorAll("main *")].filter(e =>
            !e.closest("svg") && getComputedStyle(e).overflow !== "visible" && e.tagName !== "INPUT"
            && getComputedStyle(e).position !== "absolute"
            && (e.scrollHeight > e.clientHeight + 1 || e.scrollWidth > e.clientWidth + 1)
        ).map(e => e.outerHTML.slice(0, 80))"""
    )
    assert cut == []
    ends = page.locator("td:visible").evaluate_all(
        "cells => cells.map(e => e.getBoundingClientRect().right)"
    )
    assert max(ends) <= width


def test_a_square_is_explained_only_where_there_is_one(visit, pages, played):
    for name in ("more-partners", "sandbox"):
        page = visit(pages(name))
        result = played(name)
        below = [
            not result.results[run].estimate("area_gain").value > 0
            for run in result.lesson.runs
            if run.option < 0
        ]
        note = page.locator("#figure-cases .note").text_content().replace("\u00a0", " ")
        assert ("square: a loss" in note) == any(below)
        assert "Dot" in note


@pytest.mark.parametrize("name", ["more-partners", "who-is-in-charge", "sandbox"])
def test_axe_finds_no_serious_fault(visit, pages, name):
    from axe_playwright_python.sync_playwright import Axe

    page = visit(pages(name))
    for step in ("covered", "revealed"):
        if step == "revealed":
            place_bets(page, 0, 2)
            reveal(page)
            page.locator("button.option").first.click()
            page.get_by_role("button", name="Show the notes").click()
        found = Axe().run(page).response["violations"]
        serious = [
            (step, v["id"], [n["html"][:120] for n in v["nodes"]][:3])
            for v in found
            if v["impact"] in ("serious", "critical")
        ]
        assert serious == []


def test_a_room_bets_on_choices(visit, pages):
    page = visit(pages("more-partners"))
    page.get_by_role("button", name="Place this bet").click()
    expect(page.get_by_role("status").first).to_contain_text("Choose one first")
    place_bets(page, 2, 2, 3, 4)
    page.get_by_role("button", name="Take the last one back").click()
    expect(page.get_by_role("status").first).to_contain_text("3 bets placed.")
    reveal(page)
    verdict = page.locator("#verdict")
    expect(verdict).to_contain_text("2 of 3 bets were right.")
    expect(verdict).to_contain_text("12 members: 1 bet")


def test_a_room_bets_numbers(visit, pages, played):
    page = visit(pages("who-is-in-charge"))
    answer = played("who-is-in-charge")
    right = 100 * lessons.judge(answer.lesson.form.answer, answer).estimate.value
    place_bets(page, "", 99, -21)
    expect(page.get_by_role("status").first).to_contain_text("A number from -20 to 40")
    expect(page.get_by_role("button", name="Reveal")).to_be_disabled()
    place_bets(page, 2, round(right, 1), 30)
    reveal(page)
    verdict = page.locator("#verdict")
    expect(verdict).to_contain_text(f"1 of 3 bets was near (within 3 of {right:.1f})")
    expect(verdict).to_contain_text("from 2 to 30")


def test_every_setting_of_the_table_can_be_chosen(visit, pages, played):
    page = visit(pages("sandbox"))
    place_bets(page, 0)
    reveal(page)
    page.get_by_label("Members", exact=True).select_option("8 members")
    page.get_by_label("Meetings", exact=True).select_option("two meetings a month")
    page.get_by_label("Leadership", exact=True).select_option("a strong lead")
    result = played("sandbox")
    place = lessons.cell_places(result.lesson.form).index((1, 2, 2))
    value = result.cells[place].estimate("area_gain").value
    expect(page.locator("#cell")).to_have_text("Guess first.")
    told = page.locator("#play").get_by_text(percent(abs(value)).replace(" %", "\u00a0%"))
    expect(told.locator("visible=true")).to_have_count(0)
    expect(page.locator("#every-cell figure")).to_be_hidden()
    page.get_by_role("button", name="Show what it came to").click()
    expect(page.locator("#cell")).to_contain_text("8 members, two meetings a month, a strong lead")
    expect(page.locator("#cell")).to_contain_text(percent(abs(value)))
    expect(page.locator("g.chosen")).to_have_count(2)  # in the wide figure and in the narrow one
    assert page.locator("g.chosen").first.get_attribute("id") == f"cells-wide-cell-{place}"
    page.get_by_label("Members", exact=True).select_option("5 members")
    expect(page.locator("#cell")).to_have_text("Guess first.")


@pytest.mark.parametrize("name", sorted(NAMES))
def test_where_there_is_money_the_same_money_is_told(visit, pages, played, name):
    page = visit(pages(name), java_script_enabled=False)
    result = played(name)
    spent = [
        case.label
        for c, case in enumerate(result.lesson.cases)
        if result.results[lessons.Run(-1, c)].column("bought_hours").max() > 0
    ]
    assert bool(spent) == (name in ("grant-that-ran-out", "front-line-staff"))
    expect(page.get_by_role("heading", name="Over the same money")).to_have_count(int(bool(spent)))
    for label in spent:
        told = page.locator("#result p").filter(has_text=label[1:]).filter(has_text="Over the same")
        expect(told).to_contain_text("the same money spent on services")
        expect(told).to_contain_text("of what the founders met alone")


@pytest.mark.parametrize("name", sorted(NAMES))
def test_every_percentage_of_an_answer_says_of_what(visit, pages, name):
    page = visit(pages(name), java_script_enabled=False)
    for said in page.locator(".answer, .panel .lead").all():
        assert re.search(r"of what .* met alone|of the same outcome alone", said.inner_text())


def test_print_shows_everything(visit, pages):
    page = visit(pages("good-intentions"))
    page.emulate_media(media="print")
    expect(page.locator(".answer")).to_be_visible()
    expect(page.locator(".panel:visible")).to_have_count(4)
    expect(page.get_by_role("heading", name="Questions for discussion")).to_be_visible()


def test_without_a_script_the_answer_stands_there(visit, pages):
    page = visit(pages("more-partners"), java_script_enabled=False)
    expect(page.locator(".answer")).to_be_visible()
    expect(page.locator("#bet")).to_be_hidden()


def test_a_lesson_can_be_held_by_keyboard_alone(visit, pages):
    page = visit(pages("more-partners"))

    def tab_to(condition):
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate(f"(e => {condition})(document.activeElement)"):
                return
        raise AssertionError(condition)

    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to the lesson")).to_be_focused()
    tab_to("e.name === 'choice'")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("1 bet placed.")
    tab_to("e.id === 'reveal'")
    page.keyboard.press("Enter")
    expect(page.locator("#verdict")).to_contain_text("The bet was right.")
    tab_to("e.className === 'option'")
    page.keyboard.press("Space")
    expect(page.get_by_role("heading", name="A stronger lead")).to_be_focused()


def test_a_hostile_lesson_stays_text(visit, tmp_path):
    title = HOSTILE[:80]
    text = SMALL.replace('"A title"', json.dumps(title)).replace('"yes"', json.dumps(title))
    text = text.replace('"A"', json.dumps(title)).replace('"One."', json.dumps(HOSTILE))
    text += "\n<script>document.title='x'</script> [a](javascript:alert(1)) ![b](http://x.org/y)\n"
    made = lessons.as_page(lessons.play(lessons.read_lesson(text)), notes=True)
    assert len(re.findall(r"</script", made)) == 2
    path = tmp_path / "hostile.html"
    path.write_text(made, encoding="utf-8")
    page = visit(path)
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    assert page.title().startswith("</script>")
    place_bets(page, 0)
    reveal(page)
    expect(page.get_by_text("The right bet")).to_contain_text(title)
    assert page.locator("img, a[href^='javascript']").count() == 0
