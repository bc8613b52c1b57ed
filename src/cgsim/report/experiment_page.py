"""The report on a designed experiment: its question, its points, and its main figure."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from cgsim.answer.catalogue import term
from cgsim.answer.formats import number, percent
from cgsim.answer.names import axis as label_of
from cgsim.answer.names import setting as setting_of
from cgsim.answer.names import value_of
from cgsim.answer.points import statements
from cgsim.experiment.batch import Batch
from cgsim.experiment.design import LABEL, LISTED, SCENARIO, Factor
from cgsim.experiment.sources import Origin
from cgsim.measures import BY_NAME
from cgsim.report import curves, drawings, figures, tables
from cgsim.report.assumptions import assumed, caveats, simulated
from cgsim.report.document import Block, Data, Document, Facts, Picture, Section, Table, Text
from cgsim.report.run_document import reproduce

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

UNFOLDED_POINTS = 24
MOST_POINTS = 400
MOST_PANELS = 6
MOST_GROUPS = 16
MOST_FAILURES = 20
UNFOLDED_FACTORS = 6


@dataclass(frozen=True)
class View:
    """A batch as its report looks at it: one measure at every point."""

    batch: Batch
    measure: str

    @cached_property
    def rows(self) -> pd.DataFrame:
        """A row a point: the values of the factors, estimate, low, high, label."""
        table = self.batch.summary
        # What varies is taken from the points: a CSV file does not tell "NA" from nothing.
        kept = [c for c in table.columns if c == "point" or c not in self.batch.points.columns]
        values = table.loc[table["measure"] == self.measure, kept]
        rows = self.batch.points.merge(values, on="point", how="inner")
        return rows.assign(label=[self.label(row) for row in rows.to_dict("records")])

    @property
    def words(self) -> str:
        """What the measure is called."""
        return term(str(self.rows["words"].iloc[0]))

    @property
    def of(self) -> str:
        """For a share: of what."""
        return term(BY_NAME[self.measure].of) if self.measure in BY_NAME else ""

    @property
    def unit(self) -> str:
        """The measure's unit."""
        return str(self.rows["unit"].iloc[0])

    @property
    def scale(self) -> float:
        """By what values are multiplied in figures: shares are shown in per cent."""
        return tables.scale_of(self.unit)

    @property
    def axis(self) -> str:
        """What the axis of the measure is called."""
        return tables.axis_of(self.words, self.unit, self.of)

    @cached_property
    def keys(self) -> list[str]:
        """The columns that tell points apart, as a table shows them."""
        points = self.batch.points
        if LABEL in points:
            return [LABEL]
        return [column for column in points.columns if column != "point"]

    @cached_property
    def shown_keys(self) -> list[str]:
        """The keys in a table: of a sample over very many only those that were crossed with it."""
        if len(self.keys) <= 6:
            return self.keys
        return [factor.key for factor in self.batch.experiment.factors if factor.values]

    def label(self, row: Mapping[Any, Any]) -> str:
        """Say in words which point a row is."""
        if LABEL in row and isinstance(row[LABEL], str):
            return row[LABEL]
        keys = self.shown_keys
        if keys == [SCENARIO]:
            return str(row[SCENARIO])
        told = [setting_of(key, row[key]) for key in keys]
        return ", ".join(told) if told else f"point {row['point']}"


def experiment_document(batch: Batch, origin: Origin) -> Document:
    """Return the report on an experiment's results folder."""
    view = View(batch, measure_of(batch))
    experiment = batch.experiment
    if not len(view.batch.summary) or "measure" not in view.batch.summary or not len(view.rows):
        return _nothing(batch, origin)
    picture = main_picture(view)
    sections = [
        _answer(view),
        Section("figure", "At a glance", (picture, *_varied(batch))),
        Section("points", "Every design point", tuple(_points(view))),
    ]
    if experiment.precision:
        sections.append(_precision(view))
    if batch.failures:
        sections.append(_failures(batch))
    sections += _rest(batch, origin)
    sections.append(Section("data", "The data", tuple(_data(view))))
    return Document(
        experiment.title or experiment.name,
        "Report on a designed experiment",
        tuple(sections),
        picture,
        _about(batch, origin),
    )


def _nothing(batch: Batch, origin: Origin) -> Document:
    """Return the report on a batch of which nothing is there to be shown."""
    text = Text("No run of this batch is there to be shown, or all of them failed.", "lead")
    sections = [Section("answer", "The answer", (Text(batch.experiment.question), text))]
    if batch.failures:
        sections.append(_failures(batch))
    return Document(
        batch.experiment.title or batch.experiment.name,
        "Report on a designed experiment",
        (*sections, *_rest(batch, origin)),
        None,
        _about(batch, origin),
    )


def _about(batch: Batch, origin: Origin) -> dict[str, str]:
    experiment = batch.experiment
    return {
        "title": experiment.title or experiment.name,
        "experiment": experiment.name,
        "scenario": ", ".join(itertools.islice(experiment.scenarios, 8)),
        "seed": str(experiment.seed),
        "version": origin.facts["version"],
        "source": origin.facts["source of the model"],
    }


def measure_of(batch: Batch) -> str:
    """Return the measure that a report looks at: that of the precision, or what points rank by."""
    experiment = batch.experiment
    return experiment.precision.measure if experiment.precision else experiment.ranked_by


# ---- the answer ---------------------------------------------------------------------------------


def _answer(view: View) -> Section:
    batch, experiment = view.batch, view.batch.experiment
    manifest = batch.manifest
    stored = sum(part.runs for part in batch.store.files())
    blocks: list[Block] = [Text(experiment.question, "lead")]
    blocks += [Text(sentence) for sentence in _sentences(view)]
    rows = [
        ("Design points", f"{manifest['points']:,}", ""),
        ("Runs in all", f"{manifest.get('runs', stored):,}", _each(view)),
    ]
    for name, place in (("Highest", -1), ("Lowest", 0)):
        ranked = view.rows.sort_values("estimate", kind="stable").to_dict("records")
        row = ranked[place]
        rows.append((f"{name} {view.words}", number(row["estimate"], view.unit), row["label"]))
    blocks.append(Facts(tuple(rows), large=True))
    if not manifest["complete"]:
        blocks.append(Text("The batch is not finished: this is what is there so far.", "note"))
    blocks.append(simulated())
    return Section("answer", "The answer", tuple(blocks))


def _each(view: View) -> str:
    counts = view.rows["replicates"]
    low, high = int(counts.min()), int(counts.max())
    return f"{low:,} at each point" if low == high else f"{low:,} to {high:,} at a point"


def _sentences(view: View) -> list[str]:
    if is_frontier(view):
        from cgsim.experiment.frontier import find_frontier

        return find_frontier(view.batch, view.measure).sentences()
    sampled = bool(view.batch.experiment.sampled)
    return [one.text for one in statements(view.rows, view.measure, sampled=sampled)]


# ---- the main figure ----------------------------------------------------------------------------


def is_numeric(factor: Factor) -> bool:
    """Tell whether a factor has numbers for values, two at least."""
    return len(factor.values) > 1 and all(
        isinstance(v, (int, float)) and not isinstance(v, bool) for v in factor.values
    )


def is_frontier(view: View) -> bool:
    """Tell whether the experiment is a grid of two numbers, and the measure is a gain."""
    experiment = view.batch.experiment
    return (
        experiment.design == "factorial"
        and len(experiment.factors) == 2
        and all(is_numeric(factor) for factor in experiment.factors)
        and not experiment.only
        and "gain" in view.measure
        and bool(view.batch.manifest["complete"])
        and not view.batch.failures
        and experiment.precision is None
    )


def main_picture(view: View) -> Picture:
    """Return the figure that fits the design."""
    experiment = view.batch.experiment
    if is_frontier(view):
        return _frontier_picture(view)
    if experiment.sampled:
        crossed = [f for f in experiment.factors if f not in experiment.sampled]
        groups = math.prod(len(f.values) for f in crossed)
        if crossed and 1 < groups <= MOST_GROUPS:
            return _spreads_picture(view, crossed)
        return _points_picture(view)
    if experiment.design == "factorial":
        picture = _curves_picture(view)
        if picture is not None:
            return picture
    return _points_picture(view)


def _frontier_picture(view: View) -> Picture:
    from cgsim.experiment.frontier import find_frontier

    found = find_frontier(view.batch, view.measure)

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        figures.draw_frontier(axes, found)
        axes.set_title("")

    rows = len(found.against_values)
    return Picture(
        "frontier",
        f"The gain over {label_of(found.along)} and {label_of(found.against)}",
        "A map of the gain in per cent over both. " + " ".join(found.sentences()),
        draw,
        wide=(7.4, 1.5 + 0.5 * rows),
        narrow=(3.7, 1.6 + 0.42 * rows),
        note="Each cell: the mean gain in per cent. Green: a gain; orange: a loss. Dot and line: "
        "where the gain is gone, with its 95 % interval.",
    )


def _curves_picture(view: View) -> Picture | None:
    factors = [f for f in view.batch.experiment.factors if len(f.values) > 1]
    numeric = [f for f in factors if is_numeric(f)]
    if not numeric:
        return None
    along = max(numeric, key=lambda f: len(f.values))
    others = sorted((f for f in factors if f is not along), key=lambda f: -len(f.values))
    lined = next((f for f in others if len(f.values) <= curves.MOST_LINES), None)
    panelled = [f for f in others if f is not lined][::-1]  # the most values go across
    panels = list(itertools.product(*(f.values for f in panelled)))
    if (others and lined is None) or len(panels) > MOST_PANELS:
        return None
    data = view.rows.assign(
        x=view.rows[along.key].astype(float),
        group=[value_of(v, lined.key) for v in view.rows[lined.key]] if lined else "",
    )

    across = min(3, len(panelled[-1].values) if len(panelled) == 2 else len(panels))

    def draw(figure: Figure) -> None:
        narrow = figure.get_figwidth() < figures.NARROW
        columns = 1 if narrow else across
        count = -(-len(panels) // columns)
        grid = figure.subplots(count, columns, sharey=True, squeeze=False).ravel()
        for axes, values in zip(grid, panels, strict=False):
            chosen = data
            for factor, value in zip(panelled, values, strict=True):
                chosen = chosen[[_same(v, value) for v in chosen[factor.key]]]
            axes.set_ylim(*curves.limits_of(data, view.scale))
            curves.draw_curves(axes, chosen, view.scale)
            told = "\n".join(
                figures.cut(setting_of(factor.key, value), 30)
                for factor, value in zip(panelled, values, strict=True)
            )
            if told:
                axes.set_title(told, fontsize=9, fontweight="normal")
        for place, axes in enumerate(grid):
            if place >= len(panels):
                axes.set_axis_off()
            elif place % columns == 0:
                axes.set_ylabel(figures.folded(view.axis, 30))
            if place >= len(panels) - columns:
                axes.set_xlabel(figures.cut(label_of(along.key)))

    rows = -(-len(panels) // across)
    lines = f" Each line is one {_kind_of(lined)}, written at its end." if lined else ""
    return Picture(
        "curves",
        f"{tables.capital(view.words)} over {label_of(along.key)}",
        f"Curves of the {view.words} over {label_of(along.key)}. " + " ".join(_sentences(view)),
        draw,
        wide=(7.4, 1.0 + 2.5 * rows if len(panels) > 1 else 3.8),
        narrow=(3.7, 3.4 if len(panels) == 1 else 0.6 + 2.2 * len(panels)),
        note=f"Upright lines: 95 % intervals.{lines}",
    )


def _kind_of(factor: Factor) -> str:
    """Say what each of a factor's lines is: a way, a scenario, or a value of a number."""
    chosen = factor.key == SCENARIO or (factor.parameter and factor.parameter.kind == "choice")
    return label_of(factor.key) if chosen else f"value of {label_of(factor.key)}"


def _same(left: Any, right: Any) -> bool:
    return value_of(left) == value_of(float(right) if isinstance(left, float) else right)


def _spreads_picture(view: View, crossed: list[Factor]) -> Picture:
    keys = [factor.key for factor in crossed]
    groups = [
        ", ".join(value_of(row[key], key) for key in keys) for row in view.rows.to_dict("records")
    ]
    data = view.rows.assign(group=groups)

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        curves.draw_spreads(axes, data, view.scale)
        axes.set_xlabel(figures.cut(", ".join(map(label_of, keys))))
        axes.set_ylabel(figures.folded(view.axis, 30))

    return Picture(
        "spreads",
        f"How the points are spread, by {tables.joined([label_of(key) for key in keys])}",
        " ".join(_sentences(view)),
        draw,
        wide=(7.4, 4.0),
        note="A dot: the mean of one point's runs. Thick lines: nine points in ten. "
        "Diamonds: the middle point. Points differ because inputs that nobody knows were drawn "
        "from their ranges.",
    )


def _points_picture(view: View) -> Picture:
    ordered = view.rows.dropna(subset=["estimate"])
    if view.batch.experiment.design not in LISTED:
        ordered = ordered.sort_values("estimate", ascending=False, kind="stable")
    count = len(ordered)

    def draw(figure: Figure) -> None:
        drawings.draw_points(figure.subplots(), ordered, view.scale, view.axis)

    few = count <= drawings.MOST_LABELS
    return Picture(
        "points",
        f"{tables.capital(view.words)} at every design point",
        " ".join(_sentences(view)),
        draw,
        wide=(7.4, 1.0 + 0.36 * count if few else 5.5),
        narrow=(3.7, 1.0 + 0.46 * count if few else 5.0),
        note="A mark: a point's mean. Lines: its 95 % interval."
        + (" Squares: not above 0." if (ordered["estimate"] <= 0).any() else "")
        + ("" if few else " From the highest point to the lowest."),
    )


# ---- tables -------------------------------------------------------------------------------------


def _points(view: View) -> list[Block]:
    experiment = view.batch.experiment
    summary = view.batch.summary
    loses = summary[summary["measure"] == "loses"].set_index("point")
    with_loses = len(loses) > 0 and view.measure != "loses"
    shown, was_cut = tables.thinned(view.rows, MOST_POINTS)
    keys = view.shown_keys
    names = [key if key == LABEL else label_of(key) for key in keys]
    heads = ["point", *names, view.words, "95 % interval"]
    if with_loses:
        heads += ["runs that lose", "95 % interval"]
    heads.append("runs")
    rows = []
    for row in shown.to_dict("records"):
        cells = [str(row["point"]), *(value_of(row[key], key) for key in keys)]
        cells += [number(row["estimate"], view.unit), tables.interval_in(row, view.unit)]
        if with_loses:
            other = loses.loc[row["point"]]
            cells += [percent(other["estimate"]), tables.interval_in(other.to_dict())]
        rows.append((*cells, f"{int(row['replicates']):,}"))
    what = f"The {view.words} at the design points{', ' * bool(view.of)}{view.of}"
    if was_cut:
        what += f": the first and the last of {len(view.rows):,}"
    first = 1 + (len(keys) if keys == [LABEL] else 0)
    right = tuple(range(first, len(heads)))
    blocks: list[Block] = []
    if experiment.luck == "common":
        blocks.append(
            Text(
                "All points share their luck: run 5 is the same area at every point. So "
                "differences between points are known better than their intervals suggest."
            )
        )
    folded = len(rows) > UNFOLDED_POINTS
    blocks.append(Table(what, tuple(heads), tuple(rows), right=right, folded=folded))
    return blocks


def _precision(view: View) -> Section:
    experiment = view.batch.experiment
    wanted = experiment.precision
    assert wanted is not None
    width = number(wanted.half_width, view.unit)
    text = (
        f"Runs were added at each point until the 95 % interval of the {view.words} was "
        f"narrower than {width} to either side, or {wanted.budget:,} runs were spent."
    )
    path = view.batch.folder / "precision.csv"
    if not view.batch.manifest["complete"] or not path.exists():
        return Section("precision", "Precision reached", (Text(text),))
    import pandas as pd

    table = pd.read_csv(path)
    table = table[table["measure"] == wanted.measure]
    labels = dict(zip(view.rows["point"], view.rows["label"], strict=True))
    reached = int(table["reached"].sum())
    rows = tuple(
        (
            str(labels.get(row["point"], row["point"])),
            f"{row['replicates']:,}",
            f"± {number(row['half_width'], view.unit)}",
            "yes" if row["reached"] else "no",
        )
        for row in tables.thinned(table, MOST_POINTS)[0].to_dict("records")
    )
    return Section(
        "precision",
        "Precision reached",
        (
            Text(f"{text} It was reached at {reached:,} of {len(table):,} points."),
            Table(
                "Precision at each point",
                ("point", "runs", "95 % interval", "reached"),
                rows,
                right=(1, 2),
                folded=len(rows) > UNFOLDED_POINTS,
            ),
        ),
    )


def _failures(batch: Batch) -> Section:
    failures = batch.failures
    rows = tuple(
        (
            str(failure["point"]),
            str(failure["replicate"]),
            str(failure["seed"]),
            figures.cut(str(failure["cause"]), 200),
        )
        for failure in failures[:MOST_FAILURES]
    )
    more = f" The first {MOST_FAILURES} are shown." if len(failures) > MOST_FAILURES else ""
    text = (
        f"{len(failures):,} runs failed. They are left out of every number on this page.{more} "
        "The file failures.jsonl in the results folder holds them all."
    )
    heads = ("point", "run", "seed", "cause")
    return Section(
        "failures",
        "Runs that failed",
        (Text(text), Table("Runs that failed", heads, rows, right=(1, 2))),
    )


def _rest(batch: Batch, origin: Origin) -> list[Section]:
    experiment = batch.experiment
    own = []
    if batch.failures:
        own.append(f"{len(batch.failures):,} runs failed and are left out.")
    if not batch.manifest["complete"]:
        own.append("The batch is not finished; other points and runs are to come.")
    if len(experiment.points) > 20:
        own.append(
            "With many points the highest one is partly luck. It would look a little less good "
            "with other luck."
        )
    text = json.dumps(batch.manifest["experiment"], ensure_ascii=False, indent=1)
    return [
        assumed(experiment.scenario),
        caveats(*own),
        reproduce(origin, text, "input, as JSON; not an experiment"),
    ]


def _varied(batch: Batch) -> list[Block]:
    """Say what the experiment varies: the name of each input, what it is, and its values."""
    experiment = batch.experiment
    if experiment.design in LISTED:
        others = len(experiment.scenarios)
        more = f", laid over {others} scenarios" if others > 1 else ""
        return [Text(f"The experiment looks at {len(experiment.points):,} points{more}.")]
    rows = []
    for factor in experiment.factors:
        if factor.values:
            values = ", ".join(value_of(v) for v in factor.values)
        else:
            times = f" times {factor.times}" if factor.times else ""
            values = f"{factor.low:g} to {factor.high:g}{times}"
        parameter = factor.parameter
        rows.append((factor.key, parameter.help if parameter else "–", values))
    folded = len(rows) > UNFOLDED_FACTORS
    heads = ("input", "what it is", "values")
    return [Table("What is varied", heads, tuple(rows), prose=(1,), folded=folded)]


def _data(view: View) -> list[Block]:
    summary = view.batch.summary
    what = "Every measure at every point, with its 95 % interval"
    rows = tables.fitting(summary)
    if rows < len(summary):
        summary = summary[summary["measure"].isin([view.measure, "loses"])]
        what = f"The {view.words} at every point, with its 95 % interval"
        rows = tables.fitting(summary)
    if rows < len(summary):
        what += f"; the first {rows:,} of {len(summary):,} rows, the results folder holds all"
    return [
        Text(
            "The numbers as CSV for a spreadsheet. The file is inside this page; nothing is "
            "fetched."
        ),
        Data("summary.csv", what, view.batch.summary, inside=summary.head(rows)),
    ]
