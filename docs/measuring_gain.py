"""Make docs/measuring-gain.md and its pictures from the stored results of the experiment.

``--check`` only tells what is out of date; of a picture that is its description, which holds the
numbers that it shows. ``--run`` runs the experiment first and stores its results anew; together,
``--run --check`` tells whether they still come out.
"""

from __future__ import annotations

import io
import math
import re
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cgsim import __version__, load_experiment, run_experiment
from cgsim.analysis.evaluation import (
    ADDED,
    METHODS,
    MODELLED,
    Method,
    evaluate_batch,
    straight_line,
)
from cgsim.answer.formats import percent, points
from cgsim.experiment.design import Experiment
from cgsim.measures import STRETCH
from cgsim.pictures import figures
from cgsim.statistics import Estimate
from cgsim.whole import write_text

DOCS = Path(__file__).parent
PAGE = DOCS / "measuring-gain.md"
PICTURES = DOCS / "pictures/measuring"
EXPERIMENT = DOCS.parent / "experiments/measuring-gain.toml"
STORED = DOCS.parent / "experiments/evidence/measuring-gain.csv"
FOLLOW_UP = 36
DIGITS = 6

STEADY, FALLING = 0.6, 0.3
CALM, CHANGEABLE = 0.02, 0.1
FIXED, WAITED = 0.0, 0.03
"""The experiment's values of need_inflow, climate_sd and trigger."""
NO_GAIN, SMALL, LARGE = ADDED
NAMED = {method.name: method for method in METHODS}
KEPT = {
    "bias": (NO_GAIN,),
    "error": (NO_GAIN,),
    "held": (NO_GAIN,),
    "claimed": (NO_GAIN, SMALL, LARGE, MODELLED),
    "reached": (NO_GAIN, SMALL, LARGE),
    "truth": (MODELLED,),
}
"""What is stored. A method's error is the same in every case: it is made of months alone."""


def results() -> pd.DataFrame:
    """Run the experiment and return what is to be stored: a row a condition, method and measure."""
    experiment = load_experiment(EXPERIMENT)
    with tempfile.TemporaryDirectory() as folder:
        table = evaluate_batch(run_experiment(experiment, folder), follow_up=FOLLOW_UP)
    kept = table["measure"] == "met alone"
    for measure, cases in KEPT.items():
        kept |= (table["measure"] == measure) & table["case"].isin(cases)
    table = table[kept].assign(
        month=table["month"].astype("Int64"),
        scenario=table["scenario"].map(lambda name: Path(name).stem, na_action="ignore"),
        version=__version__,
        seed=experiment.seed,
        replicates=experiment.replicates,
    )
    ends = ["estimate", "low", "high"]
    table[ends] = table[ends].round(DIGITS) + 0.0
    return table.reset_index(drop=True)


@dataclass(frozen=True)
class Findings:
    """The stored results, to be asked for one by one."""

    table: pd.DataFrame

    @staticmethod
    def read(path: Path = STORED) -> Findings:
        """Read them."""
        return Findings(pd.read_csv(path))

    @cached_property
    def rows(self) -> dict[tuple[Any, ...], Estimate]:
        """Every finding that is not of a month, by its condition."""
        table = self.table[self.table["month"].isna()].fillna({"scenario": ""})
        keys = ["measure", "method", "case", "scenario", "need_inflow", "climate_sd", "trigger"]
        return {
            tuple(row[key] for key in keys): Estimate(
                row["estimate"], row["low"], row["high"], row["runs"]
            )
            for row in table.to_dict("records")
        }

    def get(
        self,
        measure: str,
        method: str,
        *,
        case: str = NO_GAIN,
        scenario: str = "",
        need: float = STEADY,
        climate: float = CHANGEABLE,
        trigger: float = FIXED,
    ) -> Estimate:
        """Return one finding."""
        return self.rows[measure, method, case, scenario, need, climate, trigger]

    def path(self, trigger: float, need: float = STEADY, climate: float = CHANGEABLE) -> Any:
        """Return what areas met alone about the start, a row a month, usual = 1."""
        table = self.table[self.table["measure"] == "met alone"]
        chosen = (
            (table["trigger"] == trigger)
            & (table["need_inflow"] == need)
            & (table["climate_sd"] == climate)
        )
        return table[chosen].sort_values("month")

    def fact(self, name: str) -> Any:
        """Return what is the same in every row: version, seed, replicates; draws."""
        (value,) = set(self.table[name])
        return value


# ---- words ---------------------------------------------------------------------------------------


def signed(estimate: Estimate) -> str:
    """Write an error with its sign and its interval: ``+10.4 (9.9 to 10.9)``."""
    value = points(estimate.value)
    sign = "+" if estimate.value > 0.0 and value != points(0.0) else ""
    return f"{sign}{value} ({points(estimate.low)} to {points(estimate.high)})"


def off(estimate: Estimate) -> str:
    """Say by how many percentage points a gain comes out wrong on average, and which way."""
    if estimate.low <= 0.0 <= estimate.high:
        ends = (estimate.low, estimate.high)
        return f"off by {points(abs(estimate.value))} points ({' to '.join(map(points, ends))})"
    way = "too high" if estimate.value > 0 else "too low"
    low, high = sorted((abs(estimate.low), abs(estimate.high)))
    return f"{points(abs(estimate.value))} points {way} ({points(low)} to {points(high)})"


def typical(estimate: Estimate) -> str:
    """Say by how many percentage points a gain is typically out, in whole points."""
    return f"{round(100 * estimate.value)} points"


def share(estimate: Estimate, *, turned: bool = False) -> str:
    """Write a share of evaluations in whole per cent."""
    return percent(1.0 - estimate.value if turned else estimate.value, 0)


def table_of(head: list[str], rows: list[list[str]]) -> str:
    """Return a table in Markdown, numbers to the right."""
    lines = [head, ["---", *["--:"] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def bias_table(found: Findings) -> str:
    """Return how far off each method is on average, a row a method."""
    columns: list[dict[str, Any]] = [
        {"climate": CALM},
        {"climate": CHANGEABLE},
        {"climate": CALM, "trigger": WAITED},
        {"climate": CHANGEABLE, "trigger": WAITED},
        {"climate": CALM, "need": FALLING},
    ]
    head = [
        "method",
        "date fixed, calm",
        "date fixed, changeable",
        "after a fall, calm",
        "after a fall, changeable",
        "date fixed, calm, need being worked off",
    ]
    rows = []
    for method in METHODS:
        cells = [
            signed(found.get("bias", method.name, **column)) if applies(method, column) else ""
            for column in columns
        ]
        rows.append([method.words, *cells])
    return table_of(head, rows)


def applies(method: Method, column: Mapping[str, Any]) -> bool:
    """Tell whether a method is used with a start: areas that were as bad need a fall."""
    return method.choice != "as bad" or column.get("trigger") == WAITED


def verdict_table(found: Findings) -> str:
    """Return how often each method's verdict is wrong after a fall, a row a method."""
    head = ["method"]
    for times in ("calm", "changeable"):
        head += [f"{times}: {what}" for what in ("error", "holds", "false", "misses")]
    rows = []
    for method in METHODS:
        cells = []
        for climate in (CALM, CHANGEABLE):
            about: Any = {"climate": climate, "trigger": WAITED}
            cells += [
                points(found.get("error", method.name, **about).value),
                share(found.get("held", method.name, **about)),
                share(found.get("claimed", method.name, **about)),
                share(found.get("claimed", method.name, case=SMALL, **about), turned=True),
            ]
        rows.append([method.words, *cells])
    return table_of(head, rows)


TARGETS = ("before-12", "trend-12", "trend-36", "areas-any")


def target_table(found: Findings) -> str:
    """Return how often a stretched target is reached, a row a way to set it."""
    head = ["the target: this and 10 %"]
    for begun in ("date fixed", "after a fall"):
        head += [f"{begun}: no gain", "gain of 5 %", "gain of 10 %"]
    rows = []
    for name in TARGETS:
        cells = [
            share(found.get("reached", name, case=case, trigger=trigger))
            for trigger in (FIXED, WAITED)
            for case in ADDED
        ]
        rows.append([NAMED[name].words, *cells])
    return table_of(head, rows)


def partnerships_needed(found: Findings, climate: float, half_width: float = 0.05) -> int:
    """Return over how many partnerships the mean is known to ``half_width``, their luck apart."""
    error = found.get("error", "areas-as-bad", climate=climate, trigger=WAITED).value
    return math.ceil((1.96 * error / half_width) ** 2)


# ---- pictures ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Drawing:
    """One picture of the page."""

    name: str
    title: str
    description: str
    size: tuple[float, float]
    draw: Callable[[Figure], None]

    @property
    def path(self) -> Path:
        """Its file."""
        return PICTURES / f"{self.name}.svg"

    def svg(self) -> str:
        """Return the picture."""
        identity = f"measuring-{self.name}"
        return figures.as_svg(self.draw, self.size, identity, self.title, self.description)


def line_through(path: pd.DataFrame, months: int) -> tuple[Any, Any]:
    """Return months and values of the line through the last months before the start, gone on.

    Least squares is linear, so the line through the mean of areas is the mean of their lines.
    """
    before = path["estimate"].to_numpy()[path["month"].to_numpy() < 0][None, -months:]
    time = np.arange(-months, FOLLOW_UP)
    ends = [straight_line(before, follow_up)[0][0] for follow_up in (1, FOLLOW_UP)]
    slope = (ends[1] - ends[0]) / ((FOLLOW_UP - 1) / 2)
    return time, ends[0] + slope * time


def fall_drawing(found: Findings) -> Drawing:
    """Return the picture of what areas meet alone about the start."""
    paths = {trigger: found.path(trigger) for trigger in (FIXED, WAITED)}
    lines = {months: line_through(paths[WAITED], months) for months in (12, 36)}
    waited = paths[WAITED].set_index("month")["estimate"]
    fixed = paths[FIXED].set_index("month")["estimate"]

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        axes.axvline(0.0, color=figures.INK, linewidth=0.8)
        for trigger, colour, style in ((FIXED, figures.ALONE, "--"), (WAITED, figures.WARM, "-")):
            rows = paths[trigger]
            axes.fill_between(
                rows["month"], 100 * rows["low"], 100 * rows["high"], color=colour, alpha=0.25, lw=0
            )
            axes.plot(rows["month"], 100 * rows["estimate"], style, color=colour, linewidth=2)
        for months, style in ((12, "-."), (36, ":")):
            time, values = lines[months]
            axes.plot(time, 100 * values, style, color=figures.TOGETHER, linewidth=1.4)
        axes.set_ylim(70, 110)
        axes.set_xlim(-36, 36)
        axes.set_xticks(range(-36, 37, 12))
        axes.set_xlabel("months from the start of the partnership")
        axes.set_ylabel("need met alone, usual = 100")
        labels = (
            (-15, 106.2, "begun after a fall", figures.WARM, "right"),
            (-34.5, 97.4, "date fixed beforehand", figures.ALONE, "left"),
            (19.5, 84.0, "line through the year before", figures.TOGETHER, "right"),
            (12.5, 106.4, "line through three years before", figures.TOGETHER, "left"),
        )
        for x, y, text, colour, side in labels:
            axes.text(x, y, text, color=colour, ha=side, fontsize=9)
        axes.text(0.6, 70.8, "start", fontsize=9)

    description = (
        "Mean need met by areas without a partnership, in changeable times with steady need, as a "
        "share of their own usual level two to three years before. Where the start waited for a "
        f"fall: {percent(waited[-6])} six months before it, {percent(waited[-1])} in the month "
        f"before, {percent(waited[12])} a year after. With a fixed date: {percent(fixed[-6])}, "
        f"{percent(fixed[-1])}, {percent(fixed[12])}. A line through the year before the fall's "
        f"end goes on to {percent(lines[12][1][-1])} after three years, one through three years "
        f"to {percent(lines[36][1][-1])}."
    )
    title = "What areas meet without a partnership, about the month in which one would begin"
    return Drawing("fall", title, description, (7.6, 4.2), draw)


def rows_of(axes: Axes, methods: list[Method], *, named: bool = True) -> Any:
    """Give each method a row, the first at the top; return the rows' heights."""
    heights = np.arange(len(methods))[::-1].astype(float)
    axes.set_yticks(heights, [figures.folded(m.words, 36) for m in methods] if named else [])
    axes.tick_params(axis="y", length=0, labelsize=9)
    axes.set_ylim(-0.7, len(methods) - 0.3)
    for height in heights:
        axes.axhline(height, color=figures.PALE, linewidth=0.6, zorder=0)
    return heights


STARTS = (
    (FIXED, "date fixed beforehand", figures.ALONE, "o", 0.16),
    (WAITED, "begun after a fall", figures.WARM, "s", -0.16),
)


def bias_drawing(found: Findings) -> Drawing:
    """Return the picture of how far off every method is on average."""
    methods = list(METHODS)
    panels = ((STEADY, "Steady need"), (FALLING, "Need being worked off"))

    def bias(method: Method, need: float, trigger: float) -> Estimate:
        return found.get("bias", method.name, need=need, trigger=trigger)

    def draw(figure: Figure) -> None:
        grid: Any = figure.subplots(1, 2, sharex=True)
        for axes, (need, title) in zip(grid, panels, strict=True):
            heights = rows_of(axes, methods, named=need == STEADY)
            axes.axvline(0.0, color=figures.INK, linewidth=0.8)
            for trigger, _, colour, marker, shift in STARTS:
                for method, height in zip(methods, heights, strict=True):
                    if not applies(method, {"trigger": trigger}):
                        continue
                    error, place = bias(method, need, trigger), height + shift
                    axes.plot([100 * error.low, 100 * error.high], [place] * 2, color=colour)
                    axes.plot(100 * error.value, place, marker, color=colour, markersize=4.5)
            axes.set_title(title)
            axes.set_xlabel("mean error, percentage points of gain")
        for _, words, colour, marker, _ in STARTS:
            grid[0].plot([], [], marker, color=colour, label=words)
        grid[0].legend(frameon=False, loc="lower right", fontsize=9)

    said = [
        f"{method.words}: "
        + "; ".join(
            f"{title.lower()} and {words} {signed(bias(method, need, trigger))}"
            for need, title in panels
            for trigger, words, *_ in STARTS
            if applies(method, {"trigger": trigger})
        )
        for method in methods
    ]
    description = "Mean error in percentage points of gain, changeable times. " + ". ".join(said)
    title = "How far off each method is on average, in changeable times"
    return Drawing("bias", title, description + ".", (8.6, 5.4), draw)


PARTNERSHIPS = (
    ("measured-loses", "loses on average", figures.WARM, "v"),
    ("measured-nothing", "does nothing", figures.ALONE, "o"),
    ("measured-gains", "gains on average", figures.TOGETHER, "^"),
)


def verdicts_drawing(found: Findings) -> Drawing:
    """Return the picture of how often a gain is claimed for partnerships of three kinds."""
    methods = list(METHODS)
    panels = ((FIXED, "Date fixed beforehand"), (WAITED, "Begun after a fall"))

    def claimed(method: Method, scenario: str, trigger: float) -> Estimate:
        about: Any = {"case": MODELLED, "scenario": scenario, "trigger": trigger}
        return found.get("claimed", method.name, **about)

    def draw(figure: Figure) -> None:
        grid: Any = figure.subplots(1, 2, sharex=True)
        for axes, (trigger, title) in zip(grid, panels, strict=True):
            heights = rows_of(axes, methods, named=trigger == FIXED)
            for method, height in zip(methods, heights, strict=True):
                if not applies(method, {"trigger": trigger}):
                    continue
                for scenario, _, colour, marker in PARTNERSHIPS:
                    value = 100 * claimed(method, scenario, trigger).value
                    axes.plot(value, height, marker, color=colour, markersize=6, alpha=0.9)
            axes.set_xlim(-3, 103)
            axes.set_title(title)
            axes.set_xlabel("evaluations that claim a gain, %")
        for _, words, colour, marker in PARTNERSHIPS:
            grid[1].plot([], [], marker, color=colour, label=words)
        grid[1].legend(frameon=False, loc="lower right", fontsize=9)

    said = [
        f"{method.words}: "
        + "; ".join(
            f"{title.lower()} "
            + ", ".join(
                f"{words} {share(claimed(method, scenario, trigger))}"
                for scenario, words, *_ in PARTNERSHIPS
            )
            for trigger, title in panels
            if applies(method, {"trigger": trigger})
        )
        for method in methods
    ]
    description = (
        "Share of evaluations that claim a gain, for partnerships that lose on average, do "
        "nothing, and gain on average, in changeable times with steady need. "
        + ". ".join(said)
        + "."
    )
    title = "How often a gain is claimed, by what the partnership does"
    return Drawing("verdicts", title, description, (8.6, 5.2), draw)


def drawings(found: Findings) -> list[Drawing]:
    """Return every picture of the page."""
    return [fall_drawing(found), bias_drawing(found), verdicts_drawing(found)]


# ---- the page ------------------------------------------------------------------------------------


TEXT = """
# Measuring gain

For auditors and evaluators, and for partnerships that will be asked. What a partnership achieved
can be counted. What its members would have achieved without it cannot: nobody lived that. Every way
to measure a gain puts something in its place. In cgsim the same area is lived both ways, so each
way can be held against the truth.

## In short

Errors are in percentage points of gain: at 10 points too high, a partnership without any gain seems
to gain 10 %.

* **With a fixed date and steady need, a trend line is right on average and far out in most single
cases.** Against the line through the year before, the gain is {line_fixed} on average; in one area
it is typically {line_error} out, against the line through three years {long_error}.
* **A partnership that was called for because things got worse looks better than it is** against the
trend of the year before: its gain comes out {line_waited} in changeable times, {line_waited_calm}
in calm ones. Against the trend of half a year: {short_waited}.
* **A longer baseline changes the error and can turn it round.** Against the line through three
years the gain comes out {long_waited} after a fall in changeable times.
* **Comparison areas that were as bad remove nearly all of it:** {as_bad}. Any areas will not do:
{any_areas}.
* **Where need is being worked off, no straight line is safe.** Even with a fixed date and in calm
times the gain is typically {worked_off_error} out against the line through the year before.
* **One area says little.** In changeable times a real gain of 5 % is missed in {missed} of
evaluations with ten areas that were as bad.
* **A stretched target by itself says little.** Set on the line through the year before, it is
reached with no gain at all in {target_fixed} of cases with a fixed date, and in {target_waited}
after a fall.

## The question

The study found gain easier to conceive of than to measure (section CON). It names two ways. One is
"to specify a target to be delivered when working in isolation" and a further one for working
together. The other is "further or faster progress in attaining objectives against the
pre-partnership performance trends". This page asks what each would tell, and adds what evaluators
use besides: before and after, a longer baseline, comparison areas.

## How it was examined

All agencies of an area are members, so what the area achieves is what they achieve. The partnership
begins after {years_before} years at the earliest, and is followed for {years_after}. Three kinds
were lived: one that is well led and has some outside money (true gain {gains} on average), one that
meets every week with nobody to lead it (true gain {loses}), and one on paper that does nothing and
costs nothing (exactly none).

* **Start.** Either its date is fixed beforehand, or it waits for a fall: need met in the last
quarter is {fall} below that of the last year. Within the {months_to_wait} months that leave time to
follow it, that happened in {begun_calm} of areas in calm times and {begun_changeable} in changeable
ones. The rest is left out: there was no partnership to evaluate.
* **Times.** Good and bad times move what everybody achieves by {calm} (calm) or {changeable}
(changeable), as a standard deviation.
* **Need.** Steady: new need is {inflow_steady} of what all agencies' hours could meet, and about as
much is met each year. Being worked off: new need is {inflow_falling}, so less and less is left to
meet. Without any partnership the years after the start then bring {fallen} less than the year
before, on average.
* **What is not known** is drawn {draws} times from the ranges of the parameter table, and with it
how long good and bad times last. Every draw has {replicates} areas of every sort, each with its own
luck. All intervals are 95 % intervals over draws.

Gains are shares of what was met alone: where everybody is a member, that is the yardstick of every
gain in cgsim. Errors do not depend on what the partnership does: a method errs by what it gets
wrong about working alone, and adds that to any gain or loss alike.

## What each method does

* **Before and after** takes an earlier time for what would have been: the last quarter, the last
year, the last three years.
* **The trend** draws a straight line through the months before and continues it. `gain_by_trend` in
cgsim's results is this, through all months before the start. That may be a single year.
* **Comparison areas** are areas of the same kind with no partnership. By how much they changed is
taken for how much this one would have changed (difference in differences). They are *any* areas,
those *most alike* in the year before month by month, or those that were *as bad*: they fell as far
themselves, and are counted from then.
* **A stretched target** is one of these expectations and {stretch}.

Every method comes with the interval a textbook gives it. A gain is *claimed* if all of that
interval lies above 0.

## How far off on average

Mean error in percentage points, with its 95 % interval. Above 0: the partnership looks better than
it is.

{bias_table}

Where the date is fixed, comparison areas are right on average by design: an area is as likely to be
compared with as to be compared.

{bias_picture}

## Why a fall misleads

{fall_picture}

The rule looks at the last quarter against the last year, and waits for the first such fall. So it
picks areas in which two things came together: an unusually good time half a year before
({good_time} of the usual level) and an unusually bad one now ({bad_time}). Neither lasts. Without
any partnership they are back at {back} a year later. This is regression to the mean.

* Against the **last quarter**, recovery looks like gain. This is the effect as it is mostly told.
* A **line through the year before** runs from the good time into the bad one and on downwards.
Almost anything looks better than that. The shorter the line, the steeper.
* Against the **year before as a whole** the partnership looks worse than it is, for that year holds
the good time too.
* A **longer line** is tilted less. In calm times, where much of what happens is a month's luck, it
is nearly right: through two years, the gain comes out {two_waited_calm}. Where good and bad times
last, the good time fills much of its later part and lifts its end, and it errs the other way:
{two_waited}.
* **Areas that were as bad** went through the same, and recover in the same way. Areas most alike in
the year before come nearer than any areas, but ten among a few dozen are not alike enough.

So the usual rule, that the trend flatters a partnership born of a bad year, holds for short
baselines. With longer ones the error is smaller, or turns round.

## Where need is being worked off

Then less is met each year because less is left, and the fall slows down. No straight line follows a
curve. With a fixed date and calm times the gain comes out {worked_off} against the line through the
year before. Before and after blames the partnership for the fall: {worked_off_before}. In single
areas it is worse (typically {worked_off_error} out against the line, {worked_off_areas} against ten
areas, any), for areas differ in how fast their need runs out.

## How often the verdict is wrong

After a fall, with steady need. *Error*: the typical one in points, a root mean square. *Holds*: the
interval holds the truth; it should in 95 %. *False*: a gain is claimed where there is none; 2.5 %
is what a sound interval allows. *Misses*: no gain is claimed, though every month brought 5 % more.

{verdict_table}

Intervals of before and after and of lines hold the truth far too seldom. They take months as
independent, and good and bad times last; after a fall they lie in the wrong place as well.
Intervals from ten areas hold nearly what they promise, because they are made of how much areas
differ. They are wide: that is how little one area tells.

{verdicts_picture}

Evaluating several partnerships together helps where their luck is their own. To know their mean
gain to within 5 percentage points, with areas that were as bad, takes about {needed_changeable} of
them in changeable times and {needed_calm} in calm ones.

## Stretched targets

How often need met reached the target, in changeable times with steady need:

{target_table}

A target is reached or missed by luck as much as by work. With a gain of exactly 10 % it is missed
about half the time even where the expectation is right. And it takes over every error of the
expectation under it. A target can give direction. As evidence of gain it needs an expectation for
working alone that somebody else could check.

## What to do in practice

1. Before the start, write down the measure, the baseline and the day of the evaluation. Then nobody
can choose the line that suits.
2. Write down why it begins now. If the answer is a bad year, neither that year nor a line through
it will do as the comparison.
3. Look for areas that had as bad a year and have no partnership, and count them from that year.
Several, not one: one gives no interval that can be trusted.
4. Ask whether need is steady, growing or being worked off. If it is not steady, do without straight
lines.
5. State the interval, and take it from how much areas differ, not from months.
6. Say beforehand what size of gain could be seen at all. If 5 % cannot, "no gain found" is no
finding.
7. Evaluate partnerships of one kind together where you can.
8. Use a stretched target to agree what is wanted. Do not read it as a measure of gain.

## Limits

* Areas, need and luck are simulated. Need has the model's own dynamics: a stock that is met with
less effect the less is left. Real indicators also change by definition, by recording and by
population.
* Ranges are mostly expert assumptions, among them those of the times: {calm} and {changeable}, a
correlation from month to month of {persistence_low} to {persistence_high}, a fall of {fall}.
Results are compatible with what is known of regression to the mean; they measure no real indicator.
* Every area has good and bad times of its own. Real areas share some of theirs, and comparison
takes out what is shared. So for comparison areas the truth lies between the calm and the changeable
columns.
* Comparison areas here are truly of the same kind and truly have no partnership. Finding such areas
is the hard part.
* Everybody is a member here. Where members are a part of an area, the same gain is a smaller share
of what is measured, and harder to see.
* The fall is one rule of many. With another, such as looking at all areas on one day only, the
errors of longer baselines differ in size and may differ in sign. Partnerships are also begun for
money, for policy or in good times.

On regression to the mean see Barnett, van der Pols & Dobson 2005 (International Journal of
Epidemiology 34); on a fall before a programme starts, Ashenfelter 1978 (Review of Economics and
Statistics 60); on months that are not independent, Bertrand, Duflo & Mullainathan 2004 (Quarterly
Journal of Economics 119).

## To run it again

The numbers on this page are read from `experiments/evidence/measuring-gain.csv`: cgsim {version},
seed {seed}, {replicates} runs of each of {points} design points. `docs/measuring_gain.py`
makes the page:

```
python docs/measuring_gain.py --check          # does this page say what is stored?
python docs/measuring_gain.py                  # write the page and its pictures anew
python docs/measuring_gain.py --run            # run the experiment first: about a minute
python docs/measuring_gain.py --run --check    # do the stored numbers come out again?
```

For an experiment of your own, copy `experiments/measuring-gain.toml` or change it as you go:

```
cgsim batch measuring-gain --out results/measuring-gain --set start=60
```

```python
import cgsim

table = cgsim.evaluate_batch(cgsim.open_batch("results/measuring-gain"))
bias = table.query("measure == 'bias' and case == 'no gain'")
steady = bias.query("need_inflow == 0.6 and climate_sd == 0.1")
print(steady.pivot(index="method", columns="trigger", values="estimate"))
```
"""


def facts(found: Findings, experiment: Experiment) -> dict[str, str]:
    """Return what the page says in numbers, by the names that its text uses."""
    year, long = "trend-12", "trend-36"
    (partnership,) = experiment.scenario.partnerships
    start = int(partnership.levers["start"])
    ranges = {factor.key: factor for factor in experiment.factors}
    persistence = ranges["climate_persistence"]
    waited = found.path(WAITED).set_index("month")["estimate"]
    worked_off = found.path(FIXED, FALLING, CALM).set_index("month")["estimate"]
    late: Any = {"need": FALLING, "climate": CALM}

    def begun(climate: float) -> str:
        fixed, fell = (
            found.get("bias", year, trigger=trigger, climate=climate).count
            for trigger in (FIXED, WAITED)
        )
        return percent(fell / fixed, 0)

    def mean_truth(scenario: str) -> str:
        return percent(found.get("truth", year, case=MODELLED, scenario=scenario).value)

    said = {
        "line_fixed": off(found.get("bias", year)),
        "line_error": typical(found.get("error", year)),
        "long_error": typical(found.get("error", long)),
        "line_waited": off(found.get("bias", year, trigger=WAITED)),
        "line_waited_calm": off(found.get("bias", year, trigger=WAITED, climate=CALM)),
        "short_waited": off(found.get("bias", "trend-6", trigger=WAITED)),
        "long_waited": off(found.get("bias", long, trigger=WAITED)),
        "two_waited": off(found.get("bias", "trend-24", trigger=WAITED)),
        "two_waited_calm": off(found.get("bias", "trend-24", trigger=WAITED, climate=CALM)),
        "as_bad": off(found.get("bias", "areas-as-bad", trigger=WAITED)),
        "any_areas": off(found.get("bias", "areas-any", trigger=WAITED)),
        "worked_off": off(found.get("bias", year, **late)),
        "worked_off_before": off(found.get("bias", "before-12", **late)),
        "worked_off_error": typical(found.get("error", year, **late)),
        "worked_off_areas": typical(found.get("error", "areas-any", **late)),
        "missed": share(
            found.get("claimed", "areas-as-bad", case=SMALL, trigger=WAITED), turned=True
        ),
        "target_fixed": share(found.get("reached", year)),
        "target_waited": share(found.get("reached", year, trigger=WAITED)),
        "years_before": COUNTED[start // 12],
        "years_after": COUNTED[FOLLOW_UP // 12],
        "months_to_wait": str(int(experiment.scenario.values["months"]) - start - FOLLOW_UP),
        "gains": mean_truth("measured-gains"),
        "loses": mean_truth("measured-loses"),
        "fall": percent(WAITED, 0),
        "begun_calm": begun(CALM),
        "begun_changeable": begun(CHANGEABLE),
        "calm": percent(CALM, 0),
        "changeable": percent(CHANGEABLE, 0),
        "inflow_steady": percent(STEADY, 0),
        "inflow_falling": percent(FALLING, 0),
        "fallen": percent(1.0 - worked_off.loc[0:].mean() / worked_off.loc[-12:-1].mean()),
        "good_time": percent(waited[-6]),
        "bad_time": percent(waited[-1]),
        "back": percent(waited[12]),
        "stretch": percent(STRETCH, 0),
        "needed_changeable": str(partnerships_needed(found, CHANGEABLE)),
        "needed_calm": COUNTED[partnerships_needed(found, CALM)],
        "persistence_low": f"{persistence.low:g}",
        "persistence_high": f"{persistence.high:g}",
        "draws": str(found.fact("draws")),
        "points": f"{len(experiment.points):,}",
        "bias_table": bias_table(found),
        "verdict_table": verdict_table(found),
        "target_table": target_table(found),
    }
    said |= {name: str(found.fact(name)) for name in ("version", "seed", "replicates")}
    for drawing in drawings(found):
        path = drawing.path.relative_to(DOCS).as_posix()
        said[f"{drawing.name}_picture"] = f"![{drawing.title}]({path})"
    return said


COUNTED = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def unwrapped(text: str) -> str:
    """Return a text whose paragraphs and list items stand on one line each; code stays as it is."""
    parts = text.strip().split("```")
    parts[::2] = [re.sub(r"(?<!\n)\n(?!\n|[*|] |\d+\. )", " ", part) for part in parts[::2]]
    return re.sub(r" ?(```\w*\n.*?```) ?", r"\1", "```".join(parts), flags=re.S) + "\n"


def page(found: Findings) -> str:
    """Return the text of the page."""
    return unwrapped(TEXT).format(**facts(found, load_experiment(EXPERIMENT)))


# ---- keeping it true -----------------------------------------------------------------------------


def description_in(path: Path) -> str | None:
    """Return the description inside a picture, or None where there is none."""
    if not path.exists():
        return None
    return ElementTree.parse(path).findtext(f"{{{figures.SVG}}}desc")


def agrees(stored: pd.DataFrame, anew: pd.DataFrame) -> bool:
    """Tell whether results come out as they are stored, to a hundredth of a percentage point."""
    try:
        pd.testing.assert_frame_equal(stored, anew, check_dtype=False, rtol=0.0, atol=1e-4)
    except AssertionError:
        return False
    return True


def main() -> int:
    """Write the page and its pictures, or with ``--check`` only name what is out of date."""
    check = "--check" in sys.argv
    stale = []
    if "--run" in sys.argv:
        anew = results().to_csv(index=False)
        if not STORED.exists() or not agrees(pd.read_csv(STORED), pd.read_csv(io.StringIO(anew))):
            stale.append(STORED)
            if not check:
                write_text(STORED, anew, replace=True)
    found = Findings.read()
    text = page(found)
    if not PAGE.exists() or PAGE.read_text(encoding="utf-8") != text:
        stale.append(PAGE)
    pictures = drawings(found)
    stale += [d.path for d in pictures if description_in(d.path) != d.description]
    strangers = sorted(set(PICTURES.glob("*")) - {drawing.path for drawing in pictures})
    if check:
        for path in [*stale, *strangers]:
            print(f"{path.name} is out of date: run docs/measuring_gain.py")
        return 1 if stale or strangers else 0
    PICTURES.mkdir(parents=True, exist_ok=True)
    for path in strangers:
        path.unlink()
    write_text(PAGE, text, replace=True)
    for drawing in pictures:
        write_text(drawing.path, drawing.svg() + "\n", replace=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
