"""Debian's Chromium, started the same way by all tests in a browser."""

import contextlib
import os
import shutil
from pathlib import Path

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
FLAGS += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
# With every page the browser loads two more for its address bar, which take three quarters of the
# time of an empty page. Given anew, as only the last such list counts: what Playwright disables.
UNUSED = ["WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup", "AimEnabled"]
UNUSED += ["AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "LensOverlay"]
UNUSED += ["HttpsUpgrades", "HttpsFirstBalancedModeAutoEnable", "PaintHolding", "MediaRouter"]
UNUSED += ["ThirdPartyStoragePartitioning", "OptimizationHints", "NetworkTimeServiceQuerying"]
UNUSED += ["AvoidCorsURLLoaderRestartOnRedirect", "PreconnectToSearch"]
FLAGS.append(f"--disable-features={','.join(UNUSED)}")


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


def picture(page, name):
    """Keep a screenshot for people to look at, in the folder that PICTURES names if it is set."""
    if folder := os.environ.get("PICTURES"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


WORDS_A_SECOND = 3.3
VISIBLE_WORDS = """(parts) => {
  const inside = 'button, select, input, option, textarea, ul.decisions, .guesses-of label'
    + ', .one-lever';
  const unseen = '.hidden, .printed, .faces, details:not([open]) > :not(summary)';
  const isWord = (text) => /[\\p{L}\\p{N}]/u.test(text);
  const words = (node) => {
    if (node.nodeType === 3) return node.data.split(/\\s+/).filter(isWord).length;
    if (node.nodeType !== 1 || node.matches(`${unseen}, ${inside}`)) return 0;
    return [...node.childNodes].reduce((sum, child) => sum + words(child), 0);
  };
  return [...document.querySelectorAll(parts)].reduce((sum, part) => sum + words(part), 0);
}"""
"""Words that are read: without controls, and without what is written for those who listen."""
