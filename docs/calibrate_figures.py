"""What docs/calibrate.md says of how good it is, from what tests/calibrate/figures.py measured."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from cgsim.calibrate.checking import LEVELS
from cgsim.calibrate.learning import KEPT

MEASURED = Path(__file__).with_name("calibrate-figures.json")
CASES = {
    "minutes": "members, attendance, issues settled, meetings: the minutes alone",
    "trial": "members, meetings, hours, overhead, issues settled, trust, agreement",
    "appeal": "the same and what joint work seems worth",
    "all": "nearly everything",
}
RULES = {
    "own": "none: the model's own records",
    "commitment": "members give all they may from the first day",
    "overhead": "meetings cost no hours",
    "settling": "issues take twice as long as any draw has them",
    "trust": "trust never falls",
    "leaving": "nobody leaves",
    "coordination": "all issues are settled",
    "slippage": "promises never slip",
    "alignment": "members see the needs alike from the first day",
}
REFUSED = 0.5
"""A wrong rule is noticed where so many of its records are refused."""
SEEN = 0.2
"""Records hold something of a wrong rule where one who knows it finds so many of them."""


def figures() -> str:
    """Return the section, as Markdown."""
    m = json.loads(MEASURED.read_text(encoding="utf-8"))
    return "\n\n".join([*_own(m), *_others(m["other_rules"]), _cost(m)])


def _own(m: dict[str, Any]) -> list[str]:
    cases, other = m["answers"], m["another_bank"]
    trial = cases["trial"]
    lines = [
        "| recorded | error against the forecast without records (CRPS, 95 % interval) | "
        f"{_levels()} intervals held | chance of ranks so uneven |",
        "|---|---|---|---|",
        *(
            f"| {words} | {_between(cases[name]['ratio'])} | {_shares(cases[name]['coverage'])} | "
            f"{cases[name]['uniform']:.2f} |"
            for name, words in CASES.items()
        ),
        f"| the second row, on {other['held_out']} partnerships of quite another bank | "
        f"{_between(other['ratio'])} | {_shares(other['coverage'])} | {other['uniform']:.2f} |",
    ]
    every = [held[1] for held in trial["unknowns"].values()]
    uneven = {name: cases[name]["uneven"] for name in CASES}
    told = "; ".join(
        f"{_row(place)} of {', '.join(f'`{name}`' for name in names)}"
        for place, names in enumerate(uneven.values())
        if names
    )
    best = list(trial["best"].items())
    over = trial["over_all"]
    return [
        f"Measured by `python tests/calibrate/figures.py`, on a bank of {m['draws']:,} lives of "
        "`baseline`, with 24 months recorded (two of them missing), surveys of eight people in two "
        f"months, and the 24 months ahead forecast. {trial['held_out']:,} lives whose partnership "
        "lasted, and from which nothing was learned, stood for real partnerships. The nearest "
        f"{100 * KEPT:g} % of the lives that lasted were kept.",
        "\n".join(lines),
        f"Copying the true gain so far, which nobody can see, has {trial['copying']:.2f}. "
        f"{_percent(over['ended'])} of the partnerships end within the 24 months; where these "
        "count too (their forecast being that of all lives that ended about then), the second row "
        f"is {_between(over)}.",
        f"Of all unknowns, 80 % intervals held {_percent(min(every))} to {_percent(max(every))} in "
        "the second row. The ranks of some unknowns are uneven by more than chance: "
        f"{told}. Variances shrink by {_percent(trial['contraction'])} on average, and "
        f"{_percent(trial['r2'])} is explained. Learnt most, in the second row: {_learnt(best)}.",
    ]


def _others(rules: dict[str, Any]) -> list[str]:
    subtle = [n for n in RULES if n != "own" and rules[n]["trial"]["refused"] < REFUSED]
    seen = [n for n in subtle if max(_told(rules[n])) >= SEEN]
    unseen = [_told(rules[n]) for n in subtle if n not in seen]
    lines = [
        "| rule that was changed | refused: second row | nearly everything | "
        "found by one who knows the rule: second row | nearly everything |",
        "|---|---|---|---|---|",
        *(
            f"| {words} | {_percent(rules[name]['trial']['refused'])} | "
            f"{_percent(rules[name]['all']['refused'])} | "
            + (" | ".join(map(_percent, _told(rules[name]))) if name != "own" else "|")
            + " |"
            for name, words in RULES.items()
        ),
    ]
    told = [
        "**Wrong models are noticed where they are grossly wrong, and not where they are subtly "
        "so.** Records were made with other rules, and these shares of them refused. One who "
        "knows the rule is a classifier that is shown both the right and the wrong records; what "
        "it finds is at one false alarm in a hundred:",
        "\n".join(lines),
    ]
    if seen:
        told.append(
            f"Of {' and of '.join(f'“{RULES[name]}”' for name in seen)} the records hold more "
            "than the check finds: it looks for nothing in particular."
        )
    if unseen:
        told.append(
            f"Of the {len(unseen)} others that are seldom refused one who knows the rule finds "
            f"{_percent(min(map(min, unseen)))} to {_percent(max(map(max, unseen)))}. Two surveys "
            "of eight people do not hold more."
        )
    return [*told, "That records pass is no evidence for the model."]


def _told(rule: dict[str, Any]) -> list[float]:
    return [rule[case]["told_apart"] for case in ("trial", "all")]


def _cost(m: dict[str, Any]) -> str:
    cost = m["cost"]
    return (
        f"{m['draws']:,} lives with nine kinds of record took {cost['processor_seconds']:.0f} "
        f"seconds of processor time on {cost['cores']} cores; at most {cost['memory_mb']:.0f} MB "
        f"of memory were in use. The bank takes {cost['disk_mb']:.0f} MB on disk."
    )


def _levels() -> str:
    return ", ".join(f"{100 * level:.0f}" for level in LEVELS) + " %"


def _between(ratio: dict[str, float]) -> str:
    return f"{ratio['value']:.2f} ({ratio['low']:.2f} to {ratio['high']:.2f})"


def _shares(held: list[float]) -> str:
    return ", ".join(f"{100 * share:.0f}" for share in held) + " %"


def _percent(share: float) -> str:
    return f"{100 * share:.{1 if share < 0.1 else 0}f} %"


def _row(place: int) -> str:
    return f"in the {('first', 'second', 'third', 'fourth')[place]} row"


def _learnt(best: list[tuple[str, float]]) -> str:
    return ", ".join(f"`{name}` ({100 * r2:.0f} % explained)" for name, r2 in best[:3])
