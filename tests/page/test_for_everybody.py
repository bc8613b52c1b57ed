"""Small screens and large, the keyboard alone, tools that read aloud, names that are programs."""

import json

import pytest
from playwright.sync_api import expect
from tests.browsing import picture
from tests.hostile_names import NAMES

import cgsim

from .conftest import make
from .looking import settled, until

ROOMS = (
    "start",
    "answer",
    "watch",
    "members",
    "compare",
    "unknown",
    "assess",
    "teach",
    "game",
    "take",
)
WITH = "#case=korsakoff&with=baseline&room="


@pytest.fixture(scope="module")
def worked_out(browser, page_file):
    """A page in which everything has been worked out; rooms are opened by its links."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(page_file.as_uri() + WITH + "answer")
    settled(page, "done")
    yield page
    context.close()


def open_room(page, room):
    page.evaluate("(to) => { location.hash = to; }", WITH + room)
    settled(page, "done")


@pytest.mark.parametrize("room", ROOMS)
def test_axe_finds_nothing_that_is_more_than_minor(worked_out, room):
    from axe_playwright_python.sync_playwright import Axe

    page = worked_out
    page.set_viewport_size({"width": 1280, "height": 900})
    open_room(page, room)
    page.evaluate("() => document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    page.wait_for_timeout(300)
    found = [
        (v["id"], v["impact"], [n["html"][:160] for n in v["nodes"]][:3])
        for v in Axe().run(page).response["violations"]
        if v["impact"] != "minor"
    ]
    assert found == []


@pytest.mark.parametrize("width", [390, 1280, 1920])
def test_every_room_fits_its_screen(worked_out, width):
    page = worked_out
    page.set_viewport_size({"width": width, "height": 844 if width == 390 else 1000})
    for room in ROOMS:
        open_room(page, room)
        page.wait_for_timeout(200)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, room
        smallest = page.evaluate(
            """() => Math.min(...[...document.querySelectorAll('main *, nav *, header *')]
              .filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
              .map((e) => parseFloat(getComputedStyle(e).fontSize)))"""
        )
        assert smallest >= 13, room
        picture(page, f"page-{room}-{width}")


def test_a_row_that_goes_on_beside_the_screen_says_so(visit):
    page = settled(visit("#case=korsakoff", width=390, height=844, behind=True))
    tabs = page.locator(".sideways", has=page.get_by_role("navigation", name="Rooms"))
    chips = page.locator(".levers .sideways")
    for row in (tabs, chips):
        expect(row.locator(".further.right")).to_be_visible()
        expect(row.locator(".further.left")).to_have_count(0)
    before = tabs.locator("nav").evaluate("(it) => it.scrollLeft")
    tabs.locator(".further.right").click()
    expect(tabs.locator(".further.left")).to_be_visible()
    assert tabs.locator("nav").evaluate("(it) => it.scrollLeft") > before
    tabs.locator("nav").evaluate("(it) => it.scrollTo(1e6, 0)")
    expect(tabs.locator(".further.right")).to_have_count(0)
    page.set_viewport_size({"width": 1400, "height": 900})
    expect(page.locator(".further")).to_have_count(0)


def test_on_a_phone_levers_come_up_one_at_a_time_below_the_answer(visit):
    page = settled(visit(width=390, height=844, has_touch=True, behind=True))
    expect(page.locator(".lever")).to_have_count(0)
    page.get_by_role("button", name="Meetings: once a month").click()
    expect(page.locator(".lever")).to_have_count(1)
    slider = page.get_by_label("Meetings", exact=True)
    slider.press("ArrowRight")
    expect(page.get_by_role("button", name="Meetings: 1.5 times a month")).to_be_visible()
    until(page, "was", "document.querySelector('.strip').innerText.includes('was')")
    box = page.locator(".strip").bounding_box()
    assert box["y"] + box["height"] < page.locator(".levers").bounding_box()["y"]
    page.get_by_role("button", name="Meetings: 1.5 times a month").click()
    expect(page.locator(".lever")).to_have_count(0)


@pytest.mark.parametrize("width", [320, 390])
def test_on_a_phone_the_title_of_the_only_partnership_is_a_line_to_read(visit, tmp_path, width):
    """A page of several says its title in a list; one of a single partnership has no list."""
    file = make(tmp_path / "one.html", [cgsim.load("korsakoff")])
    page = visit("#case=korsakoff&set.meetings=2", width, 700, file=file, behind=True)
    title = page.get_by_role("heading", level=1)
    expect(title).to_contain_text("Korsakoff: nine contributors")
    assert title.bounding_box()["width"] > 0.6 * width
    assert page.locator(".head").bounding_box()["height"] < 0.3 * 700


def test_on_a_phone_what_is_compared_stays_in_sight_beside_its_levers(visit):
    page = visit("#case=korsakoff&room=compare&with=korsakoff&with.meetings=2", 390, 844)
    strip = page.locator(".strip")
    figures = page.locator(".side .figure")
    expect(figures).to_have_count(2)
    page.evaluate("scrollTo(0, 500)")
    assert strip.bounding_box()["y"] == 0
    assert strip.locator(".figure").all_inner_texts() == figures.all_inner_texts()
    before = strip.locator(".figure").nth(1).inner_text()
    page.get_by_label("Meetings, B").select_option("three times a month")
    expect(strip.locator(".figure").nth(1)).not_to_have_text(before)
    settled(page)
    assert strip.locator(".figure").all_inner_texts() == figures.all_inner_texts()


def test_the_page_is_used_by_keyboard_alone(visit):
    page = settled(visit("#case=baseline"))

    def tab_to(what):
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate(
                f"(document.activeElement.id || document.activeElement.innerText) === {what!r}"
            ):
                return
        raise AssertionError(f"{what} is not reached")

    tab_to("lever-meetings")
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".lever output").first).to_have_text("every second month")
    for _ in range(60):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.innerText.includes('Undo')"):
            break
    page.keyboard.press("Enter")
    expect(page.locator(".lever output").first).to_have_text("once a month")
    tab_to("Watch")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Month", exact=True)).to_be_visible()
    tab_to("Play")
    month = page.get_by_label("Month", exact=True)
    month.focus()
    at = int(month.input_value())
    page.keyboard.press("PageUp")
    expect(month).to_have_value(str(at + 12))


def test_names_that_would_be_programs_are_names(visit, tmp_path):
    names = NAMES
    assert len(names) >= 50
    lines = [
        f"title = {json.dumps(names[2])}",
        'extends = "baseline"',
        f"summary = {json.dumps(' '.join(names))}",
        "[world]",
        f"agencies = {len(names)}",
        "months = 24",
    ]
    for name in names:
        lines += ["[[agency]]", f"name = {json.dumps(name)}"]
    members = json.dumps(names[:30])
    lines += ["[[partnership]]", f"name = {json.dumps(names[0])}", f"members = {members}"]
    scenario = cgsim.loads("\n".join(lines), file="hostile.toml")
    page = visit("#room=answer", file=make(tmp_path / "hostile.html", [scenario]))
    page.evaluate("() => { globalThis.hurt = () => { globalThis.hurts = true; }; }")
    settled(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(names[2])
    for room in ("Start", "Watch", "Members", "Compare", "What nobody knows", "Take away"):
        page.get_by_role("link", name=room, exact=True).click()
        settled(page, "done")
        assert not page.evaluate("globalThis.hurts")
        made = "main :is(img, iframe, object, video, marquee, form, script, style, math)"
        assert page.locator(made).count() == 0
    page.get_by_role("link", name="Members", exact=True).click()
    expect(page.get_by_label("name, row 3", exact=True)).to_have_value(names[2])
    page.get_by_role("link", name="Take away", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Scenario (.toml)").click()
    assert cgsim.loads(download.value.path().read_text("utf-8")).agency_names == tuple(names)


def test_dark_and_print_have_colours_of_their_own(visit):
    page = settled(visit("#case=baseline", color_scheme="dark", behind=True))
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    picture(page, "page-answer-dark")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != dark
    expect(page.get_by_role("navigation")).to_be_hidden()
