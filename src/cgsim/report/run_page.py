"""The report on one scenario: together against alone, and what eats the gain."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from cgsim.answer.formats import interval, number, percent, signed
from cgsim.frictions import SUBSETS
from cgsim.report import drawings, tables
from cgsim.report.assumptions import SIMULATED, assumed, caveats
from cgsim.report.document import (
    Block,
    Code,
    Data,
    Document,
    Facts,
    Picture,
    Section,
    Table,
    Text,
)
from cgsim.report.example import Example, members_table, network_tables
from cgsim.report.partners import partners_table
from cgsim.report.sources import Origin, RunSource
from cgsim.statistics import Estimate

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from cgsim.experiment.results import Results

MOST_LISTED = 60
LARGE = ("gain", "loses", "months_faster", "better_off")
MEANING = {
    "gain": "Need met beyond working alone, as a share of what the founders meet by themselves. "
    "Below 0 it is a loss.",
    "gain_over_equal_money": "The same, but against working alone with the same money spent on "
    "services. Without money from outside it is the gain itself.",
    "loses": "In how many replicates less need was met together than alone.",
    "months_faster": "How much earlier working together has met what working alone has met at "
    "the end. Below 0: later.",
    "freed_hours": "Support hours that members no longer need, as they share them. A total over "
    "all members and months.",
    "better_off": "The share of founding members whose own goals were met better than alone.",
}


def run_document(source: RunSource) -> Document:
    """Return the report on one scenario's results."""
    results = source.results
    over_time = _over_time(source)
    sections = [_answer(source), *([] if over_time is None else [over_time]), _measures(results)]
    if source.frictions is not None and source.frictions.replicates.any():
        sections.append(_frictions(source))
    sections.append(_outcomes(results))
    if source.partners is not None:
        sections.append(_partners(source))
    if source.example is not None:
        sections.append(_example(source.example, source.origin.player))
    scenario = results.scenario
    sections += [
        assumed(scenario),
        caveats(*_own_caveats(source)),
        reproduce(source.origin, scenario.to_toml()),
        Section("data", "The data", tuple(_data(source))),
    ]
    pictures = [b for s in sections for b in s.blocks if isinstance(b, Picture)]
    about = {
        "title": scenario.title,
        "scenario": scenario.name,
        "seed": str(results.seed),
        "replicates": str(results.count),
        "version": source.origin.facts["version"],
        "source": source.origin.facts["source of the model"],
    }
    return Document(
        scenario.title,
        "Report on a simulated partnership",
        tuple(sections),
        pictures[0] if pictures else None,
        about,
    )


def _answer(source: RunSource) -> Section:
    results = source.results
    rows = []
    for name in LARGE:
        label, unit, estimate, of = results.findings[name][:4]
        label = f"{label}, {of}" if of else label
        rows.append((tables.capital(label), number(estimate.value, unit), _ends(estimate, unit)))
    blocks: list[Block] = [Text(results.headline(), "lead"), Facts(tuple(rows), large=True)]
    summary = results.scenario.summary
    if summary:
        blocks.append(Text("The scenario: " + " ".join(summary.split())))
    blocks.append(SIMULATED)
    return Section("answer", "The answer", tuple(blocks))


def _ends(estimate: Estimate, unit: str) -> str:
    return f"95 % interval {interval(estimate, unit)}"


def _over_time(source: RunSource) -> Section | None:
    if source.months is None:
        return None
    results, months = source.results, source.months
    met = tables.over_time(results, months)
    gain = tables.gain_so_far(results, months)
    ends = {arm: met[met["arm"] == arm].iloc[-1] for arm in met["arm"].unique()}
    each = "; ".join(
        f"{tables.ARM_WORDS[arm]} {row['mean']:,.0f} (nine replicates in ten: {row['low']:,.0f} "
        f"to {row['high']:,.0f})"
        for arm, row in ends.items()
    )
    last = gain.iloc[-1]
    so_far = Estimate(last["mean"], last["low"], last["high"], len(months))
    first = Picture(
        "over-time",
        "Need met each month, together and alone",
        f"Two lines over the months, each with a band that holds nine replicates in ten. Units of "
        f"need met in the last month: {each}.",
        lambda figure: drawings.draw_over_time(figure.subplots(), met),
        note="Lines: the mean of all replicates. Bands: nine replicates in ten. The bands overlap "
        "because areas differ; the next figure compares within each area. The scale does not "
        "begin at 0.",
    )
    second = Picture(
        "gain-so-far",
        "The gain as it comes together",
        f"A line over the months with its 95 % interval. At the end the gain is "
        f"{percent(so_far.value)} ({_ends(so_far, 'share')}).",
        lambda figure: drawings.draw_gain_so_far(figure.subplots(), gain),
        note="Each replicate is compared with itself alone, month by month. Below 0 more was lost "
        "than gained up to that month. The band is the 95 % interval of the mean.",
    )
    return Section("over-time", "Together against alone", (first, second))


def _measures(results: Results) -> Section:
    rows = tuple(
        (
            tables.capital(results.findings[name].words),
            *_cells(results, name),
            _meaning(results, name),
        )
        for name in MEANING
    )
    main = Table(
        "What came of it, over all replicates",
        ("measure", "estimate", "95 % interval", "what it says"),
        rows,
        right=(1, 2),
        prose=(3,),
    )
    spread = Picture(
        "spread",
        "How the gain differs between replicates",
        f"Bars that count replicates by their gain. The mean is "
        f"{percent(results.estimate('gain').value)}; "
        f"{tables.some_share(results.estimate('loses').value)} of the replicates lose.",
        lambda figure: drawings.draw_spread(figure.subplots(), results.column("gain")),
        wide=(7.4, 3.2),
        note="One real partnership is like one of these replicates, not like their mean.",
    )
    others = tuple(
        (tables.capital(finding.words), *_cells(results, name))
        for name, finding in results.findings.items()
        if name not in MEANING
    )
    more = Table(
        "All other measures",
        ("measure", "estimate", "95 % interval"),
        others,
        right=(1, 2),
        folded=True,
    )
    if len(set(results.column("gain"))) < 2:
        return Section("measures", "What came of it", (main, more))
    return Section("measures", "What came of it", (main, spread, more))


def _meaning(results: Results, name: str) -> str:
    if name == "freed_hours" and results.estimate(name).value > 0:
        return f"{MEANING[name]} They count in the gain, but not in whether it is called inert."
    return MEANING[name]


def _cells(results: Results, name: str) -> tuple[str, str]:
    _, unit, estimate = results.findings[name][:3]
    return number(estimate.value, unit), interval(estimate, unit)


def _frictions(source: RunSource) -> Section:
    assert source.frictions is not None
    found = source.frictions
    table = tables.frictions_table(found)
    count = len(found.replicates)
    few = f" (first {count:,} replicates)" if count < source.results.count else ""
    rows = tuple(
        (
            tables.capital(str(row["words"])) + (few if row["step"] == "left" else ""),
            percent(row["value"]) if row["step"] in ("possible", "left") else signed(row["value"]),
            tables.interval_in(row),
        )
        for row in table.to_dict("records")
    )
    told = "; ".join(f"{label} {value}" for label, value, _ in rows)
    why = (
        (
            Text(
                f"These steps rest on the first {count:,} of the {source.results.count:,} "
                f"replicates, for each is lived {len(SUBSETS) + 1} times. So the gain that is left "
                f"here, {percent(found.realised.value)}, may differ a little from the "
                f"{percent(source.results.estimate('gain').value)} of all of them."
            ),
        )
        if few
        else ()
    )
    picture = Picture(
        "frictions",
        "From the possible gain to the one that is left",
        f"Steps from the possible gain down to the one that is left: {told}.",
        lambda figure: drawings.draw_frictions(figure.subplots(), table),
        wide=(7.4, 3.4),
        narrow=(3.7, 4.0),
        note="Whole bars: the gain with no friction at all, and the gain that is left. Hatched: "
        "what each friction takes. Dotted: a friction that does good, as when members who hold "
        "back raise fewer issues than can be settled. Thin lines: 95 % intervals.",
    )
    return Section(
        "frictions",
        "What eats the gain",
        (
            *why,
            picture,
            Table(
                "What each friction takes, as a share of the founders' own work",
                ("step", "share", "95 % interval"),
                rows,
                right=(1, 2),
            ),
            Text(
                "Each friction's part is its effect averaged over every order in which the five "
                "could be added (its Shapley value), so the rows add up. A plus: it spares more "
                "than it costs.",
                "note",
            ),
        ),
    )


def _outcomes(results: Results) -> Section:
    table = tables.outcomes_table(results)
    rows = tuple(
        (
            tables.capital(str(row["outcome"])),
            tables.some_share(row["share"]),
            tables.interval_in(row),
            str(row["words"]),
        )
        for row in table.to_dict("records")
    )
    there = [
        f"{row['outcome']} {tables.some_share(row['share'])}"
        for row in table.to_dict("records")
        if row["share"] > 0
    ]
    picture = Picture(
        "outcomes",
        "How the replicates came out",
        f"Bars: {tables.joined(there)} of replicates.",
        lambda figure: drawings.draw_outcomes(figure.subplots(), table),
        wide=(7.4, 0.9 + 0.55 * len(there)),
        narrow=(3.7, 0.9 + 0.5 * len(there)),
        note="Thin lines: 95 % intervals.",
    )
    table_block = Table(
        "How the replicates came out",
        ("outcome", "share", "95 % interval", "what it says"),
        rows,
        right=(1, 2),
        prose=(3,),
        folded=True,
    )
    blocks: list[Block] = [picture]
    if results.outcomes["inert"] > 0:
        blocks.append(Text(_what_inert_leaves_out(results), "note"))
    return Section("outcomes", "How it came out", (*blocks, table_block))


def _what_inert_leaves_out(results: Results) -> str:
    text = (
        "“Inert” compares the need that joint work met with what its hours, meetings included, "
        "would have met elsewhere. Support hours that members free by sharing do not count in it."
    )
    freed = results.estimate("freed_hours").value
    if freed > 0:
        text += (
            f" Here members free {number(freed, 'hours')} on average. Those count in the gain, so "
            "a partnership can gain and yet be called inert."
        )
    return text


def _partners(source: RunSource) -> Section:
    assert source.partners is not None
    table = partners_table(source.results.scenario, source.partners)
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
        "Each partner's own gain",
        "A row a partner: its mean own gain and the 95 % interval. The values stand in the table "
        "below.",
        lambda figure: drawings.draw_partners(figure.subplots(), table),
        wide=(7.4, 1.0 + 0.32 * len(table)),
        narrow=(3.7, 1.0 + 0.42 * len(table)),
        note=("Squares: a loss on average. " if (table["estimate"] <= 0).any() else "")
        + "Most 95 % intervals are shorter than the signs.",
    )
    return Section(
        "partners",
        "Who gains",
        (
            Text(
                "Need met in the area, weighted by each partner's own goals, together against "
                "alone. A partner may gain from what others do."
            ),
            picture,
            Table(
                "Each partner's own gain",
                (
                    "partner",
                    "own gain",
                    "95 % interval",
                    "replicates where it loses",
                    "95 % interval",
                ),
                rows,
                right=(1, 2, 3, 4),
            ),
        ),
    )


def _example(example: Example, player: str) -> Section:
    first, last = example.moments[0], example.moments[-1]
    members = members_table(example)
    rows = tuple(
        (
            str(row["number"]),
            str(row["agency"]),
            f"{row['capacity']:,.0f}",
            "yes" if row["member_at_the_end"] else "no",
            _share(row["trust_at_first"]),
            _share(row["trust_at_the_end"]),
            _share(row["commitment_at_the_end"]),
        )
        for row in members.head(MOST_LISTED).to_dict("records")
    )

    def draw(figure: Figure) -> None:
        narrow = figure.get_figwidth() < 5
        axes = figure.subplots(2, 1) if narrow else figure.subplots(1, 2)
        heads = ("before the first month", f"after month {last.month}: {last.state}")
        for place, moment, head in zip(axes, (first, last), heads, strict=True):
            drawings.draw_network(place, *network_tables(example, moment))
            place.set_title(head, fontsize=10)

    play: list[Block] = []
    if player:
        play.append(Text("This command makes a page that plays it month by month:"))
        play.append(Code(f"{player} --replicate {example.replicate}"))
    trust = [members[f"trust_at_{when}"].mean() for when in ("first", "the_end")]
    picture = Picture(
        "network",
        f"Replicate {example.replicate}: who is in, at first and at the end",
        f"Two networks. At first {int(first.member.sum())} agencies are in, at the end "
        f"{int(last.member.sum())}. Mean trust between members is {_share(trust[0])} at first and "
        f"{_share(trust[1])} at the end, on a scale from 0 to 1.",
        draw,
        wide=(7.4, 3.9),
        narrow=(3.7, 7.2),
        note="Filled: members. Square: the lead. Blue lines join members, thicker where trust is "
        "higher; grey lines are other ties. Agencies with more hours are larger.",
    )
    return Section(
        "example",
        "One replicate as an example",
        (
            Text(
                "This shows how a run goes. It is one possible story out of many, and not the "
                "answer."
            ),
            picture,
            Table(
                f"The members in replicate {example.replicate}",
                (
                    "no.",
                    "agency",
                    "hours a month",
                    "in at the end",
                    "trust at first",
                    "trust at the end",
                    "commitment at the end",
                ),
                rows,
                right=(2, 4, 5, 6),
                folded=True,
            ),
            *play,
        ),
    )


def _share(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.2f}"


def _own_caveats(source: RunSource) -> list[str]:
    texts = list(source.notes)
    if source.failures:
        texts.append(f"{len(source.failures):,} runs failed and are left out.")
    if source.results.count < 30:
        texts.append(
            f"{source.results.count} replicates are few. The intervals are wide, and for so few "
            "only roughly right."
        )
    return texts


def reproduce(origin: Origin, scenario_text: str, what: str = "scenario") -> Section:
    """Say how to get the same numbers again."""
    return Section(
        "reproduce",
        "Reproduce this",
        (
            Text(
                f"{'This command gives' if len(origin.commands) == 1 else 'These commands give'} "
                "the numbers of this page again:"
            ),
            Code("\n".join(origin.commands)),
            Facts(tuple((name, fact, "") for name, fact in origin.facts.items())),
            Code(scenario_text, folded=f"The complete {what} file"),
            Text(
                "The same seed and version give the same numbers on every machine, "
                "to the last bit.",
                "note",
            ),
        ),
    )


def _data(source: RunSource) -> list[Block]:
    results = source.results
    summary = results.summary()
    blocks: list[Block] = [
        Text(
            "Everything that is drawn above, as CSV for a spreadsheet. The files are inside this "
            "page; nothing is fetched."
        ),
        Data(
            "summary.csv",
            "Every measure with its 95 % interval",
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
                "Need met by month, units: mean, and the middle 90 % of replicates",
                met,
                _months_table(met),
            )
        )
        blocks.append(
            Data(
                "gain-so-far.csv",
                "The gain so far by month, a share, with its 95 % interval",
                gain,
            )
        )
    if source.frictions is not None:
        blocks.append(
            Data(
                "frictions.csv",
                "What each friction takes, as shares",
                tables.frictions_table(source.frictions),
            )
        )
    if source.partners is not None:
        partners = partners_table(results.scenario, source.partners)
        blocks.append(Data("partners.csv", "Each partner's own gain", partners))
    rows = tables.fitting(results.replicates)
    which = "Every replicate"
    if rows < results.count:
        which = f"The first {rows:,} of {results.count:,} replicates"
    what, every = f"{which}, a column a measure", results.replicates
    blocks.append(Data("replicates.csv", what, every, inside=every.head(rows)))
    return blocks


def _summary_table(summary: pd.DataFrame) -> Table:
    rows = tuple(
        (
            str(row["measure"]),
            str(row["words"]),
            str(row["unit"]),
            f"{row['estimate']:.6g}",
            f"{row['low']:.6g}",
            f"{row['high']:.6g}",
        )
        for row in summary.to_dict("records")
    )
    heads = ("name", "measure", "unit", "estimate", "low", "high")
    return Table("summary.csv", heads, rows, right=(3, 4, 5), folded=True)


def _months_table(met: pd.DataFrame) -> Table:
    wide = met.pivot(index="month", columns="arm", values=["mean", "low", "high"])
    arms = list(met["arm"].unique())
    heads = ["month"]
    for arm in arms:
        heads += [tables.ARM_WORDS[arm], "5 %", "95 %"]
    rows = []
    for month, row in wide.iterrows():
        cells = [str(month)]
        for arm in arms:
            cells += [f"{row[(key, arm)]:,.0f}" for key in ("mean", "low", "high")]
        rows.append(tuple(cells))
    right = tuple(range(1, len(heads)))
    return Table("months.csv", tuple(heads), tuple(rows), right=right, folded=True)
