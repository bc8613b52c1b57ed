"""The game on the page: the same codes, scores and sights as in Python, play for play."""

import json
import random
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

import cgsim
from cgsim.game import CASES, Decision, Play, live, read_code, write_code
from cgsim.game.plays import MOST_GUESS, MOST_LUCK
from cgsim.page.game import played
from cgsim.page.tables import tables

from .test_plays import drawn, told

NODE = shutil.which("node")
SCRIPT = Path(__file__).parents[1] / "page/in_node.mjs"
PACKAGE = Path(cgsim.__file__).parent
PLAYS = 400
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
    for lived, said in replayed[:: max(1, PLAYS // 120)]:
        for quarter, seen in zip((1, 2, 3, 6, 12), said["seen"], strict=True):
            right = lived.seen(quarter)
            assert seen["members"] == len(seen["present"]) == right.members
            for name in ("settled", "hours", "says"):
                assert seen[name] == pytest.approx(getattr(right, name), rel=1e-12), name
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
