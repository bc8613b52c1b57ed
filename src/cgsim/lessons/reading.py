"""Reading lesson files: strict, and what is wrong with them in lines that say where."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from cgsim import shipped
from cgsim.lessons.forms import (
    BET,
    BY_NAME,
    CheckForm,
    Lesson,
    LessonForm,
    LeverForm,
    OptionForm,
    Run,
    Set,
    Value,
    cell_places,
)
from cgsim.scenario import Scenario, keys, load
from cgsim.scenario.errors import Fault, ScenarioError, hint, safe, shown
from cgsim.scenario.files import Draft, is_file

FENCE = "+++"
MOST_BYTES = 256 * 1024
MOST_CELLS = 64
"""Settings of a table to play with; the page runs every one when all are asked for."""


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
    message += hint(name, names()) or "; cgsim lesson lists them"
    raise ScenarioError([Fault(safe(name), None, "", message)])


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
        faults: dict[keys.Path, Fault] = {}
        for item in error.errors(include_url=False, include_context=False, include_input=False):
            path = tuple(item["loc"])
            if "set" in path[:-1]:  # pydantic names the types tried in between
                path = path[: path.index("set") + 2]
            form, allowed = _expected(path)
            if item["type"] == "extra_forbidden":
                known = list(form.model_fields)
                near = hint(str(path[-1]), known)
                message = f"got an unknown key; allowed {', '.join(known)}{near}"
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


def _expected(path: keys.Path) -> tuple[type[BaseModel], str]:
    """Return the form of the table that holds a path, and what may stand at the path."""
    form: type[BaseModel] = LessonForm
    allowed = ""
    for part in path:
        field = form.model_fields.get(str(part))
        if field is None:
            continue
        allowed = field.description or allowed
        inner = [field.annotation, *get_args(field.annotation)]
        form = next((t for t in inner if isinstance(t, type) and issubclass(t, BaseModel)), form)
        if part == "set":  # below it stand the keys of a scenario
            break
    return form, allowed


class _Reader:
    """Puts a lesson together from its form, and collects what does not fit."""

    def __init__(self, draft: Draft, form: LessonForm, notes: str) -> None:
        self.draft = draft
        self.form = form
        self.notes = notes
        self.faults: list[Fault] = []

    def fault(self, path: keys.Path, message: str) -> None:
        self.faults.append(self.draft.fault(path, message))

    def lesson(self) -> Lesson:
        form = self.form
        cases = form.cases
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
                laid: list[tuple[keys.Path, Set]] = [(("set",), form.set)]
                laid.append((("case", c, "set"), case.set))
                where: keys.Path = ("scenario",)
                name = form.scenario
                if case.scenario:
                    name, where = case.scenario, ("case", c, "scenario")
                if option is not None:
                    laid.append((("option", o, "set"), option.set))
                    if option.scenario:
                        name, where = option.scenario, ("option", o, "scenario")
                if (made := self.scenario(name, where, laid)) is not None:
                    runs[Run(o, c)] = made
        cells = tuple(self.cells())
        self.feedback(labels)
        picks = tuple(self.picks(runs))
        homework = self.homework()
        if self.faults:
            raise ScenarioError(self.faults)
        return Lesson(self.draft.name, form, self.notes, runs, cells, picks, homework)

    def feedback(self, cases: list[str]) -> None:
        form = self.form
        wrong = [c for c in form.bet.choices if c != form.answer.choice] or ["low", "high"]
        for place, said in enumerate(form.feedback):
            path: keys.Path = ("feedback", place)
            if said.choice not in wrong or said.choice in [f.choice for f in form.feedback[:place]]:
                near = hint(said.choice, wrong)
                message = f"got {shown(said.choice)}; allowed each of {', '.join(wrong)} once{near}"
                self.fault((*path, "choice"), message)
            self.check(path, said, cases, within=False)

    def picks(self, runs: Mapping[Run, Scenario]) -> Iterator[tuple[str, Scenario]]:
        form = self.form
        picks, lever = form.decision.pick, form.decision.lever
        if lever is not None:
            yield from self.stops(lever)
            return
        if len(picks or form.cases) < 2:
            message = "got one; allowed two to six [[decision.pick]] tables, or as many cases"
            self.fault(("decision", "pick"), message)
        self.once(("decision", "pick"), [one.label for one in picks])
        for place, one in enumerate(picks):
            path: keys.Path = ("decision", "pick", place)
            where = (*path, "scenario") if one.scenario else ("scenario",)
            laid: list[tuple[keys.Path, Set]] = [(("set",), form.set), ((*path, "set"), one.set)]
            if (made := self.scenario(one.scenario or form.scenario, where, laid)) is not None:
                yield one.label, made
        for place, case in enumerate([] if picks else form.cases):
            if (made := runs.get(Run(-1, place))) is not None:
                yield case.label, made

    def stops(self, lever: LeverForm) -> Iterator[tuple[str, Scenario]]:
        path: keys.Path = ("decision", "lever")
        if self.form.decision.pick:
            self.fault(path, "got it beside [[decision.pick]]; allowed one of the two")
        if len(lever.names) != len(lever.values) or len(set(lever.names)) != len(lever.names):
            message = f"got {len(set(lever.names))} names; allowed one for each value"
            self.fault((*path, "names"), message)
            return
        for name, value in zip(lever.names, lever.values, strict=True):
            laid: list[tuple[keys.Path, Set]] = [(("set",), self.form.set)]
            laid.append(((*path, "key"), {lever.key: value}))
            if (made := self.scenario(self.form.scenario, ("scenario",), laid)) is not None:
                yield name, made

    def homework(self) -> Scenario | None:
        task = self.form.homework
        if task is None:
            return None
        if task.measure not in BY_NAME:
            near = hint(task.measure, BY_NAME)
            self.fault(
                ("homework", "measure"), f"got {shown(task.measure)}; allowed a measure{near}"
            )
        where: keys.Path = ("homework", "scenario") if task.scenario else ("scenario",)
        laid: list[tuple[keys.Path, Set]] = [(("homework", "set"), task.set)]
        return self.scenario(task.scenario or self.form.scenario, where, laid)

    def once(self, path: keys.Path, labels: Sequence[str]) -> None:
        for place, label in enumerate(labels):
            if label in labels[:place]:
                self.fault((*path, place, "label"), f"got {shown(label)} twice; allowed once")

    def bet(self) -> None:
        bet, choice = self.form.bet, self.form.answer.choice
        limits = (bet.unit, bet.low, bet.high, bet.near)
        if bet.choices:
            self.once(("bet",), bet.choices)
            if any(value is not None for value in limits) or len(bet.choices) < 2:
                self.fault(("bet",), f"got choices and a number, or one choice; allowed {BET}")
            if choice not in bet.choices:
                near = hint(choice or "", bet.choices)
                message = f"got {shown(choice or '')}; allowed one of the bet's choices{near}"
                self.fault(("answer", "choice"), message)
        elif any(value is None for value in limits):
            self.fault(("bet",), f"got a part of it; allowed {BET}")
        elif bet.low is not None and bet.high is not None and not bet.low < bet.high:
            self.fault(("bet",), f"got low {bet.low:g}, high {bet.high:g}; allowed low < high")

    def check(self, path: keys.Path, check: CheckForm, cases: list[str], *, within: bool) -> None:
        if check.measure not in BY_NAME:
            near = hint(check.measure, BY_NAME)
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
            laid: list[tuple[keys.Path, Set]] = [(("set",), self.form.set)]
            for place, value in enumerate(picked):
                axis = self.form.axis[place]
                laid.append((("axis", place), {axis.key: axis.values[value]}))
            if (made := self.scenario(self.form.scenario, ("scenario",), laid)) is not None:
                yield made

    def scenario(
        self,
        name: str,
        where: keys.Path,
        laid: Sequence[tuple[keys.Path, Set]],
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


QUESTION = re.compile(r"^\d+\.\s+\*\*(.+?)\*\*", re.MULTILINE)
MOST_QUESTIONS = 3


def questions_of(notes: str) -> list[str]:
    """Return the first three questions that notes discuss: what learners are asked, no answers."""
    asked = notes.partition("## Questions for discussion")[2]
    return [" ".join(text.split()) for text in QUESTION.findall(asked)[:MOST_QUESTIONS]]


def command_of(scenario: str, form: LessonForm, *laid: Set) -> str:
    """Return the command that gives the numbers of a lesson's scenario again."""
    words = ["cgsim", "run", scenario]
    words += ["--replicates", str(form.replicates), "--seed", str(form.seed)]
    for key, value in {key: value for table in laid for key, value in table.items()}.items():
        words += ["--set", f"{key}={text_of(value)}"]
    return shlex.join(words)


def text_of(value: Value) -> str:
    """Write a value as it stands on the right side of ``--set``."""
    return str(value).lower() if isinstance(value, bool) else str(value)
