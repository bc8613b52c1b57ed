"""What every stored column means, and in which unit: one table for files, windows and documents.

Months' columns say it in ``cgsim.rules.columns``, measures in ``cgsim.measures``, and parameters in
``cgsim.scenario.parameters``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from cgsim.answer.lives import LIFE
from cgsim.measures import MEASURES, Measure
from cgsim.rules.columns import OF_MONTH, OF_PARTNERSHIP, Column
from cgsim.rules.state import MONTH_COLUMNS, VARIABLES
from cgsim.scenario.parameters import BY_NAME
from cgsim.tables import ByName, Rows

if TYPE_CHECKING:
    import pyarrow as pa


IN_RUNS = {
    "point": Column("number of the design point, from 0; its values stand in points.parquet", ""),
    "replicate": Column("number of the replicate, from 0: a world drawn and lived", ""),
    "arm": Column("the way in which the replicate was lived", ""),
    "month": Column("month of the run, from 0", "months"),
    "partnership": Column("name of the partnership in the scenario", ""),
    "label": Column("what the design point is called", ""),
    "scenario": Column("the scenario that the design point is laid over", ""),
}

MONTHS: Mapping[str, Column] = ByName(lambda: {**OF_MONTH, **_variables(("agency", "area"))})
"""The columns of months. Runs hold their totals, but of stocks the last month's."""

BOARDS: Mapping[str, Column] = ByName(lambda: {**OF_PARTNERSHIP, **_variables(("partnership",))})
"""The columns of a partnership's month."""


def _variables(of: tuple[str, ...]) -> dict[str, Column]:
    return {v.name: Column(v.help, v.unit) for v in VARIABLES if v.of in of}


def _totals() -> dict[str, Column]:
    over = dict.fromkeys(MONTHS, "all months") | {"understanding": "last month"}
    said = {"sum": "all months", "last": "last month", "mean": "mean of all months"}
    over |= {v.name: said[v.total] for v in VARIABLES}
    totals = {
        name: Column(f"{column.words}, {over[name]}", column.unit)
        for name, column in MONTHS.items()
    }
    return totals | {"unmet": Column("unmet need at the end of the last month", "units")}


TOTALS: Mapping[str, Column] = ByName(_totals)

PARTNERSHIPS = {
    name: Column(f"{life.words}, {life.of}" if life.of else life.words, life.unit)
    for name, life in LIFE.items()
}
"""The columns of what a partnership came to in a run."""

PAIRED = Rows(lambda: (m.name for m in MEASURES if m.name not in MONTH_COLUMNS))
"""Measures that compare arms: they stand in the row of the arm together."""

COLUMNS = Rows(lambda: (*MONTH_COLUMNS, *PAIRED))
"""What is stored of every run, if nothing is said."""


def of_measure(measure: Measure) -> Column:
    """Return what a measure's column holds."""
    return Column(measure.words, "" if measure.unit == "outcome" else measure.unit)


def of_parameter(name: str) -> Column | None:
    """Return what a parameter's column holds, by its key; None for what is no parameter."""
    parameter = BY_NAME.get(name.rpartition(".")[2])
    return Column(parameter.help, parameter.unit) if parameter else None


KINDS: Mapping[str, Mapping[str, Column]] = ByName(
    lambda: {
        "runs": {**{m.name: of_measure(m) for m in MEASURES}, **TOTALS, **IN_RUNS},
        "months": {**MONTHS, **IN_RUNS},
        "boards": {**BOARDS, **IN_RUNS},
        "partnerships": {**PARTNERSHIPS, **IN_RUNS},
        "points": IN_RUNS,
    }
)


def described(table: pa.Table, kind: str, further: Iterable[Measure] = ()) -> pa.Table:
    """Return a table whose fields say what they hold, as ``description`` and ``unit``.

    ``further`` are windows, as measures.
    """
    import pyarrow as pa

    known = {**KINDS[kind], **{m.name: of_measure(m) for m in further}}
    fields = []
    for field in table.schema:
        column = known.get(field.name) or of_parameter(field.name)
        if column is not None:
            told = {"description": column.words, **({"unit": column.unit} if column.unit else {})}
            field = field.with_metadata(told)
        fields.append(field)
    return table.cast(pa.schema(fields, table.schema.metadata))
