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
