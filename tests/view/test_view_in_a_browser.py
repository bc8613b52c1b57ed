"""Mesa's page as a person uses it: opened, stepped, played, changed; one server for all.

The scenario's title and names would be programs elsewhere, so every test here sees them.
"""

import json
import re
import signal
import subprocess
import sys

import pytest
from tests.browsing import chromium, need_chromium
from tests.hostile_names import NAMES
from tests.watching import watch

import cgsim
from cgsim.view.components import sentences

sync_api = pytest.importorskip("playwright.sync_api")
expect = sync_api.expect
WAIT = 60_000
MONTHS = 15


def scenario_text():
    agencies = "".join(f"[[agency]]\nname = {json.dumps(name)}\n" for name in NAMES[:12])
    return (
        f'title = {json.dumps(NAMES[2])}\nextends = "baseline"\n'
        f"[world]\nagencies = 12\nmonths = {MONTHS}\n{agencies}"
        f"[[partnership]]\nname = {json.dumps(NAMES[0])}\nsize = 6\nmeetings = 1.5\nstart = 0\n"
    )


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """The file that is shown and the address; at the end, Ctrl-C ends it without a complaint."""
    need_chromium()
    file = tmp_path_factory.mktemp("view") / "hostile.toml"
    file.write_text(scenario_text())
    process = subprocess.Popen(
        [sys.executable, "-m", "cgsim", "view", str(file), "--no-browser", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    line = process.stdout.readline()
    found = re.fullmatch(r"cgsim is at (http://127\.0\.0\.1:\d+/)\n", line)
    assert found, line + process.stderr.read()
    yield file, found.group(1)
    process.send_signal(signal.SIGINT)
    _, complaints = process.communicate(timeout=60)
    assert process.returncode in (0, 130)
    lines = [line for line in complaints.splitlines() if line]
    assert lines == ["Starting the page ...", "Stop it with Ctrl-C.", "Stopped."]


@pytest.fixture(scope="module")
def browser(served):
    with chromium() as launched:
        yield launched


@pytest.fixture
def visit(browser, served):
    """Return what opens the page; an error in it, or a request to another machine, fails."""
    address, contexts, wrong = served[1], [], []
    ours = (address, address.replace("http", "ws"), "data:", "blob:")

    def open_page():
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        contexts.append(context)
        page = context.new_page()
        watch(page, ours, wrong)
        page.on("dialog", lambda dialog: wrong.append(dialog.message))
        page.set_default_timeout(WAIT)
        page.goto(address)
        expect(lived(page, 0)).to_be_visible(timeout=WAIT)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert wrong == []


def lived(page, months):
    return page.get_by_text(f"{months} of {MONTHS} months lived.", exact=True)


def button(page, name):
    return page.get_by_role("button", name=name, exact=True)


def told(page):
    return page.locator(".cgsim-run span").all_inner_texts()


def as_lived(served, months, **how):
    model = cgsim.PartnershipModel(served[0], **how)
    for _ in range(months):
        model.step()
    return sentences(model)


def test_it_opens_steps_and_says_what_the_engine_says(visit, served):
    page = visit()
    expect(page.locator(".v-toolbar__title")).to_have_text(NAMES[2])
    expect(page.locator("img")).to_have_count(4)
    assert told(page) == as_lived(served, 0)
    for month in (1, 2):
        button(page, "Step").click()
        expect(lived(page, month)).to_be_visible(timeout=WAIT)
    assert told(page) == as_lived(served, 2)
    made = "iframe, object, video, marquee, math, img[onerror], svg[onload]"
    assert page.locator(made).count() == 0


def test_it_plays_to_the_end_and_both_arms_are_those_of_the_run(visit, served):
    page = visit()
    button(page, "▶").click()
    expect(lived(page, MONTHS)).to_be_visible(timeout=2 * WAIT)
    expect(button(page, "Step")).to_be_disabled()
    assert told(page) == as_lived(served, MONTHS)
    button(page, "Reset").click()
    expect(lived(page, 0)).to_be_visible(timeout=WAIT)


def test_a_slider_and_reset_begin_another_run_for_this_visitor_alone(visit, served):
    page, other = visit(), visit()
    button(page, "Step").click()
    expect(lived(page, 1)).to_be_visible(timeout=WAIT)
    page.get_by_role("slider", name=re.compile("^meetings")).press("End")
    page.get_by_role("slider", name="seed").press("ArrowRight")
    button(page, "Reset").click()
    expect(lived(page, 0)).to_be_visible(timeout=WAIT)
    button(page, "Step").click()
    expect(lived(page, 1)).to_be_visible(timeout=WAIT)
    assert told(page) == as_lived(served, 1, seed_number=2, meetings=8)
    assert told(other) == as_lived(served, 0)
    button(other, "Reset").click()  # no slider has moved by itself
    expect(lived(other, 0)).to_be_visible(timeout=WAIT)
    assert told(other) == as_lived(served, 0)
