"""Design points from a file: CSV, an Excel workbook or Parquet; a column a key, a row a point."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cgsim.parquet import table_of
from cgsim.scenario.errors import MOST_FAULTS, Fault, ScenarioError, safe, shown
from cgsim.scenario.outside import name_of, read_bytes
from cgsim.scenario.parameters import BY_NAME
from cgsim.scenario.sheets import (
    NUMBER,
    WITH_COMMA,
    Cell,
    Sheet,
    as_number,
    in_words,
    meant,
    plain,
    read_sheet,
    with_points,
)

MOST_BYTES = 256 * 2**20
MOST_UNPACKED = 512 * 2**20
SHEET = "points"
NUMBER_OF_POINT = "point"
"""A column that only counts the points, as ``points.parquet`` has it."""
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
_FLAGS = {"true": True, "false": False}


def read_points(path: Path, most: int) -> tuple[tuple[dict[str, Any], ...], list[int | None]]:
    """Return the points of a file, at most so many, and the line of each, where it has lines.

    Raises ``ScenarioError`` with what is wrong.
    A column of whole numbers stays whole, one of numbers becomes numbers throughout, ``true`` and
    ``false`` are flags, and all else is words. No cell may be empty. A decimal comma is read as one
    unless the column's commas may also part thousands.
    """
    data = read_bytes(path, MOST_BYTES)
    if data.startswith(b"PAR1"):
        keys, columns, lines = _from_parquet(path, data)
    else:
        sheet = read_sheet(data, path, sheet=SHEET, unpacked=MOST_UNPACKED, rows=most + 2)
        keys, columns, lines = _from_sheet(path, sheet) if sheet.rows else ([], [], [])
    if not lines:
        raise _fault(path, None, "got no points; allowed a row a point under a row of keys")
    if len(lines) > most:
        raise _fault(path, None, f"got {len(lines)} points; allowed at most {most}")
    if NUMBER_OF_POINT in keys:
        counted = columns.pop(keys.index(NUMBER_OF_POINT))
        keys.remove(NUMBER_OF_POINT)
        if counted != list(range(len(lines))):
            message = f"{NUMBER_OF_POINT}: got other numbers; allowed 0, 1, 2 ... or no such column"
            raise _fault(path, lines[0], message)
    if not keys:
        raise _fault(path, None, "got no keys; allowed a column a key that varies")
    points = tuple(dict(zip(keys, row, strict=True)) for row in zip(*columns, strict=True))
    return points, lines


def _from_sheet(path: Path, sheet: Sheet) -> tuple[list[str], list[list[Any]], list[int | None]]:
    top, head, rows = sheet.headed()
    keys = _keys(path, [meant(key, BY_NAME) or key for key in head], top)
    faults: list[Fault] = []
    for line, cells in rows:
        faults += [
            sheet.fault(line, key, "got nothing; allowed a value")
            for key, cell in zip(keys, cells, strict=True)
            if cell == ""
        ]
        if len(faults) >= MOST_FAULTS:
            break
    if faults:
        raise ScenarioError(faults)
    lines = [line for line, _ in rows]
    columns = [
        _typed([cells[place] for _, cells in rows], lines, key, sheet)
        for place, key in enumerate(keys)
    ]
    return keys, columns, list(lines)


def _typed(cells: Sequence[Cell], lines: Sequence[int], key: str, sheet: Sheet) -> list[Any]:
    if all(isinstance(cell, bool) for cell in cells):
        return list(cells)
    texts = [as_number(cell) for cell in cells]
    if all(_WHOLE.fullmatch(text) for text in texts):
        return [int(text) for text in texts]
    if all(NUMBER.fullmatch(text) or WITH_COMMA.fullmatch(text) for text in texts):
        pointed = with_points(texts, lambda n, message: sheet.fault(lines[n], key, message))
        return [float(text) for text in pointed]
    words = [in_words(cell) for cell in cells]
    if all(plain(word) in _FLAGS for word in words):
        return [_FLAGS[plain(word)] for word in words]
    return words


def _from_parquet(path: Path, data: bytes) -> tuple[list[str], list[list[Any]], list[int | None]]:
    import pyarrow as pa

    try:
        table = table_of(data)
        columns = [column.to_pylist() for column in table.columns]
    except MemoryError:
        raise
    except (pa.ArrowException, OSError, ValueError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise _fault(path, None, f"got a Parquet file that cannot be read: {reason}") from None
    keys = _keys(path, list(table.column_names))
    for key, column in zip(keys, columns, strict=True):
        for row, value in enumerate(column):
            if type(value) not in (bool, int, float, str) or value != value:
                message = f"got {shown(value)} in row {row}; allowed a number, a word or a flag"
                raise ScenarioError([Fault(name_of(path), None, safe(key), message)])
    return keys, columns, [None] * table.num_rows


def _keys(path: Path, keys: list[str], line: int | None = None) -> list[str]:
    for place, key in enumerate(keys):
        if not key:
            raise _fault(path, line, f"got no key over column {place + 1}; allowed a key a column")
        if key in keys[:place]:
            raise _fault(path, line, f"got {shown(key)} twice; allowed each key once")
    return keys


def _fault(path: Path, line: int | None, message: str) -> ScenarioError:
    return ScenarioError([Fault(name_of(path), line, "", message)])
