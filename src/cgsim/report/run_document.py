"""The report on one scenario as text, tables and figures, with all that it rests on.

As a page it is the one that carries the model (``cgsim.page``).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from cgsim.answer import build
from cgsim.answer.catalogue import figure, term, word
from cgsim.answer.formats import percent, points_interval, told
from cgsim.answer.record import Answer, Change, Value
from cgsim.measures import RUN
from cgsim.pictures import drawings, tables
from cgsim.report.assumptions import assumed, caveats, simulated
from cgsim.report.document import (
    Block,
    Code,
    Data,
    Document,
    Facts,
    Picture,
    Points,
    Section,
    Table,
    Text,
)
from cgsim.running.example import Example, members_table, network_tables
from cgsim.running.sources import Origin, RunSource
from cgsim.statistics import Estimate

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

MOST_LISTED = 60


def run_document(source: RunSource) -> Document:
    """Return the report on one scenario's results."""
    results, answer = source.results, source.answer
    over_time = _over_time(source)
    sections = [_answer(source), *([] if over_time is None else [over_time]), _measures(source)]
    if answer.changes and answer.account is not None:
        sections.append(_changes(answer))
    sections.append(_outcomes(source))
    partners = tables.partners_table(results)
    if len(partners):
        sections.append(_partners(partners, answer.comparison))
    if source.example is not None:
        sections.append(_example(source.example))
    scenario = results.scenario
    sections += [
        assumed(scenario),
        caveats(*source.caveats),
        reproduce(source.origin, scenario.to_toml()),
        Section("data", word("report.data"), tuple(_data(source))),
    ]
    pictures = [b for s in sections for b in s.blocks if isinstance(b, Picture)]
    about = {
        "title": answer.title,
        "scenario": scenario.name,
        "seed": str(results.seed),
        "runs": str(results.count),
        "version": source.origin.facts["version"],
        "source": source.origin.facts["source of the model"],
    }
    return Document(
        answer.title,
        word("report.kind"),
        tuple(sections),
        pictures[0] if pictures else None,
        about,
    )


def _answer(source: RunSource) -> Section:
    results, answer = source.results, source.answer
    rows = []
    for value in build.key_values(answer):
        words, estimate, between, of = build.value_words(value)
        label = ", ".join(filter(None, [tables.capital(words), of]))
        rows.append((label, estimate, word("word.interval", interval=between)))
    blocks: list[Block] = [Text(results.headline_of(answer), "lead")]
    blocks.append(Facts(tuple(rows), large=True))
    summary = " ".join(results.scenario.summary.split())
    if summary:
        blocks.append(Text(word("page.scenario", summary=summary)))
    blocks.append(simulated())
    return Section("answer", word("page.answer"), tuple(blocks))


def _over_time(source: RunSource) -> Section | None:
    if source.months is None:
        return None
    results, months, answer = source.results, source.months, source.answer
    met = tables.over_time(results, months)
    gain = tables.gain_so_far(results, months)
    ends = (met[met["arm"] == arm].iloc[-1] for arm in met["arm"].unique())
    each = "; ".join(
        word(
            "page.met_arm",
            arm=word(f"arm.{row['arm']}"),
            mean=row["mean"],
            low=row["low"],
            high=row["high"],
        )
        for row in ends
    )
    last = gain.iloc[-1]
    so_far = Estimate(last["mean"], last["low"], last["high"], len(months))
    first = Picture(
        "over-time",
        word("page.met_title"),
        word("page.met_told", each=each),
        lambda figure: drawings.draw_over_time(figure.subplots(), met),
        note=word("page.met_note"),
    )
    alone = answer.comparison == "alone"
    of = term(_headline(answer).of)
    numbers = {"value": so_far.value, "low": so_far.low, "high": so_far.high, "unit": "share"}
    second = Picture(
        "gain-so-far",
        word("page.gain_title", against=word(f"page.against_{'alone' if alone else 'money'}")),
        word("page.gain_told", all=numbers, of=of),
        lambda figure: drawings.draw_gain_so_far(figure.subplots(), gain, not alone),
        note=word(
            "page.gain_note", other=word("word.alone" if alone else "word.same_money"), of=of
        ),
    )
    return Section("over-time", word("page.over_time"), (first, second))


def _headline(answer: Answer) -> Value:
    return next(value for value in answer.values if value.measure == answer.measure)


def _heads(*names: str) -> tuple[str, ...]:
    return tuple(word(f"head.{name}") for name in names)


def _measures(source: RunSource) -> Section:
    results, answer = source.results, source.answer
    listed = [value for (value,) in build.rows(RUN, answer)]
    names = {value.measure for value in listed}

    def rows(values: list[Value]) -> tuple[tuple[str, ...], ...]:
        return tuple(
            (tables.capital(words), *cells)
            for words, *cells in (build.value_words(value) for value in values)
        )

    heads = _heads("measure", "estimate", "interval", "of")
    main = Table(word("page.measures_all", runs=results.count), heads, rows(listed), right=(1, 2))
    values = results.column(answer.measure)
    headline = _headline(answer)
    of = term(headline.of)
    spread = Picture(
        "spread",
        word("page.spread_title"),
        word(
            "page.spread_told",
            all=vars(headline),
            of=of,
            loses=(answer.luck.loses, answer.luck.runs),
        ),
        lambda figure: drawings.draw_spread(
            figure.subplots(), values, word("page.spread_axis", of=of)
        ),
        wide=(7.4, 3.2),
        note=word("page.spread_note"),
    )
    others = [value for value in answer.values if value.measure not in names]
    more = Table(word("page.measures_other"), heads, rows(others), right=(1, 2), folded=True)
    drawn = [] if len(set(values)) < 2 else [spread]
    return Section("measures", word("page.measures"), (main, *drawn, more))


def _change_cells(change: Change) -> tuple[str, str, str]:
    estimate = Estimate(change.value, change.low, change.high, 0)
    return (
        tables.capital(word(f"without.{change.friction}")),
        told(estimate, "share").removesuffix(" %"),
        points_interval(estimate),
    )


def _changes(answer: Answer) -> Section:
    assert answer.account is not None
    table = tables.changes_table(answer)
    statements = [build.change_statement(change).text for change in answer.changes]
    picture = Picture(
        "changes",
        word("page.changes_title"),
        word("page.changes_told", list="; ".join(statements)),
        lambda figure: drawings.draw_points(
            figure.subplots(), table, 100.0, word("page.changes_axis")
        ),
        wide=(7.4, 3.0),
        narrow=(3.7, 3.6),
        note=word(f"page.changes_note{'' if answer.comparison == 'alone' else '_money'}"),
    )
    rows = tuple(_change_cells(change) for change in answer.changes)
    block = Table(
        word("page.changes_title"),
        _heads("friction", "points", "interval"),
        rows,
        right=(1, 2),
        folded=True,
    )
    over = "" if answer.comparison == "alone" else "_money"
    account = " ".join(s.text for s in build.account_statements(answer.account))
    return Section(
        "changes",
        word("page.changes"),
        (
            Text(account),
            Text(word(f"whatif.before{over}")),
            Points(tuple(statements)),
            picture,
            block,
        ),
    )


def _outcomes(source: RunSource) -> Section:
    table = tables.outcomes_table(source.results)
    rows = tuple(
        (
            tables.capital(str(row["name"])),
            tables.some_share(row["share"]),
            tables.interval_in(row),
            str(row["words"]),
        )
        for row in table.to_dict("records")
    )
    answer = source.answer
    picture = Picture(
        "outcomes",
        word("page.outcomes_title"),
        build.outcomes_in_words(answer),
        lambda figure: drawings.draw_outcomes(figure.subplots(), table),
        wide=(7.4, 0.9 + 0.55 * len(answer.outcomes)),
        narrow=(3.7, 0.9 + 0.5 * len(answer.outcomes)),
        note=word("page.outcomes_note"),
    )
    block = Table(
        word("page.outcomes_title"),
        _heads("outcome", "share", "interval", "says"),
        rows,
        right=(1, 2),
        prose=(3,),
        folded=True,
    )
    remarks = [Text(" ".join(s.text for s in answer.remarks), "note")] if answer.remarks else []
    return Section("outcomes", word("page.outcomes"), (picture, *remarks, block))


def _partners(table: pd.DataFrame, comparison: str) -> Section:
    ranked = table.sort_values("estimate", ascending=False, kind="stable")
    rows = tuple(
        (
            str(row["label"]),
            percent(row["estimate"]),
            tables.interval_in(row),
            tables.some_share(row["loses"]),
            tables.interval_in(row, of="loses_"),
        )
        for row in ranked.to_dict("records")
    )
    picture = Picture(
        "partners",
        word("page.partners_title"),
        word("page.partners_told"),
        lambda figure: drawings.draw_points(
            figure.subplots(), ranked, 100.0, word("page.partners_axis")
        ),
        wide=(7.4, 1.0 + 0.32 * len(table)),
        narrow=(3.7, 1.0 + 0.42 * len(table)),
        note=word("page.partners_note"),
    )
    block = Table(
        word("page.partners_title"),
        _heads("partner", "own_gain", "interval", "loses", "interval"),
        rows,
        right=(1, 2, 3, 4),
    )
    text = Text(word(f"page.partners_{comparison}"))
    return Section("partners", word("page.partners"), (text, picture, block))


def _example(example: Example) -> Section:
    first, last = example.moments[0], example.moments[-1]
    members = members_table(example)
    rows = tuple(
        (
            str(row["number"]),
            str(row["agency"]),
            f"{row['capacity']:,.0f}",
            word(f"page.no_yes_{'yes' if row['member_at_the_end'] else 'no'}"),
            _share(row["trust_at_first"]),
            _share(row["trust_at_the_end"]),
            _share(row["commitment_at_the_end"]),
        )
        for row in members.head(MOST_LISTED).to_dict("records")
    )
    after = word("page.example_after", month=str(last.month), state=last.state)

    def draw(figure: Figure) -> None:
        narrow = figure.get_figwidth() < 5
        axes = figure.subplots(2, 1) if narrow else figure.subplots(1, 2)
        heads = (word("page.example_before"), after)
        for place, moment, head in zip(axes, (first, last), heads, strict=True):
            drawings.draw_network(place, *network_tables(example, moment))
            place.set_title(head, fontsize=10)

    trust, later = (members[f"trust_at_{when}"].mean() for when in ("first", "the_end"))
    known = not (math.isnan(trust) or math.isnan(later))
    picture = Picture(
        "network",
        word("page.example_title", run=str(example.replicate)),
        word(
            "page.example_told" if known else "page.example_told_none",
            first=int(first.member.sum()),
            last=int(last.member.sum()),
            trust=trust,
            later=later,
        ),
        draw,
        wide=(7.4, 3.9),
        narrow=(3.7, 7.2),
        note=word("page.example_note"),
    )
    block = Table(
        word("page.example_members", run=str(example.replicate)),
        _heads("number", "agency", "hours", "member", "trust_first", "trust_last", "commitment"),
        rows,
        right=(2, 4, 5, 6),
        folded=True,
    )
    return Section(
        "example",
        word("page.example"),
        (Text(word("page.example_text")), picture, block),
    )


def _share(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.2f}"


def reproduce(origin: Origin, scenario_text: str, what: str = "") -> Section:
    """Say how to get the same numbers again."""
    count = "one" if len(origin.commands) == 1 else "many"
    return Section(
        "reproduce",
        word("again.title"),
        (
            Text(word(f"again.{count}")),
            Code("\n".join(origin.commands)),
            Facts(tuple((term(name), fact, "") for name, fact in origin.facts.items())),
            Code(scenario_text, folded=word("again.file", what=what or word("again.scenario"))),
            Text(word("again.same"), "note"),
        ),
    )


def _data(source: RunSource) -> list[Block]:
    results = source.results
    summary = results.summary
    blocks: list[Block] = [
        Text(word("report.tables")),
        Data(
            "summary.csv",
            word("report.csv_summary"),
            summary,
            _summary_table(summary),
        ),
    ]
    if source.months is not None:
        met = tables.over_time(results, source.months)
        gain = tables.gain_so_far(results, source.months)
        blocks.append(
            Data(
                "months.csv",
                word("report.csv_months"),
                met,
                _months_table(met),
            )
        )
        blocks.append(
            Data(
                "gain-so-far.csv",
                word("report.csv_gain"),
                gain,
            )
        )
    if source.answer.changes:
        changes = tables.changes_table(source.answer)
        what = word("report.csv_changes")
        blocks.append(Data("changes.csv", what, changes))
    partners = tables.partners_table(results)
    if len(partners):
        blocks.append(Data("partners.csv", word("report.csv_partners"), partners))
    every = word("report.csv_runs")
    blocks.append(Data("replicates.csv", every, results.replicates))
    return blocks


def _summary_table(summary: pd.DataFrame) -> Table:
    rows = tuple(
        (
            str(row["measure"]),
            term(str(row["words"])),
            term(str(row["unit"])),
            figure(row["estimate"], ".6g"),
            figure(row["low"], ".6g"),
            figure(row["high"], ".6g"),
        )
        for row in summary.to_dict("records")
    )
    names = ("name", "measure", "unit", "estimate", "low", "high")
    heads = tuple(word(f"report.head_{name}") for name in names)
    return Table("summary.csv", heads, rows, right=(3, 4, 5), folded=True)


def _months_table(met: pd.DataFrame) -> Table:
    wide = met.pivot(index="month", columns="arm", values=["mean", "low", "high"])
    arms = list(met["arm"].unique())
    heads = [word("drawing.month")]
    for arm in arms:
        heads += [word(f"arm.{arm}"), "5 %", "95 %"]
    rows = []
    for month, row in wide.iterrows():
        cells = [str(month)]
        for arm in arms:
            cells += [figure(row[(key, arm)], ",.0f") for key in ("mean", "low", "high")]
        rows.append(tuple(cells))
    right = tuple(range(1, len(heads)))
    return Table("months.csv", tuple(heads), tuple(rows), right=right, folded=True)
