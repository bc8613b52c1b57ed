"""What tests of the page share: which page it is, and how to wait for it and look at it."""

import time

SEED, RUNS = 1, 100
CURVE_RUNS = 15
"""Of each point of a curve: with fewer runs of the answer a curve takes fewer. What a page shows of
500 runs, tests of the tutorials, of a site and in Firefox look at."""
CASES = ("korsakoff", "baseline", "cluttered")
WAIT = 60_000
"""Milliseconds: as long as a machine takes on which others are busy too."""


def plain(text):
    """Return a text of the page with the blanks and signs that Python writes."""
    return text.replace("\u00a0", " ").replace("\u2212", "-")


def until(page, told, what):
    """Wait for something that can be asked of the page at once."""
    end = time.monotonic() + WAIT / 1000
    while not page.evaluate(what):
        assert time.monotonic() < end, f"{told}: {page.inner_text('body')[:400]}"
        time.sleep(0.05)


STATES = ("waits", "moves", "look", "runs", "all", "done")
"""How far a page has come: ``data-state`` of its main part."""


def settled(page, state="runs"):
    """Wait until a page has come so far: by itself to all runs of the answer."""
    enough = ", ".join(f"main[data-state={one}]" for one in STATES[STATES.index(state) :])
    page.wait_for_selector(enough, timeout=WAIT, state="attached")
    return page
