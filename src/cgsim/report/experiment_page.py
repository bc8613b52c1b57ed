"""The report on a designed experiment: its question, its points, and its main figure."""

from __future__ import annotations

import itertools
import json

from cgsim.analysis.views import (
    Curves,
    EveryPoint,
    Frontiers,
    Spreads,
    View,
    drawing_of,
    measure_of,
)
from cgsim.answer.catalogue import figure, term, word
from cgsim.answer.formats import interval_sign, joined, number, percent
from cgsim.answer.names import axis as label_of
from cgsim.answer.names import value_of
from cgsim.answer.points import statements
from cgsim.experiment.design import LABEL, LISTED, SCENARIO, Factor
from cgsim.pictures import drawings, figures, tables
from cgsim.report.assumptions import assumed, caveats, simulated
from cgsim.report.document import Block, Data, Document, Facts, Picture, Section, Table, Text
from cgsim.report.run_document import reproduce
from cgsim.running.batch import Batch
from cgsim.running.sources import Origin

UNFOLDED_POINTS = 24
MOST_POINTS = 400
MOST_FAILURES = 20
UNFOLDED_FACTORS = 6
MANY_POINTS = 20


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
    if view.frontier is not None:
        return view.frontier.sentences()
    sampled = bool(view.batch.experiment.sampled)
    return [one.text for one in statements(view.rows, view.measure, sampled=sampled)]


# ---- the main figure ----------------------------------------------------------------------------


def main_picture(view: View) -> Picture:
    """Return the figure that fits the design, with its words."""
    drawn = drawing_of(view)
    if isinstance(drawn, Frontiers):
        return _frontier_picture(view, drawn)
    if isinstance(drawn, Curves):
        return _curves_picture(view, drawn)
    if isinstance(drawn, Spreads):
        return _spreads_picture(view, drawn)
    return _points_picture(view, drawn)


def _frontier_picture(view: View, drawn: Frontiers) -> Picture:
    found = drawn.found
    rows = len(found.against_values)
    return Picture(
        "frontier",
        word("experiment.frontier", along=found.along, against=found.against),
        word("experiment.frontier_told", sentences=" ".join(found.sentences())),
        drawn.draw,
        wide=(7.4, 1.5 + 0.5 * rows),
        narrow=(3.7, 1.6 + 0.42 * rows),
        note=word("experiment.frontier_note"),
    )


def _curves_picture(view: View, drawn: Curves) -> Picture:
    panels, rows = len(drawn.panels), drawn.rows
    told = {"words": view.words, "along": drawn.along.key}
    note = word("experiment.curves_note")
    if drawn.lined:
        note = word("experiment.curves_note_lines", line=_kind_of(drawn.lined))
    return Picture(
        "curves",
        tables.capital(word("experiment.curves", **told)),
        word("experiment.curves_told", **told, sentences=" ".join(_sentences(view))),
        drawn.draw,
        wide=(7.4, 1.0 + 2.5 * rows if panels > 1 else 3.8),
        narrow=(3.7, 3.4 if panels == 1 else 0.6 + 2.2 * panels),
        note=note,
    )


def _kind_of(factor: Factor) -> str:
    """Say what each of a factor's lines is: a way, a scenario, or a value of a number."""
    chosen = factor.key == SCENARIO or (factor.parameter and factor.parameter.kind == "choice")
    name = label_of(factor.key)
    return name if chosen else word("experiment.value_of", name=name)


def _spreads_picture(view: View, drawn: Spreads) -> Picture:
    return Picture(
        "spreads",
        word("experiment.spreads", by=joined([label_of(factor.key) for factor in drawn.crossed])),
        " ".join(_sentences(view)),
        drawn.draw,
        wide=(7.4, 4.0),
        note=word("experiment.spreads_note"),
    )


def _points_picture(view: View, drawn: EveryPoint) -> Picture:
    count = len(drawn.ordered)
    few = count <= drawings.MOST_LABELS
    notes = ["points_note"]
    notes += ["points_note_squares"] if (drawn.ordered["estimate"] <= 0).any() else []
    notes += [] if few else ["points_note_order"]
    return Picture(
        "points",
        tables.capital(word("experiment.every_point", words=view.words)),
        " ".join(_sentences(view)),
        drawn.draw,
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
            values = word("word.to", low=figure(factor.low, "g"), high=figure(factor.high, "g"))
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
