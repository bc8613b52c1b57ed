"""A page made once, a browser that opens it from the disk, and what must never happen in it."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from tests.browsing import chromium
from tests.watching import watch

import cgsim
from cgsim.page import one_file
from cgsim.page.contents import START, answered
from cgsim.page.sources import built

from .looking import CASES, RUNS, SEED, WAIT

BEHIND = "Object.defineProperty(document, 'hidden', { get: () => true })"
"""A page that nobody looks at works out its answer, and leaves all that comes after it."""


def make(path, scenarios, seed=SEED):
    path.write_text(one_file.page_of(answered(scenarios, seed, RUNS), START), "utf-8")
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


@pytest.fixture
def served(page_file):
    """The page from a server with the strictest policy under which it may run."""
    body = page_file.read_bytes()
    policy = (
        one_file.policy(built("page.js"), built("page.css"))
        + "; frame-ancestors 'none'; connect-src 'none'"
    )

    class Strict(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Security-Policy", policy)
            self.send_header("X-Content-Type-Options", "nosniff")
            self.send_header("Referrer-Policy", "no-referrer")
            self.send_header("Permissions-Policy", "geolocation=(), camera=(), microphone=()")
            self.send_header("Cross-Origin-Opener-Policy", "same-origin")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Strict)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/page"
    server.shutdown()
    server.server_close()
