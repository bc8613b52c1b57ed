"""A play as a short code that can be read out, typed, pasted and replayed.

Crockford's letters (no I, L, O or U; what looks alike is read alike), in groups of five, with a
checksum. A code of a stranger is data: it is bounded, checked, and lived by the engine; whatever is
in it can name nothing but a case, a luck, decisions that a player can make, and two guesses.
"""

from __future__ import annotations

import zlib

from cgsim.game.cases import CASES
from cgsim.game.decisions import Decision
from cgsim.game.plays import MOST_GUESS, Play

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
ALIKE = str.maketrans({"I": "1", "L": "1", "O": "0"})
VERSION = 1
GROUP = 5
LONGEST = 200
"""A code has about a hundred letters at most; spaces and strokes between them are allowed."""
NO_GUESS = MOST_GUESS + 1
BITS = {"version": 4, "case": 4, "luck": 27, "count": 5, "guess": 15, "check": 20}
DECISION = (4, 4, 5)  # quarter, action, level


def write_code(play: Play) -> str:
    """Return the code of a play: the same for the same play."""
    fields = [(VERSION, BITS["version"]), (play.case.number, BITS["case"])]
    fields += [(play.luck, BITS["luck"]), (len(play.decisions), BITS["count"])]
    for decision in play.decisions:
        numbers = (decision.quarter, decision.action, decision.level)
        fields += list(zip(numbers, DECISION, strict=True))
    for guess in play.guesses:
        shifted = (NO_GUESS if guess is None else guess) + MOST_GUESS
        fields.append((shifted, BITS["guess"]))
    word = 0
    length = 0
    for number, bits in fields:
        assert 0 <= number < 2**bits
        word, length = word << bits | number, length + bits
    padding = -length % GROUP
    word, length = word << padding, length + padding
    word, length = word << BITS["check"] | _checksum(word), length + BITS["check"]
    letters = "".join(LETTERS[word >> at & 31] for at in range(length - 5, -1, -5))
    return "-".join(letters[at : at + GROUP] for at in range(0, len(letters), GROUP))


def read_code(text: str) -> Play:
    """Return the play of a code; raise ``ValueError``, in one line, for what is none."""
    if len(text) > LONGEST:
        raise ValueError(f"got {len(text)} letters; allowed {LONGEST} at most")
    letters = "".join(text.split()).replace("-", "").upper().translate(ALIKE)
    if not letters:
        raise ValueError("got nothing; allowed a code")
    for letter in letters:
        if letter not in LETTERS:
            raise ValueError(f"got {letter!a} in a code; allowed letters and digits, without U")
    word = 0
    for letter in letters:
        word = word << 5 | LETTERS.index(letter)
    length = 5 * len(letters) - BITS["check"]
    check = word & 2 ** BITS["check"] - 1
    word >>= BITS["check"]
    if length <= 0 or check != _checksum(word):
        raise ValueError("got a code with a slip in it, or a part of one; copy it whole")

    def take(bits: int) -> int:
        nonlocal length
        length -= bits
        if length < 0:
            raise ValueError("got a code that ends too early")
        return word >> length & 2**bits - 1

    version = take(BITS["version"])
    if version != VERSION:
        raise ValueError(f"got a code of version {version}; allowed version {VERSION}")
    case = take(BITS["case"])
    if case >= len(CASES):
        raise ValueError(f"got case {case}; allowed 0 to {len(CASES) - 1}")
    luck = take(BITS["luck"])
    decisions = tuple(
        Decision(*(take(bits) for bits in DECISION)) for _ in range(take(BITS["count"]))
    )
    guesses = tuple(take(BITS["guess"]) - MOST_GUESS for _ in range(2))
    if length >= GROUP or word & 2**length - 1:
        raise ValueError("got a code that goes on after its end")
    given = tuple(None if guess == NO_GUESS else guess for guess in guesses)
    return Play(CASES[case], luck, decisions, given)


def _checksum(word: int) -> int:
    data = word.to_bytes(max(1, (word.bit_length() + 7) // 8), "big")
    return zlib.crc32(data) & 2 ** BITS["check"] - 1
