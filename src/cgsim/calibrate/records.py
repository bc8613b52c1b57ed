"""Records: a table of months, what was recorded, and the value; strictly read.

A CSV file or an Excel workbook in long form: a row a month and kind, with the columns ``month``,
``what`` and ``value``, and if wanted ``of`` (how many people or issues), ``error`` (a standard
error) and ``note`` (for people). A row without a value says nothing: what was not recorded is
missing, which is normal; a row that begins with ``#`` is a remark. Months count from the
partnership's first, 1; those before it are 0, -1 and so on. Or they are dates such as 2024-03, and
a row ``began`` says which is the first.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cgsim.calibrate.kinds import (
    ALSO_CALLED,
    BEGAN,
    ENDED,
    ENDINGS,
    FUND,
    FURTHER,
    KINDS,
    UNKNOWN_TO_THE_MODEL,
    Kind,
)
from cgsim.scenario.errors import MOST_FAULTS, Fault, ScenarioError, hint, shown
from cgsim.scenario.outside import read_bytes
from cgsim.scenario.sheets import (
    NUMBER,
    Sheet,
    as_number,
    meant,
    plain,
    read_sheet,
    with_points,
)
from cgsim.workbooks import saved

MOST_BYTES, MOST_UNPACKED = 4 * 2**20, 64 * 2**20
SHEET = "records"
REMARK = "#"
NOT_RECORDED = ("na", "n/a")
"""What R and people write where there is no value."""
MOST_ROWS = 20_000
FEWEST_MONTHS = 12
MOST_MONTHS = 120
FEWEST_KINDS = 2
BEFORE = 12
"""Months before the start that need met may be recorded in."""
FEWEST_BEFORE = 3
"""Need met has no unit of its own, so it is compared with so many months before the start."""
COLUMNS = ("month", "what", "value", "of", "error", "note")
_NEEDED = COLUMNS[:3]
_WORDS = ("month", "what")
"""Columns whose cells are words; the others hold numbers, but for the note."""
_WHOLE = re.compile(r"[+-]?[0-9]{1,4}(\.0+)?")
A_DATE = "a date such as 2024-03"


@dataclass(frozen=True)
class Series:
    """What was recorded of one kind, in the order of the months."""

    kind: Kind
    months: NDArray[np.int64]  #: (M,) counted from the partnership's first month, 0
    values: NDArray[np.float64]  #: (M,) in the kind's unit
    of: NDArray[np.float64]  #: (M,) people asked, people invited, issues; NaN where it has none
    error: NDArray[np.float64]  #: (M,) standard error; NaN where none was given

    @property
    def shares(self) -> NDArray[np.float64]:
        """The values as shares of ``of``, for what is counted out of so many."""
        return self.values / self.of


@dataclass(frozen=True)
class Records:
    """A partnership's records, whole and checked."""

    file: str
    series: Mapping[str, Series]  #: by kind
    months: int  #: how many months they reach over, from the partnership's first
    ended: str = ""  #: why it ended in the last of them; "" where it lives on
    fund: Mapping[int, float] = field(default_factory=dict)  #: pounds by month, from 0
    lines: Mapping[int, int] = field(default_factory=dict)  #: the fund's lines, by month
    sha256: str = ""

    def without(self, kind: str) -> Records:
        """Return the records with one kind left out."""
        kept = {name: one for name, one in self.series.items() if name != kind}
        return Records(self.file, kept, self.months, self.ended, self.fund, self.lines, self.sha256)


@dataclass(frozen=True)
class _Row:
    """A row of the file as it stands there."""

    line: int
    cells: dict[str, str]


def load_records(path: str | Path) -> Records:
    """Return the records in a CSV file or an Excel workbook.

    Raises ``ScenarioError`` with every fault found: file, line, what, what is allowed.
    """
    data = read_bytes(path, MOST_BYTES)
    sheet = read_sheet(
        data,
        str(path),
        lambda head: any(meant(cell, COLUMNS) for cell in head),
        sheet=SHEET,
        unpacked=MOST_UNPACKED,
        rows=MOST_ROWS + 2,
        remark=REMARK,
        months=True,
    )
    return _Reader(sheet, hashlib.sha256(data).hexdigest()).read(_rows(sheet))


def _rows(sheet: Sheet) -> list[_Row]:
    """Return the rows under the head, as cells by column, numbers with a decimal point."""
    if not sheet.rows:
        message = f"got an empty file; allowed a first line {', '.join(COLUMNS)}"
        raise ScenarioError([sheet.fault(None, "", message)])
    _refuse_head(sheet)
    top, head, below = sheet.headed()
    if len(below) > MOST_ROWS:
        message = f"got more than {MOST_ROWS:,} rows; allowed that many"
        raise ScenarioError([sheet.fault(top, "", message)])
    columns = [str(meant(cell, COLUMNS)) for cell in head]
    rows = [
        _Row(line, {key: as_number(cell) for key, cell in zip(columns, cells, strict=True)})
        for line, cells in below
    ]
    numbers = [(row, key) for row in rows for key in columns if key not in (*_WORDS, "note")]
    for row, key in numbers:
        if row.cells[key].casefold() in NOT_RECORDED:
            row.cells[key] = ""

    def fault(place: int, message: str) -> Fault:
        row, key = numbers[place]
        where = row.cells["what"] if key == "value" else f"{row.cells['what']}: {key}"
        return sheet.fault(row.line, where, message)

    texts = with_points([row.cells[key] for row, key in numbers], fault)
    for (row, key), text in zip(numbers, texts, strict=True):
        row.cells[key] = text
    return rows


def _refuse_head(sheet: Sheet) -> None:
    """Refuse a first line with other columns than there are, or without those that are needed."""
    line, cells = sheet.rows[0]
    given = [(str(cell), meant(cell, COLUMNS)) for cell in cells if cell != ""]
    found = [name for _, name in given]
    for text, name in given:
        message = ""
        if name is None:
            near = hint(plain(text), COLUMNS)
            message = f"got a column {shown(text)}; allowed {', '.join(COLUMNS)}{near}"
        elif found.count(name) > 1:
            message = f"got the column {shown(name)} twice; allowed once"
        if message:
            raise ScenarioError([sheet.fault(line, "", message)])
    for needed in _NEEDED:
        if needed not in found:
            message = f"got no column {needed}; allowed {', '.join(COLUMNS)}"
            raise ScenarioError([sheet.fault(line, "", message)])


@dataclass
class _Reader:
    """Puts records together from rows, and collects what does not fit."""

    sheet: Sheet
    sha256: str
    faults: list[Fault] = field(default_factory=list)

    def fault(self, row: _Row | None, message: str, key: str = "") -> None:
        line = row.line if row else None
        what = row.cells["what"] if row else ""
        self.faults.append(self.sheet.fault(line, key or what, message))

    def read(self, rows: list[_Row]) -> Records:
        known: list[tuple[_Row, int]] = []
        began = self._began(rows)
        for row in rows:
            if len(self.faults) >= MOST_FAULTS:
                break
            typed = row.cells["what"]
            what = row.cells["what"] = meant(typed, _ALL_WORDS) or typed
            empty = not row.cells["value"]
            if what == BEGAN or (not what and empty):
                continue
            if what in UNKNOWN_TO_THE_MODEL and not empty:
                self.fault(row, f"got it; {UNKNOWN_TO_THE_MODEL[what]}: take the row out")
            elif what not in KINDS and what not in FURTHER and what not in UNKNOWN_TO_THE_MODEL:
                allowed = [*KINDS, *FURTHER]
                word = plain(what).replace("-", "_")
                called = get_close_matches(word, ALSO_CALLED, n=1, cutoff=0.8)
                near = hint(ALSO_CALLED[called[0]] if called else word, allowed)
                self.fault(
                    row, f"got an unknown kind of record; allowed {', '.join(allowed)}{near}"
                )
            elif not empty:
                month = self._month(row, began)
                if month is not None:
                    known.append((row, month))
        self._stop()
        seen: dict[tuple[str, int], int] = {}
        for row, month in known:
            key = (row.cells["what"], month)
            if key in seen:
                self.fault(
                    row, f"got the month again; allowed once (it is in line {seen[key]} too)"
                )
            seen.setdefault(key, row.line)
        ended, last = self._ended(known)
        fund, lines = self._fund(known)
        series = self._series(known, last)
        self._stop()
        months = self._reach(known, series, last)
        self._stop()
        return Records(self.sheet.file, series, months, ended, fund, lines, self.sha256)

    def _stop(self) -> None:
        if self.faults:
            raise ScenarioError(self.faults)

    def _began(self, rows: list[_Row]) -> int | None:
        """Return the first month as a count of months since the year 0, where it is a date."""
        found = [row for row in rows if meant(row.cells["what"], (BEGAN,))]
        if len(found) > 1:
            self.fault(found[1], f"got it twice; allowed once (it is in line {found[0].line} too)")
        if not found:
            return None
        return self._dated(found[0], A_DATE)

    def _month(self, row: _Row, began: int | None) -> int | None:
        """Return a row's month, counted from the partnership's first as 0."""
        text = row.cells["month"]
        if not _WHOLE.fullmatch(text):
            first_month = "a number, 1 the partnership's first month, or " + A_DATE
            dated = self._dated(row, first_month)
            if dated is None:
                return None
            if began is None:
                self.fault(
                    row,
                    f"got the month {shown(text)} and no row {BEGAN}; allowed numbers from 1, "
                    f"or a row {BEGAN} with the partnership's first month",
                )
                return None
            month = dated - began
        elif began is not None:
            self.fault(
                row,
                f"got the month {shown(text)}; allowed {A_DATE}, as the row {BEGAN} has one",
            )
            return None
        else:
            month = int(float(text)) - 1
        kind = KINDS.get(row.cells["what"])
        first = -BEFORE if kind is not None and kind.before else 0
        if not first <= month < MOST_MONTHS:
            self.fault(
                row,
                f"got a month that is number {month + 1} of the partnership; "
                f"allowed {first + 1} to {MOST_MONTHS}",
            )
            return None
        return month

    def _dated(self, row: _Row, allowed: str) -> int | None:
        """Return a date's month, counted from the year 0; tell of what is none, or of two."""
        text = row.cells["month"]
        found = months_meant(text)
        if len(found) == 1:
            return found[0]
        if found:
            ways = " or ".join(f"{month // 12:04d}-{month % 12 + 1:02d}" for month in found)
            self.fault(
                row, f"got the month {shown(text)}, which may be {ways}; allowed one of these"
            )
        else:
            self.fault(row, f"got the month {shown(text)}; allowed {allowed}")
        return None

    def _ended(self, rows: list[tuple[_Row, int]]) -> tuple[str, int | None]:
        found = [(row, month) for row, month in rows if row.cells["what"] == ENDED]
        if not found:
            return "", None
        row, last = found[0]
        if len(found) > 1:
            self.fault(found[1][0], f"got it twice; allowed once (it is in line {row.line} too)")
        given = row.cells["value"]
        reason = meant(given, ENDINGS)
        if reason is None:
            near = hint(plain(given).replace("-", " "), ENDINGS)
            self.fault(row, f"got {shown(given)}; allowed {', '.join(ENDINGS)}{near}")
        return reason or given, last

    def _fund(self, rows: list[tuple[_Row, int]]) -> tuple[dict[int, float], dict[int, int]]:
        fund, lines = {}, {}
        for row, month in rows:
            if row.cells["what"] == FUND:
                fund[month] = self._number(row, "value", 0.0, 1e12, "pounds from 0 on")
                lines[month] = row.line
        return fund, lines

    def _series(self, rows: list[tuple[_Row, int]], last: int | None) -> dict[str, Series]:
        found: dict[str, list[tuple[int, float, float, float]]] = {}
        for row, month in rows:
            kind = KINDS.get(row.cells["what"])
            if kind is None:
                continue
            if last is not None and month > last and not kind.before:
                self.fault(
                    row, f"got a month after the partnership ended; allowed up to {last + 1}"
                )
                continue
            most = kind.high
            value = self._number(row, "value", kind.low, most, kind.allowed, kind.whole)
            of = error = np.nan
            if kind.of:
                allowed = f"a whole number from 1 on: {kind.of}"
                if row.cells.get("of") or not row.cells.get("error"):
                    of = self._number(row, "of", 1.0, 1e5, allowed, whole=True)
                if not kind.survey and value > of:
                    self.fault(row, f"got {value:g} of {of:g}; allowed at most {of:g}")
            elif row.cells.get("of"):
                self.fault(row, f"of: got {shown(row.cells['of'])}; allowed nothing for this kind")
            if row.cells.get("error"):
                if kind.error:
                    error = self._number(
                        row, "error", 0.0, kind.high, "a standard error in the value's unit"
                    )
                else:
                    got = shown(row.cells["error"])
                    self.fault(row, f"error: got {got}; allowed nothing for this kind")
            found.setdefault(kind.name, []).append((month, value, of, error))
        made = {}
        for name, kind in KINDS.items():
            if name in found:
                months, values, of_, errors = (np.array(c) for c in zip(*sorted(found[name])))  # noqa: B905
                made[name] = Series(kind, months.astype(np.int64), values, of_, errors)
        return made

    def _number(
        self, row: _Row, column: str, low: float, high: float, allowed: str, whole: bool = False
    ) -> float:
        """Return a cell's number, or NaN where it is none, which is told."""
        text = row.cells.get(column, "")
        share = text.endswith("%") and high == 1.0
        bare = text.removesuffix("%").strip() if share else text
        value = float(bare) / (100.0 if share else 1.0) if NUMBER.fullmatch(bare) else np.nan
        if not low <= value <= high or (whole and value != int(value)):
            got = shown(text) if text else "nothing"
            where = "" if column == "value" else f"{column}: "
            self.fault(row, f"{where}got {got}; allowed {allowed}")
            return np.nan
        return value

    def _reach(
        self, rows: list[tuple[_Row, int]], series: Mapping[str, Series], last: int | None
    ) -> int:
        """Return how many months the records reach over; refuse those that can teach nothing."""
        if not rows:
            self.fault(
                None, "got no records: no row has a value; allowed at least "
                f"{FEWEST_KINDS} kinds over {FEWEST_MONTHS} months"
            )  # fmt: skip
            return 0
        months = 1 + max(
            [int(one.months.max()) for one in series.values()] + ([] if last is None else [last]),
            default=0,
        )
        if last is not None:
            months = last + 1
        if months < FEWEST_MONTHS:
            self.fault(
                None,
                f"got records up to month {months} of the partnership; allowed "
                f"{FEWEST_MONTHS} months or more: fewer teach next to nothing",
            )
        if len(series) < FEWEST_KINDS:
            got = "one kind of record" if series else "no kind of record that teaches"
            self.fault(None, f"got {got}; allowed at least {FEWEST_KINDS}: {', '.join(KINDS)}")
        members = series.get("members")
        if last is None and members is not None and (members.values == 0).any():
            month = int(members.months[members.values == 0][0]) + 1
            self.fault(
                None,
                f"got 0 in month {month} and no row {ENDED}; allowed 1 or more, or a row {ENDED} "
                "that says when and why it ended",
                "members",
            )
        need = series.get("need_met")
        if need is not None:
            counts = (int((need.months < 0).sum()), int((need.months >= 0).sum()))
            for count, where in zip(counts, ("before", "after"), strict=True):
                if count < FEWEST_BEFORE:
                    self.fault(
                        None,
                        f"got {count} months {where} the start; allowed {FEWEST_BEFORE} or more, "
                        "as it has no unit but against the time before",
                        "need_met",
                    )
            if counts[0] and need.values[need.months < 0].mean() <= 0.0:
                self.fault(
                    None, "got nothing met before the start; allowed more than 0", "need_met"
                )
        return months


_ALL_WORDS = (*KINDS, *FURTHER, *UNKNOWN_TO_THE_MODEL)
_CLOCK = r"(?:[ T][0-9]{1,2}:.*)?"
_YEAR_FIRST = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})(?:[-/.]([0-9]{1,2}))?" + _CLOCK)
_MONTH_YEAR = re.compile(r"([0-9]{1,2})[-/.]([0-9]{4})")
_DAY_IN_FRONT = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})" + _CLOCK)
_EITHER_IN_FRONT = re.compile(r"([0-9]{1,2})[-/]([0-9]{1,2})[-/]([0-9]{4})" + _CLOCK)
_NAMED = re.compile(r"(?:([0-9]{1,2})[-/ .]+)?([a-z]{3,9})\.?[-/ ]+([0-9]{2})?([0-9]{2})", re.I)
_NAMES = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)


def months_meant(text: str) -> list[int]:
    """Return the months that a date may mean, counted from the year 0: one, two, or none.

    Dates are those that spreadsheets write: 2024-03, 2024-03-01, 03/2024, 01.03.2024, Mar-24,
    1 March 2024. In 01/03/2024 either number may be the month.
    """
    text = text.strip()
    dates: list[tuple[int, int, int]] = []  # year, month, day
    if found := _YEAR_FIRST.fullmatch(text):
        dates = [(int(found[1]), int(found[2]), int(found[3] or 1))]
    elif found := _MONTH_YEAR.fullmatch(text):
        dates = [(int(found[2]), int(found[1]), 1)]
    elif found := _DAY_IN_FRONT.fullmatch(text):
        dates = [(int(found[3]), int(found[2]), int(found[1]))]
    elif found := _EITHER_IN_FRONT.fullmatch(text):
        one, other = int(found[1]), int(found[2])
        ways = dict.fromkeys(((one, other), (other, one)))
        dates = [(int(found[3]), month, day) for month, day in ways]
    elif found := _NAMED.fullmatch(text):
        names = [n for n, name in enumerate(_NAMES, 1) if name.startswith(found[2].lower())]
        names = names or ([9] if found[2].lower() == "sept" else [])
        year = int((found[3] or "20") + found[4])
        dates = [(year, month, int(found[1] or 1)) for month in names]
    return [12 * year + month - 1 for year, month, day in dates if _is_a_day(year, month, day)]


def _is_a_day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _asked(months: int) -> list[list[str | int]]:
    """Return a row for every month and kind to fill in, those that teach most first."""
    rows: list[list[str | int]] = [list(COLUMNS)]
    for kind in KINDS.values():
        first, said = (1 - BEFORE if kind.before else 1), kind.words
        of = f"; of: {kind.of}" if kind.of else ""
        when = (6, 18) if kind.survey else range(first, months + 1)
        for month in when:
            rows.append([month, kind.name, "", "", "", f"{said}{of}"])
            said, of = "", ""
    rows += [["", key, "", "", "", FURTHER[key]] for key in (FUND, ENDED)]
    return rows


def template(months: int = 24) -> str:
    """Return a CSV file to fill in, with a row for every month and kind."""
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\r\n").writerows(_asked(months))
    return stream.getvalue()


def workbook(months: int = 24) -> bytes:
    """Return the same as an Excel workbook."""
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.worksheet.worksheet import Worksheet

    made = Workbook()
    sheet = made.active
    assert isinstance(sheet, Worksheet)
    sheet.title = SHEET.capitalize()
    for row in _asked(months):
        sheet.append([None if cell == "" else cell for cell in row])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.column_dimensions["B"].width = 18
    sheet.column_dimensions["F"].width = 90
    sheet.freeze_panes = "A2"
    return saved(made)
