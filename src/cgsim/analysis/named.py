"""Tables of results whose columns are asked for by name, and which say so of a wrong one."""

from __future__ import annotations

from typing import Any

import pandas as pd

from cgsim.scenario.errors import hint, shown

MEASURE = "measure"
"""The column of the names of measures."""


class UnknownColumn(KeyError):
    """A name that is no column of a table; its text says which there are."""

    def __str__(self) -> str:
        """Return the text as it is, not as Python writes a key."""
        return str(self.args[0])


class Named(pd.DataFrame):
    """A table like any other, whose error for a name that is no column says what is allowed."""

    @property
    def _constructor(self) -> Any:
        """What is made from it is a plain table."""
        return pd.DataFrame

    def __getitem__(self, key: Any) -> Any:
        """Return what pandas returns; raise `UnknownColumn` for a name that is no column."""
        try:
            return super().__getitem__(key)
        except KeyError:
            if not isinstance(key, str):
                raise
        columns = [str(name) for name in self.columns]
        near = hint(key, columns)
        if MEASURE in columns and (self[MEASURE] == key).any():
            near = f'; of a measure: estimate("{key}")' if "point" not in columns else ""
            near += f", or summary.query(\"measure == '{key}'\")"
        raise UnknownColumn(f"got {shown(key)}; allowed a column: {', '.join(columns)}{near}")
