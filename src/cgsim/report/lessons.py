"""Lessons: a question, a bet, and what the runs say. Read from files, run, made into one page.

A lesson file is Markdown with a TOML head between lines of ``+++``. The head says what is asked and
what is run; the Markdown below it is for the lecturer. What a lesson teaches stands in the head as
checks on the engine's own results, so a lesson that no longer holds is not made into a page.
"""

from __future__ import annotations

import base64
import hashlib
import re
import shlex
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

import numpy as np
from pydantic import BaseModel, Field, ValidationError

from cgsim import __version__, shipped
from cgsim.compiler import source_hash
from cgsim.engine.run import MOST_REPLICATES, Progress
from cgsim.experiment import statistics
from cgsim.experiment.results import Frictions, Results, run_frictions, run_many
from cgsim.experiment.statistics import Estimate
from cgsim.experiment.words import interval, more_or_less, number, percent, points
from cgsim.measures import MEASURES, Measure
from cgsim.report.document import Picture
from cgsim.report.drawings import draw_frictions, draw_spread
from cgsim.report.figures import ALONE, INK, MONEY, TOGETHER, WARM, as_svg, cut, folded, is_narrow
from cgsim.report.page import POLICY, environment
from cgsim.report.player import json_for_script
from cgsim.report.tables import frictions_table
from cgsim.scenario import Scenario, keys, load
from cgsim.scenario.errors import Fault, ScenarioError, hint, safe, shown
from cgsim.scenario.files import Draft, is_file
from cgsim.scenario.form import Form, Name, Text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

FENCE = "+++"
MOST_BYTES = 256 * 1024
MOST_CELLS = 64
"""Settings of a table to play with; the page holds the result of every one."""
FRICTION_REPLICATES = 200
MIDDLE = (0.05, 0.95)
_BY_NAME: dict[str, Measure] = {m.name: m for m in MEASURES if m.interval != "class"}
_Value = bool | int | float | str
_Set = dict[str, _Value]


class CaseForm(Form):
    """One of the settings that the question compares."""

    label: Name
    scenario: Name | None = None
    set: _Set = Field({})


class CheckForm(Form):
    """Something a lesson teaches, said so that the engine's results can be held against it.

    ``more``, ``less`` and ``same`` compare two cases; in an option without ``than``, the option
    with the lesson as it is. ``highest`` and ``lowest`` compare a case with all others. ``value``
    is the least difference, with ``same`` the largest.
    """

    says: Text = ""
    measure: str = "gain"
    of: Name | None = None
    comparison: Literal["above", "below", "between", "more", "less", "same", "highest", "lowest"]
    value: Annotated[float, Field(allow_inf_nan=False)] | None = None
    to: Annotated[float, Field(allow_inf_nan=False)] | None = None
    than: Name | None = None


class AnswerForm(CheckForm):
    """The check that answers the question, and which choice it makes right."""

    choice: Name | None = None


class BetForm(Form):
    """What people can bet: one of several choices, or a number."""

    choices: list[Name] = Field([])
    unit: Name | None = None
    low: Annotated[float, Field(allow_inf_nan=False)] | None = None
    high: Annotated[float, Field(allow_inf_nan=False)] | None = None
    near: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None


class OptionForm(Form):
    """Something else to try: laid over the lesson, and over each of its cases."""

    label: Name
    scenario: Name | None = None
    set: _Set = Field({})
    text: Text
    check: list[CheckForm] = Field([])


class AxisForm(Form):
    """One control of the table to play with: a key, its values, and what they are called."""

    key: Name
    label: Name
    values: Annotated[list[_Value], Field(min_length=2, max_length=6)]
    names: Annotated[list[Name], Field(min_length=2, max_length=6)]


class LessonForm(Form):
    """The head of a lesson file."""

    title: Name
    scenario: Name = "baseline"
    set: _Set = Field({})
    replicates: Annotated[int, Field(ge=20, le=min(100_000, MOST_REPLICATES))] = 400
    seed: Annotated[int, Field(ge=0, le=2**63 - 1)] = 1
    frictions: bool = False
    situation: Text
    question: Text
    explanation: Text
    source: Text
    reading: list[Text] = Field([])
    bet: BetForm
    answer: AnswerForm
    case: list[CaseForm] = Field([])
    check: list[CheckForm] = Field([])
    option: Annotated[list[OptionForm], Field(min_length=2, max_length=4)]
    axis: Annotated[list[AxisForm], Field(max_length=3)] = Field([])


_TABLES: dict[str, type[BaseModel]] = {
    "bet": BetForm,
    "answer": AnswerForm,
    "case": CaseForm,
    "check": CheckForm,
    "option": OptionForm,
    "axis": AxisForm,
}
_ALLOWED = {
    "title": "1 to 80 printing characters",
    "set": "a table of keys and their values",
    "replicates": "a whole number from 20 to 100000",
    "seed": "a whole number from 0 to 9223372036854775807",
    "frictions": "true or false",
    "reading": "a list of texts",
    "bet": "choices, or a number with unit, low, high and near",
    "comparison": "one of above, below, between, more, less, same, highest, lowest",
    "case": "[[case]] tables with label and set",
    "check": "[[check]] tables with comparison",
    "option": "two to four [[option]] tables with label, set and text",
    "axis": "up to three [[axis]] tables with key, label, values and names",
    "values": "two to six values",
    "names": "two to six names",
}


class Run(NamedTuple):
    """Which run of a lesson: the option (-1 for the lesson as it is) and the case."""

    option: int
    case: int


@dataclass(frozen=True)
class Lesson:
    """A lesson whose file is in order, with the scenarios that it runs."""

    name: str
    form: LessonForm
    notes: str  #: Markdown, for the lecturer
    runs: Mapping[Run, Scenario]
    cells: tuple[Scenario, ...]  #: the settings to play with, the last axis running fastest

    @property
    def cases(self) -> list[CaseForm]:
        """The cases; one, the lesson as it is, where none are given."""
        return self.form.case or [CaseForm(label="as it is", set={})]

    def case_of(self, check: CheckForm) -> int:
        """Return the case that a check is about; the first one if it does not say."""
        labels = [case.label for case in self.cases]
        return labels.index(check.of) if check.of is not None else 0


def names() -> tuple[str, ...]:
    """Return the names of the lessons that come with cgsim."""
    return tuple(sorted(path.stem for path in shipped.folder("lessons").glob("*.md")))


def load_lesson(name_or_path: str | Path) -> Lesson:
    """Return a lesson, by its name or its file. Raises ``ScenarioError`` with every fault found."""
    path = _find(str(name_or_path))
    place = safe(str(path))
    try:
        with open(path, "rb") as stream:
            data = stream.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "cannot be read"
        raise ScenarioError([Fault(place, None, "", reason)]) from None
    if len(data) > MOST_BYTES:
        message = f"got a file of more than {MOST_BYTES // 1024} KiB; allowed that much"
        raise ScenarioError([Fault(place, None, "", message)])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = "got bytes that are not UTF-8; allowed a text file in UTF-8"
        raise ScenarioError([Fault(place, line, "", message)]) from None
    return read_lesson(text, place, path.stem)


def _find(name: str) -> Path:
    if name in names():
        return shipped.folder("lessons") / f"{name}.md"
    path = Path(name)
    if path.suffix == ".md" and is_file(path):
        return path
    message = f"got {shown(name)}; allowed a lesson or the path of an .md file"
    raise ScenarioError([Fault(safe(name), None, "", message + hint(name, names()))])


def read_lesson(text: str, file: str = "lesson", name: str = "lesson") -> Lesson:
    """Return the lesson of a text. Raises ``ScenarioError`` with every fault found."""
    head, notes = _parted(text.replace("\r\n", "\n"), file)
    try:
        places: dict[keys.Path, tuple[str, int | None]] = {
            path: (file, line) for path, line in keys.scan(head).items()
        }
        draft = Draft(tomllib.loads(head), places, name, None, file)
    except (keys.TooDeep, ValueError, RecursionError, OverflowError) as error:
        found = re.search(r"at line (\d+)", str(error))
        line = getattr(error, "line", None) or (int(found.group(1)) if found else None)
        reason = safe(re.sub(r"\s*\(at .*\)$", "", str(error))) or type(error).__name__
        message = f"got a head that is not TOML ({reason}); allowed TOML"
        raise ScenarioError([Fault(file, line, "", message)]) from None
    return _Reader(draft, _formed(draft), notes).lesson()


def _parted(text: str, file: str) -> tuple[str, str]:
    """Part head and notes; the head keeps its line numbers."""
    lines = text.split("\n")
    ends = [place for place, line in enumerate(lines) if line.rstrip() == FENCE]
    if len(ends) < 2 or ends[0] != 0:
        message = f"got no head; allowed TOML between two lines of {FENCE}, at the very beginning"
        raise ScenarioError([Fault(file, 1, "", message)])
    return "\n".join(["", *lines[1 : ends[1]]]) + "\n", "\n".join(lines[ends[1] + 1 :]).strip()


def _formed(draft: Draft) -> LessonForm:
    try:
        return LessonForm.model_validate(draft.tables)
    except ValidationError as error:
        faults: dict[tuple[str | int, ...], Fault] = {}
        for item in error.errors(include_url=False, include_context=False, include_input=False):
            path = tuple(item["loc"])
            if "set" in path[:-1]:  # pydantic names the types tried in between
                path = path[: path.index("set") + 2]
            named = [str(part) for part in path if isinstance(part, str)]
            allowed = _ALLOWED.get(named[-1]) or "a text or value that fits"
            if item["type"] == "extra_forbidden":
                form = _TABLES.get(named[-2], LessonForm) if len(named) > 1 else LessonForm
                known = list(form.model_fields)
                message = f"got an unknown key; allowed {', '.join(known)}{hint(named[-1], known)}"
            elif item["type"] == "missing":
                message = f"got nothing; allowed {allowed}"
            else:
                value: Any = draft.tables
                for part in path:
                    try:
                        value = value[part]
                    except (KeyError, IndexError, TypeError):
                        break
                message = f"got {shown(value)}; allowed {allowed}"
            faults.setdefault(path, draft.fault(path, message))
        raise ScenarioError(faults.values()) from None


class _Reader:
    """Puts a lesson together from its form, and collects what does not fit."""

    def __init__(self, draft: Draft, form: LessonForm, notes: str) -> None:
        self.draft = draft
        self.form = form
        self.notes = notes
        self.faults: list[Fault] = []

    def fault(self, path: tuple[str | int, ...], message: str) -> None:
        self.faults.append(self.draft.fault(path, message))

    def lesson(self) -> Lesson:
        form = self.form
        cases = form.case or [CaseForm(label="as it is", set={})]
        self.once(("case",), [case.label for case in cases])
        self.once(("option",), [option.label for option in form.option])
        self.bet()
        labels = [case.label for case in cases]
        self.check(("answer",), form.answer, labels, within=False)
        for place, check in enumerate(form.check):
            self.check(("check", place), check, labels, within=False)
        for o, tried in enumerate(form.option):
            for place, check in enumerate(tried.check):
                self.check(("option", o, "check", place), check, labels, within=True)
        runs = {}
        options: list[OptionForm | None] = [None, *form.option]
        for o, option in enumerate(options, -1):
            for c, case in enumerate(cases):
                laid: list[tuple[tuple[str | int, ...], _Set]] = [(("set",), form.set)]
                laid.append((("case", c, "set"), case.set))
                where: tuple[str | int, ...] = ("scenario",)
                name = form.scenario
                if case.scenario:
                    name, where = case.scenario, ("case", c, "scenario")
                if option is not None:
                    laid.append((("option", o, "set"), option.set))
                    if option.scenario:
                        name, where = option.scenario, ("option", o, "scenario")
                if (made := self.scenario(name, where, laid)) is not None:
                    runs[Run(o, c)] = made
        cells = self.cells()
        if self.faults:
            raise ScenarioError(self.faults)
        return Lesson(self.draft.name, form, self.notes, runs, tuple(cells))

    def once(self, path: tuple[str | int, ...], labels: Sequence[str]) -> None:
        for place, label in enumerate(labels):
            if label in labels[:place]:
                self.fault((*path, place, "label"), f"got {shown(label)} twice; allowed once")

    def bet(self) -> None:
        bet, choice = self.form.bet, self.form.answer.choice
        limits = (bet.unit, bet.low, bet.high, bet.near)
        if bet.choices:
            self.once(("bet",), bet.choices)
            if any(value is not None for value in limits) or len(bet.choices) < 2:
                self.fault(("bet",), f"got choices and a number, or one choice; allowed "
                           f"{_ALLOWED['bet']}")  # fmt: skip
            if choice not in bet.choices:
                near = hint(choice or "", bet.choices)
                message = f"got {shown(choice or '')}; allowed one of the bet's choices{near}"
                self.fault(("answer", "choice"), message)
        elif any(value is None for value in limits):
            self.fault(("bet",), f"got a part of it; allowed {_ALLOWED['bet']}")
        elif bet.low is not None and bet.high is not None and not bet.low < bet.high:
            self.fault(("bet",), f"got low {bet.low:g}, high {bet.high:g}; allowed low < high")

    def check(
        self, path: tuple[str | int, ...], check: CheckForm, cases: list[str], *, within: bool
    ) -> None:
        if check.measure not in _BY_NAME:
            near = hint(check.measure, _BY_NAME)
            self.fault((*path, "measure"), f"got {shown(check.measure)}; allowed a measure{near}")
        for key in ("of", "than"):
            label = getattr(check, key)
            if label is not None and label not in cases:
                message = f"got {shown(label)}; allowed the label of a case{hint(label, cases)}"
                self.fault((*path, key), message)
        kind = check.comparison
        if kind in ("above", "below", "between", "same") and check.value is None:
            self.fault((*path, "value"), f"got nothing; allowed a number for {kind}")
        if (kind == "between") != (check.to is not None):
            self.fault((*path, "to"), "got it or lack it; allowed it with between, and only there")
        if kind in ("more", "less", "same") and check.than is None and not within:
            self.fault((*path, "than"), f"got nothing; allowed the label of a case for {kind}")
        if kind in ("highest", "lowest") and len(cases) < 2:
            self.fault((*path, "comparison"), f"got {shown(kind)}; allowed it with two cases")

    def cells(self) -> Iterator[Scenario]:
        count = 1
        for place, axis in enumerate(self.form.axis):
            count *= len(axis.values)
            if len(axis.names) != len(axis.values):
                message = f"got {len(axis.names)} names; allowed one for each value"
                self.fault(("axis", place, "names"), message)
        if len(self.form.axis) == 1 or count > MOST_CELLS:
            message = f"got {count} settings; allowed up to {MOST_CELLS}, on two or three axes"
            self.fault(("axis",), message)
            return
        for picked in cell_places(self.form) if self.form.axis else ():
            laid: list[tuple[tuple[str | int, ...], _Set]] = [(("set",), self.form.set)]
            for place, value in enumerate(picked):
                axis = self.form.axis[place]
                laid.append((("axis", place), {axis.key: axis.values[value]}))
            if (made := self.scenario(self.form.scenario, ("scenario",), laid)) is not None:
                yield made

    def scenario(
        self,
        name: str,
        where: tuple[str | int, ...],
        laid: Sequence[tuple[tuple[str | int, ...], _Set]],
    ) -> Scenario | None:
        """Return a scenario with values laid over it, or note where what is wrong was written."""
        values = {key: value for _, table in laid for key, value in table.items()}
        try:
            return load(name, [f"{key}={text_of(value)}" for key, value in values.items()])
        except ScenarioError as error:
            for fault in error.faults:
                path = where
                leaf = fault.key.rpartition(".")[2]
                for table, given in laid if fault.file == "--set" else ():
                    path = next(((*table, k) for k in given if k.rpartition(".")[2] == leaf), path)
                text = fault.message if path != where else f"{fault.key}: {fault.message}"
                self.fault(path, text.removeprefix(": "))
            return None


def text_of(value: _Value) -> str:
    """Write a value as it stands on the right side of ``--set``."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def cell_places(form: LessonForm) -> list[tuple[int, ...]]:
    """Return which value of each axis every setting takes, the last axis running fastest."""
    return list(np.ndindex(*(len(axis.values) for axis in form.axis)))


@dataclass(frozen=True)
class Played:
    """A lesson and what its runs came to, all on the same luck."""

    lesson: Lesson
    seed: int
    results: Mapping[Run, Results]
    cells: tuple[Results, ...] = ()
    frictions: Frictions | None = None

    @property
    def asked(self) -> Run:
        """The run that the question is about."""
        return Run(-1, self.lesson.case_of(self.lesson.form.answer))


def play(
    lesson: Lesson,
    *,
    seed: int | None = None,
    replicates: int | None = None,
    whole: bool = True,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Played:
    """Run everything that a lesson shows; not ``whole``, only what its checks need."""
    count = replicates or lesson.form.replicates
    luck = lesson.form.seed if seed is None else seed
    cells = lesson.cells if whole else ()
    wanted = [*lesson.runs.values(), *cells]
    results = run_many(wanted, count, luck, workers=workers, progress=progress)
    frictions = None
    asked = Run(-1, lesson.case_of(lesson.form.answer))
    if whole and lesson.form.frictions:
        few = min(count, FRICTION_REPLICATES)
        frictions = run_frictions(lesson.runs[asked], few, luck, workers=workers, progress=progress)
    runs = len(lesson.runs)
    return Played(
        lesson,
        luck,
        dict(zip(lesson.runs, results[:runs], strict=True)),
        tuple(results[runs:]),
        frictions,
    )


class Verdict(NamedTuple):
    """What a check came to: the number it is about, and whether the 95 % interval bears it out."""

    estimate: Estimate
    holds: bool


def judge(check: CheckForm, played: Played, option: int = -1) -> Verdict:
    """Hold a check against the results, those of an option if one is given."""
    lesson = played.lesson
    labels = [case.label for case in lesson.cases]
    of = Run(option, lesson.case_of(check))
    column = partial(_column, played, check.measure)
    value = check.value or 0.0
    if check.comparison in ("above", "below", "between"):
        found = played.results[of].estimate(check.measure)
        holds = {
            "above": found.low > value,
            "below": found.high < value,
            "between": found.low >= value and found.high <= (check.to or 0.0),
        }[check.comparison]
        return Verdict(found, bool(holds))
    if check.comparison in ("more", "less", "same"):
        than = Run(-1, of.case) if check.than is None else Run(option, labels.index(check.than))
        found = statistics.mean(column(of) - column(than))
        if check.comparison == "same":
            return Verdict(found, bool(-value <= found.low and found.high <= value))
        if check.comparison == "less":
            return Verdict(found, bool(-found.high > value))
        return Verdict(found, bool(found.low > value))
    sign = 1.0 if check.comparison == "highest" else -1.0
    others = [Run(option, c) for c in range(len(labels)) if c != of.case]
    leads = [statistics.mean(sign * (column(of) - column(other))) for other in others]
    found = played.results[of].estimate(check.measure)
    return Verdict(found, all(bool(lead.low > value) for lead in leads))


def _column(played: Played, measure: str, run: Run) -> NDArray[np.float64]:
    return played.results[run].column(measure)


def failing(played: Played) -> list[str]:
    """Return what the lesson teaches that its results do not bear out; nothing if all is well."""
    form = played.lesson.form
    checks: list[tuple[str, CheckForm, int]] = [("the answer", form.answer, -1)]
    checks += [(f"check {n}", check, -1) for n, check in enumerate(form.check, 1)]
    checks += [
        (f"option {option.label!r}", check, o)
        for o, option in enumerate(form.option)
        for check in option.check
    ]
    found = []
    for what, check, option in checks:
        estimate, holds = judge(check, played, option)
        if not holds:
            unit = _BY_NAME[check.measure].unit
            came = f"{number(estimate.value, unit)}, 95 % interval {interval(estimate, unit)}"
            found.append(f"{what}: {check.measure} {check.comparison}: it came to {came}")
    return found


class NoLongerHolds(ValueError):
    """The results do not bear out what a lesson teaches; the text says what."""


# From here on: the page.

_AGAINST = {
    "gain": "than working apart",
    "gain_over_equal_money": "than the same money would have met in front-line services",
    "short_term": "in the last months than working apart",
}
_BELOW = {
    "gain": "lost by working together",
    "gain_over_equal_money": "did worse than the same money in front-line services",
    "short_term": "met less in their last months than apart",
}
_AXIS_LABELS = {
    "gain": "collaborative gain, %",
    "gain_over_equal_money": "gain over front-line services, %",
    "short_term": "more need met in the last months, %",
}


def said(estimate: Estimate, measure: str) -> str:
    """Say one measure in a sentence with its interval, without a full stop."""
    unit = _BY_NAME[measure].unit
    if measure not in _AGAINST:
        words = _BY_NAME[measure].words
        return f"{words}: {number(estimate.value, unit)} (95 % interval {interval(estimate, unit)})"
    more, by = more_or_less(estimate)
    sentence = (
        f"working together met {percent(by.value)} {more} need {_AGAINST[measure]} "
        f"(95 % interval {interval(by, 'share')})"
    )
    return sentence + (", which may be no difference at all" if by.low <= 0.0 <= by.high else "")


def as_page(played: Played, *, notes: bool = False) -> str:
    """Return the lesson as one HTML page that needs no network; with the lecturer's notes if asked.

    Raises ``NoLongerHolds`` if the results do not bear out what the lesson teaches.
    """
    from markupsafe import Markup

    if wrong := failing(played):
        raise NoLongerHolds("; ".join(wrong))
    lesson = played.lesson
    folder = Path(__file__).parent / "templates"
    script = (folder / "lesson.js").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()

    def svg(picture: Picture, size: str) -> Markup:
        """Draw a figure for wide or for narrow screens."""
        inches = picture.wide if size == "wide" else picture.narrow
        identity = f"{picture.name}-{size}"
        # Safe: matplotlib and ElementTree escape every text in it.
        return Markup(as_svg(picture.draw, inches, identity, picture.title, picture.description))

    page = _Page(played)
    template = environment().get_template("lesson.html.j2")
    return str(
        template.render(
            policy=f"{POLICY}; script-src 'sha256-{digest}'",  # this one script, no other
            lesson=lesson,
            form=lesson.form,
            page=page,
            svg=svg,
            paragraphs=paragraphs,
            seed=played.seed,
            version=__version__,
            source=source_hash(),
            notes=Markup(notes_html(lesson.notes)) if notes else "",
            data=Markup(json_for_script(page.data())),
            script=Markup(script),
        )
    )


def capital(text: str) -> str:
    """Return a text that begins with a capital."""
    return text[:1].upper() + text[1:]


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


class Row(NamedTuple):
    """One case in a figure or table: what it came to, and where nine replicates in ten lie."""

    label: str
    estimate: Estimate
    middle: tuple[float, float]
    loses: str  #: the share of replicates below 0, or that lose where the measure knows no loss


class _Page:
    """What the page says and shows, made from the results."""

    def __init__(self, played: Played) -> None:
        self.played = played
        self.lesson = played.lesson
        self.form = played.lesson.form
        self.measure = _BY_NAME[self.form.answer.measure]
        self.scale = 100.0 if self.measure.unit == "share" else 1.0
        self.verdict = judge(self.form.answer, played)

    @property
    def asked(self) -> Results:
        return self.played.results[self.played.asked]

    @property
    def is_difference(self) -> bool:
        return self.form.answer.comparison in ("more", "less", "same")

    def answer(self) -> str:
        """Say the answer with its interval."""
        answer, estimate = self.form.answer, self.verdict.estimate
        label = self.lesson.cases[self.played.asked.case].label
        of = self.asked.estimate(self.measure.name)
        sentence = said(of, self.measure.name)
        single = len(self.lesson.cases) == 1
        start = capital(sentence if single else f"{label}: {sentence}")
        if not self.is_difference:
            return f"{start}."
        more, by = more_or_less(estimate)
        unit = "percentage points" if self.measure.unit == "share" else self.measure.unit
        size = points(by.value) if self.measure.unit == "share" else number(by.value, "")
        ends = [
            points(v) if self.measure.unit == "share" else number(v, "") for v in (by.low, by.high)
        ]
        return (
            f"{start}. That is {size} {unit} {more} than “{answer.than}” "
            f"(95 % interval {ends[0]} to {ends[1]})."
        )

    def spread(self) -> str:
        """Say how replicates differ in the run that is asked about."""
        row = self.rows(-1)[self.played.asked.case]
        low, high = (number(value, self.measure.unit) for value in row.middle)
        below = _BELOW.get(self.measure.name, _BELOW["gain"])
        return (
            f"Nine replicates in ten lie between {low} and {high}. "
            f"{row.loses} of the {self.asked.count} replicates {below}."
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
        return Row(
            label,
            results.estimate(self.measure.name),
            (float(middle[0]), float(middle[1])),
            percent(float((column < 0.0).mean()))
            if self.measure.name in _BELOW
            else percent(results.estimate("loses").value),
        )

    def value(self, estimate: Estimate) -> str:
        return number(estimate.value, self.measure.unit)

    def ends(self, estimate: Estimate) -> str:
        return interval(estimate, self.measure.unit)

    @property
    def axis_label(self) -> str:
        words = f"{self.measure.words}, {'%' if self.scale == 100.0 else self.measure.unit}"
        return _AXIS_LABELS.get(self.measure.name, words)

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
        if len(self.lesson.cases) > 1:
            made.append(self.cases_picture(-1))
        if self.measure.unit == "share" and self.measure.interval == "mean":
            label = self.lesson.cases[self.played.asked.case].label
            made.append(
                Picture(
                    "spread",
                    f"How the {self.asked.count} replicates differ"
                    + (f": {label}" if len(self.lesson.cases) > 1 else ""),
                    f"A histogram. {self.spread()}",
                    self.draw_spread,
                    wide=(6.6, 2.9),
                    narrow=(3.7, 2.9),
                    note="Each replicate is one area drawn by chance, with its own luck.",
                )
            )
        if self.played.frictions is not None:
            table = frictions_table(self.played.frictions)
            told = [f"{row['words']}: {percent(row['value'])}" for row in table.to_dict("records")]
            made.append(
                Picture(
                    "frictions",
                    "From the gain that would be possible to the one that is left",
                    "Steps: " + "; ".join(told) + ".",
                    lambda figure: draw_frictions(figure.subplots(), table),
                    wide=(6.6, 3.8),
                    narrow=(3.7, 4.6),
                    note=f"What each friction takes, in {len(self.played.frictions.replicates)} "
                    "replicates, averaged over all orders in which they could be added. A plus: it "
                    "takes nothing but saves something.",
                )
            )
        return made

    def cases_picture(self, option: int) -> Picture:
        """Return the figure of all cases, with an option beside the lesson as it is."""
        rows = self.rows(option)
        before = self.rows(-1) if option >= 0 else None
        told = [f"{r.label}: {self.value(r.estimate)} ({self.ends(r.estimate)})" for r in rows]
        title = self.form.option[option].label if option >= 0 else "Every case"
        height = 0.9 + 0.46 * len(rows) + (0.35 if before else 0.0)
        return Picture(
            f"option{option}" if option >= 0 else "cases",
            title,
            "; ".join(told) + ".",
            lambda figure: draw_cases(
                figure.subplots(), rows, before, self.scale, self.axis_label, self.limits
            ),
            wide=(6.6, height),
            narrow=(3.7, height + 0.25 * len(rows)),
            note="Dot or square: the mean; thick line: its 95 % interval; thin line: nine "
            "replicates in ten." + (" Diamond: as it was before." if before else ""),
        )

    def draw_spread(self, figure: Figure) -> None:
        import pandas as pd

        axes = figure.subplots()
        column = self.asked.column(self.measure.name)
        draw_spread(axes, pd.DataFrame({"gain": column[~np.isnan(column)]}))
        axes.set_xlabel(folded(f"{self.axis_label}, of a replicate", 36 if is_narrow(axes) else 80))
        low, high = axes.get_xlim()
        left = self.scale * float(np.nanmean(column)) < low + 0.4 * (high - low)
        for text in axes.texts:
            if text.get_text().endswith(" lose"):
                if self.measure.name != "gain":
                    text.set_text(text.get_text().replace(" lose", " below 0"))
                if left:  # out of the way of the mean
                    text.set_position((0.99, 0.99))
                    text.set_horizontalalignment("right")

    def options(self) -> list[dict[str, Any]]:
        """Return what is said and shown of every option."""
        case = self.played.asked.case
        made = []
        for o, option in enumerate(self.form.option):
            result = said(self.rows(o)[case].estimate, self.measure.name)
            label = self.lesson.cases[case].label
            single = len(self.lesson.cases) == 1
            made.append(
                {
                    "label": option.label,
                    "says": capital(result if single else f"{label}: {result}") + ".",
                    "text": paragraphs(option.text),
                    "picture": self.cases_picture(o),
                    "rows": list(zip(self.rows(o), self.rows(-1), strict=True)),
                }
            )
        return made

    def cells(self) -> list[tuple[tuple[str, ...], Row, str]]:
        """Return every setting to play with: what its controls say, its row, and its sentence."""
        made = []
        for picked, results in zip(cell_places(self.form), self.played.cells, strict=True):
            named = tuple(
                axis.names[value] for axis, value in zip(self.form.axis, picked, strict=True)
            )
            row = self.row(", ".join(named), results)
            sentence = said(row.estimate, self.measure.name)
            below = _BELOW.get(self.measure.name, _BELOW["gain"])
            text = f"{row.label}: {sentence}. {row.loses} of replicates {below}."
            made.append((named, row, capital(text)))
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
            narrow=(3.7, 2.3 * panels + 0.4),
            note="The ring is the setting chosen above. Thin lines are 95 % intervals; most are "
            "shorter than the signs.",
        )

    def draw_cells(self, figure: Figure) -> None:
        axis = self.form.axis
        estimates = np.array(
            [
                [r.estimate(self.measure.name).value, r.estimate(self.measure.name).low,
                 r.estimate(self.measure.name).high]
                for r in self.played.cells
            ]
        )  # fmt: skip
        shape = [len(a.values) for a in axis] + ([1] if len(axis) == 2 else [])
        table = self.scale * estimates.reshape(*shape, 3)
        numbers = np.arange(len(estimates)).reshape(shape)
        narrow = figure.get_figwidth() < 5
        grid = (
            figure.subplots(shape[2], 1, sharex=True, sharey=True, squeeze=False)
            if narrow
            else (figure.subplots(1, shape[2], sharey=True, squeeze=False))
        )
        styles = ((ALONE, "s", ":"), (TOGETHER, "o", "-"), (WARM, "^", "--"), (MONEY, "D", "-."),
                  (INK, "v", "-"), ("#CC79A7", "P", "--"))  # fmt: skip
        places = np.arange(shape[0])
        for panel, axes in enumerate(grid.flat):
            axes.axhline(0.0, color=INK, linewidth=0.8)
            for line in range(shape[1]):
                colour, marker, dash = styles[line]
                mean, low, high = table[:, line, panel].T
                axes.plot(places, mean, dash, color=colour, linewidth=1.6)
                axes.vlines(places, low, high, color=colour, linewidth=1.2)
                for place in places:
                    axes.plot(place, mean[place], marker, color=colour, markersize=7)
                    # The ring is hidden; the script shows that of the setting that is chosen.
                    ring = axes.plot(
                        place,
                        mean[place],
                        "o",
                        color="none",
                        markeredgecolor=INK,
                        markeredgewidth=2,
                        markersize=15,
                    )[0]
                    ring.set_gid(f"cell-{numbers[place, line, panel]}")
            axes.set_xticks(
                places, ["\n".join(cut(name, 30).split(" ", 1)) for name in axis[0].names]
            )
            axes.set_xlim(-0.4, shape[0] - 0.6)
            if len(axis) > 2:
                axes.set_title(cut(axis[2].names[panel], 40), fontsize=10)
        grid.flat[0].set_ylabel(self.axis_label)
        handles = [
            grid.flat[0].plot([], [], dash, color=colour, marker=marker, label=cut(name, 40))[0]
            for (colour, marker, dash), name in zip(styles, axis[1].names, strict=False)
        ]
        figure.legend(
            handles=handles, loc="outside lower center", ncols=1 if narrow else len(handles),
            frameon=False, fontsize=9,
        )  # fmt: skip

    def commands(self) -> list[tuple[str, str]]:
        """Return the commands that give the numbers again, one for each run."""
        made = []
        for run, scenario in self.lesson.runs.items():
            label = self.lesson.cases[run.case].label
            if run.option >= 0:
                label = f"{self.form.option[run.option].label}; {label}"
            made.append((label, self.command(run, scenario)))
        if self.played.frictions is not None:
            words = self.command(self.played.asked, self.lesson.runs[self.played.asked])
            few = f"--replicates {len(self.played.frictions.replicates)}"
            words = re.sub(r"--replicates \d+", few, words, count=1)
            made.append(("frictions", words.replace("cgsim run", "cgsim frictions", 1)))
        return made

    def command(self, run: Run, scenario: Scenario) -> str:
        case = self.lesson.cases[run.case]
        values = {**self.form.set, **case.set}
        if run.option >= 0:
            values |= self.form.option[run.option].set
        words = ["cgsim", "run", scenario.name]
        words += ["--replicates", str(self.asked.count), "--seed", str(self.played.seed)]
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
            "cells": [cell[2] for cell in self.cells()] if self.played.cells else [],
        }


def draw_cases(
    axes: Axes,
    rows: Sequence[Row],
    before: Sequence[Row] | None,
    scale: float,
    label: str,
    limits: tuple[float, float],
) -> None:
    """Draw cases from the top down: mean, 95 % interval, and nine replicates in ten.

    ``before`` is shown as diamonds, to be compared with.
    """
    places = np.arange(len(rows))[::-1]
    axes.axvline(0.0, color=INK, linewidth=0.8)
    for place, row in zip(places, rows, strict=True):
        found = row.estimate
        value, low, high = (scale * v for v in (found.value, found.low, found.high))
        start, end = (scale * v for v in row.middle)
        colour, marker = (TOGETHER, "o") if value > 0 else (WARM, "s")
        axes.plot([start, end], [place] * 2, color=colour, linewidth=1.4, alpha=0.7)
        axes.plot([low, high], [place] * 2, color=colour, linewidth=5, solid_capstyle="butt")
        axes.plot(value, place, marker, color=colour, markersize=7)
        axes.annotate(
            f"{round(value, 1) + 0.0:.1f}",
            (max(end, high, value), place),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            fontweight="bold",
            color=colour,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.0},
        )
    if before is not None:
        for place, row in zip(places, before, strict=True):
            axes.plot(
                scale * row.estimate.value, place - 0.3, "D", color="white",
                markeredgecolor=ALONE, markeredgewidth=1.4, markersize=6,
            )  # fmt: skip
    width = 16 if is_narrow(axes) else 30
    axes.set_yticks(places, [folded(row.label, width) for row in rows])
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.set_xlim(*limits)
    axes.set_ylim(-0.6, len(rows) - 0.5)
    axes.set_xlabel(folded(label, 34 if is_narrow(axes) else 80))
