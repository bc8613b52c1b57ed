"""The report on an assessment: what the answers lead to, the doubt in it, and what would help."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from cgsim import __version__
from cgsim.answer.catalogue import word
from cgsim.answer.formats import interval, percent, points
from cgsim.answer.names import outcome, outcome_words
from cgsim.assess import words
from cgsim.assess.answers import all_as_toml
from cgsim.assess.assessment import Assessment, Tried, topic_of
from cgsim.assess.forecast import Forecast
from cgsim.assess.questions import in_words, questionnaire, unit_of
from cgsim.compiler import source_told
from cgsim.experiment.posterior import told_of
from cgsim.measures import BY_NAME, OUTCOMES
from cgsim.report import drawings, tables
from cgsim.report.assumptions import caveats
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
from cgsim.report.figures import INK, TOGETHER
from cgsim.report.glossary import words_used

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

SHOWN_SHARES = 12
UNKNOWN = "don't know"
EXPLAINED = (
    "draw",
    "run",
    "gain",
    "inertia",
    "commitment",
    "free hours",
    "overhead",
    "bought hours",
)
"""Words of the glossary that the page explains where it uses them."""


def assessment_document(found: Assessment, command: str) -> Document:
    """Return the report on an assessment; ``command`` gives its numbers again."""
    sections = [_answer(found), _forecast(found)]
    if found.by_partner:
        sections.append(_partners(found))
    sections += [
        _doubt(found),
        _changes(found),
    ]
    key = Section("words", "The words used here", (words_used(EXPLAINED, sections),))
    sections.insert(2, key)  # after what a reader comes for, before the details
    sections += [
        _answered(found),
        _assumed(found),
        caveats(
            "This is a way to think, not a prediction. The ranges behind the answers are expert "
            "assumptions. What counts is what the partners make of them when they talk.",
            "Intervals of changes are for one change each. Among many changes the best look a "
            "little better than they are.",
        ),
        _reproduce(found, command),
        _data(found),
    ]
    pictures = [b for s in sections for b in s.blocks if isinstance(b, Picture)]
    about = {
        "title": found.answers.title,
        "scenario": found.draws.start.scenario.name,
        "seed": str(found.draws.seed),
        "draws": str(found.draws.count),
        "replicates": str(found.replicates),
        "version": f"cgsim {__version__}",
        "source of the model": source_told(),
    }
    return Document(
        found.answers.title,
        "Assessment of a partnership: a way to think, not a prediction",
        tuple(sections),
        pictures[0],
        about,
    )


def _answer(found: Assessment) -> Section:
    f = found.forecast
    facts = (
        (
            "Gain in the middle of the draws, " + BY_NAME["gain"].of,
            percent(f.median),
            f"half: {_span(f.half)}",
        ),
        (
            "Draws that gain",
            words.whole(f.gains.value),
            f"{words.whole(f.loses.value)} lose more than 2 %",
        ),
        (
            outcome("inert").capitalize(),
            words.whole(f.outcomes["inert"].value),
            outcome_words("inert"),
        ),
        (
            outcome("collapsed").capitalize(),
            words.whole(f.outcomes["collapsed"].value),
            outcome_words("collapsed"),
        ),
    )
    blocks: list[Block] = [
        Text(words.label(), "lead"),
        Text(words.headline(found)),
        Facts(facts, large=True),
        Text(words.risk(found)),
        *(Text(text) for text in words.money(found)),
    ]
    if said := words.gaps(found):
        blocks.append(Points(tuple(said)))
    return Section("answer", "The forecast", tuple(blocks))


def _span(pair: tuple[float, float]) -> str:
    return f"{points(pair[0])} to {percent(pair[1])}"


def _forecast(found: Assessment) -> Section:
    f, means = found.forecast, found.present.means

    def draw(figure: Figure) -> None:
        above, below = figure.subplots(2, 1, sharex=True, height_ratios=(1, 4))
        for pair, width in ((f.nine_in_ten, 1.8), (f.half, 6.0)):
            above.hlines(0.0, 100 * pair[0], 100 * pair[1], color=TOGETHER, linewidth=width)
        above.plot([100 * f.median], [0.0], "o", color="white", markeredgecolor=INK, markersize=7)
        above.annotate(
            f"middle {percent(f.median)}",
            (100 * f.median, 0.0),
            xytext=(0, 7),
            textcoords="offset points",
            ha="center",
            va="bottom",
        )
        above.set_axis_off()
        drawings.draw_spread(below, means, "mean gain of a draw, %", "of the draws lose")
        below.set_ylabel("draws, %")

    picture = Picture(
        "forecast",
        "What the answers leave open",
        f"Bars count the draws by their gain. The middle is {percent(f.median)}; half of the draws "
        f"lie between {words.ends(f.half)}, nine in ten between {words.ends(f.nine_in_ten)}.",
        draw,
        note="A draw is one possible state of affairs that fits the answers, averaged over "
        f"{found.replicates} runs. Above the bars: the middle, half of the draws (thick) and "
        "nine in ten (thin). Hatched: draws that lose.",
    )
    rows = tuple(
        (
            outcome(kind).capitalize(),
            words.whole(e.value),
            interval(e, "share"),
            outcome_words(kind),
        )
        for kind in OUTCOMES
        if (e := f.outcomes[kind]).value > 0.0
    )
    table = Table(
        "How partnerships came out, over all draws and runs",
        ("outcome", "share", "95 % interval of the mean", "what it says"),
        rows,
        right=(1, 2),
        prose=(3,),
    )
    return Section("spread", "How sure it is", (picture, table))


def _partners(found: Assessment) -> Section:
    import pandas as pd

    seen: list[tuple[str, Forecast]] = [(v.partner, f) for v, f in found.by_partner]
    seen.append(("All together", found.forecast))
    table = pd.DataFrame(
        {
            "label": name,
            "estimate": f.median,
            "low": f.nine_in_ten[0],
            "high": f.nine_in_ten[1],
        }
        for name, f in seen
    )
    told = "; ".join(f"{name} {percent(f.median)} ({_span(f.nine_in_ten)})" for name, f in seen)
    picture = Picture(
        "partners",
        "The forecast as each partner sees it",
        f"A row a partner, with the middle and nine draws in ten: {told}.",
        lambda figure: drawings.draw_points(figure.subplots(), table, 100.0, "gain, %"),
        wide=(7.4, 1.0 + 0.4 * len(table)),
        narrow=(3.7, 1.2 + 0.5 * len(table)),
        note="Points: the middle of the draws. Lines: nine draws in ten. Squares: a loss in the "
        "middle. In “all together” every draw takes, question by question, one partner's answer.",
    )
    said = words.agreement(found)
    return Section("partners", "Where the partners differ", (*map(Text, said), picture))


def _doubt(found: Assessment) -> Section:
    blocks: list[Block] = [Text(text) for text in words.doubt(found)]
    shown = [s for s in found.shares if s.estimate.value > 0.0][:SHOWN_SHARES]
    if shown:
        table = doubt_table(found).head(len(shown))
        blocks.append(
            Picture(
                "doubt",
                "What the doubt comes from",
                "A row a question, the largest first. The values stand in the table below.",
                lambda figure: drawings.draw_points(
                    figure.subplots(), table, 100.0, "share of the doubt, %"
                ),
                wide=(7.4, 1.0 + 0.42 * len(table)),
                narrow=(3.7, 1.2 + 0.75 * len(table)),
                note="How much narrower the forecast would be if this alone were known, as a share "
                "of the variance between draws. Lines: 95 % intervals. Shares do not add up to "
                "all: some of the doubt comes from how things work together.",
            )
        )
        rows = tuple(
            (str(row["label"]), percent(row["estimate"]), _share_interval(row))
            for row in table.to_dict("records")
        )
        blocks.append(
            Table(
                "What the doubt comes from",
                ("what it is about", "share", "95 % interval"),
                rows,
                right=(1, 2),
                folded=True,
            )
        )
    return Section("doubt", "What the doubt comes from", tuple(blocks))


def _share_interval(row: Mapping[Any, Any]) -> str:
    return _span((max(0.0, row["low"]), min(1.0, row["high"])))


def doubt_table(found: Assessment) -> pd.DataFrame:
    """A row for everything that accounts for some of the doubt, the largest first."""
    import pandas as pd

    rows = []
    for share in found.shares:
        topic = topic_of(share.name)
        e = share.estimate
        rows.append(
            {
                "label": topic[:1].upper() + topic[1:],
                "name": share.name,
                "estimate": e.value,
                "low": e.low,
                "high": e.high,
            }
        )
    return pd.DataFrame(rows, columns=["label", "name", "estimate", "low", "high"])


def _changes(found: Assessment) -> Section:
    said = words.changes(found)
    table = changes_table(found)
    rows = tuple(
        (
            str(row["label"]),
            points(row["estimate"]),
            _points_interval(row["low"], row["high"]),
            words.whole(row["helps"]),
            f"{round(row['hours']):,}",
            f"{round(row['hours_low']):,} to {round(row['hours_high']):,}",
            str(row["assumed"]),
        )
        for row in table.to_dict("records")
    )
    picture = Picture(
        "changes",
        "What each change does to the gain",
        "A row a change, the best first. The values stand in the table below.",
        lambda figure: drawings.draw_points(
            figure.subplots(), table, 100.0, "change of the gain of the area, points"
        ),
        wide=(7.4, 1.0 + 0.42 * len(table)),
        narrow=(3.7, 1.2 + 0.75 * len(table)),
        note="Against the present state, on the same draws and the same luck, of what all agencies "
        "met alone, over the same money spent on services. Points: the mean "
        "over the draws. Lines: its 95 % interval. Squares: no better, or worse.",
    )
    block = Table(
        "Every change that was tried",
        (
            "change",
            "gain of the area, percentage points",
            "95 % interval",
            "draws it helps in",
            "overhead hours a year",
            "95 % interval",
            "what is assumed",
        ),
        rows,
        right=(1, 2, 3, 4, 5),
        prose=(6,),
        folded=True,
    )
    blocks: list[Block] = [*map(Text, said), picture, block]
    if found.settled:
        names = "; ".join(change.text.lower() for change in found.settled)
        blocks.append(
            Text(f"Not tried, as it is so already or cannot be changed: {names}.", "note")
        )
    return Section("changes", "What would help most", tuple(blocks))


def _points_interval(low: float, high: float) -> str:
    return f"{points(low)} to {points(high)}"


def changes_table(found: Assessment) -> pd.DataFrame:
    """A row a change, and one for the best of them at once, the largest effect first."""
    import pandas as pd

    def row(one: Tried) -> dict[str, object]:
        alone = len(one.changes) == 1
        return {
            "label": words.name_of(one),
            "estimate": one.effect.value,
            "low": one.effect.low,
            "high": one.effect.high,
            "helps": one.helps.value,
            "hours": one.hours.value,
            "hours_low": one.hours.low,
            "hours_high": one.hours.high,
            "bought": one.bought.value,
            "assumed": one.changes[0].assumed if alone else "As for each of them.",
        }

    rows = [row(one) for one in found.all_tried]
    table = pd.DataFrame(rows)
    return table.sort_values("estimate", ascending=False, kind="stable").reset_index(drop=True)


def answers_table(found: Assessment) -> pd.DataFrame:
    """A row a question: what was answered by whom, and how far the answers lie apart."""
    import pandas as pd

    rows = []
    several = len(found.answers.voices) > 1
    for question in questionnaire().questions.values():
        given = found.answers.given(question.id)
        told = [
            (f"{who}: " if several else "") + question.answers[answer].text
            for who, answer in given.items()
        ]
        rows.append(
            {
                "question": question.text,
                "answers": " ".join(told) or UNKNOWN,
                "apart": found.answers.apart(question.id),
            }
        )
    return pd.DataFrame(rows)


def _answered(found: Assessment) -> Section:
    several = len(found.answers.heard) > 1
    rows = tuple(
        (
            str(row["question"]),
            str(row["answers"]),
            *([_apart(row["apart"])] if several else []),
        )
        for row in answers_table(found).to_dict("records")
    )
    heads = ("question", "answer", *(["agreement"] if several else []))
    return Section(
        "answers",
        "What was answered",
        (Table("Questions and answers", heads, rows, prose=(1,)),),
    )


def _apart(distance: float | None) -> str:
    if distance is None or np.isnan(distance):
        return "one voice or none"
    if distance == 0.0:
        return "the same"
    return "close" if distance <= 0.34 else "apart" if distance <= 0.67 else "far apart"


def _assumed(found: Assessment) -> Section:
    asked = questionnaire()
    rows = []
    for question in asked.questions.values():
        for answer in question.answers.values():
            left = "; ".join(
                f"{key} {in_words(f)}" + (f" {unit_of(key)}" if not f.values else "")
                for key, f in answer.leaves.items()
            )
            rows.append((question.text, answer.text, left))
    return Section(
        "assumed",
        "What is assumed",
        (
            Text(
                "An answer narrows a range; it never sets a value that nobody can know. Every "
                "range below is an expert assumption. What no question is about is drawn from "
                "the range that the model gives for it. Within a range every value is as likely "
                "as any other, whatever the other values are."
            ),
            *([Text(word("assess.given", given=found.draws.given))] if found.draws.given else []),
            Table(
                "What each answer leaves possible",
                ("question", "answer", "what it leaves possible"),
                tuple(rows),
                prose=(1, 2),
                folded=True,
            ),
            Text(
                "The command “cgsim describe NAME” explains a parameter: its unit, range, default, "
                "basis and source.",
                "note",
            ),
        ),
    )


def _reproduce(found: Assessment, command: str) -> Section:
    facts = {
        "version": f"cgsim {__version__}",
        "seed": str(found.draws.seed),
        "draws": f"{found.draws.count:,}",
        **told_of(found.draws.given),
        "runs of each draw": f"{found.replicates:,}",
        "source of the model": source_told(),
    }
    return Section(
        "reproduce",
        "Reproduce this",
        (
            Text("With the answers below kept in answers.toml, this gives the same numbers:"),
            Code(command),
            Facts(tuple((name, fact, "") for name, fact in facts.items())),
            Code(all_as_toml(found.answers), folded="The answers, answers.toml"),
            Code(
                found.draws.start.scenario.to_toml(),
                folded="The scenario that the answers are laid over",
            ),
            Code(
                found.scenario_file,
                folded="The middle of what the answers leave, as a scenario file",
            ),
        ),
    )


def _data(found: Assessment) -> Section:
    drawn = found.draws_table()
    return Section(
        "data",
        "The data",
        (
            Text("Everything that is drawn above, as CSV. The files are inside this page."),
            Data(
                "changes.csv",
                "Every change: its effect on the gain as a share, and hours a year",
                changes_table(found),
            ),
            Data(
                "doubt.csv",
                "What the doubt comes from, as shares of the variance between draws",
                doubt_table(found),
            ),
            Data("answers.csv", "The answers", answers_table(found)),
            Data(
                "draws.csv",
                "Every draw: its gain, and the value of all that is uncertain",
                drawn,
                inside=drawn.head(tables.fitting(drawn)),
            ),
        ),
    )
