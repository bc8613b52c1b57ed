"""What goes wrong in an extension's steps, in one line: the file, the line and the step."""

from __future__ import annotations

import ast
import re
import traceback
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from cgsim.engine.plan import new_design
from cgsim.extend.apart import said_by, text_of
from cgsim.extend.declared import Step, Way, fault
from cgsim.extend.lived import StepFailed
from cgsim.extend.luck import RECRUITING, Luck
from cgsim.reached import plain
from cgsim.rules.state import Shape, Switches, new_record, new_state, partnership_type
from cgsim.scenario.errors import ScenarioError, hint, safe
from cgsim.scenario.parameters import GENERAL, LEVER_NUMBERS
from cgsim.world.draw import new_shocks, new_world

if TYPE_CHECKING:
    from cgsim.extend.in_use import Loaded

_LONGEST = 200


def explain(error: Exception, loaded: Sequence[Loaded]) -> Exception | None:
    """Return the error to raise in the place of one from compiled code; None to leave it alone.

    ``loaded`` are the extensions in use.

    What cannot be compiled is told once and for all (``ScenarioError``); what goes wrong in a run
    is that run's alone (``StepFailed``).
    """
    if isinstance(error, MemoryError | StepFailed) or getattr(error, "faults", None):
        return None
    from_numba = type(error).__module__.startswith("numba")
    text = _uncoloured("\n".join([text_of(error), *getattr(error, "__notes__", ())]))
    for one in loaded:
        line = _line_in(error, text, one)
        if line is None:
            continue
        where = told_at(one, line)
        if from_numba:
            return fault(one.file, line, where, _why(text))
        return StepFailed(f"{one.file}:{line}: {where}: {said_by(error)}")
    names = ", ".join(one.name for one in loaded)
    if from_numba:
        return fault(names, None, "", _why(text))
    return StepFailed(f"{names}: {said_by(error)}")


def check_steps(loaded: Sequence[Loaded]) -> None:
    """Compile every step of extensions by itself.

    That takes a second, and the whole month a minute. Raises ``ScenarioError`` with what is
    wrong with each that cannot be compiled.
    """
    given = _arguments()
    faults = []
    for one in loaded:
        both: list[Step | Way] = [*one.declared.steps, *one.declared.ways]
        for step in both:
            try:
                _check_step(one, step, [given(name, step) for name in step.arguments])
            except ScenarioError as error:
                faults += error.faults
    if faults:
        raise ScenarioError(faults)


def _check_step(one: Loaded, step: Step | Way, arguments: list[Any]) -> None:
    try:
        found = step.function.compile_alone(arguments)
    except Exception as error:
        text = _uncoloured(str(error))
        if isinstance(error, KeyError):
            raise _unknown_name(one, step, str(error.args[0])) from error
        line = _line_in(error, text, one) or step.line
        raise fault(one.file, line, told_at(one, line), _why(text)) from error
    if isinstance(step, Way) and not _NUMBER.match(found):
        got = "nothing" if found == "none" else safe(found, 40)
        message = f"gives {got}; allowed " + _GIVEN[step.kind]
        raise fault(one.file, step.line, step.told, message)


_NUMBER = re.compile(r"(bool|u?int|float|Literal\[(int|bool))")
_GIVEN = {
    "recruitment": "a number, on every path",
    "network": "True or False, on every path",
    "ending": "True or False, on every path",
}


def _unknown_name(one: Loaded, step: Step | Way, name: str) -> ScenarioError:
    """Return the error for a field that a record does not have, where it is read."""
    line, whose = step.line, "a record"
    for node in ast.walk(ast.parse(one.source.text)):
        if isinstance(node, ast.Attribute) and node.attr == name:
            line, whose = node.lineno, ast.unparse(node.value)
    kinds = {"parameters": GENERAL, "levers": LEVER_NUMBERS}
    known = [parameter.name for parameter in kinds.get(whose, ())]
    known = known or list(partnership_type().names or ())
    message = f"got {safe(whose)}.{safe(name)}; allowed a name that it has{hint(name, known)}"
    return fault(one.file, line, told_at(one, line), message)


def _arguments() -> Callable[[str, Step | Way], Any]:
    """Return what gives an argument of a step by its name, for its type."""
    shape = Shape(
        months=2,
        agencies=2,
        objectives=2,
        skills=2,
        partnerships=1,
        regimes=1,
        seats=2,
        pairs=4,
        given=0,
        ordered=0,
        areas=1,
        stocks=2,
    )
    design = new_design(1, shape)
    found = {
        "parameters": design.settings[0][0],
        "switches": Switches(),
        "world": new_world(shape),
        "shocks": new_shocks(shape),
        "grant": np.zeros(2),
        "month": 0,
        "record": new_record(shape),
        "state": new_state(shape),
        "b": 0,
        "luck": Luck(np.uint64(0), 0, RECRUITING, np.zeros(4, np.uint64)),
        "chance": 0.5,
        **dict.fromkeys(("agency", "lead", "members", "size", "first", "second"), 0),
    }

    def give(name: str, step: Step | Way) -> Any:
        if name == "levers":
            of_one = "b" in step.arguments or isinstance(step, Way)
            return design.levers[0][0][0] if of_one else design.levers[0][0]
        return found[name] if name in found else np.zeros(2)

    return give


def _uncoloured(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def _line_in(error: BaseException, text: str, one: Loaded) -> int | None:
    """Return the innermost line of an extension's file that an error tells of."""
    places = traceback.extract_tb(error.__traceback__)
    for place in reversed(places):
        if place.filename == one.file and place.lineno:
            return place.lineno
    told = re.findall(rf'File "[^"]*?{re.escape(one.file.rpartition("/")[2])}", line (\d+)', text)
    told += re.findall(rf"{re.escape(one.file)} \((\d+)\)", text)
    return int(told[-1]) if told else None


def told_at(one: Loaded, line: int) -> str:
    """Return what stands at a line of an extension's file: a step, or a way by its kind."""
    found = ""
    for node in ast.walk(ast.parse(one.source.text)):
        if isinstance(node, ast.FunctionDef):
            first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            if first <= line <= (node.end_lineno or line):
                found = node.name
    for way in one.declared.ways:
        if plain(way.function).__name__ == found:
            return way.told
    return f"step {found or '(outside functions)'}"


_ALLOCATES = (
    "steps are compiled and cannot make new arrays, lists or texts; allowed numbers, loops and the "
    "arrays they are given"
)


_ALLOCATING = "|".join(
    (
        "NRT|_nrt|Only accept returning of array|unsupported controlled operation",
        "build_list|build_map|build_set|reflected list|unicode_type|Use of unsupported opcode",
    )
)


def _why(text: str) -> str:
    """Return the line of a compiler's error that tells most."""
    if re.search(_ALLOCATING, text):
        return _ALLOCATES
    called = re.search(r"Untyped global name '(\w+)'.*type of <class 'function'>", text)
    if called:
        return f"{called[1]} is a plain function; allowed what is marked @extend.rule"
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    passing = re.compile(r"^(Failed in|During:|File |- Resolution|There are|\^|Enable|<source)")
    telling = [line for line in lines if not passing.match(line)] or lines or ["cannot be compiled"]
    line = re.sub(r"Record\(.*?\)(?=[ .,]|$)|unaligned array\(.*?\)", "a record", telling[0])
    return safe(f"cannot be compiled: {line}", _LONGEST)
