"""The pages in a real browser: nothing is fetched, nothing runs, all is readable."""

import json

import pytest
from page_reading import HOSTILE
from tests.browsing import chromium

from cgsim.report.experiment_page import experiment_document
from cgsim.report.page import as_html
from cgsim.running import sources
from cgsim.running.batch import run_experiment

WIDTHS = (400, 1280, 1920)


@pytest.fixture(scope="module")
def browser():
    with chromium() as launched:
        yield launched


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """An experiment's page, and one of an experiment whose names would be programs."""
    folder = tmp_path_factory.mktemp("pages")
    design = "replicates = 4\n[factors]\nsize = [2, 4, 6, 8, 10]\nmeetings = [0.5, 1, 2]\n"
    for name, title in (("experiment", "S"), ("hostile", HOSTILE[0] + HOSTILE[1])):
        experiment = folder / f"{name}.toml"
        experiment.write_text(
            f"title = {json.dumps(title)}\nquestion = {json.dumps(title)}\n{design}"
        )
        batch = run_experiment(experiment, folder / name)
        document = experiment_document(batch, sources.origin_of(batch))
        (folder / f"{name}.html").write_text(as_html(document))
    return folder


@pytest.fixture
def visit(browser, files):
    """Open a page from disk; a request, an error or a dialog fails the test."""
    wrong, contexts = [], []

    def open_page(name, width=1280, height=900, **more):
        context = browser.new_context(viewport={"width": width, "height": height}, **more)
        contexts.append(context)
        page = context.new_page()
        address = (files / name).as_uri()

        def look(route):
            if route.request.url.split("#")[0] == address:
                route.continue_()
            else:
                wrong.append(route.request.url)
                route.abort()

        page.route("**/*", look)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda message: wrong.append(message.text))
        page.on("dialog", lambda dialog: (wrong.append(dialog.message), dialog.dismiss()))
        page.goto(address)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert wrong == []


@pytest.mark.parametrize("name", ["hostile.html", "experiment.html"])
def test_pages_fit_every_width_and_fetch_nothing(visit, name):
    page = visit(name)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        outside = page.evaluate(
            """() => [...document.querySelectorAll('main p, main th, main td, main li, figure svg')]
            .filter(e => e.checkVisibility() && !e.closest('.scroll, thead, details, svg svg'))
            .map(e => e.getBoundingClientRect())
            .filter(box => box.width > 0 && (box.right > innerWidth + 1 || box.left < -1)).length"""
        )
        assert outside == 0
    assert page.evaluate("performance.getEntriesByType('resource').length") == 0


def test_figures_suit_the_screen_and_their_texts_do_not_overlap(visit):
    page = visit("experiment.html")
    for width, shown in ((1280, "wide"), (400, "narrow")):
        page.set_viewport_size({"width": width, "height": 900})
        sizes = page.evaluate(
            """() => [...document.querySelectorAll('figure svg')].filter(e => e.checkVisibility())
            .map(e => [e.parentElement.className, e.getBoundingClientRect().width,
              [...e.querySelectorAll('text')].map(t => t.getBoundingClientRect())
              .filter(b => b.width > 0).map(b => [b.left, b.right, b.top, b.bottom, b.height])])"""
        )
        assert len(sizes) == 1
        for kind, wide, texts in sizes:
            assert kind == shown
            assert wide > 0.8 * min(width, 800) - 60
            for place, one in enumerate(texts):
                assert one[4] > 7  # pixels
                for other in texts[place + 1 :]:
                    across = min(one[1], other[1]) - max(one[0], other[0])
                    down = min(one[3], other[3]) - max(one[2], other[2])
                    assert across < 2 or down < 4, (kind, one, other)


def test_no_script_in_a_name_runs_though_scripts_are_on(visit):
    page = visit("hostile.html")
    assert page.inner_text("h1") == HOSTILE[0] + HOSTILE[1]
    assert page.evaluate("document.scripts.length") == 0


def test_the_policy_stands_even_where_a_script_gets_in(quiet, files):
    quiet.goto((files / "experiment.html").as_uri())
    assert quiet.evaluate(
        """() => { const s = document.createElement('script'); s.textContent = 'window.ran = 1';
        document.body.append(s); return window.ran === undefined; }"""
    )
    assert quiet.evaluate("fetch('https://example.org/').then(() => 1, () => 2)") == 2


@pytest.fixture
def quiet(browser, files):
    """Open a page whose console may speak."""
    context = browser.new_context(accept_downloads=True)
    yield context.new_page()
    context.close()


def test_the_data_can_be_taken_away(quiet, files, tmp_path):
    quiet.goto((files / "experiment.html").as_uri())
    with quiet.expect_download() as expected:
        quiet.click("a[download='summary.csv']")
    expected.value.save_as(tmp_path / "got.csv")
    lines = (tmp_path / "got.csv").read_text().splitlines()
    assert (len(lines) - 1) % 15 == 0  # rows of every point
    assert lines[0].startswith("point,")


def test_the_page_prints(browser, files):
    page = browser.new_page()
    page.goto((files / "experiment.html").as_uri())
    data = page.pdf(prefer_css_page_size=True)
    page.close()
    assert data.startswith(b"%PDF")
    assert b"/MediaBox [0 0 594" in data or b"/MediaBox [0 0 595" in data  # A4
    assert 4 <= data.count(b"/Type /Page\n") + data.count(b"/Type /Page ") <= 14


def test_the_skip_link_is_first_and_leads_to_the_report(visit):
    page = visit("experiment.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


@pytest.mark.parametrize("name", ["experiment.html", "hostile.html"])
def test_no_faults_that_a_machine_can_find_stand_in_the_way_of_anyone(browser, files, name):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is missing")
    page = browser.new_page()
    page.goto((files / name).as_uri())
    for details in page.locator("details").all():
        details.evaluate("e => { e.open = true; }")
    found = axe.Axe().run(page).response["violations"]
    page.close()
    assert [(v["id"], [n["html"][:200] for n in v["nodes"][:3]]) for v in found] == []
