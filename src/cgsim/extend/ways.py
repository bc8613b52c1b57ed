"""An extension's ways of recruitment, networks and endings, put where the package's own are.

As with the month, nothing calls back. The function that does it is written anew around the
package's own, with a branch for each way that was added, and compiled as ever. What a scenario
chooses of the package's own is done by the package's own function, so none of its bits changes.
"""

from __future__ import annotations

import ast
import inspect
import math
import textwrap
from collections import namedtuple
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from cgsim import measures
from cgsim.compiler import rule
from cgsim.engine import batch
from cgsim.extend.declared import WAYS, Way, fault
from cgsim.extend.lived import StepFailed
from cgsim.extend.luck import RECRUITING, TYING, Luck
from cgsim.mechanisms import KINDS_OF_NETWORK, WAYS_OF_RECRUITMENT
from cgsim.reached import plain
from cgsim.rules import life_cycle
from cgsim.rules.areas import EVERYWHERE, agency_of, area_of, count_of
from cgsim.rules.state import ENDINGS, NOT_ENDED
from cgsim.world import draw, draws
from cgsim.world.draw import Brief

BEGIN_AND_END = "life_cycle.begin_and_end"
"""The step of the month in which endings are judged."""


class Added(NamedTuple):
    """A way that an extension adds."""

    extension: str  #: its name
    file: str  #: as error lines name it
    way: Way


BriefWith: Any = namedtuple("BriefWith", (*Brief._fields, "settings", "levers"))  # type: ignore[misc]
"""A brief with the values that ways of an extension read: (G,) and (G, B) records, by regime."""

_BRIEF = f"""
def brief_of(design, point):
    brief = own(design, point)
    return BriefWith(
        {", ".join(f"brief.{name}" for name in Brief._fields)},
        design.settings[point],
        design.levers[point],
    )
"""

_RECRUIT = """
def recruit(brief, seed, replicate, b, world, words, room):
    own(brief, seed, replicate, b, world, words, room)
    way = brief.recruitment[b]
    if way < {first}:
        return
    # The package's own has named the lead, and lets nobody in by a way that it does not know.
    area, first_local = world.area[b], world.first_local
    count = count_of(area, first_local)
    size = min(brief.size[b], count)
    lead = world.founding_lead[b]
    luck = Luck(seed, replicate, RECRUITING, words)
    parameters, levers = brief.settings[0], brief.levers[0, b]
    chances = room[: world.founder.shape[1]]
    for number in range(count):
        agency = agency_of(number, area, first_local)
        chances[agency] = draws.uniform(seed, replicate, draws.RECRUIT, agency, b, words)
    world.founder[b, lead] = True
    for members in range(1, size):
        joining = -1
        most = -math.inf
        for number in range(count):
            agency = agency_of(number, area, first_local)
            if world.founder[b, agency]:
                continue
            chance = chances[agency]
            found = 0.0
{calls}
            if found > most:
                most = found
                joining = agency
        if joining < 0:
            return
        world.founder[b, joining] = True
"""

_TIE = """
def draw_objectives(brief, seed, replicate, world, words):
    own(brief, seed, replicate, world, words)
    way = brief.network[0]
    if way < {first}:
        return
    # Here, and not where ties are drawn, all of the world but the founders is there to be read.
    tied, first_local = world.tied, world.first_local
    tied[:] = False
    luck = Luck(seed, replicate, TYING, words)
    parameters = brief.settings[0]
    for second in range(tied.shape[0]):
        area = area_of(second, first_local)
        for first in range(second):
            here = area_of(first, first_local)
            if here != area and here != EVERYWHERE and area != EVERYWHERE:
                continue
            chance = draws.uniform(seed, replicate, draws.TIE, first, second, words)
            found = 0.0
{calls}
            tied[first, second] = found == 1.0
            tied[second, first] = found == 1.0
"""

_WHY_END = """
def why_end_with(parameters, levers, switches, world, shocks, month, record, state, b):
    reason = why_end(levers, month, b, state)
    if reason != {first}:
        return reason
{calls}
    return reason
"""

_SPACE = {
    "__name__": "cgsim_extensions",
    "math": math,
    "draws": draws,
    "Luck": Luck,
    "StepFailed": StepFailed,
    "BriefWith": BriefWith,
    "EVERYWHERE": EVERYWHERE,
    "RECRUITING": RECRUITING,
    "TYING": TYING,
    "agency_of": agency_of,
    "area_of": area_of,
    "count_of": count_of,
    "why_end": life_cycle.why_end,
}

_MODULES = {"batch": batch, "draw": draw, "measures": measures}
_OWN = {
    "batch.brief_of": batch.brief_of,
    "draw.recruit": vars(draw)["recruit"],
    "draw.draw_objectives": draw.draw_objectives,
    "measures.OUTCOME_OF_ENDING": measures.OUTCOME_OF_ENDING,
}
_put: set[str] = set()


def put_into(places: Mapping[str, Any]) -> None:
    """Let what ``places`` names stand where the package's own stood; and that again, else."""
    for name, own in _OWN.items():
        if name in places or name in _put:
            module, _, inner = name.partition(".")
            setattr(_MODULES[module], inner, places.get(name, own))
    _put.clear()
    _put.update(places.keys() & _OWN.keys())


def places_for(added: Sequence[Added]) -> dict[str, Any]:
    """Return what stands in the place of the package's own, but for the month, by its name."""
    by_kind = {kind: [one for one in added if one.way.kind == kind] for kind in WAYS}
    recruiting, tying, ending = by_kind["recruitment"], by_kind["network"], by_kind["ending"]
    places: dict[str, Any] = {}
    if recruiting or tying:
        places["batch.brief_of"] = _around("batch.brief_of", _BRIEF, ())
    if recruiting:
        first = len(WAYS_OF_RECRUITMENT.own)
        places["draw.recruit"] = _around("draw.recruit", _RECRUIT, recruiting, first)
    if tying:
        first = len(KINDS_OF_NETWORK.own)
        places["draw.draw_objectives"] = _around("draw.draw_objectives", _TIE, tying, first)
    if ending:
        first = len(measures.OUTCOMES.own)
        further = tuple(range(first, first + len(ending)))
        own = _OWN["measures.OUTCOME_OF_ENDING"]  # another extension's may stand there now
        places["measures.OUTCOME_OF_ENDING"] = (*own, *further)
    return places


_CHOSEN = """
            if way == {number}:
                found = 1.0 * {call}
                if {wrong}:
                    {fault}
"""
_ENDS = """
    found = 1.0 * {call}
    if {wrong}:
        {fault}
    if found == 1.0:
        return {number}
"""
_NO_NUMBER = ("math.isnan(found)", "what is not a number", "a number, or -inf to keep it out")
_NO_ANSWER = ("found != 0.0 and found != 1.0", "another answer", "True or False")


def _around(name: str, text: str, added: Sequence[Added], first: int = 0) -> Any:
    """Return a function around the package's own of that name, with a branch for each way."""
    functions, calls = _calls(added, _CHOSEN, first)
    if added:
        text = text.format(calls=calls, first=first)
    return _made(text, {**functions, "own": _OWN[name]}, added)


def _calls(added: Sequence[Added], text: str, first: int) -> tuple[dict[str, Any], str]:
    """Return the functions of ways by the names that the calls in a text know them by."""
    functions, calls = {}, []
    for number, one in enumerate(added):
        way = one.way
        wrong, got, allowed = _NO_NUMBER if way.kind == "recruitment" else _NO_ANSWER
        # By the extension's name, not its path: the same text is the same code anywhere.
        said = f"{one.extension}:{way.line}: {way.told}: gave {got}; allowed {allowed}"
        name = f"way_{number}_{way.name}"
        functions[name] = way.function
        calls.append(
            text.strip("\n").format(
                number=first + number,
                call=f"{name}({', '.join(way.arguments)})",
                wrong=wrong,
                fault=f"raise StepFailed({said!r})",
            )
        )
    return functions, "\n".join(calls)


def _made(text: str, functions: Mapping[str, Any], added: Sequence[Added]) -> Any:
    name = text.partition("(")[0].split()[-1]
    return _compiled(text, name, {**_SPACE, **functions}, "the world", added)


def _compiled(
    code: str | ast.Module, name: str, space: dict[str, Any], what: str, added: Sequence[Added]
) -> Any:
    """Return a function of a text or tree, compiled; errors call it ``what``, by its extensions."""
    names = ", ".join(dict.fromkeys(one.extension for one in added)) or "extensions"
    exec(compile(code, f"<{what} with {names}>", "exec"), space)
    return rule(space[name])


# ---- endings: a step of the month ---------------------------------------------------------------

ARGUMENTS = ("parameters", "levers", "switches", "world", "shocks", "month", "record", "state")
"""Of the step that begins and ends partnerships, where an extension's endings are in it."""


def with_endings(endings: Sequence[Added]) -> Any:
    """Return the step of the month that begins and ends, with further reasons to end in it.

    They are judged after the package's own, in their order: the first that holds is why it ended.
    """
    functions, calls = _calls(endings, _ENDS, len(ENDINGS.own))
    why_end = _made(_WHY_END.format(calls=calls, first=NOT_ENDED), functions, endings)
    tree = ast.parse(textwrap.dedent(inspect.getsource(plain(life_cycle.begin_and_end))))
    (step,) = tree.body
    assert isinstance(step, ast.FunctionDef)
    step.decorator_list = []
    step.args.args = [ast.arg(name) for name in ARGUMENTS]
    for node in ast.walk(step):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "why_end":
            node.func = ast.Name("why_end_with", ast.Load())
            given = ["levers[b]" if name == "levers" else name for name in (*ARGUMENTS, "b")]
            node.args = [ast.parse(name, mode="eval").body for name in given]
    own = {k: v for k, v in vars(life_cycle).items() if not k.startswith("__")}
    space = {**own, "why_end_with": why_end, "__name__": _SPACE["__name__"]}
    tree = ast.fix_missing_locations(tree)
    return _compiled(tree, "begin_and_end", space, "begin and end", endings)


def refuse_replaced(endings: Sequence[Added], name: str) -> None:
    """Raise ``ScenarioError`` for endings where the step that judges them is replaced."""
    for one in endings:
        message = f"got {BEGIN_AND_END}, which judges it, replaced by {name}; allowed one of both"
        raise fault(one.file, one.way.line, one.way.told, message)
