"""What a run means: gain, and what goes with it (model page, Measures).

Every measure compares the arms of one replicate, month for month, so chance common to them cancels.
The window of a comparison runs from the month in which the first partnership begins to the end.
Where no partnership begins there is nothing to compare, and the gain is 0.
"""

import math
from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cgsim.compiler import kernel, rule
from cgsim.rules.areas import EVERYWHERE, area_of
from cgsim.rules.state import (
    BOARD_COLUMNS,
    LEAST,
    MONTH_COLUMNS,
)
from cgsim.tables import ByName, Table
from cgsim.world.recruitment import founds_any

STRETCH = 0.10
"""A stretched target: gain of at least this share (model page, Measures)."""
CLEAR_LOSS = -0.02
LEAST_GAIN = LEAST
"""A gain or a loss up to this share is none: two equal sums may differ by their rounding."""
MONTHS_OF_INERTIA = 6
"""Inertia has set in once this many months in a row gained nothing."""

OUTCOMES: Table[str] = Table(
    (
        "not begun",
        "completed",
        "thriving",
        "inert",
        "collapsed",
        "reviewed out",
        "dated end",
    )
)
"""How a replicate came out; its number is the position here."""
NOT_BEGUN, IS_COMPLETED, THRIVING, INERT, HAS_COLLAPSED, WAS_REVIEWED_OUT, REACHED_ITS_END = range(
    7
)

OUTCOME_OF_ENDING = (NOT_BEGUN, HAS_COLLAPSED, REACHED_ITS_END, IS_COMPLETED, WAS_REVIEWED_OUT)
"""The outcome class of a partnership that ended, by the number of its reason."""

MET = MONTH_COLUMNS.index("met")
UNMET = MONTH_COLUMNS.index("unmet")
JOINT_MET = MONTH_COLUMNS.index("joint_met")
OVERHEAD = MONTH_COLUMNS.index("overhead_hours")
JOINT_HOURS = MONTH_COLUMNS.index("joint_hours")
OWN_HOURS = MONTH_COLUMNS.index("own_hours")
SAVED = MONTH_COLUMNS.index("saved_hours")
NET_YIELD = MONTH_COLUMNS.index("net_yield")
BOUGHT = MONTH_COLUMNS.index("bought_hours")
UNDERSTANDING = MONTH_COLUMNS.index("understanding")
MEMBERS = BOARD_COLUMNS.index("members")
ENDED = BOARD_COLUMNS.index("ended")


OF_FOUNDERS = "of what the founders met alone"
OF_AREA = "of what all agencies met alone"
OF_RUNS = "of runs"
OF_MET = "of all need met"
OF_FOUNDING = "of the founding members"
OF_LIVING = "of the months in which it lived"
OF_UNDERSTANDING = "of full understanding"
OF_OUTCOME = "of the same outcome alone"

RUN, COMPARE = "run", "compare"
"""The tables that people are shown first; ``Measure.shown`` says which rows stand in them."""


@dataclass(frozen=True)
class Measure:
    """One measure of a replicate: its name, what it says, and how an interval is made for it."""

    name: str
    words: str
    unit: str  #: "share", "months", "hours", "pounds", "units", "units a year", "outcome", ...
    interval: str  #: "mean" (t), "share" (Wilson), "median" or "ratio" (bootstrap)
    below: str = ""  #: for a ratio, the measure it is divided by
    bounded: bool = False  #: whether it lies between 0 and 1, and so does its interval
    arm: str = ""  #: the arm that it needs besides together and alone
    of: str = ""  #: for a share: of what
    shown: tuple[str, ...] = ()  #: the tables it stands in, in the order of ``MEASURES``
    money: bool = False  #: whether it tells nothing more where no hours were bought
    reads: Callable[[Any], float] | None = None  #: of an extension: what works it out of a run


BOTH = (RUN, COMPARE)
_MEASURES = (
    Measure("gain", "collaborative gain", "share", "mean", of=OF_FOUNDERS, shown=BOTH),
    Measure(
        "gain_over_equal_money",
        "gain over spending the money on services",
        "share",
        "mean",
        of=OF_FOUNDERS,
        shown=BOTH,
        money=True,
        arm="equal_money",
    ),
    Measure("area_gain", "gain of the area", "share", "mean", of=OF_AREA, shown=BOTH),
    Measure(
        "area_gain_over_equal_money",
        "gain of the area over spending the money on services",
        "share",
        "mean",
        of=OF_AREA,
        shown=BOTH,
        money=True,
        arm="equal_money",
    ),
    Measure(
        "extra_met_a_year",
        "need met beyond working alone",
        "units a year",
        "mean",
        shown=BOTH,
    ),
    Measure(
        "extra_met_over_equal_money_a_year",
        "need met beyond spending the money on services",
        "units a year",
        "mean",
        shown=BOTH,
        money=True,
        arm="equal_money",
    ),
    Measure(
        "gain_while_paid",
        "gain while the money lasts",
        "share",
        "mean",
        of=OF_FOUNDERS,
        shown=BOTH,
        money=True,
    ),
    Measure(
        "gain_over_equal_money_while_paid",
        "gain over the same money while it lasts",
        "share",
        "mean",
        of=OF_FOUNDERS,
        shown=BOTH,
        money=True,
        arm="equal_money",
    ),
    Measure(
        "gain_after_paid",
        "gain after the money",
        "share",
        "mean",
        of=OF_FOUNDERS,
        shown=BOTH,
        money=True,
    ),
    Measure(
        "gain_over_equal_money_after_paid",
        "gain over the same money after it",
        "share",
        "mean",
        of=OF_FOUNDERS,
        shown=BOTH,
        money=True,
        arm="equal_money",
    ),
    Measure(
        "gain_by_trend",
        "gain an evaluator's trend line would show (often wrong)",
        "share",
        "mean",
        of=OF_FOUNDERS,
        shown=(RUN,),
    ),
    Measure("trend_bias", "error of the gain by the trend line", "share", "mean", of=OF_FOUNDERS),
    Measure(
        "loses", "runs that lose against working alone", "share", "share", of=OF_RUNS, shown=BOTH
    ),
    Measure(
        "loses_clearly",
        "runs with a gain below −2 %",
        "share",
        "share",
        of=OF_RUNS,
        shown=(RUN,),
    ),
    Measure(
        "stretch", "runs with a gain of 10 % or more", "share", "share", of=OF_RUNS, shown=(RUN,)
    ),
    Measure("months_faster", "months ahead of working alone", "months", "mean", shown=BOTH),
    Measure(
        "months_faster_over_equal_money",
        "months ahead of spending the money on services",
        "months",
        "mean",
        shown=BOTH,
        money=True,
        arm="equal_money",
    ),
    Measure(
        "joint_share",
        "need met by joint work",
        "share",
        "mean",
        bounded=True,
        of=OF_MET,
        shown=(RUN,),
    ),
    Measure(
        "understanding",
        "understanding of clients, last month",
        "share",
        "mean",
        bounded=True,
        of=OF_UNDERSTANDING,
    ),
    Measure(
        "understanding_gain",
        "better understood than alone",
        "share",
        "mean",
        of=OF_UNDERSTANDING,
        shown=(RUN,),
    ),
    Measure("freed_hours", "support hours freed", "hours", "mean", shown=(RUN,)),
    Measure(
        "better_off",
        "members better off by their own goals than alone",
        "share",
        "mean",
        bounded=True,
        of=OF_FOUNDING,
        shown=BOTH,
    ),
    Measure(
        "better_off_over_equal_money",
        "members better off than with the money spent on services",
        "share",
        "mean",
        bounded=True,
        of=OF_FOUNDING,
        shown=BOTH,
        money=True,
        arm="equal_money",
    ),
    Measure(
        "inertia",
        "months that gained nothing",
        "share",
        "mean",
        bounded=True,
        of=OF_LIVING,
        shown=BOTH,
    ),
    Measure(
        "stalls",
        f"runs with a spell of inertia ({MONTHS_OF_INERTIA} months in a row)",
        "share",
        "share",
        of=OF_RUNS,
        shown=(RUN,),
    ),
    Measure("onset", "month in which the first spell of inertia begins", "months", "median"),
    Measure(
        "alive", "any partnership alive at the end", "share", "share", of=OF_RUNS, shown=(COMPARE,)
    ),
    Measure("overhead_hours", "hours of overhead", "hours", "mean", shown=BOTH),
    Measure("joint_hours", "hours of joint work", "hours", "mean"),
    Measure("bought_hours", "hours bought", "hours", "mean"),
    Measure("meeting_cost", "cost of the overhead", "pounds", "mean", shown=(RUN,)),
    Measure("extra_met", "need met beyond working alone, in all", "units", "mean"),
    Measure("spent", "cost of overhead and bought hours", "pounds", "mean"),
    Measure(
        "gain_per_pound",
        "extra need met per pound",
        "units per pound",
        "ratio",
        "spent",
        shown=(RUN,),
    ),
    Measure(
        "short_term", "short-term outcome against alone, last month", "share", "mean", of=OF_OUTCOME
    ),
    Measure(
        "medium_term",
        "medium-term outcome against alone, last month",
        "share",
        "mean",
        of=OF_OUTCOME,
    ),
    Measure(
        "long_term",
        "long-term outcome against alone, last month",
        "share",
        "mean",
        of=OF_OUTCOME,
        shown=(RUN,),
    ),
    Measure("outcome", "how it came out", "outcome", "class"),
)
AT: Any = namedtuple("AT", [m.name for m in _MEASURES])(*range(len(_MEASURES)))  # type: ignore[misc]
"""The place of each measure in a replicate's row."""
MEASURES: Table[Measure] = Table(_MEASURES)
"""All measures; those of extensions in use stand at the end."""
BY_NAME: Mapping[str, Measure] = ByName(lambda: {m.name: m for m in MEASURES})
COLUMN: Mapping[str, int] = ByName(lambda: {m.name: n for n, m in enumerate(MEASURES)})


class Arms(NamedTuple):
    """Where the three arms of a comparison stand among the arms that were run; -1 for not run."""

    together: int
    alone: int
    equal_money: int


@rule
def first_month(board):
    """Return the month in which the first partnership began, or the horizon if none did.

    ``board`` (T, B, P) of one arm.
    """
    for month in range(board.shape[0]):
        if is_alive(board, month):
            return month
    return board.shape[0]


@rule
def is_alive(board, month):
    """Tell whether any partnership had members in a month, or has just lost its last but one."""
    for b in range(board.shape[1]):
        if board[month, b, MEMBERS] > 0.0:
            return True
    return False


@rule
def total(month_rows, column, start):
    """Return the sum of one column of an arm's months (T, 10) from ``start`` on."""
    value = 0.0
    for month in range(start, month_rows.shape[0]):
        value += month_rows[month, column]
    return value


@rule
def own_met_by_founders(founder, own_met, start):
    """Return the need met by the founding members' own work from ``start`` on, in units.

    It is the yardstick of every gain: what those who might join could do by themselves.
    ``founder`` (B, N) flags; ``own_met`` (T, N) of the arm alone.
    """
    value = 0.0
    for agency in range(own_met.shape[1]):
        if founds_any(founder, agency):
            for month in range(start, own_met.shape[0]):
                value += own_met[month, agency]
    return value


@rule
def last_paid_month(month_rows):
    """Return the last month in which hours were bought in an arm (T, 10), or -1 if none were."""
    last = -1
    for month in range(month_rows.shape[0]):
        if month_rows[month, BOUGHT] > LEAST:
            last = month
    return last


@rule
def by_money(founder, own_met, together, other):
    """Return the gain against another arm while hours are bought, and in the months after it.

    Each as a share of what the founding members met by own work, alone, over the same months; not
    a number where there are no such months. A month counts as paid where any hours were bought in
    it. ``together``, ``other`` (T, 10); ``founder`` (B, N); ``own_met`` (T, N) of the arm alone.
    """
    last = last_paid_month(together)
    paid_extra, paid_base, after_extra, after_base = 0.0, 0.0, 0.0, 0.0
    for month in range(together.shape[0]):
        if last < 0 or (month <= last and together[month, BOUGHT] <= LEAST):
            continue
        base = 0.0
        for agency in range(own_met.shape[1]):
            if founds_any(founder, agency):
                base += own_met[month, agency]
        extra = together[month, MET] - other[month, MET]
        if month <= last:
            paid_extra += extra
            paid_base += base
        else:
            after_extra += extra
            after_base += base
    paid = paid_extra / paid_base if paid_base > LEAST else math.nan
    return paid, (after_extra / after_base if after_base > LEAST else math.nan)


@rule
def trend_line(month_rows, start):
    """Fit a straight line to need met in the months before ``start``: (level, slope), units.

    Two months at least are needed; with fewer the line is not a number.
    """
    if start < 2:
        return math.nan, math.nan
    mean_month = 0.5 * (start - 1)
    mean_met = 0.0
    for month in range(start):
        mean_met += month_rows[month, MET] / start
    covariance = 0.0
    variance = 0.0
    for month in range(start):
        covariance += (month - mean_month) * (month_rows[month, MET] - mean_met)
        variance += (month - mean_month) ** 2
    slope = covariance / variance
    return mean_met - slope * mean_month, slope


@rule
def months_ahead(together, other, start):
    """Return how many months earlier the arm together has met what another has met at the end.

    Within a month need is taken as met evenly. Where the arm together never gets there the answer
    is negative: the shortfall at its pace of the last 12 months. What is met but for a share of
    ``LEAST_GAIN`` is met.
    """
    months = other.shape[0]
    goal = total(other, MET, start)
    reached = 0.0
    for month in range(start, months):
        met = together[month, MET]
        if met > 0.0 and reached + met >= goal * (1.0 - LEAST_GAIN):
            return months - (month + min(1.0, (goal - reached) / met))
        reached += met
    last_year = max(start, months - 12)
    pace = total(together, MET, last_year) / max(1, months - last_year)
    return -(goal - reached) / pace if pace > LEAST else 0.0


@rule
def outcome_chain(month_rows):
    """Return the short-, medium- and long-term outcomes at the end of an arm, in units a month."""
    short = 0.0
    medium = 0.0
    long = 0.0
    for month in range(month_rows.shape[0]):
        short += (month_rows[month, MET] - short) / 3.0
        medium += (short - medium) / 12.0
        long += (medium - long) / 36.0
    return short, medium, long


@rule
def ratio_less_one(value, base):
    """Return by what share ``value`` exceeds ``base``; 0 where the base is nothing."""
    return value / base - 1.0 if base > LEAST else 0.0


@rule
def share_better_off(goal, first_local, founder, together, other, start):
    """Return the share of founding members whose own goals were better met together than otherwise.

    ``goal`` (N, K); ``first_local`` (D + 1,); ``founder`` (B, N); ``together``, ``other`` (T, U)
    need met by objective.
    """
    founders = 0
    better = 0
    for agency in range(goal.shape[0]):
        if founds_any(founder, agency):
            founders += 1
            area = area_of(agency, first_local)
            if own_gain(goal[agency], area, together, other, start) > LEAST_GAIN:
                better += 1
    return better / founders if founders > 0 else 0.0


@rule
def own_gain(goals, area, together, other, start):
    """Return one agency's own gain: need met, weighted by its goals, against another arm, a share.

    Need of its area, or of all for a national agency.
    """
    first, last = 0, other.shape[1]
    if area != EVERYWHERE:
        first, last = area * goals.shape[0], (area + 1) * goals.shape[0]
    with_others = 0.0
    otherwise = 0.0
    for month in range(start, other.shape[0]):
        for stock in range(first, last):
            weight = goals[stock % goals.shape[0]]
            with_others += weight * together[month, stock]
            otherwise += weight * other[month, stock]
    return ratio_less_one(with_others, otherwise)


@rule
def inertia_of(month_rows, board):
    """Return the share of living months with no net yield, and the month inertia set in (or NaN).

    Inertia sets in with the first of ``MONTHS_OF_INERTIA`` such months in a row.
    """
    living = 0
    idle = 0
    in_a_row = 0
    onset = math.nan
    for month in range(month_rows.shape[0]):
        if not is_alive(board, month):
            in_a_row = 0
            continue
        living += 1
        if month_rows[month, NET_YIELD] <= LEAST:
            idle += 1
            in_a_row += 1
            if in_a_row == MONTHS_OF_INERTIA and math.isnan(onset):
                onset = month - (MONTHS_OF_INERTIA - 1.0)
        else:
            in_a_row = 0
    return (idle / living if living > 0 else 0.0), onset


@rule
def outcome_of(board, start, inertia):
    """Return how a replicate came out, a position in ``OUTCOMES``.

    With several partnerships: thriving or inert if any is alive at the end, else how the last one
    of them ended.
    """
    months = board.shape[0]
    if start >= months:
        return NOT_BEGUN
    last = months - 1
    if is_alive(board, last):
        return INERT if inertia >= 0.5 else THRIVING
    for month in range(last, start, -1):
        for b in range(board.shape[1]):
            if board[month, b, ENDED] > 0.0 and board[month - 1, b, ENDED] == 0.0:
                return OUTCOME_OF_ENDING[int(board[month, b, ENDED])]
    return HAS_COLLAPSED


@rule
def measure_run(
    goal, first_local, founder, month, board, own_met, met_by_objective, arms, hour_cost, out
):
    """Write every measure of one replicate, each at its place.

    ``month`` (A, T, 10), ``board`` (A, T, B, P), ``own_met`` (A, T, N), ``met_by_objective``
    (A, T, U); ``hour_cost`` pounds an hour; ``out`` (M,). Without an arm of equal money its
    measures are not numbers.
    """
    together, alone = month[arms.together], month[arms.alone]
    joint_board = board[arms.together]
    start = first_month(joint_board)
    yardstick = own_met_by_founders(founder, own_met[arms.alone], start)
    scale = 1.0 / yardstick if yardstick > LEAST else 0.0
    met = total(together, MET, start)
    met_alone = total(alone, MET, start)
    area_scale = 1.0 / met_alone if met_alone > LEAST else 0.0
    years = (together.shape[0] - start) / 12.0
    yearly = 1.0 / years if years > 0.0 else 0.0
    extra = met - met_alone
    gain = extra * scale
    paid, after = by_money(founder, own_met[arms.alone], together, alone)
    over_money, area_over_money, yearly_over_money = math.nan, math.nan, math.nan
    paid_over_money, after_over_money = math.nan, math.nan
    months_over_money, better_over_money = math.nan, math.nan
    if arms.equal_money >= 0:
        equal_money = month[arms.equal_money]
        beyond_money = met - total(equal_money, MET, start)
        over_money = beyond_money * scale
        area_over_money = beyond_money * area_scale
        yearly_over_money = beyond_money * yearly
        paid_over_money, after_over_money = by_money(
            founder, own_met[arms.alone], together, equal_money
        )
        months_over_money = months_ahead(together, equal_money, start)
        better_over_money = share_better_off(
            goal,
            first_local,
            founder,
            met_by_objective[arms.together],
            met_by_objective[arms.equal_money],
            start,
        )
    level, slope = trend_line(together, start)
    by_trend = 0.0
    for t in range(start, together.shape[0]):
        by_trend += (together[t, MET] - (level + slope * t)) * scale
    inertia, onset = inertia_of(together, joint_board)
    overhead = total(together, OVERHEAD, start)
    bought = total(together, BOUGHT, start)
    last = together.shape[0] - 1
    short, medium, long = outcome_chain(together)
    short_alone, medium_alone, long_alone = outcome_chain(alone)
    outcome = outcome_of(joint_board, start, inertia)
    out[AT.gain] = gain
    out[AT.gain_over_equal_money] = over_money
    out[AT.area_gain] = extra * area_scale
    out[AT.area_gain_over_equal_money] = area_over_money
    out[AT.extra_met_a_year] = extra * yearly
    out[AT.extra_met_over_equal_money_a_year] = yearly_over_money
    out[AT.gain_while_paid] = paid
    out[AT.gain_over_equal_money_while_paid] = paid_over_money
    out[AT.gain_after_paid] = after
    out[AT.gain_over_equal_money_after_paid] = after_over_money
    out[AT.gain_by_trend] = by_trend
    out[AT.trend_bias] = by_trend - gain
    out[AT.loses] = 1.0 if gain < -LEAST_GAIN else 0.0
    out[AT.loses_clearly] = 1.0 if gain < CLEAR_LOSS else 0.0
    out[AT.stretch] = 1.0 if gain >= STRETCH else 0.0
    out[AT.months_faster] = months_ahead(together, alone, start)
    out[AT.months_faster_over_equal_money] = months_over_money
    out[AT.joint_share] = total(together, JOINT_MET, start) / met if met > LEAST else 0.0
    out[AT.understanding] = together[last, UNDERSTANDING]
    out[AT.understanding_gain] = together[last, UNDERSTANDING] - alone[last, UNDERSTANDING]
    out[AT.freed_hours] = total(together, SAVED, start)
    out[AT.better_off] = share_better_off(
        goal,
        first_local,
        founder,
        met_by_objective[arms.together],
        met_by_objective[arms.alone],
        start,
    )
    out[AT.better_off_over_equal_money] = better_over_money
    out[AT.inertia] = inertia
    out[AT.stalls] = 0.0 if math.isnan(onset) else 1.0
    out[AT.onset] = onset
    out[AT.alive] = 1.0 if outcome == THRIVING or outcome == INERT else 0.0
    out[AT.overhead_hours] = overhead
    out[AT.joint_hours] = total(together, JOINT_HOURS, start)
    out[AT.bought_hours] = bought
    out[AT.meeting_cost] = overhead * hour_cost
    out[AT.extra_met] = extra
    out[AT.spent] = (overhead + bought) * hour_cost
    out[AT.gain_per_pound] = (
        extra / ((overhead + bought) * hour_cost) if overhead + bought > LEAST else math.nan
    )
    out[AT.short_term] = ratio_less_one(short, short_alone)
    out[AT.medium_term] = ratio_less_one(medium, medium_alone)
    out[AT.long_term] = ratio_less_one(long, long_alone)
    out[AT.outcome] = float(outcome)


@kernel
def measure_chunk(chunk, points, arms, hour_cost, out):
    """Measure every run of a chunk.

    ``points`` (R,) each run's design point; ``hour_cost`` (P,) pounds an hour; ``out`` (R, M).
    """
    for run in range(points.shape[0]):
        measure_run(
            chunk.world.goal[run],
            chunk.world.first_local[run],
            chunk.world.founder[run],
            chunk.month[run],
            chunk.board[run],
            chunk.own_met[run],
            chunk.met_by_objective[run],
            arms,
            hour_cost[points[run]],
            out[run],
        )


@kernel
def gain_of_arms(chunk, together, alone, out):
    """Write the gain of every arm against the arm alone, over one window, ``out`` (R, A).

    The window is that of arm ``together``; used to compare arms with frictions switched off.
    """
    for run in range(out.shape[0]):
        start = first_month(chunk.board[run, together])
        yardstick = own_met_by_founders(chunk.world.founder[run], chunk.own_met[run, alone], start)
        baseline = total(chunk.month[run, alone], MET, start)
        for arm in range(out.shape[1]):
            extra = total(chunk.month[run, arm], MET, start) - baseline
            out[run, arm] = extra / yardstick if yardstick > LEAST else 0.0


@kernel
def total_arms(chunk, out):
    """Write every arm's totals over all months, ``out`` (R, A, 10), columns MONTH_COLUMNS.

    Unmet need and understanding are stocks: their last month is written.
    """
    last = chunk.month.shape[2] - 1
    for run in range(out.shape[0]):
        for arm in range(out.shape[1]):
            for column in range(out.shape[2]):
                out[run, arm, column] = total(chunk.month[run, arm], column, 0)
            out[run, arm, UNMET] = chunk.month[run, arm, last, UNMET]
            out[run, arm, UNDERSTANDING] = chunk.month[run, arm, last, UNDERSTANDING]


def outcome_shares(
    outcomes: NDArray[np.float64], ways: Sequence[str] = OUTCOMES
) -> dict[str, float]:
    """Return the share of replicates in each outcome class, in the order of ``OUTCOMES``."""
    return {
        name: float(np.count_nonzero(outcomes == number)) / max(1, len(outcomes))
        for number, name in enumerate(ways)
    }
