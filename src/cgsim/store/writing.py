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


def write_tables(folder: Path, tables: Mapping[str, pd.DataFrame], workbook: str) -> list[str]:
    """Write tables by their titles as CSV files and as sheets of a workbook; return the files."""
    names = [f"{title.lower()}.csv" for title in tables]
    for name, table in zip(names, tables.values(), strict=True):
        write_csv(folder / name, table)
    write_workbook(folder / workbook, tables)
    return [*names, workbook]
