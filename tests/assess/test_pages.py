"""The report page and the page to answer on, in a real browser."""

import base64
import io
import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from cgsim.answer.names import outcome, outcome_words
from cgsim.assess.answers import Voice, all_as_toml, load_answers
from cgsim.assess.assessment import assess
from cgsim.assess.questions import questionnaire
from cgsim.measures import OUTCOMES
from cgsim.report.assessment_form import as_form
from cgsim.report.assessment_page import assessment_document
from cgsim.report.document import Table
from cgsim.report.markdown import as_markdown
from cgsim.report.page import MOST_BYTES, as_html

from .people import BEST, TORN, WORST, of

WIDTHS = (400, 1280, 1920)
HOSTILE = '<script>alert(1)</script>=1+1"$x^'


@pytest.fixture(scope="module")
def found():
    named = Voice(HOSTILE, BEST.answers)
    return assess(of(named, TORN, WORST, title=HOSTILE), draws=60, replicates=3)


@pytest.fixture(scope="module")
def report(found, tmp_path_factory):
    path = tmp_path_factory.mktemp("pages") / "report.html"
    path.write_text(as_html(assessment_document(found, "cgsim assess answers.toml")))
    return path


@pytest.fixture(scope="module")
def form(tmp_path_factory):
    path = tmp_path_factory.mktemp("forms") / "form.html"
    path.write_text(as_form())
    return path


def clean(page):
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]})
    return found.response["violations"] == [], found.generate_report()


@pytest.mark.parametrize("width", WIDTHS)
def test_both_pages_are_clean_and_fit_the_screen(visit, report, form, width):
    for path in (report, form):
        page = visit(path, width)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        if width != 1920:
            ok, told = clean(page)
            assert ok, told


def test_the_report_says_what_it_is_first_and_holds_the_same_numbers(visit, report, found):
    assert report.stat().st_size < MOST_BYTES
    page = visit(report)
    text = page.inner_text("body")
    assert text.index("a way to think, not a prediction") < text.index("The forecast")
    plain = text.replace("\u00a0", " ")
    assert f"{100 * found.forecast.median:.1f} %" in plain
    for heading in (
        "How sure it is",
        "Where the partners differ",
        "What the doubt comes from",
        "What would help most",
        "What was answered",
        "What is assumed",
        "Reproduce this",
    ):
        assert page.get_by_role("heading", name=heading).count() == 1
    assert HOSTILE in text
    assert "cgsim assess answers.toml" in text


def test_the_tables_inside_the_report_are_csv_with_the_same_numbers(report, found):
    kept = r'download="([\w.-]+)" href="data:text/csv;charset=utf-8;base64,([^"]+)"'
    links = dict(re.findall(kept, report.read_text()))
    tables = {name: pd.read_csv(io.BytesIO(base64.b64decode(text))) for name, text in links.items()}
    assert set(tables) == {"changes.csv", "doubt.csv", "answers.csv", "draws.csv"}
    assert tables["draws.csv"]["gain"].to_list() == pytest.approx(found.present.means.tolist())
    assert len(tables["changes.csv"]) == len(found.all_tried)
    assert len(tables["answers.csv"]) == len(questionnaire().questions)


def test_the_report_is_markdown_too(found):
    text = as_markdown(assessment_document(found, "cgsim assess answers.toml"))
    assert "a way to think, not a prediction" in text
    assert "<script>" not in text.split("```")[0]


def test_the_words_that_the_report_uses_are_explained_as_in_the_glossary(found):
    document = assessment_document(found, "cgsim assess answers.toml")
    (table,) = next(s for s in document.sections if s.identity == "words").blocks
    explained = dict(table.rows)
    glossary = (Path(__file__).parents[2] / "docs" / "glossary.md").read_text()
    for word, meaning in table.rows:
        assert f"| {word.lower()} | {meaning} |" in glossary
    assert {"Draw", "Overhead", "Free hours", "Bought hours"} <= explained.keys()
    # Without money from outside nobody reads of bought or free hours.
    unpaid = tuple(t for t in found.tried if abs(t.bought.value) < 1)
    poor = replace(found, tried=unpaid, together=None, after=None)
    document = assessment_document(poor, "cgsim assess answers.toml")
    (table,) = next(s for s in document.sections if s.identity == "words").blocks
    assert {"Free hours", "Bought hours"}.isdisjoint(dict(table.rows))


def test_the_report_says_what_each_way_to_come_out_means(found):
    document = assessment_document(found, "cgsim assess answers.toml")
    tables = [b for s in document.sections for b in s.blocks if isinstance(b, Table)]
    table = next(t for t in tables if t.caption.startswith("How partnerships came out"))
    assert len(table.rows) > 1
    for row in table.rows:
        (kind,) = (name for name in OUTCOMES if outcome(name).capitalize() == row[0])
        assert row[-1] == outcome_words(kind)


def test_the_answers_in_the_report_give_the_answers_again(found, tmp_path):
    path = tmp_path / "answers.toml"
    path.write_text(all_as_toml(found.answers))
    assert load_answers([path]) == found.answers


def test_the_form_is_answered_with_the_keyboard_and_saves_a_file(visit, form, tmp_path):
    count = len(questionnaire().questions)
    page = visit(form)
    assert f"0 of {count} questions answered" in page.inner_text("#left")
    page.get_by_label("Your organisation").fill('NHS "Fife" \\ 1\u202e')
    page.get_by_label("The partnership").fill("Safer streets")
    page.get_by_role("button", name="Go to the next open question").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Space")
    page.get_by_role("button", name="Go to the next open question").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    page.get_by_label("Six to eight.").check()
    assert f"3 of {count} questions answered" in page.inner_text("#left")
    with page.expect_download() as caught:
        page.get_by_role("button", name="Save the answers as a file").click()
    assert caught.value.suggested_filename == "answers-nhs-fife-1.toml"
    path = tmp_path / "answers.toml"
    caught.value.save_as(path)
    answers = load_answers([path])
    assert answers.title == "Safer streets"
    assert answers.voices == (
        Voice('NHS "Fife" \\ 1', {"goals": "different", "agenda": "two", "size": "middling"}),
    )
    assert "Saved as answers-nhs-fife-1.toml" in page.inner_text("#told")


def test_an_untouched_form_is_saved_as_somebody_who_does_not_know(visit, form, tmp_path):
    page = visit(form, 400)
    with page.expect_download() as caught:
        page.get_by_role("button", name="Save the answers as a file").click()
    path = tmp_path / "answers.toml"
    caught.value.save_as(path)
    assert load_answers([path]).voices == (Voice("Our organisation", {}),)
