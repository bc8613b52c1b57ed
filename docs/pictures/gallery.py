"""Make docs/gallery.md and its pictures; ``--check`` only tells what is out of date.

What is checked of a picture is its description, which holds the numbers that it shows.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cgsim import __version__
from cgsim.answer.formats import interval, percent
from cgsim.compiler import source_hash
from cgsim.pictures import figures
from cgsim.report.document import Picture
from cgsim.report.run_document import run_document
from cgsim.running.results import Results, run
from cgsim.running.sources import Origin, RunSource
from cgsim.scenario import Scenario, library

DOCS = Path(__file__).parents[1]
sys.path.insert(0, str(DOCS))
from headings import anchor  # noqa: E402

PICTURES = Path(__file__).with_suffix("")
PAGE = DOCS / "gallery.md"
REPLICATES = 500
SIZE = (8.6, 3.3)

BESIDE = {
    "baseline": "spread",
    "cpp-performance": "changes",
    "frontier": "spread",
    "inertia": "changes",
    "seen-to-partner": "changes",
    "under-authorised": "changes",
}
"""What stands beside need met by month; where nothing is said, the gain as it comes together."""

HEAD = f"""
# The library in pictures

Every scenario that comes with cgsim, run {REPLICATES} times. `docs/pictures/gallery.py`
makes this page; with `--check` it runs everything again and says what no longer holds.

Everything is simulated. Most inputs are expert assumptions, and those of the cases are readings of
a text. So none of this says how a real partnership fared.

On the left of every figure is the need met each month, together and alone. Lines are means; bands
hold nine runs in ten. They overlap because areas differ, and the scale does not begin at 0.
Where there is outside money, *same money* is working alone with that money spent on services. A
dotted upright line is the month in which the money ends or the scenario changes. On the right is
one of three:

* the **gain as it comes together**, in which each run is compared with itself alone. The band
is the 95 % interval of the mean;

* the **spread of the gain** over runs. Hatched: those that lose;

* **what would change it**: each friction switched off alone, on the same luck, and what the gain
would be more or less.
"""
"""A paragraph's line breaks are the source's alone."""


@dataclass(frozen=True)
class Entry:
    """One scenario with its results and its picture."""

    results: Results
    beside: Picture
    over_time: Picture

    @property
    def scenario(self) -> Scenario:
        """What was run."""
        return self.results.scenario

    @property
    def path(self) -> Path:
        """The file of its picture."""
        return PICTURES / f"{self.scenario.name}.svg"

    @property
    def title(self) -> str:
        """What the picture is called."""
        return f"{self.scenario.title}: need met each month; {lower(self.beside.title)}"

    @property
    def description(self) -> str:
        """What the picture shows, in words and numbers."""
        return f"On the left: {self.over_time.description} On the right: {self.beside.description}"

    def svg(self) -> str:
        """Return the picture."""
        name = self.scenario.name
        return figures.as_svg(self.draw, SIZE, f"gallery-{name}", self.title, self.description)

    def draw(self, figure: Figure) -> None:
        """Draw need met by month, and beside it what tells this scenario's story."""
        parts: Any = figure.subfigures(1, 2, wspace=0.03)
        for part, picture in zip(parts, (self.over_time, self.beside), strict=True):
            picture.draw(part)
            (axes,) = part.axes
            axes.set_title(SHORT[picture.name])
            if picture.name == "changes":
                make_smaller(axes)
            if picture.name in ("over-time", "gain-so-far"):
                for month, what in events(self.scenario):
                    axes.axvline(month, color=figures.INK, linewidth=0.8, linestyle=":")
                    axes.annotate(
                        what,
                        (month, 0.0),
                        xycoords=("data", "axes fraction"),
                        xytext=(3, 2),
                        textcoords="offset points",
                        fontsize=8,
                    )

    def section(self) -> str:
        """Return its part of the page."""
        scenario = self.scenario
        picture = self.path.relative_to(DOCS).as_posix()
        return f"""
## {scenario.title}

{" ".join(scenario.summary.split())}

*{scenario.source}*

{self.results.headline()}

![{self.title}]({picture})

```
cgsim page {scenario.name} -o {scenario.name}.html
cgsim run {scenario.name} --replicates {REPLICATES}
```
"""

    def row(self) -> str:
        """Return its row in the table at the top."""
        gain, loses = self.results.estimate("gain"), self.results.estimate("loses")
        cells = (
            f"[{self.scenario.title}](#{anchor(self.scenario.title)})",
            percent(gain.value),
            interval(gain, "share"),
            percent(loses.value),
        )
        return "| " + " | ".join(cells) + " |\n"


SHORT = {
    "over-time": "Need met each month",
    "gain-so-far": "The gain as it comes together",
    "spread": "Spread of the gain",
    "changes": "What would change it",
}


def make_smaller(axes: Axes) -> None:
    """Fit what each change would do into half a figure."""
    labels = [figures.folded(label.get_text(), 24) for label in axes.get_yticklabels()]
    axes.set_yticks(axes.get_yticks(), labels, fontsize=9)
    for bar in axes.patches:
        if "." in (bar.get_hatch() or ""):  # every dot is a path: a quarter of a megabyte in all
            bar.set_hatch("\\\\\\\\")


def lower(text: str) -> str:
    """Return a heading as it stands inside a sentence."""
    return text[:1].lower() + text[1:]


def events(scenario: Scenario) -> Iterator[tuple[int, str]]:
    """Yield the months in which a scenario changes by itself, and what happens."""
    for month in sorted({change.month for change in scenario.changes}):
        yield month, "change"
    for levers in (partnership.levers for partnership in scenario.partnerships):
        if levers["fund"] > 0:
            yield int(levers["start"] + levers["fund_months"]), "money ends"


def entry(name: str) -> Entry:
    """Run a scenario of the library."""
    results = run(name, REPLICATES, months=True, reasons=True)
    beside = BESIDE.get(name, "gain-so-far")
    facts = {"version": f"cgsim {__version__}", "source of the model": source_hash()}
    source = RunSource(results, Origin((), facts), months=results.month_values)
    pictures = {picture.name: picture for picture in run_document(source).pictures}
    return Entry(results, pictures[beside], pictures["over-time"])


def page(entries: list[Entry]) -> str:
    """Return the text of the gallery."""
    table = "\n| scenario | gain | 95 % interval | runs that lose |\n|---|--:|--:|--:|\n"
    table += "".join(entry.row() for entry in entries)
    head = "\n\n".join(" ".join(part.split()) for part in HEAD.split("\n\n"))
    return head + "\n" + table + "".join(entry.section() for entry in entries)


def description_in(path: Path) -> str | None:
    """Return the description inside a picture, or None where there is none."""
    if not path.exists():
        return None
    return ElementTree.parse(path).findtext(f"{{{figures.SVG}}}desc")


def main() -> int:
    """Write what is out of date, or with ``--check`` only name it."""
    entries = [entry(name) for name in library.names()]
    text = page(entries)
    check = "--check" in sys.argv
    stale = [entry for entry in entries if description_in(entry.path) != entry.description]
    strangers = sorted(set(PICTURES.glob("*")) - {entry.path for entry in entries})
    old_page = not PAGE.exists() or PAGE.read_text(encoding="utf-8") != text
    if check:
        names = [*(entry.path.name for entry in stale), *(path.name for path in strangers)]
        for name in [PAGE.name, *names] if old_page else names:
            print(f"{name} is out of date: run docs/pictures/gallery.py")
        return 1 if old_page or names else 0
    PICTURES.mkdir(exist_ok=True)
    for path in strangers:
        path.unlink()
    for changed in entries:
        changed.path.write_text(changed.svg() + "\n", encoding="utf-8")
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
