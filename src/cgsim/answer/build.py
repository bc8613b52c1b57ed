"""From the results of one scenario to its answer."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cgsim import __version__, statistics
from cgsim.answer import names
from cgsim.answer.catalogue import term, word
from cgsim.answer.doubt import Drawn, weigh
from cgsim.answer.formats import digits_apart, digits_of, number, told
from cgsim.answer.lived import ACCOUNT
from cgsim.answer.lives import ways_among
from cgsim.answer.record import (
    DRAWN,
    Account,
    Answer,
    Change,
    Doubt,
    Luck,
    Outcome,
    Series,
    Statement,
    Value,
)
from cgsim.measures import BY_NAME, LEAST_GAIN, OF_FOUNDERS, OF_FOUNDING, OF_LIVING, OUTCOMES
from cgsim.rules.state import FRICTIONS
from cgsim.scenario import parameters
from cgsim.statistics import Estimate

if TYPE_CHECKING:
    from cgsim.running.results import Results

BEFORE_CHANGES = "gain_by_trend"
"""The measure that those before and after each scheduled change stand before, in every table."""
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
FEWEST_FOR_TAILS = 20
"""With fewer runs nothing is said of nine in ten."""
OF_LIVES = (OF_FOUNDING, OF_LIVING)
"""What a share is of that there is only where a partnership began."""
LEAST_CHANGE = 0.0005
"""A change that is written as 0.0 points is named by nobody as what holds a gain back."""


def bought(results: Results) -> bool:
    """Tell whether hours were bought in any run."""
    return bool(np.nanmax(results.column("bought_hours"), initial=0.0) > 0.0)


def measure_of(results: Results) -> str:
    """Return the measure of the headline: where hours were bought, the gain over that money."""
    over = results.column("gain_over_equal_money")
    return "gain_over_equal_money" if bought(results) and not np.isnan(over).all() else "gain"


def direction(estimate: Estimate, unit: str = "share") -> str:
    """Return which way an estimate points: the last part of a statement's id."""
    if estimate.value == 0.0 and (math.isnan(estimate.low) or estimate.low == estimate.high == 0.0):
        return "exact"
    if math.isnan(estimate.value):
        return "unknown"
    if math.isnan(estimate.low):
        return "once_more" if estimate.value > 0.0 else "once_less"
    digits = digits_of(estimate, unit)
    if number(abs(estimate.value), unit, digits) == number(0.0, unit, digits):
        return "tiny"
    if estimate.low > 0.0:
        return "more"
    return "less" if estimate.high < 0.0 else "unclear"


def claim(id: str, measure: str, comparison: str, estimate: Estimate, **numbers: Any) -> Statement:
    """Return a statement about a measure; numbers are what else its text names."""
    of = numbers.pop("of", BY_NAME[measure].of if measure in BY_NAME else "")
    unit = numbers.pop("unit", BY_NAME[measure].unit if measure in BY_NAME else "share")
    return Statement(
        id,
        measure,
        comparison,
        estimate.value,
        estimate.low,
        estimate.high,
        unit,
        of,
        numbers=numbers or None,
    )


def answer_of(results: Results, drawn: Drawn | None = None, why_not: str = "") -> Answer:
    """Return the answer: of many runs of a scenario, and of draws of what nobody knows.

    Without ``drawn`` nothing is said of the second doubt; ``why_not`` says why it could not be.
    """
    measure = measure_of(results)
    comparison = "alone" if measure == "gain" else "equal_money"
    values = results.column(measure)
    luck = luck_of(values)
    account, changes = account_of(results), changes_of(results)
    if drawn is not None and not drawn.inputs:
        drawn, why_not = None, word("doubt_why.all_known")
    doubt = None
    if drawn is not None:
        doubt = weigh(drawn.gain if measure == "gain" else drawn.over_money, drawn)
    headline = [
        *_life(results, measure, comparison),
        *_reason(results, changes, measure),
        *_luck(luck, measure, comparison, results),
        *(_doubt(doubt, measure, comparison, _not_its_own(results, drawn)) if doubt else ()),
    ]
    if why_not:
        headline.append(
            Statement(
                "doubt.cannot", measure, comparison, holds_for=DRAWN, numbers={"why": why_not}
            )
        )
    return Answer(
        scenario=results.scenario.name,
        title=names.title(results.scenario),
        seed=results.seed,
        runs=results.count,
        version=__version__,
        measure=measure,
        comparison=comparison,
        headline=tuple(headline),
        values=values_of(results),
        luck=luck,
        doubt=doubt,
        account=account,
        changes=changes,
        outcomes=outcomes_of(results),
        remarks=remarks_of(results),
        series=series_of(results, comparison),
        counted="partnerships" if counts_each(results) else "runs",
    )


def values_of(results: Results) -> tuple[Value, ...]:
    """Return every measure with its interval, in the one order."""
    return tuple(
        Value(
            name,
            found.words,
            found.unit,
            found.of,
            found.estimate.value,
            found.estimate.low,
            found.estimate.high,
            found.estimate.count,
            found.shown,
            found.money,
        )
        for name, found in results.findings.items()
    )


def luck_of(values: NDArray[np.float64]) -> Luck:
    """Return what chance does to a measure of every run, (R,)."""
    known = values[~np.isnan(values)]
    if not len(known):
        return Luck(0, 0, 0, (), math.nan)
    return Luck(
        runs=len(known),
        loses=int(np.count_nonzero(known < -LEAST_GAIN)),
        gains=int(np.count_nonzero(known > LEAST_GAIN)),
        quantiles=tuple(float(q) for q in np.quantile(known, QUANTILES)),
        spread=statistics.spread(known).value,
    )


def _life(results: Results, measure: str, comparison: str) -> list[Statement]:
    """Say what was gained, over the area, by the hours that were paid for, and when."""
    began = int(np.count_nonzero(results.column("outcome") != 0))
    base = {"runs": results.count, "title": names.title(results.scenario)}
    months = int(results.scenario.values["months"])
    if not began:
        if not results.scenario.partnerships:
            return [Statement("began.nothing", measure, comparison, numbers=base)]
        able = [p.levers["start"] for p in results.scenario.partnerships if p.size > 1]
        if not able:
            numbers = {**base, "months": months}
            return [Statement("began.too_few", measure, comparison, numbers=numbers)]
        numbers = {**base, "months": months, "start": int(min(able))}
        return [Statement("began.never", measure, comparison, numbers=numbers)]
    family = "gain" if comparison == "alone" else "money"
    gain = results.estimate(measure)
    said = [claim(f"{family}.{direction(gain)}", measure, comparison, gain, **base)]
    name = "area_gain" if comparison == "alone" else "area_gain_over_equal_money"
    yearly = "extra_met_a_year" if comparison == "alone" else "extra_met_over_equal_money_a_year"
    area = results.estimate(name)
    way = direction(area)
    if way in ("more", "less"):
        units = results.estimate(yearly).value
        said.append(claim(f"area.{way}", name, comparison, area, units=units))
    if comparison == "equal_money":
        with_hours = results.estimate("gain")
        way = direction(with_hours)
        way = "once" if results.count == 1 else way if way in ("more", "less") else "unclear"
        said.append(claim(f"money.with_hours_{way}", "gain", "alone", with_hours))
        said += _while_and_after(results)
    said += _around_changes(results, comparison)
    if began < results.count:
        pair = (began, results.count)
        said.append(
            Statement("began.some", "outcome", "", began / results.count, numbers={"began": pair})
        )
    return said + _ended(results)


def _while_and_after(results: Results) -> list[Statement]:
    name = "gain_over_equal_money_while_paid"
    paid, after = results.estimate(name), results.estimate("gain_over_equal_money_after_paid")
    if math.isnan(paid.low):
        return []
    during = later = None
    if results.lived is not None:
        bought = results.lived.paid
        during = _span(bought.sum(axis=1))
        later = _span(bought[:, ::-1].argmax(axis=1))  # 0 where none were bought
    many = _several(results)
    if math.isnan(after.low):
        return [claim(f"money.only_while{many}", name, "equal_money", paid, paid=during)]
    id = f"money.while_and_after{many}"
    windows = {"paid": during, "later": later}
    return [claim(id, name, "equal_money", paid, after=_plain(after), **windows)]


def _span(months: NDArray[Any]) -> tuple[int, int] | None:
    """Return the least and the most months of the runs that have such months, (R,)."""
    there = months[months > 0]
    return (int(there.min()), int(there.max())) if len(there) else None


def _several(results: Results) -> str:
    """Return how the ids end of texts about several partnerships."""
    return "_several" if len(results.scenario.partnerships) > 1 else ""


def _plain(estimate: Estimate, unit: str = "share") -> dict[str, Any]:
    return {"value": estimate.value, "low": estimate.low, "high": estimate.high, "unit": unit}


def change_months(results: Results) -> list[int]:
    """Return the months of scheduled changes that lie within a run."""
    months = int(results.scenario.values["months"])
    return sorted({c.month for c in results.scenario.changes if 0 < c.month < months})


def around(results: Results, month: int, comparison: str) -> tuple[Estimate, Estimate]:
    """Return the gain before a scheduled change and from then on, as shares of the base then."""
    lived = results.lived
    if lived is None:
        return statistics.NOTHING, statistics.NOTHING
    line = lived.beyond_alone if comparison == "alone" else lived.beyond_money
    extra, own = line.astype(np.float64), lived.base.astype(np.float64)

    def gain(above: NDArray[np.float64], below: NDArray[np.float64]) -> Estimate:
        return statistics.mean(
            np.divide(above, below, out=np.full(len(below), np.nan), where=below > 0.0)
        )

    until = month - 1
    return (
        gain(extra[:, until], own[:, until]),
        gain(extra[:, -1] - extra[:, until], own[:, -1] - own[:, until]),
    )


def change_values(results: Results) -> list[tuple[str, str, Estimate, bool]]:
    """Return the gain before and from each scheduled change on, where lives were kept.

    Over working alone, then over the same money: a name, words, the estimate, and whether it tells
    nothing more where no hours were bought.
    """
    made = []
    for month in change_months(results) if results.lived is not None else ():
        for comparison in ("alone", "equal_money"):
            over = "" if comparison == "alone" else "_money"
            for kind, name, estimate in zip(
                ("before", "from"),
                _around_names(month, comparison),
                around(results, month, comparison),
                strict=True,
            ):
                words = word(f"word.{kind}_change{over}", month=month)
                made.append((name, words, estimate, bool(over)))
    return made


def _around_names(month: int, comparison: str) -> tuple[str, str]:
    """Return what the gain before and from a scheduled change on is called."""
    gain = "gain" if comparison == "alone" else "gain_over_equal_money"
    return f"{gain}_before_month_{month}", f"{gain}_from_month_{month}"


def _around_changes(results: Results, comparison: str) -> list[Statement]:
    said: list[Statement] = []
    if results.lived is None:
        return said
    months, start = int(results.scenario.values["months"]), results.lived.start
    for month in change_months(results):
        before, after = around(results, month, comparison)
        if not (math.isnan(before.low) or math.isnan(after.low)):
            said.append(
                claim(
                    "change.at",
                    _around_names(month, comparison)[0],
                    comparison,
                    before,
                    after=_plain(after),
                    month=month,
                    early=_span(month - start),
                    later=_span(months - np.maximum(month, start)),
                    of=OF_FOUNDERS,
                )
            )
    return said


def _ended(results: Results) -> list[Statement]:
    lived = results.lived
    if lived is None:
        return []
    months = int(results.scenario.values["months"])
    ended = (lived.start < months) & (lived.end < months)
    hits = int(np.count_nonzero(ended))
    if not hits:
        return []
    middle = int(np.ceil(np.median(lived.end[ended])))
    numbers = {"ended": (hits, results.count), "month": middle}
    kind = "every" if hits == results.count else "one" if hits == 1 else "some"
    kind = "once" if results.count == 1 else kind
    id = f"ended.{kind}{_several(results)}"
    return [Statement(id, "outcome", "", hits / results.count, numbers=numbers)]


def account_of(results: Results) -> Account | None:
    """Return where the hours went, as totals over all runs; None where they were not kept."""
    if results.lived is None:
        return None
    sums = dict(zip(ACCOUNT, results.lived.account.sum(axis=0), strict=True))
    if sums["living"] == 0.0:
        return None
    runs = results.count
    gave = sums["overhead"] + sums["joint_hours"]
    joint = sums["joint_hours"] + sums["bought"]
    return Account(
        overhead_hours=float(sums["overhead"] / runs),
        joint_hours=float(sums["joint_hours"] / runs),
        bought_hours=float(sums["bought"] / runs),
        overhead_share=_over(sums["overhead"], gave),
        slipped_share=_over(sums["slipped"], sums["joint_hours"] + sums["slipped"]),
        met_per_joint_hour=_over(sums["joint_met"], joint),
        met_per_given_hour=_over(sums["joint_met"], joint + sums["overhead"]),
        met_per_own_hour=_over(sums["own_met"], sums["own_hours"]),
        settled=_over(sums["settled"], sums["living"]),
        settled_months=_over(sums["settled_months"], sums["living"]),
    )


def _over(above: float, below: float) -> float:
    return float(above / below) if below > 0.0 else math.nan


def account_statements(account: Account) -> list[Statement]:
    """Say where the hours went."""
    said = []
    if not math.isnan(account.overhead_share):
        share = account.overhead_share
        numbers = {"overhead": share, "joint": 1.0 - share}
        said.append(Statement("account.gave", "", "", share, numbers=numbers))
    if not math.isnan(account.slipped_share):
        said.append(Statement("account.slipped", "", "", account.slipped_share))
    if not math.isnan(account.met_per_joint_hour):
        numbers = {
            "met": account.met_per_joint_hour,
            "given": account.met_per_given_hour,
            "own": account.met_per_own_hour,
        }
        said.append(Statement("account.yield", "", "", account.met_per_joint_hour, numbers=numbers))
    numbers = {"settled": account.settled, "months": account.settled_months}
    return [*said, Statement("account.settled", "", "", account.settled, numbers=numbers)]


def changes_of(results: Results) -> tuple[Change, ...]:
    """Return what each friction switched off alone would change, the largest rise first."""
    lived = results.lived
    if lived is None or not lived.without.shape[1]:
        return ()
    living = lived.account[:, ACCOUNT.index("living")].sum()
    settled = lived.account[:, ACCOUNT.index("settled_months")].sum()
    always = bool(living > 0.0 and settled == living)
    measure = measure_of(results)
    made = []
    for place, name in enumerate(FRICTIONS):
        found = statistics.mean(lived.without[:, place])
        settled = always and name == "coordination"
        made.append(Change(name, found.value, found.low, found.high, settled, measure))
    return tuple(sorted(made, key=lambda change: -change.value))


def change_statement(change: Change) -> Statement:
    """Say what switching one friction off alone would change."""
    way = "unclear"
    alone = math.isnan(change.low)
    if change.settled_always and change.value == 0.0:
        way = "settled"
    elif alone and not math.isnan(change.value):
        way = "once" if change.value != 0.0 else "exact"
    elif change.value == change.low == change.high == 0.0:
        way = "exact"
    elif change.low > 0.0 or change.high < 0.0:
        way = "better"
    return _about(change, f"whatif.{way}", friction=change.friction)


def _about(change: Change, id: str, **numbers: Any) -> Statement:
    estimate = Estimate(change.value, change.low, change.high, 0)
    return claim(id, change.measure, f"without {change.friction}", estimate, **numbers)


def _reason(results: Results, changes: tuple[Change, ...], measure: str) -> list[Statement]:
    """Name the friction of which the lack would raise the gain most, if one stands out."""
    lived = results.lived
    if not changes or lived is None or not np.any(results.column("outcome") != 0):
        return []
    if results.count == 1:
        return [Statement("reason.once", measure, "")]
    first, second = changes[:2]
    over = "" if measure == "gain" else "money_"
    if not (first.low > 0.0 and first.value >= LEAST_CHANGE) or first.settled_always:
        return [Statement(f"reason.{over}none", measure, "")]
    lines = [lived.without[:, FRICTIONS.index(change.friction)] for change in (first, second)]
    if statistics.mean(lines[0] - lines[1]).low > 0.0:
        return [_about(first, f"reason.{over}largest", friction=first.friction)]
    return [
        _about(
            first,
            f"reason.{over}close",
            first=first.friction,
            second=second.friction,
            other=second.value,
        )
    ]


def _luck(luck: Luck, measure: str, comparison: str, results: Results) -> list[Statement]:
    if luck.runs < 2 or not np.any(results.column("outcome") != 0):
        return []
    kind = "none" if luck.loses == 0 else "every" if luck.loses == luck.runs else "some"
    share = luck.loses / luck.runs
    said = [
        Statement(
            f"luck.{'money_' if comparison == 'equal_money' else ''}{kind}",
            measure,
            comparison,
            share,
            of=BY_NAME["loses"].of,
            numbers={"loses": (luck.loses, luck.runs)},
        )
    ]
    if luck.runs >= FEWEST_FOR_TAILS:
        low, middle, high = luck.quantiles[0], luck.quantiles[2], luck.quantiles[-1]
        # Both ends in digits that tell them apart, as those of an interval, if any do.
        least, most = (Estimate(end, low, high, 0) for end in (low, high))
        apart = told(least, "share") != told(most, "share")
        id = "luck.same" if luck.spread == 0.0 else "luck.spread" if apart else "luck.most"
        ends = {"least": _plain(least), "most": _plain(most)}
        said.append(
            Statement(
                id, measure, comparison, middle, low, high, "share", OF_FOUNDERS, numbers=ends
            )
        )
    return said


def _not_its_own(results: Results, drawn: Drawn | None) -> dict[str, tuple[str, ...]]:
    """Return of which inputs the draws do without the scenario's own values, and which it knows."""
    if drawn is None or drawn.given:
        return {}
    scenario = results.scenario
    own = (n for n in drawn.inputs if scenario.values[n] != parameters.BY_NAME[n].default)
    return {"anew": tuple(own), "known": scenario.known_and_read}


def _doubt(
    doubt: Doubt, measure: str, comparison: str, own: Mapping[str, tuple[str, ...]]
) -> list[Statement]:
    kind = "some"
    if doubt.gains == doubt.draws:
        kind = "all_gain"
    elif doubt.loses == doubt.draws:
        kind = "all_lose"
    elif doubt.gains == doubt.loses == 0:
        kind = "none"
    elif doubt.gains + doubt.loses < doubt.draws:
        kind = "some_rest"
    numbers: Mapping[str, Any] = {
        "draws": doubt.draws,
        "gains": doubt.gains,
        "loses": doubt.loses,
        "given": doubt.given,
    }
    share = doubt.loses / doubt.draws
    said = [
        Statement(f"doubt.{kind}", measure, comparison, share, holds_for=DRAWN, numbers=numbers)
    ]
    if kind == "none":
        return said
    named = [turn.input for turn in doubt.turns_on if turn.stands_out]
    id = ("doubt.turns_on_none", "doubt.turns_on_one", "doubt.turns_on_two")[len(named)]
    turns = dict(zip(("first", "second"), named, strict=False))
    said.append(Statement(id, measure, comparison, holds_for=DRAWN, numbers=turns))
    return said + [
        Statement(f"doubt.{way}", "", "", holds_for=DRAWN, numbers={"inputs": inputs})
        for way, inputs in own.items()
        if inputs
    ]


def outcomes_of(results: Results) -> tuple[Outcome, ...]:
    """Return how the runs came out, the most frequent first; ways that none took are left out.

    Of several partnerships each is counted in each run: how the last to end did says little.
    """
    numbers, known = ways_of(results)
    made = []
    for place, name in enumerate(known):
        runs = int(np.count_nonzero(numbers == place))
        if runs:
            share = runs / numbers.size
            made.append(Outcome(name, names.outcome(name), names.outcome_words(name), runs, share))
    return tuple(sorted(made, key=lambda outcome: -outcome.runs))


def counts_each(results: Results) -> bool:
    """Tell whether each of several partnerships is counted, and not the run as a whole."""
    return len(results.scenario.partnerships) > 1 and results.lived is not None


def ways_of(results: Results) -> tuple[NDArray[Any], tuple[str, ...]]:
    """Return how the runs came out, (R,), or each of several partnerships, (R, B), and the ways."""
    if counts_each(results):
        assert results.lived is not None
        return results.lived.ways, ways_among(results.ways)
    return results.column("outcome"), results.ways


def remarks_of(results: Results) -> tuple[Statement, ...]:
    """Explain what would surprise beside the headline: inert runs that gain all the same.

    Over the same money where hours were bought. Nothing of it where each of several partnerships is
    counted: it is of the last of them.
    """
    if counts_each(results):
        return ()
    inert = results.column("outcome") == OUTCOMES.index("inert")
    hits = int(np.count_nonzero(inert))
    said = []
    if hits:
        measure = measure_of(results)
        gained = int(np.count_nonzero(results.column(measure)[inert] > LEAST_GAIN))
        kind = "none" if gained == 0 else "all" if gained == hits else "some"
        kind, other = (kind, "alone") if measure == "gain" else (f"money_{kind}", "equal_money")
        numbers = {"inert": (hits, results.count), "gained": gained}
        said += [
            Statement("remark.inert", "outcome", "", hits / results.count, numbers=numbers),
            Statement(f"remark.inert_{kind}", measure, other, gained / hits, numbers=numbers),
        ]
        if results.estimate("freed_hours").value > 0.0:
            said.append(Statement("remark.freed", "freed_hours", ""))
    return tuple(said)


def series_of(results: Results, comparison: str) -> tuple[Series, ...]:
    """Return need met so far beyond working alone with the same money, by month, with a fan."""
    lived = results.lived
    if lived is None:
        return ()
    line = lived.beyond_alone if comparison == "alone" else lived.beyond_money
    lines = np.quantile(line, QUANTILES, axis=0)
    other = word("word.alone" if comparison == "alone" else "word.same_money")
    return (
        Series(
            "ahead",
            word("series.ahead", other=other),
            "units",
            QUANTILES,
            tuple(tuple(float(v) for v in line) for line in lines),
            tuple(int(m) for m in np.flatnonzero(lived.paid.any(axis=0))),
        ),
    )


def outcomes_in_words(answer: Answer) -> str:
    """Say how the runs came out, the most frequent first, and explain it."""
    from cgsim.answer.formats import surely_whole

    listed = "; ".join(
        word("outcomes.one", outcome=o.outcome, share=surely_whole(o.share))
        for o in answer.outcomes
    )
    id = "outcomes.told_each" if answer.counted == "partnerships" else "outcomes.told"
    return " ".join([word(id, list=listed), *(s.text for s in answer.remarks)])


def one_run(results: Results, replicate: int) -> Statement:
    """Say what came of a single run, of which there is no interval."""
    measure = measure_of(results)
    return one_gain(float(results.column(measure)[replicate]), measure)


def one_gain(gain: float, measure: str = "gain") -> Statement:
    """Say what came of a single run, by its gain or by what it gained over the same money."""
    kind = "none" if gain == 0.0 else "more" if gain > 0.0 else "less"
    family = "one" if measure == "gain" else "one_money"
    return claim(f"{family}.{kind}", measure, "", Estimate(gain, math.nan, math.nan, 1))


def began(answer: Answer) -> bool:
    """Tell whether a partnership began in any run."""
    return any(outcome.outcome != OUTCOMES[0] for outcome in answer.outcomes)


def rows(table: str, *answers: Answer) -> list[tuple[Value, ...]]:
    """Return the rows of a table, a value of each answer; those that tell nothing are left out.

    A share of members or of months tells nothing where no partnership ever began.
    """
    begun = any(map(began, answers))
    bought = any(answer.comparison != "alone" for answer in answers)
    # By name: of several partnerships the ways to come out are others than of one.
    kinds = {value.measure: value for answer in reversed(answers) for value in answer.values}
    found = [{value.measure: value for value in answer.values} for answer in answers]
    nothing: dict[str, Any] = {"value": math.nan, "low": math.nan, "high": math.nan, "count": 0}
    return [
        row
        for measure, kind in kinds.items()
        for row in [tuple(one.get(measure) or replace(kind, **nothing) for one in found)]
        if table in row[0].shown
        and (bought or not row[0].money)
        and (begun or row[0].of not in OF_LIVES)
        and not all(math.isnan(value.value) for value in row)
    ]


def key_values(answer: Answer) -> list[Value]:
    """Return the values that a reader looks for first: the gain, of what, and how often it loses.

    Over the same money where hours were bought, as the headline.
    """
    alone = answer.comparison == "alone"
    names = ("gain", "area_gain", "extra_met_a_year", "loses")
    if not alone:
        names = (
            "gain_over_equal_money",
            "area_gain_over_equal_money",
            "extra_met_over_equal_money_a_year",
            "gain",
        )
    found = {value.measure: value for value in answer.values}
    return [found[name] for name in names]


def compared_words(value: Value, answer: Answer, digits: int | None = None) -> str:
    """Return a cell of a comparison: the estimate with its interval, or that there is no money.

    ``digits`` as `compared_digits` gives them for the row.
    """
    if value.of in OF_LIVES and not began(answer):
        return names.outcome(OUTCOMES[0])
    if value.money and math.isnan(value.value) and answer.comparison == "alone":
        return word("compare.no_money")
    _, estimate, interval, _ = value_words(value, digits)
    return f"{estimate}\n({interval})"


def compared_digits(row: Sequence[Value]) -> int | None:
    """Return in how many digits a row tells values apart that differ; None: each in its own."""
    known = {v.value: v for v in row if not math.isnan(v.value)}
    if len({value_words(value)[1] for value in known.values()}) == len(known):
        return None
    unit = row[0].unit
    own = (digits_of(Estimate(v.value, v.low, v.high, v.count), unit) for v in known.values())
    return digits_apart(list(known), unit, max(own))


def value_words(value: Value, digits: int | None = None) -> tuple[str, str, str, str]:
    """Return one row of a table: what it is, the estimate, the interval, and of what."""
    from cgsim.answer.formats import interval

    estimate = Estimate(value.value, value.low, value.high, value.count)
    return (
        term(value.words),
        told(estimate, value.unit, digits),
        interval(estimate, value.unit),
        term(value.of),
    )
