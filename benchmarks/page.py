"""How quickly the page answers one visitor: first picture, steps of the clock, levers.

Run by hand: ``python benchmarks/page.py``. Server and browser (Debian's Chromium) share this
machine's cores. Times are taken in the browser, from what a person does to what is on the screen.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import time

from playwright.sync_api import Page, sync_playwright
from served import served

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
# Both wait for what is on the screen by looking before every frame.
STEP = """() => new Promise((done) => {
  const network = () => document.querySelector('svg.network').getAttribute('aria-label');
  const before = network(), began = performance.now();
  [...document.querySelectorAll('.clock button')].find((b) => b.innerText === 'Step').click();
  const look = () => network() === before
    ? requestAnimationFrame(look) : done(performance.now() - began);
  look();
})"""
LEVER = """(value) => new Promise((done) => {
  const answer = () => document.querySelector('.answer').innerText;
  const before = answer(), began = performance.now(), slider = document.querySelector('#l0size');
  slider.value = value;
  slider.dispatchEvent(new Event('change'));
  const look = () => answer().startsWith('In ') && answer() !== before
    ? done(performance.now() - began) : requestAnimationFrame(look);
  requestAnimationFrame(look);
})"""


def first_picture(page: Page, address: str) -> tuple[float, float]:
    """Return seconds until the first picture, and until the answer of many runs."""
    began = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.locator("svg.network").wait_for()
    pictures = time.perf_counter() - began
    page.get_by_text("In 500 runs").first.wait_for()
    return pictures, time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=30)
    asked = parser.parse_args()
    began = time.perf_counter()
    with served() as (_, address):
        print(f"address open after {time.perf_counter() - began:.1f} s")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=FLAGS
            )
            for visitor in ("first visitor", "next visitor", "next visitor"):
                page = browser.new_context().new_page()
                pictures, answer = first_picture(page, address)
                print(f"{visitor}: pictures after {pictures:.2f} s, 500 runs after {answer:.2f} s")
            page.get_by_role("button", name="Reset").click()
            page.get_by_text("month 1 (year 1)").wait_for()
            steps = [page.evaluate(STEP) for _ in range(asked.steps)]
            middle, longest = statistics.median(steps), max(steps)
            print(
                f"{len(steps)} steps of the clock: median {middle:.0f} ms, longest {longest:.0f} ms"
            )
            levers = [page.evaluate(LEVER, value) for value in (5, 12, 6, 16, 9)]
            print("new result after a lever: " + ", ".join(f"{ms / 1000:.2f} s" for ms in levers))
            browser.close()


if __name__ == "__main__":
    main()
