"""The report on a designed experiment: its question, its points, and its main figure."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from cgsim.answer.catalogue import term, word
from cgsim.answer.formats import interval_sign, joined, number, percent
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
MANY_POINTS = 20


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
        return ", ".join(told) or word("experiment.point", point=str(row["point"]))


def experiment_document(batch: Batch, origin: Origin) -> Document:
    """Return the report on an experiment's results folder."""
    view = View(batch, measure_of(batch))
    experiment = batch.experiment
    if not len(view.batch.summary) or "measure" not in view.batch.summary or not len(view.rows):
        return _nothing(batch, origin)
    picture = main_picture(view)
    sections = [
        _answer(view),
        Section("figure", word("experiment.figure"), (picture, *_varied(batch))),
        Section("points", word("experiment.points"), tuple(_points(view))),
    ]
    if experiment.precision:
        sections.append(_precision(view))
    if batch.failures:
        sections.append(_failures(batch))
    sections += _rest(batch, origin)
    sections.append(Section("data", word("experiment.data"), tuple(_data(view))))
    return Document(
        experiment.title or experiment.name,
        word("experiment.kind"),
        tuple(sections),
        picture,
        _about(batch, origin),
    )


def _nothing(batch: Batch, origin: Origin) -> Document:
    """Return the report on a batch of which nothing is there to be shown."""
    text = Text(word("experiment.nothing"), "lead")
    sections = [Section("answer", word("page.answer"), (Text(batch.experiment.question), text))]
    if batch.failures:
        sections.append(_failures(batch))
    return Document(
        batch.experiment.title or batch.experiment.name,
        word("experiment.kind"),
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
        (word("experiment.fact_points"), f"{manifest['points']:,}", ""),
        (word("experiment.fact_runs"), f"{manifest.get('runs', stored):,}", _each(view)),
    ]
    for name, place in (("highest", -1), ("lowest", 0)):
        ranked = view.rows.sort_values("estimate", kind="stable").to_dict("records")
        row = ranked[place]
        what = word(f"experiment.fact_{name}", words=view.words)
        rows.append((what, number(row["estimate"], view.unit), row["label"]))
    blocks.append(Facts(tuple(rows), large=True))
    if not manifest["complete"]:
        blocks.append(Text(word("experiment.not_finished"), "note"))
    blocks.append(simulated())
    return Section("answer", word("page.answer"), tuple(blocks))


def _each(view: View) -> str:
    counts = view.rows["replicates"]
    low, high = int(counts.min()), int(counts.max())
    kind = "experiment.each" if low == high else "experiment.each_from"
    return word(kind, low=low, high=high)


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
        word("experiment.frontier", along=found.along, against=found.against),
        word("experiment.frontier_told", sentences=" ".join(found.sentences())),
        draw,
        wide=(7.4, 1.5 + 0.5 * rows),
        narrow=(3.7, 1.6 + 0.42 * rows),
        note=word("experiment.frontier_note"),
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
    told = {"words": view.words, "along": along.key}
    title = tables.capital(word("experiment.curves", **told))
    note = word("experiment.curves_note")
    if lined:
        note = word("experiment.curves_note_lines", line=_kind_of(lined))
    return Picture(
        "curves",
        title,
        word("experiment.curves_told", **told, sentences=" ".join(_sentences(view))),
        draw,
        wide=(7.4, 1.0 + 2.5 * rows if len(panels) > 1 else 3.8),
        narrow=(3.7, 3.4 if len(panels) == 1 else 0.6 + 2.2 * len(panels)),
        note=note,
    )


def _kind_of(factor: Factor) -> str:
    """Say what each of a factor's lines is: a way, a scenario, or a value of a number."""
    chosen = factor.key == SCENARIO or (factor.parameter and factor.parameter.kind == "choice")
    name = label_of(factor.key)
    return name if chosen else word("experiment.value_of", name=name)


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
        word("experiment.spreads", by=joined([label_of(key) for key in keys])),
        " ".join(_sentences(view)),
        draw,
        wide=(7.4, 4.0),
        note=word("experiment.spreads_note"),
    )


def _points_picture(view: View) -> Picture:
    ordered = view.rows.dropna(subset=["estimate"])
    if view.batch.experiment.design not in LISTED:
        ordered = ordered.sort_values("estimate", ascending=False, kind="stable")
    count = len(ordered)

    def draw(figure: Figure) -> None:
        drawings.draw_points(figure.subplots(), ordered, view.scale, view.axis)

    few = count <= drawings.MOST_LABELS
    notes = ["points_note"]
    notes += ["points_note_squares"] if (ordered["estimate"] <= 0).any() else []
    notes += [] if few else ["points_note_order"]
    return Picture(
        "points",
        tables.capital(word("experiment.every_point", words=view.words)),
        " ".join(_sentences(view)),
        draw,
        wide=(7.4, 1.0 + 0.36 * count if few else 5.5),
        narrow=(3.7, 1.0 + 0.46 * count if few else 5.0),
        note=" ".join(word(f"experiment.{name}") for name in notes),
    )


# ---- tables -------------------------------------------------------------------------------------


def _points(view: View) -> list[Block]:
    experiment = view.batch.experiment
    summary = view.batch.summary
    loses = summary[summary["measure"] == "loses"].set_index("point")
    with_loses = len(loses) > 0 and view.measure != "loses"
    shown, was_cut = tables.thinned(view.rows, MOST_POINTS)
    keys = view.shown_keys
    heads = [word("head.point"), *map(label_of, keys), view.words, word("head.interval")]
    if with_loses:
        heads += [word("experiment.head_loses"), word("head.interval")]
    heads.append(word("experiment.head_runs"))
    rows = []
    for row in shown.to_dict("records"):
        cells = [str(row["point"]), *(value_of(row[key], key) for key in keys)]
        cells += [number(row["estimate"], view.unit), tables.interval_in(row, view.unit)]
        if with_loses:
            other = loses.loc[row["point"]]
            cells += [percent(other["estimate"]), tables.interval_in(other.to_dict())]
        rows.append((*cells, f"{int(row['replicates']):,}"))
    kind = "experiment.table_cut" if was_cut else "experiment.table"
    what = word(kind, words=view.words, base=view.of, points=len(view.rows))
    first = 1 + (len(keys) if keys == [LABEL] else 0)
    right = tuple(range(first, len(heads)))
    blocks: list[Block] = []
    if experiment.luck == "common":
        blocks.append(Text(word("experiment.common_luck")))
    folded = len(rows) > UNFOLDED_POINTS
    blocks.append(Table(what, tuple(heads), tuple(rows), right=right, folded=folded))
    return blocks


def _precision(view: View) -> Section:
    experiment = view.batch.experiment
    wanted = experiment.precision
    assert wanted is not None
    width = number(wanted.half_width, view.unit)
    told = {"words": view.words, "width": width, "budget": wanted.budget}
    heading = word("experiment.precision")
    path = view.batch.folder / "precision.csv"
    if not view.batch.manifest["complete"] or not path.exists():
        return Section("precision", heading, (Text(word("experiment.precision_told", **told)),))
    import pandas as pd

    table = pd.read_csv(path)
    table = table[table["measure"] == wanted.measure]
    labels = dict(zip(view.rows["point"], view.rows["label"], strict=True))
    reached = int(table["reached"].sum())
    rows = tuple(
        (
            str(labels.get(row["point"], row["point"])),
            f"{row['replicates']:,}",
            interval_sign(row["half_width"], view.unit),
            word(f"page.no_yes_{'yes' if row['reached'] else 'no'}"),
        )
        for row in tables.thinned(table, MOST_POINTS)[0].to_dict("records")
    )
    return Section(
        "precision",
        heading,
        (
            Text(word("experiment.precision_reached", **told, reached=reached, points=len(table))),
            Table(
                word("experiment.precision_table"),
                (
                    word("head.point"),
                    word("experiment.head_runs"),
                    word("head.interval"),
                    word("experiment.head_reached"),
                ),
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
    kind = "experiment.failed_many" if len(failures) > MOST_FAILURES else "experiment.failed"
    text = word(kind, failed=len(failures), shown=MOST_FAILURES)
    heads = (word("head.point"), *(word(f"experiment.head_{n}") for n in ("run", "seed", "cause")))
    title = word("experiment.failures")
    return Section("failures", title, (Text(text), Table(title, heads, rows, right=(1, 2))))


def _rest(batch: Batch, origin: Origin) -> list[Section]:
    experiment = batch.experiment
    own = []
    if batch.failures:
        own.append(word("experiment.left_out", failed=len(batch.failures)))
    if not batch.manifest["complete"]:
        own.append(word("experiment.to_come"))
    if len(experiment.points) > MANY_POINTS:
        own.append(word("experiment.highest_is_luck"))
    text = json.dumps(batch.manifest["experiment"], ensure_ascii=False, indent=1)
    return [
        assumed(experiment.scenario),
        caveats(*own),
        reproduce(origin, text, word("experiment.input")),
    ]


def _varied(batch: Batch) -> list[Block]:
    """Say what the experiment varies: the name of each input, what it is, and its values."""
    experiment = batch.experiment
    if experiment.design in LISTED:
        others = len(experiment.scenarios)
        kind = "experiment.listed_over" if others > 1 else "experiment.listed"
        return [Text(word(kind, points=len(experiment.points), scenarios=others))]
    rows = []
    for factor in experiment.factors:
        if factor.values:
            values = ", ".join(value_of(v) for v in factor.values)
        else:
            values = word("word.to", low=f"{factor.low:g}", high=f"{factor.high:g}")
            if factor.times:
                values = word("experiment.times", values=values, factor=factor.times)
        parameter = factor.parameter
        rows.append((factor.key, term(parameter.help) if parameter else "–", values))
    folded = len(rows) > UNFOLDED_FACTORS
    heads = tuple(word(f"experiment.head_{name}") for name in ("input", "what", "values"))
    return [Table(word("experiment.varied"), heads, tuple(rows), prose=(1,), folded=folded)]


def _data(view: View) -> list[Block]:
    summary = view.batch.summary
    kind = "experiment.csv_all"
    rows = tables.fitting(summary)
    if rows < len(summary):
        summary = summary[summary["measure"].isin([view.measure, "loses"])]
        kind = "experiment.csv_one"
        rows = tables.fitting(summary)
    if rows < len(summary):
        kind = "experiment.csv_first"
    what = word(kind, words=view.words, rows=rows, all=len(summary))
    return [
        Text(word("experiment.csv")),
        Data("summary.csv", what, view.batch.summary, inside=summary.head(rows)),
    ]
