"""What the records taught is told, checked, kept, and the same every time."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from made_up import AHEAD_MONTHS, EXAMPLE, TRIAL, as_csv, example, pattern, series_of
from tests.answer.nowhere import letters_of, strange

import cgsim
from cgsim.advice.designs import plan as plan_advice
from cgsim.answer import catalogue
from cgsim.calibrate import words
from cgsim.calibrate.bank import AHEAD, SO_FAR, LeftOpen, alike, plan
from cgsim.calibrate.calibration import (
    CHECKS,
    calibrate,
    check_fund,
    check_left,
    compare,
    learn_from,
    usual,
)
from cgsim.calibrate.checking import (
    LEVELS,
    Coverage,
    Likeness,
    check,
    coverage_of,
    ratio_of,
    uniformity,
)
from cgsim.calibrate.keeping import as_record, keep
from cgsim.calibrate.kinds import KINDS
from cgsim.calibrate.learning import crps, learn, r2, ranks
from cgsim.calibrate.observing import WAYS, Luck
from cgsim.calibrate.records import Records, Series, load_records
from cgsim.experiment.design import prior_factors
from cgsim.experiment.posterior import load_posterior
from cgsim.scenario.errors import ScenarioError

WAY_NAMES = [way.name for way in WAYS]


def told(found):
    return " ".join(text for part in words.parts(found) for text in part.texts)


def test_the_example_is_made_from_a_life_as_the_script_says():
    text, gain = example()
    assert text == EXAMPLE.read_text(encoding="utf-8")
    assert gain == pytest.approx(0.0506, abs=5e-5)


def test_the_example_is_learned_from(calibration):
    found = calibration
    assert not found.refused
    assert found.checked.lives == CHECKS
    assert found.checked.honest
    assert found.checked.sharper
    assert found.lived == 2500
    assert 1500 <= found.alike < 2500
    (gain,) = (one for one in found.outlook if one.name == "gain_ahead")
    assert gain.with_records.low <= 0.0616 <= gain.with_records.high  # the life's own
    narrow = gain.with_records.upper - gain.with_records.lower
    assert narrow != gain.without.upper - gain.without.lower


def test_the_words_say_what_the_numbers_say(calibration):
    said = told(calibration)
    assert "is never observed" in said
    assert "no value in a range is the likely one" in said
    assert "Nothing was learnt about" in said
    assert f"the {len(calibration.numbers):,} whose records come nearest are kept" in said
    assert "mean gain" not in said
    taught = tuple(replace(t, learnt=t.name == "first_share") for t in calibration.taught)
    said = told(replace(calibration, taught=taught))
    assert "first_share was learnt" in said
    others = len(prior_factors()) - 1
    assert f"Nothing was learnt about the other {others} uncertain parameters" in said


def test_a_parameter_is_learnt_only_where_checks_and_record_bear_it_out(calibration):
    for one in calibration.taught:
        contraction = 1.0 - (1.0 - one.shrank) ** 2
        assert one.learnt == (one.r2 >= 0.25 and contraction >= 0.25)
    learnt = {one.name for one in calibration.taught if one.learnt}
    assert not learnt & {"skills", "coupling", "disagreement", "memory"}


def test_what_is_refused_is_not_told(calibration, tmp_path):
    far = replace(calibration, distance=replace(calibration.distance, worst=0.995))
    assert "No: these records are farther off than 99.5 %" in told(far)
    assert "Gain of the area" not in told(far)
    assert keep(calibration, tmp_path)[0] == "posterior.parquet"
    assert keep(far, tmp_path) == ["calibration.json"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["calibration.json"]
    assert {"taught", "forecast"} & as_record(far).keys() == set()
    false = tuple(Coverage(level, 0.3, 0.2, 0.4, 1e-9) for level in LEVELS)
    sharp = replace(calibration, checked=replace(calibration.checked, coverage=false))
    assert "No forecast is given" in told(sharp)
    assert "Gain of the area" not in told(sharp)
    assert "forecast.csv" not in keep(sharp, tmp_path)
    dull = replace(calibration.checked.ratio, value=0.99, low=0.95, high=1.03)
    unsure = replace(calibration, checked=replace(calibration.checked, ratio=dull))
    assert "may be no sharper at all" in told(unsure)


def test_no_word_of_a_calibration_bypasses_the_catalogue(calibration):
    """In a language of strange letters no English one is left, but for names."""
    c = calibration
    texts = {key: strange(text) for key, text in catalogue.english().texts.items()}
    far = {**c.distance.kinds, "members": 0.999}
    false = tuple(Coverage(level, 0.3, 0.2, 0.4, 1e-9) for level in LEVELS)
    over = replace(c.outlook[0], name="gain_ahead_over_equal_money")
    none = tuple(replace(one, narrower=0.0) for one in c.worth)
    learnt = [t.name for t in c.taught if t.name in ("first_share", "hours_written")]
    cases = [
        c,
        replace(c, records=replace(c.records, ended="collapsed"), outlook=(*c.outlook, over)),
        replace(c, distance=replace(c.distance, worst=0.995, kinds=far)),
        replace(c, distance=replace(c.distance, worst=1.0)),
        replace(c, checked=replace(c.checked, coverage=false), worth=none),
        replace(
            c,
            checked=replace(c.checked, ratio=replace(c.checked.ratio, high=1.1)),
            taught=tuple(replace(t, learnt=t.name in learnt) for t in c.taught),
        ),
    ]
    with catalogue.using(catalogue.Catalogue(texts, unknown=strange)):
        parts = [part for case in cases for part in words.parts(case)]
        said = [words.label(), *(part.heading for part in parts)]
        said += [text for part in parts for text in part.texts]
        tables = [part.table for part in parts if part.table]
        said += [text for table in tables for text in (*table.heads, *sum(table.rows, ()))]
    names = sorted([c.records.file, c.scenario.title, *KINDS, *(t.name for t in c.taught)], key=len)
    assert len(said) > 300
    assert letters_of(said, *reversed(names)) == []


def test_files_hold_it_all_and_draws_go_on(calibration, tmp_path):
    keep(calibration, tmp_path)
    kept = json.loads((tmp_path / "calibration.json").read_text(encoding="utf-8"))
    assert kept["lives_kept"] == len(calibration.numbers)
    assert {row["records"] for _, row in pd.read_csv(tmp_path / "forecast.csv").iterrows()} == {
        "with",
        "without",
    }
    taught = pd.read_csv(tmp_path / "taught.csv")
    assert set(taught.columns) >= {"before_low", "after_high", "narrower", "learnt"}
    assert not {"mean", "median", "estimate"} & set(taught.columns)  # no point estimate
    posterior = tmp_path / "posterior.parquet"
    file = tmp_path / "again.toml"
    file.write_text(
        'title = "Again"\nquestion = "?"\ndesign = "draws"\nfile = "posterior.parquet"\n'
        "replicates = 1\n",
        encoding="utf-8",
    )
    experiment = cgsim.load_experiment(file)
    assert experiment.points == tuple(dict(point) for point in calibration.points)
    baseline = cgsim.load("baseline")
    given = load_posterior(posterior)
    draws = given.points
    every, present, *_ = plan_advice(baseline, len(draws), 2, 1, given)
    assert present.points == draws
    assert len(every.points) == len(draws) * every.in_a_row
    first = every.points[: every.in_a_row]
    assert len({(p["size"], p["meetings"], p["lead_strength"], p["fund"]) for p in first}) == 72
    assert all(p["crosscut"] == draws[0]["crosscut"] for p in first)


def test_the_same_again_is_the_same(calibration, folder):
    records = load_records(EXAMPLE)
    again = calibrate(cgsim.load("baseline"), records, folder, draws=2500, seed=3, workers=1)
    assert again.numbers.tolist() == calibration.numbers.tolist()
    assert as_record(again) == as_record(calibration)


def test_other_records_of_the_same_months_use_the_same_bank(calibration, folder):
    records = load_records(EXAMPLE).without("appeal")
    found = calibrate(cgsim.load("baseline"), records, folder, draws=2500, seed=3)
    assert found.numbers.tolist() != calibration.numbers.tolist()
    assert [p.name for p in folder.iterdir() if p.is_dir()] == ["bank-24-24"]
    best = found.worth[0]
    assert best.kind == "appeal"  # what would teach most is what was left out
    assert best.narrower > 0.05


def test_small_calibration_of_calibrations(bank):
    """300 synthetic partnerships with known parameters: intervals hold what they claim."""
    same = bank.take(alike(bank, Records("", {}, 24)))
    kinds = {kind: pattern(kind) for kind in TRIAL}
    found = compare(same, kinds, Luck(7, 4000))
    unknowns = dict(same.drawn)
    held_out = np.arange(same.count - 300, same.count)
    gain = same.gain(AHEAD)
    learned = learn(found.lives, gain, unknowns, held_out, 7, aside=WAY_NAMES)
    checked = check(learned, found.lives, gain, same.gain(SO_FAR), unknowns, held_out)
    assert checked.honest
    assert checked.uniform > 1e-3
    assert len(checked.uneven) <= 4  # of 44, at 1 % each
    assert checked.ratio.high < 0.9
    assert max(checked.r2, key=checked.r2.get) == "first_share"
    assert np.mean(list(checked.contraction.values())) == pytest.approx(
        np.mean(list(checked.r2.values())), abs=0.04
    )
    kept = learned.nearest(found.lives[held_out])
    assert kept.min() >= 0
    assert not set(np.unique(kept)) & set(held_out.tolist())  # nobody is compared with itself


def test_too_sharp_answers_are_caught():
    """A forecast adjusted until its intervals are a third too narrow fails the check."""
    rng = np.random.default_rng(1)
    truths = rng.normal(size=200)
    honest = [t + rng.normal() + rng.normal(size=400) for t in truths]
    sharp = [t + rng.normal() + 0.6 * rng.normal(size=400) for t in truths]
    where = ranks(honest, truths)
    assert all(coverage_of(where, level).chance > 0.003 for level in LEVELS)
    where = ranks(sharp, truths)
    assert any(coverage_of(where, level).chance < 0.003 for level in LEVELS)
    assert uniformity(where) < 1e-4


def test_ranks_among_few_values_are_even_as_among_many():
    """Of nine values a truth has ten places; of one value only two, and ties are broken evenly."""
    rng = np.random.default_rng(4)
    for count in (1, 9, 37):
        sample = rng.normal(size=(20_000, count))
        assert uniformity(ranks(list(sample), rng.normal(size=20_000))) > 1e-3
        whole = rng.integers(3, size=(20_000, count)).astype(float)
        assert uniformity(ranks(list(whole), rng.integers(3, size=20_000).astype(float))) > 1e-3


def test_scores_are_what_the_books_say():
    assert crps(np.array([1.0, 1.0]), 3.0) == 2.0
    assert crps(np.array([0.0, 2.0]), 1.0) == 0.0  # |x - 1| = 1, less half of 2
    normal = np.random.default_rng(2).normal(size=20_000)
    assert crps(normal, 0.0) == pytest.approx((np.sqrt(2) - 1) / np.sqrt(np.pi), abs=0.01)
    assert r2(np.array([[1.0], [3.0]]), np.array([[2.0], [2.0]])) == [0.0]
    half = ratio_of(np.array([1.0, 2.0, 3.0]), np.array([2.0, 4.0, 6.0]))
    assert (half.value, half.low, half.high) == (0.5, 0.5, 0.5)


def test_records_that_no_life_makes_are_refused(bank):
    same = bank.take(alike(bank, Records("", {}, 24)))
    kinds = {kind: pattern(kind) for kind in ("joint_hours", "overhead_hours", "members")}
    found = compare(same, kinds, Luck(7, 4000))
    likeness = Likeness(found.lives, found.kinds)
    own = [likeness.of(row).too_far for row in found.lives[:600]]
    assert np.mean(own) < 0.03
    tenfold = found.lives[0].copy()
    columns = [kind == "overhead_hours" for kind in found.kinds]
    tenfold[columns] += np.log(10.0)
    far = likeness.of(tenfold)
    assert far.too_far
    assert far.kinds["overhead_hours"] == 1.0
    assert far.worst == 1.0


def test_records_of_others_commitment_are_refused(bank, tmp_path):
    """Members who give all they may from the first day are not this model's."""
    from made_up import bank_of

    other = bank_of(tmp_path, 100, 11, off=("commitment",))
    kinds = ("joint_hours", "overhead_hours", "trust", "agreement", "members")
    same = bank.take(alike(bank, Records("", {}, 24)))
    found = compare(same, {kind: pattern(kind) for kind in kinds}, Luck(7, 4000))
    likeness = Likeness(found.lives, found.kinds)
    theirs = compare(other, {kind: pattern(kind) for kind in kinds}, Luck(11, 100))
    assert np.mean([likeness.of(row).too_far for row in theirs.lives]) > 0.5


def test_a_partnership_that_ended_is_compared_with_those_that_did(bank):
    ended = Records("", {}, 20, "collapsed")
    rows = alike(bank, ended)
    members = bank.lives.columns["members"][rows]
    assert len(rows) > 20
    assert (members[:, 19] == 0).all()
    assert (members[:, 12] > 0).all()
    series = {kind: pattern(kind, months=20) for kind in ("joint_hours", "members")}
    few = replace(ended, series=series, file="ours.csv")
    with pytest.raises(ScenarioError, match=r"ours\.csv: got records of 20 months; of 4,000 lives"):
        learn_from(
            bank.take(rows), bank.drawn, bank.count, cgsim.load("baseline"), few, AHEAD_MONTHS, 7
        )


@pytest.mark.parametrize(
    ("name", "settings", "message"),
    [
        ("cluttered", [], "allowed a scenario with one partnership"),
        ("baseline", ["trigger=0.1"], "trigger: got 0.1; allowed 0"),
        ("baseline", ["start=6"], "start: got 6; allowed 12 or later"),
    ],
)
def test_scenarios_that_records_do_not_fit(name, settings, message):
    with pytest.raises(ScenarioError, match=message):
        plan(cgsim.load(name, settings), Records("", {}, 24), 24, 2000, 1)


def test_money_that_the_scenario_does_not_pay_is_one_line():
    scenario = cgsim.load("baseline", ["fund=100", "fund_months=12"])
    records = Records("ours.csv", {}, 24, fund={0: 2800.0, 3: 2500.0, 12: 0.0}, lines={0: 4})
    check_fund(scenario, records)
    wrong = replace(records, fund={0: 2800.0, 12: 2800.0}, lines={12: 9})
    with pytest.raises(ScenarioError, match=r"ours\.csv:9: fund: got £2,800 in month 13; allowed"):
        check_fund(scenario, wrong)


def test_who_left_is_not_told_from_numbers_of_members_where_others_join():
    months, some = np.array([3, 4]), np.array([0.0, 1.0])
    told = Series(KINDS["left"], months, some, np.full(2, np.nan), np.full(2, np.nan))
    records = Records("ours.csv", {"left": told}, 24)
    closed = cgsim.load("baseline", ["joining=closed"])
    check_left(closed, records)
    open_ = closed.replace("joining=ties")
    check_left(open_, records.without("left"))
    allowed = r"\); allowed members instead"
    with pytest.raises(ScenarioError, match=r'ours\.csv: left: .*\(joining is "ties"' + allowed):
        check_left(open_, records)
    text = 'extends = "baseline"\n[[change]]\nmonth = 30\nset = { size = 9 }\n'
    with pytest.raises(ScenarioError, match=r"\(a change sets size" + allowed):
        check_left(cgsim.loads(text), records)


def test_a_bank_is_of_the_months_and_not_of_the_records():
    scenario = cgsim.load("baseline")
    one = plan(scenario, Records("", {}, 24), 24, 2000, 1)
    assert int(one.scenario.values["months"]) == 12 + 24 + 24
    assert len(one.arms) == 2
    funded = plan(cgsim.load("baseline", ["fund=50"]), Records("", {}, 24), 24, 2000, 1)
    assert len(funded.arms) == 3


def test_what_answers_leave_open_can_be_lived_in_place_of_the_priors():
    scenario = cgsim.load("baseline")
    points = tuple({"crosscut": 0.5 + 0.01 * n, "fund": float(n)} for n in range(5))
    given = LeftOpen({scenario.name: scenario}, points, {})
    planned = plan(scenario, Records("", {}, 24), 24, 5, 1, given)
    assert planned.points == points
    assert planned.design == "draws"
    assert len(planned.arms) == 3  # some of them have money from outside
    assert int(planned.scenario.values["months"]) == 60


def test_what_is_recorded_further_is_as_it_could_be():
    records = load_records(EXAMPLE)
    activities = usual("activities", records)
    assert activities.months.tolist() == list(range(24))
    assert usual("appeal", records.without("appeal")).of.tolist() == [8.0, 8.0]


def test_a_life_written_down_is_read_as_it_was(bank, tmp_path):
    row = int(alike(bank, Records("", {}, 24))[5])
    series = series_of(bank, row, ("appeal", *TRIAL), 7)
    path = tmp_path / "life.csv"
    path.write_text(as_csv(series, ["made up"]), encoding="utf-8")
    found = load_records(path)
    for kind, one in series.items():
        assert found.series[kind].months.tolist() == one.months.tolist()
        assert np.allclose(found.series[kind].values, one.values)
