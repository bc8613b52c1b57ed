"""Means with intervals for every design point, in one walk over the parts.

Memory holds one part and the sums of the points, not the runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from cgsim import statistics
from cgsim.answer.catalogue import word
from cgsim.answer.lives import ALIVE, WAYS
from cgsim.measures import MEASURES, NOT_BEGUN, OUTCOMES, Measure
from cgsim.statistics import Estimate
from cgsim.store.folder import Store, in_arm

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from cgsim.experiment.design import Experiment

BLOCK = 1024
"""Sums are taken over blocks of so many replicates, so that cuts into parts do not show."""


SUMMARISED = ("measure", "words", "unit", "estimate", "low", "high", "replicates", "failed")


class Moments:
    """Count, mean and variance of columns of which the rows come bit by bit."""

    def __init__(self, columns: int) -> None:
        """Start with no rows."""
        self.count = np.zeros(columns)
        self.mean = np.zeros(columns)
        self.squares = np.zeros(columns)  # about the mean
        self._waiting = np.zeros((0, columns))

    def add(self, rows: NDArray[np.float64]) -> None:
        """Add rows (R, columns); NaN counts for nothing."""
        self._waiting = np.concatenate([self._waiting, rows])
        while len(self._waiting) >= BLOCK:
            self._merge(self._waiting[:BLOCK])
            self._waiting = self._waiting[BLOCK:]

    def close(self) -> None:
        """Take in the last rows."""
        if len(self._waiting):
            self._merge(self._waiting)
        self._waiting = self._waiting[:0]

    def _merge(self, rows: NDArray[np.float64]) -> None:
        """Merge a block (Chan, Golub & LeVeque 1983)."""
        there = ~np.isnan(rows)
        filled = np.where(there, rows, 0.0)
        count = there.sum(axis=0).astype(np.float64)
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = np.where(count > 0, filled.sum(axis=0) / count, 0.0)
        squares = (np.where(there, rows - mean, 0.0) ** 2).sum(axis=0)
        total = self.count + count
        step = mean - self.mean
        with np.errstate(invalid="ignore", divide="ignore"):
            weight = np.where(total > 0, count / total, 0.0)
        self.squares += squares + step**2 * self.count * weight
        self.mean += step * weight
        self.count = total


def summarise(store: Store) -> pd.DataFrame:
    """Return a row a design point and measure: estimate, 95 % interval, replicates, failed runs.

    Means have Student's t interval, shares Wilson's. Medians and ratios need every run at once:
    ``Batch.runs`` has them. What a sample drew at a point is not repeated in each of its rows; it
    stands in the table of points. Of several partnerships ``outcome_...`` are shares of these where
    they were kept; else of runs, and ``words`` says how a run counts.
    """
    failed: dict[int, int] = {}
    for failure in store.failures():
        failed[failure["point"]] = failed.get(failure["point"], 0) + 1
    experiment = store.experiment()
    each = {}
    if experiment.partnerships:
        each = shares_of_each(table for _, table in store.tables(kind="partnerships"))
    tables = (table for _, table in store.tables())
    return summarise_tables(tables, experiment, store.points(), failed, each)


Ways = dict[str, Estimate]
"""The share of partnerships that came out in each way."""


def shares_of_each(tables: Iterable[pa.Table]) -> dict[int, Ways]:
    """Return the shares of partnerships by how they came out, for every point.

    ``tables`` of partnerships. Those of one run share its luck: an interval is over runs.
    """
    import pandas as pd

    frames = []
    for table in tables:
        if not len(table):
            continue
        rows = table.select(["point", "replicate", "begun", "ending"]).to_pandas()
        way = rows["ending"].astype(object).where(rows["ending"].notna(), ALIVE)
        way = way.where(rows["begun"].notna(), WAYS[NOT_BEGUN])
        flags = pd.DataFrame({name: (way == name).astype(float) for name in WAYS})
        frames.append(flags.groupby([rows["point"], rows["replicate"]]).mean())
    if not frames:
        return {}
    runs = pd.concat(frames)
    runs = runs.groupby(level=[0, 1]).mean()  # in order, however the parts are cut
    found = {}
    for point, of_point in runs.groupby(level=0):
        estimates = {name: statistics.mean(of_point[name].to_numpy()) for name in WAYS}
        found[int(cast(int, point))] = {
            name: Estimate(one.value, max(0.0, one.low), min(1.0, one.high), one.count)
            for name, one in estimates.items()
        }
    return found


def summarise_tables(
    tables: Iterable[pa.Table],
    experiment: Experiment,
    points: pd.DataFrame,
    failed: Mapping[int, int],
    each: Mapping[int, Ways] | None = None,
) -> pd.DataFrame:
    """Return the summary of tables of runs, in the order of their points; as ``summarise``.

    ``points`` are the rows of the table of points, ``failed`` counts failed runs by point,
    ``each`` has the shares of several partnerships where these were kept.
    """
    import pandas as pd

    left = dict(failed)
    # One frame of all rows: a frame a point would take most of the time of many small points.
    rows = [
        _rows(
            point,
            names,
            moments,
            shares,
            left.pop(point, 0),
            several=len(experiment.base_of(point).partnerships) > 1,
            each=(each or {}).get(point),
        )
        for point, names, moments, shares in _walk(tables, experiment)
    ]
    frames = (
        [pd.DataFrame({key: np.concatenate([row[key] for row in rows]) for key in rows[0]})]
        if rows
        else []
    )
    for point, count in sorted(left.items()):  # points of which every run failed
        frames.append(pd.DataFrame({"point": [point], "replicates": [0], "failed": [count]}))
    if not frames:
        return pd.DataFrame()
    known = points.drop(columns=[key for key in points if key in experiment.drawn_keys])
    table = known.merge(pd.concat(frames), on="point", how="right")
    return table.sort_values("point", kind="stable").reset_index(drop=True)


def no_summary() -> pd.DataFrame:
    """Return a summary of nothing: its columns alone."""
    import pandas as pd

    return pd.DataFrame(columns=["point", *SUMMARISED])


def _walk(tables: Iterable[pa.Table], experiment: Experiment):  # type: ignore[no-untyped-def]
    """Yield (point, measures, their moments, how often each outcome came) for every point."""
    known = {m.name: m for m in MEASURES if m.interval in ("mean", "share")}
    known |= {window.name: window.measure for window in experiment.windows}
    columns: list[str] = []
    current, moments, outcomes = -1, Moments(0), np.zeros(len(OUTCOMES))
    outcome_kept = False
    for table in tables:
        if not columns:
            columns = [c for c in table.column_names if c in known]
            outcome_kept = "outcome" in table.column_names
        rows = np.flatnonzero(in_arm(table))
        numbers = table.column("point").to_numpy()[rows]
        values = np.column_stack(
            [table.column(c).to_numpy(zero_copy_only=False)[rows] for c in columns]
        )
        classes = np.zeros(0, np.int64)
        if outcome_kept:
            kinds = table.column("outcome").combine_chunks()
            # The numbers in a file are those of its own dictionary.
            numbered = np.array([OUTCOMES.index(n) for n in kinds.dictionary.to_pylist()], int)
            classes = numbered[kinds.indices.to_numpy(zero_copy_only=False)[rows].astype(int)]
        edges = np.flatnonzero(np.diff(numbers)) + 1
        for start, end in zip([0, *edges], [*edges, len(numbers)], strict=True):
            if start == end:
                continue
            if numbers[start] != current:
                if current >= 0:
                    moments.close()
                    yield current, [known[c] for c in columns], moments, outcomes
                current, moments = int(numbers[start]), Moments(len(columns))
                outcomes = np.zeros(len(OUTCOMES))
            moments.add(values[start:end])
            if outcome_kept:
                outcomes += np.bincount(classes[start:end], minlength=len(OUTCOMES))
    if current >= 0:
        moments.close()
        yield current, [known[c] for c in columns], moments, outcomes


def _rows(
    point: int,
    measures: Sequence[Measure],
    moments: Moments,
    outcomes: NDArray[np.float64],
    failed: int,
    several: bool,
    each: Ways | None,
) -> dict[str, NDArray[np.generic]]:
    """Return the columns of one point's rows; ``several`` partnerships, ``each`` their shares."""
    low, high = statistics.mean_interval(moments.count, moments.mean, moments.squares)
    shares = np.array([m.interval == "share" for m in measures], bool)
    hits = np.where(shares, moments.mean * moments.count, 0.0)
    wilson = statistics.wilson_interval(hits, moments.count)
    bounded = np.array([m.bounded for m in measures], bool)
    low = np.where(shares, wilson[0], np.where(bounded, np.maximum(low, 0.0), low))
    high = np.where(shares, wilson[1], np.where(bounded, np.minimum(high, 1.0), high))
    estimate = np.where(moments.count > 0, moments.mean, np.nan)
    names = [m.name for m in measures]
    words = [m.words for m in measures]
    units = [m.unit for m in measures]
    counts = moments.count
    total = outcomes.sum()
    if total > 0 and several and each is not None:
        names += [f"outcome_{way.replace(' ', '_')}" for way in each]
        words += [word("word.each_came_out_as", outcome=way) for way in each]
        units += ["share"] * len(each)
        estimate = np.concatenate([estimate, [one.value for one in each.values()]])
        low = np.concatenate([low, [one.low for one in each.values()]])
        high = np.concatenate([high, [one.high for one in each.values()]])
        counts = np.concatenate([counts, [one.count for one in each.values()]])
    elif total > 0:
        ends = statistics.wilson_interval(outcomes, np.full(len(outcomes), total))
        names += [f"outcome_{name.replace(' ', '_')}" for name in OUTCOMES]
        words += [word(f"word.{_counted(name, several)}", outcome=name) for name in OUTCOMES]
        units += ["share"] * len(OUTCOMES)
        estimate = np.concatenate([estimate, outcomes / total])
        low, high = np.concatenate([low, ends[0]]), np.concatenate([high, ends[1]])
        counts = np.concatenate([counts, np.full(len(outcomes), total)])
    return {
        "point": np.full(len(names), point),
        "measure": np.array(names, object),
        "words": np.array(words, object),
        "unit": np.array(units, object),
        "estimate": estimate,
        "low": low,
        "high": high,
        "replicates": counts.astype(np.int64),
        "failed": np.full(len(names), failed),
    }


def _counted(outcome: str, several: bool) -> str:
    """Return which words say how runs of an outcome are counted.

    Of several partnerships a run is one of those that live, or else of the last that ended.
    """
    if not several or outcome == OUTCOMES[NOT_BEGUN]:
        return "came_out_as"
    return "any_came_out_as" if outcome in ("thriving", "inert") else "last_came_out_as"
