"""What tests of the page share: which page it is, and how to wait for it and look at it."""

import time

import numpy as np

from cgsim import statistics
from cgsim.answer.catalogue import word

SEED, RUNS = 1, 100
CURVE_RUNS = 15
"""Of each point of a curve: with fewer runs of the answer a curve takes fewer. What a page shows of
500 runs, tests of the tutorials and of a site look at."""
CASES = ("korsakoff", "baseline", "cluttered")
WAIT = 60_000
"""Milliseconds: as long as a machine takes on which others are busy too."""


def plain(text):
    """Return a text of the page with the blanks that Python writes."""
    return text.replace("\u00a0", " ")


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


def borne_out(answer):
    """How a figure may look: coloured where luck and more than half of the draws bear it out."""
    value = next(v for v in answer.values if v.measure == answer.measure).value
    side, own, other = "gains", answer.doubt.gains, answer.doubt.loses
    if value < 0:
        side, own, other = "loses", other, own
    share = statistics.share(np.array([1.0] * own + [0.0] * other))
    if share.low > 0.5:
        return side, ""
    kind = "against" if share.high < 0.5 else "open"
    numbers = {"draws": answer.doubt.draws, "gains": answer.doubt.gains}
    return "", word(f"live_way.{kind}", loses=answer.doubt.loses, **numbers)
