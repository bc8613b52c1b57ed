"""What each partnership came to: a table, how long they live, and how they lie apart."""

import numpy as np
import pandas as pd
import pytest
from pyarrow import parquet
from scipy import stats

import cgsim
from cgsim import statistics
from cgsim.answer import landscape
from cgsim.answer.lives import COLUMN, LIFE, WAYS, ways_of
from cgsim.answer.survival import hazards, survival
from cgsim.experiment.design import Factor
from cgsim.rules.state import ENDINGS
from cgsim.running.batch import open_batch, run_experiment
from cgsim.running.saving import save
from small_batches import small_experiment

MANY = """
title = "Some groups"
extends = "baseline"
[world]
agencies = 16
months = 48
[[partnership]]
count = 3
name = "Group {n}"
size = { from = 4, to = 7 }
focus = 2
recruit = "random"
start = { from = 4, to = 8 }
[[partnership]]
name = "Dated"
size = 5
focus = 1
start = 3
last = 20
[[partnership]]
name = "Reviewed"
size = 6
focus = 2
start = 2
review_months = 6
[[partnership]]
name = "Late"
size = 5
start = 48
[[partnership]]
name = "Paid"
size = 4
focus = 2
start = 5
fund = 50
target = 900
"""


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    file = tmp_path_factory.mktemp("many") / "many.toml"
    file.write_text(MANY)
    return cgsim.load(file)


@pytest.fixture(scope="module")
def results(many):
    return cgsim.run(many, replicates=60, months=True, partnerships=True, workers=2)


def test_what_partnerships_met_and_spent_adds_up_to_that_of_the_run(results):
    sums = results.partnerships.groupby("replicate")[
        ["joint_met", "joint_hours", "bought_hours"]
    ].sum()
    arms = results.arms.query("arm == 'together'").set_index("replicate")
    for name in sums:
        np.testing.assert_allclose(sums[name], arms[name], rtol=1e-9)
        assert (sums[name] > 0).all()


def test_a_life_is_what_its_months_show(results):
    boards = results.boards
    boards["partnership"] = boards["partnership"].astype(str)
    for (replicate, name), months in boards.groupby(["replicate", "partnership"]):
        if replicate > 9:
            continue
        life = results.partnerships.query("replicate == @replicate and partnership == @name")
        life = life.iloc[0]
        living = months[months["meetings"] > 0]
        if name == "Late":
            assert len(living) == life["months"] == 0
            assert np.isnan(life["begun"])
            continue
        assert life["begun"] == living["month"].min()
        assert life["months"] == len(living)
        ended = months[months["ended"].notna()]
        assert (life["ended"] == ended["month"].min()) if len(ended) else np.isnan(life["ended"])
        assert (str(life["ending"]) == str(ended["ended"].iloc[0])) if len(ended) else True
        assert life["members"] == pytest.approx(living["members"].mean())
        assert life["last_members"] == living["members"].iloc[-1]
        assert life["overhead_hours"] == pytest.approx(months["overhead_hours"].sum())
        peopled = living[living["members"] > 0]
        for column in ("trust", "commitment", "appeal"):
            assert life[column] == pytest.approx(peopled[column].mean())


def test_a_group_that_never_meets_and_falls_apart_at_once_lived_one_month():
    """Nothing in its minutes says that it was there, but how it ended."""
    changes = ["meetings=0", "patience=1", "mandate=0", "exit_ratio=5", "months=12", "start=3"]
    results = cgsim.run("baseline", replicates=6, set=changes, partnerships=True)
    lives = results.partnerships
    assert (lives["ending"].astype(str) == "collapsed").any()
    gone = lives[lives["ending"].astype(str) == "collapsed"]
    assert (gone["begun"] == 3).all()
    assert (gone["months"] == gone["ended"] - 3).all()


def test_founders_own_goals_are_those_of_the_answer_where_one_partnership_stands():
    """Of one that begins first the founders' gain by own goals is what the answer keeps of each."""
    results = cgsim.run("baseline", replicates=20, partnerships=True)
    lived = results.lived
    mean = [lived.own_gain[run][lived.founders[run]].mean() for run in range(20)]
    np.testing.assert_allclose(results.partnerships["founders_gain"], mean, rtol=1e-4, atol=1e-6)


def test_shares_of_outcomes_are_of_every_partnership(results):
    ways = ways_of(results.lives)
    shares = {name: (ways == place).mean() for place, name in enumerate(WAYS)}
    assert sum(shares.values()) == pytest.approx(1.0)
    lives = results.partnerships
    assert shares["not begun"] == pytest.approx(1 / 7)
    for ending in ENDINGS[1:]:
        told = (lives["ending"].astype(str) == ending).mean()
        assert shares[ending] == pytest.approx(told)
    assert {name for name, share in shares.items() if share} >= {"dated end", "alive", "completed"}
    # The last to end does not speak for them: results, answer and table count every one.
    assert results.outcomes == pytest.approx(shares)
    answer = results.answer()
    assert answer.counted == "partnerships"
    assert {o.outcome: o.share for o in answer.outcomes} == pytest.approx(
        {name: share for name, share in shares.items() if share}
    )
    assert sum(o.runs for o in answer.outcomes) == 60 * 7
    found = results.findings["outcome_dated_end"]
    by_run = (ways_of(results.lives) == WAYS.index("dated end")).mean(axis=1)
    assert found.estimate == statistics.mean(by_run)
    assert found.words == "partnerships that come out as: ended on its date"
    ways = ways_of(results.lives)
    table = results.by_partnership.set_index("partnership")
    for place, name in enumerate(WAYS):
        flags = (ways == place).mean(axis=0)
        np.testing.assert_allclose(table[name.replace(" ", "_")], flags)


def test_survival_is_that_of_scipy_where_all_is_seen_or_censored(results):
    lives, months = results.lives, 48
    begun, ended = (lives[:, :, COLUMN[name]].ravel() for name in ("begun", "ended"))
    there = ~np.isnan(begun)
    begun, ended = begun[there], ended[there]
    gone = ~np.isnan(ended)
    data = stats.CensoredData(uncensored=(ended - begun)[gone], right=(months - 1 - begun)[~gone])
    theirs = stats.ecdf(data).sf
    table = results.survival.set_index("age")
    for age in table.index:
        assert table.loc[age, "alive"] == pytest.approx(float(theirs.evaluate(age)), abs=1e-12)
    assert table["alive"].is_monotonic_decreasing
    assert table.loc[0, "at_risk"] == there.sum()


def lives_of(begun, ended):
    lives = np.full((*begun.shape, len(LIFE)), np.nan)
    lives[:, :, COLUMN["begun"]] = begun
    lives[:, :, COLUMN["ended"]] = ended
    lives[:, :, COLUMN["founders"]] = 4.0
    return lives


def test_intervals_of_survival_are_greenwoods_where_runs_have_one_partnership():
    rng = np.random.default_rng(8)
    ended = np.ceil(rng.exponential(20.0, (400, 1)))
    begun = np.zeros((400, 1))
    ended[ended > 39] = np.nan
    table = survival(lives_of(begun, ended), 40).set_index("age")
    gone = ~np.isnan(ended)
    data = stats.CensoredData(uncensored=ended[gone], right=np.full(int((~gone).sum()), 39.0))
    theirs = stats.ecdf(data).sf
    interval = theirs.confidence_interval(0.95, method="linear")
    for age in (5, 10, 20, 30):
        assert table.loc[age, "low"] == pytest.approx(float(interval.low.evaluate(age)), abs=0.01)
        assert table.loc[age, "high"] == pytest.approx(float(interval.high.evaluate(age)), abs=0.01)


def test_partnerships_of_a_run_that_live_and_die_together_count_once():
    rng = np.random.default_rng(8)
    ended = np.ceil(rng.exponential(20.0, (100, 1)))
    alone = survival(lives_of(np.zeros((100, 1)), ended), 400).set_index("age").loc[20]
    ten = np.repeat(ended, 10, axis=1)
    together = survival(lives_of(np.zeros((100, 10)), ten), 400).set_index("age").loc[20]
    assert together["alive"] == pytest.approx(alone["alive"])
    assert together["high"] - together["low"] == pytest.approx(alone["high"] - alone["low"])


def test_hazards_count_the_months_that_were_seen():
    begun = np.array([[0.0, 2.0, np.nan]])
    ended = np.array([[14.0, np.nan, np.nan]])
    table = hazards(lives_of(np.repeat(begun, 8, 0), np.repeat(ended, 8, 0)), 20)
    whole = table[table["by"] == "founders"].iloc[0]
    # One was seen to end its 14th month; the other lives, and its last month is not seen to end.
    assert (whole["ends"], whole["lived"]) == (8, 8 * (14 + 17))
    years = table[table["by"] == "years"].set_index("first")
    assert list(years["lived"]) == [8 * 24, 8 * (2 + 5)]
    assert years.loc[1, "hazard"] == pytest.approx(1 / 7)
    assert np.isnan(years.loc[0, "low"])


def test_a_batch_and_a_saved_run_keep_what_python_gives(results, tmp_path):
    save(results, tmp_path / "run", partnerships=True)
    stored = open_batch(tmp_path / "run").partnerships.drop(columns="point")
    pd.testing.assert_frame_equal(stored, results.partnerships, check_categorical=False)
    batch = run_experiment(small_experiment(replicates=4, partnerships=True), tmp_path / "batch")
    assert len(batch.partnerships) == 6 * 4 * len(batch.experiment.scenario.partnerships)
    for kind in ("run", "batch"):
        for path in (tmp_path / kind / "partnerships").iterdir():
            for field in parquet.read_schema(path):
                assert field.metadata[b"description"], field.name


def batch_of(many, folder, **changes):
    factors = (Factor("coupling", (0.2, 0.9)),)
    changes = {"scenarios": {"many": many}, "factors": factors, "replicates": 30, **changes}
    return run_experiment(small_experiment(**changes), folder)


def test_the_summary_of_a_batch_counts_every_partnership(many, tmp_path):
    """Where they were kept the last to end does not speak for them."""
    batch = batch_of(many, tmp_path, partnerships=True)
    kept = batch.partnerships
    kinds = kept["ending"].astype(object).where(kept["ending"].notna(), "alive")
    kinds = kinds.where(kept["begun"].notna(), "not begun")
    for point in (0, 1):
        told = batch.summary.query("point == @point").set_index("measure")
        mine = kept["point"] == point
        for way in WAYS:
            row = told.loc[f"outcome_{way.replace(' ', '_')}"]
            by_run = (kinds[mine] == way).groupby(kept["replicate"][mine]).mean()
            found = statistics.mean(by_run.to_numpy(float))
            assert row["estimate"] == pytest.approx(found.value)
            assert row["low"] == pytest.approx(max(0.0, found.low))
            assert row["words"].startswith("partnerships that come out as: ")
        assert told.loc["outcome_not_begun", "estimate"] == pytest.approx(1 / 7)
        assert "outcome_thriving" not in told.index


def test_where_partnerships_were_not_kept_a_summary_says_how_runs_are_counted(many, tmp_path):
    told = batch_of(many, tmp_path / "many").summary.query("point == 0").set_index("measure")
    words = {
        "outcome_inert": "runs with a partnership alive at the end, in all: alive",
        "outcome_collapsed": "runs in which none is alive at the end, the last to end: fell apart",
        "outcome_not_begun": "runs that come out as: ",
    }
    for name, said in words.items():
        assert told.loc[name, "words"].startswith(said)
    one = run_experiment(small_experiment(replicates=2), tmp_path / "one").summary
    assert not one["words"].str.contains("the last to end").any()


def test_without_being_asked_for_there_are_none():
    with pytest.raises(ValueError, match="partnerships=True"):
        cgsim.run("baseline", replicates=2).partnerships  # noqa: B018


def test_nothing_is_said_of_several_where_there_is_one():
    assert landscape.statements(cgsim.run("baseline", replicates=2, partnerships=True)) == []


def test_what_is_said_is_what_the_lives_show(results):
    told = {s.id: s for s in landscape.statements(results)}
    outcomes = told["landscape.outcomes"]
    assert "7 partnerships" in outcomes.text
    assert "60 runs" in outcomes.text
    dated = (ways_of(results.lives) == WAYS.index("dated end")).mean()
    assert f"{landscape.name_of('dated end')} {100 * dated:.0f} %" in outcomes.text
    table = results.survival
    if "landscape.half" in told:
        age = int(told["landscape.half"].value)
        assert (
            table.set_index("age").loc[age, "alive"]
            <= 0.5
            < table.set_index("age").loc[age - 1, "alive"]
        )
    else:
        assert told["landscape.left"].value == table["alive"].iloc[-1]
    hours = results.by_partnership["overhead_hours"]
    spread = told["landscape.spread"].text
    assert f"{landscape.figure(hours.min())}, {landscape.figure(hours.median())} and " in spread
    assert f"{landscape.figure(hours.max())} hours of overhead" in spread


def test_the_curve_stands_on_its_axes(results):
    axes = results.plot("survival")
    low, high = axes.get_ylim()
    assert low == 0 and high >= 100  # noqa: PT018
    line = axes.get_lines()[0]
    np.testing.assert_allclose(line.get_ydata(), 100 * results.survival["alive"])
