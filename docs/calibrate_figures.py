"""What docs/calibrate.md says of how good it is, from what tests/calibrate/figures.py measured."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from cgsim.calibrate.checking import LEVELS

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
    "trust": "trust never falls",
    "coordination": "all issues are settled",
    "slippage": "promises never slip",
    "alignment": "members see the needs alike from the first day",
}


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
        "lasted, and from which nothing was learned, stood for real partnerships.",
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
    lines = [
        "| rule that was changed | second row | nearly everything |",
        "|---|---|---|",
        *(
            f"| {words} | {_percent(rules[name]['trial']['refused'])} | "
            f"{_percent(rules[name]['all']['refused'])} |"
            for name, words in RULES.items()
        ),
    ]
    subtle = [n for n in RULES if n != "own" and rules[n]["trial"]["refused"] < 0.5]
    known = [rules[name][case]["told_apart"] for name in subtle for case in ("trial", "all")]
    return [
        "**Wrong models are noticed where they are grossly wrong, and not where they are subtly "
        "so.** Records were made with other rules, and these shares of them refused:",
        "\n".join(lines),
        f"The last {len(subtle)} are little better than chance. It is not the check that is weak: "
        "a classifier that is shown both the right and the wrong records tells "
        f"{_percent(min(known))} to {_percent(max(known))} of those from the model's own, at one "
        "false alarm in a hundred. Two surveys of eight people do not hold more. So that records "
        "pass is no evidence for the model.",
    ]


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
