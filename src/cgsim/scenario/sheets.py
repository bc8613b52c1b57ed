"""Tables from outside: CSV as spreadsheets of any country write it, and Excel workbooks.

Whatever leaves one reading is accepted: commas, semicolons, tabs or bars, a first line ``sep=;``,
any ends of lines, short rows, columns that are empty throughout, blanks and marks that do not show,
decimal commas. What could be read in two ways is refused, and the fault says what to save instead.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath
from typing import Any

from cgsim.scenario.errors import Fault, ScenarioError, safe, shown
from cgsim.scenario.outside import name_of, text_of

MARKS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
WHAT = "allowed CSV in UTF-8 or an Excel workbook (.xlsx)"
SAVE = "save it as .xlsx, or as CSV UTF-8"
MOST_CELLS = 5_000_000
MOST_COLUMNS = 2000

Cell = str | int | float | bool

_HYPHENS = dict.fromkeys(
    map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"), "-"
)
_QUOTES = "\"'`\u00b4\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u00ab\u00bb\u2039\u203a"
_UNSEEN = (
    "\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064\ufeff"
)
"""Marks without a width: word processors and phones leave them behind."""
_AROUND = _UNSEEN + "".join(c for c in map(chr, range(0x3001)) if c.isspace())
_BLANKS = re.compile(r"[\s_]+")
_SEP = re.compile(r'\ufeff?"?sep=(.)"?\s*', re.IGNORECASE)
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MERGED = re.compile(
    rb"<(?:\w+:)?mergeCell\b(?:[^>]*\bref=[\"']([A-Z]{1,3}\d{1,7}(?::[A-Z]{1,3}\d{1,7})?)[\"'])?"
)
_DECLARED = re.compile(rb"<!(DOCTYPE|ENTITY)")
_CHUNK = 2**20

NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
"""A number with a decimal point, if any."""
WITH_COMMA = re.compile(r"[+-]?([0-9]+,[0-9]*|,[0-9]+)([eE][+-]?[0-9]+)?")
_PERHAPS_THOUSANDS = re.compile(r"[+-]?[1-9][0-9]{0,2},[0-9]{3}")
_MINUS = str.maketrans("\u2212\u2012\u2013", "---")


@dataclass(frozen=True)
class Sheet:
    """A table: the rows that hold something, each with its line (in a workbook, its row)."""

    file: str  #: what faults call it
    rows: tuple[tuple[int, tuple[Cell, ...]], ...]  #: empty cells are ``""``

    def fault(self, line: int | None, key: str, message: str) -> Fault:
        """Return what is wrong at a line."""
        return Fault(self.file, line, safe(key), message)

    def headed(self) -> tuple[int, list[str], list[tuple[int, list[Cell]]]]:
        """Return the line of the head, its texts, and the rows below, each as long as the head.

        Columns that are empty throughout are left out, and what a row lacks at its end is empty.
        Raises ``ScenarioError`` for cells without a head over them.
        """
        (line, first), *below = self.rows
        width = max(len(cells) for _, cells in self.rows)
        full = [(n, [*cells, *[""] * (width - len(cells))]) for n, cells in below]
        head = [in_words(cell) for cell in (*first, *[""] * (width - len(first)))]
        used = [c for c in range(width) if head[c] or any(cells[c] != "" for _, cells in full)]
        bare = [c for c in used if not head[c]]
        if bare:
            where, cells = next((n, cells) for n, cells in full if cells[bare[0]] != "")
            got = shown(cells[bare[0]])
            message = f"got {got} in column {bare[0] + 1}, over which the first line has no name"
            raise ScenarioError([self.fault(where, "", f"{message}; allowed a name over it")])
        return line, [head[c] for c in used], [(n, [cells[c] for c in used]) for n, cells in full]


def in_words(cell: Cell) -> str:
    """Return a cell as its text: a whole number without a point."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return clean(str(cell))


def clean(text: str) -> str:
    """Return a text without the blanks and unseen marks around it, in Unicode's form NFC."""
    return unicodedata.normalize("NFC", text.strip(_AROUND))


def plain(text: str) -> str:
    """Return what is left of a word when case, blanks and typographic marks are taken away."""
    text = text.strip(_AROUND + _QUOTES)  # before, since NFKC makes of an acute accent two marks
    kept = "".join(c for c in unicodedata.normalize("NFKC", text) if c not in _UNSEEN)
    kept = kept.translate(_HYPHENS).strip(_AROUND + _QUOTES).casefold()
    return _BLANKS.sub("-", kept)


def meant(text: Any, known: Iterable[str]) -> str | None:
    """Return the one of the known words that is meant, however it was typed; None if none is."""
    if not isinstance(text, str):
        return None
    words = list(known)
    if text in words:
        return text
    wanted = plain(text)
    found = [word for word in words if plain(word) == wanted]
    return found[0] if len(found) == 1 else None


def as_number(cell: Cell) -> str:
    """Return a cell's text, with a plain minus and point where it is a number."""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    return in_words(cell).translate(_MINUS)


def with_points(texts: Sequence[str], fault: Callable[[int, str], Fault]) -> list[str]:
    """Return texts in which the numbers with a decimal comma have a point; the others as they are.

    A sign of per cent may follow a number. ``fault`` makes a fault of a text's place and a message.
    Raises ``ScenarioError`` where a comma may as well part thousands, or where points stand beside.
    """
    bare = [text.removesuffix("%").rstrip() for text in texts]
    commas = [place for place, text in enumerate(bare) if WITH_COMMA.fullmatch(text)]
    if not commas:
        return list(texts)
    first = bare[commas[0]]
    pointed = next((text for text in bare if "." in text and NUMBER.fullmatch(text)), None)
    if pointed is not None:
        way = "a point in both"
        if _PERHAPS_THOUSANDS.fullmatch(first):
            way = f"{first.replace(',', '')} or {first.replace(',', '.')}, as a point is used there"
        message = f"got {shown(first)} beside {shown(pointed)}; allowed {way}"
        raise ScenarioError([fault(commas[0], message)])
    if all(_PERHAPS_THOUSANDS.fullmatch(bare[place]) for place in commas):
        one, other = first.replace(",", "."), first.replace(",", "")
        message = f"got {shown(first)}, which may be {one} or {other}; allowed one of these"
        raise ScenarioError([fault(commas[0], message)])
    among = set(commas)
    return [text.replace(",", ".") if n in among else text for n, text in enumerate(texts)]


def is_text(data: bytes) -> bool:
    """Tell whether bytes are meant as a text, and not as a workbook or an archive."""
    return not data.startswith((_ZIP, _OLE))


def looks_like_table(text: str, first: str) -> bool:
    """Tell whether a text is a table whose first head is that word, and no TOML."""
    begun = text.lstrip(_AROUND + "".join(MARKS))
    line = re.split(r"[\r\n]", begun, maxsplit=1)[0]
    if _SEP.match(line):
        return True
    heads = [plain(line.partition(mark)[0]) for mark in MARKS if mark in line]
    return first in heads and "=" not in line


def read_sheet(
    data: bytes,
    name: str | PurePath,
    fits: Callable[[list[str]], bool] = any,
    *,
    sheet: str = "",
    unpacked: int,
    rows: int = MOST_CELLS,
    remark: str = "",
    months: bool = False,
) -> Sheet:
    """Return the table of a file's bytes: CSV or a workbook, whatever its name ends in.

    ``fits`` tells whether a first line can be the head. Of a workbook the sheet called ``sheet`` is
    read, or the only one with something in it; ``unpacked`` is the most bytes that it may take, and
    ``rows`` the most rows. Rows that begin with ``remark`` are left out. With ``months`` a
    workbook's dates are read as their months, such as 2024-03; else they are refused. Raises
    ``ScenarioError``.
    """
    file = name_of(str(name))
    if is_text(data):
        return sheet_of_text(text_of(data, str(name)), file, fits, rows, remark)
    return _of_workbook(data, file, sheet, unpacked, rows, remark, months)


def sheet_of_text(
    text: str,
    file: str,
    fits: Callable[[list[str]], bool] = any,
    most: int = MOST_CELLS,
    remark: str = "",
) -> Sheet:
    """Return the table of a CSV text; raises ``ScenarioError``."""
    text = text.removeprefix("\ufeff")
    if "\0" in text:
        raise _refused(file, f"got a text with bytes of zero in it; {WHAT}: {SAVE}")
    skipped = 0
    marks = list(MARKS)
    lead = text[:64].lstrip("\r\n")
    first = re.split(r"[\r\n]", lead, maxsplit=1)[0]
    if said := _SEP.fullmatch(first):
        if said.group(1) not in MARKS:
            message = f"got {shown(first)}; allowed sep= with {_either(MARKS.values())}"
            raise _refused(file, message, 1)
        marks = [said.group(1)]
        start = len(text[:64]) - len(lead) + len(first)
        end = start + (2 if text[start : start + 2] == "\r\n" else 1)
        skipped = len(text[:end].splitlines())
        text = text[end:]
    heads = {
        mark: head for mark in marks if (head := _head(text, mark, file, remark)) and fits(head)
    }
    several = [mark for mark, head in heads.items() if len(head) > 1]
    # A head of one word is parted by nothing: a comma below it might be a decimal one, or not.
    wanted = several or marks[:1]
    if len(wanted) == 1:
        return Sheet(file, tuple(_rows(text, wanted[0], file, skipped, most, remark)))
    found: dict[tuple[tuple[int, tuple[str, ...]], ...], str] = {}
    for mark in wanted:
        try:
            rows = tuple(_rows(text, mark, file, skipped, most, remark))
        except ScenarioError:
            continue
        if all(len(cells) <= len(rows[0][1]) for _, cells in rows):
            found.setdefault(rows, mark)
    if len(found) > 1:
        between = _either(MARKS[mark] for mark in found.values())
        message = f"got lines that {between} may part; allowed a first line that says which"
        raise _refused(file, f"{message}, such as sep=;", skipped + 1)
    if not found:
        return Sheet(file, tuple(_rows(text, wanted[0], file, skipped, most, remark)))
    return Sheet(file, next(iter(found)))


def _either(words: Iterable[str]) -> str:
    *others, last = words
    return f"{', '.join(others)} or {last}" if others else last


def _head(text: str, mark: str, file: str, remark: str) -> list[str]:
    try:
        return [str(cell) for cell in next(_rows(text, mark, file, 0, 1, remark), (0, ()))[1]]
    except ScenarioError:
        return []


def _rows(
    text: str, mark: str, file: str, skipped: int, most: int, remark: str
) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield the rows that hold something, without the empty cells at their ends."""
    fresh = True  # whether the next line begins a row

    def lines() -> Iterator[str]:
        nonlocal fresh
        for line in io.StringIO(text, newline=""):
            # A remark is anybody's prose: its quotation marks close nothing.
            blank = fresh and remark and line.lstrip(_AROUND).startswith(remark)
            fresh = False
            yield "\n" if blank else line

    reader = csv.reader(lines(), delimiter=mark, strict=True, skipinitialspace=True)
    begun, count = 0, 0
    try:
        for row in reader:
            line, begun, fresh = begun + 1, reader.line_num, True
            cells = [clean(cell) for cell in row]
            while cells and not cells[-1]:
                cells.pop()
            if not cells or _is_remark(cells[0], remark):
                continue
            if len(cells) > MOST_COLUMNS:
                message = f"got {len(cells)} columns; allowed at most {MOST_COLUMNS}"
                raise _refused(file, message, skipped + line)
            yield skipped + line, tuple(cells)
            count += 1
            if count > most:
                return
    except csv.Error as error:
        raise _refused(file, f"got {_in_user_words(error)}; {WHAT}", skipped + begun + 1) from None


def _is_remark(first: Cell, remark: str) -> bool:
    return bool(remark) and isinstance(first, str) and first.startswith(remark)


def _in_user_words(error: csv.Error) -> str:
    text = str(error)
    if "unexpected end" in text:
        return "a text that is not CSV (a quotation mark that is never closed)"
    if "expected after" in text:
        return (
            "a text that is not CSV (something stands between a closing quotation mark and "
            "the mark that parts the cells)"
        )
    if "field limit" in text:
        return f"a cell of more than {csv.field_size_limit():,} characters"
    return "a text that is not CSV"


# Workbooks -------------------------------------------------------------------------------------


def _of_workbook(
    data: bytes, file: str, sheet: str, unpacked: int, most: int, remark: str, months: bool
) -> Sheet:
    if data.startswith(_OLE):
        what = "an old Excel workbook (.xls), or one with a password"
        raise _refused(file, f"got {what}; {WHAT}: {SAVE}, without a password")
    _look_inside(data, file, unpacked)
    try:
        values, formulas = _open(data, formulas=False), _open(data, formulas=True)
        names = _chosen(values, sheet, file)
        return Sheet(
            file, tuple(_cells(values[names], formulas[names], file, most, remark, months))
        )
    except (ScenarioError, MemoryError):
        raise
    except Exception:  # of a damaged workbook the library may raise anything
        raise _broken(file) from None


def _broken(file: str) -> ScenarioError:
    message = f"got an Excel workbook that is damaged or not whole; {WHAT}: open it and {SAVE}"
    return _refused(file, message)


def _open(data: bytes, *, formulas: bool) -> Any:
    import warnings

    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of styles and lists, which are not read
        return openpyxl.load_workbook(
            io.BytesIO(data), read_only=True, data_only=not formulas, keep_links=False
        )


def _look_inside(data: bytes, file: str, unpacked: int) -> None:
    """Refuse what is no workbook, would unpack to too much, or holds what is not read."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            names = {part.filename for part in parts}
            if "mimetype" in names and "content.xml" in names:
                raise _refused(file, f"got an OpenDocument sheet; {WHAT}: {SAVE}")
            if "[Content_Types].xml" not in names or not any(
                name.endswith("workbook.xml") for name in names
            ):
                raise _refused(file, f"got an archive that is no Excel workbook; {WHAT}: {SAVE}")
            if sum(part.file_size for part in parts) > unpacked:
                size = unpacked // 2**20
                message = (
                    f"got a workbook of more than {size} MiB when unpacked; allowed {size} MiB"
                )
                raise _refused(file, message)
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    _look_at(archive, part, file)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, OSError, EOFError, ValueError) as error:
        if isinstance(error, ScenarioError):
            raise
        raise _broken(file) from None
    except (NotImplementedError, RuntimeError):  # packed in a way of its own, or with a password
        raise _broken(file) from None


def _look_at(archive: zipfile.ZipFile, part: zipfile.ZipInfo, file: str) -> None:
    import zlib

    before = b""
    try:
        with archive.open(part) as stream:
            while chunk := stream.read(_CHUNK):
                text = before + chunk
                # Declarations can make a small text a huge one; no program writes them here.
                if _DECLARED.search(text) or b"\0" in text:
                    raise _broken(file)
                if merged := _MERGED.search(text):
                    which = f" ({merged[1].decode()})" if merged[1] else ""
                    message = (
                        f"got merged cells{which}, which may stand for one answer or for several"
                    )
                    raise _refused(file, f"{message}; allowed a value in each cell of its own")
                before = text[-64:]
    except zlib.error:
        raise _broken(file) from None


def _chosen(book: Any, wanted: str, file: str) -> str:
    """Return the name of the sheet to read."""
    called = [one.title for one in book.worksheets if plain(one.title) == wanted]
    if wanted and len(called) == 1:
        return str(called[0])
    filled = [one.title for one in book.worksheets if _holds_something(one)]
    if len(filled) == 1:
        return str(filled[0])
    if not filled:
        raise _refused(file, "got a workbook with nothing in it")
    names = ", ".join(shown(name) for name in filled[:4]) + (" ..." if len(filled) > 4 else "")
    also = f', or one called "{wanted}"' if wanted else ""
    raise _refused(file, f"got {len(filled)} sheets ({names}); allowed one sheet{also}")


def _holds_something(sheet: Any) -> bool:
    sheet.reset_dimensions()
    return any(
        value not in (None, "") for row in sheet.iter_rows(values_only=True) for value in row
    )


def _cells(
    values: Any, formulas: Any, file: str, most: int, remark: str, months: bool
) -> Iterator[tuple[int, tuple[Cell, ...]]]:
    # What a workbook says of its own size may be anything.
    values.reset_dimensions()
    formulas.reset_dimensions()
    looked_at = found = 0
    for line, (row, written) in enumerate(
        zip(values.iter_rows(), formulas.iter_rows(), strict=True), 1
    ):
        if len(row) > MOST_COLUMNS:
            message = f"got {len(row)} columns; allowed at most {MOST_COLUMNS}"
            raise _refused(file, message, line)
        looked_at += len(row)
        if looked_at > MOST_CELLS:
            raise _refused(file, f"got more than {MOST_CELLS:,} cells; allowed that many", line)
        cells = [
            _value(cell, formula, place, line, file, months)
            for place, (cell, formula) in enumerate(zip(row, written, strict=True), 1)
        ]
        while cells and cells[-1] == "":
            cells.pop()
        if cells and not _is_remark(cells[0], remark):
            yield line, tuple(cells)
            found += 1
            if found > most:
                return


def _value(cell: Any, formula: Any, column: int, line: int, file: str, months: bool) -> Cell:
    value = cell.value
    if value is None and formula.value is not None:
        message = f"got a formula without a result in column {column}"
        raise _refused(file, f"{message}; allowed a value (open and save it once)", line)
    if value is None:
        return ""
    if cell.data_type == "e":
        message = f"got the error {shown(value)} in column {column}; allowed a value"
        raise _refused(file, message, line)
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, (bool, int, float)):
        return value
    if months and isinstance(value, date):
        return f"{value.year:04d}-{value.month:02d}"
    message = f"got a date or time in column {column}; allowed a number or a text"
    raise _refused(file, f"{message} (set the cell's format to Text and type it again)", line)


def _refused(file: str, message: str, line: int | None = None) -> ScenarioError:
    return ScenarioError([Fault(file, line, "", message)])
