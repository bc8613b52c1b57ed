"""Answers: of one partner or of several, from TOML, CSV or Excel files.

A TOML file holds ``[answers]``, or ``[partners."NAME"]`` for each of several partners. A table (CSV
or a workbook) holds a line a question: its name, then the answer of each partner. What is not
answered, or answered "unknown", leaves open what was open before. Case, blanks and typographic
marks make no difference to a question or an answer; whatever else is unknown is refused.
"""

from __future__ import annotations

import csv
import io
import itertools
import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cgsim.assess.questions import UNKNOWN, Questionnaire, in_words, questionnaire
from cgsim.scenario import keys, outside, sheets
from cgsim.scenario.errors import Fault, ScenarioError, hint, safe, shown
from cgsim.scenario.files import Draft
from cgsim.scenario.form import NAME, Name
from cgsim.scenario.writing import toml_value
from cgsim.workbooks import letter_of, saved

if TYPE_CHECKING:
    from pydantic import TypeAdapter

MOST_BYTES = 128 * 1024
MOST_PACKED, MOST_UNPACKED = 2 * 2**20, 32 * 2**20
"""Of a workbook, in bytes: it brings its styles along, and sometimes pictures."""
SHEET = "answers"
QUESTION = "question"
MOST_VOICES = 100
TITLE = "A partnership"


@dataclass(frozen=True)
class Voice:
    """What one partner answered: the answer's id by question; what is not there is not known."""

    partner: str
    answers: Mapping[str, str]


@dataclass(frozen=True)
class Answers:
    """The answers of all who were asked."""

    voices: tuple[Voice, ...]
    title: str = TITLE

    def given(self, question: str) -> dict[str, str]:
        """Return who answered a question, and what; in whatever order the partners came."""
        voices = sorted(self.voices, key=lambda voice: voice.partner)
        return {v.partner: v.answers[question] for v in voices if question in v.answers}

    @property
    def heard(self) -> tuple[Voice, ...]:
        """The partners who answered anything."""
        return tuple(voice for voice in self.voices if voice.answers)

    @property
    def missing(self) -> list[str]:
        """The questions that nobody could answer."""
        return [q for q in questionnaire().questions if not self.given(q)]

    @property
    def disputed(self) -> list[str]:
        """The questions that were answered in more than one way."""
        return [q for q in questionnaire().questions if len(set(self.given(q).values())) > 1]

    def apart(self, question: str) -> float | None:
        """Return how far two partners' answers lie apart on average: 0 the same, 1 at both ends.

        None where fewer than two answered.
        """
        order = list(questionnaire().questions[question].answers)
        places = [
            order.index(answer) / (len(order) - 1) for answer in self.given(question).values()
        ]
        pairs = list(itertools.combinations(places, 2))
        return sum(abs(a - b) for a, b in pairs) / len(pairs) if pairs else None

    def alone(self, voice: Voice) -> Answers:
        """Return the same as one partner sees it."""
        return Answers((voice,), self.title)


@dataclass
class _Reading:
    """What has been read so far, and what was wrong with it."""

    voices: dict[str, dict[str, str]] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)  #: partner to file
    titles: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def load_answers(paths: Sequence[str | Path]) -> Answers:
    """Return the answers of files, a partner or several in each.

    Raises ``ScenarioError`` with every fault found: file, line, key, what is allowed.
    """
    reading = _Reading()
    for path in paths:
        try:
            _read(os.fspath(path), outside.read_bytes(path, MOST_PACKED), reading)
        except ScenarioError as error:
            reading.faults += error.faults
    return _all(reading, [os.fspath(path) for path in paths])


def _read(name: str, data: bytes, reading: _Reading) -> None:
    """Read one file: by its ending, or by what it holds where that says nothing."""
    place, path = outside.name_of(name), Path(name)
    stem = "a partner" if name in outside.STANDARD_INPUT else safe(path.stem)
    ending = path.suffix.lower()
    if sheets.is_text(data):
        _refuse_long(len(data), place)
        text = outside.text_of(data, name)
        if ending not in TABLES and (
            ending == ".toml" or not sheets.looks_like_table(text, QUESTION)
        ):
            _read_toml(text.replace("\r\n", "\n"), place, stem, reading)
            return
    found = sheets.read_sheet(
        data,
        name,
        lambda head: sheets.plain(head[0]) == QUESTION,
        sheet=SHEET,
        unpacked=MOST_UNPACKED,
        rows=MOST_BYTES,
    )
    _read_sheet(found, reading)


TABLES = (".csv", ".tsv", ".tab", ".txt", ".xlsx", ".xlsm", ".xls", ".ods")


def _all(reading: _Reading, names: Sequence[str]) -> Answers:
    if message := _too_many_partners(len(reading.voices)):
        reading.faults.append(Fault(outside.name_of(names[0]), None, "", message))
    if reading.faults:
        raise ScenarioError(reading.faults)
    voices = tuple(Voice(partner, given) for partner, given in reading.voices.items())
    return Answers(voices, reading.titles[0] if reading.titles else TITLE)


def _refuse_long(size: int, place: str) -> None:
    if size > MOST_BYTES:
        message = f"got a file of more than {MOST_BYTES // 1024} KiB; allowed that much"
        raise ScenarioError([Fault(place, None, "", message)])


def _too_many_partners(count: int) -> str:
    """Return what is wrong with so many partners, or nothing."""
    return f"got {count} partners; allowed at most {MOST_VOICES}" if count > MOST_VOICES else ""


def _read_toml(text: str, file: str, stem: str, reading: _Reading) -> None:
    try:
        places: dict[keys.Path, tuple[str, int | None]] = {
            path: (file, line) for path, line in keys.scan(text).items()
        }
        draft = Draft(tomllib.loads(text), places, stem, None, file)
    except (keys.TooDeep, ValueError, RecursionError, OverflowError) as error:
        place = re.search(r"at line (\d+)", str(error))
        line = getattr(error, "line", None) or (int(place.group(1)) if place else None)
        reason = safe(re.sub(r"\s*\(at .*\)$", "", str(error))) or type(error).__name__
        message = f"got a text that is not TOML ({reason}); allowed TOML or, as .csv, CSV"
        raise ScenarioError([Fault(file, line, "", message)]) from None
    known = ("title", "partner", "answers", "partners")
    for key in draft.tables:
        if key not in known:
            message = f"got an unknown key; allowed {', '.join(known)}{hint(key, known)}"
            reading.faults.append(draft.fault((key,), message))
    for key in ("title", "partner"):
        if key in draft.tables and not _is_name(draft.tables[key]):
            message = f"got {shown(draft.tables[key])}; allowed {NAME}"
            reading.faults.append(draft.fault((key,), message))
    tables = draft.tables
    if ("answers" in tables) == ("partners" in tables):
        got = "both" if "answers" in tables else "neither"
        message = f'got {got}; allowed either [answers] or [partners."NAME"]'
        raise ScenarioError([*reading.faults, Fault(file, None, "", message)])
    if _is_name(tables.get("title")):
        reading.titles.append(tables["title"])
    if "answers" in tables:
        named = tables.get("partner", stem)
        partner = named if _is_name(named) else "a partner"
        _take(partner, tables["answers"], ("answers",), draft, reading)
        return
    if not isinstance(tables["partners"], dict) or not tables["partners"]:
        message = f'got {shown(tables["partners"])}; allowed a table [partners."NAME"] for each'
        raise ScenarioError([*reading.faults, draft.fault(("partners",), message)])
    if message := _too_many_partners(len(tables["partners"])):
        raise ScenarioError([*reading.faults, draft.fault(("partners",), message)])
    for partner, given in tables["partners"].items():
        if not _is_name(partner):
            message = f"got {shown(partner)}; allowed {NAME}"
            reading.faults.append(draft.fault(("partners", partner), message))
        _take(partner, given, ("partners", partner), draft, reading)


def _take(partner: str, given: Any, path: keys.Path, draft: Draft, reading: _Reading) -> None:
    """Check one partner's answers and keep them."""
    if not isinstance(given, dict):
        message = f"got {shown(given)}; allowed a table of questions and answers"
        reading.faults.append(draft.fault(path, message))
        return
    kept: dict[str, str] = {}
    seen: set[str] = set()
    if message := _too_many_answers(len(given)):
        reading.faults.append(draft.fault(path, message))
        return
    for question, answer in given.items():
        asked = sheets.meant(question, questionnaire().questions) or question
        told = meant_answer(asked, answer)
        if asked in seen:
            message = f"got the question {shown(asked)} again; allowed once"
        else:
            message = fault_of(asked, told)
        seen.add(asked)
        if message:
            reading.faults.append(draft.fault((*path, question), message))
        elif told not in (UNKNOWN, ""):
            kept[asked] = told
    called = sheets.clean(partner)
    if called in reading.places:
        message = f"got the partner {shown(partner)} again; allowed once"
        if reading.places[called] != draft.file:
            message += f" (it is in {reading.places[called]} too)"
        reading.faults.append(draft.fault(path, message))
    reading.voices[partner] = kept
    reading.places[called] = draft.file


def meant_answer(question: str, answer: Any) -> Any:
    """Return the answer that is meant, however it was typed; as it is where none is."""
    questions = questionnaire().questions
    if question not in questions or not isinstance(answer, str):
        return answer
    allowed = [*questions[question].answers, UNKNOWN]
    if not sheets.plain(answer):
        return ""
    return sheets.meant(answer, allowed) or answer


def _too_many_answers(count: int) -> str:
    """Return what is wrong with so many answers of one partner, or nothing.

    A few too many are told one by one; of very many that would take long.
    """
    asked = len(questionnaire().questions)
    return f"got {count} answers; there are {asked} questions" if count > 4 * asked else ""


def fault_of(question: str, answer: Any) -> str:
    """Return what is wrong with an answer to a question, or nothing."""
    questions = questionnaire().questions
    if question not in questions:
        near = hint(question, questions)
        return f"got an unknown question; allowed those that cgsim assess --questions lists{near}"
    allowed = [*questions[question].answers, UNKNOWN]
    if not isinstance(answer, str) or answer not in (*allowed, ""):
        near = hint(answer, allowed) if isinstance(answer, str) else ""
        return f"got {shown(answer)}; allowed {', '.join(allowed)}{near}"
    return ""


def _is_name(value: Any) -> bool:
    from pydantic import ValidationError

    try:
        _form_of_names().validate_python(value, strict=True)
    except ValidationError:
        return False
    return True


@cache
def _form_of_names() -> TypeAdapter[str]:
    from pydantic import TypeAdapter

    return TypeAdapter(Name)


def _read_sheet(sheet: sheets.Sheet, reading: _Reading) -> None:
    if not sheet.rows or sheets.plain(sheets.in_words(sheet.rows[0][1][0])) != QUESTION:
        message = "got another first line; allowed: question, then a column for each partner"
        raise ScenarioError([sheet.fault(sheet.rows[0][0] if sheet.rows else 1, "", message)])
    top, head, rows = sheet.headed()
    if len(head) < 2:
        message = "got no partner in the first line; allowed: question, then a column for each"
        raise ScenarioError([sheet.fault(top, "", message)])
    for message in (_too_many_partners(len(head) - 1), _too_many_answers(len(rows))):
        if message:
            raise ScenarioError([sheet.fault(top, "", message)])
    places: dict[keys.Path, tuple[str, int | None]] = {}
    tables: dict[str, dict[str, Any]] = {}
    for column, name in enumerate(head[1:], 1):
        if not _is_name(name):
            message = f"got {shown(name)} as the name in column {column + 1}; allowed {NAME}"
            reading.faults.append(sheet.fault(top, "", message))
        elif name in tables:
            message = f"got the partner {shown(name)} again; allowed once"
            reading.faults.append(sheet.fault(top, "", message))
        tables.setdefault(name, {})
        places[(name,)] = (sheet.file, top)
    seen: dict[str, int] = {}
    for line, row in rows:
        typed = sheets.in_words(row[0])
        question = sheets.meant(typed, questionnaire().questions) or typed
        if question in seen:
            message = f"got the question again; allowed once (it is in line {seen[question]} too)"
            reading.faults.append(sheet.fault(line, question, message))
        seen[question] = line
        for name, answer in zip(head[1:], row[1:], strict=True):
            tables[name][question] = answer
            places[(name, question)] = (sheet.file, line)
    draft = Draft({}, places, "", None, sheet.file)
    for name, given in tables.items():
        _take(name, given, (name,), draft, reading)


def as_toml(voice: Voice, title: str = TITLE) -> str:
    """Return one partner's answers as a file, with every question and its answers beside it."""
    lines = [
        f"title = {toml_value(title)}",
        f"partner = {toml_value(voice.partner)}",
        "",
        "[answers]",
    ]
    for question in questionnaire().questions.values():
        lines += ["", f"# {question.text}"]
        lines += [f"#   {a.id}: {a.text}" for a in question.answers.values()]
        lines += [f"#   {UNKNOWN}: don't know"]
        lines += [f"{question.id} = {toml_value(voice.answers.get(question.id, UNKNOWN))}"]
    return "\n".join(lines) + "\n"


def template(kind: str) -> str:
    """Return a text to fill in: "toml" for one partner, "csv" for several in a spreadsheet."""
    if kind == "toml":
        return as_toml(Voice("Our organisation", {}), "Our partnership")
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow([QUESTION, *EXAMPLES])
    for question in questionnaire().questions:
        writer.writerow([question, *[UNKNOWN] * len(EXAMPLES)])
    return stream.getvalue()


EXAMPLES = ("Council", "Health board", "Charity")


def workbook() -> bytes:
    """Return an Excel workbook to fill in: its cells offer the answers, its second sheet tells."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font
    from openpyxl.worksheet.datavalidation import DataValidation

    asked = questionnaire().questions
    made = Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.title = SHEET.capitalize()
    sheet.append([QUESTION, *EXAMPLES])
    last = letter_of(1 + len(EXAMPLES))
    for row, question in enumerate(asked.values(), 2):
        sheet.append([question.id, *[UNKNOWN] * len(EXAMPLES)])
        words = ",".join([*question.answers, UNKNOWN])
        offered = DataValidation("list", formula1=f'"{words}"', allow_blank=True)
        offered.promptTitle, offered.prompt = question.id, question.text[:250]
        offered.showInputMessage = True
        offered.add(f"B{row}:{last}{row}")
        sheet.add_data_validation(offered)
    told = made.create_sheet("What the answers mean")
    told.append(["question", "asks", "answer", "means"])
    for question in asked.values():
        for answer in question.answers.values():
            told.append([question.id, question.text, answer.id, answer.text])
        told.append([question.id, question.text, UNKNOWN, "don't know"])
    for one, widths in ((sheet, (16, 18, 18, 18)), (told, (16, 60, 16, 60))):
        for column, width in enumerate(widths, 1):
            one.column_dimensions[letter_of(column)].width = width
            one.cell(1, column).font = Font(bold=True)
        one.freeze_panes = "B2"
    for cells in told.iter_rows(min_row=2):
        for cell in cells:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    return saved(made)


def markdown_tables(asked: Questionnaire) -> str:
    """Return every question with its answers and the ranges they leave, in Markdown."""
    lines: list[str] = []
    theme = ""
    for question in asked.questions.values():
        if question.theme != theme:
            theme = question.theme
            lines += ["", f"### {theme}"]
        lines += ["", f"#### `{question.id}`", "", f"**{question.text}** {question.why}"]
        lines += [f"({question.source[:1].upper()}{question.source[1:]}.)", ""]
        lines += ["| answer | in words | what it leaves possible |", "|---|---|---|"]
        for answer in question.answers.values():
            left = "; ".join(f"`{key}` {in_words(f)}" for key, f in answer.leaves.items())
            lines.append(f"| `{answer.id}` | {answer.text} | {left} |")
        left = "; ".join(f"`{key}` {in_words(asked.wide[key])}" for key in question.keys)
        lines.append(f"| `{UNKNOWN}` | don't know | {left} |")
    lines += ["", "### Changes that are tried", "", "| change | what is assumed |", "|---|---|"]
    lines += [f"| {change.text} | {change.assumed} |" for change in asked.changes]
    return "\n".join(lines) + "\n"


def all_as_toml(answers: Answers) -> str:
    """Return the answers of all partners as one file."""
    lines = [f"title = {toml_value(answers.title)}"]
    for voice in answers.voices:
        lines += ["", f"[partners.{toml_value(voice.partner)}]"]
        lines += [
            f"{question} = {toml_value(answer)}" for question, answer in voice.answers.items()
        ]
    return "\n".join(lines) + "\n"
