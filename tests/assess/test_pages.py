"""Ask your partners: the questions and what answers lead to, in a real browser."""

import re
import time
from unittest import mock

import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

import cgsim
from cgsim.answer.formats import points, signed
from cgsim.assess import words
from cgsim.assess.answers import Voice, all_as_toml, as_toml, load_answers
from cgsim.assess.assessment import assess
from cgsim.assess.questions import questionnaire
from cgsim.page import one_file
from cgsim.page.questions import asked, given

from .people import BEST, NOBODY, TORN, WORST, of

WIDTHS = (390, 1280, 1920)
HOSTILE = '<script>alert(1)</script>=1+1"$x^'
WAIT = 120
expect.set_options(timeout=1000 * WAIT)


@pytest.fixture(scope="module")
def found():
    named = Voice(HOSTILE, BEST.answers)
    return assess(of(named, TORN, WORST, title=HOSTILE), draws=60, replicates=2)


@pytest.fixture(scope="module")
def report(found, tmp_path_factory):
    path = tmp_path_factory.mktemp("pages") / "report.html"
    told = [text for _, said in words.paragraphs(found) for text in said]
    scenario = found.draws.start.scenario
    path.write_text(one_file.assess_page(scenario, given(found.draws, found.replicates), told))
    return path


@pytest.fixture(scope="module")
def form(tmp_path_factory):
    """The questions, on a page that draws seldom and lives few runs."""
    path = tmp_path_factory.mktemp("forms") / "form.html"
    with mock.patch.dict(asked()["settings"], draws=50, page_replicates=2):
        path.write_text(one_file.assess_page(cgsim.load("baseline")))
    return path


def worked_out(page):
    """Wait until all that is to be tried was tried."""
    page.locator(".assess .figure").wait_for(timeout=1000 * WAIT)
    end = time.monotonic() + WAIT
    while "Working it out" in page.inner_text("main"):
        assert time.monotonic() < end
        time.sleep(0.2)
    return page


@pytest.fixture(scope="module")
def shown(browser, report):
    """The page with answers in it, once all is worked out."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(report.as_uri())
    yield worked_out(page)
    context.close()


def region(page, name):
    return page.get_by_role("region", name=name, exact=True)


def plain(text):
    return " ".join(text.replace("\u00a0", " ").replace("\u2212", "-").split())


def faults(page):
    return [
        (v["id"], [n["html"][:140] for n in v["nodes"]][:3])
        for v in Axe().run(page).response["violations"]
        if v["impact"] != "minor"
    ]


@pytest.mark.parametrize("width", WIDTHS)
def test_what_answers_lead_to_fits_the_screen_and_axe_finds_nothing(shown, width):
    shown.set_viewport_size({"width": width, "height": 844})
    shown.evaluate("() => document.querySelectorAll('details').forEach((d) => (d.open = true))")
    shown.wait_for_timeout(300)
    assert shown.evaluate("document.documentElement.scrollWidth") <= width
    if width != 1920:
        assert faults(shown) == []


@pytest.mark.parametrize("width", WIDTHS)
def test_the_questions_fit_the_screen_and_axe_finds_nothing(visit, form, width):
    page = visit(form, width)
    page.get_by_role("region", name="Clarity of purpose").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    if width != 1920:
        assert faults(page) == []


def test_every_sentence_is_pythons(shown, found):
    text = plain(shown.inner_text("main"))
    shown.evaluate("() => document.querySelectorAll('details').forEach((d) => (d.open = true))")
    text = plain(shown.text_content("main"))
    wanted = [*words.headlines(found), words.risk(found), *words.money(found), *words.gaps(found)]
    wanted += [*words.doubt(found), *words.changes(found)]
    assert [one for one in wanted if plain(one) not in text] == []
    assert plain(shown.locator(".assess .figure").inner_text()) == plain(
        signed(found.forecast.median)
    )
    # Coloured where the draws bear it out, as far as so few can tell.
    forecast = found.forecast
    way = "gains" if forecast.median > 0 else "loses"
    sure = forecast.gains.low > 0.5 if way == "gains" else forecast.gains.high < 0.5
    expect(shown.locator(".assess .figure")).to_have_class(f"figure {way if sure else ''}")
    expect(shown.locator(".assess .way")).to_have_count(0 if sure else 1)
    assert "A way to think, not a prediction." in text
    assert HOSTILE in text
    assert shown.locator("main :is(script, img)").count() == 0


def test_the_table_of_changes_is_pythons(shown, found):
    _, rows = words.table(found)
    shown.evaluate("() => document.querySelectorAll('details').forEach((d) => (d.open = true))")
    theirs = region(shown, "What would help").locator("tbody tr")
    expect(theirs).to_have_count(len(rows))
    cells = [[plain(cell) for cell in row.locator("td").all_inner_texts()] for row in theirs.all()]
    assert cells == [[plain(cell) for cell in row] for row in rows]


def test_three_to_talk_about_first_are_those_that_lie_furthest_apart(shown, found):
    answers = found.answers
    worth = {share.name: share.estimate.value for share in found.disputes}
    order = sorted(answers.disputed, key=lambda q: (-answers.apart(q), -worth[q]))[:3]
    asked = questionnaire().questions
    region_of = region(shown, "Talk about these three first")
    shown_first = region_of.locator("ol > li > b").all_inner_texts()
    assert shown_first == [asked[question].text for question in order]
    said = plain(region_of.inner_text())
    for question in order:
        for who, answer in answers.given(question).items():
            assert who in said
            assert f"“{asked[question].answers[answer].text}”" in said


def test_each_partner_is_seen_beside_all_together(shown, found):
    label = region(shown, "As each partner sees it").get_by_role("img").get_attribute("aria-label")
    assert label == " ".join(words.as_seen(found))
    rows = region(shown, "As each partner sees it").locator(".name").all_inner_texts()
    assert rows == [HOSTILE, "Health", "Police", "all together"]


def test_files_to_take_away_hold_the_same(shown, found, tmp_path):
    take = region(shown, "Take it further")

    def download(name):
        with shown.expect_download() as caught:
            take.get_by_role("button", name=name).click()
        path = tmp_path / caught.value.suggested_filename
        caught.value.save_as(path)
        return path

    assert load_answers([download("All answers (.toml)")]) == found.answers
    case = cgsim.load(download("Scenario (.toml)"))
    assert case.values == pytest.approx(found.scenario.values)
    draws = pd.read_csv(download("Draws (.csv)"))
    assert draws["gain"].to_list() == pytest.approx(found.present.means.tolist())
    changes = pd.read_csv(download("Changes (.csv)"))
    assert changes["effect"].to_list() == pytest.approx([t.effect.value for t in found.all_tried])
    assert "cgsim assess answers.toml --draws 60 --replicates 2 --seed 1" in take.inner_text()


def test_it_is_opened_with_levers_as_the_scenario_that_python_writes(browser, report, found):
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(1000 * WAIT)
    page.goto(report.as_uri())
    page.get_by_role("link", name="Open this with levers").click()
    results = cgsim.run(found.scenario, 500, 1)
    figure = signed(results.estimate(results.answer().measure).value).replace(" %", "\u00a0%")
    expect(page.locator(".figure:not(.look)")).to_have_text(figure.replace("-", "\u2212"))
    page.go_back()
    expect(page.locator(".assess .figure")).to_have_text(
        signed(found.forecast.median).replace(" %", "\u00a0%").replace("-", "\u2212")
    )
    context.close()


def files_of(tmp_path, *voices, title="Safer together"):
    made = []
    for voice in voices:
        path = tmp_path / f"{voice.partner}.toml"
        path.write_text(as_toml(voice, title))
        made.append(path)
    return made


def test_files_of_answers_come_together_in_the_page(visit, form, tmp_path):
    page = visit(form)
    page.get_by_role("button", name="Back to all answers").click()
    bring = region(page, "2. Bring the answers together")
    chosen = page.get_by_label("Choose files of answers")
    chosen.set_input_files(files_of(tmp_path, BEST, TORN))
    expect(bring.locator(".voices li")).to_have_count(2)
    expect(bring).to_contain_text("Health: knew an answer to 2 of 24 questions")
    expect(page.locator(".assess h2").nth(2)).to_contain_text("Safer together")
    # The same partner twice, or a file that is wrong, changes nothing.
    chosen.set_input_files(files_of(tmp_path, WORST, TORN))
    expect(bring.get_by_role("alert")).to_contain_text('"Health" has answered already')
    (tmp_path / "wrong.csv").write_text("question,Fire\ntrust,hihg\n")
    chosen.set_input_files([tmp_path / "wrong.csv", *files_of(tmp_path, WORST)])
    expect(bring.get_by_role("alert")).to_contain_text('wrong.csv, line 2: trust: got "hihg"')
    expect(bring.locator(".voices li")).to_have_count(2)
    (tmp_path / "right.csv").write_text("question,Fire,Library\ntrust,wary,\nsize,few,large\n")
    chosen.set_input_files(tmp_path / "right.csv")
    expect(bring.locator(".voices li")).to_have_count(4)
    expect(bring.get_by_role("alert")).to_have_count(0)
    for name in ("Health", "Fire", "Library"):
        bring.get_by_role("button", name=f"remove {name}").click()
    expect(bring.locator(".voices li")).to_have_count(1)
    expect(region(page, "Talk about these three first")).to_have_count(0)
    assert page.evaluate("localStorage.length") == 0
    assert "Council" not in page.evaluate("location.hash")


def test_ones_own_case_keeps_its_levers(visit, form, tmp_path):
    page = visit(form)
    page.get_by_role("button", name="Back to all answers").click()
    page.get_by_label("Choose files of answers").set_input_files(files_of(tmp_path, TORN))
    page.locator(".assess .figure").wait_for()
    page.get_by_label("Laid over").select_option("baseline")
    page.locator(".assess .figure").wait_for()
    page.get_by_text("What was left open, and what holds fast").click()
    answer = page.get_by_role("region", name="The forecast")
    expect(answer).to_contain_text("keeps the scenario or its whole range")
    expect(region(page, "Take it further")).to_contain_text("--scenario baseline")


def test_nobody_knows_anything_and_that_is_said(visit, form, tmp_path):
    page = visit(form)
    page.get_by_role("button", name="Use these answers here").click()
    page.get_by_text("What was left open, and what holds fast").click()
    answer = page.get_by_role("region", name="The forecast")
    expect(answer).to_contain_text(words.gaps(assess(of(NOBODY), draws=50, replicates=2))[0])


def test_the_form_is_answered_with_the_keyboard_and_saves_a_file(visit, form, tmp_path):
    count = len(questionnaire().questions)
    page = visit(form)
    foot = page.locator(".form-foot")
    expect(foot).to_contain_text(f"0 of {count} answered")
    page.get_by_label("Your organisation").fill('NHS "Fife" \\ 1\u202e')
    page.get_by_label("The partnership", exact=True).fill("Safer streets")
    following = page.get_by_role("button", name="Next open question")
    following.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Space")
    expect(foot).to_contain_text(f"1 of {count} answered")
    following.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    page.get_by_label("Six to eight.").check()
    expect(foot).to_contain_text(f"3 of {count} answered")
    with page.expect_download() as caught:
        page.get_by_role("button", name="Save as a file").click()
    assert caught.value.suggested_filename == "answers-nhs-fife-1.toml"
    path = tmp_path / "answers.toml"
    caught.value.save_as(path)
    answers = load_answers([path])
    assert answers.title == "Safer streets"
    assert answers.voices == (
        Voice('NHS "Fife" \\ 1', {"goals": "different", "agenda": "two", "size": "middling"}),
    )
    expect(foot).to_contain_text("Saved as answers-nhs-fife-1.toml")


def test_an_untouched_form_is_saved_as_somebody_who_does_not_know(visit, form, tmp_path):
    page = visit(form, 390)
    with page.expect_download() as caught:
        page.get_by_role("button", name="Save as a file").click()
    path = tmp_path / "answers.toml"
    caught.value.save_as(path)
    assert load_answers([path]).voices == (Voice("Our organisation", {}),)


def test_a_draft_stays_on_the_device_only_when_asked_and_until_it_is_forgotten(visit, form):
    page = visit(form)
    page.on("dialog", lambda dialog: dialog.accept())
    keep = page.get_by_label("Keep a draft on this device")
    six = page.get_by_label("Six to eight.")
    six.check()
    assert page.evaluate("localStorage.length") == 0
    page.reload()
    expect(six).not_to_be_checked()
    six.check()
    keep.check()
    page.get_by_label("Your organisation").fill("Fire")
    page.get_by_label("Your organisation").blur()
    page.reload()
    expect(six).to_be_checked()
    expect(keep).to_be_checked()
    expect(page.get_by_label("Your organisation")).to_have_value("Fire")
    page.get_by_role("button", name="Forget the draft").click()
    expect(six).not_to_be_checked()
    expect(page.get_by_role("status").last).to_contain_text("Forgotten")
    assert page.evaluate("localStorage.length") == 0
    page.reload()
    expect(six).not_to_be_checked()


def test_a_draft_that_was_tampered_with_is_no_draft(visit, form):
    page = visit(form)
    told = '{"partner":"A","title":"","answers":{"trust":"high","size":"<b>","__proto__":{"x":1}}}'
    for text in ("{", "[]", '{"partner":3}', told):
        page.evaluate("(text) => localStorage.setItem('cgsim: draft of answers', text)", text)
        page.reload()
        count = int(text == told)
        expect(page.locator(".form-foot")).to_contain_text(f"{count} of 24 answered")
    page.evaluate("localStorage.clear()")


def test_answers_are_not_lost_without_a_word(visit, form):
    page = visit(form)
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.get_by_label("Six to eight.").check()
    page.wait_for_timeout(200)
    page.reload()
    assert asked == ["beforeunload"]
    page.reload()
    assert asked == ["beforeunload"]


def test_one_phone_is_handed_round_and_nobodys_answers_are_lost_without_a_word(visit, form):
    page = visit(form, 390)
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    voices = page.locator(".voices li > span")
    for name, answer in (("Fire", "Six to eight."), ("Library", "More than twelve.")):
        page.get_by_label("Your organisation").fill(name)
        page.get_by_label(answer).check()
        page.get_by_role("button", name="Use these answers here").click()
        expect(voices.last).to_have_text(f"{name}: knew an answer to 1 of 24 questions")
        if name == "Fire":
            page.get_by_role("button", name="Another partner answers").click()
            expect(page.get_by_label("Six to eight.")).not_to_be_checked()
            expect(page.get_by_label("Your organisation")).to_have_value("")
            # Nobody is taken for somebody else.
            page.get_by_label("Your organisation").fill("Fire")
            page.get_by_role("button", name="Use these answers here").click()
            expect(page.get_by_role("alert")).to_contain_text('"Fire" has answered already')
    expect(region(page, "Talk about this first")).to_contain_text("Library: “More than twelve.”")
    page.get_by_role("button", name="Change the answers of Library").click()
    page.get_by_label("Six to eight.").check()
    page.get_by_role("button", name="Use these answers here").click()
    expect(voices).to_have_text(
        [
            "Fire: knew an answer to 1 of 24 questions",
            "Library: knew an answer to 1 of 24 questions",
        ]
    )
    expect(region(page, "How far you agree")).to_contain_text("they agree on 1")
    page.wait_for_timeout(200)
    with page.expect_download():
        page.get_by_role("button", name="All answers (.toml)").click()
    page.reload()
    assert asked == []
    page.get_by_role("button", name="Answer the questions").click()
    page.get_by_label("Six to eight.").check()
    page.get_by_role("button", name="Use these answers here").click()
    page.reload()
    assert asked == ["beforeunload"]


def test_without_a_script_the_sentences_stand_there(browser, report, form, found):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(report.as_uri())
    assert plain(words.headline(found)) in plain(page.inner_text("main"))
    page.goto(form.as_uri())
    assert "cgsim assess --template answers.toml" in page.inner_text("main")
    context.close()


def test_the_answers_in_the_page_give_the_answers_again(found, tmp_path):
    path = tmp_path / "answers.toml"
    path.write_text(all_as_toml(found.answers))
    assert load_answers([path]) == found.answers


def test_points_of_the_picture_are_those_of_the_table(shown, found):
    label = region(shown, "What would help").get_by_role("img").get_attribute("aria-label")
    label = label.replace("−", "-")  # a figure has a true minus
    for one in found.tried:
        said = re.search(re.escape(f"{one.text}: ") + r"(?:just \w+ )?([+-]?[\d.]+)", label)
        assert said, (one.text, label)
        assert float(plain(points(one.effect.value))) == pytest.approx(float(said[1]), abs=0.051)
