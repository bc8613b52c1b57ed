"""Every sentence of an answer is true of its runs; and what checks that catches what is not."""

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.answer import checker
from tests.answer.worlds import pairs, scenarios

import cgsim
from cgsim.answer import build, catalogue, compare
from cgsim.experiment.doubt import drawn_many, draws_of
from cgsim.scenario.parameters import BY_NAME, PARAMETERS

RUNS = 12
FREE = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large],
}


def answered(scenario, runs=RUNS, seed=1):
    return cgsim.run(scenario, runs, seed, reasons=True, workers=1).answer()


def hold(scenario, runs, seed):
    answer = answered(scenario, runs, seed)
    raw = checker.live(scenario, runs, seed)
    assert checker.faults(answer.text, raw) == [], answer.text
    luck = answer.luck
    assert luck.loses == int((raw.gain(2 if raw.money else 1) < -1e-9).sum())
    if raw.settled_always and raw.begun.any():
        told = [build.change_statement(c).text for c in answer.changes]
        assert any(t.startswith("if issues settled themselves: no change") for t in told)
    wrong = checker.wrong_values(answer.values, raw)
    wrong += checker.wrong_outcomes(build.outcomes_in_words(answer), raw)
    if raw.begun.any():
        wrong += checker.wrong_changes(
            [build.change_statement(c).text for c in answer.changes], raw
        )
        wrong += checker.wrong_account(
            [s.text for s in build.account_statements(answer.account)], raw
        )
    assert wrong == []


@given(scenario=scenarios(), seed=st.integers(0, 2**20))
@settings(max_examples=60, derandomize=True, **FREE)
def test_every_sentence_is_true_of_its_runs(scenario, seed):
    hold(scenario, RUNS, seed)


@pytest.mark.soak
@given(scenario=scenarios(), runs=st.integers(1, 40), seed=st.integers(0, 2**20))
@settings(max_examples=2000, **FREE)
def test_every_sentence_is_true_of_its_runs_over_thousands_of_scenarios(scenario, runs, seed):
    hold(scenario, runs, seed)


def hold_beside_each_other(pair, runs, seed):
    scenario, other, kind = pair
    one, first = (cgsim.run(s, runs, seed, workers=1) for s in (other, scenario))
    text = compare.beyond_statement("B", "A", one, first).text
    mine, others = (checker.live(s, runs, seed, checker.ARMS[:3]) for s in (other, scenario))
    alike = np.array_equal(mine.founders, others.founders)
    of = checker.FOUNDERS if alike and kind != "area" else checker.AREA
    assert alike or kind in ("size", "area")
    wrong = checker.wrong_comparison(text, mine, others, paired=kind != "area", of=of)
    assert wrong == [], text


@given(pair=pairs(), seed=st.integers(0, 2**20))
@settings(max_examples=60, derandomize=True, **FREE)
def test_what_is_said_of_two_beside_each_other_is_true(pair, seed):
    hold_beside_each_other(pair, RUNS, seed)


@pytest.mark.soak
@given(pair=pairs(), runs=st.integers(1, 40), seed=st.integers(0, 2**20))
@settings(max_examples=1000, **FREE)
def test_what_is_said_of_a_thousand_pairs_is_true(pair, runs, seed):
    hold_beside_each_other(pair, runs, seed)


def test_a_false_comparison_is_caught():
    scenarios = [cgsim.load("baseline", c) for c in ((), {"meetings": 4}, {"size": 5})]
    raws = [checker.live(s, 30, 1, checker.ARMS[:3]) for s in scenarios]
    first, often, few = (cgsim.run(s, 30, 1) for s in scenarios)

    def wrong(text, raw=raws[1], *, paired=True, of=checker.FOUNDERS):
        return checker.wrong_comparison(text, raw, raws[0], paired=paired, of=of)

    text = compare.beyond_statement("B", "A", often, first).text
    assert wrong(text) == []
    for old, new in (
        ("less than", "more than"),
        (", paired run by run", ""),
        (checker.FOUNDERS, checker.AREA),
        (re.search(r"gains (\S+)", text)[1], "1.1"),
        (re.search(r"interval (\S+)", text)[1], "0.1"),
    ):
        assert wrong(text.replace(old, new)) != [], old
    turned = re.sub(r"interval (\S+) to (\S+) %?\)", r"interval \2 to \1)", text)
    assert wrong(re.sub(r"interval (\S+) to (\S+)\)", r"interval \2 to \1)", turned)) != []
    unclear = "Whether B gains more than A is not clear: " + text.removeprefix("B gains ")
    assert wrong(unclear.replace(" less than A", "")) != []
    assert wrong("B gains exactly as much as A.") != []
    assert wrong(text, paired=False, of=checker.AREA) != []
    text = compare.beyond_statement("B", "A", few, first).text
    assert wrong(text, raws[2], of=checker.AREA) == []
    assert wrong(text, raws[2]) != []


@pytest.mark.parametrize("name", ["baseline", "korsakoff"])
def test_what_is_said_of_draws_is_true_of_draws_that_are_lived_again(name):
    scenario = cgsim.load(name)
    drawn = drawn_many([scenario], 3, draws=8, runs_each=2)[0]
    answer = cgsim.run(scenario, RUNS, 3, reasons=True).answer(drawn)
    own = [key for key in drawn.inputs if scenario.values[key] != BY_NAME[key].default]
    told = re.search(checker.ANEW, answer.text)
    assert bool(told) == bool(own) == (name == "korsakoff")
    assert told is None or all(catalogue.word(f"input.{key}") in told[0] for key in own)
    gains = []
    for number, point in enumerate(draws_of([scenario], 8, 3)):
        world = scenario.replace(*(f"{key}={value!r}" for key, value in point.items()))
        raw = checker.live(world, 2, 3, checker.ARMS[:3], first=number * 10**9)
        gains.append(raw.gain(2 if name == "korsakoff" else 1).mean())
    np.testing.assert_allclose(answer.doubt.values, gains, rtol=1e-9)
    raw = checker.live(scenario, RUNS, 3)
    assert checker.faults(answer.text, raw, np.array(gains)) == []
    assert "no word on what nobody knows" in checker.faults(
        re.sub(r"What nobody knows: [^.]*\.", "", answer.text), raw, np.array(gains)
    )


def test_what_nobody_knows_of_one_is_the_same_by_itself_and_beside_others():
    pair = [cgsim.load(name) for name in ("baseline", "civic-centre")]
    assert pair[0].fixed_counts != pair[1].fixed_counts  # one of them settles its skills
    beside = drawn_many(pair, 3, draws=8, runs_each=2)
    for scenario, found in zip(pair, beside, strict=True):
        (alone,) = drawn_many([scenario], 3, draws=8, runs_each=2)
        np.testing.assert_array_equal(found.over_money, alone.over_money)
        assert found.inputs.keys() == alone.inputs.keys()
    assert set(beside[0].inputs) - set(beside[1].inputs) == {"skills", "crosscut"}
    assert pair[1].known == ("crosscut",)


def test_one_that_knows_all_is_compared_with_one_that_knows_nothing():
    known = [p.name for p in PARAMETERS if p.prior]
    pair = [cgsim.load("baseline", {"known": known}), cgsim.load("baseline")]
    knows, drawn = drawn_many(pair, 3, draws=5, runs_each=2)
    assert (knows.inputs, len(knows.gain), len(drawn.gain)) == ({}, 5, 5)
    assert len(set(knows.gain)) == 5  # each with luck of its own


@pytest.fixture(scope="module")
def korsakoff():
    """Paid hours, issues that are settled nearly always, some runs that lose after the money."""
    scenario = cgsim.load("korsakoff", {"fund": 400, "fund_months": 60})
    return answered(scenario, 40), checker.live(scenario, 40, 1)


def caught(text, raw, what):
    wrong = checker.faults(text, raw)
    assert any(what in line for line in wrong), wrong


def test_what_frictions_and_hours_are_said_to_do_is_checked():
    scenario = cgsim.load("inertia")
    answer, raw = answered(scenario, 30), checker.live(scenario, 30, 1)
    told = [build.change_statement(c).text for c in answer.changes]
    assert checker.wrong_changes(told, raw) == []
    assert checker.wrong_changes(told[1:], raw) != []
    assert checker.wrong_changes(told[::-1], raw) != []
    sign = [re.sub(r": ([+−])", lambda m: ": −" if m[1] == "+" else ": +", t) for t in told]
    assert len(checker.wrong_changes(sign, raw)) >= 4
    chance = [re.sub(r": [+−].*", ": no change that can be told from chance", t) for t in told]
    assert len(checker.wrong_changes(chance, raw)) >= 4
    always = [re.sub(r": .*", ": no change, as all issues were settled in every month", told[0])]
    assert len(checker.wrong_changes(always, raw)) >= 2
    hours = [s.text for s in build.account_statements(answer.account)]
    assert checker.wrong_account(hours, raw) == []
    swapped = re.sub(r"(\d\S*) % went(.*and )(\S+) %", r"\3 % went\2\1 %", hours[0])
    assert len(checker.wrong_account([swapped, *hours[1:]], raw)) == 2
    for place, said in enumerate(hours):
        left_out = hours[:place] + hours[place + 1 :]
        assert len(checker.wrong_account(left_out, raw)) == 1, said
        other = re.sub(r"\d\.\d", "9.9", said)
        assert checker.wrong_account([*left_out, other], raw) != [], other
    assert checker.wrong_values(answer.values, raw) == []
    (other,) = (v for v in answer.values if v.measure == "gain_by_trend")
    for measure in ("gain", "area_gain", "extra_met_a_year", "loses"):
        swapped = [
            replace(other, measure=measure) if v.measure == measure else v for v in answer.values
        ]
        assert checker.wrong_values(swapped, raw) != [], measure


def test_a_false_gain_around_a_change_is_caught():
    scenario = cgsim.load("korsakoff", ["months=24"])
    changed = "\n[[change]]\nmonth = 18\n[change.set]\nmeetings = 4\n"
    scenario = cgsim.loads(scenario.to_toml() + changed)
    values, raw = answered(scenario, 20).values, checker.live(scenario, 20, 1)
    assert checker.wrong_values(values, raw) == []
    around = [value for value in values if "_month_" in value.measure]
    assert [value.measure for value in around] == [
        "gain_before_month_18",
        "gain_from_month_18",
        "gain_over_equal_money_before_month_18",
        "gain_over_equal_money_from_month_18",
    ]
    for one in around:
        without = [value for value in values if value is not one]
        assert checker.wrong_values([*without, replace(one, value=one.value + 0.01)], raw) != []


def test_a_false_reason_is_caught():
    scenario = cgsim.load("korsakoff")
    text, raw = answered(scenario, 30).text, checker.live(scenario, 30, 1)
    assert checker.faults(text, raw) == []
    false = re.sub(r"if [^,]+, (?=[+−])", "if issues settled themselves, ", text, count=1)
    assert false != text
    caught(false, raw, "a friction is named that would not change most")
    old = text + " Of what was possible, the most went to issues that are not settled."
    caught(old, raw, "nobody can check")
    none = re.sub(r"What would add most.*?met alone\.", NONE, text)
    caught(none, raw, "says that no friction stands out, and one does")


NONE = (
    "No single friction stands out as what holds it back: no one of them, switched off alone, "
    "adds 0.1 points or more that can be told from chance."
)


def test_a_reason_is_no_gain_that_more_paid_hours_bring():
    """Hours are bought while it lives, as many as members give: more without a friction."""
    changes = {"fund": 400, "fund_months": 60, "matched": True, "authority": 0.01}
    scenario = cgsim.load("baseline", changes)
    answer, raw = answered(scenario, 20), checker.live(scenario, 20, 1)
    assert checker.faults(answer.text, raw) == []
    assert "over the same money: if issues settled themselves" in answer.text
    change = next(c for c in answer.changes if c.friction == "coordination")
    arm = 3 + 2 * checker.FRICTIONS.index("coordination")
    met = ((raw.met[:, arm] - raw.met[:, 0]) * raw.since).sum(axis=1)
    with_paid_hours = checker.share(met, raw.base("founders", raw.since)).mean()
    assert with_paid_hours > change.value + 0.02
    assert change.measure == "gain_over_equal_money"
    paid = re.sub(
        r"(themselves, )\S+ points", rf"\g<1>+{100 * with_paid_hours:.1f} points", answer.text
    )
    caught(paid, raw, "reason: says")
    unsaid = answer.text.replace("add most over the same money", "add most")
    caught(unsaid, raw, "over the same money")


def test_a_false_word_on_how_it_came_out_is_caught():
    scenario = cgsim.load("korsakoff")
    answer, raw = answered(scenario, 60), checker.live(scenario, 60, 1)
    text = build.outcomes_in_words(answer)
    assert checker.wrong_outcomes(text, raw) == []
    assert "spent on services" in text
    for old, new in (
        ("the same money spent on services", "working apart"),
        (re.search(r"hours (\d+) %", text)[0], "hours 1 %"),
        ("alive and worth its hours", "reached its target"),
        ("All the same, every one of these runs", "None of these runs"),
        (re.search(r"In \d+ of", text)[0], "In 3 of"),
        (text.partition(". ")[2], ""),
    ):
        assert checker.wrong_outcomes(text.replace(old, new, 1), raw) != [], old


def test_runs_that_all_come_to_the_same_are_said_to():
    scenario = cgsim.load("baseline", {"need_inflow": 0, "backlog_months": 0})
    answer, raw = answered(scenario, 30), checker.live(scenario, 30, 1)
    assert "All runs come to the same." in answer.text
    assert checker.faults(answer.text, raw) == []
    alike = "Nine of ten runs lie between 0.0 % and 0.0 %, of what the founders met alone."
    caught(answer.text.replace("All runs come to the same.", alike), raw, "ends that look alike")
    baseline = cgsim.load("baseline")
    text, raw = answered(baseline, 30).text, checker.live(baseline, 30, 1)
    false = re.sub(r"Nine of ten .*?alone\.", "All runs come to the same.", text)
    caught(false, raw, "all runs come to the same")


def test_issues_that_were_always_settled_are_never_the_reason():
    scenario = cgsim.load("baseline", {"size": 9, "meetings": 2, "authority": 0.9})
    raw = checker.live(scenario, RUNS, 1)
    assert raw.settled_always
    answer = answered(scenario)
    assert "issues settled themselves" not in answer.text
    (change,) = (c for c in answer.changes if c.friction == "coordination")
    assert change.settled_always
    assert (change.value, change.low, change.high) == (0.0, 0.0, 0.0)
    told = build.change_statement(change).text
    assert told.endswith("no change, as all issues were settled in every month")
    false = re.sub(r"if [^,]+, (?=[+−])", "if issues settled themselves, ", answer.text, count=1)
    caught(false, raw, "issues are named though they were settled in every month")


def test_paid_hours_are_not_counted_as_gain(korsakoff):
    answer, raw = korsakoff
    gain, over = raw.gain(1).mean(), raw.gain(2).mean()
    assert gain > 1.3 * over > 0
    assert answer.measure == "gain_over_equal_money"
    old = answer.text.replace("the same money spent on services", "working apart", 1)
    caught(old, raw, "not over the same money")
    caught(
        re.sub(r"Counted with .*?\)\. ", "", answer.text),
        raw,
        "no word on the hours that were paid",
    )


def test_the_sign_of_the_headline_is_that_over_the_same_money():
    changes = {"fund": 100, "fund_months": 60, "ambient": 0.6, "coupling": 0.3}
    for name in ("korsakoff", "baseline"):
        scenario = cgsim.load(name, changes)
        answer, raw = answered(scenario, 30), checker.live(scenario, 30, 1)
        over = raw.gain(2).mean()
        (said,) = (
            s
            for s in answer.headline
            if s.id.startswith("money.")
            and s.measure != "gain"
            and s.id.partition(".")[2] in ("more", "less", "unclear")
        )
        assert (said.value > 0) == (over > 0)
        assert checker.faults(answer.text, raw) == []


def test_a_loss_told_as_a_gain_or_turned_round_is_caught():
    scenario = cgsim.load("inertia")
    answer, raw = answered(scenario, 30), checker.live(scenario, 30, 1)
    assert "less need than working apart" in answer.text
    assert checker.faults(answer.text, raw) == []
    caught(answer.text.replace("% less need", "% more need"), raw, "headline: says more")
    turned = re.sub(r"interval (\S+) to (\S+) %", r"interval \2 to \1 %", answer.text, count=1)
    caught(turned, raw, "low end")
    caught(answer.text.replace("in every run", "in no run"), raw, "says that it loses in no run")


def test_one_number_does_not_hide_what_comes_after_the_money():
    scenario = cgsim.load("korsakoff")
    answer, raw = answered(scenario, 40), checker.live(scenario, 40, 1)
    assert checker.faults(answer.text, raw) == []
    found = re.search(dict(checker.PATTERNS)["paid"], answer.text)
    assert float(found[1]) > 5 * float(found[6])
    caught(answer.text.replace(found[6] + " %", "9.9 %"), raw, "after the money")
    for place, what in ((2, "while the money lasts"), (7, "after the money")):
        other = found[0].replace(f"in the {found[place]} months", "in the 7 months")
        caught(answer.text.replace(found[0], other), raw, f"{what}: says 7 to 7 months")
    caught(answer.text.replace(found[0], ""), raw, "no word on what comes while the money lasts")


def test_what_comes_before_and_after_a_change_is_told():
    scenario = cgsim.load("community-safety")
    answer, raw = answered(scenario, 30), checker.live(scenario, 30, 1)
    assert checker.faults(answer.text, raw) == []
    (month,) = raw.changes
    told = re.search(checker.CHANGE, answer.text)
    assert int(told[3]) == month
    left_out = answer.text.replace(told[0], "")
    caught(left_out, raw, f"no word on what comes before and after month {month}")
    turned = re.sub(checker.CHANGE, lambda m: m[0].replace(m[4] + " %", "77.7 %", 1), answer.text)
    caught(turned, raw, f"around month {month}")


def test_other_runs_than_those_of_the_headline_are_caught():
    scenario = cgsim.load("baseline")
    text, raw = answered(scenario, 30).text, checker.live(scenario, 30, 1)
    other = answered(scenario, 30, seed=2).text
    reason = dict(checker.PATTERNS)["reason"]
    mine, others = (re.search(reason, told)[0] for told in (text, other))
    assert mine != others
    caught(text.replace(mine, others), raw, "reason")


def test_nothing_is_never_told_as_more_or_less():
    scenario = cgsim.load("baseline", {"ambient": 0.1})
    text, raw = answered(scenario, 30).text, checker.live(scenario, 30, 1)
    found = re.search(dict(checker.PATTERNS)["gain"], text)
    old = text.replace(f"met {found[1]} % more", "met 0.0 % more", 1)
    caught(old, raw, "nothing is more or less than nothing")


def test_ends_of_an_interval_that_look_alike_are_caught():
    scenario = cgsim.load("inertia")
    text, raw = answered(scenario, 100).text, checker.live(scenario, 100, 1)
    assert checker.faults(text, raw) == []
    found = re.search(dict(checker.PATTERNS)["gain"], text)
    alike = found[0].replace(f"interval {found[4]} to {found[5]}", "interval 2.9 to 2.9")
    caught(text.replace(found[0], alike), raw, "ends that look alike")


def test_a_headline_without_the_whole_area_is_caught():
    scenario = cgsim.load("baseline")
    text, raw = answered(scenario, 30).text, checker.live(scenario, 30, 1)
    area = re.search(dict(checker.PATTERNS)["area"], text)
    caught(text.replace(area[0], ""), raw, "no word on what it is for the whole area")


def test_every_percentage_says_of_what():
    answer = answered(cgsim.load("baseline"))
    for value in answer.values:
        assert bool(value.of) == (value.unit == "share"), value.measure
    raw = checker.live(cgsim.load("baseline"), RUNS, 1)
    caught(answer.text.replace(", of what the founders met alone", "", 1), raw, "no headline")
    swapped = answer.text.replace("of what the founders met", "of what all agencies met", 1)
    caught(swapped, raw, "nobody can check")


def test_inert_runs_that_gain_are_explained():
    results = cgsim.run("korsakoff", 60, 1)
    answer = results.answer()
    told = build.outcomes_in_words(answer)
    inert = results.column("outcome") == 3
    gained = (inert & (results.column("gain_over_equal_money") > 0)).sum()
    assert inert.sum() > 0
    assert f"In {inert.sum()} of 60 runs it lived on although" in told
    words = {0: "None of these runs met", inert.sum(): "every one of these runs met"}
    assert words.get(gained, f"{gained} of these runs still met") + " more need" in told
    assert "than the same money spent on services" in told
    assert "inert" not in told


def test_a_name_tells_the_size_that_it_has():
    assert (
        answered(cgsim.load("baseline", {"size": 10}), 2).title == "A partnership of 10 (changed)"
    )
    assert answered(cgsim.load("baseline"), 2).title == "A partnership of eight"


def test_an_interval_has_digits_that_tell_its_ends_apart():
    answer = answered(cgsim.load("baseline"), 400)
    rows = [build.value_words(v) for v in answer.values if v.low < v.high]
    assert rows
    for words, _, interval, _ in rows:
        low, _, high = interval.partition(" to ")
        assert low != re.sub(r" (%|\D.*)$", "", high), (words, interval)


def test_a_partnership_that_never_began_says_so_with_its_month():
    scenario = cgsim.load("baseline", {"start": 30, "months": 24})
    answer, raw = answered(scenario), checker.live(scenario, RUNS, 1)
    assert "no partnership began within the 24 months" in answer.text
    assert "month 30" in answer.text
    old = "In 12 runs of “x”, working together met exactly as much need as working apart."
    caught(old, raw, "it never began, and nobody says so")


def test_a_partnership_that_has_ended_says_so_with_its_month():
    scenario = cgsim.load("baseline", {"last": 30})
    answer = answered(scenario)
    told = "The partnership had ended in every run, in the middle one by month 30."
    assert told in answer.text
    raw = checker.live(scenario, RUNS, 1)
    caught(answer.text.replace(told, ""), raw, "it had ended, and nobody says so")
    caught(answer.text.replace("month 30.", "month 40."), raw, "the month of the end is another")


def test_differences_between_areas_are_not_told_as_paired():
    first, other = (cgsim.run(name, 30, 1) for name in ("baseline", "korsakoff"))
    said = compare.beyond_statement("B", "A", other, first)
    assert "different areas" in said.text
    assert "paired" not in said.text
    assert said.measure == "area_gain_over_equal_money"
    mine, others = (r.column(said.measure) for r in (other, first))
    assert said.value == pytest.approx(mine.mean() - others.mean())
    error = np.sqrt(mine.var(ddof=1) / 30 + others.var(ddof=1) / 30)
    assert 1.9 < (said.high - said.value) / error < 2.1


def test_designs_with_other_members_are_compared_by_the_gain_of_the_area():
    eight, ten, often = (
        cgsim.run("baseline", 200, 1, changes) for changes in ((), {"size": 10}, {"meetings": 2})
    )
    said = compare.beyond_statement("ten", "eight", ten, eight)
    assert said.of == checker.AREA
    assert "more than eight, of what all agencies met alone" in said.text
    assert ten.column("area_gain").mean() > eight.column("area_gain").mean()
    assert compare.beyond_statement("often", "eight", often, eight).of == checker.FOUNDERS
