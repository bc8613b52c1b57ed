"""Debian's Chromium, started the same way by all tests in a browser."""

import contextlib
import os
import shutil

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
FLAGS += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]


def need_chromium():
    """Leave the test out where there is no browser; fail it where there has to be one."""
    try:
        import playwright.sync_api  # noqa: F401
    except ImportError:
        missing = "Playwright is missing: pip install playwright"
    else:
        missing = "" if CHROMIUM else "Debian's Chromium is missing: apt-get install chromium"
    if missing:
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)


@contextlib.contextmanager
def chromium():
    """Yield a browser, and end it: two of Playwright's loops cannot run in one thread."""
    need_chromium()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield launched
        launched.close()
