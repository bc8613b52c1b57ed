"""What a report says of its assumptions, and what a reader should keep in mind."""

from __future__ import annotations

from collections import Counter

from cgsim.answer.catalogue import term, word
from cgsim.answer.names import CAVEATS
from cgsim.pictures.tables import capital
from cgsim.report.document import Points, Section, Table, Text
from cgsim.scenario import Scenario, loads
from cgsim.scenario.parameters import BASES, BY_NAME, PARAMETERS, is_read
from cgsim.scenario.writing import differences

MOST_ROWS = 200
UNFOLDED_ROWS = 15


def simulated() -> Text:
    """Return what goes with every answer."""
    return Text(word("caveat.simulated"), "note")


def assumed(scenario: Scenario) -> Section:
    """Say how much of what goes in is assumed, and what differs from the defaults."""
    bases = Counter(parameter.basis for parameter in PARAMETERS)
    uncertain = sum(
        parameter.prior is not None and is_read(parameter, scenario.values)
        for parameter in PARAMETERS
    )
    rows = tuple(
        (capital(term(BASES[basis])), str(bases[basis]), word(f"assumed.meaning_{basis}"))
        for basis in BASES
        if bases[basis]
    )
    table = Table(
        word("assumed.rest_on"),
        _heads("basis", "inputs", "meaning"),
        rows,
        right=(1,),
        prose=(2,),
    )
    inputs = scenario.known_and_read
    known = f" {word('assumed.known', inputs=inputs)}" if inputs else ""
    changed = list(differences(loads('title = "Default"'), scenario))
    blocks: list[Text | Table] = [
        Text(
            f"{word('assumed.inputs', inputs=len(PARAMETERS), uncertain=uncertain, **bases)}{known}"
        ),
        table,
    ]
    if scenario.assumed:
        blocks.append(Text(word("assumed.scenario", text=_one_line(scenario.assumed))))
    if changed:
        shown = changed[:MOST_ROWS]
        kind = "differs_first" if len(changed) > MOST_ROWS else "differs"
        blocks.append(
            Table(
                word(f"assumed.{kind}", shown=MOST_ROWS, all=len(changed)),
                _heads("input", "default", "here", "basis"),
                tuple((key, before, here, _basis(key)) for key, before, here in shown),
                prose=(3,),
                folded=len(changed) > UNFOLDED_ROWS,
            )
        )
    else:
        blocks.append(Text(word("assumed.same")))
    blocks.append(Text(word("assumed.describe"), "note"))
    return Section("assumed", word("assumed.title"), tuple(blocks))


def _heads(*names: str) -> tuple[str, ...]:
    return tuple(word(f"assumed.head_{name}") for name in names)


def _basis(key: str) -> str:
    parameter = BY_NAME.get(key.rpartition(".")[2])
    return term(BASES[parameter.basis]) if parameter else word("assumed.choice")


def _one_line(text: str) -> str:
    return " ".join(text.split())


def caveats(*own: str) -> Section:
    """Return what to keep in mind with every result, after what is said of these results."""
    texts = (*own, *(word(f"caveat.{name}") for name in CAVEATS))
    return Section("caveats", word("caveat.title"), (Points(texts),))
