"""A lesson as one page to show: everything that is said and drawn on it, made from the results."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from cgsim import __version__
from cgsim.answer.build import bought
from cgsim.answer.catalogue import word
from cgsim.answer.formats import interval, number, percent, told
from cgsim.compiler import source_told
from cgsim.experiment.results import Results
from cgsim.measures import LEAST_GAIN
from cgsim.report.document import Picture
from cgsim.report.drawings import draw_frictions, draw_spread
from cgsim.report.lessons.forms import BY_NAME, Run, cell_places
from cgsim.report.lessons.pictures import Row, draw_cases, draw_cells
from cgsim.report.lessons.reading import text_of
from cgsim.report.lessons.results import NoLongerHolds, Played, failing, judge
from cgsim.report.lessons.words import COMPARED, axis_label, difference, losing, said
from cgsim.report.page import environment, svg_of, with_script
from cgsim.report.tables import MIDDLE, capital, frictions_table, scale_of, some_share
from cgsim.statistics import Estimate

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDE, NARROW = 5.4, 3.7
"""Inches that a figure is wide: on a screen where two stand beside each other, on a telephone."""


def as_page(played: Played, *, notes: bool = False) -> str:
    """Return the lesson as one HTML page that needs no network; with the lecturer's notes if asked.

    Raises ``NoLongerHolds`` if the results do not bear out what the lesson teaches.
    """
    from markupsafe import Markup

    if wrong := failing(played):
        raise NoLongerHolds("; ".join(wrong))
    lesson = played.lesson
    page = _Page(played)
    template = environment().get_template("lesson.html.j2")
    return str(
        template.render(
            lesson=lesson,
            form=lesson.form,
            page=page,
            svg=svg_of,
            paragraphs=paragraphs,
            seed=played.seed,
            version=__version__,
            source=source_told(),
            notes=Markup(notes_html(lesson.notes)) if notes else "",
            **with_script("lesson.js", page.data()),
        )
    )


def paragraphs(text: str) -> list[str]:
    """Part a text at its empty lines."""
    return [" ".join(part.split()) for part in re.split(r"\n\s*\n", text.strip())]


def notes_html(text: str) -> str:
    """Return the lecturer's notes as HTML, headings two levels down; HTML in them stays text."""
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    tokens = reader.parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1]) + 1)}"
    return str(reader.renderer.render(tokens, reader.options, {}))


class _Page:
    """What the page says and shows, made from the results."""

    def __init__(self, played: Played) -> None:
        self.played = played
        self.lesson = played.lesson
        self.form = played.lesson.form
        self.measure = BY_NAME[self.form.answer.measure]
        self.scale = scale_of(self.measure.unit)
        self.verdict = judge(self.form.answer, played)
        self.label = axis_label(self.measure.name)
        self.losing = losing(self.measure.name)

    @property
    def asked(self) -> Results:
        return self.played.results[self.played.asked]

    @property
    def is_difference(self) -> bool:
        return self.form.answer.comparison in ("more", "less", "same")

    def answer(self) -> str:
        """Say the answer with its interval."""
        case = self.played.asked.case
        says = self.case_says(case, self.asked.estimate(self.measure.name))
        if not self.is_difference:
            return says
        than = self.form.answer.than or ""
        return f"{says} {difference(self.verdict.estimate, self.measure.name, than)}"

    def case_says(self, case: int, estimate: Estimate) -> str:
        """Say what a case came to; which one it is, where there are several."""
        sentence = said(estimate, self.measure.name)
        if len(self.lesson.cases) > 1:
            label = self.lesson.cases[case].label
            return capital(word("lesson.case", label=label, sentence=sentence))
        return capital(word("lesson.alone", sentence=sentence))

    def money(self) -> list[str]:
        """Say of every case in which hours were bought what it is over the same money."""
        made = []
        for c, case in enumerate(self.lesson.cases):
            results = self.played.results[Run(-1, c)]
            if not bought(results):
                continue
            headline = results.answer().headline
            says = " ".join(s.text for s in headline if s.id.startswith("money."))
            made.append(word("lesson.money", label=capital(case.label), told=says))
        return made

    def spread(self) -> str:
        """Say how runs differ in the case that is asked about."""
        row = self.rows(-1)[self.played.asked.case]
        low, high = (number(value, self.measure.unit) for value in row.middle)
        return word(
            "lesson.spread",
            low=low,
            high=high,
            loses=capital(row.loses),
            count=self.asked.count,
            losing=self.losing,
        )

    def rows(self, option: int) -> list[Row]:
        """Return every case as it is, or with an option."""
        return [
            self.row(case.label, self.played.results[Run(option, c)])
            for c, case in enumerate(self.lesson.cases)
        ]

    def row(self, label: str, results: Results) -> Row:
        column = results.column(self.measure.name)
        kept = column[~np.isnan(column)]
        middle = np.quantile(kept, MIDDLE) if len(kept) else np.full(2, np.nan)
        knows_loss = self.measure.name in COMPARED
        loses = (column < -LEAST_GAIN).mean() if knows_loss else results.estimate("loses").value
        return Row(
            label,
            results.estimate(self.measure.name),
            (float(middle[0]), float(middle[1])),
            some_share(float(loses)),
        )

    def value(self, estimate: Estimate) -> str:
        return told(estimate, self.measure.unit)

    def ends(self, estimate: Estimate) -> str:
        return interval(estimate, self.measure.unit)

    @cached_property
    def limits(self) -> tuple[float, float]:
        """The same limits for all figures, so that they can be compared."""
        every = [row for o in range(-1, len(self.form.option)) for row in self.rows(o)]
        ends = [v for row in every for v in (*row.middle, row.estimate.low, row.estimate.high)]
        low, high = min(0.0, np.nanmin(ends)), max(0.0, np.nanmax(ends))
        reach = self.scale * max(1e-3, float(high - low))
        return self.scale * float(low) - 0.04 * reach, self.scale * float(high) + 0.2 * reach

    def pictures(self) -> list[Picture]:
        """Return the figures of the answer: the cases, and the spread where it says something."""
        made = []
        several = len(self.lesson.cases) > 1
        if several:
            made.append(self.cases_picture(-1))
        if self.measure.unit == "share" and self.measure.interval == "mean":
            label = f": {self.lesson.cases[self.played.asked.case].label}" if several else ""
            title = f"How the {self.asked.count} runs differ{label}"
            made.append(
                Picture(
                    "spread",
                    title,
                    f"A histogram. {self.spread()}",
                    self.draw_spread,
                    wide=(WIDE, 2.9),
                    narrow=(NARROW, 2.9),
                    note="Each run is one area drawn by chance, with its own luck.",
                )
            )
        if self.played.frictions is not None:
            table = frictions_table(self.played.frictions)
            steps = [f"{row['words']}: {percent(row['value'])}" for row in table.to_dict("records")]
            made.append(
                Picture(
                    "frictions",
                    "From the possible gain to the one that is left",
                    "Steps: " + "; ".join(steps) + ".",
                    lambda figure: draw_frictions(figure.subplots(), table),
                    wide=(5.9, 3.4),
                    narrow=(NARROW, 4.6),
                    note=f"What each friction takes, in {len(self.played.frictions.replicates)} "
                    "runs, averaged over all orders in which they could be added. A plus: it "
                    "spares more than it costs.",
                )
            )
        return made

    def draw_spread(self, figure: Figure) -> None:
        draw_spread(
            figure.subplots(),
            self.asked.column(self.measure.name),
            word("lesson.axis_of_a_run", label=self.label),
            "lose" if self.measure.name in ("gain", "area_gain") else "below 0",
        )

    def cases_picture(self, option: int) -> Picture:
        """Return the figure of all cases, with an option beside the lesson as it is."""
        rows = self.rows(option)
        before = self.rows(-1) if option >= 0 else None
        says = [f"{r.label}: {self.value(r.estimate)} ({self.ends(r.estimate)})" for r in rows]
        title = "Now and before" if option >= 0 else "Every case"
        height = 0.9 + 0.46 * len(rows) + (0.35 if before else 0.0)
        return Picture(
            f"option{option}" if option >= 0 else "cases",
            title,
            "; ".join(says) + ".",
            lambda figure: draw_cases(
                figure.subplots(), rows, before, self.scale, self.label, self.limits
            ),
            wide=(WIDE, height),
            narrow=(NARROW, height + 0.25 * len(rows)),
            note=self.signs(rows) + (" Diamond: as it was before." if before else ""),
        )

    def signs(self, rows: Sequence[Row]) -> str:
        """Say what the signs of a figure of cases mean; of squares only where there are some."""
        below = [not row.estimate.value > 0 for row in rows]
        loss = "a loss" if self.measure.name in ("gain", "area_gain") else "not above 0"
        mean = "Square" if all(below) else f"Dot (square: {loss})" if any(below) else "Dot"
        return f"{mean}: the mean; thick line: its 95 % interval; thin line: nine runs in ten."

    def options(self) -> list[dict[str, Any]]:
        """Return what is said and shown of every option."""
        case = self.played.asked.case
        return [
            {
                "label": option.label,
                "says": self.case_says(case, self.rows(o)[case].estimate),
                "text": paragraphs(option.text),
                "picture": self.cases_picture(o),
                "rows": list(zip(self.rows(o), self.rows(-1), strict=True)),
            }
            for o, option in enumerate(self.form.option)
        ]

    def cells(self) -> list[tuple[tuple[str, ...], Row, str]]:
        """Return every setting to play with: what its controls say, its row, and its sentence."""
        made = []
        for picked, results in zip(cell_places(self.form), self.played.cells, strict=True):
            named = tuple(
                axis.names[value] for axis, value in zip(self.form.axis, picked, strict=True)
            )
            row = self.row(", ".join(named), results)
            told_of = word(
                "lesson.cell",
                label=capital(row.label),
                sentence=said(row.estimate, self.measure.name),
                loses=capital(row.loses),
                losing=self.losing,
            )
            made.append((named, row, told_of))
        return made

    def cells_picture(self) -> Picture:
        """Return the figure of all settings, one panel for each value of the third axis."""
        panels = len(self.form.axis[2].values) if len(self.form.axis) > 2 else 1
        best = max(self.cells(), key=lambda cell: cell[1].estimate.value)
        return Picture(
            "cells",
            "All settings at a glance",
            f"The {len(self.played.cells)} settings; the table below gives every one. The highest: "
            f"{best[2]}",
            self.draw_cells,
            wide=(7.4, 3.4),
            narrow=(NARROW, 2.3 * panels + 0.4),
            note="The ring is the setting chosen above. Thin lines are 95 % intervals; most are "
            "shorter than the signs.",
        )

    def draw_cells(self, figure: Figure) -> None:
        estimates = [results.estimate(self.measure.name) for results in self.played.cells]
        draw_cells(figure, self.form.axis, estimates, self.scale, self.label)

    def commands(self) -> list[tuple[str, str]]:
        """Return the commands that give the numbers again, one for each run."""
        made = []
        for run in self.lesson.runs:
            label = self.lesson.cases[run.case].label
            if run.option >= 0:
                label = f"{self.form.option[run.option].label}; {label}"
            made.append((label, self.command("run", run, self.asked.count)))
        if (found := self.played.frictions) is not None:
            command = self.command("frictions", self.played.asked, len(found.replicates))
            made.append(("frictions", command))
        return made

    def command(self, name: str, run: Run, replicates: int) -> str:
        case = self.lesson.cases[run.case]
        values = {**self.form.set, **case.set}
        if run.option >= 0:
            values |= self.form.option[run.option].set
        words = ["cgsim", name, self.lesson.runs[run].name]
        words += ["--replicates", str(replicates), "--seed", str(self.played.seed)]
        for key, value in values.items():
            words += ["--set", f"{key}={text_of(value)}"]
        return shlex.join(words)

    def assumptions(self) -> list[tuple[str, str]]:
        """Return the scenarios that the lesson rests on, and what each of them assumes."""
        every = {scenario.name: scenario for scenario in self.lesson.runs.values()}
        told = [(every[n].title, " ".join(every[n].assumed.split())) for n in every]
        return [(title, text) for title, text in told if text]

    def data(self) -> dict[str, Any]:
        """Return what the page's script needs."""
        bet, answer = self.form.bet, self.form.answer
        printing = environment().filters["printing"]
        value = round(self.scale * abs(self.verdict.estimate.value), 1)
        if not self.is_difference:
            value = round(self.scale * self.verdict.estimate.value, 1) + 0.0
        return {
            "choices": bet.choices,
            "right": bet.choices.index(answer.choice or "") if bet.choices else -1,
            "answer": value,
            "unit": bet.unit or "",
            "low": bet.low,
            "high": bet.high,
            "near": bet.near,
            "sizes": [len(axis.values) for axis in self.form.axis],
            "cells": [printing(cell[2]) for cell in self.cells()] if self.played.cells else [],
        }
