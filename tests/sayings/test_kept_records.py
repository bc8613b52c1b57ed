"""The record as JSON, texts by id, names and what is kept of a life."""

import math
from types import SimpleNamespace

import numpy as np
import pytest
from small_lives import around, results

import cgsim
from cgsim.answer import catalogue, glossary, names
from cgsim.answer.lived import (
    ACCOUNT,
    OFF_ARMS,
    PAID_REASON_ARMS,
    REASON_ARMS,
    Lived,
    read,
    reason_arms,
)
from cgsim.answer.lives import WAYS
from cgsim.answer.record import DRAWN, HERE, PALETTE, Statement, plain

NAN = math.nan


def test_the_record_is_plain_with_each_text_and_the_palette():
    answer = results(runs=24, whole=True, gain=around(0.1, 24)).answer()
    record = answer.to_dict()
    assert record["text"] == answer.text == " ".join(s["text"] for s in record["headline"])
    assert record["palette"] == PALETTE
    assert record["palette"] is not PALETTE
    first = record["headline"][0]
    assert first == {
        "id": "gain.more",
        "measure": "gain",
        "comparison": "alone",
        "value": answer.headline[0].value,
        "low": answer.headline[0].low,
        "high": answer.headline[0].high,
        "unit": "share",
        "of": "of what the founders met alone",
        "holds_for": HERE,
        "numbers": {"runs": 24, "title": "A partnership of eight"},
        "text": answer.headline[0].text,
    }
    assert record["values"][0]["shown"] == ["run", "compare"]
    assert "text" not in record["luck"]


def test_what_is_not_a_number_becomes_none():
    assert plain({1: (NAN, math.inf, 0.5), "b": [None, True, "text", 3]}) == {
        "1": [None, None, 0.5],
        "b": [None, True, "text", 3],
    }
    assert plain(Statement) is Statement  # a class is no record
    (count,) = plain([np.int64(3)])
    assert (type(count), count) == (int, 3)


def test_a_statement_fills_its_template_from_its_numbers():
    said = Statement("one.more", "gain", "", 0.021, NAN, NAN, "share", "of it")
    assert said.text == "In it, working together met 2.1 % more need than working apart, of it."
    assert said.placeholders() == {
        "value": 0.021,
        "low": said.low,
        "high": said.high,
        "of": "of it",
        "all": {"value": 0.021, "low": said.low, "high": said.high, "unit": "share"},
    }
    told = Statement("x", "", "", 1.0, numbers={"value": 2.0, "month": 3}, holds_for=DRAWN)
    assert told.placeholders()["value"] == 2.0
    assert told.placeholders()["month"] == 3
    other = catalogue.Catalogue({"x": "{of}"}, terms={"of it": "davon"})
    with catalogue.using(other):
        assert Statement("x", "", "", of="of it").text == "davon"


def test_a_template_takes_formats_and_texts_as_they_are():
    assert catalogue.fill("{a} {b:percent}{c:runs}.", {"a": 1.5, "b": 0.1, "c": 2}) == (
        "1.5 10.0 %2 runs."
    )
    with pytest.raises(KeyError):
        catalogue.word("no such id")
    with pytest.raises(KeyError):
        catalogue.fill("{a:no_format}", {"a": 1})
    assert catalogue.word("word.to", low="1", high="2") == "1 to 2"
    # A number of any name may be given.
    with catalogue.using(catalogue.Catalogue({"x": "{id}{template}"})):
        assert catalogue.word("x", id=1, template=2) == "12"


def test_texts_stand_in_tables_within_tables():
    texts = catalogue.english().texts
    assert texts["outcome.thriving.name"] == "alive and worth its hours"
    assert catalogue.english() is catalogue.used()
    flat = dict(catalogue._flat({"a": {"b": {"c": "x"}, "d": "y"}, "e": "z"}))
    assert flat == {"a.b.c": "x", "a.d": "y", "e": "z"}


def test_the_glossary_is_a_table_of_words_and_what_they_mean():
    head, rule, *rows, end = glossary.as_markdown().split("\n")
    assert (head, rule, end) == ("| word | what it means here |", "|---|---|", "")
    assert rows == [f"| {one.word} | {one.means} |" for one in glossary.entries()]
    assert rows


def test_another_language_is_used_for_a_while():
    other = catalogue.Catalogue({"word.to": "{low} bis {high}"}, {"units": "Einheiten"}, str.upper)
    with catalogue.using(other):
        assert catalogue.word("word.to", low=1, high=2) == "1 bis 2"
        assert catalogue.term("units") == "Einheiten"
        assert catalogue.term("hours") == "HOURS"
        assert catalogue.term("") == ""
        inner = catalogue.Catalogue({"word.to": "-"})
        with catalogue.using(inner):
            assert catalogue.used() is inner
        assert catalogue.used() is other
    assert catalogue.word("word.to", low=1, high=2) == "1 to 2"
    assert catalogue.term("units") == "units"
    with pytest.raises(ZeroDivisionError), catalogue.using(other):
        raise ZeroDivisionError
    assert catalogue.used() is catalogue.english()


@pytest.mark.parametrize(
    ("name", "size", "text"),
    [
        ("A partnership of eight", 8, "A partnership of eight"),
        ("A partnership of eight", 10, "A partnership of 10"),
        ("Partnership of EIGHT", 8, "Partnership of EIGHT"),
        ("Partnership of 8", 8, "Partnership of 8"),
        ("Partnership of 8", 9, "Partnership of 9"),
        ("Partnership of eighty", 9, "Partnership of eighty"),
        ("Partnership of twenty", 20, "Partnership of twenty"),
        ("Partnership of zero", 0, "Partnership of zero"),
        ("A club of eight", 10, "A club of eight"),
    ],
)
def test_a_name_tells_the_size_that_it_has(name, size, text):
    assert names.sized(name, size) == text


def test_titles_and_partnerships_follow_their_size():
    ten = cgsim.load("baseline", ["size=10"])
    assert names.title(ten) == "A partnership of 10 (changed)"
    assert names.partnership(ten, 0) == "Partnership of 10"
    many = cgsim.load("cluttered")
    assert len(many.partnerships) > 1
    import dataclasses

    named = dataclasses.replace(many, title="A partnership of two")
    assert names.title(named) == "A partnership of two"
    first = dataclasses.replace(many.partnerships[1], name="Partnership of 50", size=4)
    pair = dataclasses.replace(many, partnerships=(many.partnerships[0], first))
    assert names.partnership(pair, 1) == "Partnership of 4"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1, "one meeting a month"),
        (1.0, "one meeting a month"),
        (0.5, "one meeting every 2 months"),
        (1 / 3, "one meeting every 3 months"),
        (0.4, "0.4 meetings a month"),
        (0, "0 meetings a month"),
        (2.0, "2 meetings a month"),
        (1.5, "1.5 meetings a month"),
    ],
)
def test_how_often_a_partnership_meets(value, text):
    assert names.meetings(value) == text


@pytest.mark.parametrize(
    ("key", "value", "text"),
    [
        ("size", 9.0, "9 members"),
        ("size", 1, "1 member"),
        ("size", 0, "0 members"),
        ("fund", 0.0, "no fund"),
        ("fund", 1, "a fund of 1 hours a month"),
        ("fund", 100.0, "a fund of 100 hours a month"),
        ("meetings", 0.5, "one meeting every 2 months"),
        ("lead_strength", 0.3, "a lead of strength 0.3 (0 to 1)"),
        ("carry", 0.6, "carry 0.6"),
        ("issue_hours", 0.25, "issue hours 0.25"),
        ("independent", True, "independent"),
        ("independent", False, "not independent"),
        ("recruit", "fit", "picked for the skills they add"),
        ("no_such_key", 3, "no such key 3"),
        ("no_such_key", "x", "no such key x"),
        ("carry", None, "carry as given"),
        ("carry", NAN, "carry as given"),
        ("size", None, "members as given"),
        ("recruit", NAN, "way of finding members as given"),
        ("matched", True, "matched"),
    ],
)
def test_what_a_parameter_is_set_to(key, value, text):
    if key == "independent" and key not in names.BY_NAME:
        pytest.skip("no such flag")
    assert names.setting(key, value) == text


def test_values_axes_amounts_and_designs():
    assert names.value_of(True) == "true"
    assert names.value_of(False) == "false"
    assert names.value_of(0.30000000000000004) == "0.3"
    assert names.value_of("fit") == "fit"
    assert names.value_of("fit", "recruit") == "picked for the skills they add"
    assert names.value_of(3) == "3"
    assert names.axis("size") == "members"
    assert names.axis("recruit") == "way of finding members"
    assert names.axis("no_such_key") == "no such key"
    for key, parameter in names.BY_NAME.items():
        if key not in names.COUNTED:
            plain_name = key.replace("_", " ")
            unit = f" ({parameter.unit})" if parameter.unit else ""
            assert names.axis(key) == plain_name + unit
    assert names.amount("size", 8.4149) == "8.41 members"
    assert names.amount("fund", 8.4149) == "8.41 hours of funding a month"
    assert names.amount("lead_strength", 0.61234) == "lead strength 0.612"
    assert names.noun("size") == "size"
    assert names.noun("meetings") == "number of meetings"
    assert names.noun("lead_strength") == "lead strength"
    assert names.design({"size": 3.0, "meetings": 1.0, "fund": 0.0}) == (
        "3 members, one meeting a month, no fund"
    )
    assert names.friction("slippage") == "promises that slip"
    assert names.outcome("reviewed out") == "ended by a review"
    assert names.outcome_words("reviewed out") == "it was reviewed and ended"
    with catalogue.using(
        catalogue.Catalogue(catalogue.english().texts, {"hours": "Stunden"}, str.upper)
    ):
        assert names.plain("lead_strength") == "LEAD STRENGTH"
        units = {p.unit for p in names.BY_NAME.values() if p.unit and p.name not in names.COUNTED}
        key = next(p.name for p in names.BY_NAME.values() if p.unit in units)
        assert names.axis(key).isupper()


THE_ONE_AREA = np.array([[0, 3]] * 2)
"""Its first agency and the one beyond its last, of two runs."""


def chunk(arms=8):
    """Two runs, four months, two partnerships, three agencies, two objectives.

    In the first run a partnership lives in months 1 and 2; in the second none does.
    """
    from cgsim import measures
    from cgsim.rules.state import BOARD_COLUMNS

    month = np.zeros((2, arms, 4, 10))
    for arm in range(arms):
        month[:, arm, :, measures.MET] = 10.0 + arm
    month[:, 0, :, measures.MET] = [20.0, 21.0, 22.0, 23.0]
    for place, column in enumerate(
        (
            measures.OVERHEAD,
            measures.JOINT_HOURS,
            measures.BOUGHT,
            measures.JOINT_MET,
            measures.OWN_HOURS,
        )
    ):
        month[0, 0, :, column] = np.arange(4) + 10.0 * place
    board = np.zeros((2, arms, 4, 2, len(BOARD_COLUMNS)))
    board[0, 0, 1:3, 0, measures.MEMBERS] = 3.0
    board[0, 0, 2, 1, measures.MEMBERS] = 2.0
    board[0, 0, :, 0, BOARD_COLUMNS.index("settled")] = [0.5, 0.25, 1.0, 0.5]
    board[0, 0, :, 1, BOARD_COLUMNS.index("settled")] = [0.5, 0.5, 0.75, 0.5]
    board[0, 0, :, :, BOARD_COLUMNS.index("slipped_hours")] = [[1, 2], [4, 8], [16, 32], [64, 128]]
    board[:, 1:, :, :, BOARD_COLUMNS.index("slipped_hours")] = 1000.0
    own = np.zeros((2, 3, 4, 3))
    own[:, 0] = [1.0, 2.0, 4.0]
    own[:, 1] = [2.0, 4.0, 8.0]
    founder = np.zeros((2, 2, 3), bool)
    founder[0, 0, 0] = founder[0, 1, 2] = True
    goal = np.array([[[1.0, 0.0], [0.5, 0.5], [0.0, 0.0]]] * 2)
    by_objective = np.ones((2, 3, 4, 2))
    by_objective[:, 0, :, 0] = 3.0
    by_objective[:, 0, 0, :] = 99.0
    by_objective[:, 2] = 2.0  # the same money meets twice as much as apart
    return SimpleNamespace(
        month=month,
        board=board,
        own_met=own,
        world=SimpleNamespace(founder=founder, goal=goal, first_local=THE_ONE_AREA),
        met_by_objective=by_objective,
    )


def test_what_is_kept_of_a_life():
    kept = read(chunk())
    assert kept.founders.tolist() == [[True, False, True], [False, False, False]]
    assert kept.start.tolist() == [1, 4]
    assert kept.end.tolist() == [3, 4]
    assert (kept.start.dtype, kept.end.dtype) == (np.int64, np.int64)
    # From the month it began on, up to and with each; nothing where none began.
    np.testing.assert_allclose(kept.beyond_alone, [[0, 10, 21, 33], [0] * 4])
    np.testing.assert_allclose(kept.beyond_money, [[0, 9, 19, 30], [0] * 4])
    np.testing.assert_allclose(kept.base, [[0, 10, 20, 30], [0] * 4])
    assert kept.beyond_alone.dtype == kept.beyond_money.dtype == kept.base.dtype == np.float32
    assert kept.paid.tolist() == [[True] * 4, [False] * 4]
    # Living together; apart there is no partnership, whatever came of it.
    assert [[WAYS[way] for way in run] for run in kept.ways] == [["alive"] * 2, ["not begun"] * 2]
    told = dict(zip(ACCOUNT, kept.account[0], strict=True))
    assert told == {
        "overhead": 6.0,
        "joint_hours": 46.0,
        "bought": 86.0,
        "joint_met": 126.0,
        "own_hours": 83.0,
        "own_met": 14.0,
        "living": 3.0,
        "settled": 2.0,
        "settled_months": 1.0,
        "slipped": 255.0,
    }
    assert not kept.account[1].any()
    # Goals on the first objective, which three times as much is done for; on both; on none.
    np.testing.assert_allclose(kept.own_gain, [[2.0, 1.0, 0.0], [0.0] * 3])
    np.testing.assert_allclose(kept.own_gain_over_money, [[0.5, 0.0, 0.0], [0.0] * 3])
    assert kept.own_gain.dtype == kept.own_gain_over_money.dtype == np.float32
    # With a friction off 13, 14, ... a month are met, of 30 in all.
    met = np.array([13, 14, 15, 16, 17]) * 3 - (21 + 22 + 23)
    np.testing.assert_allclose(kept.without, [met / 30, [0.0] * 5])


def test_each_run_has_months_and_sums_of_its_own():
    from cgsim import measures

    lives, second = chunk(), 1
    lives.board[second, 0, 0, 1, measures.MEMBERS] = 2.0
    lives.world.founder[second, 0, 1] = True
    lives.own_met[second, 1] *= 0.01
    lives.met_by_objective[second] *= 0.01
    lives.month[second, 0, :, measures.MET] = [1.0, 2.0, 3.0, 4.0]
    lives.month[second, 0, 1, measures.BOUGHT] = 0.5
    kept = read(lives)
    assert kept.start.tolist() == [1, 0]
    assert kept.end.tolist() == [3, 1]
    assert kept.paid.tolist() == [[True] * 4, [False, True, False, False]]
    np.testing.assert_allclose(kept.base[1], 0.04 * np.arange(1, 5))
    # With a friction off 13, 14, ... a month are met, of very little in all.
    met = np.array([13, 14, 15, 16, 17]) * 4 - 10.0
    np.testing.assert_allclose(kept.without[1], met / 0.16)
    np.testing.assert_allclose(kept.without[0], read(chunk()).without[0])
    # In month 0 more is done for both than later; three times as much for the first.
    by_goal = [(99 + 3 * 3) / 4 - 1, (99 + 3 * 3 + 99 + 3) / 8 - 1, 0.0]
    np.testing.assert_allclose(kept.own_gain[1], by_goal, rtol=1e-6)


def test_what_a_friction_takes_is_told_over_the_money_that_is_spent_without_it():
    """Each arm without a friction has one of its own money beside it."""
    from cgsim import measures

    lives = chunk(13)
    assert len(PAID_REASON_ARMS) == 13
    kinds = [arm.kind for arm in PAID_REASON_ARMS]
    assert kinds == [0, 1, 2, *[0, 2] * 5]
    assert [arm.off for arm in PAID_REASON_ARMS[3::2]] == [arm.off for arm in OFF_ARMS]
    assert not any(arm.off for arm in PAID_REASON_ARMS[4::2])
    met = 100.0 * np.arange(13)
    lives.month[:, :, :, measures.MET] = met[None, :, None]
    lives.month[1] = lives.month[0]
    lives.board[1] = lives.board[0]
    lives.own_met[1], lives.world.founder[1] = lives.own_met[0], lives.world.founder[0]
    kept = read(lives, np.array([True, False]))
    base, months = 30.0, 3
    over = (met[3::2] - met[4::2]) - (met[0] - met[2])
    np.testing.assert_allclose(kept.without[0], months * over / base)
    # Where none can be bought there is nothing to hold it against but working alone.
    np.testing.assert_allclose(kept.without[1], months * (met[3::2] - met[0]) / base)
    np.testing.assert_allclose(read(lives).without, kept.without[[1, 1]])


def test_the_arms_of_money_are_lived_where_hours_may_be_bought():
    plain, paid = cgsim.load("baseline"), cgsim.load("korsakoff")
    assert (plain.buys, paid.buys) == (False, True)
    assert reason_arms([plain]) == REASON_ARMS
    assert reason_arms([paid]) == reason_arms([plain, paid]) == PAID_REASON_ARMS
    later = "[[change]]\nmonth = 30\n[change.set]\nfund = 10\n"
    assert cgsim.loads('title = "T"\n[[partnership]]\n' + later).buys
    assert not cgsim.loads('title = "T"\n[[partnership]]\n' + later.replace("10", "0")).buys


def test_runs_of_which_no_partnership_begins_have_nothing_to_change():
    lives = chunk()
    lives.own_met[:, 1] = 0.0
    assert not read(lives).without.any()


def test_without_the_other_arms_nothing_is_kept_of_them():
    assert read(chunk(3)).without.shape == (2, 0)
    np.testing.assert_allclose(read(chunk(3)).beyond_money, read(chunk()).beyond_money)


def test_parts_are_joined_in_the_order_of_their_runs():
    one = read(chunk())
    whole = Lived.joined(2, [(np.array([1, 0]), one)])
    assert whole.start.tolist() == one.start.tolist()[::-1]
    first, second = (one.of(np.array(rows)) for rows in ([True, False], [False, True]))
    assert first.start.tolist() == [1]
    again = Lived.joined(2, [(np.array([1]), second), (np.array([0]), first)])
    for name in ("founders", "start", "end", "beyond_alone", "base", "account", "without"):
        np.testing.assert_array_equal(getattr(again, name), getattr(one, name))
        assert getattr(again, name).dtype == getattr(one, name).dtype
