"""The page that carries the model in Chromium: how soon it says what, the goals beside it.

``python benchmarks/page.py [--scenario NAME] [--seconds 90]`` with Playwright and Debian's
Chromium. Each figure is printed when it is first measured and when it is less than before, in
milliseconds by the page's own clock; where it says processor time, that of the page's thread and of
its workers. Rounds follow each other while there is time, and the least of each figure stands in
the table at the end: other programs at work only add to it. The slower processor is the whole
browser, workers included, stopped for five sixths of the time.
"""

import argparse
import contextlib
import gzip
import os
import shutil
import signal
import statistics
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
AT = "#room=answer"  # without an address a page opens at its start
STATES = ("look", "runs", "all", "done")

ROWS = {
    "the file, KB": 3_000,
    "the file compressed, KB": 1_000,
    "opened as given: the answer": 1_500,
    "opened with a lever moved: a first look, 50 runs": 1_500,
    "opened with a lever moved: 500 runs": None,
    "opened with a lever moved: reasons": None,
    "opened with a lever moved: everything": None,
    "a lever moved: new headline of 500 runs": 300,
    "a lever moved: new headline, processor time of the page": None,
    "a lever moved: new headline, processor time of all workers": None,
    "a lever moved: reasons": 1_000,
    "a lever moved: what nobody knows": None,
    "a lever moved: all five curves, 25 runs a point": 1_500,
    "a lever moved: everything, processor time of the page": None,
    "a lever moved: everything, processor time of all workers": None,
    "memory, MB": 300,
    "a month's step": 50,
    "one lever opened on a phone: its curve": 1_500,
    "opened as given: the answer, processor 6 times slower": 6_000,
    "opened with a lever moved: a first look, processor 6 times slower": 6_000,
    "opened with a lever moved: 500 runs, processor 6 times slower": None,
}
"""Each figure with its goal, in the order in which they are measured."""

# When how far the page has come changes, and when something was last done to it.
WATCH = """
globalThis.seen = [];
const look = () => {
  const state = document.querySelector("main")?.dataset.state;
  const curves = [...document.querySelectorAll(".lever")].map((one) =>
    one.querySelector(".curve:not(.old) path") ? 1 : 0);
  const reasons = Boolean(document.querySelector(".stack:not(.old) > .stack:not(.old) .bars"));
  const now = `${state} ${curves.filter(Boolean).length} ${reasons}`;
  if (!state || seen.at(-1)?.now === now) return;
  seen.push({ now, state, curves: curves.filter(Boolean).length, reasons, at: performance.now() });
};
new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
for (const kind of ["keydown", "click"])
  addEventListener(kind, (event) => {
    globalThis.done = event.timeStamp;
    seen.length = 0;
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


def renderers() -> set[int]:
    """Return the processes of the browser's pages."""
    found = set()
    for pid in descendants(os.getpid(), "chrom"):
        with contextlib.suppress(OSError):
            if b"--type=renderer" in Path(f"/proc/{pid}/cmdline").read_bytes():
                found.add(pid)
    return found


def memory() -> float:
    """Return the megabytes that the browser's pages hold for themselves."""
    held = 0.0
    for pid in renderers():
        with contextlib.suppress(OSError):
            rows = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
            held += sum(int(row.split()[1]) for row in rows if row.startswith("Private_")) / 1024
    return held


def processor() -> dict[str, float]:
    """Return the milliseconds that the page's thread and all its workers have run."""
    spent = {"page": 0.0, "workers": 0.0}
    for pid in renderers():
        for task in Path(f"/proc/{pid}/task").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                name = (task / "comm").read_text()
                ran = int((task / "schedstat").read_text().split()[0]) / 1e6
                if task.name == str(pid):
                    spent["page"] += ran
                elif name.startswith("DedicatedWorker"):
                    spent["workers"] += ran
    return spent


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
    """Wait for what may be asked of the page: its policy lets no text run in it.

    The page asks itself. Asked from outside, every time anew, it would answer with the very
    processors whose time is measured.
    """
    asked = f"const asked = () => ({what}) ? say() : setTimeout(asked, 10); asked();"
    waited = f"setTimeout(() => fail(Error('waited in vain')), {WAIT});"
    page.evaluate(f"new Promise((say, fail) => {{ {waited} {asked} }})")


def first(page: Page, states: tuple[str, ...], curves: int = 0, *, reasons: bool = False) -> float:
    """Return when one of some states was first seen, since something was done or it was opened."""
    wanted = "(one) => states.includes(one.state) && one.curves >= curves && one.reasons >= reasons"
    return float(
        page.evaluate(
            f"([states, curves, reasons]) => seen.find({wanted}).at - (globalThis.done ?? 0)",
            [states, curves, reasons],
        )
    )


Said = Callable[[str, float], None]


def opening(file: Path, hash: str, state: str) -> dict[str, float]:
    with opened() as page:
        page.goto(file.as_uri() + hash)
        come(page, state)
        names = STATES[: STATES.index(state) + 1]
        return {name: first(page, STATES[STATES.index(name) :]) for name in names}


def using(file: Path, name: str, say: Said) -> None:
    """Open a page with a lever moved, move two more, watch some months, look as on a phone."""
    with opened() as page:
        page.goto(f"{file.as_uri()}#case={name}&set.meetings=2")
        come(page, "done")
        for state, told in zip(
            STATES, ("a first look, 50 runs", "500 runs", "reasons", "everything"), strict=True
        ):
            came = first(page, STATES[STATES.index(state) :])
            say(f"opened with a lever moved: {told}", came)
        for lever in ("Meetings", "Who may decide"):
            before = processor()
            page.get_by_label(lever, exact=True).press("ArrowLeft")
            until(page, "seen.some((one) => ['runs', 'all', 'done'].includes(one.state))")
            headline = processor()
            until(page, "seen.length && seen.at(-1).state === 'done'")
            after = processor()
            runs = ("runs", "all", "done")
            say("a lever moved: new headline of 500 runs", first(page, runs))
            say("a lever moved: reasons", first(page, runs, reasons=True))
            say("a lever moved: what nobody knows", first(page, ("all", "done")))
            curves = first(page, STATES, 5)
            say("a lever moved: all five curves, 25 runs a point", curves)
            for what, then in (("new headline", headline), ("everything", after)):
                line = f"a lever moved: {what}, processor time of"
                say(f"{line} the page", then["page"] - before["page"])
                say(f"{line} all workers", then["workers"] - before["workers"])
        say("memory, MB", memory())
        page.get_by_role("link", name="Watch").click()
        say("a month's step", month_step(page))
        # What is asked for on a phone is a curve that was not looked at before.
        page.set_viewport_size({"width": 390, "height": 844})
        page.evaluate("(to) => { location.hash = to; }", f"case={name}&set.authority=0.35")
        until(page, "location.hash.includes('authority') && seen.at(-1)?.state === 'done'")
        page.get_by_role("button", name="Meetings:").click()
        until(page, "seen.some((one) => one.curves)")
        say("one lever opened on a phone: its curve", first(page, STATES, 1))


def month_step(page: Page) -> float:
    """Return how long a month's step takes until it is drawn, the median of ten.

    What a frame calls is called before it is drawn; a message that is sent there comes after.
    """
    month = page.get_by_role("button", name="A month on")
    month.wait_for()
    steps = []
    for _ in range(10):
        month.click()
        drawn = (
            "new Promise((say) => { const after = new MessageChannel(); "
            "after.port1.onmessage = () => say(performance.now() - globalThis.done); "
            "requestAnimationFrame(() => after.port2.postMessage(null)); })"
        )
        steps.append(float(page.evaluate(drawn)))
    return statistics.median(steps)


def one_round(file: Path, name: str, say: Said) -> None:
    say("opened as given: the answer", opening(file, AT, "all")["all"])
    using(file, name, say)
    slower = "processor 6 times slower"
    with Slower(6):
        given = opening(file, AT, "all")
        say(f"opened as given: the answer, {slower}", given["all"])
        moved = opening(file, f"#case={name}&set.meetings=2", "runs")
        say(f"opened with a lever moved: a first look, {slower}", moved["look"])
        say(f"opened with a lever moved: 500 runs, {slower}", moved["runs"])


def row(label: str, value: float) -> str:
    goal = ROWS[label]
    told = "" if goal is None else f"{goal:,}"
    return f"| {label} | {told} | {value:,.0f} |"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--scenario", default="korsakoff", help="one of the library")
    more = "no round begins that would end later"
    parser.add_argument("--seconds", type=float, default=90.0, help=more)
    asked = parser.parse_args()
    least: dict[str, float] = {}

    def say(label: str, value: float) -> None:
        if value < least.get(label, float("inf")):
            least[label] = value
            print(row(label, value), flush=True)

    begun, rounds, longest = time.monotonic(), 0, 0.0
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"{asked.scenario}.html"
        text = one_file.page([cgsim.load(asked.scenario)]).encode()
        file.write_bytes(text)
        say("the file, KB", len(text) / 1000)
        say("the file compressed, KB", len(gzip.compress(text)) / 1000)
        while not rounds or time.monotonic() - begun + longest < asked.seconds:
            began = time.monotonic()
            one_round(file, asked.scenario, say)
            longest = max(longest, time.monotonic() - began)
            rounds += 1
    print(f"\n| milliseconds | goal | `{asked.scenario}` |\n|---|---|---|")
    print("\n".join(row(label, least[label]) for label in ROWS))
    load = os.getloadavg()[0]
    print(f"\nThe least of {rounds} round{'s' * (rounds > 1)}; load of the machine {load:.1f}.")


if __name__ == "__main__":
    main()
