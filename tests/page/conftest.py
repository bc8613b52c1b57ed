"""A page made once, a browser that opens it from the disk, and what must never happen in it."""

import pytest
from tests.browsing import chromium
from tests.watching import watch

import cgsim
from cgsim.page import one_file

from .looking import CASES, SEED, WAIT

BEHIND = "Object.defineProperty(document, 'hidden', { get: () => true })"
"""A page that nobody looks at works out its answer, and leaves all that comes after it."""


def make(path, scenarios, seed=SEED):
    path.write_text(one_file.page(scenarios, seed), "utf-8")
    return path


@pytest.fixture(scope="package")
def page_file(tmp_path_factory):
    """A page with three partnerships."""
    return make(tmp_path_factory.mktemp("page") / "page.html", [cgsim.load(n) for n in CASES])


@pytest.fixture(scope="package")
def browser():
    with chromium() as launched:
        yield launched


@pytest.fixture
def visit(browser, page_file):
    """Return what opens the page at the answer; errors and requests that leave it fail the test.

    ``behind`` another tab it works out nothing but the answer: no reasons, curves or draws.
    """
    contexts, wrong = [], []

    def open_page(hash=None, width=1280, height=900, file=None, behind=False, **more):
        if hash is None:  # a page of its own opens as it was made to
            hash = "" if file else "#room=answer"
        context = browser.new_context(viewport={"width": width, "height": height}, **more)
        contexts.append(context)
        page = context.new_page()
        address = (file or page_file).as_uri()
        watch(page, (address, "blob:", "data:"), wrong)
        page.set_default_timeout(WAIT)
        if behind:
            page.add_init_script(BEHIND)
        page.goto(address + hash)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert wrong == []
