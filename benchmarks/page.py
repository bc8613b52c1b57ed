"""The page that carries the model in Chromium: how soon it says what, the goals beside it.

``python benchmarks/page.py [--rounds 5]`` on an idle machine, with Playwright and Debian's
Chromium. Each figure is the median of the rounds, in milliseconds by the page's own clock; where
it says processor time, that of the page's thread and of its workers: other programs count less in
it. The slower processor is the whole browser, workers included, stopped for five sixths of the
time.
"""

import argparse
import contextlib
import gzip
import json
import os
import shutil
import signal
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

import cgsim
from cgsim.page import one_file

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"]
FLAGS += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
WAIT = 120_000
SCENARIOS = ("baseline", "korsakoff")
STATES = ("look", "runs", "all", "done")
AT = "#room=answer"  # without an address a page opens at its start

# When how far the page has come changes, and when something was last done to it.
WATCH = """
globalThis.seen = [];
const look = () => {
  const state = document.querySelector("main")?.dataset.state;
  const curves = [...document.querySelectorAll(".lever")].map((one) =>
    one.querySelector(".curve:not(.old) path") ? 1 : 0);
  const reasons = Boolean(document.querySelector(".stack:not(.old) .bars"));
  const now = `${state} ${curves.filter(Boolean).length} ${reasons}`;
  if (!state || seen.at(-1)?.now === now) return;
  seen.push({ now, state, curves: curves.filter(Boolean).length, reasons, at: performance.now() });
  performance.mark(`state ${state}`);
};
new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
for (const kind of ["keydown", "click"])
  addEventListener(kind, (event) => {
    globalThis.done = event.timeStamp;
    seen.length = 0;
    performance.mark("state begins");
  }, true);
"""


class Slower:
    """Stops a browser, and all that it started, for most of the time."""

    ON = 0.02

    def __init__(self, times: float) -> None:
        self.off = self.ON * (times - 1)
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self._work)

    def _work(self) -> None:
        mine: set[int] = set()
        while not self.ended.is_set():
            until = time.monotonic() + self.off
            tell(mine, signal.SIGSTOP)
            mine |= descendants(os.getpid(), "chrom")
            tell(mine, signal.SIGSTOP)
            time.sleep(max(0.0, until - time.monotonic()))
            tell(mine, signal.SIGCONT)  # those, too, that nobody is the parent of any more
            time.sleep(self.ON)

    def __enter__(self) -> None:
        self.thread.start()

    def __exit__(self, *_: Any) -> None:
        self.ended.set()
        self.thread.join()


def tell(processes: set[int], what: signal.Signals) -> None:
    for pid in processes:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, what)


def descendants(root: int, name: str) -> set[int]:
    """Return the processes below one whose program has a name."""
    parents: dict[int, int] = {}
    programs: dict[int, str] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            head, _, rest = path.read_text().rpartition(")")
            pid = int(path.parent.name)
            programs[pid], parents[pid] = head.partition("(")[2], int(rest.split()[1])
    found = set()
    for pid, program in programs.items():
        above = pid
        while above in parents and above != root:
            above = parents[above]
        if above == root and program.startswith(name):
            found.add(pid)
    return found


def memory() -> float:
    """Return the megabytes that the browser's pages hold for themselves."""
    held = 0.0
    for pid in descendants(os.getpid(), "chrom"):
        with contextlib.suppress(OSError):
            if b"--type=renderer" not in Path(f"/proc/{pid}/cmdline").read_bytes():
                continue
            rows = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
            held += sum(int(row.split()[1]) for row in rows if row.startswith("Private_")) / 1024
    return held


@contextlib.contextmanager
def opened(width: int = 1280) -> Iterator[Page]:
    """Start a browser of one's own: nothing is warm."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(viewport={"width": width, "height": 900})
        page.set_default_timeout(WAIT)
        page.add_init_script(WATCH)
        yield page
        browser.close()


def come(page: Page, state: str) -> None:
    enough = ", ".join(f"main[data-state={s}]" for s in STATES[STATES.index(state) :])
    page.wait_for_selector(enough, state="attached", timeout=WAIT)


def until(page: Page, what: str) -> None:
    """Wait for what may be asked of the page: its policy lets no text run in it."""
    end = time.monotonic() + WAIT / 1000
    while not page.evaluate(what):
        if time.monotonic() > end:
            raise TimeoutError(what)
        time.sleep(0.05)


def first(page: Page, states: tuple[str, ...], curves: int = 0, *, reasons: bool = False) -> float:
    """Return when one of some states was first seen, since something was done or it was opened."""
    wanted = "(one) => states.includes(one.state) && one.curves >= curves && one.reasons >= reasons"
    return float(
        page.evaluate(
            f"([states, curves, reasons]) => seen.find({wanted}).at - (globalThis.done ?? 0)",
            [states, curves, reasons],
        )
    )


def opening(file: Path, hash: str, state: str = "done") -> dict[str, float]:
    with opened() as page:
        page.goto(file.as_uri() + hash)
        come(page, state)
        names = STATES[: STATES.index(state) + 1]
        return {name: first(page, STATES[STATES.index(name) :]) for name in names}


def moving(file: Path) -> dict[str, float]:
    """Move a lever of a page that has come to rest, and then one more."""
    with opened() as page:
        page.goto(file.as_uri() + AT)
        come(page, "done")
        made: dict[str, float] = {"curves": first(page, STATES, 5)}
        for name, lever in (("moved", "Meetings"), ("again", "Who may decide")):
            page.get_by_label(lever, exact=True).press("ArrowLeft")
            until(page, "seen.length && seen.at(-1).state === 'done'")
            made[name] = first(page, ("runs", "all", "done"))
            made[f"{name} reasons"] = first(page, ("runs", "all", "done"), reasons=True)
            made[f"{name} all"] = first(page, ("all", "done"))
            made[f"{name} curves"] = first(page, STATES, 5)
        made["memory"] = memory()
        page.get_by_role("link", name="Watch").click()
        month = page.get_by_role("button", name="A month on")
        month.wait_for()
        steps = []
        for _ in range(10):
            month.click()
            steps.append(
                float(
                    page.evaluate(
                        "new Promise((say) => requestAnimationFrame(() => requestAnimationFrame("
                        "() => say(performance.now() - globalThis.done))))"
                    )
                )
            )
        made["month"] = statistics.median(steps)
        return made


CATEGORIES = ["toplevel", "blink.user_timing"]


def working(file: Path) -> dict[str, float]:
    """Return the processor time until a moved lever has its headline, and its reasons."""
    with opened() as page, tempfile.TemporaryDirectory() as folder:
        page.goto(file.as_uri() + AT)
        come(page, "done")
        browser = page.context.browser
        assert browser is not None
        trace = Path(folder) / "trace.json"
        browser.start_tracing(page=page, path=trace, categories=CATEGORIES)
        page.get_by_label("Meetings", exact=True).press("ArrowLeft")
        until(page, "seen.length && seen.at(-1).state === 'done'")
        browser.stop_tracing()
        events = json.loads(trace.read_text())["traceEvents"]
    at: dict[str, int] = {}
    for event in sorted(events, key=lambda e: e.get("ts", 0)):
        if event["name"].startswith("state ") and "blink.user_timing" in event["cat"]:
            at.setdefault(event["name"].removeprefix("state "), event["ts"])
            process = event["pid"]
    threads = {e["tid"]: e["args"]["name"] for e in events if e["name"] == "thread_name"}
    made = {}
    for state in ("runs", "all"):
        for name, thread in (("page", "CrRendererMain"), ("workers", "DedicatedWorker thread")):
            made[f"{state} {name}"] = sum(
                event.get("tdur", 0) / 1000
                for event in events
                if event["name"].endswith("RunTask")
                and event["pid"] == process
                and threads.get(event["tid"]) == thread
                and at["begins"] <= event["ts"] < at[state]
            )
    return made


def one_curve(file: Path) -> dict[str, float]:
    """Open one lever, as on a phone."""
    with opened(390) as page:
        page.goto(file.as_uri() + AT)
        come(page, "done")
        page.get_by_role("button", name="Meetings:").click()
        until(page, "seen.some((one) => one.curves)")
        return {"curve": first(page, STATES, 1)}


def medians(rounds: int, what: Callable[[], dict[str, float]]) -> dict[str, float]:
    made = [what() for _ in range(rounds)]
    return {name: statistics.median(one[name] for one in made) for name in made[0]}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--scenario", default="", help=f"one of these alone: {SCENARIOS}")
    asked = parser.parse_args()
    rows: list[tuple[str, str, list[float]]] = []
    named = (asked.scenario,) if asked.scenario else SCENARIOS
    with tempfile.TemporaryDirectory() as folder:
        columns = []
        for name in named:
            file = Path(folder) / f"{name}.html"
            text = one_file.page([cgsim.load(name)]).encode()
            file.write_bytes(text)
            moved = "#case=" + name + "&set.meetings=2"
            given = medians(asked.rounds, lambda f=file: opening(f, "", "all"))
            edited = medians(asked.rounds, lambda f=file, h=moved: opening(f, h))
            levers = medians(asked.rounds, lambda f=file: moving(f))
            work = medians(asked.rounds, lambda f=file: working(f))
            curve = medians(asked.rounds, lambda f=file: one_curve(f))
            with Slower(6):
                slow_given = medians(asked.rounds, lambda f=file: opening(f, "", "all"))
                slow = medians(asked.rounds, lambda f=file, h=moved: opening(f, h, "runs"))
            print(f"{name}: measured", file=sys.stderr)
            columns.append(
                [
                    ("opened as given: the answer", "1,500", given["all"]),
                    ("the same, processor 6 times slower", "6,000", slow_given["all"]),
                    ("opened with a lever moved: a first look, 50 runs", "1,500", edited["look"]),
                    ("500 runs", "", edited["runs"]),
                    ("reasons", "", edited["all"]),
                    ("everything", "", edited["done"]),
                    ("first look, processor 6 times slower", "6,000", slow["look"]),
                    ("500 runs, processor 6 times slower", "", slow["runs"]),
                    ("a lever moved: new headline of 500 runs", "300", levers["moved"]),
                    ("another one moved", "300", levers["again"]),
                    ("processor time until then: the page", "", work["runs page"]),
                    ("processor time until then: all workers", "", work["runs workers"]),
                    ("reasons after it", "1,000", levers["again reasons"]),
                    ("what nobody knows after it", "", levers["again all"]),
                    ("processor time until then: the page", "", work["all page"]),
                    ("processor time until then: all workers", "", work["all workers"]),
                    ("all five curves after it, 25 runs a point", "1,500", levers["again curves"]),
                    ("all five curves after opening", "", levers["curves"]),
                    ("one lever opened on a phone: its curve", "1,500", curve["curve"]),
                    ("a month's step", "50", levers["month"]),
                    ("memory, MB", "300", levers["memory"]),
                    ("the file, KB", "3,000", len(text) / 1000),
                    ("the file compressed, KB", "1,000", len(gzip.compress(text)) / 1000),
                ]
            )
    for many in zip(*columns, strict=True):
        rows.append((many[0][0], many[0][1], [value for _, _, value in many]))
    print(f"| milliseconds | goal | {' | '.join(f'`{name}`' for name in named)} |")
    print(f"|---|---|{'---|' * len(named)}")
    for label, goal, values in rows:
        print(f"| {label} | {goal} | {' | '.join(f'{value:,.0f}' for value in values)} |")
    print(f"\nMedians of {asked.rounds}; load of the machine {os.getloadavg()[0]:.1f}.")


if __name__ == "__main__":
    main()
