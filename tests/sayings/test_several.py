"""What is said of several partnerships, from lives made by hand."""

import math
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from small_lives import lived
from small_lives import results as made_by_hand

import cgsim
from cgsim import statistics
from cgsim.answer import landscape
from cgsim.answer.lives import COLUMN, LIFE, WAYS, read_lives, ways_in, ways_of, weights
from cgsim.answer.survival import RESAMPLES, ages, hazards, survival
from cgsim.measures import COLUMN as MEASURE
from cgsim.rules.state import BOARD_COLUMNS

NAN = math.nan
MONTHS = 24
TWO = """
title = "Two"
[world]
months = 24
[[partnership]]
name = "First"
size = 3
[[partnership]]
name = "Second"
size = 5
"""
COLLAPSED, DATED = 1.0, 2.0


def life(begun=2.0, ended=NAN, ending=0.0, founders=3.0, **more):
    """Return the row of one partnership, by name; what is not given is the same for all."""
    told = {
        "begun": begun,
        "ended": ended,
        "ending": ending if not math.isnan(begun) else NAN,
        "months": 0.0 if math.isnan(begun) else (MONTHS if math.isnan(ended) else ended) - begun,
        "founders": founders,
        "members": 3.0,
        "last_members": 2.0,
        "commitment": 0.5,
        "trust": 0.4,
        "appeal": 1.1,
        "joint_met": 100.0,
        "joint_hours": 200.0,
        "overhead_hours": 50.0,
        "bought_hours": 0.0,
        "founders_gain": 0.05,
        "founders_gain_over_equal_money": 0.03,
    } | more
    assert list(told) == list(LIFE)
    return [told[name] for name in LIFE]


NEVER = life(NAN)


def several(runs, scenario=TWO):
    """Return results of which each run's partnerships came to these rows."""
    lives = np.array(runs, float)
    scenario = cgsim.loads(scenario)
    kept = lived(len(runs), MONTHS, ways=ways_of(lives).astype(np.int8))
    made = made_by_hand(scenario, len(runs), kept)
    object.__setattr__(made, "lives", lives)
    return made


def said(made):
    return {s.id.removeprefix("landscape."): s for s in landscape.statements(made)}


FOUR = [
    [life(ended=10.0, ending=DATED), life(founders=5.0, members=4.0, joint_met=300.0)],
    [life(ended=12.0, ending=COLLAPSED), life(founders=5.0, members=4.0, joint_met=300.0)],
    [life(ended=14.0, ending=DATED), life(founders=5.0, members=4.5, joint_met=310.0)],
    [NEVER, life(begun=4.0, founders=5.0, members=4.0, joint_met=300.0)],
]


def test_how_partnerships_came_out_is_counted_in_each_run():
    found = said(several(FOUR))["outcomes"]
    assert (found.measure, found.comparison) == ("outcome", "")
    assert found.text == (
        "How its 2 partnerships came out, each counted in each of 4 runs: alive at the end 50 %; "
        "ended on its date 25 %; never began 12 %; fell apart 12 %."
    )
    assert found.numbers["count"] == 2
    assert found.numbers["runs"] == 4
    shares = {"alive": 0.5, "dated end": 0.25, "not begun": 0.125, "collapsed": 0.125}
    assert {k: v for k, v in found.numbers["shares"].items() if v} == shares
    once = said(several(FOUR[:1]))
    assert "outcomes" not in once
    assert once["outcomes_once"].text == (
        "How its 2 partnerships came out in one run: alive at the end 50 %; ended on its date 50 %."
    )


def test_nothing_is_said_of_one_nor_where_they_were_not_kept():
    assert landscape.statements(several([[life()], [life()]])) == []
    assert landscape.statements(made_by_hand(cgsim.loads(TWO))) == []


def test_by_which_age_half_had_ended_or_how_many_live_at_the_highest():
    alive = [[life(), life()]] * 6
    assert "half" not in said(several(alive))
    assert "left" not in said(several(alive))
    # One of two ends at the age of 8 months, in every run: half had ended by then.
    half = said(several([[life(ended=10.0, ending=DATED), life()]] * 6))["half"]
    assert (half.value, half.numbers) == (8.0, {"months": (8, 8)})
    assert (half.measure, half.comparison) == ("", "")
    assert half.text == ("Half of those that began had ended after 8 months of life or sooner.")
    one = [[life(ended=3.0, ending=DATED)] * 2] * 6
    assert "after 1 month of life" in said(several(one))["half"].text
    # One of four ends: three quarters are alive at the highest age that was seen.
    some = [[life(), life()], [life(ended=10.0, ending=DATED), life()]] * 6
    left = said(several(some))["left"]
    assert (left.unit, left.measure, left.comparison) == ("share", "", "")
    assert left.value == pytest.approx(0.75)
    assert left.low < 0.75 < left.high
    assert left.numbers == {"months": (21, 21)}
    assert left.text.startswith(
        "After 21 months of life, the longest that was seen, 75.0 % of those that began are still "
        "alive (Kaplan-Meier; 95 % interval "
    )
    assert said(several([[NEVER, NEVER]] * 3)).keys() == {"outcomes", "spread"}


def test_how_partnerships_lie_apart_is_told_from_least_to_most():
    spread = said(several(FOUR))["spread"]
    assert (spread.id, spread.measure, spread.comparison) == ("landscape.spread", "", "")
    assert spread.text == (
        "From the least to the most of a partnership, in means over runs, with the middle one "
        "between: 7.5, 14.5 and 21.5 months of life; 3, 3.56 and 4.12 members; 50, 50 and 50 hours "
        "of overhead; 200, 200 and 200 hours of joint work; 100, 201 and 302 units of need met by "
        "joint work."
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (3.0, "3"), (3.456, "3.46"), (99.94, "99.9"), (100.0, "100"), (1234.5, "1,234")],
)
def test_a_figure_has_three_digits(value, text):
    assert landscape.figure(value) == text
    assert landscape.figure(-value) == ("−" if value else "") + text


def test_each_partnership_has_its_means_with_intervals():
    table = landscape.by_partnership(several(FOUR))
    assert table["partnership"].tolist() == ["First", "Second"]
    assert table["founders"].tolist() == [3.0, 5.0]
    first, second = table.iloc[0], table.iloc[1]
    shares = {
        "not_begun": [1, 0, 0, 0],
        "alive": [0, 0, 0, 0],
        "dated_end": [1, 1, 0, 0],
        "collapsed": [1, 0, 0, 0],
        "completed": [0, 0, 0, 0],
        "reviewed_out": [0, 0, 0, 0],
    }
    assert {way.replace(" ", "_") for way in WAYS} == set(shares)
    for name, flags in shares.items():
        right = statistics.share(np.array(flags, float))
        assert (first[name], first[f"{name}_low"], first[f"{name}_high"]) == pytest.approx(
            (right.value, right.low, right.high)
        )
    assert second["alive"] == 1.0
    months = statistics.mean(np.array([8.0, 10.0, 12.0, 0.0]))
    assert (first["months"], first["months_low"], first["months_high"]) == pytest.approx(
        (months.value, months.low, months.high)
    )
    members = statistics.mean(np.array([4.0, 4.0, 4.5, 4.0]))
    assert (second["members"], second["members_low"]) == pytest.approx((members.value, members.low))
    for name in LIFE:
        there = name not in ("begun", "ended", "ending")
        assert (name in table) == there, name
        assert (f"{name}_low" in table) == (there and name != "founders"), name


def test_the_table_says_how_each_mostly_came_out():
    heads, rows = landscape.table(several(FOUR))
    assert heads == [
        "partnership",
        "how it mostly came out",
        "months lived",
        "members",
        "need met jointly, units",
        "joint hours",
        "hours of overhead",
        "founders' own goals, against apart",
    ]
    assert rows == [
        ["First", "ended on its date 50 %", "7.5", "3", "100", "200", "50", "5.0 %"],
        ["Second", "alive at the end 100 %", "21.5", "4.12", "302", "200", "50", "5.0 %"],
    ]
    paid = several([[life(), life()]] * 2)
    for name in ("bought_hours", "gain_over_equal_money"):
        paid.measures[:, MEASURE[name]] = 1.0
    apart = heads
    heads, rows = landscape.table(paid)
    assert heads == [*apart[:-1], "founders' own goals, against the same money"]
    assert [row[-1] for row in rows] == ["3.0 %"] * 2
    gain = {"founders_gain": NAN, "members": NAN}
    _, rows = landscape.table(several([[life(**gain), life(founders_gain=1e-5)]] * 3))
    assert rows[0][3] == rows[0][-1] == "not known"
    assert rows[1][-1] == "just above 0 %"


def test_a_group_of_size_or_of_age_in_words():
    assert landscape.group("founders", 4.0, 5.0) == "4 to 5 founding members"
    assert landscape.group("founders", 21.0, NAN) == "21 founding members or more"
    assert landscape.group("years", 0.0, 1.0) == "year 1 of its life"
    assert landscape.group("years", 3.0, 5.0) == "years 4 to 5 of its life"
    assert landscape.group("years", 5.0, NAN) == "year 6 of its life and later"


def test_hazards_are_told_of_months_that_were_seen():
    # Of three founders: 8 months to its end, and 21 seen; of six: 21 seen, none ends.
    made = several(
        [[life(ended=10.0, ending=DATED), life(founders=6.0)], [life(), life(founders=6.0)]]
    )
    table = hazards(made.lives, MONTHS)
    assert table["by"].tolist() == ["founders", "founders", "years", "years"]
    assert table["first"].tolist() == [2, 6, 0, 1]
    assert table["last"].tolist() == [3, 8, 1, 2]
    assert table["ends"].tolist() == [1, 0, 1, 0]
    assert table["lived"].tolist() == [8 + 21, 42, 8 + 3 * 12, 3 * 9]
    assert table["hazard"].tolist() == pytest.approx([1 / 29, 0.0, 1 / 44, 0.0])
    heads, rows = landscape.hazard_table(made)
    assert (
        heads == ["partnerships", "ends in a month", "95 % interval", "months seen"]
        or len(heads) == 4
    )
    known, others = (made_by_hand(cgsim.loads(TWO), 1) for _ in range(2))
    row = {"by": "founders", "first": 2, "last": 3, "hazard": 0.05, "low": 0.04, "high": 0.061}
    object.__setattr__(known, "hazards", pd.DataFrame([{**row, "ends": 5, "lived": 1234}]))
    assert landscape.hazard_table(known)[1] == [
        ["2 to 3 founding members", "5.0 %", "4.0 to 6.1 %", "1,234"]
    ]
    tiny = {"hazard": 1e-5, "low": NAN, "high": NAN, "ends": 1, "lived": 100_000}
    object.__setattr__(others, "hazards", pd.DataFrame([row | tiny]))
    assert landscape.hazard_table(others)[1][0][1:3] == ["just above 0 %", "not known"]
    assert rows[0] == ["2 to 3 founding members", "3.4 %", "not known", "29"]
    assert rows[1] == ["6 to 8 founding members", "0.0 %", "not known", "42"]
    assert [row[0] for row in rows[2:]] == ["year 1 of its life", "year 2 of its life"]
    many = several([*[[life(ended=10.0, ending=DATED)] * 2] * 3, *[[life()] * 2] * 3])
    known = hazards(many.lives, MONTHS).iloc[0]
    right = statistics.ratio(np.array([2.0] * 3 + [0.0] * 3), np.array([16.0] * 3 + [42.0] * 3))
    assert (known.hazard, known.low, known.high) == pytest.approx(
        (right.value, right.low, right.high)
    )
    assert known.low < known.hazard < known.high
    none = hazards(several([[life()] * 2] * 6).lives, MONTHS).iloc[0]
    assert (none.hazard, math.isnan(none.low), math.isnan(none.high)) == (0.0, True, True)
    single = hazards(np.array([[life(begun=22.0)]]), MONTHS)
    assert single["lived"].tolist() == [1, 1]
    one = hazards(several([[life(ended=3.0, ending=DATED)] * 2] * 6).lives, MONTHS).iloc[0]
    assert (one.hazard, math.isnan(one.low), math.isnan(one.high)) == (1.0, True, True)
    assert hazards(several([[NEVER, NEVER]]).lives, MONTHS).empty
    old = np.full((1, 1, len(LIFE)), NAN)
    old[0, 0] = life(begun=0.0, founders=30.0)
    table = hazards(old, 80)
    assert table["first"].tolist() == [21, 0, 1, 2, 3, 5]
    assert table["lived"].tolist() == [79, 12, 12, 12, 24, 19]
    assert math.isnan(table["last"].iloc[0])
    assert math.isnan(table["last"].iloc[-1])


def test_ages_are_those_that_were_seen():
    rows = np.array([[life(), life(ended=10.0, ending=DATED), NEVER]])
    age, ends = ages(rows, MONTHS)
    assert age.tolist() == [[21, 8, -1]]
    assert ends.tolist() == [[False, True, False]]
    assert age.dtype == np.int64


def test_survival_is_kaplan_and_meiers():
    ends = [3.0, 5.0, 5.0, NAN]  # ages 1, 3, 3, and one that is seen for 21 months
    rows = np.array([[life(ended=e, ending=0.0 if math.isnan(e) else DATED) for e in ends]])
    table = survival(rows, MONTHS)
    assert table["age"].tolist() == list(range(22))
    assert table["alive"].tolist() == pytest.approx([1.0, 0.75, 0.75] + [0.25] * 19)
    assert table["at_risk"].tolist() == [4, 4, 3, 3] + [1] * 18
    assert table[["low", "high"]].isna().all().all()  # one run has no interval
    assert survival(np.array([[NEVER]]), MONTHS).empty
    gone = survival(
        np.array([[life(ended=3.0, ending=DATED), life(ended=5.0, ending=DATED)]]), MONTHS
    )
    assert gone["alive"].tolist() == [1.0, 0.5, 0.5, 0.0]
    whole = survival(np.array([[life(begun=0.0, ended=23.0, ending=DATED)]]), MONTHS)
    assert whole["alive"].tolist() == [1.0] * 23 + [0.0]
    begun_last = survival(np.array([[life(begun=23.0)]]), MONTHS)
    assert begun_last["age"].tolist() == [0]
    assert begun_last["at_risk"].tolist() == [1]


def test_intervals_of_survival_are_of_runs_drawn_again():
    fewest = statistics.FEWEST_RESAMPLED
    count = 2 * fewest
    runs = [[life(ended=10.0 + n, ending=DATED), life()] for n in range(count)]
    rows = np.array(runs)
    table = survival(rows, MONTHS)
    assert survival(rows[: fewest - 1], MONTHS)["low"].isna().all()
    assert survival(rows[:fewest], MONTHS)["low"].notna().any()
    pd.testing.assert_frame_equal(table, survival(rows, MONTHS))
    known = table[(table["alive"] > 0) & (table["alive"] < 1)]
    assert len(known)
    assert known[["low", "high"]].notna().all().all()
    assert table[table["alive"] == 1.0][["low", "high"]].isna().all().all()
    chance = np.random.default_rng(statistics.BOOTSTRAP_SEED)
    times = chance.multinomial(count, np.full(count, 1 / count), RESAMPLES)
    age = 14  # the first ends at 8 months, the last at 8 + count - 1
    drawn = []
    for weight in times:
        left = 1.0
        for month in range(1, age + 1):
            died = sum(w for n, w in enumerate(weight) if 8 + n == month)
            at_risk = sum(w * ((8 + n >= month) + 1) for n, w in enumerate(weight))
            left *= 1 - died / at_risk
        drawn.append(left)
    row = table[table["age"] == age].iloc[0]
    assert (row.low, row.high) == pytest.approx(tuple(np.quantile(drawn, [0.025, 0.975])))
    # Where the only run that lives on is not drawn, nobody is at risk, and none is alive.
    one_lives_on = survival(
        np.array([[life(ended=4.0, ending=DATED)]] * (fewest - 1) + [[life()]]), MONTHS
    )
    assert one_lives_on["alive"].tolist()[-1] == pytest.approx(1 / fewest)
    assert one_lives_on["low"].tolist()[-1] == 0.0
    all_gone = survival(np.array([[life(ended=4.0, ending=DATED)]] * fewest), MONTHS)
    assert all_gone["alive"].tolist() == [1.0, 1.0, 0.0]
    assert all_gone[["low", "high"]].isna().all().all()


def chunk():
    """Two runs, six months, two partnerships, three agencies, two objectives.

    Run 0: one lives in months 1 to 3 and has ended in 4; the other in months 2 to the last. Run 1:
    one never begins; the other loses all members in its first month, 2, and never meets.
    """
    board = np.zeros((2, 2, 6, 2, len(BOARD_COLUMNS)))
    place = {name: number for number, name in enumerate(BOARD_COLUMNS)}

    def put(run, b, name, values):
        board[run, 0, :, b, place[name]] = values

    put(0, 0, "members", [0, 3, 2, 0, 0, 0])
    put(0, 0, "meetings", [0, 1, 1, 1, 0, 0])
    put(0, 0, "ended", [0, 0, 0, 0, 1, 1])
    put(0, 0, "commitment", [9, 0.5, 0.25, 9, 9, 9])
    put(0, 0, "trust", [9, 0.4, 0.2, 9, 9, 9])
    put(0, 0, "appeal", [9, 1.0, 2.0, 9, 9, 9])
    put(0, 0, "joint_hours", [0, 10, 20, 0, 0, 0])
    put(0, 0, "overhead_hours", [0, 1, 2, 4, 0, 0])
    put(0, 0, "bought_hours", [0, 8, 16, 0, 0, 0])
    put(0, 1, "members", [0, 0, 2, 2, 3, 3])
    put(0, 1, "meetings", [0, 0, 1, 1, 1, 1])
    put(1, 1, "ended", [0, 0, 0, 1, 1, 1])
    board[:, 1] = 77.0  # the arm alone is not read
    founder = np.zeros((2, 2, 3), bool)
    founder[:, 0, [0, 1]] = founder[:, 1, 1:] = True
    goal = np.array([[[1.0, 0.0], [0.5, 0.5], [0.0, 1.0]]] * 2)
    met = np.ones((2, 2, 6, 2))
    met[:, 0, :, 0] = [5, 2, 2, 2, 2, 2]
    met[:, 0, :, 1] = [5, 1, 1, 3, 3, 3]
    return SimpleNamespace(
        board=board,
        met_by_objective=met,
        world=SimpleNamespace(founder=founder, goal=goal, first_local=np.array([[0, 3]] * 2)),
    )


def test_a_life_is_read_from_its_months():
    lives = read_lives(chunk(), np.array([[1.0, 2.0], [3.0, 4.0]]))
    assert lives.shape == (2, 2, len(LIFE))

    def told(run, b):
        return {name: lives[run, b, place] for name, place in COLUMN.items()}

    first = told(0, 0)
    assert first == pytest.approx(
        {
            "begun": 1.0,
            "ended": 4.0,
            "ending": 1.0,
            "months": 3.0,
            "founders": 2.0,
            "members": 5 / 3,
            "last_members": 0.0,
            "commitment": 0.375,
            "trust": 0.3,
            "appeal": 1.5,
            "joint_met": 1.0,
            "joint_hours": 30.0,
            "overhead_hours": 7.0,
            "bought_hours": 24.0,
            # From month 1: the first goal is met twice as much, both 10 + 11 of 10.
            "founders_gain": (1.0 + (21 / 10 - 1)) / 2,
            "founders_gain_over_equal_money": NAN,
        },
        nan_ok=True,
    )
    second = told(0, 1)
    assert (second["begun"], second["months"], second["ending"]) == (2.0, 4.0, 0.0)
    assert math.isnan(second["ended"])
    assert (second["members"], second["last_members"]) == (2.5, 3.0)
    assert second["founders_gain"] == pytest.approx(((8 + 10) / 8 - 1 + 10 / 4 - 1) / 2)
    never = told(1, 0)
    for name in ("begun", "ended", "ending", "members", "last_members", "commitment"):
        assert math.isnan(never[name]), name
    assert (never["months"], never["founders"], never["joint_met"]) == (0.0, 2.0, 3.0)
    assert math.isnan(never["founders_gain"])
    brief = told(1, 1)
    assert (brief["begun"], brief["ended"], brief["months"], brief["ending"]) == (
        2.0,
        3.0,
        1.0,
        1.0,
    )
    assert (brief["members"], brief["last_members"], brief["founders"]) == (0.0, 0.0, 2.0)
    turned = chunk()
    turned.board = turned.board[:, ::-1]
    turned.met_by_objective = turned.met_by_objective[:, ::-1]
    np.testing.assert_array_equal(
        read_lives(turned, np.array([[1.0, 2.0], [3.0, 4.0]]), together=1, alone=0), lives
    )


def test_hours_are_of_each_and_the_last_members_are_those_of_its_last_month():
    made = chunk()
    place = {name: number for number, name in enumerate(BOARD_COLUMNS)}

    def put(run, b, name, values):
        made.board[run, 0, :, b, place[name]] = values

    put(0, 1, "members", [0, 0, 2, 2, 3, 4])
    put(0, 1, "joint_hours", 5)
    put(1, 0, "members", [3, 0, 0, 0, 0, 0])
    put(1, 0, "meetings", [1, 0, 0, 0, 0, 0])
    put(1, 0, "ended", [0, 1, 1, 1, 1, 1])
    lives = read_lives(made, np.zeros((2, 2)))
    assert lives[:, :, COLUMN["joint_hours"]].tolist() == [[30, 30], [0, 0]]
    assert lives[0, :, COLUMN["last_members"]].tolist() == [0, 4]
    assert lives[1, 0, COLUMN["last_members"]] == 3


def test_a_partnership_that_ends_with_the_last_month_has_ended_in_it():
    board = np.zeros((1, 2, 3, 1, len(BOARD_COLUMNS)))
    board[0, 0, :, 0, BOARD_COLUMNS.index("members")] = [1.0, 1.0, 0.0]
    board[0, 0, :, 0, BOARD_COLUMNS.index("meetings")] = [0.5, 0.5, 0.0]
    board[0, 0, :, 0, BOARD_COLUMNS.index("ended")] = [0.0, 0.0, 3.0]
    board[0, 0, :, 0, BOARD_COLUMNS.index("trust")] = [0.2, 0.4, 0.0]
    world = SimpleNamespace(
        founder=np.ones((1, 1, 2), bool),
        goal=np.ones((1, 2, 1)),
        first_local=np.array([[0, 2]]),
    )
    made = SimpleNamespace(board=board, met_by_objective=np.ones((1, 2, 3, 1)), world=world)
    told = dict(zip(LIFE, read_lives(made, np.zeros((1, 1)))[0, 0], strict=True))
    assert (told["begun"], told["ended"], told["ending"], told["months"]) == (0.0, 2.0, 3.0, 2.0)
    assert told["trust"] == pytest.approx(0.3)
    assert (told["members"], told["last_members"]) == (1.0, 1.0)
    assert WAYS[ways_in(board[:, 0])[0, 0]] == "completed"
    # It meets less than once a month, and nobody is in it any more: it has lived.
    board[0, 0, :, 0, BOARD_COLUMNS.index("ended")] = 0.0
    board[0, 0, :, 0, BOARD_COLUMNS.index("members")] = 0.0
    assert WAYS[ways_in(board[:, 0])[0, 0]] == "alive"


def test_what_founders_gain_over_the_same_money_is_read_from_its_arm():
    made = chunk()
    paid = np.full((2, 1, 6, 2), 1.5)
    made.met_by_objective = np.concatenate([made.met_by_objective, paid], axis=1)
    first = read_lives(made, np.zeros((2, 2)), 0, 1, 2)[0, 0]
    assert first[COLUMN["founders_gain"]] == pytest.approx((1.0 + (21 / 10 - 1)) / 2)
    over = (2.0 / 1.5 - 1 + (21 / 15 - 1)) / 2
    assert first[COLUMN["founders_gain_over_equal_money"]] == pytest.approx(over)


def test_founders_of_whose_goals_nothing_was_met_apart_do_not_count():
    few = chunk()
    few.met_by_objective[:, 1, :, 0] = 0.0  # the first founder's only goal
    lives = read_lives(few, np.zeros((2, 2)))
    assert lives[0, 0, COLUMN["founders_gain"]] == pytest.approx((21 / 2) / 2.5 - 1)
    few.met_by_objective[:, 1] = 0.0
    assert math.isnan(read_lives(few, np.zeros((2, 2)))[0, 0, COLUMN["founders_gain"]])


def test_how_each_came_out_is_the_same_from_months_and_from_lives():
    made = chunk()
    ways = [["collapsed", "alive"], ["not begun", "collapsed"]]
    found = ways_in(made.board[:, 0])
    assert [[WAYS[way] for way in row] for row in found] == ways
    assert found.dtype == np.int8
    lives = read_lives(made, np.zeros((2, 2)))
    assert [[WAYS[way] for way in row] for row in ways_of(lives)] == ways
    members = np.zeros((1, 2, 1, len(BOARD_COLUMNS)))
    members[0, 1, 0, BOARD_COLUMNS.index("members")] = 0.5
    assert [WAYS[way] for way in ways_in(members)[0]] == ["alive"]
    members[0, 1, 0, BOARD_COLUMNS.index("ended")] = 0.5  # any number above 0 is a reason
    members[0, 1, 0, BOARD_COLUMNS.index("ended")] = 4.0
    assert [WAYS[way] for way in ways_in(members)[0]] == ["reviewed out"]


def test_agencies_care_for_their_own_area_and_national_ones_for_all():
    goal = np.array([[[0.2, 0.8], [1.0, 0.0], [0.5, 0.5], [0.0, 1.0]]])
    world = SimpleNamespace(goal=goal, first_local=np.array([[0, 4]]))
    assert weights(SimpleNamespace(world=world)) is goal
    world.first_local = np.array([[1, 3, 4]])  # agency 0 is national; 1 and 2 here, 3 there
    assert weights(SimpleNamespace(world=world)).tolist() == [
        [[0.2, 0.8, 0.2, 0.8], [1.0, 0.0, 0.0, 0.0], [0.5, 0.5, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0]]
    ]
