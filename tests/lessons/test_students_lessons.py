"""What students hold: a decision in the model before any text, a bet with a reason, a reply."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from tests.browsing import VISIBLE_WORDS, WORDS_A_SECOND, picture

from cgsim import lessons
from cgsim.answer.formats import told
from cgsim.page import one_file
from cgsim.page.lessons import lessons_for

from .conftest import WAIT, other_luck
from .test_lesson_pages import minus, options, reveal, shown, step
from .test_lesson_pages import take as decide
from .test_lessons import NAMES

expect.set_options(timeout=WAIT)
MOST_WORDS = 40
TO_THE_FIRST_INSIGHT = 120
A_PRESS = 3
"""Seconds to find a button and press it, beside the reading."""
A_REASON = 25
"""Seconds for a reason of a dozen words, typed on a phone."""
KINDS = ("good-intentions", "more-partners", "who-is-in-charge")
every_lesson = pytest.mark.parametrize(
    "name", [pytest.param(n, marks=[] if n in KINDS else pytest.mark.soak) for n in sorted(NAMES)]
)


@pytest.fixture(scope="module")
def held(tmp_path_factory):
    """Return what makes the page that students of a lesson hold."""
    folder = tmp_path_factory.mktemp("students")

    def make(name, word=None):
        path = folder / f"{name}-{word}.html"
        if not path.exists():
            path.write_text(one_file.lesson_page(other_luck(name), held=word), encoding="utf-8")
        return path

    return make


def words_on(page, parts=".stage .now"):
    return page.evaluate(VISIBLE_WORDS, parts)


def bet(page, lesson, choice):
    step(page, "The bet")
    if lesson.form.bet.choices:
        page.locator(".choice-of button").nth(choice).click()
    else:
        page.locator("#a-bet").fill(str(choice))
        page.get_by_role("button", name="Place this bet").click()


def a_wrong_bet(lesson):
    """Return a bet that is not right, and what is said to it."""
    feedback = {said.choice: said.says for said in lesson.form.feedback}
    choices = lesson.form.bet.choices
    if not choices:
        return lesson.form.bet.low, feedback["low"]
    wrong = next(place for place, one in enumerate(choices) if one != lesson.form.answer.choice)
    return wrong, feedback[choices[wrong]]


@every_lesson
def test_two_minutes_to_the_first_insight_on_a_phone(visit, held, played, name):
    """Follows the screens at reading speed: a decision, what it looks like, a bet, the answer."""
    page = visit(held(name), width=390, height=844)
    result = played(name)
    lesson = result.lesson
    page.locator(".deciding .question").wait_for()
    opening = words_on(page)
    assert opening <= MOST_WORDS
    picture(page, f"student-{name}-open")
    decide(page, 0)
    seen = page.locator(".lived > p").first.inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    picture(page, f"student-{name}-decided")
    step(page, "The bet")
    asked = words_on(page)
    assert asked <= MOST_WORDS
    labels = [label for label, _ in lesson.picks]
    if lesson.form.decision.lever:  # its ends, and where it stands
        labels = [labels[0], labels[-1], labels[0]]
    choices = " ".join([*lesson.form.bet.choices, *labels])
    wrong, says = a_wrong_bet(lesson)
    bet(page, lesson, wrong)
    page.get_by_label("Why do you think so?").fill("More people bring more skills.")
    picture(page, f"student-{name}-bet")
    reveal(page)
    now = page.locator(".now")
    insight = now.locator(".says").inner_text()
    expect(now.locator(".feedback")).to_have_text(says)
    read = opening + asked + sum(len(text.split()) for text in (seen, choices, insight))
    presses = 5  # decide, on, bet, into the box, reveal
    took = read / WORDS_A_SECOND + presses * A_PRESS + A_REASON
    assert took <= TO_THE_FIRST_INSIGHT, took
    expect(now).to_contain_text("More people bring more skills.")
    expect(now.locator(".decided")).to_contain_text(lesson.picks[0][0])
    expect(now.locator(".lived svg")).to_have_count(3)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    picture(page, f"student-{name}-answer")


def test_what_is_decided_is_lived_and_told_with_the_numbers_of_python(visit, held, played):
    page = visit(held("more-partners"))
    result = played("more-partners")
    sizes = result.lesson.form.decision.lever.values
    decide(page, sizes.index(16))
    expect(page.locator(".lived")).to_contain_text("Of 16 founding members")
    lever = page.locator("#lever")
    lever.evaluate("e => { e.value = 3; e.dispatchEvent(new Event('input', { bubbles: true })); }")
    # What is passed by is lived, and only where it is left does it stay.
    expect(page.locator(".lived")).to_contain_text("Of 7 founding members")
    assert f"pick={sizes.index(16)}" in page.evaluate("location.hash")
    decide(page, sizes.index(6))
    lived = page.locator(".lived")
    expect(lived).to_contain_text("Of 6 founding members")
    expect(lived).to_contain_text("what you looked at before")
    assert lived.locator("svg").first.locator("path").count() == 2
    before = lived.locator("path").first.get_attribute("d")
    page.get_by_role("button", name="Another life").click()
    expect(lived).to_contain_text("number 2")
    members, settled = (lived.locator("svg").nth(n) for n in (0, 1))
    assert settled.locator("path").first.get_attribute("d") != before
    assert members.locator("path").count() == settled.locator("path").count() == 2
    assert f"pick={sizes.index(6)}" in page.evaluate("location.hash")
    bet(page, result.lesson, 2)
    reveal(page)
    mine = result.results[lessons.Run(-1, 0)].estimate("area_gain")
    decided = page.locator(".now .decided")
    expect(decided).to_contain_text("“6 members”")
    expect(decided).to_contain_text(shown(told(mine, "share")))
    expect(page.locator(".now")).to_contain_text("Your bet was right.")
    expect(page.locator(".now .feedback")).to_have_count(0)
    page.reload()
    page.locator(".now .decided").wait_for()


def test_one_who_learns_has_one_bet_and_is_spoken_to_as_one(visit, held, played):
    page = visit(held("more-partners"))
    lesson = played("more-partners").lesson
    decide(page, 2)
    bet(page, lesson, 0)
    bet(page, lesson, 3)
    assert "guess=0%2C0%2C0%2C1%2C0" in page.evaluate("location.hash")
    reveal(page)
    text = page.locator(".now").inner_text()
    assert "room" not in text
    assert "Your bet" in text
    step(page, "The bet")
    page.get_by_role("button", name="Count a room’s bets").click()
    page.keyboard.press("1")
    expect(page.locator(".stands span")).to_have_text("2 bets placed.")


def test_axe_finds_nothing_in_what_students_hold(visit, held, played):
    page = visit(held("more-partners", "inertia-7"), width=390, height=844)

    def check():
        page.wait_for_timeout(200)
        found = [(v["id"], v["nodes"][0]["html"]) for v in Axe().run(page).response["violations"]]
        assert found == []

    decide(page, 3)
    check()
    bet(page, played("more-partners").lesson, 0)
    check()
    page.get_by_role("button", name="Reveal").click()
    page.get_by_label("The word").fill("no")
    page.get_by_role("button", name="Show the answer").click()
    check()
    page.get_by_label("The word").fill("inertia-7")
    page.get_by_role("button", name="Show the answer").click()
    page.locator(".now .decided").wait_for()
    check()
    step(page, "Questions and homework")
    check()


def test_answers_are_held_back_until_the_word_is_given(visit, held, played):
    page = visit(held("more-partners", "inertia-7"))
    lesson = played("more-partners").lesson
    right = lesson.form.answer.choice
    decide(page, 2)
    bet(page, lesson, 2)
    page.get_by_role("button", name="Reveal").click()
    main = page.locator("main")
    expect(main).to_contain_text("held back until your lecturer gives the word")
    step(page, "What it rests on")
    expect(main).to_contain_text("held back")
    page.get_by_label("The word").fill("inertia")
    page.get_by_role("button", name="Show the answer").click()
    expect(page.get_by_role("alert")).to_have_text("That is not the word.")
    page.emulate_media(media="print")
    assert "met alone" not in main.inner_text()
    page.emulate_media(media="screen")
    page.get_by_label("The word").fill(" Inertia-7 ")
    page.get_by_role("button", name="Show the answer").click()
    step(page, "What the runs say")
    page.locator(".now .says").wait_for()
    expect(main).to_contain_text(f"The right bet: {right}.")


def test_the_word_itself_does_not_stand_in_the_page():
    told_of = lessons_for([lessons.load_lesson("more-partners")], word="Inertia-7")["all"][0]
    same = lessons_for([lessons.load_lesson("more-partners")], word="inertia-7")["all"][0]
    assert told_of["word"] == same["word"]
    assert "nertia-7" not in str(told_of)


def test_questions_and_homework_are_answered_and_taken_away(visit, held, played):
    page = visit(held("more-partners"))
    form = played("more-partners").lesson.form
    decide(page, 4)
    bet(page, played("more-partners").lesson, 3)
    page.get_by_label("Why do you think so?").fill("Twelve know more.")
    reveal(page)
    step(page, "Questions and homework")
    boxes = page.locator(".now textarea")
    expect(boxes).to_have_count(4)
    boxes.nth(0).fill("No: it hangs on the lead.")
    boxes.nth(3).fill("7.1 %, more than ten.")
    with page.expect_download() as taken:
        page.get_by_role("button", name="Save what you wrote").click()
    text = taken.value.path().read_text("utf-8")
    for said in (
        form.title,
        f"{form.decision.ask}\n8 members",
        f"{form.question}\n12 members",
        "Why do you think so?\nTwelve know more.",
        "Is ten the right size, then?\nNo: it hangs on the lead.",
        f"{form.homework.task}\n7.1 %, more than ten.",
    ):
        assert said in text, text
    step(page, "Why")
    step(page, "Questions and homework")
    expect(page.locator(".now textarea").first).to_have_value("No: it hangs on the lead.")
    page.emulate_media(media="print")
    expect(page.locator(".now .printed").first).to_have_text("No: it hangs on the lead.")


def test_the_lecturers_edition_has_the_homeworks_answer_and_what_to_do_when_something_fails(
    visit, pages, played
):
    page = visit(pages("more-partners"))
    form = played("more-partners").lesson.form
    page.locator(".deciding .question").wait_for()
    step(page, "For the lecturer")
    notes = page.locator(".notes-text")
    expect(notes).to_contain_text("Not for handing out")
    expect(notes).to_contain_text(minus(shown(f"{form.homework.answer:.1f} %")))
    expect(notes).to_contain_text(form.homework.model)
    expect(notes).to_contain_text("--set size=12 --set lead_strength=0.9")
    for what in ("projector", "network", "class"):
        expect(notes).to_contain_text(re.compile(rf"The {what} (fails|is silent):"))


def test_money_is_compared_with_the_same_money_in_every_part(visit, held, played):
    page = visit(held("grant-that-ran-out"))
    result = played("grant-that-ran-out")
    decide(page, 0)
    bet(page, result.lesson, 0)
    reveal(page)
    for option, part in enumerate(options(page)):
        for case, one in enumerate(result.lesson.cases):
            results = result.results[lessons.Run(option, case)]
            if results.column("bought_hours").max() > 0:
                says = [s.text for s in results.answer().headline if s.id.startswith("money.")]
                row = part.locator(".wide p").filter(has_text=one.label[1:])
                expect(row.first).to_contain_text(shown(says[0]))
        break
