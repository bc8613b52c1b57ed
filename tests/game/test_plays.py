"""Plays of the game: decisions are changes of the model, codes replay, scores are its measures."""

import itertools
import random
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cgsim import load
from cgsim.game import ACTIONS, CASES, Decision, Play, live, read_code, write_code
from cgsim.game.best import STATED_LUCKS, best_of, mean_score, search
from cgsim.game.cases import QUARTERS, month_of
from cgsim.game.decisions import A_QUARTER, MORE_MONTHS, NUMBER, REPAIRS
from cgsim.game.plays import MOST_GUESS, MOST_LUCK, SEED, case_of
from cgsim.running.results import run_many
from cgsim.scenario.checks import FEWEST
from cgsim.scenario.library import names

TO = Decision.to
GRANT = case_of("grant")


def drawn(case, draw, luck=0):
    """Return what somebody plays who decides by throwing dice."""
    made = []
    for quarter in range(QUARTERS):
        taken = {ACTIONS[d.action].name for d in made}
        if "close" in taken:
            break
        can = [
            n
            for n, action in enumerate(ACTIONS)
            if not (action.once and action.name in taken)
            and not (action.name == "more_money" and "grant" not in taken)
            and (action.name != "close" or draw.random() < 0.1)
        ]
        for number in draw.sample(can, draw.randint(0, A_QUARTER)):
            made.append(Decision(quarter, number, draw.randrange(len(ACTIONS[number].levels))))
            if ACTIONS[number].name == "close":
                break
    return Play(case, luck, tuple(made))


@st.composite
def plays(draw):
    case = draw(st.sampled_from(CASES))
    play = drawn(case, random.Random(draw(st.integers(0, 10**9))), draw(st.integers(0, MOST_LUCK)))
    guess = st.one_of(st.none(), st.integers(-MOST_GUESS, MOST_GUESS))
    return Play(case, play.luck, play.decisions, (draw(guess), draw(guess)))


# Cases and decisions.


def test_every_case_is_a_scenario_of_named_agencies_in_which_nothing_is_decided_yet():
    assert [case.number for case in CASES] == list(range(len(CASES)))
    assert not {case.name for case in CASES} & set(names())
    for case in CASES:
        scenario = case.scenario
        assert scenario.changes == ()
        assert len(scenario.agencies) == scenario.values["agencies"] == 20
        assert scenario.partnerships[0].levers["start"] == month_of(0)
        assert scenario.values["months"] == month_of(QUARTERS)
        assert scenario.partnerships[0].levers["fund"] == 0


def test_every_action_on_every_level_is_a_change_that_a_file_could_set():
    for number, action in enumerate(ACTIONS):
        for level in range(len(action.levels)):
            before = (TO("grant", 0),) if action.name == "more_money" else ()
            play = Play(GRANT, 0, (*before, Decision(3, number, level)))
            change = play.scenario.changes[-1]
            assert change.month == month_of(3)
            assert change.set or change.focus


def test_a_grant_pays_from_the_quarter_it_is_taken_and_can_be_fought_for_and_ends_with_it():
    taken = Play(GRANT, 3, (TO("grant", 2),))
    more = Play(GRANT, 3, (TO("grant", 2), TO("more_money", 7)))
    closed = Play(GRANT, 3, (TO("grant", 2), TO("close", 5)))
    months = [
        list(np.flatnonzero(one.column("bought_hours"))) for one in live([taken, more, closed])
    ]
    first = month_of(2)
    assert months[0] == list(range(first, first + 18))
    assert months[1] == list(range(first, month_of(QUARTERS)))
    assert len(months[1]) <= 18 + MORE_MONTHS
    assert months[2] == list(range(first, month_of(5)))


WRONG = [
    ((Decision(12, 0),), "decision 1: got quarter 12; allowed 0 to 11"),
    ((Decision(-1, 0),), "decision 1: got quarter -1"),
    ((Decision(0, 13),), "decision 1: got action 13; allowed 0 to 12"),
    ((Decision(0, 1, 4),), "decision 1: got level 4 of agenda; allowed 0 to 3"),
    ((Decision(3, 1), Decision(2, 2)), "decision 2: got quarter 2 after 3"),
    ((TO("agenda", 1), TO("leading", 1), TO("reports", 1)), "decision 3: got more than 2"),
    ((TO("agenda", 1), TO("agenda", 1, 2)), "decision 2: got agenda twice"),
    ((TO("grant", 1), TO("grant", 4)), "decision 2: got grant twice"),
    ((TO("more_money", 1),), "decision 1: got more_money without a grant"),
    (
        (TO("close", 1), TO("leading", 2)),
        "decision 2: got leading after the partnership was closed",
    ),
]


@pytest.mark.parametrize(("decisions", "told"), WRONG)
def test_what_no_player_can_decide_is_refused(decisions, told):
    with pytest.raises(ValueError, match=told):
        Play(GRANT, 0, decisions)


def test_a_play_takes_no_luck_and_no_guess_that_cannot_be():
    for wrong in ({"luck": -1}, {"luck": MOST_LUCK + 1}):
        with pytest.raises(ValueError, match="luck: got"):
            Play(GRANT, **wrong)
    for guesses in ((1,), (None, 10**4), (-(10**4), None)):
        with pytest.raises(ValueError, match="guess"):
            Play(GRANT, 1, (), guesses)


# Scores.


def test_the_score_is_the_models_own_measure_of_the_same_scenario_on_the_same_luck():
    decisions = (TO("leading", 0, 2), TO("grant", 1), TO("members", 3, 6), TO("agenda", 3, 2))
    lived = live([Play(GRANT, luck, decisions) for luck in range(5)])
    right = run_many([lived[0].play.scenario], 5, SEED, months=True)[0]
    scores = [one.score for one in lived]
    assert scores == right.column("extra_met_over_equal_money_a_year").tolist()
    assert [one.better_off for one in lived] == right.column("better_off_over_equal_money").tolist()
    for luck, one in enumerate(lived):
        np.testing.assert_array_equal(one.met, right.month_values[luck, :, :, 0])


def test_a_play_gives_the_same_alone_and_among_others_in_any_order():
    draw = random.Random(4)
    many = [drawn(draw.choice(CASES), draw, draw.randrange(99)) for _ in range(12)]
    together = live(many)
    backwards = live(many[::-1])[::-1]
    for play, one, other in zip(many, together, backwards, strict=True):
        assert one.play is play
        assert one.score == other.score == live([play])[0].score


def test_who_decides_nothing_has_what_the_case_has():
    for case in CASES:
        (lived,) = live([Play(case, 7)])
        assert np.array_equal(lived.met[1], lived.met[2])  # no money, so alone
    assert live([]) == []


def test_one_decision_is_undone_alone_and_money_goes_with_its_grant():
    play = Play(GRANT, 0, (TO("leading", 0, 2), TO("grant", 1), TO("more_money", 6)))
    assert play.without(0).decisions == play.decisions[1:]
    assert play.without(1).decisions == play.decisions[:1]
    assert play.on_luck(5).decisions == play.decisions


def test_a_survey_costs_an_hour_of_every_member_once_and_changes_nothing_else():
    plain, asked = live([Play(GRANT, 5), Play(GRANT, 5, (TO("survey", 4),))])
    month = month_of(4)
    paid = asked.column("overhead_hours") - plain.column("overhead_hours")
    assert paid[month] == pytest.approx(plain.column("members")[month])
    assert np.all(paid[:month] == 0)
    assert asked.score < plain.score
    assert asked.column("meetings").tolist() == plain.column("meetings").tolist()


def test_what_might_have_been_is_a_play_with_one_decision_more():
    play = Play(GRANT, 0, (TO("grant", 0), TO("mandate", 0, 1), TO("leading", 5, 1)))
    led = play.led_from_the_start()
    assert led.decisions == (TO("leading", 0, 2), TO("grant", 0), TO("mandate", 0, 1))
    with pytest.raises(ValueError, match="more than 2 in quarter 0"):
        Play(GRANT, 0, led.decisions)
    mended = play.repaired(5, (("leading", 2), ("mandate", 2)))
    assert mended.decisions == (*play.decisions[:2], TO("leading", 5, 2), TO("mandate", 5, 2))
    closed = Play(GRANT, 0, (TO("close", 1),))
    assert closed.repaired(0, (("leading", 2),)).decisions == (TO("leading", 0, 2),)
    assert closed.repaired(3, (("leading", 2),)).decisions == closed.decisions


def test_the_best_that_a_search_found_is_as_good_as_stated():
    for case in CASES:
        best = best_of(case)
        lucks = range(STATED_LUCKS)
        assert mean_score(case, best.decisions, lucks) == pytest.approx(best.score, abs=1e-9)
        draw = random.Random(1)
        others = [mean_score(case, drawn(case, draw).decisions, range(20)) for _ in range(40)]
        assert best.score > max(others)


def test_a_search_finds_the_same_again_and_better_than_it_began_with():
    one, same = (search(GRANT, rounds=1, seed=3) for _ in range(2))
    assert one == same
    assert one.score > mean_score(GRANT, (), range(STATED_LUCKS))


def test_what_is_seen_hangs_on_nothing_that_is_decided_later():
    first = (TO("grant", 1), TO("leading", 2, 1))
    then = (*first, TO("more_money", 5), TO("members", 6, 3), TO("close", 9))
    one, other = live([Play(GRANT, 4, first), Play(GRANT, 4, then)])
    for quarter in range(1, 6):
        assert one.seen(quarter) == other.seen(quarter)
    assert one.seen(6) != other.seen(6)
    assert one.seen(1).members == 10
    assert one.seen(1).money_left == 0
    assert one.seen(2).money_left == (18 - 3) * 80
    assert other.seen(6).money_left == (18 + 12 - 15) * 80
    assert one.seen(12).money_left == 0
    assert (other.seen(10).members, other.seen(10).hours, other.seen(10).money_left) == (0, 0, 0)
    for quarter in (0, 13):
        with pytest.raises(ValueError, match="quarter: got"):
            one.seen(quarter)


def test_both_rise_at_first_so_that_minutes_look_like_success_while_everything_stalls():
    drift = live([Play(GRANT, luck, (TO("grant", 0),)) for luck in range(40)])
    led = live([Play(GRANT, k, (TO("grant", 0), TO("leading", 0, 2))) for k in range(40)])
    hours = [np.mean([one.seen(quarter).hours for one in drift]) for quarter in (1, 3)]
    settled = [np.mean([one.seen(4).settled for one in some]) for some in (drift, led)]
    assert hours[1] > hours[0]
    assert settled[0] < settled[1]


# What a trial found has to be there in the first case.


def test_money_harms_the_unprepared_and_leading_with_a_mandate_mends_it_in_time():
    def mean(*decisions):
        return np.mean([one.score for one in live([Play(GRANT, k, decisions) for k in range(60)])])

    nothing, grant = mean(), mean(TO("grant", 0))
    early = mean(TO("grant", 0), TO("leading", 1, 2), TO("mandate", 1, 2))
    late = mean(TO("grant", 0), TO("leading", 8, 2), TO("mandate", 8, 2))
    assert grant < nothing
    assert early > nothing
    assert abs(late - grant) < 0.3 * (early - grant)


def test_random_play_loses_in_half_and_players_differ_three_times_as_much_as_luck():
    for case in CASES:
        draw = random.Random(1)
        players = [drawn(case, draw) for _ in range(100)]
        lived = live([play.on_luck(k) for play in players for k in range(12)])
        scores = np.array([one.score for one in lived]).reshape(100, 12)
        assert np.mean(scores < 0) >= 0.5, case.name
        assert scores.mean(axis=1).std() >= 3 * scores.std(axis=1).mean(), case.name


MOVES = [
    *(("members", size - FEWEST) for size in (5, 6, 7, 8, 9, 10, 12, 14)),
    *(("agenda", level) for level in (0, 2, 3)),
    *((name, level) for name in ("leading", "mandate", "written_rules") for level in (1, 2)),
    *((name, level) for name in ("meetings", "reports", "clients") for level in (0, 2)),
    *(("as_needed", 1), ("grant", 0)),
]
"""What can be decided at once and then held."""


@pytest.mark.soak
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_nothing_that_is_decided_at_once_and_held_is_best_on_more_than_half_of_all_lucks(case):
    pairs = [
        (TO(one, 0, first), TO(other, 0, second))
        for (one, first), (other, second) in itertools.combinations(MOVES, 2)
        if one != other
    ]
    policies = [(), *((TO(name, 0, level),) for name, level in MOVES), *pairs]
    plays = [Play(case, luck, held) for held in policies for luck in range(500)]
    scores = np.array([one.score for one in live(plays)]).reshape(len(policies), 500)
    best = np.bincount(scores.argmax(axis=0), minlength=len(policies))
    assert best.max() <= 250, policies[best.argmax()]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_no_first_move_is_best_whatever_follows(case):
    draw = random.Random(5)
    followed = [drawn(case, draw).decisions for _ in range(40)]
    scores = []
    for name, level in MOVES:
        plays = []
        for luck, decisions in enumerate(followed):
            later = [d for d in decisions if d.quarter > 0]
            if name == "grant":
                later = [d for d in later if d.action != NUMBER["grant"]]
            elif not any(d.action == NUMBER["grant"] for d in later):
                later = [d for d in later if d.action != NUMBER["more_money"]]
            plays.append(Play(case, luck, (TO(name, 0, level), *later)))
        scores.append([one.score for one in live(plays)])
    best = np.bincount(np.argmax(scores, axis=0), minlength=len(MOVES))
    assert best.max() <= 20, MOVES[best.argmax()]


# Codes.


def told(text):
    """Return the play of a text, or in words why it is none."""
    try:
        return read_code(text)
    except ValueError as error:
        return str(error)


@settings(max_examples=200, deadline=None)
@given(plays())
def test_a_code_gives_the_play_back_however_it_is_typed(play):
    code = write_code(play)
    assert read_code(code) == play
    assert read_code(f" {code.lower().replace('-', ' ')}\n") == play
    assert read_code(code.replace("0", "o").replace("1", "l")) == play
    assert len(code) <= 120


@settings(max_examples=100, deadline=None)
@given(plays(), st.data())
def test_a_slip_in_a_code_is_noticed(play, data):
    letters = write_code(play).replace("-", "")
    at = data.draw(st.integers(0, len(letters) - 1))
    other = data.draw(st.sampled_from([c for c in "0123456789ABCXYZ" if c != letters[at]]))
    assert told(letters[:at] + other + letters[at + 1 :]) != play


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_a_play_or_is_refused_in_one_line(text):
    assert isinstance(told(text), Play) or "\n" not in told(text)


def test_codes_of_former_days_are_read_as_they_were_meant():
    play = Play(GRANT, 1207, (TO("leading", 0, 2), TO("grant", 1), TO("close", 9)), (-40, None))
    assert write_code(play) == FORMER
    assert read_code(FORMER) == play


FORMER = "20001-5Q308-8CG9P-0KEF7-1YX59-H"


def test_the_order_of_actions_and_cases_is_that_of_codes():
    assert list(NUMBER) == [
        *("members", "agenda", "leading", "mandate", "meetings", "as_needed"),
        *("written_rules", "reports", "clients", "grant", "more_money", "close"),
        "survey",
    ]
    assert [case.name for case in CASES] == ["grant", "many", "few", "apart"]
    assert load("baseline").partnerships[0].levers["adaptive"] == 0


# What the documents say.

PAGE = (Path(__file__).parents[2] / "docs/game.md").read_text("utf-8")


def test_the_page_on_the_game_has_the_figures_of_its_cases():
    for case in CASES:
        undecided = np.mean([one.score for one in live([Play(case, k) for k in range(100)])])
        draw = random.Random(1)
        players = [drawn(case, draw) for _ in range(100)]
        lived = live([play.on_luck(k) for play in players for k in range(10)])
        scores = np.array([one.score for one in lived]).reshape(100, 10)
        low, middle, high = np.percentile(scores, [5, 50, 95])
        against_luck = scores.mean(axis=1).std() / scores.std(axis=1).mean()
        row = (
            f"| `{case.name}` | {case.brief} | {undecided:+,.0f} | {middle:+,.0f}, {low:+,.0f} to "
            f"{high:+,.0f} | {100 * np.mean(scores < 0):.0f} % | {against_luck:.1f} times |"
        )
        assert row in PAGE
        assert f"{best_of(case).score:+,.0f} in `{case.name}`" in PAGE
    assert len(REPAIRS) == 7
    assert "none of seven strong repairs" in PAGE
    shortest, longest = (
        write_code(Play(GRANT, 1, tuple(made))).replace("-", "")
        for made in ([], [TO(name, q) for q in range(QUARTERS) for name in ("agenda", "leading")])
    )
    assert f"a code of {len(shortest)} to {len(longest)} letters" in PAGE


def test_the_page_on_the_game_does_as_it_says(capsys):
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    exec(code, {})
    said = capsys.readouterr().out.splitlines()
    assert said[0].endswith(" units a year over the same money")
    assert read_code(said[1]).luck == 7
