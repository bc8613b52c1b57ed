"""Excel workbooks: tables as sheets, numbers as numbers, the same bytes for the same tables."""

from __future__ import annotations

import io
import math
import re
import zipfile
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd
    from openpyxl import Workbook

MOST_ROWS = 1_048_575
"""What a sheet holds beneath its head."""
MOST_COLUMNS = 16_384
_LONGEST_TITLE, _LONGEST_TEXT = 31, 32_767
_UNFIT = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
_NOT_IN_TITLES = re.compile(r"[\[\]:*?/\\]")
_BEGUN = datetime(2000, 1, 1)


class TooLarge(ValueError):
    """A table has more rows or columns than a sheet can hold; the text says which."""


def of_tables(tables: Mapping[str, pd.DataFrame]) -> bytes:
    """Return a workbook with a sheet a table, named as in the mapping.

    What is no finite number is an empty cell; texts stay texts, whatever they begin with. Raises
    ``TooLarge``.
    """
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    made = Workbook(write_only=True)
    for name, table in tables.items():
        if len(table) > MOST_ROWS or len(table.columns) > MOST_COLUMNS:
            raise TooLarge(
                f"{name} has {len(table):,} rows and {len(table.columns):,} columns; a sheet holds "
                f"{MOST_ROWS:,} and {MOST_COLUMNS:,}"
            )
        sheet = made.create_sheet(_NOT_IN_TITLES.sub(" ", name)[:_LONGEST_TITLE])
        sheet.freeze_panes = "A2"
        heads = []
        for head in table.columns:
            cell = _cell(sheet, WriteOnlyCell, str(head))
            cell.font = Font(bold=True)
            heads.append(cell)
        sheet.append(heads)
        for row in table.itertuples(index=False, name=None):
            sheet.append([_cell(sheet, WriteOnlyCell, value) for value in row])
    return saved(made)


def _cell(sheet: Any, kind: Any, value: Any) -> Any:
    if hasattr(value, "item"):
        value = value.item()
    if value is None or (isinstance(value, (int, float)) and not math.isfinite(value)):
        return None
    if isinstance(value, float) and float(f"{value:.16g}") != value:
        exact = kind(sheet, repr(value))  # the library would write 16 digits of it
        exact.data_type = "n"
        return exact
    if isinstance(value, (bool, int, float)):
        return value
    text = _UNFIT.sub(lambda found: ascii(found.group())[1:-1], str(value))[:_LONGEST_TEXT]
    cell = kind(sheet, text)
    cell.data_type = "s"  # also where it begins as a formula does
    return cell


def saved(made: Workbook) -> bytes:
    """Return a workbook's bytes, in which no time of writing stands."""
    made.properties.created = made.properties.modified = _BEGUN
    made.properties.creator = "cgsim"
    stream, anew = io.BytesIO(), io.BytesIO()
    made.save(stream)
    with (
        zipfile.ZipFile(stream) as old,
        zipfile.ZipFile(anew, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in sorted(old.namelist(), key=lambda n: (n != "[Content_Types].xml", n)):
            data = old.read(name)
            if name == "docProps/core.xml":
                data = _MODIFIED.sub(rb"\g<1>2000-01-01T00:00:00Z\g<2>", data)
            new.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return anew.getvalue()


_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")


def letter_of(column: int) -> str:
    """Return the letters of a column, counted from 1."""
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(column))
