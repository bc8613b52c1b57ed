"""Tables written beside the parts of a batch, for people and their programs: CSV and Excel."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from cgsim.whole import write_whole
from cgsim.workbooks import of_tables

if TYPE_CHECKING:
    import pandas as pd


def write_csv(path: Path, table: pd.DataFrame) -> str:
    """Write a table as CSV, in place of an older one; return its SHA-256."""
    return write_whole(
        path, lambda stream: stream.write(table.to_csv(index=False).encode()), replace=True
    )


def write_workbook(path: Path, tables: Mapping[str, pd.DataFrame]) -> None:
    """Write tables as an Excel workbook, a sheet each, in place of an older one."""
    data = of_tables(tables)
    write_whole(path, lambda stream: stream.write(data), replace=True)
