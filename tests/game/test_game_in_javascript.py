"""The game on the page: the same codes, scores and sights as in Python, play for play."""

import json
import random
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

import cgsim
from cgsim.answer.catalogue import MINUS
from cgsim.answer.formats import surely_whole
from cgsim.game import ACTIONS, CASES, Decision, Play, live, read_code, write_code
from cgsim.game.best import best_of
from cgsim.game.decisions import NUMBER, REPAIRS
from cgsim.game.plays import MOST_GUESS, MOST_LUCK
from cgsim.page.game import played
from cgsim.page.tables import tables

from .test_plays import drawn, told

NODE = shutil.which("node")
SCRIPT = Path(__file__).parents[1] / "page/in_node.mjs"
PACKAGE = Path(cgsim.__file__).parent
PLAYS = 400
SEEN_EVERY = 5
pytestmark = pytest.mark.skipif(NODE is None, reason="Node is missing")


def in_node(folder, **work):
    """Return what the page's JavaScript makes of some work."""
    job = folder / "job.json"
    job.write_text(json.dumps({"package": str(PACKAGE), "tables": tables(), "work": work}))
    done = subprocess.run(
        [NODE, str(SCRIPT), str(job)], capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def drawn_plays(count, seed=11):
    draw = random.Random(seed)
    made = []
    for _ in range(count):
        play = drawn(draw.choice(CASES), draw, draw.choice([draw.randrange(99), MOST_LUCK]))
        guesses = tuple(draw.choice([None, draw.randint(-MOST_GUESS, MOST_GUESS)]) for _ in "ab")
        made.append(Play(play.case, play.luck, play.decisions, guesses))
    return sorted(made, key=lambda play: play.case.number)


@pytest.fixture(scope="module")
def replayed(tmp_path_factory):
    """Plays with what came of them in Python, and what the page makes of their codes."""
    plays = drawn_plays(PLAYS)
    work = {"played": played(), "texts": [write_code(play) for play in plays]}
    work["seen_every"] = SEEN_EVERY
    said = in_node(tmp_path_factory.mktemp("plays"), plays=work)["plays"]
    return list(zip(live(plays), said, strict=True))


def test_every_play_replays_to_the_same_score_and_has_the_same_code(replayed):
    for lived, said in replayed:
        assert said["code"] == write_code(lived.play)
        assert said["score"] == pytest.approx(lived.score, abs=1e-9)
        assert said["better"] == lived.better_off
    scores = [lived.score for lived, _ in replayed]
    assert len(set(scores)) > 0.9 * PLAYS


def test_a_lead_sees_the_same(replayed):
    voices = []
    looked = [(lived, said) for lived, said in replayed if said["seen"]]
    assert len(looked) >= PLAYS // SEEN_EVERY
    for lived, said in looked:
        for quarter, seen in zip((1, 2, 3, 6, 12), said["seen"], strict=True):
            right = lived.seen(quarter)
            assert seen["members"] == len(seen["present"]) == right.members
            for name in ("settled", "hours", "says"):
                assert seen[name] == pytest.approx(getattr(right, name), rel=1e-12), name
            minutes = [lived.seen(earlier).settled for earlier in range(1, quarter + 1)]
            assert seen["minutes"] == pytest.approx(minutes, rel=1e-12)
            assert seen["moneyLeft"] == right.money_left
            assert seen["ended"] == (right.members == 0)
            asked = Decision.to("survey", quarter - 1) in lived.play.decisions
            assert (seen["survey"] is not None) == (asked and not seen["ended"])
            if seen["survey"]:
                assert seen["survey"]["trust"] == lived.column("trust")[11 + 3 * quarter]
            if seen["voice"]:
                assert seen["voice"]["name"] in seen["present"]
                voices.append(seen["voice"]["says"] - right.says)
            if not seen["ended"]:
                assert set(seen["present"]).isdisjoint(seen["gone"])
                month = max(12, 11 + 3 * (quarter - 1))
                fewer = lived.column("members")[month] - right.members
                assert len(set(seen["left"]) - set(seen["present"])) == len(seen["left"]) >= fewer
    # One member says what it thinks; all of them together say what the model has.
    assert np.std(voices) > 0.01
    assert abs(np.mean(voices)) < 3 * np.std(voices) / np.sqrt(len(voices))


HOSTILE = [
    *("", " ", "-", "U", "2", "20", "0" * 200, "0" * 201, "Z" * 200, "2" * 199, "\u00e9", "'"),
    *("\\", "\x00", "\x7f", "\U0001f600", "\ud800", "\u0131", "\ufeff20001", "\u1680", "\x1c"),
    *("<script>alert(1)</script>", "=cmd|' /C calc'!A0", "../../etc/passwd", "null", "NaN", "1e9"),
    *("20001-5Q308-8CG9P-0KEF7-1YX59-H", "20001 5q308 8cg9p okef7 lyx59 h", "\u00df"),
]


def test_codes_of_strangers_are_read_or_refused_in_the_same_words(tmp_path):
    draw = random.Random(3)
    texts = list(HOSTILE)
    for play in drawn_plays(120, seed=5):
        code = write_code(play)
        at = draw.randrange(len(code))
        texts += [code, code.lower(), code[:at], code[at:], code + draw.choice("0AZ")]
        texts.append(code[:at] + draw.choice("0123456789ABCUI*") + code[at + 1 :])
    texts += forged()
    right = []
    for text in texts:
        found = told(text)
        right.append(write_code(found) if isinstance(found, Play) else found)
    said = in_node(tmp_path, codes={"played": played(), "texts": texts})["codes"]
    assert said == right
    assert len({one for one in right if one.startswith("got") or ": got" in one}) > 12


def forged():
    """Return codes with a right checksum that no player can have made."""
    from cgsim.game import code

    made = []
    for version, case, luck, decisions, guesses, after in [
        (2, 0, 1, [], (0, 0), ""),
        (1, 9, 1, [], (0, 0), ""),
        (1, 0, 10**8, [], (0, 0), ""),
        (1, 0, 1, [(13, 0, 0)], (0, 0), ""),
        (1, 0, 1, [(0, 15, 0)], (0, 0), ""),
        (1, 0, 1, [(0, 1, 9)], (0, 0), ""),
        (1, 0, 1, [(3, 1, 0), (2, 2, 0)], (0, 0), ""),
        (1, 0, 1, [(0, 9, 0), (1, 9, 0)], (0, 0), ""),
        (1, 0, 1, [(0, 11, 0), (1, 1, 0)], (0, 0), ""),
        (1, 0, 1, [(0, 10, 0)], (0, 0), ""),
        (1, 0, 1, [], (32767, 0), ""),
        (1, 0, 1, [], (0, 32767), ""),
        (1, 0, 1, [], (0, 0), "00000"),
        (1, 0, 1, [], (0, 0), "1"),
        (1, 0, 1, [], (0,), ""),
    ]:
        bits = f"{version:04b}{case:04b}{luck:027b}{len(decisions):05b}"
        bits += "".join(f"{q:04b}{a:04b}{level:05b}" for q, a, level in decisions)
        bits += "".join(f"{guess:015b}" for guess in guesses) + after
        bits += "0" * (-len(bits) % 5)
        check = f"{code._checksum(int(bits, 2)):020b}"
        whole = bits + check
        fives = [whole[at : at + 5] for at in range(0, len(whole), 5)]
        made.append("".join(code.LETTERS[int(five, 2)] for five in fives))
    return made


def test_a_read_code_is_one_that_python_reads():
    for play in drawn_plays(30, seed=8):
        assert read_code(write_code(play)) == play


# What is said of a play, told again by its numbers in Python.

LUCKS = 40
REPAIR_MONTHS = [3 * quarter + 1 for quarter in range(12)]
DO = {
    "agenda": [
        "Work on one aim",
        "Work on two aims",
        "Work on three aims",
        "Work on all four aims",
    ],
    "leading": [
        "Lead in passing",
        "Give leading some of your time",
        "Give leading most of your time",
    ],
    "grant": ["Take the grant"],
    "close": ["Close the partnership"],
}


def whole(value):
    """Return a figure as it is shown, and how it reads."""
    text = f"{abs(value):,.0f}"
    return text, "same" if text == "0" else "more" if value > 0 else "less"


def signed(value):
    text, reads = whole(value)
    return {"same": "0", "more": f"+{text}", "less": f"{MINUS}{text}"}[reads]


def debriefed():
    """Return plays of every kind: that gain and lose, with money and without, closed, empty."""
    to = Decision.to
    grant = CASES[0]
    plays = [
        Play(grant, 3, (), (None, None)),
        Play(grant, 3, (to("grant", 0), to("close", 3)), (600, None)),
        Play(grant, 4, (to("leading", 0, 2), to("mandate", 0, 2), to("close", 6)), (100, -100)),
        Play(grant, 8, (to("grant", 0), to("leading", 1, 2), to("mandate", 1, 2)), (100, 300)),
        Play(grant, 5, best_of(grant).decisions, (0, 0)),
        Play(grant, 6, (to("leading", 0, 2),), (None, 100)),
    ]
    return plays + [play for play in drawn_plays(14, seed=21) if play.decisions]


@pytest.fixture(scope="module")
def debriefs(tmp_path_factory):
    plays = debriefed()
    work = {"played": played(), "texts": [write_code(p) for p in plays], "lucks": LUCKS}
    said = in_node(tmp_path_factory.mktemp("debriefs"), debriefs=work)["debriefs"]
    return list(zip(plays, live(plays), said, strict=True))


def over(lived, arm):
    """Return need met beyond another arm, added up by month of the game."""
    return np.cumsum(lived.met[0, 12:] - lived.met[arm, 12:])


def near(said, right):
    """Tell whether two sentences are the same but for a last digit: lines hold 32 bits."""
    numbers = [
        [
            float(one.replace(",", "").replace("−", "-"))
            for one in re.findall(r"[+−-]?\d[\d,]*", text)
        ]
        for text in (said, right)
    ]
    words = [re.sub(r"[+−-]?\d[\d,]*", "#", text) for text in (said, right)]
    return words[0] == words[1] and np.allclose(*numbers, rtol=0, atol=1.01)


def test_what_is_said_of_the_score_is_true(debriefs):
    for _, lived, said in debriefs:
        figure, reads = whole(lived.score)
        than = {"more": f"{figure} units of need a year more than", "same": "as much need as"}
        than["less"] = f"{figure} units of need a year less than"
        right = f"In three years you met {than[reads]} the same money would have met in services."
        assert said["score"][0] == right
        assert said["score"][-1] == (
            f"By their own goals {surely_whole(lived.better_off)} of the founding members "
            "are better off than with the same money spent on services."
        )
        paid = not np.array_equal(lived.met[1], lived.met[2])
        assert len(said["score"]) == 2 + paid
        if paid:
            figure, reads = whole(over(lived, 1)[-1] / 3)
            told = f"That is {figure} units a year {reads} than these agencies would have met "
            assert near(said["score"][1], told + "alone, without the money.")
        years = np.diff(over(lived, 2)[[11, 23, 35]], prepend=0)
        assert np.allclose(said["years"], years, atol=0.01)


def test_what_was_believed_stands_beside_what_was(debriefs):
    for play, lived, said in debriefs:
        line = over(lived, 2)
        truths = [12 * line[month - 1] / month for month in (6, 18)]
        for month, guess, truth, text in zip(
            (6, 18), play.guesses, truths, said["guesses"], strict=True
        ):
            right = f"After month {month} you gave no answer. By then it was {signed(truth)} "
            right += "units a year."
            if guess is not None:
                right = f"After month {month} you wrote: {signed(guess)} units a year. "
                right += f"By then it was {signed(truth)}."
            assert near(text, right)
        place = 0 if play.guesses[1] is None and play.guesses[0] is not None else 1
        month, guess = (6, 18)[place], play.guesses[place]
        seen = lived.seen(month // 3)
        saw = f"After month {month} I saw {seen.members} members, {surely_whole(seen.settled)} of "
        saw += f"the issues of that quarter settled, and {seen.hours:,.0f} hours given a month."
        if not seen.members:
            saw = f"After month {month} I saw that the partnership had ended."
        thought = "I gave no answer to what that meant."
        if guess is not None:
            thought = f"I took that for a gain of {signed(guess)} units of need a year over the "
            thought += "same money, because: so it seemed"
        was = f"It was {signed(truths[place])} units a year until then, and {signed(lived.score)} "
        for one, right in zip(
            said["hand"], (saw, thought, was + "over all three years."), strict=True
        ):
            assert near(one, right)


def test_each_decision_is_undone_alone_and_the_largest_comes_first(debriefs):
    for play, lived, said in debriefs:
        undone = live([play.without(place) for place in range(len(play.decisions))])
        effects = [lived.score - one.score for one in undone]
        shown = [one["effect"] for one in said["effects"]]
        assert np.allclose(sorted(effects), sorted(shown), rtol=0, atol=1e-9)
        assert [abs(one) for one in shown] == sorted(map(abs, shown), reverse=True)
        for decision, effect in zip(play.decisions, effects, strict=True):
            name = ACTIONS[decision.action].name
            if name in DO:
                words = f"{DO[name][decision.level]}, month {3 * decision.quarter + 1}"
                near_it = [one for one in said["effects"] if one["words"] == words]
                assert [one for one in near_it if abs(one["effect"] - effect) < 1e-9], words
        closes = [p for p, one in enumerate(play.decisions) if ACTIONS[one.action].name == "close"]
        assert bool(said["closed"]) == bool(closes)
        if closes:
            month = 3 * play.decisions[closes[0]].quarter + 1
            figure, reads = whole(effects[closes[0]])
            going_on = {"more": f"have cost {figure} units", "same": "have met as much"}
            going_on["less"] = f"have met {figure} units a year more"
            assert (
                f"You closed it in month {month}. Going on would {going_on[reads]}"
                in said["closed"]
            )
            assert said["closed"].endswith("well done.") == (reads == "more")


def test_what_might_have_been_is_lived_on_the_same_luck(debriefs):
    for play, lived, said in debriefs:
        best = Play(play.case, play.luck, best_of(play.case).decisions)
        led, best = live([play.led_from_the_start(), best])
        figure, reads = whole(led.score - lived.score)
        if reads == "same":
            assert said["led"].endswith("your decisions come to the same.")
        else:
            told = f"{signed(led.score)} units a year on your luck, {figure} {reads} than yours."
            assert said["led"].endswith(told)
        figure, reads = whole(best.score - lived.score)
        told = {
            "more": f"come to {signed(best.score)} on your luck: {figure} units a year above",
            "less": f"come to {signed(best.score)} on your luck: you did better, by {figure} ",
            "same": "come to as much on your luck as yours.",
        }
        assert told[reads] in said["best"]
        lucks = [one.score for one in live([play.on_luck(k) for k in range(LUCKS)])]
        low, middle, high = np.quantile(lucks, [0.05, 0.5, 0.95])
        assert near(
            said["luck"][0],
            f"Lived on {LUCKS} lucks, your decisions come to {signed(middle)} units a year in the "
            f"middle; nine in ten lie between {signed(low)} and {signed(high)}.",
        )
        below = sum(score < lived.score for score in lucks)
        assert said["luck"][1] == f"Your life came out above {below} of these {LUCKS}."
        assert f"come to {signed(best_of(play.case).score)} on average" in said["luck"][2]
        assert f"yours to {signed(np.mean(lucks))}:" in said["luck"][2]


def test_the_month_from_which_it_could_no_longer_be_turned(debriefs):
    told = set()
    for play, lived, said in debriefs:
        mended = [[play.repaired(quarter, one) for one in REPAIRS] for quarter in range(12)]
        best = [max(one.score for one in live(many)) for many in mended]
        last = max((quarter for quarter in range(12) if best[quarter] >= 0), default=None)
        assert said["last"] == last
        if lived.score >= 0:
            right = "It met more than the same money: there was nothing to turn."
        elif last is None:
            right = f"None of {len(REPAIRS)} strong repairs would have brought it to what the same "
            right += "money meets, in any quarter, on your luck."
        elif last == 11:
            right = f"Even in month 34, the last in which you could decide, one of {len(REPAIRS)} "
            right += "strong repairs would still have brought it to what the same money meets, on "
            right += "your luck."
        else:
            right = f"Up to month {REPAIR_MONTHS[last]} one of {len(REPAIRS)} strong repairs would "
            right += "still have brought it to what the same money meets, on your luck. From month "
            right += f"{REPAIR_MONTHS[last + 1]} on, none did."
        assert said["turn"] == right
        told.add(right.split()[0])
    assert {"It", "Up"} <= told


def test_who_took_the_grant_first_and_who_ended_it(debriefs):
    ways = set()
    for play, lived, said in debriefs:
        named = [(ACTIONS[d.action].name, d) for d in play.decisions]
        grants = [d.quarter for name, d in named if name == "grant"]
        leads = [d.quarter for name, d in named if name == "leading" and d.level > 0]
        assert said["marked"] == (bool(grants) and grants[0] < min([*leads, 99]))
        alive = np.flatnonzero(lived.column("members") > 0)
        closed = any(name == "close" for name, _ in named)
        if alive[-1] == 47:
            assert said["end"] == {"how": "lived", "month": None}
        else:
            assert said["end"]["month"] == alive[-1] + 2 - 12
            assert said["end"]["how"] == ("closed" if lived.ended == "dated end" else "fell")
            assert closed or lived.ended != "dated end"
        ways.add(said["end"]["how"])
    assert {"lived", "closed"} <= ways


def test_the_price_that_is_shown_is_what_members_pay(tmp_path):
    """Overhead in the first month of a decision, and in the second, against not deciding."""
    draw = random.Random(2)
    priced = ("leading", "mandate", "meetings", "written_rules", "reports", "clients", "survey")
    plays = []
    for case in CASES:
        for name in (*priced, "agenda", "as_needed", "grant"):
            levels = len(ACTIONS[NUMBER[name]].levels)
            before = [Decision.to("written_rules", 0, 1), Decision.to("leading", 1, 1)]
            decision = Decision.to(name, 3, draw.randrange(levels))
            plays.append(Play(case, draw.randrange(50), (*before, decision)))
    work = {"played": played(), "texts": [write_code(play) for play in plays]}
    prices = in_node(tmp_path, prices=work)["prices"]
    with_it, without = live(plays), live([play.without(2) for play in plays])
    first = 12 + 9
    compared = 0
    for one, other, price, play in zip(with_it, without, prices, plays, strict=True):
        # Members that leave take their price with them.
        if one.column("members")[first] != other.column("members")[first - 1]:
            continue
        more = one.column("overhead_hours") - other.column("overhead_hours")
        right = [price["now"] + price["monthly"], price["monthly"]]
        name = ACTIONS[play.decisions[-1].action].name
        # A large partnership's lead gives no more than it can.
        tolerance = 2.0 if name == "leading" else 1e-6
        assert np.allclose(more[first : first + 2], right, rtol=0.0, atol=tolerance), (name, play)
        compared += 1
    assert compared > 0.8 * len(plays)


# The wall reads what a learning platform exports.


def test_codes_are_found_among_columns_and_bad_lines_are_told(tmp_path):
    plays = drawn_plays(6, seed=4)
    codes = [write_code(play) for play in plays]
    slip = codes[0][:-1] + ("0" if codes[0][-1] != "0" else "1")
    text = "\r\n".join(
        [
            "\ufeffName;Group;Answer",
            f'"Doe; Jane";3;{codes[0]}',
            f"Li\t{codes[1].lower()}\t2026-01-01",
            "",
            f"{codes[2]}",
            f'"{codes[3]}"',
            f"Bad,{slip}",
            "Nobody,nothing",
            f"Mark,'{codes[4]},=1+1",
            codes[5].replace("-", " "),
        ]
    )
    told, long, many = in_node(
        tmp_path,
        walls={"played": played(), "texts": [text, "0" * 1_000_001, "\n" * 2001]},
    )["walls"]
    assert told["heading"]
    assert [row[0] for row in told["rows"]] == [2, 3, 5, 6, 9, 10]
    assert [row[2] for row in told["rows"]] == codes
    assert [row[1] for row in told["rows"]] == [
        *("Doe; Jane, 3", "Li, 2026-01-01", "", "", "Mark, =1+1", ""),
    ]
    assert told["faults"] == [
        {"line": 7, "why": "got a code with a slip in it, or a part of one; copy it whole"},
        {"line": 8, "why": "got no code"},
    ]
    assert long == "got 1000001 letters; allowed 1000000"
    assert many == "got 2002 lines; allowed 2000"
