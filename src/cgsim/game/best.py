"""The best decisions that a search found in each case: data, and the search that makes it anew.

``python -m cgsim.game.best`` searches and writes ``cases/best.toml``, in about four minutes. The
search breeds: of the best plays so far some decisions are dropped, moved, set otherwise or added,
and what does better on the search's own lucks stays. What is stated is the mean on other lucks,
those from 0 on.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from cgsim.game.cases import CASES, FOLDER, QUARTERS, Case
from cgsim.game.decisions import ACTIONS, NUMBER, Decision
from cgsim.game.plays import Play, live

FILE = FOLDER / "best.toml"
STATED_LUCKS = 400
"""What is stated is a mean over the lucks 0 to 399."""
_SEARCHED = range(10_000, 10_032)
_KEPT, _TRIED, _ROUNDS = 8, 40, 70

Decisions = tuple[Decision, ...]


@dataclass(frozen=True)
class Best:
    """The best that was found in a case."""

    decisions: Decisions
    score: float  #: mean on the lucks 0 to ``STATED_LUCKS`` - 1, units a year


def best_of(case: Case) -> Best:
    """Return the best decisions that a search has found in a case, as they are shipped."""
    found = _shipped()[case.name]
    return Best(tuple(Decision(*one) for one in found["decisions"]), found["score"])


@cache
def _shipped() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text("utf-8"))


def mean_score(case: Case, decisions: Decisions, lucks: Sequence[int]) -> float:
    """Return the mean score of decisions on some lucks."""
    return float(np.mean([one.score for one in live([Play(case, k, decisions) for k in lucks])]))


def search(case: Case, rounds: int = _ROUNDS, seed: int = 1) -> Best:
    """Return the best decisions that a search finds: the same for the same seed."""
    draw = random.Random(seed)
    known: dict[Decisions, float] = {}
    first = Play(case, 0, (Decision.to("leading", 0, 2), Decision.to("mandate", 0, 2)))
    parents: list[Decisions] = [(), first.decisions]
    for _ in range(rounds):
        tried = {_bred(case, draw.choice(parents), draw) for _ in range(_TRIED)} | set(parents)
        new = sorted(tried - known.keys())
        plays = [Play(case, luck, one) for one in new for luck in _SEARCHED]
        scores = np.array([one.score for one in live(plays)]).reshape(len(new), len(_SEARCHED))
        known.update(zip(new, scores.mean(axis=1).tolist(), strict=True))
        parents = sorted(known, key=lambda one: (-known[one], one))[:_KEPT]
    lean = _lean(case, parents[0], known)
    return Best(lean, mean_score(case, lean, range(STATED_LUCKS)))


def _bred(case: Case, parent: Decisions, draw: random.Random) -> Decisions:
    """Return decisions with a few of them dropped, moved, set otherwise or added."""
    while True:
        made = list(parent)
        for _ in range(draw.randint(1, 3)):
            way = draw.choice(("add", "add", "drop", "move", "set"))
            if way == "add" or not made:
                action = draw.randrange(NUMBER["survey"])
                level = draw.randrange(len(ACTIONS[action].levels))
                made.append(Decision(draw.randrange(QUARTERS), action, level))
                continue
            old = made.pop(draw.randrange(len(made)))
            if way == "move":
                quarter = min(QUARTERS - 1, max(0, old.quarter + draw.choice((-3, -1, 1, 3))))
                made.append(Decision(quarter, old.action, old.level))
            elif way == "set":
                level = draw.randrange(len(ACTIONS[old.action].levels))
                made.append(Decision(old.quarter, old.action, level))
        made.sort()
        try:
            return Play(case, 0, tuple(made)).decisions
        except ValueError:
            continue


def _lean(case: Case, decisions: Decisions, known: dict[Decisions, float]) -> Decisions:
    """Return decisions without those that do nothing, or harm."""
    score = known[decisions]
    for one in sorted(decisions, reverse=True):
        place = decisions.index(one)
        without = Play(case, 0, decisions).without(place).decisions
        other = mean_score(case, without, _SEARCHED)
        if other >= score:
            decisions, score = without, other
    return decisions


def main() -> None:
    """Search all cases anew, and write down what was found."""
    lines = ["# What a search found best in each case. Made by `python -m cgsim.game.best`."]
    for case in CASES:
        found = search(case)
        rows = [_row(one) for one in found.decisions]
        lines += ["", f"[{case.name}]", f"score = {found.score!r}", "decisions = [", *rows, "]"]
        print(f"{case.name}: {found.score:+.1f} with {len(found.decisions)} decisions")
    FILE.write_text("\n".join(lines) + "\n", "utf-8")


def _row(decision: Decision) -> str:
    """Return a decision as a line of the file, with what it sets."""
    quarter, number, level = decision.quarter, decision.action, decision.level
    action = ACTIONS[number]
    values = ", ".join(f"{key} = {value}" for key, value in action.levels[level].items())
    told = f"quarter {quarter}: {action.name} {values}".rstrip()
    return f"    [{quarter}, {number}, {level}],  # {told}"


if __name__ == "__main__":
    main()
