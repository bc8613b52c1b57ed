"""What an evaluator would conclude about a partnership, by each method, against the truth.

An evaluator sees one area: the need met each month, before and after its partnership began. What it
would have met alone nobody sees, and every method puts something else in its place: an earlier
year, a line through the months before, other areas. Here the arm alone of the same run is known, so
each method's error is known too.

All tables are tidy. ``evaluate`` takes the months of replicates of one design point, which are
areas of one kind, each with its own luck. ``tally`` adds its answer up, and ``pool`` puts the
tallies of many design points together. Nothing here draws a random number.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from cgsim import statistics
from cgsim.experiment.design import SCENARIO
from cgsim.measures import STRETCH
from cgsim.statistics import LEVEL, Estimate, t_quantile

if TYPE_CHECKING:
    import pandas as pd

    from cgsim.running.batch import Batch

Values = NDArray[np.float64]
Numbers = NDArray[np.int64]

YEAR = 12
NEVER = -1
MODELLED = "as modelled"
ADDED = {"no gain": 0.0, "gain of 5 %": 0.05, "gain of 10 %": 0.10}
"""Cases with a known gain: every month after the start, the arm alone and this share more."""
COLUMNS = ("replicate", "arm", "month", "met")
EVALUATED = (
    "replicate",
    "begun",
    "method",
    "case",
    "alone",
    "truth",
    "estimate",
    "low",
    "high",
    "reached",
)


@dataclass(frozen=True)
class Method:
    """A way to say what would have been met without the partnership."""

    name: str
    words: str
    baseline: int  #: months before the start that it looks at
    line: bool = False  #: a straight line through them goes on; else their mean does
    areas: int = 0  #: so many areas without a partnership show what else has changed
    choice: str = ""  #: of these areas: "random", "alike" or "as bad"


METHODS = (
    Method("before-3", "before and after: the last quarter", 3),
    Method("before-12", "before and after: the last year", 12),
    Method("before-36", "before and after: three years", 36),
    Method("trend-6", "trend through 6 months", 6, line=True),
    Method("trend-12", "trend through a year", 12, line=True),
    Method("trend-24", "trend through two years", 24, line=True),
    Method("trend-36", "trend through three years", 36, line=True),
    Method("area-1", "one comparison area, any", 12, areas=1, choice="random"),
    Method("areas-any", "ten areas, any: the last year", 12, areas=10, choice="random"),
    Method("areas-any-36", "ten areas, any: three years", 36, areas=10, choice="random"),
    Method("areas-alike", "ten areas, most alike: the last year", 12, areas=10, choice="alike"),
    Method("areas-as-bad", "ten areas, as bad: the last year", 12, areas=10, choice="as bad"),
)
"""The last is for a start that waited for a fall: the others fell as far, at their own time."""


class Areas(NamedTuple):
    """Areas of one kind, each with its own luck, R of them over T months."""

    replicate: Numbers  #: (R,)
    together: Values  #: (R, T) need met, units a month
    alone: Values  #: (R, T)
    begun: Numbers  #: (R,) month in which the partnership began, ``NEVER`` if it did not
    waited: bool  #: whether the partnerships waited for a fall in need met


def areas_of(months: pd.DataFrame, *, start: int, trigger: float = 0.0) -> Areas:
    """Return the areas in a months table: columns replicate, arm, month and met.

    ``start`` and ``trigger`` are the partnership's. Runs that failed have no rows; runs with a
    month that is missing or not a number are left out. Raises ``ValueError`` for a table that lacks
    a column or an arm, or that holds more than one design point.
    """
    missing = [name for name in COLUMNS if name not in months]
    if missing:
        raise ValueError(f"the months table has no column {missing[0]}")
    lived: dict[str, Any] = {}
    for arm in ("together", "alone"):
        rows = months[months["arm"] == arm]
        if rows.empty and not months.empty:
            raise ValueError(f"the months table has no arm {arm}")
        if rows.duplicated(["replicate", "month"]).any():
            raise ValueError("a replicate has a month twice: give one design point at a time")
        lived[arm] = rows.pivot(index="replicate", columns="month", values="met")
    together, alone = lived["together"].align(lived["alone"])
    kept = np.isfinite(together).all(axis=1) & np.isfinite(alone).all(axis=1)
    together, alone = together[kept], alone[kept]
    paths = alone.to_numpy(np.float64)
    return Areas(
        alone.index.to_numpy(np.int64),
        together.to_numpy(np.float64),
        paths,
        begins(paths, start, trigger),
        trigger > 0.0,
    )


def begins(met: Values, start: int, trigger: float = 0.0) -> Numbers:
    """Return the month in which a partnership begins in each area, (R,), or ``NEVER``.

    The rule of step 1 of the model page, on need met (R, T): from ``start`` on, once the mean of
    the last 3 months is below (1 - ``trigger``) times that of the last 12.
    """
    areas, horizon = met.shape
    if trigger == 0.0:
        return np.full(areas, start if start < horizon else NEVER)
    first = max(start, YEAR)
    if first >= horizon:
        return np.full(areas, NEVER)
    year = sliding_window_view(met, YEAR, axis=1)[:, first - YEAR : horizon - YEAR]
    fallen = year[:, :, -3:].mean(axis=2) < (1.0 - trigger) * year.mean(axis=2)
    return np.where(fallen.any(axis=1), first + fallen.argmax(axis=1), NEVER)


def evaluate(
    months: pd.DataFrame,
    *,
    start: int,
    trigger: float = 0.0,
    follow_up: int = 36,
    methods: Sequence[Method] = METHODS,
) -> pd.DataFrame:
    """Return what each method says of each area: a row an area, case and method.

    ``follow_up`` is in months from the start; areas whose partnership begins too late for it, or
    too early for a method's baseline, have no row. ``truth``, ``estimate`` and its 95 % interval
    ``low`` to ``high`` are gains as a share of what was met alone (``alone``, units a month): the
    yardstick of all gains where every agency is a member. ``reached`` tells whether need met came
    to ``STRETCH`` above what the method expected. A method that finds no other area has no row.
    """
    import pandas as pd

    areas = areas_of(months, start=start, trigger=trigger)
    made: list[dict[str, Any]] = []
    for method in methods:
        rows = followed(areas, method.baseline, follow_up)
        if len(rows) == 0 or (method.choice == "as bad" and not areas.waited):
            continue
        others = others_of(areas, method, rows, follow_up)
        begun = areas.begun[rows]
        alone = during(areas.alone, rows, begun, 0, follow_up)
        before = during(areas.alone, rows, begun, -method.baseline, 0)
        yardstick = alone.mean(axis=1)
        cases = {MODELLED: during(areas.together, rows, begun, 0, follow_up)}
        cases |= {name: alone * (1.0 + share) for name, share in ADDED.items()}
        for case, after in cases.items():
            expected, half = conclude(method, before, after, others)
            met = after.mean(axis=1)
            values = (
                areas.replicate[rows],
                begun,
                np.full(len(rows), method.name, object),
                np.full(len(rows), case, object),
                yardstick,
                met / yardstick - 1.0,
                (met - expected) / yardstick,
                (met - expected - half) / yardstick,
                (met - expected + half) / yardstick,
                met >= (1.0 + STRETCH) * expected,
            )
            made.append(dict(zip(EVALUATED, values, strict=True)))
    if not made:
        return pd.DataFrame(columns=list(EVALUATED))
    table = pd.DataFrame({name: np.concatenate([m[name] for m in made]) for name in EVALUATED})
    return table[table["estimate"].notna()].reset_index(drop=True)


def followed(areas: Areas, baseline: int, follow_up: int) -> Numbers:
    """Return the places of areas with ``baseline`` months before their start and the follow-up."""
    fits = (areas.begun >= baseline) & (areas.begun + follow_up <= areas.alone.shape[1])
    return np.flatnonzero(fits)


def during(met: Values, rows: Numbers, begun: Numbers, first: int, end: int) -> Values:
    """Return the months ``first`` to ``end`` - 1 as counted from each start, (rows, months)."""
    return met[rows[:, None], begun[:, None] + np.arange(first, end)]


def others_of(
    areas: Areas, method: Method, rows: Numbers, follow_up: int
) -> tuple[Values, Values] | None:
    """Return the months before and after in other areas, (rows, areas, months) each.

    They are other replicates' arms alone, so none has a partnership and none shares the luck.
    "random" takes the replicates that follow, for their order means nothing, and "alike" those
    whose last ``baseline`` months went most like the area's own in proportion, both in the same
    months. "as bad" takes those that fell as far themselves, each counted from its own start, the
    nearest starts first. Fewer are taken where there are fewer.
    """
    if method.areas == 0:
        return None
    count = len(areas.begun)
    pool = rows if method.choice == "as bad" else np.arange(count)
    taken = min(method.areas, len(pool) - 1)
    chosen = np.zeros((len(rows), taken), np.int64)
    for place, row in enumerate(rows):
        others = pool[pool != row]
        if method.choice == "random":
            rank = (others - row) % count
        elif method.choice == "alike":
            paths = areas.alone[:, areas.begun[row] - method.baseline : areas.begun[row]]
            paths = paths / paths.mean(axis=1, keepdims=True)
            rank = np.square(paths[others] - paths[row]).sum(axis=1)
        else:
            rank = abs(areas.begun[others] - areas.begun[row])
        chosen[place] = others[np.argsort(rank, kind="stable")[:taken]]
    own_time = method.choice == "as bad"
    when = areas.begun[chosen] if own_time else np.repeat(areas.begun[rows][:, None], taken, 1)
    months = when[..., None] + np.arange(-method.baseline, follow_up)
    met = areas.alone[chosen[..., None], months]
    return met[..., : method.baseline], met[..., method.baseline :]


def conclude(
    method: Method, before: Values, after: Values, others: tuple[Values, Values] | None = None
) -> tuple[Values, Values]:
    """Return what a method expects without the partnership, and its textbook interval's half-width.

    ``before`` (R, baseline) and ``after`` (R, follow-up) units a month; ``others`` the same of
    comparison areas, (R, areas, months). Both answers (R,) are units a month. The intervals are
    those an evaluator would take from a textbook: Welch's for two means, the prediction interval of
    a least-squares line, and for several areas that of a further area like them. The first two
    take months as independent. NaN where there are too few months or areas.
    """
    if others is None and not method.line:
        return before.mean(axis=1), welch(before, after)
    if others is None:
        return straight_line(before, after.shape[1])
    before_there, after_there = others
    taken = before_there.shape[1]
    nothing = np.full(len(before), np.nan)
    if taken == 0:
        return nothing, nothing
    changes = after_there.mean(axis=2) - before_there.mean(axis=2)
    expected = before.mean(axis=1) + changes.mean(axis=1)
    if taken == 1:
        return expected, welch(before - before_there[:, 0], after - after_there[:, 0])
    spread = changes.std(axis=1, ddof=1) * math.sqrt(1.0 + 1.0 / taken)
    return expected, quantile(np.array(taken - 1.0)) * spread


def welch(before: Values, after: Values) -> Values:
    """Return the half-width of Welch's interval for the difference of two means, (R,)."""
    parts = [values.var(axis=1, ddof=1) / values.shape[1] for values in (before, after)]
    total = parts[0] + parts[1]
    weights = sum(
        part**2 / (values.shape[1] - 1) for part, values in zip(parts, (before, after), strict=True)
    )
    freedom = np.divide(total**2, weights, out=np.ones(len(total)), where=weights > 0.0)
    return quantile(freedom) * np.sqrt(total)


def straight_line(before: Values, follow_up: int) -> tuple[Values, Values]:
    """Return the mean of a line's next ``follow_up`` months, and its interval's half-width, (R,).

    Least squares through ``before`` (R, months), as the trend of the model page, Arms. The
    interval is that of a mean of further months that scatter about the line as those before.
    """
    months = before.shape[1]
    time = np.arange(months) - (months - 1) / 2.0
    variance = np.square(time).sum()
    slope = before @ time / variance
    ahead = (months + follow_up) / 2.0
    left = before - before.mean(axis=1, keepdims=True) - slope[:, None] * time
    scatter = np.sqrt(np.square(left).sum(axis=1) / (months - 2))
    widen = math.sqrt(1.0 / follow_up + 1.0 / months + ahead**2 / variance)
    half = quantile(np.array(months - 2.0)) * scatter * widen
    return before.mean(axis=1) + slope * ahead, half


def quantile(freedom: Values) -> Values:
    """Return the half-width of Student's interval in standard errors."""
    return t_quantile(0.5 + LEVEL / 2, freedom)


SUMS = ("runs", "alone", "truth", "error", "square", "claimed", "held", "reached")


def tally(evaluations: pd.DataFrame) -> pd.DataFrame:
    """Return sums over areas, a row a case and method, for ``pool`` to put together.

    ``alone``, ``truth`` and ``error`` are in units a month; ``square`` sums squared errors as
    shares; the rest counts areas: those in which a gain was claimed (the whole interval above 0),
    in which the interval held the truth, and in which the stretched target was reached.
    """
    table = evaluations
    error = table["estimate"] - table["truth"]
    return (
        table.assign(
            runs=1,
            truth=table["truth"] * table["alone"],
            error=error * table["alone"],
            square=error**2,
            claimed=table["low"] > 0.0,
            held=(table["low"] <= table["truth"]) & (table["truth"] <= table["high"]),
        )
        .groupby(["case", "method"], sort=False)[list(SUMS)]
        .sum()
        .astype(np.float64)
        .reset_index()
    )


MEASURES = {
    "truth": ("truth", "alone"),
    "bias": ("error", "alone"),
    "error": ("square", "runs"),
    "claimed": ("claimed", "runs"),
    "held": ("held", "runs"),
    "reached": ("reached", "runs"),
}
"""Each measure is the ratio of two sums; the typical error is the root of the mean square."""


def pool(tallies: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Return every measure over all draws from the priors, with its 95 % interval.

    ``tallies`` has the columns of ``tally``, ``draw`` and those of ``by``. The intervals are
    bootstrap intervals over draws, for areas of one draw are alike. ``bias`` is the mean error and
    ``error`` its root mean square, both as shares of the need met alone.
    """
    import pandas as pd

    made = []
    for keys, rows in tallies.groupby([*by, "case", "method"], sort=False):
        sums = rows.groupby("draw")[list(SUMS)].sum()
        for measure, (above, below) in MEASURES.items():
            found = statistics.ratio(sums[above].to_numpy(), sums[below].to_numpy())
            if measure == "error":
                low, high = math.sqrt(found.low), math.sqrt(found.high)
                found = Estimate(math.sqrt(found.value), low, high, found.count)
            made.append(
                {
                    **dict(zip((*by, "case", "method"), keys, strict=True)),
                    "measure": measure,
                    **_written(found),
                    "runs": int(sums["runs"].sum()),
                }
            )
    return pd.DataFrame(made)


def around_start(
    months: pd.DataFrame, *, start: int, trigger: float = 0.0, before: int = 36, after: int = 36
) -> pd.DataFrame:
    """Return what areas met alone about the start: a row a month counted from it.

    ``usual`` sums need met over areas, each divided by its own mean of the months ``before`` to
    13 before the start, ``runs`` counts them.
    """
    import pandas as pd

    areas = areas_of(months, start=start, trigger=trigger)
    rows = followed(areas, before, after)
    met = during(areas.alone, rows, areas.begun[rows], -before, after)
    usual = met[:, : before - YEAR].mean(axis=1, keepdims=True)
    return pd.DataFrame(
        {
            "month": np.arange(-before, after),
            "runs": float(len(rows)),
            "usual": (met / usual).sum(axis=0),
        }
    )


def pool_around(tables: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Return the tables of ``around_start`` over all draws, with 95 % intervals, as ``pool``."""
    import pandas as pd

    made = []
    for keys, rows in tables.groupby([*by, "month"], sort=False):
        sums = rows.groupby("draw")[["usual", "runs"]].sum()
        found = statistics.ratio(sums["usual"].to_numpy(), sums["runs"].to_numpy())
        made.append(
            {
                **dict(zip((*by, "month"), keys, strict=True)),
                "measure": "met alone",
                **_written(found),
                "runs": int(sums["runs"].sum()),
            }
        )
    return pd.DataFrame(made)


def _written(found: Estimate) -> dict[str, float]:
    return {
        "estimate": found.value,
        "low": found.low,
        "high": found.high,
        "draws": found.count,
    }


def evaluate_batch(
    batch: Batch, *, follow_up: int = 36, methods: Sequence[Method] = METHODS
) -> pd.DataFrame:
    """Return what every method says of every kind of area in a batch that kept its months.

    ``pool`` and ``pool_around`` over the factors that have values. Areas of one design point are
    compared with each other alone; points that differ in drawn values only count as draws. In the
    case ``MODELLED`` results are by the scenario factor too, where there is one. Raises
    ``ValueError`` where months were not kept, no run is there, or a scenario has not just one
    partnership.
    """
    import pandas as pd

    experiment = batch.experiment
    if not experiment.months:
        raise ValueError("this batch kept no months: set months = true in its file")
    crossed = [f.key for f in experiment.factors if f not in experiment.sampled]
    a_draw = len(experiment.points) // experiment.draws if experiment.sampled else 1
    tallies, paths = [], []
    for number, months in months_by_point(batch):
        partnerships = experiment.scenario_at(number).partnerships
        if len(partnerships) != 1:
            raise ValueError(f"point {number} has {len(partnerships)} partnerships; allowed one")
        levers = partnerships[0].levers
        begins_at: Any = {"start": math.ceil(levers["start"]), "trigger": levers["trigger"]}
        point = experiment.points[number]
        about = {"draw": number // a_draw, **{key: point[key] for key in crossed}}
        evaluations = evaluate(months, **begins_at, follow_up=follow_up, methods=methods)
        tallies.append(tally(evaluations).assign(**about))
        longest = max(method.baseline for method in methods)
        if longest > YEAR:
            path = around_start(months, **begins_at, before=longest, after=follow_up)
            paths.append(path.assign(**about))
    if not tallies:
        raise ValueError("this batch has no run to evaluate")
    table = pd.concat(tallies, ignore_index=True)
    plain = [key for key in crossed if key != SCENARIO]
    modelled = table["case"] == MODELLED
    parts = [pool(table[~modelled], plain), pool(table[modelled], crossed)]
    if paths:
        parts.append(pool_around(pd.concat(paths, ignore_index=True), plain))
    return pd.concat(parts, ignore_index=True)


def months_by_point(batch: Batch) -> Iterator[tuple[int, pd.DataFrame]]:
    """Yield each design point's number and months, one point at a time to spare memory."""
    import pandas as pd

    tables = batch.store.tables(["point", *COLUMNS], kind="months")
    for _, parts in itertools.groupby(tables, lambda item: item[0][:2]):
        frame = pd.concat([table.to_pandas() for _, table in parts], ignore_index=True)
        for number, months in frame.groupby("point"):
            yield int(number), months
