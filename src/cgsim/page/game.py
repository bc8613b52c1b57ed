"""The game as the page is given it: cases, what can be decided, and how a code is written."""

from __future__ import annotations

from functools import cache
from typing import Any

from cgsim.game import cases, code, decisions, plays
from cgsim.game.best import STATED_LUCKS, best_of
from cgsim.page.lessons import changes


@cache
def played() -> dict[str, Any]:
    """Return what every page knows of the game, as JSON can hold it."""
    base = cases.CASES[0].scenario.to_dict()
    return {
        "base": base,
        "cases": [_case(case, base) for case in cases.CASES],
        "actions": [
            {"name": a.name, "levels": [dict(level) for level in a.levels], "once": a.once}
            for a in decisions.ACTIONS
        ],
        "repairs": [[list(step) for step in repair] for repair in decisions.REPAIRS],
        "settings": {
            "seed": plays.SEED,
            "first_month": cases.FIRST_MONTH,
            "quarters": cases.QUARTERS,
            "months_a_quarter": cases.MONTHS_A_QUARTER,
            "a_quarter": decisions.A_QUARTER,
            "more_months": decisions.MORE_MONTHS,
            "most_luck": plays.MOST_LUCK,
            "most_guess": plays.MOST_GUESS,
            "guess_months": list(plays.GUESS_MONTHS),
            "stated_lucks": STATED_LUCKS,
        },
        "code": {
            "letters": code.LETTERS,
            "version": code.VERSION,
            "group": code.GROUP,
            "longest": code.LONGEST,
            "bits": dict(code.BITS),
            "decision": list(code.DECISION),
        },
    }


def _case(case: cases.Case, base: dict[str, Any]) -> dict[str, Any]:
    best = best_of(case)
    return {
        "name": case.name,
        "title": case.title,
        "brief": case.brief,
        "laid": list(changes(base, case.scenario.to_dict())),
        "grant": dict(case.grant),
        "best": {
            "decisions": [[d.quarter, d.action, d.level] for d in best.decisions],
            "score": best.score,
        },
    }
