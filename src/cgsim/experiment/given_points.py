"""Design points from a file: CSV or Parquet, a column a key and a row a point."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cgsim.experiment.parquet import table_of
from cgsim.scenario.errors import MOST_FAULTS, Fault, ScenarioError, safe, shown
from cgsim.scenario.outside import name_of, read_bytes, text_of

MOST_BYTES = 256 * 2**20
NUMBER_OF_POINT = "point"
"""A column that only counts the points, as ``points.parquet`` has it."""
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_FLAGS = {"true": True, "false": False}


def read_points(path: Path, most: int) -> tuple[tuple[dict[str, Any], ...], list[int | None]]:
    """Return the points of a file, at most so many, and the line of each, where it has lines.

    Raises ``ScenarioError`` with what is wrong.
    A column of whole numbers stays whole, one of numbers becomes numbers throughout, ``true`` and
    ``false`` are flags, and all else is words. No cell may be empty.
    """
    data = read_bytes(path, MOST_BYTES)
    if data.startswith(b"PAR1"):
        keys, columns, lines = _from_parquet(path, data)
    else:
        keys, columns, lines = _from_csv(path, text_of(data, path))
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


def _from_csv(path: Path, text: str) -> tuple[list[str], list[list[Any]], list[int | None]]:
    head = text.partition("\n")[0]
    mark = next((mark for mark in (",", ";", "\t") if mark in head), ",")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    keys: list[str] = []
    rows, faults = [], []
    lines: list[int | None] = []
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if not keys:
                keys = _keys(path, [cell.strip() for cell in cells])
                continue
            if len(cells) != len(keys):
                message = f"got {len(cells)} cells; allowed {len(keys)}, one a key"
                faults.append(Fault(name_of(path), reader.line_num, "", message))
            empty = [key for key, cell in zip(keys, cells, strict=False) if not cell.strip()]
            faults += [
                Fault(name_of(path), reader.line_num, safe(key), "got nothing; allowed a value")
                for key in empty
            ]
            if len(faults) >= MOST_FAULTS:
                break
            rows.append([cell.strip() for cell in cells])
            lines.append(reader.line_num)
    except csv.Error as error:
        raise _fault(path, reader.line_num, f"got a line that is no CSV ({error})") from None
    if faults:
        raise ScenarioError(faults)
    columns = [[row[place] for row in rows] for place in range(len(keys))]
    return keys, [_typed(column) for column in columns], lines


def _typed(cells: Sequence[str]) -> list[Any]:
    if all(_WHOLE.fullmatch(cell) for cell in cells):
        return [int(cell) for cell in cells]
    if all(_NUMBER.fullmatch(cell) for cell in cells):
        return [float(cell) for cell in cells]
    if all(cell.lower() in _FLAGS for cell in cells):
        return [_FLAGS[cell.lower()] for cell in cells]
    return list(cells)


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


def _keys(path: Path, keys: list[str]) -> list[str]:
    for place, key in enumerate(keys):
        if not key:
            raise _fault(path, 1, f"got no key over column {place + 1}; allowed a key a column")
        if key in keys[:place]:
            raise _fault(path, 1, f"got {shown(key)} twice; allowed each key once")
    return keys


def _fault(path: Path, line: int | None, message: str) -> ScenarioError:
    return ScenarioError([Fault(name_of(path), line, "", message)])
