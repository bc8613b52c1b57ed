"""Lessons played, their pages, and a real browser that opens them from disk."""

from dataclasses import replace

import pytest
from tests.browsing import chromium
from tests.watching import watch

from cgsim import lessons
from cgsim.page import one_file

REPLICATES = 120
WAIT = 60_000


def other_luck(name):
    """Return a lesson on other luck than it is shown with, and with fewer runs."""
    lesson = lessons.load_lesson(name)
    runs = lesson.form.replicates
    # A lesson that asks for more than the usual 400 needs them for what it says.
    change = {"seed": lesson.form.seed + 7, "replicates": REPLICATES if runs <= 400 else runs}
    return replace(lesson, form=lesson.form.model_copy(update=change))


@pytest.fixture(scope="package")
def played():
    """Return what plays a lesson, each of them once."""
    done = {}

    def play(name):
        if name not in done:
            done[name] = lessons.play(other_luck(name))
        return done[name]

    return play


@pytest.fixture(scope="package")
def pages(tmp_path_factory):
    """Return what makes the page of a lesson, with the lecturer's notes."""
    folder = tmp_path_factory.mktemp("lessons")

    def make(name):
        path = folder / f"{name}.html"
        if not path.exists():
            path.write_text(one_file.lesson_page(other_luck(name), notes=True), encoding="utf-8")
        return path

    return make


@pytest.fixture(scope="package")
def browser():
    with chromium() as launched:
        yield launched


@pytest.fixture
def visit(browser):
    """Return what opens a page from disk; whatever goes wrong in it fails the test."""
    contexts, wrong = [], []

    def open_page(path, width=1280, height=900, **more):
        context = browser.new_context(viewport={"width": width, "height": height}, **more)
        contexts.append(context)
        page = context.new_page()
        watch(page, (path.as_uri(), "blob:", "data:"), wrong)
        page.set_default_timeout(WAIT)
        page.goto(path.as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert wrong == []
