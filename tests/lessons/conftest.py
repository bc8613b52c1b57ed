"""Lessons played, their pages, and a real browser that opens them from disk."""

from dataclasses import replace
from unittest import mock

import pytest
from tests.browsing import chromium
from tests.watching import watch

from cgsim import lessons
from cgsim.page import one_file
from cgsim.page.contents import answered

REPLICATES = 120
FEW = 20
"""Of the partnership that a lesson goes on with."""
WAIT = 60_000


def other_luck(name, runs=None):
    """Return a lesson on other luck than it is shown with, and with fewer runs."""
    lesson = lessons.load_lesson(name)
    if runs is None:
        # A lesson that asks for more than the usual 400 needs them for what it says.
        runs = REPLICATES if lesson.form.replicates <= 400 else lesson.form.replicates
    change = {"seed": lesson.form.seed + 7, "replicates": runs}
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

    def few(scenarios, seed):
        return answered(scenarios, seed, FEW)

    def make(name):
        path = folder / f"{name}.html"
        if not path.exists():
            with mock.patch.object(one_file, "answered", few):
                text = one_file.lesson_page(other_luck(name), notes=True)
            path.write_text(text, encoding="utf-8")
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
