"""Make docs/patterns.md from stored results: patterns of the literature, and what shows them.

``--check`` only tells what is out of date. ``--run`` measures every pattern first, under the
model's own mechanisms and with each other one in its kind's place, on the same luck.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cgsim import load, statistics
from cgsim.answer.formats import percent, points
from cgsim.experiment.design import Maker
from cgsim.experiment.doubt import draws_of
from cgsim.mechanisms import KINDS
from cgsim.mesa_model import PartnershipModel
from cgsim.running.results import Results, run_many
from cgsim.scenario.model import Scenario
from cgsim.statistics import NOTHING, Estimate
from cgsim.whole import write_text

DOCS = Path(__file__).parent
PAGE = DOCS / "patterns.md"
STORED = DOCS.parent / "experiments/evidence/patterns.csv"
SEED = 1
RUNS = 400
STEPPED = 40
"""Runs that are lived month by month in Python, where what each member gives is looked at."""
DRAWS, RUNS_EACH = 120, 8
DIGITS = 6
MARK = "<!-- {name}: {end} -->"
SIZES = (3, 5, 8, 12, 16, 20)
OWN = "the model's own"


def _lived(scenario: Scenario, months: bool = False) -> Results:
    return run_many([scenario], RUNS, SEED, months=months)[0]


def _by_age(scenario: Scenario, column: str) -> pd.DataFrame:
    """Return what minutes hold of living partnerships: a row a run, a column a month of age."""
    boards = _lived(scenario, months=True).boards
    boards = boards[boards["members"] > 0]
    first = boards.groupby("replicate")["month"].transform("min")
    return boards.assign(age=boards["month"] - first).pivot_table(
        index="replicate", columns="age", values=column
    )


def best_size(scenario: Scenario) -> Estimate:
    """Return by how much the best of the sizes gains more than the smallest or largest one.

    The best is chosen on half of the runs and measured on the others, against whichever end of
    the range comes nearer to it.
    """
    found = run_many([scenario.replace(f"size={size}") for size in SIZES], RUNS, SEED)
    gains = np.array([results.column("gain") for results in found])
    half = RUNS // 2
    best = int(np.argmax(gains[:, :half].mean(axis=1)))
    if best in (0, len(SIZES) - 1):
        return Estimate(0.0, 0.0, 0.0, half)
    ends = [statistics.mean(gains[best, half:] - gains[end, half:]) for end in (0, -1)]
    return min(ends, key=lambda one: one.value)


def late_trust(scenario: Scenario) -> Estimate:
    """Return how much more trust rises from the seventh to the 36th month than up to the sixth."""
    trust = _by_age(scenario, "trust")[[0, 5, 35]].dropna()
    return statistics.mean((trust[35] - 2 * trust[5] + trust[0]).to_numpy(float))


def early_gain(scenario: Scenario, months: int) -> Estimate:
    """Return the gain of a partnership's first months."""
    lived = _lived(scenario).lived
    assert lived is not None
    last = lived.start + months - 1
    runs = np.flatnonzero(last < lived.base.shape[1])
    gain = lived.beyond_alone[runs, last[runs]] / lived.base[runs, last[runs]]
    return statistics.mean(gain.astype(float))


def whole_gain(scenario: Scenario) -> Estimate:
    """Return the gain over all months."""
    return _lived(scenario).estimate("gain")


def outlasting(scenario: Scenario) -> Estimate:
    """Return the share of funded partnerships that live two years after their money ended.

    Over draws of what nobody knows: with values of its own a scenario's partnerships mostly go one
    way. A draw is one case, so the interval is over draws.
    """
    funded = scenario.replace("fund=100", "fund_months=24", "months=72")
    maker = Maker({funded.name: funded})
    drawn = [maker.scenario(point) for point in draws_of([funded], DRAWS, SEED)]
    shares = []
    for results in run_many(drawn, RUNS_EACH, SEED):
        lived = results.lived
        assert lived is not None
        ends = lived.start + 24 + 24
        known = ends < lived.base.shape[1]
        if known.any():
            shares.append(float(np.mean(lived.end[known] > ends[known])))
    return statistics.mean(np.array(shares))


def _members(scenario: Scenario) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return members by run and month of age while it lives, and how many left and joined then."""
    table = _by_age(scenario, "members")
    members = table.to_numpy(float)
    change = np.diff(members, axis=1)  # where it has ended there is none
    return members, np.clip(-change, 0, None), np.clip(change, 0, None)


def early_leavers(scenario: Scenario) -> Estimate:
    """Return the share of those who leave living partnerships that do so in the first year."""
    _, left, _ = _members(scenario)
    return statistics.ratio(np.nansum(left[:, :12], axis=1), np.nansum(left, axis=1))


def joiners(scenario: Scenario) -> Estimate:
    """Return the share of partnerships that somebody joined who did not found them."""
    _, _, joined = _members(scenario)
    return statistics.share((np.nansum(joined, axis=1) > 0).astype(float))


def uneven_load(scenario: Scenario) -> Estimate:
    """Return how much of the joint hours of the second year the busiest third of members gives."""
    shares = []
    for replicate in range(STEPPED):
        model = PartnershipModel(scenario, seed=SEED, replicate=replicate)
        given = np.zeros(model.by_agency.given.shape[1])
        for month in range(24):
            model.step()
            if month >= 12:
                given += model.by_agency.given[0]
        members = np.sort(given[given > 0])[::-1]
        if len(members) >= 3:
            most = math.ceil(len(members) / 3)
            shares.append(members[:most].sum() / members.sum())
    return statistics.mean(np.array(shares)) if shares else NOTHING


@dataclass(frozen=True)
class Pattern:
    """What the literature reports, and when the model shows it."""

    name: str
    words: str
    source: str
    criterion: str
    measure: Callable[[Scenario], Estimate]
    low: float = -math.inf
    high: float = math.inf
    points: bool = False  #: whether the figure is a difference or gain, with a sign

    def verdict(self, found: Estimate) -> str:
        """Say whether an estimate is within the criterion: surely, surely not, or not told."""
        if math.isnan(found.value):
            return "nothing to see"
        low, high = (found.value if math.isnan(end) else end for end in (found.low, found.high))
        if self.low < low and high < self.high:
            return "shown"
        return "not shown" if high <= self.low or low >= self.high else "open"

    def told(self, found: Estimate) -> str:
        """Write an estimate with its interval."""
        if math.isnan(found.value):
            return "none"

        def write(value: float) -> str:
            return points(value) if self.points else percent(value, 0)

        if math.isnan(found.low):
            return write(found.value)
        return f"{write(found.value)} ({write(found.low)} to {write(found.high)})"


PATTERNS = (
    Pattern(
        "size",
        "Neither the smallest nor the largest partnership gains most",
        "Study, section ES; Wheelan 2009",
        f"of {', '.join(map(str, SIZES))} members the best number is at neither end, and gains "
        "more than both (points)",
        best_size,
        low=0.0,
        points=True,
    ),
    Pattern(
        "trust",
        "Trust comes later than work together",
        "Study, section ACT; Huxham & Vangen 2000",
        "trust rises more from the seventh to the 36th month than up to the sixth (points of 100)",
        late_trust,
        low=0.0,
        points=True,
    ),
    Pattern(
        "costs",
        "Working together costs before it pays",
        "Study, section ES; Alderwick and others 2021",
        "the gain of the first month is below 0 (points)",
        partial(early_gain, months=1),
        high=0.0,
        points=True,
    ),
    Pattern(
        "costs long",
        "And it costs for long",
        "Study, section ES; Alderwick and others 2021; how long is an expert assumption",
        "the gain of the first six months is below 0 (points)",
        partial(early_gain, months=6),
        high=0.0,
        points=True,
    ),
    Pattern(
        "pays",
        "And then it pays",
        "Study, section ES",
        "the gain over all months is above 0 (points)",
        whole_gain,
        low=0.0,
        points=True,
    ),
    Pattern(
        "outlasting",
        "Most partnerships outlive the money that began them",
        "NORC 2012: 113 of 165 coalitions, 68 %, some years after their federal money",
        f"two years after a fund of 24 months ended, between 53 and 83 % live, within 15 points of "
        f"what was observed; over {DRAWS} draws of what nobody knows",
        outlasting,
        low=0.53,
        high=0.83,
    ),
    Pattern(
        "leaving",
        "Some members leave in the first year",
        "Kiefer 1988; expert assumption",
        "of those who leave a living partnership, more than one in ten do so in its first year",
        early_leavers,
        low=0.1,
    ),
    Pattern(
        "joining",
        "Agencies join that did not found it",
        "Gulati 1995; expert assumption",
        "in more than one partnership in ten somebody joins without a change that asks for it",
        joiners,
        low=0.1,
    ),
    Pattern(
        "load",
        "Few members carry most of the work",
        "Borgatti & Everett 2000; Olson 1965",
        "in the second year the third of members that gives most gives more than half of the joint "
        "hours",
        uneven_load,
        low=0.5,
    ),
)


def choices() -> dict[str, Mapping[str, str]]:
    """Return the model's own mechanisms, and each other one alone in its kind's place."""
    found: dict[str, Mapping[str, str]] = {OWN: {}}
    for kind in KINDS:
        for name in kind.names[1:]:
            found[f"{kind.name}: {name}"] = {kind.name: name}
    return found


def measured() -> pd.DataFrame:
    """Measure every pattern under every choice; return a row each."""
    rows: list[dict[str, Any]] = []
    for pattern in PATTERNS:
        for label, chosen in choices().items():
            found = pattern.measure(load("baseline", chosen))
            ends = (round(end, DIGITS) for end in (found.value, found.low, found.high))
            names = ("pattern", "mechanism", "value", "low", "high", "count")
            values = (pattern.name, label, *ends, found.count)
            rows.append(dict(zip(names, values, strict=True)))
            print(pattern.name, label, pattern.told(found), pattern.verdict(found), flush=True)
    return pd.DataFrame(rows)


def table(found: pd.DataFrame) -> str:
    """Return the table of the page: a row a pattern."""
    lines = [
        "| pattern | criterion | with the model's own mechanisms | | shown under | otherwise with |"
    ]
    lines.append("|---|---|---|---|---|---|")
    for pattern in PATTERNS:
        rows = found[found["pattern"] == pattern.name].set_index("mechanism")
        by = {
            str(label): Estimate(row["value"], row["low"], row["high"], int(row["count"]))
            for label, row in rows.iterrows()
        }
        own = pattern.verdict(by[OWN])
        others = [label for label in by if label != OWN and pattern.verdict(by[label]) != own]
        named = [f"`{one}`: {pattern.told(by[one])}, {pattern.verdict(by[one])}" for one in others]
        shown = sum(pattern.verdict(one) == "shown" for one in by.values())
        cells = (
            f"{pattern.words} ({pattern.source})",
            pattern.criterion,
            pattern.told(by[OWN]),
            f"**{own}**",
            f"{shown} of {len(by)}",
            "; ".join(named) or "none",
        )
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def page(found: pd.DataFrame, text: str) -> str:
    """Return the page with its table written anew."""
    begin, end = (MARK.format(name="patterns", end=end) for end in ("begin", "end"))
    head, rest = text.split(begin)
    _, tail = rest.split(end)
    return f"{head}{begin}\n{table(found)}\n{end}{tail}"


def main() -> int:
    """Write the page, or with ``--check`` only say whether it is out of date."""
    check, stale = "--check" in sys.argv, []
    if "--run" in sys.argv:
        anew = measured()
        if not STORED.exists() or not pd.read_csv(STORED).equals(anew):
            stale.append(STORED)
            if not check:
                write_text(STORED, anew.to_csv(index=False), replace=True)
    now = PAGE.read_text(encoding="utf-8")
    text = page(pd.read_csv(STORED), now)
    if now != text:
        stale.append(PAGE)
        if not check:
            write_text(PAGE, text, replace=True)
    if check:
        for path in stale:
            print(f"{path.name} is out of date: run docs/patterns.py")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
