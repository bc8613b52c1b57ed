"""A real browser for the pages, opened from disk."""

import pytest
from tests.browsing import chromium
from tests.watching import watch


@pytest.fixture(scope="package")
def browser():
    with chromium() as launched:
        yield launched


@pytest.fixture
def visit(browser):
    """Return what opens a page from disk; whatever goes wrong in it fails the test."""
    contexts, wrong = [], []

    def open_page(path, width=1280, height=900):
        context = browser.new_context(viewport={"width": width, "height": height})
        contexts.append(context)
        page = context.new_page()
        watch(page, (path.as_uri(), "data:", "blob:"), wrong)
        page.goto(path.as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert wrong == []
