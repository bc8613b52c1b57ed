"""What a report says of its assumptions, and what a reader should keep in mind."""

from __future__ import annotations

from collections import Counter

from cgsim.report.document import Points, Section, Table, Text
from cgsim.scenario import Scenario, loads
from cgsim.scenario.parameters import BASES, BY_NAME, PARAMETERS
from cgsim.scenario.writing import differences

MOST_ROWS = 200
UNFOLDED_ROWS = 15
SIMULATED = Text(
    "Simulated, not measured. Every number rests on inputs most of which are expert assumptions; "
    "see “What is assumed”.",
    "note",
)


def assumed(scenario: Scenario) -> Section:
    """Say how much of what goes in is assumed, and what differs from the defaults."""
    bases = Counter(parameter.basis for parameter in PARAMETERS)
    uncertain = sum(parameter.prior is not None for parameter in PARAMETERS)
    rows = tuple(
        (BASES[basis].capitalize(), str(bases[basis]), _MEANING[basis])
        for basis in BASES
        if bases[basis]
    )
    table = Table(
        "What the inputs of the model rest on",
        ("basis", "inputs", "what that means"),
        rows,
        right=(1,),
        prose=(2,),
    )
    changed = list(differences(loads('title = "Default"'), scenario))
    blocks: list[Text | Table] = [
        Text(
            f"The model has {len(PARAMETERS)} inputs. {bases['assumption']} of them are expert "
            f"assumptions; for {bases['direction']} published work gives the direction only; "
            f"{bases['measured']} have an order of magnitude from a published figure. For "
            f"{uncertain} a range is given, as nobody knows the value. The others are choices "
            "that a scenario makes."
        ),
        table,
    ]
    if scenario.assumed:
        blocks.append(Text(f"About this scenario: {_one_line(scenario.assumed)}"))
    if changed:
        shown = changed[:MOST_ROWS]
        more = f" (the first {MOST_ROWS} of {len(changed)})" if len(changed) > MOST_ROWS else ""
        blocks.append(
            Table(
                f"What differs from the defaults in this scenario{more}",
                ("input", "default", "here", "basis"),
                tuple((key, before, here, _basis(key)) for key, before, here in shown),
                prose=(3,),
                folded=len(changed) > UNFOLDED_ROWS,
            )
        )
    else:
        blocks.append(Text("This scenario changes nothing: every input has its default."))
    blocks.append(
        Text(
            "The command “cgsim describe NAME” explains an input: its unit, range, default, basis "
            "and source.",
            "note",
        )
    )
    return Section("assumed", "What is assumed", tuple(blocks))


_MEANING = {
    "measured": "the order of magnitude is known, the value is not",
    "direction": "it is known which way it works, not how strongly",
    "assumption": "somebody's considered judgement",
    "lever": "a decision of the partnership, to be tried out",
    "definition": "true by how the model is set up",
}


def _basis(key: str) -> str:
    parameter = BY_NAME.get(key.rpartition(".")[2])
    return BASES[parameter.basis] if parameter else "a choice that the scenario makes"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def caveats(*own: str) -> Section:
    """Return what to keep in mind with every result, after what is said of these results."""
    texts = (
        *own,
        "This is a simulation. It works out what follows from assumptions. It is compatible with "
        "what studies report about partnerships; it does not show that a real partnership would "
        "do the same.",
        "A 95 % interval says how precisely the mean of the replicates is known. More replicates "
        "make it narrower. It does not hold the doubt about the inputs, most of which are expert "
        "assumptions.",
        "Replicates differ from each other by chance: other agencies, other goals, other luck. "
        "One real partnership is like one replicate, not like the mean of all.",
        "The gain is counted against what the founding members met by their own work when they "
        "worked apart. Both ways are lived in the same area with the same luck, so chance that "
        "is common to both cancels.",
        "Need is counted in units: one unit is met by one hour of work that fits it perfectly. "
        "It stands for outcomes for the community; it is not a number of clients.",
    )
    return Section("caveats", "What to keep in mind", (Points(texts),))
