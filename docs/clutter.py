"""Make docs/clutter.md and its picture from stored results of ``landscape`` and ``areas``.

``--check`` only tells what is out of date. ``--run`` runs both experiments and declutters three
landscapes first, and stores what comes out anew; ``--run FOLDER`` keeps the batches there.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from cgsim import declutter, load, load_experiment, run_experiment, statistics
from cgsim.answer.formats import points, points_interval, surely_whole
from cgsim.evidence import claims
from cgsim.evidence import register as evidence
from cgsim.pictures import figures
from cgsim.report.evidence_page import sentence
from cgsim.statistics import Estimate
from cgsim.whole import write_text

DOCS = Path(__file__).parent
PAGE = DOCS / "clutter.md"
PICTURE = DOCS / "pictures/clutter.svg"
EXPERIMENTS = DOCS.parent / "experiments"
STORED = EXPERIMENTS / "evidence/landscape.csv"
KINDS = {"one agenda": "same", "neighbours": "neighbours", "own agendas": "own"}
STYLES = {
    "one agenda": (figures.WARM, "s", ":"),
    "neighbours": (figures.MONEY, "^", "--"),
    "own agendas": (figures.TOGETHER, "o", "-"),
}
CLAIMS = ("G1", "G2")
AREAS = {"one agenda": "same", "own agendas": "own"}
NATIONAL = "national "
"""What rows of the experiment ``areas`` are of, before the share of agencies that are national."""
DIGITS = 6
MARK = "<!-- {name}: {end} -->"


def results(folder: Path) -> pd.DataFrame:
    """Run it all; return a row a number: what it is of, its estimate and 95 % interval."""
    batch = run_experiment(load_experiment("landscape"), folder / "landscape")
    runs = batch.runs(["area_gain", "overhead_hours", "joint_met"])
    lives = batch.partnerships.merge(batch.points[["point", "label"]], on="point")
    rows: list[dict[str, Any]] = []

    def put(kind: str, groups: int, what: str, estimate: Estimate) -> None:
        ends = (round(number, DIGITS) for number in (estimate.value, estimate.low, estimate.high))
        names = ("kind", "groups", "what", "value", "low", "high")
        rows.append(dict(zip(names, (kind, groups, what, *ends), strict=True)))

    before: dict[str, tuple[int, Any]] = {}
    for label in batch.points["label"]:
        kind, _, number = str(label).partition(": ")
        groups = int(number.split()[0])
        mine = runs[runs["label"] == label].sort_values("replicate")
        gain = mine["area_gain"].to_numpy(float)
        put(kind, groups, "area_gain", statistics.mean(gain))
        put(kind, groups, "overhead_hours", statistics.mean(mine["overhead_hours"].to_numpy(float)))
        if kind in before:
            fewer, last = before[kind]
            put(kind, groups, "another", statistics.mean((gain - last) / (groups - fewer)))
        before[kind] = groups, gain
        began = lives[(lives["label"] == label) & lives["begun"].notna()]
        put(kind, groups, "alive", statistics.share(began["ended"].isna().to_numpy(float)))
    for kind, name in KINDS.items():
        scenario = load(EXPERIMENTS / f"scenarios/landscape-{name}.toml")
        found = declutter(scenario, folder / f"declutter-{name}")
        left = found.steps[-1].left if found.steps else len(found.names)
        put(kind, left, "left", found.steps[-1].whole if found.steps else Estimate(0, 0, 0, 0))
    areas = run_experiment(load_experiment("areas"), folder / "areas")
    runs = areas.runs(["area_gain"])
    for point in areas.points.to_dict("records"):
        base = areas.experiment.base_of(point["point"])
        count = len(base.partnerships) // int(base.values["areas"])
        kind = next(kind for kind, name in AREAS.items() if f"-{name}" in base.name)
        gain = runs.loc[runs["point"] == point["point"], "area_gain"].to_numpy(float)
        put(kind, count, f"{NATIONAL}{point['national_share']:g}", statistics.mean(gain))
    return pd.DataFrame(rows)


def told(row: Any) -> str:
    """Write a change in points with its interval."""
    estimate = Estimate(row["value"], row["low"], row["high"], 0)
    return f"{points(row['value'])} ({points_interval(estimate)})"


def table(found: pd.DataFrame) -> str:
    """Return the table of the page: a row a number of groups."""
    lines = ["| groups | " + " | ".join(KINDS) + " |", "|---|" + "---|" * len(KINDS)]
    for groups in sorted(found.loc[found["what"] == "area_gain", "groups"].unique()):
        cells = []
        for kind in KINDS:
            mine = found[(found["kind"] == kind) & (found["groups"] == groups)]
            mine = mine.set_index("what")
            cell = told(mine.loc["area_gain"])
            if "another" in mine.index:
                cell += f"; each more {told(mine.loc['another'])}"
            cells.append(cell)
        lines.append(f"| {groups} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def in_areas(found: pd.DataFrame) -> str:
    """Return the table of thirty-two areas: a row a number of groups in each and an agenda."""
    mine = found[found["what"].str.startswith(NATIONAL)]
    shares = sorted({float(what.removeprefix(NATIONAL)) for what in mine["what"]})
    heads = [f"{points(share, 0)} % national" if share else "none national" for share in shares]
    lines = ["| groups in each area | " + " | ".join(heads) + " |", "|---|" + "---|" * len(heads)]
    for kind in AREAS:
        for groups in sorted(mine["groups"].unique()):
            rows = mine[(mine["kind"] == kind) & (mine["groups"] == groups)].set_index("what")
            cells = [told(rows.loc[f"{NATIONAL}{share:g}"]) for share in shares]
            lines.append(f"| {groups}, {kind} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def decluttered(found: pd.DataFrame) -> str:
    """Return what declutter finds in the three landscapes of eight."""
    lines = ["| eight groups with | groups left | points gained | still alive at the end |"]
    lines.append("|---|---|---|---|")
    for kind in KINDS:
        mine = found[found["kind"] == kind]
        left = mine[mine["what"] == "left"].iloc[0]
        alive = mine[(mine["what"] == "alive") & (mine["groups"] == 8)].iloc[0]
        share = surely_whole(alive["value"])
        lines.append(f"| {kind} | {left['groups']} | {told(left)} | {share} |")
    return "\n".join(lines)


def register(_: pd.DataFrame) -> str:
    """Return what the register says of clutter."""
    verdicts = evidence.shipped_register().verdicts
    lines = []
    for name in CLAIMS:
        claim = claims.load_claim(name)
        lines.append(f"* **{name} {claim.title}.** {sentence(claim, verdicts[name])}")
    return "\n".join(lines)


PARTS = {
    "numbers": table,
    "areas": in_areas,
    "decluttered": decluttered,
    "register": register,
}


def page(found: pd.DataFrame, text: str) -> str:
    """Return the page with its parts written anew."""
    for name, made in PARTS.items():
        begin, end = (MARK.format(name=name, end=end) for end in ("begin", "end"))
        head, rest = text.split(begin)
        _, tail = rest.split(end)
        text = f"{head}{begin}\n{made(found)}\n{end}{tail}"
    return text


def description(found: pd.DataFrame) -> str:
    """Return the numbers that the picture shows, in words."""
    gains = found[found["what"] == "area_gain"]
    lines = []
    for kind in KINDS:
        rows = gains[gains["kind"] == kind].sort_values("groups")
        told_of = [f"{row['groups']}: {points(row['value'])}" for row in rows.to_dict("records")]
        lines.append(f"{kind}: {', '.join(told_of)}")
    return "Gain of the area in points, by number of groups. " + "; ".join(lines) + "."


def draw(figure: Figure, found: pd.DataFrame) -> None:
    """Draw the gain of the area by number of groups, a line a kind of overlap."""
    axes = figure.subplots()
    gains = found[found["what"] == "area_gain"]
    ends = []
    for kind, (colour, marker, line) in STYLES.items():
        rows = gains[gains["kind"] == kind].sort_values("groups")
        x, y = rows["groups"].to_numpy(float), 100 * rows["value"].to_numpy(float)
        low, high = 100 * rows["low"].to_numpy(float), 100 * rows["high"].to_numpy(float)
        axes.fill_between(x, low, high, color=colour, alpha=0.2, linewidth=0)
        axes.plot(x, y, line, color=colour, marker=marker, linewidth=2.0)
        ends.append((kind, float(x[-1]), float(y[-1])))
    places = figures.apart(axes, [y for _, _, y in ends])
    for (kind, x_end, _), place in zip(ends, places, strict=True):
        axes.annotate(
            kind,
            (x_end, place),
            xytext=(8, 0),
            textcoords="offset points",
            va="center",
            annotation_clip=False,
        )
    axes.axhline(0.0, color=figures.INK, linewidth=0.8)
    axes.set_xticks(sorted(gains["groups"].unique()))
    axes.set_xlabel("groups")
    axes.set_ylabel("gain of the area,\n% of what all agencies met alone")


def main() -> int:
    """Write the page and its picture, or with ``--check`` only name what is out of date."""
    check, stale = "--check" in sys.argv, []
    if "--run" in sys.argv:
        given = sys.argv[sys.argv.index("--run") + 1 :]
        with tempfile.TemporaryDirectory() as room:
            anew = results(Path(given[0] if given and given[0] != "--check" else room))
        if not STORED.exists() or not pd.read_csv(STORED).equals(anew):
            stale.append(STORED)
            if not check:
                write_text(STORED, anew.to_csv(index=False), replace=True)
    found = pd.read_csv(STORED)
    now = PAGE.read_text(encoding="utf-8")
    text, told_of = page(found, now), description(found)
    if now != text:
        stale.append(PAGE)
    # Of the picture, its description is compared: it holds the numbers that are shown.
    if not PICTURE.exists() or told_of not in PICTURE.read_text(encoding="utf-8"):
        stale.append(PICTURE)
    if not check:
        write_text(PAGE, text, replace=True)
        title = "What more groups do to an area"
        svg = figures.as_svg(lambda f: draw(f, found), (7.0, 4.0), "clutter", title, told_of)
        write_text(PICTURE, svg + "\n", replace=True)
    if check:
        for path in stale:
            print(f"{path.name} is out of date: run docs/clutter.py")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
