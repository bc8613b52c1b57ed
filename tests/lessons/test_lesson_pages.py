"""Lessons on the page, used as a room would: bets, reveal, alternatives, print, keyboard."""

import json
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from tests.browsing import picture

from cgsim import lessons
from cgsim.answer.build import change_statement
from cgsim.answer.formats import interval, percent, told
from cgsim.lessons.forms import BY_NAME
from cgsim.page import one_file
from cgsim.running.results import run_many
from cgsim.scenario import load

from .conftest import WAIT
from .test_lessons import NAMES, SMALL

HOSTILE = "</script><script>document.title='x'</script><img src=x onerror=alert(1)>{{7*7}}"
expect.set_options(timeout=WAIT)


def shown(text):
    """Return a text of Python's as the page writes it."""
    return text.replace(" %", "\u00a0%")


def minus(text):
    """Return a figure as it stands alone, with the sign for minus."""
    return re.sub(r"-(?=\d)", "\u2212", text)


def step(page, name):
    """Go to a step by its button."""
    page.get_by_role("navigation", name="Steps").get_by_role("button", name=name).click()


def take(page, pick):
    """Press one of several things, or move the lever there, and wait for its months."""
    page.locator(".deciding .picks button, #lever").first.wait_for()
    if page.locator("#lever").count():
        page.locator("#lever").fill(str(pick))
    else:
        page.locator(".deciding .picks button").nth(pick).click()
    page.locator(".deciding .lived svg").first.wait_for()


def decide(page, pick=0):
    """Decide something in the model."""
    step(page, "Your decision")
    take(page, pick)


def place_bets(page, *bets):
    decide(page)
    step(page, "The bet")
    for bet in bets:
        if page.locator("#a-bet").count():
            page.locator("#a-bet").fill(str(bet))
            page.get_by_role("button", name="Place this bet").click()
        else:
            page.locator(".choice, .choice-of").nth(bet).get_by_role("button").first.click()


def reveal(page):
    page.get_by_role("button", name="Reveal").click()
    page.locator(".now .says").wait_for()


def option_buttons(page):
    return page.get_by_role("navigation", name="Steps").get_by_role("button", name="Try:")


def options(page):
    """Show each of the other things to try, and yield its step."""
    names = option_buttons(page)
    for place in range(names.count()):
        names.nth(place).click()
        page.locator(".now").get_by_role("button", name="Show what it came to").click()
        page.locator(".now .says").wait_for()
        yield page.locator(".now")


PROJECTORS = ((1920, 1080), (1280, 720))
KINDS = ("front-line-staff", "sandbox", "who-is-in-charge")
"""Lessons of every kind: with money and without, bets that are chosen and typed, a table."""
every_lesson = pytest.mark.parametrize(
    "name", [pytest.param(n, marks=[] if n in KINDS else pytest.mark.soak) for n in sorted(NAMES)]
)


@every_lesson
def test_a_room_plays_a_lesson_on_a_projector(visit, pages, played, name):
    """All that has to hold of every lesson, in one visit: opening a page lives its runs."""
    page = visit(pages(name), width=1920, height=1080)
    result = played(name)
    nothing_is_told_before_a_bet(page, result)
    for size in PROJECTORS:
        the_bet_is_seen_at_once(page, *size)
    place_bets(page, 1)
    reveal(page)
    expect(page.locator(".verdict").last).to_contain_text("The bet was")
    expect(page.get_by_role("heading", name="What the runs say")).to_be_focused()
    the_numbers_are_pythons(page, result)
    the_same_money_is_told(page, result)
    every_percentage_says_of_what(page.locator(".now .says"))
    for option, part in enumerate(options(page)):
        the_numbers_of_an_option_are_pythons(part, result, option)
        every_percentage_says_of_what(part.locator(".says"))
    picture(page, f"lesson-{name}-1920")
    for size in PROJECTORS:
        each_option_is_seen_at_once(page, *size)
    page.get_by_role("button", name="Begin anew").click()
    decide(page)
    step(page, "The bet")
    bets = page.locator(".choice, #a-bet").count()
    place_bets(page, *range(bets), *([0, 1, 2] if bets == 1 else [0]))
    reveal(page)
    for size in PROJECTORS:
        the_answer_is_seen_at_once(page, *size)


def of_python(result):
    """Return the estimate that a lesson asks for, and its unit."""
    measure = result.lesson.form.answer.measure
    return result.results[result.asked].estimate(measure), BY_NAME[measure].unit


def nothing_is_told_before_a_bet(page, result):
    value = shown(told(*of_python(result)).removeprefix("-"))
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("status").first).to_contain_text("Decide first")
    if result.lesson.form.decision.lever:
        take(page, 0)
        page.evaluate("document.activeElement.blur()")  # there the arrow moves the lever
    else:
        page.keyboard.press("1")
        page.locator(".deciding .lived svg").first.wait_for()
    assert value not in page.locator("main").inner_text()
    page.keyboard.press("ArrowRight")
    button = page.get_by_role("button", name="Reveal")
    expect(button).to_be_disabled()
    expect(page.locator(".now svg")).to_have_count(0)
    assert value not in page.locator("main").inner_text()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".stands span")).to_contain_text("Bet first")
    expect(page.get_by_role("heading", name="What the runs say")).to_have_count(0)


def the_bet_is_seen_at_once(page, width, height):
    page.set_viewport_size({"width": width, "height": height})
    step(page, "The bet")
    asked = page.locator(".now .question")
    bets = page.locator(".choice, #a-bet")
    assert bets.count() >= 1
    button = page.get_by_role("button", name="Reveal")
    for part in [page.locator("h1"), asked, *bets.all(), button, page.locator(".stands span")]:
        expect(part).to_be_in_viewport(ratio=1)
    size = asked.evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
    assert size >= height / 30, "read from the back of a room"


def the_answer_is_seen_at_once(page, width, height):
    page.set_viewport_size({"width": width, "height": height})
    seen = [page.locator(".now .says"), *page.locator(".verdict").all()]
    seen += page.locator(".now .intervals").all()[:1]
    for part in seen:
        expect(part).to_be_in_viewport(ratio=1)


def each_option_is_seen_at_once(page, width, height):
    page.set_viewport_size({"width": width, "height": height})
    part = page.locator(".now")
    for name in option_buttons(page).all():
        name.click()
        for place in (part.locator("h2"), part.locator(".says"), part.locator(".intervals")):
            expect(place).to_be_in_viewport(ratio=1)


def the_numbers_are_pythons(page, result):
    found, unit = of_python(result)
    measure = result.lesson.form.answer.measure
    said = page.locator(".now .says")
    expect(said).to_contain_text(shown(told(found, unit).removeprefix("-")))
    expect(said).to_contain_text("95\u00a0% interval")
    cases = result.lesson.cases
    drawn = page.locator(".now .intervals")
    expect(drawn).to_have_count(int(len(cases) > 1))
    for case, label in enumerate(one.label for one in cases if len(cases) > 1):
        mine = result.results[lessons.Run(-1, case)].estimate(measure)
        row = f"{label}: {told(mine, unit)} ({interval(mine, unit)})"
        expect(drawn).to_have_attribute("aria-label", re.compile(re.escape(row)))


def the_numbers_of_an_option_are_pythons(part, result, option):
    measure, unit = result.lesson.form.answer.measure, of_python(result)[1]
    expect(part.locator(".intervals")).to_have_count(1)
    for case, label in enumerate(one.label for one in result.lesson.cases):
        mine = result.results[lessons.Run(option, case)].estimate(measure)
        expect(part.locator(".intervals")).to_have_attribute(
            "aria-label", re.compile(re.escape(f"{label}: {told(mine, unit)} ("))
        )


def the_same_money_is_told(page, result):
    """Where there is money, also the gain over the same money spent without meetings."""
    spent = {
        case.label: result.results[lessons.Run(-1, c)]
        for c, case in enumerate(result.lesson.cases)
        if result.results[lessons.Run(-1, c)].column("bought_hours").max() > 0
    }
    assert bool(spent) == (result.lesson.name in ("grant-that-ran-out", "front-line-staff"))
    expect(page.get_by_role("heading", name="Over the same money")).to_have_count(int(bool(spent)))
    for label, results in spent.items():
        says = [s.text for s in results.answer().headline if s.id.startswith("money.")]
        told_of = page.locator(".now p").filter(has_text=label[1:]).filter(has_text=says[0][:30])
        for text in says:
            expect(told_of.first).to_contain_text(shown(text))


def every_percentage_says_of_what(said):
    text = said.inner_text()
    assert re.search(r"of what .* met alone|of the same outcome alone", text), text


@pytest.mark.parametrize(
    "name", ["sandbox", *(pytest.param(n, marks=pytest.mark.soak) for n in KINDS if n != "sandbox")]
)
def test_axe_finds_nothing_that_is_more_than_minor_and_every_step_fits_its_screen(
    visit, pages, name
):
    page = visit(pages(name))

    def check(told):
        found = [
            (told, v["id"], [n["html"][:120] for n in v["nodes"]][:3])
            for v in Axe().run(page).response["violations"]
            if v["impact"] != "minor"
        ]
        assert found == []

    check("what is to be decided")
    decide(page, 1)
    check("what was decided")
    place_bets(page, 0, 2)
    check("the bet")
    reveal(page)
    check("the answer")
    list(options(page))
    check("an option")
    for last in ["Play with it"] * (name == "sandbox") + ["What it rests on", "For the lecturer"]:
        step(page, last)
        page.evaluate(
            "() => document.querySelectorAll('details').forEach((d) => { d.open = true })"
        )
        page.wait_for_timeout(300)
        check(last)
    every_step_fits(page, name)


def every_step_fits(page, name):
    names = page.get_by_role("navigation", name="Steps").get_by_role("button")
    for width in (390, 1280, 1920):
        page.set_viewport_size({"width": width, "height": 844})
        for place in range(names.count()):
            names.nth(place).click()
            folded = page.locator(".now details:not([open]) > summary")
            folded.evaluate_all("summaries => summaries.forEach((one) => one.click())")
            page.wait_for_timeout(150)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, place
        picture(page, f"lesson-{name}-{width}")


def test_a_room_bets_on_choices(visit, pages):
    page = visit(pages("more-partners"))
    place_bets(page, 2, 2)
    page.keyboard.press("4")
    page.keyboard.press("5")
    page.get_by_role("button", name="one fewer on “16 members”").click()
    expect(page.locator(".stands span")).to_have_text("3 bets placed.")
    assert "guess=0%2C0%2C2%2C1%2C0" in page.evaluate("location.hash")
    reveal(page)
    now = page.locator(".now")
    expect(now).to_contain_text("The right bet: 10 members.")
    expect(now).to_contain_text("2 of 3 bets were right.")
    rows = [" ".join(text.split()) for text in now.locator(".guesses li").all_inner_texts()]
    assert rows == ["6 members 0", "8 members 0", "✓ 10 members 2", "12 members 1", "16 members 0"]
    page.get_by_role("button", name="Begin anew").click()
    expect(page.locator(".one-lever b")).to_have_text("move it")
    decide(page)
    step(page, "The bet")
    expect(page.locator(".stands span")).to_contain_text("No bet yet.")
    expect(page.get_by_role("button", name="Reveal")).to_be_disabled()


def test_a_room_bets_numbers(visit, pages, played):
    page = visit(pages("who-is-in-charge"))
    answer = played("who-is-in-charge")
    right = 100 * lessons.judge(answer.lesson.form.answer, answer).estimate.value
    place_bets(page, "", 99, -21)
    expect(page.get_by_role("alert")).to_contain_text("A number from −20 to 40")
    expect(page.get_by_role("button", name="Reveal")).to_be_disabled()
    place_bets(page, 2, round(right, 1), 30, 17)
    page.get_by_role("button", name="Take the last one back").click()
    reveal(page)
    now = page.locator(".now")
    expect(now).to_contain_text(f"1 of 3 bets was near (within 3 of {right:.1f})")
    expect(now).to_contain_text("from 2 to 30")
    marks = now.get_by_role("img", name="The bets on a line from −20 to 40").locator("circle")
    expect(marks).to_have_count(3)


def guess_setting(page, lesson, place, guess):
    for axis, value in zip(lesson.form.axis, place, strict=True):
        page.get_by_label(axis.label, exact=True).select_option(axis.names[value])
    page.get_by_label("Your guess").fill(str(guess))
    page.get_by_role("button", name="Guess", exact=True).click()


def test_the_table_shows_no_answer_before_five_guesses_and_then_all(visit, pages, played):
    page = visit(pages("sandbox"))
    place_bets(page, 0)
    reveal(page)
    step(page, "Play with it")
    lesson = played("sandbox").lesson
    places = lessons.cell_places(lesson.form)
    cells = run_many(list(lesson.cells), lesson.form.replicates, lesson.form.seed)
    found = [cell.estimate("area_gain") for cell in cells]
    says, rows = page.locator(".now .says"), page.locator(".guessed tbody tr")
    tried = [(0, 0, 0), (0, 1, 1), (2, 0, 2), (2, 1, 0), (1, 2, 2)]
    for made, place in enumerate(tried):
        expect(says).to_contain_text(f"before anything is shown: {5 - made}.")
        expect(page.get_by_text("All settings at a glance")).to_have_count(0)
        if made == 4:  # neither a guess made twice counts, nor none at all
            guess_setting(page, lesson, tried[0], 1)
            expect(page.get_by_role("alert")).to_contain_text("guessed this setting already")
            guess_setting(page, lesson, place, "")
            expect(page.get_by_role("alert")).to_contain_text("A number is needed")
        expect(rows).to_have_count(made)
        assert all(row.endswith("?") for row in rows.all_inner_texts())
        guess_setting(page, lesson, place, made)
    expect(says).to_contain_text("8 members, two meetings a month, a strong lead")
    expect(says).to_contain_text(shown(percent(abs(found[places.index((1, 2, 2))].value))))
    for row, place in zip(rows.all(), tried, strict=True):
        expect(row).to_contain_text(minus(shown(told(found[places.index(place)], "share"))))
    page.get_by_text("All settings at a glance").click()
    every = page.locator(".every tbody tr")
    expect(every).to_have_count(27)
    for row, estimate in zip(every.all(), found, strict=True):
        expect(row).to_contain_text(shown(interval(estimate, "share")))
    expect(page.locator(".panels circle.chosen")).to_have_count(1)


def test_what_would_change_it_is_pythons(visit, pages):
    page = visit(pages("good-intentions"))
    place_bets(page, 0)
    reveal(page)
    (result,) = run_many([load("inertia")], 120, 8, reasons=True)
    region = page.locator(".now .bars").last
    expect(region.locator("li")).to_have_count(5)
    wanted = [shown(change_statement(change).text) for change in result.answer().changes]
    assert [text.strip() for text in region.locator("li").all_inner_texts()] == wanted


def test_paper_shows_what_has_been_shown_and_nothing_that_has_not(visit, pages, played):
    page = visit(pages("good-intentions"))
    page.emulate_media(media="print")
    text = page.locator("main").inner_text()
    form = played("good-intentions").lesson.form
    assert form.question in text
    for hidden in (
        form.explanation.split(".")[0].strip(),
        form.option[0].text[:40],
        "students can",
    ):
        assert hidden not in page.content().split('<script type="application/json"')[0]
    page.emulate_media(media="screen")
    place_bets(page, 2)
    reveal(page)
    first = next(options(page)).locator(".says").inner_text()
    page.emulate_media(media="print")
    text = page.locator("main").inner_text()
    assert form.question in text
    assert first in text
    assert form.explanation.split(".")[0].strip() not in text, "nobody has asked why yet"
    assert form.option[1].text[:40] not in text
    expect(page.get_by_role("button", name="Begin anew")).to_be_hidden()
    assert page.locator(".notes-text").count() == 0, "a hand-out has no notes"
    page.emulate_media(media="screen")
    step(page, "For the lecturer")
    page.emulate_media(media="print")
    expect(page.get_by_text("Not for handing out")).to_be_visible()
    assert page.locator(".notes-text h3").all_inner_texts()[0] == "Aims"
    expect(page.locator(".step")).to_have_count(1)


def test_without_a_script_the_question_stands_there_and_no_answer(visit, pages, played):
    page = visit(pages("more-partners"), java_script_enabled=False)
    form = played("more-partners").lesson.form
    expect(page.locator("main")).to_contain_text(form.question)
    text = page.locator("main").inner_text()
    assert "%" not in text
    assert form.explanation[1:40] not in text


def test_a_lesson_can_be_held_by_keyboard_alone(visit, pages):
    page = visit(pages("more-partners"))
    page.locator(".steps button").first.wait_for()

    def tab_to(condition):
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate(f"(e => {condition})(document.activeElement)"):
                return
        raise AssertionError(condition)

    tab_to("e.id === 'lever'")
    for key in ("ArrowRight", "ArrowLeft", "Home"):
        page.keyboard.press(key)
    expect(page.locator(".lived")).to_contain_text("Of 4 founding members")
    expect(page.locator("#lever")).to_have_attribute("aria-valuetext", "4 members")
    tab_to("e.textContent.startsWith('Next')")
    for key in ("Enter", "3", "ArrowRight"):
        page.keyboard.press(key)
    page.locator(".now .says").wait_for()
    expect(page.locator(".now")).to_contain_text("The bet was right.")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("heading", name="Why", exact=True)).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("heading", name="Try: A stronger lead")).to_be_focused()
    expect(page.locator(".now .says")).to_have_count(0)
    page.keyboard.press("ArrowRight")
    page.locator(".now .says").wait_for()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("heading", name="Why", exact=True)).to_be_focused()
    page.go_back()
    expect(page.get_by_role("heading", name="Try: A stronger lead")).to_be_visible()
    tab_to("e.textContent === 'Begin anew'")
    page.keyboard.press("Enter")
    expect(page.locator(".now")).to_have_attribute("aria-label", "Your decision")


TAMPERED = {
    "room=teach&lesson=nowhere": 'lesson: got "nowhere"; allowed a lesson of this page',
    "room=teach&guess=1": "guess: got bets without a lesson",
    "room=teach&pick=1": "pick: got a decision without a lesson",
    "room=teach&lesson=more-partners&pick=15": "pick: got 15; allowed a whole number from 0 to 14",
    "room=teach&lesson=more-partners&pick=1.5": 'pick: got "1.5"; allowed a whole number',
    "room=teach&lesson=more-partners&guess=1,2": "allowed 5 whole numbers up to 999",
    "room=teach&lesson=more-partners&guess=1,2,3,4,-1": "allowed 5 whole numbers up to 999",
    "room=teach&lesson=more-partners&guess=1,x,3,4,5": 'guess: got "x"; allowed a number',
    "room=teach&lesson=more-partners&guess=" + "1," * 400 + "1": "got 401 numbers",
}


def test_an_address_that_was_tampered_with_is_refused(visit, pages):
    page = visit(pages("more-partners"))
    right = page.evaluate("location.hash")
    for address, said in TAMPERED.items():
        page.evaluate("(to) => { location.hash = to; }", address)
        expect(page.get_by_role("alert")).to_contain_text(said)
        page.evaluate("(to) => { location.hash = to; }", right)
        expect(page.get_by_role("alert")).to_have_count(0)


def test_an_answer_that_an_address_asks_for_waits_for_a_bet(visit, pages):
    page = visit(pages("more-partners"))
    why = "room=teach&lesson=more-partners&panel=why"
    page.evaluate("(to) => { location.hash = to; }", f"{why}&guess=0,0,1,0,0")
    expect(page.locator(".now")).to_have_attribute("aria-label", "Your decision")
    page.evaluate("(to) => { location.hash = to; }", f"{why}&pick=2")
    expect(page.locator(".now")).to_have_attribute("aria-label", "The bet")
    expect(page.locator(".step")).to_have_count(2)


def test_a_hostile_lesson_stays_text(visit, tmp_path):
    title = HOSTILE[:80]
    text = SMALL.replace('"A title"', json.dumps(title)).replace('"yes"', json.dumps(title))
    text = text.replace('"A"', json.dumps(title)).replace('"One."', json.dumps(HOSTILE))
    text += "\n<script>document.title='x'</script> [a](javascript:alert(1)) ![b](http://x.org/y)\n"
    made = one_file.lesson_page(lessons.read_lesson(text), notes=True)
    assert len(re.findall(r"</script", made)) == 4
    path = tmp_path / "hostile.html"
    path.write_text(made, encoding="utf-8")
    page = visit(path)
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    assert page.title() == f"Teach · {title}"
    place_bets(page, 0)
    reveal(page)
    expect(page.get_by_text("The right bet")).to_contain_text(title)
    list(options(page))
    step(page, "For the lecturer")
    expect(page.locator(".notes-text")).to_contain_text("<script>document.title='x'</script>")
    assert page.locator("img, main a[href^='javascript'], .notes-text a").count() == 0


def test_every_page_has_the_lessons_as_cards(browser, visit, tmp_path):
    path = tmp_path / "page.html"
    path.write_text(one_file.page([load("baseline")]), "utf-8")
    page = visit(path)
    page.get_by_role("link", name="Show it in class").click()
    expect(page.locator(".cards a")).to_have_count(1 + len(NAMES))  # and the game
    page.get_by_role("link", name="More partners, more gain?").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("More partners, more gain?")
    expect(page.get_by_role("button", name="For the lecturer")).to_have_count(0)
    place_bets(page, 2)
    step(page, "What it rests on")
    page.get_by_role("link", name="Go on with its levers").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("A partnership of eight")
