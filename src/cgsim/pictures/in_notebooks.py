"""What results look like as the last line of a cell of a notebook: words and a small table."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from cgsim.answer.catalogue import term, word
from cgsim.answer.formats import interval, number
from cgsim.measures import RUN
from cgsim.pictures import tables

if TYPE_CHECKING:
    import pandas as pd

    from cgsim.running.results import Frictions, Results

MOST_ROWS = 24


def results(found: Results) -> str:
    """Return the answer in words, and the measures that a run's table shows."""
    rows = [
        (
            term(finding.words),
            number(finding.estimate.value, finding.unit),
            interval(finding.estimate, finding.unit),
            term(finding.of),
        )
        for finding in found.findings.values()
        if RUN in finding.shown
    ]
    heads = [word(f"table.{name}") for name in ("measure", "estimate", "interval", "of")]
    return _told(found.headline()) + _table(heads, rows)


def frictions(found: Frictions) -> str:
    """Return the steps from the possible gain to the one that is left."""
    rows = [
        (step["words"], number(step["value"], "share"), tables.interval_in(step))
        for step in tables.frictions_table(found).to_dict("records")
    ]
    heads = [word(f"table.{name}") for name in ("measure", "estimate", "interval")]
    return _table(heads, rows) + _told(word("shapley.paid") if found.buys else "")


def batch(title: str, question: str, summary: pd.DataFrame) -> str:
    """Return an experiment's title and question, and the first rows of its summary."""
    table = str(summary.head(MOST_ROWS).to_html(index=False))
    return f"<p><b>{html.escape(title)}</b></p>" + _told(question) + table


def _told(text: str) -> str:
    return f"<p>{html.escape(text)}</p>" if text else ""


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    def line(cells: Iterable[str], kind: str) -> str:
        return "<tr>" + "".join(f"<{kind}>{html.escape(c)}</{kind}>" for c in cells) + "</tr>"

    body = "".join(line(row, "td") for row in rows)
    return f"<table><thead>{line(heads, 'th')}</thead><tbody>{body}</tbody></table>"
