"""What is said of runs, from results made by hand: a story each, and what must follow."""

import dataclasses
import math
import re

import numpy as np
import pytest
from small_lives import INERT, NEVER, THRIVING, around, lived, results

import cgsim
from cgsim.answer import build
from cgsim.answer.doubt import Drawn, weigh
from cgsim.answer.record import DRAWN, HERE, Account, Change, Statement
from cgsim.measures import BY_NAME, COMPARE, MEASURES, OF_FOUNDING, OF_LIVING, OUTCOMES, RUN
from cgsim.rules.state import FRICTIONS
from cgsim.statistics import Estimate

NAN = math.nan
FOUNDERS, AREA = "of what the founders met alone", "of what all agencies met alone"
IN = "In 24 runs of “A partnership of eight”, "
MONEY = "the same money spent on services"
OVER = "gain_over_equal_money"


def headline(made, drawn=None, why_not=""):
    return {s.id: s for s in made.answer(drawn, why_not).headline}


def about(statement):
    return (
        statement.measure,
        statement.comparison,
        statement.unit,
        statement.of,
        statement.holds_for,
        statement.numbers,
    )


def ends(statement):
    return statement.value, statement.low, statement.high


def interval(values):
    from scipy import stats

    low, high = stats.ttest_1samp(values, 0.0).confidence_interval(0.95)
    return pytest.approx((np.mean(values), low, high))


def gaining(centre=0.1, area=0.02, units=30.0, runs=24, **columns):
    return results(
        runs=runs,
        gain=around(centre, runs),
        area_gain=around(area, runs),
        extra_met_a_year=around(units, runs),
        **columns,
    )


def paid(over=0.05, gain=0.1, area=0.01, units=20.0, runs=24, **columns):
    return results(
        runs=runs,
        **{
            "bought_hours": 100.0,
            "gain": around(gain, runs),
            OVER: around(over, runs),
            "area_" + OVER: around(area, runs),
            "extra_met_over_equal_money_a_year": around(units, runs),
        }
        | columns,
    )


def test_a_gain_is_told_with_its_interval_and_over_the_area():
    made = gaining()
    answer = made.answer()
    first, area, luck, spread = answer.headline
    assert first.id == "gain.more"
    numbers = {"runs": 24, "title": "A partnership of eight"}
    assert about(first) == ("gain", "alone", "share", FOUNDERS, HERE, numbers)
    assert ends(first) == interval(around(0.1, 24))
    assert first.text == (
        f"{IN}working together met 10.0 % more need than working apart, {FOUNDERS} "
        "(95 % interval 9.7 to 10.3 %)."
    )
    assert area.id == "area.more"
    assert about(area) == (
        "area_gain",
        "alone",
        "share",
        AREA,
        HERE,
        {"units": pytest.approx(30.0)},
    )
    assert ends(area) == interval(around(0.02, 24))
    assert area.text == f"That is 30 units of need a year more, 2.0 % {AREA}."
    assert luck == Statement(
        "luck.none", "gain", "alone", 0.0, of="of runs", numbers={"loses": (0, 24)}
    ) or (math.isnan(luck.low) and about(luck)[:3] == ("gain", "alone", ""))
    assert (luck.id, luck.of, luck.numbers) == ("luck.none", "of runs", {"loses": (0, 24)})
    assert (spread.id, *about(spread)) == (
        "luck.spread",
        "gain",
        "alone",
        "share",
        FOUNDERS,
        HERE,
        spread.numbers,
    )
    for name, end in (("least", spread.low), ("most", spread.high)):
        told = {"value": end, "low": spread.low, "high": spread.high, "unit": "share"}
        assert spread.numbers[name] == told
    assert ends(spread) == pytest.approx(tuple(np.quantile(around(0.1, 24), [0.5, 0.05, 0.95])))
    assert (answer.measure, answer.comparison) == ("gain", "alone")
    assert (answer.scenario, answer.title) == (made.scenario.name, "A partnership of eight")
    assert (answer.seed, answer.runs, answer.version) == (7, 24, cgsim.__version__)
    assert (answer.doubt, answer.account, answer.changes, answer.series) == (None, None, (), ())
    assert answer.text == " ".join(s.text for s in answer.headline)


def test_a_loss_is_told_as_a_loss_with_its_interval_turned_round():
    said = headline(gaining(-0.1, -0.02, -30.0))
    assert list(said)[:3] == ["gain.less", "area.less", "luck.every"]
    assert said["gain.less"].text == (
        f"{IN}working together met 10.0 % less need than working apart, {FOUNDERS} "
        "(95 % interval 9.7 to 10.3 %)."
    )
    assert ends(said["gain.less"]) == interval(around(-0.1, 24))
    assert said["area.less"].text == f"That is 30 units of need a year less, 2.0 % {AREA}."
    assert said["luck.every"].text == "Luck: it loses in every run."
    assert said["luck.every"].value == 1.0
    assert (
        said["luck.spread"].text == f"Nine of ten runs lie between −11.0 % and −9.0 %, {FOUNDERS}."
    )


def test_what_is_not_clear_is_said_to_be_and_nothing_of_the_area():
    said = headline(gaining(0.001, 0.0, 0.0))
    assert list(said) == ["gain.unclear", "luck.some", "luck.spread"]
    assert said["gain.unclear"].text == (
        f"{IN}it is not clear whether working together met more need than working apart or less: "
        f"0.1 %, {FOUNDERS} (95 % interval −0.2 to 0.4 %)."
    )
    assert said["luck.some"].text == "Luck: it loses in 11 of 24 runs."
    assert said["luck.some"].value == pytest.approx(11 / 24)
    assert said["luck.some"].numbers == {"loses": (11, 24)}


@pytest.mark.parametrize(
    ("value", "low", "high", "way"),
    [
        (0.1, 0.05, 0.15, "more"),
        (-0.1, -0.15, -0.05, "less"),
        (0.1, -0.05, 0.25, "unclear"),
        (0.1, 0.0, 0.2, "unclear"),
        (-0.1, -0.2, 0.0, "unclear"),
        (0.0, 0.0, 0.0, "exact"),
        (0.0, NAN, NAN, "exact"),
        (0.0, -0.1, 0.1, "tiny"),
        (0.0, 0.0, 0.1, "tiny"),
        (0.0, -0.1, 0.0, "tiny"),
        (1e-5, -1e-3, 1e-3, "tiny"),
        (-1e-5, -1e-3, 1e-3, "tiny"),
        (NAN, NAN, NAN, "unknown"),
        (0.1, NAN, NAN, "once_more"),
        (-0.1, NAN, NAN, "once_less"),
        (2.0, 1.0, 3.0, "more"),
        (0.5, 0.4, 0.6, "more"),
        (4e-4, 3e-4, 5e-4, "more"),  # an interval so near to 0 is written in more digits
        (-4e-4, -5e-4, -3e-4, "less"),
        (1e-5, -2e-4, 2e-4, "tiny"),
        (1e-4, -2e-4, 4e-4, "unclear"),
    ],
)
def test_which_way_an_estimate_points(value, low, high, way):
    assert build.direction(Estimate(value, low, high, 9)) == way


def test_the_unit_decides_what_is_too_little_to_tell():
    little = Estimate(0.04, -0.3, 0.4, 9)
    assert build.direction(little) == "unclear"
    assert build.direction(little, "months") == "tiny"


def test_a_claim_takes_unit_and_base_from_its_measure_or_is_given_them():
    estimate = Estimate(0.1, 0.05, 0.2, 9)
    one = build.claim("x.y", "months_faster", "alone", estimate)
    assert one.id == "x.y"
    assert about(one) == ("months_faster", "alone", "months", "", HERE, None)
    assert ends(one) == (0.1, 0.05, 0.2)
    named = build.claim("x.y", "gain", "", estimate, of="of it", unit="pounds", month=3)
    assert about(named) == ("gain", "", "pounds", "of it", HERE, {"month": 3})
    unknown = build.claim("x.y", "no measure", "", estimate)
    assert about(unknown) == ("no measure", "", "share", "", HERE, None)


def test_where_hours_were_bought_the_headline_is_over_the_same_money():
    said = headline(paid())
    assert list(said) == [
        "money.more",
        "area.more",
        "money.with_hours_more",
        "luck.money_none",
        "luck.spread",
    ]
    assert said["money.more"].text == (
        f"{IN}working together met 5.0 % more need than {MONEY}, {FOUNDERS} "
        "(95 % interval 4.7 to 5.3 %)."
    )
    assert about(said["money.more"])[:2] == (OVER, "equal_money")
    assert ends(said["money.more"]) == interval(around(0.05, 24))
    assert about(said["area.more"])[:2] == ("area_" + OVER, "equal_money")
    assert said["area.more"].text == f"That is 20 units of need a year more, 1.0 % {AREA}."
    hours = said["money.with_hours_more"]
    assert about(hours) == ("gain", "alone", "share", FOUNDERS, HERE, None)
    assert hours.text == (
        "Counted with the hours that were paid for, it met 10.0 % more than working apart, "
        f"{FOUNDERS} (95 % interval 9.7 to 10.3 %)."
    )
    assert about(said["luck.money_none"])[:2] == (OVER, "equal_money")
    assert said["luck.money_none"].text == "Luck: over the same money it loses in no run."
    assert about(said["luck.spread"])[:2] == (OVER, "equal_money")
    answer = paid().answer()
    assert (answer.measure, answer.comparison) == (OVER, "equal_money")
    assert answer.luck.loses == 0


def test_the_sign_of_the_headline_is_that_over_the_same_money():
    said = headline(paid(over=-0.01, gain=0.03, area=-0.01, units=-20.0))
    assert said["money.less"].text.startswith(
        f"{IN}working together met 1.0 % less need than {MONEY}"
    )
    assert said["area.less"].text.startswith("That is 20 units of need a year less")
    assert "met 3.0 % more than working apart" in said["money.with_hours_more"].text
    assert said["luck.money_some"].numbers == {"loses": (22, 24)}
    lost = headline(paid(gain=-0.1))["money.with_hours_less"]
    assert "10.0 % less than working apart" in lost.text
    unclear = headline(paid(gain=0.0))["money.with_hours_unclear"]
    assert "it is 0.0 % against working apart" in unclear.text


def test_hours_count_as_bought_where_any_run_bought_some_and_the_gain_over_them_is_known():
    some = np.zeros(24)
    assert not build.bought(results(runs=24))
    some[3] = 0.5
    assert build.bought(results(runs=24, bought_hours=some))
    some[:2] = NAN
    assert build.bought(results(runs=24, bought_hours=some))
    assert not build.bought(results(runs=0))
    over = np.full(24, NAN)
    assert build.measure_of(results(runs=24, bought_hours=some, **{OVER: over})) == "gain"
    over[0] = 0.1
    assert build.measure_of(results(runs=24, bought_hours=some, **{OVER: over})) == OVER
    assert build.measure_of(results(runs=24, **{OVER: over})) == "gain"


def test_the_money_has_a_story_in_time():
    while_paid, after = f"{OVER}_while_paid", f"{OVER}_after_paid"
    bought = np.zeros((24, 6), bool)
    bought[:, 1:4] = True  # three months, then two without
    bought[3, 4] = True  # four, then one
    bought[5] = False  # none in this run
    both = headline(
        paid(
            lived=lived(24, paid=bought),
            **{while_paid: around(0.167, 24), after: around(0.012, 24)},
        )
    )
    said = both["money.while_and_after"]
    assert about(said)[:5] == (while_paid, "equal_money", "share", FOUNDERS_THEN, HERE)
    assert said.text == (
        "Over the same money: 16.7 % in the 3 to 4 months in which the money lasts (95 % interval "
        "16.4 to 17.0 %), 1.2 % in the 1 to 2 months after it (95 % interval 0.9 to 1.5 %), each "
        f"{FOUNDERS_THEN} in those months."
    )
    assert ends(said) == interval(around(0.167, 24))
    own = said.numbers["after"]
    assert (own["value"], own["low"], own["high"]) == interval(around(0.012, 24))
    assert own["unit"] == "share"
    assert (said.numbers["paid"], said.numbers["later"]) == ((3, 4), (1, 2))
    stored = headline(paid(**{while_paid: around(0.167, 24), after: around(0.012, 24)}))
    assert stored["money.while_and_after"].text == re.sub(r" \d to \d months", " months", said.text)
    to_the_end = lived(24, paid=np.ones((24, 6), bool))
    only = headline(paid(lived=to_the_end, **{while_paid: around(0.167, 24)}))
    assert "money.while_and_after" not in only
    assert only["money.only_while"].text == (
        f"Over the same money: 16.7 % in the 6 months in which the money lasts, {FOUNDERS_THEN} in "
        "those months (95 % interval 16.4 to 17.0 %)."
    )
    assert about(only["money.only_while"])[:2] == (while_paid, "equal_money")
    alone = gaining(**{while_paid: around(0.167, 24), after: around(0.012, 24)})
    assert not any(id.startswith("money.") for id in headline(alone))


FOUNDERS_THEN = BY_NAME[f"{OVER}_while_paid"].of


def test_a_single_run_has_no_interval_and_no_word_on_luck():
    said = headline(gaining(runs=1))
    assert list(said) == ["gain.once_more"]
    assert said["gain.once_more"].text == (
        f"In one run of “A partnership of eight”, working together met 10.0 % more need than "
        f"working apart, {FOUNDERS}; one run has no interval."
    )
    assert list(headline(gaining(-0.1, runs=1))) == ["gain.once_less"]
    assert list(headline(gaining(0.1, runs=2)))[-1] == "luck.none"
    assert "luck.spread" not in headline(gaining(runs=19))
    assert "luck.spread" in headline(gaining(runs=20))


def test_a_single_run_tells_its_money_and_its_end_without_an_interval():
    single = paid(runs=1, lived=lived(1, 72, end=np.array([40]), start=np.array([12])))
    said = headline(single)
    assert list(said) == ["money.once_more", "money.with_hours_once", "ended.once"]
    assert said["money.with_hours_once"].text == (
        "Counted with the hours that were paid for, it is 10.0 % against working apart, "
        f"{FOUNDERS}."
    )
    assert said["ended.once"].text == "The partnership had ended by month 40."
    assert said["ended.once"].value == 1.0
    scenario = single.scenario
    two = dataclasses.replace(scenario, partnerships=scenario.partnerships * 2)
    said = headline(dataclasses.replace(single, scenario=two))
    assert said["ended.once_several"].text == "All its partnerships had ended by month 40."


def test_runs_that_all_come_to_the_same_have_no_spread():
    said = headline(results(runs=24, gain=np.full(24, 0.1)))
    assert "luck.spread" not in said
    assert said["luck.same"].text == "All runs come to the same."
    one = np.zeros(24)
    one[3] = 0.1
    said = headline(results(runs=24, gain=one))
    assert "luck.spread" not in said
    assert said["luck.most"].text == f"Nine of ten runs or more come to 0.0 %, {FOUNDERS}."
    hair = headline(results(runs=24, gain=around(0.1, 24, step=1e-10)))
    assert hair["luck.most"].text == f"Nine of ten runs or more come to 10.0 %, {FOUNDERS}."
    near = headline(results(runs=24, gain=around(0.1, 24, step=1e-6)))["luck.spread"]
    assert near.text == f"Nine of ten runs lie between 9.999 % and 10.001 %, {FOUNDERS}."


def test_a_hair_of_rounding_is_neither_gain_nor_loss():
    gain = np.array([2e-9, 1e-9, 5e-10, 0.0, -5e-10, -1e-9, -2e-9, -3e-9])
    luck = build.luck_of(gain)
    assert (luck.gains, luck.loses) == (1, 2)
    made = results(runs=8, gain=gain, outcome=INERT)
    assert made.answer().remarks[0].numbers["gained"] == 1
    doubt = weigh(gain, Drawn(gain, gain, gain, {}, 8))
    assert (doubt.gains, doubt.loses) == (1, 2)


def test_a_partnership_that_never_began_says_so_with_its_month():
    made = gaining(outcome=NEVER)
    (said,) = made.answer().headline
    assert said.id == "began.never"
    numbers = {"runs": 24, "title": "A partnership of eight", "months": 72, "start": 12}
    assert about(said)[:2] == ("gain", "alone")
    assert said.numbers == numbers
    assert said.text == (
        f"{IN}no partnership began within the 72 months, so nothing can be gained or lost; the "
        "first could have begun in month 12."
    )
    nobody = dataclasses.replace(made, scenario=dataclasses.replace(made.scenario, partnerships=()))
    (said,) = nobody.answer().headline
    assert (said.id, said.measure, said.comparison) == ("began.nothing", "gain", "alone")
    assert said.numbers == {"runs": 24, "title": "A partnership of eight"}
    assert "there is no partnership" in said.text


def test_runs_in_which_none_began_count_as_no_gain():
    outcome = np.full(24, THRIVING)
    outcome[:6] = NEVER
    said = headline(gaining(outcome=outcome))
    assert said["began.some"].text == (
        "A partnership began in 18 of 24 runs; the others count as no gain."
    )
    assert (said["began.some"].measure, said["began.some"].comparison) == ("outcome", "")
    assert said["began.some"].value == 0.75
    assert said["began.some"].numbers == {"began": (18, 24)}
    assert "began.some" not in headline(gaining())
    outcome[:] = NEVER
    outcome[0] = 1
    assert headline(gaining(outcome=outcome))["began.some"].numbers == {"began": (1, 24)}


def with_lived(made, **given):
    return dataclasses.replace(made, lived=lived(made.count, **given))


def test_a_partnership_that_has_ended_says_so_with_its_month():
    start, end = np.full(24, 12), np.full(24, 72)
    end[:5] = (20, 30, 41, 50, 71)
    start[23] = 72  # it never began
    end[23] = 72
    made = with_lived(gaining(), months=72, start=start, end=end)
    said = headline(made)["ended.some"]
    assert (said.measure, said.comparison, said.value) == ("outcome", "", pytest.approx(5 / 24))
    assert said.numbers == {"ended": (5, 24), "month": 41}
    assert said.text == (
        "The partnership had ended in 5 of 24 runs before the last month, in the middle one of "
        "these by month 41."
    )
    end[:] = 40
    end[:12] = 43
    start[:] = 12
    every = headline(with_lived(gaining(), months=72, start=start, end=end))["ended.every"]
    assert every.text == "The partnership had ended in every run, in the middle one by month 42."
    end[:] = 72
    none = headline(with_lived(gaining(), months=72, start=start, end=end))
    assert not any(id.startswith("ended") for id in none)
    end[0] = 71
    one = headline(with_lived(gaining(), months=72, start=start, end=end))
    assert one["ended.one"].numbers == {"ended": (1, 24), "month": 71}
    assert (
        one["ended.one"].text
        == "The partnership had ended in 1 of 24 runs before the last month, by month 71."
    )


def test_what_is_said_of_several_partnerships_names_them_all():
    made = gaining()
    two = dataclasses.replace(made.scenario, partnerships=made.scenario.partnerships * 2)
    start, end = np.full(24, 12), np.full(24, 40)
    made = with_lived(dataclasses.replace(made, scenario=two), months=72, start=start, end=end)
    assert headline(made)["ended.every_several"].text == (
        "All its partnerships had ended in every run, in the middle one by month 40."
    )
    end[1:] = 72
    assert headline(made)["ended.one_several"].text == (
        "All its partnerships had ended in 1 of 24 runs before the last month, by month 40."
    )


def test_where_nobody_can_found_a_partnership_it_says_so():
    made = cgsim.run("baseline", 2, set={"size": 1, "months": 24})
    (said, *_) = build.answer_of(made).headline
    assert said.id == "began.too_few"
    assert said.text.endswith("nothing can be gained or lost: one needs two founding members.")
    tried = cgsim.run("baseline", 2, set={"size": 1, "months": 24}, reasons=True)
    changes = [build.change_statement(change) for change in build.changes_of(tried)]
    assert {c.id for c in changes} == {"whatif.exact"}


WITH_CHANGE = """
title = "An area"
[world]
months = 6
[[partnership]]
name = "Partnership of eight"
start = 1
[[change]]
month = 3
[change.set]
meetings = 2
[[change]]
month = 3
[change.set]
ambient = 0.2
[[change]]
month = {late}
[change.set]
fund = 0
"""


def changing(late=5, **columns):
    """Two runs of six months: 1 unit of own work a month, extra work that doubles in month 3."""
    extra = np.array([[0.1, 0.2, 0.3, 0.5, 0.7, 0.9], [0.2, 0.4, 0.6, 1.0, 1.4, 1.8]], np.float32)
    return results(
        cgsim.loads(WITH_CHANGE.format(late=late)),
        2,
        lived(
            2,
            beyond_alone=extra,
            beyond_money=extra / 2,
            base=np.cumsum(np.ones((2, 6), np.float32), axis=1),
        ),
        gain=around(0.1, 2),
        **columns,
    )


def test_a_change_is_told_with_the_months_since_it_began():
    made = changing()
    made.lived.start[:] = [1, 2]
    said = [s for s in made.answer().headline if s.id == "change.at"]
    assert [s.numbers["early"] for s in said] == [(1, 2), (3, 4)]


def test_two_agencies_can_begin_and_one_cannot():
    text = 'title = "T"\n[scenario]\n[[partnership]]\nsize = {size}\n'
    for size, id in ((2, "began.never"), (1, "began.too_few")):
        scenario = cgsim.loads(text.format(size=size).replace("[scenario]\n", ""))
        (one, *_) = results(scenario, outcome=NEVER).answer().headline
        assert about(one)[:2] == ("gain", "alone")
        assert one.id == id


def test_what_came_out_is_runs_or_each_of_several_partnerships():
    one = results(runs=4, lived=lived(4))
    assert one.answer().counted == "runs"
    assert not build.counts_each(one)
    assert build.outcomes_in_words(one.answer()).startswith("How it came out: ")
    two = cgsim.loads('title = "T"\n[[partnership]]\n[[partnership]]\n')
    apart = results(two, 4)  # lives were not kept
    assert apart.answer().counted == "runs"
    several = results(two, 4, lived(4, ways=np.ones((4, 2), np.int8)))
    assert several.answer().counted == "partnerships"
    told = build.outcomes_in_words(several.answer())
    assert told.startswith("How its partnerships came out, each counted in each run: alive at the")


def test_before_and_after_each_change_stand_in_the_table_of_values():
    made = changing(whole=True)
    values = {value.measure: value for value in made.answer().values}
    for month, early, late in ((3, [0.1, 0.2], [0.2, 0.4]), (5, [0.14, 0.28], [0.2, 0.4])):
        for name, words, told in (
            (f"gain_before_month_{month}", f"gain before the change in month {month}", early),
            (f"gain_from_month_{month}", f"gain from the change in month {month} on", late),
        ):
            value = values[name]
            assert (value.words, value.unit, value.of) == (words, "share", FOUNDERS)
            assert (value.value, value.low, value.high) == interval(told)
            assert (value.count, value.shown, value.money) == (2, (RUN, COMPARE), False)
            over = values[name.replace("gain", OVER)]
            assert over.words == words.replace("gain", "gain over the same money")
            assert over.value == pytest.approx(np.mean(told) / 2)
            assert over.money
    names = list(values)
    assert names.index("gain_before_month_3") > names.index("gain_after_paid")
    assert names.index("gain_from_month_5") < names.index("gain_by_trend")
    assert not [name for name in results(whole=True).findings if "_month_" in name]


def test_before_and_after_a_scheduled_change_are_told():
    made = changing()
    assert build.change_months(made) == [3, 5]
    assert build.change_months(changing(late=0)) == [3]
    assert build.change_months(changing(late=1)) == [1, 3]
    with pytest.raises(cgsim.ScenarioError):
        changing(late=6)  # after the last month
    before, after = build.around(made, 3, "alone")
    assert (before.value, before.count) == (pytest.approx(0.15), 2)
    assert (after.value, after.count) == (pytest.approx(0.3), 2)
    before, after = build.around(made, 3, "equal_money")
    assert (before.value, after.value) == pytest.approx((0.075, 0.15))
    said = [s for s in made.answer().headline if s.id == "change.at"]
    assert [s.measure for s in said] == ["gain_before_month_3", "gain_before_month_5"]
    assert [s.numbers["month"] for s in said] == [3, 5]
    assert about(said[0])[1:4] == ("alone", "share", FOUNDERS)
    assert said[0].value == pytest.approx(0.15)
    assert said[0].numbers["after"]["value"] == pytest.approx(0.3)
    assert said[0].text.startswith(
        "In the 3 months before the change in month 3 it is 15.0 % (95 % interval "
    )
    assert [s.numbers["early"] for s in said] == [(3, 3), (5, 5)]
    assert [s.numbers["later"] for s in said] == [(3, 3), (1, 1)]
    assert "from then on 30.0 % (95 % interval " in said[0].text
    assert said[0].text.endswith(f", each {FOUNDERS} in those months.")
    money = changing(bought_hours=1.0, **{OVER: around(0.1, 2)})
    said = [s for s in money.answer().headline if s.id == "change.at"]
    assert [s.comparison for s in said] == ["equal_money"] * 2
    assert said[0].value == pytest.approx(0.075)


def test_what_is_not_known_before_or_after_a_change_is_not_told():
    # In the first month there is nothing before; without months nothing is known.
    made = changing(late=1)
    base = made.lived.base.copy()
    base[:, 0] = 0.0
    told = [
        s.numbers["month"]
        for s in dataclasses.replace(made, lived=dataclasses.replace(made.lived, base=base))
        .answer()
        .headline
        if s.id == "change.at"
    ]
    assert told == [3]
    bare = dataclasses.replace(made, lived=None)
    for estimate in build.around(bare, 3, "alone"):
        assert math.isnan(estimate.value)
    assert not any(s.id == "change.at" for s in bare.answer().headline)
    base = made.lived.base.copy()
    base[:, 2:] = base[:, 1:2]  # no own work after the change
    ended = dataclasses.replace(made, lived=dataclasses.replace(made.lived, base=base))
    assert not any(s.numbers["month"] == 3 for s in ended.answer().headline if s.id == "change.at")
    base[0, 1:] = base[0, 1] = 0.5
    half = dataclasses.replace(made, lived=dataclasses.replace(made.lived, base=base))
    assert build.around(half, 3, "alone")[0].count == 2


HOURS = {
    "overhead": 30.0,
    "joint_hours": 70.0,
    "bought": 10.0,
    "joint_met": 40.0,
    "own_hours": 50.0,
    "own_met": 20.0,
    "living": 5.0,
    "settled": 4.0,
    "settled_months": 3.0,
    "slipped": 30.0,
}


def test_the_account_tells_where_the_hours_went():
    made = with_lived(gaining(), account=HOURS)
    account = made.answer().account
    assert account == Account(
        overhead_hours=30.0,
        joint_hours=70.0,
        bought_hours=10.0,
        overhead_share=pytest.approx(0.3),
        slipped_share=pytest.approx(0.3),
        met_per_joint_hour=pytest.approx(0.5),
        met_per_given_hour=pytest.approx(40 / 110),
        met_per_own_hour=pytest.approx(0.4),
        settled=pytest.approx(0.8),
        settled_months=pytest.approx(0.6),
    )
    gave, slipped, yielded, settled = build.account_statements(account)
    assert (slipped.id, slipped.measure, slipped.comparison) == ("account.slipped", "", "")
    assert slipped.value == account.slipped_share
    assert slipped.text == "Of the hours that members meant for joint work, 30.0 % slipped."
    assert (gave.id, gave.measure, gave.comparison, gave.value) == (
        "account.gave",
        "",
        "",
        pytest.approx(0.3),
    )
    assert gave.text == (
        "Of the hours that members gave, 30.0 % went to meetings and other overhead and 70.0 % to "
        "joint work."
    )
    assert (yielded.id, yielded.measure, yielded.comparison, yielded.value) == (
        "account.yield",
        "",
        "",
        0.5,
    )
    assert yielded.text == (
        "An hour of joint work met 0.50 units of need, or 0.36 with its overhead counted; an hour "
        "of own work met 0.40."
    )
    assert (settled.id, settled.measure, settled.comparison, settled.value) == (
        "account.settled",
        "",
        "",
        pytest.approx(0.8),
    )
    assert settled.text == (
        "On average 80.0 % of a month's issues were settled; all of them in 60.0 % of months."
    )


def test_hours_that_were_not_given_have_no_share():
    none = build.account_of(with_lived(gaining(), account={"living": 5.0, "own_hours": 0.5}))
    assert math.isnan(none.overhead_share)
    assert math.isnan(none.slipped_share)
    assert math.isnan(none.met_per_joint_hour)
    assert none.met_per_own_hour == 0.0
    few = {"living": 1.0, "own_hours": 0.02, "own_met": 0.01}
    assert build.account_of(with_lived(gaining(), account=few)).met_per_own_hour == 0.5
    assert [s.id for s in build.account_statements(none)] == ["account.settled"]
    assert build.account_of(gaining()) is None
    assert build.account_of(with_lived(gaining())) is None
    assert build.account_of(with_lived(gaining(), account={"living": 1 / 24})) is not None


def frictions(runs=24, **centres):
    """Return changes with the frictions off: each varies in its own way."""
    chance = np.random.default_rng(1)
    noise = chance.normal(0, 0.002, (5, runs))
    noise -= noise.mean(axis=1, keepdims=True)
    return {name: noise[place] + centre for place, (name, centre) in enumerate(centres.items())}


def test_the_reason_is_the_friction_whose_lack_would_raise_the_gain_most():
    without = frictions(overhead=0.01, coordination=-0.002, commitment=0.05, slippage=0.02)
    answer = with_lived(gaining(), account=HOURS, without=without).answer()
    names = ["commitment", "slippage", "overhead", "alignment", "coordination"]
    assert [change.friction for change in answer.changes] == names
    first = answer.changes[0]
    assert (first.value, first.low, first.high) == interval(without["commitment"])
    assert not any(change.settled_always for change in answer.changes)
    (said,) = (s for s in answer.headline if s.id.startswith("reason."))
    assert said.id == "reason.largest"
    assert about(said) == (
        "gain",
        "without commitment",
        "share",
        FOUNDERS,
        HERE,
        {"friction": "commitment"},
    )
    assert ends(said) == (first.value, first.low, first.high)
    assert said.text.startswith(
        "What would add most: if every member gave all it can and none left, +5.0 points (95 % "
    )
    assert build.change_statement(first).text.startswith(
        "if every member gave all it can and none left: +5.0 points (95 % interval 4.9 to 5.1)"
    )


def test_where_hours_were_bought_the_reason_is_told_over_the_same_money():
    for without, id, text in (
        (
            frictions(commitment=0.05, slippage=0.02),
            "reason.money_largest",
            "What would add most over the same money: if every member gave all it can and none "
            "left, +5.0 points (95 % interval 4.9 to 5.1), " + FOUNDERS + ".",
        ),
        (
            frictions(overhead=0.05, commitment=0.0501),
            "reason.money_close",
            "Over the same money no single friction stands out as what holds it back: if every "
            "member gave all it can and none left, +5.0 points; if meetings and other overhead "
            f"cost nothing, +5.0, each {FOUNDERS}; which of the two adds more cannot be told.",
        ),
        (
            frictions(overhead=-0.05, **dict.fromkeys(FRICTIONS[1:], -0.1)),
            "reason.money_none",
            "Over the same money no single friction stands out as what holds it back: no one of "
            "them, switched off alone, adds 0.1 points or more that can be told from chance.",
        ),
    ):
        answer = with_lived(paid(), account=HOURS, without=without).answer()
        (said,) = (s for s in answer.headline if s.id.startswith("reason."))
        assert (said.id, said.text, said.measure) == (id, text, OVER)
        assert {change.measure for change in answer.changes} == {OVER}
        assert build.change_statement(answer.changes[0]).measure == OVER


def test_one_run_names_no_friction_and_denies_none():
    without = {"overhead": 0.2, "coordination": 0.01}
    made = with_lived(gaining(runs=1), account=HOURS, without=without)
    (said,) = (s for s in made.answer().headline if s.id.startswith("reason."))
    assert (said.id, said.measure, said.comparison) == ("reason.once", "gain", "")
    assert said.text == "Which friction holds it back most cannot be told from one run."
    told = [build.change_statement(change).text for change in made.answer().changes]
    assert told[0] == "if meetings and other overhead cost nothing: +20.0 points in this run"


def test_two_that_cannot_be_told_apart_are_both_named_and_neither_stands_out():
    without = frictions(overhead=0.0500, coordination=0.01, commitment=0.0501)
    answer = with_lived(gaining(), account=HOURS, without=without).answer()
    (said,) = (s for s in answer.headline if s.id.startswith("reason."))
    assert said.id == "reason.close"
    assert about(said)[:2] == ("gain", "without commitment")
    assert said.numbers == {
        "first": "commitment",
        "second": "overhead",
        "other": pytest.approx(0.05),
    }
    assert said.text == (
        "No single friction stands out as what holds it back: if every member gave all it can and "
        "none left, +5.0 points; if meetings and other overhead cost nothing, +5.0, each "
        f"{FOUNDERS}; which of the two adds more cannot be told."
    )


@pytest.mark.parametrize(
    ("centres", "id"),
    [
        (
            {
                "overhead": -0.05,
                "coordination": -0.01,
                "commitment": -0.01,
                "slippage": -0.02,
                "alignment": -0.03,
            },
            "reason.none",
        ),
        ({"overhead": 0.0004}, "reason.none"),  # not worth a word
        ({"overhead": 0.002}, "reason.largest"),
        ({"overhead": 0.05, "alignment": 0.048}, "reason.largest"),
    ],
)
def test_a_friction_is_named_only_where_it_can_be_told(centres, id):
    answer = with_lived(gaining(), account=HOURS, without=frictions(**centres)).answer()
    (said,) = (s for s in answer.headline if s.id.startswith("reason."))
    assert said.id == id
    assert said.measure == "gain"
    if id == "reason.none":
        assert said.comparison == ""
        assert said.text.startswith("No single friction stands out")


def test_a_change_that_is_written_as_nothing_is_no_reason():
    for centre, id in (
        (0.0004, "reason.none"),
        (0.0005, "reason.largest"),
        (0.0006, "reason.largest"),
    ):
        without = {"overhead": np.full(24, centre)}
        made = with_lived(gaining(), account=HOURS, without=without)
        (said,) = (s for s in made.answer().headline if s.id.startswith("reason."))
        assert said.id == id, centre


def test_two_that_change_the_same_in_every_run_are_both_named():
    alike = frictions(overhead=0.05)["overhead"]
    made = with_lived(gaining(), account=HOURS, without={"overhead": alike, "slippage": alike})
    assert "reason.close" in headline(made)


def test_a_friction_whose_interval_holds_0_is_no_reason():
    without = {"overhead": np.tile([0.09, -0.05], 12)}
    made = with_lived(gaining(), account=HOURS, without=without)
    assert "reason.none" in headline(made)


def test_nothing_is_named_where_nothing_began_or_no_friction_was_switched_off():
    without = frictions(overhead=0.05)
    for made in (
        with_lived(gaining(outcome=NEVER), account=HOURS, without=without),
        with_lived(gaining(), account=HOURS),
        gaining(),
    ):
        assert not any(s.id.startswith("reason.") for s in made.answer().headline)
    assert with_lived(gaining(), account=HOURS).answer().changes == ()


def test_issues_that_were_always_settled_are_never_the_reason():
    always = HOURS | {"settled_months": 5.0}
    without = frictions(coordination=0.05)
    answer = with_lived(gaining(), account=always, without=without).answer()
    assert [c.friction for c in answer.changes if c.settled_always] == ["coordination"]
    assert [s.id for s in answer.headline if s.id.startswith("reason.")] == ["reason.none"]


@pytest.mark.parametrize(
    ("change", "id", "text"),
    [
        (Change("overhead", 0.04, 0.03, 0.05), "better", "+4.0 points (95 % interval 3.0 to 5.0)"),
        (
            Change("overhead", -0.04, -0.05, -0.03),
            "better",
            "−4.0 points (95 % interval −5.0 to −3.0)",
        ),
        (
            Change("overhead", 0.04, -0.01, 0.09),
            "unclear",
            "no change that can be told from chance",
        ),
        (Change("overhead", 0.04, 0.0, 0.08), "unclear", "no change that can be told from chance"),
        (
            Change("overhead", -0.04, -0.08, 0.0),
            "unclear",
            "no change that can be told from chance",
        ),
        (
            Change("overhead", 2.0, 0.5, 3.0),
            "better",
            "+200.0 points (95 % interval 50.0 to 300.0)",
        ),
        (Change("overhead", -0.5, -0.9, 0.5), "unclear", "no change that can be told from chance"),
        (Change("overhead", 0.0, 0.0, 0.0), "exact", "no change"),
        (Change("overhead", 0.5, NAN, NAN), "once", "+50.0 points in this run"),
        (Change("overhead", -0.5, NAN, NAN), "once", "−50.0 points in this run"),
        (Change("overhead", 0.0, NAN, NAN), "exact", "no change"),
        (Change("overhead", NAN, NAN, NAN), "unclear", "no change that can be told from chance"),
        (
            Change("overhead", 0.0, NAN, NAN, True),
            "settled",
            "no change, as all issues were settled in every month",
        ),
        (Change("overhead", 0.0, -0.1, 0.1), "unclear", "no change that can be told from chance"),
        (
            Change("overhead", 0.0, 0.0, 0.0, True),
            "settled",
            "no change, as all issues were settled in every month",
        ),
        (
            Change("overhead", 0.1, -0.1, 0.2, True),
            "unclear",
            "no change that can be told from chance",
        ),
        (Change("overhead", 1.0, 1.0, 1.0, True), "better", "+100.0 points (95 % interval 100.0)"),
        (Change("overhead", 1.0, 1.0, 1.0), "better", "+100.0 points (95 % interval 100.0)"),
    ],
)
def test_what_each_friction_would_change(change, id, text):
    said = build.change_statement(change)
    assert said.id == f"whatif.{id}"
    assert about(said) == (
        "gain",
        "without overhead",
        "share",
        FOUNDERS,
        HERE,
        {"friction": "overhead"},
    )
    assert said.text == f"if meetings and other overhead cost nothing: {text}"


def drawn(gain, over=None, **inputs):
    over = gain if over is None else over
    inputs = inputs or {"skills": np.full(len(gain), 5.0)}  # something is always drawn
    return Drawn(np.array(gain), np.array(over), np.array(over), inputs, 4)


@pytest.mark.parametrize(
    ("gains", "id", "text"),
    [
        ([0.1, 0.2], "all_gain", "drawn 2 times, it gains every time"),
        ([-0.1, -0.2], "all_lose", "drawn 2 times, it loses every time"),
        ([0.0, 0.0], "none", "drawn 2 times, it never makes a difference"),
        ([0.1, -0.2, -0.1], "some", "drawn 3 times, it gains in 1 world and loses in 2"),
        ([0.1, 0.1, -0.1], "some", "drawn 3 times, it gains in 2 worlds and loses in 1"),
        (
            [0.1, -0.2, 0.0],
            "some_rest",
            "drawn 3 times, it gains in 1 world, loses in 1, and makes no difference in the others",
        ),
        (
            [0.1, 0.0],
            "some_rest",
            "drawn 2 times, it gains in 1 world, loses in 0, and makes no difference in the others",
        ),
        (
            [-0.1, 0.0],
            "some_rest",
            "drawn 2 times, it gains in 0 worlds, loses in 1, and makes no difference in the "
            "others",
        ),
    ],
)
def test_in_how_many_worlds_it_gains_and_loses(gains, id, text):
    made = gaining().answer(drawn(gains))
    said = [s for s in made.headline if s.id.startswith("doubt.")]
    assert said[0].id == f"doubt.{id}"
    assert said[0].text == f"What nobody knows: {text}."
    loses = sum(gain < 0 for gain in gains)
    counts = {"draws": len(gains), "gains": sum(gain > 0 for gain in gains), "loses": loses}
    counts["given"] = None
    assert about(said[0]) == ("gain", "alone", "", "", DRAWN, counts)
    assert said[0].value == pytest.approx(loses / len(gains))
    assert made.doubt.draws == len(gains)
    if id == "none":
        assert len(said) == 1
    else:
        assert said[1].id == "doubt.turns_on_none"
        assert about(said[1]) == ("gain", "alone", "", "", DRAWN, {})
    assert said[-1] is made.headline[-1]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"records": "minutes.csv"}, "What nobody knows, given the records in minutes.csv: drawn"),
        ({"file": "draws.csv"}, "What nobody knows, by the draws in draws.csv: drawn 2 times,"),
    ],
)
def test_what_draws_rest_on_is_said(given, told):
    made = gaining().answer(dataclasses.replace(drawn([0.1, -0.2]), given=given))
    (said,) = (s for s in made.headline if s.id == "doubt.some")
    assert said.text.startswith(told)
    assert made.doubt.given == given


def test_where_all_that_is_uncertain_is_known_nothing_is_said_to_be_drawn():
    worlds = dataclasses.replace(drawn([0.1, -0.2]), inputs={})
    answer = gaining().answer(worlds)
    assert answer.doubt is None
    (said,) = (s for s in answer.headline if s.id.startswith("doubt."))
    assert said.text == (
        "What nobody knows could not be drawn for this scenario: it knows all that is uncertain."
    )


def test_what_is_drawn_in_place_of_a_scenarios_own_value_is_named():
    def made(*changes, gains=(0.1, -0.2), **given):
        scenario = cgsim.load("baseline", changes)
        own = dataclasses.replace(gaining(), scenario=scenario)
        worlds = dataclasses.replace(
            drawn(list(gains), carry=np.array([0.1, 0.2]), ambient=np.array([0.1, 0.3])), **given
        )
        return own.answer(worlds).headline

    assert not any(s.id == "doubt.anew" for s in made())
    (said,) = (s for s in made("ambient=0.9", "trust_stranger=0.1") if s.id == "doubt.anew")
    assert about(said) == ("", "", "", "", DRAWN, {"inputs": ("ambient",)})
    assert said.text == (
        "Drawn too, in place of this scenario's own values: how far services combine without a "
        "partnership."
    )
    both = made("ambient=0.9", "carry=0.7")
    assert [s.id for s in both[-3:]] == ["doubt.some", "doubt.turns_on_none", "doubt.anew"]
    assert both[-1].numbers == {"inputs": ("carry", "ambient")}
    knows = made("ambient=0.9", 'known=["turnover"]')
    assert [s.id for s in knows[-2:]] == ["doubt.anew", "doubt.known"]
    assert (
        knows[-1].text == "Known in this scenario, and not drawn: how often representatives change."
    )
    records = made("ambient=0.9", given={"records": "minutes.csv"})
    assert not any(s.id == "doubt.anew" for s in records)
    assert not any(s.id == "doubt.anew" for s in made("ambient=0.9", gains=(0.0, 0.0)))


def test_what_the_doubt_turns_on_is_named():
    chance = np.random.default_rng(2)
    carry, senior, skills = chance.normal(size=(3, 80))
    one = gaining().answer(drawn(carry, carry=carry, senior=senior)).headline[-1]
    assert (one.id, one.numbers) == ("doubt.turns_on_one", {"first": "carry"})
    assert one.text == "That turns most on how many unsettled issues come back."
    both = drawn(carry + 0.8 * senior, carry=carry, senior=senior, skills=skills)
    two = gaining().answer(both).headline[-1]
    assert (two.id, two.numbers) == ("doubt.turns_on_two", {"first": "carry", "second": "senior"})


def test_the_doubt_is_of_the_measure_of_the_headline():
    worlds = drawn([0.1, 0.2], [-0.1, -0.2])
    assert "doubt.all_gain" in headline(gaining(), worlds)
    money = headline(paid(), worlds)
    assert about(money["doubt.all_lose"])[:2] == (OVER, "equal_money")
    assert about(money["doubt.turns_on_none"])[:2] == (OVER, "equal_money")


def test_why_nothing_could_be_drawn_is_told():
    said = headline(gaining(), why_not="it has no room")["doubt.cannot"]
    assert about(said) == ("gain", "alone", "", "", DRAWN, {"why": "it has no room"})
    assert said.text == ("What nobody knows could not be drawn for this scenario: it has no room.")
    assert "doubt.cannot" not in headline(gaining())


def test_luck_counts_runs_that_are_known():
    values = np.append(np.arange(-2.0, 4.0), NAN)
    luck = build.luck_of(values)
    assert (luck.runs, luck.loses, luck.gains) == (6, 2, 3)
    assert luck.quantiles == pytest.approx(
        tuple(np.quantile(np.arange(-2.0, 4.0), [0.05, 0.25, 0.5, 0.75, 0.95]))
    )
    assert luck.spread == pytest.approx(np.arange(-2.0, 4.0).std(ddof=1))
    none = build.luck_of(np.array([NAN]))
    assert (none.runs, none.loses, none.gains, none.quantiles) == (0, 0, 0, ())
    assert math.isnan(none.spread)
    nobody_began = gaining(outcome=NEVER).answer()
    assert not any(s.id.startswith("luck.") for s in nobody_began.headline)
    half = build.luck_of(np.array([-0.5, 0.5]))
    assert (half.loses, half.gains) == (1, 1)


def test_how_the_runs_came_out_is_told_most_frequent_first():
    outcome = np.repeat([THRIVING, INERT, 4], [3, 6, 1])
    gain = np.full(10, -0.1)
    gain[3:5] = 0.1
    answer = results(runs=10, outcome=outcome, gain=gain).answer()
    told = [(o.outcome, o.name, o.runs, o.share) for o in answer.outcomes]
    assert told == [
        ("inert", "alive, mostly not worth its hours", 6, 0.6),
        ("thriving", "alive and worth its hours", 3, 0.3),
        ("collapsed", "fell apart", 1, 0.1),
    ]
    assert answer.outcomes[2].words == "fewer than two members were left"
    assert build.outcomes_in_words(answer) == (
        "How it came out: alive, mostly not worth its hours 60 %; alive and worth its hours 30 %; "
        "fell apart 10 %. In 6 of 10 runs it lived on although in half of its months or more joint "
        "work met no more than the same hours would have met apart. 2 of these runs still met more "
        "need over the whole time than working apart."
    )
    first, second = answer.remarks
    numbers = {"inert": (6, 10), "gained": 2}
    assert (first.id, first.value) == ("remark.inert", 0.6)
    assert about(first) == ("outcome", "", "", "", HERE, numbers)
    assert (second.id, second.value) == ("remark.inert_some", pytest.approx(2 / 6))
    assert about(second) == ("gain", "alone", "", "", HERE, numbers)


def test_what_came_of_few_runs_is_never_told_as_none_and_of_most_never_as_all():
    made = results(runs=400, outcome=np.repeat([THRIVING, 4], [399, 1])).answer()
    assert build.outcomes_in_words(made) == (
        "How it came out: alive and worth its hours more than 99 %; fell apart less than 1 %."
    )
    all_alike = results(runs=400).answer()
    assert build.outcomes_in_words(all_alike) == "How it came out: alive and worth its hours 100 %."


@pytest.mark.parametrize(
    ("gain", "freed", "ids"),
    [
        (0.1, 0.0, ["remark.inert", "remark.inert_all"]),
        (0.0, 0.0, ["remark.inert", "remark.inert_none"]),
        (-0.1, 0.5, ["remark.inert", "remark.inert_none", "remark.freed"]),
    ],
)
def test_inert_runs_that_gain_are_explained(gain, freed, ids):
    made = results(runs=4, outcome=INERT, gain=gain, freed_hours=freed)
    said = made.answer().remarks
    assert [s.id for s in said] == ids
    if freed:
        assert about(said[-1]) == ("freed_hours", "", "", "", HERE, None)
    assert build.remarks_of(results(runs=4, freed_hours=1.0)) == ()
    outcome = [INERT, THRIVING, THRIVING, THRIVING]
    one = build.remarks_of(results(runs=4, outcome=outcome, gain=1.0))
    assert one[0].numbers == {"inert": (1, 4), "gained": 1}


@pytest.mark.parametrize(
    ("over", "id", "text"),
    [
        (0.1, "all", "All the same, every one of these runs met more need"),
        (-0.1, "none", "None of these runs met more need"),
        ([0.1, -0.1, -0.1, 0.1], "some", "2 of these runs still met more need"),
    ],
)
def test_where_hours_were_bought_inert_runs_are_held_against_the_same_money(over, id, text):
    made = results(runs=4, outcome=INERT, gain=0.1, bought_hours=9.0, **{OVER: over})
    _, said = made.answer().remarks
    assert (said.id, said.measure) == (f"remark.inert_money_{id}", OVER)
    assert said.comparison == "equal_money"
    assert said.text == f"{text} over the whole time than {MONEY}."


def test_the_line_by_month_has_a_fan_and_the_months_of_the_money():
    lines = np.arange(24.0, dtype=np.float32)[:, None] * np.arange(1, 7, dtype=np.float32)
    money = np.zeros((24, 6), bool)
    money[3, 2] = money[5, 4] = True
    (ahead,) = (
        with_lived(gaining(), beyond_alone=lines, beyond_money=lines / 2, paid=money)
        .answer()
        .series
    )
    assert (ahead.name, ahead.unit) == ("ahead", "units")
    assert ahead.words == "need met so far beyond working alone"
    assert ahead.quantiles == (0.05, 0.25, 0.5, 0.75, 0.95)
    assert ahead.money == (2, 4)
    np.testing.assert_allclose(ahead.lines, np.quantile(lines, ahead.quantiles, axis=0))
    assert all(type(v) is float for line in ahead.lines for v in line)
    assert all(type(month) is int for month in ahead.money)
    (over,) = with_lived(paid(), beyond_alone=lines, beyond_money=lines / 2).answer().series
    assert over.words == f"need met so far beyond {MONEY}"
    np.testing.assert_allclose(over.lines, np.quantile(lines / 2, over.quantiles, axis=0))


@pytest.mark.parametrize(
    ("gain", "text"),
    [
        (0.5, "working together met 50.0 % more need than {}, {}."),
        (-0.02, "working together met 2.0 % less need than {}, {}."),
        (0.0, "working together met exactly as much need as {}."),
        (1.0, "working together met 100.0 % more need than {}, {}."),
    ],
)
def test_a_single_run_is_told_by_itself(gain, text):
    kind = "none" if gain == 0 else "more" if gain > 0 else "less"
    said = build.one_run(results(runs=4, gain=[9, 9, gain, 9]), 2)
    assert said.id == f"one.{kind}"
    assert about(said) == ("gain", "", "share", FOUNDERS, HERE, None)
    assert (said.value, math.isnan(said.low), math.isnan(said.high)) == (gain, True, True)
    assert said.text == f"In it, {text.format('working apart', FOUNDERS)}"
    said = build.one_run(paid(runs=4, **{OVER: [9, 9, gain, 9]}), 2)
    assert said.id == f"one_money.{kind}"
    assert said.measure == OVER
    assert said.text == f"In it, {text.format(MONEY, FOUNDERS)}"
    assert build.one_gain(gain) == build.one_gain(gain, "gain")
    assert build.one_gain(gain).text == f"In it, {text.format('working apart', FOUNDERS)}"


def test_every_value_stands_in_the_answer_with_its_words():
    made = gaining(whole=True)
    values = {value.measure: value for value in made.answer().values}
    gain = values["gain"]
    assert (gain.words, gain.unit, gain.of) == ("collaborative gain", "share", FOUNDERS)
    assert (gain.value, gain.low, gain.high) == interval(around(0.1, 24))
    assert (gain.count, gain.shown, gain.money) == (24, (RUN, COMPARE), False)
    assert values[OVER].money
    assert list(values) == list(made.findings)
    assert build.value_words(gain) == ("collaborative gain", "10.0 %", "9.7 to 10.3 %", FOUNDERS)
    faster = dataclasses.replace(values["months_faster"], value=2.0, low=1.0, high=3.0)
    assert build.value_words(faster) == (
        "months ahead of working alone",
        "2.0 months",
        "1.0 to 3.0 months",
        "",
    )


def test_beside_one_with_money_those_without_have_none_and_are_not_unknown():
    name = f"{OVER}_while_paid"
    alone = gaining(whole=True).answer()
    money = paid(whole=True, **{name: around(0.1, 24)}).answer()
    row = next(r for r in build.rows(COMPARE, alone, money) if r[0].measure == name)
    told = [build.compared_words(*pair) for pair in zip(row, (alone, money), strict=True)]
    assert told == ["no money", "10.0 %\n(9.7 to 10.3 %)"]
    assert build.compared_words(row[0], money) == "not known\n(not known)"
    gain = next(value for value in alone.values if value.measure == "gain")
    assert build.compared_words(gain, alone) == "10.0 %\n(9.7 to 10.3 %)"
    unknown = dataclasses.replace(gain, value=NAN, low=NAN, high=NAN)
    assert build.compared_words(unknown, alone) == "not known\n(not known)"


def test_where_nothing_began_no_share_of_members_or_months_is_told():
    never = results(runs=24, whole=True, outcome=NEVER).answer()
    begun = gaining(whole=True).answer()
    shown = [m for m in MEASURES if COMPARE in m.shown and not m.money]
    shares = {m.name for m in shown if m.of in (OF_FOUNDING, OF_LIVING)}
    assert shares == {"better_off", "inertia"}
    alone = {row[0].measure for row in build.rows(COMPARE, never)}
    assert "gain" in alone
    assert not shares & alone
    beside = {row[0].measure: row for row in build.rows(COMPARE, begun, never)}
    assert shares <= set(beside)
    for name in shares:
        of_begun, of_never = beside[name]
        assert build.compared_words(of_begun, begun) == "0.0 %\n(0.0 %)"
        assert build.compared_words(of_never, never) == "never began"
    assert build.compared_words(beside["gain"][1], never) == "0.0 %\n(0.0 %)"


def test_tables_have_a_row_a_measure_and_leave_out_what_tells_nothing():
    alone, money = gaining(whole=True), paid(whole=True)
    plain = [row[0].measure for row in build.rows(RUN, alone.answer())]
    assert "gain_sd" in plain
    assert OVER not in plain
    assert not set(plain) & {m.name for m in MEASURES if m.money}
    assert not any(OUTCOMES[2] in name for name in plain)
    both = build.rows(COMPARE, alone.answer(), money.answer())
    assert [row[0].measure for row in both] == [
        m.name for m in MEASURES if COMPARE in m.shown and not np.isnan(money.column(m.name)).all()
    ]
    assert {len(row) for row in both} == {2}
    assert both[0][0].value == pytest.approx(0.1)
    known = paid(whole=True, **{f"{OVER}_while_paid": around(0.1, 24)})
    while_paid = [row[0].measure for row in build.rows(RUN, known.answer())]
    assert set(while_paid) >= {OVER, f"{OVER}_while_paid"}
    # What one of them does not have stands beside the other's as not known, never another measure.
    kept = [value for value in money.answer().values if value.measure != "gain_sd"]
    beside = build.rows(
        RUN, alone.answer(), dataclasses.replace(money.answer(), values=tuple(kept))
    )
    assert all(one.measure == other.measure for one, other in beside)
    (missing,) = (other for one, other in beside if one.measure == "gain_sd")
    assert np.isnan([missing.value, missing.low, missing.high]).all()


def test_the_values_that_a_reader_looks_for_first():
    assert [value.measure for value in build.key_values(gaining(whole=True).answer())] == [
        "gain",
        "area_gain",
        "extra_met_a_year",
        "loses",
    ]
    assert [value.measure for value in build.key_values(paid(whole=True).answer())] == [
        OVER,
        "area_" + OVER,
        "extra_met_over_equal_money_a_year",
        "gain",
    ]
