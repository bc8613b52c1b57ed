"""A real server and a real browser for the tests of the page."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
HOW = "Debian's Chromium is missing: apt-get install chromium"
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PICTURES = Path(__file__).parents[2] / ".pytest_cache" / "screenshots"


def need_browser():
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail(HOW)
        pytest.skip(HOW)


class Served:
    def __init__(self, process, address):
        self.process = process
        self.address = address


def serve(*arguments):
    """Start `cgsim view` on a free port and return it once its address is open."""
    process = subprocess.Popen(
        [sys.executable, "-m", "cgsim", "view", "--no-browser", "--port", "0", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    line = process.stdout.readline()
    found = re.search(r"http://\S+", line)
    assert found, line + process.stderr.read()
    return Served(process, found.group())


def stop(served):
    served.process.terminate()
    try:
        served.process.wait(10)
    except subprocess.TimeoutExpired:
        served.process.kill()
        raise
    finally:
        served.process.stdout.close()
        served.process.stderr.close()


@pytest.fixture(scope="package")
def server():
    need_browser()
    served = serve()
    yield served
    stop(served)


@pytest.fixture(scope="package")
def browser():
    need_browser()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def visit(browser, server):
    """Return what opens the page in a fresh session; whatever goes wrong in it fails the test."""
    contexts, wrong = [], []

    def open_page(query="", width=1280, height=900, address=None):
        context = browser.new_context(viewport={"width": width, "height": height})
        contexts.append(context)
        page = context.new_page()
        home = address or server.address
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on(
            "console", lambda message: wrong.append(message.text) if message.type == "error" else 0
        )
        page.on(
            "request",
            lambda request: (
                0
                if request.url.startswith((home, home.replace("http", "ws"), "data:", "blob:"))
                else wrong.append(f"asked for {request.url}")
            ),
        )
        page.goto(home + query)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert wrong == []


def picture(page, name):
    """Keep a screenshot for people to look at."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=str(PICTURES / f"{name}.png"), full_page=True)
