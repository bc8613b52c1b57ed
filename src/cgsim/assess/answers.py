"""Answers: of one partner or of several, from TOML or CSV files, strictly read.

A TOML file holds ``[answers]``, or ``[partners."NAME"]`` for each of several partners. A CSV file
holds a line a question: its name, then the answer of each partner. What is not answered, or
answered "unknown", leaves open what was open before.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cgsim.assess.questions import UNKNOWN, Questionnaire, in_words, questionnaire
from cgsim.scenario import keys
from cgsim.scenario.errors import Fault, ScenarioError, hint, safe, shown
from cgsim.scenario.files import Draft
from cgsim.scenario.form import NAME, Name
from cgsim.scenario.writing import toml_value

MOST_BYTES = 128 * 1024
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
    texts, faults = [], []
    for path in map(Path, paths):
        try:
            texts.append((str(path), _text_of(path)))
        except ScenarioError as error:
            faults += error.faults
    return read_answers(texts, faults)


def read_answers(files: Sequence[tuple[str, str]], faults: Sequence[Fault] = ()) -> Answers:
    """Return the answers of texts, each with the name of its file; ``faults`` are told too."""
    reading = _Reading(faults=list(faults))
    for name, text in files:
        path = Path(name)
        read = _read_csv if path.suffix.lower() == ".csv" else _read_toml
        try:
            _refuse_long(len(text.encode("utf-8", "replace")), safe(name))
            read(text, safe(name), path.stem, reading)
        except ScenarioError as error:
            reading.faults += error.faults
    if message := _too_many_partners(len(reading.voices)):
        reading.faults.append(Fault(safe(files[0][0]), None, "", message))
    if reading.faults:
        raise ScenarioError(reading.faults)
    voices = tuple(Voice(partner, given) for partner, given in reading.voices.items())
    return Answers(voices, reading.titles[0] if reading.titles else TITLE)


def _text_of(path: Path) -> str:
    place = safe(str(path), len(str(path)))  # whole: its end says which file is meant
    try:
        with open(path, "rb") as stream:
            data = stream.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "cannot be read"
        raise ScenarioError([Fault(place, None, "", reason)]) from None
    _refuse_long(len(data), place)
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = "got bytes that are not UTF-8; allowed a text file in UTF-8"
        raise ScenarioError([Fault(place, line, "", message)]) from None


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
    if message := _too_many_answers(len(given)):
        reading.faults.append(draft.fault(path, message))
        return
    for question, answer in given.items():
        message = fault_of(question, answer)
        if message:
            reading.faults.append(draft.fault((*path, question), message))
        elif answer not in (UNKNOWN, ""):
            kept[question] = answer
    if partner in reading.voices:
        message = f"got the partner {shown(partner)} again; allowed once"
        if reading.places[partner] != draft.file:
            message += f" (it is in {reading.places[partner]} too)"
        reading.faults.append(draft.fault(path, message))
    reading.voices[partner] = kept
    reading.places[partner] = draft.file


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
    from pydantic import TypeAdapter, ValidationError

    try:
        TypeAdapter(Name).validate_python(value, strict=True)
    except ValidationError:
        return False
    return True


def _read_csv(text: str, file: str, stem: str, reading: _Reading) -> None:
    first = text.partition("\n")[0]
    # Spreadsheets of some countries part columns by other marks than a comma.
    mark = next((m for m in (",", ";", "\t") if first.strip().strip('"').startswith("question" + m)
                 or first.startswith(f'"question"{m}')), ",")  # fmt: skip
    reader = csv.reader(io.StringIO(text), delimiter=mark, strict=True)
    rows = []
    try:
        for row in reader:
            rows.append((reader.line_num, [cell.strip() for cell in row]))
    except csv.Error as error:
        message = f"got a text that is not CSV ({safe(str(error))}); allowed CSV"
        raise ScenarioError([Fault(file, reader.line_num, "", message)]) from None
    rows = [(line, row) for line, row in rows if any(row)]
    if not rows or rows[0][1][0] != "question" or len(rows[0][1]) < 2:
        message = "got another first line; allowed: question, then a column for each partner"
        raise ScenarioError([Fault(file, 1, "", message)])
    head = rows[0][1]
    for message in (_too_many_partners(len(head) - 1), _too_many_answers(len(rows) - 1)):
        if message:
            raise ScenarioError([Fault(file, 1, "", message)])
    places: dict[keys.Path, tuple[str, int | None]] = {}
    tables: dict[str, dict[str, str]] = {}
    for column, name in enumerate(head[1:], 1):
        if not _is_name(name):
            message = f"got {shown(name)} as the name in column {column + 1}; allowed {NAME}"
            reading.faults.append(Fault(file, rows[0][0], "", message))
        elif name in tables:
            message = f"got the partner {shown(name)} again; allowed once"
            reading.faults.append(Fault(file, rows[0][0], "", message))
        tables.setdefault(name, {})
    seen: dict[str, int] = {}
    for line, row in rows[1:]:
        if len(row) != len(head):
            message = f"got {len(row)} cells; allowed {len(head)}, as in the first line"
            reading.faults.append(Fault(file, line, safe(row[0]), message))
            continue
        if row[0] in seen:
            message = f"got the question again; allowed once (it is in line {seen[row[0]]} too)"
            reading.faults.append(Fault(file, line, safe(row[0]), message))
        seen[row[0]] = line
        for name, answer in zip(head[1:], row[1:], strict=True):
            tables[name][row[0]] = answer
            places[(name, row[0])] = (file, line)
            places.setdefault((name,), (file, rows[0][0]))
    draft = Draft({}, places, stem, None, file)
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
    """Return a file to fill in: "toml" for one partner, "csv" for several in a spreadsheet."""
    if kind == "toml":
        return as_toml(Voice("Our organisation", {}), "Our partnership")
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(["question", "Council", "Health board", "Charity"])
    for question in questionnaire().questions:
        writer.writerow([question, UNKNOWN, UNKNOWN, UNKNOWN])
    return stream.getvalue()


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
