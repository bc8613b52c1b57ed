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
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cgsim.calibrate.kinds import (
    BEGAN,
    ENDED,
    ENDINGS,
    FUND,
    FURTHER,
    KINDS,
    UNKNOWN_TO_THE_MODEL,
    Kind,
)
from cgsim.scenario.errors import MOST_FAULTS, Fault, ScenarioError, hint, safe, shown
from cgsim.scenario.outside import name_of, read_bytes, text_of

MOST_BYTES = 4 * 2**20
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
_WHOLE = re.compile(r"[+-]?[0-9]{1,4}(\.0+)?")
_DATE = re.compile(r"([0-9]{4})[-/]([0-9]{1,2})(?:[-/][0-9]{1,2})?(?:[ T].*)?")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")


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
    path = Path(path)
    data = read_bytes(path, MOST_BYTES)
    rows = _from_workbook(data, path) if data[:4] == b"PK\x03\x04" else _from_csv(data, path)
    return _Reader(path, hashlib.sha256(data).hexdigest()).read(list(rows))


def _fault(path: Path, line: int | None, key: str, message: str) -> Fault:
    return Fault(name_of(path), line, safe(key), message)


def _from_csv(data: bytes, path: Path) -> Iterator[_Row]:
    if data[:4] == b"\xd0\xcf\x11\xe0":
        message = "got an old Excel workbook; allowed .xlsx, or CSV UTF-8"
        raise ScenarioError([_fault(path, None, "", message)])
    text = text_of(data, path)
    mark = ""
    first, _, rest = text.partition("\n")
    skipped = 0
    if found := re.fullmatch(r'"?sep=(.)"?', first.strip()):
        # Spreadsheets take their mark from such a line.
        mark, text, skipped = found.group(1), rest, 1
    head = next((one for one in text.splitlines() if one.strip(' "')[:1] not in ("", "#")), "")
    mark = mark or next((m for m in (",", ";", "\t") if m in head), ",")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    try:
        yield from _rows(((reader.line_num + skipped, cells) for cells in reader), path)
    except csv.Error as error:
        message = f"got a line that is no CSV ({safe(str(error))})"
        line = reader.line_num + skipped
        raise ScenarioError([_fault(path, line, "", message)]) from None


def _from_workbook(data: bytes, path: Path) -> Iterator[_Row]:
    try:
        from openpyxl import load_workbook
    except ImportError:
        message = "got an Excel workbook, which needs openpyxl; allowed CSV UTF-8"
        raise ScenarioError([_fault(path, None, "", message)]) from None
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        table = [
            (place, [_written(cell) for cell in row])
            for place, row in enumerate(sheet.iter_rows(values_only=True, max_row=MOST_ROWS + 2), 1)
        ]
    except MemoryError:
        raise
    except Exception as error:  # whatever a damaged archive brings about
        reason = safe(str(error)) or type(error).__name__
        message = f"got an Excel workbook that cannot be read ({reason}); allowed .xlsx or CSV"
        raise ScenarioError([_fault(path, None, "", message)]) from None
    yield from _rows(table, path)


def _written(cell: Any) -> str:
    """Return a workbook's cell as it would stand in a CSV file."""
    if cell is None:
        return ""
    if isinstance(cell, (date, datetime)):
        return f"{cell.year:04d}-{cell.month:02d}"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell)


def _rows(table: Any, path: Path) -> Iterator[_Row]:
    """Yield the rows under the head, as cells by column."""
    head: list[str] = []
    count = 0
    for line, raw in table:
        cells = [cell.strip() for cell in raw]
        if not any(cells) or cells[0].startswith("#"):  # a remark
            continue
        if not head:
            head = _head([cell.lower() for cell in cells], line, path)
            continue
        count += 1
        if count > MOST_ROWS:
            message = f"got more than {MOST_ROWS} rows; allowed that many"
            raise ScenarioError([_fault(path, line, "", message)])
        if any(cells[len(head) :]):
            message = f"got {len(cells)} cells; allowed {len(head)}, as in the first line"
            raise ScenarioError([_fault(path, line, "", message)])
        # Spreadsheets leave out cells at the end of a row that are empty.
        cells += [""] * (len(head) - len(cells))
        yield _Row(line, dict(zip(head, cells, strict=False)))
    if not head:
        message = f"got an empty file; allowed a first line {', '.join(COLUMNS)}"
        raise ScenarioError([_fault(path, None, "", message)])


def _head(cells: list[str], line: int, path: Path) -> list[str]:
    while cells and not cells[-1]:
        cells.pop()
    for cell in cells:
        if cell not in COLUMNS:
            message = f"got a column {shown(cell)}; allowed {', '.join(COLUMNS)}"
            raise ScenarioError([_fault(path, line, "", message + hint(cell, COLUMNS))])
        if cells.count(cell) > 1:
            message = f"got the column {shown(cell)} twice; allowed once"
            raise ScenarioError([_fault(path, line, "", message)])
    for needed in _NEEDED:
        if needed not in cells:
            message = f"got no column {needed}; allowed {', '.join(COLUMNS)}"
            raise ScenarioError([_fault(path, line, "", message)])
    return cells


@dataclass
class _Reader:
    """Puts records together from rows, and collects what does not fit."""

    path: Path
    sha256: str
    faults: list[Fault] = field(default_factory=list)

    def fault(self, row: _Row | None, message: str, key: str = "") -> None:
        line = row.line if row else None
        what = row.cells["what"] if row else ""
        self.faults.append(_fault(self.path, line, key or what, message))

    def read(self, rows: list[_Row]) -> Records:
        known: list[tuple[_Row, int]] = []
        began = self._began(rows)
        for row in rows:
            if len(self.faults) >= MOST_FAULTS:
                break
            what = row.cells["what"] = row.cells["what"].lower().replace(" ", "_")
            empty = not row.cells["value"]
            if what == BEGAN or (not what and empty):
                continue
            if what in UNKNOWN_TO_THE_MODEL and not empty:
                self.fault(row, f"got it; {UNKNOWN_TO_THE_MODEL[what]}: take the row out")
            elif what not in KINDS and what not in FURTHER and what not in UNKNOWN_TO_THE_MODEL:
                allowed = [*KINDS, *FURTHER]
                self.fault(
                    row, f"got an unknown kind of record; allowed {', '.join(allowed)}"
                    + hint(what, allowed)
                )  # fmt: skip
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
        return Records(name_of(self.path), series, months, ended, fund, lines, self.sha256)

    def _stop(self) -> None:
        if self.faults:
            raise ScenarioError(self.faults)

    def _began(self, rows: list[_Row]) -> int | None:
        """Return the first month as a count of months since the year 0, where it is a date."""
        found = [row for row in rows if row.cells["what"].strip().lower() == BEGAN]
        if len(found) > 1:
            self.fault(found[1], f"got it twice; allowed once (it is in line {found[0].line} too)")
        if not found:
            return None
        dated = _dated(found[0].cells["month"])
        if dated is None:
            got = shown(found[0].cells["month"])
            self.fault(found[0], f"got the month {got}; allowed a date such as 2024-03")
        return dated

    def _month(self, row: _Row, began: int | None) -> int | None:
        """Return a row's month, counted from the partnership's first as 0."""
        text = row.cells["month"]
        month = None
        if _WHOLE.fullmatch(text):
            month = int(float(text)) - 1
            if began is not None:
                self.fault(row, f"got the month {shown(text)}; allowed a date such as 2024-03, as "
                           f"the row {BEGAN} has one")  # fmt: skip
                return None
        elif (dated := _dated(text)) is not None:
            if began is None:
                self.fault(
                    row,
                    f"got the month {shown(text)} and no row {BEGAN}; allowed numbers from 1, "
                    f"or a row {BEGAN} with the partnership's first month",
                )
                return None
            month = dated - began
        if month is None:
            self.fault(row, f"got the month {shown(text)}; allowed a number, 1 the partnership's "
                       "first month, or a date such as 2024-03")  # fmt: skip
            return None
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

    def _ended(self, rows: list[tuple[_Row, int]]) -> tuple[str, int | None]:
        found = [(row, month) for row, month in rows if row.cells["what"] == ENDED]
        if not found:
            return "", None
        row, last = found[0]
        if len(found) > 1:
            self.fault(found[1][0], f"got it twice; allowed once (it is in line {row.line} too)")
        reason = row.cells["value"].lower().replace("_", " ")
        if reason not in ENDINGS:
            self.fault(
                row,
                f"got {shown(row.cells['value'])}; allowed {', '.join(ENDINGS)}"
                + hint(reason, ENDINGS),
            )
        return reason, last

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
        value = float(bare) / (100.0 if share else 1.0) if _NUMBER.fullmatch(bare) else np.nan
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


def _dated(text: str) -> int | None:
    found = _DATE.fullmatch(text.strip())
    if not found or not 1 <= int(found.group(2)) <= 12:
        return None
    return 12 * int(found.group(1)) + int(found.group(2)) - 1


def template(months: int = 24) -> str:
    """Return a CSV file to fill in, with a row for every month and kind."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for kind in KINDS.values():
        first, said = (1 - BEFORE if kind.before else 1), kind.words
        of = f"; of: {kind.of}" if kind.of else ""
        when = (6, 18) if kind.survey else range(first, months + 1)
        for month in when:
            writer.writerow([month, kind.name, "", "", "", f"{said}{of}"])
            said, of = "", ""
    writer.writerow(["", FUND, "", "", "", FURTHER[FUND]])
    writer.writerow(["", ENDED, "", "", "", FURTHER[ENDED]])
    return stream.getvalue()
