"""What answers lead to: ordered forecasts, honest doubt, and changes on the same luck."""

import functools
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cgsim.analysis.shares import shares_of
from cgsim.answer import formats
from cgsim.assess import words
from cgsim.assess.answers import Voice
from cgsim.assess.assessment import assess, best_of, groups_of, tried_of
from cgsim.assess.draws import Draws, Start
from cgsim.assess.forecast import Runner
from cgsim.assess.questions import AGENDA, Change, questionnaire
from cgsim.experiment.design import uniforms
from cgsim.running.batch import open_batch
from cgsim.scenario import library, load, loads
from cgsim.scenario.errors import ScenarioError
from cgsim.scenario.parameters import BY_NAME
from cgsim.statistics import Estimate

from .people import BEST, NOBODY, TORN, WORST, of

ASKED = questionnaire()
BASELINE = Start(load("baseline"), own=False)
SMALL = {"draws": 60, "replicates": 4}


@functools.cache
def assessed(*voices, **more):
    return assess(of(*(v() for v in voices)), **{**SMALL, **more})


def best():
    return BEST


def worst():
    return WORST


def nobody():
    return NOBODY


def torn():
    return TORN


def drawn(*voices, start=BASELINE, count=60, seed=1):
    return Draws(of(*voices), start, count, seed)


def test_the_extremes_give_ordered_forecasts():
    good, open_, bad = assessed(best), assessed(nobody), assessed(worst)
    medians = [a.forecast.median for a in (bad, open_, good)]
    assert medians[0] < -0.02 < medians[1] < medians[2]
    assert medians[2] > 0.05
    gains = [a.forecast.gains.value for a in (bad, open_, good)]
    assert gains[0] < gains[1] < gains[2]
    idle = [a.forecast.inertia.value for a in (bad, open_, good)]
    assert idle[0] > idle[1] > idle[2]
    trouble = [
        a.forecast.outcomes["inert"].value + a.forecast.outcomes["collapsed"].value
        for a in (bad, open_, good)
    ]
    assert trouble[0] > trouble[1] > trouble[2]


def test_outcomes_of_all_kinds_make_up_the_whole():
    for found in (assessed(best), assessed(nobody)):
        total = math.fsum(e.value for e in found.forecast.outcomes.values())
        assert total == pytest.approx(1.0)
        f = found.forecast
        assert f.nine_in_ten[0] <= f.half[0] <= f.median <= f.half[1] <= f.nine_in_ten[1]
        assert f.one_partnership[0] <= f.nine_in_ten[0]
        assert f.one_partnership[1] >= f.nine_in_ten[1]


answer = st.sampled_from([(q.id, a) for q in ASKED.questions.values() for a in q.answers])
chosen = st.lists(answer, max_size=24).map(dict)


@given(chosen, answer)
def test_an_answer_never_widens_what_is_open(given, more):
    draws = drawn(NOBODY)
    before, after = draws.ranges(given), draws.ranges({**given, more[0]: more[1]})
    torn = drawn(Voice("A", {**given, more[0]: more[1]})).contradictions
    apart = {c.key for c in torn}
    for key, left in after.items():
        # Two answers that contradict each other leave what either leaves, never more than nothing.
        known = ASKED.wide[key] if key in apart or more[0] in given else before[key]
        if left.values:
            assert set(left.values) <= set(known.values) or key == AGENDA
        elif key != "fund":
            assert known.low <= left.low
            assert left.high <= known.high


def test_draws_of_a_parameter_do_not_depend_on_the_other_answers():
    one, other = (
        drawn(Voice("A", {"trust": "high"})),
        drawn(Voice("A", {"trust": "high", "lead": "nobody"})),
    )
    for key in ("trust_stranger", "ambient", "size"):
        assert [p[key] for p in one.points] == [p[key] for p in other.points]
    shares = uniforms(1, "trust_stranger", 60)
    low, high = 0.33, 0.5
    assert [p["trust_stranger"] for p in one.points] == pytest.approx(low + shares * (high - low))
    assert [dict(p) for p in drawn(NOBODY, count=30).points] == [
        dict(p) for p in drawn(NOBODY, count=60).points[:30]
    ]


def test_partners_who_disagree_widen_the_forecast():
    both, good, bad = assessed(best, worst), assessed(best), assessed(worst)
    for key in ("trust_stranger", "meetings", "operational"):
        values = [[p[key] for p in a.draws.points] for a in (both, good, bad)]
        assert min(values[0]) < max(min(values[1]), min(values[2]))
        assert np.ptp(values[0]) > max(np.ptp(values[1]), np.ptp(values[2]))
    assert bad.forecast.median < both.forecast.median < good.forecast.median
    assert [f.median for _, f in both.by_partner] == [good.forecast.median, bad.forecast.median]
    said = " ".join(words.partners(both))
    assert "2 partners answered." in said
    assert "They differ most on" in said
    assert "As Council sees it" in said
    worth = {s.name: s.estimate.value for s in both.disputes}
    assert worth["disagreement"] >= 0.1


def test_questions_on_which_partners_differ_as_far_are_told_as_ties():
    found = assessed(nobody)

    def told(one, other):
        pair = (Voice("A", one), Voice("B", other))
        return [s for s in words.agreement(replace(found, draws=drawn(*pair))) if "differ" in s]

    one = {"trust": "high", "lead": "supported", "meetings": "monthly"}
    apart = {"trust": "wary", "lead": "nobody"}
    asked = questionnaire().questions
    ends = [name for name, q in asked.items() if len(q.answers) > 1][:6]
    first = {name: next(iter(asked[name].answers)) for name in ends}
    last = {name: list(asked[name].answers)[-1] for name in ends}
    (most,) = told({ends[0]: first[ends[0]]}, {ends[0]: last[ends[0]]})
    assert most.startswith(f"They differ most on {asked[ends[0]].topic}.")
    two = [{name: answers[name] for name in ends[:3]} for answers in (first, last)]
    assert told(*two)[1] == (
        f"They differ just as far on {asked[ends[1]].topic} and {asked[ends[2]].topic}."
    )
    assert told(first, last)[1] == "They differ just as far on 5 other questions."
    order = list(asked["trust"].answers)
    near = {**one, "trust": order[1]}, {**one, **apart, "trust": order[0]}
    assert len(told(*near)) == 1  # one step is less far than the whole way


def test_who_does_not_know_leaves_the_word_to_who_does():
    alone, with_one_more = drawn(BEST), drawn(BEST, NOBODY)
    assert alone.points == with_one_more.points


def test_partners_who_agree_are_as_one():
    one, two = drawn(BEST), drawn(BEST, Voice("Health", BEST.answers))
    assert one.points == two.points
    assert two.answers.disputed == []


def test_contradictions_are_told_in_words_and_leave_both_open():
    draws = drawn(TORN)
    (found,) = draws.contradictions
    assert {found.first.id, found.second.id} == {"trust", "experience"}
    left = draws.ranges(TORN.answers)["trust_stranger"]
    assert (left.low, left.high) == (0.1, 0.5)
    said = " ".join(words.gaps(assessed(torn)))
    assert "Two answers pull apart." in said
    assert "“They rely on each other's word.”" in said
    assert "22 of 24 questions were left open or answered with “don't know”" in said


def test_no_answer_at_all_is_a_partnership_in_general():
    found = assessed(nobody)
    assert words.gaps(found)[0].startswith("Nothing was answered")
    assert words.partners(found) == []


def test_the_same_numbers_twice_on_one_worker_or_two():
    one = assess(of(TORN), draws=50, replicates=2, workers=1)
    two = assess(of(TORN), draws=50, replicates=2, workers=2)
    assert one.to_dict() == two.to_dict()
    other = assess(of(TORN), draws=50, replicates=2, seed=2)
    assert other.forecast.median != one.forecast.median


def test_a_folder_holds_the_same_numbers_and_goes_on_where_it_stopped(tmp_path):
    draws = drawn(BEST, WORST)
    in_memory = Runner(draws, 2).run("present", draws.points, money=True)
    for _ in range(2):
        kept = Runner(draws, 2, tmp_path).run("present", draws.points, money=True)
        for name in ("gain", "area", "hours", "bought", "over_money", "inertia"):
            assert np.array_equal(getattr(kept, name), getattr(in_memory, name)), name
        for name in ("outcomes", "windows"):
            for key, values in getattr(in_memory, name).items():
                assert np.array_equal(getattr(kept, name)[key], values, equal_nan=True), key
    assert open_batch(tmp_path / "present").computed == 0


def test_the_order_in_which_partners_answer_does_not_matter():
    assert drawn(BEST, WORST, TORN).points == drawn(TORN, BEST, WORST).points


def test_a_change_that_changes_nothing_has_an_effect_of_exactly_nothing():
    draws = drawn(BEST)
    idle = Change(id="x", kind="x", text="x", assumed="x", set={"secretariat": {"to": 77}})
    points = draws.changed(idle)
    assert all(new != old for new, old in zip(points, draws.points, strict=True))
    runner = Runner(draws, 4)
    present = runner.run("present", draws.points)
    done = tried_of((idle,), runner.run("x", points), present)
    for estimate in (done.effect, done.hours, done.bought):
        assert (estimate.value, estimate.low, estimate.high) == (0.0, 0.0, 0.0)
    assert not done.clear
    assert "as now" in words.cost(done)

    def told(value, low, high):
        return words.cost(replace(done, hours=Estimate(value, low, high, 50)))

    before = "Overhead of all partners together: "
    assert told(-52.0, -123.0, -19.0) == (
        f"{before}52 hours a year less (95 % interval 19 to 123)."
    )
    assert told(52.0, 19.0, 123.0) == f"{before}52 hours a year more (95 % interval 19 to 123)."
    for value in (-52.0, 52.0):
        assert told(value, -123.0, 99.0) == (
            f"{before}no difference in hours that can be told from chance (95 % interval −123 to "
            "99 a year)."
        )


def test_changes_touch_only_what_they_name():
    draws = drawn(NOBODY)
    for change in ASKED.changes:
        for old, new in zip(draws.points, draws.changed(change), strict=True):
            assert {k for k in old if old[k] != new[k]} <= set(change.set)
    fewer = next(c for c in ASKED.changes if c.id == "fewer")
    assert all(
        2 <= n["size"] <= o["size"] for o, n in zip(draws.points, draws.changed(fewer), strict=True)
    )


def test_what_is_so_already_is_not_tried():
    found = assessed(best)
    settled = {c.id for c in found.settled}
    tried = {t.changes[0].id for t in found.tried}
    assert "money" in settled
    assert settled.isdisjoint(tried)
    assert settled | tried == {c.id for c in ASKED.changes}


def test_the_best_changes_are_clear_sorted_and_each_of_its_own_kind():
    found = assessed(nobody)
    assert 1 <= len(found.best) <= 3
    effects = [t.effect.value for t in found.best]
    assert effects == sorted(effects, reverse=True)
    assert all(t.clear and t.effect.low > 0 for t in found.best)
    kinds = [t.changes[0].kind for t in found.best]
    assert len(set(kinds)) == len(kinds)
    assert found.together is not None
    assert {c.id for c in found.together.changes} == {t.changes[0].id for t in found.best}
    assert best_of(()) == ()


def test_a_hopeless_case_is_called_so_and_a_good_one_is_not():
    assert assessed(worst).advised_against
    said = words.changes(assessed(worst))
    assert said[0].startswith("As far as this can tell, do not form a partnership")
    assert said[1] == "If there has to be a partnership, these lose least:"
    assert not assessed(best).advised_against
    assert "do not form" not in " ".join(words.changes(assessed(best)))


def test_that_nothing_helps_or_stands_out_is_said():
    found = assessed(best)
    none = replace(found, tried=found.tried[-2:], together=None)
    assert words.changes(none) == ["None of the 2 changes that were tried helps clearly."]
    faint = replace(found, shares=())
    assert words.doubt(faint)[0].startswith("Nothing stands out")


def test_after_the_money_is_told_where_it_can_be_seen():
    found = assessed(best)
    assert found.after is not None
    assert found.after.draws == 60
    assert found.after.alive_before.value >= found.after.alive_after.value
    assert "When the money ends" in " ".join(words.money(found))
    assert assessed(worst).after is None
    assert words.money(assessed(worst)) == []
    short = assess(of(BEST), load("baseline", ["months=40"]), **SMALL)
    assert short.after is None
    assert "is not shown" in " ".join(words.money(short))


def test_ones_own_case_keeps_its_levers_where_nobody_answered():
    own = Start(load("inertia"), own=True)
    draws = drawn(Voice("A", {"trust": "high"}), start=own)
    assert "meetings" not in draws.points[0]
    assert "trust_stranger" in draws.points[0]
    assert "ambient" in draws.points[0]
    assert draws.changed(next(c for c in ASKED.changes if c.id == "meet-less"))[0]["meetings"] == (
        0.5 * own.value("meetings")
    )


def test_what_a_case_knows_stands_unless_a_partner_answers_about_it():
    case = load("inertia", ['known=["patience", "crosscut"]', "crosscut=0.9"])
    own = Start(case, own=True)
    silent = drawn(Voice("A", {"trust": "high"}), start=own)
    assert not {"patience", "crosscut"} & set(silent.points[0])
    told = drawn(Voice("A", {"services": "one-service"}), start=own)
    assert "patience" not in told.points[0]
    assert max(point["crosscut"] for point in told.points) <= 0.5
    middle = assess(of(Voice("A", {"services": "one-service"})), case, **SMALL).scenario
    assert middle.known == ("patience",)
    (note,) = (note for note in own.notes() if note.startswith("Known in the scenario"))
    assert "how long disappointed members stay" in note


def test_a_case_that_names_its_members_sets_the_answers_on_them_aside():
    own = Start(load("korsakoff"), own=True)
    assert own.fixed == ("size", "recruit")
    draws = drawn(BEST, start=own)
    assert "size" not in draws.points[0]
    assert any("who its members are" in note for note in own.notes())
    fewer = next(c for c in ASKED.changes if c.id == "fewer")
    assert draws.changed(fewer) == draws.points


def test_more_partners_than_there_are_agencies_are_all_of_them():
    small = Start(load("baseline", ["agencies=9"]), own=False)
    draws = drawn(WORST, start=small)
    assert {p["size"] for p in draws.points} == {9}


@pytest.mark.parametrize("name", library.names())
def test_every_library_scenario_is_ones_own_case_or_is_refused_in_words_that_say_why(name):
    scenario = load(name)
    if len(scenario.partnerships) != 1:
        with pytest.raises(ScenarioError) as told:
            assess(of(BEST), name, **SMALL)
        (line,) = str(told.value).splitlines()
        assert f"got {len(scenario.partnerships)} partnerships; allowed a scenario with one" in line
        return
    for voice in (BEST, WORST, NOBODY):
        draws = drawn(voice, start=Start(scenario, own=True))
        for points in (draws.points, *map(draws.changed, ASKED.changes)):
            planned = Runner(draws, 2).experiment("present", points)
            for number in range(len(points)):
                assert planned.scenario_at(number).skill_names[:1] == scenario.skill_names[:1]


def test_a_case_that_names_its_skills_keeps_their_number():
    found = assess(of(BEST), "korsakoff", draws=50, replicates=2)
    assert "skills" not in found.draws.points[0]
    assert any("names its skills" in note for note in words.gaps(found))
    assert len(loads(found.scenario_file).skill_names) == 6
    assert "skills" in drawn(BEST).points[0]


def test_the_scenario_file_holds_the_middle_of_the_ranges_and_is_sound():
    found = assessed(best)
    made = loads(found.scenario_file)
    middle = found.draws.medians()
    assert made.title == "Ours"
    assert made.partnerships[0].size == middle["size"]
    assert len(made.partnerships[0].focus) == middle[AGENDA]
    assert made.values["trust_stranger"] == pytest.approx(middle["trust_stranger"])
    assert made.partnerships[0].levers["independent"] == 0
    assert "not a prediction" in found.scenario_file


@pytest.mark.parametrize("name", ["baseline", "inertia"])
@pytest.mark.parametrize("voice", [nobody, torn, best])
def test_a_choice_that_nobody_answered_about_has_the_scenarios_own_value(name, voice):
    own = {"scenario": name, "draws": 50, "replicates": 2} if name != "baseline" else {}
    found = assessed(voice, **own)
    start, made = found.draws.start, loads(found.scenario_file)
    after = Start(made, own=True)
    for question in ASKED.questions.values():
        choices = [k for k in question.keys if k == AGENDA or BY_NAME[k].prior is None]
        if question.id in found.answers.missing:
            for key in choices:
                assert after.value(key) == start.value(key), key
    if voice is nobody:
        assert after.value("review_months") == load(name).partnerships[0].levers["review_months"]
    assert f"the value of the scenario {name}." in made.summary
    # What is uncertain stands in the middle of its range, answered or not.
    low, high = BY_NAME["ambient"].prior
    assert made.values["ambient"] == pytest.approx((low + high) / 2, abs=0.1 * (high - low))


def test_partners_who_answered_nothing_are_not_counted_and_have_no_view():
    silent = [Voice(name, {}) for name in ("A", "B", "C")]
    found = assess(of(*silent), draws=50, replicates=2)
    assert (words.partners(found), found.by_partner) == ([], ())
    assert "Made from the answers of nobody" in found.scenario.summary
    two = (Voice("D", {"trust": "high"}), Voice("E", {"trust": "wary"}))
    said = words.agreement(replace(found, draws=drawn(silent[0], *two)))
    assert said[0].startswith("2 partners answered.")
    assert words.agreement(replace(found, draws=drawn(*silent, two[0]))) == []
    seen = assess(of(silent[0], *two), draws=50, replicates=2).by_partner
    assert [voice.partner for voice, _ in seen] == ["D", "E"]


def test_partners_who_answer_nothing_in_common_are_not_said_to_agree():
    apart = (Voice("A", {"trust": "high"}), Voice("B", {"size": "few"}))
    found = replace(assessed(nobody), draws=drawn(*apart))
    assert words.partners(found) == ["2 partners answered."]
    together = replace(found, draws=drawn(*apart, Voice("C", {"size": "few"})))
    assert words.partners(together) == [
        "3 partners answered. Of 1 question that at least two of them answered, they agree on 1."
    ]


def test_the_headline_leads_with_the_gain_over_the_same_money_where_hours_were_bought():
    found = assessed(best)
    f = found.forecast
    said = words.headline(found)
    assert np.any(found.present.bought > 0)
    assert f.median == pytest.approx(np.median(found.present.over_money.mean(axis=1)))
    against = "the gain against the same money spent on services is"
    assert f"{against} {100 * f.median:.1f} % in the middle draw and" in said
    mean = formats.told(f.mean, "share")
    assert f"{mean} on average (95 % interval " in said
    paid = found.present.gain.mean()
    assert f.with_hours.value == pytest.approx(paid)
    assert f"with the hours that were paid for, it is {100 * paid:.1f} %" in said
    lost = assessed(worst)
    assert lost.forecast.with_hours is None
    median = formats.percent(lost.forecast.median)
    told = f"working alone is {median} in the middle draw"
    assert told in words.headline(lost)
    assert lost.forecast.median < 0 > lost.forecast.mean.high
    assert "Below 0 it is a loss." in words.headline(lost)


def test_changes_are_ranked_by_the_gain_of_the_area_over_the_same_money():
    found = assessed(best)
    for one in found.tried:
        step = (one.setting.area - found.present.area).mean(axis=1)
        assert one.effect.value == pytest.approx(step.mean(), abs=1e-12)
        way = "more" if one.effect.low > 0 else "less" if one.effect.high < 0 else ""
        said = words.effect(one)
        assert "of what all agencies met alone" in said
        assert (f"percentage points {way}," in said) if way else ("no difference" in said)


def test_shares_of_a_variance_that_is_known():
    rng = np.random.default_rng(1)
    a, b, c, d = rng.uniform(-1, 1, (4, 2000))
    level = rng.integers(0, 3, 2000)
    # Variances: 4/3, 1/3, 2/3 (three levels), 0; the rest is noise of variance 1.
    values = 2 * a + b + (level - 1) + rng.normal(0, 1, 2000)
    total = 4 / 3 + 1 / 3 + 2 / 3 + 1
    found = {
        s.name: s.estimate
        for s in shares_of(values, {"a": [a], "b": [b], "level": [level], "c": [c], "all": [a, b]})
    }
    assert list(found)[:2] == ["all", "a"]
    for name, share in (("a", 4 / 3), ("b", 1 / 3), ("level", 2 / 3), ("c", 0), ("all", 5 / 3)):
        assert found[name].low < share / total < found[name].high, name
        assert found[name].value == pytest.approx(share / total, abs=0.04)
    assert shares_of(values, {"same": [np.ones(2000)]}) == []
    assert d.shape == (2000,)


def test_a_curve_counts_too_and_nothing_counts_for_nothing():
    rng = np.random.default_rng(2)
    a, b = rng.uniform(-1, 1, (2, 200))
    (first, second) = shares_of(a**2, {"b": [b], "a": [a]})
    assert first.name == "a"
    assert first.estimate.value > 0.99
    assert abs(second.estimate.value) < 0.1
    assert shares_of(np.ones(200), {"a": [a]}) == []


def test_what_an_answer_settles_is_no_longer_in_doubt():
    assert "agenda" in groups_of(drawn(NOBODY))
    assert "agenda" not in groups_of(drawn(BEST))
