"""What a batch looks like: one measure at every point, and the picture that fits the design."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from cgsim.analysis.frontier import Frontier, find_frontier
from cgsim.answer.catalogue import term, word
from cgsim.answer.names import axis as label_of
from cgsim.answer.names import setting as setting_of
from cgsim.answer.names import value_of
from cgsim.experiment.design import LABEL, LISTED, SCENARIO, Factor
from cgsim.measures import BY_NAME
from cgsim.pictures import curves, drawings, figures, tables

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from cgsim.running.batch import Batch

MOST_PANELS = 6
MOST_GROUPS = 16


def measure_of(batch: Batch) -> str:
    """Return the measure that a report looks at: that of the precision, or what points rank by."""
    experiment = batch.experiment
    return experiment.precision.measure if experiment.precision else experiment.ranked_by


@dataclass(frozen=True)
class View:
    """A batch as its report looks at it: one measure at every point."""

    batch: Batch
    measure: str

    @cached_property
    def rows(self) -> pd.DataFrame:
        """A row a point: the values of the factors, estimate, low, high, label."""
        table = self.batch.summary
        # What varies is taken from the points: a CSV file does not tell "NA" from nothing.
        kept = [c for c in table.columns if c == "point" or c not in self.batch.points.columns]
        values = table.loc[table["measure"] == self.measure, kept]
        rows = self.batch.points.merge(values, on="point", how="inner")
        return rows.assign(label=[self.label(row) for row in rows.to_dict("records")])

    @cached_property
    def frontier(self) -> Frontier | None:
        """Where the gain turns to loss, for a grid of two numbers; found once for all who ask."""
        return find_frontier(self.batch, self.measure) if is_frontier(self) else None

    @property
    def words(self) -> str:
        """What the measure is called."""
        return term(str(self.rows["words"].iloc[0]))

    @property
    def of(self) -> str:
        """For a share: of what."""
        return term(BY_NAME[self.measure].of) if self.measure in BY_NAME else ""

    @property
    def unit(self) -> str:
        """The measure's unit."""
        return str(self.rows["unit"].iloc[0])

    @property
    def scale(self) -> float:
        """By what values are multiplied in figures: shares are shown in per cent."""
        return tables.scale_of(self.unit)

    @property
    def axis(self) -> str:
        """What the axis of the measure is called."""
        return tables.axis_of(self.words, self.unit, self.of)

    @cached_property
    def keys(self) -> list[str]:
        """The columns that tell points apart, as a table shows them."""
        points = self.batch.points
        if LABEL in points:
            return [LABEL]
        return [column for column in points.columns if column != "point"]

    @cached_property
    def shown_keys(self) -> list[str]:
        """The keys in a table: of a sample over very many only those that were crossed with it."""
        if len(self.keys) <= 6:
            return self.keys
        return [factor.key for factor in self.batch.experiment.factors if factor.values]

    def label(self, row: Mapping[Any, Any]) -> str:
        """Say in words which point a row is."""
        if LABEL in row and isinstance(row[LABEL], str):
            return row[LABEL]
        keys = self.shown_keys
        if keys == [SCENARIO]:
            return str(row[SCENARIO])
        told = [setting_of(key, row[key]) for key in keys]
        return ", ".join(told) or word("experiment.point", point=str(row["point"]))


def is_numeric(factor: Factor) -> bool:
    """Tell whether a factor has numbers for values, two at least."""
    return len(factor.values) > 1 and all(
        isinstance(v, (int, float)) and not isinstance(v, bool) for v in factor.values
    )


def is_frontier(view: View) -> bool:
    """Tell whether the experiment is a grid of two numbers, and the measure is a gain."""
    experiment = view.batch.experiment
    return (
        experiment.design == "factorial"
        and len(experiment.factors) == 2
        and all(is_numeric(factor) for factor in experiment.factors)
        and not experiment.only
        and "gain" in view.measure
        and bool(view.batch.manifest["complete"])
        and not view.batch.failures
        and experiment.precision is None
    )


def drawing_of(view: View) -> Frontiers | Curves | Spreads | EveryPoint:
    """Return the drawing that fits the design."""
    experiment = view.batch.experiment
    if view.frontier is not None:
        return Frontiers(view.frontier)
    if experiment.sampled:
        crossed = [f for f in experiment.factors if f not in experiment.sampled]
        groups = math.prod(len(f.values) for f in crossed)
        if crossed and 1 < groups <= MOST_GROUPS:
            return Spreads(view, tuple(crossed))
    elif experiment.design == "factorial":
        found = _curves_of(view)
        if found is not None:
            return found
    return EveryPoint(view)


@dataclass(frozen=True)
class Frontiers:
    """The gain over a grid of two numbers, with the line where it turns to loss."""

    found: Frontier

    def draw(self, figure: Figure) -> None:
        """Draw it in a figure."""
        axes = figure.subplots()
        figures.draw_frontier(axes, self.found)
        axes.set_title("")


@dataclass(frozen=True)
class Curves:
    """A measure along a number, a line a value of another factor, a panel a value of others."""

    view: View
    along: Factor
    lined: Factor | None
    panelled: tuple[Factor, ...]

    @cached_property
    def panels(self) -> list[tuple[Any, ...]]:
        """The values of the factors that have a panel each."""
        return list(itertools.product(*(f.values for f in self.panelled)))

    @property
    def across(self) -> int:
        """How many panels stand side by side where there is room."""
        pairs = len(self.panelled) == 2
        return min(3, len(self.panelled[-1].values) if pairs else len(self.panels))

    @property
    def rows(self) -> int:
        """How many rows of panels there are where there is room."""
        return -(-len(self.panels) // self.across)

    def draw(self, figure: Figure) -> None:
        """Draw it in a figure."""
        rows, lined = self.view.rows, self.lined
        data = rows.assign(
            x=rows[self.along.key].astype(float),
            group=[value_of(v, lined.key) for v in rows[lined.key]] if lined else "",
        )
        columns = 1 if figure.get_figwidth() < figures.NARROW else self.across
        count = -(-len(self.panels) // columns)
        grid = figure.subplots(count, columns, sharey=True, squeeze=False).ravel()
        for axes, values in zip(grid, self.panels, strict=False):
            chosen = data
            for factor, value in zip(self.panelled, values, strict=True):
                chosen = chosen[[_same(v, value) for v in chosen[factor.key]]]
            axes.set_ylim(*curves.limits_of(data, self.view.scale))
            curves.draw_curves(axes, chosen, self.view.scale)
            told = "\n".join(
                figures.cut(setting_of(factor.key, value), 30)
                for factor, value in zip(self.panelled, values, strict=True)
            )
            if told:
                axes.set_title(told, fontsize=9, fontweight="normal")
        for place, axes in enumerate(grid):
            if place >= len(self.panels):
                axes.set_axis_off()
            elif place % columns == 0:
                axes.set_ylabel(figures.folded(self.view.axis, 30))
            if place >= len(self.panels) - columns:
                axes.set_xlabel(figures.cut(label_of(self.along.key)))


def _curves_of(view: View) -> Curves | None:
    factors = [f for f in view.batch.experiment.factors if len(f.values) > 1]
    numeric = [f for f in factors if is_numeric(f)]
    if not numeric:
        return None
    along = max(numeric, key=lambda f: len(f.values))
    others = sorted((f for f in factors if f is not along), key=lambda f: -len(f.values))
    lined = next((f for f in others if len(f.values) <= curves.MOST_LINES), None)
    panelled = [f for f in others if f is not lined][::-1]  # the most values go across
    found = Curves(view, along, lined, tuple(panelled))
    return None if (others and lined is None) or len(found.panels) > MOST_PANELS else found


def _same(left: Any, right: Any) -> bool:
    return value_of(left) == value_of(float(right) if isinstance(left, float) else right)


@dataclass(frozen=True)
class Spreads:
    """How a measure is spread over draws, by what was crossed with them."""

    view: View
    crossed: tuple[Factor, ...]

    def draw(self, figure: Figure) -> None:
        """Draw it in a figure."""
        keys, rows = [factor.key for factor in self.crossed], self.view.rows
        groups = [
            ", ".join(value_of(row[key], key) for key in keys) for row in rows.to_dict("records")
        ]
        axes = figure.subplots()
        curves.draw_spreads(axes, rows.assign(group=groups), self.view.scale)
        axes.set_xlabel(figures.cut(", ".join(map(label_of, keys))))
        axes.set_ylabel(figures.folded(self.view.axis, 30))


@dataclass(frozen=True)
class EveryPoint:
    """A measure at every point, one below the other."""

    view: View

    @cached_property
    def ordered(self) -> pd.DataFrame:
        """The points with an estimate; the highest first unless the design has an order."""
        rows = self.view.rows.dropna(subset=["estimate"])
        if self.view.batch.experiment.design in LISTED:
            return rows
        return rows.sort_values("estimate", ascending=False, kind="stable")

    def draw(self, figure: Figure) -> None:
        """Draw it in a figure."""
        drawings.draw_points(figure.subplots(), self.ordered, self.view.scale, self.view.axis)
