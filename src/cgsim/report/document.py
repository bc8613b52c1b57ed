"""What a report says, before it is a page: sections of texts, tables and figures.

One document makes the HTML page and the Markdown, so both hold the same numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

Row = tuple[str, ...]


@dataclass(frozen=True)
class Text:
    """A paragraph. ``kind`` "lead" for the answer, "note" for how to read what stands above."""

    text: str
    kind: str = ""


@dataclass(frozen=True)
class Points:
    """A list of sentences."""

    texts: tuple[str, ...]


@dataclass(frozen=True)
class Facts:
    """Short facts, each under its name: (name, fact, what goes with it)."""

    rows: tuple[tuple[str, str, str], ...]
    large: bool = False  #: the figures that a reader looks for first


@dataclass(frozen=True)
class Table:
    """A table; the first cell of each row is its heading."""

    caption: str
    heads: Row
    rows: tuple[Row, ...]
    right: tuple[int, ...] = ()  #: columns of numbers
    prose: tuple[int, ...] = ()  #: columns of explanations
    folded: bool = False  #: shown when a reader asks for it


@dataclass(frozen=True)
class Picture:
    """A figure that is drawn twice, for wide and for narrow screens; sizes in inches."""

    name: str
    title: str
    description: str  #: what it shows, in words, for those who do not see it
    draw: Callable[[Figure], None]
    wide: tuple[float, float] = (7.4, 3.6)
    narrow: tuple[float, float] = (3.7, 3.4)
    note: str = ""  #: how to read it


@dataclass(frozen=True)
class Code:
    """A text to be copied as it is; under a heading of its own if it is folded away."""

    text: str
    folded: str = ""


@dataclass(frozen=True, eq=False)
class Data:
    """A table to take away: as CSV with the page, or as a sheet of a workbook."""

    name: str  #: of the CSV file
    what: str
    table: pd.DataFrame
    shown: Table | None = None
    inside: pd.DataFrame | None = None  #: what of it a page has room for; all for None

    def __eq__(self, other: object) -> bool:
        """Tell whether both say the same; tables are compared as they are written."""
        if not isinstance(other, Data):
            return NotImplemented
        mine, theirs = (self.name, self.what, self.shown), (other.name, other.what, other.shown)
        return mine == theirs and self.csv == other.csv

    def __hash__(self) -> int:
        """Return a hash of what it is called."""
        return hash((self.name, self.what))

    @cached_property
    def csv(self) -> str:
        """The table as CSV that no spreadsheet takes for formulas."""
        from cgsim.pictures.tables import csv_text

        return csv_text(self.table if self.inside is None else self.inside)


Block = Text | Points | Facts | Table | Picture | Code | Data


@dataclass(frozen=True)
class Section:
    """A part of a report under its heading."""

    identity: str
    heading: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Document:
    """A whole report."""

    title: str
    kind: str  #: what sort of report it is, above the title
    sections: tuple[Section, ...]
    main: Picture | None  #: the figure that stands for the report where there is room for one
    about: Mapping[str, str] = field(default_factory=dict)  #: scenario, seed, version and so on

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """Every figure, in order."""
        return tuple(b for s in self.sections for b in s.blocks if isinstance(b, Picture))

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table to take away, whole, by its name without an ending."""
        blocks = [b for s in self.sections for b in s.blocks]
        return {b.name.removesuffix(".csv"): b.table for b in blocks if isinstance(b, Data)}
